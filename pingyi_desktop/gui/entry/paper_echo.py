"""What is printed on a batch's paper, to be held against the stack in hand before it is keyed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches import batches, quality
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.gui.entry import batch_stages
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import label, scrolled


@dataclass(frozen=True)
class _Echo:
    batch: BatchView
    form: Form
    who: str


class PaperEcho(QWidget):
    """Items and options in words; long ones scroll here, so that the buttons above stay on the screen."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._wanted = ""
        self._words = label()
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(self._words))

    def show_batch(self, batch: BatchView) -> None:
        """Read what its paper says."""
        self._wanted = batch.id
        self._words.setText("")
        self._context.work.read(partial(_read, batch), self._show)

    def text(self) -> str:
        """What is shown."""
        return self._words.text()

    def _show(self, found: _Echo) -> None:
        if found.batch.id == self._wanted:  # answers come later than questions
            self._words.setText(batch_stages.echo(found.form, found.batch, found.who))


def _read(batch: BatchView, session: Session) -> _Echo:
    form = batches.form_on(session, batch_id=batch.id)
    return _Echo(batch, form, quality.names(session, batch_id=batch.id))
