"""What must not be learned from packages: single late ballots (T13) and the marks of a few on one person (§2.7). Pure.

``k`` is the campaign rule's fewest ballots (min_cell), counted in valid ballots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pingyi_desktop.appraisal.suppression import moved
from pingyi_desktop.exchange import package
from pingyi_desktop.exchange.package import Envelope

PER_PERSON = "ratee_tallies"

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


def for_onward(envelope: Envelope, *, k: int) -> Envelope:
    """The envelope as an office hands it on: marks per person stay behind where fewer than ``k`` ballots stand behind them.

    They were for the direct parent. Id and signatures stay as they are; everything else travels byte for byte.
    """
    if PER_PERSON not in envelope.members:
        return envelope
    valid = {_key(batch): batch["valid"] for batch in envelope.document("tallies")["batches"]}
    rosters = {_key(batch) for batch in envelope.document(PER_PERSON)["batches"]}
    return package.strip(envelope, [PER_PERSON]) if any(valid[key] < k for key in rosters) else envelope


def _counted(envelope: Envelope) -> dict[Stack, Counted]:
    """Every count of a submission, by stack: each batch, and each form whatever the categories of its voters.

    Valid ballots are one more place. Categories may be apart in one submission and merged in the next; the whole form
    can be compared all the same.
    """
    batches = envelope.document("tallies")["batches"]
    persons = (envelope.document(PER_PERSON) or {"batches": []})["batches"]
    found: defaultdict[Stack, Counted] = defaultdict(dict)
    for batch in (*batches, *persons):
        for stack in (_key(batch), _key(batch)[:3]):
            _add(found[stack], batch)
    return dict(found)


def _add(counted: Counted, batch: Mapping[str, Any]) -> None:
    cells: dict[tuple[str, str], Sequence[int]] = {
        (item["target"], item["item"]): (*item["counts"], item["blank"], item["multi"], item["illegible"])
        for item in batch["items"]
    }
    if "valid" in batch:
        cells["", ""] = (batch["valid"],)
    for place, numbers in cells.items():
        before = counted.get(place, (0,) * len(numbers))
        counted[place] = tuple(a + b for a, b in zip(before, numbers, strict=True))


def _key(batch: Mapping[str, Any]) -> Stack:
    return tuple(str(batch[name]) for name in ("layer", "org", "form", "voter_category"))
