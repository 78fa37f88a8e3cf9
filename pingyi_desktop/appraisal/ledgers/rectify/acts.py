"""Steps taken with 整改事项 of this file: each an edit of the ledger, in the order that ``rectify.steps`` allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rectify import steps
from pingyi_desktop.appraisal.ledgers.rectify.steps import STEPS, Entry, Step
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage.schemas.rectify import RectifyState

EMPTIED = ("closed_on", "closed_by", "approved_by")
"""what an item that is opened again no longer says"""


def take(
    session: Session,
    *,
    campaign_id: str,
    ids: Sequence[str],
    step: Step,
    today: str,
    by: str,
    typed: Mapping[str, str] | None = None,
    text: str = "",
    percent: int | None = None,
    reason: str = "",
) -> edits.Before:
    """Take a step with these items, one act; returns them as they were.

    ``typed`` are fields that the step is the time to fill in; ``text`` (and ``percent``) is a line of the progress, for one
    item at a time. V-RCT-21…28 when it is not the step's turn; otherwise as ``edits.change``, which holds whoever sets a
    state in another way to the same steps (``moves``).
    """
    ledger = catalog.ledger("rectification")
    chosen = rows.picked(session, ledger, campaign_id=campaign_id, ids=ids)
    for row in chosen:
        steps.after(RectifyState(str(row.values["status"])), step, name=row.name)
    allowed, written = STEPS[step], dict(typed or {})
    written["status"] = allowed.after
    if step is Step.CLOSE:
        written["closed_on"] = written.get("closed_on") or today
    if step is Step.REOPEN:
        written |= dict.fromkeys(EMPTIED, "")
    if allowed.told or text:
        written["progress"] = _progress(step, chosen, today, text, percent)
    return edits.change(
        session, ledger, campaign_id=campaign_id, ids=ids, typed=written, today=today, by=by, reason=reason
    )


def percent_of(typed: str) -> int | None:
    """What was typed as a share of the work, 60 or 60%; None when nothing was (V-RCT-31 when it is no number)."""
    bare = visible.line(typed).removesuffix("%")
    if bare and not (bare.isascii() and bare.isdigit() and len(bare) <= 3):
        raise broken("V-RCT-31", percent=bare[:20])
    return int(bare) if bare else None


def _progress(step: Step, chosen: Sequence[Row], today: str, text: str, percent: int | None) -> str:
    """What the progress of the one item is with this line more (V-RCT-29 to 31)."""
    said = visible.line(text)
    if not said:
        raise broken("V-RCT-29", step=STEPS[step].word)
    if len(chosen) != 1:
        raise broken("V-RCT-30")
    if percent is not None and not 0 <= percent <= 100:
        raise broken("V-RCT-31", percent=percent)
    lead = "" if step is Step.REPORT else f"{STEPS[step].word}："
    before = str(chosen[0].values["progress"])
    return f"{before}\n{Entry(today, percent, lead + said).line}".strip()
