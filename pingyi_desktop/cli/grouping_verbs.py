"""grouping: opinions that say the same, merged into problems; what is alike, merged, split, named."""

from __future__ import annotations

import argparse

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.likeness import Like
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Problem, Wanted
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.exchange.ledgers import group_bodies

MOST_GROUPS = 100_000


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    below = edge.family(parsers, "grouping", TEXTS["grouping"])
    for word, text, run in (
        ("list", "列出归并后的问题", list_problems),
        ("like", "列出相近、可以归并的意见", list_like),
    ):
        parser = edge.verb(below, word, text, run)
        edge.takes_campaign(parser)
        edge.takes_json(parser)
    parser = edge.verb(below, "merge", "归并意见；不写编号就把相近的全部归并", merge)
    _takes_numbers(parser, required=False)
    parser.add_argument("--title", default="", metavar="问题", help="问题的名称（默认：其中最短的一条意见）")
    parser.add_argument(
        "--into", type=parsing.number(1, MOST_GROUPS), default=0, metavar="号", help="并入已有的第几号问题"
    )
    _takes_rest(parser)
    parser = edge.verb(below, "split", "把意见从归并的问题里拆出来", split)
    _takes_numbers(parser, required=True)
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "name", "给归并的问题改名，写建议责任单位", name)
    parser.add_argument("number", type=parsing.number(1, MOST_GROUPS), metavar="号", help="第几号问题")
    parser.add_argument("--title", required=True, metavar="问题", help="问题的名称")
    parser.add_argument("--responsible", default="", metavar="单位", help="建议责任单位")
    _takes_rest(parser)


def _takes_numbers(parser: Parser, *, required: bool) -> None:
    parser.add_argument(
        "--no", action="append", default=[], required=required, metavar="编号", help="哪条意见，可以写多次"
    )


def _takes_rest(parser: Parser) -> None:
    edge.takes_campaign(parser)
    edge.takes_reason(parser)
    edge.takes_by(parser)


def list_problems(arguments: argparse.Namespace) -> None:
    """pingyi grouping list"""
    with edge.reading(arguments.file) as session:
        found = opinion_groups.problems(session, campaign_id=edge.campaign_of(session, arguments).id)
    if arguments.json:
        edge.facts([problem_facts(one) for one in found])
        return
    header = ("号", "问题", "类别", "性质", "条数", "涉及组织")
    edge.show_table(
        header,
        [
            (
                one.number or "",
                one.title,
                one.category,
                one.nature,
                len(one.originals),
                len(one.organisations),
            )
            for one in found
        ],
    )
    edge.say(opinion_groups.sentence(found))


def list_like(arguments: argparse.Namespace) -> None:
    """pingyi grouping like"""
    with edge.reading(arguments.file) as session:
        found = _like(session, edge.campaign_of(session, arguments).id)
    if arguments.json:
        edge.facts([_like_facts(one) for one in found])
        return
    for one in found:
        merged = f"{one.by}已归并：{one.title}" if one.by else "可以归并："
        edge.say(f"并入第 {one.number} 号：{one.title}" if one.number else merged)
        for row in one.originals:
            edge.say(f"  {row.name}  {row.org_name}  {row.texts['content']}")
    edge.say(f"{len(found)} 组相近的意见。")


def merge(arguments: argparse.Namespace) -> None:
    """pingyi grouping merge"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        if arguments.no:
            ids = _ids(session, campaign_id, arguments.no)
            wanted = [Wanted(ids, arguments.title, arguments.into)]
        else:
            wanted = [one.wanted for one in _like(session, campaign_id)]
        opinion_groups.merge(
            session, campaign_id=campaign_id, wanted=wanted, by=arguments.by, reason=arguments.reason
        )
        found = opinion_groups.problems(session, campaign_id=campaign_id)
    edge.say(opinion_groups.sentence(found))


def split(arguments: argparse.Namespace) -> None:
    """pingyi grouping split"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        ids = _ids(session, campaign_id, arguments.no)
        opinion_groups.split(session, campaign_id=campaign_id, ids=ids, by=arguments.by)
        found = opinion_groups.problems(session, campaign_id=campaign_id)
    edge.say(opinion_groups.sentence(found))


def name(arguments: argparse.Namespace) -> None:
    """pingyi grouping name"""
    with edge.acting(arguments.file) as session:
        opinion_groups.name(
            session,
            campaign_id=edge.campaign_of(session, arguments).id,
            number=arguments.number,
            title=arguments.title,
            responsible=arguments.responsible,
            by=arguments.by,
            reason=arguments.reason,
        )
    edge.say(f"已修改第 {arguments.number} 号问题。")


def problem_facts(problem: Problem) -> dict[str, object]:
    """One problem as JSON-ready facts."""
    return {
        "number": problem.number,
        "title": problem.title,
        "category": problem.category,
        "nature": problem.nature,
        "responsible": problem.responsible,
        "opinions": [row.name for row in problem.originals],
    }


def _like_facts(like: Like) -> dict[str, object]:
    opinions = [row.name for row in like.originals]
    return {"into": like.number, "title": like.title, "by": like.by, "opinions": opinions}


def _like(session: Session, campaign_id: str) -> list[Like]:
    found = opinion_groups.problems(session, campaign_id=campaign_id)
    return likeness.suggestions(found, group_bodies.offered(session, campaign_id=campaign_id, listed=found))


def _ids(session: Session, campaign_id: str, numbers: list[str]) -> tuple[str, ...]:
    ledger = catalog.ledger("opinion")
    return tuple(rows.by_name(session, ledger, campaign_id=campaign_id, name=one).id for one in numbers)
