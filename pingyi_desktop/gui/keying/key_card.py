"""The key card: what every key does, always in sight, beside the paper or in a line or two under it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pingyi_desktop.gui.looks.tokens import colour

KEYS: tuple[tuple[str, str, str], ...] = (
    ("1–8", "勾这一档", "勾"),
    ("0", "没有勾（未填）", "未填"),
    ("9", "勾了两个（多选）", "多选"),
    (".", "看不清", "看不清"),
    ("退格 −", "退一格并清掉", "退一格"),
    ("↑↓←→", "只移动", "移动"),
    ("/ 行号", "跳到那一行", "跳行"),
    ("* 数字", "其余都填这个", "其余都填"),
    ("F8 数字", "整张作废", "作废"),
    ("回车", "这张录完", "录完"),
    ("F9 Esc", "停下，录过的都在", "停下"),
)
"""the key, what it does, the same in a word; the first for the longest scale there may be"""
PAD = 6


class KeyCard(QWidget):
    """Painted keycaps with their meaning: a column, or (``narrow``) a line that wraps."""

    def __init__(self) -> None:
        super().__init__()
        self._narrow, self._keys = False, KEYS
        self.setAccessibleName("按键卡")
        self.set_narrow(False)

    def tell_options(self, most: int) -> None:
        """The paper has this many boxes side by side at most: name no key that it has no box for."""
        (_, meaning, word), *others = KEYS
        self._keys = ((f"1–{most}", meaning, word), *others)
        self.setAccessibleDescription("；".join(f"{key} {meaning}" for key, meaning, _ in self._keys))
        self._measure()

    @property
    def narrow(self) -> bool:
        """Whether it lies under the paper."""
        return self._narrow

    def set_narrow(self, on: bool) -> None:
        """Lie under the paper, or stand beside it."""
        self._narrow = on
        fixed, open_ = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(open_ if on else fixed, fixed)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._narrow:
            self._measure()

    def sizeHint(self) -> QSize:
        """A column is as wide as its longest line; a line takes the width it gets."""
        if self._narrow:
            return QSize(200, self._placed(max(self.width(), 200))[1])
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(meaning) for _, meaning, _ in self._keys)
        return QSize(self._cap_width() + widest + 4 * PAD, len(self._keys) * self._step() + 2 * PAD)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colour("line"))
        painter.setBrush(colour("surface"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
        painter.setPen(colour("ink"))
        if self._narrow:
            places, _ = self._placed(self.width())
            for (key, _, word), place in zip(self._keys, places, strict=True):
                width = self._width_of(key)
                self._draw_cap(painter, QRect(place.x(), place.y(), width, self._step() - 4), key)
                painter.drawText(place + QPoint(width + 3, self._baseline()), word)
            return
        for number, (key, meaning, _) in enumerate(self._keys):
            top = PAD + number * self._step()
            self._draw_cap(painter, QRect(PAD, top, self._cap_width(), self._step() - 4), key)
            painter.drawText(QPoint(self._cap_width() + 2 * PAD, top + self._baseline()), meaning)

    def _draw_cap(self, painter: QPainter, area: QRect, key: str) -> None:
        painter.setPen(QPen(colour("line2"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(area, 3, 3)
        painter.setPen(colour("ink"))
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, key)
        painter.setFont(self.font())

    def _placed(self, width: int) -> tuple[list[QPoint], int]:
        """Where each key begins in lines of this width, and how high they are together."""
        places, left, top = [], PAD, PAD
        for key, _, word in self._keys:
            needed = self._width_of(key) + 3 + self.fontMetrics().horizontalAdvance(word)
            if left + needed > width - PAD and left > PAD:
                left, top = PAD, top + self._step()
            places.append(QPoint(left, top))
            left += needed + 2 * PAD
        return places, top + self._step() + PAD - 4

    def _measure(self) -> None:
        self.setMinimumHeight(self.sizeHint().height())
        self.setMaximumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def _step(self) -> int:
        return self.fontMetrics().height() + (4 if self._narrow else 12)

    def _baseline(self) -> int:
        return (self._step() - 4 + self.fontMetrics().ascent() - self.fontMetrics().descent()) // 2

    def _width_of(self, key: str) -> int:
        font = QFont(self.font())
        font.setBold(True)
        return QFontMetrics(font).horizontalAdvance(key) + 10

    def _cap_width(self) -> int:
        return max(self._width_of(key) for key, _, _ in self._keys)
