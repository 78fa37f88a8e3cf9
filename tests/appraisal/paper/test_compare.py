"""What differs between two keyed stacks, and that settling it truthfully gives the paper's own ballots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.appraisal.paper import compare, keying
from pingyi_desktop.appraisal.paper.alignment import Pair, align, places
from pingyi_desktop.appraisal.paper.compare import DROP, KEEP, Difference, Kind
from pingyi_desktop.appraisal.paper.keying import Paper, press, read_ballot, start
from pingyi_desktop.appraisal.paper.tallies import Counts

FORM = Paper((4, 4, 4, 4, 4))
MIXED = Paper((3, 4), ("M1", "M2"))


def straight(size: int) -> list[Pair]:
    return [Pair(place, place) for place in range(1, size + 1)]


def numbered(*contents: str) -> dict[int, str]:
    return dict(enumerate(contents, 1))


@pytest.mark.parametrize(
    ("first", "answer", "blank"),
    [
        ("11111", "11111", ""),
        ("!2", "!2", ""),
        ("11111", "12113", "1_11_"),
        ("1.111", "11111", "1_111"),
        ("11111", "!2", "_____"),
        ("!2", "11111", "_____"),
        ("!2", "!3", "_____"),
    ],
)
def test_what_differs_is_blanked_and_nothing_else(first: str, answer: str, blank: str) -> None:
    assert compare.blanked(first, answer, size=5) == blank
    if blank:
        state = start(FORM, position=1, cells=blank)
        for mark in (m for m, b in zip("12113", blank, strict=True) if b == keying.UNKEYED):
            state = press(state, mark).state
        assert read_ballot(FORM, state.cells) is None


def test_every_place_that_differs_is_named_once() -> None:
    first = numbered("11111", "22222", "33.33", "!2", "11111", "44444")
    second = numbered("11112", "22222", "33.33", "12341", "!3", "11111")
    pairs = [*straight(5), Pair(6, None), Pair(None, 6)]
    assert compare.differences(first, second, pairs) == (
        Difference("c/1/1/4", Kind.CELL, 1, 4, "1", "2"),
        Difference("c/3/3/2", Kind.ILLEGIBLE, 3, 2, ".", "."),
        Difference("b/4/4", Kind.BALLOT, 4, None, "!2", "12341"),
        Difference("b/5/5", Kind.BALLOT, 5, None, "11111", "!3"),
        Difference("f/6", Kind.SHEET, 6, None, KEEP, DROP),
        Difference("s/6", Kind.SHEET, 6, None, DROP, KEEP),
    )


def test_differences_are_numbered_as_the_pile_lies() -> None:
    """Sheet 2 was skipped the second time, sheets 3 and 4 were exchanged then, sheet 5 was keyed twice the first time."""
    first = ["11111", "22222", "33333", "44444", "12121", "12121", "34341"]
    second = ["11112", "44441", "33333", "12121", "34343"]
    pairs = [
        Pair(1, 1),
        Pair(2, None),
        *(Pair(3, 3), Pair(4, 2)),
        *(Pair(5, 4), Pair(6, None), Pair(7, 5)),
    ]
    found = compare.differences(numbered(*first), numbered(*second), pairs)
    slips = places(pairs, first, second, sheets=6)
    assert [(one.spot, one.position) for one in compare.numbered(found, pairs, slips, {})] == [
        ("c/1/1/4", 1),
        ("f/2", 2),
        ("c/4/2/4", 3),
        ("f/6", 5),
        ("c/7/5/4", 6),
    ]


def test_settlements_are_carried_out_where_they_belong() -> None:
    first = numbered("11111", "!2", "11111", "44444", "32123")
    second = numbered("11112", "12341", "!3", "22222", "32123")
    pairs = [*straight(3), Pair(4, None), Pair(None, 4), Pair(5, 5)]
    right = {"c/1/1/4": "3", "b/2/2": "12341", "b/3/3": "!1", "f/4": DROP, "s/4": KEEP}
    assert compare.agreed(first, second, pairs, right) == ("11113", "12341", "!1", "22222", "32123")
    assert compare.agreed(first, second, pairs, {}) == ("11111", "!2", "11111", "44444", "32123")
    read = {"f/4": "44144", "s/4": "!3"}
    assert compare.agreed(first, second, pairs, read) == ("11111", "!2", "11111", "44144", "!3", "32123")


def test_illegible_cells_of_ballots_left_out_are_named_and_settled() -> None:
    first = numbered("1.1.1", "2.222", "!2")
    assert [one.spot for one in compare.unread(first, [Pair(2, 2)])] == ["i/1/1", "i/1/3"]
    right = {"i/1/1": "4", "i/1/3": "."}
    assert compare.agreed(first, {2: "2.222"}, [Pair(2, 2)], right) == ("141.1", "!2", "2.222")


def test_a_sample_leaves_the_other_ballots_as_they_are() -> None:
    first = numbered("11111", "22222", "33333")
    kept = compare.agreed(first, {2: "22223"}, [Pair(2, 2)], {"c/2/2/4": "3"})
    assert Counter(kept) == Counter(["11111", "22223", "33333"])


def test_counts_differ_column_by_column_and_are_settled() -> None:
    first = {("", "1"): Counts((5, 3), 1), ("", "2"): Counts((31, 13))}
    second = {("", "1"): Counts((5, 3), 0, 1), ("", "2"): Counts((13, 31)), ("M9", "1"): Counts((0, 0))}
    found = compare.count_differences(first, second)
    assert [(one.spot, one.first, one.second) for one in found] == [
        ("t//1/blank", "1", "0"),
        ("t//1/multi", "0", "1"),
        ("t//2/c1", "31", "13"),
        ("t//2/c2", "13", "31"),
    ]
    right = compare.agreed_counts(first, second, {"t//1/blank": "0", "t//1/multi": "1", "t//2/c1": "30"})
    assert right == {
        ("", "1"): Counts((5, 3), 0, 1),
        ("", "2"): Counts((30, 13)),
        ("M9", "1"): Counts((0, 0)),
    }


def test_wrong_cells_are_counted_and_a_void_ballot_is_one() -> None:
    assert compare.wrong_cells("11111", "12113") == 2
    assert compare.wrong_cells("!2", "!2") == compare.wrong_cells("11111", "11111") == 0
    assert compare.wrong_cells("!2", "!3") == compare.wrong_cells("11111", "!3") == 1


def test_the_values_offered_are_what_the_paper_can_say() -> None:
    def values(one: Difference) -> list[str]:
        return [value for value, _ in compare.possible(MIXED, one)]

    assert values(Difference("c/1/1/2", Kind.CELL, 1, 2, "1", "3")) == [*"123", "0", "9", "."]
    assert values(Difference("c/1/1/3", Kind.CELL, 1, 3, "1", "3")) == [*"1234", "0", "9", "."]
    assert values(Difference("b/1/1", Kind.BALLOT, 1, None, "1234", "!2")) == [
        "1234",
        *(f"!{digit}" for digit in keying.VOID_REASONS),
    ]
    assert values(Difference("f/1", Kind.SHEET, 1, None, KEEP, DROP)) == [KEEP, DROP]
    assert values(Difference("t//1/c1", Kind.COUNT, 0, None, "1", "2")) == []


def test_stacks_of_one_length_are_taken_by_place_unless_a_slip_explains_much_more() -> None:
    first = ["11111", "22222", "33333", "44444"]
    assert compare.paired(first, first[::-1], align(first, first[::-1])) == tuple(straight(4))
    shifted = [f"{a}{b}111" for a in "1234" for b in "1234"]
    later = [*shifted[1:], "33333"]
    assert compare.paired(shifted, later, align(shifted, later))[0] == Pair(1, None)


def test_exchanged_roster_sheets_leave_nothing_to_look_at() -> None:
    """By place they would differ in 24 cells; two sheets of an organisation's form are looked at, cell by cell."""
    roster = ["1" * 12, "2" * 12, "3" * 12]
    exchanged = [roster[1], roster[0], roster[2]]
    pairs = compare.paired(roster, exchanged, align(roster, exchanged))
    assert compare.differences(numbered(*roster), numbered(*exchanged), pairs) == ()
    short = [sheet[:5] for sheet in roster]
    swapped = [sheet[:5] for sheet in exchanged]
    assert compare.paired(short, swapped, align(short, swapped)) == tuple(straight(3))


def test_ballots_left_over_on_both_sides_are_held_against_each_other() -> None:
    aligned = [Pair(1, 1), Pair(2, None), Pair(3, None), Pair(None, 2), Pair(4, 3)]
    found = compare.paired(["1", "2", "3", "4"], ["1", "3", "4"], aligned)
    assert found == (Pair(1, 1), Pair(2, 2), Pair(3, None), Pair(4, 3))


def test_between_ballots_that_agree_as_many_are_held_against_as_many() -> None:
    """Four ballots in a row keyed quite wrongly stay four pairs, whatever pairing would be the cheapest."""
    first = ["11111", "23113", "20301", "!1", "11111", "!2", "44444"]
    second = ["11111", "11111", "23113", "322.3", ".3433", "!2", "!1", "44444"]
    aligned = align(first, second)
    assert sum(pair.second is None for pair in aligned) == 1
    pairs = compare.paired(first, second, aligned)
    assert pairs[2:] == tuple(Pair(place, place + 1) for place in range(2, 8))


# --- what a sample says about sheets ----------------------------------------------------------------------------

STACK = [f"{mark}" * 4 + f"{place % 4 + 1}{place // 4 % 4 + 1}" for place, mark in enumerate("1234" * 25)]


@pytest.mark.parametrize(
    ("first", "drawn", "sentences"),
    [
        ([*STACK[:40], *STACK[41:]], (5, 20, 60, 90), ["首录第 21 至 60 张之间可能漏录一张"]),
        ([*STACK[:40], *STACK[38:]], (5, 20, 60, 90), ["首录第 21 至 60 张之间可能重录 2 张"]),
        (
            [*STACK[:10], *STACK[11:70], STACK[69], *STACK[70:]],
            (9, 10, 12, 40, 90),
            ["首录第 11 至 12 张之间可能漏录一张", "首录第 41 至 90 张之间可能重录一张"],
        ),
        ([*STACK[:60], "444444", *STACK[61:]], (5, 20, 61, 90), []),
        (STACK, (1, 2, 99, 100), []),
    ],
)
def test_a_sample_tells_where_a_sheet_was_skipped_or_doubled(
    first: list[str], drawn: tuple[int, ...], sentences: list[str]
) -> None:
    answers = {position: STACK[position - 1] for position in drawn}
    assert [slip.sentence for slip in compare.sample_slips(first, answers)] == sentences


def test_one_sheet_taken_from_the_wrong_place_is_no_slip_of_the_first_entry() -> None:
    answers = {position: STACK[position - 1] for position in (5, 20, 90)} | {50: STACK[50]}
    assert compare.sample_slips(STACK, answers) == ()
    assert compare.sample_slips(["11111"] * 30, {3: "11112", 30: "12111"}) == ()


# --- settling truthfully gives the paper's ballots ---------------------------------------------------------------


@dataclass(frozen=True)
class Keyed:
    """A ballot as keyed, its sheet, and whether that sheet was keyed before."""

    content: str
    sheet: int
    again: bool = False


sheets = st.one_of(
    st.text("12", min_size=3, max_size=3), st.text("1234", min_size=3, max_size=3), st.just("111")
)


def with_digit(sheet: str, cell: int, step: int) -> str:
    """The sheet with another mark in one cell."""
    marks = [mark for mark in "1234" if mark != sheet[cell]]
    return sheet[:cell] + marks[step] + sheet[cell + 1 :]


@st.composite
def wrong_digits(draw: st.DrawFn) -> tuple[list[str], list[Keyed], list[Keyed]]:
    """Any stack and two keyings of it: up to four wrong digits, never two in one cell."""
    paper = draw(st.lists(sheets, min_size=1, max_size=12))
    sides = [list(paper), list(paper)]
    place = st.tuples(st.integers(0, len(paper) - 1), st.integers(0, 2))
    for sheet, cell in draw(st.lists(place, unique=True, max_size=4)):
        side = sides[draw(st.integers(0, 1))]
        side[sheet] = with_digit(side[sheet], cell, draw(st.integers(0, 2)))
    first, second = ([Keyed(content, at) for at, content in enumerate(side)] for side in sides)
    return paper, first, second


def surroundings(paper: list[str], place: int) -> set[int]:
    """Three changes of content to either side of a sheet: where a slip shows against its neighbours."""
    found = {place}
    for step in (-1, 1):
        at, changes = place, 0
        while changes < 4 and 0 <= at + step < len(paper):
            at += step
            changes += paper[at] != paper[at - step]
            found.add(at)
    return found


@st.composite
def a_sheet_slip(draw: st.DrawFn) -> tuple[list[str], list[Keyed], list[Keyed]]:
    """Any stack; the second keyer skips, doubles or exchanges a sheet, and each keyer has a wrong digit elsewhere."""
    paper = draw(st.lists(sheets, min_size=2, max_size=30))
    place = draw(st.integers(0, len(paper) - 2))
    sides = [list(paper), list(paper)]
    away = sorted(set(range(len(paper))) - surroundings(paper, place) - surroundings(paper, place + 1))
    for side in sides if away else ():
        sheet = draw(st.sampled_from(away))
        if all(other[sheet] == paper[sheet] for other in sides):
            side[sheet] = with_digit(side[sheet], draw(st.integers(0, 2)), draw(st.integers(0, 2)))
    first, second = ([Keyed(content, at) for at, content in enumerate(side)] for side in sides)
    match draw(st.sampled_from(("skipped", "doubled", "exchanged"))):
        case "skipped":
            del second[place]
        case "doubled":
            second.insert(place + 1, Keyed(second[place].content, place, again=True))
        case _:
            second[place : place + 2] = second[place + 1], second[place]
    return paper, first, second


def settled(paper: list[str], first: list[Keyed], second: list[Keyed]) -> tuple[str, ...]:
    """The stack after somebody has looked at every place and told the truth."""
    told, keyed = [one.content for one in first], [one.content for one in second]
    pairs = compare.paired(told, keyed, align(told, keyed))
    ours, theirs = dict(enumerate(told, 1)), dict(enumerate(keyed, 1))
    answers: dict[str, str] = {}
    for one in compare.differences(ours, theirs, pairs):
        if one.kind is Kind.CELL and one.cell is not None:
            answers[one.spot] = paper[first[one.position - 1].sheet][one.cell]
        else:
            entry = first if one.first == KEEP else second
            answers[one.spot] = DROP if repeats(entry, one.position, answers, one.spot[0]) else KEEP
    return compare.agreed(ours, theirs, pairs, answers)


def repeats(entry: list[Keyed], position: int, answers: Mapping[str, str], side: str) -> bool:
    """Whether the equal ballots around a position hold one more than the paper has there."""
    run = {position - 1}
    for step in (-1, 1):
        at = position - 1
        while 0 <= at + step < len(entry) and entry[at + step].content == entry[position - 1].content:
            at += step
            run.add(at)
    dropped = sum(answers.get(f"{side}/{at + 1}") == DROP for at in run)
    return sum(entry[at].again for at in run) > dropped


@given(wrong_digits())
def test_wrong_digits_are_all_found_and_settled(case: tuple[list[str], list[Keyed], list[Keyed]]) -> None:
    paper, first, second = case
    assert settled(paper, first, second) == tuple(paper)


@given(a_sheet_slip())
def test_a_slip_of_a_sheet_is_settled_with_its_neighbours_untouched(
    case: tuple[list[str], list[Keyed], list[Keyed]],
) -> None:
    paper, first, second = case
    assert Counter(settled(paper, first, second)) == Counter(paper)


@given(a_sheet_slip())
def test_few_places_are_asked_about_after_a_skipped_or_doubled_sheet(
    case: tuple[list[str], list[Keyed], list[Keyed]],
) -> None:
    """One sheet and the two wrong digits, and never the rest of the stack."""
    _, first, second = case
    if len(first) != len(second):
        told, keyed = [one.content for one in first], [one.content for one in second]
        pairs = compare.paired(told, keyed, align(told, keyed))
        found = compare.differences(dict(enumerate(told, 1)), dict(enumerate(keyed, 1)), pairs)
        assert len(found) <= 3
