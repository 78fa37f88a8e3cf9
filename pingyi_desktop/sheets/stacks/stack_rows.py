"""What both kinds of ballot tables share: which sheet is for which batch, which row is one, and how to say it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pingyi_desktop.appraisal.batches.stacks import Stack
from pingyi_desktop.appraisal.people import mentions
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.errors import RuleError
from pingyi_desktop.sheets.grid.columns import SheetHeader, word
from pingyi_desktop.sheets.grid.footers import is_ordinal, is_tally_word
from pingyi_desktop.sheets.grid.grid import Bad, Row, at
from pingyi_desktop.sheets.grid.refused import NUMBERING
from pingyi_desktop.sheets.grid.sheet import Sheet
from pingyi_desktop.sheets.stacks.ballot_words import KEY_COLUMNS, read_layer
from pingyi_desktop.sheets.stacks.stack_owner import narrowed

_KINDS = {"ORG": "组织表", "MEMBERS_COLLECTIVE": "党员表", "MEMBER_ROSTER": "名册式党员表"}


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
        return column == 0 or not title or title in NUMBERING or column in self.labels(header)

    def labels(self, header: SheetHeader) -> Collection[int]:
        """Columns whose texts may be such a label."""
        keys = {column.key for column in KEY_COLUMNS} | {"item", "person", "member_no"}
        return {place for key, place in header.places.items() if key in keys}


def data_rows(sheet: Sheet, table: StackTable) -> Iterator[tuple[int, Row]]:
    """Rows below the header that may be data; whatever else stands there is told.

    Headers inside the table take the place of the first, headings that name a unit narrow ``table.left``. Rows that are
    hidden or filtered out are taken or left as the sheet says.
    """
    sheet.used |= set(table.telling(sheet.header))
    for number, row in sheet.rows(table.header_at):
        sheet.used |= set(table.telling(sheet.header))
        sheet.has_private_number(number, row)
        if _may_be_data(sheet, table, number, row) and not sheet.is_passed_over(number):
            yield number, row


def _may_be_data(sheet: Sheet, table: StackTable, number: int, row: Row) -> bool:
    """Whether a row may be data; a total, a signature, a heading and a note are told as what they are."""
    telling = table.telling(sheet.header)
    said = [(column, cell) for column, cell in enumerate(row) if cell]
    beside = [(column, cell) for column, cell in said if column not in telling]
    labelled = any(table.is_label(sheet.header, column) and is_tally_word(cell) for column, cell in said)
    if labelled and not table.is_data(sheet.header, row):
        sheet.left_out.append(number)
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
            sheet.say_often("V-IMP-36", number, None, "note", at=f"第 {number} 行：", text=text[:20])
    return False


def plain_cell(sheet: Sheet, number: int, row: Row, column: int) -> str | None:
    """The text of a cell; None, and a finding, when it holds a formula or an error value (V-IMP-07)."""
    cell = at(row, column)
    if isinstance(cell, Bad):
        sheet.say_often("V-IMP-07", number, column, "bad", at=f"第 {number} 行：", kind=cell.kind)
        return None
    return cell


def resolve(sheet: Sheet, number: int, row: Row, stacks: Sequence[Stack]) -> list[Stack]:
    """The batches that the key columns of a row leave possible."""
    said: dict[str, str] = {}
    for column in KEY_COLUMNS:
        if (place := sheet.header.places.get(column.key)) is not None:
            said[column.key] = personal.plain(plain_cell(sheet, number, row, place) or "")
    return [stack for stack in stacks if _answers(stack, said)]


def say_unresolved(
    sheet: Sheet, number: int, row: Row, left: Sequence[Stack], possible: Sequence[Stack]
) -> None:
    """Say why a row belongs to no batch, or to more than one; ``possible`` are those the sheet may be about."""
    place = next((sheet.header.places[c.key] for c in KEY_COLUMNS if c.key in sheet.header.places), None)
    where = f"第 {number} 行："
    if left:
        codes = "、".join(stack.batch.code for stack in left[:3])
        sheet.say_often("V-BAL-98", number, place, "two batches", at=where, codes=codes)
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
    sheet.say_often("V-BAL-16", number, place, "no batch", at=where, why=why)


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
