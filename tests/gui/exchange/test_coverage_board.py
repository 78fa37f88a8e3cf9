"""The board: a picture per part of the tree, filters, and papers for those who are missing."""

from __future__ import annotations

import desks
import pytest
import sealing
import showing
from desks import B1, B3, C1, C2, G1
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from showing import let_finish

import make
from pingyi_desktop.gui.exchange.page import CASES, ExchangePage
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.parts.tiles import Tile, Tiles
from pingyi_desktop.gui.workbench.page import WorkbenchPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def company(tmp_path):
    """The company: one committee has reported with one of its branches, which has reported twice with two contents."""
    made = make.copied(tmp_path / "QL.pingyi", two_reported)
    made.close()
    return made.path


def two_reported(path):
    made = desks.office(path, "QL")
    made.take(desks.handed_up(C1, sealing.submission(B3)))
    made.take(desks.handed_up(C2), confirm=False)
    return made.store


@pytest.fixture
def board(open_window, company):
    window, page = showing.show(open_window, company, ExchangePage)
    window.resize(1366, 768)
    QApplication.processEvents()
    return page.units


@pytest.mark.usefixtures("dressed")
def test_names_are_never_cut_while_a_column_can_be_spared(board):
    board.window().resize(800, 768)
    QApplication.processEvents()
    view, titles = board.table.view, [one.title for one in board.table.model.columns]
    out = [title for place, title in enumerate(titles) if view.isColumnHidden(place)]
    assert out[-1] == "代码"
    assert view.columnWidth(0) >= view.sizeHintForColumn(0)
    assert f"省去 {len(out)} 列" in board.table.count.text()
    assert "代码" in board.table.count.toolTip()
    assert "代码" in board.table.as_text().splitlines()[0]  # copied and exported it is there
    board.window().resize(1600, 768)
    QApplication.processEvents()
    assert not any(view.isColumnHidden(place) for place in range(len(titles)))
    assert "省去" not in board.table.count.text()


def shown(board):
    return [one.unit.org.code for one in board.table.model.visible()]


def test_units_are_indented_in_the_order_of_the_tree(board):
    names = [board.table.model.columns[0].getter(one) for one in board.table.model.rows]
    indents = {name.strip("　"): name.count("　") for name in names}
    assert [sealing.NAMES[code] for code in shown(board)] == list(indents)
    assert indents[sealing.NAMES[C1]] == 0
    assert indents[sealing.NAMES[G1]] == indents[sealing.NAMES[B3]] == 1
    assert indents[sealing.NAMES[B1]] == 2


def test_every_committee_has_its_tile(board):
    tiles = {tile.name: (tile.done, tile.total, tile.trouble) for tile in board.tiles._tiles}
    assert tiles == {sealing.NAMES[C1]: (2, 5, 0), sealing.NAMES[C2]: (0, 2, 1)}
    assert board.tiles.accessibleDescription() == "一矿党委 2/5；二矿党委 0/2，需处理 1"


@pytest.mark.usefixtures("dressed")
def test_the_tiles_lie_in_a_drawer_and_the_table_has_the_height(board, qtbot):
    assert not board.tiles.isVisible()
    high = board.table.view.viewport().height()
    assert high > board.height() * 2 // 3
    qtbot.mouseClick(board.drawer, LEFT)
    assert board.tiles.isVisible()
    assert board.tiles.hasFocus()
    qtbot.mouseClick(board.drawer, LEFT)
    assert not board.tiles.isVisible()
    qtbot.waitUntil(lambda: board.table.view.viewport().height() == high)


def test_a_tile_shows_only_its_part_of_the_tree(board, qtbot):
    qtbot.mouseClick(board.drawer, LEFT)
    place = board.tiles.tile_rect(1).center()
    qtbot.mouseClick(board.tiles, LEFT, pos=place)
    assert shown(board)[0] == C2
    assert all(code.startswith(C2) for code in shown(board))
    assert board.drawer.text() == f"只看{sealing.NAMES[C2]} 0/2，需处理 1"
    assert not board.tiles.isVisible()
    qtbot.mouseClick(board.drawer, LEFT)
    qtbot.mouseClick(board.tiles, LEFT, pos=place)
    assert len(shown(board)) == 7
    assert board.drawer.text() == "按单位看"


def test_tiles_are_chosen_with_keys_too(board, qtbot):
    board.drawer.setFocus()
    qtbot.keyClick(board.drawer, Qt.Key.Key_Return)
    qtbot.keyClick(board.tiles, Qt.Key.Key_Right)
    qtbot.keyClick(board.tiles, Qt.Key.Key_Return)
    assert board.tiles.key == C2
    assert shown(board)[0] == C2


def test_filters_show_the_missing_and_those_that_need_a_person(board, qtbot):
    assert [one.text() for one in board.filters.values()] == ["应报 7", "未报 5", "需处理 1"]
    qtbot.mouseClick(board.filters["未报"], LEFT)
    assert C1 not in shown(board)
    assert len(shown(board)) == 5
    assert board.filters["未报"].isChecked()
    assert not board.filters["应报"].isChecked()
    qtbot.mouseClick(board.filters["需处理"], LEFT)
    assert shown(board) == [C2]
    assert board.table.model.rows[0].unit.standing == "待核"


def test_enter_on_a_unit_in_trouble_leads_to_its_case(open_window, company, qtbot):
    _, page = showing.show(open_window, company, ExchangePage)
    qtbot.mouseClick(page.units.filters["需处理"], LEFT)
    page.units.table.view.selectRow(0)
    page.units.table.view.setFocus()
    qtbot.keyClick(page.units.table.view, Qt.Key.Key_Return)
    assert page.tabs.currentIndex() == CASES
    assert page.desk.title.text() == f"待核：{sealing.NAMES[C2]}"


def test_accepted_data_is_withdrawn_with_a_reason(open_window, company, qtbot):
    window, page = showing.show(open_window, company, ExchangePage)
    board = page.units
    assert not board.withdraw.isEnabled()
    board.table.choose(next(one for one in board.table.model.rows if one.unit.org.code == B1))
    assert not board.withdraw.isEnabled()  # it has not reported
    board.table.choose(next(one for one in board.table.model.rows if one.unit.org.code == B3))
    offered = {act.text(): act for act in board.table.offer(QPoint()).actions()}
    assert list(offered) == ["作废…", "复制", "导出表格…"]
    offered["作废…"].trigger()
    dialog = showing.dialog()
    showing.write(dialog.fields[0].editor, "票数登记有误")
    qtbot.mouseClick(dialog.save, LEFT)
    let_finish(window)
    assert showing.no_dialog()
    (row,) = [one for one in board.table.model.rows if one.unit.org.code == B3]
    assert row.unit.check_number == ""
    titles = [page.desk.list.item(place).text() for place in range(page.desk.list.count())]
    assert f"已作废：{sealing.NAMES[B3]}" in titles


def test_what_is_copied_can_be_pasted_into_a_sheet(board):
    board.table.copy()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:2] == ["单位", "状态"]
    assert lines[1].split("\t")[:2] == [sealing.NAMES[C1], "已报"]


def test_reminders_as_pdf_and_as_a_sheet(open_window, company, tmp_path, qtbot):
    window, page = showing.show(open_window, company, ExchangePage)
    qtbot.mouseClick(page.units.remind, LEFT)
    dialog = showing.dialog()
    assert isinstance(dialog, ReportDialog)
    let_finish(window)
    for act, name in ((dialog.view.pdf_button, "催报表.pdf"), (dialog.view.sheet_button, "催报表.xlsx")):
        timer = showing.pick(tmp_path / name)
        qtbot.mouseClick(act, LEFT)
        let_finish(window)
        assert not timer.isActive()
        assert dialog.messages.text == f"已存到 {tmp_path / name}"
    assert (tmp_path / "催报表.pdf").read_bytes().startswith(b"%PDF")
    cells = [cell.value for row in load_workbook(tmp_path / "催报表.xlsx").active.iter_rows() for cell in row]
    assert sealing.NAMES[B1] in cells
    assert sealing.NAMES[B3] not in cells
    dialog.accept()


def test_a_chosen_tile_narrows_the_paper(open_window, company, qtbot):
    window, page = showing.show(open_window, company, ExchangePage)
    page.units.tiles.choose(C2)
    qtbot.mouseClick(page.units.listing, LEFT)
    dialog = showing.dialog()
    let_finish(window)
    assert sealing.NAMES[C2] in dialog.view.ready.report.subtitle
    dialog.accept()


@pytest.mark.usefixtures("dressed")
def test_many_tiles_stay_within_a_third_of_the_height(qtbot):
    tiles = Tiles("各单位")
    qtbot.addWidget(tiles)
    tiles.resize(1100, 400)
    tiles.set_tiles([Tile(str(n), f"第{n}矿党委", n % 3, 3) for n in range(60)])
    assert tiles.rows_height(2) < tiles.heightForWidth(1100)
    places = [tiles.tile_rect(n) for n in range(60)]
    assert all(place.right() < 1100 for place in places)
    assert not any(a.intersects(b) for a in places for b in places if a is not b)


def test_a_tile_that_went_away_is_chosen_no_more(qtbot):
    tiles = Tiles("各单位")
    qtbot.addWidget(tiles)
    tiles.set_tiles([Tile("a", "甲", 0, 1), Tile("b", "乙", 0, 1)])
    tiles.choose("b")
    tiles.set_tiles([Tile("a", "甲", 0, 1)])
    assert tiles.key == ""


@pytest.fixture
def dropped(tmp_path):
    """The company, once a branch has reported and its general branch lists it no longer."""
    made = desks.office(tmp_path / "QL.pingyi", "QL")
    leaf, without = sealing.submission(B1), sealing.rollup(G1, [], revision=2)
    inner = sealing.rollup(G1, [leaf])
    made.take(desks.file(sealing.rollup(C1, [inner]), inner, leaf))
    made.take(desks.file(sealing.rollup(C1, [without], revision=2), without))
    made.store.close()
    return made.store.path


def test_a_branch_that_an_office_dropped_is_told_and_needs_a_person(open_window, dropped):
    _, page = showing.show(open_window, dropped, ExchangePage)
    table = page.units.table
    (row,) = [one for one in table.model.rows if one.unit.org.code == B1]
    cells = {column.title: column.getter(row) for column in table.model.columns}
    assert cells["状态"] == "不再列入"
    assert f"“{sealing.NAMES[G1]}”最新的汇总不再列入“{sealing.NAMES[B1]}”" in cells["备注"]
    assert page.units.filters["需处理"].text() == "需处理 1"


def test_the_workbench_counts_it_apart(open_window, dropped):
    _, page = showing.show(open_window, dropped, WorkbenchPage)
    assert page.figures.cards[0].note.text() == "差 7 个，7 个逾期，1 个不再列入"
