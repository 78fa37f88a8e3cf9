"""Two or more contents that claim the same place, line by line; lines that differ say so in a column of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.exchange.inbox.decisions import Conflict, Side, SideForm
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.forms import button, label

PEOPLE = {"expected": "应到（人）", "actual": "实到（人）", "members": "党员（名）"}
FIGURES = {"issued": "发出", "returned": "收回", "valid": "有效", "blank": "空白", "void": "废票"}
FEW = "票数过少或只差几张，不显示"
NUMBERS = ("一", "二", "三", "四", "五", "六")


@dataclass(frozen=True)
class Line:
    """One thing that both sides say; ``cells`` in the order of the sides."""

    title: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the sides disagree."""
        return len(set(self.cells)) > 1


class SideBySide(QWidget):
    """The lines in a table and one button per side; ``choose(side)`` is called for the one that is to count."""

    def __init__(self, choose: Callable[[Side], object]) -> None:
        super().__init__()
        self._choose = choose
        self.table = QTableWidget()
        self.table.setAccessibleName("并排对照")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        self.told = label(role="hint")
        self.buttons: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.table, 1)
        self._column.addWidget(self.told)
        self._line = QHBoxLayout()
        self._column.addLayout(self._line)

    def show_conflict(self, conflict: Conflict, forms: Sequence[Form]) -> None:
        """Show the sides of a conflict."""
        found = lines(conflict, forms)
        sides = [f"第{NUMBERS[n] if n < len(NUMBERS) else n + 1}份" for n in range(len(conflict.sides))]
        self.table.setColumnCount(len(sides) + 2)
        self.table.setHorizontalHeaderLabels(["项目", *sides, "对照"])
        self.table.setRowCount(len(found))
        for place, line in enumerate(found):
            texts = (line.title, *line.cells, "不同" if line.differs else "")
            for column, text in enumerate(texts):
                self.table.setItem(place, column, _item(text, marked=line.differs))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(sides) + 1, QHeaderView.ResizeMode.ResizeToContents)
        different = sum(line.differs for line in found)
        self.told.setText(f"共 {len(found)} 行，其中 {different} 行不同。哪一份作数？")
        self._offer(conflict, sides)

    def _offer(self, conflict: Conflict, titles: Sequence[str]) -> None:
        for old in self.buttons:
            self._line.removeWidget(old)
            old.deleteLater()
        self.buttons = []
        for side, title in zip(conflict.sides, titles, strict=True):
            made = button(f"以{title}为准（核对号 {side.check_number}）…", partial(self._choose, side))
            self.buttons.append(made)
            self._line.addWidget(made)


def lines(conflict: Conflict, forms: Sequence[Form]) -> list[Line]:
    """Everything the sides say: the check number, then the lines that differ, then the others, as on the paper.

    A form or item that one side lacks shows “—” there.
    """
    sides = conflict.sides
    found = [
        Line("核对号", tuple(side.check_number for side in sides)),
        Line("导出日期", tuple(side.created for side in sides)),
        Line("报来的单位", tuple(side.by_office for side in sides)),
    ]
    if conflict.set_aside:
        counts = (side.envelope_id == conflict.counted for side in sides)
        found += [
            Line("现在", tuple("计入" if one else "不计入" for one in counts)),
            Line("第几次下发的任务", tuple(str(side.epoch) for side in sides)),
            Line("第几次上报", tuple(str(side.revision) for side in sides)),
        ]
    if any(side.totals is not None for side in sides):
        found += [
            Line(title, tuple(_number(side.people.get(name)) for side in sides))
            for name, title in PEOPLE.items()
        ]
    found += _form_lines(sides, forms)
    listed = sorted({one for side in sides for one in side.accepts})
    found += [Line(one, tuple("列入" if one in side.accepts else "—" for side in sides)) for one in listed]
    return [*found[:1], *sorted(found[1:], key=lambda line: not line.differs)]


def _form_lines(sides: Sequence[Side], forms: Sequence[Form]) -> list[Line]:
    places = sorted({(one.form_code, one.voter_category) for side in sides for one in side.forms})
    titles = {form.code: form.title for form in forms}
    found = []
    for code, category in places:
        batches = [_batch(side, code, category) for side in sides]
        name = titles.get(code, code) + ("" if category == "ALL" else f"（{category}）")
        for key, title in FIGURES.items():
            cells = tuple(_number(getattr(one, key) if one else None) for one in batches)
            found.append(Line(f"{name} {title}", cells))
        for number, text in _items(code, forms, batches):
            counted = (dict(one.items).get(number) if one else None for one in batches)
            cells = tuple("—" if marks is None else " / ".join(map(str, marks)) or FEW for marks in counted)
            found.append(Line(f"{name} {text}", cells))
    return found


def _items(code: str, forms: Sequence[Form], batches: Sequence[SideForm | None]) -> list[tuple[str, str]]:
    """Number and text of every item; the options' names stand behind it, in the order of the figures."""
    form = next((one for one in forms if one.code == code), None)
    if form is None:
        return [(number, number) for number in sorted({n for one in batches if one for n, _ in one.items})]
    return [
        (item.no, f"{item.short_text}（{'/'.join(option.label for option in item.scale.options)}）")
        for item in form.items
    ]


def _batch(side: Side, code: str, category: str) -> SideForm | None:
    return next((b for b in side.forms if (b.form_code, b.voter_category) == (code, category)), None)


def _number(value: int | None) -> str:
    return "—" if value is None else str(value)


def _item(text: str, *, marked: bool) -> QTableWidgetItem:
    made = QTableWidgetItem(visible.shown(text))
    if marked:
        font = QFont()
        font.setBold(True)
        made.setFont(font)
        made.setBackground(colour("warn_soft"))
    return made
