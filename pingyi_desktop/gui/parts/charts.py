"""A bar chart that says everything in print too: legible in black and white, and to a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.forms import tip

INK, FILL, EMPTY = "ink", "blue", "line"
FULL = 1000


@dataclass(frozen=True)
class Bar:
    """One rate: its integer per-mille (None = no denominator) and the text the tables print for it."""

    name: str
    per_mille: int | None
    printed: str


class BarChart(QWidget):
    """Horizontal bars from 0 to 100 %, one per rate, name to the left and printed rate to the right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_bars(())

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these rates, from top to bottom."""
        self._bars = tuple(replace(bar, name=visible.shown(bar.name)) for bar in bars)
        said = "；".join(f"{bar.name} {bar.printed}" for bar in self._bars) or "还没有数据"
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(said)
        self.updateGeometry()
        self.update()

    def bar_rect(self, number: int) -> QRect:
        """The area of a full bar (100 %), counted from 0."""
        names, numbers, line = self._name_width(), self._number_width(), self._line()
        return QRect(names + 12, number * line + 5, max(40, self.width() - names - numbers - 24), line - 10)

    def sizeHint(self) -> QSize:
        """High enough for every bar."""
        return QSize(480, max(1, len(self._bars)) * self._line())

    def minimumSizeHint(self) -> QSize:
        """Never squeezed below one line per bar."""
        return QSize(280, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """A name that had to be shortened is shown in full in the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = event.pos().y() // self._line()
            if 0 <= number < len(self._bars):
                bar = self._bars[number]
                QToolTip.showText(event.globalPos(), tip(f"{bar.name}：{bar.printed}"), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame of 100 %, the bar and both texts."""
        painter = QPainter(self)
        if not self._bars:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "还没有数据。")
        for number, bar in enumerate(self._bars):
            full = self.bar_rect(number)
            line = QRect(0, number * self._line(), self.width(), self._line())
            name = self.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideMiddle, self._name_width())
            painter.setPen(colour(INK))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            painter.fillRect(full, colour(EMPTY))
            if bar.per_mille is not None:
                painter.fillRect(
                    full.adjusted(0, 0, full.width() * bar.per_mille // FULL - full.width(), 0),
                    colour(FILL),
                )
            right = line.adjusted(full.right() + 10, 0, 0, 0)
            painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, bar.printed)

    def _line(self) -> int:
        return self.fontMetrics().height() + 14

    def _name_width(self) -> int:
        widest = max((self.fontMetrics().horizontalAdvance(bar.name) for bar in self._bars), default=0)
        return min(widest, self.width() * 45 // 100)

    def _number_width(self) -> int:
        return max((self.fontMetrics().horizontalAdvance(bar.printed) for bar in self._bars), default=0)
