"""Every table of a data file, in reading order. No behaviour lives here: read this first.

Glossary (中文 ↔ English; the full one is the field's own, see the README)

    党组织 party organisation      党员 party member            评议活动 campaign
    评议表 form                    统计口径 counting rule       评议小组 review group
    层面 layer (1 company → committees, 2 committee → its general branches and branches)
    场次 session (one organisation, one layer, one campaign)    身份类别 voter category
    首录/复录 first/second entry    裁定 settlement    计票人/监票人 teller/scrutineer    更正单 correction
    代录 entry by proxy    任务 assignment    隔离 quarantine    作废 withdrawal
    票批 batch = session × form × voter category                 印制/发出/收回 printed/issued/returned
    空白 blank   废票 void   有效 valid   多选 multi   未填 blank cell   无法辨认 illegible
    封存 seal                      数据包 package               信封 envelope        汇总包 rollup

Conventions: primary keys are random UUID texts (many machines never collide and no key tells a time), except
where the key *is* the content. Dates are ``YYYY-MM-DD``. Rates are never stored, only counts. Truth is kept by
NOT NULL, CHECK, UNIQUE and foreign keys, because SQLModel does not validate ``table=True`` classes.

Privacy: a ballot has no number, time, order, operator or device once its batch is sealed. ``draft_ballot``,
``draft_tally``, ``called_vote`` and ``settlement`` hold the paper order only while a batch is being keyed; sealing
replaces them by ``sealed_ballot``, a multiset sorted by content, and erases the pages of the file (``secure_delete``
and VACUUM).
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def new_id() -> str:
    """A random 32-digit hexadecimal key."""
    return uuid4().hex


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


class BatchState(StrEnum):
    """票批状态; what may follow what is in ``appraisal.batches.stages``."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    DIFFERENCES = "DIFFERENCES"
    AGREED = "AGREED"
    SIGNED = "SIGNED"
    SEALED = "SEALED"
    VOID = "VOID"


class SecondEntry(StrEnum):
    """复录办法: everything, a random sample, or none (single entry with the scrutineers' check, with a reason)."""

    ALL = "ALL"
    SAMPLE = "SAMPLE"
    NONE = "NONE"


class EntryMode(StrEnum):
    """录入方式: ballot by ballot, or counts from a tally sheet; alternatives, never added."""

    PER_BALLOT = "PER_BALLOT"
    COUNT = "COUNT"


class EnvelopeState(StrEnum):
    """What became of a received envelope; see ``exchange.merging.merge``."""

    CHOSEN = "CHOSEN"
    SUPERSEDED = "SUPERSEDED"
    CONFLICT = "CONFLICT"
    QUARANTINED = "QUARANTINED"
    SUPPORT = "SUPPORT"


def _one_of(column: str, values: type[StrEnum], *, nullable: bool = False) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    rule = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {rule}" if nullable else rule, name=f"{column}_known")


def _date(column: str) -> CheckConstraint:
    return CheckConstraint(
        f"{column} IS NULL OR ({column} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
        f" AND date({column}, '+0 days') IS {column})",
        name=f"{column}_is_date",
    )


def count_columns(*columns: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{c} IS NULL OR {c} >= 0", name=f"{c}_not_negative") for c in columns]


class DataFile(SQLModel, table=True):
    """The one row that says whose file this is (本单位)."""

    __tablename__: ClassVar[str] = "data_file"
    __table_args__ = (CheckConstraint("only_row = 1", name="only_row_is_one"),)

    only_row: int = Field(default=1, primary_key=True)
    file_id: str = Field(default_factory=new_id, nullable=False)
    unit_code: str = Field(nullable=False)
    created_on: str = Field(nullable=False)


class PartyOrganization(SQLModel, table=True):
    """党组织 as of today; a campaign's own tree stands in its definition. ``code`` sorts as the tree (QL.03.G02.B017)."""

    __tablename__: ClassVar[str] = "party_organization"
    __table_args__ = (
        _one_of("org_type", OrgType),
        _one_of("status", OrgStatus),
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
        _one_of("category", MemberCategory),
        _one_of("roster_status", RosterStatus),
        _date("join_date"),
        _date("full_date"),
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


class Campaign(SQLModel, table=True):
    """评议活动. ``rule`` is the counting rule (统计口径), ``definition`` the published text everything binds to.

    ``recovery_recipient`` is the public half of the printed recovery code; ``manual_check`` asks for 人工核对 of the
    fingerprint at each unit's first package.
    """

    __tablename__: ClassVar[str] = "campaign"
    __table_args__ = (
        _one_of("status", CampaignStatus),
        _one_of("mode", CampaignMode),
        _date("start_date"),
        _date("end_date"),
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
        _one_of("status", SessionStatus),
        _date("held_on"),
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


class BallotBatch(SQLModel, table=True):
    """票批 with its control sheet (印制/发出/收回/空白/废票). ``valid`` is fixed when the batch is sealed.

    ``sample`` lists the sampled positions (JSON) while a sampled second entry runs and is emptied at the seal;
    ``single_reason`` says why there was no second entry, ``void_reason`` why the batch was voided. ``tellers`` and
    ``scrutineers`` are the names on the signed result sheet. ``salt`` and ``commit`` are of ``sealed_ballot``; the salt
    also keys the journal's digest. A received batch may stand for all categories (``A+B``); those are void meanwhile.
    """

    __tablename__: ClassVar[str] = "ballot_batch"
    __table_args__ = (
        _one_of("state", BatchState),
        _one_of("entry_mode", EntryMode, nullable=True),
        _one_of("second_entry", SecondEntry, nullable=True),
        Index(
            "one_batch_per_stack",
            "session_id",
            "form_code",
            "voter_category",
            unique=True,
            sqlite_where=text("state <> 'VOID'"),
        ),
        *count_columns("printed", "issued", "returned", "blank", "void", "valid"),
        CheckConstraint(
            "state <> 'SEALED' OR (entry_mode IS NOT NULL AND issued IS NOT NULL AND returned IS NOT NULL"
            " AND valid IS NOT NULL AND blank IS NOT NULL AND void IS NOT NULL"
            " AND returned = valid + blank + void AND returned <= issued)",
            name="sealed_adds_up",
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="appraisal_session.id", nullable=False)
    form_code: str = Field(nullable=False)
    form_version: int = Field(nullable=False)
    voter_category: str = Field(nullable=False)
    state: str = Field(default=BatchState.FIRST, nullable=False)
    entry_mode: str | None = None
    printed: int | None = None
    issued: int | None = None
    returned: int | None = None
    blank: int | None = None
    void: int | None = None
    valid: int | None = None
    persons: int = Field(default=1, nullable=False)
    second_entry: str | None = None
    sample: str | None = None
    single_reason: str = Field(default="", nullable=False)
    tellers: str = Field(default="", nullable=False)
    scrutineers: str = Field(default="", nullable=False)
    void_reason: str = Field(default="", nullable=False)
    ballot_salt: str | None = None
    ballot_commit: str | None = None
    source_id: str | None = Field(default=None, foreign_key="envelope.id", index=True)


class BatchTarget(SQLModel, table=True):
    """名册式票批 only: which member stands in which row of the paper. Fixed when keying starts."""

    __tablename__: ClassVar[str] = "batch_target"

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    row: int = Field(primary_key=True)
    member_no: str = Field(nullable=False)
    display_name: str = Field(nullable=False)


class SealedBallot(SQLModel, table=True):
    """The ballots of a sealed batch as a multiset sorted by content: no order, no time, no operator."""

    __tablename__: ClassVar[str] = "sealed_ballot"
    __table_args__ = (
        CheckConstraint("copies >= 1", name="copies_positive"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
    cells: str = Field(primary_key=True)
    copies: int = Field(nullable=False)


class ItemTally(SQLModel, table=True):
    """计票格, one row per batch × target × item; ``c1``…``c8`` count the scale's options in order.

    ``target`` is empty for organisation and collective forms and a member number for roster forms. Open batches
    have rows here only when they are keyed as counts; sealed batches always have them.
    """

    __tablename__: ClassVar[str] = "item_tally"
    __table_args__ = (
        *count_columns("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "blank", "multi", "illegible"),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(foreign_key="ballot_batch.id", primary_key=True)
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


class ImportRun(SQLModel, table=True):
    """One import of packages, so that the last one can be undone; ``files`` is a JSON list of names."""

    __tablename__: ClassVar[str] = "import_run"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    campaign_id: str = Field(nullable=False)
    number: int = Field(nullable=False)
    files: str = Field(nullable=False)
    undone: bool = Field(default=False, nullable=False)


class StoredEnvelope(SQLModel, table=True):
    """A verified signed envelope, keyed by the SHA-256 of what was signed; ``raw`` is None once deleted as superseded."""

    __tablename__: ClassVar[str] = "envelope"
    __table_args__ = (_one_of("state", EnvelopeState),)

    id: str = Field(primary_key=True)
    campaign_id: str = Field(nullable=False)
    type: str = Field(nullable=False)
    unit_code: str = Field(nullable=False, index=True)
    epoch: int = Field(nullable=False)
    revision: int = Field(nullable=False)
    state: str = Field(nullable=False)
    own: bool = Field(default=False, nullable=False)
    raw: bytes | None = None
    import_id: str | None = Field(default=None, foreign_key="import_run.id", index=True)
    listed: int | None = None  # number of the import after which its unit's own office first listed it


class JournalEntry(SQLModel, table=True):
    """操作日志: append-only and hash-chained; ``who`` is a local operator's name, ``detail`` canonical JSON."""

    __tablename__: ClassVar[str] = "journal_entry"

    seq: int = Field(primary_key=True)
    at: str = Field(nullable=False)
    who: str = Field(nullable=False)
    act: str = Field(nullable=False)
    subject: str = Field(nullable=False)
    detail: str = Field(nullable=False)
    previous: str = Field(nullable=False)
    hash: str = Field(nullable=False)
