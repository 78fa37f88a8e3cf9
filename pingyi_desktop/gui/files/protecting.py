"""Choosing how a data file is protected: when it is made, and later while it is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QButtonGroup, QComboBox, QDialog, QRadioButton, QVBoxLayout, QWidget

from pingyi_desktop.exchange.locks import codes, protection
from pingyi_desktop.exchange.locks.protection import Fresh, Protection
from pingyi_desktop.gui.files import recovery_code
from pingyi_desktop.gui.files.unlock import Background, NewPassword, fit
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts.forms import BUSY, Field, MessageBar, all_right, allow, button, label, row

T = TypeVar("T")
ENCRYPT, SECRETS, NEW_PASSWORD, NEW_CODE, NOTHING = "encrypt", "secrets", "password", "code", "none"
_BOTH = "数据文件和密钥文件（扩展名 .key）要放在一起，拷到 U 盘时两个都要带上。"
_TRACES = "原来没有加密的内容已覆盖删除，但固态硬盘、U 盘和以前的备份里可能还有。"
_ACTS = {
    ENCRYPT: ("加密整个文件（建议）", f"没有口令什么也读不出来。{_BOTH}"),
    SECRETS: ("只保护签名用的密钥", "数据本身不加密，电脑另有 BitLocker 一类的整盘加密时可选。"),
    NEW_PASSWORD: ("换口令", "恢复码不变。"),
    NEW_CODE: ("换恢复码", "恢复码纸丢了、被别人看见过时用；旧的一张作废。"),
    NOTHING: ("取消口令", "文件不再加密，谁拿到都能打开。"),
}


class PasswordChoice(QWidget):
    """A new file's password: proposed to an office, left out for a branch; going without is picked by the user."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds = QComboBox()
        self.kinds.addItem("设口令，加密整个文件（建议）", ENCRYPT)
        self.kinds.addItem("不加密，不设口令", NOTHING)
        self.choice = Field("口令与加密", self.kinds)
        self.new = NewPassword()
        self.hint = label(role="hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.choice, self.hint, self.new):
            column.addWidget(widget)
        self._picked = False
        self.kinds.activated.connect(self._pick)
        self.kinds.currentIndexChanged.connect(lambda _: self._show())
        self._show()

    @property
    def password(self) -> str:
        """The password chosen, "" for none."""
        return self.new.text if self.choice.text == ENCRYPT else ""

    @property
    def fields(self) -> list[Field]:
        """What has to be right."""
        return self.new.fields if self.choice.text == ENCRYPT else []

    def propose(self, *, office: bool) -> None:
        """What fits the kind of unit, until the user picks for himself."""
        if not self._picked:
            self.kinds.setCurrentIndex(self.kinds.findData(ENCRYPT if office else NOTHING))

    def _pick(self) -> None:
        self._picked = True

    def _show(self) -> None:
        encrypted = self.choice.text == ENCRYPT
        self.new.setVisible(encrypted)
        self.hint.setText(_BOTH if encrypted else "电脑丢了或 U 盘丢了，拿到的人能看到文件里的全部内容。")


class ProtectFile(QDialog):
    """Set, change or take away the password of a closed file; ``said`` tells what was done, "" when nothing."""

    def __init__(
        self, path: Path, found: Protection, data_key: bytes | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("口令与加密")
        self.setMinimumWidth(580)
        self.said = ""
        self._path, self._data_key = path, data_key
        self._background = Background(self)
        self.messages, self.new = MessageBar(), NewPassword()
        self._group = QButtonGroup(self)
        self.acts: dict[str, QRadioButton] = {}
        self.go = button("确定", self.accept, primary=True)
        self.go.setDefault(True)
        self._background.busy.connect(self._busy)
        self._lay_out(found)

    def _lay_out(self, found: Protection) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        state = (
            "没有设口令。"
            if not found.locks
            else "已设口令，整个文件已加密。"
            if found.encrypted
            else "已设口令，数据没有加密。"
        )
        column.addWidget(label(f"“{self._path.name}”{state}", role="strong"))
        column.addWidget(self.messages)
        self._choices = QWidget()
        inner = QVBoxLayout(self._choices)
        inner.setContentsMargins(0, 0, 0, 0)
        for act in _offered(found):
            title, hint = _ACTS[act]
            self.acts[act] = QRadioButton(title)
            self.acts[act].setAccessibleDescription(hint)
            self._group.addButton(self.acts[act])
            self.acts[act].toggled.connect(lambda _on: self._show())
            inner.addWidget(self.acts[act])
            inner.addWidget(label(hint, role="hint"))
        inner.addWidget(self.new)
        column.addWidget(self._choices)
        column.addStretch(1)
        buttons = row()
        buttons.addWidget(self.go)
        buttons.addWidget(button("取消", self.reject))
        column.addLayout(buttons)
        next(iter(self.acts.values())).setChecked(True)

    @property
    def act(self) -> str:
        """What is chosen."""
        return next(act for act, choice in self.acts.items() if choice.isChecked())

    def accept(self) -> None:
        """Do what is chosen, or say what is missing."""
        if self.new.isHidden() or all_right(self.new.fields):
            if self._data_key is None:
                self._run(partial(protection.fresh, self.new.text, encrypt=self.act == ENCRYPT), self._set)
            elif self.act != NEW_CODE:
                change = partial(
                    _change, self._path, self.act, data_key=self._data_key, by=settings.operator()
                )
                self._run(partial(change, password=self.new.text), self._done)
            elif self._shown(code := codes.new_recovery_code()):
                self._run(partial(_renew, self._path, self._data_key, code, settings.operator()), self._done)
        fit(self)

    def reject(self) -> None:
        """Think better of it, but not in the middle."""
        if not self._background.is_busy:
            super().reject()

    def _run(self, job: Callable[[], T], then: Callable[[T], None]) -> None:
        self._background.run(job, then, lambda error: self.messages.fail(str(error)))

    def _set(self, made: Fresh) -> None:
        encrypt, by = self.act == ENCRYPT, settings.operator()
        if self._shown(made.recovery_code):
            self._run(partial(_set, self._path, made, encrypt=encrypt, by=by), self._done)

    def _shown(self, code: str) -> bool:
        """Nothing is changed before the recovery code is on paper."""
        return recovery_code.show(recovery_code.of_file(self._path, code), self)

    def _done(self, said: str) -> None:
        self.said = said
        super().accept()

    def _show(self) -> None:
        self.new.setVisible(self._data_key is None or self.act == NEW_PASSWORD)
        fit(self)

    def _busy(self, busy: bool) -> None:
        for one in (self._choices, self.go):
            allow(one, BUSY if busy else "")
        self.go.setText("正在处理…" if busy else "确定")


def _offered(found: Protection) -> tuple[str, ...]:
    if not found.locks:
        return ENCRYPT, SECRETS
    return (NEW_PASSWORD, NEW_CODE, *(() if found.encrypted else (ENCRYPT,)), NOTHING)


def _set(path: Path, made: Fresh, *, encrypt: bool, by: str) -> str:
    protection.protect(path, made=made, encrypt=encrypt, by=by)
    done = f"“{path.name}”已设口令，整个文件已加密。{_BOTH}{_TRACES}"
    return done if encrypt else f"“{path.name}”已设口令，里面的密钥已加密保存。"


def _renew(path: Path, data_key: bytes, code: str, by: str) -> str:
    protection.renew_recovery_code(path, data_key=data_key, code=code, by=by)
    return f"“{path.name}”的恢复码已更换，旧的一张作废。"


def _change(path: Path, act: str, *, data_key: bytes, password: str, by: str) -> str:
    match act:
        case "password":
            protection.change_password(path, data_key=data_key, password=password, by=by)
            return f"“{path.name}”的口令已更换，恢复码不变。"
        case "encrypt":
            protection.encrypt(path, data_key=data_key, by=by)
            return f"“{path.name}”已加密，口令和恢复码不变。{_BOTH}{_TRACES}"
        case _:
            protection.unprotect(path, data_key=data_key, by=by)
            return f"“{path.name}”的口令已取消，文件没有加密。"
