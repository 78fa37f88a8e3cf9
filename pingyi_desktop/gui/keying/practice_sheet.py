"""A ballot as somebody filled it in: printed boxes, ticks in ink, here and there a scribble or a signature."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.gui.keying.paper_ink import (
    INK,
    LINE,
    PEN,
    box_in,
    draw_box,
    draw_scribble,
    draw_signature,
    draw_tick,
)

CENTRE = Qt.AlignmentFlag.AlignCenter
TICKED_VOID = "11111"


class SampleSheet(QWidget):
    """Draws the sample; ``show_ballot`` takes the content its keys should make (``!2`` is drawn signed)."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout
        self._content = TICKED_VOID
        self.setAccessibleName("左手边的票")

    def show_ballot(self, content: str) -> None:
        """Take the next sample."""
        self._content = content
        marks = "签了名的票" if keying.is_void(content) else "，".join(content)
        self.setAccessibleDescription(marks)
        self.update()

    def sizeHint(self) -> QSize:
        """A small paper; it grows with the room."""
        return QSize(320, self.fontMetrics().height() * 2 * (len(self._layout.rows) + 3))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        column = self._column(0, 0).width()
        font.setPixelSize(
            max(9, min(self.fontInfo().pixelSize() * 3 // 2, self._step() * 2 // 5, column // 4))
        )
        painter.setFont(font)
        sheet = QRect(1, 1, self.width() - 3, self._step() * (len(self._layout.rows) + 3))
        painter.fillRect(sheet, Qt.GlobalColor.white)
        painter.setPen(QPen(LINE, 1))
        painter.drawRect(sheet)
        painter.setPen(INK)
        painter.drawText(QRect(0, 0, self.width(), self._step()), CENTRE, "群众评议表（样票）")
        self._draw_head(painter)
        signed = keying.is_void(self._content)
        marks = TICKED_VOID if signed else self._content
        for row, caption in enumerate(self._layout.rows):
            self._draw_row(painter, row, caption, marks[row])
        if signed:
            below = QRect(0, self._step() * (len(self._layout.rows) + 2), self.width() - 24, self._step())
            draw_signature(painter, below)

    def _draw_head(self, painter: QPainter) -> None:
        for place, text in enumerate(self._layout.options(0, 0)):
            area = self._column(0, place).translated(0, -self._step())
            painter.drawText(area, CENTRE, f"{place + 1}\n{text}")

    def _draw_row(self, painter: QPainter, row: int, caption: str, mark: str) -> None:
        top = self._top(row)
        painter.setPen(QPen(LINE, 1))
        painter.drawLine(8, top, self.width() - 10, top)
        painter.setPen(INK)
        text = QRect(12, top, self._caption_width(), self._step())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, f"{row + 1}  {caption}")
        for place in range(self._layout.widest):
            box = box_in(self._column(row, place), self._step() // 2)
            draw_box(painter, box)
            if mark == str(place + 1):
                draw_tick(painter, box, PEN)
        if mark == keying.ILLEGIBLE:
            first, last = self._column(row, 0), self._column(row, self._layout.widest - 2)
            draw_scribble(painter, first.united(last).adjusted(8, 6, -8, -6))

    def _step(self) -> int:
        """Height of a row: as the words need, less where the room is low."""
        return min(self.fontMetrics().height() * 2, self.height() // (len(self._layout.rows) + 3))

    def _top(self, row: int) -> int:
        return self._step() * (row + 2)

    def _caption_width(self) -> int:
        return min(self.fontMetrics().horizontalAdvance("汉") * 10, self.width() // 3)

    def _column(self, row: int, place: int) -> QRect:
        left = self._caption_width() + 12
        wide = (self.width() - left - 10) // self._layout.widest
        return QRect(left + place * wide, self._top(row), wide, self._step())
