"""Rows that the filter would not find by their own text: what it looks through (``search``) is made when a row is written, and
is in no signature, because it follows from the row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog
from pingyi_desktop.appraisal.ledgers.fields import LONGEST, Kind
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found

NAMED = 5
"""rows that are named"""


def hidden(session: Session, *, campaign_id: str) -> Iterator[Finding]:
    """V-LED-25 for every ledger of which ``search`` lacks a text of its row."""
    for ledger in catalog.ledgers():
        missing = list(_missing(session, ledger, campaign_id))
        if missing:
            listed = "、".join(missing[:NAMED]) + ("等" if len(missing) > NAMED else "")
            yield found("V-LED-25", title=ledger.title, n=len(missing), rows=listed)


def _missing(session: Session, ledger: Ledger, campaign_id: str) -> Iterator[str]:
    """Numbers of the rows. Names of persons are as they were when the row was written, dates as an older edition wrote
    them: neither is asked for, nor what may stand beyond the longest text that is kept."""
    c = ledger.columns_of
    texts = [c[f.key] for f in ledger.fields if f.kind is Kind.TEXT]
    query = select(c.org, c.number, c.search, *texts).where(c.campaign_id == campaign_id)
    for org, number, search, *said in session.execute(query.order_by(c.org, c.number)):
        if sum(map(len, said)) < LONGEST // 2 and not all(text.casefold() in search for text in said):
            yield f"{org}-{number}"
