"""What SQLite and the system say of a data file, as sentences a secretary can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher


@contextmanager
def told_as_sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say of a file into a sentence a secretary can act on.

    What no disk can cause (a broken constraint, a wrong statement, no such table) is our own mistake and passes.
    """
    try:
        yield
    except exc.DBAPIError as error:
        if _is_bug(error.orig):
            raise
        raise FileError(_sentence(path, error.orig)) from error
    except OSError as error:
        raise FileError(saving.error_sentence(error, path)) from error
    except cipher.TROUBLE as error:
        if _is_bug(error):
            raise
        raise FileError(_sentence(path, error)) from error


def _is_bug(error: BaseException | None) -> bool:
    """Tell a mistake in a statement from trouble with the file: SQLITE_ERROR is what SQLite says of the former."""
    return isinstance(error, cipher.BUGS) or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _sentence(path: Path, error: BaseException | None) -> str:
    reason = str(error)
    said = (
        ("interrupted", "的升级已取消，文件没有改动，还是原来的格式。"),
        ("locked", "正被另一个程序使用，请关闭另一个窗口后再试。"),
        (
            "readonly",
            "现在只能读、不能写：文件夹是只读的，或 U 盘已拔出。请插回 U 盘，或把文件复制到本机硬盘后再打开。",
        ),
        ("full", "所在的磁盘已满，请清出空间后重试；已经确认的内容没有丢失。"),
        (
            "not a database",
            f"不是评议数据文件，或已损坏，请选择正确的文件或用备份恢复；如果它是加密的，缺的是密钥文件“{path.name}.key”，"
            "请从原来的电脑或备份里把它一起复制过来。",
        ),
        ("malformed", "已经损坏，请用备份恢复。"),
        ("disk I/O", "读写失败，请检查 U 盘或硬盘是否已拔出。"),
        ("unable to open", "打不开，请检查文件夹是否存在、能否写入，U 盘是否已拔出。"),
    )
    for key, text in said:
        if key in reason:
            return f"“{path.name}”{text}"
    number = getattr(error, "sqlite_errorcode", None)
    return f"“{path.name}”读写失败（数据库错误号 {number or '不明'}），请检查磁盘后重试。"
