"""The source as it was committed, laid down apart: a build takes minutes, and nobody may change under it what it reads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANY_DAY = 1_700_000_000


def lay(folder: Path) -> None:
    """The files of the last commit into ``folder``; what else lies there stays. ``CalledProcessError`` outside git."""
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)


def epoch() -> int:
    """Seconds when the source was last committed, so that the same source gives the same bytes; a fixed day outside git."""
    if shutil.which("git") is None:
        return ANY_DAY
    command = ["git", "log", "-1", "--format=%ct"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout.strip() or ANY_DAY)
