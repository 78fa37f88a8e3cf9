"""评议表 on the screen: a picture in words of the paper, and a list to choose the forms of a campaign from."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
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
from pingyi_desktop.appraisal.paper import forms, shaping
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.shaping import PLAIN, Shape
from pingyi_desktop.errors import RuleError
from pingyi_desktop.gui.campaign.shape_box import ShapeBox
from pingyi_desktop.gui.parts.forms import label, scrolled
from pingyi_desktop.gui.parts.preview import Pages, Preview, pages
from pingyi_desktop.gui.work import Work
from pingyi_desktop.render.pack import render_pack
from pingyi_desktop.reports.paper import pack

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
    """The templates with a box to tick; of the current one where it is used, its shape, and the paper as it is printed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._activity, self._asked = "", 0
        self._work: Work | None = None
        self._shapes: dict[str, Shape] = {}
        self.list = QListWidget()
        self.list.setObjectName("forms")
        self.list.setAccessibleName("评议表")
        self.list.setWordWrap(True)
        self.list.setMinimumWidth(210)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.paper, self.shape = Preview(), ShapeBox()
        both = QHBoxLayout(self)
        left = QVBoxLayout()
        left.addWidget(label("打勾选用，右边是印出来的样子", role="caption"))
        left.addWidget(self.list, 1)
        self._used = {code: forms.read_places(document) for code, document in forms.templates().items()}
        self.places = {place: QCheckBox(text) for place, text in forms.PLACES.items()}
        middle = QWidget()
        about = QVBoxLayout(middle)
        about.addWidget(self.shape)
        about.addWidget(label("这张表用在", role="caption", wrap=False))
        for box in self.places.values():
            about.addWidget(box)
        about.addStretch(1)
        both.addLayout(left, 3)
        both.addWidget(scrolled(middle), 3)
        both.addWidget(self.paper, 5)
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
        self.shape.changed.connect(self._reshape)
        self.paper.resized.connect(self._draw)
        self.list.setCurrentRow(0)

    @property
    def codes(self) -> list[str]:
        """The forms that are ticked, organisations' forms first."""
        return [str(i.data(CODE)) for i in self._items() if i.checkState() == Qt.CheckState.Checked]

    @property
    def used(self) -> dict[str, tuple[str, ...]]:
        """Where each ticked form is used (``forms.PLACES``)."""
        return {code: self._used[code] for code in self.codes}

    @property
    def shapes(self) -> dict[str, Shape]:
        """How each ticked form differs from its template."""
        return {code: self._shapes.get(code, PLAIN) for code in self.codes}

    @property
    def form(self) -> Form:
        """The current form as it will be printed; a sentence when its template has no room for that."""
        code = self._code
        document = shaping.shaped(forms.templates()[code], self._shapes.get(code, PLAIN))
        form = forms.read_form(document, activity=self._activity, known=forms.scales())
        shaping.check_fits(form)
        return form

    def draw_with(self, work: Work) -> None:
        """Papers are drawn off the window's thread by this."""
        self._work = work
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def set_forms(
        self, used: Mapping[str, tuple[str, ...] | None], shapes: Mapping[str, Shape] | None = None
    ) -> None:
        """Tick these, used there (None: where the template says), in these shapes."""
        self._shapes = dict(shapes or {})
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

    @property
    def _code(self) -> str:
        return str(self.list.currentItem().data(CODE))

    def _preview(self) -> None:
        if self.list.currentItem() is not None:
            code = self._code
            for place, box in self.places.items():
                box.setChecked(place in self._used[code])
            self.shape.show_shape(forms.templates()[code], self._shapes.get(code, PLAIN))
            self._draw()

    def _reshape(self) -> None:
        self._shapes[self._code] = self.shape.shape
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        """Show the paper; one that cannot be printed says why, and of many asked for at once only the last is drawn."""
        self._asked += 1
        if self._work is None or not self.isVisible():
            return
        try:
            form = self.form
        except RuleError as error:
            self.paper.tell(str(error))
            return
        asked, width = self._asked, self.paper.page_width
        self.paper.setAccessibleDescription("\n".join([form.title, *(item.text for item in form.items)]))
        self._work.read(
            lambda _: _drawn(form, width) if asked == self._asked else None,
            lambda shown: self.paper.show_pages(shown) if shown and asked == self._asked else None,
            otherwise=lambda error: self.paper.tell(str(error)),
        )

    def _use(self) -> None:
        chosen = tuple(place for place, box in self.places.items() if box.isChecked())
        self._used[self._code] = chosen
        self.changed.emit()


def _drawn(form: Form, width: int) -> Pages:
    return pages(render_pack(pack.sample(form, people="全体参评人员")).pdf, width=width)


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
