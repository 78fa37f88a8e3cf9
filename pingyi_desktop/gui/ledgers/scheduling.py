"""评议会日程: which review group goes where on which half-day; balanced by one press, changed one by one, printed (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from PySide6.QtWidgets import QCheckBox, QLineEdit
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers import edits, fields
from pingyi_desktop.appraisal.ledgers.meeting import schedule
from pingyi_desktop.appraisal.ledgers.meeting.schedule import Placed
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.ledgers.ledger_form import LedgerForm
from pingyi_desktop.gui.ledgers.page import LedgerPage
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.parts.forms import Field, allow, button, label, row
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.reports import catalog as reports

HEIGHT = 300
"""pixels of the list: six rows and its head"""
EDITED = ("held_on", "half", "place", "host")
FROM = fields.Day("held_on", "从哪天起排", required=True)
EMPTY = "层面一没有要由本单位开的评议会；日程由上级单位排。"
NOT_PLANNED = "这一场还没有排，请先点“均衡排定”。"
CHOOSE = "先在上面选一场。"
NOTHING = "没有要排的会。"


class Planned(NamedTuple):
    """The schedule as it stands, and where two meetings meet."""

    meetings: Sequence[Placed]
    clashes: Sequence[str]


def read(session: Session, *, chosen: str) -> Planned:
    """Everything the dialog shows."""
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    clashes = tuple(one.sentence for one in schedule.clashes(session, campaign_id=campaign_id))
    return Planned(schedule.placed(session, campaign_id=campaign_id), clashes)


class ScheduleDialog(RecordDialog):
    """The meetings of layer 1 by review group; the first act balances them, the others change and print them."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(
            page,
            "评议会日程",
            "每个评议小组半天开一场，从填的那天起依次排，周末不排；排好以后可以一场一场改。",
            save="均衡排定",
        )
        self._page, self.planned = page, Planned((), ())
        self.table = DataTable(
            _COLUMNS, name="评议会日程", empty=EMPTY, same=lambda one: one.meeting.org_code
        )
        self.table.setMinimumHeight(HEIGHT)
        self.clashes = label(role="wrong")
        self.start = QLineEdit(date.today().isoformat())
        self.again = QCheckBox("已排、还没有开的也重新排")
        self.edit = button("改这一场…", self._change, hint="日期、时段、地点、主持")
        self.print = button("打印日程…", self._print, hint="评议会日程与分组安排表")
        place = self.column.count() - 1
        for one in (self.table, self.clashes):
            self.column.insertWidget(place, one)
            place += 1
        self.column.insertLayout(place, row(self.edit, self.print, self.again))
        self.table.acts = (self.edit,)
        self.table.selection_changed.connect(self._allow_acts)
        self.table.activated.connect(lambda _: self._change())
        self.saving = self._balance
        for act in (self.save, self.edit, self.print):
            allow(act, READING)
        self.ask((Field(FROM.title, self.start, hint="如 2025-11-03"),))
        self.read_schedule()

    def read_schedule(self) -> None:
        """Read the schedule again."""
        chosen = self._page.context.campaign()
        self._page.context.work.read(lambda session: read(session, chosen=chosen), self._show)

    def _show(self, planned: Planned) -> None:
        self.table.set_rows(planned.meetings)
        self.clashes.setText("\n".join(planned.clashes))
        self.clashes.setVisible(bool(planned.clashes))
        self.planned = planned
        self._allow_acts()

    def _allow_acts(self) -> None:
        chosen = self.table.selected()
        here = chosen[0].row if len(chosen) == 1 else None
        allow(self.edit, "" if here is not None else NOT_PLANNED if chosen else CHOOSE)
        meetings = self.planned.meetings
        allow(self.save, "" if meetings else NOTHING)
        allow(self.print, "" if meetings else NOTHING)

    def _balance(self) -> None:
        page, start, again = self._page, self.start.text().strip(), self.again.isChecked()
        asked, by = page.does.seen.asked, page.context.operator()
        weighed(
            self,
            page.context,
            lambda session, _: schedule.balance(
                session,
                campaign_id=asked.campaign_id,
                start=str(fields.read(FROM, start, fields.Names(), at="")),
                by=by,
                today=asked.today,
                again=again,
            ),
            act="排定日程",
            undo=page.does.undoing,
            said=lambda before: f"新排 {len(before.added)} 场，改排 {len(before.rows)} 场。",
        )

    def _change(self) -> None:
        chosen = self.table.selected()
        if len(chosen) != 1 or (meeting := chosen[0].row) is None:
            return
        page, ledger, by = self._page, self._page.ledger, self._page.context.operator()
        asked = page.does.seen.asked
        few = replace(ledger, fields=tuple(ledger.by_key[key] for key in EDITED), checks=())
        form = LedgerForm(self, few, was=meeting, title=f"改期：{chosen[0].meeting.org_name}")
        form.saving = lambda: weighed(
            form,
            page.context,
            lambda session, reason: edits.change(
                session,
                ledger,
                campaign_id=asked.campaign_id,
                ids=[meeting.id],
                typed=form.typed,
                today=asked.today,
                by=by,
                reason=reason,
            ),
            lambda _: self.read_schedule(),
            act="修改会议",
            undo=page.does.undoing,
            said="已改期。",
        )

    def _print(self) -> None:
        chosen = self._page.context.campaign()
        ReportDialog(
            self,
            self._page.context.work,
            reports.entry("R15").name,
            lambda session: reports.build(
                session, name="R15", campaign_id=campaigns.at_work_id(session, chosen=chosen)
            ),
        )


def _text(one: Placed, key: str) -> str:
    return one.row.texts[key] if one.row is not None else ""


_COLUMNS = (
    Column("评议小组", lambda one: one.meeting.review_group or "未分派"),
    Column("被评单位", lambda one: one.meeting.org_name, sort_key=lambda one: one.meeting.org_code),
    Column("日期", lambda one: _text(one, "held_on") or "未排"),
    Column("时段", lambda one: _text(one, "half"), sort_key=lambda one: one.slot or ("", "")),
    Column("地点", lambda one: _text(one, "place"), spare=True),
    Column("状态", lambda one: _text(one, "status"), spare=True),
)
