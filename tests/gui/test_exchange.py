"""The exchange page: tasks down, packages in after a look at the plan, the own package up with its check number."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.appraisal import batches, campaigns, org, results, sessions
from pingyi_desktop.exchange import package, tasks, transfer
from pingyi_desktop.gui.pages.exchange import ExchangePage
from pingyi_desktop.gui.pages.reports import ReportsPage
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema import OrgType

FORM = "T-ORG-A"
LEFT = Qt.MouseButton.LeftButton
BRANCHES = {"QL.B001": "采一队党支部", "QL.B002": "采二队党支部", "QL.B003": "机关党支部"}


@dataclass(frozen=True)
class World:
    """A company with three branches directly below it, published; ``office`` is its closed data file."""

    root: Path

    @property
    def office(self) -> Path:
        return self.root / "QL.pingyi"

    def branch(self, code: str) -> Path:
        return self.root / f"{code}.pingyi"

    def package(self, code: str, revision: int = 1) -> Path:
        (found,) = self.root.glob(f"上报-{code}-*-第{revision}次.pingyi-pack")
        return found


def company(path: Path, name: str = "中共青峦公司委员会") -> None:
    made = data.create(
        path, code="QL", name=name, short_name="青峦公司党委", org_type=OrgType.COMPANY_COMMITTEE
    )
    with made.transaction() as session:
        for code, short in BRANCHES.items():
            org.add(
                session,
                parent_code="QL",
                code=code,
                org_type=OrgType.BRANCH,
                full_name=f"中共青峦公司{short}",
                short_name=short,
                by=make.BY,
            )
        make.published(session, form_codes=[FORM])
    made.close()


def hand_down(root: Path, office: Path) -> None:
    """Every branch opens its task."""
    made = data.open_file(office)
    with made.transaction() as session:
        files = tasks.assign(session, campaign_id=campaigns.current(session).id, by=make.BY)
    made.close()
    for one in files:
        tasks.create_file(
            root / f"{one.unit_code}.pingyi", task=tasks.read_task(one.data), by=make.BY
        ).close()


def key(path: Path, stack: list[str]) -> None:
    """Key, seal and register the only session of a branch."""
    made = data.open_file(path)
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        (batch,) = batches.listing(session, campaign_id=campaign_id, own_only=True)
        make.sealed(session, batch.id, stack)
        (meeting,) = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.own]
        make.held(session, meeting.id)
    made.close()


def export(path: Path, folder: Path) -> Path:
    made = data.open_file(path)
    with made.transaction() as session:
        one = transfer.export(session, campaign_id=campaigns.current(session).id, by=make.BY)
    made.close()
    transfer.save(folder / one.file_name, one.data)
    return folder / one.file_name


@pytest.fixture
def bare(tmp_path):
    """Published, nothing handed down yet."""
    company(tmp_path / "QL.pingyi")
    return World(tmp_path)


@pytest.fixture
def world(bare):
    """Tasks opened; B001 and B002 have exported."""
    hand_down(bare.root, bare.office)
    for code, stack in (("QL.B001", ["11111"] * 5), ("QL.B002", ["11112"] * 4)):
        key(bare.branch(code), stack)
        export(bare.branch(code), bare.root)
    return bare


@pytest.fixture
def stranger(tmp_path):
    """A package of another campaign whose units have the same codes."""
    root = tmp_path / "别处"
    root.mkdir()
    company(root / "QL.pingyi")
    hand_down(root, root / "QL.pingyi")
    key(root / "QL.B001.pingyi", ["44444"] * 9)
    return export(root / "QL.B001.pingyi", root)


def tampered(path: Path) -> Path:
    raw = bytearray(path.read_bytes())
    raw[-9] ^= 1
    out = path.with_name("动过手脚.pingyi-pack")
    out.write_bytes(raw)
    return out


def verdicts(page):
    return {
        (line.entry.verdict, line.entry.unit_name or line.entry.file) for line in page.plan.table.model.rows
    }


def states(page):
    return {unit.org.code: (unit.state, unit.revision) for unit in page.units.model.rows}


def valid(path):
    made = data.open_file(path)
    with made.reading() as session:
        (found,) = results.pooled(session, campaign_id=campaigns.current(session).id, layer=2)
    made.close()
    return found.figures.valid


def settle(window):
    """Let everything that was asked for be done; unlike closing, this cancels no long job."""
    deadline = time.monotonic() + 20
    while window.workspace.work._waiting:
        assert time.monotonic() < deadline
        QApplication.processEvents()
    QApplication.processEvents()


def tick(qtbot, box):
    qtbot.mouseClick(box, LEFT, pos=QPoint(14, box.height() // 2))


def take_in(page, window, qtbot, *paths):
    """Plan, confirm every key and write."""
    page.plan_files(list(paths))
    settle(window)
    for box in page.plan.boxes:
        tick(qtbot, box)
    qtbot.mouseClick(page.plan.go, LEFT)
    settle(window)


# Tasks down


def test_the_first_step_of_an_office_is_to_hand_tasks_down(open_window, bare):
    _, page = showing.show(open_window, bare.office, ExchangePage)
    assert page.step.text().startswith("下一步：下发任务。")
    assert page.hand_down.property("primary") is True
    assert page.receive.property("primary") is False
    assert page.go.isHidden()
    assert page.send.isHidden()  # nobody above
    assert page.own_key.text() == ""


def test_tasks_go_into_a_folder(open_window, bare, tmp_path, qtbot):
    window, page = showing.show(open_window, bare.office, ExchangePage)
    out = tmp_path / "任务"
    out.mkdir()
    timer = showing.pick(out)
    qtbot.mouseClick(page.hand_down, LEFT)
    settle(window)
    assert not timer.isActive()
    found = {one.unit_code: one for one in (tasks.read_task(p.read_bytes()) for p in out.iterdir())}
    assert found.keys() == BRANCHES.keys()
    assert page.messages.text.startswith(f"已写好 3 个任务文件，存在 {out}。")
    assert page.step.text().startswith("下一步：导入下级数据包。")
    assert page.receive.property("primary") is True
    assert page.hand_down.property("primary") is False
    assert found["QL.B001"].fingerprint in page.own_key.text()


def test_tasks_that_cannot_be_written_are_said(open_window, bare, tmp_path):
    window, page = showing.show(open_window, bare.office, ExchangePage)
    page.assign_into(tmp_path / "没有这个文件夹")
    settle(window)
    assert "没有导出" in page.messages.text
    assert page.step.text().startswith("下一步：下发任务。")


# Packages in


def test_a_plan_says_what_every_file_would_do(open_window, world, stranger, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    take_in(page, window, qtbot, world.package("QL.B001"))
    bad = tampered(world.package("QL.B002"))
    page.plan_files([world.package("QL.B001"), world.package("QL.B002"), bad, stranger, world.office])
    settle(window)
    assert verdicts(page) == {
        ("无变化", "采一队党支部"),
        ("待确认密钥", "采二队党支部"),
        ("拒收", bad.name),
        ("拒收", stranger.name),
        ("拒收", world.office.name),
    }
    assert page.plan.isVisible()
    assert not page.board.isVisible()
    assert page.plan.said.text() == "还没有写入。这些文件里：拒收 3、待确认密钥 1、无变化 1。"
    assert "其余 1 个见下表。" in page.plan.reasons.text()
    assert bad.name in page.plan.reasons.text()
    qtbot.mouseClick(page.plan.stop, LEFT)
    assert page.board.isVisible()
    assert states(page)["QL.B002"] == ("未报", 0)


def test_a_new_key_must_be_ticked_before_writing(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([world.package("QL.B001"), world.package("QL.B002")])
    settle(window)
    assert len(page.plan.boxes) == 2
    assert not page.plan.go.isEnabled()
    sender = transfer.inspect(world.package("QL.B001").read_bytes())[0]
    assert page.plan.boxes[0].text() == f"采一队党支部    {sender['fingerprint']}"
    tick(qtbot, page.plan.boxes[0])
    assert page.plan.go.isEnabled()
    assert page.plan.go.text() == "写入 1 个文件"
    tick(qtbot, page.plan.boxes[1])
    assert page.plan.go.text() == "写入 2 个文件"
    tick(qtbot, page.plan.boxes[0])
    tick(qtbot, page.plan.boxes[1])
    assert not page.plan.go.isEnabled()
    assert states(page)["QL.B001"] == ("未报", 0)


def test_the_plan_shows_the_check_number_the_sender_reads_out(open_window, world):
    window, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([world.package("QL.B001")])
    settle(window)
    (line,) = page.plan.table.model.rows
    (sent,) = transfer.inspect(world.package("QL.B001").read_bytes())
    assert line.check_number == sent["check_number"] == package.check_number(line.entry.envelope_id)


def test_writing_changes_the_board(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    assert "已报 0 / 应报 3，还差 3 个。" in page.said.text()
    take_in(page, window, qtbot, world.package("QL.B001"), world.package("QL.B002"))
    assert page.messages.text == "已导入：新增 2。"
    assert page.board.isVisible()
    assert not page.plan.isVisible()
    assert states(page)["QL.B001"] == states(page)["QL.B002"] == ("已报", 1)
    assert states(page)["QL.B003"] == ("未报", 0)
    assert [unit.org.code for unit in page.units.model.rows][-2:] == ["QL.B001", "QL.B002"]  # missing first
    window.close()
    assert valid(world.office) == 9


def test_what_was_left_out_stays_with_its_reason(open_window, world, stranger, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([world.package("QL.B001"), world.package("QL.B002"), stranger])
    settle(window)
    tick(qtbot, page.plan.boxes[0])
    qtbot.mouseClick(page.plan.go, LEFT)
    settle(window)
    assert page.messages.text == "已导入：新增 1。还有 2 项没有计入，原因见下表。"
    assert page.plan.said.text() == "已写入：新增 1。没有计入：拒收 1、待确认密钥 1，原因见下表。"
    assert stranger.name in page.plan.reasons.text()
    assert verdicts(page) >= {("新增", "采一队党支部"), ("待确认密钥", "采二队党支部")}
    assert [box.text().split()[0] for box in page.plan.boxes] == ["采二队党支部"]
    assert not page.plan.go.isEnabled()
    assert page.plan.stop.text() == "知道了，返回"
    tick(qtbot, page.plan.boxes[0])  # the telephone call came later
    qtbot.mouseClick(page.plan.go, LEFT)
    settle(window)
    assert page.plan.go.isHidden()
    qtbot.mouseClick(page.plan.stop, LEFT)
    assert states(page)["QL.B002"] == ("已报", 1)


def test_after_writing_only_new_confirmations_can_be_written(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    take_in(page, window, qtbot, world.package("QL.B001"))
    page.plan_files([world.package("QL.B001"), world.package("QL.B002")])
    settle(window)
    assert page.plan.go.text() == "写入 1 个文件"  # of the unit that is known
    qtbot.mouseClick(page.plan.go, LEFT)
    settle(window)
    assert page.plan.isVisible()
    assert not page.plan.go.isEnabled()


def test_two_files_of_one_name_show_no_wrong_check_number(open_window, world):
    (world.root / "另一个盘").mkdir()
    second = world.root / "另一个盘" / world.package("QL.B001").name
    second.write_bytes(world.package("QL.B002").read_bytes())
    window, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([world.package("QL.B001"), second])
    settle(window)
    assert [line.check_number for line in page.plan.table.model.rows] == ["—", "—"]


def test_the_same_package_twice_counts_once(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    take_in(page, window, qtbot, world.package("QL.B001"))
    take_in(page, window, qtbot, world.package("QL.B001"))
    assert page.messages.text == "没有新的内容，数字没有变化。"
    window.close()
    assert valid(world.office) == 5


def test_a_folder_stands_for_its_packages(open_window, world, qtbot):
    (world.root / "盘").mkdir()
    for code in ("QL.B001", "QL.B002"):
        world.package(code).rename(world.root / "盘" / world.package(code).name)
    window, page = showing.show(open_window, world.office, ExchangePage)
    timer = showing.pick(world.root / "盘")
    qtbot.mouseClick(page.from_folder, LEFT)
    settle(window)
    assert not timer.isActive()
    assert verdicts(page) == {("待确认密钥", "采一队党支部"), ("待确认密钥", "采二队党支部")}


def test_an_empty_folder_is_said(open_window, world, tmp_path):
    (tmp_path / "空").mkdir()
    _, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([tmp_path / "空"])
    assert "没有找到数据包（文件名以“.pingyi-pack”结尾）" in page.messages.text
    assert page.board.isVisible()


def test_picked_files_are_planned(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    timer = showing.pick(world.package("QL.B001"))
    qtbot.mouseClick(page.receive, LEFT)
    settle(window)
    assert not timer.isActive()
    assert verdicts(page) == {("待确认密钥", "采一队党支部")}


def drop(page, *paths):
    """Drag files over the page and let go; False when they were not welcome."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
    enter.ignore()
    page.dragEnterEvent(enter)
    if enter.isAccepted():
        page.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys))
    return enter.isAccepted()


def test_files_can_be_dropped_on_the_page(open_window, world):
    window, page = showing.show(open_window, world.office, ExchangePage)
    assert page.acceptDrops()
    assert drop(page, world.package("QL.B001"), world.package("QL.B002"))
    settle(window)
    assert len(page.plan.table.model.rows) == 2


def test_a_branch_takes_no_packages(open_window, world):
    _, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    assert not drop(page, world.package("QL.B002"))
    assert page.receive.isHidden()
    assert page.hand_down.isHidden()


def test_a_mended_report_replaces_the_first(open_window, world, qtbot):
    window, page = showing.show(open_window, world.office, ExchangePage)
    take_in(page, window, qtbot, world.package("QL.B001"))
    made = data.open_file(world.branch("QL.B001"))
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        (meeting,) = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.own]
        sessions.void(session, session_id=meeting.id, reason="收回多于发出", by=make.BY)
    made.close()
    key(world.branch("QL.B001"), ["11111"] * 7)
    export(world.branch("QL.B001"), world.root)
    page.plan_files([world.package("QL.B001", 2), world.package("QL.B001", 1)])
    settle(window)
    assert {(r.entry.verdict, r.entry.revision) for r in page.plan.table.model.rows} == {
        ("更新", 2),
        ("旧版本", 1),
    }
    assert page.plan.boxes == []
    qtbot.mouseClick(page.plan.go, LEFT)
    settle(window)
    assert page.messages.text == "已导入：更新 1。"
    assert states(page)["QL.B001"] == ("已报", 2)
    window.close()
    assert valid(world.office) == 7


def test_nothing_is_written_by_planning(open_window, world):
    window, page = showing.show(open_window, world.office, ExchangePage)
    page.plan_files([world.package("QL.B001")])
    settle(window)
    window.close()
    assert valid(world.office) == 0


# The own package up


def test_an_export_shows_the_check_number_large(open_window, world, qtbot):
    key(world.branch("QL.B003"), ["11111"] * 3)
    window, page = showing.show(open_window, world.branch("QL.B003"), ExchangePage)
    assert page.step.text().startswith("下一步：导出上报。")
    assert page.send.property("primary") is True
    assert "上报的步骤" in page.steps.text()
    assert page.units.isHidden()
    out = world.root / "交给上级.pingyi-pack"
    timer = showing.pick(out)
    qtbot.mouseClick(page.send, LEFT)
    settle(window)
    settle(window)
    assert not timer.isActive()
    (sent,) = transfer.inspect(out.read_bytes())
    assert page.slip.isVisible()
    assert page.slip.number.text() == sent["check_number"]
    assert page.slip.number.property("role") == "brand"
    assert page.slip.fingerprint.text() == sent["fingerprint"]
    assert sent["fingerprint"] in page.own_key.text()
    assert f"第 1 次上报，文件：{out}。" in page.slip.where.text()
    assert page.step.text().startswith("下一步：打印报表。")


def test_exporting_again_says_that_nothing_changed(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    out = world.root / "再交.pingyi-pack"
    timer = showing.pick(out)
    qtbot.mouseClick(page.send, LEFT)
    settle(window)
    settle(window)
    assert not timer.isActive()
    assert "内容和上次导出的一样。" in page.slip.where.text()
    assert out.read_bytes() == world.package("QL.B001").read_bytes()


def test_before_sealing_there_is_no_export(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B003"), ExchangePage)
    assert page.step.text().startswith("下一步：去录入。")
    qtbot.mouseClick(page.send, LEFT)
    settle(window)
    assert "没有封存" in page.messages.text
    assert not page.slip.isVisible()


def test_a_full_disk_is_said_and_no_number_shown(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage)
    timer = showing.pick(world.root / "没有" / "包.pingyi-pack")
    qtbot.mouseClick(page.send, LEFT)
    settle(window)
    settle(window)
    timer.stop()
    assert not page.slip.isVisible()


# Where there is nothing to exchange


def test_the_step_leads_to_its_page(open_window, world, qtbot):
    window, page = showing.show(open_window, world.branch("QL.B001"), ExchangePage, ReportsPage)
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
    assert not page.hand_down.isEnabled()
    assert not drop(page, tmp_path / "包.pingyi-pack")


def test_without_a_campaign_the_reason_is_said(open_window, tmp_path):
    make.company(tmp_path / "QL.pingyi").close()
    _, page = showing.show(open_window, tmp_path / "QL.pingyi", ExchangePage)
    assert "活动" in page.step.text()
    assert not page.hand_down.isEnabled()


def test_a_unit_on_its_own_has_nobody_to_exchange_with(open_window, tmp_path):
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        make.published(session)
    made.close()
    _, page = showing.show(open_window, tmp_path / "XX.pingyi", ExchangePage)
    assert page.steps.text() == "本次活动由本单位自己开展，没有上级和下级，不用收发。"
    assert page.send.isHidden()
    assert page.receive.isHidden()
