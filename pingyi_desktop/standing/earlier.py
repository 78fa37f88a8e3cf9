"""What was measured before: 补课后再测, the session that was voided for the one in its place, for the slip of the unit that
held both; and 上期, the campaign of the period before.

Nothing of it is counted. Rates are told side by side only where both have ``min_cell`` ballots and may be printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, outsized, results
from pingyi_desktop.appraisal.campaign.at_work import Known
from pingyi_desktop.appraisal.campaign.results import FIGURES, MARKS, Counted, FormResult, ItemResult, Part
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.tallies import Figures
from pingyi_desktop.errors import UserError
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, ItemTally
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign, SessionStatus

Items = Mapping[tuple[str, str], ItemResult]
"""by the code of a form and the number of an item"""


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


def points(before: ItemResult, after: ItemResult) -> str:
    """The difference of two rates in percentage points with its sign (K27), of the exact counts; "—" where one has no rate."""
    if not (before.denominator and after.denominator):
        return tallies.NOTHING
    moved = Fraction(after.satisfied, after.denominator) - Fraction(before.satisfied, before.denominator)
    size = tallies.percent(abs(moved.numerator), moved.denominator, digits=after.rule.digits)
    return f"{'-' if moved < 0 and size.strip('0.') else '+'}{size}"


def period(session: Session, known: Sequence[Known], *, now: Counted) -> Counted | None:
    """The sealed counts of the campaign of the period before; None where there is none, or its rates were made by another rule.

    ``known`` are all campaigns of the file, that of ``now`` among them, newest first. A drill has drills before it, an official campaign official ones.
    """
    here = next(one for one in known if one.id == now.view.id)
    older = known[known.index(here) + 1 :]
    same = (one for one in older if one.published and one.drill == here.drill)
    before = next((one for one in same if one.period != here.period), None)
    if before is None:
        return None
    row = session.get_one(Campaign, before.id)
    view = campaigns.view_of(session, row)
    if view.rule.footnote() != now.view.rule.footnote():
        return None
    tree = campaign_tree.of(session, campaign=row, own=now.own, ids=())
    outside = [one.code for one in outsized.units(session, campaign_id=before.id)]
    return results.of(session, view=view, own=now.own, tree=tree, outside=outside)


def items(then: Counted | None, *, now: Counted, layer: int | None, under: str | None = None) -> Items:
    """Rates of the same part in the period before, of forms that ask the same; none where they may not be shown."""
    if then is None:
        return {}
    try:
        found = then.pooled(layer=layer, under=under)
    except UserError:  # the part is not in the tree of that campaign
        return {}
    asked = {form.code: _asks(form) for form in now.view.forms}
    return {
        (one.form.code, item.item.no): item
        for one in found
        if asked.get(one.form.code) == _asks(one.form)
        for item in one.items
        if item.denominator
    }


def _asks(form: Form) -> list[tuple[str, tuple[object, ...]]]:
    """The questions with their answers, and which of these count as satisfied and in the denominator: words alone are no rate."""
    return [
        (item.text, tuple((o.label, o.satisfied_from, o.in_denominator) for o in item.scale.options))
        for item in form.items
    ]


def _compared(before: ItemResult, after: ItemResult) -> Change:
    return Change(after.item.short_text, before.shown, after.shown, points(before, after))


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
