"""Where resources live and where user data goes, in a source tree, an installed wheel and a frozen build."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

DATA_SUFFIX, TASK_SUFFIX, PACK_SUFFIX = ".pingyi", ".pingyi-task", ".pingyi-pack"
"""How the names of our files end: the unit's own, what comes from above, and what is handed on."""


def resources() -> Path:
    """Folder of the read-only product data (forms, fonts, icons, demo)."""
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


EVERY_PAGE = "--every-page"
"""What the program is started with by its own test: the window opens all its pages, unseen, on the file named next."""


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


def user_data() -> Path:
    """Folder for the user's own files, created on first use; no administrator rights needed. ``OSError`` when it cannot be."""
    if override := os.environ.get("PINGYI_HOME"):
        folder = Path(override)
    elif sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or home()) / "Pingyi"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or home() / ".local" / "share") / "pingyi"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
