"""assign, open, export, inspect, import: files that travel between offices."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.merging import situations
from pingyi_desktop.exchange.merging.situations import NEW, UPDATED
from pingyi_desktop.exchange.outbox import inspecting
from pingyi_desktop.exchange.wire import age, bundle
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from sqlmodel import Session

    from pingyi_desktop.appraisal.campaign import campaigns
    from pingyi_desktop.appraisal.rulebook.catalogue import Finding
    from pingyi_desktop.exchange.inbox import foretelling, imports
    from pingyi_desktop.exchange.inbox.imports import ImportPlan
    from pingyi_desktop.exchange.locks import keys
    from pingyi_desktop.exchange.outbox import handing_out, recovery, tasks, transfer
    from pingyi_desktop.exchange.outbox.tasks import Task, TaskFile
    from pingyi_desktop.standing import overview, soundness, sums
else:
    campaigns = later("pingyi_desktop.appraisal.campaign.campaigns")
    overview = later("pingyi_desktop.standing.overview")
    sums = later("pingyi_desktop.standing.sums")
    foretelling = later("pingyi_desktop.exchange.inbox.foretelling")
    handing_out = later("pingyi_desktop.exchange.outbox.handing_out")
    imports = later("pingyi_desktop.exchange.inbox.imports")
    keys = later("pingyi_desktop.exchange.locks.keys")
    recovery = later("pingyi_desktop.exchange.outbox.recovery")
    tasks = later("pingyi_desktop.exchange.outbox.tasks")
    transfer = later("pingyi_desktop.exchange.outbox.transfer")
    soundness = later("pingyi_desktop.standing.soundness")

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
    _add_downward(parsers)
    _add_upward(parsers)


def _add_downward(parsers: Parsers) -> None:
    parser = edge.verb(parsers, "assign", TEXTS["assign"], assign)
    parser.add_argument(
        "--out", metavar="DIR", type=parsing.folder, required=True, help="任务文件写到哪个文件夹"
    )
    parser.add_argument("--unit", action="append", metavar="CODE", help="只给这个下级，可写多次")
    parser.add_argument("--again", metavar="原因", help="重新下发：电脑丢失、换人、激活码泄露；旧的任务作废")
    edge.takes_recovery_out(parser)
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "proxy", TEXTS["proxy"], enter_by_proxy)
    parser.add_argument("unit", metavar="CODE", help="直接下级的代码")
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "open", TEXTS["open"], open_task, file=False)
    parser.add_argument("task", metavar="TASKFILE", type=parsing.file_to_read, help="上级下发的任务文件")
    parser.add_argument("--code", default="", metavar="激活码", help="纸条上的 16 位数字")
    parser.add_argument(
        "--into", metavar="FILE", type=parsing.data_file, required=True, help="本单位的数据文件；没有就新建"
    )
    parser.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="指纹",
        help="上级的密钥变了时：打电话核对过的 24 位指纹，可写多次",
    )
    edge.takes_by(parser)


def _add_upward(parsers: Parsers) -> None:
    parser = edge.verb(parsers, "export", TEXTS["export"], export)
    parser.add_argument("out", metavar="OUT", type=parsing.out_or_folder, help="写到哪个文件或文件夹")
    parser.add_argument("--reason", default="", help="更正原因（上报后又更正时填写），也用来确认提醒")
    parser.add_argument(
        "--second-person", default="", metavar="姓名", help="与上次只差几张票时：同意导出的第二个人"
    )
    parser.add_argument(
        "--anew", action="store_true", help="内容没有变也算新的一次（两个包同一次数、内容不同时）"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "inspect", TEXTS["inspect"], inspect, file=False)
    parser.add_argument("package", metavar="PACKAGE", type=parsing.file_to_read, help="数据包")
    opening = parser.add_mutually_exclusive_group()
    opening.add_argument(
        "--with", dest="holder", metavar="FILE", type=parsing.data_file, help="收件单位的数据文件，用来解密"
    )
    opening.add_argument("--code", default="", metavar="激活码", help="任务文件的 16 位激活码")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    parser = edge.verb(parsers, "recover", TEXTS["recover"], recover, file=False)
    parser.add_argument("package", metavar="PACKAGE", type=parsing.file_to_read, help="加密的数据包")
    parser.add_argument("out", metavar="OUT", type=parsing.file_to_write, help="写到哪个文件")
    parser.add_argument("--code", required=True, metavar="恢复码", help="发布活动时印出的 30 位数字")
    parser = edge.verb(parsers, "import", TEXTS["import"], import_packages)
    parser.add_argument(
        "packages",
        metavar="PACKAGE",
        type=parsing.file_or_folder,
        nargs="+",
        help="数据包或整个文件夹，可写多个",
    )
    parser.add_argument("--dry-run", action="store_true", help="只看会怎样，不写入")
    confirming = parser.add_mutually_exclusive_group()
    confirming.add_argument(
        "--confirm", action="append", default=[], metavar="指纹", help="已与下级核对过的密钥指纹，可写多次"
    )
    confirming.add_argument("--confirm-all", action="store_true", help="确认这些包里的全部新密钥")
    parser.add_argument(
        "--recovery-code", default="", metavar="恢复码", help="旧电脑才能打开的包，用活动的恢复码打开"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)


def assign(arguments: argparse.Namespace) -> None:
    """pingyi assign"""
    with handing_out.laid(arguments.out) as write, edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        made = _task_files(session, view.id, arguments)
        if not made:
            raise UserError(
                "没有任务可下发：本单位下面没有党组织，或者都由本级代录；本级自己的票直接在“录入”页录。"
            )
        write(made)
        edge.hand_over(arguments, _files_with_codes(made, as_json=arguments.json))
    if not arguments.json:
        kept = arguments.recovery_out
        where = "激活码不存盘，请抄下" if kept is None else f"激活码写在 {kept}"
        edge.say(f"已给 {len(made)} 个直接下级生成任务文件，在 {arguments.out}。{where}，与文件分开送。")


def _files_with_codes(made: Sequence[TaskFile], *, as_json: bool) -> str:
    """The task files with the codes that open them, which stand nowhere else."""
    if as_json:
        keys = ("unit", "name", "file", "code")
        return edge.as_facts([dict(zip(keys, row, strict=True)) for row in map(_row, made)])
    rows = [(*_row(one)[:3], codes.grouped(one.code)) for one in made]
    return edge.as_table(("单位", "名称", "任务文件", "激活码"), rows)


def _task_files(session: Session, campaign_id: str, arguments: argparse.Namespace) -> list[TaskFile]:
    if arguments.again is None:
        return tasks.assign(session, campaign_id=campaign_id, by=arguments.by, units=arguments.unit)
    if not arguments.unit:
        raise UserError("重新下发要用 --unit 写明给哪个下级。")
    return [
        tasks.reissue(session, campaign_id=campaign_id, unit=unit, reason=arguments.again, by=arguments.by)
        for unit in arguments.unit
    ]


def _row(made: TaskFile) -> tuple[str, str, str, str]:
    return made.unit_code, made.unit_name, made.file_name, made.code


def enter_by_proxy(arguments: argparse.Namespace) -> None:
    """pingyi proxy"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        tasks.enter_by_proxy(session, campaign_id=view.id, unit=arguments.unit, by=arguments.by)
    edge.say(f"“{arguments.unit}”改由本级代录：它的场次和票批在本文件登记、录入、封存，导出时一并报上级。")


def open_task(arguments: argparse.Namespace) -> None:
    """pingyi open"""
    task = tasks.read_task(edge.read_bytes(arguments.task), arguments.code)
    changed = _take_up(task, arguments)
    edge.say(f"“{task.unit_name}”已接受“{task.parent_name}”下发的任务“{task.campaign_name}”。")
    edge.say(f"数据文件：{arguments.into}")
    edge.say(f"下发单位的密钥指纹：{task.fingerprint}")
    for one in changed:
        edge.say(one)


def _take_up(task: Task, arguments: argparse.Namespace) -> list[str]:
    """Into the file that is there or a new one; what to say of keys that have changed."""
    if not arguments.into.exists():
        tasks.create_file(arguments.into, task=task, by=arguments.by).close()
        return []
    try:
        with edge.acting(arguments.into) as session:
            known = tasks.take_task(session, task=task, by=arguments.by, confirmed=arguments.fingerprint)
    except tasks.UnconfirmedKeyError as error:
        raise UserError(f"{error}核对一致的指纹写在 --fingerprint 后面。") from None
    return [one.sentence for one in known if one.sentence]


def export(arguments: argparse.Namespace) -> None:
    """pingyi export"""
    with edge.opened(arguments.file) as held:
        with held.reading() as session:
            unsound = soundness.before_export(session)
        with held.transaction() as session:
            made, out = _exported(session, arguments)
    for said in unsound:
        edge.warn(said)
    if arguments.json:
        edge.facts(
            {
                "file": str(out),
                "envelope_id": made.envelope_id,
                "check_number": made.check_number,
                "revision": made.revision,
                "fingerprint": made.fingerprint,
                "changed": made.changed,
                "left_out": list(made.left_out),
            }
        )
        return
    for sentence in made.left_out:
        edge.warn(sentence)
    edge.say(f"已导出到 {out}（第 {made.revision} 次上报{'' if made.changed else ',与上次相同'}）。")
    edge.say(f"核对号：{made.check_number}  本单位密钥指纹：{made.fingerprint}")


def _exported(session: Session, arguments: argparse.Namespace) -> tuple[transfer.Package, Path]:
    view = edge.campaign_of(session, arguments)
    made = transfer.export(
        session,
        campaign_id=view.id,
        by=arguments.by,
        reason=arguments.reason,
        second_person=arguments.second_person,
        anew=arguments.anew,
    )
    out = arguments.out / made.file_name if arguments.out.is_dir() else edge.free(arguments.out)
    # The same package again may take its own file's place: encrypted, its bytes differ each time.
    bundle.save(edge.free(out) if made.changed else out, made.data)
    return made, out


def inspect(arguments: argparse.Namespace) -> None:
    """pingyi inspect"""
    data = edge.read_bytes(arguments.package)
    if arguments.code:
        data = age.open_with_code(data, codes.read_code(arguments.code))
    elif arguments.holder is not None:
        with edge.reading(arguments.holder) as session:
            view = edge.campaign_of(session, arguments)
            data = age.open_transport(data, keys.identities(session, campaign_id=view.id))
    found = inspecting.inspect(data, with_code=bool(arguments.code))
    if arguments.json:
        edge.facts({"file": arguments.package.name, "envelopes": found})
        return
    header = ("类型", "单位", "名称", "第几次", "核对号", "日期", "密钥指纹")
    shown = ("unit", "unit_name", "revision", "check_number", "created", "fingerprint")
    rows = [(KINDS.get(str(one["type"]), one["type"]), *(one[key] for key in shown)) for one in found]
    edge.show_table(header, rows)
    edge.say("签名与内容核验无误；是否可信，导入时按已登记的密钥判断。")


def recover(arguments: argparse.Namespace) -> None:
    """pingyi recover"""
    data = recovery.open_package(edge.read_bytes(arguments.package), arguments.code)
    bundle.save(edge.free(arguments.out), data)
    edge.say(f"已打开，存到 {arguments.out}。它不再加密：用“导入”读进数据文件以后请删除。")


def import_packages(arguments: argparse.Namespace) -> int:
    """pingyi import"""
    files = imports.collect(arguments.packages)
    with edge.opened(arguments.file) as held:
        if arguments.dry_run:
            with held.reading() as session:
                plan = _plan(session, arguments, files)
                unusual = foretelling.of_plan(session, plan=plan)
                seen = overview.coverage(session, campaign_id=plan.campaign_id)
            return _say_imported(arguments, plan, seen, unusual, confirmed=[])
        edge.back_up_for_import(held)
        with held.transaction() as session:
            plan = _plan(session, arguments, files)
            new = [key.fingerprint for key in plan.new_keys]
            confirmed = new if arguments.confirm_all else arguments.confirm
            done = imports.apply_import(session, plan=plan, by=arguments.by, confirmed=confirmed)
            seen = overview.coverage(session, campaign_id=plan.campaign_id)
            counted = {entry.unit_code for entry in done.entries if entry.verdict in (NEW, UPDATED)}
            unusual = sums.of_units(session, campaign_id=plan.campaign_id, codes=counted)
        if done.erased:
            edge.compact(held)
    return _say_imported(arguments, done, seen, unusual, confirmed=confirmed)


def _plan(session: Session, arguments: argparse.Namespace, files: Sequence[imports.File]) -> ImportPlan:
    view = edge.campaign_of(session, arguments)
    code = arguments.recovery_code
    also = [recovery.identity(session, campaign_id=view.id, code=code)] if code else []
    return imports.plan_import(session, campaign_id=view.id, files=files, identities=also)


def _say_imported(
    arguments: argparse.Namespace,
    done: ImportPlan,
    seen: overview.Coverage,
    unusual: Sequence[Finding],
    *,
    confirmed: Sequence[str],
) -> int:
    """What became of every file, or would become of it; MENDABLE when something is left to a person."""
    trouble = [entry for entry in done.entries if entry.verdict in TROUBLE]
    if arguments.json:
        found = [edge.finding_facts(one) for one in unusual]
        told = {"reported": seen.reported, "expected": seen.expected, "findings": found}
        edge.facts(plan_facts(done) | told | {"written": not arguments.dry_run})
    else:
        rows = [(e.file, e.unit_code, e.unit_name, e.verdict, e.revision or "") for e in done.entries]
        edge.show_table(("文件", "单位", "名称", "结果", "第几次"), rows)
        edge.say(f"还没有导入，现在{seen.sentence}。" if arguments.dry_run else seen.sentence)
    edge.show_findings(unusual)
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
