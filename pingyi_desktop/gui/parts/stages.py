"""The stages of the work as one quiet line: number, name and how far it is, done ones filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pingyi_desktop.gui.parts.forms import tip

INK, QUIET, FILL, LINE, PAPER = map(QColor, ("#16324f", "#4d5963", "#2f5f8f", "#aab4be", "#ffffff"))
ROUND, GAP = 30, 34


@dataclass(frozen=True)
class Stage:
    """One stage: its name, how far it is in words, and whether it is done."""

    name: str
    said: str
    done: bool


class StageLine(QWidget):
    """Stages from left to right; the first that is not done is the one to work on."""

    def __init__(self) -> None:
        super().__init__()
        self.stages: tuple[Stage, ...] = ()
        self.setAccessibleName("工作进度")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """Show these."""
        self.stages = tuple(stages)
        said = (f"{s.name}：{s.said}{'，已完成' if s.done else ''}" for s in self.stages)
        self.setAccessibleDescription("；".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text beside a circle."""
        return QSize(700, max(ROUND, 2 * self.fontMetrics().height()) + 8)

    def minimumSizeHint(self) -> QSize:
        """Texts are cut before the circles are."""
        return QSize(420, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Texts that had to be cut are shown in full in the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.accessibleDescription()), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw circles, a thin line between them, and both texts; a stage gets the room that its texts ask for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = next((n for n, stage in enumerate(self.stages) if not stage.done), -1)
        needs = self._needs()
        spare = (self.width() - sum(needs)) // max(1, len(needs))
        left = 0
        for number, stage in enumerate(self.stages):
            width = needs[number] + spare
            round_area = QRect(left + 1, (self.height() - ROUND) // 2, ROUND, ROUND)
            _circle(painter, round_area, str(number + 1), done=stage.done, now=number == now)
            text = QRect(left + ROUND + 8, 0, width - ROUND - GAP, self.height())
            shown = self._texts(painter, text, stage, now=number == now)
            if number < len(self.stages) - 1:
                painter.setPen(QPen(LINE, 1))
                middle = self.height() // 2
                painter.drawLine(text.left() + shown + 8, middle, left + width - 8, middle)
            left += width

    def _needs(self) -> list[int]:
        measure = self.fontMetrics().horizontalAdvance
        return [ROUND + GAP + 4 + max(measure(f"{s.name}　"), measure(s.said)) for s in self.stages]

    def _texts(self, painter: QPainter, area: QRect, stage: Stage, *, now: bool) -> int:
        """Draw name and state; returns how wide they are."""
        font = self.font()
        font.setBold(now)
        painter.setFont(font)
        painter.setPen(INK)
        half = area.height() // 2
        cut = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(stage.name, cut, area.width())
        widest = painter.fontMetrics().horizontalAdvance(name)
        painter.drawText(area.adjusted(0, 0, 0, -half), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(self.font())
        painter.setPen(QUIET)
        said = painter.fontMetrics().elidedText(stage.said, cut, area.width())
        painter.drawText(area.adjusted(0, half, 0, 0), Qt.AlignmentFlag.AlignVCenter, said)
        return max(widest, painter.fontMetrics().horizontalAdvance(said))


def _circle(painter: QPainter, area: QRect, text: str, *, done: bool, now: bool) -> None:
    painter.setPen(QPen(FILL if done or now else LINE, 2))
    painter.setBrush(FILL if done else PAPER)
    painter.drawEllipse(area.adjusted(1, 1, -1, -1))
    painter.setPen(PAPER if done else INK if now else QUIET)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
