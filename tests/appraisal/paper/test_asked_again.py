"""Cells asked for again, and boxes clicked: an answer is taken, everything else refused with the reason."""

from __future__ import annotations

import pytest

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import Keying, Outcome, Paper, press

FIVE = Paper((4, 4, 4, 4, 4))
OTHERS = [
    keying.SPOIL, keying.FILL, keying.JUMP, keying.UP, keying.DOWN, keying.LEFT, keying.RIGHT, keying.BACKSPACE,
    keying.ENTER, "@0:1", "OTHER",
]  # fmt: skip


def asked(cells: str) -> Keying:
    return keying.ask_again(keying.start(FIVE, position=2, cells=cells), cells)


@pytest.mark.parametrize("key", OTHERS)
def test_nothing_but_an_answer_is_taken(key: str) -> None:
    state = asked("22_22")
    step = press(state, key)
    assert (step.state, step.outcome) == (state, Outcome.REFUSED)
    assert step.message == "这一格和上一遍不同，请只看纸重按。"


def test_answers_are_keyed_taken_back_and_committed() -> None:
    state = asked("2_2_2")
    assert "这 2 格" in press(state, keying.ENTER).message
    for key in ("3", "4", keying.BACKSPACE, keying.BACKSPACE, "1", "4"):
        step = press(state, key)
        assert step.outcome is Outcome.KEYED
        state = step.state
    assert state.cells == "21242"
    step = press(state, keying.ENTER)
    assert step.outcome is Outcome.COMMITTED
    assert step.state.asked == ""
    assert press(asked("2_2_2"), keying.PAUSE).outcome is Outcome.PAUSED


def test_a_cell_passed_over_by_a_click_is_found_again() -> None:
    state = press(asked("2_2_2"), "@3:1").state
    assert state.cells == "2_212"
    state = press(state, "1").state
    assert state.cursor == 1
    assert press(state, "1").state.cells == "21212"


def test_a_whole_ballot_asked_again_may_be_void() -> None:
    state = asked("_____")
    assert "这一张" in press(state, keying.DOWN).message
    for key in (keying.SPOIL, "2"):
        state = press(state, key).state
    step = press(state, keying.ENTER)
    assert step.done is not None
    assert step.done.void_reason == "2"


def test_a_click_ticks_its_box_and_goes_on_from_there() -> None:
    state = keying.start(FIVE, position=1)
    state = press(state, "@2:3").state
    assert (state.cells, state.cursor) == ("__3__", 3)
    state = press(state, "@2:1").state
    assert state.cells == "__1__"
    assert press(state, "@0:5").outcome is Outcome.REFUSED
    waiting = press(state, keying.SPOIL).state
    assert press(waiting, "@0:1").state == waiting
