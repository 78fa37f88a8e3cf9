"""The exchange page: packages in after a look at the plan, the own package up with its check number and its paper."""

from __future__ import annotations

import desks
import pytest
import sealing
import showing
from branches import World, inspected, key, published, reported, reported_elsewhere
from desks import B3, G1
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from showing import let_finish

import make
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.outbox import receipts
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.gui.asking.plan_panel import FINDINGS
from pingyi_desktop.gui.exchange.page import ExchangePage
from pingyi_desktop.gui.files import backing
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.reports.page import ReportsPage
from pingyi_desktop.storage import store as data

FORM = "T-ORG-A"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bare(tmp_path):
    """Published, nothing handed down yet."""
    make.copied_folder(tmp_path, published)
    return World(tmp_path)


@pytest.fixture
def world(tmp_path):
    """Tasks opened; B001 and B002 have exported."""
    make.copied_folder(tmp_path, reported)
    return World(tmp_path)


@pytest.fixture
def stranger(tmp_path):
    """A package of another campaign whose units have the same codes."""
    root = tmp_path / "别处"
    return root / make.copied_folder(root, reported_elsewhere)


@pytest.fixture
def office(tmp_path):
    """A committee's closed data file; a general branch with two branches and a branch are below it."""
    made = desks.office(tmp_path / "一矿.pingyi")
    made.store.close()
    return tmp_path / "一矿.pingyi"


@pytest.fixture
def known(tmp_path):
    """The committee has taken in one report of each of its children before, so that their keys are known."""
    made = make.copied(tmp_path / "一矿.pingyi", acquainted)
    made.close()
    return made.path


def acquainted(path):
    made = desks.office(path)
    made.take(desks.report(B3), desks.handed_up(G1))
    return made.store


def put(folder, *files):
    """Write package files as they came."""
    found = []
    for name, raw in files:
        (folder / name).write_bytes(raw)
        found.append(folder / name)
    return found


def verdicts(page):
    return {(one.verdict, one.unit_name or one.file) for one in page.plan.table.model.rows}


def states(page):
    return {one.unit.org.code: (one.unit.state, one.unit.revision) for one in page.units.table.model.rows}


def take_in(page, window, qtbot, *paths):
    """Plan and import with the button."""
    page.plan_files(list(paths))
    let_finish(window)
    qtbot.mouseClick(page.plan.go, LEFT)
    let_finish(window)


def counted(path):
    made = desks.Office(data.open_file(path))
    found = made.counted()
    made.store.close()
    return found


# Packages in


def test_a_plan_says_what_every_file_would_do(open_window, known, tmp_path, qtbot):
    window, page = showing.show(open_window, known, ExchangePage)
    paths = put(
        tmp_path,
        desks.report(B3),
        desks.report(B3, revision=2, satisfied=9),
        desks.report(B3, revision=3, by=sealing.key(5), name="另一台电脑.pingyi-pack"),
        ("坏文件.pingyi-pack", b"nothing"),
        desks.file(sealing.submission(G1, satisfied=7), sealing.rollup(G1, []), name="改过.pingyi-pack"),
    )
    page.plan_files([*paths, known])
    let_finish(window)
    assert verdicts(page) == {
        ("冲突", sealing.NAMES[G1]),
        ("待核", sealing.NAMES[B3]),
        ("拒收", "坏文件.pingyi-pack"),
        ("拒收", known.name),
        ("更新", sealing.NAMES[B3]),
        ("旧版本", sealing.NAMES[B3]),
    }
    assert page.plan.isVisible()
    assert not page.board.isVisible()
    assert page.plan.said.text() == "还没有导入。先看看这些文件会怎样："
    shown = {b.text() for b in page.plan.counts.buttons.values() if not b.isHidden()}
    assert shown >= {"冲突 1", "待核 1", "拒收 2", "更新 1"}
    qtbot.mouseClick(page.plan.stop, LEFT)
    assert page.board.isVisible()
    assert states(page)[B3] == ("已报", 1)


def test_lines_that_need_a_person_come_first(open_window, known, tmp_path):
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files(
        put(tmp_path, desks.report(B3, revision=2), desks.handed_up(G1), ("坏.pingyi-pack", b"nothing"))
    )
    let_finish(window)
    assert [one.verdict for one in page.plan.table.model.rows] == ["拒收", "更新", "无变化"]
    assert page.plan.detail.text().startswith("拒收：")
    assert "（文件 坏.pingyi-pack）" in page.plan.detail.text()


def test_a_count_shows_only_its_lines(open_window, known, tmp_path, qtbot):
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files(put(tmp_path, desks.report(B3, revision=2), ("坏.pingyi-pack", b"nothing")))
    let_finish(window)
    qtbot.mouseClick(page.plan.counts.buttons["更新"], LEFT)
    assert [one.verdict for one in page.plan.table.model.rows] == ["更新"]
    assert page.plan.detail.text().startswith("更新：第 2 次上报，替换先前的第 1 次。")
    qtbot.mouseClick(page.plan.counts.buttons[""], LEFT)
    assert len(page.plan.table.model.rows) == 2


def test_the_plan_shows_the_check_number_the_sender_reads_out(open_window, known, tmp_path):
    window, page = showing.show(open_window, known, ExchangePage)
    sent = sealing.submission(B3, revision=2)
    page.plan_files(put(tmp_path, desks.file(sent)))
    let_finish(window)
    (line,) = page.plan.table.model.rows
    assert line.check_number == package.check_number(sent.id)


def test_importing_changes_the_board(open_window, known, tmp_path, qtbot):
    window, page = showing.show(open_window, known, ExchangePage)
    take_in(page, window, qtbot, *put(tmp_path, desks.report(B3, revision=2, satisfied=6)))
    assert page.plan.said.text() == "已导入：更新 1。"
    assert page.plan.go.text() == "导入：更新 1"
    assert page.plan.go.isHidden()
    assert window.focusWidget() is page.plan.stop
    assert window._line._happened == "已导入：更新 1。"
    qtbot.mouseClick(page.plan.stop, LEFT)
    assert states(page)[B3] == ("已报", 2)
    window.close()
    assert counted(known)[B3] == 6


def test_the_last_import_can_be_taken_back(open_window, known, tmp_path, qtbot):
    window, page = showing.show(open_window, known, ExchangePage)
    take_in(page, window, qtbot, *put(tmp_path, desks.report(B3, revision=2, satisfied=6)))
    qtbot.mouseClick(page.plan.stop, LEFT)
    assert page.take_back.isEnabled()
    qtbot.mouseClick(page.take_back, LEFT)
    assert "第 2 次导入的 1 个文件（" in showing.dialog().findChildren(QLabel)[0].text()
    showing.dialog().reject()
    assert states(page)[B3] == ("已报", 2)  # one press alone takes nothing back
    qtbot.mouseClick(page.take_back, LEFT)
    assert showing.dialog().save.text() == "撤销第 2 次导入"
    showing.dialog().accept()
    let_finish(window)
    assert page.messages.text.startswith("已撤销第 2 次导入（1 个文件）。")
    assert not page.take_back.isEnabled()
    assert states(page)[B3] == ("已报", 1)
    window.close()
    assert counted(known)[B3] == 10


def test_what_was_left_out_stays_with_its_reason(open_window, known, tmp_path, qtbot):
    window, page = showing.show(open_window, known, ExchangePage)
    take_in(page, window, qtbot, *put(tmp_path, desks.report(B3, revision=2), ("坏.pingyi-pack", b"nothing")))
    assert page.plan.isVisible()
    assert page.plan.note.text() == "没有计入：拒收 1，按说明办理；导入错了，返回后可以点“撤销上次导入”。"
    assert page.plan.stop.text() == "知道了，返回"


def test_the_same_package_again_cannot_be_imported(open_window, known, tmp_path):
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files(put(tmp_path, desks.report(B3)))
    let_finish(window)
    assert page.plan.said.text() == "这些文件里没有要导入的内容，原因写在说明里。"
    assert not page.plan.go.isEnabled()
    assert page.plan.stop.text() == "返回"


def test_a_cancelled_import_writes_nothing(open_window, known, tmp_path, monkeypatch):
    monkeypatch.setattr(backing, "before_import", lambda _page, then: then())  # it cannot be cancelled
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files(put(tmp_path, desks.report(B3, revision=2)))
    let_finish(window)
    showing.cancelled(window, page.plan.go.click)
    let_finish(window)
    assert "“导入数据包”已取消，没有写入任何内容。" in page.messages.text
    assert page.plan.isVisible()
    assert states(page)[B3] == ("已报", 1)


def test_nothing_is_written_by_planning(open_window, known, tmp_path):
    before = known.read_bytes()
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files(put(tmp_path, desks.report(B3, revision=2)))
    let_finish(window)
    window.close()
    assert known.read_bytes() == before


def test_a_folder_stands_for_its_packages(open_window, known, tmp_path, qtbot):
    (tmp_path / "盘").mkdir()
    put(tmp_path / "盘", desks.report(B3), desks.handed_up(G1), ("说明.txt", b"read me"))
    window, page = showing.show(open_window, known, ExchangePage)
    timer = showing.pick(tmp_path / "盘")
    qtbot.mouseClick(page.from_folder, LEFT)
    let_finish(window)
    assert not timer.isActive()
    assert {one.unit_code for one in page.plan.table.model.rows} == {B3, G1}


def test_an_empty_folder_is_said(open_window, known, tmp_path):
    (tmp_path / "空").mkdir()
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files([tmp_path / "空"])
    let_finish(window)
    assert "“空”是空的" in page.messages.text
    assert page.board.isVisible()


def test_picked_files_are_planned(open_window, known, tmp_path, qtbot):
    (path,) = put(tmp_path, desks.report(B3, revision=2))
    window, page = showing.show(open_window, known, ExchangePage)
    timer = showing.pick(path)
    qtbot.mouseClick(page.receive, LEFT)
    let_finish(window)
    assert not timer.isActive()
    assert verdicts(page) == {("更新", sealing.NAMES[B3])}


def test_files_can_be_dropped_on_the_page(open_window, known, tmp_path):
    window, page = showing.show(open_window, known, ExchangePage)
    showing.drop(window, *put(tmp_path, desks.report(B3), desks.handed_up(G1)))
    let_finish(window)
    assert len(page.plan.table.model.rows) == 2


# The own package up


def test_a_branch_takes_no_packages(open_window, world):
    _, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    assert page.receive.isHidden()
    assert page.tabs.isHidden()


def test_an_export_shows_the_check_number_large(open_window, world, qtbot):
    key(world.branch("QL.B003"), ["11111"] * 3)
    window, page = showing.show(open_window, world.branch("QL.B003"), ExchangePage)
    assert page.step.text().startswith("下一步：导出上报。")
    assert page.send.property("primary") is True
    assert "上报的步骤" in page.steps.text()
    out = world.root / "交给上级.pingyi-pack"
    timer = showing.pick(out)
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    let_finish(window)
    assert not timer.isActive()
    (sent,) = inspected(world, out)
    assert page.slip.isVisible()
    assert page.slip.number.text() == sent["check_number"]
    assert page.slip.number.property("role") == "brand"
    assert page.slip.fingerprint.text() == sent["fingerprint"]
    assert sent["fingerprint"] in page.own_key.text()
    assert f"第 1 次上报，文件：{out}。" in page.slip.where.text()
    assert page.step.text().startswith("下一步：打印核对单。")
    assert (page.sheet.property("primary"), page.send.property("primary")) == (True, False)
    assert window.focusWidget() is page.sheet
    assert str(out) in window._line._doing.text(), "the status line follows"
    assert {one.text() for one in page.messages.findChildren(Button)} == {"打开文件夹", "关闭"}


def test_a_repeated_export_that_is_cancelled_does_not_say_that_nothing_was_reported(
    open_window, world, qtbot
):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    for said in ("内容和第 1 次上报的一样：那次的数据包交给了上级的，不用再交", "内容和第 1 次上报的一样"):
        timer = showing.answer(QFileDialog, lambda dialog: dialog.reject())
        qtbot.mouseClick(page.send, LEFT)
        let_finish(window)
        let_finish(window)
        assert not timer.isActive()
        assert said in page.messages.text
        assert "还没有上报" not in page.messages.text
    assert not page.slip.isVisible()


def test_a_first_export_that_is_cancelled_says_that_nothing_can_arrive(open_window, world, qtbot):
    key(world.branch("QL.B003"), ["11111"] * 3)
    window, page = showing.show(open_window, world.branch("QL.B003"), ExchangePage)
    timer = showing.answer(QFileDialog, lambda dialog: dialog.reject())
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    let_finish(window)
    assert not timer.isActive()
    assert page.messages.text.startswith("第 1 次的数据包没有存成文件，上级还收不到")


def test_exporting_again_says_that_nothing_changed(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    out = world.root / "再交.pingyi-pack"
    timer = showing.pick(out)
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    let_finish(window)
    assert not timer.isActive()
    assert "内容和上次导出的一样。" in page.slip.where.text()
    assert inspected(world, out) == inspected(world, world.package("QL.B001"))
    again = world.root / "算新的一次.pingyi-pack"
    timer = showing.pick(again)
    qtbot.mouseClick(page.slip.anew, LEFT)
    let_finish(window)
    let_finish(window)
    assert not timer.isActive()
    assert [one["revision"] for one in inspected(world, again)] == [2]
    assert page.slip.anew.isHidden(), "once is enough"


def test_before_sealing_there_is_no_export(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B003"), ExchangePage)
    assert page.step.text().startswith("下一步：去录入。")
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    assert "没有封存" in page.messages.text
    assert not page.slip.isVisible()


def test_a_full_disk_is_said_and_no_number_shown(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    timer = showing.pick(world.root / "没有" / "包.pingyi-pack")
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    let_finish(window)
    timer.stop()
    assert not page.slip.isVisible()


def test_the_sheet_has_the_number_of_the_window(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    out = world.root / "交.pingyi-pack"
    showing.pick(out)
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    let_finish(window)
    qtbot.mouseClick(page.slip.sheet, LEFT)
    dialog = showing.dialog()
    assert isinstance(dialog, ReportDialog)
    let_finish(window)
    facts = dict(dialog.view.ready.report.blocks[0].pairs)
    assert facts["核对号"] == page.slip.number.text()
    assert dialog.view.print_button.isEnabled()
    dialog.accept()


@pytest.mark.usefixtures("dressed")
def test_a_paper_over_the_window_is_enlarged_as_on_the_reports_page(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    qtbot.mouseClick(page.units.listing, LEFT)
    dialog = showing.dialog()
    let_finish(window)
    (paper,) = dialog.view.preview.findChildren(QLabel, "paper")
    before = paper.pixmap().width()
    dialog.view.zoom.setFocus()
    qtbot.keyClick(dialog.view.zoom, Qt.Key.Key_Down)
    let_finish(window)
    (paper,) = dialog.view.preview.findChildren(QLabel, "paper")
    assert paper.pixmap().width() > before * 1.4
    dialog.accept()


def test_without_an_export_the_sheet_says_why(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B003"), ExchangePage)
    qtbot.mouseClick(page.sheet, LEFT)
    dialog = showing.dialog()
    let_finish(window)
    assert not dialog.view.print_button.isEnabled()
    said = [one.text() for one in dialog.view.preview.findChildren(QLabel)]
    assert any("还没有导出上报" in text for text in said)
    dialog.accept()


def test_a_sheet_closed_before_it_is_ready_is_no_matter(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    qtbot.mouseClick(page.sheet, LEFT)
    showing.dialog().reject()
    let_finish(window)
    assert showing.no_dialog()


def test_few_new_ballots_need_a_reason_and_a_second_person(open_window, world, qtbot):
    branch = world.branch("QL.B001")
    made = data.open_file(branch)
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        (meeting,) = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.own]
        sessions.void(session, session_id=meeting.id, reason="漏了一张", by=make.BY)
    made.close()
    key(branch, ["11111"] * 6)
    window, page = showing.show(open_window, branch, ExchangePage)
    qtbot.mouseClick(page.send, LEFT)
    let_finish(window)
    dialog = showing.dialog()
    reason, other = dialog.fields
    showing.write(reason.editor, "补录一张迟交的票")
    showing.write(other.editor, page.context.operator())
    qtbot.mouseClick(dialog.save, LEFT)
    assert "同意人不能是操作人自己" in other.complaint
    other.editor.clear()
    showing.write(other.editor, "李书记")
    out = world.root / "第二次.pingyi-pack"
    timer = showing.pick(out)
    qtbot.mouseClick(dialog.save, LEFT)
    let_finish(window)
    let_finish(window)
    assert not timer.isActive()
    assert showing.no_dialog()
    (sent,) = inspected(world, out)
    assert sent["revision"] == 2


# Where there is nothing to exchange


@pytest.fixture
def alone(tmp_path):
    """A branch that appraises by itself, everything sealed."""
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-MEM-A"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, ["111"] * 42)
        for one in sessions.listing(session, campaign_id=campaign_id):
            make.held(session, one.id)
    made.close()
    return made.path


def test_the_step_leads_to_its_page(open_window, alone, qtbot):
    window, page = showing.show(open_window, alone, ExchangePage, ReportsPage)
    assert page.go.text() == "打印报表"
    qtbot.mouseClick(page.go, LEFT)
    assert window.workspace.page.key == "reports"


def test_before_publishing_nothing_can_be_exchanged(open_window, tmp_path):
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        make.draft(session)
    made.close()
    _, page = showing.show(open_window, tmp_path / "QL.pingyi", ExchangePage)
    assert page.step.text().startswith("下一步：发布活动。")
    assert not page.receive.isEnabled()
    showing.drop(page.window(), tmp_path / "包.pingyi-pack")
    showing.settle(page.window())
    assert page.messages.text == "活动发布以后才能收发。"


def test_without_a_campaign_the_reason_is_said(open_window, tmp_path):
    make.company(tmp_path / "QL.pingyi").close()
    _, page = showing.show(open_window, tmp_path / "QL.pingyi", ExchangePage)
    assert "活动" in page.state.text()
    assert not page.receive.isEnabled()


def test_a_unit_on_its_own_has_nobody_to_exchange_with(open_window, tmp_path):
    made = make.published_school(tmp_path / "XX.pingyi")
    made.close()
    _, page = showing.show(open_window, tmp_path / "XX.pingyi", ExchangePage)
    assert page.steps.text() == "本次活动由本单位自己开展，没有上级和下级，不用收发。"
    assert page.send.isHidden()
    assert page.receive.isHidden()


# Receipts


def test_an_office_gives_receipts_for_what_arrived(open_window, known, tmp_path, qtbot):
    window, page = showing.show(open_window, known, ExchangePage)
    take_in(page, window, qtbot, *put(tmp_path, desks.report(B3, revision=2)))
    out = tmp_path / "回执"
    out.mkdir()
    timer = showing.pick(out)
    qtbot.mouseClick(page.plan.receipts, LEFT)
    let_finish(window)
    assert not timer.isActive()
    (made,) = out.iterdir()
    assert made.name.startswith(f"回执-{B3}-")
    assert page.messages.text.startswith(f"已写好 1 个回执，存在 {out}。")
    assert "打开文件夹" in [one.text() for one in page.messages.findChildren(Button)]


@pytest.fixture
def receipt(world):
    """What the company gives B001 for its package."""
    made = data.open_file(world.office)
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        path = world.package("QL.B001")
        plan = imports.plan_import(session, campaign_id=campaign_id, files=[(path.name, path)])
        prints = [one.fingerprint for one in plan.new_keys]
        imports.apply_import(session, plan=plan, by=make.BY, confirmed=prints)
        one = receipts.issue(session, campaign_id=campaign_id, unit="QL.B001", by=make.BY)
    made.close()
    (world.root / one.file_name).write_bytes(one.data)
    return world.root / one.file_name


def test_a_unit_takes_its_receipt(open_window, world, receipt, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    assert page.acknowledged.isHidden()
    timer = showing.pick(receipt)
    qtbot.mouseClick(page.take_receipt, LEFT)
    let_finish(window)
    assert not timer.isActive()
    assert page.messages.text.startswith("上级“青峦公司党委”已收第 1 次")
    assert page.acknowledged.text() == page.messages.text


def test_a_receipt_can_be_dropped(open_window, world, receipt):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    showing.drop(window, receipt)
    let_finish(window)
    assert page.acknowledged.text().startswith("上级“青峦公司党委”已收第 1 次")


def test_the_receipt_of_another_unit_is_refused(open_window, world, receipt):
    window, page = showing.show(open_window, world.branch("QL.B002"), ExchangePage)
    showing.drop(window, receipt)
    let_finish(window)
    assert "不是给本单位的" in page.messages.text
    assert page.acknowledged.isHidden()


def test_unusual_figures_are_told_before_they_are_taken_in(open_window, known, tmp_path):
    file = tmp_path / "机关.pingyi-pack"
    file.write_bytes(desks.unusual(B3, 2, few_came=True)[1])
    window, page = showing.show(open_window, known, ExchangePage)
    page.plan_files([file])
    let_finish(window)
    said = "报来的数字请留意：一矿机关党支部：实到 13 人、应到 22 人"
    assert page.plan.said.text().startswith("还没有导入")
    assert page.plan.note.isVisible()
    assert said in page.plan.note.text()
    assert page.plan.tabs.isTabVisible(FINDINGS)
    page.plan.tabs.setCurrentIndex(FINDINGS)
    first = page.plan.findings.model.rows[0]
    shown = [page.plan.findings.model.index(0, column).data() for column in range(2)]
    assert shown == ["请核对", "一矿机关党支部"]
    assert page.plan.detail.text() == first.sentence
    assert "实到 13 人、应到 22 人" in first.sentence
    page.plan.show_findings(())
    assert not page.plan.tabs.isTabVisible(FINDINGS)
