"""统计口径 as a form: every choice in words, and the sentence that will be printed under every table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.appraisal.paper.rules import CHOICES, Rule
from pingyi_desktop.errors import RuleError
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
    "quorum": "到会人数至少要",
}
SCORES = {"": "不计", "SCALE": "按各等次所列分值", "100/75/55/0": "100/75/55/0", "95/85/75/65": "95/85/75/65"}


class RuleForm(QWidget):
    """The counting rule of a draft."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        self.digits, self.min_cell = QSpinBox(), QSpinBox()
        self.digits.setRange(0, 2)
        self.min_cell.setRange(2, 100)
        self.low, self.good = QSpinBox(), QSpinBox()
        for line in (self.low, self.good):
            line.setRange(0, 100)
            line.setSuffix(" %")
        self.scores, self.categories, self.layers = QComboBox(), QLineEdit(), QLineEdit()
        self.scores.setEditable(True)
        for value, text in SCORES.items():
            self.scores.addItem(text, value)
        self.cap = QCheckBox("未满分的不印成 100%，不为 0 的不印成 0%")
        self.blocks = QCheckBox("到会人数不够的不能评议（不打勾只提醒）")
        self.footnote = label(role="guide")
        self.footnote.setAccessibleName("印在每张表下面的口径说明")
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        fields = [self._choice(key) for key in CHOICES]
        fields.append(Field("满意率保留几位小数", self.digits))
        fields.append(Field("有效票少于几张时不印满意率", self.min_cell))
        fields.append(Field("满意度得分", self.scores, hint="也可以写成 100/80/60/0，从最好的等次起"))
        fields.append(Field("各类参评人员的权数", self.categories, hint="不加权就空着；例如 A:40,B:30,C:30"))
        fields.append(Field("两个层面的权数", self.layers, hint="不加权就空着；例如 1:40,2:60"))
        fields.append(Field("满意率低于多少算“需补课”", self.low))
        fields.append(Field("满意率低于多少提醒列入整改", self.good))
        for number, field in enumerate(fields):
            grid.addWidget(field, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.addLayout(grid)
        column.addWidget(self.cap)
        column.addWidget(self.blocks)
        column.addWidget(label("每张表下面都会印上这句话：", role="caption"))
        column.addWidget(self.footnote)
        column.addStretch(1)
        for spin in (self.digits, self.min_cell, self.low, self.good):
            spin.valueChanged.connect(lambda _: self._say())
        for box in (self.cap, self.blocks):
            box.toggled.connect(lambda _: self._say())
        self.scores.currentTextChanged.connect(lambda _: self._say())
        for weights in (self.categories, self.layers):
            weights.textChanged.connect(lambda _: self._say())
        self.show_rule(rules.read())

    @property
    def values(self) -> dict[str, object]:
        """The rule's document."""
        return {
            **{key: str(box.currentData()) for key, box in self.boxes.items()},
            "digits": self.digits.value(),
            "min_cell": self.min_cell.value(),
            "cap_100": self.cap.isChecked(),
            "scores": self._score,
            "category_weights": _plain(self.categories.text()),
            "layer_weights": _plain(self.layers.text()),
            "quorum_blocks": self.blocks.isChecked(),
            "low_rate": self.low.value(),
            "good_rate": self.good.value(),
        }

    def show_rule(self, rule: Rule) -> None:
        """Put a rule into the form."""
        for key, box in self.boxes.items():
            box.setCurrentIndex(box.findData(getattr(rule, key)))
        self.digits.setValue(rule.digits)
        self.min_cell.setValue(rule.min_cell)
        self.cap.setChecked(rule.cap_100)
        self.scores.setEditText(SCORES.get(rule.scores, rule.scores))
        self.categories.setText(rule.category_weights)
        self.layers.setText(rule.layer_weights)
        self.blocks.setChecked(rule.quorum_blocks)
        self.low.setValue(rule.low_rate)
        self.good.setValue(rule.good_rate)
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

    @property
    def _score(self) -> str:
        """The score table, by its words or as typed."""
        typed = _plain(self.scores.currentText())
        return next((value for value, text in SCORES.items() if text == typed), typed)

    def _say(self) -> None:
        """The sentence of the rule, or what is wrong with it: that is refused when it is stored, too."""
        try:
            said = rules.read(self.values).footnote()
        except RuleError as error:
            said = str(error)
        self.footnote.setText(said)
        self.changed.emit()


def _plain(typed: str) -> str:
    """Numbers as typed, with the signs of a Chinese keyboard as those of an English one and no blanks."""
    return visible.line(typed).translate(_SIGNS).replace(" ", "").upper()


_SIGNS = str.maketrans("：，、／", ":,,/")
