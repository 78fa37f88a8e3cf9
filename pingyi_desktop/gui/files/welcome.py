"""The first screen, while no data file is open: big buttons, each with a line that says when to press it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.looks.controls import Button, tip
from pingyi_desktop.gui.parts import pickers, settings
from pingyi_desktop.gui.parts.forms import MessageBar, allow, button, label
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.gui.files import opening
else:
    opening = later("pingyi_desktop.gui.files.opening")


class Choice(Button):
    """A big button with a title and one line of explanation."""

    def __init__(self, title: str, explanation: str) -> None:
        super().__init__()
        self.setProperty("choice", True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(explanation)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 10, 18, 10)
        column.setSpacing(2)
        for text, role in ((title, "strong"), (explanation, "hint")):
            line = label(text, role=role, wrap=False)
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(line)

    def sizeHint(self) -> QSize:
        """Room for both lines."""
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """A long path may be cut, the height not."""
        return QSize(300, self.sizeHint().height())


class Welcome(QWidget):
    """What to do first."""

    new_wanted = Signal()
    open_wanted = Signal()
    task_wanted = Signal()
    file_wanted = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(8)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(label("评议", role="brand"))
        column.addWidget(label("下发任务、录入纸票、封存上报、汇总打印，全程不联网。", role="purpose"))
        column.addSpacing(12)
        self.choices = (
            self._choice(
                "新建数据文件", "公司党委第一次使用：建立本单位的文件，再导入名册。", self.new_wanted
            ),
            self._choice("打开任务文件", "收到了上级下发的任务：由它建立本单位的文件。", self.task_wanted),
            self._choice("打开数据文件", "已经有本单位的文件：接着上次的工作。", self.open_wanted),
        )
        for choice in self.choices:
            column.addWidget(choice)
        self.messages = MessageBar()
        self.protect = button(
            "口令与加密…", self._protect, hint="给没有打开的数据文件设口令、换口令、取消口令"
        )
        column.addWidget(self.protect, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.messages)
        column.addLayout(self._recent)
        middle = QWidget()
        middle.setLayout(column)
        middle.setMinimumWidth(560)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        self.refresh()

    def refresh(self) -> None:
        """Show the files opened lately."""
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        files = settings.recent()
        if files:
            self._recent.addSpacing(10)
            self._recent.addWidget(label("最近打开", role="caption"))
        for path in files:
            choice = Choice(path.stem, str(path.parent) if path.is_file() else f"{path.parent}（现在找不到）")
            choice.setToolTip(tip(str(path)))
            allow(choice, "" if path.is_file() else "这个文件现在找不到：U 盘没有插，或者移走、改名了。")
            choice.clicked.connect(lambda _=False, path=path: self.file_wanted.emit(path))
            self._recent.addWidget(choice)

    def _protect(self) -> None:
        path = pickers.to_open(self, "给哪个数据文件设口令", pickers.DATA_FILES)
        if path is None:
            return
        try:
            said = opening.protect(path, self)
        except UserError as error:
            self.messages.fail(str(error))
        else:
            self.messages.inform(said) if said else self.messages.hide()

    def _choice(self, title: str, explanation: str, wanted: SignalInstance) -> Choice:
        choice = Choice(title, explanation)
        choice.clicked.connect(wanted)
        return choice
