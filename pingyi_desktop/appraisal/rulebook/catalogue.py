"""Every rule the program knows, by its code: its weight (domain §7) and its one sentence. Pure.

A code never stands alone before a user: whoever raises or reports a rule names its code and the values, and the
sentence is made here. Numbers up to the field's last one of a family mean what the field says; ours begin at 21,
older ones of ours (V-ORG-12…14, V-MEM-11…13, V-IMP-06…13, V-PKG) where the field leaves off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pingyi_desktop.appraisal.rulebook import (
    catalogue_ballots,
    catalogue_campaign,
    catalogue_grades,
    catalogue_ledgers,
    catalogue_people,
)
from pingyi_desktop.errors import RuleError


class Weight(StrEnum):
    """How heavy a finding is: it blocks the act, it asks for a reason, or it informs."""

    ERROR = "E"
    WARNING = "W"
    INFORMATION = "I"


@dataclass(frozen=True)
class Finding:
    """What a check says, and of what (``where``: a name or code); the place only when it is from a sheet.

    ``row`` counts from 1 as the spreadsheet shows it (0: no row); ``column`` reads like ``C 列“所在党支部”``.
    """

    code: str
    weight: Weight
    where: str
    sentence: str
    sheet: str = ""
    row: int = 0
    column: str = ""


CATALOGUE: Mapping[str, tuple[str, str]] = {
    **catalogue_people.ORG,
    **catalogue_people.MEM,
    **catalogue_people.IMP,
    **catalogue_campaign.CMP,
    **catalogue_campaign.TPL,
    **catalogue_campaign.SCO,
    **catalogue_ballots.SES,
    **catalogue_ballots.BAL,
    **catalogue_grades.GRD,
    **catalogue_grades.SUP,
    **catalogue_campaign.CHK,
    **catalogue_campaign.PRI,
    **catalogue_campaign.PKG,
    **catalogue_ledgers.LEDGERS,
}


def weight_of(code: str) -> Weight:
    """The weight of a code."""
    return Weight(CATALOGUE[code][0])


def sentence(code: str, /, *, at: str = "", **values: object) -> str:
    """The one sentence of a code with its values; ``at`` goes before it (``第 3 行：``)."""
    return at + CATALOGUE[code][1].format(**values)


def unfilled(code: str) -> str:
    """The sentence of a code without its values, … in their places."""
    return re.sub(r"\{\w+\}", "…", CATALOGUE[code][1])


def rows_phrase(rows: Sequence[int]) -> str:
    """``第 4、5 行``, or ``第 4、5、6 行等 30 行`` when there are more than five."""
    if len(rows) <= 5:
        return f"第 {'、'.join(map(str, rows))} 行"
    return f"第 {'、'.join(map(str, rows[:3]))} 行等 {len(rows)} 行"


def found(code: str, where: str = "", /, *, at: str = "", **values: object) -> Finding:
    """A finding about ``where`` (a name or code)."""
    return Finding(code, weight_of(code), where, sentence(code, at=at, **values))


def broken(code: str, /, *, at: str = "", **values: object) -> RuleError:
    """The error to raise when a rule of weight E is broken."""
    return RuleError(code, sentence(code, at=at, **values))
