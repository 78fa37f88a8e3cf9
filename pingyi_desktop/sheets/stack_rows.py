"""What both kinds of ballot tables share: which sheet is for which batch, which row is one, and how to say it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pingyi_desktop.appraisal import personal
from pingyi_desktop.appraisal.catalogue import Finding, sentence, weight_of
from pingyi_desktop.appraisal.roster_facts import rows_phrase
from pingyi_desktop.appraisal.stacks import Stack
from pingyi_desktop.sheets.ballot_words import KEY_COLUMNS, read_layer
from pingyi_desktop.sheets.columns import Header, repeats, word
from pingyi_desktop.sheets.reading import Bad, Grid

_FOOTER = re.compile(
    r"(合计|小计|总计|共计|本页|填表|制表|审核|监票|计票|负责人|签字|盖章|填写说明|说明|注[:\uff1a\d]|备注)"
)
_TOLD_ONE_BY_ONE = 5
_KINDS = {"ORG": "组织表", "MEMBERS_COLLECTIVE": "党员表", "MEMBER_ROSTER": "名册式党员表"}
OWN_NOTES = frozenset({"填写说明", "说明"})
Row = Sequence[str | Bad]


@dataclass
class Sheet:
    """One sheet while it is read; what is said of many rows is said a few times and then summed up."""

    grid: Grid
    header: Header
    findings: list[Finding] = field(default_factory=list)
    told: dict[tuple[str, str, int | None], list[int]] = field(default_factory=dict)

    def say(
        self, code: str, row: int, column: int | None, kind: str = "", /, *, at: str = "", **values: object
    ) -> None:
        """Note a finding; of one kind in one column the first five are told, of the others only their rows."""
        text = sentence(code, at=at, **values)
        rows = self.told.setdefault((code, kind or text, column), [])
        rows.append(row)
        if len(rows) <= _TOLD_ONE_BY_ONE:
            self.findings.append(self._finding(code, row, column, text))

    def summed_up(self) -> list[Finding]:
        """The findings, and one sentence for each kind that was not told to the end."""
        rest = [
            self._finding(
                code,
                rows[_TOLD_ONE_BY_ONE],
                column,
                f"同类的还有：{rows_phrase(rows[_TOLD_ONE_BY_ONE:])}。",
            )
            for (code, _, column), rows in self.told.items()
            if len(rows) > _TOLD_ONE_BY_ONE
        ]
        return self.findings + rest

    def _finding(self, code: str, row: int, column: int | None, text: str) -> Finding:
        place = "" if column is None else self.header.where(column)
        return Finding(code, weight_of(code), self.grid.name, text, self.grid.name, row, place)


def data_rows(sheet: Sheet, telling: Collection[int]) -> Iterator[tuple[int, Row]]:
    """Rows below the header that are neither blank, nor a footer, nor the header again; refuses private numbers."""
    for number, row in enumerate(sheet.grid.rows[sheet.header.row :], start=sheet.header.row + 1):
        said = [cell for cell in row if cell]
        if not said or repeats(sheet.header, row):
            continue
        if isinstance(said[0], str) and _FOOTER.match(word(said[0])):
            sheet.say("V-IMP-11", number, None, "footer", rows=f"第 {number} 行")
            continue
        for column, cell in enumerate(row):
            if isinstance(cell, str) and personal.has_private_number(cell):
                facts = {"what": f"第 {number} 行", "mend": "请删除该列后再导入"}
                sheet.say("V-MEM-07", number, column, "private", **facts)
        if any(row[column] for column in telling):
            yield number, row


def plain_cell(sheet: Sheet, number: int, row: Row, column: int) -> str | None:
    """The text of a cell; None, and a finding, when it holds a formula or an error value (V-IMP-07)."""
    cell = row[column]
    if isinstance(cell, Bad):
        sheet.say("V-IMP-07", number, column, "bad", at=f"第 {number} 行：", kind=cell.kind)
        return None
    return cell


def hinted(grid: Grid, above: int, stacks: Sequence[Stack]) -> list[Stack]:
    """The batches that the sheet's name and title rows leave possible: by batch code, else by form."""
    titles = [
        grid.name,
        *(cell for row in grid.rows[:above] for cell in row if isinstance(cell, str) and cell),
    ]
    said = "\n".join(dict.fromkeys(titles))
    named = [s for s in stacks if re.search(rf"(?<![\w.-]){re.escape(s.batch.code)}(?![\w.-])", said)]
    if named:
        return named
    compared = word(said)
    by_form = [s for s in stacks if re.search(rf"(?<![\w-]){re.escape(s.form.code)}(?![\w-])", said)]
    by_title = [s for s in stacks if word(s.form.title) in compared]
    return by_form or by_title or list(stacks)


def resolve(sheet: Sheet, number: int, row: Row, stacks: Sequence[Stack]) -> list[Stack]:
    """The batches that the key columns of a row leave possible."""
    said: dict[str, str] = {}
    for column in KEY_COLUMNS:
        if (place := sheet.header.places.get(column.key)) is not None:
            said[column.key] = personal.plain(plain_cell(sheet, number, row, place) or "")
    return [stack for stack in stacks if _answers(stack, said)]


def told_unresolved(sheet: Sheet, number: int, left: Sequence[Stack]) -> None:
    """Say why a row belongs to no batch, or to more than one."""
    place = next((sheet.header.places[c.key] for c in KEY_COLUMNS if c.key in sheet.header.places), None)
    if not left:
        sheet.say("V-BAL-16", number, place, "no batch", at=f"第 {number} 行：")
        return
    codes = "、".join(stack.batch.code for stack in left[:3])
    sheet.say("V-BAL-98", number, place, "two batches", at=f"第 {number} 行：", codes=codes)


def _answers(stack: Stack, said: Mapping[str, str]) -> bool:
    batch = stack.batch
    known = {
        "batch": {batch.code},
        "layer": {str(batch.layer)},
        "org": {batch.org_code, word(batch.org_name)},
        "form": {batch.form_code, word(batch.form_title), _KINDS[stack.form.subject_kind]},
        "category": {batch.voter_category, word(batch.category_name)},
    }
    return all(
        not text or {text, text.upper(), word(text), read_layer(text) if key == "layer" else ""} & known[key]
        for key, text in said.items()
    )
