"""Importing a roster: planned, previewed, all or nothing; what leaves comes back unchanged."""

from __future__ import annotations

import tracemalloc

import pytest
from make_sheets import HEAD, workbook
from openpyxl import load_workbook

import make
from make import BY, WHY, company, school
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.people import members, org, roster
from pingyi_desktop.errors import FileError, RuleError
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Table
from pingyi_desktop.sheets.roster.roster import read_roster
from pingyi_desktop.sheets.roster.roster_out import export_roster, write_template
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_people import OrgType

ONE, TWO, EMPTY = "一矿采一队党支部", "一矿采二队党支部", "二矿机关党支部"
ORG_HEAD = ("组织代码", "上级代码", "组织类别", "全称", "简称")


@pytest.fixture
def data(tmp_path):
    made = company(tmp_path / "company.pingyi")
    yield made
    made.close()


def plan(data, tmp_path, sheets, **kwargs):
    sheet = read_roster(workbook(tmp_path / "r.xlsx", sheets, **kwargs))
    with data.reading() as session:
        return roster.plan_roster(session, sheet=sheet)


def plan_rows(data, tmp_path, *rows, head=HEAD):
    return plan(data, tmp_path, {"党员": [head, *rows]})


def carry_out(data, plan):
    with data.transaction() as session:
        roster.apply_roster(session, plan=plan, by=BY, reason=WHY)


def everything(data):
    """All organisations, members and journal entries of a file."""
    with data.reading() as session:
        people = members.members(session, include_retired=True)
        return org.tree(session), people, journal.lines(session, newest=10_000)


def errors(plan):
    return [(f.code, f.sheet, f.row, f.column, f.sentence) for f in plan.findings if f.weight == "E"]


def levels(plan):
    return [(f.code, f.weight, f.row) for f in plan.findings]


# What is added, changed and left alone


def test_new_members_are_planned_and_then_written_in_the_order_of_the_sheet(data, tmp_path):
    planned = plan_rows(
        data,
        tmp_path,
        ["", "郑十", EMPTY, "正式", "书记", "是", "2011.7.6", "流动"],
        ["QL00100", "冯一", "中共青峦公司二矿机关支部委员会", "预备", "", "", None, ""],
        ["", "陈二", "二矿机关", "正式", "", "", None, "不参评"],
        head=(*HEAD, "党内职务", "领导干部", "入党日期", "在册情况"),
    )
    assert [(m.member_no, m.display_name, m.org_short_name) for m in planned.additions] == [
        ("QL00101", "郑十", EMPTY),
        ("QL00100", "冯一", EMPTY),
        ("QL00102", "陈二", EMPTY),
    ]
    assert (planned.changes, planned.unchanged, planned.blocked) == ((), 0, False)
    before = everything(data)
    carry_out(data, planned)
    _, people, lines = everything(data)
    assert [m for m in people if m.org_short_name != EMPTY] == before[1]
    first, *others = [m for m in people if m.org_short_name == EMPTY]
    assert (first.party_duty, first.is_leading_cadre, first.join_date) == ("书记", True, "2011-07-06")
    assert (first.roster_status, first.category) == ("MOBILE", "FULL")
    assert [m.name for m in others] == ["冯一", "陈二"]
    assert len(lines) == len(before[2]) + 1
    assert (lines[0].act, lines[0].subject) == ("导入名册", "r.xlsx")


def test_known_members_are_recognised_by_number_or_by_branch_and_name(data, tmp_path):
    planned = plan_rows(
        data,
        tmp_path,
        ["QL00001", "赵建国", TWO.replace("采二队", "机关"), "正式", "班长"],
        ["", "孙志强", ONE, "预备", ""],
        ["", "钱秀英", ONE, "正式", ""],
        head=(*HEAD, "岗位"),
    )
    assert [(m.display_name, [(e.field, e.before, e.after) for e in m.edits]) for m in planned.changes] == [
        ("赵建国", [("所在党支部", ONE, "一矿机关党支部"), ("工作岗位", "", "班长")]),
        ("孙志强", [("人员类别", "正式党员", "预备党员")]),
    ]
    assert planned.unchanged == 1


def test_a_transfer_by_number_is_written_and_leaves_the_group_behind(data, tmp_path):
    with data.transaction() as session:
        members.change_member(session, member_no="QL00001", by=BY, group_name="第一党小组")
    planned = plan_rows(data, tmp_path, ["QL00001", "赵建国", EMPTY, "正式"])
    carry_out(data, planned)
    with data.reading() as session:
        moved = make.member(session, "QL00001")
    assert (moved.org_short_name, moved.group_name) == (EMPTY, "")


def test_columns_the_sheet_does_not_have_are_left_alone_and_blanks_count(data, tmp_path):
    with data.transaction() as session:
        members.change_member(session, member_no="QL00001", by=BY, post="班长", party_duty="书记")
    with data.reading() as session:
        known = make.member(session, "QL00001")
    row = [known.member_no, known.name, known.org_short_name, "正式"]
    assert plan_rows(data, tmp_path, row).writes_nothing
    planned = plan_rows(data, tmp_path, [*row, ""], head=(*HEAD, "职务"))
    assert [(e.field, e.before, e.after) for e in planned.changes[0].edits] == [("党内职务", "书记", "")]


def test_two_namesakes_may_exchange_their_marks(data, tmp_path):
    head = (*HEAD, "区分标记")
    rows = [["A1", "李伟", EMPTY, "正式", "（大）"], ["A2", "李伟", EMPTY, "正式", "（小）"]]
    carry_out(data, plan_rows(data, tmp_path, *rows, head=head))
    rows[0][4], rows[1][4] = rows[1][4], rows[0][4]
    carry_out(data, plan_rows(data, tmp_path, *rows, head=head))
    with data.reading() as session:
        found = {m.member_no: m.display_name for m in members.members(session, under="QL.02")}
    assert found == {"A1": "李伟（小）", "A2": "李伟（大）"}


def test_members_the_sheet_does_not_name_are_listed_and_stay(data, tmp_path):
    planned = plan_rows(data, tmp_path, ["", "赵建国", ONE, "正式"])
    missing = [f for f in planned.findings if f.code == "V-IMP-13"]
    assert [(f.weight, f.where) for f in missing] == [("I", "钱秀英"), ("I", "孙志强")]
    assert missing[0].sentence.startswith(f"名册中没有“{ONE}”的“钱秀英”")
    carry_out(data, planned)
    with data.reading() as session:
        assert len(members.members(session)) == 9


def test_somebody_off_the_roster_comes_back_by_number_with_a_warning(data, tmp_path):
    with data.transaction() as session:
        members.retire_members(session, member_nos=["QL00001"], by=BY, reason=WHY)
    with data.reading() as session:
        gone = make.member(session, "QL00001")
    planned = plan_rows(data, tmp_path, ["QL00001", "赵建国", gone.org_short_name, "正式"])
    assert ("V-MEM-31", "W", 2) in levels(planned)
    carry_out(data, planned)
    with data.reading() as session:
        assert not make.member(session, "QL00001").retired


def test_a_namesake_in_another_branch_may_be_the_same_person(data, tmp_path):
    planned = plan_rows(data, tmp_path, ["", "赵建国", EMPTY, "正式"])
    found = [f for f in planned.findings if f.code == "V-MEM-13"]
    assert [f.weight for f in found] == ["W"] * 3
    assert "如是同一人调动，请填写编号" in found[0].sentence
    assert not planned.blocked


# What blocks


def test_v_mem_03_namesakes_in_one_branch(data, tmp_path):
    planned = plan_rows(data, tmp_path, ["1", "李伟", EMPTY, "正式"], ["2", "李 伟", EMPTY, "正式"])
    text = f"“{EMPTY}”有 2 名“李伟”（第 2、3 行），请填写区分标记，否则名册式评议表无法辨认。"
    assert errors(planned) == [("V-MEM-03", "党员", 3, "B 列“姓名”", text)]
    planned = plan_rows(data, tmp_path, ["", "赵建国", ONE, "正式"], ["", "赵建国", ONE, "预备"])
    assert [(code, row) for code, _, row, *_ in errors(planned)] == [("V-MEM-03", 3)]


def test_v_mem_03_a_transfer_meets_a_namesake(data, tmp_path):
    with data.reading() as session:
        other = next(m for m in members.members(session) if m.name == "赵建国" and m.org_short_name == ONE)
    planned = plan_rows(data, tmp_path, [other.member_no, "赵建国", TWO, "正式"])
    assert [(code, row) for code, _, row, *_ in errors(planned)] == [("V-MEM-03", 2)]


def test_v_mem_05_an_unknown_branch_is_told_once_with_a_suggestion(data, tmp_path):
    rows = [
        ["", name, "一矿采1队党支部", "正式"] for name in ("甲一", "乙二", "丙三", "丁四", "戊五", "己六")
    ]
    (found,) = errors(plan_rows(data, tmp_path, *rows))
    assert found[:4] == ("V-MEM-05", "党员", 2, "C 列“所在党支部”")
    assert found[4] == "第 2、3、4 行等 6 行：未找到党支部“一矿采1队党支部”，是否指“一矿采一队党支部”？"


def test_v_mem_05_the_branch_of_a_row_is_blank(data, tmp_path):
    planned = plan_rows(data, tmp_path, ["", "甲一", "", "正式"])
    assert errors(planned) == [
        ("V-MEM-23", "党员", 2, "C 列“所在党支部”", "第 2 行：没有填写党支部，请补上。")
    ]


def test_v_mem_06_a_number_twice(data, tmp_path):
    planned = plan_rows(data, tmp_path, ["A1", "甲一", EMPTY, "正式"], ["A1", "乙二", EMPTY, "正式"])
    assert errors(planned) == [("V-MEM-06", "党员", 3, "A 列“编号”", "编号“A1”重复（第 2、3 行）。")]


def test_v_mem_06_a_known_member_under_another_number(data, tmp_path):
    (found,) = errors(plan_rows(data, tmp_path, ["A1", "赵建国", ONE, "正式"]))
    assert found[0] == "V-MEM-26"
    assert "同一人请改为一致" in found[4]


def test_v_mem_09_full_membership_before_joining(data, tmp_path):
    planned = plan_rows(
        data,
        tmp_path,
        ["", "甲一", EMPTY, "正式", "2012.7.6", "2011.7.6"],
        head=(*HEAD, "入党时间", "转正时间"),
    )
    (found,) = planned.findings
    assert (found.code, found.weight, found.row, found.column) == ("V-MEM-09", "W", 2, "F 列“转正时间”")
    assert found.sentence.startswith("第 2 行：“甲一”转正日期早于入党日期")


def test_a_blocked_roster_writes_nothing_at_all(data, tmp_path):
    planned = plan(
        data,
        tmp_path,
        {
            "党组织": [ORG_HEAD, ["QL.03", "QL", "党委", "中共青峦公司三矿委员会", "三矿党委"]],
            "党员": [HEAD, ["", "甲一", EMPTY, "正式"], ["", "乙2", EMPTY, "正式"]],
        },
    )
    assert planned.blocked
    assert (len(planned.additions), len(planned.orgs_added)) == (1, 1)
    before = everything(data)
    with pytest.raises(RuleError, match="还有 1 处必须先改正，没有写入任何内容") as error:
        carry_out(data, planned)
    assert error.value.code == "V-IMP-12"
    assert everything(data) == before


def test_a_plan_is_not_applied_to_a_file_that_has_changed_since(data, tmp_path):
    planned = plan_rows(data, tmp_path, ["", "甲一", EMPTY, "正式"])
    with data.transaction() as session:
        members.add_member(session, org_code="QL.02.B001", name="甲一", category="FULL", by=BY, reason=WHY)
    before = everything(data)
    with pytest.raises(RuleError, match="预览之后数据又有变化"):
        carry_out(data, planned)
    assert everything(data) == before


# Which branch is meant


def twins(data):
    """A second branch with the short name of the first."""
    with data.transaction() as session:
        org.change(session, code="QL.02.B001", by=BY, reason=WHY, short_name="机关党支部")
        org.change(session, code="QL.01.B003", by=BY, reason=WHY, short_name="机关党支部")


def test_equal_short_names_are_told_apart_by_code_or_by_the_committee(data, tmp_path):
    twins(data)
    (found,) = errors(plan_rows(data, tmp_path, ["", "甲一", "机关党支部", "正式"]))
    assert found[0] == "V-MEM-34"
    assert "名为“机关党支部”的党支部有 2 个" in found[4]
    for title, text in (("所在党委", "二矿党委"), ("支部代码", "QL.02.B001")):
        planned = plan_rows(data, tmp_path, ["", "甲一", "机关党支部", "正式", text], head=(*HEAD, title))
        assert [m.org_code for m in planned.additions] == ["QL.02.B001"]


def test_a_name_without_its_mine_is_found_below_the_committee_named(data, tmp_path):
    planned = plan_rows(
        data, tmp_path, ["", "甲一", "机关党支部", "正式", "二矿党委"], head=(*HEAD, "所在党委")
    )
    assert [m.org_code for m in planned.additions] == ["QL.02.B001"]


@pytest.mark.parametrize(
    "sheets",
    [
        {EMPTY: [["姓名", "类别"], ["甲一", "正式"]]},
        {"Sheet1": [[f"中共青峦公司{EMPTY}党员花名册"], ["姓名", "类别"], ["甲一", "正式"]]},
        {"Sheet1": [["姓名", "类别"], [EMPTY], ["甲一", "正式"]]},
    ],
    ids=["sheet name", "title", "heading"],
)
def test_without_a_column_the_branch_stands_above(data, tmp_path, sheets):
    planned = plan(data, tmp_path, sheets)
    assert ([m.org_short_name for m in planned.additions], planned.blocked) == ([EMPTY], False)


def test_v_imp_05_when_nothing_says_which_branch(data, tmp_path):
    planned = plan(data, tmp_path, {"Sheet1": [["姓名", "类别"], ["甲一", "正式"]]})
    (found,) = errors(planned)
    assert (found[0], found[4].startswith("未找到列“所在党支部”，请按模板对应列名")) == ("V-IMP-26", True)


def test_a_branch_on_its_own_needs_no_column(tmp_path):
    made = school(tmp_path / "school.pingyi", people=())
    planned = plan(made, tmp_path, {"Sheet1": [["姓名", "类别"], ["甲一", "正式"]]})
    assert [m.member_no for m in planned.additions] == ["XX00001"]
    made.close()


def test_a_dissolved_branch_takes_nobody(data, tmp_path):
    with data.transaction() as session:
        org.dissolve(session, code="QL.02.B001", by=BY)
    (found,) = errors(plan_rows(data, tmp_path, ["", "甲一", EMPTY, "正式"]))
    assert "已撤销" in found[4]


# Organisations in the same workbook


def test_organisations_come_in_any_order_together_with_their_members(data, tmp_path):
    planned = plan(
        data,
        tmp_path,
        {
            "党员": [HEAD, ["", "甲一", "三矿机电党支部", "正式"], ["", "乙二", "QL.03.B002", "正式"]],
            "党组织": [
                ORG_HEAD,
                ["QL.03.B002", "三矿党委", "支部", "中共青峦公司三矿通风支部委员会", ""],
                ["QL.03.G01.B001", "QL.03.G01", "支部", "中共青峦公司三矿机电支部委员会", "三矿机电党支部"],
                ["QL.03.G01", "QL.03", "总支", "中共青峦公司三矿采掘总支部委员会", "三矿采掘党总支"],
                ["QL.03", "QL", "党委", "中共青峦公司三矿委员会", "三矿党委"],
                ["QL.02", "QL", "党委", "中共青峦公司二矿委员会", "新二矿党委"],
            ],
        },
    )
    assert errors(planned) == []
    assert [(o.code, o.depth, o.short_name) for o in planned.orgs_added] == [
        ("QL.03", 1, "三矿党委"),
        ("QL.03.B002", 2, "青峦公司三矿通风党支部"),
        ("QL.03.G01", 2, "三矿采掘党总支"),
        ("QL.03.G01.B001", 3, "三矿机电党支部"),
    ]
    assert [(c.org.code, [(e.field, e.before, e.after) for e in c.edits]) for c in planned.orgs_changed] == [
        ("QL.02", [("简称", "二矿党委", "新二矿党委")])
    ]
    carry_out(data, planned)
    with data.reading() as session:
        assert [o.code for o in org.tree(session, under="QL.03")] == [o.code for o in planned.orgs_added]
        assert [m.org_code for m in members.members(session, under="QL.03")] == [
            "QL.03.B002",
            "QL.03.G01.B001",
        ]
        assert org.find(session, code="QL.02").short_name == "新二矿党委"


@pytest.mark.parametrize(
    ("rows", "rule", "row", "column", "text"),
    [
        (
            [["QL.03", "QL", "党委", "甲委员会"], ["ql.03", "QL", "党委", "乙委员会"]],
            *("V-ORG-01", 3, "A", "组织代码“QL.03”已被“甲委员会（第 2 行）”使用，请更换。"),
        ),
        ([["QL.03", "", "党委", "甲委员会"]], "V-ORG-02", 2, "B", "“甲委员会”还没有选择上级党组织。"),
        ([["QL.03", "一矿党组", "支部", "甲支部"]], "V-ORG-22", 2, "B", "是否指“一矿党委”？"),
        (
            [["QL.01", "QL.01.G01", "党委", "中共青峦公司一矿委员会"]],
            "V-ORG-03",
            2,
            "B",
            "不能设为自己或下级的下级。",
        ),
        (
            [["A", "B", "党委", "甲委员会"], ["B", "A", "党委", "乙委员会"]],
            *("V-ORG-03", 2, "B", "“甲委员会”不能设为自己或下级的下级。"),
        ),
        (
            [["QL.03", "QL.02.B001", "党委", "甲委员会"]],
            *(
                "V-ORG-04",
                2,
                "B",
                "“甲委员会”（基层党委）不能直接隶属于“中共青峦公司二矿机关支部委员会”（党支部）。",
            ),
        ),
        (
            [["QL.01", "QL", "党总支", "中共青峦公司一矿委员会"]],
            "V-ORG-04",
            2,
            "B",
            "采掘总支部委员会”（党总支）不能直接隶属于",
        ),
        ([["QL 03", "QL", "党委", "甲委员会"]], "V-MEM-25", 2, "A", "中间不留空格"),
        ([["三矿", "QL", "党委", "甲委员会"]], "V-ORG-12", 2, "A", "请只用字母、数字、点和横线"),
        ([["QL.03", "QL", "党委", ""]], "V-ORG-13", 2, "D", "第 2 行：全称“”请填 1 至 100 个字。"),
    ],
)
def test_v_org_rules_of_a_sheet_name_row_and_column(data, tmp_path, rows, rule, row, column, text):
    planned = plan(data, tmp_path, {"党组织": [ORG_HEAD[:4], *rows]})
    code, sheet, at, where, sentence = errors(planned)[0]
    assert (code, sheet, at, where.partition(" ")[0]) == (rule, "党组织", row, column)
    assert text in sentence


# Out and back


def test_what_is_exported_comes_back_unchanged(data, tmp_path):
    with data.transaction() as session:
        members.change_member(
            session,
            member_no="QL00001",
            by=BY,
            party_duty="书记",
            is_leading_cadre=True,
            post="=1+1",
            sex="男",
            join_date="2011-07-06",
            full_date="2012-07-06",
        )
        members.change_member(
            session,
            member_no="QL00002",
            by=BY,
            roster_status="EXEMPT",
            exempt_reason="病休",
            group_name="一组",
        )
        members.add_member(
            session, org_code="QL.02.B001", name="李伟", name_suffix="（大）", category="PROBATIONARY", by=BY, reason=WHY,
            member_no="00012",
        )  # fmt: skip
        org.change(
            session, code="QL.01", by=BY, reason=WHY, declared_member_count=12, sort_no=3, in_scope=False
        )
    twins(data)
    with data.transaction() as session:
        assert export_roster(session, tmp_path / "out.xlsx", by=BY, reason=WHY) == 10
    sheet = read_roster(tmp_path / "out.xlsx")
    with data.reading() as session:
        planned = roster.plan_roster(session, sheet=sheet)
    assert planned.findings == ()
    assert (planned.writes_nothing, planned.unchanged) == (True, 10)


def test_an_export_fills_an_empty_file_of_the_same_unit(data, tmp_path):
    with data.transaction() as session:
        export_roster(session, tmp_path / "out.xlsx", by=BY, reason=WHY)
        wanted = [(m.member_no, m.display_name, m.org_code) for m in members.members(session)]
    copy = store.create(
        tmp_path / "copy.pingyi", code="QL", name="中共青峦公司委员会", org_type=OrgType.COMPANY_COMMITTEE
    )
    sheet = read_roster(tmp_path / "out.xlsx")
    with copy.transaction() as session:
        roster.apply_roster(session, plan=roster.plan_roster(session, sheet=sheet), by=BY, reason=WHY)
        assert [(m.member_no, m.display_name, m.org_code) for m in members.members(session)] == wanted
        assert org.find(session, code="QL").short_name == "青峦公司党委"
    copy.close()


def test_the_template_has_lists_and_notes_but_no_rows(tmp_path):
    write_template(tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["党组织", "党员", "填写说明"]
    assert [cell.value for cell in book["党员"][1]][:3] == ["编号", "姓名*", "区分标记"]
    assert book["党员"].max_row == book["党组织"].max_row == 1
    lists = {rule.formula1 for rule in book["党员"].data_validations.dataValidation}
    assert '"正式党员,预备党员"' in lists
    assert book["党组织"].column_dimensions["A"].number_format == "@"
    sheet = read_roster(tmp_path / "t.xlsx")
    assert [(f.code, f.weight) for f in sheet.findings] == [("V-IMP-25", "E")]


def test_the_template_filled_in_is_read_back(data, tmp_path):
    write_template(tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    titles = {cell.value.rstrip("*"): cell.column for cell in book["党员"][1]}
    for title, text in {"姓名": "甲一", "所在党支部": EMPTY, "人员类别": "正式党员"}.items():
        book["党员"].cell(2, titles[title], text)
    book.save(tmp_path / "t.xlsx")
    with data.reading() as session:
        planned = roster.plan_roster(session, sheet=read_roster(tmp_path / "t.xlsx"))
    assert ([m.display_name for m in planned.additions], planned.findings) == (["甲一"], ())


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileError, match=r"“t\.xlsx”没有写成"):
        write_template(tmp_path / "none" / "t.xlsx")


LONG = 1_200


def test_a_long_roster_in_one_go(data, tmp_path):
    """More rows than SQLAlchemy sends in one go (a thousand); how long thousands take the benchmark tells."""
    signs = "安白常戴方高韩江孔林马宁彭秦任沈唐魏谢杨"
    rows = [
        [
            "",
            signs[n % 20] + signs[n // 20 % 20] + signs[n // 400],
            (EMPTY, ONE, TWO)[n % 3],
            "正式党员",
            "2011.7.6",
        ]
        for n in range(LONG)
    ]
    path = workbook(tmp_path / "r.xlsx", {"党员": [["青峦公司党员名册"], (*HEAD, "入党日期"), *rows]})
    tracemalloc.start()
    sheet = read_roster(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 22_000 * LONG
    with data.transaction() as session:
        planned = roster.plan_roster(session, sheet=read_roster(path))
        roster.apply_roster(session, plan=planned, by=BY, reason=WHY)
    assert (len(planned.additions), sheet.findings) == (LONG, ())
    with data.reading() as session:
        assert len(members.members(session)) == LONG + 9
        assert [line.subject for line in journal.lines(session) if line.act == "导入名册"] == ["r.xlsx"]
    with data.reading() as session:
        planned = roster.plan_roster(session, sheet=sheet)
    assert (planned.writes_nothing, planned.unchanged) == (True, LONG)


def test_the_order_of_the_sheet_is_kept_wherever_organisations_are_listed(tmp_path):
    """Rows stand in the company's own order, not in that of the codes; what comes later stands after them."""
    made = store.create(
        tmp_path / "a.pingyi", code="QL", name="青峦公司党委", org_type=OrgType.COMPANY_COMMITTEE
    )
    head = (*ORG_HEAD, "排序")
    order = ["QL.03", "QL.01", "QL.02", "QL.01.B2", "QL.01.B1"]
    rows = [
        (
            code,
            code.rpartition(".")[0],
            "党支部" if "B" in code else "基层党委",
            f"中共{code}委员会",
            f"{code}党委",
            "",
        )
        for code in order
    ]
    carry_out(made, plan(made, tmp_path, {"组织": [head, *rows]}))
    assert plan(made, tmp_path, {"组织": [head, *rows]}).writes_nothing
    listed = ["QL.03", "QL.01", "QL.01.B2", "QL.01.B1", "QL.02"]
    with made.transaction() as session:
        assert [o.code for o in org.tree(session)[1:]] == listed
        org.add(
            session,
            parent_code="QL",
            code="QL.00",
            org_type="GRASSROOTS_COMMITTEE",
            full_name="中共零矿委员会",
            by=BY,
        )
        assert [o.code for o in org.tree(session)[1:]] == [*listed, "QL.00"]
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        wanted = ["QL.03", "QL.01", "QL.02", "QL.00"]
        assert [s.org_code for s in sessions.listing(session, campaign_id=campaign_id, layer=1)] == wanted
        assert [
            b.org_code for b in batches.listing(session, campaign_id=campaign_id) if b.layer == 1
        ] == wanted
        handed = tasks.assign(session, campaign_id=campaign_id, by=BY, cost=2)
        assert [one.unit_code for one in handed] == wanted
        for number in ("R02", "R24"):
            report = catalog.build(session, name=number, campaign_id=campaign_id, layer=2)
            (table,) = [block for block in report.blocks if isinstance(block, Table)]
            names = [row.cells[1] for row in table.rows if row.kind == "row"]
            assert names[:5] == ["QL.03党委", "QL.01党委", "QL.01.B2党委", "QL.01.B1党委", "QL.02党委"]
    made.close()
    below = tasks.create_file(
        tmp_path / "b.pingyi", task=tasks.read_task(handed[1].data, handed[1].code), by=BY
    )
    with below.reading() as session:
        assert [o.code for o in org.tree(session)] == ["QL.01", "QL.01.B2", "QL.01.B1"]
    below.close()
