"""The columns of the results' tables: what a form's options and items ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pingyi_desktop.appraisal.campaign.results import ItemResult, OrgResult
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.gui.parts.tables import Align, Column, number

FINE = 1_000_000


def _order(item: ItemResult) -> int:
    """The rate as a whole number to sort by; what has none comes first."""
    return item.satisfied * FINE // item.denominator if item.shown[:1].isdigit() else -1


def item_columns(form: Form) -> tuple[Column, ...]:
    """One row for each item: its rate, and the marks behind it; grades (民主评议) have no rate."""
    labels = dict.fromkeys(option.label for item in form.items for option in item.scale.options)
    return (
        Column("项", lambda i: i.item.short_text, tooltip=lambda i: i.item.text),
        *(() if grades.graded(form) else _RATE),
        *map(_option_column, labels),
        replace(_count("未填", lambda i: i.counts.blank), spare=True),
        replace(_count("多选", lambda i: i.counts.multi), spare=True),
        replace(_count("难辨", lambda i: i.counts.illegible), spare=True),
    )


def _count(title: str, figure: Callable[[ItemResult], int | None]) -> Column:
    """Counts of an item; those of too few ballots are not shown (k-rule)."""
    return number(title, lambda item: None if item.hidden else figure(item))


_RATE = (
    Column("满意率", lambda i: i.shown, Align.AlignRight, _order),
    _count("计入满意", lambda i: i.satisfied),
    _count("分母", lambda i: i.denominator),
)


def _option_column(label_of_option: str) -> Column:
    """Marks of one grade; an item on another scale has none."""

    def counted(item: ItemResult) -> int | None:
        pairs = zip(item.item.scale.options, item.counts.options, strict=True)
        return next((count for option, count in pairs if option.label == label_of_option), None)

    return _count(label_of_option, counted)


def org_columns(form: Form) -> tuple[Column, ...]:
    """One row for each organisation: the rates of its own session, or how often each grade was marked."""
    places = [(place, item) for place, item in enumerate(form.items)]
    rates = [_rate_column(place, item.short_text) for place, item in places]
    if grades.graded(form):
        rates = [
            _marks_column(place, n, o.label)
            for place, item in places
            for n, o in enumerate(item.scale.options)
        ]
    return (
        Column("党组织", lambda o: o.org.short_name, sort_key=lambda o: o.org.code),
        Column("层面", lambda o: layer_name(o.layer)[-1]),
        number("有效票", lambda o: o.result.figures.valid),
        *rates,
    )


def _marks_column(place: int, option: int, title: str) -> Column:
    def marks(one: OrgResult) -> int | None:
        item = one.result.items[place]
        return None if item.hidden else item.counts.options[option]

    return number(title, marks)


def _rate_column(place: int, title: str) -> Column:
    def item(one: OrgResult) -> ItemResult:
        return one.result.items[place]

    return Column(title, lambda o: item(o).shown, Align.AlignRight, lambda o: _order(item(o)))
