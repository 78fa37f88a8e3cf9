"""The ledger kit on deeds and commitments: values, checks, edits and their way back, figures, sheets, the budget of a noun."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import make_sheets
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from series import EXAMPLES
from sqlmodel import Session, col, select

import make
from make import BY
from pingyi_desktop import paths
from pingyi_desktop.appraisal.ledgers import catalog, edits, fields, plans, rows
from pingyi_desktop.appraisal.ledgers.fields import Kind, Names
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.appraisal.rulebook.money import money
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.sheets.ledgers.ledger_in import read_ledger
from pingyi_desktop.sheets.ledgers.ledger_out import export_ledger, write_template
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schemas.every import LEDGER_TABLES
from pingyi_desktop.storage.store import Store

ROOT = Path(__file__).parent.parent.parent.parent
DEED, COMMITMENT = catalog.ledger("deed"), catalog.ledger("commitment")
B3, TODAY = "QL.01.B003", "2025-11-01"
EMPTY = {field.key: field.empty for field in COMMITMENT.fields} | {"status": "FULFILLED"}
KEPT = {"content": "每月联系 3 户", "status": "已兑现"}


def add(session: Session, ledger: Ledger, org: str = B3, reason: str = "", **typed: str) -> Row:
    campaign_id = make.campaign_of(session)
    return edits.add(
        session, ledger, campaign_id=campaign_id, org=org, typed=typed, today=TODAY, by=BY, reason=reason
    )


def change(session: Session, ledger: Ledger, *listed: Row, reason: str = "", **typed: str) -> edits.Before:
    return edits.change(
        session,
        ledger,
        campaign_id=make.campaign_of(session),
        ids=[row.id for row in listed],
        typed=typed,
        today=TODAY,
        by=BY,
        reason=reason,
    )


def asked(session: Session, **more: object) -> Asked:
    return Asked(make.campaign_of(session), TODAY, **more)  # type: ignore[arg-type]


def planned(session: Session, ledger: Ledger, path: Path) -> plans.LedgerPlan:
    sheet = read_ledger(path, ledger)
    return plans.plan(session, ledger, campaign_id=make.campaign_of(session), sheet=sheet, today=TODAY)


@pytest.mark.parametrize(
    ("written", "yuan", "exact"),
    [
        ("629 万", 6_290_000, True),
        ("1 亿元", 100_000_000, True),
        ("3.5万元", 35_000, True),
        ("5,000 元", 5_000, True),
        ("5000", 5_000, True),
        ("200 余万", 2_000_000, False),
        ("200余万元", 2_000_000, False),
        ("约 3 万元", 30_000, False),
        ("3万多元", 30_000, False),
    ],
)
def test_money_is_read_as_people_write_it(written: str, yuan: int, exact: bool) -> None:
    found = money(written)
    assert found is not None
    assert (found.yuan, found.exact) == (yuan, exact)


@pytest.mark.parametrize("written", ["很多", "1-2 万", "-5 元", "99999999 亿", "万元", "1e9"])
def test_what_is_no_money_is_none(written: str) -> None:
    assert money(written) is None


def test_sums_of_money_are_exact_and_what_is_not_is_said(session: Session) -> None:
    for title, amount in (("修路", "629 万"), ("盖楼", "1 亿元"), ("修浴室", "200 余万")):
        add(session, DEED, title=title, kind="办实事", amount=amount)
    (money_total,) = [
        one for one in rows.figures(session, DEED, asked(session)).added if one.total.of == "amount"
    ]
    assert (money_total.whole, money_total.note) == ("10629", "；另有 1 处不是确数，没有计入：“200 余万”")
    assert "200 余万" in [row.texts["amount"] for row in rows.listing(session, DEED, asked(session))]


def test_persons_households_and_times_are_never_added_to_one_another(session: Session) -> None:
    assert "受益 没有登记" in rows.figures(session, DEED, asked(session)).sentences
    for number, unit in enumerate(("人", "户", "人次")):
        add(session, DEED, title=f"第 {number} 件", kind="做好事", beneficiaries="40", beneficiary_unit=unit)
    (people,) = [
        one for one in rows.figures(session, DEED, asked(session)).added if one.total.of == "beneficiaries"
    ]
    assert people.whole is None
    assert people.sentence == "受益 人 40、户 40、人次 40"


WRONG = (
    ("V-LED-01", {"kind": "办实事"}),
    ("V-LED-02", {"kind": "办实事", "title": "路" * 201}),
    ("V-LED-03", {"kind": "好", "title": "修路"}),
    ("V-LED-04", {"kind": "办实事", "title": "修路", "done_on": "2025-02-30"}),
    ("V-LED-05", {"kind": "办实事", "title": "修路", "beneficiaries": "四十"}),
    ("V-LED-05", {"kind": "办实事", "title": "修路", "beneficiaries": "2,3"}),
    ("V-LED-06", {"kind": "办实事", "title": "修路", "amount": "很多"}),
    ("V-MEM-07", {"kind": "办实事", "title": "联系 13812345678"}),
    ("V-LED-15", {"kind": "办实事", "title": "修路", "colour": "红"}),
)


@pytest.mark.parametrize(("code", "typed"), WRONG)
def test_what_is_wrong_is_refused_with_its_code_and_leaves_nothing(
    session: Session, code: str, typed: dict[str, str]
) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, DEED, **typed)
    assert refused.value.code == code
    assert not rows.listing(session, DEED, asked(session))


def test_thousands_may_be_set_apart(session: Session) -> None:
    row = add(session, DEED, title="修路", kind="办实事", beneficiaries="1,234")
    assert row.values["beneficiaries"] == 1_234


def test_a_member_is_found_by_name_or_number_in_the_own_branch(session: Session) -> None:
    first = add(session, COMMITMENT, member="赵建国", **KEPT)
    assert first.texts["member"] == "赵建国"
    assert (
        add(session, COMMITMENT, member=str(first.values["member"]), **KEPT).values["member"]
        == first.values["member"]
    )
    with pytest.raises(RuleError) as refused:
        add(session, COMMITMENT, member="没有的人", **KEPT)
    assert refused.value.code == "V-LED-08"


def test_a_member_whose_name_was_put_right_is_found_by_it(session: Session) -> None:
    row = add(session, COMMITMENT, member="赵建国", **KEPT)
    about = {"member_no": str(row.values["member"]), "by": BY, "reason": "更正"}
    members.change_member(session, **about, name="赵建邦")
    for word, many in (("赵建邦", 1), ("建邦", 1), ("钱秀英", 0)):
        assert len(rows.listing(session, COMMITMENT, asked(session, words=(word,)))) == many


def test_what_was_not_kept_needs_its_reason(session: Session) -> None:
    row = add(session, COMMITMENT, **KEPT)
    with pytest.raises(RuleError) as refused:
        change(session, COMMITMENT, row, status="未兑现")
    assert refused.value.code == "V-COM-05"
    change(session, COMMITMENT, row, status="未兑现", unfulfilled_reason="岗位调整")


def test_a_warning_asks_for_a_reason_once_and_the_journal_keeps_it(session: Session) -> None:
    with pytest.raises(NeedsReasonError) as asks:
        add(session, COMMITMENT, content="每月联系 3 户", status="践诺中")
    assert [one.code for one in asks.value.findings] == ["V-COM-02"]


def test_a_warning_confirmed_is_not_asked_again_by_another_edit(session: Session) -> None:
    row = add(session, COMMITMENT, content="每月联系 3 户", status="践诺中", reason="年底再定")
    change(session, COMMITMENT, row, measures="列入计划")
    said = [past.said for past in edits.history(session, COMMITMENT, name=row.name)]
    assert said == ["践诺措施：填写", "原因：年底再定"]


def test_no_text_of_a_row_survives_in_the_journal_when_it_is_edited_imported_or_removed(
    session: Session,
) -> None:
    """The journal is never changed: what a transcriber takes out of a row must not have gone there in the first place."""
    campaign_id, opinion = make.campaign_of(session), catalog.ledger("opinion")
    secret = "张师傅说浴室水凉"
    row = add(session, opinion, content=secret, category="生活福利", nature="个性", reason="照原话")
    sheet = plans.LedgerSheet("表", (Line("表", 2, {"content": "李主任说灯不亮", "category": "OTHER"}),))
    made = plans.plan(session, opinion, campaign_id=campaign_id, sheet=sheet, today=TODAY)
    plans.apply(session, made, by=BY, reason="照原话")
    other = add(session, opinion, content="浴室水凉", category="生活福利")
    wanted = [opinion_groups.Wanted((row.id, other.id), "赵书记管浴室")]
    opinion_groups.merge(session, campaign_id=campaign_id, wanted=wanted, by=BY, reason="照原话")
    about = {"campaign_id": campaign_id, "number": 1, "responsible": "钱科长", "by": BY, "reason": "照原话"}
    opinion_groups.name(session, title="孙班长管浴室", **about)
    before = change(session, opinion, row, content="浴室水凉", nature="共性")
    edits.put_back(session, opinion, campaign_id=campaign_id, before=before, by=BY)
    edits.remove(session, opinion, campaign_id=campaign_id, ids=[row.id], by=BY)
    promise = add(session, COMMITMENT, member="赵建国", **KEPT)
    change(session, COMMITMENT, promise, member="", responsible="周队长")
    change(session, COMMITMENT, promise, status="践诺中", responsible="", reason="还没有做完")
    kept = "".join(session.scalars(select(col(JournalEntry.detail) + col(JournalEntry.subject))))
    for words in ("张师傅", "李主任", "浴室", "赵书记", "孙班长", "钱科长", "赵建国", "周队长", "每月联系"):
        assert words not in kept
    said = [past.said for past in edits.history(session, opinion, name=row.name)]
    assert said[2] == "性质：个性 → 共性；意见内容：改写"
    assert said[0] == "性质：个性 → 空；意见内容：清空；类别：生活福利 → 空"


def test_what_a_transcriber_takes_out_is_nowhere_in_the_file(company: Store) -> None:
    opinion, secret = catalog.ledger("opinion"), "张师傅说浴室水凉"
    with company.transaction() as session:
        row = add(session, opinion, content=secret, category="生活福利", reason="照原话")
    assert secret.encode() in company.path.read_bytes()
    with company.transaction() as session:
        change(session, opinion, row, content="浴室水凉")
    company.close()
    assert "张师傅".encode() not in company.path.read_bytes()


def test_a_promise_that_was_kept_or_public_goes_back_only_with_a_reason(session: Session) -> None:
    row = add(session, COMMITMENT, **KEPT)
    for state in ("践诺中", "拟定"):
        with pytest.raises(NeedsReasonError) as asks, session.begin_nested():
            change(session, COMMITMENT, row, status=state, responsible="王", due_on="2025-12-01")
        assert [one.code for one in asks.value.findings] == ["V-COM-21"]
    change(session, COMMITMENT, row, status="部分兑现")
    change(session, COMMITMENT, row, status="已撤销")


def test_a_phrase_and_too_few_promises_are_said(session: Session) -> None:
    said = {
        content: [one.code for one in COMMITMENT.check({**EMPTY, "content": content}, today=TODAY)]
        for content in ("努力做好本职工作", "进一步加强学习", "每周学习 2 小时", "带头修浴室")
    }
    assert said == {
        "努力做好本职工作": ["V-COM-01"],
        "进一步加强学习": ["V-COM-01"],
        "每周学习 2 小时": [],
        "带头修浴室": [],
    }
    lines = [
        Line(
            "表",
            n,
            {"content": f"第 {n} 件", "status": "已公开", "responsible": "王", "due_on": "2025-12-01"},
        )
        for n in range(2, 12)
    ]
    few, enough = (
        plans.plan(
            session,
            COMMITMENT,
            campaign_id=make.campaign_of(session),
            sheet=plans.LedgerSheet("表", tuple(listed)),
            today=TODAY,
        )
        for listed in (lines[:9], lines)
    )
    assert [(one.code, one.row, one.sentence[:16]) for one in few.findings] == [
        ("V-COM-03", 10, "党组织自己的承诺只有 9 项，少")
    ]
    assert enough.findings == []


def test_several_rows_are_changed_in_one_act_and_put_back(session: Session) -> None:
    listed = [add(session, COMMITMENT, **{**KEPT, "content": f"承诺 {n}"}) for n in range(3)]
    before = change(session, COMMITMENT, *listed, pledge_result="满意", evidence="有照片")
    assert len(before.rows) == 3
    edits.put_back(session, COMMITMENT, campaign_id=make.campaign_of(session), before=before, by=BY)
    assert rows.listing(session, COMMITMENT, asked(session)) == listed
    gone = edits.remove(session, COMMITMENT, campaign_id=make.campaign_of(session), ids=[listed[1].id], by=BY)
    edits.put_back(session, COMMITMENT, campaign_id=make.campaign_of(session), before=gone, by=BY)
    assert rows.listing(session, COMMITMENT, asked(session)) == listed


@pytest.mark.parametrize("words", ["修路", "xl", "一矿机关", "ykjg", "办实事", "修 机关"])
def test_the_filter_finds_words_units_choices_and_initials(session: Session, words: str) -> None:
    add(session, DEED, title="修路", kind="办实事")
    add(session, DEED, org="QL.02.B001", title="送煤", kind="解难事")
    found = rows.listing(session, DEED, asked(session, words=tuple(words.split())))
    assert [row.texts["title"] for row in found] == ["修路"]


def test_slices_segments_and_order(session: Session) -> None:
    for number in range(5):
        add(
            session,
            COMMITMENT,
            content=f"承诺 {number}",
            status="践诺中",
            due_on=f"2025-10-0{5 - number}",
            responsible="王",
            reason="已核实",
        )
    add(session, COMMITMENT, **KEPT)
    counts, figures = rows.sums(session, COMMITMENT, asked(session, segment="late"))
    first = rows.listing(session, COMMITMENT, asked(session, segment="late"), many=2)
    assert (counts[""], counts["late"], counts["FULFILLED"], len(first)) == (6, 5, 1, 2)
    assert figures.rows == 5
    rest = rows.listing(session, COMMITMENT, asked(session, segment="late", sort="due_on"), start=2, many=9)
    assert [row.values["due_on"] for row in rest] == ["2025-10-03", "2025-10-04", "2025-10-05"]
    assert len(rows.ids(session, COMMITMENT, asked(session, segment="late"))) == 5


def test_a_messy_sheet_is_told_by_sheet_row_and_column_and_nothing_is_written(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "承诺.csv"
    path.write_text(
        "公开承诺登记表\n党支部,姓名,承诺内容,五带头,完成情况,时限\n"
        "一矿机关党支部,赵建国,读书,学习提高,已完成,2025年11月3日\n"
        "一矿机关党支部,无此人,扫地,,已兑现,\n没有的支部,,浇花,,已兑现,\n一矿机关党支部,,浇花,,完了,\n合计,,3,,,\n",
        encoding="utf-8",
    )
    plan = planned(session, COMMITMENT, path)
    told = {(one.code, one.row, one.column.partition(" ")[0]) for one in plan.findings if one.weight != "I"}
    assert told == {("V-LED-08", 4, "B"), ("V-LED-07", 5, "A"), ("V-LED-03", 6, "E")}
    assert plan.blocked


@pytest.mark.parametrize(
    "total", [["", "合计", "", 33, 3.25], ["合计", "", "", 33, 3.25], ["", "平均", "", 33, ""]]
)
def test_a_total_of_people_and_money_is_no_row(tmp_path: Path, total: list[object]) -> None:
    table = [["序号", "事项", "类别", "受益数量", "投入金额（万元）"], [1, "修路", "办实事", 33, 3.25], total]
    sheet = read_ledger(make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": table}), DEED)
    assert [line.texts["amount"] for line in sheet.lines] == ["3.25万元"]
    assert [(one.code, "第 3 行" in one.sentence) for one in sheet.findings] == [("V-IMP-11", True)]


def test_a_sheet_read_twice_writes_nothing_the_second_time(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "实事.csv"
    path.write_text(
        "党组织,事项,类别,金额\n一矿机关党支部,修路,实事,629 万\n二矿机关党支部,送煤,难事,\n",
        encoding="utf-8",
    )
    first = planned(session, DEED, path)
    before = plans.apply(session, first, by=BY)
    again = planned(session, DEED, path)
    assert (first.added, again.written, again.unchanged) == (2, [], 2)
    edits.put_back(session, DEED, campaign_id=first.campaign_id, before=before, by=BY)
    assert not rows.listing(session, DEED, asked(session))


def test_what_is_exported_comes_back_unchanged(session: Session, tmp_path: Path) -> None:
    add(session, COMMITMENT, member="赵建国", category="带头学习提高", due_on="2025-12-01", **KEPT)
    add(session, COMMITMENT, org="QL.02.B001", **KEPT)
    path = tmp_path / "承诺.xlsx"
    assert export_ledger(session, COMMITMENT, asked(session), path, by=BY, reason="报送") == 2
    again = planned(session, COMMITMENT, path)
    assert (again.written, again.unchanged, again.findings) == ([], 2, [])


def test_signs_that_a_workbook_would_take_for_others_come_back(session: Session, tmp_path: Path) -> None:
    """_x0041_ came back as A."""
    add(session, DEED, title="编号_x0041_x0042_的", kind="办实事", responsible="_x000D_=1+1")
    export_ledger(session, DEED, asked(session), tmp_path / "实事.xlsx", by=BY)
    again = planned(session, DEED, tmp_path / "实事.xlsx")
    assert (again.written, again.unchanged) == ([], 1)


def test_the_printed_list_of_deeds_read_in_again_takes_no_evidence_away(
    session: Session, tmp_path: Path
) -> None:
    """It prints 有 for the evidence that there is, which was then written over it."""
    add(session, DEED, title="修路", kind="办实事", amount="3万元", evidence="验收单 3 张")
    report = reports.build(session, name="R20", campaign_id=asked(session).campaign_id)
    render_xlsx(report, tmp_path / "R20.xlsx")
    again = planned(session, DEED, tmp_path / "R20.xlsx")
    assert (again.written, again.unchanged, again.blocked) == ([], 1, False)


@pytest.mark.parametrize("noun", catalog.NOUNS, ids=lambda noun: noun.key)
def test_the_blank_sheet_of_every_ledger_is_read_as_empty(noun: catalog.Noun, tmp_path: Path) -> None:
    write_template(noun.declared(), tmp_path / "空白.xlsx")
    sheet = read_ledger(tmp_path / "空白.xlsx", noun.declared())
    assert [one.code for one in sheet.findings] == ["V-IMP-25"]


@pytest.mark.parametrize(
    ("heading", "cell", "written"),
    [
        ("投入金额（万元）", 3.5, "3.5万元"),
        ("金额(万元)", "约 3", "约 3万元"),
        ("投入金额（亿元）", "200 余", "200 余亿元"),
        ("投入金额（万元）", "近300", "近300万元"),
        ("投入金额（万元）", "超过 3", "超过 3万元"),
        ("投入金额（万元）", "1 200", "1 200万元"),
        ("投入金额（万元）", "很多", "很多"),
        ("投入金额（万元人民币）", 700, "700万元"),
        ("投入金额（万元）", "5000 元", "5000 元"),
        ("投入金额（元）", 5000, "5000"),
        ("投入金额", 5000, "5000"),
    ],
)
def test_money_is_in_the_unit_that_its_heading_says(
    tmp_path: Path, heading: str, cell: object, written: str
) -> None:
    """A bare 3.5 under 投入金额（万元） would be three and a half 元."""
    table = [["事项", "类别", heading], ["修路", "办实事", cell]]
    sheet = read_ledger(make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": table}), DEED)
    assert [line.texts["amount"] for line in sheet.lines] == [written]


@pytest.mark.parametrize(
    ("amount", "asks"),
    [
        ("3.5", True),
        ("12", True),
        ("约 3", True),
        ("12 元", False),
        ("3.5 万", False),
        ("5000", False),
        ("", False),
    ],
)
def test_a_small_amount_without_a_unit_is_asked_about(session: Session, amount: str, asks: bool) -> None:
    said = DEED.check({"amount": amount}, today=TODAY)
    assert [one.code for one in said] == ["V-LED-24"] * asks


def test_people_in_thousands_are_not_taken_for_people(session: Session, tmp_path: Path) -> None:
    for heading, codes in (("受益数（万人）", ["V-LED-05"]), ("受益数（人）", [])):
        table = [["事项", "类别", heading], ["修路", "办实事", 3], ["修桥", "办实事", "1,200"]]
        codes *= 2
        path = make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": table})
        assert [one.code for one in planned(session, DEED, path).findings] == codes


def test_a_line_above_the_table_says_the_unit_too_and_one_in_yuan_changes_nothing(tmp_path: Path) -> None:
    table = [["事项", "类别", "投入金额"], ["修路", "办实事", 7]]
    said_above = (
        ("单位：万元", "7万元"),
        ("单位：元", "7"),
        ("填报单位：万元矿党委", "7"),
        ("单位：人、万元", "7万元"),
        ("单位：万元人民币", "7万元"),
    )
    for said, written in said_above:
        path = make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": [["台账"], ["", said], *table]})
        assert [line.texts["amount"] for line in read_ledger(path, DEED).lines] == [written]


def test_a_heading_in_yuan_outweighs_a_line_above_in_wan(tmp_path: Path) -> None:
    table = [["单位：万元"], ["事项", "类别", "投入金额（元）"], ["修路", "办实事", 5000]]
    path = make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": table})
    assert [line.texts["amount"] for line in read_ledger(path, DEED).lines] == ["5000"]


@pytest.mark.parametrize(
    ("first", "second", "written"),
    [
        ("投入金额（万元）", "投入金额（元）", ["7万元", "70000"]),
        ("投入金额（元）", "投入金额（万元）", ["7", "70000万元"]),
    ],
)
def test_each_table_of_a_sheet_is_in_the_unit_of_its_own_heading(
    tmp_path: Path, first: str, second: str, written: list[str]
) -> None:
    """The sheets of two branches pasted one below the other."""
    table = [
        ["事项", "类别", first],
        ["修路", "办实事", 7],
        ["事项", "类别", second],
        ["修桥", "办实事", 70000],
    ]
    path = make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": table})
    assert [line.texts["amount"] for line in read_ledger(path, DEED).lines] == written


def test_the_nearest_line_above_a_table_says_its_unit(tmp_path: Path) -> None:
    table = [["单位：万元"], ["事项", "类别", "投入金额"], ["修路", "办实事", 7], ["单位：元"]]
    table += [["事项", "类别", "投入金额"], ["修桥", "办实事", 70000]]
    path = make_sheets.workbook(tmp_path / "实事.xlsx", {"实事": table})
    written = {line.texts.get("title"): line.texts.get("amount") for line in read_ledger(path, DEED).lines}
    assert (written["修路"], written["修桥"]) == ("7万元", "70000")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ('0.0"万元"', "3.5万元"),
        ('#,##0.00"万元"_);(#,##0.00"万元")', "3.5万元"),
        ('_-* #,##0.00"万元"_-', "3.5万元"),
        ('[$-804]0.0"万元"', "3.5万元"),
        ('¥0.0" 万元"', "3.5万元"),
        ("0.0\\万\\元", "3.5万元"),
        ('0!.0000"万元"', "3.5"),
        ('[>=10000]0!.0000"万元";0', "3.5"),
        ('#,##0.0"千元"', "3.5千元"),
        ('#,##0.00_ "万元"', "3.5万元"),
        ('General"亿"', "3.5亿"),
        ('0.0,"万元"', "3.5"),
        ("0.00", "3.5"),
    ],
)
def test_a_format_that_shows_a_unit_is_read_as_it_is_seen(tmp_path: Path, code: str, written: str) -> None:
    book = Workbook()
    book.active.append(["事项", "类别", "投入金额"])
    book.active.append(["修路", "办实事", 3.5])
    book.active["C2"].number_format = code
    book.save(tmp_path / "实事.xlsx")
    assert [line.texts["amount"] for line in read_ledger(tmp_path / "实事.xlsx", DEED).lines] == [written]


def test_a_number_is_never_given_twice(session: Session) -> None:
    """The office's task file, or an answer, may name it already: another row under it would be taken for that one."""
    campaign = make.campaign_of(session)
    first = add(session, DEED, title="修路", kind="办实事")
    second = add(session, DEED, title="修桥", kind="办实事")
    edits.remove(session, DEED, campaign_id=campaign, ids=[second.id], by=BY)
    third = add(session, DEED, title="修渠", kind="办实事")
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    many = [add(session, DEED, title=f"第 {n} 件", kind="办实事").id for n in range(3)]
    edits.remove(session, DEED, campaign_id=campaign, ids=[first.id, third.id, *many], by=BY)
    sheet = plans.LedgerSheet(
        "表", (Line("表", 2, {"title": "修井", "kind": "做好事", plans.NUMBER: first.name}),)
    )
    plan = plans.plan(session, DEED, campaign_id=campaign, sheet=sheet, today=TODAY)
    assert [one.name for one in plan.written] == [f"{B3}-7"]
    assert [(one.code, f"编号是 {B3}-7" in one.sentence) for one in plan.findings] == [("V-LED-23", True)]
    plans.apply(session, plan, by=BY)
    assert [row.number for row in rows.listing(session, DEED, asked(session))] == [7]
    texts = {"title": "修桥", "kind": "做好事", plans.NUMBER: "1"}
    counted = plans.LedgerSheet("表", (Line("表", 2, texts),))
    assert plans.plan(session, DEED, campaign_id=campaign, sheet=counted, today=TODAY).findings == []
    assert add(session, COMMITMENT, **KEPT).number == 1


def test_the_highest_number_is_kept_however_many_rows_are_taken_out(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edits, "NAMED", 1)
    campaign = make.campaign_of(session)
    ids = [add(session, DEED, title=f"第 {n} 件", kind="办实事").id for n in range(3)]
    edits.remove(session, DEED, campaign_id=campaign, ids=ids[::-1], by=BY)
    made = [add(session, DEED, title=f"再 {n} 件", kind="办实事") for n in range(2)]
    before = edits.Before(added=tuple(row.id for row in reversed(made)))
    edits.put_back(session, DEED, campaign_id=campaign, before=before, by=BY)
    assert [row.number for row in made] == [4, 5]
    assert add(session, DEED, title="修路", kind="办实事").number == 6


@pytest.mark.parametrize("way", ["add", "import"])
def test_the_number_of_a_row_that_was_undone_is_not_given_again(session: Session, way: str) -> None:
    """A package may have gone up in between, and its history in the journal is of this row alone."""
    campaign = make.campaign_of(session)
    if way == "add":
        before = edits.Before(added=(add(session, DEED, title="修路", kind="办实事").id,))
    else:
        lines = tuple(
            Line("表", n, {"title": f"第 {n} 件", "kind": "做好事", plans.ORG: B3}) for n in range(2)
        )
        sheet = plans.LedgerSheet("表", lines)
        plan = plans.plan(session, DEED, campaign_id=campaign, sheet=sheet, today=TODAY)
        before = plans.apply(session, plan, by=BY)
    edits.put_back(session, DEED, campaign_id=campaign, before=before, by=BY)
    after = add(session, DEED, title="修桥", kind="办实事")
    assert after.number == len(before.added) + 1
    assert [past.act for past in edits.history(session, DEED, name=after.name)] == ["新增办实事"]


ACT = st.sampled_from(["add", "edit", "remove", "undo", "import", "import again"])


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(st.lists(ACT, max_size=8), st.randoms(use_true_random=False))
def test_edits_imports_repeats_and_undoing_in_any_order_add_up_to_the_rows_there_are(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str], chance: object
) -> None:
    store = make.published_company(tmp_path_factory.mktemp("kit") / "公司.pingyi")
    model: dict[str, str] = {}
    with store.transaction() as session:
        campaign_id, last = make.campaign_of(session), None
        lines = [Line("表", n, {"title": f"表里的 {n}", "kind": "做好事"}) for n in range(1, 4)]
        sheet = plans.LedgerSheet("表", tuple(lines))
        for number, act in enumerate(acts):
            here = rows.listing(session, DEED, asked(session))
            picked = chance.choice(here) if here else None  # type: ignore[attr-defined]
            if act == "add":
                made = add(session, DEED, title=f"第 {number} 件", kind="办实事")
                last = (edits.Before(added=(made.id,)), dict(model))
                model[made.texts["title"]] = "PRACTICAL"
            elif act == "edit" and picked is not None:
                last = (change(session, DEED, picked, kind="解难事"), dict(model))
                model[picked.texts["title"]] = "DIFFICULT"
            elif act == "remove" and picked is not None:
                gone = edits.remove(session, DEED, campaign_id=campaign_id, ids=[picked.id], by=BY)
                last = (gone, dict(model))
                del model[picked.texts["title"]]
            elif act.startswith("import"):
                plan = plans.plan(session, DEED, campaign_id=campaign_id, sheet=sheet, today=TODAY)
                last = (plans.apply(session, plan, by=BY), dict(model))
                model |= dict.fromkeys((f"表里的 {n}" for n in range(1, 4)), "GOOD")
            elif act == "undo" and last is not None:
                edits.put_back(session, DEED, campaign_id=campaign_id, before=last[0], by=BY)
                model, last = last[1], None
        parts = rows.figures(session, DEED, asked(session)).added[0].parts
    store.close()
    assert {code: many for code, _, many in parts} == {
        code: list(model.values()).count(code) for code in ("PRACTICAL", "GOOD", "DIFFICULT")
    }


@pytest.mark.parametrize("noun", catalog.NOUNS, ids=lambda noun: noun.key)
def test_a_declaration_and_its_table_are_one(noun: catalog.Noun) -> None:
    ledger = noun.declared()
    columns = {one.name for one in ledger.sql.columns}
    assert columns == {f.key for f in ledger.fields} | {
        "id",
        "campaign_id",
        "org",
        "number",
        "source",
        "search",
    }
    assert (ledger.key, ledger.table in LEDGER_TABLES) == (noun.key, True)
    for field in ledger.fields:
        column = ledger.sql.columns[field.key]
        assert column.nullable == (field.empty is None and not field.required)
        assert (column.type.python_type is int) == (field.kind is Kind.COUNT)
    assert {ledger.states, *ledger.same, *ledger.shown} <= ledger.by_key.keys()
    assert ledger.state.kind is Kind.CHOICE
    width = sum(one.width_mm for one in ledger.columns) + (0 if ledger.columns[0].title == "编号" else 8)
    assert width in (180, 267)
    assert (paths.resources() / "icons" / f"{noun.icon}.svg").is_file()


def test_every_table_of_a_ledger_is_in_the_catalogue() -> None:
    assert {ledger.table for ledger in catalog.ledgers()} == set(LEDGER_TABLES)


@cache
def program() -> dict[Path, str]:
    """The text of every module but those that know each noun anyway."""
    known = (
        path for path in (ROOT / "pingyi_desktop").rglob("*.py") if not {"demo", "rectify"} & set(path.parts)
    )
    return {path: path.read_text("utf-8") for path in known}


@pytest.mark.parametrize("noun", catalog.NOUNS, ids=lambda noun: noun.key)
def test_a_flat_noun_is_few_files(noun: catalog.Noun) -> None:
    """Its module, its table, its migration, its line in the catalogue: the faces know it from these.

    With its icon, its test and the changelog that is seven. ``rectify`` is what 整改 has beside the kit: it knows whom it asks.
    """
    module, table, made = (
        noun.declared.__code__.co_names[0],
        noun.declared().table.__name__,
        f"CREATE TABLE {noun.key} ",
    )
    word = re.compile(rf"\b({table}|{module}\.LEDGER|{made})\b|ledgers\.(\w+\.)?{module}\b")
    told = (
        (path, text) for path, text in program().items() if any(one in text for one in (table, module, made))
    )
    found = [path for path, text in told if word.search(text)]
    assert len(found) <= 4, found
    (path,) = (ROOT / "pingyi_desktop/appraisal/ledgers").rglob(f"{module}.py")
    assert len(path.read_text("utf-8").splitlines()) <= 200


def modules() -> set[str]:
    return {noun.declared.__code__.co_names[0] for noun in catalog.NOUNS}


def kit() -> list[Path]:
    """What every noun stands on: declaration, fields, rows, edits, plans. The catalogue has a line for each noun."""
    here = (ROOT / "pingyi_desktop/appraisal/ledgers").glob("*.py")
    return [path for path in here if path.stem not in modules() | {"catalog"}]


def test_the_kit_imports_no_noun() -> None:
    for path in kit():
        assert not re.search(
            rf"ledgers(\.meeting)?(\.| import .*\b)({'|'.join(modules())})\b", path.read_text("utf-8")
        ), path


def test_the_kit_with_its_packages_and_commands_keeps_its_budget() -> None:
    """Architecture: at most 2,000 lines. How sheets are read and written, and the page, are rooms of their own."""
    doors = ("exchange/ledgers/ledger_bodies.py", "cli/ledger_verbs.py")
    paths = [*kit(), *(ROOT / "pingyi_desktop" / door for door in doors)]
    assert sum(len(path.read_text("utf-8").splitlines()) for path in paths) <= 2000


def test_a_value_that_is_read_may_travel(session: Session) -> None:
    row = add(
        session, DEED, title="修路", kind="办实事", amount="约 3 万元", beneficiaries="3", done_on="2025.11.3"
    )
    assert all(fields.is_shaped(f, row.values[f.key]) for f in DEED.fields)
    assert fields.shown(DEED.by_key["kind"], "PRACTICAL", Names()) == "办实事"
