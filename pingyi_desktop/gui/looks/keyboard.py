"""The keyboard comes back to the window under a dialog that closed; simple window managers give it to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

FOLLOWED = "keyboard comes back"


class KeyboardBack(QObject):
    """Follows every dialog that the keys come to; when it closes, what lies under it and still stands has them again."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        dialog = None if now is None else now.window()
        if isinstance(dialog, QDialog) and not dialog.property(FOLLOWED):
            dialog.setProperty(FOLLOWED, True)
            under = list(_under(dialog))
            dialog.finished.connect(lambda _result: QTimer.singleShot(0, self, partial(give_keyboard, under)))


def give_keyboard(under: Sequence[QWidget]) -> None:
    """Activate the first of these windows that still stands; the widget it had the keys at has them again.

    Whoever has the keys meanwhile keeps them.
    """
    standing = (one for one in under if shiboken6.isValid(one) and one.isVisible())
    window, modal = next(standing, None), QApplication.activeModalWidget()
    if window is None or modal not in (None, window) or QApplication.focusWidget() is not None:
        return
    window.activateWindow()
    here = window.focusWidget()
    if here is not None and here.isVisible() and here.isEnabled():
        here.setFocus()


def _under(dialog: QWidget) -> Iterator[QWidget]:
    """The windows under a dialog, the nearest first."""
    over = dialog.parentWidget()
    while over is not None:
        yield over.window()
        over = over.window().parentWidget()
