"""Tables of organisations and members; read ``schema`` first. No behaviour."""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import count_columns, date_column, new_id, one_of


class OrgType(StrEnum):
    """组织类别, from the root of the tree to its leaves."""

    COMPANY_COMMITTEE = "COMPANY_COMMITTEE"
    GRASSROOTS_COMMITTEE = "GRASSROOTS_COMMITTEE"
    GENERAL_BRANCH = "GENERAL_BRANCH"
    BRANCH = "BRANCH"
    GROUP = "GROUP"


class OrgStatus(StrEnum):
    """党组织状态."""

    ACTIVE = "ACTIVE"
    DISSOLVED = "DISSOLVED"


class MemberCategory(StrEnum):
    """人员类别."""

    FULL = "FULL"
    PROBATIONARY = "PROBATIONARY"


class RosterStatus(StrEnum):
    """在册情况: in scope, mobile (流动外出), exempt (不参评)."""

    IN_SCOPE = "IN_SCOPE"
    MOBILE = "MOBILE"
    EXEMPT = "EXEMPT"


class PartyOrganization(SQLModel, table=True):
    """党组织 as of today; a campaign's own tree stands in its definition. ``code`` sorts as the tree (QL.03.G02.B017)."""

    __tablename__: ClassVar[str] = "party_organization"
    __table_args__ = (
        one_of("org_type", OrgType),
        one_of("status", OrgStatus),
        CheckConstraint("length(code) BETWEEN 1 AND 60", name="code_length"),
        CheckConstraint("length(full_name) BETWEEN 1 AND 100", name="full_name_length"),
        CheckConstraint("length(short_name) BETWEEN 1 AND 40", name="short_name_length"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
        *count_columns("declared_member_count"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    code: str = Field(nullable=False, unique=True)
    full_name: str = Field(nullable=False)
    short_name: str = Field(nullable=False)
    org_type: str = Field(nullable=False)
    parent_id: str | None = Field(default=None, foreign_key="party_organization.id", index=True)
    in_scope: bool = Field(default=True, nullable=False)
    is_joint: bool = Field(default=False, nullable=False)
    is_temporary: bool = Field(default=False, nullable=False)
    declared_member_count: int | None = None
    status: str = Field(default=OrgStatus.ACTIVE, nullable=False)
    sort_no: int = Field(default=0, nullable=False)


class PartyMember(SQLModel, table=True):
    """党员. Only what appraisal needs; identity numbers, telephones, addresses have no column on purpose."""

    __tablename__: ClassVar[str] = "party_member"
    __table_args__ = (
        one_of("category", MemberCategory),
        one_of("roster_status", RosterStatus),
        date_column("join_date"),
        date_column("full_date"),
        CheckConstraint("length(name) BETWEEN 2 AND 20", name="name_length"),
        Index(
            "one_name_per_branch",
            "org_id",
            "name",
            "name_suffix",
            unique=True,
            sqlite_where=text("retired = 0"),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    member_no: str = Field(nullable=False, unique=True)
    name: str = Field(nullable=False)
    name_suffix: str = Field(default="", nullable=False)
    org_id: str = Field(foreign_key="party_organization.id", nullable=False, index=True)
    group_name: str = Field(default="", nullable=False)
    category: str = Field(nullable=False)
    party_duty: str = Field(default="", nullable=False)
    is_leading_cadre: bool = Field(default=False, nullable=False)
    post: str = Field(default="", nullable=False)
    sex: str = Field(default="", nullable=False)
    join_date: str | None = None
    full_date: str | None = None
    roster_status: str = Field(default=RosterStatus.IN_SCOPE, nullable=False)
    exempt_reason: str = Field(default="", nullable=False)
    retired: bool = Field(default=False, nullable=False)
    sort_no: int = Field(default=0, nullable=False)
