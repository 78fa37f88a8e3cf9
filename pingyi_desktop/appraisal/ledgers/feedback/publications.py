"""公示 (Publication of the domain): what an organisation puts where for the masses to see, and what they said to it.

The telephone that a notice names is written by hand: numbers of telephones are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Row, Segment, Total, Values
from pingyi_desktop.appraisal.rulebook import telling
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.feedback import Publication, PublicationKind, PublicationState

FEWEST_DAYS = 5
"""working days that a notice should hang (V-PUB-01)"""
SATURDAY = 5
FIELDS = (
    Choice(
        "kind",
        "形式",
        required=True,
        words=("类别", "类型"),
        options=(
            Option(PublicationKind.PUBLICITY, "公示"),
            Option(PublicationKind.CIRCULAR, "通报"),
            Option(PublicationKind.BOARD, "公开栏", "", ("公开",)),
        ),
    ),
    Text("title", "标题", required=True, most=100, hint="如 群众评议结果和整改事项", words=("名称", "事由")),
    Text("content", "内容", most=1000, long=True, words=("公示内容",)),
    Text("scope", "范围", hint="如 本支部、全矿", words=("公示范围",)),
    Text("place", "渠道地点", hint="如 党务公开栏、调度室公告栏、内部网", words=("渠道", "地点", "公示地点")),
    Day("start_on", "开始日期", words=("起", "公示起", "开始时间")),
    Day("end_on", "结束日期", words=("止", "公示止", "结束时间")),
    Text("department", "受理部门", hint="电话印出来以后手写，不存", words=("受理", "部门")),
    Text("address", "受理地址", hint="如 办公楼二楼 206 室", words=("地址",)),
    Choice(
        "status",
        "进展",
        required=True,
        words=("状态",),
        options=(
            Option(PublicationState.DRAFT, "拟稿"),
            Option(PublicationState.POSTED, "公示中", "blue", ("已公示", "正在公示")),
            Option(PublicationState.ENDED, "已结束", "ok", ("结束", "已完成")),
        ),
    ),
    Text(
        "objections",
        "收到的反映",
        most=1000,
        long=True,
        hint="反映了什么、怎样答复；不写谁反映的",
        words=("反映", "异议"),
    ),
)


def working_days(start: str, end: str) -> int:
    """Days from ``start`` to ``end`` (ISO), both counted, without Saturdays and Sundays; holidays are not known."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    days = (first + timedelta(days=one) for one in range((last - first).days + 1))
    return sum(day.weekday() < SATURDAY for day in days)


def _complete(values: Values, _today: str) -> Iterator[Finding]:
    """V-PUB-02: what hangs says until when and who hears objections. V-PUB-21, V-PUB-01: it hangs long enough."""
    start, end = values["start_on"], values["end_on"]
    wanted = (
        ("start_on", "开始日期"),
        ("end_on", "结束日期"),
        ("department", "受理部门"),
        ("address", "受理地址"),
    )
    missing = [title for key, title in wanted if not values[key]]
    hangs = values["kind"] == PublicationKind.PUBLICITY and values["status"] in (
        PublicationState.POSTED,
        PublicationState.ENDED,
    )
    if hangs and missing:
        yield found("V-PUB-02", list="、".join(missing))
    if start and end and str(end) < str(start):
        yield found("V-PUB-21", start=start, end=end)
    elif start and end and hangs and (days := working_days(str(start), str(end))) < FEWEST_DAYS:
        yield found("V-PUB-01", n=days, k=FEWEST_DAYS)


def _anonymous(values: Values, _today: str) -> Iterator[Finding]:
    """V-OPN-01, 02: who said something to a notice is not kept."""
    said = str(values["objections"])
    if reached := telling.reaching(said):
        yield found("V-OPN-02", frag=reached)
    elif told := telling.telling(said):
        yield found("V-OPN-01", frag=told)


def _over(columns: Any, today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    over: ColumnElement[bool] = (columns.end_on < today) & (columns.status == PublicationState.POSTED)
    return over


def _hung(row: Row) -> str:
    return " 至 ".join(filter(None, (row.texts["start_on"], row.texts["end_on"])))


LEDGER = Ledger(
    key="publication",
    title="公示",
    purpose="在哪里公示、起止哪天、谁受理、收到什么反映；张贴用的到“报表”打印。",
    table=Publication,
    fields=FIELDS,
    states="status",
    same=("kind", "title", "start_on"),
    shown=("title", "status", "place", "start_on", "end_on"),
    report="R13B",
    report_title="公示情况一览表",
    columns=(
        Printed("党组织", 40, lambda row: row.org_name),
        Printed("形式", 16, lambda row: row.texts["kind"], "center"),
        Printed("标题", 62, lambda row: row.texts["title"]),
        Printed("渠道地点", 42, lambda row: row.texts["place"]),
        Printed("起止日期", 42, _hung, "center"),
        Printed("进展", 18, lambda row: row.texts["status"], "center"),
        Printed("收到的反映", 39, lambda row: row.texts["objections"]),
    ),
    totals=(Total("公示通报", by="status", unit="次"), Total("按形式", by="kind", unit="次")),
    checks=(_complete, _anonymous),
    segments=(Segment("over", "到期没有结束", _over),),
    travels=False,
)
