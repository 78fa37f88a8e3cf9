"""Hostile names on paper and in spreadsheets: shown as they are written, never run, never hidden, never reversed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import hostile
import pypdfium2
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from series import LONG
from sqlmodel import Session, select

import make
from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.ledgers.catalog import ledgers
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import (
    Bar,
    Bars,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
    printed,
)
from pingyi_desktop.sheets.grid.writing import write_table
from pingyi_desktop.sheets.roster import roster_out
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_people import PartyOrganization

ORG, MEM = "T-ORG-A", "T-MEM-A"


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with figures of both layers, every text of which is hostile."""
    path = tmp_path_factory.mktemp("hostile") / "QL.pingyi"
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        sessions.set_review_groups(session, campaign_id=campaign_id, groups=[("一组", ["QL.01"])], by=make.BY)
        rows = [(57, 3, 0, 0)] * 5
        for code in ("QL.01.G01.B001", "QL.01.G01"):
            counts = {ORG: rows, MEM: rows[:3]}
            make.received(session, campaign_id=campaign_id, org_code=code, counts=counts)
        for form, ballot in ((ORG, "11111"), (MEM, "111")):
            one = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code=form)
            make.sealed(session, one.id, [ballot] * 12)
    made.close()
    hostile.poison(path)
    return path


@pytest.fixture
def session(poisoned: Path) -> Iterator[Session]:
    held = store.open_file(poisoned)
    with held.reading() as opened:
        yield opened
    held.close()


def paper(report: Report) -> str:
    out = BytesIO()
    render_pdf(report, out)
    assert not any("/Annots" in page for page in PdfReader(out).pages)
    with pypdfium2.PdfDocument(out.getvalue()) as pages:
        return squeezed("".join(page.get_textpage().get_text_bounded() for page in pages))


def book(report: Report) -> bytes:
    out = BytesIO()
    render_xlsx(report, out)
    return out.getvalue()


def texts_of(report: Report) -> Iterator[str]:
    """Every text that stands in the report's tables and facts."""
    for block in report.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield from (printed(cell) for cell in row.cells[: 1 if row.kind == "section" else None])
        elif isinstance(block, Facts):
            yield from (printed(value) for _, value in block.pairs)


def squeezed(text: str) -> str:
    return "".join(text.split())


def check_inert(data: bytes) -> list[str]:
    """Nothing in a workbook runs, links or hides; gives its texts."""
    found: list[str] = []
    with ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            xml = parts.read(name).decode()
            assert not re.search(r"<f[ >]|hyperlink|externalLink|vbaProject|<script|oleObject", xml), name
            assert visible.shown(xml) == xml, name
    for sheet in load_workbook(BytesIO(data)).worksheets:
        assert visible.shown(sheet.title) == sheet.title
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type in {"s", "n"}, cell.coordinate
            if isinstance(cell.value, str):
                assert cell.quotePrefix, (cell.coordinate, cell.value)
                found.append(cell.value)
            else:
                assert isinstance(cell.value, int)
    return found


LEDGERS = [one.report for one in ledgers()]
NEEDS_MORE = {"R13", "R17", "R29"}
"""of a notice that was written down, a meeting that was held; made with a package: the last test here"""
KINDS = [
    one
    for one in catalog.OPEN
    if one.number not in NEEDS_MORE
    and (LONG or one.number not in LEDGERS[1:])  # of ledgers, which are one code, one
]


def reports(session: Session) -> Iterator[Report]:
    asked = Question(session, campaigns.current(session).id)
    for kind in KINDS:
        made = list[Report]()
        for layer in (1, 2):
            code = {1: "QL.01", 2: "QL.01.G01.B001"}[layer] if kind.per_org else None
            one = catalog.of(asked, name=kind.number, layer=layer, org_code=code)
            made += [one] if one not in made else []  # many do not ask for the layer
        yield from made


def test_every_report_shows_what_is_written_and_runs_nothing(session: Session) -> None:
    names = [visible.shown(name) for name in session.exec(select(PartyOrganization.short_name))]
    assert any("〔U+202E〕" in name for name in names)
    said: set[str] = set()
    for report in reports(session):
        on_paper, in_cells = paper(report), check_inert(book(report))
        assert visible.shown(on_paper) == on_paper, report.number
        for text in filter(None, texts_of(report)):
            assert squeezed(text) in on_paper, (report.number, text)
            assert text in in_cells or text.isdigit(), (report.number, text)
        said |= {name for name in names if squeezed(name) in on_paper and name in in_cells}
    assert said == set(names)
    assert {name for name in said if name.startswith(("=", "+", "@", "<b>"))}


PLAIN = Report("R00", "标题", "副题", "左", "右", (Para("段"),))


def everywhere(text: str) -> Report:
    """A report that says this text in every place that a block has."""
    row: tuple[Cell, ...] = (1, text)
    return replace(
        PLAIN,
        title=text,
        subtitle=text,
        left=text,
        right=text,
        footnotes=(text,),
        mark="演练",
        blocks=(
            Heading(text),
            Table(
                (ReportColumn("序号", 10), ReportColumn(text, 60, "left", group=text)),
                (Row(row), Row((text,), "section"), Row(row, "total")),
            ),
            Facts(((text, text), (text, 1)), 2),
            Bars(text, (Bar(text, 500, text),)),
            Para(text),
            Signature((text, text)),
        ),
    )


@pytest.mark.parametrize("text", [*hostile.TEXTS, *hostile.UNSEEN], ids=ascii)
def test_a_text_in_every_place_of_a_report(text: str) -> None:
    shown = visible.shown(text)
    on_paper, in_cells = paper(everywhere(text)), check_inert(book(everywhere(text)))
    assert visible.shown(on_paper) == on_paper
    assert on_paper.count(squeezed(shown)) >= 14, on_paper
    assert sum(shown in value for value in in_cells) >= 14


def long_cell(align: str, text: str) -> Table:
    columns = (ReportColumn("序号", 10), ReportColumn("名称", 30, align))  # type: ignore[arg-type]
    return Table(columns, (Row((1, text)),))


def test_a_text_of_twenty_thousand_characters_in_the_middle_of_its_cell() -> None:
    report = replace(PLAIN, blocks=(long_cell("center", hostile.LONG),))
    on_paper, in_cells = paper(report), check_inert(book(report))
    assert visible.shown(on_paper) == on_paper
    assert "全文见电子表格" in on_paper
    assert visible.shown(hostile.LONG) in in_cells


def test_a_text_of_twenty_thousand_characters() -> None:
    """Where the text of a report goes on from page to page, over four pages (the long series: all of it, over a dozen);
    elsewhere more than two pages hold."""
    pages = hostile.LONG[:3_000]
    long = hostile.LONG if LONG else hostile.LONG[:7_000]
    blocks = (
        long_cell("left", long),
        Para(long),
        Facts(((pages, pages),), 2),
        Bars(pages, (Bar(pages, 1, pages),)),
        Signature((pages,)),
    )
    report = replace(PLAIN, title=pages, subtitle=pages, left=pages, right=pages, blocks=blocks)
    assert len(hostile.LONG) == 20_000
    on_paper, in_cells = paper(report), check_inert(book(report))
    assert visible.shown(on_paper) == on_paper
    assert on_paper.count("长") > len(long) - 100 + 3 * (len(pages) - 100), (
        "whole where a text may go on on the next page"
    )
    assert on_paper.count("全文见电子表格") >= 6
    assert "生僻字" not in on_paper
    assert in_cells.count(visible.shown(long)) == 2
    assert in_cells.count(visible.shown(pages)) >= 5


def test_exported_tables_and_templates(session: Session, tmp_path: Path) -> None:
    texts = [*hostile.TEXTS, *hostile.UNSEEN, hostile.LONG]
    write_table(tmp_path / "a.xlsx", name="=1[甲]\u202e", titles=texts, rows=[texts])
    found = check_inert((tmp_path / "a.xlsx").read_bytes())
    assert found == [visible.shown(text) for text in texts] * 2
    roster_out.export_roster(session, tmp_path / "b.xlsx", by=make.BY, reason=make.WHY)
    found = check_inert((tmp_path / "b.xlsx").read_bytes())
    assert "〔" not in "".join(found), "what is read back is clean, not told"
    assert any(text.startswith("=1+1") for text in found)
