"""唱票 with real keys on the big screen: strokes grow, the last call is taken back, totals reach the tally sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication
from series import LONG

import make
from pingyi_desktop.appraisal.batches import ballots, calling
from pingyi_desktop.gui.counting.calling_screen import CallingScreen
from pingyi_desktop.gui.counting.calling_wall import ACCENT, FLASH
from pingyi_desktop.gui.counting.zheng import GAP, LEVELS, draw, fitting_side, per_line, steady_side
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.storage import store as data

KEYS = {"<": Qt.Key.Key_Backspace, ".": Qt.Key.Key_Period, "*": Qt.Key.Key_Asterisk, "#": Qt.Key.Key_Return}
LIGHT = bytes(range(128, 256))
"""greys that are no ink"""
NARROWEST = (1024, 768)
SIZES = ((1280, 720), NARROWEST, (1920, 1080))
FORMS = ("T-ORG-A", "T-ORG-B", "T-ORG-C", "T-MEM-B")
Shown = tuple[EntryPage, CallingScreen]
Show = Callable[..., Shown]


@pytest.fixture
def show(open_window, tmp_path: Path, qtbot) -> Iterator[Show]:
    """Open 唱票 of the only batch of a branch whose campaign has this form."""
    made: list[CallingScreen] = []

    def open_screen(form: str = "T-ORG-A", *, valid: int | None = None) -> Shown:
        store = make.published_school(tmp_path / "XX.pingyi", form_codes=[form])
        with store.transaction() as session:
            campaign = make.campaign_of(session)
            if valid is not None:
                make.sheet(session, make.batch(session, campaign_id=campaign, form_code=form).id, valid=valid)
        store.close()
        window = open_window((EntryPage,))
        assert window.open_path(tmp_path / "XX.pingyi")
        page = window.workspace.pages[0]
        qtbot.waitUntil(lambda: len(page.batches) == 1)
        page.open_batch(page.batches[0])
        qtbot.mouseClick(page.desk.acts.of["CALL"], Qt.MouseButton.LeftButton)
        screen = page.desk.acts_of.calling
        made.append(screen)
        qtbot.waitUntil(lambda: screen.board is not None)
        return page, screen

    yield open_screen
    for one in made:
        one.close()


def press(screen: CallingScreen, qtbot, text: str, calls: int) -> None:
    for one in text:
        qtbot.keyClick(screen, KEYS.get(one, Qt.Key(ord(one))), delay=0)
    qtbot.waitUntil(lambda: screen.board.calls == calls)


def counted(path: Path) -> list[tuple[int, ...]]:
    """The options' counts of the file's only batch, item by item."""
    opened = data.open_file(path)
    with opened.reading() as session:
        stack = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").scalar_one()
        counts = list(ballots.counts_of(session, batch_id=stack).values())
    opened.close()
    return [one.options for one in counts]


def test_called_taken_back_and_handed_to_the_tally_sheet(show: Show, tmp_path: Path, qtbot) -> None:
    page, screen = show()
    press(screen, qtbot, "12", 2)
    assert "第 1 张" in screen.now.text()
    assert screen.keys.text().startswith("1–4 唱这一档"), "no key is named that the form has no option for"
    press(screen, qtbot, "<3141", 5)
    assert (screen.board.ballots, screen.board.totals["", "1", "1"]) == (1, 1)
    press(screen, qtbot, "*1", 10)
    press(screen, qtbot, "1", 11)
    qtbot.mouseClick(screen.end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "第 3 张只唱了 1 项" in screen.told.text())
    press(screen, qtbot, "<", 10)
    qtbot.mouseClick(screen.end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: screen.isHidden())
    qtbot.waitUntil(lambda: "填进计票表" in page.desk.problems.text())
    page.window().close()
    assert counted(tmp_path / "XX.pingyi") == [
        (2, 0, 0, 0),
        (1, 0, 1, 0),
        (2, 0, 0, 0),
        (1, 0, 0, 1),
        (2, 0, 0, 0),
    ]


def test_a_wrong_digit_is_told_and_escape_keeps_what_was_called(show: Show, qtbot) -> None:
    page, screen = show()
    qtbot.keyClick(screen, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: "只有 1 至 4" in screen.told.text())
    press(screen, qtbot, "1.", 2)
    with qtbot.waitSignal(screen.left):
        qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert screen.isHidden()
    qtbot.waitUntil(lambda: page.batches[0].entry_mode == "COUNT")
    page.desk.step_back()
    qtbot.mouseClick(page.desk.acts.of["CALL"], Qt.MouseButton.LeftButton)
    again = page.desk.acts_of.calling
    qtbot.waitUntil(lambda: again.board is not None)
    assert again.board.calls == 2
    again.close()


def test_the_screen_leads_item_by_item_and_says_what_was_called_last(show: Show, qtbot) -> None:
    _, screen = show()
    assert screen.now.text() == "第 1 张　请唱：①践诺"
    press(screen, qtbot, "2", 1)
    assert screen.now.text() == "第 1 张　请唱：②中心工作"
    assert screen.last.text() == "上一唱：①践诺　比较满意"
    press(screen, qtbot, "0.91", 5)
    assert screen.now.text() == "第 2 张　请唱：①践诺"
    assert screen.called.text() == "已唱 1 张"
    press(screen, qtbot, "<", 4)
    assert screen.now.text() == "第 1 张　请唱：总体"
    assert screen.last.text() == "上一唱：④队伍建设　多选"


def test_the_options_named_are_those_of_the_item_called(show: Show, qtbot) -> None:
    _, screen = show("T-ORG-B")
    press(screen, qtbot, "1113", 4)
    assert screen.last.text() == "上一唱：④措施　否"
    press(screen, qtbot, "4", 5)
    assert screen.last.text() == "上一唱：总体　不满意"
    assert not screen.wall.shown.same_scale


def test_what_one_star_called_is_taken_back_at_once(show: Show, qtbot) -> None:
    _, screen = show("T-MEM-B")
    press(screen, qtbot, "31*1", 15)
    assert "已唱 1 张" in screen.called.text()
    press(screen, qtbot, "<", 2)
    press(screen, qtbot, "<", 1)
    press(screen, qtbot, "*1", 15)
    press(screen, qtbot, "2<", 15)
    press(screen, qtbot, "<", 14)


def test_a_star_and_an_end_begun_can_be_given_up(show: Show, qtbot) -> None:
    _, screen = show()
    press(screen, qtbot, "1*", 1)
    assert "其余各项" in screen.told.text()
    assert screen.keys.isHidden()
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert screen.isVisible()
    assert screen.keys.isVisible()
    press(screen, qtbot, "1#", 2)
    assert "唱完了吗" in screen.told.text()
    qtbot.keyClick(screen, Qt.Key.Key_Backspace)
    press(screen, qtbot, "1", 3)
    qtbot.keyClick(screen, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: screen.board.calls == 2)


def test_enter_twice_ends_when_the_control_sheet_agrees(show: Show, tmp_path: Path, qtbot) -> None:
    page, screen = show(valid=2)
    assert screen.called.text() == "已唱 0 张，应唱 2 张"
    press(screen, qtbot, "*1", 5)
    press(screen, qtbot, "##", 5)
    qtbot.waitUntil(lambda: "唱了 1 张，核对单上有效票是 2 张" in screen.told.text())
    press(screen, qtbot, "*2", 10)
    assert "2 张都唱完了" in screen.told.text()
    press(screen, qtbot, "1", 11)
    assert "多唱了" in screen.told.text()
    press(screen, qtbot, "<", 10)
    with qtbot.waitSignal(screen.finished) as told:
        press(screen, qtbot, "##", 10)
    assert told.args == [page.batches[0].id]
    page.window().close()
    assert counted(tmp_path / "XX.pingyi") == [(1, 1, 0, 0)] * 5


def test_keypad_without_numlock_calls_and_a_held_key_calls_once(show: Show, qtbot) -> None:
    _, screen = show()
    qtbot.keyClick(screen, Qt.Key.Key_End, Qt.KeyboardModifier.KeypadModifier)
    press(screen, qtbot, "", 1)
    assert screen.board.last == ("", "1", "1")
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_2, Qt.KeyboardModifier.NoModifier, "2", autorep=True, count=1
    )
    QApplication.sendEvent(screen, held)
    qtbot.keyClick(screen, Qt.Key.Key_3)
    press(screen, qtbot, "", 2)
    assert screen.board.last == ("", "2", "3")


def test_a_roster_shows_the_person_called_and_the_page_in_hand(show: Show, qtbot) -> None:
    _, screen = show("T-MEM-B")
    first, second = make.NAMES[:2]
    assert screen.now.text() == f"第 1 张　请唱：{first}　①践诺"
    press(screen, qtbot, "111", 3)
    assert screen.now.text() == f"第 1 张　请唱：{second}　①践诺"
    assert screen.last.text() == f"上一唱：{first}　③服务群众　满意"
    assert second in screen.wall.accessibleDescription()


def test_the_board_is_the_same_after_the_program_was_killed(show: Show, tmp_path: Path, qtbot) -> None:
    """Every call is committed before the board shows it: a second reader of the file sees the same board."""
    page, screen = show()
    press(screen, qtbot, "1234", 4)
    other = data.open_file(Path(_copied(tmp_path)))
    with other.reading() as session:
        found = calling.board(session, batch_id=page.batches[0].id)
    other.close()
    assert found == screen.board


def _copied(folder: Path) -> Path:
    """The file as it lies on the disk now, as after a power cut."""
    (folder / "cut").mkdir()
    copy = folder / "cut" / "XX.pingyi"
    copy.write_bytes((folder / "XX.pingyi").read_bytes())
    return copy


def test_closing_the_window_closes_the_screen(show: Show, qtbot) -> None:
    page, screen = show()
    assert page.window().close()
    assert screen.isHidden()


def test_f11_leaves_and_enters_the_full_screen_of_the_only_screen(show: Show, qtbot) -> None:
    _, screen = show()
    assert len(QGuiApplication.screens()) == 1
    assert screen.isFullScreen()
    qtbot.keyClick(screen, Qt.Key.Key_F11)
    assert not screen.isFullScreen()
    qtbot.keyClick(screen, Qt.Key.Key_F11)
    assert screen.isFullScreen()
    press(screen, qtbot, "1", 1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("dressed")
def test_the_last_call_lights_up_and_the_wall_has_the_room(show: Show, qtbot, form: str) -> None:
    _, screen = show(form)
    screen.showNormal()
    for size in SIZES if LONG or form == FORMS[0] else [NARROWEST]:
        screen.resize(*size)
        qtbot.waitUntil(lambda size=size: (screen.width(), screen.height()) == size)
        assert _share(screen, FLASH) == 0, size
        press(screen, qtbot, "1", 1)
        assert _share(screen, FLASH) > 0, size
        assert _share(screen, ACCENT) > 0, size
        if (form, size) != (FORMS[0], NARROWEST):  # there it goes out by itself
            screen._light.stop()
            screen._light.timeout.emit()
        qtbot.waitUntil(lambda: not screen.wall.flashing)
        assert _share(screen, FLASH) == 0, size
        assert screen.wall.height() > size[1] * 0.65
        assert screen.now.sizeHint().height() < size[1] * 0.15
        assert screen.end.geometry().right() < screen.width()
        press(screen, qtbot, "<", 0)


def _share(screen: CallingScreen, colour: QColor) -> int:
    """Sampled pixels of the wall's cells that have this colour exactly."""
    image = screen.wall.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wide, left, right = image.width(), int(image.width() * 0.19), int(image.width() * 0.8)
    dots = memoryview(image.constBits()).cast("B").cast("I")
    return sum(
        dots[wide * y + left : wide * y + right : 2].tolist().count(colour.rgb())
        for y in range(0, image.height(), 3)
    )


def _inked(count: int, area: QRectF, side: float) -> int:
    image = QImage(300, 160, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    draw(painter, area, count, side=side, ink=QColor("#000000"), newest=QColor("#000000"))
    painter.end()
    greys = bytes(image.convertToFormat(QImage.Format.Format_Grayscale8).constBits())
    return len(greys.translate(None, LIGHT))


@pytest.mark.usefixtures("dressed")
def test_strokes_grow_one_by_one() -> None:
    growing = [_inked(count, QRectF(0, 0, 300, 160), 60) for count in range(6)]
    assert growing == sorted(set(growing))


@pytest.mark.parametrize("count", [1, 15, 16, 99, 120, 400])
@pytest.mark.usefixtures("dressed")
def test_large_counts_still_fit(count: int) -> None:
    room = QSizeF(110, 80)
    side = steady_side(count, room)
    characters = (count + 4) // 5
    lines = -(-characters // per_line(room.width(), side))
    assert lines * side * (1 + GAP) <= room.height() + GAP * side
    assert side <= fitting_side(count, room, 80)


def test_the_size_of_marks_changes_seldom() -> None:
    room = QSizeF(110, 80)
    sides = [steady_side(count, room) for count in range(1, 121)]
    assert sides == sorted(sides, reverse=True)
    assert len(set(sides)) <= len([level for level in LEVELS if level <= 125])
