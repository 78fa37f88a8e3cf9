"""Choosing a part of the tree: the same box on every page that shows figures for one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import at_work, campaign_tree
from pingyi_desktop.appraisal.people import org

INDENT = "　"


class ScopeBox(QComboBox):
    """Organisations of the file, indented as the tree; its data is the chosen code. Typing finds part of a name.

    What is typed counts when it is the name of one of them, or a part of one name only; otherwise the box goes back to what
    was chosen. A click into it marks the whole name, so that the first letter typed begins a new one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(20)
        self.setMinimumContentsLength(24)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        completer.activated.connect(lambda _: QTimer.singleShot(0, self, self._tidy))
        self.currentIndexChanged.connect(lambda _: self._tidy())
        if (line := self.lineEdit()) is not None:
            line.setPlaceholderText("输入名称中的几个字来找")
            line.editingFinished.connect(self._typed)

    def offer(self, units: Sequence[tuple[str, str]]) -> None:
        """Offer these (code, name); what was chosen stays chosen, and nothing is announced."""
        chosen = self.currentData()
        self.blockSignals(True)
        self.clear()
        for code, name in units:
            self.addItem(visible.shown(name), code)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.blockSignals(False)
        self._tidy()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The click that brings the keyboard marks the whole name once it has set its cursor."""
        super().focusInEvent(event)
        if (line := self.lineEdit()) is not None and event.reason() != Qt.FocusReason.PopupFocusReason:
            QTimer.singleShot(0, line, line.selectAll)

    def _typed(self) -> None:
        text = self.currentText().strip()
        names = [self.itemText(place).strip() for place in range(self.count())]
        meant = [name for name in names if name == text] or [name for name in names if text in name]
        if len(set(meant)) == 1 and names[self.currentIndex()] != meant[0]:
            self.setCurrentIndex(names.index(meant[0]))
        self._tidy()

    def _tidy(self) -> None:
        self.setEditText(self.itemText(self.currentIndex()).strip(INDENT))
        if (line := self.lineEdit()) is not None:
            line.setCursorPosition(0)  # of a long name the beginning is seen


def scopes(session: Session, *, chosen: str) -> list[tuple[str, str]]:
    """(code, indented name) of this unit and everything below it, in the chosen campaign ("" = the one at work)."""
    known = [] if chosen else at_work.newest_first(session)
    here = chosen or (at_work.chosen(known) if known else "")
    rows = campaign_tree.units(session, campaign_id=here) if here else org.tree(session)
    return [(o.code, INDENT * (o.depth - rows[0].depth) + o.short_name) for o in rows]
