"""Importing a roster: read and compared off the window's thread, looked at, and only then written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.appraisal.people import roster
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.appraisal.people.roster_facts import Edit, RosterPlan
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.gui.asking.plan_panel import FINDINGS, PlanPanel
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.files import backing
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import allow, button
from pingyi_desktop.gui.parts.tables import Column, number
from pingyi_desktop.gui.work import Progress
from pingyi_desktop.sheets.roster.roster import read_roster

NEW, CHANGED = "新增", "更新"
UNSEEN = "V-IMP-14"


@dataclass(frozen=True)
class _Change:
    """One line of what would be written."""

    what: str
    kind: str
    name: str
    code: str
    unit: str
    said: str
    sheet: str
    row: int


class RosterPanel(PlanPanel):
    """The plan of one roster; ``leave`` goes back to the page."""

    def __init__(self, page: Page, leave: Callable[[], None]) -> None:
        super().__init__(
            page,
            _CHANGES,
            {NEW: "名册里有、软件里没有", CHANGED: "软件里已有，改成名册上的"},
            name="将要写入的内容",
            empty="没有要写入的内容：名册和软件里的一样。",
            kind_of=lambda c: c.what,
            in_full=_in_full,
        )
        self._page, self._leave = page, leave
        self._path = Path()
        self._plan: RosterPlan | None = None
        self.go = button("写入", self._apply, primary=True)
        self.again = button("改好了，重新读取", self._read, hint="在 WPS 里改好并保存之后按这里")
        self.stop = button("不导入", leave)
        self.include = button("连同隐藏的导入", partial(self._choose_hidden, "include"))
        self.skip = button("跳过隐藏的", partial(self._choose_hidden, "skip"))
        self.offer(self.go, self.include, self.skip, self.again, self.stop)

    def read(self, path: Path, then: Callable[[], None], *, hidden: str | None = None) -> None:
        """Read a roster and show what importing it would do; ``then`` when there is something to show.

        ``hidden`` is what was chosen for hidden and filtered rows and columns; every reading asks again.
        """
        self._path = path

        def show(plan: RosterPlan) -> None:
            self.show_plan(plan)
            then()

        self._page.context.work.long(
            lambda session, tell: _plan(session, path, hidden, tell), show, act="读取名册"
        )

    def show_plan(self, plan: RosterPlan) -> None:
        """Show a plan; nothing of it is written yet."""
        self._plan = plan
        self.said.setText(_summary(plan))
        self.show_lines(list(_changes(plan)))
        self.show_findings(plan.all_findings)
        if plan.all_findings:
            self.tabs.setCurrentIndex(FINDINGS)
        errors = sum(finding.weight is Weight.ERROR for finding in plan.findings)
        same = "名册和软件里的一样，没有要写入的。" if plan.writes_nothing else ""
        allow(self.go, "有必须先改的地方，见下表。" if plan.blocked else same)
        self.go.setText(_button_text(plan))
        self.advice.hide()
        asked = any(f.code == UNSEEN for f in plan.findings)
        self.include.setVisible(asked)
        self.skip.setVisible(asked)
        if plan.blocked:
            self.advice.fail(
                f"有 {errors} 处必须先改，现在什么也没有写入。请按下表的工作表、行、列在 WPS 里改好并保存，"
                "再点“改好了，重新读取”。"
            )

    def _choose_hidden(self, choice: str) -> None:
        """Read again with the hidden and filtered rows and columns of the sheet, or without them."""
        self.read(self._path, lambda: None, hidden=choice)

    def _read(self) -> None:
        self.read(self._path, lambda: None)

    def _apply(self) -> None:
        backing.before_import(self._page, self._write)

    def _write(self) -> None:
        plan, by = self._plan, self._page.context.operator()
        if plan is None:
            return
        weighed(
            self,
            self._page.context,
            lambda session, reason: roster.apply_roster(session, plan=plan, by=by, reason=reason),
            lambda _: self._leave(),
            act="写入名册",
            said=f"已写入：{_figures(plan)}。",
            otherwise=lambda error: self.advice.fail(str(error)),
        )


def _plan(session: Session, path: Path, hidden: str | None, tell: Progress) -> RosterPlan:
    tell(0, 0, f"正在读取 {path.name}")
    sheet = read_roster(path, hidden=hidden)
    tell(0, 0, f"正在核对 {len(sheet.members)} 名党员")
    plan = roster.plan_roster(session, sheet=sheet)
    tell(1, 1, "核对完毕")
    return plan


def _figures(plan: RosterPlan) -> str:
    said = [f"党员新增 {len(plan.additions)} 名、更新 {len(plan.changes)} 名、无变化 {plan.unchanged} 名"]
    if plan.orgs_added or plan.orgs_changed:
        said.append(f"党组织新增 {len(plan.orgs_added)} 个、更新 {len(plan.orgs_changed)} 个")
    return "；".join(said)


def _summary(plan: RosterPlan) -> str:
    return f"“{plan.sheet.name}”还没有写入。{_figures(plan)}。"


def _button_text(plan: RosterPlan) -> str:
    people, orgs = len(plan.additions) + len(plan.changes), len(plan.orgs_added) + len(plan.orgs_changed)
    if plan.blocked:
        return "不能写入"
    if plan.writes_nothing:
        return "没有变化"
    parts = [f"{people} 名党员"] if people else []
    parts += [f"{orgs} 个党组织"] if orgs else []
    return f"写入 {'、'.join(parts)}"


def _changes(plan: RosterPlan) -> Iterator[_Change]:
    for o in plan.orgs_added:
        yield _Change(NEW, "党组织", o.full_name, o.code, o.parent_code or "", TYPE_NAMES[o.org_type], "", 0)
    for c in plan.orgs_changed:
        above = c.org.parent_code or ""
        yield _Change(CHANGED, "党组织", c.org.full_name, c.org.code, above, _edits(c.edits), c.sheet, c.row)
    for new in plan.additions:
        unit = new.org_short_name
        yield _Change(NEW, "党员", new.display_name, new.member_no, unit, "", new.sheet, new.row)
    for old in plan.changes:
        unit = old.org_short_name
        yield _Change(
            CHANGED, "党员", old.display_name, old.member_no, unit, _edits(old.edits), old.sheet, old.row
        )


def _edits(edits: tuple[Edit, ...]) -> str:
    return "；".join(f"{e.field}：{e.before or '空'} → {e.after or '空'}" for e in edits)


def _in_full(change: _Change) -> str:
    return f"{change.what}{change.kind} {change.name}：{change.said}" if change.said else ""


_CHANGES = (
    Column("处理", lambda c: c.what),
    Column("种类", lambda c: c.kind),
    Column("姓名或名称", lambda c: c.name),
    Column("编号或代码", lambda c: c.code),
    Column("所在支部或上级", lambda c: c.unit),
    Column("变化", lambda c: c.said),
    Column("工作表", lambda c: c.sheet),
    number("行", lambda c: c.row or None, missing=""),
)
