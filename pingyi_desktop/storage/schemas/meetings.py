"""Tables of the ledgers about meetings: who met, who presented, what was said of oneself and of one another.

Read ``schema_ledgers`` first: what its first lines say of every ledger holds here too. No behaviour.
"""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import count_columns, date_column, ledger_rules, new_id, one_of


class MeetingKind(StrEnum):
    """会议类型 (domain §3.10)."""

    KICKOFF = "KICKOFF"
    STUDY = "STUDY"
    MEMBER_CONGRESS = "MEMBER_CONGRESS"
    STAFF_CONGRESS = "STAFF_CONGRESS"
    FORUM = "FORUM"
    APPRAISAL = "APPRAISAL"
    COMMENT = "COMMENT"
    FEEDBACK = "FEEDBACK"
    ORG_LIFE = "ORG_LIFE"
    RECTIFY = "RECTIFY"
    SUMMARY = "SUMMARY"
    LEADING_GROUP = "LEADING_GROUP"


class MeetingLayer(StrEnum):
    """层面 of an appraisal meeting; any other meeting has none."""

    ONE = "ONE"
    TWO = "TWO"


class MeetingState(StrEnum):
    """How far a meeting is."""

    PLANNED = "PLANNED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


class HalfDay(StrEnum):
    """上午, 下午, 晚上."""

    AM = "AM"
    PM = "PM"
    EVE = "EVE"


class PresentedBy(StrEnum):
    """汇报方式; NONE is 未汇报."""

    ORAL = "ORAL"
    WRITTEN = "WRITTEN"
    VIDEO = "VIDEO"
    NONE = "NONE"


class Attendance(StrEnum):
    """到会, or why not."""

    PRESENT = "PRESENT"
    AWAY = "AWAY"
    SICK = "SICK"
    IMMOBILE = "IMMOBILE"
    TRAVEL = "TRAVEL"
    LEAVE = "LEAVE"
    OTHER = "OTHER"


class YesNo(StrEnum):
    """是, 否."""

    YES = "YES"
    NO = "NO"


class ReviewKind(StrEnum):
    """党组织自查, 自我总结, 党员互评."""

    ORG = "ORG"
    SELF = "SELF"
    PEER = "PEER"


class MeetingRecord(SQLModel, table=True):
    """会议. ``subject`` is the unit that is appraised at layer 1, by the office whose row this is; "" else."""

    __tablename__: ClassVar[str] = "meeting"
    __table_args__ = ledger_rules(
        one_of("kind", MeetingKind),
        one_of("layer", MeetingLayer, nullable=True),
        one_of("status", MeetingState),
        one_of("half", HalfDay, nullable=True),
        date_column("held_on"),
        *count_columns("expected", "actual"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    kind: str = Field(nullable=False)
    layer: str | None = None
    subject: str = Field(default="", nullable=False)
    status: str = Field(nullable=False)
    held_on: str | None = None
    half: str | None = None
    place: str = Field(default="", nullable=False)
    host: str = Field(default="", nullable=False)
    recorder: str = Field(default="", nullable=False)
    expected: int | None = None
    actual: int | None = None
    by_category: str = Field(default="", nullable=False)
    absent_notes: str = Field(default="", nullable=False)
    agenda: str = Field(default="", nullable=False)
    org_report: str = Field(default="", nullable=False)
    minutes: str = Field(default="", nullable=False)
    peer_notes: str = Field(default="", nullable=False)
    comment: str = Field(default="", nullable=False)
    result: str = Field(default="", nullable=False)


class Presentation(SQLModel, table=True):
    """汇报登记: one member, how he presented and whether he came; ``layer_one`` is 在上级评议会上汇报."""

    __tablename__: ClassVar[str] = "presentation"
    __table_args__ = ledger_rules(
        one_of("mode", PresentedBy),
        one_of("attendance", Attendance, nullable=True),
        one_of("layer_one", YesNo, nullable=True),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    member: str = Field(default="", nullable=False)
    mode: str = Field(nullable=False)
    attendance: str | None = None
    layer_one: str | None = None
    brief: str = Field(default="", nullable=False)


class SelfReview(SQLModel, table=True):
    """自查与互评: stays in the file of the unit. ``member`` is who is reviewed, "" for the organisation."""

    __tablename__: ClassVar[str] = "self_review"
    __table_args__ = ledger_rules(
        one_of("kind", ReviewKind),
        date_column("done_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    kind: str = Field(nullable=False)
    member: str = Field(default="", nullable=False)
    done_on: str | None = None
    achievements: str = Field(default="", nullable=False)
    promises: str = Field(default="", nullable=False)
    problems: str = Field(default="", nullable=False)
    causes: str = Field(default="", nullable=False)
    measures: str = Field(default="", nullable=False)
    response: str = Field(default="", nullable=False)


TABLES: tuple[type[SQLModel], ...] = (MeetingRecord, Presentation, SelfReview)
"""the ledgers of this file, for ``every.LEDGER_TABLES``"""
