"""检查指导 (InspectionRecord of the domain): what was looked at in a unit, what is to be mended, and the second look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement

from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Text, Unit
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Segment, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.duties import Inspection, InspectionStage, InspectionState

FIELDS = (
    Unit("subject", "被查单位", required=True, words=("被检查单位", "单位")),
    Day("inspected_on", "检查时间", words=("时间", "日期")),
    Text("inspectors", "检查人", most=100),
    Choice(
        "stage",
        "检查环节",
        words=("环节",),
        options=(
            Option(InspectionStage.KICKOFF, "部署"),
            Option(InspectionStage.OPINION, "征求意见"),
            Option(InspectionStage.MEETING, "评议会"),
            Option(InspectionStage.TALLY, "计票"),
            Option(InspectionStage.RECTIFY, "整改"),
        ),
    ),
    Text("good", "好的方面", most=500, long=True, words=("优点", "成绩")),
    Text("problems", "问题", most=500, long=True, words=("存在问题", "不足")),
    Text("suggestions", "建议", most=500, long=True, words=("整改建议",)),
    Day("due_on", "整改时限", words=("时限",)),
    Day("rechecked_on", "复查时间", words=("复查日期",)),
    Text("recheck", "复查情况", most=300, long=True, words=("复查",)),
    Choice(
        "status",
        "办理情况",
        required=True,
        words=("状态",),
        options=(
            Option(InspectionState.OPEN, "待整改", "warn", ("整改中",)),
            Option(InspectionState.DONE, "已复查", "ok", ("已整改",)),
            Option(InspectionState.NONE, "不需整改"),
        ),
    ),
)


def _complete(values: Values, _today: str) -> Iterator[Finding]:
    """V-MTG-09 and 10: whatever is to be mended says what and until when; what was looked at again says when."""
    missing = [t for k, t in (("problems", "问题"), ("due_on", "整改时限")) if not values[k]]
    if values["status"] == InspectionState.OPEN and missing:
        yield found("V-MTG-09", missing="、".join(missing))
    if values["status"] == InspectionState.DONE and not values["rechecked_on"]:
        yield found("V-MTG-10")


def _late(columns: Any, today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    late: ColumnElement[bool] = (columns.due_on < today) & (columns.status == InspectionState.OPEN)
    return late


LEDGER = Ledger(
    key="inspection",
    title="检查指导",
    purpose="到下级检查指导的记录：好的方面、问题、建议，什么时候复查。",
    table=Inspection,
    fields=FIELDS,
    states="status",
    same=("subject", "inspected_on", "stage"),
    shown=("subject", "status", "inspected_on", "stage", "due_on"),
    report="R14D",
    report_title="检查指导记录表",
    columns=(
        Printed("被查单位", 38, lambda row: row.texts["subject"]),
        Printed("时间", 22, lambda row: row.texts["inspected_on"], "center"),
        Printed("检查人", 26, lambda row: row.texts["inspectors"]),
        Printed("环节", 20, lambda row: row.texts["stage"], "center"),
        Printed("好的方面", 38, lambda row: row.texts["good"]),
        Printed("问题", 38, lambda row: row.texts["problems"]),
        Printed("建议", 33, lambda row: row.texts["suggestions"]),
        Printed("整改时限", 22, lambda row: row.texts["due_on"], "center"),
        Printed("复查", 22, lambda row: row.texts["rechecked_on"] or row.texts["status"], "center"),
    ),
    totals=(Total("次数", by="status", unit="次"),),
    about="subject",
    checks=(_complete,),
    segments=(Segment("late", "逾期", _late),),
)
