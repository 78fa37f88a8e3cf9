"""先锋岗、责任区的月度评比 (MonthlyPostRating of the domain): 生产任务 40, 质量标准化 30, 安全指标 30."""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Choice, Count, Month, Option, Person, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Row, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.posts import PostGrade, PostRating

POINTS = {"production": 40, "quality": 30, "safety": 30}
"""the most of each score"""
FIELDS = (
    Text("title", "岗（区）名称", required=True, words=("岗名", "名称", "岗区名称")),
    Month("month", "月份", required=True, words=("评比月份", "月")),
    Person("member", "党员", words=("负责党员", "姓名")),
    Count("production", "生产任务", required=True, hint="最多 40 分", words=("生产任务(40)", "生产")),
    Count("quality", "质量标准化", required=True, hint="最多 30 分", words=("质量标准化(30)", "质量")),
    Count("safety", "安全指标", required=True, hint="最多 30 分", words=("安全指标(30)", "安全")),
    Choice(
        "grade",
        "等次",
        options=(
            Option(PostGrade.EXCELLENT, "优秀", "ok"),
            Option(PostGrade.GOOD, "良好", "blue"),
            Option(PostGrade.PASSED, "合格", ""),
            Option(PostGrade.FAILED, "不合格", "bad"),
        ),
    ),
    Text("note", "备注", most=200, words=("说明",)),
)
_TITLES = {one.key: one.title for one in FIELDS}


def _within(values: Values, _today: str) -> Iterator[Finding]:
    """V-PST-23: no score is above what it counts."""
    for key, most in POINTS.items():
        score = values[key]
        if isinstance(score, int) and score > most:
            yield found("V-PST-23", field=_TITLES[key], n=score, most=most)


def points(row: Row) -> int:
    """总分 of one row, of a hundred."""
    scores = (row.values[key] for key in POINTS)
    return sum(score for score in scores if isinstance(score, int))


LEDGER = Ledger(
    key="post_rating",
    title="月度评比",
    purpose="先锋岗、责任区每月评一次：生产任务 40 分，质量标准化 30 分，安全指标 30 分。",
    table=PostRating,
    fields=FIELDS,
    states="grade",
    same=("title", "month", "member"),
    shown=("title", "month", "grade", "member"),
    report="R19B",
    report_title="先锋岗责任区月度评比表",
    columns=(
        Printed("岗（区）名称", 34, lambda row: row.texts["title"]),
        Printed("月份", 18, lambda row: row.texts["month"], "center"),
        Printed("党员", 24, lambda row: row.texts["member"]),
        Printed("生产任务", 18, lambda row: row.texts["production"], "right"),
        Printed("质量标准化", 20, lambda row: row.texts["quality"], "right"),
        Printed("安全指标", 18, lambda row: row.texts["safety"], "right"),
        Printed("总分", 14, points, "right"),
        Printed("等次", 14, lambda row: row.texts["grade"], "center"),
        Printed("备注", 12, lambda row: row.texts["note"]),
    ),
    totals=(Total("评比", by="grade", unit="次"),),
    checks=(_within,),
)
