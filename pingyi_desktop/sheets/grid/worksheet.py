"""The cells of one sheet of a workbook, straight from its XML: filled ones only, counted before they are kept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pingyi_desktop.errors import FileError
from pingyi_desktop.sheets.grid import shown
from pingyi_desktop.sheets.grid.grid import (
    LAST_ROW,
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_PLACES,
    Bad,
    Budget,
    Grid,
)
from pingyi_desktop.sheets.grid.xml_stream import Archive, NotReadableError

_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_MERGED = 20_000
_YES = frozenset(("1", "true", "on"))


@dataclass(frozen=True)
class Formats:
    """Number formats by the index cells use: whether it is a date, and its code when it is the workbook's own."""

    dates: Sequence[bool] = ()
    codes: Sequence[str | None] = ()


@dataclass(frozen=True)
class Shared:
    """What the sheets of a workbook share."""

    texts: Sequence[str]
    formats: Formats
    days_later: int


@dataclass
class Cells:
    """One sheet while it is read."""

    name: str
    shared: Shared
    budget: Budget
    rows: dict[int, list[str | Bad]] = field(default_factory=dict)
    unseen: set[int] = field(default_factory=set)
    unseen_columns: list[range] = field(default_factory=list)
    merged: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    row: list[str | Bad] = field(default_factory=list)
    number: int = 0
    column: int = -1
    kind: str = ""
    style: int = 0
    all_hidden: bool = False
    taking: bool = False
    in_cell: bool = False
    phonetic: bool = False
    formula: bool = False
    value: list[str] = field(default_factory=list)
    length: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self.open_cell(attributes)
        elif tag in ("v", "t"):
            self.taking = self.in_cell and not self.phonetic
        elif tag == "row":
            self.open_row(attributes)
        elif tag == "f":
            self.formula = self.in_cell
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "mergeCell":
            self.note_merged(attributes.get("ref", ""))
        elif tag == "col":
            self.note_column(attributes)
        elif tag == "sheetFormatPr":
            self.all_hidden = attributes.get("zeroHeight") in _YES

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.taking = False
        elif tag == "c":
            self.close_cell()
        elif tag == "row":
            self.close_row()
        elif tag == "rPh":
            self.phonetic = False

    def text(self, data: str) -> None:
        if self.taking:
            self.length += len(data)
            if self.length > LONGEST_TEXT:
                raise FileError(
                    f"“{self.budget.file}”的工作表“{self.name}”第 {self.number} 行有一格文字超过 {LONGEST_TEXT} 个字，"
                    "不像是名册或登记表，请删去后再导入。"
                )
            self.value.append(data)

    def open_row(self, attributes: Mapping[str, str]) -> None:
        self.number = _bounded(attributes.get("r"), self.number + 1, LAST_ROW)
        self.row, self.column = [], -1
        hidden = attributes.get("hidden")
        flat = attributes.get("ht") is not None and _is_zero(attributes["ht"])
        if flat or (self.all_hidden if hidden is None else hidden in _YES):
            self.unseen.add(self.number)

    def note_column(self, attributes: Mapping[str, str]) -> None:
        width = attributes.get("width")
        if attributes.get("hidden") in _YES or (width is not None and _is_zero(width)):
            first = _bounded(attributes.get("min"), 1, MOST_COLUMNS)
            last = _bounded(attributes.get("max"), first, MOST_COLUMNS)
            if len(self.unseen_columns) < MOST_COLUMNS:
                self.unseen_columns.append(range(first - 1, last))

    def close_row(self) -> None:
        row = self.row
        if not row:
            return
        filled = sum(1 for cell in row if cell)
        self.budget.take(self.name, self.number, cells=filled, places=len(row))
        if self.number in self.rows:
            raise NotReadableError("a row twice")
        self.rows[self.number] = row
        self.row = []

    def open_cell(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        self.column = self.column + 1 if place is None else column_of(place)
        if self.column >= MOST_COLUMNS:
            raise NotReadableError("a column beyond the last")
        self.kind, self.formula, self.in_cell = attributes.get("t", "n"), False, True
        self.style = _bounded(attributes.get("s"), 0, 1 << 20)
        self.value, self.length = [], 0

    def close_cell(self) -> None:
        self.in_cell = False
        if not self.value and not self.formula:
            return
        if (said := self.value_of("".join(self.value))) == "":
            return
        row = self.row
        if self.column < len(row):
            row[self.column] = said
            return
        row.extend([""] * (self.column - len(row)))
        row.append(said)

    def value_of(self, text: str) -> str | Bad:
        """The cell as a person sees it; formulas and errors stay marked."""
        if self.formula:
            return Bad("公式", text)
        match self.kind:
            case "s":
                return self.shared.texts[_bounded(text.strip(), -1, len(self.shared.texts) - 1)]
            case "inlineStr" | "str":
                return self.budget.keep(unescaped(text))
            case "b":
                return "是" if text.strip() in _YES else "否"
            case "e":
                return Bad("错误值", text)
            case "d":
                return text.strip().replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
        return self.budget.keep(self.numeral(text.strip()))

    def numeral(self, text: str) -> str:
        formats = self.shared.formats
        known = self.style < len(formats.codes)
        found = shown.number(
            text,
            date=known and formats.dates[self.style],
            code=formats.codes[self.style] if known else None,
            days_later=self.shared.days_later,
        )
        if found is None and text:
            raise NotReadableError("a number that is none")
        return found or ""

    def note_merged(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        one, two = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
        if one is None or two is None or len(self.merged) >= _MOST_MERGED:
            return
        self.merged.append((int(one[2]), column_of(first), int(two[2]), column_of(last or first), ref))


def read_sheet(
    archive: Archive, part: str, *, name: str, hidden: bool, shared: Shared, budget: Budget
) -> Grid:
    """One sheet as a grid."""
    cells = Cells(name, shared, budget)
    archive.walk(part, cells.start, cells.end, cells.text)
    rows = dict(sorted(cells.rows.items()))
    covered = _spread(cells, rows)
    return Grid(
        name,
        hidden,
        rows,
        unseen=frozenset(cells.unseen & rows.keys()),
        unseen_columns=_with_something(cells.unseen_columns, rows),
        covered=tuple(covered),
        downward=tuple(merged[:4] for merged in cells.merged if merged[2] > merged[0]),
        days_later=shared.days_later,
    )


def _with_something(hidden: Sequence[range], rows: Mapping[int, list[str | Bad]]) -> frozenset[int]:
    """The columns of these ranges in which some row says something."""
    width = max(map(len, rows.values()), default=0)
    listed = {column for columns in hidden for column in range(columns.start, min(columns.stop, width))}
    return (
        frozenset(c for row in rows.values() for c in listed if c < len(row) and row[c])
        if listed
        else frozenset()
    )


def column_of(place: str) -> int:
    """The column of a cell's place, counted from 0."""
    return _column_named(place.rstrip("0123456789"))


@lru_cache(maxsize=20_000)
def _column_named(letters: str) -> int:
    letters = letters.replace("$", "")
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isupper()):
        raise NotReadableError("a place that is none")
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    return number - 1


def unescaped(text: str) -> str:
    """A text of the file without blanks at its ends; ``_x000D_`` is the sign it stands for."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.strip()


def _spread(cells: Cells, rows: dict[int, list[str | Bad]]) -> list[tuple[int, str]]:
    """Write the text of merged cells into the blank cells they cover, as far as the sheet has rows and columns."""
    numbers, width = list(rows), max(map(len, rows.values()), default=0)
    covered: list[tuple[int, str]] = []
    looked_at = 0
    for top, left, bottom, right, ref in cells.merged:
        anchor = rows.get(top, [])
        said = anchor[left] if left < len(anchor) else ""
        last = min(right, width - 1)
        inside = numbers[bisect_left(numbers, top) : bisect_left(numbers, bottom + 1)]
        if (looked_at := looked_at + len(inside)) > MOST_PLACES:  # more than there can be side by side
            raise FileError(
                f"“{cells.budget.file}”的工作表“{cells.name}”里合并的单元格互相重叠，请取消合并、另存为 .xlsx 后再导入。"
            )
        for number in inside:
            row = rows[number]
            beneath = [cell for cell in row[left : last + 1] if cell and cell != said]
            if beneath:
                covered.append((number, ref))
            elif said:
                cells.budget.take(cells.name, number, cells=0, places=max(0, last + 1 - len(row)))
                row.extend([""] * (last + 1 - len(row)))
                row[left : last + 1] = [said] * (last + 1 - left)
    return covered


@lru_cache(maxsize=20_000)
def _bounded(text: str | None, otherwise: int, most: int) -> int:
    """A whole number of the file, at most ``most``."""
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        raise NotReadableError("a number out of bounds")
    return int(text)


def _is_zero(text: str) -> bool:
    return text.strip().rstrip("0").rstrip(".") in ("", "0") and "0" in text
