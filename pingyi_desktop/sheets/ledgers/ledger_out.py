"""The blank sheet of a ledger and its export: one layout, which ``ledger_in`` reads back unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.ledgers import rows
from pingyi_desktop.appraisal.ledgers.fields import Field, Kind
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.plans import NUMBER, ORG
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import found
from pingyi_desktop.sheets.grid.reading import letter
from pingyi_desktop.sheets.grid.writing import heading, put, save

NOTES = "填写说明"
_LAST_ROW = 20_000  # of the drop-down lists
_WIDTHS = {
    Kind.TEXT: 24,
    Kind.PERSON: 14,
    Kind.CHOICE: 14,
    Kind.DAY: 14,
    Kind.MONTH: 14,
    Kind.AMOUNT: 16,
    Kind.COUNT: 12,
}
_SAID = {
    Kind.DAY: "日期写成 2025-11-03 的样子",
    Kind.MONTH: "月份写成 2025年11月 的样子",
    Kind.AMOUNT: "金额照实写：5000 元、约 3 万元、200 余万元、1 亿元",
    Kind.COUNT: "填整数，不带单位",
    Kind.PERSON: "填姓名；同一支部有重名的填编号",
}


def write_template(ledger: Ledger, path: Path) -> None:
    """A blank workbook with headings, drop-down lists and notes; replaces ``path``."""
    _write(ledger, path, ())


def export_ledger(
    session: Session, ledger: Ledger, asked: rows.Asked, path: Path, *, by: str, reason: str = ""
) -> int:
    """Write the rows asked for; returns how many. Importing the own ones back changes nothing.

    A file with members in it leaves the program (V-PRI-05): that needs a ``reason``, and stands in the journal.
    """
    listed = rows.listing(session, ledger, asked)
    people = {row.values[key] for row in listed for key in ledger.personal} - {""}
    name = visible.shown(path.name)
    said = [found("V-PRI-05", name, n=len(people))] if people else []
    findings.weigh(session, said, reason=reason, by=by, act=f"导出{ledger.title}", subject=name)
    _write(ledger, path, listed)
    return len(listed)


def _write(ledger: Ledger, path: Path, listed: Iterable[Row]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = ledger.title
    sheet.freeze_panes = "A2"
    titles = [NUMBER, ORG, *(f.title + ("*" if f.required else "") for f in ledger.fields)]
    for place, title in enumerate(titles, start=1):
        heading(sheet, 1, place, title)
        sheet.column_dimensions[letter(place - 1)].width = 20
        sheet.column_dimensions[letter(place - 1)].number_format = "@"
    for place, field in enumerate(ledger.fields, start=3):
        _offer(sheet, letter(place - 1), field)
    for number, row in enumerate(listed, start=2):
        for place, text in enumerate((row.name, row.org, *_cells(ledger, row)), start=1):
            if text:
                put(sheet, number, place, text)
    notes = book.create_sheet(NOTES)
    notes.column_dimensions["A"].width = 100
    for number, text in enumerate(_notes(ledger), start=1):
        put(notes, number, 1, f"{number}. {text}")
    save(book, path)


def _cells(ledger: Ledger, row: Row) -> list[str]:
    """The texts of a row; members by their number, so that namesakes come back as they went."""
    return [str(row.values[f.key]) if f.key in ledger.personal else row.texts[f.key] for f in ledger.fields]


def _offer(sheet: Worksheet, column: str, field: Field) -> None:
    sheet.column_dimensions[column].width = 40 if field.most > 60 else _WIDTHS.get(field.kind, 16)
    if field.options:
        words = ",".join(one.word for one in field.options)
        rule = DataValidation("list", formula1=f'"{words}"', allow_blank=True)
        rule.error, rule.errorTitle = f"请选择：{field.offered}", field.title
        rule.add(f"{column}2:{column}{_LAST_ROW}")
        sheet.add_data_validation(rule)


def _notes(ledger: Ledger) -> list[str]:
    notes = [
        "一行一项。带 * 的列必填；列的先后可以调整，不用的列可以删去；请不要改动表头文字。",
        "编号空着，导入时自动编号；再次导入时按编号认行，没有编号的按内容认，空着的格不改动已有的内容。",
        "党组织填简称、全称或代码；只填本单位的，可以空着。",
    ]
    for field in ledger.fields:
        said = [f"从{field.offered}中选"] if field.options else []
        said += [_SAID[field.kind]] if field.kind in _SAID else []
        said += [field.hint] if field.hint and not field.options else []
        if said:
            notes.append(f"{field.title}：{'；'.join(said)}。")
    return [*notes, "请不要填写身份证号、手机号、住址等，本软件不收集这些内容。"]
