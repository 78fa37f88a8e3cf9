"""Starts in the frozen folder as far as the first painting, and ends: an empty window, or ours.

Frozen beside the program from the same modules, never handed out. Prints nothing: whoever started it has the clock.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from PySide6.QtWidgets import QApplication, QWidget


def leave(*_: object) -> NoReturn:
    """The window is painted: end at once."""
    os._exit(0)


class Empty(QWidget):
    """What PySide6 alone takes."""

    def paintEvent(self, _event: object) -> None:
        leave()


def empty() -> int:
    """A window with nothing in it."""
    application = QApplication(["empty"])
    window = Empty()
    window.resize(1180, 720)
    window.show()
    return application.exec()


def ours() -> int:
    """The program as it is started, ended where its window is painted."""
    from pingyi_desktop.gui import app, window  # noqa: PLC0415 - an empty window must not pay for it

    window.Window.paintEvent = leave  # type: ignore[assignment]
    return app.run()


if __name__ == "__main__":
    sys.exit(ours() if sys.argv[1:] == ["ours"] else empty())
