"""整改任务 and 承诺 on their way down: what a task file may say of them, and that it changes no row that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, C2, CAMPAIGN, G1, office
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.wire import age, bundle
from pingyi_desktop.exchange.wire.package import Envelope

CHEAP = 2

BOTH = ("rectification", "commitment")
ITEM, ASKED = catalog.ledger("rectification"), Asked(CAMPAIGN, "2024-01-20")
INSIDE = frozenset({C1, G1, B1, B3})
ORDER = {
    "number": 7,
    "problem": "浴室水凉",
    "kind": "IMMEDIATE",
    "source_kind": "TASK",
    "status": "REGISTERED",
    "unit": C1,
    "due_on": "2024-02-20",
}
PROMISE = {
    "number": 7,
    "content": "月底前换好锅炉",
    "status": "PUBLIC",
    "unit": C1,
    "answers": f"{B3}-1",
    "due_on": "2024-02-20",
}
TYPED = {
    "rectification": {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "status": "已登记"},
    "commitment": {"content": "月底前换好锅炉", "status": "已公开", "due_on": "2024-02-20"},
}
ROW = {
    "rectification": {
        "problem": "浴室水凉",
        "kind": "IMMEDIATE",
        "source_kind": "TASK",
        "status": "REGISTERED",
    },
    "commitment": {"content": "月底前换好锅炉", "status": "DRAFT", "due_on": "2024-02-20"},
}
SAID = {"rectification": "progress", "commitment": "evidence"}
"""a text that comes back of an order"""


def task(*told: Mapping[str, Any], key: str = "rectification", **changed: Any) -> Envelope:
    """An assignment of the company to its committee with these orders."""
    bare = sealing.assignment("QL", C1)
    documents = {name: bare.document(name) for name in bare.members}
    columns = list(told[0])
    listed = [[one[key] for key in columns] for one in told]
    documents["orders"] = {"ledgers": [{"name": key, "columns": columns, "rows": listed}]}
    return sealing.sealed("assignment", "QL", documents, detachable=["roster"], to=C1, **changed)


def test_an_order_becomes_a_task_whatever_state_and_origin_it_claims() -> None:
    claimed = {
        **ORDER,
        "status": "CLOSED",
        "source_kind": "OPINION",
        "origin": "QL.02-1",
        "closed_on": "2024-01-02",
    }
    ((number, values),) = orders.check(task(claimed), inside=INSIDE)["rectification"]
    assert (number, values["origin"], values["unit"]) == (7, "QL-7", "")
    assert (values["status"], values["source_kind"], values["closed_on"]) == ("REGISTERED", "TASK", None)


def test_a_promise_becomes_the_units_own_whatever_state_origin_and_person_it_claims() -> None:
    claimed = {
        **PROMISE,
        "status": "FULFILLED",
        "origin": "QL.02-1",
        "member": "M1",
        "pledge_result": "SATISFIED",
    }
    claimed |= {
        "evidence": "照片",
        "reviewed_by": "王某",
        "fulfilled_on": "2024-01-02",
        "public_on": "2024-01-02",
    }
    ((number, values),) = orders.check(task(claimed, key="commitment"), inside=INSIDE)["commitment"]
    said = {key: value for key, value in values.items() if value not in (None, "")}
    kept = {"content", "answers", "due_on"}
    assert (number, said) == (
        7,
        {**{key: PROMISE[key] for key in kept}, "status": "DRAFT", "origin": "QL-7"},
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"unit": C2}, "有一件公开承诺不是给本单位和下级的"),
        ({"unit": "QL"}, "不是给本单位和下级的"),
        ({"content": ""}, "不合规定"),
        ({"content": "修" * 301}, "不合规定"),
        ({"content": "请打 13812345678"}, "不合规定"),
        ({"answers": "Q" * 81}, "不合规定"),
        ({"due_on": "明天"}, "不合规定"),
        ({"number": 0}, "没有编号"),
        ({"number": bounds.MOST + 1}, "没有编号"),
    ],
)
def test_a_promise_that_no_row_could_be_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(PackageError, match=said):
        orders.check(task({**PROMISE, **changed}, key="commitment"), inside=INSIDE)


def test_two_promises_of_one_number_are_refused() -> None:
    with pytest.raises(PackageError, match="前后不一致"):
        orders.check(task(PROMISE, PROMISE, key="commitment"), inside=INSIDE)


def test_no_row_comes_down_of_a_ledger_that_gives_nothing_downward(tmp_path: Path) -> None:
    deed = {"number": 1, "title": "修路", "kind": "GOOD", "unit": C1}
    assert orders.check(task(deed, key="deed"), inside=INSIDE) == {}
    desk = office(tmp_path / "一矿.pingyi")
    with desk.acting() as session:
        assert orders.take(session, assignment=task(deed, key="deed"), by="王") == 0
        assert rows.listing(session, catalog.ledger("deed"), ASKED) == []
    desk.store.close()


def test_a_promise_goes_down_when_it_was_reviewed_and_once(tmp_path: Path) -> None:
    desk, ledger = office(tmp_path / "一矿.pingyi"), catalog.ledger("commitment")
    with desk.acting() as session:
        given = task(PROMISE, {**PROMISE, "number": 8, "unit": B3}, key="commitment")
        assert [orders.take(session, assignment=given, by="王") for _ in range(2)] == [2, 0]
        mine, below = rows.listing(session, ledger, ASKED)
        assert (mine.values["origin"], mine.values["unit"]) == ("QL-7", "")
        assert (below.values["origin"], below.values["unit"]) == ("QL-8", B3)
        assert orders.member(session, campaign_id=CAMPAIGN, office=C1, child=G1) == {}
        for state, many in (("已审核", 1), ("拟定", 0), ("践诺中", 1), ("已兑现", 0), ("已撤销", 0)):
            about = {"campaign_id": CAMPAIGN, "ids": [below.id], "today": "", "by": "王", "reason": "试"}
            edits.change(session, ledger, typed={"status": state}, **about)
            told = orders.member(session, campaign_id=CAMPAIGN, office=C1, child=B3)
            assert len(told) == many, state
            assert orders.member(session, campaign_id=CAMPAIGN, office=C1, child=G1) == {}
    desk.store.close()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"unit": C2}, "不是给本单位和下级的"),
        ({"due_on": "2024-01-01", "raised_on": "2024-01-02"}, "早于提出时间"),
        ({"problem": "水" * 301}, "不合规定"),
        ({"problem": "请打 13812345678"}, "不合规定"),
        ({"kind": "HIDDEN"}, "不合规定"),
        ({"number": 0}, "没有编号"),
    ],
)
def test_an_order_that_no_row_could_be_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(PackageError, match=said):
        orders.check(task({**ORDER, **changed}), inside=INSIDE)


def test_a_later_task_adds_what_is_new_and_shows_what_differs(tmp_path: Path) -> None:
    desk = office(tmp_path / "一矿.pingyi")
    with desk.acting() as session:
        assert orders.take(session, assignment=task(ORDER, {**ORDER, "number": 8, "unit": B3}), by="王") == 2
        (mine, below) = rows.listing(session, ITEM, ASKED)
        assert (mine.values["origin"], below.values["unit"]) == ("QL-7", B3)
        typed = {"due_on": "2024-03-01"}
        edits.change(session, ITEM, campaign_id=CAMPAIGN, ids=[mine.id], typed=typed, today="", by="王")
        changed = task({**ORDER, "due_on": "2024-02-28"}, {**ORDER, "number": 9})
        assert orders.take(session, assignment=changed, by="王") == 1
        listed = rows.listing(session, ITEM, ASKED)
        assert [row.values["due_on"] for row in listed] == ["2024-03-01", "2024-02-20", "2024-02-20"]
        assert orders.take(session, assignment=changed, by="王") == 0
        given = orders.member(session, campaign_id=CAMPAIGN, office=C1, child=B3)
        assert given == {}  # it was handed to the committee and not yet assigned by it
    desk.store.close()


def test_a_task_file_with_an_order_that_no_row_could_be_leaves_no_file(tmp_path: Path) -> None:
    """It is looked at when the task is taken up: reading a task file loads no database."""
    held, code = task_of(task({**ORDER, "kind": "HIDDEN"}))
    with pytest.raises(PackageError, match="不合规定"):
        tasks.create_file(tmp_path / "新.pingyi", task=tasks.read_task(held, code), by="王")
    assert list(tmp_path.iterdir()) == []


def item(number: int, origin: str, key: str = "rectification", **more: Any) -> dict[str, Any]:
    """The body of a ledger with one row that says it was made from the order ``origin``."""
    told = {"number": number, **ROW[key], **more, "origin": origin}
    return {"name": key, "columns": list(told), "rows": [list(told.values())]}


def came(
    *below: Envelope, body: dict[str, Any] | None = None, revision: int = 1, by: str = C1
) -> tuple[str, bytes]:
    """A rollup of a committee with its own ledger and what came from below it."""
    index = sealing.rollup(by, list(below), revision=revision)
    documents = {"index": index.document("index")}
    if body is not None:
        documents["ledgers"] = {"ledgers": [body]}
    return desks.file(sealing.sealed("rollup", by, documents, revision=revision), *below, name=f"{revision}")


def branch(unit: str, body: dict[str, Any], revision: int = 1) -> Envelope:
    documents = {**sealing.documents_of(unit), "ledgers": {"ledgers": [body]}}
    apart = sorted({"ratee_tallies"} & documents.keys())
    return sealing.sealed(
        "submission", unit, documents, detachable=apart, coverage=sealing.TOTALS, revision=revision
    )


@pytest.fixture
def giver(tmp_path: Path) -> Iterator[desks.Office]:
    """The company with an order of each kind for a branch of its committee, given by way of the committee."""
    made = office(tmp_path / "公司.pingyi", "QL")
    for key in BOTH:
        give(made, key)
    yield made
    made.store.close()


def give(desk: desks.Office, key: str) -> None:
    with desk.acting() as session:
        typed = {**TYPED[key], "unit": B3}
        edits.add(
            session, catalog.ledger(key), campaign_id=CAMPAIGN, org="QL", typed=typed, today="", by="王"
        )


def counted(desk: desks.Office, key: str) -> tuple[int, int, int]:
    """What the totals say, how many rows are listed, and how many orders were left out."""
    ledger = catalog.ledger(key)
    with desk.store.reading() as session:
        figures = rows.figures(session, ledger, ASKED)
        again = rows.sums(session, ledger, ASKED)[1]
        by_unit = rows.by_unit(session, ledger, ASKED, by=ledger.states)
        assert figures == again
        assert figures.rows == sum(sum(one.values()) for one in by_unit.values())
        kept = rows.listing(session, ledger, replace(ASKED, counted=True))
        assert len(kept) == figures.rows
        return figures.rows, len(rows.listing(session, ledger, ASKED)), figures.handed


@pytest.mark.parametrize("key", BOTH)
def test_an_order_counts_once_however_far_down_it_went_and_came_back(giver: desks.Office, key: str) -> None:
    ledger = catalog.ledger(key)
    assert counted(giver, key) == (1, 1, 0)
    giver.take(came(body=item(4, "QL-1", key, unit=B3)))
    assert counted(giver, key) == (1, 2, 1)
    worked = branch(B3, item(2, f"{C1}-4", key, **{SAID[key]: "2024-01-10 60% 已订货"}))
    giver.take(came(worked, body=item(4, "QL-1", key, unit=B3), revision=2))
    assert counted(giver, key) == (1, 3, 2)
    with giver.store.reading() as session:
        (kept,) = rows.listing(session, ledger, replace(ASKED, counted=True))
        (other,) = orders.compared(session, campaign_id=CAMPAIGN)
        said = rows.figures(session, ledger, ASKED).sentences
    assert (kept.name, other.key, other.name, said[-1]) == (
        f"{B3}-2",
        key,
        "QL-1",
        "另有 2 项是交给下级的，下级已经报来，按下级的计",
    )
    assert other.differing[ledger.by_key[SAID[key]].title] == ("", "2024-01-10 60% 已订货")
    giver.take(came(branch(B3, item(2, "", key), revision=2), revision=3))
    assert counted(giver, key) == (2, 2, 0)  # the branch has a row of its own now, and nobody has the order


@pytest.mark.parametrize(
    "claimed",
    [
        {"origin": "QL-1"},
        {"origin": "QL-1", "unit": B3},
        {"origin": f"{C2}-1", "unit": C2},
    ],
    ids=["not asked", "and hands it on", "made from itself"],
)
@pytest.mark.parametrize("key", BOTH)
def test_nobody_takes_over_an_order_that_was_given_to_another_unit(
    giver: desks.Office, key: str, claimed: dict[str, Any]
) -> None:
    giver.take(came(body=item(1, key=key, **claimed), by=C2))
    assert counted(giver, key) == (2, 2, 0)
    with giver.store.reading() as session:
        assert orders.compared(session, campaign_id=CAMPAIGN) == []


def test_an_item_that_names_an_opinion_of_the_same_number_takes_over_no_order(giver: desks.Office) -> None:
    giver.take(came(branch(B3, item(1, "QL-1", source_kind="OPINION"))))
    assert counted(giver, "rectification") == (2, 2, 0)


@settings(max_examples=4, deadline=None)
@given(st.permutations([1, 2, 3, 3]), st.sampled_from(BOTH))
@example([3, 1, 3, 2], "commitment")
def test_an_order_and_its_progress_in_any_order_and_again_count_once(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], key: str
) -> None:
    desk = office(tmp_path_factory.mktemp("desk") / "公司.pingyi", "QL")
    give(desk, key)
    bodies = {n: item(2, f"{C1}-4", key, **{SAID[key]: f"2024-01-1{n} 第 {n} 次"}) for n in (1, 2, 3)}
    for n in order:
        below = branch(B3, bodies[n], revision=n)
        desk.take(came(below, body=item(4, "QL-1", key, unit=B3), revision=n))
    with desk.store.reading() as session:
        (kept,) = rows.listing(session, catalog.ledger(key), replace(ASKED, counted=True))
    many = counted(desk, key)
    desk.store.close()
    assert (many, kept.values[SAID[key]]) == ((1, 3, 2), "2024-01-13 第 3 次")


def task_of(assignment: Envelope) -> tuple[bytes, str]:
    """The task file of this assignment's orders, complete with a secret, and its code."""
    definition, code = sealing.campaign(), codes.new_code()
    documents = {
        "task": {"unit": C1, "parent": "QL", "epoch": 1, "recipient": desks.ABOVE[1]},
        "enrolment": {"token": "5a" * 32},
        "roster": {"people": []},
        "orders": assignment.document("orders"),
    }
    bound = {"to": C1, "campaign_sha256": definition.address.campaign_sha256}
    whole = sealing.sealed("assignment", "QL", documents, detachable=["enrolment", "roster"], **bound)
    return age.seal_with_code(bundle.write([definition, whole]), code, cost=CHEAP), code
