"""Every key of the window, taken from what answers to it: actions, buttons, shortcuts, and the tables of the keying desk."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

from pingyi_desktop.gui.keying.key_card import KEYS as KEYING

Keys = list[tuple[str, str]]
_FORMAT = QKeySequence.SequenceFormat.NativeText


def lists(actions: Sequence[QAction], page: QWidget | None, title: str) -> list[tuple[str, Keys]]:
    """Headings with keys and what they do: keying first, then the window's actions, then the page that is shown."""
    of_window = [
        (_keys(one.shortcut()), _name(one.text())) for one in actions if not one.shortcut().isEmpty()
    ]
    found = [
        ("照纸录票时", [(key, meaning) for key, meaning, _ in KEYING]),
        ("整个窗口", [*of_window, ("Alt", "打开菜单")]),
    ]
    here = [] if page is None else of_page(page)
    return [*found, (f"“{title}”页", here)] if here else found


def of_page(page: QWidget) -> Keys:
    """The keys that work on a page, each pair once, in the order of its widgets."""
    buttons = [one for one in page.findChildren(QAbstractButton) if not one.shortcut().isEmpty()]
    acts = [one for one in page.findChildren(QAction) if not one.shortcut().isEmpty()]
    pressed: list[QAction | QAbstractButton] = [*acts, *buttons]
    found = [(_keys(one.shortcut()), _name(one.text())) for one in pressed]
    found += [(_keys(one.key()), one.whatsThis()) for one in page.findChildren(QShortcut)]
    return list(dict.fromkeys(found))


def _keys(sequence: QKeySequence) -> str:
    return sequence.toString(_FORMAT)


def _name(text: str) -> str:
    """What is written on it, without the marks of a menu."""
    return text.replace("&&", "&").rstrip("…")
