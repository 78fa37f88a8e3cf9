"""What the merge knows of envelopes and of what persons decided about them. Pure data, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pingyi_desktop.exchange.wire.header import ROLLUP as ROLLUP
from pingyi_desktop.exchange.wire.header import SUBMISSION as SUBMISSION

Parents = Mapping[str, str | None]


@dataclass(frozen=True)
class Record:
    """One verified envelope; ``accepts`` are the ids a rollup lists, ``body`` is False once its bytes were deleted.

    ``key`` is the signer's public key. ``listed`` is the number of the import after which a rollup of the unit's own
    office, trusted here, first listed it (None: none did). ``instead`` are pairs (held, kept) of a rollup: what its
    office has set aside of units further below, and what goes on counting there ("" for nothing); ``vouched`` are the
    (unit, epoch, key) that it vouches for.
    """

    id: str
    type: str
    unit: str
    epoch: int
    revision: int
    accepts: tuple[str, ...] = ()
    body: bool = True
    key: str = ""
    listed: int | None = None
    instead: tuple[tuple[str, str], ...] = ()
    vouched: frozenset[tuple[str, int, str]] = frozenset()

    @property
    def place(self) -> tuple[int, int]:
        """Supersession order: epoch before revision."""
        return self.epoch, self.revision


@dataclass(frozen=True)
class Rulings:
    """What persons at this office decided, as ids: ``void`` count nowhere, ``preferred`` were chosen in a conflict.

    ``released`` maps what had been set aside and was let in to what had counted until then ("" for nothing).
    """

    void: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    released: Mapping[str, str] = field(default_factory=dict)
