"""勾稽 across sessions and units (domain §7.5): what sums of one file should agree with, and what units sent.

Nothing here stops anybody: a unit's own findings were weighed in its own file, and what one unit sent never stops
another. ``before_export`` is weighed when this unit signs its figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlmodel import Session, col, select

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches import batches, sheet_checks
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns, planning, rolls, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.campaign.supplements import Received
from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.meeting import attendance, of_sessions, schedule
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.paper.suppression import too_few
from pingyi_desktop.appraisal.people import org_rules
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, found
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchTarget
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
        *_two_forms(seen.view, held, seen.stacks, later),
        *_overall(asked),
        *_below_the_lines(asked),
        *_coverage(asked),
        *_against_rolls(asked.session, seen, held),
        *of_sessions.judged(session, campaign_id=one, tree=seen.tree, meetings=seen.meetings, ledger=ledger),
        *_by_category(session, seen.view, held, seen.stacks, later, ledger),
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


def before_export(session: Session, *, campaign_id: str, codes: Collection[str]) -> list[Finding]:
    """V-CHK-03, V-BAL-18, V-PRI-01 and V-PRI-05 of the figures that this unit signs, for itself and by proxy (``codes``),
    and what its meetings say otherwise than its sessions (V-MTG-15, 16, V-MEM-10)."""
    view = campaigns.show(session, campaign_id=campaign_id)
    held = [
        s
        for s in sessions.listing(session, campaign_id=campaign_id, layer=2)
        if s.status == SessionStatus.HELD and s.org_code in codes
    ]
    kept = [b for b in batches.listing(session, campaign_id=campaign_id, own_only=True) if b.keeper in codes]
    own = [b for b in kept if b.layer == 2]
    unsigned = [b for b in own if b.sealed and not (b.tellers and b.scrutineers)]
    people = select(BatchTarget.member_no).where(col(BatchTarget.batch_id).in_([b.id for b in own]))
    listed = [*_two_forms(view, held, own), *(found("V-BAL-18", b.code, code=b.code) for b in unsigned)]
    listed += [*_merged(view, kept)]
    told = of_sessions.judged(session, campaign_id=campaign_id)
    listed += [one for one in told if one.where in codes]
    listed += _by_category(session, view, held, own)
    if persons := len(set(session.exec(people))):
        listed.append(found("V-PRI-05", view.name, n=persons))
    return listed


def _merged(view: CampaignView, kept: Iterable[BatchView]) -> Iterator[Finding]:
    """V-PRI-01: a category of so few ballots that it travels to the office above as one row with the others."""
    stacks: defaultdict[tuple[int, str, str], Counter[str]] = defaultdict(Counter)
    first: dict[tuple[tuple[int, str, str], str], BatchView] = {}
    for b in kept:
        if b.sealed:
            place = b.layer, b.org_code, b.form_code
            stacks[place][b.voter_category] += b.valid or 0  # who voted later is counted with the others
            first.setdefault((place, b.voter_category), b)
    for place, stack in stacks.items():
        for category in too_few(stack, view.rule.min_cell):
            b = first[place, category]
            yield found("V-PRI-01", b.code, category=b.category_name, many=f"{stack[category]} 张有效票")


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


def _two_forms(
    view: CampaignView,
    held: Iterable[SessionView],
    listed: Iterable[BatchView],
    came: Iterable[Received] = (),
) -> Iterator[Finding]:
    """V-CHK-03: everyone who came got a sheet for the organisation and one for the members.

    Who voted later got them as well: in stacks of their own, which are left out, or in those that ``came`` from below.
    """
    kinds = {form.code: form.subject_kind == "ORG" for form in view.forms}
    if len(set(kinds.values())) < 2 or len(kinds) != 2:
        return
    people = {(s.layer, s.org_code): s.actual or 0 for s in held if s.has_ballots}
    issued: Counter[bool] = Counter()
    for b in listed:
        if (b.layer, b.org_code) in people and b.issued is not None and not b.supplement:
            issued[kinds[b.form_code]] += b.issued
    for late in came:
        issued[kinds[late.form_code]] -= late.people
    figures = issued[True], issued[False], sum(people.values())
    if any(issued.values()) and len(set(figures)) > 1:
        orgs, members, actual = figures
        yield found("V-CHK-03", view.name, orgs=orgs, members=members, actual=actual)


def _by_category(
    session: Session,
    view: CampaignView,
    held: Iterable[SessionView],
    listed: Iterable[BatchView],
    late: Iterable[Received] = (),
    ledger: Sequence[Row] | None = None,
) -> Iterator[Finding]:
    """V-MTG-23 and 24: each category of voters as the ledger of meetings has it, against the campaign's and its stacks.

    Who voted later got papers too: those of our own sessions have stacks of their own, others stand in the same one.
    """
    if len(view.voter_categories) == 1:
        return
    told = attendance.of_campaign(session, view=view, ledger=ledger)
    places = {(s.layer, s.org_code): s for s in held}
    for place, one in told.items():
        if one.unknown and place in places:
            offered = "、".join(name for _, name in view.voter_categories)
            names = "、".join(one.unknown)
            yield found("V-MTG-23", place[1], org=places[place].org_name, names=names, offered=offered)
    later = {one[:4]: one.people for one in late}
    for b in listed:
        attended = told.get((b.layer, b.org_code))
        came = None if attended is None or b.supplement else attended.of(b.voter_category)
        if came is None or came.actual is None or b.issued is None or (b.layer, b.org_code) not in places:
            continue
        people = came.actual + later.get((b.layer, b.org_code, b.form_code, b.voter_category), 0)
        if apart := abs(b.issued - people):
            facts = {"org": b.org_name, "category": b.category_name, "form": b.form_title}
            yield found("V-MTG-24", b.org_code, **facts, actual=people, issued=b.issued, d=apart)


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
