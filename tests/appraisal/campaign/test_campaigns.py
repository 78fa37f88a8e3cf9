"""A campaign is drafted, changed, published once, and then nothing of what is counted can change."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from make import refused
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_people import OrgType


def test_a_draft_reads_back(session: Session) -> None:
    campaign_id = make.draft(
        session,
        form_codes=["T-ORG-B", "T-MEM-B"],
        voter_categories=[("A", "全体党员"), ("B", "先进典型代表"), ("C", "一线员工群众")],
        rule={"satisfied_set": "WIDE1"},
        elements={"purpose": "找差距、促整改"},
        period_type="QUARTERLY",
        period_no=2,
    )
    view = campaigns.show(session, campaign_id=campaign_id)
    assert (view.name, view.activity, view.root_code) == ("2024年群众评议", "创先争优", "QL")
    assert view.period == "2024年季度第2期"
    assert [form.code for form in view.forms] == ["T-ORG-B", "T-MEM-B"]
    assert [code for code, _ in view.voter_categories] == ["A", "B", "C"]
    assert view.rule.satisfied_set == "WIDE1"
    assert view.office_name == "青峦公司党委"
    assert not view.published
    assert view.definition_sha256 is None
    assert campaigns.missing_elements(session, campaign_id=campaign_id) == [
        "任务",
        "活动范围",
        "对象",
        "方法",
    ]
    assert campaigns.current(session) == view
    assert campaigns.all_campaigns(session) == [view]


def test_two_published_campaigns_of_one_period_have_two_names(session: Session) -> None:
    make.published(session, name="群众评议")
    again = make.draft(session, name="群众评议", start_date="2024-10-01", end_date="2024-10-31")
    said = "2024年度已经有一次“群众评议”"
    with session.begin_nested() as undone:
        publish = partial(sessions.publish, session, campaign_id=again, by=make.BY, reason=make.WHY)
        refused("V-CMP-43", publish, said=said)
        undone.rollback()
    for other in ({"mode": "drill"}, {"period_type": "QUARTERLY"}, {"year": 2023}):
        make.published(session, name="群众评议", **other)
    campaigns.change(session, campaign_id=again, by=make.BY, name="群众评议（第二次）")
    sessions.publish(session, campaign_id=again, by=make.BY, reason=make.WHY)


def test_no_campaign_is_told(session: Session) -> None:
    refused("V-CMP-28", campaigns.current, session=session, said="还没有评议活动")
    assert campaigns.all_campaigns(session) == []


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (
            {"start_date": "2024-12-20", "end_date": "2024-01-31"},
            "V-CMP-01",
            r"结束日期（2024-01-31）早于开始日期（2024-12-20）",
        ),
        ({"start_date": "2024.1.5"}, "V-CMP-21", "开始日期“2024.1.5”不是正确的日期"),
        ({"end_date": "20240131"}, "V-CMP-21", "结束日期“20240131”不是正确的日期"),
        ({"end_date": "2024-02-30"}, "V-CMP-21", "结束日期“2024-02-30”不是正确的日期"),
        ({"name": "  "}, "V-CMP-26", "活动还缺：名称"),
        ({"activity": ""}, "V-CMP-26", "活动还缺：名称或活动用语"),
        ({"period_type": "WEEKLY"}, "V-CMP-22", "ANNUAL（年度）"),
        ({"mode": "test"}, "V-CMP-23", "请选 official"),
        ({"elements": {"slogan": "x"}}, "V-CMP-24", "没有“slogan”这一要素"),
        ({"voter_categories": []}, "V-CMP-25", "身份类别至少一类"),
        ({"voter_categories": [("A", "一"), ("A", "二")]}, "V-CMP-25", "不能重复"),
        ({"voter_categories": [("甲", "一")]}, "V-CMP-25", "大写字母或数字"),
        ({"form_codes": ["T-ORG-Z"]}, "V-TPL-21", "没有评议表模板“T-ORG-Z”，可用的有"),
        ({"form_codes": []}, "V-TPL-22", "请至少选择一张评议表"),
        ({"rule": {"digits": 7}}, "V-CMP-33", "小数位应为 0 至 2"),
    ],
)
def test_a_bad_draft_is_refused(session: Session, change: dict[str, object], code: str, said: str) -> None:
    refused(code, make.draft, session=session, **change, said=said)


def test_a_draft_can_be_changed(session: Session) -> None:
    campaign_id = make.draft(session)
    campaigns.change(
        session,
        campaign_id=campaign_id,
        by=make.BY,
        name=" 新名称 ",
        purpose="目的",
        end_date="2024-03-01",
        form_codes=["T-ORG-C", "T-ORG-A"],
        rule={"denominator": "VALID"},
        voter_categories=[("A", "全体党员"), ("B", "一线员工群众")],
        year=2025,
        period_type="QUARTERLY",
        period_no=3,
        mode="drill",
    )
    view = campaigns.show(session, campaign_id=campaign_id)
    assert view.period == "2025年季度第3期"
    assert view.voter_categories == (("A", "全体党员"), ("B", "一线员工群众"))
    assert view.mode == "drill"
    assert (view.name, view.end_date, view.elements["purpose"]) == ("新名称", "2024-03-01", "目的")
    assert [form.code for form in view.forms] == ["T-ORG-C", "T-ORG-A"]
    assert view.rule.denominator == "VALID"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"end_date": "2023-01-01"}, "V-CMP-01", "早于开始日期"),
        ({"name": ""}, "V-CMP-26", "活动还缺"),
        ({"root_code": "QL.01"}, "V-CMP-27", "“root_code”不能修改"),
        ({"mode": "test"}, "V-CMP-23", "请选 official"),
        ({"voter_categories": []}, "V-CMP-25", "身份类别至少一类"),
    ],
)
def test_a_bad_change_is_refused(session: Session, change: dict[str, str], code: str, said: str) -> None:
    campaign_id = make.draft(session)
    refused(code, campaigns.change, session=session, campaign_id=campaign_id, by=make.BY, **change, said=said)


@pytest.mark.parametrize(
    "change", [{"rule": {"satisfied_set": "WIDE2"}}, {"form_codes": ["T-ORG-B"]}, {"name": "别的名称"}]
)
def test_nothing_changes_after_publishing(session: Session, change: dict[str, object]) -> None:
    campaign_id = make.published(session)
    before = campaigns.show(session, campaign_id=campaign_id)
    refused(
        "V-CMP-03",
        campaigns.change,
        session=session,
        campaign_id=campaign_id,
        by=make.BY,
        **change,
        said="活动已发布，评议表和统计口径不能再改",
    )
    refused(
        "V-CMP-03", sessions.publish, session=session, campaign_id=campaign_id, by=make.BY, said="活动已发布"
    )
    assert campaigns.show(session, campaign_id=campaign_id) == before


def test_publishing_binds_forms_rule_and_organisations(session: Session) -> None:
    org.dissolve(session, code="QL.02.B001", by=make.BY)
    campaign_id = make.published(session)
    row = session.get_one(Campaign, campaign_id)
    assert row.definition is not None
    assert row.definition_sha256 == hashlib.sha256(row.definition.encode()).hexdigest()
    definition = json.loads(row.definition)
    assert [o["code"] for o in definition["orgs"]] == [
        "QL", "QL.01", "QL.01.B003", "QL.01.G01", "QL.01.G01.B001", "QL.01.G01.B002", "QL.02",
    ]  # fmt: skip
    assert definition["orgs"][0]["parent"] is None
    assert [form["code"] for form in definition["forms"]] == ["T-ORG-A", "T-MEM-A"]
    assert [scale["code"] for scale in definition["scales"]] == ["SAT4"]
    assert definition["rule"]["satisfied_set"] == "STRICT"
    assert definition["voter_categories"] == [{"code": "ALL", "name": "全体参评人员"}]
    assert "赵建国" not in row.definition


def test_a_published_campaign_keeps_the_scales_it_was_published_with(session: Session) -> None:
    """A later edition of the program with other labels must not change what a campaign asked."""
    campaign_id = make.published(session)
    row = session.get_one(Campaign, campaign_id)
    assert row.definition is not None
    row.definition = row.definition.replace("比较满意", "较为满意")
    session.flush()
    labels = [
        o.label for o in campaigns.show(session, campaign_id=campaign_id).forms[0].items[0].scale.options
    ]
    assert labels == ["满意", "较为满意", "基本满意", "不满意"]


def test_a_unit_below_takes_the_campaign_over(session: Session, tmp_path: Path) -> None:
    campaign_id = make.published(session, elements={"purpose": "找差距"}, period_type="TERM", period_no=2)
    row = session.get_one(Campaign, campaign_id)
    assert row.definition is not None
    below = store.create(
        tmp_path / "b.pingyi", code="QL.01.B003", name="一矿机关党支部", org_type=OrgType.BRANCH
    )
    with below.transaction() as theirs:
        assert sessions.adopt(theirs, definition=row.definition, by="刘书记") == campaign_id
        there, here = (campaigns.show(s, campaign_id=campaign_id) for s in (theirs, session))
        assert there == here
        assert [s.org_code for s in sessions.listing(theirs, campaign_id=campaign_id)] == ["QL.01.B003"]
    below.close()


@pytest.mark.parametrize(
    ("rule", "categories", "code"),
    [
        ({}, ["A", "A"], "V-CMP-25"),  # the same category twice
        ({}, ["A", "B", "A+B"], "V-CMP-25"),  # what A and B together are called where they came as one
        ({}, ["../A"], "V-CMP-25"),
        ({"category_weights": "A:50,B:50"}, ["ALL"], "V-CMP-40"),
        ({"category_weights": "A:50,A:50"}, ["A"], "V-CMP-38"),
        ({"digits": True}, ["ALL"], "V-CMP-33"),
    ],
)
def test_a_definition_nobody_could_publish_is_not_taken_over(
    session: Session, tmp_path: Path, rule: dict[str, object], categories: list[str], code: str
) -> None:
    row = session.get_one(Campaign, make.published(session))
    document = json.loads(row.definition or "")
    document["rule"] |= rule
    document["voter_categories"] = [{"code": one, "name": "某类"} for one in categories]
    below = store.create(
        tmp_path / "b.pingyi", code="QL.01.B003", name="一矿机关党支部", org_type=OrgType.BRANCH
    )
    with below.transaction() as theirs:
        with pytest.raises(RuleError) as refused:
            sessions.adopt(theirs, definition=json.dumps(document), by="刘书记")
        assert refused.value.code == code
        assert campaigns.all_campaigns(theirs) == []
    below.close()


def test_a_form_the_campaign_does_not_use_is_told(session: Session) -> None:
    view = campaigns.show(session, campaign_id=make.draft(session))
    with pytest.raises(RuleError, match="没有使用评议表“T-ORG-D”，使用的是T-ORG-A、T-MEM-A") as caught:
        view.form("T-ORG-D")
    assert caught.value.code == "V-CMP-29"


def test_every_act_is_in_the_journal(session: Session) -> None:
    campaign_id = make.draft(session)
    campaigns.change(session, campaign_id=campaign_id, by=make.BY, purpose="目的")
    sessions.publish(session, campaign_id=campaign_id, by="李主任", reason=make.WHY)
    assert [(line.act, line.who) for line in journal.lines(session, newest=3)] == [
        ("发布活动", "李主任"),
        ("修改活动", make.BY),
        ("新建活动", make.BY),
    ]


@pytest.mark.parametrize("drill_first", [True, False])
def test_the_official_campaign_is_at_work_beside_a_drill_of_its_period(
    session: Session, drill_first: bool
) -> None:
    """Whichever was begun first, and though the drill began on a later day."""
    drill = {"name": "演练", "mode": "drill", "start_date": "2024-01-08"}
    for changes in (drill, {"name": "正式"}) if drill_first else ({"name": "正式"}, drill):
        make.draft(session, **changes)
    assert campaigns.current(session).name == "正式"
    make.draft(
        session, name="下期演练", mode="drill", year=2025, start_date="2025-01-05", end_date="2025-01-31"
    )
    assert campaigns.current(session).name == "下期演练", "nothing official of that period yet"


def test_the_next_draft_does_not_take_the_place_of_what_is_being_collected(session: Session) -> None:
    make.published(session, name="正在收")
    make.draft(session, name="下一期", year=2025, start_date="2025-01-05", end_date="2025-01-31")
    assert campaigns.current(session).name == "正在收"
    assert campaigns.in_preparation(session).name == "下一期"
    sessions.publish(session, campaign_id=campaigns.in_preparation(session).id, by=make.BY, reason=make.WHY)
    assert campaigns.current(session).name == "下一期"
    assert campaigns.in_preparation(session).name == "下一期"


def test_of_two_that_begin_on_one_day_the_one_made_last_is_at_work(session: Session) -> None:
    for number in range(1, 5):
        make.draft(session, name=f"第{number}个", period_type="QUARTERLY", period_no=number)
        assert campaigns.current(session).name == f"第{number}个"


@pytest.mark.parametrize("change", [{"form_codes": ["T-ORG-B"]}, {"form_places": {"T-ORG-A": ["L2_BRANCH"]}}])
def test_forms_from_above_are_not_changed_below(
    session: Session, tmp_path: Path, change: dict[str, object]
) -> None:
    """V-TPL-04: the way out is the office that made them, not a new version of one's own."""
    campaign_id = make.published(session)
    branch = make.adopted(session, tmp_path / "B3.pingyi", campaign_id=campaign_id, code="QL.01.B003")
    with branch.transaction() as theirs:
        act = {"campaign_id": campaign_id, "by": make.BY}
        refused(
            "V-TPL-04",
            campaigns.change,
            session=theirs,
            **act,
            **change,
            said="不能修改；确需更改的，请报“青峦公司党委”",
        )
        refused(
            "V-CMP-42",
            campaigns.change,
            session=theirs,
            **act,
            name="另一个名称",
            said="“打开新的任务文件”（命令行：open）",
        )
        refused("V-CMP-42", sessions.publish, session=theirs, **act, said="“青峦公司党委”制定和发布")
    branch.close()
    refused("V-CMP-03", campaigns.change, session=session, **act, **change, said="不能再改")
