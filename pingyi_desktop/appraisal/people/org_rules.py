"""What a sound tree of party organisations is (V-ORG-*), as checks on rows already read. Pure.

V-ORG-01…11 are the domain's (§7.1). More keep the file sound: a code is letters, digits, dots and hyphens (it becomes
part of file names); texts and counts have their limits; what is in use stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.people import naming
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType

LEVELS = 6
CHILDREN: dict[str, frozenset[str]] = {
    OrgType.COMPANY_COMMITTEE: frozenset(OrgType) - {OrgType.GROUP},
    OrgType.GRASSROOTS_COMMITTEE: frozenset({OrgType.GENERAL_BRANCH, OrgType.BRANCH}),
    OrgType.GENERAL_BRANCH: frozenset({OrgType.BRANCH}),
    OrgType.BRANCH: frozenset({OrgType.GROUP}),
    OrgType.GROUP: frozenset(),
}
_COMMITTEES = (OrgType.COMPANY_COMMITTEE, OrgType.GRASSROOTS_COMMITTEE)
_CODE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,58}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Org:
    """One organisation as read; ``depth`` counts from 0 at the top of the file's tree."""

    id: str
    code: str
    full_name: str
    short_name: str
    org_type: str
    parent_code: str | None
    depth: int
    in_scope: bool
    is_joint: bool
    is_temporary: bool
    status: str
    sort_no: int
    declared_member_count: int | None


@dataclass(frozen=True)
class Strength:
    """How many members not retired, and how many of them full members (正式党员)."""

    everyone: int
    full: int


def check_code(code: str, *, known: Sequence[Org]) -> None:
    """V-ORG-12 and V-ORG-01; codes differing only in case count as the same (file names on Windows)."""
    if not _CODE.fullmatch(code):
        raise broken("V-ORG-12", code=code)
    if same := next((o for o in known if o.code.upper() == code.upper()), None):
        raise broken("V-ORG-01", code=code, name=same.full_name)


def check_text(what: str, value: str, longest: int) -> str:
    """The text as one visible line (``visible.line``); V-ORG-13 when empty or too long."""
    text = visible.line(value)
    if not 1 <= len(text) <= longest:
        raise broken("V-ORG-13", what=what, text=text[:20], longest=longest)
    return text


def check_declared(value: object) -> None:
    """填报党员数 is empty or a count (V-ORG-26)."""
    if value is not None and (not isinstance(value, int) or bounds.beyond([value])):
        raise broken("V-ORG-26", value=value, most=bounds.MOST)


def check_under(*, child: str, child_type: str, parent: Org, levels_below: int = 0) -> None:
    """V-ORG-04: may this kind hang directly under ``parent``, and does the tree stay within six levels (V-ORG-24)?"""
    if child_type not in CHILDREN[parent.org_type]:
        kinds = naming.TYPE_NAMES
        raise broken(
            "V-ORG-04",
            child=child,
            kind=kinds.get(child_type, child_type),
            parent=parent.full_name,
            parent_kind=kinds[parent.org_type],
        )
    if parent.depth + 2 + levels_below > LEVELS:
        raise broken("V-ORG-24", child=child, parent=parent.full_name, levels=LEVELS)
    if parent.status != OrgStatus.ACTIVE:
        raise broken("V-ORG-30", name=parent.full_name)


def nearest(text: str, known: Iterator[str] | Sequence[str]) -> str:
    """`,是否指“…”?` for the known text most like this one, or nothing."""
    close = get_close_matches(text, list(known), n=1, cutoff=0.6)
    return f"，是否指“{close[0]}”？" if close else "，请核对。"


def below(orgs: Sequence[Org], code: str) -> Sequence[Org]:
    """That organisation and all below it, from a depth-first list."""
    start = next(i for i, o in enumerate(orgs) if o.code == code)
    end = start + 1
    while end < len(orgs) and orgs[end].depth > orgs[start].depth:
        end += 1
    return orgs[start:end]


def findings(orgs: Sequence[Org], strengths: Mapping[str, Strength]) -> list[Finding]:
    """V-ORG-05…11 for a depth-first list; sizes are asked only when ``strengths`` (by id) is not empty."""
    listed = [finding for o in orgs if o.status == OrgStatus.ACTIVE for finding in _name(o)]
    listed += _same_short_names(orgs)
    for o, total in zip(orgs, totals(orgs, strengths), strict=True) if strengths else ():
        listed += _dissolved(o, total) if o.status == OrgStatus.DISSOLVED else _sizes(o, total)
    return listed


def totals(orgs: Sequence[Org], strengths: Mapping[str, Strength]) -> list[Strength]:
    """For a depth-first list: the strength of each organisation with all below it."""
    found = [strengths.get(o.id, Strength(0, 0)) for o in orgs]
    places = {o.code: place for place, o in enumerate(orgs)}
    for place in range(len(orgs) - 1, -1, -1):
        above = places.get(orgs[place].parent_code or "")
        if above is not None:
            a, b = found[above], found[place]
            found[above] = Strength(a.everyone + b.everyone, a.full + b.full)
    return found


def brought_about(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """What an act brought about: findings after it of a kind that was not said of the same organisation before."""
    known = {(one.code, one.where) for one in before}
    return [one for one in after if (one.code, one.where) not in known]


def _name(o: Org) -> Iterator[Finding]:
    if not naming.fits(o.full_name, o.org_type):
        yield found("V-ORG-11", o.full_name)


def _same_short_names(orgs: Sequence[Org]) -> Iterator[Finding]:
    names = Counter(o.short_name for o in orgs if o.status == OrgStatus.ACTIVE)
    for name, count in names.items():
        if count > 1:
            yield found("V-ORG-09", name, name=name, n=count)


def _dissolved(o: Org, total: Strength) -> Iterator[Finding]:
    if total.everyone:
        yield found("V-ORG-10", o.full_name, name=o.full_name, n=total.everyone)


def _sizes(o: Org, total: Strength) -> Iterator[Finding]:
    n, name = total.everyone, o.short_name
    if o.org_type == OrgType.BRANCH:
        if n > 50:
            yield found("V-ORG-05", name, name=name, n=n)
        if total.full < 3 and not (o.is_joint or o.is_temporary):
            yield found("V-ORG-06", name, name=name, n=total.full)
    if o.declared_member_count is not None and o.declared_member_count != n:
        declared = o.declared_member_count
        yield found("V-ORG-07", name, name=name, a=declared, b=n, d=abs(declared - n))
    general = o.org_type == OrgType.GENERAL_BRANCH and not 50 <= n <= 99
    if general or (o.org_type in _COMMITTEES and n <= 100):
        kind = "党总支" if general else "党委"
        yield found("V-ORG-08", name, name=name, n=n, kind=kind)
