"""录入: the unit's own sessions and batches at a glance, and the one in hand on the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import batches, campaigns, sessions
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.org import Finding
from pingyi_desktop.appraisal.sessions import SessionView
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.batch_desk import BatchDesk
from pingyi_desktop.gui.forms import Field, button, label
from pingyi_desktop.gui.number_row import NumberRow
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.tables import Column, DataTable
from pingyi_desktop.storage.schema import BatchState, SessionStatus

PEOPLE = (
    ("expected", "应到"),
    ("actual", "实到"),
    ("members", "党员数"),
    ("self_introduced", "自我介绍"),
    ("oral_reports", "汇报"),
)
WELCOME, MEETING, BATCH = 0, 1, 2


@dataclass(frozen=True)
class _Own:
    meetings: list[SessionView]
    batches: list[BatchView]


class EntryPage(Page):
    """Left: sessions and batches with their states. Right: what is chosen."""

    key: ClassVar[str] = "entry"
    title: ClassVar[str] = "录入"
    purpose: ClassVar[str] = "登记开会人数，录本单位的评议票，核对无误后封存。"
    guide: ClassVar[str] = (
        "先在左上选场次登记人数，再在左下选票批：填核对单，选“逐票录入”，照着纸按数字键，一张录完按回车。"
        "随时可以停，录过的都在。"
    )
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "draft_ballot"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._meeting: SessionView | None = None
        self._chosen: str | None = None
        self.meetings = DataTable(
            _MEETINGS, name="场次", empty="还没有场次。活动发布或任务打开后会自动排出。", same=lambda s: s.id
        )
        self.batches = DataTable(_BATCHES, name="票批", empty="本单位没有要录的票。", same=lambda b: b.id)
        self.meetings.selection_changed.connect(self._pick_meeting)
        self.batches.selection_changed.connect(self._pick_batch)
        self.desk = BatchDesk(context, self._sealed)
        self.desk.keying.progressed.connect(lambda _: self.refresh())
        self.hint = label("从左边选一个场次或票批。", role="strong")
        self.go_on = button("去“收发”导出上报", lambda: context.go_to("exchange"), primary=True)
        self.right = QStackedWidget()
        for widget in (self._welcome(), self._meeting_form(), self.desk):
            self.right.addWidget(widget)
        self._lay_out()

    def refresh(self) -> None:
        """Read the own sessions and batches again."""
        self.context.work.read(_look, self._show, otherwise=self._nothing)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("场次", role="caption"))
        column.addWidget(self.meetings, 1)
        column.addWidget(label("票批", role="caption"))
        column.addWidget(self.batches, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(left)
        both.addWidget(self.right)
        both.setStretchFactor(1, 1)
        both.setChildrenCollapsible(False)
        left.setMinimumWidth(left.fontMetrics().horizontalAdvance("汉") * 18)
        self.body.addWidget(both, 1)

    def _welcome(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.hint)
        column.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.go_on.hide()
        return page

    def _meeting_form(self) -> QWidget:
        page = QWidget()
        self.meeting_head = label(role="strong")
        self.date = QDateEdit(QDate.currentDate())
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat("yyyy年M月d日")
        self.people = NumberRow(
            PEOPLE, "登记", self._hold, optional=("members", "self_introduced", "oral_reports")
        )
        column = QVBoxLayout(page)
        column.addWidget(self.meeting_head)
        column.addWidget(Field("召开日期", self.date), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.people)
        column.addStretch(1)
        return page

    def _show(self, own: _Own) -> None:
        self.meetings.set_rows(own.meetings)
        self.batches.set_rows(own.batches)
        current = next((b for b in own.batches if b.id == self._chosen), None)
        if current is not None and self.right.currentIndex() == BATCH:
            self.desk.show_batch(current)
        done = all(b.state == BatchState.SEALED for b in own.batches) and all(
            s.status == SessionStatus.HELD for s in own.meetings
        )
        if self._chosen is None and self._meeting is None:
            self._offer_first(own)
        self.go_on.setVisible(done and bool(own.meetings))
        if done and own.meetings:
            self.hint.setText("本单位的场次都已登记，票批都已封存。下一步：导出上报。")

    def _offer_first(self, own: _Own) -> None:
        """On opening the page: the first batch still to be sealed, else the first session still to be registered."""
        open_batches = [i for i, b in enumerate(own.batches) if b.state != BatchState.SEALED]
        unheld = [i for i, s in enumerate(own.meetings) if s.status != SessionStatus.HELD]
        if open_batches:
            self.batches.view.selectRow(open_batches[0])
            self.desk.take_focus()
        elif unheld:
            self.meetings.view.selectRow(unheld[0])
            self.people.setFocus(Qt.FocusReason.OtherFocusReason)

    def _nothing(self, error: UserError) -> None:
        self.hint.setText(str(error))

    def _pick_meeting(self) -> None:
        picked = self.meetings.selected()
        if picked and isinstance(picked[0], SessionView):
            meeting = picked[0]
            if self._meeting is None or self._meeting.id != meeting.id:
                self.people.show_values({name: getattr(meeting, name) for name, _ in PEOPLE})
                self.people.tell(())
                if meeting.held_on:
                    self.date.setDate(QDate.fromString(meeting.held_on, Qt.DateFormat.ISODate))
            self._meeting, self._chosen = meeting, None
            self.batches.view.clearSelection()
            self.meeting_head.setText(f"{meeting.org_name}　层面{'一' if meeting.layer == 1 else '二'}评议会")
            self.right.setCurrentIndex(MEETING)

    def _pick_batch(self) -> None:
        picked = self.batches.selected()
        if picked and isinstance(picked[0], BatchView):
            batch = picked[0]
            if batch.id != self._chosen or self.right.currentIndex() != BATCH:
                self._chosen, self._meeting = batch.id, None
                self.meetings.view.clearSelection()
                self.right.setCurrentIndex(BATCH)
                self.desk.show_batch(batch)

    def _hold(self, values: dict[str, int | None]) -> None:
        meeting, by = self._meeting, self.context.operator()
        if meeting is None:
            return
        day = self.date.date().toString(Qt.DateFormat.ISODate)
        self.context.work.write(
            lambda session: sessions.hold(
                session,
                session_id=meeting.id,
                held_on=day,
                expected=values["expected"] or 0,
                actual=values["actual"] or 0,
                members=values["members"],
                self_introduced=values["self_introduced"],
                oral_reports=values["oral_reports"],
                by=by,
            ),
            self._held,
            act="登记场次",
            otherwise=lambda error: self.people.tell([str(error)]),
        )

    def _held(self, warnings: list[Finding]) -> None:
        self.people.tell([finding.sentence for finding in warnings] or ["已登记。"])

    def _sealed(self) -> None:
        self.messages.inform("已封存。票的次序已经抹掉，只留票数。")


_STATES = {SessionStatus.PLANNED: "待登记", SessionStatus.HELD: "已登记"}


def _state(batch: BatchView) -> str:
    if batch.state == BatchState.SEALED:
        return "已封存"
    if batch.entry_mode is None:
        return "未开始"
    if batch.to_key is not None and batch.keyed == batch.to_key:
        return "可封存"
    return f"录 {batch.keyed}/{'?' if batch.to_key is None else batch.to_key}"


def _stack(batch: BatchView) -> str:
    return f"{batch.form_code} {batch.org_name}" + (
        "" if batch.voter_category == "ALL" else f" {batch.category_name}"
    )


_MEETINGS = (
    Column("场次", lambda s: s.org_name, sort_key=lambda s: s.org_code),
    Column("状态", lambda s: _STATES[SessionStatus(s.status)]),
)
_BATCHES = (
    Column("票批", _stack, sort_key=lambda b: b.code, tooltip=lambda b: f"{b.form_title} {b.code}"),
    Column("状态", _state),
)


def _look(session: Session) -> _Own:
    view = campaigns.current(session)
    if not view.published:
        raise UserError("活动还没有发布。请先到“评议活动”页发布，再来录票。")
    own = [s for s in sessions.listing(session, campaign_id=view.id) if s.own]
    return _Own(own, batches.listing(session, campaign_id=view.id, own_only=True))
