"""Append-only, hash-chained record of who did what (操作日志).

One user act writes one entry. Keying writes none: the journal of a batch says that it was opened and sealed, never
when or in which order its ballots were keyed. The database refuses to change or delete entries (triggers), and
``broken_at`` finds a file in which someone did so behind the program's back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import Select
from sqlmodel import Session, col, select

from pingyi_desktop.storage.schema import JournalEntry

START = "0" * 64
Witness = Callable[[Session], Callable[[], None]]
WITNESSES: list[Witness] = []
"""called when a write transaction begins; what each returns is called before the commit (``exchange.locks.heads`` signs)"""


@dataclass(frozen=True)
class Line:
    """One journal entry as shown to a person."""

    seq: int
    at: str
    who: str
    act: str
    subject: str
    detail: str

    @property
    def local(self) -> str:
        """``at`` as this computer's clock says it, to the second; as it stands there where no clock can (an edited file)."""
        try:
            return f"{datetime.fromisoformat(self.at).astimezone():%Y-%m-%d %H:%M:%S}"
        except (ValueError, OverflowError, OSError):
            return self.at


def record(
    session: Session, *, act: str, subject: str, by: str, detail: Mapping[str, object] | None = None
) -> None:
    """Append one entry; ``subject`` says what was acted on (a code or name), ``detail`` the facts of the act."""
    before = last(session)
    entry = JournalEntry(
        seq=1 if before is None else before.seq + 1,
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        who=by,
        act=act,
        subject=subject,
        detail=json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        previous=START if before is None else before.hash,
        hash="",
    )
    entry.hash = _digest(entry)
    session.add(entry)
    session.flush()


def last(session: Session) -> JournalEntry | None:
    """The newest entry."""
    return session.scalars(_newest()).first()


@cache
def _newest() -> Select[JournalEntry]:
    """Put together once: every commit asks for it."""
    return select(JournalEntry).order_by(col(JournalEntry.seq).desc()).limit(1)


def lines(session: Session, *, newest: int = 200) -> list[Line]:
    """The newest entries, newest first."""
    query = select(JournalEntry).order_by(col(JournalEntry.seq).desc()).limit(newest)
    return [Line(e.seq, e.at, e.who, e.act, e.subject, e.detail) for e in session.exec(query)]


def broken_at(session: Session) -> int | None:
    """Number of the first entry that does not follow from the one before it, or None when the chain holds."""
    previous, expected = START, 1
    for entry in session.exec(select(JournalEntry).order_by(col(JournalEntry.seq))):
        if entry.seq != expected or entry.previous != previous or entry.hash != _digest(entry):
            return expected
        previous, expected = entry.hash, expected + 1
    return None


def _digest(entry: JournalEntry) -> str:
    fields = [entry.previous, entry.seq, entry.at, entry.who, entry.act, entry.subject, entry.detail]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
