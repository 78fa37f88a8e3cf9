"""Tables of a campaign, its paper and its sessions; read ``schema`` first. No behaviour."""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, literal_column, text
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage import schema_exchange, schema_people  # noqa: F401 - foreign keys name their tables
from pingyi_desktop.storage.schema import count_columns, date_column, new_id, one_of


class CampaignStatus(StrEnum):
    """活动状态 as far as this edition goes."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"


class CampaignMode(StrEnum):
    """正式 or 演练; one data file accepts packages of one mode only."""

    OFFICIAL = "official"
    DRILL = "drill"


class SessionStatus(StrEnum):
    """场次状态. A void session stays, superseded by a new one."""

    PLANNED = "PLANNED"
    HELD = "HELD"
    VOID = "VOID"


class Campaign(SQLModel, table=True):
    """评议活动. ``rule`` is the counting rule (统计口径), ``definition`` the published text everything binds to.

    ``recovery_recipient`` is the public half of the printed recovery code; ``manual_check`` asks for 人工核对 of the
    fingerprint at each unit's first package; ``grading`` is how members are graded (民主评议, JSON; NULL: as usual).
    """

    __tablename__: ClassVar[str] = "campaign"
    __table_args__ = (
        one_of("status", CampaignStatus),
        one_of("mode", CampaignMode),
        date_column("start_date"),
        date_column("end_date"),
        CheckConstraint("start_date <= end_date", name="starts_before_end"),
        CheckConstraint(
            "status = 'DRAFT' OR (definition IS NOT NULL AND definition_sha256 IS NOT NULL)",
            name="published_has_definition",
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str = Field(nullable=False)
    activity: str = Field(nullable=False)
    period_type: str = Field(nullable=False)
    period_year: int = Field(nullable=False)
    period_no: int = Field(default=1, nullable=False)
    start_date: str = Field(nullable=False)
    end_date: str = Field(nullable=False)
    purpose: str = Field(default="", nullable=False)
    tasks: str = Field(default="", nullable=False)
    scope_text: str = Field(default="", nullable=False)
    subjects_text: str = Field(default="", nullable=False)
    methods_text: str = Field(default="", nullable=False)
    office_name: str = Field(default="", nullable=False)
    root_code: str = Field(nullable=False)
    mode: str = Field(default=CampaignMode.OFFICIAL, nullable=False)
    rule: str = Field(nullable=False)
    status: str = Field(default=CampaignStatus.DRAFT, nullable=False)
    definition: str | None = None
    definition_sha256: str | None = None
    recovery_recipient: str | None = None
    manual_check: bool = Field(default=False, nullable=False)
    grading: str | None = None


CAMPAIGN_MADE: ColumnElement[int] = literal_column("campaign.rowid")
"""orders campaigns as they were made or taken up; no column of ours, but SQLite keeps it"""


class CampaignForm(SQLModel, table=True):
    """评议表: a copy of a form template as this campaign uses it (one form document, JSON)."""

    __tablename__: ClassVar[str] = "campaign_form"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    code: str = Field(nullable=False)
    document: str = Field(nullable=False)
    sort_no: int = Field(nullable=False)


class VoterCategory(SQLModel, table=True):
    """参评人员类别: A/B/C…, or ALL for one undivided stack. Only counts are ever kept, never names."""

    __tablename__: ClassVar[str] = "voter_category"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    code: str = Field(nullable=False)
    name: str = Field(nullable=False)
    sort_no: int = Field(nullable=False)


class ReviewGroup(SQLModel, table=True):
    """评议小组 of the company, which appraises committees at layer 1."""

    __tablename__: ClassVar[str] = "review_group"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    number: int = Field(nullable=False)
    name: str = Field(nullable=False)


class AppraisalSession(SQLModel, table=True):
    """评议场次: one organisation at one layer. ``source_id`` names the envelope it came in; NULL = our own."""

    __tablename__: ClassVar[str] = "appraisal_session"
    __table_args__ = (
        one_of("status", SessionStatus),
        date_column("held_on"),
        CheckConstraint("layer IN (1, 2)", name="layer_known"),
        *count_columns("expected", "actual", "self_introduced", "oral_reports", "members"),
        Index(
            "one_session_per_layer_and_org",
            "campaign_id",
            "layer",
            "org_id",
            unique=True,
            sqlite_where=text("status <> 'VOID'"),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    layer: int = Field(nullable=False)
    org_id: str = Field(foreign_key="party_organization.id", nullable=False, index=True)
    review_group_id: str | None = Field(default=None, foreign_key="review_group.id")
    meeting_type: str = Field(nullable=False)
    has_ballots: bool = Field(default=True, nullable=False)
    status: str = Field(default=SessionStatus.PLANNED, nullable=False)
    held_on: str | None = None
    expected: int | None = None
    actual: int | None = None
    self_introduced: int | None = None
    oral_reports: int | None = None
    members: int | None = None
    source_id: str | None = Field(default=None, foreign_key="envelope.id", index=True)
