"""The data file encrypted as a whole with SQLCipher, and the key file ``<name>.pingyi.key`` that lies beside it.

The raw key opens the data file; the key file holds it wrapped (``exchange.locks.keylock``), and must be copied along. A data
file is encrypted when it has a key file; its bytes are not looked at, because closing a file that is also open as a
database would drop the database's locks (SQLite, "How to corrupt", §2.2). Where SQLCipher cannot be loaded an encrypted
file is refused: there is no way round to a plain one.

A conversion writes a whole new file and compares it with the old one, which nobody may write to until the new one is in
its place (``replacing``).

Cost, as a ratio to a plain file (150,000 rows, median of three): writing 1.05, a whole scan from disk 1.8, opening 1.2.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError

try:
    from sqlcipher3 import dbapi2 as _sqlcipher  # type: ignore[import-untyped]
except ImportError:  # no wheel for this processor
    _sqlcipher = None

_MODULES = [sqlite3] if _sqlcipher is None else [sqlite3, _sqlcipher]
TROUBLE: tuple[type[Exception], ...] = (OSError, *(module.Error for module in _MODULES))
"""What the system and either kind of database raise."""
BUGS: tuple[type[Exception], ...] = tuple(
    kind
    for module in _MODULES
    for kind in (module.IntegrityError, module.ProgrammingError, module.InterfaceError, module.DataError)
)
"""Those of them that no disk or file can cause."""

PLAIN = b"SQLite format 3\0"
MOST_KEY_FILE = 65_536  # bytes
LONGEST_NAME = saving.LONGEST - len("-journal")
"""Bytes of a data file's name."""
_NOT_A_DATABASE = 26  # SQLITE_NOTADB: what SQLCipher says when the key does not fit
WAIT = 3.0  # seconds, while another program holds the file


def module() -> Any:  # noqa: ANN401 - a DB-API module has no type
    """SQLCipher's DB-API module; ``FileError`` where it cannot be loaded."""
    if _sqlcipher is None:
        raise FileError(
            "这台电脑上的程序缺少加密组件（SQLCipher），加密的数据文件不能在这里建立或打开；"
            "请重新安装本软件，或换一台装有完整程序的电脑。文件没有改动。"
        )
    return _sqlcipher


def key_file(path: Path) -> Path:
    """Where the key file of a data file lies; ``FileError`` for a name that leaves no room for it and for the journal."""
    if not path.name or len(os.fsencode(path.name)) > LONGEST_NAME:
        raise FileError(
            f"数据文件的名字应为 1 至 {LONGEST_NAME} 字节（一个汉字 3 字节），“{path.name[:20]}……”是 "
            f"{len(os.fsencode(path.name))} 字节，请改短再用。"
        )
    return path.with_name(path.name + ".key")


def is_encrypted(path: Path) -> bool:
    """Tell whether a data file is encrypted as a whole: it has a key file."""
    return key_file(path).is_file()


def read_key_file(path: Path) -> bytes:
    """Content of the key file beside a data file."""
    with key_file(path).open("rb") as file:
        content = file.read(MOST_KEY_FILE + 1)
    if len(content) > MOST_KEY_FILE:
        raise FileError(f"密钥文件“{key_file(path).name}”大得不对，请用备份里同名的文件替换它。")
    return content


def write_key_file(path: Path, content: bytes) -> None:
    """Put a key file beside a data file, in one step, in place of the one that is there."""
    saving.save(key_file(path), content)


def connect(path: Path, key: bytes) -> sqlite3.Connection:
    """Open or make an encrypted file; ``FileError`` when the key is not its key. The caller sets the pragmas."""
    connection: sqlite3.Connection = _connection(path, key)
    try:
        connection.execute("PRAGMA user_version").fetchone()
    except TROUBLE as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", None) != _NOT_A_DATABASE:
            raise
        if begins_plain(path):
            said = f"“{path.name}”没有加密，旁边却有密钥文件“{key_file(path).name}”，请把密钥文件移到别处再打开。"
        else:
            said = (
                f"“{path.name}”与它旁边的密钥文件“{key_file(path).name}”不是一对，或已损坏，"
                "请把和它一起备份的密钥文件放回来，或用备份恢复。"
            )
        raise FileError(said) from error
    return connection


def _connection(path: Path, key: bytes | None) -> Any:  # noqa: ANN401 - SQLCipher's connection has no type
    connection = module().connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA cipher_log_level=NONE")  # errors are told as sentences, not on the terminal
    if key is not None:
        connection.set_key(_raw(key))
    return connection


def _raw(key: bytes) -> str:
    """A raw key in SQLCipher's notation: used as it is, without a derivation of its own."""
    return f"x'{key.hex()}'"


@contextmanager
def converted(path: Path, part: Path, *, old: bytes | None, new: bytes | None) -> Iterator[None]:
    """Rewrite a data file under another key into ``part`` and compare; None means plain.

    From before the first byte is read to the end of the block nobody else may read or write the old one.
    """
    with closing(_connection(path, old)) as source:
        source.execute("PRAGMA main.locking_mode=EXCLUSIVE")
        _export(source, part, new)
        with closing(_connection(part, new)) as made:
            sound = made.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            if not sound or _content(made) != _content(source):
                raise FileError(f"“{path.name}”转换后核对不一致，没有改动它，请检查磁盘后重试。")
        saving.wipe(path.with_name(path.name + "-journal"))
        if (
            os.name == "nt"
        ):  # there an open file cannot be replaced, not even while another program has it open
            source.close()
        yield


def _export(source: Any, part: Path, key: bytes | None) -> None:  # noqa: ANN401
    """Write everything into a new file while nobody else may read or write the source."""
    source.execute("ATTACH DATABASE ? AS made KEY ?", (str(part), "" if key is None else _raw(key)))
    source.execute("PRAGMA made.journal_mode=MEMORY")
    source.execute("BEGIN EXCLUSIVE")
    source.execute("SELECT sqlcipher_export('made')")
    for statement in (
        f"PRAGMA made.{name}={source.execute(query).fetchone()[0]:d}"
        for name, query in (
            ("application_id", "PRAGMA main.application_id"),
            ("user_version", "PRAGMA main.user_version"),
        )
    ):
        source.execute(statement)  # a pragma takes no parameters
    source.execute("COMMIT")
    source.execute("DETACH DATABASE made")


def _content(connection: Any) -> bytes:  # noqa: ANN401
    """Digest of every table: its text and all its rows."""
    digest = hashlib.sha256()
    tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    for name, sql in tables.fetchall():
        digest.update(repr((name, sql)).encode())
        for row in _rows(connection, name) if sql.startswith("CREATE TABLE") else ():
            digest.update(repr(row).encode())
    return digest.digest()


def _rows(connection: Any, table: str) -> Iterator[tuple[object, ...]]:  # noqa: ANN401
    quoted = table.replace('"', '""')
    every = f'SELECT * FROM "{quoted}"'  # a name takes no parameter; it is one of our own file's tables
    yield from connection.execute(every)


def begins_plain(path: Path) -> bool:
    """Whether a file begins as a plain database; closing it drops this process's locks on it."""
    with path.open("rb") as file:
        return file.read(len(PLAIN)) == PLAIN
