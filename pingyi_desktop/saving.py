"""Files put in place whole or not at all, and taken away so that nothing of them is left.

A drive that is full, pulled or read-only leaves what was there before. Whoever can write into the folder may have put a
link where we write or delete; therefore what is overwritten, deleted or renamed here is a regular file of our own, and no
link is followed. Overwriting reaches what a file system overwrites in place; a flash disk may keep old copies by itself.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from pingyi_desktop.errors import FileError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LONGEST = 255
"""Bytes of a file's name that every system takes."""
_REASONS = {
    errno.ENOSPC: "盘已满",
    errno.EROFS: "盘是只读的",
    errno.EACCES: "没有权限，或正被 WPS 等程序打开",
    errno.EPERM: "没有权限，或正被 WPS 等程序打开",
    errno.ENOENT: "文件夹不存在，U 盘可能已拔出",
    errno.ENOTDIR: "文件夹不存在，U 盘可能已拔出",
    errno.EIO: "盘读写出错",
    errno.EISDIR: "同名的是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EEXIST: "已经有同名的文件",
    errno.ELOOP: "链接（快捷方式）绕成了圈",
    errno.EDQUOT: "超出了给您的磁盘配额",
    errno.EFBIG: "文件太大，这个盘放不下",
    errno.EBUSY: "正被别的程序使用",
    errno.ETXTBSY: "正被别的程序使用",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "同时打开的文件太多",
    errno.ENODEV: "设备已拔出",
    errno.ENXIO: "设备已拔出",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.EXDEV: "不在同一个盘上",
    errno.EBADF: "输出已关闭",
    errno.EPIPE: "接收的程序已关闭",
    errno.EILSEQ: "文件名里有这个盘不能用的字",
    errno.EINVAL: "名称或位置不合规定",
    errno.ENOMEM: "内存不够",
}
_CHUNK = 1_048_576  # bytes
_SCANNED = (0.1, 0.2, 0.4, 0.8) if os.name == "nt" else ()
"""seconds between the tries to rename a file that another program holds"""
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def save(path: Path, data: bytes) -> None:
    """Put these bytes into ``path``, replacing it: beside it first, to the disk, read back, renamed (T21).

    :class:`FileError`, one sentence, when that fails; a file of this name stays as it was and nothing is left beside it.
    What an earlier save of this name left when it was cut off is cleared.
    """
    begins = f".{path.name[:60]}."
    part = path.with_name(f"{begins}{token_hex(4)}.tmp")
    try:
        _clear(path.parent, begins)
        with open_new(part) as file:
            _hold(file)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if part.read_bytes() != data:
            raise FileError(f"“{path.name}”写入后读回来的内容不同，盘可能已坏，请换一个位置或 U 盘。")
        put(part, path)
    except OSError as error:
        raise FileError(f"“{path.name}”没有写成（{reason(error)}），请换一个位置或 U 盘再试。") from error
    finally:
        with suppress(OSError):
            wipe(part)


@contextmanager
def all_or_none() -> Iterator[Callable[[Path, bytes], None]]:
    """Gives ``save`` for many files that belong together: when the block ends with an error, none of them is left."""
    saved: list[Path] = []
    whole = False

    def keep(path: Path, data: bytes) -> None:
        save(path, data)
        saved.append(path)

    try:
        yield keep
        whole = True
    finally:
        for path in () if whole else saved:
            with suppress(OSError):
                wipe(path)


def reason(error: OSError) -> str:
    """Why the system refused, in a few words."""
    return _REASONS.get(error.errno or 0, f"系统拒绝，错误号 {error.errno}" if error.errno else "系统拒绝")


def error_sentence(error: OSError, path: Path | None = None) -> str:
    """What the system said of a file, as a sentence; ``path`` when the error does not name it itself."""
    named = path if path is not None else Path(os.fsdecode(error.filename or "") or ".")
    name = named.name or str(named)
    shown = (
        f"“{name if len(name) <= 60 else name[:60] + '……'}”" if path is not None or error.filename else "文件"
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{shown}所在的磁盘已满，请清出空间后重试；已经确认的内容没有丢失。"
    return f"{shown}不能读写（{reason(error)}），请检查位置、权限和磁盘，或换一个文件夹再试。"


def put(part: Path, path: Path) -> None:
    """Rename a file that is whole and on the disk into its place, and make the new name durable.

    On Windows a virus scanner holds what was just written for a moment: that is waited for, and no longer.
    """
    for seconds in (*_SCANNED, None):
        try:
            part.replace(path)
            break
        except PermissionError:
            if seconds is None:
                raise
            time.sleep(seconds)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names durable where the system allows it (not on Windows)."""
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def is_own(path: Path) -> bool:
    """Whether this is a regular file of our own: no link, no folder or device, not somebody else's."""
    try:
        return _is_ours(path.lstat())
    except OSError:
        return False


def open_new(path: Path) -> BinaryIO:
    """A file that was not there before, open for writing; a link of this name is not followed but refused."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOT_FOLLOWED, 0o666), "w+b")


def wipe(path: Path, *, shared: bool = False) -> None:
    """Overwrite a file of our own with zeros, to the disk, and delete it; what is not our own stays as it is.

    A file that has a second name only loses this one, unless it is known what that is (``shared``).
    """
    with _opened(path) as file:
        if file is None:
            return
        status = os.fstat(file.fileno())
        if status.st_nlink == 1 or shared:
            for begin in range(0, status.st_size, _CHUNK):
                file.write(bytes(min(_CHUNK, status.st_size - begin)))
            file.flush()
            os.fsync(file.fileno())
    path.unlink()


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """True while nobody else has the same: the system frees it when a program is killed. The file at ``path`` is empty."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | _NOT_FOLLOWED, 0o666)
    with os.fdopen(handle, "r+b") as file:
        mine = _hold(file) and _is_still(path, file)
        try:
            yield mine
        finally:
            if mine and os.name == "posix":
                path.unlink(missing_ok=True)
    if mine and os.name != "posix":  # there an open file cannot be deleted
        with suppress(OSError):
            path.unlink()


def _hold(file: BinaryIO) -> bool:
    """Hold an open file until it is closed; False when another does."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _clear(folder: Path, begins: str) -> None:
    """Wipe what a save left that was cut off; one that is going on holds its file."""
    for left in folder.iterdir():
        if left.name.startswith(begins) and left.name.endswith(".tmp") and len(left.name) == len(begins) + 12:
            with suppress(OSError):
                with _opened(left) as file:
                    free = file is not None and _hold(file)
                if free:
                    wipe(left)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | None]:
    """A regular file of our own, open for overwriting; None when it is anything else, or not there."""
    if not is_own(path):
        yield None
        return
    with os.fdopen(os.open(path, os.O_RDWR | _NOT_FOLLOWED), "r+b") as file:
        yield file if _is_ours(os.fstat(file.fileno())) and _is_still(path, file) else None


def _is_ours(status: os.stat_result) -> bool:
    mine = os.geteuid() if hasattr(os, "geteuid") else status.st_uid
    return stat.S_ISREG(status.st_mode) and status.st_uid == mine


def _is_still(path: Path, file: BinaryIO) -> bool:
    """Whether the open file is the one of this name, and the name no link."""
    try:
        named, held = path.lstat(), os.fstat(file.fileno())
    except OSError:
        return False
    return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)
