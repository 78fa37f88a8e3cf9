"""How a campaign grades its members (民主评议), as a form: the share of 优秀, 预备党员 in it, names upward."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.grades import USUAL, Grading
from pingyi_desktop.gui.parts.forms import Field, label

TITLE = "民主评议党员（用“民主评议党员测评表”时）"
COUNTED = "算优秀名额时，党员总数含预备党员"
NAMES = "上报等次时附上每名党员的姓名（不打勾只报各等次人数）"


class GradingForm(QWidget):
    """The grading of a draft; ``values`` are arguments of ``gradings.choose``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.share = QComboBox()
        for value, text in grades.SHARE_WORDS.items():
            self.share.addItem(text, value)
        self.counted, self.names = QCheckBox(COUNTED), QCheckBox(NAMES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(TITLE, role="strong"))
        column.addWidget(Field("优秀名额占党员总数的", self.share, hint="向下取整，印在测评表的填写说明里"))
        column.addWidget(self.counted)
        column.addWidget(self.names)
        self.show_grading(USUAL)
        self.share.currentIndexChanged.connect(lambda _: self.changed.emit())
        for box in (self.counted, self.names):
            box.toggled.connect(lambda _: self.changed.emit())

    @property
    def values(self) -> dict[str, object]:
        """What the form says."""
        return {
            "share": self.share.currentData(),
            "probationary_counted": self.counted.isChecked(),
            "names": self.names.isChecked(),
        }

    def show_grading(self, grading: Grading) -> None:
        """Put a grading into the form."""
        self.share.setCurrentIndex(self.share.findData(grading.share))
        self.counted.setChecked(grading.probationary_counted)
        self.names.setChecked(grading.names)
