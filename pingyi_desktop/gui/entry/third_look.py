"""第三次看票 of a whole ballot that only one of two entries has: it is keyed once more, blind, before it counts.

What differs from the first keying is asked for once again; what two people then sign is what the paper says.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches import batches, printed, settling
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.paper import compare, keying
from pingyi_desktop.appraisal.paper.keying import Keying, Outcome, Paper
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.appraisal.paper.places import Open
from pingyi_desktop.gui.keying.paper import PaperView
from pingyi_desktop.gui.keying.paper_area import PaperArea
from pingyi_desktop.gui.parts.forms import Field, label, required, say
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

LINES_PER_ROW, LINES_AROUND, FEWEST, MOST = 2, 3, 12, 15
READY = "录好了。写明理由，由两人署名。"


@dataclass(frozen=True)
class ThirdSheet:
    """The ballot to look at: what is printed on it and what was keyed of it the one time."""

    layout: Layout
    paper: Paper
    keyed: str


def read_sheet(session: Session, batch: BatchView, spot: str) -> ThirdSheet:
    """The ballot at a spot."""
    keyed = settling.keyed_once(session, batch_id=batch.id, spot=spot)
    return ThirdSheet(
        printed.layout_of(session, batch_id=batch.id), batches.paper_of(session, batch_id=batch.id), keyed
    )


class ThirdLook(RecordDialog):
    """The empty ballot to key, and below it the reason and the second name; ``content`` once Enter was pressed."""

    def __init__(self, parent: QWidget, one: Open, sheet: ThirdSheet) -> None:
        purpose = f"{one.sentence}。请找到这张原始票，像录票一样录一遍，录满按回车。"
        super().__init__(parent, "照纸再录这一张", purpose, save="就这样定")
        self._sheet, self._asked_again = sheet, False
        self._state = keying.start(sheet.paper, position=one.position)
        self.content: str | None = None
        self.paper = PaperView()
        self.paper.pressed.connect(self._press)
        self.area = PaperArea(self.paper)
        lines = min(max(len(sheet.layout.rows) * LINES_PER_ROW + LINES_AROUND, FEWEST), MOST)
        self.area.setMinimumHeight(lines * self.fontMetrics().height())
        self.told = label(role="strong")
        self.reason = Field("理由", QLineEdit(), hint="例如：另一遍漏录了这一张", check=required("理由"))
        self.witness = Field(
            "监票人", QLineEdit(), hint="与操作员不是同一人，两人一起看票", check=required("监票人")
        )
        self.ask((self.area,), (self.told,), (self.reason, self.witness))
        self.area.show_paper(sheet.layout)
        self._draw()
        self.paper.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        """Only a ballot that has been keyed to its end is kept."""
        if self.content is None:
            say(self.told, "这一张还没有录完：录满后按回车。")
            self.paper.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().accept()

    def _press(self, key: str) -> None:
        step = keying.press(self._state, key)
        match step.outcome:
            case Outcome.PAUSED:
                self.reject()
                return
            case Outcome.REOPEN:
                return
            case Outcome.COMMITTED if step.done is not None:
                self._whole(step.done)
                return
        self._state = step.state
        if step.outcome is Outcome.KEYED:
            self.content = None
        say(self.told, step.message, wrong=step.outcome is Outcome.REFUSED)
        self._draw()

    def _whole(self, done: Keying) -> None:
        """Enter: what differs from the one keying is asked for once more, then the ballot stands."""
        answer = keying.content(done.cells, done.void_reason)
        blank = compare.blanked(self._sheet.keyed, answer, size=done.paper.size)
        if blank and not self._asked_again:
            self._asked_again = True
            again = keying.start(done.paper, position=done.position, cells=blank)
            self._state = keying.ask_again(again, blank)
            say(self.told, f"{keying.why_asked(self._state)}再按回车。")
        else:
            self.content, self._state = answer, done
            void = f"整张作废：{keying.VOID_REASONS[done.void_reason]}。" if done.void_reason else ""
            say(self.told, f"{void}{READY}", wrong=False)
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._draw()

    def _draw(self) -> None:
        self.area.show_state(self._state)
