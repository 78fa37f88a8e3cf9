"""录入: the unit's own sessions and batches as cards, and the one in hand on the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.entry import batch_stages
from pingyi_desktop.gui.entry.batch_cards import BatchCards, Group, grouped
from pingyi_desktop.gui.entry.batch_desk import BatchDesk
from pingyi_desktop.gui.entry.meeting_form import MeetingForm
from pingyi_desktop.gui.looks import states
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.forms import button, fit_current, label, row
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.storage.schema_campaign import SessionStatus

CARDS, MEETING, BATCH = 0, 1, 2
DONE = "本单位的场次都已登记，票都已封存。下一步：到“{}”页{}。"
EMPTY = "本单位没有要录的票：下级的票由下级录，数据包到“收发”页收。"


@dataclass(frozen=True)
class _Own:
    campaign_id: str
    meetings: list[SessionView]
    batches: list[BatchView]
    alone: bool = False
    """no unit above nor below takes part"""


class EntryPage(Page):
    """Cards first; then a session's people or one batch, with the way back to the cards above it."""

    purpose: ClassVar[str] = "登记开会人数，录本单位的评议票，核对无误后封存。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "draft_tally"}
    )
    """without draft_ballot: no key waits for the lists to be read; the desk tells when a ballot is committed"""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._meeting: SessionView | None = None
        self._chosen: str | None = None
        self._own = _Own("", [], [])
        self._focus_first = True
        self.cards = BatchCards(self.open_meeting, self.open_batch)
        self.desk = BatchDesk(context, self._sealed)
        self.desk.keying.progressed.connect(self._progressed)
        self.desk.spread.connect(self._spread)
        self.desk.left.connect(self.refresh)
        self.desk.people_asked.connect(self._ask_people)
        self.meeting = MeetingForm(context, self._held)
        self.hint = label(role="strong")
        self.practise = button("先练一练", self.desk.acts_of.practise, hint="一分钟，四张样票，什么也不存")
        self.next = button("", self._take_up_first, primary=True)
        self.go_on = button("", self._leave_done, primary=True)
        self.back = button("回到全部票批", self.show_cards, hint="Esc")
        self.faces = QStackedWidget()
        self._lay_out()

    @property
    def batches(self) -> list[BatchView]:
        """The own batches, in order."""
        return self._own.batches

    @property
    def meetings(self) -> list[SessionView]:
        """The own sessions, in order."""
        return self._own.meetings

    @property
    def topic(self) -> str:
        """Keying, both entries and the seal have pages of their own."""
        return self.desk.topic if self.faces.currentIndex() == BATCH else self.key

    def refresh(self) -> None:
        """Read the own sessions and batches again."""
        asked = partial(read, chosen=self.context.campaign())
        self.context.work.read(asked, self._show, otherwise=self._nothing)

    def _lay_out(self) -> None:
        first = QWidget()
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        line = row(self.hint, self.practise, self.next, self.go_on, stretch=False)
        line.setStretch(0, 1)
        column.addLayout(line)
        column.addWidget(self.cards, 1)
        for one in (self.practise, self.next, self.go_on, self.back):
            one.hide()
        for widget in (first, self.meeting, self.desk):
            self.faces.addWidget(widget)
        fit_current(self.faces)
        self.body.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.faces, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.back.isVisible():
            self.show_cards()
        else:
            super().keyPressEvent(event)

    def show_cards(self) -> None:
        """Put down what is in hand; the focus goes to the next step."""
        self.desk.put_down()
        self._meeting, self._chosen = None, None
        self._face(CARDS)
        self._focus_first = True
        self.refresh()

    def open_meeting(self, meeting: SessionView) -> None:
        """Register who came."""
        self._meeting, self._chosen = meeting, None
        self.meeting.show_meeting(meeting)
        self._face(MEETING)
        self.meeting.people.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_batch(self, batch: BatchView) -> None:
        """Put a batch on the desk."""
        self._chosen, self._meeting = batch.id, None
        self._face(BATCH)
        self.desk.show_batch(batch, held=self._is_held(batch))
        self.desk.take_focus()

    def _face(self, number: int) -> None:
        self.faces.setCurrentIndex(number)
        self.back.setVisible(number != CARDS)

    def _spread(self, on: bool) -> None:
        """The paper has the whole window: all else, and what was told before, steps aside."""
        self.back.setVisible(not on and self.faces.currentIndex() != CARDS)
        self.fill_window(on)
        if on:
            self.messages.hide()

    def _leave(self) -> None:
        """Another campaign was chosen: nothing of the one before stays on the desk."""
        self._meeting = self._chosen = None
        self.desk.put_down()
        self._face(CARDS)

    def _show(self, read: _Own) -> None:
        if read.campaign_id != self._own.campaign_id:
            self._leave()
        self._own = replace(read, batches=_counted(read.batches, self.desk.keying.committed))
        self.state.hide()
        if not read.batches and not read.meetings:
            to_exchange = partial(self.context.go_to, "exchange")
            self.state.show_state(states.EMPTY, EMPTY, "去“收发”", to_exchange, alone=True)
        self.cards.show_groups(self._groups())
        current = next((b for b in self.batches if b.id == self._chosen), None)
        if current is not None:
            self.desk.show_batch(current, held=self._is_held(current))
        self._advise()
        if self._focus_first and self.faces.currentIndex() == CARDS:
            self._focus_first = False
            found = next((one for one in (self.next, self.go_on) if not one.isHidden()), None)
            if found is not None and self.isVisible():
                found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _groups(self) -> list[Group]:
        return grouped(self.meetings, self.batches)

    def _is_held(self, batch: BatchView) -> bool:
        return any(group.held for group in self._groups() if batch in group.batches)

    def _first(self) -> Group | None:
        """The session in which something is to be done first."""
        unsealed = (g for g in self._groups() if any(not b.sealed for b in g.batches))
        unheld = (g for g in self._groups() if not g.held)
        return next(unsealed, None) or next(unheld, None)

    def _advise(self) -> None:
        """Say what comes next, on the button that does it."""
        group = self._first()
        left = sum(not batch.sealed for batch in self.batches)
        self.next.setVisible(group is not None)
        self.practise.setVisible(bool(self.batches) and all(b.entry_mode is None for b in self.batches))
        self.cards.leave_to_the_head("" if group is None or group.held else group.meeting.id)
        self.go_on.setVisible(group is None and bool(self.meetings))
        if group is None:
            alone = self._own.alone
            where, what = (
                ("报表", "看结果、打印") if alone else ("收发", "；有下级的先收下级的数据包，再导出上报")
            )
            self.go_on.setText(f"去“{where}”")
            self.hint.setText(DONE.format(where, what) if self.meetings else "")
            return
        many = f"还有 {left} 批票没有封存。" if left else "票都已封存，还有场次没有登记人数。"
        batch = next((b for b in group.batches if not b.sealed), None)
        step = batch_stages.Step.PEOPLE
        if batch is not None and group.held:
            step = batch_stages.step_of(batch, held=True) or step
        what = (
            f"“{batch.form_title}”" if batch is not None and group.held else f"“{group.meeting.org_name}”的会"
        )
        name = "登记开会人数" if batch is None else batch_stages.name_of(step, batch)
        self.next.setText(name)
        self.hint.setText(f"{many}下一步：{what}，{name}。")

    def _leave_done(self) -> None:
        self.context.go_to("reports" if self._own.alone else "exchange")

    def _take_up_first(self) -> None:
        group = self._first()
        if group is None:
            return
        batch = next((b for b in group.batches if not b.sealed), None)
        if batch is not None and group.held:
            self.open_batch(batch)
        else:
            self.open_meeting(group.meeting)

    def _ask_people(self) -> None:
        """From a batch to its session."""
        for group in self._groups():
            if any(batch.id == self._chosen for batch in group.batches):
                self.open_meeting(group.meeting)
                return

    def _held(self, meeting: SessionView, said: str) -> None:
        """A session was registered: its first batch still to be entered comes next."""
        self.messages.inform(said)
        if self._meeting is None or self._meeting.id != meeting.id:
            return
        self._own = replace(
            self._own,
            meetings=[
                m._replace(status=SessionStatus.HELD) if m.id == meeting.id else m for m in self.meetings
            ],
        )
        for group in self._groups():
            batch = next((b for b in group.batches if not b.sealed), None)
            if group.meeting.id == meeting.id and batch is not None:
                self.open_batch(batch)
                return
        self.show_cards()

    def _progressed(self, batch_id: str, pass_no: int, done: int) -> None:
        """A ballot was committed or opened again: change its card without asking the file."""
        old = self._own.batches
        new = _counted(old, (batch_id, pass_no, done))
        if new != old:
            self._own = replace(self._own, batches=new)
            self.cards.show_groups(self._groups())
            self._advise()
            if batch_id == self._chosen:
                batch = next(b for b in new if b.id == batch_id)
                self.desk.show_batch(batch, held=self._is_held(batch))

    def _nothing(self, error: UserError) -> None:
        self.refuse(error)
        self.hint.setText("")
        for one in (self.practise, self.next, self.go_on):
            one.hide()

    def _sealed(self) -> None:
        self.messages.inform("已封存。票的次序已经抹掉，只留票数。")
        self.show_cards()


def _counted(listed: list[BatchView], committed: tuple[str, int, int] | None) -> list[BatchView]:
    """The list with the number of ballots that keying knows better: its last keys may not be written yet."""
    if committed is None:
        return listed
    batch_id, pass_no, done = committed
    known: dict[str, Any] = {"keyed" if pass_no == 1 else "keyed_again": done}
    return [b._replace(**known) if b.id == batch_id else b for b in listed]


def read(session: Session, *, chosen: str) -> _Own:
    """The own sessions and batches of the chosen campaign; a sentence before it is published."""
    seen = pictures.read(session, campaign_id=campaigns.at_work_id(session, chosen=chosen))
    if not seen.view.published:
        raise UserError("活动还没有发布。请先到“评议活动”页发布，再来录票。")
    meetings = [one for one in seen.meetings if one.own]
    above = seen.view.root_code != seen.own
    alone = not (above or any(one.parent_code == seen.own for one in seen.tree))
    return _Own(seen.view.id, meetings, [one for one in seen.stacks if one.own], alone)
