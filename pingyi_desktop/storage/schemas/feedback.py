"""Tables of the ledgers of what is said back: leaders' commentary (点评), what is put on the board (公示). Read ``schema_ledgers`` first."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import date_column, ledger_rules, new_id, one_of


class CommentTarget(StrEnum):
    """点评谁: 党组织, 党员领导干部, 普通党员."""

    ORG = "ORG"
    CADRE = "CADRE"
    MEMBER = "MEMBER"


class CommentWay(StrEnum):
    """点评方式: 会议集中, 现场, 个别."""

    MEETING = "MEETING"
    ONSITE = "ONSITE"
    INDIVIDUAL = "INDIVIDUAL"


class PublicationKind(StrEnum):
    """公示, 通报, 公开栏."""

    PUBLICITY = "PUBLICITY"
    CIRCULAR = "CIRCULAR"
    BOARD = "BOARD"


class PublicationState(StrEnum):
    """拟稿, 公示中, 已结束."""

    DRAFT = "DRAFT"
    POSTED = "POSTED"
    ENDED = "ENDED"


class LeaderComment(SQLModel, table=True):
    """领导点评: stays in the file of the unit. Of ``unit`` below ("": the own one), or of a ``member``."""

    __tablename__: ClassVar[str] = "leader_comment"
    __table_args__ = ledger_rules(
        one_of("kind", CommentTarget),
        one_of("way", CommentWay, nullable=True),
        date_column("said_on"),
        date_column("signed_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    kind: str = Field(nullable=False)
    unit: str = Field(default="", nullable=False)
    member: str = Field(default="", nullable=False)
    commenter: str = Field(nullable=False)
    post: str = Field(default="", nullable=False)
    said_on: str | None = None
    way: str | None = None
    content: str = Field(default="", nullable=False)
    strengths: str = Field(default="", nullable=False)
    problems: str = Field(default="", nullable=False)
    causes: str = Field(default="", nullable=False)
    suggestions: str = Field(default="", nullable=False)
    signed_on: str | None = None
    result: str = Field(default="", nullable=False)
    checked_by: str = Field(default="", nullable=False)


class Publication(SQLModel, table=True):
    """公示: what is put where for the masses to see, from when to when, and what they said to it."""

    __tablename__: ClassVar[str] = "publication"
    __table_args__ = ledger_rules(
        one_of("kind", PublicationKind),
        one_of("status", PublicationState),
        date_column("start_on"),
        date_column("end_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    kind: str = Field(nullable=False)
    title: str = Field(nullable=False)
    content: str = Field(default="", nullable=False)
    scope: str = Field(default="", nullable=False)
    place: str = Field(default="", nullable=False)
    start_on: str | None = None
    end_on: str | None = None
    department: str = Field(default="", nullable=False)
    address: str = Field(default="", nullable=False)
    status: str = Field(nullable=False)
    objections: str = Field(default="", nullable=False)


TABLES: tuple[type[SQLModel], ...] = (LeaderComment, Publication)
"""the ledgers of this file, for ``every.LEDGER_TABLES``"""
