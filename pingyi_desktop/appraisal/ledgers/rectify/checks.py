"""What a 整改事项 must say in each of its states (V-RCT): the same checks in the form, in a sheet and in a package. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pingyi_desktop.appraisal.ledgers.ledger import Values
from pingyi_desktop.appraisal.ledgers.rectify import steps
from pingyi_desktop.appraisal.paper.tallies import percent
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.rectify import RectifyKind, RectifyState

SHORT = 15
"""characters of measures that say too little (V-RCT-02)"""
ENOUGH = 60
"""per cent of those asked that should be content (V-RCT-07)"""


def _begins(values: Values) -> str:
    problem = str(values["problem"])
    return problem if len(problem) <= 20 else f"{problem[:20]}…"


def _needed(values: Values, _today: str) -> Iterator[Finding]:
    """V-RCT-01 and 05: what an item must say that was given to somebody, that is done, that is crossed off."""
    state, explained = str(values["status"]), values["kind"] == RectifyKind.EXPLAINED
    missing: list[str] = []
    if state != RectifyState.REGISTERED:
        missing += [] if values["cause"] else ["原因"]
        missing += [] if values["responsible"] or values["lead"] else ["责任人"]
        missing += [] if values["due_on"] or explained else ["时限"]
    if state in steps.FINISHED:
        missing += [] if values["measures"] or explained else ["整改措施"]
        missing += [] if values["result"] or explained else ["完成情况"]
        if explained and not all(values[key] for key in ("explanation", "explained_on", "explained_to")):
            yield found("V-RCT-05", p=_begins(values))
    if state == RectifyState.CLOSED and not values["closed_on"]:
        missing.append("销号时间")
    if missing:
        yield found("V-RCT-01", p=_begins(values), missing="、".join(missing))


def _planned(values: Values, _today: str) -> Iterator[Finding]:
    """V-RCT-02 and 04: measures that say something, and stages where it takes time."""
    measures = str(values["measures"])
    if measures and (len(measures) < SHORT or measures == values["problem"]):
        yield found("V-RCT-02", p=_begins(values))
    if (
        values["kind"] == RectifyKind.PLANNED
        and values["status"] != RectifyState.REGISTERED
        and not values["stages"]
    ):
        yield found("V-RCT-04", p=_begins(values))


def _in_time(values: Values, today: str) -> Iterator[Finding]:
    """V-RCT-03: the day comes after the problem (E), and is not over while it is open (W, V-RCT-10)."""
    due, raised = values["due_on"], values["raised_on"]
    if due and raised and str(due) < str(raised):
        yield found("V-RCT-03", p=_begins(values), due=due)
    if due and today and str(due) < today and values["status"] in steps.OPEN:
        late = (date.fromisoformat(today) - date.fromisoformat(str(due))).days
        yield found("V-RCT-10", p=_begins(values), due=due, n=late)


def _crossed_off(values: Values, _today: str) -> Iterator[Finding]:
    """V-RCT-06, 07: what is crossed off has evidence and an approval, and people are content."""
    asked, satisfied = values["asked"], values["satisfied"]
    if isinstance(satisfied, int) and satisfied > (asked if isinstance(asked, int) else 0):
        yield found("V-RCT-12", asked=asked or 0, satisfied=satisfied)
    if values["status"] != RectifyState.CLOSED:
        return
    missing = ([] if values["evidence"] else ["佐证"]) + ([] if values["approved_by"] else ["批准人"])
    if missing:
        yield found("V-RCT-06", p=_begins(values), missing="、".join(missing))
    if isinstance(asked, int) and isinstance(satisfied, int) and 100 * satisfied < ENOUGH * asked:
        yield found("V-RCT-07", p=_begins(values), rate=percent(satisfied, asked, cap=True))


def _reported(values: Values, _today: str) -> Iterator[Finding]:
    """V-RCT-11: every line of the progress is a day, per cent and what was done."""
    for line in str(values["progress"]).splitlines():
        if steps.entry(line) is None:
            yield found("V-RCT-11", text=line[:40])


CHECKS = (_needed, _planned, _in_time, _crossed_off, _reported)
