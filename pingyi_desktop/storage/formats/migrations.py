"""Numbered changes of the data file, plain SQL. Frozen history: imports nothing of ours but the formats' own text.

``STEPS[n]`` takes a file from format n to n + 1; a new file takes all of them. All steps of an upgrade run in one
transaction after a backup (see ``store.open_file``). ``tests/storage/test_store.py`` keeps the result equal to ``schema*.py``.
A format is never edited after a release.
"""

from __future__ import annotations

from pingyi_desktop.storage.formats import format_1, format_2, format_3, format_4

STEPS = tuple(
    tuple(statement.strip() for statement in sql.split(";;"))
    for sql in (format_1.SQL, format_2.SQL, format_3.SQL, format_4.SQL)
)
LATEST = len(STEPS)
