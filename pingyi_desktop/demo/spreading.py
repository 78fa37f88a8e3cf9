"""Published totals spread evenly over units, so that the same company always has the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pingyi_desktop.demo.company import Company
from pingyi_desktop.storage.schema_people import OrgType

Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""rows of a ledger by the unit that keeps them"""


def branches(whole: Company) -> list[str]:
    """Codes of all branches, in the order of the tree."""
    return [o.code for o in whole.orgs if o.type == OrgType.BRANCH]


def shares(whole: int, parts: int) -> list[int]:
    """The whole in as many nearly equal parts, the larger ones spread evenly."""
    return [whole * (n + 1) // parts - whole * n // parts for n in range(parts)]


def spread(counts: Mapping[str, int]) -> Iterator[str]:
    """Each word as often as told, evenly mixed."""
    whole, given = sum(counts.values()), dict.fromkeys(counts, 0)
    for place in range(1, whole + 1):
        word = max(counts, key=lambda one: counts[one] * place - given[one] * whole)
        given[word] += 1
        yield word
