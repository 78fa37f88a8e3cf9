"""What a field's editor holds, whatever kind of editor it is, and what tells that somebody changes it."""

from __future__ import annotations

from PySide6 import QtWidgets
from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget


def value_of(editor: QWidget) -> str:
    """The text an editor holds."""
    if isinstance(editor, QtWidgets.QComboBox):
        data = editor.currentData()
        return editor.currentText().strip() if data is None else str(data)
    if isinstance(editor, QtWidgets.QPlainTextEdit):
        return editor.toPlainText().strip()
    if isinstance(editor, QtWidgets.QLineEdit | QtWidgets.QSpinBox):
        return editor.text().strip()
    return next((value_of(inner) for inner in editor.findChildren(QtWidgets.QLineEdit)), "")


def put_into(editor: QWidget, text: str) -> None:
    """Give an editor a value that ``value_of`` took from it."""
    if isinstance(editor, QtWidgets.QComboBox):
        place = editor.findData(text)
        editor.setCurrentIndex(place) if place >= 0 else editor.setCurrentText(text)
    elif isinstance(editor, QtWidgets.QPlainTextEdit):
        editor.setPlainText(text)
    elif isinstance(editor, QtWidgets.QSpinBox):
        editor.setValue(editor.valueFromText(text))
    elif isinstance(editor, QtWidgets.QLineEdit):
        editor.setText(text)


def changes_of(editor: QWidget) -> list[SignalInstance]:
    """What tells that somebody changes the value."""
    lines = [editor] if isinstance(editor, QtWidgets.QLineEdit) else editor.findChildren(QtWidgets.QLineEdit)
    found = [one.textEdited for one in lines]
    if isinstance(editor, QtWidgets.QComboBox):
        found.append(editor.currentIndexChanged)
    if isinstance(editor, QtWidgets.QSpinBox):
        found.append(editor.valueChanged)
    if isinstance(editor, QtWidgets.QPlainTextEdit):
        found.append(editor.textChanged)
    return found
