"""正 marks: five strokes to a character, drawn stroke by stroke, because votes grow one stroke at a time."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
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


def per_line(width: float, side: float) -> int:
    """How many characters of this side fit into a line; at least one."""
    return max(1, int((width + GAP * side) / (side * (1 + GAP))))


def fitting_side(count: int, area: QRectF, largest: float) -> float:
    """The largest side at which ``count`` strokes fit into the area."""
    side = largest
    groups = max(1, -(-count // len(STROKES)))
    while side > 6:
        lines = -(-groups // per_line(area.width(), side))
        if lines * side * (1 + GAP) <= area.height() + GAP * side:
            return side
        side -= 1
    return side


def draw(painter: QPainter, area: QRectF, count: int, *, side: float, ink: QColor, newest: QColor) -> None:
    """Draw ``count`` strokes from the top left; the last one in the colour ``newest``."""
    across = per_line(area.width(), side)
    step = side * (1 + GAP)
    for stroke in range(count):
        group, number = divmod(stroke, len(STROKES))
        line, place = divmod(group, across)
        left, top = area.left() + place * step, area.top() + line * step
        (x0, y0), (x1, y1) = STROKES[number]
        pen = QPen(newest if stroke == count - 1 else ink, max(2.0, side / 9))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(
            QPointF(left + x0 * side, top + y0 * side), QPointF(left + x1 * side, top + y1 * side)
        )
