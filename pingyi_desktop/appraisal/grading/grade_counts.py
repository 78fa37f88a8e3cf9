"""How many members have which grade, organisation by organisation: decided here, or told by a package from below.

Counts are added, never averaged, and stand in the tree's order. Names are there only where the campaign asks for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import gradings, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.paper import suppression
from pingyi_desktop.appraisal.paper.suppression import Hidden
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.storage.schema_campaign import AppraisalSession
from pingyi_desktop.storage.schema_grades import GradeCount, GradeName, MemberGrade
from pingyi_desktop.storage.schema_people import PartyOrganization
from pingyi_desktop.storage.schemas.grade_words import Grade


@dataclass(frozen=True)
class GradeCounts:
    """One session's decided grades on one form; ``decided_on`` is the last day on which one of them was decided."""

    meeting: SessionView
    form_code: str
    counts: dict[Grade, int]
    decided_on: str

    @property
    def listed(self) -> int:
        """Everybody on the paper, graded or not."""
        return sum(self.counts.values())


def of_campaign(session: Session, *, campaign_id: str, outside: Collection[str] = ()) -> list[GradeCounts]:
    """Those of every session whose grades are decided, in the tree's order; ``outside`` are units that count nowhere."""
    meetings = {
        one.id: one
        for one in sessions.listing(session, campaign_id=campaign_id)
        if one.org_code not in outside
    }
    found = _own(session, meetings) | _received(session, meetings)
    order = {session_id: number for number, session_id in enumerate(meetings)}
    return [
        GradeCounts(meetings[place[0]], place[1], *found[place])
        for place in sorted(found, key=lambda place: (order[place[0]], place[1]))
    ]


def names(session: Session, *, session_id: str) -> list[tuple[str, str, Grade]]:
    """(number, name, grade) of the members of a unit below, as it told them; none where the campaign does not ask."""
    rows = session.exec(
        select(GradeName).where(GradeName.session_id == session_id).order_by(col(GradeName.member_no))
    )
    return [(row.member_no, row.name, Grade(row.grade)) for row in rows]


def added(found: Collection[GradeCounts]) -> dict[Grade, int]:
    """All of them together."""
    return {grade: sum(one.counts[grade] for one in found) for grade in Grade}


@dataclass(frozen=True)
class Withheld:
    """What is not shown of these counts beside each other, as it would tell who of a few has which grade.

    The k-rule of ballots (``suppression``), with the people on a form for ballots: of one member the counts are the grade.
    Where the campaign asks for names nothing is withheld; what is decided in this file is its own unit's to see.
    """

    decided: Mapping[tuple[int, str], Hidden]

    def row(self, one: GradeCounts) -> bool:
        """Whether these counts are withheld."""
        return one.meeting.org_code in self.decided[one.meeting.layer, one.form_code].rows

    def total(self, found: Iterable[GradeCounts], under: str) -> bool:
        """Whether the sum of these, of all below an organisation, is."""
        places = {(one.meeting.layer, one.form_code) for one in found}
        return any(under in self.decided[place].totals for place in places)


def withheld(
    session: Session, *, campaign_id: str, found: Collection[GradeCounts], units: Iterable[Org], least: int
) -> Withheld:
    """The same of everything the file knows (``of_campaign``), in its tree of ``units``; ``least`` is the rule's min_cell."""
    parents = {one.code: one.parent_code for one in units}
    named = gradings.of(session, campaign_id=campaign_id).names
    people: dict[tuple[int, str], Counter[str]] = {}
    for one in found:
        here = people.setdefault((one.meeting.layer, one.form_code), Counter())
        # what is known here hides nothing: it can be taken off any sum
        if one.meeting.received and not named:
            here[one.meeting.org_code] = one.listed
    return Withheld({place: suppression.decide(parents, many, least) for place, many in people.items()})


def members(session: Session, *, campaign_id: str, ids: Collection[str]) -> dict[str, dict[str, object]]:
    """What a package tells of the decided grades of these sessions of the own unit, by the names of its members.

    Counts, and everybody's name where the campaign asks for it; nothing at all before anything is decided.
    """
    named = gradings.of(session, campaign_id=campaign_id).names
    decided = _decided(session, ids)
    if not decided:
        return {}
    counts = [
        {
            **place,
            **{grade.lower(): sum(row.final == grade for row in people) for grade in Grade},
            "decided_on": max(row.decided_on for row in people),
        }
        for place, people in decided
    ]
    names = [
        {
            **place,
            "people": [{"member_no": row.member_no, "name": row.name, "grade": row.final} for row in people],
        }
        for place, people in decided
    ]
    return {"grades": {"grades": counts}, **({"grade_names": {"names": names}} if named else {})}


def rows(
    meetings: Mapping[tuple[int, str], str], told: Iterable[Mapping[str, Any]], *, source: str
) -> list[dict[str, object]]:
    """Rows of ``grade_count`` for what a package tells; ``meetings`` are the planned sessions."""
    return [
        {
            "session_id": meetings[one["layer"], one["org"]],
            "form_code": one["form"],
            **{grade.lower(): one[grade.lower()] for grade in Grade},
            "decided_on": one["decided_on"],
            "source_id": source,
        }
        for one in told
    ]


def name_rows(
    meetings: Mapping[tuple[int, str], str], told: Iterable[Mapping[str, Any]], *, source: str
) -> list[dict[str, object]]:
    """Rows of ``grade_name`` for the names in a package."""
    return [
        {
            "session_id": meetings[one["layer"], one["org"]],
            "form_code": one["form"],
            **person,
            "source_id": source,
        }
        for one in told
        for person in one["people"]
    ]


def _decided(session: Session, ids: Collection[str]) -> list[tuple[dict[str, object], list[MemberGrade]]]:
    """Decided grades with where they belong, in the order of layer, organisation and form."""
    query = (
        select(AppraisalSession.layer, PartyOrganization.code, MemberGrade)
        .join(AppraisalSession, col(MemberGrade.session_id) == AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(col(AppraisalSession.id).in_(ids))
        .order_by(
            col(AppraisalSession.layer),
            col(PartyOrganization.code),
            col(MemberGrade.form_code),
            col(MemberGrade.member_no),
        )
    )
    found: dict[tuple[int, str, str], list[MemberGrade]] = {}
    for layer, org, row in session.exec(query):
        found.setdefault((layer, org, row.form_code), []).append(row)
    return [
        ({"layer": layer, "org": org, "form": form}, people) for (layer, org, form), people in found.items()
    ]


_Found = dict[tuple[str, str], tuple[dict[Grade, int], str]]


def _own(session: Session, meetings: Collection[str]) -> _Found:
    many: dict[tuple[str, str], Counter[str]] = {}
    days: dict[tuple[str, str], str] = {}
    rows = session.exec(
        select(MemberGrade.session_id, MemberGrade.form_code, MemberGrade.final, MemberGrade.decided_on)
    )
    for session_id, form_code, final, day in rows:
        place = session_id, form_code
        if session_id in meetings:
            many.setdefault(place, Counter())[final] += 1
            days[place] = max(day, days.get(place, day))
    return {
        place: ({grade: counted[grade] for grade in Grade}, days[place]) for place, counted in many.items()
    }


def _received(session: Session, meetings: Collection[str]) -> _Found:
    return {
        (row.session_id, row.form_code): (
            dict(
                zip(
                    Grade,
                    (row.excellent, row.qualified, row.basic, row.unqualified, row.not_rated),
                    strict=True,
                )
            ),
            row.decided_on,
        )
        for row in session.exec(select(GradeCount))
        if row.session_id in meetings
    }
