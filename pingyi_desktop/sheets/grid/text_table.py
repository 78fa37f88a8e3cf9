"""A text table (``.csv``, ``.tsv``, ``.txt``) as a grid, line by line, in the encodings of the country.

A quotation mark swallows no neighbour: a cell in quotation marks that runs over several lines is taken only when
nothing in it can be a row of its own; otherwise the row of the mark is named and nothing is read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import FileError, RuleError
from pingyi_desktop.sheets.grid.grid import LONGEST_TEXT, MOST_COLUMNS, Bad, Budget, Grid

_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 20
_MOST_LINES_OF_A_CELL = 30
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
_SEPARATORS = (",", "\t", ";", "\uff0c")
_LOOKED_AT = 20


def read_text_table(path: Path) -> Grid:
    """The one sheet of a text table, named after the file."""
    encoding, budget = encoding_of(path), Budget(path.name)
    separator = _separator(path, encoding)
    rows: dict[int, list[str | Bad]] = {}
    for number, cells in enumerate(_records(path, encoding, separator), 1):
        row = [budget.keep(cell.strip()) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if row:
            budget.take(path.stem, number, cells=sum(map(bool, row)), places=len(row))
            rows[number] = list(row)
    return Grid(path.stem, False, rows, from_file_name=True)


def encoding_of(path: Path) -> str:
    """The first encoding in which every sign of the file is one that a table holds."""
    with path.open("rb") as file:
        start = file.read(3)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tries: tuple[str, ...] = ("utf-16",)
    else:
        tries = ("utf-8-sig", "gb18030")
    for encoding in tries:
        if _fits(path, encoding):
            return encoding
    raise broken("V-IMP-01", name=path.name)


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if _STRANGE.search(decoder.decode(chunk)):
                    return False
        return not _STRANGE.search(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline=None) as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) >= _LONGEST_LINE:
                raise FileError(
                    f"“{path.name}”第 {number} 行太长，不像是名册或登记表，请另存为 .xlsx 再导入。"
                )
            yield line.removesuffix("\n")


def _separator(path: Path, encoding: str) -> str:
    first = [line for _, line in zip(range(_LOOKED_AT), _lines(path, encoding), strict=False)]
    return max(_SEPARATORS, key=lambda sign: sum(line.count(sign) for line in first))


def _records(path: Path, encoding: str, separator: str) -> Iterator[list[str]]:
    """The cells of every row; raises V-IMP-01 at the row of a quotation mark that is not closed where it should be."""
    lines = _lines(path, encoding)
    width = 0
    for number, line in enumerate(_joined(path, lines, separator), 1):
        if isinstance(line, list):
            if len(line) > width > 0:
                raise _stray(path, number)
            yield line
            continue
        if line.count(separator) >= MOST_COLUMNS:
            Budget(path.name).take(path.stem, number, cells=1, places=line.count(separator) + 1)
        cells = line.split(separator) if '"' not in line else _cells(line, separator)
        if cells is None:
            raise _stray(path, number)
        width = max(width, len(cells))
        yield cells


def _joined(path: Path, lines: Iterator[str], separator: str) -> Iterator[str | list[str]]:
    """Lines as they are; those of a cell that runs over several lines as the cells of one row."""
    for number, line in enumerate(lines, 1):
        if '"' not in line or _cells(line, separator) is not None:
            yield line
            continue
        yield _row_of_several(path, number, line, lines, separator)


def _row_of_several(path: Path, number: int, line: str, lines: Iterator[str], separator: str) -> list[str]:
    """One row whose last cell goes on in the next lines, as long as these hold no row of their own."""
    whole = line
    for _ in range(_MOST_LINES_OF_A_CELL):
        following = next(lines, None)
        if following is None:
            break
        inside, mark, _ = following.partition('"')
        if separator in inside or len(whole) > LONGEST_TEXT:
            break
        whole = f"{whole}\n{following}"
        if mark and (cells := _cells(whole, separator)) is not None:
            return cells
    raise _stray(path, number)


def _cells(text: str, separator: str) -> list[str] | None:
    """The cells of a text, or None when a quotation mark is not closed, or closed in the midst of a cell."""
    cells: list[str] = []
    at = 0
    while at <= len(text):
        if text[at : at + 1] == '"':
            cell, at = _quoted(text, at + 1)
            if at < 0 or text[at : at + 1] not in ("", separator):
                return None
        else:
            end = text.find(separator, at)
            end = len(text) if end < 0 else end
            cell, at = text[at:end], end
        cells.append(cell)
        at += 1
    return cells


def _quoted(text: str, start: int) -> tuple[str, int]:
    """A cell in quotation marks and where it ends; -1 when it does not."""
    parts = []
    while (end := text.find('"', start)) >= 0:
        parts.append(text[start:end])
        if text[end + 1 : end + 2] != '"':
            return '"'.join(parts), end + 1
        start = end + 2
    return "", -1


def _stray(path: Path, number: int) -> RuleError:
    return broken("V-IMP-20", file=path.name, row=number)
