"""The tree of a campaign: names, parents, scope and which units there are, as its published definition says.

``org`` is the file's tree of today, which people and next year's task change. What a published campaign counts, prints,
hands down and reports stands on the tree it was published with: no other campaign and no renaming changes any of it.
Ask here, never ``org.tree``, for anything that belongs to a campaign; of a draft the tree is still the file's own.

Units carry the ids they have in this file; what the definition does not tell (a joint branch, a declared size) is unset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, true
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import definition as definitions
from pingyi_desktop.appraisal.people import org, org_rules
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_people import OrgStatus, PartyOrganization


def tree(session: Session, *, campaign_id: str, under: str | None = None) -> list[Org]:
    """Depth first, in the definition's order: this file's unit and all below it, or ``under`` and all below that."""
    campaign = session.get_one(Campaign, campaign_id)
    rows = session.execute(_here()).all()
    everyone = of(session, campaign=campaign, own=rows[0][2], ids=((code, one) for code, one, _ in rows))
    return everyone if under is None else below(everyone, under)


def units(session: Session, *, campaign_id: str) -> Sequence[Org]:
    """The whole tree where nobody needs the ids that its units have in this file: a published one has none."""
    own = select(DataFile.unit_code).scalar_subquery()
    definition, unit = session.exec(select(Campaign.definition, own).where(Campaign.id == campaign_id)).one()
    return org.tree(session) if definition is None else _units(definition, unit)


def of(
    session: Session, *, campaign: Campaign, own: str, ids: Iterable[tuple[str, str]] | None = None
) -> list[Org]:
    """The whole tree, when the campaign and the code of this file's unit were read already, and ``ids``: by each unit's
    code the one that it has in this file."""
    if campaign.definition is None:
        return org.tree(session)
    if ids is None:
        ids = session.exec(select(PartyOrganization.code, PartyOrganization.id)).all()
    return list(_placed(campaign.definition, own, tuple((code, one) for code, one in ids)))


def below(known: Sequence[Org], code: str) -> list[Org]:
    """The unit with this code and all below it, of a tree that was read already (``tree``)."""
    return list(org_rules.below(known, pick(known, code).code))


def parent_of(session: Session, *, campaign: Campaign, own: str, code: str) -> str | None:
    """Code of the unit above, of a published campaign without asking the file; ``own`` is this file's unit."""
    known = org.tree(session) if campaign.definition is None else _units(campaign.definition, own)
    return pick(known, code).parent_code


def find(session: Session, *, campaign_id: str, code: str) -> Org:
    """The unit with this code in the campaign; an unknown one is refused with the nearest known code (V-ORG-02)."""
    return pick(tree(session, campaign_id=campaign_id), code)


def own_unit(session: Session, *, campaign_id: str) -> Org:
    """The unit whose file this is, as the campaign names it."""
    return find(session, campaign_id=campaign_id, code=session.exec(select(DataFile.unit_code)).one())


@cache
def _here() -> Select[str, str, str]:
    """Code and id of every unit, this file's own code beside each: put together once, asked all the time."""
    found = select_rows(col(PartyOrganization.code), col(PartyOrganization.id), col(DataFile.unit_code))
    return found.select_from(DataFile).join(PartyOrganization, true(), isouter=True)


@lru_cache(maxsize=4)
def _placed(definition: str, top: str, ids: tuple[tuple[str, str], ...]) -> tuple[Org, ...]:
    """The same with the ids that these units, by their codes, have in the file."""
    known = dict(ids)
    return tuple(replace(o, id=known.get(o.code, "")) for o in _units(definition, top))


@lru_cache(maxsize=4)
def _units(definition: str, top: str) -> tuple[Org, ...]:
    """The unit ``top`` and all below it; ``top`` stands at depth 0 without a parent, as it does in its own file."""
    children: dict[str | None, list[Mapping[str, Any]]] = {}
    rows = definitions.read(definition)["orgs"]
    for row in rows:
        children.setdefault(row["parent"], []).append(row)
    waiting = [(row, 0, None) for row in rows if row["code"] == top]
    found = list[Org]()
    while waiting:
        row, depth, parent = waiting.pop()
        found.append(_read(row, place=len(found), depth=depth, parent=parent))
        waiting += [(child, depth + 1, row["code"]) for child in children.get(row["code"], [])[::-1]]
    return tuple(found)


def _read(row: Mapping[str, Any], *, place: int, depth: int, parent: str | None) -> Org:
    return Org(
        id="",
        code=row["code"],
        full_name=row["full_name"],
        short_name=row["short_name"],
        org_type=row["type"],
        parent_code=parent,
        depth=depth,
        in_scope=row["in_scope"],
        is_joint=False,
        is_temporary=False,
        status=OrgStatus.ACTIVE.value,
        sort_no=place,
        declared_member_count=None,
    )


def pick(known: Sequence[Org], code: str) -> Org:
    """The unit with this code of a tree that was read already; an unknown one is refused (V-ORG-21)."""
    for o in known:
        if o.code == code:
            return o
    hint = org_rules.nearest(code, [o.code for o in known])
    raise broken("V-ORG-21", code=code, hint=hint)
