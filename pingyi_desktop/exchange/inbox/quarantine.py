"""待核区: whole package files that may not be taken in yet, kept unopened as they came, with the reason why.

Only what somebody known has addressed to this office is kept, and never more than ``MAX_TOTAL``: the signer's key is
registered, or made with a task that was handed down from here. Of a direct child to whom this file has handed down
none (an early edition), one small file waits until its fingerprint has been compared. Everything else is told and left
where it is: whoever likes can bring it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from pingyi_desktop import visible
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import desks, receiving
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import IssuedTask, QuarantinedFile

MAX_KEPT = 16 * 1024 * 1024
"""Bytes of the largest file that is kept; a larger one is not, and has to be brought again."""
MAX_TOTAL = 64 * 1024 * 1024
"""Bytes that may wait in one data file."""
MAX_FILES_OF_ONE = 3
"""Files of one unit that may wait: one that sends more and more leaves room for the others."""
MAX_UNPROVEN = 1024 * 1024
"""Bytes of a first file whose key only a telephone call can prove."""


@dataclass(frozen=True)
class Waiting:
    """A file that may not be taken in yet; ``imports.apply_import`` puts it into quarantine.

    ``proven`` tells that its signer is known; ``to`` is the office it says it was made for.
    """

    file: str
    data: bytes
    unit_code: str
    situation: Situation
    sentence: str
    proven: bool = False
    to: str = ""


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


def listing(session: Session, *, campaign_id: str, desk: Desk | None = None) -> tuple[Quarantined, ...]:
    """The files in quarantine, by unit and name; on a desk that was opened already nothing is read."""
    if desk is None:
        desk = desks.open_desk(session, session.get_one(Campaign, campaign_id), to_look=True)
    return tuple(
        Quarantined(
            id=one.id,
            file_name=one.file_name,
            unit_code=one.unit,
            unit_name=desk.names.get(one.unit, one.unit),
            situation=Situation(one.reason.partition("|")[0]),
            sentence=one.reason.partition("|")[2],
            size=one.size,
        )
        for one in desk.tray.files
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


def fitting(
    session: Session, *, campaign_id: str, waiting: Sequence[Waiting]
) -> tuple[list[Waiting], dict[str, str]]:
    """Those that are kept and not there yet, each once; and of the others by file why they are not."""
    room = MAX_TOTAL - (session.scalar(select(func.sum(func.length(QuarantinedFile.data)))) or 0)
    desk = desks.open_desk(session, session.get_one(Campaign, campaign_id))
    strangers = _unproven(session, campaign_id)
    units = select(col(QuarantinedFile.unit_code)).where(col(QuarantinedFile.released_by).is_(None))
    of_unit = Counter(session.scalars(units))
    kept: dict[str, Waiting] = {}
    turned_away: dict[str, str] = {}
    for one in waiting:
        identity = receiving.identity(one.data)
        if not one.data or identity in kept or session.get(QuarantinedFile, identity) is not None:
            continue
        why = _why_not(one, room, me=desk.unit, strangers=strangers)
        if not why and of_unit[one.unit_code] >= MAX_FILES_OF_ONE:
            why = f"该单位已有 {MAX_FILES_OF_ONE} 个文件在待核，没有收存；请先处理，再重新导入。"
        if why:
            turned_away[one.file] = why
            continue
        kept[identity] = one
        room -= len(one.data)
        of_unit[one.unit_code] += 1
        if not one.proven:
            strangers.add(one.unit_code)
    return list(kept.values()), turned_away


def _unproven(session: Session, campaign_id: str) -> set[str]:
    """Units of which no unproven file may be kept: they have been handed a task, or one waits already."""
    tasks = select(col(IssuedTask.unit_code)).where(col(IssuedTask.campaign_id) == campaign_id)
    waiting = select(col(QuarantinedFile.unit_code)).where(
        col(QuarantinedFile.campaign_id) == campaign_id,
        col(QuarantinedFile.reason).startswith(f"{Situation.UNREGISTERED}|"),
    )
    return {*session.scalars(tasks), *session.scalars(waiting)}


def _why_not(one: Waiting, room: int, *, me: str, strangers: Collection[str]) -> str:
    """Why a file is not kept; "" when it is."""
    if not one.proven:
        first = one.situation is Situation.UNREGISTERED and one.to == me and one.unit_code not in strangers
        if not first or len(one.data) > MAX_UNPROVEN:
            return "不能证明是谁签的，没有收存；与该单位核实以后请重新导入，仍不行的请给它重新下发任务。"
    if len(one.data) > MAX_KEPT:
        return f"文件超过 {MAX_KEPT // (1024 * 1024)} MB，没有收存，核实以后请重新导入。"
    if len(one.data) > room:
        return "待核区已满，没有收存；请先处理已经在待核的文件，再重新导入。"
    return ""


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
