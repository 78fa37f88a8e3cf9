"""The window: one bar above, a welcome screen while no file is open, otherwise navigation to the left and one page at a time.

It stands before anything that reads or writes a file is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget

from pingyi_desktop import __version__, visible
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.files.welcome import Welcome
from pingyi_desktop.gui.help.dialog_key import DialogKey
from pingyi_desktop.gui.looks import fitting, settings
from pingyi_desktop.gui.looks.drops import Drops
from pingyi_desktop.gui.page import PageEntry
from pingyi_desktop.gui.parts.forms import Mend, allow, label, leave_values_alone, scrolled
from pingyi_desktop.gui.status_line import StatusLine
from pingyi_desktop.gui.topbar import TopBar
from pingyi_desktop.later import later
from pingyi_desktop.paths import TASK_SUFFIX

if TYPE_CHECKING:
    from pingyi_desktop.gui import palette, settings_dialog, workspace
    from pingyi_desktop.gui.files import backing, care_dialog, given, leaving, opening, task_code
    from pingyi_desktop.gui.help import help_window
    from pingyi_desktop.gui.parts import pickers, record_dialog
    from pingyi_desktop.storage import replacing
else:
    backing = later("pingyi_desktop.gui.files.backing")
    care_dialog = later("pingyi_desktop.gui.files.care_dialog")
    given = later("pingyi_desktop.gui.files.given")
    pickers = later("pingyi_desktop.gui.parts.pickers")
    record_dialog = later("pingyi_desktop.gui.parts.record_dialog")
    opening = later("pingyi_desktop.gui.files.opening")
    task_code = later("pingyi_desktop.gui.files.task_code")
    help_window = later("pingyi_desktop.gui.help.help_window")
    leaving = later("pingyi_desktop.gui.files.leaving")
    palette = later("pingyi_desktop.gui.palette")
    settings_dialog = later("pingyi_desktop.gui.settings_dialog")
    workspace = later("pingyi_desktop.gui.workspace")
    replacing = later("pingyi_desktop.storage.replacing")

UNITS, ENTRY = "organisations", "entry"
"""the page that shows units and people, and the one on which ballots are keyed"""
NO_FILE = "先打开或新建一个数据文件。"
ABOUT = f"评议 {__version__}\n群众评议离线桌面软件。全程不联网，数据只在本机的文件里。"


class Window(QMainWindow):
    """The program's only window."""

    def __init__(self, entries: Sequence[PageEntry] = PAGES) -> None:
        super().__init__()
        self._entries = entries
        self._opened: opening.Opened | None = None
        self._page_before = ""
        self._wanted: Sequence[Path] = ()
        self._alt_alone = self._sure = False
        self.workspace: workspace.Workspace | None = None
        self.welcome = Welcome()
        self.welcome.new_wanted.connect(self.new_file)
        self.welcome.open_wanted.connect(self.pick_file)
        self.welcome.task_wanted.connect(self.pick_task)
        self.welcome.file_wanted.connect(self.open_path)
        self.welcome.care_wanted.connect(self.look_after)
        self._root = QStackedWidget()
        self._front = scrolled(self.welcome)
        self._waiting = label()
        self._waiting.setProperty("alignment", "AlignCenter")
        self._root.addWidget(self._front)
        self._root.addWidget(self._waiting)
        self.setCentralWidget(self._root)
        self._menu = QMenu("菜单", self)
        self.bar = TopBar(
            self._menu,
            {"search": self.search, "undo": self.undo, "help": self.guide, "operator": self.name_operator},
        )
        self.bar.name_operator(settings.operator())
        self.setMenuWidget(self.bar)
        self._line = StatusLine(self._cancel_work)
        self.setStatusBar(self._line)
        self._menus()
        DialogKey(self, self.guide)
        self._title()
        Drops(self).dropped.connect(self.take)
        self.resize(1180, 720)

    def open_fitting(self) -> None:
        """Show the window where and as large as it was left; the first time it fills a small screen and fits any other."""
        fitting.show(self)

    def open_once_painted(self, files: Sequence[Path]) -> None:
        """Open files, the data file first, as soon as the window is on the screen and says so."""
        self._wanted, self._page_before = files, settings.last_page()
        self._waiting.setText(f"正在打开“{files[0].name}”…")
        self._line.busy(f"打开“{files[0].name}”")
        self._root.setCurrentWidget(self._waiting)

    def paintEvent(self, event: QPaintEvent) -> None:
        """After the first painting comes what is slow."""
        super().paintEvent(event)
        if self._wanted:
            wanted, self._wanted = self._wanted, ()
            QtCore.QTimer.singleShot(0, self, lambda: self._open_wanted(wanted))

    def _open_wanted(self, files: Sequence[Path]) -> None:
        self.take(files)
        if self.workspace is None:
            self._root.setCurrentWidget(self._front)
            self._line.busy("")
        self._page_before = ""

    def open_path(self, path: Path) -> bool:
        """Open a data file in place of the one that is open; a refusal is told and False returned.

        A task file, as a double click gives it, is asked for its code and its unit's file made.
        """
        if path.suffix == TASK_SUFFIX:
            return self.open_task(path)
        try:
            opened = opening.open_existing(path)
        except UserError as error:
            self.tell(str(error))
            return False
        for said in filter(None, (replacing.left(path), self.welcome.stranger(opened.store))):
            self.tell(said)
        return self.show_file(opened)

    def show_file(self, opened: opening.Opened) -> bool:
        """Show an open data file; False when the one before it could not be closed."""
        if not self.close_file():
            opened.close()
            return False
        self.welcome.remember(opened.store)
        self._opened = opened
        self.workspace = workspace.Workspace(opened, self._entries, self, self._page_before)
        self.workspace.work.busy.connect(self._line.busy)
        self.workspace.work.progressed.connect(self._line.progressed)
        self.workspace.named.connect(self._title)
        self.workspace.operated.connect(self.bar.name_operator)
        self.workspace.happened.connect(self._line.happened)
        self.workspace.alone.connect(self.bar.setHidden)
        self.bar.slot.addWidget(self.workspace.campaign)
        leave_values_alone(self.bar)
        self._line.saved(opened.store.path)
        self._title()
        self._root.addWidget(self.workspace)
        self._root.setCurrentWidget(self.workspace)
        self.workspace.navigation.setFocus()
        for number, entry in enumerate(self._entries, start=1):
            turn = partial(self.workspace.go_to, entry.key)
            self._add(self._go, entry.title, turn, f"Ctrl+{number}" if number < 10 else "")
        self._allow()
        return True

    def close_file(self, *, sure: bool = False, again: Callable[[], object] | None = None) -> bool:
        """Go back to the welcome screen; False, with the reason in the page, when something could not be saved.

        What would be lost is asked about first, unless one is ``sure``; then ``again`` closes what was to be closed.
        """
        if self.workspace is None or self._opened is None:
            return True
        if not sure and (lost := self.workspace.keep()):
            leaving.ask(self, lost, again or partial(self.close_file, sure=True))
            return False
        if not self.workspace.work.finish():
            return False
        self.workspace.work.close()
        self._opened.close()
        self._root.removeWidget(self.workspace)
        self._root.setCurrentWidget(self._front)
        self.workspace.campaign.deleteLater()
        self.workspace.deleteLater()
        self._opened, self.workspace = None, None
        record_dialog.forget()
        for action in self._go.actions():
            self.removeAction(action)
        self._go.clear()
        self._allow()
        self._title()
        self._line.forget()
        self.welcome.refresh()
        return True

    def new_file(self) -> None:
        """Ask for a unit, make its file and open it."""
        self._make(opening.NewFile(self))

    def pick_task(self) -> None:
        """Ask for a task file, make the data file of its unit and open it."""
        path = pickers.to_open(self, "打开任务文件", pickers.TASK_FILES)
        if path is not None:
            self.open_task(path)

    def open_task(self, path: Path) -> bool:
        """Ask for the code of a task file, make the data file of its unit and open it; False when nothing came of it."""
        try:
            task = task_code.ask(path, self)
        except UserError as error:
            self.tell(str(error))
            return False
        if task is None or not self._make(opening.TakeTask(task, settings.operator(), self)):
            return False
        if len(task.orgs) == 1 and self.workspace is not None:
            self.workspace.go_to(ENTRY)  # nobody below: its ballots are what it is for
        return True

    def pick_file(self) -> None:
        """Ask for a data file and open it."""
        path = pickers.to_open(self, "打开数据文件", pickers.DATA_FILES)
        if path is not None:
            self.open_path(path)

    def back_up(self) -> None:
        """Ask for a place and copy the data file there."""
        if self.workspace is not None and self._opened is not None:
            backing.back_up(self, self._opened.store, self.workspace.work, self._backed_up)

    def look_after(self, path: Path | None = None) -> None:
        """Show the backups of the open file, or of one that is not open."""
        doors = care_dialog.Doors(self.close_file, self.open_path, self.tell, self._inform)
        care_dialog.show(self, self._opened, path, self.workspace.page if self.workspace else None, doors)

    def protect(self) -> None:
        """Close the file, set, change or take away its password, and open it again."""
        if self._opened is None:
            return
        path = self._opened.store.path
        if not self.close_file():
            return
        try:
            said = opening.protect(path, self)
        except UserError as error:
            self.tell(str(error))
            return
        if self.open_path(path) and said:
            self._inform(said)

    def name_operator(self) -> None:
        """Ask who works at this computer; the name goes into the journal with every act."""
        if self.workspace is not None:
            self.workspace.change_operator()

    def undo(self) -> None:
        """Take back the newest act that can be."""
        if self.workspace is not None:
            self.workspace.undo.undo()

    def guide(self) -> None:
        """Open the help at the page that fits what is being done here; without a file, at the first."""
        page = self.workspace.page if self.workspace else None
        self._help_at("" if page is None else page.topic)

    def search(self) -> None:
        """Ask where to go, or what to do."""
        if self.workspace is not None:
            work, chosen = self.workspace.work, self.workspace.campaign.chosen
            palette.search(self, work, self._entries, self._commands, self._go_to, chosen)

    def take(self, files: Sequence[Path]) -> None:
        """Take files that were dropped, or named at the start: open them, or show what they would bring into the open file."""
        given.take(files, self.tell, self.open_path, self._take_inside)

    def _take_inside(self, key: str, files: Sequence[Path]) -> bool:
        if self.workspace is not None:
            self.workspace.take(key, files)
        return self.workspace is not None

    def choose_settings(self) -> None:
        """Ask how the window should look."""
        dialog = settings_dialog.SettingsDialog(self, self._restyled)
        dialog.exec()
        dialog.deleteLater()

    def tell(self, sentence: str) -> None:
        """Say something while no page is there to say it on."""
        box = QtWidgets.QMessageBox(QtWidgets.QMessageBox.Icon.Warning, "评议", "", parent=self)
        box.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        box.setText(visible.shown(sentence))
        box.exec()
        box.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.close_file(sure=self._sure, again=self.close_anyway))
        self._sure = False
        if event.isAccepted():
            settings.set_geometry(bytes(self.saveGeometry().toHex().data()).decode("ascii"))

    def close_anyway(self) -> None:
        """Close, whatever is lost by it."""
        self._sure = True
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt pressed and let go alone unfolds the menu."""
        self._alt_alone = event.key() == QtCore.Qt.Key.Key_Alt
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == QtCore.Qt.Key.Key_Alt and self._alt_alone:
            self.bar.unfold()
        self._alt_alone = False
        super().keyReleaseEvent(event)

    def _make(self, dialog: opening.NewFile | opening.TakeTask) -> bool:
        dialog.exec()
        dialog.deleteLater()
        return dialog.opened is not None and self.show_file(dialog.opened)

    def _add(self, menu: QMenu, text: str, act: Callable[[], object], keys: str = "") -> QAction:
        action = QAction(text, menu)
        action.setProperty("shortcut", keys)
        action.triggered.connect(lambda _=False: act())
        menu.addAction(action)
        self.addAction(action)  # its keys work while the menu is folded away
        return action

    def _menus(self) -> None:
        file = self._menu.addMenu("文件(&F)")
        self._add(file, "新建数据文件…", self.new_file, "Ctrl+N")
        self._add(file, "打开数据文件…", self.pick_file, "Ctrl+O")
        self._add(file, "打开任务文件…", self.pick_task)
        file.addSeparator()
        self._needs_file = [
            self._add(file, "备份数据文件…", self.back_up),
            self._add(file, "数据与备份…", self.look_after),
            self._add(file, "口令与加密…", self.protect),
            self._add(file, "关闭数据文件", self.close_file, "Ctrl+W"),
        ]
        file.addSeparator()
        self._add(file, "退出", self.close, "Ctrl+Q")
        self._needs_file.append(self._add(self._menu.addMenu("编辑(&E)"), "撤销", self.undo, "Ctrl+Z"))
        self._go = self._menu.addMenu("转到(&G)")
        self._needs_file.append(self._add(self._menu, "找单位、党员、台账或命令…", self.search, "Ctrl+K"))
        self._add(self._menu, "设置…", self.choose_settings, "Ctrl+,")
        questions = self._menu.addMenu("帮助(&H)")
        self._add(questions, "本页怎么用", self.guide, "F1")
        self._add(questions, "按键卡", lambda: self._help_at("keys"))
        self._add(questions, "名词解释", lambda: self._help_at("words"))
        self._add(questions, "关于", lambda: self.tell(ABOUT))
        self._commands = self.actions()
        self._allow()

    def _cancel_work(self) -> None:
        if self.workspace is not None:
            self.workspace.work.cancel()

    def _allow(self) -> None:
        missing = "" if self.workspace is not None else NO_FILE
        for action in self._needs_file:
            allow(action, missing)
        allow(self._go.menuAction(), missing)
        self.bar.show_file("", on=self.workspace is not None)

    def _title(self, unit: str = "") -> None:
        path = self._opened.store.path if self._opened else None
        shown = " — ".join(filter(None, ["评议", unit, path.name if path else ""]))
        self.setWindowTitle(visible.shown(shown))
        self.bar.show_file(unit, on=self.workspace is not None)

    def _inform(self, sentence: str, *more: Mend) -> None:
        page = self.workspace.page if self.workspace else None
        if page is not None:
            page.messages.inform(sentence, *more)

    def _backed_up(self, source: Path, out: Path) -> None:
        self._line.saved(source)
        self._inform(f"已备份到 {out}", pickers.mends(out)[1])

    def _help_at(self, key: str) -> None:
        page = self.workspace.page if self.workspace else None
        help_window.open_over(self, key, page)

    def _restyled(self) -> None:
        if self.workspace is not None:
            self.workspace.refold()

    def _go_to(self, target: palette.Target) -> None:
        if self.workspace is None:
            return
        if target.kind == "command":
            self._commands[int(target.key)].trigger()
        elif target.kind in ("page", "report"):
            self.workspace.go_to(target.key)
        elif target.kind == "help":
            self._help_at(target.key)
        else:
            self.workspace.go_to(target.page or UNITS)
            if self.workspace.page is not None:
                self.workspace.page.point_to(target.key, target.person)
