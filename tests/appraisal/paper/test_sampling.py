"""What a sample proves is exact and never rounded in our favour; a small stack is keyed again as a whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.appraisal.paper import sampling
from pingyi_desktop.appraisal.paper.sampling import bound, draw, must_escalate, plan, upper_bound


@pytest.mark.parametrize(("ballots", "percent"), [(25, "0.92"), (50, "0.46"), (77, "0.30")])
def test_the_bounds_of_the_design(ballots: int, percent: str) -> None:
    """Rosters of 13 rows, no difference found (entry design)."""
    assert bound(ballots * 13) == Decimal(percent)


def test_the_first_hundredth_that_is_small_enough_is_printed() -> None:
    """59 rows are the textbook's for 5 %, 58 are not enough; the printed bound is exact there."""
    assert bound(59) <= Decimal("5.00") < bound(58)
    assert upper_bound(5, 5) == upper_bound(0, 0) == Decimal("100.00")
    assert upper_bound(1, 1000) == Decimal("0.48")
    with pytest.raises(ValueError, match="3 differences out of 2"):
        upper_bound(3, 2)


@given(checked=st.integers(1, 60), data=st.data())
def test_clopper_pearson_against_the_exact_binomial(checked: int, data: st.DataObject) -> None:
    differences = data.draw(st.integers(0, checked - 1))

    def at_most(step: int) -> Fraction:
        p = Fraction(step, 10_000)
        return sum(
            (Fraction(comb(checked, k)) * p**k * (1 - p) ** (checked - k) for k in range(differences + 1)),
            Fraction(0),
        )

    step = int(upper_bound(differences, checked) * 100)
    assert at_most(step) <= Fraction(1, 20) < at_most(step - 1)


def test_the_bound_of_a_great_stack() -> None:
    """20 000 roster ballots of 39 cells: the sum has 1 001 terms of tiny probabilities."""
    assert upper_bound(0, 780_000) == Decimal("0.01")
    assert upper_bound(1000, 780_000) == Decimal("0.14")


def test_a_small_stack_has_one_choice() -> None:
    (only,) = plan(100, 13)
    assert (only.ballots, only.bound, only.recommended) == (100, None, True)
    assert only.sentence == "全部复录（100 张）"


def test_a_large_stack_may_be_sampled() -> None:
    choices = plan(101, 13)
    assert [(c.ballots, str(c.bound), c.recommended) for c in choices] == [
        (25, "0.92", False),
        (50, "0.46", True),
        (77, "0.30", False),
        (101, "None", False),
    ]
    assert choices[1].sentence == "抽 50 张复录：如无差异，可认为每行录错的比例不超过 0.46%（95% 把握）"


@given(ballots=st.integers(1, 300), size=st.integers(1, 300))
def test_positions_are_drawn_once_and_in_order(ballots: int, size: int) -> None:
    drawn = draw(ballots, size)
    assert len(drawn) == min(ballots, size)
    assert list(drawn) == sorted(set(drawn))
    assert set(drawn) <= set(range(1, ballots + 1))


def test_every_position_can_be_drawn_and_the_picker_is_ours() -> None:
    assert {position for _ in range(400) for position in draw(5, 1)} == {1, 2, 3, 4, 5}
    assert draw(9, 3, pick=lambda positions, size: list(positions)[-size:][::-1]) == (7, 8, 9)


def test_more_than_one_differing_ballot_escalates() -> None:
    assert [must_escalate(n) for n in range(4)] == [False, False, True, True]


def test_the_sizes_offered_are_those_of_the_design() -> None:
    assert sampling.RECOMMENDED in sampling.SIZES
