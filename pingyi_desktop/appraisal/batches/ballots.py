"""What is keyed of an open batch: ballots one by one or counts from a tally sheet, in the first or the second pass.

While a batch is open its ballots lie in paper order, every key durable. ``pass_no`` is 1 for the first entry (首录),
2 for the second (复录); ``second`` compares the two and makes pass 1 the agreed stack, so that everything after it looks
at pass 1 only. Sealing (``signing``) counts the stack and deletes the order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import CursorResult, delete, insert, update
from sqlmodel import Session, col, select

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches import batches, printed
from pingyi_desktop.appraisal.batches.batches import InHand
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.paper import counting, keying
from pingyi_desktop.appraisal.paper.counting import Counted
from pingyi_desktop.appraisal.paper.keying import Keying, Paper
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, EntryMode, ItemTally
from pingyi_desktop.storage.schema_entry import DraftBallot, DraftTally
from pingyi_desktop.storage.schemas.desk import CalledVote, EntryPass, EntryQuality, Settlement

MODES = {EntryMode.PER_BALLOT: "逐票录入", EntryMode.COUNT: "汇总录入"}
KEYING_ACT = {1: Act.KEY, 2: Act.KEY_SECOND}


@dataclass(frozen=True)
class Strokes:
    """Keys since the last save, for the batch's quality sheet: totals only, never a time."""

    keystrokes: int = 0
    corrections: int = 0
    refused: int = 0


NO_STROKES = Strokes()


def resume(session: Session, *, batch_id: str, pass_no: int = 1) -> Keying:
    """Where keying stands: the started ballot at its exact cell, or the next empty one (of the sample, in pass 2)."""
    return _standing(session, batches.in_hand(session, batch_id=batch_id), pass_no)[0]


def _standing(session: Session, hand: InHand, pass_no: int) -> tuple[Keying, DraftBallot | None]:
    """The same of a batch in hand, with the row of the ballot that was begun and not committed, if there is one."""
    paper = batches.paper_of(session, batch_id=hand.row.id, hand=hand)
    last = _last(session, hand.row.id, pass_no)
    if last is not None and not last.committed:
        return started(paper, last), last
    sample = batches.drawn(hand.row.sample) if pass_no == 2 else ()
    position: int | None = 1 if last is None else last.position + 1
    if sample:
        position = next_of(session, sample, batch_id=hand.row.id)
    if position is None:
        raise broken("V-BAL-30")
    return keying.start(paper, position=position), None


def _last(session: Session, batch_id: str, pass_no: int) -> DraftBallot | None:
    """The ballot that was begun and not committed; without one, the last of the stack."""
    query = select(DraftBallot).where(DraftBallot.batch_id == batch_id, DraftBallot.pass_no == pass_no)
    return session.exec(
        query.order_by(col(DraftBallot.committed), col(DraftBallot.position).desc()).limit(1)
    ).first()


def next_of(session: Session, sample: Sequence[int], *, batch_id: str) -> int | None:
    """Place of the next sampled ballot; None when every one has been keyed again."""
    keyed = select(DraftBallot.position).where(DraftBallot.batch_id == batch_id, DraftBallot.pass_no == 2)
    done = set(session.exec(keyed))
    return next((position for position in sample if position not in done), None)


def started(paper: Paper, draft: DraftBallot) -> Keying:
    """A ballot that was begun, at its exact cell."""
    return keying.start(paper, position=draft.position, cells=draft.cells, filled=draft.filled)


def save(
    session: Session,
    *,
    batch_id: str,
    position: int,
    cells: str,
    committed: bool,
    was: str = "",
    pass_no: int = 1,
    filled: str = "",
    void_reason: str = "",
    by: str = "",
    strokes: Strokes = NO_STROKES,
) -> None:
    """Make one key durable, on what its keyer had before it (``was``). Writes no journal entry: no ballot leaves a time
    behind."""
    hand = batches.take_up(session, batch_id, KEYING_ACT[pass_no])
    choose_mode(session, hand.row, EntryMode.PER_BALLOT)
    state, begun = _standing(session, hand, pass_no)
    check_turn(state, position, was=was)
    draft = begun or DraftBallot(
        batch_id=batch_id, pass_no=pass_no, position=position, cells="", committed=False
    )
    draft.cells, draft.filled, draft.void_reason, draft.committed = cells, filled, void_reason, committed
    write(session, state.paper, draft)
    whole = {"ballots": 1, "filled": filled.count("1")} if committed else {}
    note(session, batch_id=batch_id, pass_no=pass_no, by=by, strokes=strokes, **whole)


def write(session: Session, paper: Paper, draft: DraftBallot) -> None:
    """Check a ballot against its paper (V-BAL-31) and store it."""
    content = keying.content(draft.cells, draft.void_reason)
    if (wrong := keying.read_ballot(paper, content, started=not draft.committed)) is not None:
        raise broken("V-BAL-31", n=draft.position, wrong=wrong)
    session.add(draft)
    session.flush()


def note(
    session: Session,
    *,
    batch_id: str,
    pass_no: int,
    by: str,
    strokes: Strokes = NO_STROKES,
    ballots: int = 0,
    filled: int = 0,
) -> None:
    """Add keys, committed ballots and cells filled by one key to the keyer's totals in this batch."""
    added = {**vars(strokes), "ballots": ballots, "filled": filled}
    mine = (
        col(EntryPass.batch_id) == batch_id,
        col(EntryPass.pass_no) == pass_no,
        col(EntryPass.operator) == by,
    )
    totals = (
        update(EntryPass).where(*mine).values({key: getattr(EntryPass, key) + n for key, n in added.items()})
    )
    if not cast(CursorResult[tuple[()]], session.execute(totals)).rowcount:
        session.add(EntryPass(batch_id=batch_id, pass_no=pass_no, operator=by, **added))
        session.flush()


def keyers(session: Session, *, batch_id: str, pass_no: int) -> list[str]:
    """Who keyed ballots or counts in this pass, by name."""
    query = select(EntryPass.operator).where(EntryPass.batch_id == batch_id, EntryPass.pass_no == pass_no)
    return sorted(name for name in session.exec(query) if name)


def reopen_previous(session: Session, *, batch_id: str, position: int, pass_no: int = 1) -> Keying:
    """Open the ballot before ``position`` again for correction; the untouched one after it is dropped."""
    hand = batches.take_up(session, batch_id, KEYING_ACT[pass_no])
    state, begun = _standing(session, hand, pass_no)
    check_turn(state, position)
    before = session.exec(
        select(DraftBallot)
        .where(
            DraftBallot.batch_id == batch_id,
            DraftBallot.pass_no == pass_no,
            DraftBallot.position < position,
            col(DraftBallot.committed),
        )
        .order_by(col(DraftBallot.position).desc())
        .limit(1)
    ).first()
    if before is None:
        raise broken("V-BAL-32", n=position)
    if begun is not None:
        session.delete(begun)
    before.committed, before.void_reason, before.before = False, "", ""
    session.add(before)
    session.flush()
    return started(state.paper, before)


def enter_ballots(
    session: Session, *, batch_id: str, ballots: Sequence[str], by: str, pass_no: int = 1
) -> None:
    """Key many whole ballots after those already keyed (from a file); all or nothing."""
    hand = batches.take_up(session, batch_id, KEYING_ACT[pass_no])
    choose_mode(session, hand.row, EntryMode.PER_BALLOT)
    state, _ = _standing(session, hand, pass_no)
    if not state.untouched:
        raise broken("V-BAL-33", n=state.position)
    checked: dict[str, str | None] = {}
    for number, content in enumerate(ballots, 1):
        if content not in checked:
            checked[content] = keying.read_ballot(state.paper, content)
        if (wrong := checked[content]) is not None:
            raise broken("V-BAL-31", n=number, wrong=wrong)
    drop_unfinished(session, batch_id, pass_no)
    put_stack(session, batch_id=batch_id, stack=ballots, pass_no=pass_no, after=state.position - 1)
    if by:
        note(session, batch_id=batch_id, pass_no=pass_no, by=by, ballots=len(ballots))
    detail: dict[str, object] = {"ballots": len(ballots)}
    subject = batches.code_of(session, hand.row)
    journal.record(session, act="导入票", subject=subject, by=by, detail=detail)


def put_stack(
    session: Session, *, batch_id: str, stack: Sequence[str], pass_no: int = 1, after: int = 0
) -> None:
    """Store whole ballots as committed ones, from position ``after`` + 1 on."""
    size = batches.paper_of(session, batch_id=batch_id).size
    rows = [
        {
            "batch_id": batch_id,
            "pass_no": pass_no,
            "position": position,
            "cells": keying.UNKEYED * size if keying.is_void(content) else content,
            "committed": True,
            "filled": "",
            "void_reason": content[1:] if keying.is_void(content) else "",
            "before": "",
        }
        for position, content in enumerate(stack, after + 1)
    ]
    if rows:
        session.execute(insert(DraftBallot), rows)


def enter_counts(
    session: Session,
    *,
    batch_id: str,
    counts: Counted,
    by: str,
    pass_no: int = 1,
    instead_of: Counted | None = None,
) -> None:
    """Key the batch as counts from a signed tally sheet: (target, item) → counts; replaces earlier ones of the pass, those
    its keyer knows when ``instead_of`` says which."""
    row = batches.open_own(session, batch_id, KEYING_ACT[pass_no])
    choose_mode(session, row, EntryMode.COUNT)
    if instead_of is not None and counts_of(session, batch_id=batch_id, pass_no=pass_no) != instead_of:
        raise broken("V-BAL-38", what="计票表里的数，和打开时的不一样")
    form, paper = batches.form_of(session, row), batches.paper_of(session, batch_id=batch_id)
    widths = {item.no: len(item.scale.options) for item in form.items}
    for (target, item), cells in counts.items():
        if target not in paper.targets:
            raise broken("V-BAL-34", form=form.title, number=target)
        if widths.get(item) != len(cells.options):
            raise broken("V-BAL-35", form=form.title, item=item, n=len(cells.options))
        if bounds.beyond((*cells.options, cells.blank, cells.multi, cells.illegible)):
            raise broken("V-BAL-05", what="票数", most=bounds.MOST)
        if cells.multi and paper.no_multi:
            raise broken("V-CMP-41", why=paper.no_multi)
    put_counts(session, batch_id=batch_id, counts=counts, pass_no=pass_no)
    if pass_no == 1 and not counts:
        row.entry_mode = None  # nothing stands on the sheet: how to enter the batch is open again
        printed.free_rows(session, batch_id=batch_id)
    note(session, batch_id=batch_id, pass_no=pass_no, by=by)
    detail: dict[str, object] = {"pass": pass_no}
    journal.record(session, act="录入计票表", subject=batches.code_of(session, row), by=by, detail=detail)


def put_counts(session: Session, *, batch_id: str, counts: Counted, pass_no: int = 1) -> None:
    """Replace the counts of one pass."""
    session.execute(
        delete(DraftTally).where(col(DraftTally.batch_id) == batch_id, col(DraftTally.pass_no) == pass_no)
    )
    if counts:
        rows = [
            {**counting.tally_row(batch_id, target, item, cells), "pass_no": pass_no}
            for (target, item), cells in counts.items()
        ]
        session.execute(insert(DraftTally), rows)


def stack(session: Session, *, batch_id: str, pass_no: int = 1) -> dict[int, str]:
    """The committed ballots of a pass in paper order: position → content (see ``keying.content``)."""
    query = (
        select(DraftBallot.position, DraftBallot.cells, DraftBallot.void_reason)
        .where(DraftBallot.batch_id == batch_id, DraftBallot.pass_no == pass_no, col(DraftBallot.committed))
        .order_by(col(DraftBallot.position))
    )
    return {position: keying.content(cells, reason) for position, cells, reason in session.exec(query)}


def multiset(session: Session, *, batch_id: str) -> Counter[str]:
    """The committed ballots of the first pass by content."""
    return Counter(stack(session, batch_id=batch_id).values())


def counts_of(session: Session, *, batch_id: str, pass_no: int = 1) -> dict[tuple[str, str], Counts]:
    """Counts of a batch as they stand: from what is keyed while it is open, from the tally rows once sealed."""
    row = session.get_one(BallotBatch, batch_id)
    form = batches.form_of(session, row)
    if row.state != BatchState.SEALED and row.entry_mode == EntryMode.PER_BALLOT:
        keyed = Counter(stack(session, batch_id=batch_id, pass_no=pass_no).values())
        return counting.count(form, batches.paper_of(session, batch_id=batch_id), keyed)
    widths = {item.no: len(item.scale.options) for item in form.items}
    if row.state == BatchState.SEALED:
        sealed = session.exec(select(ItemTally).where(ItemTally.batch_id == batch_id))
        return {(t.target, t.item): counting.read_tally(t, widths[t.item]) for t in sealed}
    query = select(DraftTally).where(DraftTally.batch_id == batch_id, DraftTally.pass_no == pass_no)
    return {(t.target, t.item): counting.read_tally(t, widths[t.item]) for t in session.exec(query)}


def discard(session: Session, *, batch_id: str, pass_no: int, by: str) -> None:
    """Throw away one's own unfinished pass; the other pass stays. Another keyer's pass is not one's own (V-BAL-36)."""
    row = batches.open_own(session, batch_id, Act.DISCARD)
    batches.open_own(session, batch_id, KEYING_ACT[pass_no])
    if others := [name for name in keyers(session, batch_id=batch_id, pass_no=pass_no) if name != by]:
        raise broken("V-BAL-36", others="、".join(others), by=by)
    erase(session, batch_id=batch_id, passes=(pass_no,))
    if pass_no == 1:
        row.entry_mode = None
        session.add(row)
    session.flush()
    detail: dict[str, object] = {"pass": pass_no}
    journal.record(
        session, act="丢弃未录完的一遍", subject=batches.code_of(session, row), by=by, detail=detail
    )


def erase(
    session: Session, *, batch_id: str, passes: Sequence[int] = (1, 2), keep_totals: bool = False
) -> None:
    """Delete what was keyed in these passes, with the settlements that stood on it; nothing is journaled here."""
    for table in (DraftBallot, DraftTally):
        session.execute(delete(table).where(col(table.batch_id) == batch_id, col(table.pass_no).in_(passes)))
    session.execute(delete(Settlement).where(col(Settlement.batch_id) == batch_id))
    if 1 in passes:
        session.execute(delete(CalledVote).where(col(CalledVote.batch_id) == batch_id))
    if keep_totals:
        return
    session.execute(delete(EntryQuality).where(col(EntryQuality.batch_id) == batch_id))
    session.execute(
        delete(EntryPass).where(col(EntryPass.batch_id) == batch_id, col(EntryPass.pass_no).in_(passes))
    )
    if 1 in passes:
        printed.free_rows(session, batch_id=batch_id)


def take_out(session: Session, *, batch_id: str, content: str, by: str) -> None:
    """Take one ballot with exactly this content out of a batch that a correction reopened.

    Its ballots have no order any more, so a wrong one is found by what it says; key the right one afterwards.
    """
    row = batches.open_own(session, batch_id, Act.KEY)
    held = stack(session, batch_id=batch_id)
    place = next((position for position, one in held.items() if one == content), None)
    if place is None:
        raise broken("V-BAL-37")
    left = [one for position, one in held.items() if position != place]
    session.execute(
        delete(DraftBallot).where(col(DraftBallot.batch_id) == batch_id, col(DraftBallot.pass_no) == 1)
    )
    put_stack(session, batch_id=batch_id, stack=left)
    journal.record(session, act="取出一张票", subject=batches.code_of(session, row), by=by)


def check_turn(state: Keying, position: int, *, was: str = "") -> None:
    """Two windows keying one stack must not write over each other's ballots, nor over the cells of one half keyed."""
    if position != state.position:
        raise broken("V-BAL-38", what=f"本票批录到第 {state.position} 张，不是第 {position} 张")
    if state.cells != (was or keying.UNKEYED * state.paper.size):
        raise broken("V-BAL-38", what=f"第 {position} 张已经录的格，和这里录到的不一样")


def drop_unfinished(session: Session, batch_id: str, pass_no: int) -> None:
    """Delete the started ballot of a pass."""
    mine = (col(DraftBallot.batch_id) == batch_id, col(DraftBallot.pass_no) == pass_no)
    session.execute(delete(DraftBallot).where(*mine, col(DraftBallot.committed).is_(False)))


def choose_mode(session: Session, row: BallotBatch, mode: EntryMode) -> None:
    """Fix how the batch is keyed, and for a roster form whose rows it has; the two ways are never mixed (V-BAL-39)."""
    if row.entry_mode is None:
        if batches.form_of(session, row).is_roster:
            printed.keep_rows(session, batch_id=row.id)
        row.entry_mode = mode
        session.add(row)
        session.flush()
    elif row.entry_mode != mode:
        used = MODES[EntryMode(row.entry_mode)]
        raise broken("V-BAL-39", used=used, mode=MODES[mode])
