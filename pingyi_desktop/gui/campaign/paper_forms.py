"""评议表 on the screen: a picture in words of the paper, and a list to choose the forms of a campaign from."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.gui.parts.forms import label, row, scrolled

SHORT_KINDS = {
    "ORG": "评议党组织",
    "MEMBERS_COLLECTIVE": "评议党员（整体）",
    "MEMBER_ROSTER": "评议党员（逐名）",
}
KINDS = {
    "ORG": "评议党组织，每人一张",
    "MEMBERS_COLLECTIVE": "评议本支部党员整体，每人一张",
    "MEMBER_ROSTER": "逐名评议党员：表上列出本支部全体党员",
}
MOST = 40  # width of the paper in heights of a line
CODE = Qt.ItemDataRole.UserRole


class PaperForm(QFrame):
    """One form as its paper says it: title, items with their grades, lines for opinions, instructions."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paper")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 18, 24, 18)
        self._column.setSpacing(8)
        self._said = ""
        self.setMaximumWidth(MOST * self.fontMetrics().height())

    @property
    def text(self) -> str:
        """Everything the form says."""
        return self._said

    def show_form(self, form: Form) -> None:
        """Show a form in place of the one before."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()  # it is deleted only when the event loop comes round
                old.deleteLater()
        title = label(form.title, role="strong")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(title)
        self._column.addWidget(label(KINDS[form.subject_kind], role="hint"))
        self._column.addWidget(_items(form))
        for line in (*form.opinion_area, *form.instructions):
            self._column.addWidget(label(line, role="hint"))
        self._column.addStretch(1)
        self._said = "\n".join([form.title, *(item.text for item in form.items), *form.instructions])
        self.setAccessibleName(form.title)
        self.setAccessibleDescription(self._said)


class FormChoice(QWidget):
    """The templates with a box to tick, the paper of the current one, and where it is used."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._activity = ""
        self.list = QListWidget()
        self.list.setObjectName("forms")
        self.list.setAccessibleName("评议表")
        self.list.setWordWrap(True)
        self.list.setMinimumWidth(300)
        self.paper = PaperForm()
        both = QHBoxLayout(self)
        left = QVBoxLayout()
        left.addWidget(label("打勾选用，右边是表的样子", role="caption"))
        left.addWidget(self.list, 1)
        self._used = {code: forms.read_places(document) for code, document in forms.templates().items()}
        self.places = {place: QCheckBox(text) for place, text in forms.PLACES.items()}
        right = QVBoxLayout()
        right.addLayout(row(label("这张表用在", role="caption", wrap=False), *self.places.values()))
        right.addWidget(scrolled(self.paper), 1)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        for code in sorted(forms.templates(), key=lambda code: ("-ORG-" not in code, code)):
            item = QListWidgetItem()
            item.setData(CODE, code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.set_activity("××")
        self.list.currentRowChanged.connect(lambda _: self._preview())
        self.list.itemChanged.connect(lambda _: self.changed.emit())
        for box in self.places.values():
            box.clicked.connect(self._use)
        self.list.setCurrentRow(0)

    @property
    def codes(self) -> list[str]:
        """The forms that are ticked, organisations' forms first."""
        return [str(i.data(CODE)) for i in self._items() if i.checkState() == Qt.CheckState.Checked]

    @property
    def used(self) -> dict[str, tuple[str, ...]]:
        """Where each ticked form is used (``forms.PLACES``)."""
        return {code: self._used[code] for code in self.codes}

    def set_forms(self, used: Mapping[str, tuple[str, ...] | None]) -> None:
        """Tick these, used there (None: where the template says)."""
        templates = forms.templates()
        self._used = {code: used.get(code) or forms.read_places(one) for code, one in templates.items()}
        for item in self._items():
            ticked = item.data(CODE) in used
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self._preview()

    def set_activity(self, word: str) -> None:
        """Print this word in the titles."""
        self._activity = visible.clean(word) or "××"
        self.list.blockSignals(True)
        for item in self._items():
            form = self._form(str(item.data(CODE)))
            item.setText(
                f"{form.title}\n{SHORT_KINDS[form.subject_kind]} · {len(form.items)} 项 · {form.code}"
            )
        self.list.blockSignals(False)
        self._preview()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(number) for number in range(self.list.count())]

    def _form(self, code: str) -> Form:
        return forms.read_form(forms.templates()[code], activity=self._activity, known=forms.scales())

    def _preview(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            code = str(item.data(CODE))
            self.paper.show_form(self._form(code))
            for place, box in self.places.items():
                box.setChecked(place in self._used[code])

    def _use(self) -> None:
        item = self.list.currentItem()
        chosen = tuple(place for place, box in self.places.items() if box.isChecked())
        self._used[str(item.data(CODE))] = chosen
        self.changed.emit()


def _items(form: Form) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 6, 0, 6)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    for line, item in enumerate(form.items):
        number = QLabel("总" if item.kind == "OVERALL" else item.no)
        grid.addWidget(number, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(item.text), line, 1)
        grades = label(
            "　".join(f"□{option.label}" for option in item.scale.options), role="hint", wrap=False
        )
        grid.addWidget(grades, line, 2, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(1, 1)
    return table
