"""Small things to test a page with: open a file on it, let everything be done, reach the dialog over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QWidget

from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.entry.batch_cards import BatchCard
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.files.recovery_code import TYPED_BACK, ShowCode
from pingyi_desktop.gui.files.task_code import TaskCode
from pingyi_desktop.gui.page import Page, PageEntry
from pingyi_desktop.gui.window import Window

FEW = len(NOUNS)
"""turns of which each has a single ledger"""


def some(turn: int, turns: int = 4) -> list[PageEntry]:
    """Every page, but of the ledgers, which are one code, only the share of this turn: all turns together visit each."""
    ledgers = [noun.key for noun in NOUNS]
    return [one for one in PAGES if one.key not in ledgers or ledgers.index(one.key) % turns == turn]


def cards(page: EntryPage) -> list[BatchCard]:
    """Every card of the entry page, session by session."""
    return [card for box in page.cards.groups for card in box.cards]


def show(open_window: Callable[..., Window], path: Path, *pages: type[Page]) -> tuple[Window, Any]:
    """Open a data file with these pages; gives the window and its first page, read."""
    window = open_window(pages)
    assert window.open_path(path)
    settle(window)
    return window, window.workspace.pages[0]


def settle(window: Window) -> bool:
    """Let everything that was asked for be done; False when something was refused."""
    done = window.workspace.work.finish()
    QApplication.processEvents()
    QApplication.processEvents()  # now it looks around, once the first page stands
    return window.workspace.work.finish() and done


def let_finish(window: Window) -> None:
    """Let everything that was asked for be done; unlike :func:`settle`, and closing, this cancels no long job."""
    while window.workspace.work.waiting:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QApplication.processEvents()


def cancelled(window: Window, act: Callable[[], object]) -> None:
    """Do what begins a long job and cancel that before it has begun: a small one may be done before anybody can."""
    asked, work = Event(), window.workspace.work
    work.read(lambda _session: asked.wait(), lambda _: None)
    act()
    work.cancel()
    asked.set()


def dialog() -> Any:
    """The dialog over the page."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def no_dialog() -> bool:
    """Whether the page can be used again."""
    return QApplication.activeModalWidget() is None


def confirm(qtbot: Any, why: str = "已核实") -> str:
    """Answer what asks for a reason by keyboard, as a person does; returns the sentences that were listed."""
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    asked = dialog()
    said = "".join(one.text() for one in asked.findChildren(QLabel))
    assert asked.focusWidget() is asked.fields[-1].editor
    write(asked.fields[-1].editor, why)
    qtbot.keyClick(asked.fields[-1].editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not asked)
    return said


def write(editor: QWidget, text: str) -> None:
    """Type as an input method does; simulated keys know no Chinese."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(editor, event)


def answer(kind: type[QDialog], act: Callable[[Any], object]) -> QTimer:
    """Do this to the next dialog of this kind, once it is there."""
    timer = QTimer()
    timer.setInterval(10)

    def look() -> None:
        found = QApplication.activeModalWidget()
        if isinstance(found, kind):
            timer.stop()
            act(found)

    timer.timeout.connect(look)
    timer.start()
    return timer


def copy_code(window) -> str:
    """The recovery code that is shown now, copied to paper: its last digits typed back; all of them."""
    settle(window)
    shown = dialog()
    assert isinstance(shown, ShowCode)
    digits = "".join(filter(str.isdigit, shown.digits.text()))
    shown.back.editor.setText(digits[-TYPED_BACK:])
    shown.finish.click()
    settle(window)
    return digits


def type_code(code: str) -> QTimer:
    """Type the code of the task file that is opened next, and press the button."""

    def act(dialog: TaskCode) -> None:
        write(dialog.code.line, code)
        dialog.open_button.click()

    return answer(TaskCode, act)


def pick(path: Path) -> QTimer:
    """Choose this file in the file dialog that the next call opens."""

    def act(dialog: QFileDialog) -> None:
        dialog.findChild(QLineEdit).setText(str(path))
        dialog.accept()

    return answer(QFileDialog, act)


def drop(window: QWidget, *paths: Path) -> bool:
    """Drag files over the window and let go; False when they were not welcome."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copied, buttons, keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(50, 50), copied, mime, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copied, mime, buttons, keys))
        QApplication.processEvents()
    return enter.isAccepted()
