"""The log of bugs: a text file beside the user's settings, for whoever maintains the program."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from pathlib import Path

from pingyi_desktop import __version__, paths

LIMIT = 1_000_000  # bytes


def write(details: str) -> Path | None:
    """Append a bug to the log, which starts anew when it grows too long; its path, None where nothing can be written."""
    try:
        return _written(paths.user_data() / "logs" / "pingyi.log", details)
    except OSError:  # the box that tells of the bug has the details too
        return None


def _written(log: Path, details: str) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = (
        f"{now} pingyi {__version__} Python {platform.python_version()} {platform.platform()}\n{details}\n"
    )
    fresh = not log.is_file() or log.stat().st_size > LIMIT
    with log.open("w" if fresh else "a", encoding="utf-8") as out:
        out.write(entry)
    return log
