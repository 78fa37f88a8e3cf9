"""Which printed sums must be hidden so that nobody learns how a few people marked (k-rule, package design §2.7). Pure.

One form at one layer is counted over a tree: an organisation's own row (R03, R06, the window) and the total of
everything below it (小计, ``tally --org``, the charts). All of them are sums over nested sets of rows, so whatever can
be worked out from the printed ones by adding and subtracting is made of their *rests*: what of a printed sum is in no
printed sum inside it. Rests do not overlap. Hence nothing about fewer than ``k`` ballots can be worked out exactly when
every rest is empty or has at least ``k`` ballots, and that is what :func:`decide` brings about. How many ballots a
row has is no secret; how they are marked is.

Who may see what: the people who counted a stack have seen it, and the office directly above gets it in a package; but
whatever the program *prints* of fewer than ``k`` ballots says 样本不足, there too. Beyond this lies what no program of
one office can know: a result sheet that another unit printed of itself, and what was printed before a unit reported.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class Hidden:
    """Codes of the organisations whose own row, and of those whose total, is not printed; ``""`` is the whole file."""

    rows: frozenset[str]
    totals: frozenset[str]


@dataclass
class _Sum:
    """A set of rows with ballots: one row (no ``parts``), or the union of at least two disjoint parts."""

    name: str
    ballots: int
    parts: list[_Sum] = field(default_factory=list)
    hidden: bool = False
    kept: bool = False

    @property
    def rest(self) -> int:
        """Ballots of it that are in no printed sum inside it."""
        return sum(part.rest for part in self.parts if part.hidden) if self.parts else self.ballots

    @cached_property
    def cost(self) -> tuple[bool, int, str]:
        return bool(self.parts), self.ballots, self.name


def decide(
    parents: Mapping[str, str | None], ballots: Mapping[str, int], k: int, *, kept: str = ""
) -> Hidden:
    """What to hide: every sum of 1…k−1 ballots, and, nearest and smallest first, what would tell it.

    ``parents`` is the whole tree, ``ballots`` the valid ballots of each row. Totals are kept before rows: a total of
    ``k`` ballots or more is hidden only where no row of its own part of the tree could be hidden instead. The row ``kept``
    is not hidden for the sake of others, only when it has too few ballots itself.
    """
    rows = {code: _Sum(code, many, kept=code == kept) for code, many in ballots.items() if many}
    below: dict[str, list[str]] = {"": []}
    for code, parent in parents.items():
        below.setdefault(parent if parent is not None and parent in parents else "", []).append(code)
    below[""] += sorted(rows.keys() - parents.keys())
    totals: dict[str, _Sum] = {}
    for code in _upwards(below):
        parts = [rows[code]] if code in rows else []
        parts += [totals[child] for child in below.get(code, ()) if child in totals]
        if parts:
            totals[code] = _judged(parts, code, k)
    return Hidden(
        frozenset(code for code, one in rows.items() if one.hidden),
        frozenset(code for code, one in totals.items() if one.hidden),
    )


def _upwards(below: Mapping[str, list[str]]) -> list[str]:
    """Every organisation after those below it, the whole last."""
    order, waiting = [], [""]
    while waiting:
        order.append(waiting.pop())
        waiting += below.get(order[-1], ())
    return order[::-1]


def _judged(parts: list[_Sum], code: str, k: int) -> _Sum:
    """The sum of these parts; with one part it is the same set of ballots, and hidden when that is."""
    for part in parts:
        if part.ballots < k:
            part.hidden = True
    if len(parts) == 1:
        return parts[0]
    whole = _Sum(code, sum(part.ballots for part in parts), parts)
    whole.hidden = whole.ballots < k
    if not whole.hidden and 0 < whole.rest < k:
        ways = [*_ways(whole)] or [[whole]]
        for one in min(ways, key=lambda way: (sum(bool(s.parts) for s in way), way[-1].cost)):
            one.hidden = True
    return whole


def _ways(whole: _Sum) -> Iterator[list[_Sum]]:
    """Ways to make the rest of a sum larger: a printed sum inside it that has a rest, with the printed ones around it.

    That rest has at least ``k`` ballots, as every sum inside was judged before; so one way is always enough. There is none
    where only the row that is kept is printed: then the sum itself is not.
    """
    for part in whole.parts:
        around = [] if part.hidden or part.kept else [part]
        if around and part.rest:
            yield around
        yield from ([*around, *way] for way in _ways(part))


def moved(before: Mapping[Place, Sequence[int]], after: Mapping[Place, Sequence[int]]) -> dict[Place, int]:
    """How many ballots differ at the least between two countings of one stack, by place (item, person); equal ones left out.

    Compared cell by cell: a ballot exchanged for another changes no total, and is read off the difference all the same.
    """
    found = {}
    for place in before.keys() | after.keys():
        width = len(before.get(place) or after[place])
        old, new = (one.get(place) or (0,) * width for one in (before, after))
        steps = [b - a for a, b in zip(old, new, strict=True)]
        found[place] = max(sum(s for s in steps if s > 0), -sum(s for s in steps if s < 0))
    return {place: many for place, many in found.items() if many}
