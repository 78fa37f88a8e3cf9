"""The only door to threads: one database thread; results come back in the window's thread.

``read`` and ``write`` take a function over a session, which runs in the database thread in one transaction, and a
function that gets its result in the window's thread. Requests are served strictly in the order they were made.
``changed`` announces once, after the commit, the names of the tables a transaction wrote to. They are collected by
one listener on the connection, so that flushed objects, bulk statements and Core statements are all seen.

A ``UserError`` becomes one sentence (``failed``, or the caller's ``otherwise``); anything else is a bug and goes to
``sys.excepthook``. Every signal is emitted in the window's thread. Garbage is collected there too (``gui.app.Collector``).
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from sqlalchemy import Connection, TableClause, TextClause, UpdateBase, event
from sqlmodel import Session, SQLModel

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.storage.care import copies
from pingyi_desktop.storage.store import Store

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
Otherwise = Callable[[UserError], None]
SECONDS_BETWEEN_REPORTS = 0.05
GIVES_WAY = 0.0005
"""seconds after which the database's thread lets the window go on; with Python's own 5 ms a key waits a frame or two"""


class CancelError(UserError):
    """The user pressed 取消; the transaction was rolled back."""


class Work(QObject):
    """Does the file's work off the window's thread."""

    changed = Signal(object)
    """frozenset of the names of the tables a committed act wrote to"""
    failed = Signal(str)
    """one Chinese sentence"""
    progressed = Signal(int, int, str)
    """done, total, what is being done; total 0 means unknown"""
    finishing = Signal()
    """everything is about to be finished: the last moment to ask for writes"""
    busy = Signal(str)
    """the act in hand, or "" when no named act is waiting"""
    _finished = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        sys.setswitchinterval(GIVES_WAY)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._last: Future[None] | None = None
        self._waiting: deque[str] = deque()
        self._stops: list[Event] = []
        self._uncompacted: list[str] = []
        self._failures = 0
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def read(
        self, fn: Callable[[Session], T], then: Callable[[T], None], *, otherwise: Otherwise | None = None
    ) -> None:
        """Ask for ``fn(session)`` in a consistent read; ``then`` gets the result."""
        self._ask(partial(self._reading, fn), then, otherwise)

    def write(
        self,
        fn: Callable[[Session], T],
        then: Callable[[T], None] | None = None,
        *,
        act: str = "",
        otherwise: Otherwise | None = None,
        compact: bool = False,
    ) -> None:
        """Do ``fn(session)`` in one transaction.

        ``act`` names it for the status line (“移动党员”). ``otherwise`` gets the ``UserError`` in place of ``failed``.
        ``compact`` rewrites the file afterwards, so that nothing deleted is left in it (after sealing).
        """
        self._ask(partial(self._writing, fn, compact), then, otherwise, act)

    def long(
        self,
        fn: Callable[[Session, Progress], T],
        then: Callable[[T], None] | None = None,
        *,
        act: str,
        otherwise: Otherwise | None = None,
        compact: bool = False,
    ) -> None:
        """Like ``write`` for a job that shows its progress and can be cancelled: all of it is done, or nothing.

        ``fn(session, progress)`` calls ``progress(done, total, text)``, which raises ``CancelError`` when asked to stop.
        """
        stop = Event()
        self._stops.append(stop)
        job = partial(self._writing, lambda session: fn(session, self._progress(stop, act)), compact)
        self._ask(job, then, otherwise, act)

    @property
    def waiting(self) -> int:
        """How many requests have been made and not delivered."""
        return len(self._waiting)

    @Slot()
    def cancel(self) -> None:
        """Ask every long job to stop at its next report of progress."""
        for stop in self._stops:
            stop.set()

    def finish(self) -> bool:
        """Cancel long jobs, do and deliver everything else that was asked for; False when some of it failed."""
        self.cancel()
        self._failures = 0
        self.finishing.emit()
        while self._waiting and self._last is not None:
            self._last.result()
            QCoreApplication.sendPostedEvents(self)
        return self._failures == 0

    def close(self) -> None:
        """Finish, then accept nothing more; results that nobody waits for any longer are dropped."""
        self.finish()
        self._closed = True
        self._thread.shutdown()

    def _ask(
        self,
        job: Callable[[], tuple[T, frozenset[str]]],
        then: Callable[[T], None] | None,
        otherwise: Otherwise | None,
        act: str = "",
    ) -> None:
        if self._closed:
            return
        self._waiting.append(act)
        self._tell_busy()
        self._last = self._thread.submit(self._attempt, job, then, otherwise)

    def _attempt(
        self,
        job: Callable[[], tuple[T, frozenset[str]]],
        then: Callable[[T], None] | None,
        otherwise: Otherwise | None,
    ) -> None:
        try:
            value, touched = job()
        except Exception as error:  # noqa: BLE001 - the edge: a bug is told in the window's thread
            said = FileError(saving.error_sentence(error)) if isinstance(error, OSError) else error
            self._finished.emit(partial(self._end, partial(self._fail, said, otherwise)))
        else:
            self._finished.emit(partial(self._end, partial(self._succeed, value, then, touched)))

    def _reading(self, fn: Callable[[Session], T]) -> tuple[T, frozenset[str]]:
        with self._store.reading() as session:
            return fn(session), frozenset()

    def _writing(self, fn: Callable[[Session], T], compact: bool) -> tuple[T, frozenset[str]]:
        with self._store.transaction() as session:
            touched = watch(session)
            value = fn(session)
        if compact:
            self._uncompacted += copies.compact(self._store)
            copies.wash_kept(
                self._store.path, self._store.data_key
            )  # what cannot be washed is told once a day
        return value, frozenset(touched)

    def _progress(self, stop: Event, act: str) -> Progress:
        reported = 0.0

        def report(done: int, total: int, text: str) -> None:
            nonlocal reported
            if stop.is_set():
                raise CancelError(f"“{act}”已取消，没有写入任何内容。")
            now = time.monotonic()
            if now - reported >= SECONDS_BETWEEN_REPORTS or done == total:
                reported = now
                self._finished.emit(partial(self.progressed.emit, done, total, text))

        return report

    @Slot(object)
    def _deliver(self, message: Callable[[], None]) -> None:
        if not self._closed:
            message()

    def _end(self, tell: Callable[[], None]) -> None:
        self._waiting.popleft()
        if not self._waiting:
            self._stops.clear()
        self._tell_busy()
        tell()

    def _succeed(self, value: T, then: Callable[[T], None] | None, touched: frozenset[str]) -> None:
        try:
            if then is not None:
                then(value)
        finally:
            if touched:
                self.changed.emit(touched)
            while self._uncompacted:
                self.failed.emit(self._uncompacted.pop())

    def _fail(self, error: Exception, otherwise: Otherwise | None) -> None:
        self._failures += not isinstance(error, CancelError)
        if not isinstance(error, UserError):
            sys.excepthook(type(error), error, error.__traceback__)
        elif otherwise is not None:
            otherwise(error)
        else:
            self.failed.emit(str(error))

    def _tell_busy(self) -> None:
        self.busy.emit(next(filter(None, self._waiting), ""))


def watch(session: Session) -> set[str]:
    """Collect the names of the tables that the session's transaction writes to, from now on."""
    touched: set[str] = set()

    def executed(_connection: Connection, statement: object, *_more: object) -> None:
        if isinstance(statement, UpdateBase) and isinstance(statement.table, TableClause):
            touched.add(statement.table.name)
        elif isinstance(statement, TextClause):  # its text is not read: refresh everything
            touched.update(SQLModel.metadata.tables)

    event.listen(session.connection(), "before_execute", executed)
    return touched
