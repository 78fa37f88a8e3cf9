"""protect, unprotect: the password of a data file, its recovery code, and encryption as a whole."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pingyi_desktop.cli import edge, passwords
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import codes, protection
from pingyi_desktop.exchange.locks.protection import Protection
from pingyi_desktop.paths import lock_beside

PLAIN_LEFT = "原来没有加密的内容已覆盖删除；固态硬盘和 U 盘可能仍留有痕迹，以前的备份也没有加密，请另行处理。"


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "protect", TEXTS["protect"], protect)
    parser.add_argument("--encrypt", action="store_true", help="加密整个文件（不加则只保护其中的密钥）")
    change = parser.add_mutually_exclusive_group()
    change.add_argument(
        "--new-password",
        action="store_true",
        help=f"换口令；新口令在标准输入第二行或环境变量 {passwords.NEW}",
    )
    change.add_argument("--new-recovery-code", action="store_true", help="换恢复码，旧的作废")
    change.add_argument("--forgotten", action="store_true", help="忘了口令：在口令处输入恢复码，再设新口令")
    edge.takes_recovery_out(parser)
    edge.takes_by(parser)
    parser = edge.verb(parsers, "unprotect", TEXTS["unprotect"], unprotect)
    edge.takes_by(parser)


def protect(arguments: argparse.Namespace) -> None:
    """pingyi protect"""
    path, by = closed(arguments.file), arguments.by
    found = protection.of_file(path)
    changes = arguments.new_password or arguments.new_recovery_code or arguments.forgotten
    if not found.locks:
        if changes:
            raise UserError(f"“{path.name}”没有设口令，没有可更换的；要设口令请去掉这个选项。")
        _set(path, arguments)
        return
    if not changes and not arguments.encrypt:
        raise UserError(f"“{path.name}”已经设有口令；换口令请加 --new-password，取消口令请用 unprotect。")
    data_key = _unlocked(path, found, forgotten=arguments.forgotten)
    if arguments.new_password or arguments.forgotten:
        new = passwords.chosen(passwords.NEW)
        protection.change_password(path, data_key=data_key, password=new, by=by)
        edge.say("口令已更换，恢复码不变。")
    if arguments.new_recovery_code:
        code = codes.new_recovery_code()
        show = shown(arguments, code)
        protection.renew_recovery_code(path, data_key=data_key, code=code, by=by, show=show)
        edge.say("恢复码已更换，旧的作废。")
    if arguments.encrypt:
        protection.encrypt(path, data_key=data_key, by=by)
        edge.say(encrypted(path) + PLAIN_LEFT)


def unprotect(arguments: argparse.Namespace) -> None:
    """pingyi unprotect"""
    path = closed(arguments.file)
    found = protection.of_file(path)
    if not found.locks:
        raise UserError(f"“{path.name}”没有设口令，没有改动它。")
    protection.unprotect(path, data_key=_unlocked(path, found, forgotten=False), by=arguments.by)
    edge.say(f"已取消口令，{path} 现在没有加密，谁拿到都能打开。")


def shown(arguments: argparse.Namespace, recovery_code: str) -> Callable[[], None]:
    """Show a recovery code, and what to do with it, before it is in force."""
    return partial(
        edge.hand_over,
        arguments,
        f"恢复码：{codes.grouped(recovery_code)}\n"
        "恢复码只显示这一次，请抄在纸上、写明文件名和日期，封好交专人保管。忘了口令时只有它能打开文件。",
    )


def encrypted(path: Path) -> str:
    """What encryption asks of its owner from now on."""
    return f"整个文件已加密。密钥文件“{path.name}.key”要和数据文件放在一起，复制、拷到 U 盘时两个都要带上。"


def _set(path: Path, arguments: argparse.Namespace) -> None:
    encrypt = arguments.encrypt
    made = protection.fresh(passwords.chosen(), encrypt=encrypt)
    show = shown(arguments, made.recovery_code)
    protection.protect(path, made=made, encrypt=encrypt, by=arguments.by, show=show)
    edge.say(
        encrypted(path) + PLAIN_LEFT if encrypt else "已设口令，文件里的密钥已加密保存；数据本身没有加密。"
    )


def _unlocked(path: Path, found: Protection, *, forgotten: bool) -> bytes:
    if forgotten:
        return protection.unlock(found, recovery_code=passwords.current(path.name))
    return passwords.key_of(path)(found)


def closed(path: Path) -> Path:
    """A file that no window shows: the window holds a small lock file beside it."""
    if lock_beside(path).exists():
        raise FileError(
            f"“{path.name}”正在窗口里打开，请先关闭那个窗口；如果窗口已不在，打开再关闭一次程序即可。"
        )
    return path
