"""Headings that stand over two rows: columns and units are those of both; what cannot be told is said, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from pingyi_desktop.appraisal.ledgers import catalog
from pingyi_desktop.appraisal.ledgers.plans import LedgerSheet
from pingyi_desktop.sheets.ledgers.ledger_in import read_ledger

Cells = list[object]
DEED: Cells = ["事项", "类别", "投入", "完成时间"]
ROAD: Cells = ["修路", "办实事", 3, "2025-11-03"]
LAMP: Cells = ["装灯", "办实事", "2 万元", "2025-11-03"]
MEETING: Cells = ["会议类型", "层面", "会议状态", "日期", "应到", "实到"]
HELD: Cells = ["评议会", "层面二", "已开", "2025-11-03", 20, 19]


def read(tmp_path: Path, key: str, *rows: Cells, merged: str = "") -> LedgerSheet:
    """What a sheet with these rows says; ``merged`` are ranges as A1:A2, apart by blanks."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for one in merged.split():
        sheet.merge_cells(one)
    book.save(tmp_path / "表.xlsx")
    return read_ledger(tmp_path / "表.xlsx", catalog.ledger(key))


DOWN = "A1:A2 B1:B2"


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ((DEED, [None, None, "万元", None]), f"{DOWN} D1:D2"),
        ((DEED, [None, None, "万元", None]), ""),
        ((DEED, [None, None, "（单位：万元）", "年月日"]), DOWN),
        ((["事项", "类别", "万元", "完成时间"], [None, None, "投入", None]), f"{DOWN} D1:D2"),
        ((["事项", "类别", "投入（元）", "完成时间"], [None, None, "万元", None]), f"{DOWN} D1:D2"),
        ((["办实事清单（单位：万元）"], DEED), "A1:D1"),
        ((["办实事清单（万元）"], DEED), "A1:D1"),
        ((["办实事清单（元）"], [*DEED[:2], "投入/万元", DEED[3]]), "A1:D1"),
        ((["办实事清单（元）"], [*DEED[:2], "投入（万元，两位小数）", DEED[3]]), "A1:D1"),
        ((["单位：万元"], DEED), ""),
        ((DEED, LAMP, [], DEED, [None, None, "万元", None]), ""),
        ((DEED, [], [None, None, "（万元）", None]), "A1:A3 B1:B3 C1:C2 D1:D3"),
        ((DEED, LAMP, [], [*DEED[:2], "万元", DEED[3]], [None, None, "投入"]), "A4:A5 B4:B5 D4:D5"),
        ((DEED, LAMP, ["二、解难事（万元）"], DEED), "A3:D3"),
        ((["事项", "类别", "投入\n万元", "完成时间"],), ""),
        ((["事项", "类别", "投入金额：万元", "完成时间"],), ""),
        ((["事项", "类别", "投入/人民币万元", "完成时间"],), ""),
        ((["办实事清单（万元）"], DEED), ""),
        ((["办实事清单（2025 年，投入：万元）"], DEED), ""),
        ((["办实事清单"], [None, None, None, "（万元）"], DEED), ""),
        ((["办实事清单"], [None, None, None, "万元"], DEED), ""),
        ((["办实事清单", None, "单位（万元）"], DEED), ""),
        ((["办实事清单", None, "单位：", "万元"], DEED), ""),
        ((["办实事清单", "金额单位为万元"], DEED), ""),
        ((["办实事清单（以万元为单位）"], DEED), ""),
    ],
)
def test_money_is_in_the_unit_that_either_row_says(
    tmp_path: Path, rows: tuple[Cells, ...], merged: str
) -> None:
    found = read(tmp_path, "deed", *rows, ROAD, merged=merged)
    assert {one.code for one in found.findings} <= {"V-IMP-11"}  # the title of a second table
    assert found.lines[-1].texts == {
        "title": "修路",
        "kind": "办实事",
        "amount": "3万元",
        "done_on": "2025-11-03",
    }


@pytest.mark.parametrize(
    ("upper", "lower", "cells"),
    [
        ("投入", ["万元", "户数"], [3, 8]),
        ("投入（万元）", ["金额", "来源"], [3, "矿里"]),
        ("投入", ["金额", "单位"], [3, "万元"]),
    ],
)
def test_a_heading_over_two_columns_is_told_apart_by_the_row_below(
    tmp_path: Path, upper: str, lower: Cells, cells: Cells
) -> None:
    rows: list[Cells] = [["事项", "类别", upper, None], [None, None, *lower], ["修路", "办实事", *cells]]
    found = read(tmp_path, "deed", *rows, merged=f"{DOWN} C1:D1")
    assert [one.code for one in found.findings if one.code != "V-MEM-27"] == []
    assert [line.texts for line in found.lines] == [{"title": "修路", "kind": "办实事", "amount": "3万元"}]


def test_each_amount_may_name_its_unit_in_a_column_beside_it(tmp_path: Path) -> None:
    """As our own list of deeds prints it: the column was said to be of no use, and 3 万元 were taken for 3 元."""
    heading: Cells = ["事项", "类别", "投入", "金额单位"]
    rows: list[Cells] = [
        ["修路", "办实事", 3, "万元"],
        ["装灯", "办实事", 300, "元"],
        ["扫雪", "办实事", "2 亿元", None],
    ]
    found = read(tmp_path, "deed", heading, *rows)
    assert found.findings == ()
    assert [line.texts["amount"] for line in found.lines] == ["3万元", "300元", "2 亿元"]


@pytest.mark.parametrize("unit", ["人", "（人）"])
def test_people_over_whom_their_unit_stands_are_read(tmp_path: Path, unit: str) -> None:
    """Merged cells said the other titles again, so that the second row became the header and people were lost unsaid."""
    down = " ".join(f"{column}1:{column}2" for column in "ABCD")
    found = read(tmp_path, "meeting", MEETING, [None] * 4 + [unit, unit], HELD, merged=down)
    assert found.findings == ()
    assert [(line.texts["expected"], line.texts["actual"]) for line in found.lines] == [("20", "19")]


def test_people_under_one_heading_are_read(tmp_path: Path) -> None:
    upper: Cells = [*MEETING[:4], "人数", None]
    found = read(tmp_path, "meeting", upper, [None] * 4 + ["应到", "实到"], HELD, merged="E1:F1")
    assert [(line.texts["expected"], line.texts["actual"]) for line in found.lines] == [("20", "19")]


@pytest.mark.parametrize("merged", ["", f"{DOWN} D1:D2"])
def test_a_second_row_that_is_not_understood_is_said(tmp_path: Path, merged: str) -> None:
    found = read(tmp_path, "deed", DEED, [None, None, "实际支出（万元）", None], ROAD, merged=merged)
    (said,) = found.findings
    assert (said.code, said.row) == ("V-IMP-38", 2)
    assert "第二行的“实际支出（万元）”看不懂，分不清“投入”是什么、按什么单位" in said.sentence


@pytest.mark.parametrize(
    "above",
    [
        ["办实事清单（投入 3 万元）"],
        ["修路、装灯（每件一万元）"],
        ["办实事", "万元村", "修路"],
        ["甲", "乙", "丙", "万元"],
        ["去年投入", 302.5, "万元"],
    ],
)
def test_an_amount_or_a_name_above_a_table_is_no_unit_of_it(tmp_path: Path, above: Cells) -> None:
    for between in ([[]], []):
        found = read(tmp_path, "deed", above, *between, DEED, ROAD)
        assert [line.texts["amount"] for line in found.lines] == ["3"]


def test_a_unit_right_of_an_amount_under_no_heading_is_its_unit(tmp_path: Path) -> None:
    heading: Cells = ["事项", "类别", "投入", None, "完成时间"]
    found = read(tmp_path, "deed", heading, ["修路", "办实事", 300, "万元"], ["装灯", "办实事", 5, "未付"])
    assert [line.texts["amount"] for line in found.lines] == ["300万元", "5"]


@pytest.mark.parametrize("there", [None, "（元）"])
def test_a_second_table_without_a_title_over_a_column_of_the_first_is_said(
    tmp_path: Path, there: str | None
) -> None:
    """What stood there was read into nothing, and nobody was told."""
    second: Cells = [*DEED[:2], there, DEED[3]]
    found = read(tmp_path, "deed", DEED, ROAD, [], second, ["装灯", "办实事", 500, "2025-11-03"])
    (said,) = found.findings
    assert (said.code, said.row) == ("V-IMP-39", 5)
    assert said.sentence.startswith("第 4 行又是一行表头，里面没有“投入”")
    found = read(tmp_path, "deed", DEED, ROAD, [], second, ["装灯", "办实事", None, "2025-11-03"])
    assert found.findings == ()


def test_what_a_second_table_has_instead_of_a_column_is_said_as_in_the_first(tmp_path: Path) -> None:
    second: Cells = [*DEED[:2], "投资", DEED[3]]
    found = read(tmp_path, "deed", DEED, ROAD, [], second, ["装灯", "办实事", 500, "2025-11-03"])
    assert [(one.code, one.row) for one in found.findings] == [("V-MEM-27", 4)]


def test_a_header_that_comes_on_every_page_is_told_of_once(tmp_path: Path) -> None:
    heading: Cells = [*DEED, "经办科室"]
    pages = [heading, [*ROAD, "后勤科"], [*heading[:2], "金额（元）", *heading[3:]], [*ROAD, "后勤科"]] * 9
    found = read(tmp_path, "deed", *pages)
    assert [(one.code, one.row) for one in found.findings] == [("V-MEM-27", 1), ("V-MEM-27", 3)]
    assert len(found.lines) == 18


def test_lines_that_nearly_say_a_unit_do_not_hold_the_import_up(tmp_path: Path) -> None:
    """Tried in every way they could be one, these would take minutes: the run would end with every thread's stack."""
    near = ["单位" + " " * 190, "【：" * 95]
    above = [[f"{near[number % 2]}{number}"] for number in range(5)]
    table: tuple[Cells, Cells] = (["党组织", *DEED], ["一矿", *ROAD])
    found = read(tmp_path, "deed", *(row for _ in range(400) for row in (*above, *table)))
    assert [one.texts["amount"] for one in found.lines] == ["3"] * 400


def test_a_column_that_a_second_table_has_twice_is_said(tmp_path: Path) -> None:
    second: Cells = [*DEED, "金额"]
    found = read(tmp_path, "deed", DEED, ROAD, [], second, ["装灯", "办实事", 500, "2025-11-03", 600])
    assert [(one.code, one.row) for one in found.findings] == [("V-IMP-34", 4)]


@pytest.mark.parametrize(
    ("below", "merged"),
    [
        (["合计", None, 3, None], "A3:B3"),
        (["共办实事 1 件，投入 3 万元。", None, None, None], "A3:D3"),
        (["填表人：", "审核人：", "单位负责人：", "联系电话："], ""),
    ],
)
def test_what_stands_below_a_table_is_left_out_and_said(tmp_path: Path, below: Cells, merged: str) -> None:
    """As our own list of deeds has it; it was asked for its category and unit, so that the list could not come back."""
    found = read(tmp_path, "deed", DEED, ROAD, below, merged=merged)
    assert [line.row for line in found.lines] == [2]
    assert [(one.code, one.row) for one in found.findings] == [("V-IMP-11", 3)]


@pytest.mark.parametrize("note", ["注：金额单位均为万元。", "说明：投入按万元计", "备注：单位：人、万元"])
def test_a_unit_that_a_line_below_the_table_says_is_not_passed_over(tmp_path: Path, note: str) -> None:
    """Every amount would have been taken for ten thousandth of it."""
    found = read(tmp_path, "deed", DEED, ROAD, [note])
    assert [(one.code, one.row) for one in found.findings] == [("V-IMP-40", 3), ("V-IMP-11", 3)]
    found = read(tmp_path, "deed", [*DEED[:2], "投入（万元）", DEED[3]], ROAD, [note])
    assert [one.code for one in found.findings] == ["V-IMP-11"]


def test_a_heading_of_two_units_is_not_read_in_the_first_of_them(tmp_path: Path) -> None:
    found = read(tmp_path, "deed", [*DEED[:2], "投入（元/万元）", DEED[3]], ROAD)
    (said,) = found.findings
    assert (said.code, said.row) == ("V-IMP-41", 1)
    assert "不止一个单位（元、万元）" in said.sentence
    found = read(tmp_path, "deed", [*DEED[:2], "投入（万元，其中自筹：万元）", DEED[3]], ROAD)
    assert [line.texts["amount"] for line in found.lines] == ["3万元"]


def test_a_row_that_says_what_columns_are_called_is_no_header(tmp_path: Path) -> None:
    """Opinions that were 到位 and 合理 were left out unsaid; one that besides is a 问题 was taken for the next header."""
    heading: Cells = ["意见内容", "类别", "倾向", "到位", "合理", "有效"]
    said: list[Cells] = [
        ["路灯不亮", "其他", "建议", "到位", "合理", "没有效"],
        ["饭菜太凉", "其他", "问题", "到位", "合理", "有效"],
        ["班车太少", "其他", "问题", "不到位", "不合理", "有效"],
    ]
    found = read(tmp_path, "opinion", heading, *said, heading, *said)
    assert found.findings == ()
    assert [list(line.texts.values()) for line in found.lines] == [*said, *said]
    found = read(tmp_path, "opinion", [*heading[:3], "是否到位", "是否合理", "是否有效"], *said)
    assert [list(line.texts.values()) for line in found.lines] == said


def test_a_number_that_is_merged_over_several_rows_is_not_given_to_each(tmp_path: Path) -> None:
    """Three deeds that cost 3 万元 together were in the sum with 9 万元."""
    rows: list[Cells] = [DEED, ROAD, ["装灯", "办实事", None, "2025-11-03"], ["扫雪", "办实事", None, None]]
    found = read(tmp_path, "deed", *rows, merged="C2:C4 D3:D4")
    assert [(one.code, one.row) for one in found.findings] == [("V-IMP-42", 3), ("V-IMP-42", 4)]
    assert "与第 2 行合并在一起" in found.findings[0].sentence
    same = read(tmp_path, "deed", DEED, ROAD, [], merged="A2:A3 B2:B3 C2:C3 D2:D3")
    assert same.findings == ()


def test_a_sheet_without_a_header_is_not_passed_over_unsaid(tmp_path: Path) -> None:
    """The deeds of the second month, below no header of their own, were not read, and nothing was said."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(DEED)
    sheet.append(ROAD)
    book.create_sheet("二月").append(LAMP)
    book.save(tmp_path / "表.xlsx")
    found = read_ledger(tmp_path / "表.xlsx", catalog.ledger("deed"))
    assert [(one.code, one.sheet) for one in found.findings] == [("V-IMP-10", "二月")]
    assert found.findings[0].sentence == "工作表“二月”没有办实事的表头（如“事项”），已跳过。"


def test_a_comma_that_cuts_a_number_of_a_text_table_in_two_is_said(tmp_path: Path) -> None:
    """1,234 万元 were read as 1 万元, and 234 as who was responsible."""
    path = tmp_path / "表.csv"
    path.write_text(
        "事项,类别,投入（万元）,责任人\n修路,办实事,1,234,张三\n扫雪,办实事,5,李四\n", encoding="utf-8"
    )
    found = read_ledger(path, catalog.ledger("deed"))
    assert [(one.code, one.row) for one in found.findings] == [("V-IMP-43", 2)]
    assert "多出“张三”" in found.findings[0].sentence


def test_a_column_without_a_name_is_not_passed_over_unsaid(tmp_path: Path) -> None:
    """What the deeds cost stood below a heading that somebody had forgotten; they were written without it."""
    nameless: Cells = ["序号", "事项", "类别", None, "完成时间"]
    found = read(tmp_path, "deed", nameless, [1, *ROAD], [2, *LAMP])
    assert [(one.code, one.row, one.column) for one in found.findings] == [("V-IMP-44", 2, "D 列")]
    assert "（如“3”）没有读取" in found.findings[0].sentence
    beside: Cells = ["事项", "类别", "投入", None, "完成时间"]
    found = read(tmp_path, "deed", beside, ["修路", "办实事", 3, "万元", "2025-11-03"])
    assert found.findings == ()


@pytest.mark.parametrize(
    ("key", "heading", "last", "after"),
    [
        (
            "presentation",
            ["党员", "方式", "要点"],
            ["张三", "口头汇报", "汇报"],
            ["李四", "书面汇报", "修路"],
        ),
        (
            "deed",
            ["佐证", "事项", "类别", "受益单位", "投入"],
            ["佐证材料", "修路", "办实事", "人", "5000元"],
            ["照片", "装灯", "办实事", "户", "3万元"],
        ),
    ],
)
def test_the_last_line_of_a_page_is_not_the_first_row_of_the_next_header(
    tmp_path: Path, key: str, heading: Cells, last: Cells, after: Cells
) -> None:
    """Where its cells and the headings below it were headings together, the line was left out unsaid."""
    found = read(tmp_path, key, heading, last, heading, after)
    assert found.findings == ()
    assert [list(line.texts.values()) for line in found.lines] == [last, after]
