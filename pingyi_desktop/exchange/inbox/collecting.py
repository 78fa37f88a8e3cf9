"""Which files to import: those given, and all packages in a folder or on a USB stick. No database."""

from __future__ import annotations

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from pingyi_desktop import paths, visible
from pingyi_desktop.errors import FileError
from pingyi_desktop.exchange.wire import age, bundle

SUFFIX = paths.PACKAGE_SUFFIX
MAX_FILES = 5000
MAX_LOOKED = 2000
"""Files of other names whose first bytes are looked at, to find a package that was renamed."""
_OURS = re.compile(r"\.pingyi(-[a-z]+)?(\.key|\.lock)?$", re.IGNORECASE)
_ARCHIVES = (".zip", ".rar", ".7z")
MAX_ENTRIES = 200_000
"""Names looked at while searching one folder; a whole hard disk is not a USB stick."""


def collect(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """The package files among these, a folder or USB stick being searched through; links are not followed.

    A file named outright is taken whatever it is called, in a folder also what begins as a package under another name.
    Each is named as it can be shown (bytes that are no letters by their numbers) and once: two files of one name are told
    apart by their folder. Raises FileError for none at all, and beyond ``MAX_FILES`` packages or ``MAX_ENTRIES`` names.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for one in _below(path) if path.is_dir() and not path.is_symlink() else (path,):
            found[one] = None
            if len(found) > MAX_FILES:
                raise FileError(f"数据包多于 {MAX_FILES} 个，请分几个文件夹，分几次导入。")
    if not found:
        raise FileError(_nothing(paths))
    same: defaultdict[str, list[Path]] = defaultdict(list)
    for path in found:
        same[visible.shown(path.name)].append(path)
    return [(_name(path, alone=len(same[visible.shown(path.name)]) == 1), path) for path in found]


def _name(path: Path, *, alone: bool) -> str:
    return visible.shown(path.name if alone else str(path))


def _below(folder: Path) -> Iterator[Path]:
    """Package files below a folder in the order of their names; folders that cannot be read are passed over."""
    seen = looked = 0
    for place, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        seen += len(folders) + len(files)
        if seen > MAX_ENTRIES:
            raise FileError(f"“{folder.name or folder}”里的文件太多，请选择只放数据包的文件夹或 U 盘。")
        for name in sorted(files):
            path = Path(place) / name
            if name.startswith(".") or path.is_symlink():
                continue
            if name.lower().endswith(SUFFIX):
                yield path
            elif looked < MAX_LOOKED and not _OURS.search(name):
                looked += 1
                if _begins_as_package(path):
                    yield path


def _begins_as_package(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a pipe could wait for ever
            return False
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False
    return head.startswith((bundle.FIRST_BYTES, age.MAGIC)) and not age.is_sealed(head)


def _nothing(paths: Sequence[Path]) -> str:
    named = "”“".join(visible.shown(path.name or str(path)) for path in paths)
    inside = sorted(one.name for path in paths for one in path.iterdir())
    archive = next((name for name in inside if name.lower().endswith(_ARCHIVES)), "")
    if archive:
        return f"“{named}”里没有数据包，有压缩包“{visible.shown(archive)}”：请先解压，再选解压出来的文件夹。"
    if not inside:
        return f"“{named}”是空的，没有可以导入的数据包，请核对拿对了 U 盘和文件夹。"
    return f"“{named}”里没有数据包（文件名以“{SUFFIX}”结尾），请核对拿对了 U 盘和文件夹。"
