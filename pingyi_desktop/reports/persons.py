"""R05 党员个人评议结果表: person by person in the paper's order, for the branch itself (domain §6.3, §6.9).

A restricted sheet: it says so across the page, and whoever prints it gives a reason that stands in the journal
(``catalog.restricted``). What is too few to be shown is decided in ``person_results``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pingyi_desktop.appraisal.grading import person_results
from pingyi_desktop.appraisal.grading.person_results import PeopleSheet, PersonResult
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Item
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports.blocks import (
    NOTHING,
    Block,
    Cell,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
)
from pingyi_desktop.standing.overview import Question

MARK = "内部资料"
SIGNERS = ("书记签阅：", "        年    月    日")
PEOPLE = (
    ReportColumn("序号", 8, "center"),
    ReportColumn("姓名", 22, "left"),
    ReportColumn("类别", 14, "center"),
)
REMARK = ReportColumn("支部意见", 30, "left")
OPTION, RATE, ROOM = 10, 14, 267
NOTES = (
    "注：本表为内部资料，不得外传、不得张贴；只按表上的次序排列，不排名。每次打印的原因都记入操作日志。",
    "注：合计为人次：每张票评表上的每一个人，各人相加等于本表的总票数。",
)


def build(asked: Question, layer: int | None, subject: str) -> Report:
    """The people of the organisation's sessions; V-PRI-24 and V-PRI-27 when there is nothing of them here."""
    seen = asked.picture
    one = seen.find(subject)
    found = person_results.of_org(asked.session, counted=asked.counted, org_code=subject, layer=layer)
    if not found:
        raise broken("V-PRI-27", org=one.short_name)
    rule = seen.view.rule
    blocks = [block for sheet in found for block in _sheet(sheet, rule)]
    rated = not all(grades.graded(sheet.form) for sheet in found)
    return Report(
        "R05",
        "党员个人评议结果表",
        one.full_name,
        "",
        "单位：票、%",
        (*blocks, Signature(SIGNERS)),
        (*NOTES, *((rule.footnote(),) if rated else ())),
        landscape=True,
        mark=MARK,
    )


def _sheet(sheet: PeopleSheet, rule: Rule) -> Iterator[Block]:
    figures = sheet.result.figures
    yield Heading(f"{sheet.form.title}（{layer_name(sheet.layer)}）")
    yield Para(
        f"发出 {figures.issued} 张，收回 {figures.returned} 张，有效 {figures.valid} 张，"
        f"空白 {figures.blank} 张，废票 {figures.void} 张；被评 {len(sheet.people)} 人。"
    )
    if sheet.hidden:
        yield Para(
            f"{TOO_FEW}：有人的有效票少于 {rule.min_cell} 张，或者印出来就能推算出别处少于 {rule.min_cell} 张的票是怎样填的，"
            "所以不印各人的票数；票数照常计入汇总。"
        )
        return
    yield from _tables(sheet, sheet.people)
    for name, people in sheet.parts:
        yield Heading(f"其中：{name}")
        yield from _tables(sheet, people)


def _tables(sheet: PeopleSheet, people: Sequence[PersonResult]) -> Iterator[Table]:
    """Items side by side as far as the page goes, then the next ones below."""
    rated = not grades.graded(sheet.form)
    for places in _chunks(sheet.form.items, rated=rated):
        columns = [*PEOPLE]
        for place in places:
            item = sheet.form.items[place]
            titles = [(option.label, OPTION) for option in item.scale.options]
            titles += [("满意率", RATE)] if rated else [("未填", OPTION), ("多选", OPTION), ("难辨", OPTION)]
            columns += [ReportColumn(title, width, group=item.short_text) for title, width in titles]
        rows = [
            Row((n, one.name, _category(one), *_cells(one, places, rated=rated), ""))
            for n, one in enumerate(people, 1)
        ]
        sums: list[Cell] = []
        for place in places:
            counts = person_results.added(people, place)
            rest = [NOTHING] if rated else [counts.blank, counts.multi, counts.illegible]
            sums += [*counts.options, *rest]
        rows.append(Row(("", "合计", "", *sums, ""), "total"))
        yield Table((*columns, REMARK), tuple(rows))


def _category(one: PersonResult) -> str:
    return "预备" if one.probationary else "正式"


def _cells(one: PersonResult, places: Sequence[int], *, rated: bool) -> list[Cell]:
    found: list[Cell] = []
    for place in places:
        item = one.items[place]
        counts = item.counts
        found += counts.options
        found += [item.shown] if rated else [counts.blank, counts.multi, counts.illegible]
    return found


def _chunks(items: Sequence[Item], *, rated: bool) -> Iterator[list[int]]:
    """Places of items that fit on a line together."""
    room = ROOM - sum(column.width_mm for column in (*PEOPLE, REMARK))
    here: list[int] = []
    taken = 0
    for place, item in enumerate(items):
        width = OPTION * len(item.scale.options) + (RATE if rated else 3 * OPTION)
        if here and taken + width > room:
            yield here
            here, taken = [], 0
        here.append(place)
        taken += width
    yield here
