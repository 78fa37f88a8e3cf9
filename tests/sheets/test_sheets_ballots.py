"""Ballots and counted tallies as units have them in spreadsheets: many shapes, one meaning, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from make_sheets import workbook
from openpyxl import load_workbook
from sqlmodel import Session, select

import make
from pingyi_desktop.appraisal.batches import ballots, batches, stacks
from pingyi_desktop.appraisal.batches.stacks import Pile, StackFile, StackPlan, Tally
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.errors import NeedsReasonError, RuleError, UserError
from pingyi_desktop.sheets.stacks.ballot_words import read_count, read_mark
from pingyi_desktop.sheets.stacks.ballots import read_ballots
from pingyi_desktop.sheets.stacks.counts import read_counts
from pingyi_desktop.sheets.stacks.stack_templates import write_ballot_template, write_count_template
from pingyi_desktop.storage.schema_batches import BallotBatch, ItemTally
from pingyi_desktop.storage.schema_entry import DraftBallot
from pingyi_desktop.storage.store import Store

MEM, ROSTER = "L2-XX-T-MEM-A-v1-ALL", "L2-XX-T-MEM-B-v1-ALL"
SHORT = ["①践诺", "②岗位争优", "③服务群众"]


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Store]:
    made = make.school(tmp_path / "XX.pingyi", people=make.NAMES[:2])
    yield made
    made.close()


@pytest.fixture
def session(school: Store) -> Iterator[Session]:
    with school.transaction() as opened:
        yield opened


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Session]:
    """The same once the form of its members is published."""
    made = make.published_school(tmp_path / "XX.pingyi", people=make.NAMES[:2], form_codes=["T-MEM-A"])
    with made.transaction() as opened:
        yield opened
    made.close()


def csv(tmp_path: Path, text: str, *, name: str = "票.csv", encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def ballots_of(session: Session, campaign_id: str, path: Path) -> StackFile:
    return read_ballots(path, stacks=stacks.stacks(session, campaign_id=campaign_id))


def counts_of(session: Session, campaign_id: str, path: Path) -> StackFile:
    return read_counts(path, stacks=stacks.stacks(session, campaign_id=campaign_id))


def piles(file: StackFile) -> dict[str, tuple[str, ...]]:
    return {one.stack.batch.code: one.ballots for one in file.stacks if isinstance(one, Pile)}


def tallies(file: StackFile) -> dict[str, Tally]:
    return {one.stack.batch.code: one for one in file.stacks if isinstance(one, Tally)}


def said(file: StackFile | StackPlan, level: str = "E") -> list[tuple[str, str]]:
    return [(f.code, f.sentence) for f in file.findings if f.weight == level]


@pytest.mark.parametrize("heading", [["序号", 1, 2, 3], ["序号", "①", "②", "③"]])
def test_a_ballot_marked_like_its_heading_is_a_ballot(
    ready: Session, tmp_path: Path, heading: list[Any]
) -> None:
    """Two marks that are as the numbers above them, and the ballot was taken for the header come again, unsaid."""
    rows = [[1, 1, 2, 1], [2, 1, 2, 3], heading, [3, 4, 2, 3]]
    path = workbook(tmp_path / "票.xlsx", {"票": [heading, *rows]})
    found = ballots_of(ready, make.campaign_of(ready), path)
    assert (piles(found), said(found)) == ({MEM: ("121", "123", "423")}, [])


UNKNOWN = ["项目一", "项目二", "项目三"]


@pytest.mark.parametrize(
    ("rows", "read", "codes"),
    [
        ([["票批码", *SHORT], [MEM, "②", "④", "①"], [MEM, "②", "③", "①"]], ("231", "241"), []),
        ([["序号", *SHORT], [1, "①", "①", "②"], [2, "②", "③", "①"]], ("112", "231"), []),
        ([SHORT, ["②", "③", "①"], SHORT, ["④", "①", "①"]], ("231", "411"), ["V-BAL-70"]),
        ([UNKNOWN, ["③", "①", "②"], ["④", "①", "④"], ["①", "①", "④"]], None, ["V-IMP-33"]),
    ],
)
def test_ballots_marked_with_circled_digits_are_no_headers(
    ready: Session, tmp_path: Path, rows: list[list[Any]], read: tuple[str, ...] | None, codes: list[str]
) -> None:
    """②③① was taken for a header in an order of its own: left out unsaid, and what came below read under wrong items."""
    path = workbook(tmp_path / "票.xlsx", {"票": rows})
    found = ballots_of(ready, make.campaign_of(ready), path)
    assert ([code for code, _ in said(found)], piles(found)) == (codes, {MEM: read} if read else {})


# --- the shapes of ballot tables --------------------------------------------------------------------------------

SHAPES: dict[str, dict[str, Sequence[Sequence[Any]]]] = {
    "our own words": {"票": [SHORT, [1, 1, 1], [2, 1, 0], [4, 9, "."]]},
    "labels in the cells": {
        "Sheet1": [["序号", *SHORT], [1, "满意", "满意", "满意"], [2, "比较满意", "满意", "未填"], [3, "不满意", "多选", "无法辨认"]]
    },
    "full texts, other order": {
        "表": [
            ["联系和服务群众情况", "参加创先争优活动、践行公开承诺情况", "立足本职岗位创先争优情况"],
            [1, 1, 1],
            ["", 2, 1],
            ["看不清", 4, "多选"],
        ]
    },
    "numbered texts, titles above, a total below": {
        "一月": [
            ["党员参加创先争优活动群众评议表（收回 3 张）", None, None, None],
            [None, None, None, None],
            ["序号", "1、参加创先争优活动、践行公开承诺情况", "2.立足本职岗位创先争优情况", "3 联系和服务群众情况"],
            [1, "1.满意", "1.满意", "1.满意"],
            [2, "2.比较满意", "1.满意", None],
            [3, "4不满意", "1,2", "?"],
            ["合计", 3, 3, 3],
        ]
    },
    "circled numbers and full-width digits": {
        "票": [["①", "②", "③"], ["\uff11", "\uff11", "\uff11"], ["\uff12", "1", "\uff10"], ["4", "\uff19", "\uff0e"]]
    },
    "bare numbers beside a column of row numbers": {
        "票": [["序号", 1, 2, 3], [1, 1, 1, 1], [2, 2, 1, 0], [3, 4, 9, "."]]
    },
    "第n项 and a header repeated on the next page": {
        "票": [
            ["第1项", "第2项", "第3项"],
            ["①满意", "①满意", "①满意"],
            ["第1项", "第2项", "第3项"],
            ["②比较满意", "1满意", " "],
            ["④不满意", "满意；基本满意", "。"],
        ]
    },
    "batch code in a column": {
        "票": [["票批码", *SHORT], [MEM, 1, 1, 1], [MEM, 2, 1, 0], [MEM, 4, 9, "."]]
    },
    "layer, organisation, form and category in columns": {
        "票": [
            ["层面", "党支部", "评议表", "身份类别", *SHORT],
            ["层面二", "慈云学校党支部", "党员表", "全体参评人员", 1, 1, 1],
            [2, "XX", "T-MEM-A", "ALL", 2, 1, 0],
            ["二", "XX", "党员参加创先争优活动群众评议表", "", 4, 9, "."],
        ]
    },
    "a questionnaire's export": {
        "Sheet1": [
            ["序号", "提交答卷时间", "所用时间", "来自IP", *SHORT, "您的意见"],
            [1, "2024/1/12 9:30:11", "35秒", "10.0.0.1", "满意", "满意", "满意", "没有意见"],
            [2, "2024/1/12 9:31:40", "20秒", "10.0.0.2", "比较满意", "满意", "", ""],
            [3, "2024/1/12 9:40:02", "99秒", "10.0.0.3", "不满意", "满意┋比较满意", "?", ""],
        ]
    },
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_tables_as_people_have_them(ready: Session, tmp_path: Path, shape: str) -> None:
    campaign_id = make.campaign_of(ready)
    file = ballots_of(ready, campaign_id, workbook(tmp_path / "票.xlsx", dict(SHAPES[shape])))
    assert said(file) == []
    assert piles(file) == {MEM: ("111", "210", "49.")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_of_any_encoding(ready: Session, tmp_path: Path, encoding: str) -> None:
    campaign_id = make.campaign_of(ready)
    text = "序号,①践诺,②岗位争优,③服务群众\n1,满意,满意,满意\n2,2,1,0\n3,4.0,9,.\n"
    assert piles(ballots_of(ready, campaign_id, csv(tmp_path, text, encoding=encoding))) == {
        MEM: ("111", "210", "49.")
    }


def test_the_order_of_rows_is_not_kept(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    rows = [[4, 4, 4], [1, 1, 1], [3, 3, 3], [1, 1, 1]]
    for number, order in enumerate((rows, rows[::-1])):
        path = workbook(tmp_path / f"{number}.xlsx", {"票": [SHORT, *order]})
        assert piles(ballots_of(ready, campaign_id, path)) == {MEM: ("111", "111", "333", "444")}


def test_two_forms_on_two_sheets(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session)
    path = workbook(
        tmp_path / "票.xlsx",
        {
            "组织表": [
                ["①践诺", "②中心工作", "③办实事", "④队伍建设", "总体"],
                [1, 1, 1, 1, 1],
                [2, 2, 2, 2, 1],
            ],
            "党员表": [SHORT, [1, 1, 1]],
            "填写说明": [["说明"], ["略"]],
        },
    )
    file = ballots_of(session, campaign_id, path)
    assert said(file) == []
    assert piles(file) == {"L2-XX-T-ORG-A-v1-ALL": ("11111", "22221"), MEM: ("111",)}


def test_two_forms_of_the_same_words_are_told_apart_by_the_title(session: Session, tmp_path: Path) -> None:
    """①②③④ and 总体 fit both forms; the title row decides, and without it the row is not guessed."""
    campaign_id = make.published(session, form_codes=["T-ORG-A", "T-ORG-D"])
    head = ["①", "②", "③", "④", "总体"]
    titled = workbook(
        tmp_path / "a.xlsx", {"票": [["基层党组织开展创先争优活动群众评议表"], head, [1, 1, 1, 1, 1]]}
    )
    assert piles(ballots_of(session, campaign_id, titled)) == {"L2-XX-T-ORG-A-v1-ALL": ("11111",)}


CATEGORIES = [("A", "全体党员"), ("B", "先进典型代表")]


def test_voter_categories_must_be_said(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-A"], voter_categories=CATEGORIES)
    rows = [["全体党员", 1, 1, 1], ["B", 2, 2, 2], ["先进典型代表", 3, 3, 3], ["C", 1, 1, 1], ["", 1, 1, 1]]
    path = workbook(tmp_path / "a.xlsx", {"票": [["身份类别", *SHORT], *rows]})
    file = ballots_of(session, campaign_id, path)
    assert piles(file) == {"L2-XX-T-MEM-A-v1-A": ("111",), "L2-XX-T-MEM-A-v1-B": ("222", "333")}
    assert [(f.code, f.row, f.column) for f in file.findings] == [
        ("V-BAL-16", 5, "A 列“身份类别”"),
        ("V-BAL-98", 6, "A 列“身份类别”"),
    ]
    assert "没有这样的票批" in file.findings[0].sentence
    assert (
        "分不清是哪个票批（L2-XX-T-MEM-A-v1-A、L2-XX-T-MEM-A-v1-B…），请加一列“票批码”"
        in file.findings[1].sentence
    )
    named = workbook(tmp_path / "b.xlsx", {"票": [["票批码：L2-XX-T-MEM-A-v1-B"], SHORT, [1, 1, 1]]})
    assert piles(ballots_of(session, campaign_id, named)) == {"L2-XX-T-MEM-A-v1-B": ("111",)}


ROSTER_SHAPES: dict[str, tuple[dict[str, Sequence[Sequence[Any]]], dict[str, list[str]]]] = {
    "name and item in one cell": (
        {
            "票": [
                [f"{n}·{i}" for n in make.NAMES[:2] for i in SHORT],
                [1, 1, 1, 2, 2, 2],
                [3, 3, 3, 0, 9, "."],
            ]
        },
        {},
    ),
    "names merged over their items": (
        {
            "票": [
                ["序号", "赵建国", None, None, "钱秀英", None, None],
                [None, "①", "②", "③", "①", "②", "③"],
                [1, 1, 1, 1, 2, 2, 2],
                [2, 3, 3, 3, 0, 9, "."],
            ]
        },
        {"票": ["A1:A2", "B1:D1", "E1:G1"]},
    ),
    "numbers of members, persons in another order": (
        {
            "票": [
                [f"{no}-{i}" for no in ("XX00002", "XX00001") for i in (1, 2, 3)],
                [2, 2, 2, 1, 1, 1],
                [0, 9, ".", 3, 3, 3],
            ]
        },
        {},
    ),
}


@pytest.mark.parametrize("shape", ROSTER_SHAPES)
def test_roster_tables(session: Session, tmp_path: Path, shape: str) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-B"])
    sheets, merged = ROSTER_SHAPES[shape]
    file = ballots_of(session, campaign_id, workbook(tmp_path / "票.xlsx", sheets, merged=dict(merged)))
    assert said(file) == []
    assert piles(file) == {ROSTER: ("111222", "33309.")}


def test_a_roster_form_of_one_item_needs_names_only(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-E"])
    path = workbook(
        tmp_path / "票.xlsx", {"票": [["钱秀英", "赵建国"], ["合格", "优秀"], ["优秀", "不合格"]]}
    )
    assert piles(ballots_of(session, campaign_id, path)) == {"L2-XX-T-MEM-E-v1-ALL": ("12", "41")}


def test_a_person_without_a_column_is_told(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-E"])
    path = workbook(tmp_path / "票.xlsx", {"票": [["赵建国", "郑无名"], ["优秀", "优秀"]]})
    file = ballots_of(session, campaign_id, path)
    assert said(file) == [("V-IMP-29", "按《民主评议党员测评表》未找到列“钱秀英”，请按模板对应列名。")]
    assert said(file, "W") == [("V-IMP-31", "“郑无名”列认不出是哪一项，没有读取，请核对表头。")]
    assert file.stacks == ()


def test_namesakes_need_their_numbers(tmp_path: Path) -> None:
    """Header words are compared without brackets, so 李伟(大) and 李伟(小) mean neither."""
    made = make.school(tmp_path / "YY.pingyi", people=[])
    with made.transaction() as session:
        for mark in ("（大）", "（小）"):
            make.members.add_member(
                session, org_code="XX", name="李伟", category="FULL", by=make.BY, name_suffix=mark
            )
        campaign_id = make.published(session, form_codes=["T-MEM-E"])
        names = workbook(tmp_path / "a.xlsx", {"票": [["序号", "李伟（大）", "李伟（小）"], [1, 1, 2]]})
        assert piles(ballots_of(session, campaign_id, names)) == {}
        numbers = workbook(tmp_path / "b.xlsx", {"票": [["序号", "XX00002", "XX00001"], [1, 1, 2]]})
        assert piles(ballots_of(session, campaign_id, numbers)) == {"L2-XX-T-MEM-E-v1-ALL": ("21",)}
    made.close()


def test_a_roster_form_without_a_roster_is_told(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "YY.pingyi", people=[], form_codes=["T-MEM-B"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        path = workbook(tmp_path / "a.xlsx", {"票": [SHORT, [1, 1, 1]]})
        assert said(ballots_of(session, campaign_id, path)) == [
            ("V-MEM-33", "“慈云学校党支部”的名册是空的，名册式评议表没有可评的人，请先导入名册。")
        ]
    made.close()


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["姓名", "填表人", "您的姓名", "手机号", "身份证号码", "微信昵称"])
def test_columns_that_tell_who_voted_are_refused(ready: Session, tmp_path: Path, title: str) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [[title, *SHORT], ["张三", 1, 1, 1]]})
    plan = stacks.plan_stacks(ready, campaign_id=campaign_id, file=ballots_of(ready, campaign_id, path))
    assert plan.blocked
    assert said(plan) == [("V-PRI-21", f"“{title}”列能认出填表人。群众评议不记名，请删除该列后再导入。")]


@pytest.mark.parametrize("title", ["提交时间", "填表日期", "编号", "票号", "来自IP", "答题用时", "录入人"])
def test_columns_that_keep_time_or_order_are_dropped(ready: Session, tmp_path: Path, title: str) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [[*SHORT, title], [1, 1, 1, "x1"]]})
    file = ballots_of(ready, campaign_id, path)
    assert said(file, "W") == [("V-PRI-22", f"“{title}”列没有读取：单张票的编号、时间和先后次序都不保存。")]
    assert piles(file) == {MEM: ("111",)}


def test_row_numbers_are_left_without_a_word(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [["序号", *SHORT], [1, 1, 1, 1], [2, None, None, None]]})
    file = ballots_of(ready, campaign_id, path)
    assert (piles(file), file.findings) == ({MEM: ("111",)}, ())


def test_a_private_number_anywhere_is_refused(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [[*SHORT, "备用"], [1, 1, 1, "13812345678"]]})
    assert ("V-MEM-07", "E") in [(f.code, f.weight) for f in ballots_of(ready, campaign_id, path).findings]


def test_marks_that_say_nothing_name_their_cell(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    rows = [[1, 5, 1], ["√", 1, 1], ["=1+1", 1, 1], *([["很好", 1, 1]] * 8)]
    file = ballots_of(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"票": [SHORT, *rows]}))
    assert file.stacks == ()
    first = file.findings[0]
    assert (first.sheet, first.row, first.column) == ("票", 2, "B 列“②岗位争优”")
    assert first.sentence == (
        "第 2 行：填的是“5”，请填 1 满意、2 比较满意、3 基本满意、4 不满意、0 未填、9 多选或 . 无法辨认。"
    )
    assert file.findings[2].code == "V-IMP-07"
    assert "公式" in file.findings[2].sentence
    assert len(file.findings) == 8
    assert file.findings[-1].sentence == "同类的还有：第 9、10、11、12 行。"


def test_a_wholly_blank_ballot_is_not_a_valid_one(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    rows = [[MEM, 1, 1, 1], [MEM, None, None, None], [MEM, 0, 0, 0]]
    path = workbook(tmp_path / "a.xlsx", {"票": [["票批码", *SHORT], *rows]})
    file = ballots_of(ready, campaign_id, path)
    assert piles(file) == {MEM: ("111",)}
    assert said(file, "W") == [
        ("V-BAL-96", f"第 {row} 行：整张空白，没有计入有效票；请计入票批核对单的“空白”。") for row in (3, 4)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 2, 3], [1, 1, 1]],
        [["甲", "乙", "丙"], [1, 2, 3], [1, 1, 1]],
        [["姓名", "所在党支部"], ["张三", "机关党支部"]],
    ],
)
def test_a_table_without_our_header_is_refused_and_no_ballot_taken_for_one(
    ready: Session, tmp_path: Path, rows: list[list[object]]
) -> None:
    campaign_id = make.campaign_of(ready)
    file = ballots_of(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"票": rows}))
    assert said(file) == [
        ("V-IMP-33", "“a.xlsx”里没有找到评议项目的表头（如①践诺、②岗位争优、③服务群众），请按模板对应列名。")
    ]


def test_a_missing_item_is_told(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    file = ballots_of(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"票": [SHORT[:2], [1, 1]]}))
    assert said(file) == [
        ("V-IMP-29", "按《党员参加创先争优活动群众评议表》未找到列“③服务群众”，请按模板对应列名。")
    ]


def test_an_item_twice_is_told(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [[*SHORT, "①践诺"], [1, 1, 1, 2]]})
    assert said(ballots_of(ready, campaign_id, path)) == [
        ("V-IMP-34", "“①践诺”有两列，请删去多余的一列后再导入。")
    ]


# --- from the plan into the file --------------------------------------------------------------------------------


def planned(session: Session, campaign_id: str, path: Path) -> StackPlan:
    return stacks.plan_stacks(session, campaign_id=campaign_id, file=ballots_of(session, campaign_id, path))


def test_a_plan_writes_nothing_and_then_all(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session)
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "党员": [SHORT, *([[1, 1, 1]] * 5)],
            "组织": [["①践诺", "②中心工作", "③办实事", "④队伍建设", "总体"], *([[1, 1, 1, 1, 2]] * 4)],
        },
    )
    plan = planned(session, campaign_id, path)
    assert [(e.code, e.mode, e.valid) for e in plan.entries] == [
        (MEM, "PER_BALLOT", 5),
        ("L2-XX-T-ORG-A-v1-ALL", "PER_BALLOT", 4),
    ]
    assert not plan.blocked
    assert session.exec(select(DraftBallot)).all() == []
    stacks.apply_stacks(session, campaign_id=campaign_id, plan=plan, by=make.BY, reason=make.WHY)
    stack = make.batch(session, campaign_id=campaign_id, code=MEM)
    assert stack.keyed == 5
    make.sheet(session, stack.id, valid=5)
    make.seal(session, batch_id=stack.id, by=make.BY)
    assert ballots.counts_of(session, batch_id=stack.id)["", "1"] == Counts((5, 0, 0, 0))


def test_importing_twice_cannot_count_twice(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [SHORT, *([[1, 1, 1]] * 5)]})
    first = planned(ready, campaign_id, path)
    stacks.apply_stacks(ready, campaign_id=campaign_id, plan=first, by=make.BY, reason=make.WHY)
    with pytest.raises(RuleError, match="预览之后数据又有变化") as caught:
        stacks.apply_stacks(ready, campaign_id=campaign_id, plan=first, by=make.BY, reason=make.WHY)
    assert caught.value.code == "V-IMP-27"
    again = planned(ready, campaign_id, path)
    assert said(again) == [
        ("V-BAL-81", "本票批已录入 5 张，导入会重复计票。如要以文件为准，请先“整批重录”。")
    ]
    with pytest.raises(RuleError, match="还有 1 处必须先改正，没有写入任何内容"):
        stacks.apply_stacks(ready, campaign_id=campaign_id, plan=again, by=make.BY, reason=make.WHY)
    assert len(ready.exec(select(DraftBallot)).all()) == 5


def test_one_bad_row_keeps_everything_out(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    plan = planned(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"票": [SHORT, [1, 1, 1], [1, 1, 7]]}))
    assert plan.blocked
    with pytest.raises(RuleError, match="没有写入任何内容"):
        stacks.apply_stacks(ready, campaign_id=campaign_id, plan=plan, by=make.BY, reason=make.WHY)
    assert ready.exec(select(DraftBallot)).all() == []


def test_the_plan_is_held_against_the_control_sheet(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [SHORT, *([[1, 1, 1]] * 5)]})
    assert said(planned(ready, campaign_id, path), "I") == [
        ("V-BAL-82", "还没有填写票批核对单，封存前请填写。")
    ]
    stack = make.batch(ready, campaign_id=campaign_id, code=MEM)
    make.sheet(ready, stack.id, valid=7)
    assert said(planned(ready, campaign_id, path), "W") == [
        ("V-BAL-83", "文件里有 5 张票，按核对单应有 7 张（相差 2），请核对。")
    ]


def test_a_sealed_or_counted_batch_takes_no_ballots(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(tmp_path / "a.xlsx", {"票": [SHORT, [1, 1, 1]]})
    stack = make.batch(ready, campaign_id=campaign_id, code=MEM)
    counted = {("", item): Counts((6, 0, 0, 0)) for item in "123"}
    ballots.enter_counts(ready, batch_id=stack.id, counts=counted, by=make.BY)
    assert said(planned(ready, campaign_id, path))[0][0] == "V-BAL-39"
    make.sheet(ready, stack.id, valid=6)
    make.seal(ready, batch_id=stack.id, by=make.BY)
    assert said(planned(ready, campaign_id, path)) == [("V-BAL-87", "该票批已封存，不能再导入。")]


def test_an_empty_table_is_told(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    plan = planned(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"票": [SHORT]}))
    assert said(plan) == [
        ("V-IMP-25", "“a.xlsx”没有填写，里面没有可以导入的票，没有写入任何内容；请填好后再导入。")
    ]


def test_the_roster_may_not_change_between_reading_and_planning(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-E"])
    path = workbook(tmp_path / "a.xlsx", {"票": [["赵建国", "钱秀英"], [1, 2]]})
    file = ballots_of(session, campaign_id, path)
    make.org_member(session, "XX", "孙新来")
    plan = stacks.plan_stacks(session, campaign_id=campaign_id, file=file)
    assert said(plan) == [("V-IMP-28", "票批或名册在读取文件之后有变化，请重新选择文件。")]


# --- counts -----------------------------------------------------------------------------------------------------

HEAD = [
    "票批码",
    "印制",
    "发出",
    "收回",
    "空白",
    "废票",
    "项目",
    "满意",
    "比较满意",
    "基本满意",
    "不满意",
    "未填",
    "多选",
    "无法辨认",
]
GOOD = [
    [MEM, 60, 55, 50, 2, 1, "①践诺", 44, 2, 1, 0, 0, 0, 0],
    [MEM, None, None, None, None, None, "2", 40, 3, 1, 1, 1, 1, 0],
    [MEM, None, None, None, None, None, "联系和服务群众情况", 45, 0, 0, 0, 1, 0, 1],
]  # fmt: skip
EXPECTED = {
    ("", "1"): Counts((44, 2, 1, 0)),
    ("", "2"): Counts((40, 3, 1, 1), blank=1, multi=1),
    ("", "3"): Counts((45, 0, 0, 0), blank=1, illegible=1),
}
SHEET = {"printed": 60, "issued": 55, "returned": 50, "blank": 2, "void": 1}


def count_plan(session: Session, campaign_id: str, path: Path) -> StackPlan:
    return stacks.plan_stacks(session, campaign_id=campaign_id, file=counts_of(session, campaign_id, path))


def test_counts_with_their_control_sheet(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    path = workbook(
        tmp_path / "计票.xlsx", {"计票": [["群众评议计票表"], HEAD, *GOOD, ["监票人：", "计票人："]]}
    )
    plan = count_plan(ready, campaign_id, path)
    assert said(plan) == []
    (entry,) = plan.entries
    assert (entry.code, entry.mode, entry.valid, entry.figures) == (MEM, "COUNT", 47, SHEET)
    assert ready.exec(select(ItemTally)).all() == []
    assert stacks.apply_stacks(ready, campaign_id=campaign_id, plan=plan, by=make.BY, reason=make.WHY) == ()
    stack = make.batch(ready, campaign_id=campaign_id, code=MEM)
    assert ballots.counts_of(ready, batch_id=stack.id) == EXPECTED
    make.seal(ready, batch_id=stack.id, by=make.BY)
    assert ready.get_one(BallotBatch, stack.id).valid == 47


def test_counts_from_csv_without_a_control_sheet(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    text = "评议内容,满意票数,比较满意,基本满意,不满意(票),未填,多选,合计\n"
    text += "1,44,2,1,,,,47\n第2项,40,3,1,1,1,1,47票\n③,46,0,0,0,1,0,47\n"
    path = csv(tmp_path, text, name="计票.csv", encoding="gb18030")
    plan = count_plan(ready, campaign_id, path)
    assert said(plan) == []
    assert said(plan, "I") == [("V-BAL-85", "文件里没有发出、收回张数，封存前请填写票批核对单。")]
    stacks.apply_stacks(ready, campaign_id=campaign_id, plan=plan, by=make.BY, reason=make.WHY)
    again = count_plan(ready, campaign_id, path)
    assert ("V-BAL-84", "本票批已录过计票表，导入后以文件为准。") in said(again, "I")
    stacks.apply_stacks(ready, campaign_id=campaign_id, plan=again, by=make.BY, reason=make.WHY)
    stack = make.batch(ready, campaign_id=campaign_id, code=MEM)
    assert ballots.counts_of(ready, batch_id=stack.id)["", "3"] == Counts((46, 0, 0, 0), blank=1)


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        ("93.6%", ""),  # 44 of 47
        ("93.61", ""),  # cut off
        ("0.936170212765957", ""),  # as a spreadsheet keeps a percentage
        ("97.9%", ""),  # with 比较满意
        ("91.7%", ""),  # of 48 returned
        ("88", ""),  # of 50 issued
        ("—", ""),
        ("98.7%", "第 2 行：“①践诺”98.7% 与票数（44、2、1、0）不可能同时成立，请核对。"),
        ("0.987", "第 2 行：“①践诺”98.7% 与票数（44、2、1、0）不可能同时成立，请核对。"),
        ("44", "第 2 行：“①践诺”44% 与票数（44、2、1、0）不可能同时成立，请核对。"),
    ],
)
def test_a_rate_reckoned_elsewhere_must_fit_its_counts(
    ready: Session, tmp_path: Path, rate: str, sentence: str
) -> None:
    campaign_id = make.campaign_of(ready)
    text = "评议内容,满意,比较满意,基本满意,不满意,满意率（%）,发出,收回,空白\n"
    text += f"1,44,2,1,0,{rate},50,48,1\n2,47,0,0,0,100,50,48,1\n3,47,0,0,0,,50,48,1\n"
    plan = count_plan(ready, campaign_id, csv(tmp_path, text))
    assert [one for one in said(plan, "W") if one[0] == "V-CHK-06"] == (
        [("V-CHK-06", sentence)] if sentence else []
    )
    if sentence:
        with pytest.raises(NeedsReasonError) as asked:
            stacks.apply_stacks(ready, campaign_id=campaign_id, plan=plan, by=make.BY)
        assert "V-CHK-06" in [one.code for one in asked.value.findings]


def test_a_rate_that_is_a_formula_or_hidden_hinders_nothing(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    rows = [["评议内容", "满意", "比较满意", "基本满意", "不满意", "满意率"]]
    rows += [[number, 44, 2, 1, 0, "=B2/47"] for number in (1, 2, 3)]
    assert said(counts_of(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"计票": rows}))) == []


def test_merged_control_sheet_cells(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    merged = {"计票": [f"{column}2:{column}4" for column in "ABCDEF"]}
    rows = [[*row[:6], *row[6:]] for row in GOOD]
    for row in rows[1:]:
        row[0] = None
    path = workbook(tmp_path / "a.xlsx", {"计票": [HEAD, *rows]}, merged=merged)
    file = counts_of(ready, campaign_id, path)
    assert said(file) == []
    assert (tallies(file)[MEM].counts, tallies(file)[MEM].figures) == (EXPECTED, SHEET)


@pytest.mark.parametrize(
    ("row", "column", "value", "code", "sentence"),
    [
        (0, 7, "44.5", "V-BAL-91", "第 2 行：填的是“44.5”，票数请填 0 或正整数。"),
        (1, 8, -3, "V-BAL-91", "第 3 行：填的是“-3”，票数请填 0 或正整数。"),
        (1, 7, 41, "V-BAL-04", "“②岗位争优”各档合计 48，与有效票 47 不等（差 1）。"),
        (2, 6, "④", "V-BAL-78", "群众评议表》没有“④”这一项（有①践诺"),
        (2, 6, "2", "V-BAL-90", "第 4 行：“L2-XX-T-MEM-A-v1-ALL”的第 2 项在前面已经填过"),
        (2, 0, "L2-YY-T-MEM-A-v1-ALL", "V-BAL-16", "第 4 行：没有这样的票批"),
        (1, 3, 49, "V-BAL-93", "第 3 行：“L2-XX-T-MEM-A-v1-ALL”前面填的是 50，这里是 49"),
        (0, 3, 56, "V-BAL-01", "收回 56 张，多于发出 55 张"),
        (0, 2, None, "V-BAL-88", "核对单不全：发出、收回张数请都填上"),
    ],
)
def test_what_does_not_fit_names_its_cell(
    ready: Session, tmp_path: Path, row: int, column: int, value: object, code: str, sentence: str
) -> None:
    campaign_id = make.campaign_of(ready)
    rows = [list(one) for one in GOOD]
    rows[row][column] = value
    plan = count_plan(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"计票": [HEAD, *rows]}))
    assert plan.blocked
    assert any(one == code and sentence in text for one, text in said(plan)), said(plan)


def test_a_row_is_held_against_its_total(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    rows = [[*one, 47] for one in GOOD]
    rows[1][-1] = 46
    file = counts_of(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"计票": [[*HEAD, "合计"], *rows]}))
    assert said(file) == [("V-BAL-89", "第 3 行：各档相加 47，与合计 46 不等，请核对。")]
    assert (file.findings[0].row, file.findings[0].column) == (3, "O 列“合计”")


def test_a_missing_item_of_a_tally_is_told(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    plan = count_plan(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"计票": [HEAD, *GOOD[:2]]}))
    assert said(plan) == [("V-BAL-42", "计票表还缺 1 行，请补齐每一项。")]


def test_scales_of_their_own(session: Session, tmp_path: Path) -> None:
    """T-ORG-B asks 是/基本是/否 and then a satisfaction scale: each row uses its own columns only."""
    campaign_id = make.published(session, form_codes=["T-ORG-B"])
    head = ["项目", "是", "基本是", "否", "满意", "比较满意", "基本满意", "不满意"]
    rows = [[f"{n}", 5, 1, 0, None, None, None, None] for n in range(1, 5)]
    rows.append(["总体", None, None, None, 5, 1, 0, 0])
    path = workbook(tmp_path / "a.xlsx", {"计票": [head, *rows]})
    (tally,) = tallies(counts_of(session, campaign_id, path)).values()
    assert tally.counts["", "1"] == Counts((5, 1, 0))
    assert tally.counts["", "X"] == Counts((5, 1, 0, 0))
    rows[0][4] = 2
    file = counts_of(session, campaign_id, workbook(tmp_path / "b.xlsx", {"计票": [head, *rows]}))
    assert said(file) == [("V-BAL-92", "第 2 行：“①目标”没有“满意”这一档，请把这一格清空。")]


def test_counts_of_persons(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-E"])
    head = ["姓名", "编号", "项目", "优秀", "合格", "基本合格", "不合格", "未填"]
    rows = [["赵 建国", "", "评议等次", 5, 1, 0, 0, 0], ["", "XX00002", "等次", 2, 3, 0, 0, 1]]
    path = workbook(tmp_path / "a.xlsx", {"计票": [head, *rows]})
    file = counts_of(session, campaign_id, path)
    assert said(file) == []
    (tally,) = tallies(file).values()
    assert tally.counts == {
        ("XX00001", "1"): Counts((5, 1, 0, 0)),
        ("XX00002", "1"): Counts((2, 3, 0, 0), blank=1),
    }
    rows[0][0] = "郑无名"
    strange = counts_of(session, campaign_id, workbook(tmp_path / "b.xlsx", {"计票": [head, *rows]}))
    assert said(strange) == [("V-BAL-95", "第 2 行：“郑无名”不在本次评议的名单里，请核对姓名或编号。")]


def test_a_file_without_counts_is_told(ready: Session, tmp_path: Path) -> None:
    campaign_id = make.campaign_of(ready)
    file = counts_of(ready, campaign_id, workbook(tmp_path / "a.xlsx", {"票": [["姓名"], ["张三"]]}))
    assert said(file) == [("V-IMP-24", "“a.xlsx”里未找到列“项目”“各档票数”，请按模板对应列名。")]


# --- templates --------------------------------------------------------------------------------------------------


def fill(path: Path, sheet: str, first_row: int, rows: Sequence[Sequence[Any]], *, column: int = 1) -> None:
    book = load_workbook(path)
    for number, row in enumerate(rows, first_row):
        for place, value in enumerate(row, column):
            if value is not None:
                book[sheet].cell(number, place, value)
    book.save(path)


def test_the_ballot_template_comes_back(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(
        session, form_codes=["T-MEM-A", "T-MEM-B", "T-ORG-B"], voter_categories=CATEGORIES
    )
    path = tmp_path / "模板.xlsx"
    listed = stacks.stacks(session, campaign_id=campaign_id)
    write_ballot_template(path, stacks=listed)
    assert said(ballots_of(session, campaign_id, path)) == []
    names = load_workbook(path).sheetnames
    assert (len(names), names[-1]) == (7, "填写说明")
    expected = {}
    for name, stack in zip(names, listed, strict=False):
        width = len(stack.cells)
        fill(path, name, 4, [[1, *([1] * width)], [2, *([2] * width)]])
        expected[stack.batch.code] = ("1" * width, "2" * width)
    file = ballots_of(session, campaign_id, path)
    assert file.findings == ()
    assert piles(file) == expected


def test_the_count_template_comes_back(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-A", "T-MEM-B"], voter_categories=CATEGORIES)
    path = tmp_path / "模板.xlsx"
    listed = stacks.stacks(session, campaign_id=campaign_id)
    write_count_template(path, stacks=listed)
    book = load_workbook(path)
    assert book.sheetnames == ["T-MEM-A", "T-MEM-B", "填写说明"]
    assert book["T-MEM-B"].max_row == 1 + 2 * 2 * 3
    head = [cell.value for cell in book["T-MEM-A"][1]]
    for name in book.sheetnames[:2]:
        sheet, titles = book[name], [cell.value for cell in book[name][1]]
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, titles.index("满意") + 1, 6)
            sheet.cell(row, titles.index("发出") + 1, 7)
            sheet.cell(row, titles.index("收回") + 1, 6)
    book.save(path)
    assert head[:3] == ["票批码", "党组织", "身份类别"]
    plan = count_plan(session, campaign_id, path)
    assert said(plan) == []
    assert [entry.valid for entry in plan.entries] == [6, 6, 6, 6]
    stacks.apply_stacks(session, campaign_id=campaign_id, plan=plan, by=make.BY, reason=make.WHY)
    for stack in batches.listing(session, campaign_id=campaign_id):
        make.seal(session, batch_id=stack.id, by=make.BY)


def test_no_template_for_nothing(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有需要录入的票批"):
        write_ballot_template(tmp_path / "a.xlsx", stacks=[])
    assert not (tmp_path / "a.xlsx").exists()


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1", "1"), ("4", "4"), ("5", None), ("\uff12", "2"), ("\uff0e", "."), ("—", "0"), ("1.0", "1"), ("满意", "1"), ("不满意", "4"), ("基本满意（60）", "3"),
        ("2、比较满意", "2"), ("③", "3"), ("", "0"), (" ", "0"), ("0", "0"), ("未填", "0"), ("弃权", "0"),
        ("9", "9"), ("多选", "9"), ("1,3", "9"), ("满意、不满意", "9"), ("1 2", "9"), ("1,1", None), (".", "."),
        ("。", "."), ("?", "."), ("无法辨认", "."), ("√", None), ("好", None), ("12", None), ("1,7", None), ("-1", None),
    ],
)  # fmt: skip
def test_marks(ready: Session, text: str, mark: str | None) -> None:
    campaign_id = make.campaign_of(ready)
    (stack,) = stacks.stacks(ready, campaign_id=campaign_id)
    assert read_mark(text, stack.form.items[0]) == mark


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("12", 12), ("\uff11\uff12", 12), ("1,234", 1234), ("12张", 12), ("12.0", 12), ("12.5", None), ("-1", None),
     ("1e3", None), ("十二", None), ("—", 0), ("9999999", None)],
)  # fmt: skip
def test_numbers_of_ballots(text: str, number: int | None) -> None:
    assert read_count(text) == number
