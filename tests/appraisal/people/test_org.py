"""Organisations: the tree, every V-ORG rule, every command with its undo."""

from __future__ import annotations

import pytest

from make import BY, ORGS, WHY, asked, company, refused, school
from pingyi_desktop.appraisal.people import members, naming, org
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_people import OrgType


@pytest.fixture
def session(tmp_path):
    store = company(tmp_path / "company.pingyi")
    with store.reading() as session:
        yield session
    store.close()


def add(session, **changes):
    facts = {"parent_code": "QL.02", "code": "QL.02.B002", "org_type": OrgType.BRANCH, "by": BY}
    return org.add(
        session, **{**facts, "full_name": "中共青峦公司二矿机电支部委员会", "reason": WHY, **changes}
    )


def codes(found):
    return [(f.code, f.weight) for f in found]


def test_the_tree_is_depth_first_in_report_order(session):
    assert [(o.code, o.depth, o.parent_code) for o in org.tree(session)] == [
        ("QL", 0, None),
        ("QL.01", 1, "QL"),
        ("QL.01.B003", 2, "QL.01"),
        ("QL.01.G01", 2, "QL.01"),
        ("QL.01.G01.B001", 3, "QL.01.G01"),
        ("QL.01.G01.B002", 3, "QL.01.G01"),
        ("QL.02", 1, "QL"),
        ("QL.02.B001", 2, "QL.02"),
    ]
    org.change(session, code="QL.02", by=BY, sort_no=-1)
    assert [o.code for o in org.tree(session)][:3] == ["QL", "QL.02", "QL.02.B001"]


def test_a_subtree_begins_with_its_top(session):
    assert [o.code for o in org.tree(session, under="QL.01.G01")] == [
        "QL.01.G01",
        "QL.01.G01.B001",
        "QL.01.G01.B002",
    ]


def test_an_unknown_code_is_told_with_the_nearest_one(session):
    refused("V-ORG-21", org.find, session, code="QL.01.G01.B011", said="是否指“QL.01.G01.B001”？")


def test_the_own_unit_is_the_one_of_the_file(session):
    assert org.own_unit(session).short_name == "青峦公司党委"


def test_an_added_branch_gets_a_short_name_and_a_journal_entry(session):
    added = add(session)
    assert (added.short_name, added.depth, added.parent_code) == ("青峦公司二矿机电党支部", 2, "QL.02")
    assert org.find(session, code="QL.02.B002") == added
    entry = journal.lines(session)[0]
    assert (entry.act, entry.subject, entry.who) == ("新增党组织", "QL.02.B002", BY)


def test_a_free_code_follows_the_habit_of_the_field(session):
    assert org.next_code(session, parent_code="QL", org_type=OrgType.GRASSROOTS_COMMITTEE) == "QL.03"
    assert org.next_code(session, parent_code="QL.01", org_type=OrgType.GENERAL_BRANCH) == "QL.01.G02"
    assert org.next_code(session, parent_code="QL.01.G01", org_type=OrgType.BRANCH) == "QL.01.G01.B003"


def test_v_org_01_a_code_is_used_once(session):
    refused(
        "V-ORG-01",
        add,
        session,
        code="ql.02.b001",
        said="组织代码“ql.02.b001”已被“中共青峦公司二矿机关支部委员会”使用，请更换。",
    )


@pytest.mark.parametrize("parent", [None, "", "QL.99"])
def test_v_org_02_the_parent_must_be_there(session, parent):
    refused(
        "V-ORG-02",
        add,
        session,
        parent_code=parent,
        said="“中共青峦公司二矿机电支部委员会”还没有选择上级党组织。",
    )


@pytest.mark.parametrize("below", ["QL.01", "QL.01.G01", "QL.01.G01.B001"])
def test_v_org_03_nothing_hangs_below_itself(session, below):
    refused(
        "V-ORG-03",
        org.move,
        session,
        code="QL.01",
        new_parent_code=below,
        by=BY,
        said="不能设为自己或下级的下级。",
    )


def test_v_org_04_says_who_may_hang_under_whom(session):
    refused(
        "V-ORG-04",
        add,
        session,
        parent_code="QL.01.G01.B001",
        org_type=OrgType.GRASSROOTS_COMMITTEE,
        full_name="中共青峦公司二矿机电委员会",
        said="“中共青峦公司二矿机电委员会”（基层党委）不能直接隶属于“中共青峦公司一矿采一队支部委员会”（党支部）。",
    )


ALLOWED = {
    (OrgType.COMPANY_COMMITTEE, OrgType.COMPANY_COMMITTEE),
    (OrgType.COMPANY_COMMITTEE, OrgType.GRASSROOTS_COMMITTEE),
    (OrgType.COMPANY_COMMITTEE, OrgType.GENERAL_BRANCH),
    (OrgType.COMPANY_COMMITTEE, OrgType.BRANCH),
    (OrgType.GRASSROOTS_COMMITTEE, OrgType.GENERAL_BRANCH),
    (OrgType.GRASSROOTS_COMMITTEE, OrgType.BRANCH),
    (OrgType.GENERAL_BRANCH, OrgType.BRANCH),
    (OrgType.BRANCH, OrgType.GROUP),
}
PLACES = {
    OrgType.COMPANY_COMMITTEE: "QL",
    OrgType.GRASSROOTS_COMMITTEE: "QL.02",
    OrgType.GENERAL_BRANCH: "QL.01.G01",
    OrgType.BRANCH: "QL.02.B001",
    OrgType.GROUP: "QL.02.T01",
}


@pytest.mark.parametrize("parent", OrgType)
@pytest.mark.parametrize("child", OrgType)
def test_v_org_04_for_every_pair(session, parent, child):
    if parent == OrgType.GROUP:
        add(session, parent_code="QL.02.B001", code="QL.02.T01", org_type=OrgType.GROUP, full_name="一组")
    facts = {"parent_code": PLACES[parent], "code": "NEW", "org_type": child}
    if (parent, child) in ALLOWED:
        assert add(session, **facts).org_type == child
    else:
        refused("V-ORG-04", add, session, **facts, said="不能直接隶属于")


def test_v_org_04_the_tree_has_six_levels(session):
    above = "QL"
    for number in range(2, 7):
        kind = OrgType.COMPANY_COMMITTEE
        above = add(
            session, parent_code=above, code=f"C{number}", org_type=kind, full_name="中共甲委员会"
        ).code
    refused("V-ORG-24", add, session, parent_code=above, code="C7", said="会超过 6 级")
    refused("V-ORG-24", org.move, session, code="QL.01", new_parent_code="C4", by=BY, said="会超过 6 级")
    assert org.move(session, code="QL.02", new_parent_code="C4", by=BY).parent_code == "QL"


def test_a_change_of_kind_looks_up_and_down(session):
    refused("V-ORG-04", org.change, session, code="QL.01", by=BY, org_type=OrgType.BRANCH, said="党支部")
    refused(
        "V-ORG-04",
        org.change,
        session,
        code="QL.01",
        by=BY,
        org_type=OrgType.GENERAL_BRANCH,
        said="采掘总支部",
    )
    org.change(session, code="QL.02", by=BY, org_type=OrgType.GENERAL_BRANCH)
    assert org.find(session, code="QL.02").org_type == OrgType.GENERAL_BRANCH


@pytest.mark.parametrize("code", ["", "QL 03", "支部", "a/b", "x" * 61, "QL.", ".QL"])
def test_v_org_12_codes_are_letters_digits_dots_and_hyphens(session, code):
    refused("V-ORG-12", add, session, code=code, said="请只用字母、数字、点和横线")


def test_v_org_13_names_and_counts_have_limits(session):
    refused("V-ORG-13", add, session, full_name="  ", said="组织全称“”请填 1 至 100 个字。")
    refused("V-ORG-13", org.change, session, code="QL.02", by=BY, short_name="字" * 41, said="组织简称")
    refused(
        "V-ORG-26", org.change, session, code="QL.02", by=BY, declared_member_count=-1, said="填报党员数“-1”"
    )


def test_a_change_gives_back_what_undoes_it(session):
    before = org.change(session, code="QL.02", by=BY, short_name="新二矿党委", in_scope=False)
    now = org.find(session, code="QL.02")
    assert (now.short_name, now.in_scope) == ("新二矿党委", False)
    org.change(session, code="QL.02", by=BY, short_name=before.short_name, in_scope=before.in_scope)
    assert org.find(session, code="QL.02") == before


def test_a_move_gives_back_what_undoes_it(session):
    before = org.move(session, code="QL.01.G01", new_parent_code="QL.02", by=BY)
    assert [o.code for o in org.tree(session, under="QL.02")][1:] == [
        "QL.01.G01",
        "QL.01.G01.B001",
        "QL.01.G01.B002",
        "QL.02.B001",
    ]
    org.move(session, code="QL.01.G01", new_parent_code=before.parent_code, by=BY)
    assert org.find(session, code="QL.01.G01") == before


def test_v_org_10_members_must_leave_before_a_branch_is_dissolved(session):
    text = "“中共青峦公司一矿机关支部委员会”已撤销，但还有 3 名党员未转出。"
    refused("V-ORG-10", org.dissolve, session, code="QL.01.B003", by=BY, said=text)


def test_a_dissolved_branch_stays_takes_nobody_and_can_be_revived(session):
    before = org.dissolve(session, code="QL.02.B001", by=BY)
    assert org.find(session, code="QL.02.B001").status == "DISSOLVED"
    refused(
        "V-ORG-25",
        members.add_member,
        session,
        org_code="QL.02.B001",
        name="吴九",
        category="FULL",
        by=BY,
        said="已撤销，不能再登记党员",
    )
    org.revive(session, code="QL.02.B001", by=BY)
    assert org.find(session, code="QL.02.B001") == before


def test_v_org_14_what_is_in_use_stays(session):
    refused("V-ORG-27", org.dissolve, session, code="QL.02", by=BY, said="下面还有 1 个党组织")
    refused("V-ORG-14", org.dissolve, session, code="QL", by=BY, said="是本单位，不能撤销")
    refused("V-ORG-29", org.delete, session, code="QL.02", by=BY, said="已有下级党组织，不能删除")
    refused("V-ORG-29", org.delete, session, code="QL.01.B003", by=BY, said="已有党员，不能删除")
    org.dissolve(session, code="QL.02.B001", by=BY)
    org.dissolve(session, code="QL.02", by=BY)
    refused("V-ORG-28", org.revive, session, code="QL.02.B001", by=BY, said="上级已撤销")
    refused("V-ORG-30", add, session, said="已撤销，请另选上级党组织")


def test_the_only_organisation_of_a_file_cannot_be_deleted(tmp_path):
    store = school(tmp_path / "school.pingyi", people=())
    with store.reading() as session:
        refused("V-ORG-29", org.delete, session, code="XX", by=BY, said="已有本单位数据")
        added = add(session, parent_code="XX", code="XX.T01", org_type=OrgType.GROUP, full_name="第一党小组")
        assert org.delete(session, code="XX.T01", by=BY) == added
        assert [o.code for o in org.tree(session)] == ["XX"]
    store.close()


def crowd(session, code, *, full, probationary=0):
    for number in range(full + probationary):
        signs = "甲乙丙丁戊己庚辛壬癸"
        name = f"陈{signs[number // 10 % 10]}{signs[number % 10]}" + ("大" if number > 99 else "")
        category = "FULL" if number < full else "PROBATIONARY"
        members.add_member(session, org_code=code, name=name, category=category, by=BY, reason=WHY)


def said(session, code, subject):
    return [(f.weight, f.sentence) for f in org.warnings(session) if (f.code, f.where) == (code, subject)]


def test_v_org_05_a_branch_of_more_than_fifty(session):
    crowd(session, "QL.02.B001", full=50)
    assert said(session, "V-ORG-05", "二矿机关党支部") == []
    facts = {"org_code": "QL.02.B001", "category": "FULL", "by": BY}
    assert asked(lambda: members.add_member(session, name="第五十一", **facts)) == ["V-ORG-05"]
    assert asked(lambda: members.add_member(session, name="第五十二", **facts)) == []
    text = "“二矿机关党支部”党员 52 名，超过支部一般不超过 50 名的要求，请确认是否经上级批准。"
    assert said(session, "V-ORG-05", "二矿机关党支部") == [("W", text)]


def test_v_org_06_a_branch_of_fewer_than_three_full_members(session):
    crowd(session, "QL.02.B001", full=2, probationary=4)
    text = "“二矿机关党支部”正式党员 2 名，不足 3 名，一般应组建联合党支部，请核实。"
    assert said(session, "V-ORG-06", "二矿机关党支部") == [("W", text)]
    assert said(session, "V-ORG-06", "一矿机关党支部") == []
    org.change(session, code="QL.02.B001", by=BY, is_joint=True)
    assert said(session, "V-ORG-06", "二矿机关党支部") == []


def test_v_org_07_the_declared_number_and_the_roster(session):
    assert asked(lambda: org.change(session, code="QL.01", by=BY, declared_member_count=12)) == ["V-ORG-07"]
    text = "“一矿党委”填报党员 12 名，名册 9 名，相差 3 名。"
    assert said(session, "V-ORG-07", "一矿党委") == [("W", text)]
    org.change(session, code="QL.01", by=BY, declared_member_count=9)
    assert said(session, "V-ORG-07", "一矿党委") == []


def test_v_org_08_the_size_of_general_branches_and_committees(session):
    text = "“一矿采掘党总支”党员 6 名，与设立党总支的一般人数要求不一致，如已批准请忽略。"
    assert said(session, "V-ORG-08", "一矿采掘党总支") == [("I", text)]
    assert len(said(session, "V-ORG-08", "一矿党委")) == 1
    crowd(session, "QL.01.G01.B001", full=44)
    assert said(session, "V-ORG-08", "一矿采掘党总支") == []
    crowd(session, "QL.01.B003", full=48)
    assert said(session, "V-ORG-08", "一矿党委") == []


def test_v_org_09_a_short_name_twice(session):
    assert asked(lambda: org.change(session, code="QL.02.B001", by=BY, short_name="一矿机关党支部")) == [
        "V-ORG-09"
    ]
    text = "简称“一矿机关党支部”有 2 个组织使用，报表上无法区分。"
    assert said(session, "V-ORG-09", "一矿机关党支部") == [("W", text)]


def test_v_org_11_full_names_as_on_the_seal(session):
    assert "V-ORG-11" not in [f.code for f in org.warnings(session)]
    for name in (
        "青峦公司二矿机关支部委员会",
        "中共青峦公司二矿机关委员会",
        "中共青峦公司二矿机关总支部委员会",
    ):
        org.change(session, code="QL.02.B001", by=BY, full_name=name)
        assert said(session, "V-ORG-11", name)[0][0] == "I"


def test_sizes_are_not_asked_of_a_file_without_a_roster(tmp_path):
    store = school(tmp_path / "school.pingyi", people=())
    with store.reading() as session:
        assert org.warnings(session) == []
    store.close()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (OrgType.COMPANY_COMMITTEE, "中共青峦煤业公司委员会"),
        (OrgType.GRASSROOTS_COMMITTEE, "中共一矿委员会"),
        (OrgType.GENERAL_BRANCH, "中共采掘区总支部委员会"),
        (OrgType.BRANCH, "中共采一队支部委员会"),
        (OrgType.BRANCH, "中共采一队支部"),
    ],
)
def test_a_full_name_fits_its_kind(kind, name):
    assert naming.fits(name, kind)


def test_a_short_name_is_suggested_from_either():
    assert [org.suggest_short_name("中共一矿采掘区总支部委员会", kind) for kind in OrgType] == [
        "一矿采掘区党委",
        "一矿采掘区党委",
        "一矿采掘区党总支",
        "一矿采掘区党支部",
        "一矿采掘区党小组",
    ]


def test_the_kinds_are_understood_in_other_words():
    words = {"党总支部": OrgType.GENERAL_BRANCH, "支部": OrgType.BRANCH, "党委": OrgType.GRASSROOTS_COMMITTEE}
    assert {word: naming.type_of(word) for word in words} == words
    assert naming.type_of("branch") == OrgType.BRANCH
    assert naming.type_of("车间") is None


def test_the_company_of_the_tests_is_sound(session):
    assert len(org.tree(session)) == len(ORGS) + 1
    assert {level for _, level in codes(org.warnings(session))} <= {"W", "I"}
