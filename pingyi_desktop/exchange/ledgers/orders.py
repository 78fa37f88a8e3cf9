"""整改任务 on their way down: what an office gives a unit below to put right, in the next task file to its direct child.

An order is an item of the office's own ledger that was assigned (交办) to a unit below (责任单位). It travels as the row
that it becomes in the child's ledger: a task whose ``origin`` is the number of the order. The child works on its own row,
and hands on in its own task files what is meant for a unit further below; what was done comes back with the child's ledger.

An order adds a row and changes none: where an order says something else than the row that was made from it, both are
shown side by side (``compared``) and a person decides. Only the office above gives orders: its task file is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers import catalog, counting, edits, fields, rows
from pingyi_desktop.appraisal.ledgers.fields import Value
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.ledgers.ledger_bodies import NUMBER, Numbered, body_of, numbered
from pingyi_desktop.exchange.wire import header, package
from pingyi_desktop.exchange.wire.ledger_shapes import ORDERS
from pingyi_desktop.storage import bulk
from pingyi_desktop.storage.schema_exchange import StoredEnvelope
from pingyi_desktop.storage.schemas.rectify import RectifySource, RectifyState

KEY = "rectification"
GIVEN = ("problem", "cause", "kind", "measures", "stages", "lead", "unit", "due_on", "raised_on")
"""what an order says; all else is for whoever works on it"""
TOLD = ("status", "progress", "result", "evidence", "closed_on")
"""what comes back of an order"""
FIXED: Mapping[str, Value] = {"source_kind": RectifySource.TASK, "status": RectifyState.REGISTERED}
NOT_GIVEN = (RectifyState.REGISTERED, RectifyState.CLOSED)


@dataclass(frozen=True)
class Compared:
    """A row of this file and what another office says of the same: by title what each says, where they differ."""

    name: str
    problem: str
    other: str
    differing: Mapping[str, tuple[str, str]]

    @property
    def lines(self) -> list[str]:
        """One sentence a field."""
        return [
            f"{title}：本单位“{mine or '空'}”，{self.other}“{theirs or '空'}”"
            for title, (mine, theirs) in self.differing.items()
        ]


def member(session: Session, *, campaign_id: str, office: str, child: str) -> dict[str, object]:
    """The member of a task file with the orders for this child and what is below it; none without an order."""
    inside = {o.code for o in campaign_tree.tree(session, campaign_id=campaign_id, under=child)}
    listed = [row for row in _own(session, campaign_id, office) if row.values["unit"] in inside]
    told = [row for row in listed if row.values["status"] not in NOT_GIVEN]
    if not told:
        return {}
    values = [{NUMBER: row.number, **{key: row.values[key] for key in GIVEN}, **FIXED} for row in told]
    columns = {key: tuple(one[key] for one in values) for key in values[0]}
    return {ORDERS: {"ledgers": [body_of(KEY, columns)]}}


def check(assignment: package.Envelope, *, inside: frozenset[str]) -> list[Numbered]:
    """The orders of a task file as rows of the child's ledger; refuses what no row may say, or a unit not ``inside``."""
    ledger, made = catalog.ledger(KEY), list[Numbered]()
    for body in (assignment.document(ORDERS) or {"ledgers": []})["ledgers"]:
        if body["name"] != KEY:
            continue
        for number, told in numbered(ledger, body, None):
            given = {key: told[key] for key in GIVEN}
            unit = "" if given["unit"] == assignment.address.to else str(given["unit"])
            if unit and unit not in inside:
                raise PackageError("任务文件里有一件整改任务不是给本单位和下级的，请让上级重新下发。")
            origin = f"{assignment.address.unit}-{number}"
            empty = {f.key: f.empty for f in ledger.fields}
            values = {**empty, **given, **FIXED, "origin": origin, "unit": unit}
            if wrong := [one for one in ledger.check(values, today="") if one.weight is Weight.ERROR]:
                raise PackageError(f"任务文件里第 {number} 号整改任务：{wrong[0].sentence}")
            made.append((number, values))
    return made


def take(session: Session, *, assignment: package.Envelope, by: str) -> int:
    """Make the orders of a task file rows of the own ledger, those that are not there yet; how many."""
    campaign_id, unit = assignment.address.campaign, assignment.address.to
    ledger, known = catalog.ledger(KEY), rows.names(session, campaign_id=campaign_id)
    here = {row.values["origin"] for row in _own(session, campaign_id, unit)}
    fresh = [v for _, v in check(assignment, inside=frozenset(known.orgs)) if v["origin"] not in here]
    last = edits.next_numbers(session, ledger, campaign_id=campaign_id).get(unit, 0)
    made = [
        edits.row_of(ledger, campaign_id, unit, number, values, known)
        for number, values in enumerate(fresh, last + 1)
    ]
    if made:
        bulk.write(session, insert(ledger.sql), made)
        named: dict[str, dict[str, list[str]]] = {f"{unit}-{row[NUMBER]}": {} for row in made}
        edits.weigh(session, ledger, (), reason="", by=by, act="接收", named=named)
    return len(made)


def newest(session: Session, *, campaign_id: str, unit: str) -> package.Envelope | None:
    """The last task file to this unit that was taken up here, without its secret."""
    query = select(col(StoredEnvelope.raw)).where(
        col(StoredEnvelope.campaign_id) == campaign_id,
        col(StoredEnvelope.type) == header.ASSIGNMENT,
        col(StoredEnvelope.own).is_(False),
    )
    found = [package.parse_stored(raw) for raw in session.scalars(query) if raw is not None]
    mine = [one for one in found if one.address.to == unit]
    return max(mine, key=lambda one: (one.address.epoch, one.address.revision), default=None)


def compared(session: Session, *, campaign_id: str) -> list[Compared]:
    """Rows made from orders beside what the office above says now, and own orders beside what came back of them."""
    unit = campaign_tree.own_unit(session, campaign_id=campaign_id).code
    own = _own(session, campaign_id, unit)
    return [*_from_above(session, campaign_id, unit, own), *_from_below(session, campaign_id, own)]


def _from_above(session: Session, campaign_id: str, unit: str, own: list[Row]) -> list[Compared]:
    assignment = newest(session, campaign_id=campaign_id, unit=unit)
    if assignment is None:
        return []
    known, parent = rows.names(session, campaign_id=campaign_id, people=()), assignment.address.unit
    by_origin = {row.values["origin"]: row for row in own}
    found = []
    for _, values in check(assignment, inside=frozenset(known.orgs)):
        if (row := by_origin.get(values["origin"])) is not None:
            pairs = _pairs(row.values, values, GIVEN, known)
            found.append(Compared(row.name, row.texts["problem"], known.org(parent), pairs))
    return [one for one in found if one.differing]


def _from_below(session: Session, campaign_id: str, own: list[Row]) -> list[Compared]:
    """Own orders beside the rows that came of them, those of the unit furthest down."""
    ledger, known = catalog.ledger(KEY), rows.names(session, campaign_id=campaign_id, people=())
    made = {row: order for order, row in counting.handed(session, ledger, campaign_id=campaign_id)}
    ordered, last = {row.id: row for row in own}, sorted(made.keys() - set(made.values()))
    found = []
    for came in rows.picked(session, ledger, campaign_id=campaign_id, ids=last):
        first = came.id
        while first in made:
            first = made[first]
        if came.received and (order := ordered.get(first)) is not None:
            pairs = _pairs(order.values, came.values, TOLD, known)
            found.append(Compared(order.name, order.texts["problem"], came.org_name, pairs))
    return [one for one in found if one.differing]


def _pairs(
    mine: Mapping[str, Value], theirs: Mapping[str, Value], keys: tuple[str, ...], known: fields.Names
) -> dict[str, tuple[str, str]]:
    by_key = catalog.ledger(KEY).by_key
    said = {
        by_key[k].title: tuple(fields.shown(by_key[k], v[k], known) for v in (mine, theirs)) for k in keys
    }
    return {title: (pair[0], pair[1]) for title, pair in said.items() if pair[0] != pair[1]}


def _own(session: Session, campaign_id: str, unit: str) -> list[Row]:
    """The rows of the unit's own ledger, which is kept in this file."""
    listed = rows.listing(session, catalog.ledger(KEY), Asked(campaign_id, ""))
    return [row for row in listed if row.org == unit and not row.received]
