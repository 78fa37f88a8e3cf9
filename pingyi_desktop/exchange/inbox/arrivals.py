"""What the stored packages, receipts, tasks and waiting files say of every unit, for the coverage board. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session, col

from pingyi_desktop.exchange.inbox import desks
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import RECEIPT, ROLLUP, SUBMISSION
from pingyi_desktop.storage.schema import Campaign, Envelope, EnvelopeState
from pingyi_desktop.storage.schema_exchange import QuarantinedFile, Withdrawal

RECEIPTED, RECEIPT_OLD = "已回执", "有更新，待回执"
ASIDE = "待核："
"""How the reason begins for which a submission was set aside, when no person has ruled it out."""


@dataclass
class Arrivals:
    """By unit code: revision and check number of what counts, receipts given, missing files, waiting files and submissions.

    ``heads`` is the envelope whose check number the sender reads out: an office's rollup, else the submission; empty
    when its body is not there.
    """

    revisions: dict[str, int] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    receipts: dict[str, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)

    def check_number(self, unit: str) -> str:
        """12 digits, or "" while nothing of the unit counts."""
        head = self.heads.get(unit, "")
        return package.check_number(head) if head else ""


def look(session: Session, *, campaign_id: str) -> Arrivals:
    """Where every unit stands by what has arrived."""
    found = Arrivals()
    whole = _envelopes(session, campaign_id, found)
    for rollup in _stored(session, campaign_id, ROLLUP, own=False):
        unit = rollup.address.unit
        if found.heads.get(unit) == rollup.id:
            found.missing[unit] = len(set(rollup.document("index")["accepts"]) - whole)
    for receipt in _stored(session, campaign_id, RECEIPT, own=True):
        unit, told = receipt.address.to, {one["id"] for one in receipt.document("receipt")["accepted"]}
        if found.heads.get(unit) in told:
            found.receipts[unit] = RECEIPTED
        elif unit in found.heads:
            found.receipts.setdefault(unit, RECEIPT_OLD)
    waiting = select(col(QuarantinedFile.unit_code)).where(
        col(QuarantinedFile.campaign_id) == campaign_id, col(QuarantinedFile.released_by).is_(None)
    )
    found.quarantined.update(session.scalars(waiting))
    aside = (
        select(col(Envelope.unit_code))
        .join(Withdrawal, col(Withdrawal.envelope_id) == col(Envelope.id))
        .where(
            col(Envelope.campaign_id) == campaign_id,
            col(Envelope.state) == EnvelopeState.QUARANTINED,
            col(Withdrawal.reason).startswith(ASIDE),
        )
    )
    found.quarantined.update(session.scalars(aside))
    found.quarantined.update(_held(session, campaign_id))
    return found


def _held(session: Session, campaign_id: str) -> list[str]:
    """The units of whom an office above them says something against its earlier word, once per kind of content."""
    kept = (col(Envelope.campaign_id) == campaign_id, col(Envelope.state) == EnvelopeState.QUARANTINED)
    if not session.scalar(select(func.count()).where(*kept)):
        return []  # nearly always: the whole set is not looked at for nothing
    desk = desks.open_desk(session, session.get_one(Campaign, campaign_id))
    held = (desk.known[identity] for identity in desks.view_of(desk, desk.known.values()).held)
    return [unit for unit, _ in {(one.unit, one.type) for one in held}]


def _envelopes(session: Session, campaign_id: str, found: Arrivals) -> set[str]:
    """Fill in what the rows of received envelopes say; the ids whose bodies are here."""
    rows = session.execute(
        select(
            col(Envelope.id),
            col(Envelope.type),
            col(Envelope.unit_code),
            col(Envelope.state),
            col(Envelope.revision),
            col(Envelope.raw).is_not(None),
        ).where(
            col(Envelope.campaign_id) == campaign_id,
            col(Envelope.own).is_(False),
            col(Envelope.type).in_((SUBMISSION, ROLLUP)),
        )
    ).all()
    for identity, kind, unit, state, revision, body in rows:
        if state == EnvelopeState.CONFLICT:
            found.conflicts.add(unit)
        elif state == EnvelopeState.CHOSEN:
            found.revisions[unit] = max(revision, found.revisions.get(unit, 0))
            found.heads.setdefault(unit, identity if body else "")
        elif state == EnvelopeState.SUPPORT and kind == ROLLUP:
            found.heads[unit] = identity
    return {row[0] for row in rows if row[5]}


def _stored(session: Session, campaign_id: str, kind: str, *, own: bool) -> list[package.Envelope]:
    raws = session.scalars(
        select(col(Envelope.raw)).where(
            col(Envelope.campaign_id) == campaign_id,
            col(Envelope.type) == kind,
            col(Envelope.own).is_(own),
            col(Envelope.state) == EnvelopeState.SUPPORT,
        )
    )
    return [package.parse_stored(raw) for raw in raws if raw is not None]
