"""Pictures of the real window, and what a machine can see in them: ``python3 installers/dev.py pictures``.

``pictures``                   those of the README and of the help, made anew in ``resources``
``pictures FOLDER``            every page × state × theme × screen into the folder, and every fault found, as a sentence
``--full FILE``                the company to show, instead of the demo's, which takes minutes to make; it is copied first
``--states``, ``--themes``, ``--screens``   only these, one or more (see ``STATES``, ``THEMES``, ``seen.SCREENS``)

Not 0 when a fault was found. A screen at 125 or 150 % is drawn in its logical pixels; for sharp ones set QT_SCALE_FACTOR.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from gui import seen
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlmodel import insert

import make
from pingyi_desktop import demo, paths
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.ledgers import edits, rows
from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.appraisal.ledgers.fields import Field, Kind, Value
from pingyi_desktop.demo.company import NAME
from pingyi_desktop.errors import FileError
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.preview import Preview
from pingyi_desktop.gui.window import Window
from pingyi_desktop.storage.store import Store

THEMES = ("light", "dark")
ALONE = ("loading", "error")
"""states in which a window is opened anew for every page"""
README = ("workbench", "results", "forms", "exchange")
HELP = (
    "workbench",
    "organisations",
    "campaign",
    "exchange",
    "forms",
    "entry",
    "keying",
    "results",
    "reports",
    "rectification",
    "meeting",
    "grouping",
)
README_SIZE, HELP_SIZE, HELP_WIDTH = (1366, 768), (1093, 614), 620
ROWS = 12
COLOURS = 256
"""the commonest ones of a picture: no eye sees the difference, and it is a third as large"""


def empty(path: Path) -> Store:
    """A company that has just been made."""
    return make.company(path)


def drafted(path: Path) -> Store:
    """The same with a campaign that is not published yet."""
    made = make.company(path)
    with made.transaction() as session:
        make.draft(session, form_codes=["T-ORG-A"])
    return made


def few(path: Path) -> Store:
    """A small company, published, one batch sealed and one begun."""
    made = make.company(path)
    with made.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        batch = make.batch(session, campaign_id=campaign_id, org_code="QL.01")
        make.sealed(session, batch.id, ["11111"] * 9 + ["21111"])
    return made


def lists(path: Path) -> Store:
    """The same with rows in every ledger, as long as they may be."""
    made = few(path)
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        known = rows.names(session, campaign_id=campaign_id)
        for noun in NOUNS:
            ledger = noun.declared()
            values = {one.key: _longest(one, next(iter(known.people))) for one in ledger.fields}
            many = (edits.row_of(ledger, campaign_id, "QL", n, values, known) for n in range(1, ROWS + 1))
            session.execute(insert(ledger.sql), list(many))
    return made


def _longest(of: Field, person: str) -> Value:
    match of.kind:
        case Kind.TEXT:
            return ("这一格写得很长，" * of.most)[: of.most]
        case Kind.CHOICE:
            return max(of.options, key=lambda one: len(one.word)).code
        case Kind.PERSON:
            return person
        case _:
            return {
                Kind.DAY: "2024-11-20",
                Kind.COUNT: 12345,
                Kind.AMOUNT: "200 余万元",
                Kind.ORG: "QL.01",
            }.get(of.kind, of.empty)


def branch(path: Path) -> Store:
    """A branch in the middle of its first entry."""
    made = make.published_school(path, form_codes=["T-ORG-A", "T-MEM-A"])
    with made.transaction() as session:
        one, other = batches.listing(session, campaign_id=make.campaign_of(session))
        make.sheet(session, one.id, valid=36)
        ballots.enter_ballots(session, batch_id=one.id, ballots=["11131", "11111", "21112"] * 8, by=make.BY)
        make.sealed(session, other.id, ["111"] * 36)
    return made


def hidden(path: Path) -> Store:
    """A branch with fewer ballots than may be shown, on a form for all and on one for each person."""
    made = make.published_school(path, people=make.NAMES[:3], form_codes=["T-ORG-A", "T-MEM-E"])
    with made.transaction() as session:
        one, other = batches.listing(session, campaign_id=make.campaign_of(session))
        make.sealed(session, one.id, ["11111"] * 3)
        make.sealed(session, other.id, ["111"] * 3)
    return made


STATES: dict[str, Callable[[Path], Store]] = {
    "empty": empty,
    "drafted": drafted,
    "few": few,
    "lists": lists,
    "branch": branch,
    "hidden": hidden,
}
"""what a file can hold, made here; ``loading`` (no answer yet), ``error`` (a stick that was pulled out) and ``full`` (the
demo's company) come to these"""


def settle(window: Window) -> None:
    """Let everything that was asked for be read and painted, pages of paper for the width that the window has now too."""
    rounds = 0
    while rounds < 5:
        busy = window.workspace is not None and (window.workspace.work.waiting or _turns_pages(window))
        # what is asked for meanwhile, as what waits in the ledgers after a breath, is laid out too
        rounds = 0 if busy else rounds + 1
        wait = (
            QEventLoop.ProcessEventsFlag.WaitForMoreEvents if busy else QEventLoop.ProcessEventsFlag.AllEvents
        )
        QApplication.processEvents(wait)


def _turns_pages(window: Window) -> bool:
    """Whether a preview that is seen will still look whether its pages fit."""
    seen_ones = [one for one in window.findChildren(Preview) if one.isVisible()]
    return any(timer.isActive() for one in seen_ones for timer in one.findChildren(QTimer))


def take(window: Window, out: Path, name: str, *, width: int = 0) -> None:
    """Keep a picture of the window, as wide as asked for."""
    image = window.grab().toImage()
    if width:
        image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
    out.mkdir(parents=True, exist_ok=True)
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    colours = [one for one, _ in Counter(memoryview(plain.constBits()).cast("I")).most_common(COLOURS)]
    plain.convertToFormat(QImage.Format.Format_Indexed8, colours).save(str(out / f"{name}.png"), "PNG", 0)


def every(file: Path, out: Path, state: str, themes: list[str], screens: list[str]) -> list[str]:
    """Every page of a file in every theme and on every screen; what is wrong with them."""
    app, found, window = QApplication.instance(), list[str](), Window()
    assert isinstance(app, QApplication)
    window.show()
    assert window.open_path(file)
    for theme in themes:
        settings.set_theme(theme)
        look.apply(app)
        for screen in screens:
            width, height, rows = seen.SCREENS[screen]
            window.resize(width, height)
            for entry in PAGES:
                assert window.workspace is not None
                window.workspace.go_to(entry.key)
                settle(window)
                assert window.workspace.page is not None
                for number, _ in enumerate(seen.each_tab(window.workspace.page)):
                    settle(window)
                    name = f"{entry.key}-{number}-{state}-{theme}-{screen}"
                    take(window, out, name)
                    found += [f"{name}: {one}" for one in seen.faults(window, rows)]
    window.close_anyway()
    return found


def unanswered(file: Path, out: Path, state: str, themes: list[str], screens: list[str]) -> None:
    """Every page as it stands before its first answer (``loading``), or when there can be none (``error``)."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for theme in themes:
        settings.set_theme(theme)
        look.apply(app)
        for screen in screens:
            for entry in PAGES:
                window = Window()
                window.resize(*seen.SCREENS[screen][:2])
                window.show()
                assert window.open_path(file)
                assert window.workspace is not None
                with pulled_out() if state == "error" else nullcontext():
                    window.workspace.go_to(entry.key)
                    if state == "error":
                        settle(window)
                    take(window, out, f"{entry.key}-0-{state}-{theme}-{screen}")
                settle(
                    window
                )  # what the page asked again while nothing could be read is not in the way of closing
                window.close_anyway()


@contextmanager
def pulled_out() -> Iterator[None]:
    """Nothing can be read, as when the stick was pulled out."""

    @contextmanager
    def fails(_store: Store) -> Iterator[None]:
        raise FileError("数据文件读不出来：U 盘拔掉了，或者坏了。插好 U 盘，再读一次。")
        yield

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Store, "reading", fails)
        yield


def kept(full: Path, small: Path) -> None:
    """The pictures of the README and of the help, light, of the demo's company and of a branch that keys."""
    resources = paths.resources()
    for folder, names, size, width in (
        (resources / "readme", README, README_SIZE, 0),
        (resources / "help" / "pictures", HELP, HELP_SIZE, HELP_WIDTH),
    ):
        for file, keys in (
            (full, set(names) - {"entry", "keying"}),
            (small, set(names) & {"entry", "keying"}),
        ):
            window = Window()
            window.resize(*size)
            window.show()
            assert window.open_path(file)
            settle(window)
            for key in sorted(keys):
                _show(window, key)
                take(window, folder, key, width=width)
            window.close_anyway()


def _show(window: Window, key: str) -> None:
    """Go to a page; ``keying`` is the paper of the batch that was begun."""
    assert window.workspace is not None
    window.workspace.go_to("entry" if key == "keying" else key)
    settle(window)
    page = window.workspace.page
    if key == "keying":
        page.open_batch(next(one for one in page.batches if not one.sealed))
        settle(window)
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        page.desk.keying.paper.setFocus()
        QTest.keyClicks(page.desk.keying.paper, "113")
    until = time.monotonic() + 1  # a preview follows the width of its pane a little later
    while time.monotonic() < until:
        settle(window)
        time.sleep(0.01)


def main(arguments: list[str]) -> int:
    """Take what was asked for; 1 when a fault was found."""
    asked = argparse.ArgumentParser(prog="dev.py pictures")
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--full", type=Path)
    for name, known in (
        ("states", [*STATES, *ALONE, "full"]),
        ("themes", THEMES),
        ("screens", seen.SCREENS),
    ):
        asked.add_argument(f"--{name}", nargs="+", choices=known, default=list(known))
    given = asked.parse_args(arguments)
    states, themes, screens = given.states, given.themes, given.screens
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ["PINGYI_HOME"] = str(place / "home")
        look.prepare(QApplication.instance() or QApplication(["pingyi"]))
        settings.set_operator("李素琴")
        files = {name: build(place / f"{name}.pingyi") for name, build in STATES.items()}
        for one in files.values():
            one.close()
        full = place / f"{NAME}.pingyi"
        if given.folder is None or "full" in states:
            _full(given.full, full)
        if given.folder is None:
            kept(full, files["branch"].path)
            return 0
        found = list[str]()
        for state in states:
            if state in ALONE:
                unanswered(files["few"].path, given.folder, state, themes, screens)
            else:
                file = full if state == "full" else files[state].path
                found += every(file, given.folder, state, themes, screens)
    print("\n".join(found) or "没有发现问题")
    return int(bool(found))


def _full(given: Path | None, file: Path) -> None:
    """The company to show: a copy of the one that is given, or the demo's, made now."""
    if given is None:
        demo.run(file.parent / "demo", fast=False, say=lambda _: None)
        given = file.parent / "demo" / file.name
    shutil.copyfile(given, file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
