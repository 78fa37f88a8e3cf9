"""What waits in the ledgers, most pressing first: each is a segment of a ledger's page, with how many rows are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.appraisal.ledgers import rows
    from pingyi_desktop.appraisal.ledgers.meeting import left_out
else:
    left_out = later("pingyi_desktop.appraisal.ledgers.meeting.left_out")
    rows = later("pingyi_desktop.appraisal.ledgers.rows")

LATE, OPEN, OWED = ("rectification", "late"), ("opinion", "open"), ("opinion", "owed")
UNRESOLVED = ("commitment", "open")
LEFT_OUT = ("presentation", "left_out")
"""no segment: who has not presented may have no row yet"""


class Due(NamedTuple):
    """So many rows of a ledger (``key``) in a segment (``part``) wait."""

    key: str
    part: str
    many: int


def due(session: Session, *, campaign_id: str, today: str) -> list[Due]:
    """What waits, without what does not."""
    listed = [
        Due(key, part, _many(session, key, rows.Asked(campaign_id, today, segment=part, counted=True)))
        for key, part in (LATE, OPEN, LEFT_OUT, OWED, UNRESOLVED)
    ]
    return [one for one in listed if one.many]


def _many(session: Session, key: str, asked: rows.Asked) -> int:
    if (key, asked.segment) == LEFT_OUT:
        return len(left_out.left_out(session, campaign_id=asked.campaign_id))
    ledger = catalog.ledger(key)
    where = rows.conditions(session, ledger, asked)
    return session.scalars(select(func.count()).select_from(ledger.sql).where(*where)).one()
