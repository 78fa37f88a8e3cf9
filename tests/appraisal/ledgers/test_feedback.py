"""领导点评 and 公示: what is said back to organisations and members, and to the masses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.feedback.publications import working_days
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.reports.blocks import Heading, Para, Report, Table
from pingyi_desktop.storage import journal

B3, TODAY = "QL.01.B003", "2024-02-01"
GOOD = {"commenter": "演示书记", "strengths": "承诺兑现", "problems": "学习不够"}
HANGS = {"kind": "公示", "title": "群众评议结果", "status": "公示中"}
WHERE = {"department": "组织部", "address": "办公楼206室", "place": "公开栏"}
WEEK = {"start_on": "2024-02-05", "end_on": "2024-02-09"}


@pytest.fixture
def session(tmp_path: Path):
    with make.published_company(tmp_path / "QL.pingyi").transaction() as opened:
        yield opened


def add(session: Session, key: str, org: str = "QL", *, reason: str = "", **typed: str) -> rows.Row:
    about = {"campaign_id": make.campaign_of(session), "org": org, "today": TODAY, "by": make.BY}
    edits.add(session, catalog.ledger(key), typed=typed, reason=reason, **about)
    listed = rows.listing(session, catalog.ledger(key), rows.Asked(make.campaign_of(session), TODAY))
    return max(listed, key=lambda row: (row.org == org, row.number))


def refused(session: Session, key: str, **typed: str) -> str:
    with pytest.raises(RuleError) as caught:
        add(session, key, **typed)
    return caught.value.code


def build(session: Session, name: str, **other: str) -> Report:
    return reports.build(session, name=name, campaign_id=make.campaign_of(session), **other)  # type: ignore[arg-type]


def text(report: Report) -> str:
    return "\n".join(one.text for one in report.blocks if isinstance(one, Heading | Para))


@pytest.mark.parametrize(("missing", "named"), [("strengths", "主要成绩"), ("problems", "存在问题")])
def test_a_comment_says_what_is_good_and_what_is_wanting(session: Session, missing: str, named: str) -> None:
    with pytest.raises(RuleError, match=f"“{named}”还空着") as wrong:
        add(session, "leader_comment", **{**GOOD, "kind": "党组织", missing: ""})
    assert wrong.value.code == "V-LC-01"


def test_a_comment_is_of_an_organisation_or_of_a_member(session: Session) -> None:
    assert refused(session, "leader_comment", org=B3, kind="党组织", member="赵建国", **GOOD) == "V-LC-21"
    assert refused(session, "leader_comment", kind="普通党员", **GOOD) == "V-LC-21"
    assert add(session, "leader_comment", kind="党组织", unit="QL.01", **GOOD).texts["unit"] == "一矿党委"


def test_nobody_comments_on_himself(session: Session) -> None:
    own = {**GOOD, "commenter": "赵建国", "kind": "普通党员", "member": "赵建国"}
    assert refused(session, "leader_comment", org=B3, **own) == "V-LC-04"
    assert add(session, "leader_comment", B3, **{**own, "commenter": "钱秀英"}).texts["member"] == "赵建国"


def test_comments_stay_here_and_are_printed_with_a_reason_only(session: Session) -> None:
    add(session, "leader_comment", B3, kind="普通党员", member="赵建国", **GOOD)
    ledger, campaign_id = catalog.ledger("leader_comment"), make.campaign_of(session)
    assert (ledger.travels, ledger.restricted, ledger.segments[0].key) == (False, True, "unsigned")
    with pytest.raises(RuleError) as caught:
        build(session, "R21")
    assert caught.value.code == "V-PRI-26"
    report = reports.restricted(session, name="R21", campaign_id=campaign_id, reason="归档", by=make.BY)
    (table,) = (one for one in report.blocks if isinstance(one, Table))
    assert table.rows[0].cells[1:4] == ("赵建国", "普通党员", "演示书记")
    assert sum(one.width_mm for one in table.columns) == 267
    unsigned = rows.Asked(campaign_id, TODAY, segment="unsigned")
    assert len(rows.listing(session, ledger, unsigned)) == 1


def test_what_is_wrong_in_a_sheet_is_told_from_above_to_below(session: Session) -> None:
    lines = [
        Line("表", 2, {**GOOD, "kind": "党组织", "problems": ""}),  # found when all are judged
        Line("表", 3, {**GOOD, "kind": "班组"}),  # found when it is read
        Line("表", 4, {**GOOD, "kind": "党组织", "unit": "QL.01"}),
    ]
    sheet, campaign_id = plans.LedgerSheet("表", tuple(lines)), make.campaign_of(session)
    ledger = catalog.ledger("leader_comment")
    made = plans.plan(session, ledger, campaign_id=campaign_id, sheet=sheet, today=TODAY)
    assert [(one.row, one.code) for one in made.findings] == [(2, "V-LC-01"), (3, "V-LED-03")]
    assert [one.said for one in made.written] == ["演示书记", "QL.01"]


def test_the_journal_tells_nothing_of_what_was_said(session: Session) -> None:
    add(session, "leader_comment", B3, kind="普通党员", member="赵建国", **GOOD)
    (newest,) = journal.lines(session, newest=1)
    said = json.dumps(json.loads(newest.detail), ensure_ascii=False)
    assert not [one for one in (*GOOD.values(), "赵建国") if one in said]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-02-05", "2024-02-09", 5),
        ("2024-02-05", "2024-02-08", 4),
        ("2024-02-09", "2024-02-12", 2),
        ("2024-02-10", "2024-02-11", 0),
        ("2024-02-05", "2024-02-05", 1),
    ],
)
def test_weekends_are_no_working_days(start: str, end: str, days: int) -> None:
    assert working_days(start, end) == days


@pytest.mark.parametrize("missing", ["end_on", "department", "address"])
def test_a_notice_that_hangs_says_until_when_and_who_hears(session: Session, missing: str) -> None:
    told = {**HANGS, **WEEK, **WHERE, missing: ""}
    assert refused(session, "publication", **told) == "V-PUB-02"
    assert add(session, "publication", **{**told, "status": "拟稿"}).texts["status"] == "拟稿"
    assert add(session, "publication", **{**told, "kind": "通报"}).texts["kind"] == "通报"


def test_a_notice_hangs_five_working_days_or_asks_why(session: Session) -> None:
    short = {**HANGS, **WHERE, **WEEK, "end_on": "2024-02-08"}
    with pytest.raises(NeedsReasonError, match="公示期 4 个工作日，少于 5 个工作日"):
        add(session, "publication", **short)
    add(session, "publication", reason="只有三天班", **short)
    assert refused(session, "publication", **{**short, "end_on": "2024-02-01"}) == "V-PUB-21"


def test_who_objected_is_not_kept(session: Session) -> None:
    told = {**HANGS, **WHERE, **WEEK, "objections": "王师傅反映名单不全"}
    with pytest.raises(NeedsReasonError, match="王师傅"):
        add(session, "publication", **told)


def test_the_notice_is_printed_as_it_hangs(session: Session) -> None:
    assert refused_report(session) == "V-PUB-22"
    add(session, "publication", content="总体评价满意率98.9%。", **HANGS, **WHERE, **WEEK)
    add(session, "publication", **{**HANGS, "title": "整改事项", "status": "拟稿"})
    add(session, "publication", **{**HANGS, "title": "旧的", "status": "已结束"}, **WHERE, **WEEK)
    item = {
        "problem": "浴室水凉",
        "source_kind": "检查",
        "kind": "立改",
        "status": "已登记",
        "responsible": "王守信",
    }
    add(session, "rectification", due_on="2024-03-01", measures="换热水器", reason="照登记簿", **item)
    report = build(session, "R13", org_code="QL")
    said = text(report)
    assert report.title == "中共青峦公司委员会\n关于群众评议结果的公示"
    assert "公示期限：2024年2月5日至2024年2月9日（5个工作日）。" in said
    assert "向组织部反映（地址：办公楼206室；电话：                ）" in said
    assert [one.text for one in report.blocks if isinstance(one, Heading)] == ["关于整改事项的公示"]
    assert "【请补写：公示的内容】" in said
    (table,) = (one for one in report.blocks if isinstance(one, Table))
    assert table.rows[0].cells[1:4] == ("浴室水凉", "换热水器", "2024-03-01")
    assert "王守信" not in said + str(table)


def refused_report(session: Session) -> str:
    with pytest.raises(RuleError) as caught:
        build(session, "R13", org_code="QL")
    return caught.value.code


def test_the_work_summary_and_the_archive_know_what_hung(session: Session) -> None:
    assert "公示了" not in text(build(session, "R01"))
    add(session, "publication", **HANGS, **WHERE, **WEEK)
    add(session, "leader_comment", kind="党组织", **GOOD)
    assert "2024年2月5日至2024年2月9日在公开栏公示了群众评议结果。" in text(build(session, "R01"))
    assert "在哪里公示" not in text(build(session, "R01"))
    listed = {row.cells[1]: row.cells[2] for row in build(session, "R27", org_code="QL").blocks[0].rows}  # type: ignore[union-attr]
    assert (listed["点评记录"], listed["公示及证明"]) == ("1 份", "1 次")
