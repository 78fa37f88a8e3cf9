"""What the figures themselves ask when a unit signs them and hands them to the office above."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.agreeing import papers
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions
from pingyi_desktop.appraisal.paper.suppression import too_few
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_batches import BatchTarget
from pingyi_desktop.storage.schema_campaign import SessionStatus


def asked(session: Session, *, campaign_id: str, codes: Collection[str]) -> list[Finding]:
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
    listed = [*papers.two_forms(view, held, own), *(found("V-BAL-18", b.code, code=b.code) for b in unsigned)]
    listed += [*_merged(view, kept)]
    told = of_sessions.judged(session, campaign_id=campaign_id)
    listed += [one for one in told if one.where in codes]
    listed += papers.by_category(session, view, held, own)
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
