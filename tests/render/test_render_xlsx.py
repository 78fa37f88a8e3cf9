"""Reports as spreadsheets: the same strings as on paper, ready to print, and nothing that runs."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pingyi_desktop.errors import FileError
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports.blocks import (
    Bar,
    Bars,
    Block,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
)

COLUMNS = (
    ReportColumn("序号", 8, "center"),
    ReportColumn("党组织", 40, "left"),
    ReportColumn("票", 14, group="①践诺"),
    ReportColumn("率", 14, group="①践诺"),
    ReportColumn("有效票", 14),
)
ROWS = (
    Row(("层面一",), "section"),
    Row((1, "采一队党支部", 3, "75.0", 4)),
    Row((2, "采二队党支部", None, "—", 0)),
    Row(("", "合计", 3, "75.0", 4), "total"),
)
TABLE = Table(COLUMNS, ROWS)


def report(*blocks: Block, mark: str = "", landscape: bool = True, notes: tuple[str, ...] = ()) -> Report:
    return Report(
        "R03",
        "结果汇总表",
        "2024年群众评议",
        "填报单位（章）：青峦公司党委",
        "单位：票、%",
        blocks or (TABLE,),
        notes,
        landscape=landscape,
        mark=mark,
    )


def raw(one: Report) -> bytes:
    out = BytesIO()
    render_xlsx(one, out)
    return out.getvalue()


def sheet(one: Report) -> Worksheet:
    return load_workbook(BytesIO(raw(one))).worksheets[0]


def cells(one: Report) -> list[list[object]]:
    """Rows without their empty cells."""
    found = [[value for value in row if value not in (None, "")] for row in sheet(one).values]
    return [row for row in found if row]


def place(page: Worksheet, text: str) -> tuple[int, int]:
    (found,) = [(c.row, c.column) for row in page.iter_rows() for c in row if c.value == text]
    return found


def test_every_cell_is_there_in_order() -> None:
    assert cells(report(notes=("注：按票合并。",))) == [
        ["结果汇总表"],
        ["2024年群众评议"],
        ["填报单位（章）：青峦公司党委    单位：票、%"],
        ["序号", "党组织", "①践诺", "有效票"],
        ["票", "率"],
        ["层面一"],
        [1, "采一队党支部", 3, "75.0", 4],
        [2, "采二队党支部", "—", "—", 0],
        ["合计", 3, "75.0", 4],
        ["注：按票合并。"],
    ]


def test_counts_are_numbers_and_rates_are_the_printed_text() -> None:
    page = sheet(report())
    row, column = place(page, "采一队党支部")
    assert [page.cell(row, column + i).data_type for i in range(1, 4)] == ["n", "s", "n"]


def test_heading_is_merged_and_repeats_when_printed_and_stays_when_scrolled() -> None:
    page = sheet(report())
    merged = {str(one) for one in page.merged_cells.ranges}
    assert {"C4:D4", "A4:A5", "B4:B5", "E4:E5", "A6:E6", "A1:E1"} <= merged
    assert page.print_title_rows == "$4:$5"
    assert page.freeze_panes == "C6"


def test_a_single_cell_is_never_merged_and_what_a_merged_one_covers_looks_like_it() -> None:
    """A spreadsheet program calls a file broken that merges one cell with itself."""
    alone = Table((COLUMNS[0], COLUMNS[2]), (Row((1, 3)),))
    one = report(TABLE, alone, Facts((("人数", 3),), 2), Signature(("一", "二", "三")))
    merged = sheet(one).merged_cells.ranges
    assert merged
    assert [str(area) for area in merged if area.size == {"columns": 1, "rows": 1}] == []
    with ZipFile(BytesIO(raw(one))) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    looks = dict(re.findall(r'<c r="([A-E]6)" s="(\d+)"', xml))
    assert looks.keys() == {"A6", "B6", "C6", "D6", "E6"}
    assert len(set(looks.values())) == 1


def test_one_line_of_heading_when_nothing_is_grouped() -> None:
    page = sheet(report(Table((COLUMNS[0], COLUMNS[1]), (Row((1, "甲")),))))
    assert page.print_title_rows == "$4:$4"
    assert page.cell(5, 2).value == "甲"


def test_with_two_tables_no_heading_repeats_over_the_other() -> None:
    page = sheet(report(TABLE, TABLE))
    assert page.print_title_rows is None
    assert page.freeze_panes is None


def test_paper() -> None:
    page = sheet(report())
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.page_setup.fitToHeight == 0
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet(report(landscape=False)).page_setup.orientation == "portrait"


def test_totals_are_bold_rows_are_not_and_all_have_borders() -> None:
    page = sheet(report())
    row, column = place(page, "合计")
    assert [page.cell(row, n).font.bold for n in range(1, 6)] == [True] * 5
    assert page.cell(row - 1, column).font.bold is False
    assert {page.cell(row, n).border.left.style for n in range(1, 6)} == {"thin"}


def test_alignment_follows_the_columns() -> None:
    page = sheet(report())
    row, _ = place(page, "采一队党支部")
    shown = [page.cell(row, n).alignment.horizontal for n in range(1, 6)]
    assert shown == ["center", "left", "right", "right", "right"]


def test_columns_are_as_wide_as_they_say() -> None:
    wide = Table((ReportColumn("序号", 8), ReportColumn("名称", 80)), (Row((1, "甲")),))
    page = sheet(report(TABLE, wide))
    assert page.column_dimensions["B"].width == pytest.approx(80 / 1.95)
    assert page.column_dimensions["C"].width == pytest.approx(14 / 1.95)


@pytest.mark.parametrize(
    "name", ["=1+1", "+86", "-1", "@SUM(A1)", '=HYPERLINK("x","y")', "\t=1", "12", "1e5"]
)
def test_names_never_become_formulas_or_numbers(name: str) -> None:
    one = report(
        Table(COLUMNS, (Row((1, name, 1, "1", 1)), Row((name,), "section"))),
        Facts(((name, name),)),
        Heading(name),
        Para(name),
        Bars(name, (Bar(name, 1, name),)),
        Signature((name,)),
    )
    page = sheet(one)
    found = [c for row in page.iter_rows() for c in row if c.value == name]
    assert len(found) == 10
    assert {c.data_type for c in found} == {"s"}
    assert all(c.quotePrefix for c in found)
    assert b"<f>" not in ZipFile(BytesIO(raw(one))).read("xl/worksheets/sheet1.xml")


def test_control_characters_are_told_by_their_numbers() -> None:
    one = report(Table(COLUMNS, (Row((1, "甲\x00\x07支\x1b部\ufffe", 1, "1", 1)),)), Para("乙\x01"))
    assert [1, "甲〔U+0000〕〔U+0007〕支〔U+001B〕部〔U+FFFE〕", 1, "1", 1] in cells(one)
    assert ["乙〔U+0001〕"] in cells(one)


def test_facts_stand_side_by_side_over_the_columns() -> None:
    facts = Facts((("应到", 12), ("实到", 11), ("到会率", "91.7%")), across=2)
    page = sheet(report(TABLE, facts))
    row, _ = place(page, "应到")
    line = [page.cell(row, n).value for n in range(1, 6)]
    assert [value for value in line if value not in (None, "")] == ["应到", 12, "实到", 11]
    assert page.cell(row + 1, 1).value == "到会率"


def test_more_facts_than_columns_get_columns_of_their_own() -> None:
    pairs = tuple((f"项{i}", i) for i in range(5))
    one = report(Table(COLUMNS[:2], (Row((1, "甲")),)), Facts(pairs, across=5))
    assert [cell for pair in pairs for cell in pair] in cells(one)
    assert [cell for pair in pairs for cell in pair] in cells(report(Facts(pairs, across=5)))


def test_bars_say_their_figures() -> None:
    one = report(TABLE, Bars("各项满意率", (Bar("①践诺", 987, "98.7%"), Bar("②中心", 975, "97.5%"))))
    assert cells(one)[-3:] == [["各项满意率"], ["①践诺", "98.7%"], ["②中心", "97.5%"]]


def test_long_notes_get_the_height_they_need() -> None:
    note = "注：满意率按票合并，不是平均。" * 20
    page = sheet(report(notes=("注：短。", note)))
    heights = [page.row_dimensions[place(page, text)[0]].height for text in ("注：短。", note)]
    characters = sum(page.column_dimensions[letter].width for letter in "ABCDE")
    assert heights[0] == 15
    assert heights[1] >= 15 * len(note) * 2 / characters


def test_a_drill_says_so() -> None:
    assert ["2024年群众评议 【演练】"] in cells(report(mark="演练"))
    assert not any("演练" in str(value) for row in cells(report()) for value in row)


def test_no_sheet_name_that_excel_refuses() -> None:
    one = Report("R1", "a[b]c:d*e?f/g\\h" * 4, "", "", "", (TABLE,))
    assert sheet(one).title == ("R1 " + "a b c d e f g h" * 4)[:31]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "报表.xlsx").mkdir()
    with pytest.raises(FileError, match=r"“报表\.xlsx”没有写成"):
        render_xlsx(report(), tmp_path / "报表.xlsx")
