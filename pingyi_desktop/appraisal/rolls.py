"""What this office knows itself of the people of every organisation: the measure for figures that come from there."""

from __future__ import annotations

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from pingyi_desktop.bounds import STRANGER, Roll
from pingyi_desktop.storage.schema import (
    OrgStatus,
    OrgType,
    PartyMember,
    PartyOrganization,
    RosterStatus,
)

USUAL = {OrgType.BRANCH.value: STRANGER.listed, OrgType.GENERAL_BRANCH.value: 99, OrgType.GROUP.value: 0}
"""Members where nobody was listed (domain V-ORG-05, 08); any other kind has some hundreds."""
_SOME = 300


def rolls(session: Session) -> dict[str, Roll]:
    """The roll of every organisation of the file by code, each with all below it; two statements."""
    people = _people(session)
    orgs = session.execute(
        select(
            col(PartyOrganization.id),
            col(PartyOrganization.code),
            col(PartyOrganization.parent_id),
            col(PartyOrganization.org_type),
            col(PartyOrganization.declared_member_count),
        ).where(col(PartyOrganization.status) == OrgStatus.ACTIVE)
    ).all()
    parents = {row[0]: row[2] for row in orgs}
    kinds = {row[0]: row[3] for row in orgs}
    above = {parents[i] for i, kind in kinds.items() if kind != OrgType.GROUP}
    own = {
        row[0]: _own(row[3], row[4], *people.get(row[0], (0, 0)), has_units=row[0] in above) for row in orgs
    }
    found = dict(own)
    for identity, roll in own.items():
        at, passed = parents[identity], {identity}
        while at in found and at not in passed:
            passed.add(at)
            found[at] = _added(found[at], roll)
            at = parents[at]
    return {row[1]: found[row[0]] for row in orgs}


def _people(session: Session) -> dict[str, tuple[int, int]]:
    in_scope = func.sum(case((col(PartyMember.roster_status) == RosterStatus.IN_SCOPE, 1), else_=0))
    query = (
        select(col(PartyMember.org_id), func.count(), in_scope)
        .where(col(PartyMember.retired).is_(False))
        .group_by(col(PartyMember.org_id))
    )
    return {org_id: (everyone, some) for org_id, everyone, some in session.execute(query)}


def _own(kind: str, declared: int | None, everyone: int, in_scope: int, *, has_units: bool) -> Roll:
    """An organisation without those below it; one with units of its own need not have members besides theirs."""
    if everyone or kind == OrgType.GROUP or has_units:
        return Roll(everyone, in_scope)
    if declared:
        return Roll(declared, None)
    return Roll(USUAL.get(kind, _SOME), None, guessed=True)


def _added(whole: Roll, part: Roll) -> Roll:
    in_scope = None if whole.in_scope is None or part.in_scope is None else whole.in_scope + part.in_scope
    return Roll(whole.listed + part.listed, in_scope, whole.guessed or part.guessed)
