"""What an office gives a unit below to do (整改事项 to put right, 承诺 to keep), in the next task file to its direct child.

An order is a row of the office's own ledger that names a unit below; the ledger declares how it is given (``Handed``). It
travels as the row that it becomes in the child's ledger, whose ``origin`` is the number of the order. The child works on its own row,
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
from pingyi_desktop.appraisal.ledgers.ledger import Handed, Ledger, Row
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.ledgers.ledger_bodies import NUMBER, Numbered, body_of, numbered
from pingyi_desktop.exchange.wire import header, package
from pingyi_desktop.exchange.wire.ledger_shapes import ORDERS
from pingyi_desktop.storage import bulk
from pingyi_desktop.storage.schema_exchange import StoredEnvelope


@dataclass(frozen=True)
class Compared:
    """A row of the ledger ``key`` of this file and what another office says of the same: by title what each says, where
    they differ; ``lead`` is what the row is about."""

    key: str
    name: str
    lead: str
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
    bodies = []
    for ledger, how in _given():
        listed = [
            row for row in _own(session, ledger, how, campaign_id, office) if row.values[how.unit] in inside
        ]
        values = [
            {NUMBER: row.number, **{key: row.values[key] for key in how.given}, **how.begins}
            for row in listed
            if row.values[ledger.states] not in how.kept
        ]
        if values:
            bodies.append(body_of(ledger.key, {key: tuple(one[key] for one in values) for key in values[0]}))
    return {ORDERS: {"ledgers": bodies}} if bodies else {}


def check(assignment: package.Envelope, *, inside: frozenset[str]) -> dict[str, list[Numbered]]:
    """The orders of a task file as rows of the child's ledgers, by the ledger's key; refuses what no row may say, or a unit
    not ``inside``. Rows of a ledger that gives nothing downward are no orders."""
    bodies = {body["name"]: body for body in (assignment.document(ORDERS) or {"ledgers": []})["ledgers"]}
    return {
        ledger.key: [
            (number, _made(assignment, ledger, how, number, told, inside))
            for number, told in numbered(ledger, bodies[ledger.key], None)
        ]
        for ledger, how in _given()
        if ledger.key in bodies
    }


def _made(
    assignment: package.Envelope,
    ledger: Ledger,
    how: Handed,
    number: int,
    told: Mapping[str, Value],
    inside: frozenset[str],
) -> dict[str, Value]:
    """The row that an order becomes."""
    given = {key: told[key] for key in how.given}
    unit = "" if given[how.unit] == assignment.address.to else str(given[how.unit])
    if unit and unit not in inside:
        raise PackageError(f"任务文件里有一件{ledger.title}不是给本单位和下级的，请让上级重新下发。")
    origin = f"{assignment.address.unit}-{number}"
    empty = {f.key: f.empty for f in ledger.fields}
    values = {**empty, **given, **how.begins, how.origin: origin, how.unit: unit}
    if wrong := [one for one in ledger.check(values, today="") if one.weight is Weight.ERROR]:
        raise PackageError(f"任务文件里第 {number} 号{ledger.title}：{wrong[0].sentence}")
    return values


def take(session: Session, *, assignment: package.Envelope, by: str) -> int:
    """Make the orders of a task file rows of the own ledgers, those that are not there yet; how many."""
    campaign_id, unit = assignment.address.campaign, assignment.address.to
    known, many = rows.names(session, campaign_id=campaign_id), 0
    ordered = check(assignment, inside=frozenset(known.orgs))
    for ledger, how in _given():
        here = {row.values[how.origin] for row in _own(session, ledger, how, campaign_id, unit)}
        fresh = [values for _, values in ordered.get(ledger.key, ()) if values[how.origin] not in here]
        last = edits.next_numbers(session, ledger, campaign_id=campaign_id).get(unit, 0)
        made = [
            edits.row_of(ledger, campaign_id, unit, number, values, known)
            for number, values in enumerate(fresh, last + 1)
        ]
        if made:
            bulk.write(session, insert(ledger.sql), made)
            named: dict[str, dict[str, list[str]]] = {f"{unit}-{row[NUMBER]}": {} for row in made}
            edits.weigh(session, ledger, (), reason="", by=by, act="接收", named=named)
        many += len(made)
    return many


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
    assignment = newest(session, campaign_id=campaign_id, unit=unit)
    known = rows.names(session, campaign_id=campaign_id, people=())
    ordered = {} if assignment is None else check(assignment, inside=frozenset(known.orgs))
    above = "" if assignment is None else known.org(assignment.address.unit)
    found = list[Compared]()
    for ledger, how in _given():
        own = _own(session, ledger, how, campaign_id, unit)
        by_origin = {row.values[how.origin]: row for row in own}
        for _, values in ordered.get(ledger.key, ()):
            if (row := by_origin.get(values[how.origin])) is not None:
                found.append(_beside(ledger, row, above, values, how.given, known))
        found += _from_below(session, ledger, how, campaign_id, own, known)
    return [one for one in found if one.differing]


def _from_below(
    session: Session, ledger: Ledger, how: Handed, campaign_id: str, own: list[Row], known: fields.Names
) -> list[Compared]:
    """Own orders beside the rows that came of them, those of the unit furthest down."""
    made = {row: order for order, row in counting.handed(session, ledger, campaign_id=campaign_id)}
    ordered, last = {row.id: row for row in own}, sorted(made.keys() - set(made.values()))
    found = []
    for came in rows.picked(session, ledger, campaign_id=campaign_id, ids=last):
        first = came.id
        while first in made:
            first = made[first]
        if came.received and (order := ordered.get(first)) is not None:
            found.append(_beside(ledger, order, came.org_name, came.values, how.told, known))
    return found


def _beside(
    ledger: Ledger,
    mine: Row,
    other: str,
    theirs: Mapping[str, Value],
    keys: tuple[str, ...],
    known: fields.Names,
) -> Compared:
    said = {
        ledger.by_key[k].title: tuple(
            fields.shown(ledger.by_key[k], v[k], known) for v in (mine.values, theirs)
        )
        for k in keys
    }
    differing = {title: (pair[0], pair[1]) for title, pair in said.items() if pair[0] != pair[1]}
    return Compared(ledger.key, mine.name, mine.texts[ledger.shown[0]], other, differing)


def _given() -> list[tuple[Ledger, Handed]]:
    """The ledgers of which rows are given downward."""
    return [(one, one.handed) for one in catalog.ledgers() if one.handed is not None]


def _own(session: Session, ledger: Ledger, how: Handed, campaign_id: str, unit: str) -> list[Row]:
    """Those rows of the unit's own ledger, which is kept in this file, that were given downward or made from an order."""
    c = ledger.columns_of
    own = c.campaign_id == campaign_id, c.org == unit, c.source == ""
    query = select(c.id).where(*own, (c[how.unit] != "") | (c[how.origin] != ""))
    return rows.picked(session, ledger, campaign_id=campaign_id, ids=list(session.scalars(query)))
