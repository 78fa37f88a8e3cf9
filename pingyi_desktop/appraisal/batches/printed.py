"""The paper of a batch: one layout for the sheets that are printed and for the screen that they are keyed on.

A roster's rows are today's roster until the paper is printed or the first ballot keyed; from then on they are fixed, so
that paper and screen show the same people in the same order. Printed rows outlive what is keyed and thrown away again;
only printing anew (``print_rows`` with ``anew``) takes today's roster in their place, and that before anything is keyed.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import delete
from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchTarget, PrintedRoster
from pingyi_desktop.storage.schema_people import MemberCategory, PartyMember

PROBATIONARY = "（预）"


def layout_of(session: Session, *, batch_id: str) -> Layout:
    """What a sheet of the batch has on it (see ``laid_out``)."""
    form = batches.form_of(session, session.get_one(BallotBatch, batch_id))
    return laid_out(session, form=form, batch_id=batch_id)


def laid_out(session: Session, *, form: Form, batch_id: str) -> Layout:
    """What a sheet of the batch, which is of this form, has on it.

    A roster has its ``batches.targets`` (V-MEM-33 when it is empty); 预备党员 are marked in it, and have no boxes where
    grades are given.
    """
    if not form.is_roster:
        return Layout(form, tuple(visible.shown(item.text) for item in form.items))
    people, new = batches.targets(session, batch_id=batch_id), probationary(session, batch_id=batch_id)
    rows = tuple(visible.shown(name) + (PROBATIONARY if number in new else "") for number, name in people)
    unrated = {row for row, (number, _) in enumerate(people) if number in new and grades.graded(form)}
    return Layout(form, rows, frozenset(unrated))


def probationary(session: Session, *, batch_id: str) -> dict[str, str]:
    """Those in the rows of a roster batch who are 预备党员 as it was printed, else today: number → printed name."""
    people = batches.targets(session, batch_id=batch_id)
    paper = session.get(PrintedRoster, batch_id)
    listed = set(_probationary_today(session) if paper is None else json.loads(paper.probationary))
    return {number: name for number, name in people if number in listed}


def print_rows(session: Session, *, batch_ids: Collection[str], by: str, anew: bool = False) -> None:
    """Fix the rows of these own roster batches as they are printed now.

    What was printed or keyed before stays; ``anew`` takes today's roster in its place, while nothing is keyed (V-TPL-36).
    """
    for batch_id in batch_ids:
        row, paper = session.get_one(BallotBatch, batch_id), session.get(PrintedRoster, batch_id)
        if anew and batches.fixed_rows(session, batch_id=batch_id):
            if row.entry_mode is not None:
                raise broken("V-TPL-36", code=batches.code_of(session, row))
            session.execute(delete(BatchTarget).where(col(BatchTarget.batch_id) == batch_id))
            if paper is not None:
                session.delete(paper)
                session.flush()
                paper = None
        if paper is None:
            keep_rows(session, batch_id=batch_id)
            new = json.dumps(sorted(probationary(session, batch_id=batch_id)))
            session.add(PrintedRoster(batch_id=batch_id, probationary=new))
            session.flush()
            journal.record(session, act="印名册式评议表", subject=batches.code_of(session, row), by=by)


def keep_rows(session: Session, *, batch_id: str) -> None:
    """Store today's roster as the batch's rows, unless it has rows already."""
    if batches.fixed_rows(session, batch_id=batch_id):
        return
    listed = enumerate(batches.rows_today(session, batch_id=batch_id))
    session.add_all(
        BatchTarget(batch_id=batch_id, row=i, member_no=number, display_name=name)
        for i, (number, name) in listed
    )
    session.flush()


def free_rows(session: Session, *, batch_id: str) -> None:
    """Let the next entry take today's roster, unless the paper was printed with these rows."""
    if session.get(PrintedRoster, batch_id) is None:
        session.execute(delete(BatchTarget).where(col(BatchTarget.batch_id) == batch_id))


def _probationary_today(session: Session) -> list[str]:
    new = PartyMember.category == MemberCategory.PROBATIONARY
    return list(session.exec(select(PartyMember.member_no).where(new)))
