"""What one campaign's part of the file holds of packages and of what was decided about them, read once for one question.

The board, the desk, the cases that wait and the receipts all tell it from here. Bodies are read and opened only of those
envelopes that are judged by more than their row: rollups, receipts, and what was set aside or let in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, case, func, null, or_, select
from sqlmodel import Session, col

from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import ASSIGNMENT as ASSIGNMENT
from pingyi_desktop.exchange.wire.header import RECEIPT, ROLLUP
from pingyi_desktop.exchange.wire.header import SUBMISSION as SUBMISSION
from pingyi_desktop.storage.schema_exchange import (
    ConflictDecision,
    EnvelopeState,
    HoldRuling,
    ImportRun,
    QuarantinedFile,
    StoredEnvelope,
    Withdrawal,
)

CAMPAIGN: BindParameter[str] = bindparam("campaign")
"""the statements here are put together once, and asked for one campaign or another"""


class Letter(NamedTuple):
    """The row of a stored envelope; ``body`` is False once its bytes were deleted, ``arrived`` the number of its import."""

    id: str
    type: str
    unit: str
    epoch: int
    revision: int
    state: str
    own: bool
    body: bool
    listed: int | None
    arrived: int


class WaitingFile(NamedTuple):
    """A file in quarantine; ``size`` is in bytes, ``reason`` its situation and a sentence."""

    id: str
    file_name: str
    unit: str
    reason: str
    size: int


class Withdrawn(NamedTuple):
    """An envelope that counts nowhere; ``reason`` begins with what kind of ruling it is (``decisions``)."""

    envelope_id: str
    reason: str
    decided_by: str


class Choice(NamedTuple):
    """The content that was kept in a conflict."""

    unit_code: str
    epoch: int
    revision: int
    envelope_id: str
    reason: str
    decided_by: str


class Ruling(NamedTuple):
    """What was decided about something set aside; ``kept_id`` is what counted until then ("" for nothing)."""

    envelope_id: str
    kept_id: str
    let_in: bool
    reason: str
    decided_by: str


@dataclass(frozen=True)
class Decided:
    """What persons at this office decided about what came."""

    withdrawals: Sequence[Withdrawn] = ()
    choices: Sequence[Choice] = ()
    holds: Sequence[Ruling] = ()

    @property
    def void(self) -> frozenset[str]:
        """Ids of what was withdrawn or turned down."""
        refused = {one.envelope_id for one in self.holds if not one.let_in}
        return frozenset(refused | {one.envelope_id for one in self.withdrawals})


@dataclass(frozen=True)
class Tray:
    """Everything at once; ``bodies`` are the bytes of what may be opened, by id."""

    letters: Sequence[Letter] = ()
    bodies: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    decided: Decided = field(default_factory=Decided)
    files: Sequence[WaitingFile] = ()
    _opened: dict[str, package.Envelope] = field(default_factory=dict, init=False, repr=False, compare=False)

    def opened(self, letters: Iterable[Letter]) -> list[package.Envelope]:
        """Those of them whose bodies are here, each opened once however often it is asked for."""
        return [self._open(one.id) for one in letters if one.id in self.bodies]

    def _open(self, identity: str) -> package.Envelope:
        if identity not in self._opened:
            self._opened[identity] = package.parse_stored(self.bodies[identity])
        return self._opened[identity]

    def received(self, *kinds: str) -> list[Letter]:
        """Letters of these kinds that came from elsewhere."""
        return [one for one in self.letters if not one.own and one.type in kinds]

    def sent(self, *kinds: str) -> list[Letter]:
        """Letters of these kinds that this unit signed, the newest first."""
        mine = [one for one in self.letters if one.own and one.type in kinds]
        return sorted(mine, key=lambda one: (one.epoch, one.revision), reverse=True)


def read(session: Session, *, campaign_id: str, known: Decided | None = None) -> Tray:
    """The tray of a campaign, in five statements, or two when its decisions are ``known``."""
    asked = {"campaign": campaign_id}
    rows = session.execute(_envelopes(), asked).all()
    return Tray(
        letters=[Letter(*row[:-1]) for row in rows],
        bodies={row[0]: row[-1] for row in rows if row[-1] is not None},
        decided=known or decided(session, campaign_id=campaign_id),
        files=[WaitingFile(*row) for row in session.execute(_files(), asked)],
    )


def decided(session: Session, *, campaign_id: str) -> Decided:
    """The decisions of a campaign, as they stand now."""
    void, chosen, held = _decisions()
    asked = {"campaign": campaign_id}
    return Decided(
        [Withdrawn(*one) for one in session.execute(void, asked)],
        [Choice(*one) for one in session.execute(chosen, asked)],
        [Ruling(*one) for one in session.execute(held, asked)],
    )


def decided_in(
    *, campaign_id: str, withdrawals: Iterable[Any], choices: Iterable[Any], holds: Iterable[Any]
) -> Decided:
    """The same from the rows of every campaign."""

    def picked(rows: Iterable[Any], names: Sequence[str]) -> list[list[Any]]:
        return [[getattr(row, name) for name in names] for row in rows if row.campaign_id == campaign_id]

    return Decided(
        [Withdrawn(*one) for one in picked(withdrawals, Withdrawn._fields)],
        [Choice(*one) for one in picked(choices, Choice._fields)],
        [Ruling(*one) for one in picked(holds, Ruling._fields)],
    )


@cache
def _files() -> Select[tuple[object, ...]]:
    """Files that wait as a whole."""
    return (
        select(
            col(QuarantinedFile.id),
            col(QuarantinedFile.file_name),
            col(QuarantinedFile.unit_code),
            col(QuarantinedFile.reason),
            func.length(QuarantinedFile.data),
        )
        .where(col(QuarantinedFile.campaign_id) == CAMPAIGN, col(QuarantinedFile.released_by).is_(None))
        .order_by(col(QuarantinedFile.unit_code), col(QuarantinedFile.file_name), col(QuarantinedFile.id))
    )


@cache
def _decisions() -> tuple[
    Select[str, str, str], Select[str, int, int, str, str, str], Select[str, str, bool, str, str]
]:
    """What was withdrawn, chosen in a conflict, and ruled about what waits."""
    void = select(col(Withdrawal.envelope_id), col(Withdrawal.reason), col(Withdrawal.decided_by))
    chosen = select(
        col(ConflictDecision.unit_code),
        col(ConflictDecision.epoch),
        col(ConflictDecision.revision),
        col(ConflictDecision.envelope_id),
        col(ConflictDecision.reason),
        col(ConflictDecision.decided_by),
    )
    held = select(
        col(HoldRuling.envelope_id),
        col(HoldRuling.kept_id),
        col(HoldRuling.let_in),
        col(HoldRuling.reason),
        col(HoldRuling.decided_by),
    )
    return (
        void.where(col(Withdrawal.campaign_id) == CAMPAIGN),
        chosen.where(col(ConflictDecision.campaign_id) == CAMPAIGN),
        held.where(col(HoldRuling.campaign_id) == CAMPAIGN),
    )


@cache
def _envelopes() -> Select[tuple[object, ...]]:
    """Every envelope's row, and of those that are opened the bytes."""
    ruled = select(col(HoldRuling.envelope_id)).where(col(HoldRuling.campaign_id) == CAMPAIGN)
    is_opened = or_(
        col(StoredEnvelope.type) == RECEIPT,
        col(StoredEnvelope.own).is_(False)
        & or_(  # what waits or was let in may be signed by a key that the keyring does not have for its place
            col(StoredEnvelope.type) == ROLLUP,
            (col(StoredEnvelope.type) == SUBMISSION)
            & or_(col(StoredEnvelope.state) == EnvelopeState.QUARANTINED, col(StoredEnvelope.id).in_(ruled)),
        ),
    )
    columns = (
        col(StoredEnvelope.id),
        col(StoredEnvelope.type),
        col(StoredEnvelope.unit_code),
        col(StoredEnvelope.epoch),
        col(StoredEnvelope.revision),
        col(StoredEnvelope.state),
        col(StoredEnvelope.own),
        col(StoredEnvelope.raw).is_not(None),
        col(StoredEnvelope.listed),
        func.coalesce(col(ImportRun.number), 0),
        case((is_opened, col(StoredEnvelope.raw)), else_=null()),
    )
    brought = select(*columns).outerjoin(ImportRun, col(ImportRun.id) == col(StoredEnvelope.import_id))
    return brought.where(col(StoredEnvelope.campaign_id) == CAMPAIGN)
