"""Meetings and duties: their own checks, sessions from meetings and people, the schedule of review groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.agreeing import before_export
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.campaign.dealing import split_evenly
from pingyi_desktop.appraisal.ledgers import catalog, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions, schedule
from pingyi_desktop.appraisal.ledgers.meeting.basis_documents import document_number
from pingyi_desktop.appraisal.ledgers.meeting.by_category import categories
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.reports.blocks import Facts, Para, Table
from pingyi_desktop.storage.schema_campaign import Campaign

B3, C1, TODAY = "QL.01.B003", "QL.01", "2024-02-01"
HELD = {
    "kind": "评议会",
    "layer": "层面二",
    "status": "已开",
    "held_on": "2024-01-20",
    "expected": "20",
    "actual": "19",
}


def add(session: Session, key: str, org: str = B3, reason: str = "已核实", **typed: str) -> Row:
    return edits.add(
        session,
        catalog.ledger(key),
        campaign_id=make.campaign_of(session),
        org=org,
        typed=typed,
        today=TODAY,
        by=BY,
        reason=reason,
    )


def said(ledger: Ledger, **values: object) -> list[str]:
    """Codes of what the noun's checks say of a row with these values and nothing else."""
    empty = {one.key: one.empty for one in ledger.fields}
    return [one.code for one in ledger.check({**empty, **values}, today=TODAY)]  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("key", "values", "code"),
    [
        ("meeting", {"layer": "ONE"}, "V-MTG-01"),
        ("meeting", {"layer": "TWO", "subject": C1}, "V-MTG-01"),
        ("meeting", {"expected": 3, "actual": 4}, "V-SES-04"),
        ("meeting", {"by_category": "党员十二"}, "V-MTG-02"),
        ("meeting", {"expected": 20, "actual": 19, "by_category": "党员 12/11；代表 8/7"}, "V-MTG-03"),
        ("meeting", {"expected": 20, "actual": 20, "by_category": "党员 12/13；代表 8/7"}, "V-SES-04"),
        ("meeting", {"status": "HELD", "held_on": "2024-01-20"}, "V-MTG-04"),
        ("presentation", {"member": "M1", "mode": "NONE"}, "V-MEM-10"),
        ("presentation", {"member": "M1", "mode": "NONE", "attendance": "PRESENT"}, "V-MEM-10"),
        ("presentation", {"member": "M1", "mode": "ORAL", "attendance": "SICK"}, "V-MTG-05"),
        ("presentation", {"mode": "ORAL"}, "V-MTG-20"),
        ("self_review", {"kind": "ORG", "member": "M1"}, "V-MTG-06"),
        ("self_review", {"kind": "SELF"}, "V-MTG-06"),
        ("self_review", {"kind": "PEER", "member": "M1"}, "V-MTG-07"),
        ("basis_document", {"doc_no": "某党发[2025]03号"}, "V-CMP-04"),
        ("basis_document", {"doc_no": "某党发〔2025〕3号", "issued_on": "2024-12-31"}, "V-MTG-11"),
        ("duty_post", {"body": "REVIEW", "role": "HEAD"}, "V-MTG-08"),
        ("duty_post", {"body": "LEADING", "team": "一组"}, "V-MTG-08"),
        ("inspection", {"status": "OPEN", "problems": "无"}, "V-MTG-09"),
        ("inspection", {"status": "DONE"}, "V-MTG-10"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_by_its_code(key: str, values: dict[str, object], code: str) -> None:
    assert said(catalog.ledger(key), **values) == [code]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("meeting", {"layer": "ONE", "subject": C1, "status": "PLANNED"}),
        ("meeting", {"expected": 20, "actual": 18, "by_category": "党员 12/11、 代表8/7；"}),
        ("meeting", {"status": "PLANNED", "expected": 20, "by_category": "党员 12/0；代表 8/0"}),
        ("presentation", {"member": "M1", "mode": "NONE", "attendance": "SICK"}),
        ("presentation", {"member": "M1", "mode": "WRITTEN", "attendance": "SICK"}),
        ("self_review", {"kind": "PEER", "member": "M1", "problems": "学习不够"}),
        ("basis_document", {"doc_no": "某党发〔2025〕3号", "issued_on": "2025-03-01"}),
        ("basis_document", {"doc_no": "没有文号"}),
    ],
)
def test_what_is_right_is_let_pass(key: str, values: dict[str, object]) -> None:
    assert said(catalog.ledger(key), **values) == []


@pytest.mark.parametrize(
    "written", ["某党发[2025]03号", "某党发（2025）3号", "某党发【2025】第3号", "某党发 2025 〔2025〕3号"]
)
def test_numbers_of_documents_have_one_spelling(written: str) -> None:
    meant = document_number(written)
    assert meant == ("某党发〔2025〕3号" if "2025 " not in written else written)
    assert document_number(meant) == meant


def test_a_document_of_another_year_or_a_second_number_is_said(session: Session) -> None:
    document, campaign_id = catalog.ledger("basis_document"), make.campaign_of(session)
    year = session.get_one(Campaign, campaign_id).period_year
    told = (
        {"title": "实施方案", "doc_no": f"某党发〔{year}〕3号", "kind": "OWN"},
        {"title": "实施方案", "doc_no": f"某党发〔{year}〕4号", "kind": "OWN"},
        {"title": "转发通知", "doc_no": f"某党办〔{year - 1}〕9号", "kind": "FORWARD"},
        {"title": "上级意见", "doc_no": f"上级办〔{year - 1}〕7号", "kind": "SUPERIOR"},
    )
    sheet = plans.LedgerSheet("表", tuple(Line("表", n, one) for n, one in enumerate(told, 2)))
    made = plans.plan(session, document, campaign_id=campaign_id, sheet=sheet, today=TODAY)
    assert [(one.code, one.row) for one in made.findings] == [
        ("V-CMP-05", 2),
        ("V-CMP-05", 3),
        ("V-CMP-06", 4),
    ]
    with pytest.raises(NeedsReasonError), session.begin_nested():
        plans.apply(session, made, by=BY)
    plans.apply(session, made, by=BY, reason="上年的照旧执行")
    row = rows.listing(session, document, Asked(campaign_id, TODAY))[2]
    about = {"campaign_id": campaign_id, "ids": [row.id], "today": TODAY, "by": BY}
    edits.change(session, document, typed={"issuer": "党委办公室"}, **about)


def test_people_by_category_are_read_as_written() -> None:
    assert categories("党员 12/11；职工代表8/8") == [("党员", 12, 11), ("职工代表", 8, 8)]
    assert categories("") == []
    assert categories("12/11") is None


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Session]:
    """A branch with three members and its one session."""
    made = make.published_school(tmp_path / "支部.pingyi", people=["甲一", "乙二", "丙三"])
    with made.transaction() as opened:
        yield opened
    made.close()


def told(session: Session) -> list[tuple[str, str]]:
    campaign_id = make.campaign_of(session)
    return [(one.code, one.sentence) for one in of_sessions.judged(session, campaign_id=campaign_id)]


def register(session: Session, row: Row) -> None:
    campaign_id = make.campaign_of(session)
    of_sessions.register(session, campaign_id=campaign_id, name=row.name, by=BY, reason="已核实")


def only(session: Session, layer: int = 2) -> sessions.SessionView:
    return sessions.listing(session, campaign_id=make.campaign_of(session), layer=layer)[0]


def presented(session: Session, *modes: str) -> list[Row]:
    """One row a member, in the order of the roster."""
    people = [one.member_no for one in members.members(session)]
    typed = [{"member": no, "mode": mode} for no, mode in zip(people, modes, strict=False)]
    return [add(session, "presentation", "XX", **one) for one in typed]


def test_a_session_is_registered_from_its_meeting_and_its_people(branch: Session) -> None:
    presented(branch, "口头汇报", "书面汇报", "未汇报")
    row = add(branch, "meeting", "XX", **HELD)
    register(branch, row)
    now = only(branch)
    assert (now.status, now.held_on, now.expected, now.actual) == ("HELD", "2024-01-20", 20, 19)
    assert (now.members, now.self_introduced, now.oral_reports) == (3, 2, 1)
    assert told(branch) == []


def test_a_session_that_differs_from_its_meeting_or_its_people_is_named(branch: Session) -> None:
    rows_of_members = presented(branch, "口头汇报", "口头汇报", "口头汇报")
    row = add(branch, "meeting", "XX", **HELD)
    register(branch, row)
    change(branch, "meeting", row, actual="18")
    change(branch, "presentation", rows_of_members[0], mode="书面汇报")
    codes, sentences = zip(*told(branch), strict=True)
    assert codes == ("V-MTG-15", "V-MTG-15")
    assert "实到，会议台账里是 18，场次登记的是 19" in sentences[0]
    assert "汇报，汇报登记里是 2，场次登记的是 3；场次错了在“录入”页更正" in sentences[1]
    asked = before_export.asked(branch, campaign_id=make.campaign_of(branch), codes={"XX"})
    assert [one.code for one in asked if one.code == "V-MTG-15"] == ["V-MTG-15"] * 2
    register(branch, row)
    assert told(branch) == []


def typed_by_hand(session: Session, layer: int = 2, **people: int) -> None:
    about = {"held_on": "2024-01-20", "expected": 20, "actual": 19, "by": BY, "reason": "已核实"}
    sessions.hold(session, session_id=only(session, layer).id, **about, **people)  # type: ignore[arg-type]


def test_what_one_side_does_not_tell_yet_is_no_contradiction(branch: Session) -> None:
    """A session without its people, then one whose people are registered one by one: more than it has is told."""
    typed_by_hand(branch)
    first = presented(branch, "口头汇报")[0]
    assert [code for code, _ in told(branch)] == ["V-MEM-10"] * 2
    typed_by_hand(branch, self_introduced=3, oral_reports=2)
    assert [code for code, _ in told(branch)] == ["V-MEM-10"] * 2
    typed_by_hand(branch, self_introduced=1, oral_reports=0)
    (code, sentence), *_ = told(branch)
    assert (code, "汇报，汇报登记里是 1，场次登记的是 0" in sentence) == ("V-MTG-15", True)
    change(branch, "presentation", first, mode="未汇报")
    assert "V-MTG-15" not in [code for code, _ in told(branch)]


def test_a_meeting_above_says_nothing_of_people_whom_no_branch_marked(session: Session) -> None:
    """汇报登记 of a branch with an empty 层面一 told its committee's meeting that nobody had reported there."""
    row = add(session, "meeting", "QL", **{**HELD, "layer": "层面一", "subject": C1})
    typed_by_hand(session, layer=1, oral_reports=5)
    member = members.members(session, under=B3)[0].member_no
    made = add(session, "presentation", B3, member=member, mode="口头汇报")
    assert "V-MTG-15" not in [code for code, _ in told(session)]
    register(session, row)
    assert only(session, layer=1).oral_reports == 5
    change(session, "presentation", made, layer_one="是")
    assert "V-MTG-15" not in [code for code, _ in told(session)], "other branches have not told yet"
    typed_by_hand(session, layer=1, oral_reports=0)
    assert "V-MTG-15" in [code for code, _ in told(session)]


def test_nobody_is_left_out_and_nobody_is_there_twice(branch: Session) -> None:
    assert told(branch) == [], "a unit that does not keep the ledger is not asked"
    first, _ = presented(branch, "口头汇报", "口头汇报")
    assert told(branch) == [("V-MEM-10", "“丙三”未登记汇报情况，也未说明不参评原因（不漏一人）。")]
    c = catalog.ledger("presentation").columns_of
    of_another_edition = update(c.id.table).where(c.id != first.id).values(member=first.values["member"])
    branch.execute(of_another_edition)
    assert [code for code, _ in told(branch)] == ["V-MTG-16", "V-MEM-10", "V-MEM-10"]


def test_a_member_is_registered_once_at_every_door(branch: Session) -> None:
    first, second = presented(branch, "口头汇报", "口头汇报")
    member, name = str(first.values["member"]), first.texts["member"]
    ledger, campaign = catalog.ledger("presentation"), make.campaign_of(branch)
    said_so = f"“{name}”已有汇报登记 XX-1，一名党员只登记一行；请修改 XX-1 那一行，或者先删去它。"
    with pytest.raises(RuleError) as refused, branch.begin_nested():
        add(branch, "presentation", "XX", member=name, mode="书面汇报")
    assert (refused.value.code, str(refused.value)) == ("V-MTG-25", said_so)
    with pytest.raises(RuleError) as refused, branch.begin_nested():
        change(branch, "presentation", second, member=member)
    assert refused.value.code == "V-MTG-25"
    line = Line("汇报", 2, {plans.NUMBER: second.name, "member": name, "mode": "视频汇报"})
    sheet = plans.LedgerSheet("汇报.xlsx", (line,))
    planned = plans.plan(branch, ledger, campaign_id=campaign, sheet=sheet, today=TODAY)
    assert [(one.code, one.row) for one in planned.findings] == [("V-MTG-25", 2)]
    change(branch, "presentation", first, mode="书面汇报")
    assert len(rows.listing(branch, ledger, Asked(campaign, TODAY))) == 2


def test_two_lines_of_a_sheet_about_one_row_are_not_taken_for_one_when_they_differ(branch: Session) -> None:
    ledger, campaign = catalog.ledger("presentation"), make.campaign_of(branch)
    name = members.members(branch)[0].name

    def codes(*modes: str) -> list[str]:
        lines = tuple(Line("汇报", n, {"member": name, "mode": mode}) for n, mode in enumerate(modes, 2))
        sheet = plans.LedgerSheet("汇报.xlsx", lines)
        planned = plans.plan(branch, ledger, campaign_id=campaign, sheet=sheet, today=TODAY)
        return [one.code for one in planned.findings]

    assert codes("口头汇报", "口头汇报") == ["V-LED-14"]
    assert codes("口头汇报", "书面汇报") == ["V-LED-22"]


def test_what_is_not_held_or_no_session_is_not_registered(branch: Session) -> None:
    planned = add(branch, "meeting", "XX", **{**HELD, "status": "待开"})
    study = add(
        branch,
        "meeting",
        "XX",
        kind="学习传达会",
        status="已开",
        held_on="2024-01-08",
        expected="3",
        actual="3",
    )
    for row, code in ((planned, "V-MTG-13"), (study, "V-MTG-12")):
        with pytest.raises(RuleError) as refused:
            register(branch, row)
        assert refused.value.code == code
    add(branch, "meeting", "XX", **HELD)
    again = add(branch, "meeting", "XX", **{**HELD, "held_on": "2024-01-21"})
    with pytest.raises(RuleError) as refused:
        register(branch, again)
    assert refused.value.code == "V-MTG-14"


def test_a_forum_is_the_session_only_where_no_appraisal_was_held(branch: Session) -> None:
    forum = add(
        branch, "meeting", "XX", **{**HELD, "kind": "座谈会", "held_on": "2024-01-10", "actual": "15"}
    )
    register(branch, forum)
    assert only(branch).actual == 15
    register(branch, add(branch, "meeting", "XX", **HELD))
    assert (only(branch).actual, told(branch)) == (19, [])


def test_who_presented_above_is_counted_for_the_committees_meeting(session: Session) -> None:
    """The branch writes it; the office above sees it in the figures of layer 1."""
    for number, above in enumerate(("是", "否", "是")):
        no = members.members(session, under=B3)[number].member_no
        add(session, "presentation", B3, member=no, mode="口头汇报", layer_one=above)
    row = add(session, "meeting", "QL", **{**HELD, "layer": "层面一", "subject": C1})
    register(session, row)
    now = only(session, layer=1)
    assert (now.org_code, now.actual, now.oral_reports, now.self_introduced) == (C1, 19, 2, None)


@pytest.mark.parametrize("key", ["meeting", "inspection"])
def test_only_an_office_above_adds_to_what_is_told_of_a_unit(session: Session, key: str) -> None:
    """A branch and the committee itself tell of the same one: listed, marked, said, and counted nowhere."""
    typed = {**HELD, "layer": "层面一"} if key == "meeting" else {"status": "不需整改"}
    for org in ("QL", C1, B3):
        add(session, key, org, **typed, subject=C1)
    ledger, campaign_id = catalog.ledger(key), make.campaign_of(session)
    figures = rows.figures(session, ledger, Asked(campaign_id, TODAY))
    assert (figures.rows, figures.unheard, figures.added[0].whole) == (1, 2, "1")
    assert figures.sentences[-1] == "另有 2 行写的不是填报单位的下级，没有计入"
    assert list(rows.by_unit(session, ledger, Asked(campaign_id, TODAY), by=ledger.states)) == ["QL"]
    report = reports.build(session, name=ledger.report, campaign_id=campaign_id)
    (table,) = [one for one in report.blocks if isinstance(one, Table)]
    assert ["填报）" in str(row.cells[1]) for row in table.rows] == [False, True, True]


def test_the_record_prints_the_meeting_and_who_presented(branch: Session) -> None:
    presented(branch, "口头汇报", "书面汇报", "口头汇报")
    campaign_id = make.campaign_of(branch)
    with pytest.raises(RuleError) as refused:
        reports.build(branch, name="R17", campaign_id=campaign_id)
    assert refused.value.code == "V-MTG-21"
    add(branch, "meeting", "XX", **HELD, half="上午", by_category="党员 12/11；代表 8/8", agenda="报告；评议")
    report = reports.build(branch, name="R17", campaign_id=campaign_id)
    facts = next(one for one in report.blocks if isinstance(one, Facts))
    assert dict(facts.pairs)["时间"] == "2024年1月20日 上午"
    assert (dict(facts.pairs)["到会率"], dict(facts.pairs)["党员"]) == ("95.0%", "应到 12，实到 11")
    said = [one.text for one in report.blocks if isinstance(one, Para)]
    assert said == ["议程：报告；评议", "口头汇报 2 名：甲一、丙三。", "书面汇报 1 名：乙二。"]


def test_the_timetable_prints_groups_half_days_and_whom_to_call(session: Session) -> None:
    grouped(session, ("第一评议小组", ["QL.02"]), ("第二评议小组", ["QL.01"]))
    planned(session)
    add(session, "duty_post", "QL", body="评议小组", team="第二评议小组", role="组长", name="周甲")
    report = reports.build(session, name="R15", campaign_id=make.campaign_of(session))
    (table,) = [one for one in report.blocks if isinstance(one, Table)]
    assert sum(one.width_mm for one in table.columns) == 267
    groups = [(row.cells[1], row.cells[3], row.cells[4], row.cells[7]) for row in table.rows]
    assert groups == [
        ("第一评议小组", "2024-01-12", "上午", ""),
        ("第二评议小组", "2024-01-12", "上午", "周甲"),
    ]


def change(session: Session, key: str, row: Row, **typed: str) -> None:
    ledger, campaign_id = catalog.ledger(key), make.campaign_of(session)
    edits.change(
        session, ledger, campaign_id=campaign_id, ids=[row.id], typed=typed, today=TODAY, by=BY, reason="核实"
    )


def planned(session: Session, start: str = "2024-01-12") -> list[tuple[str, schedule.Slot | None]]:
    campaign_id = make.campaign_of(session)
    schedule.plan(session, campaign_id=campaign_id, start=start, by=BY, today=TODAY)
    return [(one.meeting.org_code, one.slot) for one in schedule.placed(session, campaign_id=campaign_id)]


def grouped(session: Session, *groups: tuple[str, list[str]]) -> None:
    sessions.set_review_groups(session, campaign_id=make.campaign_of(session), groups=groups, by=BY)


def test_a_group_has_its_units_in_turn_and_never_a_half_day_twice(session: Session) -> None:
    with pytest.raises(RuleError) as refused:
        planned(session)
    assert refused.value.code == "V-MTG-18"
    grouped(session, ("第一评议小组", ["QL.01", "QL.02"]))
    friday = ("2024-01-12", "AM"), ("2024-01-12", "PM")
    assert planned(session) == list(zip(("QL.01", "QL.02"), friday, strict=True))
    assert planned(session) == list(zip(("QL.01", "QL.02"), friday, strict=True)), "planned once"
    assert [*schedule.clashes(session, campaign_id=make.campaign_of(session))] == []


def test_what_people_change_is_left_alone_and_a_clash_is_named(session: Session) -> None:
    grouped(session, ("第一评议小组", ["QL.01", "QL.02"]))
    planned(session)
    campaign_id = make.campaign_of(session)
    second = schedule.placed(session, campaign_id=campaign_id)[1].row
    assert second is not None
    change(session, "meeting", second, half="上午")
    (clash,) = schedule.clashes(session, campaign_id=campaign_id)
    assert (clash.code, "在 2024-01-12上午排了 2 场" in clash.sentence) == ("V-MTG-17", True)
    change(session, "meeting", second, status="已取消")
    assert [*schedule.clashes(session, campaign_id=campaign_id)] == []
    assert planned(session)[1] == ("QL.02", ("2024-01-12", "PM")), "a cancelled one is planned again"


def test_a_plan_that_does_not_fit_into_the_campaign_is_refused(session: Session) -> None:
    grouped(session, ("第一评议小组", ["QL.01", "QL.02"]))
    with pytest.raises(RuleError) as refused:
        planned(session, start="2024-02-01")
    assert refused.value.code == "V-MTG-19"


@pytest.mark.parametrize(
    ("units", "groups", "sizes"), [(23, 5, [5, 5, 5, 4, 4]), (4, 2, [2, 2]), (3, 5, [1, 1, 1, 0, 0])]
)
def test_half_days_are_as_many_as_the_largest_group(units: int, groups: int, sizes: list[int]) -> None:
    assert split_evenly(units, groups) == sizes
    slots = [*schedule.half_days("2025-11-06", "2025-11-10")]
    assert slots == [(f"2025-11-{day}", half) for day in ("06", "07", "10") for half in ("AM", "PM")], (
        "no Saturday"
    )
