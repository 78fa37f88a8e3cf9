"""assign, open, export, inspect, import: files that travel between offices."""

from __future__ import annotations

import argparse
from pathlib import Path

from pingyi_desktop.appraisal import overview
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.exchange import imports, situations, tasks, transfer
from pingyi_desktop.exchange.imports import ImportPlan
from pingyi_desktop.storage.store import told_as_sentences

# Verdicts after which the person has something to do; the others leave the data as it should be.
TROUBLE = (situations.CONFLICT, situations.HELD, situations.REFUSED)
KINDS = {
    "campaign": "活动定义",
    "assignment": "任务",
    "submission": "上报",
    "rollup": "汇总",
    "receipt": "回执",
}


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "assign", "给每个直接下级生成一个任务文件", assign)
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="任务文件写到哪个文件夹")
    parser.add_argument("--unit", action="append", metavar="CODE", help="只给这个下级，可写多次")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "open", "下级接收任务，建立自己的数据文件", open_task, file=False)
    parser.add_argument("task", metavar="TASKFILE", type=Path, help="上级下发的任务文件")
    parser.add_argument(
        "--into", metavar="FILE", type=Path, required=True, help="本单位的数据文件；没有就新建"
    )
    edge.takes_by(parser)
    parser = edge.verb(parsers, "export", "导出签名的上报包", export)
    parser.add_argument("out", metavar="OUT", type=Path, help="写到哪个文件或文件夹")
    parser.add_argument("--reason", default="", help="更正原因（上报后又更正时填写）")
    parser.add_argument(
        "--second-person", default="", metavar="姓名", help="与上次只差几张票时：同意导出的第二个人"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "inspect", "查看并核验一个包，不导入", inspect, file=False)
    parser.add_argument("package", metavar="PACKAGE", type=Path, help="数据包")
    edge.takes_json(parser)
    parser = edge.verb(parsers, "import", "导入下级的上报包；顺序不限，重复无害", import_packages)
    parser.add_argument(
        "packages", metavar="PACKAGE", type=Path, nargs="+", help="数据包或整个文件夹，可写多个"
    )
    confirming = parser.add_mutually_exclusive_group()
    confirming.add_argument(
        "--confirm", action="append", default=[], metavar="指纹", help="已与下级核对过的密钥指纹，可写多次"
    )
    confirming.add_argument("--confirm-all", action="store_true", help="确认这些包里的全部新密钥")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)


def assign(arguments: argparse.Namespace) -> None:
    """pingyi assign"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        made = tasks.assign(session, campaign_id=view.id, by=arguments.by, units=arguments.unit)
    with told_as_sentences(arguments.out):
        arguments.out.mkdir(parents=True, exist_ok=True)
    for one in made:
        transfer.save(arguments.out / one.file_name, one.data)
    if arguments.json:
        edge.facts([{"unit": t.unit_code, "name": t.unit_name, "file": t.file_name} for t in made])
    else:
        edge.show_table(("单位", "名称", "任务文件"), [(t.unit_code, t.unit_name, t.file_name) for t in made])
        edge.say(f"已给 {len(made)} 个直接下级生成任务文件，在 {arguments.out}。")


def open_task(arguments: argparse.Namespace) -> None:
    """pingyi open"""
    task = tasks.read_task(edge.read_bytes(arguments.task))
    if arguments.into.exists():
        with edge.acting(arguments.into) as session:
            tasks.take_task(session, task=task, by=arguments.by)
    else:
        tasks.create_file(arguments.into, task=task, by=arguments.by).close()
    edge.say(f"“{task.unit_name}”已接受“{task.parent_name}”下发的任务“{task.campaign_name}”。")
    edge.say(f"数据文件：{arguments.into}")
    edge.say(f"下发单位的密钥指纹：{task.fingerprint}（请与下发单位电话核对）")


def export(arguments: argparse.Namespace) -> None:
    """pingyi export"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        made = transfer.export(
            session,
            campaign_id=view.id,
            by=arguments.by,
            reason=arguments.reason,
            second_person=arguments.second_person,
        )
        out = arguments.out / made.file_name if arguments.out.is_dir() else arguments.out
        if not out.exists() or edge.read_bytes(out) != made.data:
            transfer.save(edge.free(out), made.data)
    if arguments.json:
        edge.facts(
            {
                "file": str(out),
                "envelope_id": made.envelope_id,
                "check_number": made.check_number,
                "revision": made.revision,
                "fingerprint": made.fingerprint,
                "changed": made.changed,
            }
        )
        return
    edge.say(f"已导出到 {out}（第 {made.revision} 次上报{'' if made.changed else ',与上次相同'}）。")
    edge.say(f"核对号：{made.check_number}  本单位密钥指纹：{made.fingerprint}（请告知上级核对）")


def inspect(arguments: argparse.Namespace) -> None:
    """pingyi inspect"""
    found = transfer.inspect(edge.read_bytes(arguments.package))
    if arguments.json:
        edge.facts({"file": arguments.package.name, "envelopes": found})
        return
    header = ("类型", "单位", "名称", "第几次", "核对号", "日期", "密钥指纹")
    keys = ("unit", "unit_name", "revision", "check_number", "created", "fingerprint")
    rows = [(KINDS.get(str(one["type"]), one["type"]), *(one[key] for key in keys)) for one in found]
    edge.show_table(header, rows)
    edge.say("签名与内容核验无误；是否可信，导入时按已登记的密钥判断。")


def import_packages(arguments: argparse.Namespace) -> int:
    """pingyi import"""
    files = imports.collect(arguments.packages)
    with edge.opened(arguments.file) as held:
        with held.transaction() as session:
            view = edge.campaign_of(session, arguments)
            plan = imports.plan_import(session, campaign_id=view.id, files=files)
            keys = [key.fingerprint for key in plan.new_keys]
            confirmed = keys if arguments.confirm_all else arguments.confirm
            done = imports.apply_import(session, plan=plan, by=arguments.by, confirmed=confirmed)
            seen = overview.coverage(session, campaign_id=view.id)
        if done.erased:
            held.compact()
    trouble = [entry for entry in done.entries if entry.verdict in TROUBLE]
    if arguments.json:
        edge.facts(plan_facts(done) | {"reported": seen.reported, "expected": seen.expected})
    else:
        rows = [(e.file, e.unit_code, e.unit_name, e.verdict, e.revision or "") for e in done.entries]
        edge.show_table(("文件", "单位", "名称", "结果", "第几次"), rows)
        edge.say(seen.sentence)
    for entry in trouble:
        edge.warn(f"{entry.file}：{entry.sentence}")
    for key in done.new_keys:
        if key.fingerprint not in confirmed:
            edge.warn(
                f"“{key.unit_name}”第一次上报，密钥指纹 {key.fingerprint}。请打电话与对方核对，"
                f"一致后加 --confirm {key.fingerprint} 再导入。"
            )
    return edge.MENDABLE if trouble else edge.DONE


def plan_facts(plan: ImportPlan) -> dict[str, object]:
    """What became of every envelope, as JSON-ready facts."""
    return {
        "entries": [vars(entry) for entry in plan.entries],
        "new_keys": [vars(key) for key in plan.new_keys],
    }
