"""Automatic backups: at the first start of a day, before an import; kept by a simple rule, also on a second drive.

A backup of our own holds everything but what is in the order of the paper (``pages.DRAFTS``): a stack that is not sealed
yet is in it without its ballots. The alternative, to wash the backups once the stack is sealed, does not reach a drive
that is not plugged in then. So the order of paper lives in the data file alone, as long as it does there; whoever puts
such a backup back clears the stack that was being keyed and keys it again. The same holds for the copy made before an
upgrade. What a restore puts aside (恢复前) is the data file itself, with all that was in it, so that the restore can be
undone; ``wash_kept`` takes the ballots out of it when the next stack is sealed, and once a day.

Rule: the newest ``NEWEST`` of each kind stay, and of those made at the start of a day the first of each of the last ``MONTHS``
months. Only files that bear a name of ours are ever deleted. The backups of an encrypted file are encrypted.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.storage import cipher, pages, replacing, store
from pingyi_desktop.storage.troubles import told_as_sentences

DAILY, IMPORT = "每天", "导入前"
NEWEST, MONTHS = 10, 24
FOLDER = "自动备份"
_NAMED = re.compile(rf"-(\d{{4}}-\d\d-\d\d)-(\d{{6}})-({DAILY}|{IMPORT})-\d{{1,3}}\.pingyi")
_KEPT = re.compile(r"-恢复前-\d{1,3}$")
_LATEST = 4_102_444_799
"""the last second of 2099"""
_ROOM = 150
"""Bytes of the data file's name that the names of its backups begin with."""


@dataclass(frozen=True)
class Copy:
    """A backup that is there: ``why`` it was made, ``at`` (local, ``YYYY-MM-DD HH:MM:SS``), its size in bytes."""

    path: Path
    why: str
    at: str
    size: int


def folder(path: Path) -> Path:
    """Where the backups of a data file lie beside it."""
    return path.with_name(f"{_stem(path)}-{FOLDER}")


def folder_elsewhere(path: Path, elsewhere: Path) -> Path:
    """Where they lie on another drive, told from those of other data files of this name."""
    mark = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:8]
    return elsewhere / f"{_stem(path)}-{mark}-{FOLDER}"


def make(
    path: Path, key: bytes | None, why: str, now: datetime, elsewhere: Path | None = None
) -> tuple[str, ...]:
    """Make a backup beside the file and elsewhere, and clear away what is too old; a sentence for each place where it failed.

    A backup that cannot be made stops nothing: the caller tells it.
    """
    failed = []
    for place in (folder(path), *([] if elsewhere is None else [folder_elsewhere(path, elsewhere)])):
        try:
            _make_in(place, path, key, why, now)
        except UserError as error:
            failed.append(f"自动备份没有做成（{place}）：{error}")
    return tuple(failed)


def make_daily(
    path: Path, key: bytes | None, now: datetime, elsewhere: Path | None = None
) -> tuple[str, ...]:
    """The same at a start, unless it was done today in every place that is wanted."""
    places = [folder(path), *([] if elsewhere is None else [folder_elsewhere(path, elsewhere)])]
    if all(_has_today(place, path, now) for place in places):
        return ()
    return (*make(path, key, DAILY, now, elsewhere), *wash_kept(path, key))


def found(path: Path, elsewhere: Path | None = None) -> list[Copy]:
    """Every backup of ours of this file, and what restores put aside, the newest first."""
    places = [folder(path), *([] if elsewhere is None else [folder_elsewhere(path, elsewhere)])]
    listed = [one for place in places for one in _copies_in(place, path)]
    for aside in kept(path):
        status = aside.stat()
        at = moment(status.st_mtime).strftime("%Y-%m-%d %H:%M:%S")
        listed.append(Copy(aside, "恢复前", at, status.st_size))
    return sorted(listed, key=lambda one: (one.at, one.path), reverse=True)


def moment(seconds: float) -> datetime:
    """The time of a file on this computer's clock; before 1970 and after 2099, which no clock of ours says, the nearest."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LATEST), UTC).astimezone()


def surplus(named: Iterable[str], today: str) -> list[str]:
    """Which of the backups with these names may go; those of days after ``today`` (a clock was wrong) go first."""
    known = [(one, match) for one in named if (match := _NAMED.search(one))]
    ordered = sorted(known, key=lambda one: (one[1][1] <= today, one[1][1], one[1][2], one[0]))
    stays = set[str]()
    for why in (DAILY, IMPORT):
        stays.update([name for name, match in ordered if match[3] == why][-NEWEST:])
    months = dict[str, str]()
    for name, match in ordered:
        if match[3] == DAILY and match[1] <= today:
            months.setdefault(match[1][:7], name)
    stays.update(months[month] for month in sorted(months)[-MONTHS:])
    return [name for name, _ in ordered if name not in stays]


def kept(path: Path) -> list[Path]:
    """What restores put aside beside the file."""
    stem = path.stem
    return sorted(
        one
        for one in _files(path.parent)
        if one.suffix == path.suffix and _KEPT.search(one.stem) and _KEPT.sub("", one.stem) == stem
    )


def compact(held: store.Store) -> tuple[str, ...]:
    """Leave nothing of what was deleted in the file; a sentence where it could not be rewritten: the act before is done."""
    try:
        held.compact()
    except UserError as error:
        return (f"这一步已经做完，不用重做；只是文件还没有整理：{error}下一次封存时会再整理。",)
    return ()


def wash_kept(path: Path, key: bytes | None) -> tuple[str, ...]:
    """Take the ballots that were not sealed out of what restores put aside; a sentence for each where that failed."""
    failed = []
    for aside in kept(path):
        try:
            with told_as_sentences(aside), closing(store.connected(aside, key)) as raw:
                raw.execute("PRAGMA journal_mode=MEMORY")
                pages.leave_out_drafts(raw.execute, plain=not cipher.is_encrypted(aside))
        except UserError:
            failed.append(f"“{aside.name}”打不开，里面可能还有没封存的票；不再需要它的，请手工删除。")
    return tuple(failed)


def _make_in(place: Path, path: Path, key: bytes | None, why: str, now: datetime) -> None:
    with told_as_sentences(place):
        if place.is_symlink():
            raise FileError("它是一个链接（快捷方式），没有往里写；请把它移走，备份时会另建文件夹。")
        if not place.parent.is_dir():
            raise FileError("盘没有插上，或文件夹不在了。")
        place.mkdir(exist_ok=True)
        replacing.settle_copies(place, path.suffix)
        begins = place / f"{_stem(path)}-{now:%Y-%m-%d-%H%M%S}{path.suffix}"
        store.backup(path, replacing.unused(begins, why), key, drafts=False)
        for name in surplus((one.path.name for one in _copies_in(place, path)), f"{now:%Y-%m-%d}"):
            saving.wipe(place / name)
            with suppress(UserError):
                saving.wipe(cipher.key_file(place / name))


def _copies_in(place: Path, path: Path) -> list[Copy]:
    listed = []
    for one in _files(place):
        match = _NAMED.search(one.name)
        if match and one.name == f"{_stem(path)}{match[0]}":
            at = f"{match[1]} {match[2][:2]}:{match[2][2:4]}:{match[2][4:]}"
            listed.append(Copy(one, match[3], at, one.stat().st_size))
    return listed


def _has_today(place: Path, path: Path, now: datetime) -> bool:
    return any(one.why == DAILY and one.at.startswith(f"{now:%Y-%m-%d}") for one in _copies_in(place, path))


def _files(place: Path) -> Sequence[Path]:
    """Files of our own; of a link to a folder none, for what lies behind it is somebody else's."""
    try:
        return () if place.is_symlink() else [one for one in place.iterdir() if saving.is_own(one)]
    except OSError:
        return ()


def _stem(path: Path) -> str:
    return os.fsencode(path.stem)[:_ROOM].decode(errors="ignore")
