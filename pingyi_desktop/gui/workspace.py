"""An open file on the screen: navigation to the left, one page at a time, messages over its lower edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.people import org
from pingyi_desktop.gui.campaign.campaign_box import CampaignBox
from pingyi_desktop.gui.files.unsound import UnsoundBar
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.lying import Lying
from pingyi_desktop.gui.navigation import Navigation
from pingyi_desktop.gui.page import Context, Page, PageEntry, after_a_breath
from pingyi_desktop.gui.parts.forms import UndoBar, leave_values_alone, row, scrolled
from pingyi_desktop.gui.rooms_ahead import RoomsAhead
from pingyi_desktop.gui.work import Work
from pingyi_desktop.later import later
from pingyi_desktop.standing.choosing import choices

if TYPE_CHECKING:
    from pathlib import Path

    from pingyi_desktop.gui import operator_dialog
    from pingyi_desktop.gui.files import backing
    from pingyi_desktop.gui.files.opening import Opened
    from pingyi_desktop.standing import waiting
else:
    backing = later("pingyi_desktop.gui.files.backing")
    operator_dialog = later("pingyi_desktop.gui.operator_dialog")
    waiting = later("pingyi_desktop.standing.waiting")

"""logical pixels of width below which the navigation folds"""
COUNTED = frozenset(
    {
        "campaign",
        "ballot_batch",
        "envelope",
        "quarantined_file",
        "conflict_decision",
        "withdrawal",
        "import_run",
        "opinion",
        "reply",
        "rectification",
    }
)
"""tables that what waits is counted from; without draft_ballot, or every key would count"""


class Workspace(QWidget):
    """Navigation and pages over one open file.

    A page is made when it is first visited, and read again only when it is visible and was touched. ``first`` is the key
    of the page to begin with; the first of them all when there is no such page.
    """

    named = Signal(str)
    alone = Signal(bool)
    operated = Signal(str)
    """another operator sits at the keys now"""
    happened = Signal(str)
    """what was just done, for the status line"""

    def __init__(
        self, opened: Opened, entries: Sequence[PageEntry], parent: QWidget, first: str = ""
    ) -> None:
        super().__init__()
        self.work = work = Work(opened.store, parent)
        self.undo, self.unsound = UndoBar(work), UnsoundBar(work, opened.store)
        self._entries, self._opened = entries, opened
        self.ahead = RoomsAhead(lambda: work.waiting > 0, self)
        self._visited: dict[PageEntry, Page] = {}
        """in the order of ``_stack``"""
        self._stale = set[Page]()
        self.campaign = CampaignBox()
        self._holders: list[QWidget] = []
        """the messages of the pages, in the order of ``_stack``"""
        self.navigation = Navigation(entries)
        self.navigation.fit(parent.width())  # before the first page takes its width
        self._stack = QStackedWidget()
        self._lying = Lying(self._stack)
        self._lying.add(self.undo)
        self._lay_out()
        self.navigation.chosen.connect(self._show)
        self.campaign.picked.connect(self._switch)
        work.changed.connect(self._touched)
        work.failed.connect(self._failed)
        self.undo.undone.connect(lambda text: self.page.messages.inform(text) if self.page else None)
        self.undo.offered.connect(self.happened)
        self.navigation.select(first if first in {one.key for one in entries} else entries[0].key)
        self._read_name()  # what the first page asks for comes first
        self._read_campaigns()
        self._after_the_page(self._look_around)

    @property
    def pages(self) -> list[Page]:
        """The pages that were visited, in that order."""
        return list(self._visited.values())

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        number = self._stack.currentIndex()
        return self.pages[number] if number >= 0 else None

    def take(self, key: str, files: Sequence[Path]) -> None:
        """Hand files to the page they are for, where there is one."""
        self.go_to(key)
        if self.page is not None and self.page.key == key:
            self.page.take_files(files)

    def keep(self) -> str:
        """Save whatever is being written on any page; what closing the file would lose, in sentences."""
        return "\n".join(filter(None, (page.keep() for page in self.pages)))

    def go_to(self, key: str) -> None:
        """Show the page with this key; behind a / a part of it."""
        key, _, part = key.partition("/")
        self.navigation.select(key)
        if self.page is not None:
            self.page.take_focus()
            if part and self.page.key == key:
                self.page.open_part(part)

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
        for place, holder in enumerate(self._holders):
            holder.setVisible(place == self._stack.currentIndex())
        self._lying.raise_()
        settings.set_last_page(entry.key)
        self._make_room()
        self._refresh_visible()

    def _make_room(self) -> None:
        """A page that fills the window has it without navigation and bar."""
        alone = self.page is not None and self.page.fills_window
        self.navigation.setVisible(not alone)
        self.alone.emit(alone)

    def _visit(self, entry: PageEntry) -> None:
        context = Context(
            entry,
            self._opened.store,
            self.work,
            self.undo,
            self.go_to,
            settings.operator,
            self.change_operator,
            tell=lambda sentence: self._visited[entry].messages.inform(sentence),
            campaign=lambda: self.campaign.chosen,
        )
        self._visited[entry] = page = entry.make(context)
        leave_values_alone(page)
        page.filled.connect(self._make_room)
        self._stack.addWidget(scrolled(page))
        self._holders.append(_holding(page.messages))
        self._lying.add(self._holders[-1])
        page.messages.goes = True
        page.messages.said.connect(self.happened)
        self._stale.add(page)

    def _touched(self, tables: frozenset[str]) -> None:
        if "party_organization" in tables:
            self._read_name()
        if "campaign" in tables:
            self._read_campaigns()
        for page in self.pages:
            page.messages.outdate()
        self._stale.update(page for page in self.pages if page.shows & tables)
        self._refresh_visible()  # what the person looks at first
        if tables & COUNTED:
            self._count()

    def _refresh_visible(self) -> None:
        if self.page in self._stale:
            self._stale.remove(self.page)
            self.page.read_again()

    def _switch(self) -> None:
        """Another campaign was picked: no page keeps anything of the one before."""
        for page in self.pages:
            page.forget()
        self._stale.update(self.pages)
        self._count()
        self._refresh_visible()

    def _failed(self, sentence: str) -> None:
        if self.page is not None:
            self.page.fail(sentence)

    def _after_the_page(self, then: Callable[[], None]) -> None:
        """Once what the page asked for has been answered, and what it shows then has been laid out and painted."""

        def answered(_: None) -> None:
            after_a_breath(self, then)

        self.work.read(lambda _: None, answered)

    def _look_around(self) -> None:
        """What the page does not need: what waits elsewhere, whether the whole file is sound, and the other rooms."""
        self._count()
        self.unsound.check()
        backing.at_start(self.work, self._opened.store, self._failed)
        self.ahead.start()

    def _read_name(self) -> None:
        self.work.read(lambda session: org.own_unit(session).full_name, self._name)

    def _read_campaigns(self) -> None:
        self.work.read(choices, self.campaign.offer)

    def _name(self, name: str) -> None:
        self.named.emit(name)

    def _count(self) -> None:
        """Read how much waits where; a campaign that cannot be looked at has nothing to count."""
        asked = partial(waiting.waiting, chosen=self.campaign.chosen)
        self.work.read(asked, self.navigation.show_waiting, otherwise=lambda _: None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the navigation its words as far as there is room for them."""
        super().resizeEvent(event)
        self.refold()

    def refold(self) -> None:
        """The same after texts have grown or shrunk."""
        self.navigation.fit(self.width())

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.unsound)
        right.addWidget(self._stack, 1)
        both = row(self.navigation, stretch=False)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addLayout(right, 1)
        self.setLayout(both)


def _holding(bar: QWidget) -> QWidget:
    """A widget around the bar, which is hidden with its page while the bar keeps its own state."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(bar)
    return made
