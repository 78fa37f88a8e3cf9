"""A report as the printer will put it out, with what can be done with it: print, save as PDF, spreadsheet or text document.

The page 报表 and every paper over the window show it; what is saved and printed is the very PDF that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.parts import pickers, preview
from pingyi_desktop.gui.parts.forms import MessageBar, allow, button, label, row
from pingyi_desktop.gui.parts.preview import Preview
from pingyi_desktop.gui.work import Work
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.writers import WRITERS
from pingyi_desktop.reports.blocks import Report

ZOOMS = {"整页宽": 100, "放大一半": 150}
T = TypeVar("T")
SIZE = (980, 720)
NOT_READY = "下面排好一张报表，才能打印、存文件。"
Make = Callable[[Session], Report]


@dataclass(frozen=True)
class Ready:
    """A report that can be shown, printed and saved; ``total`` pages."""

    report: Report
    pdf: bytes
    total: int


class ReportView(QWidget):
    """Preview and buttons of one report after another; ``messages`` is told what became of printing and saving.

    The buttons stand above the preview, or below it where an act follows the paper (``below``). ``put_out``: it is on paper,
    or in a file.
    """

    put_out = Signal()

    def __init__(self, work: Work, messages: MessageBar, *, below: bool = False) -> None:
        super().__init__()
        self._work, self._messages = work, messages
        self.ready: Ready | None = None
        self._asked, self._ended = 0, False
        self.preview = Preview()
        self.print_button = button("打印…", self._print, primary=True, hint="Ctrl+P")
        self.print_button.setShortcut("Ctrl+P")
        self.pdf_button = button("存为 PDF…", self._save_pdf, hint="到哪台电脑打开都一样")
        self.sheet_button = button("存为表格…", self._save_sheet, hint="WPS 和 Excel 都能打开的 .xlsx")
        self.text_button = button("存为文字…", self._save_text, hint="WPS 文字和 Word 都能打开、改写的 .docx")
        self.count = label(role="hint", wrap=False)
        self.zoom = QComboBox()
        for text, value in ZOOMS.items():
            self.zoom.addItem(text, value)
        self.zoom.setAccessibleName("预览大小")
        self.buttons = row(self.print_button, self.pdf_button, self.sheet_button, self.text_button)
        for widget in (self.count, self.zoom):
            self.buttons.addWidget(widget)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self.preview, 1)
        self.column.insertLayout(1 if below else 0, self.buttons)
        self.zoom.currentIndexChanged.connect(lambda _: self._enlarge())
        self.preview.resized.connect(self._draw)
        self._allow()

    def ask(
        self,
        make: Callable[[Session], tuple[Report, T]],
        then: Callable[[T], object] | None = None,
        otherwise: Callable[[UserError], object] | None = None,
    ) -> None:
        """Show the report that ``make`` builds; ``then`` gets what else it gave. A refusal stands in the report's place,
        unless ``otherwise`` takes it.

        Only the newest request is drawn.
        """
        self._asked += 1
        asked, self.ready = self._asked, None
        self._allow()
        self.preview.tell("正在排版…")

        def show(made: tuple[Ready, T] | None) -> None:
            if made is not None and asked == self._asked:
                self.ready, more = made
                if then is not None:
                    then(more)
                self._allow()
                self._draw()

        def refused(error: UserError) -> None:
            if asked == self._asked:
                self.preview.tell("" if otherwise else str(error))
                if otherwise is not None:
                    otherwise(error)

        self._work.read(
            lambda session: _prepare(session, make) if asked == self._asked else None,
            show,
            otherwise=refused,
        )

    def end(self) -> None:
        """What is still on its way is not shown any more."""
        self._asked += 1
        self.ready, self._ended = None, True

    def save(self, path: Path, report: Report, *, kind: str) -> None:
        """Write a file of this kind (``WRITERS``) and say so, or why not."""

        def tell_while_open(tell: Callable[[str], None], sentence: str) -> None:
            if not self._ended:
                tell(sentence)

        def saved(_: object) -> None:
            self.put_out.emit()
            tell_while_open(lambda done: self._messages.inform(done, *pickers.mends(path)), f"已存到 {path}")

        self._work.read(
            lambda _session: WRITERS[kind](report, path),
            saved,
            otherwise=lambda error: tell_while_open(self._messages.fail, str(error)),
        )

    def _enlarge(self) -> None:
        self.preview.zoom = self.zoom.currentData()
        self._draw()

    def _draw(self) -> None:
        """The same PDF as wide as the pane is now."""
        ready, width, zoom = self.ready, self.preview.page_width, self.preview.zoom
        if ready is not None:
            self._work.read(
                lambda _session: preview.pages(ready.pdf, width=width, zoom=zoom),
                lambda shown: self.preview.show_pages(shown) if ready is self.ready else None,
            )

    def _allow(self) -> None:
        for one in (self.print_button, self.pdf_button, self.sheet_button, self.text_button):
            allow(one, "" if self.ready is not None else NOT_READY)
        self.count.setText("" if self.ready is None else f"共 {self.ready.total} 页")

    def _print(self) -> None:
        if self.ready is None:
            return
        report = self.ready.report
        name = f"{report.number} {report.title}"
        try:
            if preview.print_pdf(self.ready.pdf, self, landscape=report.landscape, name=name):
                self._messages.inform("已送到打印机。")
                self.put_out.emit()
        except UserError as error:
            self._messages.fail(str(error))

    def _save_pdf(self) -> None:
        self._save(pickers.PDFS, "pdf")

    def _save_sheet(self) -> None:
        self._save(pickers.WORKBOOKS, "xlsx")

    def _save_text(self) -> None:
        self._save(pickers.DOCUMENTS, "docx")

    def _save(self, kinds: str, kind: str) -> None:
        if self.ready is not None:
            report = self.ready.report
            path = pickers.to_save(self, "存到", kinds, name=file_name(report, f".{kind}"))
            if path is not None:
                self.save(path, report, kind=kind)


class ReportDialog(QDialog):
    """The same over the window, for papers that belong to an act: slips with codes, the list of who is missing."""

    def __init__(self, parent: QWidget, work: Work, title: str, make: Make, *, sheet: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(visible.shown(title))
        self.messages = MessageBar()
        self.view = ReportView(work, self.messages, below=True)
        for one in (self.view.sheet_button, self.view.text_button):
            one.setVisible(sheet)
        self.view.buttons.addWidget(button("关闭", self.reject))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.messages)
        column.addWidget(self.view, 1)
        self.finished.connect(self._end)
        self._fit()
        self.open()
        self.view.ask(lambda session: (make(session), None))

    def _fit(self) -> None:
        room = self.screen().availableGeometry()
        self.resize(min(SIZE[0], room.width() - 60), min(SIZE[1], room.height() - 60))

    def _end(self) -> None:
        self.view.end()
        self.deleteLater()


def file_name(report: Report, suffix: str) -> str:
    """A name that Windows takes too."""
    return visible.file_name(f"{report.number} {report.title} {report.subtitle}") + suffix


def _prepare(session: Session, make: Callable[[Session], tuple[Report, T]]) -> tuple[Ready, T]:
    report, more = make(session)
    out = BytesIO()
    render_pdf(report, out)
    return Ready(report, out.getvalue(), preview.page_count(out.getvalue())), more
