"""公开承诺 given to a unit below: to whom it can be given, and what it need not say then."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, counting, edits, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.errors import NeedsReasonError, RuleError

PROMISE = catalog.ledger("commitment")
B3, C1, C2, TODAY = "QL.01.B003", "QL.01", "QL.02", "2025-11-01"


def add(session: Session, org: str = C1, **typed: str) -> Row:
    said = {"content": "月底前换好锅炉", "status": "已公开", "due_on": "2025-12-20", **typed}
    about = {"campaign_id": make.campaign_of(session), "today": TODAY, "by": BY}
    return edits.add(session, PROMISE, org=org, typed=said, **about)


def test_a_promise_is_given_downward_and_says_who_keeps_it(session: Session) -> None:
    given = add(session, unit=B3)
    assert given.values["unit"] == B3
    with pytest.raises(NeedsReasonError, match="缺责任人"):
        add(session)
    asked = Asked(make.campaign_of(session), TODAY, segment="given")
    assert [row.name for row in rows.listing(session, PROMISE, asked)] == [given.name]
    assert rows.sums(session, PROMISE, asked)[0]["given"] == 1


@pytest.mark.parametrize("unit", [C1, "QL", C2])
def test_a_promise_is_not_given_to_the_unit_itself_upward_or_sideways(session: Session, unit: str) -> None:
    with pytest.raises(RuleError, match="它不是下级"):
        add(session, unit=unit)
    mine = add(session, responsible="王某")
    about = {"campaign_id": make.campaign_of(session), "ids": [mine.id], "today": TODAY, "by": BY}
    with pytest.raises(RuleError, match="它不是下级"):
        edits.change(session, PROMISE, typed={"unit": unit}, **about)


def test_what_is_given_is_no_members_own_promise(session: Session) -> None:
    empty = {field.key: field.empty for field in PROMISE.fields} | {"content": "修路", "status": "PUBLIC"}
    codes = [one.code for one in PROMISE.check({**empty, "member": "M1", "unit": B3}, today="")]
    assert "V-COM-06" in codes
    assert "V-COM-06" not in [one.code for one in PROMISE.check({**empty, "unit": B3}, today="")]


def test_what_was_given_is_found_by_an_index_among_very_many_promises(session: Session) -> None:
    """The page counts again after every change, and most files have no promise that was given."""
    given = add(session, unit=B3)
    made = add(session, org=B3, responsible="王某", origin=given.name)
    sent = list[tuple[str, tuple[object, ...]]]()

    def executed(
        _connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object
    ) -> None:
        sent.append((statement, values))

    event.listen(Engine, "before_cursor_execute", executed)
    try:
        found = counting.handed(session, PROMISE, campaign_id=make.campaign_of(session))
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
    assert found == [(given.id, made.id)]
    raw = session.connection()
    plans = [
        " ".join(str(step) for step in raw.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values))
        for said, values in sent
        if "FROM commitment" in said
    ]
    assert [
        plan.count(f"INDEX ix_commitment_{key}") for plan, key in zip(plans, ("unit", "origin"), strict=True)
    ] == [1, 1]
