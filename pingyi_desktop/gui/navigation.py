"""The navigation: pages in groups, each with its icon and a count of what waits there; folded to icons on a narrow window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pingyi_desktop.gui.looks import icons
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.page import PageEntry
from pingyi_desktop.gui.parts import look

WIDE, CLOSE, FOLDED = 178, 134, 52
"""widths: with words, with smaller ones close to their icons, with icons only"""
FROM = {WIDE: 1200, CLOSE: 1000}
"""how wide the window is from which those with words leave its page enough"""
AT = {WIDE: (12, 40, 12), CLOSE: (8, 30, 2)}
"""where their icons begin, and their words, and what is free at the right"""
ROW, HEAD, ICON, MARK = 32, 30, 18, 4
DIGITS = 9
"""pages that a key Ctrl+1 … Ctrl+9 goes to"""
PLACE, COUNT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
GLYPH = Qt.ItemDataRole.UserRole + 2
Align = Qt.AlignmentFlag
Option: TypeAlias = Any  # the stubs of PySide6 do not know what is in one


class Navigation(QListWidget):
    """The list of pages; ``chosen`` gives the place of an entry among the entries."""

    chosen = Signal(int)

    def __init__(self, entries: Sequence[PageEntry]) -> None:
        super().__init__()
        self.wide = WIDE
        self._entries = tuple(entries)
        self._rows: dict[str, int] = {}
        self.setObjectName("navigation")
        self.setAccessibleName("页面")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Row(self))
        self.setMouseTracking(True)
        group = ""
        for place, entry in enumerate(entries):
            if entry.group != group:
                self._add_head(entry.group)
                group = entry.group
            self._add_page(place, entry)
        self.fit(FROM[WIDE])
        self.currentItemChanged.connect(self._go_to)

    @property
    def folded(self) -> bool:
        """Whether there are icons only."""
        return self.wide == FOLDED

    def fit(self, window: int) -> None:
        """Show words, smaller ones, or icons only: what a window of this width has room for."""
        scale = look.scale()
        self.wide = WIDE if window >= FROM[WIDE] else CLOSE if window >= FROM[CLOSE] * scale else FOLDED
        self.setFixedWidth(FOLDED if self.folded else round(self.wide * scale))
        self.scheduleDelayedItemsLayout()

    def select(self, key: str) -> None:
        """Go to the page with this key; one that is not there changes nothing."""
        if key in self._rows:
            self.setCurrentRow(self._rows[key])

    def show_waiting(self, waiting: Mapping[str, int]) -> None:
        """Write beside each page how much waits there, by its key; nothing where nothing does."""
        for entry in self._entries:
            item, count = self.item(self._rows[entry.key]), waiting.get(entry.key, 0)
            item.setData(COUNT, count)
            said = f"{entry.title}，{count} 项等着处理" if count else entry.title
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)

    def _add_head(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.addItem(item)

    def _add_page(self, place: int, entry: PageEntry) -> None:
        item = QListWidgetItem(entry.title)
        item.setData(PLACE, place)
        item.setData(GLYPH, entry.icon)
        key = f"Ctrl+{place + 1}" if place < DIGITS else ""
        more = "，".join(filter(None, (entry.group, key)))
        item.setToolTip(tip(f"{entry.title}（{more}）" if more else entry.title))
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, more)
        self.addItem(item)
        self._rows[entry.key] = self.count() - 1

    def _go_to(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(PLACE) is not None:
            self.chosen.emit(item.data(PLACE))


class _Row(QStyledItemDelegate):
    """Paints a group's name or a page."""

    def __init__(self, navigation: Navigation) -> None:
        super().__init__(navigation)
        self._navigation = navigation

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """A page's row, a group's row, or the gap that stands for it while folded."""
        head = index.data(PLACE) is None
        height = (9 if self._navigation.folded else HEAD) if head else ROW
        return QSize(FOLDED, round(height * look.scale()))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        given: Option = option
        painter.save()
        if index.data(PLACE) is None:
            self._paint_head(painter, given.rect, given.font, index.data())
        else:
            self._paint_page(painter, given, index)
        painter.restore()

    def _paint_head(self, painter: QPainter, area: QRect, font: QFont, title: str) -> None:
        if self._navigation.folded:
            painter.setPen(colour("line"))
            middle = area.center().y()
            painter.drawLine(area.left() + 12, middle, area.right() - 12, middle)
            return
        painter.setFont(_smaller(font))
        painter.setPen(colour("ink2"))
        left, _, _ = AT[self._navigation.wide]
        painter.drawText(area.adjusted(left + 6, 4, -8, 0), Align.AlignVCenter | Align.AlignLeft, title)

    def _paint_page(
        self, painter: QPainter, option: Option, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        area, on = option.rect, bool(option.state & QStyle.StateFlag.State_Selected)
        if on or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colour("brand_soft" if on else "raised"))
        if on:
            painter.fillRect(QRect(area.left(), area.top(), MARK, area.height()), colour("brand"))
        ink, font = "brand_ink" if on else "ink", QFont(option.font)
        font.setBold(on)
        if self._navigation.wide == CLOSE:
            font = _smaller(font)
        self._paint_icon(painter, area, index.data(GLYPH), "brand" if on else "ink2")
        painter.setFont(font)
        painter.setPen(colour(ink))
        count = str(index.data(COUNT) or "")
        if not self._navigation.folded:
            _, left, free = AT[self._navigation.wide]
            text = area.adjusted(left, 0, -free, 0)
            painter.drawText(text, Align.AlignVCenter | Align.AlignLeft, index.data())
            painter.setFont(_smaller(font))
            painter.setPen(colour("brand_ink" if on else "ink2"))
            painter.drawText(text, Align.AlignVCenter | Align.AlignRight, count)
        elif count:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("brand"))
            painter.drawEllipse(area.right() - 16, area.top() + 5, 7, 7)
        if on and self._navigation.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("blue"), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))

    def _paint_icon(self, painter: QPainter, area: QRect, name: str, ink: str) -> None:
        ratio = painter.device().devicePixelRatioF()
        size = round(ICON * look.scale())
        folded = self._navigation.folded
        left = (area.width() - size) // 2 if folded else AT[self._navigation.wide][0]
        top = area.top() + (area.height() - size) // 2
        painter.drawPixmap(area.left() + left, top, icons.pixmap(name, ink, size, ratio))


def _smaller(font: QFont) -> QFont:
    made = QFont(font)
    made.setPointSizeF(10 * look.scale())
    return made
