"""The keying page with real key events: the whole grammar, strokes counted, bounce, focus, count, sounds, what is painted."""

from __future__ import annotations

import json
import time
import wave
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from benchmarks import bench_keying, keying_robot
from benchmarks.bench_keying import radio_buttons, robot, spreadsheet, stacked
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from series import LONG

import make
from pingyi_desktop.appraisal.batches import batches, second
from pingyi_desktop.appraisal.paper import forms, keying
from pingyi_desktop.appraisal.paper.keying import Outcome, Paper, press, start
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.keying import sounds
from pingyi_desktop.gui.keying.key_card import KEYS as CARD
from pingyi_desktop.gui.keying.key_card import KeyCard
from pingyi_desktop.gui.keying.keying_desk import KeyingDesk
from pingyi_desktop.gui.keying.keys import Debounce, key_of
from pingyi_desktop.gui.keying.paper import changed_cells
from pingyi_desktop.gui.keying.paper_print import fitted
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.window import Window
from pingyi_desktop.storage import store as data

NONE, PAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
SPECIAL = {
    "#": Qt.Key.Key_Return,
    "<": Qt.Key.Key_Backspace,
    ".": Qt.Key.Key_Period,
    "/": Qt.Key.Key_Slash,
    "*": Qt.Key.Key_Asterisk,
    "V": Qt.Key.Key_F8,
    "P": Qt.Key.Key_F9,
    "E": Qt.Key.Key_Escape,
    "U": Qt.Key.Key_Up,
    "D": Qt.Key.Key_Down,
    "L": Qt.Key.Key_Left,
    "R": Qt.Key.Key_Right,
}
THIRTEEN = [family + given for family in "赵钱孙李周吴郑" for given in ("建国", "秀英")][:13]
SIXTY = [family + given for family in "赵钱孙李周吴郑王冯陈褚卫" for given in ("一", "二", "三", "四", "五")]
Opened = Callable[..., EntryPage]


@pytest.fixture
def keyed(open_window, tmp_path: Path, qtbot) -> Iterator[Opened]:
    """Open the page on the paper of a form, ready for keys."""

    def open_page(form: str = "T-ORG-A", people: list[str] = THIRTEEN) -> EntryPage:
        path = tmp_path / f"{form}.pingyi"
        made = make.published_school(path, people=people, form_codes=[form])
        made.close()
        window: Window = open_window((EntryPage,))
        assert window.open_path(path)
        page = window.workspace.pages[0]
        qtbot.waitUntil(lambda: len(page.batches) == 1)
        page.open_batch(page.batches[0])
        begin(page, qtbot)
        return page

    return open_page


def begin(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    calm(page, qtbot)


def calm(page: EntryPage, qtbot) -> None:
    """Wait until the paper has its room and the keys, nothing waits for the file, and all of it is painted."""
    desk = page.desk.keying
    qtbot.waitUntil(lambda: desk.paper.hasFocus() and page.context.work.waiting == 0)
    sizes: list[QSize] = []

    def rests() -> bool:
        QApplication.processEvents()
        sizes.append(desk.paper.size())
        return sizes[-2:] == [desk.paper.size()] * 2

    qtbot.waitUntil(rests)
    page.window().repaint()  # everything that is still to be painted, now


def keys(page: EntryPage, text: str) -> None:
    for one in text:
        QTest.keyClick(page.desk.keying.paper, SPECIAL.get(one, Qt.Key(ord(one))))


def settled(page: EntryPage, qtbot) -> KeyingDesk:
    """Wait until every key has been written."""
    desk = page.desk.keying
    qtbot.waitUntil(lambda: desk._writer.depth == 0 and desk.state is not None)
    return desk


def rows(page: EntryPage, query: str) -> list[tuple[object, ...]]:
    opened = data.open_file(page.context.store.path)
    with opened.reading() as session:
        found = [tuple(row) for row in session.connection().exec_driver_sql(query)]
    opened.close()
    return found


BALLOTS = "SELECT position, cells, filled, void_reason, committed FROM draft_ballot ORDER BY position"


@pytest.mark.parametrize(
    ("form", "promised"),
    [
        ("T-ORG-A", {"12341#": 6, "*1#": 3, "12<1341#": 8}),
        ("T-MEM-B", {"123" * 13 + "#": 40, "*1#": 3}),
    ],
)
def test_a_ballot_costs_as_many_keys_as_promised(keyed, qtbot, form, promised) -> None:
    page, pressed = keyed(form), 0
    for done, (typed, strokes) in enumerate(promised.items(), 1):
        keys(page, typed)
        settled(page, qtbot)
        pressed += strokes
        assert len(typed) == strokes
        assert rows(page, "SELECT keystrokes, ballots FROM entry_pass") == [(pressed, done)], typed
        assert [ballot[4] for ballot in rows(page, BALLOTS)[:done]] == [1] * done, typed


def test_strokes_count_what_was_corrected_and_refused(keyed, qtbot) -> None:
    page = keyed()
    keys(page, "15" + "8" + "L" + "R" + "<" + "11111#")
    settled(page, qtbot)
    assert rows(page, "SELECT keystrokes, corrections, refused FROM entry_pass") == [(12, 1, 2)]


def test_void_filled_and_jumped_ballots_are_written_as_such(keyed, qtbot) -> None:
    page = keyed("T-MEM-B")
    keys(page, "12V2#")
    keys(page, "123*1/022#")
    settled(page, qtbot)
    first, second = rows(page, BALLOTS)
    assert first == (1, "_" * 39, "", "2", 1)
    assert second == (2, "123" + "2" + "1" * 35, "000" + "0" + "1" * 35, "", 1)


def test_the_paper_says_what_a_command_waits_for(keyed, qtbot) -> None:
    page = keyed()
    desk = page.desk.keying
    keys(page, "V")
    assert desk._area._spoiling.isVisible()
    assert desk.told.property("role") == "strong"
    keys(page, "<")
    assert not desk._area._spoiling.isVisible()
    keys(page, "V")
    qtbot.keyClick(desk.paper, Qt.Key.Key_Escape)
    assert desk.state.pending == ""
    assert page.desk.back.isVisible()
    keys(page, "P")
    assert not page.desk.back.isVisible()


def test_a_pause_waits_for_the_keys_before_it(keyed, qtbot) -> None:
    page = keyed()
    keys(page, "11111#")
    settled(page, qtbot)
    page.context.work.read(lambda _session: time.sleep(0.1), lambda _: None)
    keys(page, "<<3P")
    qtbot.waitUntil(lambda: not page.desk.back.isVisible())
    qtbot.waitUntil(lambda: page.desk.keying._writer.depth == 0)
    assert rows(page, BALLOTS) == [(1, "11113", "", "", 0)]


def test_a_letter_is_answered_and_a_shortcut_is_not_a_key(keyed, qtbot) -> None:
    page = keyed()
    desk = page.desk.keying
    qtbot.keyClick(desk.paper, Qt.Key.Key_A)
    assert "不用" in desk.told.text()
    assert desk.state.untouched
    for key in (Qt.Key.Key_Shift, Qt.Key.Key_NumLock, Qt.Key.Key_Control):
        keys(page, "1<")
        qtbot.keyClick(desk.paper, key)
        assert desk.told.text() == ""


@pytest.mark.parametrize(
    ("key", "modifier", "text", "meant"),
    [
        (Qt.Key.Key_Slash, PAD, "/", keying.JUMP),
        (Qt.Key.Key_Asterisk, PAD, "*", keying.FILL),
        (Qt.Key.Key_Asterisk, Qt.KeyboardModifier.ShiftModifier, "*", keying.FILL),
        (Qt.Key.Key_Comma, PAD, ",", keying.ILLEGIBLE),
        (Qt.Key.Key_F8, NONE, "", keying.SPOIL),
        (Qt.Key.Key_F9, NONE, "", keying.PAUSE),
        (Qt.Key.Key_unknown, NONE, "３", "3"),
        (Qt.Key.Key_unknown, NONE, "。", keying.ILLEGIBLE),
        (Qt.Key.Key_Comma, NONE, ",", None),
        (Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier, "", None),
    ],
)
def test_commands_come_from_keypad_and_number_row(qapp, key, modifier, text, meant) -> None:
    assert key_of(QKeyEvent(QEvent.Type.KeyPress, key, modifier, text)) == meant


def event(kind: QEvent.Type, key: Qt.Key, at: int) -> QKeyEvent:
    made = QKeyEvent(kind, key, NONE, chr(key))
    made.setTimestamp(at)
    return made


def test_a_bouncing_key_counts_once_and_a_fast_double_digit_twice(keyed, qtbot) -> None:
    page = keyed("T-MEM-B")
    paper = page.desk.keying.paper
    down, up = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
    one, two = Qt.Key.Key_1, Qt.Key.Key_2
    story = (
        (down, one, 1000, "1"),
        (down, one, 1010, "1"),  # the switch closes again
        (up, one, 1012, "1"),
        (down, one, 1024, "1"),
        (down, one, 1040, "11"),  # pressed again
        (up, one, 1100, "11"),
        (down, one, 1104, "11"),  # the switch opens badly
        (down, one, 1140, "111"),
        (down, two, 1145, "1112"),  # another key is never a bounce
        (down, one, 1150, "11121"),
    )
    for kind, key, at, cells in story:
        QApplication.sendEvent(paper, event(kind, key, at))
        assert page.desk.keying.state.cells.rstrip("_") == cells, at


def test_events_without_a_time_never_bounce(qapp) -> None:
    debounce = Debounce()
    for _ in range(3):
        assert not debounce.bounced(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, NONE))


def test_no_input_method_is_asked_for(keyed) -> None:
    paper = keyed().desk.keying.paper
    assert paper.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False


def test_a_click_beside_the_paper_takes_no_key_away(keyed, qtbot) -> None:
    page = keyed()
    desk = page.desk.keying
    for widget in (desk.count, desk.told, desk.card, desk, page.desk.head):
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        assert desk.paper.hasFocus()
    page.desk.back.setFocus()
    qtbot.waitUntil(lambda: desk.paper.hasFocus())
    qtbot.keyClick(desk.paper, Qt.Key.Key_Backtab)
    assert desk.paper.hasFocus()


def test_the_count_is_asked_where_an_office_wants_it(keyed, qtbot) -> None:
    settings.set_count_asked(True)
    page = keyed()
    desk = page.desk.keying
    keys(page, "*1#" * 10)
    assert "已录 10 张。左手边翻过的是 10 张吗？" in desk.told.text()
    keys(page, "1")
    assert desk.state.untouched
    assert desk.told.property("role") == "wrong"
    keys(page, "#1")
    assert desk.state.cells == "1____"
    keys(page, "1111#" + "*1#" * 9 + "<")
    settled(page, qtbot)
    assert (desk.state.position, desk.state.full) == (20, True)


def test_choices_are_changed_over_the_paper_and_remembered(keyed, qtbot) -> None:
    page = keyed()
    desk = page.desk.keying
    sound, count, fill = desk.choices.menu().actions()
    assert [one.isChecked() for one in (sound, count, fill)] == [False, False, True]
    fill.trigger()
    keys(page, "*")
    assert "不用“*”" in desk.told.text()
    sound.trigger()
    count.trigger()
    assert (settings.sounds(), settings.count_asked(), settings.may_fill()) == (True, True, False)


def test_a_ballot_asked_again_shows_only_its_blanks_to_the_digits(keyed, qtbot) -> None:
    page = keyed()
    desk = page.desk.keying
    keys(page, "12341LLLL<3")
    assert desk.state.cells == "32341"
    assert desk.state.cursor == 5
    settled(page, qtbot)
    assert rows(page, BALLOTS) == [(1, "32341", "", "", 0)]


def second_entry(page: EntryPage, qtbot, *, sample: int | None = None) -> KeyingDesk:
    """Key three ballots and open them for the other person."""
    settings.set_operator("王芳")
    keys(page, "11111#22222#33333#")
    settled(page, qtbot)
    batch_id = page.batches[0].id
    figures = {"printed": 3, "issued": 3, "returned": 3, "blank": 0, "void": 0}

    def begin_again(session) -> None:
        make.registered(session, batch_id)
        batches.set_control_sheet(session, batch_id=batch_id, by="王芳", reason="已核实", **figures)
        second.begin(session, batch_id=batch_id, sample=sample, by="王芳")

    page.context.work.write(begin_again)
    qtbot.waitUntil(lambda: page.batches[0].state == "SECOND" and page.desk.acts.of["AGAIN"].isVisible())
    settings.set_operator("李强")
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    return page.desk.keying


def test_digits_meant_for_the_next_ballot_do_not_fall_into_cells_asked_again(keyed, qtbot) -> None:
    page = keyed()
    desk = second_entry(page, qtbot)
    keys(page, "11111#")
    settled(page, qtbot)
    page.context.work.read(lambda _session: time.sleep(0.1), lambda _: None)
    keys(page, "22422#33")  # the hand was faster than the comparison
    settled(page, qtbot)
    assert (desk.state.position, desk.state.cells) == (2, "22_22")
    assert "请只看纸重按" in desk.told.text()
    keys(page, "2#333")
    settled(page, qtbot)
    assert (desk.state.position, desk.state.cells) == (3, "333__")


def test_in_a_sample_there_may_be_no_ballot_to_go_back_to(keyed, qtbot) -> None:
    page = keyed()
    desk = second_entry(page, qtbot, sample=1)
    state = desk.state
    assert f"请取第 {state.position} 张" in desk.told.text()
    keys(page, "<")
    settled(page, qtbot)
    assert desk.state == state
    assert desk.told.property("role") == "wrong"
    assert "没有写进去" not in desk.told.text()


def test_sounds_tell_rows_commits_and_refusals_apart(open_window, qapp) -> None:
    paper = Paper((4, 4, 4), tuple(f"M{number}" for number in range(13)))
    state, heard = start(paper, position=1), []
    for key in [*("123" * 13), "1", keying.ENTER]:
        step = press(state, key)
        heard.append(sounds.sound_of(step, row_width=3))
        state = step.state
    assert [place for place, one in enumerate(heard, 1) if one == sounds.TICK] == [15, 30]
    assert heard[-2:] == [sounds.BUZZ, sounds.BRIGHT]
    for name in sounds.TONES:
        with wave.open(str(sounds.tone(name))) as tone:
            assert tone.getnframes() > 100


def test_sounds_on_without_a_player_still_answer_a_refusal(keyed, qtbot, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    settings.set_sounds(True)
    page = keyed()
    keys(page, "8" + "11111#")
    assert page.desk.keying.state.position == 2


class Painted(QObject):
    """Watches what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.areas: list[int] = []

    def eventFilter(self, _watched: QObject, one: QEvent) -> bool:
        if isinstance(one, QPaintEvent):
            self.areas.append(sum(part.width() * part.height() for part in one.region()))
        return False


@pytest.mark.usefixtures("dressed")
def test_a_key_repaints_a_few_cells_of_a_long_roster(keyed, qtbot) -> None:
    page = keyed("T-MEM-B", SIXTY)
    desk, painted = page.desk.keying, Painted()
    cell = desk.paper.cell_rect(0)
    desk.paper.installEventFilter(painted)
    for _ in range(6):
        painted.areas.clear()
        keys(page, "1")
        qtbot.waitUntil(lambda: bool(painted.areas))
        assert sum(painted.areas) < 5 * cell.width() * cell.height()
    desk.paper.removeEventFilter(painted)


@pytest.mark.usefixtures("dressed")
def test_the_cells_a_key_changed_are_known(keyed, qtbot) -> None:
    page = keyed("T-MEM-B", SIXTY)
    desk = page.desk.keying
    for number in range(30):
        before = desk.state
        keys(page, "1")
        assert changed_cells(before, desk.state) == [number, number + 1]
    assert changed_cells(before, before) == []
    assert desk.paper.visibleRegion().boundingRect().contains(desk.paper.cell_rect(desk.state.cursor))


@pytest.mark.usefixtures("dressed")
def test_pages_of_a_long_roster_are_where_the_paper_has_them(keyed, qtbot) -> None:
    page = keyed("T-MEM-B", SIXTY)
    paper = page.desk.keying.paper
    layout = paper._layout
    assert (len(layout.rows_on(0)), layout.pages) == (18, 4)
    tops = [paper.cell_rect(3 * row).top() for row in range(60)]
    steps = [second - first for first, second in pairwise(tops)]
    usual = min(steps)
    assert [row + 2 for row, step in enumerate(steps) if step > usual] == [19, 37, 55]


def test_who_is_not_graded_has_a_dash_on_the_screen_as_on_the_paper(qapp) -> None:
    form = forms.read_form(forms.templates()["T-MEM-E"], activity="创先争优", known=forms.scales())
    layout = Layout(form, ("赵建国", "钱秀英（预）"), frozenset({1}))
    shown = fitted(layout, QFont(), QSize(900, 600))
    assert [shown.options(cell) for cell in (0, 1)] == [4, 0]
    assert {box.cell for box in layout.boxes()} == {0}


@pytest.mark.usefixtures("dressed")
def test_no_tick_of_the_ballot_before_is_left_on_the_paper(keyed, qtbot) -> None:
    page = keyed()
    desk = page.desk.keying
    empty = desk._area.grab().toImage()
    keys(page, "12341#")
    settled(page, qtbot)
    assert desk._area.grab().toImage() == empty


@pytest.mark.parametrize(
    "form", ["T-ORG-C", "T-MEM-A", "T-MEM-B", "T-MEM-E"] if LONG else ["T-ORG-C", "T-MEM-B"]
)
@pytest.mark.usefixtures("dressed")
def test_the_cell_in_hand_is_in_sight_and_the_card_too(keyed, qtbot, form) -> None:
    """On a paper of one page, and on a roster of several; the long series has a form of each kind."""
    page = keyed(form, SIXTY)
    desk = page.desk.keying
    for width, height, narrow in ((1366, 768, False), (911, 512, True)):
        page.window().resize(width, height)
        qtbot.waitUntil(lambda narrow=narrow: desk.card.narrow == narrow)
        calm(page, qtbot)
        for _ in range(min(15, desk.state.paper.size)):
            here = desk.paper.cell_rect(desk.state.cursor)
            assert desk.paper.sizeHint().width() <= desk._area.viewport().width()
            top_left = desk.paper.mapTo(desk._area.viewport(), here.topLeft())
            assert QRect(0, 0, 5000, desk._area.viewport().height()).contains(top_left), (width, desk.state)
            keys(page, "1")
        assert desk.card.isVisible()
        keys(page, "#" if desk.state.full else "")


def test_the_robot_of_the_benchmark_keys_and_measures(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, which has loaded the program; ``dev.py bench`` starts another, as it is told here."""

    def answer(command: list[str], env: dict[str, str]) -> str:
        _, program, *told = command
        assert Path(program) == Path(keying_robot.__file__)
        monkeypatch.setenv("PINGYI_HOME", env["PINGYI_HOME"])
        return json.dumps(keying_robot.main(Path(told[0]), int(told[1]), float(told[2])))

    monkeypatch.setattr(bench_keying.apart, "answer", answer)
    monkeypatch.setattr(bench_keying, "SIXTY", THIRTEEN)
    found = robot(stacked(tmp_path / "XX.pingyi", 3), {"QT_QPA_PLATFORM": "offscreen"}, keys=5)
    assert found["keys"] == 5
    assert found["depth"] >= 1
    assert 0 < found["p50"] <= found["worst"]
    assert (spreadsheet("12341"), radio_buttons("12341")) == (10, 17)


def caps(card: KeyCard) -> tuple[str, ...]:
    return tuple(key for key, _, _ in card._keys)


def test_the_card_names_every_key_of_the_grammar(qapp) -> None:
    card = KeyCard()
    assert caps(card) == tuple(key for key, _, _ in CARD)
    named = " ".join(caps(card))
    for key in ("1–8", "0", "9", ".", "退格", "−", "/", "*", "回车", "F8", "F9"):
        assert key in named
    plain = start(Paper((4, 4)), position=2)
    answered = {key: press(plain, key).outcome for key in (keying.JUMP, keying.FILL, keying.SPOIL)}
    assert set(answered.values()) == {Outcome.STARTED}
    card.deleteLater()


def test_the_card_names_no_box_that_the_paper_has_not(keyed) -> None:
    card = keyed().desk.keying.card
    assert caps(card) == ("1–4", *(key for key, _, _ in CARD[1:]))
    assert "1–4 勾这一档" in card.accessibleDescription()
    card.tell_options(5)
    assert caps(card)[0] == "1–5"
