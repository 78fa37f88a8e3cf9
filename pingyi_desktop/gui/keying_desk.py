"""Keying one batch ballot by ballot: the paper, the key card beside it, the running count, every key durable.

A key is drawn at once and written by the database thread in the order of the keys; nothing waits for the disk. When a
write is refused (disk full, drive gone), keying stops, says why, and goes back to the last durable state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import ballots, batches, campaigns, keying, second
from pingyi_desktop.appraisal.ballots import NO_STROKES, Strokes
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.keying import Keying, Outcome
from pingyi_desktop.appraisal.second import Turn
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui import settings, sounds
from pingyi_desktop.gui.forms import label, say, scrolled
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.paper import Layout, PaperView

EVERY = 10
CARD = """按键（小键盘一样）
1–8　勾这一档
0　未填　　9　多选
.　看不清
退格、−　退一格并清掉；第一格时重开上一张
方向键　只移动　　/ 行号　跳到那一行
* 数字　没录的格都填这个
F8 原因 回车　整张作废
回车　这张录完
F9、Esc　停下，录过的都在"""


@dataclass(frozen=True)
class _Sheet:
    batch_id: str
    layout: Layout
    state: Keying | None
    message: str = ""


class KeyingDesk(QWidget):
    """Takes a batch, keys it; ``progressed`` tells which batch has how many committed ballots of the first entry.

    In the second entry a ballot is compared when Enter is pressed; ``finished`` tells that every one has been keyed.
    """

    progressed: ClassVar[Signal] = Signal(str, int)
    opened: ClassVar[Signal] = Signal()
    finished: ClassVar[Signal] = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._batch: BatchView | None = None
        self._state: Keying | None = None
        self._stopped = False
        self._early: list[str] | None = None
        self._pass = 1
        self._strokes = NO_STROKES
        self._may_fill = True
        self._newest: tuple[str, int] | None = None
        self.progressed.connect(self._remember)
        self.paper = PaperView()
        self.paper.pressed.connect(self._press)
        self.paper.listening.connect(lambda _: self._draw())
        self.count = label(role="strong", wrap=False)
        self.told = label(role="wrong")
        self._area = scrolled(self.paper)
        self._area.verticalScrollBar().valueChanged.connect(lambda _: self.paper.update())
        card = label(CARD, role="card")
        card.setAlignment(Qt.AlignmentFlag.AlignTop)
        card.setFixedWidth(card.fontMetrics().horizontalAdvance("汉") * 14)
        both = QHBoxLayout()
        both.addWidget(self._area, 1)
        both.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.count)
        top.addWidget(self.told, 1)
        column.addLayout(top)
        column.addLayout(both, 1)
        self.setFocusProxy(self.paper)

    @property
    def state(self) -> Keying | None:
        """Where keying is; None while a batch is being opened."""
        return self._state

    @property
    def committed(self) -> tuple[str, int] | None:
        """The batch keyed last and how many of its ballots are committed: a list asked for earlier is older."""
        return self._newest

    def _remember(self, batch_id: str, done: int) -> None:
        self._newest = batch_id, done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.paper.fit(self._area.viewport().size())

    def open_batch(self, batch: BatchView, pass_no: int = 1) -> None:
        """Go on with a pass of a batch at the exact cell where it was left."""
        self._batch, self._state, self._stopped, self._early = batch, None, False, None
        self._pass, self._may_fill = pass_no, settings.may_fill()
        say(self.told, "")
        self._context.work.read(lambda session: _sheet(session, batch, pass_no), self._show)

    def close_batch(self) -> None:
        """Take no more keys for it."""
        self._batch, self._state, self._early = None, None, None

    def forget(self) -> None:
        """What was keyed is thrown away."""
        self.close_batch()
        self._newest = None

    def renew(self, batch: BatchView) -> None:
        """Take newer figures of the batch in hand (its control sheet was typed meanwhile)."""
        if self._batch is not None and self._batch.id == batch.id:
            self._batch = batch
            self._draw()

    def _show(self, sheet: _Sheet) -> None:
        if self._batch is None or self._batch.id != sheet.batch_id:
            return  # another batch was taken up meanwhile
        if sheet.state is None:
            self.finished.emit(sheet.batch_id)
            return
        self._state, self._stopped = sheet.state, False
        if sheet.message:
            say(self.told, sheet.message, wrong=False)
        self.paper.show_paper(sheet.layout)
        self.paper.fit(self._area.viewport().size())
        self._draw()
        self.opened.emit()
        self.paper.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._pass == 1:
            self.progressed.emit(sheet.batch_id, sheet.state.position - 1)

    def _press(self, key: str) -> None:
        batch, before = self._batch, self._state
        if self._early is not None:
            self._early.append(key)  # the ballot before is being opened again: its keys wait for it
        if batch is None or before is None:
            return
        step = keying.press(before, key, may_fill=self._may_fill)
        self._state = step.state
        self._strokes = _more(self._strokes, key, step.outcome)
        say(self.told, step.message, wrong=step.outcome is Outcome.REFUSED)
        sounds.play(step, row_width=before.paper.row_width)
        match step.outcome:
            case Outcome.KEYED:
                self._write(batch.id, step.state, committed=False)
            case Outcome.COMMITTED if self._pass == 2 and step.done is not None:
                self._compare(batch.id, step.done)
                return
            case Outcome.COMMITTED if step.done is not None:
                self._write(batch.id, step.done, committed=True)
                self._commit(batch.id, step.done.position)
            case Outcome.REOPEN:
                self._reopen(batch.id, before.position)
                return
        self._draw()

    def _write(self, batch_id: str, ballot: Keying, *, committed: bool) -> None:
        by, pass_no = self._context.operator(), self._pass
        strokes = self._take_strokes()
        self._context.work.write(
            lambda session: ballots.save(
                session,
                batch_id=batch_id,
                position=ballot.position,
                cells=ballot.cells,
                committed=committed,
                pass_no=pass_no,
                filled=ballot.filled,
                void_reason=ballot.void_reason,
                by=by,
                strokes=strokes,
            ),
            otherwise=partial(self._stop, batch_id),
        )

    def _take_strokes(self) -> Strokes:
        """The keys since the last write: they are written with the next one."""
        strokes, self._strokes = self._strokes, NO_STROKES
        return strokes

    def _compare(self, batch_id: str, whole: Keying) -> None:
        """A ballot of the second entry: what comes next depends on the first, which only the file knows."""
        by = self._context.operator()
        self._state, self._early = None, []
        strokes = self._take_strokes()
        self._context.work.write(
            lambda session: second.take(
                session,
                batch_id=batch_id,
                position=whole.position,
                cells=whole.cells,
                filled=whole.filled,
                void_reason=whole.void_reason,
                by=by,
                strokes=strokes,
            ),
            partial(self._took, batch_id),
            otherwise=partial(self._stop, batch_id),
        )

    def _took(self, batch_id: str, turn: Turn) -> None:
        if self._batch is None or self._batch.id != batch_id or self._early is None:
            return
        self._state, early, self._early = turn.state, self._early, None
        if turn.state is None:
            self.finished.emit(batch_id)
            return
        say(self.told, turn.message, wrong=bool(turn.state.cells.strip(keying.UNKEYED)))
        self._draw()
        for key in early:
            self._press(key)

    def _reopen(self, batch_id: str, position: int) -> None:
        self._state, self._early = None, []
        pass_no = self._pass
        self._context.work.write(
            lambda session: ballots.reopen_previous(
                session, batch_id=batch_id, position=position, pass_no=pass_no
            ),
            partial(self._reopened, batch_id),
            otherwise=partial(self._stop, batch_id),
        )

    def _reopened(self, batch_id: str, state: Keying) -> None:
        if self._pass == 1:
            self.progressed.emit(batch_id, state.position - 1)
        if self._batch is None or self._batch.id != batch_id or self._early is None:
            return
        self._state, early, self._early = state, self._early, None
        say(self.told, f"已重开第 {state.position} 张，改好后按回车。", wrong=False)
        self._draw()
        for key in early:
            self._press(key)

    def _commit(self, batch_id: str, done: int) -> None:
        if done % EVERY == 0:
            say(self.told, f"已录 {done} 张，可以数一数左手边的票。", wrong=False)
        self.progressed.emit(batch_id, done)

    def _stop(self, batch_id: str, error: UserError) -> None:
        """A key could not be written: nothing after it counts; show what the file really holds."""
        batch = self._batch
        if batch is None or batch.id != batch_id:
            say(self.told, f"刚才离开的那一批，最后几键没有写进去：{error}请重新打开那一批核对。")
        elif not self._stopped:
            self._state, self._stopped, self._early = None, True, None
            say(self.told, f"没有写进去：{error}")
            self._context.work.read(
                lambda session: _sheet(session, batch, self._pass), self._show, otherwise=lambda _: None
            )

    def _draw(self) -> None:
        state, batch = self._state, self._batch
        if state is None or batch is None:
            return
        wanted = batch.to_key if self._pass == 1 else batch.to_key_again
        of = f"，应录 {wanted} 张" if wanted is not None else "（核对单还没填，不知道应录几张）"
        then = "　已满，按回车确认" if state.full else ""
        if state.untouched and state.position - 1 == wanted:
            then = "　录完了，按 Esc 回去"
        if not self.paper.hasFocus():
            then = "　点一下票面再接着录"
        which = "第二遍　" if self._pass == 2 else ""
        self.count.setText(f"{which}第 {state.position} 张　已录 {state.position - 1} 张{of}{then}")
        self.paper.show_state(state)
        cell = min(state.cursor, state.paper.size - 1)
        place = self.paper.cell_rect(cell).center()
        self._area.ensureVisible(place.x(), place.y(), 0, self.paper.margin)


def _sheet(session: Session, batch: BatchView, pass_no: int) -> _Sheet:
    turn = second.resume(session, batch_id=batch.id) if pass_no == 2 else None
    state = ballots.resume(session, batch_id=batch.id) if turn is None else turn.state
    form = campaigns.current(session).form(batch.form_code)
    if form.is_roster:
        rows = tuple(name for _, name in batches.targets(session, batch_id=batch.id))
    else:
        rows = tuple(item.text for item in form.items)
    return _Sheet(batch.id, Layout(form, rows), state, "" if turn is None else turn.message)


def _more(strokes: Strokes, key: str, outcome: Outcome) -> Strokes:
    """One key more for the quality sheet: going back counts as a correction."""
    return Strokes(
        strokes.keystrokes + 1,
        strokes.corrections + (key == keying.BACKSPACE and outcome is not Outcome.REFUSED),
        strokes.refused + (outcome is Outcome.REFUSED),
    )
