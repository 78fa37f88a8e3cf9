"""init, backup, restore, journal, and the verbs of its password: the data file itself."""

from __future__ import annotations

import argparse
import sys

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.people import naming
from pingyi_desktop.appraisal.people.org_rules import check_code, check_text
from pingyi_desktop.cli import edge, parsing, passwords
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.cli.verbs import lock_verbs
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import protection
from pingyi_desktop.standing import care
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.care import contents
from pingyi_desktop.storage.schema_people import OrgType


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "init", TEXTS["init"], init)
    parser.add_argument("--code", required=True, help="本单位的组织代码，如 QL、QL.03、QL.03.G02.B017")
    parser.add_argument("--name", required=True, help="本单位党组织全称")
    parser.add_argument(
        "--type",
        required=True,
        metavar="TYPE",
        help="组织类别：" + "、".join(naming.TYPE_NAMES) + "，或中文名称",
    )
    parser.add_argument("--short", default="", help="简称（默认由全称得出）")
    parser.add_argument(
        "--encrypt", action="store_true", help="设口令并加密整个文件（加 --password-stdin 时也是）"
    )
    parser.add_argument("--no-password", action="store_true", help="不设口令，也不询问")
    edge.takes_recovery_out(parser)
    parser = edge.verb(parsers, "backup", TEXTS["backup"], backup)
    parser.add_argument("out", metavar="OUT", type=parsing.file_to_write, help="备份写到哪个文件（须不存在）")
    parser = edge.verb(parsers, "restore", TEXTS["restore"], restore, file=False)
    parser.add_argument("backup", metavar="BACKUP", type=parsing.file_to_read, help="备份文件")
    parser.add_argument(
        "file", metavar="FILE", type=parsing.data_file, help="恢复成哪个数据文件；原有的改名留存"
    )
    parser.add_argument("--dry-run", action="store_true", help="只看恢复会改变什么，不动文件")
    edge.takes_json(parser)
    edge.takes_password(parser)
    parser = edge.verb(parsers, "journal", TEXTS["journal"], show_journal)
    parser.add_argument(
        "--newest", type=parsing.number(1, bounds.MOST), default=50, metavar="N", help="最多几条（默认 50）"
    )
    edge.takes_json(parser)
    lock_verbs.add(parsers)


def init(arguments: argparse.Namespace) -> None:
    """pingyi init"""
    kind = naming.type_of(arguments.type)
    if kind is None:
        known = "、".join(f"{code}（{name}）" for code, name in naming.TYPE_NAMES.items())
        raise UserError(f"不认识的组织类别“{arguments.type}”，可用的有：{known}。")
    check_code(arguments.code, known=())
    name = check_text("组织全称", arguments.name, 100)
    short = arguments.short or naming.suggest_short_name(name, kind)
    made = protection.fresh(passwords.chosen(), encrypt=True) if _wants_password(arguments, kind) else None
    protection.create(
        arguments.file,
        code=arguments.code,
        name=name,
        org_type=kind,
        short_name=check_text("组织简称", short, 40),
        made=made,
        show=protection.nothing if made is None else lock_verbs.shown(arguments, made.recovery_code),
    ).close()
    edge.say(f"已为“{name}”新建数据文件 {arguments.file}。")
    if made is None:
        edge.say("没有设口令，文件没有加密；要加密请用 pingyi protect FILE --encrypt。")
    else:
        edge.say(lock_verbs.encrypted(arguments.file))


def _wants_password(arguments: argparse.Namespace, kind: OrgType) -> bool:
    """Offices are asked where someone can answer; nobody gets a password or goes without unasked."""
    if arguments.no_password:
        return False
    if arguments.encrypt or arguments.password_stdin:
        return True
    if kind not in protection.OFFICES or not sys.stdin.isatty():
        return False
    return input("建议设口令并加密整个文件。现在设吗？（回车＝设，n＝不加密）").strip().lower() not in {
        "n",
        "no",
    }


def backup(arguments: argparse.Namespace) -> None:
    """pingyi backup"""
    with edge.opened(arguments.file) as held:
        data_key = held.data_key
    store.backup(arguments.file, edge.free(arguments.out), data_key)
    edge.say(f"已备份到 {arguments.out}。")


def restore(arguments: argparse.Namespace) -> None:
    """pingyi restore"""
    if arguments.dry_run:
        _preview(arguments)
        return
    file = lock_verbs.closed(arguments.file)
    key = passwords.cipher_key_of(arguments.backup)
    said = contents.preview(file, key, arguments.backup, key).warnings
    kept = store.restore(arguments.backup, file, key)
    wrong = care.contradictions(file, key) or []
    if arguments.json:
        told = {"restored": str(arguments.file), "kept": str(kept) if kept else None}
        edge.facts({**told, "warnings": said, "contradictions": wrong})
    else:
        edge.say(
            f"已恢复为 {arguments.file}。"
            + (f"原来的文件留存为 {kept}，再恢复它就回到现在。" if kept else "")
        )
    for sentence in (*said, *(f"恢复出来的文件前后矛盾：{one}" for one in wrong[:1])):
        edge.warn(sentence)


def _preview(arguments: argparse.Namespace) -> None:
    saved, file = arguments.backup, arguments.file
    saved_key = passwords.cipher_key_of(saved)
    found = contents.preview(file, passwords.cipher_key_of(file) if file.exists() else None, saved, saved_key)
    if arguments.json:
        edge.facts({"changes": [vars(one) for one in found.changes], "warnings": found.warnings})
        return
    rows = [(one.what, "—" if one.now is None else one.now, one.then) for one in found.changes]
    edge.show_table(("", "现在", "恢复后"), rows)
    for said in found.warnings:
        edge.warn(said)


def show_journal(arguments: argparse.Namespace) -> None:
    """pingyi journal"""
    with edge.reading(arguments.file) as session:
        lines = journal.lines(session, newest=arguments.newest)
    if arguments.json:
        edge.facts([vars(line) for line in lines])
    else:
        header = ("序号", "时间", "操作人", "操作", "对象")
        edge.show_table(header, [(one.seq, one.local, one.who, one.act, one.subject) for one in lines])
