"""ballots, counts: paper that a unit already has in a spreadsheet; forms: blank paper, shaped and printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pingyi_desktop import saving
from pingyi_desktop.appraisal.batches import ballots, batches, stacks
from pingyi_desktop.appraisal.batches.stacks import Stack, StackFile, StackPlan
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper import forms, shaping
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.shaping import PLAIN
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError
from pingyi_desktop.render.pack import render_pack, write_packs
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.reports.paper.pack import Printed
from pingyi_desktop.reports.paper.plan import Meeting
from pingyi_desktop.sheets.stacks.ballots import read_ballots
from pingyi_desktop.sheets.stacks.counts import read_counts
from pingyi_desktop.sheets.stacks.stack_templates import write_ballot_template, write_count_template
from pingyi_desktop.storage.schema_batches import EntryMode

SHAPING = "发布前改一张评议表：等次、用语、拆题、附加题；不带选项时只看现在的样子"
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
    below = edge.family(parsers, "forms", TEXTS["forms"])
    _add_print(edge.verb(below, "print", PRINTING, print_forms))
    _add_shape(edge.verb(below, "shape", SHAPING, shape_form))


def _add_shape(parser: Parser) -> None:
    parser.add_argument("form", metavar="FORM", help="评议表代码，须是草稿已选用的（见 campaign forms）")
    scales = "、".join(f"{code}（{scale.name}）" for code, scale in forms.scales().items())
    parser.add_argument("--scale", metavar="SCALE", help=f"评议等次：{scales}")
    words = "、".join(f"{word}（{text}）" for word, text in shaping.PEOPLE.items())
    parser.add_argument("--people", metavar="WORD", help=f"“群众”前面的用语：{words}，也可另写")
    parser.add_argument(
        "--split", action=argparse.BooleanOptionalAction, default=None, help="一题两问的题拆开来问"
    )
    parser.add_argument(
        "--own", action="append", metavar="TEXT", help="附加题，可写多次（写了就代替原有的附加题）"
    )
    parser.add_argument("--reset", action="store_true", help="先恢复成原来的样子，再按别的选项改")
    parser.add_argument("--preview", metavar="PDF", type=parsing.file_to_write, help="把样张存成 PDF")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)


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
        help="没有登记应到人数、会议台账里也没有写的场次按每场几人印；分身份类别的写成 A=20，一类写一次；登记了应到人数的，有一类不写就按余下的人数印",
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
        "--later", action="store_true", help="只印没封存的补投票批（见 session later），有自己的清点单"
    )
    parser.add_argument(
        "--attach", action="store_true", help="组织评议表后附一页“五个好”达标情况（手工计票）"
    )
    parser.add_argument(
        "--single", action="store_true", help="层面一另给每名党员领导干部印一人一表和计票表（手工计票）"
    )
    parser.add_argument(
        "--new-roster",
        action="store_true",
        help="名册式评议表按现在的名册重印（以前印的作废；录过票的不能换）",
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)


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
        edge.not_written(arguments.sheet.name, found, blocked=True)
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
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        wish = plan.Wish(
            _people(arguments.people, view),
            arguments.spare,
            arguments.opinions,
            arguments.attach,
            arguments.single,
            arguments.later,
        )
        found = plan.meetings(
            session, campaign_id=view.id, under=arguments.org, layer=arguments.layer, wish=wish
        )
        wanted, left = plan.printable(found), [one for one in found if one.people is None]
        plan.fix_rosters(session, wanted, by=arguments.by, anew=arguments.new_roster)
        noted = plan.notes(session, wanted)
        made = write_packs(
            (pack.build(session, one) for one in wanted),
            edge.folder(out),
            names=[one.file_name for one in wanted],
            manifest=lambda made: pack.manifest(
                pack.paired(wanted, made), left, day=date.today().isoformat()
            ),
            manifest_name=pack.MANIFEST,
        )
    done = pack.paired(wanted, made)
    if arguments.json:
        facts = {"findings": [edge.finding_facts(one) for one in noted]}
        edge.facts(_print_facts(done, left) | facts)
        return
    edge.show_findings(noted)
    for one, _, missing in done:
        if missing:
            edge.warn(pack.said_of_missing(one, missing))
    if left:
        edge.warn(f"{pack.said_of_left(left)}请加 --people 人数。")
    pages = sum(pages for _, pages, _ in done)
    edge.say(f"印了 {len(done)} 个场次，评议表 {sum(one.sheets for one in wanted)} 张，共 {pages} 页：{out}")


def shape_form(arguments: argparse.Namespace) -> None:
    """pingyi forms shape"""
    if arguments.preview is not None:
        edge.free(arguments.preview)
    wanted = _wanted(arguments)
    opened = edge.acting(arguments.file) if wanted or arguments.reset else edge.reading(arguments.file)
    with opened as session:
        view = edge.campaign_of(session, arguments, campaigns.in_preparation)
        form = view.form(arguments.form)
        if wanted or arguments.reset:
            shape = replace(PLAIN if arguments.reset else shaping.of(form.document), **wanted)
            shapes = {form.code: shape}
            campaigns.change(session, campaign_id=view.id, by=arguments.by, form_shapes=shapes)
            form = campaigns.show(session, campaign_id=view.id).form(form.code)
        if arguments.preview is not None:
            sheet = pack.sample(form, people=view.voter_categories[0][1])
            saving.save(arguments.preview, render_pack(sheet).pdf)
    if arguments.json:
        edge.facts(shape_facts(form))
        return
    edge.say(f"{form.title}（{form.code} 第 {form.version} 版）")
    rows = [(i.no, i.text, "、".join(o.label for o in i.scale.options)) for i in form.items]
    edge.show_table(("序号", "评议内容", "等次"), rows)
    if arguments.preview is not None:
        edge.say(f"样张已写到 {arguments.preview}。")


def _wanted(arguments: argparse.Namespace) -> dict[str, Any]:
    """The parts of a ``Shape`` that were typed."""
    given = {"scale": arguments.scale, "people": arguments.people, "split": arguments.split}
    given["own"] = None if arguments.own is None else shaping.own_of(arguments.own)
    return {part: value for part, value in given.items() if value is not None}


def shape_facts(form: Form) -> dict[str, object]:
    """A form as it will be printed, as JSON-ready facts."""
    shape = shaping.of(form.document)
    return {
        "form": form.code,
        "version": form.version,
        "title": form.title,
        "shape": {**vars(shape), "own": list(shape.own)},
        "items": [
            {"no": i.no, "text": i.text, "short_text": i.short_text, "scale": i.scale.code, "own": i.own}
            for i in form.items
        ],
    }


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
