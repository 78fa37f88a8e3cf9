"""How much of a stack is keyed a second time, and what a sample without differences proves (entry design).

Everything when the stack is small; otherwise a random sample with its bound. The bounds are exact (Clopper–Pearson,
one-sided, 95 %) and in percent with two decimals, rounded up: what is printed is never better than what is proved.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

WHOLE_UP_TO = 100
SIZES = (25, 50, 77)
RECOMMENDED = 50
DOUBT = Decimal("0.05")

_PERCENT = Decimal("0.01")
_STEPS = 10_000
_EXACT = Context(prec=40)

Pick = Callable[[Sequence[int], int], Sequence[int]]


@dataclass(frozen=True)
class Choice:
    """One offer to the office: ``bound`` is the row error (percent) that no difference would prove; None for all."""

    ballots: int
    bound: Decimal | None
    recommended: bool = False

    @property
    def sentence(self) -> str:
        """The offer in words."""
        if self.bound is None:
            return f"全部复录（{self.ballots} 张）"
        return f"抽 {self.ballots} 张复录：如无差异，可认为每行录错的比例不超过 {self.bound}%（95% 把握）"


def bound(rows_checked: int) -> Decimal:
    """Row error in percent that ``rows_checked`` rows without a difference prove at 95 %: 1 − 0.05^(1/rows)."""
    return upper_bound(0, rows_checked)


def upper_bound(differences: int, checked: int) -> Decimal:
    """Clopper–Pearson: the error rate in percent which so few ``differences`` out of ``checked`` rule out at 95 %.

    The smallest hundredth of a percent p at which P(at most ``differences`` out of ``checked``) ≤ 0.05; nothing
    checked, or everything different, proves nothing (100).
    """
    if not 0 <= differences <= checked:
        raise ValueError(f"{differences} differences out of {checked}")
    if differences == checked:
        return Decimal("100.00")
    low, high = 0, _STEPS
    while high - low > 1:
        middle = (low + high) // 2
        if _at_most(differences, checked, middle) <= DOUBT:
            high = middle
        else:
            low = middle
    return high * _PERCENT


def plan(ballots: int, rows: int) -> tuple[Choice, ...]:
    """What may be chosen for a stack of ``ballots`` with ``rows`` rows each; one choice up to 100 ballots."""
    if ballots <= WHOLE_UP_TO:
        return (Choice(ballots, None, recommended=True),)
    samples = (Choice(size, bound(size * rows), size == RECOMMENDED) for size in SIZES)
    return (*samples, Choice(ballots, None))


def draw(ballots: int, size: int, *, pick: Pick | None = None) -> tuple[int, ...]:
    """``size`` different positions of 1…``ballots``, sorted; drawn by the system's randomness unless ``pick`` is given."""
    chosen = (pick or secrets.SystemRandom().sample)(range(1, ballots + 1), min(size, ballots))
    return tuple(sorted(chosen))


def must_escalate(differing_ballots: int) -> bool:
    """Whether a sample showed so much that everything is to be keyed again: more than one ballot differs."""
    return differing_ballots > 1


def _at_most(differences: int, checked: int, step: int) -> Decimal:
    """P(X ≤ differences) for X binomial over ``checked`` with p = step / 10000."""
    wrong = Decimal(step) / _STEPS
    odds = _EXACT.divide(wrong, 1 - wrong)
    term = _EXACT.power(1 - wrong, checked)
    total = term
    for k in range(differences):
        term = _EXACT.multiply(term, _EXACT.divide(odds * (checked - k), k + 1))
        total = _EXACT.add(total, term)
    return total
