"""What is unusual in the figures that an import would take in, before anything is taken in. Reads only.

The same rules as ``sums.of_units`` applies afterwards, over the documents instead of the tables: the rows made of them
are never added to the session.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import batches, sheet_checks
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, sessions
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.inbox.contents import Places
from pingyi_desktop.exchange.inbox.imports import ImportPlan
from pingyi_desktop.exchange.merging.merge import SUBMISSION
from pingyi_desktop.exchange.merging.situations import NEW, UPDATED
from pingyi_desktop.exchange.wire import later
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign

Document = Mapping[str, Any]


def of_plan(session: Session, *, plan: ImportPlan) -> list[Finding]:
    """What weighs W or E in the submissions that the plan would count and that do not count now, by unit."""
    counting = {entry.envelope_id for entry in plan.entries if entry.verdict in (NEW, UPDATED)}
    coming = {
        one.id: one
        for file in plan.files
        for one in file.envelopes
        if one.id in counting and one.address.type == SUBMISSION
    }
    if not coming:
        return []
    campaign = session.get_one(Campaign, plan.campaign_id)
    categories = campaigns.show(session, campaign_id=campaign.id).voter_categories
    units = {o.code: o for o in campaign_tree.tree(session, campaign_id=campaign.id)}
    places = contents.planned(session, campaign_id=campaign.id)
    listed: list[Finding] = []
    for one in sorted(coming.values(), key=lambda envelope: envelope.address.unit):
        voted_later = later.people(one)
        for meeting, subject, sheets in _read(session, one, units, places):
            listed += sessions.judged(campaign, meeting, subject)
            for row in sheets:
                code = batches.batch_code(
                    meeting.layer, subject.code, row.form_code, row.form_version, row.voter_category
                )
                people = voted_later.get((meeting.layer, subject.code, row.form_code), 0)
                actual = sheet_checks.came(meeting.actual, people)
                listed += sheet_checks.sheet_warnings(
                    row, code, actual=actual, beside=sheets, categories=categories
                )
    return [one for one in listed if one.weight is not Weight.INFORMATION]


def _read(
    session: Session, envelope: Envelope, units: Mapping[str, Org], places: Places
) -> Iterator[tuple[AppraisalSession, Org, list[BallotBatch]]]:
    """Each session of a submission with its control sheets, as rows."""
    every = envelope.document("tallies")["batches"]
    for fact in envelope.document("sessions")["sessions"]:
        place = fact["layer"], fact["org"]
        planned = session.get_one(AppraisalSession, places.meetings[place])
        meeting = AppraisalSession(
            campaign_id=planned.campaign_id,
            org_id=planned.org_id,
            layer=planned.layer,
            review_group_id=planned.review_group_id,
            **{name: fact[name] for name in contents.FACTS},
        )
        sheets = [_sheet(planned.id, one) for one in every if (one["layer"], one["org"]) == place]
        yield meeting, units[fact["org"]], sorted(sheets, key=lambda row: row.form_code)


def _sheet(session_id: str, one: Document) -> BallotBatch:
    return BallotBatch(
        session_id=session_id,
        form_code=one["form"],
        form_version=one["version"],
        voter_category=one["voter_category"],
        **{name: one[name] for name in contents.SHEET},
    )
