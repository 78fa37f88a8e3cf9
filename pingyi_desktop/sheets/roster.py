"""A roster as people really have it, read into cleaned lines with findings that name sheet, row and column.

Nothing is written here and nothing is looked up: which branch a text means is decided by ``appraisal.roster``.
Beyond the domain's V-MEM-* and V-IMP-01…05: V-IMP-06 a cell says something the column does not offer, V-IMP-07 a
formula or an error value, V-IMP-08 a column twice, V-IMP-09 a hidden sheet, V-IMP-10 a sheet without a header we know,
V-IMP-11 rows left out (totals, signatures) or nothing to read at all, V-IMP-14 hidden rows, V-IMP-15 contents under a
merged cell, V-IMP-17 a limit that is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pingyi_desktop.appraisal import mentions, personal
from pingyi_desktop.appraisal.org import Finding
from pingyi_desktop.appraisal.roster_facts import Line, RosterSheet, rows_phrase
from pingyi_desktop.sheets import name_marks, roster_columns, roster_rows, roster_values
from pingyi_desktop.sheets.columns import (
    SEARCHED_ROWS,
    Column,
    Header,
    find_again,
    find_header,
    find_late_header,
    missing,
    repeats,
    word,
    words_of,
)
from pingyi_desktop.sheets.footers import is_footer
from pingyi_desktop.sheets.grid import Bad, Grid, Row, at
from pingyi_desktop.sheets.reading import read_grids
from pingyi_desktop.sheets.roster_values import Read, Remark

_BRANCH_KEYS = frozenset(("branch_code", "branch", "general_branch", "committee"))
_PLACE_KEYS = _BRANCH_KEYS | {"group_name"}
_OWN_NOTES = frozenset({"填写说明", "说明"})
_TOLD_ONE_BY_ONE = 5
_MOST_TITLES = 40
_WORDS = {
    declared: words_of(declared) for declared in (roster_columns.MEMBER_COLUMNS, roster_columns.ORG_COLUMNS)
}


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
    unseen: list[int] = field(default_factory=list)
    widened: int = 0
    gaps: int = 0

    def say(
        self, code: str, level: str, row: int, column: int | None, sentence: str, subject: str = ""
    ) -> None:
        place = "" if column is None else self.header.where(column)
        self.findings.append(Finding(code, level, subject, sentence, self.grid.name, row, place))


def read_roster(path: Path, *, hidden: str | None = None) -> RosterSheet:
    """Read members and organisations of an ``.xlsx`` or ``.csv`` file; a file that is no table is a ``UserError``.

    ``hidden`` says what is done with hidden and filtered rows: ``include`` or ``skip``; without it they block.
    """
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
        sheet = _read_sheet(grid, header, declared, hidden)
        (members if declared is roster_columns.MEMBER_COLUMNS else orgs).extend(sheet.lines)
        findings += sheet.findings
        columns |= {(grid.name, key): header.where(at) for key, at in header.places.items()}
    if not known and all(finding.level != "E" for finding in findings):
        text = f"“{path.name}”里未找到列“姓名”，请按模板对应列名。"
        findings.append(Finding("V-IMP-05", "E", path.name, text))
    elif known and not (members or orgs) and all(finding.level != "E" for finding in findings):
        text = f"“{path.name}”没有填写，里面没有一行可以导入的内容，没有写入任何内容；请填好后再导入。"
        findings.append(Finding("V-IMP-11", "E", path.name, text))
    return RosterSheet(path.name, tuple(members), tuple(orgs), columns, tuple(findings))


def _choose(grid: Grid) -> tuple[Header, tuple[Column, ...]] | None:
    """Is it a roster, a list of organisations, or neither?"""
    return _judge(
        find_header(grid, roster_columns.MEMBER_COLUMNS), find_header(grid, roster_columns.ORG_COLUMNS)
    )


def _judge(members: Header | None, orgs: Header | None) -> tuple[Header, tuple[Column, ...]] | None:
    if members and "name" in members.places:
        return members, roster_columns.MEMBER_COLUMNS
    if orgs and "code" in orgs.places and {"full_name", "org_type"} & orgs.places.keys():
        return orgs, roster_columns.ORG_COLUMNS
    if members and len(members.places) >= 3 and "category" in members.places:
        return members, roster_columns.MEMBER_COLUMNS
    return None


def _unread(grid: Grid, *, known_header: bool) -> Iterator[Finding]:
    if known_header:
        text = f"工作表“{grid.name}”是隐藏的，没有读取；如要导入，请在 WPS 中取消隐藏。"
        yield Finding("V-IMP-09", "W", grid.name, text, grid.name)
        return
    late = _judge(
        find_late_header(grid, roster_columns.MEMBER_COLUMNS),
        find_late_header(grid, roster_columns.ORG_COLUMNS),
    )
    if late is not None and not grid.hidden:
        text = (
            f"工作表“{grid.name}”的表头在第 {late[0].first} 行，只在前 {SEARCHED_ROWS} 行里找表头；"
            "请删去上面的内容，把表头移到前面后再导入。"
        )
        yield Finding("V-IMP-17", "E", grid.name, text, grid.name, late[0].first)
    elif grid.rows and not grid.hidden and grid.name not in _OWN_NOTES:
        text = f"工作表“{grid.name}”没有名册的表头（如“姓名”），已跳过。"
        yield Finding("V-IMP-10", "I", grid.name, text, grid.name)


def _read_sheet(
    grid: Grid, header: Header, declared: tuple[Column, ...], hidden: str | None
) -> _Sheet:
    of_members = declared is roster_columns.MEMBER_COLUMNS
    values = roster_values.member_values(days_later=grid.days_later) if of_members else roster_values.ORG_VALUES
    sheet = _Sheet(grid, header, values)
    if _take_header(sheet, declared):
        _read_rows(sheet, declared, hidden)
    _sum_up(sheet)
    _say_unseen(sheet, hidden)
    for number, ref in grid.covered:
        if number > header.row:
            text = f"第 {number} 行：合并单元格 {ref} 下面还有别的内容，分不清以哪个为准，请取消合并，核对后再导入。"
            sheet.say("V-IMP-15", "E", number, None, text)
    return sheet


def _take_header(sheet: _Sheet, declared: tuple[Column, ...]) -> bool:
    """Say what the header has too little or too much; False when a column is missing without which nothing is read."""
    lacking = missing(sheet.header, declared)
    for column in lacking:
        sheet.say(
            "V-IMP-05",
            "E",
            sheet.header.row,
            None,
            f"未找到列“{column.title}”，请按模板对应列名。",
            column.title,
        )
    _judge_columns(sheet)
    return not lacking


def _say_unseen(sheet: _Sheet, hidden: str | None) -> None:
    """Hidden and filtered rows: told with their numbers, and taken or left as the user has chosen."""
    if not sheet.unseen:
        return
    rows = f"第 {'、'.join(map(str, sheet.unseen[:30]))} 行{'等' if len(sheet.unseen) > 30 else ''}"
    what = f"{rows}（共 {len(sheet.unseen)} 行）在表里是隐藏的或被筛选掉的，"
    text = {
        None: "请选择“连同隐藏行导入”或“跳过隐藏行”（命令行：--hidden include 或 --hidden skip），"
        "也可以在 WPS 里取消隐藏和筛选后再导入。",
        "include": "已按选择一并读取。",
        "skip": "已按选择跳过，没有读取。",
    }[hidden]
    sheet.say("V-IMP-14", "E" if hidden is None else "I", sheet.unseen[0], None, what + text)


def _judge_columns(sheet: _Sheet) -> None:
    """Columns that are refused, unknown or there twice."""
    header, used = sheet.header, set(sheet.header.places.values())
    refused: list[int] = []
    unknown: list[int] = []
    beside = set(header.beside.values())
    for column, title in enumerate(header.titles):
        name = word(title)
        if not name or column in used or column in beside or name in roster_columns.NUMBERING:
            continue
        if roster_columns.is_refused(name):
            refused.append(column)
        elif all(column not in double for double in header.doubles.values()) and _has_content(sheet, column):
            unknown.append(column)
    for columns, level, text in (
        (refused, "W", "表中“{}”列本软件不需要，导入时将忽略并不保存。"),
        (unknown, "I", "表中“{}”列本软件用不到，导入时将忽略。"),
    ):
        if columns:
            names = "、".join(header.titles[column] for column in columns)
            sheet.say("V-MEM-08", level, header.row, columns[0], text.format(names), names)
    for key, double in header.doubles.items():
        _judge_double(sheet, key, double)


def _judge_double(sheet: _Sheet, key: str, columns: Sequence[int]) -> None:
    first, *others = columns
    below = [row for _, row in sheet.grid.below(sheet.header.row)]
    if all(at(row, other) in ("", at(row, first)) for row in below for other in others):
        return  # one heading merged over several cells
    letters = "、".join(sheet.header.where(column).partition(" ")[0] for column in columns)
    titles = dict.fromkeys(sheet.header.titles[column] for column in columns)
    text = f"“{'”“'.join(titles)}”有 {len(columns)} 列（{letters}），请合并成一列后再导入。"
    if len(titles) > 1:
        text = f"“{'”“'.join(titles)}”说的是同一项（{letters}），请只留一列后再导入。"
    sheet.say("V-IMP-08", "E", sheet.header.row, others[0], text, key)


def _has_content(sheet: _Sheet, column: int) -> bool:
    return any(at(row, column) for _, row in sheet.grid.below(sheet.header.row))


def _read_rows(sheet: _Sheet, declared: tuple[Column, ...], hidden: str | None) -> None:
    of_members = declared is roster_columns.MEMBER_COLUMNS
    above, sections, skip_to = dict.fromkeys(_BRANCH_KEYS, ""), list[str](), 0
    titles = _titles(sheet) if of_members else ()
    for number, row in sheet.grid.below(sheet.header.row):
        if number <= skip_to:
            continue
        if again := _another_header(sheet, number, declared):
            skip_to = again.row
            if again.places != sheet.header.places or again.beside != sheet.header.beside:
                sheet.header = again
                above = dict.fromkeys(_BRANCH_KEYS, "")
                if not _take_header(sheet, declared):
                    return
            continue
        kind = _sort(sheet, row, of_members=of_members)
        if kind in (roster_rows.FOOTER, roster_rows.NOTE):
            sheet.left_out.append(number)
        elif kind == roster_rows.SECTION:
            sections = _with_section(sections, next(str(cell) for cell in row if cell))
            above = dict.fromkeys(_BRANCH_KEYS, "")
        elif kind == roster_rows.PERSON:
            hints = tuple(dict.fromkeys((*sections, *_sheet_hint(sheet.grid), *titles))) if of_members else ()
            _read_row(sheet, number, row, above, hints, hidden)


def _read_row(
    sheet: _Sheet, number: int, row: Row, above: dict[str, str], hints: tuple[str, ...], hidden: str | None
) -> None:
    cells = {key: at(row, column) for key, column in sheet.header.places.items()}
    if sheet.values is not roster_values.ORG_VALUES:
        _fill_down(sheet, cells, above, number)
    if number in sheet.grid.unseen:
        sheet.unseen.append(number)
        if hidden == "skip":
            return
    values = _convert(sheet, number, row, cells)
    if values is not None:
        sheet.lines.append(Line(sheet.grid.name, number, values, hints))


def _another_header(sheet: _Sheet, number: int, declared: tuple[Column, ...]) -> Header | None:
    """A header inside the table: the same one again, or one in an order of its own."""
    if (found := find_again(sheet.grid, number, _WORDS[declared])) is not None and (
        "name" in found.places or "code" in found.places
    ):
        return found
    if repeats(sheet.header, sheet.grid.row(number)):
        return replace(sheet.header, row=number)
    other = roster_columns.ORG_COLUMNS
    if declared is other:
        other = roster_columns.MEMBER_COLUMNS
    if (strange := find_again(sheet.grid, number, _WORDS[other], at_least=3)) is not None and _judge(
        *((strange, None) if other is roster_columns.MEMBER_COLUMNS else (None, strange))
    ):
        text = f"第 {number} 行起是另一种表（{'党员' if other is roster_columns.MEMBER_COLUMNS else '党组织'}），请移到单独的工作表里再导入。"
        sheet.say("V-IMP-17", "E", number, None, text)
    return None


def _with_section(sections: list[str], text: str) -> list[str]:
    """A heading that names a unit takes the place of the one before; any other stands below it."""
    if mentions.named(text) or mentions.is_unit(mentions.unit_alone(text)) or not sections:
        return [text]
    return [sections[0], text]


def _sheet_hint(grid: Grid) -> tuple[str, ...]:
    """The sheet's name; the name of a text file only where it names an organisation outright."""
    return () if grid.from_file_name and not mentions.named(grid.name) else (grid.name,)


def _titles(sheet: _Sheet) -> tuple[str, ...]:
    texts = [cell for _, row in sheet.grid.above(sheet.header.first) for cell in row if isinstance(cell, str)]
    plain = [text for text in dict.fromkeys(texts) if text and not personal.has_private_number(text)]
    return tuple(plain[:_MOST_TITLES])


def _sort(sheet: _Sheet, row: Row, *, of_members: bool) -> str:
    places = sheet.header.places
    telling = any(at(row, column) for key, column in places.items() if key not in _PLACE_KEYS)
    if of_members:
        return roster_rows.sort_member(row, places, telling)
    said = [cell for cell in row if cell]
    if said and is_footer(said[0]) and not (at(row, places["full_name"]) and at(row, places["org_type"])):
        return roster_rows.FOOTER
    return roster_rows.PERSON if telling else roster_rows.BLANK


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
        if isinstance(cell, str) and len(cell) > 10 and personal.has_private_number(cell):
            sheet.private.setdefault(column, []).append(number)
            sound = False
    if not sound:
        return None
    sound = _split_name(sheet, number, cells)
    values: dict[str, object] = {}
    for key, cell in cells.items():
        if isinstance(cell, Bad):
            text = f"第 {number} 行：这一格是{cell.kind}，请改成直接填写的内容（复制后选择性粘贴为“数值”）。"
            sound = _remark(sheet, number, key, Remark("V-IMP-07", "E", text), cells)
            continue
        values[key], remark = sheet.values[key](cell)
        _count_cleaning(sheet, key, cell)
        if remark is not None:
            sound = _remark(sheet, number, key, remark, cells) and sound
            if remark.unread:
                del values[key]
    return values if _is_one_category(sheet, number, row, values) and sound else None


def _is_one_category(sheet: _Sheet, number: int, row: Row, values: Mapping[str, object]) -> bool:
    """政治面貌 beside 党员类别 may repeat it, and may not contradict it."""
    column = sheet.header.beside.get("category")
    text = "" if column is None else at(row, column)
    if column is None or not isinstance(text, str) or not text or not values.get("category"):
        return True
    said, remark = roster_values.category(text)
    if remark is None and (said == values["category"] or text.strip() in ("中共党员", "党员")):
        return True
    one, other = sheet.header.titles[column], sheet.header.titles[sheet.header.places["category"]]
    sentence = f"第 {number} 行：“{one}”写的是“{text[:20]}”，与“{other}”不一致，请核对后改成一致。"
    sheet.say("V-MEM-04", "E", number, column, sentence, str(values.get("name", "")))
    return False


def _remark(sheet: _Sheet, number: int, key: str, remark: Remark, cells: Mapping[str, str | Bad]) -> bool:
    """Note a remark about a cell; False when the row cannot be used."""
    column, subject = sheet.header.places.get(key), str(cells.get("name") or cells.get("full_name") or "")
    sentence = remark.sentence.replace("{row}", str(number))
    if remark.level == "I":
        sheet.told.setdefault((remark.code, column), []).append((number, sentence))
    else:
        sheet.say(remark.code, remark.level, number, column, sentence, subject)
    return remark.level != "E"


def _split_name(sheet: _Sheet, number: int, cells: dict[str, str | Bad]) -> bool:
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
        text = f"第 {{row}} 行：“{found.name}”后面的民族、出生年月等本软件不需要，没有保存；要区分重名请写（大）（小）。"
        _remark(sheet, number, "name", Remark("V-MEM-08", "W", text), cells)
    if found.mark and not cells.get("name_suffix"):
        cells["name_suffix"] = found.mark
        text = f"第 {{row}} 行：“{found.name}{found.mark}”已拆成姓名“{found.name}”和区分标记“{found.mark}”。"
        _remark(sheet, number, "name", Remark("V-MEM-03", "I", text), cells)
    return sound


def _fill_in(
    sheet: _Sheet, number: int, cells: dict[str, str | Bad], key: str, said: str, found: name_marks.Marks
) -> bool:
    """Take what stands behind a name for a column that is blank or not there; a column that says otherwise stops it."""
    own = cells.get(key, "")
    what = "、".join(found.understood)
    if key in ("party_duty", "exempt_reason") and own:
        return True
    if own and (isinstance(own, Bad) or sheet.values[key](own)[0] != sheet.values[key](said)[0]):
        title = sheet.header.titles[sheet.header.places[key]]
        text = f"第 {{row}} 行：“{found.name}”后面写的是“{what}”，“{title}”列却是“{own if isinstance(own, str) else own.kind}”，请核对后改成一致。"
        return _remark(sheet, number, key, Remark("V-IMP-06", "E", text), cells)
    cells[key] = said
    if key == "roster_status":
        reason = found.values.get("exempt_reason")
        because = f"，不参评原因“{reason}”；手续办完后请在软件里办理离册" if reason else ""
        text = f"第 {{row}} 行：“{found.name}”后面写的是“{what}”，在册情况按“{said}”登记{because}。"
        _remark(sheet, number, "name", Remark("V-MEM-13", "W", text), cells)
    return True


def _count_cleaning(sheet: _Sheet, key: str, cell: str) -> None:
    tidied = personal.tidy(cell)
    sheet.widened += tidied != cell
    sheet.gaps += key != "name" and personal.close_gaps(tidied) != tidied


def _sum_up(sheet: _Sheet) -> None:
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
