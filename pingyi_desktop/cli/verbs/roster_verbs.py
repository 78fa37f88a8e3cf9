"""org, roster: organisations and members, by hand and from a spreadsheet."""

from __future__ import annotations

import argparse

from pingyi_desktop.appraisal.people import naming, org, roster
from pingyi_desktop.appraisal.people.roster_facts import RosterPlan
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError
from pingyi_desktop.sheets.roster.roster import read_roster
from pingyi_desktop.sheets.roster.roster_out import export_roster, write_template


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    below = edge.family(parsers, "org", TEXTS["org"])
    parser = edge.verb(below, "list", "列出党组织", list_orgs)
    parser.add_argument("--under", metavar="CODE", help="只列这个组织及其下级")
    edge.takes_json(parser)
    parser = edge.verb(below, "add", "新增一个党组织", add_org)
    parser.add_argument("--parent", required=True, metavar="CODE", help="上级组织代码")
    parser.add_argument(
        "--type", required=True, metavar="TYPE", help="组织类别：" + "、".join(naming.TYPE_NAMES)
    )
    parser.add_argument("--name", required=True, help="全称")
    parser.add_argument("--code", help="组织代码（默认自动编）")
    parser.add_argument("--short", default="", help="简称（默认由全称得出）")
    edge.takes_reason(parser)
    edge.takes_by(parser)
    edge.takes_json(edge.verb(below, "check", "核对组织名称与规模", check_orgs))
    below = edge.family(parsers, "roster", TEXTS["roster"])
    parser = edge.verb(below, "template", "生成空白名册模板", template, file=False)
    parser.add_argument(
        "out", metavar="OUT.xlsx", type=parsing.file_to_write, help="写到哪个文件（须不存在）"
    )
    parser = edge.verb(below, "import", "导入组织与党员名册；有错误时一行也不写", import_roster)
    parser.add_argument(
        "roster", metavar="ROSTER.xlsx", type=parsing.file_to_read, help="名册（.xlsx 或 .csv）"
    )
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    edge.takes_hidden(parser)
    edge.takes_reason(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "export", "导出名册", export)
    parser.add_argument(
        "out", metavar="OUT.xlsx", type=parsing.file_to_write, help="写到哪个文件（须不存在）"
    )
    edge.takes_reason(parser)
    edge.takes_by(parser)


def list_orgs(arguments: argparse.Namespace) -> None:
    """pingyi org list"""
    with edge.reading(arguments.file) as session:
        orgs = org.tree(session, under=arguments.under)
    if arguments.json:
        edge.facts([{key: value for key, value in vars(o).items() if key != "id"} for o in orgs])
    else:
        rows = [
            (o.code, "  " * o.depth + o.short_name, naming.TYPE_NAMES[o.org_type], o.full_name) for o in orgs
        ]
        edge.show_table(("代码", "简称", "类别", "全称"), rows)


def add_org(arguments: argparse.Namespace) -> None:
    """pingyi org add"""
    kind = naming.type_of(arguments.type)
    if kind is None:
        raise UserError(
            f"不认识的组织类别“{arguments.type}”，可用的有：{'、'.join(naming.TYPE_NAMES.values())}。"
        )
    with edge.acting(arguments.file) as session:
        code = arguments.code or org.next_code(session, parent_code=arguments.parent, org_type=kind)
        made = org.add(
            session,
            parent_code=arguments.parent,
            code=code,
            org_type=kind,
            full_name=arguments.name,
            short_name=arguments.short,
            by=arguments.by,
            reason=arguments.reason,
        )
        names = {made.full_name, made.short_name}
        told = [
            one for one in org.warnings(session) if one.where in names and one.weight is Weight.INFORMATION
        ]
    edge.show_findings(told)
    edge.say(f"已新增“{made.full_name}”，代码 {made.code}。")


def check_orgs(arguments: argparse.Namespace) -> None:
    """pingyi org check"""
    with edge.reading(arguments.file) as session:
        found = org.warnings(session)
    if arguments.json:
        edge.facts([edge.finding_facts(finding) for finding in found])
    else:
        edge.show_findings(found)
        edge.say(f"核对完毕，{len(found)} 条提示。")


def template(arguments: argparse.Namespace) -> None:
    """pingyi roster template"""
    write_template(edge.free(arguments.out))
    edge.say(f"已写到 {arguments.out}。")


def import_roster(arguments: argparse.Namespace) -> int:
    """pingyi roster import"""
    sheet = read_roster(arguments.roster, hidden=arguments.hidden)
    with edge.opened(arguments.file) as held:
        if arguments.dry_run:
            with held.reading() as session:
                plan = roster.plan_roster(session, sheet=sheet)
        else:
            edge.back_up_for_import(held)
            with held.transaction() as session:
                plan = roster.plan_roster(session, sheet=sheet)
                if not (plan.blocked or plan.asks(arguments.reason)):
                    roster.apply_roster(session, plan=plan, by=arguments.by, reason=arguments.reason)
    asking = plan.asks(arguments.reason) and not plan.blocked
    written = not (arguments.dry_run or plan.blocked or asking)
    if arguments.json:
        edge.facts(plan_facts(plan) | {"written": written})
    else:
        edge.show_findings(plan.all_findings)
        edge.say(_summary(plan, written=written))
    if plan.blocked or (asking and not arguments.dry_run):
        edge.not_written(arguments.roster.name, plan.all_findings, blocked=plan.blocked)
    elif arguments.dry_run and not (plan.blocked or arguments.json):
        edge.say("要写入，去掉 --dry-run" + ("，并写 --reason 原因。" if asking else "。"))
    return edge.DONE if written or (arguments.dry_run and not plan.blocked) else edge.MENDABLE


def _summary(plan: RosterPlan, *, written: bool) -> str:
    """What was written, or what would be."""
    figures = (
        f"党员新增 {len(plan.additions)} 名、修改 {len(plan.changes)} 名、无变化 {plan.unchanged} 名；"
        f"组织新增 {len(plan.orgs_added)} 个、修改 {len(plan.orgs_changed)} 个"
    )
    return f"已写入：{figures}。" if written else f"还没有写入。将要写入的是：{figures}。"


def plan_facts(plan: RosterPlan) -> dict[str, object]:
    """What an import writes, as JSON-ready facts."""
    return {
        "added": [
            {
                "member_no": m.member_no,
                "name": m.display_name,
                "org": m.org_code,
                "sheet": m.sheet,
                "row": m.row,
            }
            for m in plan.additions
        ],
        "changed": [
            {"member_no": m.member_no, "name": m.display_name, "edits": [vars(edit) for edit in m.edits]}
            for m in plan.changes
        ],
        "unchanged": plan.unchanged,
        "orgs_added": [o.code for o in plan.orgs_added],
        "orgs_changed": [o.org.code for o in plan.orgs_changed],
        "findings": [edge.finding_facts(finding) for finding in plan.all_findings],
    }


def export(arguments: argparse.Namespace) -> None:
    """pingyi roster export"""
    edge.free(arguments.out)
    with edge.acting(arguments.file) as session:
        export_roster(session, arguments.out, by=arguments.by, reason=arguments.reason)
    edge.say(f"已写到 {arguments.out}。")
