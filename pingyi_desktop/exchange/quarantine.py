"""待核区: whole package files that may not be taken in yet, kept unopened as they came, with the reason why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from pingyi_desktop import visible
from pingyi_desktop.appraisal.catalogue import broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import receiving
from pingyi_desktop.exchange.situations import Situation
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import Campaign
from pingyi_desktop.storage.schema_exchange import QuarantinedFile

MAX_KEPT = 32 * 1024 * 1024
"""Bytes of the largest file that is kept; a larger one is not, and has to be brought again."""


@dataclass(frozen=True)
class Waiting:
    """A file that may not be taken in yet; ``imports.apply_import`` puts it into quarantine."""

    file: str
    data: bytes
    unit_code: str
    situation: Situation
    sentence: str


@dataclass(frozen=True)
class Quarantined:
    """A file in quarantine; ``id`` is what ``imports.release`` and ``discard`` ask for, ``size`` is in bytes."""

    id: str
    file_name: str
    unit_code: str
    unit_name: str
    situation: Situation
    sentence: str
    size: int


def listing(session: Session, *, campaign_id: str) -> tuple[Quarantined, ...]:
    """The files in quarantine, by unit and name."""
    names = receiving.open_desk(session, session.get_one(Campaign, campaign_id)).names
    rows = session.scalars(
        select(QuarantinedFile)
        .where(col(QuarantinedFile.campaign_id) == campaign_id, col(QuarantinedFile.released_by).is_(None))
        .order_by(col(QuarantinedFile.unit_code), col(QuarantinedFile.file_name), col(QuarantinedFile.id))
    )
    return tuple(
        Quarantined(
            id=row.id,
            file_name=row.file_name,
            unit_code=row.unit_code,
            unit_name=names.get(row.unit_code, row.unit_code),
            situation=Situation(row.reason.partition("|")[0]),
            sentence=row.reason.partition("|")[2],
            size=len(row.data),
        )
        for row in rows
    )


def find(session: Session, *, campaign_id: str, file_id: str) -> QuarantinedFile:
    """The row of one file; a sentence when it is not (or no longer) there."""
    row = session.get(QuarantinedFile, file_id)
    if row is None or row.campaign_id != campaign_id or row.released_by is not None:
        raise PackageError("待核区里没有这个文件，可能已经处理过了。请刷新后再看。")
    return row


def discard(session: Session, *, campaign_id: str, file_id: str, reason: str, by: str) -> None:
    """Throw a file away, with a reason for the journal."""
    row = find(session, campaign_id=campaign_id, file_id=file_id)
    if not visible.line(reason):
        raise broken("V-PKG-02")
    detail: dict[str, object] = {"file": row.file_name, "unit": row.unit_code, "reason": visible.line(reason)}
    journal.record(session, act="清除待核文件", subject=row.file_name, by=by, detail=detail)
    clear(session, ids=[row.id])


def unknown(session: Session, *, waiting: Sequence[Waiting]) -> list[Waiting]:
    """Those of sensible size that are not in quarantine yet, each once."""
    found = {receiving.identity(one.data): one for one in waiting if 0 < len(one.data) <= MAX_KEPT}
    return [one for identity, one in found.items() if session.get(QuarantinedFile, identity) is None]


def keep(session: Session, *, campaign_id: str, waiting: Sequence[Waiting], import_id: str) -> None:
    """Put files into quarantine."""
    rows = [
        {
            "id": receiving.identity(one.data),
            "campaign_id": campaign_id,
            "file_name": one.file,
            "unit_code": one.unit_code,
            "reason": f"{one.situation}|{one.sentence}",
            "data": one.data,
            "import_id": import_id,
        }
        for one in waiting
    ]
    if rows:
        session.execute(insert(QuarantinedFile), rows)


def let_in(session: Session, *, ids: Collection[str], import_id: str) -> None:
    """Note which import took files in; those that earlier ones took in are deleted, for they cannot be undone any more."""
    session.execute(delete(QuarantinedFile).where(col(QuarantinedFile.released_by).is_not(None)))
    released = update(QuarantinedFile).where(col(QuarantinedFile.id).in_(ids)).values(released_by=import_id)
    session.execute(released)


def undo(session: Session, *, import_id: str) -> None:
    """What the import put into quarantine goes, what it let in waits again."""
    session.execute(delete(QuarantinedFile).where(col(QuarantinedFile.import_id) == import_id))
    released = update(QuarantinedFile).where(col(QuarantinedFile.released_by) == import_id)
    session.execute(released.values(released_by=None))


def clear(session: Session, *, ids: Collection[str]) -> None:
    """Delete files that wait for nothing any more."""
    if ids:
        session.execute(delete(QuarantinedFile).where(col(QuarantinedFile.id).in_(ids)))
