"""How much an import costs beyond writing its rows: all 412 submissions against raw ``sqlite3.executemany``.

The import reads 23 package files as the company gets them, verifies every signature, hash and figure, judges who may
report for whom, settles which submissions count, and writes, in one transaction. The raw side writes the very same
rows (envelopes, keys, sessions, batches, tallies, ledgers) into a file with the same tables and the same durability settings.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pingyi_desktop import demo
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo import company, office, unit
from pingyi_desktop.demo.company import Company
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schemas.every import LEDGER_TABLES
from pingyi_desktop.storage.store import Store

TABLES = (
    *("envelope", "trusted_key", "appraisal_session", "ballot_batch", "item_tally"),
    *(str(table.__tablename__) for table in LEDGER_TABLES),
)
TARGET = 3
Rows = dict[str, list[tuple[object, ...]]]


def test_importing_every_submission(tmp_path: Path) -> None:
    measure(company.load(), tmp_path, processes=demo.PROCESSES)


def measure(shown: Company, folder: Path, *, processes: int, times: int = 3) -> float:
    """Print and return the ratio; the best of ``times`` on each side."""
    before, packages = waiting_at_the_door(shown, folder / "公司", processes=processes)
    files = [(path.name, path.read_bytes()) for path in packages]
    imported = folder / "导入.pingyi"

    def by_import(path: Path) -> None:
        held = store.open_file(path)
        unit.take_in(held, files=files)
        held.close()

    ours = best(by_import, before, imported, times)
    rows = content(imported)
    written = folder / "直接写入.pingyi"
    blank = emptied(before, folder / "空.pingyi")
    raw = best(lambda path: write_rows(path, rows), blank, written, times)
    assert content(written) == rows
    planned = planning(before, files, folder / "计划.pingyi", times)
    count = sum(len(lines) for lines in rows.values())
    print(
        f"\n{len(shown.orgs) - 1} 个单位的上报，{len(files)} 个文件，{sum(len(d) for _, d in files)} 字节，{count} 行"
    )
    print(f"导入 {ours * 1000:.0f} 毫秒（其中核验与计划 {planned * 1000:.0f} 毫秒）")
    print(f"sqlite3.executemany 写入同样的行 {raw * 1000:.0f} 毫秒")
    print(
        f"导入/直接写入 = {ours / raw:.2f} 倍（目标 ≤ {TARGET}）；不算核验与计划 = {(ours - planned) / raw:.2f} 倍"
    )
    return ours / raw


def waiting_at_the_door(shown: Company, out: Path, *, processes: int) -> tuple[Path, list[Path]]:
    """The company's file, published, and one package of every committee, not yet imported."""
    places = demo.prepare(out)
    held = office.create(out / "公司.pingyi", shown)
    office.enrol(held, shown, folder=out / "名册")
    office.publish(held, shown)
    done = demo.collect(held, shown, places=places, processes=processes)
    held.close()
    newest = {path.name.split("-")[1]: path for path in done.files}
    return held.path, list(newest.values())


def best(act: Callable[[Path], None], before: Path, path: Path, times: int) -> float:
    """Seconds of the quickest run, each on a fresh copy."""
    seconds = []
    for _ in range(times):
        shutil.copy(before, path)
        started = time.perf_counter()
        act(path)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def planning(before: Path, files: list[tuple[str, bytes]], path: Path, times: int) -> float:
    """Seconds of verifying and planning alone."""

    def plan(copy: Path) -> None:
        held: Store = store.open_file(copy)
        with held.reading() as session:
            campaign_id = campaigns.current(session).id
            imports.plan_import(session, campaign_id=campaign_id, files=files)
        held.close()

    return best(plan, before, path, times)


def content(path: Path) -> Rows:
    """Every row of the tables an import writes."""
    with closing(sqlite3.connect(path)) as raw:
        return {table: raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in TABLES}


def emptied(before: Path, path: Path) -> Path:
    """A copy whose tables of ``TABLES`` are empty."""
    shutil.copy(before, path)
    with closing(sqlite3.connect(path)) as raw:
        for table in TABLES:
            raw.execute(f"DELETE FROM {table}")
        raw.commit()
        raw.execute("VACUUM")
    return path


def write_rows(path: Path, rows: Rows) -> None:
    """The same rows by hand, in one transaction, with the program's durability settings."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN IMMEDIATE")
        for table, lines in ((table, lines) for table, lines in rows.items() if lines):
            marks = ",".join("?" * len(lines[0]))
            raw.executemany(f"INSERT INTO {table} VALUES ({marks})", lines)
        raw.execute("COMMIT")
