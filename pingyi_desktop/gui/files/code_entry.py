"""Typing a code that was printed or read out: digits in groups of four, mistakes told at once.

A Chinese input method gives full-width digits and people type the spaces they see; both are taken. Letters are not
taken at all, so that what stands in the field is always what counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks.codes import GROUP, grouped
from pingyi_desktop.gui.parts.forms import label, say

Check = Callable[[str], str]


class CodeEntry(QWidget):
    """A field for ``length`` digits. ``check(digits)`` gives the sentence that says what is wrong with them, or "".

    ``filled`` tells the digits as soon as all of them are there and ``check`` has nothing against them.
    """

    filled = Signal(str)

    def __init__(self, caption: str, *, length: int, check: Check | None = None) -> None:
        super().__init__()
        self._length, self._check = length, check
        self.line = QLineEdit()
        self.line.setAccessibleName(caption)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.line.setPlaceholderText(" ".join(["0000"] * (length // GROUP)))
        font = self.line.font()
        font.setPointSize(font.pointSize() + 6)
        self.line.setFont(font)
        room = self.line.fontMetrics().horizontalAdvance("0" * (length + length // GROUP))
        self.line.setMinimumWidth(room + 30)
        self.line.setMaximumWidth(room + 60)
        self.said = label(role="hint")
        self.said.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)  # a mistake takes two lines
        buddy = label(caption, role="caption")
        buddy.setBuddy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (buddy, self.line, self.said):
            column.addWidget(widget)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._typed)
        self._typed("")

    @property
    def digits(self) -> str:
        """What was typed so far, without the spaces."""
        return "".join(character for character in self.line.text() if character.isdigit())

    @property
    def complaint(self) -> str:
        """What is wrong with what was typed, "" while nothing is; an unfinished code is wrong."""
        digits = self.digits
        if len(digits) < self._length:
            return f"应是 {self._length} 位数字，现在有 {len(digits)} 位。"
        return self._check(digits) if self._check else ""

    def complain(self, sentence: str) -> None:
        """Say that the code, though it looked right, was not."""
        say(self.said, sentence)
        self.line.selectAll()
        self.line.setFocus()

    def _typed(self, _text: str) -> None:
        before = sum(map(str.isdigit, _half_width(self.line.text()[: self.line.cursorPosition()])))
        digits = "".join(c for c in _half_width(self.line.text()) if "0" <= c <= "9")[: self._length]
        shown = grouped(digits)
        if shown != self.line.text():
            self.line.setText(shown)
            self.line.setCursorPosition(_place(shown, before))
        self._say_progress(digits)

    def _say_progress(self, digits: str) -> None:
        if len(digits) < self._length:
            say(self.said, f"还差 {self._length - len(digits)} 位。", wrong=False)
            return
        wrong = self.complaint
        say(self.said, wrong or "位数齐了。", wrong=bool(wrong))
        if not wrong:
            self.filled.emit(digits)


def checked(reading: Callable[[str], object]) -> Check:
    """A check from a function that reads a code and raises the sentence that says what is wrong with it."""

    def check(digits: str) -> str:
        try:
            reading(digits)
        except UserError as error:
            return str(error)
        return ""

    return check


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _place(shown: str, digits_before: int) -> int:
    """Where the cursor stands after so many digits."""
    seen = 0
    for place, character in enumerate(shown):
        if seen == digits_before:
            return place
        seen += character.isdigit()
    return len(shown)
