"""A table of very many rows: it knows how many there are and asks for those that come into sight, a slice at a time.

It sorts and filters nothing itself: whoever answers its questions does. Keys: Ctrl+C copies, Enter activates, a digit is
told on as ``pressed``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.chips import TONE
from pingyi_desktop.gui.looks.column_widths import ColumnWidths
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.table_view import View
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.tables import ORDERED, Align, Column, Index, Row

SLICE = 200
_NOWHERE = QModelIndex()


class SlicedModel(QAbstractTableModel):
    """Rows under declared columns, of which only the slices that were looked at are here."""

    wanted = Signal(int)
    """the number of a slice that is not here"""
    sorted_by = Signal(int, bool)
    """a column (-1: as given), and whether downwards"""

    def __init__(self, columns: Sequence[Column], parent: QObject) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.total = 0
        self._slices: dict[int, Sequence[Row]] = {}
        self._asked: set[int] = set()

    def start(self, total: int, first: Sequence[Row]) -> None:
        """Show a new list of this length, of which the first slice is here."""
        self.beginResetModel()
        self.total, self._slices, self._asked = total, {0: first}, {0}
        self.endResetModel()

    def set_length(self, total: int) -> None:
        """The list goes on behind what was started with, or ends before."""
        if total > self.total:
            self.beginInsertRows(_NOWHERE, self.total, total - 1)
            self.total = total
            self.endInsertRows()
        elif total < self.total:
            self.beginRemoveRows(_NOWHERE, total, self.total - 1)
            self.total = total
            self.endRemoveRows()

    def fill(self, number: int, rows: Sequence[Row]) -> None:
        """A slice that was wanted has come."""
        self._slices[number] = rows
        first = number * SLICE
        self.dataChanged.emit(
            self.index(first, 0), self.index(min(first + SLICE, self.total) - 1, len(self.columns) - 1)
        )

    def row_at(self, place: int) -> Row | None:
        """The row at a place; None, and a question, while it is not here."""
        number, inside = divmod(place, SLICE)
        here = self._slices.get(number)
        if here is None and number not in self._asked:
            self._asked.add(number)
            self.wanted.emit(number)
        return here[inside] if here is not None and inside < len(here) else None

    def here(self) -> dict[int, Row]:
        """The rows that are here, by place."""
        return {n * SLICE + i: row for n, rows in self._slices.items() for i, row in enumerate(rows)}

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """All rows there are."""
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Number of declared columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Titles, aligned as their column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].align | Align.AlignVCenter
        return tip(ORDERED) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = 0) -> object:
        """Text, alignment, tone or tool tip of one cell."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.align | Align.AlignVCenter
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, TONE):
            return None
        row = self.row_at(index.row())
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        if role == TONE:
            return column.tone(row) if column.tone else None
        said = column.getter(row)
        return visible.shown(said) if role == Qt.ItemDataRole.DisplayRole else tip(said)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Tell who answers in which order the rows are wanted."""
        self.sorted_by.emit(column, order == Qt.SortOrder.DescendingOrder)


class SlicedTable(View):
    """The view of such a model; ``same`` tells which row is which, so that the selection stays when it is read again."""

    picked = Signal()
    opened = Signal(object)
    copied = Signal()
    pressed = Signal(int)
    started = Signal()
    """a list came anew, and what is chosen in it stands"""

    def __init__(self, columns: Sequence[Column], *, name: str, same: Callable[[Row], object]) -> None:
        super().__init__()
        self._same = same
        self._awaited: object = None
        self._starting = False
        self.rows = SlicedModel(columns, self)
        self.show_model(self.rows, name)
        spare = [place for place, one in enumerate(columns) if one.spare]
        kept_as = "|".join([name, *(one.title for one in columns)])
        self._widths = ColumnWidths(self, kept_as, spare, lambda: None)
        self.activated.connect(self._open)
        self.selectionModel().selectionChanged.connect(
            lambda *_: None if self._starting else self.picked.emit()
        )

    def start(self, total: int, first: Sequence[Row]) -> None:
        """Show a new list; rows that were selected and are in its first slice stay selected, else the first one is.

        A row that is awaited is selected in their place as soon as it is among them.
        """
        kept, fresh = {self._same(row) for row in self.selected()}, not self.rows.total
        self._starting = True
        self.rows.start(total, first)
        chosen, last = QItemSelection(), len(self.rows.columns) - 1
        if any(self._same(row) == self._awaited for row in first):
            kept, self._awaited = {self._awaited}, None
        places = [place for place, row in enumerate(first) if self._same(row) in kept]
        places = places or ([0] if first else [])
        for place in places:
            chosen.select(self.rows.index(place, 0), self.rows.index(place, last))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if places:
            at = self.rows.index(places[0], 0)
            self.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(at)
        self._widths.fit(anew=fresh)
        self.viewport().update()
        self._starting = False
        self.started.emit()

    def await_row(self, same: object) -> None:
        """Choose this row once it comes: what is done next is meant for it."""
        self._awaited = same

    def set_length(self, total: int) -> None:
        """As many rows as were counted; a first slice that is not full is all of them."""
        if self.rows.total >= SLICE:
            self.rows.set_length(max(SLICE, total))
            self.viewport().update()

    def places(self) -> list[int]:
        """Places of the selected rows, whether they are here or not."""
        spans = self.selectionModel().selection().toList()
        return sorted({place for one in spans for place in range(one.top(), one.bottom() + 1)})

    def selected(self) -> list[Row]:
        """The selected rows that are here."""
        here = self.rows.here()
        return [here[place] for place in self.places() if place in here]

    def only(self) -> Row | None:
        """The row that is chosen alone, if it is here."""
        chosen = self.selected()
        return chosen[0] if len(chosen) == len(self.places()) == 1 else None

    def when_chosen(self, tell: Callable[[], object]) -> None:
        """Call ``tell`` now, and whenever other rows are chosen or those that are come anew."""
        for told in (self.picked, self.started, self.rows.dataChanged):
            told.connect(lambda *_: tell())
        tell()

    def event(self, event: QEvent) -> bool:
        """Rows are as high as the settings say, and as the window allows."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.StyleChange}:
            self.verticalHeader().setDefaultSectionSize(look.row_height(low=look.is_low(self)))
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, and digits; everything else as in any table."""
        digit = event.key() - Qt.Key.Key_0
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() == Qt.Key.Key_C and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.copied.emit()
        elif plain and 1 <= digit <= 9 and not event.isAutoRepeat():
            self.pressed.emit(digit)
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index.row())
        if row is not None:
            self.opened.emit(row)
