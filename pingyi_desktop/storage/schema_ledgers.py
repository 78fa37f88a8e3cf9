"""Tables of the ledgers (台账): one row is one promise, one good deed and so on; read ``schema`` first. No behaviour.

What every ledger has: ``org`` is the code of the organisation whose row it is and ``number`` counts from 1 within it, so
that ``QL.01.B003-7`` names a row in every file; ``source`` is the envelope it came in, "" for a row kept here; ``search``
is what the filter looks through. An empty text is "", an unknown choice, day or count NULL; ``appraisal.ledgers`` holds
the fields to the columns.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import count_columns, date_column, ledger_rules, new_id, one_of


class DeedKind(StrEnum):
    """办实事, 做好事, 解难事."""

    PRACTICAL = "PRACTICAL"
    GOOD = "GOOD"
    DIFFICULT = "DIFFICULT"


class BeneficiaryUnit(StrEnum):
    """受益对象的单位; never added to one another."""

    PERSONS = "PERSONS"
    HOUSEHOLDS = "HOUSEHOLDS"
    TIMES = "TIMES"


class FiveLead(StrEnum):
    """五带头."""

    LEARN = "LEARN"
    EXCEL = "EXCEL"
    SERVE = "SERVE"
    COMPLY = "COMPLY"
    UPRIGHT = "UPRIGHT"


class CommitmentStatus(StrEnum):
    """承诺的进展."""

    DRAFT = "DRAFT"
    REVIEWED = "REVIEWED"
    PUBLIC = "PUBLIC"
    IN_PROGRESS = "IN_PROGRESS"
    FULFILLED = "FULFILLED"
    PARTIAL = "PARTIAL"
    NOT_FULFILLED = "NOT_FULFILLED"
    CANCELLED = "CANCELLED"


class PledgeResult(StrEnum):
    """评诺结果."""

    SATISFIED = "SATISFIED"
    FAIRLY = "FAIRLY"
    BASICALLY = "BASICALLY"
    DISSATISFIED = "DISSATISFIED"


class OpinionChannel(StrEnum):
    """意见是怎么来的."""

    BALLOT_AREA = "BALLOT_AREA"
    OPINION_FORM = "OPINION_FORM"
    FORUM = "FORUM"
    INTERVIEW = "INTERVIEW"
    BOX = "BOX"
    SPEECH = "SPEECH"
    CONTACT = "CONTACT"
    PUBLICITY = "PUBLICITY"


class OpinionCategory(StrEnum):
    """意见的类别."""

    IDEOLOGY = "IDEOLOGY"
    STYLE = "STYLE"
    RESULTS = "RESULTS"
    APPROACH = "APPROACH"
    MECHANISM = "MECHANISM"
    ACTIVITY_FORM = "ACTIVITY_FORM"
    COMMITMENT = "COMMITMENT"
    REPORTING = "REPORTING"
    OPENNESS = "OPENNESS"
    SERVICE = "SERVICE"
    SAFETY = "SAFETY"
    PRODUCTION = "PRODUCTION"
    WELFARE = "WELFARE"
    OTHER = "OTHER"


class OpinionNature(StrEnum):
    """共性 or 个性."""

    COMMON = "COMMON"
    INDIVIDUAL = "INDIVIDUAL"


class OpinionPolarity(StrEnum):
    """建议, 问题, 表扬."""

    SUGGESTION = "SUGGESTION"
    PROBLEM = "PROBLEM"
    PRAISE = "PRAISE"


class YesNo(StrEnum):
    """到位不到位, 合理不合理, 有效没有效."""

    YES = "YES"
    NO = "NO"


class Deed(SQLModel, table=True):
    """办实事、做好事、解难事. ``amount`` is the money as it was written (“200 余万元”)."""

    __tablename__: ClassVar[str] = "deed"
    __table_args__ = ledger_rules(
        one_of("kind", DeedKind),
        one_of("beneficiary_unit", BeneficiaryUnit, nullable=True),
        date_column("done_on"),
        *count_columns("beneficiaries"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    title: str = Field(nullable=False)
    kind: str = Field(nullable=False)
    beneficiaries: int | None = None
    beneficiary_unit: str | None = None
    amount: str = Field(default="", nullable=False)
    done_on: str | None = None
    responsible: str = Field(default="", nullable=False)
    evidence: str = Field(default="", nullable=False)


class Commitment(SQLModel, table=True):
    """公开承诺, of a member or (``member`` empty) of the organisation itself; ``unit`` is the one below that an office gives
    it to, ``origin`` the number that it has there (``QL-7``) in the ledger of the unit to which it was given."""

    __tablename__: ClassVar[str] = "commitment"
    __table_args__ = ledger_rules(
        one_of("category", FiveLead, nullable=True),
        one_of("status", CommitmentStatus),
        one_of("pledge_result", PledgeResult, nullable=True),
        date_column("due_on"),
        date_column("public_on"),
        date_column("fulfilled_on"),
        Index("ix_commitment_unit", "campaign_id", sqlite_where=text("unit <> ''")),
        Index("ix_commitment_origin", "campaign_id", sqlite_where=text("origin <> ''")),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    member: str = Field(default="", nullable=False)
    category: str | None = None
    content: str = Field(nullable=False)
    measures: str = Field(default="", nullable=False)
    due_on: str | None = None
    responsible: str = Field(default="", nullable=False)
    reviewed_by: str = Field(default="", nullable=False)
    public_on: str | None = None
    status: str = Field(nullable=False)
    fulfilled_on: str | None = None
    evidence: str = Field(default="", nullable=False)
    unfulfilled_reason: str = Field(default="", nullable=False)
    pledge_result: str | None = None
    answers: str = Field(default="", nullable=False)
    unit: str = Field(default="", nullable=False, sa_column_kwargs={"server_default": text("''")})
    origin: str = Field(default="", nullable=False, sa_column_kwargs={"server_default": text("''")})


class Solicitation(SQLModel, table=True):
    """征求意见 of one kind on one day: how many forms went out and came back, how many people were heard."""

    __tablename__: ClassVar[str] = "solicitation"
    __table_args__ = ledger_rules(
        one_of("channel", OpinionChannel),
        date_column("held_on"),
        *count_columns("issued", "returned", "people"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    channel: str = Field(nullable=False)
    held_on: str | None = None
    audience: str = Field(default="", nullable=False)
    issued: int | None = None
    returned: int | None = None
    people: int | None = None
    note: str = Field(default="", nullable=False)


class Opinion(SQLModel, table=True):
    """意见建议, one that was written or said, without anything that tells who did; ``org`` is whom it is about."""

    __tablename__: ClassVar[str] = "opinion"
    __table_args__ = ledger_rules(
        one_of("category", OpinionCategory),
        one_of("nature", OpinionNature, nullable=True),
        one_of("polarity", OpinionPolarity, nullable=True),
        one_of("channel", OpinionChannel, nullable=True),
        one_of("in_place", YesNo, nullable=True),
        one_of("reasonable", YesNo, nullable=True),
        one_of("effective", YesNo, nullable=True),
        date_column("heard_on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    content: str = Field(nullable=False)
    category: str = Field(nullable=False)
    nature: str | None = None
    polarity: str | None = None
    channel: str | None = None
    heard_on: str | None = None
    in_place: str | None = None
    reasonable: str | None = None
    effective: str | None = None


class OpinionGroup(SQLModel, table=True):
    """归并问题: what several opinions say alike, under the number and the title it was given here; it stays in this file."""

    __tablename__: ClassVar[str] = "opinion_group"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    number: int = Field(nullable=False)
    title: str = Field(nullable=False)
    responsible: str = Field(default="", nullable=False)


class MergedOpinion(SQLModel, table=True):
    """An opinion in its group, by its number in every file; ``digest`` is of its text then: a changed text is out again."""

    __tablename__: ClassVar[str] = "merged_opinion"
    __table_args__ = ({"sqlite_with_rowid": False},)

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    org: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    group_id: str = Field(foreign_key="opinion_group.id", nullable=False, index=True)
    digest: str = Field(nullable=False)


TABLES: tuple[type[SQLModel], ...] = (Deed, Commitment, Solicitation, Opinion)
"""the ledgers of this file, for ``schemas.every.LEDGER_TABLES``"""
