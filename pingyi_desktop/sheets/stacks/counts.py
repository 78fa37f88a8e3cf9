"""Counted tallies that a unit already has in a table: one row for each batch and item (and person).

The control sheet (印制、发出、收回、空白、废票) may stand on every row of a batch, on its first row or in merged cells.
V-BAL-91 a number that is none, V-BAL-89 a row that does not add up, V-BAL-16 a row without a batch or an item, V-CHK-06 a rate that the marks beside it cannot give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pingyi_desktop.appraisal.batches.stacks import EVERYONE, Stack, StackFile, Tally
from pingyi_desktop.appraisal.paper.forms import Item
from pingyi_desktop.appraisal.paper.tallies import Counts, agrees
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found, rows_phrase
from pingyi_desktop.errors import RuleError
from pingyi_desktop.sheets.grid.columns import (
    SheetColumn,
    SheetHeader,
    find_again,
    find_header,
    find_late_header,
    word,
    words_of,
)
from pingyi_desktop.sheets.grid.grid import Bad, Row, as_chosen, at
from pingyi_desktop.sheets.grid.reading import read_grids
from pingyi_desktop.sheets.grid.sheet import OWN_NOTES, Sheet, hidden_sheet, late_header
from pingyi_desktop.sheets.stacks.ballot_words import (
    COUNT_COLUMNS,
    FIGURES,
    RATE,
    item_words,
    option_columns,
    option_key,
    read_count,
    read_rate,
)
from pingyi_desktop.sheets.stacks.stack_owner import named_above
from pingyi_desktop.sheets.stacks.stack_rows import StackTable, data_rows, plain_cell, resolve, say_unresolved

_PSEUDO = ("cell_blank", "cell_multi", "cell_illegible")


@dataclass
class _Reading:
    """Counts and control sheets of one file while it is read, by batch."""

    counts: dict[str, dict[tuple[str, str], Counts]] = field(default_factory=dict)
    figures: dict[str, dict[str, int]] = field(default_factory=dict)
    unfilled: dict[str, list[int]] = field(default_factory=dict)


def read_counts(path: Path, *, stacks: Sequence[Stack], hidden: str | None = None) -> StackFile:
    """Read an ``.xlsx`` or ``.csv`` file of counts; ``stacks`` are the own batches it may fill.

    ``hidden`` says what is done with hidden and filtered rows and columns: ``include`` or ``skip``; without it they block.
    """
    reading, findings, known = _Reading(), list[Finding](), False
    columns = (*COUNT_COLUMNS, *option_columns(stack.form for stack in stacks))
    for plain in read_grids(path):
        grid = as_chosen(plain, hidden)
        if grid.name in OWN_NOTES:
            continue
        header = find_header(grid, columns)
        if header is None or "item" not in header.places:
            late = find_late_header(grid, columns)
            if late is not None and "item" in late.places and not grid.hidden:
                findings.append(late_header(grid, late))
            continue
        known = True
        if grid.hidden:
            findings.append(hidden_sheet(grid))
            continue
        sheet = Sheet(grid, header, hidden, about=grid.name)
        try:
            possible = named_above(grid, header.first, stacks)
        except RuleError as error:
            sheet.note(error.code, header.first, None, "", str(error))
        else:
            _read_sheet(sheet, possible, columns, reading)
        findings += sheet.summed_up()
    if not known and not findings:
        findings.append(found("V-IMP-24", path.name, file=path.name, column="项目”“各档票数"))
    return StackFile(path.name, tuple(_tallies(stacks, reading, findings)), tuple(findings))


def _tallies(stacks: Sequence[Stack], reading: _Reading, findings: list[Finding]) -> Iterator[Tally]:
    """What was read, by batch; what was left blank is no count of nought."""
    by_code = {stack.batch.code: stack for stack in stacks}
    for code, counts in list(reading.counts.items()):
        if not any(cells.total for cells in counts.values()) and not reading.figures.get(code):
            del reading.counts[code]  # nothing but noughts: nobody voted, or nobody filled it in
            reading.unfilled.setdefault(code, [])
    for code, rows in reading.unfilled.items():
        if code in reading.counts:
            findings.append(found("V-BAL-76", code, at=f"{rows_phrase(rows)}："))
        elif reading.figures.get(code):
            findings.append(found("V-BAL-77", code))
        else:
            findings.append(found("V-IMP-37", code))
    for code, counts in reading.counts.items():
        figures = reading.figures.get(code)
        if figures and not {"issued", "returned"} <= figures.keys():
            findings.append(found("V-BAL-88", code))
        yield Tally(by_code[code], counts, _whole(figures))


def _read_sheet(
    sheet: Sheet, stacks: Sequence[Stack], columns: Sequence[SheetColumn], reading: _Reading
) -> None:
    words = words_of(columns)

    def telling(header: SheetHeader) -> set[int]:
        return {place for key, place in header.places.items() if key != RATE}

    def header_at(number: int) -> SheetHeader | None:
        again = find_again(sheet.grid, number, words)
        return again if again is not None and "item" in again.places else None

    def is_data(header: SheetHeader, row: Row) -> bool:
        text = at(row, header.places["item"])
        return isinstance(text, str) and any(_item(stack, text) for stack in stacks)

    table = StackTable(stacks, telling, header_at, is_data)
    for number, row in data_rows(sheet, table):
        places = sheet.header.places
        cells = {key: plain_cell(sheet, number, row, place) for key, place in places.items() if key != RATE}
        if None in cells.values():
            continue
        said = {key: text or "" for key, text in cells.items()}
        if not table.left:
            continue
        left = resolve(sheet, number, row, table.left)
        if left and not any(_item(s, said["item"]) for s in left):
            _say_no_item(sheet, number, said["item"], left[0])
            continue
        left = [s for s in left if _item(s, said["item"])]
        left = [s for s in left if _has_columns(sheet, s)] or left
        if len(left) != 1:
            say_unresolved(sheet, number, row, left, table.left)
            continue
        _read_row(sheet, number, left[0], said, reading)


def _say_no_item(sheet: Sheet, number: int, said: str, stack: Stack) -> None:
    items = "、".join(item.short_text for item in stack.form.items)
    what = f"没有“{said[:20]}”这一项" if said else "没有写是哪一项"
    facts = {"form": stack.form.title, "what": what, "items": items}
    sheet.say_often("V-BAL-78", number, sheet.header.places["item"], "item", at=f"第 {number} 行：", **facts)


def _read_row(sheet: Sheet, number: int, stack: Stack, said: Mapping[str, str], reading: _Reading) -> None:
    item, member_no = _item(stack, said["item"]), _person(sheet, number, stack, said)
    numbers = _numbers(sheet, number, said)
    if numbers is not None and not any(said[key].strip() for key in numbers if key not in FIGURES):
        reading.unfilled.setdefault(stack.batch.code, []).append(number)
        figures = {k: numbers[k] for k in FIGURES if said.get(k, "")}
        _note_figures(sheet, number, stack.batch.code, figures, reading)
        return
    if item is None or member_no is None or numbers is None:
        return
    counts = _counts(sheet, number, item, numbers)
    if counts is None:
        return
    code, key, where = stack.batch.code, (member_no, item.no), f"第 {number} 行："
    others = [
        numbers.get(key, getattr(stack.batch, key, None)) or 0 for key in ("returned", "issued", "total")
    ]
    _check_rate(sheet, number, item, counts, others)
    if said.get("total", "") and numbers["total"] != counts.total:
        facts = {"sum": counts.total, "total": numbers["total"]}
        sheet.say_often("V-BAL-89", number, sheet.header.places["total"], "total", at=where, **facts)
    if key in reading.counts.setdefault(code, {}):
        place = sheet.header.places["item"]
        sheet.say_often("V-BAL-90", number, place, "twice", at=where, code=code, item=item.no)
    reading.counts[code][key] = counts
    _note_figures(sheet, number, code, {k: numbers[k] for k in FIGURES if said.get(k, "")}, reading)


def _numbers(sheet: Sheet, number: int, said: Mapping[str, str]) -> dict[str, int] | None:
    """Every number of a row by column key, or None when one cannot be read (V-BAL-91)."""
    wanted = [key for key in said if key in (*FIGURES, *_PSEUDO, "total") or key.startswith(option_key(""))]
    read = {key: read_count(said[key]) for key in wanted}
    for key, value in read.items():
        if value is None:
            place, text = sheet.header.places[key], said[key][:20]
            sheet.say_often("V-BAL-91", number, place, "number", at=f"第 {number} 行：", text=text)
    sound = {key: value for key, value in read.items() if value is not None}
    return sound if len(sound) == len(read) else None


def _counts(sheet: Sheet, number: int, item: Item, numbers: Mapping[str, int]) -> Counts | None:
    keys = [option_key(option.label) for option in item.scale.options]
    lacking = [option.label for option in item.scale.options if option_key(option.label) not in numbers]
    if lacking:
        facts = {"item": item.short_text, "columns": "”“".join(lacking)}
        sheet.say_often("V-IMP-32", number, None, "option", at=f"第 {number} 行：", **facts)
        return None
    for key, value in numbers.items():
        if key.startswith(option_key("")) and value and key not in keys:
            label = key.removeprefix(option_key(""))
            facts = {"item": item.short_text, "label": label}
            place = sheet.header.places[key]
            sheet.say_often("V-BAL-92", number, place, "other option", at=f"第 {number} 行：", **facts)
            return None
    return Counts(tuple(numbers[key] for key in keys), *(numbers.get(key, 0) for key in _PSEUDO))


def _check_rate(sheet: Sheet, number: int, item: Item, counts: Counts, others: Sequence[int]) -> None:
    """V-CHK-06: a rate that was reckoned elsewhere is not stored, but it must be one that these marks can give."""
    place = sheet.header.places.get(RATE)
    text = "" if place is None else at(sheet.grid.row(number), place)
    said = None if isinstance(text, Bad) else read_rate(text)
    if said is not None and not agrees(said, counts, scale=item.scale, others=others):
        facts = {"item": item.short_text, "rate": said, "counts": "、".join(map(str, counts.options))}
        sheet.say_often("V-CHK-06", number, place, "rate", at=f"第 {number} 行：", **facts)


def _note_figures(sheet: Sheet, number: int, code: str, figures: dict[str, int], reading: _Reading) -> None:
    """Remember a batch's control sheet; two different figures for one batch are told (V-BAL-93)."""
    noted = reading.figures.setdefault(code, {})
    for key, value in figures.items():
        if noted.setdefault(key, value) != value:
            facts = {"code": code, "before": noted[key], "now": value}
            sheet.say_often(
                "V-BAL-93", number, sheet.header.places[key], "figure", at=f"第 {number} 行：", **facts
            )


def _whole(figures: Mapping[str, int] | None) -> dict[str, int] | None:
    """A control sheet for what the file says; not printed more than issued, none blank or void unless it says so."""
    if not figures or not {"issued", "returned"} <= figures.keys():
        return None
    return {"printed": figures["issued"], "blank": 0, "void": 0, **figures}


def _item(stack: Stack, text: str) -> Item | None:
    said = word(personal.plain(text))
    for item in stack.form.items:
        if said in {word(w) for w in item_words(stack.form)[item.no]} or word(text) == word(item.text):
            return item
    return None


def _person(sheet: Sheet, number: int, stack: Stack, said: Mapping[str, str]) -> str | None:
    """The member number a row is about; empty for other than roster forms; None when nobody is meant (V-BAL-94, 95)."""
    if stack.people == EVERYONE:
        return ""
    by_number, name = personal.plain(said.get("member_no", "")), personal.clean_name(said.get("person", ""))
    if by_number:
        meant = [no for no, _ in stack.people if no == by_number]
    else:
        meant = [no for no, listed in stack.people if personal.clean_name(listed) == name]
    if len(meant) == 1:
        return meant[0]
    code = "V-BAL-94" if meant else "V-BAL-95"
    where, place = f"第 {number} 行：", sheet.header.places.get("person")
    sheet.say_often(code, number, place, "person", at=where, name=by_number or name)
    return None


def _has_columns(sheet: Sheet, stack: Stack) -> bool:
    keys = {option_key(option.label) for item in stack.form.items for option in item.scale.options}
    return keys <= sheet.header.places.keys()
