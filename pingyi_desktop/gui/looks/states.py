"""What stands in the place of content while there is none: being read, nothing yet, too few to show, or a failure.

One place for all of them. A state says what is the matter and why, and carries the button that mends it. Above what can
still be used it is a line; alone it stands in the middle of what it hides.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QVBoxLayout, QWidget

from pingyi_desktop.gui.looks import icons
from pingyi_desktop.gui.looks.controls import Button, Label
from pingyi_desktop.gui.looks.tokens import colour

READING = "正在读取数据…"
TOO_FEW = "有效票少于 {} 张，或者显示出来就能推算出少于 {} 张的票是怎样填的，所以不显示{}。票再多一些就能看。"
"""the fewest ballots that may be shown (twice), and what is not shown"""
EMPTY, FEW, FAILED = "empty", "few", "failed"
LOOKS = {EMPTY: ("info", "blue"), FEW: ("circle-alert", "warn"), FAILED: ("triangle-alert", "bad")}
"""the icon of a state and its ink"""
BARS, BAR, GAP, SIGN = (62, 88, 74, 91, 57, 80), 14, 18, 28
"""widths of the grey bars in per cent; pixels"""


class Skeleton(QWidget):
    """Grey bars where the content will be, below the words that it is being read."""

    def __init__(self) -> None:
        super().__init__()
        self.said = Label(READING)
        self.said.setProperty("role", "hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.said)
        column.addStretch(1)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(colour("line"))
        for bar in self.bars():
            painter.drawRoundedRect(bar, 5, 5)

    def bars(self) -> list[QRect]:
        """Where the bars lie: as many as the height has room for."""
        top, step = self.said.height() + GAP, BAR + GAP
        many = max(0, (self.height() - top) // step)
        return [
            QRect(0, top + place * step, self.width() * BARS[place % len(BARS)] // 100, BAR)
            for place in range(many)
        ]


class StatePanel(QFrame):
    """A sign, what is the matter, and the one button that mends it, if there is one.

    ``instead`` is what it hides while it is shown alone; the keys that were in there go to the button.
    """

    def __init__(self, instead: QWidget | None = None) -> None:
        super().__init__()
        self.kind = EMPTY
        self._instead, self._alone = instead, False
        self._without: QWidget | None = None
        self._act: Callable[[], object] = self.hide
        self._sign, self._said, self.mend = Label(), Label(), Button()
        self._said.setWordWrap(True)
        self.mend.clicked.connect(lambda: self._act())
        self._sign.setFixedSize(QSize(SIGN, SIGN))
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(4, 4, 4, 4)
        self._line.setSpacing(12)
        self._line.addStretch(0)
        self._line.addWidget(self._sign)
        self._line.addWidget(self._said)
        self._line.addWidget(self.mend)
        self._line.addStretch(0)
        self.hide()

    def text(self) -> str:
        """What is said."""
        return self._said.text()

    def show_state(
        self,
        kind: str,
        said: str,
        mend: str = "",
        act: Callable[[], object] | None = None,
        *,
        alone: bool = False,
        without: QWidget | None = None,
    ) -> None:
        """Say this; ``mend`` is the button's text, and ``act`` what it does. ``without``: acts that are of no use until then."""
        self.kind, self._act = kind, act or self.hide
        if self._without is not None:
            self._without.show()
        self._without = without
        self._said.setText(said)
        self.mend.setText(mend)
        self.mend.setVisible(bool(mend))
        self.setAccessibleName(said)
        self._lie(alone=alone)
        self._draw()
        self.show()

    def hides(self, widget: QWidget) -> bool:
        """Whether these acts are of no use while this is said."""
        return widget is self._without and not self.isHidden()

    def setVisible(self, visible: bool) -> None:
        """What it stood for comes back when it goes."""
        here, hidden = self.window().focusWidget(), [self._without] if self._without is not None else []
        super().setVisible(visible)
        if (
            self._instead is not None and self._instead.parentWidget() is not None
        ):  # else it would be a window
            self._instead.setHidden(visible and self._alone)
            hidden += [self._instead] if self._alone else []
        if self._without is not None:
            self._without.setHidden(visible)
        if visible and here is not None and any(one.isAncestorOf(here) for one in hidden):
            self.mend.setFocus()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        """In the colours of now, whatever the theme was when it was said."""
        self._draw()
        super().paintEvent(event)

    def _lie(self, *, alone: bool) -> None:
        """As a line over what is below it, or alone in the middle, a little above the half."""
        way, where = QBoxLayout.Direction, QtCore.Qt.AlignmentFlag
        middle, beside = where.AlignHCenter, where.AlignVCenter
        self._alone = alone
        self._line.setDirection(way.TopToBottom if alone else way.LeftToRight)
        for place, stretch in ((0, 2), (2, 0), (4, 3)):
            self._line.setStretch(place, stretch if alone else int(place == 2))
        self._line.setAlignment(self._sign, middle if alone else beside)
        self._line.setAlignment(self.mend, middle if alone else beside)
        self._said.setAlignment(where.AlignCenter if alone else beside | where.AlignLeft)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Preferred, policy.Expanding if alone else policy.Maximum)

    def _draw(self) -> None:
        name, ink = LOOKS[self.kind]
        self._sign.setPixmap(icons.pixmap(name, ink, SIGN, self.devicePixelRatioF()))
