"""What the results of a part of the tree are held against: the period before, and its own parts beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work, results
from pingyi_desktop.appraisal.campaign.results import Counted, FormResult, ItemResult
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.errors import UserError

Rates = Mapping[tuple[str, str], Decimal]
"""per cent, by the code of a form and the number of an item"""


@dataclass(frozen=True)
class Unit:
    """One part, to be drilled into: its code and name, and the item that stands for its whole form."""

    code: str
    name: str
    item: ItemResult


def former_rates(session: Session, *, now: Counted, layer: int | None, under: str | None) -> Rates:
    """Rates of the same part in the period before, for forms that ask the same; none where they may not be shown."""
    known = at_work.newest_first(session)
    here = next((one for one in known if one.id == now.view.id), None)
    if here is None:
        return {}
    older = known[known.index(here) + 1 :]
    same = (one for one in older if one.published and one.drill == here.drill and one.period != here.period)
    before = next(same, None)
    if before is None:
        return {}
    then = results.read(session, campaign_id=before.id)
    try:
        found = then.pooled(layer=layer, under=under)
    except UserError:  # the part is not in the tree of that campaign
        return {}
    asked = {form.code: _asks(form) for form in now.view.forms}
    return {
        (one.form.code, item.item.no): Decimal(item.shown)
        for one in found
        if asked.get(one.form.code) == _asks(one.form)
        for item in one.items
        if item.shown[:1].isdigit()
    }


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


def _asks(form: Form) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.text, tuple(option.label for option in item.scale.options)) for item in form.items]
