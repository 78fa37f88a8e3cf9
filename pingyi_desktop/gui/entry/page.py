"""录入: the unit's own sessions and batches at a glance, and the one in hand on the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.entry import batch_stages
from pingyi_desktop.gui.entry.batch_desk import BatchDesk
from pingyi_desktop.gui.entry.meeting_form import MeetingForm
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.forms import button, label, row
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import SessionStatus

WELCOME, MEETING, BATCH = 0, 1, 2


@dataclass(frozen=True)
class _Own:
    campaign_id: str
    meetings: list[SessionView]
    batches: list[BatchView]


class EntryPage(Page):
    """Left: sessions and batches with their states. Right: what is chosen."""

    purpose: ClassVar[str] = "登记开会人数，录本单位的评议票，核对无误后封存。"
    guide: ClassVar[str] = (
        "先在左上选场次登记人数，再在左下选票批：填核对单，选“逐票录入”，照着纸按数字键，一张录完按回车。"
        "随时可以停，录过的都在。"
    )
    shows: ClassVar[frozenset[str]] = frozenset({"campaign", "appraisal_session", "ballot_batch"})
    """without draft_ballot: no key waits for the lists to be read; the desk tells when a ballot is committed"""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._meeting: SessionView | None = None
        self._chosen: str | None = None
        self._own = _Own("", [], [])
        self._just_sealed = False
        self.meetings = DataTable(
            _MEETINGS, name="场次", empty="还没有场次。活动发布或任务打开后会自动排出。", same=lambda s: s.id
        )
        self.batches = DataTable(_BATCHES, name="票批", empty="本单位没有要录的票。", same=lambda b: b.id)
        self.meetings.selection_changed.connect(self._pick_meeting)
        self.batches.selection_changed.connect(self._pick_batch)
        self.desk = BatchDesk(context, self._sealed)
        self.desk.keying.progressed.connect(self._progressed)
        self.desk.spread.connect(self._spread)
        self.hint = label("从左边选一个场次或票批。", role="strong")
        self.next = button("接着录下一批", self._offer_first, primary=True)
        self.go_on = button("去“收发”", lambda: context.go_to("exchange"), primary=True)
        self.right = QStackedWidget()
        self.meeting = MeetingForm(context)
        for widget in (QWidget(), self.meeting, self.desk):
            self.right.addWidget(widget)
        self._lay_out()

    def refresh(self) -> None:
        """Read the own sessions and batches again."""
        asked = partial(read, chosen=self.context.campaign())
        self.context.work.read(asked, self._show, otherwise=self._nothing)

    def _spread(self, on: bool) -> None:
        """The paper has the whole page: the lists and what was told before step aside."""
        self.left.setVisible(not on)
        if on:
            self.messages.hide()

    def _lay_out(self) -> None:
        self.left = QWidget()
        column = QVBoxLayout(self.left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("场次", role="caption"))
        column.addWidget(self.meetings, 1)
        column.addWidget(label("票批", role="caption"))
        column.addWidget(self.batches, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.left)
        both.addWidget(self._right_side())
        both.setStretchFactor(0, 1)
        both.setStretchFactor(1, 2)
        both.setSizes([380, 760])
        both.setChildrenCollapsible(False)
        self.body.addWidget(both, 1)

    def _right_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        self.ahead = QWidget()
        line = row(self.hint, self.next, self.go_on, stretch=False)
        line.setContentsMargins(0, 0, 0, 0)
        line.setStretch(0, 1)
        self.ahead.setLayout(line)
        self.next.hide()
        self.go_on.hide()
        column.addWidget(self.ahead)
        column.addWidget(self.right, 1)
        return side

    def _leave(self) -> None:
        """Another campaign was chosen: nothing of the one before stays on the desk."""
        self._meeting = self._chosen = None
        self.desk.step_back()
        self.right.setCurrentIndex(WELCOME)

    def _show(self, read: _Own) -> None:
        if read.campaign_id != self._own.campaign_id:
            self._leave()
        own = replace(read, batches=_counted(read.batches, self.desk.keying.committed))
        self.meetings.set_rows(own.meetings)
        self.batches.set_rows(own.batches)
        current = next((b for b in own.batches if b.id == self._chosen), None)
        if current is not None and self.right.currentIndex() == BATCH:
            self.desk.show_batch(current)
        self._own = own
        if self._chosen is None and self._meeting is None:
            self._offer_first()
        self._advise()
        if self._just_sealed:
            self._just_sealed = False
            (self.go_on if self.go_on.isVisible() else self.next).setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> list[BatchView]:
        return [batch for batch in self._own.batches if batch.state != BatchState.SEALED]

    def _unheld(self) -> list[SessionView]:
        return [meeting for meeting in self._own.meetings if meeting.status != SessionStatus.HELD]

    def _advise(self) -> None:
        """Say what comes next, out of the way while a batch is in hand."""
        batches_left, meetings_left = self._open(), self._unheld()
        here = self._meeting.id if self._meeting is not None else None
        in_hand = any(b.id == self._chosen for b in batches_left) or here in {m.id for m in meetings_left}
        done = bool(self._own.meetings) and not batches_left and not meetings_left
        if done:
            text = "本单位的场次都已登记，票都已封存。下一步：到“收发”页收下级的数据包，或导出上报。"
        elif batches_left:
            text = f"还有 {len(batches_left)} 批票没有封存。"
        else:
            text = f"票都已封存，还有 {len(meetings_left)} 个场次没有登记人数。" if meetings_left else ""
        self.hint.setText(text)
        self.next.setText("接着录下一批" if batches_left else "去登记")
        self.next.setVisible(not done and bool(text))
        self.go_on.setVisible(done)
        self.ahead.setVisible(bool(text) and not in_hand)

    def _offer_first(self) -> None:
        """Take up the first batch still to be sealed, else the first session still to be registered."""
        batches_left, meetings_left = self._open(), self._unheld()
        if batches_left:
            self.batches.choose(batches_left[0])
            self.desk.take_focus()
        elif meetings_left:
            self.meetings.choose(meetings_left[0])
            self.meeting.people.setFocus(Qt.FocusReason.OtherFocusReason)

    def _progressed(self, batch_id: str, done: int) -> None:
        """A ballot was committed or opened again: change its line without asking the file."""
        old = self._own.batches
        new = _counted(old, (batch_id, done))
        if new != old:
            self._own = replace(self._own, batches=new)
            self.batches.set_rows(new)
            if batch_id == self._chosen:
                self.desk.show_batch(next(b for b in new if b.id == batch_id))

    def _nothing(self, error: UserError) -> None:
        self.hint.setText(str(error))
        self.ahead.show()

    def _pick_meeting(self) -> None:
        picked = self.meetings.selected()
        if picked and isinstance(picked[0], SessionView):
            meeting = picked[0]
            self._meeting, self._chosen = meeting, None
            self.batches.view.clearSelection()
            self.meeting.show_meeting(meeting)
            self.right.setCurrentIndex(MEETING)
            self._advise()

    def _pick_batch(self) -> None:
        picked = self.batches.selected()
        if picked and isinstance(picked[0], BatchView):
            batch = picked[0]
            if batch.id != self._chosen or self.right.currentIndex() != BATCH:
                self._chosen, self._meeting = batch.id, None
                self.meetings.view.clearSelection()
                self.right.setCurrentIndex(BATCH)
                self.desk.show_batch(batch)
                self._advise()

    def _sealed(self) -> None:
        self._just_sealed = True
        self.messages.inform("已封存。票的次序已经抹掉，只留票数。")


_STATES = {SessionStatus.PLANNED: "待登记", SessionStatus.HELD: "已登记"}


def _counted(listed: list[BatchView], committed: tuple[str, int] | None) -> list[BatchView]:
    """The list with the number of ballots that keying knows better: its last keys may not be written yet."""
    if committed is None:
        return listed
    return [b._replace(keyed=committed[1]) if b.id == committed[0] else b for b in listed]


def _stack(batch: BatchView) -> str:
    return f"{batch.form_code} {batch.org_name}" + (
        "" if batch.voter_category == "ALL" else f" {batch.category_name}"
    )


_MEETINGS = (
    Column("状态", lambda s: _STATES[SessionStatus(s.status)]),
    Column("场次", lambda s: s.org_name, sort_key=lambda s: s.org_code),
)
_BATCHES = (
    Column("状态", batch_stages.state_word),
    Column("票批", _stack, sort_key=lambda b: b.code, tooltip=lambda b: f"{b.form_title} {b.code}"),
    Column("评议表", lambda b: b.form_title),
)


def read(session: Session, *, chosen: str) -> _Own:
    """The own sessions and batches of the chosen campaign; a sentence before it is published."""
    seen = pictures.read(session, campaign_id=campaigns.at_work_id(session, chosen=chosen))
    if not seen.view.published:
        raise UserError("活动还没有发布。请先到“评议活动”页发布，再来录票。")
    meetings = [one for one in seen.meetings if one.own]
    return _Own(seen.view.id, meetings, [one for one in seen.stacks if one.own])
