"""日程: the appraisal meetings of layer 1, each review group a half-day at a time; a plan that people then edit as meetings.

Every group takes the working half-days from the first one on in turn, so that groups of 5, 5, 5, 4 and 4 units are done after
five half-days and no group has two meetings in one. What is planned are rows of 会议: the day, half-day and place are
changed there, and ``clashes`` says when a group then has one half-day twice (V-MTG-17).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import campaign_tree, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.ledgers import catalog, counting, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_campaign import Campaign, ReviewGroup
from pingyi_desktop.storage.schemas.meetings import HalfDay, MeetingKind, MeetingLayer, MeetingState

SATURDAY = 5
Slot = tuple[str, str]
"""a day (ISO) and a half of it"""


class Placed(NamedTuple):
    """A meeting of layer 1 with its review group; ``row`` is None while it is not planned."""

    meeting: SessionView
    row: Row | None

    @property
    def slot(self) -> Slot | None:
        """The half-day it takes; None when it has none or is cancelled."""
        if self.row is None or self.row.values["status"] == MeetingState.CANCELLED:
            return None
        day, half = self.row.values["held_on"], self.row.values["half"]
        return (str(day), str(half)) if day and half else None


def placed(session: Session, *, campaign_id: str) -> list[Placed]:
    """Every session of layer 1 that this office keeps, by review group, with its row of 会议."""
    listed = _meetings(session, campaign_id)
    kept = [one for one in sessions.listing(session, campaign_id=campaign_id, layer=1) if one.own]
    groups = select(col(ReviewGroup.name), col(ReviewGroup.number)).where(
        ReviewGroup.campaign_id == campaign_id
    )
    numbers = dict(session.exec(groups).all())
    kept.sort(key=lambda one: numbers.get(one.review_group, len(numbers) + 1))
    return [Placed(one, listed.get(one.org_code)) for one in kept]


def _meetings(
    session: Session,
    campaign_id: str,
    ledger: Sequence[Row] | None = None,
    tree: Sequence[Org] | None = None,
) -> dict[str, Row]:
    """The meetings of layer 1 that are not cancelled, by the unit they are about: one below the office whose row it is."""
    listed: dict[str, Row] = {}
    if ledger is None:
        ledger = rows.listing(session, catalog.ledger("meeting"), Asked(campaign_id, ""))
    above = counting.parents(session, campaign_id=campaign_id, units=tree) if ledger else {}
    for row in ledger:
        first = row.values["layer"] == MeetingLayer.ONE and row.values["status"] != MeetingState.CANCELLED
        if first and of_sessions.says(row, above):
            listed.setdefault(str(row.values["subject"]), row)
    return listed


def plan(session: Session, *, campaign_id: str, start: str, by: str, today: str) -> int:
    """Plan a meeting for every unit that has none, from ``start`` (ISO) on; returns how many. V-MTG-18 and 19."""
    return len(balance(session, campaign_id=campaign_id, start=start, by=by, today=today, again=False).added)


def balance(
    session: Session, *, campaign_id: str, start: str, by: str, today: str, again: bool
) -> edits.Before:
    """The same, and (``again``) give every planned meeting that was not held its half-day anew; the way back."""
    known = placed(session, campaign_id=campaign_id)
    wanted = [one for one in known if one.row is None or (again and _may_move(one.row))]
    if any(not one.meeting.review_group for one in wanted):
        raise broken("V-MTG-18")
    last = session.get_one(Campaign, campaign_id).end_date
    own = campaign_tree.own_unit(session, campaign_id=campaign_id).code
    lines = list[Line]()
    for group, listed in groupby(wanted, key=lambda one: one.meeting.review_group):
        taken = {one.slot for one in known if one.meeting.review_group == group and one not in wanted}
        free = (slot for slot in half_days(start, last) if slot not in taken)
        for one in listed:
            slot = next(free, None)
            if slot is None:
                raise broken("V-MTG-19", start=start, end=last, n=len(wanted))
            lines.append(_line(len(lines) + 1, one, slot, own))
    made = plans.plan(
        session,
        catalog.ledger("meeting"),
        campaign_id=campaign_id,
        sheet=plans.LedgerSheet("日程", tuple(lines)),
        today=today,
    )
    return plans.apply(session, made, by=by)


def _may_move(row: Row) -> bool:
    return not row.received and row.values["status"] == MeetingState.PLANNED


def half_days(start: str, last: str) -> Iterator[Slot]:
    """Mornings and afternoons of working days from ``start`` to ``last``."""
    day, end = date.fromisoformat(start), date.fromisoformat(last)
    while day <= end:
        if day.weekday() < SATURDAY:
            yield day.isoformat(), HalfDay.AM
            yield day.isoformat(), HalfDay.PM
        day += timedelta(days=1)


def clashes(
    session: Session,
    *,
    campaign_id: str,
    tree: Sequence[Org] | None = None,
    meetings: Sequence[SessionView] | None = None,
    ledger: Sequence[Row] | None = None,
) -> Iterator[Finding]:
    """V-MTG-17: a review group that has one half-day twice; ``tree`` and ``meetings`` are the campaign's, ``ledger`` its
    rows of 会议, where they were read already."""
    half_of, listed = catalog.ledger("meeting").by_key["half"], _meetings(session, campaign_id, ledger, tree)
    if meetings is None:
        meetings = sessions.listing(session, campaign_id=campaign_id)
    taken: dict[tuple[str, Slot], list[str]] = {}
    for meeting in (one for one in meetings if listed and one.layer == 1 and one.own and one.review_group):
        if (slot := Placed(meeting, listed.get(meeting.org_code)).slot) is not None:
            taken.setdefault((meeting.review_group, slot), []).append(meeting.org_name)
    for (group, (day, half)), names in sorted(taken.items()):
        if len(names) > 1:
            option = half_of.option(half)
            word = option.word if option is not None else half
            yield found(
                "V-MTG-17", group, group=group, day=day, half=word, n=len(names), orgs="、".join(names)
            )


def _line(number: int, one: Placed, slot: Slot, own: str) -> Line:
    texts = {plans.ORG: own, "held_on": slot[0], "half": slot[1]}
    if one.row is not None:
        texts[plans.NUMBER] = one.row.name
    else:
        texts |= {
            "kind": MeetingKind.APPRAISAL,
            "layer": MeetingLayer.ONE,
            "subject": one.meeting.org_code,
            "status": MeetingState.PLANNED,
        }
    return Line("日程", number, {key: str(value) for key, value in texts.items()})
