"""恢复: what it would change, side by side, before anything is done; what was there stays under another name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from pingyi_desktop.errors import FileError
from pingyi_desktop.exchange.locks import protection
from pingyi_desktop.gui.files import unlock
from pingyi_desktop.gui.parts.forms import button, label, row
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.care import contents
from pingyi_desktop.storage.care.contents import Preview

WHAT_STAYS = "恢复以后，现在的文件改名留在原处（名字里有“恢复前”）。恢复错了，再选它恢复一次就回到现在。"


class Restoring(QDialog):
    """Shows the counts now and then; accepted when it is to be done."""

    def __init__(self, over: QWidget, saved: Path, found: Preview) -> None:
        super().__init__(over)
        self.setWindowTitle("恢复以前看一看")
        self.setMinimumWidth(560)
        self.go = button("恢复成这一份", self.accept, primary=True)
        back = button("不恢复", self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(f"备份：{saved.name}", role="strong"))
        column.addLayout(_side_by_side(found))
        for said in found.warnings:
            column.addWidget(label(said, role="wrong"))
        column.addWidget(label(WHAT_STAYS, role="hint"))
        column.addLayout(row(self.go, back))
        back.setDefault(True)


def key_of(saved: Path, key: bytes | None, over: QWidget) -> bytes | None:
    """The key of a backup: the open file's where it fits, else its password is asked for."""
    if not cipher.is_encrypted(saved):
        return None
    try:
        if key is not None:
            contents.of_file(saved, key)
            return key
    except FileError:
        pass  # another file's, or of before the password was set anew: it has its own password
    return unlock.ask(saved, protection.of_file(saved), over)


def restored(saved: Path, path: Path, key: bytes | None) -> str:
    """Do it to a closed file; what was done, in a sentence."""
    kept = store.restore(saved, path, key)
    return f"已恢复成“{saved.name}”。" + (f"原来的文件留存为“{kept.name}”。" if kept else "")


def _side_by_side(found: Preview) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(28)
    for place, title in enumerate(("", "现在", "恢复后")):
        grid.addWidget(label(title, role="caption", wrap=False), 0, place)
    for line, one in enumerate(found.changes, 1):
        now = "读不出" if one.now is None else str(one.now)
        role = "" if one.now == one.then else "strong"
        for place, text in enumerate((one.what, now, str(one.then))):
            grid.addWidget(label(text, role=role, wrap=False), line, place)
    grid.setColumnStretch(3, 1)
    return grid
