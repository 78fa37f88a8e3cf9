"""Evidence of another owner is never overridden: sheet, heading, title, batch code, unit; names match whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from make_sheets import workbook
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import stacks
from pingyi_desktop.appraisal.batches.stacks import StackPlan
from pingyi_desktop.appraisal.people import members, org, roster
from pingyi_desktop.appraisal.people.mentions import named
from pingyi_desktop.appraisal.people.roster_facts import RosterPlan
from pingyi_desktop.sheets.roster.roster import read_roster
from pingyi_desktop.sheets.stacks.ballots import read_ballots
from pingyi_desktop.sheets.stacks.counts import read_counts
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store

H, R = ["姓名", "人员类别"], ["张三", "正式党员"]
HB = ["姓名", "人员类别", "所在党支部"]
ONE, TWO, OFFICE = "一矿采一队党支部", "一矿采二队党支部", "一矿机关党支部"
Sheets = dict[str, Sequence[Sequence[Any]]]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Session]:
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        for number, short in ((8, "一支部"), (9, "第二党支部")):
            org.add(
                session,
                parent_code="QL.02",
                code=f"QL.02.B00{number}",
                org_type=OrgType.BRANCH,
                full_name=f"中共青峦公司二矿{short.replace('党', '')}委员会",
                short_name=short,
                by=make.BY,
            )
        yield session
    made.close()


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Store]:
    made = make.published_school(tmp_path / "XX.pingyi", people=(), form_codes=["T-MEM-A"])
    yield made
    made.close()


def planned(session: Session, tmp_path: Path, sheets: Sheets) -> RosterPlan:
    return roster.plan_roster(session, sheet=read_roster(workbook(tmp_path / "r.xlsx", sheets)))


def errors(plan: RosterPlan | StackPlan) -> list[tuple[str, str]]:
    return [(f.code, f.sentence) for f in plan.findings if f.weight == "E"]


OTHERS: dict[str, Sheets] = {
    "a sheet": {"慈云学校二支部": [H, R]},
    "a sheet without the kind": {"慈云二中学": [H, R]},
    "a short name": {"二党支部": [H, R]},
    "a heading": {"名册": [H, ["机关党支部", None], R]},
    "a merged heading without the kind": {"名册": [H, ["后勤处", "后勤处"], R]},
    "a title": {"名册": [["中共慈云二校支部委员会党员花名册"], H, R]},
    "a title with a label": {"名册": [["填报单位：采剥2队"], H, R]},
    "a title of a level above": {"名册": [["青峦公司一矿党委党员名册"], H, R]},
    "a second table's title": {"名册": [H, R, ["机关党支部党员名册"], H, ["李四", "正式党员"]]},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_the_only_branch_is_not_taken_for_another(branch: Store, tmp_path: Path, kind: str) -> None:
    with branch.reading() as session:
        plan = planned(session, tmp_path, OTHERS[kind])
    assert plan.blocked
    assert errors(plan)[0][0] == "V-IMP-16"
    assert "这里没有这个组织" in errors(plan)[0][1]


@pytest.mark.parametrize(
    "sheets",
    [
        {"慈云学校党支部": [H, R]},
        {"2026年慈云学校支部": [H, R]},
        {"党员": [["党支部党员花名册"], ["各党支部书记：王五"], H, R]},
        {"Sheet1": [["单位：慈云学校"], H, R]},
        {"1": [H, R]},
        {"干部": [H, R]},
    ],
    ids=["sheet", "year", "nobody's", "label", "number", "a word"],
)
def test_its_own_name_and_nobodys_are_no_other_owner(branch: Store, tmp_path: Path, sheets: Sheets) -> None:
    with branch.reading() as session:
        plan = planned(session, tmp_path, sheets)
    assert (errors(plan), len(plan.additions)) == ([], 1)


@pytest.mark.parametrize(
    ("sheets", "found"),
    [
        ({"一支部": [H, R]}, "QL.02.B008"),
        ({"第一支部": [H, R]}, "QL.02.B008"),
        ({"二支部": [H, R]}, "QL.02.B009"),
        ({"S": [["二矿党委第二支部党员名册"], H, R]}, "QL.02.B009"),
        ({"S": [H, ["QL.02.B009"], R]}, "QL.02.B009"),
        ({"S": [["青峦公司一矿采一队党支部"], H, R]}, "QL.01.G01.B001"),
        ({"第十一支部": [H, R]}, None),
        ({"十二支部": [H, R]}, None),
        ({"S": [["第三十一党支部党员名册"], H, R]}, None),
        ({"采一队党支部": [H, R]}, None),
        ({"S": [HB, ["张三", "正式党员", "十一支部"]]}, None),
        ({"S": [HB, ["张三", "正式党员", "一矿党委"]]}, None),
    ],
)
def test_names_match_whole(company: Session, tmp_path: Path, sheets: Sheets, found: str | None) -> None:
    plan = planned(company, tmp_path, sheets)
    assert [m.org_code for m in plan.additions] == ([found] if found else [])
    assert plan.blocked == (found is None)


@pytest.mark.parametrize(
    "sheets",
    [
        {OFFICE: [HB, ["张三", "正式党员", ONE]]},
        {"S": [[f"{OFFICE}党员名册"], HB, ["张三", "正式党员", ONE]]},
        {"S": [HB, [OFFICE, None, None], ["张三", "正式党员", ONE]]},
        {"S": [["青峦公司二矿党委党员名册"], HB, ["张三", "正式党员", ONE]]},
        {TWO: [[f"{ONE}党员花名册"], H, R]},
        {ONE: [["采九队党支部党员花名册"], H, R]},
    ],
    ids=["sheet", "title", "heading", "level above", "sheet and title", "unknown title"],
)
def test_what_contradicts_itself_is_not_decided(company: Session, tmp_path: Path, sheets: Sheets) -> None:
    plan = planned(company, tmp_path, sheets)
    assert [code for code, _ in errors(plan)] == ["V-IMP-16"]
    assert plan.additions == ()


def test_a_heading_speaks_for_the_rows_below_it_not_the_branch_above(
    company: Session, tmp_path: Path
) -> None:
    rows = [HB, ["张三", "正式党员", ONE], [OFFICE, None, None], ["李四", "正式党员", None]]
    plan = planned(company, tmp_path, {"S": rows})
    assert [m.org_short_name for m in plan.additions] == [ONE, OFFICE]


def test_names_that_anybody_may_say_of_himself_name_nobody() -> None:
    for text in (
        "各支部",
        "本党支部",
        "党支部书记",
        "支部委员会名单",
        "公司党委",
        "所在党支部",
        "先进党支部",
    ):
        assert named(text) == []
    assert named("（一）2026年采二队党支部党员花名册") == ["采二队党支部"]


# Ballots and counts

MARKS, BALLOT = ["序号", "①践诺", "②岗位争优", "③服务群众"], [1, 1, 1, 1]
MEM = "L2-XX-T-MEM-A-v1-ALL"
COUNT = ["票批码", "项目", "满意", "比较满意", "基本满意", "不满意"]
COUNTS = [[MEM, item, 5, 0, 0, 0] for item in MARKS[1:]]


def stack_plan(store: Store, tmp_path: Path, sheets: Sheets, *, counts: bool = False) -> StackPlan:
    path = workbook(tmp_path / "票.xlsx", sheets)
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        own = stacks.stacks(session, campaign_id=campaign_id)
        file = (read_counts if counts else read_ballots)(path, stacks=own)
        return stacks.plan_stacks(session, campaign_id=campaign_id, file=file)


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ([["票批码：L2-YY-T-MEM-A-v1-ALL 采二队党支部"]], "票"),
        ([["票批码：L2-XX-T-MEM-A-v1"]], "票"),
        ([["党员参加创先争优活动群众评议表"], ["被评议党组织：采二队党支部"]], "票"),
        ([["单位：采二队"]], "票"),
        ([["T-MEM-E"]], "票"),
        ([], "1 采二队党支部 全体参评人员"),
        ([], "采二队"),
        ([], "L2-YY-T-MEM-A-v1-ALL"),
    ],
    ids=["code", "part of a code", "unit", "label", "form", "template", "sheet", "code of a sheet"],
)
@pytest.mark.parametrize("counts", [False, True], ids=["ballots", "counts"])
def test_ballots_of_another_owner_are_not_counted(
    branch: Store, tmp_path: Path, above: list[list[str]], name: str, counts: bool
) -> None:
    rows = [COUNT, *COUNTS] if counts else [MARKS, BALLOT]
    plan = stack_plan(branch, tmp_path, {name: [*above, *rows]}, counts=counts)
    assert plan.entries == ()
    assert [code for code, _ in errors(plan)] == ["V-IMP-16"]


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ([[f"票批码：{MEM} 慈云学校党支部"]], "1 慈云学校党支部 全体参评人员"),
        ([["各党支部民主评议"]], "Sheet1"),
        ([["被评议党组织：中共慈云学校支部委员会"]], "慈云学校"),
    ],
)
def test_its_own_name_above_ballots_is_its_own(
    branch: Store, tmp_path: Path, above: list[list[str]], name: str
) -> None:
    plan = stack_plan(branch, tmp_path, {name: [*above, MARKS, BALLOT]})
    assert (errors(plan), [entry.code for entry in plan.entries]) == ([], [MEM])


def test_a_heading_between_ballots_names_another_branch(branch: Store, tmp_path: Path) -> None:
    plan = stack_plan(branch, tmp_path, {"票": [MARKS, BALLOT, ["采二队党支部"], [2, 1, 1, 1]]})
    assert [code for code, _ in errors(plan)] == ["V-IMP-16"]


def test_a_row_of_another_batch_names_the_cause(branch: Store, tmp_path: Path) -> None:
    plan = stack_plan(branch, tmp_path, {"票": [["党组织", *MARKS], ["采二队党支部", *BALLOT]]})
    assert errors(plan) == [
        (
            "V-BAL-16",
            "第 2 行：没有这样的票批：场次码、评议表或版本不一致，请检查是否混入其他场次的票（“党组织代码”写的是“采二队党支部”，本单位的是“慈云学校党支部”）。",
        )
    ]


def test_members_stay_out_of_the_file_of_another(branch: Store, tmp_path: Path) -> None:
    with branch.reading() as session:
        planned(session, tmp_path, OTHERS["a sheet"])
        assert members.members(session) == []
