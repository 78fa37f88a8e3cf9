"""The table of people: the paper's order, whatever they got. It is not sorted by a result and not copied without a reason."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal

from pingyi_desktop.appraisal.grading import steps
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.grades import NAMES
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts.tables import Align, Column, DataTable, number
from pingyi_desktop.gui.persons.sheets import PersonRow
from pingyi_desktop.storage.schemas.grade_words import GradeState

EMPTY = "还没有已封存的名册式票批。请到“录入”页录票并封存。"
TONES = {
    GradeState.PROPOSED: "warn",
    GradeState.DECIDED: "",
    GradeState.TOLD: "",
    GradeState.ACKNOWLEDGED: "ok",
}


class PeopleTable(DataTable):
    """People in the order of the paper; ``guarded`` tells that somebody wants to copy them."""

    guarded = Signal()

    def __init__(self, form: Form) -> None:
        super().__init__(
            columns(form), name="党员个人结果", empty=EMPTY, same=lambda row: row.person.member_no
        )
        self.view.setSortingEnabled(False)
        self.view.horizontalHeader().setSectionsClickable(False)
        for one in self.findChildren(Button):  # copying; there is no other
            one.hide()

    def copy(self) -> None:
        """Nothing of it goes to the clipboard: printing asks for a reason and stands in the journal."""
        self.guarded.emit()


def columns(form: Form) -> tuple[Column, ...]:
    """Names, the marks of every item, and where the form gives grades how far each has come."""
    rated = not grades.graded(form)
    several = len(form.items) > 1
    marks: list[Column] = []
    for place, item in enumerate(form.items):
        which = f"{item.no}." if several else ""
        marks += [_marks(which + option.label, place, at) for at, option in enumerate(item.scale.options)]
        marks += [_rate(f"{which}满意率", place)] if rated else []
    return (
        Column("姓名", lambda row: row.person.name),
        Column("类别", lambda row: "预备" if row.person.probationary else "正式"),
        *marks,
        *(_GRADES if grades.rating(form) is not None else ()),
    )


def _marks(title: str, place: int, at: int) -> Column:
    def counted(row: PersonRow) -> int | None:
        item = row.person.items[place]
        return None if item.hidden else item.counts.options[at]

    return number(title, counted)


def _rate(title: str, place: int) -> Column:
    return Column(title, lambda row: row.person.items[place].shown, Align.AlignRight)


def _of_grade(text: Callable[[PersonRow], str]) -> Callable[[PersonRow], str]:
    return lambda row: "" if row.grade is None else text(row)


def _word(row: PersonRow, *, proposed: bool) -> str:
    grade = row.grade and (row.grade.proposed if proposed else row.grade.final)
    return NAMES[grade] if grade else ("—" if proposed else "")


_GRADES = (
    Column("票面提议", _of_grade(lambda row: _word(row, proposed=True)), Qt.AlignmentFlag.AlignHCenter),
    Column("研究决定", _of_grade(lambda row: _word(row, proposed=False)), Qt.AlignmentFlag.AlignHCenter),
    Column(
        "进展",
        _of_grade(lambda row: "" if row.grade is None else steps.NAMES[row.grade.state]),
        tone=lambda row: "" if row.grade is None else TONES[row.grade.state],
    ),
    Column("与提议不同的原因", _of_grade(lambda row: "" if row.grade is None else row.grade.reason)),
)
