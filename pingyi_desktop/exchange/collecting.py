"""Which files to import: those given, and all packages in a folder or on a USB stick. No database."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from pingyi_desktop import visible
from pingyi_desktop.errors import FileError

SUFFIX = ".pingyi-pack"
MAX_FILES = 5000
MAX_ENTRIES = 200_000
"""Names looked at while searching one folder; a whole hard disk is not a USB stick."""


def collect(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """The package files among these, a folder or USB stick being searched through; links are not followed.

    A file named outright is taken whatever it is called, and named as it can be shown: bytes that are no letters by
    their numbers. Names are unique: two files of one name are told apart by their folder. Raises FileError beyond ``MAX_FILES`` packages or ``MAX_ENTRIES`` names.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for one in _below(path) if path.is_dir() and not path.is_symlink() else (path,):
            found[one] = None
            if len(found) > MAX_FILES:
                raise FileError(f"数据包多于 {MAX_FILES} 个，请分几个文件夹，分几次导入。")
    same: defaultdict[str, list[Path]] = defaultdict(list)
    for path in found:
        same[visible.shown(path.name)].append(path)
    return [(_name(path, alone=len(same[visible.shown(path.name)]) == 1), path) for path in found]


def _name(path: Path, *, alone: bool) -> str:
    return visible.shown(path.name if alone else str(path))


def _below(folder: Path) -> Iterator[Path]:
    """Package files below a folder in the order of their names; folders that cannot be read are passed over."""
    seen = 0
    for place, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        seen += len(folders) + len(files)
        if seen > MAX_ENTRIES:
            raise FileError(f"“{folder.name or folder}”里的文件太多，请选择只放数据包的文件夹或 U 盘。")
        for name in sorted(files):
            path = Path(place) / name
            if name.lower().endswith(SUFFIX) and not name.startswith(".") and not path.is_symlink():
                yield path
