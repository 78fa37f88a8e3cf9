"""Where a window stands and how large it is: as it was left, or as the screen allows."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QMainWindow

from pingyi_desktop.gui.looks import settings

ROOMY, ROOMY_WIDE = 900, 1440
"""screens smaller than this are used whole"""
WIDEST, HIGHEST = 1600, 1000


def show(window: QMainWindow) -> None:
    """Show it where and as large as it was left; the first time it fills a small screen and fits any other."""
    room = window.screen().availableGeometry()
    placed = window.restoreGeometry(
        QByteArray.fromHex(QByteArray(settings.geometry().encode("ascii", "ignore")))
    )
    if placed and room.intersects(window.frameGeometry()):
        window.show()
    elif room.height() < ROOMY or room.width() < ROOMY_WIDE:
        window.showMaximized()
    else:
        window.resize(QSize(min(room.width() * 9 // 10, WIDEST), min(room.height() * 9 // 10, HIGHEST)))
        window.show()
