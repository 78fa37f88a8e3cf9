"""Labels and buttons: plain text that explains its uncommon words, and keys that press.

Every label shows plain text, and what nobody can see by its number: names come from other people's files and may
contain “<img>” or a character that turns the reading direction.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6 import QtCore, QtGui
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMenu, QPushButton

from pingyi_desktop import visible
from pingyi_desktop.gui.looks import words

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""as ``html.escape`` does, whose table of two thousand names every start would read"""


class Label(QLabel):
    """A label of plain text; without a tip of its own it explains its uncommon words."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._meaning = ""
        self.setProperty("textFormat", "PlainText")
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(visible.shown(text))

    def enterEvent(self, event: QtGui.QEnterEvent) -> None:
        """The tip is looked up when somebody comes to it, not with every text."""
        if self.toolTip() == self._meaning:
            self._meaning = tip(words.explain(self.text()))
            self.setToolTip(self._meaning)
        super().enterEvent(event)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        """A line that may not wrap and has too little room loses its middle, and shows that it did."""
        room, text = self.contentsRect(), self.text()
        if self.wordWrap() or "\n" in text or self.fontMetrics().horizontalAdvance(text) <= room.width():
            super().paintEvent(event)
            return
        cut = self.fontMetrics().elidedText(text, QtCore.Qt.TextElideMode.ElideMiddle, room.width())
        role, painter = QtGui.QPalette.ColorRole.WindowText, QtGui.QPainter(self)
        self.style().drawItemText(
            painter, room, self.alignment().value, self.palette(), self.isEnabled(), cut, role
        )


class Button(QPushButton):
    """A push button that Enter presses too, not only the space bar."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(visible.shown(text).replace("&", "&&"))

    def text(self) -> str:
        return super().text().replace("&&", "&")

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        keys = QtCore.Qt.Key
        if event.key() in {keys.Key_Return, keys.Key_Enter} and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


def offer(over: QAbstractItemView, buttons: Iterable[Button], where: QtCore.QPoint) -> QMenu:
    """The buttons that may be pressed now as a menu at a place of the screen: what the right mouse button offers.

    They are about the rows chosen in ``over``: the menu goes when these are read again, or others are chosen.
    """
    menu = QMenu(over)
    over.model().modelReset.connect(menu.close)
    over.selectionModel().selectionChanged.connect(menu.close)
    menu.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
    for one in buttons:
        if one.isEnabled() and not one.isHidden():
            menu.addAction(one.text(), one.click)
    menu.popup(where)
    return menu


def tip(text: str) -> str:
    """A tool tip that shows the text as it is; Qt would take “<img>” in a plain string for markup."""
    shown = "<br>".join(visible.shown(line).translate(_ESCAPES) for line in text.split("\n"))
    return f"<span>{shown}</span>" if text else ""
