"""The longest time the window does not answer: every page, tab, sort and filter, of the reference company and of ten.

A stall is what the window's thread works between two turns of its loop, in milliseconds of its own processor time: other
work on the computer does not count. An empty window of PySide6, shown and made larger, is measured beside it. Nothing is
asserted.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from gui import seen
from gui.pictures import settle
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pingyi_desktop import demo
from pingyi_desktop.demo.company import NAME
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.tables import DataTable
from pingyi_desktop.gui.window import Window

TARGETS = {1: 100, 10: 150}
"""how many companies → the longest stall that should be, in milliseconds"""
WORDS = ("党支部", "1队", "没有这个")
SIZE, DOWN = (1366, 768), Qt.SortOrder.DescendingOrder
Stalls = dict[str, float]


class Watch:
    """The most that was worked between two turns of the loop since it was last asked, in milliseconds."""

    def __init__(self) -> None:
        self._since, self._worst = time.thread_time_ns(), 0
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now = time.thread_time_ns()
        self._worst, self._since = max(self._worst, now - self._since), now

    def during(self, act: Callable[[], object], done: Callable[[], object]) -> float:
        """Do it on a turn of its own, wait until it is done and painted, and tell the longest stall."""
        for _ in range(3):
            QApplication.processEvents()
        self._worst = 0
        QTimer.singleShot(0, act)
        for _ in range(2):
            QApplication.processEvents()
        done()
        for _ in range(3):
            QApplication.processEvents()
        return self._worst / 1e6


def test_stalls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "home"))
    file = Path(os.environ.get("PINGYI_FULL", ""))
    if not file.is_file():
        demo.run(tmp_path / "demo", fast=False, say=lambda _: None)
        file = tmp_path / "demo" / f"{NAME}.pingyi"
    for times in TARGETS:
        copied = tmp_path / f"{times}.pingyi"
        shutil.copyfile(file, copied)
        with enlarged(copied, times):
            measure(copied, times)


def measure(file: Path, times: int) -> Stalls:
    """Print and return the longest stall of every page; the worst beside that of an empty window."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    look.prepare(app)
    settings.set_operator("李素琴")
    watch = Watch()
    empty = of_an_empty_window(watch)
    window = Window()
    window.resize(*SIZE)
    window.show()
    assert window.open_path(file)
    settle(window)
    loading = rooms_loaded(window, watch)
    found = {f"{page}：{act}": stall for page, act, stall in acts(window, watch)}
    if loading:
        found["其余页面的程序：逐个装载"] = loading
    window.close()
    worst = sorted(found.items(), key=lambda one: -one[1])[:8]
    print(
        f"\n{times} 家公司：空窗口最长停顿 {empty:.1f} 毫秒；最长的几处（目标 ≤ {TARGETS.get(times)} 毫秒）："
    )
    for name, stall in worst:
        print(f"  {name} {stall:.0f} 毫秒，是空窗口的 {stall / empty:.1f} 倍")
    return found


def rooms_loaded(window: Window, watch: Watch) -> float:
    """Let the other rooms be loaded, as they are while the user looks at the first page; the longest stall of that."""
    assert window.workspace is not None
    ahead, worst = window.workspace.ahead, 0.0
    while not ahead.loaded:
        worst = max(worst, watch.during(ahead.step, lambda: None))
    return worst


def of_an_empty_window(watch: Watch) -> float:
    """The longest stall of a window with nothing in it, shown and made larger."""
    empty = QWidget()
    QLabel("空", empty)
    shown = watch.during(empty.show, lambda: None)
    resized = watch.during(lambda: empty.resize(*SIZE), lambda: None)
    empty.close()
    return max(shown, resized, 1.0)


def acts(window: Window, watch: Watch) -> Iterator[tuple[str, str, float]]:
    """Every page opened twice, its tabs, and every head and filter of its tables."""
    workspace = window.workspace
    assert workspace is not None

    def settled() -> None:
        settle(window)

    for often in ("第一次打开", "再次打开"):
        for entry in PAGES:
            yield entry.title, often, watch.during(lambda key=entry.key: workspace.go_to(key), settled)
    for entry in PAGES:
        workspace.go_to(entry.key)
        settled()
        page = workspace.page
        assert page is not None
        for tab in seen.each_tab(page):
            yield entry.title, f"标签 {tab}", watch.during(lambda: None, settled)
            for table in [one for one in page.findChildren(DataTable) if one.isVisible()]:
                for title, stall in _of_table(table, watch, settled):
                    yield entry.title, title, stall


def _of_table(table: DataTable, watch: Watch, settled: Callable[[], None]) -> Iterator[tuple[str, float]]:
    name = table.view.accessibleName()
    for place, column in enumerate(table.model.columns):
        yield (
            f"{name}按{column.title}排",
            watch.during(lambda place=place: table.view.sortByColumn(place, DOWN), settled),
        )
    for word in (*WORDS, ""):
        yield f"{name}筛选“{word}”", watch.during(lambda word=word: table.filter.setText(word), settled)


@contextmanager
def enlarged(file: Path, times: int) -> Iterator[None]:
    """Members and journal of the file ``times`` over: what the longest tables of the window show."""
    if times > 1:
        with closing(sqlite3.connect(file)) as raw:
            columns = [row[1] for row in raw.execute("PRAGMA table_info(party_member)")]
            rows = raw.execute("SELECT * FROM party_member").fetchall()
            place, number, name = (columns.index(one) for one in ("id", "member_no", "name"))
            marks = ",".join("?" * len(columns))
            for copy in range(1, times):
                more = [list(row) for row in rows]
                for row in more:
                    row[place] = f"{row[place]}-{copy}"
                    row[number] = f"{row[number]}{copy}"
                    row[name] = f"{row[name]}{copy}"
                raw.executemany(f"INSERT INTO party_member VALUES ({marks})", more)
            raw.commit()
    started = time.monotonic()
    yield
    print(f"  （{time.monotonic() - started:.0f} 秒量完）")
