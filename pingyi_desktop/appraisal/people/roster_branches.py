"""Which branch a text means: by code, full name, short name or plain unit name, told apart by what stands above. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pingyi_desktop.appraisal.people import mentions, naming
from pingyi_desktop.appraisal.people.mentions import fold
from pingyi_desktop.appraisal.people.org_rules import Org
from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType

_SUGGESTIONS = 60
_BRANCH = OrgType.BRANCH.value
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")


@dataclass
class Directory:
    """The branches of the own unit, indexed by every name they answer to; answers are remembered.

    ``everyone`` are the names of all organisations there are, by name with kind and by unit with kind.
    """

    orgs: Mapping[str, Org]
    branches: dict[str, Org] = field(default_factory=dict)
    names: dict[str, list[Org]] = field(default_factory=dict)
    everyone: dict[tuple[str, str], list[Org]] = field(default_factory=dict)
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)
    owners: dict[tuple[object, ...], Answer] = field(default_factory=dict)
    suggested: int = 0


@dataclass(frozen=True)
class Answer:
    """The branch, or the code and sentence (without row) saying why there is none."""

    branch: Org | None
    code: str = ""
    sentence: str = ""


def directory(orgs: Mapping[str, Org], *, own_code: str) -> Directory:
    """Index the branches at and below the own unit of a tree by code."""
    book = Directory(orgs)
    for o in orgs.values():
        for name in (o.full_name, o.short_name):
            _index(book.everyone, ("", fold(name)), o)
            _index(book.everyone, (_kind(o), _bare(name)), o)
        if o.org_type == OrgType.BRANCH and own_code in line(orgs, o):
            book.branches[o.code.upper()] = o
            for name in {fold(o.full_name), fold(o.short_name), _bare(o.full_name), _bare(o.short_name)}:
                book.names.setdefault(name, []).append(o)
    return book


def find_named(book: Directory, name: str) -> list[Org]:
    """Every organisation that a name means: its code or whole name, else its unit and kind, after those above it."""
    if len(name) > 2 and (coded := [o for o in book.orgs.values() if o.code.upper() == name.upper()]):
        return coded
    for said in dict.fromkeys((name, mentions.without_number(name))):
        if found := book.everyone.get(("", fold(said))) or _by_unit(book, said):
            return found
    return []


def _by_unit(book: Directory, name: str) -> list[Org]:
    kind, bare = naming.kind_of(fold(name)), _bare(name)
    kinds = [kind] if kind else [_BRANCH, OrgType.GENERAL_BRANCH.value, OrgType.GRASSROOTS_COMMITTEE.value]
    found = [o for one in kinds for o in book.everyone.get((one, bare), ())]
    if found:
        return found
    below = [o for (one, unit), listed in book.everyone.items() if one in kinds and unit and bare.endswith(unit)
             for o in listed if _is_line(book.orgs, o, bare.removesuffix(unit))]  # fmt: skip
    if below:
        return list(dict.fromkeys(below))
    plain = naming.without_ordinal(bare)
    return [o for (one, unit), listed in book.everyone.items()
            if one in kinds and naming.without_ordinal(unit) == plain for o in listed]  # fmt: skip


def _index(book: dict[tuple[str, str], list[Org]], key: tuple[str, str], o: Org) -> None:
    listed = book.setdefault(key, [])
    if o not in listed:
        listed.append(o)


def _is_line(orgs: Mapping[str, Org], o: Org, prefix: str) -> bool:
    """Whether a text is made of the names of organisations above this one (青岭煤业有限公司, 露天矿党委)."""
    names = [name for code in line(orgs, o)[1:] for name in _all_names(orgs[code])]
    while prefix:
        taken = next((n for n in sorted(names, key=len, reverse=True) if n and prefix.startswith(n)), None)
        if taken is None:
            return False
        prefix = prefix.removeprefix(taken)
    return True


def _is_short_for(orgs: Mapping[str, Org], name: str, o: Org) -> bool:
    """机关党支部 is short for 二矿机关党支部 where 二矿党委 stands above it."""
    whole = fold(o.short_name)
    return whole.endswith(name) and _is_line(orgs, o, whole.removesuffix(name))


def _all_names(o: Org) -> tuple[str, ...]:
    return fold(o.full_name), fold(o.short_name), _bare(o.full_name), _bare(o.short_name)


def _kind(o: Org) -> str:
    return naming.kind_of(o.full_name) or naming.kind_of(o.short_name) or o.org_type


def look_up(book: Directory, values: Mapping[str, object]) -> Answer:
    """The branch named by the columns ``branch_code``, ``branch``, ``general_branch`` and ``committee``."""
    asked = tuple(
        str(values.get(key) or "") for key in ("branch_code", "branch", "general_branch", "committee")
    )
    if asked not in book.answers:
        book.answers[asked] = _search(book, *asked)
    return book.answers[asked]


def _search(book: Directory, code: str, name: str, general: str, committee: str) -> Answer:
    if code:
        found = book.branches.get(code.upper())
        return active(found) if found else _unknown(book, code, list(book.branches))
    if found := book.branches.get(name.upper()):
        return active(found)
    above = [_bare(text) for text in (general, committee) if text]
    candidates = book.names.get(fold(name)) or []
    if not candidates and naming.kind_of(fold(name)) in ("", _BRANCH):
        candidates = [o for o in _by_unit(book, name) if o.code.upper() in book.branches]
    if len(candidates) != 1 and above:
        pool = candidates or [o for o in book.branches.values() if _is_short_for(book.orgs, fold(name), o)]
        candidates = [o for o in pool if all(_is_above(book.orgs, o, text) for text in above)]
    if len(candidates) == 1:
        return active(candidates[0])
    if candidates or book.names.get(fold(name)):
        count = len(candidates or book.names[fold(name)])
        return Answer(None, "V-MEM-34", sentence("V-MEM-34", name=name, n=count))
    return _unknown(book, name, [o.short_name for o in book.branches.values()])


def nearest(book: Directory, said: str, known: list[str]) -> str:
    """The name that may have been meant; "" when none is near, or after many questions."""
    book.suggested += 1
    if book.suggested > _SUGGESTIONS:
        return ""
    spelled = {name.translate(_NUMERALS): name for name in known}
    close = get_close_matches(said.translate(_NUMERALS), list(spelled), n=1, cutoff=0.5)
    return spelled[close[0]] if close else ""


def _unknown(book: Directory, said: str, known: list[str]) -> Answer:
    near = nearest(book, said, known)
    hint = f"是否指“{near}”？" if near else "请先建立该支部或核对名称。"
    return Answer(None, "V-MEM-05", sentence("V-MEM-05", name=said, hint=hint))


def active(o: Org) -> Answer:
    """A branch that still is one."""
    if o.status == OrgStatus.ACTIVE:
        return Answer(o)
    return Answer(None, "V-MEM-35", sentence("V-MEM-35", name=o.short_name))


def line(orgs: Mapping[str, Org], o: Org) -> list[str]:
    """Codes from an organisation up to the top of the tree."""
    codes = [o.code]
    while o.parent_code is not None and o.parent_code in orgs and o.parent_code not in codes:
        o = orgs[o.parent_code]
        codes.append(o.code)
    return codes


def _is_above(orgs: Mapping[str, Org], o: Org, name: str) -> bool:
    ancestors = [orgs[code] for code in line(orgs, o)[1:]]
    return any(name in (_bare(a.full_name), _bare(a.short_name), fold(a.code)) for a in ancestors)


def _bare(text: str) -> str:
    """The unit's own name without 中共 and without 党支部, 支部委员会 and the like."""
    return naming.unit_of(fold(text))
