"""R05, R05B and the slip with what people really type: nothing cut off, nothing outside the page, nothing run as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import hostile
import paper_read
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import Session, select

import make
from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.grading import grade_acts, grade_sheets
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog, grades
from pingyi_desktop.reports.blocks import Report, Table, printed
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_people import PartyOrganization
from pingyi_desktop.storage.schemas.grade_words import Body, Grade
from pingyi_desktop.storage.store import Store

TODAY = date(2024, 2, 9)
LONG = "中共青峦公司第一煤矿综合机械化采煤四队与通风三队联合支部委员会（含离退休）第二"
CROWD = [a + b for a in "赵钱孙李周吴郑王冯陈" for b in ("建国", "秀英", "志强", "桂兰", "文斌", "玉梅")]
EDGE = 14.0  # millimetres that stay white on every side


def _crowded(path: Path, form: str) -> Store:
    """60 people in a unit whose names are as long as they may be."""
    made = make.school(path, people=CROWD)
    with made.transaction() as session:
        unit = session.exec(select(PartyOrganization)).one()
        unit.short_name, unit.full_name = LONG[:40], LONG
        campaign_id = make.published(session, form_codes=[form])
        ballots = "1232" * (15 if form == "T-MEM-E" else 45)
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, [ballots] * 6)
    return made


def _poisoned(path: Path) -> Store:
    made = make.published_school(path, people=make.NAMES, form_codes=["T-MEM-E"])
    with made.transaction() as session:
        stack = make.batch(session, campaign_id=make.campaign_of(session)).id
        make.sealed(session, stack, ["12231"] * 6)
    made.close()
    hostile.poison(path)
    return store.open_file(path)


def decided(session: Session, reason: str = "") -> grade_sheets.GradeSheet:
    unit = session.exec(select(PartyOrganization)).one().code
    campaign_id = campaigns.current(session).id

    def read() -> grade_sheets.GradeSheet:
        return grade_sheets.of_org(session, campaign_id=campaign_id, org_code=unit)[0]

    worse = {row.number: Grade.BASIC for row in read().rows} if reason else {}
    grade_acts.decide(
        session,
        sheet=read(),
        body=Body.BRANCH_COMMITTEE,
        decided_on="2024-01-20",
        today=TODAY,
        by=make.BY,
        reason=make.WHY,
        chosen=worse,
        reasons=dict.fromkeys(worse, reason),
    )
    return read()


def reports(session: Session, form: str, reason: str = "") -> Iterator[Report]:
    view = campaigns.current(session)
    numbers = ["R05"]
    if form == "T-MEM-E":
        here = decided(session, reason)
        numbers = ["R05", "R05B"]
        last = here.rows[-1].number
        yield from grades.slips(
            session, view=view, sheet=here, numbers=[last], today=TODAY, by=make.BY
        ).values()
    for number in numbers:
        yield catalog.restricted(
            session, name=number, campaign_id=view.id, reason="研究", by=make.BY, today=TODAY
        )
    yield catalog.build(session, name="R04B", campaign_id=view.id, today=TODAY)


def pdf(report: Report) -> bytes:
    out = BytesIO()
    render_pdf(report, out)
    return out.getvalue()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def cells(report: Report) -> Iterator[str]:
    for block in report.blocks:
        if isinstance(block, Table):
            yield from (printed(cell) for row in block.rows for cell in row.cells if cell != "")


def check_on_paper(report: Report) -> None:
    """Everything is within the page, no two characters of a line are on top of each other, and all of it is there."""
    data = pdf(report)
    letters = [one for one in paper_read.letters(data) if one[1].size[1] < 12]  # not the mark across the page
    with_size = {
        number: (page.mediabox.width, page.mediabox.height)
        for number, page in enumerate(PdfReader(BytesIO(data)).pages)
    }
    for shown, box in letters:
        width, height = (float(side) * paper_read.MM for side in with_size[box.page])
        inside = box.left > EDGE and box.right < width - EDGE and box.bottom < height - EDGE
        assert inside, (report.number, shown, box)
    lines: dict[tuple[int, int], list[tuple[str, paper_read.Rect]]] = {}
    for shown, box in letters:
        lines.setdefault((box.page, round(box.bottom * 2)), []).append((shown, box))
    for line in lines.values():
        ordered = sorted(line, key=lambda one: one[1].left)
        for (_, left), (shown, right) in pairwise(ordered):
            assert not left.meets(right, slack=0.6), (report.number, shown, right)
    text = squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))
    for cell in cells(report):
        assert squeezed(cell) in text, (report.number, cell)


def check_in_sheet(report: Report) -> None:
    """The workbook has every text as it is, and none of them can run."""
    out = BytesIO()
    render_xlsx(report, out)
    found = set()
    for row in load_workbook(BytesIO(out.getvalue())).worksheets[0].iter_rows():
        for cell in (one for one in row if one.value is not None):
            assert cell.data_type in {"s", "n"}, (report.number, cell.coordinate)
            assert cell.data_type == "n" or cell.quotePrefix, (report.number, cell.coordinate)
            found.add(str(cell.value))
    assert set(cells(report)) <= found, (report.number, set(cells(report)) - found)


@pytest.mark.parametrize("form", ["T-MEM-E", "T-MEM-B"])
def test_sixty_people_and_a_name_of_forty_characters(tmp_path: Path, form: str) -> None:
    made = make.copied(tmp_path / "XX.pingyi", _crowded, form)
    why = "长期外出务工没有参加组织生活，经支委会研究并征求所在党小组意见后决定"
    with made.transaction() as session:
        for report in reports(session, form, why):
            check_on_paper(report)
            check_in_sheet(report)
    made.close()


def test_hostile_texts(tmp_path: Path) -> None:
    made = make.copied(tmp_path / "XX.pingyi", _poisoned)
    seen = set()
    with made.transaction() as session:
        for report in reports(session, "T-MEM-E"):
            check_in_sheet(report)
            text = squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf(report))).pages))
            assert visible.shown(text) == text
            seen |= {
                cell
                for cell in cells(report)
                if cell.startswith(("=", "+", "<", "@")) and squeezed(cell) in text
            }
    made.close()
    assert seen
