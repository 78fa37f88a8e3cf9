"""自查与互评 (SelfReport, PeerReview of the domain): what an organisation and its members say of themselves and of one another.

Who said it is not kept. These rows stay in the file of the unit: they go into no package, and on paper only with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Person, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.meetings import ReviewKind, SelfReview

FIELDS = (
    Choice(
        "kind",
        "类别",
        required=True,
        words=("类型",),
        options=(
            Option(ReviewKind.SELF, "自我总结", "", ("党员自我总结",)),
            Option(ReviewKind.PEER, "党员互评", "", ("互评",)),
            Option(ReviewKind.ORG, "党组织自查", "", ("自查", "自查报告")),
        ),
    ),
    Person("member", "党员", hint="被评的党员；党组织自查空着", words=("姓名", "被评党员")),
    Day("done_on", "日期", words=("时间", "提交日期")),
    Text("achievements", "优点和成绩", most=1000, long=True, words=("优点", "成绩", "作用发挥")),
    Text("promises", "承诺兑现", most=500, long=True, words=("承诺", "承诺及兑现")),
    Text("problems", "不足和问题", most=1000, long=True, words=("不足", "问题", "主要问题")),
    Text("causes", "原因", most=500, long=True),
    Text(
        "measures", "努力方向和建议", most=1000, long=True, words=("努力方向", "建议", "整改打算", "整改措施")
    ),
    Text("response", "本人回应", most=300, long=True, words=("被评人回应", "支部意见")),
)


def _about(values: Values, _today: str) -> Iterator[Finding]:
    """V-MTG-06: an organisation's report names nobody, the others name a member; V-MTG-07: a peer says what is lacking."""
    if (values["kind"] == ReviewKind.ORG) == bool(values["member"]):
        yield found("V-MTG-06")
    if values["kind"] == ReviewKind.PEER and not values["problems"]:
        yield found("V-MTG-07")


LEDGER = Ledger(
    key="self_review",
    title="自查与互评",
    purpose="党组织自查、党员自我总结和互评的优点、不足、努力方向；留在本单位，不上报，打印要写明原因。",
    table=SelfReview,
    fields=FIELDS,
    states="kind",
    same=("kind", "member", "done_on", "problems"),
    shown=("member", "kind", "done_on", "problems"),
    report="R17D",
    report_title="自查与互评记录表",
    columns=(
        Printed("党员", 24, lambda row: row.texts["member"] or row.org_name),
        Printed("类别", 22, lambda row: row.texts["kind"], "center"),
        Printed("日期", 22, lambda row: row.texts["done_on"], "center"),
        Printed("优点和成绩", 56, lambda row: row.texts["achievements"]),
        Printed("不足和问题", 56, lambda row: row.texts["problems"]),
        Printed("努力方向和建议", 49, lambda row: row.texts["measures"]),
        Printed("本人回应", 30, lambda row: row.texts["response"]),
    ),
    totals=(Total("份数", by="kind", unit="份"),),
    checks=(_about,),
    travels=False,
    restricted=True,
)
