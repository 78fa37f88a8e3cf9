"""Ctrl-C, remembered: what it stopped may come back as another exception.

An interrupt inside a compiled library comes back as that library sees it: one written in Rust panics, the making of a class
wraps it in a RuntimeError. Whoever ends the program asks here whether the user wanted that end.
"""

from __future__ import annotations

import signal
from types import FrameType

_pressed = False


def listen() -> None:
    """From now on an interrupt is remembered; it is a KeyboardInterrupt as before."""
    signal.signal(signal.SIGINT, _press)


def pressed() -> bool:
    """Whether the user has asked for the end since :func:`listen`."""
    return _pressed


def _press(number: int, frame: FrameType | None) -> None:
    global _pressed
    _pressed = True
    signal.default_int_handler(number, frame)
