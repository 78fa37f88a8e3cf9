"""Open, create, back up and restore a data file; the only place that makes engines and commits.

Durability: a rollback journal with ``synchronous=EXTRA`` lost no acknowledged commit in a power-cut simulation and keeps
the data one file that can be copied when the program is closed. The journal holds what a page held before: ballots in the
order of the paper. It is therefore kept (``PERSIST``) instead of deleted at every commit, which would leave it in free
blocks of the disk, and overwritten before it is deleted: when the file is closed, when it is compacted, and when it is
opened after a crash. ``secure_delete`` and ``compact`` do the same inside the file; nothing temporary is put on a disk.
SQLite's pragmas live here and in ``pages``, nowhere else.

A file may be encrypted as a whole (see ``cipher``); then every function here needs its ``key``, and backups stay
encrypted and carry their key file along. A plain file takes a ``key`` too: it opens the secrets inside (``keylock``).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, QueuePool, create_engine, event
from sqlalchemy.util import LRUCache
from sqlmodel import Session

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.storage import bulk, cipher, journal, pages, replacing
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.formats.migrations import GoOn
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization
from pingyi_desktop.storage.troubles import told_as_sentences

_STATEMENTS = 1000  # that are kept in words; the program has some hundreds
_REFUSED: tuple[type[Exception], ...] = (*cipher.TROUBLE, FileError)


@dataclass(frozen=True)
class Store:
    """An open data file; ``data_key`` is handed to every session and never shown. ``upgraded`` when it was opened."""

    path: Path
    engine: Engine
    data_key: bytes | None = field(default=None, repr=False)
    upgraded: bool = False

    @contextmanager
    def transaction(self, *, room: int = 0) -> Iterator[Session]:
        """One write transaction: committed when the block ends, rolled back when it raises.

        ``room`` is how many bytes of ballots it may write beyond those of some keys, estimated upward.
        """
        self._make_room(room)
        with self._session("BEGIN IMMEDIATE") as session:
            witnesses = [witness(session) for witness in journal.WITNESSES]
            yield session
            session.flush()
            for witness in witnesses:
                witness()
            session.commit()

    def _make_room(self, room: int) -> None:
        with told_as_sentences(self.path), self.engine.connect() as connection:
            pages.make_room(connection.execution_options(pingyi_begin="").exec_driver_sql, room)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent read; whatever is flushed inside is rolled back."""
        with self._session("BEGIN") as session:
            yield session

    @contextmanager
    def _session(self, begin: str) -> Iterator[Session]:
        with (
            told_as_sentences(self.path),
            self.engine.connect().execution_options(pingyi_begin=begin) as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            bulk.hold(session)
            if self.data_key is not None:
                session.info["data_key"] = self.data_key
            yield session

    def compact(self) -> None:
        """Rewrite the file so that nothing deleted is left in it (VACUUM), nor in the blocks by which it gets shorter."""
        cipher_key = _cipher_key(self.path, self.data_key)
        with told_as_sentences(self.path):
            with self.engine.connect() as connection:
                raw = connection.execution_options(pingyi_begin="")
                for statement in pages.COMPACTING if cipher_key is None else pages.COMPACTING[-1:]:
                    raw.exec_driver_sql(statement)
            self.engine.dispose()  # idle connections: on Windows they hold the journal, and what is held is not deleted
            _drop_journal(self.path, cipher_key)

    def close(self) -> None:
        """Release the file, one file again: its journal is overwritten and deleted."""
        self.engine.dispose()
        with suppress(*_REFUSED):  # what cannot be deleted now is deleted when the file is opened
            _drop_journal(self.path, _cipher_key(self.path, self.data_key))


def create(
    path: Path,
    *,
    code: str,
    name: str,
    org_type: OrgType,
    short_name: str = "",
    key: bytes | None = None,
    key_file: bytes = b"",
    fill: Callable[[Session], object] = lambda _: None,
) -> Store:
    """Make a new data file whose unit is ``code``; an existing file is never overwritten.

    With a ``key`` the whole file is encrypted and ``key_file``, which holds the key wrapped, is put beside it. The file is
    there with all that ``fill`` writes into it or not at all.
    """
    code, name, short_name = code.strip(), name.strip(), short_name.strip() or name.strip()
    for what, text, most in (("组织代码", code, 60), ("全称", name, 100), ("简称", short_name, 40)):
        if not 1 <= len(text) <= most:
            raise UserError(f"{what}应为 1 至 {most} 个字，现在是 {len(text)} 个字，请修改后再建立。")
    unit = PartyOrganization(code=code, full_name=name, short_name=short_name, org_type=org_type)
    with told_as_sentences(path):
        _refuse_existing(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing.making(path) as part:
            _refuse_existing(path)  # settling may have put it back
            replacing.check_free(path, key_file)
            with closing(_raw(part, key)) as raw:
                migrations.upgrade(raw)
            new = Store(path, _engine(part, key), key)
            try:
                with new.transaction() as session:
                    session.add_all([unit, DataFile(unit_code=code, created_on=date.today().isoformat())])
                    session.flush()
                    fill(session)
            finally:
                new.engine.dispose()
            replacing.put(part, path, key_file=None if key is None else key_file)
    return Store(path, _engine(path, key), key)


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise FileError(f"“{path.name}”已经存在，请换一个文件名，或直接打开它。")


def open_file(path: Path, key: bytes | None = None, go_on: GoOn = lambda *_: True) -> Store:
    """Open a data file, upgrading an older one after a backup while it is told to ``go_on``; a newer one is refused."""
    _settle(path, key)
    cipher_key = _cipher_key(path, key)
    engine = _engine(path, cipher_key)
    with told_as_sentences(path), ExitStack() as refused:
        refused.callback(engine.dispose)
        with engine.connect() as connection:  # which the first to come gets: it has read the tables
            run = connection.execution_options(pingyi_begin="").exec_driver_sql
            version = pages.checked_format(run, path)
            pages.refuse_strange_triggers(run, path)
        if version == migrations.LATEST:
            refused.pop_all()
    if version < migrations.LATEST:
        kept, steps = replacing.unused(path, f"升级前备份-v{version}"), migrations.Steps(go_on)
        try:
            backup(path, kept, key, drafts=False, go_on=steps.first)
            with told_as_sentences(path), closing(_raw(path, cipher_key)) as raw:
                migrations.upgrade(raw, steps.second)
        except FileError as error:
            for copy in (kept, cipher.key_file(kept)) if steps.left_all_as_it_was(error) else ():
                saving.wipe(copy)  # nothing was changed: the file itself is that copy, and more
            with suppress(*_REFUSED):  # else when the file is opened
                _drop_journal(path, cipher_key)
            raise
    return Store(path, engine, key, version < migrations.LATEST)


def backup(
    path: Path, out: Path, key: bytes | None = None, *, drafts: bool = True, go_on: GoOn | None = None
) -> None:
    """Copy a data file through SQLite's backup interface and check the copy; ``out`` must not exist.

    The copy of an encrypted file is encrypted with the same key and gets a copy of its key file. Without ``drafts`` it
    holds nothing in the order of the paper: ballots that are not sealed are left out. ``go_on`` may end it at any page.
    """
    format_of(path, key)
    cipher_key = _cipher_key(path, key)
    with told_as_sentences(out if go_on is None else path), replacing.making(out) as part:
        if os.path.lexists(out):
            raise FileError(f"“{out.name}”已经存在，备份没有写入，请换一个文件名。")
        key_file = None if cipher_key is None else cipher.read_key_file(path)
        replacing.check_free(out, key_file)
        _copy(path, part, cipher_key, drafts=drafts, go_on=go_on)
        replacing.put(part, out, key_file=key_file)


def _copy(
    path: Path, part: Path, cipher_key: bytes | None, *, drafts: bool = True, go_on: GoOn | None = None
) -> None:
    with closing(_raw(path, cipher_key)) as source, closing(_bare(part, cipher_key)) as copy:
        anew = not drafts and cipher_key is None and pages.hold_drafts(source.execute)
        copy.execute("PRAGMA journal_mode=MEMORY")
        pages.copy(source, part, copy, go_on, anew=anew)
        if go_on is not None:
            copy.set_progress_handler(lambda: not go_on(1, 1), migrations.OFTEN)
        if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise FileError(f"“{path.name}”已经损坏，备份没有完成，请用较早的备份恢复。")
        if not drafts:
            pages.leave_out_drafts(copy.execute, plain=cipher_key is None, anew=anew)


def restore(saved: Path, path: Path, key: bytes | None = None) -> Path | None:
    """Put a backup back in place; the file that was there is kept beside it and its new name returned."""
    format_of(saved, key)
    cipher_key = _cipher_key(saved, key)
    with told_as_sentences(path), replacing.making(path) as part:
        if path.exists() and path.samefile(saved):
            raise FileError(f"“{path.name}”就是这个备份本身，没有改动它；请选择另一个备份文件。")
        key_file = None if cipher_key is None else cipher.read_key_file(saved)
        if not path.exists():
            replacing.check_free(path, key_file)
        _copy(saved, part, cipher_key)
        with _quiet(path, key):
            return replacing.put(part, path, key_file=key_file, keep=True)


@contextmanager
def _quiet(path: Path, key: bytes | None) -> Iterator[None]:
    """Nobody else writes to the file meanwhile; one that cannot be opened (damaged, another's key) has no such lock."""
    with ExitStack() as held:
        if path.exists():
            try:
                raw = held.enter_context(closing(_bare(path, _cipher_key(path, key))))
                raw.execute("PRAGMA locking_mode=EXCLUSIVE")
                raw.execute("BEGIN EXCLUSIVE")
            except _REFUSED as error:
                held.close()
                if "locked" in str(error):
                    raise
            if os.name == "nt":  # there an open file cannot be replaced, not even one that another has open
                held.close()
        yield


def encrypt_file(
    path: Path, key: bytes, key_file: bytes, *, before: Callable[[], object] = lambda: None
) -> None:
    """Encrypt a closed plain file as a whole; the plain one is overwritten and deleted once the new one is checked.

    ``before`` is called when all is ready and nothing is changed yet, nor will be if it raises.
    """
    if cipher.is_encrypted(path):
        raise FileError(f"“{path.name}”已经有密钥文件“{cipher.key_file(path).name}”，是加密的，没有改动它。")
    format_of(path)
    with (
        told_as_sentences(path),
        replacing.making(path) as part,
        cipher.converted(path, part, old=None, new=key),
    ):
        before()
        replacing.put(part, path, key_file=key_file)


def decrypt_file(path: Path, key: bytes) -> None:
    """Make a closed encrypted file a plain one again and delete its key file."""
    format_of(path, key)
    if not cipher.is_encrypted(path):
        raise FileError(f"“{path.name}”没有加密，没有改动它。")
    with (
        told_as_sentences(path),
        replacing.making(path) as part,
        cipher.converted(path, part, old=key, new=None),
    ):
        cipher.key_file(path).rename(replacing.beside(path, replacing.PENDING))
        replacing.put(part, path, key_file=None)


def damage(path: Path, key: bytes | None = None) -> list[str]:
    """What SQLite itself finds wrong with a data file: one Chinese sentence each, empty when sound."""
    format_of(path, key)
    cipher_key = _cipher_key(path, key)
    try:
        with told_as_sentences(path), closing(_raw(path, cipher_key)) as raw:
            found = [row[0] for row in raw.execute("PRAGMA cipher_integrity_check")] if cipher_key else []
            found += [row[0] for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
            orphans = raw.execute("PRAGMA foreign_key_check").fetchall()
    except FileError as error:
        return [str(error)]
    told = [f"数据文件内部结构损坏（查出 {len(found)} 处），请用备份恢复。"] if found else []
    return told + ([f"有 {len(orphans)} 条记录失去所属对象，请用备份恢复。"] if orphans else [])


def format_of(path: Path, key: bytes | None = None) -> int:
    """Number of a data file's format; a missing, foreign, damaged or newer file is refused, untouched."""
    _settle(path, key)
    with told_as_sentences(path), closing(_raw(path, _cipher_key(path, key))) as raw:
        return pages.checked_format(raw.execute, path)


def _settle(path: Path, key: bytes | None) -> None:
    replacing.settle(path)
    if not path.is_file():
        raise FileError(f"找不到数据文件“{path}”，请检查文件名，或用“新建”建立一个。")
    with suppress(*_REFUSED):  # in use, or the wrong key: told when it is read
        _wash(path, _cipher_key(path, key))
        _drop_journal(path, _cipher_key(path, key))


def _cipher_key(path: Path, key: bytes | None) -> bytes | None:
    """The key that opens the file itself: none for a plain one, and never none for an encrypted one."""
    if not cipher.is_encrypted(path):
        return None
    if key is None:
        raise FileError(f"“{path.name}”是加密的，请先输入口令或恢复码。")
    return key


def connected(path: Path, key: bytes | None = None, *, like: Path | None = None) -> sqlite3.Connection:
    """SQLite's own connection to a file, encrypted ``like`` another: nothing is settled, checked or set."""
    return _bare(path, _cipher_key(like or path, key))


def _drop_journal(path: Path, cipher_key: bytes | None) -> None:
    """Overwrite and delete the journal while nobody else can use it; one of an interrupted write is rolled back first."""
    journal = replacing.beside(path, replacing.JOURNAL)
    if not saving.is_own(journal):
        return
    with closing(_bare(path, cipher_key)) as raw:
        for statement in pages.ALONE:
            raw.execute(statement)  # in this mode SQLite does not delete the journal itself
        saving.wipe(journal)


def _wash(path: Path, cipher_key: bytes | None) -> None:
    """Overwrite a file's free pages when its journal is that of an interrupted write, which may have written into them.

    SQLite does not put free pages into the journal, so that rolling back does not empty them again.
    """
    journal = replacing.beside(path, replacing.JOURNAL)
    if cipher_key is not None or not saving.is_own(journal):
        return
    with journal.open("rb") as file:
        if not any(file.read(8)):  # emptied by a commit, or a rollback
            return
    with closing(_bare(path, None)) as raw:
        # alone SQLite does not delete the journal when it rolls back
        for statement in (*pages.ALONE, "ROLLBACK", *pages.PRAGMAS[:-1]):
            raw.execute(statement)
        if raw.execute("PRAGMA application_id").fetchone()[0] == pages.APPLICATION_ID:
            pages.empty(raw.execute)


def _raw(path: Path, cipher_key: bytes | None) -> sqlite3.Connection:
    connection = _bare(path, cipher_key)
    for pragma in pages.PRAGMAS:
        connection.execute(pragma)
    return connection


def _bare(path: Path, cipher_key: bytes | None) -> sqlite3.Connection:
    if cipher_key is not None:
        return cipher.connect(path, cipher_key)
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


@cache
def _spoken(encrypted: bool) -> tuple[Dialect, MutableMapping[Any, Any]]:
    """The SQL of every file of a kind, written once in a process: a statement costs milliseconds to put into words.

    Nothing of a file is in it, only statements without their values.
    """
    module = cipher.module() if encrypted else sqlite3
    engine = create_engine("sqlite://", module=module)
    engine.connect().close()  # the dialect asks the module what it can do
    engine.dispose()
    return engine.dialect, LRUCache(_STATEMENTS)


def _engine(path: Path, cipher_key: bytes | None) -> Engine:
    # A pool of own connections: SQLAlchemy would otherwise give one thread the same connection twice.
    engine = create_engine(
        "sqlite://",
        hide_parameters=True,
        module=sqlite3 if cipher_key is None else cipher.module(),
        creator=lambda: _raw(path, cipher_key),
        poolclass=QueuePool,
    )
    engine.dialect, statements = _spoken(cipher_key is not None)
    engine.update_execution_options(compiled_cache=statements)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get("pingyi_begin", "BEGIN")
        if statement:
            connection.exec_driver_sql(statement)

    return engine
