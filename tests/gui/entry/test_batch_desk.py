"""The desk of one batch through its whole life, with real clicks and keys: two people, differences, signatures, correction."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

import make
from pingyi_desktop.appraisal.batches import ballots, operators
from pingyi_desktop.gui.entry.batch_stages import stages_of
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.keying.practice import PracticeDesk
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_batches import EntryMode, SecondEntry

FIRST, OTHER, THIRD = "王芳", "李强", "赵敏"
KEYS = {"#": Qt.Key.Key_Return, ".": Qt.Key.Key_Period}
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = make.copied(tmp_path / "XX.pingyi", three_people)
    made.close()
    return made.path


def three_people(path: Path) -> data.Store:
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign = make.campaign_of(session)
        make.sheet(session, make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id, valid=3)
        for name in (FIRST, OTHER, THIRD):
            operators.add(session, name=name, by=FIRST)
    return made


@pytest.fixture
def page(open_window, path: Path, qtbot) -> EntryPage:
    window = open_window((EntryPage,))
    settings.set_operator(FIRST)
    assert window.open_path(path)
    found = window.workspace.pages[0]
    qtbot.waitUntil(lambda: len(found.batches) == 1)
    found.open_batch(found.batches[0])
    return found


def state(page: EntryPage) -> str:
    return str(page.batches[0].state)


def press(page: EntryPage, qtbot, text: str) -> None:
    for one in text:
        qtbot.waitUntil(lambda: page.desk.keying.state is not None or page.desk.keying._early is not None)
        qtbot.keyClick(page.desk.keying.paper, KEYS.get(one, Qt.Key(ord(one))))


def dialog(qtbot) -> RecordDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordDialog))
    return QApplication.activeModalWidget()


def fill(qtbot, *values: str, asked: str = "") -> None:
    """Write into the fields of the dialog over the desk and press its button; ``asked`` is what needs a reason then."""
    over = dialog(qtbot)
    for field, value in zip(over.fields, values, strict=False):
        editor = field.editor
        if isinstance(editor, QLineEdit):
            editor.setText(value)
        else:
            editor.setEditText(value)
    qtbot.mouseClick(over.save, LEFT)
    if asked:
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not over)
        assert asked in showing.confirm(qtbot)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def key_first(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["KEY"], LEFT)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    press(page, qtbot, "11111#22222#33333#")
    qtbot.waitUntil(lambda: page.batches[0].keyed == 3)
    qtbot.keyClick(page.desk.keying.paper, Qt.Key.Key_Escape)
    assert page.desk.acts.of["FINISH"].hasFocus()
    assert page.desk.acts.of["FINISH"].property("primary")


def begin_second(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["FINISH"], LEFT)
    fill(qtbot)
    qtbot.waitUntil(lambda: state(page) == "SECOND" and page.desk.acts.of["AGAIN"].isVisible())


def as_operator(page: EntryPage, qtbot, name: str) -> None:
    page.desk._change_operator()
    fill(qtbot, name)
    qtbot.waitUntil(lambda: settings.operator() == name)


def open_second(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], LEFT)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)


def test_two_people_one_difference_signed_sealed_and_corrected(page: EntryPage, path: Path, qtbot) -> None:
    key_first(page, qtbot)
    begin_second(page, qtbot)
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], LEFT)
    qtbot.waitUntil(lambda: "另一人" in page.desk.problems.text())
    as_operator(page, qtbot, OTHER)
    open_second(page, qtbot)
    press(page, qtbot, "11111#")
    qtbot.waitUntil(lambda: page.desk.keying.state is not None and page.desk.keying.state.position == 2)
    press(page, qtbot, "22422#")
    qtbot.waitUntil(lambda: "请只看纸重按" in page.desk.keying.told.text())
    assert page.desk.keying.state.cells == "22_22"
    assert "第二遍" in page.desk.keying.count.text()
    press(page, qtbot, "4#")
    press(page, qtbot, "33333#")
    qtbot.waitUntil(lambda: page.desk.keying.state is not None and page.desk.keying.state.position == 4)
    qtbot.keyClick(page.desk.keying.paper, Qt.Key.Key_Escape)
    qtbot.mouseClick(page.desk.acts.of["COMPARE"], LEFT)
    qtbot.waitUntil(lambda: bool(page.desk.settling.offered))
    assert state(page) == "DIFFERENCES"
    assert "1 处不一致" in page.desk.problems.text()
    as_operator(page, qtbot, THIRD)
    shown = page.desk.settling
    assert "第 2 张" in shown.where.text()
    assert not any(text in shown.where.text() for text in ("满意", "首录", "复录"))
    qtbot.keyClick(shown, Qt.Key.Key_3)
    fill(qtbot, "涂改，以后一个√为准", "周监票")
    qtbot.waitUntil(lambda: state(page) == "AGREED")
    qtbot.mouseClick(page.desk.acts.of["SIGN"], LEFT)
    fill(qtbot, "王芳、李强", "周监票 吴监票")  # two and two: nothing is asked
    qtbot.waitUntil(lambda: state(page) == "SIGNED" and page.desk.acts.of["SEAL"].isVisible())
    qtbot.mouseClick(page.desk.acts.of["UNSIGN"], LEFT)
    qtbot.waitUntil(lambda: state(page) == "AGREED" and page.desk.acts.of["SIGN"].isVisible())
    qtbot.mouseClick(page.desk.acts.of["SIGN"], LEFT)
    fill(qtbot, "王芳", "周监票", asked="建议监票、计票各不少于 2 人")
    qtbot.waitUntil(lambda: state(page) == "SIGNED" and page.desk.acts.of["SEAL"].isVisible())
    qtbot.mouseClick(page.desk.acts.of["SEAL"], LEFT)
    fill(qtbot)
    qtbot.waitUntil(lambda: state(page) == "SEALED")
    assert page.cards.isVisible()
    qtbot.mouseClick(showing.cards(page)[0].act, LEFT)
    qtbot.mouseClick(page.desk.acts.of["CORRECT"], LEFT)
    fill(qtbot, "有票录错", "张三", "周监票")
    qtbot.waitUntil(lambda: state(page) == "FIRST" and page.batches[0].corrections == 1)
    assert page.batches[0].keyed == 3
    page.window().close()
    opened = data.open_file(path)
    with opened.reading() as session:
        stack = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").scalar_one()
        assert ballots.multiset(session, batch_id=stack) == {"11111": 1, "22322": 1, "33333": 1}
    opened.close()


def test_a_refused_form_stays_open_and_says_why(page: EntryPage, qtbot) -> None:
    key_first(page, qtbot)
    acts = {text: act for text, reason, act in page.desk.acts_of.seldom(page.batches[0]) if not reason}
    acts["不录第二遍…"]()
    fill(qtbot, "票数少")
    qtbot.waitUntil(lambda: state(page) == "AGREED" and page.desk.acts.of["SIGN"].isVisible())
    qtbot.mouseClick(page.desk.acts.of["SIGN"], LEFT)
    over = dialog(qtbot)
    for field in over.fields:
        field.editor.setText("王芳")
    qtbot.mouseClick(over.save, LEFT)
    qtbot.waitUntil(lambda: "不能是同一人" in f"{over.messages.text}{[f.complaint for f in over.fields]}")
    over.reject()
    assert state(page) == "AGREED"


@pytest.mark.parametrize(("name", "left"), [("整批重录…", 0), ("丢弃我录的这一遍…", 0), ("作废这一批…", 0)])
def test_what_is_seldom_done(page: EntryPage, qtbot, name: str, left: int) -> None:
    key_first(page, qtbot)
    acts: dict[str, Callable[[], None]] = {
        text: act for text, reason, act in page.desk.acts_of.seldom(page.batches[0]) if not reason
    }
    acts[name]()
    fill(qtbot, "录错了票批")
    qtbot.waitUntil(lambda: page.batches[0].keyed == left)
    assert page.batches[0].entry_mode is None


def test_after_one_entry_alone_no_two_entries_are_spoken_of(page: EntryPage, qtbot) -> None:
    key_first(page, qtbot)
    waive = next(act for text, _, act in page.desk.acts_of.seldom(page.batches[0]) if text == "不录第二遍…")
    waive()
    fill(qtbot)
    qtbot.waitUntil(lambda: state(page) == "AGREED")
    assert "只录了一遍" in page.desk.advice.text()
    assert "两遍" not in page.desk.advice.text()


def test_what_is_not_possible_now_is_greyed(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["MORE"], LEFT)
    qtbot.waitUntil(lambda: page.desk.menu.isVisible())
    offered = {action.text(): action.isEnabled() for action in page.desk.menu.actions()}
    page.desk.menu.hide()
    assert offered == {
        "换操作员…": True,
        "练一练…": True,
        "不录第二遍…": False,
        "丢弃我录的这一遍…": False,
        "整批重录…": False,
        "作废这一批…": True,
        "录入质量单…": False,
    }


def test_a_count_is_settled_by_a_number(page: EntryPage, qtbot) -> None:
    qtbot.mouseClick(page.desk.acts.of["COUNT"], LEFT)
    grid = page.desk.counting
    qtbot.waitUntil(lambda: grid.table.rowCount() == 5)
    for row in range(5):
        grid.table.item(row, 0).setText("3")
    qtbot.mouseClick(grid.keep, LEFT)
    qtbot.waitUntil(lambda: page.batches[0].entry_mode == "COUNT")
    page.desk.step_back()
    begin_second(page, qtbot)
    as_operator(page, qtbot, OTHER)
    qtbot.mouseClick(page.desk.acts.of["AGAIN"], LEFT)
    qtbot.waitUntil(lambda: grid.table.rowCount() == 5 and page.desk.back.isVisible())
    assert grid.table.item(0, 0).text() == ""
    for row in range(5):
        grid.table.item(row, 0).setText("3" if row else "2")
        if not row:
            grid.table.item(row, 1).setText("1")
    qtbot.mouseClick(grid.keep, LEFT)
    page.desk.step_back()
    qtbot.mouseClick(page.desk.acts.of["COMPARE"], LEFT)
    shown = page.desk.settling
    qtbot.waitUntil(lambda: shown.number.isVisible())
    for _ in range(2):
        before = shown.where.text()
        shown.number.setText("二")
        qtbot.mouseClick(shown.take, LEFT)
        assert "0 或正整数" in shown.told.text()
        shown.number.setText("3" if "“满意”" in before else "0")
        qtbot.keyClick(shown.number, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda before=before: shown.where.text() != before or state(page) == "AGREED")
    qtbot.waitUntil(lambda: state(page) == "AGREED")


def test_a_batch_opened_twice_does_not_forget_the_keys_in_between(page: EntryPage, qtbot) -> None:
    """Both openings ask where keying stands; the older answer must not take back what was keyed after the newer."""
    for _ in range(2):
        page.desk.acts.of["KEY"].click()
        page.context.work.read(lambda _session: time.sleep(0.2), lambda _: None)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    press(page, qtbot, "12")
    idle: list[None] = []
    page.context.work.read(lambda _session: None, idle.append)
    qtbot.waitUntil(lambda: bool(idle))
    assert page.desk.keying.state.cells == "12___"


def test_practice_opens_over_the_desk_and_touches_nothing(page: EntryPage, path: Path, qtbot) -> None:
    before = path.read_bytes()
    page.desk.acts_of.practise()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
    over = QApplication.activeModalWidget()
    over.findChild(PracticeDesk).done.emit()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert path.read_bytes() == before


def test_a_second_entry_that_agreed_is_not_said_to_be_empty(path: Path) -> None:
    """The lines of a tally sheet are gone once both agree: 0/3 was said of a stage that is done."""
    made = data.open_file(path)
    with made.reading() as session:
        batch = make.batch(session, campaign_id=make.campaign_of(session), form_code="T-ORG-A")
    made.close()
    counted = batch._replace(entry_mode=EntryMode.COUNT, second_entry=SecondEntry.ALL, lines=3, lines_again=0)
    said = {state: stages_of(counted._replace(state=state))[2].said for state in ("SECOND", "AGREED")}
    assert said == {"SECOND": "计票表 0/3 行", "AGREED": "全部复录"}
