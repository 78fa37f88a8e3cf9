"""整改事项 (RectificationItem of the domain): what opinions, comments and low rates call for, until it is crossed off (销号).

The steps of work are in ``rectify.steps``; form, sheet and command line are held to them (``rectify.moves``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.across import naming
from pingyi_desktop.appraisal.ledgers.fields import Choice, Count, Day, Link, Option, Text, Unit
from pingyi_desktop.appraisal.ledgers.ledger import Handed, Ledger, Moved, Printed, Row, Segment, Share, Total
from pingyi_desktop.appraisal.ledgers.rectify import checks, moves
from pingyi_desktop.appraisal.ledgers.rectify.steps import OPEN, WORDS, entries
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.storage.schemas.rectify import (
    Rectification,
    RectifyKind,
    RectifyNature,
    RectifySource,
    RectifyState,
)

KINDS = (
    Option(RectifyKind.IMMEDIATE, "立行立改", "", ("立改", "立即整改")),
    Option(RectifyKind.PLANNED, "限期整改", "", ("限期",)),
    Option(RectifyKind.EXPLAINED, "解释说明", "", ("解释",)),
)
SOURCES = (
    Option(RectifySource.OPINION, "群众评议意见", "", ("群众意见", "意见建议", "意见")),
    Option(RectifySource.COMMITMENT, "公开承诺事项", "", ("公开承诺", "承诺")),
    Option(RectifySource.LOW_RATING, "低满意率项目", "", ("低满意率", "满意率低")),
    Option(RectifySource.COMMENT, "领导点评", "", ("点评",)),
    Option(RectifySource.INSPECTION, "检查指导", "", ("检查",)),
    Option(RectifySource.TASK, "整改落实任务", "", ("整改任务", "上级交办", "交办")),
)
_TONES = {RectifyState.CLOSED: "ok", RectifyState.VERIFIED: "ok", RectifyState.REOPENED: "bad"}
FIELDS = (
    Text("problem", "问题", required=True, most=300, long=True, words=("问题表现", "整改事项", "事项")),
    Choice("source_kind", "来源", required=True, words=("问题来源",), options=SOURCES),
    Link("origin", "来源编号", hint="意见、承诺等台账的编号", words=("意见编号", "对应编号")),
    Choice(
        "nature",
        "性质",
        words=("共性/个性", "问题性质"),
        options=(
            Option(RectifyNature.COMMON, "共性", "", ("共性问题",)),
            Option(RectifyNature.INDIVIDUAL, "个性", "", ("个性问题",)),
        ),
    ),
    Day("raised_on", "提出时间", words=("提出日期", "立项时间")),
    Text("cause", "原因", most=300, long=True, words=("原因分析", "问题原因")),
    Choice("kind", "类型", required=True, words=("整改类型", "整改方式"), options=KINDS),
    Text("measures", "整改措施", most=300, long=True, words=("措施", "整改措施及目标", "措施及目标")),
    Text("stages", "阶段计划", most=300, long=True, hint="限期整改的：哪个月做到哪一步", words=("计划",)),
    Text("explanation", "解释内容", most=300, long=True, words=("解释",)),
    Day("explained_on", "解释时间"),
    Text("explained_to", "解释对象", hint="向谁解释，如 全体职工；不写是谁提的"),
    Text("lead", "责任领导", words=("分管领导",)),
    Unit("unit", "责任单位", words=("责任部门",)),
    Text("responsible", "责任人", words=("负责人",)),
    Day("due_on", "时限", words=("整改时限", "完成时限")),
    Choice(
        "status",
        "状态",
        required=True,
        words=("办理状态",),
        options=tuple(Option(state, word, _TONES.get(state, "blue"), ()) for state, word in WORDS.items()),
    ),
    Text(
        "progress",
        "进展",
        most=1000,
        long=True,
        hint="一次一行，如 2025-11-03 60% 已订货",
        words=("进展情况",),
    ),
    Text("result", "完成情况", most=300, long=True, words=("整改结果", "整改情况")),
    Text("evidence", "佐证", most=200, words=("佐证材料",)),
    Count("asked", "回访人数", hint="办完后问了多少群众"),
    Count("satisfied", "回访满意人数"),
    Day("closed_on", "销号时间", words=("销号日期",)),
    Text("closed_by", "销号人"),
    Text("approved_by", "批准人", words=("销号批准人",)),
)

_FROM = {RectifySource.OPINION: ("意见", "opinion"), RectifySource.COMMITMENT: ("承诺", "commitment")}


def _late(columns: Any, today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    over: ColumnElement[bool] = (columns.due_on < today) & columns.status.in_(OPEN)
    return over


def _measures(row: Row) -> str:
    return row.texts["explanation"] if row.values["kind"] == RectifyKind.EXPLAINED else row.texts["measures"]


def _done(row: Row) -> str:
    told = [one.percent for one in entries(row.values) if one.percent is not None]
    share = f" {told[-1]}%" if told and row.values["status"] in OPEN else ""
    return row.texts["status"] + share


def _heard(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-RCT-16…18: the opinion or promise that an item comes from is there; the same item is written down once."""
    for source, (kind, table) in _FROM.items():
        of = [one for one in moved if one.new["source_kind"] == source]
        yield from naming.named(
            session, campaign_id, of, key="origin", field="来源编号", kind=kind, table=table
        )
    yield from naming.repeated(session, campaign_id, moved, same=LEDGER.same, table="rectification")


LEDGER = Ledger(
    key="rectification",
    title="整改事项",
    purpose="意见、点评、低满意率引出的问题，从登记到销号：逾期的先看，没有佐证的不忙销号。",
    table=Rectification,
    fields=FIELDS,
    states="status",
    same=("problem", "origin"),
    shown=("problem", "status", "kind", "due_on", "responsible"),
    report="R09",
    report_title="整改台账",
    columns=(
        Printed("编号", 20, lambda row: row.name, "center"),
        Printed("问题", 45, lambda row: row.texts["problem"]),
        Printed("来源", 20, lambda row: row.texts["source_kind"]),
        Printed("原因", 28, lambda row: row.texts["cause"]),
        Printed("类型", 14, lambda row: row.texts["kind"], "center"),
        Printed("整改措施及目标", 50, _measures),
        Printed("责任领导", 16, lambda row: row.texts["lead"]),
        Printed("责任单位", 20, lambda row: row.texts["unit"] or row.org_name),
        Printed("责任人", 14, lambda row: row.texts["responsible"]),
        Printed("时限", 16, lambda row: row.texts["due_on"], "center"),
        Printed("完成情况", 24, _done),
    ),
    totals=(
        Total("事项", by="kind", unit="项"),
        Total("进展", by="status", unit="项"),
        Total("回访满意", of="satisfied", unit="人", out_of="asked"),
    ),
    shares=(Share("销号率", "status", (RectifyState.CLOSED,)),),
    checks=checks.CHECKS,
    among=(moves.legal, moves.answered, _heard),
    segments=(Segment("late", "逾期", _late),),
    handed=Handed(
        unit="unit",
        origin="origin",
        given=("problem", "cause", "kind", "measures", "stages", "lead", "unit", "due_on", "raised_on"),
        told=("status", "progress", "result", "evidence", "closed_on"),
        begins={"source_kind": RectifySource.TASK, "status": RectifyState.REGISTERED},
        kept=(RectifyState.REGISTERED, RectifyState.CLOSED),
        by="source_kind",
    ),
)
