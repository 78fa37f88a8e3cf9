"""The entry page with real key events: every key is drawn at once, written in order, and there after reopening."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import QDate, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from sqlalchemy import update

import make
from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.gui.counting.count_grid import CountGrid
from pingyi_desktop.gui.entry.page import EntryPage, read
from pingyi_desktop.gui.entry.seal_dialog import SealDialog
from pingyi_desktop.gui.keying.keys import key_of
from pingyi_desktop.gui.window import Window
from pingyi_desktop.storage import journal
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_campaign import AppraisalSession

FORM = "T-ORG-A"
Opened = tuple[Window, EntryPage]
THIRTY = [family + given for family in "赵钱孙李周吴" for given in ("建国", "秀英", "志强", "桂兰", "文斌")]


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    """A branch that stands alone, its campaign published with one organisation form."""
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=[FORM])
    made.close()
    return tmp_path / "XX.pingyi"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """The same with a roster form of five members."""
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-MEM-B"])
    made.close()
    return tmp_path / "XX.pingyi"


@pytest.fixture
def entry(open_window, qtbot) -> Iterator[Callable[[Path], Opened]]:
    """Open a file in the window with the entry page on it and the only batch chosen."""

    def open_page(path: Path) -> Opened:
        window = open_window((EntryPage,))
        assert window.open_path(path)
        page = window.workspace.pages[0]
        qtbot.waitUntil(lambda: len(page.batches) == 1)
        page.open_batch(page.batches[0])
        return window, page

    return open_page


def start(page: EntryPage, qtbot) -> None:
    """Press 逐票录入 and wait for the paper."""
    qtbot.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
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


def signed(page: EntryPage, qtbot) -> None:
    """Register the meeting, waive the second entry and sign, as the forms over the desk do."""
    chosen = page._chosen

    def act(session) -> None:
        make.registered(session, chosen)
        signing.waive(session, batch_id=chosen, reason="票数少", by=make.BY)
        signing.sign(
            session, batch_id=chosen, tellers=["甲"], scrutineers=["乙"], by=make.BY, reason="已核实"
        )

    page.context.work.write(act)
    qtbot.waitUntil(lambda: page.desk.acts.of["SEAL"].isVisible())


def seal(page: EntryPage, qtbot) -> None:
    """Press 封存 once everything is signed, after Esc when a paper is being keyed."""
    back(page, qtbot)
    chosen = page._chosen
    signed(page, qtbot)
    qtbot.waitUntil(lambda: "更正要有更正单" in page.desk.advice.text())
    qtbot.mouseClick(page.desk.acts.of["SEAL"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), SealDialog))
    qtbot.mouseClick(showing.dialog().save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state_of(page, chosen) == "SEALED")


def back(page: EntryPage, qtbot) -> None:
    """From the paper or the tally sheet to the desk."""
    if page.desk.back.isVisible():
        qtbot.mouseClick(page.desk.back, Qt.MouseButton.LeftButton)
    assert page.desk.acts.isVisible()


def state_of(page: EntryPage, batch_id: str | None) -> str:
    return next(b.state for b in page.batches if b.id == batch_id)


def test_from_control_sheet_to_seal(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    fill(page.desk.sheet, {"printed": 6, "issued": 5, "returned": 6, "blank": 0, "void": 0}, qtbot)
    qtbot.waitUntil(lambda: "多于发出" in page.desk.sheet.told.text())
    fill(page.desk.sheet, {"printed": 8, "issued": 6, "returned": 4, "blank": 1, "void": 0}, qtbot)
    assert "回收率" in showing.confirm(qtbot)
    qtbot.waitUntil(lambda: "核对单已登记" in page.desk.sheet.told.text())
    start(page, qtbot)
    keys(page, qtbot, "11111#11111#")
    back(page, qtbot)
    qtbot.mouseClick(page.desk.acts.of["FINISH"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "应录 3 张，已录 2 张，还差 1 张" in page.desk.account.told.text())
    qtbot.waitUntil(lambda: page.desk.account.button.text() == "收回改成 3 张")
    page.refresh()
    showing.settle(window)
    assert page.desk.account.button.text() == "收回改成 3 张", "a list that comes later takes no mend away"
    start(page, qtbot)
    keys(page, qtbot, "12222#")
    qtbot.waitUntil(lambda: page.batches[0].keyed == 3)
    seal(page, qtbot)
    qtbot.mouseClick(showing.cards(page)[0].act, Qt.MouseButton.LeftButton)
    assert not page.desk.acts.of["KEY"].isVisible()
    qtbot.waitUntil(lambda: "有效票 3 张" in page.desk.advice.text())
    assert window.close_file()
    assert stored(branch) == []


def test_counts_from_a_tally_sheet(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    fill(page.desk.sheet, {"printed": 10, "issued": 10, "returned": 10, "blank": 0, "void": 0}, qtbot)
    qtbot.waitUntil(lambda: page.batches[0].to_key == 10)
    qtbot.mouseClick(page.desk.acts.of["COUNT"], Qt.MouseButton.LeftButton)
    grid = page.desk.counting
    qtbot.waitUntil(lambda: grid.table.rowCount() == 5)
    for row in range(5):
        grid.table.item(row, 0).setText("8")
        grid.table.item(row, 1).setText("2" if row else "1")
    assert "还有 1 行不等" in grid.told.text()
    grid.table.item(0, 4).setText("1")
    assert "不等" not in grid.told.text()
    qtbot.mouseClick(grid.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "可以回去录完第一遍" in grid.note.text())
    seal(page, qtbot)
    assert window.close_file()
    opened = data.open_file(branch)
    with opened.reading() as session:
        counts = ballots.counts_of(session, batch_id=page.batches[0].id)
    opened.close()
    assert counts["", "1"].options == (8, 1, 0, 0)
    assert counts["", "1"].blank == 1


def test_enter_walks_the_tally_sheet(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    qtbot.mouseClick(page.desk.acts.of["COUNT"], Qt.MouseButton.LeftButton)
    table = page.desk.counting.table
    qtbot.waitUntil(lambda: table.rowCount() == 5)
    for _ in range(7):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert (table.currentRow(), table.currentColumn()) == (1, 0)


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
    page.open_meeting(page.meetings[0])
    page.meeting.date.setDate(QDate(2024, 3, 1))
    people = {"expected": 42, "actual": 50, "members": 5, "self_introduced": 5, "oral_reports": 4}
    fill(page.meeting.people, people, qtbot)
    qtbot.waitUntil(lambda: "实到（50）多于应到（42）" in _wide(page.meeting.people.told.text()))
    qtbot.keyClick(page.meeting.people.fields["actual"].editor, Qt.Key.Key_Backspace)
    assert page.meeting.people.told.isHidden()
    fill(page.meeting.people, {"actual": 10}, qtbot)
    qtbot.waitUntil(lambda: not showing.no_dialog())
    showing.dialog().reject()  # go back and mend it: nothing was written
    assert page.meetings[0].status == "PLANNED"
    qtbot.mouseClick(page.meeting.people.button, Qt.MouseButton.LeftButton)
    said = showing.confirm(qtbot, "大雪封路，改日补评")
    assert "评议时间" in said
    assert "不在活动期间（2024-01-05 至 2024-01-31）" in said
    assert "实到 10 人、应到 42 人，到会率 23.8%，未达到三分之二的要求" in said
    assert "V-SES" not in said
    qtbot.waitUntil(lambda: page.meetings[0].status == "HELD")
    kept = []
    page.context.work.read(lambda session: journal.lines(session, newest=1)[0].detail, kept.append)
    qtbot.waitUntil(lambda: bool(kept))
    assert "大雪封路，改日补评" in kept[0]
    assert window.close_file()


def test_a_session_is_registered_from_the_ledger_of_meetings(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    page.open_meeting(page.meetings[0])
    qtbot.mouseClick(page.meeting.told, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "会议台账里没有已开的" in _wide(page.meeting.people.told.text()))
    code = page.meetings[0].org_code
    typed = {"kind": "评议会", "layer": "层面二", "status": "已开", "held_on": "2024-01-20"}

    def write(session):
        ledger, campaign_id = catalog.ledger("meeting"), make.campaign_of(session)
        people = {"expected": "12", "actual": "11"}
        edits.add(session, ledger, campaign_id=campaign_id, org=code, typed=typed | people, today="", by="王")

    done = []
    page.context.work.write(write, lambda _: done.append(True), act="记会议")
    qtbot.waitUntil(lambda: bool(done))
    qtbot.mouseClick(page.meeting.told, Qt.MouseButton.LeftButton)
    showing.confirm(qtbot, "口头汇报另记")
    qtbot.waitUntil(lambda: page.meeting.people.fields["actual"].editor.text() == "11")
    assert page.meeting.people.fields["expected"].editor.text() == "12"
    qtbot.waitUntil(lambda: page.meetings[0].status == "HELD")
    assert window.close_file()


def test_a_control_sheet_and_signatures_ask_for_a_reason(entry, branch, qtbot) -> None:
    window, page = entry(branch)
    sheet = {"printed": 9, "issued": 10, "returned": 7, "blank": 0, "void": 7}
    fill(page.desk.sheet, sheet, qtbot)
    said = showing.confirm(qtbot)
    assert "发出多于印制 1 张" in said
    assert "回收率 70.0%" in said
    assert "空白、废票占 100.0%" in said
    qtbot.waitUntil(lambda: page.batches[0].to_key == 0)
    assert window.close_file()


def test_a_failed_write_stops_keying_and_says_so(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "11")
    done(page, qtbot)
    batch_id = page.batches[0].id
    page.context.work.write(
        lambda session: ballots.save(
            session, batch_id=batch_id, position=1, cells="11111", committed=True, was="11___"
        )
    )
    keys(page, qtbot, "1")
    qtbot.waitUntil(lambda: "没有写进去" in page.desk.keying.told.text())
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    assert page.desk.keying.state.position == 2


def test_what_another_window_keyed_of_the_ballot_stays_and_this_one_says_so(entry, branch, qtbot) -> None:
    """Two computers can hold one file open on a shared drive, where the lock is no use."""
    _, page = entry(branch)
    start(page, qtbot)
    other = data.open_file(branch)
    with other.transaction() as session:
        ballots.save(session, batch_id=page.batches[0].id, position=1, cells="43___", committed=False)
    keys(page, qtbot, "11")
    qtbot.waitUntil(lambda: "第 1 张已经录的格，和这里录到的不一样" in page.desk.keying.told.text())
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    assert page.desk.keying.state.cells == "43___"
    keys(page, qtbot, "211#")
    done(page, qtbot)
    assert stored(branch) == [(1, "43211", True)]
    other.close()


def test_a_full_disk_or_a_read_only_drive_stops_keying_at_the_last_durable_key(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "12")
    done(page, qtbot)
    refuse(page, "ON")
    keys(page, qtbot, "341")
    qtbot.waitUntil(lambda: "没有写进去" in page.desk.keying.told.text())
    assert "只能读" in page.desk.keying.told.text()
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    assert page.desk.keying.state.cells == "12___"
    refuse(page, "OFF")
    keys(page, qtbot, "341#")
    done(page, qtbot)
    assert stored(branch) == [(1, "12341", True)]


def refuse(page: EntryPage, on: str) -> None:
    """Make SQLite refuse every write of the window's connection, as it does on a read-only drive."""
    pragma = f"PRAGMA query_only={on}"
    page.context.work.read(lambda s: s.connection().exec_driver_sql(pragma), lambda _: None)


def test_keys_pressed_while_the_ballot_before_is_opened_again_are_not_lost(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "11111#")
    done(page, qtbot)
    page.context.work.read(lambda _session: time.sleep(0.1), lambda _: None)
    for key in (Qt.Key.Key_Backspace, Qt.Key.Key_Backspace, Qt.Key.Key_4, Qt.Key.Key_Return):
        qtbot.keyClick(page.desk.keying.paper, key)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    done(page, qtbot)
    assert stored(branch) == [(1, "11114", True)]


@pytest.fixture
def pair(open_window, tmp_path, qtbot) -> Iterator[tuple[Window, EntryPage]]:
    """A branch with two stacks: an organisation form of five items and a member form of three."""
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=[FORM, "T-MEM-A"])
    made.close()
    window = open_window((EntryPage,))
    assert window.open_path(tmp_path / "XX.pingyi")
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: len(page.batches) == 2)
    return window, page


def test_a_batch_that_was_left_never_shows_itself_over_the_next(pair, qtbot) -> None:
    _, page = pair
    for number, keyed in ((0, "11"), (1, "2")):
        page.open_batch(page.batches[number])
        start(page, qtbot)
        keys(page, qtbot, keyed)
        done(page, qtbot)
    second = page.batches[1].id
    seen = []
    page.open_batch(page.batches[0])
    page.context.work.read(
        lambda _session: time.sleep(0.2), lambda _: seen.append(page.desk.keying.state)
    )  # answered after the first batch was read and before the second
    page.open_batch(page.batches[1])
    keys(page, qtbot, "3")
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    assert seen == [None]
    assert page._chosen == second
    assert page.desk.keying.state.cells == "2__"


def test_findings_of_a_batch_that_was_left_are_not_told_of_the_next(pair, qtbot) -> None:
    _, page = pair
    page.open_batch(page.batches[0])
    page.context.work.read(lambda _session: time.sleep(0.1), lambda _: None)
    page.desk._finish_first()
    page.open_batch(page.batches[1])
    done(page, qtbot)
    assert page.desk.problems.text() == ""


def test_leaving_a_batch_and_coming_back_is_a_pause(pair, qtbot) -> None:
    _, page = pair
    page.open_batch(page.batches[0])
    start(page, qtbot)
    keys(page, qtbot, "11111#123")
    page.open_batch(page.batches[1])
    start(page, qtbot)
    keys(page, qtbot, "4")
    page.open_batch(page.batches[0])
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    state = page.desk.keying.state
    assert (state.position, state.cells, state.cursor) == (2, "123__", 3)
    assert page.desk.keying.paper.hasFocus()


def _as_an_earlier_edition_left_it(session) -> None:
    """Sealed, and its meeting not registered."""
    nothing = {"status": "PLANNED", "held_on": None, "expected": None, "actual": None}
    session.execute(update(AppraisalSession).values(nothing))


def test_after_the_seal_the_next_batch_is_offered_and_then_the_export(pair, qtbot, monkeypatch) -> None:
    _, page = pair
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.next)
    assert page.next.text() == "登记开会人数"
    page.open_batch(page.batches[0])
    figures = {"printed": 4, "issued": 4, "returned": 4, "blank": 0, "void": 0}
    fill(page.desk.sheet, figures, qtbot)
    qtbot.waitUntil(lambda: page.batches[0].to_key == 4)
    start(page, qtbot)
    keys(page, qtbot, "11111#" * 4)
    done(page, qtbot)
    seal(page, qtbot)
    qtbot.waitUntil(lambda: "还有 1 批" in page.hint.text() and page.window().focusWidget() is page.next)
    assert page.next.text() == "登记核对单"
    qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
    assert page._chosen == page.batches[1].id
    assert not page.next.isVisible()
    fill(page.desk.sheet, {**figures, "issued": 0, "returned": 0}, qtbot)
    assert "按“一人两表”一般应相同" in showing.confirm(qtbot)
    qtbot.waitUntil(lambda: page.batches[1].to_key == 0)
    seal(page, qtbot)
    page.context.work.write(_as_an_earlier_edition_left_it)
    qtbot.waitUntil(lambda: "没有登记人数" in page.hint.text())
    qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
    page.meeting.date.setDate(QDate(2024, 1, 12))
    fill(page.meeting.people, {"expected": 4, "actual": 4}, qtbot)
    showing.confirm(qtbot)
    qtbot.waitUntil(lambda: page.go_on.isVisible())
    assert "到“报表”页看结果、打印" in page.hint.text()
    assert not page.next.isVisible()


def test_what_is_on_the_paper_is_echoed_before_keying(pair, qtbot) -> None:
    _, page = pair
    page.open_batch(page.batches[1])
    qtbot.waitUntil(lambda: "纸上印的是这些吗" in page.desk.echo.text())
    assert "①" not in page.desk.echo.text()
    assert "3　" in page.desk.echo.text()
    assert "1 满意　2 比较满意　3 基本满意　4 不满意" in page.desk.echo.text()
    assert "党员" in page.desk.head.text()


def test_the_lists_are_not_read_again_for_a_key(entry, branch, qtbot, monkeypatch) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "1")
    done(page, qtbot)
    read = []
    monkeypatch.setattr(page, "refresh", lambda: read.append(None))
    keys(page, qtbot, "1111#11")
    done(page, qtbot)
    assert read == []
    assert page.batches[0].keyed == 1


def test_tab_stays_in_the_paper_and_escape_leaves_it(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    paper = page.desk.keying.paper
    keys(page, qtbot, "1")
    qtbot.keyClick(paper, Qt.Key.Key_Tab)
    assert paper.hasFocus()
    assert not page.back.isVisible()
    paper.clearFocus()
    assert "点一下票面" in page.desk.keying.count.text()
    qtbot.mouseClick(paper, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert "点一下票面" not in page.desk.keying.count.text()
    qtbot.keyClick(paper, Qt.Key.Key_Escape)
    assert page.back.isVisible()
    assert page.desk.sheet.isVisible()
    assert page.desk.keying.state is None
    start(page, qtbot)
    assert page.desk.keying.state.cells == "1____"


def test_every_tenth_ballot_is_confirmed_in_a_calm_line(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    start(page, qtbot)
    keys(page, qtbot, "11111#" * 9)
    assert page.desk.keying.told.text() == ""
    keys(page, qtbot, "11111#")
    assert page.desk.keying.told.text().startswith("已录 10 张")
    assert page.desk.keying.told.property("role") == "strong"
    keys(page, qtbot, "8")
    assert page.desk.keying.told.property("role") == "wrong"


def counting(page: EntryPage, qtbot) -> CountGrid:
    qtbot.mouseClick(page.desk.acts.of["COUNT"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.desk.work.currentIndex() == 2)
    return page.desk.counting


def type_counts(qtbot, text: str) -> None:
    """Type where the cursor is; “#” is Enter."""
    for one in text:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return if one == "#" else Qt.Key(ord(one)))


def test_counts_are_typed_with_digits_and_enter_alone(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    grid = counting(page, qtbot)
    type_counts(qtbot, "12#A3#")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.KeypadModifier)
    type_counts(qtbot, "#")
    assert [grid.table.item(0, column).text() for column in range(4)] == ["12", "3", "2", ""]
    assert (grid.table.currentRow(), grid.table.currentColumn()) == (0, 3)
    assert grid.table.item(0, 7).text() == "17"


def test_a_finished_line_of_counts_is_in_the_file_and_closing_keeps_the_one_in_hand(
    entry, branch, qtbot
) -> None:
    window, page = entry(branch)
    counting(page, qtbot)
    type_counts(qtbot, "8#2######7#1")
    done(page, qtbot)
    batch_id = page.batches[0].id
    assert kept_counts(branch, batch_id) == {("", "1"): (8, 2, 0, 0)}
    assert window.close_file()
    assert kept_counts(branch, batch_id) == {("", "1"): (8, 2, 0, 0), ("", "2"): (7, 1, 0, 0)}
    _, page = entry(branch)
    qtbot.waitUntil(lambda: page.desk.work.currentIndex() == 2)
    texts = [page.desk.counting.table.item(line, 0).text() for line in range(3)]
    assert texts == ["8", "7", ""]


def kept_counts(path: Path, batch_id: str) -> dict[tuple[str, str], tuple[int, ...]]:
    opened = data.open_file(path)
    with opened.reading() as session:
        counts = ballots.counts_of(session, batch_id=batch_id)
    opened.close()
    return {place: one.options for place, one in counts.items()}


def test_counts_of_one_batch_never_go_into_another(pair, qtbot) -> None:
    _, page = pair
    ids = [batch.id for batch in page.batches]
    for number in (0, 1):
        page.open_batch(page.batches[number])
        counting(page, qtbot)
        type_counts(qtbot, f"{number + 5}#")
    page.open_batch(page.batches[0])
    done(page, qtbot)
    path = page.context.store.path
    assert kept_counts(path, ids[0]) == {("", "1"): (5, 0, 0, 0)}
    assert [options[0] for options in kept_counts(path, ids[1]).values()] == [6]


def test_counts_that_cannot_be_written_stay_on_the_screen(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    grid = counting(page, qtbot)
    refuse(page, "ON")
    type_counts(qtbot, "8#")
    grid.pause()
    qtbot.waitUntil(lambda: "没有写进去" in grid.told.text())
    assert grid.table.item(0, 0).text() == "8"
    refuse(page, "OFF")
    grid.pause()
    done(page, qtbot)
    assert kept_counts(branch, page.batches[0].id) == {("", "1"): (8, 0, 0, 0)}


@pytest.mark.usefixtures("dressed")
def test_no_text_of_a_long_item_is_cut(open_window, tmp_path, qtbot, entry) -> None:
    made = make.published_school(tmp_path / "long.pingyi", form_codes=["T-ORG-C"])
    made.close()
    _, page = entry(tmp_path / "long.pingyi")
    start(page, qtbot)
    paper = page.desk.keying.paper
    room = QRect(0, 0, paper.cell_rect(0).left() - 16, 10_000)
    for number, text in enumerate(paper._layout.rows):
        needed = paper.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, f"{number + 1}  {text}")
        assert needed.height() <= paper.cell_rect(number).height()


def test_keying_to_the_last_ballot_says_so(entry, branch, qtbot) -> None:
    _, page = entry(branch)
    fill(page.desk.sheet, {"printed": 2, "issued": 2, "returned": 2, "blank": 0, "void": 0}, qtbot)
    qtbot.waitUntil(lambda: page.batches[0].to_key == 2)
    page.context.work.write(lambda session: make.registered(session, page._chosen))
    qtbot.waitUntil(lambda: page.meetings[0].status == "HELD")
    start(page, qtbot)
    keys(page, qtbot, "11111#")
    assert page.desk.keying.count.text() == "第 2 张　已录 1 张，应录 2 张"
    keys(page, qtbot, "11111#")
    assert "按 Esc 回去" in page.desk.keying.count.text()
    qtbot.keyClick(page.desk.keying.paper, Qt.Key.Key_Escape)
    assert page.desk.acts.of["FINISH"].hasFocus()


@pytest.mark.parametrize("forms", [[FORM], ["T-ORG-C"], ["T-MEM-B"]])
@pytest.mark.usefixtures("dressed")
def test_the_whole_width_of_the_paper_fits_a_small_screen(forms, entry, open_window, tmp_path, qtbot) -> None:
    made = make.published_school(tmp_path / "wide.pingyi", people=THIRTY, form_codes=forms)
    made.close()
    window, page = entry(tmp_path / "wide.pingyi")
    window.resize(1366, 768)
    start(page, qtbot)
    paper, area = page.desk.keying.paper, page.desk.keying._area
    qtbot.waitUntil(lambda: page.fills_window and paper.hasFocus() and page.context.work.waiting == 0)
    QApplication.processEvents()  # the paper takes the room of the lists
    assert paper.sizeHint().width() <= area.viewport().width()
    keys(page, qtbot, "1" * min(30, page.desk.keying.state.paper.size))
    state = page.desk.keying.state
    here = paper.cell_rect(min(state.cursor, state.paper.size - 1))
    assert paper.visibleRegion().boundingRect().contains(here)


@pytest.mark.usefixtures("dressed")
def test_when_all_is_sealed_the_next_step_is_in_sight_on_a_small_screen(open_window, branch, qtbot) -> None:
    made = data.open_file(branch)
    with made.transaction() as session:
        view = campaigns.current(session)
        (batch,) = batches.listing(session, campaign_id=view.id)
        make.sealed(session, batch.id, ["11111"] * 6)
        for meeting in sessions.listing(session, campaign_id=view.id):
            make.held(session, meeting.id)
    made.close()
    window = open_window((EntryPage,))
    assert window.open_path(branch)
    window.resize(1366, 768)
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: page.go_on.isVisible() and page.context.work.waiting == 0)
    QApplication.processEvents()
    assert page.go_on.visibleRegion().boundingRect() == page.go_on.rect()
    assert page.go_on.text() == "去“报表”"  # it stands alone: there is nothing to hand up


def test_only_a_unit_that_stands_alone_is_not_led_to_the_exchange(branch, tmp_path: Path) -> None:
    made = make.published_company(tmp_path / "QL.pingyi")
    with data.open_file(branch).reading() as alone, made.reading() as above:
        assert [read(one, chosen="").alone for one in (alone, above)] == [True, False]
    made.close()


def _wide(text: str) -> str:
    return text.replace("(", "（").replace(")", "）")


def test_the_page_opens_on_the_first_thing_to_do(open_window, branch, qtbot) -> None:
    window = open_window((EntryPage,))
    assert window.open_path(branch)
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.next)
    qtbot.keyClick(page.next, Qt.Key.Key_Return)
    page.meeting.date.setDate(QDate(2024, 1, 12))
    for number in ("3", "3", "", "", ""):
        qtbot.keyClicks(QApplication.focusWidget(), number)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    showing.confirm(qtbot)
    window.activateWindow()
    qtbot.waitUntil(lambda: page.desk.sheet.fields["printed"].editor.hasFocus())
    assert "开会人数已登记" in page.messages.text
    assert page.desk.sheet.button.property("primary")
    for number in ("3", "3", "3", "0", "0"):
        qtbot.keyClicks(QApplication.focusWidget(), number)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert page.desk.sheet.button.hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.desk.acts.of["KEY"].hasFocus())
    qtbot.keyClick(page.desk.acts.of["KEY"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.desk.keying.paper.hasFocus())
    keys(page, qtbot, "11111#")
    qtbot.waitUntil(lambda: page.batches[0].keyed == 1)
