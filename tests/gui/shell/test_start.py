"""A start: the window stands before anything slow is loaded, and no page says that there is nothing before it knows."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Semaphore

import pytest
import showing
from benchmarks import bench_start
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QTableView, QWidget
from series import LONG

import make
from pingyi_desktop import later
from pingyi_desktop.gui.looks.states import READING, Skeleton
from pingyi_desktop.gui.page import PageEntry
from pingyi_desktop.gui.work import Work

SLOW = {
    "multiprocessing",
    "datetime",
    "hashlib",
    "html.entities",
    "sqlalchemy",
    "sqlmodel",
    "sqlite3",
    "cryptography",
    "openpyxl",
    "reportlab",
    "PIL",
    "pypdfium2",
}
UNASKED = {
    "pingyi_desktop.exchange.locks.heads",
    "pingyi_desktop.storage.schema_grades",
    "pingyi_desktop.storage.schema_ledgers",
    "pingyi_desktop.storage.schemas.desk",
    "pingyi_desktop.reports.blocks",
    "pingyi_desktop.appraisal.ledgers.rows",
}
"""what a write, the desk, a report and what waits in the ledgers need: it comes after the first page"""
PATIENCE = 60  # seconds


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A company whose campaign is published and has sealed ballots: nothing on any page is “nothing yet”."""
    made = make.counted_company(tmp_path / "QL.pingyi")
    made.close()
    return made.path


class Reading:
    """Every read waits for its permission; ``told`` counts what came back."""

    def __init__(self) -> None:
        self.may, self.told = Semaphore(0), 0


@pytest.fixture
def slow_reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    slow = Reading()
    reading, end = Work._reading, Work._end

    def waits(self, fn):
        assert slow.may.acquire(timeout=PATIENCE)
        return reading(self, fn)

    def counts(self, tell):
        end(self, tell)
        slow.told += 1

    monkeypatch.setattr(Work, "_reading", waits)
    monkeypatch.setattr(Work, "_end", counts)
    yield slow
    slow.may.release(1000)


def said(page: QWidget) -> set[str]:
    """What can be read and pressed on the page."""
    shown = [one for one in page.findChildren(QWidget) if one.isVisible()]
    texts = {one.text() for one in shown if isinstance(one, QLabel) and one.text()}
    texts |= {one.text() or "an empty button" for one in shown if isinstance(one, QPushButton)}
    tables = [one for one in shown if isinstance(one, QTableView) and not one.model().rowCount()]
    return texts | {one.empty for one in tables if getattr(one, "empty", "")}


# What is loaded


def loaded(words: tuple[str, ...], folder: Path) -> set[str]:
    return set(bench_start.probe(words, folder)["modules"])


def test_the_window_is_painted_before_anything_slow_is_loaded(company: Path, tmp_path: Path) -> None:
    """The names in ``Qt`` are slow too: all are made at once, which takes a fifth of what an empty window takes."""
    for stage in (("usable",), ("painted", str(company))):  # what can be used has been painted before
        told = bench_start.probe(stage, tmp_path)
        assert "pingyi_desktop.gui.window" in told["modules"]
        assert SLOW.intersection(told["modules"]) == set()
        assert not told["qt"], stage


def test_the_first_page_loads_no_reports_and_no_ledger(company: Path, tmp_path: Path) -> None:
    modules = loaded(("page", str(company)), tmp_path)
    assert "sqlalchemy" in modules
    assert modules & {"openpyxl", "reportlab", "PIL", "pypdfium2"} == set()
    assert modules & UNASKED == set()
    ledgers = {name for name in modules if name.startswith("pingyi_desktop.appraisal.ledgers.")}
    assert ledgers == {
        f"pingyi_desktop.appraisal.ledgers.{one}" for one in ("across", "across.due", "catalog")
    }, "what waits in the ledgers was looked for, and no ledger was loaded for it"
    visited = {name for name in modules if re.fullmatch(r"pingyi_desktop[.]gui[.]\w+[.]page", name)}
    assert visited == {"pingyi_desktop.gui.workbench.page"}


def test_a_room_is_loaded_when_something_of_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    room = later.later("colorsys")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert "colorsys" not in sys.modules
    assert room.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    monkeypatch.setattr(sys.modules["colorsys"], "rgb_to_hsv", "changed")
    assert room.rgb_to_hsv == "changed"
    with pytest.raises(AttributeError):
        _ = room.nothing_of_this_name


def test_only_the_page_that_was_shown_last_is_made(company: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "pingyi.ini").write_text("[window]\npage=forms\n", encoding="utf-8")
    modules = loaded(("page", str(company)), tmp_path)
    visited = {name for name in modules if re.fullmatch(r"pingyi_desktop[.]gui[.]\w+[.]page", name)}
    assert visited == {"pingyi_desktop.gui.forms.page"}


def test_nothing_is_looked_for_among_rooms_while_they_are_loaded(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a_room.py").write_text("import gc\ncollects = gc.isenabled()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    kept, collects = gc.get_freeze_count(), gc.isenabled()
    gc.enable()
    try:
        assert later.later("a_room").collects is False
        assert gc.isenabled()
        assert gc.get_freeze_count() > kept
        with pytest.raises(ModuleNotFoundError):
            _ = later.later("no_room").anything
        assert gc.isenabled()
        gc.disable()
        monkeypatch.delitem(sys.modules, "a_room")
        assert later.later("a_room").collects is False
        assert not gc.isenabled()  # the window looks for garbage by itself
    finally:
        gc.enable() if collects else gc.disable()
        monkeypatch.delitem(sys.modules, "a_room")


# The file is opened after the first painting


def test_the_window_says_that_it_opens_a_file_and_then_shows_it(
    open_window, painted, path: Path, qtbot
) -> None:
    window = open_window()
    window.open_once_painted([path])
    assert window.workspace is None
    assert "正在打开“群岭.pingyi”…" in said(window)
    assert not any(choice.isVisible() for choice in window.welcome.choices)
    bar = window.bar
    buttons = (bar.search, bar.undo, bar.help, bar.operator)
    assert all(one.icon().isNull() for one in buttons)  # nobody sees them yet
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace.isVisible()
    assert not any(one.icon().isNull() for one in buttons)


def test_a_file_that_does_not_open_leaves_the_welcome_screen(
    open_window, painted, tmp_path: Path, qtbot
) -> None:
    (tmp_path / "坏.pingyi").write_bytes(b"no database")
    window = open_window()
    told = showing.answer(QMessageBox, lambda box: box.accept())
    window.open_once_painted([tmp_path / "坏.pingyi"])
    qtbot.waitUntil(lambda: not told.isActive() and QApplication.activeModalWidget() is None)
    qtbot.waitUntil(lambda: all(choice.isVisible() for choice in window.welcome.choices))


# While a page reads


@pytest.mark.parametrize(
    "entry", showing.PAGES if LONG else showing.some(0, showing.FEW), ids=lambda entry: entry.key
)
@pytest.mark.usefixtures("dressed")
def test_a_page_says_that_it_reads_and_nothing_else_before_its_answer(
    open_window, company: Path, slow_reading: Reading, qtbot, entry: PageEntry
) -> None:
    window = open_window((entry,))
    assert window.open_path(company)
    page = window.workspace.page
    assert said(page) == {entry.title, page.purpose, READING}
    (grey,) = page.findChildren(Skeleton)
    assert len(grey.bars()) > 3
    assert all(grey.rect().contains(bar) for bar in grey.bars())
    seen = []
    while page.context.work.waiting:
        told = slow_reading.told
        slow_reading.may.release()
        qtbot.waitUntil(lambda told=told: slow_reading.told > told, timeout=PATIENCE * 1000)
        seen.append(said(page))
    assert READING not in seen[-1]
    known = "\n".join(seen[-1])
    early = {text for texts in seen for text in texts if text not in known and not text.startswith("正在")}
    assert early == set(), "said while it was not known"


def test_the_keys_go_to_a_page_as_soon_as_it_stands(
    open_window, path: Path, slow_reading: Reading, qtbot
) -> None:
    window = open_window()
    assert window.open_path(path)
    window.workspace.go_to("campaign")
    page = window.workspace.page
    assert not page.line.isVisible()
    slow_reading.may.release(100)
    qtbot.waitUntil(lambda: page.line.hasFocus())
