"""What must not be learned from packages: single late ballots (T13) and the marks of a few on one person (§2.7). Pure.

``k`` is the campaign rule's fewest ballots (min_cell), counted in valid ballots.

A unit's sums travel to the top whole, few ballots or not: every level adds them up and checks the unit's own signature
over them. They lie in the files of the offices above, which is why those are encrypted; what is shown and printed of them
is decided by ``appraisal.paper.suppression``. What never travels beyond its rule is here.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from pingyi_desktop.appraisal.paper.suppression import moved, too_few
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.exchange.wire import graded, package
from pingyi_desktop.exchange.wire.ledger_shapes import LEDGER_PEOPLE
from pingyi_desktop.exchange.wire.package import Envelope

PER_PERSON = "ratee_tallies"
MAY_STAY_BEHIND = frozenset({PER_PERSON, graded.NAMES, LEDGER_PEOPLE})
"""members of a submission that an office may leave out on the way up"""

KEYS = ("layer", "org", "form", "voter_category")
REST = ("blank", "multi", "illegible")
ADDED = ("printed", "issued", "returned", "blank", "void", "valid")

Document = dict[str, Any]
Stack = tuple[str, ...]
Counted = dict[tuple[str, str], tuple[int, ...]]


def small_changes(earlier: Iterable[Envelope], after: Envelope, *, k: int) -> list[tuple[str, int]]:
    """Forms on which 1…k−1 ballots changed since any earlier submission, as (form, how few).

    Whoever holds both submissions could subtract one from the other and read those few ballots: added, taken away, or
    one exchanged for another, which changes no total. What is just as it was in one of the earlier tells nothing new.
    """
    now, sent = _counted(after), [_counted(one) for one in earlier]
    found: dict[str, int] = {}
    for before in sent if now not in sent else ():
        for stack in sorted(now.keys() & before.keys()):
            few = [many for many in moved(before[stack], now[stack]).values() if many < k]
            if few:
                found[stack[2]] = min(*few, found.get(stack[2], k))
    return sorted(found.items())


def beside(rivals: Sequence[Envelope], *, k: int) -> set[tuple[Stack, str]]:
    """The items, by batch, whose marks may be shown of submissions of one unit side by side.

    A form is judged as a whole, for the marks of its categories add up to its own: none is shown where a batch has
    1…k−1 ballots on any side, and no item that differs by so few between two sides, in a batch or in all together.
    """
    sides = [_sums(one) for one in rivals]
    few = {place[:3] for side in sides for place, one in side.items() if 0 < one["", ""][0] < k}
    near = {
        (stack[:3], item)
        for one, other in combinations(sides, 2)
        for stack in one.keys() & other.keys()
        for (_, item), many in moved(one[stack], other[stack]).items()
        if many < k
    }
    return {
        (stack, item)
        for side in sides
        for stack, counted in side.items()
        for _, item in counted
        if item and len(stack) == len(KEYS) and stack[:3] not in few and (stack[:3], item) not in near
    }


def _sums(envelope: Envelope) -> dict[Stack, Counted]:
    """What :func:`_counted` finds, without the counts of single persons: nobody is shown those side by side."""
    return {
        stack: {(target, item): n for (target, item), n in counted.items() if not target}
        for stack, counted in _counted(envelope).items()
    }


def for_onward(envelope: Envelope, *, k: int) -> Envelope:
    """The envelope as an office hands it on: marks per person stay behind where fewer than ``k`` ballots stand behind them.

    They were for the direct parent. Id and signatures stay as they are; everything else travels byte for byte.
    """
    if PER_PERSON not in envelope.members:
        return envelope
    valid = {key(batch): batch["valid"] for batch in envelope.document("tallies")["batches"]}
    rosters = {key(batch) for batch in envelope.document(PER_PERSON)["batches"]}
    return package.strip(envelope, [PER_PERSON]) if any(valid[key] < k for key in rosters) else envelope


def merge_small(
    totals: Iterable[Document], per_person: Iterable[Document], *, category: str, k: int
) -> tuple[list[Document], list[Document]]:
    """A unit's batches and per-person counts as they travel: no category of voters of 1…k−1 ballots as a row of its own.

    Where one category of a form has so few, all its categories become one row of this merged ``category`` (``too_few``;
    V-PRI-01 says so before: ``before_export.asked``).
    The commitment of a merged row is the SHA-256 of the categories' own, in their order.
    """
    people = {key(one): one for one in per_person}
    stacks: defaultdict[Stack, list[Document]] = defaultdict(list)
    for batch in totals:
        stacks[key(batch)[:3]].append(batch)
    rows, persons = [], []
    for batches in stacks.values():
        split = [people[key(one)] for one in batches if key(one) in people]
        if too_few({key(one): one["valid"] for one in batches}, k):
            _check_same_people(batches, split)
            batches = [_merged(batches, category)]
            split = [{**split[0], "voter_category": category, "items": _summed(split)}] if split else []
        rows += batches
        persons += split
    return rows, persons


def with_later(
    totals: Iterable[Document], per_person: Iterable[Document]
) -> tuple[list[Document], list[Document]]:
    """A unit's batches with those of people who voted later (补投) added to the meeting's own: one row for each category."""
    stacks: defaultdict[Stack, list[Document]] = defaultdict(list)
    people: defaultdict[Stack, list[Document]] = defaultdict(list)
    for batch in totals:
        stacks[key(batch)].append(batch)
    for one in per_person:
        people[key(one)].append(one)
    for stack, batches in stacks.items():
        _check_same_people(batches, people.get(stack, []))
    return (
        [_merged(many, many[0]["voter_category"]) if len(many) > 1 else many[0] for many in stacks.values()],
        [{**many[0], "items": _summed(many)} if len(many) > 1 else many[0] for many in people.values()],
    )


def _check_same_people(batches: Sequence[Document], split: Sequence[Document]) -> None:
    listed = {frozenset(item["target"] for item in one["items"]) for one in split}
    if len(listed) > 1 or len({one["persons"] for one in batches}) > 1:
        form = batches[0]["form"]
        raise broken("V-PRI-23", form=form)


def _merged(batches: Sequence[Document], category: str) -> Document:
    commits = [one["ballot_commit"] for one in batches]
    modes = {one["entry_mode"] for one in batches}
    return {
        **batches[0],
        **{name: sum(one[name] for one in batches) for name in ADDED},
        "voter_category": category,
        "entry_mode": modes.pop() if len(modes) == 1 else "COUNT",
        "ballot_commit": None if None in commits else hashlib.sha256("".join(commits).encode()).hexdigest(),
        "items": _summed(batches),
    }


def _summed(batches: Iterable[Document]) -> list[Document]:
    """The items of several batches added up, in the order of the first."""
    found: dict[tuple[str, str], Document] = {}
    for item in (item for one in batches for item in one["items"]):
        place = item["target"], item["item"]
        before = found.get(place, {**item, **dict.fromkeys(REST, 0), "counts": [0] * len(item["counts"])})
        counts = [a + b for a, b in zip(before["counts"], item["counts"], strict=True)]
        found[place] = {**before, "counts": counts, **{name: before[name] + item[name] for name in REST}}
    return list(found.values())


def _counted(envelope: Envelope) -> dict[Stack, Counted]:
    """Every count of a submission, by stack: each batch, and each form whatever the categories of its voters.

    Valid ballots are one more place. Categories may be apart in one submission and merged in the next; the whole form
    can be compared all the same.
    """
    batches = envelope.document("tallies")["batches"]
    persons = (envelope.document(PER_PERSON) or {"batches": []})["batches"]
    found: defaultdict[Stack, Counted] = defaultdict(dict)
    for batch in (*batches, *persons):
        for stack in (key(batch), key(batch)[:3]):
            _add(found[stack], batch)
    return dict(found)


def _add(counted: Counted, batch: Mapping[str, Any]) -> None:
    cells: dict[tuple[str, str], Sequence[int]] = {
        (item["target"], item["item"]): (*item["counts"], *(item[name] for name in REST))
        for item in batch["items"]
    }
    if "valid" in batch:
        cells["", ""] = (batch["valid"],)
    for place, numbers in cells.items():
        before = counted.get(place, (0,) * len(numbers))
        counted[place] = tuple(a + b for a, b in zip(before, numbers, strict=True))


def valid(envelope: Envelope) -> dict[tuple[int, str, str], int]:
    """Valid ballots of a submission by layer, organisation and form."""
    found: Counter[tuple[int, str, str]] = Counter()
    for batch in envelope.document("tallies")["batches"]:
        found[batch["layer"], batch["org"], batch["form"]] += batch["valid"]
    return dict(found)


def key(batch: Mapping[str, Any]) -> Stack:
    return tuple(str(batch[name]) for name in KEYS)
