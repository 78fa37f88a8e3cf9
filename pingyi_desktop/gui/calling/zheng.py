"""正 marks: five strokes to a character, drawn stroke by stroke, because votes grow one stroke at a time."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

# The five strokes in the order they are written, in a square of side 1.
STROKES = (
    ((0.08, 0.10), (0.92, 0.10)),
    ((0.50, 0.10), (0.50, 0.92)),
    ((0.50, 0.50), (0.84, 0.50)),
    ((0.22, 0.46), (0.22, 0.92)),
    ((0.02, 0.92), (0.98, 0.92)),
)
GAP = 0.28
SMALLEST = 6
LEVELS = (15, 25, 40, 60, 80, 100, 125, 150, 200, 300, 500, 1000)
"""Votes up to which marks keep their size: it changes seldom, not at every call."""


def per_line(width: float, side: float) -> int:
    """How many characters of this side fit into a line; at least one."""
    return max(1, int((width + GAP * side) / (side * (1 + GAP))))


def fitting_side(count: int, room: QSizeF, largest: float) -> float:
    """The largest side, in pixels, at which ``count`` strokes fit into the room."""
    side = largest
    groups = max(1, -(-count // len(STROKES)))
    while side > SMALLEST:
        lines = -(-groups // per_line(room.width(), side))
        if lines * side * (1 + GAP) <= room.height() + GAP * side:
            return side
        side -= 1
    return SMALLEST


def steady_side(most: int, room: QSizeF) -> float:
    """One side for every cell of a board whose fullest cell has ``most`` votes."""
    level = next((one for one in LEVELS if one >= most), most)
    return fitting_side(level, room, min(room.width(), room.height()))


def draw(painter: QPainter, area: QRectF, count: int, *, side: float, ink: QColor, newest: QColor) -> None:
    """Draw ``count`` strokes from the top left; the last one in the colour ``newest`` and, if that differs, thicker."""
    across = per_line(area.width(), side)
    step = side * (1 + GAP)
    thin = max(2.0, side / 9)
    for stroke in range(count):
        group, number = divmod(stroke, len(STROKES))
        line, place = divmod(group, across)
        left, top = area.left() + place * step, area.top() + line * step
        (x0, y0), (x1, y1) = STROKES[number]
        last = stroke == count - 1 and newest != ink
        pen = QPen(newest if last else ink, thin * 1.6 if last else thin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(
            QPointF(left + x0 * side, top + y0 * side), QPointF(left + x1 * side, top + y1 * side)
        )
