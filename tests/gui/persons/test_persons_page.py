"""The page 党员结果: people in the paper's order, their grades decided, told and signed; nothing leaves it without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
import showing
from pypdf import PdfReader
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.gui.looks.states import FEW
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.persons.page import EMPTY, GUARDED, PersonsPage
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schemas.grade_words import Grade

GRADES, ROSTER = "T-MEM-E", "T-MEM-B"
PEOPLE = make.NAMES[:3]


def _file(path: Path, forms: tuple[str, ...], many: int) -> store.Store:
    made = make.published_school(path, people=PEOPLE, form_codes=list(forms))
    with made.transaction() as session:
        for form in forms:
            batch = make.batch(session, campaign_id=make.campaign_of(session), form_code=form)
            make.sealed(session, batch.id, ["312" if form == GRADES else "312" * 3] * many)
    return made


@pytest.fixture
def opened(open_window, tmp_path):
    def show(*forms: str, many: int = 6):
        path = tmp_path / "XX.pingyi"
        make.copied(path, _file, forms, many).close()
        window, page = showing.show(open_window, path, PersonsPage)
        return window, page, path

    return show


def shown(page) -> list[list[str]]:
    table = page.table
    return [table._texts(row) for row in table.model.visible()]


def titles(page) -> list[str]:
    return [column.title for column in page.table.model.columns]


def acts(path: Path) -> list[str]:
    file = store.open_file(path)
    with file.reading() as session:
        found = [line.act for line in journal.lines(session)]
    file.close()
    return found


def test_people_stand_as_on_the_paper_and_are_not_sorted(opened) -> None:
    window, page, _ = opened(GRADES)
    assert [row[0] for row in shown(page)] == list(PEOPLE)
    assert shown(page)[0][:8] == ["赵建国", "正式", "0", "0", "6", "0", "基本合格", ""]
    header = page.table.view.horizontalHeader()
    assert not header.sectionsClickable()
    assert not page.table.view.isSortingEnabled()
    assert not page.print_grades.isHidden()
    window.close()


def test_nothing_of_it_goes_to_the_clipboard(opened) -> None:
    window, page, _ = opened(GRADES)
    QApplication.clipboard().setText("前面的")
    page.table.copy()
    assert QApplication.clipboard().text() == "前面的"
    assert page.messages.text == GUARDED
    window.close()


def test_a_form_of_satisfaction_has_rates_and_no_grades(opened) -> None:
    window, page, _ = opened(ROSTER)
    assert titles(page)[2:7] == ["1.满意", "1.比较满意", "1.基本满意", "1.不满意", "1.满意率"]
    assert page.decide.isHidden()
    assert page.print_grades.isHidden()
    assert page.print_people.isEnabled()
    window.close()


def test_few_ballots_show_nobody(opened) -> None:
    window, page, _ = opened(GRADES, many=4)
    assert {tuple(row[2:6]) for row in shown(page)} == {("—",) * 4}
    assert (page.state.isVisible(), page.state.kind) == (True, FEW)
    assert "少于 5 张" in page.state.text()
    assert "不显示各人的票数" in page.state.text()
    window.close()


def test_nothing_sealed_is_said(open_window, tmp_path) -> None:
    make.published_school(tmp_path / "XX.pingyi", form_codes=[GRADES]).close()
    window, page = showing.show(open_window, tmp_path / "XX.pingyi", PersonsPage)
    assert page.state.text().startswith(EMPTY)
    assert "只留在录票的支部" in page.state.text()
    assert not page.decide.isEnabled()
    window.close()


def test_decided_told_signed_and_taken_back(opened, qtbot) -> None:
    window, page, _ = opened(GRADES)
    page.decide.click()
    dialog = showing.dialog()
    grades, whys = dialog.fields[2::2], dialog.fields[3::2]
    assert [field.text for field in grades] == [Grade.BASIC, Grade.EXCELLENT, Grade.QUALIFIED]
    grades[0].editor.setCurrentIndex(grades[0].editor.findData(Grade.UNQUALIFIED.value))
    dialog.accept()
    showing.settle(window)
    assert "请写明原因" in dialog.messages.text or any("请写明原因" in f.complaint for f in dialog.fields)
    whys[0].editor.setText("长期不参加组织生活")
    dialog.accept()
    showing.settle(window)
    assert showing.no_dialog()
    assert shown(page)[0][7:10] == ["不合格", "已决定", "长期不参加组织生活"]
    for button, word in ((page.tell, "已告知"), (page.sign, "已签收")):
        page.table.choose(page.table.model.visible()[1])
        button.click()
        showing.dialog().accept()
        showing.settle(window)
        assert [row[8] for row in shown(page)] == ["已决定", word, "已决定"]
    page.context.undo.undo()
    showing.settle(window)
    assert [row[8] for row in shown(page)] == ["已决定", "已告知", "已决定"]
    page.table.view.clearSelection()
    page.back.click()
    showing.settle(window)
    assert [row[8] for row in shown(page)] == ["待决定", "已决定", "待决定"]
    window.close()


def test_an_unusual_decision_asks_why(opened, qtbot) -> None:
    window, page, path = opened(GRADES)
    page.decide.click()
    dialog = showing.dialog()
    best, why = dialog.fields[4], dialog.fields[5]
    best.editor.setCurrentIndex(best.editor.findData(Grade.QUALIFIED.value))
    why.editor.setText("平时表现一般")
    dialog.accept()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, dialog))
    assert "没有一名优秀" in showing.confirm(qtbot)
    showing.settle(window)
    assert "决定等次" in acts(path)
    window.close()


@pytest.mark.parametrize("which", ["print_people", "print_grades"])
def test_printing_asks_why_and_the_journal_has_it_first(opened, qtbot, which: str) -> None:
    window, page, path = opened(GRADES)
    getattr(page, which).click()
    dialog = showing.dialog()
    dialog.accept()
    assert "打印限权报表" not in acts(path)
    dialog.fields[0].editor.setText("支委会研究")
    dialog.accept()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ReportDialog))
    showing.settle(window)
    assert acts(path)[0] == "打印限权报表"
    paper = QApplication.activeModalWidget()
    assert "内部资料" in paper.view.ready.report.mark
    paper.reject()
    window.close()


def test_one_slip_is_shown_and_several_are_written(opened, qtbot, tmp_path) -> None:
    window, page, path = opened(GRADES)
    page.decide.click()
    showing.dialog().accept()
    showing.settle(window)
    page.table.choose(page.table.model.visible()[0])
    page.slips.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ReportDialog))
    showing.settle(window)
    paper = QApplication.activeModalWidget()
    assert paper.view.ready.report.number == "R11B"
    paper.reject()
    page.table.view.clearSelection()
    (tmp_path / "单").mkdir()
    waiting = showing.pick(tmp_path / "单")
    page.slips.click()
    showing.settle(window)
    del waiting
    texts = [PdfReader(file).pages[0].extract_text() for file in sorted((tmp_path / "单").iterdir())]
    assert len(texts) == 3
    assert all(sum(name in text for name in PEOPLE) == 1 for text in texts)
    assert acts(path).count("印告知单") == 2
    window.close()
