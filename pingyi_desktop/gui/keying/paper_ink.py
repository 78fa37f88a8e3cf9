"""What is drawn on paper by hand: boxes, ticks, scribbles, a signature. No font we carry has them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygon

from pingyi_desktop.gui.looks.tokens import on_paper

INK, LINE, PEN, MARK, FRAME = map(on_paper, ("ink", "ink3", "blue", "brand", "bad"))


def box_in(area: QRect, side: int) -> QRect:
    """The square to be ticked, in the middle of its column."""
    box = QRect(0, 0, side, side)
    box.moveCenter(area.center())
    return box


def draw_box(painter: QPainter, box: QRect, *, heavy: bool = False) -> None:
    """An empty box."""
    painter.setPen(QPen(INK, 2 if heavy else 1))
    painter.drawRect(box)


def draw_tick(painter: QPainter, box: QRect, colour: QColor = MARK) -> None:
    """A tick that reaches out of its box, as a pen makes it."""
    side, x, y = box.width(), box.left(), box.top()
    painter.setPen(QPen(colour, 4))
    painter.drawPolyline(
        QPolygon(
            [
                QPoint(x + 3, y + side // 2),
                QPoint(x + side // 2 - 1, y + side - 4),
                QPoint(x + side + 3, y - 3),
            ]
        )
    )


def draw_scribble(painter: QPainter, area: QRect) -> None:
    """Ink over several boxes: nobody can tell which of them is meant."""
    painter.setPen(QPen(PEN, 3))
    path = QPainterPath(QPointF(area.left(), area.center().y()))
    step = max(4, area.width() // 16)
    for number, x in enumerate(range(area.left() + step, area.right(), step)):
        path.lineTo(QPointF(x, area.top() if number % 2 else area.bottom()))
    painter.drawPath(path)


def draw_signature(painter: QPainter, area: QRect) -> None:
    """A mark that says who filled the ballot in."""
    painter.setPen(QPen(PEN, 2))
    font = painter.font()
    font.setItalic(True)
    font.setPixelSize(painter.fontInfo().pixelSize() * 13 // 10)
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "张三　签名")
