"""What an import of packages would do, in plain words, before anything is written; afterwards what it did.

Lines that need a person come first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.exchange.inbox import foretelling, imports
from pingyi_desktop.exchange.inbox.imports import ImportPlan, PlanEntry
from pingyi_desktop.exchange.merging.situations import (
    CONFLICT,
    HELD,
    NEW,
    OLDER,
    REFUSED,
    UNCHANGED,
    UPDATED,
    Situation,
)
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.gui.asking.plan_panel import PlanPanel
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import allow, button
from pingyi_desktop.gui.parts.tables import Column, number
from pingyi_desktop.gui.work import Progress

ORDER = (CONFLICT, HELD, REFUSED, NEW, UPDATED, OLDER, UNCHANGED)
TO_PERSON = (CONFLICT, HELD, REFUSED)
WRITTEN = (NEW, UPDATED)
TAKEN = (NEW, UPDATED, CONFLICT, HELD)
MEANING = {
    CONFLICT: "同一次上报有两份不同的内容，都不计入，等人裁定",
    HELD: "先不计入，等人核实",
    REFUSED: "不导入，原因写在说明里",
    NEW: "第一次报来，计入汇总",
    UPDATED: "替换这个单位先前的那次",
    OLDER: "已经有更新的，不改动",
    UNCHANGED: "已经导入过，不会重复计票",
}
SENTENCE_WIDTH = 560
TOLD = 4  # unusual figures told one by one
RECOVER = "收件的电脑坏了、换了，旧的数据包打不开时，用发布活动时打印的恢复码"


def summary(plan: ImportPlan, verdicts: tuple[str, ...]) -> str:
    """“新增 3、更新 1”, "" when there is none of these."""
    return "、".join(f"{verdict} {plan.count(verdict)}" for verdict in verdicts if plan.count(verdict))


class ImportPanel(PlanPanel):
    """The plan of an import of packages; afterwards what was written and what was left out."""

    def __init__(
        self,
        page: Page,
        accept: Callable[[ImportPlan], object],
        back: Callable[[], object],
        give_receipts: Callable[[], object],
        recover: Callable[[], object],
    ) -> None:
        super().__init__(
            page,
            _COLUMNS,
            {verdict: MEANING[verdict] for verdict in ORDER},
            name="导入计划",
            empty="没有可以导入的内容。",
            kind_of=lambda e: e.verdict,
            in_full=_in_full,
            same=lambda e: (e.file, e.envelope_id, e.unit_code, e.situation),
        )
        self._plan: ImportPlan | None = None
        self._accept = accept
        self.go = button("导入", self._go, primary=True)
        self.receipts = button("给下级出回执…", give_receipts, hint="交给下级，他们就知道上级收到了哪一次")
        self.recover = button("用恢复码打开…", recover, hint=RECOVER)
        self.stop = button("不导入", back)
        self.offer(self.go, self.receipts, self.recover, self.stop)

    def show_plan(self, plan: ImportPlan) -> None:
        """Show a plan; nothing of it is written yet."""
        able = sum(map(plan.count, TAKEN))
        self.said.setText(
            "还没有导入。先看看这些文件会怎样：" if able else "这些文件里没有要导入的内容，原因写在说明里。"
        )
        self._show(plan, [f"{one}的{MEANING[one]}" for one in (CONFLICT, HELD) if plan.count(one)])
        self.show_unusual(plan.unusual)
        self.receipts.hide()
        self.go.setVisible(True)
        allow(self.go, "" if able else "这些文件里没有要导入的内容。")
        self.go.setText(f"导入：{summary(plan, TAKEN)}" if able else "导入")
        self.stop.setText("不导入" if able else "返回")

    def show_done(self, done: ImportPlan) -> None:
        """Show what was written and what was left out."""
        written = summary(done, WRITTEN)
        self.said.setText(f"已导入：{written}。" if written else "没有计入新的内容，数字没有变化。")
        left = summary(done, TO_PERSON)
        notes = [f"没有计入：{left}，按说明办理"] if left else []
        notes += ["导入错了，返回后可以点“撤销上次导入”"] if written else []
        self._show(done, notes)
        self.go.hide()
        self.receipts.setVisible(bool(written))
        self.stop.setText("知道了，返回")
        self.stop.setFocus()

    def show_unusual(self, found: Sequence[Finding]) -> None:
        """Say what is unusual in the figures that came: their units have confirmed it in their own files."""
        self.show_findings(found)
        if found:
            told = "".join(f"{one.where}：{one.sentence}" for one in found[:TOLD])
            more = f"……共 {len(found)} 处。" if len(found) > TOLD else ""
            self.note.setText(f"{self.note.text()}报来的数字请留意：{told}{more}")
            self.note.show()

    def _show(self, plan: ImportPlan, notes: list[str]) -> None:
        self._plan = plan
        locked = any(entry.situation == Situation.NOT_FOR_US for entry in plan.entries)
        self.recover.setVisible(locked)
        self.show_lines(sorted(plan.entries, key=_place), notes=notes)
        self.show_findings(())
        self.table.view.setColumnWidth(_SENTENCE, SENTENCE_WIDTH)

    def _go(self) -> None:
        if self._plan is not None:
            self._accept(self._plan)


def planned(chosen: str, paths: Sequence[Path], code: str, session: Session, tell: Progress) -> ImportPlan:
    """Read and verify packages of the chosen campaign; what importing them would do, and what is unusual in them."""
    files = imports.collect(paths)
    chosen = campaigns.at_work_id(session, chosen=chosen)
    also = [recovery.identity(session, campaign_id=chosen, code=code)] if code else []
    plan = imports.plan_import(session, campaign_id=chosen, files=files, identities=also, progress=tell)
    return replace(plan, unusual=tuple(foretelling.of_plan(session, plan=plan)))


def _in_full(entry: PlanEntry) -> str:
    about = "，".join(filter(None, (entry.unit_name, f"文件 {entry.file}")))
    return f"{entry.verdict}：{entry.sentence}（{about}）"


def _place(entry: PlanEntry) -> tuple[int, str, str]:
    return ORDER.index(entry.verdict), entry.unit_code, entry.file


_COLUMNS = (
    Column("处理", lambda e: e.verdict, sort_key=_place, tooltip=lambda e: MEANING[e.verdict]),
    Column("单位", lambda e: e.unit_name or "—", sort_key=lambda e: e.unit_code),
    number("第几次", lambda e: e.revision or None),
    Column("核对号", lambda e: e.check_number or "—"),
    Column("说明", lambda e: e.sentence),
    Column("文件", lambda e: e.file),
)
_SENTENCE = [column.title for column in _COLUMNS].index("说明")
