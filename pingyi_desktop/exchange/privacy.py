"""What must not be learned from packages: single late ballots (T13) and the marks of a few on one person (§2.7). Pure.

``k`` is the campaign rule's fewest ballots (min_cell), counted in valid ballots.
"""

from __future__ import annotations

from pingyi_desktop.exchange import package
from pingyi_desktop.exchange.package import Envelope

PER_PERSON = "ratee_tallies"


def small_changes(before: Envelope, after: Envelope, *, k: int) -> list[tuple[str, int]]:
    """Batches whose valid ballots changed by 1…k−1 since an earlier submission, as (form, difference).

    Whoever holds both submissions could subtract one from the other and read those few ballots.
    """
    earlier, later = _valid(before), _valid(after)
    changes = [(key, later[key] - earlier[key]) for key in sorted(later.keys() & earlier.keys())]
    return [(key[2], change) for key, change in changes if 0 < abs(change) < k]


def for_onward(envelope: Envelope, *, k: int) -> Envelope:
    """The envelope as an office hands it on: marks per person stay behind where fewer than ``k`` ballots stand behind them.

    They were for the direct parent. Id and signatures stay as they are; everything else travels byte for byte.
    """
    if PER_PERSON not in envelope.members:
        return envelope
    valid = _valid(envelope)
    rosters = {_key(batch) for batch in envelope.document(PER_PERSON)["batches"]}
    return package.strip(envelope, [PER_PERSON]) if any(valid[key] < k for key in rosters) else envelope


def _valid(envelope: Envelope) -> dict[tuple[str, ...], int]:
    return {_key(batch): batch["valid"] for batch in envelope.document("tallies")["batches"]}


def _key(batch: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(batch[name]) for name in ("layer", "org", "form", "voter_category"))
