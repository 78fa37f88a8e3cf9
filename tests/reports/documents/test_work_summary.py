"""R01: every figure of the work summary is one of a table of this program; what is not there is left out or asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.ledgers import catalog as nouns
from pingyi_desktop.appraisal.ledgers import edits
from pingyi_desktop.appraisal.paper.shaping import Shape
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Heading, Para, Report, Table, printed
from pingyi_desktop.reports.documents import proof
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.store import Store

ORG, MEM = "T-ORG-A", "T-MEM-A"
GENERAL, FIRST, OFFICE = "QL.01.G01", "QL.01.G01.B001", "QL.01.B003"
TODAY = date(2025, 12, 1)


def counts(good: int, fair: int = 0, basic: int = 0, bad: int = 0) -> tuple[int, ...]:
    return good, fair, basic, bad


def _counted(path: Path) -> Store:
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        for code, rows in {
            FIRST: [counts(57, 3), counts(55, 3, 1, 1), counts(60), counts(58, 2), counts(59, 0, 1)],
            OFFICE: [counts(8, 1, 1), counts(7, 1, 1, 1), counts(10), counts(10), counts(9, 1)],
        }.items():
            make.received(
                session, campaign_id=campaign_id, org_code=code, counts={ORG: rows, MEM: rows[:3]}, blank=1
            )
        (above,) = (
            one
            for one in sessions.listing(session, campaign_id=campaign_id, layer=1)
            if one.org_code == "QL.01"
        )
        told = {"held_on": "2024-01-09", "expected": 40, "actual": 32, "oral_reports": 3}
        sessions.hold(session, session_id=above.id, **told, by=make.BY, reason=make.WHY)
        for form, stack in ((ORG, ["11111"] * 27 + ["12911", "14444"]), (MEM, ["111"] * 26 + ["24."])):
            where = {"layer": 1, "org_code": "QL.01", "form_code": form}
            batch = make.batch(session, campaign_id=campaign_id, **where).id
            make.sealed(session, batch, stack, blank=2, lost=1)
        _write_ledgers(session, campaign_id)
    return made


def _write_ledgers(session: Session, campaign_id: str) -> None:
    for key, org, typed in (
        ("basis_document", "QL", {"title": "关于开展评议的通知", "doc_no": "集团发〔2024〕7号", "issuer": "集团党委", "kind": "上级"}),
        ("basis_document", "QL", {"title": "评议实施方案", "doc_no": "青党发〔2024〕9号", "kind": "本级"}),
        ("duty_post", "QL", {"body": "领导小组", "role": "组长", "name": "王守信"}),
        ("duty_post", "QL", {"body": "评议小组", "team": "第一组", "role": "组长", "name": "李守义"}),
        ("duty_post", "QL", {"body": "评议小组", "team": "第二组", "role": "组长", "name": "赵守礼"}),
        ("meeting", "QL", {"kind": "部署会", "status": "已开", "held_on": "2024-01-03", "expected": "9", "actual": "9"}),
        ("meeting", "QL", {"kind": "部署会", "status": "待开"}),
        ("inspection", "QL", {"subject": "QL.01", "inspected_on": "2024-01-20", "good": "征求意见面广", "problems": "记录不全", "status": "不需整改"}),
        ("commitment", FIRST, {"content": "换热水器", "status": "已兑现", "category": "服务群众"}),
        ("commitment", OFFICE, {"content": "读书", "status": "未兑现", "unfulfilled_reason": "岗位调整"}),
        ("commitment", OFFICE, {"content": "修路", "status": "已兑现"}),
        ("deed", FIRST, {"title": "修浴室", "kind": "实事", "amount": "3万元"}),
        ("deed", OFFICE, {"title": "送药上门", "kind": "好事", "amount": "200余万元"}),
        ("solicitation", FIRST, {"channel": "征求意见表", "issued": "30", "returned": "28"}),
        ("opinion", FIRST, {"content": "浴室水凉", "category": "生活福利", "nature": "共性"}),
        ("opinion", OFFICE, {"content": "通知太晚", "category": "信息公开", "nature": "个性"}),
        ("rectification", OFFICE, {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "status": "已登记", "due_on": "2024-02-01"}),
    ):  # fmt: skip
        about = {"campaign_id": campaign_id, "org": org, "today": TODAY.isoformat(), "by": make.BY}
        edits.add(session, nouns.ledger(key), typed=typed, reason="照登记簿", **about)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.copied(tmp_path / "QL.pingyi", _counted)
    with made.transaction() as opened:
        yield opened
    made.close()


def build(session: Session, name: str = "R01", **other: object) -> Report:
    campaign_id = make.campaign_of(session)
    return catalog.build(session, name=name, campaign_id=campaign_id, today=TODAY, **other)  # type: ignore[arg-type]


def text(report: Report) -> str:
    return "\n".join(one.text for one in report.blocks if isinstance(one, Heading | Para))


def sources(report: Report) -> list[tuple[str, ...]]:
    (table,) = (one for one in report.blocks if isinstance(one, Table))
    return [tuple(map(printed, row.cells[1:])) for row in table.rows]


def told_by(report: Report, place: str) -> list[str]:
    """What a table prints in the row of this name, or below the table."""
    if place.startswith("附注"):
        return re.findall(r"[\d.]+", "".join(report.footnotes))
    rows = [row for one in report.blocks if isinstance(one, Table) for row in one.rows]
    return [printed(cell).removesuffix("%") for row in rows if place in row.cells for cell in row.cells]


def test_every_figure_stands_in_the_table_it_is_said_to_come_from(session: Session) -> None:
    report, seen = build(session), set()
    for what, value, source in sources(report):
        number, _, place = source.partition(" ")
        if not number.startswith("R") or number in ("R17B", "R14C"):
            continue
        assert value.removesuffix("%") in told_by(build(session, number), place), (what, value, source)
        seen.add(number)
    assert seen == {"R02", "R03", "R04", "R08", "R08A", "R08B", "R10", "R14D", "R18", "R18B", "R20"}
    for _, value, _ in sources(report):
        assert value in text(report)


def test_the_figures_are_those_of_the_ballots_and_the_ledgers(session: Session) -> None:
    found = {what: value for what, value, _ in sources(build(session))}
    # 57 + 8 of 60 + 10 below and 28 of 29 above, 3 + 1 of them the second answer: all of them satisfied but one "基本"
    assert found["基层党组织开展创先争优活动群众评议表有效票（张）"] == "99"
    expected = {
        "评议小组（个）": "2",
        "部署会（次）": "1",
        "检查指导（次）": "1",
        "层面一党员、党员领导干部汇报（名）": "3",
        "公开承诺事项（项）": "3",
        "已兑现承诺（项）": "2",
        "承诺兑现率": "66.7%",
        "公开承诺没有兑现（项）": "1",
        "办实事、做好事、解难事（件）": "2",
        "投入金额（万元）": "3",
        "征求意见表发出（份）": "30",
        "意见建议（条）": "2",
        "列入整改（项）": "1",
        "已办结销号（项）": "0",
        "整改事项超过时限没有办结（项）": "1",
    }
    assert {what: found[what] for what in expected} == expected


def test_it_is_written_as_the_field_writes_it(session: Session) -> None:
    report = build(session)
    said = text(report)
    assert report.title == "中共青峦公司委员会\n创先争优活动群众评议工作总结"
    assert "根据集团党委《关于开展评议的通知》（集团发〔2024〕7号）要求，" in said
    assert "印发《评议实施方案》（青党发〔2024〕9号），" in said
    assert "成立领导小组和2个评议小组。召开部署会1次。组织检查指导1次。" in said
    assert "3名党员、党员领导干部汇报了履职和承诺情况。" in said
    assert "列入整改1项，其中立行立改1项；已办结销号0项，办结率0.0%。" in said
    assert "【供选用，检查指导记录里好的方面（单位、姓名请删去）：征求意见面广】" in said
    assert [one.text[:2] for one in report.blocks if isinstance(one, Heading)][:-1] == [
        f"{number}、" for number in "一二三四五六七"
    ]
    ending = [one.text for one in report.blocks if isinstance(one, Para) and one.align == "right"]
    assert len(ending) == 2
    assert (report.left, report.right, report.subtitle) == ("", "", "")


def test_nobody_is_named(session: Session) -> None:
    report = build(session)
    whole = text(report) + "".join("".join(one) for one in sources(report))
    assert not [name for name in ("王守信", "李守义", "赵守礼", *make.NAMES) if name in whole]


def test_figures_that_are_not_all_in_say_so_first(session: Session) -> None:
    first = next(one for one in build(session).blocks if isinstance(one, Para)).text
    assert first.startswith("    【层面一已评 1 / 应评 2；已报 2 / 应报 7。")
    assert "报齐以后请重新生成本稿】" in first
    assert text(build(session, layer=1)).startswith("    【层面一已评 1 / 应评 2。数字")
    assert text(build(session, layer=2)).startswith("    【已报 2 / 应报 7。数字")


def test_a_part_that_is_all_in_does_not_wait_for_the_others(session: Session) -> None:
    said = text(build(session, org_code=OFFICE))
    assert "数字还不全" not in said
    assert "数字还不全" in text(build(session, org_code=GENERAL))


def test_figures_of_sentences_that_are_left_out_are_left_out(session: Session) -> None:
    for org in (OFFICE, FIRST, "QL.01", GENERAL):
        report = build(session, org_code=org)
        listed = any(what == "组织评议覆盖率" for what, _, _ in sources(report))
        assert listed == ("组织评议覆盖率" in text(report)) == (org in ("QL.01", GENERAL)), org


def test_rates_of_one_layer_are_those_of_its_own_row(session: Session) -> None:
    for layer, name in ((1, "层面一小计"), (2, "层面二小计")):
        for what, value, source in sources(build(session, layer=layer)):
            number, _, place = source.partition(" ")
            if number in ("R03", "R04"):
                assert place == name
                assert value.removesuffix("%") in told_by(build(session, number, layer=layer), place), what


def test_one_layer_alone_tells_of_that_layer(session: Session) -> None:
    one, two = (text(build(session, layer=layer)) for layer in (1, 2))
    assert ("公司层面。" in one, "基层层面。" in one) == (True, False)
    assert ("公司层面。" in two, "基层层面。" in two) == (False, True)


def test_a_part_of_the_company_tells_of_itself(session: Session) -> None:
    said = text(build(session, org_code="QL.01"))
    assert "上级层面。上级到本单位召开评议会1次" in said
    assert "印发《" not in said, "the company's own documents are not this unit's"
    assert "【请补写：印发了什么文件，成立了什么机构，怎样部署】" in said


def test_too_few_ballots_have_no_rates(tmp_path: Path) -> None:
    with make.published_school(tmp_path / "学校.pingyi", form_codes=[ORG]).transaction() as session:
        campaign_id = make.campaign_of(session)
        batch = batches.listing(session, campaign_id=campaign_id)[0]
        make.sealed(session, batch.id, ["11111"] * 3)
        said = text(build(session))
    assert "有效票3张，票数过少或者会推算出别的单位的票，不列满意率。" in said
    assert "满意率最低" not in said


@pytest.mark.parametrize(
    ("introduced", "reported", "members", "said"),
    [
        (9, 8, 10, "9名党员作了自我介绍，其中口头汇报8名，占党员的80.0%。"),
        (3, 8, None, "3名党员作了自我介绍，口头汇报8名。"),
        (0, 8, 10, "。口头汇报8名，占党员的80.0%。"),
        (9, 0, 10, "9名党员作了自我介绍。"),
    ],
)
def test_who_reported_is_told_whoever_presented_himself(
    tmp_path: Path, introduced: int, reported: int, members: int | None, said: str
) -> None:
    with make.published_school(tmp_path / "学校.pingyi", form_codes=[ORG]).transaction() as session:
        (meeting,) = sessions.listing(session, campaign_id=make.campaign_of(session))
        told = {"self_introduced": introduced, "oral_reports": reported, "members": members}
        about = {"held_on": "2024-01-09", "expected": 20, "actual": 20, "by": make.BY, "reason": make.WHY}
        sessions.hold(session, session_id=meeting.id, **told, **about)
        whole = text(build(session))
    assert said in whole
    assert ("其中口头" in whole) == ("其中" in said)


def test_own_questions_are_told_apart(tmp_path: Path) -> None:
    shapes = {ORG: Shape(own=("食堂办得好不好？", "班车准不准时"))}
    told = {"form_codes": [ORG], "form_shapes": shapes}
    with make.published_school(tmp_path / "学校.pingyi", **told).transaction() as session:
        batch = batches.listing(session, campaign_id=make.campaign_of(session))[0]
        make.sealed(session, batch.id, ["1111141"] * 3 + ["1111411"] * 5)
        said = text(build(session))
        asked = Question(session, make.campaign_of(session))
        checked = proof.proof(asked, said.splitlines(), name="总结.docx", under="XX")
    assert {one.verdict for one in checked.judged} == {proof.SAME}
    assert "附加题“食堂办得好不好”满意率37.5%，附加题“班车准不准时”满意率62.5%，" in said


def test_a_unit_that_stands_alone_tells_of_no_layers_and_names_all_that_are_lowest(tmp_path: Path) -> None:
    with make.published_school(tmp_path / "学校.pingyi", form_codes=[ORG]).transaction() as session:
        batch = batches.listing(session, campaign_id=make.campaign_of(session))[0]
        make.sealed(session, batch.id, ["11111"] * 40 + ["41111", "14111"])
        said = text(build(session))
    assert "\n    共召开评议会、座谈会1次，" in said
    assert "层面" not in said
    assert "\n    对党组织。" in said, "there is one side only"
    assert "满意率最低的是“兑现公开承诺情况”、“推动中心工作和重点任务完成情况”（97.6%）" in said


def test_an_empty_file_asks_for_what_is_missing(tmp_path: Path) -> None:
    with make.published_school(tmp_path / "学校.pingyi").transaction() as session:
        report = build(session)
    said = text(report)
    assert "【请补写：还没有已封存的票】" in said
    assert "【请补写：评议会、座谈会还没有登记】" in said
    assert "【请补写：征求到多少条意见，主要是哪些方面，怎样整改】" in said
    assert not [one for one in report.blocks if isinstance(one, Table)], "there is no figure to look up"


def test_the_rates_moved_since_the_period_before(session: Session) -> None:
    now = make.campaign_of(session)
    view = campaigns.show(session, campaign_id=now)
    assert "与上期相比" not in text(build(session))
    later = make.published(session, year=view.period_year + 1, form_codes=[ORG, MEM])
    rows = [counts(60), counts(50, 5, 3, 2), counts(60), counts(58, 2), counts(59, 0, 1)]
    make.received(session, campaign_id=later, org_code=GENERAL, counts={ORG: rows, MEM: rows[:3]})
    report = catalog.of(Question(session, later), name="R01", today=TODAY)
    said = text(report)
    assert "与上期相比，" in said
    assert "上升" in said
    assert "下降" in said
    assert "--" not in said
    assert "+" not in said
