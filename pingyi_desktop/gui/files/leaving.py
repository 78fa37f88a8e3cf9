"""Closing a file while something would be lost by it: that is said, and asked, before it is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from pingyi_desktop import visible


def ask(over: QWidget, said: str, go_on: Callable[[], object]) -> None:
    """Say what would be lost; ``go_on`` closes all the same."""
    box = QMessageBox(QMessageBox.Icon.Warning, "还不能关闭", "", QMessageBox.StandardButton.NoButton, over)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(visible.shown(said))
    back = box.addButton("回去看看", QMessageBox.ButtonRole.RejectRole)
    anyway = box.addButton("仍然关闭", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(back)
    box.setEscapeButton(back)
    box.finished.connect(lambda _: go_on() if box.clickedButton() is anyway else None)
    box.open()
