"""工作台: where the campaign stands, the one next step, four figures, what waits, and what the sealed ballots say so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.results import FormResult
from pingyi_desktop.appraisal.paper import layers
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.gui.looks import states
from pingyi_desktop.gui.looks.states import StatePanel
from pingyi_desktop.gui.page import Context, Page, after_a_breath
from pingyi_desktop.gui.parts.charts import DotChart
from pingyi_desktop.gui.parts.forms import button, label, scrolled
from pingyi_desktop.gui.parts.stages import Stage, StageLine
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.gui.workbench import four_figures
from pingyi_desktop.gui.workbench.four_figures import Figure, FourFigures
from pingyi_desktop.standing import earlier, overview, waiting
from pingyi_desktop.standing.earlier import Items
from pingyi_desktop.standing.overview import Coverage, NextStep, Question
from pingyi_desktop.standing.waiting import Wait
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
    figures: tuple[Figure, ...]
    waits: list[Wait]
    pooled: dict[int | None, list[FormResult]]
    former: dict[int | None, Items]
    lines: list[journal.Line]

    @property
    def published(self) -> str:
        """Id of the campaign, "" while none is published."""
        return self.view.id if self.view is not None and self.view.published else ""


class WorkbenchPage(Page):
    """The first page: what to do now."""

    purpose: ClassVar[str] = "活动到了哪一步，下一步做什么。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {
            *("campaign", "appraisal_session", "ballot_batch", "item_tally", "draft_ballot"),
            *("party_organization", "party_member", "envelope", "journal_entry"),
            *("rectification", "opinion", "reply", "merged_opinion", "presentation", "commitment"),
        }
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._pooled: dict[int | None, list[FormResult]] = {}
        self._former: dict[int | None, Items] = {}
        self._waits: tuple[str, list[Wait]] = "", []  # of a campaign, by its id
        self._in_ledgers: dict[str, list[Wait]] = {}  # the same
        self._lines: list[journal.Line] = []
        self._next_page = ""
        self.reason = label(role="strong")
        self.next = button("", self._go, primary=True)
        self.stages = StageLine()
        self.figures = FourFigures()
        self.waits_for = label(role="strong", wrap=False)
        empty = "活动发布以后，这里列出等您处理的事，最急的排在前面；已报的单位排在后面。"
        self.waits = DataTable(_WAIT_COLUMNS, name="等您处理", empty=empty, same=lambda one: one.subject)
        self.waits.activated.connect(lambda one: self.context.go_to(f"{one.page}/{one.part}"))
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
        """The title is in the navigation, the rule on 结果, how far a stage is in its tip: rows and rates come first."""
        super().keep_low(low=low)
        for one in (self._titles, self.waits_for, self.rule):
            one.setHidden(low)
        self.body.setSpacing(6 if low else 10)  # eight rows on the smallest screen
        self.figures.keep_low(low=low)
        self.stages.keep_low(low=low)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("card")
        line = QHBoxLayout(card)
        line.setContentsMargins(16, 4, 16, 4)
        line.addWidget(self.reason, 1)
        line.addWidget(self.next)
        charts = scrolled(self.chart)
        self.no_rates = StatePanel(charts)
        self.rates = _column(self.no_rates, charts, self.rule, margin=10)
        self.tabs = QTabWidget()
        self.tabs.setCornerWidget(self.layer)
        self.tabs.currentChanged.connect(lambda _: self._turn())
        self.tabs.addTab(self.rates, "各项满意率")
        self.tabs.addTab(_column(self.lines, margin=10), "最近操作")
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setHandleWidth(14)
        parts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # they scroll within
        parts.setMinimumHeight(LOWEST)
        self.waits.lead(self.waits_for)
        parts.addWidget(_column(self.waits))
        parts.addWidget(self.tabs)
        parts.setSizes([1000, 1100])  # a ratio: larger than what either needs at least
        parts.setChildrenCollapsible(False)
        self.body.setSpacing(10)
        self.body.addWidget(card)
        self.body.addWidget(self.stages)
        self.body.addWidget(self.figures)
        self.body.addWidget(parts, 1)

    def _show(self, state: _State) -> None:
        self._pooled, self._former, self._next_page = state.pooled, state.former, state.step.page
        self.reason.setText(state.step.reason)
        self.next.setText(state.step.label)
        self.stages.set_stages(_stages(state))
        self.figures.show_figures(state.figures)
        self._lines = state.lines
        self._turn()
        self._show_rates()
        self._waits = state.published, state.waits
        self._show_waits()
        if state.published:
            asked = partial(waiting.in_ledgers, campaign_id=state.published)
            ask = partial(self.context.work.read, asked, partial(self._add_waits, state.published))
            if self._in_ledgers:
                ask()
            else:  # they are loaded for it: once the page has been laid out and painted
                after_a_breath(self, ask)

    def _add_waits(self, campaign_id: str, found: list[Wait]) -> None:
        """What waits in the ledgers has come too."""
        self._in_ledgers = {campaign_id: found}
        self._show_waits()

    def _show_waits(self) -> None:
        """The list; how many of it are open is not said before all are known."""
        campaign_id, waits = self._waits
        more = self._in_ledgers.get(campaign_id)
        rows = waiting.in_order([*waits, *(more or ())])
        open_ones = sum(bool(one.act) for one in rows)
        said = f"等您处理 {open_ones}" if open_ones else "没有等您处理的事"
        self.waits_for.setText("" if not rows else "等您处理" if more is None else said)
        self.waits.set_rows(rows)

    def _turn(self) -> None:
        """The journal is laid out when it is seen; it has no layer to choose, nor has a unit without layer one."""
        rates = self.tabs.currentWidget() is self.rates
        if not rates:
            self.lines.set_rows(self._lines)
        self.layer.setVisible(rates and _any_counted(self._pooled.get(1, ())))

    def _show_rates(self) -> None:
        """As dots; in their place why there are none, above them why some are missing."""
        layer = self.layer.currentData() if _any_counted(self._pooled.get(1, ())) else None
        forms = [one for one in self._pooled.get(layer, ()) if one.batches]
        shown = [one for one in forms if not one.hidden]
        if len(shown) == len(forms):
            self.no_rates.hide() if forms else self.no_rates.show_state(states.EMPTY, NO_RATES, alone=True)
        else:
            k = forms[0].rule.min_cell
            hidden = "、".join(dict.fromkeys(four_figures.who(one) for one in forms if one.hidden))
            said = states.TOO_FEW.format(k, k, f"{hidden}满意率")
            self.no_rates.show_state(states.FEW, said, alone=not shown)
        self.rule.setText(shown[0].rule.footnote() if shown else "")
        former = self._former.get(layer, {})
        self.chart.show_rates([dot for form in shown for dot in four_figures.dots(form, former)])

    def _go(self) -> None:
        self.context.go_to(self._next_page)


def _column(*widgets: QWidget, margin: int = 0) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(margin, 4 if margin else 0, margin, margin // 2)
    for widget in widgets:
        column.addWidget(widget)
    return made


def _any_counted(forms: Sequence[FormResult]) -> bool:
    return any(form.batches for form in forms)


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


_WAIT_COLUMNS = (
    Column("状态", lambda one: one.standing, tone=lambda one: one.urgency),
    Column("单位或事项", lambda one: one.subject),
    Column("该做什么", lambda one: one.act),
    Column("已封存票批", lambda one: _sealed(one), spare=True),
)
_LINE_COLUMNS = (
    Column("时间", lambda e: e.local[5:16], sort_key=lambda e: e.seq),
    Column("操作人", lambda e: e.who, spare=True),
    Column("做了什么", lambda e: e.act),
    Column("对象", lambda e: e.subject),
)


def _sealed(one: Wait) -> str:
    unit = one.unit
    return "" if unit is None else f"{unit.sealed}/{unit.planned}" if unit.planned else "只有会议"


def read(session: Session, *, chosen: str) -> _State:
    """Where the chosen campaign stands, what to do next, and what the sealed ballots say so far."""
    people = sum(one.everyone for one in org.strengths(session).values())
    orgs, lines = org.many(session), journal.lines(session, newest=JOURNAL_LINES)
    pooled: dict[int | None, list[FormResult]] = {None: [], 1: [], 2: []}
    rows = at_work.all_rows(session)
    known = at_work.of(rows)
    if not known:
        step, before = overview.first_step(people), four_figures.BEFORE
        return _State(orgs, people, None, step, Coverage(()), 0, 0, before, [], pooled, {}, lines)
    asked = Question(session, chosen or at_work.chosen(known))
    view, own = asked.picture.view, [batch for batch in asked.picture.stacks if batch.own]
    former: dict[int | None, Items] = {}
    if view.published:
        pooled = {layer: asked.counted.pooled(layer=layer) for layer in pooled}
        then = earlier.period(session, known, now=asked.counted)
        former = {layer: earlier.items(then, now=asked.counted, layer=layer) for layer in pooled}
    return _State(
        orgs,
        people,
        view,
        asked.next_step,
        asked.covered if view.published else Coverage(()),
        len(own),
        sum(batch.sealed for batch in own),
        four_figures.of(asked, pooled[None], former[None]) if view.published else four_figures.BEFORE,
        waiting.listed(asked) if view.published else [],
        pooled,
        former,
        lines,
    )
