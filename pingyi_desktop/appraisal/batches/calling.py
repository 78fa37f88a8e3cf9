"""唱票: votes called aloud in the meeting hall, one mark at a time, each durable; the totals become count entry.

A ballot is called item by item in the paper's order, person by person on a roster form. The last call can be taken
back, again and again. Only totals are ever shown; the calls themselves are erased when the batch is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, EntryMode
from pingyi_desktop.storage.schema_entry import DraftTally
from pingyi_desktop.storage.schemas.desk import CalledVote

Place = tuple[str, str]
"""(member number or "", item number)"""
_NOT_OPTIONS = (keying.BLANK, keying.MULTI, keying.ILLEGIBLE)


@dataclass(frozen=True)
class Board:
    """What the hall sees: totals by (member, item, mark), and which place is called next.

    ``ballots`` are whole ballots called, ``expected`` the valid ones by the control sheet (None: not typed yet),
    ``done`` the places already called of the ballot in hand.
    """

    totals: Mapping[tuple[str, str, str], int]
    calls: int
    ballots: int
    done: int
    next_place: Place
    last: tuple[str, str, str] | None
    expected: int | None


def board(session: Session, *, batch_id: str) -> Board:
    """The batch's board as it stands."""
    return _board(session, session.get_one(BallotBatch, batch_id), _places(session, batch_id))


def call(session: Session, *, batch_id: str, mark: str) -> Board:
    """Record the mark called for the next place; V-BAL-05 when the item has no such option. Not journaled."""
    return _call(session, batch_id, mark, whole=False)


def call_rest(session: Session, *, batch_id: str, mark: str) -> Board:
    """Call the same mark for every place left of this ballot (“全部满意”); V-BAL-05 when one of them lacks it."""
    return _call(session, batch_id, mark, whole=True)


def take_back(session: Session, *, batch_id: str, many: int = 1) -> Board:
    """Undo the last calls, also across ballots. Once nothing is called any more the batch may be keyed either way."""
    row = batches.open_own(session, batch_id, Act.KEY)
    left = max(0, _many(session, batch_id) - many)
    session.execute(
        delete(CalledVote).where(col(CalledVote.batch_id) == batch_id, col(CalledVote.number) > left)
    )
    if not left and row.entry_mode == EntryMode.COUNT and not _counted(session, batch_id):
        ballots.erase(session, batch_id=batch_id, passes=(1,))
        row.entry_mode = None
        session.add(row)
    session.flush()
    return board(session, batch_id=batch_id)


def finish(session: Session, *, batch_id: str, by: str) -> int:
    """Hand the totals to count entry as the first pass, in place of counts typed before; returns the ballots called.

    V-BAL-62 and 63 when a ballot is not called to its end, or when the control sheet says another number of valid ballots.
    """
    row = batches.open_own(session, batch_id, Act.KEY)
    places = _places(session, batch_id)
    now = _board(session, row, places)
    if not now.calls:
        raise broken("V-BAL-61")
    if now.done:
        raise broken("V-BAL-62", n=now.ballots + 1, done=now.done, items=len(places))
    if now.expected is not None and now.ballots != now.expected:
        raise broken("V-BAL-63", n=now.ballots, valid=now.expected)
    widths = _widths(session, row)
    counts = {(target, item): _counts(now, target, item, widths[item]) for target, item in places}
    ballots.enter_counts(session, batch_id=batch_id, counts=counts, by=by)
    detail: dict[str, object] = {"ballots": now.ballots}
    journal.record(session, act="唱票结束", subject=batches.code_of(session, row), by=by, detail=detail)
    return now.ballots


def _call(session: Session, batch_id: str, mark: str, *, whole: bool) -> Board:
    row = batches.open_own(session, batch_id, Act.KEY)
    ballots.choose_mode(session, row, EntryMode.COUNT)
    if mark == keying.MULTI and (why := batches.rule_of(session, row).no_multi):
        raise broken("V-CMP-41", why=why)
    places, many, widths = _places(session, batch_id), _many(session, batch_id), _widths(session, row)
    left = places[many % len(places) :]
    called = left if whole else left[:1]
    for _, item in called:
        known = {*(str(digit) for digit in range(1, widths[item] + 1)), *_NOT_OPTIONS}
        if mark not in known:
            raise broken("V-BAL-64", n=widths[item])
    rows = [
        {"batch_id": batch_id, "number": number, "target": target, "item": item, "mark": mark}
        for number, (target, item) in enumerate(called, many + 1)
    ]
    session.execute(insert(CalledVote), rows)
    return _board(session, row, places)


def _board(session: Session, row: BallotBatch, places: Sequence[Place]) -> Board:
    mine, what = CalledVote.batch_id == row.id, (CalledVote.target, CalledVote.item, CalledVote.mark)
    many = _many(session, row.id)
    found = session.exec(select(*what, func.count()).where(mine).group_by(*map(col, what)))
    last = session.get(CalledVote, (row.id, many))
    return Board(
        totals={(target, item, mark): count for target, item, mark, count in found},
        calls=many,
        ballots=many // len(places),
        done=many % len(places),
        next_place=places[many % len(places)],
        last=None if last is None else (last.target, last.item, last.mark),
        expected=None if row.returned is None else row.returned - (row.blank or 0) - (row.void or 0),
    )


def _counts(now: Board, target: str, item: str, width: int) -> Counts:
    def many(mark: str) -> int:
        return now.totals.get((target, item, mark), 0)

    options = tuple(many(str(digit)) for digit in range(1, width + 1))
    return Counts(options, many(keying.BLANK), many(keying.MULTI), many(keying.ILLEGIBLE))


def _places(session: Session, batch_id: str) -> list[Place]:
    items = _widths(session, session.get_one(BallotBatch, batch_id))
    paper = batches.paper_of(session, batch_id=batch_id)
    return [(target, item) for target in paper.targets for item in items]


def _widths(session: Session, row: BallotBatch) -> dict[str, int]:
    """Options of every item, in the paper's order."""
    return {one.no: len(one.scale.options) for one in batches.form_of(session, row).items}


def _many(session: Session, batch_id: str) -> int:
    """Calls so far: they are numbered without gaps."""
    query = select(func.max(CalledVote.number)).where(CalledVote.batch_id == batch_id)
    return session.exec(query).one() or 0


def _counted(session: Session, batch_id: str) -> bool:
    query = select(DraftTally.batch_id).where(DraftTally.batch_id == batch_id, DraftTally.pass_no == 1)
    return session.exec(query.limit(1)).first() is not None
