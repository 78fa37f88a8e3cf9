"""The segments over a ledger's list: all, those that need a look, and one for each state, each with how many there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts.forms import button

ALWAYS = 6
"""states that have a segment though nothing is in them"""


class Segments(QWidget):
    """Buttons of which one is pressed; ``changed`` gets the key of the segment ("" for all)."""

    def __init__(self, ledger: Ledger, changed: Callable[[str], object]) -> None:
        super().__init__()
        self.chosen = ""
        self._changed = changed
        self._titles = {"": "全部", **{one.key: one.title for one in ledger.segments}}
        self._titles |= {str(one.code): one.word for one in ledger.state.options}
        self._few = len(ledger.state.options) <= ALWAYS
        self.buttons: dict[str, Button] = {key: self._new(key) for key in self._titles}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for key, one in self.buttons.items():
            line.addWidget(one)
            one.setHidden(bool(key) and not self._few)  # until there is something in it
        line.addStretch(1)
        self.buttons[""].setChecked(True)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Write how many rows each has; where there are many states the empty ones are hidden."""
        for key, one in self.buttons.items():
            many = counts.get(key, 0)
            one.setText(f"{self._titles[key]} {many}")
            one.setVisible(bool(many) or self._few or key in ("", self.chosen))

    def _new(self, key: str) -> Button:
        made = button(self._titles[key], partial(self.choose, key))
        made.setCheckable(True)
        return made

    def choose(self, key: str) -> None:
        """Press a segment."""
        self.chosen = key
        for name, one in self.buttons.items():
            one.setChecked(name == key)
        self._changed(key)
