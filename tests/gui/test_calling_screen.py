"""唱票 with real keys on the big screen: strokes grow, the last call is taken back, totals reach the tally sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

import make
from pingyi_desktop.appraisal import ballots
from pingyi_desktop.gui.calling_screen import CallingScreen
from pingyi_desktop.gui.pages.entry import EntryPage
from pingyi_desktop.gui.zheng import draw, fitting_side
from pingyi_desktop.storage import store as data

KEYS = {"<": Qt.Key.Key_Backspace, ".": Qt.Key.Key_Period, "*": Qt.Key.Key_Asterisk}
Shown = tuple[EntryPage, CallingScreen]


@pytest.fixture
def shown(open_window, tmp_path: Path, qtbot) -> Iterator[Shown]:
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        make.published(session, form_codes=["T-ORG-A"])
    made.close()
    window = open_window((EntryPage,))
    assert window.open_path(tmp_path / "XX.pingyi")
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: len(page.batches.model.rows) == 1)
    page.batches.view.selectRow(0)
    qtbot.mouseClick(page.desk.by_calling, Qt.MouseButton.LeftButton)
    screen = page.desk.acts_of.calling
    qtbot.waitUntil(lambda: screen.board is not None)
    yield page, screen
    screen.close()


def press(screen: CallingScreen, qtbot, text: str, calls: int) -> None:
    for one in text:
        qtbot.keyClick(screen, KEYS.get(one, Qt.Key(ord(one))), delay=0)
    qtbot.waitUntil(lambda: screen.board.calls == calls)


def test_called_taken_back_and_handed_to_the_tally_sheet(shown: Shown, tmp_path: Path, qtbot) -> None:
    page, screen = shown
    press(screen, qtbot, "12", 2)
    assert "第 1 张" in screen.now.text()
    press(screen, qtbot, "<3141", 5)
    assert (screen.board.ballots, screen.board.totals["", screen.board.next_place[0] or "1", "1"]) == (1, 1)
    press(screen, qtbot, "*1", 10)
    press(screen, qtbot, "1", 11)
    qtbot.mouseClick(screen.end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "第 3 张只唱了 1 项" in screen.told.text())
    press(screen, qtbot, "<", 10)
    qtbot.mouseClick(screen.end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: screen.isHidden())
    qtbot.waitUntil(lambda: "填进计票表" in page.desk.problems.text())
    page.window().close()
    opened = data.open_file(tmp_path / "XX.pingyi")
    with opened.reading() as session:
        stack = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").scalar_one()
        counts = list(ballots.counts_of(session, batch_id=stack).values())
    opened.close()
    assert [one.options for one in counts] == [
        (2, 0, 0, 0),
        (1, 0, 1, 0),
        (2, 0, 0, 0),
        (1, 0, 0, 1),
        (2, 0, 0, 0),
    ]


def test_a_wrong_digit_is_told_and_escape_keeps_what_was_called(shown: Shown, qtbot) -> None:
    page, screen = shown
    qtbot.keyClick(screen, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: "只有 1 至 4" in screen.told.text())
    press(screen, qtbot, "1.", 2)
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert screen.isHidden()
    qtbot.waitUntil(lambda: page.batches.model.rows[0].entry_mode == "COUNT")
    page.desk.step_back()
    qtbot.mouseClick(page.desk.by_calling, Qt.MouseButton.LeftButton)
    again = page.desk.acts_of.calling
    qtbot.waitUntil(lambda: again.board is not None)
    assert again.board.calls == 2
    again.close()


def test_strokes_grow_one_by_one_and_large_counts_still_fit() -> None:
    area = QRectF(0, 0, 300, 160)

    def inked(count: int) -> int:
        image = QImage(300, 160, QImage.Format.Format_RGB32)
        image.fill(QColor("#ffffff"))
        painter = QPainter(image)
        side = fitting_side(count, area, 60)
        draw(painter, area, count, side=side, ink=QColor("#000000"), newest=QColor("#000000"))
        painter.end()
        return sum(image.pixelColor(x, y).lightness() < 128 for x in range(300) for y in range(160))

    growing = [inked(count) for count in range(6)]
    assert growing == sorted(set(growing))
    assert fitting_side(400, area, 60) < fitting_side(20, area, 60)
    side = fitting_side(400, area, 60)
    lines = -(-80 // max(1, int((300 + 0.28 * side) / (side * 1.28))))
    assert lines * side * 1.28 <= 160 + 0.28 * side
