"""conflicts, decide, withdraw, undo-import, quarantine, receipt: what a person decides about packages that arrived."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import PackageError, UserError
from pingyi_desktop.exchange.inbox import decisions, imports, quarantine
from pingyi_desktop.exchange.inbox.decisions import Conflict, Side
from pingyi_desktop.exchange.merging.situations import REFUSED, Situation
from pingyi_desktop.exchange.outbox import receipts
from pingyi_desktop.exchange.wire import bundle, package


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "conflicts", TEXTS["conflicts"], conflicts)
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    parser = edge.verb(parsers, "decide", TEXTS["decide"], decide)
    parser.add_argument("--unit", metavar="CODE", required=True, help="有冲突的单位")
    act = parser.add_mutually_exclusive_group(required=True)
    act.add_argument("--choose", metavar="校验码", help="选定哪一份（conflicts 列出的校验码）")
    act.add_argument("--revoke", action="store_true", help="撤回对这个单位的裁定")
    parser.add_argument("--reason", required=True, help="原因，记入操作日志")
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "withdraw", TEXTS["withdraw"], withdraw)
    parser.add_argument("--choose", metavar="校验码", required=True, help="哪一份（coverage 列出的校验码）")
    parser.add_argument("--restore", action="store_true", help="恢复先前作废的这一份")
    parser.add_argument("--reason", required=True, help="原因，记入操作日志")
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "undo-import", TEXTS["undo-import"], undo_import)
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "quarantine", TEXTS["quarantine"], quarantine_)
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--release", metavar="编号", help="核实无误，放行这个文件或这份数据")
    act.add_argument("--discard", metavar="编号", help="清除这个文件")
    parser.add_argument(
        "--confirm", action="append", default=[], metavar="指纹", help="放行时：已核对的密钥指纹"
    )
    parser.add_argument("--reason", default="", help="清除文件、放行数据时：原因，记入操作日志")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "receipt", TEXTS["receipt"], receipt)
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--unit", metavar="CODE", help="给这个直接下级出具回执")
    act.add_argument("--take", metavar="RECEIPT", type=parsing.file_to_read, help="收下上级交来的回执")
    parser.add_argument(
        "--out", metavar="DIR", type=parsing.folder, default=Path(), help="回执写到哪个文件夹"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)


def conflicts(arguments: argparse.Namespace) -> None:
    """pingyi conflicts"""
    with edge.reading(arguments.file) as session:
        found = decisions.conflicts(session, campaign_id=edge.campaign_of(session, arguments).id)
    if arguments.json:
        edge.facts([asdict(one) for one in found])
        return
    for one in found:
        why = (
            "，两个上级都报了"
            if one.transferred
            else "，上级换了密钥或退回旧的，待核"
            if one.set_aside
            else ""
        )
        edge.say(f"{one.unit_code} {one.unit_name}（{one.kind}{why}）")
        edge.show_table(
            ("校验码", "第几次", "日期", "报送单位", "现在", "内容"),
            [_side_row(one, side) for side in one.sides],
        )
    edge.say(f"共 {len(found)} 处冲突。" if found else "没有冲突。")


def decide(arguments: argparse.Namespace) -> None:
    """pingyi decide"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        facts = {"campaign_id": campaign_id, "unit": arguments.unit, "reason": arguments.reason}
        if arguments.revoke:
            decisions.revoke(session, **facts, by=arguments.by)
            edge.say("裁定已撤回，重新列出。")
            return
        found = decisions.conflicts(session, campaign_id=campaign_id)
        sides = [side.envelope_id for one in found if one.unit_code == arguments.unit for side in one.sides]
        chosen = _by_number(sides, arguments.choose)
        made = decisions.decide(session, **facts, envelope_id=chosen, by=arguments.by)
    edge.say(f"已裁定：“{made.unit_code}”第 {made.revision} 次以校验码 {made.check_number} 的那份计入。")


def withdraw(arguments: argparse.Namespace) -> None:
    """pingyi withdraw"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        if arguments.restore:
            ids = [one.envelope_id for one in decisions.withdrawn(session, campaign_id=campaign_id)]
            chosen = _by_number(ids, arguments.choose)
            decisions.reinstate(session, envelope_id=chosen, reason=arguments.reason, by=arguments.by)
            edge.say("已恢复，重新计入。")
        else:
            ids = decisions.counting(session, campaign_id=campaign_id)
            chosen = _by_number(ids, arguments.choose)
            decisions.withdraw(session, envelope_id=chosen, reason=arguments.reason, by=arguments.by)
            edge.say("已作废，不再计入；该单位再报一次（或加 --restore 恢复）后重新计入。")


def undo_import(arguments: argparse.Namespace) -> None:
    """pingyi undo-import"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        done = imports.undo_last_import(session, campaign_id=campaign_id, by=arguments.by)
    edge.say(f"已撤销第 {done.number} 次导入（{'、'.join(done.files)}），数字恢复到导入以前。")


def quarantine_(arguments: argparse.Namespace) -> int:
    """pingyi quarantine"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        if arguments.discard:
            one = _waiting(session, campaign_id, arguments.discard)
            facts = {"campaign_id": campaign_id, "file_id": one, "by": arguments.by}
            quarantine.discard(session, **facts, reason=arguments.reason)
            edge.say("已清除。")
        elif arguments.release and (aside := _aside(session, campaign_id, arguments.release)):
            decisions.reinstate(session, envelope_id=aside, reason=arguments.reason, by=arguments.by)
            edge.say("已放行，计入汇总。")
        elif arguments.release:
            one = _waiting(session, campaign_id, arguments.release)
            facts = {"campaign_id": campaign_id, "file_id": one, "by": arguments.by}
            done = imports.release(session, **facts, confirmed=arguments.confirm)
            for entry in done.entries:
                edge.say(f"{entry.unit_name}：{entry.verdict}。{entry.sentence}")
            return edge.MENDABLE if done.count(REFUSED) else edge.DONE
        else:
            listed = quarantine.listing(session, campaign_id=campaign_id)
            _list_waiting(listed, _set_aside(session, campaign_id), as_json=arguments.json)
    return edge.DONE


def receipt(arguments: argparse.Namespace) -> None:
    """pingyi receipt"""
    with edge.acting(arguments.file) as session:
        campaign_id = edge.campaign_of(session, arguments).id
        if arguments.unit:
            made = receipts.issue(session, campaign_id=campaign_id, unit=arguments.unit, by=arguments.by)
            out = edge.folder(arguments.out) / made.file_name
            if not out.exists() or edge.read_bytes(out) != made.data:
                bundle.save(edge.free(out), made.data)
            if arguments.json:
                edge.facts({"file": str(out), "unit": made.unit_code})
            else:
                edge.say(f"给“{made.unit_name}”的回执已写到 {out}。")
            return
        if arguments.take:
            data = edge.read_bytes(arguments.take)
            told = receipts.take(session, campaign_id=campaign_id, data=data, by=arguments.by)
        elif (found := receipts.acknowledged(session, campaign_id=campaign_id)) is None:
            raise PackageError("还没有收到上级的回执。可以打电话请上级出具，或报校验码核对。")
        else:
            told = found
    if arguments.json:
        edge.facts(asdict(told))
    else:
        edge.say(told.sentence)


def _side_row(conflict: Conflict, side: Side) -> tuple[object, ...]:
    forms = [f"{one.form_code} 有效{one.valid}" for one in side.forms]
    content = "、".join(side.accepts if conflict.kind == decisions.KINDS[decisions.ROLLUP] else forms)
    counts = "计入" if side.envelope_id == conflict.counted else "不计入"
    return side.check_number, side.revision, side.created, side.by_office, counts, content


def _by_number(ids: list[str], number: str) -> str:
    """The envelope whose check number this is, typed with or without blanks."""
    wanted = "".join(number.split())
    found = [one for one in ids if package.check_number(one).replace(" ", "") == wanted]
    if len(found) != 1:
        raise UserError(f"没有校验码是“{number}”的这样一份数据，请核对列出的校验码。")
    return found[0]


def _waiting(session: Session, campaign_id: str, start: str) -> str:
    """The file in quarantine whose number begins like this."""
    listed = quarantine.listing(session, campaign_id=campaign_id)
    found = [one.id for one in listed if one.id.startswith(start)]
    if len(found) != 1:
        raise UserError(f"待核的文件里没有（或不止一个）编号以“{start}”开头的，请核对列出的编号。")
    return found[0]


def _set_aside(session: Session, campaign_id: str) -> list[decisions.Withdrawn]:
    return [one for one in decisions.withdrawn(session, campaign_id=campaign_id) if one.waits]


def _aside_facts(one: decisions.Withdrawn) -> dict[str, object]:
    """A submission that was set aside, in the words of a file that waits."""
    return {
        "id": one.envelope_id,
        "file_name": "",
        "unit_code": one.unit_code,
        "situation": Situation.FAR_FIGURES,
        "sentence": one.reason,
        "check_number": one.check_number,
    }


def _aside(session: Session, campaign_id: str, start: str) -> str:
    """The submission that was set aside whose number begins like this, "" when there is none."""
    found = [one.envelope_id for one in _set_aside(session, campaign_id) if one.envelope_id.startswith(start)]
    return found[0] if len(found) == 1 else ""


def _list_waiting(
    listed: tuple[quarantine.Quarantined, ...], aside: list[decisions.Withdrawn], *, as_json: bool
) -> None:
    if as_json:
        edge.facts([*map(asdict, listed), *map(_aside_facts, aside)])
        return
    rows = [(one.id[:8], one.file_name, one.unit_name, one.sentence) for one in listed]
    rows += [(one.envelope_id[:8], f"第 {one.revision} 次上报", one.unit_code, one.reason) for one in aside]
    edge.show_table(("编号", "文件", "单位", "原因"), rows)
    edge.say(f"共 {len(rows)} 个文件或数据待核。" if rows else "没有待核的文件。")
