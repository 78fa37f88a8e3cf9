"""The window: a welcome screen while no file is open, otherwise navigation to the left and one page at a time.

``PAGES`` is the one list of pages, in the order of the navigation and of Ctrl+1, Ctrl+2 and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMessageBox, QProgressBar, QStackedWidget

from pingyi_desktop import __version__, visible
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.gui.campaign.page import CampaignPage
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.exchange.page import ExchangePage
from pingyi_desktop.gui.figures.page import ResultsPage
from pingyi_desktop.gui.files import opening, task_code
from pingyi_desktop.gui.files.opening import Opened
from pingyi_desktop.gui.files.welcome import Welcome
from pingyi_desktop.gui.forms.page import FormsPage
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers, settings
from pingyi_desktop.gui.parts.forms import button, label, scrolled
from pingyi_desktop.gui.people.page import OrganisationsPage
from pingyi_desktop.gui.reports.page import ReportsPage
from pingyi_desktop.gui.work import Work
from pingyi_desktop.gui.workbench.page import WorkbenchPage
from pingyi_desktop.gui.workspace import Workspace
from pingyi_desktop.storage import replacing, store

PAGES: tuple[type[Page], ...] = (
    WorkbenchPage,
    OrganisationsPage,
    CampaignPage,
    FormsPage,
    EntryPage,
    ResultsPage,
    ExchangePage,
    ReportsPage,
)
ABOUT = f"评议 {__version__}\n群众评议离线桌面软件。全程不联网，数据只在本机的文件里。"


class Window(QMainWindow):
    """The program's only window."""

    def __init__(self, pages: Sequence[type[Page]] = PAGES) -> None:
        super().__init__()
        self._page_types = pages
        self._opened: Opened | None = None
        self.workspace: Workspace | None = None
        self.welcome = Welcome()
        self.welcome.new_wanted.connect(self.new_file)
        self.welcome.open_wanted.connect(self.pick_file)
        self.welcome.task_wanted.connect(self.pick_task)
        self.welcome.file_wanted.connect(self.open_path)
        self._root = QStackedWidget()
        self._root.addWidget(scrolled(self.welcome))
        self.setCentralWidget(self._root)
        self._status()
        self._menus()
        self._title()
        self.resize(1180, 720)

    def open_path(self, path: Path) -> bool:
        """Open a data file in place of the one that is open; a refusal is told and False returned.

        A task file, as a double click gives it, is asked for its code and its unit's file made.
        """
        if path.suffix == tasks.SUFFIX:
            return self.open_task(path)
        try:
            opened = opening.open_existing(path)
        except UserError as error:
            self.tell(str(error))
            return False
        if said := replacing.left(path):
            self.tell(said)
        return self.show_file(opened)

    def show_file(self, opened: Opened) -> bool:
        """Show an open data file; False when the one before it could not be closed."""
        if not self.close_file():
            opened.close()
            return False
        settings.remember(opened.store.path)
        work = Work(opened.store, self)
        work.busy.connect(self._busy)
        work.progressed.connect(self._progressed)
        self._opened, self.workspace = opened, Workspace(opened, work, self._page_types)
        self.workspace.named.connect(self._title)
        self.workspace.operated.connect(lambda name: self._operator.setText(f"操作员：{name}"))
        self._root.addWidget(self.workspace)
        self._root.setCurrentWidget(self.workspace)
        self.workspace.navigation.setFocus()
        for number, page in enumerate(self.workspace.pages, start=1):
            turn = partial(self.workspace.go_to, page.key)
            self._add(self._go, page.title, turn, f"Ctrl+{number}")
        self._allow()
        return True

    def close_file(self) -> bool:
        """Go back to the welcome screen; False, with the reason in the page, when something could not be saved."""
        if self.workspace is None or self._opened is None:
            return True
        if not self.workspace.work.finish():
            return False
        self.workspace.work.close()
        self._opened.close()
        self._root.removeWidget(self.workspace)
        self.workspace.deleteLater()
        self._opened, self.workspace = None, None
        self._go.clear()
        self._allow()
        self._title()
        self._busy("")
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
        return task is not None and self._make(opening.TakeTask(task, settings.operator(), self))

    def pick_file(self) -> None:
        """Ask for a data file and open it."""
        path = pickers.to_open(self, "打开数据文件", pickers.DATA_FILES)
        if path is not None:
            self.open_path(path)

    def back_up(self) -> None:
        """Ask for a place and copy the data file there."""
        if self.workspace is None or self._opened is None:
            return
        source, key = self._opened.store.path, self._opened.store.data_key
        out = pickers.to_save(self, "备份到", pickers.DATA_FILES, name=f"{source.stem}-备份{source.suffix}")
        if out is not None:
            said = f"已备份到 {out}"
            self.workspace.work.read(
                lambda _session: store.backup(source, out, key), lambda _: self._inform(said)
            )

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
        """Show or hide the line that says what to do on this page."""
        page = self.workspace.page if self.workspace else None
        if page is not None:
            page.guide_line.setVisible(page.guide_line.isHidden())

    def tell(self, sentence: str) -> None:
        """Say something while no page is there to say it on."""
        box = QMessageBox(QMessageBox.Icon.Warning, "评议", "", QMessageBox.StandardButton.Ok, self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(visible.shown(sentence))
        box.exec()
        box.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.close_file())

    def _make(self, dialog: opening.NewFile | opening.TakeTask) -> bool:
        dialog.exec()
        dialog.deleteLater()
        return dialog.opened is not None and self.show_file(dialog.opened)

    def _add(self, menu: QMenu, text: str, act: Callable[[], object], keys: str = "") -> QAction:
        action = QAction(text, menu)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _=False: act())
        menu.addAction(action)
        return action

    def _menus(self) -> None:
        bar = self.menuBar()
        file = bar.addMenu("文件(&F)")
        self._add(file, "新建数据文件…", self.new_file, "Ctrl+N")
        self._add(file, "打开数据文件…", self.pick_file, "Ctrl+O")
        self._add(file, "打开任务文件…", self.pick_task)
        file.addSeparator()
        self._needs_file = [
            self._add(file, "备份数据文件…", self.back_up),
            self._add(file, "口令与加密…", self.protect),
            self._add(file, "关闭数据文件", self.close_file, "Ctrl+W"),
        ]
        file.addSeparator()
        self._add(file, "退出", self.close, "Ctrl+Q")
        self._needs_file.append(self._add(bar.addMenu("编辑(&E)"), "撤销", self.undo, "Ctrl+Z"))
        self._go = bar.addMenu("转到(&G)")
        questions = bar.addMenu("帮助(&H)")
        self._needs_file.append(self._add(questions, "本页怎么用", self.guide, "F1"))
        self._add(questions, "关于", lambda: self.tell(ABOUT))
        self._allow()

    def _status(self) -> None:
        self._doing = label(wrap=False)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(220)
        self._cancel = button("取消", self._cancel_work)
        self._operator = button(
            f"操作员：{settings.operator()}", self.name_operator, hint="写进操作日志的姓名，点这里更改"
        )
        self.statusBar().addWidget(self._doing, 1)
        for widget in (self._bar, self._cancel, self._operator):
            self.statusBar().addPermanentWidget(widget)
        self._busy("")

    def _busy(self, act: str) -> None:
        self._doing.setText(f"正在{act}…" if act else "就绪")
        if not act:
            self._bar.hide()
            self._cancel.hide()

    def _progressed(self, done: int, total: int, text: str) -> None:
        self._doing.setText(text)
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self._bar.show()
        self._cancel.show()

    def _cancel_work(self) -> None:
        if self.workspace is not None:
            self.workspace.work.cancel()

    def _allow(self) -> None:
        for action in self._needs_file:
            action.setEnabled(self.workspace is not None)
        self._go.menuAction().setEnabled(self.workspace is not None)
        self._operator.setVisible(self.workspace is not None)

    def _title(self, unit: str = "") -> None:
        path = self._opened.store.path if self._opened else None
        shown = " — ".join(filter(None, ["评议", unit, path.name if path else ""]))
        self.setWindowTitle(visible.shown(shown))

    def _inform(self, sentence: str) -> None:
        page = self.workspace.page if self.workspace else None
        if page is not None:
            page.messages.inform(sentence)
