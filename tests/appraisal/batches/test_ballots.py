"""Ballots of a batch: every key durable, the identities K01–K03, and a seal that leaves no order behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.paper import counting, keying
from pingyi_desktop.appraisal.paper.keying import BACKSPACE, ENTER, LEFT, Keying, Outcome
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchTarget, ItemTally, SealedBallot
from pingyi_desktop.storage.schema_entry import DraftBallot
from pingyi_desktop.storage.store import Store

STACK = ["11111", "21111", "11111", "11.19", "40111", "11112"]


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Store]:
    made = make.school(tmp_path / "XX.pingyi")
    yield made
    made.close()


def stack_of(session: Session, form_code: str = "T-ORG-A") -> str:
    campaign_id = make.published(session, form_codes=[form_code])
    return make.batch(session, campaign_id=campaign_id, form_code=form_code).id


@pytest.fixture
def session(school: Store) -> Iterator[Session]:
    with school.transaction() as opened:
        yield opened


@pytest.fixture
def stack(session: Session) -> str:
    return stack_of(session)


def type_keys(held: Store, batch_id: str, keys: str | list[str]) -> Keying:
    """What the window does: take a key, make it durable, take the next."""
    with held.reading() as session:
        state = ballots.resume(session, batch_id=batch_id)
    for key in keys:
        step = keying.press(state, key)
        with held.transaction() as session:
            match step.outcome:
                case Outcome.KEYED:
                    ballots.save(
                        session,
                        batch_id=batch_id,
                        position=step.state.position,
                        cells=step.state.cells,
                        committed=False,
                        was=state.cells,
                    )
                case Outcome.COMMITTED:
                    ballots.save(
                        session,
                        batch_id=batch_id,
                        position=state.position,
                        cells=state.cells,
                        committed=True,
                        was=state.cells,
                    )
        state = step.state
        if step.outcome is Outcome.REOPEN:
            with held.transaction() as session:
                state = ballots.reopen_previous(session, batch_id=batch_id, position=state.position)
    return state


# --- keying -----------------------------------------------------------------------------------------------------


def test_keying_goes_on_at_the_exact_cell(school: Store) -> None:
    with school.transaction() as session:
        stack = stack_of(session)
    type_keys(school, stack, ["1", "1", "1", "1", "1", ENTER, "2", "1", "1", "1", "1", ENTER, "3", "."])
    school.close()
    again = store.open_file(school.path)
    with again.reading() as session:
        state = ballots.resume(session, batch_id=stack)
        assert (state.position, state.cells, state.cursor) == (3, "3.___", 2)
        drafts = session.exec(select(DraftBallot.cells).where(col(DraftBallot.committed))).all()
        assert list(drafts) == ["11111", "21111"]
    again.close()


def test_the_previous_ballot_can_be_reopened_and_mended(school: Store) -> None:
    with school.transaction() as session:
        stack = stack_of(session)
    state = type_keys(school, stack, [*"11112", ENTER, BACKSPACE])
    assert (state.position, state.cells, state.cursor) == (1, "11112", 5)
    state = type_keys(school, stack, [BACKSPACE, "1", ENTER])
    assert (state.position, state.untouched) == (2, True)
    with school.reading() as session:
        assert session.exec(select(DraftBallot.cells)).all() == ["11111"]


def test_reopening_after_a_cell_was_keyed_and_taken_back(school: Store) -> None:
    """The started ballot lies in the file without a mark; it must not stand in the way."""
    with school.transaction() as session:
        stack = stack_of(session)
    state = type_keys(school, stack, [*"11112", ENTER, "3", BACKSPACE, BACKSPACE])
    assert (state.position, state.cells) == (1, "11112")
    state = type_keys(school, stack, [ENTER, "1", BACKSPACE])
    with school.transaction() as session:
        ballots.enter_ballots(session, batch_id=stack, ballots=["44444"], by=make.BY)
        assert ballots.resume(session, batch_id=stack).position == 3


def test_two_windows_cannot_write_over_each_other(session: Session, stack: str) -> None:
    ballots.save(session, batch_id=stack, position=1, cells="11111", committed=True)
    for position in (1, 3):
        with pytest.raises(RuleError, match=r"可能在另一个窗口也打开了它.*请关闭另一个窗口") as caught:
            ballots.save(session, batch_id=stack, position=position, cells="22222", committed=True)
        assert caught.value.code == "V-BAL-38"
    with pytest.raises(RuleError, match="另一个窗口"):
        ballots.reopen_previous(session, batch_id=stack, position=9)
    assert session.exec(select(DraftBallot.cells)).all() == ["11111"]


def test_a_ballot_half_keyed_is_not_written_over_from_another_window(session: Session, stack: str) -> None:
    """Both windows opened the stack at its second ballot; what the first of them keyed stays, the other is told."""
    ballots.save(session, batch_id=stack, position=1, cells="11111", committed=True)
    ballots.save(session, batch_id=stack, position=2, cells="12___", committed=False)
    for cells, committed, was in (("2____", False, ""), ("22222", True, "2222_"), ("123__", False, "1____")):
        with pytest.raises(RuleError, match=r"第 2 张已经录的格，和这里录到的不一样.*那边录的都在") as caught:
            ballots.save(session, batch_id=stack, position=2, cells=cells, committed=committed, was=was)
        assert caught.value.code == "V-BAL-38"
    with pytest.raises(RuleError, match="另一个窗口"):
        ballots.reopen_previous(session, batch_id=stack, position=2)
    ballots.save(session, batch_id=stack, position=2, cells="123__", committed=False, was="12___")
    assert session.exec(select(DraftBallot.cells)).all() == ["11111", "123__"]


def test_there_may_be_no_previous_ballot_to_reopen(session: Session, stack: str) -> None:
    ballots.save(session, batch_id=stack, position=1, cells="_____", committed=False)
    with pytest.raises(RuleError, match="第 1 张前面没有票"):
        ballots.reopen_previous(session, batch_id=stack, position=1)


@pytest.mark.parametrize(
    ("cells", "committed", "said"),
    [
        ("1111", True, "应有 5 格，实有 4 格"),
        ("1111_", True, "第 5 格“_”"),
        ("11115", True, "这一项只有 1 至 4"),
        ("5____", False, "这一项只有 1 至 4"),
        ("1___", False, "应有 5 格"),
    ],
)
def test_only_ballots_of_the_paper_are_kept(
    session: Session, stack: str, cells: str, committed: bool, said: str
) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        ballots.save(session, batch_id=stack, position=1, cells=cells, committed=committed)
    assert caught.value.code == "V-BAL-31"
    assert session.exec(select(DraftBallot)).all() == []


def test_keying_leaves_no_trace_in_the_journal(session: Session, stack: str) -> None:
    before = len(journal.lines(session))
    ballots.save(session, batch_id=stack, position=1, cells="1____", committed=False)
    ballots.save(session, batch_id=stack, position=1, cells="11111", committed=True, was="1____")
    ballots.reopen_previous(session, batch_id=stack, position=2)
    assert len(journal.lines(session)) == before


# --- many ballots, counts, and never both -----------------------------------------------------------------------


def test_ballots_from_a_file_are_all_or_nothing(session: Session, stack: str) -> None:
    with pytest.raises(RuleError, match="第 2 张票不完整：第 5 格“7”") as caught:
        ballots.enter_ballots(session, batch_id=stack, ballots=["11111", "11117", "11111"], by=make.BY)
    assert caught.value.code == "V-BAL-31"
    assert session.exec(select(DraftBallot)).all() == []
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK[:2], by=make.BY)
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK[2:], by=make.BY)
    assert ballots.resume(session, batch_id=stack).position == 7


def test_ballots_are_not_added_behind_a_started_one(session: Session, stack: str) -> None:
    ballots.save(session, batch_id=stack, position=1, cells="1____", committed=False)
    with pytest.raises(RuleError, match="第 1 张还没录完"):
        ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY)


def counts(valid: int) -> dict[tuple[str, str], Counts]:
    return {("", item): Counts((valid - 3, 0, 0, 0), blank=1, multi=1, illegible=1) for item in "1234X"}


def test_ballot_and_count_entry_exclude_each_other(session: Session, stack: str) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY)
    with pytest.raises(RuleError, match=r"已用“逐票录入”，不能再用“汇总录入”.*请先“整批重录”") as caught:
        ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY)
    assert caught.value.code == "V-BAL-39"
    signing.reset(session, batch_id=stack, reason="", by=make.BY)
    ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY)
    for attempt in (
        lambda: ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY),
        lambda: ballots.save(session, batch_id=stack, position=1, cells="1____", committed=False),
    ):
        with pytest.raises(RuleError, match="已用“汇总录入”，不能再用“逐票录入”"):
            attempt()
    assert session.exec(select(DraftBallot)).all() == []


def test_counts_are_replaced_not_added(session: Session, stack: str) -> None:
    ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY)
    ballots.enter_counts(session, batch_id=stack, counts=counts(9), by=make.BY)
    assert ballots.counts_of(session, batch_id=stack) == counts(9)


def test_counts_are_not_written_over_those_of_another_window(session: Session, stack: str) -> None:
    ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY, instead_of={})
    for known in ({}, counts(5)):
        with pytest.raises(RuleError, match="计票表里的数，和打开时的不一样") as caught:
            ballots.enter_counts(session, batch_id=stack, counts=counts(9), by=make.BY, instead_of=known)
        assert caught.value.code == "V-BAL-38"
    ballots.enter_counts(session, batch_id=stack, counts=counts(7), by=make.BY, instead_of=counts(6))
    assert ballots.counts_of(session, batch_id=stack) == counts(7)


@pytest.mark.parametrize(
    ("key", "cells", "code", "said"),
    [
        (("", "7"), Counts((1, 0, 0, 0)), "V-BAL-35", "没有第 7 项"),
        (("", "1"), Counts((1, 0, 0)), "V-BAL-35", "档数不是 3 档"),
        (("XX00001", "1"), Counts((1, 0, 0, 0)), "V-BAL-34", "没有编号“XX00001”的党员"),
        (("", "1"), Counts((1, 0, 0, -1)), "V-BAL-05", "应为 0 至 999999 的整数"),
        (("", "1"), Counts((1, 0, 0, 0), illegible=-1), "V-BAL-05", "应为 0 至 999999 的整数"),
    ],
)
def test_counts_of_another_form_are_refused(
    session: Session, stack: str, key: tuple[str, str], cells: Counts, code: str, said: str
) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        ballots.enter_counts(session, batch_id=stack, counts={key: cells}, by=make.BY)
    assert caught.value.code == code


def test_counts_stand_while_the_batch_is_open(session: Session, stack: str) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY)
    assert ballots.counts_of(session, batch_id=stack) == {
        ("", "1"): Counts((4, 1, 0, 1)),
        ("", "2"): Counts((5, 0, 0, 0), blank=1),
        ("", "3"): Counts((5, 0, 0, 0), illegible=1),
        ("", "4"): Counts((6, 0, 0, 0)),
        ("", "X"): Counts((4, 1, 0, 0), multi=1),
    }


# --- the identities ---------------------------------------------------------------------------------------------


def blocked(session: Session, stack: str, code: str, said: str) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        make.seal(session, batch_id=stack, by=make.BY)
    assert caught.value.code == code
    assert session.get_one(BallotBatch, stack).state == "FIRST"
    assert any(f.code == code and f.weight == "E" for f in signing.problems(session, batch_id=stack))


def test_no_seal_without_a_control_sheet(session: Session, stack: str) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY)
    blocked(session, stack, "V-BAL-40", "还没有填写票批核对单")


def test_no_seal_without_ballots(session: Session, stack: str) -> None:
    make.sheet(session, stack, valid=6)
    blocked(session, stack, "V-BAL-41", "收回 6 张，还一张没录")


@pytest.mark.parametrize("valid", [5, 7])
def test_k01_blocks(session: Session, stack: str, valid: int) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY)
    make.sheet(session, stack, valid=valid, blank=1, void=1)
    blocked(session, stack, "V-BAL-03", rf"收回 {valid + 2} ≠ 有效 6\+空白 1\+废票 1（相差 1）")


def test_k02_blocks(session: Session, stack: str) -> None:
    with pytest.raises(RuleError, match="收回 7 张，多于发出 6 张"):
        batches.set_control_sheet(
            session, batch_id=stack, printed=9, issued=6, returned=7, blank=0, void=0, by=make.BY
        )


def test_k03_blocks(session: Session, stack: str) -> None:
    wrong = counts(6)
    wrong["", "3"] = Counts((2, 0, 0, 0), blank=1, multi=1, illegible=1)
    ballots.enter_counts(session, batch_id=stack, counts=wrong, by=make.BY)
    make.sheet(session, stack, valid=6)
    blocked(session, stack, "V-BAL-04", r"“③办实事”各档合计 5，与有效票 6 不等（差 1）")
    del wrong["", "3"]
    ballots.enter_counts(session, batch_id=stack, counts=wrong, by=make.BY)
    blocked(session, stack, "V-BAL-42", "计票表还缺 1 行")
    ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY)
    make.seal(session, batch_id=stack, by=make.BY)


def test_a_started_ballot_blocks(session: Session, stack: str) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY)
    ballots.save(session, batch_id=stack, position=7, cells="1____", committed=False)
    make.sheet(session, stack, valid=6)
    blocked(session, stack, "V-BAL-43", "第 7 张还没录完，请录完并按回车")


def test_a_sealed_batch_takes_nothing_more(session: Session, stack: str) -> None:
    make.sealed(session, stack, STACK)
    attempts = (
        lambda: ballots.save(session, batch_id=stack, position=7, cells="1____", committed=False),
        lambda: ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by=make.BY),
        lambda: ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY),
        lambda: ballots.reopen_previous(session, batch_id=stack, position=7),
        lambda: signing.reset(session, batch_id=stack, reason="", by=make.BY),
        lambda: make.seal(session, batch_id=stack, by=make.BY),
    )
    for attempt in attempts:
        with pytest.raises(RuleError, match="已封存") as caught:
            attempt()
        assert caught.value.code == "V-BAL-17"


def test_a_stack_without_a_valid_ballot_can_be_sealed(session: Session, stack: str) -> None:
    make.sheet(session, stack, valid=0, blank=3)
    make.seal(session, batch_id=stack, by=make.BY)
    row = session.get_one(BallotBatch, stack)
    assert (row.state, row.valid, row.entry_mode) == ("SEALED", 0, "PER_BALLOT")
    assert {c.total for c in ballots.counts_of(session, batch_id=stack).values()} == {0}


# --- the seal ---------------------------------------------------------------------------------------------------


def test_sealing_counts_and_forgets_the_order(session: Session, stack: str) -> None:
    make.sealed(session, stack, STACK, blank=1, void=2, lost=3)
    row = session.get_one(BallotBatch, stack)
    assert (row.state, row.issued, row.returned, row.valid, row.persons) == ("SEALED", 12, 9, 6, 1)
    assert session.exec(select(DraftBallot)).all() == []
    kept = {b.cells: b.copies for b in session.exec(select(SealedBallot))}
    assert kept == Counter(STACK)
    assert ballots.counts_of(session, batch_id=stack)["", "1"] == Counts((4, 1, 0, 1))
    assert row.ballot_salt is not None
    assert row.ballot_commit == counting.commitment(row.ballot_salt, kept)
    assert journal.lines(session, newest=1)[0].act == "封存票批"


def test_count_entry_keeps_no_ballots(session: Session, stack: str) -> None:
    ballots.enter_counts(session, batch_id=stack, counts=counts(6), by=make.BY)
    make.sheet(session, stack, valid=6)
    make.seal(session, batch_id=stack, by=make.BY)
    row = session.get_one(BallotBatch, stack)
    assert (row.valid, row.entry_mode, row.ballot_commit) == (6, "COUNT", None)
    assert session.exec(select(SealedBallot)).all() == []
    assert ballots.counts_of(session, batch_id=stack) == counts(6)


def test_a_commitment_hides_and_binds() -> None:
    salt, other = "00" * 32, "01" * 32
    opened = {"11111": 3, "21111": 1}
    assert counting.commitment(salt, opened) == counting.commitment(salt, dict(reversed(opened.items())))
    assert counting.commitment(salt, opened) != counting.commitment(other, opened)
    assert counting.commitment(salt, opened) != counting.commitment(salt, {"11111": 2, "21111": 2})


def sealed_file(path: Path, stack: list[str]) -> tuple[Store, list[tuple[object, ...]]]:
    made = make.school(path)
    with made.transaction() as session:
        batch_id = stack_of(session)
    with made.transaction() as session:
        ballots.enter_ballots(session, batch_id=batch_id, ballots=stack, by=make.BY)
        make.sheet(session, batch_id, valid=len(stack))
    with made.transaction() as session:
        make.seal(session, batch_id=batch_id, by=make.BY)
    made.compact()
    with made.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT cells, copies FROM sealed_ballot").all()
    return made, [tuple(row) for row in rows]


def test_two_orders_of_one_stack_leave_the_same_rows(tmp_path: Path) -> None:
    stack = STACK * 4 + ["32222", "23222", "22322"]
    forward, first = sealed_file(tmp_path / "a.pingyi", stack)
    backward, second = sealed_file(tmp_path / "b.pingyi", stack[::-1])
    assert first == second == sorted(Counter(stack).items())
    forward.close()
    backward.close()


def test_no_paper_order_survives_in_the_file(tmp_path: Path) -> None:
    """Each ballot of this stack is unlike the others, so its text can be looked for in the raw bytes."""
    made = make.school(tmp_path / "XX.pingyi", people=[f"党员{chr(0x4E00 + n)}" for n in range(20)])
    with made.transaction() as session:
        stack = stack_of(session, "T-MEM-B")
    papers = [f"0{n % 4 + 1}{n % 3 + 1}9" * 15 for n in range(12)]
    papers.sort(key=lambda cells: cells[::-1], reverse=True)
    for number, cells in enumerate(papers, 1):
        with made.transaction() as session:
            ballots.save(session, batch_id=stack, position=number, cells=cells, committed=True)
    held_before = made.path.read_bytes()
    assert all(held_before.count(cells.encode()) >= 1 for cells in papers)
    with made.transaction() as session:
        make.sheet(session, stack, valid=12)
        make.seal(session, batch_id=stack, by=make.BY)
    made.compact()
    made.close()
    content = made.path.read_bytes()
    assert all(content.count(cells.encode()) == 1 for cells in papers)
    in_file = sorted(papers, key=lambda cells: content.find(cells.encode()))
    assert in_file in (sorted(papers), sorted(papers, reverse=True))
    assert papers not in (in_file, in_file[::-1])
    assert list(made.path.parent.iterdir()) == [made.path]


def test_clearing_leaves_nothing_either(tmp_path: Path) -> None:
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        stack = stack_of(session)
        ballots.enter_ballots(session, batch_id=stack, ballots=["43214"] * 3, by=make.BY)
    assert b"43214" in made.path.read_bytes()
    with made.transaction() as session:
        signing.reset(session, batch_id=stack, reason="", by=make.BY)
    made.compact()
    made.close()
    assert b"43214" not in make.bytes_without_ids(made.path)


# --- roster forms -----------------------------------------------------------------------------------------------


def test_the_roster_is_fixed_when_keying_starts(session: Session) -> None:
    stack = stack_of(session, "T-MEM-B")
    before = batches.paper_of(session, batch_id=stack)
    assert len(before.targets) == 5
    ballots.save(session, batch_id=stack, position=1, cells="1" * 15, committed=True)
    added = members.add_member(session, org_code="XX", name="吴新来", category="FULL", by=make.BY)
    assert batches.paper_of(session, batch_id=stack) == before
    signing.reset(session, batch_id=stack, reason="", by=make.BY)
    assert added.member_no in batches.paper_of(session, batch_id=stack).targets


def test_each_person_is_counted(session: Session) -> None:
    stack = stack_of(session, "T-MEM-B")
    numbers = batches.paper_of(session, batch_id=stack).targets
    make.sealed(session, stack, ["111" * 5, "111" * 4 + "20.", "111" * 4 + "219"])
    found = ballots.counts_of(session, batch_id=stack)
    assert set(found) == {(number, item) for number in numbers for item in "123"}
    assert found[numbers[0], "1"] == Counts((3, 0, 0, 0))
    assert [found[numbers[4], item] for item in "123"] == [
        Counts((1, 2, 0, 0)),
        Counts((2, 0, 0, 0), blank=1),
        Counts((1, 0, 0, 0), multi=1, illegible=1),
    ]
    row = session.get_one(BallotBatch, stack)
    assert (row.valid, row.persons) == (3, 5)
    names = session.exec(select(BatchTarget.display_name).order_by(col(BatchTarget.row))).all()
    assert list(names) == list(make.NAMES)


def test_counts_of_a_roster_form_need_every_person(session: Session) -> None:
    stack = stack_of(session, "T-MEM-B")
    numbers = batches.paper_of(session, batch_id=stack).targets
    tally = {(number, item): Counts((4, 0, 0, 0)) for number in numbers[:4] for item in "123"}
    make.sheet(session, stack, valid=4)
    ballots.enter_counts(session, batch_id=stack, counts=tally, by=make.BY)
    blocked(session, stack, "V-BAL-42", "计票表还缺 3 行")
    whole = {**tally, **{(numbers[4], item): Counts((3, 1, 0, 0)) for item in "123"}}
    ballots.enter_counts(session, batch_id=stack, counts=whole, by=make.BY)
    make.seal(session, batch_id=stack, by=make.BY)
    assert session.get_one(BallotBatch, stack).persons == 5
    with pytest.raises(RuleError, match="已封存"):
        ballots.enter_counts(session, batch_id=stack, counts={("X1", "1"): Counts((4, 0, 0, 0))}, by=make.BY)


def test_a_roster_stack_without_a_valid_ballot_keeps_its_list(session: Session) -> None:
    stack = stack_of(session, "T-MEM-B")
    make.sheet(session, stack, valid=0, blank=2)
    make.seal(session, batch_id=stack, by=make.BY)
    assert len(session.exec(select(BatchTarget)).all()) == 5
    assert len(session.exec(select(ItemTally)).all()) == 15


def test_moving_back_and_forth_changes_nothing(school: Store) -> None:
    with school.transaction() as session:
        stack = stack_of(session)
    state = type_keys(school, stack, ["1", "2", LEFT, LEFT])
    assert (state.cells, state.cursor) == ("12___", 0)
    with school.reading() as session:
        assert session.exec(select(DraftBallot.cells)).one() == "12___"
