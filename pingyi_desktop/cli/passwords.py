"""Where a command gets a password from: ``--password-stdin``, the environment, or the terminal; never an argument.

Arguments are seen by every user of the computer and stay in the shell's history; these three are not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from pingyi_desktop.errors import UserError
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.exchange.locks import protection
    from pingyi_desktop.exchange.locks.protection import Protection
    from pingyi_desktop.storage import cipher
else:
    protection = later("pingyi_desktop.exchange.locks.protection")
    cipher = later("pingyi_desktop.storage.cipher")

CURRENT, NEW = "PINGYI_PASSWORD", "PINGYI_NEW_PASSWORD"
LONGEST = 1_000
"""Letters that are read as a password; it is refused long before."""


@dataclass
class _Given:
    """What one command was given: whether standard input holds passwords, and the keys already found with them."""

    stdin: bool = False
    current: str | None = None
    keys: dict[Path, bytes] = field(default_factory=dict)


_given: ContextVar[_Given] = ContextVar("given")


@contextmanager
def given(*, stdin: bool) -> Iterator[None]:
    """One command's passwords; forgotten at its end."""
    token = _given.set(_Given(stdin))
    try:
        yield
    finally:
        _given.reset(token)


def key_of(path: Path) -> Callable[[Protection], bytes]:
    """How to unlock the file when it turns out to be protected; Argon2id runs once a command and file."""

    def unlock(found: Protection) -> bytes:
        known = _given.get().keys
        if path not in known:
            known[path] = protection.unlock(found, password=current(path.name))
        return known[path]

    return unlock


def cipher_key_of(path: Path) -> bytes | None:
    """The key of an encrypted file, None for any other: that takes no password to be copied."""
    return key_of(path)(protection.of_file(path)) if cipher.is_encrypted(path) else None


def current(name: str) -> str:
    """The password of a protected file."""
    answers = _given.get()
    if answers.current is None:
        answers.current = _ask(CURRENT, f"“{name}”的口令：")
    return answers.current


def chosen(variable: str = CURRENT) -> str:
    """A password that is being chosen; on a terminal it is typed twice."""
    password = _ask(variable, "新口令（至少 8 个字符，输入时不显示）：")
    if _on_terminal(variable) and getpass("请再输入一次：") != password:
        raise UserError("两次输入的口令不一样，没有改动，请重新来一次。")
    return password


def _ask(variable: str, prompt: str) -> str:
    if _given.get().stdin:
        return _text(sys.stdin.readline(LONGEST).rstrip("\r\n"))
    if variable in os.environ:
        return _text(os.environ[variable])
    if _on_terminal(variable):
        return getpass(prompt)
    raise UserError(
        f"需要口令：请设环境变量 {variable}，或加 --password-stdin 从标准输入给出，或在终端里运行。"
    )


def _on_terminal(variable: str) -> bool:
    return not _given.get().stdin and variable not in os.environ and sys.stdin.isatty()


def _text(given: str) -> str:
    try:
        given.encode()
    except UnicodeEncodeError:
        raise UserError("口令里有看不懂的字节（不是 UTF-8 文字），没有改动，请重新输入。") from None
    return given
