"""Importing a sheet into a ledger: read and compared off the window's thread, looked at, and only then written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers import edits, plans
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.ledgers.plans import LedgerPlan, Planned
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.gui.asking.plan_panel import FINDINGS, PlanPanel
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.files import backing
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import Undoing, allow, button
from pingyi_desktop.gui.parts.tables import Column, number
from pingyi_desktop.gui.work import Progress
from pingyi_desktop.sheets.ledgers.ledger_in import read_ledger

NEW, CHANGED = "新增", "更新"
UNSEEN = "V-IMP-14"


class LedgerImport(PlanPanel):
    """The plan of one sheet; ``leave`` goes back to the page."""

    def __init__(self, page: Page, ledger: Ledger, leave: Callable[[], None]) -> None:
        super().__init__(
            page,
            _CHANGES,
            {NEW: "表里有、台账里没有", CHANGED: "台账里已有，改成表上的"},
            name="将要写入的内容",
            empty="没有要写入的内容：表格和台账一样。",
            kind_of=_kind,
            in_full=_edits,
            same=lambda one: one.name,
        )
        self._page, self._ledger, self._leave = page, ledger, leave
        self._path = Path()
        self._plan: LedgerPlan | None = None
        self.go = button("写入", self._apply, primary=True)
        self.include = button("连同隐藏的导入", partial(self._choose_hidden, "include"))
        self.skip = button("跳过隐藏的", partial(self._choose_hidden, "skip"))
        self.again = button(
            "改好了，重新读取",
            lambda: self.read(self._path, lambda: None),
            hint="在 WPS 里改好并保存之后按这里",
        )
        self.offer(self.go, self.include, self.skip, self.again, button("不导入", leave))

    def read(self, path: Path, then: Callable[[], None], *, hidden: str | None = None) -> None:
        """Read a sheet and show what importing it would do; ``then`` when there is something to show."""
        self._path, chosen = path, self._page.context.campaign()

        def show(plan: LedgerPlan) -> None:
            if chosen == self._page.context.campaign():  # else it is a plan for another one than is shown now
                self.show_plan(plan)
                then()

        def make(session: Session, tell: Progress) -> LedgerPlan:
            tell(0, 0, f"正在读取 {path.name}")
            sheet = read_ledger(path, self._ledger, hidden=hidden)
            tell(0, 0, f"正在核对 {len(sheet.lines)} 行")
            campaign_id = campaigns.at_work_id(session, chosen=chosen)
            today = date.today().isoformat()
            return plans.plan(session, self._ledger, campaign_id=campaign_id, sheet=sheet, today=today)

        self._page.context.work.long(make, show, act="读取表格")

    def show_plan(self, plan: LedgerPlan) -> None:
        """Show a plan; nothing of it is written yet."""
        self._plan = plan
        self.said.setText(f"“{plan.file}”还没有写入。{_figures(plan)}。")
        self.show_lines(plan.written)
        self.show_findings(plan.findings)
        if plan.findings:
            self.tabs.setCurrentIndex(FINDINGS)
        same = "" if plan.written else "没有要写入的行。"
        allow(self.go, "有必须先改的地方，见下表。" if plan.blocked else same)
        self.go.setText(
            "不能写入" if plan.blocked else f"写入 {len(plan.written)} 行" if plan.written else "没有变化"
        )
        self.advice.hide()
        asked = any(one.code == UNSEEN for one in plan.findings)
        self.include.setVisible(asked)
        self.skip.setVisible(asked)
        if plan.blocked:
            errors = sum(one.weight is Weight.ERROR for one in plan.findings)
            self.advice.fail(
                f"有 {errors} 处必须先改，现在什么也没有写入。请按下表的工作表、行、列在 WPS 里改好并保存，"
                "再点“改好了，重新读取”。"
            )

    def _choose_hidden(self, choice: str) -> None:
        self.read(self._path, lambda: None, hidden=choice)

    def _apply(self) -> None:
        backing.before_import(self._page, self._write)

    def _write(self) -> None:
        plan, by = self._plan, self._page.context.operator()
        if plan is None:
            return

        def back(before: edits.Before) -> Undoing:
            return lambda session: edits.put_back(
                session, plan.ledger, campaign_id=plan.campaign_id, before=before, by=by
            )

        weighed(
            self,
            self._page.context,
            lambda session, reason: plans.apply(session, plan, by=by, reason=reason),
            lambda _: self._leave(),
            act="写入台账",
            undo=back,
            said=f"已写入：{_figures(plan)}。",
            otherwise=lambda error: self.advice.fail(str(error)),
        )


def _figures(plan: LedgerPlan) -> str:
    return f"新增 {plan.added} 行、更新 {len(plan.written) - plan.added} 行、无变化 {plan.unchanged} 行"


def _kind(one: Planned) -> str:
    return NEW if one.was is None else CHANGED


def _edits(one: Planned) -> str:
    return "；".join(f"{title}：{was or '空'} → {now or '空'}" for title, (was, now) in one.edits.items())


_CHANGES = (
    Column("处理", _kind),
    Column("编号", lambda c: c.name),
    Column("党组织", lambda c: c.org_name),
    Column("内容", lambda c: c.said),
    Column("变化", lambda c: "" if c.was is None else _edits(c)),
    Column("工作表", lambda c: c.sheet),
    number("行", lambda c: c.row),
)
