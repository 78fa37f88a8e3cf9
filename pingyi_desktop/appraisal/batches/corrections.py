"""更正单: how a sealed batch is opened again, by a signed sheet with a reason and two names.

The figures of the control sheet stay in both versions. The counts before and after stay only where at least ``k`` ballots
changed, and only of the one correction of a batch: beside each other they would tell how the few were marked (k-rule,
``counting.bounded``), and so would those of two corrections, the second of which takes back most of the first. The ballots come back
as what they are after a seal, a multiset without an order; a wrong one is taken out by its content
(``ballots.take_out``), a missing one is keyed after the others (:func:`put_in`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.paper import counting
from pingyi_desktop.appraisal.paper.counting import Sheet
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, EntryMode, ItemTally, SealedBallot
from pingyi_desktop.storage.schema_entry import Correction
from pingyi_desktop.storage.schemas.desk import EntryQuality

FIGURES = {
    "printed": "印制",
    "issued": "发出",
    "returned": "收回",
    "valid": "有效",
    "blank": "空白",
    "void": "废票",
}


@dataclass(frozen=True)
class CorrectionView:
    """One correction; both are empty until the batch is sealed again.

    ``changes`` says how the control sheet differs and how many items changed too little to be told; ``cells``, line by
    line, the counts of the others before and after: a part of the result, not to be printed where that is hidden.
    """

    number: int
    reason: str
    applicant: str
    scrutineer: str
    closed: bool
    changes: tuple[str, ...]
    cells: tuple[str, ...] = ()


def reopen(
    session: Session, *, batch_id: str, reason: str, applicant: str, scrutineer: str, by: str
) -> CorrectionView:
    """Open a sealed batch with a correction sheet: why, who asks for it, which scrutineer signed (two people)."""
    row = batches.open_own(session, batch_id, Act.REOPEN)
    asks, signs = visible.line(applicant), visible.line(scrutineer)
    if not visible.line(reason):
        raise broken("V-BAL-65")
    if not asks or not signs:
        raise broken("V-BAL-66")
    if asks == signs:
        raise broken("V-BAL-67", name=asks)
    before = signing.sheet_of(session, row)
    number = len(_rows(session, row)) + 1
    correction = Correction(
        batch_id=batch_id,
        number=number,
        reason=visible.line(reason),
        applicant=asks,
        scrutineer=signs,
        before=json.dumps(before, ensure_ascii=False, sort_keys=True),
    )
    session.add(correction)
    _bring_back(session, row)
    batches.move(session, row, Act.REOPEN)
    journal.record(
        session,
        act="更正重开",
        subject=batches.code_of(session, row),
        by=by,
        detail={
            "number": number,
            "reason": correction.reason,
            "signed": [asks, signs],
            "before": {key: before[key] for key in FIGURES},
        },
    )
    return _view(session, row, correction, alone=number == 1)


def put_in(session: Session, *, batch_id: str, content: str, by: str) -> None:
    """Key one ballot into a batch that a correction reopened: the right one for a wrong one that was taken out.

    Only there: in a first entry, a journal entry for each ballot would tell when and in which order they were keyed.
    """
    row = batches.open_own(session, batch_id, Act.KEY)
    if all(one.closed for one in listing(session, batch_id=batch_id)):
        raise broken("V-BAL-99", code=batches.code_of(session, row))
    ballots.enter_ballots(session, batch_id=batch_id, ballots=[content], by=by)


def listing(session: Session, *, batch_id: str) -> list[CorrectionView]:
    """The batch's corrections, oldest first."""
    row = session.get_one(BallotBatch, batch_id)
    rows = _rows(session, row)
    return [_view(session, row, one, alone=len(rows) == 1) for one in rows]


def _rows(session: Session, row: BallotBatch) -> Sequence[Correction]:
    query = select(Correction).where(Correction.batch_id == row.id).order_by(col(Correction.number))
    return session.exec(query).all()


def _bring_back(session: Session, row: BallotBatch) -> None:
    """Sealed counts and ballots become drafts again; signatures and the second entry's outcome fall away."""
    if row.entry_mode == EntryMode.COUNT:
        ballots.put_counts(session, batch_id=row.id, counts=ballots.counts_of(session, batch_id=row.id))
    else:
        query = select(SealedBallot).where(SealedBallot.batch_id == row.id).order_by(col(SealedBallot.cells))
        stack = [kept.cells for kept in session.exec(query) for _ in range(kept.copies)]
        ballots.put_stack(session, batch_id=row.id, stack=stack)
    for table in (SealedBallot, ItemTally, EntryQuality):
        session.execute(delete(table).where(col(table.batch_id) == row.id))
    row.valid = row.ballot_salt = row.ballot_commit = row.second_entry = None
    row.single_reason = row.tellers = row.scrutineers = ""


def _view(session: Session, row: BallotBatch, one: Correction, *, alone: bool) -> CorrectionView:
    facts = (one.number, one.reason, one.applicant, one.scrutineer)
    if one.after is None:
        return CorrectionView(*facts, closed=False, changes=())
    k = batches.rule_of(session, row).min_cell
    before, after = counting.bounded(json.loads(one.before), json.loads(one.after), k=k, alone=alone)
    changes = [
        f"{name}由 {before[key]} 改为 {after[key]}"
        for key, name in FIGURES.items()
        if before[key] != after[key]
    ]
    if after["few"]:
        why = f"的变动少于 {k} 张票" if alone else "有变动；这批票更正过不止一次"
        changes.append(f"{after['few']} 处票数{why}，不印改前改后的票数")
    return CorrectionView(
        *facts, closed=True, changes=tuple(changes), cells=tuple(_cells(session, row, before, after))
    )


def _cells(session: Session, row: BallotBatch, before: Sheet, after: Sheet) -> list[str]:
    form = batches.form_of(session, row)
    items = {item.no: item for item in form.items}
    names = dict(batches.targets(session, batch_id=row.id)) if form.is_roster else {"": ""}
    old, new = counting.placed(before), counting.placed(after)
    lines = []
    for place in sorted(old.keys() | new.keys()):
        who = names.get(place[0], place[0])
        labels = [option.label for option in items[place[1]].scale.options]
        said = (_in_words(labels, one.get(place)) for one in (old, new))
        lines.append(f"{who}{items[place[1]].place}由 {' 改为 '.join(said)}")
    return lines


def _in_words(labels: list[str], counts: Sequence[int] | None) -> str:
    if counts is None:
        return "无"
    marks = zip([*labels, "未填", "多选", "难辨"], counts, strict=True)
    return "、".join(f"{label} {number}" for label, number in marks if number) or "0"
