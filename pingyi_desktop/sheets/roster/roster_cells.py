"""The cells of a row of a roster become values: what stands behind a name, what is refused, what contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping

from pingyi_desktop.sheets.grid.grid import Bad, Row, at
from pingyi_desktop.sheets.roster import name_marks, roster_values
from pingyi_desktop.sheets.roster.roster_table import RosterTable, count_cleaning, note_remark
from pingyi_desktop.sheets.roster.roster_values import Remark

BRANCH_KEYS = frozenset(("branch_code", "branch", "general_branch", "committee"))


def fill_down(sheet: RosterTable, cells: dict[str, str | Bad], above: dict[str, str], number: int) -> None:
    """A branch written once above its members and left blank below."""
    own = {key: cells.get(key, "") for key in BRANCH_KEYS}
    if own["branch"] or own["branch_code"]:
        above.update({key: text for key, text in own.items() if isinstance(text, str)})
    elif said := above["branch"] or above["branch_code"]:
        cells.update({key: text for key, text in above.items() if key in cells})
        sheet.filled.setdefault(said, []).append(number)


def convert(
    sheet: RosterTable, number: int, row: Row, cells: dict[str, str | Bad]
) -> dict[str, object] | None:
    """The cleaned values of a row, or None when it cannot be used as it is."""
    if sheet.has_private_number(number, row):
        return None
    sound = _split_name(sheet, number, cells)
    values: dict[str, object] = {}
    for key, cell in cells.items():
        if isinstance(cell, Bad):
            sound = note_remark(sheet, number, key, Remark("V-IMP-07", {"kind": cell.kind}), cells)
            continue
        values[key], remark = sheet.values[key](cell)
        count_cleaning(sheet, key, cell)
        if remark is not None:
            sound = note_remark(sheet, number, key, remark, cells) and sound
            if remark.unread:
                del values[key]
    return values if _is_one_category(sheet, number, row, values) and sound else None


def _is_one_category(sheet: RosterTable, number: int, row: Row, values: Mapping[str, object]) -> bool:
    """政治面貌 beside 党员类别 may repeat it, and may not contradict it."""
    column = sheet.header.beside.get("category")
    text = "" if column is None else at(row, column)
    if column is None or not isinstance(text, str) or not text or not values.get("category"):
        return True
    said, remark = roster_values.category(text)
    if remark is None and (said == values["category"] or text.strip() in ("中共党员", "党员")):
        return True
    one, other = sheet.header.titles[column], sheet.header.titles[sheet.header.places["category"]]
    where, facts = f"第 {number} 行：", {"one": one, "text": text[:20], "other": other}
    sheet.say("V-MEM-39", number, column, str(values.get("name", "")), at=where, **facts)
    return False


def _split_name(sheet: RosterTable, number: int, cells: dict[str, str | Bad]) -> bool:
    """Take apart what stands behind a name: 李伟(大) has a mark, 李四（已转出） a state, 马强（回族） what is refused."""
    name = cells.get("name", "")
    if isinstance(name, Bad):
        return True
    found, sound = name_marks.read_marks(name), True
    if found.name == name:
        return True
    cells["name"] = found.name
    for key, said in found.values.items():
        sound = _fill_in(sheet, number, cells, key, said, found) and sound
    if found.refused:
        note_remark(sheet, number, "name", Remark("V-MEM-42", {"name": found.name}), cells)
    if found.mark and not cells.get("name_suffix"):
        cells["name_suffix"] = found.mark
        facts = {"name": f"{found.name}{found.mark}", "bare": found.name, "mark": found.mark}
        note_remark(sheet, number, "name", Remark("V-MEM-32", facts), cells)
    return sound


def _fill_in(
    sheet: RosterTable, number: int, cells: dict[str, str | Bad], key: str, said: str, found: name_marks.Marks
) -> bool:
    """Take what stands behind a name for a column that is blank or not there; a column that says otherwise stops it."""
    own = cells.get(key, "")
    what = "、".join(found.understood)
    if key in ("party_duty", "exempt_reason") and own:
        return True
    if own and (isinstance(own, Bad) or sheet.values[key](own)[0] != sheet.values[key](said)[0]):
        title, shown = (
            sheet.header.titles[sheet.header.places[key]],
            own if isinstance(own, str) else own.kind,
        )
        facts = {"name": found.name, "what": what, "title": title, "own": shown}
        return note_remark(sheet, number, key, Remark("V-MEM-40", facts), cells)
    cells[key] = said
    if key == "roster_status":
        reason = found.values.get("exempt_reason")
        because = f"，不参评原因“{reason}”；手续办完后请在软件里办理离册" if reason else ""
        facts = {"name": found.name, "what": what, "said": said, "because": because}
        note_remark(sheet, number, "name", Remark("V-MEM-41", facts), cells)
    return True
