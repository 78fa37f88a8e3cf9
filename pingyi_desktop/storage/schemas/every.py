"""Every ledger's table. Apart from the tables, so that who reads one ledger does not make the tables of all."""

from __future__ import annotations

from sqlmodel import SQLModel

from pingyi_desktop.storage import schema_ledgers
from pingyi_desktop.storage.schemas import duties, feedback, meetings, posts, rectify

LEDGER_TABLES: tuple[type[SQLModel], ...] = (
    *schema_ledgers.TABLES,
    *posts.TABLES,
    *rectify.TABLES,
    *meetings.TABLES,
    *duties.TABLES,
    *feedback.TABLES,
)
"""what ``verify`` and the signed head of the journal look after"""
