"""The first page: the one next step, stages, four figures, what waits, rates, the journal."""

from __future__ import annotations

from decimal import Decimal

import counting
import pytest
import showing
from gui import seen
from PySide6.QtCore import Qt

import make
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.gui.campaign.page import CampaignPage
from pingyi_desktop.gui.exchange.page import ExchangePage
from pingyi_desktop.gui.looks.states import FEW, TOO_FEW
from pingyi_desktop.gui.people.page import OrganisationsPage
from pingyi_desktop.gui.workbench import four_figures
from pingyi_desktop.gui.workbench.page import WorkbenchPage
from pingyi_desktop.standing import overview, waiting
from pingyi_desktop.standing.waiting import Wait

PAGES = (WorkbenchPage, OrganisationsPage, CampaignPage)
STATEMENTS, OF_FORMER = 24, 3
"""that a refresh may ask, and how many more for the sealed counts of the period before, where there is one"""


def dots(page):
    return [(dot.label, dot.rate, dot.printed) for dot in page.chart.plot.rows]


def figures(page):
    cards = page.figures.cards
    return [(one.title.text(), one.figure.text(), one.unit.text(), one.note.text()) for one in cards]


def states(page):
    return [(stage.name, stage.said, stage.done) for stage in page.stages.stages]


def counted(company):
    """One committee's own ballots at layer one and one branch's at layer two, sealed."""
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        batch = make.batch(session, campaign_id=campaign_id, org_code="QL.01")
        make.sealed(session, batch.id, ["11111"] * 9 + ["21111"])
        meeting = next(
            s for s in sessions.listing(session, campaign_id=campaign_id, layer=1) if s.org_code == "QL.01"
        )
        make.held(session, meeting.id)
        rows = [[6, 4, 0, 0]] * 5
        make.received(session, campaign_id=campaign_id, org_code="QL.01.B003", counts={"T-ORG-A": rows})


def test_an_empty_file_is_sent_to_import_a_roster(open_window, path, qtbot):
    window, page = showing.show(open_window, path, *PAGES)
    assert page.next.text() == "导入名册"
    assert "先建立党组织和党员名册" in page.reason.text()
    assert {one[1] for one in figures(page)} == {"—"}
    assert "活动发布以后，这里列出等您处理的事" in page.waits.view.empty
    assert page.no_rates.isVisible()
    assert page.stages.accessibleDescription().startswith("建组织：1 个组织 0 名党员；定活动：还没有；")
    qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
    assert window.workspace.page.key == "organisations"


def test_the_button_goes_where_the_next_step_is(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, *PAGES)
    assert page.next.text() == "新建评议活动"
    assert states(page)[:2] == [("建组织", "8 个组织 9 名党员", True), ("定活动", "还没有", False)]
    page.next.setFocus()
    qtbot.keyClick(page.next, Qt.Key.Key_Return)
    assert window.workspace.page.key == "campaign"


def test_a_draft_is_to_be_published(open_window, company):
    with company.transaction() as session:
        make.draft(session)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.next.text() == "发布活动"
    assert figures(page)[0] == ("报送", "—", "", "活动发布以后显示")
    assert states(page)[1] == ("定活动", "草稿", False)


def test_what_waits_comes_first_with_what_to_do_and_opens_its_page(open_window, company):
    counted(company)
    with company.transaction() as session:
        ledger = catalog.ledger("rectification")
        typed = {
            "problem": "浴室水凉",
            "source_kind": "检查",
            "kind": "立改",
            "status": "已登记",
            "due_on": "2024-11-20",
        }
        campaign_id = make.campaign_of(session)
        edits.add(session, ledger, campaign_id=campaign_id, org="QL", typed=typed, today="", by=make.BY)
    window, page = showing.show(open_window, company.path, *PAGES, ExchangePage)
    told = [(one.subject, one.standing, one.act) for one in page.waits.model.visible()]
    assert ("整改事项 1 项", "逾期", "整改") in told[:6]
    assert ("本单位 1 批票", "没有封存", "录票封存") in told
    assert told[-1][1:] == ("已报", "")
    assert page.waits.model.visible()[-1].unit.org.code == "QL.01.B003"
    pressing = [one.urgency for one in page.waits.model.visible()]
    assert pressing == sorted(pressing, key=["bad", "warn", "ok"].index)
    assert page.waits_for.text() == f"等您处理 {sum(bool(act) for *_, act in told)}"
    number = next(n for n, one in enumerate(told) if one[2] == "下发任务")
    page.waits.activated.emit(page.waits.model.row_at(number))
    assert window.workspace.page.key == "exchange"


def test_how_much_waits_is_not_said_before_the_ledgers_have_come(open_window, company, monkeypatch):
    counted(company)
    late = Wait("意见 3 条", "没有办理", "bad", "答复", "opinion", 3, part="open")
    monkeypatch.setattr(waiting, "in_ledgers", lambda *_a, **_k: [late])
    window, page = showing.show(open_window, company.path, *PAGES)
    asked = []
    monkeypatch.setattr(page, "_add_waits", lambda *given: asked.append(given))
    page._in_ledgers = {}
    page.refresh()
    assert showing.settle(window)
    assert page.waits_for.text() == "等您处理"
    rows = page.waits.model.visible()
    assert late not in rows
    monkeypatch.undo()
    page._add_waits(*asked[0])
    assert page.waits.model.visible()[0] == late
    assert set(page.waits.model.visible()) == {*rows, late}
    assert page.waits_for.text() == f"等您处理 {sum(bool(one.act) for one in rows) + 1}"
    page._add_waits("another campaign", [])
    assert page.waits_for.text() == "等您处理"
    assert late not in page.waits.model.visible()


def test_the_four_figures_say_who_reported_who_came_and_how_it_was_rated(open_window, company):
    counted(company)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert figures(page) == [
        ("报送", "1", "/ 7 个单位", "差 6 个，6 个逾期"),
        ("参评", "32", "人次", "应到 32，到会率 100.0%"),
        ("总体评价", "80.0", "%", "党组织，16 / 20 票"),
        ("最低一项", "75.0", "%", "党组织①践诺"),
    ]
    bar = page.figures.cards[0].bar
    assert (bar.value(), bar.maximum(), bar.isVisible()) == (1, 7, True)
    assert [card.bar.isVisible() for card in page.figures.cards[1:]] == [False] * 3
    assert four_figures.many(1234567).split("\u2009") == ["1", "234", "567"]


def two_periods(company, before, now, *, rule=None):
    """The same form in two years: marks of the first item, the other items as good as can be."""
    with company.transaction() as session:
        for year, code, first, own in ((2023, "QL.02.B001", before, rule), (2024, "QL.01.B003", now, None)):
            campaign_id = make.published(
                session,
                form_codes=["T-ORG-A"],
                year=year,
                start_date=f"{year}-03-01",
                end_date=f"{year}-05-31",
                rule=own,
            )
            rows = [first] + [[sum(first), 0, 0, 0]] * 4
            make.received(session, campaign_id=campaign_id, org_code=code, counts={"T-ORG-A": rows})


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([8, 1, 1, 0], [9, 1, 0, 0], ["和上期一样", "比上期 +10.0"]),
        ([9, 1, 0, 0], [8, 1, 1, 0], ["和上期一样", "比上期 \u221210.0"]),
        ([2, 1, 0, 0], [9, 1, 0, 0], ["", ""]),  # too few ballots then
        ([9, 1, 0, 0], [2, 1, 0, 0], ["", ""]),  # too few ballots now
    ],
)
def test_the_rates_say_how_they_moved_since_the_period_before(open_window, company, before, now, said):
    two_periods(company, before, now)
    window, page = showing.show(open_window, company.path, *PAGES)
    cards = page.figures.cards
    assert [card.moved.text() for card in cards] == ["", "", *said]
    assert [one in card.accessibleName() for card, one in zip(cards[2:], said, strict=True)] == [True] * 2
    with counting.counted() as asked:
        page.refresh()
        assert showing.settle(window)
    assert len(asked.statements) <= STATEMENTS + OF_FORMER
    hollow = [dot.former for dot in page.chart.plot.rows]
    if all(said):
        assert hollow == [Decimal(before[0] * 10).quantize(Decimal("0.1")), *[Decimal("100.0")] * 4]
    else:
        assert not any(hollow)


def test_rates_made_by_another_rule_are_not_held_against_each_other(open_window, company):
    two_periods(company, [8, 1, 1, 0], [9, 1, 0, 0], rule={"satisfied_set": "WIDE1"})
    _, page = showing.show(open_window, company.path, *PAGES)
    assert [card.moved.text() for card in page.figures.cards] == [""] * 4
    assert not any(dot.former for dot in page.chart.plot.rows)


def test_of_a_branch_the_first_figure_is_its_own_stacks(open_window, tmp_path):
    make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A"]).close()
    _, page = showing.show(open_window, tmp_path / "XX.pingyi", *PAGES)
    assert figures(page)[0] == ("本单位票批", "0", "/ 1 批封存", "还有 1 批没有封存")


def test_coverage_is_in_the_stages_too(open_window, company):
    counted(company)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert states(page)[2] == ("录票封存", "本单位 1/2 批", False)
    assert states(page)[3] == ("收发汇总", "已报 1 / 应报 7", False)


def test_rates_are_drawn_per_layer_and_pooled(open_window, company):
    counted(company)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.no_rates.isHidden()
    assert [name for name, _, _ in dots(page)] == [
        "党组织 ①践诺",
        "党组织 ②中心工作",
        "党组织 ③办实事",
        "党组织 ④队伍建设",
        "党组织 总体",
    ]
    assert dots(page)[0][1:] == (Decimal("75.0"), "75.0%（15/20）")  # 9 of 10 and 6 of 10: pooled ballots
    page.layer.setCurrentIndex(1)
    assert dots(page)[0][1:] == (Decimal("90.0"), "90.0%（9/10）")
    page.layer.setCurrentIndex(2)
    assert dots(page)[0][1:] == (Decimal("60.0"), "60.0%（6/10）")
    assert page.rule.text().startswith("注：满意率=")
    page.tabs.setCurrentIndex(1)
    assert not page.layer.isVisible()


def test_too_few_ballots_draw_no_dot_and_say_why(open_window, company):
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A", "T-MEM-A"])
        for batch in make.batches.listing(session, campaign_id=campaign_id):
            if batch.form_code == "T-ORG-A" and batch.org_code == "QL.01":
                make.sealed(session, batch.id, ["11111"] * 3)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert dots(page) == []
    assert (page.no_rates.isVisible(), page.no_rates.kind, page.chart.isVisible()) == (True, FEW, False)
    assert page.no_rates.text() == TOO_FEW.format(5, 5, "党组织满意率")
    assert [one[1:] for one in figures(page)[2:]] == [("样本不足", "", "票太少，不显示")] * 2


def test_without_sealed_ballots_the_page_says_where_rates_come_from(open_window, company):
    with company.transaction() as session:
        make.published(session)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.no_rates.text().startswith("还没有已封存的票。")
    assert not page.chart.isVisible()
    assert page.rule.text() == ""


def test_the_last_acts_are_listed_newest_first(open_window, company):
    with company.transaction() as session:
        make.draft(session)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert not page.lines.model.rows  # nobody sees them yet
    page.tabs.setCurrentIndex(1)
    newest = page.lines.model.rows[0]
    assert (newest.act, newest.who, newest.subject) == ("新建活动", make.BY, "2024年群众评议")
    assert len(page.lines.model.index(0, 0).data()) == len("01-31 12:00")


def test_the_page_follows_what_is_done(open_window, company):
    window, page = showing.show(open_window, company.path, *PAGES)
    window.workspace.work.write(make.published)
    showing.settle(window)
    assert page.next.text() == "下发任务"
    assert figures(page)[0][1:3] == ("0", "/ 7 个单位")
    assert states(page)[1] == ("定活动", "已发布", True)


def test_next_years_draft_does_not_take_the_place_of_the_campaign_at_work(open_window, company):
    counted(company)
    with company.transaction() as session:
        before = campaigns.current(session).id
        make.draft(session, name="2025年群众评议", year=2025, start_date="2025-01-05", end_date="2025-01-31")
        assert campaigns.current(session).id == before
        step = overview.Question(session, before).next_step
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.next.text() == step.label
    assert figures(page)[0][1:3] == ("1", "/ 7 个单位")
    assert states(page)[1][1] == "已发布"
    assert dots(page)


@pytest.mark.usefixtures("dressed")
def test_at_150_percent_only_the_lists_scroll(open_window, tmp_path, qtbot):
    make.counted_company(tmp_path / "QL.pingyi").close()
    window, page = showing.show(open_window, tmp_path / "QL.pingyi", *PAGES)
    window.resize(*seen.SCREENS["150"][:2])
    showing.settle(window)
    area = page.parentWidget().parentWidget()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() == 0)
