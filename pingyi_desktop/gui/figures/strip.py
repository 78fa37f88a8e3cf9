"""Units as a strip of dots on one axis: no order of rank, only where they lie; a dot leads to its unit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.charts import small
from pingyi_desktop.reports.chart import Dot, DotPlot

RADIUS, STEP, AIR = 6, 13, 26
FEWEST, MOST = 4, 8
"""lanes: as many as the page leaves height for"""
CENTRE = Qt.AlignmentFlag.AlignCenter


class UnitStrip(QWidget):
    """Dots that would lie on each other lie above each other; ``chosen`` gives the key of the unit that is gone into."""

    chosen = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.keys: tuple[str, ...] = ()
        self.plot = DotPlot(())
        self._cursor = 0
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(self._needed(MOST))

    def show_units(self, units: Sequence[tuple[str, Dot]]) -> None:
        """Show these (key, dot), each with a rate, in the tree's order."""
        self.keys = tuple(key for key, _ in units)
        self.plot = DotPlot(tuple(dot for _, dot in units))
        self._cursor = 0
        self.setAccessibleDescription("；".join(f"{dot.label} {dot.printed}" for dot in self.plot.rows))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the fewest lanes and for the axis below them."""
        return QSize(480, self._needed(FEWEST))

    def minimumSizeHint(self) -> QSize:
        """Never squeezed."""
        return QSize(280, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """The tip names the unit under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if (number := self._at(event.pos())) is not None:
                dot = self.plot.rows[number]
                QToolTip.showText(event.globalPos(), tip(f"{dot.label}：{dot.printed}"), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (number := self._at(event.position().toPoint())) is not None:
            self.chosen.emit(self.keys[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        if event.key() in steps and self.keys:
            self._cursor = (self._cursor + steps[Qt.Key(event.key())]) % len(self.keys)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.keys:
            self.chosen.emit(self.keys[self._cursor])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Hairlines, dots, and the name of the unit that the keys are on."""
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        bottom = self._lanes() * STEP + RADIUS
        for tick in self.plot.ticks:
            across = AIR + self.plot.place(tick, self._width())
            painter.setPen(colour("line"))
            painter.drawLine(across, 0, across, bottom)
            painter.setPen(colour("ink2"))
            painter.drawText(QRect(across - 40, bottom, 80, self.height() - bottom), CENTRE, f"{tick}%")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = self._spots()
        for spot in spots:
            painter.setPen(QPen(colour("surface"), 1))
            painter.setBrush(colour("blue"))
            painter.drawEllipse(spot, RADIUS, RADIUS)
        if self.hasFocus() and spots:
            painter.setPen(QPen(colour("brand"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(spots[self._cursor], RADIUS + 3, RADIUS + 3)
            painter.setPen(colour("ink"))
            dot = self.plot.rows[self._cursor]
            named = visible.shown(f"{dot.label} {dot.text}")
            painter.drawText(self.rect().adjusted(AIR, 0, 0, 0), Qt.AlignmentFlag.AlignTop, named)

    def _needed(self, lanes: int) -> int:
        return lanes * STEP + AIR + self.fontMetrics().height()

    def _lanes(self) -> int:
        return max(FEWEST, (self.height() - self._needed(0)) // STEP)

    def _width(self) -> int:
        return max(1, self.width() - 2 * AIR)

    def _spots(self) -> list[QPoint]:
        """Every dot above the axis, in the first lane where it touches no other; in the last one they may."""
        lanes: list[list[int]] = [[] for _ in range(self._lanes())]
        found = []
        for dot in self.plot.rows:
            across = AIR + self.plot.place(dot.rate or 0, self._width())
            lane = next(
                (n for n, taken in enumerate(lanes) if all(abs(across - one) >= STEP for one in taken)),
                len(lanes) - 1,
            )
            lanes[lane].append(across)
            found.append(QPoint(across, (len(lanes) - lane) * STEP - RADIUS))
        return found

    def _at(self, point: QPoint) -> int | None:
        reach = RADIUS + 3
        near = (
            (number, (spot - point).manhattanLength())
            for number, spot in enumerate(self._spots())
            if abs(spot.x() - point.x()) <= reach and abs(spot.y() - point.y()) <= reach
        )
        return min(near, key=lambda one: one[1], default=(None, 0))[0]
