"""What a page is: a title, a line that says what it is for, the tables it shows, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pingyi_desktop.errors import FileError, RuleError, UserError
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.looks.states import EMPTY, FAILED, Skeleton, StatePanel
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.forms import Mend, MessageBar, UndoBar, Undoing, label

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmodel import Session

    from pingyi_desktop.gui.parts.record_dialog import RecordDialog
    from pingyi_desktop.gui.work import Otherwise, Work
    from pingyi_desktop.storage.store import Store

T = TypeVar("T")
NO_CAMPAIGN = "V-CMP-28"
"""the rule that says there is none: then no act of a page that needs one is of any use"""
BREATH = 100
"""milliseconds that are the first page's and the user's before anything else is looked at"""


def after_a_breath(owner: QObject, then: Callable[[], None]) -> None:
    """Do something that the page does not need once it stands, is laid out and painted; not if ``owner`` is gone by then."""
    QTimer.singleShot(BREATH, owner, lambda: QTimer.singleShot(0, owner, then))


@dataclass(frozen=True)
class PageEntry:
    """How the window knows a page before it is made: ``make`` builds it on the first visit.

    ``icon`` is a name in ``resources/icons``; ``group`` is the heading it stands under in the navigation.
    """

    key: str
    title: str
    make: Callable[[Context], Page]
    icon: str = "file-text"
    group: str = ""


@dataclass(frozen=True)
class Context:
    """What a page may use. ``go_to`` takes a page's key, behind a / a part of that page; ``operator`` gives the name for the journal (``by``).

    ``campaign`` gives the id of the campaign that was chosen in the head of the window, "" for the one at work: what reads
    the file takes it along. ``change_operator`` asks for another one and calls back with the name. ``tell`` says something in the page's message line.
    """

    entry: PageEntry
    store: Store
    work: Work
    undo: UndoBar
    go_to: Callable[[str], None]
    operator: Callable[[], str]
    change_operator: Callable[[Callable[[str], None]], None]
    tell: Callable[[str], None]
    campaign: Callable[[], str]

    def act(
        self,
        write: Callable[[Session], T],
        undo: Callable[[T], Undoing | None] | None = None,
        *,
        act: str,
        said: str | Callable[[T], str] = "",
        way: Callable[[T], Mend] | None = None,
        over: RecordDialog | None = None,
        then: Callable[[T], object] | None = None,
        otherwise: Otherwise | None = None,
        compact: bool = False,
    ) -> None:
        """Do ``write(session)`` in one transaction: the one way an act of the window is done, told and undone.

        Done, the dialog it was asked for in (``over``) closes, ``then`` gets the result, and ``said`` is told: with a
        button that takes it back when ``undo(result)`` gives what does (and one more, ``way(result)``), else in the message line. Refused, the dialog
        stays and says why, or the page does. ``act``, ``otherwise`` and ``compact`` are those of ``Work.write``.
        """

        def done(result: T) -> None:
            if over is not None:
                over.done_with()
            if then is not None:
                then(result)
            sentence = said if isinstance(said, str) else said(result)
            undoing = undo(result) if undo is not None else None
            if undoing is not None:
                self.undo.offer(sentence, undoing, *(() if way is None else (way(result),)))
            elif sentence:
                self.tell(sentence)

        refused = otherwise or (over.refuse if over is not None else None)
        self.work.write(write, done, act=act, otherwise=refused, compact=compact)


class Page(QWidget):
    """One page of the window; its own widgets go into ``body``, its acts into ``acts`` at the right of the title, the primary one last.

    The window calls ``read_again`` when the page is visible and one of the tables in ``shows`` was written to, or when
    it becomes visible afterwards. It also shows what ``Context.work`` refuses in the page's ``messages``.

    Until the first answer has come the body is not shown: what is not known yet is not said to be nothing.
    """

    purpose: ClassVar[str]
    shows: ClassVar[frozenset[str]] = frozenset()
    filled: ClassVar[Signal] = Signal()
    """the page wants the window for itself, or no longer does"""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._stands, self._focus_wanted, self.low = False, False, False
        self.fills_window = False
        self.messages = MessageBar()
        self._reading = Skeleton()
        self._content = QWidget()
        self._content.hide()
        rest = QWidget()
        self.body = QVBoxLayout(rest)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        self.state = StatePanel(rest)
        """what stands above the body, or alone in its place, while there is nothing to show; with the next step"""
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addWidget(self.state)
        inside.addWidget(rest, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(22, 14, 22, 12)
        column.setSpacing(4)
        self._titles = QWidget()
        self._titles.setLayout(self._head(context.entry.title))
        column.addWidget(self._titles)
        column.addSpacing(4)
        column.addWidget(self._reading, 1)
        column.addWidget(self._content, 1)

    @property
    def key(self) -> str:
        """What the page is called by ``go_to``."""
        return self.context.entry.key

    @property
    def topic(self) -> str:
        """The page of the help that fits what is being done here now."""
        return self.key

    def refresh(self) -> None:
        """Read again what the page shows; a page without data of the file needs none."""

    def take_files(self, files: Sequence[Path]) -> None:
        """Take files that were dropped on the window or named at the start; a page that takes none is given none."""

    def keep(self) -> str:
        """Save what is being written here, as the file is about to be closed; what would be lost, in a sentence."""
        return ""

    def point_to(self, unit: str, person: str = "") -> None:
        """Show a unit, or a person of it, by code and number; a page that shows neither stays as it is."""

    def open_part(self, part: str) -> None:
        """Show a part of the page by its key; a page without parts stays as it is."""

    def read_again(self) -> None:
        """Refresh; the first time, and after that failed, the page then waits for its answer."""
        if not self._stands:
            self.state.hide()
            self._content.hide()
            self._reading.show()
        self.refresh()
        if not self._stands:  # requests are served in their order: this one comes back after the page's own
            self.context.work.read(lambda _: None, lambda _: self._stand(), otherwise=lambda _: self._stand())

    def refuse(self, error: UserError) -> None:
        """The chosen campaign cannot be shown: why not yet, and the way to where that is mended; or the file cannot be read."""
        if isinstance(error, FileError):
            self.fail(str(error))
        else:
            to_campaign = partial(self.context.go_to, "campaign")
            none_yet = isinstance(error, RuleError) and error.code == NO_CAMPAIGN
            said, mend, acts = str(error), "去“评议活动”", self._acts if none_yet else None
            self.state.show_state(EMPTY, said, mend, to_campaign, alone=True, without=acts)

    def fail(self, sentence: str) -> None:
        """Say what went wrong: in a message, or in the place of a content that could not be read at all."""
        if self._stands:
            self.messages.fail(sentence)
        else:
            self.state.show_state(FAILED, sentence, "再读一次", self.read_again, alone=True)

    def forget(self) -> None:
        """Show nothing, and say nothing, until the next answer has come: this was another campaign's."""
        self._stands = False
        self.messages.hide()
        self._content.hide()
        self._reading.show()

    def take_focus(self) -> None:
        """Go to the primary act beside the title, or the page's first control, unless the keys are on the page already; as soon
        as there is one. Where the primary act cannot be done yet, it is prepared below it: the keys go there, to no other act.
        """
        here = self.window().focusWidget()
        self._focus_wanted = not self._stands
        if self._stands and (here is None or not self.isAncestorOf(here)):
            acts = [one for one in self._acts.findChildren(Button) if one.isVisible()]
            first = next((one for one in acts if one.property("primary")), None)
            if first is not None and first.isEnabled():
                first.setFocus()
                return
            below = self._content.findChildren(QWidget) if first is not None else ()
            usable = (one for one in below if one.isVisible() and one.isEnabled())
            wanted = next((one for one in usable if one.focusPolicy() & QtCore.Qt.FocusPolicy.TabFocus), None)
            if wanted is not None:
                wanted.setFocus()
                return
            self.setFocus()
            self.focusNextChild()

    def fill_window(self, on: bool) -> None:
        """Have the window for itself, without title and navigation, while something is keyed."""
        if on != self.fills_window:
            self.fills_window = on
            self._titles.setVisible(not on)
            self.filled.emit()

    def keep_low(self, *, low: bool) -> None:
        """The window has become too low for everything, or high enough again: leave out what the page can do without."""
        self.purpose_line.setHidden(low)
        self._column.setContentsMargins(22, 8 if low else 14, 22, 8 if low else 12)
        self.body.setSpacing(6 if low else 12)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        super().resizeEvent(event)
        if (low := look.is_low(self)) != self.low:
            self.low = low
            self.keep_low(low=low)

    def _head(self, title: str) -> QHBoxLayout:
        """Title and purpose to the left, the page's acts to the right."""
        self.purpose_line = label(self.purpose, role="purpose")
        self._acts = QWidget()
        self._acts.hide()
        self.acts = QHBoxLayout(self._acts)
        self.acts.setContentsMargins(0, 0, 0, 0)
        self.acts.setSpacing(8)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(label(title, role="title"))
        said.addWidget(self.purpose_line)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addLayout(said, 1)
        head.addWidget(self._acts, 0, QtCore.Qt.AlignmentFlag.AlignVCenter)
        return head

    def _stand(self) -> None:
        """The first answer has come; where it was that nothing can be read, the next reading is the first again."""
        self._stands = self.state.isHidden() or self.state.kind != FAILED
        self._reading.hide()
        self._acts.setVisible(self._stands and not self.state.hides(self._acts))
        self._content.show()  # last: what is shown last has its place at once
        if self._focus_wanted and self._stands:
            self.take_focus()
        elif self._focus_wanted:
            self.state.mend.setFocus()
