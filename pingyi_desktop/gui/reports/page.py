"""报表: choose one, look at it, then print it or save it as PDF or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts import pickers, preview
from pingyi_desktop.gui.parts.forms import Field, button, label, row
from pingyi_desktop.gui.parts.pickers import mends
from pingyi_desktop.gui.parts.preview import Preview
from pingyi_desktop.gui.scope import ScopeBox, scopes
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.standing import soundness, sums
from pingyi_desktop.standing.overview import Question

LAYERS = {"两个层面": None, "层面一": 1, "层面二": 2}
ZOOMS = {"整页宽": 100, "放大一半": 150}
PANEL = 300


@dataclass(frozen=True)
class _Ready:
    report: Report
    pdf: bytes
    total: int
    unusual: list[str]


class ReportsPage(Page):
    """The catalogue to the left, the preview to the right."""

    purpose: ClassVar[str] = "选一张报表，先看预览，再打印或存成文件。"
    guide: ClassVar[str] = (
        "上下键选报表，右边就是打印出来的样子；Ctrl+P 打印；上级要电子表格时用“存为表格”。"
        "结果报告单（R06）要先在“范围”里选一个党组织。"
    )
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "item_tally", "party_organization", "envelope"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._ready: _Ready | None = None
        self._asked = 0
        self.list = QListWidget()
        self.list.setAccessibleName("报表目录")
        for one in catalog.CATALOG:
            self.list.addItem(f"{one.number} {one.name}")
        self.list.setCurrentRow(0)
        self.about = label(role="hint")
        self.layer, self.org, self.zoom = QComboBox(), ScopeBox(), QComboBox()
        for box, choices in ((self.layer, LAYERS), (self.zoom, ZOOMS)):
            for text, value in choices.items():
                box.addItem(text, value)
        self.zoom.setAccessibleName("预览大小")
        self.print_button = button("打印…", self._print, primary=True, hint="Ctrl+P")
        self.print_button.setShortcut("Ctrl+P")
        self.pdf_button = button("存为 PDF…", self._save_pdf, hint="到哪台电脑打开都一样")
        self.sheet_button = button("存为表格…", self._save_sheet, hint="WPS 和 Excel 都能打开的 .xlsx")
        self.count = label(role="hint", wrap=False)
        self.preview = Preview()
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._draw())
        self.layer.currentIndexChanged.connect(lambda _: self._draw())
        self.org.currentIndexChanged.connect(lambda _: self._draw())
        self.zoom.currentIndexChanged.connect(lambda _: self._enlarge())
        self.preview.resized.connect(self._redraw)

    def refresh(self) -> None:
        """Read the organisations to choose from, then draw the chosen report again."""
        self.context.work.read(scopes, self._offer)

    def _lay_out(self) -> None:
        panel = QWidget()
        left = QVBoxLayout(panel)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.list)
        left.addWidget(self.about)
        left.addWidget(Field("层面", self.layer))
        left.addWidget(Field("范围", self.org, hint="选一个党组织，就出它和它下级的数字。"))
        left.addStretch(1)
        panel.setFixedWidth(max(PANEL, self.list.sizeHintForColumn(0) + 24))
        self.list.setFixedHeight(self.list.count() * self.list.sizeHintForRow(0) + 16)
        right = QVBoxLayout()
        buttons = row(self.print_button, self.pdf_button, self.sheet_button)
        for widget in (self.count, self.zoom):
            buttons.addWidget(widget)
        right.addLayout(buttons)
        right.addWidget(self.preview, 1)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(panel)
        both.addLayout(right, 1)
        self.body.addLayout(both, 1)
        self._allow()

    def _offer(self, units: list[tuple[str, str]]) -> None:
        self.org.offer(units)
        self._draw()

    def _draw(self) -> None:
        """Ask for the chosen report; only the newest request is drawn."""
        one = catalog.CATALOG[max(0, self.list.currentRow())]
        self.about.setText(one.purpose + ("。请在“范围”里选一个党组织。" if one.per_org else "。"))
        self._asked += 1
        self._ready = None
        self._allow()
        self.preview.tell("正在排版…")
        asked = self._asked
        layer, code = self.layer.currentData(), self.org.currentData()
        self.context.work.read(
            lambda session: _prepare(session, one.number, layer, code) if asked == self._asked else None,
            self._show,
            otherwise=lambda error: self._refused(error, asked),
        )

    def _show(self, ready: _Ready | None) -> None:
        if ready is not None:
            self._ready = ready
            if ready.unusual:
                self.about.setText(f"{self.about.text()}\n请核对：{''.join(ready.unusual)}")
            self._allow()
            self._redraw()

    def _refused(self, error: UserError, asked: int) -> None:
        if asked == self._asked:
            self.preview.tell(str(error))

    def _enlarge(self) -> None:
        self.preview.zoom = self.zoom.currentData()
        self._redraw()

    def _redraw(self) -> None:
        """The same PDF in another size."""
        ready, width, zoom = self._ready, self.preview.page_width, self.preview.zoom
        if ready is not None:
            self.context.work.read(
                lambda _session: preview.pages(ready.pdf, width=width, zoom=zoom),
                lambda shown: self.preview.show_pages(shown) if ready is self._ready else None,
            )

    def _allow(self) -> None:
        for one in (self.print_button, self.pdf_button, self.sheet_button):
            one.setEnabled(self._ready is not None)
        self.count.setText("" if self._ready is None else f"共 {self._ready.total} 页")

    def _print(self) -> None:
        if self._ready is None:
            return
        report = self._ready.report
        name = f"{report.number} {report.title}"
        try:
            if preview.print_pdf(self._ready.pdf, self, landscape=report.landscape, name=name):
                self.messages.inform("已送到打印机。")
        except UserError as error:
            self.messages.fail(str(error))

    def _save_pdf(self) -> None:
        self._save(pickers.PDFS, ".pdf")

    def _save_sheet(self) -> None:
        self._save(pickers.WORKBOOKS, ".xlsx")

    def _save(self, kinds: str, suffix: str) -> None:
        if self._ready is not None:
            report = self._ready.report
            path = pickers.to_save(self, "存到", kinds, name=file_name(report, suffix))
            if path is not None:
                self._write(path, report, sheet=suffix == ".xlsx")

    def _write(self, path: Path, report: Report, *, sheet: bool) -> None:
        render = render_xlsx if sheet else render_pdf
        self.context.work.read(
            lambda _session: render(report, path),
            lambda _: self.messages.inform(f"已存到 {path}", *mends(path)),
        )


def file_name(report: Report, suffix: str) -> str:
    """A name that Windows takes too."""
    return visible.file_name(f"{report.number} {report.title} {report.subtitle}") + suffix


def _prepare(session: Session, number: str, layer: int | None, code: str | None) -> _Ready:
    unsound = soundness.before_report(session)
    asked = Question(session, campaigns.at_work_id(session))
    report = catalog.of(asked, name=number, layer=layer, org_code=code)
    out = BytesIO()
    render_pdf(report, out)
    unusual = unsound + [one.sentence for one in sums.of(asked) if one.weight is Weight.WARNING]
    return _Ready(report, out.getvalue(), preview.page_count(out.getvalue()), unusual)
