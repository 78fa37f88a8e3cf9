"""意见归并: opinions that say the same as one problem under a title; merged, split and named here, suggested in ``likeness``.

A group holds originals by their numbers and changes none of them: every original stays a row of its ledger and is counted
once, in its group or as a problem of its own. A corrected package brings its originals back under the same numbers and so
into their groups, except those whose text is another now. To the office above the groups of this file are suggestions.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.ledgers import catalog, fields, rows
from pingyi_desktop.appraisal.ledgers.fields import Names, Text
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.rulebook import findings, telling
from pingyi_desktop.appraisal.rulebook.catalogue import broken, found
from pingyi_desktop.storage.schema_ledgers import MergedOpinion, OpinionGroup, OpinionNature

TITLE = Text("title", "归并问题", required=True, most=100)
RESPONSIBLE = Text("responsible", "建议责任单位", most=60)


@dataclass(frozen=True)
class Problem:
    """One problem and the originals that say it; ``number`` is 0 for an original that stands alone."""

    number: int
    title: str
    responsible: str
    originals: tuple[Row, ...]

    @cached_property
    def category(self) -> str:
        """What most of the originals are about, in words."""
        return self._most("category")

    @cached_property
    def nature(self) -> str:
        """共性 or 个性, as most of the originals; "" when none says."""
        return self._most("nature")

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        """Short names of the organisations that the originals are about, those with most of them first."""
        return tuple(name for name, _ in Counter(row.org_name for row in self.originals).most_common())

    def _most(self, key: str) -> str:
        said = Counter(row.texts[key] for row in self.originals if row.texts[key])
        return said.most_common(1)[0][0] if said else ""


class Wanted(NamedTuple):
    """One merging: ids of opinions, a title ("": the shortest of their texts) and the number of the group (0: a new one)."""

    ids: tuple[str, ...]
    title: str = ""
    into: int = 0


class Kept(NamedTuple):
    """Every group and who is in it, as it was before an act, for the way back."""

    groups: tuple[Mapping[str, object], ...]
    merged: tuple[Mapping[str, object], ...]


def problems(session: Session, *, campaign_id: str, under: str = "") -> list[Problem]:
    """What the originals (of the subtree ``under``) come to: groups by number, then originals alone in the order of the tree."""
    listed = rows.listing(session, catalog.ledger("opinion"), rows.Asked(campaign_id, "", under=under))
    merged = {(m.org, m.number): (m.group_id, m.digest) for m in _merged(session, campaign_id)}
    inside: dict[str, list[Row]] = {}
    alone = list[Problem]()
    for row in listed:
        group, said = merged.get((row.org, row.number), ("", ""))
        if group and said == digest(row):
            inside.setdefault(group, []).append(row)
        else:
            alone.append(Problem(0, row.texts["content"], "", (row,)))
    groups = _groups(session, campaign_id)
    whole = [
        Problem(one.number, one.title, one.responsible, tuple(inside[one.id]))
        for one in groups
        if one.id in inside
    ]
    return whole + alone


def quoting(session: Session, *, campaign_id: str) -> set[int]:
    """Numbers of the groups that are called what a single one of their originals says: somebody's own words."""
    return {
        one.number
        for one in problems(session, campaign_id=campaign_id)
        if sum(row.texts["content"][: TITLE.most] == one.title for row in one.originals) == 1
    } - {0}


def shortest(originals: Sequence[Row]) -> str:
    """What the originals say, in the fewest words that one of them has for it."""
    return min((row.texts["content"] for row in originals), key=len)


def sentence(listed: Sequence[Problem]) -> str:
    """How many originals came to how many problems."""
    originals, groups = sum(len(one.originals) for one in listed), sum(1 for one in listed if one.number)
    alone = len(listed) - groups
    return (
        f"{originals} 条意见归并成 {len(listed)} 个问题，其中 {groups} 个由多条意见归并，{alone} 条未归并。"
    )


def merge(session: Session, *, campaign_id: str, wanted: Sequence[Wanted], by: str, reason: str = "") -> Kept:
    """Merge each of these sets of opinions into a group, all in one act; an opinion leaves the group it was in.

    V-OPN-23 and 24 when there is too little or no such group; V-OPN-03, and 01 of a new title, ask for a reason. Returns the
    way back.
    """
    if not wanted:
        raise broken("V-OPN-26")
    before, told, warned = _keep(session, campaign_id), dict[str, object](), list[findings.Finding]()
    for one in wanted:
        chosen = rows.picked(
            session, catalog.ledger("opinion"), campaign_id=campaign_id, ids=tuple(dict.fromkeys(one.ids))
        )
        group = _group(session, campaign_id, one, chosen)
        warned += [*_one_problem(chosen), *([] if one.into else _telling(group.title))]
        _take_out(session, campaign_id, chosen)
        session.add_all(
            MergedOpinion(
                campaign_id=campaign_id,
                org=row.org,
                number=row.number,
                group_id=group.id,
                digest=digest(row),
            )
            for row in chosen
        )
        session.flush()
        told[str(group.number)] = [row.name for row in chosen]
    _drop_empty(session, campaign_id)
    subject = f"第 {next(iter(told))} 号" if len(told) == 1 else f"{len(told)} 个问题"
    detail = {"merged": told}
    findings.weigh(
        session,
        warned,
        reason=reason,
        by=by,
        act="归并意见",
        subject=subject,
        detail=detail,
        quoting=False,
    )
    return before


def split(session: Session, *, campaign_id: str, ids: Sequence[str], by: str) -> Kept:
    """Take these opinions out of their groups (V-OPN-25 when none is in one); a group that nobody is left in goes."""
    before = _keep(session, campaign_id)
    chosen = rows.picked(session, catalog.ledger("opinion"), campaign_id=campaign_id, ids=ids)
    if not _take_out(session, campaign_id, chosen):
        raise broken("V-OPN-25")
    _drop_empty(session, campaign_id)
    detail = {"split": [row.name for row in chosen]}
    findings.weigh(
        session, (), reason="", by=by, act="拆开意见", subject=f"{len(chosen)} 条意见", detail=detail
    )
    return before


def name(
    session: Session,
    *,
    campaign_id: str,
    number: int,
    title: str,
    responsible: str,
    by: str,
    reason: str = "",
) -> Kept:
    """Give a group its title and who should mend it (V-OPN-24; V-OPN-01, 02 as for an opinion)."""
    before, group = _keep(session, campaign_id), _known(session, campaign_id, number)
    group.title = str(fields.read(TITLE, title, Names(), at=""))
    group.responsible = str(fields.read(RESPONSIBLE, responsible, Names(), at=""))
    session.flush()
    warned = list(_telling(group.title))
    findings.weigh(
        session, warned, reason=reason, by=by, act="修改归并问题", subject=f"第 {number} 号", quoting=False
    )
    return before


def put_back(session: Session, *, campaign_id: str, before: Kept, by: str) -> None:
    """Make the groups what they were before an act."""
    session.execute(delete(MergedOpinion).where(col(MergedOpinion.campaign_id) == campaign_id))
    session.execute(delete(OpinionGroup).where(col(OpinionGroup.campaign_id) == campaign_id))
    session.expire_all()
    session.add_all(OpinionGroup.model_validate(one) for one in before.groups)
    session.flush()
    session.add_all(MergedOpinion.model_validate(one) for one in before.merged)
    session.flush()
    findings.weigh(session, (), reason="", by=by, act="撤销意见归并", subject="意见归并")


def _one_problem(chosen: Sequence[Row]) -> list[findings.Finding]:
    """V-OPN-03: what several organisations are told is common to them; whether it is, a person says."""
    units = {row.org for row in chosen}
    common = all(row.values["nature"] == OpinionNature.COMMON for row in chosen)
    return [] if len(units) == 1 or common else [found("V-OPN-03", n=len(units))]


def _telling(title: str) -> list[findings.Finding]:
    if reached := telling.reaching(title):
        return [found("V-OPN-02", frag=reached)]
    told = telling.telling(title)
    return [found("V-OPN-01", frag=told)] if told else []


def _group(session: Session, campaign_id: str, wanted: Wanted, chosen: Sequence[Row]) -> OpinionGroup:
    """The group to merge into, made when there is none."""
    if wanted.into:
        if not chosen:
            raise broken("V-OPN-23")
        return _known(session, campaign_id, wanted.into)
    if len(chosen) < 2:
        raise broken("V-OPN-23")
    said = wanted.title or shortest(chosen)[: TITLE.most]
    title = str(fields.read(TITLE, said, Names(), at=""))
    last = max((one.number for one in _groups(session, campaign_id)), default=0)
    made = OpinionGroup(campaign_id=campaign_id, number=last + 1, title=title)
    session.add(made)
    session.flush()
    return made


def _known(session: Session, campaign_id: str, number: int) -> OpinionGroup:
    known = next((one for one in _groups(session, campaign_id) if one.number == number), None)
    if known is None:
        raise broken("V-OPN-24", number=number)
    return known


def _take_out(session: Session, campaign_id: str, chosen: Sequence[Row]) -> int:
    """Take originals out of whatever group they are in; how many were in one."""
    here = {(one.org, one.number): one for one in _merged(session, campaign_id)}
    gone = [here[row.org, row.number] for row in chosen if (row.org, row.number) in here]
    for one in gone:
        session.delete(one)
    session.flush()
    return len(gone)


def _drop_empty(session: Session, campaign_id: str) -> None:
    used = {one.group_id for one in _merged(session, campaign_id)}
    for group in _groups(session, campaign_id):
        if group.id not in used:
            session.delete(group)
    session.flush()


def _groups(session: Session, campaign_id: str) -> list[OpinionGroup]:
    query = select(OpinionGroup).where(col(OpinionGroup.campaign_id) == campaign_id)
    return list(session.scalars(query.order_by(col(OpinionGroup.number))))


def _merged(session: Session, campaign_id: str) -> list[MergedOpinion]:
    return list(session.scalars(select(MergedOpinion).where(col(MergedOpinion.campaign_id) == campaign_id)))


def _keep(session: Session, campaign_id: str) -> Kept:
    return Kept(
        tuple(one.model_dump() for one in _groups(session, campaign_id)),
        tuple(one.model_dump() for one in _merged(session, campaign_id)),
    )


def digest(row: Row) -> str:
    """Of what an original says: it is out of its group when it says something else."""
    return hashlib.sha256(str(row.values["content"]).encode()).hexdigest()
