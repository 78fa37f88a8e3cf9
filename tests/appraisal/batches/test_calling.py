"""唱票: every call durable, the last one taken back, whole ballots only, totals handed to count entry."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from series import EXAMPLES
from sqlmodel import Session, select

import make
from pingyi_desktop.appraisal.batches import ballots, calling, signing
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schemas.desk import CalledVote


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


def test_the_ballots_called_must_be_those_of_the_control_sheet(session: Session) -> None:
    stack = batch(session)
    make.sheet(session, stack, valid=2)
    called(session, stack, "111111111111111")
    assert calling.board(session, batch_id=stack).expected == 2
    with pytest.raises(RuleError, match="唱了 3 张，核对单上有效票是 2 张"):
        calling.finish(session, batch_id=stack, by=make.BY)
    assert ballots.counts_of(session, batch_id=stack) == {}
    calling.take_back(session, batch_id=stack, many=5)
    assert calling.finish(session, batch_id=stack, by=make.BY) == 2


def test_finishing_again_replaces_the_counts(session: Session) -> None:
    stack = batch(session)
    called(session, stack, "11111")
    calling.finish(session, batch_id=stack, by=make.BY)
    called(session, stack, "22222")
    calling.finish(session, batch_id=stack, by=make.BY)
    assert set(ballots.counts_of(session, batch_id=stack).values()) == {Counts((1, 1, 0, 0))}


def test_the_rest_of_a_ballot_is_refused_whole_when_one_item_has_no_such_option(session: Session) -> None:
    stack = batch(session, "T-ORG-B")
    called(session, stack, "1")
    with pytest.raises(RuleError, match="只有 1 至 3"):
        calling.call_rest(session, batch_id=stack, mark="4")
    assert calling.board(session, batch_id=stack).calls == 1


def test_nothing_called_any_more_leaves_the_way_of_keying_open(session: Session) -> None:
    stack = batch(session)
    called(session, stack, "1")
    calling.take_back(session, batch_id=stack)
    ballots.enter_ballots(session, batch_id=stack, ballots=["11111"], by=make.BY)
    assert len(ballots.stack(session, batch_id=stack)) == 1


def test_counts_typed_before_stay_when_the_calls_are_taken_back(session: Session) -> None:
    stack = batch(session)
    typed = {("", "1"): Counts((3, 0, 0, 0))}
    ballots.enter_counts(session, batch_id=stack, counts=typed, by=make.BY)
    called(session, stack, "1")
    calling.take_back(session, batch_id=stack)
    assert ballots.counts_of(session, batch_id=stack) == typed


def test_a_batch_past_its_first_entry_is_not_called_any_more(session: Session) -> None:
    stack = batch(session)
    make.sheet(session, stack, valid=1)
    called(session, stack, "11111")
    calling.finish(session, batch_id=stack, by=make.BY)
    signing.waive(session, batch_id=stack, reason="票少", by=make.BY)
    for act in (lambda: called(session, stack, "1"), lambda: calling.take_back(session, batch_id=stack)):
        with pytest.raises(RuleError, match="第一遍已经录完"):
            act()


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
    many = len(make.NAMES) * 3
    whole = calling.call_rest(session, batch_id=stack, mark="1")
    assert (whole.calls, whole.ballots, whole.done, whole.next_place) == (many, 1, 0, first)


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


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(st.lists(st.sampled_from("1234<*"), max_size=25))
def test_taking_back_leaves_what_was_called_before(keys: list[str]) -> None:
    """Every board is the one that the calls left over would have made, whatever was called and taken back."""
    with tempfile.TemporaryDirectory() as folder:
        made = make.school(Path(folder) / "XX.pingyi")
        with made.transaction() as session:
            stack = batch(session)
            kept: list[str] = []
            for key in keys:
                if key == "<":
                    board = calling.take_back(session, batch_id=stack)
                    kept = kept[:-1]
                elif key == "*":
                    board = calling.call_rest(session, batch_id=stack, mark="2")
                    kept += "2" * (5 - len(kept) % 5)
                else:
                    board = calling.call(session, batch_id=stack, mark=key)
                    kept.append(key)
                items = ["12345"[place % 5].replace("5", "X") for place in range(len(kept))]
                assert board.totals == Counter(("", *one) for one in zip(items, kept, strict=True))
                assert board.last == (("", items[-1], kept[-1]) if kept else None)
            query = select(CalledVote.mark).where(CalledVote.batch_id == stack)
            assert list(session.exec(query.order_by(CalledVote.number))) == kept  # type: ignore[arg-type]
        made.close()
