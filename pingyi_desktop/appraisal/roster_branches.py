"""Which branch a text means: by code, full name, short name or plain unit name, told apart by what stands above. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pingyi_desktop.appraisal import naming, personal
from pingyi_desktop.appraisal.catalogue import sentence
from pingyi_desktop.appraisal.org_rules import Org
from pingyi_desktop.storage.schema import OrgStatus, OrgType

_SUGGESTIONS = 60
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")


@dataclass
class Directory:
    """The branches of the own unit, indexed by every name they answer to; answers are remembered."""

    orgs: Mapping[str, Org]
    branches: dict[str, Org] = field(default_factory=dict)
    names: dict[str, list[Org]] = field(default_factory=dict)
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)
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
        if o.org_type == OrgType.BRANCH and own_code in _line(orgs, o):
            book.branches[o.code.upper()] = o
            for name in {_fold(o.full_name), _fold(o.short_name), _bare(o.full_name), _bare(o.short_name)}:
                book.names.setdefault(name, []).append(o)
    return book


def look_up(book: Directory, values: Mapping[str, object]) -> Answer:
    """The branch named by the columns ``branch_code``, ``branch``, ``general_branch`` and ``committee``."""
    asked = tuple(
        str(values.get(key) or "") for key in ("branch_code", "branch", "general_branch", "committee")
    )
    if asked not in book.answers:
        book.answers[asked] = _search(book, *asked)
    return book.answers[asked]


def guess(book: Directory, hints: Iterable[str]) -> Org | None:
    """The active branch meant by a heading, a sheet's name or a title; the only branch there is needs no hint."""
    found = next((o for hint in hints if (o := _meant(book, hint))), None)
    if found is None and len(book.branches) == 1:
        found = next(iter(book.branches.values()))
    return found if found is not None and found.status == OrgStatus.ACTIVE else None


def _meant(book: Directory, hint: str) -> Org | None:
    text = _fold(hint)
    exact = book.names.get(text) or book.names.get(_bare(hint))
    if exact is None:
        inside = [name for name in book.names if len(name) >= 3 and name in text]
        exact = book.names.get(max(inside, key=len, default=""), [])
    return exact[0] if len(exact) == 1 else None


def _search(book: Directory, code: str, name: str, general: str, committee: str) -> Answer:
    if code:
        found = book.branches.get(code.upper())
        return _active(found) if found else _unknown(book, code, list(book.branches))
    if found := book.branches.get(name.upper()):
        return _active(found)
    above = [_bare(text) for text in (general, committee) if text]
    candidates = book.names.get(_fold(name)) or book.names.get(_bare(name)) or []
    if len(candidates) != 1 and above:
        pool = candidates or [o for o in book.branches.values() if _fold(o.short_name).endswith(_fold(name))]
        candidates = [o for o in pool if all(_is_above(book.orgs, o, text) for text in above)]
    if len(candidates) == 1:
        return _active(candidates[0])
    if candidates or book.names.get(_fold(name)):
        count = len(candidates or book.names[_fold(name)])
        return Answer(
            None,
            "V-MEM-34",
            sentence("V-MEM-34", name=name, n=count),
        )
    return _unknown(book, name, [o.short_name for o in book.branches.values()])


def _unknown(book: Directory, said: str, known: list[str]) -> Answer:
    book.suggested += 1
    spelled = {name.translate(_NUMERALS): name for name in known}
    close: list[str] = []
    if book.suggested <= _SUGGESTIONS:
        close = get_close_matches(said.translate(_NUMERALS), list(spelled), n=1, cutoff=0.5)
    hint = f"是否指“{spelled[close[0]]}”？" if close else "请先建立该支部或核对名称。"
    return Answer(None, "V-MEM-05", sentence("V-MEM-05", name=said, hint=hint))


def _active(o: Org) -> Answer:
    if o.status == OrgStatus.ACTIVE:
        return Answer(o)
    return Answer(None, "V-MEM-35", sentence("V-MEM-35", name=o.short_name))


def _line(orgs: Mapping[str, Org], o: Org) -> list[str]:
    """Codes from an organisation up to the top of the tree."""
    codes = [o.code]
    while o.parent_code is not None and o.parent_code in orgs and o.parent_code not in codes:
        o = orgs[o.parent_code]
        codes.append(o.code)
    return codes


def _is_above(orgs: Mapping[str, Org], o: Org, name: str) -> bool:
    ancestors = [orgs[code] for code in _line(orgs, o)[1:]]
    return any(name in (_bare(a.full_name), _bare(a.short_name), _fold(a.code)) for a in ancestors)


def _fold(text: str) -> str:
    return "".join(personal.plain(text).split()).upper()


def _bare(text: str) -> str:
    """The unit's own name without 中共 and without 党支部, 支部委员会 and the like."""
    return naming.unit_of(_fold(text))
