"""The first page: the one next step, coverage with the missing ones first, stages, rates, the journal."""

from __future__ import annotations

from decimal import Decimal

import pytest
import showing
from gui import seen
from PySide6.QtCore import Qt

import make
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.gui.campaign.page import CampaignPage
from pingyi_desktop.gui.people.page import OrganisationsPage
from pingyi_desktop.gui.workbench.page import WorkbenchPage
from pingyi_desktop.standing import overview

PAGES = (WorkbenchPage, OrganisationsPage, CampaignPage)


@pytest.fixture
def company(tmp_path):
    made = make.company(tmp_path / "QL.pingyi")
    yield made
    made.close()


def dots(page):
    return [(dot.label, dot.rate, dot.printed) for dot in page.chart.plot.rows]


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
    assert page.covered.text() == "还没有评议活动"
    assert page.bar.isHidden()
    assert "活动发布以后，这里列出应报单位" in page.units.view.empty
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
    assert page.covered.text() == "活动还没有发布"
    assert states(page)[1] == ("定活动", "草稿", False)


def test_coverage_lists_the_missing_ones_first(open_window, company):
    counted(company)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.covered.text() == "已报 1 / 应报 7，还差 6 个"
    assert (page.bar.value(), page.bar.maximum()) == (1, 7)
    shown = page.units.model.visible()
    assert [unit.state for unit in shown][-1] == "已报"
    assert shown[-1].org.code == "QL.01.B003"
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


def test_too_few_ballots_draw_no_dot(open_window, company):
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        batch = make.batch(session, campaign_id=campaign_id, org_code="QL.01")
        make.sealed(session, batch.id, ["11111"] * 3)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert {dot[1:] for dot in dots(page)} == {(None, "样本不足")}


def test_without_sealed_ballots_the_page_says_where_rates_come_from(open_window, company):
    with company.transaction() as session:
        make.published(session)
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.no_rates.text().startswith("还没有已封存的票。")
    assert page.chart.isHidden()
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
    assert page.covered.text().startswith("已报 0 / 应报 7")
    assert states(page)[1] == ("定活动", "已发布", True)


def test_next_years_draft_does_not_take_the_place_of_the_campaign_at_work(open_window, company):
    counted(company)
    with company.transaction() as session:
        before = overview.next_step(session)
        make.draft(session, name="2025年群众评议", year=2025, start_date="2025-01-05", end_date="2025-01-31")
        assert overview.next_step(session) == before
    _, page = showing.show(open_window, company.path, *PAGES)
    assert page.covered.text().startswith("已报 1 / 应报 7")
    assert states(page)[1][1] == "已发布"
    assert dots(page)


def test_at_150_percent_only_the_lists_scroll(open_window, tmp_path, qtbot):
    make.counted_company(tmp_path / "QL.pingyi").close()
    window, page = showing.show(open_window, tmp_path / "QL.pingyi", *PAGES)
    window.resize(*seen.SCREENS["150"][:2])
    showing.settle(window)
    area = page.parentWidget().parentWidget()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() == 0)
