"""Second entry (复录): blind, by another person, compared at Enter; differences settled by a third look at the paper.

The second keyer never sees the first values. A mismatch blanks the cells that differ and asks once more; the same
answer again is a difference, to be settled later. Sheets are paired by sequence, not by position (``alignment``), so
that one skipped, doubled or swapped sheet never makes the rest of the stack differ. ``settling`` does what follows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import ballots, batches, operators, signing
from pingyi_desktop.appraisal.batches.ballots import NO_STROKES, Strokes
from pingyi_desktop.appraisal.batches.batches import InHand
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.paper import alignment, compare, keying, sampling
from pingyi_desktop.appraisal.paper.counting import Counted
from pingyi_desktop.appraisal.paper.keying import Keying, Paper
from pingyi_desktop.appraisal.rulebook.catalogue import Weight, broken
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, EntryMode, SecondEntry
from pingyi_desktop.storage.schema_entry import DraftBallot


@dataclass(frozen=True)
class Turn:
    """What the second keyer does next: ``state`` is the ballot to key, None when the pass is complete."""

    state: Keying | None
    message: str = ""
    finished: bool = False


@dataclass(frozen=True)
class Choice:
    """One way to key a second time; ``sample`` is None for everything, ``text`` says what no difference would prove."""

    sample: int | None
    text: str
    recommended: bool


def choices(session: Session, *, batch_id: str) -> tuple[Choice, ...]:
    """The ways to key this batch a second time, the recommended one marked (``sampling``)."""
    row = session.get_one(BallotBatch, batch_id)
    if row.entry_mode == EntryMode.COUNT:
        return (Choice(None, "另一人照计票表再录一遍", True),)
    if signing.has_nothing_to_key(session, row):
        return (Choice(None, f"{signing.NOTHING}，不录第二遍", True),)
    many = len(ballots.stack(session, batch_id=batch_id))
    paper = batches.paper_of(session, batch_id=batch_id)
    return tuple(
        Choice(None if one.bound is None else one.ballots, one.sentence, one.recommended)
        for one in sampling.plan(many, paper.size // paper.row_width)
    )


def begin(session: Session, *, batch_id: str, sample: int | None, by: str) -> None:
    """Finish the first entry and ask for a second: everything, or a random sample of this many ballots. Where nothing is to
    be keyed both are done."""
    row = batches.open_own(session, batch_id, Act.FINISH_FIRST)
    if signing.has_nothing_to_key(session, row):
        signing.waive(session, batch_id=batch_id, reason="", by=by)
        return
    blocking = [f for f in signing.problems(session, batch_id=batch_id) if f.weight is Weight.ERROR]
    if blocking:
        raise RuleError(blocking[0].code, f"第一遍还不能结束：{blocking[0].sentence}")
    keyed = ballots.stack(session, batch_id=batch_id)
    row.second_entry, row.sample = SecondEntry.ALL, None
    if sample is not None and row.entry_mode == EntryMode.PER_BALLOT and sample < len(keyed):
        row.second_entry = SecondEntry.SAMPLE
        row.sample = json.dumps(sampling.draw(len(keyed), sample))
    batches.move(session, row, Act.FINISH_FIRST)
    detail: dict[str, object] = {"second": row.second_entry, "sample": sample}
    journal.record(session, act="录完第一遍", subject=batches.code_of(session, row), by=by, detail=detail)


def check_keyer(session: Session, *, batch_id: str, by: str) -> bool:
    """V-BAL-11: another person keys the second time, unless a lone secretary is all there is (同一人复录); then True."""
    same = by in ballots.keyers(session, batch_id=batch_id, pass_no=1)
    if same and not operators.alone(session, by=by):
        raise broken("V-BAL-11", by=by)
    return same


def resume(session: Session, *, batch_id: str) -> Turn:
    """Where the second entry stands: the started ballot, the next one (of the sample), or finished."""
    return _resume(session, batches.in_hand(session, batch_id=batch_id))


def _resume(session: Session, hand: InHand) -> Turn:
    row, batch_id = hand.row, hand.row.id
    paper = batches.paper_of(session, batch_id=batch_id, hand=hand)
    draft = _last(session, batch_id)
    if draft is not None and not draft.committed:
        state = _asked_again(session, row, paper, draft)
        return Turn(state, keying.why_asked(state) if state.asked else "")
    sample = batches.drawn(row.sample)
    position: int | None = 1 if draft is None else draft.position + 1
    if sample:
        position = ballots.next_of(session, sample, batch_id=batch_id)
    if position is None:
        return Turn(None, "抽到的票都录完了，请核对。", finished=True)
    state = keying.start(paper, position=position)
    if row.second_entry == SecondEntry.SAMPLE:
        return Turn(state, f"请取第 {position} 张。")
    return Turn(state, finished=position > _many(session, batch_id))


def take(
    session: Session,
    *,
    batch_id: str,
    position: int,
    cells: str,
    was: str = "",
    filled: str = "",
    void_reason: str = "",
    by: str,
    strokes: Strokes = NO_STROKES,
) -> Turn:
    """Take a whole ballot of the second keyer, keyed as far as ``was`` before, and compare it now; asks again once, never
    shows the first values."""
    hand = batches.take_up(session, batch_id, Act.KEY_SECOND)
    row = hand.row
    check_keyer(session, batch_id=batch_id, by=by)
    state = _resume(session, hand).state
    if state is None:
        raise broken("V-BAL-30")
    ballots.check_turn(state, position, was=was)
    paper = state.paper
    answer = keying.content(cells, void_reason)
    partner = _partner(session, row, position)
    draft = session.get(DraftBallot, (batch_id, 2, position)) or DraftBallot(
        batch_id=batch_id, pass_no=2, position=position, cells=cells, committed=False
    )
    draft.cells, draft.filled, draft.void_reason, draft.committed = cells, filled, void_reason, True
    if partner is not None and answer != partner and not draft.before:
        blank = compare.blanked(partner, answer, size=paper.size)
        draft.cells, draft.filled, draft.void_reason, draft.committed = blank, "", "", False
        draft.before = answer
        ballots.write(session, paper, draft)
        ballots.note(session, batch_id=batch_id, pass_no=2, by=by, strokes=strokes)
        shift = alignment.row_shift(partner, answer, paper.row_width)
        hint = "" if shift is None else f"第 {shift} 行起可能错行，"
        if _is_beside(session, row, position, answer):
            hint = f"请数一数，手里的是不是第 {position} 张；"
        again = keying.ask_again(ballots.started(paper, draft), blank)
        return Turn(again, f"{hint}{keying.why_asked(again)}")
    ballots.write(session, paper, draft)
    whole = {"ballots": 1, "filled": filled.count("1")}
    ballots.note(session, batch_id=batch_id, pass_no=2, by=by, strokes=strokes, **whole)
    return _resume(session, hand)


def commit_counts(
    session: Session, *, batch_id: str, counts: Counted, by: str, instead_of: Counted | None = None
) -> None:
    """Key the counts of the tally sheet a second time, blind."""
    check_keyer(session, batch_id=batch_id, by=by)
    ballots.enter_counts(session, batch_id=batch_id, counts=counts, by=by, pass_no=2, instead_of=instead_of)


def _partner(session: Session, row: BallotBatch, position: int) -> str | None:
    """Content of the first entry's ballot that the ballot at this position of the second is compared with.

    Only the ballots near it are read: in a stack of twenty thousand Enter is as quick as in one of twenty.
    """
    if row.second_entry == SecondEntry.SAMPLE:
        return next(iter(_between(session, row.id, 1, position - 1, position)), None)
    cut, last = alignment.window(position - 1)
    first = _between(session, row.id, 1, cut, last)
    place = alignment.next_partner(first, _between(session, row.id, 2, cut, position - 1))
    return None if place is None else first[place - 1]


def _asked_again(session: Session, row: BallotBatch, paper: Paper, draft: DraftBallot) -> Keying:
    """A ballot that was begun; when it is asked for again, with the cells that are."""
    state = ballots.started(paper, draft)
    partner = _partner(session, row, draft.position) if draft.before else None
    if partner is None:
        return state
    return keying.ask_again(state, compare.blanked(partner, draft.before, size=paper.size))


def _is_beside(session: Session, row: BallotBatch, position: int, answer: str) -> bool:
    """Whether a sampled ballot says what a neighbour of the one drawn says: the stack was miscounted, perhaps."""
    if row.second_entry != SecondEntry.SAMPLE:
        return False
    return answer in _between(session, row.id, 1, max(0, position - 2), position + 1)


def _between(session: Session, batch_id: str, pass_no: int, after: int, last: int) -> list[str]:
    """The committed ballots of a pass at the places ``after`` + 1 to ``last``, in order."""
    place = col(DraftBallot.position)
    query = (
        select(DraftBallot.cells, DraftBallot.void_reason)
        .where(DraftBallot.batch_id == batch_id, DraftBallot.pass_no == pass_no)
        .where(place > after, place <= last, col(DraftBallot.committed))
        .order_by(place)
    )
    return [keying.content(cells, reason) for cells, reason in session.exec(query)]


def _last(session: Session, batch_id: str) -> DraftBallot | None:
    """The last ballot of the second entry: only this one can be unfinished."""
    mine = (DraftBallot.batch_id == batch_id, DraftBallot.pass_no == 2)
    return session.exec(
        select(DraftBallot).where(*mine).order_by(col(DraftBallot.position).desc()).limit(1)
    ).first()


def _many(session: Session, batch_id: str) -> int:
    """Ballots of the first entry: it is finished, and its places count from 1."""
    mine = (DraftBallot.batch_id == batch_id, DraftBallot.pass_no == 1)
    return session.exec(select(func.max(DraftBallot.position)).where(*mine)).one() or 0
