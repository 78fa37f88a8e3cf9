"""组织与党员: the tree to the left, the members of the chosen part to the right, rosters in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.people import members, org, org_rules
from pingyi_desktop.appraisal.people.members import CATEGORY_NAMES, STATUS_NAMES, Member
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.asking.table_out import exporter
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.looks.states import EMPTY, StatePanel
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import allow, button, label, row
from pingyi_desktop.gui.parts.pickers import mends
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.gui.people import org_tree
from pingyi_desktop.gui.people.member_acts import MemberActs
from pingyi_desktop.gui.people.org_acts import OrgActs
from pingyi_desktop.gui.people.org_tree import OrgRow, OrgTree
from pingyi_desktop.gui.people.roster_import import RosterPanel
from pingyi_desktop.sheets.roster.roster_out import export_roster, write_template
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType

NOBODY = "还没有党员，开会时就没有应到人数，也印不出名册式评议表。有 Excel 名册的，导入最快；没有的，点“新增党员”一个个登记。"
LEFT, LOWEST = 320, 300
"""pixels: width of the tree at first; height that tree and table can do with, as the preview of a roster scrolls within itself"""
WORKBOOKS, ADD = "名册 (*.xlsx *.csv)", "新增党员"


@dataclass(frozen=True)
class _State:
    rows: list[OrgRow]
    members: list[Member]


class OrganisationsPage(Page):
    """Organisations and members of the file, by hand and by roster."""

    purpose: ClassVar[str] = "党组织的架构和党员名册：用名册导入，或在这里增减、调动。"
    shows: ClassVar[frozenset[str]] = frozenset({"party_organization", "party_member"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._state = _State([], [])
        self._wanted: str | None = None
        self._person = ""
        self.org_acts, self.member_acts = OrgActs(self, self._want), MemberActs(self)
        self.import_button = button("导入名册…", self._pick_roster, primary=True)
        self.tree = OrgTree()
        self.where = label(role="strong")
        self.retired = QCheckBox("也显示已离册的")
        self.table = DataTable(
            _COLUMNS,
            name="党员",
            empty="这里还没有党员。点“导入名册…”从 Excel 导入，或点“新增党员”。",
            same=lambda m: m.member_no,
            export=exporter(self, "党员"),
        )
        self.middle = QStackedWidget()
        self.middle.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.middle.setMinimumHeight(LOWEST)
        self.middle.addWidget(self._board())
        for one in (
            button("下载空白模板…", self._save_template, hint="发给各支部填写的 Excel 表"),
            button("导出名册…", self._export, hint="全部党组织和党员，可改好后再导入"),
            self.import_button,
        ):
            self.acts.addWidget(one)
        self.body.addWidget(self.middle, 1)
        self.tree.chosen.connect(lambda _: self._show_members())
        self.retired.toggled.connect(lambda _: self._show_members())
        self.table.selection_changed.connect(self._allow)
        self.table.activated.connect(lambda m: self.member_acts.change(m))

    @cached_property
    def preview(self) -> RosterPanel:
        """What a roster would do, made for the first one that is read."""
        made = RosterPanel(self, self._back)
        self.middle.addWidget(made)
        return made

    def refresh(self) -> None:
        """Read organisations and members; choosing among them needs no more reading."""
        self.context.work.read(read, self._show)

    def point_to(self, unit: str, person: str = "") -> None:
        """Choose a unit in the tree, and a person of it in the table."""
        self._wanted, self._person = unit, person
        if self._state.rows:
            self._show(self._state)

    def keep_low(self, *, low: bool) -> None:
        """What is known of the chosen organisation makes room for the tree, whose tip says it."""
        super().keep_low(low=low)
        self.tree.facts.setHidden(low)

    def import_roster(self, path: Path) -> None:
        """Read a roster and show what importing it would do."""
        self.preview.read(path, lambda: self.middle.setCurrentWidget(self.preview))

    def take_files(self, files: Sequence[Path]) -> None:
        """A roster is looked at before anything of it is written."""
        self.import_roster(files[0])

    def _board(self) -> QWidget:
        board, parts = QWidget(), QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self._left())
        parts.addWidget(self._right())
        parts.setHandleWidth(14)
        parts.setStretchFactor(1, 1)
        parts.setSizes([LEFT, 2 * LEFT + LEFT // 2])
        parts.setChildrenCollapsible(False)
        column = QVBoxLayout(board)
        column.setContentsMargins(0, 0, 0, 0)
        self.nobody = StatePanel()
        column.addWidget(self.nobody)
        column.addWidget(parts, 1)
        return board

    def _left(self) -> QWidget:
        self.new_org = self._act("新增下级", "Insert", self._on_org(self.org_acts.add))
        self.edit_org = self._act("修改", "F2", self._on_org(self.org_acts.change))
        self.move_org = self._act("移动到…", "Ctrl+M", self._on_org(self._move_org))
        self.end_org = self._act("撤销组织", "Del", self._on_org(self._end_org))
        acts = (self.new_org, self.edit_org, self.move_org, self.end_org)
        self.tree.offer(acts)
        return _half(self.tree, [], acts)

    def _right(self) -> QWidget:
        self.new_member = self._act(ADD, "Insert", self._add_member)
        self.edit_member = self._act("修改", "F2", lambda: self.member_acts.change(self.table.selected()[0]))
        self.move_member = self._act("移动到…", "Ctrl+M", self._move_members)
        self.end_member = self._act("转出/停用", "Del", self._end_members)
        acts = (self.new_member, self.edit_member, self.move_member, self.end_member)
        self.table.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for act in acts:
            self.table.view.addAction(act)
        return _half(self.table, [self.where, self.retired], acts)

    def _act(self, text: str, keys: str, done: Callable[[], object]) -> QAction:
        act = QAction(text, self)
        act.setShortcut(QKeySequence(keys))
        act.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        act.triggered.connect(lambda _=False: done())
        return act

    def _on_org(self, act: Callable[[Org], object]) -> Callable[[], None]:
        def on_chosen() -> None:
            if self.tree.row is not None:
                act(self.tree.row.org)

        return on_chosen

    def _show(self, state: _State) -> None:
        self._state = state
        self.nobody.setHidden(bool(state.members))
        if not state.members:
            branch = [one.org.org_type for one in state.rows] == [OrgType.BRANCH]
            act = self._add_member if branch else self._pick_roster
            self.nobody.show_state(EMPTY, NOBODY, ADD if branch else "导入名册…", act)
        wanted, self._wanted = self._wanted, None
        self.tree.set_rows(state.rows, go_to=wanted)
        person, self._person = self._person, ""
        for member in (m for m in state.members if m.member_no == person):
            self.table.choose(member)

    def _show_members(self) -> None:
        chosen = self.tree.row
        codes = self.tree.under(chosen.org.code) if chosen else set()
        here = [m for m in self._state.members if m.org_code in codes]
        self.table.set_rows(here if self.retired.isChecked() else [m for m in here if not m.retired])
        self.where.setText(chosen.org.short_name if chosen else "")
        self._allow()

    def _allow(self) -> None:
        chosen, picked = self.tree.row, self.table.selected()
        self.end_org.setText("恢复组织" if chosen and chosen.dissolved else "撤销组织")
        first = "" if chosen else "先在左边选一个党组织。"
        leaf = chosen is not None and not org_rules.CHILDREN[chosen.org.org_type]
        top = "这是本单位自己，不能移动，也不能撤销。" if chosen and chosen.org.depth == 0 else ""
        nobody = "" if picked else "先在右边的表里选党员。"
        allow(self.new_org, first or ("党支部下面不再设党组织。" if leaf else ""))
        allow(self.move_org, first or top)
        allow(self.end_org, first or top)
        allow(
            self.new_member, "" if self._branches() else "还没有党支部；党员都在党支部里，先新增一个党支部。"
        )
        allow(self.edit_member, nobody or ("一次只能修改一名党员。" if len(picked) > 1 else ""))
        allow(self.move_member, nobody)
        allow(self.end_member, nobody)
        gone = bool(picked) and all(m.retired for m in picked)
        self.end_member.setText("恢复在册" if gone else "转出/停用")

    def _branches(self) -> list[Org]:
        able = (r.org for r in self._state.rows if r.org.org_type == OrgType.BRANCH)
        return [o for o in able if o.status == OrgStatus.ACTIVE]

    def _want(self, code: str) -> None:
        self._wanted = code

    def _move_org(self, moving: Org) -> None:
        self.org_acts.move(moving, [r.org for r in self._state.rows])

    def _end_org(self, going: Org) -> None:
        (self.org_acts.revive if going.status == OrgStatus.DISSOLVED else self.org_acts.dissolve)(going)

    def _add_member(self) -> None:
        chosen = self.tree.row
        self.member_acts.add(self._branches(), chosen.org.code if chosen else None)

    def _move_members(self) -> None:
        self.member_acts.move(self.table.selected(), self._branches())

    def _end_members(self) -> None:
        picked = self.table.selected()
        gone = all(m.retired for m in picked)
        (self.member_acts.restore if gone else self.member_acts.retire)(picked)

    def _back(self) -> None:
        self.middle.setCurrentIndex(0)
        self.import_button.setFocus()

    def _pick_roster(self) -> None:
        if (path := pickers.to_open(self, "选择名册", WORKBOOKS)) is not None:
            self.import_roster(path)

    def _save_template(self) -> None:
        path = pickers.to_save(self, "空白模板存到", pickers.WORKBOOKS, name="党员名册模板.xlsx")
        if path is not None:
            said = f"空白模板已存到 {path}。填好以后点“导入名册…”。"
            self.context.work.read(
                lambda _session: write_template(path), lambda _: self.messages.inform(said, *mends(path))
            )

    def _export(self) -> None:
        path = pickers.to_save(self, "名册存到", pickers.WORKBOOKS, name="党员名册.xlsx")
        if path is not None:
            by = self.context.operator()
            weighed(
                self,
                self.context,
                lambda session, reason: export_roster(session, path, by=by, reason=reason),
                lambda count: self.messages.inform(f"已导出 {count} 名党员到 {path}", *mends(path)),
                act="导出名册",
            )


def _half(widget: QWidget, above: list[QWidget], acts: tuple[QAction, ...]) -> QWidget:
    half = QWidget()
    column = QVBoxLayout(half)
    column.setContentsMargins(0, 0, 0, 0)
    if above:
        column.addLayout(row(*above))
    column.addWidget(widget, 1)
    column.addLayout(row(*map(_button, acts)))
    return half


def _button(act: QAction) -> Button:
    """A button that does what an action does, with its name and only when it may."""
    made = button(act.text(), act.trigger, hint=f"{act.shortcut().toString()}，或鼠标右键")

    def follow() -> None:
        made.setText(act.text())
        allow(made, act.statusTip())

    act.changed.connect(follow)
    return made


def read(session: Session) -> _State:
    """The own tree with its members, each read once."""
    orgs, strengths = org.own_tree(session), org.strengths(session)
    found = org_tree.rows(orgs, strengths, org_rules.findings(orgs, strengths))
    return _State(found, members.listed(session, orgs, include_retired=True))


_COLUMNS = (
    Column("姓名", lambda m: m.display_name),
    Column("人员类别", lambda m: CATEGORY_NAMES[m.category]),
    Column("所在党支部", lambda m: m.org_short_name),
    Column("党内职务", lambda m: m.party_duty, spare=True),
    Column("领导干部", lambda m: "是" if m.is_leading_cadre else "", spare=True),
    Column("在册情况", lambda m: "已离册" if m.retired else STATUS_NAMES[m.roster_status]),
    Column("党小组", lambda m: m.group_name, spare=True),
    Column("工作岗位", lambda m: m.post, spare=True),
    Column("编号", lambda m: m.member_no, spare=True),
)
