"""What a data file cuts off, and what is free in it, are pages of zeros: blocks that are given back tell nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pingyi_desktop.errors import FileError
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.formats.migrations import GoOn

APPLICATION_ID = 1348029764  # set by the first migration
PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_mode=PERSIST",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA busy_timeout=3000",
)
"""of every connection that reads or writes a data file; ``store`` says why"""
ALONE = ("PRAGMA busy_timeout=0", "PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE")
"""nobody else may use the file, or this is refused at once"""

# VACUUM cuts pages off at the end, and what was in them stays on the disk. So the pages are first written over by as many
# of a table that holds nothing, and those are cut off.
COMPACTING = (
    "DROP TABLE IF EXISTS room",
    "CREATE TABLE room AS WITH RECURSIVE page(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM page"
    " WHERE number < (SELECT page_count FROM pragma_page_count))"
    " SELECT zeroblob((SELECT page_size FROM pragma_page_size)) AS zeros FROM page",
    "VACUUM",
    "DROP TABLE room",
    "VACUUM",
)


# What a killed transaction appended is cut off when it is rolled back, and what was in it stays on the disk. So nothing of
# paper is ever appended: pages of zeros are, by a transaction of their own, and given free again inside the file.
HEADROOM = 32  # pages that are free when a write transaction begins
_ZEROS = (
    "CREATE TABLE room AS WITH RECURSIVE page(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM page"
    " WHERE number < ?) SELECT zeroblob((SELECT page_size FROM pragma_page_size) - 200) AS zeros FROM page"
)
Run = Callable[..., Any]
"""executes a statement, outside a transaction, with the values that are bound in it"""


def checked_format(run: Run, path: Path) -> int:
    """Number of a file's format; a foreign or a newer file is refused."""
    application = _number(run, "PRAGMA application_id")
    version = _number(run, "PRAGMA user_version")
    if application != APPLICATION_ID:
        raise FileError(f"“{path.name}”不是评议数据文件，请选择由本软件建立的文件。")
    if version > migrations.LATEST:
        raise FileError(
            f"“{path.name}”由更新的版本建立（文件格式 {version}，本程序支持到 {migrations.LATEST}），"
            "请先升级本软件再打开。文件没有改动。"
        )
    return version


def refuse_strange_triggers(run: Run, path: Path) -> None:
    """A file whose tables act by themselves otherwise than ours is refused: it would change what is written into it, before
    the commit is signed (``exchange.locks.heads``)."""
    acting = run("SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchall()
    if not {text for (text,) in acting} <= migrations.TRIGGERS:
        raise FileError(
            f"“{path.name}”里被人装进了会自己改动内容的东西（触发器、视图），没有打开。"
            "请用以前的备份恢复；没有备份的，用“抢救损坏的文件”把内容救出来，再核对。"
        )


def make_room(run: Run, room: int) -> None:
    """See to it that ``HEADROOM`` pages are free and ``room`` bytes besides."""
    wanted = HEADROOM
    if room:
        wanted += -(-room // _number(run, "PRAGMA page_size"))
    if _number(run, "PRAGMA freelist_count") < wanted:
        _fill(run, HEADROOM + wanted)


def empty(run: Run) -> None:
    """Overwrite every free page."""
    if free := _number(run, "PRAGMA freelist_count"):
        _fill(run, free)


DRAFTS = ("draft_ballot", "draft_tally", "called_vote", "settlement")
_WITHOUT_DRAFTS = (
    "DELETE FROM draft_ballot",
    "DELETE FROM draft_tally",
    "DELETE FROM called_vote",
    "DELETE FROM settlement",
)
_FIRST_DRAFT = (
    "SELECT 1 FROM draft_ballot LIMIT 1",
    "SELECT 1 FROM draft_tally LIMIT 1",
    "SELECT 1 FROM called_vote LIMIT 1",
    "SELECT 1 FROM settlement LIMIT 1",
)
"""of the tables that hold the order of paper; older formats have only some of them"""
PAGES = 1000
"""that are copied between two questions how to go on"""


def copy(
    source: sqlite3.Connection, part: Path, into: sqlite3.Connection, go_on: GoOn | None, *, anew: bool
) -> None:
    """Copy a whole database into ``part``, which ``into`` has open and which is empty.

    ``anew`` writes row by row: then no page of the copy holds what a page of the original once held besides its rows.
    """

    ask = go_on or (lambda _done, _of_all: True)

    def ask_on(_status: int, remaining: int, total: int) -> None:
        if not ask(total - remaining, total):
            raise sqlite3.OperationalError("interrupted")

    if not anew:
        source.backup(into, pages=PAGES if go_on else -1, progress=ask_on)
        return
    size = _number(source.execute, "PRAGMA page_count") * _number(source.execute, "PRAGMA page_size")
    source.set_progress_handler(lambda: not ask(min(part.stat().st_size, size), size), migrations.OFTEN)
    source.execute("VACUUM INTO ?", (str(part),))
    source.set_progress_handler(None, 0)


def hold_drafts(run: Run) -> bool:
    """Whether there is anything in the order of the paper."""
    there = _tables(run)
    return any(run(ask).fetchone() for table, ask in zip(DRAFTS, _FIRST_DRAFT, strict=True) if table in there)


def leave_out_drafts(run: Run, *, plain: bool, anew: bool = False) -> None:
    """Take what holds the order of paper out of a copy, and out of the blocks that it lies in.

    Of one that was written ``anew`` nothing is cut off: what was deleted are zeros in its free pages.
    """
    there = _tables(run)
    run("PRAGMA secure_delete=ON")
    run("PRAGMA temp_store=MEMORY")
    taken = 0
    for table, statement in zip(DRAFTS, _WITHOUT_DRAFTS, strict=True):
        if table in there:
            taken += run(statement).rowcount
    for statement in (COMPACTING if plain else COMPACTING[-1:]) if taken and not anew else ():
        run(statement)


def _tables(run: Run) -> set[str]:
    return {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}


def _fill(run: Run, pages: int) -> None:
    """Write so many pages of zeros, the free ones first, and give them free again."""
    run("BEGIN IMMEDIATE")
    run("DROP TABLE IF EXISTS room")
    run(_ZEROS, (pages,))
    run("DROP TABLE room")
    run("COMMIT")


def _number(run: Run, pragma: str) -> int:
    number: int = run(pragma).fetchone()[0]
    return number
