"""收发: hand tasks down, take packages in, send the own package up, and see who has reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, org, overview
from pingyi_desktop.appraisal.overview import REPORTED, Coverage, NextStep, UnitCoverage
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange import bundle, imports, keys, tasks, transfer
from pingyi_desktop.exchange.imports import ImportPlan
from pingyi_desktop.exchange.tasks import TaskFile
from pingyi_desktop.exchange.transfer import Package
from pingyi_desktop.gui import pickers
from pingyi_desktop.gui.check_slip import CheckSlip
from pingyi_desktop.gui.forms import button, label, restyle, row
from pingyi_desktop.gui.import_plan import WRITTEN, PlanPanel, left_out, summary
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.table_out import exporter
from pingyi_desktop.gui.tables import Column, DataTable, number
from pingyi_desktop.gui.work import Progress

PACKAGES = f"评议数据包 (*{transfer.SUFFIX})"
PARENT = "把本单位（连同已收齐的下级）的结果报给上级"
LEAF_STEPS = """上报的步骤：
1. 在“录入”页把票录完、逐批封存，并登记会议的应到、实到人数。
2. 点“导出上报”，把数据包存到 U 盘，交给上级。
3. 打电话把核对号念给上级；上级第一次收到时，还要念下面的密钥指纹。
4. 发现有错：作废场次、重新录入并封存后，再导出一次；上级导入后以新的一次为准，不会重复计票。"""
ALONE = "本次活动由本单位自己开展，没有上级和下级，不用收发。"


@dataclass(frozen=True)
class _State:
    published: bool
    has_children: bool
    has_parent: bool
    coverage: Coverage
    step: NextStep
    name: str
    fingerprint: str


class ExchangePage(Page):
    """Files in and out; nothing is written before the user has seen what it would do."""

    key: ClassVar[str] = "exchange"
    title: ClassVar[str] = "收发"
    purpose: ClassVar[str] = "向下级发任务，收下级的数据包，向上级报数据包。"
    guide: ClassVar[str] = (
        "数据包可以整批选中，也可以直接拖进来；先看导入计划，按“写入”才记入本机。"
        "同一个包导入几次都不会重复计票；下级更正后重报，新的会替换旧的。"
    )
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "envelope", "appraisal_session", "ballot_batch", "party_organization", "own_key"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.setAcceptDrops(True)
        self._step_page = ""
        self.step, self.said = label(role="strong"), label(role="strong")
        self.go = button("", self._go_there)
        self.hand_down = button("下发任务…", self._pick_target, hint="给每个直接下级写一个任务文件")
        self.receive = button("导入数据包…", self._pick, hint="可以一次选很多个文件，也可以直接拖进来")
        self.from_folder = button("导入整个文件夹…", self._pick_folder, hint="例如整个 U 盘")
        self.send = button("导出上报…", self._export, hint=PARENT)
        self.slip = CheckSlip()
        self.own_key, self.steps = label(role="hint"), label()
        empty = "活动发布或任务打开后，这里列出应报单位。"
        self.units = DataTable(
            _COLUMNS,
            name="报送情况",
            empty=empty,
            same=lambda u: u.org.code,
            export=exporter(self, "报送情况"),
        )
        self.plan = PlanPanel(self._accept, self._back)
        self.board = QWidget()
        self._lay_out()
        self._enable(False)

    def refresh(self) -> None:
        """Read where the units stand."""
        self.context.work.read(_look, self._show, otherwise=self._nothing)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files that are dragged in, where packages can be received."""
        if event.mimeData().hasUrls() and self.receive.isEnabled() and not self.receive.isHidden():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Plan the import of what was dropped; a folder stands for the packages in it."""
        self.plan_files([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def plan_files(self, paths: list[Path]) -> None:
        """Read packages, verify them and show what importing them would do."""
        files = [p for path in paths for p in (_packages(path) if path.is_dir() else [path])]
        if not files:
            self.messages.warn(f"没有找到数据包（文件名以“{transfer.SUFFIX}”结尾），请换一个文件夹。")
            return
        self.context.work.long(
            lambda session, tell: _plan(session, files, tell), self._propose, act="核对数据包"
        )

    def assign_into(self, folder: Path) -> None:
        """Write a task file for every direct child into a folder."""
        by = self.context.operator()
        self.context.work.write(
            lambda session: _assign(session, folder, by),
            lambda files: self.messages.inform(
                f"已写好 {len(files)} 个任务文件，存在 {folder}。请用 U 盘交给各下级，"
                "下级在欢迎页点“打开任务文件”。"
            ),
            act="下发任务",
        )

    def save_package(self, made: Package, path: Path) -> None:
        """Write the package and show what is read out to the office above."""
        self.context.work.read(
            lambda _session: transfer.save(path, made.data), lambda _: self._exported(made, path)
        )

    def _lay_out(self) -> None:
        card, buttons = QFrame(), QWidget()
        card.setObjectName("card")
        line = QHBoxLayout(card)
        line.setContentsMargins(16, 6, 16, 6)
        line.addWidget(self.step, 1)
        line.addWidget(self.go)
        across = row(self.hand_down, self.receive, self.from_folder, self.send)
        across.setContentsMargins(0, 0, 0, 0)
        buttons.setLayout(across)
        column = QVBoxLayout(self.board)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (card, buttons, self.slip, self.said):
            column.addWidget(widget)
        column.addWidget(self.steps)
        column.addWidget(self.units, 1)
        column.addWidget(self.own_key)
        column.addStretch(0)
        self.body.addWidget(self.board, 1)
        self.body.addWidget(self.plan, 1)
        self.plan.hide()

    def _show(self, state: _State) -> None:
        missing = len(state.coverage.missing)
        rest = f"，还差 {missing} 个" if missing else "，已报齐"
        self.said.setText(
            f"{state.name}：{state.coverage.sentence}{rest}。" if state.published else state.name
        )
        self.units.set_rows(sorted(state.coverage.units, key=lambda u: (u.state == REPORTED, u.org.code)))
        for one in (self.receive, self.from_folder, self.hand_down, self.said, self.units):
            one.setVisible(state.has_children)
        self.steps.setVisible(not state.has_children)
        self.steps.setText(LEAF_STEPS if state.has_parent else ALONE)
        self.send.setVisible(state.has_parent)
        self.own_key.setText(
            f"本单位密钥指纹：{state.fingerprint}（对方打电话来核对时，念给对方听）"
            if state.fingerprint
            else ""
        )
        self._enable(state.published)
        self._show_step(state.step)

    def _show_step(self, step: NextStep) -> None:
        """The next step in words; here its button is the big one, elsewhere a button leads there."""
        here = step.page == self.key
        self.step.setText(f"下一步：{step.label}。{step.reason}")
        self._step_page = step.page
        self.go.setText(step.label)
        self.go.setVisible(not here)
        buttons = {"下发任务": self.hand_down, "导入下级数据包": self.receive, "导出上报": self.send}
        for one in buttons.values():
            one.setProperty("primary", here and buttons.get(step.label) is one)
            restyle(one)

    def _go_there(self) -> None:
        self.context.go_to(self._step_page)

    def _nothing(self, error: UserError) -> None:
        self.step.setText(str(error))
        self.go.hide()
        self.said.clear()
        self.units.set_rows(())
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

    def _pick_target(self) -> None:
        if (folder := pickers.folder(self, "任务文件存到哪个文件夹")) is not None:
            self.assign_into(folder)

    def _propose(self, plan: ImportPlan) -> None:
        self.messages.hide()
        self.plan.show_plan(plan)
        self.board.hide()
        self.plan.show()
        self.plan.table.setFocus()

    def _back(self) -> None:
        self.plan.hide()
        self.board.show()

    def _accept(self, plan: ImportPlan, confirmed: list[str]) -> None:
        by = self.context.operator()
        self.context.work.write(
            lambda session: imports.apply_import(session, plan=plan, by=by, confirmed=confirmed),
            self._imported,
            act="导入数据包",
        )

    def _imported(self, done: ImportPlan) -> None:
        written = summary(done, WRITTEN)
        said = f"已导入：{written}。" if written else "没有新的内容，数字没有变化。"
        if left_out(done):
            self.plan.show_done(done)
            self.messages.warn(f"{said}还有 {left_out(done)} 项没有计入，原因见下表。")
        else:
            self._back()
            self.messages.inform(said)

    def _export(self) -> None:
        by = self.context.operator()
        self.context.work.write(lambda session: _export(session, by), self._save_package, act="导出上报")

    def _save_package(self, made: Package) -> None:
        path = pickers.to_save(self, "数据包存到", PACKAGES, name=made.file_name)
        if path is not None:
            self.save_package(made, path)
        else:
            self.messages.warn("数据包没有存成文件，还没有上报；请再点“导出上报”，选一个位置。")

    def _exported(self, made: Package, path: Path) -> None:
        self.messages.hide()
        self.slip.show_package(made, path)


_COLUMNS = (
    Column("状态", lambda u: u.state),
    Column("单位", lambda u: u.org.short_name, sort_key=lambda u: u.org.code),
    Column("代码", lambda u: u.org.code),
    number("第几次上报", lambda u: u.revision or None),
    Column("已封存票批", lambda u: _batches(u), sort_key=lambda u: u.sealed),
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
    own_key = keys.own_fingerprint(session, campaign_id=view.id)
    parent = view.root_code != unit.code
    return _State(view.published, children, parent, covered, overview.next_step(session), view.name, own_key)


def _plan(session: Session, paths: list[Path], tell: Progress) -> ImportPlan:
    files = []
    for number_read, path in enumerate(paths, 1):
        files.append((path.name, bundle.read_file(path)))
        tell(number_read, len(paths), f"正在读 {path.name}")
    return imports.plan_import(session, campaign_id=campaigns.current(session).id, files=files)


def _assign(session: Session, folder: Path, by: str) -> list[TaskFile]:
    files = tasks.assign(session, campaign_id=campaigns.current(session).id, by=by)
    for one in files:
        bundle.save(folder / one.file_name, one.data)
    return files


def _export(session: Session, by: str) -> Package:
    return transfer.export(session, campaign_id=campaigns.current(session).id, by=by)
