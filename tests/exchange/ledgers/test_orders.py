"""整改任务 on their way down: what a task file may say of them, and that it changes no row that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, C2, CAMPAIGN, G1, office
from hypothesis import given, settings
from hypothesis import strategies as st

from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.wire import age, bundle
from pingyi_desktop.exchange.wire.package import Envelope

CHEAP = 2

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


def task(*told: Mapping[str, Any], **changed: Any) -> Envelope:
    """An assignment of the company to its committee with these orders."""
    bare = sealing.assignment("QL", C1)
    documents = {name: bare.document(name) for name in bare.members}
    columns = list(told[0])
    listed = [[one[key] for key in columns] for one in told]
    documents["orders"] = {"ledgers": [{"name": "rectification", "columns": columns, "rows": listed}]}
    return sealing.sealed("assignment", "QL", documents, detachable=["roster"], to=C1, **changed)


def test_an_order_becomes_a_task_whatever_state_and_origin_it_claims() -> None:
    claimed = {
        **ORDER,
        "status": "CLOSED",
        "source_kind": "OPINION",
        "origin": "QL.02-1",
        "closed_on": "2024-01-02",
    }
    ((number, values),) = orders.check(task(claimed), inside=INSIDE)
    assert (number, values["origin"], values["unit"]) == (7, "QL-7", "")
    assert (values["status"], values["source_kind"], values["closed_on"]) == ("REGISTERED", "TASK", None)


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


def item(number: int, origin: str, **more: Any) -> dict[str, Any]:
    """The body of a ledger with one item that says it was made from the order ``origin``."""
    told = {"number": number, "problem": "浴室水凉", "kind": "IMMEDIATE", "source_kind": "TASK", **more}
    told |= {"status": "REGISTERED", "origin": origin}
    return {"name": "rectification", "columns": list(told), "rows": [list(told.values())]}


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
    """The company with an order for a branch of its committee, given by way of the committee."""
    made = office(tmp_path / "公司.pingyi", "QL")
    with made.acting() as session:
        typed = {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "unit": B3, "status": "已登记"}
        edits.add(session, ITEM, campaign_id=CAMPAIGN, org="QL", typed=typed, today="", by="王")
    yield made
    made.store.close()


def counted(desk: desks.Office) -> tuple[int, int, int]:
    """What the totals say, how many rows are listed, and how many orders were left out."""
    with desk.store.reading() as session:
        figures = rows.figures(session, ITEM, ASKED)
        again = rows.sums(session, ITEM, ASKED)[1]
        by_unit = rows.by_unit(session, ITEM, ASKED, by="kind")
        assert figures == again
        assert figures.rows == sum(sum(one.values()) for one in by_unit.values())
        kept = rows.listing(session, ITEM, replace(ASKED, counted=True))
        assert len(kept) == figures.rows
        return figures.rows, len(rows.listing(session, ITEM, ASKED)), figures.handed


def test_an_order_counts_once_however_far_down_it_went_and_came_back(giver: desks.Office) -> None:
    assert counted(giver) == (1, 1, 0)
    giver.take(came(body=item(4, "QL-1", unit=B3)))
    assert counted(giver) == (1, 2, 1)
    worked = branch(B3, item(2, f"{C1}-4", progress="2024-01-10 60% 已订货"))
    giver.take(came(worked, body=item(4, "QL-1", unit=B3), revision=2))
    assert counted(giver) == (1, 3, 2)
    with giver.store.reading() as session:
        (kept,) = rows.listing(session, ITEM, replace(ASKED, counted=True))
        (other,) = orders.compared(session, campaign_id=CAMPAIGN)
        said = rows.figures(session, ITEM, ASKED).sentences
    assert (kept.name, other.name, said[-1]) == (
        f"{B3}-2",
        "QL-1",
        "另有 2 项是交给下级的，下级已经报来，按下级的计",
    )
    giver.take(came(branch(B3, item(2, ""), revision=2), revision=3))
    assert counted(giver) == (2, 2, 0)  # the branch has an item of its own now, and nobody has the order


@pytest.mark.parametrize(
    "claimed",
    [
        item(1, "QL-1"),
        item(1, "QL-1", unit=B3),
        item(1, f"{C2}-1", unit=C2),
    ],
    ids=["not asked", "and hands it on", "made from itself"],
)
def test_nobody_takes_over_an_order_that_was_given_to_another_unit(
    giver: desks.Office, claimed: dict[str, Any]
) -> None:
    giver.take(came(body=claimed, by=C2))
    assert counted(giver) == (2, 2, 0)
    with giver.store.reading() as session:
        assert orders.compared(session, campaign_id=CAMPAIGN) == []


def test_an_item_that_names_an_opinion_of_the_same_number_takes_over_no_order(giver: desks.Office) -> None:
    giver.take(came(branch(B3, item(1, "QL-1", source_kind="OPINION"))))
    assert counted(giver) == (2, 2, 0)


@settings(max_examples=4, deadline=None)
@given(st.permutations([1, 2, 3, 3]))
def test_an_order_and_its_progress_in_any_order_and_again_count_once(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    desk = office(tmp_path_factory.mktemp("desk") / "公司.pingyi", "QL")
    with desk.acting() as session:
        typed = {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "unit": B3, "status": "已登记"}
        edits.add(session, ITEM, campaign_id=CAMPAIGN, org="QL", typed=typed, today="", by="王")
    bodies = {n: item(2, f"{C1}-4", progress=f"2024-01-1{n} 第 {n} 次") for n in (1, 2, 3)}
    for n in order:
        below = branch(B3, bodies[n], revision=n)
        desk.take(came(below, body=item(4, "QL-1", unit=B3), revision=n))
    with desk.store.reading() as session:
        (kept,) = rows.listing(session, ITEM, replace(ASKED, counted=True))
    many = counted(desk)
    desk.store.close()
    assert (many, kept.values["progress"]) == ((1, 3, 2), "2024-01-13 第 3 次")


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
