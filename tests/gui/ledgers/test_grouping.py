"""The page that merges opinions with real clicks: what is alike in one click, several by hand, split, named, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gui.showing import dialog, no_dialog, settle, write
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.gui.entries import PAGES

ENTRY = next(one for one in PAGES if one.key == "grouping")
SAID = ("职工浴室热水供应断续", "希望解决浴室热水供应断续的问题", "通勤班车末班太早", "食堂菜少")


@pytest.fixture
def shown(open_window: Any, tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as session:
        about = {"campaign_id": make.campaign_of(session), "org": "QL.01.B003", "today": "", "by": "王"}
        for said in SAID:
            typed = {"content": said, "category": "生活福利", "nature": "共性"}
            edits.add(session, catalog.ledger("opinion"), typed=typed, **about)
    store.close()
    window = open_window((ENTRY,))
    assert window.open_path(tmp_path / "公司.pingyi")
    settle(window)
    return window, window.workspace.pages[0]


def listed(page: Any) -> list[tuple[str, str]]:
    model = page.table.model
    return [(model.index(n, 1).data(), model.index(n, 4).data()) for n in range(model.rowCount())]


def press(qtbot: Any, window: Any, button: Any) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(window)


def test_what_is_alike_is_merged_by_one_click_and_put_back(shown: Any, qtbot: Any) -> None:
    window, page = shown
    assert page.merge_all.text() == "归并相近的 1 组"
    press(qtbot, window, page.segments[1])
    assert listed(page) == [(SAID[0], "2")]
    press(qtbot, window, page.merge_all)
    assert listed(page) == []
    assert page.table.view.empty.startswith("没有相近的意见了")
    press(qtbot, window, page.segments[0])
    assert listed(page) == [(SAID[0], "2"), (SAID[2], "1"), (SAID[3], "1")]
    assert page.figures.text().startswith("4 条意见归并成 3 个问题")
    assert not page.merge_all.isEnabled()
    window.undo()
    settle(window)
    assert [many for _, many in listed(page)] == ["1", "1", "1", "1"]


def test_several_are_merged_named_and_split_again(shown: Any, qtbot: Any) -> None:
    window, page = shown
    page.table.view.selectAll()
    assert page.originals.model.rowCount() == 4
    press(qtbot, window, page.merge)
    assert listed(page) == [(SAID[3], "4")]
    page.table.view.selectRow(0)
    press(qtbot, window, page.name)
    form = dialog()
    form.fields[0].editor.clear()
    write(form.fields[0].editor, "生活条件差")
    write(form.fields[1].editor, "后勤科")
    form.accept()
    settle(window)
    assert no_dialog()
    assert listed(page) == [("生活条件差", "4")]
    page.originals.view.selectRow(3)
    press(qtbot, window, page.split)
    assert listed(page) == [("生活条件差", "3"), (SAID[3], "1")]


def test_the_menu_of_a_problem_splits_that_problem_and_not_what_is_chosen_beside_it(
    shown: Any, qtbot: Any
) -> None:
    window, page = shown
    page.table.view.selectAll()
    press(qtbot, window, page.merge)
    page.table.view.selectRow(0)
    page.originals.view.selectRow(3)
    page.table.view.customContextMenuRequested.emit(QPoint(9, 9))
    menu = QApplication.activePopupWidget()
    next(act for act in menu.actions() if act.text() == "拆开").trigger()
    menu.close()
    settle(window)
    assert [many for _, many in listed(page)] == ["1", "1", "1", "1"]


def test_what_cannot_be_done_says_why(shown: Any) -> None:
    _, page = shown
    assert "至少两条" in page.merge.toolTip()
    page.table.view.selectRow(0)
    assert "没有归并过" in page.split.toolTip()
    assert "归并过的问题" in page.name.toolTip()
