"""勾稽 across sessions and units (domain §7.5): what sums of one file should agree with, and what units sent.

Nothing here stops anybody: a unit's own findings were weighed in its own file, and what one unit sent never stops
another. ``before_export`` is weighed when this unit signs its figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from sqlmodel import Session, col, select

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, results, rolls, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.people import org_rules
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, found
from pingyi_desktop.standing import overview
from pingyi_desktop.storage.schema import (
    AppraisalSession,
    BallotBatch,
    BatchTarget,
    Campaign,
    OrgType,
    PartyOrganization,
    SessionStatus,
)


def of_campaign(session: Session, *, campaign_id: str) -> list[Finding]:
    """V-CHK-01, 02, 03, 07 and 08 over everything this file knows of a campaign."""
    view = campaigns.show(session, campaign_id=campaign_id)
    held = [s for s in sessions.listing(session, campaign_id=campaign_id) if s.status == SessionStatus.HELD]
    listed = batches.listing(session, campaign_id=campaign_id)
    return [
        *_meetings(session, view, held),
        *_two_forms(view, held, listed),
        *_overall(session, view),
        *_coverage(session, view, listed),
        *_against_rolls(session, view, held),
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
                listed += batches.figure_warnings(session, row)
    return [one for one in listed if one.weight is not Weight.INFORMATION]


def before_export(session: Session, *, campaign_id: str, codes: Collection[str]) -> list[Finding]:
    """V-CHK-03, V-BAL-18 and V-PRI-05 of the figures that this unit signs, for itself and by proxy (``codes``)."""
    view = campaigns.show(session, campaign_id=campaign_id)
    held = [
        s
        for s in sessions.listing(session, campaign_id=campaign_id, layer=2)
        if s.status == SessionStatus.HELD and s.org_code in codes
    ]
    own = [
        b
        for b in batches.listing(session, campaign_id=campaign_id, own_only=True)
        if b.layer == 2 and b.org_code in codes
    ]
    unsigned = [b for b in own if b.sealed and not (b.tellers and b.scrutineers)]
    people = select(BatchTarget.member_no).where(col(BatchTarget.batch_id).in_([b.id for b in own]))
    listed = [*_two_forms(view, held, own), *(found("V-BAL-18", b.code, code=b.code) for b in unsigned)]
    if persons := len(set(session.exec(people))):
        listed.append(found("V-PRI-05", view.name, n=persons))
    return listed


def _against_rolls(session: Session, view: CampaignView, held: Iterable[SessionView]) -> Iterator[Finding]:
    """V-CHK-29: control totals of what came, of each unit and of all below each direct child, against our own roster."""
    known = rolls.rolls(session, campaign_id=view.id)
    units = campaign_tree.tree(session, campaign_id=view.id)
    meetings = {s.org_code: s for s in held if s.layer == 2}
    for o in units:
        if (s := meetings.get(o.code)) is not None:
            yield from _too_many(o.short_name, "应到", s.expected or 0, bounds.most_voters, known[o.code])
    for child in (o for o in units if o.parent_code == units[0].code):
        inside = org_rules.below(units, child.code)
        came = [meetings[o.code] for o in inside if o.code in meetings]
        if len(came) > 1:
            roll = known[child.code]
            expected, members = (sum(s.expected or 0 for s in came), max(s.members or 0 for s in came))
            yield from _too_many(child.short_name, "及下级应到合计", expected, bounds.most_in_all, roll)
            yield from _too_many(child.short_name, "及下级党员", members, bounds.most_members, roll)


def _too_many(
    name: str, what: str, came: int, most: Callable[[int], int], roll: bounds.Roll
) -> Iterator[Finding]:
    if came > most(roll.listed):
        yield found("V-CHK-29", name, org=name, what=what, came=came, listed=roll.listed)


def _meetings(session: Session, view: CampaignView, held: Iterable[SessionView]) -> Iterator[Finding]:
    layers = Counter(s.layer for s in held)
    wanted = sessions.foreseen(session, campaign_id=view.id)
    if wanted[1] != layers[1]:
        yield found("V-CHK-01", view.name, meetings=layers[1], committees=wanted[1])
    kinds = Counter(o.org_type for o in campaign_tree.tree(session, campaign_id=view.id) if o.in_scope)
    parts = [kinds[k] for k in (OrgType.GRASSROOTS_COMMITTEE, OrgType.GENERAL_BRANCH, OrgType.BRANCH)]
    if sum(parts) != layers[2]:
        committees, general, branches = parts
        facts = {"committees": committees, "general": general, "branches": branches}
        yield found("V-CHK-02", view.name, meetings=layers[2], sum=sum(parts), **_texts(facts))


def _texts(facts: dict[str, int]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


def _two_forms(
    view: CampaignView, held: Iterable[SessionView], listed: Iterable[BatchView]
) -> Iterator[Finding]:
    """V-CHK-03: everyone who came got a sheet for the organisation and one for the members."""
    kinds = {form.code: form.subject_kind == "ORG" for form in view.forms}
    if len(set(kinds.values())) < 2 or len(kinds) != 2:
        return
    came = {(s.layer, s.org_code): s.actual or 0 for s in held if s.has_ballots}
    issued: Counter[bool] = Counter()
    for b in listed:
        if (b.layer, b.org_code) in came and b.issued is not None:
            issued[kinds[b.form_code]] += b.issued
    figures = issued[True], issued[False], sum(came.values())
    if any(issued.values()) and len(set(figures)) > 1:
        orgs, members, actual = figures
        yield found("V-CHK-03", view.name, orgs=orgs, members=members, actual=actual)


def _overall(session: Session, view: CampaignView) -> Iterator[Finding]:
    """V-CHK-07: the overall question is one of its own, and may come out above every item."""
    for form in results.pooled(session, campaign_id=view.id):
        rated = [item for item in form.items if item.denominator]
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


def _coverage(session: Session, view: CampaignView, listed: Iterable[BatchView]) -> Iterator[Finding]:
    """V-CHK-08: every unit has reported, and yet something here is not sealed."""
    seen = overview.coverage(session, campaign_id=view.id)
    left = {b.org_code for b in listed if not b.sealed}
    if seen.expected and not seen.missing and left:
        yield found("V-CHK-08", view.name, n=len(left))
