"""裁定: the two entries compared, every difference settled by a third look at the paper, and the agreed stack.

When everything is settled the agreed stack takes the place of the first entry; the settlements go into the journal
sorted by what they say, without the place of any ballot, because nothing may tell the order of ballots after the seal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import (
    alignment,
    ballots,
    batches,
    compare,
    keying,
    sampling,
    second,
)
from pingyi_desktop.appraisal.alignment import Pair
from pingyi_desktop.appraisal.compare import Difference, Kind
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.keying import Paper
from pingyi_desktop.appraisal.stages import Act
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import BallotBatch, EntryMode, SecondEntry
from pingyi_desktop.storage.schema_entry import DraftBallot, EntryQuality, Settlement


@dataclass(frozen=True)
class Open:
    """One difference to be settled; ``settled`` is "" until then. The values are for a person who has looked.

    ``options`` are the values the paper may show, with their names; none for a count, which is a free number.
    """

    spot: str
    position: int
    sentence: str
    first: str
    second: str
    options: tuple[tuple[str, str], ...]
    illegible: bool = False
    settled: str = ""
    reason: str = ""

    def name_of(self, value: str) -> str:
        """A value in words."""
        return dict(self.options).get(value) or value


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
            return f"{where}抽到的票里不一致的超过一张，须全部复录：请从第 1 张起录第二遍。"
        if self.left:
            return f"{where}两遍有 {len(self.left)} 处不一致，请对照原始票逐条裁定。"
        return f"{where}两遍核对好了。下一步：登记签字。"


def finish(session: Session, *, batch_id: str, by: str) -> Outcome:
    """Compare the two entries: agreed, differences to settle, or a sample that showed too many and escalates."""
    row = batches.open_own(session, batch_id, Act.KEY_SECOND)
    code = batches.code_of(session, row)
    _refuse_unfinished(session, row)
    found, slips = _differences(session, row)
    differing = {one.position for one in found if not one.illegible}
    if row.second_entry == SecondEntry.SAMPLE and sampling.must_escalate(len(differing)):
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
    """What is to be settled, with what has been settled already."""
    row = session.get_one(BallotBatch, batch_id)
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

    Two of three decide; a value neither entry has needs a reason and a second name (V-BAL-10).
    """
    row = batches.open_own(session, batch_id, Act.SETTLE)
    one = next((one for one in _differences(session, row)[0] if one.spot == spot), None)
    if one is None:
        raise RuleError("V-BAL-10", "这一处不在待裁定的清单里，请刷新后再看。")
    _check_value(one, value)
    if value not in (one.first, one.second):
        if not reason.strip() or not witness.strip():
            raise RuleError("V-BAL-10", "第三次看票与两遍都不同，要写明理由，并由两人署名。")
        if witness.strip() == by.strip():
            raise RuleError("V-BAL-10", "裁定要由两个人署名，不能是同一人。")
    session.merge(
        Settlement(
            batch_id=batch_id,
            spot=spot,
            first=one.first,
            second=one.second,
            settled=value,
            reason=reason.strip(),
            decided_by=by,
            witness=witness.strip(),
        )
    )
    session.flush()
    left = [other for other in differences(session, batch_id=batch_id) if not other.settled]
    if left:
        return False
    batches.move(session, row, Act.SETTLE_LAST)
    _agree(session, row, by=by)
    return True


def _refuse_unfinished(session: Session, row: BallotBatch) -> None:
    if row.entry_mode == EntryMode.COUNT:
        if not ballots.counts_of(session, batch_id=row.id, pass_no=2):
            raise RuleError("V-BAL-10", "第二遍还没录，请另一人照计票表先录第二遍。")
        return
    turn = second.resume(session, batch_id=row.id)
    if turn.state is not None and not turn.state.untouched:
        raise RuleError("V-BAL-10", f"第二遍的第 {turn.state.position} 张还没录完，请录完并按回车。")
    if row.second_entry == SecondEntry.SAMPLE and not turn.finished:
        raise RuleError("V-BAL-10", f"抽到的票还没录完。{turn.message}")
    if not ballots.stack(session, batch_id=row.id, pass_no=2):
        raise RuleError("V-BAL-10", "第二遍还一张没录，请先录第二遍。")


def _stacks(session: Session, row: BallotBatch) -> tuple[dict[int, str], dict[int, str], tuple[Pair, ...]]:
    """Both entries by position, and which ballot of the one is which of the other."""
    first, again = (ballots.stack(session, batch_id=row.id, pass_no=number) for number in (1, 2))
    if row.second_entry == SecondEntry.SAMPLE:
        return first, again, tuple(Pair(position, position) for position in again)
    ours, theirs = list(first.values()), list(again.values())
    return first, again, compare.paired(ours, theirs, alignment.align(ours, theirs))


def _settlements(session: Session, batch_id: str) -> list[Settlement]:
    query = select(Settlement).where(Settlement.batch_id == batch_id).order_by(col(Settlement.spot))
    return list(session.exec(query))


def _differences(session: Session, row: BallotBatch) -> tuple[list[Open], tuple[str, ...]]:
    """Everything to settle, and the sentences about sheets out of sequence."""
    form = batches.form_of(session, row)
    if row.entry_mode == EntryMode.COUNT:
        names = dict(batches.targets(session, batch_id=row.id)) if form.is_roster else {}
        first, again = (ballots.counts_of(session, batch_id=row.id, pass_no=number) for number in (1, 2))
        return [_open_count(form, names, one) for one in compare.count_differences(first, again)], ()
    keyed, keyed_again, pairs = _stacks(session, row)
    paper = batches.paper_of(session, batch_id=row.id)
    rows = [name for _, name in batches.targets(session, batch_id=row.id)] if form.is_roster else []
    found = [_open(form, paper, rows, one) for one in compare.differences(keyed, keyed_again, pairs)]
    if row.second_entry == SecondEntry.SAMPLE:
        return found, ()
    stacks = (list(keyed.values()), list(keyed_again.values()))
    sheets = (row.returned or 0) - (row.blank or 0) - (row.void or 0)
    return found, tuple(slip.sentence for slip in alignment.slips(pairs, *stacks, sheets=sheets))


def _open(form: Form, paper: Paper, rows: Sequence[str], one: Difference) -> Open:
    """A place on a ballot in words: which sheet, whose row, which item."""
    options = compare.possible(paper, one)
    if one.kind is Kind.SHEET:
        which = "首录" if one.spot.startswith("f/") else "复录"
        where = f"{which}的第 {one.position} 张，另一遍里没有"
    elif one.cell is None:
        where = f"第 {one.position} 张：这张票有没有效"
    else:
        item = form.items[one.cell % len(form.items)]
        whose = f"“{rows[one.cell // len(form.items)]}”" if rows else ""
        where = f"第 {one.position} 张，{whose}{item.place}“{item.short_text}”"
        labels = [option.label for option in item.scale.options]
        options = tuple((mark, _mark_name(mark, labels)) for mark, _ in options)
    unread = "（两遍都看不清）" if one.kind is Kind.ILLEGIBLE else ""
    return Open(
        one.spot, one.position, where + unread, one.first, one.second, options, one.kind is Kind.ILLEGIBLE
    )


def _open_count(form: Form, names: Mapping[str, str], one: Difference) -> Open:
    _, target, number, column = one.spot.split("/")
    item = next(item for item in form.items if item.no == number)
    labels = {f"c{place}": option.label for place, option in enumerate(item.scale.options, 1)}
    labels |= {"blank": "未填", "multi": "多选", "illegible": "难辨"}
    whose = f"“{names[target]}”" if target in names else ""
    where = f"计票表{whose}{item.place}的“{labels[column]}”"
    return Open(one.spot, 0, where, one.first, one.second, ())


def _mark_name(mark: str, labels: Sequence[str]) -> str:
    words = {keying.BLANK: "未填", keying.MULTI: "多选", keying.ILLEGIBLE: "看不清"}
    return words.get(mark) or labels[int(mark) - 1]


def _check_value(one: Open, value: str) -> None:
    possible = value in dict(one.options) if one.options else value.isascii() and value.isdigit()
    if not possible:
        raise RuleError("V-BAL-10", f"“{value}”不是这一处可以有的值，请照原始票再看一次。")


def _agree(session: Session, row: BallotBatch, *, by: str) -> None:
    """Make the first entry the agreed one; journal the settlements without the place of any ballot."""
    done = _settlements(session, row.id)
    settled = {one.spot: one.settled for one in done}
    if row.entry_mode == EntryMode.COUNT:
        found = _agree_counts(session, row, settled)
    else:
        found = _agree_ballots(session, row, settled)
    found.decided = len(done)
    first, again = (set(ballots.keyers(session, batch_id=row.id, pass_no=number)) for number in (1, 2))
    found.same_operator = bool(first & again)
    session.merge(found)
    session.flush()
    said = [
        [_place(one.spot), one.first, one.second, one.settled, one.reason, one.decided_by, one.witness]
        for one in done
    ]
    journal.record(
        session,
        act="两遍核对一致",
        subject=batches.code_of(session, row),
        by=by,
        detail={"compared": found.compared, "settled": sorted(said)},
    )


def _place(spot: str) -> str:
    """What of a spot may be kept: the cell or count, never which ballot."""
    kind, *rest = spot.split("/")
    return f"{kind}/{rest[-1]}" if kind == "c" else "/".join([kind, *rest]) if kind == "t" else kind


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
