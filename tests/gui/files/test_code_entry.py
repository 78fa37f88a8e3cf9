"""Typing a code: groups of four while typing, full-width digits, mistakes at once."""

from __future__ import annotations

import pytest
import showing
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.gui.files.code_entry import CodeEntry, checked


@pytest.fixture
def entry(qtbot):
    made = CodeEntry("任务码", length=16, check=lambda d: "" if d.endswith("6") else "有一位打错了。")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def test_digits_stand_in_groups_of_four(entry, qtbot):
    qtbot.keyClicks(entry.line, "123456")
    assert entry.line.text() == "1234 56"
    assert entry.said.text() == "还差 10 位。"
    assert entry.digits == "123456"


def test_full_width_digits_and_spaces_are_taken(entry):
    showing.write(entry.line, "１２３４　５６７８ 9012-3456")
    assert entry.line.text() == "1234 5678 9012 3456"
    assert entry.said.text() == "位数齐了。"
    assert entry.complaint == ""


def test_letters_are_not_taken(entry, qtbot):
    qtbot.keyClicks(entry.line, "12a3b")
    assert entry.line.text() == "123"


def test_more_than_enough_digits_are_not_taken(entry, qtbot):
    qtbot.keyClicks(entry.line, "12345678901234567890")
    assert entry.digits == "1234567890123456"


def test_a_wrong_check_digit_is_told_at_once(entry, qtbot):
    told = []
    entry.filled.connect(told.append)
    qtbot.keyClicks(entry.line, "1234567890123457")
    assert entry.said.text() == "有一位打错了。"
    assert entry.said.property("role") == "wrong"
    assert told == []
    qtbot.keyClick(entry.line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(entry.line, "6")
    assert told == ["1234567890123456"]
    assert entry.said.property("role") == "strong"


def test_a_digit_is_mended_in_the_middle(entry, qtbot):
    qtbot.keyClicks(entry.line, "12345678")
    entry.line.setCursorPosition(2)
    qtbot.keyClicks(entry.line, "9")
    assert entry.line.text() == "1293 4567 8"
    assert entry.line.cursorPosition() == 3
    qtbot.keyClick(entry.line, Qt.Key.Key_Backspace)
    assert entry.line.text() == "1234 5678"
    assert entry.line.cursorPosition() == 2


def test_a_code_is_pasted_as_it_was_printed(entry, qtbot):
    QGuiApplication.clipboard().setText("1234 5678 9012 3456\n")
    qtbot.keyClick(entry.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert entry.digits == "1234567890123456"


def test_a_check_from_a_reader_of_codes(qtbot):
    made = CodeEntry("激活码", length=codes.TASK_DIGITS, check=checked(codes.read_code))
    qtbot.addWidget(made)
    code = codes.new_code()
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    qtbot.keyClicks(made.line, wrong)
    assert "有数字输错了" in made.said.text()
    qtbot.keyClick(made.line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(made.line, code[-1])
    assert made.complaint == ""
    assert made.line.text() == codes.grouped(code)
