"""A data file that is no longer where it was: known by what it is, whatever it is called now and wherever it lies.

A file got an id of its own when it was made, and every copy has it. What is inside an encrypted file is not read without
its key; the sixteen bytes that it begins with are its own too, and stay when its password is changed. Looked at without
a lock and without writing anything, and only while no file is open in this process.

Where is looked, in this order: the folder it was in; the same folders on every drive that is not on another computer; the
drives themselves, the folder above, the user's own; then the first ``BELOW`` folders in each of these. ``FOLDERS``
folders are listed and ``FILES`` data files looked at, at most: a moment, also on a slow stick. What backups, upgrades and
restores put aside by themselves is not taken for the file.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from itertools import chain, islice
from pathlib import Path

from pingyi_desktop import paths
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.care import copies, mounts, places

FOLDERS, FILES, BELOW, NAMES, SAME = 200, 200, 40, 2000, 500
"""what is looked at, at most: folders, data files, folders in one folder, names in one, places of the same name"""
_STEPS = 100_000
"""of SQLite, until a file is given up that is none of ours"""
_SALT, _LONGEST = 16, 100
_OF_SYSTEM = ("/proc", "/sys", "/boot", "/run/user")
"""what Linux calls drives, too; in the last one desktops hang drives of other computers"""
_NO_DRIVES = places.NETWORK_KINDS | {"tmpfs", "devtmpfs", "devpts", "mqueue", "hugetlbfs"}
"""kinds whose files lie on another computer, or are gone when this one is switched off"""
_ASIDE = re.compile(r"-(升级前备份-v\d+|恢复前)-\d{1,3}$")


@dataclass(frozen=True)
class Identity:
    """What tells a data file from every other one; ``seal`` is the beginning of an encrypted one, in hexadecimal."""

    unit_code: str = ""
    file_id: str = ""
    seal: str = ""

    def is_of(self, seen: Identity) -> bool:
        """Whether the file that was ``seen`` is this one."""
        if seen.file_id:
            return (self.unit_code, self.file_id) == (seen.unit_code, seen.file_id)
        return bool(seen.seal) and self.seal == seen.seal

    def __str__(self) -> str:
        """As it is kept."""
        return " ".join(astuple(self))


def read(written: str) -> Identity | None:
    """The identity that was kept; None for anything else."""
    parts = written.split(" ")
    if len(parts) != 3 or not parts[1] or any(len(one) > _LONGEST for one in parts):
        return None
    return Identity(*parts)


def of_open(path: Path, key: bytes | None) -> Identity:
    """Of a file that this program has open, with all that can be known of it."""
    with suppress(*cipher.TROUBLE, TypeError), closing(store.connected(path, key)) as raw:
        unit_code, file_id = raw.execute("SELECT unit_code, file_id FROM data_file").fetchone()
        salt = raw.execute("PRAGMA cipher_salt").fetchone()
        return Identity(unit_code, file_id, salt[0] if salt else "")
    return Identity()


def glance(path: Path) -> Identity:
    """Of a file that is open nowhere here; nothing is told from one that is none of ours, or is damaged."""
    with suppress(*cipher.TROUBLE, FileError, ValueError):
        if not paths.is_there(path):
            return Identity()
        if cipher.is_encrypted(path):
            with path.open("rb") as file:
                return Identity(seal=file.read(_SALT).hex())
        where = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(where, uri=True)) as raw:
            raw.set_progress_handler(lambda: 1, _STEPS)
            found = raw.execute("SELECT unit_code, file_id FROM data_file").fetchone()
        if found is not None and all(isinstance(one, str) and len(one) <= _LONGEST for one in found):
            return Identity(*found)
    return Identity()


def found_again(path: Path, known: Identity | None) -> Path | None:
    """Where a data file is now that is no longer at ``path``; of several copies the one that was written to last.

    Without knowing what it is, the first of its name in the same folders of another drive.
    """
    steps = looked_for(path, known)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: Path | None = done.value
            return found


def looked_for(path: Path, known: Identity | None) -> Generator[None, None, Path | None]:
    """The same step by step, each no more than one folder or one file: a window lives on between them."""
    drives = [
        Path(where)
        for where, kind in mounts.mounted()
        if kind.casefold() not in _NO_DRIVES and not where.startswith(_OF_SYSTEM)
    ]
    same = [Path(one) for one in islice(places.elsewhere(path, drives), SAME)]
    if known is None:
        for one in same:
            yield
            if paths.is_there(one):
                return one
        return None
    folders = [path.parent, *(one.parent for one in same), *drives, path.parent.parent, *_home()]
    alike, left = list[Path](), FILES
    for files in islice(_data_files(folders), FOLDERS):
        yield
        for one in files[:left]:
            if one != path and known.is_of(glance(one)):
                alike.append(one)
            yield
        left -= len(files[:left])
    return max(alike, key=_written, default=None)


def last_written(path: Path) -> str:
    """When a file was written to last, on this computer's clock; it tells an old copy from the file."""
    return f"{copies.moment(_written(path)):%Y-%m-%d %H:%M}"


def _data_files(folders: Sequence[Path]) -> Iterator[list[Path]]:
    """The data files of each of these folders that can be read, then of the folders in them."""
    seen = dict[Path, list[Path]]()
    for folder in folders:
        if folder not in seen and (found := _entries(folder)) is not None:
            files, seen[folder] = found
            yield files
    for folder in chain.from_iterable([below[:BELOW] for below in seen.values()]):
        if folder not in seen and (found := _entries(folder)) is not None:
            yield found[0]


def _entries(folder: Path) -> tuple[list[Path], list[Path]] | None:
    """The data files in a folder, and the folders; None when it cannot be read."""
    files, below = list[Path](), list[Path]()
    try:
        with os.scandir(folder) as entries:
            for one in islice(entries, NAMES):
                stem, suffix = os.path.splitext(one.name)
                if _is_folder(one):
                    below += [] if stem.startswith(".") or stem.endswith(copies.FOLDER) else [Path(one.path)]
                elif suffix == paths.DATA_SUFFIX and not _ASIDE.search(stem):
                    files.append(Path(one.path))
    except OSError:
        return None
    return files, below


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads in a circle, or where nobody may go, is none: it hides nothing that lies beside it."""
    with suppress(OSError):
        return entry.is_dir()
    return False


def _home() -> list[Path]:
    with suppress(OSError):
        return [paths.home()]
    return []


def _written(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0
