"""One sheet of a roster while it is read: what is said of many rows is collected and said once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pingyi_desktop.appraisal import personal
from pingyi_desktop.appraisal.org import Finding
from pingyi_desktop.appraisal.roster_facts import Line, rows_phrase
from pingyi_desktop.sheets.columns import Header
from pingyi_desktop.sheets.grid import Bad, Grid
from pingyi_desktop.sheets.roster_values import Read, Remark

_TOLD_ONE_BY_ONE = 5


@dataclass
class RosterTable:
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
    unseen: list[int] = field(default_factory=list)
    widened: int = 0
    gaps: int = 0

    def say(
        self, code: str, level: str, row: int, column: int | None, sentence: str, subject: str = ""
    ) -> None:
        place = "" if column is None else self.header.where(column)
        self.findings.append(Finding(code, level, subject, sentence, self.grid.name, row, place))


def note_remark(
    sheet: RosterTable, number: int, key: str, said: Remark, cells: Mapping[str, str | Bad]
) -> bool:
    """Note a remark about a cell; False when the row cannot be used."""
    column, subject = sheet.header.places.get(key), str(cells.get("name") or cells.get("full_name") or "")
    sentence = said.sentence.replace("{row}", str(number))
    if said.level == "I":
        sheet.told.setdefault((said.code, column), []).append((number, sentence))
    else:
        sheet.say(said.code, said.level, number, column, sentence, subject)
    return said.level != "E"


def count_cleaning(sheet: RosterTable, key: str, cell: str) -> None:
    tidied = personal.tidy(cell)
    sheet.widened += tidied != cell
    sheet.gaps += key != "name" and personal.close_gaps(tidied) != tidied


def sum_up(sheet: RosterTable) -> None:
    """Say once what holds for many rows."""
    header = sheet.header
    for column, rows in sheet.private.items():
        text = f"{rows_phrase(rows)}含疑似身份证号或手机号。本软件不收集此类信息，请删除该列后再导入。"
        sheet.say("V-MEM-07", "E", rows[0], column, text)
    for said, rows in sheet.filled.items():
        text = f"{rows_phrase(rows)}没有写党支部，已按上方的“{said}”处理，请确认。"
        sheet.say("V-MEM-05", "W", rows[0], header.places.get("branch"), text, said)
    for (code, place), told in sheet.told.items():
        if len(told) <= _TOLD_ONE_BY_ONE:
            for row, sentence in told:
                sheet.say(code, "I", row, place, sentence)
        else:
            rows = [row for row, _ in told]
            sheet.say(code, "I", rows[0], place, f"{told[0][1]}同类的还有：{rows_phrase(rows[1:])}。")
    if sheet.left_out:
        text = f"{rows_phrase(sheet.left_out)}是合计、签字或说明，没有读取。"
        sheet.say("V-IMP-11", "I", sheet.left_out[0], None, text)
    if sheet.widened:
        sheet.say("V-IMP-03", "I", header.row, None, f"已统一全/半角 {sheet.widened} 处。")
    if sheet.gaps:
        sheet.say("V-IMP-02", "I", header.row, None, f"发现 {sheet.gaps} 处汉字间空格，已清除。")
