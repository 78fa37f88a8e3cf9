"""How much waits on each page of the window: the counts beside the navigation."""

from __future__ import annotations

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.standing.overview import CONFLICT, HELD, MISSING_FILE, Question

TROUBLE = frozenset({CONFLICT, MISSING_FILE, HELD})


def waiting(session: Session, *, chosen: str = "") -> dict[str, int]:
    """By the key of a page, in the ``chosen`` campaign ("" = the one at work): own batches to be sealed, and units whose
    packages a person has to look at."""
    known = at_work.newest_first(session)
    if not known:
        return {}
    asked = Question(session, chosen or at_work.chosen(known))
    if not asked.picture.view.published:
        return {}
    unsealed = sum(batch.own and not batch.sealed for batch in asked.picture.stacks)
    troubled = sum(unit.standing in TROUBLE for unit in asked.covered.units)
    return {"entry": unsealed, "exchange": troubled}
