"""From the ballots' proposal to the signature of the person: who decided, why it departs, what asks for a word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

import make
from make import refused
from pingyi_desktop.appraisal.batches import corrections, signing
from pingyi_desktop.appraisal.campaign import campaigns, gradings, sessions
from pingyi_desktop.appraisal.grading import grade_acts, grade_sheets
from pingyi_desktop.appraisal.grading.grade_sheets import GradeSheet
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_grades import MemberGrade
from pingyi_desktop.storage.schemas.grade_words import Body, Grade, GradeState
from pingyi_desktop.storage.store import Store

FORM = "T-MEM-E"
TODAY = date(2024, 2, 1)
E, Q, B, U, N = Grade
# three full members by name and a 预备党员: 5 of 6 say 优秀 of the first, 合格 of the second, 基本合格 of the third
STACK = ["1230"] * 5 + ["2210"]


def _graded(path: Path) -> Store:
    made = make.school(path, people=make.NAMES[:3])
    with made.transaction() as session:
        members.add_member(session, org_code="XX", name="吴新来", category="PROBATIONARY", by=make.BY)
        campaign_id = make.published(session, form_codes=[FORM])
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, STACK)
    return made


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.copied(tmp_path / "XX.pingyi", _graded)
    with made.transaction() as opened:
        yield opened
    made.close()


def sheet(session: Session) -> GradeSheet:
    campaign_id = campaigns.current(session).id
    (found,) = grade_sheets.of_org(session, campaign_id=campaign_id, org_code="XX")
    return found


def decide(
    session: Session,
    chosen: Mapping[int, Grade] | None = None,
    reasons: Mapping[int, str] | None = None,
    *,
    on: str = "2024-01-20",
    reason: str = "",
) -> None:
    here = sheet(session)
    number = [row.number for row in here.rows]
    grade_acts.decide(
        session,
        sheet=here,
        body=Body.BRANCH_COMMITTEE,
        decided_on=on,
        today=TODAY,
        by=make.BY,
        chosen={number[place]: grade for place, grade in (chosen or {}).items()},
        reasons={number[place]: text for place, text in (reasons or {}).items()},
        reason=reason,
    )


def test_proposals_stand_in_the_papers_order(session: Session) -> None:
    found = sheet(session)
    assert [(row.name, row.marks, row.proposed, row.state) for row in found.rows] == [
        ("赵建国", (5, 1, 0, 0), E, GradeState.PROPOSED),
        ("钱秀英", (0, 6, 0, 0), Q, GradeState.PROPOSED),
        ("孙志强", (1, 0, 5, 0), B, GradeState.PROPOSED),
        ("吴新来", (0, 0, 0, 0), N, GradeState.PROPOSED),
    ]
    assert (found.limit, found.ready, found.hidden) == (1, True, False)


def test_the_proposals_decided_told_and_signed(session: Session) -> None:
    decide(session)
    assert [row.final for row in sheet(session).rows] == [E, Q, B, N]
    assert {(row.decided_by, row.decided_on) for row in sheet(session).rows} == {("支委会", "2024-01-20")}
    told = grade_acts.tell(session, sheet=sheet(session), told_on="2024-01-22", today=TODAY, by=make.BY)
    first = sheet(session).rows[0].number
    signed = grade_acts.acknowledge(
        session, sheet=sheet(session), acknowledged_on="2024-01-23", today=TODAY, by=make.BY, numbers=[first]
    )
    assert (len(told), signed) == (4, [first])
    states = [row.state for row in sheet(session).rows]
    assert states == [GradeState.ACKNOWLEDGED, *[GradeState.TOLD] * 3]
    assert [line.act for line in reversed(journal.lines(session, newest=3))] == [
        "决定等次",
        "告知等次",
        "签收等次",
    ]
    assert sheet(session).counts == {E: 1, Q: 1, B: 1, U: 0, N: 1}


def test_the_journal_counts_and_names_nobody(session: Session) -> None:
    decide(session, {1: B}, {1: "长期不参加组织生活"})
    (line,) = journal.lines(session, newest=1)
    detail = json.loads(line.detail)
    assert detail["grades"] == {"EXCELLENT": 1, "QUALIFIED": 0, "BASIC": 2, "UNQUALIFIED": 0, "NOT_RATED": 1}
    assert detail["departing"] == 1
    assert "钱秀英" not in line.detail
    assert sheet(session).rows[1].reason == "长期不参加组织生活"


@pytest.mark.parametrize(
    ("chosen", "reasons", "code"),
    [
        ({1: B}, {}, "V-GRD-17"),
        ({1: B}, {1: "  "}, "V-GRD-17"),
        ({1: B}, {1: "打电话13812345678问过"}, "V-MEM-07"),
        ({3: Q}, {3: "表现好"}, "V-GRD-16"),
    ],
)
def test_what_no_meeting_can_decide(
    session: Session, chosen: dict[int, Grade], reasons: dict[int, str], code: str
) -> None:
    refused(code, lambda: decide(session, chosen, reasons))


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ({1: E}, ["V-BAL-14"]),
        ({0: Q}, ["V-GRD-20"]),
        ({1: E, 2: E}, ["V-BAL-14", "V-GRD-21"]),
        ({2: N}, ["V-GRD-22"]),
        ({}, []),
    ],
)
def test_what_asks_for_a_word(session: Session, chosen: dict[int, Grade], codes: list[str]) -> None:
    why = dict.fromkeys(chosen, "民主测评情况不全面")
    assert make.asked(lambda: decide(session, chosen, why)) == codes
    decide(session, chosen, why, reason="上级党委同意")


def test_another_number_is_refused(session: Session) -> None:
    with pytest.raises(RuleError, match="没有编号“Z9”"):
        grade_acts.decide(
            session, sheet=sheet(session), body=Body.MEMBERS_MEETING, decided_on="2024-01-20", today=TODAY,
            by=make.BY, chosen={"Z9": Q},
        )  # fmt: skip


def test_days_follow_each_other(session: Session) -> None:
    refused("V-GRD-18", lambda: decide(session, on="2024-01-11"))  # the meeting was on the 12th
    refused("V-GRD-18", lambda: decide(session, on="2024-02-02"))
    refused("V-CMP-21", lambda: decide(session, on="今天"))
    decide(session)
    early = {"told_on": "2024-01-19", "today": TODAY, "by": make.BY}
    refused("V-GRD-18", lambda: grade_acts.tell(session, sheet=sheet(session), **early))


def test_nothing_is_changed_behind_a_persons_back(session: Session) -> None:
    decide(session)
    grade_acts.tell(session, sheet=sheet(session), told_on="2024-01-22", today=TODAY, by=make.BY)
    refused("V-GRD-02", lambda: decide(session, {1: B}, {1: "重新研究"}))
    assert len(grade_acts.take_back(session, sheet=sheet(session), by=make.BY)) == 4
    decide(session, {1: B}, {1: "重新研究"})
    assert sheet(session).rows[1].final is B
    assert len(grade_acts.take_back(session, sheet=sheet(session), by=make.BY)) == 4
    assert {row.state for row in sheet(session).rows} == {GradeState.PROPOSED}
    refused("V-GRD-05", lambda: grade_acts.take_back(session, sheet=sheet(session), by=make.BY))


def test_few_ballots_give_no_proposal_and_the_meeting_says_why(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", people=make.NAMES[:2], form_codes=[FORM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, ["12"] * 4)
        found = sheet(session)
        assert (found.hidden, [(row.marks, row.proposed) for row in found.rows]) == (
            True,
            [((0,) * 4, None)] * 2,
        )
        refused("V-GRD-15", lambda: decide(session))
        decide(session, {0: Q, 1: Q}, {0: "平时表现", 1: "平时表现"}, reason="没有人特别突出")
        assert None not in [row.final for row in sheet(session).rows]
    made.close()


def test_nothing_is_decided_while_a_stack_is_open(tmp_path: Path) -> None:
    categories = (("A", "党员"), ("B", "群众"))
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=[FORM], voter_categories=categories)
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        one = make.batch(session, campaign_id=campaign_id, voter_category="A")
        make.sealed(session, one.id, ["11222"] * 6)
        assert not sheet(session).ready
        refused("V-GRD-11", lambda: decide(session))
    made.close()


def test_a_correction_after_the_decision_is_told(session: Session) -> None:
    decide(session)
    assert grade_sheets.moved(sheet(session)) == []
    batch = make.batch(session, campaign_id=campaigns.current(session).id)
    corrections.reopen(
        session, batch_id=batch.id, reason="录反了", applicant="甲", scrutineer="乙", by=make.BY
    )
    refused("V-GRD-11", lambda: sheet(session))
    signing.reset(session, batch_id=batch.id, reason="录反了", by=make.BY)
    make.sealed(session, batch.id, ["2230"] * 6)
    (said,) = grade_sheets.moved(sheet(session))
    assert (said.code, "“赵建国”" in said.sentence, "钱秀英" in said.sentence) == ("V-GRD-23", True, False)


def test_a_void_session_takes_its_grades_along(session: Session) -> None:
    decide(session)
    (meeting,) = sessions.listing(session, campaign_id=campaigns.current(session).id)
    sessions.void(session, session_id=meeting.id, reason="收回多于发出", by=make.BY)
    refused("V-GRD-11", lambda: sheet(session))


def test_a_campaign_without_the_form_has_no_grades(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        refused("V-GRD-12", lambda: sheet(session))
    made.close()


def test_the_quota_is_the_campaigns_and_the_paper_says_it(tmp_path: Path) -> None:
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        campaign_id = make.draft(session, form_codes=[FORM])
        gradings.choose(session, campaign_id=campaign_id, by=make.BY, share="20%", probationary_counted=False)
        said = "优秀名额按党员总数（不含预备党员）百分之二十向下取整。"
        assert said in campaigns.show(session, campaign_id=campaign_id).form(FORM).instructions
        gradings.choose(session, campaign_id=campaign_id, by=make.BY, probationary_counted=True)
        campaigns.change(session, campaign_id=campaign_id, by=make.BY, form_codes=[FORM, "T-ORG-A"])
        sessions.publish(session, campaign_id=campaign_id, by=make.BY, reason=make.WHY)
        form = campaigns.show(session, campaign_id=campaign_id).form(FORM)
        assert [line for line in form.instructions if "优秀名额" in line] == [
            "优秀名额按党员总数百分之二十向下取整。"
        ]
        assert gradings.of(session, campaign_id=campaign_id).limit(listed=5, probationary=0) == 1
        refused(
            "V-GRD-31", lambda: gradings.choose(session, campaign_id=campaign_id, by=make.BY, share="15%")
        )
    made.close()


def test_as_usual_is_not_said_in_a_definition(session: Session) -> None:
    """What is as in the first edition reads as it did: the definition's digest is the same."""
    (text,) = session.exec(select(Campaign.definition)).all()
    assert "grading" not in json.loads(text or "{}")


def test_a_decision_replaces_the_one_before(session: Session) -> None:
    decide(session)
    decide(session, {1: B}, {1: "重新研究"})
    assert sorted(row.final for row in session.exec(select(MemberGrade))) == sorted([E, B, B, N])
