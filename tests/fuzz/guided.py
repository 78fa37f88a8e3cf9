"""Mutants guided by coverage: ``dev.py fuzz --guided [--count N] [--seed S]``.

A mutant that takes the reader over a pair of lines never met before is kept and mutated further. Standard library only,
so that it runs wherever the tests do; the same seed gives the same mutants but for the random bytes of encryption.
"""

from __future__ import annotations

import argparse
import base64
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from fuzz import changes, run, travelling
from fuzz.travelling import Input

from pingyi_desktop import exchange

FOLDER = exchange.__path__[0]
LONGEST = 100_000  # bytes of a mutant worth keeping
Arcs = set[tuple[int, int, int]]


@dataclass
class Explored:
    """What came of a run: pairs of lines the genuine files go over, all of them, and the mutants kept for new ones."""

    corpus: list[Input]
    genuine_arcs: int = 0
    arcs: Arcs = field(default_factory=set)
    kept: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def watch(work: Callable[[], str]) -> tuple[str, Arcs]:
    """What came of some work, and the pairs of lines of ``exchange`` it went over."""
    arcs: Arcs = set()

    def begin(frame, event, arg):
        code, last = frame.f_code, 0
        if not code.co_filename.startswith(FOLDER):
            return None

        def step(frame, event, arg):
            nonlocal last
            arcs.add((id(code), last, frame.f_lineno))
            last = frame.f_lineno
            return step

        return step

    before = sys.gettrace()
    sys.settrace(begin)
    try:
        outcome = work()
    except Exception as error:  # noqa: BLE001 - the finding we are looking for
        outcome = f"uncaught {error!r}"[:200]
    finally:
        sys.settrace(before)
    return outcome, arcs


def explore(count: int, seed: int = 0) -> Explored:
    """Mutate this many times, from the genuine files on."""
    seeds = list(travelling.seeds())
    found = Explored([*seeds])
    travelling.desk()
    for one in seeds:
        found.arcs |= watch(lambda one=one: travelling.judge(one))[1]
    found.genuine_arcs = len(found.arcs)
    for number in range(count):
        source = Random(f"{seed} {number}")
        start = source.choice(source.choice([seeds, found.corpus, found.corpus[-50:]]))
        one = changes.mutate(start, source, found.corpus)
        outcome, arcs = watch(lambda one=one: travelling.judge(one))
        found.outcomes[f"{outcome.split()[0]}{' by an insider' if one.insider else ''}"] += 1
        if travelling.is_finding(one, outcome):
            found.findings.append(f"{number} {outcome}: {base64.b64encode(one.data[:LONGEST]).decode()}")
        if not arcs <= found.arcs and len(one.data) < LONGEST:
            found.arcs |= arcs
            found.corpus.append(one)
            found.kept += 1
    return found


def main(arguments: list[str]) -> int:
    """Explore and tell what came of it; 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz --guided")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    found = explore(asked.count, asked.seed)
    for outcome, count in sorted(found.outcomes.items()):
        print(f"{count:8} {outcome}")
    for finding in found.findings:
        print(finding)
    memory = run.peak_memory()
    print(
        f"{asked.count} guided mutants, {found.kept} kept for new coverage ({found.genuine_arcs} pairs of lines at "
        f"first, {len(found.arcs)} at last), {len(found.findings)} accepted or uncaught, "
        f"peak memory {memory // 2**20} MB, {time.monotonic() - started:.0f} s"
    )
    return 0 if not found.findings and memory < run.LIMIT else 1
