"""How wide the columns of a table are: as wide as what they show, together as wide as the table, unless somebody drags one.

The widest column gives way first when there is too little room, so that no table has to be pushed sideways while its
columns can be read, and takes what it needs of room that is left; the rest is everybody's, so that nobody's eye has far
to go along a row. Columns that can be spared are left out before the others are cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QTableView

from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.chips import TONE

WIDEST, NARROWEST, SHORT, AIR, ARROW, PADDING = 380, 28, 120, 14, 16, 22
HEAD = 10 / 11
"""size of a heading's text beside that of the rows, as window.qss has it"""


class ColumnWidths(QObject):
    """The widths of one table, kept under its name when they are dragged."""

    def __init__(
        self, view: QTableView, name: str, spare: Sequence[int], changed: Callable[[], object]
    ) -> None:
        super().__init__(view)
        self.left_out: tuple[int, ...] = ()
        """places of the columns that there is no room for; ``changed`` is called when others are"""
        self._spare, self._changed = spare, changed
        self._view, self._pane, self._name = view, view.viewport(), name
        self._needed: dict[int, int] = {}
        self._given: dict[int, int] = {}
        self._least: dict[int, int] = {}
        """what a column can do with before anything in it is cut"""
        self._whole: dict[int, int] = {}
        """what it would take to cut nothing, however long"""
        self._busy, self._held, self._stale = False, False, False
        self._restyled = QTimer(self)
        self._restyled.setSingleShot(True)  # once, after all are styled, however often a style changed
        self._restyled.timeout.connect(self._measure_again)
        header = view.horizontalHeader()
        header.setMinimumSectionSize(NARROWEST)
        header.sectionResized.connect(self._dragged)
        self._pane.installEventFilter(self)
        header.viewport().installEventFilter(self)

    def fit(self, *, anew: bool) -> None:
        """Measure what the columns show now; unless it is measured anew they only grow."""
        model = self._view.model()
        kept = {place: width for place, width in self._kept().items() if place < model.columnCount()}
        for place in range(model.columnCount()):
            if place in self._needed and not anew and not model.rowCount():
                continue
            shown, head = self._widest(place), self._heading(place)
            needed = max(shown, head + ARROW)
            self._least[place] = min(WIDEST, max(shown + 2, head))
            self._whole[place] = needed + AIR
            before = 0 if anew else self._needed.get(place, 0)
            self._needed[place] = kept.get(place, max(before, min(WIDEST, needed + AIR)))
        self._share(frozenset(kept))

    def _heading(self, place: int) -> int:
        """Width of a heading. Qt's own hint takes the size of text of the rows, in bold, and cuts names for it."""
        font = QFont(self._view.font())
        font.setPointSizeF(font.pointSizeF() * HEAD)
        text = self._view.model().headerData(place, Qt.Orientation.Horizontal)
        return QFontMetrics(font).horizontalAdvance(str(text or "")) + PADDING

    def _widest(self, place: int) -> int:
        """Width of the widest cell near what is seen. Texts that differ are measured once, and the style is asked only for
        the longest of every kind: it takes a hundred times as long as measuring a text.
        """
        self._view.ensurePolished()  # or it is another size of text that is measured
        model, metrics = self._view.model(), self._view.fontMetrics()
        near = self._view.horizontalHeader().resizeContentsPrecision()
        first = max(0, min(self._view.rowAt(0), model.rowCount() - near))
        differing: dict[tuple[str, object], QModelIndex] = {}
        for row in range(first, min(first + near, model.rowCount())):
            index = model.index(row, place)
            differing.setdefault((str(index.data() or ""), index.data(TONE)), index)
        longest: dict[object, tuple[int, QModelIndex]] = {}
        for (text, tone), index in differing.items():
            measured = max(map(metrics.horizontalAdvance, text.splitlines() or [""]))
            if tone not in longest or longest[tone][0] < measured:
                longest[tone] = measured, index
        return max((self._view.sizeHintForIndex(index).width() for _, index in longest.values()), default=0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the width out again when there is more or less of it; know whether a column is held with the mouse."""
        if event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease}:
            self._held = event.type() == QEvent.Type.MouseButtonPress
        elif watched is self._pane and self._needed:
            if event.type() == QEvent.Type.StyleChange:  # perhaps another size of text
                self._stale = True
            if event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
                self._share(frozenset(self._kept()))
            if self._stale and event.type() in {QEvent.Type.StyleChange, QEvent.Type.Show}:
                self._restyled.start()
        return super().eventFilter(watched, event)

    def _measure_again(self) -> None:
        """Measure what the columns need in the new style; those of a table that is not seen, when it is."""
        if self._view.isVisible():
            self._stale = False
            self.fit(anew=True)

    def _leave_out(self, kept: frozenset[int]) -> None:
        """Leave out as many of the spare columns, the last first, as lets the others be read."""
        least = {
            place: self._needed[place] if place in kept else self._least[place] for place in self._needed
        }
        spare = [place for place in self._spare if place in least]
        while spare and sum(least.values()) > self._view.viewport().width():
            least.pop(spare.pop())
        before, self.left_out = self.left_out, tuple(place for place in self._needed if place not in least)
        for place in self._needed:
            self._view.setColumnHidden(place, place in self.left_out)
        if self.left_out != before:
            self._changed()

    def _share(self, kept: frozenset[int]) -> None:
        self._busy = True
        if self._view.isVisible():
            self._leave_out(kept)
        free = [
            place
            for place in self._needed
            if place not in kept
            and place not in self.left_out
            and self._view.columnWidth(place) == self._given.get(place, self._view.columnWidth(place))
        ]
        held = [place for place in kept if place in self._needed and place not in self.left_out]
        wide = {place: self._needed[place] for place in self._needed if place in free or place in held}
        if free and self._view.isVisible():
            taken = sum(self._view.columnWidth(place) for place in self._needed if place not in wide)
            least, whole = ({place: of[place] for place in free} for of in (self._least, self._whole))
            _fill(least, whole, wide, self._view.viewport().width() - taken)
        for place, width in wide.items():
            self._given[place] = width
            self._view.setColumnWidth(place, width)
        self._busy = False

    def _kept(self) -> dict[int, int]:
        return settings.column_widths(self._name)

    def _dragged(self, place: int, _old: int, width: int) -> None:
        if self._held and not self._busy:
            settings.set_column_widths(self._name, self._kept() | {place: width})


def _fill(least: dict[int, int], whole: dict[int, int], wide: dict[int, int], room: int) -> None:
    """Make the sum of ``wide`` the room there is: the free columns give up their air first, then long ones are cut, short ones never."""
    spare = room - sum(wide.values())
    elastic = max(least, key=lambda place: wide[place])
    if spare >= 0:
        more = min(spare, max(0, whole[elastic] - wide[elastic]))
        each, rest = divmod(spare - more, len(least))
        for place in least:
            wide[place] += each
        wide[elastic] += more + rest
        return
    widest_first = sorted(least, key=lambda place: -wide[place])
    for floor in (least, {place: max(SHORT, least[place] * 6 // 10) for place in least}):
        for place in widest_first:
            given = min(-spare, max(0, wide[place] - floor[place]))
            wide[place] -= given
            spare += given
