"""Tables: what is shown, found, ordered, copied and exported."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from gui import seen
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.looks.table_view import MEASURED
from pingyi_desktop.gui.parts.forms import allow, button
from pingyi_desktop.gui.parts.tables import AT_ONCE, FILTERED, Column, DataTable, RowsModel, number

pytestmark = pytest.mark.usefixtures("dressed")


@dataclass(frozen=True)
class Member:
    no: str
    name: str
    branch: str
    ballots: int | None


ROWS = [
    Member("1", "张三", "第一党支部", 9),
    Member("2", "李四", "第二党支部", 100),
    Member("3", "王五<img src=x>", "第一党支部", None),
    Member("4", "赵六", "Second Branch", 20),
]
COLUMNS = [
    Column("姓名", lambda row: row.name, sort_key=lambda row: row.no, tooltip=lambda row: f"编号 {row.no}"),
    Column("党支部", lambda row: row.branch),
    number("票数", lambda row: row.ballots),
]


@pytest.fixture
def table(qtbot):
    made = DataTable(
        COLUMNS,
        name="党员",
        empty="还没有党员。点“导入名册”开始。",
        same=lambda row: row.no,
    )
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    qtbot.waitExposed(made)
    made.set_rows(ROWS)
    return made


def names(table):
    return [row.name[:2] for row in table.model.visible()]


def test_a_model_keeps_qts_contract():
    model = RowsModel(COLUMNS)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_rows(ROWS)
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (4, 3)
    assert model.rowCount(model.index(0, 0)) == 0


def test_a_table_says_that_it_is_empty_only_once_it_knows(qtbot):
    table = DataTable(COLUMNS, name="党员", empty="还没有党员。")
    qtbot.addWidget(table)
    assert (table.view.empty, table.count.text()) == (READING, "")
    table.set_rows([])
    assert (table.view.empty, table.count.text()) == ("还没有党员。", "共 0 行")
    table.set_rows(ROWS)
    table.set_rows(None)
    assert (table.model.rowCount(), table.view.empty, table.count.text()) == (0, READING, "")


def test_cells_have_text_alignment_and_a_plain_tool_tip():
    model = RowsModel(COLUMNS)
    model.set_rows(ROWS)
    cell = model.index(2, 2)
    assert model.data(cell, Qt.ItemDataRole.DisplayRole) == "—"
    assert model.data(cell, Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole) == "<span>编号 1</span>"
    branch = RowsModel([Column("姓名", lambda row: row.name)])
    branch.set_rows(ROWS)
    assert "&lt;img" in branch.data(branch.index(2, 0), Qt.ItemDataRole.ToolTipRole)
    assert model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) == "党支部"


def test_columns_grow_with_what_comes_later_unless_somebody_has_set_them(table):
    table.hide()  # as wide as needed: only what is seen shares the room there is
    before = [table.view.columnWidth(place) for place in range(2)]
    table.view.setColumnWidth(0, before[0] + 1)
    long = "第一党支部" * 4
    table.set_rows([Member("1", "张三" * 10, long, 9)])
    assert table.view.columnWidth(0) == before[0] + 1
    assert table.view.columnWidth(1) >= table.view.fontMetrics().horizontalAdvance(long) > before[1]
    wide = table.view.columnWidth(1)
    table.set_rows(ROWS)
    assert table.view.columnWidth(1) == wide


def test_rows_keep_the_order_they_came_in_until_sorted(table):
    assert names(table) == ["张三", "李四", "王五", "赵六"]


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (
            2,
            Qt.SortOrder.AscendingOrder,
            ["王五", "张三", "赵六", "李四"],
        ),  # numbers, not texts; missing first
        (2, Qt.SortOrder.DescendingOrder, ["李四", "赵六", "张三", "王五"]),
        (0, Qt.SortOrder.DescendingOrder, ["赵六", "王五", "李四", "张三"]),  # by the sort key
    ],
)
def test_sorting_follows_the_key(table, column, order, expected):
    table.view.sortByColumn(column, order)
    assert names(table) == expected


def click_head(table, qtbot, column):
    head = table.view.horizontalHeader()
    middle = head.sectionViewportPosition(column) + head.sectionSize(column) // 2
    qtbot.mouseClick(
        head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle, head.viewport().height() // 2)
    )


def test_a_third_click_on_the_head_brings_the_rows_own_order_back(table, qtbot):
    own = list(reversed(ROWS))  # an order that no column has
    table.set_rows(own)
    given = [row.name[:2] for row in own]
    seen = []
    for _ in range(4):
        click_head(table, qtbot, 0)
        seen.append(names(table))
    assert seen == [given[::-1], given, given, given[::-1]]
    assert "第三下回到原来的次序" in table.model.headerData(
        0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    )
    click_head(table, qtbot, 2)
    assert names(table) == ["王五", "张三", "赵六", "李四"]
    click_head(table, qtbot, 2)
    click_head(table, qtbot, 2)
    assert names(table) == given
    table.set_rows(own[1:])
    assert names(table) == given[1:]


def test_a_filter_needs_every_word_somewhere_in_the_row(table, qtbot):
    qtbot.keyClicks(table.filter, "second 20")
    assert names(table) == ["赵六"]
    assert table.count.text() == "筛出 1 行，共 4 行"
    table.filter.setText("第一 9")
    assert names(table) == ["张三"]
    table.filter.setText("第一")
    assert names(table) == ["张三", "王五"]


def test_an_empty_table_says_what_to_do(table):
    table.set_rows([])
    assert table.view.accessibleDescription() == "还没有党员。点“导入名册”开始。"
    table.set_rows(ROWS)
    assert table.view.accessibleDescription() == ""
    table.filter.setText("没有这个人")
    assert table.view.accessibleDescription() == "没有含“没有这个人”的行。按 Esc 清除筛选。"


def test_the_empty_words_are_painted(table):
    before = table.view.viewport().grab().toImage()
    table.set_rows([])
    after = table.view.viewport().grab().toImage()
    dark = [
        (x, y)
        for x in range(0, after.width())
        for y in range(0, after.height())
        if after.pixelColor(x, y).lightness() < 100
    ]
    assert len(dark) > 100
    assert before != after


def test_the_keyboard_reaches_filter_table_and_rows(table, qtbot):
    table.activateWindow()
    table.view.setFocus()
    qtbot.keyClick(table.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert table.filter.hasFocus()
    qtbot.keyClicks(table.filter, "second")
    assert names(table) == ["赵六"]
    qtbot.keyClick(table.filter, Qt.Key.Key_Escape)
    assert table.filter.text() == ""
    table.view.setFocus()
    table.view.setCurrentIndex(table.model.index(1, 0))
    with qtbot.waitSignal(table.activated) as activated:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert activated.args[0].name == "李四"
    qtbot.keyClick(table.view, Qt.Key.Key_Tab)
    assert not table.view.hasFocus()


def test_control_f_finds_the_tables_from_anywhere_on_the_page(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    other = QLineEdit(page)
    tables = [DataTable(COLUMNS, name=name, empty="") for name in ("党员", "支部")]
    column = QVBoxLayout(page)
    for one in (other, *tables):
        column.addWidget(one)
    page.show()
    page.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    reached = set()
    for _ in tables:
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        reached.add(page.focusWidget().accessibleName())
    assert reached == {"筛选党员", "筛选支部"}


def test_a_filter_stands_above_more_than_ten_rows_and_where_one_is_asked_for(table, qtbot):
    assert not table.filter.isVisible()
    table.set_rows([Member(str(n), f"党员{n}", "第一党支部", n) for n in range(FILTERED + 1)])
    assert table.filter.isVisible()
    table.set_rows(ROWS)
    assert not table.filter.isVisible()
    qtbot.keyClick(table.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(table.filter, "second")
    table.view.setFocus()
    assert table.filter.isVisible()


@pytest.mark.parametrize("sorted_", [True, False])
def test_no_heading_is_cut_before_a_text_is(table, sorted_):
    table.view.setSortingEnabled(sorted_)
    table.resize(1, 400)
    table.set_rows(ROWS)
    assert seen.cut_heads(table) == []


def test_copying_gives_what_wps_can_paste(table, qtbot):
    table.view.setFocus()
    table.view.selectRow(1)
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "姓名\t党支部\t票数\n李四\t第二党支部\t100\n"
    assert table.count.text() == "共 4 行，已复制 1 行"
    table.view.clearSelection()
    table.copy()
    assert table.count.text() == "共 4 行，已复制 4 行"


def test_copying_without_a_selection_takes_every_visible_row_in_its_order(table):
    table.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    table.filter.setText("支部")
    table.view.clearSelection()
    lines = table.as_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["姓名", "李四", "张三", "王五<img src=x>"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三", "张三"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|x", "'+cmd|x"),
        ("-甲", "'-甲"),
        ("-12", "-12"),
        ("+3.5%", "+3.5%"),
        ("\t=1+1", "' =1+1"),
        ("第一\t党\r\n支部", "第一 党 支部"),
        ('"甲"乙', '"""甲""乙"'),
        ("", ""),
    ],
)
def test_a_pasted_cell_is_never_a_formula_and_never_breaks_the_row(text, expected):
    assert visible.pasteable(text) == expected


def test_the_selection_stays_when_the_rows_are_read_again(table):
    table.view.selectRow(1)
    table.set_rows([Member("0", "新人", "第三党支部", 1), ROWS[0], Member("2", "李四改", "第二党支部", 1)])
    assert [row.name for row in table.selected()] == ["李四改"]
    assert table.view.currentIndex().row() == 2


def asked_for_menu(table, qtbot, at):
    """The menu that the right button opens at a place of the table."""
    viewport = table.view.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.RightButton, pos=at)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, asked)
    return QApplication.activePopupWidget()


def test_the_right_button_takes_the_row_and_offers_what_may_be_done_with_it(table, qtbot):
    one, other = button("改", lambda: None), button("删", lambda: None)
    table.lead(one, other)
    table.acts = (one, other)
    qtbot.waitUntil(one.isVisible)
    allow(other, "不能删。")
    menu = asked_for_menu(table, qtbot, table.view.visualRect(table.model.index(1, 0)).center())
    assert isinstance(menu, QMenu)
    assert table.selected() == [table.model.row_at(1)]
    assert [act.text() for act in menu.actions()] == ["改", "复制"]
    menu.actions()[1].trigger()
    menu.close()
    assert table.count.text().endswith("已复制 1 行")


def test_the_right_button_beside_the_rows_is_about_none_of_them(table, qtbot):
    one = button("删", lambda: None)
    table.lead(one)
    table.acts = (one,)
    qtbot.waitUntil(one.isVisible)
    table.view.selectRow(1)
    menu = asked_for_menu(table, qtbot, table.view.viewport().rect().bottomLeft() + QPoint(20, -4))
    assert table.selected() == []
    assert [act.text() for act in menu.actions()] == ["复制"]
    menu.close()


@pytest.mark.parametrize("rows", [ROWS, ROWS[2:]])
def test_a_menu_about_rows_goes_when_they_are_read_again(table, qtbot, rows):
    menu = asked_for_menu(table, qtbot, table.view.visualRect(table.model.index(1, 0)).center())
    assert menu.isVisible()
    table.set_rows(rows)
    assert QApplication.activePopupWidget() is None


def test_exporting_hands_over_what_is_shown(qtbot):
    given = []
    made = DataTable(COLUMNS, name="党员", empty="", export=lambda titles, rows: given.append((titles, rows)))
    qtbot.addWidget(made)
    made.set_rows(ROWS)
    made.filter.setText("第二")
    next(one for one in made.findChildren(QPushButton) if one.text() == "导出表格…").click()
    assert given == [(["姓名", "党支部", "票数"], [["李四", "第二党支部", "100"]])]


def test_a_table_that_cannot_be_exported_offers_no_export(table):
    assert [one.text() for one in table.findChildren(QPushButton)] == ["复制"]


def test_a_roster_of_4720_rows_is_filtered_and_sorted(table):
    table.set_rows([Member(f"{n:04}", f"党员{n}", f"第{n % 40}党支部", n % 97) for n in range(4720)])
    table.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    table.filter.setText("第39党支部")
    shown = table.model.visible()
    assert len(shown) == 118
    assert [row.ballots for row in shown] == sorted((row.ballots for row in shown), reverse=True)


def test_a_table_of_thousands_is_measured_by_the_rows_that_a_screen_holds(qtbot):
    asked = set[int]()

    def text(row: int) -> str:
        asked.add(row)
        return str(row)

    table = DataTable([Column("号", text)], name="号码", empty="没有号码。")
    qtbot.addWidget(table)
    table.set_rows(range(MEASURED * 40))
    assert 0 < len(asked) <= MEASURED * 2


def test_a_column_is_as_wide_as_if_every_cell_had_been_measured(qtbot):
    """The style is asked for the longest of every kind only; a chip needs more room than a longer plain text."""
    words = [("一" * n, tone) for n in (1, 9, 4) for tone in (None, "bad")] + [
        ("十一个字那么长的文字啊", None)
    ]
    columns = [
        Column("词", lambda row: row[0], tone=lambda row: row[1]),
        Column("两行", lambda row: f"{row[0]}\n{row[0]}一"),
    ]
    table = DataTable(columns, name="词", empty="没有词。")
    qtbot.addWidget(table)
    asked = []
    hint = table.view.itemDelegate().sizeHint
    table.view.itemDelegate().sizeHint = lambda option, index: asked.append(index) or hint(option, index)
    table.set_rows(words)
    assert 0 < len(asked) <= 3
    for place in range(2):
        assert table._widths._widest(place) == table.view.sizeHintForColumn(place)


def test_very_many_rows_are_read_bit_by_bit_and_found_as_soon_as_they_are(table, qtbot):
    many = [Member(str(no), f"党员{no}", "第一党支部", no) for no in range(AT_ONCE + 1)]
    table.set_rows(many)
    table.filter.setText("党员4999")
    assert table.model.rowCount() == len(many)  # nothing was read yet: no key waits for it
    qtbot.waitUntil(lambda: table.model.rowCount() == 1)
    assert table.count.text() == f"筛出 1 行，共 {len(many)} 行"
    table.filter.setText("")
    assert table.model.rowCount() == len(many)
    table.filter.setText("党员7 一党")  # read once: now at once
    assert table.model.rowCount() == len([one for one in many if "党员7" in one.name])


def test_a_filter_keeps_the_rows_that_are_selected_and_the_current_one(table):
    table.choose(ROWS[2])
    table.filter.setText("第一")
    assert [row.no for row in table.selected()] == ["3"]
    assert table.view.currentIndex().row() == 1
    table.filter.setText("第二")
    assert not table.selected()
    table.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    table.filter.setText("")
    assert names(table) == ["李四", "赵六", "张三", "王五"]
