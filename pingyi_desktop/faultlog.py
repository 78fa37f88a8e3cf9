"""The log of bugs: text files beside the user's settings, for whoever maintains the program; the oldest is given up.

It is handed on as it is, and lies in the open beside an encrypted data file. So only what names nobody is written into it:
versions, places in programs, kinds of errors. What an error said is shown to whoever is at the keys, and nowhere kept.
"""

from __future__ import annotations

import platform
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pingyi_desktop import __version__, paths

LIMIT = 1_000_000  # bytes of one file
KEPT = 3
"""files: the one that is written to and those before it"""
_HEAD = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ pingyi [\w.+-]{1,40} Python [\w.+-]{1,40} [\w.+-]{1,120}"
)
_PLACE = re.compile(
    r'\s*File "(?P<path>[^"]*)", line (?P<line>\d{1,9}), in (?P<name>[A-Za-z_<][\w<>.]{0,80})'
)
_KIND = re.compile(
    r"(?P<kind>[A-Za-z_][A-Za-z0-9_.]{0,80}(?:Error|Exception|Warning|Interrupt|Exit|Iteration))(?::.*)?",
    re.DOTALL,
)
_FIXED = frozenset(
    {
        "Traceback (most recent call last):",
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    }
)
_OURS = ("pingyi_desktop", "site-packages")


def append(details: str) -> Path:
    """Write a bug to the log, without what it said, and give its path; a file that is long enough makes room. ``OSError``
    where nothing can be written."""
    log = files()[0]
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.is_file() and log.stat().st_size > LIMIT:
        listed = files()
        for older, newer in zip(reversed(listed), reversed(listed[:-1]), strict=False):
            if newer.is_file():
                newer.replace(older)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with log.open("a", encoding="utf-8", errors="backslashreplace") as out:
        out.write(
            f"{now} pingyi {__version__} Python {platform.python_version()} {platform.platform()}\n"
            f"{scrubbed(details)}\n"
        )
    return log


def files() -> list[Path]:
    """Where the log is, the newest part first; parts need not be there."""
    folder = paths.user_data() / "logs"
    return [folder / f"pingyi{f'.{number}' if number else ''}.log" for number in range(KEPT)]


def without_personal_data() -> str:
    """The log, the oldest part first, with nothing in it but versions, places in programs and kinds of errors.

    An earlier edition wrote all of it: only lines of a known shape stay, whoever wrote them.
    """
    text = ""
    with suppress(OSError):
        for log in reversed(files()):
            if log.is_file():
                text += log.read_text(encoding="utf-8", errors="replace")
    return scrubbed(text)


def scrubbed(text: str) -> str:
    """Of a text of the log, the lines that name nobody."""
    return "".join(f"{line}\n" for line in map(_scrubbed, text.splitlines()) if line)


def _scrubbed(line: str) -> str:
    if line in _FIXED or _HEAD.fullmatch(line):
        return line
    if (place := _PLACE.fullmatch(line)) and place["name"].isascii():
        return f'  File "{_inside(place["path"])}", line {place["line"]}, in {place["name"]}'
    kind = _KIND.fullmatch(line)
    return kind["kind"] if kind else ""


def _inside(path: str) -> str:
    """A path from the program's own folder on; of any other file only that it is another."""
    parts = re.split(r"[\\/]+", path)
    for mark in _OURS:
        if mark in parts:
            inside = "/".join(parts[len(parts) - 1 - parts[::-1].index(mark) :])
            return inside if inside.isascii() else "…"
    return "…"
