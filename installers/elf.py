"""What the programs and libraries of a Linux folder ask of the system they run on, read with ``objdump``."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

NEEDED, GLIBC = re.compile(r"^  NEEDED +(\S+)$", re.MULTILINE), re.compile(r"\bGLIBC_(\d+)\.(\d+)")


@dataclass(frozen=True)
class Asked:
    """The libraries that are not in the folder, and the C library it takes as (2, 28)."""

    libraries: frozenset[str]
    glibc: tuple[int, int]


def asked(folder: Path) -> Asked:
    """What everything in the folder together asks for."""
    files = [path for path in folder.rglob("*") if path.is_file() and is_elf(path)]
    told = "".join(
        subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
        for path in files
    )
    here = {path.name for path in files}
    versions = [(int(major), int(minor)) for major, minor in GLIBC.findall(told)]
    return Asked(frozenset(NEEDED.findall(told)) - here, max(versions, default=(0, 0)))


def is_elf(path: Path) -> bool:
    """Whether a file is a program or library of Linux."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"
