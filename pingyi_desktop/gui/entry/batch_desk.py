"""One batch on the desk: what is on the paper, the control sheet, both entries, differences, signatures, the seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches import quality, second, settling
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.gui.entry import batch_stages
from pingyi_desktop.gui.entry.act_row import ActRow
from pingyi_desktop.gui.entry.batch_acts import BatchActs
from pingyi_desktop.gui.entry.batch_stages import Step
from pingyi_desktop.gui.entry.batch_steps import BatchSteps, blocking
from pingyi_desktop.gui.entry.count_grid import Counted, CountGrid, TallySheet, read_sheet
from pingyi_desktop.gui.entry.differences_desk import DifferencesDesk
from pingyi_desktop.gui.keying.keying_desk import KeyingDesk
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import button, label, say
from pingyi_desktop.gui.parts.number_row import NumberRow
from pingyi_desktop.gui.parts.stages import StageLine
from pingyi_desktop.storage.schema import BatchState, EntryMode

FIGURES = (("printed", "印制"), ("issued", "发出"), ("returned", "收回"), ("blank", "空白"), ("void", "废票"))
NOTHING, KEYING, COUNTING, SETTLING = range(4)


@dataclass(frozen=True)
class _Echo:
    batch: BatchView
    form: Form
    who: str


class BatchDesk(QWidget):
    """Everything about one batch; ``sealed`` is called after its seal.

    ``spread``: the paper (or the tally sheet) has the whole page while it is keyed, so that nothing of it is hidden.
    """

    spread: ClassVar[Signal] = Signal(bool)

    def __init__(self, context: Context, sealed: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._sealed = context, sealed
        self._batch: BatchView | None = None
        self._fresh = False  # what is told belongs to the state that comes next
        self.steps, self.acts_of = BatchSteps(self, context), BatchActs(self, context, self._did)
        self.head = label(role="strong")
        self.line = StageLine()
        self.sheet = NumberRow(FIGURES, "登记核对单", self._register)
        self.keying = KeyingDesk(context)
        self.counting = CountGrid(self._keep_counts)
        self.settling = DifferencesDesk(context, self._did)
        self.back = button("暂停，回到票批（Esc）", self.step_back)
        self.problems = label(role="wrong")
        self.empty = label()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.acts, self.menu = ActRow(), QMenu(self)
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        doing: dict[str, Callable[[], None]] = {
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
        for widget in (self.empty, self.keying, self.counting, self.settling):
            self.work.addWidget(widget)
        for one in (self.back, self.problems):
            one.hide()
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        for above in (self.line, self.sheet, self.acts, self.problems):
            column.addWidget(above)
        column.addWidget(self.work, 1)

    def show_batch(self, batch: BatchView) -> None:
        """Put a batch on the desk, or the newest figures of the one that lies there."""
        was = self._batch if self._on_desk(batch) else None
        if was is None:
            self.pause()
        self._batch = batch
        self.keying.renew(batch)
        self.head.setText(
            f"{batch.org_name}　{batch.form_title}\n{batch.form_code} 第 {batch.form_version} 版　"
            f"{batch.category_name}"
        )
        self.line.set_stages(batch_stages.stages_of(batch))
        figures = {name: getattr(batch, name) for name, _ in FIGURES}
        if was is None:
            self._tell("")
            self.sheet.tell(())
        if was is None or figures != {name: getattr(was, name) for name, _ in FIGURES}:
            self.sheet.show_values(figures)
        if was is None or (was.state != batch.state and not self._fresh):
            self._tell("")
        self._fresh = False
        if was is None or was.state != batch.state:
            self._put_away(batch)
            self._go_on(batch)
        elif was.entry_mode is None and self.work.currentIndex() == NOTHING:
            self._go_on(batch)  # the list was older than what had been keyed
        else:
            self.counting.renew(batch.to_key)
        self._allow(batch)

    def _go_on(self, batch: BatchView) -> None:
        """Go on with a first entry the way it was begun."""
        if batch.state == BatchState.FIRST and batch.entry_mode == EntryMode.COUNT:
            self._count()
        elif batch.state == BatchState.FIRST and batch.entry_mode == EntryMode.PER_BALLOT:
            self._key()

    def _allow(self, batch: BatchView) -> None:
        """Show the acts that the state allows; the next one is the big one."""
        self.sheet.setEnabled(batch.state in (BatchState.FIRST, BatchState.SECOND))
        self.acts.allow(batch)
        self.acts.lead(_next(batch))

    def pause(self) -> None:
        """Leave the batch as it is: what was typed last is saved too."""
        self.counting.pause()

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)

    def take_focus(self) -> None:
        """Put the cursor where the next thing is to be typed or pressed."""
        batch = self._batch
        if batch is None:
            return
        if batch.returned is None and batch.state == BatchState.FIRST:
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        step = _next(batch)
        if step is not None:
            self.acts.of[step].setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_away(self, batch: BatchView) -> None:
        """Show the whole desk: what the paper says, or the differences to settle."""
        self.keying.close_batch()
        self.counting.close_sheet()
        self._spread(False)
        self.empty.setText("")
        if batch.state == BatchState.DIFFERENCES:
            self.work.setCurrentIndex(SETTLING)
            self.settling.show_batch(batch)
            return
        self.work.setCurrentIndex(NOTHING)
        self._context.work.read(partial(_form, batch), self._echo)

    def _spread(self, on: bool) -> None:
        for widget in (self.sheet, self.acts, self.line):
            widget.setVisible(not on)
        self.back.setVisible(on)
        self.spread.emit(on)

    def step_back(self) -> None:
        """Leave the paper or the tally sheet, with everything typed kept, and show the whole desk."""
        batch = self._batch
        if batch is None:
            return
        self.pause()
        self._put_away(batch)
        self.take_focus()

    def _on_desk(self, batch: BatchView) -> bool:
        """Answers come later than questions: by then another batch may lie on the desk."""
        return self._batch is not None and self._batch.id == batch.id

    def _with_batch(self, act: Callable[[BatchView], None]) -> None:
        if self._batch is not None:
            act(self._batch)

    def _echo(self, paper: _Echo) -> None:
        if self._on_desk(paper.batch):
            self.empty.setText(batch_stages.echo(paper.form, paper.batch, paper.who))

    def _key(self) -> None:
        if self._batch is not None:
            self.work.setCurrentIndex(KEYING)
            self.keying.open_batch(self._batch)

    def _key_again(self) -> None:
        batch = self._batch
        if batch is not None:
            counts = partial(self._open_counts, pass_no=2)
            then = counts if batch.entry_mode == EntryMode.COUNT else self._second_paper
            wrong = "{}（按“其他…”里的“换操作员”）".format
            self.steps.check_keyer(batch, partial(then, batch), lambda said: self._tell(wrong(said)))

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
                batch, values, partial(self._registered, batch), lambda said: self.sheet.tell([said])
            )

    def _registered(self, batch: BatchView) -> None:
        if self._on_desk(batch):
            self.sheet.tell(["核对单已登记。"])
            key = self.acts.of[Step.KEY]
            (self.acts.of[Step.COUNT] if key.isHidden() else key).setFocus()

    def _keep_counts(self, batch_id: str, counts: Counted, pass_no: int) -> None:
        self.steps.keep_counts(batch_id, counts, pass_no, self.counting.saved, self.counting.failed)

    def _finish_first(self) -> None:
        if (batch := self._batch) is not None:
            self.pause()
            self.steps.look_before_second(batch, partial(self._choose_second, batch))

    def _choose_second(
        self, batch: BatchView, found: list[Finding], choices: Sequence[second.Choice]
    ) -> None:
        if not self._on_desk(batch):
            return
        stopping = blocking(found)
        self._tell("\n".join(stopping or [f"请留意：{finding.sentence}" for finding in found]))
        if not stopping:
            self.acts_of.finish_first(batch, choices)

    def _compare(self) -> None:
        if (batch := self._batch) is not None:
            self.pause()
            self.steps.compare(batch, partial(self._compared, batch), self._not_compared)

    def _not_compared(self, said: str) -> None:
        self.step_back()
        self._tell(said)

    def _compared(self, batch: BatchView, outcome: settling.Outcome) -> None:
        if self._on_desk(batch):
            self._tell(outcome.sentence, wrong=outcome.escalated or bool(outcome.left))

    def _unsign(self) -> None:
        if self._batch is not None:
            said = "签字已撤回，可以再改。"
            self.steps.unsign(self._batch, lambda: self._tell(said, wrong=False))

    def _seal(self) -> None:
        if self._batch is not None:
            self.steps.seal(self._batch, self._sealed, self._tell)

    def _show_more(self) -> None:
        """What is seldom done, where it cannot be pressed by accident."""
        batch = self._batch
        if batch is None:
            return
        self.menu.clear()
        offered = [("换操作员…", True, self._change_operator), *self.acts_of.seldom(batch)]
        for text, possible, act in offered:
            action = self.menu.addAction(text)
            action.setEnabled(possible)
            action.triggered.connect(lambda _=False, act=act: act())
        more = self.acts.of[Step.MORE]
        self.menu.popup(more.mapToGlobal(more.rect().bottomLeft()))

    def _change_operator(self) -> None:
        self._context.change_operator(lambda name: self._tell(f"现在的操作员是“{name}”。", wrong=False))

    def _did(self, said: str) -> None:
        self.keying.forget()
        self._tell(said, wrong=False)

    def _tell(self, text: str, *, wrong: bool = True) -> None:
        say(self.problems, text, wrong=wrong)
        self.problems.setVisible(bool(text))
        self._fresh = bool(text)


def _next(batch: BatchView) -> Step | None:
    """The act that comes next; keying until every ballot is in, then finishing."""
    match BatchState(batch.state):
        case BatchState.FIRST:
            complete = batch.keyed > 0 and batch.keyed == batch.to_key
            return Step.FINISH if complete or batch.entry_mode == EntryMode.COUNT else Step.KEY
        case BatchState.SECOND:
            return Step.AGAIN
        case BatchState.AGREED:
            return Step.SIGN
        case BatchState.SIGNED:
            return Step.SEAL
    return Step.CORRECT if batch.sealed else None


def _form(batch: BatchView, session: Session) -> _Echo:
    form = campaigns.current(session).form(batch.form_code)
    return _Echo(batch, form, quality.names(session, batch_id=batch.id))
