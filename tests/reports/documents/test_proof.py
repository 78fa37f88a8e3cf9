"""R25: every number of a finished text is held against the figures of this file, by its unit and the words around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.errors import RuleError
from pingyi_desktop.render.docx import render_docx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Facts, Table
from pingyi_desktop.reports.documents import proof
from pingyi_desktop.reports.documents.draft import APPENDIX
from pingyi_desktop.reports.documents.proof import OTHER, SAME, UNKNOWN, Judged, Proof
from pingyi_desktop.sheets.written import read_paragraphs
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.store import Store

ORG, MEM, ONE = "T-ORG-A", "T-MEM-A", "QL.01.B003"
ROWS = [(97, 2, 1, 0), (95, 3, 1, 1), (90, 5, 3, 2), (93, 7, 0, 0), (99, 1, 0, 0)]


def _counted(path: Path) -> Store:
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        counts = {ORG: ROWS, MEM: ROWS[:3]}
        make.received(session, campaign_id=make.campaign_of(session), org_code=ONE, counts=counts)
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
        ("投入629万元", UNKNOWN, ""),
        ("为1299户困难职工家庭解决了困难", UNKNOWN, ""),
    ],
)
def test_a_number_is_known_by_its_unit_and_the_words_around_it(
    session: Session, text: str, verdict: str, meant: str
) -> None:
    judged = only(session, f"活动开展以来，{text}，群众是认可的。")
    assert (judged.verdict, meant in judged.meant) == (verdict, True), judged


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
    assert found.judged[0].paragraph == 3
    said = [(one.code, one.where) for one in found.findings]
    assert said[:3] == [("V-CHK-05", "第 3 段"), ("V-CHK-33", ""), ("V-CHK-09", "")]
    assert {code for code, _ in said[3:]} == {"V-CHK-34"}
    assert "“党员”数在正文出现 4347、4720，" in found.findings[2].sentence
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


def test_a_text_without_numbers_is_refused(session: Session) -> None:
    with pytest.raises(RuleError, match=r"“总结\.docx”里没有数字"):
        checked(session, "没有数字。")
