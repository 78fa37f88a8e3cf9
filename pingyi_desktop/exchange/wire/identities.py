"""勾稽: the figures of a submission must agree with themselves and with the campaign's forms (domain §4.2).

An office refuses a submission that does not add up; it never mends one. All counts are ballots or marks, whole and not
negative (``bodies`` has seen to that). Whether figures that agree with themselves can be those of the people there is
for ``plausible``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from pingyi_desktop import bounds
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import graded, later
from pingyi_desktop.exchange.wire.header import MERGED
from pingyi_desktop.exchange.wire.package import Envelope

Document = Mapping[str, Any]
_PEOPLE = ("expected", "actual", "self_introduced", "oral_reports", "members")
_SHEET = ("printed", "issued", "returned", "blank", "void", "valid")
BatchKey = tuple[int, str, str, str]
_COMMITTEES = ("COMPANY_COMMITTEE", "GRASSROOTS_COMMITTEE")


@dataclass(frozen=True)
class _Paper:
    """What the campaign's form says a batch must look like: options per item number."""

    version: int
    is_roster: bool
    widths: Mapping[str, int]


class TooManyBallotsError(PackageError):
    """More ballots came back than people were expected; the roster or the session has to be mended first."""


def check_submission(envelope: Envelope, definition: Document) -> None:
    """Raise :class:`PackageError` with the unit, the form and the figures that do not agree.

    The unit reports only what it keeps itself: its own layer-2 session, and as a company the layer-1 sessions of the
    committees directly below it. Every count is of a sensible size (``bounds``); where ballots are, the people expected
    and present and the date are told; K01 returned = valid + blank + void; K02 returned ≤ issued; K03 the marks of every
    item sum to valid × persons; ballots ≤ people expected, and none where nobody came; papers handed out ≤ those and the spare ones; persons sum to
    unit totals; grades to the people on the paper (``graded``); who voted later to a batch (``later``); control totals as signed in the header.
    """
    check = _Check(envelope.address.unit_name)
    sessions = envelope.document("sessions")["sessions"]
    batches = envelope.document("tallies")["batches"]
    papers, categories = _papers(definition), {c["code"] for c in definition["voter_categories"]}
    together = merged_category(categories)
    expected = _expected(check, envelope.address.unit, sessions, definition)
    stacks: defaultdict[tuple[int, str, str], list[Document]] = defaultdict(list)
    found: dict[BatchKey, Document] = {}
    apart: defaultdict[tuple[int, str, str], set[str]] = defaultdict(set)
    for batch in batches:
        key = _key(batch)
        paper = papers.get(batch["form"])
        beside = apart[key[:3]]
        clash = together in beside or (beside and key[3] == together)
        if key in found or key[:2] not in expected or clash or key[3] not in {*categories, together}:
            check.refuse(f"票批“{_name(batch)}”重复，或不属于所报的场次和参评人员类别")
        if paper is None or paper.version != batch["version"]:
            check.refuse(f"票批“{_name(batch)}”用的评议表与本次活动发布的不同")
        found[key] = batch
        beside.add(key[3])
        _check_batch(check, batch, paper)
        stacks[key[:3]].append(batch)
    for (layer, org, form), stack in stacks.items():
        _check_stack(check, form, stack, expected[layer, org])
    ratees = envelope.document("ratee_tallies")
    if ratees is not None:
        _check_ratees(check, ratees["batches"], found, papers)
    graded.check(envelope, definition, refuse=check.refuse)
    later.check(envelope, refuse=check.refuse)
    _check_totals(check, envelope, sessions, batches)


def merged_category(codes: Iterable[str]) -> str:
    """The category of one row that stands for all of a campaign's categories (``privacy.merge_small``)."""
    return MERGED.join(sorted(codes))


@dataclass(frozen=True)
class _Check:
    """Who is being checked, for the sentence."""

    who: str

    def refuse(self, why: str) -> NoReturn:
        raise PackageError(f"“{self.who}”上报的数据不平：{why}。请让该单位核对后重新导出。")

    def refuse_ballots(self, why: str) -> NoReturn:
        raise TooManyBallotsError(
            f"“{self.who}”上报的数据不平：{why}。请让该单位先更正应到人数或名册，再重新导出。"
        )


def _expected(
    check: _Check, unit: str, sessions: Sequence[Document], definition: Document
) -> dict[tuple[int, str], tuple[int, int] | None]:
    """People expected and present, by (layer, organisation), None before a session was held; all must be the unit's own
    to report."""
    expected: dict[tuple[int, str], tuple[int, int] | None] = {}
    appraised = _appraised(unit, definition) if any(one["layer"] == 1 for one in sessions) else frozenset()
    for one in sessions:
        place = one["layer"], one["org"]
        own = one["org"] in appraised if one["layer"] == 1 else one["org"] == unit
        if place in expected or not own:
            check.refuse(f"场次“层面 {one['layer']} {one['org']}”重复，或不归该单位上报")
        if bounds.beyond(one[key] for key in _PEOPLE):
            check.refuse(f"场次“层面 {one['layer']} {one['org']}”的人数超出 0 至 {bounds.MOST}")
        if (one["expected"] is None) != (one["actual"] is None):
            check.refuse(f"场次“层面 {one['layer']} {one['org']}”的应到和实到人数只填了一个")
        if (one["actual"] or 0) > (one["expected"] or 0):
            check.refuse(f"实到 {one['actual']} 人，多于应到 {one['expected']} 人")
        chain = [one[key] for key in ("oral_reports", "self_introduced", "members") if one[key] is not None]
        if chain != sorted(chain):
            check.refuse("汇报人数、自我介绍人数、党员数应依次不减")
        is_held = one["held_on"] is not None and one["expected"] is not None
        expected[place] = (one["expected"], one["actual"]) if is_held else None
    return expected


def _appraised(unit: str, definition: Document) -> frozenset[str]:
    """The committees that a company appraises at layer 1; in the first edition's campaigns only the root did."""
    if definition.get("plan", 1) == 1 and unit != definition["root"]:
        return frozenset()
    return frozenset(
        one["code"] for one in definition["orgs"] if one["parent"] == unit and one["type"] in _COMMITTEES
    )


def _check_stack(check: _Check, form: str, stack: Sequence[Document], people: tuple[int, int] | None) -> None:
    """The ballots of one form over all voter categories against the people of the session."""
    if people is None:
        check.refuse(f"{form} 有票，却没有评议时间和应到、实到人数")
    eligible, present = people
    returned, issued = (sum(batch[key] for batch in stack) for key in ("returned", "issued"))
    if returned > eligible:
        check.refuse_ballots(f"{form} 收回 {returned} 张，多于应到 {eligible} 人")
    if returned and not present:
        check.refuse_ballots(f"{form} 收回 {returned} 张，实到却是 0 人")
    extra = bounds.spare(eligible, stacks=len(stack))
    if issued > eligible + extra:
        check.refuse_ballots(f"{form} 发出 {issued} 张，多于应到 {eligible} 人加备用 {extra} 张")


def _check_batch(check: _Check, batch: Document, paper: _Paper) -> None:
    name, valid, persons = _name(batch), batch["valid"], batch["persons"]
    if bounds.beyond(batch[key] for key in _SHEET) or persons > bounds.MOST_PERSONS:
        check.refuse(f"{name} 的票数超出 0 至 {bounds.MOST}，或被评人多于 {bounds.MOST_PERSONS} 人")
    if batch["returned"] != valid + batch["blank"] + batch["void"]:
        check.refuse(
            f"{name} 收回 {batch['returned']} ≠ 有效 {valid}+空白 {batch['blank']}+废票 {batch['void']}"
        )
    if batch["returned"] > batch["issued"]:
        check.refuse(f"{name} 收回 {batch['returned']} 张，多于发出 {batch['issued']} 张")
    if persons != 1 and not paper.is_roster:
        check.refuse(f"{name} 不是名册式，却有 {persons} 名被评人")
    _check_items(check, name, batch["items"], paper, total=valid * persons)
    if any(item["target"] for item in batch["items"]):
        check.refuse(f"{name} 的合计里混有个人")


def _check_items(check: _Check, name: str, items: Sequence[Document], paper: _Paper, *, total: int) -> None:
    numbers = [item["item"] for item in items]
    if len(numbers) != len(paper.widths) or set(numbers) != paper.widths.keys():
        check.refuse(f"{name} 的评议项目与评议表不同")
    for item in items:
        marks = sum(item["counts"]) + item["blank"] + item["multi"] + item["illegible"]
        if len(item["counts"]) != paper.widths[item["item"]]:
            check.refuse(f"{name} 第 {item['item']} 项的档数与评议表不同")
        if marks != total:
            check.refuse(
                f"{name} 第 {item['item']} 项各档合计 {marks}，应为 {total}（差 {abs(marks - total)}）"
            )


def _check_ratees(
    check: _Check,
    ratees: Sequence[Document],
    batches: Mapping[BatchKey, Document],
    papers: Mapping[str, _Paper],
) -> None:
    """Every roster batch is there once, person by person, and the persons sum to the unit totals (K05)."""
    roster = {key for key, batch in batches.items() if papers[batch["form"]].is_roster}
    keys = [_key(batch) for batch in ratees]
    if len(keys) != len(roster) or set(keys) != roster:
        check.refuse("个人票数与单位合计的票批不对应")
    for batch, key in zip(ratees, keys, strict=True):
        whole, paper, name = batches[key], papers[batch["form"]], _name(batch)
        people: defaultdict[str, list[Document]] = defaultdict(list)
        for item in batch["items"]:
            people[item["target"]].append(item)
        if len(people) != whole["persons"] or "" in people:
            check.refuse(f"{name} 有 {len(people)} 人的票数，应为 {whole['persons']} 人")
        for items in people.values():
            _check_items(check, name, items, paper, total=whole["valid"])
        sums = {number: [0] * (width + 3) for number, width in paper.widths.items()}
        for item in batch["items"]:
            sums[item["item"]] = [a + b for a, b in zip(sums[item["item"]], _marks(item), strict=True)]
        if any(sums[item["item"]] != _marks(item) for item in whole["items"]):
            check.refuse(f"{name} 个人票数之和与单位合计不等")


def _check_totals(
    check: _Check, envelope: Envelope, sessions: Iterable[Document], batches: Sequence[Document]
) -> None:
    signed = envelope.address.coverage
    if signed is None:
        return
    sums = {key: sum(batch[key] for batch in batches) for key in ("issued", "returned", "valid")}
    sums["invalid"] = sum(batch["blank"] + batch["void"] for batch in batches)
    sums["eligible"] = sum(one["expected"] or 0 for one in sessions)
    if sums != signed.model_dump():
        check.refuse("控制总数与各票批之和不等")


def _papers(definition: Document) -> dict[str, _Paper]:
    options = {scale["code"]: len(scale["options"]) for scale in definition["scales"]}
    return {
        form["code"]: _Paper(
            form["version"],
            form["subject_kind"] == "MEMBER_ROSTER",
            {item["no"]: options[item["scale"]] for item in form["items"]},
        )
        for form in definition["forms"]
    }


def _marks(item: Document) -> list[int]:
    return [*item["counts"], item["blank"], item["multi"], item["illegible"]]


def _key(batch: Document) -> BatchKey:
    return batch["layer"], batch["org"], batch["form"], batch["voter_category"]


def _name(batch: Document) -> str:
    return f"{batch['org']} {batch['form']}"
