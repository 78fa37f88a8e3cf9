"""R12 and R11: what an office tells the units below, and what it tells each of them of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.appraisal.ledgers import catalog as nouns
from pingyi_desktop.appraisal.ledgers import edits
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Wanted
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Heading, Para, Report, Signature, Table
from pingyi_desktop.storage.schema_ledgers import Opinion
from pingyi_desktop.storage.store import Store

ORG, MEM = "T-ORG-A", "T-MEM-A"
FIRST, OFFICE, OTHER = "QL.01.G01.B001", "QL.01.B003", "QL.02.B001"
ALONE = "食堂张师傅手艺好"


def _counted(path: Path) -> Store:
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        for org, good in ((FIRST, 18), (OFFICE, 10), (OTHER, 20)):
            rows = [(good, 20 - good, 0, 0)] * 5
            make.received(session, campaign_id=campaign_id, org_code=org, counts={ORG: rows, MEM: rows[:3]})
        about = {"campaign_id": campaign_id, "today": "2024-02-01", "by": make.BY, "reason": "照登记簿"}
        for org, content in ((FIRST, "浴室水凉"), (OFFICE, "浴室的水不热"), (OFFICE, ALONE)):
            typed = {"content": content, "category": "生活福利", "nature": "共性"}
            edits.add(session, nouns.ledger("opinion"), org=org, typed=typed, **about)
        ids = tuple(session.scalars(select(col(Opinion.id)).where(col(Opinion.content) != ALONE)))
        wanted = [Wanted(ids, "浴室热水不足")]
        opinion_groups.merge(session, campaign_id=campaign_id, wanted=wanted, by=make.BY)
    return made


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.copied(tmp_path / "QL.pingyi", _counted)
    with made.transaction() as opened:
        yield opened
    made.close()


def build(session: Session, name: str, **other: object) -> Report:
    return catalog.build(session, name=name, campaign_id=make.campaign_of(session), **other)  # type: ignore[arg-type]


def text(report: Report) -> str:
    return "\n".join(one.text for one in report.blocks if isinstance(one, Heading | Para))


def tables(report: Report) -> list[Table]:
    return [one for one in report.blocks if isinstance(one, Table)]


def test_a_notice_goes_to_the_kinds_of_units_below_and_tells_the_whole(session: Session) -> None:
    report = build(session, "R12")
    said = text(report)
    assert report.title == "中共青峦公司委员会\n关于创先争优活动群众评议结果的通报"
    assert said.splitlines()[1] == "    各基层党委、党总支、党支部："
    shown = {
        one.form.code: one.items[0].shown
        for one in results.pooled(session, campaign_id=make.campaign_of(session))
    }
    assert f"兑现公开承诺情况满意率{shown[ORG]}%" in said
    assert "反映较多的是：浴室热水不足（2条）。" in said
    assert "（一）对党组织。" in said
    assert "（二）对党员。" in said
    assert "附件：1.基层党组织群众评议结果汇总表（R03）" in said


def test_a_notice_ranks_nobody_and_quotes_nobody(session: Session) -> None:
    said = text(build(session, "R12"))
    assert [name for name in ("机关党支部", "采一队", ALONE) if name in said] == []


def test_a_unit_is_told_of_itself_beside_the_average(session: Session) -> None:
    report = build(session, "R11", org_code=OFFICE)
    first, second = tables(report)
    # 10 of 20 here; 48 of 60 all together
    assert {row.cells[1:] for row in (*first.rows, *second.rows)} == {("50.0", "80.0", "-30.0")}
    assert [one.text for one in report.blocks if isinstance(one, Heading)][:2] == [
        "层面二 基层党组织开展创先争优活动群众评议表",
        "层面二 党员参加创先争优活动群众评议表",
    ]
    assert any(isinstance(one, Signature) and one.labels[0] == "签收人：" for one in report.blocks)


def test_a_unit_reads_what_opinions_came_to_and_nobodys_words(session: Session) -> None:
    said = text(build(session, "R11", org_code=OFFICE))
    assert "1. 浴室热水不足" in said
    assert "【另有 1 条意见没有归并" in said
    assert ALONE not in said
    assert "浴室的水不热" not in said
    assert "归并" not in text(build(session, "R11", org_code=OTHER)), "nothing was said of it"


def test_too_few_ballots_are_no_feedback(session: Session, tmp_path: Path) -> None:
    rows = [(3, 0, 0, 0)] * 5
    code = "QL.01.G01.B002"
    make.received(session, campaign_id=make.campaign_of(session), org_code=code, counts={ORG: rows})
    (table,) = tables(build(session, "R11", org_code=code))
    assert {row.cells[1] for row in table.rows} == {TOO_FEW}
    assert {row.cells[3] for row in table.rows} == {"—"}


def test_who_was_not_appraised_gets_none(session: Session) -> None:
    with pytest.raises(RuleError, match="还没有已封存的票批") as refused:
        build(session, "R11", org_code="QL.02")
    assert refused.value.code == "V-CHK-27"
    assert tables(build(session, "R11", org_code=OTHER, layer=2))
    with pytest.raises(RuleError):
        build(session, "R11", org_code=OTHER, layer=1)
