"""公开承诺 (Commitment of the domain): promised, reviewed, made public, kept or not, and what the masses say of it.

An office may give a promise (that answers an opinion, most often) to a unit below: it is that unit's to keep.

``draft → reviewed → public → in progress → fulfilled | partial | not fulfilled``; any of them may be withdrawn, and going
back asks for a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Link, Option, Person, Text, Unit
from pingyi_desktop.appraisal.ledgers.ledger import (
    Handed,
    Ledger,
    Moved,
    Printed,
    Row,
    Segment,
    Share,
    Total,
)
from pingyi_desktop.appraisal.ledgers.promises import checks
from pingyi_desktop.appraisal.ledgers.promises.checks import KEPT_OR_NOT, OPEN, PRIVATE
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_ledgers import Commitment, CommitmentStatus, FiveLead, PledgeResult

OF_AN_ORGANISATION = 10
"""promises that an organisation should make (V-COM-03)"""
FIELDS = (
    Person(
        "member",
        "承诺党员",
        hint="姓名或编号；党组织的承诺空着",
        words=("姓名", "党员", "承诺人", "编号或姓名"),
    ),
    Choice(
        "category",
        "承诺类别",
        words=("类别", "五带头"),
        options=(
            Option(FiveLead.LEARN, "带头学习提高", "", ("学习提高",)),
            Option(FiveLead.EXCEL, "带头争创佳绩", "", ("争创佳绩",)),
            Option(FiveLead.SERVE, "带头服务群众", "", ("服务群众",)),
            Option(FiveLead.COMPLY, "带头遵纪守法", "", ("遵纪守法",)),
            Option(FiveLead.UPRIGHT, "带头弘扬正气", "", ("弘扬正气",)),
        ),
    ),
    Text("content", "承诺事项", required=True, most=300, long=True, words=("承诺内容", "承诺", "内容")),
    Text("measures", "践诺措施", most=300, long=True, words=("措施", "具体措施")),
    Day("due_on", "完成时限", words=("时限", "完成时间")),
    Text("responsible", "责任人", words=("负责人",)),
    Text("reviewed_by", "审核", words=("审核人", "支部审核")),
    Day("public_on", "公开时间", words=("公示时间", "公开日期")),
    Choice(
        "status",
        "兑现情况",
        required=True,
        words=("完成情况", "进展", "状态"),
        options=(
            Option(CommitmentStatus.FULFILLED, "已兑现", "ok", ("兑现", "已完成", "完成")),
            Option(CommitmentStatus.PARTIAL, "部分兑现", "warn", ("部分", "部分完成")),
            Option(CommitmentStatus.NOT_FULFILLED, "未兑现", "bad", ("未完成",)),
            Option(CommitmentStatus.IN_PROGRESS, "践诺中", "blue", ("进行中", "办理中")),
            Option(CommitmentStatus.PUBLIC, "已公开", "blue", ("已公示",)),
            Option(CommitmentStatus.REVIEWED, "已审核", "blue"),
            Option(CommitmentStatus.DRAFT, "拟定"),
            Option(CommitmentStatus.CANCELLED, "已撤销"),
        ),
    ),
    Day("fulfilled_on", "兑现时间", words=("兑现日期",)),
    Text("evidence", "佐证", most=200, words=("佐证材料",)),
    Text("unfulfilled_reason", "未兑现原因", most=300, long=True, words=("原因", "未完成原因")),
    Choice(
        "pledge_result",
        "评诺结果",
        words=("评诺",),
        options=(
            Option(PledgeResult.SATISFIED, "满意", "ok"),
            Option(PledgeResult.FAIRLY, "比较满意", "blue"),
            Option(PledgeResult.BASICALLY, "基本满意", "warn"),
            Option(PledgeResult.DISSATISFIED, "不满意", "bad"),
        ),
    ),
    Link("answers", "答复的意见", hint="意见台账的编号", words=("意见编号",)),
    Unit("unit", "交给下级", hint="由哪个下级兑现；自己兑现的空着", words=("兑现单位", "承诺单位")),
    Link("origin", "上级编号", hint="上级交下来的承诺在上级的编号"),
)


def _forward(_session: Session, _campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-COM-21: what was public, kept or not, goes back."""
    for one in moved:
        if one.old is None:
            continue
        was, now = one.old["status"], one.new["status"]
        if (was in KEPT_OR_NOT and now in OPEN) or (was not in PRIVATE and now in PRIVATE):
            words = [LEDGER.state.option(code) for code in (was, now)]
            old, new = (option.word if option is not None else "" for option in words)
            yield found("V-COM-21", one.name, name=one.name, old=old, new=new)


def _enough(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-COM-03: an organisation makes its promises public and has few of them."""
    told = {
        one.org: one.name
        for one in moved
        if not one.new["member"]
        and one.new["status"] == CommitmentStatus.PUBLIC
        and (one.old is None or one.old["status"] != CommitmentStatus.PUBLIC)
    }
    c = LEDGER.columns_of
    own = c.campaign_id == campaign_id, c.member == "", c.status != CommitmentStatus.CANCELLED
    query = select(c.org, c.number).where(*own, c.org.in_(sorted(told)))
    names = {f"{org}-{number}": org for org, number in session.execute(query)} if told else {}
    names |= {one.name: one.org for one in moved if not one.new["member"]}
    for org, name in told.items():
        many = sum(code == org for code in names.values())
        if many < OF_AN_ORGANISATION:
            yield found("V-COM-03", name, n=many, least=OF_AN_ORGANISATION)


def _late(columns: Any, today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    late: ColumnElement[bool] = (columns.due_on < today) & columns.status.in_(OPEN)
    return late


def _open(columns: Any, _today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    still: ColumnElement[bool] = columns.status.in_(OPEN)
    return still


def _done(row: Row) -> str:
    return row.texts["status"] + (f" {row.texts['fulfilled_on']}" if row.texts["fulfilled_on"] else "")


LEDGER = Ledger(
    key="commitment",
    title="公开承诺",
    purpose="党组织和党员的承诺，从公开到兑现：到期没有兑现的、没有说明原因的先看。",
    table=Commitment,
    fields=FIELDS,
    states="status",
    same=("member", "category", "content"),
    shown=("content", "status", "member", "due_on"),
    report="R18B",
    report_title="承诺事项明细表",
    columns=(
        Printed("编号", 20, lambda row: row.name, "center"),
        Printed("姓名/组织", 32, lambda row: row.texts["member"] or row.org_name),
        Printed("类别", 22, lambda row: row.texts["category"]),
        Printed("承诺事项", 80, lambda row: row.texts["content"]),
        Printed("践诺措施", 40, lambda row: row.texts["measures"]),
        Printed("时限", 20, lambda row: row.texts["due_on"], "center"),
        Printed("完成情况", 33, _done),
        Printed("评诺", 20, lambda row: row.texts["pledge_result"], "center"),
    ),
    totals=(Total("件数", by="category", unit="项"), Total("进展", by="status", unit="项")),
    shares=(Share("兑现率", "status", (CommitmentStatus.FULFILLED,)),),
    checks=checks.CHECKS,
    among=(_forward, _enough, checks.below),
    segments=(
        Segment("late", "逾期", _late),
        Segment("open", "没有结果", _open),
        Segment("given", "交给下级", lambda columns, _: columns.unit != ""),
    ),
    handed=Handed(
        unit="unit",
        origin="origin",
        given=("category", "content", "measures", "due_on", "answers", "unit"),
        told=("status", "fulfilled_on", "evidence", "unfulfilled_reason", "pledge_result"),
        begins={"status": CommitmentStatus.DRAFT},
        kept=(CommitmentStatus.DRAFT, *KEPT_OR_NOT, CommitmentStatus.CANCELLED),
    ),
)
