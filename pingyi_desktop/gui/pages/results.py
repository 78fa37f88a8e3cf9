"""结果: the rates as pictures first, then the counts behind them, for any part of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSplitter, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, overview, results
from pingyi_desktop.appraisal.results import FormResult, ItemResult, OrgResult
from pingyi_desktop.gui.charts import Bar, BarChart
from pingyi_desktop.gui.forms import Field, label, row
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.scope import ScopeBox, scopes
from pingyi_desktop.gui.tables import Align, Column, DataTable, number

LAYERS = {"两个层面合并": None, "层面一": 1, "层面二": 2}


@dataclass(frozen=True)
class _Seen:
    """What the page shows after one read."""

    forms: list[FormResult]
    by_org: dict[str, list[OrgResult]]
    footnote: str
    covered: str


class ResultsPage(Page):
    """Rates of the whole or of any organisation's subtree, from sealed counts only."""

    key: ClassVar[str] = "results"
    title: ClassVar[str] = "结果"
    purpose: ClassVar[str] = "看各项满意率和背后的票数;只算已封存的票,按票合并。"
    guide: ClassVar[str] = "先选层面和范围;下面的表可以排序、筛选、复制到 WPS。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "item_tally", "party_organization"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._seen: _Seen | None = None
        self.layer, self.scope, self.form = QComboBox(), ScopeBox(), QComboBox()
        for text, value in LAYERS.items():
            self.layer.addItem(text, value)
        self.chart = BarChart("各项满意率")
        self.figures = label(role="strong")
        self.rule = label(role="hint")
        empty = "还没有已封存的票。请到“录入”页录票并封存,或到“收发”页导入下级的数据包。"
        self.items = DataTable(_ITEM_COLUMNS, name="各项票数", empty=empty)
        self.orgs = DataTable(_ORG_COLUMNS, name="各党组织结果", empty=empty)
        self._lay_out()
        self.layer.currentIndexChanged.connect(lambda _: self._read())
        self.scope.currentIndexChanged.connect(lambda _: self._read())
        self.form.currentIndexChanged.connect(lambda _: self._show_form())

    def refresh(self) -> None:
        """Read the organisations to choose from, then the results."""
        self.context.work.read(scopes, self._offer)

    def _lay_out(self) -> None:
        self.body.addLayout(
            row(Field("评议表", self.form), Field("层面", self.layer), Field("范围", self.scope))
        )
        self.body.addWidget(self.figures)
        self.body.addWidget(self.chart)
        tables = QSplitter(Qt.Orientation.Horizontal)
        for caption, table in (("每一项", self.items), ("每个党组织", self.orgs)):
            half = QWidget()
            column = QVBoxLayout(half)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(label(caption, role="caption"))
            column.addWidget(table)
            tables.addWidget(half)
        self.body.addWidget(tables, 1)
        self.body.addWidget(self.rule)

    def _offer(self, units: list[tuple[str, str]]) -> None:
        self.scope.offer(units)
        self._read()

    def _read(self) -> None:
        layer, under = self.layer.currentData(), self.scope.currentData()
        self.context.work.read(
            lambda session: _look(session, layer, under),
            self._show,
            otherwise=lambda error: self.messages.inform(str(error)),
        )

    def _show(self, seen: _Seen) -> None:
        self._seen = seen
        chosen = self.form.currentData()
        self.form.blockSignals(True)
        self.form.clear()
        for result in seen.forms:
            self.form.addItem(result.form.title, result.form.code)
        self.form.setCurrentIndex(max(0, self.form.findData(chosen)))
        self.form.blockSignals(False)
        self.rule.setText(f"{seen.footnote} {seen.covered}")
        self._show_form()

    def _show_form(self) -> None:
        if self._seen is None or self.form.currentIndex() < 0:
            return
        result = self._seen.forms[self.form.currentIndex()]
        f = result.figures
        self.figures.setText(
            f"发出 {f.issued} 张,收回 {f.returned} 张,有效 {f.valid} 张,空白 {f.blank} 张,废票 {f.void} 张"
            if result.batches
            else "这张表在所选范围内还没有已封存的票。"
        )
        self.chart.set_bars(
            [
                Bar(i.item.short_text, i.rate.per_mille if i.denominator else None, _percent(i))
                for i in result.items
                if result.batches
            ]
        )
        self.items.set_rows(result.items if result.batches else ())
        self.orgs.set_rows(self._seen.by_org[result.form.code])


def _percent(item: ItemResult) -> str:
    return f"{item.shown}%  ({item.satisfied}/{item.denominator})" if item.denominator else "—"


def _options(item: ItemResult) -> str:
    parts = zip(item.item.scale.options, item.counts.options, strict=True)
    return "  ".join(f"{option.label} {count}" for option, count in parts)


def _weakest(one: OrgResult) -> ItemResult:
    return min(one.result.items, key=lambda i: i.rate.per_mille if i.denominator else 1001)


def _overall(one: OrgResult) -> ItemResult:
    return one.result.items[-1]


_ITEM_COLUMNS = (
    Column("项", lambda i: i.item.short_text),
    Column("满意率", lambda i: i.shown, Align.AlignRight, lambda i: i.rate.per_mille),
    number("满意票", lambda i: i.satisfied),
    number("分母", lambda i: i.denominator),
    number("未填", lambda i: i.counts.blank),
    number("多选", lambda i: i.counts.multi),
    number("难辨", lambda i: i.counts.illegible),
    Column("各档票数", _options),
)
_ORG_COLUMNS = (
    Column("党组织", lambda o: o.org.short_name, sort_key=lambda o: o.org.code),
    Column("层面", lambda o: "一" if o.layer == 1 else "二"),
    number("有效票", lambda o: o.result.figures.valid),
    Column(
        "末项满意率",
        lambda o: _overall(o).shown,
        Align.AlignRight,
        lambda o: _overall(o).rate.per_mille,
        tooltip=lambda o: _overall(o).item.text,
    ),
    Column("最低项", lambda o: f"{_weakest(o).item.short_text} {_weakest(o).shown}"),
)


def _look(session: Session, layer: int | None, under: str | None) -> _Seen:
    view = campaigns.current(session)
    forms = results.pooled(session, campaign_id=view.id, layer=layer, under=under)
    layers = (1, 2) if layer is None else (layer,)
    by_org = {
        form.code: [
            one
            for each in layers
            for one in results.by_org(
                session, campaign_id=view.id, layer=each, form_code=form.code, under=under
            )
        ]
        for form in view.forms
    }
    covered = overview.coverage(session, campaign_id=view.id).sentence
    return _Seen(forms, by_org, view.rule.footnote(), f"报送情况:{covered}。")
