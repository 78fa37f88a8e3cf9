"""Tables of a batch while it is keyed and corrected, as every list of batches tells it; read ``schema`` first. No behaviour.

Those that only the desk needs, where it is keyed, compared and called, are in ``schemas.desk``. What holds the order of
paper (``draft_*``, ``called_vote``, ``settlement``) is gone when the batch is sealed; what stays (``entry_pass``,
``entry_quality``, ``correction``) are totals of the whole batch.
"""

from typing import ClassVar

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage import schema_batches  # noqa: F401 - foreign keys name their tables
from pingyi_desktop.storage.schema import count_columns, new_id


class DraftBallot(SQLModel, table=True):
    """A ballot while its batch is open: one character per cell (see ``appraisal.paper.keying``). Gone at seal.

    ``filled`` marks cells filled by ``*`` with ``1``; ``void_reason`` voids the whole ballot; ``before`` is what the
    second keyer first answered on a ballot that was asked again.
    """

    __tablename__: ClassVar[str] = "draft_ballot"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position_counts_from_one"),
        CheckConstraint("pass_no IN (1, 2)", name="pass_known"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    pass_no: int = Field(default=1, primary_key=True)
    position: int = Field(primary_key=True)
    cells: str = Field(nullable=False)
    committed: bool = Field(nullable=False)
    filled: str = Field(default="", nullable=False)
    void_reason: str = Field(default="", nullable=False)
    before: str = Field(default="", nullable=False)


class DraftTally(SQLModel, table=True):
    """Counts of an open batch keyed from a tally sheet, in pass 1 or 2; shaped like ``item_tally``. Gone at seal."""

    __tablename__: ClassVar[str] = "draft_tally"
    __table_args__ = (
        CheckConstraint("pass_no IN (1, 2)", name="pass_known"),
        *count_columns("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "blank", "multi", "illegible"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    pass_no: int = Field(default=1, primary_key=True)
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


class Correction(SQLModel, table=True):
    """更正单: reopened a sealed batch. ``before`` and ``after`` are its control sheet and counts (JSON).

    Once it is sealed again the counts that would tell fewer than k ballots are gone (``counting.bounded``).
    """

    __tablename__: ClassVar[str] = "correction"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    batch_id: str = Field(foreign_key="ballot_batch.id", nullable=False)
    number: int = Field(nullable=False)
    reason: str = Field(nullable=False)
    applicant: str = Field(nullable=False)
    scrutineer: str = Field(nullable=False)
    before: str = Field(nullable=False)
    after: str | None = None
