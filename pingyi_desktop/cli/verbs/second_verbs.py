"""batch finish, compare, differences, settle, quality; operator …: the second entry and who keys it."""

from __future__ import annotations

import argparse

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches import operators, quality, second, settling
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.cli.verbs.batch_verbs import named, takes_batch


def add_below(below: Parsers) -> None:
    """Register the verbs under ``batch``."""
    parser = takes_batch(below, "finish", "录完第一遍，选第二遍怎么录", finish)
    parser.add_argument(
        "--sample", type=parsing.number(1, bounds.MOST), metavar="N", help="随机抽 N 张复录（默认全部复录）"
    )
    takes_batch(below, "compare", "录完第二遍，核对两遍", compare)
    parser = takes_batch(below, "differences", "列出两遍不一致、待裁定的地方", differences)
    edge.takes_json(parser)
    parser = takes_batch(below, "settle", "照原始票裁定一处不一致", settle)
    parser.add_argument("spot", metavar="SPOT", help="哪一处，见 differences")
    parser.add_argument("value", metavar="VALUE", help="原始票上填的")
    parser.add_argument("--reason", default="", metavar="理由", help="与两遍都不同时要写")
    parser.add_argument("--witness", default="", metavar="姓名", help="与两遍都不同时，第二个署名的人")
    parser = takes_batch(below, "quality", "看录入质量单", show_quality)
    edge.takes_json(parser)


def add(parsers: Parsers) -> None:
    """Register the verbs of operators."""
    below = edge.family(parsers, "operator", TEXTS["operator"])
    parser = edge.verb(below, "list", "列出操作员", list_operators)
    edge.takes_json(parser)
    parser = edge.verb(below, "add", "登记一名操作员", add_operator)
    parser.add_argument("name", metavar="姓名", help="1 至 20 个字")
    parser.add_argument("--pin", default="", metavar="数字", help="4 至 8 位数字口令，可不设")
    edge.takes_by(parser)
    parser = edge.verb(below, "retire", "停用一名操作员", retire_operator)
    parser.add_argument("name", metavar="姓名", help="见 operator list")
    edge.takes_by(parser)


def finish(arguments: argparse.Namespace) -> None:
    """pingyi batch finish"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        second.begin(session, batch_id=b.id, sample=arguments.sample, by=arguments.by)
        message = "" if b.nothing_to_key else second.resume(session, batch_id=b.id).message
    if b.nothing_to_key:
        edge.say(f"“{b.code}”没有要录的票，不用录第二遍。下一步：签字。")
        return
    edge.say(f"“{b.code}”第一遍已录完，请换一个人录第二遍。{message}")


def compare(arguments: argparse.Namespace) -> int:
    """pingyi batch compare"""
    with edge.opened(arguments.file) as held:
        with held.transaction() as session:
            b = named(session, arguments)
            found = settling.finish(session, batch_id=b.id, by=arguments.by)
        if found.escalated:
            edge.compact(held)
    edge.say(found.sentence)
    return edge.MENDABLE if found.left or found.escalated else edge.DONE


def differences(arguments: argparse.Namespace) -> None:
    """pingyi batch differences"""
    with edge.reading(arguments.file) as session:
        found = settling.differences(session, batch_id=named(session, arguments).id)
    if arguments.json:
        edge.facts([vars(one) | {"options": dict(one.options)} for one in found])
        return
    if not found:
        edge.say("两遍录入没有待裁定的不一致。")
        return
    edge.show_table(
        ("SPOT", "哪里", "可填", "已定"),
        [(one.spot, one.sentence, "、".join(dict(one.options)) or "数字", one.settled) for one in found],
    )


def settle(arguments: argparse.Namespace) -> None:
    """pingyi batch settle"""
    with edge.acting(arguments.file) as session:
        b = named(session, arguments)
        last = settling.settle(
            session,
            batch_id=b.id,
            spot=arguments.spot,
            value=arguments.value,
            by=arguments.by,
            reason=arguments.reason,
            witness=arguments.witness,
        )
    edge.say("都裁定了，下一步：签字。" if last else "已裁定，还有别的地方待裁定。")


def show_quality(arguments: argparse.Namespace) -> None:
    """pingyi batch quality"""
    with edge.reading(arguments.file) as session:
        b = named(session, arguments)
        found = quality.sheet(session, batch_id=b.id)
        said = quality.checked(session, batch_id=b.id)
    if arguments.json:
        bound = None if found.bound is None else str(found.bound)
        edge.facts(
            vars(found) | {"passes": [vars(one) for one in found.passes], "bound": bound, "checked": said}
        )
        return
    header = ("遍次", "操作员", "张数", "按键", "改正", "被拒", "填充")
    rows = [
        (p.pass_no, p.operator, p.ballots, p.keystrokes, p.corrections, p.refused, p.filled)
        for p in found.passes
    ]
    edge.show_table(header, rows)
    if found.bound is not None:
        edge.say(
            f"核对 {found.compared} 格：第一遍错 {found.first_wrong}，第二遍错 {found.second_wrong}，"
            f"裁定 {found.decided} 处；第一遍差错率不超过 {found.bound}%（95% 的把握）。"
        )
    edge.say(said)


def list_operators(arguments: argparse.Namespace) -> None:
    """pingyi operator list"""
    with edge.reading(arguments.file) as session:
        found = operators.listing(session)
    if arguments.json:
        edge.facts([vars(one) for one in found])
        return
    edge.show_table(("姓名", "数字口令"), [(one.name, "有" if one.has_pin else "") for one in found])


def add_operator(arguments: argparse.Namespace) -> None:
    """pingyi operator add"""
    with edge.acting(arguments.file) as session:
        operators.add(session, name=arguments.name, pin=arguments.pin, by=arguments.by)
    edge.say(f"已登记操作员“{arguments.name.strip()}”。")


def retire_operator(arguments: argparse.Namespace) -> None:
    """pingyi operator retire"""
    with edge.acting(arguments.file) as session:
        operators.retire(session, name=arguments.name, by=arguments.by)
    edge.say(f"已停用操作员“{arguments.name}”，录过的票不变。")
