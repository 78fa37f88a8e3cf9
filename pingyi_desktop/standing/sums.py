"""勾稽 across sessions and units (domain §7.5): what sums of one file should agree with, and what units sent.

Nothing here stops anybody: a unit's own findings were weighed in its own file, and what one unit sent never stops
another. What this unit's own figures ask when it signs them: ``agreeing.before_export``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from sqlmodel import Session, col, select

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.agreeing import papers
from pingyi_desktop.appraisal.batches import batches, sheet_checks
from pingyi_desktop.appraisal.campaign import planning, rolls, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions, schedule
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people import org_rules
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, found
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign, SessionStatus
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization

NAMED = 5  # units in one sentence


def of_campaign(session: Session, *, campaign_id: str) -> list[Finding]:
    """V-CHK-01, 02, 03, 07, 08, 31 and 32 over everything this file knows of a campaign, and of its meetings."""
    return of(overview.Question(session, campaign_id))


def of(asked: Question) -> list[Finding]:
    """The same of a campaign about which more is asked."""
    seen, session = asked.picture, asked.session
    one, held = seen.view.id, [s for s in seen.meetings if s.status == SessionStatus.HELD]
    later = asked.came_later
    ledger = rows.listing(session, catalog.ledger("meeting"), Asked(one, ""), units=seen.tree)
    return [
        *_meetings(seen, held),
        *papers.two_forms(seen.view, held, seen.stacks, later),
        *_overall(asked),
        *_below_the_lines(asked),
        *_coverage(asked),
        *_against_rolls(asked.session, seen, held),
        *of_sessions.judged(session, campaign_id=one, tree=seen.tree, meetings=seen.meetings, ledger=ledger),
        *papers.by_category(session, seen.view, held, seen.stacks, later, ledger),
        *schedule.clashes(session, campaign_id=one, tree=seen.tree, meetings=seen.meetings, ledger=ledger),
    ]


def of_units(session: Session, *, campaign_id: str, codes: Collection[str]) -> list[Finding]:
    """What is unusual in the sessions and control sheets that these units sent."""
    campaign = session.get_one(Campaign, campaign_id)
    query = (
        select(AppraisalSession, PartyOrganization)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(AppraisalSession.campaign_id == campaign_id, col(AppraisalSession.source_id).is_not(None))
        .where(AppraisalSession.status == SessionStatus.HELD)
        .order_by(col(PartyOrganization.code))
    )
    listed: list[Finding] = []
    for meeting, subject in session.exec(query):
        if subject.code in codes:
            listed += sessions.judged(campaign, meeting, subject)
            sheets = select(BallotBatch).where(BallotBatch.session_id == meeting.id)
            for row in session.exec(sheets.order_by(col(BallotBatch.form_code))):
                listed += sheet_checks.figure_warnings(session, row, batches.code_of(session, row))
    return [one for one in listed if one.weight is not Weight.INFORMATION]


def _against_rolls(session: Session, seen: Picture, held: Iterable[SessionView]) -> Iterator[Finding]:
    """V-CHK-29: control totals of what came, of each unit and of all below each direct child, against our own roster."""
    units = seen.tree
    known = rolls.of(session, units)
    meetings = {s.org_code: s for s in held if s.layer == 2}
    for o in units:
        if (s := meetings.get(o.code)) is not None:
            roll = known[o.code]
            yield from _too_many(o.short_name, "应到", s.expected or 0, bounds.most_voters(roll.listed), roll)
    for child in (o for o in units if o.parent_code == units[0].code):
        inside = org_rules.below(units, child.code)
        came = [meetings[o.code] for o in inside if o.code in meetings]
        if len(came) > 1:
            roll = known[child.code]
            expected, members = (sum(s.expected or 0 for s in came), max(s.members or 0 for s in came))
            most = bounds.most_together(roll.parts)
            yield from _too_many(child.short_name, "及下级应到合计", expected, most, roll)
            yield from _too_many(
                child.short_name, "及下级党员", members, bounds.most_members(roll.listed), roll
            )


def _too_many(name: str, what: str, came: int, most: int, roll: bounds.Roll) -> Iterator[Finding]:
    if came > most:
        yield found("V-CHK-29", name, org=name, what=what, came=came, listed=roll.listed)


def _meetings(seen: Picture, held: Iterable[SessionView]) -> Iterator[Finding]:
    layers, view = Counter(s.layer for s in held), seen.view
    wanted = Counter(layer for layer, _ in planning.wanted(view, seen.tree, seen.own))
    if wanted[1] != layers[1]:
        yield found("V-CHK-01", view.name, meetings=layers[1], committees=wanted[1])
    kinds = Counter(o.org_type for o in seen.tree if o.in_scope)
    parts = [kinds[k] for k in (OrgType.GRASSROOTS_COMMITTEE, OrgType.GENERAL_BRANCH, OrgType.BRANCH)]
    if sum(parts) != layers[2]:
        committees, general, branches = parts
        facts = {"committees": committees, "general": general, "branches": branches}
        yield found("V-CHK-02", view.name, meetings=layers[2], sum=sum(parts), **_texts(facts))


def _texts(facts: dict[str, int]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


def _overall(asked: Question) -> Iterator[Finding]:
    """V-CHK-07: the overall question is one of its own, and may come out above every item."""
    view = asked.picture.view
    for form in asked.counted.pooled():
        rated = [item for item in form.items if item.denominator and not item.item.own]
        overall = [item for item in rated if item.item.kind == "OVERALL"]
        items = [item for item in rated if item.item.kind != "OVERALL"]
        if not overall or not items or form.figures.valid < view.rule.min_cell:
            continue
        best = items[0]
        for one in items[1:]:
            if one.satisfied * best.denominator > best.satisfied * one.denominator:
                best = one
        if overall[0].satisfied * best.denominator > best.satisfied * overall[0].denominator:
            rates = {"overall": overall[0].rate.text, "highest": best.rate.text}
            yield found("V-CHK-07", form.form.code, form=form.form.title, **rates)


def _below_the_lines(asked: Question) -> Iterator[Finding]:
    """V-CHK-31 and 32: whose worst rate calls for 补课 and a second measurement, or for attention (domain §4.9).

    For the office only; nobody is named of whom nothing may be printed.
    """
    rule = asked.picture.view.rule
    for form in asked.picture.view.forms:
        low, fair = list[str](), list[str]()
        for layer in (1, 2):
            for one in asked.counted.by_org(layer=layer, form_code=form.code):
                rates = [item for item in one.result.items if item.denominator]
                if any(100 * i.satisfied < rule.low_rate * i.denominator for i in rates):
                    low.append(one.org.short_name)
                elif any(100 * i.satisfied < rule.good_rate * i.denominator for i in rates):
                    fair.append(one.org.short_name)
        for code, line, listed in (
            ("V-CHK-31", rule.low_rate, low),
            ("V-CHK-32", rule.good_rate, fair),
        ):
            if listed:
                named = "、".join(listed[:NAMED]) + ("……" if len(listed) > NAMED else "")
                yield found(code, form.code, form=form.title, n=len(listed), line=line, names=named)


def _coverage(asked: Question) -> Iterator[Finding]:
    """V-CHK-08: every unit has reported, and yet something here is not sealed."""
    seen, covered = asked.picture, asked.covered
    left = {b.org_code for b in seen.stacks if not b.sealed}
    if covered.expected and not covered.missing and left:
        yield found("V-CHK-08", seen.view.name, n=len(left))
