"""The tally sheet on the screen: the keypad as it is, blocks from a spreadsheet whole or not at all, everything undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.appraisal.batches import ballots
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.gui.counting import count_paste
from pingyi_desktop.gui.counting.count_grid import CountGrid
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.storage import store as data

LEFT, CTRL, KEYPAD = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.KeypadModifier,
)
OFF = {
    "0": Qt.Key.Key_Insert,
    "1": Qt.Key.Key_End,
    "2": Qt.Key.Key_Down,
    "3": Qt.Key.Key_PageDown,
    "4": Qt.Key.Key_Left,
    "5": Qt.Key.Key_Clear,
    "6": Qt.Key.Key_Right,
    "7": Qt.Key.Key_Home,
    "8": Qt.Key.Key_Up,
    "9": Qt.Key.Key_PageUp,
}
VALID = 12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A branch whose only batch has twelve valid ballots of the organisation form with five items."""
    made = make.copied(tmp_path / "XX.pingyi", twelve_valid)
    made.close()
    return made.path


def twelve_valid(path: Path) -> data.Store:
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign = make.campaign_of(session)
        make.sheet(session, make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id, valid=VALID)
    return made


@pytest.fixture
def grid(open_window, path: Path, qtbot) -> CountGrid:
    """The sheet, opened by its button; four options, then 未填, 多选, 难辨 and the total."""
    window = open_window((EntryPage,))
    assert window.open_path(path)
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: len(page.batches) == 1)
    page.open_batch(page.batches[0])
    qtbot.mouseClick(page.desk.acts.of["COUNT"], LEFT)
    qtbot.waitUntil(lambda: page.desk.work.currentIndex() == 2)
    return page.desk.counting


def press(qtbot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def type_in(qtbot, text: str) -> None:
    """Digits of the number row; “#” is Enter."""
    for one in text:
        press(qtbot, Qt.Key.Key_Return if one == "#" else Qt.Key(ord(one)))


def paste(qtbot, text: str) -> None:
    QApplication.clipboard().setText(text)
    press(qtbot, Qt.Key.Key_V, CTRL)


def texts(grid: CountGrid, line: int) -> list[str]:
    return [grid.table.item(line, column).text() for column in range(grid.table.columnCount())]


def at(grid: CountGrid) -> tuple[int, int]:
    return grid.table.currentRow(), grid.table.currentColumn()


def kept(path: Path) -> dict[str, tuple[tuple[int, ...], int]]:
    """Item → options and 未填, as the file has them."""
    opened = data.open_file(path)
    with opened.reading() as session:
        (batch_id,) = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").one()
        found = ballots.counts_of(session, batch_id=batch_id)
    opened.close()
    return {item: (one.options, one.blank) for (_, item), one in found.items()}


def test_the_keypad_types_digits_also_with_numlock_off(grid, qtbot) -> None:
    for digit in "1234567890":
        press(qtbot, OFF[digit], KEYPAD)
        assert texts(grid, at(grid)[0])[at(grid)[1]] == digit
        press(qtbot, Qt.Key.Key_Enter, KEYPAD)
    assert at(grid) == (1, 3)
    assert texts(grid, 0)[:7] == list("1234567")
    assert texts(grid, 1)[:3] == list("890")


def test_enter_and_tab_go_through_the_cells_and_over_the_total(grid, qtbot) -> None:
    type_in(qtbot, "######")
    assert at(grid) == (0, 6)
    press(qtbot, Qt.Key.Key_Tab)
    assert at(grid) == (1, 0), "the total is not typed"
    press(qtbot, Qt.Key.Key_Backtab)
    assert at(grid) == (0, 6)
    press(qtbot, Qt.Key.Key_Down)
    assert at(grid) == (1, 6)
    press(qtbot, Qt.Key.Key_Up)
    press(qtbot, Qt.Key.Key_Up)
    assert at(grid) == (0, 6), "nothing is above"


def test_a_line_says_by_how_much_it_is_off(grid, qtbot) -> None:
    type_in(qtbot, "10#1#")
    assert texts(grid, 0)[7] == "11　少 1"
    type_in(qtbot, "3#")
    assert texts(grid, 0)[7] == "14　多 2"
    assert grid.told.text() == f"每行合计应为有效票 {VALID} 张。还有 5 行不等。"
    press(qtbot, Qt.Key.Key_Left)
    type_in(qtbot, "1#")
    assert texts(grid, 0)[7] == "12"
    assert grid.told.text() == f"每行合计应为有效票 {VALID} 张。还有 4 行不等。"


def test_only_digits_and_not_too_many_are_taken(grid, qtbot) -> None:
    type_in(qtbot, "A1-2.3B4567890")
    assert texts(grid, 0)[0] == "123456"


def test_a_block_from_a_spreadsheet_goes_in_whole(grid, path, qtbot) -> None:
    """As WPS copies it: tabs, line ends, one more at the end; full-width digits and empty cells."""
    paste(qtbot, "10\t2\t0\t\r\n８\t３\t1\t\r\n12\r\n")
    assert [texts(grid, line)[:4] for line in range(4)] == [
        ["10", "2", "0", ""],
        ["8", "3", "1", ""],
        ["12", "", "", ""],
        ["", "", "", ""],
    ]
    assert [texts(grid, line)[7] for line in range(3)] == ["12", "12", "12"]
    grid.keep.click()
    grid.window().workspace.work.finish()
    assert kept(path) == {"1": ((10, 2, 0, 0), 0), "2": ((8, 3, 1, 0), 0), "3": ((12, 0, 0, 0), 0)}


def test_one_copied_number_goes_into_the_cell_in_hand(grid, qtbot) -> None:
    type_in(qtbot, "#")
    paste(qtbot, "7\n")
    assert texts(grid, 0)[:3] == ["", "7", ""]


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("满意\t不满意\n10\t2", "复制的第 1 行第 1 列是“满意”，不是整数"),
        ("10\t2\n9\t1.5", "复制的第 2 行第 2 列是“1.5”"),
        ("10\t-2", "复制的第 1 行第 2 列是“-2”"),
        ("1234567\t1", "不是整数，没有粘贴"),
        ("\t".join("1" * 9), "复制的是 1 行 9 列，从“①践诺”的“满意”起只放得下 1 行 7 列"),
        ("\n".join("1" * 6), "复制的是 6 行 1 列"),
        ("", "剪贴板里没有票数"),
    ],
)
def test_a_block_that_does_not_fit_is_refused_whole(grid, qtbot, block: str, sentence: str) -> None:
    type_in(qtbot, "5#")
    press(qtbot, Qt.Key.Key_Left)
    before = [texts(grid, line) for line in range(5)]
    paste(qtbot, block)
    said = grid.told.text()
    first_item = grid.table.verticalHeaderItem(0).text()
    assert sentence.replace("①践诺", first_item) in said
    assert said.endswith("。")
    assert [texts(grid, line) for line in range(5)] == before


def test_what_an_item_does_not_have_may_only_be_empty() -> None:
    room = [[True, False], [True, True]]
    assert count_paste.complaint([["3", "0"], ["3", "1"]], room, "这里") == ""
    assert count_paste.complaint([["3", ""]], room, "这里") == ""
    assert "第 1 行第 2 列是 2，可是这一项没有这一档" in count_paste.complaint([["3", "2"]], room, "这里")


def test_typing_and_pasting_are_undone_step_by_step(grid, qtbot) -> None:
    type_in(qtbot, "12#3#")
    paste(qtbot, "4\t5\n6\t7")
    assert texts(grid, 0)[:4] == ["12", "3", "4", "5"]
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert texts(grid, 0)[:4] == ["12", "3", "", ""]
    assert texts(grid, 1)[2:4] == ["", ""]
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert texts(grid, 0)[:2] == ["12", ""]
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert texts(grid, 0)[:2] == ["", ""], "a number typed key by key is one step"
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert grid.told.text() == "没有可以撤销的了。"


def test_escape_leads_back_and_keeps_what_was_typed(grid, path, qtbot) -> None:
    type_in(qtbot, "9#3")
    with qtbot.waitSignal(grid.left):
        press(qtbot, Qt.Key.Key_Escape)
    grid.window().workspace.work.finish()
    assert kept(path) == {"1": ((9, 3, 0, 0), 0)}


def test_counts_of_another_window_stay_and_this_one_says_so(grid, path, qtbot) -> None:
    """What was typed here stays on the screen; the sheet opened anew shows what the other window kept."""
    type_in(qtbot, "9#3")
    press(qtbot, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(kept(path)))
    other = data.open_file(path)
    with other.transaction() as session:
        (batch_id,) = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").one()
        counts = {("", "1"): Counts((12, 0, 0, 0)), ("", "2"): Counts((11, 1, 0, 0))}
        ballots.enter_counts(session, batch_id=batch_id, counts=counts, by=make.BY)
    other.close()
    type_in(qtbot, "5")
    press(qtbot, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "计票表里的数，和打开时的不一样" in grid.told.text())
    assert texts(grid, 1)[1] == "5"
    press(qtbot, Qt.Key.Key_Escape)
    grid.window().workspace.work.finish()
    assert kept(path) == {"1": ((12, 0, 0, 0), 0), "2": ((11, 1, 0, 0), 0)}
