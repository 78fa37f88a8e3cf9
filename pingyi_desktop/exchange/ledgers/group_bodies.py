"""意见归并 on its way up: what a unit merged, offered to the offices above it.

An office says itself what is common to its units: a group from below changes nothing here and counts nothing, it is the
first of the suggestions, under the title it has there, until a person takes it over. Originals travel with their units and
are counted there, whoever merges them. Downward goes no group: what is to be done about one goes down as an order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers import fields
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.likeness import Like
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import TITLE, Problem
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.rulebook import telling
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import ROLLUP, SUBMISSION
from pingyi_desktop.exchange.wire.ledger_shapes import LEDGERS, MOST_ROWS
from pingyi_desktop.storage.schema_exchange import EnvelopeState, StoredEnvelope

NAME = "opinion_group"
COLUMNS = ("group", "title", "org", "number", "said")
_MARK = f'"name":"{LEDGERS}"'.encode()
_COUNTING = (EnvelopeState.CHOSEN, EnvelopeState.SUPPORT)


class Merged(NamedTuple):
    """One original in a group of the unit that sends it: its place, and the digest of what it said then."""

    group: int
    title: str
    org: str
    number: int
    said: str


def body(session: Session, *, campaign_id: str, unit: str) -> dict[str, object] | None:
    """The unit's groups as they travel, one row for each original that is in one; None without a group."""
    inside = {o.code for o in campaign_tree.tree(session, campaign_id=campaign_id, under=unit)}
    listed = [
        [one.number, one.title, row.org, row.number, opinion_groups.digest(row)]
        for one in opinion_groups.problems(session, campaign_id=campaign_id)
        if one.number
        for row in one.originals
        if row.org in inside
    ]
    return {"columns": list(COLUMNS), "name": NAME, "rows": listed[:MOST_ROWS]} if listed else None


def check(envelope: package.Envelope) -> list[Merged]:
    """What an envelope says of groups (PackageError): each original in one group, under a title that tells of nobody."""
    listed = (envelope.document(LEDGERS) or {"ledgers": []})["ledgers"]
    found = [one for body in listed if body["name"] == NAME for one in _read(body)]
    if len({one[2:4] for one in found}) != len(found):
        raise PackageError("意见归并里有一条意见归了两次，请让对方重新导出。")
    return found


def offered(session: Session, *, campaign_id: str, listed: Sequence[Problem]) -> list[Like]:
    """What units below have merged and nobody has here, the higher office first; ``listed`` are the problems of this file."""
    tree = campaign_tree.tree(session, campaign_id=campaign_id)
    here = {(row.org, row.number): (row, one) for one in listed for row in one.originals}
    names, taken, made = {o.code: o.short_name for o in tree}, set[str](), list[Like]()
    for unit, merged in sorted(_came(session, campaign_id), key=lambda one: list(names).index(one[0])):
        inside = {o.code for o in campaign_tree.below(tree, unit)}
        for group in sorted({one.group for one in merged}):
            same = [one for one in merged if one.group == group and one.org in inside]
            known = [here[one.org, one.number] for one in same if (one.org, one.number) in here]
            said = {(one.org, one.number): one.said for one in same}
            kept = [(row, p) for row, p in known if opinion_groups.digest(row) == said[row.org, row.number]]
            like = _like(kept, same[0].title if same else "", names[unit], taken)
            if like is not None:
                taken |= {row.id for row in like.originals}
                made.append(like)
    return made


def _like(kept: Sequence[tuple[Row, Problem]], title: str, by: str, taken: Collection[str]) -> Like | None:
    """The originals that stand alone here; to be merged with the one group here that has the others, or anew."""
    alone = [row for row, problem in kept if not problem.number and row.id not in taken]
    groups = {problem.number: problem.title for _, problem in kept if problem.number}
    if len(groups) == 1 and alone:
        return Like(*groups.popitem(), originals=alone)
    return Like(0, title, originals=alone, by=by) if len(alone) > 1 else None


def _came(session: Session, campaign_id: str) -> Iterator[tuple[str, list[Merged]]]:
    """Unit and groups of every package from below whose ledgers count; one that breaks a rule has none."""
    query = select(col(StoredEnvelope.raw)).where(
        col(StoredEnvelope.campaign_id) == campaign_id,
        col(StoredEnvelope.type).in_((SUBMISSION, ROLLUP)),
        col(StoredEnvelope.state).in_(_COUNTING),
        col(StoredEnvelope.own).is_(False),
    )
    for raw in session.scalars(query):
        if raw is not None and _MARK in raw:
            envelope = package.parse_stored(raw)
            try:
                merged = check(envelope)
            except PackageError:
                continue
            if merged:
                yield envelope.address.unit, merged


def _read(body: Mapping[str, Sequence[object]]) -> Iterator[Merged]:
    for row in body["rows"]:
        told = dict(zip(body["columns"], row, strict=True))  # type: ignore[call-overload]
        group, title, org, number, said = (told.get(key) for key in COLUMNS)
        counts = all(type(n) is int and 0 < n <= bounds.MOST for n in (group, number))
        if not (counts and isinstance(org, str) and isinstance(said, str) and isinstance(title, str)):
            raise PackageError("意见归并有一行看不懂，请让对方重新导出。")
        if not fields.is_shaped(TITLE, title) or telling.reaching(title):
            raise PackageError("归并问题的名称不合规定，请让对方改名以后重新导出。")
        yield Merged(group, title, org, number, said)  # type: ignore[arg-type]
