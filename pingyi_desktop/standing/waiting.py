"""What waits for a person, page by page: the list on the first page, and the counts beside the navigation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.appraisal.ledgers.across import due
from pingyi_desktop.exchange.inbox.tray import ASSIGNMENT
from pingyi_desktop.standing.overview import CONFLICT, HELD, MISSING_FILE, REPORTED, Question, UnitCoverage
from pingyi_desktop.storage.schema_campaign import SessionStatus

TROUBLE = {CONFLICT: "裁定", MISSING_FILE: "补收", HELD: "核实"}
"""standings of a unit that a person has to look at, and what is done then"""

_SAID = {
    due.LATE: ("整改事项 {} 项", "逾期", "bad", "整改"),
    due.OPEN: ("意见 {} 条", "没有办理", "warn", "列入整改或答复"),
    due.LEFT_OUT: ("党员 {} 名", "没有汇报", "warn", "登记汇报"),
    due.OWED: ("个性意见 {} 条", "没有答复", "warn", "答复"),
    due.UNRESOLVED: ("承诺 {} 项", "没有结果", "warn", "登记兑现情况"),
}
BESIDE = {due.LATE: "rectification", due.OWED: "opinion"}
"""what is counted beside the navigation, and at which page"""


@dataclass(frozen=True)
class Wait:
    """One line of the list: whom or what it is about, where it stands, what is to be done ("" when nothing is), on which page.

    ``part`` is the part of the page that shows just these.
    ``urgency`` is ``ok``, ``warn`` or ``bad``; ``many`` how many things it stands for; ``unit`` is set for a unit that reports.
    """

    subject: str
    standing: str
    urgency: str
    act: str
    page: str
    many: int = 1
    unit: UnitCoverage | None = None
    part: str = ""


def waiting(session: Session, *, chosen: str = "", today: str | None = None) -> dict[str, int]:
    """By the key of a page, in the ``chosen`` campaign ("" = the one at work): own batches to be sealed, units whose
    packages a person has to look at, overdue rectification, single opinions that nobody has answered."""
    known = at_work.newest_first(session)
    if not known:
        return {}
    asked = Question(session, chosen or at_work.chosen(known))
    if not asked.picture.view.published:
        return {}
    return {
        "entry": _unsealed(asked),
        "exchange": sum(unit.standing in TROUBLE for unit in asked.covered.units),
        **dict.fromkeys(BESIDE.values(), 0),
        **{
            BESIDE[one.page, one.part]: one.many
            for one in in_ledgers(session, campaign_id=asked.campaign_id, today=today)
            if (one.page, one.part) in BESIDE
        },
    }


def listed(asked: Question) -> list[Wait]:
    """What a person has to do in a published campaign, but for what waits ``in_ledgers``; and the units that have reported."""
    missing = "催报" if asked.tray.sent(ASSIGNMENT) else "下发任务"
    return [*_own(asked), *(_of_unit(asked, unit, missing) for unit in asked.covered.units)]


def in_ledgers(session: Session, *, campaign_id: str, today: str | None = None) -> list[Wait]:
    """What waits in the ledgers of a campaign; they are loaded for it."""
    day, found = today or date.today().isoformat(), list[Wait]()
    for one in due.due(session, campaign_id=campaign_id, today=day):
        subject, standing, urgency, act = _SAID[one.key, one.part]
        found.append(Wait(subject.format(one.many), standing, urgency, act, one.key, one.many, part=one.part))
    return found


def in_order(waits: Iterable[Wait]) -> list[Wait]:
    """The most pressing first, of those a unit last; at the end, as they come, where nothing is to be done."""
    pressing = {"bad": 0, "warn": 1, "ok": 2}
    return sorted(
        waits, key=lambda one: (pressing[one.urgency], one.unit is not None) if one.act else (3, True)
    )


def _unsealed(asked: Question) -> int:
    return sum(batch.own and not batch.sealed for batch in asked.picture.stacks)


def _own(asked: Question) -> Iterator[Wait]:
    """Own stacks that are not sealed, own sessions that nobody has registered."""
    if many := _unsealed(asked):
        yield Wait(f"本单位 {many} 批票", "没有封存", "warn", "录票封存", "entry", many)
    if many := sum(one.own and one.status == SessionStatus.PLANNED for one in asked.picture.meetings):
        yield Wait(f"本单位 {many} 个场次", "没有登记", "warn", "登记人数", "entry", many)


def _of_unit(asked: Question, unit: UnitCoverage, missing: str) -> Wait:
    """A unit, and what is to be done about it; its own ballots are entered here and told by themselves."""
    act = TROUBLE.get(unit.standing, "")
    here = unit.by_proxy or unit.org.code == asked.picture.own
    if not act and unit.state != REPORTED and not here:
        act = missing
    return Wait(unit.org.short_name, unit.standing, unit.urgency, act, "exchange", unit=unit)
