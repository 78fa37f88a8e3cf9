"""先看看: a fictional company to look at, made by a process of our own into the user's folder, and made anew when wished.

It is made beside its place and moved there when it is whole, so that a broken-off one is never opened.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QProcess, QProcessEnvironment, QTimer
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from pingyi_desktop import paths
from pingyi_desktop.gui.parts.forms import button, label, row
from pingyi_desktop.storage.troubles import told_as_sentences

WAIT = (
    "正在建一家虚构的公司：建组织、发任务、录票、上报、汇总，都真的走一遍，一两分钟就好。"
    "它和您单位的数据分开存放，随便点，弄乱了可以重做。"
)
FIRST, BEGUN = "建组织、发任务", "……"
"""the stage before the program names one, and how the line ends with which it does (``demo.progress``)"""
STAGE, UNITS, ELAPSED = "正在{}", "，已有 {} 个单位动手", "，用了 {} 秒。"
FAILED = "演示数据没有做成，可以再试一次；仍然不成的，请把这几句话发给软件维护人员：{}"


def made() -> Path | None:
    """The demo's data file, if there is one."""
    folder = paths.demo_folder()
    return next(iter(sorted(folder.glob(f"*{paths.DATA_SUFFIX}"))), None) if folder.is_dir() else None


def make(parent: QWidget) -> Path | None:
    """Make it anew and give its file; None when it was stopped. ``FileError`` says why it could not be done."""
    dialog = DemoMaking(parent)
    dialog.exec()
    dialog.deleteLater()
    if dialog.result() != QDialog.DialogCode.Accepted:
        return None
    put_in_place(dialog.folder)
    return made()


def put_in_place(fresh: Path) -> None:
    """Let the demo that was just made take the place of the one before."""
    folder = paths.demo_folder()
    with told_as_sentences(folder):
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)


class DemoMaking(QDialog):
    """Waits for the process; accepted when the demo stands in ``folder``."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("先看看")
        self.setMinimumWidth(520)
        demo = paths.demo_folder()
        self.folder = demo.with_name(f"{demo.name}-新")
        self.told = label(WAIT, role="purpose")
        self._stage, self._said = FIRST, ""
        self.since = label(role="hint")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("进度")
        self.bar.setMaximum(0)
        self.bar.setTextVisible(False)
        self.stop = button("不做了", self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for widget in (self.told, self.bar, self.since):
            column.addWidget(widget)
        column.addLayout(row(self.stop))
        self.process = QProcess(self)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self.process.readyRead.connect(self._listen)
        self.process.finished.connect(lambda *_: self._finished())
        self.process.errorOccurred.connect(lambda *_: self._finished())
        around = QProcessEnvironment.systemEnvironment()
        around.insert(paths.FOR_WINDOW, str(os.getpid()))  # it ends with us, should we be killed
        self.process.setProcessEnvironment(around)
        words = [*paths.itself(), "demo", "--fast", "--out", str(self.folder)]
        self.process.start(words[0], words[1:])
        self._clock, self._every = QElapsedTimer(), QTimer(self)
        self._clock.start()
        self._every.timeout.connect(self._say_progress)
        self._every.start(1000)
        self._say_progress()

    def _say_progress(self) -> None:
        """That it goes on: somebody who waits a minute before a bar without end thinks it hangs."""
        begun = sum(1 for _ in self.folder.glob(f"单位数据文件/*{paths.DATA_SUFFIX}"))
        units = UNITS.format(begun) if begun else ""
        elapsed = ELAPSED.format(self._clock.elapsed() // 1000)
        self.since.setText(f"{STAGE.format(self._stage)}{units}{elapsed}")

    def _listen(self) -> None:
        """The stage that has begun, in the program's own words."""
        self._said += bytes(self.process.readAll().data()).decode("utf-8", "replace")
        begun = [line for line in self._said.splitlines() if line.endswith(BEGUN)]
        self._stage = begun[-1].removesuffix(BEGUN) if begun else FIRST
        self._say_progress()

    def reject(self) -> None:
        """Stop it: what was begun is never opened."""
        self.process.blockSignals(True)
        self.process.kill()
        self.process.waitForFinished()
        super().reject()

    def _finished(self) -> None:
        whole = self.process.exitStatus() == QProcess.ExitStatus.NormalExit and self.process.exitCode() == 0
        if whole and any(self.folder.glob(f"*{paths.DATA_SUFFIX}")):
            self.accept()
            return
        self._listen()
        self.told.setText(FAILED.format(self._said.strip()[-400:] or "没有说明原因。"))
        self._every.stop()
        self.bar.hide()
        self.since.hide()
        self.stop.setText("关闭")
