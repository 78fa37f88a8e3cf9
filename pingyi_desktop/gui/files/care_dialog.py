"""数据与备份: where a data file lies, the backups of it, and what helps when it is damaged or its time is over.

Opened over an open file (on whose ``page`` one is) or, from the welcome screen, for one that cannot be opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from pingyi_desktop import paths, saving
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import protection
from pingyi_desktop.gui.asking.reason_dialog import ask_reason
from pingyi_desktop.gui.files import opening, restoring, unlock
from pingyi_desktop.gui.files.restoring import Restoring
from pingyi_desktop.gui.files.unlock import Background
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import BUSY, MessageBar, allow, button, label, row
from pingyi_desktop.gui.parts.pickers import mends, opens
from pingyi_desktop.gui.parts.tables import Column, DataTable, number
from pingyi_desktop.sheets import everything
from pingyi_desktop.standing import care
from pingyi_desktop.storage import cipher
from pingyi_desktop.storage.care import contents, copies, mounts, salvage
from pingyi_desktop.storage.care.copies import Copy

if TYPE_CHECKING:
    from pingyi_desktop.gui.files.opening import Opened

T = TypeVar("T")
RULE = (
    f"每天第一次打开、每次导入以前自动备份，留最近 {copies.NEWEST} 份，另外每月留一份。"
    "没有封存的票不在自动备份里：封存以前，票的先后次序只在数据文件里有。"
)
EXPORTED = (
    "组织、党员、活动、台账、结果、操作日志都写成一个 Excel 文件和一个 JSON 文件。里面有党员姓名，仅限党内传递。"
    "单张的票、票数太少的结果、密钥不在里面。"
)
CHOOSE = "先在上面的表里选一份。"
ZIPS = "诊断包 (*.zip)"
_COLUMNS = (
    Column("时间", lambda one: one.at[:16]),
    Column("缘由", lambda one: one.why),
    number("大小（KB）", lambda one: one.size // 1024),
    Column("在哪里", lambda one: str(one.path.parent), tooltip=lambda one: str(one.path), spare=True),
)


@dataclass(frozen=True)
class Doors:
    """What of the window a restore needs: the file closed and opened again, a refusal told, what was done said."""

    close: Callable[[], bool]
    open: Callable[[Path], bool]
    tell: Callable[[str], object]
    inform: Callable[[str], object]


def show(over: QWidget, held: Opened | None, path: Path | None, page: Page | None, doors: Doors) -> None:
    """Show the dialog for the open file, on whose ``page`` one is, or for one at ``path`` that is not open."""
    where = held.store.path if held is not None else path
    if where is None:
        return
    key = held.store.data_key if held is not None else None
    dialog = CareDialog(over, where, key, partial(_put_back, doors, where), page)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _put_back(doors: Doors, path: Path, saved: Path, key: bytes | None) -> None:
    if not doors.close():
        return
    said = ""
    try:
        said = opening.alone(path, lambda: restoring.restored(saved, path, key))
    except UserError as error:
        doors.tell(str(error))
    if doors.open(path) and said:
        doors.inform(said)


class CareDialog(QDialog):
    """``restore(saved, key)`` puts a backup in the place of the file, which it closes and opens again."""

    def __init__(
        self,
        over: QWidget,
        path: Path,
        key: bytes | None,
        restore: Callable[[Path, bytes | None], None],
        page: Page | None = None,
    ) -> None:
        super().__init__(over)
        self.setWindowTitle("数据与备份")
        self.resize(900, 660)
        self._path, self._key, self._restore, self._page = path, key, restore, page
        self._background = Background(self)
        self._background.busy.connect(self._busy)
        self.messages = MessageBar()
        self.place = label(role="hint")
        self.table = DataTable(
            _COLUMNS, name="备份", empty="还没有自动备份。点“现在备份”。", same=lambda one: one.path
        )
        self.second = label(role="hint")
        self.restore_chosen = button("恢复成选中的…", self._restore_chosen, primary=True)
        self.restore_other = button("从别的文件恢复…", self._restore_other)
        self.now = button("现在备份", self._back_up)
        self.drive = button("第二个盘…", self._choose_drive, hint="以后每次自动备份也存一份到另一个盘")
        self.no_drive = button("不再另存", self._forget_drive)
        self.salvage = button("抢救损坏的文件…", self._salvage, hint="打不开、又没有备份时：能读的都读出来")
        self.diagnosis = button("诊断包…", self._diagnose, hint="给维护人员看：不含姓名、单位、路径")
        self.everything = button(
            "导出全部数据…", self._export_all, hint="能看的都写成 Excel 和 JSON，换别的软件也能用"
        )
        allow(self.everything, "" if page is not None else "先打开这个数据文件。")
        self.table.acts = (self.restore_chosen,)
        self.table.selection_changed.connect(self._selected)
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        column.addWidget(label("数据与备份", role="title"))
        column.addWidget(label(f"数据文件：{self._path}", role="strong"))
        for widget in (label(RULE, role="purpose"), self.place, self.messages):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addLayout(row(self.restore_chosen, self.restore_other, self.now))
        self.second.setMinimumWidth(300)
        column.addLayout(row(self.second, self.drive, self.no_drive))
        last = row(self.everything, self.salvage, self.diagnosis)
        last.addWidget(button("关闭", self.accept))
        column.addLayout(last)

    def _show(self) -> None:
        second = paths.second_drive()
        self.table.set_rows(copies.found(self._path, second))
        self.second.setText(f"也备份到：{second}" if second else "只备份在数据文件旁边，电脑坏了会一起丢。")
        self.no_drive.setVisible(second is not None)
        self.place.setText(mounts.warning(self._path))
        self.place.setVisible(bool(self.place.text()))
        self._selected()

    def _selected(self) -> None:
        allow(self.restore_chosen, "" if self.table.selected() else CHOOSE)

    def _restore_chosen(self) -> None:
        chosen: list[Copy] = self.table.selected()
        if chosen:
            self._look_at(chosen[0].path)

    def _restore_other(self) -> None:
        if (saved := pickers.to_open(self, "选择备份文件", pickers.DATA_FILES)) is not None:
            self._look_at(saved)

    def _look_at(self, saved: Path) -> None:
        """What it would change, before anything is done."""
        try:
            key = restoring.key_of(saved, self._key, self)
            found = contents.preview(self._path, self._key, saved, key)
        except UserError as error:
            self.messages.fail(str(error))
            return
        dialog = Restoring(self, saved, found)
        dialog.exec()
        dialog.deleteLater()
        if dialog.result() == QDialog.DialogCode.Accepted:
            self.accept()
            self._restore(saved, key)

    def _back_up(self) -> None:
        now = datetime.now().astimezone()
        job = partial(copies.make, self._path, self._own_key(), copies.DAILY, now, paths.second_drive())
        self._run(job, self._backed_up)

    def _backed_up(self, failed: tuple[str, ...]) -> None:
        self._show()
        if failed:
            self.messages.fail("\n".join(failed))
        else:
            settings.set_backed_up(self._path, datetime.now().astimezone().isoformat(timespec="minutes"))
            self.messages.inform("已备份。", opens(copies.folder(self._path)))

    def _choose_drive(self) -> None:
        place = pickers.folder(self, "备份也存到")
        if place is not None:
            self._keep_drive(place)

    def _forget_drive(self) -> None:
        self._keep_drive(None)

    def _keep_drive(self, place: Path | None) -> None:
        try:
            paths.set_second_drive(place)
        except OSError as error:
            self.messages.fail(saving.error_sentence(error))
        self._show()

    def _salvage(self) -> None:
        name = f"{self._path.stem}-抢救{self._path.suffix}"
        out = pickers.to_save(self, "抢救成新的文件", pickers.DATA_FILES, name=name)
        if out is not None:
            job = partial(salvage.salvage, self._path, out, self._own_key(), by=settings.operator())
            self._run(job, partial(self._salvaged, out))

    def _salvaged(self, out: Path, done: tuple[salvage.Saved, ...]) -> None:
        lost = care.losses(done)
        said = f"抢救出 {sum(one.rows for one in done)} 条记录，在“{out.name}”里。原来的文件没有改动。"
        if lost:
            self.messages.fail("\n".join([said, *lost, care.WHAT_NOW]))
        else:
            self.messages.inform(f"{said}没有丢失的内容。", mends(out)[1])

    def _diagnose(self) -> None:
        out = pickers.to_save(self, "诊断包存到", ZIPS, name="诊断包.zip")
        if out is not None:
            self._run(
                lambda: saving.save(out, care.bundle(self._path, self._own_key())),
                lambda _: self.messages.inform(f"已存到 {out}", mends(out)[1]),
            )

    def _export_all(self) -> None:
        page = self._page
        place = None if page is None else pickers.folder(self, "全部数据存到")
        if page is None or place is None:
            return
        self.accept()
        folder = place / f"{self._path.stem}-全部数据"
        ask_reason(
            page,
            "导出全部数据",
            EXPORTED,
            "导出",
            lambda session, why, by: everything.export(session, folder, by=by, reason=why),
            example="例如：归档；改用别的软件",
            said=f"已导出到 {folder}",
        )

    def _own_key(self) -> bytes | None:
        """The key of the file: known while it is open, asked for once when it is not."""
        if self._key is None and cipher.is_encrypted(self._path):
            try:
                self._key = unlock.ask(self._path, protection.of_file(self._path), self)
            except UserError as error:
                self.messages.fail(str(error))
        return self._key

    def _run(self, job: Callable[[], T], then: Callable[[T], None]) -> None:
        """Off the window's thread: in the database's while the file is open."""
        refuse = lambda error: self.messages.fail(str(error))  # noqa: E731
        if self._page is None:
            self._background.run(job, then, refuse)
        else:
            self._page.context.work.read(lambda _session: job(), then, otherwise=refuse)

    def _busy(self, busy: bool) -> None:
        for one in (self.now, self.salvage, self.diagnosis, self.restore_chosen, self.restore_other):
            allow(one, BUSY if busy else "")
        if not busy:
            self._selected()
