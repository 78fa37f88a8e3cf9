"""Hidden rows cannot be worked out from the total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.appraisal.suppression import suppressed


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [
        ([], set()),
        ([12, 9, 30], set()),
        ([0, 12, 9], set()),
        ([5, 12, 9], set()),
        ([5, 4, 9], {0, 1}),
        ([3, 12, 9], {0, 2}),
        ([3, 9, 9], {0, 1}),
        ([4, 4, 12], {0, 1}),
        ([1, 1, 12, 9], {0, 1, 3}),
        ([2, 2, 1], {0, 1, 2}),
        ([3], {0}),
        ([3, 0, 0], {0}),
        ([1, 2, 1], {0, 1, 2}),
    ],
)
def test_rows_hidden(rows: list[int], hidden: set[int]) -> None:
    assert suppressed(rows, 5) == hidden


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(2, 10))
def test_no_hidden_row_can_be_worked_out(rows: list[int], k: int) -> None:
    hidden = suppressed(rows, k)
    assert {place for place, ballots in enumerate(rows) if 0 < ballots < k} <= hidden
    assert all(rows[place] > 0 for place in hidden)
    shown_with_ballots = [ballots for place, ballots in enumerate(rows) if ballots and place not in hidden]
    if hidden and shown_with_ballots:
        assert len(hidden) >= 2
        assert sum(rows[place] for place in hidden) >= k


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(2, 10))
def test_nothing_is_hidden_without_need(rows: list[int], k: int) -> None:
    if all(ballots == 0 or ballots >= k for ballots in rows):
        assert suppressed(rows, k) == set()
