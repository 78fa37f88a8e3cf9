"""Members by hand: every V-MEM rule of a command, what may be kept, and every undo."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make import BY, WHY, asked, company, member, refused, school
from pingyi_desktop.appraisal.people import members, org
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.errors import NeedsReasonError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BatchTarget

ONE, TWO, EMPTY = "QL.01.G01.B001", "QL.01.G01.B002", "QL.02.B001"


@pytest.fixture
def session(tmp_path):
    store = company(tmp_path / "company.pingyi")
    with store.reading() as session:
        yield session
    store.close()


def add(session, **changes):
    facts = {"org_code": EMPTY, "name": "吴九", "category": "FULL", "by": BY, "reason": WHY}
    return members.add_member(session, **{**facts, **changes})


def names(session, code):
    return [m.display_name for m in members.members(session, under=code)]


def entries(session):
    return len(journal.lines(session, newest=1000))


def test_members_come_in_report_order(session):
    found = members.members(session)
    assert [m.org_code for m in found] == ["QL.01.B003"] * 3 + [ONE] * 3 + [TWO] * 3
    assert names(session, ONE) == ["赵建国", "钱秀英", "孙志强"]
    assert names(session, "QL.02") == []


def test_an_added_member_gets_the_next_number_of_the_file(session):
    assert add(session).member_no == "QL00010"
    assert add(session, name="郑十", member_no="QL00500").member_no == "QL00500"
    assert add(session, name="冯一").member_no == "QL00501"
    assert journal.lines(session)[0].subject == "QL00501"


def test_a_branch_on_its_own_numbers_with_its_own_code(tmp_path):
    store = school(tmp_path / "school.pingyi", people=("赵建国",))
    with store.reading() as session:
        assert [m.member_no for m in members.members(session)] == ["XX00001"]
    store.close()


@pytest.mark.parametrize("name", ["", "张", "张3", "1张三", "字" * 21, "张_三", "张三？", "·张三"])
def test_v_mem_01_a_name_is_two_to_twenty_letters(session, name):
    refused("V-MEM-01", add, session, name=name, said=f"姓名“{name}”不符合要求")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张 三", "张三"),
        (" 张\u3000三 ", "张三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("阿里木 · 肉孜", "阿里木·肉孜"),
        ("𠮷田", "𠮷田"),
        ("Anna  Lee", "Anna Lee"),
    ],
)
def test_a_name_is_cleaned(session, typed, kept):
    assert add(session, name=typed).name == kept


def test_v_mem_03_namesakes_need_a_mark(session):
    text = "“一矿采一队党支部”有 2 名“赵建国”，请填写区分标记，否则名册式评议表无法辨认。"
    refused("V-MEM-03", add, session, org_code=ONE, name="赵 建国", said=text)
    added = add(session, org_code=ONE, name="赵建国", name_suffix="（小）")
    assert added.display_name == "赵建国（小）"
    refused(
        "V-MEM-03",
        members.change_member,
        session,
        member_no=added.member_no,
        by=BY,
        name_suffix="",
        said="“赵建国”",
    )


def test_v_mem_04_category(session):
    refused("V-MEM-04", add, session, category="群众", said="人员类别请选“正式党员”或“预备党员”。")


def test_v_mem_05_members_are_registered_in_branches(session):
    refused("V-MEM-21", add, session, org_code="QL.02", said="是基层党委，党员要登记在党支部")
    refused(
        "V-MEM-22",
        members.change_member,
        session,
        member_no="QL99999",
        by=BY,
        said="没有编号为“QL99999”的党员",
    )


def test_v_mem_06_a_number_is_used_once(session):
    refused(
        "V-MEM-06", add, session, member_no="QL00001", said="编号“QL00001”重复（已由“赵建国”使用，请更换）。"
    )
    refused("V-MEM-25", add, session, member_no="QL 1", said="中间不留空格")


PRIVATE = ["11010119900307123X", "110101199003071233", "13812345678", "138-1234-5678", "+86 138 1234 5678"]


@pytest.mark.parametrize("number", PRIVATE)
@pytest.mark.parametrize("field", ["post", "party_duty", "group_name", "exempt_reason"])
def test_v_mem_07_private_numbers_are_not_kept(session, field, number):
    text = "里含疑似身份证号或手机号。本软件不收集此类信息"
    refused("V-MEM-07", add, session, **{field: f"见 {number}"}, said=text)
    refused(
        "V-MEM-07", members.change_member, session, member_no="QL00001", by=BY, **{field: number}, said=text
    )


def test_v_mem_07_not_as_a_number_or_a_reason_either(session):
    refused("V-MEM-07", add, session, member_no="110101199003071233", said="“编号”")
    refused(
        "V-MEM-07",
        members.retire_members,
        session,
        member_nos=["QL00001"],
        by=BY,
        reason=PRIVATE[2],
        said="“原因”",
    )


@pytest.mark.parametrize(
    "text",
    [
        "11010119900307123X",
        "110101 19900307 1233",
        "150403900307123",
        "电话13812345678",
        "6222021234567890128",
        "卡 6222 0212 3456 7890 128",
        "13812345678",
    ],
)
def test_private_numbers_are_seen(text):
    assert personal.has_private_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "QL00001",
        "2011-07-06 2012-08-09",
        "001.002.003.004.005",
        "0476-3512345",
        "12345678901",
        "6222021234567890123",
        "三百",
        "",
    ],
)
def test_other_numbers_are_let_through(text):
    assert not personal.has_private_number(text)


@given(st.integers(10**16, 10**17 - 1))
def test_every_number_with_the_check_digit_of_an_identity_number_is_seen(first):
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(weight * int(digit) for weight, digit in zip(weights, str(first), strict=True))
    assert personal.has_private_number(f"号码：{first}{'10X98765432'[total % 11]}。")


def test_v_mem_09_full_membership_follows_joining(session):
    text = "“吴九”转正日期早于入党日期"
    with pytest.raises(NeedsReasonError, match=text):
        add(session, join_date="2012-07-06", full_date="2011-07-06", reason="")
    session.rollback()
    added = add(session, join_date="2011-07-06", full_date="2012-07-06")
    facts = {"member_no": added.member_no, "by": BY, "full_date": "2010-01-01"}
    assert asked(lambda: members.change_member(session, **facts)) == ["V-MEM-09"]
    members.change_member(session, reason="入党时间待查", **facts)
    later = {"member_no": added.member_no, "by": BY, "post": "机电班长"}
    assert asked(lambda: members.change_member(session, **later)) == []  # nothing new about the dates


def test_v_mem_10_nobody_is_left_out_without_a_word(session):
    facts = {"roster_status": "EXEMPT", "reason": ""}
    assert asked(lambda: add(session, **facts)) == ["V-MEM-10"]
    session.rollback()
    assert asked(lambda: add(session, **facts, exempt_reason="长期病休")) == []
    assert asked(lambda: add(session, name="郑十", exempt_reason="长期病休", reason="")) == ["V-MEM-36"]


def test_v_org_06_a_branch_that_becomes_too_small_asks_once(session):
    facts = {"to_code": EMPTY, "by": BY}
    move = partial(members.move_members, session, **facts)
    assert asked(lambda: move(member_nos=["QL00001"])) == ["V-ORG-06"]
    session.rollback()
    move(member_nos=["QL00001"], reason="组织决定")
    assert asked(lambda: move(member_nos=["QL00002"])) == []
    assert "组织决定" in [line.detail for line in journal.lines(session) if line.act == "调动党员"][-1]


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("V-MEM-30", "join_date", "2011.7"),
        ("V-MEM-30", "full_date", "2011-02-30"),
        ("V-MEM-28", "sex", "F"),
        ("V-MEM-12", "roster_status", "?"),
        ("V-MEM-29", "post", "岗" * 41),
    ],
)
def test_values_outside_what_is_offered(session, code, field, value):
    refused(code, add, session, **{field: value}, said="“吴九”")


def test_dates_are_kept_in_one_writing(session):
    members.change_member(session, member_no="QL00001", by=BY, join_date="2011.7.6", full_date="2012年7月6日")
    now = member(session, "QL00001")
    assert (now.join_date, now.full_date) == ("2011-07-06", "2012-07-06")


def test_a_change_gives_back_what_undoes_it(session):
    before = members.change_member(
        session, member_no="QL00001", by=BY, post="机电班长", is_leading_cadre=True
    )
    now = member(session, "QL00001")
    assert (now.post, now.is_leading_cadre) == ("机电班长", True)
    assert (before.post, before.is_leading_cadre) == ("", False)
    members.change_member(
        session, member_no="QL00001", by=BY, post=before.post, is_leading_cadre=before.is_leading_cadre
    )
    assert member(session, "QL00001") == before


def test_moving_and_putting_back(session):
    members.change_member(session, member_no="QL00001", by=BY, group_name="第一党小组")
    before, count = members.members(session), entries(session)
    moved = members.move_members(session, member_nos=["QL00001", "QL00009"], to_code=EMPTY, by=BY, reason=WHY)
    assert names(session, EMPTY) == ["赵建国", "孙志强"]
    assert [m.group_name for m in members.members(session, under=EMPTY)] == ["", ""]
    assert entries(session) == count + 1
    members.put_back_members(session, moved=moved, by=BY)
    assert members.members(session) == before
    assert entries(session) == count + 2


def test_nobody_moves_when_one_of_them_meets_a_namesake(session):
    add(session, name="钱秀英")
    nos = [m.member_no for m in members.members(session, under=ONE)]
    refused(
        "V-MEM-03",
        members.move_members,
        session,
        member_nos=nos,
        to_code=EMPTY,
        by=BY,
        said="有 2 名“钱秀英”",
    )
    session.rollback()
    assert len(names(session, ONE)) == 3


def test_two_namesakes_do_not_arrive_together(session):
    nos = [m.member_no for m in members.members(session) if m.name == "赵建国"]
    refused(
        "V-MEM-03",
        members.move_members,
        session,
        member_nos=nos,
        to_code=EMPTY,
        by=BY,
        said="有 3 名“赵建国”",
    )


def test_retiring_and_restoring(session):
    before, count = members.members(session), entries(session)
    gone = members.retire_members(session, member_nos=["QL00001", "QL00002"], by=BY, reason="组织关系转出")
    assert gone == ("QL00001", "QL00002")
    assert names(session, ONE) == ["孙志强"]
    assert len(members.members(session, include_retired=True)) == 9
    assert "组织关系转出" in journal.lines(session)[0].detail
    assert members.restore_members(session, member_nos=gone, by=BY) == gone
    assert members.members(session) == before
    assert entries(session) == count + 2


def test_a_namesake_may_come_after_somebody_left_and_then_they_cannot_be_restored(session):
    gone = members.retire_members(session, member_nos=["QL00001"], by=BY, reason=WHY)
    add(session, org_code=ONE, name="赵建国")
    refused("V-MEM-03", members.restore_members, session, member_nos=gone, by=BY, said="有 2 名“赵建国”")


def test_an_added_member_can_be_taken_back_until_a_ballot_lists_them(session):
    added = add(session)
    assert members.delete_member(session, member_no=added.member_no, by=BY) == added
    assert names(session, EMPTY) == []
    listed = add(session)
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    session.add(BatchTarget(batch_id="batch", row=1, member_no=listed.member_no, display_name="吴九"))
    refused(
        "V-MEM-11",
        members.delete_member,
        session,
        member_no=listed.member_no,
        by=BY,
        said="“吴九”已列入评议票，不能删除",
    )


def test_unknown_fields_are_a_mistake_of_the_caller(session):
    with pytest.raises(TypeError, match="identity_number"):
        add(session, identity_number="1")
    with pytest.raises(TypeError, match="parent_id"):
        org.change(session, code="QL", by=BY, parent_id="x")
