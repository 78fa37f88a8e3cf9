"""What the page 党员 asks for and does about grades; every act is done on what the file says then, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.grading import grade_acts
from pingyi_desktop.appraisal.grading.grade_sheets import BODIES, GradeRow, GradeSheet
from pingyi_desktop.appraisal.paper.grades import NAMES, RATED
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.days import day_box, iso
from pingyi_desktop.gui.parts.forms import Field, Undoing
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.persons import sheets
from pingyi_desktop.gui.persons.sheets import Shown
from pingyi_desktop.render.pdf import render_each
from pingyi_desktop.reports import grades as papers
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.storage.schemas.grade_words import Body, Grade, GradeState

Step = Callable[[Session, GradeSheet, str], list[str]]


class GradeActs:
    """Acts on grades for one page."""

    def __init__(self, page: Page) -> None:
        self._context, self._page = page.context, page

    def decide(self, shown: Shown, _selected: Sequence[str]) -> None:
        """Ask who decided, when, and for everybody which grade; what departs from the proposal needs its reason."""
        graded = shown.graded
        if graded is None:
            return
        dialog = RecordDialog(
            self._page,
            "登记研究决定的等次",
            f"默认按票面提议。与提议不同的，改等次并在右边写明原因。优秀名额 {graded.limit} 名。",
            save="登记",
        )
        body, day = QComboBox(), _day(graded.meeting.held_on)
        for code, name in BODIES.items():
            body.addItem(name, code)
        asked = [
            (row, _grade_field(row), Field("与提议不同的原因", QLineEdit(row.reason))) for row in graded.rows
        ]
        dialog.saving = lambda: self._decide(
            dialog,
            shown,
            Body(body.currentData()),
            iso(day),
            {row.number: Grade(field.text) for row, field, _ in asked if field.text},
            {row.number: why.text for row, _, why in asked if why.text},
        )
        dialog.ask(
            (Field("由谁研究决定", body), Field("决定日期", day)), *((field, why) for _, field, why in asked)
        )

    def tell(self, shown: Shown, selected: Sequence[str]) -> None:
        """Ask on which day they were told."""
        self._on_a_day(
            shown,
            selected,
            "登记告知",
            "告知单交给本人以后登记。",
            lambda session, sheet, day: grade_acts.tell(
                session, sheet=sheet, told_on=day, today=date.today(), by=self._operator, numbers=selected
            ),
        )

    def sign(self, shown: Shown, selected: Sequence[str]) -> None:
        """Ask on which day they signed."""
        self._on_a_day(
            shown,
            selected,
            "登记签收",
            "本人在告知单上签字以后登记。",
            lambda session, sheet, day: grade_acts.acknowledge(
                session,
                sheet=sheet,
                acknowledged_on=day,
                today=date.today(),
                by=self._operator,
                numbers=selected,
            ),
        )

    def back(self, shown: Shown, selected: Sequence[str]) -> None:
        """Take the last step of those selected back, of everybody when nobody is."""
        by = self._operator
        self._context.act(
            lambda session: grade_acts.take_back(
                session, sheet=sheets.again(session, shown), by=by, numbers=selected
            ),
            act="撤回等次",
            said=lambda many: f"已撤回 {len(many)} 人的最近一步。",
        )

    def slips(self, shown: Shown, selected: Sequence[str]) -> None:
        """One person's slip over the window; those of several as files in a folder that is asked for."""
        if shown.graded is None:
            return
        decided = [row.number for row in shown.graded.rows if row.final is not None]
        numbers = [number for number in decided if not selected or number in selected] or list(selected)
        if len(numbers) == 1:
            self._context.act(
                lambda session: self._papers(session, shown, numbers),
                act="印告知单",
                then=lambda made: ReportDialog(
                    self._page,
                    self._context.work,
                    "告知单",
                    lambda _: next(iter(made.values())),
                    sheet=False,
                ),
            )
            return
        folder = pickers.folder(self._page, "告知单写到哪个文件夹")
        if folder is not None:
            self._context.act(
                lambda session: len(render_each(self._papers(session, shown, numbers), folder)),
                act="印告知单",
                said=lambda many: f"已把 {many} 份告知单写到 {folder}，只交给本人。",
            )

    @property
    def _operator(self) -> str:
        return self._context.operator()

    def _papers(self, session: Session, shown: Shown, numbers: Sequence[str]) -> dict[str, Report]:
        return papers.slips(
            session,
            view=campaigns.show(session, campaign_id=shown.campaign_id),
            sheet=sheets.again(session, shown),
            numbers=numbers,
            today=date.today(),
            by=self._operator,
        )

    def _decide(
        self,
        dialog: RecordDialog,
        shown: Shown,
        body: Body,
        day: str,
        chosen: dict[str, Grade],
        reasons: dict[str, str],
    ) -> None:
        by = self._operator

        def act(session: Session, reason: str) -> tuple[Finding, ...]:
            return grade_acts.decide(
                session,
                sheet=sheets.again(session, shown),
                body=body,
                decided_on=day,
                today=date.today(),
                by=by,
                chosen=chosen,
                reasons=reasons,
                reason=reason,
            )

        first = shown.graded is not None and all(
            row.state is GradeState.PROPOSED for row in shown.graded.rows
        )
        weighed(
            dialog,
            self._context,
            act,
            act="登记决定",
            undo=(lambda _: self._undoing(shown, by)) if first else None,
            said="研究决定的等次已登记。",
        )

    def _on_a_day(self, shown: Shown, selected: Sequence[str], title: str, purpose: str, doing: Step) -> None:
        who = f"选中的 {len(selected)} 人" if selected else "所有可以登记的人"
        dialog = RecordDialog(self._page, title, f"{purpose}这次登记的是{who}。", save="登记")
        day, by = _day(), self._operator
        dialog.saving = lambda: self._context.act(
            lambda session: doing(session, sheets.again(session, shown), iso(day)),
            lambda done: self._undoing(shown, by, done),
            act=title,
            said=lambda many: f"已登记 {len(many)} 人。",
            over=dialog,
        )
        dialog.ask((Field("日期", day),))

    def _undoing(self, shown: Shown, by: str, selected: Sequence[str] = ()) -> Undoing:
        return lambda session: grade_acts.take_back(
            session, sheet=sheets.again(session, shown), by=by, numbers=selected
        )


def _grade_field(row: GradeRow) -> Field:
    """The grade of one person: what was decided, else what is proposed; 预备党员 have no choice."""
    box = QComboBox()
    if row.final is None and row.proposed is None:
        box.addItem("请选择", "")
    for grade in (Grade.NOT_RATED,) if row.probationary else (*RATED, Grade.NOT_RATED):
        box.addItem(NAMES[grade], grade.value)
    wanted = row.final or row.proposed
    box.setCurrentIndex(max(0, box.findData(wanted.value if wanted else "")))
    proposed = "无提议" if row.proposed is None else f"提议{NAMES[row.proposed]}"
    return Field(f"{row.name}（{proposed}）", box)


def _day(least: str | None = None) -> QDateEdit:
    first = QDate.fromString(least or "", Qt.DateFormat.ISODate)
    return day_box(first if first.isValid() else None, QDate.currentDate())
