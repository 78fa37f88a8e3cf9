"""The importer killed at random moments: all of the import is there or nothing of it, and the file is sound.

``PINGYI_KILLS`` says how often, every other time while SQLite writes (default 1, while it writes, for every test run; 200 for
the figure in the design).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import desks
import import_once
import pytest
import sealing
from desks import B3, G1

from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import store

KILLS = int(os.environ.get("PINGYI_KILLS", "1"))
SCRIPT = Path(__file__).parent.parent.parent / "import_once.py"
Outcome = tuple[str, str]
TABLES = ("import_run", "envelope", "trusted_key", "quarantined_file", "journal_entry", "item_tally")


@pytest.fixture
def ground(tmp_path: Path) -> tuple[Path, list[Path]]:
    """An office that has one report, and files that replace it, add others, wait and are refused."""
    office = desks.office(tmp_path / "C1.pingyi")
    office.take(desks.report(B3))
    office.store.close()
    below = [sealing.submission(unit) for unit in (desks.B1, desks.B2)]
    files = [
        desks.report(B3, revision=2, satisfied=9),
        desks.handed_up(G1, *below),
        desks.report("QL.01.B099"),
        desks.report(B3, mode="drill", name="演练.pingyi-pack"),
    ]
    for name, data in files:
        (tmp_path / name).write_bytes(data)
    return office.store.path, [tmp_path / name for name, _ in files]


def start(data: Path, files: list[Path]) -> subprocess.Popen[str]:
    """The importer, at the moment it starts."""
    command = [sys.executable, str(SCRIPT), str(data), *map(str, files)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def content(path: Path) -> dict[str, int]:
    """Rows of every table an import writes; a journal of an interrupted write is rolled back by opening."""
    with closing(sqlite3.connect(path)) as raw:
        return {table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def figures(path: Path) -> dict[str, int]:
    opened = desks.Office(store.open_file(path))
    try:
        with opened.store.reading() as session:
            assert soundness.full(session) == []
        return opened.counted()
    finally:
        opened.store.close()


def outcome(path: Path) -> Outcome:
    """What the file holds, after it was found sound; equal for equal contents."""
    assert store.damage(path) == []
    return json.dumps(figures(path)), json.dumps(content(path))


def test_a_killed_import_is_there_whole_or_not_at_all(
    ground: tuple[Path, list[Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, files = ground
    before = outcome(data)
    whole = tmp_path / "全部.pingyi"
    shutil.copy(data, whole)
    lasts = imported(whole, files, capsys)
    after = outcome(whole)
    assert json.loads(after[0]) == {B3: 9, G1: 10, desks.B1: 10, desks.B2: 10}
    assert before != after
    chance = random.Random(4)
    seen: dict[str, int] = {"before": 0, "after": 0}
    for number in range(KILLS):
        mine = tmp_path / f"杀{number}.pingyi"
        shutil.copy(data, mine)
        in_writing = number % 2 == 0
        wait = chance.uniform(0, lasts / 4 if in_writing else lasts)
        seen[killed(mine, files, wait, before, after, in_writing=in_writing)] += 1
    assert sum(seen.values()) == KILLS
    print(f"{KILLS} kills: {seen}")


def imported(path: Path, files: list[Path], capsys: pytest.CaptureFixture[str]) -> float:
    """Import all of it; how many seconds a process takes for that (a long series is not spared one)."""
    if KILLS == 1:
        started = time.perf_counter()
        import_once.main(path, files)
        assert capsys.readouterr().out == "ready\ndone 2\n"
        return time.perf_counter() - started
    process, started = start(path, files), time.perf_counter()
    assert process.communicate()[0] == "done 2\n"
    return time.perf_counter() - started


def killed(
    mine: Path, files: list[Path], wait: float, before: Outcome, after: Outcome, *, in_writing: bool
) -> str:
    """Kill an import after a while (``in_writing``: since SQLite began to write); which content the file has then."""
    process = start(mine, files)
    journal = mine.with_name(mine.name + "-journal")
    while in_writing and not journal.exists() and process.poll() is None:
        time.sleep(0.0005)
    time.sleep(wait)
    process.kill()
    told = process.communicate()[0]
    found = outcome(mine)
    assert found in (before, after)
    if told.startswith("done"):
        assert found == after
    mine.unlink()
    return "after" if found == after else "before"
