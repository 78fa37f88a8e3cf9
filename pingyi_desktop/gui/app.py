"""Start the window, and tell the user when a bug shows itself."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from pingyi_desktop import __version__, paths
from pingyi_desktop.gui.parts import settings
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window

LOG_LIMIT = 1_000_000  # bytes


def run(arguments: Sequence[str] = ()) -> int:
    """Open the window, with the data or task file that is named, or the data file that was open last; returns the exit status."""
    app = QApplication.instance() or QApplication(["pingyi"])
    assert isinstance(app, QApplication)
    prepare(app)
    trouble = Trouble()
    sys.excepthook = trouble.caught
    window = Window()
    window.open_fitting()
    wanted = Path(arguments[0]) if arguments else next(iter(settings.recent()), None)
    if wanted is not None and (arguments or wanted.is_file()):
        window.open_once_painted(wanted)
    return app.exec()


class Trouble(QObject):
    """Tells the user of a bug, in whatever thread it happened, and writes it to the log."""

    _told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._box: QMessageBox | None = None
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Take the place of ``sys.excepthook``."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        write_log(details)
        self._told.emit(details)

    def _show(self, details: str) -> None:
        if self._box is not None:
            return
        self._box = box = QMessageBox(QMessageBox.Icon.Critical, "评议", "", QMessageBox.StandardButton.Close)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("程序遇到意外问题，刚才这一步没有完成；已经保存的内容都在文件里，没有丢失。")
        box.setInformativeText("可以关闭本提示继续使用。如果再次出现，请复制详情发给软件维护人员。")
        box.setDetailedText(details)
        copy = box.addButton("复制详情", QMessageBox.ButtonRole.ActionRole)
        box.exec()
        if box.clickedButton() is copy:
            QApplication.clipboard().setText(details)
        self._box = None
        box.deleteLater()


def write_log(details: str) -> Path | None:
    """Append a bug to the log, which starts anew when it grows too long; its path, None where nothing can be written."""
    try:
        return _written(paths.user_data() / "logs" / "pingyi.log", details)
    except OSError:  # the box that tells of the bug has the details too
        return None


def _written(log: Path, details: str) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = (
        f"{now} pingyi {__version__} Python {platform.python_version()} {platform.platform()}\n{details}\n"
    )
    fresh = not log.is_file() or log.stat().st_size > LOG_LIMIT
    with log.open("w" if fresh else "a", encoding="utf-8") as out:
        out.write(entry)
    return log
