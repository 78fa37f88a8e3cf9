"""勾稽 of papers and people (domain §7.5): sheets handed out against who came, as sessions and the ledger of meetings have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlmodel import Session

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.campaign.supplements import Received
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.meeting import attendance
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found


def two_forms(
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


def by_category(
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
