"""R02 群众评议情况统计表: meetings, people, forms (domain §6.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.ledgers.meeting import attendance
from pingyi_desktop.appraisal.ledgers.meeting.attendance import Attendance, Came
from pingyi_desktop.appraisal.paper.forms import side_of
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.paper.rules import FULL, Rule
from pingyi_desktop.appraisal.paper.tallies import NOTHING, Figures, rate
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.reports.blocks import (
    Block,
    Cell,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    RowKind,
    Table,
)
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import ActivityRow, Appraised, Question
from pingyi_desktop.storage.schema_campaign import SessionStatus

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


CATEGORIES = (
    ReportColumn("参评人员类别", 60, "left"),
    *(ReportColumn(title, 22) for title in ("场次", "应到", "实到", "到会率")),
    *(ReportColumn(title, 26, group="发出") for title in ("组织表", "党员表")),
)
TOLD = "只列会议台账按类别写明应到、实到的场次；补投的人不算实到。"
WEIGHTS = "注：参评人员类别的权数是{}，相加为1；加权满意率由各类的率按权数以分数相加，最后才舍入。"


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
        found = [r for r in overview.activity(seen, number) if r.org_code in inside]
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
        (Table(COLUMNS, tuple(rows)), *_categories(asked, (1, 2) if layer is None else (layer,), inside)),
        (*NOTES, *_weights(seen.view)),
        landscape=True,
    )


def _categories(asked: Question, layers: Sequence[int], inside: Collection[str]) -> list[Block]:
    """People and papers by category of voters, of the sessions whose meeting tells it; nothing with one category."""
    seen, view = asked.picture, asked.picture.view
    if len(view.voter_categories) == 1:
        return []
    told = attendance.of_campaign(asked.session, view=view)
    held = {(one.layer, one.org_code) for one in seen.meetings if one.status == SessionStatus.HELD}
    stacks = [
        (one, came)
        for one in seen.stacks
        if one.layer in layers and one.org_code in inside and (one.layer, one.org_code) in held
        if not one.supplement and (came := _came(told, one)) is not None
    ]
    names = dict(view.voter_categories) | {one.voter_category: one.category_name for one, _ in stacks}
    rows = [
        Row((names[code], *_of_category(view, [pair for pair in stacks if pair[0].voter_category == code])))
        for code in names
        if any(one.voter_category == code for one, _ in stacks)
    ]
    return [Heading("按参评人员类别"), Table(CATEGORIES, tuple(rows)), Para(TOLD)] if rows else []


def _came(told: Mapping[tuple[int, str], Attendance], one: BatchView) -> Came | None:
    attended = told.get((one.layer, one.org_code))
    return None if attended is None else attended.of(one.voter_category)


def _of_category(view: CampaignView, stacks: Sequence[tuple[BatchView, Came]]) -> tuple[Cell, ...]:
    """Sessions, people, and papers handed out of each kind of form."""
    sessions = {(one.layer, one.org_code): came for one, came in stacks}
    expected, actual = (sum(came[n] or 0 for came in sessions.values()) for n in (0, 1))
    issued = [
        sum(one.issued or 0 for one, _ in stacks if side_of(view.form(one.form_code)) == side)
        for side in ("ORG", "MEMBER")
    ]
    return (len(sessions), expected, actual, share(actual, expected, view.rule), *issued)


def _weights(view: CampaignView) -> list[str]:
    """The weights of the categories as exact fractions, where the rule weighs them."""
    names = dict(view.voter_categories)
    listed = [f"{names.get(code, code)} {Fraction(n, FULL)}" for code, n in view.rule.by_category.items()]
    return [WEIGHTS.format("、".join(listed))] if listed else []


def coverage_note(done: Sequence[Appraised], rule: Rule) -> list[str]:
    """组织覆盖率 of the layers that have ballots at all, with both numbers; nothing when none has."""
    rates = [f"{layer_name(one.layer)} {one.rate(rule)}" for one in done if one.expected]
    return [f"组织覆盖率（已评÷应评）：{'；'.join(rates)}。"] if rates else []


@dataclass(frozen=True)
class Whole:
    """What rows of R02 add up to; people of the party are counted once, and None is a figure that no row has."""

    appraisal_meetings: int
    forums: int
    expected: int | None
    actual: int | None
    org_forms: Figures
    member_forms: Figures
    members: int | None
    self_introduced: int | None
    oral_reports: int | None


def whole(tree: Sequence[Org], rows: Sequence[ActivityRow]) -> Whole:
    """The sums of these rows, of organisations of this part of the tree (parents first)."""

    def total(figure: Figure) -> int | None:
        known = [value for row in rows if (value := figure(row)) is not None]
        return sum(known) if known else None

    return Whole(
        sum(row.appraisal_meetings for row in rows),
        sum(row.forums for row in rows),
        total(lambda r: r.expected),
        total(lambda r: r.actual),
        reduce(add, (row.org_forms for row in rows), Figures()),
        reduce(add, (row.member_forms for row in rows), Figures()),
        _people(tree, rows, lambda r: r.members),
        _people(tree, rows, lambda r: r.self_introduced),
        _people(tree, rows, lambda r: r.oral_reports),
    )


def _row(sheet: _Sheet, number: str, label: str, rows: Sequence[ActivityRow], kind: RowKind) -> Row:
    sums = whole(sheet.tree, rows)
    return Row(
        (
            number,
            label,
            layer_name(rows[0].layer)[-1] if kind == "row" else "",
            sums.appraisal_meetings,
            sums.forums,
            sums.expected,
            sums.actual,
            share(sums.actual, sums.expected, sheet.rule),
            *_forms(sums.org_forms),
            *_forms(sums.member_forms),
            sums.members,
            sums.self_introduced,
            sums.oral_reports,
            share(sums.oral_reports, sums.members, sheet.rule),
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
    return _top(tree, own) if len(own) > 1 else next(iter(own.values()), None)


def _top(tree: Sequence[Org], own: Mapping[str, int]) -> int:
    below: dict[str | None, int] = {}
    for o in reversed(tree):
        found = max(own.get(o.code, 0), below.get(o.code, 0))
        below[o.parent_code] = below.get(o.parent_code, 0) + found
    return below[tree[0].parent_code]


def share(part: int | None, whole: int | None, rule: Rule) -> str:
    """A rate of the two figures beside it; “—” when one is missing or the part is not one of the whole."""
    if part is None or whole is None or part > whole:
        return NOTHING
    return rate(part, whole, rule=rule).text


def _forms(figures: Figures) -> tuple[Cell, Cell, Cell]:
    if figures == Figures():
        return None, None, None
    return figures.issued, figures.returned, figures.valid
