"""The signed header of an envelope: every field of package.md §2.2, typed and strictly checked.

All fields are always present (empty when they do not apply), so one header has one writing. A header of
a newer *minor* version may hold more fields: they are inside the signed bytes and travel on untouched. A newer *major*
version, or a name in ``crit`` that this edition does not understand, is refused with the advice to upgrade.

``enrol`` is the enrolment proof: an HMAC of the signing key under the secret of the task (``trust.enrolment``). It stands
in whatever a unit hands up, because any of it may be the first that the office above sees.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import canonical

MAJOR, MINOR = 1, 0
UNDERSTOOD: frozenset[str] = frozenset()
JSON = "application/json"
MERGED = "+"
"""between the categories of voters that one row of a submission stands for"""

MAX_HEADER = 64 * 1024
MAX_MEMBERS = 32
MAX_SIGNATURES = 4
MAX_ENVELOPE = 64 * 1024 * 1024

CAMPAIGN, ASSIGNMENT, SUBMISSION, ROLLUP, RECEIPT = (
    "campaign",
    "assignment",
    "submission",
    "rollup",
    "receipt",
)
# What each type must carry; these bodies can never be left out.
REQUIRED: Mapping[str, frozenset[str]] = {
    CAMPAIGN: frozenset({"definition"}),
    ASSIGNMENT: frozenset({"task"}),
    SUBMISSION: frozenset({"sessions", "tallies"}),
    ROLLUP: frozenset({"index"}),
    RECEIPT: frozenset(),
}
UPGRADE = "这个文件是用更新版本的软件导出的，请先升级本软件，再重新导入。"


def _real_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Hex64 = Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]
Nothing = Literal[""]
Code = Annotated[str, Field(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,59}\z")]
Line = Annotated[str, Field(max_length=200, pattern=r"\A[^\n]*\z")]
Name = Annotated[Line, Field(min_length=1)]
Salt = Annotated[str, Field(pattern=r"\A[0-9a-f]{32}\z")]
Layer = Annotated[int, Field(ge=1, le=2)]
Day = Annotated[str, Field(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"), AfterValidator(_real_day)]
Count = Annotated[int, Field(ge=0, le=canonical.MAX_INTEGER)]
Number = Annotated[int, Field(ge=1, le=canonical.MAX_INTEGER)]


class Fields(BaseModel):
    """Strict and frozen; fields it does not know are refused (see :func:`read` for newer minor versions)."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Format(Fields):
    """Version of the format."""

    major: Number
    minor: Count


_FORMAT = Format(major=MAJOR, minor=MINOR)


class Signer(Fields):
    """One signer; the key is inside the signed bytes, so a signature cannot be moved to another key."""

    alg: Literal["ed25519"]
    key: Hex64


class Member(Fields):
    """One body, bound by size and SHA-256."""

    name: Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,39}\z")]
    media: Line
    size: Annotated[int, Field(ge=1, le=MAX_ENVELOPE)]
    sha256: Hex64
    detachable: bool


class Totals(Fields):
    """Control totals of a submission (控制总数), in people and in ballots over all its batches."""

    eligible: Count
    issued: Count
    returned: Count
    valid: Count
    invalid: Count


class Address(Fields):
    """Who says what kind of thing about which campaign, in which order of supersession; signed with the bodies.

    ``to``, ``prev`` and ``enrol`` are empty when they do not apply; a ``revision`` counts from 1 in every epoch.
    """

    type: Annotated[str, Field(pattern=r"\A(campaign|assignment|submission|rollup|receipt)\z")]
    campaign: Annotated[str, Field(pattern=r"\A[0-9A-Za-z-]{1,64}\z")]
    campaign_sha256: Hex64
    unit: Code
    unit_name: Annotated[Line, Field(min_length=1)]
    to: Code | Nothing = ""
    epoch: Number
    revision: Number
    mode: Annotated[str, Field(pattern=r"\A(official|drill)\z")]
    created: Day
    app: Line
    prev: Hex64 | Nothing = ""
    coverage: Totals | None = None
    reason: Annotated[str, Field(max_length=1000)] = ""
    enrol: Hex64 | Nothing = ""

    @property
    def order(self) -> tuple[int, int]:
        """``(epoch, revision)``: the larger one supersedes; only the parent raises the epoch."""
        return self.epoch, self.revision


class Header(Address):
    """An address with everything that binds it: format, signers and the digests of the bodies."""

    format: Format
    crit: Annotated[tuple[Line, ...], Field(strict=False, max_length=16)]
    signers: Annotated[tuple[Signer, ...], Field(strict=False, min_length=1, max_length=MAX_SIGNATURES)]
    members: Annotated[tuple[Member, ...], Field(strict=False, min_length=1, max_length=MAX_MEMBERS)]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        names = [member.name for member in self.members]
        keys = {signer.key for signer in self.signers}
        fixed = {member.name for member in self.members if not member.detachable}
        if names != sorted(set(names)) or len(keys) != len(self.signers):
            raise ValueError("members or signers are not sorted and distinct")
        if not REQUIRED[self.type] <= fixed:
            raise ValueError("a required member is not there or detachable")
        return self


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], value: object, *, what: str, newer: bool = False) -> Model:
    """``value`` as a record; :class:`PackageError` names the field at fault.

    Fields that this edition does not know are refused unless the envelope is of a ``newer`` minor version.
    """
    try:
        return model.model_validate(value, extra="ignore" if newer else "forbid")
    except ValidationError as error:
        if newer:
            raise PackageError(UPGRADE) from None
        place = ".".join(str(step) for step in error.errors(include_url=False)[0]["loc"]) or "各项之间"
        raise PackageError(
            f"{what}的“{place[:60]}”不合规定，数据包可能已损坏或不是本软件导出的，请让对方重新导出。"
        ) from None


def parse(data: bytes) -> Header:
    """The header from its canonical bytes."""
    quick = canonical.decode_bounded(data)
    if quick is not None:
        with contextlib.suppress(ValidationError):
            head = Header.model_validate(quick)
            if head.format == _FORMAT and not head.crit:
                return head
    document = canonical.decode(data)
    minor = _minor(document)
    crit = document.get("crit")
    if isinstance(crit, list) and any(isinstance(name, str) and name not in UNDERSTOOD for name in crit):
        raise PackageError(UPGRADE)
    return read(Header, document, what="包头", newer=minor > MINOR)


def write(
    address: Address, *, members: Mapping[str, bytes], keys: Sequence[str], detachable: Collection[str]
) -> bytes:
    """Canonical bytes of the header that binds ``members`` (name → body) and the signers' public ``keys``."""
    fields = {
        **dict(address),
        "format": Format(major=MAJOR, minor=MINOR),
        "crit": (),
        "signers": tuple(Signer(alg="ed25519", key=key) for key in keys),
        "members": tuple(_member(name, members[name], name in detachable) for name in sorted(members)),
    }
    return canonical.encode(read(Header, fields, what="包头").model_dump())


def _member(name: str, body: bytes, detachable: bool) -> Member:
    digest = hashlib.sha256(body).hexdigest()
    return Member(name=name, media=JSON, size=len(body), sha256=digest, detachable=detachable)


def _minor(document: object) -> int:
    """The minor version; a newer major one is told to upgrade before anything else is looked at."""
    version = document.get("format") if isinstance(document, dict) else None
    major = version.get("major") if isinstance(version, dict) else None
    minor = version.get("minor") if isinstance(version, dict) else None
    if not isinstance(major, int) or not isinstance(minor, int):
        raise PackageError("数据包没有写明格式版本，可能已损坏或不是本软件导出的，请让对方重新导出。")
    if major > MAJOR:
        raise PackageError(UPGRADE)
    return minor
