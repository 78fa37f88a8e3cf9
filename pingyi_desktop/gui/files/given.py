"""What is given by path, on the command line or dropped on the window: each kind of file goes through its own door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pingyi_desktop import paths

UNKNOWN = (
    "不认识“{}”，没有打开。可以放进来的有：数据文件（.pingyi）、任务文件（.pingyi-task）、"
    "数据包（.pingyi-pack，或存放数据包的文件夹）、回执（.pingyi-receipt）、名册（.xlsx、.csv）。"
)
NEEDS_FILE = "“{}”要放进本单位的数据文件里。请先打开或新建本单位的数据文件，再把它拖进来。"
ONE_ROSTER = "一次只能看一份名册，请一份一份地拖进来。"
EXCHANGE, PEOPLE = "exchange", "organisations"
"""the pages that take packages and receipts, and rosters"""


@dataclass(frozen=True)
class Given:
    """Paths by what they are: ``opens`` is a data or task file, ``inside`` goes to pages of an open file, by their keys."""

    opens: Path | None
    inside: dict[str, list[Path]]
    refused: str


def sorted_out(given: Sequence[Path]) -> Given:
    """What each of these is, by its name alone; what does not fit is ``refused`` in a sentence."""
    opens, refused = None, ""
    inside: dict[str, list[Path]] = {}
    for path in given:
        ending = path.suffix.lower()
        if ending in (paths.DATA_SUFFIX, paths.TASK_SUFFIX):
            opens = opens or path
        elif ending in (paths.PACKAGE_SUFFIX, paths.RECEIPT_SUFFIX) or path.is_dir():
            inside.setdefault(EXCHANGE, []).append(path)
        elif ending in paths.ROSTER_SUFFIXES:
            inside.setdefault(PEOPLE, []).append(path)
        else:
            refused = refused or UNKNOWN.format(path.name)
    if len(inside.get(PEOPLE, ())) > 1:
        refused = refused or ONE_ROSTER
    return Given(opens, inside, refused)


def take(
    files: Sequence[Path],
    tell: Callable[[str], object],
    opens: Callable[[Path], bool],
    inside: Callable[[str, Sequence[Path]], bool],
) -> None:
    """Open what is opened, then hand the others to their pages; ``inside`` is False while no file is open."""
    found = sorted_out(files)
    if found.refused:
        tell(found.refused)
    elif found.opens is None or opens(found.opens):
        for key, some in found.inside.items():
            if not inside(key, some):
                tell(NEEDS_FILE.format(some[0].name))
                return
