"""Open workbooks and text tables as plain grids of text: what every import starts from.

A file is judged by its first bytes, not by its ending. Merged cells carry their text in every cell they cover.
Numbers, dates and yes/no become the text a person sees; formulas and error values stay marked as ``Bad``, so that
nothing computed elsewhere is taken for a fact. Files that would eat the memory are refused before they are read.
"""

from __future__ import annotations

import csv
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop.appraisal.catalogue import broken
from pingyi_desktop.errors import FileError

LARGEST_FILE = 30 * 1024 * 1024
LARGEST_SHEET = 40 * 1024 * 1024  # unpacked
MOST_COLUMNS = 200
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZEROS = re.compile(r"0{2,}")
_UNREADABLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    SyntaxError,  # what XML parsers raise
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    RuntimeError,  # a zip member with a password or packed in an unknown way
    AssertionError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Bad:
    """A cell that holds no plain value: ``kind`` is 公式 or 错误值."""

    kind: str
    text: str


@dataclass(frozen=True)
class Grid:
    """One sheet: ``rows[0]`` is the spreadsheet's row 1; every row is equally long; blank cells are ``""``."""

    name: str
    hidden: bool
    rows: list[list[str | Bad]]


def letter(column: int) -> str:
    """The spreadsheet's letter of a column counted from 0."""
    return get_column_letter(column + 1)


def read_grids(path: Path) -> list[Grid]:
    """All sheets of an ``.xlsx`` file, or the one of a ``.csv`` file (UTF-8, GB18030 or UTF-16)."""
    try:
        if not path.is_file():
            raise FileError(f"找不到文件“{path.name}”，请检查文件名和所在文件夹。")
        if path.stat().st_size > LARGEST_FILE:
            raise FileError(f"“{path.name}”超过 30 MB，不像是名册或登记表，请检查是否选错了文件。")
        with path.open("rb") as file:
            start = file.read(512)
        if start.startswith(b"PK"):
            return list(_workbook(path))
        _refuse_strangers(path, start)
        return [Grid(path.stem, False, _squared(_text_rows(path)))]
    except OSError as error:
        raise FileError(
            f"“{path.name}”读不出来，请关闭正在使用它的 WPS 或 Excel，并检查 U 盘后再试。"
        ) from error


def _refuse_strangers(path: Path, start: bytes) -> None:
    if start.startswith(_OLD_OFFICE):
        raise FileError(
            f"“{path.name}”是旧版 .xls（或设有打开密码），请在 WPS 中另存为不带密码的 .xlsx 后再导入。"
        )
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise FileError(f"“{path.name}”其实是网页文件，请用 WPS 打开后另存为 .xlsx 再导入。")
    if path.suffix.lower() not in {".csv", ".txt", ".tsv"}:
        raise FileError(f"“{path.name}”不是 .xlsx 表格或已损坏，请在 WPS 中重新另存为 .xlsx 后再导入。")


def _workbook(path: Path) -> Iterator[Grid]:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [i.file_size for i in archive.infolist()]
        if max(sizes, default=0) > LARGEST_SHEET or sum(sizes) > 3 * LARGEST_SHEET:
            raise FileError(
                f"“{path.name}”展开后过大，多半是数据下方有大量带格式的空行，请删除这些空行后另存再导入。"
            )
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out: pictures, validations
            book = load_workbook(file, keep_links=False)
            for sheet in book.worksheets:
                yield Grid(sheet.title, sheet.sheet_state != "visible", _sheet_rows(sheet))
    except _UNREADABLE as error:
        raise FileError(
            f"“{path.name}”不是 .xlsx 表格或已损坏，请在 WPS 中重新另存为 .xlsx 后再导入。"
        ) from error


def _sheet_rows(sheet: Worksheet) -> list[list[str | Bad]]:
    rows = [
        [_value(cell) for cell in row] for row in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS))
    ]
    squared = _squared(rows)
    for merged in sheet.merged_cells.ranges:
        top, left = merged.min_row - 1, merged.min_col - 1
        if top < len(squared) and left < len(squared[top]):
            _spread(squared, top, left, merged.max_row, merged.max_col)
    return squared


def _spread(rows: list[list[str | Bad]], top: int, left: int, bottom: int, right: int) -> None:
    """Write the text of a merged cell into every cell it covers; ``bottom`` and ``right`` are exclusive."""
    text = rows[top][left]
    for row in rows[top:bottom]:
        for column in range(left, min(right, len(row))):
            row[column] = text


def _squared(rows: list[list[str | Bad]]) -> list[list[str | Bad]]:
    """Without the blank rows at the end and the blank columns at the right."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((i + 1 for row in rows for i, value in enumerate(row) if value), default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _value(cell: Cell | MergedCell) -> str | Bad:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if cell.data_type == "f":
            return Bad("公式", value)
        return Bad("错误值", value) if cell.data_type == "e" else value.strip()
    return _shown(value, cell.number_format)


def _shown(value: object, number_format: str) -> str | Bad:
    """A number, date or yes/no as a person sees it in the cell."""
    match value:
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
        case date() | time():
            return value.isoformat()
        case int() | float() if value == value // 1:
            digits = str(int(value))
            return digits.zfill(len(number_format)) if _ZEROS.fullmatch(number_format or "") else digits
        case float():
            return repr(value)
        case _:
            return Bad("公式", str(value))  # array formulas and data tables


def _text_rows(path: Path) -> list[list[str | Bad]]:
    text = _decoded(path)
    first = text.split("\n", 20)[:20]
    separator = max(",\t;,", key=lambda sign: sum(line.count(sign) for line in first))
    try:
        return [
            [value.strip() for value in row] for row in csv.reader(text.splitlines(), delimiter=separator)
        ]
    except csv.Error as error:
        raise broken("V-IMP-21", name=path.name) from error


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    tries = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in tries:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]", text):
            return text
    raise broken("V-IMP-01", name=path.name)
