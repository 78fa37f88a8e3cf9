"""The genuine packages that the attacks start from, as small as they can be, and what a receiver may take for genuine."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from functools import cache

import sealing

from pingyi_desktop.exchange.wire import age, bundle, package, trust
from pingyi_desktop.exchange.wire.package import Envelope

BRANCH = "QL.01"
OFFICE = "QL"
CODE = "1234567890123450"
CHEAP = 1  # scrypt's log₂ N: the least there is, so that a spoilt copy costs next to nothing


@cache
def envelopes() -> dict[str, tuple[Envelope, ...]]:
    """Envelopes of one package of each type in the order of their file, from a campaign of two units and one form."""
    small = sealing.definition(
        forms=[sealing.form("T-MEM-B", "MEMBER_ROSTER", ("1",))],
        orgs=[org for org in sealing.DEFINITION["orgs"] if org["code"] in (OFFICE, BRANCH)],
    )
    campaign = sealing.campaign(small)
    bound = {"campaign_sha256": campaign.address.campaign_sha256}
    branch = sealing.submission(BRANCH, documents=_documents(), coverage=None, **bound)
    less = package.strip(branch, ["ratee_tallies"])
    receipt = sealing.sealed("receipt", OFFICE, {"note": {"text": "已收到"}}, to=BRANCH, **bound)
    made = {
        "submission": (branch,),
        "rollup": (less, sealing.rollup(OFFICE, [branch], **bound)),
        "campaign": (campaign,),
        "task": (campaign, sealing.assignment(OFFICE, BRANCH, **bound)),
        "receipt": (receipt,),
    }
    return {kind: tuple(sorted(some, key=lambda one: one.id)) for kind, some in made.items()}


@cache
def plain() -> dict[str, bytes]:
    """The same as files, not encrypted."""
    return {kind: bundle.write(made) for kind, made in envelopes().items()}


@cache
def keys() -> dict[str, tuple[str, str]]:
    """(identity, recipient) of the office above and of the recovery code: what upward files are encrypted to."""
    return {name: age.recovery_identity(f"pingyi test {name}") for name in ("parent", "recovery")}


@cache
def encrypted() -> dict[str, bytes]:
    """The upward files as they travel: encrypted to the office above and to the recovery key."""
    recipients = [recipient for _, recipient in keys().values()]
    return {kind: age.encrypt(plain()[kind], recipients) for kind in ("submission", "rollup")}


@cache
def sealed_task(cost: int = CHEAP) -> bytes:
    """The task file as it travels: sealed with an activation code of 16 digits."""
    return age.seal_with_code(plain()["task"], CODE, cost=cost)


@cache
def genuine() -> frozenset[bytes]:
    """Every envelope somebody really made, byte for byte."""
    return frozenset(one.raw for made in envelopes().values() for one in made)


def trusted(envelope: Envelope) -> bool:
    """Whether a receiver knows the signer: both units' keys of the first epoch, and no other."""
    head = envelope.address
    known = {(unit, 1): trust.public_key(sealing.key_of(unit)) for unit in (OFFICE, BRANCH)}
    return known.get((head.unit, head.epoch)) == envelope.signer


def packed(raws: Iterable[bytes]) -> bytes:
    """A bundle file of any bytes as envelopes, in the order given, with a right digest."""
    return wrapped(b"".join(b"%d\n" % len(raw) + raw for raw in raws))


def wrapped(content: bytes) -> bytes:
    """A bundle file of any inflated content, with a right digest."""
    stream = zlib.compress(content, 1)
    return b"PINGYIBUNDLE/1 deflate %b\n" % hashlib.sha256(stream).hexdigest().encode() + stream


def _documents() -> dict[str, object]:
    documents = sealing.documents_of(BRANCH)
    roster = documents["tallies"]["batches"][1]
    return {
        "sessions": documents["sessions"],
        "tallies": {**documents["tallies"], "batches": [roster]},
        "ratee_tallies": documents["ratee_tallies"],
    }
