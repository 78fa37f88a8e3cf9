"""Choosing one party organisation out of hundreds: type a part of its name or code, or pick it from the list."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.gui.parts.forms import Field


class OrgBox(QComboBox):
    """A list of organisations to type into; only one that is in the list counts as chosen."""

    def __init__(self, orgs: Iterable[Org]) -> None:
        super().__init__()
        for o in orgs:
            self.addItem(named(o), o.code)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(16)
        self.setMinimumContentsLength(24)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.choose(None)

    @property
    def code(self) -> str:
        """Code of the organisation whose name or code stands in the box, "" when there is none."""
        text = self.currentText().strip()
        found = self.findText(text, Qt.MatchFlag.MatchFixedString)
        if found < 0:
            found = self.findData(text)
        return "" if found < 0 else str(self.itemData(found))

    def choose(self, code: str | None) -> None:
        """Put this organisation into the box; an unknown one leaves it empty."""
        self.setCurrentIndex(-1 if code is None else self.findData(code))
        if self.currentIndex() < 0:
            self.setEditText("")


def org_field(caption: str, box: OrgBox) -> Field:
    """The box with its caption; nothing chosen is wrong."""

    def check(_text: str) -> str:
        return "" if box.code else f"请从列表里选一个{caption}，可以输入名称中的几个字来找。"

    return Field(caption, box, hint="输入名称或代码中的几个字，再从列出的里选", check=check)


def named(o: Org) -> str:
    """An organisation as the box lists it; the code tells those of the same name apart."""
    return visible.shown(f"{o.short_name}（{o.code}）")
