"""Where lines end: on paper no line begins with a comma, and nothing of the text is lost or leaves its room."""

from __future__ import annotations

import io
from itertools import pairwise

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.render.breaking import NOT_FIRST, NOT_LAST, lines
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports.blocks import Para, Report, ReportColumn, Row, Table

WIDE, NARROW = 2.0, 1.0


def broken(text: str, *rooms: float) -> list[str]:
    widths = [NARROW if character.isascii() else WIDE for character in text]
    return [text[first:end] for first, end in lines(text, widths, rooms)]


@pytest.mark.parametrize(
    ("text", "rooms", "expected"),
    [
        ("清点收回；监票计票", (8,), ["清点收", "回；监票", "计票"]),
        ("做到了（全部）做到", (8,), ["做到了", "（全部）", "做到"]),
        ("他说：“好。”散会", (10,), ["他说：", "“好。”散", "会"]),
        ("共计 98.7 %满意", (9,), ["共计", "98.7 %满", "意"]),
        ("甲乙丙 2025-12-20，好", (16,), ["甲乙丙", "2025-12-20，好"]),
        ("甲 abcdefghi，好", (12,), ["甲", "abcdefghi，", "好"]),
        ("L2-QL.01-T-A-v1-ALL", (17,), ["L2-QL.01-T-A-v1-", "ALL"]),
        ("abcdefghijkl，好", (12,), ["abcdefghijk", "l，好"]),
        ("整改 pingyi 完成", (10,), ["整改", "pingyi 完", "成"]),
        ("三个字以后", (4, 6), ["三个", "字以后"]),
        ("一\n\n二三四", (4,), ["一", "", "二三", "四"]),
        ("，，，，", (4,), ["，，", "，，"]),
        ("abcdefghij", (4,), ["abcd", "efgh", "ij"]),
        ("", (4,), [""]),
    ],
)
def test_a_line_ends_where_chinese_may(text, rooms, expected):
    assert broken(text, *rooms) == expected


@given(st.text(st.sampled_from("甲乙丙，。：（）“”a1 \n"), max_size=60), st.integers(4, 20))
def test_nothing_is_lost_and_nothing_leaves_its_room(text: str, room: int):
    found = broken(text, room)
    assert "".join(found).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(sum(NARROW if c.isascii() else WIDE for c in line) <= room for line in found)


@given(
    st.text(st.sampled_from("甲乙丙丁戊己庚辛，；（"), max_size=80).filter(lambda text: single_marks(text))
)
def test_no_comma_begins_a_line_and_no_bracket_ends_one(text: str):
    for line in broken(text, 12)[1:]:
        assert line[0] not in NOT_FIRST
    for line in broken(text, 12)[:-1]:
        assert line[-1] not in NOT_LAST


def single_marks(text: str) -> bool:
    """Between marks there are characters to break at."""
    marks = NOT_FIRST | NOT_LAST
    return not any(one in marks and other in marks for one, other in pairwise(text))


def test_a_long_text_goes_on_overleaf_and_loses_nothing():
    text = "".join(f"第{number}条：各支部逐条整改 pingyi 2025-12-20，逐条销号；" for number in range(300))
    made = io.BytesIO()
    render_pdf(Report("R17", "会议记录", "", "", "", (Para(text),)), made)
    with pypdfium2.PdfDocument(made) as document:
        assert len(document) > 3
        read = "".join(page.get_textpage().get_text_range() for page in document)
    once = ("条：", "2025-12-20", "pingyi", "销")
    assert {one: read.count(one) for one in once} == dict.fromkeys(once, 300)


def test_no_line_of_a_report_begins_with_a_comma():
    text = "报告应到实到；党员逐一汇报：互评！讲解填表办法？无记名填表，清点收回；监票计票。" * 6
    columns = tuple(ReportColumn(title, 22, "left") for title in ("事项", "说明"))
    rows = tuple(Row((text[: place + 9], text[:place])) for place in range(20, 90, 7))
    made = io.BytesIO()
    render_pdf(Report("R17", "会议记录", "", "", "", (Para(text), Table(columns, rows))), made)
    with pypdfium2.PdfDocument(made) as document:
        read = [line for page in document for line in page.get_textpage().get_text_range().splitlines()]
    assert len(read) > 60
    assert [line for line in read if line[:1] in NOT_FIRST and line] == []
