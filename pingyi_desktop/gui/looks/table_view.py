"""How a table looks: hairlines between its rows, and in plain words why there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView

from pingyi_desktop.gui.looks.tokens import colour


class View(QTableView):
    """A table that says in plain words why it is empty."""

    empty = ""

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
