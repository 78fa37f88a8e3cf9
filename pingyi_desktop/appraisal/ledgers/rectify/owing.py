"""Which single opinions are owed an answer (V-RCT-08): those of 个性 that no reply names."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import counting, opinions, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.replies import LEDGER as REPLY
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.storage.schema_ledgers import OpinionNature


@dataclass(frozen=True)
class Owing:
    """Single opinions, how many there are and which of them nobody has answered."""

    individual: int
    unanswered: tuple[Row, ...]

    @property
    def sentence(self) -> str:
        """In one line."""
        done = self.individual - len(self.unanswered)
        return (
            f"应逐条答复的个性意见 {self.individual} 条，已答复 {done} 条，未答复 {len(self.unanswered)} 条"
        )


def answered(session: Session, *, campaign_id: str) -> frozenset[str]:
    """Numbers of opinions and of items that a reply names: one of the unit they belong to, or of one above it."""
    above = counting.parents(session, campaign_id=campaign_id)
    named = (
        (row.org, str(row.values[key]))
        for row in rows.listing(session, REPLY, Asked(campaign_id, ""))
        for key in ("opinion", "item")
    )
    return frozenset(name for org, name in named if counting.speaks_for(org, name.rpartition("-")[0], above))


def replies(session: Session, *, campaign_id: str, under: str = "") -> Owing:
    """The single opinions about organisations ``under`` a unit ("" all)."""
    asked = Asked(campaign_id, "", under=under, segment=OpinionNature.INDIVIDUAL)
    listed = rows.listing(session, opinions.LEDGER, asked)
    done = answered(session, campaign_id=campaign_id) if listed else frozenset()
    return Owing(len(listed), tuple(row for row in listed if row.name not in done))
