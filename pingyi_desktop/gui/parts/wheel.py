"""The wheel scrolls the page and never turns a value under the pointer: a counting rule is not changed by accident."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QWidget


class _Scrolling(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to what is around the widget."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def leave_values_alone(form: QWidget) -> None:
    """Make every box and spin box of the form deaf to the wheel; those that are added later are not."""
    deaf = _Scrolling(form)
    for editor in (*form.findChildren(QComboBox), *form.findChildren(QAbstractSpinBox)):
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        editor.installEventFilter(deaf)
