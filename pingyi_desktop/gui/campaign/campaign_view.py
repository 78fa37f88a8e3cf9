"""A campaign once it is published: what was locked, its forms, its sessions, its review groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QTabWidget, QVBoxLayout, QWidget

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign.campaigns import ELEMENTS, CampaignView
from pingyi_desktop.appraisal.campaign.sessions import APPRAISAL, SessionView
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.gui.asking.table_out import exporter
from pingyi_desktop.gui.campaign.campaign_form import MANUAL, MODES
from pingyi_desktop.gui.campaign.paper_forms import PaperForm
from pingyi_desktop.gui.campaign.review_groups import Groups, GroupsPanel
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import label, scrolled
from pingyi_desktop.gui.parts.tables import Column, DataTable, number
from pingyi_desktop.storage.schema_campaign import SessionStatus

STATES = {SessionStatus.PLANNED.value: "待开", SessionStatus.HELD.value: "已登记"}
TONES = {SessionStatus.PLANNED.value: "warn", SessionStatus.HELD.value: "ok"}


class PublishedView(QTabWidget):
    """Nothing here changes what is counted; only review groups can still be assigned."""

    def __init__(self, page: Page, assign: Callable[[Groups, Groups], None]) -> None:
        super().__init__()
        self._view: CampaignView | None = None
        self._first: list[SessionView] | None = None
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(20)
        self._facts.setVerticalSpacing(8)
        self._facts.setColumnStretch(1, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.addLayout(self._facts)
        column.addStretch(1)
        self.which, self.paper = QComboBox(), PaperForm()
        self.which.setAccessibleName("评议表")
        self.which.currentIndexChanged.connect(self._show_paper)
        papers = QWidget()
        column = QVBoxLayout(papers)
        column.addWidget(self.which)
        around = scrolled(self.paper)
        around.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(around, 1)
        self.sessions = DataTable(
            _COLUMNS,
            name="场次",
            empty="没有安排场次：组织里没有参加评议的基层党委、党总支或党支部。",
            same=lambda s: s.id,
            export=exporter(page, "评议场次"),
        )
        self.groups = GroupsPanel(assign)
        self.addTab(scrolled(inner), "概况")
        self.addTab(papers, "评议表")
        held = QWidget()
        QVBoxLayout(held).addWidget(self.sessions)
        self.addTab(held, "场次")
        self.addTab(self.groups, "评议小组")
        self.currentChanged.connect(lambda _: self._show_groups())

    def show_campaign(self, view: CampaignView, planned: Sequence[SessionView]) -> None:
        """Show a published campaign and, where the unit appraises committees itself, its review groups."""
        self._view = view
        first = [s for s in planned if s.layer == 1]
        self._show_facts(view, len(first), len(planned) - len(first))
        self.which.clear()
        for form in view.forms:
            self.which.addItem(visible.shown(form.title), form.code)
        self.sessions.set_rows(planned)
        self.setTabText(2, f"场次（{len(planned)}）")
        self._first = [s for s in first if s.own]
        self.setTabVisible(3, bool(self._first))
        self._show_groups()

    def _show_facts(self, view: CampaignView, first: int, second: int) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        held = f"层面一 {first} 场，层面二 {second} 场" if first else f"{second} 场"
        rows = [
            ("周期", f"{view.period}，{view.start_date} 至 {view.end_date}"),
            ("性质", MODES[view.mode]),
            ("主办机构", view.office_name),
            ("评议表", "\n".join(f"{form.title}（{form.code}，用于{form.where}）" for form in view.forms)),
            ("参评人员", "、".join(name for _, name in view.voter_categories)),
            ("场次", held),
            ("收数据包", MANUAL if view.manual_check else "凭激活码自动认出是哪个单位报来的"),
            ("统计口径", view.rule.in_words()),
            *((caption, view.elements[key] or "没有填写") for key, caption in ELEMENTS.items()),
            ("活动定义摘要", view.definition_sha256 or ""),
        ]
        for line, (caption, text) in enumerate(rows):
            said = label(caption, role="caption", wrap=False)
            self._facts.addWidget(said, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(label(text), line, 1)

    def _show_groups(self) -> None:
        """Fill the boxes of the review groups when they are looked at: there are many of them."""
        if self._first is not None and self.currentWidget() is self.groups:
            self.groups.show_meetings(self._first)
            self._first = None

    def _show_paper(self, place: int) -> None:
        if self._view is not None and place >= 0:
            self.paper.show_form(self._view.forms[place])


_COLUMNS = (
    Column("层面", lambda s: layer_name(s.layer)),
    Column("党组织", lambda s: s.org_name, sort_key=lambda s: s.org_code),
    Column("类别", lambda s: TYPE_NAMES[s.org_type], spare=True),
    Column("会议", lambda s: "评议会" if s.meeting_type == APPRAISAL else "座谈会"),
    Column("评议小组", lambda s: s.review_group),
    Column("状态", lambda s: STATES[s.status], tone=lambda s: TONES[s.status]),
    Column("日期", lambda s: s.held_on or ""),
    number("应到", lambda s: s.expected, missing=""),
    number("实到", lambda s: s.actual, missing=""),
    Column("由谁登记", lambda s: "本单位" if s.own else "该单位", spare=True),
)
