"""What an import would do, before anything is written: the same panel for rosters, packages and whatever else comes in.

Counts stand on top and are buttons: pressing one shows only those lines. What was found (E, W, I) stands in a list of its
own, the chosen line or finding in full below it, and the one act that writes at the bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QPushButton, QTabWidget, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.gui.asking.table_out import exporter
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import MessageBar, button, label, row
from pingyi_desktop.gui.parts.tables import Column, DataTable, Row, number

LEVELS = {"E": "必须改", "W": "请核对", "I": "告知"}
LINES, FINDINGS = range(2)
TOLD = 3  # chosen findings told in full


class Counts(QWidget):
    """One button per kind of line with its count; the pressed one is what ``changed`` asks to see ("" = everything)."""

    def __init__(self, kinds: Mapping[str, str], changed: Callable[[str], object]) -> None:
        super().__init__()
        self._changed = changed
        self.buttons = {kind: self._new(kind, kinds.get(kind, "")) for kind in ("", *kinds)}
        line = row(*self.buttons.values())
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)

    def show_counts(self, kinds: Sequence[str]) -> None:
        """Show how often each kind is among these; everything is shown."""
        for kind, one in self.buttons.items():
            found = kinds.count(kind) if kind else len(kinds)
            one.setText(f"{kind or '全部'} {found}")
            one.setVisible(bool(found))
        self._press("")

    def _new(self, kind: str, meaning: str) -> QPushButton:
        made = button("", partial(self._press, kind), hint=meaning)
        made.setCheckable(True)
        return made

    def _press(self, kind: str) -> None:
        for one, pressed in self.buttons.items():
            pressed.setChecked(one == kind)
        self._changed(kind)


class PlanPanel(QWidget):
    """A plan as lines of ``kinds`` (each with its meaning) and what was found in it.

    ``kind_of(line)`` is one of the kinds; ``in_full(line)`` is what the chosen line says below the table, "" nothing.
    """

    def __init__(
        self,
        page: Page,
        columns: Sequence[Column],
        kinds: Mapping[str, str],
        *,
        name: str,
        empty: str,
        kind_of: Callable[[Row], str],
        in_full: Callable[[Row], str],
        same: Callable[[Row], object] = lambda line: line,
    ) -> None:
        super().__init__()
        self._name, self._kind_of, self._in_full = name, kind_of, in_full
        self._lines: Sequence[Row] = ()
        self.said, self.note = label(role="strong"), label(role="hint")
        self.advice = MessageBar()
        self.counts = Counts(kinds, self._narrow)
        self.table = DataTable(columns, name=name, empty=empty, same=same, export=exporter(page, name))
        found = f"{name}里的问题"
        self.findings = DataTable(
            FINDING_COLUMNS, name=found, empty="没有发现问题。", export=exporter(page, found)
        )
        self.detail = label(role="card")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.table, name)
        self.tabs.addTab(self.findings, "问题")
        for changed in (
            self.table.selection_changed,
            self.findings.selection_changed,
            self.tabs.currentChanged,
        ):
            changed.connect(lambda *_: self._show_in_full())
        self.buttons = row()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.said, self.advice, self.counts, self.note):
            column.addWidget(widget)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.detail)
        column.addLayout(self.buttons)

    def offer(self, *acts: QWidget) -> None:
        """Put the acts at the bottom from the left: first the one that writes."""
        for place, one in enumerate(acts):
            self.buttons.insertWidget(place, one)

    def show_lines(self, lines: Sequence[Row], *, notes: Sequence[str] = ()) -> None:
        """Show what would be done, all of it, in this order."""
        self._lines = lines
        self.note.setText("；".join(notes) + ("。" if notes else ""))
        self.note.setVisible(bool(notes))
        self.counts.show_counts([self._kind_of(line) for line in lines])
        self.tabs.setTabText(LINES, f"{self._name}（{len(lines)}）")
        self.tabs.setCurrentIndex(LINES)

    def show_findings(self, found: Sequence[Finding]) -> None:
        """Show what was found, the gravest first; without any there is no list of them."""
        self.findings.set_rows(sorted(found, key=_gravity))
        self.findings.view.selectRow(0)
        self.tabs.setTabText(FINDINGS, f"问题（{len(found)}）")
        self.tabs.setTabVisible(FINDINGS, bool(found))
        self.tabs.tabBar().setVisible(bool(found))
        self._show_in_full()

    def _narrow(self, kind: str) -> None:
        self.table.set_rows([line for line in self._lines if kind in ("", self._kind_of(line))])
        if self.table.model.rows:
            self.table.view.selectRow(0)
        self.tabs.setCurrentIndex(LINES)
        self._show_in_full()

    def _show_in_full(self) -> None:
        if self.tabs.currentIndex() == FINDINGS:
            said = "\n".join(one.sentence for one in self.findings.selected()[:TOLD])
        else:
            chosen = self.table.selected()
            said = self._in_full(chosen[0]) if len(chosen) == 1 else ""
        self.detail.setText(said)
        self.detail.setVisible(bool(said))


def _gravity(finding: Finding) -> int:
    return list(LEVELS).index(finding.weight)


FINDING_COLUMNS = (
    Column("处理", lambda f: LEVELS[f.weight], sort_key=_gravity),
    Column("工作表或名称", lambda f: f.sheet or f.where),
    number("行", lambda f: f.row or None, missing=""),
    Column("列", lambda f: f.column),
    Column("问题和改法", lambda f: f.sentence, tooltip=lambda f: f"{f.sentence}（规则 {f.code}）"),
)
