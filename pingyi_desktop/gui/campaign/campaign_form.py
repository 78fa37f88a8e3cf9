"""A campaign while it is a draft: what it is called and when, its forms, its counting rule."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.campaign.campaigns import (
    DEFAULT_FORMS,
    ELEMENTS,
    EVERYONE,
    PERIODS,
    CampaignView,
)
from pingyi_desktop.appraisal.paper import shaping
from pingyi_desktop.appraisal.paper.grades import USUAL
from pingyi_desktop.errors import RuleError
from pingyi_desktop.gui.campaign.grading_form import GradingForm
from pingyi_desktop.gui.campaign.paper_forms import FormChoice
from pingyi_desktop.gui.campaign.rule_form import RuleForm
from pingyi_desktop.gui.parts.days import day_box, iso
from pingyi_desktop.gui.parts.forms import Field, all_right, label, leave_values_alone, required, scrolled
from pingyi_desktop.storage.schema_campaign import CampaignMode

MODES = {
    CampaignMode.OFFICIAL.value: "正式",
    CampaignMode.DRILL.value: "演练（结果不计入正式评议）",
}
MANUAL = "人工核对：每个下级第一次报来时，先打电话核对 24 位密钥指纹才计入"
DAYS = 30
_BETWEEN_NAMES = re.compile(r"[、，,；;\n]+")


class CampaignFields(QTabWidget):
    """The fields of a draft; ``values`` are arguments of ``campaigns.new`` and ``campaigns.change``, and a ``grading``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        year = date.today().year
        self.name_line, self.activity_line = QLineEdit(), QLineEdit()
        self.office, self.voters = QLineEdit(), QLineEdit()
        self.year, self.number = QSpinBox(), QSpinBox()
        self.year.setRange(bounds.YEARS[0], bounds.YEARS[-1])
        self.number.setRange(1, bounds.MOST_PERIODS)
        self.period, self.mode = _box(PERIODS), _box(MODES)
        self.start, self.end = day_box(), day_box()
        self.name = Field("活动名称", self.name_line, check=required("活动名称"))
        self.activity = Field(
            "活动用语",
            self.activity_line,
            hint="印在评议表标题里，例如：创先争优",
            check=required("活动用语"),
        )
        self.manual = QCheckBox(MANUAL)
        self.starts, self.ends = Field("开始日期", self.start), Field("结束日期", self.end)
        self.categories = Field(
            "参评人员类别",
            self.voters,
            hint="不分类就空着；分开计票时用顿号隔开，例如：全体党员、先进典型代表、一线员工群众",
        )
        self.elements = {key: QPlainTextEdit() for key in ELEMENTS}
        self.forms, self.rule, self.grading = FormChoice(), RuleForm(), GradingForm()
        self._codes: dict[str, str] = {}
        self._lay_out()
        self.show_draft(None)
        self.year.setValue(year)
        self._listen()
        leave_values_alone(self)

    @property
    def values(self) -> dict[str, Any]:
        """What the form says; ``elements`` and ``grading`` apart."""
        return {
            "name": self.name.text,
            "activity": self.activity.text,
            "year": self.year.value(),
            "period_type": self.period.currentData(),
            "period_no": self.number.value(),
            "start_date": iso(self.start),
            "end_date": iso(self.end),
            "office_name": self.office.text().strip(),
            "mode": self.mode.currentData(),
            "form_codes": self.forms.codes,
            "form_places": self.forms.used,
            "form_shapes": self.forms.shapes,
            "rule": self.rule.values,
            "grading": self.grading.values,
            "voter_categories": self._categories(),
            "manual_check": self.manual.isChecked(),
            "elements": {key: editor.toPlainText().strip() for key, editor in self.elements.items()},
        }

    def show_draft(self, view: CampaignView | None) -> None:
        """Put a draft into the form; None for a new one."""
        today = date.today()
        self.name_line.setText(visible.clean(view.name) if view else f"{today.year}年度群众评议")
        self.activity_line.setText(visible.clean(view.activity) if view else "创先争优")
        self.office.setText(visible.clean(view.office_name) if view else "")
        self.year.setValue(view.period_year if view else today.year)
        self.period.setCurrentIndex(self.period.findData(view.period_type if view else "ANNUAL"))
        self.number.setValue(view.period_no if view else 1)
        self.mode.setCurrentIndex(self.mode.findData(view.mode if view else CampaignMode.OFFICIAL.value))
        self.manual.setChecked(bool(view and view.manual_check))
        self.start.setDate(_date(view.start_date if view else today.isoformat()))
        self.end.setDate(_date(view.end_date if view else (today + timedelta(days=DAYS)).isoformat()))
        named = view.voter_categories if view and view.voter_categories != (EVERYONE,) else ()
        self._codes = {visible.line(name): code for code, name in named}
        self.voters.setText("、".join(self._codes))
        self.forms.set_forms(
            {f.code: f.planned_for for f in view.forms} if view else dict.fromkeys(DEFAULT_FORMS),
            {f.code: shaping.of(f.document) for f in view.forms} if view else None,
        )
        self.forms.set_activity(self.activity.text)
        for key, editor in self.elements.items():
            editor.setPlainText(visible.clean(view.elements[key]) if view else "")
        self.grading.show_grading(view.grading if view else USUAL)
        if view:
            self.rule.show_rule(view.rule)
        self._show_number()

    def is_right(self) -> bool:
        """Check the fields that must be filled; the first wrong one is shown."""
        right = all_right([self.name, self.activity])
        if not right:
            self.setCurrentIndex(0)
        return right

    def refuse(self, error: RuleError) -> bool:
        """Show a refusal at its field; False when it has none here."""
        tabs = {"V-TPL-06": 2, "V-CMP-37": 2, "V-CMP-38": 2, "V-CMP-39": 2}
        if error.code in tabs or error.code.startswith("V-TPL"):
            self.setCurrentIndex(tabs.get(error.code, 1))
            return False
        places = {"V-CMP-01": self.ends}
        field = places.get(error.code)
        if "身份类别" in str(error):
            field = self.categories
        if field is None:
            return False
        self.setCurrentIndex(0)
        field.complain(str(error))
        field.setFocus()
        return True

    def _categories(self) -> list[tuple[str, str]]:
        """Names as typed get A, B, C…; those that had a code before keep it."""
        names = list(dict.fromkeys(filter(None, map(visible.line, _BETWEEN_NAMES.split(self.voters.text())))))
        free = (chr(ord("A") + n) for n in range(26) if chr(ord("A") + n) not in self._codes.values())
        return [(self._codes.get(name) or next(free), name) for name in names[:20]] or [EVERYONE]

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        self.number_field = Field("第几期", self.number)
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self.name, self.activity),
            (Field("年度", self.year), Field("周期", self.period)),
            (self.starts, self.ends),
            (Field("主办机构", self.office, hint="不填时用本单位简称"), self.categories),
            (Field("性质", self.mode), self.number_field),
        )
        for line, widgets in enumerate(rows):
            for place, widget in enumerate(widgets):
                grid.addWidget(widget, line, place, Qt.AlignmentFlag.AlignTop)
        self.manual.setToolTip("激活码可能泄露、或数据包经多人转手时用；平时激活码就能证明是谁报来的")
        grid.addWidget(self.manual, len(rows), 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.addTab(_sheet(grid), "1 基本情况")
        self.addTab(self.forms, "2 评议表")
        how = QWidget()
        counting = QVBoxLayout(how)
        counting.addWidget(self.rule)
        counting.addWidget(self.grading)
        self.addTab(scrolled(how), "3 统计口径")
        texts = QGridLayout()
        texts.setHorizontalSpacing(20)
        note = label("写进通知和总结；可以先空着，发布前补上。", role="hint")
        texts.addWidget(note, 0, 0, 1, 2)
        for number, (key, caption) in enumerate(ELEMENTS.items()):
            editor = self.elements[key]
            editor.setTabChangesFocus(True)
            editor.setFixedHeight(editor.fontMetrics().height() * 3 + 20)
            texts.addWidget(Field(caption, editor), 1 + number // 2, number % 2)
        self.addTab(_sheet(texts), "4 目的、任务等五要素")

    def _listen(self) -> None:
        self.period.currentIndexChanged.connect(lambda _: self._show_number())
        self.activity_line.editingFinished.connect(lambda: self.forms.set_activity(self.activity.text))
        for line in (self.name_line, self.activity_line, self.office, self.voters):
            line.textEdited.connect(lambda _: self.changed.emit())
        self.manual.toggled.connect(lambda _: self.changed.emit())
        for box in (self.period, self.mode):
            box.currentIndexChanged.connect(lambda _: self.changed.emit())
        for spin in (self.year, self.number):
            spin.valueChanged.connect(lambda _: self.changed.emit())
        for day in (self.start, self.end):
            day.dateChanged.connect(lambda _: self.changed.emit())
        for editor in self.elements.values():
            editor.textChanged.connect(self.changed.emit)
        self.forms.changed.connect(self.changed.emit)
        self.rule.changed.connect(self.changed.emit)
        self.grading.changed.connect(self.changed.emit)

    def _show_number(self) -> None:
        self.number_field.setVisible(self.period.currentData() != "ANNUAL")


def _sheet(grid: QGridLayout) -> QWidget:
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.addLayout(grid)
    column.addStretch(1)
    return scrolled(inner)


def _box(offered: dict[str, str]) -> QComboBox:
    made = QComboBox()
    for value, text in offered.items():
        made.addItem(text, value)
    return made


def _date(text: str) -> QDate:
    return QDate.fromString(text, "yyyy-MM-dd")
