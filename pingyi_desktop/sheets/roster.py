"""A roster as people really have it, read into cleaned lines with findings that name sheet, row and column.

Nothing is written here and nothing is looked up: which branch a text means is decided by ``appraisal.roster``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pingyi_desktop.appraisal import personal
from pingyi_desktop.appraisal.catalogue import Finding, Weight, found, sentence, weight_of
from pingyi_desktop.appraisal.roster_facts import Line, RosterSheet, rows_phrase
from pingyi_desktop.sheets import roster_columns, roster_values
from pingyi_desktop.sheets.columns import Column, Header, find_header, missing, repeats, word
from pingyi_desktop.sheets.reading import Bad, Grid, read_grids
from pingyi_desktop.sheets.roster_values import Read, Remark

_FOOTER = re.compile(
    r"(合计|小计|总计|共计|本页|填表|制表|审核|负责人|签字|签名|盖章|填报|说明[:\uff1a]|注[:\uff1a\d]|备注[:\uff1a])"
)
_BRANCH_KEYS = frozenset(("branch_code", "branch", "general_branch", "committee"))
_PLACE_KEYS = _BRANCH_KEYS | {"group_name"}
_OWN_NOTES = frozenset({"填写说明", "说明"})
_TOLD_ONE_BY_ONE = 5
Row = Sequence[str | Bad]


@dataclass
class _Sheet:
    """One sheet while it is read; what is said of many rows is collected and said once."""

    grid: Grid
    header: Header
    values: Mapping[str, Callable[[str], Read]]
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    private: dict[int, list[int]] = field(default_factory=dict)
    filled: dict[str, list[int]] = field(default_factory=dict)
    told: dict[tuple[str, int | None], list[tuple[int, str]]] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    widened: int = 0
    gaps: int = 0

    def say(
        self, code: str, row: int, column: int | None, where: str = "", /, *, at: str = "", **values: object
    ) -> None:
        self.note(code, row, column, where, sentence(code, at=at, **values))

    def note(self, code: str, row: int, column: int | None, where: str, text: str) -> None:
        place = "" if column is None else self.header.where(column)
        self.findings.append(Finding(code, weight_of(code), where, text, self.grid.name, row, place))


def read_roster(path: Path) -> RosterSheet:
    """Read members and organisations of an ``.xlsx`` or ``.csv`` file; a file that is no table is a ``UserError``."""
    members: list[Line] = []
    orgs: list[Line] = []
    columns: dict[tuple[str, str], str] = {}
    findings: list[Finding] = []
    known = 0
    for grid in read_grids(path):
        chosen = _choose(grid)
        if chosen is None or grid.hidden:
            findings += _unread(grid, known_header=chosen is not None)
            continue
        known += 1
        header, declared = chosen
        sheet = _read_sheet(grid, header, declared)
        (members if declared is roster_columns.MEMBER_COLUMNS else orgs).extend(sheet.lines)
        findings += sheet.findings
        columns |= {(grid.name, key): header.where(at) for key, at in header.places.items()}
    if not known:
        findings.append(found("V-IMP-24", path.name, file=path.name, column="姓名"))
    elif not (members or orgs) and all(finding.weight is not Weight.ERROR for finding in findings):
        findings.append(found("V-IMP-25", path.name, file=path.name, what="一行可以导入的内容"))
    return RosterSheet(path.name, tuple(members), tuple(orgs), columns, tuple(findings))


def _choose(grid: Grid) -> tuple[Header, tuple[Column, ...]] | None:
    """Is it a roster, a list of organisations, or neither?"""
    members = find_header(grid, roster_columns.MEMBER_COLUMNS)
    orgs = find_header(grid, roster_columns.ORG_COLUMNS)
    if members and "name" in members.places:
        return members, roster_columns.MEMBER_COLUMNS
    if orgs and "code" in orgs.places and {"full_name", "org_type"} & orgs.places.keys():
        return orgs, roster_columns.ORG_COLUMNS
    if members and len(members.places) >= 3 and "category" in members.places:
        return members, roster_columns.MEMBER_COLUMNS
    return None


def _unread(grid: Grid, *, known_header: bool) -> Iterator[Finding]:
    if known_header:
        yield replace(found("V-IMP-09", grid.name, sheet=grid.name), sheet=grid.name)
    elif grid.rows and not grid.hidden and grid.name not in _OWN_NOTES:
        yield replace(found("V-IMP-10", grid.name, sheet=grid.name), sheet=grid.name)


def _read_sheet(grid: Grid, header: Header, declared: tuple[Column, ...]) -> _Sheet:
    of_members = declared is roster_columns.MEMBER_COLUMNS
    sheet = _Sheet(grid, header, roster_values.MEMBER_VALUES if of_members else roster_values.ORG_VALUES)
    lacking = missing(header, declared)
    for column in lacking:
        sheet.say("V-IMP-05", header.row, None, column.title, column=column.title)
    _judge_columns(sheet)
    if not lacking:
        _read_rows(sheet, of_members=of_members)
    _sum_up(sheet)
    return sheet


def _judge_columns(sheet: _Sheet) -> None:
    """Columns that are refused, unknown or there twice."""
    header, used = sheet.header, set(sheet.header.places.values())
    refused: list[int] = []
    unknown: list[int] = []
    for column, title in enumerate(header.titles):
        name = word(title)
        if not name or column in used or name in roster_columns.NUMBERING:
            continue
        if roster_columns.is_refused(name):
            refused.append(column)
        elif all(column not in double for double in header.doubles.values()) and _has_content(sheet, column):
            unknown.append(column)
    for columns, code in ((refused, "V-MEM-08"), (unknown, "V-MEM-27")):
        if columns:
            names = "、".join(header.titles[column] for column in columns)
            sheet.say(code, header.row, columns[0], names, columns=names)
    for key, double in header.doubles.items():
        _judge_double(sheet, key, double)


def _judge_double(sheet: _Sheet, key: str, columns: Sequence[int]) -> None:
    first, *others = columns
    below = sheet.grid.rows[sheet.header.row :]
    if all(row[other] in ("", row[first]) for row in below for other in others):
        return  # one heading merged over several cells
    letters = "、".join(sheet.header.where(column).partition(" ")[0] for column in columns)
    title = sheet.header.titles[first]
    sheet.say("V-IMP-08", sheet.header.row, others[0], key, title=title, n=len(columns), letters=letters)


def _has_content(sheet: _Sheet, column: int) -> bool:
    return any(row[column] for row in sheet.grid.rows[sheet.header.row :])


def _read_rows(sheet: _Sheet, *, of_members: bool) -> None:
    places, above, section = sheet.header.places, dict.fromkeys(_BRANCH_KEYS, ""), ""
    titles = _titles(sheet) if of_members else ()
    for number, row in enumerate(sheet.grid.rows[sheet.header.row :], start=sheet.header.row + 1):
        match _sort(sheet, row, of_members=of_members):
            case "footer":
                sheet.left_out.append(number)
            case "section":
                section = next(str(cell) for cell in row if cell)
            case "data":
                cells = {key: row[column] for key, column in places.items()}
                if of_members:
                    _fill_down(sheet, cells, above, number)
                values = _convert(sheet, number, row, cells)
                if values is not None:
                    hints = tuple(filter(None, (section, sheet.grid.name, *titles)))
                    sheet.lines.append(Line(sheet.grid.name, number, values, hints if of_members else ()))


def _titles(sheet: _Sheet) -> tuple[str, ...]:
    above = [cell for row in sheet.grid.rows[: sheet.header.row - 1] for cell in row if isinstance(cell, str)]
    return tuple(dict.fromkeys(cell for cell in above if cell and not personal.has_private_number(cell)))[:8]


def _sort(sheet: _Sheet, row: Row, *, of_members: bool) -> str:
    """What a row is: data, blank, a footer, a heading inside the table (section), or the header again."""
    places = sheet.header.places
    said = [cell for cell in row if cell]
    if not said or repeats(sheet.header, row):
        return "blank"
    first, name = str(said[0]), str(row[places["name"]]) if "name" in places else ""
    if _FOOTER.match(word(first)) or _FOOTER.match(word(name)):
        return "footer"
    telling = any(row[column] for key, column in places.items() if key not in _PLACE_KEYS)
    if of_members and len(set(said)) == 1 and (len(said) > 1 or "支部" in first):
        if not places.keys() & _BRANCH_KEYS:
            return "section"
        return "footer" if telling else "blank"
    return "data" if telling else "blank"


def _fill_down(sheet: _Sheet, cells: dict[str, str | Bad], above: dict[str, str], number: int) -> None:
    """A branch written once above its members and left blank below."""
    own = {key: cells.get(key, "") for key in _BRANCH_KEYS}
    if own["branch"] or own["branch_code"]:
        above.update({key: text for key, text in own.items() if isinstance(text, str)})
    elif said := above["branch"] or above["branch_code"]:
        cells.update({key: text for key, text in above.items() if key in cells})
        sheet.filled.setdefault(said, []).append(number)


def _convert(sheet: _Sheet, number: int, row: Row, cells: dict[str, str | Bad]) -> dict[str, object] | None:
    """The cleaned values of a row, or None when it cannot be used as it is."""
    sound = True
    for column, cell in enumerate(row):
        if isinstance(cell, str) and personal.has_private_number(cell):
            sheet.private.setdefault(column, []).append(number)
            sound = False
    if not sound:
        return None
    _split_name(sheet, number, cells)
    values: dict[str, object] = {}
    for key, cell in cells.items():
        if isinstance(cell, Bad):
            sound = _remark(sheet, number, key, Remark("V-IMP-07", {"kind": cell.kind}), cells)
            continue
        values[key], remark = sheet.values[key](cell)
        _count_cleaning(sheet, key, cell)
        if remark is not None:
            sound = _remark(sheet, number, key, remark, cells) and sound
    return values if sound else None


def _remark(sheet: _Sheet, number: int, key: str, remark: Remark, cells: Mapping[str, str | Bad]) -> bool:
    """Note a remark about a cell; False when the row cannot be used."""
    column, where = sheet.header.places.get(key), str(cells.get("name") or cells.get("full_name") or "")
    weight, text = weight_of(remark.code), sentence(remark.code, at=f"第 {number} 行：", **remark.values)
    if weight is Weight.INFORMATION:
        sheet.told.setdefault((remark.code, column), []).append((number, text))
    else:
        sheet.note(remark.code, number, column, where, text)
    return weight is not Weight.ERROR


def _split_name(sheet: _Sheet, number: int, cells: dict[str, str | Bad]) -> None:
    """李伟(大) is the name 李伟 with the mark (大)."""
    name = cells.get("name", "")
    if isinstance(name, Bad) or cells.get("name_suffix"):
        return
    bare, mark = personal.split_mark(name)
    if mark:
        cells["name"], cells["name_suffix"] = bare, mark
        _remark(sheet, number, "name", Remark("V-MEM-32", {"name": name, "bare": bare, "mark": mark}), cells)


def _count_cleaning(sheet: _Sheet, key: str, cell: str) -> None:
    tidied = personal.tidy(cell)
    sheet.widened += tidied != cell
    sheet.gaps += key != "name" and personal.close_gaps(tidied) != tidied


def _sum_up(sheet: _Sheet) -> None:
    """Say once what holds for many rows."""
    header = sheet.header
    for column, rows in sheet.private.items():
        sheet.say("V-MEM-07", rows[0], column, what=rows_phrase(rows), mend="请删除该列后再导入")
    for said, rows in sheet.filled.items():
        at = f"{rows_phrase(rows)}："
        sheet.say("V-MEM-24", rows[0], header.places.get("branch"), said, at=at, said=said)
    for (code, place), told in sheet.told.items():
        if len(told) <= _TOLD_ONE_BY_ONE:
            for row, text in told:
                sheet.note(code, row, place, "", text)
        else:
            rows = [row for row, _ in told]
            sheet.note(code, rows[0], place, "", f"{told[0][1]}同类的还有：{rows_phrase(rows[1:])}。")
    if sheet.left_out:
        sheet.say("V-IMP-11", sheet.left_out[0], None, rows=rows_phrase(sheet.left_out))
    if sheet.widened:
        sheet.say("V-IMP-03", header.row, None, n=sheet.widened)
    if sheet.gaps:
        sheet.say("V-IMP-02", header.row, None, n=sheet.gaps)
