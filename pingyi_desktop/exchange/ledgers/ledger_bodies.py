"""Ledgers in packages: a unit's own rows as documents, and documents back into rows. One way for every noun.

They travel with the ballots: in the submission of a unit without units below it, in the rollup of an office. A document
names no organisation: its rows are those of the unit whose key signed it, and whatever else a package says it changes
nobody else's. What counts replaces what the unit sent before as a whole, so no original is counted twice. Persons stand
apart (``ledger_people``, detachable) in rows of the same order.

Ledgers and columns that this edition does not know are handed on with the envelope and left alone. An office's rollup
that came from further below and breaks a rule counts with no ledger; every other envelope is judged at the door.

What an office orders goes down in its task files, shaped as this: see ``orders``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select
from sqlmodel import Session, col

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.ledgers import catalog, edits, fields, rows
from pingyi_desktop.appraisal.ledgers.fields import Field, Value
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.rulebook.catalogue import Weight, broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.ledgers import group_bodies
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.ledger_shapes import LEDGER_PEOPLE, LEDGERS, MOST_ROWS, by_column
from pingyi_desktop.storage import bulk
from pingyi_desktop.storage.schema_exchange import StoredEnvelope

NUMBER = "number"
_MARK = f'"name":"{LEDGERS}"'.encode()
_LOT = 500
Numbered = tuple[int, dict[str, Value]]


def members(session: Session, *, campaign_id: str, unit: str) -> dict[str, object]:
    """The members of a package that hold the unit's own ledgers, and what it merged; none without a row (V-LED-19)."""
    told, people = list[dict[str, object]](), list[dict[str, object]]()
    for ledger in _travelling():
        keys = (NUMBER, *(f.key for f in ledger.fields))
        c = ledger.columns_of
        query = select(*(c[key] for key in keys)).where(
            c.campaign_id == campaign_id, c.org == unit, c.source == ""
        )
        own = session.execute(query.order_by(c.number)).all()
        if len(own) > MOST_ROWS:
            raise broken("V-LED-19", title=ledger.title, n=len(own), most=MOST_ROWS)
        if own:
            columns = dict(zip(keys, zip(*own, strict=True), strict=True))
            told.append(body_of(ledger.key, {k: v for k, v in columns.items() if k not in ledger.personal}))
            named = {key: columns[key] for key in sorted(ledger.personal) if any(columns[key])}
            people += [body_of(ledger.key, named)] if named else []
    if (groups := group_bodies.body(session, campaign_id=campaign_id, unit=unit)) is not None:
        told.append(groups)
    made: dict[str, object] = {LEDGERS: {"ledgers": told}} if told else {}
    return made | ({LEDGER_PEOPLE: {"ledgers": people}} if people else {})


def check(envelope: package.Envelope) -> list[tuple[Ledger, list[Numbered]]]:
    """The rows of every ledger we know; refuses what a field or a check of weight E does not allow (PackageError)."""
    found = list(_read(envelope))
    group_bodies.check(envelope)
    for ledger, listed in found:
        for number, values in listed:
            wrong = [one for one in ledger.check(values, today="") if one.weight is Weight.ERROR]
            if wrong:
                raise PackageError(f"{ledger.title}第 {number} 号：{wrong[0].sentence}")
    return found


def shown(session: Session, *, campaign_id: str) -> set[str]:
    """Ids of the envelopes of which rows stand in the tables."""
    asked = {"campaign": campaign_id}
    return {one for _, sources, _ in _asking() for one in session.scalars(sources, asked)}


def project(
    session: Session, *, campaign_id: str, ids: Collection[str], fresh: Mapping[str, package.Envelope]
) -> None:
    """Make the received rows of a campaign those of just these envelopes."""
    here = shown(session, campaign_id=campaign_id)
    withdraw(session, campaign_id=campaign_id, source_ids=here - set(ids))
    wanted = sorted(set(ids) - here)
    held = _stored(session, [one for one in wanted if one not in fresh])
    opened = [*(fresh[one] for one in wanted if one in fresh), *held]
    if any(LEDGERS in one.members for one in opened):
        write(session, campaign_id=campaign_id, envelopes=opened)


def write(session: Session, *, campaign_id: str, envelopes: Iterable[package.Envelope]) -> None:
    """Write the rows that these envelopes hold; one that breaks a rule has none."""
    known = rows.names(session, campaign_id=campaign_id)
    made: dict[str, list[dict[str, object]]] = {}
    for envelope in envelopes:
        unit, source = envelope.address.unit, envelope.id
        with suppress(PackageError):
            for ledger, listed in check(envelope):
                made.setdefault(ledger.key, []).extend(
                    edits.row_of(ledger, campaign_id, unit, number, values, known, source=source)
                    for number, values in listed
                )
    for key, found in made.items():
        bulk.write(session, insert(catalog.ledger(key).sql), found)


def withdraw(session: Session, *, campaign_id: str, source_ids: Collection[str]) -> None:
    """Take the rows of these envelopes out again."""
    listed = sorted(source_ids)
    for ledger in _travelling():
        c = ledger.columns_of
        for start in range(0, len(listed), _LOT):
            lot = listed[start : start + _LOT]
            session.execute(delete(ledger.sql).where(c.campaign_id == campaign_id, c.source.in_(lot)))


def received(session: Session, *, campaign_id: str) -> set[tuple[object, ...]]:
    """Every row that came in a package, one tuple each, the unit first; ids and what is made here left out."""
    asked = {"campaign": campaign_id}
    return {(*row, key) for key, _, query in _asking() for row in session.execute(query, asked)}


@cache
def _asking() -> list[tuple[str, Select[Any], Select[Any]]]:
    """Of every ledger that travels what asks for the envelopes of its rows, and what for the rows: put together once."""
    found = []
    for ledger in _travelling():
        c = ledger.columns_of
        came = c.campaign_id == bindparam("campaign"), c.source != ""
        whole = select(*(c[key] for key in ("org", NUMBER, "source", *(f.key for f in ledger.fields))))
        found.append((ledger.key, select(c.source).where(*came).distinct(), whole.where(*came)))
    return found


def _travelling() -> list[Ledger]:
    return [one for one in catalog.ledgers() if one.travels]


def body_of(name: str, columns: Mapping[str, tuple[Value, ...]]) -> dict[str, object]:
    """A ledger as it travels: the columns that say something, row by row."""
    telling = [key for key, values in columns.items() if any(value not in (None, "") for value in values)]
    told = [list(row) for row in zip(*(columns[key] for key in telling), strict=True)]
    return {"columns": telling, "name": name, "rows": told}


def _read(envelope: package.Envelope) -> Iterator[tuple[Ledger, list[Numbered]]]:
    """The rows of every ledger we know, each value held to its field."""
    listed = (envelope.document(LEDGERS) or {"ledgers": []})["ledgers"]
    named = (envelope.document(LEDGER_PEOPLE) or {"ledgers": []})["ledgers"]
    people = {one["name"]: one for one in named}
    known = {one.key: one for one in _travelling()}
    for body in listed:
        if (ledger := known.get(body["name"])) is not None:
            yield ledger, numbered(ledger, body, people.get(body["name"]))


def numbered(ledger: Ledger, body: Mapping[str, Any], people: Mapping[str, Any] | None) -> list[Numbered]:
    """The rows of one ledger by their numbers, each value held to its field (PackageError)."""
    own, persons, many = by_column(body), {} if people is None else by_column(people), len(body["rows"])
    numbers = own.get(NUMBER, (None,) * many)
    if len(set(numbers)) != many or (people is not None and len(people["rows"]) != many):
        raise PackageError(f"{ledger.title}的行数或编号前后不一致，请让对方重新导出。")
    if not all(type(one) is int and 0 < one <= bounds.MOST for one in numbers):
        raise PackageError(f"{ledger.title}有一行没有编号，请让对方重新导出。")
    columns: dict[str, tuple[Any, ...]] = {}
    for f in ledger.fields:
        told = (persons if f.key in ledger.personal else own).get(f.key, (f.empty,))
        if (wrong := _wrong(f, told)) is not None:
            said = f"{ledger.title}第 {numbers[wrong]} 号的“{f.title}”不合规定"
            raise PackageError(f"{said}，请让对方重新导出。")
        columns[f.key] = told if len(told) == many else told * many
    values = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return list(zip(numbers, values, strict=True))


def _wrong(f: Field, column: Sequence[object]) -> int | None:
    """Place of the first value that may not stand in this field; a text that is there several times is looked at once."""
    plain = set(map(type, column)) <= {str, int, type(None)}  # else 1 and True would be one
    fine = all(fields.is_shaped(f, one) for one in (set(column) if plain else column))
    return None if fine else next(n for n, one in enumerate(column) if not fields.is_shaped(f, one))


def _stored(session: Session, ids: list[str]) -> Iterator[package.Envelope]:
    """The stored envelopes among these that hold ledgers at all; the others are not opened."""
    for start in range(0, len(ids), _LOT):
        lot = ids[start : start + _LOT]
        for raw in session.scalars(select(col(StoredEnvelope.raw)).where(col(StoredEnvelope.id).in_(lot))):
            if raw is not None and _MARK in raw:
                yield package.parse_stored(raw)
