"""工作台: where the campaign stands, the one next step, and what the sealed ballots say so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.results import FormResult, ItemResult
from pingyi_desktop.appraisal.paper import layers
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.gui.looks import states
from pingyi_desktop.gui.looks.states import StatePanel
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.charts import DotChart
from pingyi_desktop.gui.parts.forms import button, label, scrolled
from pingyi_desktop.gui.parts.stages import Stage, StageLine
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.reports import chart
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import REPORTED, Coverage, NextStep, Question, UnitCoverage
from pingyi_desktop.storage import journal

JOURNAL_LINES = 100
LOWEST = 220
"""pixels that units and rates can do with: five rows"""
NO_RATES = "还没有已封存的票。录票、封存以后，或者导入下级的数据包以后，这里画出各项满意率。"


@dataclass(frozen=True)
class _State:
    orgs: int
    people: int
    view: CampaignView | None
    step: NextStep
    covered: Coverage
    own: int
    own_sealed: int
    pooled: dict[int | None, list[FormResult]]
    lines: list[journal.Line]


class WorkbenchPage(Page):
    """The first page: what to do now."""

    purpose: ClassVar[str] = "活动到了哪一步，下一步做什么。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {
            *("campaign", "appraisal_session", "ballot_batch", "item_tally", "draft_ballot"),
            *("party_organization", "party_member", "envelope", "journal_entry"),
        }
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._pooled: dict[int | None, list[FormResult]] = {}
        self._lines: list[journal.Line] = []
        self._next_page = ""
        self.reason = label(role="strong")
        self.next = button("", self._go, primary=True)
        self.stages = StageLine()
        self.covered = label(role="strong")
        self.bar = QProgressBar()
        self.bar.setObjectName("slim")
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("报送进度")
        empty = "活动发布以后，这里列出应报单位，没有报的排在前面。"
        self.units = DataTable(_UNIT_COLUMNS, name="报送情况", empty=empty, same=lambda u: u.org.code)
        self.layer = QComboBox()
        for layer in layers.LAYERS.values():
            self.layer.addItem(layer.in_full, layer.number)
        self.layer.setAccessibleName("层面")
        self.layer.setMinimumContentsLength(12)  # the tabs beside it need the room on a small screen
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layer.currentIndexChanged.connect(lambda _: self._show_rates())
        self.chart = DotChart("各项满意率")
        self.rule = label(role="hint")
        self.lines = DataTable(_LINE_COLUMNS, name="最近操作", empty="还没有操作记录。", same=lambda e: e.seq)
        self._lay_out()

    def refresh(self) -> None:
        """Read where everything stands."""
        self.context.work.read(partial(read, chosen=self.context.campaign()), self._show)

    def keep_low(self, *, low: bool) -> None:
        """How many have reported stands in the card and in the stages too, the rule on 结果: rows and rates come first."""
        super().keep_low(low=low)
        self.reported.setHidden(low)
        self.rule.setHidden(low)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("card")
        line = QHBoxLayout(card)
        line.setContentsMargins(16, 6, 16, 6)
        line.addWidget(self.reason, 1)
        line.addWidget(self.next)
        self.reported = _column(self.covered, self.bar)
        self.no_rates = StatePanel()
        self.rates = _column(self.no_rates, scrolled(self.chart), self.rule, margin=10)
        self.tabs = QTabWidget()
        self.tabs.setCornerWidget(self.layer)
        self.tabs.currentChanged.connect(lambda _: self._turn())
        self.tabs.addTab(self.rates, "各项满意率")
        self.tabs.addTab(_column(self.lines, margin=10), "最近操作")
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setHandleWidth(14)
        parts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # they scroll within
        parts.setMinimumHeight(LOWEST)
        parts.addWidget(_column(self.reported, self.units))
        parts.addWidget(self.tabs)
        parts.setSizes([500, 600])
        parts.setChildrenCollapsible(False)
        self.body.addWidget(card)
        self.body.addWidget(self.stages)
        self.body.addWidget(parts, 1)
        self.reported.setHidden(self.low)

    def _show(self, state: _State) -> None:
        self._pooled, self._next_page = state.pooled, state.step.page
        self.reason.setText(state.step.reason)
        self.next.setText(state.step.label)
        self.stages.set_stages(_stages(state))
        covered = state.covered
        self.covered.setText(_coverage_sentence(state))
        self.bar.setMaximum(max(1, covered.expected))
        self.bar.setValue(covered.reported)
        self.bar.setVisible(bool(covered.expected))
        self.units.set_rows(sorted(covered.units, key=lambda u: u.state == REPORTED))
        self._lines = state.lines
        self._turn()
        counted = _any(state.pooled[None])
        self.no_rates.hide() if counted else self.no_rates.show_state(states.EMPTY, NO_RATES)
        self.chart.setVisible(counted)
        self.rule.setText(state.view.rule.footnote() if state.view and counted else "")
        self._show_rates()

    def _turn(self) -> None:
        """The journal is laid out when it is seen; it has no layer to choose, nor has a unit without layer one."""
        rates = self.tabs.currentWidget() is self.rates
        if not rates:
            self.lines.set_rows(self._lines)
        self.layer.setVisible(rates and _any(self._pooled.get(1, ())))

    def _show_rates(self) -> None:
        layer = self.layer.currentData() if _any(self._pooled.get(1, ())) else None
        self.chart.show_rates([dot for form in self._pooled.get(layer, ()) for dot in _dots(form)])

    def _go(self) -> None:
        self.context.go_to(self._next_page)


def _column(*widgets: QWidget, margin: int = 0) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(margin, 4, margin, margin // 2)
    for widget in widgets:
        column.addWidget(widget)
    return made


def _any(forms: Sequence[FormResult]) -> bool:
    return any(form.batches for form in forms)


def _dots(form: FormResult) -> list[chart.Dot]:
    who = "党组织" if form.form.subject_kind == "ORG" else "党员"
    return [_dot(who, item) for item in form.items] if form.batches else []


def _dot(who: str, item: ItemResult) -> chart.Dot:
    name = f"{who} {item.item.short_text}"
    return chart.dot(name, item.shown, satisfied=item.satisfied, denominator=item.denominator)


def _coverage_sentence(state: _State) -> str:
    if state.view is None:
        return "还没有评议活动"
    if not state.view.published:
        return "活动还没有发布"
    missing = len(state.covered.missing)
    dropped = len(state.covered.dropped)
    said = f"（其中 {dropped} 个报来过、上级不再列入）" if dropped else ""
    return f"{state.covered.sentence}" + (f"，还差 {missing} 个{said}" if missing else "，已报齐")


def _stages(state: _State) -> list[Stage]:
    view, covered = state.view, state.covered
    published = view is not None and view.published
    sealed = published and state.own_sealed == state.own
    complete = published and bool(covered.expected) and not covered.missing
    campaign = "还没有" if view is None else ("已发布" if published else "草稿")
    own = f"本单位 {state.own_sealed}/{state.own} 批" if state.own else "本单位没有票"
    return [
        Stage("建组织", f"{state.orgs} 个组织 {state.people} 名党员", state.people > 0),
        Stage("定活动", campaign, published),
        Stage("录票封存", own if published else "等活动发布", sealed),
        Stage("收发汇总", covered.sentence if published else "等活动发布", complete),
        Stage("出报表", "可以打印" if complete else "随时可以预览", False),
    ]


def _time(line: journal.Line) -> str:
    return datetime.fromisoformat(line.at).astimezone().strftime("%m-%d %H:%M")


_UNIT_COLUMNS = (
    Column("状态", lambda u: u.standing, tone=lambda u: u.urgency),
    Column("单位", lambda u: u.org.short_name, sort_key=lambda u: u.org.code),
    Column("已封存票批", lambda u: _sealed(u), sort_key=lambda u: u.sealed),
    Column("类别", lambda u: TYPE_NAMES[u.org.org_type], spare=True),
)
_LINE_COLUMNS = (
    Column("时间", _time, sort_key=lambda e: e.seq),
    Column("操作人", lambda e: e.who, spare=True),
    Column("做了什么", lambda e: e.act),
    Column("对象", lambda e: e.subject),
)


def _sealed(unit: UnitCoverage) -> str:
    return f"{unit.sealed}/{unit.planned}" if unit.planned else "只有会议"


def read(session: Session, *, chosen: str) -> _State:
    """Where the chosen campaign stands, what to do next, and what the sealed ballots say so far."""
    people = sum(one.everyone for one in org.strengths(session).values())
    orgs, lines = org.many(session), journal.lines(session, newest=JOURNAL_LINES)
    pooled: dict[int | None, list[FormResult]] = {None: [], 1: [], 2: []}
    known = at_work.newest_first(session)
    if not known:
        return _State(orgs, people, None, overview.first_step(people), Coverage(()), 0, 0, pooled, lines)
    asked = Question(session, chosen or at_work.chosen(known))
    view, own = asked.picture.view, [batch for batch in asked.picture.stacks if batch.own]
    if view.published:
        pooled = {layer: asked.counted.pooled(layer=layer) for layer in pooled}
    return _State(
        orgs,
        people,
        view,
        asked.next_step,
        asked.covered if view.published else Coverage(()),
        len(own),
        sum(batch.sealed for batch in own),
        pooled,
        lines,
    )
