"""The wall of 正 marks: items down, options across, a number beside every cell; of a roster form one person at a time.

Everything is drawn in units of the window's size, so that it is read from the last row of the hall on any projector.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches.calling import Board
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.gui.counting.zheng import draw, steady_side
from pingyi_desktop.gui.looks.tokens import on_paper

INK, QUIET, RULE, PAPER = map(on_paper, ("ink", "ink2", "ink2", "surface"))
ACCENT, FLASH, HERE, NONE = map(on_paper, ("blue", "blue_soft", "warn_soft", "bg"))
EXTRA = ((keying.BLANK, "未填"), (keying.MULTI, "多选"), (keying.ILLEGIBLE, "看不清"))
NO_MARKS = frozenset(mark for mark, _ in EXTRA)
"""columns that have a number only, as on the printed tally sheet"""
CAPTION, PEOPLE, HEAD = 0.18, 0.17, 52
WIDE, NARROW = 1.0, 0.42
FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class Shown:
    """A form, the people of a roster form by number in the paper's order, and the totals."""

    form: Form
    people: dict[str, str]
    board: Board

    @property
    def item(self) -> Item:
        """The item called next."""
        return next(item for item in self.form.items if item.no == self.board.next_place[1])

    @property
    def who(self) -> str:
        """The person called next; nobody unless the form is a roster."""
        return self.people.get(self.board.next_place[0], "")

    @property
    def same_scale(self) -> bool:
        """Whether every item has the same options, so that they can stand over the columns."""
        return len({item.scale.code for item in self.form.items}) == 1

    def mark_name(self, item: str, mark: str) -> str:
        """An option's name, or what a mark that is no option means."""
        scale = next(one.scale for one in self.form.items if one.no == item)
        return dict(EXTRA).get(mark) or scale.options[int(mark) - 1].label


@dataclass(frozen=True)
class WallColumn:
    """One column of marks: its key, its heading, and where it stands."""

    mark: str
    name: str
    left: float
    width: float


class CallingWall(QWidget):
    """Draws what it is shown; ``flash`` lights up the cell of the last call."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Shown | None = None
        self.flashing = False
        self.setAccessibleName("唱票计票板")

    def show_board(self, shown: Shown, *, flashing: bool) -> None:
        """Draw these totals."""
        self.shown, self.flashing = shown, flashing
        board = shown.board
        self.setAccessibleDescription(f"已唱 {board.ballots} 张，请唱{shown.who}{shown.item.short_text}")
        self.update()

    def calm(self) -> None:
        """Put the light out."""
        self.flashing = False
        self.update()

    @property
    def scale(self) -> float:
        """Pixels of this window for a pixel of 1280 × 720."""
        window = self.window().size()
        return min(window.width() / 1280, window.height() / 720)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), PAPER)
        if self.shown is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() * (1 - PEOPLE) if self.shown.people else float(self.width())
        columns = _columns(self.shown, width)
        head, items = HEAD * self.scale, self.shown.form.items
        for one in columns:
            self._text(painter, self._name_size(one))
            box = QRectF(one.left, 0, one.width, head)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, one.name)
        down = (self.height() - head - 2) / len(items)
        side = self._side(columns[0], down)
        for number, item in enumerate(items):
            self._draw_item(painter, QRectF(0, head + number * down, width, down), item, columns, side)
        painter.setPen(QPen(RULE, 2))
        painter.drawLine(0, self.height() - 1, int(width), self.height() - 1)
        if self.shown.people:
            self._draw_people(painter, self.shown, QRectF(width, 0, self.width() - width, self.height()))

    def _draw_item(
        self, painter: QPainter, line: QRectF, item: Item, columns: list[WallColumn], side: float
    ) -> None:
        if self.shown is None:
            return
        unit = self.scale
        here = item.no == self.shown.board.next_place[1]
        if here:
            painter.fillRect(line, HERE)
            painter.fillRect(QRectF(line.left(), line.top(), 10 * unit, line.height()), ACCENT)
        painter.setPen(QPen(RULE, 2))
        painter.drawLine(line.topLeft(), line.topRight())
        caption = QRectF(18 * unit, line.top(), line.width() * CAPTION - 22 * unit, line.height())
        self._text(painter, min(32 * unit, line.height() * 0.4), bold=here)
        painter.drawText(caption, FLAGS | Qt.TextFlag.TextWordWrap, visible.shown(item.short_text))
        for column in columns:
            box = QRectF(column.left, line.top(), column.width, line.height())
            if column.mark not in NO_MARKS and int(column.mark) > len(item.scale.options):
                painter.fillRect(box.adjusted(0, 2, 0, 0), NONE)
            else:
                self._draw_cell(painter, box, item, column, side)

    def _draw_cell(self, painter: QPainter, box: QRectF, item: Item, column: WallColumn, side: float) -> None:
        shown = self.shown
        if shown is None:
            return
        target, unit = shown.board.next_place[0], self.scale
        place = (target, item.no, column.mark)
        count, newest = shown.board.totals.get(place, 0), shown.board.last == place
        if newest and self.flashing:
            painter.fillRect(box.adjusted(0, 2, 0, 0), FLASH)
        painter.setPen(QPen(RULE, 1))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        room, number = self._room(box, column)
        if not shown.same_scale and column.mark not in NO_MARKS:
            self._text(painter, 18 * unit, colour=QUIET)
            label = QRectF(room.left(), box.top() + 4 * unit, box.width(), 24 * unit)
            painter.drawText(label, FLAGS, shown.mark_name(item.no, column.mark))
        if column.mark not in NO_MARKS:
            draw(painter, room, count, side=side, ink=INK, newest=ACCENT if newest else INK)
        self._text(painter, self._number_size(column), bold=True, colour=ACCENT if newest else INK)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(number, flags, str(count))

    def _room(self, box: QRectF, column: WallColumn) -> tuple[QRectF, QRectF]:
        """Where the marks of a cell go, and where its number."""
        unit = self.scale
        digits = self._number_size(column) * 1.8
        top = 8 * unit if self.shown is not None and self.shown.same_scale else 30 * unit
        room = box.adjusted(10 * unit, top, -digits - 8 * unit, -8 * unit)
        return room, QRectF(box.right() - digits - 6 * unit, box.top(), digits, box.height())

    def _side(self, column: WallColumn, down: float) -> float:
        """One size of mark all over the wall: only then can cells be compared by eye."""
        if self.shown is None:
            return 0
        target, counted = self.shown.board.next_place[0], self.shown.board.totals.items()
        most = max(
            (count for (who, _, mark), count in counted if who == target and mark not in NO_MARKS), default=0
        )
        room, _ = self._room(QRectF(0, 0, column.width, down), column)
        return steady_side(most, QSizeF(room.width(), room.height()))

    def _draw_people(self, painter: QPainter, shown: Shown, area: QRectF) -> None:
        """The page of the roster that the caller has in hand: who has been called of this ballot, and who is."""
        numbers, unit = list(shown.people), self.scale
        at = numbers.index(shown.board.next_place[0])
        rows = Layout(shown.form, ()).rows_per_page
        first = at - at % rows
        head = HEAD * unit
        self._text(painter, 19 * unit, colour=QUIET)
        pages = -(-len(numbers) // rows)
        heading = f"名册第 {at // rows + 1} 页（共 {pages} 页）"
        painter.drawText(area.adjusted(14 * unit, 0, 0, head - area.height()), FLAGS, heading)
        height = min((area.height() - head) / min(rows, len(numbers)), 40 * unit)
        for place, number in enumerate(numbers[first : first + rows], first):
            top = area.top() + head + (place - first) * height
            line = QRectF(area.left() + 8 * unit, top, area.width() - 8 * unit, height)
            if place == at:
                painter.fillRect(line, ACCENT)
            colour = PAPER if place == at else QUIET if place < at else INK
            self._text(painter, min(24 * unit, height * 0.72), bold=place == at, colour=colour)
            name = f"{place + 1} {visible.shown(shown.people[number])}" + ("　✓" if place < at else "")
            painter.drawText(line.adjusted(8 * unit, 0, 0, 0), FLAGS, name)

    def _number_size(self, column: WallColumn) -> float:
        return (30 if column.mark in NO_MARKS else 38) * self.scale

    def _name_size(self, column: WallColumn) -> float:
        return min(30 * self.scale, column.width / max(3.0, len(column.name) + 0.6))

    def _text(
        self, painter: QPainter, pixels: float, *, bold: bool = False, colour: QColor | None = None
    ) -> None:
        font = QFont(self.font())
        font.setPixelSize(max(12, int(pixels)))
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(colour or INK)


def _columns(shown: Shown, width: float) -> list[WallColumn]:
    """Options of the longest scale, then what was no mark, narrower; their places do not change while votes come."""
    longest = max((item.scale for item in shown.form.items), key=lambda scale: len(scale.options))
    names = [
        (str(number), f"{number} {option.label}" if shown.same_scale else str(number))
        for number, option in enumerate(longest.options, 1)
    ]
    unit = width * (1 - CAPTION) / (len(names) * WIDE + len(EXTRA) * NARROW)
    left, found = width * CAPTION, []
    for share, marks in ((WIDE, names), (NARROW, EXTRA)):
        for mark, name in marks:
            found.append(WallColumn(mark, name, left, unit * share))
            left += unit * share
    return found
