"""What a start costs, beside a window of PySide6 with nothing in it: CPU seconds of fresh processes, the median of several.

CPU seconds rather than the clock's, because other work on the computer must not count; the clock's are printed beside them.
Every way is walked once before it is measured, so that the compiled modules lie on the disk as they do on a user's, and
the ways are walked in turn and compared turn by turn: a computer that is busy, or slow for a while, is so for all of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from pingyi_desktop import demo
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo.company import NAME
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.wire import age
from pingyi_desktop.storage import store

PROBE = Path(__file__).with_name("start_probe.py")
TIMES = 11
CLI = 0.4
STAGES = (("painted", "窗口画出", 1.5), ("usable", "欢迎页可用", 2.5), ("page", "演示公司的第一页", 5))
"""how far the start goes, what that is called, and the most it should take, as a multiple of an empty window"""


def test_starting(tmp_path: Path) -> None:
    demo.run(tmp_path / "演示", fast=False, say=lambda _: None)
    measure(tmp_path / "演示" / f"{NAME}.pingyi", tmp_path / "演示" / "数据包", tmp_path / "测", times=TIMES)


def measure(file: Path, packages: Path, folder: Path, *, times: int) -> float:
    """Print what starting takes; returns the window's multiple of the empty one. ``times=0`` measures nothing, it only tries."""
    folder.mkdir()
    kept = folder if times else None
    ways = {
        "empty": ("empty",),
        "floor": ("floor",),
        **{stage: (stage,) for stage, _, _ in STAGES},
        "page": ("page", str(file)),
    }
    rounds = [
        {way: probe(words, folder / way, kept) for way, words in ways.items()} for _ in range(times + 1)
    ]
    warm = rounds[1:] or rounds  # the first one compiles
    cpu, clock = (
        {way: median(float(one[way][what]) for one in warm) for way in ways}
        for what in ("seconds", "elapsed")
    )
    print(
        f"\n空的 PySide6 窗口 {cpu['empty']:.2f} 秒（处理器时间，{times} 次的中位数；时钟 {clock['empty']:.2f} 秒）"
    )
    ratios = {way: median(one[way]["seconds"] / one["empty"]["seconds"] for one in warm) for way in ways}
    for stage, name, target in STAGES:
        print(
            f"{name} {cpu[stage]:.2f} 秒，是同一轮空窗口的 {ratios[stage]:.2f} 倍"
            f"（目标 ≤ {target} 倍；时钟 {clock[stage]:.2f} 秒）"
        )
    print(
        f"下限：空窗口只载入 SQLModel、第一页读的表和 Qt 的常量，{ratios['floor']:.2f} 倍，不含窗口本身和读一行数据"
    )
    for words in (("--help",), ("inspect", str(opened(file, packages, folder)))):
        taken = min(command(words, folder, kept) for _ in range(times + 1))
        print(f"命令 {words[0]} {taken:.2f} 秒（目标 ≤ {CLI} 秒）")
    return ratios["painted"]


def opened(file: Path, packages: Path, folder: Path) -> Path:
    """The smallest package that was sent to the unit of this data file, no longer encrypted."""
    held = store.open_file(file)
    with held.reading() as session:
        known = keys.identities(session, campaign_id=campaigns.current(session).id)
    held.close()
    for path in sorted(packages.glob("*.pingyi-pack"), key=lambda path: path.stat().st_size):
        with suppress(UserError):  # sent to another unit
            out = folder / path.name
            out.write_bytes(age.open_transport(path.read_bytes(), known))
            return out
    raise AssertionError("no package was sent to this unit")


def probe(words: tuple[str, ...], home: Path, folder: Path | None = None) -> dict[str, Any]:
    """What the probe tells: CPU seconds, those of the clock, and the modules that were loaded by then.

    Settings are those of ``home``; compiled modules are kept in ``folder``, otherwise where they always are.
    """
    began = time.time()
    started = subprocess.run(
        [sys.executable, PROBE, *words],
        env=_environment(folder, home),
        capture_output=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr.decode()
    told: dict[str, Any] = json.loads(started.stdout)
    return told | {"elapsed": told["arrived"] - began}


def command(words: tuple[str, ...], home: Path, folder: Path | None) -> float:
    """CPU seconds of a whole command; settings and compiled modules as for :func:`probe`."""
    before = _children()
    arguments = [sys.executable, "-m", "pingyi_desktop", *words]
    subprocess.run(arguments, env=_environment(folder, home), capture_output=True, check=True)
    return _children() - before


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _environment(folder: Path | None, home: Path) -> dict[str, str]:
    """A home of its own, and compiled modules kept, whatever the one who measures has told Python."""
    own = {"PINGYI_HOME": str(home / "home")}
    if folder is not None:
        own["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    root = str(PROBE.parent.parent.parent)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **own, "PYTHONPATH": root}
