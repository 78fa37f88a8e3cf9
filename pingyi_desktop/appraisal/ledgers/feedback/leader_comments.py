"""领导点评 (LeaderComment of the domain): step by step, an office of its units, a secretary of the committee, that of the members.

What is wanting in a person is nobody else's business: these rows stay in the file of the unit, go into no package, and on
paper only with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import rows
from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Person, Text, Unit
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Moved, Printed, Row, Segment, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.feedback import CommentTarget, CommentWay, LeaderComment

FIELDS = (
    Choice(
        "kind",
        "点评对象类别",
        required=True,
        words=("类别", "对象类别"),
        options=(
            Option(CommentTarget.ORG, "党组织", "", ("支部", "党支部", "班子")),
            Option(CommentTarget.CADRE, "党员领导干部", "", ("领导干部", "干部")),
            Option(CommentTarget.MEMBER, "普通党员", "", ("党员",)),
        ),
    ),
    Unit("unit", "被点评党组织", hint="点评下级党组织的填；点评党员的空着", words=("被点评单位", "所在组织")),
    Person("member", "被点评党员", hint="“党组织”名册里的人；点评党组织的空着", words=("点评对象", "姓名")),
    Text("commenter", "点评人", required=True, most=20),
    Text("post", "点评人职务", words=("职务",)),
    Day("said_on", "点评时间", words=("时间", "日期")),
    Choice(
        "way",
        "点评方式",
        words=("方式",),
        options=(
            Option(CommentWay.MEETING, "会议集中", "", ("会议", "集中")),
            Option(CommentWay.ONSITE, "现场", "", ("现场点评",)),
            Option(CommentWay.INDIVIDUAL, "个别", "", ("个别谈话",)),
        ),
    ),
    Text(
        "content",
        "点评意见",
        most=1000,
        long=True,
        hint="按点评内容逐项写：组织领导、承诺兑现、履行职责、服务群众、作风、成效",
        words=("意见", "点评内容"),
    ),
    Text(
        "strengths",
        "主要成绩",
        most=1000,
        long=True,
        hint="成绩、问题都要写",
        words=("优点", "成绩", "优点和成绩"),
    ),
    Text(
        "problems",
        "存在问题",
        most=1000,
        long=True,
        hint="成绩、问题都要写",
        words=("不足", "问题"),
    ),
    Text("causes", "原因分析", most=500, long=True, words=("原因",)),
    Text("suggestions", "努力方向", most=1000, long=True, words=("整改建议", "建议")),
    Day("signed_on", "签收时间", words=("签收", "被点评人签收")),
    Text("result", "整改落实情况", most=500, long=True, words=("整改落实", "落实情况")),
    Text("checked_by", "核实人", most=20),
)


def _about(values: Values, _today: str) -> Iterator[Finding]:
    """V-LC-21: a comment is of an organisation or of a member. V-LC-01: it says what is good, and what is wanting."""
    if (values["kind"] == CommentTarget.ORG) == bool(values["member"]):
        yield found("V-LC-21")
    for key, title in (("strengths", "主要成绩"), ("problems", "存在问题")):
        if not values[key]:
            yield found("V-LC-01", field=title)


def _of_another(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-LC-04: nobody comments on himself."""
    people = sorted({str(one.new["member"]) for one in moved} - {""})
    known = rows.names(session, campaign_id=campaign_id, people=people, units=()).people if people else {}
    for one in moved:
        name, _ = known.get(str(one.new["member"]), ("", ""))
        if name and name == one.new["commenter"]:
            yield found("V-LC-04", one.name)


def _unsigned(columns: Any, _today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    unsigned: ColumnElement[bool] = columns.signed_on.is_(None)
    return unsigned


def _whom(row: Row) -> str:
    return row.texts["member"] or row.texts["unit"] or row.org_name


LEDGER = Ledger(
    key="leader_comment",
    title="领导点评",
    purpose="谁点评了谁：成绩、问题、努力方向，签收没有；留在本单位，不上报，打印要写明原因。",
    table=LeaderComment,
    fields=FIELDS,
    states="kind",
    same=("kind", "commenter", "said_on", "member", "unit"),
    shown=("member", "unit", "commenter", "said_on", "signed_on"),
    report="R21",
    report_title="点评情况汇总表",
    columns=(
        Printed("点评对象", 34, _whom),
        Printed("类别", 20, lambda row: row.texts["kind"], "center"),
        Printed(
            "点评人、职务",
            34,
            lambda row: " ".join(filter(None, (row.texts["commenter"], row.texts["post"]))),
        ),
        Printed("时间", 22, lambda row: row.texts["said_on"], "center"),
        Printed("方式", 16, lambda row: row.texts["way"], "center"),
        Printed("主要成绩", 46, lambda row: row.texts["strengths"]),
        Printed("存在问题", 46, lambda row: row.texts["problems"]),
        Printed("努力方向", 41, lambda row: row.texts["suggestions"]),
    ),
    totals=(Total("点评", by="kind", unit="人次"), Total("点评方式", by="way", unit="次")),
    checks=(_about,),
    among=(_of_another,),
    segments=(Segment("unsigned", "没有签收", _unsigned),),
    travels=False,
    restricted=True,
)
