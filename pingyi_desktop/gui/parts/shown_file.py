"""What can be done at once with a file that was just written: open it, or open the folder it lies in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from pingyi_desktop.gui.parts.forms import Mend


def mends(path: Path) -> tuple[Mend, Mend]:
    """The two buttons that a message about a written file carries."""
    return ("打开", lambda: open_there(path)), ("打开文件夹", lambda: open_there(path.parent))


def open_there(path: Path) -> None:
    """Give a file or folder to the program that the computer has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
