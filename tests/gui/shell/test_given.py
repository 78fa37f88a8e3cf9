"""Files named at the start or dropped on the window: each opens what it is for, and what fits nowhere is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import showing
from branches import World, reported
from PySide6.QtWidgets import QMessageBox

import make
from pingyi_desktop import __main__ as entrance
from pingyi_desktop import cli
from pingyi_desktop.gui import app
from pingyi_desktop.gui.exchange.page import ExchangePage
from pingyi_desktop.gui.files import given
from pingyi_desktop.gui.people.page import OrganisationsPage
from pingyi_desktop.gui.workbench.page import WorkbenchPage

PAGES = (WorkbenchPage, OrganisationsPage, ExchangePage)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A company whose branches B001 and B002 have exported."""
    make.copied_folder(tmp_path, reported)
    return World(tmp_path)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "名册.csv"
    path.write_text("姓名,所在党支部,人员类别\n李大山,采一队党支部,正式党员\n", encoding="utf-8-sig")
    return path


def told(window, *paths: Path) -> str:
    """What a box over the window says after these were dropped."""
    said = []
    timer = showing.answer(QMessageBox, lambda box: (said.append(box.text()), box.accept()))
    assert showing.drop(window, *paths)
    assert not timer.isActive()
    return said[0]


def test_a_package_that_is_dropped_anywhere_leads_to_its_plan(open_window, world):
    window, _ = showing.show(open_window, world.office, *PAGES)
    assert showing.drop(window, world.package("QL.B001"), world.package("QL.B002"))
    showing.let_finish(window)
    page = window.workspace.page
    assert isinstance(page, ExchangePage)
    assert page.plan.isVisible()
    assert [one.verdict for one in page.plan.table.model.rows] == ["新增", "新增"]


def test_a_folder_stands_for_the_packages_in_it(open_window, world):
    window, _ = showing.show(open_window, world.office, *PAGES)
    assert showing.drop(window, world.root)
    showing.let_finish(window)
    assert len(window.workspace.page.plan.table.model.rows) == 2


def test_a_branch_is_told_that_it_takes_no_packages(open_window, world):
    window, _ = showing.show(open_window, world.branch("QL.B003"), *PAGES)
    showing.drop(window, world.package("QL.B001"))
    showing.let_finish(window)
    assert "没有下级，不收数据包" in window.workspace.page.messages.text


def test_a_roster_that_is_dropped_is_looked_at_before_it_is_written(open_window, world, roster):
    window, _ = showing.show(open_window, world.office, *PAGES)
    showing.drop(window, roster)
    showing.let_finish(window)
    page = window.workspace.page
    assert page.middle.currentWidget() is page.preview
    assert "还没有写入" in page.preview.said.text()


def test_a_data_file_that_is_dropped_takes_the_place_of_the_other(open_window, world):
    window, _ = showing.show(open_window, world.office, *PAGES)
    showing.drop(window, world.branch("QL.B003"))
    assert window._opened.store.path == world.branch("QL.B003")


def test_what_fits_nowhere_or_needs_a_file_is_said(open_window, world, roster, tmp_path):
    window = open_window(PAGES)
    assert "请先打开或新建本单位的数据文件" in told(window, world.package("QL.B001"))
    assert window.open_path(world.office)
    showing.settle(window)
    assert "不认识“照片.jpg”" in told(window, tmp_path / "照片.jpg")
    assert told(window, roster, roster) == given.ONE_ROSTER
    showing.settle(window)
    assert window.workspace.page.key == "workbench"


def test_a_file_given_at_the_start_is_shown_once_the_window_stands(open_window, painted, world, qtbot):
    window = open_window(PAGES)
    window.open_once_painted([world.office, world.package("QL.B002")])
    window.update()
    qtbot.waitUntil(lambda: window.workspace is not None and window.workspace.page.key == "exchange")
    qtbot.waitUntil(lambda: window.workspace.page.plan.isVisible())


@pytest.mark.parametrize(
    ("words", "face"),
    [
        ((), "window"),
        (("甲.pingyi",), "window"),
        (("任务.pingyi-task",), "window"),
        (("上报.pingyi-pack",), "window"),
        (("回执.PINGYI-RECEIPT", "名册.xlsx"), "window"),
        (("名册.csv",), "window"),
        (("tally", "甲.pingyi"), "command"),
        (("--help",), "command"),
        (("照片.jpg",), "command"),
    ],
)
def test_files_alone_open_the_window_and_words_are_commands(monkeypatch, words, face):
    monkeypatch.setattr(app, "run", lambda arguments: ("window", *arguments))
    monkeypatch.setattr(cli, "main", lambda arguments: ("command", *arguments))
    monkeypatch.setattr(sys, "argv", ["pingyi", *words])
    assert entrance._face() == (face, *words)
