"""裁定: the two entries compared, every difference settled by a third look at the paper, and the agreed stack.

When everything is settled the agreed stack takes the place of the first entry; the settlements go into the journal
sorted by what they say, without the place of any ballot, because nothing may tell the order of ballots after the seal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import ballots, batches, second
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.paper import alignment, compare, keying, places, sampling
from pingyi_desktop.appraisal.paper.alignment import Pair, Slip
from pingyi_desktop.appraisal.paper.compare import APART, DROP, KEEP
from pingyi_desktop.appraisal.paper.places import Open, Print
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import UserError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, EntryMode, SecondEntry
from pingyi_desktop.storage.schema_entry import DraftBallot
from pingyi_desktop.storage.schemas.desk import EntryQuality, Settlement

UNCOMPARED = {
    BatchState.FIRST: "还没有第二遍，没有不一致可列：请先结束第一遍（命令行：batch finish），换一个人在“录入”页录第二遍",
    BatchState.SECOND: "的第二遍还没有核对，没有不一致可列：请先在“录入”页录完第二遍",
}
"""why a batch in this state has no differences yet, and what comes first"""


@dataclass(frozen=True)
class Paired:
    """Which ballot of the one entry is which of the other, as people are asked about them.

    ``astray`` has the slip of each pair out of sequence, ``said`` the sentences of the sequence alone.
    """

    pairs: tuple[Pair, ...]
    astray: Mapping[Pair, Slip]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What comparing the two entries found."""

    left: tuple[Open, ...]
    slips: tuple[str, ...] = ()
    escalated: bool = False

    @property
    def sentence(self) -> str:
        """One line for the keyer."""
        where = "".join(f"{slip}。" for slip in self.slips)
        if self.escalated:
            why = "顺序对不上" if self.slips else "抽到的票里不一致的超过一张"
            return f"{where}{why}，须全部复录：请从第 1 张起录第二遍。"
        if self.left:
            unread = sum(one.illegible for one in self.left)
            differing = len(self.left) - unread
            said = [f"两遍有 {differing} 处不一致"] if differing else []
            said += [f"有 {unread} 处看不清"] if unread else []
            return f"{where}{'，'.join(said)}，请对照原始票逐条裁定。"
        return f"{where}两遍核对好了。下一步：登记签字。"


def finish(session: Session, *, batch_id: str, by: str) -> Outcome:
    """Compare the two entries: agreed, differences to settle, or a sample that showed too many and escalates."""
    row = batches.open_own(session, batch_id, Act.KEY_SECOND)
    code = batches.code_of(session, row)
    _refuse_unfinished(session, row)
    found, slips = _differences(session, row)
    differing = {one.position for one in found if not one.illegible}
    if row.second_entry == SecondEntry.SAMPLE and (slips or sampling.must_escalate(len(differing))):
        ballots.erase(session, batch_id=batch_id, passes=(2,))
        row.second_entry, row.sample = SecondEntry.ALL, None
        batches.move(session, row, Act.ESCALATE)
        detail: dict[str, object] = {"differing": len(differing)}
        journal.record(session, act="抽样不一致，转为全部复录", subject=code, by=by, detail=detail)
        return Outcome((), slips, escalated=True)
    batches.move(session, row, Act.FIND_DIFFERENT if found else Act.FIND_SAME)
    if not found:
        _agree(session, row, by=by)
    return Outcome(tuple(found), slips)


def differences(session: Session, *, batch_id: str) -> list[Open]:
    """What is to be settled, with what has been settled already; nothing once the entries agree.

    ``UserError`` before they were compared: every ballot would be one that only the first entry has, and the second
    keyer would be shown it.
    """
    row = session.get_one(BallotBatch, batch_id)
    if row.state in UNCOMPARED:
        said = UNCOMPARED[BatchState(row.state)]
        raise UserError(f"“{batches.code_of(session, row)}”{said}，再核对两遍（命令行：batch compare）。")
    if row.state != BatchState.DIFFERENCES:
        return []
    done = {one.spot: one for one in _settlements(session, batch_id)}
    found, _ = _differences(session, row)
    return [
        replace(one, settled=done[one.spot].settled, reason=done[one.spot].reason)
        if one.spot in done
        else one
        for one in found
    ]


def settle(
    session: Session, *, batch_id: str, spot: str, value: str, by: str, reason: str = "", witness: str = ""
) -> bool:
    """Settle one difference by what the third look at the paper says; True when it was the last.

    Two of three decide; what fewer say needs a reason and a second name (V-BAL-59). A ballot that lies in one entry
    only is dropped (``DROP``) or kept by its content, keyed from the paper once more. ``APART`` says that the two
    ballots held against each other are two sheets: each is then to be settled by itself.
    """
    row = batches.open_own(session, batch_id, Act.SETTLE)
    found = differences(session, batch_id=batch_id)
    one = next((one for one in found if one.spot == spot), None)
    if one is None:
        raise broken("V-BAL-50")
    places.check_value(batches.paper_of(session, batch_id=batch_id), one, value)
    places.check_turn(found, one)
    if one.needs_names(value):
        places.check_names(one, by=by, reason=reason, witness=witness)
    decided = Settlement(
        batch_id=batch_id,
        spot=spot,
        first=one.first,
        second=one.second,
        settled=value,
        reason=visible.line(reason),
        decided_by=by,
        witness=visible.line(witness),
    )
    if value == APART:
        _part(session, decided)
        return False
    if one.whole and one.settled and (one.settled == DROP) != (value == DROP):
        _forget_between(
            session, batch_id
        )  # the sheets after it are numbered otherwise: they are looked at again
        found = differences(session, batch_id=batch_id)
    session.merge(decided)
    session.flush()
    if any(not other.settled for other in found if other.spot != spot):
        return False
    if any(other.whole for other in found):
        _check_number(session, row)
    batches.move(session, row, Act.SETTLE_LAST)
    _agree(session, row, by=by)
    return True


def _check_number(session: Session, row: BallotBatch) -> None:
    """Refuse rulings that leave another number of ballots than the control sheet has: it could never be signed."""
    settled = {one.spot: one.settled for one in _settlements(session, row.id)}
    many, sheets = len(compare.agreed(*_stacks(session, row), settled)), _sheets(row)
    if many != sheets:
        raise broken("V-BAL-51", n=many, sheets=sheets)


def keyed_once(session: Session, *, batch_id: str, spot: str) -> str:
    """What is keyed of a ballot that only one entry has, for the person who looks at it again."""
    side, _, position = spot.partition("/")
    pass_no = {"f": 1, "s": 2}.get(side)
    content = ballots.stack(session, batch_id=batch_id, pass_no=pass_no or 1).get(
        int(position or 0) if pass_no else 0
    )
    if content is None:
        raise broken("V-BAL-50")
    return content


def _part(session: Session, decided: Settlement) -> None:
    """Keep the ruling that two ballots are two sheets; what was settled between them means nothing any more."""
    first, second = decided.spot.split("/")[1:3]
    _forget_between(session, decided.batch_id, f"{first}/{second}")
    decided.spot, decided.first, decided.second = f"p/{first}/{second}", "", ""
    session.merge(decided)
    session.flush()


def _forget_between(session: Session, batch_id: str, ballots_of: str = "") -> None:
    """Take back what was settled between two ballots that both entries have, or between all of them."""
    for one in _settlements(session, batch_id):
        kind, *rest = one.spot.split("/")
        if kind in ("c", "b") and ballots_of in ("", "/".join(rest[:2])):
            session.delete(one)
    session.flush()


def _refuse_unfinished(session: Session, row: BallotBatch) -> None:
    if row.entry_mode == EntryMode.COUNT:
        if not ballots.counts_of(session, batch_id=row.id, pass_no=2):
            raise broken("V-BAL-52")
        return
    turn = second.resume(session, batch_id=row.id)
    if turn.state is not None and not turn.state.untouched:
        raise broken("V-BAL-43", at="第二遍的", n=turn.state.position)
    if row.second_entry == SecondEntry.SAMPLE and not turn.finished:
        raise broken("V-BAL-53", next=turn.message)
    if not ballots.stack(session, batch_id=row.id, pass_no=2):
        raise broken("V-BAL-54")


def _stacks(session: Session, row: BallotBatch) -> tuple[dict[int, str], dict[int, str], tuple[Pair, ...]]:
    """Both entries by position, and which ballot of the one is which of the other."""
    first, again = (ballots.stack(session, batch_id=row.id, pass_no=number) for number in (1, 2))
    if row.second_entry == SecondEntry.SAMPLE:
        return first, again, tuple(Pair(position, position) for position in again)
    asked = paired_stacks(tuple(first.values()), tuple(again.values()), _sheets(row)).pairs
    ruled = {one.spot: one.settled for one in _settlements(session, row.id)}
    return first, again, compare.parted(asked, ruled)


@lru_cache(maxsize=1)
def paired_stacks(first: tuple[str, ...], second: tuple[str, ...], sheets: int) -> Paired:
    """Pair two stacks of a pile of so many sheets; remembered while a batch is being settled, cell after cell."""
    aligned = alignment.align(first, second)
    pairs = compare.paired(first, second, aligned)
    said = alignment.slips(aligned, first, second, sheets=sheets)
    astray = alignment.places(pairs, first, second, sheets=sheets)
    return Paired(pairs, astray, tuple(slip.sentence for slip in said))


def _sheets(row: BallotBatch) -> int:
    """How many ballots the control sheet lets the pile have."""
    return (row.returned or 0) - (row.blank or 0) - (row.void or 0)


def _settlements(session: Session, batch_id: str) -> list[Settlement]:
    query = select(Settlement).where(Settlement.batch_id == batch_id).order_by(col(Settlement.spot))
    return list(session.exec(query))


def _differences(session: Session, row: BallotBatch) -> tuple[list[Open], tuple[str, ...]]:
    """Everything to settle, and the sentences about sheets out of sequence."""
    form = batches.form_of(session, row)
    if row.entry_mode == EntryMode.COUNT:
        names = dict(batches.targets(session, batch_id=row.id)) if form.is_roster else {}
        first, again = (ballots.counts_of(session, batch_id=row.id, pass_no=number) for number in (1, 2))
        return places.on_tally_sheet(form, names, compare.count_differences(first, again)), ()
    keyed, keyed_again, pairs = _stacks(session, row)
    rows = tuple(name for _, name in batches.targets(session, batch_id=row.id)) if form.is_roster else ()
    printed = Print(form, batches.paper_of(session, batch_id=row.id), rows)
    found = compare.differences(keyed, keyed_again, pairs)
    if row.second_entry == SecondEntry.SAMPLE:
        slips = compare.sample_slips(list(keyed.values()), keyed_again)
        left = (*found, *compare.unread(keyed, pairs))
        return places.on_ballots(printed, left, {}, sampled=True), tuple(slip.sentence for slip in slips)
    stacks = (tuple(keyed.values()), tuple(keyed_again.values()))
    held = paired_stacks(*stacks, _sheets(row))
    ruled = {one.spot: one.settled for one in _settlements(session, row.id)}
    found = compare.numbered(found, held.pairs, held.astray, ruled)
    alone = held.astray if pairs == held.pairs else alignment.places(pairs, *stacks, sheets=_sheets(row))
    slips_at = {compare.spot_of(pair): slip for pair, slip in alone.items()}
    return places.on_ballots(printed, found, slips_at, sampled=False), held.said


def _agree(session: Session, row: BallotBatch, *, by: str) -> None:
    """Make the first entry the agreed one; journal the settlements without the place of any ballot."""
    done = _settlements(session, row.id)
    settled = {one.spot: one.settled for one in done}
    if row.entry_mode == EntryMode.COUNT:
        found = _agree_counts(session, row, settled)
    else:
        found = _agree_ballots(session, row, settled)
    found.decided = sum(one.settled != APART for one in done)
    first, again = (set(ballots.keyers(session, batch_id=row.id, pass_no=number)) for number in (1, 2))
    found.same_operator = bool(first & again)
    session.merge(found)
    session.flush()
    journal.record(
        session,
        act="两遍核对一致",
        subject=batches.code_of(session, row),
        by=by,
        detail={"compared": found.compared, "settled": sorted(map(_kept_of, done))},
    )
    paired_stacks.cache_clear()  # the order of ballots is not kept, not even in memory


def _kept_of(one: Settlement) -> list[str]:
    """What of a settlement may be kept: the cell, never which ballot, nor the content of a whole one, nor a count.

    A count of the first entry beside one after a correction would tell the ballots that changed.
    """
    kind, *rest = one.spot.split("/")
    place = {"c": f"c/{rest[-1]}", "i": f"i/{rest[-1]}", "t": one.spot}.get(kind, kind)
    values = ["", "", ""] if kind == "t" else [one.first, one.second, one.settled]
    if kind in ("b", "f", "s"):
        values = [value if value == DROP or keying.is_void(value) else KEEP for value in values]
    return [place, *values, one.reason, one.decided_by, one.witness]


def _agree_ballots(session: Session, row: BallotBatch, settled: Mapping[str, str]) -> EntryQuality:
    first, again, pairs = _stacks(session, row)
    size = batches.paper_of(session, batch_id=row.id).size
    both = [
        (
            first[pair.first],
            again[pair.second],
            compare.settled_pair(pair.first, pair.second, first[pair.first], settled),
        )
        for pair in pairs
        if pair.first is not None and pair.second is not None
    ]
    right = compare.agreed(first, again, pairs, settled)
    found = EntryQuality(
        batch_id=row.id,
        ballots=len(both),
        compared=size * len(both),
        first_wrong=sum(compare.wrong_cells(one, told) for one, _, told in both),
        second_wrong=_taken_back(session, row.id)
        + sum(compare.wrong_cells(other, told) for _, other, told in both),
        misaligned=len(pairs) - len(both),
    )
    ballots.erase(session, batch_id=row.id, keep_totals=True)
    ballots.put_stack(session, batch_id=row.id, stack=right)
    return found


def _taken_back(session: Session, batch_id: str) -> int:
    """Cells the second keyer put right when asked again."""
    query = select(DraftBallot).where(DraftBallot.batch_id == batch_id, DraftBallot.pass_no == 2)
    return sum(
        compare.wrong_cells(draft.before, keying.content(draft.cells, draft.void_reason))
        for draft in session.exec(query)
        if draft.before
    )


def _agree_counts(session: Session, row: BallotBatch, settled: Mapping[str, str]) -> EntryQuality:
    first, again = (ballots.counts_of(session, batch_id=row.id, pass_no=number) for number in (1, 2))
    right = compare.agreed_counts(first, again, settled)
    found = EntryQuality(
        batch_id=row.id,
        compared=sum(len(cells.options) + 3 for cells in right.values()),
        first_wrong=len(compare.count_differences(first, right)),
        second_wrong=len(compare.count_differences(again, right)),
    )
    ballots.erase(session, batch_id=row.id, keep_totals=True)
    ballots.put_counts(session, batch_id=row.id, counts=right)
    return found
