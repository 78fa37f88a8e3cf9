"""Run the hand-made mutants of the security lines: ``python3 installers/dev.py mutants [--jobs N] [names…]``.

The source tree is copied to a temporary folder and only the copy is ever changed. For each mutant its tests must pass in
the unchanged copy and one of them must fail in the changed one. What ends in any other way (nothing collected, an error
while importing, no end in time) has not been killed by a test and is told as BROKEN. A mutant whose tests are all skipped
on this system is told as not tried; on Linux there is none.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from mutants.listed import MUTANTS
from mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("installers", "pingyi_desktop", "resources", "tests")
PATIENCE = 300
"""Seconds that a mutant's tests may take; some mutants would never come to an end."""
KILLED, SURVIVED, BROKEN, SKIPPED = "killed", "SURVIVED", "BROKEN", "not tried"

_FAILURE = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant; ``told`` is the first test that failed, or what went wrong."""

    mutant: Mutant
    verdict: str
    told: str


@dataclass
class Copy:
    """A copy of the source tree to spoil; ``sound`` are the sets of tests that passed in it unchanged, and what was said."""

    root: Path
    sound: dict[tuple[str, ...], str] = field(default_factory=dict)


def copied(target: Path) -> Copy:
    """A copy of the tree at ``target``, without anything that was made from it."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy2(path, target / path.name)
    return Copy(target)


def judge(copy: Copy, mutant: Mutant) -> Outcome:
    """Try one mutant in a copy, which is as before afterwards."""
    if (found := (copy.root / mutant.file).read_text(encoding="utf-8").count(mutant.before)) != 1:
        return Outcome(mutant, BROKEN, f"its line is there {found} times")
    if mutant.tests not in copy.sound:
        status, said = _tested(copy, mutant.tests, spoilt=False)
        if status != 0:
            return Outcome(mutant, BROKEN, f"without it pytest ends with {status}: {_last(said)}")
        copy.sound[mutant.tests] = _last(said)
    if " passed" not in copy.sound[mutant.tests]:
        return Outcome(mutant, SKIPPED, copy.sound[mutant.tests])
    with _spoilt(copy, mutant):
        status, said = _tested(copy, mutant.tests, spoilt=True)
    failure = _FAILURE.search(said)
    if status == 1 and failure:
        return Outcome(mutant, KILLED, failure[1])
    if status == 0:
        return Outcome(mutant, SURVIVED, ", ".join(mutant.tests))
    return Outcome(mutant, BROKEN, f"pytest ends with {status}: {_last(said)}")


@contextmanager
def _spoilt(copy: Copy, mutant: Mutant) -> Iterator[None]:
    """The copy while the mutant is in it; another time stamp, so that no compiled file is taken for it."""
    path = copy.root / mutant.file
    sound, status = path.read_bytes(), path.stat()
    changed = path.read_text(encoding="utf-8").replace(mutant.before, mutant.after)
    path.write_text(changed, encoding="utf-8", newline="\n")
    os.utime(path, (status.st_atime, status.st_mtime + 60))
    try:
        yield
    finally:
        path.write_bytes(sound)
        os.utime(path, (status.st_atime, status.st_mtime))


def _tested(copy: Copy, tests: Sequence[str], *, spoilt: bool) -> tuple[int, str]:
    """Pytest's exit status on these tests and what it said; 124 when it came to no end.

    Only of the sound copy compiled files are kept.
    """
    options = ("-x", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider")
    env = {
        **os.environ,
        "PYTHONPATH": str(copy.root),
        "PYTHONDONTWRITEBYTECODE": "1" if spoilt else "",
        "PYTHONIOENCODING": "utf-8",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=copy.root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 124, f"no end after {PATIENCE} s"
    return done.returncode, done.stdout


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing said"


def outcomes(mutants: Sequence[Mutant], *, jobs: int) -> Iterator[Outcome]:
    """What becomes of each mutant, in their order; each of ``jobs`` workers has a copy of its own."""
    with tempfile.TemporaryDirectory(prefix="pingyi-mutants-", ignore_cleanup_errors=True) as folder:
        free: SimpleQueue[Copy] = SimpleQueue()
        for number in range(jobs):
            free.put(copied(Path(folder) / str(number)))

        def one(mutant: Mutant) -> Outcome:
            copy = free.get()
            try:
                return judge(copy, mutant)
            finally:
                free.put(copy)

        workers = ThreadPoolExecutor(jobs)
        try:
            yield from workers.map(one, mutants)
        finally:
            workers.shutdown(cancel_futures=True)


def chosen(names: Sequence[str]) -> list[Mutant]:
    """The mutants of these names, or all; SystemExit names those that are none."""
    known = {one.name: one for one in MUTANTS}
    if strange := [name for name in names if name not in known]:
        raise SystemExit(f"no such mutant: {', '.join(strange)}")
    return [known[name] for name in names] or list(MUTANTS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants and tell what became of them; 1 when any was not killed."""
    parser = argparse.ArgumentParser(prog="dev.py mutants")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("names", nargs="*", help="which ones; all without a name")
    asked = parser.parse_args(arguments)
    started, counts = time.monotonic(), Counter[str]()
    try:
        for outcome in outcomes(chosen(asked.names), jobs=max(1, asked.jobs)):
            counts[outcome.verdict] += 1
            by = " by" if outcome.verdict == KILLED else ":"
            print(f"{outcome.mutant.name}: {outcome.verdict}{by} {outcome.told}", flush=True)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    alive = counts[SURVIVED] + counts[BROKEN]
    print(
        f"{counts.total()} mutants, {counts[KILLED]} killed, {alive} not, {counts[SKIPPED]} not tried on this system, "
        f"{time.monotonic() - started:.0f} s"
    )
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
