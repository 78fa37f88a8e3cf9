"""Whose ballots a sheet holds: what its name, its title and the headings inside it say, held against the own batches.

A batch code, a form or an organisation that is named and is not one of ours stops the import; it is never overridden,
and a name is taken whole. Names of the unit itself and of those above it say nothing about which batch is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pingyi_desktop.appraisal.batches.stacks import Stack
from pingyi_desktop.appraisal.people import mentions
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import RuleError
from pingyi_desktop.sheets.grid.columns import word
from pingyi_desktop.sheets.grid.grid import Grid

_CODE = re.compile(r"(?<![\w.-])L\d+-[\w.-]*[\w]", re.ASCII)
_FORM = re.compile(r"(?<![\w.-])T-[A-Z]{2,5}-[A-Z0-9]{1,3}(?![\w-])", re.ASCII)
_LONGEST_SHEET_NAME = 31
_MEND = "请改正或删去这段文字"


def another_owner(where: str, said: str, why: str) -> RuleError:
    """V-IMP-16 to raise: something names a batch, a form or an organisation that is not ours."""
    return broken("V-IMP-16", where=where, said=said[:60], why=why, mend=_MEND)


def named_above(grid: Grid, first: int, stacks: Sequence[Stack]) -> list[Stack]:
    """The batches that the sheet's name and what stands above its header leave possible."""
    titles = [cell for _, row in grid.above(first) for cell in row if isinstance(cell, str) and cell]
    left = list(stacks)
    if not grid.from_file_name or mentions.named(grid.name):
        left = narrowed(left, stacks, "工作表名", grid.name, is_sheet=True)
    for title in dict.fromkeys(titles):
        left = narrowed(left, stacks, "标题", title)
    if len(left) == len(stacks):
        compared = word("".join([grid.name, *titles])[:2_000])
        left = [s for s in left if word(s.form.title) in compared] or left
    return left


def narrowed(
    left: Sequence[Stack], stacks: Sequence[Stack], where: str, text: str, *, is_sheet: bool = False
) -> list[Stack]:
    """The batches of ``left`` that a text leaves possible; raises when it names something that is not ours."""
    said = personal.plain(text)
    found = _by_code(stacks, where, said, is_sheet=is_sheet)
    found = _by_form(stacks, where, said) if found is None else found
    by_org = _by_organisation(stacks, where, said, is_sheet=is_sheet)
    possible = [s for s in left if (found is None or s in found) and (by_org is None or s in by_org)]
    if not possible and left:
        codes = "、".join(s.batch.code for s in left[:3])
        raise another_owner(where, text, f"与表里别处写的（{codes}）不是同一个票批")
    return possible


def _by_code(stacks: Sequence[Stack], where: str, said: str, *, is_sheet: bool) -> list[Stack] | None:
    named = _CODE.findall(said)
    if not named:
        return None
    found = [s for s in stacks if s.batch.code in named]
    if not found and is_sheet and len(said) == _LONGEST_SHEET_NAME:
        found = [s for s in stacks if s.batch.code.startswith(named[-1])]  # a sheet's name has 31 signs
    strange = next((code for code in named if all(not s.batch.code.startswith(code) for s in found)), None)
    if strange is not None:
        own = "、".join(s.batch.code for s in stacks[:3])
        more = " 等" if len(stacks) > 3 else ""
        raise another_owner(where, strange, f"不是本单位的票批（本单位的是 {own}{more}）")
    return found


def _by_form(stacks: Sequence[Stack], where: str, said: str) -> list[Stack] | None:
    named = _FORM.findall(said)
    if not named:
        return None
    found = [s for s in stacks if s.form.code in named]
    if not found:
        raise another_owner(where, named[0], "不是本单位这次用的评议表")
    return found


def _by_organisation(stacks: Sequence[Stack], where: str, said: str, *, is_sheet: bool) -> list[Stack] | None:
    names = mentions.named(_CODE.sub(" ", said))
    if not names:
        labelled = mentions.labelled(said)
        alone = mentions.unit_alone(labelled or _CODE.sub(" ", said))
        known = bool(alone) and bool(_meant(stacks, alone))
        names = [alone] if known or (mentions.is_unit(alone) and (is_sheet or labelled)) else []
    found: list[Stack] = []
    for name in names:
        meant = _meant(stacks, name)
        if not meant and not any(mentions.means(name, s.above) for s in stacks):
            own = "、".join(dict.fromkeys(s.batch.org_name for s in stacks))
            raise another_owner(where, name, f"不是本单位要录的票（本单位录的是“{own[:60]}”）")
        found += meant
    return found or None


def _meant(stacks: Iterable[Stack], name: str) -> list[Stack]:
    return [
        s
        for s in stacks
        if mentions.means(name, s.names, s.above) or name.upper() == s.batch.org_code.upper()
    ]
