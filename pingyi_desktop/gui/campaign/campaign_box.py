"""Choosing the campaign that every page shows: in the head of the window, as soon as the file has two to choose from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.standing.choosing import Choices

WIDTH = 32
"""in letters; a longer name is cut off in the head and whole in the list and the tip"""


class CampaignBox(QComboBox):
    """The published campaigns of the file. Until another one is picked it follows the one at work."""

    picked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chosen = self._at_work = ""
        self.setAccessibleName("评议活动")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(WIDTH)
        self.activated.connect(lambda _: self._pick())
        self.hide()

    @property
    def chosen(self) -> str:
        """Id of the campaign that was picked, "" for the one at work."""
        return self._chosen

    def offer(self, choices: Choices) -> None:
        """Offer these; what was picked stays picked, and nothing is announced."""
        self._at_work = choices.at_work
        self.clear()
        for campaign_id, words in choices.listed:
            now = "（正在进行）" if campaign_id == choices.at_work else ""
            self.addItem(visible.shown(words) + now, campaign_id)
        self.setCurrentIndex(self.findData(self._chosen or self._at_work))
        self._name_in_tip()
        self.setVisible(self.count() > 1)

    def _pick(self) -> None:
        picked = str(self.currentData())
        picked = "" if picked == self._at_work else picked
        self._name_in_tip()
        if picked != self._chosen:
            self._chosen = picked
            self.picked.emit()

    def _name_in_tip(self) -> None:
        self.setToolTip(tip(f"各页显示这次活动：{self.currentText()}"))
