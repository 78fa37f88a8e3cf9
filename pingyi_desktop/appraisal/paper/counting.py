"""From ballots to counts and rows: pure functions over one batch's stack, the commitment to it, and its sheet.

A sheet is a sealed batch's figures as a document: the control sheet's, and ``counts`` as lists of target, item, options,
blank, multi, illegible.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.paper.suppression import moved
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.storage.schema_batches import ItemTally
from pingyi_desktop.storage.schema_entry import DraftTally

Counted = Mapping[tuple[str, str], Counts]
"""Counts by (member number or "", item number)."""
Sheet = dict[str, Any]


def count(form: Form, paper: Paper, stack: Mapping[str, int]) -> dict[tuple[str, str], Counts]:
    """Marks per (target, item) over the whole ballots of this paper; void ballots count nowhere."""
    valid = {cells: copies for cells, copies in stack.items() if not keying.is_void(cells)}
    counted = {}
    for row, target in enumerate(paper.targets):
        for column, item in enumerate(form.items):
            marks: Counter[str] = Counter()
            for cells, copies in valid.items():
                marks[cells[row * len(form.items) + column]] += copies
            options = tuple(marks[str(digit)] for digit in range(1, len(item.scale.options) + 1))
            counted[target, item.no] = Counts(
                options, marks[keying.BLANK], marks[keying.MULTI], marks[keying.ILLEGIBLE]
            )
    return counted


def spoiled(stack: Mapping[str, int]) -> tuple[int, int]:
    """(blank, void) ballots found while keying: a ballot voided because nothing is filled in is a blank one."""
    blank = sum(n for cells, n in stack.items() if cells == keying.content("", keying.WHOLLY_BLANK))
    return blank, sum(n for cells, n in stack.items() if keying.is_void(cells)) - blank


def tally_row(batch_id: str, target: str, item: str, counts: Counts) -> dict[str, object]:
    """One row of ``item_tally`` or ``draft_tally`` for a bulk insert."""
    padded = (*counts.options, 0, 0, 0, 0, 0, 0, 0, 0)[:8]
    return {
        "batch_id": batch_id,
        "target": target,
        "item": item,
        **{f"c{i}": n for i, n in enumerate(padded, 1)},
        "blank": counts.blank,
        "multi": counts.multi,
        "illegible": counts.illegible,
    }


def read_tally(row: ItemTally | DraftTally, width: int) -> Counts:
    """Counts of one row, as many options as the item's scale has."""
    options = (row.c1, row.c2, row.c3, row.c4, row.c5, row.c6, row.c7, row.c8)[:width]
    return Counts(options, row.blank, row.multi, row.illegible)


def commitment(salt: str, stack: Mapping[str, int]) -> str:
    """SHA-256 over the salt and the canonical list of ballots sorted by content (package design §2.7)."""
    listed = json.dumps(sorted(stack.items()), separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(salt) + listed.encode()).hexdigest()


def placed(sheet: Sheet) -> dict[tuple[str, str], tuple[int, ...]]:
    """The counts of a sheet by (target, item): options, then blank, multi, illegible."""
    return {(target, item): (*options, *rest) for target, item, options, *rest in sheet["counts"]}


def bounded(before: Sheet, after: Sheet, *, k: int, alone: bool) -> tuple[Sheet, Sheet]:
    """Both sheets with only those counts that may stand beside each other (k-rule): where at least ``k`` ballots changed.

    ``few`` says at how many places that is not so. Of a stack of 1…k−1 ballots, before or after, no count stays; nor
    where the correction is not ``alone``: five ballots in and four out again are one ballot between the first and the last.
    """
    changed = moved(placed(before), placed(after))
    enough = alone and all(sheet["valid"] == 0 or sheet["valid"] >= k for sheet in (before, after))
    kept = {place for place, many in changed.items() if enough and many >= k}
    few = before.get("few", 0) + len(changed) - len(kept)
    first, second = (
        {**sheet, "few": few, "counts": [one for one in sheet["counts"] if (one[0], one[1]) in kept]}
        for sheet in (before, after)
    )
    return first, second
