"""From the start of a process every commit is signed; what signs (``heads``) knows every table and is loaded with the first write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlmodel import Session

from pingyi_desktop.later import later
from pingyi_desktop.storage import journal

if TYPE_CHECKING:
    from pingyi_desktop.exchange.locks import heads
else:
    heads = later("pingyi_desktop.exchange.locks.heads")


def sign_commits() -> None:
    """From here on every commit of this process is signed, whatever else of the program is loaded."""
    if _witness not in journal.WITNESSES:
        journal.WITNESSES.append(_witness)


def _witness(session: Session) -> Callable[[], None]:
    return heads.witness(session)
