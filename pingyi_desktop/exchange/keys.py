"""Keys and envelopes as the data file keeps them: this unit's own key, the keys it trusts, the envelopes it holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert
from sqlmodel import Session, col, select

from pingyi_desktop import __version__
from pingyi_desktop.exchange import canonical, keylock, package, trust
from pingyi_desktop.exchange.header import Totals
from pingyi_desktop.exchange.package import Address
from pingyi_desktop.storage.schema import Campaign, DataFile, Envelope, EnvelopeState
from pingyi_desktop.storage.schema_exchange import OwnKey, TrustedKey


@dataclass(frozen=True)
class Signer:
    """This unit as a signer in one campaign."""

    unit: str
    epoch: int
    private: bytes


def unit_code(session: Session) -> str:
    """Code of the unit whose file this is."""
    return session.exec(select(DataFile.unit_code)).one()


def signer(session: Session, *, campaign_id: str) -> Signer:
    """The own key of the newest epoch; the office that published the campaign makes its key on first use."""
    newest = col(OwnKey.epoch).desc()
    row = session.exec(
        select(OwnKey).where(OwnKey.campaign_id == campaign_id).order_by(newest).limit(1)
    ).first()
    if row is None:
        return create_signer(session, campaign_id=campaign_id, epoch=1)
    return Signer(unit_code(session), row.epoch, bytes.fromhex(keylock.reveal(session, row.private_key)))


def own_fingerprint(session: Session, *, campaign_id: str) -> str:
    """密钥指纹 of the own key, to be read out on the telephone; "" while there is no key, and none is made."""
    newest = col(OwnKey.epoch).desc()
    keys = select(OwnKey.public_key).where(OwnKey.campaign_id == campaign_id).order_by(newest).limit(1)
    public = session.exec(keys).first()
    return "" if public is None else trust.fingerprint(public)


def create_signer(session: Session, *, campaign_id: str, epoch: int) -> Signer:
    """Make and keep a new key for the campaign and epoch."""
    private = trust.create_key()
    public = trust.public_key(private)
    kept = keylock.protect(session, private.hex())
    session.add(OwnKey(campaign_id=campaign_id, epoch=epoch, private_key=kept, public_key=public))
    session.flush()
    return Signer(unit_code(session), epoch, private)


def keyring(session: Session, *, campaign_id: str) -> dict[tuple[str, int], str]:
    """Every public key this file trusts in the campaign, by (unit code, epoch)."""
    rows = session.exec(select(TrustedKey).where(TrustedKey.campaign_id == campaign_id))
    return {(row.unit_code, row.epoch): row.public_key for row in rows}


def remember(session: Session, *, campaign_id: str, keys: Mapping[tuple[str, int], str], origin: str) -> None:
    """Store keys that have come to be trusted; ``origin`` says how."""
    rows = [
        {
            "campaign_id": campaign_id,
            "unit_code": unit,
            "epoch": epoch,
            "public_key": key,
            "origin": origin,
        }
        for (unit, epoch), key in sorted(keys.items())
    ]
    if rows:
        session.execute(insert(TrustedKey), rows)


def issue(
    session: Session,
    *,
    campaign: Campaign,
    kind: str,
    members: Mapping[str, object],
    unit_name: str,
    to: str,
    signer: Signer,
    detachable: Collection[str] = (),
    coverage: Totals | None = None,
    reason: str = "",
) -> tuple[package.Envelope, bool]:
    """Sign own documents as the next revision to ``to``, or give back the last envelope when nothing changed."""
    last = _last_own(session, campaign.id, kind, to)
    encoded = {name: canonical.encode(document) for name, document in members.items()}
    same_epoch = last is not None and last.address.epoch == signer.epoch
    if last is not None and same_epoch and dict(last.members) == encoded:
        return last, False
    address = Address(
        type=kind,
        campaign=campaign.id,
        campaign_sha256=campaign.definition_sha256 or "",
        unit=signer.unit,
        unit_name=unit_name,
        to=to,
        epoch=signer.epoch,
        revision=last.address.revision + 1 if last is not None and same_epoch else 1,
        mode=campaign.mode,
        created=date.today().isoformat(),
        app=__version__,
        prev="" if last is None else last.id,
        coverage=coverage,
        reason=reason,
    )
    envelope = package.seal(address, members=encoded, private=signer.private, detachable=detachable)
    keep(session, [stored(envelope, state=EnvelopeState.SUPPORT, own=True)])
    return envelope, True


def stored(envelope: package.Envelope, *, state: EnvelopeState, own: bool) -> dict[str, object]:
    """The row that keeps an envelope byte for byte."""
    head = envelope.address
    return {
        "id": envelope.id,
        "campaign_id": head.campaign,
        "type": head.type,
        "unit_code": head.unit,
        "epoch": head.epoch,
        "revision": head.revision,
        "state": state,
        "own": own,
        "raw": envelope.raw,
    }


def keep(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows made by ``stored``."""
    if rows:
        session.connection().execute(insert(Envelope), rows)


def _last_own(session: Session, campaign_id: str, kind: str, to: str) -> package.Envelope | None:
    query = (
        select(Envelope.raw)
        .where(Envelope.campaign_id == campaign_id, Envelope.type == kind, col(Envelope.own))
        .order_by(col(Envelope.epoch).desc(), col(Envelope.revision).desc())
    )
    for raw in session.exec(query):
        if raw is not None and (envelope := package.parse_stored(raw)).address.to == to:
            return envelope
    return None
