"""What is read before a batch is sealed: its figures as they will stand, rates, both names, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.paper import counting, grades, tallies
from pingyi_desktop.appraisal.paper.tallies import Counts, Figures
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.storage.schema_batches import BallotBatch


@dataclass(frozen=True)
class SealSheet:
    """One batch before its seal; ``rates`` are (item, rate as printed), hidden ones say so."""

    blocking: tuple[str, ...]
    told: tuple[str, ...]
    figures: Figures
    rates: tuple[tuple[str, str], ...]
    tellers: str
    scrutineers: str


def of_batch(session: Session, *, batch_id: str) -> SealSheet:
    """The sheet of a signed batch."""
    row = session.get_one(BallotBatch, batch_id)
    found = signing.problems(session, batch_id=batch_id)
    blank, void = counting.spoiled(ballots.multiset(session, batch_id=batch_id))
    blank, void = (row.blank or 0) + blank, (row.void or 0) + void
    returned = row.returned or 0
    figures = Figures(row.printed or 0, row.issued or 0, returned, returned - blank - void, blank, void)
    return SealSheet(
        tuple(one.sentence for one in found if one.weight is Weight.ERROR),
        tuple(one.sentence for one in found if one.weight is Weight.INFORMATION),
        figures,
        _rates(session, row, figures),
        row.tellers,
        row.scrutineers,
    )


def _rates(session: Session, row: BallotBatch, figures: Figures) -> tuple[tuple[str, str], ...]:
    """Of every item, over all persons of a roster form; none of a form that gives grades."""
    form, rule = batches.form_of(session, row), batches.rule_of(session, row)
    if grades.graded(form):
        return ()
    counts = ballots.counts_of(session, batch_id=row.id)
    persons = len(batches.paper_of(session, batch_id=row.id).targets)
    marks = Figures(*(many * persons for many in vars(figures).values()))
    listed = []
    for item in form.items:
        nothing = Counts((0,) * len(item.scale.options))
        pooled = reduce(add, (one for (_, no), one in counts.items() if no == item.no), nothing)
        rate = tallies.satisfaction_rate(pooled, marks, scale=item.scale, rule=rule)
        listed.append((item.short_text, tallies.shown(rate, valid=figures.valid, rule=rule)))
    return tuple(listed)
