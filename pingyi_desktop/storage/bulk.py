"""Where SQLAlchemy's way costs more than SQLite: many rows in one statement, and one row asked for again and again.

SQLAlchemy takes every row of ``executemany`` apart and puts it together again, which for thousands of rows costs more
than SQLite's writing them. Here it executes the statement with the first row, so that whoever listens on the
connection hears of it (``gui.work``), and the driver gets the other rows as they are. And it forgets a row as soon as
nobody holds it, so that every ``get`` of the campaign is one more statement: a session holds on to those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sqlalchemy import Insert, Update, event
from sqlmodel import Session

from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign
from pingyi_desktop.storage.schema_people import PartyOrganization

STRUCTURE = (Campaign, PartyOrganization, AppraisalSession, BallotBatch)
"""rows that nearly every function asks for by their id"""


def hold(session: Session) -> None:
    """Let the session keep every row of ``STRUCTURE`` that it reads, until it ends.

    Who changes such rows behind its back (``update`` with a list of rows) calls ``expire_all`` after.
    """
    held = list[object]()

    def read(_session: Session, row: object) -> None:
        if isinstance(row, STRUCTURE):
            held.append(row)

    event.listen(session, "loaded_as_persistent", read)


def write(session: Session, statement: Insert | Update, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute the statement with each row.

    A row has a value for every parameter of the statement, and values are such as SQLite takes as they are.
    """
    if not rows:
        return
    connection = session.connection()
    connection.execute(statement, rows[0])
    if len(rows) > 1:
        compiled = statement.compile(connection, column_keys=list(rows[0]))
        in_order = itemgetter(*(compiled.positiontup or ()))
        connection.exec_driver_sql(str(compiled), list(map(in_order, rows[1:])))
