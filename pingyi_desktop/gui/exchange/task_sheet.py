"""下发任务: tick the units, write one sealed task file for each into a folder, and print the slips with the codes.

File and code go different ways: the file on a USB stick, the slip by hand or by telephone. 重新下发 is the one remedy for
a lost laptop, a lost key, a new secretary or a code that got out; 由本级代录 the one for a unit without a computer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.errors import FileError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.outbox import handing_out, tasks
from pingyi_desktop.exchange.outbox.tasks import TaskFile, TaskSlip
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.gui.asking.reason_dialog import ask_reason
from pingyi_desktop.gui.exchange.slips_first import SlipsFirst
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import allow, button, label, row
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.work import Progress
from pingyi_desktop.reports import task_slips
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.standing.picture import Picture

CODE = Qt.ItemDataRole.UserRole
NOT_YET, PROXY = "未下发", "由本级代录"
TOLD = (
    "勾选单位，按“下发任务”：每个单位一个加密的任务文件，存进您选的文件夹（如 U 盘）；先打印激活码纸条。"
    "文件和纸条分开送，下级在欢迎页点“收到任务”，照纸条输入 16 位数字。"
)
UNPRINTED = (
    "刚下发的 {} 个任务，激活码纸条没有打印，也没有存成文件。激活码不存盘，关闭以后再也看不到；"
    "没有纸条的单位打不开任务文件，只能重新下发。纸条都抄好了的，可以关闭；没有的，请到“收发”“下发任务”点“再看激活码纸条”。"
)
EMPTY = "本单位没有参加本次评议的直接下级，不用下发任务。"
AGAIN = "电脑丢失、换了书记、激活码泄露，都用“重新下发”：给它新的任务文件和激活码，旧的从此作废；已收到的数据不动，直到它重报。"


@dataclass(frozen=True)
class Child:
    """A direct child that can be given a task; ``standing`` says in words what it has."""

    code: str
    name: str
    kind: str
    standing: str = NOT_YET


@dataclass(frozen=True)
class HandedDown:
    """Task files as they lie in a folder, with the codes that stand nowhere else; ``failed`` says why some do not."""

    campaign_name: str
    office_name: str
    folder: Path
    files: tuple[TaskFile, ...] = field(repr=False)
    failed: str = ""


@dataclass(frozen=True)
class _Ahead:
    """The slips of tasks that are about to be handed down."""

    campaign_name: str
    office_name: str
    slips: Sequence[TaskSlip] = field(repr=False)


def read(session: Session, seen: Picture) -> tuple[Child, ...]:
    """The direct children that take part, in the tree's order; none before the campaign is published."""
    if not seen.view.published:
        return ()
    unit, *below = seen.tree
    issued = tasks.issued(session, campaign_id=seen.view.id)
    return tuple(
        Child(o.code, o.short_name, TYPE_NAMES[o.org_type], _standing(issued.get(o.code)))
        for o in below
        if o.parent_code == unit.code and o.in_scope
    )


class TaskSheet(QWidget):
    """The units with a box each, and the acts on those ticked or on the current one."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self._low = page, False
        self._done: HandedDown | None = None
        self._put_out = True
        """whether the codes that were handed down are printed or saved, not only copied by hand"""
        self.tree = _new_tree()
        self.tree.itemChanged.connect(lambda _: self._allow())
        self.tree.currentItemChanged.connect(lambda *_: self._allow())
        self.said = label(EMPTY, role="hint")
        self.all = button("全选", partial(self._tick, lambda _: True))
        self.fresh = button("只选未下发的", partial(self._tick, lambda one: one == NOT_YET))
        self.none = button("全不选", partial(self._tick, lambda _: False))
        self.hand_down = button("下发任务…", self._pick, primary=True)
        self.slips = button(
            "再看激活码纸条…", self._show_slips, hint="激活码不存盘，离开本次活动或关闭程序后就没有了"
        )
        self.again = button("重新下发…", self._ask_again, hint=AGAIN)
        self.proxy = button("由本级代录…", self._ask_proxy, hint="没有电脑的单位，它的票在本级录入")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        head = row(self.said, self.slips, stretch=False)
        head.setStretch(0, 1)
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        below = row(self.hand_down, self.again, self.proxy)
        for one in (self.all, self.fresh, self.none):
            below.addWidget(one)
        column.addLayout(below)
        self.slips.hide()
        self._allow()

    def show_children(self, children: Sequence[Child]) -> None:
        """Show these; what was ticked stays ticked, and the current one current."""
        held, current = set(self.ticked()), self._current()
        self.tree.blockSignals(True)
        self.tree.clear()
        for child in children:
            item = QTreeWidgetItem([visible.shown(child.name), child.kind, child.standing, child.code])
            item.setData(0, CODE, child.code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked if child.code in held else Qt.CheckState.Unchecked)
            self.tree.addTopLevelItem(item)
            if child.code == current:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)
        self.said.setText(TOLD if children else EMPTY)
        self.keep_low(low=self._low)
        self._allow()

    def keep_low(self, *, low: bool) -> None:
        """What is told makes room for rows; without rows it stays."""
        self._low = low
        self.said.setHidden(low and self.tree.topLevelItemCount() > 0)

    def forget(self) -> None:
        """The slips of another campaign are shown no more."""
        self._done = None
        self.slips.hide()

    def ticked(self) -> list[str]:
        """Codes of the ticked units, in the order shown."""
        return [_code(item) for item in self._items() if item.checkState(0) == Qt.CheckState.Checked]

    def assign_into(self, folder: Path, units: Sequence[str]) -> None:
        """Show the slips; when they are on paper, write a task file for each of these units into a folder."""
        by, chosen = self._page.context.operator(), self._page.context.campaign()

        def hand_down(codes_of: Mapping[str, str]) -> None:
            self._page.context.work.long(
                lambda session, tell: _assign(session, chosen, folder, codes_of, by, tell),
                self._handed_down,
                act="下发任务",
            )

        self._slips_first(folder, units, "下发任务", hand_down)

    def assign_again(self, folder: Path, unit: str) -> None:
        """Show the slip, ask for the reason, then hand a new task down to one unit; its old key ends."""
        self._slips_first(
            folder,
            [unit],
            "重新下发",
            lambda codes_of: self._ask_why(folder, unit, codes_of[unit]),
            again=True,
        )

    def _slips_first(
        self,
        folder: Path,
        units: Sequence[str],
        act: str,
        then: Callable[[Mapping[str, str]], object],
        *,
        again: bool = False,
    ) -> None:
        """No task is handed down before its code is on paper."""
        chosen = self._page.context.campaign()

        def show(ahead: _Ahead) -> None:
            codes_of = {one.unit_code: one.code for one in ahead.slips}
            report = _slips(ahead.campaign_name, ahead.office_name, ahead.slips)
            last = ahead.slips[-1].code
            self._put_out = False
            shown = SlipsFirst(self._page, self._page.context.work, report, last, act, lambda: then(codes_of))
            shown.view.put_out.connect(self._note_put_out)

        foresee = partial(_foresee, chosen=chosen, folder=folder, units=units, again=again)
        self._page.context.work.read(foresee, show)

    def _ask_why(self, folder: Path, unit: str, code: str) -> None:
        name, chosen = self._name(unit), self._page.context.campaign()
        ask_reason(
            self._page,
            f"重新下发：{name}",
            AGAIN,
            "重新下发",
            lambda session, reason, by: _reissue(session, chosen, folder, unit, reason, by, code),
            example="例如：电脑丢失；换了书记；激活码泄露",
            then=self._handed_down,
        )

    def _handed_down(self, done: HandedDown) -> None:
        self._done = done
        self.slips.setVisible(bool(done.files))
        self._tick(lambda _: False)
        if done.failed:
            self._page.messages.fail(done.failed)
        else:
            said = f"已写好 {len(done.files)} 个任务文件，存在 {done.folder}。激活码纸条另外送。"
            self._page.messages.inform(said, pickers.opens(done.folder))

    def _show_slips(self) -> None:
        if self._done is not None:
            report = _slips(self._done.campaign_name, self._done.office_name, self._done.files)
            shown = ReportDialog(
                self._page, self._page.context.work, "激活码纸条", lambda _: report, sheet=False
            )
            shown.view.put_out.connect(self._note_put_out)

    def _note_put_out(self) -> None:
        self._put_out = True

    @property
    def lost_by_closing(self) -> str:
        """What is said before codes go that were neither printed nor saved; "" when there are none."""
        if self._done is None or not self._done.files or self._put_out:
            return ""
        return UNPRINTED.format(len(self._done.files))

    def _ask_proxy(self) -> None:
        unit = self._current()
        if unit is None:
            return
        name, chosen = self._name(unit), self._page.context.campaign()
        ask_reason(
            self._page,
            f"由本级代录：{name}",
            f"“{name}”没有电脑时用。它的场次和票批将出现在本单位的“录入”页，导出上报时一并报上级；发给它的任务作废。",
            "由本级代录",
            lambda session, reason, by: _enter_by_proxy(session, chosen, unit, reason, by),
            example="例如：该支部没有电脑",
            said=f"“{name}”改由本级代录。下一步到“录入”页登记它的场次、录它的票。",
        )

    def _ask_again(self) -> None:
        unit = self._current()
        if (
            unit is not None
            and (folder := pickers.folder(self._page, "新的任务文件存到哪个文件夹")) is not None
        ):
            self.assign_again(folder, unit)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _current(self) -> str | None:
        item = self.tree.currentItem()
        return None if item is None else _code(item)

    def _name(self, unit: str) -> str:
        return next((item.text(0) for item in self._items() if _code(item) == unit), unit)

    def _tick(self, wanted: Callable[[str], bool]) -> None:
        for item in self._items():
            on = wanted(item.text(2))
            item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _allow(self) -> None:
        ticked = len(self.ticked())
        allow(self.hand_down, "" if ticked else "先勾选要下发的单位。")
        self.hand_down.setText(f"下发任务（{ticked} 个单位）…" if ticked else "下发任务…")
        for one in (self.all, self.fresh, self.none):
            allow(one, "" if self.tree.topLevelItemCount() else EMPTY)
        current = self.tree.currentItem()
        standing = "" if current is None else current.text(2)
        first = "" if standing else "先点一个单位。"
        allow(
            self.again, first or ("它还没有下发过，请勾选它，点“下发任务”。" if standing == NOT_YET else "")
        )
        allow(self.proxy, first or ("它的票已经由本级代录。" if standing == PROXY else ""))

    def _pick(self) -> None:
        units = self.ticked()
        if (folder := pickers.folder(self._page, "任务文件存到哪个文件夹")) is not None:
            self.assign_into(folder, units)


def _new_tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setObjectName("ticks")
    tree.setAccessibleName("下级单位")
    tree.setHeaderLabels(["单位", "类别", "任务", "代码"])
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2, 3):
        tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return tree


def _code(item: QTreeWidgetItem) -> str:
    return str(item.data(0, CODE))


def _standing(task: tasks.Issued | None) -> str:
    if task is None:
        return NOT_YET
    return PROXY if task.by_proxy else "已下发" if task.epoch == 1 else f"第 {task.epoch} 次下发"


def _foresee(session: Session, *, chosen: str, folder: Path, units: Sequence[str], again: bool) -> _Ahead:
    view = campaigns.show(session, campaign_id=campaigns.at_work_id(session, chosen=chosen))
    slips = tasks.foresee(session, campaign_id=view.id, units=units, again=again)
    handing_out.check_free(folder, [one.file_name for one in slips])
    return _Ahead(view.name, campaign_tree.own_unit(session, campaign_id=view.id).short_name, slips)


def _assign(
    session: Session, chosen: str, folder: Path, codes_of: Mapping[str, str], by: str, tell: Progress
) -> HandedDown:
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    names = {o.code: o.short_name for o in campaign_tree.tree(session, campaign_id=campaign_id)}
    made: list[TaskFile] = []
    for number, unit in enumerate(codes_of):
        tell(number, len(codes_of), f"正在写 {names.get(unit, unit)} 的任务文件")
        made += tasks.assign(session, campaign_id=campaign_id, by=by, units=[unit], ready=codes_of)
    return _saved(session, campaign_id, folder, made)


def _reissue(
    session: Session, chosen: str, folder: Path, unit: str, reason: str, by: str, code: str
) -> HandedDown:
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    made = tasks.reissue(session, campaign_id=campaign_id, unit=unit, reason=reason, by=by, code=code)
    return _saved(session, campaign_id, folder, [made])


def _enter_by_proxy(session: Session, chosen: str, unit: str, reason: str, by: str) -> None:
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    tasks.enter_by_proxy(session, campaign_id=campaign_id, unit=unit, reason=reason, by=by)


def _saved(session: Session, campaign_id: str, folder: Path, made: Sequence[TaskFile]) -> HandedDown:
    """Write the files. A task that was handed down stays so though its file could not be written: the next one holds it."""
    handing_out.check_free(folder, [one.file_name for one in made])
    done, failed = list[TaskFile](), ""
    try:
        for one in made:
            bundle.save(folder / one.file_name, one.data)
            done.append(one)
    except FileError as error:
        failed = f"{error}还有 {len(made) - len(done)} 个单位没有写成，请再勾选它们下发一次。"
    view = campaigns.show(session, campaign_id=campaign_id)
    unit = campaign_tree.own_unit(session, campaign_id=view.id)
    return HandedDown(view.name, unit.short_name, folder, tuple(done), failed)


def _slips(campaign_name: str, office_name: str, slips: Sequence[TaskSlip] | Sequence[TaskFile]) -> Report:
    return task_slips.build(
        campaign_name=campaign_name,
        office_name=office_name,
        slips=[(one.unit_name, one.file_name, codes.grouped(one.code)) for one in slips],
        day=date.today().isoformat(),
    )
