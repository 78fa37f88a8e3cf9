"""录入质量单: what keying one batch took and what its second entry found; for the operator, never a ranking.

Everything here is a total of the whole batch. The error rate is that of the first entry, in cells, with its exact
one-sided 95 % bound; after settling, the agreed stack is better than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import ballots
from pingyi_desktop.appraisal.paper import sampling
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, SecondEntry
from pingyi_desktop.storage.schemas.desk import EntryPass, EntryQuality


@dataclass(frozen=True)
class PassTotals:
    """What one operator keyed in one pass."""

    pass_no: int
    operator: str
    ballots: int
    keystrokes: int
    corrections: int
    refused: int
    filled: int


@dataclass(frozen=True)
class Quality:
    """The quality sheet of a batch; ``bound`` is the upper 95 % bound of wrong cells in the first entry, in percent."""

    passes: tuple[PassTotals, ...]
    compared: int = 0
    first_wrong: int = 0
    second_wrong: int = 0
    decided: int = 0
    misaligned: int = 0
    same_operator: bool = False
    bound: Decimal | None = None


def sheet(session: Session, *, batch_id: str) -> Quality:
    """The batch's quality sheet."""
    query = (
        select(EntryPass)
        .where(EntryPass.batch_id == batch_id)
        .order_by(col(EntryPass.pass_no), col(EntryPass.operator))
    )
    passes = tuple(
        PassTotals(p.pass_no, p.operator, p.ballots, p.keystrokes, p.corrections, p.refused, p.filled)
        for p in session.exec(query)
    )
    found = session.get(EntryQuality, batch_id)
    if found is None or not found.compared:
        return Quality(passes)
    return Quality(
        passes,
        found.compared,
        found.first_wrong,
        found.second_wrong,
        found.decided,
        found.misaligned,
        found.same_operator,
        sampling.upper_bound(found.first_wrong, found.compared),
    )


def checked(session: Session, *, batch_id: str) -> str:
    """One sentence for the result sheet: how the entry of this batch was checked."""
    row = session.get_one(BallotBatch, batch_id)
    if row.state == BatchState.FIRST:
        return "第一遍还没有录完，还没有核对。"
    if row.second_entry == SecondEntry.NONE or row.second_entry is None:
        return f"单录，监票人核对（{row.single_reason or '由旧版本录入'}）。"
    found = session.get(EntryQuality, batch_id) or EntryQuality(batch_id=batch_id)
    many = f"抽 {found.ballots} 张复录" if row.second_entry == SecondEntry.SAMPLE else "全部复录"
    whose = "（同一人复录）" if found.same_operator else ""
    settled = "，两遍一致" if not found.decided else f"，{found.decided} 处对照原始票裁定"
    return f"{many}{whose}{settled}。"


def names(session: Session, *, batch_id: str) -> str:
    """Who keyed the first and the second time, for the screen."""
    first, second = (ballots.keyers(session, batch_id=batch_id, pass_no=number) for number in (1, 2))
    said = f"第一遍：{'、'.join(first) or '—'}"
    return f"{said}　第二遍：{'、'.join(second)}" if second else said
