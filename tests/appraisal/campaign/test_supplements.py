"""People who vote later: a further stack of the same session with its own control sheet, counted with it and never alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.agreeing import before_export
from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import results, sessions, supplements
from pingyi_desktop.appraisal.grading import person_results
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Para, Report, Table
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.reports.paper.plan import Wish
from pingyi_desktop.storage import journal

FORM = "T-MEM-E"
TODAY = date(2024, 1, 13)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A school of 12 people, of whom 8 came to the meeting."""
    made = make.published_school(tmp_path / "XX.pingyi", people=make.NAMES[:2], form_codes=[FORM])
    with made.transaction() as opened:
        (meeting,) = sessions.listing(opened, campaign_id=make.campaign_of(opened))
        make.held(opened, meeting.id, expected=12, actual=8)
        yield opened
    made.close()


def listed(session: Session) -> list[BatchView]:
    return batches.listing(session, campaign_id=make.campaign_of(session))


def open_one(session: Session, **changes: object) -> list[str]:
    (meeting,) = sessions.listing(session, campaign_id=make.campaign_of(session))
    told: dict[str, object] = {
        "people": 4, "closes_on": "2024-01-20", "why": "夜班", "today": TODAY, "by": make.BY, **changes,
    }  # fmt: skip
    made, _ = supplements.open_stacks(session, session_id=meeting.id, **told)  # type: ignore[arg-type]
    return made


def counted(session: Session) -> list[results.OrgResult]:
    return results.read(session, campaign_id=make.campaign_of(session)).by_org(layer=2, form_code=FORM)


def seal_main(session: Session) -> None:
    make.sealed(session, listed(session)[0].id, ["12"] * 8)


def test_it_is_keyed_and_sealed_by_itself_and_counted_with_the_session(session: Session) -> None:
    seal_main(session)
    (made,) = open_one(session, reason=make.WHY)
    main, later = listed(session)
    assert (later.id, later.code) == (made, f"{main.code}-B1")
    assert later.category_name == "全体参评人员（补投1）"
    make.sealed(session, made, ["21"] * 4)
    (row,) = counted(session)
    assert row.result.figures.valid == 12
    assert row.result.items[0].counts == Counts((12, 12, 0, 0))
    assert row.result.batches == 2
    (sheet,) = person_results.of_org(
        session, counted=results.read(session, campaign_id=make.campaign_of(session)), org_code="XX"
    )
    assert [one.items[0].counts.options for one in sheet.people] == [(8, 4, 0, 0), (4, 8, 0, 0)]
    assert sheet.parts == ()


def test_nothing_of_the_session_counts_while_one_is_open(session: Session) -> None:
    """Or whoever had the result before and after could subtract the few who vote later."""
    seal_main(session)
    assert len(counted(session)) == 1
    (made,) = open_one(session, reason=make.WHY)
    campaign_id = make.campaign_of(session)
    assert counted(session) == []
    assert results.pooled(session, campaign_id=campaign_id)[0].figures.valid == 0
    assert (
        person_results.of_org(session, counted=results.read(session, campaign_id=campaign_id), org_code="XX")
        == []
    )
    report = catalog.build(session, name="R06", campaign_id=campaign_id)
    said = "".join(block.text for block in report.blocks if isinstance(block, Para))
    assert "还有补投票批没有封存" in said
    make.sealed(session, made, ["21"] * 4)
    report = catalog.build(session, name="R06", campaign_id=campaign_id)
    said = "".join(block.text for block in report.blocks if isinstance(block, Para))
    assert "其中补投票批 1 个，收回 4 张，与本场的票一并计算" in said


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"why": " "}, "V-SUP-01"),
        ({"why": "打13812345678"}, "V-MEM-07"),
        ({"closes_on": "2024-02-01"}, "V-SUP-02"),  # the campaign ends on 31 January
        ({"closes_on": "2024-01-12"}, "V-SUP-02"),  # yesterday
        ({"today": date(2024, 1, 21)}, "V-SUP-02"),
        ({"closes_on": "明天"}, "V-CMP-21"),
        ({"people": 5}, "V-SUP-03"),
        ({"people": 0}, "V-SUP-03"),
        ({"category": "Z"}, "V-SUP-06"),
    ],
)
def test_what_is_refused(session: Session, changes: dict[str, object], code: str) -> None:
    with pytest.raises(RuleError) as refused:
        open_one(session, **changes)
    assert refused.value.code == code
    assert len(listed(session)) == 1


def test_one_at_a_time_and_never_more_than_were_absent(session: Session) -> None:
    (first,) = open_one(session, people=3)
    with pytest.raises(RuleError) as refused:
        open_one(session, people=1)
    assert refused.value.code == "V-SUP-04"
    make.sealed(session, first, ["12"] * 3)
    with pytest.raises(RuleError) as refused:
        open_one(session, people=2)
    assert refused.value.code == "V-SUP-03"
    (second,) = open_one(session, people=1, reason=make.WHY)
    assert [one.code[-2:] for one in listed(session)[1:]] == ["B1", "B2"]
    assert second == listed(session)[2].id


def test_a_void_one_is_taken_over_by_another_for_the_same_people(session: Session) -> None:
    (made,) = open_one(session)
    signing.void(session, batch_id=made, reason="混入别的票", by=make.BY)
    later = listed(session)[1]
    assert (later.id == made, later.supplement) == (False, 1)
    assert supplements.of(session, batch_id=later.id) == supplements.Later("2024-01-20", 4, "夜班")


def test_before_the_seal_a_few_ask_nothing(session: Session) -> None:
    """Nobody can have seen a result to subtract from."""
    assert make.asked(lambda: open_one(session)) == []


def test_a_few_after_the_seal_ask_for_a_reason(session: Session) -> None:
    seal_main(session)
    with pytest.raises(NeedsReasonError) as asked:
        open_one(session)
    assert [one.code for one in asked.value.findings] == ["V-SUP-05"]


def test_the_reason_is_kept(session: Session) -> None:
    seal_main(session)
    open_one(session, reason="矿井夜班，只有他们没到会")
    (line,) = journal.lines(session, newest=1)
    assert line.act == "开补投票批"
    assert json.loads(line.detail)["confirmed_because"] == "矿井夜班，只有他们没到会"


def test_it_travels_as_one_row_with_the_meetings(session: Session) -> None:
    seal_main(session)
    (made,) = open_one(session, reason=make.WHY)
    make.sealed(session, made, ["21"] * 4, blank=0)
    (meeting,) = sessions.listing(session, campaign_id=make.campaign_of(session))
    (total,), (people,) = contents.sealed_counts(session, ids=[meeting.id], widths={(FORM, "1"): 4})
    assert (total["voter_category"], total["valid"], total["returned"], total["persons"]) == (
        "ALL",
        12,
        12,
        2,
    )
    assert total["items"][0]["counts"] == [12, 12, 0, 0]
    assert [item["counts"] for item in people["items"]] == [[8, 4, 0, 0], [4, 8, 0, 0]]


def test_its_own_paper_is_printed_with_its_own_control_sheet(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    with pytest.raises(RuleError) as refused:
        plan.meetings(session, campaign_id=campaign_id, wish=Wish(later=True))
    assert refused.value.code == "V-SUP-07"
    open_one(session)
    (one,) = plan.meetings(session, campaign_id=campaign_id, wish=Wish(later=True))
    assert [(stack.code[-2:], stack.people, stack.sheets) for stack in one.stacks] == [("B1", 4, 6)]
    assert one.file_name.endswith("-补投")
    titles = [sheet.name for sheet in pack.build(session, one).sheets]
    assert titles == ["发表清点单", "民主评议党员测评表", "计票表", "结果报告单"]
    slip = pack.build(session, one).sheets[0].content
    assert isinstance(slip, Report)
    assert "('补投截止', '2024年1月20日')" in repr(slip.blocks[0])
    assert "满意率" not in repr(pack.build(session, one).sheets[-1].content), "grades are no satisfaction"
    (usual,) = plan.meetings(session, campaign_id=campaign_id, wish=Wish())
    assert [stack.code[-3:] for stack in usual.stacks] == ["ALL"]


def test_its_people_are_its_own_measure(session: Session) -> None:
    """Four of four papers came back: the eight who came to the meeting have nothing to do with it."""
    (made,) = open_one(session)
    ballots.enter_ballots(session, batch_id=made, ballots=["12"] * 4, by=make.BY)
    figures = {"printed": 6, "issued": 4, "returned": 4, "blank": 0, "void": 0}
    assert make.asked(lambda: batches.set_control_sheet(session, batch_id=made, by=make.BY, **figures)) == []


@pytest.mark.parametrize("name", ["R02", "R04"])
def test_the_sums_say_that_some_voted_later(session: Session, name: str) -> None:
    campaign_id = make.campaign_of(session)
    seal_main(session)

    def notes() -> list[str]:
        report = catalog.build(session, name=name, campaign_id=campaign_id)
        return [one for one in report.footnotes if one.startswith("补投")]

    assert notes() == []
    (made,) = open_one(session, reason=make.WHY)
    assert notes() == ["补投：慈云学校党支部有补投票批没有封存，封存以前，有补投的评议表不计入结果。"]
    make.sealed(session, made, ["21"] * 4)
    assert notes() == ["补投：1 个单位有补投的票（慈云学校党支部），与本场的票一并计算，不单列。"]


def asked_before_the_seal(session: Session, batch_id: str, day: date) -> list[str]:
    return [
        one.code for one in signing.problems(session, batch_id=batch_id, today=day) if one.code[:5] == "V-SUP"
    ]


def test_after_its_closing_date_the_signature_asks_for_a_reason(session: Session) -> None:
    (made,) = open_one(session)
    ballots.enter_ballots(session, batch_id=made, ballots=["12"] * 4, by=make.BY)
    make.sheet(session, made, valid=4)
    assert asked_before_the_seal(session, made, date(2024, 1, 20)) == []
    assert asked_before_the_seal(session, made, date(2024, 1, 21)) == ["V-SUP-08"]
    signing.waive(session, batch_id=made, reason="票数少", by=make.BY)
    names = {"tellers": ["甲", "丙"], "scrutineers": ["乙", "丁"]}
    with pytest.raises(NeedsReasonError) as asked:
        signing.sign(session, batch_id=made, by=make.BY, **names)
    assert "V-SUP-08" in [one.code for one in asked.value.findings]


def test_few_who_come_of_many_expected_are_asked_about_as_few_expected_are(session: Session) -> None:
    """Six were to vote later, one did: the results of before and after would tell that ballot."""
    (meeting,) = sessions.listing(session, campaign_id=make.campaign_of(session))
    make.held(session, meeting.id, expected=14, actual=8)
    seal_main(session)
    (made,) = open_one(session, people=6)
    ballots.enter_ballots(session, batch_id=made, ballots=["12"], by=make.BY)
    make.sheet(session, made, valid=1)
    assert asked_before_the_seal(session, made, TODAY) == ["V-SUP-09"]


def test_a_blank_paper_of_one_who_voted_later_is_nobodys_own(tmp_path: Path) -> None:
    """The one who voted later handed in a blank paper: the result sheet has it among those of the category."""
    sorts = [("A", "党员"), ("B", "群众")]
    made = make.published_school(
        tmp_path / "XX.pingyi", people=make.NAMES[:2], form_codes=[FORM], voter_categories=sorts
    )
    with made.transaction() as session:
        (meeting,) = sessions.listing(session, campaign_id=make.campaign_of(session))
        make.held(session, meeting.id, expected=14, actual=12)
        for batch in listed(session):
            make.sealed(session, batch.id, ["12"] * 6)
        (late,) = open_one(session, people=1, category="A", reason=make.WHY)
        make.sealed(session, late, [], blank=1)
        report = catalog.build(session, name="R06", campaign_id=make.campaign_of(session))
        asked = before_export.asked(session, campaign_id=make.campaign_of(session), codes=["XX"])
        assert "V-PRI-01" not in [one.code for one in asked], "seven of them travel, not one"
    made.close()
    (table,) = (b for b in report.blocks if isinstance(b, Table) and b.columns[0].title == "身份类别")
    assert [(row.cells[0], *row.cells[3:]) for row in table.rows] == [
        ("党员", 7, 6, 1, 0),
        ("群众", 6, 6, 0, 0),
    ]


def test_at_layer_one_nothing_travels_while_some_have_yet_to_vote(tmp_path: Path) -> None:
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        main = make.batch(session, campaign_id=campaign_id, org_code="QL.01")
        meeting = next(one for one in sessions.listing(session, campaign_id=campaign_id) if one.layer == 1)
        make.held(session, meeting.id, expected=12, actual=8)
        make.sealed(session, main.id, ["11111"] * 8)
        transfer._check_sealed(session, campaign_id)
        known = {"people": 4, "closes_on": "2024-01-20", "why": "夜班", "today": TODAY, "by": make.BY}
        (late,), _ = supplements.open_stacks(session, session_id=meeting.id, reason=make.WHY, **known)
        with pytest.raises(RuleError) as refused:
            transfer._check_sealed(session, campaign_id)
        assert refused.value.code == "V-CHK-22"
        make.sealed(session, late, ["11111"] * 4)
        transfer._check_sealed(session, campaign_id)
    made.close()
