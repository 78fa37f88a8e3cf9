"""The table report of every ledger, from its declaration: columns and widths of domain §6.9."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import get_args

from pingyi_desktop.appraisal.ledgers import rows
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.reports.blocks import Align, Report, ReportColumn, Row, Table
from pingyi_desktop.standing.overview import Question

NUMBERING = 8


def builder(ledger: Ledger) -> Callable[[Question, int | None, str], Report]:
    """What makes the table report of this ledger, as the catalogue asks for it."""
    return partial(build, ledger)


def build(ledger: Ledger, asked: Question, _layer: int | None, under: str) -> Report:
    """All rows of the subtree in the order of the tree, numbered, and below the table what they add up to."""
    wanted = Asked(asked.campaign_id, date.today().isoformat(), under=under)
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
