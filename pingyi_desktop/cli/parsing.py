"""The command line as it is typed: argparse in Chinese, and the kinds of arguments, each checked where it enters.

What cannot be the argument of anything (a number out of range, a text that is not UTF-8) is wrong usage; a name that the
disk contradicts (a folder where a file belongs) is a ``FileError``.
"""

from __future__ import annotations

import argparse
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pingyi_desktop import bounds, saving, visible
from pingyi_desktop.appraisal.rulebook import dates, personal
from pingyi_desktop.cli import streams
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.later import later
from pingyi_desktop.render import breaking

if TYPE_CHECKING:
    from pingyi_desktop.storage import cipher
else:
    cipher = later("pingyi_desktop.storage.cipher")

USAGE = 2
LONGEST = 10_000
"""Letters of one text argument."""
LONGEST_NAME = 40
MOST_SAID = 500
"""Letters of a message about wrong usage, which repeats what was typed."""
_ENGLISH = (
    ("the following arguments are required: ", "缺少参数："),
    ("unrecognized arguments: ", "不认识的参数："),
    ("expected one argument", "后面要跟一个值"),
    ("expected at least one argument", "后面至少要跟一个值"),
    ("ignored explicit argument ", "后面不跟值，不能写 "),
    ("invalid choice: ", "不能是 "),
    ("choose from", "可选"),
    ("not allowed with argument", "不能同时使用"),
    ("ambiguous option: ", "不完整的选项："),
    (" could match ", " 可能是 "),
    ("argument ", "参数 "),
)
_ONE_OF = re.compile(r"one of the arguments (.+) is required")


class Layout(argparse.HelpFormatter):
    """Help in Chinese down to its first word."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """The line that argparse begins with "usage: "."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """As wide as a terminal shows them (a Chinese letter takes two places), and no code is torn."""
        found = breaking.lines(text, [places(letter) for letter in text], [width])
        return [text[first:end] for first, end in found]


class Parser(argparse.ArgumentParser):
    """argparse that speaks Chinese where it speaks to a user, and takes no text that is none."""

    def __init__(self, *, prog: str, description: str = "", epilog: str = "") -> None:
        super().__init__(
            prog=prog, description=description, epilog=epilog, formatter_class=Layout, add_help=False
        )
        self.register("type", None, text)  # every argument that declares no kind of its own
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and leave with status 2."""
        message = _ONE_OF.sub(r"\1 里要写一个", message)
        for english, chinese in _ENGLISH:
            message = message.replace(english, chinese)
        said = visible.shown(message if len(message) <= MOST_SAID else f"{message[:MOST_SAID]}……")
        self.exit(USAGE, f"用法不对：{said.rstrip('。')}。加 --help 查看用法：{self.prog} --help\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401
        """The verb itself refuses what it does not know: its own --help is named, not the program's."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:  # noqa: ANN401 - as argparse has it
        """argparse drops a value that is only "--" and stumbles over what is left."""
        if action.option_strings and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)

    def _print_message(self, message: str, file: object = None) -> None:
        """Help and version go where results go, what is wrong to where a person is told."""
        (streams.err if file is sys.stderr else streams.out)(message.removesuffix("\n"))


def places(text: str) -> int:
    """How many places a text takes on a terminal: a Chinese letter takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def text(typed: str) -> str:
    """A text that can be stored: UTF-8, and no book."""
    try:
        typed.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("有看不懂的字节（不是 UTF-8 文字），请重新输入") from None
    if "\0" in typed or len(typed) > LONGEST:
        raise argparse.ArgumentTypeError(f"应为不超过 {LONGEST} 个字的文字，请改短")
    return typed


def name(typed: str) -> str:
    """A person's name, for the journal."""
    plain = visible.line(text(typed))
    if not 1 <= len(plain) <= LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"应为 1 至 {LONGEST_NAME} 个字的姓名")
    return plain


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number in this range, its digits of either width."""

    def read(typed: str) -> int:
        bare = personal.plain(typed)
        if re.fullmatch(r"[+-]?[0-9]{1,18}", bare) and least <= int(bare) <= most:
            return int(bare)
        raise argparse.ArgumentTypeError(f"应为 {least} 至 {most} 的整数，不能是“{typed[:30]}”")

    return read


people = number(0, bounds.MOST)
"""People of a session, or papers of a batch."""


def day(typed: str) -> str:
    """A date as ``YYYY-MM-DD``, of the years a campaign may be of; typed in any way that is read."""
    written = dates.read_day(typed, years=dates.ANY_YEAR)
    if written is None:
        raise UserError(f"日期“{typed[:30]}”不对，请写成 2025-10-09 的样子。")
    if int(written.iso[:4]) not in bounds.YEARS:
        least, most = bounds.YEARS[0], bounds.YEARS[-1]
        raise UserError(f"日期“{typed}”不对，年份应为 {least} 至 {most}，请核对。")
    return written.iso


def path(typed: str) -> Path:
    """A name that a file or folder can have."""
    if not typed.strip():
        raise FileError("文件名是空的，请写明文件或文件夹。")
    if "\0" in typed:
        raise FileError("文件名里有不能用的字符，请改名。")
    named = Path(typed)
    long = max((part for part in named.parts), key=lambda part: len(os.fsencode(part)), default="")
    if (size := len(os.fsencode(long))) > saving.LONGEST:
        raise FileError(
            f"文件名“{visible.shown(long[:20])}……”太长（{size} 字节，最多 {saving.LONGEST} 字节，一个汉字 3 字节），请改短。"
        )
    return named


def file_to_read(typed: str) -> Path:
    """A file that is there."""
    named = path(typed)
    if _kind(named) is None:
        raise FileError(f"找不到文件“{named}”，请检查文件名。")
    return _no_other(named)


def data_file(typed: str) -> Path:
    """A data file, there or to be made: its key file and its journal must fit beside it."""
    named = _no_other(path(typed))
    cipher.key_file(named)
    return named


def file_to_write(typed: str) -> Path:
    """A file that a verb writes."""
    return _no_other(path(typed))


def folder(typed: str) -> Path:
    """A folder, there or to be made."""
    named = path(typed)
    kind = _kind(named)
    if kind is not None and not stat.S_ISDIR(kind):
        raise FileError(f"“{named}”不是文件夹，请写一个文件夹。")
    return named


def file_or_folder(typed: str) -> Path:
    """A file or a folder that is there."""
    named = path(typed)
    kind = _kind(named)
    if kind is None:
        raise FileError(f"找不到“{named}”，请检查文件名。")
    return named if stat.S_ISDIR(kind) else _no_other(named)


def out_or_folder(typed: str) -> Path:
    """A file that a verb writes, or the folder to write it into."""
    named = path(typed)
    kind = _kind(named)
    return named if kind is not None and stat.S_ISDIR(kind) else _no_other(named)


def _no_other(named: Path) -> Path:
    """The path, unless a folder, a device or a pipe is there."""
    kind = _kind(named)
    if kind is not None and stat.S_ISDIR(kind):
        raise FileError(f"“{named}”是文件夹，这里要写一个文件的名字。")
    if kind is not None and not stat.S_ISREG(kind):
        raise FileError(f"“{named}”不是普通文件（是设备或管道），请换一个文件。")
    return named


def _kind(named: Path) -> int | None:
    """What kind of thing is there, None for nothing."""
    try:
        return named.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(saving.error_sentence(error, named)) from error
