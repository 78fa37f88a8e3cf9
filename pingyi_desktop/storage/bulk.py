"""Many rows in one statement, at the speed of the driver.

SQLAlchemy takes every row of ``executemany`` apart and puts it together again, which for thousands of rows costs more
than SQLite's writing them. Here it executes the statement with the first row, so that whoever listens on the
connection hears of it (``gui.work``), and the driver gets the other rows as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sqlalchemy import Insert, Update
from sqlmodel import Session


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
