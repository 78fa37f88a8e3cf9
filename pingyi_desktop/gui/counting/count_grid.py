"""Counts from a signed tally sheet: one line per item (and member), one column per option; sums are checked as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.errors import RuleError, UserError
from pingyi_desktop.gui.counting import count_paste
from pingyi_desktop.gui.counting.count_cells import CountCells, copied, step_of
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.forms import button, label, row, say

EXTRA = ("未填", "多选", "难辨")
RIGHT, WRONG, LOCKED = "ok_soft", "bad_soft", "raised"
PERSONS = ("surface", "bg")
HEADINGS = {
    1: "第一遍：照签了字的计票表录入",
    2: "第二遍：请另一人照计票表再录一遍，不看第一遍",
}
KEYS = "回车、Tab 下一格，方向键换格，Ctrl+V 粘贴表格里的票数，Ctrl+Z 撤销，Esc 回到票批"
ALL_RIGHT = {1: "已保存，每行都对得上，可以回去录完第一遍。", 2: "已保存，每行都对得上，可以回去核对两遍。"}
Counted = dict[tuple[str, str], Counts]
At = tuple[int, int]


@dataclass(frozen=True)
class TallySheet:
    """A batch's tally sheet: its form, its rows as (member number, name), and the counts kept so far."""

    batch_id: str
    form: Form
    targets: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[str, str], Counts]


@dataclass(frozen=True)
class _Line:
    """One line: whose, which item, and its columns (options, then the rest)."""

    target: str
    item: Item
    columns: tuple[int, ...]


class CountGrid(QWidget):
    """Keyed with digits and Enter; ``save(batch_id, counts, instead_of, pass_no)`` gets the lines that were typed, and
    those that it knows to be in the file.

    A line is saved when the cursor leaves it, and the one in hand by ``pause``. ``left``: Esc was pressed.
    """

    left: ClassVar[Signal] = Signal()

    def __init__(self, save: Callable[[str, Counted, Counted, int], None]) -> None:
        super().__init__()
        self._save = save
        self._sheet: TallySheet | None = None
        self._lines: tuple[_Line, ...] = ()
        self._sums: list[int] = []
        self._kept: Counted = {}
        self._texts: dict[At, str] = {}
        self._steps: list[dict[At, str]] = []
        self._valid: int | None = None
        self._filling = self._undoing = self._unsaved = self._arrived = False
        self._pass = 1
        self.heading, self.told = label(role="strong"), label(role="strong")
        self.note, self.keys = label(role="hint", wrap=False), label(KEYS, role="hint")
        self.keep = button("保存计票表", self._keep, primary=True)
        self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        said = QVBoxLayout()
        said.addWidget(self.heading)
        said.addWidget(self.told)
        top = row(self.note, self.keep, stretch=False)
        top.insertLayout(0, said, 1)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.keys)
        column.addStretch()
        self.setFocusProxy(self.table)

    def _make_table(self) -> None:
        self.table = QTableWidget()
        self.table.setAccessibleName("计票表")
        self.table.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 16)
        self.table.installEventFilter(self)
        self.table.itemChanged.connect(self._typed)
        self.table.currentCellChanged.connect(self._moved)
        self._cells = CountCells(self.table)
        self._cells.step.connect(self._go)
        self._cells.undo_asked.connect(self.undo)
        self._cells.block.connect(self.paste)
        self._cells.left.connect(self.left)
        self.table.setItemDelegate(self._cells)

    def show_sheet(self, sheet: TallySheet, valid: int | None, *, pass_no: int = 1) -> None:
        """Show a tally sheet whose every line should add up to ``valid`` ballots; pass 2 knows nothing of pass 1."""
        self._pass, self._sheet, self._valid = pass_no, sheet, valid
        self._filling, self._unsaved, self._kept = True, False, dict(sheet.counts)
        labels = _labels(sheet.form)
        tail = tuple(range(len(labels), len(labels) + len(EXTRA)))
        self._lines = tuple(
            _Line(target, item, (*(labels.index(option.label) for option in item.scale.options), *tail))
            for target, _ in sheet.targets
            for item in sheet.form.items
        )
        self._texts, self._steps, self._sums = {}, [], [0] * len(self._lines)
        self.table.setColumnCount(len(labels) + len(EXTRA) + 1)
        self.table.setHorizontalHeaderLabels([*labels, *EXTRA, "合计"])
        self.table.setRowCount(len(self._lines))
        names = dict(sheet.targets)
        for number, line in enumerate(self._lines):
            caption = QTableWidgetItem(f"{names[line.target]} {line.item.short_text}".strip())
            caption.setToolTip(tip(line.item.text))
            self.table.setVerticalHeaderItem(number, caption)
            self._fill(number, line, sheet.counts.get((line.target, line.item.no)))
        self._fit()
        self.heading.setText(HEADINGS[pass_no])
        self.note.setText("")
        self._filling = False
        self.renew(valid)
        self.table.setCurrentCell(0, 0)

    def _fill(self, number: int, line: _Line, counts: Counts | None) -> None:
        person = number // len(self._sheet.form.items) if self._sheet is not None else 0
        values: tuple[int | None, ...] = (None,) * len(line.columns)
        if counts is not None:
            values = (*counts.options, counts.blank, counts.multi, counts.illegible)
        known = dict(zip(line.columns, values, strict=True))
        for column in range(self.table.columnCount()):
            value = known.get(column)
            item = QTableWidgetItem("" if value is None else str(value))
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setBackground(colour(PERSONS[person % 2]))
            if column not in known:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setBackground(colour(LOCKED))
            self.table.setItem(number, column, item)
            self._texts[number, column] = item.text()

    def _fit(self) -> None:
        self.table.resizeColumnsToContents()
        letter = self.table.fontMetrics().horizontalAdvance("九")
        for column in range(self.table.columnCount()):
            last = column == self.table.columnCount() - 1
            self.table.setColumnWidth(
                column, max(self.table.columnWidth(column), letter * (5 if last else 3))
            )
        rows = self.table.verticalHeader().length() + self.table.horizontalHeader().sizeHint().height()
        self.table.setMaximumHeight(rows + self.table.horizontalScrollBar().sizeHint().height() + 8)

    def close_sheet(self) -> None:
        """Forget the sheet: it is being thrown away."""
        self._sheet, self._unsaved = None, False

    def renew(self, valid: int | None) -> None:
        """Take a newer number of valid ballots (the control sheet was typed meanwhile)."""
        self._valid = valid
        if self._sheet is not None:
            for number in range(len(self._lines)):
                self._add_up(number)
            self._say()

    def pause(self) -> None:
        """Save what is not saved yet; the cell in hand is in the sheet already."""
        if self._unsaved:
            self._keep()

    def saved(self) -> None:
        """What was typed is in the file."""
        if not self._unsaved:
            self.note.setText("已保存。" if self._lines_off else ALL_RIGHT[self._pass])

    def failed(self, kept: Counted, error: UserError) -> None:
        """It could not be saved in place of ``kept``: what was typed stays on the screen and is tried again later."""
        self._unsaved = True
        if not (isinstance(error, RuleError) and error.code == "V-BAL-38"):
            self._kept = kept  # with another window's counts in the file there is no way on from here
        self.note.setText("")
        say(self.told, f"没有写进去：{error}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the sheet while no cell is open."""
        if watched is self.table and event.type() == QEvent.Type.FocusIn:
            self._open()
        if watched is not self.table or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        act = self._act_of(event)
        if event.type() == QEvent.Type.ShortcutOverride and act is not None:
            event.accept()
            return True
        towards = step_of(event)
        if event.type() != QEvent.Type.KeyPress or (act is None and towards is None):
            return super().eventFilter(watched, event)
        if act is not None:
            act()
        elif towards is not None and not event.isAutoRepeat():
            self._go(*towards)
        return True

    def _act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo
        if event.matches(QKeySequence.StandardKey.Paste):
            return lambda: self.paste(copied())
        return self.left.emit if event.key() == Qt.Key.Key_Escape else None

    def values(self) -> Counted:
        """The lines in which something was typed; an empty cell of theirs counts 0."""
        found: Counted = {}
        for number, line in enumerate(self._lines):
            typed = [self._number(number, column) for column in line.columns]
            if any(value is not None for value in typed):
                *options, blank, multi, illegible = (value or 0 for value in typed)
                found[line.target, line.item.no] = Counts(tuple(options), blank, multi, illegible)
        return found

    def undo(self) -> None:
        """Take back what was typed last in one cell, or pasted last."""
        if not self._steps:
            say(self.told, "没有可以撤销的了。", wrong=False)
            return
        step, self._undoing = self._steps.pop(), True
        for at, text in step.items():
            self._set(at, text)
        self._undoing = False
        self.table.setCurrentCell(*next(iter(step)))

    def paste(self, text: str) -> None:
        """Put a block copied from a spreadsheet at the current cell: all of it, or nothing and a sentence."""
        block = count_paste.read_block(text)
        top, left = self.table.currentRow(), self.table.currentColumn()
        room = [
            [column in line.columns for column in range(left, self.table.columnCount() - 1)]
            for line in self._lines[top : top + len(block)]
        ]
        start = f"“{self._header(top, Qt.Orientation.Vertical)}”的“{self._header(left, Qt.Orientation.Horizontal)}”"
        wrong = count_paste.complaint(block, room, start)
        if wrong or not text.strip():
            say(self.told, wrong or "剪贴板里没有票数，请先在表格里复制。")
            return
        cells = {
            (top + down, left + across): cell
            for down, line in enumerate(block)
            for across, cell in enumerate(line)
            if room[down][across] and self._texts[top + down, left + across] != cell
        }
        before = {at: self._texts[at] for at in cells}
        self._undoing = True
        for at, cell in cells.items():
            self._set(at, cell)
        self._undoing = False
        if before:
            self._steps.append(before)

    def _header(self, number: int, which: Qt.Orientation) -> str:
        return str(self.table.model().headerData(number, which))

    def _set(self, at: At, text: str) -> None:
        item = self.table.item(*at)
        if item is not None:
            item.setText(text)

    def _number(self, number: int, column: int) -> int | None:
        text = self._texts[number, column]
        fits = text.isascii() and text.isdigit() and len(text) <= count_paste.DIGITS
        return int(text) if fits else None

    def _typed(self, item: QTableWidgetItem) -> None:
        at = item.row(), item.column()
        before = self._texts.get(at, "")
        if self._filling or before == item.text():
            return
        self._texts[at] = item.text()
        if not self._undoing and (self._arrived or not self._steps or set(self._steps[-1]) != {at}):
            self._steps.append({at: before})
        self._unsaved, self._arrived = True, False
        self.note.setText("")
        self._add_up(at[0])
        self._say()

    def _moved(self, now: int, _column: int, before: int, _before_column: int) -> None:
        self._arrived = True
        if now != before and self._unsaved:
            self._keep()

    @property
    def _lines_off(self) -> int:
        """Lines that do not add up to the valid ballots."""
        return sum(total != self._valid for total in self._sums)

    def _add_up(self, number: int) -> None:
        """One line's total, and by how much it is off."""
        typed = [self._number(number, column) for column in self._lines[number].columns]
        empty = all(value is None for value in typed)
        total = sum(value or 0 for value in typed)
        self._sums[number] = total
        item = self.table.item(number, self.table.columnCount() - 1)
        if item is None:
            return
        off = 0 if self._valid is None else total - self._valid
        said = f"　{'多' if off > 0 else '少'} {abs(off)}" if off else ""
        self._filling = True
        item.setText("" if empty else f"{total}{said}")
        item.setBackground(colour(RIGHT if total == self._valid else LOCKED if empty else WRONG))
        self._filling = False

    def _say(self) -> None:
        text = "还没填核对单，不知道有效票数。"
        if self._valid is not None:
            off = self._lines_off
            text = f"每行合计应为有效票 {self._valid} 张。" + (f"还有 {off} 行不等。" if off else "")
        say(self.told, text, wrong=False)

    def _go(self, down: int, across: int) -> None:
        """To the next cell that can be typed in: line after line across, or straight down or up."""
        number, column = self.table.currentRow(), self.table.currentColumn()
        columns, cells = self.table.columnCount(), self.table.rowCount() * self.table.columnCount()
        step = down * columns + across
        for place in range(1, cells):
            to = number * columns + column + place * step
            at = divmod(to % cells if across else to, columns)
            item = self.table.item(*at) if at[0] in range(self.table.rowCount()) else None
            if item is None:
                break
            if item.flags() & Qt.ItemFlag.ItemIsEditable:
                self.table.setCurrentCell(*at)
                break
        self._open()

    def _open(self) -> None:
        """Open the cell in hand, so that not even the first key goes through an input method."""
        item = self.table.currentItem()
        if self._cells.editor is None and item is not None and item.flags() & Qt.ItemFlag.ItemIsEditable:
            self.table.editItem(item)

    def _keep(self) -> None:
        if self._sheet is not None:
            kept, self._kept, self._unsaved = self._kept, self.values(), False
            self._save(self._sheet.batch_id, self._kept, kept, self._pass)


def read_sheet(session: Session, batch: BatchView, *, pass_no: int = 1) -> TallySheet:
    """A pass over a batch's tally sheet as the file has it."""
    form = batches.form_on(session, batch_id=batch.id)
    listed = tuple(batches.targets(session, batch_id=batch.id)) if form.is_roster else (("", ""),)
    return TallySheet(batch.id, form, listed, ballots.counts_of(session, batch_id=batch.id, pass_no=pass_no))


def _labels(form: Form) -> list[str]:
    found: list[str] = []
    for item in form.items:
        found += [option.label for option in item.scale.options if option.label not in found]
    return found
