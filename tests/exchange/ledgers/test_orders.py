"""整改任务 on their way down: what a task file may say of them, and that it changes no row that is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, C2, CAMPAIGN, G1, office

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
