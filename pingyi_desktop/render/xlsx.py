"""Blocks as a spreadsheet for WPS: the same figures to the character, ready to print on A4."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from io import BytesIO
from itertools import groupby, product
from pathlib import Path
from typing import BinaryIO
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop import saving, visible
from pingyi_desktop.reports.blocks import (
    Bars,
    Block,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    Signature,
    SlipBlock,
    Table,
    printed,
)

MM_PER_CHARACTER = 1.95
POINTS_PER_LINE = 15
_THIN, _SHADE = Side(style="thin"), PatternFill("solid", fgColor="EDEDED")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_BODY, _BOLD = Font(name="宋体", size=10), Font(name="宋体", size=10, bold=True)
_HEADING, _TITLE = Font(name="黑体", size=12, bold=True), Font(name="黑体", size=16, bold=True)
_NOTE = Font(name="宋体", size=9)
SPARE = 12.0


def render_xlsx(report: Report, out: Path | BinaryIO) -> None:
    """Write the report as .xlsx; a ``FileError`` sentence when the place cannot be written."""
    book = Workbook()
    book.properties.creator = "评议"
    book.properties.title = printed(report.title)
    sheet = book.worksheets[0]
    sheet.title = re.sub(r"[\[\]:*?/\\'\s]", " ", printed(f"{report.number} {report.title}"))[:31]
    page = _Page(sheet, report)
    page.line(report.title, _TITLE, "center", height=24)
    said = " ".join(filter(None, (report.subtitle, f"【{report.mark}】" if report.mark else "")))
    if said:
        page.line(said, _BODY, "center")
    page.line("    ".join(filter(None, (report.left, report.right))), _BODY)
    for block in report.blocks:
        page.block(block)
    for note in report.footnotes:
        page.line(note, _NOTE)
    _paper(sheet, report)
    if isinstance(out, Path):
        made = BytesIO()
        book.save(made)
        saving.save(out, made.getvalue())
    else:
        book.save(out)


def put(cell: SheetCell, value: Cell) -> None:
    """Write a value that can never run as a formula; whole numbers stay numbers."""
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = visible.in_workbook(printed(value))
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True


class _Page:
    """A sheet written from the top down; ``row`` is the next free one."""

    def __init__(self, sheet: Worksheet, report: Report) -> None:
        self.sheet, self.row = sheet, 1
        self.looks: dict[tuple[object, ...], StyleArray] = {}  # the fonts are those above, told apart by id
        tables = [block for block in report.blocks if isinstance(block, Table)]
        self.only_table = len(tables) == 1
        self.widths = _widths(tables, at_least=max(map(_shares, report.blocks), default=1))
        for number, width in enumerate(self.widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width

    def block(self, block: Block) -> None:
        """Write one block under what is there."""
        match block:
            case Table():
                self._table(block)
            case Facts():
                self._facts(block)
            case Heading():
                self.line(block.text, _HEADING, height=22)
            case Para():
                self.line(block.text, _BODY)
            case Bars():
                self._bars(block)
            case Signature():
                self.row += 1
                self._spread([(label, 1) for label in block.labels], boxed=False)
            case SlipBlock():
                self.line(block.title, _HEADING, height=22)
                self.line(block.code, _TITLE, height=24)
                for text in block.lines:
                    self.line(text, _BODY)

    def line(self, text: str, font: Font, align: str = "left", *, height: float = 0) -> None:
        """A text across the sheet, as high as it needs: merged cells do not grow by themselves."""
        self._merged(1, len(self.widths), text, font, align)
        lines = -(-_cells_wide(text) // max(1, int(sum(self.widths))))
        self.sheet.row_dimensions[self.row].height = max(height, POINTS_PER_LINE * max(1, lines))
        self.row += 1

    def _table(self, table: Table) -> None:
        first = self.row
        self._heading(table)
        if self.only_table:
            self.sheet.print_title_rows = f"{first}:{self.row - 1}"
            self.sheet.freeze_panes = f"{get_column_letter(3)}{self.row}"
        for line in table.rows:
            if line.kind == "section":
                self._merged(1, len(table.columns), line.cells[0], _BOLD, "left", boxed=True, shade=True)
            else:
                font = _BOLD if line.kind == "total" else _BODY
                for number, (value, column) in enumerate(zip(line.cells, table.columns, strict=True), 1):
                    self._cell(self.row, number, value, font, column.align)
            self.row += 1

    def _heading(self, table: Table) -> None:
        grouped = any(column.group for column in table.columns)
        at, top = 1, self.row
        for group, members in groupby(table.columns, key=lambda column: column.group):
            columns = list(members)
            last = at + len(columns) - 1
            for number, column in enumerate(columns, at):
                self._cell(top + grouped, number, column.title, _BOLD, "center", shade=True)
                if grouped:
                    self._cell(top, number, group or column.title, _BOLD, "center", shade=True)
                if grouped and not group:
                    self._merge((top, number), (top + 1, number))
            if group:
                self._merge((top, at), (top, last))
            at = last + 1
        for row in range(top, top + 1 + grouped):
            self.sheet.row_dimensions[row].height = POINTS_PER_LINE * (1.3 if grouped else 2)
        self.row = top + 1 + grouped

    def _facts(self, facts: Facts) -> None:
        pairs = list(facts.pairs)
        for start in range(0, len(pairs), facts.across):
            line = pairs[start : start + facts.across]
            line += [("", "")] * (facts.across - len(line))
            self._spread([(cell, 1) for pair in line for cell in pair])
        self.row += 1

    def _bars(self, chart: Bars) -> None:
        self.line(chart.title, _HEADING, height=22)
        for bar in chart.bars:
            self._spread([(bar.label, 3), (bar.text, 1), ("", 2)], boxed=False)

    def _spread(self, cells: Sequence[tuple[Cell, int]], *, boxed: bool = True) -> None:
        """Cells side by side over the sheet's columns, each about as wide as its share."""
        ends = _ends([share for _, share in cells], self.widths)
        for (value, _), first, last in zip(cells, [1, *(end + 1 for end in ends)], ends, strict=False):
            self._merged(first, last, value, _BODY, "center" if boxed else "left", boxed=boxed)
        self.row += 1

    def _merged(
        self,
        first: int,
        last: int,
        value: Cell,
        font: Font,
        align: str,
        *,
        boxed: bool = False,
        shade: bool = False,
    ) -> None:
        self._cell(self.row, first, value, font, align, boxed=boxed, shade=shade)
        self._merge((self.row, first), (self.row, last))

    def _merge(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Make one cell of those between two, which all look like the first; a single one stays, for spreadsheet programs
        call a file broken that merges it. What openpyxl does to find each border takes half of the time of a report."""
        (top, left), (bottom, right) = first, last
        if first == last:
            return
        look = self.sheet.cell(top, left)
        for row, column in product(range(top, bottom + 1), range(left, right + 1)):
            cell = self.sheet.cell(row, column)
            if isinstance(look, SheetCell) and isinstance(cell, SheetCell) and cell is not look:
                cell.value, cell._style = None, copy(look._style)  # type: ignore[attr-defined]
        self.sheet.merged_cells.add(CellRange(min_row=top, max_row=bottom, min_col=left, max_col=right))

    def _cell(
        self,
        row: int,
        number: int,
        value: Cell,
        font: Font,
        align: str,
        *,
        boxed: bool = True,
        shade: bool = False,
    ) -> None:
        cell = self.sheet.cell(row, number)
        if isinstance(cell, SheetCell):
            put(cell, value)
            look = (id(font), align, boxed, shade, isinstance(value, int))
            if look in self.looks:  # to look a style up takes longer than the cell
                cell._style = copy(self.looks[look])  # type: ignore[attr-defined]
                return
            cell.font = font
            cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
            if boxed:
                cell.border = _BOX
            if shade:
                cell.fill = _SHADE
            self.looks[look] = copy(cell._style)  # type: ignore[attr-defined]


def _widths(tables: Sequence[Table], *, at_least: int) -> list[float]:
    """Every column as wide as the widest of its tables needs, in characters; spare ones for what has no table."""
    columns = max((len(table.columns) for table in tables), default=0)
    widest = [
        max(t.columns[at].width_mm for t in tables if at < len(t.columns)) / MM_PER_CHARACTER
        for at in range(columns)
    ]
    return widest + [SPARE] * (at_least - columns)


def _shares(block: Block) -> int:
    """How many cells a block needs side by side."""
    match block:
        case Facts():
            return 2 * block.across
        case Signature():
            return len(block.labels)
        case Bars():
            return 3
    return 1


def _ends(shares: Sequence[int], widths: Sequence[float]) -> list[int]:
    """The last column of each share of the sheet's width; every share gets at least one column."""
    total, whole, ends = sum(widths), sum(shares), [0]
    for number, _ in enumerate(shares, 1):
        wanted = total * sum(shares[:number]) / whole
        least, most = ends[-1] + 1, len(widths) - (len(shares) - number)
        nearest = min(range(least, most + 1), key=lambda end: abs(sum(widths[:end]) - wanted))
        ends.append(len(widths) if number == len(shares) else nearest)
    return ends[1:]


def _cells_wide(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def _paper(sheet: Worksheet, report: Report) -> None:
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if report.landscape else "portrait"
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.page_margins.left = sheet.page_margins.right = 0.6
