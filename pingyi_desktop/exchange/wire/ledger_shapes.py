"""The shape of the members that hold ledgers (台账): tables of texts and counts, bounded, whatever nouns they are of. No database.

They were added to submissions and rollups without a new version of the format: editions before carry members that they do
not know upward untouched, and what this edition does not know of a ledger travels in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pingyi_desktop.exchange.wire.header import Count, Fields

LEDGERS, LEDGER_PEOPLE = "ledgers", "ledger_people"
ORDERS = "orders"
"""what an office gives downward, in the assignment of a direct child: the same shape"""
MOST_LEDGERS, MOST_COLUMNS, MOST_ROWS = 40, 60, 5_000
LedgerName = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,39}\z")]
LedgerCell = Annotated[str, Field(max_length=1000)] | Count | None
LedgerRow = Annotated[tuple[LedgerCell, ...], Field(strict=False, max_length=MOST_COLUMNS)]


class LedgerBody(Fields):
    """Rows of one ledger (台账), cell by cell under its columns; what they mean is for ``inbox.ledger_bodies``."""

    name: LedgerName
    columns: Annotated[tuple[LedgerName, ...], Field(strict=False, min_length=1, max_length=MOST_COLUMNS)]
    rows: Annotated[tuple[LedgerRow, ...], Field(strict=False, min_length=1, max_length=MOST_ROWS)]

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        width = len(self.columns)
        if len(set(self.columns)) != width or any(len(row) != width for row in self.rows):
            raise ValueError("columns are not distinct or a row is not as wide as they are")
        return self


class Ledgers(Fields):
    """Members ``ledgers`` and ``ledger_people`` of a submission or a rollup, ``orders`` of an assignment: each ledger once."""

    ledgers: Annotated[tuple[LedgerBody, ...], Field(strict=False, min_length=1, max_length=MOST_LEDGERS)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.name for one in self.ledgers}) != len(self.ledgers):
            raise ValueError("a ledger is there twice")
        return self


def by_column(body: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The cells of a ledger's document by the names of its columns, from the first row to the last."""
    return dict(zip(body["columns"], zip(*body["rows"], strict=True), strict=True))
