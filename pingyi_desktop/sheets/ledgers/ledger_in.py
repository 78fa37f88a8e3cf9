"""A ledger as people really have it in a spreadsheet, read into lines of text with findings by sheet, row and column.

Nothing is looked up and nothing written: what a line means is decided by ``appraisal.ledgers.plans``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pingyi_desktop.appraisal.ledgers.fields import Field, Kind
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.ledgers.plans import NUMBER, ORG, LedgerSheet, Line
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, found
from pingyi_desktop.appraisal.rulebook.money import money
from pingyi_desktop.sheets.grid.columns import (
    SEARCHED_ROWS,
    SheetColumn,
    SheetHeader,
    Words,
    find_again,
    find_header,
    find_late_header,
    half_read,
    missing,
    row_below,
    word,
    words_of,
)
from pingyi_desktop.sheets.grid.dates import read_date
from pingyi_desktop.sheets.grid.footers import is_footer, is_total
from pingyi_desktop.sheets.grid.grid import Bad, Grid, Row, as_chosen, at
from pingyi_desktop.sheets.grid.reading import read_grids
from pingyi_desktop.sheets.grid.refused import is_refused
from pingyi_desktop.sheets.grid.sheet import OWN_NOTES, Sheet, hidden_sheet, late_header, no_header

UNITS = ("所在党支部", "党支部", "支部", "所属党组织", "单位", "组织", "承诺组织", "支部代码", "组织代码")
MONEY_UNIT, _UNITS_OF_MONEY = "amount_unit", ("投入单位", "资金单位", "投入金额单位")
"""the column that says of each amount what it is in, as our own list of deeds prints it"""
_JANUARY_OR_OCTOBER = re.compile(r"[0-9]{4}\.1")
"""what a spreadsheet makes of 2025.1 as well as of 2025.10, which it takes for a number"""
_OF_MONEY = r"(?P<unit>[十百千]?[万亿]?元|[十百千]?[万亿])(?!(?!人民币)[\u4e00-\u9fff])"
_UNIT = {
    Kind.AMOUNT: re.compile(_OF_MONEY),
    Kind.COUNT: re.compile(r"[(\uff08]\s*(?P<unit>[百千万亿])(?!元)"),
}
_OPEN, _SHUT = r"(\uff08\[【〔", r")\uff09\]】〕"
_UNIT_ABOVE = re.compile(
    rf"单位[均都]?\s*[:\uff1a为是]?\s*[(\uff08\[【]?(?:人民币|[人户次件项个、/,\uff0c\s])*{_OF_MONEY}"
)
_BY_UNIT = re.compile(r"[以按](?:人民币)?(?P<unit>[十百千]?[万亿]?元)(?:为单位|计)")
_UNIT_ALONE = re.compile(
    rf"(?:.*[{_OPEN}](?:[^{_OPEN}{_SHUT}]*[:\uff1a、,\uff0c;\uff1b])?[^{_OPEN}{_SHUT}\d一二两三四五六七八九几数半余多]*?)?"
    rf"(?:人民币)?{_OF_MONEY}\s*[{_SHUT}]?"
)
"""a cell above a table that says a unit and no amount: 万元, （万元）, 办实事清单（投入：万元）"""
_TABLES = 20
"""different headers of a sheet of which unknown columns are told"""
_FEW, _LONGEST_LINE = 3, 200
"""different cells of a line above a table that may say its unit without the word 单位; characters of one that says it"""
_NEAR = 5
"""rows above a table below the first one that may say its unit"""
_HAS_UNIT = re.compile("[元百千万亿]")


def columns_of(ledger: Ledger) -> tuple[SheetColumn, ...]:
    """The columns a sheet of this ledger may have."""
    has_money = any(f.kind is Kind.AMOUNT for f in ledger.fields)
    return (
        SheetColumn(NUMBER, NUMBER, ("台账编号",)),
        SheetColumn(ORG, ORG, UNITS),
        *(SheetColumn(f.key, f.title, f.words, f.required) for f in ledger.fields),
        *((SheetColumn(MONEY_UNIT, "金额单位", _UNITS_OF_MONEY),) if has_money else ()),
    )


def read_ledger(path: Path, ledger: Ledger, *, hidden: str | None = None) -> LedgerSheet:
    """Read an ``.xlsx`` or ``.csv`` file; one that is no table is a ``UserError``.

    ``hidden`` says what is done with hidden and filtered rows and columns: ``include`` or ``skip``; without it they block.
    """
    declared = columns_of(ledger)
    lines: list[Line] = []
    places: dict[tuple[str, str], str] = {}
    listed: list[Finding] = []
    known, title = False, next(f.title for f in ledger.fields if f.required)
    for plain in read_grids(path):
        grid = as_chosen(plain, hidden)
        if grid.name in OWN_NOTES or not grid.rows:
            continue
        header = find_header(grid, declared)
        if header is None:
            late = find_late_header(grid, declared)
            if not grid.hidden:
                listed.append(
                    no_header(grid, ledger.title, title) if late is None else late_header(grid, late)
                )
            continue
        known = True
        if grid.hidden:
            listed.append(hidden_sheet(grid))
            continue
        sheet = Sheet(grid, header, hidden, about=grid.name)
        lines += _lines(sheet, declared, ledger)
        places |= {(grid.name, key): header.where(column) for key, column in header.places.items()}
        listed += sorted(sheet.summed_up(), key=lambda said: said.weight is Weight.INFORMATION)
    if all(one.weight is not Weight.ERROR for one in listed):
        if not known:
            listed.append(found("V-IMP-24", path.name, file=path.name, column=title))
        elif not lines:
            listed.append(found("V-IMP-25", path.name, file=path.name, what=f"一行{ledger.title}"))
    return LedgerSheet(path.name, tuple(lines), places, tuple(listed))


def _lines(sheet: Sheet, declared: tuple[SheetColumn, ...], ledger: Ledger) -> list[Line]:
    words, grid = words_of(declared), sheet.grid
    if not _take_header(sheet, declared):
        return []

    def header_at(number: int) -> SheetHeader | None:
        if _is_line(grid.row(number), sheet.header, ledger):
            return None
        again = _again(grid, number, declared, words, sheet.header)
        if again is not None:
            _read_whole(sheet, again, declared)
        return again

    lines: list[Line] = []
    header, units, known = sheet.header, _units(sheet, ledger, {}), {sheet.header.titles}
    for number, row in sheet.rows(header_at):
        if sheet.header is not header:  # of a table below the first, which may be in another unit
            header, units = sheet.header, _units(sheet, ledger, units)
            if header.titles not in known and len(known) < _TABLES:
                known.add(header.titles)
                if all(one.code != "V-IMP-38" for one in sheet.findings):  # which says it of its second row
                    _say_columns(sheet)
        telling = header.places.keys() - {ORG, NUMBER, MONEY_UNIT}
        telling = {key for key in telling if at(row, header.places[key])}
        below = _is_below(row, [at(row, header.places[key]) for key in telling - units.keys()])
        if not telling or below:
            if below:
                sheet.left_out.append(number)
                _say_unit_below(sheet, number, row, ledger, units)
            continue
        _say_lost(sheet, number, row)
        _say_lent(sheet, number, row, units)
        if grid.from_file_name and len(row) > len(header.titles):
            sheet.say_often("V-IMP-43", number, len(header.titles), "beyond", text=str(row[-1])[:20])
        if sheet.is_passed_over(number) or sheet.has_private_number(number, row):
            continue
        if (texts := _texts(sheet, number, row, ledger, units)) is not None:
            lines.append(Line(grid.name, number, texts))
            _say_nameless(sheet, number, row)
    return lines


def _is_below(row: Row, told: Sequence[str | Bad]) -> bool:
    """Whether a row is no line of the table: a total (of which ``told`` say nothing more), signatures, or one text over it all."""
    said = [cell for cell in row if cell]
    alone = len(said) > 2 and len(set(said)) == 1  # a merged cell says its text everywhere
    is_total_row = bool(said) and (is_footer(said[0]) or is_total(said[0])) and len(set(told)) < 2
    return is_total_row or alone or (bool(said) and all(map(is_footer, said)))


def _say_lost(sheet: Sheet, number: int, row: Row) -> None:
    """V-IMP-39: under a header further down something stands where the first table has a column and this header says nothing."""
    here, top = sheet.header, sheet.top
    for key, place in top.places.items() if here is not top else ():
        if key not in here.places and not any(map(word, here.titles[place : place + 1])) and at(row, place):
            sheet.say_often("V-IMP-39", number, place, key, title=top.titles[place], row=here.row)


def _say_nameless(sheet: Sheet, number: int, row: Row) -> None:
    """V-IMP-44: between the columns of the table something stands in one without a name, so that it is not read: once for each.

    What only says the unit of the number beside it is read, and so is the text of a cell merged with the one beside it.
    """
    titles = sheet.header.titles if sheet.header is sheet.top else ()  # of others V-IMP-39 says it
    for place, title in enumerate(titles):
        said = "" if title or place in sheet.nameless else at(row, place)
        if not isinstance(said, str) or not said or (place and said == at(row, place - 1)):
            continue
        if not _UNIT_ALONE.fullmatch(said[:20]):
            sheet.nameless.add(place)
            sheet.say("V-IMP-44", number, place, text=said[:20])


def _say_lent(sheet: Sheet, number: int, row: Row, numbers: Collection[str]) -> None:
    """V-IMP-42: a merged cell says one number for several rows; given to each, it would be added up again and again.

    A row that is merged with the one above in all its cells is the same one.
    """
    places = {key: place for key, place in sheet.header.places.items() if key != NUMBER and at(row, place)}
    lent = {key: sheet.lent(place) for key, place in places.items()}
    if all(number in rows for rows in lent.values()):
        return
    for key in lent.keys() & numbers:
        if number in lent[key]:
            title = sheet.header.titles[places[key]]
            sheet.say_often("V-IMP-42", number, places[key], key, title=title, first=lent[key][number])


def _is_line(row: Row, header: SheetHeader, ledger: Ledger) -> bool:
    """Whether all that a row has to choose and to count is said: then it is no header, whatever else it says.

    A line above the header of the next page was taken for its first row where a cell of it and the heading below it were a
    heading together (汇报 over 要点).
    """
    asked = [
        f
        for f in ledger.fields
        if f.required and f.kind in (Kind.CHOICE, Kind.COUNT) and f.key in header.places
    ]
    said = [(f, at(row, header.places[f.key])) for f in asked]
    return bool(said) and all(
        isinstance(cell, str)
        and (
            cell.isdecimal() if f.kind is Kind.COUNT else any(cell in (o.word, *o.others) for o in f.options)
        )
        for f, cell in said
    )


def _again(
    grid: Grid, number: int, declared: tuple[SheetColumn, ...], words: Words, header: SheetHeader
) -> SheetHeader | None:
    """The header of a table further down; a row that says 问题, 到位 and 合理, as columns are called, is an opinion."""
    again = find_again(grid, number, words, at_least=3)
    if again is None or missing(again, declared):
        return None
    return again if len(again.places) * 2 > len(header.places) else None


def _read_whole(sheet: Sheet, header: SheetHeader, declared: tuple[SheetColumn, ...]) -> None:
    """V-IMP-38: a header of two rows of which the second could not be read, so that units or columns would be lost."""
    place = half_read(sheet.grid, header, [column.key for column in declared if column.required])
    if place is not None:
        below = row_below(sheet.grid, header.row)
        text = at(sheet.grid.row(below), place)
        sheet.say("V-IMP-38", below, place, text=text, title=header.titles[place])


def _take_header(sheet: Sheet, declared: tuple[SheetColumn, ...]) -> bool:
    """Say which columns are missing, and of all others what is to be said; False when one without which nothing is read is missing."""
    header = sheet.header
    _read_whole(sheet, header, declared)
    lacking = missing(header, declared)
    for column in lacking:
        sheet.say("V-IMP-05", header.row, None, column.title, column=column.title)
    _say_columns(sheet)
    return not lacking


def _say_columns(sheet: Sheet) -> None:
    """Say which columns of the header that holds now are there twice, refused or unknown."""
    header = sheet.header
    sheet.used |= set(header.places.values())
    doubled = {place for places in header.doubles.values() for place in places}
    for key, places in header.doubles.items():
        sheet.say("V-IMP-34", header.row, places[1], key, title=header.titles[places[0]])
    for place, title in sheet.unclaimed({*header.places.values(), *header.beside.values(), *doubled}):
        if any(sheet.cells_of(place)):
            shown = header.titles[place]
            if is_refused(title):
                sheet.say("V-MEM-08", header.row, place, shown, columns=shown)
            else:
                sheet.say("V-MEM-27", header.row, place, shown, columns=shown)


def _units(sheet: Sheet, ledger: Ledger, before: Mapping[str, str]) -> dict[str, str]:
    """The units of a table's columns of money and of numbers, by key; what it does not say holds as in the table before."""
    said = {f.key: _unit_of(sheet, f) for f in ledger.fields if f.kind in _UNIT}
    return {key: before.get(key, "") if unit is None else unit for key, unit in said.items()}


def _unit_of(sheet: Sheet, field: Field) -> str | None:
    """The unit in which a column is written, as its heading says it, or for money the nearest line above the table: 万元.

    "" is 元, None is what nobody says. A count has none that is more than one: behind a number it makes none, which is then said.
    """
    header, unit = sheet.header, _UNIT[field.kind]
    title = header.titles[header.places[field.key]] if field.key in header.places else ""
    units = list(dict.fromkeys(one["unit"] for one in unit.finditer(title)))
    if len(units) > 1:
        place = header.places[field.key]
        sheet.say_often("V-IMP-41", header.row, place, title, title=title, units="、".join(units))
    said = unit.search(title)
    if said is None and field.kind is Kind.AMOUNT:
        most = SEARCHED_ROWS if header is sheet.top else _NEAR
        above = range(header.row - 1, max(0, header.first - 1 - most), -1)
        said = next(filter(None, (_unit_said(sheet.grid.row(number)) for number in above)), None)
    return None if said is None else "" if said["unit"] == "元" else said["unit"]


def _say_unit_below(sheet: Sheet, number: int, row: Row, ledger: Ledger, units: Mapping[str, str]) -> None:
    """V-IMP-40: a note below the table says another unit of its money than was read so far: nobody knows which holds."""
    is_note = MONEY_UNIT not in sheet.header.places and any(
        map(is_footer, row)
    )  # else the title of a table below
    said = _unit_said(row) if is_note else None
    unit = "元" if said is None else said["unit"]
    for key in sheet.header.places.keys() & units.keys() if said is not None else ():
        if ledger.by_key[key].kind is Kind.AMOUNT and unit.removesuffix("元") != units[key].removesuffix(
            "元"
        ):
            title = sheet.header.titles[sheet.header.places[key]]
            sheet.say_often("V-IMP-40", number, None, key, unit=unit, title=title, read=units[key] or "元")


def _unit_said(row: Row) -> re.Match[str] | None:
    """The unit of money that a line above a table says: 单位：万元 anywhere in it; in a line of few cells also （万元） alone,
    and 单位： with 万元 in the next cell."""
    texts = (
        " ".join(cell.split()) for cell in row if isinstance(cell, str)
    )  # runs of blanks would take for ever
    cells = list(dict.fromkeys(text for text in texts if 0 < len(text) <= _LONGEST_LINE))
    said = list(filter(None, (*map(_UNIT_ABOVE.search, cells), *map(_BY_UNIT.search, cells))))
    if (
        not said and len(cells) <= _FEW and all(money(cell) is None for cell in cells)
    ):  # else it is that number's
        said = list(filter(None, (*map(_UNIT_ALONE.fullmatch, cells), _UNIT_ABOVE.search("".join(cells)))))
    return said[0] if said else None


def _own_unit(header: SheetHeader, row: Row, column: int) -> str:
    """The unit that stands beside an amount: in the column for it, else right of it where no heading stands."""
    if MONEY_UNIT in header.places:
        return str(at(row, header.places[MONEY_UNIT])).strip()
    beside = at(row, column + 1) if not any(header.titles[column + 1 : column + 2]) else ""
    found = _UNIT_ALONE.fullmatch(beside) if isinstance(beside, str) and len(beside) <= 10 else None
    return "" if found is None else found["unit"]


def _in_unit(text: str, field: Field | None, unit: str) -> str:
    """A number as it is meant where its column is in a unit; one that names its own unit, and what is none, as it stands."""
    if not unit or field is None or _HAS_UNIT.search(text):
        return text
    is_number = money(text) is not None if field.kind is Kind.AMOUNT else text.replace(",", "").isdecimal()
    return text + unit if is_number else text


def _texts(
    sheet: Sheet, number: int, row: Row, ledger: Ledger, units: Mapping[str, str]
) -> dict[str, str] | None:
    """The cells of a row by key; None when one of them is a formula or an error value, which is said."""
    texts: dict[str, str] = {}
    for key, column in sheet.header.places.items():
        cell = at(row, column)
        if isinstance(cell, Bad):
            sheet.say("V-IMP-07", number, column, kind=cell.kind)
            return None
        if not (text := cell.strip()):
            continue
        field = ledger.by_key.get(key)
        if field is not None and field.kind is Kind.MONTH and _JANUARY_OR_OCTOBER.fullmatch(text):
            sheet.say("V-LED-21", number, column, year=text[:4], text=text)
            return None
        if field is not None and field.kind in (Kind.DAY, Kind.MONTH):
            written = read_date(text, days_later=sheet.grid.days_later)
            text = written.iso if written is not None else text
        unit = _own_unit(sheet.header, row, column) if field is not None and field.kind is Kind.AMOUNT else ""
        texts[key] = _in_unit(text, field, unit or units.get(key, ""))
    texts.pop(MONEY_UNIT, None)
    return texts
