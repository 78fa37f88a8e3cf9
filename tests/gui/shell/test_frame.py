"""The frame around the pages: bar, menu, navigation, palette, status line, messages over the page, what is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import showing
from gui import seen
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDesktopServices, QFont, QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QWidget
from sqlmodel import update

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.people.initials import BEGINS, END, initials
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui import palette
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.navigation import AT, CLOSE, FOLDED, WIDE
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import MessageBar
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.gui.people.page import OrganisationsPage
from pingyi_desktop.gui.status_line import when
from pingyi_desktop.standing.waiting import waiting
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_people import PartyOrganization

UNITS = tuple(one for one in PAGES if one.key == "organisations")
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Alt


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A company with one batch of its own still to be sealed."""
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-ORG-A"])
    made.close()
    return made.path


def opened(open_window, path: Path, pages=PAGES):
    window = open_window(pages)
    assert window.open_path(path)
    showing.settle(window)
    return window


def rename(session) -> None:
    session.exec(update(PartyOrganization).values(short_name="改过"))


def texts(window) -> list[str]:
    navigation = window.workspace.navigation
    return [navigation.item(row).text() for row in range(navigation.count())]


def test_the_wheel_over_a_page_changes_no_value(open_window, company):
    """Scrolling past a box had changed which figures are shown and printed."""
    window = opened(open_window, company, [one for one in PAGES if one.key in ("results", "reports")])
    for key in ("results", "reports"):
        window.workspace.go_to(key)
        showing.settle(window)
        page = window.workspace.page
        boxes = [one for one in page.findChildren(QComboBox) if one.count() > 1]
        before = [one.currentIndex() for one in boxes]
        for one in boxes:
            turned = QWheelEvent(
                QPointF(5, 5),
                QPointF(one.mapToGlobal(QPoint(5, 5))),
                QPoint(),
                QPoint(0, -120),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(one, turned)
        assert boxes
        assert [one.currentIndex() for one in boxes] == before


# Bar and menu


@pytest.mark.usefixtures("dressed")
def test_without_a_file_the_bar_offers_the_menu_alone(open_window):
    bar = open_window().bar
    shown = [one for one in bar.findChildren(Button) if one.isVisible()]
    assert shown == [bar.menu_button]
    assert bar.height() == 46


def test_with_a_file_the_bar_names_the_unit_and_who_is_at_the_keys(open_window, company):
    settings.set_operator("李素琴")
    window = opened(open_window, company)
    assert window.bar.unit.text() == "中共青峦公司委员会"
    assert all(one.isVisible() for one in window.bar.findChildren(Button))
    window.close_file()
    assert window.bar.unit.text() == "评议"


def test_the_classic_menu_unfolds_from_its_button_and_from_alt_alone(open_window, path, qtbot):
    window = opened(open_window, path)
    menu = window.bar._menu
    titles = [one.text().partition("(")[0] for one in menu.actions() if one.text()]
    assert titles[:3] == ["文件", "编辑", "转到"]
    qtbot.keyPress(window, ALT)
    qtbot.keyRelease(window, ALT)
    assert menu.isVisible()
    menu.close()
    qtbot.keyPress(window, ALT)
    qtbot.keyPress(window, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    qtbot.keyRelease(window, ALT)
    assert not menu.isVisible(), "Alt with another key is no Alt alone"
    window.bar.menu_button.click()
    assert menu.isVisible()
    menu.close()


# Navigation


class Bare(Page):
    """In the place of every page: it is about the list of them."""

    purpose = "看。"


def test_pages_stand_in_groups_that_cannot_be_chosen(open_window, company, qtbot):
    window = opened(open_window, company, [replace(one, make=Bare) for one in PAGES])
    navigation = window.workspace.navigation
    heads = [
        row
        for row, text in enumerate(texts(window))
        if text in {one.group for one in PAGES} and navigation.item(row).flags() == Qt.ItemFlag.NoItemFlags
    ]
    groups = list(dict.fromkeys(one.group for one in PAGES if one.group))
    assert [texts(window)[row] for row in heads] == groups
    navigation.setFocus()
    seen = [window.workspace.page.key]
    for _ in PAGES[1:]:
        qtbot.keyClick(navigation, Qt.Key.Key_Down)
        seen.append(window.workspace.page.key)
    assert seen == [one.key for one in PAGES]


def test_what_waits_is_counted_beside_its_page_and_follows(open_window, looks_around, company, qtbot):
    window = opened(open_window, company)
    navigation, row = window.workspace.navigation, texts(window).index("录入")
    said = Qt.ItemDataRole.AccessibleTextRole
    store = data.open_file(company)
    with store.reading() as session:
        counts = waiting(session)
    store.close()
    assert counts["entry"] > 0
    assert navigation.item(row).data(said) == f"录入，{counts['entry']} 项等着处理"

    def seal(session):
        chosen = campaigns.current(session).id
        first = next(b for b in batches.listing(session, campaign_id=chosen, own_only=True) if not b.sealed)
        make.sealed(session, first.id, ["11111"] * 5)

    window.workspace.work.write(seal)
    left = counts["entry"] - 1
    expected = f"录入，{left} 项等着处理" if left else "录入"
    qtbot.waitUntil(lambda: navigation.item(row).data(said) == expected)


def test_nothing_waits_without_a_published_campaign(store):
    with store.reading() as session:
        assert waiting(session) == {}


@pytest.mark.usefixtures("dressed")
def test_a_narrow_window_has_smaller_words_and_only_a_very_narrow_one_icons_with_tips(open_window, company):
    """At 125 % on a small screen there were icons only."""
    window = opened(open_window, company)
    navigation = window.workspace.navigation
    for size, width in (
        (seen.SCREENS["100"], WIDE),
        (seen.SCREENS["125"], CLOSE),
        (seen.SCREENS["150"], FOLDED),
    ):
        window.resize(*size[:2])
        assert (navigation.width(), navigation.folded) == (width, width == FOLDED)
    pages = [navigation.item(row) for row in range(navigation.count())]
    pages = [one for one in pages if one.flags() != Qt.ItemFlag.NoItemFlags]
    assert all(one.toolTip() for one in pages)
    entry = next(one for one in pages if one.text() == "录入")
    assert "录票" in entry.toolTip()
    assert entry.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("录票")


@pytest.mark.usefixtures("dressed")
def test_the_smaller_words_are_whole_beside_what_waits(open_window, company):
    window = opened(open_window, company)
    navigation = window.workspace.navigation
    window.resize(*seen.SCREENS["125"][:2])
    navigation.show_waiting({"rectification": 888, "opinion": 888})
    smaller = QFont(navigation.font())
    smaller.setPointSizeF(10)
    smaller.setBold(True)
    widest = QFontMetrics(smaller).horizontalAdvance
    for entry in PAGES:
        room = navigation.viewport().width() - AT[CLOSE][1] - AT[CLOSE][2]
        count = "888" if entry.key in {"rectification", "opinion"} else ""
        assert widest(entry.title) + widest(count) <= room, entry.title


# Ctrl+K


@pytest.mark.usefixtures("dressed")
def test_the_search_says_it_in_one_word_where_there_is_no_room_for_more(open_window, company):
    window = opened(open_window, company, UNITS)
    window.resize(*seen.SCREENS["100"][:2])
    assert window.bar.search.text().endswith("Ctrl+K")
    window.bar.search.resize(120, window.bar.search.height())
    assert window.bar.search.text() == "查找"
    assert seen.cut(window.bar) == []
    assert window.bar.search.accessibleName() == "找单位、党员、台账或命令"


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("青峦煤业", "q" + initials("峦") + "my"),
        ("党支部", "dzb"),
        ("啊座", "az"),
        ("第2队A", "d2da"),
        ("①、（", ""),
    ],
)
def test_initials_of_common_characters(text, letters):
    assert initials(text) == letters


def test_the_table_of_initials_begins_where_gb2312_says():
    begin = [place.to_bytes(2, "big").decode("gb2312") for place in BEGINS]
    assert begin == list("啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝")
    assert END.to_bytes(2, "big").decode("gb2312") == "座"


def test_everything_is_found_by_words_and_by_initials():
    targets = [
        palette.Target("unit", "QL.01", "老鹰沟矿党委", "中共老鹰沟矿委员会", initials("老鹰沟矿党委")),
        palette.Target("person", "QL.02", "李国强", "采一队党支部", initials("李国强"), "m1"),
    ]
    assert [one.title for one in palette.found(targets, "lyg")] == ["老鹰沟矿党委"]
    assert [one.title for one in palette.found(targets, "LGQ")] == ["李国强"]
    assert [one.title for one in palette.found(targets, "采一 国强")] == ["李国强"]
    assert palette.found(targets, "没有") == []
    assert len(palette.found(targets * 100, "")) == palette.MOST


def palette_over(window) -> palette.Palette:
    (found,) = [one for one in window.findChildren(palette.Palette) if one.isVisible()]
    return found


def test_control_k_goes_to_a_page_by_initials(open_window, company, qtbot):
    window = opened(open_window, company)
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    asked = palette_over(window)
    qtbot.keyClicks(asked.line, "pyhd")
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    assert window.workspace.page.key == "campaign"


def test_control_k_finds_units_and_people_and_shows_them(open_window, company, qtbot):
    window = opened(open_window, company)
    store = data.open_file(company)
    with store.reading() as session:
        units = [one for one in palette.of_file(session) if one.kind == "unit"]
    store.close()
    window.search()
    showing.settle(window)
    asked = palette_over(window)
    showing.write(asked.line, units[-1].title)
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    page = window.workspace.page
    assert isinstance(page, OrganisationsPage)
    qtbot.waitUntil(lambda: page.tree.row is not None and page.tree.row.org.code == units[-1].key)


def test_control_k_says_that_nothing_was_found_only_once_it_has_looked(open_window, company, qtbot):
    """Neither before the units and people are read, nor while the rows of ledgers are."""
    window = opened(open_window, company)
    window.search()
    asked = palette_over(window)
    asked.line.setText("没有这个")
    assert [asked.list.item(place).text() for place in range(asked.list.count())] == [READING]
    showing.settle(window)
    assert asked.list.item(0).text().startswith("没有找到“没有这个”")
    asked.line.setText("也没有这个")
    assert asked.list.item(0).text() == READING
    showing.settle(window)
    assert asked.list.item(0).text().startswith("没有找到“也没有这个”")


def test_control_k_does_what_a_command_does(open_window, company, qtbot):
    window = opened(open_window, company)
    window.search()
    asked = palette_over(window)
    showing.write(asked.line, "关闭数据文件")
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    assert window.workspace is None


def test_the_arrows_move_in_what_was_found(open_window, company, qtbot):
    window = opened(open_window, company)
    window.search()
    asked = palette_over(window)
    qtbot.keyClick(asked.line, Qt.Key.Key_Down)
    assert asked.list.currentRow() == 1
    qtbot.keyClick(asked.line, Qt.Key.Key_Up)
    qtbot.keyClick(asked.line, Qt.Key.Key_Up)
    assert asked.list.currentRow() == asked.list.count() - 1
    showing.write(asked.line, "没有这个")
    qtbot.waitUntil(lambda: "没有找到“没有这个”" in asked.list.item(0).text())
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    assert asked.isVisible()


# Status line and messages


def test_the_status_line_says_what_just_happened_and_when_it_was_backed_up(
    open_window, path, tmp_path, qtbot
):
    window = opened(open_window, path)
    foot = window.statusBar()
    assert "已自动保存 · 还没有备份" in [one.text() for one in foot.findChildren(type(window.bar.unit))]
    window.workspace.page.messages.inform("名册已写入。")
    assert "名册已写入。" in [one.text() for one in foot.findChildren(type(window.bar.unit))]
    timer = showing.answer(
        QFileDialog,
        lambda dialog: (dialog.findChild(QLineEdit).setText(str(tmp_path / "备份.pingyi")), dialog.accept()),
    )
    window.back_up()
    qtbot.waitUntil(
        lambda: any("上次备份 今天" in one.text() for one in foot.findChildren(type(window.bar.unit)))
    )
    assert not timer.isActive()


@pytest.mark.usefixtures("dressed")
def test_a_long_sentence_widens_no_window(open_window, path):
    window = opened(open_window, path)
    window.resize(911, 512)
    window.workspace.page.messages.inform("已导出到一个很长很长的文件夹里。" * 20)
    QApplication.processEvents()
    assert (window.width(), window.statusBar().width()) == (911, 911)


@pytest.mark.usefixtures("dressed")
def test_bars_lie_above_one_another_and_show_what_they_say(open_window, path, qtbot):
    window = opened(open_window, path)
    page, undo = window.workspace.page, window.workspace.undo
    page.messages.fail("磁盘已满。")
    undo.offer("已移动 3 名党员", lambda _: None)
    qtbot.waitUntil(lambda: undo._text.width() > 50 and page.messages._text.width() > 50)
    above = QRect(undo.mapTo(window, QPoint()), undo.size())
    below = QRect(page.messages.mapTo(window, QPoint()), page.messages.size())
    assert above.bottom() < below.top()


def test_times_are_said_as_people_say_them():
    now = datetime.fromisoformat("2025-11-27T10:00:00+08:00").astimezone()
    assert when(now.replace(hour=8, minute=12).isoformat(), now) == "今天 08:12"
    assert when(now.replace(day=20, hour=8, minute=12).isoformat(), now) == "11-20 08:12"
    assert when("gestern", now) == when("", now) == ""
    for nobody_s in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert when(nobody_s, now) == ""


@pytest.mark.usefixtures("dressed")
def test_a_message_lies_over_the_lower_edge_and_moves_nothing(open_window, company, qtbot):
    window = opened(open_window, company)
    window.workspace.go_to("organisations")
    showing.settle(window)
    page = window.workspace.page
    before = [(one, one.geometry()) for one in page.findChildren(QWidget) if one.isVisible()]
    page.messages.fail("磁盘已满，请换一个 U 盘。")
    qtbot.waitUntil(lambda: page.messages.height() > 20)
    assert page.messages.isVisible()
    assert [(one, one.geometry()) for one, _ in before] == before
    place = QRect(page.messages.mapTo(window, QPoint()), page.messages.size())
    foot = window.statusBar().mapTo(window, QPoint()).y()
    assert 0 < foot - place.bottom() < 30
    assert place.height() < 80
    window.workspace.go_to("campaign")
    assert not page.messages.isVisible()
    window.workspace.go_to(page.key)
    assert page.messages.isVisible()


def test_a_refusal_goes_when_something_was_done_since(open_window, path, qtbot):
    window = opened(open_window, path, UNITS)
    page, work = window.workspace.page, window.workspace.work

    def refused(_session):
        raise UserError("没有写成。")

    work.write(refused)
    qtbot.waitUntil(lambda: page.messages.text == "没有写成。")
    work.write(rename)
    qtbot.waitUntil(lambda: page.messages.text == "")


def test_a_refusal_that_comes_with_an_act_stays(open_window, path, qtbot):
    window = opened(open_window, path, UNITS)
    page, work = window.workspace.page, window.workspace.work
    work.write(rename, lambda _: page.messages.fail("写了，但没有印出来。"))
    showing.settle(window)
    assert page.messages.text == "写了，但没有印出来。"


def test_what_was_told_makes_room_by_itself_and_can_still_be_taken_back(open_window, path, qtbot):
    """It had lain over the buttons of the page, and of the next pages, until somebody closed it."""
    window = opened(open_window, path, UNITS)
    page, undo, work = window.workspace.page, window.workspace.undo, window.workspace.work
    page.setFocus()
    undo.leaving.setInterval(1)
    page.messages.leaving.setInterval(1)
    work.write(rename, lambda _: undo.offer("已改名", rename))
    page.messages.inform("已登记。")
    showing.settle(window)
    qtbot.waitUntil(lambda: (undo.text, page.messages.text) == ("", ""))
    with qtbot.waitSignal(undo.undone) as told:
        window.undo()
    assert told.args == ["已撤销：已改名"]
    page.messages.fail("磁盘已满。")
    assert (page.messages.text, page.messages.leaving.isActive()) == ("磁盘已满。", False)
    page.messages.inform("已存到 a.pdf", ("打开", lambda: None))
    assert (page.messages.text, page.messages.leaving.isActive()) == ("已存到 a.pdf", False)


def test_a_message_carries_its_mend(qtbot):
    bar, pressed = MessageBar(), []
    qtbot.addWidget(bar)
    bar.show()
    bar.inform("已存到 a.pdf", ("打开", lambda: pressed.append("a")))
    (mend,) = [one for one in bar.findChildren(Button) if one.text() == "打开"]
    mend.click()
    assert pressed == ["a"]
    bar.inform("别的事")
    assert not any(one.isVisible() for one in bar.findChildren(Button) if one.text() == "打开")


def test_what_was_written_can_be_opened_and_its_folder_too(
    open_window, company, tmp_path, monkeypatch, qtbot
):
    shown: list[Path] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(Path(url.toLocalFile())))
    window = opened(open_window, company, UNITS)
    page, out = window.workspace.page, tmp_path / "模板.xlsx"
    timer = showing.pick(out)
    page._save_template()
    qtbot.waitUntil(lambda: "空白模板已存到" in page.messages.text)
    assert not timer.isActive()
    for text in ("打开", "打开文件夹"):
        next(one for one in page.messages.findChildren(Button) if one.text() == text).click()
    assert shown == [out, tmp_path]


# Remembered


@pytest.mark.usefixtures("dressed")
def test_the_window_opens_as_it_was_left(open_window, company, qtbot):
    first = opened(open_window, company)
    first.resize(760, 640)
    first.workspace.go_to("exchange")
    first.close()
    again = open_window(PAGES)
    again.hide()
    again.open_fitting()
    assert (again.width(), again.height()) == (760, 640)
    again.open_once_painted([company])
    qtbot.waitUntil(lambda: again.workspace is not None and again.workspace.page is not None)
    qtbot.waitUntil(lambda: again.workspace.page.key == "exchange")


def test_at_first_the_window_fits_the_screen(open_window):
    window = open_window()
    window.hide()
    settings.set_geometry("no geometry")
    window.open_fitting()
    room = window.screen().availableGeometry()
    assert window.isMaximized() or room.contains(window.frameGeometry())


@pytest.mark.usefixtures("dressed")
def test_a_dragged_column_keeps_its_width(open_window, qtbot):
    open_window()

    def table() -> DataTable:
        made = DataTable([Column("名", str), Column("注", str)], name="名册", empty="没有。")
        qtbot.addWidget(made)
        made.resize(600, 300)
        made.show()
        made.set_rows(["甲", "乙"])
        return made

    first = table()
    header = first.view.horizontalHeader()
    edge = QPoint(header.sectionPosition(0) + header.sectionSize(0) - 1, header.height() // 2)
    wanted = header.sectionSize(0) - 60
    qtbot.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    qtbot.mouseMove(header.viewport(), edge - QPoint(30, 0))
    qtbot.mouseMove(header.viewport(), edge - QPoint(60, 0))
    qtbot.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge - QPoint(60, 0))
    assert header.sectionSize(0) == wanted
    assert table().view.columnWidth(0) == wanted


@pytest.mark.parametrize("written", ["0:5", "0:99999", "a:b", "0", ";;", "-1:50", "0:1e9"])
def test_widths_that_no_table_has_are_not_taken(open_window, written):
    open_window()
    settings._keep(f"columns/{settings._key('名册')}", written)
    assert settings.column_widths("名册") == {}


@pytest.mark.usefixtures("dressed")
def test_a_spare_column_is_left_out_before_anything_is_cut(qtbot):
    columns = [
        Column("名", lambda row: row[0]),
        Column("岗位", lambda row: row[1], spare=True),
        Column("编号", lambda row: row[2], spare=True),
    ]
    made = DataTable(columns, name="册", empty="没有。")
    qtbot.addWidget(made)
    made.resize(560, 300)
    made.show()
    made.set_rows([("青峦露天矿采剥区第一党支部", "采煤机司机岗位", "QL-2025-00001")])
    seen = []
    for wide in (560, 400, 300, 560):
        made.resize(wide, 300)
        QApplication.processEvents()
        assert made.view.horizontalScrollBar().maximum() == 0
        assert made.view.columnWidth(0) >= made.view.sizeHintForColumn(0)
        seen.append([made.view.isColumnHidden(place) for place in range(3)])
    assert seen == [[False] * 3, [False, False, True], [False, True, True], [False] * 3]


@pytest.mark.usefixtures("dressed")
def test_a_table_is_as_wide_as_its_place_and_cuts_the_longest_text_first(qtbot):
    made = DataTable(
        [Column("号", lambda row: row[0]), Column("题", lambda row: row[1])], name="单", empty="没有。"
    )
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    made.set_rows([("1", "一件说起来很长很长的事" * 4)])
    assert made.view.horizontalScrollBar().maximum() == 0
    narrow = made.view.columnWidth(0)
    made.resize(900, 300)
    QApplication.processEvents()
    assert made.view.horizontalScrollBar().maximum() == 0
    assert made.view.columnWidth(0) >= narrow
    assert made.view.columnWidth(0) + made.view.columnWidth(1) == made.view.viewport().width()


class Windows(QObject):
    """Notes what is shown as a window of its own."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(f"{watched!r} {[type(child).__name__ for child in watched.children()]}")
        return False


def test_no_part_of_a_page_is_a_window_for_a_moment(open_window, company, qapp):
    """Shown before it lies in its page, it flashes on the screen and takes the keys from the window."""
    window, spy = open_window(PAGES), Windows()
    qapp.installEventFilter(spy)
    assert window.open_path(company)
    for entry in showing.some(1, showing.FEW):
        window.workspace.go_to(entry.key)
        showing.settle(window)
    qapp.removeEventFilter(spy)
    assert spy.seen == []
