"""A roster as people really have it, read into cleaned lines with findings that name sheet, row and column.

Nothing is written here and nothing is looked up: which branch a text means is decided by ``appraisal.people.roster``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pingyi_desktop.appraisal.people import mentions
from pingyi_desktop.appraisal.people.roster_facts import Line, RosterSheet
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, found
from pingyi_desktop.sheets.grid.columns import (
    SheetColumn,
    SheetHeader,
    Words,
    find_again,
    find_header,
    find_late_header,
    missing,
    words_of,
)
from pingyi_desktop.sheets.grid.footers import is_footer
from pingyi_desktop.sheets.grid.grid import Grid, Row, as_chosen, at
from pingyi_desktop.sheets.grid.reading import read_grids
from pingyi_desktop.sheets.grid.refused import is_refused
from pingyi_desktop.sheets.grid.sheet import OWN_NOTES, hidden_sheet, late_header, no_header
from pingyi_desktop.sheets.roster import roster_columns, roster_rows, roster_values
from pingyi_desktop.sheets.roster.roster_cells import BRANCH_KEYS, convert, fill_down
from pingyi_desktop.sheets.roster.roster_table import RosterTable, say_cleaned

_PLACE_KEYS = BRANCH_KEYS | {"group_name"}
_MOST_TITLES = 40
_WORDS: dict[tuple[SheetColumn, ...], Words] = {
    declared: words_of(declared) for declared in (roster_columns.MEMBER_COLUMNS, roster_columns.ORG_COLUMNS)
}


def read_roster(path: Path, *, hidden: str | None = None) -> RosterSheet:
    """Read members and organisations of an ``.xlsx`` or ``.csv`` file; a file that is no table is a ``UserError``.

    ``hidden`` says what is done with hidden and filtered rows and columns: ``include`` or ``skip``; without it they block.
    """
    members: list[Line] = []
    orgs: list[Line] = []
    columns: dict[tuple[str, str], str] = {}
    findings: list[Finding] = []
    known = 0
    for read in read_grids(path):
        grid = as_chosen(read, hidden)
        chosen = _choose(grid)
        if chosen is None or grid.hidden:
            findings += _unread(grid, known_header=chosen is not None)
            continue
        known += 1
        header, declared = chosen
        sheet = _read_sheet(grid, header, declared, hidden)
        (members if declared is roster_columns.MEMBER_COLUMNS else orgs).extend(sheet.lines)
        findings += sorted(sheet.summed_up(), key=lambda said: said.weight is Weight.INFORMATION)
        columns |= {(grid.name, key): header.where(at) for key, at in header.places.items()}
    if all(finding.weight is not Weight.ERROR for finding in findings):
        if not known:
            findings.append(found("V-IMP-24", path.name, file=path.name, column="姓名"))
        elif not (members or orgs):
            findings.append(found("V-IMP-25", path.name, file=path.name, what="一行可以导入的内容"))
    return RosterSheet(path.name, tuple(members), tuple(orgs), columns, tuple(findings))


def _choose(grid: Grid) -> tuple[SheetHeader, tuple[SheetColumn, ...]] | None:
    """Is it a roster, a list of organisations, or neither?"""
    return _judge(
        find_header(grid, roster_columns.MEMBER_COLUMNS), find_header(grid, roster_columns.ORG_COLUMNS)
    )


def _judge(
    members: SheetHeader | None, orgs: SheetHeader | None
) -> tuple[SheetHeader, tuple[SheetColumn, ...]] | None:
    if members and "name" in members.places:
        return members, roster_columns.MEMBER_COLUMNS
    if orgs and "code" in orgs.places and {"full_name", "org_type"} & orgs.places.keys():
        return orgs, roster_columns.ORG_COLUMNS
    if members and len(members.places) >= 3 and "category" in members.places:
        return members, roster_columns.MEMBER_COLUMNS
    return None


def _unread(grid: Grid, *, known_header: bool) -> Iterator[Finding]:
    if known_header:
        yield hidden_sheet(grid)
        return
    late = _judge(
        find_late_header(grid, roster_columns.MEMBER_COLUMNS),
        find_late_header(grid, roster_columns.ORG_COLUMNS),
    )
    if late is not None and not grid.hidden:
        yield late_header(grid, late[0])
    elif grid.rows and not grid.hidden and grid.name not in OWN_NOTES:
        yield no_header(grid, "名册", "姓名")


def _read_sheet(
    grid: Grid, header: SheetHeader, declared: tuple[SheetColumn, ...], hidden: str | None
) -> RosterTable:
    of_members = declared is roster_columns.MEMBER_COLUMNS
    values = (
        roster_values.member_values(days_later=grid.days_later) if of_members else roster_values.ORG_VALUES
    )
    sheet = RosterTable(grid, header, hidden, values=values)
    if _take_header(sheet, declared):
        _read_rows(sheet, declared)
    say_cleaned(sheet)
    return sheet


def _take_header(sheet: RosterTable, declared: tuple[SheetColumn, ...]) -> bool:
    """Say what the header has too little or too much; False when a column is missing without which nothing is read."""
    sheet.used |= set(sheet.header.places.values())
    lacking = missing(sheet.header, declared)
    for column in lacking:
        sheet.say("V-IMP-05", sheet.header.row, None, column.title, column=column.title)
    _judge_columns(sheet)
    return not lacking


def _judge_columns(sheet: RosterTable) -> None:
    """Columns that are refused, unknown or there twice."""
    header = sheet.header
    refused: list[int] = []
    unknown: list[int] = []
    doubled = {place for double in header.doubles.values() for place in double}
    for column, title in sheet.unclaimed({*header.places.values(), *header.beside.values()}):
        if is_refused(title):
            refused.append(column)
        elif column not in doubled and any(sheet.cells_of(column)):
            unknown.append(column)
    for columns, code in ((refused, "V-MEM-08"), (unknown, "V-MEM-27")):
        if columns:
            names = "、".join(header.titles[column] for column in columns)
            sheet.say(code, header.row, columns[0], names, columns=names)
    for key, double in header.doubles.items():
        _judge_double(sheet, key, double)


def _judge_double(sheet: RosterTable, key: str, columns: Sequence[int]) -> None:
    first, *others = columns
    below = [row for _, row in sheet.grid.below(sheet.header.row)]
    if all(at(row, other) in ("", at(row, first)) for row in below for other in others):
        return  # one heading merged over several cells
    letters = "、".join(sheet.header.where(column).partition(" ")[0] for column in columns)
    titles = list(dict.fromkeys(sheet.header.titles[column] for column in columns))
    row, place = sheet.header.row, others[0]
    if len(titles) > 1:
        sheet.say("V-IMP-35", row, place, key, titles="”“".join(titles), letters=letters)
    else:
        sheet.say("V-IMP-08", row, place, key, title=titles[0], n=len(columns), letters=letters)


def _read_rows(sheet: RosterTable, declared: tuple[SheetColumn, ...]) -> None:
    of_members = declared is roster_columns.MEMBER_COLUMNS
    above, sections = dict.fromkeys(BRANCH_KEYS, ""), list[str]()
    titles = _titles(sheet) if of_members else ()

    def header_at(number: int) -> SheetHeader | None:
        again = find_again(sheet.grid, number, _WORDS[declared])
        if again is None or not {"name", "code"} & again.places.keys():
            return None
        if (again.places, again.beside) != (sheet.header.places, sheet.header.beside):
            sheet.header = again
            above.update(dict.fromkeys(BRANCH_KEYS, ""))
            _take_header(sheet, declared)
        return again

    for number, row in sheet.rows(header_at):
        if missing(sheet.header, declared):
            return
        _say_strange_header(sheet, number, declared)
        kind = _sort(sheet, row, of_members=of_members)
        if kind in (roster_rows.FOOTER, roster_rows.NOTE):
            sheet.left_out.append(number)
        elif kind == roster_rows.SECTION:
            sections = _with_section(sections, next(str(cell) for cell in row if cell))
            above.update(dict.fromkeys(BRANCH_KEYS, ""))
        elif kind == roster_rows.PERSON:
            hints = tuple(dict.fromkeys((*sections, *_sheet_hint(sheet.grid), *titles))) if of_members else ()
            _read_row(sheet, number, row, above, hints)


def _read_row(
    sheet: RosterTable, number: int, row: Row, above: dict[str, str], hints: tuple[str, ...]
) -> None:
    cells = {key: at(row, column) for key, column in sheet.header.places.items()}
    if sheet.values is not roster_values.ORG_VALUES:
        fill_down(sheet, cells, above, number)
    if sheet.is_passed_over(number):
        return
    values = convert(sheet, number, row, cells)
    if values is not None:
        sheet.lines.append(Line(sheet.grid.name, number, values, hints))


def _say_strange_header(sheet: RosterTable, number: int, declared: tuple[SheetColumn, ...]) -> None:
    """V-IMP-19: the header of an organisation list inside a roster, or the other way round."""
    other: tuple[SheetColumn, ...] = roster_columns.ORG_COLUMNS
    if declared is other:
        other = roster_columns.MEMBER_COLUMNS
    if (strange := find_again(sheet.grid, number, _WORDS[other], at_least=3)) is not None and _judge(
        *((strange, None) if other is roster_columns.MEMBER_COLUMNS else (None, strange))
    ):
        kind = "党员" if other is roster_columns.MEMBER_COLUMNS else "党组织"
        sheet.say("V-IMP-19", number, None, at=f"第 {number} 行：", kind=kind)


def _with_section(sections: list[str], text: str) -> list[str]:
    """A heading that names a unit takes the place of the one before; any other stands below it."""
    if mentions.named(text) or mentions.is_unit(mentions.unit_alone(text)) or not sections:
        return [text]
    return [sections[0], text]


def _sheet_hint(grid: Grid) -> tuple[str, ...]:
    """The sheet's name; the name of a text file only where it names an organisation outright."""
    return () if grid.from_file_name and not mentions.named(grid.name) else (grid.name,)


def _titles(sheet: RosterTable) -> tuple[str, ...]:
    texts = [cell for _, row in sheet.grid.above(sheet.header.first) for cell in row if isinstance(cell, str)]
    plain = [text for text in dict.fromkeys(texts) if text and not personal.has_private_number(text)]
    return tuple(plain[:_MOST_TITLES])


def _sort(sheet: RosterTable, row: Row, *, of_members: bool) -> str:
    places = sheet.header.places
    telling = any(at(row, column) for key, column in places.items() if key not in _PLACE_KEYS)
    if of_members:
        return roster_rows.sort_member(row, places, telling)
    said = [cell for cell in row if cell]
    if said and is_footer(said[0]) and not (at(row, places["full_name"]) and at(row, places["org_type"])):
        return roster_rows.FOOTER
    return roster_rows.PERSON if telling else roster_rows.BLANK
