"""commitment, deed and every other ledger: the same verbs for all of them, from the catalogue."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers import catalog, edits, fields, plans, rows
from pingyi_desktop.appraisal.ledgers.catalog import Noun
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.plans import LedgerPlan
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.sheets.ledgers.ledger_in import read_ledger
from pingyi_desktop.sheets.ledgers.ledger_out import export_ledger, write_template


def add(parsers: Parsers, given: Sequence[str] | None = None) -> None:
    """Register the verbs of every noun; of the nouns that are not ``given`` only the names and what they are for."""
    for noun in catalog.NOUNS:
        if given is None or noun.key in given:
            _add_noun(edge.family(parsers, noun.key, TEXTS[noun.key]), noun)
        else:
            parsers.add_parser(noun.key, help=TEXTS[noun.key])


def _add_noun(below: Parsers, noun: Noun) -> None:
    parser = edge.verb(below, "list", f"列出{noun.title}，--totals 看合计", partial(list_rows, noun))
    _takes_narrowing(parser)
    parser.add_argument("--totals", action="store_true", help="只看合计，不列各行")
    parser.add_argument("--by-unit", metavar="栏", help="各党组织在这一栏的每一项有多少行")
    edge.takes_json(parser)
    parser = edge.verb(below, "add", f"新增一行{noun.title}", partial(add_row, noun))
    parser.add_argument("--org", metavar="CODE", help="哪个党组织（默认：本单位）")
    _takes_values(parser)
    parser = edge.verb(below, "set", f"修改{noun.title}，可以一次改多行", partial(set_rows, noun))
    _takes_numbers(parser)
    _takes_values(parser)
    parser = edge.verb(below, "remove", f"删除{noun.title}", partial(remove_rows, noun))
    _takes_numbers(parser)
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "import", "从表格导入；有错误时一行也不写", partial(import_sheet, noun))
    parser.add_argument(
        "sheet", metavar="SHEET.xlsx", type=parsing.file_to_read, help="表格（.xlsx 或 .csv）"
    )
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    edge.takes_hidden(parser)
    edge.takes_campaign(parser)
    edge.takes_reason(parser)
    edge.takes_by(parser)
    edge.takes_json(parser)
    parser = edge.verb(below, "export", "导出表格，改好后可再导入", partial(export, noun))
    _takes_out(parser)
    _takes_narrowing(parser)
    edge.takes_reason(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "template", "生成空白表格", partial(template, noun), file=False)
    _takes_out(parser)


def _takes_narrowing(parser: Parser) -> None:
    parser.add_argument("--org", metavar="CODE", help="只看这个组织及其下级")
    parser.add_argument("--state", metavar="状态", help="只看这一类，写页面上的词")
    parser.add_argument("--find", default="", metavar="词", help="只看有这些词的行（可用拼音首字母）")
    edge.takes_campaign(parser)


def _takes_values(parser: Parser) -> None:
    parser.add_argument("values", nargs="+", metavar="栏=值", help="如 事项=修路 类别=办实事；值空着就清空")
    edge.takes_campaign(parser)
    edge.takes_reason(parser)
    edge.takes_by(parser)


def _takes_numbers(parser: Parser) -> None:
    parser.add_argument("--no", action="append", required=True, metavar="编号", help="哪一行，可以写多次")


def _takes_out(parser: Parser) -> None:
    parser.add_argument(
        "out", metavar="OUT.xlsx", type=parsing.file_to_write, help="写到哪个文件（须不存在）"
    )


def list_rows(noun: Noun, arguments: argparse.Namespace) -> None:
    """pingyi NOUN list"""
    ledger = noun.declared()
    if arguments.by_unit:
        _show_units(ledger, arguments)
        return
    with edge.reading(arguments.file) as session:
        asked = _asked(session, ledger, arguments)
        found = [] if arguments.totals else rows.listing(session, ledger, asked)
        figures = rows.figures(session, ledger, asked)
    if arguments.json:
        edge.facts(figure_facts(figures) if arguments.totals else [row_facts(ledger, row) for row in found])
        return
    if not arguments.totals:
        shown = [ledger.by_key[key] for key in ledger.shown]
        table = [(row.name, row.org_name, *(row.texts[f.key] for f in shown)) for row in found]
        edge.show_table(("编号", "党组织", *(f.title for f in shown)), table)
    for sentence in figures.sentences:
        edge.say(sentence)


def _show_units(ledger: Ledger, arguments: argparse.Namespace) -> None:
    """The roll-up by organisation and the choices of one field."""
    field = ledger.field(arguments.by_unit)
    with edge.reading(arguments.file) as session:
        asked = _asked(session, ledger, arguments)
        found = rows.by_unit(session, ledger, asked, by=field.key)
        known = rows.names(session, campaign_id=asked.campaign_id, people=())
    if arguments.json:
        edge.facts(found)
        return
    words = {str(one.code): one.word for one in field.options}
    table = [(code, known.org(code), *(found[code].get(one, 0) for one in words)) for code in sorted(found)]
    edge.show_table(("代码", "党组织", *words.values()), table)


def row_facts(ledger: Ledger, row: Row) -> dict[str, object]:
    """One row as JSON-ready facts."""
    return {"number": row.name, "org": row.org, "received": row.received} | {
        f.key: row.values[f.key] for f in ledger.fields
    }


def figure_facts(figures: rows.Figures) -> dict[str, object]:
    """Totals and rates as JSON-ready facts."""
    return {
        "rows": figures.rows,
        "totals": [
            {
                "title": one.total.title,
                "of": one.total.of,
                "by": one.total.by,
                "parts": {code: many for code, _, many in one.parts},
                "whole": one.whole,
                "note": one.note,
            }
            for one in figures.added
        ],
        "shares": [
            {"title": share.title, "rows": many, "rate": rate} for share, many, rate in figures.shares
        ],
    }


def add_row(noun: Noun, arguments: argparse.Namespace) -> None:
    """pingyi NOUN add"""
    ledger = noun.declared()
    with edge.acting(arguments.file) as session:
        about = _about(session, ledger, arguments)
        unit = _unit(session, about["campaign_id"], arguments.org)
        made = edits.add(session, ledger, org=unit, **about)
    edge.say(f"已新增{ledger.title} {made.name}。")


def _unit(session: Session, campaign_id: str, said: str | None) -> str:
    """Code of the unit of this code, short or full name; the file's own one where none is named."""
    if not said:
        return campaign_tree.own_unit(session, campaign_id=campaign_id).code
    return rows.names(session, campaign_id=campaign_id, people=()).by_word.get(said.strip(), said)


def set_rows(noun: Noun, arguments: argparse.Namespace) -> None:
    """pingyi NOUN set"""
    ledger = noun.declared()
    with edge.acting(arguments.file) as session:
        about = _about(session, ledger, arguments)
        ids = _ids(session, ledger, about["campaign_id"], arguments.no)
        before = edits.change(session, ledger, ids=ids, **about)
    edge.say(f"已修改 {len(before.rows)} 行。" if before.rows else "没有变化。")


def remove_rows(noun: Noun, arguments: argparse.Namespace) -> None:
    """pingyi NOUN remove"""
    ledger = noun.declared()
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        ids = _ids(session, ledger, campaign_id, arguments.no)
        before = edits.remove(session, ledger, campaign_id=campaign_id, ids=ids, by=arguments.by)
    edge.say(f"已删除 {len(before.rows)} 行。")


def import_sheet(noun: Noun, arguments: argparse.Namespace) -> int:
    """pingyi NOUN import"""
    ledger = noun.declared()
    sheet = read_ledger(arguments.sheet, ledger, hidden=arguments.hidden)
    with (edge.reading if arguments.dry_run else edge.acting)(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        plan = plans.plan(session, ledger, campaign_id=campaign_id, sheet=sheet, today=_today())
        asking = plan.asks(arguments.reason) and not plan.blocked
        written = not (arguments.dry_run or plan.blocked or asking)
        if written:
            plans.apply(session, plan, by=arguments.by, reason=arguments.reason)
    if arguments.json:
        edge.facts(plan_facts(plan) | {"written": written})
    else:
        edge.show_findings(plan.findings)
        edge.say(
            f"新增 {plan.added} 行，修改 {len(plan.written) - plan.added} 行，无变化 {plan.unchanged} 行。"
        )
        edge.say("已写入。" if written else "没有写入任何内容。")
    if plan.blocked or (asking and not arguments.dry_run):
        edge.not_written(arguments.sheet.name, plan.findings, blocked=plan.blocked)
    return edge.DONE if written or (arguments.dry_run and not plan.blocked) else edge.MENDABLE


def plan_facts(plan: LedgerPlan) -> dict[str, object]:
    """What an import writes, as JSON-ready facts."""
    return {
        "added": [one.name for one in plan.written if one.was is None],
        "changed": {one.name: dict(one.edits) for one in plan.written if one.was is not None},
        "unchanged": plan.unchanged,
        "findings": [edge.finding_facts(one) for one in plan.findings],
    }


def export(noun: Noun, arguments: argparse.Namespace) -> None:
    """pingyi NOUN export"""
    ledger, out = noun.declared(), edge.free(arguments.out)
    with edge.acting(arguments.file) as session:
        asked = _asked(session, ledger, arguments)
        many = export_ledger(session, ledger, asked, out, by=arguments.by, reason=arguments.reason)
    edge.say(f"已把 {many} 行写到 {out}。")


def template(noun: Noun, arguments: argparse.Namespace) -> None:
    """pingyi NOUN template"""
    write_template(noun.declared(), edge.free(arguments.out))
    edge.say(f"已写到 {arguments.out}。")


def _today() -> str:
    return date.today().isoformat()


def _about(session: Session, ledger: Ledger, arguments: argparse.Namespace) -> dict[str, Any]:
    """What every act that writes values is told."""
    return {
        "campaign_id": edge.campaign_of(session, arguments).id,
        "typed": typed(ledger, arguments.values),
        "today": _today(),
        "by": arguments.by,
        "reason": arguments.reason,
    }


def _asked(session: Session, ledger: Ledger, arguments: argparse.Namespace) -> rows.Asked:
    campaign_id = edge.campaign_of(session, arguments).id
    words, segment = tuple(arguments.find.split()), arguments.state or ""
    named = {one.title: one.key for one in ledger.segments}
    if segment:
        segment = named.get(segment) or str(fields.read(ledger.state, segment, fields.Names(), at=""))
    return rows.Asked(campaign_id, _today(), under=arguments.org or "", segment=segment, words=words)


def typed(ledger: Ledger, pairs: list[str]) -> dict[str, str]:
    """What was typed as 栏=值, by the key of the field."""
    found = {}
    for pair in pairs:
        title, equals, value = pair.partition("=")
        if not equals:
            raise broken("V-LED-17", text=pair[:40])
        found[ledger.field(title.strip()).key] = value
    return found


def _ids(session: Session, ledger: Ledger, campaign_id: str, numbers: list[str]) -> list[str]:
    return [rows.by_name(session, ledger, campaign_id=campaign_id, name=one).id for one in numbers]
