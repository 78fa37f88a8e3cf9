"""唱票 on the big screen: 正 marks growing as votes are called, for everybody in the hall to watch.

One person is shown at a time on a roster form. Nothing but totals is ever shown: a ballot leaves no trace of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QFont, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import batches, calling, campaigns, keying
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.calling import Board
from pingyi_desktop.appraisal.forms import Form, Item
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.forms import button, label, row, say
from pingyi_desktop.gui.keys import Debounce, key_of
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.zheng import draw, fitting_side

INK, ACCENT, RULE, HERE = QColor("#111111"), QColor("#0b4f9e"), QColor("#444444"), QColor("#fff2c4")
EXTRA = ((keying.BLANK, "未填"), (keying.MULTI, "多选"), (keying.ILLEGIBLE, "看不清"))
CAPTION, HEAD = 0.24, 0.11
KEYS = "1–8 唱这一档　0 未填　9 多选　. 看不清　* 数字：本张其余各项都是它　退格：撤回上一唱　Esc：离开，唱过的都在"


@dataclass(frozen=True)
class _Start:
    form: Form
    people: dict[str, str]
    board: Board


class _Wall(QWidget):
    """The table of 正 marks of one ballot form (for one person)."""

    def __init__(self) -> None:
        super().__init__()
        self._start: _Start | None = None
        self.setAccessibleName("唱票计票板")

    def show_board(self, start: _Start) -> None:
        """Draw these totals."""
        self._start = start
        target, item = start.board.next_place
        who = start.people.get(target, "")
        self.setAccessibleDescription(f"已唱 {start.board.ballots} 张，请唱{who}第 {item} 项")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._start is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#ffffff"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        items, marks = self._start.form.items, self._marks()
        left, head = self.width() * CAPTION, self.height() * HEAD
        across, down = (self.width() - left) / len(marks), (self.height() - head) / len(items)
        self._text(painter, min(head * 0.42, across * 0.22))
        for place, (_, name) in enumerate(marks):
            box = QRectF(left + place * across, 0, across, head)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        for number, item in enumerate(items):
            line = QRectF(0, head + number * down, self.width(), down)
            self._draw_item(painter, line, item, across)

    def _marks(self) -> list[tuple[str, str]]:
        """Columns: the options of the longest scale, and the rest only when something was called there."""
        start = self._start
        if start is None:
            return []
        scale = max((item.scale for item in start.form.items), key=lambda scale: len(scale.options))
        options = [(str(number), option.label) for number, option in enumerate(scale.options, 1)]
        called = {mark for (_, _, mark) in start.board.totals}
        return options + [(mark, name) for mark, name in EXTRA if mark in called]

    def _draw_item(self, painter: QPainter, line: QRectF, item: Item, across: float) -> None:
        start = self._start
        if start is None:
            return
        target, current = start.board.next_place
        left = self.width() * CAPTION
        if item.no == current:
            painter.fillRect(line, HERE)
        painter.setPen(QPen(RULE, 2))
        painter.drawLine(line.topLeft(), line.topRight())
        self._text(painter, min(line.height() * 0.3, left * 0.1))
        caption = QRectF(12, line.top(), left - 20, line.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(caption, flags, item.short_text)
        for place, (mark, _) in enumerate(self._marks()):
            count = start.board.totals.get((target, item.no, mark), 0)
            box = QRectF(left + place * across, line.top(), across, line.height())
            painter.setPen(QPen(RULE, 1))
            painter.drawLine(box.topLeft(), box.bottomLeft())
            number = box.height() * 0.3
            room = box.adjusted(12, 10, -12, -number)
            newest = ACCENT if start.board.last == (target, item.no, mark) else INK
            side = fitting_side(count, room, min(room.height(), across * 0.3))
            draw(painter, room, count, side=side, ink=INK, newest=newest)
            self._text(painter, min(number * 0.6, across * 0.16))
            foot = QRectF(box.left(), box.bottom() - number, across - 12, number)
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(count))

    def _text(self, painter: QPainter, pixels: float) -> None:
        font = QFont(self.font())
        font.setPixelSize(max(12, int(pixels)))
        painter.setFont(font)
        painter.setPen(INK)


class CallingScreen(QWidget):
    """A window of its own over the whole (second) screen; ``finished`` when the totals became the tally sheet."""

    finished: ClassVar[Signal] = Signal(str)
    left: ClassVar[Signal] = Signal()

    def __init__(self, context: Context, batch: BatchView) -> None:
        super().__init__()
        self.setWindowTitle(f"唱票　{batch.org_name}　{batch.form_title}")
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._context, self._batch = context, batch
        self._start: _Start | None = None
        self._filling = False
        self._debounce = Debounce()
        self.title = label(f"{batch.org_name}　{batch.form_title}", role="title")
        self.now = label(role="brand")
        self.told = label(role="wrong")
        self.wall = _Wall()
        self.end = button("唱完了，填进计票表", self._finish, primary=True)
        self.end.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addWidget(self.now)
        column.addWidget(self.wall, 1)
        column.addWidget(self.told)
        foot = row(label(KEYS, role="hint"), self.end, stretch=False)
        foot.setStretch(0, 1)
        column.addLayout(foot)
        context.work.read(self._read, self._show)

    def open_on_the_hall(self) -> None:
        """Full screen; on the second screen (the projector) when there is one."""
        screens = QGuiApplication.screens()
        self.setGeometry(screens[-1].geometry())
        self.showFullScreen()
        self.setFocus()

    @property
    def board(self) -> Board | None:
        """What is shown; None while it is being read."""
        return None if self._start is None else self._start.board

    def event(self, event: QEvent) -> bool:
        """Keep every key of calling: no shortcut steals a digit."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and key_of(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = key_of(event)
        if event.isAutoRepeat() or self._debounce.bounced(event):
            return
        if event.key() == Qt.Key.Key_Escape:
            self._filling = False
            self.close()
        elif key == keying.BACKSPACE:
            self._write(lambda session: calling.take_back(session, batch_id=self._batch.id))
        elif key == keying.FILL:
            self._filling = True
            say(self.told, "本张其余各项都唱几？按一个数字。", wrong=False)
        elif key in keying.MARKS:
            act = calling.call_rest if self._filling else calling.call
            self._filling = False
            self._write(lambda session: act(session, batch_id=self._batch.id, mark=key))
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.left.emit()
        super().closeEvent(event)

    def _write(self, act: Callable[[Session], Board]) -> None:
        self._context.work.write(act, self._grown, otherwise=self._refused)

    def _grown(self, board: Board) -> None:
        if self._start is not None:
            self._show(_Start(self._start.form, self._start.people, board))

    def _refused(self, error: UserError) -> None:
        say(self.told, str(error))

    def _read(self, session: Session) -> _Start:
        form = campaigns.current(session).form(self._batch.form_code)
        listed = dict(batches.targets(session, batch_id=self._batch.id)) if form.is_roster else {}
        return _Start(form, listed, calling.board(session, batch_id=self._batch.id))

    def _show(self, start: _Start) -> None:
        self._start = start
        target, number = start.board.next_place
        item = next(item for item in start.form.items if item.no == number)
        who = f"{start.people[target]}　" if target in start.people else ""
        self.now.setText(f"第 {start.board.ballots + 1} 张　请唱：{who}{item.short_text}")
        say(self.told, "")
        self.wall.show_board(start)

    def _finish(self) -> None:
        by = self._context.operator()
        self._context.work.write(
            lambda session: calling.finish(session, batch_id=self._batch.id, by=by),
            self._finished,
            act="唱票结束",
            otherwise=self._refused,
        )

    def _finished(self, _many: int) -> None:
        self.finished.emit(self._batch.id)
        self.close()
