"""A small form over the window: fields, 保存, 取消. It stays open until what it asks for has been done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop import visible
from pingyi_desktop.errors import RuleError, UserError
from pingyi_desktop.gui.looks.editors import put_into
from pingyi_desktop.gui.parts.forms import (
    BUSY,
    Field,
    MessageBar,
    all_right,
    allow,
    button,
    label,
    leave_values_alone,
    scrolled,
)

BUTTONS = 80
NARROW, WIDE = 23, 30  # in heights of a line, so that they grow with the font


_left: dict[str, list[str]] = {}
"""what was typed into dialogs that were closed without being done, by their titles; never a password"""
LEFT_BEFORE = "上次在这里填过，没有保存。"


def forget() -> None:
    """What was typed belongs to the file that was open."""
    _left.clear()


class RecordDialog(QDialog):
    """Ask for a record. ``saving`` starts the act, which ends with ``done`` or with ``refuse`` and its sentence.

    ``places`` says at which field the refusal of a rule (V-…) is shown; others go to the field they name.
    """

    def __init__(self, parent: QWidget, title: str, purpose: str = "", *, save: str = "保存") -> None:
        super().__init__(parent)
        self.setWindowTitle(visible.shown(title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.messages = MessageBar()
        self.fields: list[Field] = []
        self.places: Mapping[str, Field] = {}
        self._typed = False
        self.saving: Callable[[], None] = self.done_with
        self._again: Callable[[], object] | None = None
        self.save = button(save, self._save_alone, primary=True)
        self.save.setDefault(True)
        self._inner = QWidget()
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(24, 20, 24, 8)
        self.column.setSpacing(12)
        if purpose:
            self.column.addWidget(label(purpose, role="purpose"))
        self.column.addWidget(self.messages)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.column.addLayout(self._grid)

    def ask(self, *rows: Sequence[QWidget]) -> None:
        """Lay out rows of one or two widgets, show the dialog and go to the first field."""
        for line, widgets in enumerate(rows):
            for place, widget in enumerate(widgets):
                top = Qt.AlignmentFlag.AlignTop
                self._grid.addWidget(widget, line, place, 1, 2 if len(widgets) == 1 else 1, top)
                if isinstance(widget, Field):
                    self.fields.append(widget)
                    widget.edited.connect(self.messages.hide)
        leave_values_alone(self._inner)
        self.column.addStretch(1)
        self._buttons = buttons = QHBoxLayout()
        buttons.setContentsMargins(24, 8, 24, 16)
        buttons.addStretch(1)
        buttons.addWidget(self.save)
        buttons.addWidget(button("取消", self.reject))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = scrolled(self._inner)
        outer.addWidget(self._area, 1)
        outer.addLayout(buttons)
        lines = WIDE if any(len(widgets) > 1 for widgets in rows) else NARROW
        self.setMinimumWidth(lines * self.fontMetrics().height())
        self.fit()
        self._inner.installEventFilter(self)
        self.open()
        self._offer_left()
        (self.fields[0] if self.fields else self.save).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whatever is said later gets its room too, once it is laid out."""
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self._make_room)
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Check the fields and start the act; a second press waits for the first."""
        if self.save.isEnabled() and all_right(self.fields):
            self.messages.hide()
            allow(self.save, BUSY)
            self.saving()

    def offer_more(self, text: str, again: Callable[[], object]) -> None:
        """A second button that does the same and then asks for the next record (``again``)."""
        self._buttons.insertWidget(self._buttons.count() - 1, button(text, lambda: self._save_and(again)))

    def _save_alone(self) -> None:
        self._again = None
        self.accept()

    def _save_and(self, again: Callable[[], object]) -> None:
        self._again = again
        self.accept()

    def done_with(self) -> None:
        """Close: the act is done."""
        _left.pop(self.windowTitle(), None)
        super().accept()
        if self._again is not None:
            self._again()

    def reject(self) -> None:
        """Close without doing it; what was typed is offered again the next time."""
        if self._typed:
            _left[self.windowTitle()] = [one.text for one in self.fields]
        super().reject()

    def _offer_left(self) -> None:
        """Offer what was typed here before and is not there now."""
        texts = _left.get(self.windowTitle(), [])
        secret = any(
            isinstance(one.editor, QLineEdit) and one.editor.echoMode() != QLineEdit.EchoMode.Normal
            for one in self.fields
        )
        for one in () if secret else self.fields:
            one.edited.connect(self._note_typed)
        if len(texts) == len(self.fields) and texts != [one.text for one in self.fields]:
            self.messages.inform(LEFT_BEFORE, ("填回来", lambda: self._fill_in(texts)))

    def _note_typed(self) -> None:
        self._typed = True

    def _fill_in(self, texts: Sequence[str]) -> None:
        for one, text in zip(self.fields, texts, strict=True):
            put_into(one.editor, text)
        self._typed = True
        self.messages.hide()

    def refuse(self, error: UserError) -> None:
        """Say why it was not done, at the field that is to blame if there is one."""
        allow(self.save)
        said = str(error)
        field = self.places.get(error.code) if isinstance(error, RuleError) else None
        named = (one for one in self.fields if one.editor.accessibleName() in said)
        field = field or next(named, None)
        if field is None or field.isHidden():
            self.messages.fail(said)
            self.save.setFocus()  # what was switched off meanwhile gave the keys to 取消
        else:
            field.complain(said)
            field.setFocus()

    def _make_room(self) -> None:
        """Fit what is said now; where it does not all fit, what is said of the field that has the keys stays in sight."""
        self.fit()
        at_work = next((one for one in self.fields if one.complaint and one.editor.hasFocus()), None)
        if at_work is not None:
            self._area.ensureWidgetVisible(at_work)

    def fit(self) -> None:
        """Make room for what is shown, as far as the screen goes; the rest is reached by scrolling."""
        width = max(self.width(), self.minimumWidth())
        bar = self._area.verticalScrollBar()  # takes width from the lines while it is there
        inside = width - bar.width() if bar.isVisible() else width
        wanted = self.column.totalHeightForWidth(inside)
        if wanted < 0:
            wanted = self.column.totalSizeHint().height()
        self.resize(width, min(wanted + BUTTONS, self.screen().availableGeometry().height() - BUTTONS))
