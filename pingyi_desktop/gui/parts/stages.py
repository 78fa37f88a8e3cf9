"""The stages of the work as one quiet line: a mark, the name and how far it is; done ones are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import colour

ROUND, GAP = 20, 34


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
        self._low = False
        self.setAccessibleName("工作进度")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """Show these."""
        self.stages = tuple(stages)
        said = (f"{s.name}：{s.said}{'，已完成' if s.done else ''}" for s in self.stages)
        self.setAccessibleDescription("；".join(said))
        self.update()

    def keep_low(self, *, low: bool) -> None:
        """Names only, on one line: how far each is stands in the tool tip."""
        self._low = low
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text beside a mark; one while it is low."""
        return QSize(700, max(ROUND, (1 if self._low else 2) * self.fontMetrics().height()) + 8)

    def minimumSizeHint(self) -> QSize:
        """Texts are cut before the marks are."""
        return QSize(420, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Texts that had to be cut are shown in full in the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.accessibleDescription()), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw marks, a thin line between them, and both texts; a stage gets the room that its texts ask for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = next((n for n, stage in enumerate(self.stages) if not stage.done), -1)
        needs = self._needs()
        spare = (self.width() - sum(needs)) // max(1, len(needs) - 1)
        left = 0
        for number, stage in enumerate(self.stages):
            width = needs[number] + min(0, spare)
            mark = QRect(left + 1, (self.height() - ROUND) // 2, ROUND, ROUND)
            _mark(painter, mark, done=stage.done, now=number == now)
            text = QRect(left + ROUND + 8, 0, width - ROUND - 8, self.height())
            self._texts(painter, text, stage)
            if number < len(self.stages) - 1 and spare > GAP:
                painter.setPen(QPen(colour("line2"), 1))
                middle = self.height() // 2
                painter.drawLine(left + width + 10, middle, left + width + spare - 10, middle)
            left += width + max(0, spare)

    def _needs(self) -> list[int]:
        measure, bold = (
            self.fontMetrics().horizontalAdvance,
            QFontMetrics(_bold(self.font())).horizontalAdvance,
        )
        return [ROUND + 12 + max(bold(s.name), 0 if self._low else measure(s.said)) for s in self.stages]

    def _texts(self, painter: QPainter, area: QRect, stage: Stage) -> None:
        half, cut = 0 if self._low else area.height() // 2, Qt.TextElideMode.ElideRight
        lines = (
            (_bold(self.font()), "ink", stage.name, area.adjusted(0, 0, 0, -half)),
            (self.font(), "ink2", stage.said, area.adjusted(0, half, 0, 0)),
        )
        for font, ink, text, place in lines[: 1 if self._low else 2]:
            painter.setFont(font)
            painter.setPen(colour(ink))
            shown = painter.fontMetrics().elidedText(text, cut, area.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setBold(True)
    return made


def _mark(painter: QPainter, area: QRect, *, done: bool, now: bool) -> None:
    """A ring: with a tick when done, with a point where the work is, else empty."""
    ink = colour("ok" if done else "brand" if now else "ink3")
    painter.setPen(QPen(ink, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(area.adjusted(1, 1, -1, -1))
    x, y, side = area.left(), area.top(), area.width()
    if done:
        points = ((30, 52), (45, 66), (71, 37))
        painter.drawPolyline(QPolygonF([QPointF(x + side * a / 100, y + side * b / 100) for a, b in points]))
    elif now:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(area.center() + QPoint(1, 1), 3, 3)
