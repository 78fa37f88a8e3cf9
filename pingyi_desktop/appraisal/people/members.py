"""Party members (党员): register, change, move, retire and undo, by hand. Bulk import is in ``roster``.

Members are registered in branches. Every command writes one journal entry and returns what its inverse asks for:
``change_member`` ↔ itself with the old values, ``move_members`` ↔ ``put_back_members``, ``retire_members`` ↔
``restore_members``, ``add_member`` ↔ ``delete_member``. Rules V-MEM-* are the domain's (§7.1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people import member_rules, org, org_rules
from pingyi_desktop.appraisal.people.member_rules import CATEGORY_NAMES as CATEGORY_NAMES
from pingyi_desktop.appraisal.people.member_rules import FIELDS as FIELDS
from pingyi_desktop.appraisal.people.member_rules import STATUS_NAMES as STATUS_NAMES
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BatchTarget, ItemTally
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType, PartyMember, PartyOrganization


class Member(NamedTuple):
    """One member as read; ``display_name`` is the name with its mark that tells namesakes apart."""

    id: str
    member_no: str
    name: str
    name_suffix: str
    display_name: str
    org_code: str
    org_short_name: str
    group_name: str
    category: str
    party_duty: str
    is_leading_cadre: bool
    post: str
    sex: str
    join_date: str | None
    full_date: str | None
    roster_status: str
    exempt_reason: str
    retired: bool
    sort_no: int


@dataclass(frozen=True)
class Moved:
    """Where a member was before being moved."""

    member_no: str
    from_code: str
    group_name: str


def members(
    session: Session,
    *,
    under: str | None = None,
    of: Sequence[str] | None = None,
    include_retired: bool = False,
) -> list[Member]:
    """Members in report order (tree, sort_no, number), of the whole file or of ``under`` and all below it.

    ``of`` are the codes of the organisations wanted, in the order wanted (a campaign's tree).
    """
    orgs = org.tree(session, under=under)
    if of is not None:
        known = {o.code: o for o in orgs}
        orgs = [known[code] for code in of if code in known]
    return listed(session, orgs, include_retired=include_retired)


def listed(session: Session, orgs: Sequence[Org], *, include_retired: bool = False) -> list[Member]:
    """Members of these organisations, which were read already, in their order, by sort_no and number."""
    query = (
        select_rows(*_COLUMNS)
        .join(PartyOrganization, col(PartyMember.org_id) == PartyOrganization.id)
        .order_by(col(PartyMember.sort_no), col(PartyMember.member_no))
    )
    if not include_retired:
        query = query.where(col(PartyMember.retired).is_(False))
    here: dict[str, list[Member]] = {o.code: [] for o in orgs}
    for row in session.execute(query):
        member = Member._make(row)
        if member.org_code in here:
            here[member.org_code].append(member)
    return [member for members in here.values() for member in members]


_ELSEWHERE = {
    "display_name": col(PartyMember.name) + col(PartyMember.name_suffix),
    "org_code": col(PartyOrganization.code),
    "org_short_name": col(PartyOrganization.short_name),
}
_COLUMNS = tuple(
    _ELSEWHERE[name] if name in _ELSEWHERE else getattr(PartyMember, name) for name in Member._fields
)


def add_member(
    session: Session,
    *,
    org_code: str,
    name: str,
    category: str,
    by: str,
    member_no: str = "",
    reason: str = "",
    **fields: object,
) -> Member:
    """Register a member in a branch; ``fields`` are those of ``FIELDS``; an empty number is given automatically.

    What is unusual of the member or makes the branch so (V-MEM-02, 09, 10, V-ORG-05…07) needs a ``reason``.
    """
    branch = _branch(session, org_code)
    typed, values = name, member_rules.checked({**FIELDS, **fields, "name": name, "category": category})
    number = member_rules.check_number(member_no) if member_no.strip() else next(free_numbers(session))
    same = session.exec(select(PartyMember).where(PartyMember.member_no == number)).first()
    if same is not None:
        raise broken("V-MEM-06", number=number, place=f"已由“{same.name}”使用，请更换")
    last = max((row.sort_no for row in _registered(session, branch)), default=0)
    said = org.judged(session)
    row = PartyMember(member_no=number, name=name, category=category, org_id=branch.id, sort_no=last + 1)
    _apply(row, values)
    _check_namesakes(session, branch, [row])
    session.add(row)
    session.flush()
    listed = member_rules.unusual(values, changed=values.keys(), typed=typed)
    findings.weigh(
        session,
        [*listed, *_sizes(session, said)],
        reason=reason,
        by=by,
        act="新增党员",
        subject=number,
        detail={"org": org_code},
    )
    return _read(row, branch)


def change_member(session: Session, *, member_no: str, by: str, reason: str = "", **fields: object) -> Member:
    """Change any of ``FIELDS``; returns the member as before. What is unusual then needs a ``reason``."""
    (row,) = _rows(session, [member_no])
    branch = _org_of(session, row)
    before = _read(row, branch)
    current = {name: getattr(before, name) for name in FIELDS}
    values = member_rules.checked({**current, **fields})
    said = org.judged(session)
    _apply(row, values)
    if not row.retired:
        _check_namesakes(session, branch, [row])
    session.flush()
    detail = {name: value for name, value in values.items() if value != current[name]}
    listed = member_rules.unusual(values, changed=detail.keys(), typed=str(fields.get("name", "")))
    findings.weigh(
        session,
        [*listed, *_sizes(session, said)],
        reason=reason,
        by=by,
        act="修改党员",
        subject=member_no,
        detail=detail,
    )
    return before


def move_members(
    session: Session, *, member_nos: Sequence[str], to_code: str, by: str, reason: str = ""
) -> tuple[Moved, ...]:
    """Transfer members to another branch; their group (党小组) is left behind. Undo: ``put_back_members``.

    A branch that gets too large or too small by it (V-ORG-05…07) needs a ``reason``.
    """
    said = org.judged(session)
    branch, rows = _branch(session, to_code), _rows(session, member_nos)
    codes = {o.id: o.code for o in org.tree(session)}
    moved = tuple(Moved(row.member_no, codes[row.org_id], row.group_name) for row in rows)
    coming = [row for row in rows if row.org_id != branch.id]
    for row in coming:
        _apply(row, {"org_id": branch.id, "group_name": ""})
    _check_namesakes(session, branch, coming)
    session.flush()
    detail: dict[str, object] = {
        "from": [m.from_code for m in moved],
        "members": [m.member_no for m in moved],
    }
    listed = _sizes(session, said)
    findings.weigh(session, listed, reason=reason, by=by, act="调动党员", subject=to_code, detail=detail)
    return moved


def put_back_members(session: Session, *, moved: Sequence[Moved], by: str) -> tuple[str, ...]:
    """Undo ``move_members``."""
    rows = _rows(session, [m.member_no for m in moved])
    branches = {code: _branch(session, code) for code in dict.fromkeys(m.from_code for m in moved)}
    for was, row in zip(moved, rows, strict=True):
        _apply(row, {"org_id": branches[was.from_code].id, "group_name": was.group_name})
    for branch in branches.values():
        _check_namesakes(session, branch, [row for row in rows if row.org_id == branch.id])
    session.flush()
    numbers = tuple(m.member_no for m in moved)
    journal.record(session, act="撤销调动", subject=",".join(numbers[:3]), by=by, detail={"members": numbers})
    return numbers


def retire_members(
    session: Session, *, member_nos: Sequence[str], by: str, reason: str = ""
) -> tuple[str, ...]:
    """Take members off the roster (转出 and the like); history stays. Returns those taken off now."""
    member_rules.check_free_text("原因", reason)
    said = org.judged(session)
    leaving = [row for row in _rows(session, member_nos) if not row.retired]
    numbers = _set_retired(leaving, retired=True)
    session.flush()
    detail: dict[str, object] = {"members": numbers, "reason": visible.line(reason)}
    subject = ",".join(numbers[:3])
    listed = _sizes(session, said)
    findings.weigh(session, listed, reason=reason, by=by, act="党员离册", subject=subject, detail=detail)
    return numbers


def restore_members(session: Session, *, member_nos: Sequence[str], by: str) -> tuple[str, ...]:
    """Undo ``retire_members``; refused when a namesake without a mark has come meanwhile (V-MEM-03)."""
    coming = [row for row in _rows(session, member_nos) if row.retired]
    orgs = {o.id: o for o in org.tree(session)}
    numbers = _set_retired(coming, retired=False)
    for org_id in dict.fromkeys(row.org_id for row in coming):
        branch = orgs[org_id]
        if branch.status != OrgStatus.ACTIVE:
            raise broken("V-ORG-25", name=branch.short_name)
        _check_namesakes(session, branch, [row for row in coming if row.org_id == org_id])
    session.flush()
    journal.record(session, act="恢复党员", subject=",".join(numbers[:3]), by=by, detail={"members": numbers})
    return numbers


def delete_member(session: Session, *, member_no: str, by: str) -> Member:
    """Undo ``add_member``: remove someone registered by mistake, unless a ballot sheet already lists them."""
    (row,) = _rows(session, [member_no])
    listed = session.exec(select(BatchTarget).where(BatchTarget.member_no == member_no)).first()
    counted = session.exec(select(ItemTally).where(ItemTally.target == member_no)).first()
    if listed is not None or counted is not None:
        raise broken("V-MEM-11", name=row.name)
    before = _read(row, _org_of(session, row))
    session.delete(row)
    session.flush()
    journal.record(session, act="删除党员", subject=member_no, by=by)
    return before


def free_numbers(session: Session, *, taken: Iterable[str] = ()) -> Iterator[str]:
    """Numbers not yet given: code of the file's unit and five digits, counting up from the greatest."""
    unit = org.own_unit(session).code
    known = {*session.exec(select(PartyMember.member_no)), *taken}
    pattern = re.compile(re.escape(unit) + r"(\d{5})")
    last = max((int(found[1]) for number in known if (found := pattern.fullmatch(number))), default=0)
    return (f"{unit}{number:05d}" for number in count(last + 1))


def _branch(session: Session, code: str) -> Org:
    branch = org.find(session, code=code)
    if branch.org_type != OrgType.BRANCH:
        kind = org.TYPE_NAMES[branch.org_type]
        raise broken("V-MEM-21", name=branch.full_name, kind=kind)
    if branch.status != OrgStatus.ACTIVE:
        raise broken("V-ORG-25", name=branch.short_name)
    return branch


def _rows(session: Session, member_nos: Sequence[str]) -> list[PartyMember]:
    wanted = list(dict.fromkeys(member_nos))
    found = {
        row.member_no: row
        for start in range(0, len(wanted), 500)
        for row in session.exec(
            select(PartyMember).where(col(PartyMember.member_no).in_(wanted[start : start + 500]))
        )
    }
    for number in wanted:
        if number not in found:
            raise broken("V-MEM-22", number=number)
    return [found[number] for number in wanted]


def _registered(session: Session, branch: Org) -> list[PartyMember]:
    query = select(PartyMember).where(PartyMember.org_id == branch.id, col(PartyMember.retired).is_(False))
    with session.no_autoflush:
        return list(session.exec(query))


def _check_namesakes(session: Session, branch: Org, coming: Sequence[PartyMember]) -> None:
    """V-MEM-03 for ``coming``, rows of this branch that may not be flushed yet."""
    ours = [row for row in _registered(session, branch) if row not in coming and row.org_id == branch.id]
    marked = Counter((row.name, row.name_suffix) for row in (*ours, *coming))
    for row in coming:
        if marked[row.name, row.name_suffix] > 1:
            same = sum(other.name == row.name for other in (*ours, *coming))
            raise broken("V-MEM-03", branch=branch.short_name, n=same, name=row.name, place="")


def _sizes(session: Session, said: Sequence[Finding]) -> list[Finding]:
    """What is unusual about the branches now and was not before (V-ORG-05…08)."""
    return org_rules.brought_about(said, org.judged(session))


def _set_retired(rows: Sequence[PartyMember], *, retired: bool) -> tuple[str, ...]:
    for row in rows:
        row.retired = retired
    return tuple(row.member_no for row in rows)


def _apply(row: PartyMember, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _org_of(session: Session, row: PartyMember) -> Org:
    return next(o for o in org.tree(session) if o.id == row.org_id)


def _read(row: PartyMember, branch: Org) -> Member:
    return Member(
        display_name=row.name + row.name_suffix,
        org_code=branch.code,
        org_short_name=branch.short_name,
        **{name: getattr(row, name) for name in ("id", "member_no", *FIELDS, "retired", "sort_no")},
    )
