"""The tables of a data file: what all of them share, and those of the file itself. No behaviour lives here: read this first.

Then, in reading order: ``schema_people``, ``schema_campaign``, ``schema_batches``, ``schema_entry``, ``schema_exchange``, ``schema_ledgers``.

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
No module of tables has ``from __future__ import annotations``: SQLModel would have to read every annotation at every start.

Privacy: a ballot has no number, time, order, operator or device once its batch is sealed. ``draft_ballot``,
``draft_tally``, ``called_vote`` and ``settlement`` hold the paper order only while a batch is being keyed; sealing
replaces them by ``sealed_ballot``, a multiset sorted by content, and erases the pages of the file (``secure_delete``
and VACUUM).
"""

from enum import StrEnum
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

SQLModel.model_config["defer_build"] = (
    True  # no table class validates: what would do it is not built at every start
)


def new_id() -> str:
    """A random 32-digit hexadecimal key."""
    return uuid4().hex


def one_of(column: str, values: type[StrEnum], *, nullable: bool = False) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    rule = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {rule}" if nullable else rule, name=f"{column}_known")


def date_column(column: str) -> CheckConstraint:
    return CheckConstraint(
        f"{column} IS NULL OR ({column} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
        f" AND date({column}, '+0 days') IS {column})",
        name=f"{column}_is_date",
    )


def count_columns(*columns: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{c} IS NULL OR {c} >= 0", name=f"{c}_not_negative") for c in columns]


def ledger_rules(*more: Any) -> tuple[Any, ...]:  # noqa: ANN401 - constraints of any kind
    """The constraints of every ledger and those of one."""
    return (
        UniqueConstraint("campaign_id", "org", "source", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        *more,
    )


class DataFile(SQLModel, table=True):
    """The one row that says whose file this is (本单位)."""

    __tablename__: ClassVar[str] = "data_file"
    __table_args__ = (CheckConstraint("only_row = 1", name="only_row_is_one"),)

    only_row: int = Field(default=1, primary_key=True)
    file_id: str = Field(default_factory=new_id, nullable=False)
    unit_code: str = Field(nullable=False)
    created_on: str = Field(nullable=False)


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
