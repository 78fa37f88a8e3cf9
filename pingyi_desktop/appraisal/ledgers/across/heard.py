"""What a row of one ledger says of a row of another: heard where the other's unit is its own or below it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, func, or_, select, tuple_
from sqlmodel import SQLModel


def heard(org: Any, name: Any) -> ColumnElement[bool]:  # noqa: ANN401 - expressions of columns
    """``counting.speaks_for`` as a condition, of a row of ``org`` that names a row of another ledger: its unit is ``org`` or below."""
    unit, way = func.rtrim(name, "0123456789"), _ways()
    return or_(org + "-" == unit, tuple_(org, unit).in_(select(way.c.up, way.c.code + "-")))


@cache
def _ways() -> CTE:
    """Every unit of the file with itself and each unit above it; made once, so that a query has it once."""
    units = SQLModel.metadata.tables["party_organization"]
    above = units.alias("above")
    way = select(units.c.code, units.c.code.label("up"), units.c.parent_id).cte("way", recursive=True)
    step = select(way.c.code, above.c.code, above.c.parent_id)
    return way.union_all(step.join(above, above.c.id == way.c.parent_id))
