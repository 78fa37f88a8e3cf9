"""Table reports by organisation: promises (R18), rectification (R10); posts with the grade of their newest month (R19)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.reports.blocks import Report, Table
from pingyi_desktop.storage.store import Store

B1, B3 = "QL.01.G01.B001", "QL.01.B003"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Store]:
    made = make.published_company(tmp_path / "公司.pingyi")
    yield made
    made.close()


def add(session: Session, key: str, org: str, **typed: str) -> None:
    about = {"campaign_id": make.campaign_of(session), "org": org, "today": "2025-12-01", "by": make.BY}
    edits.add(session, catalog.ledger(key), typed=typed, reason="照登记簿", **about)


def built(session: Session, number: str) -> tuple[Report, Table]:
    report = reports.build(session, name=number, campaign_id=make.campaign_of(session))
    return report, next(one for one in report.blocks if isinstance(one, Table))


def test_promises_by_organisation_add_up_and_fit_the_sheet(session: Session) -> None:
    for kind, status in (("学习提高", "已兑现"), ("学习提高", "已兑现"), ("服务群众", "践诺中")):
        add(session, "commitment", B1, content=f"{kind}{status}", category=kind, status=status)
    add(session, "commitment", B3, content="读书", status="未兑现", unfulfilled_reason="岗位调整")
    report, table = built(session, "R18")
    assert sum(one.width_mm for one in table.columns) == 267
    assert [one.title for one in table.columns if one.group] == [
        "学习提高",
        "争创佳绩",
        "服务群众",
        "遵纪守法",
        "弘扬正气",
    ]
    assert [row.cells[1:] for row in table.rows] == [
        ("一矿机关党支部", 3, 1, 0, 0, 0, 0, 0, 0, 0, 1, "0.0%", "0.3", ""),
        ("一矿采一队党支部", 3, 3, 2, 0, 1, 0, 0, 2, 0, 0, "66.7%", "1.0", ""),
        ("合计", 6, 4, 2, 0, 1, 0, 0, 2, 0, 1, "50.0%", "0.7", ""),
    ]
    assert (report.landscape, table.rows[-1].kind) == (True, "total")


def test_rectification_by_organisation_counts_a_problem_of_several_once_in_all(session: Session) -> None:
    for org in (B1, B3):
        add(session, "opinion", org, content="浴室水凉", category="生活福利", nature="共性")
    item = {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "status": "已登记"}
    add(session, "rectification", B3, due_on="2025-11-01", **item)
    report, table = built(session, "R10")
    assert sum(one.width_mm for one in table.columns) == 180
    assert [row.cells[1:] for row in table.rows] == [
        ("一矿机关党支部", 1, 1, 1, 0, 0, 0, 1, "0.0%", ""),
        ("一矿采一队党支部", 1, 1, 0, 0, 0, 0, 0, "—", ""),
        ("合计", 2, 2, 1, 0, 0, 0, 1, "0.0%", ""),
    ]
    assert not report.landscape


def test_a_post_has_the_grade_of_its_newest_month_and_ratings_stand_upright(session: Session) -> None:
    known = edits.rows.names(session, campaign_id=make.campaign_of(session)).people
    holder = min(number for number, (_, org) in known.items() if org == B3)
    add(session, "post", B3, title="安全岗", kind="先锋岗", holder=holder, status="在岗")
    scores = {"title": "安全岗", "member": holder, "production": "35", "quality": "26", "safety": "27"}
    for month, grade in (("2025-11", "优秀"), ("2025-10", "合格")):
        add(session, "post_rating", B3, month=month, grade=grade, **scores)
    _, table = built(session, "R19")
    titles = [one.title for one in table.columns]
    assert table.rows[0].cells[titles.index("最近月评等次")] == "优秀"
    report, table = built(session, "R19B")
    assert (sum(one.width_mm for one in table.columns), report.landscape) == (180, False)
