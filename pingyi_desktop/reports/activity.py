"""R02 群众评议情况统计表: meetings, people, forms (domain §6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import NOTHING, Figures, rate
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.reports.blocks import Cell, Report, ReportColumn, Row, RowKind, Table
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import ActivityRow, Appraised, Question

Figure = Callable[[ActivityRow], int | None]
NOTES = (
    "注：到会率＝实到÷应参评；汇报率＝评议会上口头汇报的党员数÷党员数，没有登记党员数的不印。",
    "党员数、自我介绍、汇报在小计、合计里每人只计一次：上下级组织、两个层面登记的是同一批党员，取本级与下级之和中较大的数。",
)
COLUMNS = (
    ReportColumn("序号", 9, "center"),
    ReportColumn("党组织", 49, "left"),
    ReportColumn("层面", 10, "center"),
    ReportColumn("评议会\n（次）", 13),
    ReportColumn("座谈会\n（次）", 13),
    ReportColumn("应参评", 13),
    ReportColumn("实到", 13),
    ReportColumn("到会率", 13),
    ReportColumn("发出", 13, group="组织表"),
    ReportColumn("收回", 13, group="组织表"),
    ReportColumn("有效", 13, group="组织表"),
    ReportColumn("发出", 13, group="党员表"),
    ReportColumn("收回", 13, group="党员表"),
    ReportColumn("有效", 13, group="党员表"),
    ReportColumn("党员数", 13),
    ReportColumn("自我\n介绍", 13),
    ReportColumn("汇报", 13),
    ReportColumn("汇报率", 13),
)


@dataclass(frozen=True)
class _Sheet:
    """The subtree that the table is about (parents first), and the rule its rates are printed under."""

    tree: Sequence[Org]
    rule: Rule


def build(asked: Question, layer: int | None, under: str) -> Report:
    """Sessions of the subtree, one section and subtotal per layer, and the sum of both."""
    seen = asked.picture
    sheet = _Sheet(seen.below(under), seen.view.rule)
    inside = {o.code for o in sheet.tree}
    rows: list[Row] = []
    everything: list[ActivityRow] = []
    for number in (1, 2) if layer is None else (layer,):
        found = [r for r in overview.activity_of(seen, number) if r.org_code in inside]
        if found:
            rows.append(Row((layer_name(number),), "section"))
            rows += [_row(sheet, str(i), row.org_name, (row,), "row") for i, row in enumerate(found, 1)]
            rows.append(_row(sheet, "", f"{layer_name(number)}小计", found, "total"))
            everything += found
    if layer is None and everything:
        rows.append(_row(sheet, "", "合计", everything, "total"))
    return Report(
        "R02",
        "群众评议情况统计表",
        "",
        "",
        "单位：次、人、张、%",
        (Table(COLUMNS, tuple(rows)),),
        NOTES,
        landscape=True,
    )


def coverage_note(done: Sequence[Appraised], rule: Rule) -> list[str]:
    """组织覆盖率 of the layers that have ballots at all, with both numbers; nothing when none has."""
    rates = [f"{layer_name(one.layer)} {one.rate(rule)}" for one in done if one.expected]
    return [f"组织覆盖率（已评÷应评）：{'；'.join(rates)}。"] if rates else []


def _row(sheet: _Sheet, number: str, label: str, rows: Sequence[ActivityRow], kind: RowKind) -> Row:
    def total(figure: Figure) -> int | None:
        known = [value for row in rows if (value := figure(row)) is not None]
        return sum(known) if known else None

    expected, actual = total(lambda r: r.expected), total(lambda r: r.actual)
    members = _people(sheet.tree, rows, lambda r: r.members)
    reports = _people(sheet.tree, rows, lambda r: r.oral_reports)
    return Row(
        (
            number,
            label,
            layer_name(rows[0].layer)[-1] if kind == "row" else "",
            total(lambda r: r.appraisal_meetings),
            total(lambda r: r.forums),
            expected,
            actual,
            _share(actual, expected, sheet.rule),
            *_figures(rows, lambda r: r.org_forms),
            *_figures(rows, lambda r: r.member_forms),
            members,
            _people(sheet.tree, rows, lambda r: r.self_introduced),
            reports,
            _share(reports, members, sheet.rule),
        ),
        kind,
    )


def _people(tree: Sequence[Org], rows: Sequence[ActivityRow], figure: Figure) -> int | None:
    """Party members of the rows, each counted once; None when no row has the figure.

    Who is registered at an organisation and who at those below it are the same people, and so are those of its two
    layers: the larger of both stands for all of them.
    """
    own: dict[str, int] = {}
    for row in rows:
        if (value := figure(row)) is not None:
            own[row.org_code] = max(value, own.get(row.org_code, 0))
    return _top(tree, own) if own else None


def _top(tree: Sequence[Org], own: Mapping[str, int]) -> int:
    below: dict[str | None, int] = {}
    for o in reversed(tree):
        found = max(own.get(o.code, 0), below.get(o.code, 0))
        below[o.parent_code] = below.get(o.parent_code, 0) + found
    return below[tree[0].parent_code]


def _share(part: int | None, whole: int | None, rule: Rule) -> Cell:
    """A rate of the two figures beside it; nothing when one is missing or the part is not one of the whole."""
    if part is None or whole is None or part > whole:
        return NOTHING
    return rate(part, whole, rule=rule).text


def _figures(rows: Sequence[ActivityRow], form: Callable[[ActivityRow], Figures]) -> tuple[Cell, Cell, Cell]:
    figures = reduce(add, map(form, rows), Figures())
    if figures == Figures():
        return None, None, None
    return figures.issued, figures.returned, figures.valid
