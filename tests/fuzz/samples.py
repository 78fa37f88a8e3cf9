"""The genuine packages that the attacks start from, as small as they can be, and what a receiver may take for genuine."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from functools import cache

import sealing

from pingyi_desktop.exchange import bundle, package, trust
from pingyi_desktop.exchange.package import Envelope

BRANCH = "QL.01"
OFFICE = "QL"


@cache
def envelopes() -> dict[str, tuple[Envelope, ...]]:
    """Envelopes of one package of each type, from a campaign of two units and one form."""
    small = sealing.definition(
        forms=[sealing.form("T-MEM-B", "MEMBER_ROSTER", ("1",))],
        orgs=[org for org in sealing.DEFINITION["orgs"] if org["code"] in (OFFICE, BRANCH)],
    )
    campaign = sealing.campaign(small)
    bound = {"campaign_sha256": campaign.address.campaign_sha256}
    branch = sealing.submission(BRANCH, documents=_documents(), coverage=None, **bound)
    less = package.strip(branch, ["ratee_tallies"])
    receipt = sealing.sealed("receipt", OFFICE, {"note": {"text": "已收到"}}, to=BRANCH, **bound)
    return {
        "submission": (branch,),
        "rollup": (less, sealing.rollup(OFFICE, [branch], **bound)),
        "campaign": (campaign,),
        "task": (campaign, sealing.assignment(OFFICE, BRANCH, **bound)),
        "receipt": (receipt,),
    }


@cache
def plain() -> dict[str, bytes]:
    """The same as files, not encrypted."""
    return {kind: bundle.write(made) for kind, made in envelopes().items()}


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
