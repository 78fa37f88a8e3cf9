"""第三次看票: the places where the two entries differ, one after the other, settled by what is on the paper.

The two values are not shown before a third person has said what the paper says: whoever knows them would only pick one.
When the third look agrees with one of them, that settles it; otherwise a reason and a second name are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.batches import settling
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.paper import places
from pingyi_desktop.appraisal.paper.compare import DROP, KEEP
from pingyi_desktop.appraisal.paper.places import Open
from pingyi_desktop.gui.entry.third_look import ThirdLook, ThirdSheet, read_sheet
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import Field, button, label, required, say
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.tables import Column, DataTable

PER_LINE = 5


def _state(one: Open) -> str:
    if one.whole and one.settled:
        return "已定：不算" if one.settled == DROP else "已定：算数"
    return f"已定：{one.name_of(one.settled)}" if one.settled else "待看票"


class DifferencesDesk(QWidget):
    """The list on the left, the place in hand with its possible values on the right; digits choose a value too."""

    def __init__(self, context: Context, done: Callable[[str], None]) -> None:
        super().__init__()
        self._context, self._done = context, done
        self._batch: BatchView | None = None
        self._in_hand: Open | None = None
        self.table = DataTable(
            (Column("状态", _state), Column("哪里", lambda one: one.sentence)),
            name="不一致的地方",
            empty="没有要裁定的地方。",
            same=lambda one: one.spot,
        )
        self.table.selection_changed.connect(self._pick)
        self.where = label(role="strong")
        self.where.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.told = label(role="wrong")
        self.number = QLineEdit()
        self.number.setAccessibleName("计票表上的数")
        self.number.returnPressed.connect(self._take_number)
        self.take = button("按这个数定", self._take_number)
        for widget in (self.number, self.take):
            widget.hide()  # until a count is to be settled
        self._buttons = QVBoxLayout()
        self.offered: list[Button] = []
        self._lay_out()

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(label("请找到这张原始票，照票上填的按下面的按钮（按数字键也行）。", role="hint"))
        column.addWidget(self.where)
        column.addLayout(self._buttons)
        line = QHBoxLayout()
        line.addWidget(self.number)
        line.addWidget(self.take)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addStretch(1)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self.table, 3)
        both.addWidget(right, 2)

    def show_batch(self, batch: BatchView) -> None:
        """Read the batch's differences again and go to the first that is not settled; those of another batch go at once."""
        if self._batch is None or self._batch.id != batch.id:
            self.table.set_rows(None)
            self._take_up(None)
        self._batch = batch
        self._context.work.read(
            lambda session: settling.differences(session, batch_id=batch.id), partial(self._show, batch)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit presses the button that has it."""
        found = next((one for one in self.offered if one.text().startswith(f"{event.text()} ")), None)
        if event.text() and found is not None and not event.isAutoRepeat():
            found.click()
        else:
            super().keyPressEvent(event)

    def _show(self, batch: BatchView, found: list[Open]) -> None:
        if self._batch is None or self._batch.id != batch.id:
            return
        self.table.set_rows(found)
        left = [one for one in found if not one.settled]
        if left:
            self.table.choose(left[0])
        self._take_up(left[0] if left else None)

    def _pick(self) -> None:
        picked = self.table.selected()
        if picked and isinstance(picked[0], Open):
            self._take_up(picked[0])

    def _take_up(self, one: Open | None) -> None:
        if one is not None and self._in_hand is not None and one.spot == self._in_hand.spot:
            return
        self._in_hand = one
        say(self.told, "")
        self.where.setText("" if one is None else one.sentence)
        for old in self.offered:
            old.deleteLater()
        self.offered = [] if one is None else [self._offer(value, name) for value, name in one.options]
        while self._buttons.count():
            self._buttons.takeAt(0)
        for first in range(0, len(self.offered), PER_LINE):
            line = QHBoxLayout()
            for made in self.offered[first : first + PER_LINE]:
                line.addWidget(made)
            line.addStretch(1)
            self._buttons.addLayout(line)
        for widget in (self.number, self.take):
            widget.setVisible(one is not None and not one.options)
        self.number.clear()
        if self.offered:
            self.where.setFocus(Qt.FocusReason.OtherFocusReason)  # no answer is the one that Enter gives

    def _offer(self, value: str, name: str) -> Button:
        return button(f"{value} {name}" if len(value) == 1 else name, lambda: self._take(value))

    def _take_number(self) -> None:
        text = self.number.text().strip()
        if not (text.isascii() and text.isdigit()):
            say(self.told, "请填计票表上的数，0 或正整数。")
            return
        self._take(text)

    def _take(self, value: str) -> None:
        one = self._in_hand
        if one is None:
            return
        if one.whole and value == KEEP:
            self._look_again(one)
        elif one.needs_names(value):
            self._ask(one, value)
        else:
            self._settle(one, value, "", "")

    def _look_again(self, one: Open) -> None:
        """A ballot keyed only once is keyed from the paper again before it counts."""
        batch = self._batch
        if batch is not None:
            self._context.work.read(
                lambda session: read_sheet(session, batch, one.spot),
                partial(self._key_whole, batch, one),
                otherwise=lambda error: say(self.told, str(error)),
            )

    def _key_whole(self, batch: BatchView, one: Open, sheet: ThirdSheet) -> None:
        if self._batch is None or self._batch.id != batch.id or self._in_hand != one:
            return
        dialog = ThirdLook(self, one, sheet)
        dialog.saving = lambda: self._settle(
            one, dialog.content or "", dialog.reason.text, dialog.witness.text, dialog
        )

    def _ask(self, one: Open, value: str) -> None:
        """Fewer than two of three say so: now the values are shown, and two people answer for the decision."""
        keyed = f"首录“{one.name_of(one.first)}”" + ("" if one.once else f"，复录“{one.name_of(one.second)}”")
        purpose = (
            f"{one.sentence}：{keyed}，这次看是“{one.name_of(value)}”。{places.why_names(one)}，"
            "要写明理由，由两人署名。"
        )
        dialog = RecordDialog(self, "裁定", purpose, save="就这样定")
        reason = Field("理由", QLineEdit(), hint="例如：涂改后以后一个√为准", check=required("理由"))
        witness = Field("监票人", QLineEdit(), hint="与操作员不是同一人", check=required("监票人"))
        dialog.saving = lambda: self._settle(one, value, reason.text, witness.text, dialog)
        dialog.ask((reason,), (witness,))

    def _settle(
        self, one: Open, value: str, reason: str, witness: str, dialog: RecordDialog | None = None
    ) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is None:
            return

        def settled(last: bool) -> None:
            self._in_hand = None
            if last:
                self._done("不一致的地方都裁定了。下一步：登记签字。")
            else:
                self.show_batch(batch)

        self._context.act(
            lambda session: settling.settle(
                session, batch_id=batch.id, spot=one.spot, value=value, by=by, reason=reason, witness=witness
            ),
            act="裁定",
            over=dialog,
            then=settled,
            otherwise=None if dialog is not None else lambda error: say(self.told, str(error)),
        )
