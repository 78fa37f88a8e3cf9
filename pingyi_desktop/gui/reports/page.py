"""报表: choose one, look at it, then print it or save it as PDF or a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import layers
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.errors import RuleError, UserError
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.states import EMPTY, FEW
from pingyi_desktop.gui.page import NO_CAMPAIGN, Context, Page
from pingyi_desktop.gui.parts import look, pickers
from pingyi_desktop.gui.parts.charts import small
from pingyi_desktop.gui.parts.forms import Field, button, label
from pingyi_desktop.gui.parts.report_view import ReportDialog, ReportView
from pingyi_desktop.gui.scope import ScopeBox, scopes
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.reports.catalog import ReportEntry
from pingyi_desktop.reports.documents import proof
from pingyi_desktop.sheets import written
from pingyi_desktop.standing import soundness, sums
from pingyi_desktop.standing.overview import Question

NOTHING = "还没有已封存的票，报表里还没有数字。录完一批、封存以后再来；有下级的，先到“收发”导入下级的数据包。"
NUMBER, SUMMARY = Qt.ItemDataRole.UserRole, "R01"
PANEL, FEWEST, TOLD = 300, 4, 2
"""pixels in texts of the usual size; reports that the list shows at least; unusual figures told one by one"""


class ReportsPage(Page):
    """The catalogue to the left, the preview to the right."""

    purpose: ClassVar[str] = "选一张报表，先看预览，再打印或存成文件。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "item_tally", "party_organization", "envelope"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.list = QListWidget()
        self.list.setAccessibleName("报表目录")
        for title, group in catalog.GROUPS.items():
            self._offer_group(title, [one for one in group if one in catalog.OPEN])
        self.list.setCurrentRow(1)
        self.about = label(role="hint")
        self.layer, self.org = QComboBox(), ScopeBox()
        for layer in layers.LAYERS.values():
            self.layer.addItem(layer.in_full, layer.number)
        self.view = ReportView(context.work, self.messages)
        self.proof_button = button(
            "核对成文…", self._proofread, hint="总结改写好以后，把正文里的数字和本文件的表对一遍"
        )
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._draw())
        self.layer.currentIndexChanged.connect(lambda _: self._draw())
        self.org.currentIndexChanged.connect(lambda _: self._draw())

    def _offer_group(self, title: str, group: Sequence[ReportEntry]) -> None:
        """What they are about, which cannot be chosen, and the reports below it."""
        head = QListWidgetItem(title)
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        head.setFont(small(self.list.font()))
        self.list.addItem(head)
        for one in group:
            item = QListWidgetItem(f"{one.name} {one.number}")
            item.setData(NUMBER, one.number)
            self.list.addItem(item)

    def open_part(self, part: str) -> None:
        """Show the report of this number."""
        for place in range(self.list.count()):
            if self.list.item(place).data(NUMBER) == part:
                self.list.setCurrentRow(place)

    def refresh(self) -> None:
        """Read the organisations to choose from, then draw the chosen report again."""
        self.context.work.read(partial(scopes, chosen=self.context.campaign()), self._offer)

    def _lay_out(self) -> None:
        view = self.view
        for act in (
            self.proof_button,
            view.text_button,
            view.sheet_button,
            view.pdf_button,
            view.print_button,
        ):
            self.acts.addWidget(act)
        self._panel = panel = QWidget()
        left = QVBoxLayout(panel)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.list, 1)
        left.addWidget(self.about)
        for one in (Field("层面", self.layer), Field("范围", self.org)):
            left.addWidget(one)
        self.org.setToolTip(tip("选一个党组织，就出它和它下级的数字。"))
        left.addStretch(0)
        self.list.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._fit_list()
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(panel)
        both.addWidget(self.view, 1)
        self.body.addLayout(both, 1)

    def keep_low(self, *, low: bool) -> None:
        """One report fewer in the list, one figure fewer told."""
        super().keep_low(low=low)
        self._fit_list()

    def event(self, event: QEvent) -> bool:
        """The list is as large as its reports, in whatever size of text."""
        if event.type() == QEvent.Type.StyleChange:
            self._fit_list()
        return super().event(event)

    def _fit_list(self) -> None:
        """As high as its reports, or as what the choices below it leave; at least a few of them are seen."""
        line = self.list.sizeHintForRow(1)
        fewest = FEWEST - self.low - (not self.state.isHidden())
        self.list.setMinimumHeight(fewest * line + 16)
        self.list.setMaximumHeight(self.list.count() * line + 16)
        self._panel.setFixedWidth(max(round(PANEL * look.scale()), self.list.sizeHintForColumn(0) + 24))
        self.about.setMinimumHeight(max(0, self.about.heightForWidth(self._panel.minimumWidth())))

    def _offer(self, units: list[tuple[str, str]]) -> None:
        self.org.offer(units)
        self._draw()

    def _draw(self) -> None:
        """Ask for the chosen report."""
        one = catalog.entry(self.list.currentItem().data(NUMBER))
        self.proof_button.setVisible(one.number == SUMMARY)
        self._show_about(one.purpose + ("。请在“范围”里选一个党组织。" if one.per_org else "。"))
        chosen, layer, code = self.context.campaign(), self.layer.currentData(), self.org.currentData()
        self.state.hide()
        self.view.ask(
            lambda session: _made(session, chosen, one.number, layer, code), self._warn, self._refused
        )

    def _proofread(self) -> None:
        """Ask for the text that was made from the draft, and show what is other than the tables."""
        chosen, code = self.context.campaign(), self.org.currentData()
        path = pickers.to_open(self, "选写好的总结", pickers.TEXTS)
        if path is not None:
            ReportDialog(
                self, self.context.work, "成文检查单", lambda session: _proof(session, chosen, code, path)
            )

    def _refused(self, error: UserError) -> None:
        """Too little to be shown of a part: of all there is more. Without a campaign there is nothing at all."""
        rule = error.code if isinstance(error, RuleError) else ""
        if rule == NO_CAMPAIGN:
            self.refuse(error)
        elif rule and (self.org.currentIndex() > 0 or self.layer.currentIndex() > 0):
            self.state.show_state(FEW, str(error), "看全部的", self._widen)
        else:
            self.view.preview.tell(str(error))

    def _widen(self) -> None:
        """Both layers and every unit again."""
        for one in (self.layer, self.org):
            one.setCurrentIndex(0)

    def _warn(self, found: tuple[list[str], bool]) -> None:
        unusual, counted = found
        if not counted:
            self.state.show_state(EMPTY, NOTHING, "去“录入”", lambda: self.context.go_to("entry"))
        self._fit_list()
        if unusual:
            told = TOLD - self.low
            more = f"……共 {len(unusual)} 处。" if len(unusual) > told else ""
            self._show_about(f"{self.about.text()}\n请核对：{''.join(unusual[:told])}{more}")
            self.about.setToolTip(tip("".join(unusual)))

    def _show_about(self, text: str) -> None:
        """Say what the report is; its lines have their room, however many they are, and the list keeps its own."""
        self.about.setText(text)
        self._fit_list()


def _made(
    session: Session, chosen: str, number: str, layer: int | None, code: str | None
) -> tuple[Report, tuple[list[str], bool]]:
    """The report, what is unusual in its figures, and whether there are any."""
    unsound, whole = soundness.for_report(session)
    campaign_id = campaigns.at_work_id(session, chosen=chosen, rows=whole.campaigns)
    asked = Question(session, campaign_id, whole)
    report = catalog.of(asked, name=number, layer=layer, org_code=code)
    unusual = unsound + [one.sentence for one in sums.of(asked) if one.weight is Weight.WARNING]
    counted = any(one.batches for one in asked.counted.pooled(layer=None, under=None))
    return report, (unusual, counted)


def _proof(session: Session, chosen: str, code: str | None, path: Path) -> Report:
    """The proof of a text about this unit and all below it; a contradicting file proves nothing."""
    _, whole = soundness.for_report(session)
    asked = Question(session, campaigns.at_work_id(session, chosen=chosen, rows=whole.campaigns), whole)
    under = code or asked.picture.own
    checked = proof.proof(asked, written.read_paragraphs(path), name=path.name, under=under)
    return proof.build(checked, asked, name=path.name, under=under)
