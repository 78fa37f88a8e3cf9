"""Tables of exchange: imports and envelopes, keys, tasks handed down, quarantine and what a person decided.

Read ``schema`` first. No behaviour.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import new_id, one_of


class EnvelopeState(StrEnum):
    """What became of a received envelope; see ``exchange.merging.merge``."""

    CHOSEN = "CHOSEN"
    SUPERSEDED = "SUPERSEDED"
    CONFLICT = "CONFLICT"
    QUARANTINED = "QUARANTINED"
    SUPPORT = "SUPPORT"


class ImportRun(SQLModel, table=True):
    """One import of packages, so that the last one can be undone; ``files`` is a JSON list of names."""

    __tablename__: ClassVar[str] = "import_run"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(nullable=False)
    number: int = Field(nullable=False)
    files: str = Field(nullable=False)
    undone: bool = Field(default=False, nullable=False)


class StoredEnvelope(SQLModel, table=True):
    """A verified signed envelope, keyed by the SHA-256 of what was signed; ``raw`` is None once deleted as superseded."""

    __tablename__: ClassVar[str] = "envelope"
    __table_args__ = (one_of("state", EnvelopeState),)

    id: str = Field(primary_key=True)
    campaign_id: str = Field(nullable=False)
    type: str = Field(nullable=False)
    unit_code: str = Field(nullable=False, index=True)
    epoch: int = Field(nullable=False)
    revision: int = Field(nullable=False)
    state: str = Field(nullable=False)
    own: bool = Field(default=False, nullable=False)
    raw: bytes | None = None
    import_id: str | None = Field(default=None, foreign_key="import_run.id", index=True)
    listed: int | None = None  # number of the import after which its unit's own office first listed it


class KeyLock(SQLModel, table=True):
    """How the data key that wraps this file's secrets is itself wrapped: by a password, by a printed recovery code."""

    __tablename__: ClassVar[str] = "key_lock"

    kind: str = Field(primary_key=True)
    salt: str = Field(nullable=False)
    wrapped: str = Field(nullable=False)


class OwnKey(SQLModel, table=True):
    """This unit's signing key and age identity for a campaign and epoch; wrapped when the file has a ``key_lock``.

    ``token`` is the secret of the task this key was made for; it authenticates the first package.
    """

    __tablename__: ClassVar[str] = "own_key"
    __table_args__ = (CheckConstraint("epoch >= 1", name="epoch_counts_from_one"),)

    campaign_id: str = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    private_key: str = Field(nullable=False)
    public_key: str = Field(nullable=False)
    age_identity: str | None = None
    age_recipient: str | None = None
    token: str | None = None


class TrustedKey(SQLModel, table=True):
    """A key we accept for (unit, epoch), and how we came to trust it."""

    __tablename__: ClassVar[str] = "trusted_key"
    __table_args__ = (CheckConstraint("epoch >= 1", name="epoch_counts_from_one"),)

    campaign_id: str = Field(primary_key=True)
    unit_code: str = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    public_key: str = Field(nullable=False)
    origin: str = Field(nullable=False)
    age_recipient: str | None = None
    import_id: str | None = Field(default=None, foreign_key="import_run.id")


class IssuedTask(SQLModel, table=True):
    """下发任务: the epoch handed to a direct child and the token inside; ``by_proxy`` = 由本级代录."""

    __tablename__: ClassVar[str] = "issued_task"
    __table_args__ = (CheckConstraint("epoch >= 1", name="epoch_counts_from_one"),)

    campaign_id: str = Field(primary_key=True)
    unit_code: str = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    token: str = Field(nullable=False)
    by_proxy: bool = Field(default=False, nullable=False)


class QuarantinedFile(SQLModel, table=True):
    """待核: a whole package file that may not be taken in yet, kept unopened with the reason why.

    ``released_by`` is the import that let it in: it waits no longer, and is kept only while that import can be undone.
    """

    __tablename__: ClassVar[str] = "quarantined_file"

    id: str = Field(primary_key=True)
    campaign_id: str = Field(nullable=False)
    file_name: str = Field(nullable=False)
    unit_code: str = Field(nullable=False)
    reason: str = Field(nullable=False)
    data: bytes = Field(nullable=False)
    import_id: str | None = Field(default=None, foreign_key="import_run.id")
    released_by: str | None = Field(default=None, foreign_key="import_run.id")


class ConflictDecision(SQLModel, table=True):
    """A person's choice between two contents that claim the same place; never made silently.

    The place is (unit, epoch, revision) of one ``kind``, a submission or a rollup: an office sends both.
    """

    __tablename__: ClassVar[str] = "conflict_decision"

    campaign_id: str = Field(primary_key=True)
    unit_code: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    envelope_id: str = Field(nullable=False)
    reason: str = Field(nullable=False)
    decided_by: str = Field(nullable=False)


class Withdrawal(SQLModel, table=True):
    """作废 of accepted data by the office that accepted it: the envelope stays, but is counted nowhere."""

    __tablename__: ClassVar[str] = "withdrawal"

    envelope_id: str = Field(primary_key=True)
    campaign_id: str = Field(nullable=False)
    reason: str = Field(nullable=False)
    decided_by: str = Field(nullable=False)


class JournalHead(SQLModel, table=True):
    """What this unit's own key last signed: the journal's newest entry, and digests of what the tables then said.

    One row, written with every commit (``exchange.locks.heads``): ``seq`` and ``entry`` are the newest entry's number and
    hash, ``areas`` digests by area (JSON), ``broken`` the areas that were found changed from outside before (JSON).
    """

    __tablename__: ClassVar[str] = "journal_head"
    __table_args__ = (CheckConstraint("only_row = 1", name="only_row_is_one"),)

    only_row: int = Field(default=1, primary_key=True)
    version: int = Field(nullable=False)
    seq: int = Field(nullable=False)
    entry: str = Field(nullable=False)
    areas: str = Field(nullable=False)
    broken: str = Field(nullable=False)
    public_key: str = Field(nullable=False)
    signature: str = Field(nullable=False)


class HoldRuling(SQLModel, table=True):
    """What a person decided about an envelope that was set aside: let in or not, beside what counted (``kept_id``)."""

    __tablename__: ClassVar[str] = "hold_ruling"

    envelope_id: str = Field(primary_key=True)
    campaign_id: str = Field(nullable=False)
    kept_id: str = Field(nullable=False)
    let_in: bool = Field(nullable=False)
    reason: str = Field(nullable=False)
    decided_by: str = Field(nullable=False)
