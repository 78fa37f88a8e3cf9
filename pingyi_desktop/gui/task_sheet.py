"""下发任务: tick the units, write one task file for each into a folder, and print the slips with the codes.

File and code go different ways: the file on a USB stick, the slip by hand or by telephone. 重新下发 is the one remedy for
a lost laptop, a lost key, a new secretary or a code that got out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, org
from pingyi_desktop.appraisal.naming import TYPE_NAMES
from pingyi_desktop.exchange import bundle, tasks
from pingyi_desktop.exchange.tasks import TaskFile
from pingyi_desktop.gui import pickers
from pingyi_desktop.gui.forms import button, label, row
from pingyi_desktop.gui.page import Page

CODE = Qt.ItemDataRole.UserRole
TOLD = (
    "勾选单位，按“下发任务”：每个单位一个任务文件，存进您选的文件夹（如 U 盘）。"
    "下级在欢迎页点“打开任务文件”。"
)
EMPTY = "本单位没有参加本次评议的直接下级，不用下发任务。"


@dataclass(frozen=True)
class Child:
    """A direct child that can be given a task."""

    code: str
    name: str
    kind: str


def read(session: Session) -> tuple[Child, ...]:
    """The direct children that take part, in the tree's order; none before the campaign is published."""
    view = campaigns.current(session)
    unit = org.own_unit(session)
    if not view.published:
        return ()
    return tuple(
        Child(o.code, o.short_name, TYPE_NAMES[o.org_type])
        for o in org.tree(session, under=unit.code)
        if o.parent_code == unit.code and o.in_scope
    )


class TaskSheet(QWidget):
    """The units with a box each, and the acts on those ticked."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.tree = _new_tree()
        self.tree.itemChanged.connect(lambda *_: self._allow())
        self.said = label(TOLD, role="hint")
        self.all = button("全选", partial(self._tick, True))
        self.none = button("全不选", partial(self._tick, False))
        self.hand_down = button("下发任务…", self._pick, primary=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.said)
        column.addLayout(row(self.all, self.none))
        column.addWidget(self.tree, 1)
        column.addLayout(row(self.hand_down))
        self._allow()

    def show_children(self, children: Sequence[Child]) -> None:
        """Show these; what was ticked stays ticked."""
        held = set(self.ticked())
        self.tree.blockSignals(True)
        self.tree.clear()
        for child in children:
            item = QTreeWidgetItem([child.name, child.kind, child.code])
            item.setData(0, CODE, child.code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked if child.code in held else Qt.CheckState.Unchecked)
            self.tree.addTopLevelItem(item)
        self.tree.blockSignals(False)
        self.said.setText(TOLD if children else EMPTY)
        self._allow()

    def ticked(self) -> list[str]:
        """Codes of the ticked units, in the order shown."""
        return [
            str(item.data(0, CODE)) for item in self._items() if item.checkState(0) == Qt.CheckState.Checked
        ]

    def assign_into(self, folder: Path, units: Sequence[str]) -> None:
        """Write a task file for each of these units into a folder."""
        by = self._page.context.operator()
        self._page.context.work.write(
            lambda session: _assign(session, folder, units, by),
            lambda files: self._page.messages.inform(
                f"已写好 {len(files)} 个任务文件，存在 {folder}。请用 U 盘交给各下级，"
                "下级在欢迎页点“打开任务文件”。"
            ),
            act="下发任务",
        )

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _tick(self, on: bool) -> None:
        for item in self._items():
            item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _allow(self) -> None:
        ticked = len(self.ticked())
        self.hand_down.setEnabled(ticked > 0)
        self.hand_down.setText(f"下发任务（{ticked} 个单位）…" if ticked else "下发任务…")
        for one in (self.all, self.none):
            one.setEnabled(self.tree.topLevelItemCount() > 0)

    def _pick(self) -> None:
        units = self.ticked()
        if (folder := pickers.folder(self._page, "任务文件存到哪个文件夹")) is not None:
            self.assign_into(folder, units)


def _new_tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setObjectName("ticks")
    tree.setAccessibleName("下级单位")
    tree.setHeaderLabels(["单位", "类别", "代码"])
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return tree


def _assign(session: Session, folder: Path, units: Sequence[str], by: str) -> list[TaskFile]:
    files = tasks.assign(session, campaign_id=campaigns.current(session).id, by=by, units=list(units))
    for one in files:
        bundle.save(folder / one.file_name, one.data)
    return files
