"""R03 and R04: every organisation's satisfied marks and rates per item, and the pooled sum (domain §6.2, §6.3).

A form that gives grades (民主评议) has no rate: R04 prints how often each grade was marked, and says what that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pingyi_desktop.appraisal.campaign import weighing
from pingyi_desktop.appraisal.campaign.results import Counted, FormResult, ItemResult
from pingyi_desktop.appraisal.paper import grades, tallies
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.reports.blocks import (
    NOTHING,
    Align,
    Bar,
    Bars,
    Block,
    Cell,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Table,
)
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.visible import with_percent

WHO = (
    ReportColumn("序号", 9, "center"),
    ReportColumn("党组织", 48, "left"),
    ReportColumn("有效票", 14),
)
UNSATISFIED, OVERALL = "NEGATIVE", "OVERALL"
NOTE = "注：“票”为计入满意的票数；小计、合计按票合并，不是各组织满意率的平均。"
NOTE_ALL = "注：“综合”为各项满意票之和÷各项分母之和。"
NOTE_ROSTER = "注：名册式评议表的“票”是人次：一张票评几个人，就计几人次。"
NOTE_GRADES = "注：民主评议党员测评表的各等次是票面上的人次，不是满意率，也不是各人的等次；等次由各支部研究决定，见 R04B。"
NOTE_OWN = "注：带“附”的是本次活动自加的附加题，单独统计，不计入“综合”“不满意”和“最低项”。"


@dataclass(frozen=True)
class _Sheet:
    """What one table is about; ``combined`` adds 综合, the marks of all items together."""

    counted: Counted
    form: Form
    under: str
    combined: bool

    @property
    def rule(self) -> Rule:
        return self.counted.view.rule

    @property
    def graded(self) -> bool:
        return grades.graded(self.form)


def organisations(asked: Question, layer: int | None, under: str) -> Report:
    """R03 基层党组织群众评议结果汇总表."""
    counted, forms = asked.counted, asked.picture.view.forms
    sheets = [_Sheet(counted, form, under, combined=False) for form in forms if form.subject_kind == "ORG"]
    return _summary(sheets, layer, number="R03", title="基层党组织群众评议结果汇总表")


def members(asked: Question, layer: int | None, under: str) -> Report:
    """R04 党员群众评议结果汇总表; 综合 where the form has no overall item of its own."""
    counted = asked.counted
    sheets = [
        _Sheet(counted, form, under, combined=_is_combined(form))
        for form in asked.picture.view.forms
        if form.subject_kind != "ORG"
    ]
    return _summary(sheets, layer, number="R04", title="党员群众评议结果汇总表")


def _is_combined(form: Form) -> bool:
    return not grades.graded(form) and all(item.kind != OVERALL for item in form.items)


def _summary(sheets: Sequence[_Sheet], layer: int | None, *, number: str, title: str) -> Report:
    blocks: list[Block] = []
    for sheet in sheets:
        found = _of_form(sheet, (1, 2) if layer is None else (layer,))
        blocks += [Heading(sheet.form.title), *found] if found and len(sheets) > 1 else found
    if not blocks:
        blocks.append(Para("所选范围内还没有已封存的票。"))
    notes = [] if sheets and all(sheet.graded for sheet in sheets) else [NOTE]
    notes += [NOTE_ALL] if any(sheet.combined for sheet in sheets) else []
    notes += [NOTE_ROSTER] if any(one.form.is_roster and not one.graded for one in sheets) else []
    notes += [NOTE_GRADES] if any(one.graded for one in sheets) else []
    notes += [NOTE_OWN] if any(item.own for sheet in sheets for item in sheet.form.items) else []
    notes += [_few(sheets[0].rule)] if _has_hidden(blocks) else []
    return Report(number, title, "", "", "单位：票、%", tuple(blocks), tuple(notes), landscape=True)


def _has_hidden(blocks: Sequence[Block]) -> bool:
    cells = (cell for block in blocks if isinstance(block, Table) for row in block.rows for cell in row.cells)
    return tallies.TOO_FEW in cells


def _few(rule: Rule) -> str:
    return f"“{tallies.TOO_FEW}”：有效票少于 {rule.min_cell} 张，或者印出来就能推算出这样的票；票数照常计入合计。"


def _of_form(sheet: _Sheet, layers: Sequence[int]) -> list[Block]:
    rows: list[Row] = []
    for layer in layers:
        found = sheet.counted.by_org(layer=layer, form_code=sheet.form.code, under=sheet.under)
        if found:
            rows.append(Row((layer_name(layer),), "section"))
            rows += [
                Row((i, one.org.short_name, *_cells(sheet, one.result))) for i, one in enumerate(found, 1)
            ]
            rows.append(_total(sheet, f"{layer_name(layer)}小计", _pooled(sheet, layer)))
    if not rows:
        return []
    everything = _pooled(sheet, None if len(layers) > 1 else layers[0])
    if len(layers) > 1:
        rows.append(_total(sheet, "合计", everything))
    table = Table(_columns(sheet), tuple(rows))
    if sheet.graded:
        return [table]
    bars = Bars(
        f"{sheet.form.title}：满意率（按票合并）",
        tuple(Bar(i.item.short_text, i.rate.per_mille, with_percent(i.shown)) for i in everything.items),
    )
    whole = len(layers) > 1 and sheet.under == sheet.counted.own
    return [table, bars, *(_weighed(sheet) if whole else ())]


def _weighed(sheet: _Sheet) -> list[Block]:
    """The weighted rates of the whole campaign, where the rule asks for them, or why there are none."""
    found = weighing.weighed(sheet.counted, sheet.form)
    if found is None:
        return []
    if found.why_not:
        return [Para(found.why_not)]
    columns = tuple(ReportColumn(item.short_text, 24, "center") for item in sheet.form.items)
    return [Heading("加权满意率（%）"), Table(columns, (Row(found.rates),))]


def _columns(sheet: _Sheet) -> tuple[ReportColumn, ...]:
    if sheet.graded:
        return (*WHO, *(ReportColumn(*one) for item in sheet.form.items for one in _grades_of(item)))
    groups = [item.short_text for item in sheet.form.items] + (["综合"] if sheet.combined else [])
    return (
        *WHO,
        *(
            ReportColumn(title, width, group=group)
            for group in groups
            for title, width in (("票", 12), ("率", 14))
        ),
        ReportColumn("不满意\n（票）", 14),
        ReportColumn("最低项", 24, "center"),
    )


def _grades_of(item: Item) -> list[tuple[str, int, Align, str]]:
    titles = (*(option.label for option in item.scale.options), "未填", "多选", "难辨")
    return [(title, 16, "right", f"{item.text}（人次）") for title in titles]


def _total(sheet: _Sheet, label: str, result: FormResult) -> Row:
    return Row(("", label, *_cells(sheet, result)), "total")


def _cells(sheet: _Sheet, result: FormResult) -> tuple[Cell, ...]:
    """Figures of one row or total; a hidden one has its ballots, but neither counts nor rates (k-rule)."""
    if sheet.graded:
        return (result.figures.valid, *_marks(result))
    if result.hidden:
        pairs_hidden = (NOTHING, tallies.TOO_FEW) * (len(result.items) + sheet.combined)
        return (result.figures.valid, *pairs_hidden, NOTHING, NOTHING)
    pairs: list[Cell] = [cell for item in result.items for cell in (item.satisfied, item.shown)]
    if sheet.combined:
        pairs += _combined(result, sheet.rule)
    common = _common(result)
    return (result.figures.valid, *pairs, sum(map(_unsatisfied, common)), _lowest(common))


def _marks(result: FormResult) -> list[Cell]:
    """How often each grade was marked, and what was no mark; of a hidden result only that it is."""
    marks: list[Cell] = []
    for one in result.items:
        counts = one.counts
        marks += [*counts.options, counts.blank, counts.multi, counts.illegible]
    return [tallies.TOO_FEW, *[NOTHING] * (len(marks) - 1)] if result.hidden else marks


def _common(result: FormResult) -> list[ItemResult]:
    """The items that may be taken together: an office's own questions are nobody else's."""
    return [item for item in result.items if not item.item.own]


def _combined(result: FormResult, rule: Rule) -> list[Cell]:
    common = _common(result)
    satisfied = sum(item.satisfied for item in common)
    rate = tallies.rate(satisfied, sum(item.denominator for item in common), rule=rule)
    return [satisfied, tallies.shown(rate, valid=result.figures.valid, rule=rule)]


def _unsatisfied(result: ItemResult) -> int:
    options = result.item.scale.options
    return sum(n for n, o in zip(result.counts.options, options, strict=True) if o.polarity == UNSATISFIED)


def _lowest(items: Sequence[ItemResult]) -> Cell:
    """The item with the lowest rate, when one is lower than another; compared as fractions."""
    known = [i for i in items if i.denominator and i.shown == i.rate.text]
    if not known:
        return None
    worst = known[0]
    for item in known[1:]:
        if item.satisfied * worst.denominator < worst.satisfied * item.denominator:
            worst = item
    same = all(i.satisfied * worst.denominator == worst.satisfied * i.denominator for i in known)
    return None if same else worst.item.short_text


def _pooled(sheet: _Sheet, layer: int | None) -> FormResult:
    pooled = sheet.counted.pooled(layer=layer, under=sheet.under)
    return next(one for one in pooled if one.form.code == sheet.form.code)
