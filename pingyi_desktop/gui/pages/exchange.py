"""收发: hand tasks down, take packages in, send the own package up, and see who has reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, org, overview
from pingyi_desktop.appraisal.overview import REPORTED, Coverage, UnitCoverage
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange import bundle, tasks, transfer
from pingyi_desktop.exchange.tasks import TaskFile
from pingyi_desktop.exchange.transfer import ImportPlan, Package
from pingyi_desktop.gui import pickers
from pingyi_desktop.gui.forms import button, label, row
from pingyi_desktop.gui.import_plan import PlanPanel
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.tables import Column, DataTable, number
from pingyi_desktop.gui.work import Progress

PACKAGES = f"评议数据包 (*{transfer.SUFFIX})"


@dataclass(frozen=True)
class _State:
    published: bool
    has_children: bool
    has_parent: bool
    coverage: Coverage
    note: str


class ExchangePage(Page):
    """Files in and out; nothing is written before the user has seen what it would do."""

    key: ClassVar[str] = "exchange"
    title: ClassVar[str] = "收发"
    purpose: ClassVar[str] = "向下级发任务,收下级的数据包,向上级报数据包。"
    guide: ClassVar[str] = "数据包可以整批选中,也可以直接拖进来;同一个包导入几次都不会重复计票。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "envelope", "appraisal_session", "ballot_batch", "party_organization"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.setAcceptDrops(True)
        self.said = label(role="strong")
        self.receive = button("导入数据包…", self._pick, primary=True, hint="可以一次选很多个文件")
        self.from_folder = button("导入整个文件夹…", self._pick_folder, hint="例如整个 U 盘")
        self.hand_down = button("下发任务…", self._pick_target, hint="给每个直接下级写一个任务文件")
        self.send = button("导出上报…", self._export, primary=True, hint="给上级的数据包")
        self.slip = label(role="strong")
        self.slip.hide()
        self.units = DataTable(_COLUMNS, name="报送情况", empty="活动发布或任务打开后,这里列出应报单位。")
        self.plan = PlanPanel(self._accept, self._back)
        self.middle = QStackedWidget()
        self.middle.addWidget(self._board())
        self.middle.addWidget(self.plan)
        self.body.addLayout(row(self.receive, self.from_folder, self.hand_down, self.send))
        self.body.addWidget(self.slip)
        self.body.addWidget(self.middle, 1)
        self._enable(False)

    def refresh(self) -> None:
        """Read where the units stand."""
        self.context.work.read(_look, self._show, otherwise=self._nothing)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files that are dragged in."""
        if event.mimeData().hasUrls() and self.receive.isEnabled():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Plan the import of what was dropped; a folder stands for the packages in it."""
        self.plan_files([Path(url.toLocalFile()) for url in event.mimeData().urls()])

    def plan_files(self, paths: list[Path]) -> None:
        """Read packages, verify them and show what importing them would do."""
        files = [p for path in paths for p in (_packages(path) if path.is_dir() else [path])]
        if not files:
            self.messages.warn(f"没有找到数据包(文件名以“{transfer.SUFFIX}”结尾),请换一个文件夹。")
            return
        self.context.work.long(
            lambda session, tell: _plan(session, files, tell), self._propose, act="核对数据包"
        )

    def _board(self) -> QWidget:
        board = QWidget()
        column = QVBoxLayout(board)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.said)
        column.addWidget(self.units, 1)
        return board

    def _show(self, state: _State) -> None:
        self.said.setText(state.note)
        rows = sorted(state.coverage.units, key=lambda u: (u.state == REPORTED, u.org.code))
        self.units.set_rows(rows)
        self.receive.setVisible(state.has_children)
        self.from_folder.setVisible(state.has_children)
        self.hand_down.setVisible(state.has_children)
        self.send.setVisible(state.has_parent)
        self._enable(state.published)

    def _nothing(self, error: UserError) -> None:
        self.said.setText(str(error))
        self._enable(False)

    def _enable(self, able: bool) -> None:
        for one in (self.receive, self.from_folder, self.hand_down, self.send):
            one.setEnabled(able)

    def _pick(self) -> None:
        if paths := pickers.several_to_open(self, "选择数据包", PACKAGES):
            self.plan_files(paths)

    def _pick_folder(self) -> None:
        if (path := pickers.folder(self, "选择存放数据包的文件夹")) is not None:
            self.plan_files([path])

    def _propose(self, plan: ImportPlan) -> None:
        self.plan.show_plan(plan)
        self.middle.setCurrentWidget(self.plan)
        self.plan.go.setFocus()

    def _back(self) -> None:
        self.middle.setCurrentIndex(0)

    def _accept(self, plan: ImportPlan, confirmed: list[str]) -> None:
        by = self.context.operator()
        self.context.work.write(
            lambda session: transfer.apply_import(session, plan=plan, by=by, confirmed=confirmed),
            self._imported,
            act="导入数据包",
        )

    def _imported(self, done: ImportPlan) -> None:
        self._back()
        parts = [f"{v} {done.count(v)}" for v in (transfer.NEW, transfer.UPDATED) if done.count(v)]
        left = sum(done.count(v) for v in (transfer.REFUSED, transfer.CONFLICT, transfer.UNCONFIRMED))
        said = f"已导入:{'、'.join(parts)}。" if parts else "没有新的内容,数字没有变化。"
        self.messages.inform(said + (f"还有 {left} 项没有计入,原因见导入计划。" if left else ""))

    def _pick_target(self) -> None:
        if (folder := pickers.folder(self, "任务文件存到哪个文件夹")) is not None:
            self.assign_into(folder)

    def assign_into(self, folder: Path) -> None:
        """Write a task file for every direct child into a folder."""
        by = self.context.operator()
        self.context.work.write(
            lambda session: _assign(session, folder, by),
            lambda files: self.messages.inform(f"已写好 {len(files)} 个任务文件,存在 {folder}"),
            act="下发任务",
        )

    def _export(self) -> None:
        by = self.context.operator()
        self.context.work.write(lambda session: _export(session, by), self._save_package, act="导出上报")

    def _save_package(self, made: Package) -> None:
        path = pickers.to_save(self, "数据包存到", PACKAGES, name=made.file_name)
        if path is not None:
            self.save_package(made, path)

    def save_package(self, made: Package, path: Path) -> None:
        """Write the package and show what is read out to the office above."""
        self.context.work.read(
            lambda _session: transfer.save(path, made.data), lambda _: self._exported(made, path)
        )

    def _exported(self, made: Package, path: Path) -> None:
        self.slip.setText(
            f"核对号 {made.check_number}    密钥指纹 {made.fingerprint}\n"
            "请把这两组数字念给上级核对,并把文件用 U 盘交给上级。"
        )
        self.slip.show()
        again = "" if made.changed else "内容和上次导出的一样。"
        self.messages.inform(f"第 {made.revision} 次上报的数据包已存到 {path}。{again}")


_COLUMNS = (
    Column("状态", lambda u: u.state),
    Column("单位", lambda u: u.org.short_name, sort_key=lambda u: u.org.code),
    Column("代码", lambda u: u.org.code),
    Column("票批", lambda u: _batches(u), sort_key=lambda u: u.sealed),
    number("第几次上报", lambda u: u.revision or None),
)


def _batches(unit: UnitCoverage) -> str:
    return f"{unit.sealed}/{unit.planned}" if unit.planned else "只有会议"


def _packages(folder: Path) -> list[Path]:
    return sorted(folder.rglob(f"*{transfer.SUFFIX}"))


def _look(session: Session) -> _State:
    view = campaigns.current(session)
    unit = org.own_unit(session)
    covered = overview.coverage(session, campaign_id=view.id)
    children = any(o.parent_code == unit.code for o in org.tree(session, under=unit.code))
    note = f"{view.name}:{covered.sentence}。" if view.published else "活动还没有发布,发布后才能收发。"
    return _State(view.published, children, view.root_code != unit.code, covered, note)


def _plan(session: Session, paths: list[Path], tell: Progress) -> ImportPlan:
    files = []
    for number_read, path in enumerate(paths, 1):
        files.append((path.name, bundle.read_file(path)))
        tell(number_read, len(paths), f"正在读 {path.name}")
    return transfer.plan_import(session, campaign_id=campaigns.current(session).id, files=files)


def _assign(session: Session, folder: Path, by: str) -> list[TaskFile]:
    files = tasks.assign(session, campaign_id=campaigns.current(session).id, by=by)
    for one in files:
        bundle.save(folder / one.file_name, one.data)
    return files


def _export(session: Session, by: str) -> Package:
    return transfer.export(session, campaign_id=campaigns.current(session).id, by=by)
