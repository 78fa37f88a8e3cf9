"""What is printed on the paper, as large as the room allows: where every cell lies, and a picture of the empty ballot.

The picture is drawn once; a key then draws ink on it. Everything here is measured with one font.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap

from pingyi_desktop.appraisal.paper.layout import RULE_EVERY, Layout
from pingyi_desktop.gui.keying.paper_ink import INK, LINE, box_in, draw_box
from pingyi_desktop.gui.looks.tokens import on_paper

PAPER, BREAK = on_paper("surface"), on_paper("line")
CAPTION, WIDE_CAPTION, ROSTER_CAPTION, WIDEST_NAME = 17, 28, 6, 10
LARGEST, LARGEST_ROSTER, SMALLEST, SMALLEST_WANTED = 1.6, 1.25, 0.6, 0.85
ROWS_SEEN = 15
EDGE = 5  # how far the current cell reaches over its neighbours
CENTRE = Qt.AlignmentFlag.AlignCenter
WRAPPED = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap


class PaperPrint:
    """One ballot's print in one size. ``tight``: rows closer together, where there is little height."""

    def __init__(self, layout: Layout, font: QFont, caption_chars: int, *, tight: bool) -> None:
        self.layout, self.font = layout, font
        self._metrics = QFontMetrics(font)
        self._tight = tight
        self.caption_width = self._metrics.horizontalAdvance("汉") * caption_chars
        narrow = layout.form.is_roster
        self.cell_width = layout.widest * self._metrics.horizontalAdvance("汉") * (11 if narrow else 20) // 4
        self.line = self._line_height()
        self.gap = self._metrics.height() + 8 if layout.pages > 1 else 0
        tenths = 36 if narrow else 20  # a roster has narrow columns and a title over them
        self.head_height = self._metrics.height() * tenths // 10 + 6
        self._picture: QPixmap | None = None

    @property
    def size(self) -> QSize:
        """What the paper below its heading needs."""
        width = self.caption_width + self.layout.items_per_row * self.cell_width + 8
        return QSize(width, self.top(len(self.layout.rows) - 1) + self.line + 8)

    @property
    def box_side(self) -> int:
        """Side of a box to tick."""
        return self._metrics.height() * 7 // 10

    @property
    def text_height(self) -> int:
        """Height of a line of text."""
        return self._metrics.height()

    def top(self, row: int) -> int:
        """Where a row begins."""
        return EDGE + row * self.line + self.layout.breaks_before(row) * self.gap

    def cell_rect(self, cell: int) -> QRect:
        """Where a cell is (its options side by side)."""
        row, item = divmod(cell, self.layout.items_per_row)
        return QRect(self.caption_width + item * self.cell_width, self.top(row), self.cell_width, self.line)

    def caption_rect(self, row: int) -> QRect:
        """Where the name of a row is."""
        return QRect(0, self.top(row), self.caption_width, self.line)

    def rows_near(self, area: QRect) -> range:
        """Rows that may lie in an area: a page break is never higher than a row."""
        first = (area.top() - EDGE) // self.line - self.layout.pages - 1
        return range(max(0, first), min(len(self.layout.rows), area.bottom() // self.line + 2))

    def picture(self, scale: float) -> QPixmap:
        """The empty ballot for a screen with ``scale`` dots to a point."""
        if self._picture is None or self._picture.devicePixelRatio() != scale:
            self._picture = QPixmap(self.size * scale)
            self._picture.setDevicePixelRatio(scale)
            self._picture.fill(PAPER)
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row in range(len(self.layout.rows)):
                self._draw_row(painter, row)
            painter.end()
        return self._picture

    def draw_head(self, painter: QPainter) -> None:
        """Draw the heading of the columns, which stays on top while a long roster scrolls."""
        roster, high = self.layout.form.is_roster, self._metrics.height()
        painter.setFont(self.font)
        painter.fillRect(painter.window(), PAPER)
        painter.setPen(INK)
        for item in range(self.layout.items_per_row):
            left = self.caption_width + item * self.cell_width
            step = self.cell_width // self.layout.widest
            top = 0
            if roster:
                title = self.layout.form.items[item].short_text
                painter.drawText(QRect(left, 0, self.cell_width, high), CENTRE, title)
                top = high
            for place, text in enumerate(self.layout.options(0, item)):
                column = QRect(left + place * step, top, step, high)
                painter.drawText(column, CENTRE, str(place + 1))
                painter.setFont(self.small() if roster else self.font)
                below = QRect(column.left(), top + high, step, self.head_height - top - high)
                painter.drawText(below, CENTRE, _two_lines(text) if roster else text)
                painter.setFont(self.font)

    def draw_caption(self, painter: QPainter, row: int, *, bold: bool = False) -> None:
        """The number and name of a row."""
        font = QFont(self.font)
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(INK)
        text = self.caption_rect(row).adjusted(8, 0, -8, 0)
        painter.drawText(text, WRAPPED, f"{row + 1}  {self.layout.rows[row]}")
        painter.setFont(self.font)

    def draw_labels(self, painter: QPainter, cell: int, area: QRect) -> None:
        """The options under their boxes, where they are not those of the heading."""
        row, item = divmod(cell, self.layout.items_per_row)
        labels = self.layout.options(row, item)
        if labels == self.layout.options(0, item):
            return
        painter.setPen(INK)
        painter.setFont(self.small())
        for place, text in enumerate(labels):
            bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
            painter.drawText(self.column(place, area), bottom, text)
        painter.setFont(self.font)

    def draw_rules(self, painter: QPainter, row: int) -> None:
        """The lines over a row (heavy after every fifth and over a page) and under the last one."""
        top, right = self.top(row), self.size.width() - 8
        heavy = row % RULE_EVERY == 0 or self.layout.starts_page(row)
        painter.setPen(QPen(INK if heavy else LINE, 2 if heavy else 1))
        painter.drawLine(0, top, right, top)
        if row == len(self.layout.rows) - 1:
            painter.setPen(QPen(INK, 2))
            painter.drawLine(0, top + self.line, right, top + self.line)

    def options(self, cell: int) -> int:
        """How many boxes a cell has; who is not graded has none, but a dash."""
        row, item = divmod(cell, self.layout.items_per_row)
        return 0 if row in self.layout.unrated else len(self.layout.options(row, item))

    def column(self, place: int, area: QRect) -> QRect:
        """The part of a cell's area in which the box of an option stands."""
        step = area.width() // self.layout.widest
        return QRect(area.left() + place * step, area.top(), step, area.height())

    def small(self) -> QFont:
        """For labels in narrow places."""
        font = QFont(self.font)
        font.setPointSizeF(font.pointSizeF() * 0.75)
        return font

    def _draw_row(self, painter: QPainter, row: int) -> None:
        if self.layout.starts_page(row):
            self._draw_break(painter, row)
        self.draw_caption(painter, row)
        for item in range(self.layout.items_per_row):
            cell = row * self.layout.items_per_row + item
            area = self.cell_rect(cell)
            for place in range(self.options(cell)):
                draw_box(painter, box_in(self.column(place, area), self.box_side))
            if row in self.layout.unrated:
                painter.setPen(INK)
                painter.drawText(area, CENTRE, "—")
            self.draw_labels(painter, cell, area)
            painter.setPen(QPen(LINE, 1))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        self.draw_rules(painter, row)

    def _draw_break(self, painter: QPainter, row: int) -> None:
        """Where the paper has to be turned over."""
        strip = QRect(0, self.top(row) - self.gap, self.size.width() - 8, self.gap)
        painter.fillRect(strip.adjusted(0, 2, 0, -1), BREAK)
        painter.setPen(QPen(INK, 2))
        painter.drawLine(strip.topLeft(), strip.topRight())
        page = self.layout.breaks_before(row) + 1
        painter.setFont(self.font)
        painter.drawText(strip, CENTRE, f"翻页　第 {page} 页，共 {self.layout.pages} 页")

    def _line_height(self) -> int:
        """Height of one row: the tallest caption fits, so that no item text is cut."""
        if self.layout.form.is_roster:
            return self._metrics.height() * 8 // 5
        room = QRect(0, 0, self.caption_width - 16, 10_000)
        tallest = max(
            self._metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, f"{row + 1}  {caption}").height()
            for row, caption in enumerate(self.layout.rows)
        )
        return max(tallest, self._metrics.height() * (3 if self._tight else 4) // 2) + 4


def fitted(layout: Layout, font: QFont, room: QSize) -> PaperPrint:
    """Print larger where there is room, smaller where the paper (with its heading) would be wider than the room.

    A roster scrolls, so only its width counts, and it grows less: more rows are worth more than larger ones.
    ``font`` is the size to start from.
    """
    roster = layout.form.is_roster
    longest = max(map(len, layout.rows)) + 3
    usual = min(max(longest, ROSTER_CAPTION), WIDEST_NAME) if roster else min(CAPTION, longest)
    chars, tight = usual, False
    one = PaperPrint(layout, font, chars, tight=tight)
    if one.size.height() + one.head_height > room.height() and not roster:
        tight = True
        widest = (room.width() - 8 - one.cell_width) * chars // one.caption_width
        chars = max(
            usual, min(longest, WIDE_CAPTION, widest)
        )  # long items take fewer lines where there is width
        one = PaperPrint(layout, font, chars, tight=tight)
    across = room.width() / (one.size.width() + 8)
    down = room.height() / (one.size.height() + one.head_height)
    largest = min(LARGEST_ROSTER, across) if roster else min(LARGEST, across, down)
    factor = max(min(1.0, across), largest, SMALLEST)
    one = PaperPrint(layout, _sized(font, factor), chars, tight=tight)
    while _too_large(one, room, factor):
        factor -= 0.02  # widths of a font do not grow evenly with its size
        one = PaperPrint(layout, _sized(font, factor), chars, tight=tight)
    return one


def _too_large(one: PaperPrint, room: QSize, factor: float) -> bool:
    """Wider than the room, or so large that few rows can be seen at once."""
    few = room.height() < one.head_height + min(ROWS_SEEN, len(one.layout.rows)) * one.line
    wide = one.size.width() > room.width()
    return (wide and factor > SMALLEST) or (few and factor > SMALLEST_WANTED)


def _sized(font: QFont, factor: float) -> QFont:
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    return made


def _two_lines(label: str) -> str:
    """A label of a narrow column, broken in the middle where it is long."""
    half = (len(label) + 1) // 2
    return label if len(label) <= 3 else f"{label[:half]}\n{label[half:]}"
