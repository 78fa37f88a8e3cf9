"""What keying costs: keys per ballot, milliseconds from key to paint, writes waiting; counted on the real page.

Nothing is asserted about time. The same ballots are also counted the way people key them elsewhere: in a spreadsheet
(digit and Enter in every cell) and in a form of radio buttons (Tab to every item, arrows to the option, Enter to save).
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks import apart
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.parts.look import prepare
from pingyi_desktop.gui.window import Window

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FRAME = 16
PACE = 10
KEYS = 200
THIRTEEN = [family + given for family in "赵钱孙李周吴郑" for given in ("建国", "秀英")][:13]
SIXTY = [family + given for family in "赵钱孙李周吴郑王冯陈褚卫" for given in ("一", "二", "三", "四", "五")]
SPECIAL = {"#": Qt.Key.Key_Return, "<": Qt.Key.Key_Backspace, "*": Qt.Key.Key_Asterisk}
MIXED = "12341"
CASES = (
    ("支部测评表，5 格", "T-ORG-A", f"{MIXED}#", MIXED),
    ("支部测评表，各格相同", "T-ORG-A", "*1#", "11111"),
    ("支部测评表，改正一格", "T-ORG-A", "12<2341#", MIXED),
    ("名册 13 人×3 项", "T-MEM-B", "112" * 13 + "#", "112" * 13),
    ("名册 13 人×3 项，各格相同", "T-MEM-B", "*1#", "1" * 39),
)


def published(path: Path, form: str, people: list[str]) -> Path:
    """A branch with one stack to key."""
    made = make.school(path, people=people)
    with made.transaction() as session:
        make.published(session, form_codes=[form])
    made.close()
    return path


def stacked(path: Path, many: int) -> Path:
    """The same with ``many`` ballots of sixty members keyed already."""
    made = make.school(path, people=SIXTY)
    with made.transaction() as session:
        campaign = make.published(session, form_codes=["T-MEM-B"])
        (batch,) = batches.listing(session, campaign_id=campaign)
        size = batches.paper_of(session, batch_id=batch.id).size
        stack = [str(number % 4 + 1) * size for number in range(many)]
        ballots.enter_ballots(session, batch_id=batch.id, ballots=stack, by=make.BY)
    made.close()
    return path


def test_keys_per_ballot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "home"))
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    prepare(app)
    print("\n每张票的键数（在真的录票页上数出来），与同一张票的别种录法：")
    for number, (name, form, keys, cells) in enumerate(CASES):
        pressed = strokes(app, published(tmp_path / f"{number}.pingyi", form, THIRTEEN), keys)
        sheet, tab = spreadsheet(cells), radio_buttons(cells)
        print(
            f"  {name}：{pressed} 键；电子表格 {sheet} 键（{sheet / pressed:.2f} 倍），"
            f"Tab 加方向键 {tab} 键（{tab / pressed:.2f} 倍）"
        )


def strokes(app: QApplication, path: Path, keys: str) -> int:
    """Key one ballot on the real page; the keys that the file's own quality sheet counted."""
    window = Window([one for one in PAGES if one.key == "entry"])
    window.show()
    assert window.open_path(path)
    page = window.workspace.pages[0]
    settle(app, lambda: bool(page.batches))
    page.open_batch(page.batches[0])
    QTest.mouseClick(page.desk.acts.of["KEY"], Qt.MouseButton.LeftButton)
    settle(app, lambda: page.desk.keying.state is not None)
    for one in keys:
        QTest.keyClick(page.desk.keying.paper, SPECIAL.get(one, Qt.Key(ord(one))))
    settle(app, lambda: page.desk.keying._writer.depth == 0)
    with page.context.store.reading() as session:
        query = "SELECT keystrokes, ballots FROM entry_pass"
        pressed, done = session.connection().exec_driver_sql(query).one()
    assert done == 1
    window.close()
    window.deleteLater()
    return int(pressed)


def settle(app: QApplication, true) -> None:
    """Let the window work until something holds."""
    for _ in range(3000):
        app.processEvents()
        if true():
            return
        QTest.qSleep(5)
    raise AssertionError("waited too long")


def spreadsheet(cells: str) -> int:
    """Digit and Enter in every cell."""
    return 2 * len(cells)


def radio_buttons(cells: str) -> int:
    """Tab to every item; the first option with the space bar, every further one an arrow; Enter saves."""
    return sum(1 + int(mark) for mark in cells) + 1


def _ends_with_us() -> None:
    """Linux, where alone there is Xvfb, ends this process when the one that started it has ended."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG


@contextmanager
def screens() -> Iterator[list[tuple[str, dict[str, str]]]]:
    """Where the robot keys: without a screen, and on a virtual one where there is Xvfb."""
    found = [("不显示（offscreen）", {"QT_QPA_PLATFORM": "offscreen"})]
    program = shutil.which("Xvfb")
    if program is None:
        print("  没有 Xvfb，只在不显示的方式下测")
        yield found
        return
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        command, pass_fds=(write,), stderr=subprocess.DEVNULL, preexec_fn=_ends_with_us
    ) as server:
        os.close(write)
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        found.append(("虚拟屏幕（Xvfb）", {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}))
        try:
            yield found
        finally:
            server.terminate()


def robot(path: Path, env: dict[str, str], *, keys: int = KEYS) -> dict[str, float]:
    """Let the robot key in a process of its own."""
    known = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    whole = {**os.environ, **env, "PINGYI_HOME": str(path.parent / "home"), "PYTHONPATH": known}
    command = [sys.executable, str(HERE / "keying_robot.py"), str(path), str(keys), str(PACE)]
    found: dict[str, float] = json.loads(apart.answer(command, whole))
    return found


def test_key_to_paint_and_queue(tmp_path: Path) -> None:
    print(f"\n60 人×3 项的名册，每秒 {PACE} 键，共 {KEYS} 键；一帧 {FRAME} 毫秒：")
    with screens() as found:
        for many in (500, 20_000):
            path = stacked(tmp_path / f"{many}.pingyi", many)
            for name, env in found:
                one = robot(path, env)
                print(
                    f"  已录 {many} 张，{name}：按键到画出 p50 {one['p50']:.1f} 毫秒"
                    f"（{one['p50'] / FRAME:.0%} 帧），p99 {one['p99']:.1f} 毫秒（{one['p99'] / FRAME:.0%} 帧），"
                    f"最长 {one['worst']:.1f} 毫秒；等待写入最多 {one['depth']:.0f} 键"
                )
