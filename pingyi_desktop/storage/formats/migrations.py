"""Numbered changes of the data file, plain SQL. Frozen history: knows nothing of ours but the formats' own text.

``STEPS[n]`` takes a file from format n to n + 1; a new file takes all of them. All steps of an upgrade run in one
transaction after a backup (see ``store.open_file``). ``tests/storage/test_store.py`` keeps the result equal to ``schema*.py``.
A format is never edited after a release.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from pingyi_desktop.errors import FileError
from pingyi_desktop.storage.formats import (
    format_1,
    format_2,
    format_3,
    format_4,
    format_4_meetings,
    format_4_rectify,
    format_5,
    format_6,
)

STEPS = tuple(
    tuple(statement.strip() for statement in sql.split(";;"))
    for sql in (
        format_1.SQL,
        format_2.SQL,
        format_3.SQL,
        f"{format_4.SQL};;{format_4_rectify.SQL};;{format_4_meetings.SQL}",
        format_5.SQL,
        format_6.SQL,
    )
)
LATEST = len(STEPS)
TRIGGERS = frozenset(one for step in STEPS for one in step if one.startswith("CREATE TRIGGER"))
"""the text of every trigger that a file of ours has or had; views it has none"""


GoOn = Callable[[int, int], bool]
"""Asked again and again how to go on, with how many statements are done of how many: False takes everything back."""
OFTEN = 20_000
"""instructions of SQLite between two questions"""
WHOLE, COPYING = 1000, 400
"""parts that an upgrade has, and those of them that its backup takes"""


class UnfitError(FileError):
    """What the file holds cannot be of the format that it names: nothing of it was changed."""


class Steps:
    """One ``go_on`` for the copy before an upgrade and for the upgrade: told in parts of the whole; remembers a stop."""

    def __init__(self, go_on: GoOn) -> None:
        self._go_on, self.stopped = go_on, False

    def first(self, done: int, of_all: int) -> bool:
        """Of the copy."""
        return self._ask(COPYING * done // of_all)

    def second(self, done: int, of_all: int) -> bool:
        """Of the upgrade."""
        return self._ask(COPYING + (WHOLE - COPYING) * done // of_all)

    def left_all_as_it_was(self, error: FileError) -> bool:
        """Whether an upgrade that ended with this sentence changed nothing and was not kept from it by the disk."""
        return self.stopped or isinstance(error, UnfitError)

    def _ask(self, done: int) -> bool:
        self.stopped = not self._go_on(done, WHOLE)
        return not self.stopped


def upgrade(raw: sqlite3.Connection, go_on: GoOn = lambda _done, _all: True) -> None:
    """Take the file to the newest format in one transaction; tables are made anew, so foreign keys rest meanwhile."""
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN IMMEDIATE")
    version = raw.execute("PRAGMA user_version").fetchone()[0]
    if not _is_of(raw, version):
        raise UnfitError(
            f"文件写着是格式 {version}，里面的表却不是，不能升级，文件没有改动。请用备份恢复后再打开。"
        )
    statements = [statement for step in STEPS[version:] for statement in step]
    done = 0
    raw.set_progress_handler(lambda: not go_on(done, len(statements)), OFTEN)
    for statement in statements:
        raw.execute(statement)
        done += 1
    raw.set_progress_handler(None, 0)
    if raw.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise UnfitError("升级时发现有记录失去所属对象，文件没有改动。请用备份恢复后再打开。")
    raw.execute("COMMIT")


def _is_of(raw: sqlite3.Connection, version: int) -> bool:
    """Whether a file has the tables and columns of this format, and none that comes with a later one."""
    here = _columns(raw)
    if version == 0:
        return not here
    with closing(sqlite3.connect(":memory:")) as old, closing(sqlite3.connect(":memory:")) as new:
        make(old, version)
        make(new, LATEST)
        of_it, later = _columns(old), _columns(new)
    return all(here.get(name) == columns for name, columns in of_it.items()) and not (
        here.keys() & (later.keys() - of_it.keys())
    )


def _columns(raw: sqlite3.Connection) -> dict[str, set[str]]:
    names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {
        name: {column for (column,) in raw.execute("SELECT name FROM pragma_table_info(?)", (name,))}
        for (name,) in names.fetchall()
    }


def make(raw: sqlite3.Connection, version: int) -> None:
    """The tables of a format in an empty file."""
    for step in STEPS[:version]:
        for statement in step:
            raw.execute(statement)
