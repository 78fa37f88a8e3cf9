"""The reports this edition has, by their number in the field's list (domain §6), and what all of them print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, org, overview
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports import activity, slip, summary
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.storage.schema import CampaignMode


@dataclass(frozen=True)
class Entry:
    """A report that can be printed: its number, name, what it is for, and whether it is about one organisation."""

    number: str
    name: str
    purpose: str
    per_org: bool
    build: Callable[[Session, str, int | None, str], Report]


CATALOG: tuple[Entry, ...] = (
    Entry(
        "R02",
        "群众评议情况统计表",
        "开了多少会、多少人参加、发出收回多少张表",
        False,
        activity.build,
    ),
    Entry(
        "R03",
        "基层党组织群众评议结果汇总表",
        "各党组织每一项的满意票和满意率",
        False,
        summary.organisations,
    ),
    Entry("R04", "党员群众评议结果汇总表", "党员评议表每一项的满意票和满意率", False, summary.members),
    Entry("R06", "评议结果报告单", "一个党组织一场评议的结果,现场签字", True, slip.build),
)


def entry(number: str) -> Entry:
    """The catalogue's entry; a sentence naming what there is when the number is unknown."""
    for one in CATALOG:
        if one.number == number.upper():
            return one
    raise RuleError("V-CHK-05", f"没有报表“{number}”,可用的有:{'、'.join(one.number for one in CATALOG)}。")


def build(
    session: Session,
    *,
    name: str,
    campaign_id: str,
    layer: int | None = None,
    org_code: str | None = None,
    today: date | None = None,
) -> Report:
    """A report of the campaign over the subtree of ``org_code`` (default: this unit), at a layer (None = both)."""
    view = campaigns.show(session, campaign_id=campaign_id)
    unit = org.own_unit(session)
    subject = org.find(session, code=org_code) if org_code else unit
    kind = entry(name)
    report = kind.build(session, campaign_id, layer, subject.code)
    day = today or date.today()
    notes = [view.rule.footnote()]
    if not kind.per_org:
        notes += _coverage(overview.coverage(session, campaign_id=campaign_id))
    return replace(
        report,
        subtitle=f"{view.name}{'(' + report.subtitle + ')' if report.subtitle else ''}",
        left=f"填报单位(章):{unit.short_name}",
        right=f"填报日期:{day.year}年{day.month}月{day.day}日    {report.right}",
        footnotes=(*report.footnotes, *notes),
        mark="演练" if view.mode == CampaignMode.DRILL else "",
    )


def _coverage(covered: overview.Coverage) -> list[str]:
    missing = [one.org.short_name for one in covered.missing]
    notes = [f"报送情况:{covered.sentence}。"]
    if missing:
        listed = "、".join(missing[:12]) + (f"等 {len(missing)} 个单位" if len(missing) > 12 else "")
        notes.append(f"尚缺:{listed}。")
    return notes
