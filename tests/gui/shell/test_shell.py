"""The shell: welcome screen, opening files, navigation, refreshing, messages, undo, Chinese and plain text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontInfo, QIcon
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
)
from sqlmodel import SQLModel, select

import make
from pingyi_desktop import paths
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import protection
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.gui.app import Trouble
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.files import opening, task_code
from pingyi_desktop.gui.files.protecting import ProtectFile
from pingyi_desktop.gui.files.recovery_code import ShowCode
from pingyi_desktop.gui.files.unlock import AskPassword
from pingyi_desktop.gui.files.welcome import Choice
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import Field, MessageBar, all_right, button, label, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization

CONTROL = Qt.KeyboardModifier.ControlModifier
UNIT = "群岭公司<img src=x>党委"


def in_dialog(act, kind=QDialog):
    """Do something in the modal dialog that the next call opens, once it is there; it never stays open."""
    timer = QTimer()
    timer.setInterval(10)

    def look():
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            timer.stop()
            try:
                act(dialog)
            finally:
                dialog.close()

    timer.timeout.connect(look)
    timer.start()
    return timer


def opened(open_window, path, qtbot, **kwargs):
    window = open_window(**kwargs)
    assert window.open_path(path)
    qtbot.waitUntil(lambda: UNIT in window.windowTitle())
    return window


def rename(name):
    def act(session):
        session.exec(select(PartyOrganization)).one().full_name = name

    return act


# Without a file


@pytest.mark.usefixtures("dressed")
def test_the_welcome_screen_offers_three_ways_each_with_its_reason(open_window):
    window = open_window()
    assert window.workspace is None
    assert window.windowTitle() == "评议"
    assert [choice.accessibleName() for choice in window.welcome.choices] == [
        "收到任务",
        "我是最上级",
        "先看看",
    ]
    assert window.welcome.open.isVisible()
    assert all(choice.accessibleDescription().endswith("。") for choice in window.welcome.choices)
    assert all(choice.height() >= choice.sizeHint().height() for choice in window.welcome.choices)


def test_enter_presses_a_button(qtbot):
    pressed = []
    made = button("存", lambda: pressed.append("存"))
    qtbot.addWidget(made)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(made, key)
    assert pressed == ["存"] * 3


def test_a_new_file_is_asked_for_and_opened(open_window, tmp_path, qtbot):
    window = open_window()
    where = tmp_path / "新.pingyi"

    def fill(dialog):
        dialog.name.editor.setText("青山公司党委")
        dialog.code.editor.setText("QS")
        dialog.path.line.setText(str(where))
        dialog.safety.kinds.setCurrentIndex(dialog.safety.kinds.findData("none"))
        dialog.accept()

    timer = in_dialog(fill, opening.NewFile)
    window.welcome.choices[1].click()
    qtbot.waitUntil(lambda: "青山公司党委" in window.windowTitle())
    assert not timer.isActive()
    assert where.is_file()
    assert window.windowTitle() == "评议 — 青山公司党委 — 新.pingyi"
    assert settings.recent() == [where]


def test_a_new_file_with_gaps_is_not_made_and_says_what_is_missing(open_window, tmp_path, qtbot):
    window = open_window()
    dialog = opening.NewFile(window)
    dialog.path.line.setText("")
    dialog.code.editor.setText("中文")
    dialog.accept()
    assert dialog.opened is None
    assert dialog.name.complaint == "单位名称还没有填，请填写后再继续。"
    assert "例如 QL" in dialog.code.complaint
    assert "浏览" in dialog.place.complaint
    dialog.name.editor.setText("青山公司党委")
    assert dialog.name.is_right()
    assert dialog.name.complaint == ""


def test_a_new_file_never_replaces_another(open_window, path, qtbot):
    before = path.read_bytes()
    dialog = opening.NewFile(open_window())
    dialog.name.editor.setText("青山公司党委")
    dialog.code.editor.setText("QS")
    dialog.path.line.setText(str(path))
    dialog.safety.kinds.setCurrentIndex(dialog.safety.kinds.findData("none"))
    dialog.accept()
    qtbot.waitUntil(lambda: "已经存在" in dialog.messages.text)
    assert dialog.opened is None
    assert path.read_bytes() == before


def test_the_place_follows_the_name_until_it_is_chosen(open_window):
    dialog = opening.NewFile(open_window())
    dialog.name.editor.setText('青山/公司: "党委"')
    assert Path(dialog.place.text).name == "青山公司党委.pingyi"
    dialog.path.line.setText("/x/别处.pingyi")
    dialog.name.editor.setText("别的单位")
    assert dialog.place.text == "/x/别处.pingyi"


def test_the_longest_name_a_unit_can_have_still_names_a_file(open_window):
    dialog = opening.NewFile(open_window())
    dialog.name.editor.setText("青" * 100)
    assert Path(dialog.place.text).name == "青" * 60 + ".pingyi"


def test_recent_files_are_offered_and_missing_ones_are_not_clickable(open_window, path, tmp_path, qtbot):
    window = open_window()
    settings.remember(tmp_path / "不在了.pingyi")
    settings.remember(path)
    window.welcome.refresh()
    recent = [one for one in window.welcome.findChildren(Choice) if one not in window.welcome.choices]
    assert [(one.accessibleName(), one.isEnabled()) for one in recent] == [("群岭", True), ("不在了", False)]
    recent[0].click()
    qtbot.waitUntil(lambda: UNIT in window.windowTitle())


def test_only_the_newest_recent_files_are_kept(open_window, tmp_path):
    open_window()
    for place in range(8):
        settings.remember(tmp_path / f"{place}.pingyi")
    settings.remember(tmp_path / "6.pingyi")
    assert [one.stem for one in settings.recent()] == ["6", "7", "5", "4", "3"]


@pytest.mark.parametrize("content", [None, b"no database", b""])
def test_what_is_no_data_file_is_refused_with_a_sentence(open_window, tmp_path, content):
    window, said = open_window(), []
    where = tmp_path / "坏.pingyi"
    if content is not None:
        where.write_bytes(content)
    timer = in_dialog(lambda box: (said.append((box.text(), box.textFormat())), box.accept()), QMessageBox)
    assert not window.open_path(where)
    assert not timer.isActive()
    assert said[0][0].endswith("。")
    assert said[0][1] == Qt.TextFormat.PlainText
    assert window.workspace is None
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".lock"] == []


def test_what_is_no_task_file_is_refused_with_a_sentence(tmp_path):
    where = tmp_path / "任务.pingyi-task"
    with pytest.raises(FileError):
        task_code.ask(where, None)
    where.write_bytes(b"PINGYIBUNDLE/1 nothing")
    with pytest.raises(UserError, match=r"。$"):
        task_code.ask(where, None)


@pytest.fixture
def task(tmp_path):
    """A task file of the first unit below a company."""
    company = make.published_company(tmp_path / "公司.pingyi")
    with company.transaction() as session:
        campaign_id = make.campaign_of(session)
        made = tasks.assign(session, campaign_id=campaign_id, by="张三")[0]
    company.close()
    (tmp_path / made.file_name).write_bytes(made.data)
    return made


@pytest.fixture
def taking(task, tmp_path):
    """Answers of somebody who opens that file: the code, then where to put the data file; (timers, texts seen)."""
    said: list[str] = []

    def take(dialog):
        said.extend(one.text() for one in dialog.findChildren(QLabel) if one.text())
        dialog.path.line.setText(str(tmp_path / "下级.pingyi"))
        dialog.safety.kinds.setCurrentIndex(dialog.safety.kinds.findData("none"))
        dialog.accept()

    return [showing.type_code(task.code), in_dialog(take, opening.TakeTask)], said


def test_a_task_file_shows_its_facts_and_makes_the_units_file(open_window, task, taking, tmp_path, qtbot):
    window, where, (timers, said) = open_window(), tmp_path / "下级.pingyi", taking
    timers.append(showing.pick(tmp_path / task.file_name))
    window.welcome.choices[0].click()
    assert not any(timer.isActive() for timer in timers)
    facts = tasks.read_task(task.data, task.code)
    shown = "\n".join(said)
    for fact in (facts.unit_name, facts.parent_name, facts.campaign_name, "不要再建"):
        assert fact in shown
    assert "指纹" not in shown, "the code has told already who made it"
    qtbot.waitUntil(lambda: where.name in window.windowTitle())
    with data.open_file(where).reading() as session:
        assert org.own_unit(session).code == task.unit_code
        assert campaigns.current(session).name == facts.campaign_name


def test_a_task_file_that_is_double_clicked_asks_for_its_code(open_window, task, taking, tmp_path, qtbot):
    window, (timers, _) = open_window(), taking
    assert window.open_path(tmp_path / task.file_name)
    assert not any(timer.isActive() for timer in timers)
    qtbot.waitUntil(lambda: "下级.pingyi" in window.windowTitle())


def test_who_has_no_code_comes_back_to_the_first_screen(open_window, task, tmp_path):
    window = open_window()
    timer = showing.answer(task_code.TaskCode, lambda dialog: dialog.reject())
    assert not window.open_path(tmp_path / task.file_name)
    assert not timer.isActive()
    assert window.workspace is None


# One window per file


def test_a_file_opens_in_one_window_only(open_window, path, qtbot):
    opened(open_window, path, qtbot)
    link = path.with_name("快捷.pingyi")
    link.symlink_to(path)
    for one in (path, link):
        with pytest.raises(FileError, match="已在另一个窗口打开"):
            opening.open_existing(one)


def test_a_closed_file_can_be_opened_again_and_leaves_no_lock(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert window.workspace is None
    assert window.windowTitle() == "评议"
    assert [one.name for one in path.parent.iterdir() if one.is_file()] == [path.name]
    opening.open_existing(path).close()


def test_a_lock_left_by_a_killed_program_is_taken_over(path):
    script = (
        "import os, sys; from pathlib import Path; from pingyi_desktop.gui.files import opening;"
        "opening.alone(Path(sys.argv[1]), lambda: os._exit(9))"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)]).returncode == 9
    assert path.with_name(path.name + ".lock").exists()
    opening.open_existing(path).close()


# With a file


def test_the_window_shows_unit_file_and_navigation(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    navigation = window.workspace.navigation
    assert window.windowTitle() == f"评议 — {UNIT} — 群岭.pingyi"
    assert [navigation.item(n).text() for n in range(navigation.count())] == ["组织与党员", "评议活动"]
    assert window.workspace.page.key == "members"


def test_control_and_a_number_goes_to_a_page(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.workspace.page.key == "campaign"
    qtbot.waitUntil(lambda: window.workspace.page.line.hasFocus())
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert window.workspace.page.key == "members"
    window.workspace.page.context.go_to("campaign")
    assert window.workspace.navigation.currentRow() == 1


def test_closing_a_file_takes_its_shortcuts_away(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    window.close_file()
    window.open_path(path)
    qtbot.keyClick(
        window, Qt.Key.Key_2, CONTROL
    )  # would be ambiguous, and do nothing, if the old ones stayed
    assert window.workspace.page.key == "campaign"


def test_a_page_is_read_again_when_visible_and_touched_only(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    work, (units,) = window.workspace.work, window.workspace.pages
    assert units.reads == 1
    work.write(rename("改名党委"))
    qtbot.waitUntil(lambda: units.names.text() == "改名党委")
    assert units.reads == 2
    assert window.workspace.pages == [units]  # the other one is made when it is visited
    window.workspace.go_to("campaign")
    campaigns = window.workspace.page
    assert (units.reads, campaigns.reads) == (2, 1)
    work.write(rename("再改党委"))
    qtbot.waitUntil(lambda: "再改党委" in window.windowTitle())
    assert (units.reads, campaigns.reads) == (2, 1)  # touched but hidden; visible but not touched
    window.workspace.go_to("members")
    assert (units.reads, campaigns.reads) == (3, 1)
    window.workspace.go_to("campaign")
    assert (units.reads, campaigns.reads) == (3, 1)
    qtbot.waitUntil(lambda: units.names.text() == "再改党委")


def test_a_refusal_is_said_on_the_page_and_takes_no_focus(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    page = window.workspace.page
    page.line.setFocus()

    def refused(_session):
        raise UserError("这个支部还有党员，请先把他们移走。")

    window.workspace.work.write(refused)
    qtbot.waitUntil(lambda: page.messages.text == "这个支部还有党员，请先把他们移走。")
    assert page.messages.isVisible()
    assert page.line.hasFocus()
    assert QApplication.activeModalWidget() is None


def test_closing_waits_for_what_was_asked(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    window.workspace.work.write(rename("最后一刻"))
    assert window.close()
    store = data.open_file(path)
    with store.reading() as session:
        assert session.exec(select(PartyOrganization.full_name)).one() == "最后一刻"
    store.close()


def test_the_window_stays_when_the_last_act_failed(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)

    def refused(_session):
        raise UserError("磁盘已满。")

    window.workspace.work.write(refused)
    assert not window.close()
    assert window.workspace.page.messages.text == "磁盘已满。"
    assert window.close()


def asked(units):
    """A form over the page whose act is refused while the name is too long."""
    form, line = RecordDialog(units, "改名"), QLineEdit()

    def act(session):
        if len(line.text()) > 3:
            raise UserError("名称太长，请改短。")
        rename(line.text())(session)
        return line.text()

    form.saving = lambda: units.context.act(act, act="改名", said=lambda name: f"已改名为{name}", over=form)
    form.ask((Field("名称", line),))
    return form, line


def test_an_act_is_told_in_the_message_line_of_its_page_and_closes_its_form(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    units = window.workspace.page
    form, line = asked(units)
    showing.write(line, "甲乙丙丁")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.fields[0].complaint == "名称太长，请改短。")
    assert form.isVisible()
    assert form.save.isEnabled()
    assert units.messages.text == ""
    line.clear()
    showing.write(line, "甲")
    closed = []
    form.finished.connect(closed.append)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    window.workspace.go_to("campaign")  # the page it was done on tells, not the one shown meanwhile
    qtbot.waitUntil(lambda: bool(closed))
    assert units.messages._text.text() == "已改名为甲"
    assert window.workspace.page.messages.text == ""
    assert window.workspace.undo.text == ""


def test_an_act_refused_without_a_form_is_told_by_the_page(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    units, undo = window.workspace.page, window.workspace.undo

    def refused(_session):
        raise UserError("磁盘已满。")

    units.context.act(refused, lambda _: rename("乙"), act="改名", said="已改名")
    qtbot.waitUntil(lambda: units.messages.text == "磁盘已满。")
    assert undo.text == ""


def test_control_z_takes_the_newest_act_back(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    units, undo = window.workspace.page, window.workspace.undo
    for name, before in (("甲", UNIT), ("乙", "甲")):
        units.context.act(rename(name), lambda _, b=before: rename(b), act="改名", said=f"已改名为{name}")
    qtbot.waitUntil(lambda: undo.text == "已改名为乙")
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: units.names.text() == "甲")
    assert units.messages.text == "已撤销：已改名为乙"
    assert undo.text == ""
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: units.names.text() == UNIT)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)  # nothing left
    assert window.workspace.work.finish()


def test_a_long_job_shows_its_progress_and_can_be_cancelled(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    page = window.workspace.page

    def endless(session, progress):
        while True:
            progress(3, 10, "正在读第 3 行")

    window.workspace.work.long(endless, act="导入名册")
    cancel = next(one for one in window.statusBar().findChildren(Button) if one.text() == "取消")
    qtbot.waitUntil(cancel.isVisible)
    said = window.statusBar().findChildren(QLabel)
    qtbot.waitUntil(lambda: any(one.text() == "正在读第 3 行" for one in said))
    cancel.click()
    qtbot.waitUntil(lambda: page.messages.text == "“导入名册”已取消，没有写入任何内容。")
    assert not cancel.isVisible()


def test_the_file_can_be_backed_up(open_window, path, tmp_path, qtbot):
    window = opened(open_window, path, qtbot)
    out = tmp_path / "备份.pingyi"

    def save(dialog):
        dialog.findChild(QLineEdit).setText(str(out))
        dialog.accept()

    timer = in_dialog(save, QFileDialog)
    window.back_up()
    qtbot.waitUntil(lambda: window.workspace.page.messages.text == f"已备份到 {out}")
    assert not timer.isActive()
    data.open_file(out).close()


def name_yourself(window, qtbot, name: str, pin: str = "") -> RecordDialog:
    """Fill in the operator dialog and press its button."""
    window.name_operator()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordDialog))
    dialog = QApplication.activeModalWidget()
    dialog.findChild(QComboBox).setEditText(name)
    dialog.fields[1].editor.setText(pin)
    dialog.save.click()
    return dialog


def test_an_encrypted_file_is_backed_up_with_its_key_file(open_window, tmp_path, qtbot):
    made, where, out = protection.fresh("春风化雨2024"), tmp_path / "密.pingyi", tmp_path / "备份.pingyi"
    protection.create(where, code="QL", name=UNIT, org_type=OrgType.BRANCH, made=made).close()
    window = open_window()
    asked = in_dialog(
        lambda dialog: (
            dialog.password.editor.setText("春风化雨2024"),
            dialog.accept(),
            qtbot.waitUntil(lambda: dialog.data_key is not None),
        ),
        AskPassword,
    )
    assert window.open_path(where)

    def save(dialog):
        dialog.findChild(QLineEdit).setText(str(out))
        dialog.accept()

    timer = in_dialog(save, QFileDialog)
    window.back_up()
    qtbot.waitUntil(lambda: window.workspace.page.messages.text == f"已备份到 {out}")
    assert not timer.isActive()
    assert not asked.isActive()
    assert protection.of_file(out).encrypted


def test_the_open_file_gets_a_password_from_the_menu(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)

    def choose(dialog):
        dialog.acts["secrets"].setChecked(True)
        for field in dialog.new.fields:
            field.editor.setText("春风化雨2024")
        dialog.accept()
        qtbot.waitUntil(lambda: bool(dialog.said))

    def copied(dialog):
        dialog.back.editor.setText("".join(filter(str.isdigit, dialog.digits.text()))[-6:])
        dialog.finish.click()

    def answer(dialog):
        dialog.password.editor.setText("春风化雨2024")
        dialog.accept()
        qtbot.waitUntil(lambda: dialog.data_key is not None)

    timers = [in_dialog(choose, ProtectFile), in_dialog(copied, ShowCode), in_dialog(answer, AskPassword)]
    window.protect()
    assert not any(timer.isActive() for timer in timers)
    qtbot.waitUntil(lambda: "已设口令" in window.workspace.page.messages.text)
    assert protection.of_file(path).locks


def test_the_operator_is_asked_once_and_remembered(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    name_yourself(window, qtbot, "张三", "4821")
    qtbot.waitUntil(lambda: window.workspace.page.context.operator() == "张三")
    assert (window.bar.operator.text(), window.bar.operator.accessibleName()) == ("张三", "操作员：张三")
    name_yourself(window, qtbot, "李四")
    qtbot.waitUntil(lambda: window.workspace.page.context.operator() == "李四")
    dialog = name_yourself(window, qtbot, "张三", "1111")
    qtbot.waitUntil(lambda: "数字口令不对" in dialog.fields[1].complaint)
    dialog.reject()
    assert window.workspace.page.context.operator() == "李四"


def visit(window):
    for entry in PAGES:
        window.workspace.go_to(entry.key)
    return window.workspace.pages


def test_the_windows_pages_show_tables_that_exist(open_window, path, qtbot):
    assert len({entry.key for entry in PAGES}) == len(PAGES)
    pages = visit(opened(open_window, path, qtbot, pages=PAGES))
    assert [page.key for page in pages] == [entry.key for entry in PAGES]
    assert [page.key for page in pages if not page.shows <= SQLModel.metadata.tables.keys()] == []


# Looks


def test_qts_own_buttons_are_chinese(qtbot):
    box = QDialogButtonBox()
    qtbot.addWidget(box)
    kinds = (
        QDialogButtonBox.StandardButton.Ok,
        QDialogButtonBox.StandardButton.Cancel,
        QDialogButtonBox.StandardButton.Yes,
    )
    texts = [box.addButton(kind).text().partition("(")[0] for kind in kinds]
    assert texts == ["确定", "取消", "是"]


@pytest.mark.usefixtures("dressed")
def test_the_programs_own_font_is_used(qapp):
    assert QFontInfo(qapp.font()).family() == "Noto Sans SC"
    assert qapp.font().pointSize() >= 11


def test_every_icon_can_be_drawn():
    icons = sorted((paths.resources() / "icons").glob("*.svg"))
    assert len(icons) >= 10
    blank = [icon.name for icon in icons if QIcon(f"icons:{icon.name}").pixmap(24, 24).toImage().isNull()]
    assert blank == []


def test_no_widget_takes_a_name_for_markup(open_window, path, qtbot):
    window = opened(open_window, path, qtbot)
    window.workspace.page.messages.fail(UNIT)
    window.workspace.undo.offer(UNIT, rename(UNIT))
    texts = [one for one in window.findChildren(QLabel) if one.objectName() != "qt_spinbox_lineedit"]
    assert any(one.text() == UNIT for one in texts)
    assert [
        one.text() for one in texts if "<" in one.text() and one.textFormat() != Qt.TextFormat.PlainText
    ] in (
        [],
        [UNIT],  # the test page's own label
    )


def test_a_message_is_plain_text_and_can_be_closed(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show()
    for show, kind in ((bar.inform, "info"), (bar.warn, "warn"), (bar.fail, "error")):
        show("<b>注意</b>")
        assert (bar.text, bar.property("kind")) == ("<b>注意</b>", kind)
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in bar.findChildren(QLabel))
    bar.findChild(Button).click()
    assert bar.text == ""


def test_a_label_is_plain_text(qtbot):
    made = label("<img src=x>")
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("size", [(1366, 768), (911, 512), (1093, 614)])
@pytest.mark.usefixtures("dressed")
def test_the_window_fits_small_screens_and_enlarged_text(open_window, path, qtbot, size):
    window = opened(open_window, path, qtbot)
    window.resize(*size)
    assert (window.width(), window.height()) == size


# Forms


def test_wrong_fields_say_so_and_the_first_gets_the_focus(qtbot):
    form = QDialog()
    qtbot.addWidget(form)
    first, second = (
        Field("姓名", QLineEdit("张三"), check=required("姓名")),
        Field("支部", QLineEdit(), check=required("支部")),
    )
    first.setParent(form)
    second.setParent(form)
    form.show()
    form.activateWindow()
    assert not all_right([first, second])
    assert (first.complaint, second.complaint) == ("", "支部还没有填，请填写后再继续。")
    assert second.editor.property("wrong") is True
    assert second.editor.accessibleDescription() == second.complaint
    qtbot.waitUntil(second.editor.hasFocus)
    second.editor.setText(" 第一 ")
    assert all_right([first, second])
    assert second.text == "第一"
    assert second.editor.property("wrong") is False


def test_a_combo_box_gives_its_data(qtbot):
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItem("党支部", OrgType.BRANCH)
    assert Field("类别", combo).text == "BRANCH"


def test_a_file_is_picked_and_its_folder_remembered(open_window, path):
    window = open_window()

    def pick(dialog):
        assert dialog.nameFilters() == ["评议数据文件 (*.pingyi)", "所有文件 (*)"]
        dialog.findChild(QLineEdit).setText(str(path))
        dialog.accept()

    timer = in_dialog(pick, QFileDialog)
    assert pickers.to_open(window, "打开", pickers.DATA_FILES) == path
    assert not timer.isActive()
    assert settings.folder() == path.parent


def test_saving_adds_the_ending_and_asks_before_replacing(open_window, tmp_path):
    window, asked = open_window(), []
    (tmp_path / "表.xlsx").write_text("old", encoding="utf-8")
    settings.remember_folder(tmp_path)

    def refuse(box):
        asked.append(box.text())
        box.button(QMessageBox.StandardButton.No).click()

    second = in_dialog(refuse, QMessageBox)
    first = in_dialog(lambda dialog: dialog.accept(), QFileDialog)
    assert pickers.to_save(window, "存为", pickers.WORKBOOKS, name="表.xlsx") is None
    assert not first.isActive()
    assert not second.isActive()
    assert "表.xlsx" in asked[0]

    def type_without_ending(dialog):
        assert dialog.defaultSuffix() == "xlsx"
        dialog.findChild(QLineEdit).setText("新表")
        dialog.accept()

    third = in_dialog(type_without_ending, QFileDialog)
    assert pickers.to_save(window, "存为", pickers.WORKBOOKS, name="新表.xlsx") == tmp_path / "新表.xlsx"
    assert not third.isActive()


# When a bug shows itself


def test_a_bug_is_told_in_chinese_logged_and_can_be_copied(open_window, qtbot):
    open_window()
    said, trouble = [], Trouble()

    def copy(box):
        said.append((box.text(), box.detailedText()))
        next(one for one in box.buttons() if one.text() == "复制详情").click()

    timer = in_dialog(copy, QMessageBox)
    try:
        raise ValueError("出错的地方")
    except ValueError as error:
        trouble.caught(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(said) and QApplication.activeModalWidget() is None)
    assert not timer.isActive()
    assert said[0][0].startswith("程序遇到意外问题")
    assert "出错的地方" in said[0][1]
    assert QApplication.clipboard().text() == said[0][1]
    written = (paths.user_data() / "logs" / "pingyi.log").read_text(encoding="utf-8")
    assert ("ValueError" in written, "出错的地方" in written) == (True, False)


SHORT_LIFE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pingyi_desktop.__main__ import main
from pingyi_desktop.gui import window

def end():
    shown = next((one for one in application.topLevelWidgets() if isinstance(one, window.Window)), None)
    if shown is not None and shown.isVisible() and shown.workspace is not None:
        timer.stop()
        print(shown.windowTitle().endswith(".pingyi"))
        application.closeAllWindows()

application = QApplication([])
timer = QTimer()
timer.timeout.connect(end)
timer.start(10)
sys.exit(main())
"""


def test_the_program_opens_the_last_file_again(open_window, path):
    """That it opens a file that is named, and stands before anything is loaded that opens one: ``test_start``."""
    window = open_window()
    assert window.open_path(path)
    window.close()
    ended = subprocess.run([sys.executable, "-c", SHORT_LIFE], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout.strip()) == (0, "True")
