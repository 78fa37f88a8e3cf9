"""Slips with codes on paper: one per unit, whole on its page, the picture saying the same digits; in sheets, too."""

from __future__ import annotations

from io import BytesIO

import hostile
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from reportlab.graphics.barcode.qr import QrCodeWidget

import make
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.render import flow
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import recovery_slip, task_slips
from pingyi_desktop.reports.blocks import Report, SlipBlock

UNITS = [(f"采{n}队党支部", f"任务-QL.B{n:03}.pingyi-task", codes.grouped(f"{n:016}")) for n in range(1, 24)]


def built(slips=UNITS) -> Report:
    return task_slips.build(
        campaign_name="2025年群众评议", office_name="一矿党委", slips=slips, day="2025-09-01"
    )


def pages(report: Report) -> list[str]:
    out = BytesIO()
    render_pdf(report, out)
    return [page.extract_text() for page in PdfReader(out).pages]


def test_every_slip_is_whole_on_one_page() -> None:
    found = pages(built())
    assert len(found) > 2
    for unit, file, code in UNITS:
        (page,) = [text for text in found if unit in text]
        assert code in page
        assert file in page
    assert sum(text.count("沿虚线剪开") for text in found) == 1
    assert sum(text.count("输入上面 16 位数字") for text in found) == len(UNITS)


def test_the_picture_says_the_digits_and_nothing_else() -> None:
    (picture,) = flow._qr("1234 5678 9012 3456", 85).contents
    assert isinstance(picture, QrCodeWidget)
    assert picture.value == "1234567890123456"


def test_the_sheet_has_the_same_slips(tmp_path) -> None:
    render_xlsx(built(), tmp_path / "纸条.xlsx")
    sheet = load_workbook(tmp_path / "纸条.xlsx").active
    said = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
    for unit, file, code in UNITS:
        assert {unit, code, f"文件：{file}"} <= said


@pytest.mark.parametrize("text", hostile.TEXTS, ids=ascii)
def test_a_hostile_name_is_only_a_name(text: str) -> None:
    (block,) = [one for one in built([(text, text, "1111 2222")]).blocks if isinstance(one, SlipBlock)]
    assert block.title == text
    assert "1111 2222" in "".join(pages(built([(text, text, "1111 2222")])))


def test_the_campaigns_recovery_slip_says_how_it_is_used() -> None:
    code = codes.grouped(codes.new_recovery_code())
    (page,) = pages(recovery_slip.of_campaign(campaign_name="2025年群众评议", code=code, day="2025-09-01"))
    assert code in page.replace("\n", " ")
    assert "用恢复码打开…" in page
    assert "忘了口令" not in page


def test_a_unit_that_nobody_reports_to_gets_no_recovery_code(tmp_path) -> None:
    alone, office = make.school(tmp_path / "XX.pingyi"), make.company(tmp_path / "QL.pingyi")
    found = []
    for made in (alone, office):
        with made.transaction() as session:
            found.append(
                recovery.publish(session, campaign_id=make.draft(session), by=make.BY, reason="已核实").code
            )
        made.close()
    assert found[0] == ""
    assert codes.read_recovery_code(found[1]) == found[1]
