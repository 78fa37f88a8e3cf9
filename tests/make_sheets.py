"""Workbooks to test imports with, built cell by cell as people build them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BufferedWriter
from itertools import chain
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

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


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def raw_workbook(
    path: Path,
    sheet: Iterable[str],
    *,
    shared: Iterable[str] | None = None,
    styles: str = "",
    properties: str = "",
    strict: bool = False,
    doctype: str = "",
) -> Path:
    """An ``.xlsx`` written part by part, with whatever stands between ``<worksheet>`` and ``</worksheet>``."""
    main = _STRICT if strict else _MAIN
    kinds = "http://purl.oclc.org/ooxml" if strict else "http://schemas.openxmlformats.org"
    office = f"{kinds}/officeDocument/2006/relationships".replace("/2006", "" if strict else "/2006")
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        book.writestr("_rels/.rels", _relations({"r": (f"{office}/officeDocument", "xl/workbook.xml")}))
        parts = {"s": (f"{office}/worksheet", "worksheets/sheet1.xml")}
        parts |= {"t": (f"{office}/sharedStrings", "sharedStrings.xml")} if shared is not None else {}
        parts |= {"y": (f"{office}/styles", "styles.xml")} if styles else {}
        book.writestr("xl/_rels/workbook.xml.rels", _relations(parts))
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}">{properties}<sheets>'
            '<sheet name="S" sheetId="1" r:id="s"/></sheets></workbook>',
        )
        if styles:
            book.writestr("xl/styles.xml", f'<styleSheet xmlns="{main}">{styles}</styleSheet>')
        if shared is not None:
            with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as out:
                _write(out, chain((f'<sst xmlns="{main}">',), shared, ("</sst>",)))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            _write(out, chain((f'{doctype}<worksheet xmlns="{main}">',), sheet, ("</worksheet>",)))
    return path


def _write(out: IO[bytes], pieces: Iterable[str]) -> None:
    """Many small pieces at once: an archive takes long over each."""
    with BufferedWriter(out, 1 << 16) as buffered:
        for piece in pieces:
            buffered.write(piece.encode())


def raw_row(number: int, *texts: str, attributes: str = "") -> str:
    """One row of texts from column A on, as XML."""
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in enumerate(texts)
    )
    return f'<row r="{number}"{attributes}>{cells}</row>'


def _relations(parts: dict[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, (kind, target) in parts.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{listed}</Relationships>'
