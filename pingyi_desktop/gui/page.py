"""What a page is: a title, a line that says what it is for, the tables it shows, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pingyi_desktop.gui.parts.forms import MessageBar, UndoBar, label

if TYPE_CHECKING:
    from pingyi_desktop.gui.work import Work
    from pingyi_desktop.storage.store import Store

READING = "正在读取数据…"


@dataclass(frozen=True)
class PageEntry:
    """How the window knows a page before it is made: ``key`` names its icon too, ``make`` builds it on the first visit."""

    key: str
    title: str
    make: Callable[[Context], Page]


@dataclass(frozen=True)
class Context:
    """What a page may use. ``go_to`` takes a page's key; ``operator`` gives the name for the journal (``by``).

    ``change_operator`` asks for another one and calls back with the name.
    """

    entry: PageEntry
    store: Store
    work: Work
    undo: UndoBar
    go_to: Callable[[str], None]
    operator: Callable[[], str]
    change_operator: Callable[[Callable[[str], None]], None]


class Page(QWidget):
    """One page of the window; its own widgets go into ``body``.

    The window calls ``read_again`` when the page is visible and one of the tables in ``shows`` was written to, or when
    it becomes visible afterwards. It also shows what ``Context.work`` refuses in the page's ``messages``.

    Until the first answer has come the body is not shown: what is not known yet is not said to be nothing.
    """

    purpose: ClassVar[str]
    guide: ClassVar[str] = ""
    """The line F1 shows: what to do here and with which keys."""
    shows: ClassVar[frozenset[str]] = frozenset()
    filled: ClassVar[Signal] = Signal()
    """the page wants the window for itself, or no longer does"""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._stands, self._focus_wanted = False, False
        self.fills_window = False
        self._titles = (label(context.entry.title, role="title"), label(self.purpose, role="purpose"))
        self.messages = MessageBar()
        self.guide_line = label(self.guide, role="guide")
        self.guide_line.hide()
        self._reading = label(READING, role="hint")
        self._reading.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._content = QWidget()
        self._content.hide()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(8)
        for title in self._titles:
            column.addWidget(title)
        column.addWidget(self.guide_line)
        column.addWidget(self.messages)
        column.addWidget(self._reading, 1)
        column.addWidget(self._content, 1)

    @property
    def key(self) -> str:
        """What the page is called by ``go_to``."""
        return self.context.entry.key

    def refresh(self) -> None:
        """Read again what the page shows; a page without data of the file needs none."""

    def read_again(self) -> None:
        """Refresh; the first time the page then waits for its answer."""
        self.refresh()
        if not self._stands:  # requests are served in their order: this one comes back after the page's own
            self.context.work.read(lambda _: None, lambda _: self._stand(), otherwise=lambda _: self._stand())

    def take_focus(self) -> None:
        """Go to the page's first control, unless the keys are on the page already; as soon as there is one."""
        here = self.window().focusWidget()
        self._focus_wanted = not self._stands
        if self._stands and (here is None or not self.isAncestorOf(here)):
            self.setFocus()
            self.focusNextChild()

    def fill_window(self, on: bool) -> None:
        """Have the window for itself, without title and navigation, while something is keyed."""
        if on != self.fills_window:
            self.fills_window = on
            for title in self._titles:
                title.setVisible(not on)
            self.filled.emit()

    def _stand(self) -> None:
        self._stands = True
        self._reading.hide()
        self._content.show()
        if self._focus_wanted:
            self.take_focus()
