"""上级不再列入: why a unit counts no more that an office above it had listed. Pure, over what ``arrivals`` found.

A unit that has never reported and one that its office dropped look the same in the figures. They are not the same to the
person who telephones: the dropped one has reported, and an office in between has to say why it does not count.
"""

from __future__ import annotations

from collections.abc import Mapping

from pingyi_desktop.exchange.inbox.arrivals import Arrivals
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import ROLLUP, SUBMISSION


def why(found: Arrivals, unit: str, *, parents: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The sentence; "" for a unit that counts, was never listed, waits for a person here, or was ruled out here.

    ``parents`` are those of the units below this office, ``names`` of all.
    """
    before = found.listed.get(unit)
    if before is None or unit in found.revisions or unit in found.conflicts or found.quarantined[unit]:
        return ""
    reason = _reason(found, unit, parents, names)
    if not reason:
        return ""
    _, revision, identity = before
    return (
        f"{reason}：“{names[unit]}”先前计入的第 {revision} 次（核对号 {package.check_number(identity)}）不再计入。"
        "请与该单位和它的上级核实是否已作废。"
    )


def _reason(found: Arrivals, unit: str, parents: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Which office between the unit and this one lets it hang, going up to the first whose summary counts."""
    at, office = unit, parents.get(unit, "")
    while office in parents and office not in found.accepts:
        at, office = office, parents[office]
    if at in found.conflicts:
        return f"“{names[at]}”的汇总有冲突"
    if office not in parents:  # what a direct child sent is ruled on here
        return "" if at == unit else f"“{names[at]}”的汇总现在不计入"
    mine = found.ids[at, SUBMISSION if at == unit else ROLLUP]
    strange = found.accepts[office] - set().union(*found.ids.values())
    offered = found.accepts[office] & mine or strange  # what nobody brought may be its
    if not offered:
        return f"“{names[office]}”最新的汇总不再列入“{names[at]}”"
    if not offered <= found.refused.keys():
        return ""
    return f"“{names[found.refused[min(offered)]]}”没有采用“{names[office]}”报来的“{names[at]}”的数据"
