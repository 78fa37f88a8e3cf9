"""The page 印表: sessions with their sheets, the paper of one, files for many, cancelled or refused without a trace."""

from __future__ import annotations

from contextlib import closing

import pytest
import showing
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from PySide6.QtCore import QPoint, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QPushButton

import make
from pingyi_desktop import saving
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.forms.meeting_item import NO_SHEETS, UNKNOWN
from pingyi_desktop.gui.forms.page import FormsPage
from pingyi_desktop.gui.parts import pickers, preview
from pingyi_desktop.gui.parts.forms import allow
from pingyi_desktop.render.pack import render_pack
from pingyi_desktop.reports.drawn import DrawnPage, Pack, PrintedSheet, Words


@pytest.fixture
def path(tmp_path):
    with closing(make.copied(tmp_path / "公司.pingyi", with_meetings)) as store:
        return store.path


def with_meetings(path):
    made = make.published_company(path)
    with made.transaction() as session:
        for one in sessions.listing(session, campaign_id=make.campaign_of(session), layer=1):
            make.held(session, one.id, expected=40, actual=40)
    return made


@pytest.fixture
def page(open_window, path):
    window, page = showing.show(open_window, path, FormsPage)
    page.settle = lambda: showing.let_finish(window)
    page.settle()
    return page


def lines(page: FormsPage) -> list[str]:
    return [page.list.item(n).text().replace("\n", "：") for n in range(page.list.count())]


def test_the_navigation_has_it_between_the_campaign_and_keying() -> None:
    keys = [one.key for one in PAGES]
    assert keys.index("campaign") < keys.index("forms") < keys.index("entry")


def test_sessions_are_listed_with_their_sheets_and_the_unknown_ones_say_so(page) -> None:
    assert len(lines(page)) == 9
    assert lines(page)[0] == "层面一　一矿党委：应参评 40 人，评议表 84 张"
    assert sum(UNKNOWN in line for line in lines(page)) == 7
    assert page.total.text() == "打勾 2 场，评议表 168 张"
    assert page.people["ALL"].text() == "按应到"
    page.people["ALL"].setValue(10)
    page.settle()
    assert not any(UNKNOWN in line for line in lines(page))
    assert page.total.text() == "打勾 7 场，评议表 288 张"
    page.spare.setValue(50)
    page.settle()
    assert page.total.text() == f"打勾 7 场，评议表 {2 * 2 * 60 + 5 * 2 * 15} 张"


def test_the_keys_begin_where_the_print_is_prepared_not_on_another_act(page) -> None:
    """Printing cannot be done before the paper is laid out: that it is saved to a folder is not what comes first."""
    window = page.window()
    window.workspace.navigation.setFocus()
    allow(page.print_button, "还没有排好版。")
    page.take_focus()
    assert page._content.isAncestorOf(window.focusWidget())
    window.workspace.navigation.setFocus()
    allow(page.print_button, "")
    page.take_focus()
    assert window.focusWidget() is page.print_button


def test_a_session_without_sheets_is_not_ticked_and_cannot_be(page, qtbot) -> None:
    page.people["ALL"].setValue(10)
    page.settle()
    (item, _) = [page.list.item(n) for n in range(page.list.count()) if NO_SHEETS in page.list.item(n).text()]
    page.list.scrollToItem(item)
    spot = page.list.visualItemRect(item).topLeft() + QPoint(24, 24)
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert item.checkState() == Qt.CheckState.Unchecked
    assert page.total.text() == "打勾 7 场，评议表 288 张"


def test_the_preview_is_the_paper_of_the_session_in_hand(page) -> None:
    assert "一矿党委" in text_of(page)
    assert page.print_button.isEnabled()
    page.list.setCurrentRow(2)
    page.settle()
    assert not page.print_button.isEnabled()
    assert page._pdf == b""


def test_the_page_of_five_good_is_shown_when_it_is_wished_for(page) -> None:
    before = preview.page_count(page._pdf)
    page.attach.setChecked(True)
    page.settle()
    assert preview.page_count(page._pdf) == before + 1
    assert page.total.text() == "打勾 2 场，评议表 168 张"


def test_what_is_ticked_is_saved_with_a_list(page, tmp_path, monkeypatch) -> None:
    out = tmp_path / "U盘"
    out.mkdir()
    monkeypatch.setattr(pickers, "folder", lambda *_: out)
    page.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert page.total.text() == "打勾 1 场，评议表 84 张"
    page.save_button.click()
    page.settle()
    assert sorted(one.name for one in out.iterdir()) == [
        "R28-印制清单.pdf",
        "层面一-QL.02-二矿党委-2024年度.pdf",
    ]
    assert "1 个场次，评议表 84 张" in page.messages.text
    assert "打开文件夹" in [one.text() for one in page.messages.findChildren(QPushButton)]
    page.save_button.click()
    page.settle()
    assert "已经存在，没有改动它" in page.messages.text


def test_cancelled_in_the_middle_nothing_is_left(page, tmp_path, monkeypatch) -> None:
    put = saving.put

    def cancelling(part, path) -> None:
        put(part, path)
        page.context.work.cancel()

    monkeypatch.setattr(saving, "put", cancelling)
    monkeypatch.setattr(pickers, "folder", lambda *_: tmp_path / "空")
    (tmp_path / "空").mkdir()
    page.save_button.click()
    page.settle()
    assert page.messages.text == "“印表”已取消，没有写入任何内容。"
    assert list((tmp_path / "空").iterdir()) == []


def test_the_whole_pack_goes_to_the_printer(page, monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(
        preview, "print_pdf", lambda pdf, *_, **__: sent.append(preview.page_count(pdf)) or True
    )
    page.print_button.click()
    page.settle()
    assert sent == [1 + 1 + 1 + 42 + 42 + 2 + 2 + 2 + 8]
    assert page.messages.text == "已送到打印机。"


@pytest.fixture
def branch(open_window, tmp_path):
    """The page of a branch that prints a roster of its own members."""
    with closing(make.school(tmp_path / "XX.pingyi")) as store, store.transaction() as session:
        campaign = make.published(session, form_codes=("T-MEM-E",))
        (one,) = sessions.listing(session, campaign_id=campaign)
        make.held(session, one.id, expected=12, actual=12)
    window, page = showing.show(open_window, store.path, FormsPage)
    page.settle = lambda: showing.let_finish(window)
    page.settle()
    return page


def text_of(page: FormsPage) -> str:
    with PdfDocument(page._pdf) as paper:
        return "".join(one.get_textpage().get_text_bounded() for one in paper)


def test_a_printed_roster_stays_until_it_is_printed_anew(branch, monkeypatch) -> None:
    page = branch
    monkeypatch.setattr(preview, "print_pdf", lambda *_, **__: True)
    assert page.renew_button.isVisible()
    page.print_button.click()
    page.settle()
    page.context.act(lambda session: make.org_member(session, "XX", "后来人"), act="登记党员")
    page.settle()
    page.refresh()
    page.settle()
    assert "后来人" not in text_of(page)
    assert "仍按印过的 5 人印" in page.messages.text
    page.renew_button.click()
    page.settle()
    page.refresh()
    page.settle()
    assert "后来人" in text_of(page)


def test_where_no_roster_is_keyed_none_is_renewed(page) -> None:
    assert not page.renew_button.isVisible()


def test_a_file_without_a_campaign_says_what_to_do(open_window, tmp_path) -> None:
    with closing(make.company(tmp_path / "空.pingyi")) as store:
        path = store.path
    _, page = showing.show(open_window, path, FormsPage)
    assert not page.save_button.isEnabled()
    assert page.list.count() == 0


def test_each_page_lies_on_the_printer_as_it_does_in_the_file(qapp, tmp_path) -> None:
    turned = (False, True, True, False)
    words = (Words(20, 20, 100, 10, "页"),)
    drawn = tuple(DrawnPage(words, wide=wide) for wide in turned)
    pdf = render_pack(Pack("混排", "混排", (PrintedSheet("混排", 1, drawn),))).pdf
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "打印.pdf"))
    printer.setResolution(50)
    assert preview.paint(pdf, printer)
    boxes = [one.mediabox for one in PdfReader(tmp_path / "打印.pdf").pages]
    assert [float(box.width) > float(box.height) for box in boxes] == list(turned)
