"""The page of a ledger with real keys: list, filter, details, edits of one and of many, undo, copy, import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from counting import counted
from gui.showing import confirm, dialog, let_finish, no_dialog, settle, write
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QMenu

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.gui.entries import ledger_entry
from pingyi_desktop.gui.ledgers.ledger_acts import first_rows, with_sums
from pingyi_desktop.gui.ledgers.sliced import SLICE
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.storage import store as data

DEED = catalog.ledger("deed")
ENTRY = next(ledger_entry(noun) for noun in catalog.NOUNS if noun.key == "deed")
B3 = "QL.01.B003"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The small company with three deeds."""
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        for title, kind in (("修路", "办实事"), ("送煤", "解难事"), ("装灯", "办实事")):
            typed = {"title": title, "kind": kind}
            edits.add(session, DEED, campaign_id=campaign_id, org=B3, typed=typed, today="", by="王")
    store.close()
    return tmp_path / "公司.pingyi"


@pytest.fixture
def shown(open_window: Any, company: Path) -> Iterator[tuple[Any, Any]]:
    window = open_window((ENTRY,))
    assert window.open_path(company)
    settle(window)
    return window, window.workspace.pages[0]


def titles(page: Any) -> list[str]:
    table = page.table.rows
    return [table.index(place, 2).data() for place in range(table.rowCount())]


def kinds(page: Any) -> list[str]:
    table = page.table.rows
    return [table.index(place, 3).data() for place in range(table.rowCount())]


def test_the_list_its_segments_and_the_first_row_beside_it(shown: Any) -> None:
    _, page = shown
    assert titles(page) == ["修路", "送煤", "装灯"]
    assert [one.text() for one in page.segments.buttons.values()] == [
        "全部 3",
        "办实事 2",
        "做好事 0",
        "解难事 1",
    ]
    assert page.details.title.text() == "修路"
    assert page.figures.text().startswith("件数 3 件")


def test_typing_narrows_the_list_and_a_segment_does_too(shown: Any, qtbot: Any) -> None:
    window, page = shown
    qtbot.keyClicks(page.filter, "zd")
    settle(window)
    assert titles(page) == ["装灯"]
    qtbot.keyClick(page.filter, Qt.Key.Key_Escape)
    qtbot.mouseClick(page.segments.buttons["DIFFICULT"], Qt.MouseButton.LeftButton)
    settle(window)
    assert titles(page) == ["送煤"]


def test_a_new_row_by_keyboard_and_its_undo(shown: Any, qtbot: Any) -> None:
    window, page = shown
    qtbot.keyClick(page.table, Qt.Key.Key_Insert)
    form = dialog()
    form._unit.setCurrentIndex(form._unit.findData(B3))
    write(form._lines["title"].editor, "修浴室")
    box = form._lines["kind"].editor
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("GOOD"))
    write(form._lines["amount"].editor, "很多")
    form.accept()
    settle(window)
    assert "看不懂是多少钱" in form._lines["amount"].complaint
    form._lines["amount"].editor.clear()
    write(form._lines["amount"].editor, "200 余万元")
    form.accept()
    settle(window)
    assert no_dialog()
    assert titles(page) == ["修路", "送煤", "装灯", "修浴室"]
    window.undo()
    settle(window)
    assert titles(page) == ["修路", "送煤", "装灯"]


def test_one_row_is_changed_in_its_form_and_a_field_can_be_emptied(shown: Any) -> None:
    window, page = shown
    for amount in ("5000 元", ""):
        page.table.selectRow(0)
        page.details.change.click()
        form = dialog()
        form._lines["amount"].editor.clear()
        write(form._lines["amount"].editor, amount)
        form.accept()
        settle(window)
        assert no_dialog()
        assert page.table.selected()[0].texts["amount"] == amount


def elsewhere(path: Path, act: Any) -> None:
    """Something done to the file in another window, or by the command line."""
    store = data.open_file(path)
    with store.transaction() as session:
        about = {"campaign_id": make.campaign_of(session), "by": "李"}
        (first, *_) = rows.listing(session, DEED, Asked(about["campaign_id"], ""))
        act(session, DEED, ids=[first.id], **about)
    store.close()


def test_a_form_keeps_what_another_window_wrote_into_other_fields(shown: Any, company: Path) -> None:
    """Saving the form put every field back to what it had been when the form was opened."""
    window, page = shown
    page.table.selectRow(0)
    page.details.change.click()
    form = dialog()
    elsewhere(company, lambda *to, **about: edits.change(*to, typed={"amount": "5000 元"}, today="", **about))
    write(form._lines["responsible"].editor, "后勤科")
    form.accept()
    settle(window)
    page.read_again()
    settle(window)
    kept = page.table.selected()[0].texts
    assert (kept["amount"], kept["responsible"]) == ("5000 元", "后勤科")


def test_a_row_removed_in_another_window_is_said_to_be_gone(shown: Any, company: Path) -> None:
    window, page = shown
    page.table.selectRow(0)
    page.details.change.click()
    form = dialog()
    elsewhere(company, edits.remove)
    write(form._lines["responsible"].editor, "后勤科")
    form.accept()
    settle(window)
    assert "不在台账里" in form.messages.text
    form.reject()


def test_the_right_button_offers_what_stands_beside_the_list(shown: Any) -> None:
    _, page = shown
    page.table.selectRow(1)
    page.table.customContextMenuRequested.emit(page.table.visualRect(page.table.rows.index(1, 0)).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = {act.text(): act for act in menu.actions()}
    assert list(offered) == ["修改", "删除"]
    offered["修改"].trigger()
    menu.close()
    assert dialog()._lines["title"].editor.text() == "送煤"
    dialog().reject()


def test_beside_a_row_from_below_stands_why_it_is_only_read_here(shown: Any) -> None:
    _, page = shown
    page.table.selectRow(0)
    (own,) = page.table.selected()
    assert (page.details.received.isVisible(), page.details.change.isEnabled()) == (False, True)
    page.details.show_row(replace(own, received=True))
    assert (page.details.received.isVisible(), page.details.change.isEnabled()) == (True, False)
    assert page.details.received.y() < page.details.change.y()
    page.details.show_many([], 0)
    assert not page.details.received.isVisible()


def test_a_menu_about_a_row_goes_when_another_list_is_shown(shown: Any) -> None:
    """The list chooses its first row when the chosen one is not in it: 删除 in the menu took that one out."""
    window, page = shown
    page.table.selectRow(1)
    page.table.customContextMenuRequested.emit(page.table.visualRect(page.table.rows.index(1, 0)).center())
    assert QApplication.activePopupWidget() is not None
    page.filter.setText(page.table.rows.row_at(0).name)
    settle(window)
    assert page.table.places() == [0]
    assert QApplication.activePopupWidget() is None


def test_a_key_that_is_held_down_acts_once(shown: Any) -> None:
    """Where a row is gone another one is chosen: Delete held down took out one after the other."""
    _, page = shown
    keys = [one for one in page.findChildren(QShortcut) if one.key().toString() in ("Del", "Ins", "F2")]
    assert [one.autoRepeat() for one in keys] == [False] * 3


def test_digits_set_the_state_of_all_chosen_rows_and_undo_puts_it_back(shown: Any, qtbot: Any) -> None:
    window, page = shown
    page.table.selectAll()
    assert page.details.title.text() == "已选 3 行"
    qtbot.keyClick(page.table, Qt.Key.Key_2)
    settle(window)
    assert kinds(page) == ["做好事"] * 3
    assert page.table.places() == [0, 1, 2]
    window.undo()
    settle(window)
    assert kinds(page) == ["办实事", "解难事", "办实事"]


def test_history_stands_beside_the_row(shown: Any, qtbot: Any) -> None:
    window, page = shown
    page.table.selectRow(1)
    qtbot.keyClick(page.table, Qt.Key.Key_1)
    settle(window)
    assert "类别：解难事 → 办实事" in page.details._past.text()


def test_delete_takes_a_row_out_and_undo_brings_it_back(shown: Any, qtbot: Any) -> None:
    window, page = shown
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    settle(window)
    assert titles(page) == ["送煤", "装灯"]
    window.undo()
    settle(window)
    assert titles(page) == ["修路", "送煤", "装灯"]


def test_copying_puts_titles_and_rows_on_the_clipboard(shown: Any, qtbot: Any) -> None:
    window, page = shown
    page.table.selectRow(1)
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(window)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("编号\t党组织\t事项\t类别")
    assert lines[1:] == ["B003-2\t一矿机关党支部\t送煤\t解难事\t\t\t"]


def test_a_sheet_is_looked_at_and_then_written(shown: Any, qtbot: Any, tmp_path: Path) -> None:
    window, page = shown
    sheet = tmp_path / "实事.csv"
    sheet.write_text(
        "党组织,事项,类别\n一矿机关党支部,修桥,实事\n一矿机关党支部,修路,难事\n", encoding="utf-8"
    )
    page.panel.read(sheet, lambda: page.middle.setCurrentWidget(page.panel))
    let_finish(window)
    assert page.panel.go.text() == "写入 2 行"
    page.panel.go.click()
    settle(window)
    assert page.middle.currentIndex() == 0
    assert titles(page) == ["修路", "送煤", "装灯", "修桥"]
    assert kinds(page)[0] == "解难事"
    window.undo()
    settle(window)
    assert kinds(page) == ["办实事", "解难事", "办实事"]


def test_what_asks_for_a_reason_asks_in_the_window(open_window: Any, company: Path, qtbot: Any) -> None:
    commitment = next(ledger_entry(noun) for noun in catalog.NOUNS if noun.key == "commitment")
    window = open_window((commitment,))
    assert window.open_path(company)
    settle(window)
    page = window.workspace.pages[0]
    qtbot.keyClick(page, Qt.Key.Key_Insert)
    form = dialog()
    write(form._lines["content"].editor, "每月联系 3 户")
    box = form._lines["status"].editor
    box.setCurrentIndex(box.findData("IN_PROGRESS"))
    form.accept()
    settle(window)
    assert "缺完成时限、责任人" in confirm(qtbot)
    settle(window)
    assert no_dialog()
    assert page.table.rows.total == 1


@pytest.mark.usefixtures("painted")
def test_long_lists_are_read_in_slices_and_a_refresh_asks_little(company: Path, open_window: Any) -> None:
    store = data.open_file(company)
    many = 3 * SLICE
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        known = rows.names(session, campaign_id=campaign_id)
        values = edits.read(DEED, {"title": "修路", "kind": "办实事"}, {}, known, at=B3)
        made = [edits.row_of(DEED, campaign_id, B3, n, values, known) for n in range(4, many + 4)]
        edits.bulk.write(session, edits.insert(DEED.sql), made)
    asked = Asked("", "2025-11-01", words=("修路", "机关"), segment="PRACTICAL")
    with store.reading() as session, counted() as spent:
        seen = with_sums(session, DEED, first_rows(session, DEED, asked, ""))
    assert len(seen.first) == SLICE
    assert len(spent.statements) <= 25
    store.close()
    window = open_window((ENTRY,))
    assert window.open_path(company)
    settle(window)
    table = window.workspace.pages[0].table
    assert table.rows.total == many + 3
    assert len(table.rows.here()) == SLICE
    table.scrollToBottom()
    settle(window)
    settle(window)
    assert table.rows.index(many + 2, 2).data() == "修路"
    assert len(table.rows.here()) < many
    window.workspace.pages[0].refresh()
    settle(window)
    assert table.rows.total == many + 3


@pytest.mark.usefixtures("dressed")
def test_the_form_asks_in_the_order_of_the_fields(open_window: Any, company: Path, qtbot: Any) -> None:
    """A field of half the width before one of the whole is not kept for the end."""
    window = open_window((ledger_entry(next(noun for noun in catalog.NOUNS if noun.key == "meeting")),))
    assert window.open_path(company)
    settle(window)
    qtbot.keyClick(window.workspace.pages[0], Qt.Key.Key_Insert)
    form = dialog()
    settle(window)
    places = [form._lines[key].mapTo(form, QPoint(0, 0)).y() for key in ("expected", "actual", "by_category")]
    assert places[0] <= places[1] < places[2]
    form.reject()


def test_a_table_that_tells_of_single_persons_asks_for_the_reason_first(
    open_window: Any, company: Path, qtbot: Any
) -> None:
    noun = next(noun for noun in catalog.NOUNS if noun.declared().restricted)
    window = open_window((ledger_entry(noun),))
    assert window.open_path(company)
    settle(window)
    page = window.workspace.pages[0]
    page.does.print_table()
    asked = dialog()
    asked.fields[0].editor.setText("支委会研究")
    asked.accept()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ReportDialog))
    settle(window)
    paper = dialog()
    assert paper.view.ready.report.mark == "内部资料"
    paper.reject()


def test_a_plan_is_narrowed_and_read_again(shown: Any, tmp_path: Path) -> None:
    """With rows in the plan both were a fault of the program: the table could not tell its rows again."""
    window, page = shown
    sheet = tmp_path / "办实事.csv"
    sheet.write_text(
        "党组织,事项,类别\nQL.01.B003,修桥,办实事\nQL.01.B003,送煤,办实事\n", encoding="utf-8-sig"
    )
    page.panel.read(sheet, lambda: page.middle.setCurrentWidget(page.panel))
    let_finish(window)
    panel = page.panel
    assert panel.table.selected()[0].said.startswith("修桥")
    panel.counts.buttons["更新"].click()
    assert [one.name for one in panel.table.model.visible()] == [f"{B3}-2"]
    panel.counts.buttons[""].click()
    panel.again.click()
    let_finish(window)
    assert panel.go.text() == "写入 2 行"
