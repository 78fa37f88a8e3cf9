"""Beside the list of 汇报登记: who has not presented yet (未述职), to be registered together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers.catalog import Noun
from pingyi_desktop.appraisal.ledgers.meeting import left_out
from pingyi_desktop.appraisal.ledgers.meeting.left_out import Left
from pingyi_desktop.appraisal.ledgers.meeting.presentations import INTRODUCED, MODES
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.ledgers.page import LedgerPage
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import Field, allow, button
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.tables import Column, DataTable

HEIGHT = 260
"""pixels of the list: five rows and its head"""
CHOOSE = "先在名单里选人，Ctrl+A 全选。"
EMPTY = "名册上的党员都登记了。"
_COLUMNS = (
    Column("党组织", lambda one: one.org_name, sort_key=lambda one: one.org),
    Column("姓名", lambda one: one.name),
    Column("编号", lambda one: one.number),
)


class PresentationPage(LedgerPage):
    """The page of the ledger with the list of those who are not in it."""

    def __init__(self, context: Context, noun: Noun) -> None:
        super().__init__(context, noun)
        self.acts.insertWidget(
            0, button("还没有汇报的…", self.list_left_out, hint="名册上有、这里没有登记的党员")
        )

    def open_part(self, part: str) -> None:
        """The list of those who are left out is a part of its own."""
        if part == "left_out":
            self.list_left_out()
        else:
            super().open_part(part)

    def list_left_out(self) -> None:
        """Read who is left out, and show them."""
        chosen = self.context.campaign()
        self.context.work.read(
            lambda session: left_out.left_out(
                session, campaign_id=campaigns.at_work_id(session, chosen=chosen)
            ),
            self._show_left_out,
        )

    def _show_left_out(self, found: list[Left]) -> None:
        LeftDialog(self, found)


class LeftDialog(RecordDialog):
    """Those who have not presented; who is chosen is registered in one act."""

    def __init__(self, page: LedgerPage, found: Sequence[Left]) -> None:
        title = f"还没有汇报的党员 {len(found)} 名"
        super().__init__(
            page, title, "选中的人一起登记；没到会的，再到汇报登记里写原因。", save="登记选中的人"
        )
        self._page = page
        self.table = DataTable(_COLUMNS, name="还没有汇报的党员", empty=EMPTY, same=lambda one: one.number)
        self.table.setMinimumHeight(HEIGHT)
        self.table.set_rows(found)
        self.column.insertWidget(self.column.count() - 1, self.table)
        self.mode = QComboBox()
        for option in MODES:
            if option.code in INTRODUCED:
                self.mode.addItem(option.word, option.code)
        self.table.selection_changed.connect(self._allow_saving)
        self.saving = self._register
        self.ask((Field("汇报方式", self.mode),))
        self.table.setFocus()
        self._allow_saving()

    def _allow_saving(self) -> None:
        allow(self.save, "" if self.table.selected() else CHOOSE)

    def _register(self) -> None:
        page, wanted, mode = self._page, self.table.selected(), str(self.mode.currentData())
        asked, by = page.does.seen.asked, page.context.operator()
        weighed(
            self,
            page.context,
            lambda session, reason: left_out.register(
                session,
                campaign_id=asked.campaign_id,
                wanted=wanted,
                mode=mode,
                today=asked.today,
                by=by,
                reason=reason,
            ),
            act="登记汇报",
            undo=page.does.undoing,
            said=f"已登记 {len(wanted)} 名。",
        )
