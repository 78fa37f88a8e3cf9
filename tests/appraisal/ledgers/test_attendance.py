"""Who came, by category of voters: written once in the ledger of meetings; printed for, held against the stacks, told in reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop import cli
from pingyi_desktop.appraisal.agreeing import before_export
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.appraisal.ledgers.meeting import attendance
from pingyi_desktop.appraisal.ledgers.meeting.attendance import Attendance, Came
from pingyi_desktop.errors import UserError
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.reports.blocks import Report, Table
from pingyi_desktop.reports.paper import plan
from pingyi_desktop.reports.paper.plan import Wish
from pingyi_desktop.standing import sums

FORM, SORTS = "T-ORG-A", (("A", "党员"), ("B", "职工代表"))
HELD = {"kind": "评议会", "layer": "层面二", "held_on": "2024-01-12"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.published_school(
        tmp_path / "XX.pingyi",
        form_codes=[FORM],
        voter_categories=SORTS,
        rule={"category_weights": "A:40,B:60"},
    )
    with made.transaction() as opened:
        yield opened
    made.close()


def meet(session: Session, by_category: str, *, actual: str = "19", status: str = "已开") -> None:
    edits.add(
        session,
        catalog.ledger("meeting"),
        campaign_id=make.campaign_of(session),
        org="XX",
        typed={**HELD, "expected": "20", "actual": actual, "status": status, "by_category": by_category},
        today="2024-02-01",
        by=make.BY,
        reason=make.WHY,
    )


def told(session: Session) -> Attendance:
    (one,) = attendance.of_campaign(session, view=campaigns.current(session)).values()
    return one


def hold(session: Session) -> None:
    (meeting,) = sessions.listing(session, campaign_id=make.campaign_of(session))
    make.held(session, meeting.id, expected=20, actual=19)


def issue(session: Session, **many: int) -> None:
    for one in batches.listing(session, campaign_id=make.campaign_of(session)):
        n = many[one.voter_category]
        batches.set_control_sheet(
            session,
            batch_id=one.id,
            printed=n,
            issued=n,
            returned=n,
            blank=0,
            void=0,
            by=make.BY,
            reason=make.WHY,
        )


def said(session: Session) -> dict[str, str]:
    found = sums.of_campaign(session, campaign_id=make.campaign_of(session))
    return {one.code: one.sentence for one in found if one.code in ("V-MTG-23", "V-MTG-24")}


@pytest.mark.parametrize(
    "written", ["党员 12/11；职工代表 8/8", "A 12/11、B 8/8", "党员 10/10；A 2/1；B 8/8"]
)
def test_the_ledgers_words_are_the_campaigns_categories(session: Session, written: str) -> None:
    meet(session, written)
    one = told(session)
    assert one == Attendance(20, {"A": Came(12, 11), "B": Came(8, 8)})
    assert (one.of("B"), one.of("A+B"), one.of("A+C")) == (Came(8, 8), Came(20, 19), None)


def test_paper_is_printed_for_each_category_of_a_planned_meeting_without_asking_again(
    session: Session,
) -> None:
    campaign_id = make.campaign_of(session)
    (unknown,) = plan.meetings(session, campaign_id=campaign_id, wish=Wish())
    assert unknown.people is None
    meet(session, "党员 12/0；职工代表 8/0", actual="", status="待开")
    assert told(session).came == {"A": Came(12, None), "B": Came(8, None)}
    (one,) = plan.meetings(session, campaign_id=campaign_id, wish=Wish(people={"A": 99, "B": 99}))
    assert [(stack.category, stack.people, stack.sheets) for stack in one.stacks] == [
        ("A", 12, 14),
        ("B", 8, 10),
    ]


def test_the_list_of_sessions_tells_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=[FORM], voter_categories=SORTS)
    with made.transaction() as session:
        meet(session, "党员 12/11；职工代表 8/8")
    made.close()
    assert cli.main(["session", "list", str(made.path), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["by_category"] == {
        "A": {"expected": 12, "actual": 11},
        "B": {"expected": 8, "actual": 8},
    }


def test_where_one_category_is_told_the_other_is_the_rest(session: Session) -> None:
    meet(session, "党员 12/0", actual="", status="待开")
    (one,) = plan.meetings(session, campaign_id=make.campaign_of(session), wish=Wish())
    assert [(stack.category, stack.people) for stack in one.stacks] == [("A", 12), ("B", 8)]


def test_of_one_category_the_planned_meeting_tells_how_many(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=[FORM])
    with made.transaction() as session:
        meet(session, "", actual="", status="待开")
        (one,) = plan.meetings(session, campaign_id=make.campaign_of(session), wish=Wish())
        assert [stack.people for stack in one.stacks] == [20]
    made.close()


def test_stacks_are_held_against_their_own_category(session: Session) -> None:
    """Nineteen came and nineteen papers were handed out: only by category it is seen that they were mixed up."""
    meet(session, "党员 12/11；职工代表 8/8")
    hold(session)
    issue(session, A=11, B=8)
    assert said(session) == {}
    issue(session, A=8, B=11)
    assert "“职工代表”：会议台账里到会 8 人，" in said(session)["V-MTG-24"]
    assert "发出 11 张，相差 3" in said(session)["V-MTG-24"]
    weighed = before_export.asked(session, campaign_id=make.campaign_of(session), codes={"XX"})
    assert [one.code for one in weighed].count("V-MTG-24") == 2


def test_a_word_that_is_no_category_is_told_and_used_nowhere(session: Session) -> None:
    meet(session, "党员 12/11；群众 8/8")
    hold(session)
    assert told(session) == Attendance(20, unknown=("群众",))
    assert "“群众”，本次活动的参评人员类别是党员、职工代表" in said(session)["V-MTG-23"]


def test_a_control_sheet_is_held_against_those_present_once_all_categories_have_theirs(
    session: Session,
) -> None:
    hold(session)
    first, second = batches.listing(session, campaign_id=make.campaign_of(session))

    def asked(batch_id: str, n: int) -> list[str]:
        figures = {"printed": n, "issued": n, "returned": n, "blank": 0, "void": 0}
        return make.asked(
            lambda: batches.set_control_sheet(session, batch_id=batch_id, by=make.BY, **figures)
        )

    assert asked(first.id, 11) == []
    assert asked(second.id, 8) == []
    assert asked(second.id, 15) == ["V-BAL-06"]


def tables(report: Report) -> list[Table]:
    return [block for block in report.blocks if isinstance(block, Table)]


def test_reports_tell_people_and_papers_by_category_and_the_exact_weights(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    meet(session, "党员 12/11；职工代表 8/8")
    hold(session)
    for one in batches.listing(session, campaign_id=campaign_id):
        make.sealed(session, one.id, ["11111"] * {"A": 11, "B": 8}[one.voter_category])
    report = reports.build(session, name="R02", campaign_id=campaign_id)
    assert [row.cells for row in tables(report)[1].rows] == [
        ("党员", 1, 12, 11, "91.7", 11, 0),
        ("职工代表", 1, 8, 8, "100.0", 8, 0),
    ]
    assert any("权数是党员 2/5、职工代表 3/5，相加为1" in note for note in report.footnotes)
    slip = reports.build(session, name="R06", campaign_id=campaign_id)
    (sheet,) = (one for one in tables(slip) if one.columns[0].title == "身份类别")
    assert [column.title for column in sheet.columns[1:5]] == ["应到", "实到", "印制", "发出"]
    assert [row.cells[:5] for row in sheet.rows] == [("党员", 12, 11, 11, 11), ("职工代表", 8, 8, 8, 8)]


def test_nothing_is_said_of_categories_where_the_ledger_says_nothing(session: Session) -> None:
    hold(session)
    issue(session, A=11, B=8)
    assert len(tables(reports.build(session, name="R02", campaign_id=make.campaign_of(session)))) == 1
    with pytest.raises(UserError, match="不知道应参评多少人"):
        plan.printable(plan.meetings(session, campaign_id=make.campaign_of(session), wish=Wish()))
