"""Results: sealed counts added up over any part of the tree, and the rates they give (K05, K10).

Everything here is recomputed from sealed batches on each call; nothing is stored, nothing incremented. A unit's
received counts are in the data file only while its chosen submission is, so no ballot can be added twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from sqlalchemy import func, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal import campaign_tree, campaigns, tallies
from pingyi_desktop.appraisal.campaigns import CampaignView
from pingyi_desktop.appraisal.catalogue import broken
from pingyi_desktop.appraisal.forms import Form, Item
from pingyi_desktop.appraisal.org import Org
from pingyi_desktop.appraisal.rules import Rule
from pingyi_desktop.appraisal.suppression import suppressed
from pingyi_desktop.appraisal.tallies import Counts, Figures, Rate
from pingyi_desktop.storage.schema import (
    AppraisalSession,
    BallotBatch,
    BatchState,
    BatchTarget,
    ItemTally,
    PartyOrganization,
    SessionStatus,
)

_OPTIONS = tuple(func.sum(getattr(ItemTally, f"c{i}")) for i in range(1, 9))
_PSEUDO = tuple(func.sum(getattr(ItemTally, name)) for name in ("blank", "multi", "illegible"))
_NAMES = ("printed", "issued", "returned", "valid", "blank", "void")
_FIGURES = tuple(func.sum(func.coalesce(getattr(BallotBatch, name), 0)) for name in _NAMES)
_MARKS = tuple(
    func.sum(func.coalesce(getattr(BallotBatch, name), 0) * BallotBatch.persons) for name in _NAMES
)


@dataclass(frozen=True)
class ItemResult:
    """One item's pooled counts; ``satisfied / denominator`` is the rate, both integers of marks.

    ``shares`` are the options' printed shares of the same denominator (K11).
    """

    item: Item
    counts: Counts
    satisfied: int
    denominator: int
    rate: Rate
    shown: str
    shares: tuple[str, ...]


@dataclass(frozen=True)
class FormResult:
    """One form's pooled result: batch figures in ballots, items in printed order."""

    form: Form
    figures: Figures
    batches: int
    items: tuple[ItemResult, ...]


@dataclass(frozen=True)
class OrgResult:
    """One organisation's result on one form at one layer.

    ``hidden``: too few ballots, or what would tell those of another row from the total (``suppression``); then every
    ``shown`` is 样本不足, and counts beside a total must not be printed either.
    """

    org: Org
    layer: int
    result: FormResult
    hidden: bool = False


@dataclass(frozen=True)
class PersonResult:
    """名册式: one member's counts in one sealed batch."""

    member_no: str
    name: str
    items: tuple[ItemResult, ...]


@dataclass(frozen=True)
class _Cell:
    org_code: str
    layer: int
    form_code: str
    figures: Figures
    marks: Figures  # ballots × persons listed: what a roster form's rates are divided by
    batches: int
    counts: dict[str, tuple[int, ...]]


def pooled(
    session: Session,
    *,
    campaign_id: str,
    layer: int | None = None,
    under: str | None = None,
    voter_category: str | None = None,
) -> list[FormResult]:
    """Every form's counts added over the subtree ``under`` and the layer (None = both), then one rate an item."""
    view = campaigns.show(session, campaign_id=campaign_id)
    if voter_category is not None and voter_category not in dict(view.voter_categories):
        used = "、".join(code for code, _ in view.voter_categories)
        raise broken("V-CMP-30", code=voter_category, used=used)
    cells = _sealed(session, view, voter_category)
    wanted = {o.code for o in campaign_tree.tree(session, campaign_id=campaign_id, under=under)}
    chosen = [cell for cell in cells if layer in (None, cell.layer) and cell.org_code in wanted]
    return [_result(form, [c for c in chosen if c.form_code == form.code], view.rule) for form in view.forms]


def by_org(
    session: Session, *, campaign_id: str, layer: int, form_code: str, under: str | None = None
) -> list[OrgResult]:
    """One row per organisation with a sealed batch of the form at the layer, in the tree's order."""
    view = campaigns.show(session, campaign_id=campaign_id)
    form = view.form(form_code)
    cells: dict[str, list[_Cell]] = {}
    for cell in _sealed(session, view, None):
        if cell.layer == layer and cell.form_code == form_code:
            cells.setdefault(cell.org_code, []).append(cell)
    listed = [
        (o, _result(form, cells[o.code], view.rule))
        for o in campaign_tree.tree(session, campaign_id=campaign_id, under=under)
        if o.code in cells
    ]
    hidden = suppressed([result.figures.valid for _, result in listed], view.rule.min_cell)
    return [
        OrgResult(o, layer, _hide(result) if place in hidden else result, place in hidden)
        for place, (o, result) in enumerate(listed)
    ]


def persons(session: Session, *, batch_id: str) -> list[PersonResult]:
    """名册式: per-member results of a sealed batch, in the paper's order. For the branch itself only."""
    row = session.get_one(BallotBatch, batch_id)
    meeting = session.get_one(AppraisalSession, row.session_id)
    view = campaigns.show(session, campaign_id=meeting.campaign_id)
    form = view.form(row.form_code)
    figures = Figures(
        row.printed or 0, row.issued or 0, row.returned or 0, row.valid or 0, row.blank or 0, row.void or 0
    )
    widths = {item.no: len(item.scale.options) for item in form.items}
    found: dict[str, dict[str, Counts]] = {}
    for t in session.scalars(select(ItemTally).where(col(ItemTally.batch_id) == batch_id)):
        options = (t.c1, t.c2, t.c3, t.c4, t.c5, t.c6, t.c7, t.c8)[: widths[t.item]]
        found.setdefault(t.target, {})[t.item] = Counts(options, t.blank, t.multi, t.illegible)
    listed = select(BatchTarget).where(col(BatchTarget.batch_id) == batch_id).order_by(col(BatchTarget.row))
    return [
        PersonResult(
            target.member_no,
            target.display_name,
            tuple(
                _item(item, found[target.member_no][item.no], figures, figures.valid, view.rule)
                for item in form.items
            ),
        )
        for target in session.scalars(listed)
        if target.member_no in found
    ]


def _sealed(session: Session, view: CampaignView, voter_category: str | None) -> list[_Cell]:
    keys = (col(PartyOrganization.code), col(AppraisalSession.layer), col(BallotBatch.form_code))
    conditions = [
        col(AppraisalSession.campaign_id) == view.id,
        col(AppraisalSession.status) != SessionStatus.VOID,
        col(BallotBatch.state) == BatchState.SEALED,
    ]
    if voter_category is not None:
        conditions.append(col(BallotBatch.voter_category) == voter_category)

    item = col(ItemTally.item)
    on_batch = col(ItemTally.batch_id) == BallotBatch.id
    counts: dict[tuple[str, int, str], dict[str, tuple[int, ...]]] = {}
    marks = (
        select(*keys, item, *_OPTIONS, *_PSEUDO)
        .select_from(ItemTally)
        .join(BallotBatch, on_batch)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(*conditions)
        .group_by(*keys, item)
    )
    for code, layer, form_code, number, *sums in session.execute(marks):
        counts.setdefault((code, layer, form_code), {})[number] = tuple(sums)
    figures = (
        select(*keys, func.count(), *_FIGURES, *_MARKS)
        .select_from(BallotBatch)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(*conditions)
        .group_by(*keys)
    )
    return [
        _Cell(
            code,
            layer,
            form_code,
            Figures(*sums[: len(_NAMES)]),
            Figures(*sums[len(_NAMES) :]),
            batches,
            counts.get((code, layer, form_code), {}),
        )
        for code, layer, form_code, batches, *sums in session.execute(figures)
    ]


def _result(form: Form, cells: Iterable[_Cell], rule: Rule) -> FormResult:
    cells = list(cells)
    figures = reduce(add, (c.figures for c in cells), Figures())
    marks = reduce(add, (c.marks for c in cells), Figures())
    items = []
    for item in form.items:
        width = len(item.scale.options)
        empty = Counts((0,) * width)
        parts = (
            Counts(c.counts[item.no][:width], *c.counts[item.no][8:]) for c in cells if item.no in c.counts
        )
        items.append(_item(item, reduce(add, parts, empty), marks, figures.valid, rule))
    return FormResult(form, figures, sum(c.batches for c in cells), tuple(items))


def _hide(result: FormResult) -> FormResult:
    return replace(result, items=tuple(replace(item, shown=tallies.TOO_FEW) for item in result.items))


def _item(item: Item, counts: Counts, figures: Figures, valid: int, rule: Rule) -> ItemResult:
    rate = tallies.satisfaction_rate(counts, figures, scale=item.scale, rule=rule)
    shown = tallies.shown(rate, valid=valid, rule=rule)
    shares = tallies.distribution(counts, figures, scale=item.scale, rule=rule)
    return ItemResult(item, counts, rate.numerator, rate.denominator, rate, shown, tuple(shares))
