"""The steps of 整改事项 beside its list: only the legal ones, with what they ask for; what low rates propose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gui.showing import confirm, dialog, no_dialog, settle, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.appraisal.ledgers.rectify import low_rates, steps
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.exchange.ledgers.orders import Compared
from pingyi_desktop.gui.entries import ledger_entry
from pingyi_desktop.gui.ledgers.rectify_bar import RectifyBar
from pingyi_desktop.gui.looks.controls import Button

ITEM = catalog.ledger("rectification")
ENTRY = next(ledger_entry(noun) for noun in catalog.NOUNS if noun.key == "rectification")
B3, LATER = "QL.01.B003", "2099-12-20"
GIVEN = {"cause": "没有专人管", "responsible": "办公室", "due_on": LATER}
ROWS = (
    {"problem": "浴室水凉", "status": "已登记"},
    {"problem": "灯不亮", "status": "办理中", **GIVEN},
    {"problem": "门锁坏了", "status": "已销号", **GIVEN, "closed_on": "2025-11-01"},
)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The small company with three items in three states, and one low rate."""
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as session:
        for typed in ROWS:
            add(session, **typed)
        marks = [(100, 0, 0, 0)] * 4 + [(59, 41, 0, 0)]
        make.received(
            session,
            campaign_id=make.campaign_of(session),
            org_code="QL.01.G01.B001",
            counts={"T-ORG-A": marks},
        )
    store.close()
    return tmp_path / "公司.pingyi"


def add(session: Session, **typed: str) -> None:
    words = {
        "source_kind": "检查",
        "kind": "立改",
        "measures": "由后勤科当天修好，办公室主任逐间查看",
        **typed,
    }
    words |= {"result": "已修好"} if typed["status"] == "已销号" else {}
    campaign_id = make.campaign_of(session)
    edits.add(
        session, ITEM, campaign_id=campaign_id, org=B3, typed=words, today="", by="王", reason="照旧表登记"
    )


@pytest.fixture
def shown(open_window: Any, company: Path) -> tuple[Any, Any, Any]:
    window = open_window((ENTRY,))
    assert window.open_path(company)
    settle(window)
    page = window.workspace.pages[0]
    return window, page, page.details.findChild(RectifyBar)


def offered(bar: Any) -> list[str]:
    return [step for step, one in bar.buttons.items() if not one.isHidden()]


def test_only_the_steps_that_are_legal_are_offered(shown: Any) -> None:
    _window, page, bar = shown
    for place, legal in enumerate((["assign"], ["report", "finish"], ["reopen"])):
        page.table.selectRow(place)
        assert offered(bar) == legal
    page.table.selectAll()
    assert offered(bar) == []


def test_an_item_is_assigned_in_its_form_and_taken_back(shown: Any) -> None:
    window, page, bar = shown
    page.table.selectRow(0)
    bar.buttons[steps.Step.ASSIGN].click()
    form = dialog()
    write(form._lines["responsible"].editor, "后勤科")
    form.accept()
    settle(window)
    assert any("还缺：原因、时限" in one.text() for one in form.findChildren(QLabel))
    write(form._lines["cause"].editor, "锅炉老化")
    write(form._lines["due_on"].editor, LATER)
    form.accept()
    settle(window)
    assert no_dialog()
    assert page.table.selected()[0].texts["status"] == "已交办"
    assert offered(bar) == ["begin"]
    window.undo()
    settle(window)
    assert page.table.selected()[0].texts["status"] == "已登记"


def test_the_keys_stay_with_the_row_when_its_step_is_taken(shown: Any) -> None:
    """They had gone to whatever stood next, so that Enter did something else altogether."""
    window, page, bar = shown
    page.table.selectRow(1)
    bar.buttons[steps.Step.FINISH].setFocus()
    bar.buttons[steps.Step.FINISH].click()
    write(dialog()._lines["result"].editor, "已换")
    dialog().accept()
    settle(window)
    assert page.table.selected()[0].texts["status"] == "已办结"
    assert window.focusWidget() is page.table


def test_the_step_that_leads_on_stands_before_the_one_that_leads_back(shown: Any) -> None:
    _window, _page, bar = shown
    order = list(bar.buttons)
    assert order.index(steps.Step.VERIFY) < order.index(steps.Step.CLOSE) < order.index(steps.Step.RETURN)
    assert "问题又出现了" in bar.buttons[steps.Step.REOPEN].toolTip()  # a word that not everybody knows


def test_without_low_rates_a_sentence_says_so(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(low_rates, "proposals", lambda *_, **__: [])
    window, page, _ = shown
    next(one for one in page.findChildren(Button) if "低满意率" in one.text()).click()
    settle(window)
    assert no_dialog()
    assert page.messages.text == "没有要列入台账的低满意率项目。"


def test_progress_is_reported_with_a_share(shown: Any) -> None:
    window, page, bar = shown
    page.table.selectRow(1)
    bar.buttons[steps.Step.REPORT].click()
    form = dialog()
    write(form._lines["text"].editor, "已换线")
    write(form._lines["percent"].editor, "六成")
    form.accept()
    settle(window)
    assert not no_dialog()
    form._lines["percent"].editor.clear()
    write(form._lines["percent"].editor, "60%")
    form.accept()
    settle(window)
    assert no_dialog()
    assert page.table.selected()[0].texts["progress"].endswith("60% 已换线")


def test_crossing_off_without_evidence_asks_why(shown: Any, qtbot: Any) -> None:
    window, page, bar = shown
    page.table.selectRow(1)
    for step, typed in (("finish", {"result": "已换"}), ("verify", {}), ("close", {"approved_by": "李书记"})):
        bar.buttons[steps.Step(step)].click()
        form = dialog()
        for key, text in typed.items():
            write(form._lines[key].editor, text)
        form.accept()
        settle(window)
    assert "还缺佐证" in confirm(qtbot, "照片遗失")
    settle(window)
    assert page.table.selected()[0].texts["status"] == "已销号"


def test_what_the_unit_below_says_otherwise_stands_beside_the_order(
    shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, page, _bar = shown
    here = Compared(
        "rectification", "QL.01.B003-1", "浴室水凉", "一矿采一队党支部", {"状态": ("已登记", "办理中")}
    )
    monkeypatch.setattr(orders, "compared", lambda *_, **__: [here])
    page.table.selectRow(0)
    page.details.change.click()
    form = dialog()
    write(form._lines["unit"].editor, "QL.01.G01.B001")
    form.accept()
    settle(window)
    assert page.details.differing.text() == "状态：本单位“已登记”，一矿采一队党支部“办理中”"
    page.table.selectRow(1)
    settle(window)
    assert page.details.differing.isHidden()


def test_a_digit_takes_the_step_to_that_state_or_says_why_not(shown: Any, qtbot: Any) -> None:
    _window, page, _bar = shown
    page.table.selectRow(1)
    qtbot.keyClick(page.table, Qt.Key.Key_6)
    assert "请先验收" in page.messages.text
    qtbot.keyClick(page.table, Qt.Key.Key_4)
    assert dialog().windowTitle() == "办结 QL.01.B003-2"
    dialog().reject()


def test_what_low_rates_propose_is_registered_and_stands_beside_it_as_long_as_it_may(shown: Any) -> None:
    window, page, bar = shown
    next(one for one in page.findChildren(Button) if "低满意率" in one.text()).click()
    settle(window)
    dialog().accept()
    settle(window)
    assert no_dialog()
    assert page.table.rows.total == len(ROWS) + 1
    page.table.selectRow(0)
    settle(window)
    assert page.table.only().texts["source_kind"] == "低满意率项目"
    assert bar.rate.text() == "满意率现在是 59.0%（59/100）。"
    few = {"T-ORG-A": [(1, 2, 0, 0)] * 5}
    write = {"campaign_id": page.does.seen.asked.campaign_id, "org_code": B3, "counts": few}
    page.context.work.write(lambda session: make.received(session, **write), lambda _: None)
    settle(window)
    assert bar.rate.text() == "满意率现在不显示：样本不足。"
    page.table.selectRow(1)
    settle(window)
    assert not bar.rate.isVisible()
    window.undo()
    settle(window)
    assert page.table.rows.total == len(ROWS)
