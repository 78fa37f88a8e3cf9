"""打开任务文件: the 16 digits on the slip, typed until they open the file. Opening takes a moment and runs aside."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks.codes import TASK_DIGITS, read_code
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.outbox.tasks import Task
from pingyi_desktop.gui.files.code_entry import CodeEntry, checked
from pingyi_desktop.gui.files.unlock import Background, fit
from pingyi_desktop.gui.parts.forms import BUSY, MessageBar, allow, button, label, row
from pingyi_desktop.storage import troubles

PURPOSE = "上级把任务文件和激活码分开送来：文件在 U 盘或邮件里，激活码在纸条上。请照纸条输入 16 位数字。"


class TaskCode(QDialog):
    """Closed by the right code or by thinking better of it; ``task`` is what was inside."""

    def __init__(self, name: str, data: bytes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("打开任务文件")
        self.setMinimumWidth(600)
        self.task: Task | None = None
        self._data = data
        self._background = Background(self)
        self.messages = MessageBar()
        self.code = CodeEntry("激活码（纸条上的 16 位数字）", length=TASK_DIGITS, check=checked(read_code))
        self.open_button = button("打开", self.accept, primary=True)
        self.open_button.setDefault(True)
        self._waiting = label("正在打开，请稍候…", role="hint")
        self._background.busy.connect(self._busy)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for widget in (label(PURPOSE, role="purpose"), label(f"任务文件：{name}"), self.messages, self.code):
            column.addWidget(widget)
        column.addWidget(self._waiting)
        buttons = row(self.open_button, stretch=False)
        buttons.insertStretch(0, 1)
        buttons.addWidget(button("取消", self.reject))
        column.addLayout(buttons)
        self._waiting.hide()
        self.code.setFocus()
        fit(self)

    def accept(self) -> None:
        """Try what was typed."""
        if self.code.complaint:
            self.code.complain(self.code.complaint)
        else:
            job = partial(tasks.read_task, self._data, self.code.digits)
            self._background.run(job, self._opened, self._refused)

    def reject(self) -> None:
        """Think better of it, but not in the middle."""
        if not self._background.is_busy:
            super().reject()

    def _opened(self, task: Task) -> None:
        self.task = task
        super().accept()

    def _refused(self, error: UserError) -> None:
        self.messages.fail(str(error))
        self.code.line.setFocus()
        self.code.line.selectAll()
        fit(self)

    def _busy(self, busy: bool) -> None:
        self._waiting.setVisible(busy)
        for widget in (self.open_button, self.code):
            allow(widget, BUSY if busy else "")
        fit(self)


def ask(path: Path, parent: QWidget) -> Task | None:
    """The verified task in a file, its code asked for; None when the user thinks better of it.

    Raises the sentence that says why the file cannot be read or is no task file, or why one that no code opens is refused.
    """
    with troubles.told_as_sentences(path):
        data = path.read_bytes()
    tasks.check_sealed(data)
    dialog = TaskCode(path.name, data, parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.task
