"""How a data file comes to be open: opened, made new, or made from a task file. One program at a time per file.

The lock is a small file beside the data file; it names its process and computer, so a lock left by a crash is
recognised and taken over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QLockFile, QSysInfo, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressDialog,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people import org_rules
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import protection
from pingyi_desktop.exchange.locks.protection import Fresh
from pingyi_desktop.gui.files import unlock
from pingyi_desktop.gui.files.unlock import Background
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import (
    BUSY,
    Field,
    MessageBar,
    all_right,
    allow,
    button,
    label,
    required,
    scrolled,
)
from pingyi_desktop.later import later
from pingyi_desktop.paths import DATA_SUFFIX, lock_beside
from pingyi_desktop.storage.schema_campaign import CampaignMode
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store

if TYPE_CHECKING:
    from pingyi_desktop.exchange.outbox import tasks
    from pingyi_desktop.exchange.outbox.tasks import Task
    from pingyi_desktop.gui.files import protecting, recovery_code
else:
    tasks = later("pingyi_desktop.exchange.outbox.tasks")
    protecting = later("pingyi_desktop.gui.files.protecting")
    recovery_code = later("pingyi_desktop.gui.files.recovery_code")

T = TypeVar("T")
ALREADY = "本单位已有数据文件的，不要再建：请先打开它，到“评议活动”页点“打开新的任务文件”。"
UPGRADING = "“{}”是旧版本的文件，正在升级，升级前的已另存一份。不要关机、不要拔 U 盘。"
_LONGEST_NAME = 60
"""Characters of a proposed name: three bytes each on Linux, where a name has at most 255."""
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


@dataclass(frozen=True)
class Opened:
    """An open data file and the lock that keeps a second window off it."""

    store: Store
    lock: QLockFile

    def close(self) -> None:
        """Release both."""
        self.store.close()
        self.lock.unlock()


def open_existing(path: Path) -> Opened:
    """Open a data file for this window alone, asking for its password if it has one; ``FileError`` says why not."""
    shown = Upgrading(path)
    try:
        return _alone(path, lambda: protection.open_file(path, partial(unlock.ask, path), shown.go_on))
    finally:
        shown.end()


def create(path: Path, *, code: str, name: str, org_type: OrgType, made: Fresh | None = None) -> Opened:
    """Make a data file, encrypted when there is a key, and open it for this window alone; ``FileError`` says why not."""
    return _alone(path, lambda: protection.create(path, code=code, name=name, org_type=org_type, made=made))


def take_up(path: Path, *, task: Task, by: str, made: Fresh | None = None) -> Opened:
    """Make the data file of a task's unit, encrypted when there is a key, and open it for this window alone."""
    key, key_file = (None, b"") if made is None else (made.data_key, made.key_file)
    return _alone(path, lambda: tasks.create_file(path, task=task, by=by, key=key, key_file=key_file))


def protect(path: Path, parent: QWidget | None = None) -> str:
    """Set, change or take away the password of a closed file in dialogs; what was done, "" when nothing."""
    return alone(path, lambda: _protect(path, parent))


def _protect(path: Path, parent: QWidget | None) -> str:
    found = protection.of_file(path)
    data_key = unlock.ask(path, found, parent) if found.locks else None
    dialog = protecting.ProtectFile(path, found, data_key, parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.said


def _alone(path: Path, opened: Callable[[], Store]) -> Opened:
    lock = _lock(path)
    with ExitStack() as undo:
        undo.callback(lock.unlock)
        held = Opened(opened(), lock)
        undo.pop_all()
    return held


def alone(path: Path, act: Callable[[], T]) -> T:
    """Do something to a closed file while no window can open it."""
    lock = _lock(path)
    try:
        return act()
    finally:
        lock.unlock()


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(lock_beside(path)))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
        raise FileError(
            f"“{path.name}”已在另一个窗口打开{_holder(lock)}，请切换到那个窗口，或先在那里关闭它。"
        )
    return lock  # where nothing can be written there is no lock, and the file says so itself when written to


def _holder(lock: QLockFile) -> str:
    """Which computer and process holds a lock, in brackets: never whose it is."""
    process, computer, *_ = lock.getLockInfo()
    where = "这台电脑" if computer == QSysInfo.machineHostName() else f"电脑“{visible.line(computer)[:60]}”"
    return f"（{where}，进程号 {process}）" if process else ""


class Upgrading:
    """Shown only when an upgrade is on; ``go_on`` is asked during it, in the window's thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.dialog: QProgressDialog | None = None

    def go_on(self, done: int, of_all: int) -> bool:
        """Show how far it is; False once somebody has pressed 取消."""
        if self.dialog is None:
            said = visible.shown(UPGRADING.format(self._path.name))
            self.dialog = QProgressDialog(said, "取消升级", 0, of_all)
            self.dialog.setWindowTitle("评议")
            self.dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
            self.dialog.setAutoReset(False)
            self.dialog.setAutoClose(False)
        self.dialog.setValue(done)  # lets the window live: a press of the button arrives here
        return not self.dialog.wasCanceled()

    def end(self) -> None:
        """It is done, or taken back."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()


class _Making(QDialog):
    """What making a file always asks: where to put it. ``opened`` holds the file when the dialog was accepted."""

    def __init__(self, parent: QWidget | None, title: str, purpose: str, file_name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(580)
        self.opened: Opened | None = None
        self.messages = MessageBar()
        self.path = pickers.SavePath("新数据文件存到哪里", pickers.DATA_FILES, _free(file_name))
        self.place = Field("保存到", self.path, check=_check_path)
        self.safety = protecting.PasswordChoice()
        self.safety.kinds.currentIndexChanged.connect(lambda _: QTimer.singleShot(0, self, self._fit))
        self._background = Background(self)
        self._background.busy.connect(self._busy)
        self._inner = QWidget()
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(24, 20, 24, 8)
        self.column.setSpacing(12)
        self.column.addWidget(label(purpose, role="purpose"))
        self.column.addWidget(self.messages)

    def finish_layout(self, *fields: Field) -> None:
        """Add the fields, the place and the buttons; the first field gets the focus."""
        for field in (*fields, self.place, self.safety):
            self.column.addWidget(field)
        self._make = button("建立", self.accept, primary=True)
        self._make.setDefault(True)
        self.column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(24, 8, 24, 16)
        buttons.addStretch(1)
        buttons.addWidget(self._make)
        buttons.addWidget(button("取消", self.reject))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(self._inner), 1)
        outer.addLayout(buttons)
        (*fields, self.place)[0].setFocus()
        QTimer.singleShot(0, self, self._fit)

    def make(self, fields: Sequence[Field], making: Callable[[Path, Fresh | None], Opened]) -> None:
        """Make the file off the window's thread and accept, or say what is missing or why not."""
        if all_right([*fields, self.place, *self.safety.fields]):
            path = Path(self.place.text)
            if path.suffix != DATA_SUFFIX:  # a name may have dots of its own
                path = path.with_name(path.name + DATA_SUFFIX)
            if os.path.lexists(path):
                self._refused(FileError(f"“{path.name}”已经存在，请换一个文件名，或直接打开它。"))
            elif password := self.safety.password:
                then = partial(self._show_code, path, making)
                self._background.run(partial(protection.fresh, password, encrypt=True), then, self._refused)
            else:
                self._background.run(partial(making, path, None), self._made, self._refused)
        QTimer.singleShot(0, self, self._fit)

    def reject(self) -> None:
        """Think better of it, but not in the middle."""
        if not self._background.is_busy:
            super().reject()

    def _fit(self) -> None:
        """Make room for what is shown, as far as the screen goes; the rest is reached by scrolling."""
        buttons = 80
        wanted = self.column.totalHeightForWidth(self.width()) + buttons
        self.resize(self.width(), min(wanted, self.screen().availableGeometry().height() - buttons))

    def _show_code(self, path: Path, making: Callable[[Path, Fresh | None], Opened], made: Fresh) -> None:
        """Nothing is made before the recovery code is on paper."""
        if recovery_code.show(recovery_code.of_file(path, made.recovery_code), self):
            self._background.run(partial(making, path, made), self._made, self._refused)

    def _made(self, opened: Opened) -> None:
        self.opened = opened
        super().accept()

    def _refused(self, error: UserError) -> None:
        self.messages.fail(str(error))

    def _busy(self, busy: bool) -> None:
        for one in (self._inner, self._make):
            allow(one, BUSY if busy else "")
        self._make.setText("正在建立…" if busy else "建立")


class NewFile(_Making):
    """Ask for the unit of a new data file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        purpose = "一个单位一个数据文件，组织、党员、评议票都存在这个文件里。"
        super().__init__(parent, "新建数据文件", purpose, "本单位")
        self._suggested = self.place.text
        kinds = QComboBox()
        for kind, title in TYPE_NAMES.items():
            kinds.addItem(title, kind)
        line = QLineEdit()
        line.textChanged.connect(self._suggest)
        self.name = Field("单位名称", line, hint="全称，例如：某某有限公司委员会", check=required("单位名称"))
        self.code = Field("单位代码", QLineEdit(), hint="字母和数字，例如：QL", check=_check_code)
        self.kind = Field("组织类别", kinds)
        kinds.currentIndexChanged.connect(lambda _: self._propose())
        self.finish_layout(self.name, self.code, self.kind)
        self._propose()

    def accept(self) -> None:
        """Make the file, or say what is missing."""
        code, name, kind = self.code.text, self.name.text, OrgType(self.kind.text)
        self.make(
            [self.name, self.code],
            lambda path, made: create(path, code=code, name=name, org_type=kind, made=made),
        )

    def _propose(self) -> None:
        self.safety.propose(office=OrgType(self.kind.text) in protection.OFFICES)

    def _suggest(self, name: str) -> None:
        if self.path.line.text() == self._suggested:
            self._suggested = str(_free(name))
            self.path.line.setText(self._suggested)


class TakeTask(_Making):
    """Show what a task file asks of whom, and make that unit's data file from it."""

    def __init__(self, task: Task, by: str, parent: QWidget | None = None) -> None:
        purpose = "这是上级下发的任务。核对无误后建立本单位的数据文件，组织、党员和评议表都已包含在内。"
        super().__init__(parent, "打开任务文件", purpose, task.unit_name)
        self._task, self._by = task, by
        drill = "（演练，结果不计入正式评议）" if task.mode == CampaignMode.DRILL else ""
        for line in (
            f"本单位：{task.unit_name}（{task.unit_code}）",
            f"评议活动：{task.campaign_name}{drill}",
            f"下发单位：{task.parent_name}",
            f"包含：{len(task.orgs)} 个党组织，{len(task.people)} 名党员",
        ):
            self.column.addWidget(label(line, role="strong"))
        self.column.addWidget(label(ALREADY, role="hint"))
        self.finish_layout()
        self.safety.propose(office=OrgType(task.unit_type) in protection.OFFICES)

    def accept(self) -> None:
        """Make the file, or say why not."""
        self.make([], lambda path, made: take_up(path, task=self._task, by=self._by, made=made))


def _free(name: str) -> Path:
    """A data file of this name, in the last used folder, that does not exist yet."""
    stem = _NOT_IN_FILE_NAMES.sub("", name)[:_LONGEST_NAME] or "本单位"
    names = (f"{stem}{number}{DATA_SUFFIX}" for number in chain([""], count(2)))
    return next(path for one in names if not (path := settings.folder() / one).exists())


def _check_code(text: str) -> str:
    try:
        org_rules.check_code(text, known=())
    except UserError:
        return "单位代码只能用字母、数字和 . _ -，首尾是字母或数字，例如 QL。"
    return ""


def _check_path(text: str) -> str:
    if not text:
        return "还没有选定保存的位置，请点“浏览…”选择。"
    return "" if Path(text).is_absolute() else "请写出完整的路径，或点“浏览…”选择。"
