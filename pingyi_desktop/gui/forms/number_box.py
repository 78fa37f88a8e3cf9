"""A number to choose, with what it counts behind it."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox


def number_box(value: int, most: int, unit: str, *, zero: str = "") -> QSpinBox:
    """From 0 (shown as ``zero`` where that means something) to ``most``; announced when the number stands, not with every digit."""
    made = QSpinBox()
    made.setRange(0, most)
    made.setValue(value)
    made.setSuffix(unit)
    made.setSpecialValueText(zero)
    made.setKeyboardTracking(False)
    return made
