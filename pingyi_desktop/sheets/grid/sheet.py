"""One sheet read against declared columns: which rows are data, and everything that is said of it by row and column.

What holds for rosters, organisation lists, ballots and counts alike stands here: a header that comes again or in another
order, rows and columns that are hidden, numbers that must not be kept, rows that are no data, merged cells. What a row
means is the business of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found, rows_phrase, sentence, weight_of
from pingyi_desktop.sheets.grid.columns import SEARCHED_ROWS, SheetHeader, repeats, unseen_columns, word
from pingyi_desktop.sheets.grid.grid import Grid, Row, at, unseen_rows
from pingyi_desktop.sheets.grid.refused import NUMBERING

OWN_NOTES = frozenset({"填写说明", "说明"})
"""sheets of our own templates that are no table"""
_TOLD_ONE_BY_ONE = 5
_SHORTER_THAN_PRIVATE = 10


@dataclass
class Sheet:
    """One sheet while it is read; ``header`` is the one that holds for the row being read, ``top`` the first.

    ``hidden`` says what is done with hidden and filtered rows and columns: ``include`` or ``skip``; without it they
    block. ``about`` is what findings are about that do not say so; ``used`` are the columns that tell something, ``nameless``
    those without a title of which that was said.
    """

    grid: Grid
    header: SheetHeader
    hidden: str | None = None
    about: str = ""
    findings: list[Finding] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    left_out: list[int] = field(default_factory=list)
    nameless: set[int] = field(default_factory=set)
    _unseen: list[int] = field(default_factory=list)
    _private: dict[int, list[int]] = field(default_factory=dict)
    _often: dict[tuple[str, str, int | None], list[int]] = field(default_factory=dict)
    _lent: dict[int, Mapping[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.top = self.header

    def say(
        self, code: str, row: int, column: int | None, about: str = "", /, *, at: str = "", **values: object
    ) -> None:
        """A finding at a row (as the spreadsheet counts) and a column (from 0; None: the whole row)."""
        self.note(code, row, column, about, sentence(code, at=at, **values))

    def note(self, code: str, row: int, column: int | None, about: str, text: str) -> None:
        """The same with its sentence made already."""
        place = "" if column is None else self.header.where(column)
        self.findings.append(
            Finding(code, weight_of(code), about or self.about, text, self.grid.name, row, place)
        )

    def say_often(
        self, code: str, row: int, column: int | None, kind: str, /, *, at: str = "", **values: object
    ) -> None:
        """What may hold for many rows: of one kind in one column five are told, of the others only their rows."""
        self.note_often(code, row, column, kind, sentence(code, at=at, **values))

    def note_often(self, code: str, row: int, column: int | None, kind: str, text: str) -> None:
        """The same with its sentence made already."""
        rows = self._often.setdefault((code, kind, column), [])
        rows.append(row)
        if len(rows) <= _TOLD_ONE_BY_ONE:
            self.note(code, row, column, "", text)

    def rows(self, header_at: Callable[[int], SheetHeader | None]) -> Iterator[tuple[int, Row]]:
        """Rows below the header that are none themselves.

        ``header_at`` finds a header inside the table, which takes the place of the one before; the same header printed
        again (at the top of a new page) is passed over.
        """
        skip_to = 0
        for number, row in self.grid.below(self.top.row):
            if number <= skip_to:
                continue
            if (again := header_at(number)) is not None:
                skip_to, self.header = again.row, again
            elif not repeats(self.header, row):
                yield number, row

    def lent(self, column: int) -> Mapping[int, int]:
        """``Grid.lent``, worked out once for a column."""
        if column not in self._lent:
            self._lent[column] = self.grid.lent(column)
        return self._lent[column]

    def is_passed_over(self, number: int) -> bool:
        """Remember a data row that is hidden or filtered out; whether it is to be skipped."""
        if number not in self.grid.unseen:
            return False
        self._unseen.append(number)
        return self.hidden == "skip"

    def has_private_number(self, number: int, row: Row) -> bool:
        """Remember, and say, that a row holds a number of a person that must not be kept (V-MEM-07)."""
        columns = [
            column
            for column, cell in enumerate(row)
            if isinstance(cell, str)
            and len(cell) > _SHORTER_THAN_PRIVATE
            and personal.has_private_number(cell)
        ]
        for column in columns:
            self._private.setdefault(column, []).append(number)
        return bool(columns)

    def unclaimed(self, claimed: Collection[int]) -> Iterator[tuple[int, str]]:
        """Columns with a title that are none of those and no row numbers, with the title as it is compared."""
        for column, title in enumerate(self.header.titles):
            if (said := word(title)) and column not in claimed and said not in NUMBERING:
                yield column, said

    def cells_of(self, column: int) -> Iterator[object]:
        """What stands in a column below the header, blanks left out."""
        return (cell for _, row in self.grid.below(self.header.row) if (cell := at(row, column)))

    def summed_up(self) -> list[Finding]:
        """Every finding, once the rows are read: what holds for many rows is said once."""
        for column, rows in self._private.items():
            self.say("V-MEM-07", rows[0], column, what=rows_phrase(rows), mend="请删除该列后再导入")
        for (code, _, place), rows in self._often.items():
            if rest := rows[_TOLD_ONE_BY_ONE:]:
                self.note(code, rest[0], place, "", f"同类的还有：{rows_phrase(rest)}。")
        if self.left_out:
            self.say("V-IMP-11", self.left_out[0], None, rows=rows_phrase(self.left_out))
        if self._unseen:
            code, facts = unseen_rows(self._unseen, self.hidden)
            self.say(code, self._unseen[0], None, **facts)
        for code, facts in unseen_columns(self.grid, self.top, self.used, self.hidden):
            self.say(code, self.top.row, None, **facts)
        for number, ref in self.grid.covered:
            if number > self.top.row:
                self.say("V-IMP-15", number, None, at=f"第 {number} 行：", ref=ref)
        return self.findings


def hidden_sheet(grid: Grid) -> Finding:
    """V-IMP-09: a hidden sheet is not read."""
    return replace(found("V-IMP-09", grid.name, sheet=grid.name), sheet=grid.name)


def no_header(grid: Grid, what: str, column: str) -> Finding:
    """V-IMP-10: a sheet without the header of such a table is not read."""
    return replace(found("V-IMP-10", grid.name, sheet=grid.name, what=what, column=column), sheet=grid.name)


def late_header(grid: Grid, header: SheetHeader) -> Finding:
    """V-IMP-17: a header below the rows that are searched."""
    said = found("V-IMP-17", grid.name, sheet=grid.name, row=header.first, most=SEARCHED_ROWS)
    return replace(said, sheet=grid.name, row=header.first)
