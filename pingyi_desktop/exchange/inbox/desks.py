"""What this office judges and counts by: its campaign and tree, the keys it knows, what it holds and what it decided.

Opened once for an import, an export or a screen (:func:`open_desk`); :func:`view_of` says what counts here, given the
envelopes held and the rulings of its people. Who may bring something new onto the desk is asked in ``receiving``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging import merge
from pingyi_desktop.exchange.merging.merge import ROLLUP, SUBMISSION, Record, Rulings, View
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.storage.schema import Campaign, Envelope, EnvelopeState
from pingyi_desktop.storage.schema_exchange import ConflictDecision, HoldRuling, IssuedTask, Withdrawal


@dataclass(frozen=True)
class Desk:
    """What an import is judged against; ``known`` are the envelopes held already, ``planned`` the places of figures.

    ``issued`` is the current epoch of direct children, ``proxied`` are those entered here, ``newest`` the highest revision
    held by (type, unit, epoch), ``tokens`` are the secrets of the tasks handed down,
    ``places`` the ids that claim each (type, unit, epoch, revision), with those judged since.
    """

    campaign: Campaign
    unit: str
    parents: Mapping[str, str | None]
    names: Mapping[str, str]
    definition: Mapping[str, Any]
    keyring: dict[tuple[str, int], str]
    issued: Mapping[str, int] = field(default_factory=dict)
    proxied: frozenset[str] = frozenset()
    known: Mapping[str, Record] = field(default_factory=dict)
    rulings: Rulings = field(default_factory=Rulings)
    planned: contents.Places = field(default_factory=contents.Places)
    newest: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    tokens: Mapping[tuple[str, int], bytes] = field(default_factory=dict, repr=False)
    places: defaultdict[tuple[str, str, int, int], set[str]] = field(
        default_factory=lambda: defaultdict(set), repr=False
    )

    @property
    def k(self) -> int:
        """The fewest valid ballots whose marks may be known (k-rule)."""
        return rules.read(self.definition["rule"]).min_cell


def open_desk(session: Session, campaign: Campaign) -> Desk:
    """The desk of this file's unit; a sentence when the campaign is not published."""
    if campaign.definition is None:
        raise PackageError("活动还没有发布，不能收发数据包。请先在“评议活动”页发布。")
    definition = json.loads(campaign.definition)
    tasks = session.execute(
        select(col(IssuedTask.unit_code), col(IssuedTask.epoch), col(IssuedTask.by_proxy))
        .where(col(IssuedTask.campaign_id) == campaign.id)
        .order_by(col(IssuedTask.epoch))
    ).all()
    by_proxy = {row[0]: row[2] for row in tasks}
    keyring = keys.keyring(session, campaign_id=campaign.id)
    known, newest = _known(session, campaign.id, keyring), dict[tuple[str, str, int], int]()
    places: defaultdict[tuple[str, str, int, int], set[str]] = defaultdict(set)
    for one in known.values():
        place = one.type, one.unit, one.epoch
        newest[place] = max(one.revision, newest.get(place, 0))
        places[(*place, one.revision)].add(one.id)
    return Desk(
        campaign=campaign,
        unit=keys.unit_code(session),
        parents={row["code"]: row["parent"] for row in definition["orgs"]},
        names={row["code"]: row["short_name"] for row in definition["orgs"]},
        definition=definition,
        keyring=keyring,
        issued={row[0]: row[1] for row in tasks},
        proxied=frozenset(unit for unit, entered_here in by_proxy.items() if entered_here),
        known=known,
        rulings=rulings(session, campaign_id=campaign.id),
        planned=contents.planned(session, campaign_id=campaign.id),
        newest=newest,
        tokens=keys.tokens(session, campaign_id=campaign.id),
        places=places,
    )


def rulings(session: Session, *, campaign_id: str) -> Rulings:
    """What persons decided at this office: withdrawn and turned-down envelopes, and those chosen in a conflict."""
    void = select(col(Withdrawal.envelope_id)).where(col(Withdrawal.campaign_id) == campaign_id)
    chosen = select(col(ConflictDecision.envelope_id)).where(col(ConflictDecision.campaign_id) == campaign_id)
    holds = session.execute(
        select(col(HoldRuling.envelope_id), col(HoldRuling.kept_id), col(HoldRuling.let_in)).where(
            col(HoldRuling.campaign_id) == campaign_id
        )
    ).all()
    refused = {row[0] for row in holds if not row[2]}
    released = {row[0]: row[1] for row in holds if row[2]}
    return Rulings(frozenset(session.scalars(void)) | refused, frozenset(session.scalars(chosen)), released)


def record(envelope: package.Envelope) -> Record:
    """An envelope as the merge sees it."""
    head = envelope.address
    is_rollup = head.type == ROLLUP
    accepts = tuple(envelope.document("index")["accepts"]) if is_rollup else ()
    kept = (envelope.document("holds") or {"kept": []})["kept"] if is_rollup else []
    instead = tuple((one["held"], one["kept"]) for one in kept)
    named = envelope.document("index")["keys"] if is_rollup else []
    vouched = frozenset((one["unit"], one["epoch"], one["key"]) for one in named)
    place = (envelope.id, head.type, head.unit, head.epoch, head.revision)
    return Record(*place, accepts, key=envelope.signer, instead=instead, vouched=vouched)


def view_of(desk: Desk, records: Iterable[Record]) -> View:
    """What counts at this office, given these envelopes and what its people decided.

    What a unit sent before it came to be entered here (由本级代录) counts nowhere, whatever was decided about it since.
    """
    offered = list(records)
    outdated = {one.id for one in offered if one.unit in desk.proxied}
    ruled = replace(desk.rulings, void=desk.rulings.void | outdated)
    return merge.view(offered, office=desk.unit, parents=desk.parents, rulings=ruled)


def _known(session: Session, campaign_id: str, keyring: Mapping[tuple[str, int], str]) -> dict[str, Record]:
    """Every received submission and rollup of the campaign as the merge sees it."""
    ours = (
        col(Envelope.campaign_id) == campaign_id,
        col(Envelope.own).is_(False),
        col(Envelope.type).in_((SUBMISSION, ROLLUP)),
    )
    rows = session.execute(
        select(
            col(Envelope.id),
            col(Envelope.type),
            col(Envelope.unit_code),
            col(Envelope.epoch),
            col(Envelope.revision),
            col(Envelope.raw).is_not(None),
            col(Envelope.listed),
        ).where(*ours)
    ).all()
    ruled = select(col(HoldRuling.envelope_id)).where(col(HoldRuling.campaign_id) == campaign_id)
    read = (
        or_(  # what waits or was let in may be signed by a key that the keyring does not have for its place
            col(Envelope.type) == ROLLUP,
            col(Envelope.state) == EnvelopeState.QUARANTINED,
            col(Envelope.id).in_(ruled),
        )
    )
    raws = session.scalars(select(col(Envelope.raw)).where(*ours, read))
    opened = [package.parse_stored(raw) for raw in raws if raw is not None]
    found = {
        row[0]: Record(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            body=row[5],
            key=keyring.get((row[2], row[3]), ""),
            listed=row[6],
        )
        for row in rows
    }
    return found | {one.id: replace(record(one), listed=found[one.id].listed) for one in opened}
