"""What is hidden cannot be worked out from what is printed, over every tree; and nothing is hidden without need."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping

import attack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pingyi_desktop import paths
from pingyi_desktop.appraisal.paper.suppression import Hidden, decide

FLAT: dict[str, str | None] = {"Q": None, "A": "Q", "B": "Q", "C": "Q", "D": "Q"}
DEEP: dict[str, str | None] = {
    "Q": None,
    "P": "Q",
    "G": "P",
    "B": "G",
    "C": "G",
    "S": "P",
    "R": "Q",
    "T": "R",
}
Ballots = Mapping[str, int]
ENOUGH = settings(max_examples=max(100, settings.get_profile("pingyi").max_examples))
"""to find the rare companies in which hiding less tells something"""


@pytest.mark.parametrize(
    ("ballots", "rows", "totals"),
    [
        ({}, "", ""),
        ({"A": 12, "B": 9, "C": 30}, "", ""),
        ({"A": 0, "B": 12}, "", ""),
        ({"A": 5, "B": 12}, "", ""),
        ({"A": 5, "B": 4, "C": 9}, "AB", ""),
        ({"A": 3, "B": 12, "C": 9}, "AC", ""),
        ({"A": 3, "B": 9, "C": 9}, "AB", ""),
        ({"A": 4, "B": 4, "C": 12}, "AB", ""),
        ({"A": 1, "B": 1, "C": 12, "D": 9}, "ABD", ""),
        ({"A": 2, "B": 2, "C": 1}, "ABC", ""),
        ({"A": 3}, "A", "Q"),
        ({"A": 1, "B": 3}, "AB", "Q"),
        ({"Q": 9, "A": 3}, "QA", ""),
    ],
)
def test_rows_of_one_table(ballots: Ballots, rows: str, totals: str) -> None:
    found = decide(FLAT, ballots, 5)
    assert (found.rows, found.totals - {"", "A", "B", "C", "D"}) == (set(rows), set(totals))
    assert ("" in found.totals) is ("Q" in found.totals)
    assert found.totals >= found.rows - {"Q"}  # nothing is below these: row and total are the same ballots


@pytest.mark.parametrize(
    ("ballots", "rows", "totals"),
    [
        ({"B": 3, "C": 9, "S": 20, "T": 20}, "BC", "BC"),  # beside it, before anything farther
        ({"B": 3, "S": 20, "T": 30}, "BS", "BGS"),  # the only one of its office: the next office's smallest
        ({"B": 3, "T": 20, "R": 10}, "BR", "BGPR"),  # the only one of the committee: a row of another
        ({"B": 3, "C": 1, "S": 9, "T": 9}, "BCS", "BCGS"),
        ({"B": 2, "S": 2, "T": 2}, "BST", "BGSPTR"),
        ({"B": 3, "C": 2, "S": 2, "T": 20}, "BCS", "BCGS"),
    ],
)
def test_totals_are_kept_before_rows(ballots: Ballots, rows: str, totals: str) -> None:
    found = decide(DEEP, ballots, 5)
    assert (found.rows, found.totals) == (set(rows), set(totals))
    assert not attack.determined(attack.printed_of(DEEP, ballots, found), ballots, 5)


@st.composite
def companies(draw: st.DrawFn) -> tuple[dict[str, str | None], dict[str, int]]:
    """A tree of up to twelve organisations, any of which may have ballots of its own."""
    many = draw(st.integers(1, 12))
    parents: dict[str, str | None] = {"0": None}
    for number in range(1, many):
        parents[str(number)] = str(draw(st.integers(0, number - 1)))
    numbers = st.one_of(st.integers(0, 6), st.integers(0, 40))
    return parents, {code: draw(numbers) for code in parents}


@ENOUGH
@given(companies(), st.integers(2, 9))
def test_nothing_hidden_can_be_worked_out(
    company: tuple[dict[str, str | None], dict[str, int]], k: int
) -> None:
    parents, ballots = company
    found = decide(parents, ballots, k)
    assert not attack.determined(attack.printed_of(parents, ballots, found), ballots, k)
    assert {code for code, many in ballots.items() if 0 < many < k} <= found.rows


@ENOUGH
@given(companies(), st.integers(2, 9), st.data())
def test_a_row_that_is_kept_is_printed_and_tells_nothing_either(
    company: tuple[dict[str, str | None], dict[str, int]], k: int, data: st.DataObject
) -> None:
    parents, ballots = company
    kept = data.draw(st.sampled_from(sorted(parents)))
    found = decide(parents, ballots, k, kept=kept)
    assert not attack.determined(attack.printed_of(parents, ballots, found), ballots, k)
    assert (kept in found.rows) is (0 < ballots[kept] < k)


@pytest.mark.parametrize(
    ("ballots", "rows", "totals"),
    [
        ({"Q": 7, "A": 3}, "A", "Q"),
        ({"Q": 7, "A": 3, "B": 9}, "AB", ""),
        ({"Q": 3, "A": 7, "B": 9}, "QA", ""),
        ({"Q": 9, "A": 6}, "", ""),
    ],
)
def test_a_row_that_is_kept(ballots: Ballots, rows: str, totals: str) -> None:
    found = decide(FLAT, ballots, 5, kept="Q")
    assert (found.rows, found.totals - {"", "A", "B", "C", "D"}) == (set(rows), set(totals))


@ENOUGH
@given(companies(), st.integers(2, 9))
def test_nothing_is_hidden_without_need(
    company: tuple[dict[str, str | None], dict[str, int]], k: int
) -> None:
    parents, ballots = company
    if all(many == 0 or many >= k for many in ballots.values()):
        assert decide(parents, ballots, k) == Hidden(frozenset(), frozenset())
    if sum(ballots.values()) >= k:
        assert "" not in decide(parents, ballots, k).totals


def test_the_whole_demo_company() -> None:
    """412 organisations as they are: nothing is hidden; with every fifth made small, nothing is worked out."""
    parents, ballots = _demo()
    assert decide(parents, ballots, 5) == Hidden(frozenset(), frozenset())
    pick = random.Random(8)
    few = {
        code: pick.randint(1, 4) if number % 5 == 0 else n for number, (code, n) in enumerate(ballots.items())
    }
    found = decide(parents, few, 5)
    printed = attack.printed_of(parents, few, found)
    assert not attack.determined(printed, few, 5, together=2)
    assert "" not in found.totals
    assert len(found.rows) < 2 * sum(0 < many < 5 for many in few.values())


def _demo() -> tuple[dict[str, str | None], dict[str, int]]:
    folder = paths.resources() / "demo"
    with (folder / "orgs.csv").open(encoding="utf-8", newline="") as file:
        parents = {row["code"]: row["parent"] or None for row in csv.DictReader(file)}
    with (folder / "batches.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["layer"], row["form"]) == ("2", "T-ORG-A")]
    return parents, {row["org"]: int(row["returned"]) - int(row["blank"]) - int(row["void"]) for row in rows}
