"""Counts from a signed tally sheet: one line per item (and member), one column per option; sums are checked as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import ballots, batches, campaigns
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.gui.forms import button, label, row

EXTRA = ("未填", "多选", "难辨")
RIGHT = QColor("#eef5ec")
WRONG = QColor("#fbe3e0")
LOCKED = QColor("#eceff2")


@dataclass(frozen=True)
class Sheet:
    """A batch's tally sheet: its form, its rows as (member number, name), and the counts kept so far."""

    form: Form
    targets: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[str, str], Counts]


class CountGrid(QWidget):
    """Keyed with digits and Enter; ``save(counts)`` gets the whole sheet."""

    def __init__(self, save: Callable[[dict[tuple[str, str], Counts]], None]) -> None:
        super().__init__()
        self._save = save
        self._sheet: Sheet | None = None
        self._valid: int | None = None
        self._filling = False
        self.told = label(role="strong")
        self.table = QTableWidget()
        self.table.setAccessibleName("计票表")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.installEventFilter(self)
        self.table.itemChanged.connect(lambda _: self._add_up())
        self.keep = button("保存计票表", self._keep, primary=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.told)
        column.addWidget(self.table, 1)
        column.addLayout(row(self.keep))
        column.addStretch()
        self.setFocusProxy(self.table)

    def show_sheet(self, sheet: Sheet, valid: int | None) -> None:
        """Show a tally sheet whose every line should add up to ``valid`` ballots."""
        self._sheet, self._valid, self._filling = sheet, valid, True
        labels = _labels(sheet.form)
        self.table.setColumnCount(len(labels) + len(EXTRA) + 1)
        self.table.setHorizontalHeaderLabels([*labels, *EXTRA, "合计"])
        lines = [(t, name, item) for t, name in sheet.targets for item in sheet.form.items]
        self.table.setRowCount(len(lines))
        self.table.setVerticalHeaderLabels([f"{name} {item.short_text}".strip() for _, name, item in lines])
        for number, (target, _, item) in enumerate(lines):
            counts = sheet.counts.get((target, item.no))
            known = {option.label: place for place, option in enumerate(item.scale.options)}
            for column, text in enumerate(labels):
                place = known.get(text)
                value = counts.options[place] if counts is not None and place is not None else None
                self._put(number, column, value, locked=place is None)
            tail = (None,) * 3 if counts is None else (counts.blank, counts.multi, counts.illegible)
            for offset, value in enumerate(tail):
                self._put(number, len(labels) + offset, value)
            self._put(number, len(labels) + len(EXTRA), None, locked=True)
        self.table.resizeColumnsToContents()
        rows = self.table.verticalHeader().length() + self.table.horizontalHeader().sizeHint().height()
        self.table.setMaximumHeight(rows + self.table.horizontalScrollBar().sizeHint().height() + 8)
        self._filling = False
        self._add_up()
        self.table.setCurrentCell(0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes to the next cell that can be typed in, line after line."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and watched is self.table and _is_enter(event):
            self._next()
            return True
        return super().eventFilter(watched, event)

    def values(self) -> dict[tuple[str, str], Counts]:
        """The sheet as typed; an empty cell counts 0."""
        found: dict[tuple[str, str], Counts] = {}
        if self._sheet is None:
            return found
        labels = _labels(self._sheet.form)
        lines = [(t, item) for t, _ in self._sheet.targets for item in self._sheet.form.items]
        for number, (target, item) in enumerate(lines):
            options = tuple(self._number(number, labels.index(o.label)) or 0 for o in item.scale.options)
            tail = [self._number(number, len(labels) + i) or 0 for i in range(len(EXTRA))]
            found[target, item.no] = Counts(options, *tail)
        return found

    def _put(self, number: int, column: int, value: int | None, *, locked: bool = False) -> None:
        item = QTableWidgetItem("" if value is None else str(value))
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if locked:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            item.setBackground(LOCKED)
        self.table.setItem(number, column, item)

    def _number(self, number: int, column: int) -> int | None:
        item = self.table.item(number, column)
        text = item.text().strip() if item is not None else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None

    def _add_up(self) -> None:
        if self._filling or self._sheet is None:
            return
        self._filling = True
        last, off = self.table.columnCount() - 1, 0
        for number, counts in enumerate(self.values().values()):
            item = self.table.item(number, last)
            if item is not None:
                item.setText(str(counts.total))
                item.setBackground(RIGHT if counts.total == self._valid else WRONG)
                off += counts.total != self._valid
        wanted = (
            "还没填核对单，不知道有效票数。"
            if self._valid is None
            else f"每行合计应为有效票 {self._valid} 张。"
        )
        self.told.setText(wanted + (f"还有 {off} 行不等。" if off and self._valid is not None else ""))
        self._filling = False

    def _next(self) -> None:
        number, column = self.table.currentRow(), self.table.currentColumn()
        cells = self.table.rowCount() * self.table.columnCount()
        place = number * self.table.columnCount() + column
        for step in range(1, cells):
            at = divmod((place + step) % cells, self.table.columnCount())
            item = self.table.item(*at)
            if item is not None and item.flags() & Qt.ItemFlag.ItemIsEditable:
                self.table.setCurrentCell(*at)
                return

    def _keep(self) -> None:
        self._save(self.values())


def read_sheet(session: Session, batch: BatchView) -> Sheet:
    """A batch's tally sheet as the file has it."""
    form = campaigns.current(session).form(batch.form_code)
    listed = tuple(batches.targets(session, batch_id=batch.id)) if form.is_roster else (("", ""),)
    return Sheet(form, listed, ballots.counts_of(session, batch_id=batch.id))


def _is_enter(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _labels(form: Form) -> list[str]:
    found: list[str] = []
    for item in form.items:
        found += [option.label for option in item.scale.options if option.label not in found]
    return found
