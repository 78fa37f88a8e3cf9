"""What a data file cuts off, and what is free in it, are pages of zeros: blocks that are given back tell nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
"""of the tables that hold the order of paper; older formats have only some of them"""


def leave_out_drafts(run: Run, *, plain: bool) -> None:
    """Take what holds the order of paper out of a copy, and out of the blocks that it lies in."""
    there = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    run("PRAGMA secure_delete=ON")
    run("PRAGMA temp_store=MEMORY")
    taken = 0
    for table, statement in zip(DRAFTS, _WITHOUT_DRAFTS, strict=True):
        if table in there:
            taken += run(statement).rowcount
    for statement in (COMPACTING if plain else COMPACTING[-1:]) if taken else ():
        run(statement)


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
