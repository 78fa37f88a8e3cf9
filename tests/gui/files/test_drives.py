"""File dialogs know the USB sticks that are plugged in, and speak Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
import showing
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QWidget

from pingyi_desktop.gui.looks import drives
from pingyi_desktop.gui.parts import pickers

LINUX = [
    "/",
    "/home",
    "/media/wang/书记的U盘",
    "/run/media/wang/KINGSTON",
    "/mediathek",
    "/media",
    "/boot/efi",
]
WINDOWS = {"C:/": 3, "D:/": 5, "E:/": 2, "Z:/": 4}
"""fixed, CD, removable, network"""


def test_drives_that_can_be_pulled_out_are_told_from_the_others() -> None:
    assert drives.removable(LINUX, None) == ["/media/wang/书记的U盘", "/run/media/wang/KINGSTON"]
    assert drives.removable(WINDOWS, WINDOWS.__getitem__) == ["E:/"]


def test_the_real_table_of_mounts_can_be_read() -> None:
    assert all(Path(root).is_dir() for root in drives.plugged_in())


@pytest.mark.parametrize("caption", ["任务文件存到哪个文件夹", "选择存放数据包的文件夹"])
def test_a_dialog_offers_the_stick_first_and_its_buttons_are_chinese(
    open_window, tmp_path, monkeypatch, qtbot, caption
):
    stick = tmp_path / "U盘"
    stick.mkdir()
    monkeypatch.setattr(drives, "plugged_in", lambda: [str(stick)])
    open_window()
    over, seen = QWidget(), []
    qtbot.addWidget(over)

    def look(dialog: QFileDialog) -> None:
        buttons = dialog.findChild(QDialogButtonBox).buttons()
        seen.extend([dialog.sidebarUrls()[0], {one.text() for one in buttons}])
        dialog.reject()

    timer = showing.answer(QFileDialog, look)
    assert pickers.folder(over, caption) is None
    assert not timer.isActive()
    accept = "就存这里" if "存到" in caption else "就选这个文件夹"
    assert seen == [QUrl.fromLocalFile(str(stick)), {accept, "取消"}]
