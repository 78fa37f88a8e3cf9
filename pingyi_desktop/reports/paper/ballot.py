"""A blank 评议表: the layout of its form with a head, instructions and the code that all sheets of the stack share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pingyi_desktop.appraisal.paper.layout import (
    A4,
    BOX,
    FOOT,
    LABELS,
    MARK,
    MARK_EDGE,
    NOTE_SIZE,
    RULE_EVERY,
    SIDE,
    TOP,
    Area,
    Layout,
)
from pingyi_desktop.reports.drawn import DrawnPage, Line, Square, Words, frame

DIGITS, OPTION_SIZE, OUTSIDE = 5.0, 9.0, 1.2
DATE = "        年    月    日"


@dataclass(frozen=True)
class Head:
    """What stands over the form and under it; nothing here differs between two sheets of a stack."""

    subject: str
    """whom it appraises, with the words before it: 被评议党组织：……"""
    held_on: str
    """the date in words, or "" to be written by hand"""
    category: str
    code: str
    """the batch's code (票批码)"""
    mark: str = ""
    """演练, when it is one"""


def pages(layout: Layout, head: Head) -> tuple[DrawnPage, ...]:
    """The pages of one sheet."""
    boxes = list(layout.boxes())
    made = []
    for page in range(layout.pages):
        table = _Table(layout, page)
        last = page == layout.pages - 1
        words = [*_title(layout, head), *table.head_words(), *table.row_words(), *_foot(layout, head, page)]
        lines = [*table.lines()]
        if last or layout.form.is_roster:
            words.append(_notes(layout))
        if last:
            words += _asked(layout)
            lines += [
                line
                for area in layout.writing()
                for line in frame(area.x, area.y, area.width, area.height, 1)
            ]
        squares = [Square(box.x, box.y, BOX) for box in boxes if box.page == page]
        made.append(DrawnPage(tuple(words), tuple(lines), (*squares, *marks(wide=layout.wide)), layout.wide))
    return tuple(made)


def marks(*, wide: bool) -> tuple[Square, ...]:
    """The four solid squares in the corners, outside the text."""
    width, height = (A4[1], A4[0]) if wide else A4
    return tuple(
        Square(x, y, MARK, solid=True)
        for y in (MARK_EDGE, height - MARK_EDGE - MARK)
        for x in (MARK_EDGE, width - MARK_EDGE - MARK)
    )


def _title(layout: Layout, head: Head) -> Iterator[Words]:
    width, top = layout.width, layout.facts_top
    title = layout.form.title + (f"【{head.mark}】" if head.mark else "")
    yield Words(SIDE, TOP, width, top - TOP, title, 16 if layout.form.is_roster else 18, "center", bold=True)
    time, group = f"评议时间：{head.held_on or DATE}", f"参评人员类别：{head.category}"
    if layout.facts_in_a_line:
        yield Words(SIDE, top, width * 0.5, 6, head.subject)
        yield Words(SIDE + width * 0.5, top, width * 0.23, 6, time)
        yield Words(SIDE + width * 0.73, top, width * 0.27, 6, group, align="right")
    else:
        yield Words(SIDE, top, width, 6.5, head.subject, 11)
        yield Words(SIDE, top + 6.5, width * 0.5, 6.5, time, 11)
        yield Words(SIDE + width * 0.5, top + 6.5, width * 0.5, 6.5, group, 11, "right")


def _foot(layout: Layout, head: Head, page: int) -> Iterator[Words]:
    """Which page of the sheet it is, and the batch's code, the same on every sheet."""
    top, half = layout.bottom - FOOT, layout.width * 0.4
    if layout.pages > 1:
        more = "，请翻页接着填" if page < layout.pages - 1 else ""
        yield Words(SIDE, top, half, FOOT, f"第 {page + 1} 页，共 {layout.pages} 页{more}", 9)
    form = f"{layout.form.code} 第 {layout.form.version} 版    票批码：{head.code}"
    yield Words(SIDE + half, top, layout.width - half, FOOT, form, 8, "right")


def _asked(layout: Layout) -> Iterator[Words]:
    """The questions that are answered in words, each in its frame."""
    for text, area in zip(layout.form.opinion_area, layout.writing(), strict=False):
        yield Words(area.x + OUTSIDE, area.y + OUTSIDE, area.width - 2 * OUTSIDE, 6, text, 10.5)


def _notes(layout: Layout) -> Words:
    area = layout.notes_area
    return Words(area.x, area.y + 0.5, area.width, area.height - 0.5, layout.notes, NOTE_SIZE, at_top=True)


class _Table:
    """The rows of one page and the heading over them."""

    def __init__(self, layout: Layout, page: int) -> None:
        self.layout = layout
        self.rows = layout.rows_on(page)
        self.areas = [layout.row_area(row) for row in self.rows]
        self.top = layout.head_top
        self.body = self.top + layout.head_height

    @property
    def bottom(self) -> float:
        """Where the last row of the page ends."""
        return self.areas[-1].y + self.areas[-1].height

    @property
    def right(self) -> float:
        """The table's right edge."""
        return SIDE + self.areas[0].width

    def head_words(self) -> Iterator[Words]:
        layout, height = self.layout, self.layout.head_height
        number, first = layout.number_width, layout.columns_left
        caption = "姓名" if layout.form.is_roster else "评  议  内  容"
        yield Words(SIDE, self.top, number, height, "序号", 10, "center", bold=True)
        yield Words(
            SIDE + number, self.top, first - SIDE - number, height, caption, 10.5, "center", bold=True
        )
        if layout.remarks:
            left = layout.column(layout.items_per_row, 0)
            asked = layout.form.opinion_area[0].rstrip("：:")
            yield Words(left, self.top, layout.remarks, height, asked, 10, "center", bold=True)
        for item in range(layout.items_per_row):
            yield from self._options(item)

    def _options(self, item: int) -> Iterator[Words]:
        layout, step = self.layout, self.layout.step
        top = self.top
        if layout.form.is_roster:
            across = step * layout.widest
            top, text = self.top + layout.strip, layout.form.items[item].text
            yield Words(layout.column(item, 0), self.top, across, layout.strip, text, 9, "center", bold=True)
        below = self.body - top - DIGITS
        for place, label in enumerate(layout.options(0, item)):
            left = layout.column(item, place)
            yield Words(left, top, step, DIGITS, str(place + 1), OPTION_SIZE, "center", bold=True)
            yield Words(left, top + DIGITS - 0.5, step, below + 0.5, label, OPTION_SIZE, "center")

    def row_words(self) -> Iterator[Words]:
        layout, number = self.layout, self.layout.number_width
        for row, area in zip(self.rows, self.areas, strict=True):
            yield Words(area.x, area.y, number, area.height, layout.numbered(row), layout.size, "center")
            left = SIDE + number
            yield Words(left, area.y, layout.columns_left - left, area.height, layout.rows[row], layout.size)
            yield from self._beside(row, area)

    def _beside(self, row: int, area: Area) -> Iterator[Words]:
        """Labels under the boxes of a row with a scale of its own, and the dash of who is not graded."""
        layout = self.layout
        for item in range(layout.items_per_row):
            if row in layout.unrated:
                for place in range(layout.widest):
                    left = layout.column(item, place)
                    yield Words(left, area.y, layout.step, area.height, "—", 10.5, "center")
            elif layout.labelled(row, item):
                top = area.y + area.height - LABELS - 0.5
                for place, label in enumerate(layout.options(row, item)):
                    at = layout.column(item, place)
                    yield Words(at, top, layout.step, LABELS, f"{place + 1}{label}", 8, "center")

    def lines(self) -> Iterator[Line]:
        layout, height = self.layout, self.bottom - self.top
        yield from frame(SIDE, self.top, self.right - SIDE, height, 1)
        for row, area in zip(self.rows, self.areas, strict=True):
            heavy = row == self.rows[0] or (row % RULE_EVERY == 0 and len(layout.rows) > RULE_EVERY)
            yield Line(SIDE, area.y, self.right, area.y, 1.2 if heavy else 0.5)
        for x in (SIDE + layout.number_width, layout.columns_left):
            yield Line(x, self.top, x, self.bottom)
        yield from self._columns()

    def _columns(self) -> Iterator[Line]:
        """Between options lightly, between the items of a roster heavily."""
        layout, roster = self.layout, self.layout.form.is_roster
        for item in range(layout.items_per_row):
            left = layout.column(item, 0)
            if roster:
                right = layout.column(item + 1, 0)
                yield Line(left, self.top + layout.strip, right, self.top + layout.strip)
                if right < self.right - 0.1:
                    yield Line(right, self.top, right, self.bottom, 1.2)
            for place in range(1, layout.widest):
                x = layout.column(item, place)
                yield Line(x, self.top + layout.strip if roster else self.top, x, self.bottom, 0.3)
