"""session: the meetings of a campaign, listed and registered."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import sessions, supplements
from pingyi_desktop.appraisal.ledgers.meeting import attendance, of_sessions, schedule
from pingyi_desktop.appraisal.ledgers.meeting.attendance import Attendance
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError

STATES = {"PLANNED": "未开", "HELD": "已开", "VOID": "作废"}


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    below = edge.family(parsers, "session", TEXTS["session"])
    parser = edge.verb(below, "list", "列出场次", list_sessions)
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    _add_hold(edge.verb(below, "hold", "登记一个场次已开及其人数", hold))
    _add_later(edge.verb(below, "later", "没到会的人补投：开补投票批，截止日期以前和本场一并计票", later))
    _add_meeting(
        edge.verb(below, "meeting", "按会议台账的一次会议登记场次：人数照台账，汇报照逐人登记", meeting)
    )
    parser = edge.verb(below, "plan", "给层面一的评议会排日程：每个小组半天一场，写进会议台账", plan)
    parser.add_argument("--start", type=parsing.day, required=True, metavar="日期", help="从哪天起")
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "void", "作废一个场次，重新测评", void)
    _takes_meeting(parser)
    parser.add_argument("--reason", required=True, help="作废的原因")
    edge.takes_campaign(parser)
    edge.takes_by(parser)


def _takes_meeting(parser: Parser) -> None:
    parser.add_argument("org", metavar="CODE", help="被评组织代码")
    parser.add_argument(
        "--layer", type=parsing.number(1, 2), choices=(1, 2), default=2, help="层面（默认 2）"
    )


def _add_hold(parser: Parser) -> None:
    _takes_meeting(parser)
    parser.add_argument("--date", type=parsing.day, required=True, help="召开日期")
    parser.add_argument("--expected", type=parsing.people, required=True, help="应到人数")
    parser.add_argument("--actual", type=parsing.people, required=True, help="实到人数")
    parser.add_argument("--members", type=parsing.people, help="党员数")
    parser.add_argument("--introduced", type=parsing.people, help="自我介绍人数")
    parser.add_argument("--reports", type=parsing.people, help="口头汇报人数")
    edge.takes_reason(parser)
    edge.takes_campaign(parser)
    edge.takes_by(parser)


def _add_meeting(parser: Parser) -> None:
    parser.add_argument("number", metavar="编号", help="会议的编号，如 QL.01-3（用 meeting list 查看）")
    edge.takes_reason(parser)
    edge.takes_campaign(parser)
    edge.takes_by(parser)


def _add_later(parser: Parser) -> None:
    _takes_meeting(parser)
    parser.add_argument("--people", type=parsing.people, required=True, help="补投几人")
    parser.add_argument("--until", type=parsing.day, required=True, metavar="日期", help="截止日期")
    parser.add_argument("--why", required=True, metavar="原因", help="为什么补投，例如 夜班、出差")
    parser.add_argument("--voters", default="", metavar="代码", help="哪一类参评人员（只有一类时不用写）")
    edge.takes_reason(parser)
    edge.takes_campaign(parser)
    edge.takes_by(parser)


def later(arguments: argparse.Namespace) -> None:
    """pingyi session later"""
    with edge.acting(arguments.file) as session:
        meeting = _meeting(session, arguments)
        made, told = supplements.open_stacks(
            session,
            session_id=meeting.id,
            people=arguments.people,
            closes_on=arguments.until,
            why=arguments.why,
            category=arguments.voters,
            today=date.today(),
            by=arguments.by,
            reason=arguments.reason,
        )
    edge.show_findings(told)
    edge.say(
        f"已给“{meeting.org_name}”开补投票批 {len(made)} 个，{arguments.people} 人，{arguments.until} 截止；"
        "封存以前本场不出结果。"
    )


def list_sessions(arguments: argparse.Namespace) -> None:
    """pingyi session list"""
    with edge.reading(arguments.file) as session:
        rows = _listed(session, arguments)
        told = attendance.of_campaign(session, view=edge.campaign_of(session, arguments))
    if arguments.json:
        edge.facts(
            [{**s._asdict(), "by_category": _by_category(told.get((s.layer, s.org_code)))} for s in rows]
        )
        return
    header = ("层面", "代码", "名称", "状态", "日期", "应到", "实到", "党员", "自我介绍", "汇报")
    edge.show_table(header, [_session_row(s) for s in rows])


def hold(arguments: argparse.Namespace) -> None:
    """pingyi session hold"""
    with edge.acting(arguments.file) as session:
        meeting = _meeting(session, arguments)
        told = sessions.hold(
            session,
            session_id=meeting.id,
            held_on=arguments.date,
            expected=arguments.expected,
            actual=arguments.actual,
            members=arguments.members,
            self_introduced=arguments.introduced,
            oral_reports=arguments.reports,
            by=arguments.by,
            reason=arguments.reason,
        )
    edge.show_findings(told)
    edge.say(f"已登记“{meeting.org_name}”：应到 {arguments.expected} 人，实到 {arguments.actual} 人。")


def meeting(arguments: argparse.Namespace) -> None:
    """pingyi session meeting"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        told = of_sessions.register(
            session, campaign_id=view.id, name=arguments.number, by=arguments.by, reason=arguments.reason
        )
    edge.show_findings(told)
    edge.say(f"已按会议“{arguments.number}”登记场次。")


def plan(arguments: argparse.Namespace) -> None:
    """pingyi session plan"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        made = schedule.plan(
            session,
            campaign_id=view.id,
            start=arguments.start,
            by=arguments.by,
            today=date.today().isoformat(),
        )
        clashes = list(schedule.clashes(session, campaign_id=view.id))
    edge.show_findings(clashes)
    edge.say(f"排了 {made} 场，写进了会议台账；日期、时段、地点在那里改，用 report R15 印日程。")


def void(arguments: argparse.Namespace) -> None:
    """pingyi session void"""
    with edge.acting(arguments.file) as session:
        meeting = _meeting(session, arguments)
        sessions.void(session, session_id=meeting.id, reason=arguments.reason, by=arguments.by)
    edge.say(f"已作废“{meeting.org_name}”的场次，并重新排了一场；原来的票留在文件里，不再计入。")


def _meeting(session: Session, arguments: argparse.Namespace) -> sessions.SessionView:
    for one in _listed(session, arguments):
        if (one.layer, one.org_code) == (arguments.layer, arguments.org):
            return one
    raise UserError(
        f"层面{arguments.layer}没有“{arguments.org}”的场次，请用 session list 查看场次与组织代码。"
    )


def _listed(session: Session, arguments: argparse.Namespace) -> Sequence[sessions.SessionView]:
    view = edge.campaign_of(session, arguments)
    return sessions.listing(session, campaign_id=view.id)


def _by_category(told: Attendance | None) -> dict[str, dict[str, int | None]]:
    """People of each category of voters as the ledger of meetings has them; nothing where it does not tell."""
    return {code: came._asdict() for code, came in told.came.items()} if told else {}


def _session_row(s: sessions.SessionView) -> tuple[object, ...]:
    figures = (s.expected, s.actual, s.members, s.self_introduced, s.oral_reports)
    return (s.layer, s.org_code, s.org_name, STATES[s.status], s.held_on, *figures)
