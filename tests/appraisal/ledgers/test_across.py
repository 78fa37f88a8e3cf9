"""What is asked of all ledgers at once: rows that have every word, what waits; who has not presented; half-days anew."""

from __future__ import annotations

from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.appraisal.ledgers.across import due, finding
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Wanted
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.meeting import left_out, schedule

B3, TODAY = "QL.01.B003", "2025-11-20"
OPINION = {"category": "生活福利"}
ITEM = {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "status": "已登记"}


def add(session: Session, key: str, org: str = B3, **typed: str) -> Row:
    about = {"campaign_id": make.campaign_of(session), "org": org, "today": TODAY, "by": BY}
    return edits.add(session, catalog.ledger(key), typed=typed, reason="照登记簿", **about)


def found(session: Session, text: str) -> list[tuple[str, str]]:
    campaign_id = make.campaign_of(session)
    return [
        (one.key, one.said) for one in finding.found(session, campaign_id=campaign_id, words=text.split())
    ]


def waits(session: Session) -> dict[tuple[str, str], int]:
    listed = due.due(session, campaign_id=make.campaign_of(session), today=TODAY)
    return {(one.key, one.part): one.many for one in listed}


def test_rows_of_all_ledgers_are_found_by_text_initials_unit_number_and_document(session: Session) -> None:
    deed = add(session, "deed", title="修澡堂的灯", kind="办实事")
    add(session, "opinion", content="澡堂灯不亮", **OPINION)
    add(
        session,
        "basis_document",
        org="QL",
        title="评议实施方案",
        doc_no="青峦党发〔2025〕21号",
        issuer="公司党委",
        kind="本级文件",
    )
    assert found(session, "澡堂 灯") == [("deed", "修澡堂的灯"), ("opinion", "澡堂灯不亮")]
    assert found(session, "xztdd") == [("deed", "修澡堂的灯")]
    assert found(session, "机关 修") == [("deed", "修澡堂的灯")]
    assert found(session, f"{deed.name} 修") == [("deed", "修澡堂的灯")]
    assert found(session, "21号") == [("basis_document", "评议实施方案")]
    assert found(session, "没有") == found(session, "") == []


def test_a_few_rows_of_each_ledger_are_enough(session: Session) -> None:
    for number in range(finding.FEW + 2):
        add(session, "deed", title=f"修路 {number}", kind="办实事")
    assert len(found(session, "修路")) == finding.FEW


def test_what_waits_goes_when_it_is_done(session: Session) -> None:
    item = add(session, "rectification", due_on="2025-11-19", **ITEM)
    add(session, "rectification", due_on="2025-11-20", **ITEM)
    alone = add(session, "opinion", content="浴室水凉", nature="个性", **OPINION)
    first = add(session, "opinion", content="末班车太早", nature="共性", **OPINION)
    second = add(session, "opinion", content="末班车早了", nature="共性", **OPINION)
    add(session, "opinion", content="食堂办得好", polarity="表扬", **OPINION)
    add(session, "commitment", content="每月走访一户", status="践诺中", due_on="2025-12-20")
    assert waits(session) == {due.LATE: 1, due.OPEN: 3, due.OWED: 1, due.UNRESOLVED: 1}
    add(session, "rectification", **{**ITEM, "problem": "末班车早", "origin": first.name})
    assert waits(session)[due.OPEN] == 2
    campaign_id = make.campaign_of(session)
    wanted = [Wanted((first.id, second.id))]
    opinion_groups.merge(session, campaign_id=campaign_id, wanted=wanted, by=BY, reason="两处都有")
    assert waits(session)[due.OPEN] == 1, "what was merged with it is worked on too"
    assert item.name.endswith("-1")
    assert alone.name.endswith("-1"), "an item and an opinion can have the same number"
    add(session, "reply", opinion=alone.name, kind="立改", content="已修好", channel="会上")
    assert due.OPEN not in waits(session)
    assert due.OWED not in waits(session)


def test_who_has_not_presented_is_listed_and_registered_together(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    assert left_out.left_out(session, campaign_id=campaign_id) == []
    numbers = [number for number, (_, org) in _people(session).items() if org == B3]
    add(session, "presentation", member=numbers[0], mode="口头")
    add(session, "presentation", member=numbers[1], mode="未汇报", attendance="病休")
    (left,) = left_out.left_out(session, campaign_id=campaign_id)
    assert (left.number, left.org, waits(session)) == (numbers[2], B3, {due.LEFT_OUT: 1})
    before = left_out.register(
        session, campaign_id=campaign_id, wanted=[left], mode="WRITTEN", today=TODAY, by=BY
    )
    assert len(before.added) == 1
    assert left_out.left_out(session, campaign_id=campaign_id) == []


def _people(session: Session) -> dict[str, tuple[str, str]]:
    known = edits.rows.names(session, campaign_id=make.campaign_of(session))
    return dict(sorted(known.people.items()))


def test_planned_meetings_get_their_half_days_anew_held_ones_keep_theirs(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    about = {"campaign_id": campaign_id, "by": BY, "today": TODAY}
    groups = [("第一评议小组", ["QL.01", "QL.02"])]
    sessions.set_review_groups(session, campaign_id=campaign_id, groups=groups, by=BY)
    schedule.plan(session, start="2024-01-10", **about)
    first, second = schedule.placed(session, campaign_id=campaign_id)
    assert first.row is not None and second.row is not None  # noqa: PT018 - for the types
    held = {"status": "已开", "expected": "3", "actual": "3", "held_on": "2024-01-15", "half": "上午"}
    edits.change(
        session, catalog.ledger("meeting"), campaign_id=campaign_id, ids=[first.row.id], typed=held,
        today=TODAY, by=BY, reason="核实",
    )  # fmt: skip
    before = schedule.balance(session, start="2024-01-15", again=True, **about)
    assert [row.id for row in before.rows] == [second.row.id]
    assert [one.slot for one in schedule.placed(session, campaign_id=campaign_id)] == [
        ("2024-01-15", "AM"),
        ("2024-01-15", "PM"),
    ]
