"""The tables and indexes of a new data file as SQL, in the order of their names, triggers last: ``python3 installers/dev.py schema``."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from pingyi_desktop.storage.formats import migrations


def schema_sql() -> str:
    """The statements that make a new data file, as SQLite keeps them after every migration."""
    with closing(sqlite3.connect(":memory:")) as raw:
        for step in migrations.STEPS:
            raw.executescript(";\n".join(step))
        made = raw.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'trigger', tbl_name, type DESC, name"
        )
        return "\n\n".join(f"{sql};" for (sql,) in made)


if __name__ == "__main__":
    print(schema_sql())
