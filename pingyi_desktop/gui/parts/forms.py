"""What forms are made of: labels, buttons, labelled fields that say what is wrong, message and undo bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.gui.looks import words
from pingyi_desktop.gui.looks.controls import Button, Label, tip
from pingyi_desktop.gui.looks.editors import changes_of, value_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from pingyi_desktop.gui.work import Work

Check = Callable[[str], str]
Mend = tuple[str, Callable[[], object]]
"""a button that a message carries: its text and what it does"""
Undoing: TypeAlias = "Callable[[Session], object]"
UNDO_STEPS, GAP = 20, 8
READ = 20_000
"""milliseconds after which what was merely told makes room for the buttons below it: the status line keeps it"""
HINT, BUSY = "own_tip", "正在办理，请稍等。"
CHOOSE = "请选择"
"""in place of a choice that must be made"""


def button(text: str, pressed: Callable[[], object], *, primary: bool = False, hint: str = "") -> Button:
    """A button; ``primary`` is the one big next step of a page."""
    made = Button(text)
    made.setProperty("primary", primary)
    made.setAutoDefault(False)
    made.setToolTip(tip(hint or words.explain(text)))
    made.clicked.connect(lambda: pressed())
    return made


def allow(control: QWidget | QAction, reason: str = "") -> None:
    """Let a control be used, or (with a reason) not: then its tip and the status line say why, and what to do first.

    The one way a control is switched off. A tip that was its own comes back with it.
    """
    if control.property(HINT) is None:
        control.setProperty(HINT, control.toolTip())
    control.setEnabled(not reason)
    control.setToolTip(tip(reason) or control.property(HINT))
    control.setStatusTip(visible.shown(reason))


def label(text: str = "", *, role: str = "", wrap: bool = True) -> Label:
    """Plain text; ``role`` is its look in the style sheet: title, purpose, hint, wrong, strong."""
    made = Label(text)
    made.setWordWrap(wrap)
    made.setProperty("role", role)
    return made


def say(line: QLabel, text: str, *, wrong: bool = True) -> None:
    """Change what a label says: red when something was refused, calm when it only tells where we are."""
    role = "wrong" if wrong else "strong"
    if line.property("role") != role:
        line.setProperty("role", role)
        restyle(line)
    line.setText(text)


def row(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    """Widgets side by side from the left."""
    made = QHBoxLayout()
    made.setSpacing(GAP)
    for widget in widgets:
        made.addWidget(widget)
    if stretch:
        made.addStretch(1)
    return made


def fit_current(stack: QStackedWidget) -> None:
    """Let the widget that is shown alone say how much room the stack needs, not the largest of those that are not."""

    def fit(current: int) -> None:
        for place in range(stack.count()):
            policy = QSizePolicy.Policy.Preferred if place == current else QSizePolicy.Policy.Ignored
            stack.widget(place).setSizePolicy(policy, policy)

    stack.currentChanged.connect(fit)
    fit(stack.currentIndex())


def scrolled(inner: QWidget) -> QScrollArea:
    """The widget with scroll bars for when the screen is too small for it."""
    made = QScrollArea()
    made.setWidget(inner)
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setProperty("focusPolicy", "NoFocus")
    return made


class Field(QWidget):
    """An editor with its caption above and, when its value is wrong, the reason below.

    ``check`` gets the value as text and returns the sentence that says what is wrong, or "" when nothing is. What was said
    to be wrong is not said any longer once somebody changes it (``edited``). A ``needed`` one says that it must be filled in.
    """

    edited = Signal()

    def __init__(
        self,
        caption: str,
        editor: QWidget,
        *,
        hint: str = "",
        check: Check | None = None,
        needed: bool = False,
    ) -> None:
        super().__init__()
        self.editor = editor
        self._check = check
        self.caption = label(f"{caption}（必填）" if needed else caption, role="caption")
        self.caption.setBuddy(editor)
        self._hint = label(hint, role="hint")
        self._wrong = label(role="wrong")
        editor.setAccessibleName(caption)
        editor.setAccessibleDescription(hint)
        self.setFocusProxy(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (self.caption, editor, self._hint, self._wrong):
            column.addWidget(widget)
        self._hint.setVisible(bool(hint))
        self._wrong.hide()
        for changed in changes_of(editor):
            changed.connect(self._forgive)

    @property
    def text(self) -> str:
        """The value without spaces around it; a combo box gives its data when it has some."""
        return value_of(self.editor)

    @property
    def complaint(self) -> str:
        """What is shown as wrong, "" when nothing is."""
        return self._wrong.text()

    def complain(self, sentence: str) -> None:
        """Mark the value as wrong; an empty sentence takes the mark away."""
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        self.editor.setProperty("wrong", bool(sentence))
        restyle(self.editor)
        self.editor.setAccessibleDescription(sentence or self._hint.text())

    def _forgive(self, *_value: object) -> None:
        if self.complaint:
            self.complain("")
        self.edited.emit()

    def is_right(self) -> bool:
        """Check the value and show what is wrong with it."""
        self.complain(self._check(self.text) if self._check else "")
        return not self.complaint


def all_right(fields: Sequence[Field]) -> bool:
    """Check every field, mark the wrong ones and go to the first of them."""
    wrong = [field for field in fields if not field.is_right()]
    if wrong:
        wrong[0].setFocus()
    return not wrong


def required(what: str) -> Check:
    """A check for a value that must not be empty."""
    return lambda text: "" if text else f"{what}还没有填，请填写后再继续。"


def restyle(widget: QWidget) -> None:
    """Look up the style sheet again after a property of the widget changed; before it is first shown nothing was looked up."""
    if not widget.testAttribute(QtCore.Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class _Scrolling(QObject):
    """The wheel scrolls the page and never turns a value under the pointer: a counting rule is not changed by accident."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to what is around the widget."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def leave_values_alone(form: QWidget) -> None:
    """Make every box and spin box of the form deaf to the wheel; those that are added later are not."""
    deaf = _Scrolling(form)
    for editor in (*form.findChildren(QtWidgets.QComboBox), *form.findChildren(QtWidgets.QAbstractSpinBox)):
        editor.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        editor.installEventFilter(deaf)


class _Leaving(QTimer):
    """Hides a bar once it could be read; not while the pointer or the keys are on it."""

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setSingleShot(True)
        self.setInterval(READ)
        self.timeout.connect(self._leave)

    def _leave(self) -> None:
        held = self._bar.window().focusWidget()
        if self._bar.underMouse() or (held is not None and self._bar.isAncestorOf(held)):
            self.start()
        else:
            self._bar.hide()


class MessageBar(QFrame):
    """One message with the buttons that mend it; it never takes the focus away from where the user is typing.

    One that lies over a page (``goes``) and only tells what was done goes by itself.
    """

    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message")
        self._text, self._fresh, self._mends = label(), False, list[Button]()
        self.goes, self.leaving = False, _Leaving(self)
        close = button("关闭", self.hide)
        close.setProperty("focusPolicy", "NoFocus")
        self._line = line = QHBoxLayout(self)
        line.setContentsMargins(14, 6, 8, 6)
        line.addWidget(self._text, 1)
        line.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, "" when nothing is."""
        return "" if self.isHidden() else self._text.text()

    def inform(self, sentence: str, *mends: Mend) -> None:
        """Something was done or is worth knowing."""
        self._show("info", sentence, mends)

    def warn(self, sentence: str, *mends: Mend) -> None:
        """Something may be wrong; the work goes on."""
        self._show("warn", sentence, mends)

    def fail(self, sentence: str, *mends: Mend) -> None:
        """Something was refused or could not be done."""
        self._show("error", sentence, mends)

    def outdate(self) -> None:
        """Something was done since: a refusal from before it is no longer true, unless it came with it."""
        if self.property("kind") == "error" and not self._fresh:
            self.hide()

    def _stale(self) -> None:
        self._fresh = False

    def _show(self, kind: str, sentence: str, mends: Sequence[Mend]) -> None:
        self._fresh = True
        QTimer.singleShot(0, self, self._stale)
        self._mends = _carried(self._line, self._mends, mends)
        self.setProperty("kind", kind)
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        restyle(self)
        self.show()
        self.leaving.stop()
        if self.goes and kind == "info" and not mends:
            self.leaving.start()
        known = QtGui.QAccessible
        known.updateAccessibility(QtGui.QAccessibleEvent(self, known.Event.Alert))
        self.said.emit(sentence)


def _carried(line: QHBoxLayout, before: Sequence[Button], mends: Sequence[Mend]) -> list[Button]:
    """Buttons behind the text of a bar, in place of those it had before."""
    for old in before:
        line.removeWidget(old)
        old.hide()
        old.deleteLater()
    made = [button(text, act) for text, act in mends]
    for place, one in enumerate(made, start=1):
        line.insertWidget(place, one)
    return made


class UndoBar(QFrame):
    """“已移动 3 名党员 [撤销]”: the last acts that can be taken back, newest first.

    It goes by itself; Ctrl+Z and the arrow above take back all the same.
    """

    undone = Signal(str)
    offered = Signal(str)

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.setObjectName("undo")
        self._work = work
        self._steps: list[tuple[str, Undoing]] = []
        self._text, self.leaving, self._mends = label(), _Leaving(self), list[Button]()
        self._button = button("撤销", self.undo, hint="Ctrl+Z")
        close = button("关闭", self.hide)
        close.setProperty("focusPolicy", "NoFocus")
        self._line = line = QHBoxLayout(self)
        line.setContentsMargins(14, 6, 8, 6)
        line.addWidget(self._text, 1)
        line.addWidget(self._button)
        line.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is offered, "" when nothing is."""
        return "" if self.isHidden() else self._text.text()

    def offer(self, done: str, undoing: Undoing, *mends: Mend) -> None:
        """Say what was done; ``undoing(session)`` takes it back in one transaction, ``mends`` lead to what was made."""
        self._steps = [*self._steps, (done, undoing)][-UNDO_STEPS:]
        self._text.setText(done)
        self._mends = _carried(self._line, self._mends, mends)
        self.show()
        self.leaving.start()
        self.offered.emit(done)

    def undo(self) -> None:
        """Take back the newest act, if there is one."""
        if self._steps:
            done, undoing = self._steps.pop()
            self.hide()
            self._work.write(undoing, lambda _: self.undone.emit(f"已撤销：{done}"), act="撤销")
