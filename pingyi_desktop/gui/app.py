"""Start the window, and tell the user when a bug shows itself."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from pingyi_desktop import paths
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop import faultlog
else:
    faultlog = later("pingyi_desktop.faultlog")


def run(arguments: Sequence[str] = ()) -> int:
    """Open the window, with the files that are named in the data file among them, or in the one that was open last; returns
    the exit status."""
    app = QApplication.instance() or QApplication(["pingyi", "-style", "fusion"])
    assert isinstance(app, QApplication)
    prepare(app)
    collector = Collector()  # lives as long as the loop of events
    trouble = Trouble()
    sys.excepthook = trouble.caught
    window = Window()
    window.open_fitting()
    wanted = [Path(one) for one in arguments]
    last = next(iter(settings.recent()), None)
    if last is not None and paths.is_there(last) and not any(one.suffix in paths.OPENED for one in wanted):
        wanted.insert(0, last)
    if wanted:
        window.open_once_painted(wanted)
    status = app.exec()
    collector.stop()
    return status


class Trouble(QObject):
    """Tells the user of a bug, in whatever thread it happened, and writes it to the log."""

    _told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._box: QtWidgets.QMessageBox | None = None
        self._told.connect(lambda details: QTimer.singleShot(0, self, partial(self._show, details)))

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Take the place of ``sys.excepthook``."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        with suppress(OSError):  # the box that tells of the bug has the details too
            faultlog.append(details)
        self._told.emit(details)

    def _show(self, details: str) -> None:
        if self._box is not None:
            return
        kind = QtWidgets.QMessageBox
        self._box = box = kind(kind.Icon.Critical, "评议", "", kind.StandardButton.Close)
        box.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        box.setText("程序遇到意外问题，刚才这一步没有完成；已经保存的内容都在文件里，没有丢失。")
        box.setInformativeText("可以关闭本提示继续使用。如果再次出现，请复制详情发给软件维护人员。")
        box.setDetailedText(details)
        copy = box.addButton("复制详情", kind.ButtonRole.ActionRole)
        box.exec()
        if box.clickedButton() is copy:
            QApplication.clipboard().setText(details)
        self._box = None
        box.deleteLater()


class Collector(QTimer):
    """Looks for garbage in the window's thread alone, as often as Python would.

    A closed window and what it shows refer to one another, so only a look for garbage frees them; done by chance in the
    database's thread, that destroys widgets outside the thread they belong to, which Qt answers with a crash.
    """

    MILLISECONDS = 200

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.timeout.connect(self.collect)
        self.start(self.MILLISECONDS)

    def collect(self) -> None:
        """Collect the oldest generation whose turn it is, if any."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
