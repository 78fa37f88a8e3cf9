"""Passwords in the window: asked for, forgotten, chosen, changed; the recovery code shown once; nothing blocks."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox

import make
from pingyi_desktop.errors import FileError
from pingyi_desktop.exchange.locks import codes, keylock, protection
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.gui.files import opening
from pingyi_desktop.gui.files.opening import NewFile, TakeTask
from pingyi_desktop.gui.files.protecting import ENCRYPT, NEW_CODE, NEW_PASSWORD, NOTHING, SECRETS, ProtectFile
from pingyi_desktop.gui.files.recovery_code import ShowCode, of_file
from pingyi_desktop.gui.files.unlock import AskPassword, Background
from pingyi_desktop.gui.parts import preview
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.schema_people import OrgType

UNIT = "群岭公司<img src=x>党委"
WORD, NEXT = "春风化雨2024", "秋水长天2025"


@pytest.fixture(scope="module")
def fresh():
    return protection.fresh(WORD)


@pytest.fixture(params=[False, True], ids=["secrets", "whole"])
def protected(request, path, fresh):
    """A closed file with a password, encrypted as a whole or not."""
    protection.protect(path, made=fresh, encrypt=request.param, by="张三")
    return path


@pytest.fixture
def ask(protected, qtbot):
    dialog = AskPassword(protected, protection.of_file(protected))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def when(kind, *acts):
    """Do one act after another, each in the next modal dialog of its kind; ``acts`` left over never ran."""
    left = list(acts)
    timer = QTimer()
    timer.setInterval(10)
    timer.left = left

    def look():
        dialog = QApplication.activeModalWidget()
        if left and isinstance(dialog, kind) and not getattr(dialog, "seen", False):
            dialog.seen = True
            left.pop(0)(dialog)

    timer.timeout.connect(look)
    timer.start()
    return timer


def typed(password):
    def act(dialog):
        dialog.password.editor.setText(password)
        dialog.accept()

    return act


def choose(new, password=WORD):
    for field in new.fields:
        field.editor.setText(password)


def copied(dialog):
    """Type the last digits of the recovery code back."""
    dialog.back.editor.setText("".join(filter(str.isdigit, dialog.digits.text()))[-6:])
    dialog.accept()


# Asking


def test_the_password_opens_the_file(ask, fresh, qtbot):
    typed(WORD)(ask)
    qtbot.waitUntil(lambda: ask.data_key is not None)
    assert ask.data_key == fresh.data_key
    assert ask.result() == QDialog.DialogCode.Accepted


def test_a_password_is_never_shown_unless_asked_for(ask, qtbot):
    assert ask.password.editor.echoMode() == QLineEdit.EchoMode.Password
    ask.switch.click()
    assert [field.editor.echoMode() for field in ask.new.fields] == [QLineEdit.EchoMode.Password] * 2


def test_a_wrong_password_says_so_and_can_be_typed_again(ask, fresh, qtbot):
    for _attempt in range(3):
        typed(NEXT)(ask)
        qtbot.waitUntil(lambda: "口令不对" in ask.messages.text and ask.open_button.isEnabled())
        assert ask.password.editor.selectedText() == NEXT
        ask.messages.hide()
    typed(WORD)(ask)
    qtbot.waitUntil(lambda: ask.data_key == fresh.data_key)


def test_an_empty_password_is_not_tried(ask):
    ask.accept()
    assert ask.password.complaint == "口令还没有填，请填写后再继续。"
    assert ask.open_button.isEnabled()


def test_the_window_stays_alive_while_the_password_is_checked(ask, qtbot):
    """The dialog waits for its answer in the event loop: events are served before the answer is there."""
    served = []
    typed(WORD)(ask)
    assert ask.data_key is None
    assert not ask.open_button.isEnabled()
    ask.reject()
    assert ask.isVisible()
    QTimer.singleShot(0, lambda: served.append(ask.data_key))
    qtbot.waitUntil(lambda: ask.data_key is not None)
    assert served == [None]


def test_with_the_recovery_code_a_new_password_is_chosen(ask, protected, fresh, qtbot):
    ask.switch.click()
    assert not ask.password.isVisible()
    ask.accept()
    assert "应是 30 位数字" in ask.code.said.text()
    ask.code.line.setText(codes.grouped(fresh.recovery_code))
    ask.accept()
    assert "应为 8 至 200 个字符" in ask.new.first.complaint
    ask.new.first.editor.setText(NEXT)
    ask.accept()
    assert "两次输入的口令不一样" in ask.new.again.complaint
    ask.new.again.editor.setText(NEXT)
    ask.accept()
    qtbot.waitUntil(lambda: ask.data_key is not None)
    assert ask.data_key == fresh.data_key
    assert protection.unlock(protection.of_file(protected), password=NEXT) == fresh.data_key


def test_a_wrong_recovery_code_changes_nothing(ask, protected, fresh, qtbot):
    ask.switch.click()
    ask.code.line.setText(codes.grouped(codes.new_recovery_code()))
    choose(ask.new, NEXT)
    ask.accept()
    qtbot.waitUntil(lambda: "恢复码不是这个文件的" in ask.messages.text)
    assert ask.data_key is None
    assert protection.unlock(protection.of_file(protected), password=WORD) == fresh.data_key
    ask.switch.click()
    assert ask.password.isVisible()
    assert ask.messages.text == ""


# The window


def test_the_window_asks_when_a_protected_file_is_opened(open_window, protected, qtbot):
    window = open_window()
    timer = when(AskPassword, typed(WORD))
    assert window.open_path(protected)
    assert timer.left == []
    qtbot.waitUntil(lambda: UNIT in window.windowTitle())


def test_without_a_password_the_file_stays_closed_and_unlocked(open_window, protected):
    window, said = open_window(), []
    first = when(AskPassword, lambda dialog: dialog.reject())
    second = when(QMessageBox, lambda box: (said.append(box.text()), box.accept()))
    assert not window.open_path(protected)
    assert (first.left, second.left) == ([], [])
    assert said == ["没有输入口令，“群岭.pingyi”没有打开，内容没有改动。"]
    assert not protected.with_name(protected.name + ".lock").exists()


def test_a_missing_key_file_is_told_without_asking(open_window, path, fresh):
    protection.protect(path, made=fresh, encrypt=True, by="张三")
    cipher.key_file(path).unlink()
    with pytest.raises(FileError, match=r"缺的是密钥文件“群岭\.pingyi\.key”"):
        opening.open_existing(path)


# The recovery code


@pytest.fixture
def shown(path, fresh, qtbot):
    dialog = ShowCode(of_file(path, fresh.recovery_code))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_code_is_shown_whole_and_leaves_only_when_it_was_copied(shown, fresh, qtbot):
    assert "".join(filter(str.isdigit, shown.digits.text())) == fresh.recovery_code
    shown.back.editor.setText("000000" if fresh.recovery_code[-6:] != "000000" else "111111")
    shown.accept()
    assert shown.isVisible()
    assert "不一样" in shown.back.complaint
    last = fresh.recovery_code[-6:]
    shown.back.editor.setText(f"{last[:3]} {chr(ord(last[3]) + 0xFEE0)}{last[4:]}")  # a full-width digit
    shown.accept()
    assert not shown.isVisible()
    assert shown.result() == QDialog.DialogCode.Accepted


def test_without_the_code_on_paper_nothing_is_done(shown, path, new_file, qtbot):
    shown.cancel.click()
    assert not shown.isVisible()
    assert shown.result() == QDialog.DialogCode.Rejected
    before = path.read_bytes()
    for act in (ENCRYPT, SECRETS):
        assert protect(path, qtbot, act, WORD, code=lambda dialog: dialog.cancel.click()) == ""
        assert path.read_bytes() == before
        assert not cipher.key_file(path).exists()
    choose(new_file.safety.new)
    timer = when(ShowCode, lambda dialog: dialog.reject())
    new_file.accept()
    qtbot.waitUntil(lambda: timer.left == [])
    qtbot.waitUntil(lambda: not new_file._background.is_busy)
    assert new_file.opened is None
    assert not Path(new_file.place.text).exists()


def test_a_new_code_that_is_not_on_paper_leaves_the_old_one(protected, fresh, qtbot):
    assert protect(protected, qtbot, NEW_CODE, code=lambda dialog: dialog.cancel.click()) == ""
    assert (
        protection.unlock(protection.of_file(protected), recovery_code=fresh.recovery_code) == fresh.data_key
    )


def test_the_code_is_printed_with_what_to_do(shown, fresh, monkeypatch, qtbot):
    sent = []
    monkeypatch.setattr(preview, "print_pdf", lambda pdf, *_, **__: sent.append(pdf))
    shown.print_button.click()
    qtbot.waitUntil(lambda: bool(sent))
    with pypdfium2.PdfDocument(sent[0]) as document:
        assert len(document) == 1
        text = document[0].get_textpage().get_text_bounded()
    for words in (codes.grouped(fresh.recovery_code), "群岭.pingyi", "再设新口令", "保管人"):
        assert words in text
    assert preview.pages(sent[0], width=200).images[0][1] != QImage()


# A new file


@pytest.fixture
def new_file(open_window, tmp_path):
    dialog = NewFile(open_window())
    dialog.name.editor.setText("青山公司党委")
    dialog.code.editor.setText("QS")
    dialog.path.line.setText(str(tmp_path / "新.pingyi"))
    return dialog


def kind(dialog, kind):
    dialog.kind.editor.setCurrentIndex(dialog.kind.editor.findData(kind))


def test_an_office_gets_a_password_unless_it_picks_none(new_file):
    choice = new_file.safety
    for unit, proposed in (
        (OrgType.COMPANY_COMMITTEE, ENCRYPT),
        (OrgType.GRASSROOTS_COMMITTEE, ENCRYPT),
        (OrgType.GENERAL_BRANCH, ENCRYPT),
        (OrgType.BRANCH, NOTHING),
    ):
        kind(new_file, unit)
        assert choice.choice.text == proposed
    kind(new_file, OrgType.COMPANY_COMMITTEE)
    new_file.accept()
    assert new_file.opened is None
    assert "应为 8 至 200 个字符" in choice.new.first.complaint


def test_what_the_user_picked_is_not_changed_by_the_kind(new_file, qtbot):
    choice = new_file.safety
    choice.kinds.setCurrentIndex(choice.kinds.findData(NOTHING))
    choice.kinds.activated.emit(choice.kinds.currentIndex())
    kind(new_file, OrgType.BRANCH)
    kind(new_file, OrgType.COMPANY_COMMITTEE)
    assert choice.choice.text == NOTHING
    new_file.accept()
    qtbot.waitUntil(lambda: new_file.opened is not None)
    path = new_file.opened.store.path
    new_file.opened.close()
    assert not protection.of_file(path).locks


def test_a_new_office_file_is_encrypted_and_its_code_shown(new_file, qtbot):
    choose(new_file.safety.new)
    seen = []
    timer = when(ShowCode, lambda dialog: (seen.append(dialog.digits.text()), copied(dialog)))
    new_file.accept()
    assert new_file.opened is None
    qtbot.waitUntil(lambda: new_file.result() == QDialog.DialogCode.Accepted)
    assert timer.left == []
    path = new_file.opened.store.path
    new_file.opened.close()
    found = protection.of_file(path)
    assert found.encrypted
    assert "青山".encode() not in path.read_bytes()
    assert protection.unlock(found, recovery_code=seen[0]) == protection.unlock(found, password=WORD)


def test_a_new_file_never_replaces_another_nor_its_key_file(new_file, path, qtbot):
    before = path.read_bytes()
    new_file.path.line.setText(str(path))
    choose(new_file.safety.new)
    new_file.accept()
    qtbot.waitUntil(lambda: "已经存在" in new_file.messages.text)
    assert new_file.opened is None
    assert path.read_bytes() == before
    assert not cipher.key_file(path).exists()


def test_without_sqlcipher_an_encrypted_file_is_refused_and_not_made_plain(new_file, monkeypatch, qtbot):
    monkeypatch.setattr(cipher, "_sqlcipher", None)
    choose(new_file.safety.new)
    new_file.accept()
    qtbot.waitUntil(lambda: "缺少加密组件" in new_file.messages.text)
    assert new_file.opened is None
    assert not Path(new_file.place.text).exists()
    assert not cipher.key_file(Path(new_file.place.text)).exists()


@pytest.fixture
def task(tmp_path):
    company = make.published_company(tmp_path / "公司.pingyi")
    with company.transaction() as session:
        campaign_id = make.campaign_of(session)
        made = tasks.assign(session, campaign_id=campaign_id, by="张三")[0]
    company.close()
    return tasks.read_task(made.data, made.code)


def test_a_committee_takes_its_task_up_in_an_encrypted_file(open_window, task, tmp_path, qtbot):
    dialog = TakeTask(task, "张三", open_window())
    dialog.path.line.setText(str(tmp_path / "下级.pingyi"))
    assert dialog.safety.choice.text == (ENCRYPT if task.unit_type in protection.OFFICES else NOTHING)
    dialog.safety.propose(office=True)
    choose(dialog.safety.new)
    timer = when(ShowCode, copied)
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert timer.left == []
    dialog.opened.close()
    found = protection.of_file(tmp_path / "下级.pingyi")
    assert found.encrypted
    data_key = protection.unlock(found, password=WORD)
    assert store.damage(tmp_path / "下级.pingyi", data_key) == []


def test_a_task_that_cannot_be_encrypted_leaves_no_plain_file(
    open_window, task, tmp_path, monkeypatch, qtbot
):
    monkeypatch.setattr(cipher, "_sqlcipher", None)
    dialog = TakeTask(task, "张三", open_window())
    dialog.path.line.setText(str(tmp_path / "下级.pingyi"))
    dialog.safety.propose(office=True)
    choose(dialog.safety.new)
    dialog.accept()
    qtbot.waitUntil(lambda: "缺少加密组件" in dialog.messages.text)
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["公司.pingyi"]


# A file that is there


def protect(path, qtbot, act, password="", code=copied):
    """Press 口令与加密 on the welcome screen's behalf and do one act; gives what was said."""
    open_now = []

    def do(dialog):
        open_now.append(dialog)
        dialog.acts[act].setChecked(True)
        if password:
            choose(dialog.new, password)
        dialog.accept()

    def answered(dialog):
        code(dialog)
        if dialog.result() == QDialog.DialogCode.Rejected:
            QTimer.singleShot(0, open_now[0].reject)

    timers = [when(AskPassword, typed(WORD)), when(ProtectFile, do), when(ShowCode, answered)]
    said = opening.protect(path)
    assert timers[1].left == []
    return said


@pytest.mark.parametrize("act", [ENCRYPT, SECRETS])
def test_a_file_gets_a_password(path, qtbot, act):
    said = protect(path, qtbot, act, WORD)
    assert "已设口令" in said
    found = protection.of_file(path)
    assert found.encrypted is (act == ENCRYPT)
    assert protection.unlock(found, password=WORD)
    assert not path.with_name(path.name + ".lock").exists()


def test_password_and_code_are_changed_and_taken_away(protected, fresh, qtbot):
    assert "恢复码已更换" in protect(protected, qtbot, NEW_CODE)
    with pytest.raises(Exception, match="恢复码不是这个文件的"):
        protection.unlock(protection.of_file(protected), recovery_code=fresh.recovery_code)
    assert "口令已更换" in protect(protected, qtbot, NEW_PASSWORD, NEXT)
    found = protection.of_file(protected)
    assert protection.unlock(found, password=NEXT) == fresh.data_key
    protection.change_password(protected, data_key=fresh.data_key, password=WORD, by="张三")
    assert "已取消" in protect(protected, qtbot, NOTHING)
    assert protection.of_file(protected) == protection.Protection(False, ())


def test_a_protected_file_is_encrypted_later(path, fresh, qtbot):
    protection.protect(path, made=fresh, encrypt=False, by="张三")
    said = protect(path, qtbot, ENCRYPT)
    assert "已加密" in said
    assert "固态硬盘" in said
    assert protection.unlock(protection.of_file(path), password=WORD) == fresh.data_key


def test_what_is_offered_fits_the_file(path, fresh, qtbot):
    for found, offered in (
        (protection.Protection(False, ()), [ENCRYPT, SECRETS]),
        (protection.Protection(False, fresh.locks), [NEW_PASSWORD, NEW_CODE, ENCRYPT, NOTHING]),
        (protection.Protection(True, fresh.locks), [NEW_PASSWORD, NEW_CODE, NOTHING]),
    ):
        dialog = ProtectFile(path, found, fresh.data_key if found.locks else None)
        qtbot.addWidget(dialog)
        assert list(dialog.acts) == offered


def test_a_weak_password_is_not_set(path, qtbot):
    dialog = ProtectFile(path, protection.of_file(path), None)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog.new, "1" * keylock.SHORTEST)
    dialog.accept()
    assert "太少，容易被猜中" in dialog.new.first.complaint
    assert dialog.go.isEnabled()
    assert not protection.of_file(path).locks


def test_a_file_that_a_window_shows_is_left_alone(open_window, path, qtbot):
    window = open_window()
    window.open_path(path)
    with pytest.raises(FileError, match="已在另一个窗口打开"):
        opening.protect(path)


def test_the_welcome_screen_leads_there(open_window, path, qtbot):
    window = open_window()

    def pick(dialog):
        dialog.findChild(QLineEdit).setText(str(path))
        dialog.accept()

    def set_password(dialog):
        choose(dialog.new)
        dialog.accept()

    timers = [when(QFileDialog, pick), when(ProtectFile, set_password), when(ShowCode, copied)]
    window.welcome.protect.click()
    assert [timer.left for timer in timers] == [[], [], []]
    assert "已设口令，整个文件已加密" in window.welcome.messages.text
    assert protection.of_file(path).encrypted


def test_a_refusal_is_said_on_the_welcome_screen(open_window, tmp_path):
    window, where = open_window(), tmp_path / "坏.pingyi"
    where.write_bytes(b"no database" * 100)
    timer = when(
        QFileDialog, lambda dialog: (dialog.findChild(QLineEdit).setText(str(where)), dialog.accept())
    )
    window.welcome.protect.click()
    assert timer.left == []
    assert "不是评议数据文件" in window.welcome.messages.text


# Behind it


def test_a_bug_in_the_background_is_a_bug_in_the_window(qtbot, monkeypatch):
    told = []
    monkeypatch.setattr("sys.excepthook", lambda *error: told.append(error[1]))
    parent = QDialog()
    qtbot.addWidget(parent)
    background = Background(parent)
    background.run(lambda: 1 // 0, pytest.fail, pytest.fail)
    background.run(pytest.fail, pytest.fail, pytest.fail)  # one job at a time
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], ZeroDivisionError)
    assert not background.is_busy


@pytest.mark.parametrize("size", [(1366, 768), (911, 512)])
@pytest.mark.usefixtures("dressed")
def test_the_dialogs_fit_small_screens(ask, shown, new_file, size, qtbot):
    for dialog in (ask, shown, new_file):
        dialog.resize(*size)
        assert dialog.minimumSizeHint().height() <= size[1]
        assert dialog.minimumSizeHint().width() <= size[0]


def test_no_text_of_a_password_reaches_the_input_method(ask):
    hints = ask.password.editor.inputMethodHints()
    assert hints & Qt.InputMethodHint.ImhHiddenText
