"""唱票 on the big screen: 正 marks growing as votes are called, for everybody in the hall to watch.

One person is shown at a time on a roster form. Nothing but totals is ever shown: a ballot leaves no trace of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import batches, calling
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.calling import Board
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.counting.calling_wall import CallingWall, Shown
from pingyi_desktop.gui.keying.keys import Debounce, key_of
from pingyi_desktop.gui.looks.tokens import on_paper
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import button, label, row

FLASH_MS = 700
KEYS = "1–{} 唱这一档　0 未填　9 多选　. 看不清　* 加数字：本张其余都唱它　退格：撤回　回车：唱完　Esc：离开"
ASK_REST = "本张其余各项都唱几？按一个数字，退格取消。"
# Sizes in pixels of a screen of 1280 × 720; larger screens have larger letters.
LOOK = """
CallingScreen {{ background: {surface}; }}
QLabel {{ color: {ink}; font-size: {small}px; }}
QLabel#title {{ font-size: {title}px; }}
QLabel#called {{ font-size: {called}px; font-weight: 700; }}
QLabel#now {{ font-size: {now}px; font-weight: 700; color: {blue}; }}
QLabel#last {{ font-size: {title}px; }}
QLabel#told {{ font-size: {called}px; font-weight: 700; color: {bad}; }}
QPushButton {{ font-size: {small}px; }}
"""
COLOURS = {name: on_paper(name).name() for name in ("surface", "ink", "blue", "bad")}
SIZES = {"small": 16, "title": 24, "called": 30, "now": 54}


class CallingScreen(QWidget):
    """A window of its own over the whole (second) screen; ``finished`` when the totals became the tally sheet."""

    finished: ClassVar[Signal] = Signal(str)
    left: ClassVar[Signal] = Signal()

    def __init__(self, context: Context, batch: BatchView) -> None:
        super().__init__()
        self.setWindowTitle(visible.shown(f"唱票　{batch.org_name}　{batch.form_title}"))
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._context, self._batch = context, batch
        self._waits = ""
        self._filled = (
            0  # calls that the last "*" made; only the database's thread looks at it, in the order of keys
        )
        self._debounce = Debounce()
        self._light = QTimer(self, interval=FLASH_MS, singleShot=True)
        self.wall = CallingWall()
        self._light.timeout.connect(self.wall.calm)
        self._lay_out()
        context.work.finishing.connect(self.close)
        context.work.read(self._read, partial(self._show, flashing=False))

    def _lay_out(self) -> None:
        self.title = label(f"{self._batch.org_name}　{self._batch.form_title}")
        self.called, self.last = label(wrap=False), label(wrap=False)
        self.now, self.told, self.keys = label(), label(), label()
        for name in ("title", "called", "last", "now", "told"):
            getattr(self, name).setObjectName(name)
        self.told.hide()
        self.other = button("换屏（F11）", self.change_screen)
        self.end = button("唱完了，填进计票表", self._finish, primary=True)
        for one in (self.other, self.end):
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setSpacing(2)
        above = row(self.title, self.last, stretch=False)
        above.setStretch(0, 1)
        heading = row(self.now, self.called, stretch=False)
        heading.setStretch(0, 1)
        foot = row(self.told, self.keys, self.other, self.end, stretch=False)
        foot.setStretch(0, 1)
        foot.setStretch(1, 1)
        column.addLayout(above)
        column.addLayout(heading)
        column.addWidget(self.wall, 1)
        column.addLayout(foot)

    def open_on_the_hall(self) -> None:
        """Full screen; on the second screen (the projector) when there is one."""
        here = QApplication.activeWindow()
        screens = QGuiApplication.screens()
        others = [one for one in screens if here is not None and one is not here.screen()]
        self.setGeometry((others or screens)[-1].geometry())
        self.showFullScreen()
        self.setFocus()

    def change_screen(self) -> None:
        """Go to the next screen; with only one, leave and enter the full screen in turn."""
        screens = QGuiApplication.screens()
        if len(screens) == 1 and self.isFullScreen():
            self.showNormal()
            return
        following = screens[(screens.index(self.screen()) + 1) % len(screens)]
        self.showNormal()
        self.setGeometry(following.geometry())
        self.showFullScreen()
        self.setFocus()

    @property
    def board(self) -> Board | None:
        """What is shown; None while it is being read."""
        return None if self.wall.shown is None else self.wall.shown.board

    def resizeEvent(self, event: QResizeEvent) -> None:
        unit = self.wall.scale
        self.setStyleSheet(
            LOOK.format(**COLOURS, **{name: max(12, int(px * unit)) for name, px in SIZES.items()})
        )
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep every key of calling: no shortcut steals a digit."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and key_of(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat() or self._debounce.bounced(event):
            return
        if event.key() == Qt.Key.Key_F11:
            self.change_screen()
        elif (key := key_of(event)) is not None:
            self._press(key)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._debounce.released(event)

    def _press(self, key: str) -> None:
        waited, self._waits = self._waits, ""
        if key == keying.ENTER:
            self._ask_end(waited)
        elif key == keying.FILL:
            self._wait(keying.FILL, ASK_REST)
        elif waited and key in (keying.BACKSPACE, keying.CANCEL):
            self._show_instead("")
        elif key == keying.CANCEL:
            self.close()
        elif key == keying.BACKSPACE:
            self._write(self._take_back)
        elif key in keying.MARKS and waited == keying.FILL:
            self._write(partial(self._call_rest, key))
        elif key in keying.MARKS:
            self._write(partial(self._call, key))

    def _ask_end(self, waited: str) -> None:
        """Enter twice ends the calling: the first one asks."""
        if waited == keying.ENTER:
            self._finish()
        elif self.board is not None:
            self._wait(
                keying.ENTER, f"唱了 {self.board.ballots} 张，唱完了吗？再按一次回车填进计票表，退格取消。"
            )

    def _call(self, mark: str, session: Session) -> Board:
        self._filled = 0
        return calling.call(session, batch_id=self._batch.id, mark=mark)

    def _call_rest(self, mark: str, session: Session) -> Board:
        before = calling.board(session, batch_id=self._batch.id).calls
        after = calling.call_rest(session, batch_id=self._batch.id, mark=mark)
        self._filled = after.calls - before
        return after

    def _take_back(self, session: Session) -> Board:
        """The last call, or all that one “*” called, as long as nothing came after it."""
        many, self._filled = max(1, self._filled), 0
        return calling.take_back(session, batch_id=self._batch.id, many=many)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._light.stop()
        self.left.emit()
        super().closeEvent(event)

    def _write(self, act: Callable[[Session], Board]) -> None:
        self._context.work.write(act, self._grown, otherwise=self._refused)

    def _grown(self, board: Board) -> None:
        shown, before = self.wall.shown, self.board
        if shown is not None and before is not None:
            self._show(Shown(shown.form, shown.people, board), flashing=board.calls > before.calls)

    def _refused(self, error: UserError) -> None:
        self._show_instead(str(error))

    def _wait(self, key: str, said: str) -> None:
        self._waits = key
        self._show_instead(said)

    def _show_instead(self, said: str) -> None:
        """One line in place of the keys: the wall keeps its size."""
        self.told.setText(said)
        self.told.setVisible(bool(said))
        self.keys.setVisible(not said)

    def _read(self, session: Session) -> Shown:
        form = batches.form_on(session, batch_id=self._batch.id)
        listed = dict(batches.targets(session, batch_id=self._batch.id)) if form.is_roster else {}
        return Shown(form, listed, calling.board(session, batch_id=self._batch.id))

    def _show(self, shown: Shown, *, flashing: bool) -> None:
        board = shown.board
        self.now.setText(
            f"第 {board.ballots + 1} 张　请唱：" + "　".join(filter(None, (shown.who, shown.item.short_text)))
        )
        self.called.setText(
            f"已唱 {board.ballots} 张" + ("" if board.expected is None else f"，应唱 {board.expected} 张")
        )
        self.last.setText(_last(shown))
        self.keys.setText(KEYS.format(shown.form.widest))
        if not self._waits:
            self._show_instead(_over(board))
        self.wall.show_board(shown, flashing=flashing)
        if flashing:
            self._light.start()

    def _finish(self) -> None:
        by = self._context.operator()
        self._context.act(
            lambda session: calling.finish(session, batch_id=self._batch.id, by=by),
            act="唱票结束",
            then=self._finished,
            otherwise=self._refused,
        )

    def _finished(self, _many: int) -> None:
        self.finished.emit(self._batch.id)
        self.close()


def _over(board: Board) -> str:
    """What to say once as many ballots are called as the control sheet has."""
    if board.expected is None or not board.calls or board.ballots < board.expected:
        return ""
    if (board.ballots, board.done) == (board.expected, 0):
        return f"核对单上的 {board.expected} 张都唱完了，按两次回车填进计票表。"
    return f"核对单上有效票只有 {board.expected} 张，多唱了，请停下来数一数票。"


def _last(shown: Shown) -> str:
    """The call before this one, for whoever has to take it back."""
    if shown.board.last is None:
        return ""
    target, item, mark = shown.board.last
    text = next(one.short_text for one in shown.form.items if one.no == item)
    called = (shown.people.get(target, ""), text, shown.mark_name(item, mark))
    return "上一唱：" + "　".join(filter(None, called))
