"""What does it cost to open a large file of an old format, and can it be stopped at any moment?

A file of each old format is filled up with packages, ballots and people to a hundred megabytes, opened by today's program
and held beside a plain copy of the same file, in the same run. Then the upgrade is stopped in its middle: the file has to
be as it was. Printed: seconds of the processor and of the clock as ratios to the copy, how often a person may stop it,
and the longest time between two such moments as a part of the whole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import store
from pingyi_desktop.storage.care import contents
from pingyi_desktop.storage.formats import migrations

OLD = Path(__file__).parents[1] / "old_databases"
MEGABYTES = 100
PACKAGE = 20_000  # bytes
PACKAGES, BALLOTS, PEOPLE = 60, 25, 15
"""the parts of a hundred that each of them takes"""


def grown(number: int, path: Path, megabytes: int) -> Path:
    """A file of an old format, filled up with rows as its own tables have them."""
    shutil.copy(OLD / f"v{number}.pingyi", path)
    wanted = megabytes * 1_000_000
    with closing(sqlite3.connect(path)) as raw:
        batches = [row[0] for row in raw.execute("SELECT id FROM ballot_batch")]
        packages = wanted * PACKAGES // 100 // PACKAGE
        _copies(raw, "envelope", ({"id": f"e{n}", "raw": os.urandom(PACKAGE)} for n in range(packages)))
        ballots = (
            (batches[n % len(batches)], f"{n:09}" * 6, 1) for n in range(wanted * BALLOTS // 100 // 100)
        )
        raw.executemany("INSERT INTO sealed_ballot VALUES (?, ?, ?)", ballots)
        people = (
            {"id": f"p{n:031}", "member_no": f"P{n}", "name": f"党员{n}"}
            for n in range(wanted * PEOPLE // 100 // 250)
        )
        _copies(raw, "party_member", people)
        raw.commit()
    return path


ENVELOPE = {
    "campaign_id": "c1",
    "type": "submission",
    "unit_code": "QL.01",
    "epoch": 1,
    "revision": 1,
    "state": "SUPERSEDED",
    "own": 0,
}


def _copies(raw: sqlite3.Connection, table: str, changed: Iterable[dict[str, object]]) -> None:
    """Rows like the first one of a table, changed in some columns."""
    about = raw.execute(f'SELECT name, "notnull" FROM pragma_table_info("{table}")').fetchall()
    first = raw.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
    like = dict(zip([name for name, _ in about], first or [""] * len(about), strict=True))
    if first is None:
        like = {name: "" if needed else None for name, needed in about} | ENVELOPE
        like = {name: like[name] for name, _ in about}
    marks = ", ".join(f":{name}" for name in like)
    raw.executemany(f"INSERT INTO {table} VALUES ({marks})", (like | one for one in changed))


def measure(number: int, folder: Path, megabytes: int = MEGABYTES) -> float:
    """Open the file of one old format; seconds of the processor for it as a ratio to those of copying the file."""
    path = grown(number, folder / f"旧v{number}.pingyi", megabytes)
    size, wanted = path.stat().st_size, contents.of_file(path).counts
    (clock_copy, work_copy), asked = _copied(path, folder / "副本.pingyi"), list[tuple[float, int]]()

    def going_on(done: int, _of_all: int) -> bool:
        asked.append((time.perf_counter(), done))
        return True

    began, worked = time.perf_counter(), time.process_time()
    store.open_file(path, go_on=going_on).close()
    clock, work = time.perf_counter() - began, time.process_time() - worked
    assert contents.of_file(path).counts == wanted
    moments = [began, *(at for at, _ in asked)]
    longest = max(b - a for a, b in pairwise(moments))
    print(
        f"格式 {number}，{size / 1e6:.1f} MB → {path.stat().st_size / 1e6:.1f} MB："
        f"升级/复制 = {work / work_copy:.1f} 倍（处理器），{clock / clock_copy:.1f} 倍（钟表，{clock:.2f} 秒）；"
        f"{len(asked)} 次可以取消，进度 {len({done for _, done in asked})} 档，最长隔全程的 {longest / clock:.1%}"
    )
    _stopped(folder / "副本.pingyi", len(asked) // 2)
    return work / work_copy


def _copied(path: Path, to: Path) -> tuple[float, float]:
    """Copy it to the disk by reading and writing; seconds of the clock and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    with path.open("rb") as source, to.open("wb") as copy:
        while block := source.read(1_048_576):
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    return time.perf_counter() - began, time.process_time() - worked


def _stopped(path: Path, when: int) -> None:
    before, left = path.read_bytes(), [when]

    def stop(_done: int, _of_all: int) -> bool:
        left[0] -= 1
        return left[0] > 0

    with pytest.raises(FileError, match="升级已取消，文件没有改动"):
        store.open_file(path, go_on=stop)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("副本-升级前备份*"))


@pytest.mark.parametrize("number", range(1, migrations.LATEST))
def test_a_hundred_megabytes_of_an_old_format_open_and_can_be_stopped(number: int, tmp_path: Path) -> None:
    measure(number, tmp_path)
