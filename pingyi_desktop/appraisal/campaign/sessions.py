"""评议场次: planned from the tree, held, and answerable to one unit.

Wherever a company has committees below it, layer 1 plans one appraisal meeting for each, held by the company's review
groups; layer 2 plans one session per committee (a meeting without ballots), general branch and branch: 412 = 23 + 40 +
349 for the reference company. A company below a group is a committee of the group's, and runs a layer 1 of its own. A
layer-1 session is kept by the company directly above, a layer-2 session by the organisation itself, or by the office
above for a unit without a computer (由本级代录). A campaign published by the first edition keeps its plan: layer 1 for
the grassroots committees directly below the root only, no layer 2 for a company.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, insert
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.campaign import campaign_rules, campaign_tree, campaigns, planning
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import DataFile, new_id
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState
from pingyi_desktop.storage.schema_campaign import (
    AppraisalSession,
    Campaign,
    CampaignMode,
    ReviewGroup,
    SessionStatus,
)
from pingyi_desktop.storage.schema_exchange import IssuedTask
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization

APPRAISAL, FORUM = "APPRAISAL", "FORUM"


class SessionView(NamedTuple):
    """One session for reading; counts are people, None when not registered yet."""

    id: str
    layer: int
    org_code: str
    org_name: str
    org_type: str
    review_group: str
    meeting_type: str
    has_ballots: bool
    status: str
    held_on: str | None
    expected: int | None
    actual: int | None
    self_introduced: int | None
    oral_reports: int | None
    members: int | None
    own: bool
    received: bool
    keeper: str
    """code of the unit that keeps it and reports it"""


def publish(session: Session, *, campaign_id: str, by: str, reason: str = "") -> str:
    """Lock forms, rule and organisations, plan the sessions, and return the definition's SHA-256.

    ``reason`` answers what ``campaigns.findings_of`` asks (the five elements, the scores).
    """
    digest = campaigns.lock(session, campaign_id=campaign_id, by=by, reason=reason)
    plan(session, campaign_id=campaign_id)
    return digest


def adopt(session: Session, *, definition: str, by: str) -> str:
    """Take over a campaign from a verified task file and plan the own sessions; returns the campaign's id."""
    campaign_id = campaigns.take_over(session, definition=definition, by=by)
    plan(session, campaign_id=campaign_id)
    return campaign_id


def plan(session: Session, *, campaign_id: str) -> int:
    """Plan what the tree asks for and the file does not have yet; returns how many sessions were added."""
    view, planned = _planned(session, campaign_id)
    have = {
        (row.layer, row.org_id)
        for row in session.exec(select(AppraisalSession).where(AppraisalSession.campaign_id == campaign_id))
        if row.status != SessionStatus.VOID
    }
    added = [(layer, o, new_id()) for layer, o in planned if (layer, o.id) not in have]
    if not added:
        return 0
    session.execute(insert(AppraisalSession), [_session_row(view, *entry) for entry in added])
    batches = [
        _batch_row(session_id, form, category)
        for layer, o, session_id in added
        for form in planning.forms_at(view, layer, o)
        for category, _ in view.voter_categories
    ]
    if batches:
        session.execute(insert(BallotBatch), batches)
    return len(added)


def places(session: Session, *, campaign_id: str) -> dict[tuple[int, str], list[Form]]:
    """What the campaign plans in this file: the forms of every session, by layer and organisation."""
    view, planned = _planned(session, campaign_id)
    return {(layer, o.code): planning.forms_at(view, layer, o) for layer, o in planned}


def foreseen(session: Session, *, campaign_id: str) -> Counter[int]:
    """How many sessions each layer will have when the campaign is published as the tree stands now."""
    return Counter(layer for layer, _ in places(session, campaign_id=campaign_id))


def set_review_groups(
    session: Session, *, campaign_id: str, groups: Sequence[tuple[str, Sequence[str]]], by: str
) -> None:
    """Assign units with a layer-1 session to review groups: (group name, unit codes); replaces the earlier assignment."""
    campaign = session.get_one(Campaign, campaign_id)
    planned = _layer_one(session, campaign_id)
    named = Counter(code for _, codes in groups for code in codes)
    for code, times in named.items():
        if code not in planned:
            raise broken("V-SES-25", code=code)
        if times > 1:
            raise broken("V-SES-26", code=code, n=times)
    for row in planned.values():
        row.review_group_id = None
    session.flush()
    for group in session.exec(select(ReviewGroup).where(ReviewGroup.campaign_id == campaign_id)):
        session.delete(group)
    session.flush()
    for number, (name, codes) in enumerate(groups, 1):
        group = ReviewGroup(campaign_id=campaign_id, number=number, name=visible.line(name))
        session.add(group)
        session.flush()
        for code in codes:
            planned[code].review_group_id = group.id
    session.flush()
    detail: dict[str, object] = {"groups": len(groups)}
    journal.record(session, act="分派评议小组", subject=campaign.name, by=by, detail=detail)


def hold(
    session: Session,
    *,
    session_id: str,
    held_on: str,
    expected: int,
    actual: int,
    by: str,
    self_introduced: int | None = None,
    oral_reports: int | None = None,
    members: int | None = None,
    reason: str = "",
) -> tuple[Finding, ...]:
    """Register that a session was held, with people counted; typing it again corrects it.

    Raises V-SES-01 and 04; V-SES-02, 03, 05, 06 and V-CHK-04 ask for a ``reason``; returns what only informs.
    """
    row = session.get_one(AppraisalSession, session_id)
    subject = subject_of(session, row=row)
    if row.source_id is not None or not is_own(session, row=row, org_code=subject.code):
        raise broken("V-SES-21", org=subject.short_name)
    if row.status == SessionStatus.VOID:
        raise broken("V-SES-29", org=subject.short_name)
    campaigns.check_date("评议时间", held_on)
    campaign = session.get_one(Campaign, row.campaign_id)
    first, last = campaign.start_date, campaign.end_date
    if not int(first[:4]) - 1 <= int(held_on[:4]) <= int(last[:4]) + 1:
        raise broken("V-SES-30", date=held_on, start=first, end=last)
    if bounds.beyond((expected, actual, self_introduced, oral_reports, members)):
        raise broken("V-SES-27", most=bounds.MOST)
    _check_not_again(session, row, subject.short_name, held_on)
    row.held_on, row.expected, row.actual = held_on, expected, actual
    row.self_introduced, row.oral_reports, row.members = self_introduced, oral_reports, members
    row.status = SessionStatus.HELD
    session.flush()
    detail: dict[str, object] = {"layer": row.layer, "expected": expected, "actual": actual}
    listed = judged(campaign, row, subject)
    return findings.weigh(
        session, listed, reason=reason, by=by, act="登记场次", subject=subject.code, detail=detail
    )


def void(session: Session, *, session_id: str, reason: str, by: str) -> str:
    """Declare a session void (收回多于发出、主持人宣布无效) and plan a new one in its place; returns the new id.

    The void session and what was keyed for it stay in the file, counted nowhere.
    """
    row = session.get_one(AppraisalSession, session_id)
    subject = subject_of(session, row=row)
    if row.source_id is not None or not is_own(session, row=row, org_code=subject.code):
        raise broken("V-SES-22", org=subject.short_name)
    if row.status == SessionStatus.VOID:
        raise broken("V-SES-23", org=subject.short_name)
    if not visible.line(reason):
        raise broken("V-SES-24")
    row.status = SessionStatus.VOID
    session.flush()
    plan(session, campaign_id=row.campaign_id)
    detail: dict[str, object] = {"layer": row.layer, "reason": visible.line(reason)}
    journal.record(session, act="作废场次", subject=subject.code, by=by, detail=detail)
    return session.exec(
        select(AppraisalSession.id).where(
            AppraisalSession.campaign_id == row.campaign_id,
            AppraisalSession.layer == row.layer,
            AppraisalSession.org_id == row.org_id,
            AppraisalSession.status != SessionStatus.VOID,
        )
    ).one()


def subject_of(session: Session, *, row: AppraisalSession) -> Org:
    """Whose session it is, as the campaign names it."""
    code = session.get_one(PartyOrganization, row.org_id).code
    return campaign_tree.find(session, campaign_id=row.campaign_id, code=code)


def is_own(session: Session, *, row: AppraisalSession, org_code: str) -> bool:
    """Whether this file's unit keeps the session (see the module's first lines)."""
    campaign = session.get_one(Campaign, row.campaign_id)
    unit = session.exec(select(DataFile.unit_code)).one()
    return is_kept(session, row=row, campaign=campaign, unit=unit, org_code=org_code)


def is_kept(session: Session, *, row: AppraisalSession, campaign: Campaign, unit: str, org_code: str) -> bool:
    """The same of what was read already; ``unit`` is this file's. Nothing is asked but for a unit below (代录)."""
    if row.layer == 1:
        return campaign_tree.parent_of(session, campaign=campaign, own=unit, code=org_code) == unit
    return org_code == unit or org_code in proxied(session, campaign_id=campaign.id)


def proxied(
    session: Session, *, campaign_id: str, tasks: Sequence[IssuedTask] | None = None
) -> frozenset[str]:
    """Codes of the units directly below whose ballots are entered here (由本级代录): their newest task says so.

    ``tasks`` are those of every campaign, the newest last, when they were read already.
    """
    if tasks is None:
        tasks = session.exec(select(IssuedTask).order_by(col(IssuedTask.epoch))).all()
    newest = {task.unit_code: task.by_proxy for task in tasks if task.campaign_id == campaign_id}
    return frozenset(code for code, by_proxy in newest.items() if by_proxy)


def listing(session: Session, *, campaign_id: str, layer: int | None = None) -> list[SessionView]:
    """Sessions of a campaign in the tree's order, void ones left out."""
    return of(
        session,
        campaign_id=campaign_id,
        unit=session.exec(select(DataFile.unit_code)).one(),
        units=campaign_tree.tree(session, campaign_id=campaign_id),
        entered_here=proxied(session, campaign_id=campaign_id),
        layer=layer,
    )


def of(
    session: Session,
    *,
    campaign_id: str,
    unit: str,
    units: Iterable[Org],
    entered_here: frozenset[str],
    layer: int | None = None,
) -> list[SessionView]:
    """The same when this file's unit, the campaign's tree and the units entered by proxy were read already."""
    kept_here, tree = {unit, *entered_here}, {o.code: o for o in units}
    answer = session.execute(_rows(), {"campaign": campaign_id})
    names = list(answer.keys())
    rows = (dict(zip(names, row, strict=True)) for row in answer)  # a row asked for its names is slow
    rows = (row for row in rows if layer in (None, row["layer"]))
    known = [(tree[row.pop("code")], row) for row in rows if row["code"] in tree]
    known.sort(key=lambda one: (one[1]["layer"], one[0].sort_no))
    return [_view(row, o, unit, kept_here) for o, row in known]


@cache
def _rows() -> Select[tuple[Any, ...]]:
    """Columns of a campaign's sessions, the unit's code, the review group's name: put together once, asked all the time."""
    return (
        select_rows(*_COLUMNS, col(PartyOrganization.code), col(ReviewGroup.name))
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .join(ReviewGroup, col(AppraisalSession.review_group_id) == ReviewGroup.id, isouter=True)
        .where(
            col(AppraisalSession.campaign_id) == bindparam("campaign"),
            col(AppraisalSession.status) != SessionStatus.VOID,
        )
    )


def _view(row: dict[str, Any], o: Org, unit: str, kept_here: Collection[str]) -> SessionView:
    """``row`` is used up: what is called the same in both goes over as it is."""
    above, received = row["layer"] == 1, row.pop("source_id") is not None
    return SessionView(
        org_code=o.code,
        org_name=o.short_name,
        org_type=o.org_type,
        review_group=row.pop("name") or "",
        own=unit == o.parent_code if above else o.code in kept_here,
        received=received,
        keeper=(o.parent_code or "") if above else o.code,
        **row,
    )


_COLUMNS = tuple(
    getattr(AppraisalSession, name)
    for name in (
        *("id", "layer", "meeting_type", "has_ballots", "status", "held_on", "expected", "actual"),
        *("self_introduced", "oral_reports", "members", "source_id"),
    )
)


def judged(campaign: Campaign, row: AppraisalSession, subject: PartyOrganization | Org) -> Iterator[Finding]:
    """What the figures of a session that was held say, ours or one that came in a package."""
    name, held_on = subject.short_name, row.held_on or ""
    expected, actual = row.expected or 0, row.actual or 0
    reported, introduced, everyone = row.oral_reports or 0, row.self_introduced, row.members
    if actual > expected:
        yield found("V-SES-04", name, actual=actual, expected=expected)
    if not campaign.start_date <= held_on <= campaign.end_date:
        yield found("V-SES-02", name, date=held_on, start=campaign.start_date, end=campaign.end_date)
    if row.layer == 1 and row.review_group_id is None:
        yield found("V-SES-03", name, org=name)
    yield from campaign_rules.quorate(rules.of_text(campaign.rule), name, actual, expected)
    if row.layer == 2 and subject.org_type == OrgType.BRANCH and not reported:
        yield found("V-SES-06", name)
    if (introduced is not None and reported > introduced) or (
        None not in (everyone, introduced) and (introduced or 0) > (everyone or 0)
    ):
        yield found("V-CHK-04", name, reported=reported, introduced=introduced, members=_shown(everyone))
    if campaign.mode == CampaignMode.DRILL:
        yield found("V-BAL-20", name)


def _shown(people: int | None) -> str:
    return "未填" if people is None else str(people)


def _check_not_again(session: Session, row: AppraisalSession, name: str, held_on: str) -> None:
    """V-SES-01: a meeting whose ballots are sealed is not held a second time on another day."""
    if row.status != SessionStatus.HELD or row.held_on == held_on:
        return
    sealed = select(BallotBatch.id).where(
        BallotBatch.session_id == row.id, BallotBatch.state == BatchState.SEALED
    )
    if session.exec(sealed.limit(1)).first() is not None:
        raise broken("V-SES-01", org=name, date=row.held_on)


def _planned(session: Session, campaign_id: str) -> tuple[CampaignView, list[tuple[int, Org]]]:
    row = session.get_one(Campaign, campaign_id)
    view, own = campaigns.view_of(session, row), session.exec(select(DataFile.unit_code)).one()
    return view, planning.wanted(view, campaign_tree.of(session, campaign=row, own=own), own)


def _session_row(view: CampaignView, layer: int, o: Org, session_id: str) -> dict[str, object]:
    return {
        "id": session_id,
        "campaign_id": view.id,
        "layer": layer,
        "org_id": o.id,
        "meeting_type": APPRAISAL if layer == 1 else FORUM,
        "has_ballots": bool(planning.forms_at(view, layer, o)),
        "status": "PLANNED",
    }


def _batch_row(session_id: str, form: Form, category: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "session_id": session_id,
        "form_code": form.code,
        "form_version": form.version,
        "voter_category": category,
        "state": BatchState.FIRST,
        "persons": 1,
    }


def _layer_one(session: Session, campaign_id: str) -> dict[str, AppraisalSession]:
    rows = session.exec(
        select(PartyOrganization.code, AppraisalSession)
        .join(AppraisalSession, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(
            AppraisalSession.campaign_id == campaign_id,
            AppraisalSession.layer == 1,
            AppraisalSession.status != SessionStatus.VOID,
        )
    )
    return dict(rows.all())
