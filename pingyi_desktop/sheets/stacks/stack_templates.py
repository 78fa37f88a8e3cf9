"""Blank tables for ballots and counts, made for the batches at hand, which the readers take back as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches.stacks import EVERYONE, Stack
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.errors import UserError
from pingyi_desktop.sheets.grid.reading import letter
from pingyi_desktop.sheets.grid.writing import heading, put, save
from pingyi_desktop.sheets.stacks.ballot_words import COUNT_COLUMNS, FIGURES, cell_columns, offered

NOTES_SHEET = "填写说明"
_BALLOT_NOTES = (
    "一个填写页是一个票批，一行是一张票；每页第一行写明票批码，请不要改动。",
    "每格填代号，也可以填等次的文字；各项的代号见每页第二行。",
    "整张空白的票和废票不要录，张数填在票批核对单里。",
    "请不要增加姓名、编号、时间等列：群众评议不记名，软件也不保存每张票的先后次序。",
)
_COUNT_NOTES = (
    "一行是一个票批的一个项目（名册式评议表是一名党员的一个项目），各档填票数。",
    "印制、发出、收回、空白、废票在每个票批的第一行填一次就可以。",
    "每行各档与未填、多选、无法辨认相加，应等于有效票=收回-空白-废票。",
)
_TITLES = {column.key: column.title for column in COUNT_COLUMNS}
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\']")


def write_ballot_template(path: Path, *, stacks: Sequence[Stack]) -> None:
    """One sheet a batch with a column for each cell of its paper; replaces ``path``."""
    book = _book(_BALLOT_NOTES)
    for number, stack in enumerate(_fillable(stacks), 1):
        sheet = book.create_sheet(_sheet_title(number, stack), number - 1)
        put(sheet, 1, 1, f"{stack.form.title} 票批码：{stack.batch.code} {stack.batch.org_name}")
        put(sheet, 2, 1, _legend(stack.form))
        heading(sheet, 3, 1, "序号")
        for place, column in enumerate(cell_columns(stack), 2):
            heading(sheet, 3, place, column.title)
            sheet.column_dimensions[letter(place - 1)].width = 13
        sheet.freeze_panes = "B4"
    _finish(book, path)


def write_count_template(path: Path, *, stacks: Sequence[Stack]) -> None:
    """One sheet a form with a row for each batch, person and item; replaces ``path``."""
    book = _book(_COUNT_NOTES)
    forms = {stack.form.code: stack.form for stack in _fillable(stacks)}
    for number, (code, form) in enumerate(forms.items()):
        sheet = book.create_sheet(code, number)
        columns = _count_columns(form)
        for place, title in enumerate(columns, 1):
            heading(sheet, 1, place, title)
            sheet.column_dimensions[letter(place - 1)].width = 30 if title in ("票批码", "项目") else 11
        sheet.freeze_panes = "A2"
        row = 2
        for stack in stacks:
            if stack.form.code == code:
                row = _count_rows(sheet, row, stack, columns)
    _finish(book, path)


def _count_columns(form: Form) -> list[str]:
    labels = list(dict.fromkeys(o.label for item in form.items for o in item.scale.options))
    who = [_TITLES["member_no"], _TITLES["person"]] if form.is_roster else []
    cells = [_TITLES[key] for key in ("cell_blank", "cell_multi", "cell_illegible")]
    figures = [_TITLES[key] for key in FIGURES]
    return [_TITLES["batch"], "党组织", _TITLES["category"], *figures, *who, _TITLES["item"], *labels, *cells]


def _count_rows(sheet: Worksheet, row: int, stack: Stack, columns: Sequence[str]) -> int:
    for member_no, name in stack.people:
        for item in stack.form.items:
            said = {
                _TITLES["batch"]: stack.batch.code,
                "党组织": stack.batch.org_name,
                _TITLES["category"]: stack.batch.category_name,
                _TITLES["item"]: item.text,
                _TITLES["member_no"]: member_no,
                _TITLES["person"]: name,
            }
            for place, title in enumerate(columns, 1):
                if said.get(title):
                    put(sheet, row, place, visible.clean(said[title]))
            row += 1
    return row


def _fillable(stacks: Sequence[Stack]) -> Sequence[Stack]:
    if not stacks:
        raise UserError("本单位没有需要录入的票批，不用生成模板。")
    for stack in stacks:
        if stack.people != EVERYONE and not stack.people:
            raise UserError(f"“{stack.batch.org_name}”的名册是空的，请先导入名册再生成模板。")
    return stacks


def _sheet_title(number: int, stack: Stack) -> str:
    title = visible.line(f"{number} {stack.batch.org_name} {stack.batch.category_name}")
    return _NOT_IN_TITLE.sub("", title)[:31]


def _legend(form: Form) -> str:
    legends = list(dict.fromkeys(offered(item) for item in form.items))
    if len(legends) == 1:
        return f"代号：{legends[0]}"
    return ";".join(f"{item.short_text}:{offered(item)}" for item in form.items)


def _book(notes: Sequence[str]) -> Workbook:
    book = Workbook()
    sheet = book.create_sheet(NOTES_SHEET)
    sheet.column_dimensions["A"].width = 100
    for number, text in enumerate(notes, 1):
        put(sheet, number, 1, f"{number}. {text}")
    return book


def _finish(book: Workbook, path: Path) -> None:
    del book["Sheet"]
    book.active = 0
    save(book, path)
