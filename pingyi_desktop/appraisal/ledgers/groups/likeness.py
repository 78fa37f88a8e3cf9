"""Which opinions say the same, by the pairs of characters they share. Pure; what it finds is a suggestion, nothing more.

Pairs that stand in very many opinions (希望, 建议) tell nothing and are left out. Only opinions of one category are held
against one another: a person chose it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Problem, Wanted, shortest
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.rulebook import personal

ALIKE = 45
"""in a hundred: twice the shared pairs out of the pairs of both"""
COMMON_LEAST, COMMON_PART = 8, 8
"""a pair is common when it stands in more opinions than this, and in more than one of so many"""


@dataclass
class Like:
    """Opinions that seem to say the same; ``number`` and ``named`` are of the group they would join (0: a new one).

    ``by`` is the unit below that has merged them, "" when they are only alike.
    """

    number: int
    named: str = ""
    originals: list[Row] = field(default_factory=list)
    by: str = ""

    @property
    def title(self) -> str:
        """What the problem is or would be called."""
        return self.named or shortest(self.originals)

    @property
    def wanted(self) -> Wanted:
        """The merging it suggests."""
        title = "" if self.number else self.named
        return Wanted(tuple(row.id for row in self.originals), title, into=self.number)


def suggestions(listed: Sequence[Problem], offered: Sequence[Like] = ()) -> list[Like]:
    """Originals that stand alone, beside the group or the first original that they are most like.

    First what units below have merged (``offered``), with what else is like it.
    """
    pairs = {row.id: _pairs(row.texts["content"]) for one in listed for row in one.originals}
    often = Counter(pair for told in pairs.values() for pair in told)
    least = max(COMMON_LEAST, len(pairs) // COMMON_PART)
    telling = {key: frozenset(p for p in told if often[p] <= least) for key, told in pairs.items()}
    seen, found, taken = _Seen(), list[Like](), set[str]()
    for like in offered:
        found.append(replace(like, originals=list(like.originals)))
        for row in like.originals:
            seen.add(row, telling[row.id], found[-1])
            taken.add(row.id)
    for one in listed:
        if one.number:
            found.append(Like(one.number, one.title))
            for row in one.originals:
                seen.add(row, telling[row.id], found[-1])
    for one in listed:
        if not one.number and one.originals[0].id not in taken:
            (row,) = one.originals
            best = seen.nearest(row, telling[row.id])
            if best is None:
                best = Like(0)
                found.append(best)
                seen.add(row, telling[row.id], best)
            best.originals.append(row)
    return [one for one in found if len(one.originals) > (0 if one.number else 1)]


class _Seen:
    """What later originals are held against, found by category and pair."""

    def __init__(self) -> None:
        self._told = list[tuple[frozenset[str], Like]]()
        self._where: dict[tuple[object, str], list[int]] = {}

    def add(self, row: Row, pairs: frozenset[str], like: Like) -> None:
        """One more original that stands for ``like``."""
        for pair in pairs:
            self._where.setdefault((row.values["category"], pair), []).append(len(self._told))
        self._told.append((pairs, like))

    def nearest(self, row: Row, pairs: frozenset[str]) -> Like | None:
        """What is most like it, when anything is alike; of equals the one that came first."""
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._where.get((row.values["category"], pair), ()))
        best = max(
            shared,
            key=lambda place: (_score(shared[place], pairs, self._told[place][0]), -place),
            default=None,
        )
        if best is None or _score(shared[best], pairs, self._told[best][0]) < ALIKE:
            return None
        return self._told[best][1]


def _score(shared: int, one: frozenset[str], other: frozenset[str]) -> int:
    return 200 * shared // (len(one) + len(other))


def _pairs(text: str) -> Iterable[str]:
    bare = "".join(sign for sign in personal.plain(text).casefold() if sign.isalnum())
    return frozenset(bare[n : n + 2] for n in range(len(bare) - 1)) or frozenset({bare})
