"""What one unit of the demo does with its own data file: register sessions, key its paper, seal, export."""

from __future__ import annotations

from collections.abc import Sequence

from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo import ledgers, meetings, papers
from pingyi_desktop.demo.company import Company
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.storage.store import Store

BY = "演示操作员"
REASON = "演示数据，照资料登记"
TELLERS, SCRUTINEERS = ("演示计票甲", "演示计票乙"), ("演示监票丙", "演示监票丁")
SPARE = 2


def enter(store: Store, *, company: Company, layer: int, orgs: Sequence[str]) -> int:
    """Register these organisations' sessions, key every ballot one by one, seal; returns how many ballots."""
    wanted = {s.org: s for s in company.sessions if s.layer == layer and s.org in orgs}
    stacks = {(b.org, b.form): b for b in company.batches if b.layer == layer and b.org in orgs}
    keyed = 0
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        if layer == 1:
            meetings.layer_one(session, campaign_id=campaign_id, shown=company, by=BY)
        meetings.register(
            session, campaign_id=campaign_id, orgs=set(wanted), layer=layer, by=BY, reason=REASON
        )
        own = [
            b
            for b in batches.listing(session, campaign_id=campaign_id, own_only=True)
            if b.layer == layer and b.org_code in wanted
        ]
        for batch in own:
            paper = stacks[batch.org_code, batch.form_code]
            batches.set_control_sheet(
                session,
                batch_id=batch.id,
                printed=paper.issued + SPARE,
                issued=paper.issued,
                returned=paper.returned,
                blank=paper.blank,
                void=paper.void,
                by=BY,
                reason=REASON,
            )
            stack = papers.stack(paper)
            ballots.enter_ballots(session, batch_id=batch.id, ballots=stack, by=BY)
            keyed += len(stack)
    with store.transaction() as session:
        for batch in own:
            signing.waive(session, batch_id=batch.id, reason="演示数据，由程序录入", by=BY)
            signing.sign(
                session, batch_id=batch.id, tellers=TELLERS, scrutineers=SCRUTINEERS, by=BY, reason=REASON
            )
            signing.seal(session, batch_id=batch.id, by=BY)
    if own:
        store.compact()
    return keyed


def keep_ledgers(store: Store, *, org: str) -> int:
    """Write the promises and deeds of the unit into its file; returns how many rows."""
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        return ledgers.keep(session, campaign_id=campaign_id, org=org, by=BY)


def miscount(store: Store, *, company: Company, org: str) -> bool:
    """Register one person too few as present, as a secretary in a hurry might; False when nobody was there."""
    right = next(s for s in company.sessions if s.layer == 2 and s.org == org)
    if right.actual == 0:
        return False
    _register(store, org, actual=right.actual - 1)
    return True


def correct(store: Store, *, company: Company, org: str) -> None:
    """Register the session again with the right figures."""
    right = next(s for s in company.sessions if s.layer == 2 and s.org == org)
    _register(store, org, actual=right.actual)


def export(store: Store, *, reason: str = "") -> Package:
    """What the unit reports upwards."""
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        return transfer.export(session, campaign_id=campaign_id, by=BY, reason=reason or REASON)


def take_in(store: Store, *, files: Sequence[tuple[str, bytes]]) -> None:
    """Import packages in one act; the demo has confirmed every key over the telephone."""
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        plan = imports.plan_import(session, campaign_id=campaign_id, files=files)
        confirmed = [key.fingerprint for key in plan.new_keys]
        imports.apply_import(session, plan=plan, by=BY, confirmed=confirmed)


def register_above(store: Store, *, company: Company) -> None:
    """Register layer 1 once more: who presented there came in the packages of the branches."""
    orgs = {s.org for s in company.sessions if s.layer == 1}
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        meetings.register(session, campaign_id=campaign_id, orgs=orgs, layer=1, by=BY, reason=REASON)


def _register(store: Store, org: str, *, actual: int) -> None:
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        meetings.tell(session, campaign_id=campaign_id, org=org, actual=actual, by=BY)
        meetings.register(session, campaign_id=campaign_id, orgs={org}, layer=2, by=BY, reason=REASON)
