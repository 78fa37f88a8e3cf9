"""Charts that say everything in print too: legible in black and white, and to a screen reader.

What they show is described by ``reports.chart``; here it is only painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import between, colour
from pingyi_desktop.reports.chart import NEGATIVE, UNKNOWN, Dot, DotPlot, Part, Stack, Stacks

INK, FILL, EMPTY = "ink", "blue", "line"
QUIET, PAPER, LIGHTEST, BAD, EDGE = "ink2", "surface", "blue_soft", "bad", "line2"
RADIUS, GAP, NARROWEST, ROOMY = 7, 14, 40, 150
"""pixels; a plot narrower than ``ROOMY`` takes the room of the counts beside it, which are in the tip and in the table"""
AIR, DENSE, SPREAD = 9, 2, 2
"""pixels between the letters of two rows, the fewest where a page is low, and how many times as high as usual a row gets
where a page leaves the height: farther apart, names lose their dots"""
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft

WORDS_APART = 6


class Chart(QWidget):
    """Rows of a name, a drawing and what is printed beside it; what both kinds of charts have in common."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, str], ...] = ()
        self._texts: tuple[str, ...] = ()
        self._head = 0
        self.setAccessibleName(title)
        self.setAccessibleDescription("还没有数据")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def line(self) -> int:
        """How high a row is: its share of the height that the page gives, within what can be read well."""
        share = (self.height() - self._top()) // max(1, len(self._rows))
        letters = self.fontMetrics().height()
        return min(max(share, letters + DENSE), SPREAD * (letters + AIR))

    @property
    def small_line(self) -> int:
        """How high a line above the rows is."""
        return QFontMetrics(small(self.font())).height() + 3

    def drawing(self, number: int) -> QRect:
        """The area of a row's drawing, counted from 0: between its name and what is printed beside it."""
        left = self._name_width() + GAP
        width = max(NARROWEST, self.width() - left - self._number_width() - 2 * GAP)
        return QRect(left, self._top() + number * self.line, width, self.line)

    def sizeHint(self) -> QSize:
        """High enough for every row."""
        return QSize(480, self._needed(AIR))

    def minimumSizeHint(self) -> QSize:
        """Never squeezed below one line per row."""
        return QSize(280, self._needed(DENSE))

    def event(self, event: QEvent) -> bool:
        """What had to be shortened is shown in full in the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = (event.pos().y() - self._top()) // self.line
            if 0 <= number < len(self._rows):
                QToolTip.showText(event.globalPos(), tip("：".join(self._rows[number])), self)
            return True
        return super().event(event)

    def _take_rows(
        self, rows: Sequence[tuple[str, str]], beside: Sequence[str], note: str, head: int
    ) -> None:
        """Take names with their figures, the texts beside the drawings, and how many lines lie above the rows."""
        self._rows, self._texts, self._head = tuple(rows), tuple(beside), head
        said = "；".join(" ".join(row) for row in rows) or "还没有数据"
        self.setAccessibleDescription(f"{said}。{note}" if note else said)
        self.updateGeometry()
        self.update()

    def _paint_names(self, painter: QPainter) -> None:
        painter.setPen(colour(INK))
        if not self._rows:
            painter.drawText(self.rect(), CENTRE, "还没有数据。")
        for number, (name, _) in enumerate(self._rows):
            area = QRect(0, self._top() + number * self.line, self._name_width(), self.line)
            shortened = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, area.width())
            painter.drawText(area, LEFT, shortened)

    def _paint_note(self, painter: QPainter, note: str) -> None:
        painter.setFont(small(self.font()))
        painter.setPen(colour(QUIET))
        note = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRect(0, 0, self.width(), self.small_line), LEFT, note)
        painter.setFont(self.font())

    def _beside(self, number: int) -> QRect:
        return self.drawing(number).adjusted(self.drawing(number).width() + GAP, 0, self.width(), 0)

    def _needed(self, air: int) -> int:
        return self._top() + max(1, len(self._rows)) * (self.fontMetrics().height() + air)

    def _top(self) -> int:
        return self._head * self.small_line

    def _name_width(self) -> int:
        widest = max((self.fontMetrics().horizontalAdvance(name) for name, _ in self._rows), default=0)
        return min(widest + 4, self.width() * 45 // 100)

    def _number_width(self) -> int:
        metrics = QFontMetrics(_bold(self.font()))
        return max((metrics.horizontalAdvance(text) for text in self._texts), default=0)


class DotChart(Chart):
    """Rates as dots over a labelled axis that is cut where its first hairline is; hollow: the period before."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.plot = DotPlot(())

    def show_rates(self, rows: Sequence[Dot]) -> None:
        """Show these rates, from top to bottom."""
        self.plot = DotPlot(tuple(replace(row, label=visible.shown(row.label)) for row in rows))
        head = bool(self.plot.ticks) + bool(self.plot.note)
        told = [(row.label, row.printed) for row in self.plot.rows]
        self._take_rows(told, [f"{row.text} {row.marks}" for row in self.plot.rows], self.plot.note, head)

    def counted(self) -> bool:
        """Whether the counts are written behind the rates: where the plot has room enough beside both."""
        return self.width() - self._name_width() - 3 * GAP - self._widest(counts=True) >= ROOMY

    def _number_width(self) -> int:
        return self._widest(counts=self.counted())

    def _widest(self, *, counts: bool) -> int:
        strong, plain = QFontMetrics(_bold(self.font())), QFontMetrics(small(self.font()))
        return max(
            (
                strong.horizontalAdvance(f"{row.text} ") + counts * plain.horizontalAdvance(row.marks)
                for row in self.plot.rows
            ),
            default=0,
        )

    def point(self, number: int, rate: Decimal | int) -> QPoint:
        """Where a rate lies in a row."""
        area = self.drawing(number)
        return QPoint(area.left() + self.plot.place(rate, area.width()), area.center().y() + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axis, names, dots and figures."""
        painter = QPainter(self)
        self._paint_axis(painter)
        self._paint_names(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        counted = self.counted()
        for number, row in enumerate(self.plot.rows):
            self._paint_dots(painter, number, row)
            self._paint_figures(painter, self._beside(number), row, row.marks if counted else "")

    def _paint_axis(self, painter: QPainter) -> None:
        top, bottom = self._top(), self.drawing(len(self._rows)).top() - 2
        painter.setFont(small(self.font()))
        places = [self.point(0, tick).x() for tick in self.plot.ticks]
        widths = [painter.fontMetrics().horizontalAdvance(f"{tick}%") for tick in self.plot.ticks]
        said = spaced(places, widths)
        for number, tick in enumerate(self.plot.ticks):
            across, half = places[number], self.line
            painter.setPen(colour(EMPTY))
            painter.drawLine(across, top, across, bottom)
            painter.setPen(colour(QUIET))
            label = QRect(across - half, top - self.small_line, 2 * half, self.small_line)
            painter.drawText(label, CENTRE, f"{tick}%" if number in said else "")
        if self.plot.start:
            for across in (self.drawing(0).left() - 5, self.drawing(0).left()):
                painter.drawLine(across - 2, top + 9, across + 3, top - 1)
        self._paint_note(painter, self.plot.note)

    def _paint_dots(self, painter: QPainter, number: int, row: Dot) -> None:
        if row.rate is not None and row.former is not None:
            painter.setPen(QPen(colour(QUIET), 1))
            painter.drawLine(self.point(number, row.former), self.point(number, row.rate))
        if row.former is not None:
            painter.setPen(QPen(colour(QUIET), 2))
            painter.setBrush(colour(PAPER))
            painter.drawEllipse(self.point(number, row.former), RADIUS - 1, RADIUS - 1)
        if row.rate is not None:
            painter.setPen(QPen(colour(PAPER), 1))
            painter.setBrush(colour(FILL))
            painter.drawEllipse(self.point(number, row.rate), RADIUS, RADIUS)

    def _paint_figures(self, painter: QPainter, area: QRect, row: Dot, counts: str) -> None:
        strong = _bold(self.font()) if row.marks else self.font()
        painter.setPen(colour(INK if row.marks else QUIET))
        painter.setFont(strong)
        painter.drawText(area, LEFT, row.text)
        painter.setFont(small(self.font()))
        painter.setPen(colour(QUIET))
        wide = QFontMetrics(strong).horizontalAdvance(f"{row.text} ")
        painter.drawText(area.adjusted(wide, 1, 0, 1), LEFT, counts)
        painter.setFont(self.font())


class StackChart(Chart):
    """How the marks of each item lie over its options: blues of growing strength, the negative ones hatched."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.stacks = Stacks(())

    def show_marks(self, rows: Sequence[Stack]) -> None:
        """Show these distributions, from top to bottom."""
        self.stacks = Stacks(tuple(_visible(row) for row in rows))
        told = [(row.label, row.printed) for row in self.stacks.rows]
        self._take_rows(
            told, [row.worst for row in self.stacks.rows], self.stacks.note, bool(self.stacks.note)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names, bars, the worst in figures, and how the colours are read."""
        painter = QPainter(self)
        self._paint_names(painter)
        for number, row in enumerate(self.stacks.rows):
            if not row.instead:
                self._paint_bar(painter, self._bar(number), row)
            bad = any(part.marks for part in row.parts if part.polarity == NEGATIVE)
            painter.setPen(colour(BAD if bad else QUIET))
            painter.drawText(self._beside(number), LEFT, row.worst)
        self._paint_note(painter, self.stacks.note)

    def _bar(self, number: int) -> QRect:
        """Where rows lie farther apart than usual, what is between them is paper rather than bar."""
        row = self.drawing(number)
        high = min(row.height() - 10, self.fontMetrics().height() + AIR)
        return QRect(row.left(), row.center().y() - high // 2, row.width(), high)

    def _paint_bar(self, painter: QPainter, full: QRect, row: Stack) -> None:
        edges = row.edges(full.width())
        blues = [part for part in row.parts if part.polarity not in {NEGATIVE, UNKNOWN}]
        for part, (left, right) in zip(row.parts, pairwise(edges), strict=True):
            area = QRect(full.left() + left, full.top(), right - left, full.height())
            fill, pattern, ink = _look_of(part, blues)
            painter.fillRect(area, fill)
            painter.fillRect(area, pattern)
            painter.setPen(ink)
            painter.drawText(area, CENTRE, self._fitting(part, area.width() - 8))
        painter.setPen(colour(EDGE))
        painter.drawRect(full.adjusted(-1, -1, 0, 0))

    def _fitting(self, part: Part, width: int) -> str:
        texts = (f"{part.label} {part.marks}", str(part.marks)) if part.polarity != NEGATIVE else ()
        return next((text for text in texts if self.fontMetrics().horizontalAdvance(text) <= width), "")


def _look_of(part: Part, blues: list[Part]) -> tuple[QColor, QBrush, QColor]:
    """How an option's part of the bar is filled and hatched, and the ink on it; ``blues``: all that are neither red nor grey."""
    plain = QBrush(Qt.BrushStyle.NoBrush)
    if part.polarity == NEGATIVE:
        return colour(BAD), QBrush(colour(PAPER), Qt.BrushStyle.BDiagPattern), colour(INK)
    if part.polarity == UNKNOWN:
        return colour(EMPTY), plain, colour(INK)
    step, last = blues.index(part), len(blues) - 1
    return between(LIGHTEST, FILL, step, last), plain, colour(PAPER if 2 * step > last else INK)


def _visible(row: Stack) -> Stack:
    parts = tuple(replace(part, label=visible.shown(part.label)) for part in row.parts)
    return replace(row, label=visible.shown(row.label), parts=parts)


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setBold(True)
    return made


def spaced(places: Sequence[int], widths: Sequence[int]) -> set[int]:
    """Which of the words centred at these places have room beside those before them; the first always has."""
    found, free = set[int](), -1 << 30
    for number, (place, width) in enumerate(zip(places, widths, strict=True)):
        if place - width // 2 >= free:
            found.add(number)
            free = place + width // 2 + WORDS_APART
    return found


def small(font: QFont) -> QFont:
    """The font of an axis and of what stands beside a rate."""
    made = QFont(font)
    made.setPixelSize(QFontInfo(font).pixelSize() * 7 // 8)
    return made
