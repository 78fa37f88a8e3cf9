"""Keyers to be killed: each keys ballots on the real page with real key events and says which keys are written.

For each line on its input, ``FILE<tab>KEYS``, another process keys: it says its number, then how many keys are written
after each of them, "written" after all, and waits. When it has ended, "ended" and its exit code are said. All of them are
forks of this one, which has loaded every room of the program and begun nothing: loading them costs more than the keys.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import configure_mappers

from pingyi_desktop import gui
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window
from pingyi_desktop.later import one_by_one

QUEUE = 3  # a hand waits for nothing, but it is not this fast either
KEYS = {"#": Qt.Key.Key_Return, "<": Qt.Key.Key_Backspace, ".": Qt.Key.Key_Period}


def wait(true) -> None:
    """Let the window work until something holds; ``qWait`` would hold back the other thread, which writes the keys."""
    for _ in range(5000):
        if true():
            return
        QApplication.processEvents()
        time.sleep(0.002)
    raise SystemExit("waited too long")


def say(what: object) -> None:
    """A line at once and as a whole: who is killed in the middle has said it or not."""
    os.write(sys.stdout.fileno(), f"{what}\n".encode("ascii"))


def key(path: Path, keys: str) -> None:
    """A program of its own, from the start of its window to the last key."""
    app = QApplication([])
    prepare(app)
    window = Window([one for one in PAGES if one.key == "entry"])
    window.show()
    assert window.open_path(path)
    page = window.workspace.pages[0]
    wait(lambda: page.batches)
    page.open_batch(page.batches[0])
    QTest.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
    wait(lambda: page.desk.keying.state is not None)
    acknowledged = 0

    def acknowledge(tables: frozenset[str]) -> None:
        """A key is acknowledged when the transaction that holds it has been committed."""
        nonlocal acknowledged
        if "draft_ballot" in tables:
            acknowledged += 1
            say(acknowledged)

    page.context.work.changed.connect(acknowledge)
    for one in keys:
        QTest.keyClick(page.desk.keying.paper, KEYS.get(one, Qt.Key(ord(one))))
        wait(lambda: page.context.work.waiting < QUEUE)
    written: list[None] = []
    page.context.work.read(lambda _session: None, written.append)
    wait(lambda: written)
    say("written")
    time.sleep(60)


def main() -> None:
    """One keyer after the other, as they are asked for."""
    list(one_by_one(gui))
    configure_mappers()
    for asked in sys.stdin:
        path, keys = asked.rstrip("\n").split("\t")
        keyer = os.fork()
        if not keyer:
            say(os.getpid())
            key(Path(path), keys)
            os._exit(1)  # nobody killed it
        _, status = os.waitpid(keyer, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


main()
