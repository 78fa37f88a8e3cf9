"""下发任务 in the window: units ticked, files and slips made, codes typed, tasks handed down again, entered by proxy."""

from __future__ import annotations

import re

import pytest
import showing
from branches import BRANCHES, World, export, hand_down, key, published
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QTreeWidgetItem

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.wire import age
from pingyi_desktop.gui.campaign.page import CampaignPage
from pingyi_desktop.gui.exchange.page import TASKS, ExchangePage
from pingyi_desktop.gui.exchange.slips_first import SlipsFirst
from pingyi_desktop.gui.files import recovery_code
from pingyi_desktop.gui.files.task_code import TaskCode, ask
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.reports.blocks import SlipBlock
from pingyi_desktop.storage import store as data

LEFT = Qt.MouseButton.LeftButton
CHECKED = Qt.CheckState.Checked


@pytest.fixture
def bare(tmp_path):
    """Published, nothing handed down yet."""
    make.copied_folder(tmp_path, published)
    return World(tmp_path)


@pytest.fixture
def sheet(open_window, bare):
    """The exchange page of the company with its second tab on top."""
    window, page = showing.show(open_window, bare.office, ExchangePage)
    page.tabs.setCurrentIndex(TASKS)
    return window, page, page.tasks


def standings(sheet) -> dict[str, str]:
    return {sheet.tree.topLevelItem(n).text(3): sheet.tree.topLevelItem(n).text(2) for n in range(3)}


def row_of(sheet, code: str) -> QTreeWidgetItem:
    (found,) = sheet.tree.findItems(code, Qt.MatchFlag.MatchExactly, 3)
    return found


def slips(dialog: ReportDialog) -> dict[str, SlipBlock]:
    """The slips in the preview, by the file's name on them."""
    found = [block for block in dialog.view.ready.report.blocks if isinstance(block, SlipBlock)]
    return {
        line.removeprefix("文件："): one for one in found for line in one.lines if line.startswith("文件")
    }


def on_paper(window) -> dict[str, str]:
    """The slips that are shown first, copied to paper and the last digits typed back; file name → code."""
    showing.let_finish(window)
    dialog = showing.dialog()
    showing.let_finish(window)
    assert isinstance(dialog, SlipsFirst)
    found = {name: slip.code for name, slip in slips(dialog).items()}
    dialog.back.editor.setText(list(found.values())[-1][-4:])
    dialog.go.click()
    showing.let_finish(window)
    return found


def hand_all_down(window, page, sheet, folder, qtbot) -> dict[str, str]:
    """Everything ticked, the slips copied, handed down; file name → code."""
    qtbot.mouseClick(sheet.all, LEFT)
    timer = showing.pick(folder)
    qtbot.mouseClick(sheet.hand_down, LEFT)
    found = on_paper(window)
    assert not timer.isActive()
    return found


def test_the_units_are_ticked_with_the_keyboard(sheet, qtbot):
    _, _, tasks_tab = sheet
    assert standings(tasks_tab) == dict.fromkeys(BRANCHES, "未下发")
    assert not tasks_tab.hand_down.isEnabled()
    tasks_tab.tree.setFocus()
    qtbot.keyClick(tasks_tab.tree, Qt.Key.Key_Down)
    qtbot.keyClick(tasks_tab.tree, Qt.Key.Key_Space)
    (chosen,) = tasks_tab.ticked()
    assert tasks_tab.hand_down.text() == "下发任务（1 个单位）…"
    assert tasks_tab.tree.currentItem().text(3) == chosen
    qtbot.mouseClick(tasks_tab.none, LEFT)
    assert tasks_tab.ticked() == []
    assert not tasks_tab.hand_down.isEnabled()


def test_every_ticked_unit_gets_a_sealed_file_and_a_slip_that_opens_it(sheet, bare, tmp_path, qtbot):
    window, page, tasks_tab = sheet
    folder = tmp_path / "U盘"
    folder.mkdir()
    found = hand_all_down(window, page, tasks_tab, folder, qtbot)
    assert sorted(found) == sorted(path.name for path in folder.iterdir())
    assert len(found) == len(BRANCHES)
    for name, code in found.items():
        assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code)
        content = (folder / name).read_bytes()
        assert age.is_sealed(content)
        assert tasks.read_task(content, code).unit_code in name
    assert standings(tasks_tab) == dict.fromkeys(BRANCHES, "已下发")
    assert tasks_tab.ticked() == []
    assert page.messages.text.startswith("已写好 3 个任务文件")
    assert "打开文件夹" in [one.text() for one in page.messages.findChildren(QPushButton)]
    with data.open_file(bare.office).reading() as session:
        kept = bytes(str(session.connection().exec_driver_sql("SELECT * FROM journal_entry").all()), "utf-8")
    assert not any(code.replace(" ", "").encode() in kept for code in found.values())


def test_the_slips_can_be_looked_at_again_until_the_window_is_closed(
    sheet, open_window, bare, tmp_path, qtbot
):
    window, page, tasks_tab = sheet
    assert tasks_tab.slips.isHidden()
    found = hand_all_down(window, page, tasks_tab, tmp_path, qtbot)
    qtbot.mouseClick(tasks_tab.slips, LEFT)
    dialog = showing.dialog()
    showing.let_finish(window)
    assert {name: slip.code for name, slip in slips(dialog).items()} == found
    dialog.reject()
    window.close_anyway()
    _, again = showing.show(open_window, bare.office, ExchangePage)
    assert again.tasks.slips.isHidden()


def test_only_those_without_a_task_are_ticked(sheet, tmp_path, qtbot):
    window, _, tasks_tab = sheet
    row_of(tasks_tab, "QL.B002").setCheckState(0, CHECKED)
    tasks_tab.assign_into(tmp_path, tasks_tab.ticked())
    on_paper(window)
    qtbot.mouseClick(tasks_tab.fresh, LEFT)
    assert tasks_tab.ticked() == ["QL.B001", "QL.B003"]


def test_a_folder_that_is_gone_is_told_and_the_units_can_be_handed_down_again(sheet, tmp_path, qtbot):
    window, page, tasks_tab = sheet
    tasks_tab.assign_into(tmp_path / "拔出的U盘", ["QL.B001", "QL.B002"])
    on_paper(window)
    assert "还有 2 个单位没有写成，请再勾选它们下发一次。" in page.messages.text
    assert showing.no_dialog()
    assert tasks_tab.slips.isHidden()
    tasks_tab.assign_into(tmp_path, ["QL.B001", "QL.B002"])
    for name, code in on_paper(window).items():
        assert tasks.read_task((tmp_path / name).read_bytes(), code).unit_code in name


def test_nothing_is_handed_down_before_its_slips_are_on_paper(sheet, tmp_path, qtbot):
    window, _, tasks_tab = sheet
    folder = tmp_path / "U盘"
    folder.mkdir()
    tasks_tab.assign_into(folder, list(BRANCHES))
    showing.let_finish(window)
    dialog = showing.dialog()
    showing.let_finish(window)
    dialog.go.click()
    assert "不一样" in dialog.back.complaint
    dialog.reject()
    showing.let_finish(window)
    assert list(folder.iterdir()) == []
    assert standings(tasks_tab) == dict.fromkeys(BRANCHES, "未下发")


def test_cancelled_in_the_middle_nothing_is_handed_down(sheet, tmp_path):
    window, page, tasks_tab = sheet
    folder = tmp_path / "U盘"
    folder.mkdir()
    tasks_tab.assign_into(folder, list(BRANCHES))
    showing.let_finish(window)
    dialog = showing.dialog()
    showing.let_finish(window)
    dialog.back.editor.setText(list(slips(dialog).values())[-1].code[-4:])
    showing.cancelled(window, dialog.go.click)
    showing.let_finish(window)
    assert "已取消" in page.messages.text
    assert list(folder.iterdir()) == []
    assert standings(tasks_tab) == dict.fromkeys(BRANCHES, "未下发")


def test_a_task_is_handed_down_again_with_a_reason(sheet, bare, tmp_path, qtbot):
    window, page, tasks_tab = sheet
    tasks_tab.tree.setCurrentItem(row_of(tasks_tab, "QL.B001"))
    assert not tasks_tab.again.isEnabled(), "nothing was handed down yet"
    old = hand_all_down(window, page, tasks_tab, tmp_path, qtbot)
    tasks_tab.tree.setCurrentItem(row_of(tasks_tab, "QL.B001"))
    folder = tmp_path / "又一次"
    folder.mkdir()
    timer = showing.pick(folder)
    qtbot.mouseClick(tasks_tab.again, LEFT)
    assert not timer.isActive()
    ((name, code),) = on_paper(window).items()
    dialog = showing.dialog()
    assert any("旧的从此作废" in one.text() for one in dialog.findChildren(QLabel))
    qtbot.mouseClick(dialog.save, LEFT)
    assert "原因" in dialog.fields[0].complaint, "not without a reason"
    showing.write(dialog.fields[0].editor, "电脑丢失")
    qtbot.mouseClick(dialog.save, LEFT)
    showing.let_finish(window)
    assert standings(tasks_tab)["QL.B001"] == "第 2 次下发"
    task = tasks.read_task((folder / name).read_bytes(), code)
    assert task.unit_code == "QL.B001"
    assert code not in old.values()
    with data.open_file(bare.office).reading() as session:
        told = str(session.connection().exec_driver_sql("SELECT act, detail FROM journal_entry").all())
    assert "电脑丢失" in told


def test_a_unit_without_a_computer_is_entered_here(sheet, bare, qtbot):
    window, page, tasks_tab = sheet
    tasks_tab.tree.setCurrentItem(row_of(tasks_tab, "QL.B003"))
    qtbot.mouseClick(tasks_tab.proxy, LEFT)
    dialog = showing.dialog()
    showing.write(dialog.fields[0].editor, "该支部没有电脑")
    qtbot.mouseClick(dialog.save, LEFT)
    showing.let_finish(window)
    assert page.messages.text == "“机关党支部”改由本级代录。下一步到“录入”页登记它的场次、录它的票。"
    assert standings(tasks_tab)["QL.B003"] == "由本级代录"
    tasks_tab.tree.setCurrentItem(row_of(tasks_tab, "QL.B003"))
    assert not tasks_tab.proxy.isEnabled()
    window.close_anyway()
    with data.open_file(bare.office).reading() as session:
        chosen = campaigns.current(session).id
        listed = batches.listing(session, campaign_id=chosen, own_only=True)
        assert [one.org_code for one in listed] == ["QL.B003"]
        assert any(one.own for one in sessions.listing(session, campaign_id=chosen))


def test_one_with_units_of_its_own_below_cannot_be_entered_by_proxy(open_window, tmp_path, qtbot):
    made = make.published_company(tmp_path / "QL.pingyi")
    made.close()
    window, page = showing.show(open_window, tmp_path / "QL.pingyi", ExchangePage)
    page.tabs.setCurrentIndex(TASKS)
    page.tasks.tree.setCurrentItem(row_of(page.tasks, "QL.01"))
    qtbot.mouseClick(page.tasks.proxy, LEFT)
    dialog = showing.dialog()
    showing.write(dialog.fields[0].editor, "没有电脑")
    qtbot.mouseClick(dialog.save, LEFT)
    showing.let_finish(window)
    assert "下级" in dialog.messages.text
    dialog.reject()
    assert "由本级代录" not in {page.tasks.tree.topLevelItem(n).text(2) for n in range(2)}


# The code


@pytest.fixture
def task_file(bare, tmp_path):
    """A task file and its code."""
    made = data.open_file(bare.office)
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        (one,) = tasks.assign(session, campaign_id=campaign_id, by=make.BY, units=["QL.B001"])
    made.close()
    (tmp_path / one.file_name).write_bytes(one.data)
    return tmp_path / one.file_name, one.code


@pytest.fixture
def dialog(task_file, qtbot):
    path, _ = task_file
    made = TaskCode(path.name, path.read_bytes())
    qtbot.addWidget(made)
    made.open()
    qtbot.waitExposed(made)
    return made


def test_the_code_typed_with_full_width_digits_opens_the_file(dialog, task_file, qtbot):
    _, code = task_file
    showing.write(dialog.code.line, "".join(chr(ord(digit) + 0xFEE0) for digit in code))
    qtbot.keyClick(dialog.code.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.task is not None)
    assert dialog.task.unit_code == "QL.B001"
    assert not dialog.isVisible()


def test_a_mistyped_digit_is_told_before_anything_is_tried(dialog, task_file, qtbot):
    _, code = task_file
    qtbot.keyClicks(dialog.code.line, code[:-1] + str((int(code[-1]) + 1) % 10))
    qtbot.keyClick(dialog.code.line, Qt.Key.Key_Return)
    assert "输错" in dialog.code.said.text()
    assert not dialog._background.is_busy
    assert dialog.isVisible()


def test_the_code_of_another_file_is_refused_and_can_be_typed_again(dialog, task_file, qtbot):
    _, code = task_file
    qtbot.keyClicks(dialog.code.line, "0000000000000000")
    qtbot.mouseClick(dialog.open_button, LEFT)
    qtbot.waitUntil(lambda: "激活码与这个任务文件对不上" in dialog.messages.text)
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.code.line, code)
    qtbot.mouseClick(dialog.open_button, LEFT)
    qtbot.waitUntil(lambda: dialog.task is not None)


def test_too_few_digits_are_counted(dialog, qtbot):
    qtbot.keyClicks(dialog.code.line, "12345")
    qtbot.mouseClick(dialog.open_button, LEFT)
    assert dialog.code.said.text() == "应是 16 位数字，现在有 5 位。"


def test_a_package_is_no_task_file(bare, tmp_path, qtbot):
    hand_down(bare.root, bare.office)
    key(bare.branch("QL.B001"), ["11111"] * 3)
    path = export(bare.branch("QL.B001"), tmp_path)
    with pytest.raises(UserError, match="上报的数据包请在收件单位的“收发”页导入"):
        ask(path, None)


def test_a_unit_opens_the_task_handed_down_again_in_its_own_file(open_window, bare, tmp_path, qtbot):
    hand_down(bare.root, bare.office)
    key(bare.branch("QL.B001"), ["11111"] * 3)
    made = data.open_file(bare.office)
    with made.transaction() as session:
        chosen = campaigns.current(session).id
        again = tasks.reissue(session, campaign_id=chosen, unit="QL.B001", reason="激活码泄露", by=make.BY)
    made.close()
    (tmp_path / again.file_name).write_bytes(again.data)
    window, page = showing.show(open_window, bare.branch("QL.B001"), CampaignPage)
    timers = [showing.pick(tmp_path / again.file_name), showing.type_code(again.code)]
    qtbot.mouseClick(page.take, LEFT)
    showing.let_finish(window)
    assert not any(timer.isActive() for timer in timers)
    assert page.messages.text.startswith("已接受上级的任务。")
    window.close_anyway()
    sent = export(bare.branch("QL.B001"), tmp_path)
    assert "第2次下发" in sent.name
    made = data.open_file(bare.office)
    with made.transaction() as session:
        plan = imports.plan_import(session, campaign_id=chosen, files=[(sent.name, sent)])
        assert [one.verdict for one in plan.entries] == ["新增"], "the ballots keyed before are in it"
    made.close()


# Packages that only the recovery code opens


def test_packages_for_a_lost_computer_open_with_the_recovery_code(open_window, tmp_path, qtbot):
    """The company's file no longer holds the key that its branches encrypt to."""
    code = make.copied_folder(tmp_path, published)
    world = World(tmp_path)
    hand_down(tmp_path, world.office)
    key(world.branch("QL.B001"), ["11111"] * 5)
    sent = export(world.branch("QL.B001"), tmp_path)
    made = data.open_file(world.office)
    with made.transaction() as session:
        session.connection().exec_driver_sql("UPDATE own_key SET age_identity = NULL, age_recipient = NULL")
    made.close()
    window, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([sent])
    showing.let_finish(window)
    assert page.plan.table.model.rows[0].verdict == "拒收"
    assert page.plan.recover.isVisible()

    def refuse(dialog) -> None:
        showing.write(dialog.code.line, code[:-1] + str((int(code[-1]) + 1) % 10))
        dialog.open_button.click()
        assert dialog.isVisible()
        showing.write(dialog.code.line, code)
        dialog.open_button.click()

    timer = showing.answer(recovery_code.AskCode, refuse)
    qtbot.mouseClick(page.plan.recover, LEFT)
    showing.let_finish(window)
    assert not timer.isActive()
    (line,) = page.plan.table.model.rows
    assert line.unit_code == "QL.B001"
    assert line.verdict != "拒收"
    assert page.plan.recover.isHidden()


def test_a_task_that_lies_there_is_not_overwritten(sheet, bare, tmp_path, qtbot):
    window, page, tasks_tab = sheet
    stick = tmp_path / "U盘"
    stick.mkdir()
    hand_all_down(window, page, tasks_tab, stick, qtbot)
    before = {one.name: one.read_bytes() for one in stick.iterdir()}
    assert before
    tasks_tab.assign_into(stick, list(BRANCHES))
    showing.let_finish(window)
    assert showing.no_dialog()  # no slip is shown for nothing
    assert "没有覆盖" in page.messages.text
    assert {one.name: one.read_bytes() for one in stick.iterdir()} == before


def closed(window, qtbot, answer: str) -> str:
    """Ask the window to close and answer its question; what it said."""
    window.close()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    said = box.text()
    qtbot.mouseClick(next(one for one in box.buttons() if one.text() == answer), LEFT)
    return said


def test_codes_that_were_never_printed_do_not_go_without_a_word(sheet, tmp_path, qtbot):
    window, page, tasks_tab = sheet
    hand_all_down(window, page, tasks_tab, tmp_path, qtbot)
    assert "刚下发的 3 个任务，激活码纸条没有打印" in closed(window, qtbot, "回去看看")
    assert window.isVisible()
    assert window.workspace is not None
    closed(window, qtbot, "仍然关闭")
    qtbot.waitUntil(lambda: not window.isVisible())


def test_codes_that_are_in_a_file_may_go(sheet, tmp_path, qtbot):
    window, page, tasks_tab = sheet
    hand_all_down(window, page, tasks_tab, tmp_path, qtbot)
    qtbot.mouseClick(tasks_tab.slips, LEFT)
    dialog = showing.dialog()
    showing.let_finish(window)
    showing.pick(tmp_path / "纸条.pdf")
    qtbot.mouseClick(dialog.view.pdf_button, LEFT)
    showing.let_finish(window)
    dialog.reject()
    assert window.close()
