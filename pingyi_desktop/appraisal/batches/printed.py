"""The paper of a batch: one layout for the sheets that are printed and for the screen that they are keyed on."""

from __future__ import annotations

from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import batches, signing
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.storage.schema_batches import BallotBatch

PROBATIONARY = "（预）"


def layout_of(session: Session, *, batch_id: str) -> Layout:
    """What a sheet of the batch has on it (see ``laid_out``)."""
    form = batches.form_of(session, session.get_one(BallotBatch, batch_id))
    return laid_out(session, form=form, batch_id=batch_id)


def laid_out(session: Session, *, form: Form, batch_id: str) -> Layout:
    """What a sheet of the batch, which is of this form, has on it.

    A roster's rows are those fixed when keying started, before that today's roster (V-MEM-33 when it is empty); 预备党员
    are marked in it, and have no boxes where grades are given.
    """
    if not form.is_roster:
        return Layout(form, tuple(visible.shown(item.text) for item in form.items))
    people = batches.targets(session, batch_id=batch_id)
    new = signing.probationary(session, people)
    rows = tuple(visible.shown(name) + (PROBATIONARY if number in new else "") for number, name in people)
    unrated = {row for row, (number, _) in enumerate(people) if number in new and grades.graded(form)}
    return Layout(form, rows, frozenset(unrated))
