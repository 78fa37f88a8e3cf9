"""Ballots that a unit already has in a table: one ballot a row, one column an item (and person).

A row's place in the file, its number and the time of its entry are not read: ballots are kept sorted by content.
Columns that would tell who voted are refused (V-PRI-21); V-IMP-05, 07 and 11 are as for rosters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pingyi_desktop.appraisal.batches.stacks import Pile, Stack, StackFile
from pingyi_desktop.appraisal.paper.keying import BLANK, MULTI
from pingyi_desktop.appraisal.people import mentions
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found, rows_phrase
from pingyi_desktop.errors import RuleError
from pingyi_desktop.sheets.grid.columns import (
    SheetColumn,
    SheetHeader,
    Words,
    find_again,
    find_header,
    find_late_header,
    word,
    words_of,
)
from pingyi_desktop.sheets.grid.footers import is_ordinal, is_tally_word, is_total
from pingyi_desktop.sheets.grid.grid import Bad, Grid, Row, as_chosen, at
from pingyi_desktop.sheets.grid.reading import read_grids
from pingyi_desktop.sheets.grid.refused import NUMBERING, is_refused
from pingyi_desktop.sheets.grid.sheet import OWN_NOTES, Sheet, hidden_sheet, late_header
from pingyi_desktop.sheets.stacks import circled
from pingyi_desktop.sheets.stacks.ballot_words import (
    KEY_COLUMNS,
    NAMES_OF_VOTERS,
    TRACES,
    ballot_columns,
    cell_columns,
    offered,
    read_mark,
)
from pingyi_desktop.sheets.stacks.stack_owner import another_owner, named_above
from pingyi_desktop.sheets.stacks.stack_rows import StackTable, data_rows, plain_cell, resolve, say_unresolved


@dataclass(frozen=True)
class _Fit:
    """How the header of a sheet fits the paper of a batch."""

    stack: Stack
    header: SheetHeader
    cells: tuple[SheetColumn, ...]
    words: Words

    @property
    def lacking(self) -> list[SheetColumn]:
        """Cells of the paper without a column."""
        return [column for column in self.cells if column.key not in self.header.places]

    @property
    def found(self) -> int:
        """Cells of the paper that have a column."""
        return len(self.cells) - len(self.lacking)


def read_ballots(path: Path, *, stacks: Sequence[Stack], hidden: str | None = None) -> StackFile:
    """Read an ``.xlsx`` or ``.csv`` file with one ballot a row; ``stacks`` are the own batches it may fill.

    ``hidden`` says what is done with hidden and filtered rows and columns: ``include`` or ``skip``; without it they block.
    """
    read: dict[str, list[str]] = defaultdict(list)
    findings: list[Finding] = []
    known = False
    for plain in read_grids(path):
        grid = as_chosen(plain, hidden)
        if grid.name in OWN_NOTES or not grid.rows:
            continue
        fits = _fits(grid, stacks)
        if not fits:
            findings += _late_header(grid, stacks)
            continue
        known = True
        if grid.hidden:
            findings.append(hidden_sheet(grid))
            continue
        sheet = Sheet(grid, fits[0].header, hidden, about=grid.name)
        try:
            possible = named_above(grid, sheet.header.first, stacks)
            fits = _best(fits, possible)
        except RuleError as error:
            sheet.note(error.code, sheet.header.first, None, "", str(error))
        else:
            sheet.header = fits[0].header
            _judge_columns(sheet, fits)
            _read_rows(sheet, fits, possible, read)
        findings += sheet.summed_up()
    if not known and not findings:
        findings.append(_nothing_known(path, stacks))
    by_code = {stack.batch.code: stack for stack in stacks}
    piles = tuple(Pile(by_code[code], tuple(sorted(ballots))) for code, ballots in read.items())
    return StackFile(path.name, piles, tuple(findings))


def _fits(grid: Grid, stacks: Sequence[Stack]) -> list[_Fit]:
    """The batches some of whose paper the sheet shows."""
    fits = []
    for stack in stacks:
        columns = ballot_columns(stack)
        cells = columns[len(KEY_COLUMNS) :]
        header = find_header(grid, columns, at_least=1) if cells else None
        if header is not None and _is_header(header, cells) and not circled.is_under_titles(grid, header):
            fits.append(_Fit(stack, header, cells, words_of(columns)))
    return fits


def _best(fits: Sequence[_Fit], possible: Sequence[Stack]) -> list[_Fit]:
    """Of the batches that may be meant those whose paper is complete, else the nearest miss."""
    left = [fit for fit in fits if fit.stack in possible]
    if not left:
        codes = "、".join(s.batch.code for s in possible[:3])
        titles = "》《".join(dict.fromkeys(s.form.title for s in possible[:3]))
        raise another_owner("表里", codes, f"表头却不是《{titles}》的项目")
    best = [fit for fit in left if not fit.lacking] or sorted(left, key=lambda fit: -fit.found)[:1]
    return [fit for fit in best if fit.header.row == best[0].header.row]


def _late_header(grid: Grid, stacks: Sequence[Stack]) -> Iterator[Finding]:
    """V-IMP-17: the header stands below the rows that are searched."""
    for stack in stacks:
        cells = cell_columns(stack)
        late = find_late_header(grid, ballot_columns(stack)) if cells else None
        if late is not None and not grid.hidden and _is_header(late, cells):
            yield late_header(grid, late)
            return


def _is_header(header: SheetHeader, cells: Sequence[SheetColumn]) -> bool:
    """Whether items are named at all: a row of digits may be a ballot, so a word must stand beside them, or all are circled."""
    keys = {column.key for column in cells}
    if not keys & header.places.keys():
        return False
    if any(not word(header.titles[place]).isdigit() for place in header.places.values()):
        return True
    beside = [said for said in map(word, header.titles) if said]
    return circled.is_circled(header.titles) or any(not any(map(str.isdigit, said)) for said in beside)


def _read_rows(
    sheet: Sheet, fits: Sequence[_Fit], possible: Sequence[Stack], read: dict[str, list[str]]
) -> None:
    if fits[0].lacking:
        _say_lacking(sheet, fits[0])
        return
    current = list(fits)
    unnumbered: dict[bool, list[int]] = {True: [], False: []}

    def header_at(number: int) -> SheetHeader | None:
        row = sheet.grid.row(number)
        is_ballot = circled.is_marks(row) or _is_named_ballot(sheet.header, row)
        again = [] if is_ballot else _again(sheet.grid, number, current)
        if not again:
            return None
        if circled.is_circled(sheet.grid.row(number)) and not circled.is_header(
            sheet.grid, number, fits[0].header.row
        ):
            said = "、".join(map(str, filter(None, sheet.grid.row(number))))
            sheet.say_often("V-BAL-70", number, None, "circled", at=f"第 {number} 行：", text=said[:20])
            return None
        if again[0].lacking:
            _say_lacking(sheet, again[0])
        current[:] = again
        return again[0].header

    table = StackTable([s for s in possible if any(fit.stack is s for fit in fits)], lambda _: _telling(current),
                  header_at, partial(_has_marks, current))  # fmt: skip
    for number, row in data_rows(sheet, table):
        if not table.left or not _may_be_ballot(sheet, number, row, current):
            continue
        unnumbered[_is_unnumbered(sheet.header, row)].append(number)
        left = resolve(sheet, number, row, [fit.stack for fit in current if fit.stack in table.left])
        largest = max((len(stack.cells) for stack in left), default=0)
        left = [stack for stack in left if len(stack.cells) == largest]
        if len(left) != 1:
            say_unresolved(sheet, number, row, left, possible)
            continue
        fit = next(fit for fit in current if fit.stack is left[0])
        cells = _read_row(sheet, number, row, fit) if not fit.lacking else None
        if cells is not None and set(cells) == {BLANK}:
            sheet.say_often("V-BAL-96", number, None, "blank ballot", at=f"第 {number} 行：")
        elif cells is not None:
            read[fit.stack.batch.code].append(cells)
    if unnumbered[False] and unnumbered[True] and _numbering(sheet.header) is not None:
        where = f"{rows_phrase(unnumbered[True])}："
        sheet.say("V-BAL-79", unnumbered[True][0], _numbering(sheet.header), at=where)


def _again(grid: Grid, number: int, fits: Sequence[_Fit]) -> list[_Fit]:
    """How a header inside the table fits the paper of these batches."""
    again = [replace(fit, header=h) for fit in fits if (h := find_again(grid, number, fit.words))]
    again = [fit for fit in again if _is_header(fit.header, fit.cells)]
    whole = [fit for fit in again if not (fit.lacking or fit.header.doubles)]
    return whole if circled.is_circled(grid.row(number)) else again


def _telling(fits: Sequence[_Fit]) -> set[int]:
    return {place for fit in fits for place in fit.header.places.values()}


def _has_marks(fits: Sequence[_Fit], header: SheetHeader, row: Row) -> bool:
    """Whether the label in a key column is the batch's own word after all (a branch called 总计党支部)."""
    keys = [header.places[c.key] for c in KEY_COLUMNS if c.key in header.places]
    labels = [cell for place in keys if isinstance(cell := at(row, place), str) and is_tally_word(cell)]
    first = at(row, 0)
    return (
        bool(labels)
        and (0 in keys or not is_tally_word(first))
        and all(any(mentions.means(cell, fit.stack.names) for fit in fits) for cell in labels)
    )


def _numbering(header: SheetHeader) -> int | None:
    """The column of row numbers."""
    return next((c for c, title in enumerate(header.titles) if word(title) in NUMBERING), None)


def _is_unnumbered(header: SheetHeader, row: Row) -> bool:
    place = _numbering(header)
    return place is not None and not at(row, place)


def _is_named_ballot(header: SheetHeader, row: Row) -> bool:
    """Whether a row says digits, circled ones too, behind its batch or its number, where a header would say their titles."""
    beside = {header.places[c.key] for c in KEY_COLUMNS if c.key in header.places} | {_numbering(header)}
    named = [(at(row, c), header.titles[c]) for c in beside if c is not None and at(row, c)]
    marks = [cell for column, cell in enumerate(row) if cell and column not in beside]
    is_named = any(word(said) != word(title) for said, title in named)
    return is_named and all(isinstance(cell, str) and cell.isdigit() for cell in marks)


def _may_be_ballot(sheet: Sheet, number: int, row: Row, fits: Sequence[_Fit]) -> bool:
    """Whether nothing beside the marks says that a row is none: a text where a number of the row should stand."""
    cells = {fit.header.places[c.key] for fit in fits for c in fit.cells if c.key in fit.header.places}
    keys = {sheet.header.places[c.key] for c in KEY_COLUMNS if c.key in sheet.header.places}
    numbering = _numbering(sheet.header)
    for column, cell in enumerate(row):
        if not cell or column in cells or column in keys or is_ordinal(cell) or isinstance(cell, Bad):
            continue
        title = word(sheet.header.titles[column]) if column < len(sheet.header.titles) else ""
        before = column < max(cells, default=0) and not title
        if column == numbering or before or is_total(cell):
            sheet.say_often("V-BAL-80", number, column, "no ballot", at=f"第 {number} 行：", text=cell[:20])
            return False
    return True


def _read_row(sheet: Sheet, number: int, row: Row, fit: _Fit) -> str | None:
    """The cells of a ballot in paper order, or None when one of them cannot be read."""
    marks: list[str] = []
    items = fit.stack.form.items
    for place, column in enumerate(fit.cells):
        at = fit.header.places[column.key]
        text = plain_cell(sheet, number, row, at)
        if text is None:
            continue
        item = items[place % len(items)]
        if (mark := read_mark(text, item)) is None:
            facts = {"text": text[:20], "offered": offered(item)}
            sheet.say_often("V-BAL-97", number, at, "mark", at=f"第 {number} 行：", **facts)
        else:
            marks.append(mark)
            if mark == MULTI:
                sheet.say_often("V-BAL-13", number, at, "multi", at=f"第 {number} 行：")
    return "".join(marks) if len(marks) == len(fit.cells) else None


def _say_lacking(sheet: Sheet, fit: _Fit) -> None:
    title = fit.stack.form.title
    for column in fit.lacking[:5]:
        sheet.say("V-IMP-29", fit.header.row, None, form=title, column=column.title)
    if len(fit.lacking) > 5:
        sheet.say("V-IMP-30", fit.header.row, None, n=len(fit.lacking) - 5)


def _judge_columns(sheet: Sheet, fits: Sequence[_Fit]) -> None:
    """Columns that are refused, dropped with a word, or there twice."""
    header, used = sheet.header, {place for fit in fits for place in fit.header.places.values()}
    doubled = {column for fit in fits for double in fit.header.doubles.values() for column in double[1:]}
    for column, name in sheet.unclaimed(used):
        if all(isinstance(cell, Bad) for cell in sheet.cells_of(column)):
            continue  # sums beside the ballots
        title = header.titles[column]
        if column in doubled:
            sheet.say("V-IMP-34", header.row, column, title=title)
        elif name in NAMES_OF_VOTERS or is_refused(name):
            sheet.say("V-PRI-21", header.row, column, title=title)
        elif any(trace in name for trace in TRACES):
            sheet.say("V-PRI-22", header.row, column, title=title)
        else:
            sheet.say("V-IMP-31", header.row, column, title=title)


def _nothing_known(path: Path, stacks: Sequence[Stack]) -> Finding:
    if stacks and not any(stack.cells for stack in stacks):
        return found("V-MEM-33", path.name, name=stacks[0].batch.org_name)
    expected = "、".join(item.short_text for item in stacks[0].form.items) if stacks else ""
    return found("V-IMP-33", path.name, file=path.name, items=expected)
