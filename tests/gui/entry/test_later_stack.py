"""补投 from the window: asked where people are registered, then a card like any other, sealed like any other."""

from __future__ import annotations

from pathlib import Path

import showing
from PySide6.QtCore import QDate

import make
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.gui.entry.page import EntryPage


def open_page(open_window, path: Path, *, actual: int):
    today = QDate.currentDate()
    dates = {"start_date": f"{today.year()}-01-01", "end_date": f"{today.year()}-12-31", "year": today.year()}
    made = make.school(path)
    with made.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"], **dates)
        (meeting,) = sessions.listing(session, campaign_id=campaign_id)
        sessions.hold(
            session, session_id=meeting.id, held_on=today.addDays(-1).toString("yyyy-MM-dd"), expected=12,
            actual=actual, by=make.BY, reason=make.WHY,
        )  # fmt: skip
    made.close()
    return showing.show(open_window, path, EntryPage)


def test_those_who_were_absent_get_a_stack_of_their_own(open_window, tmp_path, qtbot) -> None:
    window, page = open_page(open_window, tmp_path / "XX.pingyi", actual=9)
    page.open_meeting(page.meetings[0])
    page.meeting.later.click()
    showing.settle(window)
    dialog = showing.dialog()
    people, until, why = dialog.fields
    assert people.editor.maximum() == 3
    until.editor.setDate(QDate.currentDate())
    people.editor.setValue(3)
    dialog.accept()
    assert "为什么补投" in why.complaint
    why.editor.setText("夜班")
    dialog.accept()
    showing.settle(window)
    assert showing.no_dialog()
    assert "已开补投票批 1 个" in page.messages.text
    with page.context.store.reading() as session:
        later = make.batch(session, campaign_id=make.campaign_of(session), supplement=1)
    assert later.category_name.endswith("（补投1）")
    window.close()


def test_nobody_was_absent(open_window, tmp_path) -> None:
    window, page = open_page(open_window, tmp_path / "XX.pingyi", actual=12)
    page.open_meeting(page.meetings[0])
    assert not page.meeting.later.isEnabled()
    window.close()
