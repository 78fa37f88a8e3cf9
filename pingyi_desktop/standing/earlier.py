"""补课后再测: what the session said that was voided for the one in its place, for the slip of the unit that held both.

Nothing of it is counted. Rates are told side by side only where both have ``min_cell`` ballots and may be printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign.results import FIGURES, MARKS, Counted, FormResult, ItemResult, Part
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.tallies import Figures
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, ItemTally
from pingyi_desktop.storage.schema_campaign import AppraisalSession, SessionStatus


class Change(NamedTuple):
    """One item before and after, as printed, and the difference in percentage points with its sign (K27)."""

    item: str
    before: str
    after: str
    points: str


def day(session: Session, *, session_id: str) -> str:
    """When the session was held whose place this one took, of those with sealed ballots; "" when there is none."""
    return next((held or "" for _, held in session.execute(_voided(session, session_id))), "")


def changes(session: Session, counted: Counted, *, session_id: str, now: FormResult) -> Sequence[Change]:
    """Item by item, the form's result in that session beside its result ``now``; a roster's sums are nobody's rate."""
    found = session.execute(_voided(session, session_id)).first()
    if found is None or now.hidden or now.form.is_roster:
        return ()
    stacks = (
        col(BallotBatch.session_id) == found.id,
        col(BallotBatch.form_code) == now.form.code,
        col(BallotBatch.state) == BatchState.SEALED,
    )
    sums = (func.coalesce(func.sum(getattr(BallotBatch, name)), 0) for name in FIGURES)
    figures = Figures(*session.execute(select(*sums).where(*stacks)).one())
    if min(figures.valid, now.figures.valid) < counted.view.rule.min_cell:
        return ()
    added = (func.sum(getattr(ItemTally, name)) for name in MARKS)
    marks = select(col(ItemTally.item), *added).join(BallotBatch, col(ItemTally.batch_id) == BallotBatch.id)
    rows = session.execute(marks.where(*stacks).group_by(col(ItemTally.item))).all()
    counts = {item: tuple(cells) for item, *cells in rows}
    before = counted.of_parts(now.form, [Part("", 0, now.form.code, "", figures, figures, 1, counts)])
    return [_compared(*pair) for pair in zip(before.items, now.items, strict=True)]


def _compared(before: ItemResult, after: ItemResult) -> Change:
    name, points = after.item.short_text, tallies.NOTHING
    if before.denominator and after.denominator:
        moved = Fraction(after.satisfied, after.denominator) - Fraction(before.satisfied, before.denominator)
        size = tallies.percent(abs(moved.numerator), moved.denominator, digits=after.rule.digits)
        points = f"{'-' if moved < 0 else '+'}{size}"
    return Change(name, before.shown, after.shown, points)


def _voided(session: Session, session_id: str) -> Select[str, str | None]:
    """(id, day) of our own voided sessions of the same organisation and layer that have sealed ballots, newest first."""
    row = session.get_one(AppraisalSession, session_id)
    sealed = select(col(BallotBatch.session_id)).where(col(BallotBatch.state) == BatchState.SEALED)
    return (
        select(col(AppraisalSession.id), col(AppraisalSession.held_on))
        .where(
            col(AppraisalSession.campaign_id) == row.campaign_id,
            col(AppraisalSession.layer) == row.layer,
            col(AppraisalSession.org_id) == row.org_id,
            col(AppraisalSession.status) == SessionStatus.VOID,
            col(AppraisalSession.source_id).is_(None),
            col(AppraisalSession.id).in_(sealed),
        )
        .order_by(col(AppraisalSession.held_on).desc(), col(AppraisalSession.id))
    )
