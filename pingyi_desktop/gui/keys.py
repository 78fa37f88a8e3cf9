"""What a key press means when paper is keyed: number row and keypad are the same, also with NumLock off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from pingyi_desktop.appraisal import keying

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
    Qt.Key.Key_Minus: keying.BACKSPACE,
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
    return _PLAIN.get(key)


class Debounce:
    """Tells a bouncing key from a key pressed twice.

    A worn switch closes again within a few milliseconds; nobody lifts a finger and presses the same key in less than
    BOUNCE milliseconds (fast typists need about 60 for a double letter).
    """

    BOUNCE = 25

    def __init__(self) -> None:
        self._key, self._at = -1, 0

    def bounced(self, event: QKeyEvent) -> bool:
        """Whether this press is the same key bouncing; remembers it otherwise."""
        key, at = event.nativeScanCode() or event.key(), event.timestamp()
        again = key == self._key and 0 < at - self._at < self.BOUNCE
        if not again:
            self._key, self._at = key, at
        return again
