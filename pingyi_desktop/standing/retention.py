"""保管与销毁 (R27, item 15): how many papers each sealed stack has, when it was sealed, and until when what is kept.

The terms are proposals (domain design §2.11): ballots one year after the seal, results five years. What holds is the
unit's own rule for archives; the program destroys nothing by itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import batches, signing
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState

BALLOT_YEARS, RESULT_YEARS = 1, 5
NOTE = (
    f"建议：单张的票（纸票和文件里的单票）从封存起保管满 {BALLOT_YEARS} 年可以销毁，结果保管 {RESULT_YEARS} 年；"
    "以本单位档案规定为准。软件自己不销毁任何内容。"
)


@dataclass(frozen=True)
class Term:
    """A sealed stack of this unit: papers returned, the day of its (last) seal, and the first days on which its ballots
    and its results need not be kept any longer; days as ``YYYY-MM-DD``."""

    batch: str
    papers: int
    sealed_on: str
    ballots_until: str
    results_until: str


def terms(session: Session) -> list[Term]:
    """Of every stack that this unit sealed, in the order of their seals. A seal is known by the digest in the journal."""
    sealed = col(BallotBatch.state) == BatchState.SEALED
    rows = session.exec(select(BallotBatch).where(sealed, col(BallotBatch.source_id).is_(None))).all()
    by_digest = {signing.digest_of(session, row): row for row in rows}
    entries = select(JournalEntry).where(JournalEntry.act == "封存票批").order_by(col(JournalEntry.seq))
    return [
        _term(batches.code_of(session, row), row.returned or 0, entry.at)
        for entry in session.exec(entries)
        if (row := by_digest.get(json.loads(entry.detail).get("digest", ""))) is not None
    ]


def _term(batch: str, papers: int, at: str) -> Term:
    day = datetime.fromisoformat(at).astimezone().date()
    ends = (_later(day, years).isoformat() for years in (BALLOT_YEARS, RESULT_YEARS))
    return Term(batch, papers, day.isoformat(), *ends)


def _later(day: date, years: int) -> date:
    """The same day of a later year; for the 29th of February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
