"""Keying on a full disk, a read-only or vanished drive, and beside a second copy of the program: a sentence, nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

import make
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.storage import store as data

KEYS = {"#": Qt.Key.Key_Return}
Keyed = Callable[[str], None]


def school(path: Path) -> Path:
    made = make.published_school(path, form_codes=["T-ORG-A"])
    made.close()
    return path


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A small drive of its own, where this machine lets a test mount one."""
    place = tmp_path / "U盘"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1100k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small drive needs Linux and root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def keying(open_window, qtbot, path: Path) -> EntryPage:
    window = open_window((EntryPage,))
    assert window.open_path(path)
    page = window.workspace.pages[0]
    qtbot.waitUntil(lambda: len(page.batches) == 1)
    page.open_batch(page.batches[0])
    qtbot.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.desk.keying.state is not None)
    return page


def press(page: EntryPage, qtbot, text: str) -> None:
    for one in text:
        qtbot.keyClick(page.desk.keying.paper, KEYS.get(one, Qt.Key(ord(one))))
    idle: list[None] = []
    page.context.work.read(lambda _session: None, idle.append)
    qtbot.waitUntil(lambda: bool(idle) and page.desk.keying.state is not None)


def fill(drive: Path) -> None:
    """A large file of somebody takes all the room that is left."""
    (drive / "照片.jpg").write_bytes(b"x" * shutil.disk_usage(drive).free)


def refused(page: EntryPage, qtbot, keys: str, said: str) -> None:
    """The keys are not taken, a sentence says why, and the paper shows the last durable state."""
    before = page.desk.keying.state
    for one in keys:
        qtbot.keyClick(page.desk.keying.paper, KEYS.get(one, Qt.Key(ord(one))))
    told = page.desk.keying.told
    qtbot.waitUntil(lambda: said in told.text())
    assert told.text().startswith("没有写进去：")
    qtbot.waitUntil(lambda: page.desk.keying.state == before)


def committed(path: Path) -> list[str]:
    opened = data.open_file(path)
    with opened.reading() as session:
        query = "SELECT cells FROM draft_ballot WHERE committed ORDER BY position"
        found = [cells for (cells,) in session.connection().exec_driver_sql(query)]
    opened.close()
    assert data.damage(path) == []
    return found


def test_a_full_drive(open_window, qtbot, drive: Path) -> None:
    path = school(drive / "XX.pingyi")
    page = keying(open_window, qtbot, path)
    press(page, qtbot, "11111#12")
    page.window().close()
    page = keying(open_window, qtbot, path)
    fill(drive)  # before the journal has taken its room
    refused(page, qtbot, "341#", "磁盘已满")
    (drive / "照片.jpg").unlink()
    press(page, qtbot, "341#")
    page.window().close()
    assert committed(path) == ["11111", "12341"]


def test_a_drive_that_fills_up_while_ballots_are_keyed(open_window, qtbot, drive: Path) -> None:
    """The journal keeps the room it has: what is keyed is durable all the same, and not refused."""
    path = school(drive / "XX.pingyi")
    page = keying(open_window, qtbot, path)
    press(page, qtbot, "11111#12")
    fill(drive)
    press(page, qtbot, "341#")
    assert "没有写进去" not in page.desk.keying.told.text()
    assert page.desk.keying.state.position == 3
    page.window().close()
    assert committed(path) == ["11111", "12341"]


def test_a_read_only_drive(open_window, qtbot, drive: Path) -> None:
    path = school(drive / "XX.pingyi")
    page = keying(open_window, qtbot, path)
    press(page, qtbot, "11111#12")
    page.window().close()
    subprocess.run(["mount", "-o", "remount,ro", str(drive)], check=True)
    page = keying(open_window, qtbot, path)
    refused(page, qtbot, "34", "只能读")
    page.window().close()
    subprocess.run(["mount", "-o", "remount,rw", str(drive)], check=True)
    page = keying(open_window, qtbot, path)
    press(page, qtbot, "341#")
    page.window().close()
    assert committed(path) == ["11111", "12341"]


def test_a_drive_pulled_out_and_put_back(open_window, qtbot, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    path = school(stick / "XX.pingyi")
    page = keying(open_window, qtbot, path)
    press(page, qtbot, "11111#12")
    stick.rename(tmp_path / "gone")
    for one in "34":
        qtbot.keyClick(page.desk.keying.paper, KEYS.get(one, Qt.Key(ord(one))))
    qtbot.waitUntil(lambda: "U 盘已拔出" in page.desk.keying.told.text())
    qtbot.waitUntil(lambda: page.desk.keying._writer.depth == 0)  # both keys were refused
    (tmp_path / "gone").rename(stick)
    page.desk.step_back()
    qtbot.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.desk.keying.state is not None and page.desk.keying.state.cells == "12___", timeout=15_000
    )
    press(page, qtbot, "341#")
    page.window().close()
    assert committed(path) == ["11111", "12341"]


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
held.execute("ROLLBACK")
"""


def test_a_second_copy_of_the_program_writing_at_the_same_time(open_window, qtbot, tmp_path: Path) -> None:
    path = school(tmp_path / "XX.pingyi")
    page = keying(open_window, qtbot, path)
    press(page, qtbot, "11111#12")
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused(page, qtbot, "3", "正被另一个程序使用")
        other.communicate("\n")
    press(page, qtbot, "341#")
    page.window().close()
    assert committed(path) == ["11111", "12341"]
