"""Money as people write it: 629 万, 约 3.5 万元, 200 余万, 1 亿元; what is not exact is known as such. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pingyi_desktop.appraisal.rulebook import personal


@dataclass(frozen=True)
class Money:
    """An amount in 元, ``exact`` or only about right; ``number`` and ``unit`` are as it was written."""

    yuan: Decimal
    exact: bool
    number: str
    unit: str


_MONEY = re.compile(
    r"(?P<about>约|大约|近|超|超过|逾)?(?P<digits>\d{1,12}(?:\.\d{1,6})?)(?P<over>余|多)?(?P<unit>元|万元|万|亿元|亿)?(?P<after>余|多)?(?P<last>元)?"
)
_UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
MOST_YUAN = Decimal(10) ** 12


def money(written: str) -> Money | None:
    """What an amount says: 629 万, 约 3.5 万元, 200 余万, 1 亿元; None when it says none."""
    bare = re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"\s+", "", personal.plain(written)))
    found = _MONEY.fullmatch(bare)
    if found is None:
        return None
    unit, last = found["unit"] or "", found["last"] or ""
    if last and unit.endswith("元"):
        return None
    yuan = Decimal(found["digits"]) * _UNITS[unit]
    if yuan > MOST_YUAN:
        return None
    about = found["about"] or ""
    over = (found["over"] or "") + (found["after"] or "")
    exact = not (about or over)
    return Money(yuan, exact, f"{about}{found['digits']}{over}", (unit or "元") + (last if unit else ""))


def in_wan(yuan: Decimal) -> str:
    """A sum of money in 万元 without needless noughts."""
    wan = f"{yuan / 10_000:f}"
    return wan.rstrip("0").rstrip(".") if "." in wan else wan
