"""What a person sees in a cell: numbers, dates and yes/no as text, by the cell's number format."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

_EAST_ASIAN_DATES = (*range(27, 37), *range(50, 59))
_BUILT_IN_DATES = frozenset((*range(14, 23), *_EAST_ASIAN_DATES, *range(45, 48)))
_NOT_SIGNS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
_DATE_SIGNS = re.compile(r"[ymdhs]|a{3,4}", re.I)
_ZEROS = re.compile(r"0{2,}")
_PADS = re.compile(r"\[[^\]<>=]*\]|[_*].|\s")
"""colours, currencies and blanks of a format; what is in brackets under a condition is none"""
_IN_UNITS = re.compile(
    r'[¥\uffe5]?(?:general|[#,]*[0#?](?:\.[0#?]+)?)["\\(\uff08]*(?P<unit>[十百千]?[万亿]["\\]*元?|[十百千]元)["\\)\uff09]*',
    re.I,
)
"""formats that show a unit behind the number without dividing it: 0.0"万元"; a comma before the unit divides, and so does a
point that is a text: 0!.0000"万元"""
_INTEGER = re.compile(r"-?\d{1,30}")
DAYS_1904 = 1462
LONGEST_CODE = 255
"""signs of a format, as spreadsheets have them; a longer one is taken for none"""


def is_date(format_id: int, code: str | None) -> bool:
    """Whether numbers in this format are days; formats 27–36 and 50–58 are the dates of Chinese workbooks."""
    if code is None:
        return format_id in _BUILT_IN_DATES
    return code.strip().lower() != "general" and bool(_DATE_SIGNS.search(_NOT_SIGNS.sub("", code)))


def number(text: str, *, date: bool, code: str | None, days_later: int) -> str | None:
    """A number of the file as it is shown; None when it is none."""
    if date and (day := _day(text, days_later)) is not None:
        return day
    if _INTEGER.fullmatch(text):
        digits = str(int(text))
    else:
        try:
            value = float(text)
        except ValueError:
            return None
        if abs(value) >= 1e30 or value != value:
            return None
        digits = str(int(value)) if value == int(value) else repr(value)
    if code and _ZEROS.fullmatch(code) and digits.isdigit():
        return digits.zfill(len(code))
    return digits + _unit(code) if code else digits


@lru_cache(maxsize=256)
def _unit(code: str) -> str:
    """The unit that a format shows behind a number, "" for none."""
    found = _IN_UNITS.fullmatch(_PADS.sub("", code.partition(";")[0]))
    return re.sub(r'["\\]', "", found["unit"]) if found else ""


def _day(text: str, days_later: int) -> str | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if not 0 <= value < 2_958_466 - days_later:
        return None
    seconds = min(round(value % 1 * 86_400), 86_399)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    if value < 1:
        return f"{clock}:{seconds % 60:02d}"
    early = 1 if value < 60 and not days_later else 0  # the day 1900-02-29 that Excel believes in
    day = (date(1899, 12, 30) + timedelta(days=int(value) + days_later + early)).isoformat()
    return f"{day} {clock}" if seconds else day
