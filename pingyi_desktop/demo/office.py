"""What the company of the demo does: roster, campaign, publishing, its own layer 1, the reports."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pingyi_desktop.appraisal.campaign import campaigns, results, sessions
from pingyi_desktop.appraisal.paper import layers
from pingyi_desktop.appraisal.paper.tallies import Counts, percent
from pingyi_desktop.appraisal.people import members, roster
from pingyi_desktop.demo import ledgers, opinions
from pingyi_desktop.demo.company import ACTIVITY, Company
from pingyi_desktop.demo.unit import BY, REASON
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.render.writers import WRITERS
from pingyi_desktop.reports import catalog
from pingyi_desktop.sheets.roster.roster import read_roster
from pingyi_desktop.standing import overview
from pingyi_desktop.storage import store as files
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store

REPORTS = {"R02": "pdf", "R03": "pdf", "R04": "pdf", "R01": "docx"}
"""what is printed, and as which kind of file"""
ELEMENTS = {
    "purpose": "检验基层党组织和党员履行承诺、服务群众的实际成效，听取群众意见，改进工作。",
    "tasks": "评议基层党组织，评议党员，归并意见，抓好整改。",
    "scope_text": "公司所属各基层党委、党总支、党支部和全体党员。",
    "subjects_text": "基层党组织；党员。",
    "methods_text": "分两个层面召开评议会，无记名填写群众评议表，按票逐级汇总。",
}


@dataclass(frozen=True)
class Figure:
    """One item of one form at one layer: what came out of the packages beside what should."""

    form: str
    title: str
    item: str
    text: str
    layer: str
    satisfied: int
    denominator: int
    rate: str
    expected_satisfied: int
    expected_rate: str

    @property
    def agrees(self) -> bool:
        """Votes and rate are those published (or, for one committee, those of the resources)."""
        return (self.satisfied, self.rate) == (self.expected_satisfied, self.expected_rate)


def create(path: Path, company: Company) -> Store:
    """The company's data file, with the company only."""
    top = company.orgs[0]
    return files.create(
        path, code=top.code, name=top.name, org_type=OrgType.COMPANY_COMMITTEE, short_name=top.short
    )


def enrol(store: Store, company: Company, *, folder: Path) -> None:
    """Write the organisations and the roster as spreadsheets into ``folder`` and import them, as an office would."""
    folder.mkdir(parents=True)
    orgs, people = folder / "党组织.csv", folder / "党员名册.csv"
    rows = [(o.code, o.parent, o.type, o.name, o.short) for o in company.orgs]
    _write(orgs, ("组织代码", "上级代码", "组织类别", "全称", "简称"), rows)
    kinds, yes = members.CATEGORY_NAMES, {True: "是", False: "否"}
    _write(
        people,
        ("编号", "姓名", "区分标记", "支部代码", "性别", "人员类别", "是否党员领导干部", "党内职务"),
        [
            (m.no, m.name, m.suffix, m.branch, m.sex, kinds[m.category], yes[m.cadre], m.duty)
            for m in company.members
        ],
    )
    for path in (orgs, people):
        sheet = read_roster(path)
        with store.transaction() as session:
            plan = roster.plan_roster(session, sheet=sheet)
            roster.apply_roster(session, plan=plan, by=BY, reason=REASON)


def publish(store: Store, company: Company) -> None:
    """Draft the campaign, publish it, assign the review groups: three acts."""
    with store.transaction() as session:
        campaign_id = campaigns.new(
            session,
            name=f"{ACTIVITY}群众评议",
            activity=ACTIVITY,
            year=2025,
            start_date="2025-09-01",
            end_date="2025-12-20",
            office_name=f"{ACTIVITY}活动领导小组办公室",
            elements=ELEMENTS,
            by=BY,
        )
    with store.transaction() as session:
        recovery.publish(session, campaign_id=campaign_id, by=BY, reason=REASON)
    with store.transaction() as session:
        sessions.set_review_groups(session, campaign_id=campaign_id, groups=company.review_groups(), by=BY)


def print_reports(store: Store, folder: Path, *, step: Callable[[], None]) -> list[Path]:
    """The tables as PDF, the work summary as a text document."""
    made = []
    for name, kind in REPORTS.items():
        with store.reading() as session:
            campaign_id = campaigns.current(session).id
            report = catalog.build(session, name=name, campaign_id=campaign_id)
        path = folder / f"{name}.{kind}"
        WRITERS[kind](report, path)
        made.append(path)
        step()
    return made


def figures(store: Store, company: Company, *, whole: bool) -> list[Figure]:
    """Every item's pooled votes and rate at layer 1, layer 2 and both, beside what they should be.

    The whole company is held against the published rates; one committee against the counts of the resources.
    """
    found = []
    with store.reading() as session:
        campaign_id = campaigns.current(session).id
        for layer, (number, *_) in layers.LAYERS.items():
            for result in results.pooled(session, campaign_id=campaign_id, layer=number):
                for place, item in enumerate(result.items):
                    votes, below = _sum(company, result.form.code, place, number)
                    rate = (
                        company.published[result.form.code][item.item.no]
                        if whole
                        else percent(votes, below, cap=True)
                    )
                    found.append(
                        Figure(
                            form=result.form.code,
                            title=result.form.title,
                            item=item.item.no,
                            text=item.item.short_text,
                            layer=layer,
                            satisfied=item.satisfied,
                            denominator=item.denominator,
                            rate=item.rate.text,
                            expected_satisfied=_votes(company, result.form.code, item.item.no, layer)
                            if whole
                            else votes,
                            expected_rate=rate,
                        )
                    )
    return found


def coverage(store: Store) -> str:
    """已报 n / 应报 m."""
    with store.reading() as session:
        return overview.coverage(session, campaign_id=campaigns.current(session).id).sentence


def ledgers_agree(store: Store, company: Company) -> list[tuple[str, bool]]:
    """What each ledger adds up to after all packages, opinions merged, and whether it is what the units wrote."""
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        opinions.merge(session, campaign_id=campaign_id, by=BY)
        return list(ledgers.agreeing(session, campaign_id=campaign_id, shown=company))


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _votes(company: Company, form: str, item: str, layer: str) -> int:
    layers = ("1", "2") if layer == "all" else (layer,)
    return sum(company.satisfied[one][form][item] for one in layers)


def _sum(company: Company, form: str, place: int, layer: int | None) -> tuple[int, int]:
    counted: list[Counts] = [
        b.items[place] for b in company.batches if b.form == form and layer in (None, b.layer)
    ]
    return sum(c.options[0] for c in counted), sum(sum(c.options) for c in counted)
