"""Declared columns, and how they are found in a sheet as people really make it.

The header may stand below title rows, take two rows, and say things in other words and another order. A header word
is compared without blanks, brackets and signs: ``人员类别*(正式/预备)`` is 人员类别. Of two rows the unit is kept, whichever says
it: 投入 over 万元, and 投入（万元） over 金额, are in 万元.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import TypeAlias

from pingyi_desktop.sheets.grid.grid import Bad, Grid, Row, at, unseen
from pingyi_desktop.sheets.grid.reading import letter

SEARCHED_ROWS = 30
_LOOKED_AT_LATE = 2_000
_LONGEST_WORD = 200
_BRACKETS = re.compile(r"[(\uff08\[【〔][^)\uff09\]】〕]*[)\uff09\]】〕]")
_A_UNIT = r"(?:单位[:\uff1a]?)?(?:人民币)?(?:[十百千]?[万亿]?元|[十百千万亿]{0,2}(?:人次|[人户次件项个份张条名])|[万亿]|年月日)"
_IS_UNIT = re.compile(rf"[(\uff08\[【〔]?({_A_UNIT})[)\uff09\]】〕]?")
_SAYS_UNIT = re.compile(rf"[(\uff08\[【〔]({_A_UNIT})[)\uff09\]】〕]")
_ENDS_IN_MONEY = re.compile(r"(?:单位)?(?:人民币)?[十百千]?[万亿]?元$")
"""what a heading says behind its word without brackets: 投入万元, 投入/万元"""
_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(r"(?!(?:19|20)\d\d$)\d[\d,]*(?:\.\d+)?")
"""a number that is no year: what says 万元 in its row says it of it"""
_SIGNS = re.compile(r"[\s*\uff0a:\uff1a、,\uff0c.\uff0e。·/_\-—#\uff03]+")


Words: TypeAlias = Mapping[str, tuple[str, bool]]


@dataclass(frozen=True)
class SheetColumn:
    """A column we know: ``title`` is what our own template says, ``words`` what else it may be called.

    ``weak`` words mean this column only where no other does: 政治面貌 beside 党员类别 is another fact.
    """

    key: str
    title: str
    words: tuple[str, ...] = ()
    required: bool = False
    weak: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetHeader:
    """Where the columns stand: from row ``first`` to ``row`` (counted from 1); columns count from 0.

    ``beside`` are columns whose weak word another column speaks for.
    """

    row: int
    titles: tuple[str, ...]
    places: Mapping[str, int]
    doubles: Mapping[str, tuple[int, ...]]
    beside: Mapping[str, int]
    first: int

    def where(self, column: int) -> str:
        """A column as the user finds it: ``C 列“所在党支部”``."""
        title = self.titles[column] if column < len(self.titles) else ""
        return f"{letter(column)} 列“{title}”" if title else f"{letter(column)} 列"


def unseen_columns(
    grid: Grid, header: SheetHeader, used: Collection[int], hidden: str | None
) -> Iterator[tuple[str, dict[str, str]]]:
    """The code and values of what is said of hidden columns, if anything: of those ``used``, or of all left out."""
    columns = sorted(grid.unseen_columns if hidden == "skip" else grid.unseen_columns & set(used))
    if columns:
        listed = "、".join(map(header.where, columns[:10])) + ("等" if len(columns) > 10 else "")
        yield unseen(f"{listed}（共 {len(columns)} 列）", hidden)


def word(text: str | Bad) -> str:
    """A header cell as it is compared."""
    if isinstance(text, Bad) or len(text) > _LONGEST_WORD:
        return ""
    return _word(text)


@lru_cache(maxsize=20_000)
def _word(text: str) -> str:
    return _SIGNS.sub("", _BRACKETS.sub("", text))


def find_header(grid: Grid, columns: Sequence[SheetColumn], *, at_least: int = 2) -> SheetHeader | None:
    """The row (or two rows) among the first thirty in which most of ``columns`` are found; None below ``at_least``.

    A table above it with a header of its own, though a shorter one, comes first: its rows are no titles.
    """
    words = words_of(columns)
    searched = [n for n in grid.rows if n <= SEARCHED_ROWS]
    best = _best(grid, words, searched, at_least)
    needed = {column.key for column in columns if column.required}
    if best is None or not needed & best.places.keys():
        return best
    tables = (find_again(grid, number, words) for number in searched if number < best.first)
    best = next((one for one in tables if one is not None and needed & one.places.keys()), best)
    return best


def find_late_header(grid: Grid, columns: Sequence[SheetColumn], *, at_least: int = 2) -> SheetHeader | None:
    """A header below the rows that are searched: only to tell where it stands."""
    late = [n for n in grid.rows if n > SEARCHED_ROWS][:_LOOKED_AT_LATE]
    return _best(grid, words_of(columns), late, at_least)


def find_again(grid: Grid, number: int, words: Words, *, at_least: int = 2) -> SheetHeader | None:
    """The header that begins in this row of the table: most of what the row says are words of columns (``words_of``)."""
    if sum(word(cell) in words for cell in grid.row(number) if cell) < 1:
        return None
    found = _best(grid, words, (number,), at_least)
    if found is None or _begins_below(grid, number, words, found):
        return None
    said = [title for title in found.titles if title]
    known = len(found.places) + len(found.beside) + sum(len(d) - 1 for d in found.doubles.values())
    worded = any(not word(found.titles[place]).isdecimal() for place in found.places.values())
    return found if worded and known * 2 >= len(said) else None


def _best(grid: Grid, keys: Words, numbers: Iterable[int], at_least: int) -> SheetHeader | None:
    best: SheetHeader | None = None
    for number in numbers:
        for titles, last in _readings(grid, number, keys):
            found = _match(titles, keys, last, number)
            better = best is None or len(found.places) > len(best.places) or _is_alone(found, best)
            if better or (best is not None and _goes_on(grid, found, best, keys)):
                best = found
    return best if best is not None and len(best.places) >= at_least else None


def _begins_below(grid: Grid, number: int, words: Words, found: SheetHeader) -> bool:
    """Whether the row below says the same header alone, with its units, so that this one is a row of the table above it."""
    if found.row == number:
        return False
    after = row_below(grid, number)
    below = _match([_text(cell) for cell in grid.row(after)], words, after, after)
    alike = all(found.titles[place] == below.titles[place] for place in below.places.values())
    return alike and len(below.places) >= len(found.places)


def _is_alone(found: SheetHeader, best: SheetHeader) -> bool:
    """The same header without the title above it; a row that says more of its columns, as their unit, is no title."""
    alike = found.row == best.row and found.first > best.first and len(found.places) == len(best.places)
    return alike and all(found.titles[place] == best.titles[place] for place in found.places.values())


def _goes_on(grid: Grid, found: SheetHeader, best: SheetHeader, keys: Words) -> bool:
    """The header ``best`` with the row below it, which says units and besides them words of columns at most, or tells
    apart what ``best`` has twice."""
    if not (found.first == best.first and found.row > best.row and len(found.places) == len(best.places)):
        return False
    pairs = zip_longest(*(map(_text, grid.row(n)) for n in (found.first, found.row)), fillvalue="")
    new = [low for up, low in pairs if low and word(low) != word(up)]
    others = [low for low in new if not _IS_UNIT.fullmatch(low)]
    units = len(others) < len(new) and all(word(low) in keys for low in others)
    return units or len(found.doubles) < len(best.doubles)


def missing(header: SheetHeader, columns: Sequence[SheetColumn]) -> list[SheetColumn]:
    """Required columns the header does not have."""
    return [column for column in columns if column.required and column.key not in header.places]


def repeats(header: SheetHeader, row: Row, *, whole: bool = True) -> bool:
    """Whether a row below is the header again, as printed at the top of a new page: it says nothing else, and a word.

    An opinion may say 到位 and 合理, and a ballot 1 and 2, where the columns are called so. Not ``whole``: the second row of a
    header, which says more.
    """
    cells = [(word(at(row, column)), word(title)) for column, title in enumerate(header.titles)]
    same = sum(cells[place][0] == cells[place][1] != "" for place in header.places.values())
    is_alike = same >= min(2, len(header.places))
    if not whole or not is_alike:
        return is_alike
    said = [(cell, title) for cell, title in cells if cell and title]
    return all(cell == title for cell, title in said) and not all(title.isnumeric() for _, title in said)


def half_read(grid: Grid, header: SheetHeader, needed: Collection[str]) -> int | None:
    """A column of which the row below the header says more than could be read: that row is the header's second one, because
    it repeats others or says a unit, and nothing where ``needed`` columns are."""
    row = grid.row(row_below(grid, header.row))
    told = {key: _text(at(row, place)) for key, place in header.places.items()}
    told = {key: t for key, t in told.items() if t and word(t) != word(header.titles[header.places[key]])}
    units = any(
        not _DIGIT.search(t) and (_IS_UNIT.fullmatch(t) or _SAYS_UNIT.search(t)) for t in told.values()
    )
    is_header = repeats(header, row, whole=False) or units
    return header.places[min(told)] if told and is_header and not told.keys() & set(needed) else None


def words_of(columns: Sequence[SheetColumn]) -> Words:
    """The column of each header word, and whether the word is weak."""
    weak = {word(name): (column.key, True) for column in columns for name in column.weak}
    return weak | {
        word(name): (column.key, False) for column in columns for name in (column.title, *column.words)
    }


def _readings(grid: Grid, number: int, keys: Words) -> Iterator[tuple[list[str], int]]:
    """The row alone, and together with the row below it (entries such as 入党 over 日期)."""
    upper = [_text(cell) for cell in grid.row(number)]
    yield upper, number
    after = row_below(grid, number)
    if lower := [_text(cell) for cell in grid.row(after)]:
        pairs, of_number = zip_longest(upper, lower, fillvalue=""), any(map(_AMOUNT.fullmatch, upper))
        yield (
            [_join("" if of_number and _IS_UNIT.fullmatch(up) else up, low, keys) for up, low in pairs],
            after,
        )


def row_below(grid: Grid, number: int) -> int:
    """Where a heading may go on: the row below, or the one behind it when that is blank (merged cells leave such a row)."""
    return number + 1 if grid.row(number + 1) else number + 2


def _join(upper: str, lower: str, keys: Words) -> str:
    """What two cells of a header say together: both where that is a column, the lower one with the unit of either else."""
    if not lower or lower == upper or (not _IS_UNIT.fullmatch(lower) and word(lower) == word(upper)):
        return upper
    if (is_unit := _IS_UNIT.fullmatch(lower)) is not None:
        return f"{_SAYS_UNIT.sub('', upper)}（{is_unit[1]}）"
    if word(upper + lower) in keys:
        return upper + lower
    above = _IS_UNIT.fullmatch(upper) or _SAYS_UNIT.search(upper)
    has_own = "元" in lower or _SAYS_UNIT.search(lower)
    return f"{lower}（{above[1]}）" if above is not None and not has_own else lower


def _match(titles: Sequence[str], keys: Words, last: int, first: int) -> SheetHeader:
    found: dict[str, list[int]] = {}
    weak: dict[str, list[int]] = {}
    for column, title in enumerate(titles):
        said = word(title)
        if title and (meant := keys.get(said) or keys.get(_ENDS_IN_MONEY.sub("", said))):
            key, is_weak = meant
            (weak if is_weak else found).setdefault(key, []).append(column)
    beside = {key: columns[0] for key, columns in weak.items() if key in found}
    found |= {key: columns for key, columns in weak.items() if key not in found}
    places = {key: columns[0] for key, columns in found.items()}
    doubles = {key: tuple(columns) for key, columns in found.items() if len(columns) > 1}
    return SheetHeader(last, tuple(titles), places, doubles, beside, first)


def _text(cell: str | Bad) -> str:
    return "" if isinstance(cell, Bad) else re.sub(r"\s+", "", cell)
