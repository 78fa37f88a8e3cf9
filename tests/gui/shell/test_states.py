"""Where there is nothing to show, a page says why and carries the button that leads on."""

from __future__ import annotations

import re

import pytest
from gui import pictures
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from series import LONG
from showing import FEW, settle, show, some

import make
from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.figures.page import ResultsPage
from pingyi_desktop.gui.looks import states
from pingyi_desktop.gui.looks.states import StatePanel
from pingyi_desktop.gui.parts.charts import Chart
from pingyi_desktop.gui.reports.page import ReportsPage
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_people import OrgType

RATE, WORDS = re.compile(r"\d%"), re.compile("到会率|^注：|^满意率=")
LEDGERS = {noun.key for noun in NOUNS}
CAMPAIGN, ENTRY = "去“评议活动”", "去“录入”"
NEEDS_CAMPAIGN = {"forms", "entry", "results", "persons", "exchange", "reports", "grouping"} | LEDGERS
NEEDS_BALLOTS = {"results", "persons", "reports"}
BRANCH, OFFICE = "QL.01.G01.B001", "QL.01.B003"


def alone(path):
    """A unit that has just been made: no people, no campaign."""
    return data.create(path, code="QL", name="中共青峦公司委员会", org_type=OrgType.COMPANY_COMMITTEE)


def steps(window, pages) -> dict[str, str]:
    """What the button says where a page has nothing to show, page by page; each says a whole sentence."""
    found = {}
    for entry in pages:
        window.workspace.go_to(entry.key)
        settle(window)
        shown = [one for one in window.workspace.page.findChildren(StatePanel) if one.isVisible()]
        for one in shown:
            assert one.text().endswith("。")
            assert one.mend.isVisible() == bool(one.mend.text())
            found[entry.key] = one.mend.text()
        assert len(shown) <= 1
    return found


@pytest.mark.parametrize(
    ("build", "pages", "expected"),
    [
        (alone, some(3, FEW), {"organisations": "导入名册…", **dict.fromkeys(NEEDS_CAMPAIGN, CAMPAIGN)}),
        (
            make.published_school,
            PAGES if LONG else some(2),
            {**dict.fromkeys(NEEDS_BALLOTS, ENTRY), "grouping": "去“意见建议”"},
        ),
    ],
)
def test_every_page_without_rows_has_a_next_step(open_window, tmp_path, build, pages, expected):
    build(tmp_path / "一.pingyi").close()
    window = open_window(PAGES)
    assert window.open_path(tmp_path / "一.pingyi")
    found = steps(window, pages)
    expected = {key: text for key, text in expected.items() if key in {one.key for one in pages}}
    found.pop("workbench")  # its next step is the big button
    begun = {key: text for key, text in found.items() if key in LEDGERS and text != CAMPAIGN}
    assert {key: text for key, text in found.items() if key not in begun} == expected
    assert all(text.startswith("登记第一条") for text in begun.values())
    listed = LEDGERS & {one.key for one in pages}
    assert set(begun) == (listed if build is make.published_school else set())


def test_without_a_campaign_the_one_thing_to_press_is_the_way_to_one(open_window, tmp_path):
    """No act beside the title that would only refuse, and the keys are on the button."""
    alone(tmp_path / "一.pingyi").close()
    keys = ("reports", "exchange", "results", "opinion", "grouping")
    window = open_window([one for one in PAGES if one.key in keys])
    assert window.open_path(tmp_path / "一.pingyi")
    window.activateWindow()
    for key in keys:
        window.workspace.go_to(key)
        settle(window)
        page = window.workspace.page
        shown = [one.text() for one in page.findChildren(QPushButton) if one.isVisible()]
        assert shown == [CAMPAIGN], key
        assert window.focusWidget() is page.state.mend, key
    window.workspace.work.write(make.published)
    settle(window)
    for key in keys:
        window.workspace.go_to(key)
        settle(window)
        assert window.workspace.page._acts.isVisible(), key


def test_a_draft_is_no_trouble_but_something_still_to_be_published(open_window, tmp_path):
    made = make.company(tmp_path / "草.pingyi")
    with made.transaction() as session:
        make.draft(session)
    made.close()
    window = open_window(PAGES)
    assert window.open_path(made.path)
    for entry in some(0, FEW):
        window.workspace.go_to(entry.key)
        settle(window)
        panels = window.workspace.page.findChildren(StatePanel)
        assert not [one.text() for one in panels if one.isVisible() and one.kind == states.FAILED]
    window.workspace.go_to("entry")
    page = window.workspace.page
    assert "还没有发布" in page.state.text()
    assert not page.body.parentWidget().isVisible(), "nothing stands below that could not be used"
    page.state.mend.click()
    assert window.workspace.page.key == "campaign"


def test_a_file_that_cannot_be_read_is_told_in_the_place_of_the_content_and_read_again(open_window, tmp_path):
    make.published_school(tmp_path / "盘.pingyi").close()
    window = open_window(PAGES)
    assert window.open_path(tmp_path / "盘.pingyi")
    settle(window)

    for entry in some(0, FEW)[1:]:
        with pictures.pulled_out():
            window.workspace.go_to(entry.key)
            assert not settle(window)
            page = window.workspace.page
            (shown,) = [one for one in page.findChildren(StatePanel) if one.isVisible()]
            assert (shown.kind, shown.mend.text()) == (states.FAILED, "再读一次"), entry.title
            assert "U 盘拔掉了" in shown.text()
            assert window.focusWidget() is shown.mend
            assert not page.body.parentWidget().isVisible(), entry.title
        shown.mend.click()
        settle(window)
        assert page.state.isHidden() or page.state.kind == states.EMPTY, entry.title


def test_too_few_of_a_part_leads_back_to_the_whole(open_window, tmp_path):
    made = make.company(tmp_path / "二.pingyi")
    with made.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-MEM-A"])
        for code, rows in {BRANCH: [(57, 3, 0, 0)] * 3, OFFICE: [(3, 0, 0, 0)] * 3}.items():
            make.received(session, campaign_id=campaign_id, org_code=code, counts={"T-MEM-A": rows})
    made.close()
    window, page = show(open_window, tmp_path / "二.pingyi", ResultsPage)
    narrowed(window, page.scope, page.state)


def test_too_few_ballots_are_told_on_every_page_that_would_show_a_rate(open_window, tmp_path):
    pictures.hidden(tmp_path / "少.pingyi").close()
    window = open_window(PAGES)
    assert window.open_path(tmp_path / "少.pingyi")
    told = {}
    for entry in some(1, FEW):
        window.workspace.go_to(entry.key)
        settle(window)
        page = window.workspace.page
        panels = [one for one in page.findChildren(StatePanel) if one.isVisible() and one.kind == states.FEW]
        told.update((entry.key, one.text()) for one in panels)
        seen = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
        charts = [one.accessibleDescription() for one in page.findChildren(Chart) if one.isVisible()]
        rates = [one for one in [*seen, *charts] if RATE.search(one) and not WORDS.search(one)]
        assert rates == [], entry.title
    assert set(told) == {"workbench", "results", "persons"}
    assert {key: one.partition("，")[0] for key, one in told.items()} == dict.fromkeys(
        told, "有效票少于 5 张"
    )


def test_a_report_that_a_part_has_nothing_for_leads_back_to_the_whole(open_window, tmp_path):
    make.counted_company(tmp_path / "三.pingyi").close()
    window, page = show(open_window, tmp_path / "三.pingyi", ReportsPage)
    (slip,) = page.list.findItems("R06", Qt.MatchFlag.MatchEndsWith)
    page.list.setCurrentItem(slip)
    settle(window)
    narrowed(window, page.org, page.state)
    assert page.org.currentIndex() == 0


def narrowed(window, scope, panel):
    """Choose a part too small: it is said, and the button takes the choice back."""
    assert not panel.isVisible()
    scope.setCurrentIndex(scope.findData(OFFICE))
    settle(window)
    assert (panel.isVisible(), panel.kind) == (True, states.FEW)
    panel.mend.click()
    settle(window)
    assert not panel.isVisible()
