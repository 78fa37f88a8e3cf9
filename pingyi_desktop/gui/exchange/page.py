"""收发: hand tasks down, take packages in, send the own package up, and see who has reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.inbox.imports import ImportPlan, LastImport
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox import receipts
from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.gui.exchange import conflict_desk, coverage_board, sending, taking_back, task_sheet
from pingyi_desktop.gui.exchange.check_slip import CheckSlip
from pingyi_desktop.gui.exchange.conflict_desk import Cases, ConflictDesk
from pingyi_desktop.gui.exchange.coverage_board import BoardState, CoverageBoard
from pingyi_desktop.gui.exchange.import_plan import WRITTEN, ImportPanel, planned
from pingyi_desktop.gui.exchange.receipt_acts import ReceiptActs, acknowledged
from pingyi_desktop.gui.exchange.sending import PACKAGES, Sending
from pingyi_desktop.gui.exchange.task_sheet import Child, TaskSheet
from pingyi_desktop.gui.files import backing, recovery_code
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import allow, button, label, restyle
from pingyi_desktop.gui.parts.pickers import mends
from pingyi_desktop.standing import sums
from pingyi_desktop.standing.overview import HAND_DOWN, HAND_OVER, SETTLE, NextStep, Question

BOARD, TASKS, CASES = range(3)
TABS = {HAND_DOWN: TASKS, SETTLE: CASES}


@dataclass(frozen=True)
class _State:
    published: bool
    has_children: bool
    has_parent: bool
    board: BoardState
    children: tuple[Child, ...]
    cases: Cases
    last: LastImport | None
    step: NextStep
    fingerprint: str
    acknowledged: str


class ExchangePage(Page):
    """Files in and out; nothing is written before the user has seen what it would do."""

    purpose: ClassVar[str] = "向下级发任务，收下级的数据包，向上级报数据包。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {
            *("campaign", "envelope", "appraisal_session", "ballot_batch", "party_organization", "own_key"),
            *("issued_task", "quarantined_file", "conflict_decision", "withdrawal", "import_run"),
        }
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._step_page, self._campaign_id = "", ""
        self._last: LastImport | None = None
        self._arrived, self._paths = frozenset[str](), tuple[Path, ...]()
        self.step = label(role="strong")
        self.go = button("", self._go_there, primary=True)
        self.receive = button("导入数据包…", self._pick, hint="可以一次选很多个文件，也可以直接拖进来")
        self.from_folder = button("导入整个文件夹…", self._pick_folder, hint="例如整个 U 盘")
        self.take_back = button("撤销上次导入…", self._undo, hint="回到上次导入以前，数据包文件不受影响")
        self.sending = Sending(self, self._exported)
        self.send = button("导出上报…", self.sending.export, hint=sending.PARENT)
        self.sheet = button("打印核对单…", self.sending.print_sheet, hint="随 U 盘交给上级的纸，有核对号")
        self.slip = CheckSlip(self.sending.print_sheet, self.sending.export_anew)
        self.receipts = ReceiptActs(self)
        self.take_receipt = button("收回执…", self.receipts.pick, hint="上级收到数据包以后交来的回执文件")
        self.own_key, self.acknowledged, self.steps = label(role="hint"), label(), label()
        self.units = CoverageBoard(self)
        self.tasks = TaskSheet(self)
        self.desk = ConflictDesk(self)
        self.plan = ImportPanel(self, self._accept, self._back, self._give_receipts, self._recover)
        self.board, self.tabs = QWidget(), QTabWidget()
        self._lay_out()
        self._enable(sending.UNPUBLISHED)

    @property
    def topic(self) -> str:
        """A branch only sends; an office hands down, takes in and decides."""
        chosen = self.tabs.currentIndex() if self.tabs.isVisibleTo(self) else None
        return {None: "sending", TASKS: "tasks", CASES: "cases"}.get(chosen, self.key)

    def refresh(self) -> None:
        """Read where the units stand."""
        asked = partial(read, chosen=self.context.campaign())
        self.context.work.read(asked, self._show, otherwise=self._nothing)

    def take_files(self, files: Sequence[Path]) -> None:
        """Plan the import of packages, a folder standing for those in it; a unit takes its receipt."""
        self.context.work.read(lambda _: None, lambda _: self._take(files))  # once the page knows

    def _take(self, files: Sequence[Path]) -> None:
        packages = [one for one in files if one.suffix.lower() != receipts.SUFFIX]
        if not self.send.isEnabled():
            self.messages.fail(sending.UNPUBLISHED)
        elif packages and self.receive.isHidden():
            self.messages.fail(sending.NO_CHILDREN.format(packages[0].name))
        else:
            for path in [one for one in files if one not in packages]:
                self.receipts.take(path)
            self.plan_files(packages) if packages else None

    def keep_low(self, *, low: bool) -> None:
        """What the button says too, and the fingerprint that is asked for on the telephone, make room for the table."""
        super().keep_low(low=low)
        self.own_key.setHidden(low)
        self.step.setHidden(low and self._campaign_id != "")
        self.tasks.keep_low(low=low)

    def keep(self) -> str:
        return self.tasks.lost_by_closing

    def plan_files(self, paths: Sequence[Path], code: str = "") -> None:
        """Read packages, verify them and show what importing them would do; ``code`` is the recovery code."""
        self._paths = tuple(paths)
        plan = partial(planned, self.context.campaign(), paths, code)
        self.context.work.long(plan, self._propose, act="核对数据包")

    def _lay_out(self) -> None:
        for one in (self.take_receipt, self.sheet, self.take_back, self.from_folder, self.receive, self.send):
            self.acts.addWidget(one)
        self.acts.addWidget(self.go)
        self.tabs.setCornerWidget(self.units.papers)
        self.tabs.currentChanged.connect(lambda place: self.units.papers.setVisible(place == BOARD))
        self.tabs.addTab(self.units, "报送情况")
        self.tabs.addTab(self.tasks, "下发任务")
        self.tabs.addTab(self.desk, "冲突与待核")
        self.units.wanted.connect(lambda _: self.tabs.setCurrentIndex(CASES))
        self.units.wanted.connect(self.desk.choose)
        self.desk.counted.connect(self._count_cases)
        column = QVBoxLayout(self.board)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.step, self.slip, self.acknowledged, self.steps):
            column.addWidget(widget)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.own_key)
        column.addStretch(0)
        self.body.addWidget(self.board, 1)
        self.body.addWidget(self.plan, 1)
        self.plan.hide()

    def _show(self, state: _State) -> None:
        if self._campaign_id not in ("", state.cases.campaign_id):
            self._leave()
        self._campaign_id = state.cases.campaign_id
        self.state.hide()
        self.units.show_board(state.board)
        self.tasks.show_children(state.children)
        self.desk.show_cases(state.cases)
        for one in (self.receive, self.from_folder, self.take_back, self.tabs):
            one.setVisible(state.has_children)
        self.steps.setVisible(not state.has_children)
        self.steps.setText(sending.LEAF_STEPS if state.has_parent else sending.ALONE)
        for one in (self.send, self.sheet, self.take_receipt):
            one.setVisible(state.has_parent)
        self.acknowledged.setText(state.acknowledged)
        self.acknowledged.setVisible(bool(state.acknowledged))
        told = f"本单位密钥指纹：{state.fingerprint}（对方打电话来核对时，念给对方听）"
        self.own_key.setText(told if state.fingerprint else "")
        self._enable("" if state.published else sending.UNPUBLISHED)
        if state.published and (state.last is None or state.last.undone):
            allow(self.take_back, "没有可以撤销的导入。")
        self._last = state.last
        self._show_step(state.step)

    def _show_step(self, step: NextStep) -> None:
        """The next step in words; here its button is the big one, elsewhere a button leads there."""
        here = step.page == self.key
        self.step.setText(f"下一步：{step.label}。{step.reason}")
        self.step.setHidden(self.low)
        self._step_page = step.page
        self.go.setText(step.label)
        self.go.setVisible(not here or step.label in TABS)
        buttons = {"导入下级数据包": self.receive, "导出上报": self.send, HAND_OVER: self.sheet}
        for one in buttons.values():
            one.setProperty("primary", here and buttons.get(step.label) is one)
            restyle(one)

    def _go_there(self) -> None:
        if self._step_page == self.key:
            self.tabs.setCurrentIndex(TABS[self.go.text()])
            (self.tasks.all if self.tabs.currentIndex() == TASKS else self.desk.list).setFocus()
        else:
            self.context.go_to(self._step_page)

    def _nothing(self, error: UserError) -> None:
        self.refuse(error)
        for one in (self.step, self.go, self.steps, self.acknowledged):
            one.hide()
        self.units.show_board(None)
        self.tasks.show_children(())
        self.desk.show_cases(Cases(""))
        self._enable(str(error))

    def _enable(self, reason: str) -> None:
        for one in (self.receive, self.from_folder, self.take_back, self.send, self.sheet, self.take_receipt):
            allow(one, reason)

    def _count_cases(self, waiting: int) -> None:
        self.tabs.setTabText(CASES, f"冲突与待核（{waiting}）" if waiting else "冲突与待核")

    def _pick(self) -> None:
        if paths := pickers.several_to_open(self, "选择数据包", PACKAGES):
            self.plan_files(paths)

    def _pick_folder(self) -> None:
        if (path := pickers.folder(self, "选择存放数据包的文件夹")) is not None:
            self.plan_files([path])

    def _propose(self, plan: ImportPlan) -> None:
        self.messages.hide()
        self.plan.show_plan(plan)
        self.board.hide()
        self.plan.show()
        self.plan.table.setFocus()

    def _back(self) -> None:
        self.plan.hide()
        self.board.show()

    def _leave(self) -> None:
        """Another campaign was chosen: what was proposed or handed out belongs to the one before."""
        self._back()
        self.slip.hide()
        self.tasks.forget()

    def _accept(self, plan: ImportPlan) -> None:
        backing.before_import(self, lambda: self._import(plan))

    def _import(self, plan: ImportPlan) -> None:
        by = self.context.operator()
        self.context.work.long(
            lambda session, tell: imports.apply_import(session, plan=plan, by=by, progress=tell),
            self._imported,
            act="导入数据包",
        )

    def _imported(self, done: ImportPlan) -> None:
        if done.erased:  # nothing of what was replaced is to be left in the file
            self.context.act(lambda _session: None, act="", compact=True)
        self.messages.hide()
        self.plan.show_done(done)
        self.messages.said.emit(self.plan.said.text())
        self._arrived = frozenset(one.unit_code for one in done.entries if one.verdict in WRITTEN)
        look = partial(sums.of_units, campaign_id=self._campaign_id, codes=self._arrived)
        self.context.work.read(look, self.plan.show_unusual)

    def _give_receipts(self) -> None:
        self.receipts.give(self.units.above(self._arrived))

    def _recover(self) -> None:
        if code := recovery_code.ask(self):
            self.plan_files(self._paths, code)

    def _undo(self) -> None:
        if self._last is not None:
            taking_back.ask(self, self._last, self._campaign_id)

    def _exported(self, made: Package, path: Path) -> None:
        self.messages.inform(f"数据包已存到 {path}。下一步打印核对单。", mends(path)[1])
        self.slip.show_package(made, path)
        self.sheet.setFocus()


def read(session: Session, *, chosen: str) -> _State:
    """Everything the page shows of the chosen campaign from one reading of the campaign and one of what came and was decided."""
    chosen = campaigns.at_work_id(session, chosen=chosen)
    asked = Question(session, chosen)
    seen = asked.picture
    view = seen.view
    return _State(
        published=view.published,
        has_children=any(o.parent_code == seen.own for o in seen.tree),
        has_parent=view.root_code != seen.own,
        board=coverage_board.board_of(chosen, asked.covered, seen.tree),
        children=task_sheet.read(session, seen),
        cases=conflict_desk.read(session, seen, asked.desk) if view.published else Cases(chosen),
        last=imports.last_import(session, campaign_id=chosen),
        step=asked.next_step,
        fingerprint=keys.own_fingerprint(session, campaign_id=chosen),
        acknowledged=acknowledged(session, chosen, asked.desk) if view.published else "",
    )
