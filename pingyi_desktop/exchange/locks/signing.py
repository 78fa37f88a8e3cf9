"""From the start of a process every commit is signed; what signs (``heads``) knows every table and is loaded with the first write."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlmodel import Session

from pingyi_desktop.errors import FileError
from pingyi_desktop.later import later
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.store import Store

if TYPE_CHECKING:
    from pingyi_desktop.exchange.locks import heads
else:
    heads = later("pingyi_desktop.exchange.locks.heads")


def sign_commits() -> None:
    """From here on every commit of this process is signed, whatever else of the program is loaded."""
    if _witness not in journal.WITNESSES:
        journal.WITNESSES.append(_witness)


def renew(held: Store) -> None:
    """Sign a file that was upgraded as it now is: what was signed of its older tables tells of none of today's.

    Where that is not possible now (no own key yet, a disk that is full) its next act does it.
    """
    with suppress(FileError), held.transaction() as session:
        heads.renew(session)


def _witness(session: Session) -> Callable[[], None]:
    return heads.witness(session)
