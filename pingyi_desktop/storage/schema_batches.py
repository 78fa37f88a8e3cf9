"""Tables of a batch as it stays: control sheet, tallies, sealed ballots; read ``schema`` first. No behaviour.

What is there only while a batch is keyed is in ``schema_entry``.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage import schema_campaign, schema_exchange  # noqa: F401 - foreign keys name their tables
from pingyi_desktop.storage.schema import count_columns, date_column, new_id, one_of


class BatchState(StrEnum):
    """票批状态; what may follow what is in ``appraisal.batches.stages``."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    DIFFERENCES = "DIFFERENCES"
    AGREED = "AGREED"
    SIGNED = "SIGNED"
    SEALED = "SEALED"
    VOID = "VOID"


class SecondEntry(StrEnum):
    """复录办法: everything, a random sample, or none (single entry with the scrutineers' check, with a reason)."""

    ALL = "ALL"
    SAMPLE = "SAMPLE"
    NONE = "NONE"


class EntryMode(StrEnum):
    """录入方式: ballot by ballot, or counts from a tally sheet; alternatives, never added."""

    PER_BALLOT = "PER_BALLOT"
    COUNT = "COUNT"


class BallotBatch(SQLModel, table=True):
    """票批 with its control sheet (印制/发出/收回/空白/废票). ``valid`` is fixed when the batch is sealed.

    ``sample`` lists the sampled positions (JSON) while a sampled second entry runs and is emptied at the seal;
    ``single_reason`` says why there was no second entry, ``void_reason`` why the batch was voided. ``tellers`` and
    ``scrutineers`` are the names on the signed result sheet. ``salt`` and ``commit`` are of ``sealed_ballot``; the salt
    also keys the journal's digest. A received batch may stand for all categories (``A+B``); those are void meanwhile.
    ``supplement`` is 0 for the stack of the meeting, 1, 2, … for those of people who voted later (``supplement_stack``).
    """

    __tablename__: ClassVar[str] = "ballot_batch"
    __table_args__ = (
        one_of("state", BatchState),
        one_of("entry_mode", EntryMode, nullable=True),
        one_of("second_entry", SecondEntry, nullable=True),
        Index(
            "one_batch_per_stack",
            "session_id",
            "form_code",
            "voter_category",
            "supplement",
            unique=True,
            sqlite_where=text("state <> 'VOID'"),
        ),
        *count_columns("printed", "issued", "returned", "blank", "void", "valid"),
        CheckConstraint(
            "state <> 'SEALED' OR (entry_mode IS NOT NULL AND issued IS NOT NULL AND returned IS NOT NULL"
            " AND valid IS NOT NULL AND blank IS NOT NULL AND void IS NOT NULL"
            " AND returned = valid + blank + void AND returned <= issued)",
            name="sealed_adds_up",
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="appraisal_session.id", nullable=False)
    form_code: str = Field(nullable=False)
    form_version: int = Field(nullable=False)
    voter_category: str = Field(nullable=False)
    state: str = Field(default=BatchState.FIRST, nullable=False)
    entry_mode: str | None = None
    printed: int | None = None
    issued: int | None = None
    returned: int | None = None
    blank: int | None = None
    void: int | None = None
    valid: int | None = None
    persons: int = Field(default=1, nullable=False)
    second_entry: str | None = None
    sample: str | None = None
    single_reason: str = Field(default="", nullable=False)
    tellers: str = Field(default="", nullable=False)
    scrutineers: str = Field(default="", nullable=False)
    void_reason: str = Field(default="", nullable=False)
    ballot_salt: str | None = None
    ballot_commit: str | None = None
    source_id: str | None = Field(default=None, foreign_key="envelope.id", index=True)
    supplement: int = Field(default=0, nullable=False, sa_column_kwargs={"server_default": text("0")})


class SupplementStack(SQLModel, table=True):
    """补投票批: until when a further stack of a session takes votes, of how many people, and why they vote later.

    Of a batch that came in a package: how many of its voters voted later, and until when; no reason travels.
    """

    __tablename__: ClassVar[str] = "supplement_stack"
    __table_args__ = (date_column("closes_on"), *count_columns("people"))

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    closes_on: str = Field(nullable=False)
    people: int = Field(nullable=False)
    reason: str = Field(nullable=False)


class BatchTarget(SQLModel, table=True):
    """名册式票批 only: which member stands in which row of the paper. Fixed when it is printed, or when keying starts."""

    __tablename__: ClassVar[str] = "batch_target"

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    row: int = Field(primary_key=True)
    member_no: str = Field(nullable=False)
    display_name: str = Field(nullable=False)


class PrintedRoster(SQLModel, table=True):
    """名册式票批 that was printed: its rows stay whatever is keyed or thrown away.

    ``probationary`` are the member numbers that the paper marks as 预备党员 (JSON).
    """

    __tablename__: ClassVar[str] = "printed_roster"
    __table_args__ = ({"sqlite_with_rowid": False},)

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    probationary: str = Field(nullable=False)


class SealedBallot(SQLModel, table=True):
    """The ballots of a sealed batch as a multiset sorted by content: no order, no time, no operator."""

    __tablename__: ClassVar[str] = "sealed_ballot"
    __table_args__ = (
        CheckConstraint("copies >= 1", name="copies_positive"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    cells: str = Field(primary_key=True)
    copies: int = Field(nullable=False)


class ItemTally(SQLModel, table=True):
    """计票格, one row per batch × target × item; ``c1``…``c8`` count the scale's options in order.

    ``target`` is empty for organisation and collective forms and a member number for roster forms. Open batches
    have rows here only when they are keyed as counts; sealed batches always have them.
    """

    __tablename__: ClassVar[str] = "item_tally"
    __table_args__ = (
        *count_columns("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "blank", "multi", "illegible"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    target: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    c1: int = Field(default=0, nullable=False)
    c2: int = Field(default=0, nullable=False)
    c3: int = Field(default=0, nullable=False)
    c4: int = Field(default=0, nullable=False)
    c5: int = Field(default=0, nullable=False)
    c6: int = Field(default=0, nullable=False)
    c7: int = Field(default=0, nullable=False)
    c8: int = Field(default=0, nullable=False)
    blank: int = Field(default=0, nullable=False)
    multi: int = Field(default=0, nullable=False)
    illegible: int = Field(default=0, nullable=False)
