"""Cells and files as every template and export writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop import saving, visible

_HEAD_FILL = PatternFill("solid", fgColor="F2DCDB")
_THIN = Side(style="thin", color="BFBFBF")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


def heading(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A heading cell."""
    put(sheet, row, column, text)
    cell = sheet.cell(row, column)
    cell.font, cell.fill = Font(bold=True), _HEAD_FILL
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A cell that stays the text it is: no formula, also after it was edited, no number, no lost zeros."""
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        cell.value = visible.in_workbook(text)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = True


def save(book: Workbook, path: Path) -> None:
    """Write a workbook whole or not at all; replaces ``path``."""
    made = BytesIO()
    book.save(made)
    saving.save(path, made.getvalue())


def write_table(path: Path, *, name: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A workbook with one table as it is seen on the screen; ``name`` becomes the sheet's; replaces ``path``."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _NOT_IN_SHEET_NAMES.sub("", visible.line(name))[:31] or "表格"
    sheet.freeze_panes = "A2"
    widest = [len(title) for title in titles]
    for column, title in enumerate(titles, start=1):
        heading(sheet, 1, column, title)
    for number, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            put(sheet, number, column, text)
            widest[column - 1] = max(widest[column - 1], len(text))
    for column, width in enumerate(widest, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(60, 2 * width + 3)
    save(book, path)
