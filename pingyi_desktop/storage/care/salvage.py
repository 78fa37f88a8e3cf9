"""What can still be read of a damaged data file, table by table, into a new one; the damaged file is not written to.

Every table is read from its beginning until a page refuses, then from its end, and between the two wherever a row number
leads past the damage. A row is taken once and whole, as the tables of its format allow it; what has lost the row that it
belongs to is left out again. Nothing is mended or made up: the head that the file's own key signed no longer fits a file
that lost something, so that ``verify`` tells it and reports and exports stay refused (``standing.soundness``).

A file whose first page is gone tells nothing about its tables; there only a backup helps, and that is said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import select

from pingyi_desktop import visible
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher, journal, replacing, store
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema_exchange import KeyLock
from pingyi_desktop.storage.troubles import told_as_sentences

Row = tuple[Any, ...]
Progress = Callable[[int, int, str], None]
"""done, total, what is being done; it may raise to stop"""
_ENDS = 9_223_372_036_854_775_807  # the largest row number
_TRIES = 2000
"""places between two damaged ones that are looked at, at most"""


@dataclass(frozen=True)
class Saved:
    """Of one table: rows put into the new file, rows read and left out, and whether a part of it could not be read."""

    table: str
    rows: int
    left_out: int
    broken: bool


def nothing_to_tell(_done: int, _total: int, _text: str) -> None:
    """Nobody is waiting."""


def salvage(
    path: Path, out: Path, key: bytes | None = None, *, by: str, tell: Progress = nothing_to_tell
) -> tuple[Saved, ...]:
    """Write all that can be read of ``path`` into the new file ``out``; ``FileError`` when nothing can be.

    The new file has the key of the old one. That and how much was saved stands in its journal, said ``by`` whom; not where
    the file has a password and is not opened with its ``key``, for its own key could not sign the entry.
    """
    try:
        version = store.format_of(path, key)
    except FileError as error:
        raise FileError(f"{error}（文件的开头已经坏了，抢救不出内容。）") from error
    key_file = cipher.read_key_file(path) if cipher.is_encrypted(path) else None
    with told_as_sentences(out), replacing.making(out) as part:
        if out.exists():
            raise FileError(f"“{out.name}”已经存在，没有改动它；请换一个文件名。")
        replacing.check_free(out, key_file)
        with (
            closing(store.connected(path, key)) as old,
            closing(store.connected(part, key, like=path)) as new,
        ):
            new.execute("PRAGMA journal_mode=MEMORY")
            migrations.make(new, version)
            done = _all_tables(old, new, tell)
        replacing.put(part, out, key_file=key_file)
    _note(out, key, done, by)
    return done


def lost(saved: Sequence[Saved]) -> list[Saved]:
    """Of which tables something was lost."""
    return [one for one in saved if one.broken or one.left_out]


def _note(out: Path, key: bytes | None, done: Sequence[Saved], by: str) -> None:
    opened = store.open_file(out, key)
    try:
        with opened.transaction() as session:
            if key is None and session.scalars(select(KeyLock.kind)).first() is not None:
                return  # an entry that is not signed says of a sound file that someone wrote into its journal
            detail: dict[str, object] = {one.table: [one.rows, one.left_out] for one in lost(done)}
            journal.record(
                session, act="抢救损坏的文件", subject=visible.shown(out.name), by=by, detail=detail
            )
    finally:
        opened.close()


def _all_tables(old: sqlite3.Connection, new: sqlite3.Connection, tell: Progress) -> tuple[Saved, ...]:
    names = [
        row[0] for row in new.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    read = dict[str, tuple[int, int, bool]]()
    old.execute("PRAGMA cell_size_check=ON")
    new.execute("PRAGMA foreign_keys=OFF")
    new.execute("BEGIN")
    for number, table in enumerate(names):
        tell(number, len(names), f"正在抢救第 {number + 1} 张表，共 {len(names)} 张")
        read[table] = _table(old, new, table)
    lost = _without_owner(new)
    new.execute("COMMIT")
    tell(len(names), len(names), "抢救完毕")
    return tuple(
        Saved(table, rows - lost.get(table, 0), left_out + lost.get(table, 0), broken)
        for table, (rows, left_out, broken) in read.items()
    )


def _table(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> tuple[int, int, bool]:
    info = new.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
    columns = [name for name, _ in info]
    keys = [name for name, _ in sorted((one for one in info if one[1]), key=lambda one: one[1])]
    text = new.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    has_numbers = "WITHOUT ROWID" not in text
    listed = ", ".join(map(_quoted, columns))
    order = ["rowid"] if has_numbers else [_quoted(one) for one in keys]
    reading = f"SELECT {'rowid' if has_numbers else '0'}, {listed} FROM {_quoted(table)}"  # names are ours, of ``new``
    marks = ", ".join("?" * len(columns))
    put = f"INSERT INTO {_quoted(table)} ({listed}) VALUES ({marks})"
    rows, broken = _readable(old, reading, order, has_numbers=has_numbers)
    kept = left_out = 0
    for row in rows:
        try:
            new.execute(put, row)
        except cipher.TROUBLE as error:
            if not isinstance(error, cipher.BUGS):
                raise
            left_out += 1
        else:
            kept += 1
    return kept, left_out, broken


def _readable(
    old: sqlite3.Connection, reading: str, order: list[str], *, has_numbers: bool
) -> tuple[list[Row], bool]:
    """Every row that can be read, once, and whether anything could not be."""
    forward, whole = _until_it_fails(old, f"{reading} ORDER BY {', '.join(order)}")
    if whole:
        return [row[1:] for row in forward], False
    backward, _ = _until_it_fails(old, f"{reading} ORDER BY {', '.join(f'{one} DESC' for one in order)}")
    found = dict.fromkeys(forward)
    if has_numbers:
        low = forward[-1][0] if forward else 0
        high = backward[-1][0] if backward else _ENDS
        found.update(dict.fromkeys(_between(old, reading, low, high)))
    found.update(dict.fromkeys(reversed(backward)))
    return [row[1:] for row in found], True


def _between(old: sqlite3.Connection, reading: str, low: int, high: int) -> Iterator[Row]:
    """Rows with numbers between two places that refuse: from ever further on until some can be read."""
    step, query = 1, f"{reading} WHERE rowid > ? AND rowid < ? ORDER BY rowid"
    for _ in range(_TRIES):
        if low >= high:
            return
        rows, whole = _until_it_fails(old, query, (low, high))
        yield from rows
        if whole:
            return
        step = 1 if rows else step * 2
        low = (rows[-1][0] if rows else low) + step


def _until_it_fails(old: sqlite3.Connection, query: str, values: Row = ()) -> tuple[list[Row], bool]:
    rows = list[Row]()
    try:
        for row in old.execute(query, values):
            rows.append(row)
    except cipher.TROUBLE:
        return rows, False
    return rows, True


def _without_owner(new: sqlite3.Connection) -> dict[str, int]:
    """Take out what belongs to a row that was not saved, until everything has its owner; how many of each table."""
    gone = dict[str, int]()
    while orphans := new.execute('SELECT "table", rowid FROM pragma_foreign_key_check').fetchall():
        before = sum(gone.values())
        for table in {one[0] for one in orphans}:
            gone[table] = gone.get(table, 0) + _take_out(new, table)
        if sum(gone.values()) == before:
            return gone
    return gone


def _take_out(new: sqlite3.Connection, table: str) -> int:
    taken = 0
    links = new.execute('SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)', (table,)).fetchall()
    for owner, column, named in links:
        gone = (
            f"DELETE FROM {_quoted(table)} WHERE {_quoted(column)} IS NOT NULL"
            f" AND {_quoted(column)} NOT IN (SELECT {_quoted(named)} FROM {_quoted(owner)})"
        )
        taken += new.execute(gone).rowcount
    return taken


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
