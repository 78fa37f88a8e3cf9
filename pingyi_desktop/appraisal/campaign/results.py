"""Results: sealed counts added up over any part of the tree, and the rates they give (K05, K10).

Everything here is recomputed from sealed batches on each call; nothing is stored, nothing incremented. A unit's
received counts are in the data file only while its chosen submission is, so no ballot can be added twice. A unit whose
figures are beyond all bounds is left out (``outsized``), and named wherever figures are shown.

Every figure for a window, a text, a JSON document or a report comes from :meth:`Counted.pooled` and :meth:`Counted.by_org`, and both hide
what ``suppression`` decides over all of them together: a hidden result says how many ballots there are and nothing of
how they are marked. :func:`exact` hides nothing; it is for comparing with signed documents, never for print.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import add
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlmodel import Session, col
from sqlmodel import select as select_one

from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, outsized
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper import grades, suppression, tallies
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.suppression import Hidden
from pingyi_desktop.appraisal.paper.tallies import Counts, Figures, Rate
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, ItemTally
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign, SessionStatus
from pingyi_desktop.storage.schema_people import PartyOrganization

OPTIONS = 8  # columns of options in a tally, the first of its columns of marks
MARKS = (*(f"c{i}" for i in range(1, OPTIONS + 1)), "blank", "multi", "illegible")
FIGURES = ("printed", "issued", "returned", "valid", "blank", "void")
_FIGURES = tuple(func.coalesce(getattr(BallotBatch, name), 0) for name in FIGURES)


@dataclass(frozen=True)
class ItemResult:
    """One item's pooled counts; ``satisfied / denominator`` is the rate, both integers of marks.

    Where members are graded (民主评议) there is no rate: the denominator is 0, what is shown is “—”.

    ``marks`` are the control-sheet figures in marks, and ``rule`` what the shares are made by.
    """

    item: Item
    counts: Counts
    satisfied: int
    denominator: int
    rate: Rate
    shown: str
    marks: Figures = field(repr=False)
    rule: Rule = field(repr=False)

    @cached_property
    def shares(self) -> tuple[str, ...]:
        """The options' printed shares of the same denominator (K11)."""
        return tuple(tallies.distribution(self.counts, self.marks, scale=self.item.scale, rule=self.rule))

    @property
    def hidden(self) -> bool:
        """Whether its counts are withheld; they are all 0 then."""
        return self.shown == tallies.TOO_FEW


_Place = tuple[str, int, str, str]
"""organisation, layer, form, category of voters"""


@dataclass(frozen=True)
class Part:
    """The sealed stacks of one organisation, layer, form and category of voters, added up; exact, never to be printed."""

    org_code: str
    layer: int
    form_code: str
    category: str
    figures: Figures
    marks: Figures  # ballots × persons listed: what a roster form's rates are divided by
    batches: int
    counts: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class FormResult:
    """One form's pooled result: batch figures in ballots, and what its items are reckoned from when they are asked for.

    ``hidden``: too few ballots, or what would tell those of another (``suppression``). Then every item is empty and its
    ``shown`` is 样本不足; whoever prints counts prints "—" for them.
    """

    form: Form
    figures: Figures
    batches: int
    rule: Rule = field(repr=False)
    cells: tuple[Part, ...] = field(repr=False)
    hidden: bool = False

    @cached_property
    def items(self) -> tuple[ItemResult, ...]:
        """In printed order."""
        if self.hidden:
            return tuple(emptied(item, self.rule) for item in self.form.items)
        marks, rated = tallies.total(cell.marks for cell in self.cells), not grades.graded(self.form)
        return tuple(
            item_result(item, self._counts(item), marks, self.figures.valid, self.rule, rated=rated)
            for item in self.form.items
        )

    def _counts(self, item: Item) -> Counts:
        parts = [cell.counts[item.no] for cell in self.cells if item.no in cell.counts]
        sums = [sum(column) for column in zip(*parts, strict=True)] or [0] * len(MARKS)
        return Counts(tuple(sums[: len(item.scale.options)]), *sums[OPTIONS:])


@dataclass(frozen=True)
class OrgResult:
    """One organisation's own result on one form at one layer."""

    org: Org
    layer: int
    result: FormResult


@dataclass(frozen=True)
class Counted:
    """The sealed counts of a campaign, read once; every figure is added up from them when it is asked for."""

    view: CampaignView
    own: str
    tree: Sequence[Org]
    parts: tuple[Part, ...]

    def pooled(self, *, layer: int | None = None, under: str | None = None) -> list[FormResult]:
        """See :func:`pooled`."""
        layers, decided = (1, 2) if layer is None else (layer,), self._hidden
        return [
            _hide(one)
            if any((under or "") in decided[each, one.form.code].totals for each in layers)
            else one
            for one in self._exact(layer, under)
        ]

    def by_org(self, *, layer: int, form_code: str, under: str | None = None) -> list[OrgResult]:
        """One row per organisation with a sealed batch of the form at the layer, in the tree's order."""
        form, hidden = self.view.form(form_code), self._hidden[layer, form_code].rows
        cells: dict[str, list[Part]] = {}
        for cell in self.parts:
            if cell.layer == layer and cell.form_code == form_code:
                cells.setdefault(cell.org_code, []).append(cell)
        found = [
            (o, _result(form, cells[o.code], self.view.rule)) for o in self._below(under) if o.code in cells
        ]
        return [OrgResult(o, layer, _hide(one) if o.code in hidden else one) for o, one in found]

    def of_parts(self, form: Form, parts: Iterable[Part]) -> FormResult:
        """Some parts added up, nothing hidden: for whoever makes sure that it may be told (``weighing``)."""
        return _result(form, parts, self.view.rule)

    def _exact(self, layer: int | None, under: str | None) -> list[FormResult]:
        """The sums with nothing hidden: only for :func:`exact`."""
        inside = {o.code for o in self._below(under)}
        chosen = [cell for cell in self.parts if layer in (None, cell.layer) and cell.org_code in inside]
        return [
            _result(form, [c for c in chosen if c.form_code == form.code], self.view.rule)
            for form in self.view.forms
        ]

    @cached_property
    def _hidden(self) -> Mapping[tuple[int, str], Hidden]:
        return self.decided({})

    def decided(self, instead: Mapping[tuple[int, str, str], int]) -> Mapping[tuple[int, str], Hidden]:
        """What is hidden at each layer on each form, decided over the whole tree, whatever part of it is asked for.

        The own session's row is kept: who counted it signs its result sheet (R06), so all else goes by what that prints.
        """
        parents = {o.code: o.parent_code for o in self.tree}
        valid: dict[tuple[int, str], Counter[str]] = {
            (layer, form.code): Counter() for layer in (1, 2) for form in self.view.forms
        }
        for cell in self.parts:
            valid[cell.layer, cell.form_code][cell.org_code] += cell.figures.valid
        for (layer, code, form_code), many in instead.items():
            valid.setdefault((layer, form_code), Counter())[code] = many
        return {
            (layer, form): suppression.decide(
                parents, ballots, self.view.rule.min_cell, kept=self.own if layer == 2 else ""
            )
            for (layer, form), ballots in valid.items()
        }

    def _below(self, under: str | None) -> Sequence[Org]:
        return self.tree if under is None else campaign_tree.below(self.tree, under)


def pooled(
    session: Session,
    *,
    campaign_id: str,
    layer: int | None = None,
    under: str | None = None,
) -> list[FormResult]:
    """Every form's counts added over the subtree ``under`` and the layer (None = both), then one rate an item.

    The sum of both layers is hidden where that of one of them is: beside the other it would tell it.
    """
    return read(session, campaign_id=campaign_id).pooled(layer=layer, under=under)


def exact(
    session: Session, *, campaign_id: str, layer: int | None = None, under: str | None = None
) -> list[FormResult]:
    """What :func:`pooled` adds up, nothing hidden: to be compared with what packages say, never to be printed."""
    return read(session, campaign_id=campaign_id)._exact(layer, under)


def hidden_rows(
    session: Session, *, campaign_id: str, instead: Iterable[Mapping[tuple[int, str, str], int]] = ({},)
) -> set[tuple[int, str, str]]:
    """Rows (layer, organisation, form) that say nothing of their marks, in any of these cases.

    Each case of ``instead`` is valid ballots in the place of what is counted of some rows now; an empty one is as it is.
    """
    counted = read(session, campaign_id=campaign_id)
    return {
        (layer, code, form)
        for case in instead
        for (layer, form), hidden in counted.decided(case).items()
        for code in hidden.rows
    }


def read(session: Session, *, campaign_id: str) -> Counted:
    """Every sealed count of the campaign, for as many figures as are asked of it."""
    row = session.get_one(Campaign, campaign_id)
    own = session.exec(select_one(DataFile.unit_code)).one()
    return of(
        session,
        view=campaigns.view_of(session, row),
        own=own,
        tree=campaign_tree.of(session, campaign=row, own=own),
        outside=[one.code for one in outsized.units(session, campaign_id=campaign_id)],
    )


def of(
    session: Session, *, view: CampaignView, own: str, tree: Sequence[Org], outside: Collection[str]
) -> Counted:
    """The same when the campaign, its tree and the units that count nowhere were read already: two statements."""
    return Counted(view, own, tree, tuple(_sealed(session, view, outside)))


def check_shown(found: Sequence[FormResult], *, narrowed: bool) -> None:
    """V-PRI-02: whoever asks for a part of the whole of which nothing may be printed is told so, in place of a table."""
    counted = [one for one in found if one.figures.valid]
    if narrowed and counted and all(one.hidden for one in counted):
        raise broken("V-PRI-02")


def _sealed(session: Session, view: CampaignView, outside: Collection[str]) -> list[Part]:
    """One part for each organisation, layer, form and category, in the order of their first batches.

    The rows are added up here: to group them costs SQLite more than to read them.
    """
    places: dict[str, _Place] = {}
    sheets: dict[_Place, list[tuple[Figures, Figures]]] = {}
    for batch_id, code, layer, form, category, persons, *figures in session.execute(
        _of_stacks(view, outside)
    ):
        place = places[batch_id] = (code, layer, form, category)
        marks = (number * persons for number in figures)
        sheets.setdefault(place, []).append((Figures(*figures), Figures(*marks)))
    counts: dict[_Place, dict[str, tuple[int, ...]]] = {place: {} for place in sheets}
    for batch_id, item, *cells in session.execute(_of_marks(view)):
        if batch_id in places:
            here = counts[places[batch_id]]
            here[item] = tuple(map(add, here[item], cells)) if item in here else tuple(cells)
    return [
        Part(
            *place,
            tallies.total(figures for figures, _ in parts),
            tallies.total(marks for _, marks in parts),
            len(parts),
            counts[place],
        )
        for place, parts in sheets.items()
    ]


def _of_stacks(view: CampaignView, outside: Collection[str]) -> Select[tuple[Any, ...]]:
    """Sealed batches: whose they are, the persons on the paper, and the figures of the control sheet."""
    return (
        select(
            col(BallotBatch.id),
            col(PartyOrganization.code),
            col(AppraisalSession.layer),
            col(BallotBatch.form_code),
            col(BallotBatch.voter_category),
            col(BallotBatch.persons),
            *_FIGURES,
        )
        .select_from(BallotBatch)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(
            col(AppraisalSession.campaign_id) == view.id,
            col(AppraisalSession.status) != SessionStatus.VOID,
            col(BallotBatch.state) == BatchState.SEALED,
            col(PartyOrganization.code).not_in(outside),
            tuple_(col(BallotBatch.session_id), col(BallotBatch.form_code)).not_in(_WAITING),
        )
    )


_WAITING = select(col(BallotBatch.session_id), col(BallotBatch.form_code)).where(
    col(BallotBatch.supplement) > 0, col(BallotBatch.state).not_in((BatchState.SEALED, BatchState.VOID))
)
"""forms of sessions that some people have yet to vote on (``supplements``): they count when all is there"""


def _of_marks(view: CampaignView) -> Select[tuple[Any, ...]]:
    """Marks of every cell of the campaign's batches, those that do not count too."""
    return (
        select(col(ItemTally.batch_id), col(ItemTally.item), *(getattr(ItemTally, name) for name in MARKS))
        .select_from(ItemTally)
        .join(BallotBatch, col(ItemTally.batch_id) == BallotBatch.id)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .where(col(AppraisalSession.campaign_id) == view.id, col(BallotBatch.state) == BatchState.SEALED)
    )


def _result(form: Form, cells: Iterable[Part], rule: Rule) -> FormResult:
    cells = tuple(cells)
    figures = tallies.total(cell.figures for cell in cells)
    return FormResult(form, figures, sum(cell.batches for cell in cells), rule, cells)


def _hide(result: FormResult) -> FormResult:
    return replace(result, hidden=True, cells=())


def emptied(item: Item, rule: Rule) -> ItemResult:
    """What is told of an item that is hidden; with nothing to share out, every share is "—"."""
    nothing, rate = Counts((0,) * len(item.scale.options)), Rate(0, 0, tallies.TOO_FEW)
    return ItemResult(item, nothing, 0, 0, rate, tallies.TOO_FEW, Figures(), rule)


def item_result(
    item: Item, counts: Counts, figures: Figures, valid: int, rule: Rule, *, rated: bool
) -> ItemResult:
    """An item's counts with their rate; ``figures`` are in marks, ``valid`` in ballots.

    Not ``rated`` are grades: nobody is 满意 by being 优秀, so they have none.
    """
    found = tallies.satisfaction_rate(counts, figures, scale=item.scale, rule=rule)
    rate = found if rated else Rate(0, 0, tallies.NOTHING)
    shown = tallies.shown(rate, valid=valid, rule=rule)
    return ItemResult(item, counts, found.numerator, rate.denominator, rate, shown, figures, rule)
