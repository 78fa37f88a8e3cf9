"""R25: every number of a finished text is held against the figures of this file, by its unit and the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.errors import RuleError
from pingyi_desktop.render.docx import render_docx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Facts, Para, Table
from pingyi_desktop.reports.documents import proof
from pingyi_desktop.reports.documents.draft import APPENDIX, Figure
from pingyi_desktop.reports.documents.proof import OTHER, SAME, UNKNOWN, Judged, Proof
from pingyi_desktop.sheets.written import read_paragraphs
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.store import Store

ORG, MEM, ONE = "T-ORG-A", "T-MEM-A", "QL.01.B003"
ROWS = [(97, 2, 1, 0), (95, 3, 1, 1), (90, 5, 3, 2), (93, 7, 0, 0), (99, 1, 0, 0)]
FEWER = [(40, 10, 0, 0), (45, 5, 0, 0), (30, 10, 10, 0)]


def _counted(path: Path) -> Store:
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id, counts = make.campaign_of(session), {ORG: ROWS, MEM: FEWER}
        make.received(session, campaign_id=campaign_id, org_code=ONE, counts=counts)
        (above,) = (
            one
            for one in sessions.listing(session, campaign_id=campaign_id, layer=1)
            if one.org_code == "QL.01"
        )
        told = {"held_on": "2024-01-09", "expected": 32, "actual": 31, "oral_reports": 3}
        sessions.hold(session, session_id=above.id, **told, by=make.BY, reason=make.WHY)
        where = {"layer": 1, "org_code": "QL.01", "form_code": ORG}
        make.sealed(session, make.batch(session, campaign_id=campaign_id, **where).id, ["11111"] * 30)
    return made


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.copied(tmp_path / "QL.pingyi", _counted)
    with made.transaction() as opened:
        yield opened
    made.close()


def asked(session: Session) -> Question:
    return Question(session, make.campaign_of(session))


def checked(session: Session, *paragraphs: str) -> Proof:
    return proof.proof(asked(session), paragraphs, name="总结.docx", under="QL")


def only(session: Session, text: str) -> Judged:
    (judged,) = checked(session, text).judged
    return judged


def test_the_draft_itself_agrees_in_every_number(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "总结.docx"
    render_docx(catalog.of(asked(session), name="R01"), path)
    found = checked(session, *read_paragraphs(path))
    assert {one.verdict for one in found.judged} == {SAME}
    assert len(found.judged) > 15
    assert found.unwritten > 5, "what is asked for in it is still to be written"


@pytest.mark.parametrize("forms", [["T-ORG-B", "T-MEM-D"], ["T-ORG-C", "T-MEM-D"], ["T-ORG-D", "T-MEM-A"]])
def test_the_draft_of_every_form_agrees_and_no_rate_of_it_is_that_of_another_item(
    tmp_path: Path, forms: list[str]
) -> None:
    with make.published_company(tmp_path / "QL.pingyi", form_codes=forms).transaction() as session:
        campaign_id, counts, rate = make.campaign_of(session), {}, 100
        for form in campaigns.show(session, campaign_id=campaign_id).forms:
            counts[form.code] = []
            for item in form.items:
                rate -= 1
                counts[form.code].append([rate, *[0] * (len(item.scale.options) - 2), 100 - rate])
        make.received(session, campaign_id=campaign_id, org_code=ONE, counts=counts)
        told = [one.text for one in catalog.of(asked(session), name="R01").blocks if isinstance(one, Para)]
        assert {one.verdict for one in checked(session, *told).judged} == {SAME}
        wrong = [re.sub(r"满意率(\d+)\.0%", lambda one: f"满意率{int(one[1]) - 1}.0%", text) for text in told]
        rates = [one for one in checked(session, *wrong).judged if re.search(r"满意率\d+\.0%$", one.words)]
    assert len(rates) == sum(map(len, counts.values()))
    assert [one for one in rates if one.verdict != OTHER] == []


@pytest.mark.parametrize(
    ("text", "verdict", "meant"),
    [
        ("兑现公开承诺满意率97.0%", SAME, "97.0%"),
        ("兑现公开承诺满意率达到了９７％", SAME, "97.0%"),
        ("兑现公开承诺满意率97.1%", OTHER, "97.0%"),
        ("推动中心工作和重点任务完成情况满意率97.0%", OTHER, "95.0%"),
        ("群众对加强党组织和党员队伍建设情况的满意率为93%", SAME, "93.0%"),
        ("发放组织评议表1,000份", OTHER, "组织评议表发放"),
        ("发放组织评议表100张", SAME, "组织评议表发放"),
        ("发放组织评议表　100　 份", SAME, "组织评议表发放"),
        ("兑现公开承诺满意率达百分之97", SAME, "97.0%"),
        ("评议小组深入2个基层党委", SAME, "所属基层党委"),
        ("评议小组深入5个基层党委", OTHER, "所属基层党委"),
        ("投入629万元", UNKNOWN, ""),
        ("组织文体活动1次", UNKNOWN, ""),
        ("共有20人次的党员和群众参加", UNKNOWN, ""),
        ("为1299户困难职工家庭解决了困难", UNKNOWN, ""),
    ],
)
def test_a_number_is_known_by_its_unit_and_the_words_around_it(
    session: Session, text: str, verdict: str, meant: str
) -> None:
    judged = only(session, f"活动开展以来，{text}，群众是认可的。")
    assert (judged.verdict, meant in judged.meant) == (verdict, True), judged


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("公司层面。发放组织评议表100份", "层面一组织评议表发放"),
        ("基层层面。发放组织评议表30份", "层面二组织评议表发放"),
        ("发放党员评议表100份", "党员评议表发放"),
        ("对党组织：兑现公开承诺情况满意率93.0%", "97.7%"),
        ("3名党员作了自我介绍", "自我介绍"),
    ],
)
def test_what_is_the_figure_of_something_else_is_not_the_same(
    session: Session, text: str, meant: str
) -> None:
    both = "公司层面。群众认可。", "基层层面。群众认可。"
    (judged,) = checked(session, *both, text).judged
    assert (judged.verdict, meant in judged.meant) == (OTHER, True), judged


def test_a_rate_of_one_layer_is_that_of_a_text_about_it_only(session: Session) -> None:
    text = "兑现公开承诺情况满意率100.0%。"
    for around, verdict in (
        (["公司层面。好。", "基层层面。好。"], OTHER),
        (["公司层面。好。"], SAME),
        (["基层层面。好。"], OTHER),
    ):
        (judged,) = checked(session, *around, text).judged
        assert judged.verdict == verdict, around
    (judged,) = checked(session, "基层层面。好。", f"公司层面。{text}").judged
    assert [one.source for one in judged.figures] == ["R03 层面一小计"]


def test_thousands_are_one_number(session: Session) -> None:
    said = "发放组织评议表{}份"
    for written, verdict in (("1,100", OTHER), ("1，100", OTHER), ("１，１００", OTHER), ("100", SAME)):
        judged = only(session, f"基层层面。{said.format(written)}")
        assert judged.verdict == verdict, written
    assert "1100" in only(session, f"基层层面。{said.format('1,100')}").words


def test_a_fall_is_no_rise(session: Session) -> None:
    moved = Figure("兑现公开承诺情况比上期（百分点）", "-1.2", "结果页“比上期”")
    known = [("百分点", Decimal("1.2"), moved)]
    for text, verdict in (("下降1.2个百分点", SAME), ("上升1.2个百分点", UNKNOWN)):
        found = proof._NUMBER.search(text := f"兑现公开承诺情况比上期{text}")
        assert found is not None
        assert proof._judged(1, text, found, known, "", None).verdict == verdict


def test_what_a_sentence_says_of_a_unit_below_is_not_the_whole_s(session: Session) -> None:
    own = "收回组织评议表100份"
    assert only(session, f"{own}。").verdict == SAME
    assert only(session, f"一矿机关党支部认真组织，{own}。").verdict == UNKNOWN
    assert checked(session, f"一矿机关党支部认真组织。{own}。").judged[0].verdict == SAME


def test_sessions_are_counted_by_either_word(session: Session) -> None:
    said = "共召开评议会、座谈会{}"
    assert [only(session, said.format(one)).verdict for one in ("1次", "1场", "2场")] == [SAME, SAME, OTHER]


def test_days_documents_and_ordinals_are_no_figures(session: Session) -> None:
    text = "2024年1月5日印发（青党发〔2024〕9号），第3次会议、T-ORG-A、十二五期间；满意率97.0%。"
    assert [one.words for one in checked(session, text).judged] == ["满意率97.0%"]


def test_what_is_wrong_comes_first_with_its_place_and_the_rest_informs(session: Session) -> None:
    found = checked(
        session,
        "兑现公开承诺满意率97.0%。",
        "4347名党员汇报，4720名党员作了介绍，4720名党员和群众参加。",
        "兑现公开承诺满意率96.0%。【请补写：做法】",
        APPENDIX,
        "兑现公开承诺满意率11.0%",
    )
    said = [(one.code, one.where) for one in found.findings]
    assert said == [
        *[("V-CHK-05", "第 2 段")] * 2,
        ("V-CHK-05", "第 3 段"),
        ("V-CHK-33", ""),
        ("V-CHK-09", ""),
        ("V-CHK-34", "第 2 段"),
    ]
    assert "“党员”数在正文出现 4347、4720，" in found.findings[4].sentence
    assert "11.0" not in str(found.judged), "the table behind the draft is no text"


def test_the_sheet_counts_what_it_lists(session: Session) -> None:
    found = checked(session, "兑现公开承诺满意率96.0%，推动中心工作满意率95.0%，投入629万元。【做法】")
    sheet = proof.build(found, asked(session), name="总结.docx", under="QL")
    facts = next(one for one in sheet.blocks if isinstance(one, Facts))
    table = next(one for one in sheet.blocks if isinstance(one, Table))
    assert facts.pairs == (("数字", 3), (SAME, 1), (OTHER, 1), (UNKNOWN, 1))
    assert [row.cells[3] for row in table.rows] == [OTHER, UNKNOWN, SAME]
    assert sheet.left == "核对的文稿：总结.docx"
    assert any("还有 1 处【】" in getattr(one, "text", "") for one in sheet.blocks)


def test_a_text_that_is_nothing_but_numbers_is_refused_at_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MOST", 3)
    assert len(checked(session, "满意率1%、2%、3%").judged) == 3
    with pytest.raises(RuleError, match="数字超过 3 个") as refused:
        checked(session, "满意率1%、2%、3%、4%")
    assert refused.value.code == "V-CHK-36"
    assert len(checked(session, "满意率1%，" + "9" * 60_000 + "名党员").judged) == 1


def test_of_many_different_numbers_of_people_a_few_are_told(session: Session) -> None:
    found = checked(session, "、".join(f"{many}名党员" for many in range(30)))
    (told,) = (one.sentence for one in found.findings if one.code == "V-CHK-09")
    assert "0、1、2、3、4、5、6、7……，" in told


def test_a_text_without_numbers_is_refused(session: Session) -> None:
    with pytest.raises(RuleError, match=r"“总结\.docx”里没有数字"):
        checked(session, "没有数字。")
