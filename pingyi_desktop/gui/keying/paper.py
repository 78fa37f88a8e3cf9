"""A mirror of the paper: same rows, columns and order; it turns key presses into keys and draws where keying is.

Ticks and boxes are drawn, because no font we carry has them. The widget knows nothing of files: whoever listens to
``pressed`` decides what a key does and shows the next state. A key repaints only the cells it changed.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QApplication, QWidget

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import Keying
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.gui.keying.keys import OTHER, Debounce, is_typed, key_of
from pingyi_desktop.gui.keying.paper_ink import FRAME, INK, LINE, box_in, draw_box, draw_tick
from pingyi_desktop.gui.keying.paper_print import CENTRE, EDGE, PAPER, PaperPrint, fitted
from pingyi_desktop.gui.looks.tokens import on_paper

HERE, ROW_HERE, DONE, FILLED = map(on_paper, ("warn_soft", "raised", "ok_soft", "blue_soft"))
BLUE, FAINT = on_paper("blue"), on_paper("ink2")
PULSES, PULSE = 4, 500  # how often a cell that is asked again beats, and how long one beat takes (ms)
WORDS = {keying.BLANK: "未填", keying.MULTI: "多选", keying.ILLEGIBLE: "难辨"}


class PaperView(QWidget):
    """Draws one ballot; the current cell is large and marked. Keys come out of ``pressed``, repeats do not; a click on a
    box comes out as a key too (``keying.CLICK``). Cells that are asked for again beat until they are seen.

    ``listening`` tells whether it has the focus. ``left`` is sent by whoever takes the keys, when F9 or Esc means a
    pause; Tab never gives the focus away in mid-ballot.
    """

    pressed: ClassVar[Signal] = Signal(str)
    listening: ClassVar[Signal] = Signal(bool)
    left: ClassVar[Signal] = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("票面")
        self._layout: Layout | None = None
        self._state: Keying | None = None
        self._print: PaperPrint | None = None
        self._debounce = Debounce()
        self.pulse = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=PULSE)
        self.pulse.setLoopCount(PULSES)
        self.pulse.valueChanged.connect(lambda _: self.update(self._asked_region()))

    def show_paper(self, layout: Layout) -> None:
        """Take a new sheet."""
        self._layout, self._state = layout, None
        self.fit(self.size())

    def fit(self, room: QSize) -> None:
        """Print the paper as large as this room allows, its heading included."""
        if self._layout is not None:
            font = QFont(self.font())
            font.setPointSizeF(QApplication.font().pointSizeF())
            self._print = fitted(self._layout, font, room)
            self.setFont(self._print.font)
            self.setMinimumSize(self.sizeHint())
            self.updateGeometry()
            self.update()

    def show_state(self, state: Keying) -> QRegion:
        """Show where keying is; nothing of the ballot before it is ever shown. Returns what is to be painted."""
        before, self._state = self._state, state
        cell = min(state.cursor, state.paper.size - 1) + 1
        self.setAccessibleDescription(f"第 {state.position} 张，第 {cell} 格")
        same = before is not None and before.position == state.position and before.asked == state.asked
        if state.asked and not same:
            self.pulse.start()
        if before is None or not same or before.pending != state.pending:
            return QRegion(self.rect())
        region = QRegion()
        for changed in changed_cells(before, state):
            region += QRegion(self._reach(changed))
        if before.cursor != state.cursor:
            for one in (before, state):
                row = min(one.cursor, one.paper.size - 1) // one.paper.row_width
                region += QRegion(self._need().caption_rect(row))
        return region

    @property
    def here(self) -> QRect | None:
        """Where the current cell is drawn (the last one of a full ballot); None while no ballot is shown."""
        state = self._state
        return None if state is None else self.cell_rect(min(state.cursor, state.paper.size - 1))

    def cell_rect(self, cell: int) -> QRect:
        """Where a cell is drawn (its options side by side)."""
        return self._need().cell_rect(cell)

    def _reach(self, cell: int) -> QRect:
        return self.cell_rect(cell).adjusted(-EDGE, -EDGE, EDGE, EDGE)

    def _asked_region(self) -> QRegion:
        """Where cells are asked for again and not answered yet."""
        region = QRegion()
        for cell, on in enumerate(self._state.asked if self._state else ""):
            if on == "1" and self._state and self._state.cells[cell] == keying.UNKEYED:
                region += QRegion(self._reach(cell))
        return region

    def box_at(self, place: QPoint) -> str | None:
        """The key for a click there; None beside the boxes."""
        state = self._state
        if state is None or self._print is None:
            return None
        width = state.paper.row_width
        for row in self._print.rows_near(QRect(place, QSize(1, 1))):
            for cell in range(row * width, (row + 1) * width):
                area = self.cell_rect(cell)
                for option in range(self._print.options(cell)):
                    if self._print.column(option, area).contains(place):
                        return f"{keying.CLICK}{cell}:{option + 1}"
        return None

    @property
    def margin(self) -> int:
        """Height that should stay visible around the current cell: two rows."""
        return 2 * self._need().line + self._need().gap

    @property
    def head_height(self) -> int:
        """Height of the heading, which is drawn above the paper (``draw_head``)."""
        return 0 if self._print is None else self._print.head_height

    def draw_head(self, painter: QPainter) -> None:
        """Draw the heading of the columns."""
        self._need().draw_head(painter)

    def sizeHint(self) -> QSize:
        """As large as the paper below its heading needs."""
        return QSize(480, 200) if self._print is None else self._print.size

    def event(self, event: QEvent) -> bool:
        """Keep every key for keying: no shortcut steals a digit."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and (key_of(event) is not None or is_typed(event)):
            event.accept()
            return True
        return super().event(event)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:
        """No pinyin window over the paper: it would eat the digits."""
        return False if query == Qt.InputMethodQuery.ImEnabled else super().inputMethodQuery(query)

    def focusNextPrevChild(self, _next: bool) -> bool:
        return True  # handled: nothing further takes Tab either

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.listening.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.listening.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat() or self._debounce.bounced(event):
            return
        key = key_of(event) or (OTHER if is_typed(event) else None)
        if key is None:
            super().keyPressEvent(event)
        else:
            self.pressed.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        box = self.box_at(event.position().toPoint()) if event.button() == Qt.MouseButton.LeftButton else None
        if box is not None:
            self.pressed.emit(box)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._debounce.released(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), PAPER)
        if self._print is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._print.picture(self.devicePixelRatioF()))
        state = self._state
        if state is None:
            return
        painter.setFont(self._print.font)
        for row in self._print.rows_near(event.rect()):
            self._draw_row(painter, row, state, event.region())
        if state.cursor < state.paper.size and event.region().intersects(self._reach(state.cursor)):
            self._draw_here(painter, state)

    def _draw_row(self, painter: QPainter, row: int, state: Keying, region: QRegion) -> None:
        """Ink of one row; its print is there already."""
        printed, width = self._need(), state.paper.row_width
        if state.cursor // width == row and region.intersects(printed.caption_rect(row)):
            painter.fillRect(printed.caption_rect(row), ROW_HERE)
            printed.draw_caption(painter, row, bold=True)
            printed.draw_rules(painter, row)
        for cell in range(row * width, (row + 1) * width):
            area = printed.cell_rect(cell)
            if state.cells[cell] != keying.UNKEYED and cell != state.cursor and region.intersects(area):
                filled = state.filled[cell : cell + 1] == "1"
                inside = area.adjusted(2, 2, -2, -2)
                painter.fillRect(inside, FILLED if filled else DONE)
                self._draw_boxes(painter, cell, area, state.cells[cell])
            if state.asked[cell : cell + 1] == "1" and cell != state.cursor and region.intersects(area):
                self._draw_asked(painter, area.adjusted(2, 2, -3, -3))

    def _draw_asked(self, painter: QPainter, area: QRect) -> None:
        """A cell that is asked for again: framed, and beating for a while."""
        beating = self.pulse.state() == QVariantAnimation.State.Running
        beat = float(self.pulse.currentValue()) if beating else 0.0
        painter.setPen(QPen(FRAME, 3 + round(3 * beat)))
        painter.drawRect(area)
        veil = QColor(FRAME)
        veil.setAlpha(round(90 * beat))
        painter.fillRect(area, veil)

    def _draw_here(self, painter: QPainter, state: Keying) -> None:
        """The current cell, larger than the others, its digits in its boxes."""
        area = self._reach(state.cursor)
        painter.fillRect(area.adjusted(2, 2, -2, -2), HERE)
        self._draw_boxes(painter, state.cursor, area, state.cells[state.cursor], here=True)
        painter.setPen(QPen(BLUE if self.hasFocus() else LINE, 3))
        painter.drawRect(area.adjusted(2, 2, -3, -3))
        if state.asked[state.cursor : state.cursor + 1] == "1":
            self._draw_asked(painter, area.adjusted(2, 2, -3, -3))

    def _draw_boxes(
        self, painter: QPainter, cell: int, area: QRect, mark: str, *, here: bool = False
    ) -> None:
        printed = self._need()
        if mark in WORDS:
            painter.setPen(INK)
            painter.drawText(area, CENTRE, WORDS[mark])
            return
        side = printed.text_height if here else printed.box_side
        for place in range(printed.options(cell)):
            box = box_in(printed.column(place, area), side)
            draw_box(painter, box, heavy=here)
            if mark == str(place + 1):
                draw_tick(painter, box)
            elif here:
                painter.setPen(FAINT)
                painter.drawText(box, CENTRE, str(place + 1))
        printed.draw_labels(painter, cell, area)

    def _need(self) -> PaperPrint:
        if self._print is None:
            raise RuntimeError("no paper is shown")
        return self._print


def changed_cells(before: Keying, after: Keying) -> list[int]:
    """Cells that look different after a key on the same ballot: marks, tint, and the cursor's."""
    cells = set()
    for cell, (old, new) in enumerate(zip(before.cells, after.cells, strict=True)):
        if old != new or before.filled[cell : cell + 1] != after.filled[cell : cell + 1]:
            cells.add(cell)
    if before.cursor != after.cursor:
        cells |= {cell for cell in (before.cursor, after.cursor) if cell < after.paper.size}
    return sorted(cells)
