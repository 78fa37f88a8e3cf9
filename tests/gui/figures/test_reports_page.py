"""The reports page: the preview is the PDF, and print and files have every page of it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from io import BytesIO
from zipfile import ZipFile

import pytest
import showing
from openpyxl import load_workbook
from pypdf import PdfReader
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

import make
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.errors import FileError
from pingyi_desktop.gui.parts import preview
from pingyi_desktop.gui.parts.report_view import file_name
from pingyi_desktop.gui.reports.page import NUMBER, ReportsPage
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report, ReportColumn, Row, Table
from pingyi_desktop.standing import soundness

ORG, MEM = "T-ORG-A", "T-MEM-A"
OFFICE = "QL.01.B003"


@pytest.fixture
def company(tmp_path):
    made = make.copied(tmp_path / "QL.pingyi", one_received)
    yield made
    made.close()


def one_received(path):
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        rows = {ORG: [(8, 1, 1, 0)] * 5, MEM: [(7, 2, 1, 0)] * 3}
        make.received(session, campaign_id=campaign_id, org_code=OFFICE, counts=rows)
    return made


@pytest.fixture(autouse=True)
def _taken_as_sound(request, monkeypatch):
    """The figures here came in no package, so nobody signed them."""
    if "contradict" not in request.node.name:
        for name in ("before_report", "full"):
            monkeypatch.setattr(soundness, name, lambda _session: [])


def built(store, name, **scope):
    with store.reading() as session:
        return catalog.build(session, name=name, campaign_id=campaigns.current(session).id, **scope)


def pdf(report):
    out = BytesIO()
    render_pdf(report, out)
    return out.getvalue()


def long_pdf(rows=400):
    columns = (ReportColumn("序号", 10), ReportColumn("党组织", 60, "left"), ReportColumn("票", 20))
    table = Table(columns, tuple(Row((n, f"第{n}党支部", n)) for n in range(rows)))
    return pdf(Report("R03", "长表", "", "", "", (table,), landscape=True))


def text_of(source):
    return "".join(page.extract_text() for page in PdfReader(source).pages)


def papers(page):
    return page.view.preview.findChildren(QLabel, "paper")


def sentences(page):
    return [one.text() for one in page.view.preview.findChildren(QLabel) if one.objectName() != "paper"]


def choose(page, number, qtbot):
    """Go to a report with the keys."""
    page.list.setFocus()
    names = [entry.number for entry in catalog.OPEN]
    steps = names.index(number) - names.index(page.list.currentItem().data(NUMBER))
    for _ in range(abs(steps)):
        qtbot.keyClick(page.list, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert page.list.currentItem().data(NUMBER) == number


def ink(image: QImage) -> float:
    """How dark a picture is on the whole: 0 white, 1 black."""
    dot = image.convertToFormat(QImage.Format.Format_Grayscale8).scaled(
        1, 1, mode=Qt.TransformationMode.SmoothTransformation
    )
    return 1 - dot.pixelColor(0, 0).value() / 255


@pytest.mark.usefixtures("dressed")
def test_every_report_is_shown_as_wide_as_the_pane(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    for number in ("R02", "R03", "R04"):
        choose(page, number, qtbot)
        showing.settle(window)
        total = len(PdfReader(BytesIO(pdf(built(company, number)))).pages)
        assert len(papers(page)) == total, number
        assert page.view.count.text() == f"共 {total} 页"
        picture = papers(page)[0].pixmap()
        assert abs(picture.width() / picture.devicePixelRatio() - page.view.preview.viewport().width()) < 40
        assert not page.view.preview.horizontalScrollBar().isVisible(), number
        assert 0.005 < ink(picture.toImage()) < 0.5, number
        purpose, unusual = page.about.text().split("\n请核对：")
        assert purpose == next(e.purpose for e in catalog.OPEN if e.number == number) + "。"
        assert unusual.startswith("层面一评议会 0 次，基层党委 2 个，不相等。"), number


def test_reports_stand_below_what_they_are_about_and_the_keys_pass_over_that(open_window, company, qtbot):
    _, page = showing.show(open_window, company.path, ReportsPage)
    listed = [page.list.item(place) for place in range(page.list.count())]
    heads = [one.text() for one in listed if one.data(NUMBER) is None]
    assert heads == list(catalog.GROUPS) == ["结果", "会议和台账", "报送", "归档"]
    assert [one.data(NUMBER) for one in listed if one.data(NUMBER)] == [one.number for one in catalog.OPEN]
    assert page.list.currentItem().data(NUMBER) == "R02"
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Up)
    qtbot.keyClick(page.list, Qt.Key.Key_Home)
    assert page.list.currentItem().data(NUMBER) == "R02"
    for _ in catalog.OPEN[1:]:
        qtbot.keyClick(page.list, Qt.Key.Key_Down)
        assert page.list.currentItem().data(NUMBER), "a group is no report"
    assert page.list.currentItem().data(NUMBER) == catalog.OPEN[-1].number


@pytest.mark.usefixtures("dressed")
def test_a_slip_asks_for_an_organisation_and_then_shows_it(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    choose(page, "R06", qtbot)
    showing.settle(window)
    assert "请在“范围”里选一个党组织" in page.about.text()
    assert "请换一个评议过的党组织" in sentences(page)[0]
    assert not page.view.print_button.isEnabled()
    page.org.setCurrentIndex(page.org.findData(OFFICE))
    showing.settle(window)
    assert len(papers(page)) == 1
    assert page.view.print_button.isEnabled()
    picture = papers(page)[0].pixmap()
    assert picture.height() > picture.width()


def test_layer_and_scope_go_into_the_file(open_window, company, tmp_path, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    choose(page, "R03", qtbot)
    page.layer.setFocus()
    qtbot.keyClick(page.layer, Qt.Key.Key_End)
    page.org.setCurrentIndex(page.org.findData("QL.01"))
    showing.settle(window)
    out = tmp_path / "表.pdf"
    timer = showing.pick(out)
    qtbot.mouseClick(page.view.pdf_button, Qt.MouseButton.LeftButton)
    showing.settle(window)
    assert not timer.isActive()
    assert page.messages.text == f"已存到 {out}"
    assert "（一矿党委，层面二）" in text_of(out)
    assert out.read_bytes() == pdf(built(company, "R03", layer=2, org_code="QL.01"))


def test_a_spreadsheet_is_saved(open_window, company, tmp_path, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    choose(page, "R04", qtbot)
    showing.settle(window)
    out = tmp_path / "表.xlsx"
    timer = showing.pick(out)
    qtbot.mouseClick(page.view.sheet_button, Qt.MouseButton.LeftButton)
    showing.settle(window)
    assert not timer.isActive()
    words = [cell for line in load_workbook(out).worksheets[0].values for cell in line]
    assert {"党员群众评议结果汇总表", "一矿机关党支部", "70.0"} <= set(words)


def test_the_work_summary_is_saved_as_a_text_document(open_window, company, tmp_path, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    choose(page, "R01", qtbot)
    showing.settle(window)
    out = tmp_path / "总结.docx"
    timer = showing.pick(out)
    qtbot.mouseClick(page.view.text_button, Qt.MouseButton.LeftButton)
    showing.settle(window)
    assert not timer.isActive()
    assert page.messages.text == f"已存到 {out}"
    with ZipFile(out) as archive:
        said = archive.read("word/document.xml").decode()
    assert "创先争优活动群众评议工作总结" in said
    assert "满意率80.0%" in said


@pytest.mark.parametrize("typed", ["总结.pdf", "总结1.5版"])
def test_a_file_has_the_ending_of_what_is_in_it(open_window, company, tmp_path, qtbot, typed):
    window, page = showing.show(open_window, company.path, ReportsPage)
    out = tmp_path / f"{typed}.docx"
    for said in (f"已存到 {out}", f"已有“{out.name}”，没有写成，请换一个文件名再存。"):
        timer = showing.pick(tmp_path / typed)
        qtbot.mouseClick(page.view.text_button, Qt.MouseButton.LeftButton)
        showing.settle(window)
        assert not timer.isActive()
        assert page.messages.text == said
    assert [one.name for one in tmp_path.glob("总结*")] == [out.name]


def test_a_finished_text_is_held_against_the_tables(open_window, company, tmp_path, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    assert page.proof_button.isHidden(), "it is about the work summary"
    choose(page, "R01", qtbot)
    showing.settle(window)
    text = tmp_path / "总结.txt"
    text.write_text(
        "兑现公开承诺情况满意率81.0%，推动中心工作和重点任务完成情况满意率80.0%。", encoding="utf-8"
    )
    timer = showing.pick(text)
    qtbot.mouseClick(page.proof_button, Qt.MouseButton.LeftButton)
    assert not timer.isActive()
    qtbot.waitUntil(lambda: showing.dialog().view.ready is not None)
    shown = showing.dialog()
    (table,) = (one for one in shown.view.ready.report.blocks if isinstance(one, Table))
    assert [row.cells[2:4] for row in table.rows] == [
        ("兑现公开承诺情况满意率81.0%", "不一致"),
        ("推动中心工作和重点任务完成情况满意率80.0%", "一致"),
    ]
    assert "80.0%（R03 合计）" in table.rows[0].cells[4]
    shown.close()
    text.write_text("没有数字。", encoding="utf-8")
    showing.pick(text)
    qtbot.mouseClick(page.proof_button, Qt.MouseButton.LeftButton)
    refused = showing.dialog()
    qtbot.waitUntil(
        lambda: any("里没有数字" in one.text() for one in refused.view.preview.findChildren(QLabel))
    )
    refused.close()


def test_a_file_that_cannot_be_written_is_said(open_window, company, tmp_path, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    (tmp_path / "表.pdf").mkdir()
    page.view.save(tmp_path / "表.pdf", built(company, "R02"), kind="pdf")
    showing.settle(window)
    assert "“表.pdf”没有写成" in page.messages.text


def test_the_preview_follows_new_figures(open_window, company):
    window, page = showing.show(open_window, company.path, ReportsPage)
    before = page.view.ready.pdf

    def arrive(session):
        rows = {ORG: [(9, 1, 0, 0)] * 5, MEM: [(5, 5, 0, 0)] * 3}
        make.received(session, campaign_id=campaigns.current(session).id, org_code="QL.02.B001", counts=rows)

    window.workspace.work.write(arrive)
    showing.settle(window)
    assert page.view.ready.pdf == pdf(built(company, "R02")) != before


def test_only_the_newest_choice_is_drawn(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    choose(page, "R06", qtbot)  # passes over R03 and R04 without waiting
    choose(page, "R04", qtbot)
    showing.settle(window)
    assert page.view.ready.report.number == "R04"
    assert papers(page)


def test_without_a_campaign_the_reason_is_said(open_window, tmp_path):
    made = make.company(tmp_path / "空.pingyi")
    _, page = showing.show(open_window, made.path, ReportsPage)
    assert "活动" in page.state.text()
    assert page.state.isVisible()
    assert not page.view.pdf_button.isEnabled()
    made.close()


@pytest.mark.usefixtures("dressed")
def test_larger_and_back(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    before = papers(page)[0].pixmap().width()
    page.view.zoom.setFocus()
    qtbot.keyClick(page.view.zoom, Qt.Key.Key_Down)
    showing.settle(window)
    assert abs(papers(page)[0].pixmap().width() - before * 1.5) <= 2
    qtbot.keyClick(page.view.zoom, Qt.Key.Key_Up)
    showing.settle(window)
    assert papers(page)[0].pixmap().width() == before


@pytest.mark.usefixtures("dressed")
def test_another_window_size_draws_the_pages_anew(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    before = papers(page)[0].pixmap().width()
    window.resize(window.width() + 300, window.height())
    # of the 300 the navigation takes some: it unfolds
    qtbot.waitUntil(lambda: papers(page) and papers(page)[0].pixmap().width() > before + 150)
    assert not page.view.preview.horizontalScrollBar().isVisible()


def test_a_window_that_grew_while_the_pages_were_made_gets_them_anew(open_window, company, qtbot):
    """The pane is as wide as it will be when the pages come, but they were made for the width it had before."""
    _, page = showing.show(open_window, company.path, ReportsPage)
    right = papers(page)[0].pixmap().width()
    page.view.preview.show_pages(preview.pages(page.view.ready.pdf, width=right // 2))
    qtbot.waitUntil(lambda: papers(page) and papers(page)[0].pixmap().width() == right)


def test_of_a_long_report_the_first_and_last_pages_are_shown(open_window, company):
    _, page = showing.show(open_window, company.path, ReportsPage)
    source = long_pdf()
    total = preview.page_count(source)
    shown = preview.pages(source, width=300)
    first, last = list(range(8)), list(range(total - 4, total))
    assert [number for number, _ in shown.images] == first + last
    page.view.preview.show_pages(shown)
    assert [one.accessibleName() for one in papers(page)] == [f"第 {n + 1} 页" for n in first + last]
    assert sentences(page) == [f"第 9 至 {total - 4} 页不在预览里；打印和存成文件都是全部 {total} 页。"]
    assert len(preview.pages(source, width=300, zoom=150).images) == 7
    assert len(preview.pages(long_pdf(80), width=300).images) == preview.page_count(long_pdf(80))


def test_the_window_is_not_held_up(open_window, company, qtbot, monkeypatch):
    """Making a report and the pictures of its pages is the other thread's work; this one only shows them."""
    _, page = showing.show(open_window, company.path, ReportsPage)
    where = []

    def watch(module, name):
        was = getattr(module, name)

        def told(*args, **more):
            where.append((name, threading.get_ident()))
            return was(*args, **more)

        monkeypatch.setattr(module, name, told)

    watch(preview, "pages")
    watch(catalog, "of")
    page.refresh()
    assert where == []  # nothing happens inside the call
    qtbot.waitUntil(lambda: {"pages", "of"} <= {name for name, _ in where})
    assert threading.get_ident() not in {thread for _, thread in where}


def test_all_pages_go_to_the_printer(qapp, tmp_path):
    out = tmp_path / "打印.pdf"
    printer = printer_to(out)
    source = long_pdf(60)
    steps = []
    assert preview.paint(source, printer, lambda done: steps.append(done) or True)
    total = preview.page_count(source)
    assert steps == [*range(total), total]
    printed = PdfReader(out)
    assert len(printed.pages) == total
    box = printed.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (842, 595)
    original, copy = (preview.pages(data, width=2000).images[0][1] for data in (source, out.read_bytes()))
    assert abs(ink(original) - ink(copy)) < 0.02


def printer_to(out):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(out))
    preview.set_paper(printer, landscape=True)
    printer.setResolution(150)
    return printer


def test_a_range_of_pages_can_be_printed(qapp, tmp_path):
    printer = printer_to(tmp_path / "打印.pdf")
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    preview.paint(long_pdf(90), printer)
    assert len(PdfReader(tmp_path / "打印.pdf").pages) == 2


def test_printing_can_be_stopped(qapp, tmp_path):
    assert not preview.paint(long_pdf(60), printer_to(tmp_path / "打印.pdf"), lambda done: done < 1)


def test_a_printer_that_does_not_work_is_a_sentence(qapp, tmp_path):
    with pytest.raises(FileError, match="打印机不能用"):
        preview.paint(long_pdf(5), printer_to(tmp_path / "没有" / "打印.pdf"))


def test_a_computer_without_a_printer_is_told_so(qapp, monkeypatch):
    """There Qt's own dialog would not come up, and nothing would be said."""
    monkeypatch.setattr(preview.sys, "platform", "win32")
    with pytest.raises(FileError, match="没有可用的打印机"):
        preview.print_pdf(long_pdf(5), None, landscape=False, name="名")


def test_control_p_asks_for_the_printer(open_window, company, qtbot):
    window, page = showing.show(open_window, company.path, ReportsPage)
    asked = []

    def refuse():
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QPrintDialog):
            asked.append((dialog.minPage(), dialog.maxPage()))
            dialog.reject()
        elif not asked:
            QTimer.singleShot(20, refuse)

    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTimer.singleShot(0, refuse)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [(1, page.view.ready.total)]
    assert page.messages.text == ""


def test_file_names_suit_every_system():
    one = Report("R06", "报告单", "a/b:c?d*e", "", "", ())
    assert file_name(one, ".pdf") == "R06 报告单 a b c d e.pdf"


def test_a_report_of_a_contradicted_file_is_refused(open_window, company, qtbot):
    company.close()
    with closing(sqlite3.connect(company.path)) as raw:
        raw.execute("UPDATE campaign SET rule = replace(rule, 'STRICT', 'WIDE2')")
        raw.commit()
    window, page = showing.show(open_window, company.path, ReportsPage)
    showing.settle(window)
    (said,) = sentences(page)
    assert said.startswith("这个数据文件前后矛盾，没有出表：“2024年群众评议”的统计口径与发布时锁定的不一致。")
    assert not page.view.print_button.isEnabled()


def test_what_contradicts_itself_is_said_on_every_page_until_somebody_looked(
    open_window, looks_around, company, qtbot
):
    company.close()
    with closing(sqlite3.connect(company.path)) as raw:
        raw.execute("UPDATE campaign SET rule = replace(rule, 'STRICT', 'WIDE2')")
        raw.commit()
    window, _ = showing.show(open_window, company.path, ReportsPage)
    showing.settle(window)
    bar = window.workspace.unsound
    assert bar.isVisible()
    assert "统计口径与发布时锁定的不一致" in bar.findChild(QLabel).text()
    said = []

    def read():
        box = QApplication.activeModalWidget()
        if box is not None:
            said.append(box.text())
            box.accept()
        else:
            QTimer.singleShot(10, read)

    QTimer.singleShot(10, read)
    qtbot.mouseClick(bar.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert "统计口径与发布时锁定的不一致" in said[0]
    assert not bar.isVisible()
