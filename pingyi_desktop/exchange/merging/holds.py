"""待核 of single envelopes: what an office says of its branches against what it said before. Pure.

Below a direct child this office sees a unit only through the word of others: its office vouches for its keys and lists
what it accepted. An office that wants to speak for its branch would vouch for a key of its own as the branch's next
one, or go back to an older report. Both are set aside here until a person has asked the branch itself, and what
counted before goes on counting:

* **another key**: the envelope is signed by a key that is neither the first one this file took in of the unit nor one
  that a person has let in since. 重新下发 and 由本级代录 are such cases too: one question each, at every level above.
* **a lower place**: (epoch, revision) is lower than the highest one taken in of the unit.

“Taken in” means listed by a rollup of the unit's own office that is itself trusted: one of a direct child, or one that
was taken in and is signed by a trusted key; and that neither rivals another nor was ruled out. What an office further
up says of it (``instead``) is believed as far as the unit's own office bears it out: what it keeps was taken in here
before, or is signed by a key that the unit's own office vouches for; otherwise both wait. Which key came first is a fact of this file: the number of the import that
first listed an envelope stands with it, and inside one import the lower epoch is the first. So the answer is a function
of the records, these numbers and the rulings, in whatever order the records are given; and whichever came first, an
envelope of a second key never counts without a ruling. An office that speaks for a branch from the very beginning is
not found out here, for nothing of the branch itself was seen: the branch finds it out by its receipts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from pingyi_desktop.exchange.merging.records import ROLLUP, Parents, Record, Rulings
from pingyi_desktop.exchange.wire import trust

Place = tuple[int, int]
LATEST = 1 << 62
"""Stands for the number of an import that is not written yet."""


@dataclass(frozen=True)
class Weights:
    """``listed`` are the ids taken in; ``keys`` the trusted keys and ``tops`` the highest ranks of units not directly below."""

    known: Mapping[str, Record]
    rulings: Rulings
    listed: dict[str, int] = field(default_factory=dict)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    tops: dict[tuple[str, str], tuple[Place, list[Record]]] = field(default_factory=dict)
    contested: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def rank(self, record: Record) -> Place:
        """The place of a record; one that was let in stands where the one stood beside which it was shown."""
        other = self.known.get(self.rulings.released.get(record.id, ""))
        return record.place if other is None else max(record.place, other.place)

    def is_rekeyed(self, record: Record) -> bool:
        """Whether it is signed by a key that is not trusted for the unit yet."""
        return record.key not in self.keys.get(record.unit, frozenset((record.key,)))

    def is_held(self, record: Record) -> bool:
        """Whether a person has to be asked before it counts."""
        top, _ = self.tops.get((record.type, record.unit), (record.place, []))
        return self.is_rekeyed(record) or self.rank(record) < top

    def is_borne_out(self, kept: str, office: Record) -> bool:
        """Whether what an office further up keeps is the unit's own by the word of the unit's office, or of a person."""
        one = self.known.get(kept)
        if one is None:
            return False
        is_vouched = (one.unit, one.epoch, one.key) in office.vouched
        return is_vouched or kept in self.listed or kept in self.rulings.released

    def standing(self, kind: str, unit: str) -> list[Record]:
        """What counted of the unit until now: the highest taken in. Where it is ruled out nothing older takes its place."""
        return self.tops.get((kind, unit), ((0, 0), []))[1]


def weigh(known: Mapping[str, Record], *, office: str, parents: Parents, rulings: Rulings) -> Weights:
    """Everything below the office, level by level: what was taken in, by which keys, how far up."""
    weights = Weights(known, rulings)
    weights.listed.update({one.id: one.listed for one in known.values() if one.listed is not None})
    of, below = _by_unit(known, parents)
    released = _released_keys(known, rulings)
    pending = [office]
    while pending:
        parent = pending.pop()
        for unit in below[parent]:
            is_direct = parent == office
            trusted = of[unit] if is_direct else _weigh_unit(weights, unit, of[unit], released[unit])
            rollups = _undisputed(trusted, rulings)
            for rollup in rollups:
                _take_listed(weights, rollup, parents)
            if rollups:
                _contest(weights, max(rollups, key=lambda one: one.place), parents)
            pending.append(unit)
    return weights


def _weigh_unit(weights: Weights, unit: str, records: list[Record], released: set[str]) -> list[Record]:
    """Note the keys and ranks of a unit; what was taken in of it under a trusted key."""
    taken = [one for one in records if one.id in weights.listed]
    if not taken:
        return []
    first = min(taken, key=lambda one: (weights.listed[one.id], one.epoch, one.key))
    weights.keys[unit] = frozenset({first.key, *released})
    trusted = [one for one in taken if not weights.is_rekeyed(one)]
    for kind in {one.type for one in trusted}:
        same = [one for one in trusted if one.type == kind]
        weights.tops[kind, unit] = max(map(weights.rank, same)), _highest(weights, same)
    return trusted


def _undisputed(records: list[Record], rulings: Rulings) -> list[Record]:
    """The rollups whose lists can be believed: no other claims the same place, and nobody has ruled them out."""
    places: defaultdict[Place, list[Record]] = defaultdict(list)
    for one in records:
        if one.type == ROLLUP and one.id not in rulings.void:
            places[one.place].append(one)
    return [rivals[0] for rivals in places.values() if len(rivals) == 1]


def _highest(weights: Weights, records: list[Record]) -> list[Record]:
    """Those of the highest rank; before the one beside which it was shown stands the one that was let in."""
    ranks = {one.id: (weights.rank(one), one.id in weights.rulings.released) for one in records}
    highest = max(ranks.values(), default=None)
    return sorted((one for one in records if ranks[one.id] == highest), key=lambda one: one.id)


def _take_listed(weights: Weights, rollup: Record, parents: Parents) -> None:
    """What the rollup lists of its office's direct children, and what is kept further up and borne out by it.

    What an office further up has set aside was not taken in, unless it was before or a person has let it in.
    """
    for identity in rollup.accepts:
        others = weights.contested.get(identity, set())
        borne_out = {kept for kept in others if weights.is_borne_out(kept, rollup)}
        taken = borne_out if others and identity not in weights.rulings.released else {identity}
        for one in taken:
            record = weights.known.get(one)
            if record is not None and parents.get(record.unit) == rollup.unit:
                weights.listed.setdefault(one, LATEST)


def _contest(weights: Weights, rollup: Record, parents: Parents) -> None:
    """Note what an office has set aside of units further below, and what it keeps."""
    for held, kept in rollup.instead:
        record = weights.known.get(held) or weights.known.get(kept)
        if record is not None and trust.is_below(record.unit, rollup.unit, parents):
            weights.contested[held].add(kept)


def _by_unit(
    known: Mapping[str, Record], parents: Parents
) -> tuple[dict[str, list[Record]], defaultdict[str, list[str]]]:
    of: defaultdict[str, list[Record]] = defaultdict(list)
    below: defaultdict[str, list[str]] = defaultdict(list)
    for one in known.values():
        if one.unit not in of:
            below[parents.get(one.unit) or ""].append(one.unit)
        of[one.unit].append(one)
    return of, below


def _released_keys(known: Mapping[str, Record], rulings: Rulings) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for identity in rulings.released:
        if identity in known:
            found[known[identity].unit].add(known[identity].key)
    return found
