"""The table reports of the ledgers, with the columns and widths of domain §6.9.

One for every ledger from its declaration; opinions as they were merged (§6.4); promises and rectification by organisation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import get_args

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers import catalog, counting, rows
from pingyi_desktop.appraisal.ledgers.fields import Kind
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Problem
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed
from pingyi_desktop.appraisal.ledgers.ledger import Row as LedgerRow
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.paper.tallies import percent
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.reports.blocks import Align, Cell, Report, ReportColumn, Row, Table
from pingyi_desktop.reports.persons import MARK
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schema_ledgers import CommitmentStatus
from pingyi_desktop.storage.schemas.rectify import RectifyKind, RectifyState
from pingyi_desktop.visible import with_percent

NUMBERING = 8
UPRIGHT = 180
"""mm that a sheet standing upright has room for"""
MERGED = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("归并问题", 78, "left"),
    ReportColumn("类别", 20, "center"),
    ReportColumn("性质", 14, "center"),
    ReportColumn("原始条数", 14, "right"),
    ReportColumn("主要出处组织", 45, "left"),
    ReportColumn("建议责任单位", 40, "left"),
    ReportColumn("是否列入整改", 18, "center"),
    ReportColumn("对应台账号", 28, "left"),
)
MEMBERS = "MEMBERS"
PROMISES = (
    ReportColumn("序号", 8, "center"),
    ReportColumn("党组织", 50, "left"),
    ReportColumn("党员数", 16),
    ReportColumn("承诺总数", 18),
    ReportColumn("已兑现", 18),
    ReportColumn("部分", 14),
    ReportColumn("未兑现", 16),
    ReportColumn("兑现率", 18),
    ReportColumn("人均", 16),
    ReportColumn("备注", 23, "left"),
)
RECTIFIED = (
    ReportColumn("序号", 8, "center"),
    ReportColumn("单位", 44, "left"),
    ReportColumn("意见条数", 16),
    ReportColumn("归并项", 14),
    ReportColumn("立行立改", 16),
    ReportColumn("限期", 16),
    ReportColumn("解释", 14),
    ReportColumn("已完成", 14),
    ReportColumn("逾期", 12),
    ReportColumn("办结率", 14),
    ReportColumn("备注", 12, "left"),
)
NAMED = 3
"""organisations that a merged problem names"""


def builder(ledger: Ledger) -> Callable[[Question, int | None, str], Report]:
    """What makes the table report of this ledger, as the catalogue asks for it."""
    return posts if ledger.key == "post" else partial(build, ledger)


def build(ledger: Ledger, asked: Question, _layer: int | None, under: str) -> Report:
    """All rows of the subtree in the order of the tree, numbered, and below the table what they add up to."""
    wanted = Asked(asked.campaign_id, date.today().isoformat(), under=under, counted=True)
    listed = _with_who_says_so(asked, ledger, rows.listing(asked.session, ledger, wanted))
    figures = rows.figures(asked.session, ledger, wanted)
    numbered = ledger.columns[0].title != "编号"
    head = (ReportColumn("序号", NUMBERING, "center"),) if numbered else ()
    columns = tuple(
        ReportColumn(one.title, one.width_mm, next(a for a in get_args(Align) if a == one.align))
        for one in ledger.columns
    )
    made = tuple(
        Row((*((str(number),) if numbered else ()), *(one.cell(row) for one in ledger.columns)))
        for number, row in enumerate(listed, 1)
    )
    said = tuple(f"{sentence}。" for sentence in figures.sentences)
    upright = sum(one.width_mm for one in head + columns) <= UPRIGHT
    return Report(
        ledger.report,
        ledger.report_title,
        "",
        "",
        "",
        (Table(head + columns, made),),
        said,
        landscape=not upright,
        mark=MARK if ledger.restricted else "",
    )


def _with_who_says_so(asked: Question, ledger: Ledger, listed: Sequence[LedgerRow]) -> list[LedgerRow]:
    """The rows; behind the name of a unit that is not their own nor below it, or of which nothing they say counts, the unit
    that says so."""
    keys = [one.key for one in ledger.fields if one.kind is Kind.ORG]
    above = counting.parents(asked.session, campaign_id=asked.campaign_id) if keys else {}
    made = []
    for row in listed:
        named = {key: str(row.values[key]) for key in keys if row.values[key]}
        claimed = [
            key
            for key, unit in named.items()
            if (key == ledger.about and unit == row.org) or not counting.speaks_for(row.org, unit, above)
        ]
        said = {key: f"{row.texts[key]}（{row.org_name}填报）" for key in claimed}
        made.append(replace(row, texts={**row.texts, **said}) if said else row)
    return made


def posts(asked: Question, layer: int | None, under: str) -> Report:
    """R19: the posts and zones, each with the grade of its newest month instead of its kind."""
    wanted = Asked(asked.campaign_id, "", under=under, sort="month")
    rated = rows.listing(asked.session, catalog.ledger("post_rating"), wanted)
    grades = {(one.org, one.texts["title"]): one.texts["grade"] for one in rated}
    ledger = catalog.ledger("post")
    newest = Printed("最近月评等次", 18, lambda row: grades.get((row.org, row.texts["title"]), ""), "center")
    columns = tuple(newest if one.title == "类别" else one for one in ledger.columns)
    return build(replace(ledger, columns=columns), asked, layer, under)


def merged_opinions(asked: Question, _layer: int | None, under: str) -> Report:
    """R08: every problem that opinions come to, how many say it, and the item of rectification that names one of them."""
    found = opinion_groups.problems(asked.session, campaign_id=asked.campaign_id, under=under)
    wanted = Asked(asked.campaign_id, date.today().isoformat())
    above = counting.parents(asked.session, campaign_id=asked.campaign_id)
    items = {
        row.texts["origin"]: row.name
        for row in rows.listing(asked.session, catalog.ledger("rectification"), wanted)
        if counting.speaks_for(row.org, row.texts["origin"].rpartition("-")[0], above)
    }
    made = tuple(_problem(number, one, items) for number, one in enumerate(found, 1))
    said = (opinion_groups.sentence(found),)
    return Report("R08", "意见归并表", "", "", "", (Table(MERGED, made),), said, landscape=True)


def promises(asked: Question, _layer: int | None, under: str) -> Report:
    """R18: what every organisation and its members promised, by 五带头, and how it was kept."""
    wanted = Asked(asked.campaign_id, date.today().isoformat(), under=under)
    ledger = catalog.ledger("commitment")
    kinds = rows.by_unit(asked.session, ledger, wanted, by="category")
    states = rows.by_unit(asked.session, ledger, wanted, by="status")
    people = org.strengths(asked.session)
    made, whole = list[Row](), Counter[str]()
    for unit in _units(asked, under, states):
        members = people[unit.id].everyone if unit.id in people else 0
        told = Counter(kinds[unit.code]) + Counter(states[unit.code]) + Counter({MEMBERS: members})
        whole += told
        made.append(Row((str(len(made) + 1), unit.short_name, *_promised(told), "")))
    made += [Row(("", "合计", *_promised(whole), ""), "total")] if made else []
    names = [one.word.removeprefix("带头") for one in ledger.by_key["category"].options]
    columns = (
        *PROMISES[:4],
        *(ReportColumn(one, 14, group="五带头") for one in names),
        *PROMISES[4:],
    )
    return _by_unit("R18", "承诺事项汇总表", columns, made, "注：没有写明类别、还在践诺的计入承诺总数。")


def _promised(told: Counter[str]) -> list[Cell]:
    """Members, promises, those of each kind, how they stand, kept in a hundred, and for each member."""
    ledger = catalog.ledger("commitment")
    many = sum(told[one.code] for one in ledger.state.options)
    kept = told[CommitmentStatus.FULFILLED]
    each = Decimal(many) / told[MEMBERS] if told[MEMBERS] else None
    return [
        told[MEMBERS] or None,
        many,
        *(told[one.code] for one in ledger.by_key["category"].options),
        kept,
        told[CommitmentStatus.PARTIAL],
        told[CommitmentStatus.NOT_FULFILLED],
        with_percent(percent(kept, many, cap=True)),
        None if each is None else str(each.quantize(Decimal("0.1"), ROUND_HALF_UP)),
    ]


def rectified(asked: Question, _layer: int | None, under: str) -> Report:
    """R10: of every organisation the opinions, what they were merged into, the items by kind, those done and overdue."""
    session, today = asked.session, date.today().isoformat()
    wanted = Asked(asked.campaign_id, today, under=under)
    items = catalog.ledger("rectification")
    kinds = rows.by_unit(session, items, wanted, by="kind")
    states = rows.by_unit(session, items, wanted, by="status")
    late = rows.by_unit(session, items, replace(wanted, segment="late"), by="status")
    told = rows.by_unit(session, catalog.ledger("opinion"), wanted, by="category")
    problems = opinion_groups.problems(session, campaign_id=asked.campaign_id, under=under)
    merged = Counter(code for one in problems for code in {row.org for row in one.originals})
    made, whole = list[Row](), Counter[str]()
    for unit in _units(asked, under, {**told, **states}):
        code = unit.code
        here = Counter(kinds.get(code, {})) + Counter(
            {
                "told": sum(told.get(code, {}).values()),
                "merged": merged[code],
                "done": states.get(code, {}).get(RectifyState.CLOSED, 0),
                "late": sum(late.get(code, {}).values()),
            }
        )
        whole += here
        made.append(Row((str(len(made) + 1), unit.short_name, *_rectified(here), "")))
    whole["merged"] = len(problems)
    made += [Row(("", "合计", *_rectified(whole), ""), "total")] if made else []
    note = "注：一个归并项涉及几个单位的，各单位都计，合计只计一次；办结率按整改事项计算。"
    return _by_unit("R10", "整改情况统计表", RECTIFIED, made, note, landscape=False)


def _rectified(told: Counter[str]) -> list[Cell]:
    many = sum(told[one] for one in RectifyKind)
    share = with_percent(percent(told["done"], many, cap=True))
    return [
        told["told"],
        told["merged"],
        *(told[one] for one in RectifyKind),
        told["done"],
        told["late"],
        share,
    ]


def _by_unit(
    number: str,
    title: str,
    columns: tuple[ReportColumn, ...],
    made: Sequence[Row],
    note: str,
    *,
    landscape: bool = True,
) -> Report:
    table = Table(columns, tuple(made))
    return Report(number, title, "", "", "", (table,), (note,), landscape=landscape)


def _units(asked: Question, under: str, counted: Collection[str]) -> list[Org]:
    """Organisations of the subtree about which something is counted, in the order of the tree."""
    listed = campaign_tree.tree(asked.session, campaign_id=asked.campaign_id, under=under or None)
    return [one for one in listed if one.code in counted]


def _problem(number: int, one: Problem, items: Mapping[str, str]) -> Row:
    entered = [items[row.name] for row in one.originals if row.name in items]
    rest = f"等 {len(one.organisations)} 个" if len(one.organisations) > NAMED else ""
    return Row(
        (
            str(number),
            one.title,
            one.category,
            one.nature,
            str(len(one.originals)),
            "、".join(one.organisations[:NAMED]) + rest,
            one.responsible,
            "是" if entered else "否",
            "、".join(entered),
        )
    )
