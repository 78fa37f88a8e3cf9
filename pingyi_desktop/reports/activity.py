"""R02 群众评议情况统计表: meetings, people, forms (domain §6.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add

from sqlmodel import Session

from pingyi_desktop.appraisal import campaign_tree, overview
from pingyi_desktop.appraisal.overview import ActivityRow
from pingyi_desktop.appraisal.tallies import NOTHING, Figures, percent
from pingyi_desktop.reports.blocks import Cell, Column, Report, Row, RowKind, Table

Figure = Callable[[ActivityRow], int | None]
LAYERS = {1: "层面一", 2: "层面二"}
COLUMNS = (
    Column("序号", 9, "center"),
    Column("党组织", 49, "left"),
    Column("层面", 10, "center"),
    Column("评议会\n（次）", 13),
    Column("座谈会\n（次）", 13),
    Column("应参评", 13),
    Column("实到", 13),
    Column("到会率", 13),
    Column("发出", 13, group="组织表"),
    Column("收回", 13, group="组织表"),
    Column("有效", 13, group="组织表"),
    Column("发出", 13, group="党员表"),
    Column("收回", 13, group="党员表"),
    Column("有效", 13, group="党员表"),
    Column("党员数", 13),
    Column("自我\n介绍", 13),
    Column("汇报", 13),
    Column("汇报率", 13),
)


def build(session: Session, campaign_id: str, layer: int | None, under: str) -> Report:
    """Sessions of the subtree, one section and subtotal per layer, and the sum of both."""
    inside = {o.code for o in campaign_tree.tree(session, campaign_id=campaign_id, under=under)}
    rows: list[Row] = []
    everything: list[ActivityRow] = []
    for number in (1, 2) if layer is None else (layer,):
        found = [
            r
            for r in overview.activity(session, campaign_id=campaign_id, layer=number)
            if r.org_code in inside
        ]
        if found:
            rows.append(Row((LAYERS[number],), "section"))
            rows += [_row(str(i), row.org_name, (row,), "row") for i, row in enumerate(found, 1)]
            rows.append(_row("", f"{LAYERS[number]}小计", found, "total"))
            everything += found
    if layer is None and everything:
        rows.append(_row("", "合计", everything, "total"))
    return Report(
        "R02",
        "群众评议情况统计表",
        "",
        "",
        "单位：次、人、张、%",
        (Table(COLUMNS, tuple(rows)),),
        ("注：到会率＝实到÷应参评；汇报率＝评议会上口头汇报的党员数÷党员数，只算登记了党员数的场次。",),
        landscape=True,
    )


def _row(number: str, label: str, rows: Sequence[ActivityRow], kind: RowKind) -> Row:
    def total(figure: Figure) -> int | None:
        known = [value for row in rows if (value := figure(row)) is not None]
        return sum(known) if known else None

    return Row(
        (
            number,
            label,
            LAYERS[rows[0].layer][2:] if kind == "row" else "",
            total(lambda r: r.appraisal_meetings),
            total(lambda r: r.forums),
            total(lambda r: r.expected),
            total(lambda r: r.actual),
            _rate(rows, lambda r: r.actual, lambda r: r.expected),
            *_figures(rows, lambda r: r.org_forms),
            *_figures(rows, lambda r: r.member_forms),
            total(lambda r: r.members),
            total(lambda r: r.self_introduced),
            total(lambda r: r.oral_reports),
            _rate(rows, lambda r: r.oral_reports, lambda r: r.members),
        ),
        kind,
    )


def _rate(rows: Sequence[ActivityRow], part: Figure, whole: Figure) -> Cell:
    """Over the sessions where both figures are registered."""
    pairs = [(p, w) for row in rows if (p := part(row)) is not None and (w := whole(row)) is not None]
    return percent(sum(p for p, _ in pairs), sum(w for _, w in pairs)) if pairs else NOTHING


def _figures(rows: Sequence[ActivityRow], form: Callable[[ActivityRow], Figures]) -> tuple[Cell, Cell, Cell]:
    figures = reduce(add, map(form, rows), Figures())
    if figures == Figures():
        return None, None, None
    return figures.issued, figures.returned, figures.valid
