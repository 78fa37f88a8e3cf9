"""Every table of the window: one model of frozen rows that sorts and filters them, one widget around it.

A model is rows and columns; it never queries. Copying gives tab-separated text with a header line for WPS or Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from pingyi_desktop import visible
from pingyi_desktop.gui.looks import words
from pingyi_desktop.gui.looks.chips import TONE
from pingyi_desktop.gui.looks.column_widths import ColumnWidths
from pingyi_desktop.gui.looks.controls import Button, offer, tip
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.looks.table_view import View
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.forms import button, label

Row: TypeAlias = Any  # a frozen row of whatever query the page shows; Qt's classes cannot be generic
Index = QModelIndex | QPersistentModelIndex
Align = Qt.AlignmentFlag
Export = Callable[[list[str], list[list[str]]], None]
AT_ONCE = 5000
"""rows whose texts are put together when they are first searched; more of them bit by bit, ahead of it"""
FILTERED = 10
"""rows that a table shows without a filter above them"""
ORDERED = "点一下按这一列排，再点一下倒过来，第三下回到原来的次序。"
NARROW = "没有显示的列：{}。窗口放宽就显示；复制、导出时都在。"
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Column:
    """One column: ``getter(row)`` is the text shown; ``sort_key(row)`` orders it (default: the text itself)."""

    title: str
    getter: Callable[[Row], str]
    align: Qt.AlignmentFlag = Align.AlignLeft
    sort_key: Callable[[Row], Row] | None = None
    tooltip: Callable[[Row], str] | None = None
    tone: Callable[[Row], str] | None = None
    """makes the cells chips: one of ``chips.MARKS``, "" for none"""
    spare: bool = False
    """left out where the others would be cut: the last one first"""


def number(title: str, getter: Callable[[Row], int | None], *, missing: str = "—") -> Column:
    """A right-aligned column of whole numbers; what is missing comes first when sorted."""

    def shown(row: Row) -> str:
        value = getter(row)
        return missing if value is None else str(value)

    def key(row: Row) -> int:
        value = getter(row)
        return -1 if value is None else value

    return Column(title, shown, Align.AlignRight, key)


class RowsModel(QAbstractTableModel):
    """Frozen rows under declared columns: sorted and filtered here, all at once, for a proxy would ask Python row by row.

    ``rows`` are all of them in the order they are sorted, ``visible()`` those that the filter leaves.
    """

    searchable = Signal()
    """the texts of very many rows have been put together: they can be searched now"""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()
        self._given: tuple[Row, ...] = ()
        self._places: list[int] = []  # where each row stood as given
        self._shown: list[int] = []  # those of them that the filter leaves
        self._texts: list[str] = []
        self._words: list[str] = []
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self._ahead = QTimer(self)
        self._ahead.timeout.connect(self._read_on)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows, in this order unless a column was chosen to sort by."""
        self.beginResetModel()
        self._given, self._texts = tuple(rows), []
        self._order()
        self._shown = self._found()
        self.endResetModel()
        if len(self._given) > AT_ONCE:
            self._ahead.start()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column's key, as Python orders it; -1 is the order the rows were given in."""
        self._sorted_by = (column, order)
        self.layoutAboutToBeChanged.emit()
        held, shown = self.persistentIndexList(), self._shown
        self._order()
        self._shown = self._found()
        now = {place: row for row, place in enumerate(self._shown)} if held else {}
        moved = [self.index(now[shown[index.row()]], index.column()) for index in held]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def search(self, text: str) -> None:
        """Keep rows with every one of these words; an empty text keeps all. Very many rows wait until ``searchable``."""
        self._words = text.casefold().split()
        if self._ahead.isActive():
            return
        found = self._found()
        if found == self._shown:
            return
        if self._shown:
            self.beginRemoveRows(_NOWHERE, 0, len(self._shown) - 1)
            self._shown = []
            self.endRemoveRows()
        if found:
            self.beginInsertRows(_NOWHERE, 0, len(found) - 1)
            self._shown = found
            self.endInsertRows()

    def visible(self) -> list[Row]:
        """The rows left by the filter, in the order shown."""
        return [self._given[place] for place in self._shown]

    def row_at(self, number: int) -> Row:
        """The row shown at a place."""
        return self._given[self._shown[number]]

    def _order(self) -> None:
        number, order = self._sorted_by
        self._places = list(range(len(self._given)))
        if number >= 0:
            column = self.columns[number]
            keys = [*map(column.sort_key or column.getter, self._given)]
            self._places.sort(key=keys.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
        self.rows = tuple(self._given[place] for place in self._places)

    def _found(self) -> list[int]:
        """Places of the rows that have every word, in order; all of them while they cannot be searched yet."""
        found = self._places
        if self._words and len(self._given) <= AT_ONCE:
            self._read_to(len(self._given))
        if len(self._texts) == len(self._given):
            for word in self._words:
                found = [place for place in found if word in self._texts[place]]
        return found

    def _read_to(self, last: int) -> None:
        """Everything shown in a row, as one text to search in; put together once, however often one searches."""
        getters = [column.getter for column in self.columns]
        self._texts += [
            "\n".join([getter(row) for getter in getters]).casefold()
            for row in self._given[len(self._texts) : last]
        ]

    def _read_on(self) -> None:
        """The texts of some more rows, between what the user does."""
        self._read_to(len(self._texts) + AT_ONCE // 4)
        if len(self._texts) == len(self._given):
            self._ahead.stop()
            self.searchable.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Number of rows; a row has none below it."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Number of declared columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Titles, aligned as their column; the tool tip says how to come back to the order of the rows as given."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return visible.shown(self.columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].align | Align.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(f"{words.explain(self.columns[section].title)}\n{ORDERED}".strip())
        return None

    def data(self, index: Index, role: int = 0) -> object:
        """Text, alignment or tool tip of one cell."""
        row, column = self.row_at(index.row()), self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible.shown(column.getter(row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.align | Align.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(
                f"{(column.tooltip or column.getter)(row)}\n{words.explain(column.getter(row))}".strip()
            )
        return column.tone(row) if role == TONE and column.tone else None


class DataTable(QWidget):
    """A table with a filter box where there are more than a few rows, a count of them, and buttons to copy and export.

    ``empty`` is what an empty table says once rows were given; ``same`` tells which row is which when they are read again,
    so that the selection stays; ``export(titles, rows)`` gets what is shown, as text. Keys: Ctrl+F filter, Esc clears it, Ctrl+C
    copies the selected rows (all when none is), Enter activates the current row. The right mouse button, and the key for
    it, offer ``acts``: the buttons beside the table that are about the selected rows, and those of the table itself.
    """

    activated = Signal(object)
    selection_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        name: str,
        empty: str,
        same: Callable[[Row], object] = lambda row: row,
        export: Export | None = None,
    ) -> None:
        super().__init__()
        self._empty, self._same, self._export, self._known = empty, same, export, False
        self.acts: tuple[Button, ...] = ()
        self.model = RowsModel(columns, self)
        self.view = self._new_view(name)
        kept_as = "|".join([name, *(one.title for one in columns)])
        spare = [place for place, one in enumerate(columns) if one.spare]
        self._widths = ColumnWidths(self.view, kept_as, spare, lambda: self._say_count())
        self.filter = QLineEdit()
        self.model.searchable.connect(lambda: self._search(self.filter.text()))
        self.filter.setPlaceholderText("筛选：输入要找的文字，多个词用空格隔开")
        self.filter.setAccessibleName(f"筛选{name}")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._search)
        self.count = label(wrap=False, role="hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._top = self._top_line()
        column.addLayout(self._top)
        column.addWidget(self.view, 1)
        self._shortcuts()
        self._say_count()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys go to the rows. Not by a focus proxy: Tab would then pass over the filter and the buttons beside it."""
        self.view.setFocus(event.reason())

    def lead(self, *widgets: QWidget) -> None:
        """Put these before the filter, on its line."""
        for place, widget in enumerate(widgets):
            self._top.insertWidget(place, widget)

    def set_rows(self, rows: Sequence[Row] | None) -> None:
        """Show these rows; rows that were selected stay selected. None: which there are is still being read."""
        first, self._known = not self.model.rows and bool(rows), rows is not None
        chosen, current = self._in_hand()
        self.model.set_rows(rows or ())
        self._select(chosen, current)
        self._widths.fit(anew=first)
        self._say_count()

    def event(self, event: QEvent) -> bool:
        """Rows are as high as the settings say, and as the window allows."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.StyleChange}:
            self.view.verticalHeader().setDefaultSectionSize(look.row_height(low=look.is_low(self)))
        return super().event(event)

    def selected(self) -> list[Row]:
        """The selected rows in the order shown."""
        places = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.model.row_at(place) for place in places]

    def choose(self, row: Row) -> None:
        """Select this row alone; a filter that hides it is cleared."""
        wanted = self._same(row)
        if wanted not in map(self._same, self.model.visible()):
            self.filter.clear()
        for place, shown in enumerate(self.model.visible()):
            if self._same(shown) == wanted:
                self.view.selectRow(place)

    def as_text(self) -> str:
        """What copying puts on the clipboard: titles and the selected rows, or all visible ones."""
        rows = self.selected() or self.model.visible()
        lines = [[column.title for column in self.model.columns], *map(self._texts, rows)]
        return "\n".join("\t".join(map(visible.pasteable, line)) for line in lines) + "\n"

    def copy(self) -> None:
        """Put that text on the clipboard, and say how many rows that were."""
        QGuiApplication.clipboard().setText(self.as_text())
        self._say_count()
        many = len(self.selected()) or self.model.rowCount()
        self.count.setText(f"{self.count.text()}，已复制 {many} 行")

    def offer(self, where: QPoint) -> QMenu:
        """What can be done with the selected rows now, at this place of the screen."""
        return offer(self.view, (*(self.acts if self.selected() else ()), *self._own), where)

    def _texts(self, row: Row) -> list[str]:
        return [column.getter(row) for column in self.model.columns]

    def _new_view(self, name: str) -> View:
        view = View()
        view.show_model(self.model, name)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda at: self.offer(view.viewport().mapToGlobal(at)))
        view.activated.connect(lambda index: self.activated.emit(self.model.row_at(index.row())))
        view.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        return view

    def _top_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(self.filter, 1)
        line.addStretch(0)
        line.addWidget(self.count)
        copied = "复制选中的行（没有选中时复制全部），可粘贴到 WPS 或 Excel（Ctrl+C）"
        self._own = [button("复制", self.copy, hint=copied)]
        if self._export is not None:
            self._own.append(button("导出表格…", self._export_visible, hint="把现在看到的行存成 .xlsx"))
        for one in self._own:
            line.addWidget(one)
        return line

    def _shortcuts(self) -> None:
        here, page = Qt.ShortcutContext.WidgetWithChildrenShortcut, Qt.ShortcutContext.WindowShortcut
        keys: tuple[tuple[QKeySequence, Qt.ShortcutContext, Callable[[], object], str], ...] = (
            (QKeySequence(QKeySequence.StandardKey.Copy), here, self.copy, "复制表里选中的行"),
            (QKeySequence(QKeySequence.StandardKey.Find), page, self._find, "到表的筛选框"),
            (QKeySequence(Qt.Key.Key_Escape), here, self.filter.clear, "清除表的筛选"),
        )
        for key, context, act, meaning in keys:
            shortcut = QShortcut(key, self.view if act == self.copy else self)
            shortcut.setWhatsThis(meaning)  # the card of keys in the help says it
            shortcut.setContext(context)
            shortcut.activated.connect(act)
            shortcut.activatedAmbiguously.connect(act)  # of two tables one after the other

    def _find(self) -> None:
        """Whoever looks for something gets the filter, however few rows there are."""
        self.filter.show()
        self.filter.setFocus()

    def _export_visible(self) -> None:
        if self._export is not None:
            self._export([c.title for c in self.model.columns], [*map(self._texts, self.model.visible())])

    def _search(self, text: str) -> None:
        chosen, current = self._in_hand()
        self.model.search(text)
        self._select(chosen, current)
        self._say_count()

    def _say_count(self) -> None:
        total, shown = len(self.model.rows), self.model.rowCount()
        out = [self.model.columns[place].title for place in self._widths.left_out]
        said = f"共 {total} 行" if shown == total else f"筛出 {shown} 行，共 {total} 行"
        self.filter.setVisible(total > FILTERED or bool(self.filter.text()) or self.filter.hasFocus())
        self.count.setText(said + (f"，省去 {len(out)} 列" if out else "") if self._known else "")
        self.count.setToolTip(tip(NARROW.format("、".join(out)) if out else ""))
        self.view.empty = self._empty if self._known else READING
        if total:
            self.view.empty = f"没有含“{self.filter.text()}”的行。按 Esc 清除筛选。"
        self.view.setAccessibleDescription("" if shown else self.view.empty)
        self.view.viewport().update()

    def _in_hand(self) -> tuple[set[object], object]:
        """Which rows are selected, and which one is current."""
        here = self.view.currentIndex()
        current = self._same(self.model.row_at(here.row())) if here.isValid() else None
        return {self._same(row) for row in self.selected()}, current

    def _select(self, chosen: set[object], current: object) -> None:
        selection = QItemSelection()
        last = len(self.model.columns) - 1
        for place in range(self.model.rowCount()) if chosen or current is not None else ():
            name = self._same(self.model.row_at(place))
            if name in chosen:
                selection.select(self.model.index(place, 0), self.model.index(place, last))
            if name == current:
                where = self.model.index(place, 0)
                self.view.selectionModel().setCurrentIndex(where, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.view.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
