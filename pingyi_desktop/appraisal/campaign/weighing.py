"""满意度得分 (K14, K15) and 加权满意率: rates of voter categories and of layers put together by the weights of the rule (K16, K17). Exact until printed.

Beside the sums by category a weighted rate tells how each category voted. It is made of the whole campaign only, and only
where every organisation has at least ``min_cell`` valid ballots of each category, or none: whatever can be worked out from
it then stands for as many people. Ballots that came for several categories together (A+B) cannot be weighed at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pingyi_desktop.appraisal.campaign.results import Counted, FormResult, ItemResult, Part
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.layers import LAYERS
from pingyi_desktop.appraisal.paper.tallies import NOTHING
from pingyi_desktop.appraisal.rulebook.catalogue import sentence


@dataclass(frozen=True)
class Weighed:
    """The weighted rate of each item as printed, in the form's order; none, and the sentence ``why_not``."""

    rates: tuple[str, ...] = ()
    why_not: str = ""


def weighed(counted: Counted, form: Form) -> Weighed | None:
    """The weighted rates of a form over the whole campaign; None when the rule weighs nothing or nothing is sealed."""
    rule = counted.view.rule
    parts = [part for part in counted.parts if part.form_code == form.code]
    if not (rule.by_category or rule.by_layer) or not parts:
        return None
    if rule.by_category and any("+" in part.category for part in parts):
        return Weighed(why_not=sentence("V-PRI-34"))
    few = [part for part in _sums(parts, by_category=bool(rule.by_category)) if 0 < part < rule.min_cell]
    if few:
        return Weighed(why_not=sentence("V-PRI-35", least=rule.min_cell))
    return Weighed(tuple(_rate(counted, form, item, parts) for item in form.items))


def points(one: ItemResult) -> str:
    """The score of an item as printed; "—" when it is hidden or nobody chose a grade that has one."""
    return tallies.points(_score(one))


def mean_points(result: FormResult) -> str:
    """The mean of the items' scores, all alike, without the overall question and own ones."""
    scored = [one for one in result.items if one.item.kind != "OVERALL" and not one.item.own]
    return tallies.points(tallies.weighted((1, _score(one)) for one in scored))


def _score(one: ItemResult) -> Fraction | None:
    return tallies.score(one.counts, scale=one.item.scale, rule=one.rule)


def _sums(parts: Sequence[Part], *, by_category: bool) -> list[int]:
    """Valid ballots of each organisation at each layer, by category where these are weighed."""
    found: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for part in parts:
        found[part.org_code, part.layer, part.category if by_category else ""] += part.figures.valid
    return list(found.values())


def _rate(counted: Counted, form: Form, item: Item, parts: Sequence[Part]) -> str:
    rule = counted.view.rule
    value = (
        tallies.weighted(
            (
                weight,
                _of_categories(counted, form, item, [p for p in parts if p.layer == LAYERS[layer].number]),
            )
            for layer, weight in rule.by_layer.items()
        )
        if rule.by_layer
        else _of_categories(counted, form, item, parts)
    )
    if value is None:
        return NOTHING
    return tallies.rate(value.numerator, value.denominator, rule=rule).text


def _of_categories(counted: Counted, form: Form, item: Item, parts: Sequence[Part]) -> Fraction | None:
    """The rate of these stacks: of each category by its weight, or of all of them together."""
    weights = counted.view.rule.by_category
    if not weights:
        return _exact(counted, form, item, parts)
    return tallies.weighted(
        (weight, _exact(counted, form, item, [part for part in parts if part.category == category]))
        for category, weight in weights.items()
    )


def _exact(counted: Counted, form: Form, item: Item, parts: Sequence[Part]) -> Fraction | None:
    if not parts:
        return None
    one = counted.of_parts(form, parts).items[form.items.index(item)]
    return Fraction(one.satisfied, one.denominator) if one.denominator else None
