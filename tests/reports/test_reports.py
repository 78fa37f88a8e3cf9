"""What reports say: their figures are those of results and overview, and every print of them says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, corrections
from pingyi_desktop.appraisal.campaign import campaigns, results, sessions
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import RuleError
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import activity, catalog
from pingyi_desktop.reports.blocks import (
    Bars,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    Row,
    Signature,
    Table,
    in_words,
    printed,
)
from pingyi_desktop.standing import overview
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.storage.schema_campaign import AppraisalSession
from pingyi_desktop.storage.store import Store
from pingyi_desktop.visible import with_percent

ORG, MEM = "T-ORG-A", "T-MEM-A"
TODAY = date(2024, 2, 9)
GENERAL, FIRST, OFFICE, OTHER = "QL.01.G01", "QL.01.G01.B001", "QL.01.B003", "QL.02.B001"


def options(good: int, fair: int = 0, basic: int = 0, bad: int = 0) -> tuple[int, ...]:
    return good, fair, basic, bad


def _counted(path: Path) -> Store:
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        _count(session, make.campaign_of(session))
    return made


def _count(session: Session, campaign_id: str) -> None:
    for code, rows in {
        FIRST: [options(57, 3), options(55, 3, 1, 1), options(60), options(58, 2), options(59, 0, 1)],
        OFFICE: [options(8, 1, 1), options(7, 1, 1, 1), options(10), options(10), options(9, 1)],
        GENERAL: [options(12)] * 5,
    }.items():
        make.received(
            session,
            campaign_id=campaign_id,
            org_code=code,
            counts={ORG: rows, MEM: rows[:3]},
            blank=1,
        )
    (first,) = [
        s for s in sessions.listing(session, campaign_id=campaign_id, layer=1) if s.org_code == "QL.01"
    ]
    sessions.hold(
        session,
        session_id=first.id,
        held_on="2024-01-09",
        expected=40,
        actual=32,
        oral_reports=3,
        by=make.BY,
        reason=make.WHY,
    )
    for form, stack in ((ORG, ["11111"] * 27 + ["12911", "14444"]), (MEM, ["111"] * 26 + ["24."])):
        batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code=form).id
        make.sealed(session, batch, stack, blank=2, lost=1)


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / "QL.pingyi"
    made = make.copied(path, _counted) if "campaign_id" in request.fixturenames else make.company(path)
    with made.transaction() as opened:
        yield opened
    made.close()


@pytest.fixture
def campaign_id(session: Session) -> str:
    """Layer 1 of QL.01 counted here; three units have reported layer 2."""
    return make.campaign_of(session)


def build(session: Session, campaign_id: str, name: str, **other: object) -> Report:
    return catalog.build(session, name=name, campaign_id=campaign_id, today=TODAY, **other)  # type: ignore[arg-type]


def tables(report: Report) -> list[Table]:
    return [block for block in report.blocks if isinstance(block, Table)]


def row_of(report: Report, label: str, table: int = 0) -> Row:
    (found,) = [row for row in tables(report)[table].rows if row.kind != "section" and row.cells[1] == label]
    return found


def total(report: Report, label: str) -> tuple[Cell, ...]:
    row = row_of(report, label)
    assert row.kind == "total"
    return row.cells[2:]


def pairs(session: Session, campaign_id: str, form: str, **scope: object) -> list[Cell]:
    (found,) = [
        one
        for one in results.pooled(session, campaign_id=campaign_id, **scope)  # type: ignore[arg-type]
        if one.form.code == form
    ]
    return [found.figures.valid, *(cell for i in found.items for cell in (i.satisfied, i.shown))]


def facts(report: Report) -> dict[str, Cell]:
    return dict(pair for block in report.blocks if isinstance(block, Facts) for pair in block.pairs)


# R03 and R04


def test_totals_are_the_pooled_results(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R03")
    for label, layer in (("层面一小计", 1), ("层面二小计", 2), ("合计", None)):
        assert list(total(report, label)[:11]) == pairs(session, campaign_id, ORG, layer=layer)
    assert tables(report)[0].rows[-1].cells[1] == "合计"


def test_pooled_figures_by_hand(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R03", layer=2)
    # 57 + 8 + 12 of 82; 55 + 7 + 12 of 82; all; all but two; 59 + 9 + 12 of 82
    assert total(report, "层面二小计") == (
        82, 77, "93.9", 74, "90.2", 82, "100.0", 80, "97.6", 80, "97.6", 2, "②中心工作",
    )  # fmt: skip


def test_rows_are_the_organisations_results(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R03", layer=2)
    for number, one in enumerate(
        results.read(session, campaign_id=campaign_id).by_org(layer=2, form_code=ORG), 1
    ):
        cells = row_of(report, one.org.short_name).cells
        assert cells[0] == number
        assert list(cells[3:13]) == [c for i in one.result.items for c in (i.satisfied, i.shown)]
    names = [row.cells[1] for row in tables(report)[0].rows if row.kind == "row"]
    assert names == ["一矿机关党支部", "一矿采掘党总支", "一矿采一队党支部"]


def test_unsatisfied_and_lowest_item(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R03")
    assert row_of(report, "一矿党委").cells[-2:] == (4, "②中心工作")
    assert row_of(report, "一矿采掘党总支").cells[-2:] == (0, None)  # all items alike


def test_members_have_all_items_together(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R04", layer=2)
    cells = total(report, "层面二小计")
    assert list(cells[:7]) == pairs(session, campaign_id, MEM, layer=2)
    assert cells[7:9] == (77 + 74 + 82, "94.7")  # 233 / 246
    assert any("综合" in note for note in report.footnotes)
    assert [c.group for c in tables(report)[0].columns][3:11:2] == ["①践诺", "②岗位争优", "③服务群众", "综合"]


def test_all_items_together_are_pooled_not_averaged(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[MEM])
    stack = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code=MEM).id
    make.sealed(session, stack, ["2..", "21.", "111", "111", "111"])
    cells = total(build(session, campaign_id, "R04"), "合计")
    assert cells[1:9] == (3, "60.0", 4, "100.0", 3, "100.0", 10, "83.3")


def test_a_form_with_an_overall_item_has_no_sum_of_items(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-D"])
    make.received(session, campaign_id=campaign_id, org_code=OFFICE, counts={"T-MEM-D": [options(9)] * 5})
    report = build(session, campaign_id, "R04")
    assert "综合" not in [column.group for column in tables(report)[0].columns]
    assert not any("综合" in note for note in report.footnotes)


def test_bars_are_the_last_total(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R03")
    (chart,) = [block for block in report.blocks if isinstance(block, Bars)]
    (found,) = [r for r in results.pooled(session, campaign_id=campaign_id) if r.form.code == ORG]
    assert [(b.label, b.per_mille, b.text) for b in chart.bars] == [
        (i.item.short_text, i.rate.per_mille, f"{i.shown}%") for i in found.items
    ]


def test_one_part_of_the_tree(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R03", layer=2, org_code=GENERAL)
    assert [row.cells[1] for row in tables(report)[0].rows if row.kind == "row"] == [
        "一矿采掘党总支",
        "一矿采一队党支部",
    ]
    assert list(total(report, "层面二小计")[:11]) == pairs(session, campaign_id, ORG, layer=2, under=GENERAL)
    assert report.subtitle == "2024年群众评议（一矿采掘党总支，层面二）"


def test_few_ballots_show_no_rate(session: Session, campaign_id: str) -> None:
    make.received(
        session,
        campaign_id=campaign_id,
        org_code=OTHER,
        counts={ORG: [options(2, 1)] * 4 + [options(3)], MEM: [options(2, 1)] * 3},
    )
    cells = row_of(build(session, campaign_id, "R03", layer=2), "二矿机关党支部").cells
    assert cells[2:5] == (3, "—", "样本不足")
    assert cells[-2:] == ("—", "—")
    (chart,) = [b for b in build(session, campaign_id, "R03", org_code=OTHER).blocks if isinstance(b, Bars)]
    assert {bar.text for bar in chart.bars} == {"样本不足"}


def test_two_forms_are_two_tables_under_their_names(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[ORG, "T-ORG-B"])
    make.received(
        session,
        campaign_id=campaign_id,
        org_code=OFFICE,
        counts={ORG: [options(9)] * 5, "T-ORG-B": [(8, 1, 0)] * 4 + [options(9)]},
    )
    report = build(session, campaign_id, "R03")
    assert len(tables(report)) == 2
    titles = [form.title for form in campaigns.show(session, campaign_id=campaign_id).forms]
    assert [block.text for block in report.blocks if isinstance(block, Heading)] == titles


def test_nothing_sealed_is_said(session: Session) -> None:
    campaign_id = make.published(session)
    for name in ("R03", "R04"):
        report = build(session, campaign_id, name)
        assert [b.text for b in report.blocks if isinstance(b, Para)] == ["所选范围内还没有已封存的票。"]
        assert tables(report) == []


# R02


def test_activity_adds_up(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R02")
    # meetings, forums, expected, actual, rate | ORG ×3 | MEM ×3 | members, introduced, reported, rate
    assert total(report, "层面一小计") == (
        "", 1, 0, 40, 32, "80.0", 32, 31, 29, 30, 29, 27, None, None, 3, "—",
    )  # fmt: skip
    assert total(report, "层面二小计") == (
        "", 0, 3, 60, 60, "100.0", 85, 85, 82, 85, 85, 82, 20, 18, 16, "80.0",
    )  # fmt: skip
    assert total(report, "合计") == (
        "", 1, 3, 100, 92, "92.0", 117, 116, 111, 115, 114, 109, 20, 18, 16, "80.0",
    )  # fmt: skip


def test_activity_totals_are_sums_of_the_rows(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R02", layer=2)
    rows = [row.cells for row in tables(report)[0].rows if row.kind == "row"]
    assert len(rows) == len(overview.activity(pictures.read(session, campaign_id=campaign_id), 2)) == 7
    for place in (3, 4, 5, 6, 8, 9, 10, 11, 12, 13):
        known = [int(row[place]) for row in rows if row[place] is not None]
        assert total(report, "层面二小计")[place - 2] == sum(known)


def test_party_members_are_counted_once_however_often_they_are_registered(
    session: Session, campaign_id: str
) -> None:
    """Both layers of QL.01 register its 31 members, its branches 30 of them, the general branch the 12 who came."""

    def hold(code: str, layer: int, members: int | None, introduced: int, reports: int) -> None:
        (row,) = [
            s for s in sessions.listing(session, campaign_id=campaign_id, layer=layer) if s.org_code == code
        ]
        held = session.get_one(AppraisalSession, row.id)
        held.members, held.self_introduced, held.oral_reports = members, introduced, reports
        session.add(held)
        session.flush()

    hold("QL.01", 1, 31, 3, 3)
    hold("QL.01", 2, 31, 25, 20)
    hold(GENERAL, 2, 12, 12, 12)
    hold(FIRST, 2, 16, 15, 13)
    hold(OFFICE, 2, 14, 14, 11)
    report = build(session, campaign_id, "R02")
    assert total(report, "层面一小计")[-4:] == (31, 3, 3, "9.7")
    assert total(report, "层面二小计")[-4:] == (31, 29, 24, "77.4")
    assert total(report, "合计")[-4:] == (31, 29, 24, "77.4")


def test_a_rate_of_reports_is_of_the_members_beside_it_or_not_printed(
    session: Session, campaign_id: str
) -> None:
    """3 reports at layer one without members, 16 of 20 below; where reports exceed the members known there is no rate."""
    (held,) = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.org_code == OFFICE]
    row = session.get_one(AppraisalSession, held.id)
    row.members = None
    session.add(row)
    session.flush()
    for label in ("层面二小计", "合计"):
        assert total(build(session, campaign_id, "R02"), label)[-4:] == (10, 18, 16, "—")


def test_unregistered_figures_are_dashes_not_zeros(session: Session, campaign_id: str) -> None:
    cells = row_of(build(session, campaign_id, "R02", layer=2), "二矿机关党支部").cells
    assert cells[5:8] == (None, None, "—")
    assert cells[8:14] == (None,) * 6


def test_the_tree_is_walked_for_totals_and_not_for_every_organisation(
    session: Session, campaign_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk for each row made the table of a company ten times as large take a hundred times as long."""
    walks, walk = list[int](), activity._top
    monkeypatch.setattr(activity, "_top", lambda tree, own: walks.append(len(own)) or walk(tree, own))
    rows = tables(build(session, campaign_id, "R02"))[0].rows
    assert walks
    assert min(walks) > 1
    assert len(walks) <= 3 * sum(row.kind == "total" for row in rows) < len(rows) + 3


def test_activity_of_one_layer_has_no_grand_total(session: Session, campaign_id: str) -> None:
    rows = tables(build(session, campaign_id, "R02", layer=1))[0].rows
    assert [row.cells[0] for row in rows if row.kind == "section"] == ["层面一"]
    assert [row.cells[1] for row in rows if row.kind == "total"] == ["层面一小计"]


# R06


def test_slip_of_a_branch(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R06", org_code=FIRST)
    assert report.subtitle == "2024年群众评议（中共青峦公司一矿采一队支部委员会）"
    seen = facts(report)
    assert (seen["评议时间"], seen["应到"], seen["到会率"]) == ("2024年1月12日", 20, "100.0%")
    assert (seen["印制"], seen["收回"], seen["有效"], seen["空白（弃权）"]) == (61, 61, 60, 1)
    assert (seen["余票"], seen["有效率"]) == (0, "98.4%")
    first = tables(report)[0].rows[1].cells
    assert first == (
        "2", "推动中心工作和重点任务完成情况", 55, "91.7", 3, "5.0", 1, "1.7", 1, "1.7", 0, 0, 0, "91.7",
    )  # fmt: skip
    assert tables(report)[0].rows[-1].cells[0] == "总体"
    assert next(b.text for b in report.blocks if isinstance(b, Heading)) == "层面二"
    assert isinstance(report.blocks[-1], Signature)
    assert not report.landscape


def test_slip_counts_the_organisation_only_not_those_below(session: Session, campaign_id: str) -> None:
    assert facts(build(session, campaign_id, "R06", org_code=GENERAL))["有效"] == 12


def test_slip_of_a_committee_at_layer_one(session: Session, campaign_id: str) -> None:
    report = build(session, campaign_id, "R06", org_code="QL.01", layer=1)
    seen = facts(report)
    assert (seen["应到"], seen["实到"], seen["到会率"], seen["汇报"]) == (40, 32, "80.0%", 3)
    assert seen["自我介绍"] is None
    overall = tables(report)[0].rows[2].cells
    assert overall[2:] == (27, "96.4", 0, "0.0", 0, "0.0", 1, "3.6", 0, 1, 0, "96.4")


def test_slip_shows_every_category_of_voters_and_their_sum(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[MEM], voter_categories=[("A", "党员"), ("B", "群众")])
    for category, stack, blank in (("A", ["111"] * 9 + ["211"], 1), ("B", ["111"] * 28 + ["211"] * 2, 0)):
        batch = make.batch(
            session, campaign_id=campaign_id, layer=1, org_code="QL.01", voter_category=category
        )
        make.sealed(session, batch.id, stack, blank=blank)
    report = build(session, campaign_id, "R06", org_code="QL.01")
    sheets, items = tables(report)
    assert [row.cells for row in sheets.rows] == [
        ("党员", 11, 11, 11, 10, 1, 0),
        ("群众", 30, 30, 30, 30, 0, 0),
    ]
    assert items.rows[0].cells[2:4] == (37, "92.5")
    assert facts(report)["有效"] == 40


@pytest.mark.parametrize("code", [OTHER, "QL.02.B002", GENERAL])
def test_slip_of_few_ballots_and_of_what_would_tell_them(session: Session, code: str) -> None:
    """Three ballots; the smallest beside them; and nine that tell nobody's."""
    org.add(
        session, parent_code="QL.02", code="QL.02.B002", org_type="BRANCH", full_name="中共青峦公司二矿选煤支部委员会",
        short_name="二矿选煤党支部", by=make.BY,
    )  # fmt: skip
    campaign_id = make.published(session, form_codes=[ORG, MEM])
    for unit, many in ((OTHER, 3), ("QL.02.B002", 8), (GENERAL, 9)):
        counts = {ORG: [options(many)] * 5, MEM: [options(many)] * 3}
        make.received(session, campaign_id=campaign_id, org_code=unit, counts=counts)
    report = build(session, campaign_id, "R06", org_code=code)
    said = [b.text for b in report.blocks if isinstance(b, Para) and b.text.startswith(TOO_FEW)]
    assert (len(tables(report)), len(said)) == ((2, 0) if code == GENERAL else (0, 2))
    assert facts(report)["有效"] == {OTHER: 3, "QL.02.B002": 8, GENERAL: 9}[code]
    assert said == [] or "不印各档票数和满意率；票数照常计入上级汇总" in said[0]


@pytest.mark.parametrize(("mine", "shown"), [(9, True), (4, False)])
def test_a_unit_s_own_slip_in_its_own_file(
    session: Session, tmp_path: Path, *, mine: int, shown: bool
) -> None:
    """The sheet of who counted it is printed, and so is its row; the total is not, for the sake of the small branch."""
    campaign_id = make.published(session, form_codes=[ORG])
    made = make.adopted(session, tmp_path / "G.pingyi", campaign_id=campaign_id, code=GENERAL)
    with made.transaction() as theirs:
        make.received(theirs, campaign_id=campaign_id, org_code=FIRST, counts={ORG: [options(3)] * 5})
        batch = make.batch(theirs, campaign_id=campaign_id, org_code=GENERAL, form_code=ORG)
        make.sealed(theirs, batch.id, ["11111"] * mine)
        told = [
            row_of(build(theirs, campaign_id, "R03"), name).cells[3] for name in ("一矿采掘党总支", "合计")
        ]
        assert told == ([mine, "—"] if shown else ["—", mine + 3])
        assert bool(tables(build(theirs, campaign_id, "R06", org_code=GENERAL))) is shown
        assert tables(build(theirs, campaign_id, "R06", org_code=FIRST)) == []
    made.close()


def test_a_hidden_slip_has_no_counts_of_its_corrections_either(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[ORG])
    for code, many in (("QL.01", 12), ("QL.02", 3)):
        batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code=code, form_code=ORG)
        make.sealed(session, batch.id, ["11111"] * many)
        if many == 12:
            facts_ = {"reason": "录错", "applicant": "张三", "scrutineer": "李四", "by": make.BY}
            corrections.reopen(session, batch_id=batch.id, **facts_)
            for _ in range(6):
                ballots.take_out(session, batch_id=batch.id, content="11111", by=make.BY)
            ballots.enter_ballots(session, batch_id=batch.id, ballots=["21111"] * 6, by=make.BY)
            make.seal(session, batch_id=batch.id, by=make.BY)
            told = corrections.listing(session, batch_id=batch.id)[0].cells
            assert any(
                told[0] in said for said in paragraphs(build(session, campaign_id, "R06", org_code=code))
            )
    said = paragraphs(build(session, campaign_id, "R06", org_code="QL.01"))
    assert any("更正（第 1 次）：录错" in one for one in said)
    assert not any("满意 12" in one for one in said)


def paragraphs(report: Report) -> list[str]:
    return [block.text for block in report.blocks if isinstance(block, Para)]


def test_slip_has_a_table_for_each_scale(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-ORG-B"])
    make.received(
        session, campaign_id=campaign_id, org_code=OFFICE, counts={"T-ORG-B": [(8, 1, 0)] * 4 + [options(9)]}
    )
    grouped = [
        list(dict.fromkeys(column.group for column in table.columns if column.group))
        for table in tables(build(session, campaign_id, "R06", org_code=OFFICE))
    ]
    assert grouped == [["是", "基本是", "否"], ["满意", "比较满意", "基本满意", "不满意"]]


def test_slip_of_a_roster_form_pools_its_people(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-B"])
    make.received(
        session,
        campaign_id=campaign_id,
        org_code=OFFICE,
        counts={"T-MEM-B": [options(20, 10)] * 3},
        persons=3,
    )
    report = build(session, campaign_id, "R06", org_code=OFFICE)
    assert facts(report)["有效"] == 10
    (table,) = tables(report)
    assert table.rows[0].cells[2:] == (20, 10, 0, 0, 0, 0, 0)
    assert "满意率" not in {column.title for column in table.columns}
    assert any("一张票评 3 人" in block.text for block in report.blocks if isinstance(block, Para))


def test_shares_and_rate_on_a_slip_are_of_one_denominator(session: Session) -> None:
    """16 of 23 valid ballots: 69.56 in the column of 满意 and as 满意率, not 72.72 of the 22 marks."""
    rule = {"denominator": "VALID", "rounding": "TRUNCATE", "digits": 2}
    campaign_id = make.published(session, form_codes=[ORG], rule=rule)
    stack = ["11111"] * 16 + ["21111"] * 4 + ["31111"] * 2 + ["01111"]
    batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01")
    make.sealed(session, batch.id, stack, blank=3)
    (items,) = tables(build(session, campaign_id, "R06", org_code="QL.01"))
    first = items.rows[0].cells
    assert first[2:10] == (16, "69.56", 4, "17.39", 2, "8.69", 0, "0.00")
    assert first[-1] == "69.56"


def test_no_slip_before_sealing(session: Session, campaign_id: str) -> None:
    with pytest.raises(RuleError, match="“二矿机关党支部”在所选的层面还没有已封存的票批，不能出结果报告单。"):
        build(session, campaign_id, "R06", org_code=OTHER)
    with pytest.raises(RuleError, match="还没有已封存的票批"):
        build(session, campaign_id, "R06", org_code=FIRST, layer=1)


# What all of them say


@pytest.mark.parametrize("name", ["R02", "R03", "R04", "R06"])
def test_the_counting_rule_stands_under_every_table(session: Session, campaign_id: str, name: str) -> None:
    report = build(session, campaign_id, name, org_code="QL.01" if name == "R06" else None)
    assert campaigns.show(session, campaign_id=campaign_id).rule.footnote() in report.footnotes
    assert report.left == "填报单位（章）：青峦公司党委"
    assert report.right.startswith("填报日期：2024年2月9日    单位：")
    assert isinstance(report.blocks[-1], Signature)


@pytest.mark.parametrize("name", ["R02", "R03", "R04"])
def test_who_has_reported_and_who_has_not(session: Session, campaign_id: str, name: str) -> None:
    notes = build(session, campaign_id, name).footnotes
    one, two = notes[-2:]
    assert one == "层面一：已评 1 / 应评 2。尚缺：二矿党委。"
    assert two == ("报送情况：已报 3 / 应报 7。尚缺：一矿党委、一矿采二队党支部、二矿党委、二矿机关党支部。")
    assert build(session, campaign_id, name, layer=1).footnotes[-1] == one
    assert build(session, campaign_id, name, layer=2).footnotes[-1] == two
    assert one not in build(session, campaign_id, name, layer=2).footnotes


def test_coverage_is_that_of_the_part_printed(session: Session, campaign_id: str) -> None:
    notes = build(session, campaign_id, "R03", org_code=GENERAL, layer=2).footnotes
    assert notes[-1] == "报送情况：已报 2 / 应报 3。尚缺：一矿采二队党支部。"
    assert "层面一：已评 1 / 应评 1。" in build(session, campaign_id, "R03", org_code="QL.01").footnotes


def test_many_missing_units_are_counted_not_listed(session: Session, tmp_path: Path) -> None:
    for number in range(4, 20):
        make.org.add(
            session,
            parent_code="QL.02",
            code=f"QL.02.B{number:03}",
            org_type=make.OrgType.BRANCH,
            full_name=f"中共青峦公司二矿{number}队支部委员会",
            short_name=f"二矿{number}队党支部",
            by=make.BY,
        )
    note = build(session, make.published(session), "R02", layer=2).footnotes[-1]
    assert note.startswith("报送情况：已报 0 / 应报 23。尚缺：")
    assert note.endswith("等 23 个单位。")
    assert note.count("、") == 11


def test_a_drill_is_marked(session: Session) -> None:
    real = make.published(session)
    assert build(session, real, "R02").mark == ""
    drill = make.published(session, name="演练评议", mode="drill")
    assert build(session, drill, "R02").mark == "演练"


def test_an_unknown_report_is_a_sentence() -> None:
    known = "、".join(one.number for one in catalog.CATALOG)
    with pytest.raises(RuleError, match=f"没有报表“R99”，可用的有：{known}") as refused:
        catalog.entry("R99")
    assert "R06、R01、R12、R11、R13、R15、" in str(refused.value)
    assert catalog.entry("r03").number == "R03"


def test_dates_and_percents_in_words() -> None:
    assert in_words("2024-02-09") == "2024年2月9日"
    assert [with_percent(rate) for rate in ("98.7", "—", "样本不足")] == ["98.7%", "—", "样本不足"]


# The same figures everywhere


@pytest.mark.parametrize("name", ["R02", "R03", "R04", "R06"])
def test_paper_and_sheet_say_what_the_report_says(session: Session, campaign_id: str, name: str) -> None:
    report = build(session, campaign_id, name, org_code="QL.01" if name == "R06" else None)
    paper, sheet = BytesIO(), BytesIO()
    render_pdf(report, paper)
    render_xlsx(report, sheet)
    said = "".join("".join(page.extract_text().split()) for page in PdfReader(paper).pages)
    cells = [
        [str(value) for value in line if value not in (None, "")]
        for line in load_workbook(sheet).worksheets[0].values
    ]
    for table in tables(report):
        for row in table.rows:
            shown = [printed(cell) for cell in row.cells if printed(cell)]
            assert "".join("".join(shown).split()) in said
            assert shown in cells
    for note in report.footnotes:
        assert [note] in cells
        assert "".join(note.split()) in said
