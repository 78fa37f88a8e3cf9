"""Every page of the window opened once without a screen, on a data file: the window's part of ``pingyi selftest``.

A process of its own, so that a library that ends the program is found too.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication

from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.files import opening
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window

SIZE = (1366, 768)
MOST_COLOURS_OF_NOTHING = 4
"""a page that was not painted has no more than these"""


def run(arguments: Sequence[str]) -> int:
    """Open every page on the data file that is named; a line for everything that is wrong, and 1 when there is any."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    wrong: list[str] = []

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        wrong.append("".join(traceback.format_exception(kind, error, trace)))

    sys.excepthook = caught
    app = QApplication(["pingyi"])
    prepare(app)
    wrong += _looks()
    window = Window()
    window.resize(*SIZE)
    window.show()
    try:
        window.show_file(opening.open_existing(Path(arguments[0])))
    except UserError as error:  # the window's own way asks with a box, which nobody answers here
        wrong.append(str(error))
    else:
        _visit_all(window, wrong)
    window.close()
    sys.stdout.buffer.write("".join(f"{one.strip()}\n" for one in wrong).encode())
    sys.stdout.flush()
    return 1 if wrong else 0


def _looks() -> list[str]:
    """Fonts, icons and Qt's own texts, as far as Qt can tell."""
    found = []
    families = QApplication.font().families()
    if not families or "Noto Sans" not in families[0]:
        found.append(f"界面字体没有装上，第一种是 {families[:1]}。")
    if len(_colours(QIcon("icons:house.svg").pixmap(32, 32).toImage())) < 2:
        found.append("图标没有画出来（缺少 SVG 插件）。")
    if QCoreApplication.translate("QPlatformTheme", "Cancel") != "取消":
        found.append("按钮上的字不是中文（缺少 qtbase_zh_CN）。")
    return found


def _visit_all(window: Window, wrong: list[str]) -> None:
    workspace = window.workspace
    assert workspace is not None
    workspace.work.failed.connect(wrong.append)
    for entry in PAGES:
        workspace.go_to(entry.key)
        while workspace.work.waiting:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        QApplication.processEvents()
        if len(_colours(window.grab().toImage())) <= MOST_COLOURS_OF_NOTHING:
            wrong.append(f"“{entry.title}”页是空白的。")


def _colours(image: QImage) -> set[int]:
    """Colours on a coarse grid of a picture; of one that has more than nothing has, not all."""
    found = set[int]()
    for y in range(0, image.height(), 3):
        found |= {image.pixel(x, y) for x in range(0, image.width(), 3)}
        if len(found) > MOST_COLOURS_OF_NOTHING:
            break
    return found
