"""What a new or changed row says of rows that are there: whether it names one, and whether it says again what one says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from pingyi_desktop.appraisal.ledgers import counting
from pingyi_desktop.appraisal.ledgers.ledger import Moved
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found


def named(
    session: Session, campaign_id: str, moved: Sequence[Moved], *, key: str, field: str, kind: str, table: str
) -> Iterator[Finding]:
    """V-RCT-16, 17: the row of the ledger ``kind`` that ``field`` (``key``) names is there, of the same unit or one below."""
    asked = [(one, str(one.new[key])) for one in moved if one.new[key] and _touched(one, (key,))]
    if not asked:
        return
    above = counting.parents(session, campaign_id=campaign_id)
    units = {name.rpartition("-")[0] for _, name in asked} & above.keys()
    there = _numbers(session, campaign_id, SQLModel.metadata.tables[table], units)
    for one, name in asked:
        if name not in there:
            yield found("V-RCT-16", one.name, name=one.name, field=field, kind=kind, number=name[:40])
        elif not counting.speaks_for(one.org, name.rpartition("-")[0], above):
            yield found("V-RCT-17", one.name, name=one.name, field=field, kind=kind, number=name[:40])


def repeated(
    session: Session, campaign_id: str, moved: Sequence[Moved], *, same: tuple[str, ...], table: str
) -> Iterator[Finding]:
    """V-RCT-18: another row of the unit says the same (all fields ``same``)."""
    asked = [one for one in moved if _touched(one, same)]
    if not asked:
        return
    c = SQLModel.metadata.tables[table].c
    kept: dict[tuple[str, ...], str] = {}
    written = {one.name for one in moved}
    mine = c.campaign_id == campaign_id, c.org.in_(sorted({one.org for one in asked}))
    query = select(c.org, c.number, *(c[key] for key in same)).where(*mine).order_by(c.number)
    for org, number, *texts in session.execute(query):
        if f"{org}-{number}" not in written:
            kept.setdefault((org, *texts), f"{org}-{number}")
    for one in moved:
        said = (one.org, *(str(one.new[key]) for key in same))
        first = kept.setdefault(said, one.name)
        if first != one.name and _touched(one, same):
            yield found("V-RCT-18", one.name, name=one.name, number=first)


def _touched(one: Moved, keys: Sequence[str]) -> bool:
    return one.old is None or any(one.old[key] != one.new[key] for key in keys)


def _numbers(session: Session, campaign_id: str, table: Table, units: Collection[str]) -> set[str]:
    """Numbers of the rows that these units have."""
    c = table.c
    mine = c.campaign_id == campaign_id, c.org.in_(sorted(units))
    return {f"{org}-{number}" for org, number in session.execute(select(c.org, c.number).where(*mine))}
