"""The declaration of a ledger (台账): everything the kit knows of a noun. Pure; the kit imports no noun.

A noun is one ``Ledger`` in a module of its own, made of fields, of a choice that says how far a row has come, of checks,
of what is added up and of how its table is printed. List, form, sheet, command line, package, roll-up and report are made
from it. What only one noun needs is no part of it: that stands in a module beside the kit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlmodel import Session, SQLModel

from pingyi_desktop.appraisal.ledgers.fields import Field, Kind, Value
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, broken

Values = Mapping[str, Value]
Check = Callable[[Values, str], Iterable[Finding]]
"""of the values of a row and today (ISO); a finding is about nothing: the kit says of which row"""


@dataclass(frozen=True)
class Moved:
    """A row as an act would leave it; ``old`` are its values before, None when it is new."""

    name: str
    org: str
    old: Values | None
    new: Values


Among = Callable[[Session, str, Sequence[Moved]], Iterable[Finding]]
"""of all rows that an act in this file (campaign) would write: what neither a row alone nor its new values can tell; a
finding's ``where`` is the row's name. Packages are not held to it: the unit was, when it wrote them"""


@dataclass(frozen=True)
class Row:
    """One row for reading: ``values`` as kept, ``texts`` in words; ``received`` when it came in a package."""

    id: str
    org: str
    org_name: str
    number: int
    received: bool
    values: Values
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its number, the same in every file."""
        return f"{self.org}-{self.number}"


@dataclass(frozen=True)
class Segment:
    """Rows that fulfil a condition beside those of each state; ``where(columns, today)`` says which (逾期).

    ``tables`` are those besides the ledger's own that the condition looks into.
    """

    key: str
    title: str
    where: Callable[[Any, str], ColumnElement[bool]]
    tables: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Total:
    """What is added up: rows, or the field ``of`` (a count or an amount), apart for each choice of ``by``.

    Unless ``together`` the parts are never added to one another (人, 户, 人次). ``unit`` is said behind the number.
    With ``out_of`` (another count, not ``by``) it is also said how many in a hundred of that: rows that lack either are
    left out of the rate, not of the sum.
    """

    title: str
    of: str = ""
    by: str = ""
    unit: str = ""
    together: bool = True
    out_of: str = ""


@dataclass(frozen=True)
class Share:
    """A rate: rows of which ``field`` is one of ``options``, in a hundred of all rows."""

    title: str
    field: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Handed:
    """How a row is given downward: field ``unit`` says to which unit; the row which that unit makes from it has the number
    of it in ``origin``.

    It is given while it is in none of the states ``kept``. Of all its fields it says only those of ``given``; the row made from it
    says ``begins`` besides, and what comes back of it is ``told``. ``by`` is the choice of ``begins`` by which such a row is
    known, "" when ``origin`` holds nothing but numbers of what was given.
    """

    unit: str
    origin: str
    given: tuple[str, ...]
    told: tuple[str, ...]
    begins: Values
    kept: tuple[str, ...]
    by: str = ""

    def concerns(self, values: Values) -> bool:
        """Whether a row was given downward, or made from what was given."""
        made = bool(values[self.origin]) and (not self.by or values[self.by] == self.begins[self.by])
        return made or bool(values[self.unit])


@dataclass(frozen=True)
class Printed:
    """A column of the table report, with its width in mm (domain §6.9)."""

    title: str
    width_mm: int
    cell: Callable[[Row], str | int]
    align: str = "left"


@dataclass(frozen=True)
class Ledger:
    """A noun. ``table`` has a column for every field; ``same`` are the fields by which a sheet's row without a number is known.

    ``states`` is the choice that makes the segments of the page, ``shown`` are the fields in its list; ``report`` is the
    number of the table report and ``columns`` what it prints. ``travels`` says that it goes up in the signed package.
    ``restricted`` says that it tells of single persons: its table is printed with a reason, which stands in the journal.
    ``checks`` hold the values of a row at every door, ``among`` what an act here makes of rows. ``handed`` says how rows
    are given downward, None when they are not. ``about`` is the field that says of which unit below its own a row tells,
    "" when rows tell of their own: who is not above that unit is listed and not counted.
    """

    key: str
    title: str
    purpose: str
    table: type[SQLModel]
    fields: tuple[Field, ...]
    states: str
    same: tuple[str, ...]
    shown: tuple[str, ...]
    report: str
    report_title: str
    columns: tuple[Printed, ...]
    totals: tuple[Total, ...]
    checks: tuple[Check, ...] = ()
    among: tuple[Among, ...] = ()
    shares: tuple[Share, ...] = ()
    segments: tuple[Segment, ...] = ()
    travels: bool = True
    restricted: bool = False
    handed: Handed | None = None
    about: str = ""

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """Fields by key."""
        return {one.key: one for one in self.fields}

    @cached_property
    def columns_of(self) -> Any:  # noqa: ANN401 - SQLAlchemy's collection of columns
        """The columns of the table, by key."""
        return self.sql.c

    beside = cached_property(lambda self: self.sql.alias("beside").c)  # the same a second time in a question

    @property
    def sql(self) -> Table:
        """The table as SQLAlchemy knows it."""
        return SQLModel.metadata.tables[str(self.table.__tablename__)]

    @property
    def state(self) -> Field:
        """The choice that says how far a row has come."""
        return self.by_key[self.states]

    @cached_property
    def personal(self) -> frozenset[str]:
        """Keys of the fields that name persons."""
        return frozenset(one.key for one in self.fields if one.kind is Kind.PERSON)

    def field(self, said: str) -> Field:
        """The field of this key, title or heading (V-LED-15)."""
        for one in self.fields:
            if said in (one.key, one.title, *one.words):
                return one
        raise broken("V-LED-15", title=self.title, field=said, known="、".join(f.title for f in self.fields))

    def check(self, values: Values, *, today: str) -> list[Finding]:
        """What the noun's own checks say of a row."""
        return [one for check in self.checks for one in check(values, today)]

    def judge(
        self, session: Session, moved: Sequence[Moved], *, campaign_id: str, today: str
    ) -> list[Finding]:
        """What is said of rows that an act would write, each finding about its row: E always, W and I when they are new."""
        listed = [replace(found, where=one.name) for one in moved for found in self._new_findings(one, today)]
        return listed + [found for among in self.among for found in among(session, campaign_id, moved)]

    def _new_findings(self, one: Moved, today: str) -> list[Finding]:
        said = self.check(one.new, today=today)
        if one.old is None or not said:
            return said
        before = self.check(one.old, today=today)
        return [found for found in said if found.weight is Weight.ERROR or found not in before]
