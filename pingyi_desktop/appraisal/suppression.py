"""Complementary suppression: no hidden row may be worked out from a printed total (package design §2.7). Pure.

A table whose rows add up to a printed total hides rows of fewer than k ballots. One hidden row alone is the total less
the others; two whose sum is tiny tell nearly as much. So further rows, the smallest first, are hidden as well.
"""

from __future__ import annotations

from collections.abc import Sequence


def suppressed(rows: Sequence[int], k: int) -> set[int]:
    """Places of the rows to hide, given each row's valid ballots.

    Every row of 1…k−1 is hidden. While the hidden ones together have fewer than ``k`` ballots, as a single one
    always has, the smallest shown row that has any is hidden too (the first of equals). A row of 0 hides nobody and stays.
    """
    hidden = {place for place, ballots in enumerate(rows) if 0 < ballots < k}
    others = sorted(
        (place for place, ballots in enumerate(rows) if ballots >= k), key=lambda place: (rows[place], place)
    )
    while hidden and others and sum(rows[place] for place in hidden) < k:
        hidden.add(others.pop(0))
    return hidden
