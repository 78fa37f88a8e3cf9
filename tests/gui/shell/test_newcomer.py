"""The scripted newcomer with Qt's own events: how many clicks until the first ballot, and until the task files lie on the stick."""

from __future__ import annotations

import pytest
from gui import newcomer

from pingyi_desktop.gui.looks import settings


@pytest.fixture
def given(tmp_path, monkeypatch):
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    found = newcomer.things(tmp_path)
    settings.set_operator("王芳")
    settings.remember_folder(tmp_path)
    return found


def test_from_a_task_file_to_the_first_ballot_in_four_clicks(
    open_window, painted, looks_around, given, capsys
):
    hand, window = newcomer.Hand(), open_window(newcomer.PAGES)
    newcomer.walk(newcomer.first_ballot(window, hand, given.task, given.code), hand)
    typed = len(given.code) + len(newcomer.BALLOT)
    assert hand.clicks <= newcomer.FIRST_BALLOT
    assert hand.keys == typed + 2, "the code and the ballot, and Enter after each"
    assert f"点 {hand.clicks} 下（目标 ≤ 4）" in newcomer.told(hand, "第一张票", newcomer.FIRST_BALLOT)
    with window._opened.store.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM draft_ballot").scalar_one() == 1


def test_from_nothing_to_task_files_in_ten_clicks(open_window, painted, looks_around, given):
    hand, window = newcomer.Hand(), open_window(newcomer.PAGES)
    newcomer.walk(newcomer.task_files(window, hand, given.roster, given.stick), hand)
    assert hand.clicks <= newcomer.TASK_FILES
    assert len(list(given.stick.glob("*.pingyi-task"))) > 0
