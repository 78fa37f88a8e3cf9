"""Ballots that a unit already has in a table: one ballot a row, one column an item (and person).

A row's place in the file, its number and the time of its entry are not read: ballots are kept sorted by content.
Columns that would tell who voted are refused (V-PRI-03); V-IMP-05, 07 and 11 are as for rosters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pingyi_desktop.appraisal.catalogue import Finding
from pingyi_desktop.appraisal.keying import BLANK
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
            sentence = f"第 {number} 行整张空白，没有计入有效票；请计入票批核对单的“空白”。"
            sheet.say("V-BAL-03", "W", number, None, sentence, "blank ballot")
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
            sentence = f"第 {number} 行填的是“{text[:20]}”，请填 {offered(item)}。"
            sheet.say("V-BAL-05", "E", number, at, sentence, "mark")
        else:
            marks.append(mark)
    return "".join(marks) if len(marks) == len(fit.cells) else None


def _say_lacking(sheet: Sheet, fit: _Fit) -> None:
    title = fit.stack.form.title
    for column in fit.lacking[:5]:
        sentence = f"按《{title}》未找到列“{column.title}”，请按模板对应列名。"
        sheet.say("V-IMP-05", "E", sheet.header.row, None, sentence)
    if len(fit.lacking) > 5:
        sentence = f"还有 {len(fit.lacking) - 5} 列没有找到，请按模板对应列名。"
        sheet.say("V-IMP-05", "E", sheet.header.row, None, sentence)


def _judge_columns(sheet: Sheet, fits: Sequence[_Fit]) -> None:
    """Columns that are refused, dropped with a word, or there twice."""
    header, used = sheet.header, {place for fit in fits for place in fit.header.places.values()}
    doubled = {column for fit in fits for double in fit.header.doubles.values() for column in double[1:]}
    for column, title in enumerate(header.titles):
        name = word(title)
        if not name or column in used or name in roster_columns.NUMBERING or not _has_content(sheet, column):
            continue
        if column in doubled:
            sentence = f"“{title}”有两列，请删去多余的一列后再导入。"
            sheet.say("V-IMP-08", "E", header.row, column, sentence)
        elif name in NAMES_OF_VOTERS or roster_columns.is_refused(name):
            sentence = f"“{title}”列能认出填表人。群众评议不记名，请删除该列后再导入。"
            sheet.say("V-PRI-03", "E", header.row, column, sentence)
        elif any(trace in name for trace in TRACES):
            sentence = f"“{title}”列没有读取：单张票的编号、时间和先后次序都不保存。"
            sheet.say("V-PRI-03", "W", header.row, column, sentence)
        else:
            sentence = f"“{title}”列认不出是哪一项，没有读取，请核对表头。"
            sheet.say("V-IMP-05", "W", header.row, column, sentence)


def _has_content(sheet: Sheet, column: int) -> bool:
    return any(
        row[column] and not isinstance(row[column], Bad) for row in sheet.grid.rows[sheet.header.row :]
    )


def _nothing_known(path: Path, stacks: Sequence[Stack]) -> Finding:
    if stacks and not any(stack.cells for stack in stacks):
        return Finding("V-MEM-10", "E", path.name, "名册是空的，名册式评议表没有可评的人，请先导入名册。")
    expected = "、".join(item.short_text for item in stacks[0].form.items) if stacks else ""
    sentence = f"“{path.name}”里没有找到评议项目的表头（如{expected}），请按模板对应列名。"
    return Finding("V-IMP-05", "E", path.name, sentence)
