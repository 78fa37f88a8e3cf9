"""Passwords in the window: asked for when a protected file is opened, chosen when one is made.

Argon2id takes a good part of a second on an old computer, so that whatever needs it runs in a thread of its own; there
is no ``Work`` yet while no file is open.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import keylock, protection
from pingyi_desktop.exchange.locks.codes import RECOVERY_DIGITS, read_recovery_code
from pingyi_desktop.exchange.locks.protection import Protection
from pingyi_desktop.gui.files.code_entry import CodeEntry, checked
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts.forms import (
    BUSY,
    Field,
    MessageBar,
    all_right,
    allow,
    button,
    label,
    required,
    row,
)

T = TypeVar("T")


class Background(QObject):
    """Runs one job after another off the window's thread; results come back in it."""

    busy = Signal(bool)
    _done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: tuple[Callable[[Any], None], Callable[[UserError], None]] | None = None
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """A job is running."""
        return self._waiting is not None

    def run(
        self, job: Callable[[], T], then: Callable[[T], None], otherwise: Callable[[UserError], None]
    ) -> None:
        """Do ``job``; ``then`` gets its result, ``otherwise`` the sentence why not. Ignored while another one runs."""
        if self.is_busy:
            return
        self._waiting = then, otherwise
        self.busy.emit(True)
        thread = ThreadPoolExecutor(1, thread_name_prefix="password")
        thread.submit(job).add_done_callback(self._done.emit)
        thread.shutdown(wait=False)

    @Slot(object)
    def _deliver(self, ended: Future[Any]) -> None:
        assert self._waiting is not None
        then, otherwise = self._waiting
        self._waiting = None
        self.busy.emit(False)
        error = ended.exception()
        if error is None:
            then(ended.result())
        elif isinstance(error, UserError):
            otherwise(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)


def fit(dialog: QDialog) -> None:
    """Make the dialog as high as what it shows now, as far as the screen goes."""

    def now() -> None:
        layout = dialog.layout()
        if layout is not None:
            layout.activate()
            room = dialog.screen().availableGeometry().height() - 80
            dialog.resize(dialog.width(), min(layout.totalHeightForWidth(dialog.width()), room))

    QTimer.singleShot(0, dialog, now)


class SecretLine(QLineEdit):
    """A line whose text is not shown; an input method cannot get at it."""

    def __init__(self) -> None:
        super().__init__()
        self.hide_text(hidden=True)

    def hide_text(self, *, hidden: bool) -> None:
        """Show dots or the text itself."""
        self.setEchoMode(QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal)


class NewPassword(QWidget):
    """Two lines for a password that is being chosen."""

    def __init__(self) -> None:
        super().__init__()
        first, second = SecretLine(), SecretLine()
        hint = f"至少 {keylock.SHORTEST} 个字符，例如四个不相干的词的拼音；不要用单位名、生日、电话。"
        self.first = Field("设口令", first, hint=hint, check=_check)
        self.again = Field("再输入一次", second, check=self._same)
        shown = QCheckBox("显示口令")
        for line in (first, second):
            shown.toggled.connect(lambda on, line=line: line.hide_text(hidden=not on))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.first, self.again, shown):
            column.addWidget(widget)

    @property
    def fields(self) -> list[Field]:
        """What has to be right."""
        return [self.first, self.again]

    @property
    def text(self) -> str:
        """The password."""
        return self.first.text

    def _same(self, text: str) -> str:
        return "" if text == self.first.text else "两次输入的口令不一样，请重新输入。"


def _check(text: str) -> str:
    try:
        keylock.checked_password(text)
    except UserError as error:
        return str(error)
    return ""


class AskPassword(QDialog):
    """Ask for a file's password, or for its recovery code and a new password. ``data_key`` is the key found."""

    def __init__(self, path: Path, found: Protection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("输入口令")
        self.setMinimumWidth(660)
        self.data_key: bytes | None = None
        self._path, self._found = path, found
        self._background = Background(self)
        self.messages = MessageBar()
        self.password = Field("口令", SecretLine(), check=required("口令"))
        self.code = CodeEntry(
            "恢复码（纸上的 30 位数字）", length=RECOVERY_DIGITS, check=checked(read_recovery_code)
        )
        self.new = NewPassword()
        self.open_button = button("打开", self.accept, primary=True)
        self.open_button.setDefault(True)
        self.switch = button("忘了口令？用恢复码…", self._switch)
        self._waiting = label("正在核对…", role="hint")
        self._background.busy.connect(self._busy)
        self._lay_out()
        self._show(recovering=False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(f"“{self._path.name}”设有口令。", role="strong"))
        for widget in (self.messages, self.password, self.code, self.new, self._waiting):
            column.addWidget(widget)
        buttons = row(self.switch)
        buttons.addWidget(self.open_button)
        buttons.addWidget(button("取消", self.reject))
        column.addLayout(buttons)

    def accept(self) -> None:
        """Try what was typed."""
        if self._recovering:
            self._try_code()
        elif all_right([self.password]):
            job = partial(protection.unlock, self._found, password=self.password.text)
            self._background.run(job, self._opened, self._refused)

    def reject(self) -> None:
        """Think better of it, but not in the middle."""
        if not self._background.is_busy:
            super().reject()

    def _try_code(self) -> None:
        if self.code.complaint:
            self.code.complain(self.code.complaint)
        elif not all_right(self.new.fields):
            fit(self)
        else:
            job = partial(_recover, self._path, self._found, self.code.digits, self.new.text)
            self._background.run(job, self._opened, self._refused)

    def _opened(self, data_key: bytes) -> None:
        self.data_key = data_key
        super().accept()

    def _refused(self, error: UserError) -> None:
        self.messages.fail(str(error))
        fit(self)
        line = self.code.line if self._recovering else self.password.editor
        assert isinstance(line, QLineEdit)
        line.setFocus()
        line.selectAll()

    def _switch(self) -> None:
        self._show(recovering=not self._recovering)

    def _show(self, *, recovering: bool) -> None:
        self._recovering = recovering
        self.password.setVisible(not recovering)
        self.code.setVisible(recovering)
        self.new.setVisible(recovering)
        self.switch.setText("想起来了，输入口令…" if recovering else "忘了口令？用恢复码…")
        self.open_button.setText("换成新口令并打开" if recovering else "打开")
        self.messages.hide()
        self._waiting.hide()
        (self.code if recovering else self.password).setFocus()
        fit(self)

    def _busy(self, busy: bool) -> None:
        self._waiting.setVisible(busy)
        for widget in (self.open_button, self.switch, self.password, self.code, self.new):
            allow(widget, BUSY if busy else "")
        fit(self)


def _recover(path: Path, found: Protection, code: str, password: str) -> bytes:
    data_key = protection.unlock(found, recovery_code=code)
    protection.change_password(path, data_key=data_key, password=password, by=settings.operator())
    return data_key


def ask(path: Path, found: Protection, parent: QWidget | None = None) -> bytes:
    """The data key of a protected file, asked for in a dialog; ``FileError`` when the user thinks better of it."""
    dialog = AskPassword(path, found, parent or _main_window())
    dialog.exec()
    dialog.deleteLater()
    if dialog.data_key is None:
        raise FileError(f"没有输入口令，“{path.name}”没有打开，内容没有改动。")
    return dialog.data_key


def _main_window() -> QWidget | None:
    """The window to stand before: not just the active one, which may be a file dialog about to be deleted."""
    shown = (
        one for one in QApplication.topLevelWidgets() if isinstance(one, QMainWindow) and one.isVisible()
    )
    return next(shown, None)
