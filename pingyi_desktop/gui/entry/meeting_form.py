"""What a session's minutes say: the day and how many people came, to be registered by the unit that held it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.entry import later_stack
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.days import day_box, iso
from pingyi_desktop.gui.parts.forms import Field, allow, button, label
from pingyi_desktop.gui.parts.number_row import NumberRow

PEOPLE = (
    ("expected", "应到"),
    ("actual", "实到"),
    ("members", "党员数"),
    ("self_introduced", "自我介绍"),
    ("oral_reports", "汇报"),
)


MEANT = "应到、实到是来评议的全部人数。党员数、自我介绍、汇报数的是其中的党员；“汇报登记”页逐人登记过的，点“按会议台账登记”，不用自己数。"


class MeetingForm(QWidget):
    """One session at a time; registering it again corrects it. ``held(meeting, said)`` is called afterwards."""

    def __init__(self, context: Context, held: Callable[[SessionView, str], None]) -> None:
        super().__init__()
        self._context, self._done = context, held
        self._meeting: SessionView | None = None
        self.head = label(role="strong")
        self.date = day_box()
        self.people = NumberRow(
            PEOPLE, "登记", self._hold, optional=("members", "self_introduced", "oral_reports")
        )
        self.people.button.setProperty("primary", True)
        self.told = button(
            "按会议台账登记", self._take_over, hint="日期和人数照“会议”页，汇报照“汇报登记”页逐人数"
        )
        self.later = button("没到会的人补投…", self._ask_later, hint="另开一叠票，和本场一并计票")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.head)
        column.addWidget(Field("召开日期", self.date), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.people)
        column.addWidget(label(MEANT, role="hint"))
        for one in (self.told, self.later):
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.setFocusProxy(self.date)

    def show_meeting(self, meeting: SessionView) -> None:
        """Show a session; figures being typed for the one already shown are left alone."""
        if self._meeting is None or self._meeting.id != meeting.id:
            self.people.show_values({name: getattr(meeting, name) for name, _ in PEOPLE})
            self.people.tell(())
            held = QDate.fromString(meeting.held_on or "", Qt.DateFormat.ISODate)
            self.date.setDate(held if held.isValid() else QDate.currentDate())
        self._meeting = meeting
        absent = (meeting.expected or 0) - (meeting.actual or 0)
        allow(self.later, "" if absent else "登记了应到、实到，有人没到会的，才能补投。")
        self.head.setText(f"{meeting.org_name}　{layer_name(meeting.layer)}评议会")

    def _hold(self, values: dict[str, int | None]) -> None:
        meeting, by = self._meeting, self._context.operator()
        if meeting is None:
            return
        day = iso(self.date)
        weighed(
            self,
            self._context,
            lambda session, reason: sessions.hold(
                session,
                session_id=meeting.id,
                held_on=day,
                expected=values["expected"] or 0,
                actual=values["actual"] or 0,
                members=values["members"],
                self_introduced=values["self_introduced"],
                oral_reports=values["oral_reports"],
                by=by,
                reason=reason,
            ),
            lambda told: self._done(meeting, "".join(["开会人数已登记。", *(one.sentence for one in told)])),
            act="登记场次",
            otherwise=lambda error: self._refused(meeting, str(error)),
        )

    def _take_over(self) -> None:
        meeting, context, by = self._meeting, self._context, self._context.operator()
        if meeting is None:
            return
        weighed(
            self,
            context,
            lambda session, reason: of_sessions.register_session(
                session,
                campaign_id=campaigns.at_work_id(session, chosen=context.campaign()),
                layer=meeting.layer,
                org=meeting.org_code,
                by=by,
                reason=reason,
            ),
            lambda told: self._taken_over(meeting, "".join(one.sentence for one in told)),
            act="登记场次",
            otherwise=lambda error: self._refused(meeting, str(error)),
        )

    def _taken_over(self, meeting: SessionView, told: str) -> None:
        """Show what is registered now in place of what was typed."""

        def show(fresh: SessionView) -> None:
            self._meeting = None
            self.show_meeting(fresh)
            self._done(fresh, f"已按会议台账登记。{told}")

        self._context.work.read(partial(_again, meeting=meeting, chosen=self._context.campaign()), show)

    def _ask_later(self) -> None:
        meeting, context = self._meeting, self._context
        if meeting is not None:
            context.work.read(
                lambda session: (
                    campaigns.show(
                        session, campaign_id=campaigns.at_work_id(session, chosen=context.campaign())
                    ).voter_categories
                ),
                lambda known: later_stack.ask(
                    self, context, meeting, known, lambda said: self._done(meeting, said)
                ),
            )

    def _refused(self, meeting: SessionView, said: str) -> None:
        if self._meeting is not None and self._meeting.id == meeting.id:
            self.people.tell([said], wrong=True)


def _again(session: Session, *, meeting: SessionView, chosen: str) -> SessionView:
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    listed = sessions.listing(session, campaign_id=campaign_id, layer=meeting.layer)
    return next(one for one in listed if one.id == meeting.id)
