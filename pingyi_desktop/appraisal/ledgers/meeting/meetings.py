"""会议 (Meeting of the domain): who met when and where, how many came, what was said; an appraisal meeting has a layer.

A meeting at layer 1 is a row of the office that holds it, and ``subject`` is the unit that is appraised; a meeting at layer 2
is a row of the organisation itself. What is registered of a session follows from these rows (``of_sessions``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Choice, Count, Day, Option, Text, Unit
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Row, Total, Values
from pingyi_desktop.appraisal.ledgers.meeting.by_category import categories
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.meetings import (
    HalfDay,
    MeetingKind,
    MeetingLayer,
    MeetingRecord,
    MeetingState,
)

KINDS = (
    Option(MeetingKind.APPRAISAL, "评议会", "", ("群众评议会",)),
    Option(MeetingKind.FORUM, "座谈会"),
    Option(MeetingKind.KICKOFF, "部署会", "", ("动员会", "动员部署会")),
    Option(MeetingKind.STUDY, "学习传达会", "", ("学习会", "传达会")),
    Option(MeetingKind.MEMBER_CONGRESS, "党员大会"),
    Option(MeetingKind.STAFF_CONGRESS, "全体职工大会", "", ("职工大会",)),
    Option(MeetingKind.COMMENT, "点评会"),
    Option(MeetingKind.FEEDBACK, "反馈会"),
    Option(MeetingKind.ORG_LIFE, "民主生活会/组织生活会", "", ("民主生活会", "组织生活会")),
    Option(MeetingKind.RECTIFY, "整改推进会"),
    Option(MeetingKind.SUMMARY, "总结会"),
    Option(MeetingKind.LEADING_GROUP, "领导小组会", "", ("领导小组会议",)),
)
FIELDS = (
    Choice("kind", "会议类型", required=True, words=("类型", "会议", "会议名称"), options=KINDS),
    Choice(
        "layer",
        "层面",
        hint="评议会、座谈会才有；别的会议空着",
        options=(
            Option(MeetingLayer.ONE, "层面一", "", ("1", "一")),
            Option(MeetingLayer.TWO, "层面二", "", ("2", "二")),
        ),
    ),
    Unit("subject", "被评党组织", hint="层面一填被评的党委；层面二空着", words=("被评单位", "被评组织")),
    Choice(
        "status",
        "会议状态",
        required=True,
        words=("状态", "进展"),
        options=(
            Option(MeetingState.PLANNED, "待开", "blue", ("拟开", "计划")),
            Option(MeetingState.HELD, "已开", "ok", ("已召开", "召开")),
            Option(MeetingState.CANCELLED, "已取消", "", ("取消",)),
        ),
    ),
    Day("held_on", "日期", words=("召开日期", "会议日期", "时间")),
    Choice(
        "half",
        "时段",
        words=("上午/下午", "上下午"),
        options=(Option(HalfDay.AM, "上午"), Option(HalfDay.PM, "下午"), Option(HalfDay.EVE, "晚上")),
    ),
    Text("place", "地点", words=("会议地点",)),
    Text("host", "主持", words=("主持人",)),
    Text("recorder", "记录", words=("记录人",)),
    Count("expected", "应到", words=("应到人数", "应参评")),
    Count("actual", "实到", words=("实到人数", "到会人数")),
    Text(
        "by_category",
        "按类别应到实到",
        most=200,
        hint="如 党员 12/11；职工代表 8/8（应到/实到），用活动的参评人员类别；没开的实到写 0",
        words=("应到实到（按类别）", "按类别"),
    ),
    Text("absent_notes", "缺席情况", most=200, hint="几人、什么原因；不写姓名", words=("缺席", "缺席原因")),
    Text("agenda", "议程", most=500, long=True, words=("会议议程",)),
    Text("org_report", "负责人报告要点", most=1000, long=True, words=("报告要点", "自查报告")),
    Text("minutes", "会议记录", most=1000, long=True, words=("记录要点", "会议内容", "内容")),
    Text("peer_notes", "互评情况", most=500, long=True, hint="概括写；谁说的不写", words=("党员互评",)),
    Text("comment", "领导点评", most=500, long=True, words=("点评",)),
    Text("result", "会议结果", most=300, long=True, words=("结果", "议定事项")),
)


def _place(values: Values, _today: str) -> Iterator[Finding]:
    """V-MTG-01: a meeting at layer 1 says who is appraised; any other is the organisation's own."""
    if (values["layer"] == MeetingLayer.ONE) != bool(values["subject"]):
        yield found("V-MTG-01")


def _came(values: Values, _today: str) -> Iterator[Finding]:
    """V-SES-04 for the whole and for every category, V-MTG-02 and 03."""
    expected, actual = values["expected"], values["actual"]
    if isinstance(actual, int) and actual > (expected if isinstance(expected, int) else 0):
        yield found("V-SES-04", actual=actual, expected=expected or 0)
    listed = categories(str(values["by_category"]))
    if listed is None:
        yield found("V-MTG-02", text=values["by_category"])
        return
    for name, wanted, came in listed:
        if came > wanted:
            yield found("V-SES-04", at=f"“{name}”：", actual=came, expected=wanted)
    sums = sum(one[1] for one in listed), sum(one[2] for one in listed)
    wrong = sums[0] != expected or (
        actual is not None and sums[1] != actual
    )  # nobody has come before it is held
    if listed and wrong:
        yield found(
            "V-MTG-03",
            a=sums[0],
            b=sums[1],
            expected=_people_or_none(expected),
            actual=_people_or_none(actual),
        )


def _held(values: Values, _today: str) -> Iterator[Finding]:
    """V-MTG-04: a meeting that was held has its day and its people."""
    wanted = (("held_on", "日期"), ("expected", "应到"), ("actual", "实到"))
    missing = [title for key, title in wanted if values[key] is None]
    if values["status"] == MeetingState.HELD and missing:
        yield found("V-MTG-04", missing="、".join(missing))


def _people_or_none(value: object) -> str:
    """A count, or that there is none."""
    return "未填" if value is None else str(value)


def _when(row: Row) -> str:
    return " ".join(filter(None, (row.texts["held_on"], row.texts["half"])))


LEDGER = Ledger(
    key="meeting",
    title="会议",
    purpose="部署会、评议会、座谈会等，哪天在哪儿开、谁主持、应到实到多少人、议了什么。",
    table=MeetingRecord,
    fields=FIELDS,
    states="status",
    same=("layer", "subject", "kind", "held_on"),
    shown=("kind", "status", "held_on", "half", "subject", "actual"),
    report="R17B",
    report_title="会议一览表",
    columns=(
        Printed("党组织", 44, lambda row: row.texts["subject"] or row.org_name),
        Printed("会议类型", 30, lambda row: row.texts["kind"], "center"),
        Printed("层面", 16, lambda row: row.texts["layer"], "center"),
        Printed("时间", 32, _when, "center"),
        Printed("地点", 34, lambda row: row.texts["place"]),
        Printed("主持", 22, lambda row: row.texts["host"]),
        Printed("记录", 22, lambda row: row.texts["recorder"]),
        Printed("应到", 15, lambda row: row.texts["expected"], "right"),
        Printed("实到", 15, lambda row: row.texts["actual"], "right"),
        Printed("状态", 29, lambda row: row.texts["status"], "center"),
    ),
    totals=(
        Total("会议", by="kind", unit="次"),
        Total("各层面", by="layer", unit="次"),
        Total("应到", of="expected", by="layer", unit="人", together=False),
        Total("实到", of="actual", by="layer", unit="人", together=False),
    ),
    about="subject",
    checks=(_place, _came, _held),
)
