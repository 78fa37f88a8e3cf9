"""What stands in the place of content while there is none: being read, nothing yet, too few to show, or a failure.

One place for all of them. A state says what is the matter and why, and carries the button that mends it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from pingyi_desktop.gui.looks import icons
from pingyi_desktop.gui.looks.controls import Button, Label
from pingyi_desktop.gui.looks.tokens import colour

READING = "正在读取数据…"
EMPTY, FEW, FAILED = "empty", "few", "failed"
LOOKS = {EMPTY: ("info", "blue"), FEW: ("circle-alert", "warn"), FAILED: ("triangle-alert", "bad")}
"""the icon of a state and its ink"""
BARS, BAR, GAP, SIGN = (62, 88, 74, 91, 57, 80), 14, 18, 28
"""widths of the grey bars in per cent; pixels"""


class Skeleton(QWidget):
    """Grey bars where the content will be, below the words that it is being read."""

    def __init__(self) -> None:
        super().__init__()
        self.said = Label(READING)
        self.said.setProperty("role", "hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.said, 0, Qt.AlignmentFlag.AlignTop)
        column.addStretch(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("line"))
        for bar in self.bars():
            painter.drawRoundedRect(bar, 5, 5)

    def bars(self) -> list[QRect]:
        """Where the bars lie: as many as the height has room for."""
        top, step = self.said.height() + GAP, BAR + GAP
        many = max(0, (self.height() - top) // step)
        return [
            QRect(0, top + place * step, self.width() * BARS[place % len(BARS)] // 100, BAR)
            for place in range(many)
        ]


class StatePanel(QFrame):
    """A sign, what is the matter, and the one button that mends it, if there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = EMPTY
        self._act: Callable[[], object] = self.hide
        self._sign, self._said, self.mend = QLabel(), Label(), Button()
        self._said.setWordWrap(True)
        self.mend.clicked.connect(lambda: self._act())
        self._sign.setFixedSize(QSize(SIGN, SIGN))
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 10, 4, 10)
        line.setSpacing(12)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._said, 1)
        line.addWidget(self.mend)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def text(self) -> str:
        """What is said."""
        return self._said.text()

    def show_state(
        self, kind: str, said: str, mend: str = "", act: Callable[[], object] | None = None
    ) -> None:
        """Say this; ``mend`` is the button's text, and ``act`` what it does."""
        self.kind, self._act = kind, act or self.hide
        self._said.setText(said)
        self.mend.setText(mend)
        self.mend.setVisible(bool(mend))
        self.setAccessibleName(said)
        self._draw()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the colours of now, whatever the theme was when it was said."""
        self._draw()
        super().paintEvent(event)

    def _draw(self) -> None:
        name, ink = LOOKS[self.kind]
        self._sign.setPixmap(icons.pixmap(name, ink, SIGN, self.devicePixelRatioF()))
