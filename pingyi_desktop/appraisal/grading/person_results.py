"""A person's result (R05): one member's counts on a roster form, for the organisation that counted them and nobody else.

The persons of a form add up to the form's own tally, so nothing is shown of them where that is hidden
(``results``, ``suppression``). Everybody's marks are those of the same ballots, hence one more rule is enough: where
anybody was listed on fewer than ``min_cell`` ballots, as happens when voter categories had different lists, nobody is
shown, or the tally less the others would tell that person's marks. Categories are shown apart only when each has
ballots enough. People stand in the paper's order, always: this is no ranking, and nothing here sorts by a result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.appraisal.campaign.results import Counted, FormResult, ItemResult
from pingyi_desktop.appraisal.paper import grades, suppression, tallies
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import Counts, Figures
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, BatchTarget, ItemTally
from pingyi_desktop.storage.schema_campaign import AppraisalSession, SessionStatus
from pingyi_desktop.storage.schema_people import MemberCategory, PartyMember, PartyOrganization


@dataclass(frozen=True)
class PersonResult:
    """One member's counts; ``figures`` are of the ballots that list them, all 0 in a hidden one's items."""

    member_no: str
    name: str
    probationary: bool
    figures: Figures
    items: tuple[ItemResult, ...]


@dataclass(frozen=True)
class PeopleSheet:
    """The people of one organisation on one roster form: all ballots together, then each category of voters.

    ``hidden``: too few ballots, or what would tell those of another; then every item is empty. ``parts`` is empty unless
    there are several categories and each of them may be shown.
    """

    layer: int
    result: FormResult
    people: tuple[PersonResult, ...]
    hidden: bool
    parts: tuple[tuple[str, tuple[PersonResult, ...]], ...] = ()

    @property
    def form(self) -> Form:
        """The form the people stood on."""
        return self.result.form


@dataclass(frozen=True)
class _Stack:
    """One sealed batch: its voter category, its sheet, its people in order, and their counts by (person, item)."""

    category: str
    figures: Figures
    people: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[str, str], Counts]


def of_org(
    session: Session, *, counted: Counted, org_code: str, layer: int | None = None
) -> list[PeopleSheet]:
    """The people of the organisation's sessions, by layer and form; V-PRI-24 where another unit counted its session.

    Only sealed batches count; an organisation without any has no sheets.
    """
    found = []
    for each in (1, 2) if layer is None else (layer,):
        for form in counted.view.forms:
            if form.is_roster and (stacks := _stacks(session, counted, org_code, each, form)):
                found.append(_sheet(session, counted, org_code, each, form, stacks))
    return found


def added(people: Sequence[PersonResult], place: int) -> Counts:
    """The counts of the item at this place over all these people, of whom there is at least one."""
    first, *others = (one.items[place].counts for one in people)
    return sum(others, first)


def _sheet(
    session: Session, counted: Counted, org_code: str, layer: int, form: Form, stacks: Sequence[_Stack]
) -> PeopleSheet:
    rule = counted.view.rule
    (result,) = (
        row.result
        for row in counted.by_org(layer=layer, form_code=form.code, under=org_code)
        if row.org.code == org_code
    )
    new = set(
        session.scalars(
            select(col(PartyMember.member_no)).where(col(PartyMember.category) == MemberCategory.PROBATIONARY)
        )
    )
    whole = _people(form, rule, stacks, new)
    few = any(0 < one.figures.valid < rule.min_cell for one in whole)
    if result.hidden or few:
        return PeopleSheet(layer, result, tuple(_hidden(one) for one in whole), hidden=True)
    return PeopleSheet(layer, result, whole, hidden=False, parts=_parts(counted, form, stacks, new))


def _parts(
    counted: Counted, form: Form, stacks: Sequence[_Stack], new: set[str]
) -> tuple[tuple[str, tuple[PersonResult, ...]], ...]:
    """Each category of voters by itself, unless one of them has too few ballots: then they only stand together."""
    apart: dict[str, list[_Stack]] = {}
    for stack in stacks:
        apart.setdefault(stack.category, []).append(stack)
    valid = {code: sum(one.figures.valid for one in those) for code, those in apart.items()}
    rule = counted.view.rule
    if len(apart) < 2 or suppression.too_few(valid, rule.min_cell):
        return ()
    names = dict(counted.view.voter_categories)
    return tuple((names.get(code, code), _people(form, rule, those, new)) for code, those in apart.items())


def _people(form: Form, rule: Rule, stacks: Sequence[_Stack], new: set[str]) -> tuple[PersonResult, ...]:
    """Everybody on any of these stacks, each with the sums of the stacks that list them."""
    names = {number: name for stack in stacks for number, name in stack.people}
    found = []
    for number, name in names.items():
        listing = [stack for stack in stacks if (number, form.items[0].no) in stack.counts]
        figures = tallies.total([Figures(), *(stack.figures for stack in listing)])
        items = tuple(
            results.item_result(
                item,
                sum(
                    (stack.counts[number, item.no] for stack in listing),
                    Counts((0,) * len(item.scale.options)),
                ),
                figures,
                figures.valid,
                rule,
                rated=not grades.graded(form),
            )
            for item in form.items
        )
        found.append(PersonResult(number, name, number in new, figures, items))
    return tuple(found)


def _hidden(one: PersonResult) -> PersonResult:
    items = tuple(results.emptied(item.item, item.rule) for item in one.items)
    return PersonResult(one.member_no, one.name, one.probationary, one.figures, items)


def _stacks(session: Session, counted: Counted, org_code: str, layer: int, form: Form) -> list[_Stack]:
    rows = session.scalars(
        select(BallotBatch)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(
            col(AppraisalSession.campaign_id) == counted.view.id,
            col(AppraisalSession.status) != SessionStatus.VOID,
            col(AppraisalSession.layer) == layer,
            col(PartyOrganization.code) == org_code,
            col(BallotBatch.form_code) == form.code,
            col(BallotBatch.state) != BatchState.VOID,
        )
        .order_by(col(BallotBatch.voter_category), col(BallotBatch.supplement))
    ).all()
    if any(row.supplement and row.state != BatchState.SEALED for row in rows):
        return []  # some people have yet to vote: nothing counts before they have
    rows = [row for row in rows if row.state == BatchState.SEALED]
    if any(row.source_id is not None for row in rows):
        raise broken("V-PRI-24", org=_name(counted, org_code))
    return [_stack(session, form, row) for row in rows]


def _stack(session: Session, form: Form, row: BallotBatch) -> _Stack:
    widths = {item.no: len(item.scale.options) for item in form.items}
    counts = {
        (t.target, t.item): Counts(
            (t.c1, t.c2, t.c3, t.c4, t.c5, t.c6, t.c7, t.c8)[: widths[t.item]], t.blank, t.multi, t.illegible
        )
        for t in session.scalars(select(ItemTally).where(col(ItemTally.batch_id) == row.id))
    }
    listed = select(BatchTarget).where(col(BatchTarget.batch_id) == row.id).order_by(col(BatchTarget.row))
    people = tuple((one.member_no, one.display_name) for one in session.scalars(listed))
    figures = (row.printed, row.issued, row.returned, row.valid, row.blank, row.void)
    return _Stack(row.voter_category, Figures(*(many or 0 for many in figures)), people, counts)


def _name(counted: Counted, code: str) -> str:
    return next((o.short_name for o in counted.tree if o.code == code), code)
