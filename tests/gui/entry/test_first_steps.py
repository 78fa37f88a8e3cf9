"""Where a new user got stuck with entry: each point with real clicks and keys, on a small screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import QPoint, Qt, QVariantAnimation
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

import make
from pingyi_desktop.appraisal.batches import ballots, second, signing
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.entry.seal_dialog import SealDialog
from pingyi_desktop.gui.keying.practice import PracticeDesk
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.window import Window
from pingyi_desktop.storage import store as data

LEFT = Qt.MouseButton.LeftButton
KEYS = {"#": Qt.Key.Key_Return, "V": Qt.Key.Key_F8, "E": Qt.Key.Key_Escape, "D": Qt.Key.Key_Down}
THIRTY = [family + given for family in "赵钱孙李周吴" for given in ("建国", "秀英", "志强", "桂兰", "文斌")]
Opened = Callable[..., EntryPage]


@pytest.fixture
def opened(open_window, tmp_path: Path, qtbot) -> Opened:
    """Open a branch at 1366 × 768 on its cards; ``before`` is done to the only batch of its form first."""

    def open_page(
        before: Callable[..., None] | None = None, form: str = "T-ORG-A", **more: object
    ) -> EntryPage:
        made = make.published_school(tmp_path / "XX.pingyi", form_codes=[form], **more)
        if before is not None:
            with made.transaction() as session:
                before(session, make.batch(session, campaign_id=make.campaign_of(session), form_code=form).id)
        made.close()
        window: Window = open_window((EntryPage,))
        window.resize(1366, 768)
        settings.set_operator("王芳")
        assert window.open_path(tmp_path / "XX.pingyi")
        page = window.workspace.pages[0]
        qtbot.waitUntil(lambda: len(showing.cards(page)) == 1 and page.cards.isVisible())
        return page

    return open_page


def press(page: EntryPage, qtbot, text: str) -> None:
    desk = page.desk.keying
    for one in text:
        qtbot.waitUntil(lambda: desk.state is not None)
        qtbot.keyClick(desk.paper, KEYS.get(one, Qt.Key(ord(one))))


def take_up(page: EntryPage, qtbot, act: str) -> None:
    """From the card to the paper."""
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    if page.desk.keying.state is None:
        qtbot.mouseClick(page.desk.acts.of[act], LEFT)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None and page.context.work.waiting == 0)
    QApplication.processEvents()


def one_next_step(page: EntryPage, name: str) -> None:
    """Text, focus and the only big button on the desk name the same step."""
    acts = {
        step: one for step, one in page.desk.acts.of.items() if one.isVisible() and one.property("primary")
    }
    big = [
        *acts.values(),
        *(b for b in (page.desk.account.button, page.desk.sheet.button) if b.property("primary")),
    ]
    assert [one.text().rstrip("…") for one in big if one.isVisible()] == [name]
    assert page.window().focusWidget() is big[0]
    if big[0] is not page.desk.account.button:
        assert f"下一步：{name}。" in page.desk.advice.text()


def stored_void(page: EntryPage) -> int:
    file = data.open_file(page.context.store.path)
    with file.reading() as session:
        found = session.connection().exec_driver_sql("SELECT void FROM ballot_batch").scalar_one()
    file.close()
    return found


def test_a_void_ballot_keyed_and_written_is_mended_by_one_click(opened, qtbot) -> None:
    page = opened(lambda session, batch: make.sheet(session, batch, valid=4, void=1))
    take_up(page, qtbot, "KEY")
    press(page, qtbot, "11111#22222#33333#V2#")
    assert "多了" not in page.desk.keying.count.text()
    press(page, qtbot, "11111#")
    assert "应录 4 张：多了 1 张" in page.desk.keying.count.text()  # at once, over the paper
    assert page.desk.keying.count.property("role") == "wrong"
    press(page, qtbot, "E")
    said = "应录 4 张，录了 5 张，多了 1 张。F8 作废了 1 张，核对单上也写了 1 张：改成 1 张？"
    qtbot.waitUntil(lambda: page.desk.account.told.text() == said)
    one_next_step(page, "改成 1 张")
    qtbot.keyClick(page.desk.account.button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "对得上" in page.desk.account.told.text())
    assert stored_void(page) == 0
    assert "有效 4 张、空白 0 张、废票 1 张" in page.desk.account.told.text()
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.desk.acts.of["FINISH"])
    one_next_step(page, "录完第一遍")


def test_blank_ballots_alone_lead_to_the_signature(opened, qtbot) -> None:
    """There was no way on: the second entry of no ballots could not be compared, and 单录 was greyed."""
    page = opened(lambda session, batch: make.sheet(session, batch, valid=0, blank=4))
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    one_next_step(page, "录完第一遍")
    assert page.desk.advice.text().endswith("没有要录的票，不用录第二遍。")
    qtbot.keyClick(page.desk.acts.of["FINISH"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordDialog))
    qtbot.mouseClick(showing.dialog().save, LEFT)
    qtbot.waitUntil(lambda: page.desk.acts.of["SIGN"].isVisible())
    one_next_step(page, "登记签字")


def in_second(session, batch: str) -> None:
    ballots.enter_ballots(session, batch_id=batch, ballots=["11111", "22222", "33333"], by="王芳")
    make.sheet(session, batch, valid=3)
    second.begin(session, batch_id=batch, sample=None, by="王芳")


def test_a_finished_second_entry_is_counted_and_leads_to_the_comparison(opened, qtbot) -> None:
    page = opened(in_second)
    settings.set_operator("李强")
    assert page.next.text() == "录第二遍"
    take_up(page, qtbot, "AGAIN")
    press(page, qtbot, "11111#22222#")
    qtbot.waitUntil(lambda: page.batches[0].keyed_again == 2)
    press(page, qtbot, "33333#")
    qtbot.waitUntil(lambda: page.batches[0].keyed_again == 3)
    assert page.desk.line.stages[2].said == "3/3 张"
    press(page, qtbot, "E")
    one_next_step(page, "核对两遍")
    qtbot.mouseClick(page.back, LEFT)
    card = showing.cards(page)[0]
    assert (card.act.text(), card.chip.text(), page.next.text()) == ("核对两遍", "第二遍录完", "核对两遍")


def test_a_lone_secretary_is_told_before_the_second_entry(opened, qtbot) -> None:
    page = opened(in_second)
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], LEFT)
    qtbot.waitUntil(lambda: not showing.no_dialog())
    asked = showing.dialog()
    said = "".join(one.text() for one in asked.findChildren(QLabel))
    assert "第一遍也是“王芳”录的" in said
    assert "同一人复录" in said
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    assert page.desk.keying.state is None
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], LEFT)
    qtbot.waitUntil(lambda: not showing.no_dialog())
    assert showing.dialog().focusWidget() is showing.dialog().save
    qtbot.keyClick(showing.dialog().save, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    press(page, qtbot, "11111#")
    qtbot.waitUntil(lambda: page.batches[0].keyed_again == 1)
    press(page, qtbot, "E")
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], LEFT)  # gone on with, nobody is asked again
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    assert showing.no_dialog()


def test_the_people_who_came_are_asked_for_by_one_button(opened) -> None:
    page = opened(
        lambda session, _batch: session.connection().exec_driver_sql(
            "UPDATE appraisal_session SET status='PLANNED', held_on=NULL, expected=NULL, actual=NULL"
        )
    )
    shown = [one for one in page.findChildren(Button) if one.isVisible() and one.text() == "登记开会人数"]
    assert shown == [page.next]


def test_practice_is_offered_before_the_first_batch_and_leaves_no_trace(opened, qtbot) -> None:
    page = opened(lambda session, batch: make.registered(session, batch))
    assert page.practise.isVisible()
    before = data.open_file(page.context.store.path)
    with before.reading() as session:
        stored = list(session.connection().connection.iterdump())
    qtbot.mouseClick(page.practise, LEFT)
    desk = showing.dialog().findChild(PracticeDesk)
    for key in "11111":
        qtbot.keyClick(desk.paper, KEYS.get(key, Qt.Key(ord(key))))
    qtbot.keyClick(desk.paper, Qt.Key.Key_Escape)
    qtbot.waitUntil(showing.no_dialog)
    with before.reading() as session:
        assert list(session.connection().connection.iterdump()) == stored
    before.close()
    take_up(page, qtbot, "KEY")
    press(page, qtbot, "11111#E")
    qtbot.mouseClick(page.back, LEFT)
    qtbot.waitUntil(lambda: page.cards.isVisible() and not page.practise.isVisible())


def test_a_disagreement_cannot_be_passed_over(opened, qtbot) -> None:
    page = opened(in_second)
    settings.set_operator("李强")
    take_up(page, qtbot, "AGAIN")
    desk = page.desk.keying
    for key in "11311#V2":  # the hand goes on: F8 and a reason, before the comparison came back
        qtbot.keyClick(desk.paper, KEYS.get(key, Qt.Key(ord(key))))
    why = "这一格和上一遍不同，请只看纸重按。"
    qtbot.waitUntil(lambda: why in desk.told.text())
    assert (desk.state.cells, desk.state.pending) == ("11_11", "")
    assert desk.paper.pulse.state() == QVariantAnimation.State.Running
    assert (desk._band.objectName(), desk._band.property("kind")) == ("message", "error")
    for key in "VD#":
        press(page, qtbot, key)
        assert (desk.state.cells, desk.told.text()) == ("11_11", why)
    box = desk.paper.cell_rect(0).center()
    qtbot.mouseClick(desk.paper, LEFT, pos=box)
    assert desk.state.cells == "11_11"
    press(page, qtbot, "1#")
    qtbot.waitUntil(lambda: desk.state is not None and desk.state.position == 2)
    assert desk._band.objectName() == ""
    assert desk.told.text() == ""


def test_a_box_is_ticked_with_the_mouse(opened, qtbot) -> None:
    page = opened(lambda session, batch: make.registered(session, batch))
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    take_up(page, qtbot, "KEY")
    desk = page.desk.keying
    printed = desk.paper._print
    for cell, option in ((1, 2), (0, 0), (1, 3)):
        middle = printed.column(option, desk.paper.cell_rect(cell)).center()
        qtbot.mouseClick(desk.paper, LEFT, pos=middle)
    assert desk.state.cells == "14___"
    qtbot.mouseClick(desk.paper, LEFT, pos=QPoint(4, desk.paper.cell_rect(3).center().y()))
    assert desk.state.cells == "14___"
    assert desk.paper.hasFocus()
    qtbot.waitUntil(lambda: desk._writer.depth == 0)
    assert page.batches[0].entry_mode in (None, "PER_BALLOT")


def test_a_look_at_the_tally_sheet_leaves_the_way_of_entry_open(opened, qtbot) -> None:
    page = opened(lambda session, batch: make.sheet(session, batch, valid=3))
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    for typed in ("", "8"):
        qtbot.mouseClick(page.desk.acts.of["COUNT"], LEFT)
        qtbot.waitUntil(lambda: page.desk.back.isVisible() and page.desk.counting.isVisible())
        for key in typed:
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key(ord(key)))
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backspace)
        qtbot.mouseClick(page.desk.back, LEFT)
        qtbot.waitUntil(lambda: page.context.work.waiting == 0)
        assert page.batches[0].entry_mode is None
        assert page.desk.acts.of["KEY"].isVisible()
    take_up_again(page, qtbot)


def take_up_again(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["KEY"], LEFT)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    press(page, qtbot, "1")
    qtbot.waitUntil(lambda: page.batches[0].entry_mode == "PER_BALLOT")


@pytest.mark.parametrize("form", ["T-ORG-A", "T-MEM-B"])
@pytest.mark.usefixtures("dressed")
def test_the_paper_has_three_quarters_of_the_window(opened, qtbot, form: str) -> None:
    page = opened(lambda session, batch: make.sheet(session, batch, valid=3), form=form, people=THIRTY)
    take_up(page, qtbot, "KEY")
    window, desk = page.window(), page.desk.keying
    qtbot.waitUntil(lambda: desk._area.height() * 4 >= window.height() * 3)
    assert window.height() == 768
    assert page.desk.top.height() <= 40
    assert not window.workspace.navigation.isVisible()
    qtbot.mouseClick(desk.fold, LEFT)
    assert not desk.card.isVisible()
    assert not settings.key_card()
    qtbot.mouseClick(desk.fold, LEFT)
    qtbot.mouseClick(page.desk.back, LEFT)
    assert window.workspace.navigation.isVisible()


@pytest.mark.usefixtures("dressed")
def test_a_roster_of_thirty_shows_fifteen_rows_and_follows(opened, qtbot) -> None:
    page = opened(lambda session, batch: make.sheet(session, batch, valid=3), form="T-MEM-B", people=THIRTY)
    take_up(page, qtbot, "KEY")
    paper, area = page.desk.keying.paper, page.desk.keying._area

    def seen() -> list[int]:
        room = area.viewport().rect()
        tops = [paper.mapTo(area.viewport(), paper.cell_rect(3 * row).topLeft()) for row in range(30)]
        return [
            row
            for row, top in enumerate(tops)
            if room.contains(top) and room.contains(top + QPoint(0, paper.cell_rect(0).height() - 1))
        ]

    qtbot.waitUntil(lambda: len(seen()) >= 15)
    press(page, qtbot, "123" * 25)
    assert 25 in seen()
    assert len(seen()) >= 14  # a page break may stand between them


def signed(session, batch: str) -> None:
    ballots.enter_ballots(session, batch_id=batch, ballots=["11111"] * 4 + ["!2"], by="王芳")
    make.sheet(session, batch, valid=5, lost=1)
    signing.waive(session, batch_id=batch, reason="票数少", by="王芳")
    signing.sign(session, batch_id=batch, tellers=["钱秀"], scrutineers=["孙强"], by="王芳", reason=make.WHY)


def test_one_sheet_is_read_before_the_seal(opened, qtbot) -> None:
    page = opened(signed)
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    one_next_step(page, "封存这一批")
    qtbot.keyClick(page.desk.acts.of["SEAL"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), SealDialog))
    sheet = showing.dialog()
    said = "\n".join(one.text() for one in sheet.findChildren(type(page.hint)))
    for words in ("有效票 4 张", "收回 5 张", "发出 6 张", "废票 1 张", "计票人：钱秀", "监票人：孙强"):
        assert words in said
    for words in ("①践诺", "样本不足", "结果报告单", "封存后"):
        assert words in said
    sheet.reject()
    assert page.batches[0].state == "SIGNED"
    qtbot.mouseClick(page.desk.acts.of["SEAL"], LEFT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), SealDialog))
    qtbot.mouseClick(showing.dialog().save, LEFT)
    qtbot.waitUntil(lambda: page.batches[0].state == "SEALED" and page.cards.isVisible())
    assert (showing.cards(page)[0].chip.text(), showing.cards(page)[0].act.text()) == ("已封存", "查看")
    qtbot.waitUntil(lambda: page.window()._line._doing.text().startswith("已封存。"))


def test_nothing_is_sealed_before_attendance_is_known(opened, qtbot) -> None:
    def left_by_an_earlier_edition(session, batch: str) -> None:
        signed(session, batch)
        session.connection().exec_driver_sql(
            "UPDATE appraisal_session SET status='PLANNED', held_on=NULL, expected=NULL, actual=NULL"
        )

    page = opened(left_by_an_earlier_edition)
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    one_next_step(page, "登记开会人数")
    qtbot.mouseClick(page.desk.acts.of["SEAL"], LEFT)
    qtbot.waitUntil(lambda: "还不能封存" in page.desk.problems.text())
    assert "应到、实到人数" in page.desk.problems.text()
    assert showing.no_dialog()
    qtbot.mouseClick(page.desk.acts.of["PEOPLE"], LEFT)
    assert page.meeting.isVisible()


def test_no_campaign_says_where_to_go(open_window, tmp_path: Path, qtbot) -> None:
    made = make.school(tmp_path / "XX.pingyi")
    made.close()
    window = open_window((EntryPage,))
    assert window.open_path(tmp_path / "XX.pingyi")
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: page.state.isVisible())
    assert page.state.mend.text() == "去“评议活动”"
    assert "还没有评议活动" in page.state.text()
    assert not page.go_on.isVisible()
    assert page.cards.nothing.text() == ""


@pytest.mark.usefixtures("dressed")
def test_a_company_finds_its_batch_and_its_buttons_stay_on_the_screen(
    open_window, tmp_path: Path, qtbot
) -> None:
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-ORG-A", "T-MEM-A"])
    made.close()
    window = open_window((EntryPage,))
    window.resize(1366, 768)
    assert window.open_path(tmp_path / "QL.pingyi")
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: page.next.isVisible() and page.context.work.waiting == 0)
    QApplication.processEvents()
    outer = next(a for a in window.findChildren(QScrollArea) if a.widget() is page)
    assert outer.verticalScrollBar().maximum() == 0
    assert page.next.visibleRegion().boundingRect() == page.next.rect()
    titles = {box.head.text() for box in page.cards.groups}
    assert len(titles) == len(page.meetings)
    page.cards.search.setText("二矿")
    assert {box.head.text() for box in page.cards.groups if box.isVisible()} == {
        title for title in titles if "二矿" in title
    }
    page.cards.search.setText("没有的")
    assert "没有含“没有的”的票批" in page.cards.nothing.text()
