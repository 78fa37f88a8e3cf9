"""How a table looks: hairlines between its rows, and in plain words why there are none."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from pingyi_desktop.gui.looks.chips import Chips
from pingyi_desktop.gui.looks.tokens import colour

MEASURED = 50


class View(QTableView):
    """A table that says in plain words why it is empty."""

    empty = ""

    def show_model(self, model: QAbstractItemModel, name: str) -> None:
        """Show these rows: whole rows are chosen, nothing is edited, a third click on a heading gives the given order back."""
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setItemDelegate(Chips(self))
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # units begin alike and differ at the end
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(MEASURED)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The right button beside the rows chooses none: its menu is about rows, and none is under the mouse."""
        is_right = event.button() == Qt.MouseButton.RightButton
        if is_right and not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        model = self.model()
        self._rule()
        if self.empty and (model is None or model.rowCount() == 0):
            painter = QPainter(self.viewport())
            area = self.viewport().rect().adjusted(24, 24, -24, -24)
            painter.setPen(colour("ink2"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)

    def _rule(self) -> None:
        """A hairline below every row that is seen, and none between columns."""
        painter, area = QPainter(self.viewport()), self.viewport().rect()
        painter.setPen(colour("line"))
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        last = self.model().rowCount() - 1 if last < 0 else last
        for row in range(max(first, 0), last + 1):
            below = self.rowViewportPosition(row) + self.rowHeight(row) - 1
            painter.drawLine(area.left(), below, area.right(), below)
