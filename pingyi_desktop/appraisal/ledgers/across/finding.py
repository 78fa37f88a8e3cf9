"""Rows of all ledgers that have every word: by their text, the persons and units in them, initials of these, or their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, literal, select, union_all
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.rows import Asked

FEW = 3
"""rows of one ledger, so that all of them stay few: who wants more types more, or goes to its page"""


@dataclass(frozen=True)
class Found:
    """A row of a ledger (``key``) for a list: its number, what it says first, whose it is."""

    key: str
    name: str
    said: str
    note: str


def found(session: Session, *, campaign_id: str, words: Sequence[str], few: int = FEW) -> list[Found]:
    """At most ``few`` rows of every ledger, in the order of the ledgers and of the tree; no words, no rows."""
    asked = Asked(campaign_id, "", words=tuple(words))
    listed = list[Found]()
    for ledger in _kept(session, campaign_id) if words else ():
        listed += (_as_found(ledger, row) for row in rows.listing(session, ledger, asked, many=few))
    return listed


def _kept(session: Session, campaign_id: str) -> list[Ledger]:
    """The ledgers that have rows."""
    asked = (
        select(literal(one.key)).where(exists().where(one.columns_of.campaign_id == campaign_id))
        for one in catalog.ledgers()
    )
    return [catalog.ledger(key) for key in session.scalars(union_all(*asked))]


def _as_found(ledger: Ledger, row: Row) -> Found:
    """What the list of the ledger shows first; the rest of that, and the unit, beside it."""
    said = [row.texts[key] for key in ledger.shown if row.texts[key]]
    lead = next((row.texts[key] for key in (ledger.shown[0], *ledger.same[::-1]) if row.texts[key]), row.name)
    rest = "　".join([ledger.title, row.org_name, *(one for one in said if one != lead)])
    return Found(ledger.key, row.name, lead, rest)
