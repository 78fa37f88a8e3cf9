"""唱票: every call durable, the last one taken back, whole ballots only, totals handed to count entry."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

import make
from pingyi_desktop.appraisal import ballots, calling, signing
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_entry import CalledVote


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as opened:
        yield opened
    made.close()


def batch(session: Session, form: str = "T-ORG-A") -> str:
    campaign = make.published(session, form_codes=[form])
    return make.batch(session, campaign_id=campaign, form_code=form).id


def called(session: Session, stack: str, marks: str) -> None:
    for mark in marks:
        calling.call(session, batch_id=stack, mark=mark)


def test_totals_grow_and_become_counts(session: Session) -> None:
    stack = batch(session)
    called(session, stack, "11111211141.190")
    board = calling.board(session, batch_id=stack)
    assert (board.ballots, board.calls, board.next_place[0]) == (3, 15, "")
    assert board.totals["", board.next_place[1], "1"] == 2
    assert calling.finish(session, batch_id=stack, by=make.BY) == 3
    counts = list(ballots.counts_of(session, batch_id=stack).values())
    assert counts[0] == Counts((2, 1, 0, 0))
    assert counts[1] == Counts((2, 0, 0, 0), illegible=1)
    assert counts[3] == Counts((2, 0, 0, 0), multi=1)
    assert counts[4] == Counts((1, 0, 0, 1), blank=1)
    make.sheet(session, stack, valid=3)
    make.seal(session, batch_id=stack, by=make.BY)
    assert session.exec(select(CalledVote)).all() == []


def test_calls_leave_no_journal_until_they_are_finished(session: Session) -> None:
    stack = batch(session)
    before = len(journal.lines(session))
    called(session, stack, "11111")
    assert len(journal.lines(session)) == before


def test_the_rest_of_a_ballot_is_called_at_once(session: Session) -> None:
    stack = batch(session)
    called(session, stack, "2")
    board = calling.call_rest(session, batch_id=stack, mark="1")
    assert (board.ballots, board.calls) == (1, 5)
    assert calling.call_rest(session, batch_id=stack, mark="1").ballots == 2


def test_a_begun_ballot_and_an_empty_board_cannot_be_finished(session: Session) -> None:
    stack = batch(session)
    with pytest.raises(RuleError, match="还一票没唱"):
        calling.finish(session, batch_id=stack, by=make.BY)
    called(session, stack, "1111111")
    with pytest.raises(RuleError, match="第 2 张只唱了 2 项"):
        calling.finish(session, batch_id=stack, by=make.BY)


def test_a_mark_the_item_does_not_have_is_refused(session: Session) -> None:
    stack = batch(session)
    with pytest.raises(RuleError, match="只有 1 至 4"):
        calling.call(session, batch_id=stack, mark="5")


def test_calling_and_keying_ballots_exclude_each_other(session: Session) -> None:
    stack = batch(session)
    ballots.enter_ballots(session, batch_id=stack, ballots=["11111"], by=make.BY)
    with pytest.raises(RuleError, match="不能再用“汇总录入”"):
        calling.call(session, batch_id=stack, mark="1")
    signing.reset(session, batch_id=stack, reason="", by=make.BY)
    assert calling.call(session, batch_id=stack, mark="1").calls == 1


def test_a_roster_is_called_person_by_person(session: Session) -> None:
    stack = batch(session, "T-MEM-B")
    first = calling.board(session, batch_id=stack).next_place
    called(session, stack, "111")
    second = calling.board(session, batch_id=stack).next_place
    assert first[0] != second[0]
    assert first[1] == second[1]


def test_the_board_is_the_same_after_reopening(tmp_path: Path) -> None:
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        stack = batch(session)
    with made.transaction() as session:
        called(session, stack, "11121")
        board = calling.board(session, batch_id=stack)
    made.close()
    again = store.open_file(made.path)
    with again.reading() as session:
        assert calling.board(session, batch_id=stack) == board
    again.close()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from("1234<"), max_size=25))
def test_taking_back_leaves_what_was_called_before(keys: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = make.school(Path(folder) / "XX.pingyi")
        with made.transaction() as session:
            stack = batch(session)
            kept: list[str] = []
            for key in keys:
                if key == "<":
                    calling.take_back(session, batch_id=stack)
                    kept = kept[:-1]
                else:
                    calling.call(session, batch_id=stack, mark=key)
                    kept.append(key)
            query = select(CalledVote.mark).where(CalledVote.batch_id == stack)
            assert list(session.exec(query.order_by(CalledVote.number))) == kept  # type: ignore[arg-type]
        made.close()
