"""Where resources live and where user data goes, in a source tree, an installed wheel and a frozen build."""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from pathlib import Path

DATA_SUFFIX, TASK_SUFFIX = ".pingyi", ".pingyi-task"
OPENED = (DATA_SUFFIX, TASK_SUFFIX)
"""How the names of the files end that a double click opens."""
PACKAGE_SUFFIX, RECEIPT_SUFFIX, ROSTER_SUFFIXES = ".pingyi-pack", ".pingyi-receipt", (".xlsx", ".csv")
"""How those end that are taken into a file that is open: packages, receipts, rosters."""
GIVEN = (*OPENED, PACKAGE_SUFFIX, RECEIPT_SUFFIX, *ROSTER_SUFFIXES)
"""How all of them end: named alone, without a command, they open the window."""

_SECOND = "第二备份位置.txt"
_LONGEST = 4096
"""Bytes of a path: the most that any system takes."""


_PACKAGE = Path(__file__).resolve().parent


def resources() -> Path:
    """Folder of the read-only product data (forms, fonts, icons, demo)."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    installed = _PACKAGE / "resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


EVERY_PAGE = "--every-page"
"""What the program is started with by its own test: the window opens all its pages, unseen, on the file named next."""
FOR_WINDOW = "PINGYI_FOR_WINDOW"
"""the variable in which a window tells the program that works for it which process the window is"""


def itself() -> list[str]:
    """The words that start this program again."""
    frozen = hasattr(sys, "_MEIPASS")
    return [sys.executable] if frozen else [sys.executable, "-m", "pingyi_desktop"]


def home() -> Path:
    """The user's own folder; ``OSError`` for an account that has none."""
    try:
        return Path.home()
    except RuntimeError as error:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "~") from error


def is_there(path: Path) -> bool:
    """Whether a file is there; one in a folder that may not be entered is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def lock_beside(path: Path) -> Path:
    """The small file that a window holds beside its data file: one for a file, whatever links lead to it."""
    found = Path(os.path.realpath(path))
    return found.with_name(found.name + ".lock")


def demo_folder() -> Path:
    """Where the demo lies that is made from the welcome screen."""
    return user_data() / "演示"


def user_data() -> Path:
    """Folder for the user's own files, created on first use; no administrator rights needed. ``OSError`` when it cannot be."""
    if override := os.environ.get("PINGYI_HOME"):
        folder = Path(override)
    elif sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or home()) / "Pingyi"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or home() / ".local" / "share") / "pingyi"
    return _made(folder)


@cache
def _made(folder: Path) -> Path:
    """The folder, looked for once: settings are asked for a hundred times before a window stands."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def second_drive() -> Path | None:
    """Where automatic backups go besides the data file's own folder, if somebody named a place; it may not be there now."""
    try:
        with (user_data() / _SECOND).open("rb") as file:
            written = os.fsdecode(file.read(_LONGEST + 1)).strip()
    except OSError:
        return None
    return as_place(written)


def as_place(written: str) -> Path | None:
    """An absolute path as a settings file has it; None for what can be none, whoever wrote it."""
    if not written or len(os.fsencode(written)) > _LONGEST or any(ord(one) < 32 for one in written):
        return None
    return place if (place := Path(written)).is_absolute() else None


def set_second_drive(place: Path | None) -> None:
    """Name that place, or none. ``OSError`` when it cannot be remembered."""
    (user_data() / _SECOND).write_bytes(b"" if place is None else os.fsencode(place))
