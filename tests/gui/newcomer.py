"""A newcomer, scripted: what he clicks and types until the first ballot, until the task files lie on the stick, and to the demo, counted.

``python3 installers/dev.py newcomer`` drives the real window with xdotool on a screen of its own (Xvfb, with a window
manager), or says what is missing and sends Qt's own events. The tests send those too. Where a thing lies on the screen
is asked of the window; what happens to it is what a mouse and a keyboard do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bench_keying import screens
from gui import branches, showing
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QWidget
from shiboken6 import isValid

import make
from pingyi_desktop import paths
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.exchange.slips_first import SlipsFirst
from pingyi_desktop.gui.files.opening import NewFile, TakeTask
from pingyi_desktop.gui.files.recovery_code import TYPED_BACK, ShowCode
from pingyi_desktop.gui.files.task_code import TaskCode
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.window import Window
from pingyi_desktop.sheets.roster.roster_out import export_roster
from pingyi_desktop.storage import store as data

BALLOT = "11213"
FIRST_BALLOT, TASK_FILES, LOOK_AROUND = 4, 10, 2
"""the most clicks from a double click on the task file to the first ballot; from an empty screen to the task files; to the
demo and to a new one"""
UNIT, CODE, PASSWORD = "中共青峦公司委员会", "QL", "Qing-luan 2024"
MINUTE, LOOK = 60.0, 15
MANAGERS = ("openbox", "metacity", "xfwm4", "icewm")
Walk = Generator[None, None, None]


@dataclass
class Hand:
    """A hand that sends Qt's own events, each on its own turn of the loop, as a real one does; what it did is counted."""

    clicks: int = 0
    keys: int = 0
    did: list[str] = field(default_factory=list)

    def click(self, widget: QWidget, what: str = "") -> None:
        """Press the left button in the middle of a widget."""
        self.clicks += 1
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        self.did.append(f"点 {what or text or widget.accessibleName()}")
        self._press(widget, widget.rect().center())

    def double_click(self, what: str) -> None:
        """Outside of the window: on a file, which starts the program with it."""
        self.clicks += 1
        self.did.append(f"双击 {what}")

    def type(self, text: str) -> None:
        """Type a text into what has the keys."""
        self.keys += len(text)
        self.did.append(f"键入 {text}")
        self._type(text)

    def press(self, key: str) -> None:
        """Press Return or Tab."""
        self.keys += 1
        self.did.append({"Return": "回车", "Tab": "换格"}[key])
        self._key(key)

    def _press(self, widget: QWidget, where: QPoint) -> None:
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTimer.singleShot(0, lambda: QTest.mouseClick(widget, left, plain, where))

    def _type(self, text: str) -> None:
        if text.isascii():
            QTest.keyClicks(QApplication.focusWidget(), text)
        else:
            showing.write(QApplication.focusWidget(), text)

    def _key(self, key: str) -> None:
        one = {"Return": Qt.Key.Key_Return, "Tab": Qt.Key.Key_Tab}[key]
        QTimer.singleShot(0, lambda: QTest.keyClick(QApplication.focusWidget(), one))


class Xdotool(Hand):
    """The same with the pointer and the keyboard of an X server."""

    def _press(self, widget: QWidget, where: QPoint) -> None:
        at = widget.mapToGlobal(where)
        _xdotool("mousemove", "--sync", str(at.x()), str(at.y()), "click", "1")

    def _type(self, text: str) -> None:
        if text.isascii():
            _xdotool("type", "--delay", "120", text)
        else:
            super()._type(text)  # what an input method does

    def _key(self, key: str) -> None:
        _xdotool("key", key)


def _xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True)


def until(found: Callable[[], Any]) -> Generator[None, None, Any]:
    """Wait for something to be there; it."""
    while not (value := found()):
        yield
    yield  # and painted
    return value


def walk(steps: Walk, hand: Hand, *, patience: float = 5 * MINUTE) -> None:
    """Take every step as soon as it can be taken; an error when not all are within so many seconds."""
    app, timer, failed, since = QApplication.instance(), QTimer(), list[BaseException](), time.monotonic()
    assert isinstance(app, QApplication)
    done = [False]

    def go_on() -> None:
        try:
            next(steps)
            if time.monotonic() - since > patience:
                raise TimeoutError(f"the newcomer is stuck after {hand.did}")
        except StopIteration:
            done[0] = True
        except Exception as error:  # noqa: BLE001 - carried out of Qt's loop, which would swallow it
            failed.append(error)
            timer.stop()
            _close_all()

    timer.timeout.connect(go_on)
    timer.start(LOOK)
    while not done[0] and not failed:
        app.processEvents()
        time.sleep(0.002)
    timer.stop()
    if failed:
        raise failed[0]


def _close_all() -> None:
    """Leave every dialog, so that the loop they run in ends."""
    while isinstance(found := QApplication.activeModalWidget(), QDialog) and found.isVisible():
        found.done(0)


def over(kind: type[QDialog]) -> Callable[[], Any]:
    """The dialog of this kind that is in front, while it takes the keys."""

    def look_for() -> QDialog | None:
        found = QApplication.activeModalWidget()
        return found if isinstance(found, kind) and found.isVisible() and QApplication.focusWidget() else None

    return look_for


def first_ballot(window: Window, hand: Hand, task: Path, code: str) -> Walk:
    """From a task file on a stick to the first keyed ballot."""
    hand.double_click(task.name)
    window.open_once_painted([task])
    window.update()
    yield from until(over(TaskCode))
    hand.type(code)
    hand.press("Return")
    made = yield from until(over(TakeTask))
    hand.click(made._make)
    page = yield from until(lambda: _page(window, "entry"))
    yield from until(lambda: showing.cards(page) and page.cards.isVisible())
    hand.click(showing.cards(page)[0].act)
    yield from until(page.desk.acts.of["KEY"].isVisible)
    hand.click(page.desk.acts.of["KEY"])
    yield from until(lambda: page.desk.keying.state is not None and _has_keys(page.desk.keying))
    hand.type(BALLOT)
    hand.press("Return")
    yield from until(lambda: page.desk.keying.committed is not None and page.desk.keying.committed[2] == 1)


def task_files(window: Window, hand: Hand, roster: Path, stick: Path) -> Walk:
    """From the welcome page to task files in a folder."""
    hand.click(_beginning(window))
    yield from until(over(NewFile))
    form = QApplication.activeModalWidget()
    assert isinstance(form, NewFile)
    safety = form.safety.new
    for field_, text in (
        (form.name, UNIT),
        (form.code, CODE),
        (safety.first, PASSWORD),
        (safety.again, PASSWORD),
    ):
        yield from _tab_to(hand, field_.editor)
        hand.type(text)
    hand.press("Return")
    yield from _copied(hand)
    page = yield from until(lambda: _page(window, "workbench"))
    yield from until(lambda: page.next.isVisible() and page.next.text())
    hand.click(page.next)
    page = yield from until(lambda: _page(window, "organisations"))
    yield from until(partial(_has_keys, page.import_button))
    hand.press("Return")
    yield from until(over(QFileDialog))
    hand.type(str(roster))
    hand.press("Return")
    yield from until(lambda: page.preview.go.isVisible() and page.preview.go.isEnabled())
    hand.click(page.preview.go)
    yield from _reasons(hand, lambda: page.middle.currentIndex() == 0)
    _go(window, hand, "campaign")
    page = yield from until(lambda: _page(window, "campaign"))
    yield from until(page.start_new.isVisible)
    hand.click(page.start_new)
    yield from until(page.publish.isVisible)
    hand.click(page.publish)
    yield from until(lambda: page.confirm.yes.isVisible())
    hand.click(page.confirm.yes)
    yield from _reasons(hand, over(ShowCode))
    yield from _copied(hand)
    yield from until(lambda: page.view.isVisible())
    _go(window, hand, "exchange")
    page = yield from until(lambda: _page(window, "exchange"))
    yield from until(lambda: page.go.isVisible() and page.go.text() == "下发任务")
    hand.click(page.go)
    yield from until(partial(_has_keys, page.tasks.all))
    hand.press("Return")
    yield from until(page.tasks.hand_down.isEnabled)
    hand.click(page.tasks.hand_down)
    yield from until(over(QFileDialog))
    hand.type(str(stick))
    hand.press("Return")
    slips = yield from until(over(SlipsFirst))
    yield from until(lambda: slips.view.ready is not None)
    yield from _tab_to(hand, slips.back.editor)
    hand.type(slips._last[-4:])
    yield from _tab_to(hand, slips.go)
    hand.press("Return")
    yield from until(lambda: list(stick.glob("*.pingyi-task")))


def look_around(window: Window, hand: Hand) -> Walk:
    """先看看: the fictional company, really made and opened; what was done to it is gone when it is made anew."""
    spoilt = paths.demo_folder() / "弄乱了.txt"
    for button in (_beginning(window, "先看看"), window.welcome.again):
        yield from until(button.isVisible)
        hand.click(button)
        page = yield from until(lambda: _page(window, "workbench"))
        yield from until(lambda page=page: page.figures.cards[0].note.text() == "已报齐")
        hand.did += [" ".join((c.title.text(), c.figure.text(), c.unit.text())) for c in page.figures.cards]
        assert not spoilt.exists()
        spoilt.touch()
        window.close_file()


def _beginning(window: Window, name: str = "我是最上级") -> QWidget:
    """What the welcome page offers to whoever has nothing yet."""
    buttons = window.welcome.findChildren(QAbstractButton)
    return next(one for one in buttons if one.accessibleName() == name)


def _page(window: Window, key: str) -> Any:
    page = window.workspace.page if window.workspace else None
    return page if page is not None and page.key == key and page.isVisible() else None


def _go(window: Window, hand: Hand, key: str) -> None:
    """Click a page in the navigation."""
    assert window.workspace is not None
    rows = window.workspace.navigation
    item = rows.item(rows._rows[key])
    hand.clicks += 1
    hand.did.append(f"点 {item.text()}")
    hand._press(rows.viewport(), rows.visualItemRect(item).center())


def _has_keys(widget: QWidget) -> bool:
    """Whether the keys go to it or to a part of it; a window manager gives them back when a dialog closes."""
    if not widget.isActiveWindow():
        widget.activateWindow()
    here = QApplication.focusWidget()
    return here is not None and (here is widget or widget.isAncestorOf(here))


def _tab_to(hand: Hand, widget: QWidget) -> Walk:
    """Press Tab until the keys go there."""
    yield from until(lambda: _has_keys(widget) or QApplication.focusWidget() is not None)
    while not _has_keys(widget):
        here = QApplication.focusWidget()
        hand.press("Tab")
        yield from until(lambda here=here: QApplication.focusWidget() not in (here, None))


def _copied(hand: Hand) -> Walk:
    """The code that is shown, copied to paper: its last digits typed back."""
    shown = yield from until(over(ShowCode))
    digits = "".join(filter(str.isdigit, shown.digits.text()))
    hand.type(digits[-TYPED_BACK:])
    hand.press("Return")
    yield from until(partial(_closed, shown))


def _reasons(hand: Hand, gone_on: Callable[[], Any]) -> Walk:
    """Answer whatever asks for a reason until it has gone on."""
    while not gone_on():
        asked = over(RecordDialog)()
        if asked is not None and asked.save.isEnabled():
            hand.type("checked")
            hand.press("Return")
            yield from until(partial(_closed, asked))
        yield


def _closed(dialog: QDialog) -> bool:
    return not isValid(dialog) or not dialog.isVisible()


@dataclass(frozen=True)
class Things:
    """What a newcomer has in his hands: a task file with its code, a roster, an empty stick."""

    task: Path
    code: str
    roster: Path
    stick: Path


def things(root: Path) -> Things:
    """A stick with a branch's task on it, and a company's roster."""
    branches.published(root)
    made = data.open_file(root / "QL.pingyi")
    with made.transaction() as session:
        (one,) = tasks.assign(
            session, campaign_id=campaigns.current(session).id, by=make.BY, units=["QL.B001"]
        )
    made.close()
    stick, roster = root / "USB", root / "roster.xlsx"
    stick.mkdir()
    bundle.save(stick / one.file_name, one.data)
    office = make.company(root / "roster.pingyi")
    with office.transaction() as session:
        export_roster(session, roster, by=make.BY, reason=make.WHY)
    office.close()
    empty = root / "stick"
    empty.mkdir()
    return Things(stick / one.file_name, one.code, roster, empty)


def told(hand: Hand, what: str, most: int) -> str:
    """The count and every step, in words."""
    return f"{what}：点 {hand.clicks} 下（目标 ≤ {most}），按 {hand.keys} 个键\n  " + "；".join(hand.did)


def show(root: Path) -> Window:
    """The window as it stands on a computer on which the program was never started."""
    app = QApplication.instance() or QApplication(["pingyi"])
    assert isinstance(app, QApplication)
    look.prepare(app)
    settings.set_operator("王芳")
    settings.remember_folder(root)
    window = Window(PAGES)
    window.open_fitting()
    QTest.qWaitForWindowActive(window)
    return window


def main(arguments: list[str]) -> int:
    """All three ways on a screen of its own; 1 when one takes more clicks than it should."""
    if arguments:
        return _inside(Xdotool if arguments == ["xdotool"] else Hand)
    manager = next(filter(None, map(shutil.which, MANAGERS)), None)
    lacking = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if lacking or manager is None:
        print(f"没有 {'、'.join(lacking) or '窗口管理器'}，改用 Qt 自己的鼠标和键盘事件")
        return _inside(Hand)
    with screens() as found:
        env = {**os.environ, **found[-1][1]}
        with subprocess.Popen([manager], env=env, stderr=subprocess.DEVNULL) as managing:
            try:
                command = [sys.executable, "-m", "gui.newcomer", "xdotool"]
                return subprocess.run(command, env=env, check=False).returncode
            finally:
                managing.terminate()


def _inside(kind: type[Hand]) -> int:
    status = 0
    for what, most in (
        ("从 U 盘上的任务文件到第一张票", FIRST_BALLOT),
        ("从零到任务文件", TASK_FILES),
        ("先看看，再重做", LOOK_AROUND),
    ):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            os.environ["PINGYI_HOME"] = str(root / "home")
            given, hand, window = things(root), kind(), show(root)
            if most == FIRST_BALLOT:
                walk(first_ballot(window, hand, given.task, given.code), hand)
            elif most == TASK_FILES:
                walk(task_files(window, hand, given.roster, given.stick), hand)
            else:
                walk(look_around(window, hand), hand, patience=20 * MINUTE)
            print(told(hand, what, most))
            status = status or int(hand.clicks > most)
            window.close_anyway()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
