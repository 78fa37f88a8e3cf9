"""Dates in the cells of a sheet: as people write them, or a bare Excel number (40730)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pingyi_desktop.appraisal.rulebook import dates
from pingyi_desktop.appraisal.rulebook.dates import Written

_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 60_000)  # 1927 to 2064


def read_date(text: str, *, days_later: int = 0) -> Written | None:
    """The date a text says, or None when it says none that is complete and real.

    A bare number is ``unusual`` and counts ``days_later`` days more: workbooks may count from 1904.
    """
    bare = dates.bare(text)
    if re.fullmatch(r"\d{5}", bare) and int(bare) in _EXCEL_DAYS:
        return Written((_EXCEL_ZERO + timedelta(days=int(bare) + days_later)).isoformat(), True)
    return dates.read_day(text)
