"""Dialogs that ask: whatever they say has its room, and a refusal goes as soon as somebody mends it."""

from __future__ import annotations

import pytest
import showing
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.looks.keyboard import give_keyboard
from pingyi_desktop.gui.parts import record_dialog
from pingyi_desktop.gui.parts.forms import Field, label, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

LONG = "这里说的是一件不常见的事，说明为什么不能保存、应当在哪里改、怎么改，改好以后再点保存就可以了。" * 2


@pytest.fixture
def over(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    return page


def room(dialog) -> int:
    """How much of the dialog can only be reached by scrolling, in pixels."""
    return dialog.findChild(QScrollArea).verticalScrollBar().maximum()


@pytest.mark.usefixtures("dressed")
def test_a_sentence_over_another_dialog_is_not_cut(over, qtbot):
    first = RecordDialog(over, "新增党员", "先填姓名。")
    first.ask((Field("姓名", QLineEdit()),))
    second = RecordDialog(first, "请核对", LONG)
    second.ask((Field("原因", QLineEdit()),))
    qtbot.waitUntil(lambda: second.isVisible() and room(second) == 0)
    second.refuse(UserError(LONG))
    line = second.messages.findChildren(QLabel)[0]
    qtbot.waitUntil(lambda: line.height() >= line.heightForWidth(line.width()) > 0)
    qtbot.waitUntil(lambda: room(second) == 0)
    second.reject()
    first.reject()


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, QSpinBox, QComboBox])
def test_a_refusal_goes_as_soon_as_the_value_is_changed_by_hand(over, qtbot, kind):
    editor = kind()
    if isinstance(editor, QComboBox):
        editor.addItems(["甲", "乙"])
    dialog = RecordDialog(over, "改", "改一改。")
    dialog.ask((Field("名称", editor),))
    dialog.fields[0].complain("名称太长，请改短。")
    dialog.messages.fail("没有保存。")
    editor.setFocus()
    if isinstance(editor, QLineEdit | QPlainTextEdit):
        showing.write(editor, "王")
    else:
        qtbot.keyClick(editor, Qt.Key.Key_Up if isinstance(editor, QSpinBox) else Qt.Key.Key_Down)
    assert dialog.fields[0].complaint == ""
    assert not editor.property("wrong")
    assert dialog.messages.isHidden()
    dialog.reject()


def asked(over, *, title="新增党员", secret=False):
    dialog, name, why = RecordDialog(over, title), QLineEdit(), QPlainTextEdit()
    if secret:
        name.setEchoMode(QLineEdit.EchoMode.Password)
    dialog.ask((Field("姓名", name),), (Field("说明", why),))
    return dialog


def offered(dialog):
    return [one for one in dialog.messages.findChildren(Button) if one.text() == "填回来"]


def test_what_was_typed_into_a_dialog_that_was_closed_is_offered_again(over, qtbot):
    record_dialog.forget()
    first = asked(over)
    showing.write(first.fields[0].editor, "王小河")
    showing.write(first.fields[1].editor, "从一矿转来")
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    assert offered(asked(over, title="修改党员")) == []
    again = asked(over)
    assert [one.text for one in again.fields] == ["", ""]
    (button,) = offered(again)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [one.text for one in again.fields] == ["王小河", "从一矿转来"]
    again.done_with()
    assert offered(asked(over)) == []


def test_nothing_secret_and_nothing_of_another_file_is_offered_again(over, qtbot):
    for secret in (True, False):
        first = asked(over, secret=secret)
        showing.write(first.fields[0].editor, "12345678")
        qtbot.keyClick(first, Qt.Key.Key_Escape)
        if not secret:
            record_dialog.forget()  # as closing the file does
        assert offered(asked(over, secret=secret)) == []


@pytest.fixture
def dialogs(over, qtbot):
    """What the first dialog was asked from, another program's window, and two dialogs, one over the other."""
    asked_from, elsewhere = QLineEdit(over), QLineEdit()
    qtbot.addWidget(elsewhere)
    asked_from.show()
    elsewhere.show()
    over.activateWindow()
    asked_from.setFocus()
    first = RecordDialog(over, "新增党员", "先填姓名。")
    second = RecordDialog(first, "请核对", "有一处。")
    for dialog in (first, second):
        dialog.ask((Field("姓名", QLineEdit()),))
        qtbot.waitUntil(lambda dialog=dialog: dialog.fields[0].editor.hasFocus())
    return asked_from, elsewhere, first, second


def test_the_keyboard_comes_back_to_what_opened_the_dialogs_when_nobody_gives_it(dialogs, qtbot):
    """A simple window manager leaves the keys with another program when a dialog over a dialog closes."""
    asked_from, elsewhere, first, second = dialogs
    for dialog in (second, first):
        dialog.finished.connect(lambda _: (elsewhere.activateWindow(), elsewhere.setFocus()))
    second.done_with()
    qtbot.waitUntil(lambda: first.fields[0].editor.hasFocus())
    first.done_with()
    qtbot.waitUntil(lambda: asked_from.hasFocus())


def test_the_keyboard_comes_back_when_both_dialogs_close_at_once(dialogs, qtbot):
    asked_from, elsewhere, first, second = dialogs
    second.done_with()
    first.done_with()
    elsewhere.activateWindow()
    elsewhere.setFocus()
    qtbot.waitUntil(lambda: asked_from.hasFocus())


def test_who_has_taken_the_keys_meanwhile_keeps_them(over, qtbot):
    """The next dialog, or a person, was quicker: the keys go on where they are."""
    asked_from, quicker = QLineEdit(over), QLineEdit()
    qtbot.addWidget(quicker)
    for one in (asked_from, quicker):
        one.show()
        one.activateWindow()
        one.setFocus()
        qtbot.waitUntil(one.hasFocus)
    give_keyboard([over])
    QApplication.processEvents()
    assert quicker.hasFocus()


@pytest.mark.usefixtures("dressed")
def test_what_is_said_of_a_field_has_its_room_beside_a_line_that_just_fitted(over, qtbot):
    """The bar that came for a moment broke that line in two, and stayed: the new sentence was cut."""
    dialog = RecordDialog(over, "请核对")
    line = label("请", role="strong")
    dialog.column.insertWidget(1, line)
    field = Field("原因", QLineEdit(), hint="例如：已核对", check=required("原因"))
    dialog.ask((field,))
    room_for = dialog.minimumWidth() - 48
    while line.fontMetrics().horizontalAdvance(line.text() + "请") < room_for:
        line.setText(line.text() + "请")
    qtbot.waitUntil(lambda: room(dialog) == 0)
    inner = dialog.findChild(QScrollArea).widget()
    before = inner.height()
    dialog.save.click()
    assert field.complaint != ""
    qtbot.waitUntil(lambda: inner.height() > before)  # it has been laid out
    qtbot.waitUntil(lambda: room(dialog) == 0)
    dialog.reject()


def test_a_second_button_saves_and_asks_for_the_next_one(over):
    asked, saved = [], []
    for press in ("保存", "保存，再加一名"):
        dialog = RecordDialog(over, "新增党员")
        dialog.saving = lambda of=dialog: (saved.append(1), of.done_with())
        dialog.ask((Field("姓名", QLineEdit()),))
        dialog.offer_more("保存，再加一名", lambda: asked.append(1))
        next(one for one in dialog.findChildren(Button) if one.text() == press).click()
        assert dialog.isHidden()
    assert (saved, asked) == ([1, 1], [1])


@pytest.mark.usefixtures("dressed")
def test_what_is_said_of_the_last_field_is_in_sight(over, qtbot):
    dialog = RecordDialog(over, "新增公示")
    dialog.ask(*[(Field(f"第 {number} 栏", QPlainTextEdit()),) for number in range(12)])
    qtbot.waitUntil(lambda: room(dialog) > 0)
    last = dialog.fields[-1]
    last.setFocus()
    qtbot.waitUntil(last.editor.hasFocus)
    dialog.refuse(UserError(f"“第 11 栏”里含疑似手机号。{LONG}"))
    area = dialog.findChild(QScrollArea).viewport()
    qtbot.waitUntil(lambda: last.mapTo(area, last.rect().bottomLeft()).y() <= area.height())
    dialog.reject()


def test_a_refusal_that_names_no_field_leaves_the_keys_with_save(over, qtbot):
    dialog = RecordDialog(over, "新增公示")
    dialog.ask((Field("标题", QLineEdit()),))
    dialog.saving = lambda: None
    dialog.save.setFocus()
    qtbot.waitUntil(dialog.save.hasFocus)
    dialog.accept()
    qtbot.waitUntil(lambda: not dialog.save.hasFocus())
    dialog.refuse(UserError("磁盘满了，请清出空间后再保存。"))
    qtbot.waitUntil(dialog.save.hasFocus)
    dialog.reject()


@pytest.mark.usefixtures("dressed")
def test_a_list_that_unfolds_shows_every_choice(over, qtbot):
    box = QComboBox()
    box.addItems(["请选择", "公示", "通报", "公开栏"])
    dialog = RecordDialog(over, "新增公示")
    dialog.ask((Field("形式", box),))
    box.showPopup()
    unfolded = box.view()
    qtbot.waitUntil(unfolded.isVisible)
    last = unfolded.visualRect(box.model().index(box.count() - 1, 0))
    assert unfolded.viewport().rect().contains(last)
    box.hidePopup()
    dialog.reject()
