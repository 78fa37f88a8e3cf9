"""The attacker of the k-rule: takes the sets of rows whose sums are printed and solves for what was hidden.

A printed sum is a set of rows (any hashable names). Elimination is exact, over fractions; that counts are never negative
is not used.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

from pingyi_desktop.appraisal.paper.suppression import Hidden

Row = TypeVar("Row", bound=Hashable)


def determined(
    printed: Iterable[frozenset[Row]], ballots: Mapping[Row, int], k: int, *, together: int | None = None
) -> list[frozenset[Row]]:
    """Sets of 1…k−1 ballots whose marks follow from the printed sums; up to ``together`` rows (default: all there are)."""
    full = {row for row, many in ballots.items() if many}
    basis = _reduced(one & full for one in printed)
    small = sorted((row for row in full if ballots[row] < k), key=str)
    return [
        frozenset(some)
        for size in range(1, (together or k - 1) + 1)
        for some in combinations(small, size)
        if sum(ballots[row] for row in some) < k and not _rest(dict.fromkeys(some, Fraction(1)), basis)
    ]


def printed_of(
    parents: Mapping[str, str | None], ballots: Mapping[str, int], hidden: Hidden
) -> list[frozenset[str]]:
    """The sums that a program prints which hides just this: every row, every total, the whole."""
    rows = [frozenset({code}) for code in ballots if code not in hidden.rows]
    totals = [below(parents, code) for code in parents if code not in hidden.totals]
    whole = [] if "" in hidden.totals else [frozenset(parents)]
    return [*rows, *totals, *whole]


def below(parents: Mapping[str, str | None], code: str) -> frozenset[str]:
    """The organisation and all below it."""
    return frozenset(one for one in parents if code in _way_up(parents, one))


def _way_up(parents: Mapping[str, str | None], code: str | None) -> set[str]:
    way = set()
    while code is not None:
        way.add(code)
        code = parents[code]
    return way


def _reduced(sums: Iterable[frozenset[Row]]) -> dict[Row, dict[Row, Fraction]]:
    """Row echelon form: by leading row, a combination of printed sums that has 1 there."""
    basis: dict[Row, dict[Row, Fraction]] = {}
    for one in sorted(set(sums), key=lambda found: (len(found), sorted(map(str, found)))):
        rest = _rest(dict.fromkeys(sorted(one, key=str), Fraction(1)), basis)
        if rest:
            lead, top = next(iter(rest.items()))
            basis[lead] = {row: value / top for row, value in rest.items()}
    return basis


def _rest(wanted: dict[Row, Fraction], basis: Mapping[Row, Mapping[Row, Fraction]]) -> dict[Row, Fraction]:
    """What is left of a combination after everything that the basis tells is taken out; empty when it is told."""
    left = dict(wanted)
    while lead := next((row for row in left if row in basis), None):
        factor = left[lead]
        for row, value in basis[lead].items():
            left[row] = left.get(row, Fraction(0)) - factor * value
        left = {row: value for row, value in left.items() if value}
    return left
