"""勾稽 across sessions and units: what sums should agree with."""

from __future__ import annotations

import pytest
from sqlmodel import Session

import make
from make import said
from pingyi_desktop.appraisal.agreeing import before_export
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.standing import sums
from pingyi_desktop.storage.schema_batches import BallotBatch

FIVE = [[5, 0, 0, 0]] * 5


def test_meetings_held_against_organisations(session: Session) -> None:
    campaign_id = make.published(session)
    for one in sessions.listing(session, campaign_id=campaign_id, layer=1)[:1]:
        make.held(session, one.id)
    found = said(sums.of_campaign(session, campaign_id=campaign_id))
    assert found["V-CHK-01"] == "层面一评议会 1 次，基层党委 2 个，不相等。"
    assert found["V-CHK-02"] == "层面二座谈/评议会 0 次，组织数合计 7（党委2+总支1+支部4）。"


def test_one_person_two_sheets(school: Session) -> None:
    campaign_id = make.published(school)
    (meeting,) = sessions.listing(school, campaign_id=campaign_id)
    make.held(school, meeting.id, actual=10, expected=10)
    for form, ballot, many in (("T-ORG-A", "11111", 10), ("T-MEM-A", "111", 9)):
        stack = make.batch(school, campaign_id=campaign_id, form_code=form)
        make.sealed(school, stack.id, [ballot] * many)
    wanted = "组织表发出、党员表发出、实到三项不相等：10/9/10。"
    assert said(sums.of_campaign(school, campaign_id=campaign_id))["V-CHK-03"] == wanted
    assert said(before_export.asked(school, campaign_id=campaign_id, codes={"XX"})) == {"V-CHK-03": wanted}
    row = school.get_one(BallotBatch, make.batch(school, campaign_id=campaign_id, form_code="T-MEM-A").id)
    row.issued = 10  # one was not given back
    school.flush()
    assert before_export.asked(school, campaign_id=campaign_id, codes={"XX"}) == []


def test_the_overall_question_above_every_item(school: Session) -> None:
    campaign_id = make.published(school, form_codes=["T-ORG-A"])
    stack = make.batch(school, campaign_id=campaign_id)
    make.sealed(school, stack.id, ["22221", "11111", "11111", "11111", "11111"])
    found = said(sums.of_campaign(school, campaign_id=campaign_id))
    assert "总体 100.0%，各项最高 80.0%，属正常" in found["V-CHK-07"]


def test_who_is_below_the_lines_is_named_once(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-ORG-A"])
    for org, satisfied, of in (
        ("QL.01.B003", 59, 100),
        ("QL.01.G01.B001", 60, 100),
        ("QL.01.G01.B002", 80, 100),
    ):
        rows = [(of, 0, 0, 0)] * 4 + [(satisfied, of - satisfied, 0, 0)]
        make.received(session, campaign_id=campaign_id, org_code=org, counts={"T-ORG-A": rows})
    found = said(sums.of_campaign(session, campaign_id=campaign_id))
    assert (
        "有 1 个单位有项目的满意率低于 60%，需要补课，整改后作废原场次再测一次：一矿机关党支部。"
        in found["V-CHK-31"]
    )
    assert "有 1 个单位有项目的满意率低于 80%，建议列入整改：一矿采一队党支部。" in found["V-CHK-32"]


@pytest.mark.parametrize(("many", "named"), [(4, False), (5, True)])
def test_a_few_of_ones_own_are_not_named(school: Session, many: int, named: bool) -> None:
    campaign_id = make.published(school, form_codes=["T-ORG-A"])
    make.sealed(school, make.batch(school, campaign_id=campaign_id).id, ["44444"] * many)
    assert ("V-CHK-31" in said(sums.of_campaign(school, campaign_id=campaign_id))) == named


def test_nobody_is_named_of_whom_nothing_may_be_printed(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-ORG-A"])
    make.received(
        session, campaign_id=campaign_id, org_code="QL.02.B001", counts={"T-ORG-A": [(0, 4, 0, 0)] * 5}
    )
    assert "V-CHK-31" not in said(sums.of_campaign(session, campaign_id=campaign_id))


def test_nothing_missing_and_yet_something_open(school: Session) -> None:
    campaign_id = make.published(school, form_codes=["T-ORG-A", "T-MEM-A"])
    assert "V-CHK-08" not in said(sums.of_campaign(school, campaign_id=campaign_id))


def test_what_a_unit_sent_is_told_and_stops_nobody(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-ORG-A"])
    make.received(session, campaign_id=campaign_id, org_code="QL.01.B003", counts={"T-ORG-A": FIVE}, blank=5)
    found = sums.of_units(session, campaign_id=campaign_id, codes={"QL.01.B003"})
    assert [one.code for one in found] == ["V-BAL-06", "V-BAL-09"]
    assert sums.of_units(session, campaign_id=campaign_id, codes={"QL.01"}) == []
