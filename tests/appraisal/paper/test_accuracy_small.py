"""The accuracy simulation itself: its robot goes through the real grammar, and its figures come out the same again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from benchmarks.bench_accuracy import (
    KEYERS,
    ORGANISATION,
    ROSTER,
    TRAINED,
    Keyer,
    Residual,
    Stack,
    first_entry,
    key_sheet,
    order,
    pile,
    show,
    simulate,
)
from series import LONG

ONLY = Keyer(rate=0.02, wrong=0.0, omitted=0.0, doubled=0.0, row=0.0, sheet=0.0, looks_back=1.0)


STACKS = 8
MANY = 200 if LONG else 80


def keyed(keyer: Keyer, *, many: int = MANY) -> tuple[int, int]:
    """Wrong ballots and wrong cells of so many roster ballots keyed once."""
    stack = pile(ROSTER, keyer, many, Random(5))
    entry = first_entry(stack, keyer, Random(6))
    wrong = [
        sum(mark != true for mark, true in zip(one.content, stack.sheets[one.sheet], strict=True))
        for one in entry
    ]
    return sum(map(bool, wrong)), sum(wrong)


def test_double_entry_beats_a_sample_and_a_sample_beats_single_entry() -> None:
    ways = simulate(ORGANISATION, TRAINED, ballots=200, stacks=STACKS, seed=1)
    single, sampled, blind, seen = ways.values()
    assert single.wrong > sampled.wrong > blind.wrong
    assert seen.wrong > blind.wrong
    assert single.cells == sampled.cells == blind.cells == STACKS * 200 * 5


def test_figures_come_out_the_same_again() -> None:
    once, again = (simulate(ROSTER, TRAINED, ballots=20, stacks=1, seed=1) for _ in range(2))
    assert once == again


def test_two_people_who_misread_the_same_mark_are_not_told_apart() -> None:
    clear, unclear = (
        list(simulate(ORGANISATION, replace(TRAINED, unclear=share), ballots=200, stacks=2, seed=1).values())[
            2
        ]
        for share in (0.0, 0.01)
    )
    assert unclear.wrong > clear.wrong


def test_without_slips_nothing_is_wrong_asked_or_settled() -> None:
    flawless = Keyer(rate=0.0, sheet=0.0)
    for paper in (ORGANISATION, ROSTER):
        for found in simulate(paper, flawless, ballots=101, stacks=1, seed=1).values():
            assert (found.wrong, found.asked, found.settled) == (0, 0, 0)


@pytest.mark.parametrize("slip", ["omitted", "doubled", "row"])
def test_the_grammar_shows_a_slip_that_changes_the_number_of_digits(slip: str) -> None:
    """An omitted or doubled digit or row is refused at the end of the ballot; who looks back has it right."""
    assert keyed(replace(ONLY, **{slip: 1.0})) == (0, 0)
    careless = keyed(replace(ONLY, **{slip: 1.0}, looks_back=0.0))
    assert 0 < careless[0] < careless[1]


def test_a_wrong_digit_stays_in_its_cell() -> None:
    ballots, cells = keyed(replace(ONLY, wrong=1.0))
    assert 0 < ballots <= cells
    assert cells == pytest.approx(MANY * 39 * 0.02, rel=0.5)


def test_a_ballot_is_keyed_whole_whatever_slips_there_are() -> None:
    clumsy = Keyer(rate=0.2, looks_back=0.3)
    draw = Random(1)
    stack = pile(ROSTER, clumsy, 50, draw)
    contents = [key_sheet(stack, sheet, clumsy, draw) for sheet in range(50)]
    assert {len(content) for content in contents} == {39}
    assert set("".join(contents)) <= set("1234")


def test_sheets_are_skipped_doubled_and_exchanged() -> None:
    stack = Stack(ORGANISATION, ("11111",) * 400, ("11111",) * 400)
    places = order(stack, Keyer(sheet=0.05), Random(2))
    assert {sheet for sheet, _ in places} < set(range(400))
    assert any(again for _, again in places)
    assert any(one[0] > other[0] for one, other in pairwise(places))
    mended = first_entry(stack, Keyer(sheet=0.05), Random(2))
    assert len(mended) == 400


def test_the_print_names_the_rate(capsys: pytest.CaptureFixture[str]) -> None:
    show("熟练", {"单遍": Residual(37, 10_000), "两遍": Residual(1, 24_000, 5, 7)})
    printed = capsys.readouterr().out
    assert "单遍：37.00（" in printed
    assert "两遍：0.41（再问 5 张，裁定 7 处，共 24000 格）" in printed
    assert len(KEYERS) == 4
