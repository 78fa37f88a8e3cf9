"""Pictures of every page, to be looked at: ``python -m gui.pictures DATAFILE FOLDER [light,dark] [1366x768,1920x1080]``.

The data file is copied first: a program of today writes to what it opens. Texts grow with ``QT_SCALE_FACTOR``.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.parts import look, settings
from pingyi_desktop.gui.window import Window


def settle(window: Window) -> None:
    """Let everything that was asked for be read and painted."""
    while window.workspace is not None and window.workspace.work.waiting:
        QApplication.processEvents()
        time.sleep(0.001)
    for _ in range(5):
        QApplication.processEvents()


def main(file: Path, out: Path, themes: list[str], sizes: list[tuple[int, int]]) -> None:
    """Open the file and take every page in every theme and size."""
    out.mkdir(parents=True, exist_ok=True)
    os.environ["PINGYI_HOME"] = str(out / "home")
    app = QApplication(["pingyi"])
    look.prepare(app)
    copied = out / file.name
    shutil.copyfile(file, copied)
    settings.set_operator("李素琴")
    window = Window()
    window.show()
    for width, height in sizes:
        window.resize(width, height)
        settle(window)
        window.grab().save(str(out / f"welcome-{width}.png"))
    assert window.open_path(copied)
    for theme in themes:
        settings.set_theme(theme)
        look.apply(app)
        for width, height in sizes:
            window.resize(width, height)
            for entry in PAGES:
                assert window.workspace is not None
                window.workspace.go_to(entry.key)
                settle(window)
                window.grab().save(str(out / f"{entry.key}-{theme}-{width}.png"))
    window.close()


if __name__ == "__main__":
    given = [*sys.argv[3:], "", ""]
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        (given[0] or "light,dark").split(","),
        [
            (int(width), int(height))
            for width, _, height in (one.partition("x") for one in (given[1] or "1366x768").split(","))
        ],
    )
