"""Workbooks to test imports with, built cell by cell as people build them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]
HEAD = ("编号", "姓名", "所在党支部", "人员类别")


def workbook(path: Path, sheets: dict[str, Rows], *, merged: dict[str, Sequence[str]] | None = None) -> Path:
    """Save an ``.xlsx`` with these sheets; ``merged`` names ranges such as ``A1:D1`` by sheet."""
    book = Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for area in (merged or {}).get(name, ()):
            sheet.merge_cells(area)
    del book[book.sheetnames[0]]
    book.save(path)
    return path
