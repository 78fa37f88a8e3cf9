"""Tables of 民主评议: what was decided of each member here, and the counts that came from below; read ``schema`` first. No behaviour."""

from typing import ClassVar

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage import schema_campaign  # noqa: F401 - foreign keys name its tables
from pingyi_desktop.storage.schema import count_columns, date_column, one_of
from pingyi_desktop.storage.schemas.grade_words import Body, Grade, GradeState


class MemberGrade(SQLModel, table=True):
    """One member's decided grade in one session; ``proposed`` is what the ballots gave then (None: too few, or a tie).

    ``reason`` is why it departs from the proposal. The file of the unit that decided it is the only one that has it.
    """

    __tablename__: ClassVar[str] = "member_grade"
    __table_args__ = (
        one_of("proposed", Grade, nullable=True),
        one_of("final", Grade),
        one_of("state", GradeState),
        one_of("decided_by", Body),
        date_column("decided_on"),
        date_column("told_on"),
        date_column("acknowledged_on"),
        CheckConstraint(
            "state <> 'PROPOSED' AND (told_on IS NOT NULL) = (state <> 'DECIDED')"
            " AND (acknowledged_on IS NOT NULL) = (state = 'ACKNOWLEDGED')",
            name="dates_fit_the_state",
        ),
        {"sqlite_with_rowid": False},
    )

    session_id: str = Field(foreign_key="appraisal_session.id", primary_key=True)
    form_code: str = Field(primary_key=True)
    member_no: str = Field(primary_key=True)
    name: str = Field(nullable=False)
    proposed: str | None = None
    final: str = Field(nullable=False)
    state: str = Field(nullable=False)
    decided_by: str = Field(nullable=False)
    decided_on: str = Field(nullable=False)
    reason: str = Field(default="", nullable=False)
    told_on: str | None = None
    acknowledged_on: str | None = None


class GradeCount(SQLModel, table=True):
    """How many members of a unit below were given each grade, as its package says (``source_id``)."""

    __tablename__: ClassVar[str] = "grade_count"
    __table_args__ = (
        *count_columns("excellent", "qualified", "basic", "unqualified", "not_rated"),
        date_column("decided_on"),
        {"sqlite_with_rowid": False},
    )

    session_id: str = Field(foreign_key="appraisal_session.id", primary_key=True)
    form_code: str = Field(primary_key=True)
    excellent: int = Field(nullable=False)
    qualified: int = Field(nullable=False)
    basic: int = Field(nullable=False)
    unqualified: int = Field(nullable=False)
    not_rated: int = Field(nullable=False)
    decided_on: str = Field(nullable=False)
    source_id: str = Field(foreign_key="envelope.id", nullable=False, index=True)


class GradeName(SQLModel, table=True):
    """A member's grade from below by name: only in campaigns that ask for names."""

    __tablename__: ClassVar[str] = "grade_name"
    __table_args__ = (one_of("grade", Grade), {"sqlite_with_rowid": False})

    session_id: str = Field(foreign_key="appraisal_session.id", primary_key=True)
    form_code: str = Field(primary_key=True)
    member_no: str = Field(primary_key=True)
    name: str = Field(nullable=False)
    grade: str = Field(nullable=False)
    source_id: str = Field(foreign_key="envelope.id", nullable=False, index=True)
