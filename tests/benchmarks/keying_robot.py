"""A robot at the real keying page: how long a key takes to be painted, and how many writes wait meanwhile.

python keying_robot.py FILE KEYS PER_SECOND    prints one line of JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import apart
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pingyi_desktop.appraisal.paper.keying import Keying
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.keying.paper_area import PaperArea
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window

SECONDS = 60


class Painted(QObject):
    """Notes whether the paper was painted, and when the last painting of it was over.

    ``PaperArea.show_state`` paints before it returns, to the screen. The clock is read there, because any later line
    of this robot would have to wait for the database thread, which begins to write the key at that moment.
    """

    def __init__(self, area: PaperArea) -> None:
        super().__init__()
        self.times, self.at = 0, 0.0
        self._show_state = area.show_state
        area.show_state = self._timed  # type: ignore[method-assign]
        area.paper.installEventFilter(self)

    def _timed(self, state: Keying) -> None:
        self._show_state(state)
        self.at = time.perf_counter()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += isinstance(event, QPaintEvent)
        return False


def main(path: Path, many: int, per_second: float) -> dict[str, object]:
    """Key ``many`` keys at an even pace and measure each."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    prepare(app)
    window = Window([one for one in PAGES if one.key == "entry"])
    window.resize(1366, 768)
    window.show()
    assert window.open_path(path)
    page = window.workspace.pages[0]
    wait(app, lambda: bool(page.batches))
    page.open_batch(page.batches[0])
    wait(app, lambda: page.desk.keying.state is not None or page.desk.acts.of["KEY"].isVisible())
    if page.desk.keying.state is None:
        QTest.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
    wait(app, lambda: page.desk.keying.state is not None and page.desk.keying._writer.depth == 0)
    painted = Painted(page.desk.keying._area)
    took, deepest = [], 0
    due = time.perf_counter()
    for _ in range(many):
        due += 1 / per_second
        while time.perf_counter() < due:  # the window goes on working between two keys
            app.processEvents()
            deepest = max(deepest, page.desk.keying._writer.depth)
            time.sleep(0.001)
        key = Qt.Key.Key_Return if page.desk.keying.state.full else Qt.Key.Key_1
        painted.times = 0
        started = time.perf_counter()
        QTest.keyClick(page.desk.keying.paper, key)
        assert painted.times, "the key was not painted at once"
        took.append((painted.at - started) * 1000)
        deepest = max(deepest, page.desk.keying._writer.depth)
    wait(app, lambda: page.desk.keying._writer.depth == 0)
    took.sort()
    window.close_anyway()
    return {
        "platform": app.platformName(),
        "keys": many,
        "p50": took[many // 2],
        "p99": took[many * 99 // 100],
        "worst": took[-1],
        "depth": deepest,
    }


def wait(app: QApplication, true: Callable[[], bool]) -> None:
    """Let the window work until something holds."""
    until = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > until:
            raise SystemExit("waited too long")
        app.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    apart.end_with_parent()
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))), flush=True)
