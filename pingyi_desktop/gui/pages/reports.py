"""报表: choose one, look at it, then print it or save it as PDF or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QVBoxLayout
from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns
from pingyi_desktop.gui import pickers, preview
from pingyi_desktop.gui.forms import Field, button, label, row
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.preview import FEW_PAGES, SCREEN_DPI, Preview
from pingyi_desktop.gui.scope import ScopeBox, scopes
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report

LAYERS = {"两个层面": None, "层面一": 1, "层面二": 2}


@dataclass(frozen=True)
class _Ready:
    report: Report
    pdf: bytes
    images: list[QImage]
    pages: int


class ReportsPage(Page):
    """The catalogue to the left, the preview to the right."""

    key: ClassVar[str] = "reports"
    title: ClassVar[str] = "报表"
    purpose: ClassVar[str] = "选一张报表,先看预览,再打印或存成文件。"
    guide: ClassVar[str] = "上下键选报表;Ctrl+P 打印;需要交电子表格时用“存为表格”。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "item_tally", "party_organization", "envelope"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._ready: _Ready | None = None
        self.list = QListWidget()
        self.list.setAccessibleName("报表目录")
        for one in catalog.CATALOG:
            self.list.addItem(f"{one.number} {one.name}")
        self.list.setCurrentRow(0)
        self.about = label(role="hint")
        self.layer = QComboBox()
        for text, value in LAYERS.items():
            self.layer.addItem(text, value)
        self.org = ScopeBox()
        self.preview = Preview()
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._draw())
        self.layer.currentIndexChanged.connect(lambda _: self._draw())
        self.org.currentIndexChanged.connect(lambda _: self._draw())

    def refresh(self) -> None:
        """Read the organisations to choose from, then draw the chosen report again."""
        self.context.work.read(scopes, self._offer)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list)
        left.addWidget(self.about)
        left.addWidget(Field("层面", self.layer))
        left.addWidget(Field("范围", self.org, hint="选哪个党组织,就出它和它下级的数字。"))
        left.addStretch(1)
        right = QVBoxLayout()
        self.print_button = button("打印…", self._print, primary=True, hint="Ctrl+P")
        self.print_button.setShortcut("Ctrl+P")
        self.pdf_button = button("存为 PDF…", self._save_pdf)
        self.sheet_button = button("存为表格…", self._save_sheet, hint="WPS 和 Excel 都能打开的 .xlsx")
        right.addLayout(row(self.print_button, self.pdf_button, self.sheet_button))
        right.addWidget(self.preview, 1)
        both = QHBoxLayout()
        both.addLayout(left, 1)
        both.addLayout(right, 3)
        self.body.addLayout(both, 1)
        self._allow()

    def _offer(self, units: list[tuple[str, str]]) -> None:
        self.org.offer(units)
        self._draw()

    def _draw(self) -> None:
        one = catalog.CATALOG[max(0, self.list.currentRow())]
        self.about.setText(one.purpose + ("。" if not one.per_org else "。请在“范围”里选一个党组织。"))
        self._ready = None
        self._allow()
        self.preview.tell("正在排版…")
        layer, code = self.layer.currentData(), self.org.currentData()
        self.context.work.read(
            lambda session: _prepare(session, one.number, layer, code),
            self._show,
            otherwise=lambda error: self.preview.tell(str(error)),
        )

    def _show(self, ready: _Ready) -> None:
        self._ready = ready
        self.preview.show_pages(ready.images, ready.pages)
        self._allow()

    def _allow(self) -> None:
        for one in (self.print_button, self.pdf_button, self.sheet_button):
            one.setEnabled(self._ready is not None)

    def _print(self) -> None:
        if self._ready is not None:
            report = self._ready.report
            name = f"{report.number} {report.title}"
            if preview.print_pdf(self._ready.pdf, self, landscape=report.landscape, name=name):
                self.messages.inform("已送到打印机。")

    def _save_pdf(self) -> None:
        if self._ready is not None and (path := self._ask(pickers.PDFS, ".pdf")) is not None:
            self._write(path, self._ready.report, sheet=False)

    def _save_sheet(self) -> None:
        if self._ready is not None and (path := self._ask(pickers.WORKBOOKS, ".xlsx")) is not None:
            self._write(path, self._ready.report, sheet=True)

    def _ask(self, kinds: str, suffix: str) -> Path | None:
        if self._ready is None:
            return None
        report = self._ready.report
        return pickers.to_save(self, "存到", kinds, name=f"{report.number}-{report.title}{suffix}")

    def _write(self, path: Path, report: Report, *, sheet: bool) -> None:
        render = render_xlsx if sheet else render_pdf
        self.context.work.read(
            lambda _session: render(report, path), lambda _: self.messages.inform(f"已存到 {path}")
        )


def _prepare(session: Session, number: str, layer: int | None, code: str | None) -> _Ready:
    view = campaigns.current(session)
    report = catalog.build(session, name=number, campaign_id=view.id, layer=layer, org_code=code)
    out = BytesIO()
    render_pdf(report, out)
    pdf = out.getvalue()
    pages = preview.page_count(pdf)
    few = range(min(pages, FEW_PAGES))
    return _Ready(report, pdf, preview.page_images(pdf, dpi=SCREEN_DPI, pages=few), pages)
