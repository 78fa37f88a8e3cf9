"""组织分工 (LeadingGroup, ReviewGroup of the domain): who leads, who works in the office, who is in which review group.

They are named as they are called, not by the roster, and go into no package.
"""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.duties import DutyBody, DutyPost, DutyRole

FIELDS = (
    Choice(
        "body",
        "机构",
        required=True,
        words=("组织", "类别"),
        options=(
            Option(DutyBody.LEADING, "领导小组", "", ("活动领导小组",)),
            Option(DutyBody.OFFICE, "办公室", "", ("活动办公室", "活动办")),
            Option(DutyBody.REVIEW, "评议小组"),
        ),
    ),
    Text("team", "小组名称", hint="评议小组填，如 第一评议小组", words=("评议小组名称", "组别", "第几组")),
    Choice(
        "role",
        "分工",
        required=True,
        words=("角色", "组内职务"),
        options=(
            Option(DutyRole.HEAD, "组长", "", ("主任",)),
            Option(DutyRole.DEPUTY, "副组长", "", ("副主任",)),
            Option(DutyRole.MEMBER, "成员", "", ("组员",)),
            Option(DutyRole.CONTACT, "联系人"),
        ),
    ),
    Text("name", "姓名", required=True, most=20),
    Text("post", "职务", words=("行政职务", "党内职务")),
    Day("since", "成立时间", words=("日期",)),
)


def _team(values: Values, _today: str) -> Iterator[Finding]:
    """V-MTG-08: a review group has a name, and only that."""
    if (values["body"] == DutyBody.REVIEW) != bool(values["team"]):
        yield found("V-MTG-08")


LEDGER = Ledger(
    key="duty_post",
    title="组织分工",
    purpose="领导小组、办公室和各评议小组由谁组成、谁负责。",
    table=DutyPost,
    fields=FIELDS,
    states="body",
    same=("body", "team", "role", "name"),
    shown=("name", "body", "team", "role", "post"),
    report="R14C",
    report_title="领导小组和评议小组名单",
    columns=(
        Printed("党组织", 60, lambda row: row.org_name),
        Printed("机构", 30, lambda row: row.texts["body"], "center"),
        Printed("小组名称", 40, lambda row: row.texts["team"]),
        Printed("分工", 25, lambda row: row.texts["role"], "center"),
        Printed("姓名", 30, lambda row: row.texts["name"]),
        Printed("职务", 50, lambda row: row.texts["post"]),
        Printed("成立时间", 24, lambda row: row.texts["since"], "center"),
    ),
    totals=(Total("人数", by="body", unit="人"),),
    checks=(_team,),
    travels=False,
)
