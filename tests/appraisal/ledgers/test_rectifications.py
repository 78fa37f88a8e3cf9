"""整改事项: the machine of its steps, what each state must say, replies that are owed, what low rates propose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.appraisal.ledgers import catalog, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.ledger import Moved, Row
from pingyi_desktop.appraisal.ledgers.plans import NUMBER, Line
from pingyi_desktop.appraisal.ledgers.rectify import acts, low_rates, moves, owing
from pingyi_desktop.appraisal.ledgers.rectify import steps as machine
from pingyi_desktop.appraisal.ledgers.rectify.steps import STEPS, Entry, Step
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage.schemas.rectify import RectifyState

ITEM = catalog.ledger("rectification")
B3, TODAY = "QL.01.B003", "2025-11-01"
PROBLEM = {"problem": "浴室水凉", "source_kind": "群众评议意见", "kind": "立行立改", "status": "已登记"}
GIVEN = {"cause": "锅炉老化", "responsible": "后勤科", "due_on": "2025-11-20"}
DONE = {"measures": "更换两台锅炉，由后勤科十一月二十日前装好", "result": "已更换", "evidence": "验收单"}


def add(session: Session, key: str = "rectification", org: str = B3, reason: str = "", **typed: str) -> Row:
    campaign_id = make.campaign_of(session)
    with session.begin_nested():
        return edits.add(
            session,
            catalog.ledger(key),
            campaign_id=campaign_id,
            org=org,
            typed=typed,
            today=TODAY,
            by=BY,
            reason=reason,
        )


def take(session: Session, row: Row, step: Step, today: str = TODAY, **more: object) -> edits.Before:
    typed = {key: more.pop(key) for key in list(more) if key in ITEM.by_key}
    with session.begin_nested():
        return acts.take(
            session,
            campaign_id=make.campaign_of(session),
            ids=[row.id],
            step=step,
            today=today,
            by=BY,
            typed=typed,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )


def now(session: Session, row: Row) -> Row:
    return rows.picked(session, ITEM, campaign_id=make.campaign_of(session), ids=[row.id])[0]


def worked_off(session: Session, **more: str) -> Row:
    """An item that is verified, ready to be crossed off."""
    row = add(session, **{**PROBLEM, **more})
    take(session, row, Step.ASSIGN, **GIVEN)
    take(session, row, Step.BEGIN)
    take(session, row, Step.FINISH, **DONE)
    take(session, row, Step.VERIFY, asked="10", satisfied="9")
    return row


# --- the machine --------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_no_row_of_steps_crosses_off_what_was_not_done_and_verified(steps: list[Step]) -> None:
    state, since = RectifyState.REGISTERED, list[RectifyState]()
    for step in steps:
        if machine.why_not(state, step):
            with pytest.raises(RuleError) as refused:
                machine.after(state, step)
            assert refused.value.code == STEPS[step].code
            continue
        state = machine.after(state, step)
        since = [] if state in (RectifyState.IN_PROGRESS, RectifyState.REOPENED) else [*since, state]
        if state is RectifyState.CLOSED:
            assert since[-3:] == [RectifyState.DONE, RectifyState.VERIFIED, RectifyState.CLOSED]


def test_every_step_refuses_in_a_sentence_of_its_own_and_every_state_can_be_left() -> None:
    said = {
        (step, machine.why_not(state, step))
        for step in Step
        for state in RectifyState
        if machine.why_not(state, step)
    }
    assert {step for step, _ in said} == set(Step)
    assert len({STEPS[step].code for step in Step}) == len(Step)
    assert all(machine.WORDS[state] in "".join(s for _, s in said) for state in RectifyState)
    for state in RectifyState:
        assert any(not machine.why_not(state, step) for step in Step)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("2025-11-03 60% 已订货", Entry("2025-11-03", 60, "已订货")),
        ("2025-11-03 已订货", Entry("2025-11-03", None, "已订货")),
        ("2025-11-03 160% 已订货", None),
        ("2025-02-30 60% 已订货", None),
        ("2025-11-03 60%", Entry("2025-11-03", None, "60%")),
        ("已订货", None),
    ],
)
def test_a_line_of_the_progress_is_a_day_a_share_and_what_was_done(line: str, read: Entry | None) -> None:
    assert machine.entry(line) == read
    assert read is None or read.line == line


# --- from registered to crossed off and back ----------------------------------------------------------------------


def test_an_item_goes_the_whole_way_and_comes_back(session: Session) -> None:
    row = worked_off(session)
    take(session, row, Step.CLOSE, closed_by="王某", approved_by="李某")
    closed = now(session, row)
    assert (closed.values["status"], closed.values["closed_on"]) == ("CLOSED", TODAY)
    with pytest.raises(RuleError) as refused:
        take(session, row, Step.REOPEN)
    assert refused.value.code == "V-RCT-29"
    take(session, row, Step.REOPEN, "2025-12-02", text="回访时水又凉了", due_on="2025-12-20")
    again = now(session, row)
    assert (again.values["status"], again.values["closed_on"]) == ("REOPENED", None)
    assert again.values["progress"] == "2025-12-02 复号：回访时水又凉了"
    assert "状态：已销号 → 已复号" in edits.history(session, ITEM, name=row.name)[0].said


def test_a_step_out_of_turn_writes_nothing(session: Session) -> None:
    row = add(session, **PROBLEM)
    with pytest.raises(RuleError) as refused:
        take(session, row, Step.CLOSE, approved_by="李某", evidence="照片")
    assert (refused.value.code, now(session, row).values) == ("V-RCT-27", row.values)


def test_progress_is_written_line_by_line_and_only_for_one_item(session: Session) -> None:
    row, other = add(session, **PROBLEM), add(session, **{**PROBLEM, "problem": "灯不亮"})
    take(session, row, Step.ASSIGN, **GIVEN)
    take(session, row, Step.BEGIN)
    take(session, row, Step.REPORT, text="已订货", percent=60)
    take(session, row, Step.REPORT, "2025-11-05", text="已安装", percent=90)
    assert now(session, row).values["progress"] == "2025-11-01 60% 已订货\n2025-11-05 90% 已安装"
    with pytest.raises(RuleError) as refused:
        take(session, row, Step.REPORT, text="好了", percent=101)
    assert refused.value.code == "V-RCT-31"
    take(session, other, Step.ASSIGN, **GIVEN)
    take(session, other, Step.BEGIN)
    with pytest.raises(RuleError) as refused:
        acts.take(
            session,
            campaign_id=make.campaign_of(session),
            ids=[row.id, other.id],
            step=Step.REPORT,
            today=TODAY,
            by=BY,
            text="都在办",
        )
    assert refused.value.code == "V-RCT-30"


def test_crossing_off_without_evidence_or_content_people_asks_for_a_reason(session: Session) -> None:
    row = worked_off(session)
    with pytest.raises(NeedsReasonError) as asks:
        take(session, row, Step.CLOSE, evidence="", satisfied="5")
    assert [one.code for one in asks.value.findings] == ["V-RCT-06", "V-RCT-07"]
    take(session, row, Step.CLOSE, evidence="", satisfied="5", reason="照片遗失，主任已现场看过")
    assert "原因：照片遗失" in edits.history(session, ITEM, name=row.name)[0].said


# --- every way in goes through the machine ------------------------------------------------------------------------


def put(session: Session, row: Row, reason: str = "", **typed: str) -> edits.Before:
    """As the form and ``pingyi rectification set`` change a row."""
    with session.begin_nested():
        return edits.change(
            session,
            ITEM,
            campaign_id=make.campaign_of(session),
            ids=[row.id],
            typed=typed,
            today=TODAY,
            by=BY,
            reason=reason,
        )


def told(session: Session, *listed: dict[str, str]) -> plans.LedgerPlan:
    """As a sheet with these lines, the first of them in row 2."""
    lines = tuple(Line("表", number, texts) for number, texts in enumerate(listed, 2))
    sheet = plans.LedgerSheet("整改.xlsx", lines)
    campaign_id = make.campaign_of(session)
    return plans.plan(session, ITEM, campaign_id=campaign_id, sheet=sheet, today=TODAY)


ALL = {**GIVEN, **DONE, "asked": "9", "satisfied": "9", "closed_on": "2025-11-01", "approved_by": "李某"}


@given(st.sampled_from(RectifyState), st.sampled_from(RectifyState), st.booleans())
def test_no_value_of_a_row_sets_a_state_that_no_step_leads_to(
    before: RectifyState, then: RectifyState, said: bool
) -> None:
    values = {"status": before, "progress": "", "nature": None, "source_kind": "TASK", "origin": ""}
    after = {**values, "status": then, "progress": "2025-11-01 说明" if said else ""}
    listed = list(moves.legal(cast("Session", None), "", [Moved("X-1", "X", values, after)]))
    by_step = [step for step in Step if not machine.why_not(before, step) and STEPS[step].after is then]
    legal = before is then or any(said or not STEPS[step].told for step in by_step)
    assert (listed == []) == legal
    assert all((one.weight, one.where, one.sentence[:4]) == ("E", "X-1", "X-1：") for one in listed)


def test_a_form_a_command_and_a_sheet_set_no_state_out_of_turn(session: Session) -> None:
    row = add(session, **PROBLEM)
    with pytest.raises(RuleError, match=f"{row.name}：这件事项已登记，不能销号；请先验收") as refused:
        put(session, row, reason="急", status="已销号", **ALL)
    assert refused.value.code == "V-RCT-27"
    plan = told(session, {NUMBER: row.name, "status": "办理中", **GIVEN})
    first = plan.findings[0]
    assert (first.code, first.where, first.sheet, first.row) == ("V-RCT-22", row.name, "表", 2)
    assert plan.blocked
    with pytest.raises(RuleError), session.begin_nested():
        plans.apply(session, plan, by=BY, reason="急")
    assert now(session, row).values == row.values
    put(session, row, status="已交办", **GIVEN)
    put(session, row, status="办理中")
    with pytest.raises(RuleError) as refused:
        put(session, row, status="已登记")
    assert refused.value.code == "V-RCT-33"


def test_going_back_says_why_in_the_progress_whatever_the_way(session: Session) -> None:
    row = worked_off(session)
    with pytest.raises(RuleError) as refused:
        put(session, row, status="办理中")
    assert refused.value.code == "V-RCT-29"
    put(session, row, status="办理中", progress="2025-11-02 验收时水还是凉的")


def test_what_begins_late_asks_for_a_reason_and_names_its_row(session: Session) -> None:
    plan = told(session, {**PROBLEM, **GIVEN, **ALL, "status": "已销号"}, {**PROBLEM, "problem": "灯不亮"})
    assert [(one.code, one.row) for one in plan.findings] == [("V-RCT-32", 2)]
    with pytest.raises(NeedsReasonError), session.begin_nested():
        plans.apply(session, plan, by=BY)
    assert rows.listing(session, ITEM, Asked(make.campaign_of(session), "")) == []
    plans.apply(session, plan, by=BY, reason="照上半年的纸面台账补登")


def test_closing_without_evidence_asks_for_a_reason_on_every_way(session: Session) -> None:
    bare = {**ALL, "evidence": "", "status": "已销号"}
    plain = worked_off(session)
    put(session, plain, evidence="")
    sheet = told(session, {NUMBER: plain.name, **{k: v for k, v in bare.items() if v}})
    ways = (
        lambda: add(session, **{**PROBLEM, "problem": "灯不亮", **bare}),
        lambda: put(session, plain, **bare),
        lambda: plans.apply(session, sheet, by=BY),
        lambda: take(session, plain, Step.CLOSE, **{k: v for k, v in bare.items() if k != "status"}),
    )
    for way in ways:
        with pytest.raises(NeedsReasonError) as asks, session.begin_nested():
            way()
        assert "V-RCT-06" in [one.code for one in asks.value.findings]


def test_a_single_opinion_is_answered_before_it_is_crossed_off_by_any_way(session: Session) -> None:
    heard = add(session, "opinion", content="浴室水凉", category="生活福利", nature="个性")
    row = worked_off(session, nature="个性", origin=heard.name)
    with pytest.raises(RuleError) as refused:
        put(session, row, status="已销号", **ALL)
    assert refused.value.code == "V-RCT-08"
    assert [one.code for one in told(session, {NUMBER: row.name, "status": "已销号", **ALL}).findings] == [
        "V-RCT-08"
    ]
    put(session, row, nature="共性")
    put(session, row, status="已销号", **ALL)
    with pytest.raises(RuleError):
        put(session, row, nature="个性")


# --- what each state must say -------------------------------------------------------------------------------------

WRONG = (
    ("V-RCT-01", {"status": "已交办"}),
    ("V-RCT-01", {"status": "已办结", **GIVEN}),
    ("V-RCT-01", {"status": "已销号", **GIVEN, **DONE, "approved_by": "李某"}),
    ("V-RCT-03", {"raised_on": "2025-11-02", "due_on": "2025-11-01"}),
    ("V-RCT-05", {"kind": "解释说明", "status": "已办结", **GIVEN, "explanation": "政策所限"}),
    ("V-RCT-11", {"progress": "2025-11-03 60% 已订货\n差不多了"}),
    ("V-RCT-12", {"asked": "3", "satisfied": "4"}),
)


@pytest.mark.parametrize(("code", "typed"), WRONG)
def test_what_a_state_lacks_is_refused(session: Session, code: str, typed: dict[str, str]) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, **{**PROBLEM, **typed}, reason="照旧表登记")
    assert refused.value.code == code


DOUBTFUL = (
    ("V-RCT-02", {"measures": "加强管理"}),
    ("V-RCT-04", {"kind": "限期整改", "status": "已交办", **GIVEN}),
    ("V-RCT-10", {"due_on": "2025-10-22"}),
)


@pytest.mark.parametrize(("code", "typed"), DOUBTFUL)
def test_what_is_doubtful_asks_for_a_reason(session: Session, code: str, typed: dict[str, str]) -> None:
    with pytest.raises(NeedsReasonError) as asks:
        add(session, **{**PROBLEM, **typed})
    assert [one.code for one in asks.value.findings] == [code]


def test_overdue_items_are_a_segment_and_rates_add_up(session: Session) -> None:
    add(session, **PROBLEM, due_on="2025-10-22", reason="补登")
    row = worked_off(session, problem="灯不亮")
    take(session, row, Step.CLOSE, approved_by="李某")
    asked = Asked(make.campaign_of(session), TODAY)
    counts, figures = rows.sums(session, ITEM, asked)
    assert (counts["late"], counts["CLOSED"]) == (1, 1)
    assert figures.sentences == [
        "事项 2 项（立行立改 2）",
        "进展 2 项（已登记 1、已销号 1）",
        "回访满意 9 人（90.0%）",
        "销号率 50.0%（1/2）",
    ]


# --- replies ------------------------------------------------------------------------------------------------------


def test_a_single_opinion_is_owed_an_answer_until_it_has_one(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    first = add(session, "opinion", content="浴室水凉", category="生活福利", nature="个性")
    add(session, "opinion", content="灯不亮", category="生活福利", nature="共性")
    row = worked_off(session, origin=first.name, nature="个性")
    owed = owing.replies(session, campaign_id=campaign_id)
    assert [one.name for one in owed.unanswered] == [first.name]
    with pytest.raises(RuleError) as refused:
        take(session, row, Step.CLOSE, approved_by="李某")
    assert refused.value.code == "V-RCT-08"
    answer = {"opinion": first.name, "kind": "立改", "content": "锅炉已换", "channel": "会上"}
    add(session, "reply", **answer)
    assert owing.replies(session, campaign_id=campaign_id).sentence == (
        "应逐条答复的个性意见 1 条，已答复 1 条，未答复 0 条"
    )
    take(session, row, Step.CLOSE, approved_by="李某")


@pytest.mark.parametrize(
    ("code", "typed"),
    [("V-RCT-13", {"opinion": "第三条"}), ("V-OPN-02", {"content": "回复到 someone@example.com"})],
)
def test_an_answer_names_an_opinion_and_nobody(session: Session, code: str, typed: dict[str, str]) -> None:
    answer = {"opinion": f"{B3}-1", "kind": "立改", "content": "锅炉已换", "channel": "会上"}
    with pytest.raises(RuleError) as refused:
        add(session, "reply", **{**answer, **typed})
    assert refused.value.code == code


def asked_of(act: Callable[[], object]) -> list[tuple[str, str]]:
    """What an act asks a reason for."""
    with pytest.raises(NeedsReasonError) as asks:
        act()
    return [(one.code, one.sentence) for one in asks.value.findings]


ANSWER = {"kind": "立改", "content": "锅炉已换", "channel": "会上"}


def test_an_answer_to_an_opinion_that_is_not_there_or_is_anothers_is_asked_about(session: Session) -> None:
    """It was taken without a word, and the opinion that was meant stayed owed."""
    mine = add(session, "opinion", content="浴室水凉", category="生活福利", nature="个性")
    others = add(session, "opinion", org="QL.02", content="浴室水凉", category="生活福利", nature="个性")
    for code, typed in (
        ("V-RCT-16", {"opinion": f"{B3}-77"}),
        ("V-RCT-16", {"opinion": "ZZ.09-1"}),
        ("V-RCT-17", {"opinion": others.name}),
        ("V-RCT-16", {"opinion": mine.name, "item": f"{B3}-78"}),
    ):
        number = typed.get("item", typed["opinion"])
        ((said, sentence),) = asked_of(lambda typed=typed: add(session, "reply", **ANSWER, **typed))
        assert (said, number in sentence) == (code, True)
    sheet = plans.LedgerSheet(
        "答复.xlsx",
        (Line("表", 2, {"opinion": mine.name, **ANSWER}), Line("表", 3, {"opinion": f"{B3}-77", **ANSWER})),
    )
    plan = plans.plan(
        session, catalog.ledger("reply"), campaign_id=make.campaign_of(session), sheet=sheet, today=TODAY
    )
    assert [(one.code, one.row) for one in plan.findings] == [("V-RCT-16", 3)]
    above = add(
        session, "reply", org="QL", opinion=others.name, **ANSWER
    )  # an office answers for those below it
    with session.begin_nested():
        edits.change(
            session,
            catalog.ledger("reply"),
            campaign_id=make.campaign_of(session),
            ids=[above.id],
            typed={"channel": "电话"},
            today=TODAY,
            by=BY,
        )


def test_the_same_answer_and_the_same_item_are_asked_about(session: Session) -> None:
    mine = add(session, "opinion", content="浴室水凉", category="生活福利")
    for key, typed in (
        ("reply", {"opinion": mine.name, **ANSWER}),
        ("rectification", {**PROBLEM, "origin": mine.name}),
    ):
        first = add(session, key, **typed)
        ((code, sentence),) = asked_of(lambda key=key, typed=typed: add(session, key, **typed))
        assert (code, f"与已登记的 {first.name} " in sentence) == ("V-RCT-18", True)
        assert add(session, key, reason="是两次答复", **typed).number == 2
    ((code, sentence),) = asked_of(lambda: add(session, **{**PROBLEM, "origin": f"{B3}-9"}))
    assert (code, f"{B3}-9" in sentence) == ("V-RCT-16", True)


# --- low rates ----------------------------------------------------------------------------------------------------


def test_low_rates_propose_items_by_the_lines_of_the_rule_and_only_once(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    for org, satisfied in ((B3, 59), ("QL.01.G01.B001", 60), ("QL.01.G01.B002", 80)):
        marks = [(100, 0, 0, 0)] * 4 + [(satisfied, 100 - satisfied, 0, 0)]
        make.received(session, campaign_id=campaign_id, org_code=org, counts={"T-ORG-A": marks})
    proposed = low_rates.proposals(session, campaign_id=campaign_id)
    assert [(one.org, one.rate, one.must) for one in proposed] == [
        (B3, "59.0", True),
        ("QL.01.G01.B001", "60.0", False),
    ]
    assert [one.finding.code for one in proposed] == ["V-RCT-14", "V-RCT-09"]
    low_rates.register(session, campaign_id=campaign_id, wanted=proposed[:1], today=TODAY, by=BY)
    (row,) = rows.listing(session, ITEM, Asked(campaign_id, TODAY))
    assert (row.org, row.values["unit"]) == ("QL", B3)  # another unit's: it is ordered
    assert (row.texts["source_kind"], row.texts["status"]) == ("低满意率项目", "已登记")
    assert row.texts["problem"] == "一矿机关党支部“总体”满意率偏低"
    assert low_rates.standing(session, row, campaign_id=campaign_id) == "满意率现在是 59.0%（59/100）。"
    assert low_rates.proposals(session, campaign_id=campaign_id) == proposed[1:]


def test_a_rate_that_is_withheld_later_is_told_by_no_row(session: Session) -> None:
    """Of three branches the smallest comes last: the sum without the two others would tell its five items."""
    campaign_id = make.campaign_of(session)
    marks = {"T-ORG-A": [(100, 0, 0, 0)] * 4 + [(59, 41, 0, 0)]}
    make.received(session, campaign_id=campaign_id, org_code=B3, counts=marks)
    proposed = low_rates.proposals(session, campaign_id=campaign_id)
    low_rates.register(session, campaign_id=campaign_id, wanted=proposed, today=TODAY, by=BY)
    few = {"T-ORG-A": [(1, 2, 0, 0)] * 5}
    make.received(session, campaign_id=campaign_id, org_code="QL.01.G01.B001", counts=few)
    shown = results.read(session, campaign_id=campaign_id).by_org(layer=2, form_code="T-ORG-A")
    assert all(one.result.hidden for one in shown)
    (row,) = rows.listing(session, ITEM, Asked(campaign_id, TODAY))
    assert not [text for text in row.texts.values() if "59" in text]
    assert low_rates.standing(session, row, campaign_id=campaign_id) == "满意率现在不显示：样本不足。"


def test_a_low_rate_of_the_own_ballots_is_an_item_of_the_own_ledger(tmp_path: Path) -> None:
    store = make.published_school(tmp_path / "学校.pingyi", form_codes=["T-ORG-A"])
    with store.transaction() as school:
        campaign_id = make.campaign_of(school)
        make.sealed(school, make.batch(school, campaign_id=campaign_id).id, ["41111"] * 5)
        (low,) = low_rates.proposals(school, campaign_id=campaign_id)
        low_rates.register(school, campaign_id=campaign_id, wanted=[low], today=TODAY, by=BY)
        (row,) = rows.listing(school, ITEM, Asked(campaign_id, TODAY))
        assert (row.org, row.values["unit"], row.values["origin"]) == (low.org, "", low.origin)
    store.close()


def test_nothing_is_proposed_of_whom_nothing_may_be_printed(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    marks = {"T-ORG-A": [(0, 4, 0, 0)] * 5}
    make.received(session, campaign_id=campaign_id, org_code="QL.02.B001", counts=marks)
    assert low_rates.proposals(session, campaign_id=campaign_id) == []
    with pytest.raises(RuleError) as refused:
        low_rates.register(session, campaign_id=campaign_id, wanted=(), today=TODAY, by=BY)
    assert refused.value.code == "V-RCT-15"
