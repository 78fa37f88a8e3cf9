"""F1 in the dialogs over a window, which keep its own keys away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QWidget

KEY = "F1"


class DialogKey(QObject):
    """Gives every modal dialog of a window the key for help, as soon as the keys come to it."""

    def __init__(self, window: QWidget, asked: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._asked = window, asked
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        dialog = QApplication.activeModalWidget()
        if now is None or dialog is None or dialog.findChild(QShortcut, KEY) or not self._is_ours(dialog):
            return
        shortcut = QShortcut(KEY, dialog)
        shortcut.setObjectName(KEY)
        shortcut.setWhatsThis("本页怎么用")  # the card of keys in the help says it
        shortcut.activated.connect(self._asked)

    def _is_ours(self, widget: QWidget) -> bool:
        over: QWidget | None = widget
        while over is not None and over is not self._window:
            over = over.parentWidget()
        return over is not None
