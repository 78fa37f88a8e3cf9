"""Blank forms: what stands on them, that nothing is clipped or overlaps, and that filling and keying them gives the truth."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO

import filled
import paper_read
import pytest
from pypdf import PdfReader
from reportlab.lib.units import mm
from sheets_made import HEAD, NAMES, SUBJECT, form, items, known, laid_out, paper_of, printed

from pingyi_desktop.appraisal.paper.forms import FIVE_GOOD, SINGLE, Form, print_only, read_form, templates
from pingyi_desktop.appraisal.paper.layout import (
    A4,
    BOX,
    LEAST_ROWS,
    NOTE_LEAST,
    NOTE_SIZE,
    ROWS_PER_PAGE,
    RULE_EVERY,
    SIDE,
    STRIP,
    STRIP_SIZE,
    TOP,
    Layout,
)
from pingyi_desktop.appraisal.paper.shaping import MOST_TEXT, Shape
from pingyi_desktop.errors import UserError
from pingyi_desktop.render.drawn import fitted
from pingyi_desktop.render.page import HEI, SONG
from pingyi_desktop.reports.paper import ballot
from pingyi_desktop.reports.paper.ballot import Head

LONG = "围绕中心工作，推动本单位业务工作和重点任务完成情况以及<b>其他</b>&amp;=1+1方面"
FIVE_FORM, SINGLE_FORM = (print_only(code, activity="创先争优") for code in (FIVE_GOOD, SINGLE))
WORDY = [f"第{n}条填写说明，{LONG}。" for n in range(1, 16)]
FORTY = "中共青峦煤业集团有限责任公司露天矿剥离工程队机电检修车间第二十七临时联合支部委员会某"


@cache
def hostile() -> dict[str, Layout]:
    """Layouts of every shape that a campaign can come to."""

    def own(code: str, **changes: object) -> Layout:
        document = {**templates()[code], **changes}
        one = read_form(document, activity="创先争优", known=known())
        return laid_out(one, NAMES)

    own_questions = tuple(f"{n}<b>{'食堂班车宿舍' * 9}</b>=1+1"[:MOST_TEXT] for n in range(3))
    eight = items([f"第{n}项{LONG}" for n in range(1, 16)], "EIGHT")
    mixed = [*items(["甲情况", "乙情况"]), *({**one, "no": "9"} for one in items([LONG], "EIGHT"))]
    long_names = tuple(f"阿卜杜热合曼·买买提艾力{n}（维修班）（预）" for n in range(19))
    return {
        **{code: laid_out(form(code), NAMES) for code in templates()},
        **{code: laid_out(print_only(code, activity="创先争优")) for code in (FIVE_GOOD, SINGLE)},
        "eight": own("T-ORG-A", items=eight, title=f"{LONG}评议表"),
        "sixty items": own("T-ORG-A", items=items([f"{n}{LONG}" for n in range(60)])),
        "mixed": own("T-ORG-A", items=mixed),
        "long names": laid_out(form("T-MEM-B"), long_names),
        "narrow": laid_out(form("T-MEM-B", items=items([f"{n}{LONG}" for n in range(9)])), NAMES[:20]),
        "shaped": laid_out(filled.shaped("T-ORG-A", Shape("COMP4U", "师生员工家", own=own_questions))),
        "shaped roster": laid_out(filled.shaped("T-MEM-B", Shape("SAT4U", "", True, own_questions)), NAMES),
        "wordy roster": laid_out(form("T-MEM-B", instructions=WORDY), NAMES[:20]),
        "wordy": own("T-ORG-A", instructions=WORDY),
        "not graded": laid_out(form("T-MEM-E"), NAMES[:8], frozenset({2, 5})),
    }


SHAPES = tuple(hostile())


def text_of(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_boxes_of_the_paper_are_the_cells_in_the_order_of_keying(shape: str) -> None:
    layout = hostile()[shape]
    paper, wanted = paper_of(layout), list(layout.boxes())
    found = paper_read.boxes(printed(layout))
    assert len(found) == len(wanted)
    for box, square in zip(wanted, found, strict=True):
        assert box.page == square.page
        assert abs(2 * box.x + BOX - square.left - square.right) < 0.02
        assert abs(2 * box.y + BOX - square.top - square.bottom) < 0.02
    cells = [cell for cell in range(paper.size) if cell // paper.row_width not in layout.unrated]
    assert [(box.cell, box.option) for box in wanted] == [
        (cell, option) for cell in cells for option in range(1, paper.options_at(cell) + 1)
    ]
    assert layout.items_per_row == paper.row_width


@pytest.mark.parametrize("shape", SHAPES)
def test_no_letter_is_cut_off_or_stands_on_a_line_a_box_or_another(shape: str) -> None:
    layout = hostile()[shape]
    pdf = printed(layout, Head(f"被评议党组织：{FORTY}", "", FORTY[:20], HEAD.code, "演练"))
    width, height = (A4[1], A4[0]) if layout.wide else A4
    written, drawn = paper_read.letters(pdf), paper_read.paths(pdf)
    for shown, ink in written:
        assert SIDE - 0.5 <= ink.left <= ink.right <= width - SIDE + 0.5, shown
        assert TOP - 0.5 <= ink.top <= ink.bottom <= height - TOP + 0.5, shown
    inks = [ink for _, ink in written]
    assert paper_read.meeting(inks, [one for one in drawn if min(one.size) < 6], 0.05) == []
    for page in range(layout.pages):
        assert _overlapping([ink for ink in inks if ink.page == page]) == []


def test_a_letter_on_a_line_would_be_seen() -> None:
    letter, line = paper_read.Rect(0, 9, 100, 12, 103), paper_read.Rect(0, 10, 0, 10.3, 250)
    aside = paper_read.Rect(1, 10, 0, 10.3, 250), paper_read.Rect(0, 12.1, 0, 12.4, 250)
    assert set(paper_read.meeting([letter], [line, *aside], 0.05)) == {(letter, line)}


def _overlapping(letters: list[paper_read.Rect]) -> list[paper_read.Rect]:
    """Letters whose ink lies over that of another, found from left to right."""
    found, near = [], list[paper_read.Rect]()
    for ink in sorted(letters, key=lambda one: one.left):
        near = [other for other in near if other.right > ink.left]
        found += [other for other in near if ink.meets(other, 0.35)]
        near.append(ink)
    return found


@pytest.mark.parametrize("code", sorted(templates()))
def test_the_text_is_the_form_cell_by_cell(code: str) -> None:
    layout = laid_out(form(code), NAMES)
    pages = text_of(printed(layout))
    assert len(pages) == layout.pages
    for page, text in enumerate(pages):
        for said in (layout.form.title, HEAD.held_on, HEAD.category, HEAD.code, SUBJECT):
            assert said.replace(" ", "") in text
        at = 0
        for row in layout.rows_on(page):
            shown = (
                "总体"
                if layout.form.items[0 if layout.form.is_roster else row].kind == "OVERALL"
                else row + 1
            )
            shown = row + 1 if layout.form.is_roster else shown
            at = text.index(f"{shown}{layout.rows[row]}", at)
        labels = "".join(f"{n}{label}" for n, label in enumerate(layout.options(0, 0), 1))
        assert text.count(labels) == layout.items_per_row
    for said in (*layout.form.instructions, *layout.form.opinion_area):
        assert said.rstrip("：:") in pages[-1]


def test_a_roster_goes_on_under_the_same_heading_with_a_heavy_line_after_every_fifth_row() -> None:
    layout = laid_out(form("T-MEM-B"), NAMES)
    pages = text_of(printed(layout))
    assert len(pages) == 4
    for number, text in enumerate(pages, 1):
        assert f"第{number}页，共4页" in text
        assert text.count("1满意2比较满意3基本满意4不满意") == 3
        assert "填写说明" in text
    assert [("翻页" in text) for text in pages] == [True, True, True, False]
    across = [one for one in paper_read.paths(printed(layout)) if one.size[0] > 200 and one.size[1] < 1]
    heavy = {round(one.top + one.bottom) for one in across if one.page == 0 and one.size[1] > 0.8}
    fifth = {round(2 * layout.row_area(row).y) for row in layout.rows_on(0) if row % RULE_EVERY == 0}
    assert heavy == fifth


@pytest.mark.parametrize(
    "one", [*map(form, sorted(templates())), SINGLE_FORM, FIVE_FORM], ids=lambda one: one.code
)
def test_a_form_stands_on_one_page_of_a4_and_a_roster_as_far_as_its_people_do(one: Form) -> None:
    rows = ROWS_PER_PAGE[one.paper]
    assert laid_out(one, NAMES[:rows]).pages == 1
    assert laid_out(one, NAMES[: rows + 1]).pages == 1 + one.is_roster
    for page in ballot.pages(laid_out(one, NAMES[:rows]), HEAD):
        written = [words.text for words in page.words]
        assert HEAD.subject in written
        assert any("填写说明：1." in text for text in written)


def test_long_instructions_take_room_from_the_rows_and_stay_legible() -> None:
    usual, wordy = (hostile()[shape] for shape in ("T-MEM-B", "wordy roster"))
    assert LEAST_ROWS < wordy.rows_per_page < usual.rows_per_page == ROWS_PER_PAGE["A4_LANDSCAPE"]
    area = wordy.notes_area
    size, _ = fitted(wordy.notes, SONG, NOTE_SIZE, (area.width - 2) * mm, (area.height - 0.5) * mm)
    assert size >= NOTE_LEAST
    for page in text_of(printed(wordy)):
        assert all(re.sub(r"\s", "", line) in page for line in WORDY)


@pytest.mark.parametrize("shape", ["T-MEM-B", "narrow", "shaped roster"])
def test_what_is_asked_stands_in_legible_type_over_a_roster(shape: str) -> None:
    layout = hostile()[shape]
    across = layout.step * layout.widest - 2
    for item in layout.form.items:
        size, _ = fitted(item.text, HEI, 9, across * mm, layout.strip * mm)
        assert size >= STRIP_SIZE
    assert (layout.strip > STRIP) == (shape != "T-MEM-B")


def test_instructions_stand_below_a_table_under_which_nothing_is_written() -> None:
    attached = laid_out(print_only(FIVE_GOOD, activity="创先争优"))
    last = attached.row_area(len(attached.rows) - 1)
    assert attached.writing() == []
    assert 0 < attached.notes_area.y - last.y - last.height < 3


def test_no_sheet_has_a_number_and_four_marks_stand_outside_the_text() -> None:
    pdf = printed(laid_out(form("T-ORG-A")), copies=30)
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) == 30
    assert len({page.extract_text() for page in pages}) == 1
    assert len({page.raw_get("/Contents").idnum for page in pages}) == 1
    marks = [one for one in paper_read.paths(pdf) if one.solid and one.page == 17]
    assert len(marks) == 4
    for one in marks:
        assert all(abs(length - BOX) < 0.01 for length in one.size)
        assert one.right < SIDE or one.left > A4[0] - SIDE


def test_rare_characters_are_printed_and_missing_ones_described() -> None:
    names = ("喆堃珺", "㛃䶮𬭎", "张𰻝")
    text = text_of(printed(laid_out(form("T-MEM-B"), names)))[0]
    for said in ("1喆堃珺", "2㛃䶮𬭎", "3张〔U+30EDD〕"):
        assert said in text


def test_a_roster_that_no_paper_can_hold_is_refused_in_a_sentence() -> None:
    layout = laid_out(form("T-MEM-B", items=items([f"{n}{LONG}" for n in range(15)], "SAT4U")), NAMES)
    with pytest.raises(UserError, match="75 个方框，A4 纸一行最多印 37 个"):
        list(layout.boxes())


@pytest.mark.parametrize("shape", filled.SHAPES)
def test_sheets_filled_in_by_hand_and_keyed_give_the_truth(shape: str) -> None:
    """Ten of each here; ``filled.py 200`` does two hundred."""
    assert filled.gone_wrong(filled.SHAPES[shape], 10, shape) == []
