"""Whether the tables of a data file are still defined as this program defines them.

Definitions keep wrong values out, guard the journal, and say what a column holds that is not written. The digests of what
a table holds (``exchange.locks.heads``) do not tell when its definition was edited.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import Any

from sqlmodel import Session

from pingyi_desktop.storage.formats import migrations

_QUOTES = str.maketrans("", "", '"`[]')


def edited(session: Session) -> list[str]:
    """Names of the tables, indexes and triggers that are missing, added or not as in every file of today's format."""
    there, ours = _read(session.connection().exec_driver_sql), _ours()
    return sorted(name for name in there.keys() | ours.keys() if there.get(name) != ours.get(name))


@cache
def _ours() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        migrations.make(made, migrations.LATEST)
        return _read(made.execute)


def _read(run: Callable[..., Any]) -> dict[str, str]:
    """Quotes and spaces aside: SQLite sets them itself when a table is renamed, each of its releases in its own way."""
    defined = run("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {
        name: "".join(text.translate(_QUOTES).split())
        for name, text in defined
        if not name.startswith("sqlite_")
    }
