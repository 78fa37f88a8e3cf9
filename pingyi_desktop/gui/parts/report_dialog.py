"""A paper over the window: look at it, print it, save it as PDF or as a spreadsheet, and go on.

The same as on the page 报表, for papers that belong to an act: slips with codes, the list of who is missing, the sheet
that goes with the package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.parts import pickers, preview
from pingyi_desktop.gui.parts.forms import MessageBar, button, label, row
from pingyi_desktop.gui.parts.pickers import mends
from pingyi_desktop.gui.parts.preview import Preview
from pingyi_desktop.gui.work import Work
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports.blocks import Report

SIZE = (980, 720)
Make = Callable[[Session], Report]


@dataclass(frozen=True)
class _Ready:
    report: Report
    pdf: bytes
    total: int


class ReportDialog(QDialog):
    """Shows the report that ``make(session)`` builds; a sentence in its place when it cannot be built."""

    def __init__(self, parent: QWidget, work: Work, title: str, make: Make, *, sheet: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(visible.shown(title))
        self._closed = False
        self._work = work
        self._ready: _Ready | None = None
        self.messages = MessageBar()
        self.preview = Preview()
        self.print_button = button("打印…", self._print, primary=True, hint="Ctrl+P")
        self.print_button.setShortcut("Ctrl+P")
        self.pdf_button = button("存为 PDF…", self._save_pdf)
        self.sheet_button = button("存为表格…", self._save_sheet, hint="WPS 和 Excel 都能打开的 .xlsx")
        self.sheet_button.setVisible(sheet)
        self.count = label(role="hint", wrap=False)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.addWidget(self.messages)
        self.column.addWidget(self.preview, 1)
        self.buttons = row(self.print_button, self.pdf_button, self.sheet_button, self.count)
        self.buttons.addWidget(button("关闭", self.reject))
        self.column.addLayout(self.buttons)
        self.preview.resized.connect(self._draw)
        self.finished.connect(self._end)
        self._allow()
        self._fit()
        self.preview.tell("正在排版…")
        self.open()
        work.read(lambda session: _prepare(session, make), self._show, otherwise=self._refused)

    def _fit(self) -> None:
        room = self.screen().availableGeometry()
        self.resize(min(SIZE[0], room.width() - 60), min(SIZE[1], room.height() - 60))

    def _end(self) -> None:
        """What is still on its way then is not shown any more."""
        self._closed = True
        self.deleteLater()

    def _show(self, ready: _Ready) -> None:
        if not self._closed:
            self._ready = ready
            self._allow()
            self._draw()

    def _refused(self, error: UserError) -> None:
        if not self._closed:
            self.preview.tell(str(error))

    def _draw(self) -> None:
        ready, width = self._ready, self.preview.page_width
        if ready is not None and not self._closed:
            self._work.read(lambda _session: preview.pages(ready.pdf, width=width), self._show_pages)

    def _show_pages(self, shown: preview.Pages) -> None:
        if not self._closed:
            self.preview.show_pages(shown)

    def _said(self, tell: Callable[[str], None], sentence: str) -> None:
        if not self._closed:
            tell(sentence)

    def _allow(self) -> None:
        for one in (self.print_button, self.pdf_button, self.sheet_button):
            one.setEnabled(self._ready is not None)
        self.count.setText("" if self._ready is None else f"共 {self._ready.total} 页")

    def _print(self) -> None:
        if self._ready is None:
            return
        report = self._ready.report
        try:
            name = f"{report.number} {report.title}"
            if preview.print_pdf(self._ready.pdf, self, landscape=report.landscape, name=name):
                self.messages.inform("已送到打印机。")
        except UserError as error:
            self.messages.fail(str(error))

    def _save_pdf(self) -> None:
        self._save(pickers.PDFS, ".pdf")

    def _save_sheet(self) -> None:
        self._save(pickers.WORKBOOKS, ".xlsx")

    def _save(self, kinds: str, suffix: str) -> None:
        if self._ready is None:
            return
        report = self._ready.report
        path = pickers.to_save(self, "存到", kinds, name=file_name(report, suffix))
        if path is not None:
            self._write(path, report, sheet=suffix == ".xlsx")

    def _write(self, path: Path, report: Report, *, sheet: bool) -> None:
        render = render_xlsx if sheet else render_pdf
        self._work.read(
            lambda _session: render(report, path),
            lambda _: self._said(lambda said: self.messages.inform(said, *mends(path)), f"已存到 {path}"),
            otherwise=lambda error: self._said(self.messages.fail, str(error)),
        )


def file_name(report: Report, suffix: str) -> str:
    """A name that Windows takes too."""
    return visible.file_name(f"{report.number} {report.title} {report.subtitle}") + suffix


def _prepare(session: Session, make: Make) -> _Ready:
    report = make(session)
    out = BytesIO()
    render_pdf(report, out)
    return _Ready(report, out.getvalue(), preview.page_count(out.getvalue()))
