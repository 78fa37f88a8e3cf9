"""What a key press means when paper is keyed: number row and keypad are the same, also with NumLock off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from pingyi_desktop.appraisal.paper import keying

OTHER = "OTHER"
"""a key that types something, but nothing that keying uses: it is refused, not passed on"""
_PLAIN = {
    Qt.Key.Key_Return: keying.ENTER,
    Qt.Key.Key_Enter: keying.ENTER,
    Qt.Key.Key_Backspace: keying.BACKSPACE,
    Qt.Key.Key_Up: keying.UP,
    Qt.Key.Key_Down: keying.DOWN,
    Qt.Key.Key_Left: keying.LEFT,
    Qt.Key.Key_Right: keying.RIGHT,
    Qt.Key.Key_Period: keying.ILLEGIBLE,
    Qt.Key.Key_Slash: keying.JUMP,
    Qt.Key.Key_Asterisk: keying.FILL,
    Qt.Key.Key_F8: keying.SPOIL,
    Qt.Key.Key_F9: keying.PAUSE,
    Qt.Key.Key_Escape: keying.CANCEL,
}
# The keypad with NumLock off sends these in place of digits.
_KEYPAD = {
    Qt.Key.Key_Insert: "0",
    Qt.Key.Key_End: "1",
    Qt.Key.Key_Down: "2",
    Qt.Key.Key_PageDown: "3",
    Qt.Key.Key_Left: "4",
    Qt.Key.Key_Clear: "5",
    Qt.Key.Key_Right: "6",
    Qt.Key.Key_Home: "7",
    Qt.Key.Key_Up: "8",
    Qt.Key.Key_PageUp: "9",
    Qt.Key.Key_Delete: keying.ILLEGIBLE,
    Qt.Key.Key_Comma: keying.ILLEGIBLE,
    Qt.Key.Key_Minus: keying.BACKSPACE,
}
# An input method that could not be switched off (some of the system's own) sends full-width signs.
_WIDE = {
    **dict(zip("０１２３４５６７８９．。／＊×", "0123456789../**", strict=True)),
    "－": keying.BACKSPACE,
}


def key_of(event: QKeyEvent) -> str | None:
    """The keying key of an event, the same on number row and keypad; None for keys that keying does not use.

    Arrows are arrows unless they come from the keypad: there they are the digits of a keypad with NumLock off.
    """
    if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
        return None
    key = Qt.Key(event.key())
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier and key in _KEYPAD:
        return _KEYPAD[key]
    if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        return str(key - Qt.Key.Key_0)
    return _PLAIN.get(key) or _WIDE.get(event.text())


def is_typed(event: QKeyEvent) -> bool:
    """Whether a key types something (a letter, a sign): no command, no modifier, no function key."""
    plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    return plain and event.text().isprintable() and event.text().strip() != ""


class Debounce:
    """Tells a bouncing key from a key pressed twice.

    A worn switch closes again within a few milliseconds of closing, or of opening. Nobody lifts a finger and presses
    the same key again in less than ``PRESSED`` milliseconds (fast typists need about 60 for a double letter), nor is
    anybody's finger off a key for less than ``RELEASED``. Times are the events' own, so a busy computer, which
    delivers keys late and all at once, loses none; events without a time (made by programs) never count as bouncing.
    """

    PRESSED, RELEASED = 25, 10

    def __init__(self) -> None:
        self._key, self._pressed, self._opened = -1, 0, 0

    def bounced(self, event: QKeyEvent) -> bool:
        """Whether this press is the same key bouncing; remembers it otherwise."""
        key, at = _switch(event), event.timestamp()
        same = key == self._key and at > 0
        if same and (
            at - self._pressed < self.PRESSED or (self._opened and at - self._opened < self.RELEASED)
        ):
            return True
        self._key, self._pressed, self._opened = key, at, 0
        return False

    def released(self, event: QKeyEvent) -> None:
        """A key was let go of."""
        if _switch(event) == self._key and event.timestamp() - self._pressed >= self.PRESSED:
            self._opened = event.timestamp()


def _switch(event: QKeyEvent) -> int:
    """The switch under the key, where the system tells it."""
    return event.nativeScanCode() or event.key()
