"""An application as the product prepares it, a data file of a small unit, and a page to look at."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlmodel import select

import make
from pingyi_desktop.gui import page as pages
from pingyi_desktop.gui import workspace
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.page import Page, PageEntry
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.window import Window
from pingyi_desktop.gui.work import Work
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.care import copies
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization
from pingyi_desktop.storage.store import Store

MINUTE = 60_000  # in milliseconds
LOOK_AROUND, COUNT = workspace.Workspace._look_around, workspace.Workspace._count
UNIT = "群岭公司<img src=x>党委"


class Units(Page):
    """Shows the organisations' names; counts how often it was read."""

    purpose = "看一看有哪些党组织。"
    shows = frozenset({"party_organization"})

    def __init__(self, context):
        super().__init__(context)
        self.line, self.names, self.reads = QLineEdit(), QLabel(), 0
        self.body.addWidget(self.line)
        self.body.addWidget(self.names)

    def refresh(self):
        self.reads += 1
        self.context.work.read(
            lambda session: "、".join(session.exec(select(PartyOrganization.full_name))), self.names.setText
        )


class Campaigns(Units):
    purpose = "看一看有哪些活动。"
    shows = frozenset({"campaign"})


OWN = (PageEntry("members", "组织与党员", Units), PageEntry("campaign", "评议活动", Campaigns))


def entry_of(page: type[Page]) -> PageEntry:
    """How the window would know this page, one of its own or of these tests."""
    own = (one for one in OWN if one.make is page)
    made = (one for one in PAGES if page.__name__ in one.make.__code__.co_names)
    return next(own, None) or next(made)


class Patient(QtBot):
    """Waits for a loaded machine too: what fails here does so because it does not happen, not because it is late."""

    def waitUntil(self, callback, *, timeout=MINUTE):
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=MINUTE, **more):
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitExposed(self, widget, *, timeout=MINUTE):
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return Patient(request)


@pytest.fixture(scope="session", autouse=True)
def _prepared(qapp: QApplication) -> None:
    look.prepare(qapp)
    pages.BREATH = 0  # nobody sits at these windows


@pytest.fixture
def dressed() -> None:
    """The windows of this test wear the style sheet: it is about what is seen (sizes, places, colours, pictures)."""


@pytest.fixture
def painted() -> None:
    """The windows of this test are painted: something follows from it (rows read as they come into sight, a file opened
    once the window stands). Those that are ``dressed`` are painted too, and every dialog; nobody else's windows are: it
    costs every sixth millisecond of one."""


SEEN = frozenset({"dressed", "painted"})


@pytest.fixture(autouse=True)
def _dressed_where_it_is_seen(qapp: QApplication, request: pytest.FixtureRequest) -> None:
    """What is done in a window does not hang on its look, and the style sheet costs every third millisecond of one."""
    wanted = look.style_sheet() if "dressed" in request.fixturenames else ""
    if qapp.styleSheet() != wanted:
        qapp.setStyleSheet(wanted)


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """As in the program: garbage is looked for in the window's thread, never in the database's."""
    gc.disable()
    yield
    gc.collect(0)
    gc.enable()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A data file, closed."""
    where = tmp_path / "群岭.pingyi"
    make.copied(where, _small).close()
    return where


def _small(where: Path) -> Store:
    return data.create(where, code="QL", name=UNIT, org_type=OrgType.COMPANY_COMMITTEE)


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """The same data file, open."""
    opened = data.open_file(path)
    yield opened
    opened.close()


@pytest.fixture
def work(store: Store, qtbot) -> Iterator[Work]:
    made = Work(store)
    yield made
    made.close()


def _is_active(window: Window) -> bool:
    """Whether keys go to this window; asked again for as long as another one, just closed, takes them along."""
    if not window.isActiveWindow():
        window.activateWindow()
    return window.isActiveWindow()


@pytest.fixture
def looks_around(open_window, monkeypatch) -> None:
    """The windows of this test look around as in the program: whether the whole file is sound, what waits on other pages
    (after each act too), whether a backup is due (it is never made), which rooms are to be loaded. Nobody else's do: it
    costs more than a page."""
    monkeypatch.setattr(workspace.Workspace, "_look_around", LOOK_AROUND)
    monkeypatch.setattr(workspace.Workspace, "_count", COUNT)
    monkeypatch.setattr(copies, "make_daily", lambda *_: ())


@pytest.fixture
def open_window(request, qtbot, monkeypatch, tmp_path) -> Iterator[Callable[..., Window]]:
    """Make a visible window with its own settings, that does not look around; every one is closed in the end."""
    monkeypatch.setattr(workspace.Workspace, "_look_around", lambda _workspace: None)
    monkeypatch.setattr(workspace.Workspace, "_count", lambda _workspace: None)
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "home"))
    made: list[Window] = []

    def make(pages=(Units, Campaigns)) -> Window:
        window = Window([one if isinstance(one, PageEntry) else entry_of(one) for one in pages])
        made.append(window)
        window.setUpdatesEnabled(not SEEN.isdisjoint(request.fixturenames))
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: _is_active(window))
        return window

    yield make
    for window in made:
        window.close_anyway()
        window.deleteLater()
