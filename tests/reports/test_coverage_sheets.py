"""R24 and 催报表 say who has handed in what, and whom to remind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import desks
import pytest
import sealing
from desks import B3, G1
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Cell, Facts, Heading, Para, Report, Row, Signature, Table
from pingyi_desktop.standing import overview
from pingyi_desktop.storage.store import Store

ORG, MEM = "T-ORG-A", "T-MEM-A"
TODAY = date(2024, 2, 9)
GENERAL, FIRST, OFFICE, OTHER = "QL.01.G01", "QL.01.G01.B001", "QL.01.B003", "QL.02.B001"
GOOD = [(9, 0, 0, 0)]


def _reported(path: Path) -> Store:
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        for code in (FIRST, OFFICE):
            counts = {ORG: GOOD * 5, MEM: GOOD * 3}
            make.received(session, campaign_id=make.campaign_of(session), org_code=code, counts=counts)
    return made


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / "QL.pingyi"
    made = make.copied(path, _reported) if "campaign_id" in request.fixturenames else make.company(path)
    with made.transaction() as opened:
        yield opened
    made.close()


@pytest.fixture
def campaign_id(session: Session) -> str:
    """Two branches of the first committee have reported, nobody else."""
    return make.campaign_of(session)


def build(session: Session, campaign_id: str, name: str, **other: object) -> Report:
    return catalog.build(session, name=name, campaign_id=campaign_id, today=TODAY, **other)  # type: ignore[arg-type]


def rows(report: Report) -> list[Row]:
    return [row for block in report.blocks if isinstance(block, Table) for row in block.rows]


def line(report: Report, name: str) -> tuple[Cell, ...]:
    (found,) = [row for row in rows(report) if row.kind == "row" and row.cells[1] == name]
    return found.cells[2:]


def said(report: Report) -> str:
    return "\n".join(block.text for block in report.blocks if isinstance(block, Para | Heading))


# R24


def test_every_unit_that_has_to_report_has_its_line(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R24")
    names = [row.cells[1] for row in rows(report) if row.kind == "row"]
    assert names == [
        unit.org.short_name for unit in overview.coverage(session, campaign_id=campaign_id).units
    ]
    assert [row.cells[0] for row in rows(report) if row.kind == "row"] == list(range(1, len(names) + 1))


def test_what_is_in_and_what_is_not(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R24")
    assert line(report, "一矿采一队党支部") == ("√", "√", "√", "√", "√", 1, None)
    assert line(report, "一矿采二队党支部") == ("√", "缺", "缺", "缺", "逾期未报", None, None)
    assert line(report, "二矿机关党支部") == (
        "缺",
        "缺",
        "缺",
        "缺",
        "逾期未报",
        None,
        None,
    )  # nobody on its roster
    assert line(report, "一矿党委") == (
        "√",
        "缺",
        None,
        None,
        "逾期未报",
        None,
        None,
    )  # a meeting without ballots


def test_a_form_that_is_not_sealed_yet_is_lacking(session: Session, campaign_id: str) -> None:
    for code in (
        "QL.01",
        "QL.02",
    ):  # layer one is this office's own and says nothing about reports from below
        stack = make.batch(session, campaign_id=campaign_id, layer=1, org_code=code, form_code=ORG)
        make.sealed(session, stack.id, ["11111"] * 5)
    assert line(build(session, campaign_id, "R24"), "一矿党委") == (
        "√",
        "缺",
        None,
        None,
        "逾期未报",
        None,
        None,
    )


def test_before_the_last_day_nobody_is_late(session: Session) -> None:
    campaign_id = make.published(
        session, form_codes=[ORG], year=2099, start_date="2099-01-05", end_date="2099-01-31"
    )
    assert line(build(session, campaign_id, "R24"), "二矿机关党支部")[4] == "未报"


def test_units_stand_under_their_committee_with_its_count(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R24")
    sections = [row.cells[0] for row in rows(report) if row.kind == "section"]
    assert sections == ["一矿党委：已报 2 / 应报 5", "二矿党委：已报 0 / 应报 2"]


def test_branches_directly_below_stand_together_and_no_unit_has_a_heading_of_its_own(tmp_path: Path) -> None:
    """Of a committee: itself, its general branch with its two, and its branches, each of which had a heading."""
    office = desks.office(tmp_path / "C1.pingyi")
    with office.acting() as one:
        listed = rows(build(one, desks.CAMPAIGN, "R24"))
    office.store.close()
    shown = [str(row.cells[0] if row.kind == "section" else row.cells[1]) for row in listed]
    assert shown == [
        "一矿党委",
        "一矿采掘党总支：已报 0 / 应报 3",
        *("一矿采掘党总支", "一矿采一队党支部", "一矿采二队党支部"),
        "直属单位：已报 0 / 应报 1",
        "一矿机关党支部",
    ]


def test_the_missing_are_named_with_the_deadline(session: Session, campaign_id: str) -> None:
    text = said(build(session, campaign_id, "R24"))
    assert "未交清单（应在 2024年1月31日 前报送）" in text
    assert "共 5 个单位：一矿党委、" in text
    assert "一矿采一队党支部" not in text


def test_the_head_counts_every_state(session: Session, campaign_id: str) -> None:
    (facts,) = [block for block in build(session, campaign_id, "R24").blocks if isinstance(block, Facts)]
    assert dict(facts.pairs) == {"应报": 7, "已报": 2, "逾期未报": 5, "报送截止": "2024年1月31日"}


def test_one_part_of_the_tree(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R24", org_code=GENERAL)
    assert [row.cells[1] for row in rows(report)] == [
        "一矿采掘党总支", "一矿采一队党支部", "一矿采二队党支部",
    ]  # fmt: skip
    assert report.subtitle == "2024年群众评议（一矿采掘党总支）"


def test_the_layer_and_the_counting_rule_do_not_stand_on_it(session: Session, campaign_id: str) -> None:
    assert build(session, campaign_id, "R24", layer=1) == build(session, campaign_id, "R24")
    assert not any("满意率" in note for note in build(session, campaign_id, "R24").footnotes)


# 催报表


def test_reminders_go_to_those_who_have_not_reported(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R24B")
    assert "下列 5 个单位" in said(report)
    assert line(report, "一矿采二队党支部") == (
        "一矿采掘党总支", "逾期未报", "会议、组织表、党员表、上报包", "",
    )  # fmt: skip
    assert line(report, "一矿党委") == ("青峦公司党委", "逾期未报", "会议、上报包", "")
    assert not [row for row in rows(report) if row.cells[1] == "一矿采一队党支部"]


def test_what_came_but_may_not_count_is_not_asked_for_again(tmp_path: Path) -> None:
    office = desks.office(tmp_path / "C1.pingyi")
    office.take(desks.report(B3), desks.report(B3, satisfied=4, name="另一份.pingyi-pack"))
    office.take(desks.handed_up(G1), confirm=False)
    with office.acting() as one:
        report = build(one, desks.CAMPAIGN, "R24B")
        listed = build(one, desks.CAMPAIGN, "R24")
    office.store.close()
    assert line(report, "一矿机关党支部")[1:3] == ("冲突", "报来的内容有冲突，待核实")
    assert line(report, "一矿采掘党总支")[1:3] == ("待核", "已报来，待核实")
    assert line(listed, "一矿机关党支部")[4] == "冲突"


def test_the_check_number_stands_on_it(tmp_path: Path) -> None:
    office = desks.office(tmp_path / "C1.pingyi")
    sent = sealing.submission(B3)
    office.take(desks.file(sent))
    with office.acting() as one:
        assert line(build(one, desks.CAMPAIGN, "R24"), "一矿机关党支部")[6] == package.check_number(sent.id)
    office.store.close()


def test_nobody_to_remind(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[ORG])
    for unit in overview.coverage(session, campaign_id=campaign_id).units:
        counts = {} if unit.org.code in ("QL.01", "QL.02") else {ORG: GOOD * 5}
        make.received(session, campaign_id=campaign_id, org_code=unit.org.code, counts=counts)
    assert said(build(session, campaign_id, "R24B")) == "应报单位全部报齐，不用催报。"
    assert said(build(session, campaign_id, "R24")) == "应报单位全部报齐。"
    assert not [block for block in build(session, campaign_id, "R24B").blocks if isinstance(block, Table)]


def test_both_are_signed_below(session: Session, campaign_id: str) -> None:
    for name in ("R24", "R24B"):
        assert isinstance(build(session, campaign_id, name).blocks[-1], Signature)


def test_how_many_organisations_are_appraised_is_told_with_both_numbers(
    session: Session, campaign_id: str
) -> None:
    note = build(session, campaign_id, "R24").footnotes[-1]
    assert note == "组织覆盖率（已评÷应评）：层面一 0/2 = 0.0%；层面二 2/5 = 40.0%。"
    note = build(session, campaign_id, "R24", org_code=OFFICE).footnotes[-1]
    assert note == "组织覆盖率（已评÷应评）：层面二 1/1 = 100.0%。"


def test_a_coverage_of_one_hundred_leaves_nobody_out() -> None:
    assert overview.Appraised(2, 389, ()).rate(rules.read()) == "389/389 = 100.0%"
    assert overview.Appraised(2, 3999, ("一矿党委",)).rate(rules.read()) == "3999/4000 = 99.9%"
