"""Beside the list of 会议: what follows from the chosen meeting — its session with the stacks, its printed record — and the schedule."""

from __future__ import annotations

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers.catalog import Noun
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.ledgers.details import NextSteps
from pingyi_desktop.gui.ledgers.page import LedgerPage
from pingyi_desktop.gui.ledgers.scheduling import ScheduleDialog
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import allow, button
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.storage.schemas.meetings import MeetingState

CHOOSE = "先在左边选一场会。"
NOT_HELD = "会开了、日期和人数填好了（状态改为“已开”），才能这样做。"
NO_LAYER = "只有层面一、层面二的评议会才有票批；部署会等不用。"


class MeetingPage(LedgerPage):
    """The page of the ledger with the schedule above and the next steps of a meeting beside it."""

    def __init__(self, context: Context, noun: Noun) -> None:
        super().__init__(context, noun)
        self.schedule = button(
            "日程…", lambda: ScheduleDialog(self), hint="层面一的评议会：均衡排定、调整、打印"
        )
        self.acts.insertWidget(0, self.schedule)
        self.open_batches = button(
            "登记场次，去录票", self._register, hint="按这场会的日期和人数登记，票批就可以录了"
        )
        self.record = button("会议记录…", self._print, hint="R17，签字归档")
        self.details.insert_above_acts(NextSteps(self.open_batches, self.record))
        self.table.when_chosen(self._say)

    def _say(self) -> None:
        one = self.table.only()
        held = one is not None and one.values["status"] == MeetingState.HELD
        allow(self.record, CHOOSE if one is None else "" if held else NOT_HELD)
        layered = one is not None and bool(one.values["layer"])
        allow(
            self.open_batches,
            CHOOSE if one is None else NOT_HELD if not held else "" if layered else NO_LAYER,
        )

    def _register(self) -> None:
        one, context, by = self.table.only(), self.context, self.context.operator()
        if one is None:
            return
        campaign_id, name = self.does.seen.asked.campaign_id, one.name
        weighed(
            self,
            context,
            lambda session, reason: of_sessions.register(
                session, campaign_id=campaign_id, name=name, by=by, reason=reason
            ),
            lambda _: context.go_to("entry"),
            act="登记场次",
            said=lambda told: f"已按会议 {name} 登记场次。{''.join(found.sentence for found in told)}",
        )

    def _print(self) -> None:
        one, chosen = self.table.only(), self.context.campaign()
        if one is None:
            return
        subject = str(one.values["subject"] or one.org)
        ReportDialog(
            self,
            self.context.work,
            reports.entry("R17").name,
            lambda session: reports.build(
                session,
                name="R17",
                campaign_id=campaigns.at_work_id(session, chosen=chosen),
                org_code=subject,
            ),
        )
