"""Tables of 整改: what is to be put right, and what was answered to single opinions; read ``schema_ledgers`` first. No behaviour."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import count_columns, date_column, ledger_rules, new_id, one_of


class RectifySource(StrEnum):
    """整改事项从哪里来."""

    OPINION = "OPINION"
    COMMITMENT = "COMMITMENT"
    LOW_RATING = "LOW_RATING"
    COMMENT = "COMMENT"
    INSPECTION = "INSPECTION"
    TASK = "TASK"


class RectifyKind(StrEnum):
    """立行立改, 限期整改, 解释说明."""

    IMMEDIATE = "IMMEDIATE"
    PLANNED = "PLANNED"
    EXPLAINED = "EXPLAINED"


class RectifyNature(StrEnum):
    """共性 or 个性, as the opinion it comes from."""

    COMMON = "COMMON"
    INDIVIDUAL = "INDIVIDUAL"


class RectifyState(StrEnum):
    """How far an item is; the steps between are in ``appraisal.ledgers.rectify.steps``."""

    REGISTERED = "REGISTERED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"


class ReplyChannel(StrEnum):
    """答复方式."""

    FACE = "FACE"
    MEETING = "MEETING"
    PHONE = "PHONE"
    WRITTEN = "WRITTEN"
    NOTICE = "NOTICE"


class Rectification(SQLModel, table=True):
    """整改事项. ``progress`` has a line for each report; ``asked`` people were asked afterwards, ``satisfied`` of them content."""

    __tablename__: ClassVar[str] = "rectification"
    __table_args__ = ledger_rules(
        one_of("source_kind", RectifySource),
        one_of("nature", RectifyNature, nullable=True),
        one_of("kind", RectifyKind),
        one_of("status", RectifyState),
        date_column("raised_on"),
        date_column("due_on"),
        date_column("explained_on"),
        date_column("closed_on"),
        *count_columns("asked", "satisfied"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    problem: str = Field(nullable=False)
    source_kind: str = Field(nullable=False)
    origin: str = Field(default="", nullable=False)
    nature: str | None = None
    raised_on: str | None = None
    cause: str = Field(default="", nullable=False)
    kind: str = Field(nullable=False)
    measures: str = Field(default="", nullable=False)
    stages: str = Field(default="", nullable=False)
    explanation: str = Field(default="", nullable=False)
    explained_on: str | None = None
    explained_to: str = Field(default="", nullable=False)
    lead: str = Field(default="", nullable=False)
    unit: str = Field(default="", nullable=False)
    responsible: str = Field(default="", nullable=False)
    due_on: str | None = None
    status: str = Field(nullable=False)
    progress: str = Field(default="", nullable=False)
    result: str = Field(default="", nullable=False)
    evidence: str = Field(default="", nullable=False)
    asked: int | None = None
    satisfied: int | None = None
    closed_on: str | None = None
    closed_by: str = Field(default="", nullable=False)
    approved_by: str = Field(default="", nullable=False)


class Reply(SQLModel, table=True):
    """意见答复: what was answered to the opinion of this number, and how it got to whoever said it."""

    __tablename__: ClassVar[str] = "reply"
    __table_args__ = ledger_rules(
        one_of("kind", RectifyKind),
        one_of("channel", ReplyChannel),
        date_column("replied_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    opinion: str = Field(nullable=False)
    item: str = Field(default="", nullable=False)
    kind: str = Field(nullable=False)
    content: str = Field(nullable=False)
    replied_on: str | None = None
    channel: str = Field(nullable=False)
    responsible: str = Field(default="", nullable=False)


TABLES: tuple[type[SQLModel], ...] = (Rectification, Reply)
"""the ledgers of this file, for ``every.LEDGER_TABLES``"""
