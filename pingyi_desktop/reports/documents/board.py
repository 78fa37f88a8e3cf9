"""R13 公示: what an organisation puts on the board, from its ledger of publications (domain §2.8, §6.7).

The telephone is written by hand. Of the items of rectification no person is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.feedback.publications import working_days
from pingyi_desktop.appraisal.ledgers.ledger import Row as LedgerRow
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports.blocks import (
    INDENT,
    Block,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Table,
    in_words,
)
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schemas.feedback import PublicationKind, PublicationState

ITEMS = (
    ReportColumn("序号", 12, "center"),
    ReportColumn("整改事项", 60, "left"),
    ReportColumn("整改措施", 60, "left"),
    ReportColumn("时限", 24, "center"),
    ReportColumn("完成情况", 24, "center"),
)


def build(asked: Question, _layer: int | None, subject: str) -> Report:
    """Every notice of the organisation that hangs or is to hang, a page each (V-PUB-22 when it has none)."""
    one = asked.picture.find(subject)
    listed = [
        row
        for row in _rows(asked, "publication", subject)
        if row.values["kind"] == PublicationKind.PUBLICITY and row.values["status"] != PublicationState.ENDED
    ]
    if not listed:
        raise broken("V-PUB-22", org=one.short_name)
    items = _rows(asked, "rectification", subject)
    first, *others = listed
    blocks = [*_notice(first, one, items)]
    for row in others:
        blocks += [Heading(_title(row), overleaf=True), *_notice(row, one, items)]
    return Report("R13", f"{one.full_name}\n{_title(first)}", "", "", "", tuple(blocks), document=True)


def _rows(asked: Question, key: str, subject: str) -> list[LedgerRow]:
    """The organisation's own rows of a ledger."""
    wanted = Asked(asked.campaign_id, date.today().isoformat(), under=subject)
    listed = rows.listing(asked.session, catalog.ledger(key), wanted, units=asked.picture.tree)
    return [row for row in listed if row.org == subject]


def _title(row: LedgerRow) -> str:
    return f"关于{row.texts['title'].removeprefix('关于').removesuffix('的公示')}的公示"


def _notice(row: LedgerRow, one: Org, items: Sequence[LedgerRow]) -> Iterator[Block]:
    texts = row.texts
    yield Para(INDENT + (texts["content"] or "【请补写：公示的内容】"))
    if "整改" in texts["title"] and items:
        listed = (
            (
                str(number),
                item.texts["problem"],
                item.texts["measures"],
                item.texts["due_on"],
                item.texts["status"],
            )
            for number, item in enumerate(items, 1)
        )
        yield Table(ITEMS, tuple(Row(cells) for cells in listed))
    start, end = texts["start_on"], texts["end_on"]
    if start and end:
        days = working_days(start, end)
        yield Para(f"{INDENT}公示期限：{in_words(start)}至{in_words(end)}（{days}个工作日）。")
    else:
        yield Para(f"{INDENT}公示期限：【起止日期】。")
    yield Para(
        f"{INDENT}对公示内容有意见的，请在公示期内向{texts['department'] or '【受理部门】'}反映"
        f"（地址：{texts['address'] or '【受理地址】'}；电话：                ）。"
        "反映情况应当实事求是，提倡署真实姓名，我们对反映人的情况保密。"
    )
    yield Para("")
    yield Para(one.full_name, "right")
    yield Para(in_words(start) if start else "    年  月  日", "right")
