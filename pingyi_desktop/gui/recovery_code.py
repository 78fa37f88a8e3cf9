"""The recovery code, shown this once: printed or copied by hand, and its last digits typed back."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange import codes
from pingyi_desktop.gui import preview
from pingyi_desktop.gui.forms import Field, MessageBar, all_right, button, label, row
from pingyi_desktop.gui.unlock import Background, fit
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports import recovery_slip

TYPED_BACK = 6


class ShowCode(QDialog):
    """Closed only by typing the last digits back or by saying that one does without."""

    def __init__(self, path: Path, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("恢复码")
        self.setMinimumWidth(620)
        self._path, self._digits = path, code
        self._background = Background(self)
        self.messages = MessageBar()
        self.digits = label(_in_two_lines(code), role="brand", wrap=False)
        self.digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.digits.setAccessibleName("恢复码")
        self.back = Field(
            f"恢复码的最后 {TYPED_BACK} 位",
            QLineEdit(),
            hint="看着纸输入，证明已经打印或抄好",
            check=self._check,
        )
        self.print_button = button("打印恢复码…", self._print)
        self.finish = button("完成", self.accept, primary=True)
        self.finish.setDefault(True)
        self.skip = button("不核对，我自己负责", super().accept)
        self._background.busy.connect(lambda busy: self.print_button.setEnabled(not busy))
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        purpose = "忘了口令时，只有恢复码能打开文件。它只显示这一次，请打印或抄在纸上，封好交专人保管。"
        for widget in (label(purpose, role="purpose"), self.messages, self.digits):
            column.addWidget(widget)
        column.addLayout(row(self.print_button))
        column.addWidget(self.back)
        buttons = row(self.skip)
        buttons.addWidget(self.finish)
        column.addLayout(buttons)
        self.back.setFocus()
        fit(self)

    def accept(self) -> None:
        """Close when the last digits are right."""
        if all_right([self.back]):
            super().accept()
        fit(self)

    def reject(self) -> None:
        """Esc and the cross do not lose a code that nobody has written down."""
        self.messages.warn("请先输入最后 6 位，或点“不核对，我自己负责”。关闭后恢复码不再显示。")
        fit(self)

    def pdf(self) -> bytes:
        """The slip as it is printed."""
        out = BytesIO()
        slip = recovery_slip.build(
            file_name=self._path.name, code=codes.grouped(self._digits), day=date.today().isoformat()
        )
        render_pdf(slip, out)
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
            preview.print_pdf(pdf, self, landscape=False, name="数据文件恢复码")
        except UserError as error:
            self.messages.fail(str(error))


def _in_two_lines(code: str) -> str:
    half = 4 * codes.GROUP
    return f"{codes.grouped(code[:half])}\n{codes.grouped(code[half:])}"


def show(path: Path, code: str, parent: QWidget | None) -> None:
    """Show the code until it is safe on paper."""
    dialog = ShowCode(path, code, parent)
    dialog.exec()
    dialog.deleteLater()
