"""backups, salvage, diagnose, export-all: what looks after a data file by itself, from the command line."""

from __future__ import annotations

import argparse

from pingyi_desktop import paths, saving
from pingyi_desktop.cli import edge, parsing, passwords
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.sheets import everything
from pingyi_desktop.standing import care
from pingyi_desktop.storage.care import copies, salvage


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "backups", TEXTS["backups"], backups)
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--second-drive",
        metavar="DIR",
        type=parsing.folder,
        help="以后自动备份也存一份到这里（另一个盘的文件夹）",
    )
    place.add_argument("--no-second-drive", action="store_true", help="以后不再另存一份")
    parser.add_argument("--now", action="store_true", help="现在就备份一次")
    edge.takes_json(parser)
    parser = edge.verb(parsers, "salvage", TEXTS["salvage"], rescue)
    parser.add_argument("out", metavar="OUT", type=parsing.data_file, help="写成哪个新的数据文件（须不存在）")
    edge.takes_by(parser)
    edge.takes_json(parser)
    parser = edge.verb(parsers, "diagnose", TEXTS["diagnose"], diagnose)
    parser.add_argument(
        "out", metavar="OUT", type=parsing.file_to_write, help="写到哪个 ZIP 文件（须不存在）"
    )
    parser = edge.verb(parsers, "export-all", TEXTS["export-all"], export_all)
    parser.add_argument("--out", metavar="DIR", type=parsing.folder, required=True, help="写进哪个文件夹")
    edge.takes_reason(parser)
    edge.takes_by(parser)


def backups(arguments: argparse.Namespace) -> None:
    """pingyi backups"""
    if arguments.second_drive is not None:
        paths.set_second_drive(arguments.second_drive.resolve())
    elif arguments.no_second_drive:
        paths.set_second_drive(None)
    if arguments.now:
        with edge.opened(arguments.file) as held:
            edge.back_up(held, copies.DAILY)
    listed = copies.found(arguments.file, paths.second_drive())
    if arguments.json:
        edge.facts([vars(one) | {"path": str(one.path)} for one in listed])
    elif listed:
        rows = [(one.at, one.why, f"{one.size // 1024} KB", one.path) for one in listed]
        edge.show_table(("时间", "缘由", "大小", "文件"), rows)
    else:
        edge.say("还没有自动备份。加 --now 现在就备份一次。")


def rescue(arguments: argparse.Namespace) -> int:
    """pingyi salvage"""
    out, key = edge.free(arguments.out), passwords.cipher_key_of(arguments.file)
    done = salvage.salvage(arguments.file, out, key, by=arguments.by)
    lost = care.losses(done)
    if arguments.json:
        edge.facts({"out": str(out), "tables": [vars(one) for one in done]})
    else:
        edge.say(f"已抢救到 {out}，共 {sum(one.rows for one in done)} 条记录。原来的文件没有改动。")
    for sentence in [*lost, care.WHAT_NOW] if lost else ():
        edge.warn(sentence)
    return edge.MENDABLE if lost else edge.DONE


def diagnose(arguments: argparse.Namespace) -> None:
    """pingyi diagnose"""
    out, key = edge.free(arguments.out), passwords.cipher_key_of(arguments.file)
    saving.save(out, care.bundle(arguments.file, key))
    edge.say(f"已写到 {out}：只有版本、大小、检查结果和不含姓名、单位、路径的日志，可以发给维护人员。")


def export_all(arguments: argparse.Namespace) -> None:
    """pingyi export-all"""
    with edge.acting(arguments.file) as session:
        made = everything.export(session, arguments.out, by=arguments.by, reason=arguments.reason)
    edge.say(f"已导出到 {made[0]} 和 {made[1]}。单张的票、票数太少的结果、密钥不在里面。")
