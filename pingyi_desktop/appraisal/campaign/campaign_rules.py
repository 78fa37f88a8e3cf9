"""Checks on a campaign's values before anything is written; no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import percent, quorum
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema_campaign import CampaignMode

PERIODS = {
    "ANNUAL": "年度",
    "HALF_YEAR": "半年",
    "QUARTERLY": "季度",
    "TERM": "学期",
    "SPECIAL": "专项",
}
ELEMENTS = {
    "purpose": "目的",
    "tasks": "任务",
    "scope_text": "活动范围",
    "subjects_text": "对象",
    "methods_text": "方法",
}

_CATEGORY = re.compile(r"[A-Z0-9]{1,8}")


def check_date(what: str, text: str) -> None:
    """A real date written ``YYYY-MM-DD``; a sentence otherwise (V-CMP-21)."""
    try:
        real = date.fromisoformat(text).isoformat() == text
    except ValueError:
        real = False
    if not real:
        raise broken("V-CMP-21", what=what, text=text)
    if date.fromisoformat(text).year not in bounds.YEARS:
        raise broken("V-CMP-35", what=what, text=text, least=bounds.YEARS[0], most=bounds.YEARS[-1])


def check_period(year: int, number: int) -> None:
    """The year and the number of the period in it; a sentence otherwise (V-CMP-35, 36)."""
    if year not in bounds.YEARS:
        raise broken("V-CMP-35", what="年度", text=str(year), least=bounds.YEARS[0], most=bounds.YEARS[-1])
    if not 1 <= number <= bounds.MOST_PERIODS:
        raise broken("V-CMP-36", number=number, most=bounds.MOST_PERIODS)


def check_choices(
    period_type: str, mode: str, elements: Mapping[str, str], voter_categories: Sequence[tuple[str, str]]
) -> None:
    """The kind of period, official or drill, the elements and the categories of voters; a sentence otherwise (V-CMP-22…25)."""
    if period_type not in PERIODS:
        listed = "、".join(f"{code}（{label}）" for code, label in PERIODS.items())
        raise broken("V-CMP-22", text=period_type, offered=listed)
    if mode not in list(CampaignMode):
        raise broken("V-CMP-23", text=mode)
    if unknown := elements.keys() - ELEMENTS.keys():
        raise broken("V-CMP-24", elements="、".join(sorted(unknown)))
    codes = [code for code, _ in voter_categories]
    if not codes or len(set(codes)) < len(codes) or not all(map(_CATEGORY.fullmatch, codes)):
        raise broken("V-CMP-25")


def check_texts(name: str, activity: str) -> None:
    """A campaign has a name and the word its forms print; a sentence otherwise (V-CMP-26)."""
    if not name.strip() or not activity.strip():
        raise broken("V-CMP-26")


def check_times(start: str, end: str, year: int, number: int) -> None:
    """The two days, the year and the period of a new campaign; a sentence otherwise."""
    check_dates(start, end)
    check_period(year, number)


def check_dates(start: str, end: str) -> None:
    """Two real dates in order; a sentence otherwise (V-CMP-01)."""
    check_date("开始日期", start)
    check_date("结束日期", end)
    if end < start:
        raise broken("V-CMP-01", start=start, end=end)


def quorate(rule: Rule, name: str, actual: int, expected: int) -> Iterator[Finding]:
    """V-SES-05 of a meeting smaller than its quorum, or V-SES-32 where the rule does not let it go on."""
    if rule.quorum != "NONE" and actual < quorum(expected, rule=rule.quorum):
        said = {"rate": percent(actual, expected), "rule": rules.CHOICES["quorum"][rule.quorum]}
        code = "V-SES-32" if rule.quorum_blocks else "V-SES-05"
        yield found(code, name, actual=actual, expected=expected, **said)


def weights(rule: Rule, categories: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """V-CMP-40: where categories of voters are weighed, every one of the campaign's is."""
    known = {code for code, _ in categories}
    if rule.by_category and rule.by_category.keys() != known:
        weighed, there = ("、".join(sorted(codes)) for codes in (rule.by_category, known))
        yield found("V-CMP-40", "统计口径", weighed=weighed, known=there)


def published(document: Mapping[str, Any], categories: Sequence[tuple[str, str]]) -> Rule:
    """The counting rule of a definition from elsewhere; what could never have been published here is refused."""
    check_choices(document["period_type"], document["mode"], {}, categories)
    rule = rules.read(document["rule"])
    for one in weights(rule, categories):
        raise RuleError(one.code, one.sentence)
    return rule
