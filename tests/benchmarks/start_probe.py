"""A start to be measured: goes as far as it is told, then prints CPU seconds, the time, the loaded modules and whether Qt's own names were made, and ends at once.

python start_probe.py empty|floor|painted|usable|page [FILE]    prints one line of JSON
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from PySide6 import QtCore
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

HOUR = 3_600_000  # milliseconds


def arrived() -> NoReturn:
    """Tell what it took until now."""
    told = {"seconds": time.process_time(), "arrived": time.time(), "modules": sorted(sys.modules)}
    told["qt"] = "Qt" in vars(QtCore)  # PySide6 makes it, and its 1,187 constants, when it is first asked for
    print(json.dumps(told), flush=True)
    os._exit(0)


class Empty(QWidget):
    """What PySide6 alone takes."""

    def paintEvent(self, _event: object) -> None:
        arrived()


def empty() -> None:
    """A window with nothing in it."""
    application = QApplication(["empty"])
    window = Empty()
    window.resize(1180, 720)
    window.show()
    application.exec()


def floor() -> None:
    """The same, with what a first page cannot do without before a line of ours is run: the tables it reads, and Qt's own names."""
    import pingyi_desktop.storage.schema_batches  # noqa: PLC0415 - an empty window must not pay for them
    import pingyi_desktop.storage.schema_campaign  # noqa: PLC0415
    import pingyi_desktop.storage.schema_entry  # noqa: PLC0415
    import pingyi_desktop.storage.schema_exchange  # noqa: PLC0415
    import pingyi_desktop.storage.schema_people  # noqa: F401, PLC0415

    QtCore.Qt  # noqa: B018 - made when it is first asked for
    empty()


def ours(stage: str, arguments: list[str]) -> None:
    """The program itself, as it is started, watched where it arrives."""
    from pingyi_desktop.__main__ import app  # noqa: PLC0415 - an empty window must not pay for them

    run = app.run  # loads it through the door by which the program does
    from pingyi_desktop.gui import page  # noqa: PLC0415

    def then(method: Callable[..., None], tell: Callable[[], object]) -> Callable[..., None]:
        def watched(self: object, *given: object) -> None:
            method(self, *given)
            tell()

        return watched

    if stage == "page":
        page.BREATH = HOUR  # what comes after it is not the first page's, however slow the computer is
        page.Page._stand = then(page.Page._stand, soon)
    else:
        tell = arrived if stage == "painted" else soon
        app.Window.paintEvent = then(app.Window.paintEvent, tell)
    run(arguments)


def soon() -> None:
    """Once what was asked for meanwhile has been laid out and painted."""
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, arrived))


if __name__ == "__main__":
    if sys.argv[1] in ("empty", "floor"):
        (empty if sys.argv[1] == "empty" else floor)()
    else:
        ours(sys.argv[1], sys.argv[2:])
