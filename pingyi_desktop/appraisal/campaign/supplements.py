"""补投票批: a further stack of the same session for people who vote later (shift, away), until its closing date.

It has its own control sheet and is printed, keyed, signed and sealed as any batch; its code ends with ``-B1``. It is of
the session: counted with it, in one row wherever something is printed or travels, and never by itself, for it is mostly
a few ballots. While one is open nothing of that form of the session counts (``results``): whoever had the figures before and
after could subtract. Where the meeting's own stack was sealed already somebody may have seen them, and too few who vote
later are asked about (V-SUP-05, V-SUP-09). After its closing date none is opened any more; what was collected is still
keyed, and asked about before it is signed (V-SUP-08).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaigns, planning, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook import findings, personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_batches import (
    BallotBatch,
    BatchState,
    BatchTarget,
    PrintedRoster,
    SupplementStack,
)
from pingyi_desktop.storage.schema_campaign import AppraisalSession, SessionStatus
from pingyi_desktop.storage.schema_people import PartyOrganization


@dataclass(frozen=True)
class Later:
    """What is known of one supplementary batch: until when, how many people, and why they vote later."""

    closes_on: str
    people: int
    reason: str


class Received(NamedTuple):
    """A batch from below in which some people voted later, and how many they were."""

    layer: int
    org_code: str
    form_code: str
    voter_category: str
    people: int


def of(session: Session, *, batch_id: str) -> Later | None:
    """The same of a batch; None for the stack of the meeting. Of one that came in a package: who of its voters voted later."""
    row = session.get(SupplementStack, batch_id)
    return None if row is None else Later(row.closes_on, row.people, row.reason)


def open_stacks(
    session: Session,
    *,
    session_id: str,
    people: int,
    closes_on: str,
    why: str,
    today: date,
    by: str,
    category: str = "",
    reason: str = "",
) -> tuple[list[str], tuple[Finding, ...]]:
    """Open a stack of every form of the session for so many people of a voter category, all who were not there.

    ``why`` says why they vote later. Gives the new batches' ids, and what only informs. V-SUP-01…04 refuse; V-SUP-05
    asks for a ``reason``.
    """
    row = session.get_one(AppraisalSession, session_id)
    subject = sessions.subject_of(session, row=row)
    view = campaigns.show(session, campaign_id=row.campaign_id)
    category = _category(view, category)
    _check_session(session, row, subject)
    _check_words(row, view, closes_on, why, today)
    before = _beside(session, session_id)
    _check_people(session, row, subject, before, people)
    number = max(one.supplement for one in before) + 1
    known = Later(closes_on, people, visible.line(why))
    forms = planning.forms_at(view, row.layer, subject)
    made = [_opened(session, form, category, number, known, before) for form in forms]
    few = people < view.rule.min_cell and any(one.state == BatchState.SEALED for one in before)
    listed = [found("V-SUP-05", subject.short_name, n=people)] if few else []
    detail: dict[str, object] = {"layer": row.layer, "category": category, "people": people}
    detail |= {"until": closes_on, "why": visible.line(why)}
    told = findings.weigh(
        session, listed, reason=reason, by=by, act="开补投票批", subject=subject.code, detail=detail
    )
    return made, told


def _opened(
    session: Session, form: Form, category: str, number: int, known: Later, before: list[BallotBatch]
) -> str:
    """A stack of one form beside those there are; the people on a roster are those of the meeting's paper."""
    stack = BallotBatch(
        session_id=before[0].session_id,
        form_code=form.code,
        form_version=form.version,
        voter_category=category,
        supplement=number,
    )
    session.add(stack)
    session.flush()
    session.add(
        SupplementStack(
            batch_id=stack.id, closes_on=known.closes_on, people=known.people, reason=known.reason
        )
    )
    for one in before:
        if (one.form_code, one.voter_category, one.supplement) == (form.code, category, 0):
            _same_rows(session, one.id, stack.id)
    session.flush()
    return stack.id


def _category(view: CampaignView, category: str) -> str:
    known = dict(view.voter_categories)
    chosen = category or (next(iter(known)) if len(known) == 1 else "")
    if chosen not in known:
        raise broken("V-SUP-06", offered="、".join(f"{code}（{name}）" for code, name in known.items()))
    return chosen


def _check_session(session: Session, row: AppraisalSession, subject: Org) -> None:
    if row.source_id is not None or not sessions.is_own(session, row=row, org_code=subject.code):
        raise broken("V-SES-21", org=subject.short_name)
    if row.status != SessionStatus.HELD:
        raise broken("V-SES-28", org=subject.short_name)


def _check_words(row: AppraisalSession, view: CampaignView, closes_on: str, why: str, today: date) -> None:
    campaigns.check_date("截止日期", closes_on)
    if not max(row.held_on or "", today.isoformat()) <= closes_on <= view.end_date:
        raise broken("V-SUP-02", date=closes_on, end=view.end_date)
    if not visible.line(why):
        raise broken("V-SUP-01")
    if personal.has_private_number(why):
        raise broken("V-MEM-07", what="“原因”里", mend="请删去后再继续")


def _check_people(
    session: Session, row: AppraisalSession, subject: Org, before: list[BallotBatch], people: int
) -> None:
    absent = (row.expected or 0) - (row.actual or 0) - _people_of(session, before)
    if not 1 <= people <= absent:
        raise broken("V-SUP-03", n=people, absent=max(0, absent))
    if any(one.supplement and one.state != BatchState.SEALED for one in before):
        raise broken("V-SUP-04", org=subject.short_name)


def sealed(session: Session, *, ids: Collection[str]) -> list[tuple[tuple[int, str, str, str], int, str]]:
    """Of every sealed supplementary batch of these sessions: (layer, organisation, form, category), people, closing date."""
    here = (col(AppraisalSession.id).in_(ids), col(BallotBatch.state) == BatchState.SEALED)
    return [
        ((layer, code, form, category), people, day)
        for layer, code, form, category, people, day in session.execute(_STACKS.where(*here))
    ]


def received(session: Session, *, campaign_id: str) -> list[Received]:
    """Batches that came in packages with ballots of people who voted later among them."""
    here = (col(AppraisalSession.campaign_id) == campaign_id, col(BallotBatch.source_id).is_not(None))
    return [
        Received(layer, code, form, category, people)
        for layer, code, form, category, people, _ in session.execute(_STACKS.where(*here))
    ]


_STACKS = (
    select_rows(
        col(AppraisalSession.layer),
        col(PartyOrganization.code),
        col(BallotBatch.form_code),
        col(BallotBatch.voter_category),
        col(SupplementStack.people),
        col(SupplementStack.closes_on),
    )
    .select_from(AppraisalSession)
    .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
    .join(BallotBatch, col(BallotBatch.session_id) == AppraisalSession.id)
    .join(SupplementStack, col(SupplementStack.batch_id) == BallotBatch.id)
)


def carry_over(session: Session, *, old: str, new: BallotBatch) -> None:
    """A void batch's place is taken by an empty one: it is for the same people, until the same day."""
    row = session.get(SupplementStack, old)
    if row is not None:
        session.add(
            SupplementStack(batch_id=new.id, closes_on=row.closes_on, people=row.people, reason=row.reason)
        )
        session.flush()


def judged(session: Session, row: BallotBatch, *, code: str, valid: int, today: date) -> Iterator[Finding]:
    """What is asked before a supplementary stack is signed and sealed; nothing of the meeting's own.

    V-SUP-08: its closing date is over. V-SUP-09: enough people were expected, but so few ballots are valid that results
    from before it was opened and after it is sealed would tell them (V-SUP-05 asks where few were expected at once).
    """
    later = of(session, batch_id=row.id)
    if later is None:
        return
    if today.isoformat() > later.closes_on:
        yield found("V-SUP-08", code, date=later.closes_on)
    meeting = session.get_one(AppraisalSession, row.session_id)
    least = campaigns.show(session, campaign_id=meeting.campaign_id).rule.min_cell
    seen = any(
        one.state == BatchState.SEALED and one.form_code == row.form_code
        for one in _beside(session, row.session_id)
    )
    if seen and 0 < valid < least <= later.people:
        yield found("V-SUP-09", code, n=valid)


def suffix(number: int) -> str:
    """What the code of a supplementary batch ends with; nothing for the meeting's own."""
    return f"-B{number}" if number else ""


def named(category: str, number: int) -> str:
    """What its voters are called beside those of the meeting."""
    return f"{category}（补投{number}）" if number else category


def _beside(session: Session, session_id: str) -> list[BallotBatch]:
    query = select(BallotBatch).where(
        BallotBatch.session_id == session_id, BallotBatch.state != BatchState.VOID
    )
    return list(session.exec(query))


def _people_of(session: Session, before: list[BallotBatch]) -> int:
    """People for whom stacks were opened before: each is counted once, though they get several forms."""
    query = (
        select(func.max(SupplementStack.people))
        .join(BallotBatch, col(SupplementStack.batch_id) == BallotBatch.id)
        .where(col(BallotBatch.id).in_([one.id for one in before]))
        .group_by(col(BallotBatch.supplement))
    )
    return sum(session.exec(query))


def _same_rows(session: Session, main: str, made: str) -> None:
    """The people on a roster's paper are those of the meeting's."""
    for one in session.exec(select(BatchTarget).where(BatchTarget.batch_id == main)).all():
        session.add(
            BatchTarget(batch_id=made, row=one.row, member_no=one.member_no, display_name=one.display_name)
        )
    paper = session.get(PrintedRoster, main)
    if paper is not None:
        session.add(PrintedRoster(batch_id=made, probationary=paper.probationary))
