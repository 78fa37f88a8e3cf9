"""What cannot be pressed says why, in its tip and in the status line; on every page: ``test_seen``."""

from __future__ import annotations

import re
from pathlib import Path

import showing
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QApplication,
)

import make
import pingyi_desktop
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.parts.forms import allow, button

GUI = Path(pingyi_desktop.__file__).parent / "gui"


def alone(path: Path):
    """A branch by itself, with one batch that is sealed."""
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
        make.sealed(session, batch.id, ["11111"] * 5)
    return made


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
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-ORG-A"])
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
