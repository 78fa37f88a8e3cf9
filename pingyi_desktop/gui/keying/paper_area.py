"""The room the paper lies in: it scrolls under its heading, and the cell being keyed is always in sight."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import Keying
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.gui.keying.paper import PaperView
from pingyi_desktop.gui.keying.paper_ink import FRAME, INK
from pingyi_desktop.gui.looks.tokens import on_paper

NOTE = on_paper("warn_soft")


class PaperArea(QScrollArea):
    """Holds a ``PaperView`` and the heading of its columns."""

    def __init__(self, paper: PaperView) -> None:
        super().__init__()
        self.paper = paper
        self.setWidget(paper)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fitted = QSize()
        self._head = _Heading(paper, self)
        self._spoiling = _Spoiling(self)
        self.horizontalScrollBar().valueChanged.connect(self._place_head)
        self.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)

    def show_paper(self, layout: Layout) -> None:
        """Take a new sheet."""
        self.paper.show_paper(layout)
        self.fit()

    def show_state(self, state: Keying) -> None:
        """Show where keying is, scroll there, and paint it now: what follows (a write) may take a while."""
        region = self.paper.show_state(state)
        self._spoiling.show_reason(state.pending)
        self._keep_in_sight()
        self.paper.repaint(region & self.paper.visibleRegion())

    def _keep_in_sight(self) -> None:
        """Scroll to the cell being keyed; also when the room or the paper changed its size."""
        if (here := self.paper.here) is not None:
            margin = min(self.paper.margin, self.viewport().height() // 2)
            self.ensureVisible(here.center().x(), here.center().y(), 0, margin)

    def fit(self) -> None:
        """Draw the paper as large as the room allows, its heading above it."""
        room = self._fitted = self.contentsRect().size()
        self.paper.fit(room)
        self.setViewportMargins(0, self.paper.head_height, 0, 0)
        if self.paper.sizeHint().height() > self.viewport().height():
            self.paper.fit(room - QSize(self.verticalScrollBar().sizeHint().width(), 0))
            self.setViewportMargins(0, self.paper.head_height, 0, 0)
        self._place_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.contentsRect().size() != self._fitted:  # the viewport's own changes come here too
            self.fit()

    def _place_head(self) -> None:
        left = -self.horizontalScrollBar().value()
        width = max(self.width(), self.paper.sizeHint().width())
        self._head.setGeometry(QRect(left, 0, width, self.paper.head_height))
        self._head.update()
        self._spoiling.place()


class _Heading(QWidget):
    """Titles and digits of the columns."""

    def __init__(self, paper: PaperView, parent: QWidget) -> None:
        super().__init__(parent)
        self._paper = paper

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._paper.head_height:
            self._paper.draw_head(QPainter(self))


class _Spoiling(QWidget):
    """The reasons a whole ballot may be void for, over the paper while one is being chosen."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._chosen, self._step = "", 0
        self.hide()

    def show_reason(self, pending: str) -> None:
        """Show or hide the list as the command in hand asks for; the chosen reason stands out."""
        if not pending.startswith(keying.SPOIL):
            self.hide()
            return
        self._chosen = pending.removeprefix(keying.SPOIL)
        self.place()
        self.show()
        self.update()

    def place(self) -> None:
        """In the middle, as large as the words need; smaller where there is no room."""
        lines = len(keying.VOID_REASONS) + 2
        self._step = min(self._over.fontMetrics().height() + 8, (self._over.height() - 8) // lines)
        width = self._over.fontMetrics().horizontalAdvance("汉") * 18
        area = QRect(0, 0, width, self._step * lines + 8)
        area.moveCenter(self._over.rect().center())
        self.setGeometry(area)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), NOTE)
        painter.setPen(FRAME)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        last = "按回车确认，退格取消" if self._chosen else "按原因的数字，退格取消"
        lines = ["整张作废，原因："]
        lines += [f"{digit}　{text}" for digit, text in keying.VOID_REASONS.items()]
        step = self._step
        for number, text in enumerate([*lines, last]):
            font = QFont(self.font())
            font.setPixelSize(max(8, min(self._over.fontInfo().pixelSize(), step * 2 // 3)))
            font.setBold(number == 0 or str(number) == self._chosen)
            painter.setFont(font)
            painter.setPen(FRAME if str(number) == self._chosen else INK)
            area = QRect(16, 4 + number * step, self.width() - 32, step)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
