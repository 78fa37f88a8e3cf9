"""Sheet and keyed ballots held against each other in one sentence, with the button that mends the sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pingyi_desktop.appraisal.batches.reconcile import Account, Mend
from pingyi_desktop.gui.parts.forms import button, label, restyle, row, say


class AccountBar(QWidget):
    """``mended(figures)`` gets what the control sheet should say instead."""

    def __init__(self, mended: Callable[[Mapping[str, int]], None]) -> None:
        super().__init__()
        self._mend: Mend | None = None
        self._mended = mended
        self.told = label()
        self.button = button("", self._press, hint="改核对单，录过的票不动")
        self.button.hide()
        line = row(self.told, self.button, stretch=False)
        line.setStretch(0, 1)
        line.setContentsMargins(0, 0, 0, 0)
        line.setAlignment(self.button, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def show_account(self, account: Account) -> None:
        """Say it; the button is the big one while there is too much on the sheet or in the stack."""
        self._mend = account.mend
        say(self.told, account.sentence, wrong=account.over != 0)
        self.button.setText("" if account.mend is None else account.mend.text)
        self.button.setVisible(account.mend is not None)
        self.button.setProperty("primary", account.over > 0)
        restyle(self.button)
        self.setVisible(bool(account.sentence))

    def _press(self) -> None:
        if self._mend is not None:
            self._mended(self._mend.figures)
