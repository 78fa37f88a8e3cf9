"""Ballots that a unit already has in a table: one ballot a row, one column an item (and person).

A row's place in the file, its number and the time of its entry are not read: ballots are kept sorted by content.
Columns that would tell who voted are refused (V-PRI-21).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pingyi_desktop.appraisal.catalogue import Finding, found
from pingyi_desktop.appraisal.keying import BLANK, MULTI
from pingyi_desktop.appraisal.stacks import Pile, Stack, StackFile
from pingyi_desktop.sheets import roster_columns
from pingyi_desktop.sheets.ballot_words import (
    NAMES_OF_VOTERS,
    TRACES,
    ballot_columns,
    cell_columns,
    offered,
    read_mark,
)
from pingyi_desktop.sheets.columns import Column, Header, find_header, word
from pingyi_desktop.sheets.reading import Bad, Grid, read_grids
from pingyi_desktop.sheets.stack_rows import (
    OWN_NOTES,
    Row,
    Sheet,
    data_rows,
    hinted,
    plain_cell,
    resolve,
    told_unresolved,
)


@dataclass(frozen=True)
class _Fit:
    """How the header of a sheet fits the paper of a batch."""

    stack: Stack
    header: Header
    cells: tuple[Column, ...]

    @property
    def lacking(self) -> list[Column]:
        """Cells of the paper without a column."""
        return [column for column in self.cells if column.key not in self.header.places]

    @property
    def found(self) -> int:
        """Cells of the paper that have a column."""
        return len(self.cells) - len(self.lacking)


def read_ballots(path: Path, *, stacks: Sequence[Stack]) -> StackFile:
    """Read an ``.xlsx`` or ``.csv`` file with one ballot a row; ``stacks`` are the own batches it may fill."""
    read: dict[str, list[str]] = defaultdict(list)
    findings: list[Finding] = []
    known = False
    for grid in read_grids(path):
        if grid.hidden or grid.name in OWN_NOTES or not grid.rows:
            continue
        fits = _fits(grid, stacks)
        if not fits:
            continue
        known = True
        sheet = Sheet(grid, fits[0].header)
        _judge_columns(sheet, fits)
        _read_rows(sheet, fits, read)
        findings += sheet.summed_up()
    if not known:
        findings.append(_nothing_known(path, stacks))
    by_code = {stack.batch.code: stack for stack in stacks}
    piles = tuple(Pile(by_code[code], tuple(sorted(ballots))) for code, ballots in read.items())
    return StackFile(path.name, piles, tuple(findings))


def _fits(grid: Grid, stacks: Sequence[Stack]) -> list[_Fit]:
    """The batches whose paper the sheet shows: complete ones with the most columns, else the nearest miss."""
    fits = []
    for stack in stacks:
        cells = cell_columns(stack)
        header = find_header(grid, ballot_columns(stack), at_least=1) if cells else None
        if header is not None and _is_header(header, cells):
            fits.append(_Fit(stack, header, cells))
    if not fits:
        return []
    possible = {s.batch.id for s in hinted(grid, fits[0].header.row - 1, [fit.stack for fit in fits])}
    fits = [fit for fit in fits if fit.stack.batch.id in possible]
    best = [fit for fit in fits if not fit.lacking] or sorted(fits, key=lambda fit: -fit.found)[:1]
    return [fit for fit in best if fit.header.row == best[0].header.row]


def _is_header(header: Header, cells: Sequence[Column]) -> bool:
    """Whether items are named at all: a row of mere digits may be a ballot, so a word must stand beside them."""
    keys = {column.key for column in cells}
    if not keys & header.places.keys():
        return False
    words = [word(header.titles[place]) for place in header.places.values()]
    return any(not said.isdecimal() for said in words) or not roster_columns.NUMBERING.isdisjoint(
        map(word, header.titles)
    )


def _read_rows(sheet: Sheet, fits: Sequence[_Fit], read: dict[str, list[str]]) -> None:
    if fits[0].lacking:
        _say_lacking(sheet, fits[0])
        return
    telling = sorted({place for fit in fits for place in fit.header.places.values()})
    for number, row in data_rows(sheet, telling):
        left = resolve(sheet, number, row, [fit.stack for fit in fits])
        largest = max((len(stack.cells) for stack in left), default=0)
        left = [stack for stack in left if len(stack.cells) == largest]
        if len(left) != 1:
            told_unresolved(sheet, number, left)
            continue
        fit = next(fit for fit in fits if fit.stack is left[0])
        cells = _read_row(sheet, number, row, fit)
        if cells is not None and set(cells) == {BLANK}:
            sheet.say("V-BAL-96", number, None, "blank ballot", at=f"第 {number} 行：")
        elif cells is not None:
            read[fit.stack.batch.code].append(cells)


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
            sheet.say("V-BAL-97", number, at, "mark", at=f"第 {number} 行：", **facts)
        else:
            marks.append(mark)
            if mark == MULTI:
                sheet.say("V-BAL-13", number, at, "multi", at=f"第 {number} 行：")
    return "".join(marks) if len(marks) == len(fit.cells) else None


def _say_lacking(sheet: Sheet, fit: _Fit) -> None:
    title = fit.stack.form.title
    for column in fit.lacking[:5]:
        sheet.say("V-IMP-29", sheet.header.row, None, form=title, column=column.title)
    if len(fit.lacking) > 5:
        sheet.say("V-IMP-30", sheet.header.row, None, n=len(fit.lacking) - 5)


def _judge_columns(sheet: Sheet, fits: Sequence[_Fit]) -> None:
    """Columns that are refused, dropped with a word, or there twice."""
    header, used = sheet.header, {place for fit in fits for place in fit.header.places.values()}
    doubled = {column for fit in fits for double in fit.header.doubles.values() for column in double[1:]}
    for column, title in enumerate(header.titles):
        name = word(title)
        if not name or column in used or name in roster_columns.NUMBERING or not _has_content(sheet, column):
            continue
        if column in doubled:
            sheet.say("V-IMP-34", header.row, column, title=title)
        elif name in NAMES_OF_VOTERS or roster_columns.is_refused(name):
            sheet.say("V-PRI-21", header.row, column, title=title)
        elif any(trace in name for trace in TRACES):
            sheet.say("V-PRI-22", header.row, column, title=title)
        else:
            sheet.say("V-IMP-31", header.row, column, title=title)


def _has_content(sheet: Sheet, column: int) -> bool:
    return any(
        row[column] and not isinstance(row[column], Bad) for row in sheet.grid.rows[sheet.header.row :]
    )


def _nothing_known(path: Path, stacks: Sequence[Stack]) -> Finding:
    if stacks and not any(stack.cells for stack in stacks):
        return found("V-MEM-33", path.name, name=stacks[0].batch.org_name)
    expected = "、".join(item.short_text for item in stacks[0].form.items) if stacks else ""
    return found("V-IMP-33", path.name, file=path.name, items=expected)
