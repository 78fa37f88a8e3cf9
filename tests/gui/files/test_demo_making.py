"""先看看: a demo that is made from the welcome screen in a process of its own, opened, and made anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import Qt

from pingyi_desktop import cli, paths
from pingyi_desktop.demo import progress
from pingyi_desktop.gui.files import demo_making
from pingyi_desktop.gui.files.demo_making import FIRST, STAGE, DemoMaking
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import Label
from pingyi_desktop.gui.workbench.page import WorkbenchPage

LEFT = Qt.MouseButton.LeftButton
STUB = """
import shutil, sys
from pathlib import Path
out = Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(parents=True)
shutil.copyfile({!r}, out / "演示公司.pingyi")
"""
WAITING = """
import sys, time
from pathlib import Path
units = Path(sys.argv[sys.argv.index("--out") + 1]) / "单位数据文件"
units.mkdir(parents=True)
for number in range(2):
    (units / f"{number}.pingyi").touch()
sys.stderr.buffer.write("各单位录票……\\n".encode())
sys.stderr.flush()
time.sleep(600)
"""


def python(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let a small program take the place of ours."""
    monkeypatch.setattr(paths, "itself", lambda: [sys.executable, "-c", script])


def test_the_demo_is_made_the_first_time_and_opened_afterwards(open_window, path, monkeypatch, qtbot):
    python(monkeypatch, STUB.format(str(path)))
    window = open_window((WorkbenchPage,))
    assert not window.welcome.again.isVisible()
    qtbot.mouseClick(window.welcome.choices[2], LEFT)
    assert window.workspace is not None
    assert window._opened.store.path == paths.demo_folder() / "演示公司.pingyi"
    assert settings.recent() == [], "a start does not go back to it by itself"
    showing.settle(window)
    window.close_file()
    python(monkeypatch, "raise SystemExit(1)")
    qtbot.mouseClick(window.welcome.choices[2].findChild(Label), LEFT)  # what is written on it is it, too
    assert window._opened.store.path.parent == paths.demo_folder()


def test_the_demo_is_made_anew_and_the_old_one_goes(open_window, path, monkeypatch, qtbot):
    python(monkeypatch, STUB.format(str(path)))
    window = open_window((WorkbenchPage,))
    old = paths.demo_folder() / "旧的.txt"
    old.parent.mkdir(parents=True)
    old.touch()
    window.welcome.refresh()
    qtbot.mouseClick(window.welcome.again, LEFT)
    assert not old.exists()
    assert window._opened.store.path.is_file()


def test_a_demo_that_fails_says_why_and_opens_nothing(open_window, monkeypatch, qtbot):
    python(monkeypatch, "import sys; sys.exit('磁盘满了。')")
    window, said = open_window((WorkbenchPage,)), []

    def close(dialog: DemoMaking) -> None:
        qtbot.waitUntil(lambda: dialog.stop.text() == "关闭")
        said.append(dialog.told.text())
        qtbot.mouseClick(dialog.stop, LEFT)

    timer = showing.answer(DemoMaking, close)
    qtbot.mouseClick(window.welcome.choices[2], LEFT)
    assert not timer.isActive()
    assert "磁盘满了。" in said[0]
    assert window.workspace is None
    assert demo_making.made() is None


def test_who_waits_for_the_demo_sees_that_time_goes_on(open_window, monkeypatch, qtbot):
    """The stage in words, how many units have begun, and seconds."""
    python(monkeypatch, WAITING)
    window, said = open_window((WorkbenchPage,)), []

    def wait(dialog: DemoMaking) -> None:
        assert dialog.process.processEnvironment().value(paths.FOR_WINDOW) == str(os.getpid())
        said.append(dialog.since.text())
        qtbot.waitUntil(lambda: "各单位录票，已有 2 个单位" in dialog.since.text())
        said.append(dialog.since.text())
        qtbot.waitUntil(lambda: dialog.since.text() != said[1])
        qtbot.mouseClick(dialog.stop, LEFT)

    showing.answer(DemoMaking, wait)
    qtbot.mouseClick(window.welcome.choices[2], LEFT)
    assert said[0].startswith(STAGE.format(FIRST))
    assert said[1].startswith(STAGE.format("各单位录票"))


def test_the_window_knows_a_stage_by_the_mark_of_the_program(capsys):
    """Not imported by the window: the demo's rooms would be loaded for it."""
    with progress.Bar("公司汇总  ", 2):
        pass
    begun, ended = capsys.readouterr().err.splitlines()
    assert begun == f"公司汇总{demo_making.BEGUN}"
    assert ended.startswith("公司汇总")
    assert not ended.endswith(demo_making.BEGUN)


def test_a_demo_that_is_stopped_leaves_nothing_to_open(open_window, monkeypatch, qtbot):
    python(monkeypatch, "import time; time.sleep(600)")
    window = open_window((WorkbenchPage,))
    timer = showing.answer(DemoMaking, lambda dialog: qtbot.mouseClick(dialog.stop, LEFT))
    qtbot.mouseClick(window.welcome.choices[2], LEFT)
    assert not timer.isActive()
    assert window.workspace is None
    assert demo_making.made() is None


def test_the_program_knows_how_to_start_itself_for_it() -> None:
    """Its words start it, and it knows those that the window adds."""
    done = subprocess.run(
        [*paths.itself(), "--help"], capture_output=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert " demo " in done.stdout.decode("utf-8", "replace")
    given = cli.build_parser(["demo"]).parse_args(["demo", "--out", "x", "--fast"])
    assert (given.out, given.fast) == (Path("x"), True)
