"""A state in a table as a chip: mark, word and colour together, so that none of them has to be told apart alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pingyi_desktop.gui.looks import icons
from pingyi_desktop.gui.looks.tokens import colour

TONE = Qt.ItemDataRole.UserRole + 20
MARKS = {"ok": "circle-check", "warn": "triangle-alert", "bad": "circle-alert", "blue": "info"}
"""a chip's tone, which is also its colour, and the icon it carries"""
MARK, SIDE, GAP = 13, 8, 4


class Chips(QStyledItemDelegate):
    """Paints cells that have a tone as chips, and all others as they are."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tone = index.data(TONE)
        if tone not in MARKS:
            super().paint(painter, option, index)
            return
        given: Any = option  # the stubs of PySide6 do not know what is in it
        text = str(index.data() or "")
        if given.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(given.rect, colour("blue_soft"))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_small(given.font))
        metrics = painter.fontMetrics()
        height = min(given.rect.height() - 6, metrics.height() + 6)
        width = min(given.rect.width() - SIDE, metrics.horizontalAdvance(text) + MARK + GAP + 2 * SIDE)
        chip = QRect(
            given.rect.left() + 5, given.rect.top() + (given.rect.height() - height) // 2, width, height
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(f"{tone}_soft"))
        painter.drawRoundedRect(chip, height / 2, height / 2)
        mark = icons.pixmap(MARKS[tone], tone, MARK, painter.device().devicePixelRatioF())
        painter.drawPixmap(chip.left() + SIDE, chip.top() + (height - MARK) // 2, mark)
        painter.setPen(colour(tone))
        inner = chip.adjusted(SIDE + MARK + GAP, 0, -SIDE // 2, 0)
        said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, said)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the chip, which is written smaller than a text and carries a mark, with its distance from the next one."""
        given: Any = option
        hint = super().sizeHint(option, index)
        if index.data(TONE) in MARKS:
            said = QFontMetrics(_small(given.font)).horizontalAdvance(str(index.data() or ""))
            hint.setWidth(said + MARK + GAP + 3 * SIDE)
        return hint


def _small(font: QFont) -> QFont:
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * 10 / 11)
    return made
