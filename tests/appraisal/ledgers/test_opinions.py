"""Opinions and how they were asked for: what may not stand in one, forms issued and returned, what adds up."""

from __future__ import annotations

import pytest
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.rulebook import telling
from pingyi_desktop.errors import NeedsReasonError, RuleError

OPINION, SOLICITATION = catalog.ledger("opinion"), catalog.ledger("solicitation")
B3, TODAY = "QL.01.B003", "2025-11-01"


def add(session: Session, key: str, org: str = B3, reason: str = "", **typed: str) -> Row:
    campaign_id = make.campaign_of(session)
    ledger = catalog.ledger(key)
    with session.begin_nested():
        return edits.add(
            session, ledger, campaign_id=campaign_id, org=org, typed=typed, today=TODAY, by=BY, reason=reason
        )


@pytest.mark.parametrize(
    "said",
    [
        "张师傅安排的班次不公平",
        "希望李建国队长多下现场",
        "老王 干活不讲安全",
        "我叫陈卫东，家里困难",
        "工号 A-3021 的工资没有发够",
        "28841 的考勤算错了",
        "东区 3 号楼 2 单元漏水",
        "何书记很少来",
    ],
)
def test_a_name_a_number_or_an_address_asks_for_a_reason_before_anything_is_kept(
    session: Session, said: str
) -> None:
    with pytest.raises(NeedsReasonError) as asks:
        add(session, "opinion", content=said, category="工作作风")
    assert [one.code for one in asks.value.findings] == ["V-OPN-01"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("V-OPN-02", "答复请打 0476-3328841"),
        ("V-OPN-02", "有事联系微信号 wang_1976"),
        ("V-OPN-02", "回复到 someone@example.com"),
        ("V-MEM-07", "请打 13812345678"),
        ("V-MEM-07", "身份证 11010519491231002X"),
    ],
)
def test_what_reaches_a_person_is_refused(session: Session, code: str, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, "opinion", content=said, category="其他", reason="照原话")
    assert refused.value.code == code
    assert not rows.listing(session, OPINION, Asked(make.campaign_of(session), TODAY))


@pytest.mark.parametrize(
    "said",
    [
        "老百姓的小区、老旧管线要管",
        "党支部书记、区队长和班组长应多下井",
        "今年 12 月前修好通往 3 采区的路",
        "投入 629 万元，惠及 13430 人次，效果怎样应当公开",
        "高级技师带徒津贴没有落实",
        "安全科长期缺人",
        "食堂 2 楼窗口太少，建议 11:30 开饭",
        "程序繁琐，报销要跑 5 个部门",
    ],
)
def test_what_people_ordinarily_write_passes(said: str) -> None:
    assert (telling.telling(said), telling.reaching(said)) == ("", "")


def test_more_forms_returned_than_issued_are_refused_and_the_rate_is_said(session: Session) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, "solicitation", channel="征求意见表", issued="312", returned="313")
    assert refused.value.code == "V-OPN-21"
    add(session, "solicitation", channel="征求意见表", issued="312", returned="296")
    with pytest.raises(NeedsReasonError) as asks:
        add(session, "solicitation", channel="意见表", held_on="2025-10-08", returned="3")
    assert [one.code for one in asks.value.findings] == ["V-OPN-22"]
    add(session, "solicitation", channel="意见表", held_on="2025-10-08", returned="3", reason="没有记数")
    add(session, "solicitation", channel="座谈会", people="14")
    said = rows.figures(session, SOLICITATION, Asked(make.campaign_of(session), TODAY)).sentences
    assert said == [
        "次数 3 次（征求意见表 2、座谈会 1）",
        "发出 312 份",
        "收回 299 份（94.9%）",
        "参加 14 人",
    ]


def test_opinions_are_counted_by_category_and_nature_and_the_undecided_are_found(session: Session) -> None:
    add(session, "opinion", content="浴室水凉", category="福利", nature="共性", in_place="不到位")
    add(session, "opinion", content="培训太少", category="生产安全")
    asked = Asked(make.campaign_of(session), TODAY)
    counts, figures = rows.sums(session, OPINION, asked)
    assert (counts["COMMON"], counts["INDIVIDUAL"], counts["undecided"]) == (1, 0, 1)
    assert figures.sentences[:2] == ["意见 2 条（安全生产 1、生活福利 1）", "性质 2 条（共性 1、未写明 1）"]
