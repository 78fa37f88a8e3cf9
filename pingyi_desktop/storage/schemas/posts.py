"""Tables of 先锋岗, 责任区 and their monthly rating; read ``schema_ledgers`` first. No behaviour."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field, SQLModel

from pingyi_desktop.storage.schema import count_columns, date_column, ledger_rules, new_id, one_of


class PostKind(StrEnum):
    """党员先锋岗, 党员责任区."""

    POST = "POST"
    ZONE = "ZONE"


class PostStatus(StrEnum):
    """在岗 or 已撤销."""

    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


class PostGrade(StrEnum):
    """等次 of one month."""

    EXCELLENT = "EXCELLENT"
    GOOD = "GOOD"
    PASSED = "PASSED"
    FAILED = "FAILED"


class Post(SQLModel, table=True):
    """党员先锋岗 or 责任区 with the members who hold it; ``masses`` is how many people they look after."""

    __tablename__: ClassVar[str] = "post"
    __table_args__ = ledger_rules(
        one_of("kind", PostKind),
        one_of("status", PostStatus, nullable=True),
        date_column("listed_on"),
        date_column("revoked_on"),
        *count_columns("masses"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    title: str = Field(nullable=False)
    kind: str = Field(nullable=False)
    team: str = Field(default="", nullable=False)
    duty: str = Field(default="", nullable=False)
    holder: str = Field(default="", nullable=False)
    holder_2: str = Field(default="", nullable=False)
    holder_3: str = Field(default="", nullable=False)
    masses: int | None = None
    listed_on: str | None = None
    revoked_on: str | None = None
    status: str | None = None
    note: str = Field(default="", nullable=False)


class PostRating(SQLModel, table=True):
    """月度评比 of one post: 40 + 30 + 30; ``month`` is ``YYYY-MM``."""

    __tablename__: ClassVar[str] = "post_rating"
    __table_args__ = ledger_rules(
        one_of("grade", PostGrade, nullable=True), *count_columns("production", "quality", "safety")
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(foreign_key="campaign.id", nullable=False)
    org: str = Field(nullable=False)
    number: int = Field(nullable=False)
    source: str = Field(default="", nullable=False, index=True)
    search: str = Field(default="", nullable=False)
    title: str = Field(nullable=False)
    month: str = Field(nullable=False)
    member: str = Field(default="", nullable=False)
    production: int = Field(nullable=False)
    quality: int = Field(nullable=False)
    safety: int = Field(nullable=False)
    grade: str | None = None
    note: str = Field(default="", nullable=False)


TABLES: tuple[type[SQLModel], ...] = (Post, PostRating)
