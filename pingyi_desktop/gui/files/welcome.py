"""The first screen, while no data file is open: big buttons, each with a line that says when to press it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QSize, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from pingyi_desktop import paths
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import Button, tip
from pingyi_desktop.gui.page import after_a_breath
from pingyi_desktop.gui.parts.forms import MessageBar, allow, button, label, row
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.gui.files import demo_making, opening
    from pingyi_desktop.gui.parts import pickers
    from pingyi_desktop.storage.care import moved
    from pingyi_desktop.storage.store import Store
else:
    demo_making = later("pingyi_desktop.gui.files.demo_making")
    moved = later("pingyi_desktop.storage.care.moved")
    opening = later("pingyi_desktop.gui.files.opening")
    pickers = later("pingyi_desktop.gui.parts.pickers")


LOOKING = "不在原处，正在别的盘和附近的文件夹里找，请稍等。"
GONE = "这个文件在原处、别的盘和附近的文件夹里都没有找到：U 盘没有插，或者移得远了。请插上 U 盘，或用“打开数据文件”。"
STRANGER = (
    "“{}”不是上次在这里打开的那个数据文件，只是名字和位置一样：{}。"
    "请看清窗口上方的单位和里面的内容再做；要上次的那个，请插回放它的 U 盘。"
)
OTHER_UNIT = "上次的单位代码是 {}，这一个是 {}"
SAME_UNIT = "单位代码都是 {}，却是另外建的文件"
BETWEEN = 5
"""milliseconds from one step of a search to the next"""


def _column(spacing: int, inside: QWidget | None = None) -> QVBoxLayout:
    """One thing below the other, ``spacing`` pixels apart."""
    column = QVBoxLayout() if inside is None else QVBoxLayout(inside)
    column.setSpacing(spacing)
    return column


class Choice(Button):
    """A big button with a title and one line of explanation."""

    def __init__(self, title: str, explanation: str) -> None:
        super().__init__()
        self.setProperty("choice", True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(explanation)
        column = _column(2, self)
        column.setContentsMargins(18, 10, 18, 10)
        self._lines = label(title, role="strong", wrap=False), label(explanation, role="hint", wrap=False)
        for line in self._lines:
            column.addWidget(line)

    def enterEvent(self, event: QtGui.QEnterEvent) -> None:
        """The mouse is on the button, not on what is written on it."""
        for line in self._lines:
            line.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        super().enterEvent(event)

    def tell(self, title: str, explanation: str) -> None:
        """Say something else on it."""
        self.setAccessibleName(title)
        self.setAccessibleDescription(explanation)
        for line, text in zip(self._lines, (title, explanation), strict=True):
            line.setText(text)

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
    demo_wanted = Signal()
    file_wanted = Signal(Path)
    care_wanted = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._recent = _column(8)
        self._sought = deque[tuple[Path, Choice]]()
        self._steps: Generator[None, None, Path | None] | None = None
        self._offered = set[Path]()
        self._search = QTimer(self, interval=BETWEEN)
        self._search.timeout.connect(self._look_further)
        middle = QWidget()
        column = _column(10, middle)
        column.addWidget(label("评议", role="brand"))
        column.addWidget(label("下发任务、录入纸票、封存上报、汇总打印，全程不联网。", role="purpose"))
        column.addSpacing(12)
        self.choices = (
            self._choice(
                "收到任务",
                "上级给了任务文件和激活码纸条：由它建立本单位的文件。多数单位从这里开始。",
                self.task_wanted,
            ),
            self._choice(
                "我是最上级",
                "公司党委，或没有上级下发任务的支部第一次使用：建立本单位的文件，再导入名册、定活动。",
                self.new_wanted,
            ),
            self._choice("先看看", "用一家虚构的公司试一试：随便点，弄乱了可以重做。", self.demo_wanted),
        )
        for choice in self.choices:
            column.addWidget(choice)
        self.demo_wanted.connect(self._look_around)
        self.messages = MessageBar()
        self.open = button("打开数据文件…", self.open_wanted.emit, hint="已经有本单位的文件：接着上次的工作")
        self.protect = button(
            "口令与加密…", self._protect, hint="给没有打开的数据文件设口令、换口令、取消口令"
        )
        self.care = button(
            "数据与备份…", self._look_after, hint="文件打不开、坏了：从备份恢复，或者能救多少救多少"
        )
        self.again = button(
            "重做演示数据…", self._make_demo, hint="丢掉在演示里做过的一切，重新做一家虚构的公司"
        )
        column.addLayout(row(self.open, self.protect, self.care, self.again))
        column.addWidget(self.messages)
        column.addLayout(self._recent)
        middle.setMinimumWidth(560)
        self._lay_out(middle)
        self.refresh()

    def _lay_out(self, middle: QWidget) -> None:
        """In the middle across, a little above the half."""
        across = row(middle)
        across.insertStretch(0, 1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(2)

    def refresh(self) -> None:
        """Show the files opened lately."""
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.again.setVisible(settings.has_demo())
        self._steps = None
        self._sought.clear()
        self._offered.clear()
        files = settings.recent()
        if files:
            self._recent.addSpacing(10)
            self._recent.addWidget(label("最近打开", role="caption"))
        for known in files:
            choice = Choice(known.stem, str(known.parent))
            choice.setToolTip(tip(str(known)))
            self._recent.addWidget(choice)
            if paths.is_there(known):
                self._offer(choice, known)
            else:
                choice.tell(known.stem, f"{known.parent}（正在找）")
                allow(choice, LOOKING)
                self._sought.append((known, choice))
        self._look_for_them()

    def showEvent(self, event: QtGui.QShowEvent) -> None:
        super().showEvent(event)
        self._look_for_them()

    def _look_for_them(self) -> None:
        """Go on once the window stands."""
        if self._sought:
            after_a_breath(self, self._search.start)

    def _offer(self, choice: Choice, path: Path) -> None:
        self._offered.add(path)
        choice.clicked.connect(lambda _=False: self.file_wanted.emit(path))

    def _look_further(self) -> None:
        """One step of the search for what is not in its place; none while a file may be open, here or below a dialog."""
        if not (self._sought and self.isVisible()):
            self._search.stop()  # until it is shown again
        elif QApplication.activeModalWidget() is None:
            known, choice = self._sought[0]
            if self._steps is None:
                self._steps = moved.looked_for(known, moved.read(settings.identity(known)))
            try:
                next(self._steps)
            except StopIteration as done:
                self._sought.popleft()
                self._steps = None
                self._found(choice, known, done.value)

    def _found(self, choice: Choice, known: Path, path: Path | None) -> None:
        if path is None:
            choice.tell(known.stem, f"{known.parent}（现在找不到）")
            allow(choice, GONE)
        elif path in self._offered:  # it is listed where it is now
            choice.hide()
        else:
            choice.tell(path.stem, _where_it_is_now(known, path))
            allow(choice)
            choice.setToolTip(tip(str(path)))
            self._offer(choice, path)

    def remember(self, held: Store) -> None:
        """Offer an open file from now on, wherever it goes."""
        settings.remember(held.path, str(moved.of_open(held.path, held.data_key)))

    def stranger(self, held: Store) -> str:
        """What to say of an open file that is not the one that was opened last under its name, "" otherwise."""
        known, now = moved.read(settings.identity(held.path)), moved.of_open(held.path, held.data_key)
        if known is None or known.is_of(now):
            return ""
        alike = known.unit_code == now.unit_code
        why = (SAME_UNIT if alike else OTHER_UNIT).format(known.unit_code, now.unit_code)
        return STRANGER.format(held.path.name, why)

    def _look_around(self) -> None:
        """Open the demo; the first time it is made."""
        if (path := demo_making.made()) is not None:
            self.file_wanted.emit(path)
        else:
            self._make_demo()

    def _make_demo(self) -> None:
        try:
            path = demo_making.make(self)
        except UserError as error:
            self.messages.fail(str(error))
            return
        self.refresh()
        if path is not None:
            self.file_wanted.emit(path)

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

    def _look_after(self) -> None:
        path = pickers.to_open(self, "照看哪个数据文件", pickers.DATA_FILES)
        if path is not None:
            self.care_wanted.emit(path)

    def _choice(self, title: str, explanation: str, wanted: SignalInstance) -> Choice:
        choice = Choice(title, explanation)
        choice.clicked.connect(wanted)
        return choice


def _where_it_is_now(known: Path, path: Path) -> str:
    """Where a file that was moved or renamed is now, what it was called, and when it was written to: a copy looks like it."""
    name = f"原来叫“{known.name}”" if path.name != known.name else ""
    place = f"原来在 {known.parent}" if path.parent != known.parent else ""
    was = "，".join(filter(None, (name, place)))
    return f"{path.parent}（{was}；最后改动 {moved.last_written(path)}）"
