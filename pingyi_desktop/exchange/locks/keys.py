"""Keys and envelopes as the data file keeps them: this unit's own key, the keys it trusts, the envelopes it holds.

From the first own key on every commit is signed with it (``signing``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from sqlalchemy import Select, bindparam, insert
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop import __version__
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.locks import keylock, signing
from pingyi_desktop.exchange.wire import age, canonical, package, trust
from pingyi_desktop.exchange.wire.header import MAX_SIGNATURES, ROLLUP, SUBMISSION, Totals
from pingyi_desktop.exchange.wire.package import Address
from pingyi_desktop.storage import bulk
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_campaign import CAMPAIGN_MADE, Campaign
from pingyi_desktop.storage.schema_exchange import (
    EnvelopeState,
    IssuedTask,
    OwnKey,
    StoredEnvelope,
    TrustedKey,
)

UPWARD = (SUBMISSION, ROLLUP)
signing.sign_commits()


@dataclass(frozen=True)
class Signer:
    """This unit as a signer in one campaign; ``token`` is the secret of its task ("" without one)."""

    unit: str
    epoch: int
    private: bytes = field(repr=False)
    token: str = field(default="", repr=False)


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
    private = keylock.signing_half(keylock.reveal(session, row.private_key))
    token = "" if row.token is None else keylock.reveal(session, row.token)
    return Signer(unit_code(session), row.epoch, private, token)


def earlier(session: Session, *, campaign_id: str) -> list[bytes]:
    """The own keys before the one that signs now, the latest first: they sign a task as well, so that the units below
    know by the key they trust already that the new one is ours (``anchors``).
    """
    rows = session.exec(
        select(OwnKey)
        .join(Campaign, col(Campaign.id) == OwnKey.campaign_id)
        .order_by(
            (col(OwnKey.campaign_id) == campaign_id).desc(), CAMPAIGN_MADE.desc(), col(OwnKey.epoch).desc()
        )
    )
    _, *before = {row.public_key: row.private_key for row in rows}.values()
    return [keylock.signing_half(keylock.reveal(session, one)) for one in before[: MAX_SIGNATURES - 1]]


def private_half(session: Session, *, campaign_id: str, public_key: str) -> bytes:
    """The private half of one of the own keys, of whatever epoch."""
    row = session.exec(
        select(OwnKey.private_key).where(OwnKey.campaign_id == campaign_id, OwnKey.public_key == public_key)
    ).one()
    return keylock.signing_half(keylock.reveal(session, row))


def own_fingerprint(session: Session, *, campaign_id: str) -> str:
    """密钥指纹 of the own key, to be read out on the telephone; "" while there is no key, and none is made."""
    newest = col(OwnKey.epoch).desc()
    keys = select(OwnKey.public_key).where(OwnKey.campaign_id == campaign_id).order_by(newest).limit(1)
    public = session.exec(keys).first()
    return "" if public is None else trust.fingerprint(public)


def create_signer(session: Session, *, campaign_id: str, epoch: int, token: str = "") -> Signer:
    """Make and keep a new signing key and a new key to be encrypted to, for the campaign and epoch."""
    private, (identity, recipient) = trust.create_key(), age.new_identity()
    session.add(
        OwnKey(
            campaign_id=campaign_id,
            epoch=epoch,
            private_key=keylock.protect(session, private.hex()),
            public_key=trust.public_key(private),
            age_identity=keylock.protect(session, identity),
            age_recipient=recipient,
            token=keylock.protect(session, token) if token else None,
        )
    )
    session.flush()
    return Signer(unit_code(session), epoch, private, token)


def recipient(session: Session, *, campaign_id: str) -> str:
    """What those below encrypt to for this unit; made now when the own key is of an edition that had none."""
    epoch = signer(session, campaign_id=campaign_id).epoch
    row = session.get_one(OwnKey, (campaign_id, epoch))
    if row.age_recipient is None:
        identity, row.age_recipient = age.new_identity()
        row.age_identity = keylock.protect(session, identity)
        session.add(row)
        session.flush()
    return row.age_recipient


def identities(session: Session, *, campaign_id: str) -> list[str]:
    """The secret halves of every key that packages may have been encrypted to for this unit, of all epochs."""
    rows = session.exec(select(OwnKey.age_identity).where(OwnKey.campaign_id == campaign_id))
    return [keylock.reveal(session, text) for text in rows if text is not None]


def wrap_for(session: Session, *, campaign_id: str, data: bytes) -> bytes:
    """An upward bundle as it travels: encrypted to the office above and to the campaign's recovery key.

    What to encrypt to is that of the office's newest key. Without one nothing leaves the file: it never travels open.
    """
    campaign = session.get_one(Campaign, campaign_id)
    above = _office_above(session, campaign)
    told = (
        select(TrustedKey.age_recipient)
        .where(TrustedKey.campaign_id == campaign_id, TrustedKey.unit_code == above)
        .order_by(col(TrustedKey.epoch).desc())
        .limit(1)
    )
    parent = session.exec(told).first()
    if parent is None:
        raise PackageError(
            "还没有上级收件用的公钥，数据包无法加密，没有导出。请让上级用现在的版本重新下发任务文件，打开以后再导出。"
        )
    return age.encrypt(data, [parent, *filter(None, [campaign.recovery_recipient])])


def tokens(session: Session, *, campaign_id: str) -> dict[tuple[str, int], bytes]:
    """The secrets inside the tasks handed down from here, by (unit, epoch); none for units entered by proxy."""
    rows = session.exec(select(IssuedTask).where(IssuedTask.campaign_id == campaign_id))
    return {
        (row.unit_code, row.epoch): bytes.fromhex(keylock.reveal(session, row.token))
        for row in rows
        if row.token
    }


def keyring(session: Session, *, campaign_id: str) -> dict[tuple[str, int], str]:
    """Every public key this file trusts in the campaign, by (unit code, epoch)."""
    rows = session.execute(_trusted(), {"campaign": campaign_id})
    return {(unit, epoch): public_key for unit, epoch, public_key in rows}


@cache
def _trusted() -> Select[str, int, str]:
    """Put together once: every import, export and question about packages asks for it."""
    columns = (col(TrustedKey.unit_code), col(TrustedKey.epoch), col(TrustedKey.public_key))
    return select_rows(*columns).where(col(TrustedKey.campaign_id) == bindparam("campaign"))


def remember(
    session: Session,
    *,
    campaign_id: str,
    keys: Mapping[tuple[str, int], str],
    origin: str,
    recipients: Mapping[tuple[str, int], str] | None = None,
) -> None:
    """Store keys that have come to be trusted, with what is encrypted to for them; ``origin`` says how."""
    rows = [
        {
            "campaign_id": campaign_id,
            "unit_code": unit,
            "epoch": epoch,
            "public_key": key,
            "origin": origin,
            "age_recipient": (recipients or {}).get((unit, epoch)),
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
    withheld: Collection[str] = (),
    cosigners: Sequence[bytes] = (),
    anew: bool = False,
) -> tuple[package.Envelope, bool]:
    """Sign own documents as the next revision to ``to``, or give back the last envelope when nothing changed.

    The detachable members ``withheld`` travel, but are not kept in this file; ``cosigners`` sign as well. ``anew`` asks
    for a next revision though nothing changed.
    """
    last = _last_own(session, campaign.id, kind, unit=signer.unit, to=to)
    encoded = {name: canonical.encode(document) for name, document in sorted(members.items())}
    same_epoch = last is not None and last.address.epoch == signer.epoch
    if last is not None and same_epoch and not anew and _are_bodies_of(last, encoded):
        return replace(last, members=MappingProxyType(encoded)), False
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
        enrol=_enrolment(signer, campaign.id) if kind in UPWARD else "",
    )
    envelope = package.seal(
        address, members=encoded, private=signer.private, detachable=detachable, cosigners=cosigners
    )
    kept = package.strip(envelope, withheld)
    keep(session, [stored(kept, state=EnvelopeState.SUPPORT, own=True)])
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
    bulk.write(session, insert(StoredEnvelope), rows)


def _enrolment(signer: Signer, campaign_id: str) -> str:
    """The proof that this key was made with the task; it stands in everything the unit hands up, so that any is first."""
    if not signer.token:
        return ""
    return trust.enrolment(
        bytes.fromhex(signer.token),
        key=trust.public_key(signer.private),
        campaign=campaign_id,
        unit=signer.unit,
        epoch=signer.epoch,
    )


def _are_bodies_of(envelope: package.Envelope, encoded: Mapping[str, bytes]) -> bool:
    """Whether these are the envelope's bodies, those included that were not kept."""
    signed = {member.name: member.sha256 for member in envelope.header.members}
    return signed == {name: hashlib.sha256(body).hexdigest() for name, body in encoded.items()}


def _office_above(session: Session, campaign: Campaign) -> str | None:
    unit = unit_code(session)
    orgs = json.loads(campaign.definition or '{"orgs":[]}')["orgs"]
    return next((row["parent"] for row in orgs if row["code"] == unit), None)


def _last_own(
    session: Session, campaign_id: str, kind: str, *, unit: str, to: str
) -> package.Envelope | None:
    query = (
        select(StoredEnvelope.raw)
        .where(
            StoredEnvelope.campaign_id == campaign_id,
            StoredEnvelope.type == kind,
            StoredEnvelope.unit_code == unit,
            col(StoredEnvelope.own),
        )
        .order_by(col(StoredEnvelope.epoch).desc(), col(StoredEnvelope.revision).desc())
    )
    for raw in session.exec(query):
        if raw is not None and (envelope := package.parse_stored(raw)).address.to == to:
            return envelope
    return None
