"""Signed envelopes: make them, open them, leave out what may be left out (package design §2.1). No database.

::

    PINGYI/1 <header length> <number of signatures> <presence bits>\\n
    header \\n  ( base64(signature) \\n )*  body*                        nothing may follow

Every signer signs the header in DSSE's pre-authentication encoding; the header binds every body by size and
SHA-256, so one signature covers all. The *id* of an envelope is the SHA-256 of the signed bytes: neither compression
nor leaving a body out changes it.

Presence bits, one per member in the header's order, are the only unsigned field. ``0`` says that a detachable body
was left out by an office on the way up; ``bundle.read`` accepts that only for envelopes inside a rollup.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from pingyi_desktop import visible
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import canonical, header, trust
from pingyi_desktop.exchange.wire.header import MAX_ENVELOPE, MAX_HEADER, MAX_MEMBERS, MAX_SIGNATURES, Header
from pingyi_desktop.exchange.wire.header import Address as Address

PAYLOAD_TYPE = b"application/vnd.pingyi.header.v1+json"

_FRAME = re.compile(
    rb"PINGYI/([1-9][0-9]{0,4}) ([1-9][0-9]{0,4}) ([1-%d]) ([01]{1,%d})\n" % (MAX_SIGNATURES, MAX_MEMBERS)
)
_LONGEST_FRAME = 64
_SIGNATURE_LINE = len(base64.b64encode(bytes(trust.SIGNATURE_BYTES)))


@dataclass(frozen=True)
class Envelope:
    """An opened envelope. ``members`` are the bodies by name; one that was left out on the way is not there."""

    id: str
    header: Header
    header_bytes: bytes
    signatures: tuple[bytes, ...]
    members: Mapping[str, bytes]
    _documents: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def address(self) -> Address:
        """Who says what about which campaign."""
        return self.header

    @property
    def signer(self) -> str:
        """The public key (hexadecimal) that speaks for the unit: the first signer's."""
        return self.header.signers[0].key

    @property
    def raw(self) -> bytes:
        """The envelope byte for byte, as it is stored and passed on."""
        presence = "".join("1" if m.name in self.members else "0" for m in self.header.members)
        return _written(self.header_bytes, self.signatures, presence, self.members.values())

    @property
    def is_complete(self) -> bool:
        """Whether no body was left out."""
        return len(self.members) == len(self.header.members)

    @property
    def is_newer(self) -> bool:
        """Whether a newer minor version wrote it, so that fields we do not know may stand in it."""
        return self.header.format.minor > header.MINOR

    def document(self, name: str) -> Any:  # noqa: ANN401 - a document has any shape; callers check it
        """The value of a JSON member, for reading only; None when it was left out or never there.

        Bytes that are not canonical are refused.
        """
        if name not in self._documents:
            self.read(name, canonical.decode)
        return self._documents[name]

    def read(self, name: str, reader: Callable[[bytes], Any]) -> Any:  # noqa: ANN401
        """Like :meth:`document`, read by ``reader``, which refuses at least what ``canonical.decode`` refuses."""
        body = self.members.get(name)
        self._documents[name] = None if body is None else reader(body)
        return self._documents[name]

    def forget(self) -> None:
        """Give back the memory of the documents; they are taken from their bytes again when somebody asks."""
        self._documents.clear()


def file_stem(head: Address, period: str) -> str:
    """The name of the file that carries a package up, told apart by campaign, task and revision, without its suffix."""
    again = f"-第{head.epoch}次下发" if head.epoch > 1 else ""
    return f"{visible.file_name(f'上报-{head.unit}-{head.unit_name}')}-{period}{again}-第{head.revision}次"


def seal(
    address: Address,
    *,
    members: Mapping[str, bytes],
    private: bytes,
    detachable: Collection[str] = (),
    cosigners: Sequence[bytes] = (),
) -> Envelope:
    """Sign ``members`` (name → canonical JSON bytes) with the private key that speaks for ``address.unit``.

    ``detachable`` names the members an office may leave out on the way up. The same arguments give the same bytes.
    """
    keys = (private, *cosigners)
    public = [trust.public_key(key) for key in keys]
    signed = header.write(address, members=members, keys=public, detachable=detachable)
    signatures = [trust.sign(pae(signed), key) for key in keys]
    bodies = [members[name] for name in sorted(members)]
    return open_envelope(_written(signed, signatures, "1" * len(bodies), bodies))


def open_envelope(raw: bytes) -> Envelope:
    """The envelope in ``raw``: structure, limits, hashes of all bodies and every signature verified.

    Whether the signer may speak for the unit is decided by ``trust.judge_signer``.
    """
    envelope = parse_stored(raw)
    signed = pae(envelope.header_bytes)
    for signer, signature in zip(envelope.header.signers, envelope.signatures, strict=True):
        trust.verify(signed, signature, signer.key)
    return envelope


def parse_stored(raw: bytes) -> Envelope:
    """Like :func:`open_envelope` without the signatures: only for envelopes of our own data file, verified on arrival."""
    count, presence, start, length = _frame(raw)
    header_bytes = raw[start : start + length]
    head = header.parse(header_bytes)
    if count != len(head.signers) or len(presence) != len(head.members):
        raise PackageError(_BROKEN)
    end = start + length
    signatures = tuple(_signature_lines(raw[end : end + 1 + count * (_SIGNATURE_LINE + 1)], count))
    bodies = _bodies(head, presence, raw[end + 1 + count * (_SIGNATURE_LINE + 1) :])
    digest = hashlib.sha256(pae(header_bytes)).hexdigest()
    return Envelope(digest, head, header_bytes, signatures, MappingProxyType(bodies))


def strip(envelope: Envelope, names: Collection[str]) -> Envelope:
    """The envelope without these detachable bodies; its id and signatures stay as they are."""
    fixed = [m.name for m in envelope.header.members if m.name in names and not m.detachable]
    if fixed:
        raise PackageError(f"“{'、'.join(fixed)}”是必带内容，不能从数据包里去掉。")
    kept = {name: body for name, body in envelope.members.items() if name not in names}
    return replace(envelope, members=MappingProxyType(kept))


def unite(envelopes: Collection[Envelope]) -> dict[str, Envelope]:
    """Set union by id, in order of id: the same envelope counts once, with every body that any copy still has."""
    found: dict[str, Envelope] = {}
    for envelope in envelopes:
        other = found.get(envelope.id)
        found[envelope.id] = envelope if other is None else _joined(envelope, other)
    return dict(sorted(found.items()))


def pae(header_bytes: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the header."""
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(header_bytes), header_bytes)


def check_number(envelope_id: str) -> str:
    """校验码: 12 decimal digits in groups of four, shown at export and at import and read over the telephone.

    SHA-256 over ``b"pingyi check number v1\\0"`` and the 32 bytes of the id, as a big-endian number modulo 10¹².
    """
    return trust.spoken(b"pingyi check number v1\0" + bytes.fromhex(envelope_id), digits=12)


_BROKEN = "数据包不完整或已损坏，请让对方重新导出并重新拷贝。"


def _written(signed: bytes, signatures: Sequence[bytes], presence: str, bodies: Iterable[bytes]) -> bytes:
    frame = f"PINGYI/{header.MAJOR} {len(signed)} {len(signatures)} {presence}\n"
    lines = [base64.b64encode(signature) + b"\n" for signature in signatures]
    return b"".join([frame.encode(), signed, b"\n", *lines, *bodies])


def _joined(one: Envelope, other: Envelope) -> Envelope:
    have = {**one.members, **other.members}
    members = {m.name: have[m.name] for m in one.header.members if m.name in have}
    first = min(one, other, key=lambda envelope: envelope.signatures)
    return replace(first, members=MappingProxyType(members))


def _frame(raw: bytes) -> tuple[int, str, int, int]:
    """(number of signatures, presence bits, where the header starts, its length)."""
    if len(raw) > MAX_ENVELOPE:
        raise PackageError("数据包超过规定的大小，已拒收。请核对是否拿错了文件。")
    found = _FRAME.match(raw[:_LONGEST_FRAME])
    if not found:
        raise PackageError(_BROKEN)
    major, length, count = (int(found[i]) for i in (1, 2, 3))
    if major != header.MAJOR:
        raise PackageError(header.UPGRADE)
    if length > MAX_HEADER:
        raise PackageError(_BROKEN)
    return count, found[4].decode(), found.end(), length


def _signature_lines(block: bytes, count: int) -> Iterator[bytes]:
    lines = block.split(b"\n")
    if len(lines) != count + 2 or lines[0] or lines[-1]:
        raise PackageError(_BROKEN)
    for line in lines[1:-1]:
        try:
            signature = base64.b64decode(line, validate=True)
        except ValueError:
            raise PackageError(_BROKEN) from None
        if len(signature) != trust.SIGNATURE_BYTES or base64.b64encode(signature) != line:
            raise PackageError(_BROKEN)
        yield signature


def _bodies(head: Header, presence: str, rest: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    place = 0
    for entry, present in zip(head.members, presence, strict=True):
        if present == "0":
            if not entry.detachable:
                raise PackageError(_BROKEN)
            continue
        body = rest[place : place + entry.size]
        place += entry.size
        if len(body) != entry.size or hashlib.sha256(body).hexdigest() != entry.sha256:
            raise PackageError(
                "数据包的内容与签名的清单不符，可能已损坏或被改动，请让对方重新导出并重新拷贝。"
            )
        found[entry.name] = body
    if place != len(rest):
        raise PackageError(_BROKEN)
    return found
