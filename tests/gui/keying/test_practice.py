"""练一练: four samples keyed with real key events; what each teaches is checked, and no file is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import BACKSPACE, ENTER
from pingyi_desktop.gui.keying.practice import PracticeDesk
from pingyi_desktop.gui.keying.practice_lessons import LESSONS, PAPER, hint, judge

KEYS = {
    "#": Qt.Key.Key_Return,
    "<": Qt.Key.Key_Backspace,
    ".": Qt.Key.Key_Period,
    "V": Qt.Key.Key_F8,
    "E": Qt.Key.Key_Escape,
}
RIGHT = ("12113#", "4<21121#", "1.021#", "V2#")


@pytest.fixture
def desk(qtbot, monkeypatch, tmp_path: Path) -> Iterator[PracticeDesk]:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "home"))
    made = PracticeDesk()
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def press(desk: PracticeDesk, qtbot, text: str) -> None:
    for one in text:
        qtbot.keyClick(desk.paper, KEYS.get(one, Qt.Key(ord(one))))


def test_four_samples_keyed_right_end_in_learnt(desk, qtbot, tmp_path) -> None:
    for number, keys in enumerate(RIGHT):
        assert desk.lesson == LESSONS[number]
        press(desk, qtbot, keys)
    assert desk.stack.currentIndex() == 1
    assert desk.go.hasFocus()
    with qtbot.waitSignal(desk.done):
        qtbot.keyClick(desk.go, Qt.Key.Key_Return)
    assert not list((tmp_path / "home").rglob("*.pingyi"))
    qtbot.mouseClick(desk.again, Qt.MouseButton.LeftButton)
    assert (desk.stack.currentIndex(), desk.lesson) == (0, LESSONS[0])


def test_a_row_keyed_wrong_is_shown_and_asked_again(desk, qtbot) -> None:
    press(desk, qtbot, "12413#")
    assert "第 3 行" in desk.told.text()
    assert desk.state.cells == "12_13"
    press(desk, qtbot, "1#")
    assert desk.lesson == LESSONS[1]


def test_the_correction_must_be_made_once(desk, qtbot) -> None:
    press(desk, qtbot, RIGHT[0])
    assert "故意按错" in desk.now.text()
    press(desk, qtbot, "21121#")
    assert "退格" in desk.told.text()
    assert desk.lesson == LESSONS[1]
    press(desk, qtbot, "<1#")
    assert desk.lesson == LESSONS[2]


def test_a_signed_ballot_must_be_voided_for_that_reason(desk, qtbot) -> None:
    for keys in RIGHT[:3]:
        press(desk, qtbot, keys)
    assert "F8" in desk.now.text()
    press(desk, qtbot, "11111#")
    assert "不能当有效票" in desk.told.text()
    press(desk, qtbot, "V")
    assert "按 2" in desk.now.text()
    press(desk, qtbot, "5#")
    assert "原因是 2" in desk.told.text()
    press(desk, qtbot, "V2#")
    assert desk.stack.currentIndex() == 1


def test_backspace_on_the_first_cell_goes_back_to_the_sample_before(desk, qtbot) -> None:
    press(desk, qtbot, RIGHT[0])
    press(desk, qtbot, "<")
    assert desk.lesson == LESSONS[0]
    assert desk.state.cells == LESSONS[0].content


def test_escape_leaves_and_gives_up_a_command_first(desk, qtbot) -> None:
    left: list[None] = []
    desk.done.connect(lambda: left.append(None))
    press(desk, qtbot, "VE")
    assert left == []
    press(desk, qtbot, "E")
    assert left == [None]


def test_every_lesson_has_a_hint_for_every_step_and_no_sample_is_judged_right_by_another() -> None:
    for number, lesson in enumerate(LESSONS, start=1):
        empty = keying.start(PAPER, position=number)
        assert hint(lesson, empty, corrected=False)
        for other in LESSONS:
            void = other.content[1:] if other.void else ""
            cells = keying.UNKEYED * 5 if other.void else other.content
            done = keying.Keying(PAPER, number, cells, 5, void_reason=void)
            verdict = judge(lesson, done, corrected=True)
            assert (verdict.again is None) == (other is lesson)
            assert bool(verdict.wrong) == (verdict.again is not None)


def test_hints_follow_the_keys() -> None:
    state, said = keying.start(PAPER, position=3), []
    for key in (*"1.021", ENTER):
        said.append(hint(LESSONS[2], state, corrected=False))
        state = keying.press(state, key).state
    assert "小数点" in said[1]
    assert "按 0" in said[2]
    assert "按回车" in said[5]
    wrong = keying.press(keying.start(PAPER, position=2), "4").state
    assert "按退格" in hint(LESSONS[1], wrong, corrected=False)
    mended = keying.press(wrong, BACKSPACE).state
    assert "第 1 行" in hint(LESSONS[1], mended, corrected=True)
