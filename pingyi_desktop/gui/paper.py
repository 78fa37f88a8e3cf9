"""A mirror of the paper: same rows, columns and order; it turns key presses into keys and draws where keying is.

Ticks and boxes are drawn, because no font we carry has them. The widget knows nothing of files: whoever listens to
``pressed`` decides what a key does and shows the next state. A key repaints only the cells it changed.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from pingyi_desktop.appraisal import keying
from pingyi_desktop.appraisal.keying import Keying
from pingyi_desktop.gui.keys import OTHER, Debounce, is_typed, key_of
from pingyi_desktop.gui.paper_ink import INK, LINE, box_in, draw_box, draw_tick
from pingyi_desktop.gui.paper_layout import RULE_EVERY, Layout

HERE, ROW_HERE, DONE, FILLED = QColor("#fff2c4"), QColor("#fffaf0"), QColor("#eef5ec"), QColor("#dfe6f8")
PAPER, BLUE, FAINT, BREAK = QColor("#ffffff"), QColor("#0b63c5"), QColor("#5c6670"), QColor("#e4e8ec")
CAPTION, WIDE_CAPTION, ROSTER_CAPTION, WIDEST_NAME = 17, 28, 6, 10
LARGEST, LARGEST_ROSTER, SMALLEST, SMALLEST_WANTED = 1.6, 1.25, 0.6, 0.85
ROWS_SEEN = 7
EDGE = 5  # how far the current cell reaches over its neighbours
WORDS = {keying.BLANK: "未填", keying.MULTI: "多选", keying.ILLEGIBLE: "难辨"}
CENTRE = Qt.AlignmentFlag.AlignCenter


class PaperView(QWidget):
    """Draws one ballot; the current cell is large and marked. Keys come out of ``pressed``, repeats do not.

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
        self._line = 0
        self._debounce = Debounce()
        self._caption_chars, self._tight = CAPTION, False

    def show_paper(self, layout: Layout) -> None:
        """Take a new sheet."""
        self._layout, self._state = layout, None
        self.fit(self.size())

    def fit(self, room: QSize) -> None:
        """Draw larger where there is room, smaller where the paper (with its heading) would be wider than the room.

        A roster scrolls, so only its width counts, and it grows less: more rows are worth more than larger ones.
        """
        if self._layout is None:
            return
        roster = self._layout.form.is_roster
        longest = max(map(len, self._layout.rows)) + 3
        usual = min(max(longest, ROSTER_CAPTION), WIDEST_NAME) if roster else min(CAPTION, longest)
        self._caption_chars, self._tight = usual, False
        self._resize(1.0)
        if self._whole().height() > room.height() and not roster:
            self._caption_chars, self._tight = min(longest, WIDE_CAPTION), True
            while self._caption_chars > usual and self.sizeHint().width() > room.width():
                self._caption_chars -= 1  # long items take fewer lines where there is width for them
            self._resize(1.0)
        hint = self._whole() + QSize(8, 0)
        across, down = room.width() / hint.width(), room.height() / hint.height()
        largest = min(LARGEST_ROSTER, across) if roster else min(LARGEST, across, down)
        factor = max(min(1.0, across), largest, SMALLEST)
        self._resize(factor)
        while self._too_large(room, factor):
            factor -= 0.02  # widths of a font do not grow evenly with its size
            self._resize(factor)
        self.setMinimumSize(self.sizeHint())
        self.updateGeometry()
        self.update()

    def _too_large(self, room: QSize, factor: float) -> bool:
        """Wider than the room, or so large that few rows can be seen at once."""
        rows = min(ROWS_SEEN, len(self._need().rows))
        few = room.height() < self.head_height + rows * self._line
        wide = self.sizeHint().width() > room.width()
        return (wide and factor > SMALLEST) or (few and factor > SMALLEST_WANTED)

    def _resize(self, factor: float) -> None:
        font = QFont(self.font())
        font.setPointSizeF(QApplication.font().pointSizeF() * factor)
        self.setFont(font)
        self._line = self._line_height()

    def _whole(self) -> QSize:
        return self.sizeHint() + QSize(0, self.head_height)

    def show_state(self, state: Keying) -> QRegion:
        """Show where keying is; nothing of the ballot before it is ever shown. Returns what is to be painted."""
        before, self._state = self._state, state
        cell = min(state.cursor, state.paper.size - 1) + 1
        self.setAccessibleDescription(f"第 {state.position} 张，第 {cell} 格")
        if before is None or before.position != state.position or before.pending != state.pending:
            return QRegion(self.rect())
        region = QRegion()
        for changed in changed_cells(before, state):
            region += QRegion(self._reach(changed))
        if before.cursor != state.cursor:
            for one in (before, state):
                row = min(one.cursor, one.paper.size - 1) // one.paper.row_width
                region += QRegion(self._caption_rect(row))
        return region

    @property
    def here(self) -> QRect | None:
        """Where the current cell is drawn (the last one of a full ballot); None while no ballot is shown."""
        state = self._state
        return None if state is None else self.cell_rect(min(state.cursor, state.paper.size - 1))

    def cell_rect(self, cell: int) -> QRect:
        """Where a cell is drawn (its options side by side)."""
        layout = self._need()
        row, item = divmod(cell, layout.items_per_row)
        left = self._caption_width() + item * self._cell_width()
        return QRect(left, self._top(row), self._cell_width(), self._line)

    def _reach(self, cell: int) -> QRect:
        return self.cell_rect(cell).adjusted(-EDGE, -EDGE, EDGE, EDGE)

    def _caption_rect(self, row: int) -> QRect:
        return QRect(0, self._top(row), self._caption_width(), self._line)

    def _top(self, row: int) -> int:
        return EDGE + row * self._line + self._need().breaks_before(row) * self._gap()

    @property
    def margin(self) -> int:
        """Height that should stay visible around the current cell: two rows."""
        return 2 * self._line + self._gap()

    def sizeHint(self) -> QSize:
        """As large as the paper below its heading needs."""
        if self._layout is None:
            return QSize(480, 200)
        width = self._caption_width() + self._layout.items_per_row * self._cell_width() + 8
        return QSize(width, self._top(len(self._layout.rows) - 1) + self._line + 8)

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

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._debounce.released(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), PAPER)
        if self._layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._rows_near(event.rect()):
            strip = QRect(0, self._top(row) - self._gap(), self.width(), self._line + self._gap())
            if strip.adjusted(0, -EDGE, 0, EDGE).intersects(event.rect()):
                self._draw_row(painter, row, self._layout.rows[row], event.region())
        state = self._state
        if state is None or state.cursor >= state.paper.size:
            return
        if event.region().intersects(self._reach(state.cursor)):
            self._draw_here(painter, state)

    def _rows_near(self, area: QRect) -> range:
        """Rows that may lie in an area: a page break is never higher than a row."""
        layout = self._need()
        first = (area.top() - EDGE) // self._line - layout.pages - 1
        return range(max(0, first), min(len(layout.rows), area.bottom() // self._line + 2))

    def draw_head(self, painter: QPainter) -> None:
        """Draw the heading of the columns, which stays on top while a long roster scrolls."""
        layout = self._need()
        painter.setFont(self.font())
        painter.fillRect(0, 0, max(self.width(), self.sizeHint().width()), self.head_height, PAPER)
        painter.setPen(INK)
        high = self.fontMetrics().height()
        for item in range(layout.items_per_row):
            left = self._caption_width() + item * self._cell_width()
            step = self._cell_width() // layout.widest
            top = 0
            if layout.form.is_roster:
                painter.drawText(
                    QRect(left, 0, self._cell_width(), high), CENTRE, layout.form.items[item].short_text
                )
                top = high
            for place, text in enumerate(layout.options(0, item)):
                column = QRect(left + place * step, top, step, high)
                painter.drawText(column, CENTRE, str(place + 1))
                painter.setFont(self._small() if layout.form.is_roster else self.font())
                below = QRect(column.left(), top + high, step, self.head_height - top - high)
                painter.drawText(below, CENTRE, _two_lines(text) if layout.form.is_roster else text)
                painter.setFont(self.font())

    def _draw_row(self, painter: QPainter, row: int, caption: str, region: QRegion) -> None:
        layout, right = self._need(), self.sizeHint().width() - 8
        top = self._top(row)
        if layout.starts_page(row):
            self._draw_break(painter, row)
        text = self._caption_rect(row)
        if region.intersects(text):
            here = self._row_here() == row
            painter.fillRect(text, ROW_HERE if here else PAPER)
            painter.setFont(self._bold() if here else self.font())
            painter.setPen(INK)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(text.adjusted(8, 0, -8, 0), flags, f"{row + 1}  {caption}")
            painter.setFont(self.font())
        for item in range(layout.items_per_row):
            cell = row * layout.items_per_row + item
            if region.intersects(self.cell_rect(cell)):
                self._draw_cell(painter, cell)
        heavy = row % RULE_EVERY == 0 or layout.starts_page(row)
        painter.setPen(QPen(INK if heavy else LINE, 2 if heavy else 1))
        painter.drawLine(0, top, right, top)
        if row == len(layout.rows) - 1:
            painter.setPen(QPen(INK, 2))
            painter.drawLine(0, top + self._line, right, top + self._line)

    def _draw_break(self, painter: QPainter, row: int) -> None:
        """Where the paper has to be turned over."""
        strip = QRect(0, self._top(row) - self._gap(), self.sizeHint().width() - 8, self._gap())
        painter.fillRect(strip.adjusted(0, 2, 0, -1), BREAK)
        painter.setPen(QPen(INK, 2))
        painter.drawLine(strip.topLeft(), strip.topRight())
        page = self._need().breaks_before(row) + 1
        painter.drawText(strip, CENTRE, f"翻页　第 {page} 页，共 {self._need().pages} 页")

    def _draw_cell(self, painter: QPainter, cell: int) -> None:
        """A cell as it lies on the paper."""
        state, area = self._state, self.cell_rect(cell)
        mark = state.cells[cell] if state is not None else keying.UNKEYED
        filled = state is not None and state.filled[cell : cell + 1] == "1"
        tint = FILLED if filled else PAPER if mark == keying.UNKEYED else DONE
        painter.fillRect(area.adjusted(1, 1, -1, -1), tint)
        side = self.fontMetrics().height() * 7 // 10
        self._draw_boxes(painter, cell, area, side)
        painter.setPen(QPen(LINE, 1))
        painter.drawRect(area.adjusted(1, 1, -2, -2))

    def _draw_here(self, painter: QPainter, state: Keying) -> None:
        """The current cell, larger than the others, its digits in its boxes."""
        area = self._reach(state.cursor)
        painter.fillRect(area.adjusted(2, 2, -2, -2), HERE)
        self._draw_boxes(painter, state.cursor, area, self.fontMetrics().height(), heavy=True)
        painter.setPen(QPen(BLUE if self.hasFocus() else LINE, 3))
        painter.drawRect(area.adjusted(2, 2, -3, -3))

    def _draw_boxes(
        self, painter: QPainter, cell: int, area: QRect, side: int, *, heavy: bool = False
    ) -> None:
        layout, state = self._need(), self._state
        row, item = divmod(cell, layout.items_per_row)
        mark = state.cells[cell] if state is not None else keying.UNKEYED
        labels = layout.options(row, item)
        differs = labels != layout.options(0, item)
        step = area.width() // layout.widest
        for place, text in enumerate(labels):
            column = QRect(area.left() + place * step, area.top(), step, area.height())
            box = box_in(column, side)
            draw_box(painter, box, heavy=heavy)
            if mark == str(place + 1):
                draw_tick(painter, box)
            elif heavy:
                painter.setPen(FAINT)
                painter.drawText(box, CENTRE, str(place + 1))
            if differs:
                painter.setPen(INK)
                painter.setFont(self._small())
                painter.drawText(column, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter, text)
                painter.setFont(self.font())
        if mark in WORDS:
            painter.fillRect(area.adjusted(6, 8, -6, -8), PAPER)
            painter.setPen(INK)
            painter.drawText(area, CENTRE, WORDS[mark])

    def _row_here(self) -> int:
        state = self._state
        return (
            -1 if state is None or state.cursor >= state.paper.size else state.cursor // state.paper.row_width
        )

    def _need(self) -> Layout:
        if self._layout is None:
            raise RuntimeError("no paper is shown")
        return self._layout

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.75)
        return font

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _line_height(self) -> int:
        """Height of one row: the tallest caption fits, so that no item text is cut."""
        metrics, layout = self.fontMetrics(), self._need()
        if layout.form.is_roster:
            return metrics.height() * 8 // 5
        room = QRect(0, 0, self._caption_width() - 16, 10_000)
        wrap = Qt.TextFlag.TextWordWrap
        tallest = max(
            metrics.boundingRect(room, wrap, f"{row + 1}  {caption}").height()
            for row, caption in enumerate(layout.rows)
        )
        return max(tallest, metrics.height() * (3 if self._tight else 4) // 2) + 4

    @property
    def head_height(self) -> int:
        """Height of the heading, which is drawn above the paper (``draw_head``)."""
        if self._layout is None:
            return 0
        lines = (
            36 if self._layout.form.is_roster else 20
        )  # tenths; a roster has narrow columns and a title over them
        return self.fontMetrics().height() * lines // 10 + 6

    def _gap(self) -> int:
        return self.fontMetrics().height() + 8 if self._need().pages > 1 else 0

    def _caption_width(self) -> int:
        return self.fontMetrics().horizontalAdvance("汉") * self._caption_chars

    def _cell_width(self) -> int:
        layout = self._need()
        narrow = layout.form.is_roster
        return layout.widest * self.fontMetrics().horizontalAdvance("汉") * (11 if narrow else 20) // 4


def _two_lines(label: str) -> str:
    """A label of a narrow column, broken in the middle where it is long."""
    half = (len(label) + 1) // 2
    return label if len(label) <= 3 else f"{label[:half]}\n{label[half:]}"


def changed_cells(before: Keying, after: Keying) -> list[int]:
    """Cells that look different after a key on the same ballot: marks, tint, and the cursor's."""
    cells = set()
    for cell, (old, new) in enumerate(zip(before.cells, after.cells, strict=True)):
        if old != new or before.filled[cell : cell + 1] != after.filled[cell : cell + 1]:
            cells.add(cell)
    if before.cursor != after.cursor:
        cells |= {cell for cell in (before.cursor, after.cursor) if cell < after.paper.size}
    return sorted(cells)
