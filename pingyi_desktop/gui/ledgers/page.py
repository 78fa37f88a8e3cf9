"""台账: one page for every ledger, made from its declaration. The list in segments, one row beside it, acts over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.ledgers import edits, rows
from pingyi_desktop.appraisal.ledgers.catalog import Noun
from pingyi_desktop.appraisal.ledgers.fields import Field, Kind
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.gui.ledgers.details import Details
from pingyi_desktop.gui.ledgers.ledger_acts import LedgerActs, Seen, first_rows, with_sums
from pingyi_desktop.gui.ledgers.ledger_import import LedgerImport
from pingyi_desktop.gui.ledgers.segments import Segments
from pingyi_desktop.gui.ledgers.sliced import SLICE, SlicedTable
from pingyi_desktop.gui.looks.states import EMPTY
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import button, label
from pingyi_desktop.gui.parts.tables import Align, Column

SIDE = 300
NOTHING = "还没有登记{}。手里有一两条的，在这里登记；已经有 Excel 表的，点右上角的“导入…”一次收进来。"
MEETINGS = [
    "basis_document",
    "duty_post",
    "meeting",
    "presentation",
    "self_review",
    "leader_comment",
    "inspection",
]
TOPICS = {**dict.fromkeys(MEETINGS, "meetings"), "rectification": "rectify", "reply": "rectify"}
"""the page of the help for a ledger that has one of its own"""
FILTERING = "没有符合的行。按 Esc 清除筛选，或点“全部”。"


class LedgerPage(Page):
    """The rows of one noun; what can be done with them stands beside and above the list."""

    def __init__(self, context: Context, noun: Noun) -> None:
        self.ledger = ledger = noun.declared()
        self.purpose = ledger.purpose  # type: ignore[misc]
        beside = frozenset({"campaign", "party_organization", "party_member"})
        self.shows = beside.union({ledger.key}, *(one.tables for one in ledger.segments))  # type: ignore[misc]
        super().__init__(context)
        self._looking, self._again, self._pointed = False, False, ""
        self._sort: tuple[str, bool] = ("", False)
        self.segments = Segments(ledger, lambda _: self.refresh())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("筛选：内容、单位、姓名，拼音首字母…")
        self.filter.setAccessibleName(f"筛选{ledger.title}")
        self.filter.setClearButtonEnabled(True)
        self.table = SlicedTable(_columns(ledger), name=ledger.title, same=lambda row: row.id)
        self.does = LedgerActs(self, ledger, self.table)
        self.details = Details(ledger, change=self.does.change, remove=self.does.remove)
        self.panel = LedgerImport(self, ledger, self._back)
        self.figures = label(role="hint")
        self.middle = QStackedWidget()
        self._lay_out()
        self._connect()

    @property
    def topic(self) -> str:
        """Ledgers are worked on alike: one page of the help for all but those that have steps of their own."""
        return TOPICS.get(self.ledger.key, "ledgers")

    def refresh(self) -> None:
        """Look again; while one look is on its way, only the newest question is asked after it.

        The rows come first, counts and sums behind them: where there are very many rows these take longer.
        """
        if self._looking:
            self._again = True
            return
        self._looking = True
        asked = Asked(
            "",
            date.today().isoformat(),
            segment=self.segments.chosen,
            words=tuple(self.filter.text().split()),
        )
        sort, down = self._sort
        wanted, chosen = replace(asked, sort=sort, down=down), self.context.campaign()
        self.context.work.read(
            lambda session: first_rows(session, self.ledger, wanted, chosen),
            self._show,
            otherwise=self._refused,
        )

    def forget(self) -> None:
        """A plan of the campaign before is put away with its rows: it would be written into that one."""
        super().forget()
        self.middle.setCurrentIndex(0)

    def point_to(self, unit: str, person: str = "") -> None:
        """Show the row of this number alone, or the rows of a unit."""
        self._pointed = person
        self._narrow("", person or unit)

    def open_part(self, part: str) -> None:
        """Show the rows of a segment, or the row of this number."""
        if part in self.segments.buttons:
            self._narrow(part, "")
        else:
            self.point_to("", part)

    def _narrow(self, segment: str, words: str) -> None:
        self._back()
        self.filter.setText(words)
        self.segments.choose(segment)

    def _lay_out(self) -> None:
        ledger = self.ledger
        acts = [
            button("空白表格…", self.does.save_template, hint="发给各支部填写的 Excel 表"),
            button("导入…", self._pick, hint="从 Excel 导入，先看再写入"),
            button("导出…", self.does.export, hint="现在看到的行，改好后可再导入"),
            button("打印…", self.does.print_table, hint="先看预览"),
            button(f"新增{ledger.title}", self.does.add, primary=True, hint="Insert"),
        ]
        for one in acts:
            self.acts.addWidget(one)
        acts[3].setVisible(bool(ledger.report))
        line = QHBoxLayout()
        line.addWidget(self.segments)
        line.addWidget(self.filter, 1)  # what the segments leave, up to the width of the details
        self.filter.setMinimumWidth(SIDE // 3)
        self.filter.setMaximumWidth(SIDE)
        parts = QSplitter()
        parts.addWidget(self.table)
        parts.addWidget(self.details)
        parts.setStretchFactor(0, 1)
        parts.setSizes([3 * SIDE, SIDE])
        parts.setHandleWidth(12)
        parts.setChildrenCollapsible(False)
        board = QWidget()
        column = QVBoxLayout(board)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(parts, 1)
        column.addWidget(self.figures)
        self.middle.addWidget(board)
        self.middle.addWidget(self.panel)
        self.body.addWidget(self.middle, 1)

    def _connect(self) -> None:
        self.filter.textChanged.connect(lambda _: self.refresh())
        self.table.picked.connect(self._show_chosen)
        self.table.opened.connect(lambda _: self.does.change())
        self.table.copied.connect(self.does.copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(
            lambda at: self.details.offer(self.table, self.table.viewport().mapToGlobal(at))
        )
        self.table.pressed.connect(self.does.set_state)
        self.table.rows.wanted.connect(self._fetch)
        self.table.rows.sorted_by.connect(self._order)
        find = QKeySequence(QKeySequence.StandardKey.Find)
        keys: Sequence[tuple[QKeySequence, QWidget, Callable[[], object], str]] = (
            (QKeySequence("Insert"), self, self.does.add, "新增"),
            (QKeySequence("F2"), self.table, self.does.change, "修改选中的行"),
            (QKeySequence("Delete"), self.table, self.does.remove, "删除选中的行"),
            (find, self, self.filter.setFocus, "到筛选框"),
            (QKeySequence("Escape"), self.filter, self.filter.clear, "清除筛选"),
        )
        for key, where, act, meaning in keys:
            shortcut = QShortcut(key, where)
            shortcut.setAutoRepeat(False)  # Delete held down would take out row after row
            shortcut.setWhatsThis(meaning)  # the card of keys in the help says it
            shortcut.activated.connect(act)

    def _show(self, seen: Seen) -> None:
        self._looking = False
        again = (
            seen.asked == self.does.seen.asked and len(seen.first) == SLICE
        )  # as long as it was, until it is counted
        self.does.seen = seen
        narrowed = bool(seen.asked.words or seen.asked.segment)
        self.table.empty = FILTERING if narrowed else ""
        if seen.first or narrowed or self.middle.currentIndex():
            self.state.hide()
        else:
            said = NOTHING.format(self.ledger.title)
            self.state.show_state(EMPTY, said, f"登记第一条{self.ledger.title}…", self.does.add, alone=True)
        for one in seen.first:
            if one.name == self._pointed:
                self.table.await_row(one.id)
                self._pointed = ""
        self.table.start(self.table.rows.total if again else len(seen.first), seen.first)
        self._show_chosen()
        if self._again:
            self._again = False
            self.refresh()
        else:
            ledger = self.ledger
            self.context.work.read(lambda session: with_sums(session, ledger, seen), self._show_sums)

    def _show_sums(self, seen: Seen) -> None:
        """How many rows there are, and what they add up to; too late when another list is shown meanwhile."""
        if self.does.seen.asked is seen.asked:
            self.does.seen = seen
            self.segments.show_counts(seen.counts)
            self.figures.setText(seen.figures)
            self.table.set_length(seen.counts.get(seen.asked.segment, 0))

    def _refused(self, error: UserError) -> None:
        self._looking, self._again = False, False
        self.table.start(0, [])
        self.refuse(error)

    def _show_chosen(self) -> None:
        """Show the chosen row, and its history as soon as it is read."""
        places, here = self.table.places(), self.table.selected()
        if len(places) != 1 or not here:
            self.details.show_many(here, len(places))
            return
        one, ledger = here[0], self.ledger
        self.details.show_row(one)

        def show(past: list[edits.Past]) -> None:
            if self.table.places() == places:
                self.details.show_past(past)

        self.context.work.read(lambda session: edits.history(session, ledger, name=one.name), show)
        if ledger.handed is not None and ledger.handed.concerns(one.values):
            self._compare(one, places)

    def _compare(self, one: Row, places: Sequence[int]) -> None:
        """Show what the office above, or the unit below, says otherwise of what was given."""
        campaign_id, key = self.does.seen.asked.campaign_id, self.ledger.key

        def show(found: list[orders.Compared]) -> None:
            if self.table.places() == places:
                mine = [other for other in found if (other.key, other.name) == (key, one.name)]
                self.details.show_differing([line for other in mine for line in other.lines])

        self.context.work.read(lambda session: orders.compared(session, campaign_id=campaign_id), show)

    def _fetch(self, number: int) -> None:
        seen, ledger = self.does.seen, self.ledger
        if seen.asked.campaign_id:
            self.context.work.read(
                lambda session: rows.listing(session, ledger, seen.asked, start=number * SLICE, many=SLICE),
                lambda found: (
                    self.table.rows.fill(number, found) if self.does.seen.asked is seen.asked else None
                ),
            )

    def _order(self, column: int, down: bool) -> None:
        keys = ("", "org", *self.ledger.shown)
        self._sort = (keys[column], down) if column >= 0 else ("", False)
        QTimer.singleShot(0, self, self.refresh)

    def _pick(self) -> None:
        if (path := pickers.to_open(self, f"选择{self.ledger.title}表格", "表格 (*.xlsx *.csv)")) is not None:
            self.panel.read(path, self._look_at_plan)

    def _look_at_plan(self) -> None:
        self.state.hide()
        self.middle.setCurrentWidget(self.panel)

    def _back(self) -> None:
        self.middle.setCurrentIndex(0)
        self.refresh()
        self.table.setFocus()


def _columns(ledger: Ledger) -> list[Column]:
    return [
        Column("编号", lambda row: row.name.rpartition(".")[2], tooltip=lambda row: row.name, spare=True),
        Column("党组织", lambda row: row.org_name),
        *(_column(ledger.by_key[key], spare=place > 1) for place, key in enumerate(ledger.shown)),
    ]


def _column(field: Field, *, spare: bool) -> Column:
    """A field in the list; ``spare`` ones give way on a narrow screen: they stand beside it as well."""

    def text(row: Row) -> str:
        return row.texts[field.key]

    def tone(row: Row) -> str:
        option = field.option(row.values[field.key])
        return option.tone if option is not None else ""

    align = Align.AlignRight if field.kind in (Kind.COUNT, Kind.AMOUNT) else Align.AlignLeft
    return Column(
        field.title, text, align, tone=tone if any(o.tone for o in field.options) else None, spare=spare
    )
