"""One sheet as plain rows of text, and how much of it may be built.

Only rows that hold something are kept, each as long as its last filled cell: a sheet costs what it holds, not the
rectangle around it. What is counted is counted before it is built.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pingyi_desktop.errors import FileError

MOST_CELLS = 600_000  # filled cells of a file
MOST_PLACES = 1_500_000  # cells of a file, the blank ones before a filled one counted too
MOST_ROWS = 50_000  # filled rows of a file
MOST_COLUMNS = 16_384  # the spreadsheet's own limit
LAST_ROW = 1_048_576  # the spreadsheet's own limit
LONGEST_TEXT = 32_767  # the spreadsheet's own limit for a cell


@dataclass(frozen=True)
class Bad:
    """A cell that holds no plain value: ``kind`` is 公式 or 错误值."""

    kind: str
    text: str


Row = Sequence[str | Bad]


@dataclass(frozen=True)
class Grid:
    """One sheet: filled rows by the spreadsheet's number, in order; use ``at`` for a cell.

    ``unseen`` are numbers of rows that are hidden or filtered out, ``unseen_columns`` hidden columns with something in
    them; ``covered`` are cells under a merged cell that say something else than it does, by (row, place); ``downward`` are
    cells merged over several rows: top, left, bottom, right. Dates that are bare numbers count ``days_later`` days more.
    """

    name: str
    hidden: bool
    rows: Mapping[int, Row]
    unseen: frozenset[int] = frozenset()
    unseen_columns: frozenset[int] = frozenset()
    covered: tuple[tuple[int, str], ...] = ()
    downward: tuple[tuple[int, int, int, int], ...] = ()
    days_later: int = 0
    from_file_name: bool = False

    def row(self, number: int) -> Row:
        """A row by the spreadsheet's number; a blank one is empty."""
        return self.rows.get(number, ())

    def lent(self, column: int) -> Mapping[int, int]:
        """The rows of a column that have their text from a merged cell, with the row in which it stands."""
        spans = sorted((top, bottom) for top, left, bottom, right in self.downward if left <= column <= right)
        numbers, listed, last = list(self.rows) if spans else [], dict[int, int](), 0
        for top, bottom in spans:
            inside = numbers[bisect_right(numbers, max(top, last)) : bisect_right(numbers, bottom)]
            listed.update(dict.fromkeys(inside, top))
            last = max(last, bottom)
        return listed

    def below(self, number: int) -> Iterator[tuple[int, Row]]:
        """Filled rows after ``number``."""
        return ((at, row) for at, row in self.rows.items() if at > number)

    def above(self, number: int) -> Iterator[tuple[int, Row]]:
        """Filled rows before ``number``."""
        return ((at, row) for at, row in self.rows.items() if at < number)


def at(row: Row, column: int) -> str | Bad:
    """A cell of a row; blank beyond its end."""
    return row[column] if column < len(row) else ""


def unseen_rows(rows: Sequence[int], hidden: str | None) -> tuple[str, dict[str, str]]:
    """The code and values of what is said of hidden and filtered rows."""
    listed = f"第 {'、'.join(map(str, rows[:30]))} 行{'等' if len(rows) > 30 else ''}"
    return unseen(f"{listed}（共 {len(rows)} 行）", hidden)


def as_chosen(grid: Grid, hidden: str | None) -> Grid:
    """The sheet without its hidden columns when these are to be skipped."""
    if hidden != "skip" or not grid.unseen_columns:
        return grid
    rows = {
        number: ["" if column in grid.unseen_columns else cell for column, cell in enumerate(row)]
        for number, row in grid.rows.items()
    }
    return replace(grid, rows={number: row for number, row in rows.items() if any(row)})


def unseen(what: str, hidden: str | None) -> tuple[str, dict[str, str]]:
    """V-IMP-14 asks for a choice, V-IMP-18 tells what was chosen."""
    if hidden is None:
        return "V-IMP-14", {"what": what}
    return "V-IMP-18", {"what": what, "done": "一并读取" if hidden == "include" else "跳过，没有读取"}


@dataclass
class Budget:
    """What one file has taken so far; refuses what would go beyond with a sentence that names the place."""

    file: str
    cells: int = 0
    places: int = 0
    rows: int = 0
    named: dict[str, str] = field(default_factory=dict)

    def take(self, sheet: str, number: int, *, cells: int, places: int) -> None:
        """Count one row before it is built."""
        self.rows += cells > 0
        self.cells += cells
        self.places += places
        if places > MOST_COLUMNS:
            raise FileError(
                f"“{self.file}”的工作表“{sheet}”第 {number} 行有 {places} 列，超过 {MOST_COLUMNS} 列，不像是名册或登记表；"
                "请检查分隔符，或在 WPS 中另存为 .xlsx 再导入。"
            )
        if self.rows > MOST_ROWS or self.cells > MOST_CELLS:
            raise FileError(
                f"“{self.file}”到工作表“{sheet}”第 {number} 行已超过 {MOST_ROWS // 10_000} 万行或 {MOST_CELLS // 10_000} 万个有内容的"
                "单元格，不像是名册或登记表；请删去无关的内容，或分成几个文件再导入。"
            )
        if self.places > MOST_PLACES:
            raise FileError(
                f"“{self.file}”的工作表“{sheet}”在很远的列里还有内容（到第 {number} 行为止），请删去表格右边无关的内容后另存再导入。"
            )

    def keep(self, text: str) -> str:
        """The same text, held once however many cells say it."""
        return self.named.setdefault(text, text) if len(text) <= 60 else text
