"""How much waits on each page of the window: the counts beside the navigation."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.rectify import owing
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.standing.overview import CONFLICT, HELD, MISSING_FILE, Question

TROUBLE = frozenset({CONFLICT, MISSING_FILE, HELD})


def waiting(session: Session, *, chosen: str = "", today: str | None = None) -> dict[str, int]:
    """By the key of a page, in the ``chosen`` campaign ("" = the one at work): own batches to be sealed, units whose
    packages a person has to look at, overdue rectification, single opinions that nobody has answered."""
    known = at_work.newest_first(session)
    if not known:
        return {}
    asked = Question(session, chosen or at_work.chosen(known))
    if not asked.picture.view.published:
        return {}
    unsealed = sum(batch.own and not batch.sealed for batch in asked.picture.stacks)
    troubled = sum(unit.standing in TROUBLE for unit in asked.covered.units)
    late = Asked(asked.picture.view.id, today or date.today().isoformat(), segment="late", counted=True)
    return {
        "entry": unsealed,
        "exchange": troubled,
        "rectification": len(rows.ids(session, catalog.ledger("rectification"), late)),
        "reply": len(owing.replies(session, campaign_id=late.campaign_id).unanswered),
    }
