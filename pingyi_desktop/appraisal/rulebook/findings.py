"""One scale for every check, whatever the door (form field, sheet, command line, package): domain §7.

E blocks the act. W asks the person for a reason, which goes into the act's journal entry beside the sentence. I is said
and nothing more. A noun gathers what it found and calls ``weigh`` as its last step, instead of ``journal.record``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.rulebook import catalogue, personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding as Finding
from pingyi_desktop.appraisal.rulebook.catalogue import Weight as Weight
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import JournalEntry

CONFIRMED, BECAUSE = "confirmed", "confirmed_because"


def weigh(
    session: Session,
    findings: Iterable[Finding],
    *,
    reason: str,
    by: str,
    act: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
    quoting: bool = True,
) -> tuple[Finding, ...]:
    """Let the act pass or stop it, and write its one journal entry; returns what only informs, to be shown.

    Raises RuleError with the first finding that blocks, or NeedsReasonError when something asks for a reason and none
    is given; the edge rolls back. With a reason the entry says what was confirmed (code and sentence) and why; without
    ``quoting`` the sentence as the rulebook has it, for what it would quote may be taken out of the file one day.
    """
    listed = list(dict.fromkeys(findings))
    check(listed, reason=reason)
    asking = [one for one in listed if one.weight is Weight.WARNING]
    facts = dict(detail or {})
    if asking:
        said = [(one.code, one.sentence if quoting else catalogue.unfilled(one.code)) for one in asking]
        facts[CONFIRMED] = [{"code": code, "sentence": words} for code, words in dict.fromkeys(said)]
        facts[BECAUSE] = visible.line(reason)
    journal.record(session, act=act, subject=subject, by=by, detail=facts)
    return tuple(one for one in listed if one.weight is Weight.INFORMATION)


def check(findings: Iterable[Finding], *, reason: str) -> None:
    """What ``weigh`` refuses, before anything is written; for an act that journals nothing."""
    listed = list(findings)
    for one in listed:
        if one.weight is Weight.ERROR:
            raise RuleError(one.code, one.sentence)
    asking = tuple(one for one in listed if one.weight is Weight.WARNING)
    if asking and not visible.line(reason):
        raise NeedsReasonError(asking)
    if personal.has_private_number(reason):
        raise catalogue.broken("V-MEM-07", what="“原因”里", mend="请删去后再继续")


def confirmed(session: Session, *, subject: str, since: str) -> set[str]:
    """Sentences that a person confirmed of this subject after the last act ``since``: they are not asked again."""
    query = select(JournalEntry).where(JournalEntry.subject == subject).order_by(col(JournalEntry.seq))
    done: set[str] = set()
    for entry in session.exec(query):
        done = set() if entry.act == since else done
        done |= {one["sentence"] for one in json.loads(entry.detail).get(CONFIRMED, ())}
    return done
