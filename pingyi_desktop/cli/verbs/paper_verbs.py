"""ballots, counts: paper that a unit already has in a spreadsheet; forms: blank paper to print."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from pingyi_desktop.appraisal.batches import ballots, batches, stacks
from pingyi_desktop.appraisal.batches.stacks import Stack, StackFile, StackPlan
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError
from pingyi_desktop.render.pack import write_packs
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.reports.paper.pack import Printed
from pingyi_desktop.reports.paper.plan import Meeting
from pingyi_desktop.sheets.stacks.ballots import read_ballots
from pingyi_desktop.sheets.stacks.counts import read_counts
from pingyi_desktop.sheets.stacks.stack_templates import write_ballot_template, write_count_template
from pingyi_desktop.storage import troubles
from pingyi_desktop.storage.schema_batches import EntryMode

PRINTING = "印空白评议表，一个场次一个 PDF：评议表、清点单、计票表、报告单、议程和主持词，另有印制清单"


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    for name, meaning, run, blank in (
        ("ballots", "导入票，一行一张，一列一项", import_ballots, ballot_template),
        ("counts", "导入计票表，一行一项，各档一列", import_counts, count_template),
    ):
        below = edge.family(parsers, name, TEXTS[name])
        _add_template(edge.verb(below, "template", "给还没有封存的票批生成空白表格，填好后再导入", blank))
        parser = edge.verb(below, "import", f"{meaning}；有错误时一行也不写", run)
        parser.add_argument("sheet", metavar="SHEET", type=parsing.file_to_read, help="表格（.xlsx 或 .csv）")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        edge.takes_hidden(parser)
        edge.takes_reason(parser)
        edge.takes_campaign(parser)
        edge.takes_json(parser)
        edge.takes_by(parser)
    _add_print(edge.verb(edge.family(parsers, "forms", TEXTS["forms"]), "print", PRINTING, print_forms))


def _add_template(parser: Parser) -> None:
    parser.add_argument(
        "out", metavar="OUT.xlsx", type=parsing.file_to_write, help="写到哪个文件（须不存在）"
    )
    parser.add_argument("--batch", action="append", metavar="票批码", help="只要这一批的，可写多次")
    edge.takes_campaign(parser)


def _add_print(parser: Parser) -> None:
    parser.add_argument("--out", metavar="DIR", type=parsing.folder, required=True, help="写到哪个文件夹")
    parser.add_argument("--org", metavar="CODE", help="只印这个组织及其下级的场次（默认全部）")
    parser.add_argument("--layer", type=parsing.number(1, 2), choices=(1, 2), help="层面（默认两个层面）")
    parser.add_argument(
        "--people",
        action="append",
        default=[],
        metavar="N",
        help="没有登记应到人数的场次按每场几人印；分身份类别的写成 A=20，一类写一次",
    )
    percent = parsing.number(0, plan.MOST_PERCENT)
    parser.add_argument(
        "--spare",
        type=percent,
        default=plan.SPARE,
        help=f"备用率，百分之几（默认 {plan.SPARE}，至少多 2 张）",
    )
    parser.add_argument(
        "--opinions",
        type=percent,
        default=plan.OPINIONS,
        help=f"征求意见表印应参评人数的百分之几（默认 {plan.OPINIONS}，0 不印）",
    )
    parser.add_argument(
        "--attach", action="store_true", help="组织评议表后附一页“五个好”达标情况（手工计票）"
    )
    parser.add_argument(
        "--single", action="store_true", help="层面一另给每名党员领导干部印一人一表和计票表（手工计票）"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)


def ballot_template(arguments: argparse.Namespace) -> None:
    """pingyi ballots template"""
    _template(arguments, write_ballot_template)


def count_template(arguments: argparse.Namespace) -> None:
    """pingyi counts template"""
    _template(arguments, write_count_template)


def _template(arguments: argparse.Namespace, write: Callable[..., None]) -> None:
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        own = {one.batch.code: one for one in stacks.stacks(session, campaign_id=view.id)}
        wanted = arguments.batch or [code for code, one in own.items() if not one.batch.sealed]
        for code in wanted:
            batches.find(session, campaign_id=view.id, code=code)
            if code not in own:
                raise UserError(f"票批“{code}”不由本单位录入，没有生成表格；本单位的票批见 pingyi batches。")
            if own[code].batch.sealed:
                raise UserError(
                    f"票批“{code}”已经封存，不能再录入，没有生成表格；要更正的先用 batch reopen 重开。"
                )
    write(edge.free(arguments.out), stacks=[own[code] for code in dict.fromkeys(wanted)])
    edge.say(f"已写到 {arguments.out}。")


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
            with held.transaction(room=stacks.room(plan)) as session:
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


def print_forms(arguments: argparse.Namespace) -> None:
    """pingyi forms print"""
    out: Path = arguments.out
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        wish = plan.Wish(
            _people(arguments.people, view),
            arguments.spare,
            arguments.opinions,
            arguments.attach,
            arguments.single,
        )
        found = plan.meetings(
            session, campaign_id=view.id, under=arguments.org, layer=arguments.layer, wish=wish
        )
        wanted, left = plan.printable(found), [one for one in found if one.people is None]
        with troubles.told_as_sentences(out):
            out.mkdir(parents=True, exist_ok=True)
        made = write_packs(
            (pack.build(session, one) for one in wanted),
            out,
            names=[one.file_name for one in wanted],
            manifest=lambda made: pack.manifest(
                pack.paired(wanted, made), left, day=date.today().isoformat()
            ),
            manifest_name=pack.MANIFEST,
        )
    done = pack.paired(wanted, made)
    if arguments.json:
        edge.facts(_print_facts(done, left))
        return
    for one, _, missing in done:
        if missing:
            edge.warn(pack.said_of_missing(one, missing))
    if left:
        edge.warn(f"{pack.said_of_left(left)}请加 --people 人数。")
    pages = sum(pages for _, pages, _ in done)
    edge.say(f"印了 {len(done)} 个场次，评议表 {sum(one.sheets for one in wanted)} 张，共 {pages} 页：{out}")


def _people(texts: Sequence[str], view: CampaignView) -> dict[str, int]:
    """People expected by voter category: “30” where there is one category, “A=20” where there are several."""
    known, found = dict(view.voter_categories), dict[str, int]()
    for text in texts:
        category, _, number = text.rpartition("=")
        category = category.strip() or (next(iter(known)) if len(known) == 1 else "")
        if category not in known:
            raise UserError(
                f"--people 的“{text}”请写明身份类别，如 {next(iter(known))}=20；本次活动有：{'、'.join(known)}。"
            )
        if not (
            number.isascii() and number.isdigit() and len(number) <= 4 and 0 < int(number) <= plan.MOST_PEOPLE
        ):
            raise UserError(f"--people 的人数应为 1 至 {plan.MOST_PEOPLE} 的整数，不能是“{number[:20]}”。")
        found[category] = int(number)
    return found


def _print_facts(done: Sequence[Printed], left: Sequence[Meeting]) -> dict[str, object]:
    """What was printed, as JSON-ready facts."""
    layers = {
        str(layer): {
            "sessions": sum(one.session.layer == layer for one, _, _ in done),
            "sheets": sum(one.sheets for one, _, _ in done if one.session.layer == layer),
        }
        for layer in (1, 2)
    }
    return {
        "sessions": len(done),
        "sheets": sum(one.sheets for one, _, _ in done),
        "opinions": sum(one.opinions for one, _, _ in done),
        "pages": sum(pages for _, pages, _ in done),
        "layers": layers,
        "manifest": f"{pack.MANIFEST}.pdf",
        "packs": [
            {
                "file": f"{one.file_name}.pdf",
                "layer": one.session.layer,
                "org": one.org.code,
                "people": one.people,
                "sheets": {stack.code: stack.sheets for stack in one.stacks},
                "opinions": one.opinions,
                "pages": pages,
                "missing": sorted(f"U+{ord(c):X}" for c in missing),
            }
            for one, pages, missing in done
        ],
        "left": [{"layer": one.session.layer, "org": one.org.code} for one in left],
    }
