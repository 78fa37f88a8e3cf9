"""One tile per part of the tree: name, how many of how many have reported, and a bar; legible in black and white.

Tiles are chosen with the mouse, or with the arrow keys and Enter; what they say is also there for a screen reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.charts import EMPTY, FILL, INK

PAPER, CHOSEN, EDGE, FOCUS, TROUBLE = "surface", "blue_soft", "line", "blue", "bad"
NARROWEST, GAP, BAR = 8, 6, 6  # the first in heights of a line
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True)
class Tile:
    """One part of the tree: ``done`` of ``total`` units have reported, ``trouble`` of them wait for a person."""

    key: str
    name: str
    done: int
    total: int
    trouble: int = 0

    @property
    def short(self) -> str:
        """The figure on the tile: what a person has to do comes before how many have reported."""
        return f"需处理 {self.trouble}" if self.trouble else f"{self.done}/{self.total}"

    @property
    def figures(self) -> str:
        """The figures in words."""
        wanted = f"，需处理 {self.trouble}" if self.trouble else ""
        return f"{self.done}/{self.total}{wanted}"


class Tiles(QWidget):
    """The tiles in rows; ``chosen`` tells the key of the tile that was chosen, "" when it was let go again."""

    chosen = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._tiles: tuple[Tile, ...] = ()
        self._key, self._cursor = "", 0
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def key(self) -> str:
        """The chosen tile's, "" when none is."""
        return self._key

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these; the chosen one stays chosen while it is there."""
        self._tiles = tuple(replace(tile, name=visible.shown(tile.name)) for tile in tiles)
        if self._key not in {tile.key for tile in tiles}:
            self._key = ""
        self._cursor = min(self._cursor, max(0, len(tiles) - 1))
        self.setAccessibleDescription("；".join(f"{tile.name} {tile.figures}" for tile in self._tiles))
        self.updateGeometry()
        self.update()

    def choose(self, key: str) -> None:
        """Choose a tile; the chosen one again lets it go."""
        self._key = "" if key == self._key else key
        self.update()
        self.chosen.emit(self._key)

    def tile_rect(self, number: int) -> QRect:
        """Where a tile is, counted from 0."""
        columns = self._columns(self.width())
        width = (self.width() - GAP * (columns - 1)) // columns
        height = self._tile_height()
        return QRect(number % columns * (width + GAP), number // columns * (height + GAP), width, height)

    def rows_height(self, rows: int) -> int:
        """How high so many rows are, or all of them when there are fewer."""
        return min(rows * (self._tile_height() + GAP) - GAP, self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """All rows of tiles."""
        columns = self._columns(width)
        lines = -(-len(self._tiles) // columns)
        return max(0, lines * (self._tile_height() + GAP) - GAP)

    def sizeHint(self) -> QSize:
        """As high as the tiles need at this width."""
        return QSize(600, self.heightForWidth(max(self.width(), 300)))

    def minimumSizeHint(self) -> QSize:
        """Two tiles side by side."""
        return QSize(300, self._tile_height())

    def event(self, event: QEvent) -> bool:
        """Names that had to be shortened are in the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if (number := self._at(event.pos())) is not None:
                tile = self._tiles[number]
                QToolTip.showText(event.globalPos(), tip(f"{tile.name}：{tile.figures}"), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (number := self._at(event.position().toPoint())) is not None:
            self._cursor = number
            self.choose(self._tiles[number].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEPS and self._tiles:
            across, down = STEPS[Qt.Key(event.key())]
            moved = self._cursor + across + down * self._columns(self.width())
            self._cursor = min(max(moved, 0), len(self._tiles) - 1)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._tiles:
            self.choose(self._tiles[self._cursor].key)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, tile in enumerate(self._tiles):
            place = self.tile_rect(number)
            if place.intersects(event.rect()):
                self._paint(painter, place, tile)
                if self.hasFocus() and number == self._cursor:
                    painter.setPen(QPen(colour(FOCUS), 2))
                    painter.drawRect(place.adjusted(2, 2, -3, -3))

    def _paint(self, painter: QPainter, place: QRect, tile: Tile) -> None:
        painter.setPen(colour(EDGE))
        painter.setBrush(colour(CHOSEN if tile.key == self._key else PAPER))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = place.adjusted(8, 2, -8, -4)
        text = QRect(inner.left(), inner.top(), inner.width(), inner.height() - BAR - 2)
        figures = self.fontMetrics().horizontalAdvance(tile.short)
        name = self.fontMetrics().elidedText(
            tile.name, Qt.TextElideMode.ElideRight, text.width() - figures - 10
        )
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colour(INK))
        painter.drawText(text, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(colour(TROUBLE if tile.trouble else INK))
        painter.setFont(self._figures_font(tile))
        painter.drawText(text, middle | Qt.AlignmentFlag.AlignRight, tile.short)
        painter.setFont(self.font())
        bar = QRect(inner.left(), inner.bottom() - BAR + 1, inner.width(), BAR)
        painter.fillRect(bar, colour(EMPTY))
        if tile.total:
            painter.fillRect(
                bar.adjusted(0, 0, bar.width() * tile.done // tile.total - bar.width(), 0), colour(FILL)
            )

    def _figures_font(self, tile: Tile) -> QFont:
        font = QFont(self.font())
        font.setBold(bool(tile.trouble))
        return font

    def _at(self, point: QPoint) -> int | None:
        return next((n for n in range(len(self._tiles)) if self.tile_rect(n).contains(point)), None)

    def _columns(self, width: int) -> int:
        narrowest = NARROWEST * self.fontMetrics().height()
        return max(1, (width + GAP) // (narrowest + GAP))

    def _tile_height(self) -> int:
        return self.fontMetrics().height() + BAR + 10
