"""R27 and R27B: what is filed of an organisation, when its ballots may be destroyed, what is kept, and who signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import Session

import make
from pingyi_desktop import cli
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.ledgers import catalog as ledgers
from pingyi_desktop.appraisal.ledgers import edits
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.archive import keeping, volume
from pingyi_desktop.reports.blocks import Para, Report, Signature, Table
from pingyi_desktop.standing import care


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.counted_company(tmp_path / "QL.pingyi")
    with made.transaction() as opened:
        yield opened
    made.close()


def build(session: Session, name: str, org_code: str | None = None, layer: int | None = None) -> Report:
    campaign_id = make.campaign_of(session)
    return catalog.build(session, name=name, campaign_id=campaign_id, org_code=org_code, layer=layer)


def tables(report: Report) -> list[Table]:
    return [one for one in report.blocks if isinstance(one, Table)]


def test_the_list_says_of_every_sealed_stack_from_when_it_may_go(session: Session) -> None:
    report = build(session, "R27B")
    (term,) = care.terms(session)
    stacks, kinds = tables(report)
    (line, total) = stacks.rows
    assert line.cells[4:] == (term.papers, term.sealed_on, term.ballots_until, term.results_until)
    assert (total.cells[2], total.cells[4]) == ("1 批", term.papers)
    day = date.fromisoformat(term.sealed_on)
    years = [date.fromisoformat(str(one)).year - day.year for one in line.cells[6:]]
    assert years == [care.BALLOT_YEARS, care.RESULT_YEARS]
    assert [row.cells[0] for row in kinds.rows] == [one[0] for one in keeping.KEPT]
    assert [one.labels for one in report.blocks if isinstance(one, Signature)] == list(keeping.SIGNERS)
    assert care.NOTE in report.footnotes


def test_it_keeps_to_the_layer_and_the_part_of_the_tree_that_is_asked_for(session: Session) -> None:
    (layer,) = {
        one.layer
        for one in sessions.listing(session, campaign_id=make.campaign_of(session))
        if one.org_code == "QL.01" and one.held_on
    }
    assert len(tables(build(session, "R27B", "QL.01", layer))[0].rows) == 2
    for report in (build(session, "R27B", "QL.02"), build(session, "R27B", layer=3 - layer)):
        assert report.blocks[0] == Para(keeping.NONE)


def test_a_folder_has_the_fifteen_papers_of_the_field_and_the_terms_of_its_ballots(session: Session) -> None:
    report = build(session, "R27", "QL.01")
    contents, stacks = tables(report)
    told = {str(row.cells[1]): row.cells[2] for row in contents.rows}
    assert [row.cells[0] for row in contents.rows] == [f"{n:02}" for n in range(1, 16)]
    assert told["计票表（签字原件）"] == "封存 1 批"
    (term,) = care.terms(session)
    assert told["封存说明（原始票数量、销毁期限）"] == f"原始票 {term.papers} 张，见下表"
    assert told["整改台账"] == ""
    assert stacks.rows[0].cells[6] == term.ballots_until
    assert [one.labels for one in report.blocks if isinstance(one, Signature)] == [volume.SIGNERS]
    other = build(session, "R27", "QL.02")
    assert Para(volume.ABOVE) in other.blocks
    assert {row.cells[2] for row in tables(other)[0].rows if "评议表样张" not in str(row.cells[1])} == {""}


def test_records_of_the_ledgers_are_counted_for_their_own_unit(session: Session) -> None:
    campaign_id = make.campaign_of(session)
    edits.add(
        session,
        ledgers.ledger("opinion"),
        campaign_id=campaign_id,
        org="QL.01",
        typed={"content": "食堂排队太久", "category": "生活福利"},
        today="2026-06-01",
        by=make.BY,
        reason=make.WHY,
    )
    told = {row.cells[1]: row.cells[2] for row in tables(build(session, "R27", "QL.01"))[0].rows}
    assert told["意见归并"] == "1 条意见"
    above = {row.cells[1]: row.cells[2] for row in tables(build(session, "R27", "QL"))[0].rows}
    assert above["意见归并"] == ""


@pytest.mark.parametrize("name", ["R27", "R27B"])
def test_paper_and_sheet_say_the_same(session: Session, name: str) -> None:
    report = build(session, name, "QL.01")
    paper, sheet = BytesIO(), BytesIO()
    render_pdf(report, paper)
    render_xlsx(report, sheet)
    text = "".join(page.extract_text() for page in PdfReader(paper).pages)
    cells = {str(cell.value) for row in load_workbook(sheet).worksheets[0] for cell in row if cell.value}
    (term,) = care.terms(session)
    assert term.ballots_until in text.replace("\n", "")
    assert term.ballots_until in cells


def test_the_command_prints_it(tmp_path: Path) -> None:
    path = tmp_path / "QL.pingyi"
    make.counted_company(path).close()
    for name in ("R27", "R27B"):
        out = tmp_path / f"{name}.pdf"
        assert cli.main(["report", str(path), name, "--out", str(out), "--org", "QL.01"]) == 0
        assert "签" in "".join(page.extract_text() for page in PdfReader(out).pages)
