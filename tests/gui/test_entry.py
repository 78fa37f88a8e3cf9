"""The entry page with real key events: every key is drawn at once, written in order, and there after reopening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

import make
from pingyi_desktop.appraisal import ballots
from pingyi_desktop.gui.keys import key_of
from pingyi_desktop.gui.pages.entry import EntryPage
from pingyi_desktop.gui.window import Window
from pingyi_desktop.storage import store as data

FORM = "T-ORG-A"
Opened = tuple[Window, EntryPage]


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    """A branch that stands alone, its campaign published with one organisation form."""
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        make.published(session, form_codes=[FORM])
    made.close()
    return tmp_path / "XX.pingyi"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """The same with a roster form of five members."""
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        make.published(session, form_codes=["T-MEM-B"])
    made.close()
    return tmp_path / "XX.pingyi"


@pytest.fixture
def entry(open_window, qtbot) -> Iterator[Callable[[Path], Opened]]:
    """Open a file in the window with the entry page on it and the only batch chosen."""

    def open_page(path: Path) -> Opened:
        window = open_window((EntryPage,))
        assert window.open_path(path)
        page = window.workspace.pages[0]
        qtbot.waitUntil(lambda: len(page.batches.model.rows) == 1)
        page.batches.view.selectRow(0)
        return window, page

    return open_page


def start(page: EntryPage, qtbot) -> None:
    """Press 逐票录入 and wait for the paper."""
    qtbot.mouseClick(page.desk.by_ballot, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)


def keys(page: EntryPage, qtbot, text: str) -> None:
    """Press keys: digits, “.”, “<” for Backspace and “#” for Enter."""
    special = {"<": Qt.Key.Key_Backspace, "#": Qt.Key.Key_Return, ".": Qt.Key.Key_Period}
    for one in text:
        key = special.get(one, Qt.Key(ord(one)))
        qtbot.keyClick(page.desk.keying.paper, key)


def done(page: EntryPage, qtbot) -> None:
    """Wait until everything asked for has been written."""
    idle = []
    page.context.work.read(lambda _session: None, idle.append)
    qtbot.waitUntil(lambda: bool(idle))


def stored(path: Path) -> list[tuple[int, str, bool]]:
    opened = data.open_file(path)
    with opened.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT position, cells, committed FROM draft_ballot ORDER BY position"
        )
        found = [(p, c, bool(done_)) for p, c, done_ in rows]
    opened.close()
    return found


def test_three_ballots_are_keyed_and_the_third_is_continued_at_its_cell(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "11111#12341#110")
    assert (page.desk.keying.state.position, page.desk.keying.state.cursor) == (3, 3)
    assert window.close_file()
    assert stored(branch) == [(1, "11111", True), (2, "12341", True), (3, "110__", False)]
    window, page = entry(branch)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    state = page.desk.keying.state
    assert (state.position, state.cells, state.cursor) == (3, "110__", 3)


def test_backspace_clears_a_cell_and_reopens_the_ballot_before(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "1111<2")
    assert page.desk.keying.state.cells == "1112_"
    keys(page, qtbot, "1#<")
    qtbot.waitUntil(lambda: page.desk.keying.state is not None and page.desk.keying.state.position == 1)
    assert page.desk.keying.state.cells == "11121"
    keys(page, qtbot, "<4#")
    done(page, qtbot)
    assert stored(branch) == [(1, "11124", True)]


def test_what_the_paper_does_not_have_is_refused_with_a_line(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "5")
    assert page.desk.keying.state.cursor == 0
    assert "1 至 4" in page.desk.keying.told.text()
    keys(page, qtbot, "9.0#")
    assert page.desk.keying.state.cursor == 3
    assert "第 4 行" in page.desk.keying.told.text()
    keys(page, qtbot, "111")
    assert "已满" in page.desk.keying.told.text()
    assert page.desk.keying.state.cells == "9.011"


@pytest.mark.parametrize(
    ("key", "keypad", "meant"),
    [
        (Qt.Key.Key_7, False, "7"),
        (Qt.Key.Key_7, True, "7"),
        (Qt.Key.Key_Insert, True, "0"),
        (Qt.Key.Key_End, True, "1"),
        (Qt.Key.Key_Down, True, "2"),
        (Qt.Key.Key_Clear, True, "5"),
        (Qt.Key.Key_Delete, True, "."),
        (Qt.Key.Key_Minus, True, "BACKSPACE"),
        (Qt.Key.Key_Minus, False, None),
        (Qt.Key.Key_Down, False, "DOWN"),
        (Qt.Key.Key_Enter, True, "ENTER"),
        (Qt.Key.Key_A, False, None),
    ],
)
def test_number_row_and_keypad_mean_the_same(qapp, key, keypad, meant) -> None:
    modifier = Qt.KeyboardModifier.KeypadModifier if keypad else Qt.KeyboardModifier.NoModifier
    assert key_of(QKeyEvent(QEvent.Type.KeyPress, key, modifier)) == meant


def test_a_shortcut_is_not_a_key_of_the_paper(qapp) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert key_of(event) is None


def test_a_held_key_counts_once(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    paper = page.desk.keying.paper
    keys(page, qtbot, "1")
    none = Qt.KeyboardModifier.NoModifier
    repeat = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, none, "1", True)
    QApplication.sendEvent(paper, repeat)
    assert page.desk.keying.state.cells == "1____"


def test_the_keying_widget_takes_no_input_method(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    assert not page.desk.keying.paper.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def fill(row, values: dict[str, int], qtbot) -> None:
    for name, value in values.items():
        editor = row.fields[name].editor
        assert isinstance(editor, QLineEdit)
        editor.setText(str(value))
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)


def test_from_control_sheet_to_seal(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    fill(page.desk.sheet, {"printed": 6, "issued": 5, "returned": 6, "blank": 0, "void": 0}, qtbot)
    qtbot.waitUntil(lambda: "多于发出" in page.desk.sheet.told.text())
    fill(page.desk.sheet, {"printed": 8, "issued": 6, "returned": 4, "blank": 1, "void": 0}, qtbot)
    qtbot.waitUntil(lambda: "回收率" in page.desk.sheet.told.text())
    start(page, qtbot)
    keys(page, qtbot, "11111#11111#")
    qtbot.mouseClick(page.desk.seal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "收回 4 ≠ 有效 2" in page.desk.problems.text())
    page.desk.keying.paper.setFocus()
    keys(page, qtbot, "12222#")
    qtbot.waitUntil(lambda: page.batches.model.rows[0].keyed == 3)
    qtbot.mouseClick(page.desk.seal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.batches.model.rows[0].state == "SEALED")
    assert not page.desk.by_ballot.isEnabled()
    assert "有效票 3 张" in page.desk.empty.text()
    assert window.close_file()
    assert stored(branch) == []


def test_counts_from_a_tally_sheet(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    fill(page.desk.sheet, {"printed": 10, "issued": 10, "returned": 10, "blank": 0, "void": 0}, qtbot)
    qtbot.waitUntil(lambda: page.batches.model.rows[0].to_key == 10)
    qtbot.mouseClick(page.desk.by_count, Qt.MouseButton.LeftButton)
    grid = page.desk.counting
    qtbot.waitUntil(lambda: grid.table.rowCount() == 5)
    for row in range(5):
        grid.table.item(row, 0).setText("8")
        grid.table.item(row, 1).setText("2" if row else "1")
    assert "还有 1 行不等" in grid.told.text()
    grid.table.item(0, 4).setText("1")
    assert "不等" not in grid.told.text()
    qtbot.mouseClick(grid.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "已保存" in page.desk.problems.text())
    qtbot.mouseClick(page.desk.seal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.batches.model.rows[0].state == "SEALED")
    assert window.close_file()
    opened = data.open_file(branch)
    with opened.reading() as session:
        counts = ballots.counts_of(session, batch_id=page.batches.model.rows[0].id)
    opened.close()
    assert counts["", "1"].options == (8, 1, 0, 0)
    assert counts["", "1"].blank == 1


def test_enter_walks_the_tally_sheet(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    qtbot.mouseClick(page.desk.by_count, Qt.MouseButton.LeftButton)
    table = page.desk.counting.table
    qtbot.waitUntil(lambda: table.rowCount() == 5)
    for _ in range(7):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert (table.currentRow(), table.currentColumn()) == (1, 0)


def test_clearing_asks_on_the_button_itself(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "11111#")
    qtbot.waitUntil(lambda: page.batches.model.rows[0].keyed == 1)
    qtbot.mouseClick(page.desk.clear, Qt.MouseButton.LeftButton)
    assert page.desk.clear.text() == "再按一次，清空已录的 1 张"
    qtbot.mouseClick(page.desk.clear, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.batches.model.rows[0].entry_mode is None)
    assert window.close_file()
    assert stored(branch) == []


def test_a_roster_form_has_a_row_for_every_member(entry, roster, qtbot) -> None:
    window, page = entry(roster)
    start(page, qtbot)
    keys(page, qtbot, "111222333444123#")
    qtbot.waitUntil(lambda: page.desk.keying.state.position == 2)
    down = page.desk.keying.paper
    qtbot.keyClick(down, Qt.Key.Key_1)
    qtbot.keyClick(down, Qt.Key.Key_Up)
    assert page.desk.keying.state.cursor == 1
    assert "边上" in page.desk.keying.told.text()
    assert window.close_file()
    assert stored(roster)[0] == (1, "111222333444123", True)


def test_people_of_the_session_are_registered_and_checked(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    page.meetings.view.selectRow(0)
    people = {"expected": 42, "actual": 50, "members": 5, "self_introduced": 5, "oral_reports": 4}
    fill(page.people, people, qtbot)
    qtbot.waitUntil(lambda: "实到（50）多于应到（42）" in _wide(page.people.told.text()))
    fill(page.people, {"actual": 42}, qtbot)
    qtbot.waitUntil(lambda: page.meetings.model.rows[0].status == "HELD")
    assert window.close_file()


def test_a_failed_write_stops_keying_and_says_so(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "11")
    done(page, qtbot)
    batch_id = page.batches.model.rows[0].id
    page.context.work.write(
        lambda session: ballots.save(session, batch_id=batch_id, position=1, cells="11111", committed=True)
    )
    keys(page, qtbot, "1")
    qtbot.waitUntil(lambda: "没有写进去" in page.desk.keying.told.text())
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    assert page.desk.keying.state.position == 2


def _wide(text: str) -> str:
    return text.replace("(", "（").replace(")", "）")


def test_the_page_opens_on_the_first_thing_to_do(open_window, branch, qtbot) -> None:
    window = open_window((EntryPage,))
    assert window.open_path(branch)
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: page.desk.sheet.fields["printed"].editor.hasFocus())
    for number in ("3", "3", "3", "0", "0"):
        qtbot.keyClicks(QApplication.focusWidget(), number)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert page.desk.sheet.button.hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.desk.by_ballot.hasFocus())
    qtbot.keyClick(page.desk.by_ballot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.desk.keying.paper.hasFocus())
    keys(page, qtbot, "11111#")
    qtbot.waitUntil(lambda: page.batches.model.rows[0].keyed == 1)
