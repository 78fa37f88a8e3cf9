"""ballots, counts: paper that a unit already has in a spreadsheet."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from pingyi_desktop.appraisal.batches import ballots, stacks
from pingyi_desktop.appraisal.batches.stacks import Stack, StackFile, StackPlan
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.sheets.stacks.ballots import read_ballots
from pingyi_desktop.sheets.stacks.counts import read_counts
from pingyi_desktop.storage.schema_batches import EntryMode


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    for name, meaning, run in (
        ("ballots", "导入票，一行一张，一列一项", import_ballots),
        ("counts", "导入计票表，一行一项，各档一列", import_counts),
    ):
        below = edge.family(parsers, name, TEXTS[name])
        parser = edge.verb(below, "import", f"{meaning}；有错误时一行也不写", run)
        parser.add_argument("sheet", metavar="SHEET", type=parsing.file_to_read, help="表格（.xlsx 或 .csv）")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        edge.takes_hidden(parser)
        edge.takes_reason(parser)
        edge.takes_campaign(parser)
        edge.takes_json(parser)
        edge.takes_by(parser)


def import_ballots(arguments: argparse.Namespace) -> int:
    """pingyi ballots import"""
    return _import(arguments, lambda path, own: read_ballots(path, stacks=own, hidden=arguments.hidden))


def import_counts(arguments: argparse.Namespace) -> int:
    """pingyi counts import"""
    return _import(arguments, lambda path, own: read_counts(path, stacks=own, hidden=arguments.hidden))


def _import(arguments: argparse.Namespace, read: Callable[[Path, Sequence[Stack]], StackFile]) -> int:
    with edge.opened(arguments.file) as held:
        with held.reading() as session:
            view = edge.campaign_of(session, arguments)
            own = stacks.stacks(session, campaign_id=view.id)
            plan = stacks.plan_stacks(session, campaign_id=view.id, file=read(arguments.sheet, own))
        written = not (arguments.dry_run or plan.blocked)
        found = list(plan.findings)
        if written:
            with held.transaction() as session:
                told = stacks.apply_stacks(
                    session, campaign_id=view.id, plan=plan, by=arguments.by, reason=arguments.reason
                )
                found += told
    if arguments.json:
        edge.facts(plan_facts(plan) | {"written": written})
    else:
        header = ("票批码", "组织", "评议表", "方式", "有效票")
        rows = [
            (e.code, e.org_name, e.form_title, ballots.MODES[EntryMode(e.mode)], e.valid)
            for e in plan.entries
        ]
        edge.show_table(header, rows)
        edge.say("已写入。" if written else "没有写入任何内容。")
    edge.show_findings(found)
    if plan.blocked:
        errors = sum(finding.weight is Weight.ERROR for finding in found)
        edge.warn(f"“{arguments.sheet.name}”有 {errors} 处错误，请改好后重新导入；没有写入任何内容。")
    return edge.MENDABLE if plan.blocked else edge.DONE


def plan_facts(plan: StackPlan) -> dict[str, object]:
    """What an import of ballots or counts writes, as JSON-ready facts."""
    return {
        "batches": [
            {
                "batch": entry.code,
                "mode": entry.mode,
                "valid": entry.valid,
                "figures": None if entry.figures is None else dict(entry.figures),
            }
            for entry in plan.entries
        ],
        "findings": [edge.finding_facts(finding) for finding in plan.findings],
    }
