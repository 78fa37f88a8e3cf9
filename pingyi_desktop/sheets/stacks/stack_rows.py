"""What both kinds of ballot tables share: which sheet is for which batch, which row is one, and how to say it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pingyi_desktop.appraisal.batches.stacks import Stack
from pingyi_desktop.appraisal.people import mentions
from pingyi_desktop.appraisal.people.roster_facts import rows_phrase
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found, sentence, weight_of
from pingyi_desktop.errors import RuleError
from pingyi_desktop.sheets.grid.columns import SEARCHED_ROWS, SheetHeader, repeats, unseen_columns, word
from pingyi_desktop.sheets.grid.footers import is_ordinal, is_tally_word
from pingyi_desktop.sheets.grid.grid import Bad, Grid, Row, at, unseen_rows
from pingyi_desktop.sheets.roster import roster_columns
from pingyi_desktop.sheets.stacks.ballot_words import KEY_COLUMNS, read_layer
from pingyi_desktop.sheets.stacks.stack_owner import narrowed

_TOLD_ONE_BY_ONE = 5
_KINDS = {"ORG": "组织表", "MEMBERS_COLLECTIVE": "党员表", "MEMBER_ROSTER": "名册式党员表"}
OWN_NOTES = frozenset({"填写说明", "说明"})


@dataclass
class StackTable:
    """What a reader knows of the table it reads: where its data stands, and which batches it may be about.

    ``left`` are the batches that headings leave possible of ``all``; ``header_at`` finds a header inside the table.
    """

    all: Sequence[Stack]
    telling: Callable[[SheetHeader], Collection[int]]
    header_at: Callable[[int], SheetHeader | None]
    is_data: Callable[[SheetHeader, Row], bool]
    left: Sequence[Stack] = ()

    def __post_init__(self) -> None:
        self.left = self.all

    def is_label(self, header: SheetHeader, column: int) -> bool:
        """Whether a label of a total may stand in this column: the first, one of row numbers, one without a title."""
        title = word(header.titles[column]) if column < len(header.titles) else ""
        return column == 0 or not title or title in roster_columns.NUMBERING or column in self.labels(header)

    def labels(self, header: SheetHeader) -> Collection[int]:
        """Columns whose texts may be such a label."""
        keys = {column.key for column in KEY_COLUMNS} | {"item", "person", "member_no"}
        return {place for key, place in header.places.items() if key in keys}


@dataclass
class StackSheet:
    """One sheet while it is read; what is said of many rows is said a few times and then summed up."""

    grid: Grid
    header: SheetHeader
    findings: list[Finding] = field(default_factory=list)
    told: dict[tuple[str, str, int | None], list[int]] = field(default_factory=dict)

    def say(
        self, code: str, row: int, column: int | None, kind: str = "", /, *, at: str = "", **values: object
    ) -> None:
        """Note a finding; of one kind in one column the first five are told, of the others only their rows."""
        self.note(code, row, column, kind, sentence(code, at=at, **values))

    def note(self, code: str, row: int, column: int | None, kind: str, text: str) -> None:
        """The same with its sentence made already."""
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


def data_rows(sheet: StackSheet, table: StackTable, hidden: str | None) -> Iterator[tuple[int, Row]]:
    """Rows below the header that may be data; whatever else stands there is told.

    Headers inside the table take the place of the first, headings that name a unit narrow ``table.left``. Rows that
    are hidden or filtered out, and hidden columns, are taken or left as ``hidden`` says (``include``, ``skip``), and
    block without it.
    """
    unseen: list[int] = []
    used = set(table.telling(sheet.header))
    skip_to = 0
    for number, row in sheet.grid.below(sheet.header.row):
        if number <= skip_to:
            continue
        if (again := table.header_at(number)) is not None:
            skip_to, sheet.header = again.row, again
            used |= set(table.telling(again))
            continue
        if repeats(sheet.header, row):
            continue
        _refuse_private(sheet, number, row)
        if not _may_be_data(sheet, table, number, row):
            continue
        if number in sheet.grid.unseen:
            unseen.append(number)
            if hidden == "skip":
                continue
        yield number, row
    if unseen:
        code, values = unseen_rows(unseen, hidden)
        sheet.say(code, unseen[0], None, **values)
    for code, values in unseen_columns(sheet.grid, sheet.header, used, hidden):
        sheet.say(code, sheet.header.row, None, **values)


def _may_be_data(sheet: StackSheet, table: StackTable, number: int, row: Row) -> bool:
    """Whether a row may be data; a total, a signature, a heading and a note are told as what they are."""
    telling = table.telling(sheet.header)
    said = [(column, cell) for column, cell in enumerate(row) if cell]
    beside = [(column, cell) for column, cell in said if column not in telling]
    labelled = any(table.is_label(sheet.header, column) and is_tally_word(cell) for column, cell in said)
    if labelled and not table.is_data(sheet.header, row):
        sheet.say("V-IMP-11", number, None, "footer", rows=f"第 {number} 行")
        return False
    if len(beside) < len(said):
        return True
    texts = [cell for _, cell in said if isinstance(cell, str) and not is_ordinal(cell)]
    for text in dict.fromkeys(texts):
        try:
            table.left = narrowed(table.all, table.all, f"第 {number} 行的小标题", text, is_sheet=True)
        except RuleError as error:
            sheet.note(error.code, number, None, "", str(error))
            table.left = []
        if len(table.left) == len(table.all) and not mentions.named(text):
            sheet.say("V-IMP-36", number, None, "note", at=f"第 {number} 行：", text=text[:20])
    return False


def _refuse_private(sheet: StackSheet, number: int, row: Row) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) > 10 and personal.has_private_number(cell):
            facts = {"what": f"第 {number} 行", "mend": "请删除该列后再导入"}
            sheet.say("V-MEM-07", number, column, "private", **facts)


def say_covered(sheet: StackSheet, first: int) -> None:
    """V-IMP-15: contents under a merged cell that say something else than it does."""
    for number, ref in sheet.grid.covered:
        if number > first:
            sheet.say("V-IMP-15", number, None, at=f"第 {number} 行：", ref=ref)


def hidden_sheet(grid: Grid) -> Finding:
    """V-IMP-09: a hidden sheet is not read."""
    return replace(found("V-IMP-09", grid.name, sheet=grid.name), sheet=grid.name)


def late_header(grid: Grid, header: SheetHeader) -> Finding:
    """V-IMP-17: a header below the rows that are searched."""
    one = found("V-IMP-17", grid.name, sheet=grid.name, row=header.first, most=SEARCHED_ROWS)
    return replace(one, sheet=grid.name, row=header.first)


def plain_cell(sheet: StackSheet, number: int, row: Row, column: int) -> str | None:
    """The text of a cell; None, and a finding, when it holds a formula or an error value (V-IMP-07)."""
    cell = at(row, column)
    if isinstance(cell, Bad):
        sheet.say("V-IMP-07", number, column, "bad", at=f"第 {number} 行：", kind=cell.kind)
        return None
    return cell


def resolve(sheet: StackSheet, number: int, row: Row, stacks: Sequence[Stack]) -> list[Stack]:
    """The batches that the key columns of a row leave possible."""
    said: dict[str, str] = {}
    for column in KEY_COLUMNS:
        if (place := sheet.header.places.get(column.key)) is not None:
            said[column.key] = personal.plain(plain_cell(sheet, number, row, place) or "")
    return [stack for stack in stacks if _answers(stack, said)]


def told_unresolved(
    sheet: StackSheet, number: int, row: Row, left: Sequence[Stack], possible: Sequence[Stack]
) -> None:
    """Say why a row belongs to no batch, or to more than one; ``possible`` are those the sheet may be about."""
    place = next((sheet.header.places[c.key] for c in KEY_COLUMNS if c.key in sheet.header.places), None)
    where = f"第 {number} 行："
    if left:
        codes = "、".join(stack.batch.code for stack in left[:3])
        sheet.say("V-BAL-98", number, place, "two batches", at=where, codes=codes)
        return
    why = "请核对票批码，或层面、党组织代码、评议表、身份类别"
    for column in KEY_COLUMNS:
        if (at_column := sheet.header.places.get(column.key)) is None:
            continue
        said = {column.key: personal.plain(str(at(row, at_column) or ""))}
        if not any(_answers(stack, said) for stack in possible):
            own = "、".join(dict.fromkeys(_own_words(stack, column.key) for stack in possible[:5]))
            why, place = f"“{column.title}”写的是“{said[column.key][:40]}”，本单位的是“{own}”", at_column
            break
    sheet.say("V-BAL-16", number, place, "no batch", at=where, why=why)


def _own_words(stack: Stack, key: str) -> str:
    batch = stack.batch
    return {
        "batch": batch.code,
        "layer": f"层面{batch.layer}",
        "org": batch.org_name,
        "form": batch.form_title,
        "category": batch.category_name,
    }[key]


def _answers(stack: Stack, said: Mapping[str, str]) -> bool:
    batch = stack.batch
    known = {
        "batch": {batch.code},
        "layer": {str(batch.layer)},
        "form": {batch.form_code, word(batch.form_title), _KINDS[stack.form.subject_kind]},
        "category": {batch.voter_category, word(batch.category_name)},
    }
    return all(
        not text
        or (
            mentions.means(text, (batch.org_code, *stack.names), stack.above)
            if key == "org"
            else bool(
                {text, text.upper(), word(text), read_layer(text) if key == "layer" else ""} & known[key]
            )
        )
        for key, text in said.items()
    )
