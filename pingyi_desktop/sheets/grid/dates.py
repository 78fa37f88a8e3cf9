"""Dates as people write them: 2011.7.6, 2011/07/06, 20110706, 2011年7月6日, 二〇一一年七月六日, 40730 (a bare Excel number).

Nothing is guessed: a missing day, a two-digit year or 06/07/2011 is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pingyi_desktop.appraisal.rulebook import personal

_ZERO = dict.fromkeys("零〇○◯Oo0ΟοОоO", "0")
_DIGIT = {**_ZERO, **{sign: str(n) for n, sign in enumerate("一二三四五六七八九", start=1)}}
_HAN = "一二三四五六七八九十廿卅正元" + "".join(_ZERO)
_PARTS = re.compile(
    rf"(?P<year>[\d{_HAN}]{{4}})\s*[年./\-—、\s]\s*(?P<month>[\d{_HAN}]{{1,3}})\s*[月./\-—、\s]\s*"
    rf"(?P<day>[\d{_HAN}]{{1,4}})\s*[日号.]?"
)
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 60_000)  # 1927 to 2064


@dataclass(frozen=True)
class Written:
    """A date found in a text; ``unusual`` when it was Chinese numerals or a bare Excel number."""

    iso: str
    unusual: bool


def read_date(text: str, *, days_later: int = 0) -> Written | None:
    """The date a text says, or None when it says none that is complete and real.

    A bare number counts ``days_later`` days more: workbooks may count from 1904.
    """
    bare = _CLOCK.sub("", personal.plain(text)).strip()
    if re.fullmatch(r"\d{5}", bare) and int(bare) in _EXCEL_DAYS:
        return Written((_EXCEL_ZERO + timedelta(days=int(bare) + days_later)).isoformat(), True)
    if re.fullmatch(r"\d{8}", bare):
        return _real(int(bare[:4]), int(bare[4:6]), int(bare[6:]), unusual=False)
    parts = _PARTS.fullmatch(bare)
    if parts is None:
        return None
    year, month, day = _digits(parts["year"]), _number(parts["month"]), _number(parts["day"])
    if year is None or month is None or day is None:
        return None
    decimal = all(parts[name].isdecimal() for name in ("year", "month", "day"))
    return _real(year, month, day, unusual=not decimal)


def _real(year: int, month: int, day: int, *, unusual: bool) -> Written | None:
    if not 1900 <= year <= 2100:
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
