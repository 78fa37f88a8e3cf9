"""One batch on the desk: what is on the paper, the control sheet, keying or counting, and the seal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pingyi_desktop.appraisal import ballots, batches
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.org import Finding
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.gui.count_grid import CountGrid, Sheet, read_sheet
from pingyi_desktop.gui.forms import button, label, row
from pingyi_desktop.gui.keying_desk import KeyingDesk
from pingyi_desktop.gui.number_row import NumberRow
from pingyi_desktop.gui.page import Context
from pingyi_desktop.storage.schema import BatchState, EntryMode

FIGURES = (("printed", "印制"), ("issued", "发出"), ("returned", "收回"), ("blank", "空白"), ("void", "废票"))
NOTHING, KEYING, COUNTING = 0, 1, 2


class BatchDesk(QWidget):
    """Everything about one batch; ``sealed`` is called after its seal."""

    def __init__(self, context: Context, sealed: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._sealed = context, sealed
        self._batch: BatchView | None = None
        self._sure = False
        self.head = label(role="strong")
        self.sheet = NumberRow(FIGURES, "登记核对单", self._register)
        self.keying = KeyingDesk(context)
        self.counting = CountGrid(self._keep_counts)
        self.by_ballot = button("逐票录入", self._key, primary=True, hint="一张一张录，一只手就够")
        self.by_count = button("按计票表录入", self._count, hint="已经用“正”字数好的，录各档票数")
        self.seal = button("封存这一批…", self._look_at_problems)
        self.clear = button("清空重录", self._clear)
        self.problems = label(role="wrong")
        self.problems.hide()
        self.work = QStackedWidget()
        self.empty = label("先填上面的核对单，再选一种录入办法。", role="hint")
        for widget in (self.empty, self.keying, self.counting):
            self.work.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.head)
        column.addWidget(self.sheet)
        column.addLayout(row(self.by_ballot, self.by_count, self.seal, self.clear))
        column.addWidget(self.problems)
        column.addWidget(self.work, 1)

    def show_batch(self, batch: BatchView) -> None:
        """Put a batch on the desk, or the newest figures of the one that lies there."""
        same = self._batch is not None and self._batch.id == batch.id
        self._batch = batch
        self.keying.renew(batch)
        self._again(sure=False)
        self.head.setText(
            f"{batch.org_name}　{batch.form_title}\n{batch.form_code} 第 {batch.form_version} 版　"
            f"{batch.category_name}　　纸上印的是这张表、这个版本吗？"
        )
        if not same:
            self._tell("")
            self.sheet.show_values({name: getattr(batch, name) for name, _ in FIGURES})
            self.sheet.tell(())
            self._open(batch)
        closed = batch.state == BatchState.SEALED
        for one in (self.sheet, self.by_ballot, self.by_count, self.seal, self.clear):
            one.setDisabled(closed)
        self.by_ballot.setEnabled(not closed and batch.entry_mode != EntryMode.COUNT)
        self.by_count.setEnabled(not closed and batch.entry_mode != EntryMode.PER_BALLOT)
        self.clear.setEnabled(not closed and batch.entry_mode is not None)
        if closed:
            self.work.setCurrentIndex(NOTHING)
            self.empty.setText(f"这一批已经封存，有效票 {batch.valid} 张。结果请看“结果”页。")

    def take_focus(self) -> None:
        """Put the cursor where the next thing is to be typed."""
        batch = self._batch
        if batch is not None and batch.returned is None:
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        elif batch is not None and batch.entry_mode is None:
            self.by_ballot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, batch: BatchView) -> None:
        """Go on the way the batch was begun."""
        self.empty.setText("先填上面的核对单，再选一种录入办法。")
        if batch.state == BatchState.SEALED or batch.entry_mode is None:
            self.work.setCurrentIndex(NOTHING)
        elif batch.entry_mode == EntryMode.COUNT:
            self._count()
        else:
            self._key()

    def _key(self) -> None:
        if self._batch is not None:
            self.work.setCurrentIndex(KEYING)
            self.keying.open_batch(self._batch)

    def _count(self) -> None:
        batch = self._batch
        if batch is not None:
            self._context.work.read(lambda session: read_sheet(session, batch), self._show_counts)

    def _show_counts(self, sheet: Sheet) -> None:
        if self._batch is not None:
            self.counting.show_sheet(sheet, self._batch.to_key)
            self.work.setCurrentIndex(COUNTING)
            self.counting.table.setFocus()

    def _register(self, values: dict[str, int | None]) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is not None:
            figures = {name: value or 0 for name, value in values.items()}
            self._context.work.write(
                lambda session: batches.set_control_sheet(session, batch_id=batch.id, by=by, **figures),
                self._registered,
                act="登记核对单",
                otherwise=lambda error: self.sheet.tell([str(error)]),
            )

    def _registered(self, warnings: list[Finding]) -> None:
        self.sheet.tell([finding.sentence for finding in warnings] or ["核对单已登记。"])
        (self.by_ballot if self.by_ballot.isEnabled() else self.by_count).setFocus()

    def _keep_counts(self, counts: dict[tuple[str, str], Counts]) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is not None:
            self._context.work.write(
                lambda session: ballots.enter_counts(session, batch_id=batch.id, counts=counts, by=by),
                lambda _: self._tell("计票表已保存。核对无误就可以封存。"),
                act="保存计票表",
            )

    def _look_at_problems(self) -> None:
        batch = self._batch
        if batch is not None:
            self._context.work.read(
                lambda session: ballots.problems(session, batch_id=batch.id), self._seal_or_say
            )

    def _seal_or_say(self, found: list[Finding]) -> None:
        batch, by = self._batch, self._context.operator()
        blocking = [finding.sentence for finding in found if finding.level == "E"]
        self._tell("\n".join(blocking or [f"请留意：{f.sentence}" for f in found]))
        if batch is not None and not blocking:
            self._context.work.write(
                lambda session: ballots.seal(session, batch_id=batch.id, by=by),
                lambda _: self._sealed(),
                act="封存票批",
                compact=True,
            )

    def _clear(self) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is None:
            return
        if not self._sure:
            self._again(sure=True)
            return
        self._context.work.write(
            lambda session: ballots.clear(session, batch_id=batch.id, by=by),
            lambda _: self._open(batch) if batch.entry_mode is None else self.work.setCurrentIndex(NOTHING),
            act="清空票批",
        )

    def _tell(self, text: str) -> None:
        self.problems.setText(text)
        self.problems.setVisible(bool(text))

    def _again(self, *, sure: bool) -> None:
        """Clearing cannot be undone, so the button itself asks once more."""
        self._sure = sure
        keyed = self._batch.keyed if self._batch is not None else 0
        self.clear.setText(f"再按一次，清空已录的 {keyed} 张" if sure else "清空重录")
