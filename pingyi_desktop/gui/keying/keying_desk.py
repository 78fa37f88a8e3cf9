"""Keying one batch ballot by ballot: the paper, the key card beside it, the running count, every key durable.

A key is drawn at once and written by the database thread in the order of the keys; nothing waits for the disk. When a
write is refused (disk full, drive gone), keying stops, says why, and goes back to the last durable state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, batches, printed, second
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.second import Turn
from pingyi_desktop.appraisal.campaign import gradings
from pingyi_desktop.appraisal.paper import grades, keying
from pingyi_desktop.appraisal.paper.keying import Keying, Outcome
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.keying import sounds
from pingyi_desktop.gui.keying.ballot_writer import BallotWriter
from pingyi_desktop.gui.keying.key_card import KeyCard
from pingyi_desktop.gui.keying.keying_choices import card_button, choices_button
from pingyi_desktop.gui.keying.paper import PaperView
from pingyi_desktop.gui.keying.paper_area import PaperArea
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import label, restyle, row, say

EVERY = 10
BESIDE = 60  # characters of width from which the key card stands beside the paper


@dataclass(frozen=True)
class _Sheet:
    batch_id: str
    layout: Layout
    state: Keying | None
    message: str = ""
    probationary: Mapping[str, str] = field(default_factory=dict)
    grading: grades.Grading = grades.USUAL


class KeyingDesk(QWidget):
    """Takes a batch, keys it; ``progressed`` tells which batch has in which pass how many committed ballots.

    In the second entry a ballot is compared when Enter is pressed; ``finished`` tells that every one has been keyed.
    """

    progressed: ClassVar[Signal] = Signal(str, int, int)
    opened: ClassVar[Signal] = Signal()
    finished: ClassVar[Signal] = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._batch: BatchView | None = None
        self.state: Keying | None = None
        """where keying is; None while a batch is being opened"""
        self._sheet: _Sheet | None = None
        self._stopped = False
        self._early: list[str] | None = None
        self._pass = 1
        self._asked = 0
        self._may_fill = self._counts = True
        self._newest: tuple[str, int, int] | None = None
        self._writer = BallotWriter(context)
        self.progressed.connect(self._remember)
        self.paper = PaperView()
        self.paper.pressed.connect(self._press)
        self.paper.listening.connect(self._listened)
        self.count = label(role="strong", wrap=False)
        self.told = label(role="wrong", wrap=False)
        self._band, self.bar = QFrame(), QWidget()
        self.card = KeyCard()
        self.choices, self.fold = choices_button(self._choose), card_button(self.card.setVisible)
        self._area = PaperArea(self.paper)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.timeout.connect(self._take_focus_back)
        self._lay_out()

    def _lay_out(self) -> None:
        self.told.setMinimumHeight(self.told.fontMetrics().height() + 6)  # a message moves nothing
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setRowStretch(0, 1)
        self._grid.addWidget(self._area, 0, 0)
        self._grid.addWidget(self.card, 0, 1, Qt.AlignmentFlag.AlignTop)
        bar = row(self.count, self.choices, self.fold, stretch=False)
        bar.setContentsMargins(0, 0, 0, 0)
        self.bar.setLayout(bar)
        said = row(self.told, stretch=False)
        said.setContentsMargins(8, 0, 8, 0)
        self._band.setLayout(said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._band)
        column.addLayout(self._grid, 1)
        self.card.setHidden(not self.fold.isChecked())
        self.setFocusProxy(self.paper)

    @property
    def committed(self) -> tuple[str, int, int] | None:
        """The batch keyed last, its pass, and how many ballots are committed: a list asked for earlier is older."""
        return self._newest

    def _remember(self, batch_id: str, pass_no: int, done: int) -> None:
        self._newest = batch_id, pass_no, done

    def _tell_progress(self, batch: BatchView, position: int) -> None:
        """The ballot at this place is the next to be keyed."""
        drawn = batch.sample if self._pass == 2 else ()
        done = drawn.index(position) if position in drawn else len(drawn) or position - 1
        self.progressed.emit(batch.id, self._pass, done)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The key card goes under the paper where beside it there is no room."""
        narrow = self.width() < self.fontMetrics().horizontalAdvance("汉") * BESIDE
        if narrow != self.card.narrow:
            self._grid.removeWidget(self.card)
            self.card.set_narrow(narrow)
            if narrow:
                self._grid.addWidget(self.card, 1, 0, 1, 2)
            else:
                self._grid.addWidget(self.card, 0, 1, Qt.AlignmentFlag.AlignTop)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.paper.setFocus(Qt.FocusReason.MouseFocusReason)

    def open_batch(self, batch: BatchView, pass_no: int = 1) -> None:
        """Go on with a pass of a batch at the exact cell where it was left."""
        self._batch, self.state, self._stopped, self._early = batch, None, False, None
        self._pass = pass_no
        self._writer.forget()
        self._choose()
        say(self.told, "")
        self._ask(batch)

    def _ask(self, batch: BatchView) -> None:
        """Read where keying stands; only the newest answer is shown, an older one knows nothing of keys since."""
        self._asked += 1
        pass_no = self._pass
        self._context.work.read(
            lambda session: _sheet(session, batch, pass_no),
            partial(self._show, self._asked),
            otherwise=lambda error: say(self.told, str(error)),
        )

    def close_batch(self) -> None:
        """Take no more keys for it."""
        self._batch, self.state, self._early = None, None, None

    def forget(self) -> None:
        """What was keyed is thrown away."""
        self.close_batch()
        self._newest = None

    def renew(self, batch: BatchView) -> None:
        """Take newer figures of the batch in hand (its control sheet was typed meanwhile)."""
        if self._batch is not None and self._batch.id == batch.id:
            self._batch = batch
            self._draw()

    def _choose(self) -> None:
        self._may_fill, self._counts = settings.may_fill(), settings.count_asked()

    def _show(self, asked: int, sheet: _Sheet) -> None:
        if self._batch is None or self._batch.id != sheet.batch_id or asked != self._asked:
            return  # another batch was taken up meanwhile, or this one once more
        if sheet.state is None:
            self._finish(self._batch)
            return
        self.state, self._stopped, self._sheet = sheet.state, False, sheet
        if sheet.message:
            say(self.told, sheet.message, wrong=bool(sheet.state.asked))
        self._area.show_paper(sheet.layout)
        self.card.tell_options(sheet.layout.widest)
        self._draw()
        self.opened.emit()
        self.paper.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell_progress(self._batch, sheet.state.position)

    def _finish(self, batch: BatchView) -> None:
        """Every ballot of the second entry has been keyed."""
        self.progressed.emit(batch.id, 2, batch.to_key_again)
        self.finished.emit(batch.id)

    def _press(self, key: str) -> None:
        batch, before = self._batch, self.state
        if self._early is not None:
            self._early.append(key)  # the file is being asked which ballot comes next: its keys wait for it
            return
        if batch is None or before is None:
            if key in (keying.PAUSE, keying.CANCEL):
                self.paper.left.emit()
            return
        step = keying.press(before, key, may_fill=self._may_fill)
        self.state = step.state
        self._writer.note(key, step.outcome)
        self.told.setWordWrap(False)
        asked = bool(step.state.asked)
        said = step.message or (keying.why_asked(step.state) if asked else "")
        say(self.told, said, wrong=asked or step.outcome is Outcome.REFUSED)
        sounds.play(step, row_width=before.paper.row_width)
        self._follow(batch, before, step)

    def _follow(self, batch: BatchView, was: Keying, step: keying.Step) -> None:
        """Show what a key did, then make it durable: the write begins when the keyer has seen the key."""
        batch_id, stop = batch.id, partial(self._stop, batch.id)
        match step.outcome:
            case Outcome.KEYED:
                self._draw()
                self._writer.save(batch_id, self._pass, step.state, was=was, committed=False, otherwise=stop)
            case Outcome.COMMITTED if step.done is not None and self._pass == 2:
                self.state, self._early = None, []
                then = partial(self._took, batch_id)
                self._writer.compare(batch_id, step.done, then, was=was, otherwise=stop)
            case Outcome.COMMITTED if step.done is not None:
                self._confirm(step.done.position)
                self._remark(step.done)
                self._draw()
                self._writer.save(batch_id, self._pass, step.done, was=was, committed=True, otherwise=stop)
                self._tell_progress(batch, step.state.position)
            case Outcome.REOPEN:
                self.state, self._early = None, []
                back, otherwise = partial(self._reopened, batch_id), partial(self._kept, batch_id, step.state)
                self._writer.reopen(batch_id, self._pass, was.position, back, otherwise=otherwise)
            case Outcome.PAUSED:
                self._draw()
                self.paper.left.emit()
            case _:
                self._draw()

    def _confirm(self, done: int) -> None:
        """Every tenth ballot: hold the count against the stack.

        A calm line by default: a question would ask for a key that says nothing when it is pressed by habit, and
        refuse the first tick of the next ballot to whoever looks at the paper. An office can have it asked.
        """
        if done % EVERY or self.state is None:
            return
        if not self._counts:
            say(self.told, f"已录 {done} 张，可以数一数左手边翻过的票。", wrong=False)
            return
        self.state = keying.ask_count(self.state)
        text = f"已录 {done} 张。左手边翻过的是 {done} 张吗？对→回车接着录；不对→退格"
        say(self.told, text, wrong=False)

    def _remark(self, done: Keying) -> None:
        """What a ballot just committed shows that it should not (优秀 too often, 预备党员 graded): said, and counted."""
        sheet = self._sheet
        if sheet is None or done.void_reason:
            return
        of, new = sheet.layout.form, sheet.probationary
        if said := grades.on_ballot(of, done.paper, done.cells, new, sheet.grading):
            say(self.told, f"第 {done.position} 张：{''.join(said)}")

    def _took(self, batch_id: str, turn: Turn) -> None:
        """The second entry's ballot was compared: the next one, or the same with the cells that differ."""
        batch = self._batch
        if batch is None or batch.id != batch_id or self._early is None:
            return
        if turn.state is None:
            self.state, self._early = None, None
            self._finish(batch)
            return
        again = bool(turn.state.asked)
        if again:  # what was pressed meanwhile was meant for the next ballot, not for the cells asked again
            self._early = [key for key in self._early if key in (keying.PAUSE, keying.CANCEL)]
            sounds.refuse()
        else:
            self._tell_progress(batch, turn.state.position)
        say(self.told, turn.message, wrong=again)
        self._go_on(turn.state)

    def _go_on(self, state: Keying) -> None:
        """Take up a ballot and the keys that waited for it."""
        self.state, early, self._early = state, self._early or [], None
        if (
            self._pass == 2
            and state.untouched
            and not state.asked
            and self._batch is not None
            and not self._batch.sample
        ):
            self._confirm(state.position - 1)
        self._draw()
        for number, key in enumerate(early):
            if self._early is not None:
                self._early += early[number:]
                return
            self._press(key)

    def _reopened(self, batch_id: str, state: Keying) -> None:
        batch = self._batch
        if batch is None or batch.id != batch_id or self._early is None:
            return
        self._tell_progress(batch, state.position)
        say(self.told, f"已重开第 {state.position} 张，改好后按回车。", wrong=False)
        self._go_on(state)

    def _kept(self, batch_id: str, state: Keying, error: UserError) -> None:
        """There is no ballot before this one, or it could not be opened: this one stays."""
        if self._batch is not None and self._batch.id == batch_id and self._early is not None:
            say(self.told, str(error))
            self._go_on(state)

    def _stop(self, batch_id: str, error: UserError) -> None:
        """A key could not be written: nothing after it counts; show what the file really holds."""
        batch = self._batch
        if batch is None or batch.id != batch_id:
            self.told.setWordWrap(True)
            say(self.told, f"刚才离开的那一批，最后几键没有写进去：{error}请重新打开那一批核对。")
        elif not self._stopped:
            self.state, self._stopped, self._early = None, True, None
            self.told.setWordWrap(True)  # two sentences may be needed here: nothing is being keyed
            say(self.told, f"没有写进去：{error}")
            self._ask(batch)

    def _listened(self, listening: bool) -> None:
        self._draw()
        if not listening:
            self._back.start(0)

    def _take_focus_back(self) -> None:
        """While a ballot is being keyed nothing else on the page takes a key away, whatever was clicked."""
        elsewhere = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if self._batch is None or elsewhere or not self.isVisible() or not self.window().isActiveWindow():
            return
        if self.state is not None or self._early is not None:
            self.paper.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw(self) -> None:
        state, batch = self.state, self._batch
        if state is None or batch is None:
            return
        over = self._pass == 1 and batch.to_key is not None and state.position - 1 > batch.to_key
        line = _count_line(state, batch, self._pass, listening=self.paper.hasFocus())
        say(self.count, line, wrong=over)
        self._frame(bool(state.asked))
        self._area.show_state(state)

    def _frame(self, asked: bool) -> None:
        """While cells are asked for again, the sentence that says so stands in a frame."""
        name = "message" if asked else ""
        if self._band.objectName() != name:
            self._band.setObjectName(name)
            self._band.setProperty("kind", "error")
            restyle(self._band)


def _count_line(state: Keying, batch: BatchView, pass_no: int, *, listening: bool) -> str:
    wanted = batch.to_key if pass_no == 1 else batch.to_key_again
    of = f"，应录 {wanted} 张" if wanted is not None else "（核对单还没填，不知道应录几张）"
    then = "　已满，按回车确认" if state.full and not state.pending else ""
    if state.untouched and state.position - 1 == wanted:
        then = "　录完了，按 Esc 回去"
    if wanted is not None and state.position - 1 > wanted:
        then = f"：多了 {state.position - 1 - wanted} 张，按 Esc 回去核对"
    if not listening:
        then = "　点一下票面再接着录"
    which = "第二遍　" if pass_no == 2 else ""
    return f"{which}第 {state.position} 张　已录 {state.position - 1} 张{of}{then}"


def _sheet(session: Session, batch: BatchView, pass_no: int) -> _Sheet:
    turn = second.resume(session, batch_id=batch.id) if pass_no == 2 else None
    state = ballots.resume(session, batch_id=batch.id) if turn is None else turn.state
    form = batches.form_on(session, batch_id=batch.id)
    new = grades.graded(form)
    listed = printed.probationary(session, batch_id=batch.id) if new else {}
    layout = printed.layout_of(session, batch_id=batch.id)
    grading = gradings.of(session, campaign_id=batches.in_hand(session, batch_id=batch.id).campaign.id)
    return _Sheet(batch.id, layout, state, "" if turn is None else turn.message, listed, grading)
