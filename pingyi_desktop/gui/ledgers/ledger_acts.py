"""What is done with the rows of a ledger in the window: added, changed at once, removed, copied, printed, written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers import edits, rows
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.gui.asking.reason_dialog import ask_reason, weighed
from pingyi_desktop.gui.ledgers.ledger_form import LedgerForm
from pingyi_desktop.gui.ledgers.sliced import SLICE, SlicedTable
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import Undoing
from pingyi_desktop.gui.parts.pickers import mends
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.sheets.ledgers.ledger_out import export_ledger, write_template


@dataclass(frozen=True)
class Seen:
    """What one look at a ledger gave: what was asked, counts by segment, the first rows, where rows can be added, the sums."""

    asked: Asked
    counts: Mapping[str, int] = field(default_factory=dict)
    first: Sequence[Row] = ()
    units: Sequence[tuple[str, str]] = ()
    figures: str = ""


def first_rows(session: Session, ledger: Ledger, asked: Asked, chosen: str) -> Seen:
    """What the page shows at once: the first rows, and where rows can be added."""
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    wanted = replace(asked, campaign_id=campaign_id)
    first = rows.listing(session, ledger, wanted, many=SLICE)
    return Seen(wanted, {}, first, rows.writable(session, ledger, campaign_id=campaign_id))


def with_sums(session: Session, ledger: Ledger, seen: Seen) -> Seen:
    """The same with how many rows there are in each segment, and what those of the list add up to."""
    counts, figures = rows.sums(session, ledger, seen.asked)
    return replace(seen, counts=counts, figures="；".join(figures.sentences))


class LedgerActs:
    """The acts on the rows chosen in ``table``; ``seen`` is what the page looked at last."""

    def __init__(self, page: Page, ledger: Ledger, table: SlicedTable) -> None:
        self._page, self._ledger, self._table = page, ledger, table
        self.seen = Seen(Asked("", ""))

    @property
    def may_change(self) -> bool:
        """Whether rows are chosen and none of those that are here came in a package."""
        return bool(self._table.places()) and not any(row.received for row in self._table.selected())

    def add(
        self,
        begun: Mapping[str, str] | None = None,
        *,
        unit: str = "",
        title: str = "",
        about: str = "",
        elsewhere: bool = False,
    ) -> None:
        """Ask for a new row, begun with these texts and codes of choices, of ``unit`` if it is one of those here.

        ``title`` says to what it belongs: what was typed and not saved is offered again under the same title; ``about``
        says above the fields what it answers. The new row is the chosen one then; where it stands ``elsewhere``, on the page of its
        ledger, what is told carries the way there.
        """
        ledger, asked, by = self._ledger, self.seen.asked, self._page.context.operator()
        go_to = self._page.context.go_to
        form = LedgerForm(
            self._page, ledger, units=self.seen.units, unit=unit, begun=begun, title=title, about=about
        )

        def save() -> None:
            unit, typed = form.unit, form.typed
            place = {"campaign_id": asked.campaign_id, "org": unit, "today": asked.today}
            weighed(
                form,
                self._page.context,
                lambda session, reason: edits.add(
                    session, ledger, **place, typed=typed, by=by, reason=reason
                ),
                lambda made: self._table.await_row(made.id),
                act=f"新增{ledger.title}",
                undo=lambda made: self.undoing(edits.Before(added=(made.id,))),
                said=lambda made: f"已新增{ledger.title} {made.name}。",
                way=(lambda made: ("去看这一条", partial(go_to, f"{ledger.key}/{made.name}")))
                if elsewhere
                else None,
            )

        form.saving = save
        if not begun:
            form.offer_more("保存，再登记一条", lambda: self.add(unit=form.unit))

    def change(self) -> None:
        """Ask for what is to be changed in the chosen rows."""
        if self.may_change:
            places, here = self._table.places(), self._table.selected()
            one = here[0] if len(places) == 1 and here else None
            form = LedgerForm(self._page, self._ledger, was=one, several=0 if one else len(places))
            form.saving = lambda: self._write(form, form.typed)

    def set_state(self, digit: int) -> None:
        """A digit sets the state of all chosen rows."""
        options = self._ledger.state.options
        if digit <= len(options) and self.may_change:
            self._write(self._page, {self._ledger.states: options[digit - 1].code})

    def remove(self) -> None:
        """Take the chosen rows out."""
        if self.may_change:
            ledger, campaign_id, ids = self._ledger, self.seen.asked.campaign_id, self.ids()
            by = self._page.context.operator()
            self._page.context.act(
                lambda session: edits.remove(
                    session, ledger, campaign_id=campaign_id, ids=ids(session), by=by
                ),
                self.undoing,
                act=f"删除{ledger.title}",
                said=lambda before: f"已删除 {len(before.rows)} 行。",
            )

    def copy(self) -> None:
        """Put the chosen rows (without any, all of them) on the clipboard, for WPS."""
        ledger, asked, ids, whole = self._ledger, self.seen.asked, self.ids(), not self._table.places()
        columns = self._table.rows.columns

        def read(session: Session) -> list[Row]:
            if whole:
                return rows.listing(session, ledger, asked)
            return rows.picked(session, ledger, campaign_id=asked.campaign_id, ids=ids(session))

        def copy(found: list[Row]) -> None:
            lines = [[one.title for one in columns], *([one.getter(row) for one in columns] for row in found)]
            text = "\n".join("\t".join(map(visible.pasteable, line)) for line in lines) + "\n"
            QGuiApplication.clipboard().setText(text)
            self._page.messages.inform(f"已复制 {len(found)} 行，可以粘贴到 WPS 或 Excel。")

        self._page.context.work.read(read, copy)

    def print_table(self) -> None:
        """Show the table report, to print or to save; one that tells of single persons asks for the reason first."""
        chosen, number = self._page.context.campaign(), self._ledger.report
        if self._ledger.restricted:
            self._print_restricted(self.seen.asked.campaign_id)
            return
        ReportDialog(
            self._page,
            self._page.context.work,
            self._ledger.report_title,
            lambda session: reports.build(
                session, name=number, campaign_id=campaigns.at_work_id(session, chosen=chosen)
            ),
        )

    def _print_restricted(self, campaign_id: str) -> None:
        page, kind = self._page, reports.entry(self._ledger.report)
        ask_reason(
            page,
            f"打印{kind.name}",
            "这张表写着每名党员的优点和不足，只限本单位内部使用。打印的原因和经办人记入操作日志。",
            "看预览、打印",
            lambda session, reason, by: reports.restricted(
                session, name=kind.number, campaign_id=campaign_id, reason=reason, by=by
            ),
            example="例如：支委会研究",
            then=lambda report: ReportDialog(page, page.context.work, kind.name, lambda _: report),
        )

    def save_template(self) -> None:
        """Write the blank sheet where a person wants it."""
        name = f"{self._ledger.title}登记表.xlsx"
        path = pickers.to_save(self._page, "空白表格存到", pickers.WORKBOOKS, name=name)
        if path is not None:
            said = f"空白表格已存到 {path}。填好以后点“导入…”。"
            self._page.context.work.read(
                lambda _: write_template(self._ledger, path),
                lambda _: self._page.messages.inform(said, *mends(path)),
            )

    def export(self) -> None:
        """Write the rows of the list as a sheet where a person wants it."""
        ledger, asked, by = self._ledger, self.seen.asked, self._page.context.operator()
        path = pickers.to_save(self._page, "台账存到", pickers.WORKBOOKS, name=f"{ledger.title}.xlsx")
        if path is not None:
            weighed(
                self._page,
                self._page.context,
                lambda session, reason: export_ledger(session, ledger, asked, path, by=by, reason=reason),
                lambda many: self._page.messages.inform(f"已导出 {many} 行到 {path}", *mends(path)),
                act="导出台账",
            )

    def _write(self, over: QWidget, typed: Mapping[str, str]) -> None:
        ledger, asked, by, ids = self._ledger, self.seen.asked, self._page.context.operator(), self.ids()
        about = {"campaign_id": asked.campaign_id, "today": asked.today}
        weighed(
            over,
            self._page.context,
            lambda session, reason: edits.change(
                session, ledger, **about, ids=ids(session), typed=typed, by=by, reason=reason
            ),
            act=f"修改{ledger.title}",
            undo=self.undoing,
            said=lambda before: f"已修改 {len(before.rows)} 行。",
        )

    def ids(self) -> Callable[[Session], list[str]]:
        """What gives the ids of the chosen rows: those that are here, or by their places in what was asked."""
        places, here, asked, ledger = (
            self._table.places(),
            self._table.selected(),
            self.seen.asked,
            self._ledger,
        )
        if len(here) == len(places):
            return lambda _: [row.id for row in here]

        def find(session: Session) -> list[str]:
            everyone = rows.ids(session, ledger, asked)
            return [everyone[place] for place in places if place < len(everyone)]

        return find

    def undoing(self, before: edits.Before) -> Undoing | None:
        """What takes an act back; None when it changed nothing."""
        campaign_id, ledger, by = self.seen.asked.campaign_id, self._ledger, self._page.context.operator()
        if not (before.rows or before.added):
            return None
        return lambda session: edits.put_back(session, ledger, campaign_id=campaign_id, before=before, by=by)
