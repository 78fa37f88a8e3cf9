"""Tables of the desk: who keys a batch, what the second entry found, what is called; read ``schema_entry`` first. No behaviour."""

from typing import ClassVar

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage import schema_batches  # noqa: F401 - foreign keys name their tables
from pingyi_desktop.storage.schema import count_columns


class Operator(SQLModel, table=True):
    """操作员: a local name, so that first and second entry can be told apart; the PIN is optional and only hashed."""

    __tablename__: ClassVar[str] = "operator"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 20", name="name_length"),
        CheckConstraint("(pin_salt IS NULL) = (pin_hash IS NULL)", name="pin_is_whole"),
    )

    name: str = Field(primary_key=True)
    pin_salt: str | None = None
    pin_hash: str | None = None
    retired: bool = Field(default=False, nullable=False)


class EntryPass(SQLModel, table=True):
    """录入遍次: who keyed a batch in pass 1 or 2, and totals for the quality sheet. Totals per batch only, never times."""

    __tablename__: ClassVar[str] = "entry_pass"
    __table_args__ = (
        CheckConstraint("pass_no IN (1, 2)", name="pass_known"),
        *count_columns("ballots", "keystrokes", "corrections", "refused", "filled"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    pass_no: int = Field(primary_key=True)
    operator: str = Field(primary_key=True)
    ballots: int = Field(default=0, nullable=False)
    keystrokes: int = Field(default=0, nullable=False)
    corrections: int = Field(default=0, nullable=False)
    refused: int = Field(default=0, nullable=False)
    filled: int = Field(default=0, nullable=False)


class EntryQuality(SQLModel, table=True):
    """What the second entry of a batch found, in cells (or counts): totals only, kept after the seal."""

    __tablename__: ClassVar[str] = "entry_quality"
    __table_args__ = tuple(
        count_columns("ballots", "compared", "first_wrong", "second_wrong", "decided", "misaligned")
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    ballots: int = Field(default=0, nullable=False)
    compared: int = Field(default=0, nullable=False)
    first_wrong: int = Field(default=0, nullable=False)
    second_wrong: int = Field(default=0, nullable=False)
    decided: int = Field(default=0, nullable=False)
    misaligned: int = Field(default=0, nullable=False)
    same_operator: bool = Field(default=False, nullable=False)


class CalledVote(SQLModel, table=True):
    """唱票: one vote as it was called in the hall, so that the last call can be taken back. Gone at seal."""

    __tablename__: ClassVar[str] = "called_vote"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    number: int = Field(primary_key=True)
    target: str = Field(nullable=False)
    item: str = Field(nullable=False)
    mark: str = Field(nullable=False)


class Settlement(SQLModel, table=True):
    """裁定: how one difference between the two entries was settled at a third look. Gone at seal, summed up in the journal.

    ``spot`` names the place (see ``appraisal.paper.compare``); ``settled`` is the value that counts.
    """

    __tablename__: ClassVar[str] = "settlement"
    __table_args__ = ({"sqlite_with_rowid": False},)

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    spot: str = Field(primary_key=True)
    first: str = Field(nullable=False)
    second: str = Field(nullable=False)
    settled: str = Field(nullable=False)
    reason: str = Field(default="", nullable=False)
    decided_by: str = Field(nullable=False)
    witness: str = Field(default="", nullable=False)
