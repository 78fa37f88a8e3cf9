"""A mirror of the paper: same rows, columns and order; it turns key presses into keys and draws where keying is.

Ticks and boxes are drawn, because no font we carry has them. The widget knows nothing of files: whoever listens to
``pressed`` decides what a key does and shows the next state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QApplication, QWidget

from pingyi_desktop.appraisal import keying
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.keying import Keying
from pingyi_desktop.gui.keys import Debounce, key_of

INK, LINE, HERE, DONE = QColor("#1b1f24"), QColor("#7b8794"), QColor("#fff2c4"), QColor("#eef5ec")
FILLED = QColor("#e3e9f7")
PAPER, BLUE = QColor("#ffffff"), QColor("#0b63c5")
RULE_EVERY = 5
CAPTION, WIDE_CAPTION, ROSTER_CAPTION = 17, 28, 6
LARGEST, LARGEST_ROSTER, SMALLEST = 1.6, 1.25, 0.6
WORDS = {keying.BLANK: "未填", keying.MULTI: "多选", keying.ILLEGIBLE: "难辨"}


@dataclass(frozen=True)
class Layout:
    """What is printed on the paper: row captions (items, or members of a roster) and the columns of one row."""

    form: Form
    rows: tuple[str, ...]

    @property
    def items_per_row(self) -> int:
        """A roster row holds every item; any other form has one item a row."""
        return len(self.form.items) if self.form.is_roster else 1

    def options(self, row: int, item: int) -> tuple[str, ...]:
        """Labels of the options of a cell."""
        scale = self.form.items[item if self.form.is_roster else row].scale
        return tuple(option.label for option in scale.options)

    @property
    def widest(self) -> int:
        """Most options any cell has."""
        return max(len(item.scale.options) for item in self.form.items)


class PaperView(QWidget):
    """Draws one ballot; the current cell is large and marked. Keys come out of ``pressed``, repeats do not.

    ``listening`` tells whether it has the focus. Only Esc or F9 gives that away (``left``): Tab does not, in mid-ballot.
    """

    pressed: ClassVar[Signal] = Signal(str)
    listening: ClassVar[Signal] = Signal(bool)
    left: ClassVar[Signal] = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName("票面")
        self._layout: Layout | None = None
        self._state: Keying | None = None
        self._line = 0
        self._debounce = Debounce()
        self._caption_chars = CAPTION

    def show_paper(self, layout: Layout) -> None:
        """Take a new sheet."""
        self._layout, self._state = layout, None
        self.fit(self.size())

    def fit(self, room: QSize) -> None:
        """Draw larger where there is room, smaller where the paper would be wider than the room.

        A roster scrolls, so only its width counts, and it grows less: more rows are worth more than larger ones.
        """
        if self._layout is None:
            return
        self._caption_chars = ROSTER_CAPTION if self._layout.form.is_roster else CAPTION
        self._resize(1.0)
        if self.sizeHint().height() > room.height() and not self._layout.form.is_roster:
            self._caption_chars = WIDE_CAPTION  # long items take fewer lines where there is width for it
            self._resize(1.0)
            if self.sizeHint().width() > room.width():
                self._caption_chars = CAPTION
                self._resize(1.0)
        hint = self.sizeHint() + QSize(8, 0)
        across, down = room.width() / hint.width(), room.height() / hint.height()
        largest = min(LARGEST_ROSTER, across) if self._layout.form.is_roster else min(LARGEST, across, down)
        factor = max(min(1.0, across), largest, SMALLEST)
        self._resize(factor)
        while self.sizeHint().width() > room.width() and factor > SMALLEST:
            factor -= 0.02  # widths of a font do not grow evenly with its size
            self._resize(factor)
        self.setMinimumSize(self.sizeHint())
        self.updateGeometry()
        self.update()

    def _resize(self, factor: float) -> None:
        font = QFont(self.font())
        font.setPointSizeF(QApplication.font().pointSizeF() * factor)
        self.setFont(font)
        self._line = self._line_height()

    def show_state(self, state: Keying) -> None:
        """Show where keying is; nothing of the ballot before it is ever shown."""
        self._state = state
        cell = min(state.cursor, state.paper.size - 1) + 1
        self.setAccessibleDescription(f"第 {state.position} 张，第 {cell} 格")
        self.update()

    def cell_rect(self, cell: int) -> QRect:
        """Where a cell is drawn (its options side by side)."""
        layout = self._need()
        row, item = divmod(cell, layout.items_per_row)
        left = self._caption_width() + item * self._cell_width()
        return QRect(left, self._head() + row * self._line, self._cell_width(), self._line)

    @property
    def margin(self) -> int:
        """Height that must stay visible above the current cell: the heading and one row."""
        return self._head() + self._line

    def sizeHint(self) -> QSize:
        """As large as the paper needs."""
        if self._layout is None:
            return QSize(480, 200)
        width = self._caption_width() + self._layout.items_per_row * self._cell_width() + 8
        return QSize(width, self._head() + len(self._layout.rows) * self._line + 8)

    def event(self, event: QEvent) -> bool:
        """Keep every key for keying: no shortcut steals a digit."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and key_of(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, _next: bool) -> bool:
        return True  # handled: nothing further takes Tab either

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.listening.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.listening.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = key_of(event)
        if event.isAutoRepeat() or self._debounce.bounced(event):
            return
        if event.key() == Qt.Key.Key_Escape and self._state is not None and self._state.pending:
            self.pressed.emit(keying.CANCEL)
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F9):
            self.left.emit()
        elif key is None:
            super().keyPressEvent(event)
        else:
            self.pressed.emit(key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._layout is None:
            return
        painter = QPainter(self)
        painter.fillRect(0, 0, self.sizeHint().width(), self.sizeHint().height(), PAPER)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, caption in enumerate(self._layout.rows):
            self._draw_row(painter, row, caption)
        self._draw_head(painter, max(0, self.visibleRegion().boundingRect().top()))

    def _draw_head(self, painter: QPainter, above: int) -> None:
        """Draw the heading at the top of what can be seen, so that long rosters keep it."""
        layout = self._need()
        painter.fillRect(0, above, self.sizeHint().width(), self._head(), PAPER)
        painter.setPen(INK)
        for item in range(layout.items_per_row):
            labels = layout.options(0, item)
            left = self._caption_width() + item * self._cell_width()
            step = self._cell_width() // layout.widest
            top = self._head() // 4 if layout.form.is_roster else 0
            if layout.form.is_roster:
                title = QRect(left, above, self._cell_width(), top)
                painter.drawText(title, Qt.AlignmentFlag.AlignCenter, layout.form.items[item].short_text)
            for place, text in enumerate(labels):
                box = QRect(left + place * step, above + top, step, self._head() - top)
                painter.drawText(
                    box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, f"{place + 1}\n{text}"
                )

    def _draw_row(self, painter: QPainter, row: int, caption: str) -> None:
        layout = self._need()
        top = self._head() + row * self._line
        line = QRect(0, top, self.sizeHint().width() - 8, self._line)
        painter.setPen(QPen(INK if row % RULE_EVERY == 0 else LINE, 2 if row % RULE_EVERY == 0 else 1))
        painter.drawLine(line.topLeft(), line.topRight())
        painter.setPen(INK)
        text = QRect(8, top, self._caption_width() - 16, self._line)
        painter.drawText(
            text, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, f"{row + 1}  {caption}"
        )
        for item in range(layout.items_per_row):
            self._draw_cell(painter, row, item)
        if row == len(layout.rows) - 1:
            painter.setPen(QPen(INK, 2))
            painter.drawLine(line.bottomLeft(), line.bottomRight())

    def _draw_cell(self, painter: QPainter, row: int, item: int) -> None:
        layout, state = self._need(), self._state
        cell = row * layout.items_per_row + item
        area = self.cell_rect(cell)
        mark = state.cells[cell] if state is not None else keying.UNKEYED
        here = state is not None and state.cursor == cell
        filled = state is not None and state.filled[cell : cell + 1] == "1"
        if here or mark != keying.UNKEYED:
            painter.fillRect(area.adjusted(1, 1, -1, -1), HERE if here else FILLED if filled else DONE)
        labels = layout.options(row, item)
        step = area.width() // layout.widest
        differs = labels != layout.options(0, item)
        for place, text in enumerate(labels):
            box = QRect(area.left() + place * step, area.top(), step, area.height())
            _draw_box(painter, box, ticked=mark == str(place + 1), large=here)
            if differs:
                painter.setFont(self._small())
                painter.drawText(box, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter, text)
                painter.setFont(self.font())
        if mark in WORDS:
            painter.fillRect(area.adjusted(4, 8, -4, -8), Qt.GlobalColor.white)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, WORDS[mark])
        painter.setPen(QPen(BLUE if here and self.hasFocus() else LINE, 3 if here else 1))
        painter.drawRect(area.adjusted(1, 1, -2, -2))
        painter.setPen(INK)

    def _need(self) -> Layout:
        if self._layout is None:
            raise RuntimeError("no paper is shown")
        return self._layout

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.75)
        return font

    def _line_height(self) -> int:
        """Height of one row: the tallest caption fits, so that no item text is cut."""
        metrics, layout = self.fontMetrics(), self._need()
        if layout.form.is_roster:
            return metrics.height() + 18
        room = QRect(0, 0, self._caption_width() - 16, 10_000)
        wrap = Qt.TextFlag.TextWordWrap
        tallest = max(
            metrics.boundingRect(room, wrap, f"{row + 1}  {caption}").height()
            for row, caption in enumerate(layout.rows)
        )
        return max(tallest, metrics.height() * 2) + 4

    def _head(self) -> int:
        return self.fontMetrics().height() * (4 if self._need().form.is_roster else 2) + 6

    def _caption_width(self) -> int:
        return self.fontMetrics().horizontalAdvance("汉") * self._caption_chars

    def _cell_width(self) -> int:
        layout = self._need()
        narrow = layout.form.is_roster
        return layout.widest * self.fontMetrics().horizontalAdvance("汉") * (11 if narrow else 20) // 4


def _draw_box(painter: QPainter, area: QRect, *, ticked: bool, large: bool) -> None:
    side = painter.fontMetrics().height() * (9 if large else 7) // 10
    box = QRect(0, 0, side, side)
    box.moveCenter(area.center())
    painter.setPen(QPen(INK, 2 if large else 1))
    painter.drawRect(box)
    if ticked:
        painter.setPen(QPen(INK, 4))
        x, y = box.left(), box.top()
        painter.drawPolyline(
            QPolygon(
                [
                    QPoint(x + 3, y + side // 2),
                    QPoint(x + side // 2 - 1, y + side - 4),
                    QPoint(x + side + 3, y - 3),
                ]
            )
        )
    painter.setPen(INK)
