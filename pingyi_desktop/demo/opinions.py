"""The opinions of the fictional company: 268 originals about 96 problems, told in other words by each who tells it.

The problems are a resource; how many originals each category has and how many organisations they are about is published.
What concerns one organisation alone is 个性 (ten problems, three originals each), everything else 共性.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.demo import company
from pingyi_desktop.demo.company import Company
from pingyi_desktop.demo.spreading import Rows, branches, shares

OPINIONS = {
    "STYLE": 41,
    "RESULTS": 41,
    "SAFETY": 35,
    "WELFARE": 32,
    "SERVICE": 32,
    "IDEOLOGY": 31,
    "MECHANISM": 31,
    "OPENNESS": 25,
}
"""originals by category: 268"""
ORGANISATIONS, ALONE = 191, 10
"""organisations that the originals are about; problems that only one of them has"""
_WORDS = ("{}", "希望解决{}的问题", "职工反映{}，应当尽快改进")
_CHANNELS = ("OPINION_FORM", "BALLOT_AREA", "FORUM")


def problems() -> list[tuple[str, str]]:
    """Category and words of every problem."""
    return [(row["category"], row["problem"]) for row in company.table("opinions")]


def opinions(whole: Company) -> Rows:
    """Every original by the branch that it is about."""
    sized = list(_sized())
    alone = [one for one in sized if one[2] == len(_WORDS)][:: 2 * len(_WORDS)][:ALONE]
    everyone = branches(whole)
    codes = [everyone[n * len(everyone) // ORGANISATIONS] for n in range(ORGANISATIONS)]
    common = [one for one in sized if one not in alone]
    homes = codes[:: ORGANISATIONS // ALONE][:ALONE]
    places = cycle(code for code in codes if code not in homes)
    found: dict[str, list[Mapping[str, str]]] = {}
    for home, (category, words, many) in zip(homes, alone, strict=True):
        for place in range(many):
            found.setdefault(home, []).append(_original(category, words, place, "INDIVIDUAL"))
    for category, words, many in common:
        for place in range(many):
            found.setdefault(next(places), []).append(_original(category, words, place, "COMMON"))
    return found


def solicitations(told: Rows) -> Rows:
    """How each organisation that has opinions asked for them: forms out and back."""
    return {
        code: [
            {
                "channel": "OPINION_FORM",
                "held_on": "2025-10-09",
                "audience": "职工群众",
                "issued": str(12 + 4 * len(listed)),
                "returned": str(11 + 4 * len(listed)),
            }
        ]
        for code, listed in told.items()
    }


def merge(session: Session, *, campaign_id: str, by: str) -> None:
    """Merge what is suggested, as one click would."""
    found = likeness.suggestions(opinion_groups.problems(session, campaign_id=campaign_id))
    if wanted := [one.wanted for one in found]:
        opinion_groups.merge(session, campaign_id=campaign_id, wanted=wanted, by=by, reason="多处都有")


def agreeing(session: Session, *, campaign_id: str, wanted: Sequence[Mapping[str, str]]) -> tuple[str, bool]:
    """What the originals were merged into, and whether these are the problems that they were made from."""
    found = opinion_groups.problems(session, campaign_id=campaign_id)
    words = [one for _, one in problems()]
    made = {next(one for one in words if one in texts["content"]) for texts in wanted}
    originals = sum(len(one.originals) for one in found)
    return f"意见归并：{originals} 条意见归并成 {len(found)} 个问题", (originals, len(found)) == (
        len(wanted),
        len(made),
    )


def _sized() -> Iterator[tuple[str, str, int]]:
    """Every problem with the number of its originals: two or three."""
    for category, many in OPINIONS.items():
        listed = [words for kind, words in problems() if kind == category]
        yield from (
            (category, words, share) for words, share in zip(listed, shares(many, len(listed)), strict=True)
        )


def _original(category: str, words: str, place: int, nature: str) -> Mapping[str, str]:
    return {
        "content": _WORDS[place].format(words),
        "category": category,
        "nature": nature,
        "polarity": "PROBLEM",
        "channel": _CHANNELS[place],
        "heard_on": "2025-10-10",
        "in_place": "NO",
    }
