"""Tables of the ledgers about duties: what the activity rests on, who is in charge, and what was inspected.

Read ``schema_ledgers`` first: what its first lines say of every ledger holds here too. No behaviour.
"""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import date_column, ledger_rules, new_id, one_of


class BasisKind(StrEnum):
    """上级文件, 本级文件, 转发文件."""

    SUPERIOR = "SUPERIOR"
    OWN = "OWN"
    FORWARD = "FORWARD"


class DutyBody(StrEnum):
    """领导小组, 办公室, 评议小组."""

    LEADING = "LEADING"
    OFFICE = "OFFICE"
    REVIEW = "REVIEW"


class DutyRole(StrEnum):
    """组长 and so on."""

    HEAD = "HEAD"
    DEPUTY = "DEPUTY"
    MEMBER = "MEMBER"
    CONTACT = "CONTACT"


class InspectionStage(StrEnum):
    """检查的环节."""

    KICKOFF = "KICKOFF"
    OPINION = "OPINION"
    MEETING = "MEETING"
    TALLY = "TALLY"
    RECTIFY = "RECTIFY"


class InspectionState(StrEnum):
    """复查情况."""

    NONE = "NONE"
    OPEN = "OPEN"
    DONE = "DONE"


class BasisDocument(SQLModel, table=True):
    """依据文件."""

    __tablename__: ClassVar[str] = "basis_document"
    __table_args__ = ledger_rules(
        one_of("kind", BasisKind),
        date_column("issued_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    title: str = Field(nullable=False)
    doc_no: str = Field(default="", nullable=False)
    issuer: str = Field(default="", nullable=False)
    issued_on: str | None = None
    kind: str = Field(nullable=False)
    aliases: str = Field(default="", nullable=False)


class DutyPost(SQLModel, table=True):
    """组织分工: one person in the leading group, its office or a review group (``team`` is its name)."""

    __tablename__: ClassVar[str] = "duty_post"
    __table_args__ = ledger_rules(
        one_of("body", DutyBody),
        one_of("role", DutyRole),
        date_column("since"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    body: str = Field(nullable=False)
    team: str = Field(default="", nullable=False)
    role: str = Field(nullable=False)
    name: str = Field(nullable=False)
    post: str = Field(default="", nullable=False)
    since: str | None = None


class Inspection(SQLModel, table=True):
    """检查指导: what was found at ``subject``, and when it is looked at again."""

    __tablename__: ClassVar[str] = "inspection"
    __table_args__ = ledger_rules(
        one_of("stage", InspectionStage, nullable=True),
        one_of("status", InspectionState),
        date_column("inspected_on"),
        date_column("due_on"),
        date_column("rechecked_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    subject: str = Field(default="", nullable=False)
    inspected_on: str | None = None
    inspectors: str = Field(default="", nullable=False)
    stage: str | None = None
    good: str = Field(default="", nullable=False)
    problems: str = Field(default="", nullable=False)
    suggestions: str = Field(default="", nullable=False)
    due_on: str | None = None
    rechecked_on: str | None = None
    recheck: str = Field(default="", nullable=False)
    status: str = Field(nullable=False)


TABLES: tuple[type[SQLModel], ...] = (BasisDocument, DutyPost, Inspection)
"""the ledgers of this file, for ``every.LEDGER_TABLES``"""
