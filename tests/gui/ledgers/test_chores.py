"""The chores of the ledgers with real keys: ticking promises off, an opinion to its reply, a meeting to its ballots, the schedule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gui.showing import confirm, dialog, no_dialog, settle, write
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCalendarWidget, QComboBox, QLabel, QPushButton
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.appraisal.ledgers.rectify.steps import Step
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.exchange.ledgers.orders import Compared
from pingyi_desktop.gui import palette
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.ledgers.presenting import LeftDialog
from pingyi_desktop.gui.ledgers.rectify_bar import RectifyBar
from pingyi_desktop.gui.ledgers.scheduling import ScheduleDialog
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.parts.record_dialog import LEFT_BEFORE
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.storage import store as data

B3, LATER = "QL.01.B003", "2099-12-20"
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The small company: nothing in its ledgers yet."""
    store = make.published_company(tmp_path / "公司.pingyi")
    store.close()
    return tmp_path / "公司.pingyi"


@pytest.fixture
def opened(open_window: Any, company: Path) -> Callable[..., Any]:
    """Opens these pages on the company, after ``fill`` has written into it."""

    def open_it(*keys: str, fill: Callable[[Session], object] = lambda _: None) -> Any:
        store = data.open_file(company)
        with store.transaction() as session:
            fill(session)
        store.close()
        window = open_window(tuple(one for one in PAGES if one.key in keys))
        assert window.open_path(company)
        settle(window)
        return window

    return open_it


def add(session: Session, key: str, org: str = B3, **typed: str) -> edits.Row:
    about = {"campaign_id": make.campaign_of(session), "org": org, "today": "", "by": "王"}
    return edits.add(session, catalog.ledger(key), typed=typed, reason="照登记簿", **about)


def press(qtbot: Any, window: Any, widget: Any, key: Qt.Key, *more: Qt.KeyboardModifier) -> None:
    """A key that is a shortcut of the window, as soon as keys go to the window again after a dialog."""

    def has_the_keys() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return bool(window.isActiveWindow())

    qtbot.waitUntil(has_the_keys)
    qtbot.keyClick(widget, key, *more)


def page_at(window: Any, key: str) -> Any:
    window.workspace.go_to(key)
    settle(window)
    return window.workspace.page


def fill_in(form: Any, **typed: str) -> None:
    """Type texts, choose choices by their words."""
    for key, said in typed.items():
        editor = form._lines[key].editor
        if isinstance(editor, QComboBox):
            editor.setCurrentText(said)
        else:
            write(editor, said)


def choose(page: Any, name: str) -> None:
    """The row of this number."""
    places = {row.name: place for place, row in page.table.rows.here().items()}
    page.table.clearSelection()
    page.table.selectRow(places[name])


def texts(page: Any, key: str) -> list[str]:
    return [row.texts[key] for row in page.table.rows.here().values()]


def promised(session: Session) -> None:
    for number in range(4):
        add(session, "commitment", content=f"走访 {number} 户", status="践诺中", due_on="2025-12-20")


def test_a_promise_is_given_to_a_unit_below_and_what_that_says_otherwise_stands_beside_it(
    opened: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"兑现情况": ("已审核", "已兑现")}
    below = [
        Compared("rectification", "QL-1", "浴室水凉", "一矿机关党支部", {"状态": ("已交办", "已办结")}),
        Compared("commitment", "QL-1", "月底前换好锅炉", "一矿机关党支部", said),
    ]
    monkeypatch.setattr(orders, "compared", lambda *_, **__: below)
    window = opened("commitment")
    page = window.workspace.page
    assert page.segments.buttons["given"].isHidden()
    press(qtbot, window, page, Qt.Key.Key_Insert)
    fill_in(dialog(), content="月底前换好锅炉", status="已审核", due_on=LATER, unit=B3, answers="QL-1")
    dialog().accept()
    settle(window)
    assert no_dialog()
    assert page.segments.buttons["given"].text() == "交给下级 1"
    assert texts(page, "unit") == ["一矿机关党支部"]
    page.table.selectRow(0)
    settle(window)
    assert page.details.differing.text() == "兑现情况：本单位“已审核”，一矿机关党支部“已兑现”"
    page.table.clearSelection()
    settle(window)
    assert page.details.differing.isHidden()


def test_promises_are_ticked_off_from_the_keyboard_many_at_a_time(opened: Any, qtbot: Any) -> None:
    window = opened("commitment", fill=promised)
    page = window.workspace.page
    qtbot.keyClick(page.table, Qt.Key.Key_Home, CONTROL)
    qtbot.keyClick(page.table, Qt.Key.Key_1)
    settle(window)
    assert texts(page, "status") == ["已兑现", "践诺中", "践诺中", "践诺中"]
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    for _ in range(2):
        qtbot.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(page.table.places()) == 3
    qtbot.keyClick(page.table, Qt.Key.Key_1)
    settle(window)
    assert texts(page, "status") == ["已兑现"] * 4
    qtbot.keyClick(page.table, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(page.table, Qt.Key.Key_3)
    settle(window)
    assert "未兑现，请说明原因" in page.messages.text
    assert texts(page, "status") == ["已兑现"] * 4
    window.undo()
    settle(window)
    assert texts(page, "status") == ["已兑现", "践诺中", "践诺中", "践诺中"]


def test_what_follows_is_meant_for_the_row_that_was_just_added(opened: Any, qtbot: Any) -> None:
    """The first row had stayed chosen: 答复… answered another opinion than the one just written down."""
    window = opened(
        "opinion", fill=lambda session: add(session, "opinion", content="灯不亮", category="生活福利")
    )
    page = window.workspace.page
    press(qtbot, window, page, Qt.Key.Key_Insert)
    form = dialog()
    captions = [form._lines[key].caption.text() for key in ("content", "category", "heard_on")]
    assert captions == ["意见内容（必填）", "类别（必填）", "收到时间"]
    assert form._lines["category"].editor.currentText() == "请选择"
    form._unit.setCurrentIndex(form._unit.findData(B3))
    fill_in(form, content="夜班没有热饭", category="生活福利")
    form.accept()
    settle(window)
    assert window.workspace.undo.text == f"已新增意见建议 {B3}-2。"
    assert page.table.only().texts["content"] == "夜班没有热饭"
    page.reply.setFocus()
    page.reply.click()
    settle(window)
    form = dialog()
    assert form.typed["opinion"] == f"{B3}-2"
    assert form.windowTitle() == f"新增意见答复：{B3}-2"
    assert "意见：夜班没有热饭" in [one.text() for one in form.findChildren(QLabel)]
    fill_in(form, kind="解释说明", content="已开窗口", channel="当面答复", replied_on="2025-12-08")
    form.accept()
    settle(window)
    assert window.workspace.undo.text == f"已新增意见答复 {B3}-1。"
    assert page.table.only().texts["content"] == "夜班没有热饭"
    assert page.followed.text() == f"已有意见答复 {B3}-1（2025-12-08）。"
    assert window.focusWidget() is page.reply


def test_what_is_told_of_an_item_made_of_an_opinion_leads_to_it(opened: Any, qtbot: Any) -> None:
    """Another row, first in the list, names the opinion, whose number is that of the item: the item is the one chosen."""

    def fill(session: Session) -> None:
        add(session, "opinion", content="灯不亮", category="生活福利")
        item = {"problem": "灯不亮", "source_kind": "群众评议意见", "status": "已登记", "kind": "立改"}
        add(session, "rectification", org="QL.01", origin=f"{B3}-1", **item)

    window = opened("opinion", "rectification", fill=fill)
    page = page_at(window, "opinion")
    qtbot.mouseClick(page.rectify, Qt.MouseButton.LeftButton)
    settle(window)
    fill_in(dialog(), kind="解释说明", cause="线路检修")
    dialog().accept()
    settle(window)
    bar = window.workspace.undo
    assert bar.text == f"已新增整改事项 {B3}-1。"
    (way,) = [one for one in bar.findChildren(QPushButton) if one.text() == "去看这一条"]
    qtbot.mouseClick(way, Qt.MouseButton.LeftButton)
    settle(window)
    page = window.workspace.page
    assert page.key == "rectification"
    assert [row.name for row in page.table.rows.here().values()] == ["QL.01-1", f"{B3}-1"]
    assert page.table.only().name == f"{B3}-1"
    window.undo()
    settle(window)
    assert texts(page, "problem") == ["灯不亮"]
    assert not bar.text


def test_what_was_done_about_an_opinion_stands_beside_it_and_others_say_nothing_of_it(opened: Any) -> None:
    """A unit that is not above it is not heard: anybody could write a number."""

    def fill(session: Session) -> None:
        add(session, "opinion", content="灯不亮", category="生活福利")
        add(session, "opinion", content="浴室水凉", category="生活福利")
        item = {"problem": "灯不亮", "source_kind": "群众评议意见", "status": "已登记", "kind": "立改"}
        add(session, "rectification", origin=f"{B3}-1", **item)
        add(session, "rectification", org="QL.02", origin=f"{B3}-2", **item)

    window = opened("opinion", fill=fill)
    page = window.workspace.page
    for place, said in enumerate((f"已有整改事项 {B3}-1（已登记）。", "")):
        page.table.selectRow(place)
        settle(window)
        assert page.followed.text() == said


def test_a_day_is_picked_from_the_calendar_or_typed(opened: Any, qtbot: Any) -> None:
    window = opened("opinion")
    page = window.workspace.page
    press(qtbot, window, page, Qt.Key.Key_Insert)
    line = dialog()._lines["heard_on"].editor
    write(line, "2025.12.6")
    qtbot.keyClick(line, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = QApplication.activePopupWidget().findChild(QCalendarWidget)
    assert calendar.selectedDate() == QDate(2025, 12, 6)
    calendar.setSelectedDate(QDate(2025, 12, 8))
    view = calendar.findChild(QAbstractItemView)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert QApplication.activePopupWidget() is None
    assert line.text() == "2025-12-08"
    line.setText("下周")
    assert line.unfold().selectedDate() == QDate.currentDate()
    QApplication.activePopupWidget().close()
    dialog().reject()


def test_from_opinions_to_the_reply(opened: Any, qtbot: Any) -> None:
    window = opened("opinion", "grouping", "rectification", "reply")
    page = page_at(window, "opinion")
    for said in ("浴室热水供应断续", "希望解决浴室热水供应断续的问题"):
        press(qtbot, window, page, Qt.Key.Key_Insert)
        form = dialog()
        form._unit.setCurrentIndex(form._unit.findData(B3))
        fill_in(form, content=said, category="生活福利")
        form.accept()
        settle(window)
    qtbot.keyClick(page.table, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(page.table, Qt.Key.Key_2)  # 个性
    settle(window)
    assert texts(page, "nature") == ["个性", "个性"]
    page = page_at(window, "grouping")
    page.table.view.selectAll()
    press(qtbot, window, page, Qt.Key.Key_M, CONTROL)
    qtbot.waitUntil(
        lambda: [(one.number, len(one.originals)) for one in page.table.model.visible()] == [(1, 2)]
    )
    name = page.looked.problems[0].originals[0].name
    page = page_at(window, "opinion")
    choose(page, name)
    qtbot.mouseClick(page.rectify, Qt.MouseButton.LeftButton)
    settle(window)
    form = dialog()
    assert (form.unit, form.typed["problem"], form.typed["origin"]) == (B3, "浴室热水供应断续", name)
    fill_in(
        form,
        kind="立行立改",
        cause="锅炉老化",
        measures="由后勤科十日内修好锅炉并每天测温",
        responsible="后勤科",
        due_on=LATER,
    )
    form.accept()
    settle(window)
    assert no_dialog()
    page = page_at(window, "rectification")
    assert texts(page, "source_kind") == ["群众评议意见"]
    assert texts(page, "nature") == ["个性"]
    choose(page, f"{B3}-1")
    bar = page.details.findChild(RectifyBar)
    for step in (Step.ASSIGN, Step.BEGIN):
        qtbot.mouseClick(bar.buttons[step], Qt.MouseButton.LeftButton)
        dialog().accept()
        settle(window)
    assert texts(page, "status") == ["办理中"]
    page = page_at(window, "reply")
    way = next(one for one in page.findChildren(QPushButton) if one.text() == "待答复的意见…")
    qtbot.mouseClick(way, Qt.MouseButton.LeftButton)
    settle(window)
    page = window.workspace.page
    assert page.segments.chosen == "owed"
    choose(page, name)
    qtbot.mouseClick(page.reply, Qt.MouseButton.LeftButton)
    settle(window)
    form = dialog()
    assert (form.unit, form.typed["opinion"]) == (B3, name)
    assert form._lines["kind"].editor.hasFocus()  # the first that has to be said yet
    fill_in(form, kind="立行立改", content="正在修锅炉，十日内修好", channel="会上答复")
    form.accept()
    settle(window)
    assert no_dialog()
    page = page_at(window, "opinion")
    assert page.segments.buttons["owed"].text() == "待答复 1"


def test_what_was_typed_for_one_opinion_is_not_offered_for_another(opened: Any, qtbot: Any) -> None:
    """“填回来” put the number of the first opinion over that of the second, and the reply went to it."""
    opinions = [{"content": said, "category": "生活福利"} for said in ("饭菜太凉", "路灯不亮")]
    window = opened("opinion", fill=lambda session: [add(session, "opinion", **one) for one in opinions])
    page = window.workspace.page

    def begin(number: int) -> Any:
        choose(page, f"{B3}-{number}")
        qtbot.mouseClick(page.reply, Qt.MouseButton.LeftButton)
        settle(window)
        return dialog()

    form = begin(1)
    write(form._lines["content"].editor, "已换保温桶")
    form.reject()
    settle(window)
    form = begin(2)
    assert form.messages.isHidden()
    form.reject()
    settle(window)
    assert LEFT_BEFORE in begin(1).messages.text


def test_what_may_tell_who_said_it_is_flagged_while_it_is_typed(opened: Any, qtbot: Any) -> None:
    window = opened("opinion")
    page = window.workspace.page
    press(qtbot, window, page, Qt.Key.Key_Insert)
    line = dialog()._lines["content"]
    for said, flagged in (
        ("王师傅说食堂菜少", "王师傅"),
        ("工号 30112 的同事", "工号 30112"),
        ("打电话 0476-3512345", "0476-3512345"),
        ("找 13812345678", "手机号"),
        ("住 12号楼 3单元", "12号楼"),
    ):
        line.editor.setPlainText(said)
        assert flagged in line.complaint, said
        line.editor.setPlainText("食堂菜少")
        assert line.complaint == ""


def test_nothing_is_said_of_a_field_because_another_is_still_empty(opened: Any, qtbot: Any) -> None:
    window = opened("publication")
    press(qtbot, window, window.workspace.page, Qt.Key.Key_Insert)
    form = dialog()
    fill_in(form, kind="公示", title="整改事项", status="公示中", department="组织部")
    assert form._lines["department"].complaint == ""  # the address comes next
    fill_in(form, address="办公楼302", objections="找 13812345678")
    assert "手机号" in form._lines["objections"].complaint
    form.reject()


def test_the_unit_of_a_new_row_is_found_by_typing(opened: Any, qtbot: Any) -> None:
    window = opened("leader_comment")
    press(qtbot, window, window.workspace.page, Qt.Key.Key_Insert)
    line = dialog()._unit.lineEdit()
    qtbot.waitUntil(lambda: line.hasFocus() and line.selectedText() == line.text() != "")
    write(line, "一矿机关")
    found = dialog()._unit.completer().popup()
    qtbot.waitUntil(found.isVisible)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(found, key)
    assert dialog().unit == B3
    dialog().reject()


def two_opinions(session: Session) -> None:
    for said in ("饭菜太凉", "路灯不亮"):
        add(session, "opinion", content=said, category="生活福利", nature="个性")


@pytest.mark.usefixtures("looks_around")
def test_what_is_answered_no_longer_waits_beside_the_navigation(opened: Any, qtbot: Any) -> None:
    window = opened("opinion", fill=two_opinions)
    (beside,) = window.workspace.navigation.findItems("意见建议", Qt.MatchFlag.MatchExactly)
    qtbot.waitUntil(lambda: beside.data(Qt.ItemDataRole.AccessibleTextRole) == "意见建议，2 项等着处理")
    said = {"opinion": f"{B3}-1", "kind": "立行立改", "content": "已换保温桶", "channel": "会上答复"}
    window.workspace.work.write(lambda session: add(session, "reply", **said))
    settle(window)
    assert beside.data(Qt.ItemDataRole.AccessibleTextRole) == "意见建议，1 项等着处理"


def meeting_of(session: Session) -> None:
    sessions.set_review_groups(
        session,
        campaign_id=make.campaign_of(session),
        groups=[("第一评议小组", ["QL.01", "QL.02"])],
        by="王",
    )


def test_meetings_are_balanced_changed_and_printed(opened: Any, qtbot: Any) -> None:
    window = opened("meeting", fill=meeting_of)
    page = window.workspace.page
    qtbot.mouseClick(page.schedule, Qt.MouseButton.LeftButton)
    asked = dialog()
    assert isinstance(asked, ScheduleDialog)
    assert (asked.table.view.empty, asked.table.count.text()) == (READING, "")  # before the answer
    assert not any(one.isEnabled() for one in (asked.save, asked.edit, asked.print))
    settle(window)
    assert [one.slot for one in asked.planned.meetings] == [None, None]
    asked.start.clear()
    write(asked.start, "2024-01-12")
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    settle(window)
    assert texts(page, "half") == ["上午", "下午"]
    qtbot.mouseClick(page.schedule, Qt.MouseButton.LeftButton)
    settle(window)
    asked = dialog()
    asked.table.view.selectRow(1)
    qtbot.mouseClick(asked.edit, Qt.MouseButton.LeftButton)
    form = dialog()
    fill_in(form, half="上午", place="二矿会议室")
    form.accept()
    settle(window)
    assert "在 2024-01-12上午排了 2 场" in asked.clashes.text()
    qtbot.mouseClick(asked.print, Qt.MouseButton.LeftButton)
    settle(window)
    paper = QApplication.activeModalWidget()
    assert isinstance(paper, ReportDialog)
    qtbot.waitUntil(lambda: paper.view.ready is not None)
    assert paper.view.ready.report.number == "R15"
    paper.reject()
    asked.reject()


def test_a_meeting_opens_its_ballots_and_prints_its_record(opened: Any, qtbot: Any) -> None:
    def held(session: Session) -> None:
        add(
            session,
            "meeting",
            "QL",
            kind="评议会",
            layer="层面一",
            subject="QL.01",
            status="已开",
            held_on="2024-01-12",
            expected="3",
            actual="3",
        )

    window = opened("meeting", "entry", fill=held)
    page = page_at(window, "meeting")
    assert page.record.isEnabled()
    qtbot.mouseClick(page.record, Qt.MouseButton.LeftButton)
    settle(window)
    paper = QApplication.activeModalWidget()
    assert isinstance(paper, ReportDialog)
    qtbot.waitUntil(lambda: paper.view.ready is not None)
    assert paper.view.ready.report.number == "R17"
    paper.reject()
    qtbot.mouseClick(page.open_batches, Qt.MouseButton.LeftButton)
    settle(window)
    if not no_dialog():
        confirm(qtbot)
        settle(window)
    assert window.workspace.page.key == "entry"
    with page.context.store.reading() as session:
        listed = sessions.listing(session, campaign_id=make.campaign_of(session), layer=1)
        (own,) = [one for one in listed if one.org_code == "QL.01"]
        assert (own.held_on, own.actual) == ("2024-01-12", 3)


def test_who_has_not_presented_is_registered_from_the_list(opened: Any, qtbot: Any) -> None:
    def one_presented(session: Session) -> None:
        known = edits.rows.names(session, campaign_id=make.campaign_of(session)).people
        number = min(number for number, (_, org) in known.items() if org == B3)
        add(session, "presentation", member=number, mode="口头")

    window = opened("workbench", "presentation", fill=one_presented)
    (wait,) = [one for one in window.workspace.page.waits.model.visible() if one.page == "presentation"]
    assert (wait.subject, wait.standing) == ("党员 2 名", "没有汇报")
    window.workspace.page.waits.activated.emit(wait)
    settle(window)
    settle(window)
    asked = dialog()
    assert isinstance(asked, LeftDialog)
    assert not asked.save.isEnabled()
    qtbot.keyClick(asked.table.view, Qt.Key.Key_A, CONTROL)
    asked.mode.setCurrentText("书面汇报")
    asked.accept()
    settle(window)
    assert no_dialog()
    assert sorted(texts(window.workspace.page, "mode")) == ["书面汇报", "书面汇报", "口头汇报"]


def test_a_line_of_what_waits_opens_the_list_of_just_these(opened: Any) -> None:
    def late(session: Session) -> None:
        promised(session)
        add(session, "commitment", content="已经办好", status="已兑现")

    window = opened("workbench", "commitment", fill=late)
    (wait,) = [one for one in window.workspace.page.waits.model.visible() if one.page == "commitment"]
    assert (wait.subject, wait.act) == ("承诺 4 项", "登记兑现情况")
    window.workspace.page.waits.activated.emit(wait)
    settle(window)
    page = window.workspace.page
    assert page.key == "commitment"
    assert page.segments.chosen == "open"
    assert texts(page, "status") == ["践诺中"] * 4


def test_control_k_finds_a_row_and_shows_it_alone(opened: Any, qtbot: Any) -> None:
    def deeds(session: Session) -> None:
        for title in ("修澡堂的灯", "送煤到户"):
            add(session, "deed", title=title, kind="办实事")

    window = opened("workbench", "deed", fill=deeds)
    press(qtbot, window, window, Qt.Key.Key_K, CONTROL)
    (asked,) = [one for one in window.findChildren(palette.Palette) if one.isVisible()]
    qtbot.keyClicks(asked.line, "smdh")
    settle(window)
    settle(window)
    shown = [asked.list.item(place).text() for place in range(asked.list.count())]
    assert any(one.startswith("台账　送煤到户") for one in shown)
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    settle(window)
    page = window.workspace.page
    assert page.key == "deed"
    assert texts(page, "title") == ["送煤到户"]
    assert page.details.title.text() == "送煤到户"
