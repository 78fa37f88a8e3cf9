"""What a page is: a title, a line that says what it is for, the tables it shows, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pingyi_desktop.gui.parts.forms import MessageBar, UndoBar, label
from pingyi_desktop.gui.work import Work
from pingyi_desktop.storage.store import Store


@dataclass(frozen=True)
class Context:
    """What a page may use. ``go_to`` takes a page's key; ``operator`` gives the name for the journal (``by``).

    ``change_operator`` asks for another one and calls back with the name.
    """

    store: Store
    work: Work
    undo: UndoBar
    go_to: Callable[[str], None]
    operator: Callable[[], str]
    change_operator: Callable[[Callable[[str], None]], None]


class Page(QWidget):
    """One page of the window; its own widgets go into ``body``.

    The window calls ``refresh`` when the page is visible and one of the tables in ``shows`` was written to, or when
    it becomes visible afterwards. It also shows what ``Context.work`` refuses in the page's ``messages``.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    purpose: ClassVar[str]
    guide: ClassVar[str] = ""
    """The line F1 shows: what to do here and with which keys."""
    shows: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.messages = MessageBar()
        self.guide_line = label(self.guide, role="guide")
        self.guide_line.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(8)
        column.addWidget(label(self.title, role="title"))
        column.addWidget(label(self.purpose, role="purpose"))
        column.addWidget(self.guide_line)
        column.addWidget(self.messages)
        column.addLayout(self.body, 1)

    def refresh(self) -> None:
        """Read again what the page shows; a page without data of the file needs none."""
