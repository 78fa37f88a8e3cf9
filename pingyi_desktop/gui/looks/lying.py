"""Bars that lie over the lower edge of a widget, so that what is below them stays where it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

SIDE, BELOW, WIDEST = 22, 12, 760


class Lying(QWidget):
    """Holds the bars, one above the other; as high as those that are shown, and gone when none is."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over, self._bars = over, list[QWidget]()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        over.installEventFilter(self)

    def add(self, bar: QWidget) -> None:
        """Lay one more bar below the others."""
        self._bars.append(bar)
        self._column.addWidget(bar)
        bar.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget below at once, and the bars when they have come or gone."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() in {QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.LayoutRequest}:
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """In the middle and not over the whole width: what lies beside it stays in reach."""
        shown = any(not bar.isHidden() for bar in self._bars)
        width = max(0, min(WIDEST, self._over.width() - 2 * SIDE))
        layout = self._column
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        left, top = (self._over.width() - width) // 2, self._over.height() - height - BELOW
        self.setGeometry(left, top, width, height if shown else 0)
        self.raise_()
