"""A file written whole or not at all: a drive that is full, pulled or read-only leaves what was there before."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from pingyi_desktop.errors import FileError

_REASONS = {
    errno.ENOSPC: "盘已满",
    errno.EROFS: "盘是只读的",
    errno.EACCES: "没有权限，或正被 WPS 等程序打开",
    errno.EPERM: "没有权限，或正被 WPS 等程序打开",
    errno.ENOENT: "文件夹不存在，U 盘可能已拔出",
    errno.ENOTDIR: "文件夹不存在，U 盘可能已拔出",
    errno.EIO: "盘读写出错",
    errno.EISDIR: "同名的是文件夹",
}


def save(path: Path, data: bytes) -> None:
    """Put these bytes into ``path``, replacing it: beside it first, to the disk, read back, renamed (T21).

    :class:`FileError`, one sentence, when that fails; a file of this name stays as it was and nothing is left beside it.
    """
    part = path.with_name(f".{path.name[:80]}.{token_hex(4)}.tmp")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if part.read_bytes() != data:
            raise FileError(f"“{path.name}”写入后读回来的内容不同，盘可能已坏，请换一个位置或 U 盘。")
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise FileError(f"“{path.name}”没有写成（{reason(error)}），请换一个位置或 U 盘再试。") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """Why the system refused, in a few words."""
    return _REASONS.get(error.errno or 0, "系统拒绝")


def _sync_folder(folder: Path) -> None:
    """Make the new name durable where the system allows it (not on Windows)."""
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
