"""One number of a tally sheet: digits only, no input method; what a key typed counts at once."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRegularExpression,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pingyi_desktop.gui.counting.count_paste import DIGITS
from pingyi_desktop.gui.keying.keys import key_of

Index = QModelIndex | QPersistentModelIndex
_STEPS = {
    Qt.Key.Key_Return: (0, 1),
    Qt.Key.Key_Enter: (0, 1),
    Qt.Key.Key_Tab: (0, 1),
    Qt.Key.Key_Backtab: (0, -1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class CountEditor(QLineEdit):
    """The keypad types digits also with NumLock off; at the ends of a number the arrows leave the cell.

    ``step(down, across)``: to another cell. ``undo_asked`` and ``block`` (a copied block) are for the whole sheet.
    """

    step: ClassVar[Signal] = Signal(int, int)
    undo_asked: ClassVar[Signal] = Signal()
    block: ClassVar[Signal] = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        pattern = QRegularExpression(f"[0-9]{{0,{DIGITS}}}")
        self.setValidator(QRegularExpressionValidator(pattern, self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setProperty("cell", True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = key_of(event) or ""
        if event.modifiers() & Qt.KeyboardModifier.KeypadModifier and digit.isdigit():
            self._put(digit)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            if is_number(copied()):
                self._put(copied().strip())
            else:
                self.block.emit(copied())
        elif (towards := self._leaves(event)) is not None:
            self.step.emit(*towards)
        else:
            super().keyPressEvent(event)

    def _put(self, digits: str) -> None:
        self.insert(digits)
        self.textEdited.emit(self.text())

    def _leaves(self, event: QKeyEvent) -> tuple[int, int] | None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if (
            plain
            and event.key() == Qt.Key.Key_Left
            and (self.cursorPosition() == 0 or self.hasSelectedText())
        ):
            return 0, -1
        at_end = self.cursorPosition() == len(self.text())
        return (0, 1) if plain and event.key() == Qt.Key.Key_Right and at_end else None


class CountCells(QStyledItemDelegate):
    """Makes the editors and writes every key into the sheet; passes on what editors ask of it."""

    step: ClassVar[Signal] = Signal(int, int)
    undo_asked: ClassVar[Signal] = Signal()
    block: ClassVar[Signal] = Signal(str)
    left: ClassVar[Signal] = Signal()
    editor: CountEditor | None = None
    """the one in the open cell"""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        made = self.editor = CountEditor(parent)
        made.textEdited.connect(lambda _: self.commitData.emit(made))
        made.step.connect(lambda down, across: self._leave(made, down, across))
        made.undo_asked.connect(self.undo_asked)
        made.block.connect(self.block)
        return made

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """Forget it before it goes."""
        if editor is self.editor:
            self.editor = None
        super().destroyEditor(editor, index)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Only what differs, so that the cursor stays where it is while the sheet follows the keys."""
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, CountEditor) and editor.text() != text:
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, CountEditor) and str(index.data() or "") != editor.text():
            model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter, Tab and Esc are ours: the view's idea of the next cell would stop at the totals, Esc would revert.

        Tab has to be caught before the editor sees it: to Qt it leads out of the sheet.
        """
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if isinstance(editor, CountEditor) and (towards := step_of(event)) is not None:
                self._leave(editor, *towards)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(editor, event)

    def _leave(self, editor: CountEditor, down: int, across: int) -> None:
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.step.emit(down, across)


def copied() -> str:
    """What lies on the clipboard."""
    return QGuiApplication.clipboard().text()


def is_number(text: str) -> bool:
    """Whether this is one number, to be put into the cell in hand."""
    return text.strip().isascii() and text.strip().isdigit()


def step_of(event: QKeyEvent) -> tuple[int, int] | None:
    """Where a key leads in the sheet: Enter and Tab to the next cell, Shift+Tab back, arrows up and down."""
    keypad = event.modifiers() & Qt.KeyboardModifier.KeypadModifier and (key_of(event) or "").isdigit()
    return None if keypad else _STEPS.get(Qt.Key(event.key()))
