"""The frozen folder on trial: it tests itself where nothing of ours is around it, and its start is measured."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bundling

if sys.platform != "win32":
    import resource

NO_NETWORK = Path(__file__).resolve().parent / "no_network.py"
PLACE = "评议 便携版"
"""a name with Chinese and a space, as on a stick"""
SUFFIX = ".exe" if sys.platform == "win32" else ""
NOWHERE = Path("/proc/none" if sys.platform == "linux" else os.devnull)
"""a folder that is not there and cannot be made, not even by root"""
TIMES, GOAL = 9, 1.5


def check(bundle: Path) -> int:
    """Run the program's own test, on Linux under a kernel that kills it when it opens a socket; 1 when it fails.

    Twice: as a user has it, and where the user's own folder can neither be written nor made. The folder is read-only, as
    on a stick that is locked.
    """
    with tempfile.TemporaryDirectory(prefix="pingyi-", ignore_cleanup_errors=True) as folder:
        place = Path(folder) / PLACE
        shutil.copytree(bundle, place, symlinks=True)
        writable(place, yes=False)
        try:
            tried = [_tested(place, home) for home in (Path(folder) / "家", NOWHERE)]
        finally:
            writable(place, yes=True)
    for done in tried:
        if done.returncode:
            print(f"冻结的程序没有通过自检（{done.returncode}）：{done.stdout.decode()}", file=sys.stderr)
            return 1
    told = json.loads(tried[0].stdout)
    names = "、".join(one["check"] for one in told["checks"])
    print(f"冻结的程序 {told['version']} 自检通过（{names}），没有打开网络。", flush=True)
    return 0


def _tested(place: Path, home: Path) -> subprocess.CompletedProcess[bytes]:
    program = str(place / f"{bundling.CONSOLE}{SUFFIX}")
    return subprocess.run(
        [*watched(), program, "selftest", "--json"],
        env=alone(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )


def writable(folder: Path, *, yes: bool) -> None:
    """Let a folder and all in it be written, or not."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if yes else mode & ~0o222)


def watched() -> list[str]:
    """Words before a command that keep it from the network, where there is a way."""
    return [sys.executable, str(NO_NETWORK)] if sys.platform == "linux" else []


def alone(home: Path) -> dict[str, str]:
    """An environment with nothing of the one who builds: no Python, no Qt, no settings of ours."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "PATH", "DISPLAY", "LANG", "WINEPREFIX")
    plain = {name: os.environ[name] for name in kept if name in os.environ}
    return {**plain, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "APPDATA": str(home)}


def measure(bundle: Path, probe: Path) -> int:
    """Print what a start takes beside an empty window of the same folder, warm and cold.

    The least of several starts until the first painting, by the clock and in seconds of the processor: the clock also
    counts what else the computer does.
    """
    with tempfile.TemporaryDirectory(prefix="pingyi-") as folder:
        place = Path(folder) / PLACE
        shutil.copytree(bundle, place, symlinks=True)
        program = Path(shutil.copy2(probe / f"{bundling.PROBE}{SUFFIX}", place))
        for state, cold in (("热", False), ("冷", hasattr(os, "posix_fadvise"))):
            if state == "冷" and not cold:
                print("冷启动没有测：这个系统不能单独清掉一个文件夹的缓存。")
                continue
            commands = {what: [str(program), what] for what in ("empty", "ours")}
            taken = least(commands, Path(folder) / "家", place if cold else None)
            for number, kind in enumerate(("钟表", "处理器")):
                print(
                    f"{state}启动（{kind}）：{beside(taken['empty'][number], taken['ours'][number])}",
                    flush=True,
                )
    return 0


def beside(alone: float, ours: float) -> str:
    """Our start beside the empty window's, in words; Windows does not say what processes that ended took."""
    if not alone:
        return "这个系统不说"
    return f"空窗口 {alone:.2f} 秒，评议 {ours:.2f} 秒，{ours / alone:.2f} 倍（目标 ≤ {GOAL} 倍）"


def least(commands: dict[str, list[str]], home: Path, cold: Path | None) -> dict[str, tuple[float, float]]:
    """Seconds by the clock and of the processor until each start has painted, the least of several, taken in turns.

    Before each start the memory keeps nothing of the files below ``cold``.
    """
    environment = {"QT_QPA_PLATFORM": "offscreen", **alone(home)}
    if "DISPLAY" in environment:
        del environment["QT_QPA_PLATFORM"]
    clock: dict[str, list[float]] = {what: [] for what in commands}
    processor: dict[str, list[float]] = {what: [] for what in commands}
    for _ in range(TIMES):
        for what, command in commands.items():
            if cold is not None:
                _forget(cold)
            before, used = time.perf_counter(), _children()
            subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
            )
            clock[what].append(time.perf_counter() - before)
            processor[what].append(_children() - used)
    return {what: (min(clock[what]), min(processor[what])) for what in commands}


def _forget(folder: Path) -> None:
    """Have the system drop these files, and no others, from its memory."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _children() -> float:
    """Seconds of the processor that processes took which ended; the system's other count goes by hundredths of a second."""
    if sys.platform == "win32":
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
