"""A paper over the window: look at it, print it, save it as PDF or as a spreadsheet, and go on.

The same as on the page 报表, for papers that belong to an act: slips with codes, the list of who is missing, the sheet
that goes with the package.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.gui.parts.forms import MessageBar, button
from pingyi_desktop.gui.parts.report_view import ReportView
from pingyi_desktop.gui.work import Work
from pingyi_desktop.reports.blocks import Report

SIZE = (980, 720)
Make = Callable[[Session], Report]


class ReportDialog(QDialog):
    """Shows the report that ``make(session)`` builds; a sentence in its place when it cannot be built."""

    def __init__(self, parent: QWidget, work: Work, title: str, make: Make, *, sheet: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(visible.shown(title))
        self.messages = MessageBar()
        self.view = ReportView(work, self.messages, below=True)
        self.view.sheet_button.setVisible(sheet)
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
