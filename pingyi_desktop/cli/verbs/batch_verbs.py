"""batch …: the life of one stack between its keying and its seal, and what may be undone."""

from __future__ import annotations

import argparse

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, batches, corrections, signing
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser


def add_below(below: Parsers) -> None:
    """Register the verbs under ``batch``."""
    parser = takes_batch(below, "single", "不录第二遍：单录，由监票人核对", waive)
    parser.add_argument("--reason", required=True, metavar="原因", help="不复录的原因，随票批保存")
    parser = takes_batch(below, "sign", "登记结果报告单上的签字", sign)
    takes_signatures(parser, needed=True)
    edge.takes_reason(parser)
    takes_batch(below, "unsign", "撤回签字，以便封存前再改", unsign)
    parser = takes_batch(below, "reset", "整批重录：两遍录入都清掉，核对单留着", reset)
    parser.add_argument("--reason", default="", metavar="原因", help="重录的原因")
    parser = takes_batch(below, "void", "作废一个票批，换一个空的重新组织", void)
    parser.add_argument("--reason", required=True, metavar="原因", help="作废的原因")
    parser = takes_batch(
        below, "reopen", "凭更正单重开已封存的票批；操作记录里留核对单上原来的张数，不留各档票数", reopen
    )
    parser.add_argument("--reason", required=True, metavar="原因", help="更正的原因")
    parser.add_argument("--applicant", required=True, metavar="姓名", help="更正申请人")
    parser.add_argument("--scrutineer", required=True, metavar="姓名", help="签字的监票人")
    parser = takes_batch(below, "take-out", "从更正重开的票批里取出一张录错的票", take_out)
    parser.add_argument("content", metavar="票面", help="这张票录成的样子，一格一个字，如 11213")
    parser = takes_batch(below, "put-in", "给更正重开的票批补录一张，如取出录错的票以后录对的那张", put_in)
    parser.add_argument("content", metavar="票面", help="票上填的，一格一个字，如 11213")


def takes_batch(below: Parsers, name: str, text: str, run: object) -> Parser:
    """A verb about one batch."""
    parser = edge.verb(below, name, text, run)
    parser.add_argument("batch", metavar="票批码", help="见 batches")
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    return parser


def takes_signatures(parser: Parser, *, needed: bool) -> None:
    """--teller and --scrutineer, each as often as there are names."""
    for option, who in (("--teller", "计票人"), ("--scrutineer", "监票人")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            required=needed,
            metavar="姓名",
            help=f"签字的{who}，可写多次",
        )


def named(session: Session, arguments: argparse.Namespace) -> BatchView:
    """The batch whose code was given."""
    view = edge.campaign_of(session, arguments)
    return batches.find(session, campaign_id=view.id, code=arguments.batch)


def sign_as(session: Session, b: BatchView, arguments: argparse.Namespace) -> None:
    """Register the given names; show what deserves a look."""
    told = signing.sign(
        session,
        batch_id=b.id,
        tellers=arguments.teller,
        scrutineers=arguments.scrutineer,
        by=arguments.by,
        reason=arguments.reason,
    )
    edge.show_findings(told)


def waive(arguments: argparse.Namespace) -> None:
    """pingyi batch single"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        signing.waive(session, batch_id=b.id, reason=arguments.reason, by=arguments.by)
    edge.say(f"“{b.code}”只录一遍，原因已记下。下一步：签字。")


def sign(arguments: argparse.Namespace) -> None:
    """pingyi batch sign"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        sign_as(session, b, arguments)
    edge.say(f"“{b.code}”已登记签字，可以封存。")


def unsign(arguments: argparse.Namespace) -> None:
    """pingyi batch unsign"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        signing.unsign(session, batch_id=b.id, by=arguments.by)
    edge.say(f"“{b.code}”的签字已撤回。")


def reset(arguments: argparse.Namespace) -> None:
    """pingyi batch reset"""
    with edge.opened(arguments.file) as held:
        with held.transaction() as session:
            b = named(session, arguments)
            signing.reset(session, batch_id=b.id, reason=arguments.reason, by=arguments.by)
        edge.compact(held)
    edge.say(f"已清空“{b.code}”，可以重新录入。")


def void(arguments: argparse.Namespace) -> None:
    """pingyi batch void"""
    with edge.opened(arguments.file) as held:
        with held.transaction() as session:
            b = named(session, arguments)
            signing.void(session, batch_id=b.id, reason=arguments.reason, by=arguments.by)
        edge.compact(held)
    edge.say(f"已作废“{b.code}”；同一票批码下是空的新票批，重新组织后再录。")


def reopen(arguments: argparse.Namespace) -> None:
    """pingyi batch reopen"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        one = corrections.reopen(
            session,
            batch_id=b.id,
            reason=arguments.reason,
            applicant=arguments.applicant,
            scrutineer=arguments.scrutineer,
            by=arguments.by,
        )
    edge.say(f"“{b.code}”凭第 {one.number} 张更正单重开，改好后重新签字、封存。")


def take_out(arguments: argparse.Namespace) -> None:
    """pingyi batch take-out"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        ballots.take_out(session, batch_id=b.id, content=arguments.content, by=arguments.by)
    edge.say("已取出这张票，请照原始票用 batch put-in 录入对的那张。")


def put_in(arguments: argparse.Namespace) -> None:
    """pingyi batch put-in"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        corrections.put_in(session, batch_id=b.id, content=arguments.content, by=arguments.by)
    edge.say(f"已录入这张票，“{b.code}”现在有 {b.keyed + 1} 张。")
