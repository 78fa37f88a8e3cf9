"""R07 计票表: cells for the strokes of 正, as many as the votes that are expected, beside each a sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pingyi_desktop.appraisal.paper.layout import A4, Layout
from pingyi_desktop.reports.drawn import DrawnPage, Line, Words, frame

SIDE, TOP, WIDTH = 15.0, 10.0, A4[1] - 30.0
BOTTOM = A4[0] - TOP
ITEM, SUM, TAIL, ALL = 44.0, 12.0, 12.0, 15.0
CELL, PAD = 7.0, 2.0
PER_CELL = (5, 10, 20, 50, 100, 200, 500, 1000)
"""votes that a cell stands for: five are one 正"""
MOST_LINES = 6
TITLE, FIGURES, HEAD, SIGNATURES = 9.0, 14.0, 10.0, 12.0
FIRST_ROW = TOP + TITLE + FIGURES + HEAD
TAILS = ("未填", "多选", "难辨")
ROOM = "＿＿＿"
"""room to write a number; twice as much for a name"""


@dataclass(frozen=True)
class Grid:
    """How the cells of one option are laid out: ``across`` times ``lines`` cells of ``votes`` each."""

    across: int
    lines: int
    votes: int
    width: float

    @property
    def height(self) -> float:
        """Height of a row of the table."""
        return self.lines * CELL + PAD


def grid(options: int, people: int) -> Grid:
    """Cells for so many votes beside each other in one column of ``options``."""
    width = (WIDTH - ITEM - len(TAILS) * TAIL - ALL) / options
    across = max(1, int((width - SUM) / CELL))
    for votes in PER_CELL:
        lines = max(1, -(-people // (votes * across)))
        if lines <= MOST_LINES:
            break
    return Grid(across, lines, votes, width)


def pages(
    layout: Layout, *, org: str, category: str, code: str, people: int, mark: str = ""
) -> tuple[DrawnPage, ...]:
    """The tally sheet of a stack: a row for each item, or for each item of each person on a roster."""
    cells = grid(layout.widest, people)
    rows = list(_rows(layout))
    per_page = max(1, int((BOTTOM - SIGNATURES - FIRST_ROW) / cells.height))
    groups = [rows[n : n + per_page] for n in range(0, len(rows), per_page)]
    made = []
    for number, group in enumerate(groups, 1):
        of = f"　第 {number} 页，共 {len(groups)} 页" if len(groups) > 1 else ""
        title = f"群众评议计票表{f'【{mark}】' if mark else ''}"
        about = f"{org}　{layout.form.title}　{category}{of}"
        words = [
            Words(SIDE, TOP, WIDTH, TITLE, title, 16, "center", bold=True),
            Words(SIDE, TOP + TITLE, WIDTH * 0.62, 7, about),
            Words(SIDE + WIDTH * 0.62, TOP + TITLE, WIDTH * 0.38, 7, f"票批码：{code}", 9, "right"),
            *_figures(cells),
            *_head(layout, cells),
            *(word for place, one in enumerate(group) for word in _row(one, cells, place)),
            *_signatures(),
        ]
        made.append(DrawnPage(tuple(words), tuple(_lines(layout, cells, group)), wide=True))
    return tuple(made)


def _rows(layout: Layout) -> Iterator[tuple[str, Sequence[str]]]:
    for row, caption in enumerate(layout.rows):
        for item in range(layout.items_per_row):
            name = f"{caption}　{layout.form.items[item].short_text}" if layout.form.is_roster else caption
            number = f"{layout.numbered(row)} " if item == 0 else ""
            if row in layout.unrated:
                yield f"{number}{caption}　不评等次", ()
                continue
            options = layout.options(row, item)
            own = (
                "".join(f" {n}{label}" for n, label in enumerate(options, 1))
                if layout.labelled(row, item)
                else ""
            )
            yield f"{number}{name}{own and f'（{own.strip()}）'}", options


def _figures(cells: Grid) -> Iterator[Words]:
    figures = "　".join(f"{name}{ROOM}张" for name in ("发出", "收回", "有效", "弃权（空白）", "废票"))
    how = "每格画一个“正”字（5 票）" if cells.votes == 5 else f"每格 {cells.votes} 票，画“正”字或直接写数"
    yield Words(SIDE, TOP + TITLE + 7, WIDTH * 0.7, 7, figures)
    yield Words(SIDE + WIDTH * 0.7, TOP + TITLE + 7, WIDTH * 0.3, 7, how, 9, "right")


def _head(layout: Layout, cells: Grid) -> Iterator[Words]:
    top = FIRST_ROW - HEAD
    yield Words(SIDE, top, ITEM, HEAD, "项目", 10.5, "center", bold=True)
    labels = layout.options(0, 0)
    for place in range(layout.widest):
        left = SIDE + ITEM + place * cells.width
        text = f"{place + 1} {labels[place]}" if place < len(labels) else str(place + 1)
        yield Words(left, top, cells.width - SUM, HEAD, text, 10.5, "center", bold=True)
        yield Words(left + cells.width - SUM, top, SUM, HEAD, "小计", 9, "center")
    left = SIDE + WIDTH - ALL - len(TAILS) * TAIL
    for place, name in enumerate(TAILS):
        yield Words(left + place * TAIL, top, TAIL, HEAD, name, 9, "center")
    yield Words(SIDE + WIDTH - ALL, top, ALL, HEAD, "合计\n（=有效）", 8, "center")


def _row(one: tuple[str, Sequence[str]], cells: Grid, place: int) -> Iterator[Words]:
    caption, _ = one
    yield Words(SIDE, FIRST_ROW + place * cells.height, ITEM, cells.height, caption, 10)


def _signatures() -> Iterator[Words]:
    top = BOTTOM - SIGNATURES + 3
    two = f"{ROOM * 2}　{ROOM * 2}"
    yield Words(SIDE, top, WIDTH * 0.38, 8, f"计票人（两名）：{two}")
    yield Words(SIDE + WIDTH * 0.38, top, WIDTH * 0.37, 8, f"监票人（两名）：{two}")
    yield Words(SIDE + WIDTH * 0.75, top, WIDTH * 0.25, 8, "    年    月    日    时", align="right")


def _lines(layout: Layout, cells: Grid, group: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Line]:
    top, bottom = FIRST_ROW - HEAD, FIRST_ROW + len(group) * cells.height
    yield from frame(SIDE, top, WIDTH, bottom - top, 1)
    for place in range(len(group)):
        yield Line(
            SIDE, FIRST_ROW + place * cells.height, SIDE + WIDTH, FIRST_ROW + place * cells.height, 0.8
        )
    left = SIDE + ITEM
    columns = [left + n * cells.width for n in range(layout.widest + 1)]
    tails = [SIDE + WIDTH - ALL - n * TAIL for n in range(len(TAILS))]
    for x in (*columns, *tails):
        yield Line(x, top, x, bottom, 0.5)
    for begin, end in pairwise(columns):
        yield Line(end - SUM, top, end - SUM, bottom, 0.3)
        for place, (_, options) in enumerate(group):
            if columns.index(begin) < len(options):
                yield from _cells(begin, FIRST_ROW + place * cells.height, cells)


def _cells(left: float, top: float, cells: Grid) -> Iterator[Line]:
    """The fine lines between the cells of one option in one row."""
    left += (cells.width - SUM - cells.across * CELL) / 2
    top += PAD / 2
    right, bottom = left + cells.across * CELL, top + cells.lines * CELL
    for n in range(cells.lines + 1):
        yield Line(left, top + n * CELL, right, top + n * CELL, 0.25)
    for n in range(cells.across + 1):
        yield Line(left + n * CELL, top, left + n * CELL, bottom, 0.25)
