"""结果: the rates as pictures first, then the counts behind them, for any part of the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QComboBox, QGridLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import at_work, campaigns, results
from pingyi_desktop.appraisal.campaign.results import FormResult, ItemResult, OrgResult
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layers import LAYERS
from pingyi_desktop.errors import RuleError
from pingyi_desktop.gui.asking.table_out import exporter
from pingyi_desktop.gui.figures import beside
from pingyi_desktop.gui.figures.beside import Unit
from pingyi_desktop.gui.figures.columns import item_columns, org_columns
from pingyi_desktop.gui.figures.strip import UnitStrip
from pingyi_desktop.gui.looks import states
from pingyi_desktop.gui.looks.states import FEW, StatePanel
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.charts import DotChart, StackChart
from pingyi_desktop.gui.parts.forms import label, scrolled
from pingyi_desktop.gui.parts.tables import DataTable
from pingyi_desktop.gui.scope import ScopeBox, scopes
from pingyi_desktop.reports import chart
from pingyi_desktop.standing import earlier, overview
from pingyi_desktop.standing.earlier import Items

SHARES = {DotChart: 3, UnitStrip: 2, StackChart: 3}
"""of the height that the page leaves: the same for every form, so that what lies beside each other can be compared"""
EMPTY = "还没有已封存的票。请到“录入”页录票并封存，或到“收发”页导入下级的数据包。"


@dataclass(frozen=True)
class _Seen:
    """What the page shows after one read."""

    forms: list[FormResult]
    by_org: dict[str, list[OrgResult]]
    rule: str
    former: Items
    units: dict[str, list[Unit]]
    unshown: str = ""
    """why nothing of what was chosen may be shown"""
    narrowed: bool = False


class ResultsPage(Page):
    """Rates of the whole or of any organisation's subtree, from sealed counts only."""

    purpose: ClassVar[str] = "看各项满意率和背后的票数；只算已封存的票，按票合并。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "item_tally", "party_organization", "envelope"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._forms: tuple[Form, ...] = ()
        self.parts: dict[str, FormPart] = {}
        self.layer, self.scope, self.form = QComboBox(), ScopeBox(), QComboBox()
        for layer in LAYERS.values():
            self.layer.addItem(layer.in_full, layer.number)
        self.form.setMaximumWidth(320)
        self.form.setAccessibleName("评议表")
        self.layer.setAccessibleName("层面")
        self.scope.setAccessibleName("范围")
        self.rule = label(role="hint")
        self.items, self.orgs, self.tabs = QStackedWidget(), QStackedWidget(), QTabWidget()
        self._charts = QGridLayout()
        self._charts.setHorizontalSpacing(28)
        self._lay_out()
        self.layer.currentIndexChanged.connect(lambda _: self._read())
        self.scope.currentIndexChanged.connect(lambda _: self._read())
        self.form.currentIndexChanged.connect(self._choose)
        self.tabs.currentChanged.connect(lambda _: self._make_room())

    def keep_low(self, *, low: bool) -> None:
        """The rule stays below the pictures; below a table it makes room for rows."""
        super().keep_low(low=low)
        self._make_room()

    def _make_room(self) -> None:
        place = self.tabs.currentIndex()
        self.form.setVisible(place > 0)
        self.rule.setHidden(self.low and place > 0)

    def refresh(self) -> None:
        """Read the organisations to choose from, then the results."""
        self.context.work.read(partial(scopes, chosen=self.context.campaign()), self._offer)

    def _lay_out(self) -> None:
        for one in (label("层面", wrap=False), self.layer, label("范围", wrap=False), self.scope):
            self.acts.addWidget(one)
        self.tabs.setCornerWidget(self.form)
        charts = QWidget()
        column = QVBoxLayout(charts)
        column.setContentsMargins(14, 6, 14, 2)
        column.addLayout(self._charts)
        for part, caption in (
            (scrolled(charts), "满意率"),
            (self.items, "各项票数"),
            (self.orgs, "各党组织"),
        ):
            self.tabs.addTab(part, caption)
        for tables in (self.items, self.orgs):
            tables.setContentsMargins(8, 8, 8, 8)
        self.form.hide()  # it stands at the tables it chooses for
        self.body.addWidget(self.tabs, 1)
        self.body.addWidget(self.rule)

    def _offer(self, units: list[tuple[str, str]]) -> None:
        self.scope.offer(units)
        self._read()

    def _read(self) -> None:
        chosen, layer, under = self.context.campaign(), self.layer.currentData(), self.scope.currentData()
        self.context.work.read(
            lambda session: read(session, chosen, layer, under),
            self._show,
            otherwise=self.refuse,
        )

    def drill(self, code: str) -> None:
        """Look at one unit of those that were shown."""
        self.scope.setCurrentIndex(self.scope.findData(code))
        self.scope.setFocus()

    def _widen(self) -> None:
        """Both layers and every unit again."""
        for one in (self.layer, self.scope):
            one.setCurrentIndex(0)

    def _show(self, seen: _Seen) -> None:
        forms = tuple(result.form for result in seen.forms)
        if forms != self._forms:
            self._rebuild(forms)
        for result in seen.forms:
            code = result.form.code
            self.parts[code].show(result, seen.by_org[code], seen.former, seen.units.get(code, ()))
        self._place_charts([self.parts[one.form.code] for one in seen.forms if one.batches])
        widen = ("看全部的", self._widen) if seen.narrowed else ()
        if seen.unshown:
            self.state.show_state(FEW, seen.unshown, *widen, alone=True)
        elif any(result.batches for result in seen.forms):
            self.state.hide()
        else:
            to_entry = partial(self.context.go_to, "entry")
            self.state.show_state(states.EMPTY, EMPTY, "去“录入”", to_entry, alone=True)
        self.rule.setText(seen.rule)

    def _rebuild(self, forms: tuple[Form, ...]) -> None:
        """New forms, new columns: happens once, and again when a draft's forms are changed."""
        for part in self.parts.values():
            for widget in (part.chart_box, part.items, part.orgs):
                widget.setParent(None)
                widget.deleteLater()
        self._forms = forms
        self.parts = {form.code: FormPart(self, form) for form in forms}
        self.form.blockSignals(True)
        self.form.clear()
        for code, part in self.parts.items():
            self.items.addWidget(part.items)
            self.orgs.addWidget(part.orgs)
            self.form.addItem(visible.shown(part.form.title), code)
        self.form.blockSignals(False)

    def _place_charts(self, parts: Sequence[FormPart]) -> None:
        """Two forms beside each other; one alone has the width for itself, and one without ballots no place."""
        for place, part in enumerate(parts):
            self._charts.addWidget(part.chart_box, place // 2, place % 2)
        for column in (0, 1):
            self._charts.setColumnStretch(column, int(len(parts) > column))

    def _choose(self, place: int) -> None:
        self.items.setCurrentIndex(place)
        self.orgs.setCurrentIndex(place)


class FormPart:
    """One form's two charts and two tables; their columns are the form's options and items."""

    def __init__(self, page: ResultsPage, form: Form) -> None:
        self.form = form
        self.figures = label(role="hint")
        self.chart = DotChart(f"{form.title}：各项满意率")
        self.marks = StackChart(f"{form.title}：各项勾选的分布")
        self.chart_box = QWidget(page)  # its place is given when there are ballots
        self.chart_box.hide()
        column = QVBoxLayout(self.chart_box)
        column.setContentsMargins(0, 0, 0, 4)
        self.few = StatePanel()
        self.spread = label("各项勾选的分布（整条是该项的全部勾选）", role="caption")
        whole = next((item for item in form.items if item.kind == "OVERALL"), form.items[0])
        self.strip_title = label(
            f"各单位的{whole.short_text}（一个点是一个单位，点一下看它）", role="caption"
        )
        self.strip = UnitStrip(f"{form.title}：各单位的{whole.short_text}")
        self.strip.chosen.connect(page.drill)
        head = (label(form.title, role="caption"), self.figures, self.few)
        for widget in (*head, self.chart, self.strip_title, self.strip, self.spread, self.marks):
            column.addWidget(widget, SHARES.get(type(widget), 0))
        column.addStretch(0)  # takes what is left where nothing is drawn
        out = exporter(page, f"{form.title}各项票数")
        self.items = DataTable(item_columns(form), name="各项票数", empty=EMPTY, export=out)
        out = exporter(page, f"{form.title}各党组织")
        self.orgs = DataTable(
            org_columns(form),
            name="各党组织结果",
            empty=EMPTY,
            same=lambda one: (one.layer, one.org.code),
            export=out,
        )

    def show(
        self, result: FormResult, listed: Sequence[OrgResult], former: Items, units: Sequence[Unit]
    ) -> None:
        """Show these figures; with no sealed batch or too few ballots there is no chart, and one unit alone is no strip."""
        f = result.figures
        self.chart_box.setVisible(bool(result.batches))
        self.figures.setText(
            f"发出 {f.issued} 张，收回 {f.returned} 张，有效 {f.valid} 张，空白 {f.blank} 张，废票 {f.void} 张"
        )
        items = result.items if result.batches else ()
        if result.hidden:
            k = result.rule.min_cell
            self.few.show_state(FEW, states.TOO_FEW.format(k, k, "这张表的满意率"))
        else:
            self.few.hide()
        self.chart.show_rates([_dot(item, former.get((self.form.code, item.item.no))) for item in items])
        self.strip.show_units([(one.code, _dot_of(one)) for one in units])
        for widget in (self.strip, self.strip_title):
            widget.setVisible(len(units) > 1)
        graded = grades.graded(self.form)
        for one in (self.chart, self.spread, self.marks):
            one.setHidden(result.hidden or (one is self.chart and graded))
        self.marks.show_marks([_stack(item, rated=not graded) for item in items])
        self.items.set_rows(items)
        self.orgs.set_rows(listed)


def _dot(item: ItemResult, former: ItemResult | None) -> chart.Dot:
    figures = {"satisfied": item.satisfied, "denominator": item.denominator}
    before = Decimal(former.shown) if former else None
    return chart.dot(item.item.short_text, item.shown, **figures, former=before)


def _dot_of(unit: Unit) -> chart.Dot:
    return replace(_dot(unit.item, None), label=unit.name)


def _stack(item: ItemResult, *, rated: bool) -> chart.Stack:
    pairs = zip(item.item.scale.options, item.counts.options, strict=True)
    parts = tuple(chart.Part(option.label, count, option.polarity) for option, count in pairs)
    if not (rated or item.hidden):  # grades have marks and no rate
        return chart.Stack(item.item.short_text, parts)
    return chart.stack(item.item.short_text, item.shown, parts)


def read(session: Session, chosen: str, layer: int | None, under: str | None) -> _Seen:
    """The chosen campaign's results of a layer and a part of the tree (None: of both, of all)."""
    asked = overview.Question(session, campaigns.at_work_id(session, chosen=chosen))
    counted, view = asked.counted, asked.picture.view
    by_org = {
        form.code: [
            one
            for each in ((1, 2) if layer is None else (layer,))
            for one in counted.by_org(layer=each, form_code=form.code, under=under)
        ]
        for form in view.forms
    }
    forms = counted.pooled(layer=layer, under=under)
    narrowed = layer is not None or under not in (None, asked.picture.own)
    unshown = _unshown(forms, view.rule.min_cell, narrowed=narrowed)
    inside, everyone = asked.picture.inside(under), asked.covered
    covered = overview.Coverage(tuple(one for one in everyone.units if one.org.code in inside))
    said = "" if layer == 1 else f"报送情况：{covered.sentence}。"
    rule = "\n".join([f"{view.rule.footnote()}{said}", *everyone.aside])
    then = earlier.period(session, at_work.newest_first(session), now=counted)
    former = earlier.items(then, now=counted, layer=layer, under=under)
    units = beside.units_of(counted, asked.picture.tree, layer=layer, under=under)
    return _Seen(forms, by_org, rule, former, units, unshown, narrowed)


def _unshown(forms: Sequence[FormResult], k: int, *, narrowed: bool) -> str:
    """Why nothing of these may be shown: a part that is too small (V-PRI-02), or too few ballots in all."""
    try:
        results.check_shown(forms, narrowed=narrowed)
    except RuleError as error:
        return str(error)
    counted = [one for one in forms if one.batches]
    return states.TOO_FEW.format(k, k, "满意率") if counted and all(one.hidden for one in counted) else ""
