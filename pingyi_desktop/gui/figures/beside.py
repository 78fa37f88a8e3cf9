"""The parts of a part of the tree beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pingyi_desktop.appraisal.campaign.results import Counted, FormResult, ItemResult
from pingyi_desktop.appraisal.people.org import Org


@dataclass(frozen=True)
class Unit:
    """One part, to be drilled into: its code and name, and the item that stands for its whole form."""

    code: str
    name: str
    item: ItemResult


def units_of(
    counted: Counted, tree: Sequence[Org], *, layer: int | None, under: str | None
) -> dict[str, list[Unit]]:
    """By form, the parts directly below that may be shown, in the tree's order."""
    top = under or counted.own
    found: dict[str, list[Unit]] = {}
    for o in tree:
        if o.parent_code == top:
            for one in counted.pooled(layer=layer, under=o.code):
                item = whole_of(one)
                if one.batches and item.shown[:1].isdigit():
                    found.setdefault(one.form.code, []).append(Unit(o.code, o.short_name, item))
    return found


def whole_of(result: FormResult) -> ItemResult:
    """The item that stands for the form: 总体评价, or the first where it has none."""
    return next((one for one in result.items if one.item.kind == "OVERALL"), result.items[0])
