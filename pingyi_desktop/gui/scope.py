"""Choosing a part of the tree: the same box on every page that shows figures for one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox
from sqlmodel import Session

from pingyi_desktop.appraisal import org


class ScopeBox(QComboBox):
    """Organisations of the file, indented as the tree; its data is the chosen code."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxVisibleItems(24)
        self.setMinimumContentsLength(18)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def offer(self, units: list[tuple[str, str]]) -> None:
        """Offer these (code, name); what was chosen stays chosen, and nothing is announced."""
        chosen = self.currentData()
        self.blockSignals(True)
        self.clear()
        for code, name in units:
            self.addItem(name, code)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.blockSignals(False)


def scopes(session: Session) -> list[tuple[str, str]]:
    """(code, indented name) of this unit and everything below it."""
    unit = org.own_unit(session)
    rows = org.tree(session, under=unit.code)
    return [(o.code, "　" * (o.depth - unit.depth) + o.short_name) for o in rows]
