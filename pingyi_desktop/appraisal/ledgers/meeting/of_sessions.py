"""Sessions from their meetings: what the ledger of meetings says is registered for the session, and held against it.

The ledger is where people write: day, 应到 and 实到 stand in the meeting's row, 自我介绍 and 汇报 are counted from the members
of 汇报登记. ``register`` carries them to the session that is planned anyway, with its stacks of ballots; ``judged`` says
where both differ since. A unit without these rows registers its session as ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import campaign_tree, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.ledgers import catalog, counting, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_campaign import SessionStatus
from pingyi_desktop.storage.schema_people import PartyMember, PartyOrganization
from pingyi_desktop.storage.schemas.meetings import (
    MeetingKind,
    MeetingLayer,
    MeetingState,
    PresentedBy,
    YesNo,
)

NUMBERS = {MeetingLayer.ONE: 1, MeetingLayer.TWO: 2}
FACTS = (
    ("held_on", "评议时间"),
    ("expected", "应到"),
    ("actual", "实到"),
    ("self_introduced", "自我介绍"),
    ("oral_reports", "汇报"),
)
_MEND = "场次错了在“录入”页更正，台账错了在“{}”页改正"


class Presented(NamedTuple):
    """Members of one organisation: rows, who presented in any way, orally, and orally at layer 1 (of a meeting above)."""

    rows: int = 0
    introduced: int = 0
    oral: int = 0
    above: int = 0

    def plus(self, other: Presented) -> Presented:
        """Both together."""
        return Presented(*(a + b for a, b in zip(self, other, strict=True)))


class _Line(NamedTuple):
    """What of a row of 汇报登记 is held against the session."""

    org: str
    member: str
    mode: str | None
    layer_one: str | None


def presented(session: Session, *, campaign_id: str) -> dict[str, Presented]:
    """What 汇报登记 counts in every organisation that has rows."""
    return _counted(_lines(session, campaign_id))


def _lines(session: Session, campaign_id: str) -> list[_Line]:
    ledger = catalog.ledger("presentation")
    c = ledger.columns_of
    query = select(c.org, c.member, c.mode, c.layer_one)
    asked = rows.conditions(session, ledger, Asked(campaign_id, ""))
    return [_Line(*one) for one in session.execute(query.where(*asked))]


def _counted(lines: Sequence[_Line]) -> dict[str, Presented]:
    counted: dict[str, Presented] = {}
    for (code, mode, above), many in Counter((one.org, one.mode, one.layer_one) for one in lines).items():
        one = Presented(
            many,
            many * (mode != PresentedBy.NONE),
            many * (mode == PresentedBy.ORAL),
            many * (above == YesNo.YES),
        )
        counted[code] = counted.get(code, Presented()).plus(one)
    return counted


def register(
    session: Session, *, campaign_id: str, name: str, by: str, reason: str = ""
) -> tuple[Finding, ...]:
    """Register the session of the meeting with this number as ``sessions.hold`` would; V-MTG-12, 13, 14."""
    row = rows.by_name(session, catalog.ledger("meeting"), campaign_id=campaign_id, name=name)
    layer, org = _place(row)
    listed = sessions.listing(session, campaign_id=campaign_id, layer=layer) if layer else []
    meeting = next((one for one in listed if one.org_code == org), None)
    above = counting.parents(session, campaign_id=campaign_id)
    if meeting is None or not says(row, above):
        raise broken("V-MTG-12", org=row.texts["subject"] or row.org_name, number=name)
    facts = {key: row.values[key] for key in ("held_on", "expected", "actual")}
    if row.values["status"] != MeetingState.HELD or None in facts.values():
        raise broken("V-MTG-13", number=name)
    alike = by_session(session, campaign_id=campaign_id).get((layer, org), [])
    if len(alike) > 1:
        raise broken("V-MTG-14", org=meeting.org_name, n=len(alike), layer=layer_name(layer))
    inside = _inside(session, campaign_id, org) if layer == 1 else {org}
    people = _people(meeting, presented(session, campaign_id=campaign_id), inside)
    return sessions.hold(
        session,
        session_id=meeting.id,
        held_on=str(facts["held_on"]),
        expected=int(facts["expected"] or 0),
        actual=int(facts["actual"] or 0),
        self_introduced=people.get("self_introduced", meeting.self_introduced),
        oral_reports=people.get("oral_reports", meeting.oral_reports),
        members=_on_roster(session, org) or meeting.members if layer == 2 else meeting.members,
        by=by,
        reason=reason,
    )


def register_session(
    session: Session, *, campaign_id: str, layer: int, org: str, by: str, reason: str = ""
) -> tuple[Finding, ...]:
    """The same of the one meeting that a session is; V-MTG-22 when none was held."""
    alike = by_session(session, campaign_id=campaign_id).get((layer, org))
    if not alike:
        unit = campaign_tree.find(session, campaign_id=campaign_id, code=org)
        raise broken("V-MTG-22", org=unit.short_name, layer=layer_name(layer))
    return register(session, campaign_id=campaign_id, name=alike[0].name, by=by, reason=reason)


def judged(
    session: Session,
    *,
    campaign_id: str,
    tree: Sequence[Org] | None = None,
    meetings: Sequence[SessionView] | None = None,
    ledger: Sequence[Row] | None = None,
) -> Iterator[Finding]:
    """V-MTG-15 where a session contradicts its meeting or its people; V-MTG-16 and V-MEM-10 of those who presented.

    ``tree`` and ``meetings`` are the campaign's, ``ledger`` its rows of 会议, where they were read already.
    """
    lines = _lines(session, campaign_id)
    held = by_session(session, campaign_id=campaign_id, ledger=ledger, tree=tree)
    people = _counted(lines)
    if not held and not people:
        return
    left_out = list(_left_out(session, lines))
    whole = people.keys() - {one.where for one in left_out if one.code == "V-MEM-10"}
    tree = campaign_tree.tree(session, campaign_id=campaign_id) if tree is None else tree
    for meeting in sessions.listing(session, campaign_id=campaign_id) if meetings is None else meetings:
        if meeting.status == SessionStatus.HELD:
            alike = held.get((meeting.layer, meeting.org_code), [])
            yield from _different(meeting, alike[0].values if len(alike) == 1 else {}, "会议台账")
            below = campaign_tree.below(tree, meeting.org_code) if meeting.layer == 1 else ()
            inside = {o.code for o in below}
            known = (inside - {o.parent_code for o in below} or {meeting.org_code}) <= whole
            told = _people(meeting, people, inside)
            yield from _different(meeting, told, "汇报登记", so_far=not known)
    yield from left_out


def says(row: Row, above: Mapping[str, str | None]) -> bool:
    """Whether a meeting is one that its row's unit may tell of: layer 1 is told by an office above who is appraised, never by
    the appraised itself; ``above`` are ``counting.parents``."""
    layer, org = _place(row)
    return counting.speaks_for(row.org, org, above) and not (layer == 1 and row.org == org)


def _place(row: Row) -> tuple[int, str]:
    layer = row.values["layer"]
    return NUMBERS[MeetingLayer(str(layer))] if layer else 0, str(row.values["subject"] or row.org)


def by_session(
    session: Session,
    *,
    campaign_id: str,
    planned: bool = False,
    ledger: Sequence[Row] | None = None,
    tree: Sequence[Org] | None = None,
) -> dict[tuple[int, str], list[Row]]:
    """Meetings that were held (or are ``planned``), by the session that they are: 座谈会 only where no 评议会 is.

    ``ledger`` is the campaign's rows of 会议 and ``tree`` its organisations, where they were read already.

    Who is appraised at layer 1 is below the office whose row it is: nobody else says when and with how many people.
    """
    found_rows: dict[tuple[int, str], list[Row]] = {}
    if ledger is None:
        ledger = rows.listing(session, catalog.ledger("meeting"), Asked(campaign_id, ""))
    wanted = set(MeetingState) - {MeetingState.CANCELLED} if planned else {MeetingState.HELD}
    listed = [one for one in ledger if one.values["status"] in wanted]
    above = counting.parents(session, campaign_id=campaign_id, units=tree) if listed else {}
    for row in listed:
        is_session = row.values["layer"] and row.values["kind"] in (MeetingKind.APPRAISAL, MeetingKind.FORUM)
        if is_session and says(row, above):
            found_rows.setdefault(_place(row), []).append(row)
    appraisals = {
        place: [row for row in listed if row.values["kind"] == MeetingKind.APPRAISAL]
        for place, listed in found_rows.items()
    }
    return {place: appraisals[place] or listed for place, listed in found_rows.items()}


def _people(
    meeting: SessionView, counted: Mapping[str, Presented], inside: Collection[str]
) -> dict[str, int]:
    """自我介绍 and 汇报 of a session as members are registered; nothing where none is."""
    if meeting.layer == 2:
        own = counted.get(meeting.org_code, Presented())
        return {"self_introduced": own.introduced, "oral_reports": own.oral} if own.rows else {}
    above = sum(one.above for code, one in counted.items() if code in inside)
    return {"oral_reports": above} if above else {}  # nobody marked: nothing was told of it


def _inside(session: Session, campaign_id: str, org: str) -> set[str]:
    return {o.code for o in campaign_tree.tree(session, campaign_id=campaign_id, under=org)}


def _different(
    meeting: SessionView, wanted: Mapping[str, Any], where: str, *, so_far: bool = False
) -> Iterator[Finding]:
    """What both say and say otherwise; of people registered ``so_far`` only that they are more than the session has."""
    mend = (
        f"请{meeting.org_name}改正后重新上报"
        if meeting.received
        else _MEND.format(where.removesuffix("台账"))
    )
    for key, title in FACTS:
        value, told = getattr(meeting, key), wanted.get(key)
        if value is None or told is None or value == told or (so_far and told < value):
            continue
        about = {"org": meeting.org_name, "what": title, "where": where, "mend": mend}
        yield found("V-MTG-15", meeting.org_code, ledger=told, session=value, **about)


def _left_out(session: Session, lines: Sequence[_Line]) -> Iterator[Finding]:
    """V-MEM-10 for every member of a unit that keeps the ledger, and V-MTG-16 for who is in it twice."""
    often = Counter((one.org, one.member) for one in lines if one.member)
    named = {code for code, _ in often}
    name = col(PartyMember.name) + col(PartyMember.name_suffix)
    roster = (
        select(col(PartyMember.member_no), name, col(PartyOrganization.code))
        .join(PartyOrganization, col(PartyMember.org_id) == PartyOrganization.id)
        .where(col(PartyMember.retired).is_(False), col(PartyOrganization.code).in_(sorted(named)))
    )
    for number, said, code in session.execute(roster.order_by(col(PartyMember.member_no))):
        if code in named and not often[code, number]:
            yield found("V-MEM-10", code, name=said)
        elif often[code, number] > 1:
            yield found("V-MTG-16", code, name=said, n=often[code, number])


def _on_roster(session: Session, code: str) -> int:
    query = (
        select(func.count())
        .select_from(PartyMember)
        .join(PartyOrganization, col(PartyMember.org_id) == PartyOrganization.id)
    )
    kept = col(PartyOrganization.code) == code, col(PartyMember.retired).is_(False)
    return session.scalars(query.where(*kept)).one()
