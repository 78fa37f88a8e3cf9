"""Party organisations (党组织): the tree of one file.

Rules are in ``org_rules``, names in ``naming``. Every command writes one journal entry and returns the organisation
as it was before, which is all that undoing needs: ``change`` it back, ``move`` it back, ``revive`` it, ``add`` it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, case, func
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people import naming, org_rules
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES as TYPE_NAMES
from pingyi_desktop.appraisal.people.naming import suggest_short_name as suggest_short_name
from pingyi_desktop.appraisal.people.org_rules import Org as Org
from pingyi_desktop.appraisal.people.org_rules import Strength as Strength
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign
from pingyi_desktop.storage.schema_exchange import StoredEnvelope
from pingyi_desktop.storage.schema_people import (
    MemberCategory,
    OrgStatus,
    OrgType,
    PartyMember,
    PartyOrganization,
)

EDITABLE = frozenset(
    [
        "full_name",
        "short_name",
        "org_type",
        "in_scope",
        "is_joint",
        "is_temporary",
        "declared_member_count",
        "sort_no",
    ]
)
_CODE_HABITS = {OrgType.GENERAL_BRANCH: "G{:02d}", OrgType.BRANCH: "B{:03d}", OrgType.GROUP: "T{:02d}"}


def own_unit(session: Session) -> Org:
    """The unit whose file this is."""
    return find(session, code=session.exec(select(DataFile.unit_code)).one())


def tree(session: Session, *, under: str | None = None) -> list[Org]:
    """Depth first, children by (sort_no, code), 撤销 ones too; ``under`` gives that organisation and all below it."""
    everyone = list(_walk(session))
    if under is None:
        return everyone
    return list(org_rules.below(everyone, _pick(everyone, under).code))


def many(session: Session) -> int:
    """How many there are, 撤销 ones too."""
    return session.exec(select(func.count()).select_from(PartyOrganization)).one()


def own_tree(session: Session) -> list[Org]:
    """The own unit and all below it."""
    return tree(session, under=session.exec(select(DataFile.unit_code)).one())


def find(session: Session, *, code: str) -> Org:
    """The organisation with this code; an unknown one is refused with the nearest known code (V-ORG-21)."""
    return _pick(list(_walk(session)), code)


def next_code(session: Session, *, parent_code: str, org_type: str) -> str:
    """A free code in the habit of the field: QL.03, QL.03.G02, QL.03.G02.B017."""
    habit = _CODE_HABITS.get(OrgType(org_type), "{:02d}")
    taken = {o.code.upper() for o in tree(session)}
    codes = (f"{parent_code}.{habit.format(number)}" for number in range(1, len(taken) + 2))
    return next(code for code in codes if code.upper() not in taken)


def add(
    session: Session,
    *,
    parent_code: str | None,
    code: str,
    org_type: str,
    full_name: str,
    short_name: str = "",
    by: str,
    in_scope: bool = True,
    is_joint: bool = False,
    is_temporary: bool = False,
    declared_member_count: int | None = None,
    sort_no: int = 0,
    reason: str = "",
) -> Org:
    """Add one organisation below ``parent_code``; an empty short name is made from the full one.

    A short name that is taken (V-ORG-09) needs a ``reason``. Without a place of its own (``sort_no`` 0) it stands after
    siblings that have one.
    """
    code, known = code.strip(), tree(session)
    org_rules.check_code(code, known=known)
    parent = next((o for o in known if o.code == parent_code), None)
    if parent is None:
        raise broken("V-ORG-02", name=full_name)
    org_rules.check_under(child=full_name, child_type=org_type, parent=parent)
    org_rules.check_declared(declared_member_count)
    short_name = visible.line(short_name) or naming.suggest_short_name(full_name, org_type)
    row = PartyOrganization(
        code=code,
        full_name=org_rules.check_text("组织全称", full_name, 100),
        short_name=org_rules.check_text("组织简称", short_name, 40),
        org_type=OrgType(org_type).value,
        parent_id=parent.id,
        in_scope=in_scope,
        is_joint=is_joint,
        is_temporary=is_temporary,
        declared_member_count=declared_member_count,
        sort_no=sort_no or _next_place(o.sort_no for o in known if o.parent_code == parent.code),
    )
    session.add(row)
    session.flush()
    made = _read(row, parent)
    listed = org_rules.brought_about(org_rules.findings(known, {}), org_rules.findings([*known, made], {}))
    detail = {"parent": parent.code}
    findings.weigh(session, listed, reason=reason, by=by, act="新增党组织", subject=code, detail=detail)
    return made


def change(session: Session, *, code: str, by: str, reason: str = "", **fields: object) -> Org:
    """Change any of ``EDITABLE``; returns the organisation as it was. New findings (V-ORG-05…09) need a ``reason``."""
    if unknown := fields.keys() - EDITABLE:
        raise TypeError(f"not editable fields of an organisation: {sorted(unknown)}")
    known = tree(session)
    before = _pick(known, code)
    for name, what, longest in (("full_name", "组织全称", 100), ("short_name", "组织简称", 40)):
        if name in fields:
            fields[name] = org_rules.check_text(what, str(fields[name]), longest)
    org_rules.check_declared(fields.get("declared_member_count"))
    if "org_type" in fields:
        _check_new_type(known, before, str(fields["org_type"]))
    facts = {name: value for name, value in fields.items() if value != getattr(before, name)}
    said = judged(session)
    _update(session, before, facts)
    renamed = {before.short_name: facts.get("short_name"), before.full_name: facts.get("full_name")}
    said += [replace(one, where=str(new)) for one in said if (new := renamed.get(one.where))]
    listed = org_rules.brought_about(said, judged(session)) if facts else []
    findings.weigh(session, listed, reason=reason, by=by, act="修改党组织", subject=code, detail=facts)
    return before


def move(session: Session, *, code: str, new_parent_code: str, by: str) -> Org:
    """Hang an organisation with all below it under another one; returns it as it was (with its old parent_code)."""
    known = tree(session)
    before, parent = _pick(known, code), _pick(known, new_parent_code)
    moved = org_rules.below(known, code)
    if parent in moved:
        raise broken("V-ORG-03", name=before.full_name)
    levels = max(o.depth for o in moved) - before.depth
    org_rules.check_under(
        child=before.full_name, child_type=before.org_type, parent=parent, levels_below=levels
    )
    _update(session, before, {"parent_id": parent.id})
    detail: dict[str, object] = {"from": before.parent_code, "to": parent.code}
    journal.record(session, act="调整隶属关系", subject=code, by=by, detail=detail)
    return before


def dissolve(session: Session, *, code: str, by: str) -> Org:
    """Mark as 撤销, keeping its history. Members must have been moved out and nothing active may hang below."""
    before, *under = tree(session, under=code)
    if code == own_unit(session).code:
        raise broken("V-ORG-14", name=before.full_name)
    if active := sum(o.status == OrgStatus.ACTIVE for o in under):
        raise broken("V-ORG-27", name=before.full_name, n=active)
    left = strengths(session).get(before.id, Strength(0, 0)).everyone
    if left:
        raise broken("V-ORG-10", name=before.full_name, n=left)
    _update(session, before, {"status": OrgStatus.DISSOLVED.value})
    journal.record(session, act="撤销党组织", subject=code, by=by)
    return before


def revive(session: Session, *, code: str, by: str) -> Org:
    """Undo ``dissolve``."""
    before = find(session, code=code)
    if before.parent_code and find(session, code=before.parent_code).status == OrgStatus.DISSOLVED:
        raise broken("V-ORG-28", name=before.full_name)
    _update(session, before, {"status": OrgStatus.ACTIVE.value})
    journal.record(session, act="恢复党组织", subject=code, by=by)
    return before


def delete(session: Session, *, code: str, by: str) -> Org:
    """Remove an organisation that was never used; any other can only be dissolved (V-ORG-29)."""
    before = find(session, code=code)
    uses = (
        (select(PartyOrganization.id).where(PartyOrganization.parent_id == before.id), "下级党组织"),
        (select(PartyMember.id).where(PartyMember.org_id == before.id), "党员"),
        (select(AppraisalSession.id).where(AppraisalSession.org_id == before.id), "评议场次"),
        (select(DataFile.file_id).where(DataFile.unit_code == code), "本单位数据"),
        (select(Campaign.id).where(Campaign.root_code == code), "评议活动"),
        (select(StoredEnvelope.id).where(StoredEnvelope.unit_code == code), "数据包"),
    )
    for query, what in uses:
        if session.exec(query.limit(1)).first() is not None:
            raise broken("V-ORG-29", name=before.full_name, what=what)
    session.delete(session.get_one(PartyOrganization, before.id))
    session.flush()
    journal.record(session, act="删除党组织", subject=code, by=by, detail=asdict(before))
    return before


def warnings(session: Session) -> list[Finding]:
    """V-ORG-05…11 for the own unit and all below it; sizes are asked only when the file has a roster at all."""
    return org_rules.findings(own_tree(session), strengths(session))


def judged(session: Session) -> list[Finding]:
    """The same with sizes even while nobody is on the roster: what an act brings about is what was not in it before."""
    return org_rules.findings(own_tree(session), strengths(session) or {"": Strength(0, 0)})


def strengths(session: Session) -> dict[str, Strength]:
    """Members not retired by the id of the organisation they are registered in."""
    full = func.sum(case((col(PartyMember.category) == MemberCategory.FULL, 1), else_=0))
    query = (
        select(PartyMember.org_id, func.count(), full)
        .where(col(PartyMember.retired).is_(False))
        .group_by(PartyMember.org_id)
    )
    return {org_id: Strength(everyone, full) for org_id, everyone, full in session.exec(query)}


def _walk(session: Session) -> Iterator[Org]:
    listed = select_rows(*_COLUMNS).order_by(col(PartyOrganization.sort_no), col(PartyOrganization.code))
    children: dict[str | None, list[Row[Any]]] = {}
    for row in session.execute(listed):
        children.setdefault(row.parent_id, []).append(row)
    waiting: list[tuple[Row[Any], Org | None]] = [(row, None) for row in children.get(None, [])[::-1]]
    while waiting:
        row, parent = waiting.pop()
        read = _read(row, parent)
        yield read
        waiting += [(child, read) for child in children.get(row.id, [])[::-1]]


_COLUMNS = tuple(
    getattr(PartyOrganization, name)
    for name in (
        *("id", "code", "full_name", "short_name", "org_type", "parent_id", "in_scope", "is_joint"),
        *("is_temporary", "status", "sort_no", "declared_member_count"),
    )
)


def _read(row: PartyOrganization | Row[Any], parent: Org | None) -> Org:
    return Org(
        id=row.id,
        code=row.code,
        full_name=row.full_name,
        short_name=row.short_name,
        org_type=row.org_type,
        parent_code=parent.code if parent else None,
        depth=parent.depth + 1 if parent else 0,
        in_scope=row.in_scope,
        is_joint=row.is_joint,
        is_temporary=row.is_temporary,
        status=row.status,
        sort_no=row.sort_no,
        declared_member_count=row.declared_member_count,
    )


def _next_place(taken: Iterable[int]) -> int:
    last = max(taken, default=0)
    return last + 1 if last else 0


def _pick(known: list[Org], code: str) -> Org:
    for o in known:
        if o.code == code:
            return o
    hint = org_rules.nearest(code, [o.code for o in known])
    raise broken("V-ORG-21", code=code, hint=hint)


def _check_new_type(known: list[Org], before: Org, org_type: str) -> None:
    if before.parent_code is not None:
        parent = _pick(known, before.parent_code)
        org_rules.check_under(child=before.full_name, child_type=org_type, parent=parent)
    changed = replace(before, org_type=OrgType(org_type).value)
    for child in known:
        if child.parent_code == before.code:
            org_rules.check_under(child=child.full_name, child_type=child.org_type, parent=changed)


def _update(session: Session, before: Org, values: Mapping[str, object]) -> None:
    row = session.get_one(PartyOrganization, before.id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
