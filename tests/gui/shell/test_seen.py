"""What a machine can see in the real window: a small part of ``dev.py pictures``, which looks at everything."""

from __future__ import annotations

from pathlib import Path

import pytest
import seen
from gui import pictures
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QTableView, QVBoxLayout, QWidget
from series import LONG
from showing import FEW, some

from pingyi_desktop import paths
from pingyi_desktop.appraisal.ledgers.catalog import NOUNS, ledger
from pingyi_desktop.gui.entries import OF_THEIR_OWN, PAGES
from pingyi_desktop.gui.page import Page, PageEntry
from pingyi_desktop.gui.parts.forms import button, label
from pingyi_desktop.gui.parts.tables import Column, DataTable

pytestmark = pytest.mark.usefixtures("dressed")

ALIKE = [noun.key for noun in NOUNS if noun.key not in OF_THEIR_OWN]
"""ledgers whose pages are one code"""
WIDEST = max(ALIKE, key=lambda key: len(ledger(key).shown))
CLOSELY = [one for one in PAGES if LONG or one.key not in ALIKE or one.key == WIDEST]


def those(*keys: str) -> list[PageEntry]:
    """The pages that say something else in this state; the long series looks at every one."""
    return [one for one in PAGES if LONG or one.key in keys]


SMALL = (
    ("lists", {"125": some(0, FEW), "150": CLOSELY}),
    ("branch", {"150": some(2, FEW)}),
    ("drafted", {"100": those("workbench", "campaign", "forms", "entry", "results")}),
    ("hidden", {"125": those("workbench", "results", "persons", "reports", "exchange")}),
    ("empty", {"150": those("workbench", "organisations", "campaign")}),
)
"""the pages of a state on each screen: every list with rows where it has least room, of those that are one code the one with
the most columns (the long series has each); ``dev.py pictures`` has the rest"""
LISTS = {
    *("workbench", "organisations", "campaign", "results", "exchange", "grouping"),
    *(noun.key for noun in NOUNS if noun.key in {one.key for one in CLOSELY}),
}
"""pages that are about a list"""


def opened(open_window, tmp_path: Path, state: str, pages=PAGES):
    file = pictures.STATES[state](tmp_path / "QL.pingyi")
    file.close()
    window = open_window(pages)
    assert window.open_path(file.path)
    return window


@pytest.mark.parametrize(("state", "screens"), SMALL)
def test_no_page_has_a_fault_that_can_be_seen(open_window, tmp_path, state, screens):
    """Nothing cut, nothing beside the window, no bar to the side, nothing off without a reason; eight rows at 125 %, five at
    150 % on every list page."""
    window = opened(open_window, tmp_path, state)
    found, lists, off = dict[str, list[str]](), set[str](), 0
    for screen, pages in screens.items():
        width, height, rows = seen.SCREENS[screen]
        window.resize(width, height)
        for entry in pages:
            window.workspace.go_to(entry.key)
            pictures.settle(window)
            assert (window.width(), window.height()) == (width, height)
            for tab in seen.each_tab(window.workspace.page):
                pictures.settle(window)
                tables = window.workspace.page.findChildren(QTableView)
                lists |= {entry.key for one in tables if one.isVisible() and one.model().rowCount()}
                pressed = window.workspace.page.findChildren(QPushButton)
                off += sum(one.isVisible() and not one.isEnabled() for one in pressed)
                if wrong := seen.faults(window, rows):
                    found[f"{entry.title} {tab} {screen}"] = wrong
    assert found == {}
    assert off, "a state that switches nothing off shows nothing"
    assert state != "lists" or lists >= LISTS


def test_tab_comes_to_every_control_of_every_page_which_has_no_fault_on_the_usual_screen(
    open_window, tmp_path
):
    window = opened(open_window, tmp_path, "few")
    width, height, rows = seen.SCREENS["100"]
    window.resize(width, height)
    found = []
    for entry in some(2, FEW):
        window.workspace.go_to(entry.key)
        pictures.settle(window)
        wrong = [*seen.faults(window, rows), *seen.unreached(window, window.workspace.page)]
        found += [f"{entry.title}: {one}" for one in wrong]
    assert found == []


class Faulty(Page):
    """A page that has every fault once."""

    purpose = "看。"

    def __init__(self, context):
        super().__init__(context)
        long = "这一句很长很长，窄的地方放不下，也没有提示。"
        cut, low, narrow = QLabel(long), label(long * 4), QPushButton(long)
        cut.setFixedWidth(60)
        low.setFixedSize(80, 20)
        narrow.setFixedWidth(40)
        outside, nameless = button("外面", lambda: None), QCheckBox()
        table = DataTable([Column("名", str)], name="短表", empty="没有。")
        table.setFixedHeight(160)
        table.set_rows([str(number) for number in range(20)])
        wide = QWidget()
        wide.setMinimumSize(QSize(3000, 10))
        column = QVBoxLayout(wide)
        column.addWidget(outside)
        table.view.setColumnWidth(0, 20)
        above, below = QLabel("上面"), QLabel("下面")
        off = button("关着", lambda: None)
        off.setEnabled(False)
        for one in (cut, low, narrow, nameless, off, table, wide, above, below):
            self.body.addWidget(one)
        outside.setFixedWidth(2900)
        self._above, self._below = above, below

    def lie_over(self):
        """As where a text takes more lines than its layout gave it."""
        self._below.setGeometry(self._above.geometry().translated(0, self._above.height() // 2))


def test_every_kind_of_fault_is_seen(open_window, path):
    window = open_window([PageEntry("faulty", "有毛病", Faulty)])
    assert window.open_path(path)
    window.resize(900, 700)
    pictures.settle(window)
    window.workspace.page.lie_over()
    told = "\n".join(seen.faults(window, 8))
    for one in (
        "cut: 这一句",
        "outside: 外面",
        "scrolls sideways",
        "rows: 短表",
        "no name: ",
        "reason: 关着",
    ):
        assert one in told
    assert "over each other: 上面 / 下面" in told
    assert "cut heading: 名" in told
    assert told.count("cut: ") == 3


def test_a_control_that_tab_passes_over_is_told(open_window, path):
    window = open_window([PageEntry("faulty", "有毛病", Faulty)])
    assert window.open_path(path)
    pictures.settle(window)
    page = window.workspace.page
    table = page.findChild(DataTable)
    table.setFocusProxy(table.view)  # how it once was
    assert "Tab does not come to: 筛选短表" in seen.unreached(window, page)


def test_a_picture_is_taken_of_every_page_and_tab(open_window, tmp_path, monkeypatch):
    file = pictures.few(tmp_path / "QL.pingyi")
    file.close()
    out, chosen = tmp_path / "out", [one for one in PAGES if one.key == "results"]
    monkeypatch.setattr(pictures, "PAGES", chosen)
    assert pictures.every(file.path, out, "few", ["dark"], ["150"]) == []
    for state in pictures.ALONE:
        pictures.unanswered(file.path, out, state, ["light"], ["150"])
    taken = {one.name: QImage(str(one)) for one in out.glob("*.png")}
    assert set(taken) == {
        *(f"results-{tab}-few-dark-150.png" for tab in range(3)),
        "results-0-loading-light-150.png",
        "results-0-error-light-150.png",
    }
    assert {(one.width(), one.height()) for one in taken.values()} == {seen.SCREENS["150"][:2]}
    assert taken["results-0-loading-light-150.png"] != taken["results-0-error-light-150.png"]
    dark, light = taken["results-0-few-dark-150.png"], taken["results-0-loading-light-150.png"]
    assert dark.pixelColor(70, 480).lightness() < 128 < light.pixelColor(70, 480).lightness()


def test_the_pictures_of_the_window_that_are_kept_are_those_that_are_made_anew():
    kept = {one.stem for one in (paths.resources() / "readme").glob("*.png")}
    assert kept - {"paper", "roster"} == set(pictures.README)
    assert {one.stem for one in (paths.resources() / "help" / "pictures").glob("*.png")} == set(pictures.HELP)
