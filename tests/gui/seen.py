"""What a person would see at a glance and a machine can: faults of a window as it stands, each as a sentence.

``faults(window)`` looks at the page that is shown: text that is cut, what lies over its neighbour or sticks out to the side,
scroll bars to the side, lists with too few rows, controls that the Tab key does not reach, that nobody can name or that are off
without a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedLayout,
    QTabBar,
    QTableView,
    QTabWidget,
    QTreeView,
    QWidget,
)

from pingyi_desktop.gui.looks.column_widths import HEAD
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.preview import Preview
from pingyi_desktop.gui.window import Window

SCREENS = {
    "100": (1366, 768, 8),
    "125": (1093, 614, 8),
    "150": (911, 512, 5),
    "1080": (1920, 1080, 8),
    "1440": (2560, 1440, 8),
}
"""a screen in logical pixels (1366 × 768 at three scales, and two large ones), and the rows a list has to show on it"""
CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
SLACK, BESIDE = 1, 10
"""pixels that rounding may take; pixels on each side of a heading's text"""
Seen = QWidget | list[QWidget]
"""what is looked through: all that a widget shows, or what was found to be shown"""
ASIDE = {"最近操作"}
"""lists that stand beside what a page is about and may be short"""


def each_tab(page: QWidget) -> Iterator[str]:
    """Show every tab of the page's outermost row of tabs in turn; once without a name when it has none."""
    tabs = next((one for one in page.findChildren(QTabWidget) if one.isVisible()), None)
    if tabs is None:
        yield ""
        return
    for place in range(tabs.count()):
        if tabs.isTabVisible(place):
            tabs.setCurrentIndex(place)
            yield tabs.tabText(place)


def faults(window: Window, rows: int) -> list[str]:
    """Everything wrong with the page that is shown, where a list has to show ``rows`` rows."""
    page = window.workspace.page
    assert page is not None
    every = [window, *_visible(window, QWidget)]
    parts = _visible(page, QWidget)
    found = [*cut(every), *overlapping(every), *sticking_out(window, every), *sideways(page, parts)]
    return [*found, *short_lists(parts, rows), *nameless(every), *silent(parts)]


def cut(over: Seen) -> list[str]:
    """Texts with less room than they need. A line that loses its middle says all of it in its tip."""
    found = [f"cut: {text}" for text in map(_cut_label, _visible(over, QLabel)) if text]
    found += [f"cut: {text}" for text in map(_cut_button, _visible(over, QAbstractButton)) if text]
    for bar in _visible(over, QTabBar):
        found += [
            f"cut tab: {bar.tabText(place)}"
            for place in range(bar.count())
            if bar.isTabVisible(place) and bar.tabRect(place).right() > bar.width() + SLACK
        ]
    return found + cut_heads(over)


def cut_heads(over: Seen) -> list[str]:
    """Headings of columns that are wider than their column."""
    found = []
    for view in _visible(over, QTableView):
        header, font = view.horizontalHeader(), QFont(view.font())
        font.setPointSizeF(font.pointSizeF() * HEAD)
        for place in range(header.count()):
            text = str(view.model().headerData(place, Qt.Orientation.Horizontal) or "")
            wide = QFontMetrics(font).horizontalAdvance(text)
            if not header.isSectionHidden(place) and wide > header.sectionSize(place) - 2 * BESIDE + SLACK:
                found.append(f"cut heading: {text}")
    return found


def overlapping(shown: list[QWidget]) -> list[str]:
    """Widgets of one layout that lie over each other, as where a text took more lines than there was room for."""
    found = []
    for holder in shown:
        beside = [one for one in _placed(holder.layout()) if one.isVisible()] if holder.layout() else []
        for place, one in enumerate(beside):
            for other in beside[place + 1 :]:
                both = one.geometry().intersected(other.geometry())
                if both.width() > SLACK and both.height() > SLACK:
                    found.append(f"over each other: {_told(one)} / {_told(other)}")
    return found


def _placed(layout: QLayout) -> Iterator[QWidget]:
    """Widgets of a layout and of the layouts within it; those of a stack lie over each other on purpose."""
    if isinstance(layout, QStackedLayout):
        return
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item.widget() is not None:
            yield item.widget()
        elif item.layout() is not None:
            yield from _placed(item.layout())


def _told(one: QWidget) -> str:
    text = one.text() if isinstance(one, QLabel) else ""
    return name_of(one) or text or one.objectName() or type(one).__name__


def _cut_label(one: QLabel) -> str:
    text = one.text()
    if not text or (one.pixmap() is not None and not one.pixmap().isNull()):
        return ""
    room = one.contentsRect()
    if one.wordWrap():
        needed = one.heightForWidth(one.width())
        return text if needed > one.height() + SLACK else ""
    wide = max(one.fontMetrics().horizontalAdvance(line) for line in text.split("\n"))
    high = one.fontMetrics().height() > room.height() + SLACK
    return text if high or (wide > room.width() + SLACK and not one.toolTip()) else ""


def _cut_button(one: QAbstractButton) -> str:
    needed = one.minimumSizeHint() if isinstance(one, QCheckBox) else one.sizeHint()
    narrow = one.width() + SLACK < needed.width() and bool(one.text())
    return one.text() or one.accessibleName() if narrow or one.height() + SLACK < needed.height() - 8 else ""


def sticking_out(window: Window, shown: list[QWidget]) -> list[str]:
    """Controls that begin or end beside the window."""
    found = []
    for one in _visible(shown, *CONTROLS):
        left = one.mapTo(window, QPoint(0, 0)).x()
        if left < -SLACK or left + one.width() > window.width() + SLACK:
            found.append(f"outside: {name_of(one)}")
    return found


def sideways(page: Page, shown: list[QWidget]) -> list[str]:
    """Scroll bars to the side, of the page and of anything on it; and a page that has to be scrolled down as a whole."""
    area = page.parentWidget().parentWidget()
    assert isinstance(area, QAbstractScrollArea)
    down = area.verticalScrollBar().maximum()
    whole = [f"scrolls down as a whole by {down}"] if down else []
    areas = [area, *_visible(shown, QAbstractScrollArea)]
    return whole + [
        f"scrolls sideways by {one.horizontalScrollBar().maximum()}: {name_of(one) or type(one).__name__}"
        for one in areas
        if isinstance(one, QAbstractScrollArea) and one.horizontalScrollBar().maximum() > 0
        if not isinstance(one, Preview)  # paper may be looked at closely
    ]


def short_lists(shown: list[QWidget], rows: int) -> list[str]:
    """Tables and trees with rows that have room for fewer than they should."""
    found = []
    for view in _visible(shown, QTableView, QTreeView):
        seen = view.viewport().height() // max(1, row_height(view))
        if view.model().rowCount() and seen < rows and view.accessibleName() not in ASIDE:
            found.append(f"{seen} rows: {view.accessibleName()}")
    return found


def row_height(view: QAbstractItemView) -> int:
    """Pixels of a row."""
    if isinstance(view, QTableView):
        return view.verticalHeader().defaultSectionSize()
    return view.sizeHintForRow(0)


def nameless(over: Seen) -> list[str]:
    """Controls that a screen reader cannot name."""
    return [f"no name: {one}" for one in controls(over) if not name_of(one)]


def silent(shown: list[QWidget]) -> list[str]:
    """Buttons that are off and give no reason."""
    off = [one for one in _visible(shown, QAbstractButton) if not one.isEnabled()]
    return [f"off without a reason: {name_of(one)}" for one in off if not _reason_of(one)]


def _reason_of(widget: QWidget) -> str:
    """What the widget, or the part of the page that was switched off with it, gives as its reason."""
    over: QWidget | None = widget
    while over is not None and not over.isEnabled():
        if over.statusTip():
            return over.statusTip()
        over = over.parentWidget()
    return ""


def name_of(one: QWidget) -> str:
    """What is written on a control, or what it is called."""
    text = one.text() if isinstance(one, QAbstractButton) else ""
    return one.accessibleName().strip() or text.strip()


def controls(over: Seen) -> list[QWidget]:
    """What can be used, without the parts that Qt makes within."""
    found = [one for one in _visible(over, *CONTROLS) if not isinstance(one, QHeaderView)]
    return [one for one in found if not _inner(one)]


def unreached(window: Window, page: Page) -> list[str]:
    """Controls of the page that take the keys but are not come to with Tab."""
    wanted = [
        one
        for one in controls(page)
        if one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None
    ]
    seen = set[QWidget]()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    page.setFocus()
    for _ in range(len(window.findChildren(QWidget))):
        QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        if here is None or here in seen:
            break
        seen.add(here)
    return [f"Tab does not come to: {name_of(one)}" for one in wanted if one not in seen]


def _inner(widget: QWidget) -> bool:
    over = widget.parentWidget()
    while over is not None:
        if isinstance(over, QComboBox | QAbstractSpinBox | QAbstractItemView | QLineEdit):
            return True
        over = over.parentWidget() if type(over).__module__.startswith("PySide6") else None
    return False


def _visible(over: Seen, *kinds: type) -> list:
    if isinstance(over, list):
        return [one for one in over if isinstance(one, kinds)]
    return [one for one in over.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible()]
