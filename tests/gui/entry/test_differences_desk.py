"""The third look with real clicks and keys: a ballot keyed only once, two ballots that are two sheets, an illegible cell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.appraisal.batches import ballots, operators, second, settling
from pingyi_desktop.gui.entry.differences_desk import DifferencesDesk
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.entry.third_look import ThirdLook
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_batches import BallotBatch

FIRST, OTHER, THIRD = "王芳", "李强", "赵敏"
KEYS = {"#": Qt.Key.Key_Return, ".": Qt.Key.Key_Period}
LEFT = Qt.MouseButton.LeftButton

Open = Callable[..., EntryPage]


@pytest.fixture
def opened(open_window, tmp_path: Path, qtbot) -> Open:
    """The entry page with one batch whose two entries have been compared."""

    def show(first: Sequence[str], again: Sequence[str], *, sample: int | None = None) -> EntryPage:
        made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A"])
        with made.transaction() as session:
            campaign = make.campaign_of(session)
            stack = make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id
            for name in (FIRST, OTHER, THIRD):
                operators.add(session, name=name, by=FIRST)
            ballots.enter_ballots(session, batch_id=stack, ballots=first, by=FIRST)
            make.sheet(session, stack, valid=len(first))
            second.begin(session, batch_id=stack, sample=sample, by=FIRST)
            if sample is None:
                ballots.enter_ballots(session, batch_id=stack, ballots=again, by=OTHER, pass_no=2)
            else:
                for place in json.loads(session.get_one(BallotBatch, stack).sample or ""):
                    second.take(session, batch_id=stack, position=place, cells=again[place - 1], by=OTHER)
            settling.finish(session, batch_id=stack, by=OTHER)
        made.close()
        settings.set_operator(THIRD)
        window = open_window((EntryPage,))
        assert window.open_path(tmp_path / "XX.pingyi")
        page = window.workspace.pages[0]
        qtbot.waitUntil(lambda: len(page.batches) == 1)
        page.open_batch(page.batches[0])
        qtbot.waitUntil(lambda: bool(page.desk.settling.offered))
        return page

    return show


def choose(desk: DifferencesDesk, qtbot, text: str) -> None:
    qtbot.mouseClick(next(one for one in desk.offered if text in one.text()), LEFT)


def agreed(page: EntryPage, qtbot, path: Path) -> Counter[str]:
    qtbot.waitUntil(lambda: page.batches[0].state == "AGREED")
    page.window().close()
    held = data.open_file(path / "XX.pingyi")
    with held.reading() as session:
        stack = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").scalar_one()
        found = ballots.multiset(session, batch_id=stack)
    held.close()
    return found


def look(qtbot) -> ThirdLook:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ThirdLook))
    return QApplication.activeModalWidget()


def key(dialog: ThirdLook, qtbot, text: str) -> None:
    for one in text:
        qtbot.keyClick(dialog.paper, KEYS.get(one, Qt.Key(ord(one))))


def sign(dialog: RecordDialog, qtbot) -> None:
    for field, value in zip(dialog.fields, ("照纸看的", "周监票"), strict=True):
        field.editor.setText(value)
    qtbot.mouseClick(dialog.save, LEFT)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_ballot_keyed_once_is_keyed_again_before_it_counts(opened: Open, tmp_path: Path, qtbot) -> None:
    page = opened(["11111", "22222", "33333", "44444"], ["11111", "33333", "44444"])
    desk = page.desk.settling
    assert "第 2 张" in desk.where.text()
    choose(desk, qtbot, "有这一张")
    dialog = look(qtbot)
    assert dialog._state.untouched
    qtbot.mouseClick(dialog.save, LEFT)
    assert "还没有录完" in dialog.told.text()
    key(dialog, qtbot, "22322#")
    assert "请只看纸重按" in dialog.told.text()
    assert (dialog._state.cells, dialog.content) == ("22_22", None)
    key(dialog, qtbot, "3#")
    assert dialog.content == "22322"
    assert dialog.reason.editor.hasFocus()
    sign(dialog, qtbot)
    assert agreed(page, qtbot, tmp_path) == Counter(["11111", "22322", "33333", "44444"])


def test_a_whole_ballot_may_be_void_and_a_look_given_up(opened: Open, tmp_path: Path, qtbot) -> None:
    page = opened(["11111", "22222", "33333"], ["11111", "33333"])
    choose(page.desk.settling, qtbot, "有这一张")
    given_up = look(qtbot)
    qtbot.keyClick(given_up.paper, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    choose(page.desk.settling, qtbot, "有这一张")
    dialog = look(qtbot)
    for _ in range(2):
        qtbot.keyClick(dialog.paper, Qt.Key.Key_F8)
        key(dialog, qtbot, "2#")
    assert dialog.content == "!2"
    sign(dialog, qtbot)
    assert agreed(page, qtbot, tmp_path) == Counter(["11111", "!2", "33333"])


def test_two_ballots_may_be_two_sheets(opened: Open, tmp_path: Path, qtbot) -> None:
    page = opened(["11111", "22222", "33333"], ["11111", "24422", "33333"])
    desk = page.desk.settling
    choose(desk, qtbot, "不是同一张")
    qtbot.waitUntil(lambda: [one.spot for one in desk.table.model.rows] == ["f/2", "s/2"])
    qtbot.waitUntil(lambda: bool(desk.offered) and "首录有" in desk.where.text())
    choose(desk, qtbot, "没有这一张")
    qtbot.waitUntil(lambda: "复录有" in desk.where.text())
    states = [desk.table.model.index(row, 0).data() for row in range(2)]
    assert states == ["已定：不算", "待看票"]
    choose(desk, qtbot, "有这一张")
    dialog = look(qtbot)
    key(dialog, qtbot, "24422#")
    sign(dialog, qtbot)
    assert agreed(page, qtbot, tmp_path) == Counter(["11111", "24422", "33333"])


def test_an_illegible_cell_outside_the_sample_takes_two_names(opened: Open, tmp_path: Path, qtbot) -> None:
    stack = [f"{a}1.11" for a in "1234"]
    page = opened(stack, stack, sample=3)
    desk = page.desk.settling
    qtbot.waitUntil(lambda: len(desk.table.model.rows) == 4)
    assert sum(one.once for one in desk.table.model.rows) == 1
    for _ in range(3):
        before = desk.where.text()
        choose(desk, qtbot, "看不清")
        qtbot.waitUntil(lambda before=before: desk.where.text() != before)
    assert "没有抽到复录" in desk.where.text()
    choose(desk, qtbot, "看不清")
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordDialog))
    sign(QApplication.activeModalWidget(), qtbot)
    assert agreed(page, qtbot, tmp_path) == Counter(stack)


def test_enter_alone_settles_nothing_and_a_digit_does(opened: Open, tmp_path: Path, qtbot) -> None:
    page = opened(["11111", "22122"], ["11111", "22222"])
    held = page.window().focusWidget()
    assert page.desk.settling.isAncestorOf(held)
    qtbot.keyClick(held, Qt.Key.Key_Return)
    qtbot.keyClick(held, Qt.Key.Key_2)
    assert agreed(page, qtbot, tmp_path) == Counter(["11111", "22222"])


def test_places_of_another_stack_are_gone_before_its_own_are_read(
    opened: Open, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer given in between went to the place of that name in the stack opened last."""
    page = opened(["11111", "22222"], ["11111", "22322"])
    desk, read = page.desk.settling, settling.differences
    of = {page.batches[0].id: read, "another stack": lambda *_, **__: []}
    monkeypatch.setattr(
        settling, "differences", lambda session, batch_id: of[batch_id](session, batch_id=batch_id)
    )
    other = page.batches[0]._replace(id="another stack")
    desk.show_batch(other)
    assert desk.table.view.empty == READING
    assert (desk.table.model.rows, desk.offered, desk.where.text()) == ((), [], "")
    desk.show_batch(page.batches[0])
    qtbot.waitUntil(lambda: len(desk.table.model.rows) == 1)
    assert "第 2 张" in desk.where.text()
