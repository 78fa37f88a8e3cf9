"""数据与备份 in the window: backups at the start and before an import, a restore that is looked at, a damaged file."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import showing
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from sqlmodel import select

import make
from pingyi_desktop import paths
from pingyi_desktop.errors import FileError
from pingyi_desktop.gui.files import backing, care_dialog, opening
from pingyi_desktop.gui.files.care_dialog import CareDialog
from pingyi_desktop.gui.files.opening import Upgrading
from pingyi_desktop.gui.files.restoring import Restoring
from pingyi_desktop.gui.files.welcome import Choice
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.care import copies, mounts, moved
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema_people import PartyOrganization

REAL = copies.make_daily


def renamed(file: Path, name: str) -> None:
    opened = data.open_file(file)
    with opened.transaction() as session:
        session.exec(select(PartyOrganization)).one().short_name = name
    opened.close()


def name_in(file: Path) -> str:
    opened = data.open_file(file)
    with opened.reading() as session:
        found = session.exec(select(PartyOrganization.short_name)).one()
    opened.close()
    return found


def dialog_for(window, path: Path, key: bytes | None = None, restored: list | None = None) -> CareDialog:
    into = restored if restored is not None else []
    return CareDialog(window, path, key, lambda saved, its: into.append((saved, its)))


def test_the_first_start_of_a_day_makes_a_backup(open_window, looks_around, path, monkeypatch, qtbot):
    window = open_window()
    monkeypatch.setattr(copies, "make_daily", REAL)
    window.open_path(path)
    qtbot.waitUntil(lambda: len(copies.found(path)) == 1)
    window.close_file()
    window.open_path(path)
    showing.settle(window)
    assert [one.why for one in copies.found(path)] == ["每天"]


def test_that_it_failed_is_told_and_work_goes_on(open_window, looks_around, path, monkeypatch, qtbot):
    copies.folder(path).write_bytes(b"in the way")
    window = open_window()
    monkeypatch.setattr(copies, "make_daily", REAL)
    window.open_path(path)
    qtbot.waitUntil(lambda: "自动备份没有做成" in window.workspace.page.messages.text)
    assert window.workspace.page.isEnabled()


def test_a_page_that_nobody_read_is_found_damaged_at_the_start_in_the_background(
    open_window, looks_around, path, qtbot
):
    with closing(sqlite3.connect(path)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'settlement'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)
    window = open_window()
    window.open_path(path)
    bar = window.workspace.unsound
    qtbot.waitUntil(bar.isVisible)
    assert bar._text.text().startswith("这个数据文件已损坏：")
    assert "请用备份恢复" in bar._text.text()
    assert window.workspace.page.isEnabled()


def test_the_place_of_a_file_in_a_cloud_folder_is_told(open_window, looks_around, path, tmp_path, qtbot):
    cloud = tmp_path / "百度网盘" / path.name
    cloud.parent.mkdir()
    path.rename(cloud)
    window = open_window()
    window.open_path(cloud)
    qtbot.waitUntil(lambda: "百度网盘" in window.workspace.page.messages.text)


def test_an_import_waits_for_its_backup_and_asks_when_there_is_none(open_window, path, qtbot, monkeypatch):
    window = open_window()
    window.open_path(path)
    done: list[str] = []
    backing.before_import(window.workspace.page, lambda: done.append("imported"))
    qtbot.waitUntil(lambda: bool(done))
    assert [one.why for one in copies.found(path)] == ["导入前"]
    monkeypatch.setattr(copies, "make", lambda *_: ("自动备份没有做成：盘满了",))
    for answer, much in ((backing.NOT_YET, 1), (backing.GO_ON, 2)):
        backing.before_import(window.workspace.page, lambda: done.append("imported"))
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
        box = QApplication.activeModalWidget()
        assert "盘满了" in box.text()
        next(one for one in box.buttons() if one.text() == answer).click()
        showing.settle(window)
        assert len(done) == much


def test_a_restore_is_looked_at_and_then_done_and_can_be_undone(open_window, path, qtbot):
    store = data.open_file(path)
    copies.make(path, None, copies.DAILY, copies.datetime(2026, 3, 2, tzinfo=copies.UTC))
    store.close()
    renamed(path, "后来的名字")
    window = open_window()
    window.open_path(path)
    for turn, wanted in enumerate(("群岭公司<img src=x>党委", "后来的名字")):
        window.look_after()
        dialog = showing.dialog()
        chosen = next(one for one in copies.found(path) if (one.why == "恢复前") == bool(turn))
        dialog.table.choose(chosen)
        timer = showing.answer(Restoring, Restoring.reject)
        dialog.restore_chosen.click()
        assert not timer.isActive()
        assert window._opened is not None
        timer = showing.answer(Restoring, Restoring.accept)
        dialog.restore_chosen.click()
        assert window._opened is not None, "the file is open again"
        assert name_in(path) == wanted
        qtbot.waitUntil(lambda: "已恢复成" in window.workspace.page.messages.text)


def test_a_file_that_cannot_be_opened_is_looked_after_from_the_welcome_screen(
    open_window, path, tmp_path, qtbot, monkeypatch
):
    copies.make(path, None, copies.DAILY, copies.datetime(2026, 3, 2, tzinfo=copies.UTC))
    path.write_bytes(b"SQLite format 3\0" + b"\1" * 9000)
    window = open_window()
    monkeypatch.setattr(pickers, "to_open", lambda *_: path)
    window.welcome.care.click()
    dialog = showing.dialog()
    monkeypatch.setattr(pickers, "to_save", lambda *_, **__: tmp_path / "抢救.pingyi")
    dialog.salvage.click()
    qtbot.waitUntil(lambda: "抢救不出内容" in dialog.messages.text)
    dialog.table.choose(copies.found(path)[0])
    timer = showing.answer(Restoring, Restoring.accept)
    dialog.restore_chosen.click()
    assert not timer.isActive()
    assert window._opened is not None
    assert name_in(path) == "群岭公司<img src=x>党委"


def test_backups_now_on_a_second_drive_and_the_bundle(open_window, path, tmp_path, qtbot, monkeypatch):
    window = open_window()
    dialog = dialog_for(window, path)
    monkeypatch.setattr(pickers, "folder", lambda *_: tmp_path / "盘")
    (tmp_path / "盘").mkdir()
    dialog.drive.click()
    assert paths.second_drive() == tmp_path / "盘"
    dialog.now.click()
    qtbot.waitUntil(lambda: "已备份" in dialog.messages.text)
    assert len(dialog.table.model.rows) == 2
    dialog.no_drive.click()
    assert paths.second_drive() is None
    monkeypatch.setattr(pickers, "to_save", lambda *_, **__: tmp_path / "诊断.zip")
    dialog.diagnosis.click()
    qtbot.waitUntil(lambda: "已存到" in dialog.messages.text)
    assert json.loads(zipfile.ZipFile(tmp_path / "诊断.zip").read("diagnosis.json"))["file"]["damage"] == []


def test_what_was_lost_is_said_in_words(open_window, path, tmp_path, qtbot, monkeypatch):
    window = open_window()
    dialog = dialog_for(window, path)
    saved = (care_dialog.salvage.Saved("party_member", 12, 3, True),)
    monkeypatch.setattr(care_dialog.salvage, "salvage", lambda *_, **__: saved)
    monkeypatch.setattr(pickers, "to_save", lambda *_, **__: tmp_path / "抢救.pingyi")
    dialog.salvage.click()
    qtbot.waitUntil(lambda: "“党员”救出 12 条，其余的读不出来，3 条失去所属对象" in dialog.messages.text)


def test_a_second_window_is_told_who_holds_the_file(open_window, path):
    window = open_window()
    window.open_path(path)
    with pytest.raises(FileError, match=r"已在另一个窗口打开（这台电脑，进程号 \d+）"):
        opening.open_existing(path)
    window.close_file()
    opening.open_existing(path).close()


def recent_of(window, qtbot) -> list[Choice]:
    """The recent files as they are offered once everything has been looked for."""
    window.welcome.refresh()
    qtbot.waitUntil(lambda: not window.welcome._sought)
    offered = [
        window.welcome._recent.itemAt(place).widget() for place in range(window.welcome._recent.count())
    ]
    return [one for one in offered if isinstance(one, Choice) and not one.isHidden()]


@pytest.mark.parametrize("name", ["群岭.pingyi", "群岭 2026.pingyi"])
def test_a_file_that_was_moved_or_renamed_is_found_again_and_said(
    open_window, path, tmp_path, monkeypatch, qtbot, name
):
    window = open_window()
    window.open_path(path)
    window.close_file()
    moved_to = tmp_path / "新盘符" / name
    moved_to.parent.mkdir()
    path.rename(moved_to)
    monkeypatch.setattr(mounts, "mounted", lambda: [(str(moved_to.parent), "vfat")])
    (choice,) = recent_of(window, qtbot)
    said = choice.accessibleDescription()
    assert choice.accessibleName() == moved_to.stem
    assert ("原来叫“群岭.pingyi”" in said) == (name != path.name)
    assert f"原来在 {path.parent}；最后改动 20" in said
    choice.click()
    assert window._opened.store.path == moved_to
    window.close_file()
    assert [one.accessibleName() for one in recent_of(window, qtbot)] == [moved_to.stem], (
        "listed once, where it is"
    )
    copied = tmp_path / "副本.pingyi"
    shutil.copy(moved_to, copied)
    assert window.open_path(copied)
    window.close_file()
    copied.unlink()
    moved_to.rename(moved_to.with_name("三.pingyi"))
    assert [one.accessibleName() for one in recent_of(window, qtbot)] == ["三"], "two lost copies, one file"


def test_the_window_stands_while_a_file_is_looked_for_and_a_dialog_comes_first(
    open_window, path, monkeypatch, qtbot
):
    window = open_window()
    window.open_path(path)
    window.close_file()
    path.unlink()
    listed: list[Path] = []
    entries = moved._entries
    monkeypatch.setattr(moved, "_entries", lambda folder: (listed.append(folder), entries(folder))[1])
    window.welcome.refresh()
    assert listed == [], "nothing is looked for before the window stands"
    (_, choice), *_ = window.welcome._sought
    assert "（正在找）" in choice.accessibleDescription()
    assert not choice.isEnabled()
    over = QDialog(window, modal=True)
    over.show()
    qtbot.waitUntil(window.welcome._search.isActive)
    window.welcome._look_further()
    assert listed == [], "a dialog may have a file open"
    over.close()
    qtbot.waitUntil(lambda: not window.welcome._sought)
    assert "（现在找不到）" in choice.accessibleDescription()
    assert listed
    qtbot.waitUntil(lambda: not window.welcome._search.isActive())


@pytest.mark.parametrize(
    ("code", "why"),
    [("XX", "上次的单位代码是 QL，这一个是 XX"), ("QL", "单位代码都是 QL，却是另外建的文件")],
)
def test_another_file_of_the_same_name_is_not_offered_and_said_when_it_is_opened(
    open_window, path, tmp_path, monkeypatch, qtbot, code, why
):
    window, said = open_window(), []
    window.open_path(path)
    window.close_file()
    path.unlink()
    other = tmp_path / "新盘符" / path.name
    make.school(other, code=code).close()
    monkeypatch.setattr(mounts, "mounted", lambda: [(str(other.parent), "vfat")])
    (choice,) = recent_of(window, qtbot)
    assert (choice.accessibleName(), choice.isEnabled()) == (path.stem, False)
    assert "（现在找不到）" in choice.accessibleDescription()
    other.rename(path)
    monkeypatch.setattr(window, "tell", said.append)
    assert window.open_path(path)
    (sentence,) = said
    assert f"不是上次在这里打开的那个数据文件，只是名字和位置一样：{why}。" in sentence
    window.close_file()
    assert window.open_path(path)
    assert len(said) == 1, "it is told once: from now on it is the one that was opened here"


def test_everything_is_exported_from_the_window_with_a_reason(
    open_window, path, tmp_path, qtbot, monkeypatch
):
    window = open_window()
    window.open_path(path)
    showing.settle(window)
    monkeypatch.setattr(pickers, "folder", lambda *_: tmp_path)
    window.look_after()
    showing.dialog().everything.click()
    asked = showing.dialog()
    showing.write(asked.fields[0].editor, "归档")
    asked.save.click()
    qtbot.waitUntil(lambda: "已导出到" in window.workspace.page.messages.text)
    assert sorted(one.suffix for one in (tmp_path / f"{path.stem}-全部数据").iterdir()) == [".json", ".xlsx"]


@pytest.mark.parametrize(("number", "cancelled"), [(1, False), (1, True), (migrations.LATEST - 1, True)])
def test_an_upgrade_shows_how_far_it_is_and_can_be_cancelled(
    open_window, tmp_path, monkeypatch, number, cancelled
):
    old = tmp_path / "旧.pingyi"
    shutil.copy(Path(__file__).parents[2] / "old_databases" / f"v{number}.pingyi", old)
    before = old.read_bytes()
    monkeypatch.setattr(migrations, "OFTEN", 100)
    said: list[str] = []
    window = open_window()
    monkeypatch.setattr(window, "tell", said.append)
    asked, go_on = [], Upgrading.go_on

    def watched(shown, done, of_all):
        answer = go_on(shown, done, of_all)
        asked.append((shown.dialog.labelText(), done))
        if cancelled and done > of_all // 2:
            shown.dialog.cancel()
        return answer

    monkeypatch.setattr(Upgrading, "go_on", watched)
    assert window.open_path(old) is not cancelled
    assert "旧版本的文件，正在升级" in asked[0][0]
    assert asked[-1][1] > asked[0][1]
    if cancelled:
        assert "升级已取消，文件没有改动" in said[0]
        assert old.read_bytes() == before
