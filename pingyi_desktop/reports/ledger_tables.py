"""The table report of every ledger, from its declaration (columns and widths of domain §6.9), and of opinions merged (§6.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import get_args

from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Problem
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.reports.blocks import Align, Report, ReportColumn, Row, Table
from pingyi_desktop.standing.overview import Question

NUMBERING = 8
MERGED = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("归并问题", 78),
    ReportColumn("类别", 20, "center"),
    ReportColumn("性质", 14, "center"),
    ReportColumn("原始条数", 14, "right"),
    ReportColumn("主要出处组织", 45),
    ReportColumn("建议责任单位", 40),
    ReportColumn("是否列入整改", 18, "center"),
    ReportColumn("对应台账号", 28),
)
NAMED = 3
"""organisations that a merged problem names"""


def builder(ledger: Ledger) -> Callable[[Question, int | None, str], Report]:
    """What makes the table report of this ledger, as the catalogue asks for it."""
    return partial(build, ledger)


def build(ledger: Ledger, asked: Question, _layer: int | None, under: str) -> Report:
    """All rows of the subtree in the order of the tree, numbered, and below the table what they add up to."""
    wanted = Asked(asked.campaign_id, date.today().isoformat(), under=under, counted=True)
    listed = rows.listing(asked.session, ledger, wanted)
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
    return Report(
        ledger.report, ledger.report_title, "", "", "", (Table(head + columns, made),), said, landscape=True
    )


def merged_opinions(asked: Question, _layer: int | None, under: str) -> Report:
    """R08: every problem that opinions come to, how many say it, and the item of rectification that names one of them."""
    found = opinion_groups.problems(asked.session, campaign_id=asked.campaign_id, under=under)
    wanted = Asked(asked.campaign_id, date.today().isoformat())
    items = {
        row.texts["origin"]: row.name
        for row in rows.listing(asked.session, catalog.ledger("rectification"), wanted)
    }
    made = tuple(_problem(number, one, items) for number, one in enumerate(found, 1))
    said = (opinion_groups.sentence(found),)
    return Report("R08", "意见归并表", "", "", "", (Table(MERGED, made),), said, landscape=True)


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
