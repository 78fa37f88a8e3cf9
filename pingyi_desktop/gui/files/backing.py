"""Automatic backups in the window: at the first start of a day, and before an import. A failure is always told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from pingyi_desktop import paths, visible
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.work import Work
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.care import copies, mounts
from pingyi_desktop.storage.store import Store

GO_ON, NOT_YET = "没有备份也导入", "先不导入"


def at_start(work: Work, store: Store, tell: Callable[[str], object]) -> None:
    """The backup of this day, once the window stands, and what is to be said of the place of the file."""
    if settings.is_demo(store.path):
        return

    def noticed() -> list[str]:
        now = datetime.now().astimezone()
        failed = copies.make_daily(store.path, store.data_key, now, paths.second_drive())
        if not failed:
            settings.set_backed_up(store.path, now.isoformat(timespec="minutes"))
        return [*failed, *filter(None, [mounts.warning(store.path)])]

    def tell_all(said: list[str]) -> None:
        if said:
            tell("\n".join(said))

    work.read(lambda _session: noticed(), tell_all)


def back_up(over: QWidget, store: Store, work: Work, then: Callable[[Path, Path], object]) -> None:
    """Ask for a place and copy the whole file there, unsealed ballots and all; ``then`` gets the file and the copy."""
    source, key = store.path, store.data_key
    out = pickers.to_save(over, "备份到", pickers.DATA_FILES, name=f"{source.stem}-备份{source.suffix}")

    def done(copy: Path) -> None:
        settings.set_backed_up(source, datetime.now().astimezone().isoformat(timespec="minutes"))
        then(source, copy)

    if out is not None:
        work.read(lambda _session: data.backup(source, out, key), lambda _: done(out))


def before_import(page: Page, then: Callable[[], object]) -> None:
    """Back up, then import; where there can be no backup the person at the keys decides."""
    store, now = page.context.store, datetime.now().astimezone()

    def asked(failed: tuple[str, ...]) -> None:
        if failed:
            _ask(page, "\n".join(failed), then)
        else:
            then()

    page.context.work.read(
        lambda _session: copies.make(store.path, store.data_key, copies.IMPORT, now, paths.second_drive()),
        asked,
    )


def _ask(over: QWidget, said: str, go_on: Callable[[], object]) -> None:
    box = QMessageBox(QMessageBox.Icon.Warning, "还没有备份", "", QMessageBox.StandardButton.NoButton, over)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(visible.shown(said))
    back = box.addButton(NOT_YET, QMessageBox.ButtonRole.RejectRole)
    anyway = box.addButton(GO_ON, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(back)
    box.setEscapeButton(back)
    box.finished.connect(lambda _: go_on() if box.clickedButton() is anyway else None)
    box.open()
