"""唱票: votes called aloud in the meeting hall, one mark at a time, each durable; the totals become count entry.

A ballot is called item by item in the paper's order, person by person on a roster form. The last call can be taken
back, again and again. Only totals are ever shown; the calls themselves are erased when the batch is sealed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import ballots, batches, keying
from pingyi_desktop.appraisal.stages import Act
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import BallotBatch, EntryMode
from pingyi_desktop.storage.schema_entry import CalledVote


@dataclass(frozen=True)
class Board:
    """What the hall sees: totals by (member, item, mark), and which place is called next.

    ``ballots`` are whole ballots called; ``next_place`` is (member number or "", item number).
    """

    totals: Mapping[tuple[str, str, str], int]
    calls: int
    ballots: int
    next_place: tuple[str, str]
    last: tuple[str, str, str] | None


def board(session: Session, *, batch_id: str) -> Board:
    """The batch's board as it stands."""
    places = _places(session, batch_id)
    query = select(CalledVote).where(CalledVote.batch_id == batch_id).order_by(col(CalledVote.number))
    votes = [(vote.target, vote.item, vote.mark) for vote in session.exec(query)]
    return Board(
        Counter(votes),
        len(votes),
        len(votes) // len(places),
        places[len(votes) % len(places)],
        votes[-1] if votes else None,
    )


def call(session: Session, *, batch_id: str, mark: str) -> Board:
    """Record the mark called for the next place; V-BAL-05 when the item has no such option. Not journaled."""
    row = batches.open_own(session, batch_id, Act.KEY)
    ballots.choose_mode(session, row, EntryMode.COUNT)
    places = _places(session, batch_id)
    done = _many(session, batch_id)
    target, item = places[done % len(places)]
    options = {one.no: len(one.scale.options) for one in batches.form_of(session, row).items}[item]
    known = {*(str(digit) for digit in range(1, options + 1)), keying.BLANK, keying.MULTI, keying.ILLEGIBLE}
    if mark not in known:
        raise RuleError("V-BAL-05", f"这一项只有 1 至 {options}（0 未填，9 多选，. 看不清）。")
    session.add(CalledVote(batch_id=batch_id, number=done + 1, target=target, item=item, mark=mark))
    session.flush()
    return board(session, batch_id=batch_id)


def call_rest(session: Session, *, batch_id: str, mark: str) -> Board:
    """Call the same mark for every place left of this ballot (“全部满意”)."""
    many = len(_places(session, batch_id))
    left = many - _many(session, batch_id) % many
    for _ in range(left):
        found = call(session, batch_id=batch_id, mark=mark)
    return found


def take_back(session: Session, *, batch_id: str) -> Board:
    """Undo the last call, also across ballots; nothing happens when nothing was called."""
    batches.open_own(session, batch_id, Act.KEY)
    last = session.get(CalledVote, (batch_id, _many(session, batch_id)))
    if last is not None:
        session.delete(last)
        session.flush()
    return board(session, batch_id=batch_id)


def finish(session: Session, *, batch_id: str, by: str) -> int:
    """Hand the totals to count entry as the first pass; returns the ballots called. A begun ballot stands in the way."""
    row = batches.open_own(session, batch_id, Act.KEY)
    now = board(session, batch_id=batch_id)
    places = _places(session, batch_id)
    if not now.calls:
        raise RuleError("V-BAL-04", "还一票没唱，请先唱票。")
    if now.calls % len(places):
        raise RuleError(
            "V-BAL-04",
            f"第 {now.ballots + 1} 张只唱了 {now.calls % len(places)} 项，共 {len(places)} 项，请唱完再结束。",
        )
    widths = {one.no: len(one.scale.options) for one in batches.form_of(session, row).items}
    counts = {(target, item): _counts(now, target, item, widths[item]) for target, item in places}
    ballots.enter_counts(session, batch_id=batch_id, counts=counts, by=by)
    detail: dict[str, object] = {"ballots": now.ballots}
    journal.record(session, act="唱票结束", subject=batches.code_of(session, row), by=by, detail=detail)
    return now.ballots


def _counts(now: Board, target: str, item: str, width: int) -> Counts:
    def many(mark: str) -> int:
        return now.totals.get((target, item, mark), 0)

    options = tuple(many(str(digit)) for digit in range(1, width + 1))
    return Counts(options, many(keying.BLANK), many(keying.MULTI), many(keying.ILLEGIBLE))


def _places(session: Session, batch_id: str) -> list[tuple[str, str]]:
    row = session.get_one(BallotBatch, batch_id)
    items = [item.no for item in batches.form_of(session, row).items]
    return [
        (target, item) for target in batches.paper_of(session, batch_id=batch_id).targets for item in items
    ]


def _many(session: Session, batch_id: str) -> int:
    query = select(func.count()).select_from(CalledVote).where(CalledVote.batch_id == batch_id)
    return session.exec(query).one()
