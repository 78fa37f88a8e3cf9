"""Blocks as a spreadsheet for WPS: the same figures to the character, ready to print on A4."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop.errors import FileError
from pingyi_desktop.reports.blocks import Bars, Block, Cell, Facts, Para, Report, Signature, Table, printed

MM_PER_CHARACTER = 1.95
_THIN, _SHADE = Side(style="thin"), PatternFill("solid", fgColor="EDEDED")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def render_xlsx(report: Report, out: Path | BinaryIO) -> None:
    """Write the report as .xlsx; a ``FileError`` sentence when the place cannot be written."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", f"{report.number} {report.title}")[:31]
    width = max((len(b.columns) for b in report.blocks if isinstance(b, Table)), default=6)
    _line(sheet, 1, report.title, width, Font(name="黑体", size=16, bold=True), "center")
    row = 2
    if report.subtitle or report.mark:
        said = " ".join(filter(None, (report.subtitle, f"【{report.mark}】" if report.mark else "")))
        _line(sheet, row, said, width, Font(name="宋体", size=11), "center")
        row += 1
    _line(sheet, row, f"{report.left}    {report.right}", width, Font(name="宋体", size=10), "left")
    row += 1
    for block in report.blocks:
        row = _block(sheet, block, row, width)
    for note in report.footnotes:
        _line(sheet, row, note, width, Font(name="宋体", size=9), "left")
        row += 1
    _page(sheet, report)
    try:
        book.save(out)
    except OSError as error:
        name = out.name if isinstance(out, Path) else "表格"
        raise FileError(f"“{name}”没有写成(正被打开、只读或磁盘已满),请关闭它或换一个位置。") from error


def put(cell: SheetCell, value: Cell) -> None:
    """Write a value that can never run as a formula; whole numbers stay numbers."""
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = _CONTROL.sub("", printed(value))
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True


def _block(sheet: Worksheet, block: Block, row: int, width: int) -> int:
    match block:
        case Table():
            return _table(sheet, block, row)
        case Facts():
            for label, value in block.pairs:
                _boxed(sheet, row, 1, label, bold=True)
                _boxed(sheet, row, 2, value)
                row += 1
            return row + 1
        case Para():
            _line(sheet, row, block.text, width, Font(name="宋体", size=11), "left")
            return row + 1
        case Bars():
            _line(sheet, row, block.title, width, Font(name="黑体", size=11, bold=True), "left")
            for number, bar in enumerate(block.bars, row + 1):
                _boxed(sheet, number, 1, bar.label)
                _boxed(sheet, number, 2, bar.text)
            return row + len(block.bars) + 2
        case Signature():
            _line(sheet, row + 1, "        ".join(block.labels), width, None, "left")
            return row + 2


def _table(sheet: Worksheet, table: Table, row: int) -> int:
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width_mm / MM_PER_CHARACTER
    first = row
    row = _heading(sheet, table, row)
    sheet.print_title_rows = f"{first}:{row - 1}"
    sheet.freeze_panes = f"A{row}"
    for line in table.rows:
        if line.kind == "section":
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(table.columns))
            _boxed(sheet, row, 1, line.cells[0], bold=True, shade=True, align="left")
        else:
            for number, (value, column) in enumerate(zip(line.cells, table.columns, strict=True), 1):
                _boxed(sheet, row, number, value, bold=line.kind == "total", align=column.align)
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
        if group:
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


def _line(sheet: Worksheet, row: int, text: str, width: int, font: Font | None, align: str) -> None:
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
    cell = sheet.cell(row, 1)
    if isinstance(cell, SheetCell):
        put(cell, text)
        cell.font = font or Font(name="宋体", size=10)
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)


def _page(sheet: Worksheet, report: Report) -> None:
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if report.landscape else "portrait"
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.page_margins.left = sheet.page_margins.right = 0.6
