"""Whose members a sheet holds when no column says it, and whether what stands above the rows says another owner. Pure.

The name of the sheet, a heading inside the table and the title above it are evidence. What they name is taken whole;
what names an organisation that is not here, or another one than the rows do, stops the import and is never overridden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pingyi_desktop.appraisal.people import mentions, naming, roster_branches
from pingyi_desktop.appraisal.people.mentions import fold
from pingyi_desktop.appraisal.people.org_rules import Org
from pingyi_desktop.appraisal.people.roster_branches import Answer, Directory, line
from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType

_SHEET, _SECTION, _TITLE = "工作表名", "小标题", "标题"
_MEND = "请把它改成党支部的全称或简称，或者加一列“所在党支部”"
_WORDS = re.compile(r"[\s:\uff1a,\uff0c;\uff1b()\uff08\uff09]+")


@dataclass(frozen=True)
class _Named:
    """An organisation that a text names; nobody ``found`` means that it is not here."""

    where: str
    name: str
    found: tuple[Org, ...]

    @property
    def branches(self) -> tuple[Org, ...]:
        return tuple(o for o in self.found if o.org_type == OrgType.BRANCH)

    @property
    def is_committee(self) -> bool:
        """Whether the name is that of a level above branches."""
        return naming.kind_of(self.name) in (OrgType.GENERAL_BRANCH, OrgType.GRASSROOTS_COMMITTEE)


def owner(book: Directory, sheet: str, hints: Sequence[str]) -> Answer:
    """The branch meant by a heading, a sheet's name or a title; the only branch there is needs no hint.

    No branch and no code means that nothing is said at all.
    """
    key = ("owner", sheet, *hints)
    if key not in book.owners:
        book.owners[key] = _owner(book, list(_evidence(book, sheet, hints)))
    return book.owners[key]


def held_against(book: Directory, sheet: str, hints: Sequence[str], branch: Org) -> Answer:
    """The branch, or why rows of it cannot stand under this heading, sheet's name or title."""
    key = (branch.code, sheet, *hints)
    if key not in book.owners:
        found = list(_evidence(book, sheet, hints))
        book.owners[key] = _contradiction(book, found, branch)
    return book.owners[key]


def _evidence(book: Directory, sheet: str, hints: Sequence[str]) -> Iterator[_Named]:
    """What the hints name; a heading inside the table stands in for the title above it."""
    place = hints.index(sheet) if sheet in hints else 0
    sections = [found for text in hints[:place] for found in _named(book, _SECTION, text)]
    yield from sections
    for text in hints[place:]:
        if text == sheet:
            yield from _named(book, _SHEET, text)
        elif not sections:
            yield from _named(book, _TITLE, text)


def _named(book: Directory, where: str, text: str) -> Iterator[_Named]:
    names = [*mentions.named(text), *(part for part in _WORDS.split(text) if _is_code(book, part))]
    if not names:
        said = mentions.labelled(text)
        alone = mentions.unit_alone(said or text)
        plain = mentions.without_number(alone)
        known = bool(plain) and bool(roster_branches.find_named(book, alone))
        if known or (mentions.is_unit(alone) and (said or where != _TITLE)):
            names = [alone]
    for name in dict.fromkeys(names):
        yield _Named(where, name, tuple(roster_branches.find_named(book, name)))


def _is_code(book: Directory, text: str) -> bool:
    return len(text) > 2 and any(sign.isdigit() for sign in text) and text in book.orgs


def _owner(book: Directory, found: list[_Named]) -> Answer:
    for one in found:
        if not one.found and not one.is_committee:
            return _unknown(book, one)
    meant: list[Org] | None = None
    for where in (_SECTION, _SHEET, _TITLE):
        said = [o for one in found if one.where == where for o in one.branches]
        if said:
            meant = said if meant is None else [o for o in meant if o in said]
    if meant is None:
        return _only_branch(book, found)
    meant = list(dict.fromkeys(meant))
    if len(meant) != 1:
        return _several(found)
    (branch,) = meant
    if branch.code.upper() not in book.branches:
        one = next(one for one in found if branch in one.branches)
        return _another(one.where, branch.short_name, "不是本单位的党支部")
    return _misplaced(book, found, branch) or roster_branches.active(branch)


def _only_branch(book: Directory, found: Sequence[_Named]) -> Answer:
    if len(book.branches) != 1:
        return Answer(None)
    (branch,) = book.branches.values()
    unknown = next((one for one in found if not one.found), None)
    answer = _unknown(book, unknown) if unknown else _misplaced(book, found, branch)
    return answer or Answer(branch if branch.status == OrgStatus.ACTIVE else None)


def _contradiction(book: Directory, found: Sequence[_Named], branch: Org) -> Answer:
    for where in (_SECTION, _SHEET, _TITLE):
        here = [one for one in found if one.where == where]
        said = [o for one in here for o in one.branches]
        if said and branch not in said:
            names = "、".join(dict.fromkeys(o.short_name for o in said))
            mend = "请改成一致，或把这些行移到它自己的工作表"
            return _another(where, names, f"这一行的党支部却是“{branch.short_name}”", mend)
        for one in here:
            if not (said or one.found or one.is_committee or _is_short(one.name, branch)):
                return _unknown(book, one)
    return _misplaced(book, found, branch) or Answer(branch)


def _misplaced(book: Directory, found: Sequence[_Named], branch: Org) -> Answer | None:
    """A level above branches is named, but this branch is not below it."""
    above = line(book.orgs, branch)
    named = [one for one in found if one.found and not one.branches]
    if not named or any(o.code in above for one in named for o in one.found):
        return None
    return _another(named[0].where, named[0].name, f"“{branch.short_name}”不在它下面")


def _unknown(book: Directory, one: _Named) -> Answer:
    known = [o.short_name for o in book.branches.values()]
    hint = roster_branches.nearest(book, one.name, known)
    return _another(one.where, one.name, f"这里没有这个组织{f'（是否指“{hint}”）' if hint else ''}")


def _several(found: Sequence[_Named]) -> Answer:
    said = list(dict.fromkeys((one.where, one.name) for one in found if one.branches))
    places, names = dict.fromkeys(where for where, _ in said), dict.fromkeys(name for _, name in said)
    why = "说的不是同一个党支部，或有几个党支部同名"
    return _another("、".join(places), "”“".join(names), why, "请改成一致，或者加一列“所在党支部”")


def _another(where: str, said: str, why: str, mend: str = _MEND) -> Answer:
    """V-IMP-16: something names another owner than the rows may have."""
    return Answer(None, "V-IMP-16", sentence("V-IMP-16", where=where, said=said, why=why, mend=mend))


def _is_short(name: str, branch: Org) -> bool:
    """采剥1队党支部 may be short for 露天矿采剥1队党支部; 1队党支部 not for 11队党支部."""
    said = naming.unit_of(fold(name))
    for whole in (naming.unit_of(fold(branch.full_name)), naming.unit_of(fold(branch.short_name))):
        before = whole.removesuffix(said)
        if whole.endswith(said) and not re.search(r"[第〇零一二三四五六七八九十百\d]$", before):
            return True
    return False
