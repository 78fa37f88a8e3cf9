"""Bars that lie over the lower edge of a widget, so that what is below them stays where it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

SIDE, BELOW = 22, 12


class Lying(QWidget):
    """Holds the bars, one above the other; as high as those that are shown, and gone when none is."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        over.installEventFilter(self)

    def add(self, bar: QWidget) -> None:
        """Lay one more bar below the others."""
        self._column.addWidget(bar)
        bar.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget below, and the bars as they come and go."""
        if event.type() in {
            QEvent.Type.Resize,
            QEvent.Type.ShowToParent,
            QEvent.Type.HideToParent,
            QEvent.Type.LayoutRequest,
        }:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = max(0, self._over.width() - 2 * SIDE)
        self._column.activate()
        height = (
            self._column.heightForWidth(width)
            if self._column.hasHeightForWidth()
            else self._column.sizeHint().height()
        )
        self.setGeometry(SIDE, self._over.height() - height - BELOW, width, height)
        self.raise_()
