"""Stacks are paired at the least cost: one slip never makes the rest differ, and its place is told."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from series import LONG

from pingyi_desktop.appraisal.paper.alignment import (
    GAP,
    SWAP,
    Pair,
    SlipKind,
    align,
    next_partner,
    pair_cost,
    row_shift,
    slips,
    window,
)

contents = st.one_of(
    st.text("12", min_size=3, max_size=3), st.text("123.", min_size=3, max_size=3), st.just("!2")
)
stacks = st.lists(contents, max_size=8)
DISTINCT = [f"{a}{b}{c}" for a in "1234" for b in "1234" for c in "1234"]


def straight(size: int) -> tuple[Pair, ...]:
    return tuple(Pair(place, place) for place in range(1, size + 1))


def total_cost(pairs: Iterable[Pair], first: Sequence[str], second: Sequence[str]) -> int:
    """What a pairing costs; a swap is two neighbouring pairs whose second positions go back by one."""
    cost, latest = 0, 0
    for pair in pairs:
        if pair.first is None or pair.second is None:
            cost += GAP
            continue
        cost += pair_cost(first[pair.first - 1], second[pair.second - 1])
        cost += SWAP if pair.second < latest else 0
        latest = pair.second
    return cost


def least(first: list[str], second: list[str]) -> int:
    """The least cost by the whole table: the textbook's way, without a band, a heap or a shortcut."""
    table: dict[tuple[int, int], int] = {(0, 0): 0}
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            ways = [table[i, j]] if (i, j) in table else []
            if i:
                ways.append(table[i - 1, j] + GAP)
            if j:
                ways.append(table[i, j - 1] + GAP)
            if i and j:
                ways.append(table[i - 1, j - 1] + pair_cost(first[i - 1], second[j - 1]))
            if i > 1 and j > 1:
                crossed = pair_cost(first[i - 2], second[j - 1]) + pair_cost(first[i - 1], second[j - 2])
                ways.append(table[i - 2, j - 2] + SWAP + crossed)
            table[i, j] = min(ways)
    return table[len(first), len(second)]


@st.composite
def two_keyings(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """A stack and the same stack with some slips, so that near-misses are common."""
    first = draw(stacks)
    second = [sheet for sheet in first if draw(st.integers(0, 5))]
    for place in draw(st.lists(st.integers(0, 7), max_size=2)):
        if place + 1 < len(second):
            second[place : place + 2] = second[place + 1], second[place]
    return first, second


@given(st.one_of(two_keyings(), st.tuples(stacks, stacks)))
def test_the_cost_is_the_least_and_every_ballot_is_paired_once(entries: tuple[list[str], list[str]]) -> None:
    first, second = entries
    pairs = align(first, second)
    assert total_cost(pairs, first, second) == least(first, second)
    assert [pair.first for pair in pairs if pair.first] == list(range(1, len(first) + 1))
    assert sorted(pair.second for pair in pairs if pair.second) == list(range(1, len(second) + 1))


@given(st.one_of(two_keyings(), st.tuples(stacks, stacks)))
def test_exchanging_the_stacks_exchanges_the_pairs(entries: tuple[list[str], list[str]]) -> None:
    first, second = entries
    assert {Pair(pair.second, pair.first) for pair in align(second, first)} == set(align(first, second))


@given(stacks)
def test_equal_stacks_pair_straight(first: list[str]) -> None:
    pairs = align(first, list(first))
    assert pairs == straight(len(first))
    assert slips(pairs, first, first) == ()


def test_a_wrong_digit_is_no_skip() -> None:
    assert align(["11111"], ["44444"]) == straight(1)
    assert align(["11111"], ["!2"]) == straight(1)
    assert pair_cost("!2", "!3") < pair_cost("!2", "11") == pair_cost("11", "!2")
    assert pair_cost("111", "112") < pair_cost("111", "122") < 2 * GAP


@given(paper=st.lists(contents, min_size=1, max_size=30), data=st.data())
def test_one_missing_sheet_lies_in_its_range_and_the_rest_pairs_up(
    paper: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(paper) - 1))
    keyed = [*paper[:gone], *paper[gone + 1 :]]
    for sheets, kinds in (
        (len(paper), {SlipKind.MISSING_IN_SECOND}),
        (None, {SlipKind.MISSING_IN_SECOND, SlipKind.DOUBLED_IN_FIRST}),
    ):
        pairs = align(paper, keyed)
        (slip,) = slips(pairs, paper, keyed, sheets=sheets)
        assert slip.kind in kinds
        assert slip.start <= gone + 1 <= slip.end
        assert {paper[place - 1] for place in range(slip.start, slip.end + 1)} == {paper[gone]}
    assert sum(pair.second is None for pair in pairs) == 1
    assert all(paper[p.first - 1] == keyed[p.second - 1] for p in pairs if p.first and p.second)


@given(paper=st.lists(contents, min_size=1, max_size=30), data=st.data())
def test_one_doubled_sheet_lies_in_its_range_and_the_rest_pairs_up(
    paper: list[str], data: st.DataObject
) -> None:
    twice = data.draw(st.integers(0, len(paper) - 1))
    keyed = [*paper[: twice + 1], *paper[twice:]]
    pairs = align(paper, keyed)
    (slip,) = slips(pairs, paper, keyed, sheets=len(paper))
    assert slip.kind is SlipKind.DOUBLED_IN_SECOND
    assert slip.start <= twice + 1 < slip.end
    assert len({keyed[place - 1] for place in range(slip.start, slip.end + 1)}) == 1
    assert all(paper[p.first - 1] == keyed[p.second - 1] for p in pairs if p.first and p.second)


@given(paper=st.lists(contents, min_size=2, max_size=30), data=st.data())
def test_one_swap_is_told_whichever_entry_has_it(paper: list[str], data: st.DataObject) -> None:
    changes = [
        place
        for place, (one, other) in enumerate(pairwise(paper))
        if pair_cost(one, other) > pair_cost("1", "2")
    ]
    if not changes:
        return
    place = data.draw(st.sampled_from(changes))
    keyed = [*paper[:place], paper[place + 1], paper[place], *paper[place + 2 :]]
    for first, second in ((paper, keyed), (keyed, paper)):
        pairs = align(first, second)
        (slip,) = slips(pairs, first, second)
        assert (slip.kind, slip.start, slip.end) == (SlipKind.SWAPPED, place + 1, place + 2)
        assert slip.sentence == f"第 {place + 1}、{place + 2} 张可能前后颠倒"


def test_neighbours_that_differ_in_one_cell_are_looked_at_rather_than_taken_for_exchanged() -> None:
    """Two keyers with the same wrong digit on two neighbours look the same as an exchange, and must not agree."""
    assert align(["111", "112"], ["112", "111"]) == straight(2)
    assert align(["111", "122"], ["122", "111"]) == (Pair(1, 2), Pair(2, 1))


def test_a_swap_is_told_when_the_first_entry_is_the_longer_one() -> None:
    first, second = ["12", "34", "55", "66"], ["34", "12", "55"]
    assert [slip.kind for slip in slips(align(first, second), first, second)] == [
        SlipKind.SWAPPED,
        SlipKind.MISSING_IN_SECOND,
    ]


@pytest.mark.parametrize(
    ("first", "second", "sheets", "sentences"),
    [
        ("abc", "ac", None, ["复录第 2 张起可能漏录一张"]),
        ("ac", "abc", None, ["首录第 2 张起可能漏录一张"]),
        ("xaaaay", "xaaay", None, ["复录第 2 至 5 张之间可能漏录一张（这几张填得一样）"]),
        ("xaaay", "xaaaay", 5, ["复录第 2 至 5 张之间可能重录一张（这几张填得一样）"]),
        ("xaaay", "xaaaay", 6, ["首录第 2 至 5 张之间可能漏录一张（这几张填得一样）"]),
        ("xaay", "xay", None, ["首录第 2、3 张可能重录一张（这几张填得一样）"]),
        ("xaay", "xay", 4, ["复录第 2 至 3 张之间可能漏录一张（这几张填得一样）"]),
        ("xaaaay", "xaay", None, ["复录第 2 至 5 张之间可能漏录 2 张（这几张填得一样）"]),
        ("abcdefgh", "bcdefg", None, ["复录第 1 张起可能漏录一张", "复录第 7 张起可能漏录一张"]),
    ],
)
def test_the_sentences(first: str, second: str, sheets: int | None, sentences: list[str]) -> None:
    one, other = ([sheet * 3 for sheet in entry] for entry in (first, second))
    assert [slip.sentence for slip in slips(align(one, other), one, other, sheets=sheets)] == sentences


def test_twenty_thousand_ballots_with_slips_everywhere() -> None:
    draw = random.Random(7)
    paper = ["".join(draw.choices("1234", (85, 10, 3, 2), k=5)) for _ in range(20_000)]
    keyed, where = [], []
    for place, sheet in enumerate(paper):
        chance = draw.random()
        if chance < 0.0002:
            continue
        if chance < 0.004:
            sheet = sheet[:2] + ("1" if sheet[2] == "4" else "4") + sheet[3:]
        for _ in range(2 if chance > 0.9998 else 1):
            keyed.append(sheet)
            where.append(place + 1)
    pairs = align(paper, keyed)
    assert len(pairs) - len(paper) < 20
    right = sum(pair.second is not None and where[pair.second - 1] == pair.first for pair in pairs)
    assert right > 19_900


def test_stacks_that_have_nothing_in_common_are_paired_by_place() -> None:
    draw = random.Random(3)
    many = 300 if LONG else 120
    one, other = ([draw.choice(DISTINCT) for _ in range(many)] for _ in range(2))
    pairs = align(one, other)
    assert sorted(pair.first for pair in pairs if pair.first) == list(range(1, many + 1))
    assert total_cost(pairs, one, other) == least(one, other)


# --- while the second entry is being keyed ----------------------------------------------------------------------


def walk(paper: list[str], keyed: list[str]) -> list[int]:
    """How often each ballot of the second entry met a first ballot that says something else."""
    return [
        place
        for place, content in enumerate(keyed)
        if (partner := next_partner(paper, keyed[:place])) is None or paper[partner - 1] != content
    ]


def test_equal_stacks_meet_ballot_by_ballot_and_end() -> None:
    assert [next_partner(DISTINCT, DISTINCT[:place]) for place in range(65)] == [*range(1, 65), None]
    assert next_partner([], []) is None


@given(place=st.integers(0, 60), seed=st.integers(0, 99), slip=st.sampled_from(["skip", "double", "swap"]))
def test_one_slip_makes_three_ballots_differ_at_most(place: int, seed: int, slip: str) -> None:
    draw = random.Random(seed)
    paper = ["".join(draw.choices("1234", (70, 15, 10, 5), k=12)) for _ in range(64)]
    middle = {"skip": [], "double": [paper[place]] * 2, "swap": [paper[place + 1], paper[place]]}[slip]
    keyed = [*paper[:place], *middle, *paper[place + (2 if slip == "swap" else 1) :]]
    differing = walk(paper, keyed)
    assert len(differing) <= 3
    assert all(place <= where <= place + 4 for where in differing)


@given(place=st.integers(0, 60), seed=st.integers(0, 99), wrong=st.sampled_from([(12,), (2, 2), (1, 3)]))
def test_wrong_ballots_do_not_move_the_partner(place: int, seed: int, wrong: tuple[int, ...]) -> None:
    """One ballot keyed in the wrong row altogether, or two with a few wrong digits, are not taken for a skip."""
    draw = random.Random(seed)
    paper = ["".join(draw.choices("1234", (70, 15, 10, 5), k=12)) for _ in range(64)]
    keyed = list(paper)
    for where, cells in enumerate(wrong, place):
        flipped = "".join("3" if mark == "1" else "1" for mark in paper[where])
        keyed[where] = flipped[:cells] + paper[where][cells:]
    assert walk(paper, keyed) == list(range(place, place + len(wrong)))


def test_a_slip_long_ago_is_remembered() -> None:
    """The window is 300 ballots; the drift from before it is kept, even through a long run of equal ballots."""
    draw = random.Random(1)
    paper = ["".join(draw.choices("1234", (85, 10, 3, 2), k=12)) for _ in range(1_000)]
    keyed = [*paper[:100], *paper[103:]]
    assert [next_partner(paper, keyed[:done]) for done in (300, 500, 900, 997)] == [304, 504, 904, None]
    alike = ["11111"] * 2_000
    assert next_partner(alike, alike[:1_500]) == 1_501


@given(seed=st.integers(0, 9_999), done=st.integers(0, 1_500))
def test_the_partner_is_found_by_the_ballots_near_it_alone(seed: int, done: int) -> None:
    """Both stacks cut to the window lead to the same partner as the whole stacks, however many slips there were."""
    draw = random.Random(seed)
    paper = ["".join(draw.choices("1234", (85, 10, 3, 2), k=5)) for _ in range(1_500)]
    keyed = list(paper)
    for _ in range(draw.randint(0, 40)):
        at = draw.randrange(len(keyed) - 1)
        match draw.choice(("skip", "double", "swap", "wrong")):
            case "skip":
                del keyed[at]
            case "double":
                keyed.insert(at, keyed[at])
            case "swap":
                keyed[at : at + 2] = keyed[at + 1], keyed[at]
            case _:
                keyed[at] = "4" + keyed[at][1:]
    done = min(done, len(keyed))
    after, last = window(done)
    near = next_partner(paper[after:last], keyed[after:done])
    assert next_partner(paper, keyed[:done]) == (None if near is None else near + after)
    assert last - after < 700


# --- a row too early or too late ---------------------------------------------------------------------------------

ROWS = ["111", "123", "211", "134", "222", "311", "121"]


@pytest.mark.parametrize(
    ("second", "row"),
    [
        (["111", "123", "123", "211", "134", "222", "311"], 3),  # row 2 twice
        (["111", "211", "134", "222", "311", "121", "121"], 2),  # row 2 left out
        (["111", "123", "211", "134", "134", "222", "121"], None),  # too little to go by
        (["111", "123", "123", "211", "134", "222", "121"], 3),  # ends before the last row
        (ROWS, None),
        (["111", "124", "211", "134", "222", "311", "122"], None),  # two wrong digits
    ],
)
def test_a_shift_by_one_row(second: list[str], row: int | None) -> None:
    assert row_shift("".join(ROWS), "".join(second), 3) == row
    assert row_shift("".join(second), "".join(ROWS), 3) == row


def test_no_shift_where_there_is_nothing_to_compare() -> None:
    assert row_shift("!2", "111", 3) is None
    assert row_shift("111", "!2", 3) is None
    assert row_shift("12341", "12344", 1) is None
    assert row_shift("1" * 39, "1" * 38 + "2", 3) is None
