"""Every ledger there is, in the order of the navigation: one line a noun, and the door its module is loaded by.

The faces know a noun's name and icon before anything of it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.appraisal.ledgers import (
        commitments,
        deeds,
        opinions,
        rectifications,
        replies,
        solicitations,
    )
    from pingyi_desktop.appraisal.ledgers.ledger import Ledger
else:
    commitments = later("pingyi_desktop.appraisal.ledgers.commitments")
    deeds = later("pingyi_desktop.appraisal.ledgers.deeds")
    opinions = later("pingyi_desktop.appraisal.ledgers.opinions")
    rectifications = later("pingyi_desktop.appraisal.ledgers.rectifications")
    replies = later("pingyi_desktop.appraisal.ledgers.replies")
    solicitations = later("pingyi_desktop.appraisal.ledgers.solicitations")


@dataclass(frozen=True)
class Noun:
    """A ledger by its key (also its verb and its table): title of its page, icon, and the declaration when asked for."""

    key: str
    title: str
    icon: str
    declared: Callable[[], Ledger]


NOUNS = (
    Noun("commitment", "公开承诺", "handshake", lambda: commitments.LEDGER),
    Noun("deed", "办实事", "hand-heart", lambda: deeds.LEDGER),
    Noun("solicitation", "征求意见", "mailbox", lambda: solicitations.LEDGER),
    Noun("opinion", "意见建议", "message-square-text", lambda: opinions.LEDGER),
    Noun("rectification", "整改事项", "wrench", lambda: rectifications.LEDGER),
    Noun("reply", "意见答复", "reply", lambda: replies.LEDGER),
)


def ledgers() -> tuple[Ledger, ...]:
    """The declarations of all."""
    return tuple(noun.declared() for noun in NOUNS)


def ledger(key: str) -> Ledger:
    """The declaration of this key."""
    return next(noun for noun in NOUNS if noun.key == key).declared()
