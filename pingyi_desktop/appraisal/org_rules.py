"""What a sound tree of party organisations is (V-ORG-01…14), as checks on rows already read. Pure.

V-ORG-01…11 are the domain's (§7.1). Three more keep the file sound: V-ORG-12 a code is letters, digits, dots and
hyphens (it becomes part of file names); V-ORG-13 texts and counts have their limits; V-ORG-14 what is in use stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pingyi_desktop import visible
from pingyi_desktop.appraisal import naming
from pingyi_desktop.appraisal.catalogue import Finding
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema import OrgStatus, OrgType

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
        raise RuleError(
            "V-ORG-12", f"组织代码“{code}”请只用字母、数字、点和横线，如 QL.03.G02，最长 60 个字符。"
        )
    if same := next((o for o in known if o.code.upper() == code.upper()), None):
        raise RuleError("V-ORG-01", f"组织代码“{code}”已被“{same.full_name}”使用，请更换。")


def check_text(what: str, value: str, longest: int) -> str:
    """The text as one visible line (``visible.line``); V-ORG-13 when empty or too long."""
    text = visible.line(value)
    if not 1 <= len(text) <= longest:
        raise RuleError("V-ORG-13", f"{what}“{text[:20]}”请填 1 至 {longest} 个字。")
    return text


def check_declared(value: object) -> None:
    """填报党员数 is empty or a count (V-ORG-13)."""
    if value is not None and (not isinstance(value, int) or not 0 <= value <= 1_000_000):
        raise RuleError("V-ORG-13", f"填报党员数“{value}”请填不小于 0 的整数，或者不填。")


def check_under(*, child: str, child_type: str, parent: Org, levels_below: int = 0) -> None:
    """V-ORG-04: may this kind hang directly under ``parent``, and does the tree stay within six levels?"""
    if child_type not in CHILDREN[parent.org_type]:
        kinds = naming.TYPE_NAMES
        raise RuleError(
            "V-ORG-04",
            f"“{child}”（{kinds.get(child_type, child_type)}）不能直接隶属于"
            f"“{parent.full_name}”（{kinds[parent.org_type]}）。",
        )
    if parent.depth + 2 + levels_below > LEVELS:
        raise RuleError(
            "V-ORG-04", f"“{child}”放在“{parent.full_name}”下面会超过 {LEVELS} 级，请改挂到更高一级。"
        )
    if parent.status != OrgStatus.ACTIVE:
        raise RuleError("V-ORG-14", f"“{parent.full_name}”已撤销，请另选上级党组织。")


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
    found = [finding for o in orgs if o.status == OrgStatus.ACTIVE for finding in _name(o)]
    found += _same_short_names(orgs)
    for o in orgs if strengths else ():
        parts = [strengths.get(b.id, Strength(0, 0)) for b in below(orgs, o.code)]
        total = Strength(sum(p.everyone for p in parts), sum(p.full for p in parts))
        found += _dissolved(o, total) if o.status == OrgStatus.DISSOLVED else _sizes(o, total)
    return found


def _name(o: Org) -> Iterator[Finding]:
    if not naming.fits(o.full_name, o.org_type):
        text = "组织全称一般为“中共+单位名称+委员会/总支部委员会/支部委员会”，请核对。"
        yield Finding("V-ORG-11", "I", o.full_name, text)


def _same_short_names(orgs: Sequence[Org]) -> Iterator[Finding]:
    names = Counter(o.short_name for o in orgs if o.status == OrgStatus.ACTIVE)
    for name, count in names.items():
        if count > 1:
            yield Finding("V-ORG-09", "W", name, f"简称“{name}”有 {count} 个组织使用，报表上无法区分。")


def _dissolved(o: Org, total: Strength) -> Iterator[Finding]:
    if total.everyone:
        text = f"“{o.full_name}”已撤销，但还有 {total.everyone} 名党员未转出。"
        yield Finding("V-ORG-10", "E", o.full_name, text)


def _sizes(o: Org, total: Strength) -> Iterator[Finding]:
    n, name = total.everyone, o.short_name
    if o.org_type == OrgType.BRANCH:
        if n > 50:
            text = f"“{name}”党员 {n} 名，超过支部一般不超过 50 名的要求，请确认是否经上级批准。"
            yield Finding("V-ORG-05", "W", name, text)
        if total.full < 3 and not (o.is_joint or o.is_temporary):
            text = f"“{name}”正式党员 {total.full} 名，不足 3 名，一般应组建联合党支部，请核实。"
            yield Finding("V-ORG-06", "W", name, text)
    if o.declared_member_count is not None and o.declared_member_count != n:
        declared = o.declared_member_count
        text = f"“{name}”填报党员 {declared} 名，名册 {n} 名，相差 {abs(declared - n)} 名。"
        yield Finding("V-ORG-07", "W", name, text)
    general = o.org_type == OrgType.GENERAL_BRANCH and not 50 <= n <= 99
    if general or (o.org_type in _COMMITTEES and n <= 100):
        kind = "党总支" if general else "党委"
        text = f"“{name}”党员 {n} 名，与设立{kind}的一般人数要求不一致，如已批准请忽略。"
        yield Finding("V-ORG-08", "I", name, text)
