"""rectify: the steps of rectification items, what low rates propose, which single opinions are owed an answer."""

from __future__ import annotations

import argparse
from datetime import date

from pingyi_desktop import visible
from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rectify import acts, low_rates, owing, steps
from pingyi_desktop.appraisal.ledgers.rectify.low_rates import Proposal
from pingyi_desktop.appraisal.ledgers.rectify.steps import STEPS, Step
from pingyi_desktop.cli import edge, ledger_verbs, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.storage.schemas.rectify import RectifyState


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    below = edge.family(parsers, "rectify", TEXTS["rectify"])
    words = "、".join(f"{step}（{allowed.word}）" for step, allowed in STEPS.items())
    parser = edge.verb(below, "step", "办一步：交办、开始办理、报告进展、办结、验收、退回、销号、复号", take)
    parser.add_argument("step", type=_step, metavar="STEP", help=words)
    parser.add_argument("--no", action="append", required=True, metavar="编号", help="哪件事项，可以写多次")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="栏=值",
        help="这一步要填的，如 责任人=王某 时限=2025-12-20",
    )
    parser.add_argument("--text", default="", metavar="一句话", help="进展，或退回、复号的缘由")
    parser.add_argument("--percent", type=parsing.number(0, 100), metavar="百分数", help="办到百分之几")
    _takes_rest(parser)
    parser = edge.verb(below, "next", "看一件事项现在能办哪几步，不能办的为什么", next_steps)
    parser.add_argument("--no", required=True, metavar="编号", help="哪件事项")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    parser = edge.verb(below, "low", "列出还没有列入整改的低满意率项目；--register 列入本级的台账", low)
    parser.add_argument("--org", metavar="CODE", default="", help="只看这个组织及其下级")
    parser.add_argument("--register", action="store_true", help="登记为整改事项")
    _takes_rest(parser)
    edge.takes_json(parser)
    parser = edge.verb(below, "owed", "列出还没有答复的个性意见", owed)
    parser.add_argument("--org", metavar="CODE", default="", help="只看这个组织及其下级")
    edge.takes_campaign(parser)
    edge.takes_json(parser)


def _takes_rest(parser: Parser) -> None:
    edge.takes_campaign(parser)
    edge.takes_reason(parser)
    edge.takes_by(parser)


def take(arguments: argparse.Namespace) -> None:
    """pingyi rectify step"""
    ledger, step = catalog.ledger("rectification"), Step(arguments.step)
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        found = [rows.by_name(session, ledger, campaign_id=campaign_id, name=one) for one in arguments.no]
        acts.take(
            session,
            campaign_id=campaign_id,
            ids=[row.id for row in found],
            step=step,
            today=date.today().isoformat(),
            by=arguments.by,
            typed=ledger_verbs.typed(ledger, arguments.set),
            text=arguments.text,
            percent=arguments.percent,
            reason=arguments.reason,
        )
    allowed = STEPS[step]
    edge.say(f"{allowed.word}：{'、'.join(arguments.no)}，现在是“{steps.WORDS[allowed.after]}”。")


def _step(typed: str) -> str:
    """A step by the word of the command line or by its Chinese name."""
    known = {name: str(step) for step, allowed in STEPS.items() for name in (str(step), allowed.word)}
    if (named := typed.strip()) not in known:
        words = "、".join(allowed.word for allowed in STEPS.values())
        raise argparse.ArgumentTypeError(f"没有“{visible.shown(named[:20])}”这一步，可用的有：{words}")
    return known[named]


def next_steps(arguments: argparse.Namespace) -> None:
    """pingyi rectify next"""
    ledger = catalog.ledger("rectification")
    with edge.reading(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        state = RectifyState(
            str(rows.by_name(session, ledger, campaign_id=campaign_id, name=arguments.no).values["status"])
        )
    if arguments.json:
        edge.facts({"state": state, "steps": {step: steps.why_not(state, step) for step in Step}})
        return
    table = [(step, STEPS[step].word, steps.why_not(state, step) or "可以办") for step in Step]
    edge.say(f"{arguments.no}：{steps.WORDS[state]}")
    edge.show_table(("命令", "步骤", "现在"), table)


def low(arguments: argparse.Namespace) -> None:
    """pingyi rectify low"""
    with (edge.acting if arguments.register else edge.reading)(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        found = low_rates.proposals(session, campaign_id=campaign_id, under=arguments.org)
        many = 0
        if arguments.register:
            before = low_rates.register(
                session,
                campaign_id=campaign_id,
                wanted=found,
                today=date.today().isoformat(),
                by=arguments.by,
                reason=arguments.reason,
            )
            many = len(before.added)
    if arguments.json:
        edge.facts([_proposal_facts(one) for one in found])
        return
    edge.show_findings([one.finding for one in found])
    edge.say(f"{low_rates.sentence(found)}。")
    if arguments.register:
        edge.say(f"已登记 {many} 件整改事项。")


def owed(arguments: argparse.Namespace) -> None:
    """pingyi rectify owed"""
    with edge.reading(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        found = owing.replies(session, campaign_id=campaign_id, under=arguments.org)
    if arguments.json:
        edge.facts({"individual": found.individual, "unanswered": [row.name for row in found.unanswered]})
        return
    edge.show_table(("编号", "党组织", "意见"), [_opinion_line(row) for row in found.unanswered])
    edge.say(f"{found.sentence}。")


def _opinion_line(row: Row) -> tuple[str, str, str]:
    return row.name, row.org_name, row.texts["content"]


def _proposal_facts(one: Proposal) -> dict[str, object]:
    return {
        "org": one.org,
        "item": one.origin,
        "satisfied": one.satisfied,
        "denominator": one.denominator,
        "rate": one.rate,
        "must": one.must,
    }
