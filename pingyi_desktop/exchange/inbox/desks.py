"""What this office judges and counts by: its campaign and tree, the keys it knows, what it holds and what it decided.

Opened once for an import, an export or a screen (:func:`open_desk`); :func:`view_of` says what counts here, given the
envelopes held and the rulings of its people. Who may bring something new onto the desk is asked in ``receiving``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import definition as definitions
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.inbox import tray as trays
from pingyi_desktop.exchange.inbox.tray import Decided, Tray
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging import merge
from pingyi_desktop.exchange.merging.merge import ROLLUP, SUBMISSION, Record, Rulings, View
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import IssuedTask


@dataclass(frozen=True)
class Desk:
    """What an import is judged against; ``known`` are the envelopes held already, ``planned`` the places of figures.

    ``issued`` is the current epoch of direct children, ``proxied`` are those entered here, ``newest`` the highest revision
    held by (type, unit, epoch), ``tokens`` are the secrets of the tasks handed down,
    ``places`` the ids that claim each (type, unit, epoch, revision), with those judged since; ``tray`` is what was held.
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
    tray: Tray = field(default_factory=Tray, repr=False)

    @cached_property
    def standing(self) -> View:
        """What counts of what is held here, as it was decided when the desk was opened."""
        return view_of(self, self.known.values())

    @property
    def k(self) -> int:
        """The fewest valid ballots whose marks may be known (k-rule)."""
        return rules.read(self.definition["rule"]).min_cell


def open_desk(
    session: Session, campaign: Campaign, *, tray: Tray | None = None, to_look: bool = False
) -> Desk:
    """The desk of this file's unit; a sentence when the campaign is not published.

    ``tray`` is what the file holds when it was read already. With ``to_look`` the desk shows what counts and nothing
    can be taken in on it: it has neither the secrets of the tasks nor the places of figures.
    """
    if campaign.definition is None:
        raise PackageError("活动还没有发布，不能收发数据包。请先在“评议活动”页发布。")
    definition = definitions.read(campaign.definition)
    tray = tray or trays.read(session, campaign_id=campaign.id)
    tasks = session.execute(_tasks(), {"campaign": campaign.id}).all()
    by_proxy = {row[0]: row[2] for row in tasks}
    keyring = keys.keyring(session, campaign_id=campaign.id)
    known, newest = _known(tray, keyring), dict[tuple[str, str, int], int]()
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
        rulings=ruled(tray.decided),
        planned=contents.Places() if to_look else contents.planned(session, campaign_id=campaign.id),
        newest=newest,
        tokens={} if to_look else keys.tokens(session, campaign_id=campaign.id),
        places=places,
        tray=tray,
    )


@cache
def _tasks() -> Select[str, int, bool]:
    """What was handed down, the newest last: put together once."""
    return (
        select(col(IssuedTask.unit_code), col(IssuedTask.epoch), col(IssuedTask.by_proxy))
        .where(col(IssuedTask.campaign_id) == bindparam("campaign"))
        .order_by(col(IssuedTask.epoch))
    )


def rulings(session: Session, *, campaign_id: str) -> Rulings:
    """What persons decided at this office: withdrawn and turned-down envelopes, and those chosen in a conflict."""
    return ruled(trays.decided(session, campaign_id=campaign_id))


def ruled(decided: Decided) -> Rulings:
    """The decisions as the merge asks for them."""
    released = {one.envelope_id: one.kept_id for one in decided.holds if one.let_in}
    chosen = frozenset(one.envelope_id for one in decided.choices)
    return Rulings(decided.void, chosen, released)


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


def noted(one: Record, held: Record | None) -> Record:
    """A record with the numbers of the imports that this file has noted for it."""
    return one if held is None else replace(one, listed=held.listed, arrived=held.arrived)


def view_of(desk: Desk, records: Iterable[Record]) -> View:
    """What counts at this office, given these envelopes and what its people decided.

    What a unit sent before it came to be entered here (由本级代录) counts nowhere, whatever was decided about it since.
    """
    offered = list(records)
    outdated = {one.id for one in offered if one.unit in desk.proxied}
    ruled = replace(desk.rulings, void=desk.rulings.void | outdated)
    return merge.view(offered, office=desk.unit, parents=desk.parents, rulings=ruled)


def _known(tray: Tray, keyring: Mapping[tuple[str, int], str]) -> dict[str, Record]:
    """Every received submission and rollup of the campaign as the merge sees it."""
    letters = tray.received(SUBMISSION, ROLLUP)
    found = {
        one.id: Record(
            one.id,
            one.type,
            one.unit,
            one.epoch,
            one.revision,
            body=one.body,
            key=keyring.get((one.unit, one.epoch), ""),
            listed=one.listed,
            arrived=one.arrived,
        )
        for one in letters
    }
    return found | {one.id: noted(record(one), found[one.id]) for one in tray.opened(letters)}
