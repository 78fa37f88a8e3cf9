"""USB sticks and other drives that can be pulled out, as a file dialog offers them beside the user's own folders."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from PySide6.QtCore import QStorageInfo

WHERE_PLUGGED_IN = (PurePosixPath("/media"), PurePosixPath("/run/media"))
REMOVABLE = 2
"""what Windows calls a drive that can be pulled out"""


def removable(roots: Iterable[str], kind_of: Callable[[str], int] | None) -> list[str]:
    """Which mounted roots can be pulled out; ``kind_of`` gives the type of a Windows drive, None elsewhere."""
    if kind_of is not None:
        return [root for root in roots if kind_of(root) == REMOVABLE]
    return [root for root in roots if set(WHERE_PLUGGED_IN) & set(PurePosixPath(root).parents)]


def plugged_in() -> list[str]:
    """The roots of the drives that are plugged in now."""
    ready = (one for one in QStorageInfo.mountedVolumes() if one.isValid() and one.isReady())
    return removable([one.rootPath() for one in ready], _windows_kind if sys.platform == "win32" else None)


def _windows_kind(root: str) -> int:
    if sys.platform != "win32":
        return 0
    return int(ctypes.windll.kernel32.GetDriveTypeW(root.replace("/", "\\")))
