"""A row of labelled whole numbers with one button: control sheets and session facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop.bounds import DIGITS
from pingyi_desktop.gui.parts.forms import Field, all_right, button, label, restyle


class NumberRow(QWidget):
    """Fields for whole numbers; ``done(values)`` gets them when the button is pressed and all are right.

    An empty field is an error unless its name is among ``optional``; then its value is None.
    """

    def __init__(
        self,
        names: Sequence[tuple[str, str]],
        text: str,
        done: Callable[[dict[str, int | None]], None],
        *,
        optional: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._done, self._optional = done, frozenset(optional)
        self.fields = {name: Field(caption, _editor(), check=self._check(name)) for name, caption in names}
        self.button = button(text, self._go)
        self.told = label(role="hint")
        self.told.hide()
        line = QHBoxLayout()
        for field in self.fields.values():
            line.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
            self._enter_moves_on(field)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self.told)
        self.setFocusProxy(next(iter(self.fields.values())))

    def show_values(self, values: Mapping[str, int | None]) -> None:
        """Fill the fields; None leaves one empty."""
        for name, field in self.fields.items():
            value = values.get(name)
            editor = field.editor
            if isinstance(editor, QLineEdit):
                editor.setText("" if value is None else str(value))
            field.complain("")

    def tell(self, sentences: Sequence[str], *, wrong: bool = False) -> None:
        """Say what deserves a look, under the fields; red when the numbers were refused."""
        self.told.setProperty("role", "wrong" if wrong else "hint")
        restyle(self.told)
        self.told.setText("\n".join(sentences))
        self.told.setVisible(bool(sentences))

    def _go(self) -> None:
        if all_right(list(self.fields.values())):
            self._done({name: int(f.text) if f.text else None for name, f in self.fields.items()})

    def _check(self, name: str) -> Callable[[str], str]:
        def check(text: str) -> str:
            if not text:
                return "" if name in self._optional else "请填数"
            return "" if text.isascii() and text.isdigit() and len(text) <= DIGITS else "应为整数"

        return check

    def _enter_moves_on(self, field: Field) -> None:
        editor = field.editor
        if isinstance(editor, QLineEdit):
            editor.returnPressed.connect(lambda: self._next(field))
            editor.textEdited.connect(lambda _: self._outdate())

    def _outdate(self) -> None:
        """A refusal of other numbers is no longer true."""
        if self.told.property("role") == "wrong":
            self.tell(())

    def _next(self, field: Field) -> None:
        order = list(self.fields.values())
        place = order.index(field) + 1
        (order[place] if place < len(order) else self.button).setFocus(Qt.FocusReason.TabFocusReason)


def _editor() -> QLineEdit:
    editor = QLineEdit()
    editor.setMaximumWidth(96)
    editor.setMaxLength(DIGITS)
    return editor
