"""What a promise (公开承诺) must say in each of its states, and to whom it can be given (V-COM)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import counting
from pingyi_desktop.appraisal.ledgers.ledger import Moved, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_ledgers import CommitmentStatus

OPEN = (
    CommitmentStatus.DRAFT,
    CommitmentStatus.REVIEWED,
    CommitmentStatus.PUBLIC,
    CommitmentStatus.IN_PROGRESS,
)
PRIVATE = (CommitmentStatus.DRAFT, CommitmentStatus.REVIEWED)
"""states in which nobody has been told of a promise yet"""
KEPT_OR_NOT = (CommitmentStatus.FULFILLED, CommitmentStatus.PARTIAL, CommitmentStatus.NOT_FULFILLED)
_EMPTY = re.compile(r"(?:进一步|认真|积极|努力|切实|加强|提高|做好|争做|严格)[^0-9０-９]{0,16}")


def _begins(values: Values) -> str:
    content = str(values["content"])
    return content if len(content) <= 20 else f"{content[:20]}…"


def _plain(values: Values, _today: str) -> Iterator[Finding]:
    """V-COM-01: a phrase without a number, which nobody can check."""
    if _EMPTY.fullmatch(str(values["content"])):
        yield found("V-COM-01", t=_begins(values))


def _complete(values: Values, _today: str) -> Iterator[Finding]:
    """V-COM-02: a promise without a day or without anybody to keep it."""
    missing = [] if values["due_on"] else ["完成时限"]
    missing += [] if values["responsible"] or values["member"] or values["unit"] else ["责任人"]
    if missing and values["status"] in OPEN:
        yield found("V-COM-02", t=_begins(values), missing="、".join(missing))


def _overdue(values: Values, today: str) -> Iterator[Finding]:
    """V-COM-04: the day is over and nothing was said."""
    if values["due_on"] and str(values["due_on"]) < today and values["status"] in OPEN:
        yield found("V-COM-04", t=_begins(values))


def _reason(values: Values, _today: str) -> Iterator[Finding]:
    """V-COM-05: what was not kept has a reason."""
    if values["status"] == CommitmentStatus.NOT_FULFILLED and not values["unfulfilled_reason"]:
        yield found("V-COM-05", t=_begins(values))


def _of_one(values: Values, _today: str) -> Iterator[Finding]:
    """V-COM-06: what is given to a unit is nobody's own promise."""
    if values["unit"] and values["member"]:
        yield found("V-COM-06", t=_begins(values))


def below(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-COM-07: a promise is given downward."""
    given = [
        one for one in moved if one.new["unit"] and (one.old is None or one.old["unit"] != one.new["unit"])
    ]
    above = counting.parents(session, campaign_id=campaign_id) if given else {}
    for one in given:
        unit = str(one.new["unit"])
        if unit == one.org or not counting.speaks_for(one.org, unit, above):
            yield found("V-COM-07", one.name, name=one.name, unit=unit)


CHECKS = (_plain, _complete, _overdue, _reason, _of_one)
