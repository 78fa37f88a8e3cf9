"""What can be pressed over one batch: the acts that its state allows, the next one big, and the mend of its sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.reconcile import Account, Mend
from pingyi_desktop.gui.entry.batch_stages import Step, name_of
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts.forms import button, label, restyle, row, say
from pingyi_desktop.storage.schema_batches import BatchState, EntryMode

_CALLING = "会场投影：唱一票，大屏上画一笔“正”字"
_BUTTONS = (
    (Step.PEOPLE, "登记开会人数", "会上应到、实到多少人"),
    (Step.KEY, "逐票录入", "一张一张录，一只手就够"),
    (Step.COUNT, "按计票表录入", "已经用“正”字数好的，录各档票数"),
    (Step.CALL, "唱票", _CALLING),
    (Step.FINISH, "录完第一遍…", "核对张数，选第二遍怎么录"),
    (Step.AGAIN, "录第二遍", "换一个人，不看第一遍，照纸再录"),
    (Step.COMPARE, "核对两遍", ""),
    (Step.SIGN, "登记签字…", ""),
    (Step.SEAL, "封存这一批", ""),
    (Step.UNSIGN, "撤回签字", ""),
    (Step.CORRECT, "更正…", ""),
    (Step.MORE, "其他…", ""),
)


class ActRow(QWidget):
    """Buttons by the step they take; ``pressed`` tells which one was."""

    pressed: ClassVar[Signal] = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, Button] = {step: self._make(step, text, hint) for step, text, hint in _BUTTONS}
        line = row(*self.of.values())
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)

    def _make(self, step: Step, text: str, hint: str) -> Button:
        made = button(text, lambda: self.pressed.emit(step), hint=hint)
        if step is not Step.MORE:
            made.hide()  # all of them at once need a wide screen
        return made

    def allow(self, batch: BatchView, *, held: bool) -> None:
        """Show the acts that the state allows."""
        state, mode = BatchState(batch.state), batch.entry_mode
        first, again = state is BatchState.FIRST, state is BatchState.SECOND
        shown = {
            Step.PEOPLE: not held and not batch.sealed,
            Step.KEY: first and mode != EntryMode.COUNT,
            Step.COUNT: first and mode != EntryMode.PER_BALLOT,
            Step.CALL: first and mode != EntryMode.PER_BALLOT,
            Step.FINISH: first and (mode is not None or batch.keyed > 0 or batch.to_key == 0),
            Step.AGAIN: again,
            Step.COMPARE: again,
            Step.SIGN: state is BatchState.AGREED,
            Step.SEAL: state is BatchState.SIGNED,
            Step.UNSIGN: state is BatchState.SIGNED,
            Step.CORRECT: batch.sealed,
        }
        for step, on in shown.items():
            self.of[step].setVisible(on)
        for step in (Step.KEY, Step.AGAIN):
            self.of[step].setText(name_of(step, batch))

    def lead(self, step: Step | None) -> None:
        """The next step is the big button, the only one; without one, none is."""
        for name, one in self.of.items():
            if one.property("primary") != (name == step):
                one.setProperty("primary", name == step)
                restyle(one)


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
