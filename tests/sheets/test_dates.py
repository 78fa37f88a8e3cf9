"""Dates in every writing that rosters show, and nothing guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.sheets.grid.dates import read_date

SIGNS = "〇一二三四五六七八九"
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def han(number: int) -> str:
    """A number below forty in Chinese: 七, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    return ("", "十", "二十", "三十")[tens] + (SIGNS[ones] if ones else "")


@given(DAYS, st.sampled_from("零〇○ΟОO0Oo"))
def test_every_day_in_chinese_numerals(day, zero):
    year = "".join(SIGNS[int(sign)] for sign in str(day.year)).replace("〇", zero)
    text = f"{year}年{han(day.month)}月{han(day.day)}日"
    written = read_date(text)
    assert written is not None
    assert (written.iso, written.unusual) == (day.isoformat(), True)
    short = text.replace("二十", "廿").replace("三十", "卅")
    assert read_date(short) == written


@given(DAYS, st.sampled_from("./-年、"), st.booleans())
def test_every_day_in_digits(day, sign, padded):
    month, number = (f"{day.month:02d}", f"{day.day:02d}") if padded else (day.month, day.day)
    last = "月" if sign == "年" else sign
    written = read_date(f" {day.year}{sign}{month}{last}{number}" + ("日" if sign == "年" else ""))
    assert written is not None
    assert (written.iso, written.unusual) == (day.isoformat(), False)


@given(st.dates(date(1930, 1, 1), date(2060, 12, 31)))
def test_every_day_without_signs_and_as_a_bare_excel_number(day):
    assert read_date(day.strftime("%Y%m%d")).iso == day.isoformat()
    bare = read_date(str((day - date(1899, 12, 30)).days))
    assert (bare.iso, bare.unusual) == (day.isoformat(), True)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2011.7.6", "2011-07-06"),
        ("2011-07-06 00:00:00", "2011-07-06"),
        ("2011-07-06T08:30", "2011-07-06"),
        ("2011年7月6号", "2011-07-06"),
        ("2011. 7. 6.", "2011-07-06"),
        ("二零一一年正月卅一日", "2011-01-31"),
        ("2011年七月6日", "2011-07-06"),
    ],
)
def test_other_writings(text, iso):
    assert read_date(text).iso == iso


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "不详",
            "2011",
            "2011.7",
            "1998年7月",
            "85.7.6",
            "06/07/2011",
            "2011-02-29",
            "2011.13.1",
            "1899-12-31",
        ),
        *(
            "20110732",
            "二〇一一年十三月一日",
            "二〇一一年二月三十日",
            "2011.7.6-2012.7.6",
            "二十一年七月六日",
            "99999",
            f"2011{' ' * 40}7{' ' * 40}6",
        ),
    ],
)
def test_nothing_is_guessed(text):
    assert read_date(text) is None


def test_the_excel_day_one_is_counted_from_its_own_zero():
    assert date(1899, 12, 30) + timedelta(days=40730) == date(2011, 7, 6)
    assert read_date("40730").iso == "2011-07-06"
