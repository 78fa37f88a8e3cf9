"""R02 群众评议情况统计表: meetings, people, forms (domain §6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, org, overview
from pingyi_desktop.appraisal.overview import ActivityRow
from pingyi_desktop.appraisal.tallies import NOTHING, Figures, percent
from pingyi_desktop.reports.blocks import Cell, Column, Report, Row, Table

LAYERS = {1: "层面一", 2: "层面二"}
COLUMNS = (
    Column("序号", 8, "center"),
    Column("党组织", 37, "left"),
    Column("层面", 12, "center"),
    Column("评议会(次)", 12),
    Column("座谈会(次)", 12),
    Column("应参评", 15),
    Column("实到", 15),
    Column("到会率", 15),
    Column("发出", 14, group="组织表"),
    Column("收回", 14, group="组织表"),
    Column("有效", 14, group="组织表"),
    Column("发出", 14, group="党员表"),
    Column("收回", 14, group="党员表"),
    Column("有效", 14, group="党员表"),
    Column("党员数", 14),
    Column("自我介绍", 14),
    Column("汇报", 14),
    Column("汇报率", 15),
)


def build(session: Session, campaign_id: str, layer: int | None, under: str) -> Report:
    """Sessions of the subtree, one section and subtotal per layer."""
    campaigns.show(session, campaign_id=campaign_id)
    inside = {o.code for o in org.tree(session, under=under)}
    rows: list[Row] = []
    for number in (1, 2) if layer is None else (layer,):
        found = [
            r
            for r in overview.activity(session, campaign_id=campaign_id, layer=number)
            if r.org_code in inside
        ]
        if found:
            rows.append(Row((LAYERS[number],), "section"))
            rows += [_row(i, row) for i, row in enumerate(found, 1)]
            rows.append(_sum(f"{LAYERS[number]}小计", found))
    return Report(
        "R02",
        "群众评议情况统计表",
        "",
        "",
        "单位:次、人、张、%",
        (Table(COLUMNS, tuple(rows)),),
        ("注:“汇报率”=评议会上口头汇报的党员数÷党员数。",),
        landscape=True,
    )


def _row(number: int, row: ActivityRow) -> Row:
    reported = percent(row.oral_reports or 0, row.members or 0) if row.oral_reports is not None else NOTHING
    return Row(
        (
            number,
            row.org_name,
            LAYERS[row.layer][2:],
            row.appraisal_meetings,
            row.forums,
            row.expected,
            row.actual,
            _rate(row.actual, row.expected),
            *_figures(row.org_forms),
            *_figures(row.member_forms),
            row.members,
            row.self_introduced,
            row.oral_reports,
            reported,
        )
    )


def _sum(label: str, rows: Sequence[ActivityRow]) -> Row:
    def total(name: str) -> int | None:
        known = [value for row in rows if (value := getattr(row, name)) is not None]
        return sum(known) if known else None

    expected, actual = total("expected"), total("actual")
    members, reports = total("members"), total("oral_reports")
    return Row(
        (
            "",
            label,
            "",
            total("appraisal_meetings"),
            total("forums"),
            expected,
            actual,
            _rate(actual, expected),
            *_figures(reduce(add, (row.org_forms for row in rows), Figures())),
            *_figures(reduce(add, (row.member_forms for row in rows), Figures())),
            members,
            total("self_introduced"),
            reports,
            _rate(reports, members),
        ),
        "total",
    )


def _rate(part: int | None, whole: int | None) -> Cell:
    return NOTHING if part is None or whole is None else percent(part, whole)


def _figures(figures: Figures) -> tuple[Cell, Cell, Cell]:
    if figures == Figures():
        return None, None, None
    return figures.issued, figures.returned, figures.valid
