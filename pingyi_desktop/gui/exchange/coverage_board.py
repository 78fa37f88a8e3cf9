"""Who has reported: every unit in the order of the tree with what is the matter with it.

The buttons above the table show only those who are missing, or only those that need a person. A drawer has a tile for
whatever is directly below this unit; choosing one shows only its part of the tree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.exchange.inbox import decisions
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.gui.asking.reason_dialog import ask_reason
from pingyi_desktop.gui.asking.table_out import exporter
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import allow, button, row, scrolled
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.parts.tables import Column, DataTable, number
from pingyi_desktop.gui.parts.tiles import GAP, Tile, Tiles
from pingyi_desktop.gui.scope import INDENT
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.standing import soundness
from pingyi_desktop.standing.overview import (
    CONFLICT,
    HELD,
    LATE,
    MISSING_FILE,
    REPORTED,
    Coverage,
    UnitCoverage,
)

EMPTY = "活动发布或任务打开后，这里列出应报单位。"
MEANING = {
    CONFLICT: "同一次上报有不同的内容，都不计入。按回车去裁定",
    MISSING_FILE: "它的汇总列了没有交来的文件，请让它重新导出",
    HELD: "有文件在待核区。按回车去核实",
    LATE: "活动已经结束，还没有报来",
}
ALL, MISSING, TROUBLE = "应报", "未报", "需处理"


@dataclass(frozen=True)
class BoardRow:
    """One unit; ``group`` is the code of the tile it belongs to, ``place`` its place in the tree."""

    unit: UnitCoverage
    group: str
    depth: int
    place: int

    @property
    def trouble(self) -> bool:
        """Whether somebody here has to do something about this unit, beyond waiting for it."""
        unit = self.unit
        return unit.state == CONFLICT or bool(unit.quarantined or unit.missing_files or unit.dropped)

    @property
    def name(self) -> str:
        """The unit's name, indented as the tree."""
        return INDENT * self.depth + self.unit.org.short_name


@dataclass(frozen=True)
class BoardState:
    """What the board shows."""

    campaign_id: str
    rows: tuple[BoardRow, ...]
    tiles: tuple[Tile, ...]


def board_of(campaign_id: str, covered: Coverage, tree: Sequence[Org]) -> BoardState:
    """Where every unit of the campaign stands, in the tree's order."""
    unit = tree[0]
    groups = {unit.code: unit.code}
    for o in tree[1:]:
        groups[o.code] = o.code if o.parent_code == unit.code else groups[o.parent_code or ""]
    rows = tuple(
        BoardRow(
            unit=one,
            group=groups[one.org.code],
            depth=max(0, one.org.depth - unit.depth - 1),
            place=place,
        )
        for place, one in enumerate(covered.units)
    )
    names = {o.code: o.short_name for o in tree}
    tiles = tuple(_tile(key, names[key], rows) for key in dict.fromkeys(one.group for one in rows))
    return BoardState(campaign_id, rows, tiles)


class CoverageBoard(QWidget):
    """The filters, the drawer with the tiles, the table, and the papers made from it."""

    wanted = Signal(str)
    """the code of a unit whose trouble a person wants to look at"""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._board: BoardState | None = None
        self._kind = ALL
        self.tiles = Tiles("各单位报送情况")
        self.tiles.chosen.connect(lambda _: self._choose_part())
        self.drawer = button("", self._open_drawer, hint="每个直接下级一格：报了几个，点一格只看它和它的下级")
        self.drawer.setCheckable(True)
        self._picture = scrolled(self.tiles)
        self._picture.hide()
        self.filters = {kind: self._filter(kind) for kind in (ALL, MISSING, TROUBLE)}
        self.remind = button(
            "催报表…", partial(self._paper, "R24B"), hint="只列没报齐的单位，可打印、存成 PDF 或表格"
        )
        self.listing = button(
            "缺报清单…", partial(self._paper, "R24"), hint="全部单位逐项列出，可打印、存成 PDF 或表格"
        )
        self.table = DataTable(
            _COLUMNS,
            name="报送情况",
            empty=EMPTY,
            same=lambda one: one.unit.org.code,
            export=exporter(page, "报送情况"),
        )
        self.withdraw = button(
            "作废…", self._withdraw, hint="选中的单位报来的数据不再计入，写明原因，以后可以恢复"
        )
        self.table.acts = (self.withdraw,)
        self.table.selection_changed.connect(self._allow)
        self.table.activated.connect(lambda one: self.wanted.emit(one.unit.org.code))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._picture)
        self.table.lead(*self.filters.values(), self.drawer)
        self.papers = QWidget()
        """for whoever shows the board, to put where there is room"""
        line = row(self.withdraw, self.remind, self.listing, stretch=False)
        line.setContentsMargins(0, 0, 0, 0)
        self.papers.setLayout(line)
        column.addWidget(self.table, 1)

    def show_board(self, board: BoardState | None) -> None:
        """Show a board; None while there is no campaign."""
        self._board = board
        found = board.rows if board else ()
        self.tiles.set_tiles(board.tiles if board else ())
        self.drawer.setVisible(board is not None and len(board.tiles) > 1)
        self._fit_picture()
        for kind, one in self.filters.items():
            one.setText(f"{kind} {sum(_shown(one, kind) for one in found)}")
        for paper in (self.remind, self.listing):
            allow(paper, "" if found else EMPTY)
        self._allow()
        self._narrow()

    def _open_drawer(self) -> None:
        """Show the tiles above the table, or put them away; the keys go with them."""
        opened = self._picture.isHidden()
        self._picture.setVisible(opened)
        self._say_part()
        (self.tiles if opened else self.drawer).setFocus()

    def _choose_part(self) -> None:
        """A tile was chosen, or let go: the table has its height again."""
        self._picture.hide()
        self._narrow()
        self.table.setFocus()

    def _say_part(self) -> None:
        """The drawer's button says which part is shown."""
        found = self._board.tiles if self._board else ()
        part = next((f"只看{one.name} {one.figures}" for one in found if one.key == self.tiles.key), "")
        self.drawer.setText(part or "按单位看")
        self.drawer.setChecked(bool(part) or not self._picture.isHidden())

    def show_kind(self, kind: str) -> None:
        """Show all units, those that are missing, or those that need a person."""
        self._kind = kind
        for one, pressed in self.filters.items():
            pressed.setChecked(one == kind)
        self._narrow()

    def above(self, units: Collection[str]) -> list[str]:
        """The direct children that these units belong to, in the tree's order."""
        rows = self._board.rows if self._board else ()
        return list(dict.fromkeys(one.group for one in rows if one.unit.org.code in units))

    def _filter(self, kind: str) -> Button:
        made = button("", partial(self.show_kind, kind))
        made.setCheckable(True)
        made.setChecked(kind == ALL)
        return made

    def _narrow(self) -> None:
        rows = self._board.rows if self._board else ()
        key = self.tiles.key
        self._say_part()
        self.table.set_rows([one for one in rows if _shown(one, self._kind) and key in ("", one.group)])

    def _chosen(self) -> UnitCoverage | None:
        """The one selected unit whose data counts."""
        chosen: list[BoardRow] = self.table.selected()
        return chosen[0].unit if len(chosen) == 1 and chosen[0].unit.check_number else None

    def _allow(self) -> None:
        allow(self.withdraw, "" if self._chosen() else "先在表里选一个已经报来、计入了的单位。")

    def _withdraw(self) -> None:
        unit = self._chosen()
        if unit is None or self._board is None:
            return
        purpose = (
            f"第 {unit.revision} 次上报（核对号 {unit.check_number}）不再计入，也不再往上报。"
            "该单位更正后重报，新的会计入；在“冲突与待核”里可以恢复。"
        )
        ask_reason(
            self._page,
            f"作废：{unit.org.short_name}",
            purpose,
            "作废",
            partial(_withdraw, self._board.campaign_id, unit.check_number),
            example="例如：该单位来电，票数登记有误",
        )

    def _paper(self, name: str) -> None:
        if self._board is not None:
            campaign_id, under = self._board.campaign_id, self.tiles.key or None
            ReportDialog(
                self._page,
                self._page.context.work,
                catalog.entry(name).name,
                partial(_paper, name, campaign_id, under),
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picture()

    def _fit_picture(self) -> None:
        """A third of the height at most; the other tiles are reached by scrolling."""
        one = self.tiles.rows_height(1) + GAP
        self._picture.setFixedHeight(self.tiles.rows_height(max(2, self.height() // 3 // max(1, one))))


def _paper(name: str, campaign_id: str, under: str | None, session: Session) -> Report:
    soundness.before_report(session)
    return catalog.build(session, name=name, campaign_id=campaign_id, org_code=under)


def _withdraw(campaign_id: str, number: str, session: Session, reason: str, by: str) -> None:
    """Withdraw what counts under this check number."""
    for identity in decisions.counting(session, campaign_id=campaign_id):
        if package.check_number(identity) == number:
            decisions.withdraw(session, envelope_id=identity, reason=reason, by=by)


def _shown(one: BoardRow, kind: str) -> bool:
    if kind == TROUBLE:
        return one.trouble
    return kind == ALL or one.unit.state != REPORTED


def _tile(key: str, name: str, rows: Sequence[BoardRow]) -> Tile:
    mine = [one for one in rows if one.group == key]
    done = sum(one.unit.state == REPORTED for one in mine)
    return Tile(key, name, done, len(mine), sum(one.trouble for one in mine))


def _meaning_of(one: BoardRow) -> str:
    return one.unit.dropped or MEANING.get(one.unit.standing, one.unit.standing)


def _note(one: BoardRow) -> str:
    notes = (
        ("逾期", one.unit.late and one.unit.standing != LATE),
        ("由本级代录", one.unit.by_proxy),
        (one.unit.dropped, one.unit.dropped),
    )
    return "，".join(text for text, told in notes if told)


def _batches(one: BoardRow) -> str:
    return f"{one.unit.sealed}/{one.unit.planned}" if one.unit.planned else "只有会议"


_COLUMNS = (
    Column("单位", lambda one: one.name, sort_key=lambda one: one.place),
    Column("状态", lambda one: one.unit.standing, tooltip=_meaning_of, tone=lambda one: one.unit.urgency),
    number("第几次", lambda one: one.unit.revision or None),
    Column("核对号", lambda one: one.unit.check_number or "—"),
    Column(
        "票批", _batches, sort_key=lambda one: one.unit.sealed, tooltip=lambda _: "已封存的票批／应有的票批"
    ),
    Column("回执", lambda one: one.unit.receipt or "—", spare=True),
    replace(number("待核", lambda one: one.unit.quarantined or None), spare=True),
    replace(number("缺文件", lambda one: one.unit.missing_files or None), spare=True),
    Column("备注", _note),
    Column("代码", lambda one: one.unit.org.code, spare=True),
)
