"""A data file made, replaced or converted in one step; and what an act that was cut off left beside it.

Every act builds a whole new file beside the data file, brings it to the disk and renames it once. What is needed besides
the data file lies there before that moment and is named after it. The files beside ``X.pingyi`` while an act is on:

    X.pingyi.part          the new file, not yet whole
    X.pingyi.key.next      the key file of the new one
    X.pingyi.replaced      the old one, to be overwritten (a conversion)
    X.pingyi.kept          the old one, to be kept under another name (a restore), with .kept.key and .kept-journal
    X.pingyi.busy          held by the program that acts; freed by the system when that is killed

``.kept`` and ``.replaced`` are second names of the data file until it is replaced: that tells :func:`settle`, which runs
before anything opens the file, whether the act came to its end or is taken back. A disk without hard links (a USB stick
in FAT) has the old file under that name alone for a moment; ``settle`` puts it back. What is settled, overwritten or
renamed is a regular file of our own (``saving``).

Earlier editions wrote ``.converting``, ``.key.pending`` and ``.key.part``; those are settled too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher

PART, NEXT, REPLACED, KEPT, BUSY = ".part", ".key.next", ".replaced", ".kept", ".busy"
KEPT_KEY, KEPT_JOURNAL, JOURNAL = ".kept.key", ".kept-journal", "-journal"
CONVERTING, PENDING, KEY_PART = ".converting", ".key.pending", ".key.part"
HALVES = (PART, CONVERTING, KEY_PART, PART + JOURNAL, CONVERTING + JOURNAL)
"""What is never whole: wiped whenever it is found and nobody is writing it."""
LEFT = (*HALVES, NEXT, PENDING, REPLACED, KEPT, KEPT_KEY, KEPT_JOURNAL)


def beside(path: Path, ending: str) -> Path:
    """The file of this ending beside a data file; a name too long for that is cut, and told from others by a digest."""
    name = path.name + ending
    if len(os.fsencode(name)) > saving.LONGEST:
        mark = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
        name = f"{_cut(path.stem, saving.LONGEST - len(mark) - len(ending) - 1)}-{mark}{ending}"
    return path.with_name(name)


def unused(path: Path, mark: str, *, key: bytes | None = None) -> Path:
    """A name for a copy that stays beside a data file: no file is there, nor a key file (but one that is ``key``)."""
    room = saving.LONGEST - len(path.suffix) - len(f"-{mark}-999".encode()) - len(".key-journal")
    stem = _cut(path.stem, room)
    settle_copies(path.parent, path.suffix, begins=f"{stem}-{mark}-")
    numbered = (path.with_name(f"{stem}-{mark}-{number}{path.suffix}") for number in count(1))
    return next(one for one in numbered if not os.path.lexists(one) and _has_no_other_key(one, key))


def check_free(path: Path, key_file: bytes | None) -> None:
    """Refuse to make a data file beside a key file that may belong to another one."""
    if not _has_no_other_key(path, key_file):
        raise FileError(
            f"文件夹里已有密钥文件“{cipher.key_file(path).name}”，它可能属于另一个加密文件，没有改动它；请换一个文件名。"
        )


@contextmanager
def making(path: Path) -> Iterator[Path]:
    """An empty file beside ``path`` that becomes ``path`` by :func:`put`; meanwhile nobody else makes or replaces it.

    Whatever is not put in its place at the end of the block is wiped.
    """
    if path.is_symlink():
        raise FileError(f"“{path.name}”是一个链接（快捷方式），没有改动它；请直接选它指向的文件。")
    with _alone(path):
        _settle(path)
        part = beside(path, PART)
        _make_room(part)
        try:
            yield part
        finally:
            with suppress(OSError):
                _settle(path)


def put(part: Path, path: Path, *, key_file: bytes | None, keep: bool = False) -> Path | None:
    """Put the new file in the place of the old one in one step, with the key file that opens it (None: a plain one).

    The old one is overwritten or, with ``keep``, kept beside under a new name, which is returned.
    """
    _sync(part)
    if key_file is not None:
        _write(beside(path, NEXT), key_file)
    if path.exists():
        _step_aside(path, keep=keep)
    saving.put(part, path)
    if (
        not keep
    ):  # before anything else is opened or closed: whoever waits for the old file must find zeros in it
        _wipe_old(path, shared=True)
    return _settle(path)


def settle(path: Path) -> Path | None:
    """Finish or take back what an act that was cut off left beside a data file; the new name of one that was kept.

    Nothing happens while the act is still going on, nor on a medium that cannot be written to.
    """
    if not any(os.path.lexists(beside(path, ending)) for ending in (*LEFT, BUSY)):
        return None
    try:
        with _alone(path):
            return _settle(path)
    except OSError:
        return None


def settle_copies(folder: Path, suffix: str, *, begins: str = "") -> None:
    """Settle all copies in a folder, with names like these, that were cut off when they were made; one that is being made
    is let be, and so is what other programs call half made."""
    with suppress(OSError):
        for one in list(folder.iterdir()):
            copy = one.name.removesuffix(PART).removesuffix(BUSY)
            if copy != one.name and copy.startswith(begins) and copy.endswith(suffix):
                with suppress(FileError):
                    settle(one.with_name(copy))


def left(path: Path) -> str:
    """A sentence when something still lies beside an open data file that could not be settled; "" when nothing does."""
    names = [one.name for ending in LEFT if os.path.lexists(one := beside(path, ending))]
    if not names:
        return ""
    return (
        f"“{path.name}”旁边还留有“{'”“'.join(names)}”，不能清除：可能是没做完的加密、取消口令或恢复留下的，"
        "里面可能有没有加密的内容。请核对以后手工删除，或移到别处。"
    )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with saving.alone(beside(path, BUSY)) as mine:
        if not mine:
            raise FileError(f"另一个程序正在建立、加密或恢复“{path.name}”，请等它做完再试。")
        yield


def _settle(path: Path) -> Path | None:
    if not os.path.lexists(path) and saving.is_own(beside(path, PART)):
        saving.wipe(beside(path, NEXT))
    for ending in HALVES:
        saving.wipe(beside(path, ending))
    old, kept = beside(path, REPLACED), beside(path, KEPT)
    for aside in (old, kept):
        if saving.is_own(aside) and not os.path.lexists(path):
            aside.rename(path)
        elif saving.is_own(aside) and path.is_file() and aside.samefile(path):
            aside.unlink()
    renewed = saving.is_own(kept) and path.is_file()
    if not renewed:
        _take_back(path)
    _settle_keys(path, renewed=renewed)
    if saving.is_own(old) and path.is_file() and cipher.begins_plain(old) != cipher.begins_plain(path):
        _wipe_old(path, shared=False)
    saving.sync_folder(path.parent)
    return _keep(path, kept) if renewed else None


def _wipe_old(path: Path, *, shared: bool) -> None:
    """Under the name of a half-made file, which it is from the first zero on: one that was cut off is gone on with."""
    old, half = beside(path, REPLACED), beside(path, PART)
    if saving.is_own(old):
        old.rename(half)
        saving.wipe(half, shared=shared)


def _take_back(path: Path) -> None:
    """The journal of an interrupted write goes back to the file it belongs to; the key file is still there."""
    journal = beside(path, KEPT_JOURNAL)
    if saving.is_own(journal) and path.is_file() and not os.path.lexists(beside(path, JOURNAL)):
        journal.rename(beside(path, JOURNAL))
    saving.wipe(beside(path, KEPT_KEY))


def _settle_keys(path: Path, *, renewed: bool) -> None:
    """Name the key file of the file that is there now; ``renewed`` when another one was there before."""
    coming, pending, key = beside(path, NEXT), beside(path, PENDING), cipher.key_file(path)
    if not path.is_file():
        if saving.is_own(coming) and not os.path.lexists(key):
            coming.rename(key)  # the data file was moved away without it
        return
    for new in (coming, pending):
        if not saving.is_own(new):
            continue
        if cipher.begins_plain(path) or (key.exists() and not (renewed and new == coming)):
            saving.wipe(new)
        else:
            new.replace(key)
    if renewed and saving.is_own(key) and cipher.begins_plain(path):
        saving.wipe(key)


def _step_aside(path: Path, *, keep: bool) -> None:
    """Give the old file a second name, and lay what belongs to it under that."""
    aside = beside(path, KEPT if keep else REPLACED)
    if os.path.lexists(aside):
        raise FileError(f"“{aside.name}”挡在那里，没有改动“{path.name}”；请把它移到别处再试。")
    if keep and cipher.is_encrypted(path):
        _write(beside(path, KEPT_KEY), cipher.read_key_file(path))
    try:
        os.link(path, aside)
    except OSError:  # a disk without hard links: a USB stick in FAT
        path.rename(aside)
    journal = beside(path, JOURNAL)
    if keep and saving.is_own(journal):
        journal.rename(beside(path, KEPT_JOURNAL))


def _keep(path: Path, kept: Path) -> Path:
    """Give the file that was replaced, and what belongs to it, the name under which it stays."""
    left_key, journal = beside(path, KEPT_KEY), beside(path, KEPT_JOURNAL)
    key = left_key.read_bytes() if saving.is_own(left_key) else None
    to = unused(path, "恢复前", key=key)
    if key is not None:
        saving.save(cipher.key_file(to), key)
    if saving.is_own(journal):
        journal.replace(beside(to, JOURNAL))
    kept.rename(to)
    saving.wipe(left_key)
    saving.sync_folder(path.parent)
    return to


def _has_no_other_key(path: Path, key: bytes | None) -> bool:
    there = cipher.key_file(path)
    return not os.path.lexists(there) or (saving.is_own(there) and there.read_bytes() == key)


def _make_room(part: Path) -> None:
    if os.path.lexists(part):
        raise FileError(f"“{part.name}”挡在那里，它不是本程序写的文件，没有改动它；请把它移到别处再试。")
    saving.open_new(part).close()


def _write(path: Path, content: bytes) -> None:
    saving.wipe(path)
    with saving.open_new(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(part: Path) -> None:
    with part.open("rb+") as written:
        os.fsync(written.fileno())


def _cut(text: str, room: int) -> str:
    return os.fsencode(text)[:room].decode(errors="ignore")
