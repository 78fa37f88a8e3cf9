"""Printed reports: what a page says, which fonts it carries, and that nothing in a name is taken for markup."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PageObject, PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph

from pingyi_desktop import paths
from pingyi_desktop.errors import FileError
from pingyi_desktop.render import flow, paragraphs
from pingyi_desktop.render import page as our_paper
from pingyi_desktop.render.breaking import NOT_FIRST
from pingyi_desktop.render.page import HEI, SONG, SUBSTITUTE, register_fonts, runs, unprintable
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports.blocks import (
    Bar,
    Bars,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    RowKind,
    Signature,
    Table,
)

RARE, NOWHERE = "𬭼", "𰻝"
COLUMNS = (
    ReportColumn("序号", 8, "center"),
    ReportColumn("党组织", 40, "left"),
    ReportColumn("票", 14, group="①践诺"),
    ReportColumn("率", 14, group="①践诺"),
    ReportColumn("有效票", 14),
)


def line(number: int | str, name: str, *cells: Cell, kind: RowKind = "row") -> Row:
    return Row((number, name, *(cells or (3, "75.0", 4))), kind)


def report(*rows: Row, columns: tuple[ReportColumn, ...] = COLUMNS, **other: object) -> Report:
    fields: dict[str, object] = {
        "number": "R03",
        "title": "结果汇总表",
        "subtitle": "2024年群众评议",
        "left": "填报单位（章）：青峦公司党委",
        "right": "填报日期：2024年2月3日    单位：票、%",
        "blocks": (Table(columns, rows),),
        "landscape": True,
        **other,
    }
    return Report(**fields)  # type: ignore[arg-type]


def pdf(one: Report) -> bytes:
    out = BytesIO()
    render_pdf(one, out)
    return out.getvalue()


def pages(one: Report) -> list[PageObject]:
    return list(PdfReader(BytesIO(pdf(one))).pages)


def texts(one: Report) -> list[str]:
    """What each page says, line by line; read by another hand than :func:`pages`, ten times as fast."""
    with pypdfium2.PdfDocument(pdf(one)) as paper:
        return [page.get_textpage().get_text_bounded().replace("\r", "") for page in paper]


def spaced(one: Report) -> list[str]:
    """What each page says with every space that is set in it."""
    return [page.extract_text() for page in pages(one)]


def long_report(count: int = 100, **other: object) -> Report:
    rows = [line(i, f"第{i}党支部") for i in range(1, count + 1)]
    return report(*rows, line("", "合计", count * 3, "75.0", count * 4, kind="total"), **other)


def fonts_of(page: PageObject) -> dict[str, bool]:
    """Base font name → whether the font program is in the file."""
    found = {}
    for reference in page["/Resources"]["/Font"].values():  # type: ignore[index]
        font = reference.get_object()
        descriptor = font.get("/FontDescriptor")
        found[str(font["/BaseFont"])] = descriptor is not None and "/FontFile2" in descriptor.get_object()
    return found


def set_in(page: PageObject, wanted: str) -> set[str]:
    """The fonts in which a text of the page is set."""
    fonts: set[str] = set()

    def visit(text: str, _cm: object, _tm: object, font: dict[str, object] | None, _size: object) -> None:
        if wanted in text and font is not None:
            fonts.add(str(font["/BaseFont"]))

    page.extract_text(visitor_text=visit)
    return fonts


def test_title_head_cells_and_notes_are_there() -> None:
    said = texts(report(line(1, "采一队党支部"), footnotes=("注：按票合并。",)))[0]
    for wanted in (
        "结果汇总表",
        "2024年群众评议",
        "填报单位（章）：青峦公司党委",
        "党组织",
        "①践诺",
        "采一队党支部",
        "75.0",
        "注：按票合并。",
        "R03",
    ):
        assert wanted in said


def test_no_figure_prints_a_dash_and_nothing_prints_nothing() -> None:
    said = texts(report(line(1, "甲", None, "", 0)))[0]
    assert said.count("—") == 1
    assert "None" not in said


def test_heading_and_page_number_on_every_page() -> None:
    said = spaced(long_report())
    assert len(said) > 3
    for number, page in enumerate(said, 1):
        assert "党组织" in page
        assert "①践诺" in page
        assert f"第 {number} 页  共 {len(said)} 页" in page.replace("\xa0", " ")
    assert [page.count("结果汇总表") for page in said] == [2] + [1] * (len(said) - 1)  # title, then the foot


def test_every_row_is_printed_once() -> None:
    said = "".join(texts(long_report()))
    assert [said.count(f"第{i}党支部") for i in range(1, 101)] == [1] * 100


@pytest.mark.parametrize("count", range(15, 24))
def test_a_total_never_stands_alone_on_a_page(count: int) -> None:
    last = [page for page in texts(long_report(count)) if "合计" in page]
    assert [f"第{count}党支部" in page for page in last] == [True]


@pytest.mark.parametrize("before", range(15, 27))
def test_a_section_heading_never_ends_a_page(before: int) -> None:
    rows = [line(i, f"第{i}党支部") for i in range(before)]
    said = texts(report(*rows, Row(("层面二",), "section"), line(1, "第二层的支部")))
    assert ["第二层的支部" in page for page in said if "层面二" in page] == [True]


@pytest.mark.parametrize("before", range(10, 26))
def test_signatures_and_notes_stay_together(before: int) -> None:
    rows = [line(i, f"第{i}党支部") for i in range(before)]
    blocks = (Table(COLUMNS, tuple(rows)), Para("本次测评有效。"), Signature(("监票人：", "主持人：")))
    said = texts(report(blocks=blocks, footnotes=("注：随原始票一并封存。",)))
    (last,) = [page for page in said if "监票人：" in page]
    assert "本次测评有效。" in last
    assert "注：随原始票一并封存。" in last


def test_a_heading_stays_with_its_table() -> None:
    for before in range(12, 24):
        rows = tuple(line(i, f"第{i}党支部") for i in range(before))
        blocks = (
            Table(COLUMNS, rows),
            Heading("党员评议表"),
            Table(COLUMNS[:2], (Row((1, "后一张表")),)),
        )
        said = texts(report(blocks=blocks))
        assert ["后一张表" in page for page in said if "党员评议表" in page] == [True]


def test_bars_stay_on_one_page_with_their_title() -> None:
    for before in range(10, 24, 2):
        rows = tuple(line(i, f"第{i}党支部") for i in range(before))
        bars = Bars("各项满意率", tuple(Bar(f"项目{i}", 900, f"9{i}.0%") for i in range(5)))
        said = texts(report(blocks=(Table(COLUMNS, rows), bars)))
        (chart,) = [page for page in said if "各项满意率" in page]
        assert all(f"项目{i}" in chart and f"9{i}.0%" in chart for i in range(5))


def test_totals_are_bold_and_rows_are_not() -> None:
    (page,) = pages(report(line(1, "甲党支部"), line("", "合计", 777, "99.9", 888, kind="total")))
    for total in ("合计", "777", "99.9"):
        assert [name.endswith("NotoSansSC-Bold") for name in set_in(page, total)] == [True]
    assert [name.endswith("NotoSerifSC-Regular") for name in set_in(page, "甲党支部")] == [True]


def test_all_fonts_are_embedded_and_ours() -> None:
    for page in pages(long_report(mark="演练")):
        fonts = fonts_of(page)
        assert fonts
        assert all(fonts.values())
        assert not [name for name in fonts if "Noto" not in name]


def test_only_the_used_part_of_a_font_is_carried() -> None:
    assert len(pdf(long_report())) < 200_000


def test_names_are_text_not_markup() -> None:
    name = "<b>甲</b>&amp; <font size=50>乙</font> ]]> <!-- 丙"
    said = texts(report(line(1, name), footnotes=("注：<i>丁</i> & 戊",), left="A & <u>B</u>"))[0]
    shown = said.replace("\n", "").replace(" ", "")
    assert name.replace(" ", "") in shown
    assert "注：<i>丁</i>&戊" in shown
    assert "A&<u>B</u>" in shown


def test_long_names_wrap_and_lose_nothing() -> None:
    name = "中国共产党青峦煤业集团有限责任公司露天矿汽车运输与设备维修保障分公司第十一支部委员会"
    said = texts(report(line(1, name)))[0]
    assert name not in said
    assert name in said.replace("\n", "")


def test_a_figure_too_wide_for_its_column_shrinks_in_one_line() -> None:
    columns = (ReportColumn("甲", 100, "left"), ReportColumn("乙", 8))
    said = texts(report(Row(("某支部", "样本不足1234")), columns=columns))[0]
    assert "样本不足1234" in said


def test_spaces_for_the_date_are_kept() -> None:
    said = spaced(report(blocks=(Signature(("监票人：", "    年    月    日")),)))[0]
    assert "    年    月    日" in said.replace("\xa0", " ")


def test_spaces_between_date_and_unit_are_kept() -> None:
    assert "2024年2月3日    单位" in spaced(report(line(1, "甲")))[0].replace("\xa0", " ")


def test_characters_above_the_basic_plane_can_be_copied() -> None:
    said = texts(report(line(1, f"赵{RARE}云", kind="row"), line("", f"合{RARE}计", kind="total")))[0]
    assert f"赵{RARE}云" in said
    assert f"合{RARE}计" in said
    assert SUBSTITUTE not in said


def test_a_character_no_font_has_is_marked_and_noted() -> None:
    one = report(line(1, f"王{NOWHERE}"), line(2, f"李{NOWHERE}"))
    said = texts(one)[0]
    assert f"王{SUBSTITUTE}" in said
    assert NOWHERE not in said
    assert "有 1 个生僻字字体里没有，以“〓”代替" in said
    assert "生僻字" not in texts(report(line(1, "王")))[0]


@pytest.mark.parametrize(
    "other",
    [
        {"title": f"表{NOWHERE}"},
        {"footnotes": (f"注{NOWHERE}",)},
        {"blocks": (Para(NOWHERE),)},
        {"blocks": (Heading(NOWHERE),)},
        {"blocks": (Facts(((NOWHERE, 1),)),)},
        {"blocks": (Bars("图", (Bar(NOWHERE, 1, "0.1%"),)),)},
        {"blocks": (Signature((NOWHERE,)),)},
        {"blocks": (Table((ReportColumn(NOWHERE, 10),), ()),)},
    ],
)
def test_a_missing_character_is_noted_wherever_it_stands(other: dict[str, object]) -> None:
    said = texts(report(**other))[0]
    assert SUBSTITUTE in said
    assert "有 1 个生僻字" in said


def test_what_nobody_can_see_is_told_by_its_number() -> None:
    said = texts(report(line(1, "甲\x00\x07\u200b\ufeff支\x0b部")))[0]
    assert "甲〔U+0000〕〔U+0007〕〔U+200B〕〔U+FEFF〕支〔U+000B〕部" in said
    assert "生僻字" not in said


def test_runs_fall_back_from_bold_to_song() -> None:
    register_fonts()
    only_song = next(chr(c) for c in range(0x4E00, 0x9FA6) if runs(chr(c), HEI)[0][0] == SONG)
    assert runs(f"甲{only_song}乙", HEI) == [(HEI, "甲"), (SONG, only_song), (HEI, "乙")]
    assert runs(f"甲{NOWHERE}", SONG) == [(SONG, f"甲{SUBSTITUTE}")]
    assert unprintable(f"甲 {RARE}{NOWHERE}\n") == {NOWHERE}
    assert stringWidth("〓", SONG, 10) == 10


def test_a_drill_says_so_on_every_page() -> None:
    drilled, real = texts(long_report(mark="演练")), texts(long_report())
    assert all("演练" in page for page in drilled)
    assert "【演练】" in drilled[0]
    assert not any("演练" in page for page in real)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf(long_report()) == pdf(long_report())


SCRIPT = """
import hashlib, sys
sys.path[:0] = [{tests!r}, {root!r}]
import test_render_pdf as t
print(hashlib.sha256(t.pdf(t.long_report(mark="演练"))).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    here = Path(__file__).resolve().parent
    script = SCRIPT.format(tests=str(here), root=str(here.parent.parent))
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    assert ended.stdout.strip() == hashlib.sha256(pdf(long_report(mark="演练"))).hexdigest()


def test_paper_is_a4_both_ways() -> None:
    for landscape, wanted in ((True, (842, 595)), (False, (595, 842))):
        box = pages(report(line(1, "甲"), landscape=landscape))[0].mediabox
        assert (round(float(box.width)), round(float(box.height))) == wanted


def test_an_empty_table_is_a_page_with_its_heading() -> None:
    assert "党组织" in texts(report())[0]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "报表.pdf").mkdir()
    with pytest.raises(FileError, match=r"“报表\.pdf”没有写成"):
        render_pdf(report(line(1, "甲")), tmp_path / "报表.pdf")


@pytest.mark.parametrize("bytes_of", [None, b"", b"not a font", "half"])
def test_a_font_of_ours_that_is_gone_or_damaged_is_a_sentence(bytes_of, tmp_path, monkeypatch) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    file = our_paper.FILES[SONG]
    if bytes_of == "half":
        bytes_of = (paths.resources() / "fonts" / file).read_bytes()[:300]
    if bytes_of is not None:
        (fonts / file).write_bytes(bytes_of)
    monkeypatch.setattr(our_paper.paths, "resources", lambda: tmp_path)
    with pytest.raises(FileError, match=f"“{file}”不见了或已损坏，没有印。请重新安装本软件"):
        register_fonts.__wrapped__()


def test_a_paragraph_of_several_lines_is_indented_as_one_of_one_line() -> None:
    said = tuple(Para(f"    {text}") for text in ("散会。", "请不要署名，" * 20))
    register_fonts()
    story = flow.story(Report("", "主持词", "", "", "", (*said, Facts((("时间", ""),)))), 500.0)
    shown = [one for one in story if isinstance(one, Paragraph)][1:]  # after the title
    assert [one.style.firstLineIndent for one in shown] == [22, 22]
    (height,) = {one.wrap(500.0, 1000.0)[1] for one in shown[:1]}
    assert shown[1].wrap(500.0, 1000.0)[1] > height


@pytest.mark.parametrize("mark", sorted(NOT_FIRST))
def test_no_comma_or_colon_begins_a_line(mark: str) -> None:
    """In one font and in two (a rare character has its own), which are broken by two functions."""
    for name in ("监票人", f"监{RARE}人"):
        piece = paragraphs.paragraph(f"{name}{mark}钱二{mark}", SONG, 10)
        piece.wrap(30, 1000)
        simple, lines = piece.blPara.kind == 0, piece.blPara.lines
        read = ["".join(one[1]) if simple else "".join(word.text for word in one.words) for one in lines]
        assert read == [name[:2], f"人{mark}钱", f"二{mark}"]
