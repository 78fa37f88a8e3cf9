"""Merge is set union; everything shown is a function of the set (package design §4). No database.

A record is what is known of an envelope once it is verified and its signer trusted. :func:`view` picks, for an office,
the submissions that count: those of its direct children, and below each child whatever the child's newest rollup
accepts of *its* direct children, down to the branches, unless it contradicts what was accepted before (``holds``). ``(epoch, revision)`` orders: only a parent raises the epoch,
so a thief's huge revision ends with one new task. Two contents in one place are a conflict, shown to a person and
counted nowhere. Totals are summed over one submission per unit, never added at import; so no order, repetition,
route or batching of imports can change them.

============================================  ======================================================================
the same envelope twice, or by two routes      counts once (a set by id)
older revision after the newer one             superseded, changes nothing
same (epoch, revision), different content      ``conflicts``; not counted until the unit exports a higher revision
a unit listed by an office that is not its     once when it is the very envelope its own office accepted;
own (transferred)                              ``held`` when it is another, not older one; else ``strays``: not counted
unit outside this office's part of the tree    not counted
a rollup lists an envelope nobody brought      ``missing`` (缺文件)
withdrawn by its office (作废)                 the newest rollup no longer lists it: not counted
an office lists an older one, or one by        ``held``: set aside, what counted before goes on counting, until a
another key, of a unit counted here before     person has asked the unit (``holds``)
withdrawn or turned down here                  keeps its place and counts nowhere: an older one does not come back
a conflict decided here by a person            the one left standing counts, until a higher (epoch, revision) or a
                                               third content in the same place arrives
============================================  ======================================================================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pingyi_desktop.exchange.merging import holds
from pingyi_desktop.exchange.merging.holds import Place, Weights
from pingyi_desktop.exchange.merging.records import ROLLUP as ROLLUP
from pingyi_desktop.exchange.merging.records import SUBMISSION as SUBMISSION
from pingyi_desktop.exchange.merging.records import Parents
from pingyi_desktop.exchange.merging.records import Record as Record
from pingyi_desktop.exchange.merging.records import Rulings as Rulings
from pingyi_desktop.exchange.wire.identities import check_submission as check_submission


@dataclass(frozen=True)
class View:
    """What counts at an office.

    ``submissions`` and ``rollups`` map a unit to the chosen envelope; ``conflicts`` a unit to the ids that claim one
    place; ``missing`` lists (office, id) that a rollup accepts but nobody brought; ``strays`` (office, id) that an
    office lists though the unit is not its direct child; ``voided`` are ids that would count or rival if no person had ruled otherwise; ``held`` maps what is set aside to
    what it contradicts, which goes on counting unless a person ruled it out ("" for nothing of its kind); ``waiting`` are ids whose bodies a later ruling may ask for;
    ``listed`` those that a trusted rollup of their own office lists or has listed; ``contested`` those of ``held`` about
    which an office further up says something that their own office does not bear out.
    """

    submissions: Mapping[str, str]
    rollups: Mapping[str, str]
    conflicts: Mapping[str, tuple[str, ...]]
    missing: tuple[tuple[str, str], ...]
    strays: tuple[tuple[str, str], ...] = ()
    voided: frozenset[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()


@dataclass
class _Walk:
    """The view while it is being made.

    ``disputed`` and ``ruled_out`` have the place, by type and unit, that several claim of what the unit's own office
    offers, and the one of what it offers and a person ruled out.
    """

    parents: Parents
    known: Mapping[str, Record]
    rulings: Rulings
    weights: Weights
    chosen: dict[tuple[str, str], Record] = field(default_factory=dict)
    conflicts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    missing: set[tuple[str, str]] = field(default_factory=set)
    strays: set[tuple[str, str]] = field(default_factory=set)
    voided: set[str] = field(default_factory=set)
    held: dict[str, str] = field(default_factory=dict)
    disputed: dict[tuple[str, str], Place] = field(default_factory=dict)
    ruled_out: dict[tuple[str, str], Place] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)


Instead = Mapping[str, str]
Offer = tuple[list[Record], Instead]
"""What the direct children of an office offer, and what the offices above keep in the stead of what they set aside."""


def view(records: Iterable[Record], *, office: str, parents: Parents, rulings: Rulings | None = None) -> View:
    """The view of the set at an office; ``parents`` is the campaign's tree of units. Own records are not looked at."""
    known = {record.id: record for record in records}
    ruled = rulings or Rulings()
    walk = _Walk(parents, known, ruled, holds.weigh(known, office=office, parents=parents, rulings=ruled))
    pending: list[Offer] = [([one for one in known.values() if parents.get(one.unit) == office], {})]
    while pending:
        pending.extend(_choose(walk, *pending.pop(), office=office))
    _settle_strays(walk)
    walk.voided.update(other for one, other in ruled.released.items() if one in known and other in known)
    return View(
        submissions=_chosen(walk, SUBMISSION),
        rollups=_chosen(walk, ROLLUP),
        conflicts={unit: tuple(sorted(ids)) for unit, ids in sorted(walk.conflicts.items())},
        missing=tuple(sorted(walk.missing)),
        strays=tuple(sorted(walk.strays)),
        voided=frozenset(walk.voided),
        held=dict(sorted(walk.held.items())),
        waiting=_waiting(walk),
        listed=frozenset(walk.weights.listed),
        contested=frozenset(walk.contested),
    )


def _choose(walk: _Walk, offered: Iterable[Record], instead: Instead, *, office: str) -> Iterator[Offer]:
    """Choose among what the direct children of one office offer; yields what their chosen rollups offer in turn."""
    groups: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in offered:
        groups[record.type, record.unit].append(record)
    for (kind, unit), listed in groups.items():
        rivals = listed if walk.parents.get(unit) == office else _believed(walk, listed)
        if not rivals:
            continue
        newest = max(record.place for record in rivals)
        best = [record for record in rivals if record.place == newest]
        standing = [record for record in best if record.id not in walk.rulings.void]
        walk.voided.update(record.id for record in best if record.id in walk.rulings.void)
        if len(standing) < len(best):
            walk.ruled_out[kind, unit] = newest
        if len(standing) > 1:
            walk.conflicts[unit].update(record.id for record in standing)
            walk.disputed[kind, unit] = newest
        elif standing and not standing[0].body:
            walk.missing.add((walk.parents.get(unit) or "", standing[0].id))
        elif standing:
            walk.chosen[kind, unit] = standing[0]
            if kind == ROLLUP:
                further = {**dict(standing[0].instead), **instead}
                yield _accepted(walk, standing[0], further), further


def _believed(walk: _Walk, listed: list[Record]) -> list[Record]:
    """What may count of that which an office lists of one unit; what contradicts its earlier word is set aside."""
    held = [one for one in listed if walk.weights.is_held(one)]
    if not held:
        return listed
    kept = [one for one in listed if not walk.weights.is_held(one)]
    kept = kept or walk.weights.standing(held[0].type, held[0].unit)
    for one in held:
        if one.id in walk.rulings.void:
            walk.voided.add(one.id)
        else:
            walk.held[one.id] = kept[0].id if kept else ""
    return kept


def _waiting(walk: _Walk) -> frozenset[str]:
    """What does not count and may yet: whatever hangs below that which is set aside or rivals, and the last accepted."""
    last = (one.id for _, standing in walk.weights.tops.values() for one in standing)
    pending = [*walk.held, *walk.voided, *last, *(i for ids in walk.conflicts.values() for i in ids)]
    found: set[str] = set()
    while pending:
        identity = pending.pop()
        if identity in walk.known and identity not in found:
            found.add(identity)
            pending.extend(walk.known[identity].accepts)
    return frozenset(found - {one.id for one in walk.chosen.values()})


def _accepted(walk: _Walk, rollup: Record, instead: Instead) -> list[Record]:
    """What a rollup accepts of its office's own direct children; the rest is noted.

    Of what an office in between has set aside, that which it keeps instead is offered if it is borne out.
    """
    found = []
    for identity in dict.fromkeys(i for one in rollup.accepts for i in _offered(walk, rollup, one, instead)):
        record = walk.known.get(identity)
        if record is None:
            walk.missing.add((rollup.unit, identity))
        elif walk.parents.get(record.unit) == rollup.unit:
            found.append(record)
        else:
            walk.strays.add((rollup.unit, identity))
    return found


def _offered(walk: _Walk, rollup: Record, identity: str, instead: Instead) -> list[str]:
    """What is offered of that which a rollup accepts. What is said further up and not borne out waits, like that against
    which it is said; what was taken in before goes on counting."""
    kept = instead.get(identity)
    if kept is None or identity in walk.rulings.released:
        return [identity]
    if walk.weights.is_borne_out(kept, rollup):
        return [kept]
    rivals = [one for one in map(walk.known.get, (identity, kept)) if one is not None]
    rivals = [one for one in rivals if walk.parents.get(one.unit) == rollup.unit]
    standing = walk.weights.standing(rivals[0].type, rivals[0].unit) if rivals else []
    counting = [one.id for one in standing]
    for one in rivals:
        if one.id in walk.rulings.void:
            walk.voided.add(one.id)
        elif one.id not in counting:
            walk.held[one.id] = counting[0] if counting else ""
            walk.contested.add(one.id)
    return counting


def _settle_strays(walk: _Walk) -> None:
    """A stray that its own office chose too is no matter; one that is not older than the chosen one is set aside beside it.

    No other office makes that which came on the unit's own path stop counting, even with something genuine: a person has
    to let it in, and then it counts until the unit's own office offers a higher one. Where its own office's rival each
    other, it is one more of them: all are shown to a person at once. One that a person preferred when its own office's
    was ruled out counts in its place, until its own office offers a higher one.
    """
    walk.strays -= {(office, identity) for office, identity in walk.strays if _is_ruled_out(walk, identity)}
    released: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    preferred: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for _, identity in walk.strays:
        stray = walk.known[identity]
        place = (stray.type, stray.unit)
        mine = walk.chosen.get(place)
        if stray.type != SUBMISSION or (mine is not None and mine.id == identity):
            continue
        if place in walk.disputed:
            if stray.place >= walk.disputed[place]:
                walk.conflicts[stray.unit].add(identity)
        elif mine is None and identity in walk.rulings.preferred and identity not in walk.held:
            preferred[place].add(identity)
        elif mine is not None and stray.place >= mine.place:
            if identity in walk.rulings.released:
                released[place].add(identity)
            else:
                walk.held.setdefault(identity, mine.id)
    for place, ids in released.items():
        if len(ids) == 1:
            walk.chosen[place] = walk.known[min(ids)]
    for place, ids in preferred.items():
        stray = walk.known[min(ids)]
        if len(ids) == 1 and stray.place >= walk.ruled_out.get(place, stray.place):
            walk.chosen[place] = stray
    chosen = {record.id for record in walk.chosen.values()}
    walk.strays = {(office, identity) for office, identity in walk.strays if identity not in chosen}


def _is_ruled_out(walk: _Walk, identity: str) -> bool:
    """Whether a person turned this one down; it is noted then."""
    if identity not in walk.rulings.void:
        return False
    walk.voided.add(identity)
    return True


def _chosen(walk: _Walk, kind: str) -> dict[str, str]:
    return {unit: record.id for (one, unit), record in sorted(walk.chosen.items()) if one == kind}
