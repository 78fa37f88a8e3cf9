"""党员先锋岗、责任区 (VanguardPost, ResponsibilityZone of the domain): what it is, who holds it, since when."""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Choice, Count, Day, Option, Person, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Row, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.posts import Post, PostKind, PostStatus

HOLDERS = ("holder", "holder_2", "holder_3")
FIELDS = (
    Text("title", "岗（区）名称", required=True, words=("岗名", "名称", "岗区名称", "先锋岗", "责任区")),
    Choice(
        "kind",
        "类别",
        required=True,
        words=("岗区", "类型"),
        options=(
            Option(PostKind.POST, "先锋岗", "", ("党员先锋岗", "岗")),
            Option(PostKind.ZONE, "责任区", "", ("党员责任区", "区")),
        ),
    ),
    Text("team", "所在区队班组", words=("区队班组", "班组", "所在班组")),
    Text(
        "duty", "岗位职责", most=200, long=True, hint="责任区写责任范围", words=("职责", "责任", "责任范围")
    ),
    Person("holder", "负责党员", words=("党员", "责任人", "负责人")),
    Person("holder_2", "负责党员二", words=("负责党员2",)),
    Person("holder_3", "负责党员三", words=("负责党员3",)),
    Count("masses", "联系群众数", words=("联系群众", "群众数")),
    Day("listed_on", "挂牌日期", words=("挂牌时间", "挂牌")),
    Day("revoked_on", "摘牌日期", words=("摘牌时间", "撤销日期")),
    Choice(
        "status",
        "状态",
        options=(
            Option(PostStatus.ACTIVE, "在岗", "ok", ("正常", "挂牌")),
            Option(PostStatus.REVOKED, "已撤销", "", ("撤销", "摘牌")),
        ),
    ),
    Text("note", "备注", most=200, words=("说明",)),
)


def _held(values: Values, _today: str) -> Iterator[Finding]:
    """V-PST-21: somebody holds what is not revoked."""
    if values["status"] != PostStatus.REVOKED and not any(values[key] for key in HOLDERS):
        yield found("V-PST-21", t=values["title"])


def _in_order(values: Values, _today: str) -> Iterator[Finding]:
    """V-PST-22: no post is taken down before it was put up."""
    listed, revoked = values["listed_on"], values["revoked_on"]
    if listed and revoked and str(revoked) < str(listed):
        yield found("V-PST-22", t=values["title"], a=listed, b=revoked)


def _who(row: Row) -> str:
    return "、".join(row.texts[key] for key in HOLDERS if row.texts[key])


LEDGER = Ledger(
    key="post",
    title="先锋岗责任区",
    purpose="党员先锋岗、责任区在哪里、谁负责、联系多少群众；月度评比另记在“月度评比”。",
    table=Post,
    fields=FIELDS,
    states="kind",
    same=("kind", "title"),
    shown=("title", "kind", "holder", "masses", "listed_on"),
    report="R19",
    report_title="党员先锋岗责任区一览表",
    columns=(
        Printed("党组织", 44, lambda row: row.org_name),
        Printed("岗（区）名称", 40, lambda row: row.texts["title"]),
        Printed("岗位职责", 60, lambda row: row.texts["duty"]),
        Printed("负责党员", 28, _who),
        Printed("联系群众数", 18, lambda row: row.texts["masses"], "right"),
        Printed("挂牌日期", 24, lambda row: row.texts["listed_on"], "center"),
        Printed("类别", 18, lambda row: row.texts["kind"], "center"),
        Printed("备注", 27, lambda row: row.texts["note"]),
    ),
    totals=(
        Total("数量", by="kind", unit="个"),
        Total("状态", by="status", unit="个"),
        Total("联系群众", of="masses", unit="人"),
    ),
    checks=(_held, _in_order),
)
