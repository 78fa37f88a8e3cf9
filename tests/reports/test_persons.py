"""R05: person by person, the sums below, hidden when few; given only with a reason, which stands in the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import Session

import make
from pingyi_desktop import cli
from pingyi_desktop.appraisal.ledgers import catalog as ledgers
from pingyi_desktop.appraisal.ledgers import edits
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Para, Report, Table
from pingyi_desktop.storage import journal, store

ROSTER, GRADES = "T-MEM-B", "T-MEM-E"
WHY = "支委会研究"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.school(tmp_path / "XX.pingyi", people=make.NAMES[:2])
    with made.transaction() as opened:
        yield opened
    made.close()


def counted(session: Session, form: str, stack: list[str], **changes: object) -> str:
    campaign_id = make.published(session, form_codes=[form], **changes)
    make.sealed(session, make.batch(session, campaign_id=campaign_id).id, stack)
    return campaign_id


def build(session: Session, campaign_id: str, reason: str = WHY) -> Report:
    day = date(2024, 2, 9)
    return catalog.restricted(
        session, name="R05", campaign_id=campaign_id, reason=reason, by=make.BY, today=day
    )


def rows(report: Report) -> list[tuple[object, ...]]:
    return [row.cells for block in report.blocks if isinstance(block, Table) for row in block.rows]


def said(report: Report) -> str:
    return "".join(block.text for block in report.blocks if isinstance(block, Para))


def test_everybody_has_a_row_and_the_sums_stand_below(session: Session) -> None:
    campaign_id = counted(session, ROSTER, ["111111"] * 14 + ["211" + "01."])
    report = build(session, campaign_id)
    assert rows(report) == [
        (1, "赵建国", "正式", *(14, 1, 0, 0, "93.3"), *(15, 0, 0, 0, "100.0"), *(15, 0, 0, 0, "100.0"), ""),
        (2, "钱秀英", "正式", *(14, 0, 0, 0, "100.0"), *(15, 0, 0, 0, "100.0"), *(14, 0, 0, 0, "100.0"), ""),
        ("", "合计", "", *(28, 1, 0, 0, "—"), *(30, 0, 0, 0, "—"), *(29, 0, 0, 0, "—"), ""),
    ]
    assert report.mark == "内部资料"
    assert report.landscape


def test_grades_are_counted_and_no_rate_is_made_of_them(session: Session) -> None:
    report = build(session, counted(session, GRADES, ["12", "13", "19", "10", "1.", "22"]))
    assert rows(report) == [
        (1, "赵建国", "正式", *(5, 1, 0, 0), *(0, 0, 0), ""),
        (2, "钱秀英", "正式", *(0, 2, 1, 0), *(1, 1, 1), ""),
        ("", "合计", "", *(5, 3, 1, 0), *(1, 1, 1), ""),
    ]


def test_the_result_slip_of_a_roster_says_what_it_is_and_prints_no_rate(session: Session) -> None:
    campaign_id = counted(session, ROSTER, ["111111"] * 5 + ["222222"])
    slip = catalog.build(session, name="R06", campaign_id=campaign_id)
    assert "本表是名册式：一张票评 2 人，下面是各人的票加在一起的人次，不是满意率。" in said(slip)
    (table,) = (block for block in slip.blocks if isinstance(block, Table))
    assert "满意率" not in [column.title for column in table.columns]
    assert {column.title for column in table.columns if column.group} == {"人次"}
    assert [row.cells[2:6] for row in table.rows] == [(10, 2, 0, 0)] * 3
    summary = catalog.build(session, name="R04", campaign_id=campaign_id)
    assert any("名册式评议表的“票”是人次" in note for note in summary.footnotes)


def test_few_ballots_print_nobody(session: Session) -> None:
    report = build(session, counted(session, ROSTER, ["111111"] * 4))
    assert rows(report) == []
    assert "样本不足" in said(report)
    assert "有效 4 张" in said(report)


def test_a_drill_is_marked_as_well(session: Session) -> None:
    assert build(session, counted(session, GRADES, ["11"] * 6, mode="drill")).mark == "内部资料·演练"


def test_the_reason_goes_into_the_journal_and_there_is_no_way_around_it(session: Session) -> None:
    campaign_id = counted(session, GRADES, ["11"] * 6)
    for reason, code in ((" ", "V-PRI-25"), ("问了13812345678", "V-MEM-07")):
        with pytest.raises(RuleError) as refused:
            build(session, campaign_id, reason)
        assert refused.value.code == code
    with pytest.raises(RuleError) as refused:
        catalog.build(session, name="R05", campaign_id=campaign_id)
    assert refused.value.code == "V-PRI-26"
    assert {line.act for line in journal.lines(session)} & {"打印限权报表"} == set()
    build(session, campaign_id)
    (newest,) = journal.lines(session, newest=1)
    assert (newest.act, newest.subject, newest.who) == ("打印限权报表", "XX", make.BY)
    assert json.loads(newest.detail) == {"report": "R05", "reason": WHY}


def test_what_people_say_of_one_another_is_printed_with_a_reason_only(session: Session) -> None:
    campaign_id = make.published(session)
    ledger = ledgers.ledger("self_review")
    typed = {"kind": "党员互评", "member": "赵建国", "problems": "学习不够"}
    edits.add(session, ledger, campaign_id=campaign_id, org="XX", typed=typed, today="", by=make.BY)
    assert [one.key for one in ledgers.ledgers() if one.restricted] == ["self_review", "leader_comment"]
    assert "R17D" not in [one.number for one in catalog.OPEN]
    with pytest.raises(RuleError) as refused:
        catalog.build(session, name="R17D", campaign_id=campaign_id)
    assert refused.value.code == "V-PRI-26"
    report = catalog.restricted(session, name="R17D", campaign_id=campaign_id, reason=WHY, by=make.BY)
    assert (report.mark, rows(report)[0][1:3]) == ("内部资料", ("赵建国", "党员互评"))
    (newest,) = journal.lines(session, newest=1)
    assert (newest.act, json.loads(newest.detail)) == ("打印限权报表", {"report": "R17D", "reason": WHY})


def test_a_unit_without_a_roster_form_has_none(session: Session) -> None:
    with pytest.raises(RuleError, match="慈云学校党支部") as refused:
        build(session, make.published(session, form_codes=["T-MEM-A"]))
    assert refused.value.code == "V-PRI-27"


def test_pingyi_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, people=make.NAMES[:2], form_codes=[GRADES])
    with closing(made) as file, file.transaction() as session:
        stack = make.batch(session, campaign_id=make.campaign_of(session)).id
        make.sealed(session, stack, ["12"] * 6)
    words = ["report", str(path), "R05", "--format"]
    assert cli.main([*words, "pdf", "--out", str(tmp_path / "一.pdf")]) == 1
    assert "要写明原因" in capsys.readouterr().err
    assert not (tmp_path / "一.pdf").exists()
    for kind in ("pdf", "xlsx"):
        out = tmp_path / f"二.{kind}"
        assert cli.main([*words, kind, "--out", str(out), "--reason", WHY, "--by", "李书记"]) == 0
    paper = "".join(page.extract_text() for page in PdfReader(tmp_path / "二.pdf").pages)
    assert "内部资料" in paper
    book = load_workbook(tmp_path / "二.xlsx").worksheets[0]
    cells = [cell.value for row in book.iter_rows() for cell in row]
    for text in ("赵建国", "钱秀英"):
        assert text in paper
        assert text in cells
    assert any("内部资料" in str(cell) for cell in cells)
    with closing(store.open_file(path)) as file, file.reading() as session:
        assert [line.who for line in journal.lines(session, newest=2)] == ["李书记"] * 2
