"""统计口径 as a form: every choice in words, and the sentence that will be printed under every table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSpinBox, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.appraisal.paper.rules import CHOICES, Rule
from pingyi_desktop.gui.parts.forms import Field, allow, label

CAPTIONS = {
    "satisfied_set": "满意率的分子",
    "denominator": "满意率的分母",
    "unknown_policy": "选“不了解”的",
    "blank_ballot": "整张空白的票",
    "multi_mark": "一项选了多个的",
    "rollup": "上级汇总",
    "rounding": "小数的取舍",
    "tail_fix": "各档百分数之和",
}


class RuleForm(QWidget):
    """The counting rule of a draft."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self.digits, self.min_cell = QSpinBox(), QSpinBox()
        self.digits.setRange(0, 2)
        self.min_cell.setRange(2, 100)
        self.cap = QCheckBox("未满分的不印成 100%，不为 0 的不印成 0%")
        self.footnote = label(role="guide")
        self.footnote.setAccessibleName("印在每张表下面的口径说明")
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        fields = [self._choice(key) for key in CHOICES]
        fields.append(Field("满意率保留几位小数", self.digits))
        fields.append(Field("有效票少于几张时不印满意率", self.min_cell))
        for number, field in enumerate(fields):
            grid.addWidget(field, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.addLayout(grid)
        column.addWidget(self.cap)
        column.addWidget(label("每张表下面都会印上这句话：", role="caption"))
        column.addWidget(self.footnote)
        column.addStretch(1)
        self.digits.valueChanged.connect(lambda _: self._say())
        self.min_cell.valueChanged.connect(lambda _: self._say())
        self.cap.toggled.connect(lambda _: self._say())
        self.show_rule(rules.read())

    @property
    def values(self) -> dict[str, object]:
        """The rule's document."""
        return {
            **{key: str(box.currentData()) for key, box in self.boxes.items()},
            "digits": self.digits.value(),
            "min_cell": self.min_cell.value(),
            "cap_100": self.cap.isChecked(),
        }

    def show_rule(self, rule: Rule) -> None:
        """Put a rule into the form."""
        for key, box in self.boxes.items():
            box.setCurrentIndex(box.findData(getattr(rule, key)))
        self.digits.setValue(rule.digits)
        self.min_cell.setValue(rule.min_cell)
        self.cap.setChecked(rule.cap_100)
        self._say()

    def _choice(self, key: str) -> Field:
        box = QComboBox()
        for value, text in CHOICES[key].items():
            box.addItem(text.removeprefix("满意率=").removesuffix("÷"), value)
        allow(box, "" if box.count() > 1 else "这一项目前只有这一种算法。")
        box.setMinimumContentsLength(14)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(lambda _: self._say())
        self.boxes[key] = box
        return Field(CAPTIONS[key], box)

    def _say(self) -> None:
        self.footnote.setText(rules.read(self.values).footnote())
        self.changed.emit()
