"""Which rows of a ledger are there, and which count: nothing is counted twice.

Where a unit has handed its ledger in, rows that were typed here for it are there no more. What an office gave downward
counts until it has come back as a row of the unit it was given to: then that row counts, and the office's is still listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.people.org import Org


def delivered(session: Session, ledger: Ledger, *, campaign_id: str) -> frozenset[str]:
    """Codes of the units whose rows came in packages: from one to the next by the index, few among very many rows."""
    c, other = ledger.columns_of, ledger.beside
    first = select(func.min(c.org).label("org")).where(c.campaign_id == campaign_id)
    units, of = first.cte("units", recursive=True), other.campaign_id == campaign_id
    following = select(func.min(other.org)).where(of, other.org > units.c.org).scalar_subquery()
    units = units.union_all(select(following).where(units.c.org.is_not(None)))
    came = exists().where(c.campaign_id == campaign_id, c.org == units.c.org, c.source > "")
    return frozenset(session.scalars(select(units.c.org).where(units.c.org.is_not(None), came)))


def there(ledger: Ledger, campaign_id: str) -> list[ColumnElement[bool]]:
    """What a row must fulfil to be there at all."""
    c, came = ledger.columns_of, ledger.beside
    handed_in = exists().where(came.campaign_id == campaign_id, came.org == c.org, came.source > "")
    return [c.campaign_id == campaign_id, or_(c.source != "", ~handed_in)]


def parents(
    session: Session, *, campaign_id: str, units: Sequence[Org] | None = None
) -> dict[str, str | None]:
    """Code of the unit above each unit of this file; ``units`` are those of the campaign, where they were read already."""
    return {o.code: o.parent_code for o in units or campaign_tree.tree(session, campaign_id=campaign_id)}


def speaks_for(org: str, unit: str, above: Mapping[str, str | None]) -> bool:
    """Whether a row of ``org`` may say something of ``unit``: itself, or one below it. Rows of others are heard of nobody."""
    code: str | None = unit
    while code is not None and code != org:
        code = above.get(code)
    return code is not None


def unheard(session: Session, ledger: Ledger, campaign_id: str) -> list[ColumnElement[bool]]:
    """What knows the rows that do not count, where rows are ``about`` units: their own unit is not above that one."""
    if not ledger.about:
        return []
    c, unit = ledger.columns_of, ledger.columns_of[ledger.about]
    query = select(c.org, unit).where(c.campaign_id == campaign_id, unit != "").distinct()
    named = [(org, about) for org, about in session.execute(query) if org != about]
    above = parents(session, campaign_id=campaign_id) if named else {}
    told = [(org, about) for org, about in named if speaks_for(org, about, above)]
    return [(unit != "") & tuple_(c.org, unit).not_in(told)]


def handed(session: Session, ledger: Ledger, *, campaign_id: str) -> list[tuple[str, str]]:
    """Ids of rows that were given downward, each with that of a row made from it by the unit it was given to, or by one
    between: nobody else's row says anything of it."""
    if ledger.handed is None:
        return []
    c, how = ledger.columns_of, ledger.handed
    here, unit, origin = there(ledger, campaign_id), c[how.unit], c[how.origin]
    given = session.execute(select(c.id, c.org, c.number, unit).where(*here, unit != "")).all()
    if not given:
        return []
    by_name = {f"{row[1]}-{row[2]}": (row[0], row[1], row[3]) for row in given}
    above = parents(session, campaign_id=campaign_id)
    known = [c[how.by] == how.begins[how.by]] if how.by else []
    made = select(c.id, c.org, origin).where(*here, origin != "", *known)
    return [
        (by_name[name][0], made_id)
        for made_id, org, name in session.execute(made)
        if name in by_name and org in _way(by_name[name][1], by_name[name][2], above)
    ]


def _way(top: str, unit: str, above: Mapping[str, str | None]) -> set[str]:
    """Codes from ``unit`` up to the one just below ``top``; none when it is not below."""
    way, code = set[str](), unit if unit in above else None
    while code is not None and code != top:
        way.add(code)
        code = above.get(code)
    return way if code == top else set()


def came_back(session: Session, ledger: Ledger, campaign_id: str) -> list[str]:
    """Ids of the rows that do not count: they were given downward, and the unit they were given to has them."""
    return sorted({order for order, _ in handed(session, ledger, campaign_id=campaign_id)})
