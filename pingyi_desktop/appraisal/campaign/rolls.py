"""What this office knows itself of the people of every organisation: the measure for figures that come from there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.bounds import STRANGER, Roll
from pingyi_desktop.storage.schema_people import OrgType, PartyMember, PartyOrganization, RosterStatus

USUAL = {OrgType.BRANCH.value: STRANGER.listed, OrgType.GENERAL_BRANCH.value: 99, OrgType.GROUP.value: 0}
"""Members where nobody was listed (domain V-ORG-05, 08); any other kind has some hundreds."""
_SOME = 300


def rolls(session: Session, *, campaign_id: str) -> dict[str, Roll]:
    """The roll of every organisation of the campaign by code, each with all below it."""
    return of(session, campaign_tree.tree(session, campaign_id=campaign_id))


def of(session: Session, units: Sequence[Org]) -> dict[str, Roll]:
    """The same of a tree that was read already."""
    known = _known(session)
    above = {o.parent_code for o in units if o.org_type != OrgType.GROUP}
    found: dict[str, Roll] = {}
    for o in reversed(units):
        declared, everyone, in_scope = known.get(o.id, (None, 0, 0))
        own = _own(o.org_type, declared, everyone, in_scope, has_units=o.code in above)
        found[o.code] = _added(own, found[o.code]) if o.code in found else own
        if o.parent_code is not None:
            found[o.parent_code] = _added(found.get(o.parent_code, Roll(0, 0)), found[o.code])
    return found


def _known(session: Session) -> dict[str, tuple[int | None, int, int]]:
    """By an organisation's id: the size it declared, its members on the roster, and those of them in scope."""
    here, is_listed = col(PartyOrganization.id), col(PartyMember.retired).is_(False)
    in_scope = func.sum(case((col(PartyMember.roster_status) == RosterStatus.IN_SCOPE, 1), else_=0))
    query = (
        select(here, col(PartyOrganization.declared_member_count), func.count(col(PartyMember.id)), in_scope)
        .outerjoin(PartyMember, and_(col(PartyMember.org_id) == here, is_listed))
        .group_by(here)
    )
    return {org_id: (declared, listed, some) for org_id, declared, listed, some in session.execute(query)}


def _own(kind: str, declared: int | None, everyone: int, in_scope: int, *, has_units: bool) -> Roll:
    """An organisation without those below it; one with units of its own need not have members besides theirs."""
    if everyone or kind == OrgType.GROUP or has_units:
        return Roll(everyone, in_scope, parts=(everyone,) if everyone else ())
    if declared:
        return Roll(declared, None, parts=(declared,))
    usual = USUAL.get(kind, _SOME)
    return Roll(usual, None, guessed=True, parts=(usual,))


def _added(whole: Roll, part: Roll) -> Roll:
    in_scope = None if whole.in_scope is None or part.in_scope is None else whole.in_scope + part.in_scope
    guessed, parts = whole.guessed or part.guessed, whole.parts + part.parts
    return Roll(whole.listed + part.listed, in_scope, guessed, parts)
