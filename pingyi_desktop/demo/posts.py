"""The vanguard posts of the fictional company, its zones, and one month's rating of a post in every branch that has one."""

from __future__ import annotations

from collections.abc import Mapping

from pingyi_desktop.demo.company import Company
from pingyi_desktop.demo.spreading import Rows, branches, shares, spread

POSTS, BRANCHES, ZONES = 446, 317, 120
"""posts, branches that have them, and zones"""
GRADES = {"EXCELLENT": 96, "GOOD": 180, "PASSED": 41}
_SCORES = {"EXCELLENT": ("38", "29", "29"), "GOOD": ("35", "26", "27"), "PASSED": ("31", "22", "24")}
_NAMES = ("安全生产先锋岗", "质量标准化先锋岗", "服务职工先锋岗", "技术攻关先锋岗")


def posts(whole: Company) -> Rows:
    """Posts, and zones after them, by branch."""
    everyone, members = branches(whole), _members(whole)
    units = [everyone[n * len(everyone) // BRANCHES] for n in range(BRANCHES)]
    found: dict[str, list[Mapping[str, str]]] = {}
    for code, many in zip(units, shares(POSTS, BRANCHES), strict=True):
        for place in range(many):
            found.setdefault(code, []).append(_post(_NAMES[place], "POST", members[code], place))
    for number, code in enumerate(units[:ZONES], 1):
        found[code].append(_post(f"第 {number} 责任区", "ZONE", members[code], 0))
    return found


def ratings(whole: Company) -> Rows:
    """The first post of every branch that has one, in November."""
    grades, members = spread(GRADES), _members(whole)
    found: dict[str, list[Mapping[str, str]]] = {}
    for code in posts(whole):
        grade = next(grades)
        scores = dict(zip(("production", "quality", "safety"), _SCORES[grade], strict=True))
        told = {"title": _NAMES[0], "month": "2025-11", "member": members[code][0], "grade": grade}
        found[code] = [told | scores]
    return found


def _post(title: str, kind: str, members: list[str], place: int) -> Mapping[str, str]:
    return {
        "title": title,
        "kind": kind,
        "duty": "带头完成任务，带头遵章作业，帮带身边职工",
        "holder": members[place % len(members)],
        "masses": str(5 + len(members) % 7),
        "listed_on": "2025-03-05",
        "status": "ACTIVE",
    }


def _members(whole: Company) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in whole.members:
        found.setdefault(one.branch, []).append(one.no)
    return found
