"""What this computer says of its drives, for ``places``."""

from __future__ import annotations

import ctypes
import os
import re
import string
import sys
from pathlib import Path

from pingyi_desktop.storage.care import places

_REMOTE = 4
_GONE = (0, 1)
"""what Windows calls a network drive, and letters without one"""
_MOUNTS = Path("/proc/self/mounts")
_ONEDRIVE = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
"""variables in which Windows tells where OneDrive's folders are"""


def mounted() -> list[tuple[str, str]]:
    """Where each drive is, and its kind of file system: ``network`` for what Windows calls that."""
    if sys.platform == "win32":
        kinds = {
            f"{one}:\\": ctypes.windll.kernel32.GetDriveTypeW(f"{one}:\\") for one in string.ascii_uppercase
        }
        return [
            (root, "network" if kind == _REMOTE else "") for root, kind in kinds.items() if kind not in _GONE
        ]
    try:
        return read_mounts(_MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return [("/", "")]


def read_mounts(listed: str) -> list[tuple[str, str]]:
    """Linux's list: what, where, kind; a byte that is no letter is written as three octal digits."""
    split = (line.split(" ") for line in listed.splitlines())
    return [(_plain(words[1]), words[2]) for words in split if len(words) > 2]


def warning(path: Path) -> str:
    """What to say of the place of a data file on this computer, "" when nothing."""
    roots = [("OneDrive", Path(os.environ[one])) for one in _ONEDRIVE if os.environ.get(one)]
    return places.warning(path.absolute(), mounted(), roots)


def _plain(written: str) -> str:
    data = re.sub(rb"\\([0-7]{3})", lambda one: bytes([int(one[1], 8)]), written.encode("utf-8", "replace"))
    return data.decode("utf-8", "replace")
