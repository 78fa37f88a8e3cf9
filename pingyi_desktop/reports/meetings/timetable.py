"""R15 评议会日程与分组安排表: which review group appraises whom, when and where (domain §6.9)."""

from __future__ import annotations

from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.meeting import schedule
from pingyi_desktop.appraisal.ledgers.meeting.schedule import Placed
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.reports.blocks import Report, ReportColumn, Row, Table
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schemas.duties import DutyRole

COLUMNS = (
    ReportColumn("序号", 8, "center"),
    ReportColumn("评议小组", 22, "left"),
    ReportColumn("被评单位", 48, "left"),
    ReportColumn("日期", 24, "center"),
    ReportColumn("时段", 16, "center"),
    ReportColumn("地点", 36, "left"),
    ReportColumn("主持", 24, "left"),
    ReportColumn("组长", 20, "left"),
    ReportColumn("应参评", 16),
    ReportColumn("表格份数", 24),
    ReportColumn("联系人", 29, "left"),
)
NOTE = "注：表格份数是组织表、党员表各一份，按应参评人数，不含备用。"


def build(asked: Question, _layer: int | None, under: str) -> Report:
    """Every unit that this office appraises at layer 1, in the order of groups and half-days."""
    campaign_id = asked.picture.view.id
    inside = asked.picture.inside(under)
    placed = schedule.placed(asked.session, campaign_id=campaign_id)
    listed = [one for one in placed if one.meeting.org_code in inside]
    groups = list(dict.fromkeys(one.meeting.review_group for one in listed))
    listed.sort(key=lambda one: (groups.index(one.meeting.review_group), one.slot or ("9", "")))
    people = _duties(asked, campaign_id)
    made = tuple(Row((str(n), *_cells(one, people))) for n, one in enumerate(listed, 1))
    said = [*(one.sentence for one in schedule.clashes(asked.session, campaign_id=campaign_id)), NOTE]
    return Report(
        "R15", "评议会日程与分组安排表", "", "", "", (Table(COLUMNS, made),), tuple(said), landscape=True
    )


def _duties(asked: Question, campaign_id: str) -> dict[tuple[str, str], str]:
    """Who heads a review group and whom to call there, by the group's name and the duty."""
    ledger = catalog.ledger("duty_post")
    found: dict[tuple[str, str], str] = {}
    for row in rows.listing(asked.session, ledger, Asked(campaign_id, "")):
        found.setdefault((str(row.values["team"]), str(row.values["role"])), row.texts["name"])
    return found


def _cells(one: Placed, people: dict[tuple[str, str], str]) -> tuple[str | int | None, ...]:
    group, texts = one.meeting.review_group, one.row.texts if one.row is not None else {}
    expected = one.row.values["expected"] if one.row is not None else None
    people_due = int(expected) if expected is not None else None
    return (
        group,
        one.meeting.org_name,
        texts.get("held_on", ""),
        texts.get("half", ""),
        texts.get("place", ""),
        texts.get("host", ""),
        people.get((group, DutyRole.HEAD), ""),
        people_due,
        f"{people_due}/{people_due}" if people_due is not None else None,
        people.get((group, DutyRole.CONTACT), ""),
    )
