"""R03 and R04: every organisation's satisfied marks and rates per item, and the pooled sum (domain §6.2, §6.3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, results
from pingyi_desktop.appraisal.campaigns import CampaignView
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.results import FormResult, ItemResult, OrgResult
from pingyi_desktop.reports.activity import LAYERS
from pingyi_desktop.reports.blocks import Bar, Bars, Block, Cell, Column, Report, Row, Table

UNSATISFIED = "NEGATIVE"


def organisations(session: Session, campaign_id: str, layer: int | None, under: str) -> Report:
    """R03 基层党组织群众评议结果汇总表."""
    return _summary(session, campaign_id, layer, under, "R03", "基层党组织群众评议结果汇总表", wanted="ORG")


def members(session: Session, campaign_id: str, layer: int | None, under: str) -> Report:
    """R04 党员群众评议结果汇总表."""
    return _summary(session, campaign_id, layer, under, "R04", "党员群众评议结果汇总表", wanted="MEMBER")


def _summary(
    session: Session, campaign_id: str, layer: int | None, under: str, number: str, title: str, *, wanted: str
) -> Report:
    view = campaigns.show(session, campaign_id=campaign_id)
    layers = (1, 2) if layer is None else (layer,)
    blocks: list[Block] = []
    for form in view.forms:
        if form.subject_kind.startswith(wanted):
            blocks += _of_form(session, view, form, layers, under)
    return Report(
        number,
        title,
        "" if layer is None else LAYERS[layer],
        "",
        "单位:票、%",
        tuple(blocks),
        ("注:“票”为计入满意的票数;合计行按票合并,不是各组织满意率的平均。",),
        landscape=True,
    )


def _of_form(
    session: Session, view: CampaignView, form: Form, layers: Sequence[int], under: str
) -> list[Block]:
    rows: list[Row] = []
    for layer in layers:
        found = results.by_org(session, campaign_id=view.id, layer=layer, form_code=form.code, under=under)
        if found:
            rows.append(Row((LAYERS[layer],), "section"))
            rows += [_row(i, one) for i, one in enumerate(found, 1)]
            pooled = _pooled(session, view, form, layer, under)
            rows.append(_total(f"{LAYERS[layer]}合计", pooled))
    both = _pooled(session, view, form, None if len(layers) > 1 else layers[0], under)
    if len(layers) > 1:
        rows.append(_total("合计", both))
    bars = Bars(
        f"{form.title}:满意率(按票合并)",
        tuple(Bar(i.item.short_text, i.rate.per_mille, f"{i.shown}%") for i in both.items),
    )
    return [Table(_columns(form), tuple(rows)), bars]


def _columns(form: Form) -> tuple[Column, ...]:
    items = [
        column
        for item in form.items
        for column in (
            Column("票", 12, group=item.short_text),
            Column("率", 14, group=item.short_text),
        )
    ]
    return (
        Column("序号", 8, "center"),
        Column("党组织", 48, "left"),
        Column("有效票", 14),
        *items,
        Column("不满意(票)", 15),
        Column("最低项", 22, "center"),
    )


def _row(number: int, one: OrgResult) -> Row:
    return Row((number, one.org.short_name, *_cells(one.result)))


def _total(label: str, result: FormResult) -> Row:
    return Row(("", label, *_cells(result)), "total")


def _cells(result: FormResult) -> tuple[Cell, ...]:
    pairs = [cell for item in result.items for cell in (item.satisfied, item.shown)]
    return (result.figures.valid, *pairs, sum(map(_unsatisfied, result.items)), _lowest(result.items))


def _unsatisfied(result: ItemResult) -> int:
    options = result.item.scale.options
    return sum(n for n, o in zip(result.counts.options, options, strict=True) if o.polarity == UNSATISFIED)


def _lowest(items: Sequence[ItemResult]) -> Cell:
    """The item with the lowest rate, when one is lower than another; compared as fractions."""
    known = [i for i in items if i.denominator]
    if not known:
        return None
    worst = known[0]
    for item in known[1:]:
        if item.satisfied * worst.denominator < worst.satisfied * item.denominator:
            worst = item
    same = all(i.satisfied * worst.denominator == worst.satisfied * i.denominator for i in known)
    return None if same else worst.item.short_text


def _pooled(session: Session, view: CampaignView, form: Form, layer: int | None, under: str) -> FormResult:
    pooled = results.pooled(session, campaign_id=view.id, layer=layer, under=under)
    return next(one for one in pooled if one.form.code == form.code)
