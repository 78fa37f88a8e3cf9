"""What may be changed of a form before it is published: its scale, its words, its questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from pingyi_desktop import visible
from pingyi_desktop.appraisal.paper import forms, shaping
from pingyi_desktop.appraisal.paper.shaping import Shape
from pingyi_desktop.gui.parts.forms import Field, allow, label

MOST_OWN = 3
FIXED = "这张表的填写说明写明了等次，不能换"
TEXTS = {"people": "这张表没有“员工群众”的说法", "split": "这张表没有一题两问的题", "own": "这张表不能加题"}


class ShapeBox(QWidget):
    """The shape of one form; what its template has no room for is off and says why."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scale, self.people = QComboBox(), QComboBox()
        self.scale.setObjectName("scale")
        for widget in (self.scale, self.people):
            widget.setMinimumContentsLength(6)
            widget.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.word = QLineEdit()
        self.people.setLineEdit(self.word)
        self.split = QCheckBox("一题两问的拆开来问")
        self.own = [QLineEdit() for _ in range(MOST_OWN)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("改这张表（发布以后不能再改）", role="caption"))
        column.addWidget(Field("等次", self.scale))
        column.addWidget(Field("“群众”前面的用语", self.people))
        column.addWidget(self.split)
        column.addWidget(label(f"附加题：最多 {MOST_OWN} 道，单独统计，不和别的题合并", role="caption"))
        for number, line in enumerate(self.own, 1):
            line.setMaxLength(shaping.MOST_TEXT)
            line.setPlaceholderText("不加就空着")
            line.setAccessibleName(f"附加题 {number}")
            line.textEdited.connect(lambda _: self.changed.emit())
            column.addWidget(line)
        column.addStretch(1)
        self.scale.activated.connect(lambda _: self.changed.emit())
        self.people.activated.connect(lambda _: self.changed.emit())
        self.word.textEdited.connect(lambda _: self.changed.emit())
        self.split.clicked.connect(lambda _: self.changed.emit())

    def show_shape(self, template: Mapping[str, Any], shape: Shape) -> None:
        """Show how a form differs from its template."""
        offered = shaping.offers(template)
        usual = template["items"][0]["scale"]
        self.scale.clear()
        for code, scale in forms.scales().items():
            grades = "、".join(option.label for option in scale.options)
            self.scale.addItem(f"{scale.name}（{grades}）", "" if code == usual else code)
        self.scale.setCurrentIndex(max(0, self.scale.findData(shape.scale)))
        self._usual = str(template.get("people", ""))
        self.people.clear()
        self.people.addItems(list(shaping.PEOPLE) if self._usual else [])
        self.people.setEditText(shape.people or self._usual)
        self.split.setChecked(shape.split)
        for place, line in enumerate(self.own):
            line.setText(shape.own[place] if place < len(shape.own) else "")
        for widget, part in (
            *((self.scale, "scale"), (self.people, "people"), (self.split, "split")),
            *((line, "own") for line in self.own),
        ):
            allow(widget, "" if offered[part] else TEXTS.get(part, FIXED))

    @property
    def shape(self) -> Shape:
        """What the fields say."""
        word = visible.line(self.people.currentText())
        return Shape(
            str(self.scale.currentData() or ""),
            "" if word == self._usual else word,
            self.split.isChecked(),
            shaping.own_of([line.text() for line in self.own]),
        )
