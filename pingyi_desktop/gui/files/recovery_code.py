"""The recovery code, shown this once: printed or copied by hand, and its last digits typed back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.gui.files.code_entry import CodeEntry, checked
from pingyi_desktop.gui.files.unlock import Background, fit
from pingyi_desktop.gui.parts import preview
from pingyi_desktop.gui.parts.forms import BUSY, Field, MessageBar, all_right, allow, button, label, row
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports import recovery_slip
from pingyi_desktop.reports.blocks import Report

TYPED_BACK = 6
ASKED = "发布活动时打印、装在信封里的 30 位数字。用它打开加密给旧电脑的数据包，打开后照常核对、导入。"


@dataclass(frozen=True)
class Secret:
    """A code to be shown: ``purpose`` says on the screen what it is for, ``slip`` is the paper, ``act`` what comes then."""

    code: str = field(repr=False)
    purpose: str
    slip: Report = field(repr=False)
    act: str = "完成"


class ShowCode(QDialog):
    """Accepted only when the last digits were typed back; cancelled, nothing is done that would need the code."""

    def __init__(self, secret: Secret, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("恢复码")
        self.setMinimumWidth(620)
        self._secret, self._digits = secret, secret.code
        self._background = Background(self)
        self.messages = MessageBar()
        self.digits = label(_in_two_lines(secret.code), role="brand", wrap=False)
        self.digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.digits.setAccessibleName("恢复码")
        self.back = Field(
            f"恢复码的最后 {TYPED_BACK} 位",
            QLineEdit(),
            hint="看着纸输入，证明已经打印或抄好",
            check=self._check,
        )
        self.print_button = button("打印恢复码…", self._print)
        self.finish = button(secret.act, self.accept, primary=True)
        self.finish.setDefault(True)
        self.cancel = button("取消", self.reject, hint="什么都不改动，这个恢复码作废")
        self._background.busy.connect(lambda busy: allow(self.print_button, BUSY if busy else ""))
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for widget in (label(self._secret.purpose, role="purpose"), self.messages, self.digits):
            column.addWidget(widget)
        column.addLayout(row(self.print_button))
        column.addWidget(self.back)
        buttons = row(stretch=True)
        for one in (self.finish, self.cancel):
            buttons.addWidget(one)
        column.addLayout(buttons)
        self.back.setFocus()
        fit(self)

    def accept(self) -> None:
        """Go on when the last digits are right."""
        if all_right([self.back]):
            super().accept()
        fit(self)

    def pdf(self) -> bytes:
        """The slip as it is printed."""
        out = BytesIO()
        render_pdf(self._secret.slip, out)
        return out.getvalue()

    def _check(self, text: str) -> str:
        typed = "".join(str(int(letter)) for letter in text if letter.isdecimal())
        return (
            ""
            if typed == self._digits[-TYPED_BACK:]
            else f"和恢复码的最后 {TYPED_BACK} 位不一样，请核对纸上的数字。"
        )

    def _print(self) -> None:
        self._background.run(self.pdf, self._send, lambda error: self.messages.fail(str(error)))

    def _send(self, pdf: bytes) -> None:
        try:
            preview.print_pdf(pdf, self, landscape=False, name=self._secret.slip.title)
        except UserError as error:
            self.messages.fail(str(error))


class AskCode(QDialog):
    """Ask for a campaign's recovery code; ``code.digits`` are what was typed when the dialog was accepted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("用恢复码打开")
        self.code = CodeEntry(
            f"恢复码（{codes.RECOVERY_DIGITS} 位数字）",
            length=codes.RECOVERY_DIGITS,
            check=checked(codes.read_recovery_code),
        )
        self.open_button = button("打开", self.accept, primary=True)
        self.open_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(ASKED, role="purpose"))
        column.addWidget(self.code)
        buttons = row(stretch=True)
        for one in (self.open_button, button("取消", self.reject)):
            buttons.addWidget(one)
        column.addLayout(buttons)
        self.code.setFocus()
        fit(self)

    def accept(self) -> None:
        """Close when the digits can be a recovery code."""
        if wrong := self.code.complaint:
            self.code.complain(wrong)
        else:
            super().accept()


def ask(parent: QWidget) -> str:
    """The campaign's recovery code as typed; "" when the user thinks better of it."""
    dialog = AskCode(parent)
    done = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.code.digits if done else ""


def _in_two_lines(code: str) -> str:
    half = 4 * codes.GROUP
    return f"{codes.grouped(code[:half])}\n{codes.grouped(code[half:])}"


def of_file(path: Path, code: str) -> Secret:
    """The code of a data file."""
    purpose = (
        "忘了口令时，只有恢复码能打开文件。它只显示这一次，请打印或抄在纸上，封好交专人保管。"
        "照纸输入最后几位以后才生效；取消则什么都不改动。"
    )
    slip = recovery_slip.build(file_name=path.name, code=codes.grouped(code), day=date.today().isoformat())
    return Secret(code, purpose, slip)


def of_campaign(name: str, code: str) -> Secret:
    """The code of a campaign about to be published."""
    purpose = (
        f"“{name}”还没有发布。下级报来的数据包都加密；收件单位的电脑坏了、丢了，只有恢复码还能打开它们。"
        "它只显示这一次，请打印或抄在纸上，封好交专人保管，再照纸输入最后几位发布。"
    )
    slip = recovery_slip.of_campaign(
        campaign_name=name, code=codes.grouped(code), day=date.today().isoformat()
    )
    return Secret(code, purpose, slip, "发布")


def show(secret: Secret, parent: QWidget | None) -> bool:
    """Show the code until it is safe on paper; False when the user thinks better of it, and nothing may be done."""
    dialog = ShowCode(secret, parent)
    done = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return done


def show_over(secret: Secret, page: QWidget, then: Callable[[], object]) -> None:
    """The same over a page; returns at once, and goes on with ``then`` when the code is safe on paper."""
    dialog = ShowCode(secret, page)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(then)
    dialog.open()
