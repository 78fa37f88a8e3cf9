"""党员: what each person of a roster form got, for the branch itself; 民主评议 from the proposal to the signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.grading import grade_sheets, steps
from pingyi_desktop.appraisal.grading.steps import Act
from pingyi_desktop.appraisal.paper.grades import NAMES
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.asking.reason_dialog import ask_reason
from pingyi_desktop.gui.looks import states
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.forms import allow, button, label, row
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.persons import sheets
from pingyi_desktop.gui.persons.grade_acts import GradeActs
from pingyi_desktop.gui.persons.sheets import Shown
from pingyi_desktop.gui.persons.table import EMPTY, PeopleTable
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report

GUARDED = "党员个人的结果不能复制；需要用的，点“打印个人结果表…”，写明原因后打印。"
NOT_GRADED = "这张表不评等次；民主评议要用“民主评议党员测评表”。"
NOTHING = f"{EMPTY}每个人的结果只留在录票的支部，不往上报。"
NOBODY = "还没有可以办的党员。"


class PersonsPage(Page):
    """One roster form of one organisation at a time."""

    purpose: ClassVar[str] = "看本支部名册式评议表上每个人的结果；民主评议的等次在这里登记决定、告知和签收。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "item_tally", "member_grade", "party_member"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._listed: list[Shown] = []
        self.tables: dict[str, PeopleTable] = {}
        self.which = QComboBox()
        self.which.setAccessibleName("党组织和评议表")
        self.which.setMinimumContentsLength(24)
        self.about = label(role="hint")
        self.stack = QStackedWidget()
        self.stack.addWidget(QWidget())  # while there is nobody
        self.grading = GradeActs(self)
        self.decide = button("登记决定…", lambda: self._act_on_shown(self.grading.decide), primary=True)
        self.tell = button("告知…", lambda: self._act_on_shown(self.grading.tell))
        self.sign = button("签收…", lambda: self._act_on_shown(self.grading.sign))
        self.back = button("撤回一步", lambda: self._act_on_shown(self.grading.back))
        self.slips = button(
            "告知单…", lambda: self._act_on_shown(self.grading.slips), hint="一人一份，只有本人的结果"
        )
        self.print_people = button("打印个人结果表…", lambda: self._print("R05"))
        self.print_grades = button("打印等次登记表…", lambda: self._print("R05B"))
        self._lay_out()
        self.which.currentIndexChanged.connect(lambda _: self._show_chosen())

    def refresh(self) -> None:
        """Read everybody again."""
        chosen = self.context.campaign()
        self.context.work.read(
            lambda session: sheets.read(session, chosen), self._show, otherwise=self._refused
        )

    @property
    def shown(self) -> Shown | None:
        """What is chosen."""
        place = self.which.currentIndex()
        return self._listed[place] if 0 <= place < len(self._listed) else None

    @property
    def table(self) -> PeopleTable | None:
        """The table of the form that is chosen."""
        shown = self.shown
        return None if shown is None else self.tables.get(shown.sheet.form.code)

    @property
    def selected(self) -> list[str]:
        """Numbers of the people selected; none for everybody."""
        return [] if self.table is None else [one.person.member_no for one in self.table.selected()]

    def _lay_out(self) -> None:
        self.acts.addWidget(self.which)
        acts = (self.decide, self.tell, self.sign, self.back, self.slips)
        line = row(*acts)
        for one in (self.print_people, self.print_grades):
            line.addWidget(one)
        self.body.addLayout(line)
        self.body.addWidget(self.about)
        self.body.addWidget(self.stack, 1)

    def _refused(self, error: UserError) -> None:
        self._show([])
        self.refuse(error)

    def _show(self, listed: Sequence[Shown]) -> None:
        before = self.shown
        self._listed = list(listed)
        self.state.hide()
        if not listed:
            to_entry = partial(self.context.go_to, "entry")
            self.state.show_state(states.EMPTY, NOTHING, "去“录入”", to_entry, alone=True)
        self.which.setVisible(bool(listed))
        self.which.blockSignals(True)
        self.which.clear()
        for one in listed:
            self.which.addItem(visible.shown(one.title))
        same = [place for place, one in enumerate(listed) if before and one.key == before.key]
        self.which.setCurrentIndex(same[0] if same else 0)
        self.which.blockSignals(False)
        for one in listed:
            if one.sheet.form.code not in self.tables:
                self._add_table(one)
        self._show_chosen()

    def _add_table(self, shown: Shown) -> None:
        made = PeopleTable(shown.sheet.form)
        made.selection_changed.connect(self._allow)
        made.guarded.connect(lambda: self.messages.warn(GUARDED))
        self.tables[shown.sheet.form.code] = made
        self.stack.addWidget(made)

    def _show_chosen(self) -> None:
        shown, table = self.shown, self.table
        if shown is None or table is None:
            self.stack.setCurrentIndex(0)
            self.about.setText("")
        else:
            table.set_rows(shown.rows)
            self.stack.setCurrentWidget(table)
            self.about.setText(_about(shown))
            self.state.show_state(states.FEW, shown.few) if shown.few else self.state.hide()
        self._allow()

    def _allow(self) -> None:
        """Only what can be done now; what cannot says why."""
        shown = self.shown
        graded = None if shown is None else shown.graded
        why = EMPTY if shown is None else NOT_GRADED
        for one, act in ((self.tell, Act.TELL), (self.sign, Act.ACKNOWLEDGE), (self.back, Act.TAKE_BACK)):
            allow(one, why if graded is None else self._why_not(act))
        ready = graded is not None and graded.ready
        waiting = "" if ready else "还有票批没有封存，封存后再研究决定。"
        allow(self.decide, why if graded is None else waiting)
        decided = graded is not None and any(row.final is not None for row in graded.rows)
        allow(self.slips, why if graded is None else ("" if decided else "还没有研究决定。"))
        allow(self.print_people, "" if shown is not None else EMPTY)
        allow(self.print_grades, why if graded is None else "")
        for one in (self.decide, self.tell, self.sign, self.back, self.slips, self.print_grades):
            one.setVisible(shown is None or graded is not None)

    def _why_not(self, act: Act) -> str:
        shown = self.shown
        graded = None if shown is None else shown.graded
        chosen = set(self.selected)
        rows = [] if graded is None else [one for one in graded.rows if not chosen or one.number in chosen]
        return "" if any(steps.allowed(one.state, act) for one in rows) else NOBODY

    def _act_on_shown(self, act: Callable[[Shown, Sequence[str]], None]) -> None:
        if self.shown is not None:
            act(self.shown, self.selected)

    def _print(self, number: str) -> None:
        shown, kind = self.shown, catalog.entry(number)
        if shown is None:
            return

        def made(session: Session, reason: str, by: str) -> Report:
            return catalog.restricted(
                session,
                name=number,
                campaign_id=shown.campaign_id,
                org_code=shown.org_code,
                layer=shown.sheet.layer,
                reason=reason,
                by=by,
            )

        ask_reason(
            self,
            f"打印{kind.name}",
            "这张表含党员个人的评议数据，只限本单位内部使用。打印的原因和经办人记入操作日志。",
            "看预览、打印",
            made,
            example="例如：支委会研究等次",
            then=lambda report: ReportDialog(self, self.context.work, kind.name, lambda _: report),
        )


def _about(shown: Shown) -> str:
    figures = shown.sheet.result.figures
    said = [f"有效票 {figures.valid} 张，被评 {len(shown.sheet.people)} 人。"]
    items = shown.sheet.form.items
    if len(items) > 1:
        said.append(f"项目：{'，'.join(f'{item.no} {item.text}' for item in items)}。")
    if shown.graded is not None:
        many = "，".join(f"{name} {n}" for name, n in _counts(shown))
        said.append(f"优秀名额 {shown.graded.limit} 名。" + (f"已决定：{many}。" if many else ""))
        said += [one.sentence for one in grade_sheets.moved(shown.graded)]
    return "".join(said)


def _counts(shown: Shown) -> list[tuple[str, int]]:
    graded = shown.graded
    if graded is None or not any(row.final is not None for row in graded.rows):
        return []
    return [(NAMES[grade], many) for grade, many in graded.counts.items()]
