"""The plain language in which reports say things; ``render`` knows how each block looks, and nothing else of ours.

Counts are integers and rates finished texts, so that every rendering prints the same figures to the character.
``None`` prints "—" (no figure), 0 prints "0", an empty text nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pingyi_desktop import visible

Cell = str | int | None
Align = Literal["left", "center", "right"]
RowKind = Literal["row", "section", "total"]
NOTHING = "—"
INDENT = "    "
"""a paragraph that begins so stands two characters in, however many lines it takes"""


@dataclass(frozen=True)
class ReportColumn:
    """A table column; neighbours with the same ``group`` share a heading above their titles."""

    title: str
    width_mm: int
    align: Align = "right"
    group: str = ""


@dataclass(frozen=True)
class Row:
    """``row`` is ordinary, ``section`` a heading across the table, ``total`` a sum printed bold."""

    cells: tuple[Cell, ...]
    kind: RowKind = "row"


@dataclass(frozen=True)
class Table:
    """Rows under columns; the heading repeats on every page."""

    columns: tuple[ReportColumn, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Facts:
    """Labelled facts, ``across`` pairs in a line (the head of a result slip)."""

    pairs: tuple[tuple[str, Cell], ...]
    across: int = 3


@dataclass(frozen=True)
class Heading:
    """A line above the block it belongs to, never left alone at the foot of a page; on a new page where ``overleaf``."""

    text: str
    overleaf: bool = False


@dataclass(frozen=True)
class Para:
    """A paragraph of text."""

    text: str
    align: Align = "left"


@dataclass(frozen=True)
class Bar:
    """One bar: ``per_mille`` is its length (0–1000), ``text`` what is printed at its end."""

    label: str
    per_mille: int
    text: str


@dataclass(frozen=True)
class Bars:
    """Horizontal bars for comparing rates, black and white."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Signature:
    """Labels with room to sign; nothing typed here is stored."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class SlipBlock:
    """A slip to cut off: whose it is, a ``code`` in groups of digits, large and as a QR picture, and lines about it."""

    title: str
    code: str
    lines: tuple[str, ...]


Block = Table | Facts | Heading | Para | Bars | Signature | SlipBlock


@dataclass(frozen=True)
class Report:
    """A whole report. ``left`` and ``right`` stand under the title (填报单位, 填报日期 and unit of the figures).

    A ``document`` (公文) is mostly text: set larger, with the margins of GB/T 9704, its paragraphs two characters in.
    """

    number: str
    title: str
    subtitle: str
    left: str
    right: str
    blocks: tuple[Block, ...]
    footnotes: tuple[str, ...] = field(default=())
    landscape: bool = False
    mark: str = ""
    document: bool = False


def printed(cell: Cell) -> str:
    """A cell as printed: names come from other people's files, so characters that nobody can see are made visible."""
    return NOTHING if cell is None else visible.shown(str(cell))


def in_words(day: str) -> str:
    """An ISO date as documents print it: 2024年2月9日, the month and day without zeros (GB/T 9704)."""
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"
