"""Choosing files, and showing what was written: Chinese names for the kinds, the last folder remembered, never overwritten without asking."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from pingyi_desktop.gui.looks import drives, settings
from pingyi_desktop.gui.parts.forms import Mend, button
from pingyi_desktop.paths import DATA_SUFFIX, TASK_SUFFIX

DATA_FILES = f"评议数据文件 (*{DATA_SUFFIX})"
TASK_FILES = f"任务文件 (*{TASK_SUFFIX})"
WORKBOOKS = "Excel 工作簿 (*.xlsx)"
DOCUMENTS = "文字文档 (*.docx)"
TEXTS = "文字文档 (*.docx *.txt)"
PDFS = "PDF 文件 (*.pdf)"
ANY = "所有文件 (*)"
LABELS = {
    QFileDialog.DialogLabel.LookIn: "位置：",
    QFileDialog.DialogLabel.FileName: "文件名：",
    QFileDialog.DialogLabel.FileType: "种类：",
    QFileDialog.DialogLabel.Reject: "取消",
}


def to_open(parent: QWidget, caption: str, kinds: str) -> Path | None:
    """Ask for one existing file; None when the user thinks better of it."""
    return _ask(parent, caption, kinds, QFileDialog.FileMode.ExistingFile)


def several_to_open(parent: QWidget, caption: str, kinds: str) -> list[Path]:
    """Ask for any number of existing files."""
    dialog = _dialog(parent, caption, kinds, QFileDialog.FileMode.ExistingFiles)
    return _picked(dialog)


def folder(parent: QWidget, caption: str) -> Path | None:
    """Ask for a folder."""
    dialog = _dialog(parent, caption, "", QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(_picked(dialog)), None)


def to_save(parent: QWidget, caption: str, kinds: str, *, name: str) -> Path | None:
    """Ask where to write; a missing ending is added, and an existing file only taken after Qt asked."""
    dialog = _dialog(parent, caption, kinds, QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    return next(iter(_picked(dialog)), None)


def mends(path: Path) -> tuple[Mend, Mend]:
    """The two buttons that a message about a written file carries: open it, or the folder it lies in."""
    return ("打开", lambda: _show(path)), opens(path.parent)


def opens(folder: Path) -> Mend:
    """The button of a message about several files that were written into a folder."""
    return "打开文件夹", lambda: _show(folder)


class SavePath(QWidget):
    """An editor for a path that does not exist yet: a line to type in and a button to pick with."""

    def __init__(self, caption: str, kinds: str, path: Path) -> None:
        super().__init__()
        self.line = QLineEdit(str(path))
        self._asked = (caption, kinds)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self.line, 1)
        both.addWidget(button("浏览…", self._browse))
        self.setFocusProxy(self.line)

    def _browse(self) -> None:
        caption, kinds = self._asked
        picked = to_save(self, caption, kinds, name=Path(self.line.text()).name)
        if picked is not None:
            self.line.setText(str(picked))


def _own_folders() -> list[str]:
    """The user's desktop, documents and downloads, where the computer has them."""
    places = QStandardPaths.StandardLocation
    found = (
        QStandardPaths.writableLocation(one)
        for one in (places.DesktopLocation, places.DocumentsLocation, places.DownloadLocation)
    )
    return [one for one in found if one and Path(one).is_dir()]


def _show(path: Path) -> None:
    """Give a file or folder to the program that the computer has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _ask(parent: QWidget, caption: str, kinds: str, mode: QFileDialog.FileMode) -> Path | None:
    return next(iter(_picked(_dialog(parent, caption, kinds, mode))), None)


def _dialog(parent: QWidget, caption: str, kinds: str, mode: QFileDialog.FileMode) -> QFileDialog:
    dialog = QFileDialog(parent, caption, str(settings.folder()))
    dialog.setFileMode(mode)
    for part, text in LABELS.items():
        dialog.setLabelText(part, text)
    if mode == QFileDialog.FileMode.Directory:
        dialog.setLabelText(
            QFileDialog.DialogLabel.Accept, "就存这里" if "存到" in caption else "就选这个文件夹"
        )
    sticks = [QUrl.fromLocalFile(root) for root in drives.plugged_in()]
    beside = [*sticks, *(QUrl.fromLocalFile(one) for one in (str(settings.folder()), *_own_folders()))]
    dialog.setSidebarUrls(list(dict.fromkeys(beside)))
    if kinds:
        dialog.setNameFilters([*kinds.split(";;"), *([] if ANY in kinds else [ANY])])
    return dialog


def _picked(dialog: QFileDialog) -> list[Path]:
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    paths = [Path(name) for name in dialog.selectedFiles()] if accepted else []
    dialog.deleteLater()
    if paths:
        settings.remember_folder(paths[0].parent)
    return paths
