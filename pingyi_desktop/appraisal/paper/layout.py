"""What is printed on a ballot and where it lies: the one layout that the printer, the keying screen and the tests share.

Rows are items, or members of a roster; options stand across; a cell is one item of one row, in the order in which it is
keyed. Everything is placed by counting characters, because Chinese ones are all as wide as they are high: no font is
asked, so the paper is the same on every computer. Millimetres from the upper left corner of the page; sizes of type in
points. The four corner marks stand outside the text, and no sheet has a number of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.rulebook.catalogue import broken

RULE_EVERY = 5
ROWS_PER_PAGE = {"A4_LANDSCAPE": 18, "A4_PORTRAIT": 30}
"""rows of a roster on one printed page (domain 5.7)"""
A4 = (210.0, 297.0)
BOX, MARK, MARK_EDGE = 5.0, 5.0, 6.0
"""side of a box to tick and of a corner mark, and the mark's distance from the paper's edge"""
SIDE, TOP = 18.0, 10.0
"""margins of the text: beside it, and above and below it"""
POINT = 25.4 / 72
LEADING = 1.3
SIZES = (12.0, 10.5, 9.0, 8.0, 7.0)
"""type of the rows, the first that lets the form stand on one page"""
ROW_ROOM = {12.0: 15.0, 10.5: 10.0, 9.0: 9.0, 8.0: 8.0, 7.0: 7.5}
NUMBER, NAME, WIDEST_STEP, NARROWEST_STEP, REMARKS = 8.0, 26.0, 13.0, 6.0, 20.0
ITEM_NUMBER, ITEM_STEP, OPTIONS_ROOM = 12.0, 18.0, 96.0
TITLE, FACTS, HEAD, FOOT, NOTE_SIZE, NOTE_LINE = 16.0, 14.0, 15.0, 5.0, 9.0, 4.4
NOTE_LEAST, LEAST_ROWS, LEAST_ROOM = 8.0, 5, 80.0
"""instructions that are long: their smallest type on a full page of a roster, and what they leave for rows (V-TPL-38)"""
WRITING, LEAST_WRITING, MOST_WRITING = 18.0, 10.0, 150.0
ROSTER_TITLE, ROSTER_FACTS, ROSTER_HEAD = 9.0, 7.0, 17.0
STRIP, STRIP_SIZE = 6.5, 7.0
"""of a roster's heading: height of the items' texts as a rule, and their smallest type, for which it grows"""
ROSTER_LINE = {"A4_LANDSCAPE": 8.0, "A4_PORTRAIT": 7.0}
LABELS = 4.0


@dataclass(frozen=True)
class Area:
    """A rectangle on a page (counted from 0)."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Box:
    """A box to tick: which cell it belongs to and which option of it (from 1), its key on the keyboard."""

    cell: int
    option: int
    page: int
    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """What is printed on the paper: row captions (items, or members of a roster) and the columns of one row."""

    form: Form
    rows: tuple[str, ...]
    unrated: frozenset[int] = frozenset()
    """rows that have no boxes but a dash: who is not graded (预备党员 in 民主评议)"""

    @property
    def items_per_row(self) -> int:
        """A roster row holds every item; any other form has one item a row."""
        return len(self.form.items) if self.form.is_roster else 1

    def numbered(self, row: int) -> str:
        """What stands before a row: its number, or 总体 before the overall question."""
        overall = not self.form.is_roster and self.form.items[row].kind == "OVERALL"
        return "总体" if overall else str(row + 1)

    def options(self, row: int, item: int) -> tuple[str, ...]:
        """Labels of the options of a cell."""
        scale = self.form.items[item if self.form.is_roster else row].scale
        return tuple(option.label for option in scale.options)

    @property
    def widest(self) -> int:
        """Most options any cell has."""
        return self.form.widest

    def breaks_before(self, row: int) -> int:
        """Page breaks above a row."""
        return bisect_right(self._firsts, row) - 1

    def starts_page(self, row: int) -> bool:
        """Whether a row is the first of a page after the first."""
        return row > 0 and row in self._firsts

    @property
    def pages(self) -> int:
        """Printed pages of one ballot."""
        return len(self._firsts)

    def rows_on(self, page: int) -> range:
        """The rows of a page."""
        ends = (*self._firsts[1:], len(self.rows))
        return range(self._firsts[page], ends[page])

    @property
    def wide(self) -> bool:
        """Whether the paper lies on its side."""
        return self.form.paper == "A4_LANDSCAPE"

    @property
    def width(self) -> float:
        """Width of the text."""
        return A4[self.wide] - 2 * SIDE

    @property
    def bottom(self) -> float:
        """Where the text ends."""
        return A4[not self.wide] - TOP

    @property
    def head_top(self) -> float:
        """Where the heading of the columns begins, below the title and the facts."""
        return self.facts_top + (ROSTER_FACTS if self.facts_in_a_line else FACTS)

    @property
    def facts_top(self) -> float:
        """Where the title ends."""
        return TOP + (ROSTER_TITLE if self.form.is_roster else TITLE)

    @property
    def facts_in_a_line(self) -> bool:
        """Whether subject, date and category stand side by side; otherwise the subject has a line of its own."""
        return self.form.is_roster and self.wide

    @property
    def head_height(self) -> float:
        """Height of the heading of the columns."""
        return ROSTER_HEAD - STRIP + self.strip if self.form.is_roster else HEAD

    @cached_property
    def strip(self) -> float:
        """Height of the items' texts above the options of a roster."""
        across = max(NARROWEST_STEP, self._roster_step) * self.widest
        lines = max(_lines(item.text, across, STRIP_SIZE) for item in self.form.items)
        return max(STRIP, lines * STRIP_SIZE * LEADING * POINT + 0.5)

    @property
    def _roster_step(self) -> float:
        return min(WIDEST_STEP, (self.width - NUMBER - NAME) / (self.widest * len(self.form.items)))

    @cached_property
    def step(self) -> float:
        """From one option to the next. Raises V-TPL-31 when a roster's row is wider than the paper."""
        if not self.form.is_roster:
            return min(ITEM_STEP, OPTIONS_ROOM / self.widest)
        if self._roster_step < NARROWEST_STEP:
            boxes = self.widest * len(self.form.items)
            most = floor((self.width - NUMBER - NAME) / NARROWEST_STEP)
            raise broken("V-TPL-31", form=self.form.title, boxes=boxes, most=most)
        return self._roster_step

    @property
    def columns_left(self) -> float:
        """Where the first option stands; the caption is to the left of it."""
        return SIDE + (NUMBER + NAME if self.form.is_roster else self.width - self.step * self.widest)

    @property
    def number_width(self) -> float:
        """Width of the column of numbers."""
        return NUMBER if self.form.is_roster else ITEM_NUMBER

    def column(self, item: int, place: int) -> float:
        """Left edge of the column of an option (``place`` from 0) of an item (0 where each row is one)."""
        return self.columns_left + (item * self.widest + place) * self.step

    @property
    def remarks(self) -> float:
        """Width of a roster's last column, for a few words; 0 where there is no room for it."""
        if not self.form.is_roster or not self.form.opinion_area:
            return 0.0
        left = SIDE + self.width - self.column(len(self.form.items), 0)
        return left if left >= REMARKS else 0.0

    def row_area(self, row: int) -> Area:
        """Where a row lies, from its number to its last column."""
        page = self.breaks_before(row)
        above = sum(self._heights[self._firsts[page] : row])
        top = self.head_top + self.head_height + above
        return Area(page, SIDE, top, self._row_width, self._heights[row])

    @property
    def size(self) -> float:
        """Type of the rows' captions."""
        return 10.5 if self.form.is_roster else self._fit[0]

    def labelled(self, row: int, item: int) -> bool:
        """Whether the options of a cell are not those of the heading, and stand under its boxes."""
        return self.options(row, item) != self.options(0, item)

    def boxes(self) -> Iterator[Box]:
        """Every box of the ballot in the order of keying: cell by cell, option by option."""
        for row in range(len(self.rows)):
            if row in self.unrated:
                continue
            area = self.row_area(row)
            for item in range(self.items_per_row):
                under = LABELS if self.labelled(row, item) else 0.0
                y = area.y + (area.height - under - BOX) / 2
                for place in range(len(self.options(row, item))):
                    x = self.column(item, place) + (self.step - BOX) / 2
                    yield Box(row * self.items_per_row + item, place + 1, area.page, x, y)

    @property
    def notes(self) -> str:
        """The instructions as one paragraph, numbered."""
        return "填写说明：" + "".join(f"{n}.{text}" for n, text in enumerate(self.form.instructions, 1))

    @cached_property
    def rows_per_page(self) -> int:
        """Rows of a roster on a page: as many as the field expects, fewer where heading and instructions need the room."""
        return max(LEAST_ROWS, min(ROWS_PER_PAGE[self.form.paper], self._rows_that_fit))

    @property
    def _rows_that_fit(self) -> int:
        lines = _lines(self.notes, self.width, NOTE_LEAST)
        room = self._below_head - lines * NOTE_LEAST * LEADING * POINT - 0.5
        return floor(room / ROSTER_LINE[self.form.paper])

    @property
    def _below_head(self) -> float:
        """From the heading of the columns to the foot of the page."""
        return self.bottom - FOOT - self.head_top - self.head_height

    @property
    def notes_height(self) -> float:
        """Height of the instructions; below a roster what a full page leaves."""
        if not self.form.is_roster:
            return _lines(self.notes, self.width, NOTE_SIZE) * NOTE_LINE + 2
        return self._below_head - self.rows_per_page * ROSTER_LINE[self.form.paper]

    @property
    def notes_area(self) -> Area:
        """Where the instructions stand on the last page: at its foot, or below a table that nothing is written under."""
        top = self.bottom - FOOT - self.notes_height
        if not self.form.is_roster and not self.writing():
            top = min(top, self._table_end + 1)
        return Area(self.pages - 1, SIDE, top, self.width, self.notes_height)

    @property
    def _table_end(self) -> float:
        """Where the last row ends."""
        last = self.row_area(len(self.rows) - 1)
        return last.y + last.height

    def writing(self) -> list[Area]:
        """Where there is room to write below the table: one area for each question, as high as the page allows."""
        asked = 0 if self.remarks else len(self.form.opinion_area)
        last, top = self.row_area(len(self.rows) - 1), self._table_end
        each = (self.bottom - FOOT - self.notes_height - 1 - top) / asked if asked else 0.0
        if each < LEAST_WRITING:
            return []
        each = min(each, MOST_WRITING)
        return [Area(last.page, SIDE, top + n * each, self._row_width, each) for n in range(asked)]

    @property
    def _row_width(self) -> float:
        return (
            self.width
            if not self.form.is_roster or self.remarks
            else self.column(self.items_per_row, 0) - SIDE
        )

    @cached_property
    def _firsts(self) -> tuple[int, ...]:
        """The first row of each page; V-TPL-38 where instructions leave a roster too few rows."""
        if self.form.is_roster:
            if self._rows_that_fit < LEAST_ROWS:
                raise broken("V-TPL-38", form=self.form.title)
            return tuple(range(0, max(1, len(self.rows)), self.rows_per_page))
        return self._fit[1]

    @cached_property
    def _heights(self) -> tuple[float, ...]:
        if self.form.is_roster:
            return (ROSTER_LINE[self.form.paper],) * len(self.rows)
        return self._measured(self._fit[0])

    @cached_property
    def _fit(self) -> tuple[float, tuple[int, ...]]:
        """Size of type and the pages' first rows of a form that is no roster.

        V-TPL-38 when the instructions leave no room, V-TPL-37 when a row is higher than a page.
        """
        room = self._below_head - self.notes_height
        if room < LEAST_ROOM:
            raise broken("V-TPL-38", form=self.form.title)
        ending = WRITING * len(self.form.opinion_area)
        for size in SIZES:
            if sum(self._measured(size)) <= room - ending:
                return size, (0,)
        size = SIZES[2]
        heights = self._measured(size)
        if max(heights) > room:
            raise broken("V-TPL-37", form=self.form.title, row=heights.index(max(heights)) + 1)
        return size, _broken_up(heights, room, ending)

    def _measured(self, size: float) -> tuple[float, ...]:
        width = self.columns_left - SIDE - ITEM_NUMBER
        found = []
        for row, caption in enumerate(self.rows):
            under = LABELS if self.labelled(row, 0) else 0.0
            text = _lines(caption, width, size) * size * LEADING * POINT + 2
            found.append(max(ROW_ROOM[size] + under, text))
        return tuple(found)


def _lines(text: str, width: float, size: float) -> int:
    """Lines a text takes at most: one character less in each, for a comma that must not begin the next.

    Letters and digits count seven tenths of a Chinese character, which is more than they take.
    """
    tenths = sum(7 if character.isascii() else 10 for character in text)
    return ceil(tenths / 10 / max(1, floor((width - 3) / (size * POINT)) - 1))


def _broken_up(heights: Sequence[float], room: float, ending: float) -> tuple[int, ...]:
    """First rows of pages of this room; on the last page there is also the ``ending``."""
    firsts, used = [0], 0.0
    for row, height in enumerate(heights):
        last = row == len(heights) - 1
        if used + height + (ending if last else 0.0) > room and row > firsts[-1]:
            firsts.append(row)
            used = 0.0
        used += height
    return tuple(firsts)
