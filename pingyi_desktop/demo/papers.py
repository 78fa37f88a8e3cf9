"""Ballots that add up to given counts: a stack of paper as it might have come back. Deterministic."""

from __future__ import annotations

import random

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.demo.company import DemoBatch


def stack(batch: DemoBatch) -> list[str]:
    """One text per valid ballot, one character per item, in the order in which the paper happens to lie.

    Each item is a column with exactly its counts, shuffled by itself; the same batch gives the same ballots.
    """
    columns = []
    for number, counts in enumerate(batch.items):
        column = [keying.BLANK] * counts.blank
        for digit, copies in enumerate(counts.options, 1):
            column += [str(digit)] * copies
        random.Random(f"{batch.layer}/{batch.org}/{batch.form}/{number}").shuffle(column)
        columns.append(column)
    return ["".join(cells) for cells in zip(*columns, strict=True)]
