"""What a package file costs the office that receives it, over its size: every type, honest and made to be dear.

Each kind makes a file of ``n`` things; the cost is what the door does with it: open, verify, judge, look up what would
become of it. A file four times as large may cost about four times as much; printed are the ratios, so that they say the
same on every machine. ``work`` counts the bytecodes executed in the program instead of seconds, for the quick test.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import desks
import pytest
import sealing

from pingyi_desktop.exchange.inbox import contents, receiving, verdicts
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.merging.situations import RefusalError, Situation
from pingyi_desktop.exchange.outbox import receipts
from pingyi_desktop.exchange.wire import bundle, canonical, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_campaign import Campaign

SIZES = (25, 50, 100, 200, 400)
IN_SECONDS, IN_WORK = 64.0, 4.0
"""At most so many times the seconds for sixteen times the size, and the work for four times.

Large bodies are read more carefully, which costs a constant factor once; quadratic growth would come to 256. Work that is
linear and has a fixed part comes to less than 4 at any size, one quadratic step among many linear ones to more.
"""
Tree = dict[str, str | None]


@dataclass(frozen=True)
class Kind:
    """A kind of file: the tree it is about and its envelopes, both of size ``n``."""

    tree: Callable[[int], Tree]
    made: Callable[[int], Sequence[Envelope]]


def wide(n: int) -> Tree:
    """One committee with ``n`` branches."""
    return {"QL": None, "QL.01": "QL", **{f"QL.01.B{k}": "QL.01" for k in range(n)}}


def offices(n: int) -> Tree:
    """One committee with ``n`` general branches of one branch each."""
    general: Tree = {f"QL.01.G{k}": "QL.01" for k in range(n)}
    return {"QL": None, "QL.01": "QL", **general, **{f"{unit}.B": unit for unit in general}}


def deep(n: int) -> Tree:
    """Offices below one another, never more than a real tree has times five."""
    return {"QL": None, **{name(k): name(k - 1) if k else "QL" for k in range(min(n, 25))}}


def name(level: int) -> str:
    return f"QL.{level:02}"


def sealed(tree: Tree, kind: str, unit: str, documents: Mapping[str, object], **changed: Any) -> Envelope:
    digest = hashlib.sha256(canonical.encode(definition(tree))).hexdigest()
    facts = {"campaign_sha256": digest, "to": tree[unit] or "", "unit_name": unit, **changed}
    facts["detachable"] = documents.keys() & {"ratee_tallies"}
    return sealing.sealed(kind, unit, documents, **facts)


def definition(tree: Tree) -> dict[str, Any]:
    kinds = dict.fromkeys(tree, "BRANCH") | {parent: "GENERAL_BRANCH" for parent in tree.values() if parent}
    orgs = [
        {
            "code": code,
            "parent": parent,
            "type": "COMPANY_COMMITTEE" if parent is None else kinds[code],
            "full_name": code,
            "short_name": code,
            "in_scope": True,
        }
        for code, parent in tree.items()
    ]
    return sealing.definition(orgs=orgs)


def report(tree: Tree, unit: str, **changed: Any) -> Envelope:
    meeting = {"salt": sealing.SALT, "sessions": [sealing.meeting(unit)]}
    documents = {"sessions": meeting, "tallies": {"salt": sealing.SALT, "batches": []}}
    return sealed(tree, "submission", unit, documents, coverage=desks.NO_BALLOTS, **changed)


def summary(tree: Tree, unit: str, accepted: Sequence[Envelope], **changed: Any) -> Envelope:
    keys = [{"unit": one.address.unit, "epoch": 1, "key": one.signer} for one in accepted]
    index = {
        "accepts": sorted({one.id for one in accepted}),
        "keys": sorted(keys, key=lambda key: str(key["unit"])),
        "expected": [],
    }
    return sealed(tree, "rollup", unit, {"index": index}, **changed)


def many_branches(n: int) -> list[Envelope]:
    reports = [report(wide(n), f"QL.01.B{k}") for k in range(n)]
    return [*reports, summary(wide(n), "QL.01", reports)]


def many_offices(n: int) -> list[Envelope]:
    tree = offices(n)
    leaves = [report(tree, f"QL.01.G{k}.B") for k in range(n)]
    inner = [summary(tree, f"QL.01.G{k}", [leaf]) for k, leaf in enumerate(leaves)]
    return [*leaves, *inner, summary(tree, "QL.01", inner)]


def offices_below_one_another(n: int) -> list[Envelope]:
    tree = deep(n)
    made: list[Envelope] = []
    for unit in list(tree)[:1:-1]:
        made.append(summary(tree, unit, made[-1:]) if made else report(tree, unit))
    return [*made, summary(tree, name(0), made[-1:])]


def the_same_summary_again(n: int) -> list[Envelope]:
    """The file that cost two minutes: one office's summary over and over, each vouching for the next."""
    tree = offices(n)
    return [summary(tree, "QL.01", [], revision=k + 1) for k in range(n)]


def nothing_of_what_is_listed(n: int) -> list[Envelope]:
    tree = offices(n)
    inner = [summary(tree, f"QL.01.G{k}", [report(tree, f"QL.01.G{k}.B")]) for k in range(n)]
    return [*inner, summary(tree, "QL.01", inner)]


def an_office_that_lists_others_units(n: int) -> list[Envelope]:
    tree = offices(n)
    leaves = [report(tree, f"QL.01.G{k}.B") for k in range(n)]
    inner = [summary(tree, f"QL.01.G{k}", [leaf]) for k, leaf in enumerate(leaves)]
    stray = sorted(one.id for one in (*inner, *leaves))
    keys = [{"unit": one.address.unit, "epoch": 1, "key": one.signer} for one in inner]
    index = {"accepts": stray, "keys": sorted(keys, key=lambda key: str(key["unit"])), "expected": []}
    return [*leaves, *inner, sealed(tree, "rollup", "QL.01", {"index": index})]


def a_large_roster(n: int) -> list[Envelope]:
    """One branch's report with ``n`` persons."""
    people = [sealing.item((12, 0, 0, 0), target=f"m{k}") for k in range(n)]
    unit = "QL.01"
    batch = sealing.batch(unit, sealing.item((12 * n, 0, 0, 0)), form_code="T-MEM-B", persons=n)
    shared = ("layer", "org", "form", "version", "voter_category")
    persons = {"salt": sealing.SALT, "batches": [{**{key: batch[key] for key in shared}, "items": people}]}
    documents = {
        "sessions": {"salt": sealing.SALT, "sessions": [sealing.meeting(unit)]},
        "tallies": {"salt": sealing.SALT, "batches": [batch]},
        "ratee_tallies": persons,
    }
    return [sealed(branch_tree(n), "submission", unit, documents, coverage=None)]


def branch_tree(_: int) -> Tree:
    return {"QL": None, "QL.01": "QL"}


def a_large_campaign(n: int) -> list[Envelope]:
    document = definition(wide(n))
    digest = hashlib.sha256(canonical.encode(document)).hexdigest()
    return [sealing.sealed("campaign", "QL", {"definition": document}, to="", campaign_sha256=digest)]


def a_task_with_a_large_roster(n: int) -> list[Envelope]:
    people = [{**sealing.person(), "member_no": f"m{k}"} for k in range(n)]
    task = {"unit": "QL.01", "parent": "QL", "epoch": 1}
    return [sealing.sealed("assignment", "QL", {"task": task, "roster": {"people": people}}, to="QL.01")]


def a_receipt_for_many(n: int) -> list[Envelope]:
    units = [
        {"unit": f"QL.01.B{k}", "id": f"{k:064x}", "type": "submission", "epoch": 1, "revision": 1}
        for k in range(n)
    ]
    return [sealed(wide(n), "receipt", "QL", {"counted": {"units": units}}, to="QL.01")]


KINDS = {
    "上报：人数": Kind(branch_tree, a_large_roster),
    "汇总：支部数": Kind(wide, many_branches),
    "汇总：党总支数": Kind(offices, many_offices),
    "汇总：层数": Kind(deep, offices_below_one_another),
    "汇总：同一份反复": Kind(offices, the_same_summary_again),
    "汇总：列而不带": Kind(offices, nothing_of_what_is_listed),
    "汇总：越级列入": Kind(offices, an_office_that_lists_others_units),
    "活动：单位数": Kind(wide, a_large_campaign),
    "任务：名册人数": Kind(branch_tree, a_task_with_a_large_roster),
    "回执：单位数": Kind(wide, a_receipt_for_many),
}


def desk(tree: Tree) -> Desk:
    """The company's desk, before anything arrived; the committee's key is known."""
    document = definition(tree)
    campaign = Campaign(
        id="c1",
        mode="official",
        name="评议",
        definition_sha256=hashlib.sha256(canonical.encode(document)).hexdigest(),
        manual_check=False,
    )
    sheets = ("T-ORG-A", "T-MEM-B")
    return Desk(
        campaign=campaign,
        unit="QL",
        parents=tree,
        names={code: code for code in tree},
        definition=document,
        keyring={
            (unit, 1): trust.public_key(sealing.key_of(unit)) for unit, above in tree.items() if above == "QL"
        },
        planned=contents.Places(
            {(2, unit): unit for unit in tree},
            {(2, unit, form, "ALL"): unit for unit in tree for form in sheets},
        ),
    )


def prepared(kind: Kind, n: int) -> Callable[[], object]:
    """The door's work on one file, ready to be measured."""
    data, here = bundle.write(kind.made(n)), desk(kind.tree(n))

    def door() -> object:
        try:
            one = receiving.receive(here, "文件", data, rolls={})
        except RefusalError as refused:
            if refused.situation is Situation.RECEIPT_FILE:
                receipts.read_counted(bundle.read(data)[0])
            return refused.situation
        return [entry.situation for entry in verdicts.foresee(here, [one])]

    return door


def seconds(kind: Kind, n: int) -> float:
    """Seconds of the quickest of three runs."""
    door, found = prepared(kind, n), []
    for _ in range(3):
        started = time.perf_counter()
        door()
        found.append(time.perf_counter() - started)
    return min(found)


def work(kind: Kind, n: int) -> int:
    """Bytecodes that the program's own code executes for one file; the same in every run."""
    door, counted = prepared(kind, n), 0
    door()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal counted
        if "pingyi_desktop" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        door()
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize("kind", KINDS)
def test_cost_over_size(kind: str) -> None:
    """Print how many times as much a larger file costs."""
    costs = [seconds(KINDS[kind], n) for n in SIZES]
    print(f"\n{kind}（n = {'、'.join(map(str, SIZES))}）")
    for n, cost in zip(SIZES, costs, strict=True):
        times = cost / costs[0]
        print(f"  n × {n // SIZES[0]:>2}：{times:5.1f} 倍 {'█' * round(2 * times)}")
    assert costs[-1] / costs[0] < IN_SECONDS
