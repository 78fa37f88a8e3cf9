"""Who came, by category of voters: what the ledger of meetings says of every session, in the campaign's own categories.

It is written once, in the meeting's row (``by_category``). Paper is printed for these people, the stacks are held against
them, and the reports tell them; a campaign with one category of voters has the meeting's own numbers and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions
from pingyi_desktop.appraisal.ledgers.meeting.by_category import categories
from pingyi_desktop.storage.schemas.meetings import MeetingState

Place = tuple[int, str]
"""layer and organisation of a session"""


class Came(NamedTuple):
    """People of one category: expected, and who came (None before the meeting was held)."""

    expected: int
    actual: int | None

    def plus(self, other: Came) -> Came:
        """Both together."""
        came = None if None in (self.actual, other.actual) else (self.actual or 0) + (other.actual or 0)
        return Came(self.expected + other.expected, came)


@dataclass(frozen=True)
class Attendance:
    """Of one session: ``expected`` people (None: not told), ``came`` by category's code, names that are no category's."""

    expected: int | None
    came: Mapping[str, Came] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def of(self, stack: str) -> Came | None:
        """Those of a stack's category, or of all that it stands for (A+B); None where one of them is not told."""
        parts = [self.came[code] for code in stack.split("+") if code in self.came]
        if len(parts) != stack.count("+") + 1:
            return None
        together = parts[0]
        for one in parts[1:]:
            together = together.plus(one)
        return together


def of_campaign(
    session: Session,
    *,
    view: CampaignView,
    ledger: Sequence[Row] | None = None,
) -> dict[Place, Attendance]:
    """What is told of every session that has one meeting in the ledger, held or planned.

    ``ledger`` is the campaign's rows of 会议, where they were read already.
    """
    listed = of_sessions.by_session(session, campaign_id=view.id, planned=True, ledger=ledger)
    return {place: _read(rows[0], view.voter_categories) for place, rows in listed.items() if len(rows) == 1}


def _read(row: Row, known: Sequence[tuple[str, str]]) -> Attendance:
    value = row.values["expected"]
    expected = value if isinstance(value, int) else None
    told = categories(str(row.values["by_category"])) or []
    if len(known) == 1:
        return Attendance(expected)
    codes = {name: code for code, name in known} | {code: code for code, _ in known}
    unknown = tuple(name for name, _, _ in told if name not in codes)
    if unknown:
        return Attendance(expected, unknown=unknown)
    held = row.values["status"] == MeetingState.HELD
    came: dict[str, Came] = {}
    for name, wanted, there in told:
        one = Came(wanted, there if held else None)
        came[codes[name]] = came[codes[name]].plus(one) if codes[name] in came else one
    return Attendance(expected, came)
