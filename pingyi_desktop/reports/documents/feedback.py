"""R11 反馈单: one organisation's results beside the average of all, and what was said to it, to be signed for (domain §6.6)."""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.campaign.results import FormResult
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports.blocks import (
    INDENT,
    NOTHING,
    Block,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
)
from pingyi_desktop.reports.documents.draft import activity_of
from pingyi_desktop.standing import earlier
from pingyi_desktop.standing.overview import Question

SIGNERS = ("签收人：", "签收时间：        年    月    日")
NOTE = "注：平均满意率是同一层面已收到的票按票合并，不是各单位满意率的平均；相差按没有舍入的率算；样本不足的不列。"
ALONE = "注：平均满意率写“—”的，本文件里只有这一个单位的票，没有平均可比。"
MOST = 8
"""problems that are listed"""
COLUMNS = (
    ReportColumn("评议内容", 84, "left"),
    ReportColumn("本单位满意率（%）", 32, "center"),
    ReportColumn("平均满意率（%）", 32, "center"),
    ReportColumn("相差（百分点）", 32, "center"),
)


def build(asked: Question, layer: int | None, subject: str) -> Report:
    """The organisation's own sessions at a layer (None: both), each beside all that was counted at that layer (V-CHK-27 when none)."""
    seen = asked.picture
    one = seen.find(subject)
    tables, notes = list[Block](), set[str]()
    for number in (1, 2) if layer is None else (layer,):
        for form in seen.view.forms:
            if grades.graded(form):
                continue
            listed = asked.counted.by_org(layer=number, form_code=form.code, under=subject)
            own = next((row.result for row in listed if row.org.code == subject), None)
            if own is not None:
                everyone = asked.counted.by_org(layer=number, form_code=form.code)
                whole = asked.counted.pooled(layer=number) if len(everyone) > 1 else ()
                average = next((result for result in whole if result.form.code == form.code), None)
                tables += [Heading(f"{layer_name(number)} {form.title}"), _compared(own, average)]
                notes |= {NOTE if average else ALONE}
    if not tables:
        raise broken("V-CHK-27", org=one.short_name, what="反馈单")
    return Report(
        "R11",
        "群众评议结果反馈单",
        one.full_name,
        "",
        "单位：%",
        (
            Para(f"{INDENT}{one.short_name}：你单位在{activity_of(seen.view)}群众评议中的结果如下。"),
            *tables,
            *_opinions(asked, subject),
            Para(f"{INDENT}请于【    年  月  日】前制定整改措施，报【        】。"),
            Signature(SIGNERS),
        ),
        tuple(one for one in (NOTE, ALONE) if one in notes),
    )


def _compared(own: FormResult, average: FormResult | None) -> Table:
    """Its rates beside those of all; nothing beside them where the ballots of all are its own."""
    if average is None:
        alone = (Row((one.item.text, one.shown, NOTHING, NOTHING)) for one in own.items)
        return Table(COLUMNS, tuple(alone))
    rows = []
    for mine, all_together in zip(own.items, average.items, strict=True):
        rows.append(Row((mine.item.text, mine.shown, all_together.shown, earlier.points(all_together, mine))))
    return Table(COLUMNS, tuple(rows))


def _opinions(asked: Question, subject: str) -> Iterator[Block]:
    """The problems that most of its opinions came to. One that was not merged is somebody's own words: only how many there are."""
    found = opinion_groups.problems(asked.session, campaign_id=asked.campaign_id, under=subject)
    merged = [one for one in found if one.number]
    most = sorted(merged, key=lambda one: -len(one.originals))[:MOST]
    if found:
        yield Heading("群众主要意见（归并后）")
        yield from (Para(f"{number}. {one.title}") for number, one in enumerate(most, 1))
    own = opinion_groups.quoting(asked.session, campaign_id=asked.campaign_id)
    if quoted := "、".join(str(number) for number, one in enumerate(most, 1) if one.number in own):
        yield Para(f"【第 {quoted} 项是一条意见的原话，请在“意见建议”页改名，或概括后写在这里】")
    if alone := len(found) - len(merged):
        yield Para(f"【另有 {alone} 条意见没有归并，请在“意见建议”页归并，或概括后写在这里】")
