"""How large a figure can sensibly be, declared once for every door: packages, sheets, the command line, the window.

Two kinds of bound. ``MOST`` and its kin are what a number may be at all: sums of a hundred thousand places stay far
below what SQLite and every reader of ours can hold. ``spare`` and ``most_voters`` are what a number may be *here*, given
how many people there are; an office judges by its own roster, never by what the sender says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isqrt

MOST = 999_999
"""People of one session, or ballots of one batch."""
MOST_PERSONS = 9_999
"""Persons on one roster form (名册式)."""
MOST_MARKS = MOST * MOST_PERSONS
"""Marks of one option in one batch."""
YEARS = range(2000, 2100)
"""Years of a campaign and of every day in it."""
MOST_PERIODS = 12
"""Periods of a year: months are the shortest."""
NEAR = 5
"""Papers by which a stack may differ from the people present without a word (V-BAL-06)."""
DIGITS = len(str(MOST))
"""What a field for such a number has room for."""

_SPARE_PART, _SPARE_LEAST = 20, 2  # 备用率 5 %, 至少 2 张 (domain §3.14)


@dataclass(frozen=True)
class Roll:
    """What an office knows of an organisation and all below it, by its own roster and not by what comes from there.

    ``listed`` are party members; where nobody was listed somewhere below, what is usual there stands in (``guessed``).
    ``in_scope`` are those a roster form lists, None while a part of them is not known by name. ``parts`` are the members
    of every organisation in it that has some of its own.
    """

    listed: int
    in_scope: int | None
    guessed: bool = False
    parts: tuple[int, ...] = field(default=(), compare=False)


STRANGER = Roll(50, None, guessed=True, parts=(50,))
"""An organisation the office knows nothing of: a branch has 50 members at most (V-ORG-05)."""


def beyond(values: Iterable[int | None]) -> bool:
    """Whether any of these counts is negative or above ``MOST``; None is no count."""
    return any(value is not None and not 0 <= value <= MOST for value in values)


def spare(expected: int, *, stacks: int = 1) -> int:
    """Spare papers (备用) that may be handed out besides one for each person expected, over ``stacks`` voter categories.

    Each category's stack is printed for its own people: ⌈5 %⌉ of them and 2 at least. The most that a split into
    categories can come to is told.
    """
    return max(-(-expected // _SPARE_PART), _SPARE_LEAST) + _SPARE_LEAST * (stacks - 1)


def most_voters(listed: int) -> int:
    """Fewest people that are too many to have been expected where ``listed`` party members are, less one.

    The masses vote too (a school of 18 members had 42 voters), so it is a multiple; a tiny branch may invite a team.
    """
    return 3 * listed + 20


def most_ballots(actual: int) -> int:
    """Most ballots of one form that come back without a question where so many people were present."""
    return actual + NEAR if actual else 0


def most_members(listed: int) -> int:
    """The same for party members themselves: some have moved in since the roster was made, never half as many again."""
    return listed + listed // 2 + 5


def most_together(listed: Iterable[int]) -> int:
    """The same for the voters of several units together, given the members of each: far below the sum of their bounds.

    Whether the masses vote is decided for a campaign and is alike everywhere, so twice the members are let pass in a sum
    as well. What a single unit may have beyond twice its members comes of its own circumstances, which are not its
    neighbours': some have more, others less. Such deviations average out; all together they grow as the root of the sum
    of their squares, not as their sum. 349 branches of 13 may have some 9,700 voters, where their own bounds add up to
    20,600. For a unit alone this is its own bound, so that whoever is not troubled alone is not troubled for being first.
    """
    parts = tuple(listed)
    return 2 * sum(parts) + isqrt(sum((most_voters(one) - 2 * one) ** 2 for one in parts))
