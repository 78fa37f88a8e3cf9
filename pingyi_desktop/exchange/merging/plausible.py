"""Whether the figures of a submission can be those of the people an office knows there. Pure: documents in, a sentence out.

``identities`` refuses what contradicts itself. What is consistent in itself can still be invented: a branch of 20 that
reports 5,000 ballots would outvote the company. The office holds people counts against its own roster and the dates
against the campaign, at every level; what is far from them waits for a person (待核) and is never silently counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pingyi_desktop import bounds
from pingyi_desktop.bounds import Roll
from pingyi_desktop.exchange.wire.package import Envelope

Document = Mapping[str, Any]
Rolls = Mapping[str, Roll]
_ASK = "请与该单位核实；确实无误的，写明原因放行，否则请让它更正后重新导出。"
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
    return f"{'；'.join(dict.fromkeys(found))}。{_ASK}" if found else ""


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
    if not lists_people:
        return
    if roll.in_scope is not None and one["persons"] != roll.in_scope:
        yield f"{one['form']} 列了 {one['persons']} 名被评人，本级名册上应评 {roll.in_scope} 人"
    elif roll.in_scope is None and one["persons"] > bounds.most_members(roll.listed):
        yield f"{one['form']} 列了 {one['persons']} 名被评人，{_known(roll)}"


def _known(roll: Roll) -> str:
    if roll.guessed:
        return f"本级没有它的完整名册，按一般情况估计党员不超过 {roll.listed} 名，相差太多"
    return f"本级名册上它（含下级）有党员 {roll.listed} 名，相差太多"
