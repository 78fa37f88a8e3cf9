"""After any change to the set of envelopes or to what was decided: stored states and figures follow the view.

Nothing is incremented. ``settle`` looks at the whole set, writes what differs, and projects the figures of the chosen
submissions into the planned sessions; the same set gives the same file whatever came first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from pingyi_desktop.exchange.inbox import contents, desks
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.ledgers import ledger_bodies
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging.merge import SUBMISSION, Record, View
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import ROLLUP
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import EnvelopeState, StoredEnvelope

_LOT = 10_000  # bound variables of one statement


def settle(
    session: Session,
    *,
    desk: Desk,
    fresh: Mapping[str, package.Envelope],
    import_id: str | None = None,
    number: int | None = None,
) -> View:
    """Store ``fresh`` envelopes, then make stored states and projected figures equal to the view of the whole set.

    ``import_id`` and ``number`` are those of the import they came with; what its rollups list is noted with the number.
    """
    seen = desks.view_of(desk, whole(desk, fresh).values())
    states = states_of({*desk.known, *fresh}, seen)
    for lot in _lots(fresh.keys() - desk.known.keys()):
        rows = [keys.stored(fresh[identity], state=states[identity], own=False) for identity in lot]
        for row in rows:
            row["import_id"] = import_id
            row["listed"] = number if row["id"] in seen.listed else None
            if row["state"] == EnvelopeState.SUPERSEDED and row["type"] in (SUBMISSION, ROLLUP):
                row["raw"] = _left_of(fresh[str(row["id"])])  # older than what is here (T13)
        keys.keep(session, rows)
    for identity, envelope in fresh.items():
        if identity in desk.known:
            session.execute(
                update(StoredEnvelope).where(col(StoredEnvelope.id) == identity).values(raw=envelope.raw)
            )
    if number is not None:
        _note_listed(session, desk, seen, number)
    _restate(session, desk, states)
    _project(session, desk, seen, fresh)
    return seen


def settle_again(session: Session, *, campaign_id: str) -> None:
    """The same after something other than the envelopes changed what counts."""
    desk = desks.open_desk(session, session.get_one(Campaign, campaign_id))
    settle(session, desk=desk, fresh={})


def whole(desk: Desk, fresh: Mapping[str, package.Envelope]) -> dict[str, Record]:
    """The records of everything held and everything arriving."""
    arriving = {
        identity: desks.noted(desks.record(e), desk.known.get(identity)) for identity, e in fresh.items()
    }
    return {**desk.known, **arriving}


def states_of(identities: Iterable[str], seen: View) -> dict[str, EnvelopeState]:
    """The stored state of each envelope; what was set aside, may yet count or was misplaced is QUARANTINED, and kept."""
    states = dict.fromkeys(identities, EnvelopeState.SUPERSEDED)
    states |= dict.fromkeys((*seen.held, *seen.waiting), EnvelopeState.QUARANTINED)
    states |= dict.fromkeys((identity for _, identity in seen.strays), EnvelopeState.QUARANTINED)
    states |= dict.fromkeys(seen.voided, EnvelopeState.QUARANTINED)
    states |= dict.fromkeys(seen.rollups.values(), EnvelopeState.SUPPORT)
    states |= dict.fromkeys(seen.submissions.values(), EnvelopeState.CHOSEN)
    for ids in seen.conflicts.values():
        states |= dict.fromkeys(ids, EnvelopeState.CONFLICT)
    return states


def take_out(session: Session, *, desk: Desk, ids: Collection[str], number: int) -> None:
    """Remove the envelopes of an import again (undo), their figures first, and what it noted as listed."""
    remaining = {
        identity: replace(one, listed=None) if one.listed == number else one
        for identity, one in desk.known.items()
        if identity not in ids
    }
    noted = (col(StoredEnvelope.campaign_id) == desk.campaign.id, col(StoredEnvelope.listed) == number)
    session.execute(update(StoredEnvelope).where(*noted).values(listed=None))
    smaller = replace(desk, known=remaining)
    contents.withdraw(
        session, source_ids=sorted(set(ids) & contents.projected(session, campaign_id=desk.campaign.id))
    )
    for lot in _lots(ids):
        session.execute(delete(StoredEnvelope).where(col(StoredEnvelope.id).in_(lot)))
    settle(session, desk=smaller, fresh={})


def erase(session: Session, *, ids: Collection[str]) -> int:
    """Delete what superseded envelopes need not keep (T13, ``_left_of``); of how many something was there."""
    erased = 0
    for envelope in opened(session, ids=ids):
        left = _left_of(envelope)
        if left != envelope.raw:
            of_it = col(StoredEnvelope.id) == envelope.id
            session.execute(update(StoredEnvelope).where(of_it).values(raw=left))
            erased += 1
    return erased


def _left_of(envelope: package.Envelope) -> bytes | None:
    """What is kept of a superseded envelope: nothing but the row of a submission. A rollup tells which key was vouched for
    when, and counts again when a newer one is withdrawn: it stays without the persons, who may stay behind anyhow."""
    if envelope.address.type == SUBMISSION:
        return None
    apart = {one.name for one in envelope.header.members if one.detachable}
    return package.strip(envelope, apart).raw


def opened(session: Session, *, ids: Collection[str]) -> list[package.Envelope]:
    """Stored envelopes whose bodies are still there."""
    return [
        package.parse_stored(raw)
        for lot in _lots(ids)
        for raw in session.scalars(select(col(StoredEnvelope.raw)).where(col(StoredEnvelope.id).in_(lot)))
        if raw is not None
    ]


def superseded(session: Session, *, campaign_id: str) -> set[str]:
    """Received submissions and rollups that a newer one has replaced."""
    rows = select(col(StoredEnvelope.id)).where(
        col(StoredEnvelope.campaign_id) == campaign_id,
        col(StoredEnvelope.type).in_((SUBMISSION, ROLLUP)),
        col(StoredEnvelope.state) == EnvelopeState.SUPERSEDED,
        col(StoredEnvelope.own).is_(False),
    )
    return set(session.scalars(rows))


def _note_listed(session: Session, desk: Desk, seen: View, number: int) -> None:
    """Note of what was held before that it has been listed now."""
    added = [one for one in seen.listed if one in desk.known and desk.known[one].listed is None]
    for lot in _lots(added):
        session.execute(update(StoredEnvelope).where(col(StoredEnvelope.id).in_(lot)).values(listed=number))


def _restate(session: Session, desk: Desk, states: Mapping[str, EnvelopeState]) -> None:
    held = session.execute(
        select(col(StoredEnvelope.id), col(StoredEnvelope.state)).where(
            col(StoredEnvelope.campaign_id) == desk.campaign.id, col(StoredEnvelope.own).is_(False)
        )
    ).all()
    for state in EnvelopeState:
        changed = [one for one, stored in held if states.get(one, stored) is state and stored != state]
        for lot in _lots(changed):
            session.execute(update(StoredEnvelope).where(col(StoredEnvelope.id).in_(lot)).values(state=state))


def _project(session: Session, desk: Desk, seen: View, fresh: Mapping[str, package.Envelope]) -> None:
    chosen = set(seen.submissions.values())
    ledgers = ledger_carriers(desk, seen)
    ledger_bodies.project(session, campaign_id=desk.campaign.id, ids=ledgers, fresh=fresh)
    shown = contents.projected(session, campaign_id=desk.campaign.id)
    for lot in _lots(shown - chosen):
        contents.withdraw(session, source_ids=lot)
    if wanted := sorted(chosen - shown):
        older = [identity for identity in wanted if identity not in fresh]
        arrived = [fresh[identity] for identity in wanted if identity in fresh]
        envelopes = [*opened(session, ids=older), *arrived]
        contents.project(
            session,
            campaign_id=desk.campaign.id,
            submissions=map(_read, envelopes),
            places=desk.planned,
        )


def ledger_carriers(desk: Desk, seen: View) -> set[str]:
    """Ids of the envelopes whose ledgers count: an office's rollup, the submission of any other unit."""
    offices = set(desk.parents.values())
    leaves = {identity for unit, identity in seen.submissions.items() if unit not in offices}
    return leaves | set(seen.rollups.values())


def _read(envelope: package.Envelope) -> contents.Submission:
    """Nobody reads these documents again once their figures are written."""
    read = contents.read(envelope)
    envelope.forget()
    return read


def _lots(ids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _LOT):
        yield ordered[start : start + _LOT]
