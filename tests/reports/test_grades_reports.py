"""民主评议 on paper: who in the branch (restricted), how many over the tree, and a slip that tells one person of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, results, sessions
from pingyi_desktop.appraisal.grading import grade_acts, grade_counts, grade_sheets
from pingyi_desktop.appraisal.grading.grade_counts import GradeCounts
from pingyi_desktop.appraisal.grading.grade_sheets import GradeSheet
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports import catalog, grades, summary
from pingyi_desktop.reports.blocks import Bars, Facts, Para, Report, Table
from pingyi_desktop.standing import sums
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schemas.grade_words import Body, Grade
from pingyi_desktop.storage.store import Store

TODAY = date(2024, 2, 9)


def _graded(path: Path, stack: tuple[str, ...]) -> Store:
    made = make.published_school(path, people=make.NAMES[:3], form_codes=["T-MEM-E"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, stack)
    return made


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.copied(tmp_path / "XX.pingyi", _graded, ("124", *["122"] * 5))
    with made.transaction() as opened:
        yield opened
    made.close()


def sheet(session: Session) -> GradeSheet:
    (found,) = grade_sheets.of_org(session, campaign_id=make.campaign_of(session), org_code="XX")
    return found


def decide(session: Session) -> None:
    grade_acts.decide(
        session, sheet=sheet(session), body=Body.MEMBERS_MEETING, decided_on="2024-01-20", today=TODAY, by=make.BY
    )  # fmt: skip


def restricted(session: Session, name: str) -> Report:
    campaign_id = make.campaign_of(session)
    return catalog.restricted(
        session, name=name, campaign_id=campaign_id, reason="研究", by=make.BY, today=TODAY
    )


def rows(report: Report) -> list[tuple[object, ...]]:
    return [row.cells for block in report.blocks if isinstance(block, Table) for row in block.rows]


def said(report: Report) -> str:
    return "".join(block.text for block in report.blocks if isinstance(block, Para))


def test_the_branch_sees_proposal_and_decision(session: Session) -> None:
    assert [row[-4:-1] for row in rows(restricted(session, "R05B"))] == [
        ("优秀", "", ""),
        ("合格", "", ""),
        ("合格", "", ""),
    ]
    decide(session)
    report = restricted(session, "R05B")
    assert rows(report)[0] == (1, "赵建国", "正式", 6, 0, 0, 0, "优秀", "优秀", "", "已决定")
    assert "党员大会于2024年1月20日研究决定" in said(report)
    assert report.mark == "内部资料"
    with pytest.raises(RuleError, match="写明原因"):
        catalog.build(session, name="R05B", campaign_id=make.campaign_of(session))


def test_the_counts_name_nobody(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    assert "没有等次" in said(catalog.build(session, name="R04B", campaign_id=campaign_id))
    decide(session)
    report = catalog.build(session, name="R04B", campaign_id=campaign_id)
    assert rows(report) == [
        (1, "慈云学校党支部", 3, 1, 2, 0, 0, 0, "2024年1月20日"),
        ("", "合计", 3, 1, 2, 0, 0, 0, ""),
    ]
    assert not any(name in repr(report) for name in make.NAMES)


def test_grades_are_no_rate_of_satisfaction_anywhere(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    report = catalog.build(session, name="R04", campaign_id=campaign_id)
    (table,) = (block for block in report.blocks if isinstance(block, Table))
    grades_and_rest = ["优秀", "合格", "基本合格", "不合格", "未填", "多选", "难辨"]
    assert [column.title for column in table.columns[3:]] == grades_and_rest
    assert rows(report)[1:] == [
        (1, "慈云学校党支部", 6, 6, 11, 0, 1, 0, 0, 0),
        ("", "层面二小计", 6, 6, 11, 0, 1, 0, 0, 0),
        ("", "合计", 6, 6, 11, 0, 1, 0, 0, 0),
    ]
    assert not any(isinstance(block, Bars) for block in report.blocks)
    assert any("不是满意率" in note for note in report.footnotes)
    assert summary.NOTE not in report.footnotes
    ((item,),) = (one.items for one in results.pooled(session, campaign_id=campaign_id))
    assert (item.shown, item.denominator, item.counts.options) == ("—", 0, (6, 11, 0, 1))
    told = {one.code for one in sums.of_campaign(session, campaign_id=campaign_id)}
    assert not told & {"V-CHK-31", "V-CHK-32"}


def test_few_grades_are_not_told_in_the_summary_either(tmp_path: Path) -> None:
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-MEM-E"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        make.received(
            session, campaign_id=campaign_id, org_code="QL.02.B001", counts={"T-MEM-E": [[3, 0, 0, 0]]}
        )
        report = catalog.build(session, name="R04", campaign_id=campaign_id)
        assert rows(report)[1] == (1, "二矿机关党支部", 3, "样本不足", *["—"] * 6)
    made.close()


def test_a_slip_tells_one_person_of_themselves_only(session: Session) -> None:
    decide(session)
    here = sheet(session)
    view = campaigns.current(session)
    made = grades.slips(
        session, view=view, sheet=here, numbers=[here.rows[2].number], today=TODAY, by=make.BY
    )
    (report,) = made.values()
    (facts,) = (dict(block.pairs) for block in report.blocks if isinstance(block, Facts))
    assert (facts["姓名"], facts["评议等次"], facts["研究决定"]) == ("孙志强", "合格", "党员大会")
    assert rows(report) == [(0, 5, 0, 1)]
    assert not any(name in repr(report) for name in make.NAMES[:2])
    (newest,) = journal.lines(session, newest=1)
    assert newest.act == "印告知单"


def test_few_ballots_are_on_no_paper(tmp_path: Path) -> None:
    made = _graded(tmp_path / "XX.pingyi", ("122",) * 4)
    with made.transaction() as session:
        number = sheet(session).rows[0].number
        grade_acts.decide(
            session, sheet=sheet(session), body=Body.BRANCH_COMMITTEE, decided_on="2024-01-20", today=TODAY,
            by=make.BY, reason=make.WHY, chosen=dict.fromkeys([row.number for row in sheet(session).rows], Grade.QUALIFIED),
            reasons=dict.fromkeys([row.number for row in sheet(session).rows], "平时表现"),
        )  # fmt: skip
        slips = grades.slips(
            session, view=campaigns.current(session), sheet=sheet(session), numbers=[number], today=TODAY, by=make.BY
        )  # fmt: skip
        assert "样本不足" in said(*slips.values())
        assert rows(*slips.values()) == []
        assert {row[3:7] for row in rows(restricted(session, "R05B"))} == {(None,) * 4}
    made.close()


def shown(tmp_path: Path, people: tuple[int, ...], *, decided_here: int) -> tuple[str, bool]:
    """Which of three branches with so many people each are withheld (1, 2, 3), and whether their sum is.

    The first ``decided_here`` decided themselves in this file; none of the others gave names. 0: it has no row.
    """
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-MEM-E"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        branches = [one for one in sessions.listing(session, campaign_id=campaign_id) if one.layer == 2][:3]
        found = [
            GradeCounts(
                one._replace(received=place >= decided_here),
                "T-MEM-E",
                dict.fromkeys(Grade, 0) | {Grade.QUALIFIED: n},
                "",
            )
            for place, (one, n) in enumerate(zip(branches, people, strict=True))
            if n
        ]
        units = campaign_tree.tree(session, campaign_id=campaign_id)
        back = grade_counts.withheld(session, campaign_id=campaign_id, found=found, units=units, least=5)
        told = "".join(str(n) for n, one in enumerate(found, 1) if back.row(one)), back.total(found, "QL")
    made.close()
    return told


@pytest.mark.parametrize(
    ("people", "hidden", "sum_hidden"),
    [
        ((8, 9, 7), "", False),
        (
            (2, 9, 7),
            "13",
            False,
        ),  # the sum less the others would be the two: the next smallest is not shown either
        ((2, 1, 1), "123", True),
        ((1, 1, 4), "123", False),  # six people together
    ],
)
def test_counts_of_few_are_not_shown_above_their_branch_nor_worked_out(
    tmp_path: Path, people: tuple[int, ...], hidden: str, sum_hidden: bool
) -> None:
    assert shown(tmp_path, people, decided_here=0) == (hidden, sum_hidden)


@pytest.mark.parametrize(
    ("people", "hidden", "sum_hidden"), [((1, 2, 8), "23", False), ((9, 2, 0), "2", True)]
)
def test_what_this_unit_decided_itself_hides_nothing_of_others(
    tmp_path: Path, people: tuple[int, ...], hidden: str, sum_hidden: bool
) -> None:
    """Its own row was left out in the place of theirs: whoever knows it, as the unit does, had the two by subtraction."""
    assert shown(tmp_path, people, decided_here=1) == (hidden, sum_hidden)
