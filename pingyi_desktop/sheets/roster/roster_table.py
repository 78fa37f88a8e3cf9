"""One sheet of a roster while it is read: what is said of many rows is collected and said once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pingyi_desktop.appraisal.people.roster_facts import Line
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Weight, rows_phrase, sentence, weight_of
from pingyi_desktop.sheets.grid.grid import Bad
from pingyi_desktop.sheets.grid.sheet import Sheet
from pingyi_desktop.sheets.roster.roster_values import Read, Remark


@dataclass
class RosterTable(Sheet):
    """A sheet of members or organisations: ``values`` reads its cells, ``lines`` are the rows read so far."""

    values: Mapping[str, Callable[[str], Read]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    filled: dict[str, list[int]] = field(default_factory=dict)
    widened: int = 0
    gaps: int = 0


def note_remark(
    sheet: RosterTable, number: int, key: str, remark: Remark, cells: Mapping[str, str | Bad]
) -> bool:
    """Note a remark about a cell; False when the row cannot be used."""
    column, about = sheet.header.places.get(key), str(cells.get("name") or cells.get("full_name") or "")
    weight, text = weight_of(remark.code), sentence(remark.code, at=f"第 {number} 行：", **remark.values)
    if weight is Weight.INFORMATION:
        sheet.note_often(remark.code, number, column, "", text)
    else:
        sheet.note(remark.code, number, column, about, text)
    return weight is not Weight.ERROR


def count_cleaning(sheet: RosterTable, key: str, cell: str) -> None:
    tidied = personal.tidy(cell)
    sheet.widened += tidied != cell
    sheet.gaps += key != "name" and personal.close_gaps(tidied) != tidied


def say_cleaned(sheet: RosterTable) -> None:
    """Say once what was filled in and tidied up in many rows."""
    for said, rows in sheet.filled.items():
        at = f"{rows_phrase(rows)}："
        sheet.say("V-MEM-24", rows[0], sheet.header.places.get("branch"), said, at=at, said=said)
    if sheet.widened:
        sheet.say("V-IMP-03", sheet.top.row, None, n=sheet.widened)
    if sheet.gaps:
        sheet.say("V-IMP-02", sheet.top.row, None, n=sheet.gaps)
