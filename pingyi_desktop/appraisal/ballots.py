"""Ballots of a batch: keying made durable, count entry, the identities K01–K03, and the seal.

```mermaid
stateDiagram-v2
    [*] --> OPEN
    OPEN --> OPEN: control sheet, one ballot at a time, or counts (never both)
    OPEN --> SEALED: seal, when every identity holds
```

While a batch is open its ballots lie in paper order. Sealing counts them, keeps them as a multiset sorted by content
under a salted commitment, and deletes the order; the edge then compacts the file so that nothing of it survives.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import batches, keying
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.keying import Keying, Paper
from pingyi_desktop.appraisal.org import Finding
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import (
    BallotBatch,
    BatchState,
    BatchTarget,
    EntryMode,
    ItemTally,
    SealedBallot,
)
from pingyi_desktop.storage.schema_entry import DraftBallot

MODES = {EntryMode.PER_BALLOT: "逐票录入", EntryMode.COUNT: "汇总录入"}


def resume(session: Session, *, batch_id: str) -> Keying:
    """Where keying of the batch stands: the started ballot at its exact cell, or the next empty one."""
    paper = batches.paper_of(session, batch_id=batch_id)
    query = select(DraftBallot).where(DraftBallot.batch_id == batch_id)
    last = session.exec(query.order_by(col(DraftBallot.position).desc()).limit(1)).first()
    if last is None:
        return keying.start(paper, position=1)
    if last.committed:
        return keying.start(paper, position=last.position + 1)
    return keying.start(paper, position=last.position, cells=last.cells)


def save(session: Session, *, batch_id: str, position: int, cells: str, committed: bool) -> None:
    """Make one key durable. Writes no journal entry: no ballot leaves a time behind."""
    row = batches.open_own(session, batch_id)
    _choose_mode(session, row, EntryMode.PER_BALLOT)
    state = resume(session, batch_id=batch_id)
    _check_turn(state, position)
    wrong = keying.read_ballot(state.paper, cells, started=not committed)
    if wrong is not None:
        raise RuleError("V-BAL-05", f"第 {position} 张票不完整：{wrong}")
    draft = session.get(DraftBallot, (batch_id, 1, position))
    if draft is None:
        draft = DraftBallot(batch_id=batch_id, position=position, cells=cells, committed=committed)
    draft.cells, draft.committed = cells, committed
    session.add(draft)
    session.flush()


def reopen_previous(session: Session, *, batch_id: str, position: int) -> Keying:
    """Open the ballot before ``position`` again for correction; the untouched one after it is dropped."""
    batches.open_own(session, batch_id)
    state = resume(session, batch_id=batch_id)
    _check_turn(state, position)
    if position == 1 or not state.untouched:
        raise RuleError("V-BAL-03", f"第 {position} 张还没录完或前面没有票，不能退回上一张。")
    _drop_unfinished(session, batch_id)
    draft = session.get_one(DraftBallot, (batch_id, 1, position - 1))
    draft.committed = False
    session.add(draft)
    session.flush()
    return resume(session, batch_id=batch_id)


def enter_ballots(session: Session, *, batch_id: str, ballots: Sequence[str], by: str) -> None:
    """Key many whole ballots after those already keyed (from a file); all or nothing."""
    row = batches.open_own(session, batch_id)
    _choose_mode(session, row, EntryMode.PER_BALLOT)
    state = resume(session, batch_id=batch_id)
    if not state.untouched:
        raise RuleError("V-BAL-03", f"第 {state.position} 张还没录完，请先在录入页录完它，再导入。")
    checked: dict[str, str | None] = {}
    for number, cells in enumerate(ballots, 1):
        if cells not in checked:
            checked[cells] = keying.read_ballot(state.paper, cells)
        if (wrong := checked[cells]) is not None:
            raise RuleError("V-BAL-05", f"第 {number} 张票不完整：{wrong}")
    _drop_unfinished(session, batch_id)
    rows = [
        {
            "batch_id": batch_id,
            "pass_no": 1,
            "position": state.position + i,
            "cells": cells,
            "committed": True,
            "filled": "",
            "void_reason": "",
            "before": "",
        }
        for i, cells in enumerate(ballots)
    ]
    if rows:
        session.execute(insert(DraftBallot), rows)
    journal.record(
        session, act="导入票", subject=batches.code_of(session, row), by=by, detail={"ballots": len(rows)}
    )


def enter_counts(
    session: Session, *, batch_id: str, counts: Mapping[tuple[str, str], Counts], by: str
) -> None:
    """Key the batch as counts from a signed tally sheet: (target, item) → counts; replaces earlier counts."""
    row = batches.open_own(session, batch_id)
    _choose_mode(session, row, EntryMode.COUNT)
    form, listed = batches.form_of(session, row), batches.paper_of(session, batch_id=batch_id).targets
    widths = {item.no: len(item.scale.options) for item in form.items}
    for (target, item), cells in counts.items():
        if target not in listed:
            raise RuleError("V-BAL-04", f"“{form.title}”的名单里没有编号“{target}”的党员，请核对计票表。")
        if widths.get(item) != len(cells.options):
            raise RuleError(
                "V-BAL-04", f"“{form.title}”没有第 {item} 项，或档数不是 {len(cells.options)} 档。"
            )
        if min((*cells.options, cells.blank, cells.multi, cells.illegible)) < 0:
            raise RuleError("V-BAL-05", "票数应为 0 或正整数。")
    session.execute(delete(ItemTally).where(col(ItemTally.batch_id) == batch_id))
    if counts:
        session.execute(insert(ItemTally), [tally_row(batch_id, t, i, c) for (t, i), c in counts.items()])
    journal.record(session, act="录入计票表", subject=batches.code_of(session, row), by=by)


def clear(session: Session, *, batch_id: str, by: str) -> None:
    """Throw away what was keyed in an open batch, so that it can be keyed anew or the other way."""
    row = batches.open_own(session, batch_id)
    for table in (DraftBallot, ItemTally, BatchTarget):
        session.execute(delete(table).where(col(table.batch_id) == batch_id))
    row.entry_mode = None
    session.add(row)
    session.flush()
    journal.record(session, act="清空票批", subject=batches.code_of(session, row), by=by)


def counts_of(session: Session, *, batch_id: str) -> dict[tuple[str, str], Counts]:
    """Counts of a batch as they stand: from keyed ballots while open, from the tally rows otherwise."""
    row = session.get_one(BallotBatch, batch_id)
    form = batches.form_of(session, row)
    if row.state == BatchState.FIRST and row.entry_mode == EntryMode.PER_BALLOT:
        return count(form, batches.paper_of(session, batch_id=batch_id), _committed(session, batch_id))
    widths = {item.no: len(item.scale.options) for item in form.items}
    query = select(ItemTally).where(ItemTally.batch_id == batch_id)
    return {(t.target, t.item): read_tally(t, widths[t.item]) for t in session.exec(query)}


def problems(session: Session, *, batch_id: str) -> list[Finding]:
    """What stands between an open batch and its seal (E), and what deserves a look (W, I)."""
    row = session.get_one(BallotBatch, batch_id)
    code = batches.code_of(session, row)

    def error(number: str, sentence: str) -> Finding:
        return Finding(number, "E", code, sentence)

    if row.issued is None or row.returned is None or row.blank is None or row.void is None:
        return [error("V-BAL-03", "还没有填写票批核对单（印制、发出、收回、空白、废票）。")]
    if row.entry_mode is None:
        if row.returned - row.blank - row.void:
            return [error("V-BAL-03", f"收回 {row.returned} 张，还一张没录。")]
        return batches.figure_warnings(session, row)
    found = batches.figure_warnings(session, row)
    expected = row.returned - row.blank - row.void
    if row.entry_mode == EntryMode.PER_BALLOT:
        state = resume(session, batch_id=batch_id)
        keyed = state.position - 1
        if not state.untouched:
            found.append(error("V-BAL-03", f"第 {state.position} 张还没录完，请录完并按回车。"))
        if keyed != expected:
            found.append(error("V-BAL-03", _k01(row, keyed)))
    counts = counts_of(session, batch_id=batch_id)
    return found + not_adding_up(code, counts, wanted=_cells(session, row), valid=expected)


def not_adding_up(
    code: str, counts: Mapping[tuple[str, str], Counts], *, wanted: AbstractSet[tuple[str, str]], valid: int
) -> list[Finding]:
    """K03: every person's every item adds up to the valid ballots (V-BAL-04)."""
    found = []
    missing = len(wanted - counts.keys())
    if missing and valid:
        found.append(Finding("V-BAL-04", "E", code, f"计票表还缺 {missing} 行，请补齐每一项。"))
    for (target, item), cells in counts.items():
        if difference := abs(cells.total - valid):
            what = f"{target} 第 {item} 项".lstrip()
            sentence = f"{what}各档合计 {cells.total}，与有效票 {valid} 不等（差 {difference}）。"
            found.append(Finding("V-BAL-04", "E", code, sentence))
    return found


def seal(session: Session, *, batch_id: str, by: str) -> None:
    """Seal a batch whose identities hold; from then on it only has counts. The edge compacts the file after."""
    row = batches.open_own(session, batch_id)
    code = batches.code_of(session, row)
    blocking = [finding for finding in problems(session, batch_id=batch_id) if finding.level == "E"]
    if blocking:
        raise RuleError(blocking[0].code, f"“{code}”还不能封存：{blocking[0].sentence}")
    if row.entry_mode is None:
        _choose_mode(session, row, EntryMode.PER_BALLOT)
    if row.entry_mode == EntryMode.PER_BALLOT:
        _seal_ballots(session, row)
    row.valid = (row.returned or 0) - (row.blank or 0) - (row.void or 0)
    row.persons = len(batches.paper_of(session, batch_id=batch_id).targets)
    row.state = BatchState.SEALED
    session.add(row)
    session.flush()
    journal.record(session, act="封存票批", subject=code, by=by, detail={"valid": row.valid})


def tally_row(batch_id: str, target: str, item: str, counts: Counts) -> dict[str, object]:
    """One row of ``item_tally`` for a bulk insert."""
    padded = (*counts.options, 0, 0, 0, 0, 0, 0, 0, 0)[:8]
    return {
        "batch_id": batch_id,
        "target": target,
        "item": item,
        **{f"c{i}": n for i, n in enumerate(padded, 1)},
        "blank": counts.blank,
        "multi": counts.multi,
        "illegible": counts.illegible,
    }


def read_tally(row: ItemTally, width: int) -> Counts:
    """Counts of one ``item_tally`` row, as many options as the item's scale has."""
    options = (row.c1, row.c2, row.c3, row.c4, row.c5, row.c6, row.c7, row.c8)[:width]
    return Counts(options, row.blank, row.multi, row.illegible)


def commitment(salt: str, ballots: Mapping[str, int]) -> str:
    """SHA-256 over the salt and the canonical list of ballots sorted by content (package design §2.7)."""
    listed = json.dumps(sorted(ballots.items()), separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(salt) + listed.encode()).hexdigest()


def _seal_ballots(session: Session, row: BallotBatch) -> None:
    form, paper = batches.form_of(session, row), batches.paper_of(session, batch_id=row.id)
    ballots = _committed(session, row.id)
    counted = count(form, paper, ballots)
    if counted:
        session.execute(insert(ItemTally), [tally_row(row.id, t, i, c) for (t, i), c in counted.items()])
    kept = [{"batch_id": row.id, "cells": cells, "copies": n} for cells, n in sorted(ballots.items())]
    if kept:
        session.execute(insert(SealedBallot), kept)
    session.execute(delete(DraftBallot).where(col(DraftBallot.batch_id) == row.id))
    row.ballot_salt = secrets.token_hex(32)
    row.ballot_commit = commitment(row.ballot_salt, ballots)


def count(form: Form, paper: Paper, ballots: Mapping[str, int]) -> dict[tuple[str, str], Counts]:
    """Marks per (target, item) over whole ballots of this paper."""
    counted = {}
    for row, target in enumerate(paper.targets):
        for column, item in enumerate(form.items):
            marks: Counter[str] = Counter()
            for cells, copies in ballots.items():
                marks[cells[row * len(form.items) + column]] += copies
            options = tuple(marks[str(digit)] for digit in range(1, len(item.scale.options) + 1))
            counted[target, item.no] = Counts(
                options, marks[keying.BLANK], marks[keying.MULTI], marks[keying.ILLEGIBLE]
            )
    return counted


def _committed(session: Session, batch_id: str) -> Counter[str]:
    query = select(DraftBallot.cells).where(DraftBallot.batch_id == batch_id, col(DraftBallot.committed))
    return Counter(session.exec(query))


def _cells(session: Session, row: BallotBatch) -> set[tuple[str, str]]:
    items = [item.no for item in batches.form_of(session, row).items]
    return {(target, item) for target in batches.paper_of(session, batch_id=row.id).targets for item in items}


def _check_turn(state: Keying, position: int) -> None:
    """Two windows keying one stack must not write over each other's ballots."""
    if position != state.position:
        raise RuleError(
            "V-BAL-03",
            f"本票批录到第 {state.position} 张，不是第 {position} 张：可能在另一个窗口也打开了它。"
            "请关闭另一个窗口，重新打开本票批再录。",
        )


def _drop_unfinished(session: Session, batch_id: str) -> None:
    unfinished = (col(DraftBallot.batch_id) == batch_id, col(DraftBallot.committed).is_(False))
    session.execute(delete(DraftBallot).where(*unfinished))


def _choose_mode(session: Session, row: BallotBatch, mode: EntryMode) -> None:
    if row.entry_mode is None:
        if batches.form_of(session, row).is_roster:
            listed = enumerate(batches.targets(session, batch_id=row.id))
            session.add_all(
                BatchTarget(batch_id=row.id, row=i, member_no=number, display_name=name)
                for i, (number, name) in listed
            )
        row.entry_mode = mode
        session.add(row)
        session.flush()
    elif row.entry_mode != mode:
        raise RuleError(
            "V-BAL-10",
            f"本票批已用“{MODES[EntryMode(row.entry_mode)]}”，不能再用“{MODES[mode]}”；如要改换，请先清空本票批。",
        )


def _k01(row: BallotBatch, keyed: int) -> str:
    difference = abs((row.returned or 0) - keyed - (row.blank or 0) - (row.void or 0))
    return f"收回 {row.returned} ≠ 有效 {keyed}+空白 {row.blank}+废票 {row.void}（相差 {difference}）。"
