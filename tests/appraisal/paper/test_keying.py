"""Keying is a pure state machine: every state answers every key, and no slip spills over the next ballot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import (
    BACKSPACE,
    CANCEL,
    DOWN,
    ENTER,
    LEFT,
    RIGHT,
    UNKEYED,
    UP,
    Keying,
    Outcome,
    Paper,
    press,
    read_ballot,
    start,
)

FORM = Paper((4, 4, 4, 4, 4))
ROSTER = Paper((4, 4, 4), ("M1", "M2"))
MIXED = Paper((3, 3, 3, 3, 4))
KEYS = [*"0123456789./*", BACKSPACE, ENTER, UP, DOWN, LEFT, RIGHT, "F8", "F9", CANCEL, "x", "F5", "_", ""]


def after(paper: Paper, keys: list[str] | str, *, position: int = 1) -> Keying:
    state = start(paper, position=position)
    for key in keys:
        state = press(state, key).state
    return state


def test_five_digits_and_enter_make_a_ballot() -> None:
    state = after(FORM, "1143.")
    assert (state.cells, state.cursor, state.full) == ("1143.", 5, True)
    step = press(state, ENTER)
    assert step.outcome is Outcome.COMMITTED
    assert step.state == start(FORM, position=2)


@pytest.mark.parametrize(
    ("keys", "key", "outcome", "cells", "cursor"),
    [
        ("", "1", Outcome.KEYED, "1____", 1),
        ("", "4", Outcome.KEYED, "4____", 1),
        ("", "5", Outcome.REFUSED, "_____", 0),
        ("", "8", Outcome.REFUSED, "_____", 0),
        ("", "0", Outcome.KEYED, "0____", 1),
        ("", "9", Outcome.KEYED, "9____", 1),
        ("", ".", Outcome.KEYED, ".____", 1),
        ("", ENTER, Outcome.REFUSED, "_____", 0),
        ("", BACKSPACE, Outcome.REFUSED, "_____", 0),
        ("", "x", Outcome.REFUSED, "_____", 0),
        ("", LEFT, Outcome.REFUSED, "_____", 0),
        ("", UP, Outcome.REFUSED, "_____", 0),
        ("", RIGHT, Outcome.MOVED, "_____", 1),
        ("", DOWN, Outcome.MOVED, "_____", 1),
        ("12", BACKSPACE, Outcome.KEYED, "1____", 1),
        ("12", LEFT, Outcome.MOVED, "12___", 1),
        ("1234", ENTER, Outcome.REFUSED, "1234_", 4),
        ("1234", RIGHT, Outcome.REFUSED, "1234_", 4),
        ("12341", "1", Outcome.REFUSED, "12341", 5),
        ("12341", RIGHT, Outcome.REFUSED, "12341", 5),
        ("12341", LEFT, Outcome.MOVED, "12341", 4),
        ("12341", BACKSPACE, Outcome.KEYED, "1234_", 4),
        ("12341", ENTER, Outcome.COMMITTED, "_____", 0),
    ],
)
def test_every_class_of_state_and_key(keys: str, key: str, outcome: Outcome, cells: str, cursor: int) -> None:
    step = press(after(FORM, keys), key)
    assert (step.outcome, step.state.cells, step.state.cursor) == (outcome, cells, cursor)
    assert bool(step.message) == (outcome is Outcome.REFUSED or key == "9")  # what two ticks mean is said


def test_an_omitted_key_cannot_commit_and_an_extra_key_is_refused() -> None:
    omitted = press(after(FORM, "1111"), ENTER)
    assert (omitted.outcome, omitted.message) == (Outcome.REFUSED, "第 5 行还没录，请补录。")
    extra = press(after(FORM, "11111"), "1")
    assert (extra.outcome, extra.message) == (Outcome.REFUSED, "已满，核对后按回车确认这一张。")


def test_enter_goes_to_the_first_unkeyed_cell() -> None:
    state = after(FORM, ["1", RIGHT, "1", "1", "1"])
    assert (state.cells, state.cursor) == ("1_111", 5)
    for key in (ENTER, "1"):
        step = press(state, key)
        assert (step.outcome, step.state.cursor, step.message) == (
            Outcome.REFUSED,
            1,
            "第 2 行还没录，请补录。",
        )


def test_the_first_cell_reopens_the_previous_ballot_only_when_untouched() -> None:
    assert press(start(FORM, position=3), BACKSPACE).outcome is Outcome.REOPEN
    assert press(start(FORM, position=1), BACKSPACE).message == "这是第一张，前面没有了。"
    touched = after(FORM, ["1", "2", LEFT, LEFT], position=3)
    assert touched.cursor == 0
    assert press(touched, BACKSPACE).outcome is Outcome.REFUSED


def test_a_scale_limits_its_own_digits() -> None:
    state = after(MIXED, "333")
    assert press(state, "4").message == "这一项只有 1 至 3。"
    assert press(press(state, "3").state, "4").outcome is Outcome.KEYED


def test_roster_rows_hold_every_item_of_a_member() -> None:
    assert (ROSTER.size, ROSTER.row_width, FORM.row_width) == (6, 3, 1)
    state = after(ROSTER, [DOWN])
    assert state.cursor == 3
    assert press(state, DOWN).outcome is Outcome.REFUSED
    assert press(after(ROSTER, "1111"), ENTER).message == "第 2 行还没录，请补录。"
    assert Paper((4, 4, 4), ("M1",)).row_width == 3


def test_a_ballot_goes_on_at_its_first_unkeyed_cell() -> None:
    assert start(FORM, position=2, cells="12___").cursor == 2
    assert start(FORM, position=2, cells="12341").cursor == 5
    assert start(FORM, position=2, cells="1_341").cursor == 1


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ("11111", None),
        ("0.914", None),
        ("1111", "应有 5 格，实有 4 格。"),
        ("111111", "应有 5 格，实有 6 格。"),
        ("11511", "第 3 格“5”：这一项只有 1 至 4。"),
        ("1111_", "第 5 格“_”不是 0 至 9 或小数点。"),
        ("1111√", "第 5 格“√”不是 0 至 9 或小数点。"),
    ],
)
def test_whole_ballots_are_checked(cells: str, wrong: str | None) -> None:
    assert read_ballot(FORM, cells) == wrong


def test_a_started_ballot_may_have_unkeyed_cells() -> None:
    assert read_ballot(FORM, "1__1_", started=True) is None
    assert read_ballot(FORM, "1__5_", started=True) == "第 4 格“5”：这一项只有 1 至 4。"


papers = st.sampled_from([FORM, ROSTER, MIXED, Paper((2,)), Paper((8, 2), ("A", "B", "C"))])


@given(
    paper=papers,
    keys=st.lists(st.sampled_from(KEYS), max_size=60),
    position=st.integers(1, 9),
    counting=st.booleans(),
)
def test_any_keys_keep_the_invariants(paper: Paper, keys: list[str], position: int, counting: bool) -> None:
    state = start(paper, position=position)
    if counting:
        state = keying.ask_count(state)
    for key in keys:
        step = press(state, key)
        new = step.state
        assert len(new.cells) == paper.size
        assert 0 <= new.cursor <= paper.size
        assert read_ballot(paper, new.cells, started=True) is None
        match step.outcome:
            case Outcome.COMMITTED:
                assert key == ENTER
                assert new == start(paper, position=state.position + 1)
                assert step.done is not None
                assert step.done.void_reason or (state.full and step.done == state)
                assert read_ballot(paper, keying.content(step.done.cells, step.done.void_reason)) is None
            case Outcome.KEYED if state.pending and key == "*":
                assert not new.full
                assert not new.filled
                assert all(
                    b == (UNKEYED if fill == "1" else a)
                    for a, b, fill in zip(state.cells, new.cells, state.filled, strict=True)
                )
            case Outcome.KEYED if state.pending:
                assert new.full
                assert all(b == key for a, b in zip(state.cells, new.cells, strict=True) if a == UNKEYED)
            case Outcome.KEYED:
                changed = [i for i in range(paper.size) if state.cells[i] != new.cells[i]]
                assert len(changed) <= 1
                assert not changed or key == BACKSPACE or changed == [state.cursor]
            case Outcome.STARTED:
                assert replace(new, pending="") == replace(state, pending="")
            case Outcome.MOVED:
                assert replace(new, cursor=0, skipped=0) == replace(state, cursor=0, skipped=0, pending="")
            case Outcome.REOPEN:
                assert state.untouched
                assert state.position > 1 or state.pending == keying.COUNT
                assert new == replace(state, pending="")
            case Outcome.PAUSED:
                assert key in ("F9", CANCEL)
                assert new == replace(state, pending="")
            case Outcome.REFUSED:
                assert step.message
                assert new.cells == state.cells
        assert len(new.filled) in (0, paper.size)
        assert all(mark != UNKEYED for mark, fill in zip(new.cells, new.filled, strict=False) if fill == "1")
        assert new.position == state.position + (step.outcome is Outcome.COMMITTED)
        state = new


@given(paper=papers, keys=st.lists(st.sampled_from(KEYS), max_size=40), mark=st.sampled_from("01289."))
def test_backspace_after_a_mark_restores(paper: Paper, keys: list[str], mark: str) -> None:
    state = after(paper, keys)
    step = press(state, mark)
    if not state.pending and step.outcome is Outcome.KEYED and state.cells[state.cursor] == UNKEYED:
        assert press(step.state, BACKSPACE).state == replace(state, skipped=0)


@given(paper=papers, data=st.data())
def test_a_ballot_read_whole_is_what_the_keys_make(paper: Paper, data: st.DataObject) -> None:
    cells = "".join(
        data.draw(st.sampled_from("09." + "12345678"[: paper.options_at(cell)])) for cell in range(paper.size)
    )
    assert read_ballot(paper, cells) is None
    assert after(paper, cells) == Keying(paper, 1, cells, paper.size)
    assert press(after(paper, cells), ENTER).outcome is Outcome.COMMITTED


def test_the_picture_in_the_module_names_every_outcome_that_moves_on() -> None:
    picture = (keying.__doc__ or "").split("```")[1]
    for edge in (
        "Cell --> Full",
        "Full --> Cell: Enter",
        "Cell --> Previous: Backspace",
        "Previous --> Full",
    ):
        assert edge in picture


def outcomes(paper: Paper, keys: list[str]) -> list[Outcome]:
    state, found = start(paper, position=1), []
    for key in keys:
        step = press(state, key)
        state = step.state
        found.append(step.outcome)
    return found


MANY = Paper((4, 4, 4), tuple(f"M{number}" for number in range(60)))


def test_a_row_is_jumped_to_by_its_number() -> None:
    assert after(MANY, "/37").cursor == 36 * 3
    assert after(MANY, ["/", "7", ENTER]).cursor == 6 * 3
    assert after(FORM, "/4").cursor == 3
    lost = after(MANY, "/61")
    assert (lost.cursor, lost.pending) == (0, "/")
    assert "1 至 60" in press(after(MANY, "/6"), "1").message
    assert press(after(MANY, "/"), ".").outcome is Outcome.REFUSED
    assert after(MANY, [*"12/3", BACKSPACE]) == after(MANY, "12")


def test_what_is_left_is_filled_and_known_as_filled() -> None:
    state = after(FORM, "12*1")
    assert (state.cells, state.filled, state.full) == ("12111", "00111", True)
    assert outcomes(FORM, ["*", "1", ENTER]) == [Outcome.STARTED, Outcome.KEYED, Outcome.COMMITTED]
    by_hand = after(FORM, ["1", "2", "*", "1", LEFT, "3"])
    assert (by_hand.cells, by_hand.filled) == ("12113", "00110")
    assert press(after(MIXED, "*"), "4").outcome is Outcome.REFUSED
    assert press(after(FORM, "11111"), "*").outcome is Outcome.REFUSED
    assert press(start(FORM, position=1), "*", may_fill=False).outcome is Outcome.REFUSED
    assert after(FORM, ["*", "9"]).cells == UNKEYED * 5


def test_a_whole_ballot_is_void_for_a_reason() -> None:
    step = press(after(FORM, ["1", "F8", "2"]), ENTER)
    assert step.outcome is Outcome.COMMITTED
    assert step.done is not None
    assert keying.content(step.done.cells, step.done.void_reason) == "!2"
    assert step.state == start(FORM, position=2)
    assert press(after(FORM, ["F8"]), ENTER).outcome is Outcome.REFUSED
    assert press(after(FORM, ["F8"]), "7").outcome is Outcome.REFUSED
    assert after(FORM, ["1", "F8", "2", CANCEL]) == after(FORM, "1")
    assert read_ballot(FORM, "!9") is not None


@pytest.mark.parametrize(
    ("paper", "keys", "strokes"),
    [
        (FORM, [*"12341", ENTER], 6),
        (FORM, ["*", "1", ENTER], 3),
        (Paper((4, 4, 4), tuple("ABCDEFGHIJKLM")), [*("123" * 13), ENTER], 40),
        (Paper((4, 4, 4), tuple("ABCDEFGHIJKLM")), ["*", "1", ENTER], 3),
        (FORM, [*"1244", BACKSPACE, *"31", ENTER], 8),
    ],
)
def test_keystrokes_per_ballot(paper: Paper, keys: list[str], strokes: int) -> None:
    assert len(keys) == strokes
    assert outcomes(paper, keys)[-1] is Outcome.COMMITTED


def test_a_ballot_asked_again_goes_from_blank_to_blank() -> None:
    """Cells that agreed are not keyed over by the digits meant for those that were blanked."""
    asked = start(FORM, position=4, cells="1_1_1")
    once = press(asked, "2").state
    assert (once.cells, once.cursor) == ("121_1", 3)
    assert press(once, BACKSPACE).state == asked
    twice = press(once, "3").state
    assert (twice.cells, twice.cursor) == ("12131", 5)
    assert press(twice, "4").outcome is Outcome.REFUSED
    assert press(twice, BACKSPACE).state.cells == "121_1"


def test_a_cell_changed_on_purpose_never_lets_the_next_digit_change_another() -> None:
    state = after(FORM, [*"12341", UP, UP, "1"])
    assert (state.cells, state.cursor) == ("12311", 5)
    assert press(state, "2").outcome is Outcome.REFUSED
    assert after(FORM, [*"123", LEFT, LEFT, "4"]).cells == "143__"


def test_what_was_filled_is_taken_back_by_the_same_key_twice() -> None:
    state = after(FORM, "12*1**")
    assert (state.cells, state.cursor, state.filled) == ("12___", 2, "")
    kept = after(FORM, [*"12*1", LEFT, "3", *"**"])
    assert kept.cells == "12__3"
    assert press(after(FORM, "12*1*"), "2").outcome is Outcome.REFUSED


def test_the_count_is_asked_between_two_ballots_and_never_swallows_a_tick() -> None:
    asked = keying.ask_count(start(FORM, position=11))
    assert press(asked, ENTER) == keying.Step(start(FORM, position=11), Outcome.MOVED, "接着录。")
    assert press(asked, BACKSPACE).outcome is Outcome.REOPEN
    assert press(asked, CANCEL).outcome is Outcome.PAUSED
    for key in (*"0123456789./*", "F8", UP, "x"):
        step = press(asked, key)
        assert (step.outcome, step.state) == (Outcome.REFUSED, asked)


def test_a_pause_drops_only_the_command_that_was_begun() -> None:
    for keys in ("12", "12/", "12*", "12*1*"):
        state = after(FORM, keys)
        step = press(state, "F9")
        assert step.outcome is Outcome.PAUSED
        assert step.state == replace(state, pending="")
    assert press(after(FORM, "12"), CANCEL).outcome is Outcome.PAUSED
    assert press(after(FORM, "12/"), CANCEL).outcome is Outcome.STARTED
