"""The blank roster template and the roster export: one layout, which ``sheets.roster.roster`` reads back unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people import members, org
from pingyi_desktop.appraisal.people.members import CATEGORY_NAMES, STATUS_NAMES, Member
from pingyi_desktop.appraisal.people.org import TYPE_NAMES, Org
from pingyi_desktop.appraisal.people.roster_orgs import ORG_FIELDS, in_words
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import found
from pingyi_desktop.sheets.grid.columns import SheetColumn
from pingyi_desktop.sheets.grid.reading import letter
from pingyi_desktop.sheets.grid.writing import heading, put, save
from pingyi_desktop.sheets.roster.roster_columns import MEMBER_COLUMNS, ORG_COLUMNS
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType

ORG_SHEET, MEMBER_SHEET, NOTES_SHEET = "党组织", "党员", "填写说明"
_LAST_ROW = 10_000  # of the drop-down lists
_YES_NO = ("是", "否")
_CHOICES: dict[str, Sequence[str]] = {
    "category": tuple(CATEGORY_NAMES.values()),
    "roster_status": tuple(STATUS_NAMES.values()),
    "is_leading_cadre": _YES_NO,
    "sex": ("男", "女"),
    "org_type": tuple(TYPE_NAMES.values()),
    "in_scope": _YES_NO,
    "is_joint": _YES_NO,
    "is_temporary": _YES_NO,
}
_WIDTHS = {
    "full_name": 46,
    "branch": 30,
    "short_name": 28,
    "exempt_reason": 24,
    "post": 20,
    "general_branch": 26,
}
_NOTES = (
    "本表有两个填写页：“党组织”一行一个组织，“党员”一行一名党员。只登记党员时，“党组织”页可以空着。",
    "带 * 的列必填。列的先后可以调整，不用的列可以删去；请不要改动表头文字。",
    "组织代码由本单位自编，用字母、数字和点，如 QL.03.G02.B017；上级代码填上一级组织的代码。",
    "所在党支部可以填简称或全称；支部重名时请填支部代码。",
    "编号可以不填，导入时自动编号；再次导入时按编号认人，没有编号时按支部和姓名认人。",
    "同一支部有重名党员的，请在“区分标记”里填写，如（大）、（小）。",
    "日期写成 2011-07-06；入党日期、转正日期、性别、工作岗位都可以不填。",
    "请不要填写身份证号、手机号、住址、民族、学历等，本软件不收集这些内容。",
    "导入不会删除党员；名册里没有的人只会提示，转出请在软件里办理。",
)


def write_template(path: Path) -> None:
    """A blank workbook with headings, drop-down lists and notes, but no example rows; replaces ``path``."""
    _write(path, orgs=[], people=[])


def export_roster(session: Session, path: Path, *, by: str, reason: str = "") -> int:
    """Write the own unit's organisations and members; returns how many members. Importing it back changes nothing.

    A file with people in it leaves the program (V-PRI-05): that needs a ``reason``, and stands in the journal.
    """
    unit = org.own_unit(session).code
    known = {o.code: o for o in org.tree(session)}
    people = members.members(session, under=unit)
    name = visible.shown(path.name)
    listed = [found("V-PRI-05", name, n=len(people))] if people else []
    findings.weigh(session, listed, reason=reason, by=by, act="导出名册", subject=name)
    active = [o for o in org.tree(session, under=unit) if o.status == OrgStatus.ACTIVE]
    _write(path, orgs=map(_org_row, active), people=(_member_row(m, known) for m in people))
    return len(people)


def _org_row(o: Org) -> dict[str, str]:
    return {
        "code": o.code,
        "parent": o.parent_code or "",
        **{field: in_words(field, getattr(o, field)) for field in ORG_FIELDS if field != "parent_code"},
    }


def _member_row(m: Member, known: Mapping[str, Org]) -> dict[str, str]:
    texts = ("member_no", "name", "name_suffix", "group_name", "party_duty", "post", "sex", "exempt_reason")
    row = {name: str(getattr(m, name)) for name in texts}
    row |= {"branch_code": m.org_code, "branch": m.org_short_name}
    row |= {"category": CATEGORY_NAMES[m.category], "roster_status": STATUS_NAMES[m.roster_status]}
    row |= {"is_leading_cadre": "是" if m.is_leading_cadre else "否"}
    row |= {"join_date": m.join_date or "", "full_date": m.full_date or ""}
    above = known.get(known[m.org_code].parent_code or "")
    while above is not None:
        key = "general_branch" if above.org_type == OrgType.GENERAL_BRANCH else "committee"
        row.setdefault(key, above.short_name)
        above = known.get(above.parent_code or "")
    return row


def _write(path: Path, *, orgs: Iterable[dict[str, str]], people: Iterable[dict[str, str]]) -> None:
    book = Workbook()
    for name, columns, rows in ((ORG_SHEET, ORG_COLUMNS, orgs), (MEMBER_SHEET, MEMBER_COLUMNS, people)):
        sheet = book.create_sheet(name)
        _headings(sheet, columns)
        for number, row in enumerate(rows, start=2):
            for place, column in enumerate(columns, start=1):
                if value := row.get(column.key):
                    put(sheet, number, place, visible.clean(value))
    notes = book.create_sheet(NOTES_SHEET)
    notes.column_dimensions["A"].width = 100
    for number, text in enumerate(_NOTES, start=1):
        put(notes, number, 1, f"{number}. {text}")
    del book[book.sheetnames[0]]
    book.active = book[MEMBER_SHEET]
    save(book, path)


def _headings(sheet: Worksheet, columns: Sequence[SheetColumn]) -> None:
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns):
        heading(sheet, 1, place + 1, column.title + ("*" if column.required else ""))
        sheet.column_dimensions[letter(place)].width = _WIDTHS.get(column.key, 14)
        sheet.column_dimensions[letter(place)].number_format = "@"
        if offered := _CHOICES.get(column.key):
            rule = DataValidation("list", formula1=f'"{",".join(offered)}"', allow_blank=True)
            rule.error, rule.errorTitle = f"请选择：{'、'.join(offered)}", column.title
            rule.add(f"{letter(place)}2:{letter(place)}{_LAST_ROW}")
            sheet.add_data_validation(rule)
