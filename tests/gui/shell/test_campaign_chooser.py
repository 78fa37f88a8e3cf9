"""Two official campaigns of one year in one file: one is chosen in the head of the window, and every page shows that one."""

from __future__ import annotations

from decimal import Decimal

import pytest
import showing
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.gui.campaign.page import CampaignPage
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.exchange.page import ExchangePage
from pingyi_desktop.gui.figures.page import ResultsPage
from pingyi_desktop.gui.reports.page import ReportsPage
from pingyi_desktop.gui.workbench.page import WorkbenchPage
from pingyi_desktop.standing import choosing
from pingyi_desktop.standing.waiting import waiting
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignMode

SPRING, AUTUMN = "春季群众评议", "秋季群众评议"
DOTS = {SPRING: (Decimal("90.0"), "90.0%（9/10）"), AUTUMN: (Decimal("50.0"), "50.0%（6/12）")}
"""of the first item, at layer one: the only sealed batch of each"""


def official(session, name, start, end, stack, forms):
    """One official campaign of 2024 with the only batch of QL.01 at layer one sealed."""
    campaign_id = make.published(session, name=name, form_codes=forms, start_date=start, end_date=end)
    batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code="T-ORG-A")
    make.sealed(session, batch.id, stack)
    return campaign_id


@pytest.fixture
def company(tmp_path):
    """The spring campaign has one form and one branch that has reported; the autumn one, at work, has two forms."""
    made = make.copied(tmp_path / "QL.pingyi", two_campaigns)
    yield made
    made.close()


def two_campaigns(path):
    made = make.company(path)
    with made.transaction() as session:
        first = official(session, SPRING, "2024-03-01", "2024-03-31", ["11111"] * 9 + ["41111"], ["T-ORG-A"])
        make.received(
            session,
            campaign_id=first,
            org_code="QL.01.B003",
            counts={"T-ORG-A": [[9, 1, 0, 0]] * 5},
        )
        stack = ["11111"] * 6 + ["41111"] * 6
        official(session, AUTUMN, "2024-10-01", "2024-10-31", stack, ["T-ORG-A", "T-MEM-A"])
    return made


def pick(window, name, qtbot):
    """Choose a campaign in the head with the keys, as a user does."""
    box = window.workspace.campaign
    box.setFocus()
    place = next(n for n in range(box.count()) if name in box.itemText(n))
    for _ in range(abs(place - box.currentIndex())):
        qtbot.keyClick(box, Qt.Key.Key_Down if place > box.currentIndex() else Qt.Key.Key_Up)
    assert name in box.currentText()


def words(window):
    box = window.workspace.campaign
    return [box.itemText(place) for place in range(box.count())]


def visit(window, kind):
    """Go to a page by its key and let it be read."""
    window.workspace.go_to(next(one.key for one in PAGES if kind.__name__ in one.make.__code__.co_names))
    assert showing.settle(window)
    page = window.workspace.page
    assert isinstance(page, kind)
    return page


def first_dot(chart):
    return chart.plot.rows[0].rate, chart.plot.rows[0].printed


def check_every_page(window, name):
    """Each page shows the figures of this campaign, and none of the other's."""
    spring = name == SPRING
    page = visit(window, WorkbenchPage)
    page.layer.setCurrentIndex(page.layer.findData(1))
    assert first_dot(page.chart) == DOTS[name]
    assert page.figures.cards[0].figure.text() == ("1" if spring else "0")
    page = visit(window, EntryPage)
    rows = page.batches
    assert {one.form_code for one in rows} == ({"T-ORG-A"} if spring else {"T-ORG-A", "T-MEM-A"})
    with window._opened.store.reading() as session:
        shown = next(v for v in campaigns.all_campaigns(session) if v.name == name)
    assert page._own.campaign_id == shown.id
    assert page._chosen is None  # nothing of the other campaign is on the desk
    page = visit(window, ResultsPage)
    page.layer.setCurrentIndex(page.layer.findData(1))
    assert showing.settle(window)
    assert first_dot(page.parts["T-ORG-A"].chart) == DOTS[name]
    assert len(page.parts) == (1 if spring else 2)
    page = visit(window, ExchangePage)
    assert page.units.filters["未报"].text() == ("未报 6" if spring else "未报 7")
    page = visit(window, ReportsPage)
    assert page.view.ready.report.subtitle.startswith(name)
    page = visit(window, CampaignPage)
    assert page.what.text().startswith(name)


def test_every_page_shows_the_campaign_that_was_chosen(open_window, company, qtbot):
    window = open_window(PAGES)
    assert window.open_path(company.path)
    showing.settle(window)
    assert words(window) == [f"2024年度 {AUTUMN}（正在进行）", f"2024年度 {SPRING}"]
    assert window.workspace.campaign.isVisible()
    check_every_page(window, AUTUMN)  # nobody has chosen: the one at work
    pick(window, SPRING, qtbot)
    showing.settle(window)
    assert window.workspace.page.what.text().startswith(SPRING)  # the page in sight follows at once
    check_every_page(window, SPRING)
    pick(window, AUTUMN, qtbot)
    showing.settle(window)
    check_every_page(window, AUTUMN)
    assert window.workspace.campaign.chosen == ""  # and goes on with whatever is at work


def test_a_page_says_that_it_reads_until_the_other_campaign_has_come(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ExchangePage)
    page.messages.fail("这份数据包打不开。")
    assert page._content.isVisible()
    pick(window, SPRING, qtbot)
    assert page._content.isHidden()  # nothing can be pressed that shows the campaign before
    assert page.messages.text == ""
    assert showing.settle(window)
    assert page._content.isVisible()


def test_what_was_proposed_of_one_campaign_is_put_away_with_it(open_window, company, qtbot, tmp_path):
    window, page = showing.show(open_window, company.path, ExchangePage)
    (tmp_path / "坏.pingyi-pack").write_bytes(b"x")
    page.plan_files([tmp_path / "坏.pingyi-pack"])
    showing.let_finish(window)
    assert page.plan.isVisible()
    pick(window, SPRING, qtbot)
    showing.settle(window)
    assert page.plan.isHidden()
    assert page.board.isVisible()


def test_acts_go_to_the_chosen_campaign(open_window, company, qtbot, tmp_path):
    window, page = showing.show(open_window, company.path, ExchangePage)
    pick(window, SPRING, qtbot)
    showing.settle(window)
    page.tasks.assign_into(tmp_path, ["QL.02"])
    showing.settle(window)
    slips = showing.dialog()
    showing.settle(window)
    report = slips.view.ready.report
    assert SPRING in f"{report.title}{report.subtitle}{report.blocks}"
    slips.reject()


def test_what_waits_is_counted_in_the_chosen_campaign(open_window, looks_around, company, qtbot):
    window, _ = showing.show(open_window, company.path, EntryPage)
    navigation, said = window.workspace.navigation, Qt.ItemDataRole.AccessibleTextRole
    row = next(n for n in range(navigation.count()) if navigation.item(n).text() == "录入")
    pick(window, SPRING, qtbot)
    showing.settle(window)
    with company.reading() as session:
        spring_id = next(v.id for v in campaigns.all_campaigns(session) if v.name == SPRING)
        autumn, spring = waiting(session)["entry"], waiting(session, chosen=spring_id)["entry"]
    assert autumn != spring
    assert navigation.item(row).data(said) == f"录入，{spring} 项等着处理"


def test_a_form_is_read_from_the_campaign_of_its_batch(open_window, company, qtbot):
    """The batch on the desk is keyed on its own campaign's paper, though another one is at work."""
    window, page = showing.show(open_window, company.path, EntryPage)
    pick(window, SPRING, qtbot)
    showing.settle(window)
    window.workspace.work.write(
        lambda session: make.published(
            session, name="补评", start_date="2024-11-01", end_date="2024-11-30", form_codes=["T-MEM-A"]
        )
    )
    assert showing.settle(window)
    batch = next(one for one in page.batches if not one.sealed)
    window.workspace.work.write(lambda session: make.registered(session, batch.id))
    showing.settle(window)
    page.open_batch(batch)
    showing.settle(window)
    assert page.desk._batch.form_code == "T-ORG-A"
    page.desk.acts.of["KEY"].click()
    assert showing.settle(window)  # the campaign at work knows no such form
    assert page.desk.keying.paper.isVisible()


def test_what_is_typed_into_a_draft_outlives_the_choice(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, CampaignPage)
    qtbot.mouseClick(page.another, Qt.MouseButton.LeftButton)
    page.form.name_line.clear()
    showing.write(page.form.name_line, "明年的评议")
    pick(window, SPRING, qtbot)
    assert showing.settle(window)
    assert page.form.name_line.isVisible()
    assert page.form.name_line.text() == "明年的评议"
    qtbot.mouseClick(page.drop, Qt.MouseButton.LeftButton)  # given up: the chosen campaign is shown
    assert showing.settle(window)
    assert page.what.text().startswith(SPRING)


def test_the_wheel_over_the_head_changes_no_campaign(open_window, company):
    window, _ = showing.show(open_window, company.path, WorkbenchPage)
    box = window.workspace.campaign
    event = QWheelEvent(
        QPointF(5, 5),
        box.mapToGlobal(QPointF(5, 5)),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert AUTUMN in box.currentText()
    assert box.chosen == ""


def test_one_campaign_leaves_nothing_to_choose_and_a_draft_is_none(open_window, tmp_path):
    made = make.published_company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        make.draft(session, name="下一次", year=2025, start_date="2025-01-05", end_date="2025-01-31")
    window, _ = showing.show(open_window, made.path, WorkbenchPage)
    assert window.workspace.campaign.isHidden()
    assert words(window) == ["2024年度 2024年群众评议（正在进行）"]
    made.close()


def test_a_campaign_published_meanwhile_is_offered_and_what_was_picked_stays(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, WorkbenchPage)
    pick(window, SPRING, qtbot)
    showing.settle(window)
    window.workspace.work.write(
        lambda session: make.published(
            session, name="冬季演练", start_date="2024-12-01", end_date="2024-12-31", mode=CampaignMode.DRILL
        )
    )
    showing.settle(window)
    showing.settle(window)
    assert words(window) == [
        "2024年度演练 冬季演练",
        f"2024年度 {AUTUMN}（正在进行）",
        f"2024年度 {SPRING}",
    ]
    assert SPRING in window.workspace.campaign.currentText()
    assert page.figures.cards[0].figure.text() == "1"


@pytest.mark.parametrize("end", ["2024-10-31", "2024-03-31"])
def test_campaigns_of_one_name_are_told_apart_by_their_days_or_their_ids(open_window, tmp_path, end):
    """No version since lets two have one name; files of old ones may."""
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        one = make.published(session, name="群众评议", start_date="2024-03-01", end_date="2024-03-31")
        two = make.published(session, name="第二次", start_date="2024-03-01", end_date=end)
        session.get_one(Campaign, two).name = "群众评议"
        session.flush()
        found = choosing.choices(session)
    told = {"2024-10-31": ("", ""), "2024-03-31": (f"编号 {two[:4]}", f"编号 {one[:4]}")}[end]
    assert [words for _, words in found.listed] == [
        f"2024年度 群众评议（2024-03-01 至 {end}）{told[0]}",
        f"2024年度 群众评议（2024-03-01 至 2024-03-31）{told[1]}",
    ]
    assert found.at_work == found.listed[0][0] == two
    made.close()
    _, page = showing.show(open_window, made.path, CampaignPage)
    assert [page.which.itemText(place) for place in range(2)] == [words for _, words in found.listed]


def test_a_plan_of_one_campaign_is_not_written_while_another_is_shown(open_window, company, qtbot, tmp_path):
    """The plan stayed on the page, and “写入” wrote it into the campaign that nobody saw any more."""
    sheet = tmp_path / "办实事.csv"
    sheet.write_text("党组织,事项,类别\nQL.01.B003,修路,办实事\n", encoding="utf-8-sig")
    window = open_window([one for one in PAGES if one.key == "deed"])
    assert window.open_path(company.path)
    showing.settle(window)
    page = window.workspace.page
    page.panel.read(sheet, page._look_at_plan)
    showing.let_finish(window)
    assert page.middle.currentWidget() is page.panel
    assert page.panel.go.text() == "写入 1 行"
    page.panel.read(sheet, page._look_at_plan)  # and one that is still being read
    pick(window, SPRING, qtbot)
    showing.let_finish(window)
    assert page.middle.currentIndex() == 0
