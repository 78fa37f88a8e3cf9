"""Many units together against the roster: each may be a little too large, all of them cannot be.

``plausible`` holds every unit against its own people. Many small ones just below that bound would together outvote the
company, so the figures of all that count below an office are held against all their people as well: of every office on
the way up to our own, because a total is shown of each. What an import adds beyond that waits for a person (待核); what
counted before is left alone, and so is whoever has not more voters than twice its members: he brings no sum beyond
anything. An import that makes a sum no worse, as after a person has released such figures, is not troubled either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session, col

from pingyi_desktop import bounds
from pingyi_desktop.exchange.inbox import desks, receiving, settling, verdicts
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.inbox.receiving import Aside, Incoming
from pingyi_desktop.exchange.merging.plausible import ASK, Rolls
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.wire import package, trust
from pingyi_desktop.storage.schema_campaign import AppraisalSession, SessionStatus
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization

People = tuple[int, str, int]
"""Layer, organisation and people expected of a session."""


@dataclass(frozen=True)
class Voters:
    """People expected at one session, and the unit that reports it."""

    unit: str
    layer: int
    org: str
    expected: int


def judged(
    session: Session, desk: Desk, incoming: Sequence[Incoming], *, rolls: Rolls, confirmed: Collection[str]
) -> list[Incoming]:
    """The files with what has to wait for being too much together added to ``aside``; what was found before is dropped."""
    files = [replace(one, aside=_alone(one)) for one in incoming]
    taken = [one for one in files if not verdicts.asks(one, confirmed)]
    arriving = {e.id: e for one in taken for e in one.envelopes}
    before = desks.view_of(desk, desk.known.values()).submissions
    after = desks.view_of(
        receiving.setting_aside(desk, taken), settling.whole(desk, arriving).values()
    ).submissions
    added = {identity: unit for unit, identity in after.items() if before.get(unit) != identity}
    if not added:
        return files
    known = _counting(session, desk.campaign.id)
    opened = settling.opened(session, ids=sorted(added.keys() - arriving.keys()))
    fresh = {
        e.id: _people_in(e) for e in (*opened, *(arriving[one] for one in added.keys() & arriving.keys()))
    }
    now, then = (
        [Voters(unit, *v) for unit, one in seen.items() for v in fresh.get(one) or known.get(one, ())]
        for seen in (after, before)
    )
    found = too_many(desk, now=now, then=then, added=set(added.values()), rolls=rolls)
    aside = {after[unit]: Aside(Situation.FAR_TOGETHER, said) for unit, said in found.items()}
    return [replace(one, aside={**one.aside, **_of_file(desk, one, aside)}) for one in files]


def too_many(
    desk: Desk, *, now: Iterable[Voters], then: Iterable[Voters], added: Collection[str], rolls: Rolls
) -> dict[str, str]:
    """Why units that were ``added`` have to wait, by code: what counts ``now`` below an office is beyond what its people
    explain, and further than ``then``. The lowest offices come first; what waits there burdens no office above."""
    waiting: dict[str, str] = {}
    sums, earlier = _sums(desk, now, rolls), _sums(desk, then, rolls)
    for office, kind in sorted(sums, key=lambda one: (-trust.depth(one[0], desk.parents), one)):
        came = [one for one in sums[office, kind] if one.unit not in waiting]
        if _beyond(came, rolls) <= max(0, _beyond(earlier[office, kind], rolls)):
            continue
        large = [one for one in came if one.unit in added and one.expected > 2 * _roll(one, rolls).listed]
        waiting |= {one.unit: _sentence(desk, office, came, one, rolls) for one in large}
    return waiting


def _sums(desk: Desk, voters: Iterable[Voters], rolls: Rolls) -> defaultdict[tuple[str, str], list[Voters]]:
    """What is summed of each office up to our own, of all below it and what it reports itself, by the kind of session."""
    found: defaultdict[tuple[str, str], list[Voters]] = defaultdict(list)
    offices = {one["parent"] for one in desk.definition["orgs"] if one["type"] != OrgType.GROUP}
    for one in voters:
        kinds = tuple(_kinds(desk, one, rolls, offices))
        for code in (one.unit, *trust.ancestors(one.unit, desk.parents)):
            for kind in kinds if code in offices else ():
                found[code, kind].append(one)
            if code == desk.unit:
                break
    return found


def _kinds(desk: Desk, one: Voters, rolls: Rolls, offices: Collection[str | None]) -> Iterator[str]:
    """The sums a session is in: in none of them anybody is counted twice, for none of its organisations is above another.

    Those whose members are known are summed by themselves as well: behind a guess nobody hides.
    """
    if one.org in offices:
        yield f"{one.layer} depth {trust.depth(one.org, desk.parents)}"
        return
    yield f"{one.layer} branches"
    if not _roll(one, rolls).guessed:
        yield f"{one.layer} known branches"


def _roll(one: Voters, rolls: Rolls) -> bounds.Roll:
    return rolls.get(one.org, bounds.STRANGER)


def _beyond(came: Sequence[Voters], rolls: Rolls) -> int:
    """Voters beyond what the people of these organisations explain; negative while there is room."""
    most = bounds.most_together(part for one in came for part in _roll(one, rolls).parts)
    return sum(one.expected for one in came) - most


def _sentence(desk: Desk, office: str, came: Sequence[Voters], one: Voters, rolls: Rolls) -> str:
    listed, own = sum(_roll(v, rolls).listed for v in came), _roll(one, rolls)
    many, voters = len({v.unit for v in came}), sum(v.expected for v in came)
    return (
        f"“{desk.names[office]}”范围内报来的 {many} 个单位应到合计 {voters} 人，本级掌握的这些单位党员共 {listed} 名，"
        f"单个看还说得过去，合在一起相差太多；其中“{desk.names[one.org]}”应到 {one.expected} 人，党员 {own.listed} 名。{ASK}"
    )


def _alone(one: Incoming) -> dict[str, Aside]:
    return {i: why for i, why in one.aside.items() if not why.of_all}


def _of_file(desk: Desk, one: Incoming, aside: Mapping[str, Aside]) -> dict[str, Aside]:
    """What of it the file brings, or makes count."""
    sender, ids = one.sender.address.unit, {e.id for e in one.envelopes}
    return {i: why for i, why in aside.items() if i in ids or _is_below(desk, i, sender)}


def _is_below(desk: Desk, identity: str, sender: str) -> bool:
    held = desk.known.get(identity)
    return held is not None and trust.is_below(held.unit, sender, desk.parents)


def _counting(session: Session, campaign_id: str) -> Mapping[str, Sequence[People]]:
    """The people of every session that counts here, by the envelope that told of it."""
    rows = session.execute(
        select(
            col(AppraisalSession.source_id),
            col(AppraisalSession.layer),
            col(PartyOrganization.code),
            col(AppraisalSession.expected),
        )
        .join(PartyOrganization, col(AppraisalSession.org_id) == col(PartyOrganization.id))
        .where(
            col(AppraisalSession.campaign_id) == campaign_id,
            col(AppraisalSession.source_id).is_not(None),
            col(AppraisalSession.status) == SessionStatus.HELD,
        )
    )
    found: defaultdict[str, list[People]] = defaultdict(list)
    for source, layer, org, expected in rows:
        found[source].append((layer, org, expected or 0))
    return found


def _people_in(envelope: package.Envelope) -> Sequence[People]:
    sessions = envelope.document("sessions")["sessions"]
    return [(one["layer"], one["org"], one["expected"] or 0) for one in sessions]
