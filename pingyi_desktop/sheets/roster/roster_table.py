"""One sheet of a roster while it is read: what is said of many rows is collected and said once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pingyi_desktop.appraisal.people.roster_facts import Line, rows_phrase
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, sentence, weight_of
from pingyi_desktop.sheets.grid.columns import SheetHeader
from pingyi_desktop.sheets.grid.grid import Bad, Grid
from pingyi_desktop.sheets.roster.roster_values import Read, Remark

_TOLD_ONE_BY_ONE = 5


@dataclass
class RosterTable:
    """One sheet while it is read; what is said of many rows is collected and said once."""

    grid: Grid
    header: SheetHeader
    values: Mapping[str, Callable[[str], Read]]
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    private: dict[int, list[int]] = field(default_factory=dict)
    filled: dict[str, list[int]] = field(default_factory=dict)
    told: dict[tuple[str, int | None], list[tuple[int, str]]] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    widened: int = 0
    gaps: int = 0

    def say(
        self, code: str, row: int, column: int | None, where: str = "", /, *, at: str = "", **values: object
    ) -> None:
        self.note(code, row, column, where, sentence(code, at=at, **values))

    def note(self, code: str, row: int, column: int | None, where: str, text: str) -> None:
        """The same with its sentence made already."""
        place = "" if column is None else self.header.where(column)
        self.findings.append(Finding(code, weight_of(code), where, text, self.grid.name, row, place))


def note_remark(
    sheet: RosterTable, number: int, key: str, said: Remark, cells: Mapping[str, str | Bad]
) -> bool:
    """Note a remark about a cell; False when the row cannot be used."""
    column, where = sheet.header.places.get(key), str(cells.get("name") or cells.get("full_name") or "")
    weight, text = weight_of(said.code), sentence(said.code, at=f"第 {number} 行：", **said.values)
    if weight is Weight.INFORMATION:
        sheet.told.setdefault((said.code, column), []).append((number, text))
    else:
        sheet.note(said.code, number, column, where, text)
    return weight is not Weight.ERROR


def count_cleaning(sheet: RosterTable, key: str, cell: str) -> None:
    tidied = personal.tidy(cell)
    sheet.widened += tidied != cell
    sheet.gaps += key != "name" and personal.close_gaps(tidied) != tidied


def sum_up(sheet: RosterTable) -> None:
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
