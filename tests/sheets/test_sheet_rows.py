"""No row is lost or invented by a guess, no stored value erased, and the true cause is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from make_sheets import raw_row, raw_workbook, workbook
from openpyxl import load_workbook
from series import LONG
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.batches import stacks
from pingyi_desktop.appraisal.batches.stacks import StackPlan
from pingyi_desktop.appraisal.people import members, roster
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.errors import FileError, NeedsReasonError, RuleError, UserError
from pingyi_desktop.sheets.grid.footers import is_footer, is_tally_word
from pingyi_desktop.sheets.roster.name_marks import read_marks
from pingyi_desktop.sheets.roster.roster import read_roster
from pingyi_desktop.sheets.stacks.ballots import read_ballots
from pingyi_desktop.sheets.stacks.counts import read_counts
from pingyi_desktop.sheets.stacks.stack_templates import write_ballot_template, write_count_template
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_entry import DraftBallot
from pingyi_desktop.storage.store import Store

ONE, OFFICE = "一矿采一队党支部", "一矿机关党支部"
HEAD = ["姓名", "所在党支部", "人员类别"]
Rows = Sequence[Sequence[Any]]


def read(tmp_path: Path, *rows: Sequence[Any], hidden: str | None = None) -> Any:
    return read_roster(workbook(tmp_path / "r.xlsx", {"S": rows}), hidden=hidden)


def names(sheet: Any) -> list[object]:
    return [line.values["name"] for line in sheet.members]


def said(found: Any, *levels: str) -> list[tuple[str, str]]:
    return [(f.code, f.sentence) for f in found.findings if f.weight in (levels or ("E",))]


# A text table


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (['张三,{},正式党员,"外出', "李四,{},正式党员,"], 2),
        (['张三,{},正式党员,"外出', '李四,{},正式党员,"在外', "王五,{},正式党员,"], 2),
        (['张三,{},正式党员,"外出', '李四,{},正式党员,外出"', "王五,{},正式党员,"], 2),
        (['张三,{},正式党员,"外出', '李四",{},正式党员,', "王五,{},正式党员,"], 2),
        (['"张三,{},正式党员,', "李四,{},正式党员,"], 2),
        (["张三,{},正式党员,", '李四,{},正式党员,"外出"务工'], 3),
        (["张三,{},正式党员,", '李四,{},正式党员,"'], 3),
    ],
)
@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_stray_quotation_mark_swallows_no_neighbour(
    tmp_path: Path, lines: list[str], row: int, separator: str
) -> None:
    text = "\n".join(["姓名,所在党支部,人员类别,备注", *(line.format(ONE) for line in lines), ""])
    path = tmp_path / "r.csv"
    path.write_text(text.replace(",", separator), encoding="utf-8")
    for reader in (read_roster, lambda p: read_ballots(p, stacks=[]), lambda p: read_counts(p, stacks=[])):
        with pytest.raises(RuleError, match=f"第 {row} 行有一个引号没有成对") as caught:
            reader(path)
        assert caught.value.code == "V-IMP-20"


def test_quotation_marks_that_are_sound_are_read(tmp_path: Path) -> None:
    lines = [
        f'张三,{ONE},正式党员,"外出\n务工"',
        f'"李四",{ONE},正式党员,"说""好"", 走了"',
        f'王五,{ONE},正式党员,他说"好"',
    ]
    (tmp_path / "r.csv").write_text("\n".join(["姓名,所在党支部,人员类别,岗位", *lines]), encoding="gb18030")
    sheet = read_roster(tmp_path / "r.csv")
    assert names(sheet) == ["张三", "李四", "王五"]
    assert [line.row for line in sheet.members] == [2, 3, 4]
    assert sheet.members[1].values["post"] == '说"好", 走了'


# Footers


@pytest.mark.parametrize(
    "first",
    [
        "审核部党支部",
        "制表车间党支部",
        "总计党支部",
        "填报中心党支部",
        "负责人",
        "审核",
        "合计员",
        "说明书组",
    ],
)
def test_a_person_is_no_footer(tmp_path: Path, first: str) -> None:
    for title in ("所在党支部", "党内职务", "岗位"):
        sheet = read(tmp_path, [title, "姓名", "人员类别"], [first, "张三", "正式党员"])
        assert (names(sheet), said(sheet, "E", "I")) == (["张三"], [])


@pytest.mark.parametrize(
    "row",
    [
        ["合计", 2, None],
        ["总计：2人", None, None],
        ["共2人", None, None],
        ["备注：以上共2人", None, None],
        ["注1：略", None, None],
        ["填表人：王五", "审核人：赵六", None],
        ["负责人：", "王五", "审核人："],
        ["支部书记（签字）：", None, None],
        [None, None, "制表：王五"],
        ["以上名单已于2025年3月核对", None, None],
    ],
)
def test_a_footer_is_no_person_and_told(tmp_path: Path, row: list[Any]) -> None:
    sheet = read(tmp_path, HEAD, ["张三", ONE, "正式党员"], row)
    assert names(sheet) == ["张三"]
    assert said(sheet, "E", "W", "I") == [("V-IMP-11", "第 3 行是合计、签字或说明，没有读取。")]


def test_what_may_be_a_person_or_a_note_is_asked(tmp_path: Path) -> None:
    sheet = read(tmp_path, HEAD, ["张三", ONE, "正式党员"], ["以上人员已核实", None, None])
    ((code, sentence),) = said(sheet)
    assert (code, "如果这一行不是党员，请删去" in sentence) == ("V-MEM-38", True)


LABELS = [
    "满意票数",
    "总票数",
    "平均",
    "平均分",
    "共3张",
    "共计",
    "合计",
    "小计",
    "总计",
    "本页小计",
    "得票数",
    "满意率",
    "百分比",
    "票数",
    "汇总",
    "有效票",
    "收回",
    "统计",
    "计",
    "3张",
    "最高",
    "sum",
    "Total",
    "合计（张）",
]


@pytest.mark.parametrize("label", LABELS)
def test_the_labels_of_totals(label: str) -> None:
    assert is_tally_word(label)


def test_labels_are_taken_whole() -> None:
    for text in ("审核部党支部", "制表车间", "负责同志", "说明书组", "总计党支部", "备注员张三"):
        assert not is_footer(text)


# Ballots

MARKS = ["序号", "①践诺", "②岗位争优", "③服务群众"]
MEM = "L2-XX-T-MEM-A-v1-ALL"
COUNT = ["票批码", "项目", "满意", "比较满意", "基本满意", "不满意"]


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Store]:
    """The branch, in which the form of its members is published."""
    made = make.published_school(tmp_path / "XX.pingyi", people=make.NAMES[:3], form_codes=["T-MEM-A"])
    yield made
    made.close()


def stack_plan(store: Store, path: Path, *, counts: bool = False, hidden: str | None = None) -> StackPlan:
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        own = stacks.stacks(session, campaign_id=campaign_id)
        file = (read_counts if counts else read_ballots)(path, stacks=own, hidden=hidden)
        return stacks.plan_stacks(session, campaign_id=campaign_id, file=file)


def valid(plan: StackPlan) -> list[int]:
    return [entry.valid for entry in plan.entries]


@pytest.mark.parametrize("label", LABELS)
def test_a_total_is_no_ballot(school: Store, tmp_path: Path, label: str) -> None:
    rows = [MARKS, [1, 1, 1, 1], [2, 2, 1, 1], [label, 1, 2, 2]]
    plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"票": rows}))
    assert (said(plan), valid(plan)) == ([], [2])
    assert ("V-IMP-11", "第 4 行是合计、签字或说明，没有读取。") in said(plan, "I")


@pytest.mark.parametrize("label", ["满意", "优秀", "补录", "王五"])
def test_what_cannot_be_a_ballot_is_refused(school: Store, tmp_path: Path, label: str) -> None:
    plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"票": [MARKS, [1, 1, 1, 1], [label, 1, 2, 2]]}))
    assert [code for code, _ in said(plan)] == ["V-BAL-80"]
    assert f"第 3 行：写着“{label}”" in said(plan)[0][1]


def test_a_total_at_the_right_and_one_without_a_number_are_told(school: Store, tmp_path: Path) -> None:
    rows = [[*MARKS, "备注"], [1, 1, 1, 1, ""], ["", 1, 2, 2, "合计"]]
    plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"票": rows}))
    assert [code for code, _ in said(plan)] == ["V-BAL-80"]
    plan = stack_plan(school, workbook(tmp_path / "b.xlsx", {"票": [MARKS, [1, 1, 1, 1], ["", 1, 2, 2]]}))
    assert (
        "V-BAL-79",
        "第 3 行：没有序号，其他行都有；如果是合计，请删去这些行，如果是票，请补上序号。",
    ) in said(plan, "W")


@pytest.mark.parametrize("number", ["第3张", "3", "A3", "3.0", "No.3", "③"])
def test_numbers_of_rows_are_no_labels(school: Store, tmp_path: Path, number: str) -> None:
    plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"票": [MARKS, [number, 1, 1, 1]]}))
    assert (said(plan), valid(plan)) == ([], [1])


def test_a_second_header_is_read_in_its_own_order(school: Store, tmp_path: Path) -> None:
    rows = [MARKS, [1, 1, 2, 3], ["③服务群众", "序号", "①践诺", "②岗位争优"], [3, 2, 1, 2], [4, 3, 1, 2]]
    path = workbook(tmp_path / "a.xlsx", {"票": rows})
    with school.transaction() as session:
        campaign_id = make.campaign_of(session)
        file = read_ballots(path, stacks=stacks.stacks(session, campaign_id=campaign_id))
    assert said(file) == []
    assert [one.ballots for one in file.stacks if isinstance(one, stacks.Pile)] == [("123", "123", "124")]
    counts = [COUNT, [MEM, "①践诺", 5, 0, 0, 0], ["项目", "不满意", "满意", "基本满意", "比较满意", "票批码"]]
    counts += [[item, 0, 4, 0, 1, MEM] for item in MARKS[2:]]
    plan = stack_plan(school, workbook(tmp_path / "b.xlsx", {"票": counts}), counts=True)
    assert (said(plan), valid(plan)) == ([], [5])


def piles(store: Store, path: Path) -> tuple[list[tuple[str, str]], list[tuple[str, ...]]]:
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        file = read_ballots(path, stacks=stacks.stacks(session, campaign_id=campaign_id))
    return said(file), [one.ballots for one in file.stacks if isinstance(one, stacks.Pile)]


def test_a_second_header_of_circled_digits_is_read_in_its_own_order(school: Store, tmp_path: Path) -> None:
    rows = [["①", "②", "③"], [1, 2, 3], ["③", "①", "②"], [4, 1, 2], [3, 1, 2]]
    assert piles(school, workbook(tmp_path / "a.xlsx", {"票": rows})) == ([], [("123", "123", "124")])


@pytest.mark.parametrize(
    "marks",
    [
        [["③", "①", "②"]],
        [["③", "①", "②"], ["②", "①", "③"]],
        [["③", "①", "②"], ["1", "①", "2"]],
        [["①", "②", "③"], ["②", "②", "1"]],
    ],
    ids=["nothing below", "two of them", "a ballot has them too", "as the header"],
)
def test_circled_digits_that_may_be_a_ballot_are_asked(
    school: Store, tmp_path: Path, marks: list[list[str]]
) -> None:
    rows = [["①", "②", "③"], [1, 2, 3], *marks]
    errors, _ = piles(school, workbook(tmp_path / "a.xlsx", {"票": rows}))
    assert {code for code, _ in errors} == {"V-BAL-70"}
    assert errors[0][1].startswith(f"第 3 行：这一行只有“{'、'.join(marks[0])}”")


def test_ballots_of_circled_digits_are_ballots(school: Store, tmp_path: Path) -> None:
    rows = [MARKS, [1, "①", "①", "②"], [2, "②", "②", "①"], [3, "③", "①", "②"]]
    assert piles(school, workbook(tmp_path / "a.xlsx", {"票": rows})) == ([], [("112", "221", "312")])
    rows = [MARKS[1:], ["①", "①", "②"], ["②", "②", "①"]]
    assert piles(school, workbook(tmp_path / "b.xlsx", {"票": rows})) == ([], [("112", "221")])


def test_a_second_header_of_a_roster_is_read_in_its_own_order(tmp_path: Path) -> None:
    more = ["序号", "人员类别", "所在党支部", "民族", "姓名", "性别"]
    sheet = read(
        tmp_path,
        HEAD,
        ["张三", ONE, "正式"],
        more,
        [1, "预备", ONE, "汉族", "李四", "男"],
        HEAD,
        ["王五", ONE, "正式"],
    )
    assert [(m.values["name"], m.values["category"], m.values.get("sex")) for m in sheet.members] == [
        ("张三", "FULL", None),
        ("李四", "PROBATIONARY", "男"),
        ("王五", "FULL", None),
    ]
    assert "汉族" not in str(sheet)
    sheet = read(tmp_path, HEAD, ["张三", ONE, "正式"], ["姓名", "所在党支部"], ["李四", ONE])
    assert said(sheet) == [("V-IMP-05", "未找到列“人员类别”，请按模板对应列名。")]


# Unfilled


def test_unfilled_templates_write_nothing_and_say_so(school: Store, tmp_path: Path) -> None:
    with school.transaction() as session:
        campaign_id = make.published(session, name="第二次", form_codes=["T-MEM-A", "T-MEM-B"])
        own = stacks.stacks(session, campaign_id=campaign_id)
        write_count_template(tmp_path / "c.xlsx", stacks=own)
        write_ballot_template(tmp_path / "b.xlsx", stacks=own)
        for name, reader in (("c", read_counts), ("b", read_ballots)):
            file = reader(tmp_path / f"{name}.xlsx", stacks=own)
            plan = stacks.plan_stacks(session, campaign_id=campaign_id, file=file)
            assert plan.entries == ()
            assert [code for code, _ in said(plan)] == ["V-IMP-25"]
            assert "没有填写" in said(plan)[0][1]


@pytest.mark.parametrize("filled", [None, 0])
def test_noughts_that_nobody_counted_are_no_counts(school: Store, tmp_path: Path, filled: int | None) -> None:
    rows = [[MEM, item, *[filled] * 4] for item in MARKS[1:]]
    plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"票": [COUNT, *rows]}), counts=True)
    assert plan.entries == ()
    assert "没有填写" in said(plan)[0][1]
    rows[0][2] = 5
    rows[1][2:] = [None] * 4
    plan = stack_plan(school, workbook(tmp_path / "b.xlsx", {"票": [COUNT, *rows]}), counts=True)
    assert any("没有填写票数" in sentence for _, sentence in said(plan))


def test_a_person_missing_in_counts_is_named(tmp_path: Path) -> None:
    head = ["姓名", "项目", "满意", "比较满意", "基本满意", "不满意"]
    rows = [[name, item, 5, 0, 0, 0] for name in make.NAMES[:2] for item in MARKS[1:]]
    path = workbook(tmp_path / "a.xlsx", {"票": [head, *rows]})
    made = make.published_school(tmp_path / "XX.pingyi", people=make.NAMES[:3], form_codes=["T-MEM-B"])
    plan = stack_plan(made, path, counts=True)
    made.close()
    assert said(plan) == [
        (
            "V-BAL-69",
            f"计票表里没有“{make.NAMES[2]}”（编号 XX00003）的票数，请补上他的 3 行；没有得票的也要写明 0。",
        )
    ]


# Hidden and filtered rows


def hide(path: Path, *rows: int) -> Path:
    book = load_workbook(path)
    for row in rows:
        book.worksheets[0].row_dimensions[row].hidden = True
    book.save(path)
    return path


def test_hidden_rows_are_told_and_chosen(school: Store, tmp_path: Path) -> None:
    people = [[name, ONE, "正式"] for name in ("张三", "李四", "王五")]
    path = hide(workbook(tmp_path / "r.xlsx", {"S": [HEAD, *people]}), 3, 4)
    ((code, sentence),) = said(read_roster(path))
    assert (code, sentence.startswith("第 3、4 行（共 2 行）在表里是隐藏的或被筛选掉的")) == (
        "V-IMP-14",
        True,
    )
    assert "--hidden include 或 --hidden skip" in sentence
    assert names(read_roster(path, hidden="skip")) == ["张三"]
    assert names(read_roster(path, hidden="include")) == ["张三", "李四", "王五"]
    for counts, rows in (
        (False, [MARKS, [1, 1, 1, 1], [2, 1, 1, 1]]),
        (True, [COUNT, *[[MEM, i, 5, 0, 0, 0] for i in MARKS[1:]]]),
    ):
        path = hide(workbook(tmp_path / "a.xlsx", {"票": rows}), 3)
        assert [code for code, _ in said(stack_plan(school, path, counts=counts))] == ["V-IMP-14"]
        assert said(stack_plan(school, path, counts=counts, hidden="include")) == []
        assert "V-IMP-18" in [
            code for code, _ in said(stack_plan(school, path, counts=counts, hidden="skip"), "I")
        ]


def hide_columns(path: Path, letters: str) -> Path:
    book = load_workbook(path)
    for column in letters:
        book.worksheets[0].column_dimensions[column].hidden = True
    book.save(path)
    return path


@pytest.mark.parametrize("how", ['hidden="1"', 'width="0" customWidth="1"'], ids=["hidden", "no width"])
def test_hidden_columns_are_told_and_chosen(tmp_path: Path, how: str) -> None:
    rows = [[*HEAD, "入党日期", "备注", "民族"], ["张三", ONE, "正式", "2013-07-01", "好", "回族"]]
    data = "".join(raw_row(number, *row) for number, row in enumerate(rows, 1))
    sheet = f'<cols><col min="4" max="6" {how}/></cols><sheetData>{data}</sheetData>'
    path = raw_workbook(tmp_path / "r.xlsx", [sheet])
    ((code, sentence),) = said(read_roster(path))
    assert (code, sentence.startswith("D 列“入党日期”（共 1 列）在表里是隐藏的")) == ("V-IMP-14", True)
    (taken,) = read_roster(path, hidden="include").members
    assert taken.values["join_date"] == "2013-07-01"
    left = read_roster(path, hidden="skip")
    assert (said(left), "join_date" in left.members[0].values) == ([], False)
    told = [sentence for code, sentence in said(left, "I") if code == "V-IMP-18"]
    assert told == ["D 列、E 列、F 列（共 3 列）在表里是隐藏的或被筛选掉的，已按选择跳过，没有读取。"]


def test_hidden_columns_without_a_use_block_nothing(tmp_path: Path) -> None:
    rows = [["序号", *HEAD, "备注"], [1, "张三", ONE, "正式", "好"]]
    path = hide_columns(workbook(tmp_path / "r.xlsx", {"S": rows}), "AEG")
    assert (said(read_roster(path)), names(read_roster(path))) == ([], ["张三"])


@pytest.mark.parametrize("counts", [False, True], ids=["ballots", "counts"])
def test_hidden_columns_of_stacks_are_told_and_chosen(school: Store, tmp_path: Path, counts: bool) -> None:
    rows = [COUNT, *[[MEM, i, 5, 0, 0, 0] for i in MARKS[1:]]] if counts else [MARKS, [1, 1, 1, 1]]
    path = hide_columns(workbook(tmp_path / "a.xlsx", {"票": rows}), "D")
    assert [code for code, _ in said(stack_plan(school, path, counts=counts))] == ["V-IMP-14"]
    assert said(stack_plan(school, path, counts=counts, hidden="include")) == []
    left = said(stack_plan(school, path, counts=counts, hidden="skip"))
    assert "V-IMP-14" not in [code for code, _ in left]
    assert any("未找到列" in sentence or "还缺" in sentence for _, sentence in left)


@pytest.mark.parametrize(
    ("before", "attributes"),
    [("", ' hidden="1"'), ("", ' ht="0" customHeight="1"'), ('<sheetFormatPr zeroHeight="1"/>', "")],
)
def test_rows_are_hidden_in_more_ways_than_one(tmp_path: Path, before: str, attributes: str) -> None:
    sheet = f"{before}<sheetData>{raw_row(1, *HEAD)}{raw_row(2, '张三', ONE, '正式', attributes=attributes)}</sheetData>"
    assert [code for code, _ in said(read_roster(raw_workbook(tmp_path / "r.xlsx", [sheet])))] == ["V-IMP-14"]


def test_a_heading_that_is_hidden_still_speaks(tmp_path: Path) -> None:
    rows = [HEAD, ["张三", ONE, "正式"], [OFFICE, None, None], ["李四", None, "正式"]]
    sheet = read_roster(hide(workbook(tmp_path / "r.xlsx", {"S": rows}), 3), hidden="skip")
    assert sheet.members[1].values["branch"] == ""
    assert sheet.members[1].hints[0] == OFFICE


def test_contents_under_a_merged_cell_are_not_guessed(tmp_path: Path) -> None:
    sheet = f"<sheetData>{raw_row(1, *HEAD)}{raw_row(2, '张三', ONE, '正式')}{raw_row(3, '李四', ONE, '正式')}</sheetData>"
    merged = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    assert [code for code, _ in said(read_roster(raw_workbook(tmp_path / "r.xlsx", [sheet, merged])))] == [
        "V-IMP-15"
    ]


def test_ballots_under_a_merged_cell_are_told_above_a_second_header_too(
    school: Store, tmp_path: Path
) -> None:
    ballots = raw_row(2, "1", "1", "1", "1") + raw_row(3, "2", "2", "1", "1")
    turned = raw_row(4, MARKS[0], *reversed(MARKS[1:])) + raw_row(5, "3", "1", "1", "1")
    sheet = f"<sheetData>{raw_row(1, *MARKS)}{ballots}{turned}</sheetData>"
    merged = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    plan = stack_plan(school, raw_workbook(tmp_path / "b.xlsx", [sheet, merged]))
    assert ("V-IMP-15", 3) in [(f.code, f.row) for f in plan.findings]


@pytest.mark.parametrize("counts", [False, True], ids=["ballots", "counts"])
def test_private_numbers_in_stacks_are_said_once_a_column(
    school: Store, tmp_path: Path, counts: bool
) -> None:
    number = "13812345678"
    rows = (
        [[*COUNT, "备注"], *[[MEM, i, 5, 0, 0, 0, number] for i in MARKS[1:3]]]
        if counts
        else [[*MARKS, "备注"], [1, 1, 1, 1, number], [2, 1, 1, 1, number]]
    )
    plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"票": rows}), counts=counts)
    assert [sentence for code, sentence in said(plan) if code == "V-MEM-07"] == [
        "第 2、3 行含疑似身份证号或手机号。本软件不收集此类信息，请删除该列后再导入。"
    ]


# What is stored


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Session]:
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        yield session
    made.close()


def import_rows(session: Session, tmp_path: Path, *rows: Sequence[Any]) -> roster.RosterPlan:
    plan = roster.plan_roster(session, sheet=read(tmp_path, *rows))
    if not plan.blocked:
        roster.apply_roster(session, plan=plan, by=make.BY, reason="已核对")
    return plan


def person(session: Session, name: str) -> members.Member:
    (found,) = [m for m in members.members(session) if m.name == name]
    return found


def test_an_unreadable_value_erases_nothing(company: Session, tmp_path: Path) -> None:
    head = [*HEAD, "入党日期", "性别", "岗位"]
    import_rows(company, tmp_path, head, ["冯一", OFFICE, "正式", "2013-07-01", "男", "电工"])
    for day in ("2013.7", "不详", "13/7/1", "2013年", "########"):
        plan = import_rows(company, tmp_path, head, ["冯一", OFFICE, "正式", day, "M", "（回族）"])
        assert {f.code for f in plan.findings if f.weight == "W"} == {"V-IMP-22", "V-IMP-23", "V-MEM-43"}
        kept = person(company, "冯一")
        assert (kept.join_date, kept.sex, kept.post) == ("2013-07-01", "男", "电工")


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("冯一（女）", {"sex": "女"}),
        ("冯一(男)", {"sex": "男"}),
        ("冯一（已转出）", {"roster_status": "EXEMPT", "exempt_reason": "已转出"}),
        ("冯一-已调出", {"roster_status": "EXEMPT", "exempt_reason": "已转出"}),
        ("冯一已故", {"roster_status": "EXEMPT", "exempt_reason": "已去世"}),
        ("冯一【去世】", {"roster_status": "EXEMPT", "exempt_reason": "已去世"}),
        ("冯一（流动）", {"roster_status": "MOBILE"}),
        ("冯一（书记）", {"party_duty": "书记"}),
        ("冯一（回族）", {}),
        ("冯一 满族", {}),
        ("冯一（回，女）", {"sex": "女"}),
        ("冯一（1985年生）", {}),
        ("冯一（1985）", {}),
        ("冯一（八五年三月生）", {}),
        ("冯一(1985.03)", {}),
        ("冯一（85后）", {}),
        ("冯一（40岁）", {}),
        ("冯一（本科）", {}),
    ],
)
def test_what_stands_behind_a_name_is_understood_or_stays_out(
    company: Session, tmp_path: Path, cell: str, values: dict[str, str]
) -> None:
    import_rows(company, tmp_path, HEAD, [cell, OFFICE, "正式"])
    kept = person(company, "冯一")
    assert kept.name_suffix == ""
    default = {"sex": "", "roster_status": "IN_SCOPE", "exempt_reason": "", "party_duty": ""}
    assert {name: getattr(kept, name) for name in default} == {**default, **values}
    again = import_rows(company, tmp_path, HEAD, ["冯一", OFFICE, "正式"])
    assert (again.additions, again.changes, again.unchanged) == ((), (), 1)


def test_a_mark_more_or_less_is_the_same_person(company: Session, tmp_path: Path) -> None:
    import_rows(company, tmp_path, HEAD, ["冯一（大）", OFFICE, "正式"])
    for cell in ("冯一", "冯一(大)", "冯一〔大〕"):
        plan = import_rows(company, tmp_path, HEAD, [cell, OFFICE, "正式"])
        assert (plan.additions, plan.unchanged, plan.blocked) == ((), 1, False)
    plan = import_rows(company, tmp_path, HEAD, ["冯一", OFFICE, "正式"], ["冯一（小）", OFFICE, "正式"])
    assert [code for code, _ in said(plan)] == ["V-MEM-44"]


def test_what_the_brackets_and_a_column_say_may_not_differ(tmp_path: Path) -> None:
    sheet = read(tmp_path, [*HEAD, "性别"], ["王芳（女）", ONE, "正式", "男"])
    assert said(sheet) == [
        ("V-MEM-40", "第 2 行：“王芳”后面写的是“女”，“性别”列却是“男”，请核对后改成一致。")
    ]
    sheet = read(tmp_path, [*HEAD, "在册情况"], ["王芳（已转出）", ONE, "正式", "在册参评"])
    assert [code for code, _ in said(sheet)] == ["V-MEM-40"]


def test_refused_facts_stay_out_of_every_column(tmp_path: Path) -> None:
    head = [*HEAD, "区分标记", "岗位", "党内职务", "民 族", "出生年月（公历）"]
    sheet = read(
        tmp_path,
        head,
        ["王芳", ONE, "正式", "1985年生", "电工（回族）", "书记（1970.3出生）", "回族", "1985.3"],
    )
    kept = str(sheet.members)
    assert not any(text in kept for text in ("1985", "回族", "1970"))
    assert (sheet.members[0].values["post"], sheet.members[0].values["party_duty"]) == ("电工", "书记")
    sheet = read(tmp_path, [*HEAD, "岗位"], ["王芳", ONE, "正式", "水族馆饲养员"])
    assert sheet.members[0].values["post"] == "水族馆饲养员"


@pytest.mark.parametrize("mark", ["大", "小", "甲", "2", "老", "采一队"])
def test_a_mark_stays_a_mark(mark: str) -> None:
    found = read_marks(f"李伟（{mark}）")
    assert (found.name, found.mark, found.values, found.refused) == ("李伟", f"({mark})", {}, [])


def test_what_is_too_long_for_a_name_is_not_taken_apart() -> None:
    said = "张三" + "（女）" * 100
    found = read_marks(said)
    assert (found.name, found.mark, found.values) == (said, "", {})


@pytest.mark.parametrize("said", ["回族", "满", "1985年生", "1985", "40岁", "本科", "山东籍"])
def test_a_refused_fact_is_no_mark(said: str) -> None:
    found = read_marks(f"马强（{said}）")
    assert (found.name, found.mark, found.refused) == ("马强", "", [said])


@pytest.mark.parametrize("number_format", [0, 1, 2, 4, 14, 22, 31, 49, 57, 58, 176, 177])
def test_days_from_1904_in_every_number_format(tmp_path: Path, number_format: int) -> None:
    own = '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="177" formatCode="0_ "/></numFmts>'
    styles = f'{own}<cellXfs><xf numFmtId="0"/><xf numFmtId="{number_format}"/></cellXfs>'
    row = raw_row(2, "张三", ONE, "正式").replace("</row>", '<c r="D2" s="1"><v>39629</v></c></row>')
    for properties, day in (('<workbookPr date1904="1"/>', "2012-07-01"), ("", "2008-06-30")):
        path = raw_workbook(
            tmp_path / "r.xlsx",
            [f"<sheetData>{raw_row(1, *HEAD, '入党日期')}{row}</sheetData>"],
            styles=styles,
            properties=properties,
        )
        assert read_roster(path).members[0].values["join_date"] == day


# The true cause


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("word/document.xml", "其实是 Word 文档"),
        ("ppt/presentation.xml", "其实是演示文稿"),
        ("content.xml", "是 .ods 表格"),
        ("xl/workbook.bin", "是 .xlsb 表格"),
        ("名册.xlsx", "其实是压缩包"),
    ],
)
def test_other_documents_are_called_what_they_are(tmp_path: Path, start: str, sentence: str) -> None:
    with ZipFile(tmp_path / "r.xlsx", "w") as book:
        book.writestr(start, "x")
    with pytest.raises(FileError, match=sentence):
        read_roster(tmp_path / "r.xlsx")


def test_the_strict_writing_is_read(tmp_path: Path) -> None:
    row = raw_row(2, "张三", ONE, "正式").replace(
        "</row>", '<c r="D2" t="d"><v>2011-07-06T00:00:00</v></c></row>'
    )
    path = raw_workbook(
        tmp_path / "r.xlsx", [f"<sheetData>{raw_row(1, *HEAD, '入党日期')}{row}</sheetData>"], strict=True
    )
    assert read_roster(path).members[0].values["join_date"] == "2011-07-06"


def test_rare_characters_of_old_fonts_are_read_and_told(tmp_path: Path) -> None:
    for old, new in (("李\ue863", "李䶮"), ("张\ue81e", "张龴")):
        sheet = read(tmp_path, HEAD, [old, ONE, "正式"])
        assert names(sheet) == [new]
        assert f"已按“{new}”处理，请确认" in said(sheet, "W")[0][1]
    text = f"姓名,所在党支部,人员类别\n张#,{ONE},正式\n".encode("gb18030").replace(b"#", b"\xfe\x59")
    (tmp_path / "r.csv").write_bytes(text)
    assert names(read_roster(tmp_path / "r.csv")) == ["张龴"]
    ((code, sentence),) = said(read(tmp_path, HEAD, ["李\ue111", ONE, "正式"]))
    assert (code, "自造字" in sentence) == ("V-MEM-01", True)


@pytest.mark.parametrize("dot", "･˙﹒•・‧∙⋅●．.。")
def test_every_dot_inside_a_name_is_one_dot(dot: str) -> None:
    assert personal.clean_name(f"买买提{dot}吐尔逊") == "买买提·吐尔逊"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("张三、李四", "一格只写一个人"),
        ("张3", "有数字"),
        ("王*", "请去掉这个符号"),
        ("李", "请填 2 至 20 个字"),
    ],
)
def test_why_a_name_is_none(tmp_path: Path, name: str, sentence: str) -> None:
    ((code, found),) = said(read(tmp_path, HEAD, [name, ONE, "正式"]))
    assert (code, sentence in found) == ("V-MEM-01", True)


def test_the_political_face_beside_the_category(tmp_path: Path) -> None:
    head = ["姓名", "政治面貌", "党员类别", "所在党支部"]
    sheet = read(
        tmp_path, head, ["张三", "中共党员", "正式党员", ONE], ["李四", "中共预备党员", "预备党员", ONE]
    )
    assert (names(sheet), said(sheet)) == (["张三", "李四"], [])
    sheet = read(tmp_path, head, ["张三", "群众", "正式党员", ONE], ["李四", "中共预备党员", "正式党员", ONE])
    assert [code for code, _ in said(sheet)] == ["V-MEM-39"] * 2
    assert "“政治面貌”写的是“群众”，与“党员类别”不一致" in said(sheet)[0][1]
    assert names(read(tmp_path, [*head[:2], head[3]], ["张三", "中共党员", ONE])) == ["张三"]


# Limits


@pytest.mark.parametrize("people", [70, 150, 300] if LONG else [300])
def test_our_own_templates_fit_the_limits(tmp_path: Path, people: int) -> None:
    signs = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
    listed = [f"{signs[n % 20]}{signs[n // 20]}" for n in range(people - 2)]
    made = make.school(tmp_path / "XX.pingyi", people=listed)
    with made.transaction() as session:
        for mark in ("（大）", "（小）"):
            members.add_member(
                session, org_code="XX", name="李伟", category="FULL", by=make.BY, name_suffix=mark
            )
        campaign_id = make.published(session, form_codes=["T-MEM-B"])
        own = stacks.stacks(session, campaign_id=campaign_id)
        write_ballot_template(tmp_path / "t.xlsx", stacks=own)
        book = load_workbook(tmp_path / "t.xlsx")
        for column in range(1, 3 * people + 2):
            book.worksheets[0].cell(4, column, 1)
        book.save(tmp_path / "t.xlsx")
        file = read_ballots(tmp_path / "t.xlsx", stacks=own)
        assert (said(file), len(file.stacks)) == ([], 1)
        assert isinstance(file.stacks[0], stacks.Pile)
        assert file.stacks[0].ballots == ("1" * 3 * people,)
    made.close()


def test_a_header_too_far_below_is_told(school: Store, tmp_path: Path) -> None:
    above = [["说明文字"]] * 35
    rosters = workbook(tmp_path / "r.xlsx", {"S": [*above, HEAD, ["张三", ONE, "正式"]]})
    assert [code for code, _ in said(read_roster(rosters))] == ["V-IMP-17"]
    for counts, rows in ((False, [MARKS, [1, 1, 1, 1]]), (True, [COUNT, [MEM, "①践诺", 1, 0, 0, 0]])):
        plan = stack_plan(school, workbook(tmp_path / "a.xlsx", {"S": [*above, *rows]}), counts=counts)
        ((code, sentence),) = said(plan)
        assert (code, "表头在第 36 行，只在前 30 行里找表头" in sentence) == ("V-IMP-17", True)


def test_an_empty_path_is_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.xlsx", Path("/dev/null")):
        with pytest.raises(UserError):
            read_roster(path)


# What asks for a reason

ASKING: dict[str, tuple[list[Any], list[Any]]] = {
    "V-MEM-02": (HEAD, ["张 三丰", OFFICE, "正式"]),
    "V-MEM-08": ([*HEAD, "民族"], ["张三", OFFICE, "正式", "回族"]),
    "V-MEM-10": ([*HEAD, "在册情况"], ["张三", OFFICE, "正式", "不参评"]),
    "V-MEM-24": (["所在党支部", "姓名", "人员类别"], [OFFICE, "李四", "正式"]),
    "V-MEM-37": (HEAD, ["李\ue863", OFFICE, "正式"]),
    "V-MEM-41": (HEAD, ["张三（已转出）", OFFICE, "正式"]),
    "V-MEM-42": (HEAD, ["张三（回族）", OFFICE, "正式"]),
    "V-MEM-43": ([*HEAD, "岗位"], ["张三", OFFICE, "正式", "电工（回族）"]),
    "V-IMP-22": ([*HEAD, "入党日期"], ["张三", OFFICE, "正式", "2013.7"]),
    "V-IMP-23": ([*HEAD, "性别"], ["张三", OFFICE, "正式", "M"]),
}


@pytest.mark.parametrize("code", ASKING)
def test_what_is_doubtful_in_a_roster_asks_for_a_reason(tmp_path: Path, code: str) -> None:
    head, row = ASKING[code]
    below = [["", "王五", "正式"]] if code == "V-MEM-24" else []
    made = make.company(tmp_path / "QL.pingyi")
    with made.reading() as session:
        plan = roster.plan_roster(session, sheet=read(tmp_path, head, row, *below))
    with pytest.raises(NeedsReasonError) as asked, made.transaction() as session:
        roster.apply_roster(session, plan=plan, by=make.BY)
    assert code in [getattr(one, "code", "") for one in asked.value.findings]
    with made.transaction() as session:
        roster.apply_roster(session, plan=plan, by=make.BY, reason="已与支部核对")
        assert confirmed(session)[code] == "已与支部核对"
    made.close()


def confirmed(session: Session) -> dict[str, str]:
    """The codes that the last act confirmed, with the reason."""
    last = session.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first()
    assert last is not None
    detail = json.loads(last.detail)
    return {one["code"]: detail["confirmed_because"] for one in detail["confirmed"]}


BALLOTS_ASKING: dict[str, list[list[Any]]] = {
    "V-BAL-79": [MARKS, [1, 1, 1, 1], ["", 1, 2, 2]],
    "V-BAL-96": [MARKS, [1, 1, 1, 1], [2, 0, 0, 0]],
    "V-IMP-31": [[*MARKS, "别的"], [1, 1, 1, 1, "好"]],
    "V-PRI-22": [[*MARKS, "提交时间"], [1, 1, 1, 1, "12:30"]],
}


@pytest.mark.parametrize("code", [*BALLOTS_ASKING, "V-IMP-09"])
def test_what_is_doubtful_in_ballots_asks_for_a_reason(school: Store, tmp_path: Path, code: str) -> None:
    rows = BALLOTS_ASKING.get(code, [MARKS, [1, 1, 1, 1]])
    path = workbook(tmp_path / "a.xlsx", {"票": rows, "旧": [MARKS, [1, 1, 1, 1]]})
    book = load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    with school.transaction() as session:
        campaign_id = make.campaign_of(session)
        file = read_ballots(path, stacks=stacks.stacks(session, campaign_id=campaign_id))
        plan = stacks.plan_stacks(session, campaign_id=campaign_id, file=file)
    with pytest.raises(NeedsReasonError) as asked, school.transaction() as session:
        stacks.apply_stacks(session, campaign_id=campaign_id, plan=plan, by=make.BY)
    assert {code, "V-IMP-09"} <= {getattr(one, "code", "") for one in asked.value.findings}
    with school.transaction() as session:
        assert session.exec(select(DraftBallot)).first() is None
        stacks.apply_stacks(session, campaign_id=campaign_id, plan=plan, by=make.BY, reason="已核对")
        said = [one for one in session.exec(select(JournalEntry)) if one.act == "确认票批表格"]
        assert code in [one["code"] for one in json.loads(said[0].detail)["confirmed"]]
