"""A keyer to be killed: keys ballots on the real page with real key events and says which keys are written.

python keyer.py FILE KEYS    prints the number of written keys after each of them, "written" after all, and waits
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window

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


app = QApplication([])
prepare(app)
window = Window([one for one in PAGES if one.key == "entry"])
window.show()
assert window.open_path(Path(sys.argv[1]))
page = window.workspace.pages[0]
wait(lambda: page.batches)
page.open_batch(page.batches[0])
QTest.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
wait(lambda: page.desk.keying.state is not None)
acknowledged = 0


def acknowledge(tables: frozenset[str]) -> None:
    """A key is acknowledged when the transaction that holds it has been committed."""
    global acknowledged
    if "draft_ballot" in tables:
        acknowledged += 1
        print(acknowledged, flush=True)


page.context.work.changed.connect(acknowledge)
for one in sys.argv[2]:
    QTest.keyClick(page.desk.keying.paper, KEYS.get(one, Qt.Key(ord(one))))
    wait(lambda: page.context.work.waiting < QUEUE)
written: list[None] = []
page.context.work.read(lambda _session: None, written.append)
wait(lambda: written)
print("written", flush=True)
time.sleep(60)
