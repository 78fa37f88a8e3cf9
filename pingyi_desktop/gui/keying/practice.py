"""练一练: a minute of keying on four sample ballots. No file is read or written."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.paper import forms, keying
from pingyi_desktop.appraisal.paper.keying import Keying, Outcome
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.gui.keying import sounds
from pingyi_desktop.gui.keying.paper import PaperView
from pingyi_desktop.gui.keying.paper_area import PaperArea
from pingyi_desktop.gui.keying.practice_lessons import LESSONS, PAPER, Lesson, hint, judge
from pingyi_desktop.gui.keying.practice_sheet import SampleSheet
from pingyi_desktop.gui.parts.forms import button, label, row, say

FORM = "T-ORG-A"
LEARNT = (
    "照着纸按数字，五行按完按回车；按错了退格；看不清按小数点，没有勾按 0；整张作废按 F8。\n"
    "每一键都当时存好，随时按 F9 停下，下次从原处接着录。"
)


class PracticeDesk(QWidget):
    """The sample beside the paper to key it on; ``done`` when the keyer leaves or has learnt it all."""

    done: ClassVar[Signal] = Signal()

    def __init__(self) -> None:
        super().__init__()
        form = forms.read_form(forms.templates()[FORM], activity="创先争优", known=forms.scales())
        layout = Layout(form, tuple(item.short_text.lstrip("①②③④⑤⑥") for item in form.items))
        self._number = 0
        self._corrected = False
        self.state = keying.start(PAPER, position=1)
        self.sample = SampleSheet(layout)
        self.paper = PaperView()
        self.paper.pressed.connect(self._press)
        self.paper.listening.connect(self._listened)
        self.area = PaperArea(self.paper)
        self.area.show_paper(layout)
        self.task = label(role="strong")
        self.now = label(role="title")
        self.told = label(role="wrong", wrap=False)
        self.leave = button("不练了（Esc）", self.done.emit)
        self.again = button("再练一遍", self.begin)
        self.go = button("开始录票", self.done.emit, primary=True)
        self.learnt = label(LEARNT, role="strong")
        self._lay_out()
        self.begin()

    def _lay_out(self) -> None:
        self._both = QHBoxLayout()
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.addWidget(self.sample, 1)
        self._both.addWidget(self.area, 1)
        keyed = QWidget()
        column = QVBoxLayout(keyed)
        column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.task, 1)
        top.addWidget(self.leave)
        self.leave.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.told.setMinimumHeight(self.told.fontMetrics().height() + 4)
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        column.addLayout(top)
        column.addWidget(self.now)
        column.addWidget(self.told)
        column.addLayout(self._both, 1)
        ending = QWidget()
        end = QVBoxLayout(ending)
        end.addWidget(label("练好了", role="title"))
        end.addWidget(self.learnt)
        end.addLayout(row(self.go, self.again))
        end.addStretch(1)
        self.stack = QStackedWidget()
        self.stack.addWidget(keyed)
        self.stack.addWidget(ending)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.stack)
        self.setFocusProxy(self.paper)

    @property
    def lesson(self) -> Lesson:
        """The sample in hand."""
        return LESSONS[self._number]

    def begin(self) -> None:
        """From the first sample."""
        self.stack.setCurrentIndex(0)
        self._take(0)
        self.paper.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.paper.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= self.height()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._both.setDirection(way)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.paper.setFocus(Qt.FocusReason.MouseFocusReason)

    def _listened(self, _listening: bool) -> None:
        self._draw()

    def _take(self, number: int, *, cells: str = "") -> None:
        self._number, self._corrected = number, False
        self.state = keying.start(PAPER, position=number + 1, cells=cells)
        self.sample.show_ballot(self.lesson.content)
        say(self.told, "")
        self._draw()

    def _press(self, key: str) -> None:
        before = self.state
        step = keying.press(before, key)
        self.state = step.state
        say(self.told, step.message if step.outcome is Outcome.REFUSED else "")
        sounds.play(step, row_width=1)
        match step.outcome:
            case Outcome.KEYED if key == keying.BACKSPACE and not before.untouched:
                self._corrected = True
            case Outcome.COMMITTED if step.done is not None:
                self._judge(step.done)
                return
            case Outcome.REOPEN:
                self._take(self._number - 1, cells=LESSONS[self._number - 1].content)
                return
            case Outcome.PAUSED:
                self.done.emit()
        self._draw()

    def _judge(self, committed: Keying) -> None:
        """Right: the next sample. Wrong: the same one, where it differs."""
        verdict = judge(self.lesson, committed, corrected=self._corrected)
        if verdict.again is not None:
            sounds.refuse()
            self.state = verdict.again
            say(self.told, verdict.wrong)
            self._draw()
        elif self._number + 1 < len(LESSONS):
            self._take(self._number + 1)
        else:
            self.stack.setCurrentIndex(1)
            self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw(self) -> None:
        self.task.setText(f"练一练　第 {self._number + 1} 张，共 {len(LESSONS)} 张：{self.lesson.teaches}")
        listening = self.paper.hasFocus() or not self.isVisible()
        said = hint(self.lesson, self.state, corrected=self._corrected)
        self.now.setText(said if listening else "点一下右边的票面，再接着练。")
        self.area.show_state(self.state)
