"""Days and months as people write them: 2011.7.6, 2011/07/06, 20110706, 2011年7月6日, 二〇一一年七月六日; 2025.9, 2025年9月份. Pure.

The one reading for every door: forms, the command line, sheets. Nothing is guessed: a missing day, a two-digit year or
06/07/2011 is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.rulebook import personal

ALIVE = range(1900, 2101)
"""years of a day in a person's life"""
ANY_YEAR = range(MINYEAR, MAXYEAR + 1)
_ZERO = dict.fromkeys("零〇○◯Oo0ΟοОоO", "0")
_DIGIT = {**_ZERO, **{sign: str(n) for n, sign in enumerate("一二三四五六七八九", start=1)}}
_HAN = "一二三四五六七八九十廿卅正元" + "".join(_ZERO)
_YEAR = rf"(?P<year>[\d{_HAN}]{{4}})\s*[年./\-—、\s]\s*(?P<month>[\d{_HAN}]{{1,3}})\s*"
_PARTS = re.compile(rf"{_YEAR}[月./\-—、\s]\s*(?P<day>[\d{_HAN}]{{1,4}})\s*[日号.]?")
_MONTH = re.compile(rf"{_YEAR}(?:月份?)?")
_LONGEST = 40
"""signs of a day with its time; of more blanks between its parts than that, looking for them would not come to an end"""
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


@dataclass(frozen=True)
class Written:
    """A date found in a text; ``unusual`` when it was Chinese numerals."""

    iso: str
    unusual: bool


def bare(text: str) -> str:
    """The text without a time of day behind it, its signs of half width; "" for one that is too long for a date."""
    said = text.strip()
    return "" if len(said) > _LONGEST else _CLOCK.sub("", personal.plain(said)).strip()


def read_day(text: str, *, years: range = ALIVE) -> Written | None:
    """The day of these years that a text says, or None when it says none that is complete and real."""
    said = bare(text)
    if re.fullmatch(r"\d{8}", said):
        return _real(int(said[:4]), int(said[4:6]), int(said[6:]), unusual=False, years=years)
    parts = _PARTS.fullmatch(said)
    if parts is None:
        return None
    year, month, day = _digits(parts["year"]), _number(parts["month"]), _number(parts["day"])
    if year is None or month is None or day is None:
        return None
    decimal = all(parts[name].isdecimal() for name in ("year", "month", "day"))
    return _real(year, month, day, unusual=not decimal, years=years)


def iso_day(text: str) -> str | None:
    """The same as ``YYYY-MM-DD``, of the years a campaign may be of."""
    return _iso_day(text)


@lru_cache(maxsize=1000)
def _iso_day(text: str) -> str | None:
    """Kept: thousands of rows of a ledger say the same few days."""
    written = read_day(text, years=bounds.YEARS)
    return None if written is None else written.iso


def iso_month(text: str) -> str | None:
    """The month a text says, as ``YYYY-MM``: 2025.9, 2025-09, 202509, 2025年9月份; of a whole day its month."""
    said = bare(text)
    parts = _MONTH.fullmatch(f"{said[:4]}-{said[4:]}" if re.fullmatch(r"\d{6}", said) else said)
    day = iso_day(text if parts is None else f"{parts['year']}年{parts['month']}月1日")
    return None if day is None else day[:7]


def shown_month(iso: str) -> str:
    """A month as it is shown: 2025年9月; what is none, as it stands."""
    year, _, month = iso.partition("-")
    return f"{year}年{int(month)}月" if month.isdecimal() else iso


def _real(year: int, month: int, day: int, *, unusual: bool, years: range) -> Written | None:
    if year not in years:
        return None
    try:
        return Written(date(year, month, day).isoformat(), unusual)
    except ValueError:
        return None


def _digits(text: str) -> int | None:
    """Sign by sign: 二〇一一 is 2011."""
    signs = [_DIGIT.get(sign, sign) for sign in text]
    return int("".join(signs)) if all(sign.isascii() and sign.isdigit() for sign in signs) else None


def _number(text: str) -> int | None:
    """A month or day: 七, 十二, 二十一, 廿一, 卅, 三十, 07, 〇七, 正 (月)."""
    if text in {"正", "元"}:
        return 1
    for tens, value in (("二十", "廿"), ("三十", "卅")):
        text = text.replace(tens, value)
    leading = {"十": 10, "廿": 20, "卅": 30}.get(text[:1])
    if leading is None:
        return _digits(text)
    rest = text[1:]
    ones = _digits(rest) if rest else 0
    return leading + ones if ones is not None and 0 <= ones <= 9 and len(rest) <= 1 else None
