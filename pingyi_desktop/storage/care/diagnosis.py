"""What whoever maintains the program needs to know of a data file that makes trouble, and nothing about people or units.

Versions, sizes, numbers of rows, what SQLite finds wrong, and the log without what errors said: no path, no name, no text
of the file. Sentences of ``verify`` may name units, so that only how many there are is told.
"""

from __future__ import annotations

import io
import json
import platform
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.care import copies, mounts
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.troubles import told_as_sentences

_PRAGMAS = {
    "page_size": "PRAGMA page_size",
    "pages": "PRAGMA page_count",
    "free_pages": "PRAGMA freelist_count",
    "format": "PRAGMA user_version",
}
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"


def bundle(
    path: Path | None, key: bytes | None, *, version: str, log: str, contradictions: int | None = None
) -> bytes:
    """The bundle as the bytes of a ZIP: ``diagnosis.json`` and ``log.txt``; ``path`` None for the program alone.

    ``log`` has no personal data in it (``faultlog``); ``contradictions`` is how many ``verify`` found, None unknown.
    """
    document = {"program": _program(version)}
    if path is not None:
        document["file"] = {**_file(path, key), "contradictions": contradictions}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("diagnosis.json", json.dumps(document, ensure_ascii=False, indent=1))
        into.writestr("log.txt", log)
    return packed.getvalue()


def _program(version: str) -> dict[str, object]:
    return {
        "version": version,
        "newest_format": migrations.LATEST,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "frozen": bool(getattr(sys, "frozen", False)),
    }


def _file(path: Path, key: bytes | None) -> dict[str, object]:
    told: dict[str, object] = {
        "bytes": path.stat().st_size if path.is_file() else None,
        "encrypted": cipher.is_encrypted(path),
        "place": mounts.warning(path),
        "automatic_backups": len(copies.found(path)),
        "put_aside": len(copies.kept(path)),
    }
    try:
        damage = [one.replace(path.name, "数据文件") for one in store.damage(path, key)]
        return {**told, "damage": damage, **_inside(path, key)}
    except FileError as error:
        return {**told, "damage": [str(error).replace(str(path), "数据文件").replace(path.name, "数据文件")]}


def _inside(path: Path, key: bytes | None) -> dict[str, object]:
    with told_as_sentences(path), closing(store.connected(path, key)) as raw:
        told: dict[str, object] = {what: raw.execute(query).fetchone()[0] for what, query in _PRAGMAS.items()}
        there = {row[0] for row in raw.execute(_TABLES)}
        ours = _ours()
        rows: dict[str, object] = {name: _counted(raw, name) for name in sorted(ours & there)}
    return {**told, "rows": rows, "tables_of_others": len(there - ours)}


def _ours() -> set[str]:
    """Our own tables; what another program put into a file may be called after a person."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        migrations.make(fresh, migrations.LATEST)
        return {row[0] for row in fresh.execute(_TABLES)}


def _counted(raw: sqlite3.Connection, table: str) -> object:
    counting = f'SELECT count(*) FROM "{table}"'  # a name takes no parameter; it is one of ours
    try:
        return raw.execute(counting).fetchone()[0]
    except cipher.TROUBLE:
        return "damaged"
