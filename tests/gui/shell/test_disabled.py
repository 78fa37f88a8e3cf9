"""What cannot be pressed says why, in its tip and in the status line, on every page in every state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

import make
import pingyi_desktop
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.parts.forms import allow, button

GUI = Path(pingyi_desktop.__file__).parent / "gui"


def empty(path: Path):
    """A company that has just been made: nothing below it, nothing planned."""
    return make.company(path)


def drafted(path: Path):
    made = make.company(path)
    with made.transaction() as session:
        make.draft(session, form_codes=["T-ORG-A"])
    return made


def published(path: Path):
    return make.published_company(path, form_codes=["T-ORG-A"])


def alone(path: Path):
    """A branch by itself, with one batch that is sealed."""
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
        make.sealed(session, batch.id, ["11111"] * 5)
    return made


STATES = (empty, drafted, published, alone)


def reason_of(widget: QWidget) -> str:
    """What the widget, or the part of the page that was switched off with it, gives as its reason."""
    over: QWidget | None = widget
    while over is not None and not over.isEnabled():
        if over.statusTip():
            return over.statusTip()
        over = over.parentWidget()
    return ""


def each_tab(page: QWidget):
    tabs = [one for one in page.findChildren(QTabWidget) if one.isVisible()]
    yield
    for one in tabs:
        for place in range(one.count()):
            one.setCurrentIndex(place)
            yield


def silent(page: QWidget) -> list[str]:
    """Buttons that are seen, off, and give no reason; and those that nobody can name."""
    found = []
    for one in page.findChildren(QAbstractButton):
        named = one.text().strip() or one.accessibleName().strip()
        own = type(one).__module__.startswith("PySide6")  # what Qt makes within its own widgets
        if one.isVisible() and not one.isEnabled() and not reason_of(one):
            found.append(f"{named}: no reason")
        if one.isVisible() and not named and not own:
            found.append(f"{one}: no name")
    return found


def named(widget: QWidget) -> bool:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return bool(text.strip() or widget.accessibleName().strip())


def controls(page: QWidget) -> list[QWidget]:
    """What a person can use on the page and sees."""
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
    found = [one for one in page.findChildren(QWidget) if isinstance(one, kinds)]
    return [one for one in found if one.isVisible() and not isinstance(one, QHeaderView) and not inner(one)]


def inner(widget: QWidget) -> bool:
    """A part of a control that Qt makes: the line of a spin box, the list of a combo box, the corner of a table."""
    over = widget.parentWidget()
    while over is not None:
        if isinstance(over, QComboBox | QAbstractSpinBox | QAbstractItemView | QLineEdit):
            return not isinstance(widget, QComboBox) and widget.accessibleName() == ""
        over = over.parentWidget() if type(over).__module__.startswith("PySide6") else None
    return False


@pytest.mark.parametrize("state", STATES)
def test_no_button_is_off_without_a_reason_and_no_control_is_without_a_name(open_window, tmp_path, state):
    made = state(tmp_path / "QL.pingyi")
    made.close()
    window, off = open_window(PAGES), 0
    assert window.open_path(made.path)
    for entry in showing.some(STATES.index(state)):
        window.workspace.go_to(entry.key)
        showing.settle(window)
        page, seen = window.workspace.page, set[QWidget]()
        for _ in each_tab(page):
            showing.settle(window)
            seen.update(controls(window))
            assert silent(page) == [], entry.title
            off += sum(one.isVisible() and not one.isEnabled() for one in page.findChildren(QAbstractButton))
        assert len(seen) > 5
        assert [(one, one.parentWidget()) for one in seen if not named(one)] == [], entry.title
    assert off > 3, "a state that switches nothing off shows nothing"


def test_everything_seldom_done_to_a_batch_says_why_it_cannot_be_now(open_window, tmp_path):
    made = alone(tmp_path / "XX.pingyi")
    made.close()
    window = open_window([one for one in PAGES if one.key == "entry"])
    assert window.open_path(made.path)
    showing.settle(window)
    page = window.workspace.page
    page.open_batch(page.batches[0])
    page.desk.acts.of["MORE"].click()
    off = [one for one in page.desk.menu.actions() if not one.isEnabled()]
    assert len(off) > 2
    assert all(one.statusTip() and tip(one.statusTip()) == one.toolTip() for one in off)
    assert page.desk.menu.toolTipsVisible()
    page.desk.menu.close()


def test_without_a_file_the_menu_says_what_it_needs(open_window):
    window = open_window()
    off = [one for one in window.actions() if not one.isEnabled()]
    assert off
    assert {one.statusTip() for one in off} == {"先打开或新建一个数据文件。"}


def test_the_reason_is_in_the_tip_and_goes_with_it(qtbot):
    pressed = button("移动", lambda: None, hint="自己的提示")
    qtbot.addWidget(pressed)
    allow(pressed, "先选一个<b>。")
    assert not pressed.isEnabled()
    assert pressed.toolTip() == tip("先选一个<b>。")
    allow(pressed, "还没有读完。")
    allow(pressed)
    assert pressed.isEnabled()
    assert (pressed.toolTip(), pressed.statusTip()) == (tip("自己的提示"), "")


def test_the_status_line_says_it_to_whoever_comes_near(open_window, tmp_path):
    made = published(tmp_path / "QL.pingyi")
    made.close()
    window = open_window([one for one in PAGES if one.key == "exchange"])
    assert window.open_path(made.path)
    showing.settle(window)
    off = window.workspace.page.take_back
    assert not off.isEnabled()
    where = QPointF(1, 1)
    QApplication.sendEvent(off, QEnterEvent(where, where, where))
    assert window.statusBar().currentMessage() == off.statusTip() != ""
    QApplication.sendEvent(off, QEvent(QEvent.Type.Leave))
    assert window.statusBar().currentMessage() == ""


def test_there_is_one_way_to_switch_a_control_off():
    off = re.compile(r"\.(setEnabled|setDisabled)\(")
    found = {path.name: len(off.findall(path.read_text(encoding="utf-8"))) for path in GUI.rglob("*.py")}
    assert {name: many for name, many in found.items() if many} == {"forms.py": 1}
