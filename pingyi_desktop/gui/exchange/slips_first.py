"""The slips with the activation codes, shown before the tasks are handed down: the codes stand nowhere else afterwards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from pingyi_desktop.gui.parts.forms import Field, all_right, button
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.work import Work
from pingyi_desktop.reports.blocks import Report

TYPED_BACK = 4
"""digits of the last slip: whoever can read them off the paper has the others too"""


class SlipsFirst(ReportDialog):
    """Goes on with ``then`` when the last digits of the last slip were typed back; closed otherwise, nothing is done."""

    def __init__(
        self, parent: QWidget, work: Work, report: Report, last: str, act: str, then: Callable[[], object]
    ) -> None:
        super().__init__(parent, work, "激活码纸条", lambda _: report, sheet=False)
        self._last, self._then = last, then
        self.back = Field(
            f"最后一张纸条上的最后 {TYPED_BACK} 位",
            QLineEdit(),
            hint=f"看着打印或抄好的纸输入；输入对了才{act}，关闭则什么都不改动",
            check=self._check,
        )
        self.go = button(act, self._go, primary=True)
        self.view.column.insertWidget(self.view.column.count() - 1, self.back)
        self.view.buttons.insertWidget(self.view.buttons.count() - 1, self.go)

    def _check(self, text: str) -> str:
        typed = "".join(str(int(letter)) for letter in text if letter.isdecimal())
        if typed == self._last[-TYPED_BACK:]:
            return ""
        return f"和最后一张纸条上的最后 {TYPED_BACK} 位不一样，请核对纸上的数字。"

    def _go(self) -> None:
        if all_right([self.back]):
            self.accept()
            self._then()
