"""Whether the figures of a submission can be those of the people an office knows there. Pure: documents in, a sentence out.

``identities`` refuses what contradicts itself. What is consistent in itself can still be invented: a branch of 20 that
reports 5,000 ballots would outvote the company. The office holds people counts against its own roster and the dates
against the campaign, at every level; what is far from them waits for a person (待核) and is never silently counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pingyi_desktop import bounds
from pingyi_desktop.bounds import Roll
from pingyi_desktop.exchange.wire import later
from pingyi_desktop.exchange.wire.package import Envelope

Document = Mapping[str, Any]
Rolls = Mapping[str, Roll]
ASK = "请与该单位核实；确实无误的，写明原因放行，否则请让它更正后重新导出。"
_MEMBERS = (("members", "党员"), ("self_introduced", "自我介绍"), ("oral_reports", "汇报"))


def figures_far_from_roster(envelope: Envelope, *, rolls: Rolls, definition: Document) -> str:
    """Why a person has to look at a submission whose figures agree with themselves; "" when nobody has to.

    ``rolls`` are what this office knows of every organisation; both numbers are in the sentence.
    """
    sessions = envelope.document("sessions")["sessions"]
    batches = envelope.document("tallies")["batches"]
    period = definition["start_date"], definition["end_date"]
    listing = {form["code"] for form in definition["forms"] if form["subject_kind"] == "MEMBER_ROSTER"}
    found: list[str] = []
    for one in sessions:
        found += _of_session(one, rolls.get(one["org"], bounds.STRANGER), period)
    for one in batches:
        found += _of_batch(one, rolls.get(one["org"], bounds.STRANGER), lists_people=one["form"] in listing)
    found += _of_those_present(sessions, batches, later.people(envelope))
    return f"{'；'.join(dict.fromkeys(found))}。{ASK}" if found else ""


def _of_session(one: Document, roll: Roll, period: tuple[str, str]) -> Iterator[str]:
    held_on = one["held_on"]
    if held_on is not None and not period[0] <= held_on <= period[1]:
        yield f"评议时间 {held_on} 不在活动期间（{period[0]} 至 {period[1]}）"
    if (one["expected"] or 0) > bounds.most_voters(roll.listed):
        yield f"应到 {one['expected']} 人，{_known(roll)}"
    for key, what in _MEMBERS:
        if (one[key] or 0) > bounds.most_members(roll.listed):
            yield f"{what} {one[key]} 人，{_known(roll)}"


def _of_batch(one: Document, roll: Roll, *, lists_people: bool) -> Iterator[str]:
    if one["printed"] > bounds.most_voters(roll.listed):
        yield f"{one['form']} 印制 {one['printed']} 张，{_known(roll)}"
    if one["issued"] > one["printed"]:
        yield f"{one['form']} 发出 {one['issued']} 张，只印制了 {one['printed']} 张"
    if not lists_people:
        return
    if roll.in_scope is not None and one["persons"] != roll.in_scope:
        yield f"{one['form']} 列了 {one['persons']} 名被评人，本级名册上应评 {roll.in_scope} 人"
    elif roll.in_scope is None and one["persons"] > bounds.most_members(roll.listed):
        yield f"{one['form']} 列了 {one['persons']} 名被评人，{_known(roll)}"


def _of_those_present(
    sessions: Iterable[Document], batches: Iterable[Document], voted_later: Mapping[later.Place, int]
) -> Iterator[str]:
    """Ballots of all voter categories against the people who came or voted later: nobody else fills one in."""
    returned: Counter[tuple[int, str, str]] = Counter()
    for one in batches:
        returned[one["layer"], one["org"], one["form"]] += one["returned"]
    present = {(one["layer"], one["org"]): one["actual"] or 0 for one in sessions}
    for place, many in returned.items():
        here, late = present[place[:2]], voted_later.get(place, 0)
        if many > bounds.most_ballots(here + late):
            beside = f"、补投 {late} 人" if late else ""
            yield f"{place[2]} 收回 {many} 张，实到只有 {here} 人{beside}"


def _known(roll: Roll) -> str:
    if roll.guessed:
        return f"本级没有它的完整名册，按一般情况估计党员不超过 {roll.listed} 名，相差太多"
    return f"本级名册上它（含下级）有党员 {roll.listed} 名，相差太多"
