"""What waits for a person: rivals side by side, quarantine, and taking decisions back; nothing is decided silently."""

from __future__ import annotations

import desks
import pytest
import sealing
import showing
from desks import B3, C1, CAMPAIGN
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from showing import let_finish

from pingyi_desktop.exchange.inbox import decisions, quarantine
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.gui.exchange import conflict_desk
from pingyi_desktop.gui.exchange.page import CASES, ExchangePage
from pingyi_desktop.gui.exchange.side_by_side import lines
from pingyi_desktop.standing import overview
from pingyi_desktop.storage import store as data

LEFT = Qt.MouseButton.LeftButton
ONE, OTHER = sealing.submission(B3), sealing.submission(B3, satisfied=4)


@pytest.fixture
def committee(tmp_path):
    """The committee's open office; what it takes in is closed before the window opens it."""
    made = desks.office(tmp_path / "一矿.pingyi")
    yield made
    made.store.close()


def open_desk(open_window, office):
    office.store.close()
    window, page = showing.show(open_window, office.store.path, ExchangePage)
    page.tabs.setCurrentIndex(CASES)
    QApplication.processEvents()
    return window, page, page.desk


def titles(desk):
    return [desk.list.item(place).text() for place in range(desk.list.count())]


def rows(desk):
    """The lines of the comparison: title, a text per side, and the mark."""
    table = desk.sides.table
    columns = range(table.columnCount())
    return [[table.item(row, column).text() for column in columns] for row in range(table.rowCount())]


def counted(path):
    made = desks.Office(data.open_file(path))
    found = made.counted()
    made.store.close()
    return found


def answer(dialog, *texts):
    for field, text in zip(dialog.fields, texts, strict=False):
        field.editor.clear()
        showing.write(field.editor, text)


def test_an_empty_desk_says_so(open_window, committee):
    _, page, desk = open_desk(open_window, committee)
    assert desk.list.isHidden()
    assert conflict_desk.NOTHING in [one.text() for one in desk.findChildren(QLabel) if one.isVisible()]
    assert page.tabs.tabText(CASES) == "冲突与待核"


# Conflicts


@pytest.fixture
def rivals(committee):
    committee.take(desks.file(ONE))
    committee.take(desks.file(OTHER))
    return committee


def test_rivals_stand_side_by_side_with_the_differences_marked(open_window, rivals):
    _, page, desk = open_desk(open_window, rivals)
    assert page.tabs.tabText(CASES) == "冲突与待核（1）"
    assert titles(desk) == [f"冲突：{sealing.NAMES[B3]}"]
    found = rows(desk)
    numbers = [package.check_number(one.id) for one in sorted((ONE, OTHER), key=lambda one: one.id)]
    assert found[0] == ["核对号", *numbers, "不同"]
    marked = [line for line in found if line[-1] == "不同"]
    assert found[: len(marked)] == marked
    assert len(marked) == 2
    assert sorted(cells.split(" / ")[0] for cells in marked[1][1:-1]) == ["10", "4"]
    assert ["应到（人）", "13", "13", ""] in found
    assert f"其中 {len(marked)} 行不同" in desk.sides.told.text()
    assert [b.text() for b in desk.sides.buttons] == [
        f"以第{n}份为准（核对号 {number}）…" for n, number in zip("一二", numbers, strict=True)
    ]


def test_what_an_office_says_against_its_earlier_word_stands_beside_that(open_window, tmp_path, qtbot):
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    new = sealing.submission(B3, epoch=2, satisfied=4)
    company.take(desks.handed_up(desks.C1, ONE))
    company.take(desks.handed_up(desks.C1, new, revision=2))
    _, page, desk = open_desk(open_window, company)
    assert page.units.filters["需处理"].text() == "需处理 1"
    assert titles(desk) == [f"待核：{sealing.NAMES[B3]}"]
    assert package.check_number(ONE.id) in desk.said.text()
    assert "照旧计入" in desk.said.text()
    sides = sorted((ONE, new), key=lambda one: one.id)
    assert ["现在", *("计入" if one is ONE else "不计入" for one in sides), "不同"] in rows(desk)
    qtbot.mouseClick(desk.sides.buttons[sides.index(new)], LEFT)
    dialog = showing.dialog()
    answer(dialog, "已电话问过", "李书记")
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: titles(desk) == [f"已裁定：{sealing.NAMES[B3]}"])
    assert counted(company.store.path) == {B3: 4}


def test_the_next_step_leads_to_what_waits(open_window, rivals, qtbot):
    _, page, desk = open_desk(open_window, rivals)
    page.tabs.setCurrentIndex(0)
    page._show_step(overview.NextStep("exchange", overview.SETTLE, "1 个单位待核。"))
    qtbot.mouseClick(page.go, LEFT)
    assert page.tabs.currentIndex() == CASES
    assert desk.list.hasFocus()


def test_a_decision_needs_a_reason_and_a_name(open_window, rivals, qtbot):
    window, page, desk = open_desk(open_window, rivals)
    sides = sorted((ONE, OTHER), key=lambda one: one.id)
    place = sides.index(OTHER)
    qtbot.mouseClick(desk.sides.buttons[place], LEFT)
    dialog = showing.dialog()
    answer(dialog, "", "")
    qtbot.mouseClick(dialog.save, LEFT)
    assert [field.complaint for field in dialog.fields] == [
        "原因还没有填，请填写后再继续。",
        "经办人还没有填，请填写后再继续。",
    ]
    answer(dialog, "已电话核实", "李主任")
    qtbot.mouseClick(dialog.save, LEFT)
    let_finish(window)
    assert showing.no_dialog()
    assert titles(desk) == [f"已裁定：{sealing.NAMES[B3]}"]
    assert "裁定人：李主任。原因：已电话核实" in desk.said.text()
    assert page.tabs.tabText(CASES) == "冲突与待核"
    window.close()
    assert counted(rivals.store.path) == {B3: 4}


def test_a_decision_can_be_taken_back(open_window, rivals, qtbot):
    with rivals.acting() as session:
        decisions.decide(
            session, campaign_id=CAMPAIGN, unit=B3, envelope_id=ONE.id, reason="核实", by=desks.BY
        )
    window, _, desk = open_desk(open_window, rivals)
    qtbot.mouseClick(desk.revoke, LEFT)
    answer(showing.dialog(), "看错了")
    qtbot.mouseClick(showing.dialog().save, LEFT)
    let_finish(window)
    assert titles(desk) == [f"冲突：{sealing.NAMES[B3]}"]
    window.close()
    assert counted(rivals.store.path) == {}


def test_withdrawn_data_can_count_again(open_window, committee, qtbot):
    committee.take(desks.file(ONE))
    with committee.acting() as session:
        decisions.withdraw(session, envelope_id=ONE.id, reason="数据有误", by=desks.BY)
    window, _, desk = open_desk(open_window, committee)
    assert titles(desk) == [f"已作废：{sealing.NAMES[B3]}"]
    assert "原因：数据有误" in desk.said.text()
    qtbot.mouseClick(desk.reinstate, LEFT)
    answer(showing.dialog(), "核实无误")
    qtbot.mouseClick(showing.dialog().save, LEFT)
    let_finish(window)
    assert titles(desk) == []
    window.close()
    assert counted(committee.store.path) == {B3: 10}


def test_offices_that_list_different_reports_are_compared_by_what_they_list(tmp_path):
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    other = sealing.submission(B3, revision=2, satisfied=9)
    company.take(desks.handed_up(C1, ONE))
    company.take(desks.file(sealing.rollup(C1, [other]), other, name="另一份.pingyi-pack"))
    with company.acting() as session:
        found = [one for one in decisions.conflicts(session, campaign_id=CAMPAIGN) if one.kind == "汇总"]
    company.store.close()
    texts = {line.title: line.cells for one in found for line in lines(one, ())}
    name = sealing.NAMES[B3]
    assert sorted(texts[f"{name} 第 1 次上报"]) == ["—", "列入"]
    assert sorted(texts[f"{name} 第 2 次上报"]) == ["—", "列入"]


# Quarantine


@pytest.fixture
def unknown(committee):
    """A first report whose key nobody has confirmed."""
    committee.take(desks.file(ONE), confirm=False)
    return committee


def fingerprint(office):
    with office.acting() as session:
        (one,) = quarantine.listing(session, campaign_id=CAMPAIGN)
    return conflict_desk.asked_digits(one)


def release(desk, qtbot, digits):
    qtbot.mouseClick(desk.accept, LEFT)
    dialog = showing.dialog()
    entry = dialog.findChild(conflict_desk.CodeEntry)
    qtbot.keyClicks(entry.line, digits)
    return dialog, entry


def test_a_file_comes_in_after_its_24_digits_were_typed(open_window, unknown, qtbot):
    digits = fingerprint(unknown)
    assert len(digits) == 24
    window, page, desk = open_desk(open_window, unknown)
    assert page.tabs.tabText(CASES) == "冲突与待核（1）"
    assert desk.accept.text() == "核对指纹后放行…"
    dialog, entry = release(desk, qtbot, digits)
    assert entry.line.text() == " ".join(digits[n : n + 4] for n in range(0, 24, 4))
    qtbot.mouseClick(dialog.save, LEFT)
    let_finish(window)
    assert showing.no_dialog()
    assert page.messages.text.startswith("已放行")
    assert titles(desk) == []
    window.close()
    assert counted(unknown.store.path) == {B3: 10}


def test_wrong_digits_let_nothing_in(open_window, unknown, qtbot):
    digits = fingerprint(unknown)
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    window, _, desk = open_desk(open_window, unknown)
    dialog, entry = release(desk, qtbot, wrong)
    assert "和这个数据包里的指纹不一致" in entry.said.text()
    qtbot.mouseClick(dialog.save, LEFT)
    let_finish(window)
    assert not showing.no_dialog()
    dialog.reject()
    assert titles(desk) == [f"待核：{sealing.NAMES[B3]}"]
    window.close()
    assert counted(unknown.store.path) == {}


def test_too_few_digits_let_nothing_in(open_window, unknown, qtbot):
    window, _, desk = open_desk(open_window, unknown)
    dialog, entry = release(desk, qtbot, "1234")
    qtbot.mouseClick(dialog.save, LEFT)
    let_finish(window)
    assert entry.said.text() == "应是 24 位数字，现在有 4 位。"
    assert dialog.save.isEnabled()
    dialog.reject()


def test_what_still_may_not_come_in_says_why(open_window, committee, qtbot):
    committee.take(desks.file(ONE))
    committee.issue(B3, 1)
    second = sealing.key(5)
    committee.take(desks.report(B3, revision=2, by=second, enrol=desks.proof(B3, second)))
    window, page, desk = open_desk(open_window, committee)
    assert desk.accept.text() == "重新核验"
    assert "第二台电脑" in desk.said.text()
    qtbot.mouseClick(desk.accept, LEFT)
    let_finish(window)
    assert "第二台电脑" in page.messages.text
    assert titles(desk) == [f"待核：{sealing.NAMES[B3]}"]


def test_a_file_is_thrown_away_with_a_reason(open_window, unknown, qtbot):
    window, _, desk = open_desk(open_window, unknown)
    qtbot.mouseClick(desk.discard, LEFT)
    answer(showing.dialog(), "已核实为冒名")
    qtbot.mouseClick(showing.dialog().save, LEFT)
    let_finish(window)
    assert titles(desk) == []
    window.close()
    assert counted(unknown.store.path) == {}


def test_figures_far_from_the_roster_wait_and_are_released_with_a_reason(open_window, committee, qtbot):
    documents = sealing.documents_of(B3)
    documents["sessions"]["sessions"][0].update(expected=5000)
    committee.take(desks.report(B3, documents=documents, coverage=None))
    window, page, desk = open_desk(open_window, committee)
    assert titles(desk) == [f"待核：{sealing.NAMES[B3]}"]
    assert page.tabs.tabText(CASES) == "冲突与待核（1）"
    assert "应到 5000 人" in desk.said.text()
    assert desk.reinstate.text() == "放行…"
    qtbot.mouseClick(desk.reinstate, LEFT)
    answer(showing.dialog(), "已电话核实，是全矿大会")
    qtbot.mouseClick(showing.dialog().save, LEFT)
    let_finish(window)
    assert titles(desk) == []
    window.close()
    assert counted(committee.store.path) == {B3: 10}


def test_hostile_names_are_shown_as_they_are(open_window, committee):
    name = "<img src=x><b>包</b>.pingyi-pack"
    committee.take((name, desks.file(ONE)[1]), confirm=False)
    _, _, desk = open_desk(open_window, committee)
    assert name in desk.said.text()
    for one in desk.findChildren(QLabel):
        assert one.textFormat() == Qt.TextFormat.PlainText
