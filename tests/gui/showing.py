"""Small things to test a page with: open a file on it, let everything be done, reach the dialog over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QWidget

from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.window import Window


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
    return window.workspace.work.finish() and done


def dialog() -> Any:
    """The dialog over the page."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def no_dialog() -> bool:
    """Whether the page can be used again."""
    return QApplication.activeModalWidget() is None


def write(editor: QWidget, text: str) -> None:
    """Type as an input method does; simulated keys know no Chinese."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(editor, event)


def pick(path: Path) -> QTimer:
    """Choose this file in the file dialog that the next call opens."""
    timer = QTimer()
    timer.setInterval(10)

    def look() -> None:
        found = QApplication.activeModalWidget()
        if isinstance(found, QFileDialog):
            timer.stop()
            found.findChild(QLineEdit).setText(str(path))
            found.accept()

    timer.timeout.connect(look)
    timer.start()
    return timer
