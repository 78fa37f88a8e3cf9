"""民主评议党员 for reading: what the ballots propose for everybody of a session, and how far each grade has come.

Proposals are never stored: they are made from the sealed counts whenever they are asked for, by ``grades.propose``. What
is stored is what people did (``grade_acts``). Everything here is about one session of the own unit; the office above gets counts.

Where few ballots hide the counts (``person_results``) there is no proposal either: it would tell them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import campaigns, gradings, results, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.grading import person_results
from pingyi_desktop.appraisal.grading.person_results import PersonResult
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.grades import RATED, Votes
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState
from pingyi_desktop.storage.schema_grades import MemberGrade
from pingyi_desktop.storage.schemas.grade_words import Body, Grade, GradeState

BODIES = {Body.BRANCH_COMMITTEE: "支委会", Body.MEMBERS_MEETING: "党员大会"}


@dataclass(frozen=True)
class GradeRow:
    """One member: the marks of the ballots (none when hidden), what they propose, and how far it has come.

    ``moved`` tells that the proposal is not any more what it was when the grade was decided (a correction since).
    """

    number: str
    name: str
    probationary: bool
    marks: tuple[int, ...]
    proposed: Grade | None
    state: GradeState = GradeState.PROPOSED
    final: Grade | None = None
    decided_by: str = ""
    decided_on: str = ""
    reason: str = ""
    told_on: str = ""
    acknowledged_on: str = ""
    moved: bool = False


@dataclass(frozen=True)
class GradeSheet:
    """Everybody of one session on one form, in the paper's order; ``limit`` may be 优秀.

    ``ready`` once every batch of it is sealed; ``hidden`` when the ballots are too few to be shown.
    """

    meeting: SessionView
    form: Form
    rows: tuple[GradeRow, ...]
    limit: int
    hidden: bool
    ready: bool

    @property
    def rated(self) -> list[GradeRow]:
        """Those who get a grade."""
        return [row for row in self.rows if not row.probationary]

    @property
    def counts(self) -> dict[Grade, int]:
        """How many have each decided grade."""
        many = Counter(row.final for row in self.rows)
        return {grade: many[grade] for grade in Grade}


def sheets(session: Session, *, campaign_id: str) -> list[GradeSheet]:
    """Those of every session kept here that has a grading form, in the tree's order; empty before anything is sealed."""
    view = campaigns.show(session, campaign_id=campaign_id)
    forms = [form for form in view.forms if grades.rating(form) is not None]
    if not forms:
        raise broken("V-GRD-12")
    counted = results.read(session, campaign_id=campaign_id)
    grading = gradings.of(session, campaign_id=campaign_id)
    made = []
    for meeting in sessions.listing(session, campaign_id=campaign_id):
        if not meeting.own or meeting.received:
            continue
        people = person_results.of_org(
            session, counted=counted, org_code=meeting.org_code, layer=meeting.layer
        )
        made += [_sheet(session, meeting, one, grading) for one in people if one.form in forms]
    return made


def of_org(session: Session, *, campaign_id: str, org_code: str) -> list[GradeSheet]:
    """Those of one organisation; V-GRD-13 when it decides itself, V-GRD-11 while nothing is sealed."""
    found_here = [one for one in sheets(session, campaign_id=campaign_id) if one.meeting.org_code == org_code]
    if found_here:
        return found_here
    listed = sessions.listing(session, campaign_id=campaign_id)
    meeting = next((one for one in listed if one.org_code == org_code), None)
    name = org_code if meeting is None else meeting.org_name
    raise broken("V-GRD-13" if meeting is not None and not meeting.own else "V-GRD-11", org=name)


def _sheet(
    session: Session, meeting: SessionView, people: person_results.PeopleSheet, grading: grades.Grading
) -> GradeSheet:
    form = people.form
    rating = grades.rating(form)
    place = 0 if rating is None else form.items.index(rating)
    new = sum(one.probationary for one in people.people)
    limit = grading.limit(listed=len(people.people), probationary=new)
    votes = [_votes(one, place, hidden=people.hidden) for one in people.people]
    proposed = grades.propose(votes, limit=limit)
    known = {row.member_no: row for row in stored(session, meeting.id, form.code)}
    rows = [
        _row(one, vote, proposed[one.member_no], known.get(one.member_no))
        for one, vote in zip(people.people, votes, strict=True)
    ]
    open_ = select(BallotBatch.id).where(
        BallotBatch.session_id == meeting.id,
        BallotBatch.form_code == form.code,
        col(BallotBatch.state).not_in((BatchState.SEALED, BatchState.VOID)),
    )
    ready = session.exec(open_).first() is None
    return GradeSheet(meeting, form, tuple(rows), limit, people.hidden, ready)


def _votes(one: PersonResult, place: int, *, hidden: bool) -> Votes:
    marks = (0,) * len(RATED) if hidden else one.items[place].counts.options
    return Votes(one.member_no, marks, one.probationary)


def _row(one: PersonResult, votes: Votes, proposed: Grade | None, stored: MemberGrade | None) -> GradeRow:
    base = (one.member_no, one.name, one.probationary, votes.marks, proposed)
    if stored is None:
        return GradeRow(*base)
    then = None if stored.proposed is None else Grade(stored.proposed)
    return GradeRow(
        *base,
        state=GradeState(stored.state),
        final=Grade(stored.final),
        decided_by=BODIES[Body(stored.decided_by)],
        decided_on=stored.decided_on,
        reason=stored.reason,
        told_on=stored.told_on or "",
        acknowledged_on=stored.acknowledged_on or "",
        moved=then is not proposed,
    )


def stored(session: Session, session_id: str, form_code: str) -> Sequence[MemberGrade]:
    """The table's rows of one session and form, as they are."""
    query = select(MemberGrade).where(
        MemberGrade.session_id == session_id, MemberGrade.form_code == form_code
    )
    return session.exec(query.order_by(col(MemberGrade.member_no))).all()


def moved(sheet: GradeSheet) -> list[Finding]:
    """V-GRD-23: whose proposal has changed since it was decided."""
    names = [f"“{row.name}”" for row in sheet.rows if row.moved]
    return [found("V-GRD-23", sheet.meeting.org_name, names="、".join(names))] if names else []
