"""The rectification of the fictional company: 96 items, one for each problem that opinions were merged into.

An item stands at the branch that the problem's first original is about. What is only one branch's own takes longest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.rectify import low_rates, owing
from pingyi_desktop.demo import opinions
from pingyi_desktop.demo.company import Company
from pingyi_desktop.demo.spreading import Rows

KINDS = {"IMMEDIATE": 58, "PLANNED": 29, "EXPLAINED": 9}
"""items by kind: 96"""
OPEN = 9
"""planned ones that are still worked on; the other 87 are crossed off"""
_LINE = 80
_LOWER = 60
"""per cent below which a rate should, and has to be, taken up"""
_OF_KIND: Mapping[str, Mapping[str, str]] = {
    "IMMEDIATE": {"measures": "由责任科室当月办完，支部书记逐件验收，结果在公开栏公布"},
    "PLANNED": {
        "measures": "列入年度计划，每月由支委会检查一次进度，结果在公开栏公布",
        "stages": "十月定方案，十一月落实到人，十二月二十日前办完",
    },
    "EXPLAINED": {
        "explanation": "受现行规定限制，暂时不能办理，已说明规定和今后的打算",
        "explained_on": "2025-11-10",
        "explained_to": "支部全体党员和职工代表",
    },
}
_CLOSED = {
    "status": "CLOSED",
    "result": "已按措施办完",
    "evidence": "验收单、照片",
    "asked": "10",
    "satisfied": "10",
    "closed_on": "2025-11-28",
    "closed_by": "支部办公室",
    "approved_by": "支部委员会",
}
_WORKED_ON = {"status": "IN_PROGRESS", "progress": "2025-11-05 60% 方案已定，正在施工"}


def items(told: Rows) -> Rows:
    """Every item by the branch that keeps it; ``told`` are the originals."""
    homes = list(_homes(told))
    homes.sort(key=lambda one: one[2] != "INDIVIDUAL")
    kinds = [kind for kind in ("PLANNED", "EXPLAINED", "IMMEDIATE") for _ in range(KINDS[kind])]
    found: dict[str, list[Mapping[str, str]]] = {}
    for place, ((org, origin, nature, words), kind) in enumerate(zip(homes, kinds, strict=True)):
        item = {
            "problem": words,
            "source_kind": "OPINION",
            "origin": origin,
            "nature": nature,
            "raised_on": "2025-10-15",
            "cause": "人手和经费安排不够，日常检查没有跟上",
            "kind": kind,
            "lead": "支部书记",
            "responsible": "支部委员会",
            "due_on": "2025-12-20",
            **_OF_KIND[kind],
            **(_WORKED_ON if place < OPEN else _CLOSED),
        }
        found.setdefault(org, []).append(item)
    return found


def agreeing(session: Session, *, campaign_id: str, told: Rows, shown: Company) -> Iterator[tuple[str, bool]]:
    """Replies that are owed, and what low rates propose, beside what the originals and the stacks of the company say."""
    inside = {o.code for o in shown.orgs}
    single = sum(
        texts["nature"] == "INDIVIDUAL" for org, listed in told.items() if org in inside for texts in listed
    )
    owed = owing.replies(session, campaign_id=campaign_id)
    yield owed.sentence, len(owed.unanswered) == single
    found = low_rates.proposals(session, campaign_id=campaign_id)
    wanted = list(_low(shown))
    agrees = sorted((one.org, one.must) for one in found) == sorted(wanted)
    yield low_rates.sentence(found), agrees


def _homes(told: Rows) -> Iterator[tuple[str, str, str, str]]:
    """Of every problem the branch and the number of its first original, its nature and its words."""
    originals = [
        (org, f"{org}-{number}", texts["nature"], texts["content"])
        for org, listed in told.items()
        for number, texts in enumerate(listed, 1)
    ]
    for _, words in opinions.problems():
        org, origin, nature, _ = next(one for one in originals if words in one[3])
        yield org, origin, nature, words


def _low(shown: Company) -> Iterator[tuple[str, bool]]:
    """Organisation of every item of a stack below a line, and whether below the lower one."""
    for batch in shown.batches:
        for counts in batch.items:
            satisfied, marks = 100 * counts.options[0], sum(counts.options)
            if satisfied < _LINE * marks:
                yield batch.org, satisfied < _LOWER * marks
