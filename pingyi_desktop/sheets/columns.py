"""Declared columns, and how they are found in a sheet as people really make it.

The header may stand below title rows, take two rows, and say things in other words and another order. A header word
is compared without blanks, brackets and signs: ``人员类别*(正式/预备)`` is 人员类别.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pingyi_desktop.sheets.reading import Bad, Grid, letter

SEARCHED_ROWS = 30
_BRACKETS = re.compile(r"[(\uff08\[【〔][^)\uff09\]】〕]*[)\uff09\]】〕]")
_SIGNS = re.compile(r"[\s*\uff0a:\uff1a、,\uff0c.\uff0e。·/_\-—#\uff03]+")


@dataclass(frozen=True)
class Column:
    """A column we know: ``title`` is what our own template says, ``words`` what else it may be called."""

    key: str
    title: str
    words: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Header:
    """Where the columns stand: ``row`` is the last header row (counted from 1), columns count from 0."""

    row: int
    titles: tuple[str, ...]
    places: Mapping[str, int]
    doubles: Mapping[str, tuple[int, ...]]

    def where(self, column: int) -> str:
        """A column as the user finds it: ``C 列“所在党支部”``."""
        title = self.titles[column]
        return f"{letter(column)} 列“{title}”" if title else f"{letter(column)} 列"


def word(text: str | Bad) -> str:
    """A header cell as it is compared."""
    return "" if isinstance(text, Bad) else _SIGNS.sub("", _BRACKETS.sub("", text))


def find_header(grid: Grid, columns: Sequence[Column], *, at_least: int = 2) -> Header | None:
    """The row (or two rows) among the first thirty in which most of ``columns`` are found; None below ``at_least``."""
    keys = {word(name): column.key for column in columns for name in (column.title, *column.words)}
    best: Header | None = None
    for index in range(min(SEARCHED_ROWS, len(grid.rows))):
        for titles, last in _readings(grid, index, keys):
            found = _match(titles, keys, last)
            if best is None or len(found.places) > len(best.places):
                best = found
    return best if best is not None and len(best.places) >= at_least else None


def missing(header: Header, columns: Sequence[Column]) -> list[Column]:
    """Required columns the header does not have."""
    return [column for column in columns if column.required and column.key not in header.places]


def repeats(header: Header, row: Sequence[str | Bad]) -> bool:
    """Whether a row below is the header again, as printed at the top of a new page."""
    same = sum(word(row[c]) == word(header.titles[c]) != "" for c in header.places.values())
    return same >= min(2, len(header.places))


def _readings(grid: Grid, index: int, keys: Mapping[str, str]) -> list[tuple[list[str], int]]:
    """The row alone, and together with the row below it (entries such as 入党 over 日期)."""
    upper = [_text(cell) for cell in grid.rows[index]]
    single = (upper, index + 1)
    if index + 1 >= len(grid.rows):
        return [single]
    lower = [_text(cell) for cell in grid.rows[index + 1]]
    joined = [_join(up, low, keys) for up, low in zip(upper, lower, strict=True)]
    return [single, (joined, index + 2)]


def _join(upper: str, lower: str, keys: Mapping[str, str]) -> str:
    if not lower or word(lower) == word(upper):
        return upper
    return upper + lower if word(lower) not in keys and word(upper + lower) in keys else lower


def _match(titles: Sequence[str], keys: Mapping[str, str], last: int) -> Header:
    found: dict[str, list[int]] = {}
    for column, title in enumerate(titles):
        if key := keys.get(word(title)):
            found.setdefault(key, []).append(column)
    places = {key: columns[0] for key, columns in found.items()}
    doubles = {key: tuple(columns) for key, columns in found.items() if len(columns) > 1}
    return Header(last, tuple(titles), places, doubles)


def _text(cell: str | Bad) -> str:
    return "" if isinstance(cell, Bad) else re.sub(r"\s+", "", cell)
