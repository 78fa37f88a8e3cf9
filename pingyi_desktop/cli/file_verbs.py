"""init, backup, restore, journal: the data file itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from pingyi_desktop.appraisal import naming
from pingyi_desktop.appraisal.org_rules import check_code, check_text
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.errors import UserError
from pingyi_desktop.storage import journal, store


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "init", "新建一个单位的数据文件", init)
    parser.add_argument("--code", required=True, help="本单位的组织代码，如 QL、QL.03、QL.03.G02.B017")
    parser.add_argument("--name", required=True, help="本单位党组织全称")
    parser.add_argument(
        "--type",
        required=True,
        metavar="TYPE",
        help="组织类别：" + "、".join(naming.TYPE_NAMES) + "，或中文名称",
    )
    parser.add_argument("--short", default="", help="简称（默认由全称得出）")
    parser = edge.verb(parsers, "backup", "备份数据文件", backup)
    parser.add_argument("out", metavar="OUT", type=Path, help="备份写到哪个文件（须不存在）")
    parser = edge.verb(parsers, "restore", "从备份恢复", restore, file=False)
    parser.add_argument("backup", metavar="BACKUP", type=Path, help="备份文件")
    parser.add_argument("file", metavar="FILE", type=Path, help="恢复成哪个数据文件；原有的改名留存")
    parser = edge.verb(parsers, "journal", "查看操作日志，最新的在前", show_journal)
    parser.add_argument("--newest", type=int, default=50, metavar="N", help="最多几条（默认 50）")
    edge.takes_json(parser)


def init(arguments: argparse.Namespace) -> None:
    """pingyi init"""
    kind = naming.type_of(arguments.type)
    if kind is None:
        known = "、".join(f"{code}（{name}）" for code, name in naming.TYPE_NAMES.items())
        raise UserError(f"不认识的组织类别“{arguments.type}”，可用的有：{known}。")
    check_code(arguments.code, known=())
    name = check_text("组织全称", arguments.name, 100)
    short = arguments.short or naming.suggest_short_name(name, kind)
    made = store.create(
        arguments.file,
        code=arguments.code,
        name=name,
        org_type=kind,
        short_name=check_text("组织简称", short, 40),
    )
    made.close()
    edge.say(f"已为“{name}”新建数据文件 {arguments.file}。")


def backup(arguments: argparse.Namespace) -> None:
    """pingyi backup"""
    store.open_file(arguments.file).close()
    store.backup(arguments.file, edge.free(arguments.out))
    edge.say(f"已备份到 {arguments.out}。")


def restore(arguments: argparse.Namespace) -> None:
    """pingyi restore"""
    kept = store.restore(arguments.backup, arguments.file)
    edge.say(f"已恢复为 {arguments.file}。" + (f"原来的文件留存为 {kept}。" if kept else ""))


def show_journal(arguments: argparse.Namespace) -> None:
    """pingyi journal"""
    with edge.reading(arguments.file) as session:
        lines = journal.lines(session, newest=arguments.newest)
    if arguments.json:
        edge.facts([vars(line) for line in lines])
    else:
        header = ("序号", "时间（UTC）", "操作人", "操作", "对象")
        edge.show_table(header, [(one.seq, one.at, one.who, one.act, one.subject) for one in lines])
