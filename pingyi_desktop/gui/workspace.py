"""An open file on the screen: navigation to the left, one page at a time, the undo bar below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.people import org
from pingyi_desktop.gui.files.unsound import UnsoundBar
from pingyi_desktop.gui.page import Context, Page, PageEntry
from pingyi_desktop.gui.parts import settings
from pingyi_desktop.gui.parts.forms import UndoBar, label, row, scrolled
from pingyi_desktop.gui.work import Work
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.gui import operator_dialog
    from pingyi_desktop.gui.files.opening import Opened
else:
    operator_dialog = later("pingyi_desktop.gui.operator_dialog")


class Workspace(QWidget):
    """Navigation and pages over one open file.

    A page is made when it is first visited, and read again only when it is visible and was touched.
    """

    named = Signal(str)
    operated = Signal(str)
    """another operator sits at the keys now"""

    def __init__(self, opened: Opened, entries: Sequence[PageEntry], parent: QWidget) -> None:
        super().__init__()
        self.work = work = Work(opened.store, parent)
        self.undo, self.unsound = UndoBar(work), UnsoundBar(work)
        self._entries, self._opened = entries, opened
        self._visited: dict[PageEntry, Page] = {}
        """in the order of ``_stack``"""
        self._stale = set[Page]()
        self._unit = label(role="unit", wrap=False)
        self.navigation = _navigation(entries)
        self._stack = QStackedWidget()
        self._lay_out(opened.store.path)
        self.navigation.currentRowChanged.connect(self._show)
        work.changed.connect(self._touched)
        work.failed.connect(self._failed)
        self.undo.undone.connect(lambda text: self.page.messages.inform(text) if self.page else None)
        self._read_name()
        self.navigation.setCurrentRow(0)
        work.read(
            lambda _: None, lambda _: self.unsound.check()
        )  # looking at the whole file lets the page go first

    @property
    def pages(self) -> list[Page]:
        """The pages that were visited, in that order."""
        return list(self._visited.values())

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        number = self._stack.currentIndex()
        return self.pages[number] if number >= 0 else None

    def go_to(self, key: str) -> None:
        """Show the page with this key."""
        self.navigation.setCurrentRow([entry.key for entry in self._entries].index(key))
        if self.page is not None:
            self.page.take_focus()

    def change_operator(self, then: Callable[[str], None] | None = None) -> None:
        """Ask who works at this computer; the name goes into the journal with every act."""

        def chosen(name: str) -> None:
            settings.set_operator(name)
            self.operated.emit(name)
            if then is not None:
                then(name)

        operator_dialog.choose(self, self.work, settings.operator(), chosen)

    def _show(self, number: int) -> None:
        entry = self._entries[number]
        if entry not in self._visited:
            self._visit(entry)
        self._stack.setCurrentIndex(list(self._visited).index(entry))
        self._make_room()
        self._refresh_visible()

    def _make_room(self) -> None:
        """A page that fills the window has it without navigation and header."""
        alone = self.page is not None and self.page.fills_window
        self.navigation.setVisible(not alone)
        self._header.setVisible(not alone)

    def _visit(self, entry: PageEntry) -> None:
        store, operator = self._opened.store, settings.operator
        context = Context(entry, store, self.work, self.undo, self.go_to, operator, self.change_operator)
        self._visited[entry] = page = entry.make(context)
        page.filled.connect(self._make_room)
        self._stack.addWidget(scrolled(page))
        self._stale.add(page)

    def _touched(self, tables: frozenset[str]) -> None:
        if "party_organization" in tables:
            self._read_name()
        self._stale.update(page for page in self.pages if page.shows & tables)
        self._refresh_visible()

    def _refresh_visible(self) -> None:
        if self.page in self._stale:
            self._stale.remove(self.page)
            self.page.read_again()

    def _failed(self, sentence: str) -> None:
        if self.page is not None:
            self.page.messages.fail(sentence)

    def _read_name(self) -> None:
        self.work.read(lambda session: org.own_unit(session).full_name, self._name)

    def _name(self, name: str) -> None:
        self._unit.setText(name)
        self.named.emit(name)

    def _lay_out(self, path: Path) -> None:
        header = self._header = QFrame()
        header.setObjectName("header")
        header.setLayout(row(self._unit, label(path.name, role="file", wrap=False)))
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(header)
        right.addWidget(self.unsound)
        right.addWidget(self._stack, 1)
        right.addWidget(self.undo)
        both = row(self.navigation, stretch=False)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addLayout(right, 1)
        self.setLayout(both)


def _navigation(entries: Sequence[PageEntry]) -> QListWidget:
    made = QListWidget()
    made.setObjectName("navigation")
    made.setAccessibleName("页面")
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setIconSize(QSize(22, 22))
    for number, entry in enumerate(entries, start=1):
        item = QListWidgetItem(QIcon(f"icons:{entry.key}.svg"), entry.title)
        item.setToolTip(f"Ctrl+{number}")
        made.addItem(item)
    made.setFixedWidth(made.sizeHintForColumn(0) + 40)
    return made
