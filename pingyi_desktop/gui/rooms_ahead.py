"""The rooms of a window that stands, loaded before they are visited: one module at a time, between what the user does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

from pingyi_desktop import gui
from pingyi_desktop.later import one_by_one

BETWEEN = 15
"""milliseconds that are the user's between two modules"""


class RoomsAhead(QTimer):
    """Loads every room of the window; waits while ``busy()`` says that something is being read or written."""

    def __init__(self, busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._busy = busy
        self._left: Iterator[str] = one_by_one(gui)
        self.loaded = False
        """whether there is nothing left to load"""
        self.setInterval(BETWEEN)
        self.timeout.connect(self.step)

    def step(self) -> None:
        """Load one module that is not there yet."""
        if not self._busy() and next(self._left, None) is None:
            self.loaded = True
            self.stop()
