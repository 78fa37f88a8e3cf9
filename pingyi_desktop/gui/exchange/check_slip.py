"""What is read out to the office above after an export: the check number, large, and the key's fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.gui.parts.forms import button, label, row

ANEW = "只在上级说“同一次有两份不同的内容”时用：内容不变，次数加一，替换先前那两份"


class CheckSlip(QFrame):
    """A card that stays until it is closed or the next export."""

    def __init__(self, print_sheet: Callable[[], object], report_anew: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.sheet = button("打印核对单…", print_sheet, hint="签字后随 U 盘一起交给上级")
        self.anew = button("算新的一次，重报…", report_anew, hint=ANEW)
        self.number, self.fingerprint = label(role="brand", wrap=False), label(role="strong", wrap=False)
        self.where = label(role="hint")
        for digits in (self.number, self.fingerprint):
            digits.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        numbers = QHBoxLayout()
        numbers.setSpacing(40)
        for caption, digits in (("核对号", self.number), ("本单位密钥指纹", self.fingerprint)):
            numbers.addLayout(_captioned(caption, digits))
        numbers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 12, 10)
        column.addLayout(numbers)
        column.addWidget(self.where)
        column.addLayout(row(self.sheet, self.anew, button("关闭", self.hide)))
        self.hide()

    def show_package(self, made: Package, path: Path) -> None:
        """Show the numbers of a package that is safely in its file."""
        self.number.setText(made.check_number)
        self.fingerprint.setText(made.fingerprint)
        again = "".join(made.left_out) + ("" if made.changed else "内容和上次导出的一样。")
        self.anew.setVisible(not made.changed)
        self.where.setText(
            f"第 {made.revision} 次上报，文件：{path}。{again}"
            "请打印核对单签字，和 U 盘一起交给上级；上级屏幕上的核对号应当和这里一样。"
        )
        self.setAccessibleName(f"核对号 {made.check_number}")
        self.show()


def _captioned(caption: str, digits: QLabel) -> QVBoxLayout:
    digits.setAccessibleName(caption)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label(caption, role="caption"))
    column.addWidget(digits)
    column.addStretch(1)
    return column
