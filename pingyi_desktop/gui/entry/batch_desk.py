"""One batch on the desk: what is on the paper, the control sheet, both entries, differences, signatures, the seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop.appraisal.batches import reconcile, second, settling
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.seal_sheet import SealSheet
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.gui.counting.count_grid import Counted, CountGrid, TallySheet, read_sheet
from pingyi_desktop.gui.entry import batch_stages
from pingyi_desktop.gui.entry.act_row import AccountBar, ActRow
from pingyi_desktop.gui.entry.batch_acts import BatchActs
from pingyi_desktop.gui.entry.batch_stages import Step
from pingyi_desktop.gui.entry.batch_steps import BatchSteps, blocking
from pingyi_desktop.gui.entry.differences_desk import DifferencesDesk
from pingyi_desktop.gui.entry.paper_echo import PaperEcho
from pingyi_desktop.gui.entry.seal_dialog import SealDialog
from pingyi_desktop.gui.keying.keying_desk import KeyingDesk
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import allow, button, fit_current, label, restyle, row, say
from pingyi_desktop.gui.parts.number_row import NumberRow
from pingyi_desktop.gui.parts.stages import StageLine
from pingyi_desktop.storage.schema_batches import BatchState, EntryMode

FIGURES = (("printed", "印制"), ("issued", "发出"), ("returned", "收回"), ("blank", "空白"), ("void", "废票"))
NOTHING, KEYING, COUNTING, SETTLING = range(4)
FREE = 16_777_215  # no limit, to Qt
SHEET_CLOSED = "录入已经结束，核对单不能再改。没有封存的，用“其他…”里的“整批重录…”；封存了的，凭更正单重开。"
BAR = 40  # height of all that stands over the paper while it is keyed


class BatchDesk(QWidget):
    """Everything about one batch; ``sealed`` is called after its seal.

    ``spread``: the paper (or the tally sheet) has the whole window while it is keyed, under one bar. ``left``: it was
    put down, what was keyed is in the file. ``people_asked``: the people who came are to be registered first.
    """

    spread: ClassVar[Signal] = Signal(bool)
    left: ClassVar[Signal] = Signal()
    people_asked: ClassVar[Signal] = Signal()

    def __init__(self, context: Context, sealed: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._sealed = context, sealed
        self._batch: BatchView | None = None
        self._step: Step | None = None
        self._held = False
        self._fresh = False  # what is told belongs to the state that comes next
        self._keyed_all = ""  # the batch of which the keyer says that no ballot is left
        self._put_down = False  # the paper was left on purpose: an older list does not open it again
        self.steps, self.acts_of = BatchSteps(self, context), BatchActs(self, context, self._tell_done)
        self.head = label(role="strong")
        self.line = StageLine()
        self.sheet = NumberRow(FIGURES, "登记核对单", self._register)
        self.account = AccountBar(lambda figures: self._register({**self._figures(), **figures}))
        self.keying = KeyingDesk(context)
        self.counting = CountGrid(self._keep_counts)
        self.settling = DifferencesDesk(context, self._tell_done)
        self.back = button("停下（F9）", self.step_back, hint="录过的都在，随时接着录（Esc）")
        self.problems = label(role="wrong")
        self.advice, self.echo = label(), PaperEcho(context)
        self.acts, self.menu = ActRow(), QMenu(self)
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        doing: dict[str, Callable[[], None]] = {
            Step.PEOPLE: self.people_asked.emit,
            Step.KEY: self._key,
            Step.COUNT: self._count,
            Step.CALL: lambda: self._with_batch(self.acts_of.call),
            Step.FINISH: self._finish_first,
            Step.AGAIN: self._key_again,
            Step.COMPARE: self._compare,
            Step.SIGN: lambda: self._with_batch(self.acts_of.sign),
            Step.UNSIGN: self._unsign,
            Step.SEAL: self._seal,
            Step.CORRECT: lambda: self._with_batch(self.acts_of.reopen),
            Step.MORE: self._show_more,
        }
        self.acts.pressed.connect(lambda step: doing[step]())
        self._context.work.finishing.connect(self.pause)
        self.keying.paper.left.connect(self.step_back)
        self.keying.opened.connect(lambda: self._spread(True))
        self.keying.finished.connect(lambda _: self._compare())
        self.counting.left.connect(self.step_back)

    def _lay_out(self) -> None:
        self.work = QStackedWidget()
        for widget in (self.echo, self.keying, self.counting, self.settling):
            self.work.addWidget(widget)
        fit_current(self.work)
        self.top = QWidget()
        bar = row(self.head, self.keying.bar, self.back, stretch=False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setStretch(0, 1)
        self.top.setLayout(bar)
        for one in (self.back, self.problems, self.keying.bar):
            one.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.top)
        for above in (self.line, self.sheet, self.account, self.acts, self.advice, self.problems):
            column.addWidget(above)
        column.addWidget(self.work, 1)

    def show_batch(self, batch: BatchView, *, held: bool) -> None:
        """Put a batch on the desk, or the newest figures of the one that lies there; ``held``: who came is known."""
        was = self._batch if self._on_desk(batch) else None
        before = self._figures()
        if was is None:
            self.pause()
            self._put_down = False
        self._batch, self._held = batch, held
        self.keying.renew(batch)
        self.head.setText(f"{batch.org_name}　{batch.form_title}　{batch.category_name}")
        self.head.setToolTip(tip(f"票批码 {batch.code}，印在每张票上"))
        self.line.set_stages(batch_stages.stages_of(batch))
        if was is None:
            self._say("")
            self.sheet.tell(())
        if was is None or self._figures() != before:
            self.sheet.show_values(self._figures())
        if was is None or (was.state != batch.state and not self._fresh):
            self._say("")
        self._fresh = False
        if was is None or was.state != batch.state:
            self._put_away(batch)
            self._go_on(batch)
        elif was.entry_mode is None and self.work.currentIndex() == NOTHING and not self._put_down:
            self._go_on(batch)  # the list was older than what had been keyed
        else:
            self.counting.renew(batch.to_key)
        self._allow(batch)

    @property
    def topic(self) -> str:
        """The page of the help that fits the step of the batch in hand."""
        if self.work.currentIndex() in (KEYING, COUNTING):
            return "keying"
        if self._step in (Step.SIGN, Step.SEAL, None):
            return "sealing"
        return "second" if self._step in (Step.AGAIN, Step.COMPARE, Step.SETTLE) else "entry"

    def _figures(self) -> dict[str, int | None]:
        """What the control sheet of the batch in hand says."""
        return {} if self._batch is None else {name: getattr(self._batch, name) for name, _ in FIGURES}

    def _go_on(self, batch: BatchView) -> None:
        """Go on with a first entry the way it was begun."""
        if batch.state == BatchState.FIRST and batch.entry_mode == EntryMode.COUNT:
            self._count()
        elif batch.state == BatchState.FIRST and batch.entry_mode == EntryMode.PER_BALLOT:
            self._key()

    def _allow(self, batch: BatchView) -> None:
        """Show the acts that the state allows; text, focus and the big button name the same next one."""
        before, focus = self._target(), self.window().focusWidget()
        mine = focus is not None and self.isAncestorOf(focus)
        step = self._step = batch_stages.step_of(batch, held=self._held)
        allow(self.sheet, "" if batch.state in (BatchState.FIRST, BatchState.SECOND) else SHEET_CLOSED)
        self.sheet.button.setProperty("primary", step is Step.SHEET)
        restyle(self.sheet.button)
        self.account.show_account(reconcile.account(batch, finished=self._keyed_all == batch.id))
        self.acts.allow(batch, held=self._held)
        self.acts.lead(step)
        self.advice.setText(batch_stages.next_step(batch, step))
        if self.back.isHidden():
            self.account.setVisible(bool(self.account.told.text()))
            if mine and self._target() is not before:
                self.take_focus()
        else:
            self.account.hide()

    def pause(self) -> None:
        """Leave the batch as it is: what was typed last is saved too."""
        self.counting.pause()

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)

    def take_focus(self) -> None:
        """Put the cursor where the next thing is to be typed or pressed."""
        if (found := self._target()) is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _target(self) -> QWidget | None:
        """The widget of the next step; differences have their own buttons."""
        match self._step:
            case Step.SHEET:
                return self.sheet
            case Step.MEND:
                return self.acts.of[Step.KEY] if self.account.button.isHidden() else self.account.button
            case None:
                return self.acts.of[Step.CORRECT]
        return self.acts.of.get(self._step)

    def _put_away(self, batch: BatchView) -> None:
        """Show the whole desk: what the paper says, or the differences to settle."""
        self.keying.close_batch()
        self.counting.close_sheet()
        self._spread(False)
        if batch.state == BatchState.DIFFERENCES:
            self.work.setCurrentIndex(SETTLING)
            self.settling.show_batch(batch)
            return
        self.work.setCurrentIndex(NOTHING)
        self.echo.show_batch(batch)

    def _spread(self, on: bool) -> None:
        for widget in (self.sheet, self.acts, self.line, self.advice):
            widget.setVisible(not on)
        self.account.setVisible(not on and bool(self.account.told.text()))
        self.problems.setVisible(not on and bool(self.problems.text()))
        self.back.setVisible(on)
        self.keying.bar.setVisible(on and self.work.currentIndex() == KEYING)
        self.head.setWordWrap(not on)
        self.head.setSizePolicy(
            QSizePolicy.Policy.Ignored if on else QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred
        )
        self.top.setMaximumHeight(BAR if on else FREE)
        self.spread.emit(on)

    def step_back(self) -> None:
        """Leave the paper or the tally sheet, with everything typed kept, and show the whole desk."""
        batch = self._batch
        if batch is None:
            return
        self.pause()
        self._put_down = True
        self._put_away(batch)
        self._allow(batch)
        self.take_focus()
        self.left.emit()

    def put_down(self) -> None:
        """The batch goes back to the others; what was typed last is saved."""
        self.pause()
        self.keying.close_batch()
        self._batch, self._step = None, None

    def _on_desk(self, batch: BatchView) -> bool:
        """Answers come later than questions: by then another batch may lie on the desk."""
        return self._batch is not None and self._batch.id == batch.id

    def _with_batch(self, act: Callable[[BatchView], None]) -> None:
        if self._batch is not None:
            act(self._batch)

    def _key(self) -> None:
        if self._batch is not None:
            self._keyed_all = ""
            self.work.setCurrentIndex(KEYING)
            self.keying.open_batch(self._batch)

    def _key_again(self) -> None:
        batch = self._batch
        if batch is not None:
            counts = partial(self._open_counts, pass_no=2)
            then = counts if batch.entry_mode == EntryMode.COUNT else self._second_paper
            wrong = "{}（按“其他…”里的“换操作员”）".format
            self.steps.check_keyer(batch, partial(then, batch), lambda said: self._say(wrong(said)))

    def _second_paper(self, batch: BatchView) -> None:
        self.work.setCurrentIndex(KEYING)
        self.keying.open_batch(batch, pass_no=2)

    def _count(self) -> None:
        self._with_batch(self._open_counts)

    def _open_counts(self, batch: BatchView, pass_no: int = 1) -> None:
        self._context.work.read(
            lambda session: read_sheet(session, batch, pass_no=pass_no), partial(self._show_counts, pass_no)
        )

    def _show_counts(self, pass_no: int, sheet: TallySheet) -> None:
        if self._batch is not None and self._batch.id == sheet.batch_id:
            self._spread(True)
            self.counting.show_sheet(sheet, self._batch.to_key, pass_no=pass_no)
            self.work.setCurrentIndex(COUNTING)
            self.counting.table.setFocus()

    def _register(self, values: dict[str, int | None]) -> None:
        if (batch := self._batch) is not None:
            self.steps.register(
                batch,
                values,
                partial(self._registered, batch),
                lambda said: self.sheet.tell([said], wrong=True),
            )

    def _registered(self, batch: BatchView) -> None:
        if self._on_desk(batch):
            self.sheet.tell(["核对单已登记。"])

    def _keep_counts(self, batch_id: str, counts: Counted, kept: Counted, pass_no: int) -> None:
        failed = partial(self.counting.failed, kept)
        self.steps.keep_counts(batch_id, counts, kept, pass_no, self.counting.saved, failed)

    def _finish_first(self) -> None:
        if (batch := self._batch) is not None:
            self.pause()
            self.steps.look_before_second(batch, partial(self._choose_second, batch))

    def _choose_second(self, batch: BatchView, found: list[Finding], ways: Sequence[second.Choice]) -> None:
        if not self._on_desk(batch):
            return
        counted = [one for one in found if one.code == "V-BAL-03"]
        if counted:  # a list that was asked for earlier may still come: it must not take the mend away again
            self._keyed_all = batch.id
            self.account.show_account(reconcile.account(self._batch or batch, finished=True))
        stopping = blocking([one for one in found if one not in counted])
        self._say("\n".join(stopping or [f"请留意：{one.sentence}" for one in found if one not in counted]))
        if not stopping and not counted:
            self.acts_of.finish_first(batch, ways)

    def _compare(self) -> None:
        if (batch := self._batch) is not None:
            self.pause()
            self.steps.compare(batch, partial(self._compared, batch), self._not_compared)

    def _not_compared(self, said: str) -> None:
        self.step_back()
        self._say(said)

    def _compared(self, batch: BatchView, outcome: settling.Outcome) -> None:
        self.keying.forget()
        if self._on_desk(batch):
            self._say(outcome.sentence, wrong=outcome.escalated or bool(outcome.left))

    def _unsign(self) -> None:
        if self._batch is not None:
            said = "签字已撤回，可以再改。"
            self.steps.unsign(self._batch, lambda: self._say(said, wrong=False))

    def _seal(self) -> None:
        if (batch := self._batch) is not None:
            self.steps.look_before_seal(batch, partial(self._read_before_seal, batch))

    def _read_before_seal(self, batch: BatchView, sheet: SealSheet) -> None:
        if not self._on_desk(batch):
            return
        if sheet.blocking:
            self._say("\n".join(["还不能封存：", *sheet.blocking]))
            return
        dialog = SealDialog(self, batch, sheet)

        def sealed() -> None:
            dialog.done_with()
            self._sealed()

        dialog.saving = lambda: self.steps.seal(batch, sealed, dialog.refuse)

    def _show_more(self) -> None:
        """What is seldom done, where it cannot be pressed by accident."""
        batch = self._batch
        if batch is None:
            return
        self.menu.clear()
        self.menu.setToolTipsVisible(True)
        offered = [("换操作员…", "", self._change_operator), *self.acts_of.seldom(batch)]
        for text, reason, act in offered:
            action = self.menu.addAction(text)
            allow(action, reason)
            action.triggered.connect(lambda _=False, act=act: act())
        more = self.acts.of[Step.MORE]
        self.menu.popup(more.mapToGlobal(more.rect().bottomLeft()))

    def _change_operator(self) -> None:
        self._context.change_operator(lambda name: self._say(f"现在的操作员是“{name}”。", wrong=False))

    def _tell_done(self, said: str) -> None:
        self.keying.forget()
        self._say(said, wrong=False)

    def _say(self, text: str, *, wrong: bool = True) -> None:
        say(self.problems, text, wrong=wrong)
        self.problems.setVisible(bool(text))
        self._fresh = bool(text)
