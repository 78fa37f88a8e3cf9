"""Blocks as a spreadsheet for WPS: the same figures to the character, ready to print on A4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import BinaryIO, Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop.errors import FileError
from pingyi_desktop.reports.blocks import (
    Bars,
    Block,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    Signature,
    Table,
    printed,
)

MM_PER_CHARACTER, MM_PER_POINT = 1.95, 0.353
SPARE_COLUMN_MM, NARROWEST_MM = 18, 15
ROWS_OF_A_PAGE = 40
_THIN, _SHADE = Side(style="thin"), PatternFill("solid", fgColor="EDEDED")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TITLE, _TEXT = Font(name="黑体", size=16), Font(name="宋体", size=10)
_STRONG, _SMALL = Font(name="宋体", size=10, bold=True), Font(name="宋体", size=9)


@dataclass(frozen=True)
class _Grid:
    """A sheet and the widths of its columns in millimetres."""

    sheet: Worksheet
    widths: tuple[int, ...]

    def parts(self, shares: Sequence[int]) -> list[tuple[int, int]]:
        """First and last column of neighbouring parts, about as wide as their shares and wide enough to read."""
        ends = [0, *accumulate(self.widths)]
        bounds = [0]
        for number, share in enumerate(accumulate(shares), 1):
            wanted = ends[-1] * share // sum(shares)
            free = range(bounds[-1] + 1, len(ends) - len(shares) + number)
            roomy = [column for column in free if ends[column] - ends[bounds[-1]] >= NARROWEST_MM]
            bounds.append(min(roomy or free, key=lambda column: abs(ends[column] - wanted)))
        return [(first + 1, last) for first, last in pairwise([*bounds[:-1], len(self.widths)])]

    def merge(self, row: int, first: int, last: int) -> None:
        """Make one cell of neighbouring ones; a single cell must not be merged, spreadsheets call that damaged."""
        if last > first:
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def render_xlsx(report: Report, out: Path | BinaryIO) -> None:
    """Write the report as .xlsx; a ``FileError`` sentence when the place cannot be written.

    Long tables get a sheet each, because a sheet has only one heading that repeats in print.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets = list(_sheets(report.blocks))
    name = re.sub(r"[\[\]:*?/\\]", " ", f"{report.number} {report.title}")
    for number, blocks in enumerate(sheets, 1):
        ending = f" {number}" if len(sheets) > 1 else ""
        _sheet(book.create_sheet(name[: 31 - len(ending)] + ending), report, blocks)
    try:
        book.save(out)
    except OSError as error:
        place = out.name if isinstance(out, Path) else "表格"
        raise FileError(f"“{place}”没有写成（正被打开、只读或磁盘已满），请关闭它或换一个位置。") from error


def _sheets(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    tables = [block for block in blocks if isinstance(block, Table)]
    if len(tables) < 2 or sum(len(table.rows) for table in tables) <= ROWS_OF_A_PAGE:
        yield list(blocks)
        return
    part: list[Block] = []
    for block in blocks:
        if isinstance(block, Table) and any(isinstance(one, Table) for one in part):
            yield part
            part = []
        part.append(block)
    yield part


def _sheet(sheet: Worksheet, report: Report, blocks: Sequence[Block]) -> None:
    grid = _Grid(sheet, _widths(blocks))
    for number, width in enumerate(grid.widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width / MM_PER_CHARACTER
    row = _line(grid, 1, report.title, _TITLE, "center")
    if report.subtitle or report.mark:
        said = " ".join(filter(None, (report.subtitle, f"【{report.mark}】" if report.mark else "")))
        row = _line(grid, row, said, _TEXT, "center")
    row = _beside(grid, row, [(report.left, 55, "left"), (report.right, 45, "right")])
    repeats = sum(isinstance(block, Table) for block in blocks) == 1
    for block in blocks:
        if isinstance(block, Table) and repeats:
            below = _heading(sheet, block, row)
            sheet.print_title_rows = f"{row}:{below - 1}"
            sheet.freeze_panes = f"A{below}"
        row = _block(grid, block, row)
    for note in report.footnotes:
        row = _line(grid, row, note, _SMALL, "left")
    _page(sheet, report)


def _widths(blocks: Sequence[Block]) -> tuple[int, ...]:
    """Each column as wide as the widest table asks; enough columns for every block."""
    tables = [[column.width_mm for column in block.columns] for block in blocks if isinstance(block, Table)]
    asked = [len(block.labels) for block in blocks if isinstance(block, Signature)]
    asked += [2 * block.across for block in blocks if isinstance(block, Facts)]
    count = max([3, *asked, *map(len, tables)])
    return tuple(
        max((table[place] for table in tables if place < len(table)), default=SPARE_COLUMN_MM)
        for place in range(count)
    )


def put(cell: SheetCell, value: Cell) -> None:
    """Write a value that can never run as a formula; whole numbers stay numbers."""
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = _CONTROL.sub("", printed(value))
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True


def _block(grid: _Grid, block: Block, row: int) -> int:
    """Write a block from this row on; the next free row."""
    match block:
        case Table():
            return _table(grid, block, row)
        case Facts():
            return _facts(grid, block, row) + 1
        case Heading():
            return _line(grid, row + 1, block.text, _STRONG, "left")
        case Para():
            return _line(grid, row, block.text, _TEXT, "left")
        case Bars():
            row = _line(grid, row + 1, block.title, _STRONG, "left")
            for bar in block.bars:
                row = _beside(grid, row, [(bar.label, 30, "left"), (bar.text, 70, "left")])
            return row + 1
        case Signature():
            share = 100 // len(block.labels)
            return _beside(grid, row + 1, [(label, share, "left") for label in block.labels])


def _table(grid: _Grid, table: Table, row: int) -> int:
    sheet = grid.sheet
    row = _heading(sheet, table, row)
    for line in table.rows:
        if line.kind == "section":
            _boxed(sheet, row, 1, line.cells[0], bold=True, shade=True, align="left")
            grid.merge(row, 1, len(table.columns))
        else:
            for number, (value, column) in enumerate(zip(line.cells, table.columns, strict=True), 1):
                _boxed(sheet, row, number, value, bold=line.kind == "total", align=column.align)
            _raise(sheet, row, zip(map(printed, line.cells), grid.widths, strict=False), _TEXT)
        row += 1
    return row


def _facts(grid: _Grid, facts: Facts, row: int) -> int:
    places = grid.parts([2, 3] * facts.across)
    for start in range(0, len(facts.pairs), facts.across):
        cells = [cell for pair in facts.pairs[start : start + facts.across] for cell in pair]
        for number, ((first, last), value) in enumerate(zip(places, cells, strict=False)):
            is_label = number % 2 == 0
            align = "center" if is_label else "left"
            _boxed(grid.sheet, row, first, value, bold=is_label, shade=is_label, align=align)
            grid.merge(row, first, last)
        row += 1
    return row


def _heading(sheet: Worksheet, table: Table, row: int) -> int:
    grouped = any(column.group for column in table.columns)
    at = 1
    for group, members in groupby(table.columns, key=lambda column: column.group):
        columns = list(members)
        last = at + len(columns) - 1
        for number, column in enumerate(columns, at):
            _boxed(sheet, row + grouped, number, column.title, bold=True, shade=True)
            if grouped:
                _boxed(sheet, row, number, group or column.title, bold=True, shade=True)
            if grouped and not group:
                sheet.merge_cells(start_row=row, end_row=row + 1, start_column=number, end_column=number)
        if group and last > at:
            sheet.merge_cells(start_row=row, end_row=row, start_column=at, end_column=last)
        at = last + 1
    return row + 1 + grouped


def _boxed(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Cell,
    *,
    bold: bool = False,
    shade: bool = False,
    align: str = "center",
) -> None:
    cell = sheet.cell(row, column)
    if not isinstance(cell, SheetCell):
        return
    put(cell, value)
    cell.font = Font(name="宋体", size=10, bold=bold)
    cell.border = _BOX
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    if shade:
        cell.fill = _SHADE


def _line(grid: _Grid, row: int, text: str, font: Font, align: Literal["left", "center"]) -> int:
    """A line of text across the sheet; the next row."""
    return _beside(grid, row, [(text, 100, align)], font)


def _beside(grid: _Grid, row: int, texts: Sequence[tuple[str, int, str]], font: Font = _TEXT) -> int:
    """Texts beside each other, each with its share of the width and its alignment; the next row."""
    places = grid.parts([share for _, share, _ in texts])
    rooms = []
    for (text, _, align), (first, last) in zip(texts, places, strict=True):
        cell = grid.sheet.cell(row, first)
        if isinstance(cell, SheetCell):
            put(cell, text)
            cell.font = font
            cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
        grid.merge(row, first, last)
        rooms.append((text, sum(grid.widths[first - 1 : last])))
    _raise(grid.sheet, row, rooms, font)
    return row + 1


def _raise(sheet: Worksheet, row: int, texts: Iterable[tuple[str, int]], font: Font) -> None:
    """Make the row high enough for its texts, each in so many millimetres: merged cells do not grow by themselves."""
    points = int(font.size)
    lines = max((_lines(text, int(room / MM_PER_POINT), points) for text, room in texts), default=1)
    if lines > 1 or points > int(_TEXT.size):
        sheet.row_dimensions[row].height = lines * points * 1.4 + 4


def _lines(text: str, room: int, points: int) -> int:
    halves = sum(1 if character < "\u1100" else 2 for character in text)
    return max(1, -(-halves * points // (2 * room - points)))


def _page(sheet: Worksheet, report: Report) -> None:
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if report.landscape else "portrait"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.page_margins.left = sheet.page_margins.right = 0.6
