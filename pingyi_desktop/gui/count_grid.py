"""Counts from a signed tally sheet: one line per item (and member), one column per option; sums are checked as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRegularExpression,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from sqlmodel import Session

from pingyi_desktop.appraisal import ballots, batches, campaigns
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.forms import button, label, row, say, tip
from pingyi_desktop.gui.keys import key_of

EXTRA = ("未填", "多选", "难辨")
RIGHT = QColor("#eef5ec")
WRONG = QColor("#fbe3e0")
LOCKED = QColor("#eceff2")
Counted = dict[tuple[str, str], Counts]


@dataclass(frozen=True)
class Sheet:
    """A batch's tally sheet: its form, its rows as (member number, name), and the counts kept so far."""

    batch_id: str
    form: Form
    targets: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[str, str], Counts]


class CountGrid(QWidget):
    """Keyed with digits and Enter; ``save(batch_id, counts)`` gets the lines that were typed.

    A line is saved when the cursor leaves it, and the one in hand by ``pause``. ``left``: Esc was pressed.
    """

    left: ClassVar[Signal] = Signal()

    def __init__(self, save: Callable[[str, Counted, int], None]) -> None:
        super().__init__()
        self._save = save
        self._sheet: Sheet | None = None
        self._valid: int | None = None
        self._filling = self._unsaved = False
        self._off = 0
        self._pass = 1
        self.told = label(role="strong")
        self.table = QTableWidget()
        self.table.setAccessibleName("计票表")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 16)
        self.table.installEventFilter(self)
        self.table.itemChanged.connect(lambda _: self._typed())
        self.table.currentCellChanged.connect(self._moved)
        self._cells = _Cells(self.table)
        self._cells.entered.connect(self._next)
        self.table.setItemDelegate(self._cells)
        self.keep = button("保存计票表", self._keep, primary=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.told)
        column.addWidget(self.table, 1)
        self.note = label(role="hint", wrap=False)
        column.addLayout(row(self.keep, self.note))
        column.addStretch()
        self.setFocusProxy(self.table)

    def show_sheet(self, sheet: Sheet, valid: int | None, *, pass_no: int = 1) -> None:
        """Show a tally sheet whose every line should add up to ``valid`` ballots; pass 2 knows nothing of pass 1."""
        self._pass = pass_no
        self._sheet, self._valid, self._filling, self._unsaved = sheet, valid, True, False
        labels = _labels(sheet.form)
        self.table.setColumnCount(len(labels) + len(EXTRA) + 1)
        self.table.setHorizontalHeaderLabels([*labels, *EXTRA, "合计"])
        lines = [(t, name, item) for t, name in sheet.targets for item in sheet.form.items]
        self.table.setRowCount(len(lines))
        for number, (_, name, item) in enumerate(lines):
            caption = QTableWidgetItem(f"{name} {item.short_text}".strip())
            caption.setToolTip(tip(item.text))
            self.table.setVerticalHeaderItem(number, caption)
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
        self.note.setText("")
        self.table.resizeColumnsToContents()
        rows = self.table.verticalHeader().length() + self.table.horizontalHeader().sizeHint().height()
        self.table.setMaximumHeight(rows + self.table.horizontalScrollBar().sizeHint().height() + 8)
        self._filling = False
        self._add_up()
        self.table.setCurrentCell(0, 0)

    def close_sheet(self) -> None:
        """Forget the sheet: it is being thrown away."""
        self._sheet, self._unsaved = None, False

    def renew(self, valid: int | None) -> None:
        """Take a newer number of valid ballots (the control sheet was typed meanwhile)."""
        self._valid = valid
        self._add_up()

    def pause(self) -> None:
        """Save what is not saved yet, the cell in hand included."""
        for editor in self.table.findChildren(_Count):
            self._cells.commitData.emit(editor)
        if self._unsaved:
            self._keep()

    def saved(self) -> None:
        """What was typed is in the file."""
        if not self._unsaved:
            self.note.setText("已保存。" if self._off else "已保存，每行都对得上，可以回去封存。")

    def failed(self, error: UserError) -> None:
        """It could not be saved: what was typed stays on the screen and is tried again later."""
        self._unsaved = True
        self.note.setText("")
        say(self.told, f"没有写进去：{error}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes to the next cell that can be typed in, line after line."""
        if watched is self.table and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            if _is_enter(event):
                if not event.isAutoRepeat():
                    self._next()
                return True
        return super().eventFilter(watched, event)

    def values(self) -> Counted:
        """The lines in which something was typed; an empty cell of theirs counts 0."""
        return {place: counts for place, counts, typed in self._lines() if typed}

    def _lines(self) -> list[tuple[tuple[str, str], Counts, bool]]:
        found: list[tuple[tuple[str, str], Counts, bool]] = []
        if self._sheet is None:
            return found
        labels = _labels(self._sheet.form)
        lines = [(t, item) for t, _ in self._sheet.targets for item in self._sheet.form.items]
        for number, (target, item) in enumerate(lines):
            options = [self._number(number, labels.index(o.label)) for o in item.scale.options]
            tail = [self._number(number, len(labels) + i) for i in range(len(EXTRA))]
            typed = any(value is not None for value in (*options, *tail))
            counts = Counts(tuple(value or 0 for value in options), *(value or 0 for value in tail))
            found.append(((target, item.no), counts, typed))
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

    def _typed(self) -> None:
        if not self._filling:
            self._unsaved = True
            self.note.setText("")
            self._add_up()

    def _moved(self, now: int, _column: int, before: int, _before_column: int) -> None:
        if now != before and self._unsaved:
            self._keep()

    def _add_up(self) -> None:
        if self._filling or self._sheet is None:
            return
        self._filling = True
        last, self._off = self.table.columnCount() - 1, 0
        for number, (_, counts, typed) in enumerate(self._lines()):
            item = self.table.item(number, last)
            if item is not None:
                right = counts.total == self._valid
                item.setText(str(counts.total) if typed else "")
                item.setBackground(RIGHT if right else WRONG if typed else LOCKED)
                self._off += not right
        wanted = (
            "还没填核对单，不知道有效票数。"
            if self._valid is None
            else f"每行合计应为有效票 {self._valid} 张。"
        )
        say(
            self.told,
            wanted + (f"还有 {self._off} 行不等。" if self._off and self._valid is not None else ""),
            wrong=False,
        )
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
        if self._sheet is not None:
            self._unsaved = False
            self._save(self._sheet.batch_id, self.values(), self._pass)


class _Count(QLineEdit):
    """One number: digits only, no input method; the keypad types digits also with NumLock off."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,6}"), self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setProperty("cell", True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = key_of(event) or ""
        if event.modifiers() & Qt.KeyboardModifier.KeypadModifier and key.isdigit():
            self.insert(key)
        else:
            super().keyPressEvent(event)


class _Cells(QStyledItemDelegate):
    """Makes the editors of the sheet; ``entered`` when Enter closed one."""

    entered: ClassVar[Signal] = Signal()

    def createEditor(
        self,
        parent: QWidget,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        return _Count(parent)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if isinstance(editor, _Count) and isinstance(event, QKeyEvent) and _is_enter(event):
            if not event.isAutoRepeat():
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
                self.entered.emit()
            return True
        return super().eventFilter(editor, event)


def read_sheet(session: Session, batch: BatchView, *, pass_no: int = 1) -> Sheet:
    """A pass over a batch's tally sheet as the file has it."""
    form = campaigns.current(session).form(batch.form_code)
    listed = tuple(batches.targets(session, batch_id=batch.id)) if form.is_roster else (("", ""),)
    return Sheet(batch.id, form, listed, ballots.counts_of(session, batch_id=batch.id, pass_no=pass_no))


def _is_enter(event: QKeyEvent) -> bool:
    pressed = event.type() == QEvent.Type.KeyPress
    return pressed and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _labels(form: Form) -> list[str]:
    found: list[str] = []
    for item in form.items:
        found += [option.label for option in item.scale.options if option.label not in found]
    return found
