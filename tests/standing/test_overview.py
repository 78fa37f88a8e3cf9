"""Where the campaign stands, and one next step through its whole life."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session, select

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.campaign import at_work, sessions
from pingyi_desktop.appraisal.paper.tallies import Figures
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.standing import overview
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.standing.overview import CONFLICT, NOT_REPORTED, PART, REPORTED
from pingyi_desktop.storage.schema_campaign import AppraisalSession
from pingyi_desktop.storage.schema_exchange import QuarantinedFile, StoredEnvelope

ORG, MEM = [(9, 1, 0, 0)] * 5, [(8, 2, 0, 0)] * 3
BRANCHES = ("QL.01.B003", "QL.01.G01", "QL.01.G01.B001", "QL.01.G01.B002", "QL.02.B001")


def report(session: Session, campaign_id: str, code: str, *, forms: int = 2) -> None:
    stacks = dict(list({"T-ORG-A": ORG, "T-MEM-A": MEM}.items())[:forms])
    make.received(session, campaign_id=campaign_id, org_code=code, counts=stacks if code in BRANCHES else {})


def states(session: Session, campaign_id: str) -> dict[str, str]:
    return {u.org.code: u.state for u in overview.coverage(session, campaign_id=campaign_id).units}


def step(session: Session) -> tuple[str, str, str]:
    known = at_work.newest_first(session)
    begun = overview.Question(session, at_work.chosen(known)).next_step if known else None
    found = begun or overview.first_step(len(org.strengths(session)))
    return (found.page, found.label, found.reason)


def hold_own(session: Session, campaign_id: str) -> None:
    for meeting in sessions.listing(session, campaign_id=campaign_id):
        if meeting.own:
            make.held(session, meeting.id)


def test_the_next_step_through_a_whole_campaign(session: Session) -> None:
    assert step(session)[:2] == ("campaign", "新建评议活动")
    campaign_id = make.draft(session, form_codes=["T-MEM-A"])
    assert step(session) == (
        "campaign",
        "发布活动",
        "“2024年群众评议”还是草稿：选好评议表和统计口径后发布。",
    )
    sessions.publish(session, campaign_id=campaign_id, by=make.BY, reason="已核实")
    assert step(session) == ("exchange", "下发任务", "活动已经定下，先给 2 个直接下级各发一个任务文件。")
    tasks.assign(session, campaign_id=campaign_id, by=make.BY)
    assert step(session) == ("entry", "去录入", "本单位还有 2 个票批没有封存。")
    first, second = batches.listing(session, campaign_id=campaign_id, own_only=True)
    ballots.enter_ballots(session, batch_id=first.id, ballots=["111"] * 5, by=make.BY)
    assert step(session)[2] == "本单位还有 2 个票批没有封存，其中 1 个已开始录。"
    make.sheet(session, first.id, valid=5)
    make.seal(session, batch_id=first.id, by=make.BY)
    make.sealed(session, second.id, ["111"] * 6)
    for row in session.exec(select(AppraisalSession).where(AppraisalSession.layer == 1)):
        row.status, row.held_on, row.expected, row.actual = (
            "PLANNED",
            None,
            None,
            None,
        )  # an earlier edition's
    session.flush()
    assert step(session) == ("entry", "登记场次", "还有 2 个场次没有登记应到、实到人数。")
    hold_own(session, campaign_id)
    assert step(session) == ("exchange", "导入下级数据包", "已报 0 / 应报 7，还差 7 个单位。")
    for number, code in enumerate(("QL.01", "QL.02", *BRANCHES), 1):
        make.received(
            session,
            campaign_id=campaign_id,
            org_code=code,
            counts={"T-MEM-A": MEM} if code in BRANCHES else {},
        )
        assert overview.coverage(session, campaign_id=campaign_id).sentence == f"已报 {number} / 应报 7"
    assert step(session) == ("reports", "打印报表", "已报 7 / 应报 7，数据已齐，可以打印汇总表、出工作总结。")
    session.add(
        QuarantinedFile(
            id="q", campaign_id=campaign_id, file_name="x", unit_code=BRANCHES[0], reason="r", data=b""
        )
    )
    assert step(session) == (
        "exchange",
        "核实待核的内容",
        "已报 7 / 应报 7，其中 1 个单位另有报来的内容待核，核实以前没有计入。",
    )


def test_a_branch_below_ends_with_its_export(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, form_codes=["T-MEM-A"])
    below = make.adopted(session, tmp_path / "b.pingyi", campaign_id=campaign_id, code="QL.01.B003")
    with below.transaction() as theirs:
        (only,) = batches.listing(theirs, campaign_id=campaign_id)
        make.sealed(theirs, only.id, ["111"] * 6)
        hold_own(theirs, campaign_id)
        assert overview.coverage(theirs, campaign_id=campaign_id).sentence == "已报 1 / 应报 1"
        assert step(theirs)[:2] == ("exchange", "导出上报")
    below.close()


def test_a_branch_that_stands_alone_ends_with_its_report(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-MEM-A"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, ["111"] * 42)
        hold_own(session, campaign_id)
        assert step(session)[:2] == ("reports", "打印报表")
    made.close()


def test_coverage_of_each_unit(session: Session) -> None:
    campaign_id = make.published(session)
    assert set(states(session, campaign_id).values()) == {NOT_REPORTED}
    assert list(states(session, campaign_id)) == [
        "QL.01", "QL.01.B003", "QL.01.G01", "QL.01.G01.B001", "QL.01.G01.B002", "QL.02", "QL.02.B001",
    ]  # fmt: skip
    report(session, campaign_id, "QL.02")
    report(session, campaign_id, "QL.01.B003")
    report(session, campaign_id, "QL.01.G01.B001", forms=1)
    conflict = {"campaign_id": campaign_id, "type": "submission", "epoch": 1, "revision": 1}
    session.add(StoredEnvelope(id="x", unit_code="QL.02.B001", state="CONFLICT", **conflict))
    session.flush()
    found = overview.coverage(session, campaign_id=campaign_id)
    assert {unit.org.code: (unit.state, unit.sealed, unit.planned) for unit in found.units} == {
        "QL.01": (NOT_REPORTED, 0, 0),
        "QL.01.B003": (REPORTED, 2, 2),
        "QL.01.G01": (NOT_REPORTED, 0, 2),
        "QL.01.G01.B001": (PART, 1, 2),
        "QL.01.G01.B002": (NOT_REPORTED, 0, 2),
        "QL.02": (REPORTED, 0, 0),
        "QL.02.B001": (CONFLICT, 0, 2),
    }
    assert (found.reported, found.expected, found.sentence) == (2, 7, "已报 2 / 应报 7")
    assert [unit.org.code for unit in found.missing][:2] == ["QL.01", "QL.01.G01"]


def test_a_newer_revision_shows(session: Session) -> None:
    campaign_id = make.published(session)
    report(session, campaign_id, "QL.01.B003")
    session.exec(select(StoredEnvelope)).one().revision = 3
    session.flush()
    (unit,) = [
        u for u in overview.coverage(session, campaign_id=campaign_id).units if u.org.code == "QL.01.B003"
    ]
    assert unit.revision == 3


def test_activity_figures(session: Session) -> None:
    campaign_id = make.published(session)
    report(session, campaign_id, "QL.01.B003")
    stack = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code="T-ORG-A").id
    make.sealed(session, stack, ["11111"] * 7, blank=1, lost=2)
    hold_own(session, campaign_id)
    first = {
        row.org_code: row for row in overview.activity(pictures.read(session, campaign_id=campaign_id), 1)
    }
    assert (first["QL.01"].appraisal_meetings, first["QL.01"].forums) == (1, 0)
    assert first["QL.01"].org_forms == Figures(10, 10, 8, 7, 1, 0)
    assert first["QL.01"].member_forms == Figures()
    second = {
        row.org_code: row for row in overview.activity(pictures.read(session, campaign_id=campaign_id), 2)
    }
    reported, silent = second["QL.01.B003"], second["QL.02.B001"]
    assert (reported.forums, reported.expected, reported.actual) == (1, 20, 20)
    assert (reported.members, reported.self_introduced, reported.oral_reports) == (10, 9, 8)
    assert reported.org_forms.valid == reported.member_forms.valid == 10
    assert (silent.forums, silent.expected, silent.org_forms) == (0, None, Figures())
