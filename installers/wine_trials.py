"""setup.exe and the zip of ``wine.py`` on trial under wine: installed, started, laid over others, refused, taken away.

    PYTHONPATH=. .venv/bin/python installers/wine_trials.py FOLDER OLDER.exe     everything, in the wine of FOLDER/prefix
    PYTHONPATH=. .venv/bin/python installers/wine_trials.py FOLDER OLDER.exe 20  also so many upgrades killed at any moment

OLDER.exe is a setup of an earlier version. The user's own folder has Chinese and a space in its name. A disk that is too
small and one that is read-only are mounted, so those two need root. A line is printed for everything that was looked at.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bundling
import setup_kills
import wine

from pingyi_desktop import __version__, paths

PROGRAM, WINDOW = f"{bundling.CONSOLE}.exe", f"{bundling.WINDOWED}.exe"
UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Pingyi"
TYPES = r"HKCU\Software\Classes"
RUNNING, NEWER, SMALL, READ_ONLY = 3, 4, 5, 6
"""exit statuses of setup.exe"""
LONGEST = 900
DRIVE = "e:"
CHANGING = 0.2
"""seconds in which setup.exe changes the programs, registers itself and takes the old folder away"""


class TrialError(Exception):
    """Something is not as it should be; ``str(error)`` says what."""


@dataclass(frozen=True)
class Computer:
    """A wine, with the setups to be tried in it."""

    folder: Path
    env: dict[str, str]
    setup: Path
    older: Path

    @property
    def drive(self) -> Path:
        """Where C: lies."""
        return self.folder / "prefix/drive_c"

    @property
    def own(self) -> Path:
        """The user's own folder."""
        return self.drive / "users" / wine.USER

    @property
    def place(self) -> Path:
        """Where setup.exe lays the program when it is told nothing."""
        return self.own / "AppData/Local/Programs/Pingyi"

    def run(self, *words: str | Path) -> str:
        """Run a Windows program; what it printed."""
        return wine.run(["wine", *map(str, words)], env=self.env)

    def install(self, setup: Path, where: str = "") -> tuple[int, str]:
        """A silent setup; its exit status and the sentence it ended with. A folder is named by its DOS path.

        Started by a Windows program: wine would put a folder with a space between quotes, which setup.exe does not take.
        """
        said = self.folder / "said.txt"
        said.unlink(missing_ok=True)
        line = f"{wine.dos(setup)} /S /SAID={wine.dos(said)}" + (f" /D={where}" if where else "")
        code = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1]))"
        command = ["wine", str(self.folder / "python/python.exe"), "-c", code, line]
        done = subprocess.run(
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, said.read_text("utf-16") if said.exists() else ""

    def registered(self, key: str) -> str:
        """What the registry has under a key; "" when there is none."""
        command = ["wine", "reg", "query", key]
        told = subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        return told.stdout.decode("utf-8", errors="replace") if told.returncode == 0 else ""


def expect(holds: object, what: str) -> None:
    """Say what was looked at; ``TrialError`` when it is not so."""
    if not holds:
        raise TrialError(what)
    print(f"  {what}", flush=True)


def installed(computer: Computer) -> None:
    """A first setup, for a user with Chinese and a space in the name."""
    empty(computer)
    status, said = computer.install(computer.setup)
    expect(status == 0, f"装好了（{said or '没有别的话'}）：{computer.place.relative_to(computer.drive)}")
    print(computer.run(computer.place / PROGRAM, "selftest", "--json"), flush=True)
    expect(True, "装好的程序自检通过")
    expect(f"评议 {__version__}" in computer.run(computer.place / PROGRAM, "--version"), "说得出自己的版本")
    for suffix in (paths.DATA_SUFFIX, paths.TASK_SUFFIX, paths.PACKAGE_SUFFIX):
        expect("Pingyi." in computer.registered(rf"{TYPES}\{suffix}"), f"{suffix} 双击用评议打开")
    expect(WINDOW in computer.registered(rf"{TYPES}\Pingyi.Task\shell\open\command"), "任务文件交给窗口程序")
    expect([*computer.own.rglob("评议.lnk")], "开始菜单里有评议")


def data_of(computer: Computer) -> Path:
    """A data file in the user's own folder, made with the program that is installed."""
    path = computer.own / "我的 数据.pingyi"
    for left in (
        path,
        path.with_name(f"{path.name}.lock"),
    ):  # by a window that was ended: under wine the next has its number
        left.unlink(missing_ok=True)
    words = ("--code", "QL", "--name", "中共青峦公司委员会", "--type", "COMPANY_COMMITTEE", "--no-password")
    computer.run(computer.place / PROGRAM, "init", path, *words)
    return path


@contextmanager
def window(computer: Computer, path: Path) -> Iterator[None]:
    """The window with a data file, unseen, until the block ends."""
    null = subprocess.DEVNULL
    command = ["wine", str(computer.place / WINDOW), wine.dos(path)]
    with subprocess.Popen(command, env=computer.env, stdin=null, stdout=null, stderr=null) as running:
        since = time.monotonic()
        while wine.dos(path).rpartition("\\")[2] not in remembered(computer):
            if running.poll() is not None or time.monotonic() - since > LONGEST:
                raise TrialError(f"窗口没有打开“{path.name}”（{running.poll()}）")
            time.sleep(1)
        try:
            yield
        finally:
            computer.run("taskkill", "/f", "/im", WINDOW)


def settings(computer: Computer) -> Path:
    """Where the program keeps what it remembers."""
    return computer.own / "AppData/Roaming/Pingyi/pingyi.ini"


def remembered(computer: Computer) -> str:
    """The settings as Qt wrote them, its escapes resolved."""
    path = settings(computer)
    return path.read_bytes().decode("utf-8") if path.exists() else ""


def empty(computer: Computer) -> None:
    """A computer on which the program was never installed or started."""
    for place in (computer.place, settings(computer).parent):
        shutil.rmtree(place, ignore_errors=True)
    if computer.registered(UNINSTALL):
        computer.run("reg", "delete", UNINSTALL, "/f")


def upgraded(computer: Computer) -> None:
    """Over an older version: data, settings and recent files stay, nothing of the old program does."""
    empty(computer)
    status, said = computer.install(computer.older)
    expect(status == 0, f"装好了以前的版本（{said or '没有别的话'}）")
    old = computer.run(computer.place / PROGRAM, "--version").strip()
    path = data_of(computer)
    with window(computer, path):
        expect(True, f"{old} 的窗口（离屏）打开了数据文件，记在最近的文件里")
        before = setup_kills.listing(computer.place)
        status, said = computer.install(computer.setup)
        expect(status == RUNNING, f"程序开着时装新版，退出码 {status}：{said}")
        expect(setup_kills.listing(computer.place) == before, "原来的程序一个字节没有动")
    kept, data = remembered(computer), path.read_bytes()
    status, said = computer.install(computer.setup)
    expect(status == 0, f"关了再装，装好了（{said or '没有别的话'}）")
    expect(
        f"评议 {__version__}" in computer.run(computer.place / PROGRAM, "--version"),
        f"{old} 升为 {__version__}",
    )
    folders = [one.name for one in computer.place.iterdir() if one.is_dir()]
    expect(folders == [bundling.INTERNAL], f"旧版的文件夹没有留下：{folders}")
    expect(remembered(computer) == kept and data == path.read_bytes(), "设置、最近的文件、数据文件没有变")
    computer.run(computer.place / PROGRAM, "verify", path)
    expect(True, "新版打开旧版的数据文件，体检通过")


def over_newer(computer: Computer) -> None:
    """Over a newer version: refused, and nothing is touched."""
    version = ("reg", "add", UNINSTALL, "/v", "DisplayVersion", "/f", "/d")
    before = setup_kills.listing(computer.place)
    computer.run(*version, "99.0.0")
    status, said = computer.install(computer.setup)
    computer.run(*version, __version__)
    expect(status == NEWER, f"装在更新的版本上面，退出码 {status}：{said}")
    expect(setup_kills.listing(computer.place) == before, "更新的程序一个字节没有动")


def elsewhere(computer: Computer) -> None:
    """Into a folder of one's own choice, with Chinese and spaces; uninstalled, what is the user's stays."""
    place = computer.drive / "我的 软件/评议 试装"
    where = r"C:\我的 软件\评议 试装"
    status, said = computer.install(computer.setup, where)
    expect(status == 0 and (place / WINDOW).exists(), f"装进“{where}”（{said or '没有别的话'}）")
    mine = place / "我的数据.pingyi"
    mine.write_bytes(b"mine")
    computer.run(place / "uninstall.exe", "/S", rf"_?={where}")
    left = sorted(one.name for one in place.iterdir())
    expect(mine.name in left and set(left) <= {mine.name, "uninstall.exe"}, f"卸载以后留下：{left}")
    expect(
        not computer.registered(UNINSTALL) and not computer.registered(rf"{TYPES}\.pingyi"), "登记都取消了"
    )
    expect(settings(computer).exists(), "设置和最近的文件还在")  # of the trial before


@contextmanager
def disk(computer: Computer, *options: str) -> Iterator[None]:
    """A disk of its own as E:, needs root."""
    place, link = computer.folder / "disk", computer.folder / "prefix/dosdevices" / DRIVE
    place.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(place)
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        link.unlink()


def no_room(computer: Computer) -> None:
    """On a disk that is too small, on one that is read-only: refused, and nothing is there."""
    for options, expected in ((("size=60M",), SMALL), (("size=400M", "ro"), READ_ONLY)):
        with disk(computer, *options):
            status, said = computer.install(computer.setup, rf"{DRIVE}\评议")
            expect(status == expected, f"磁盘 {options}，退出码 {status}：{said}")
            left = [one for one in (computer.folder / "disk").rglob("*") if one.is_file()]
            expect(not left, "那个磁盘上什么也没有留下")


@contextmanager
def holding(computer: Computer, path: Path) -> Iterator[None]:
    """A file that another program reads until the block ends, as a virus scanner does: it cannot be replaced meanwhile."""
    flag = computer.folder / "holding"
    flag.unlink(missing_ok=True)
    code = (
        "import pathlib, sys, time\nheld, flag = open(sys.argv[1], 'rb'), pathlib.Path(sys.argv[2])\nflag.touch()\n"
        "while flag.exists():\n    time.sleep(0.1)"
    )
    python, null = str(computer.folder / "python/python.exe"), subprocess.DEVNULL
    command = ["wine", python, "-c", code, wine.dos(path), wine.dos(flag)]
    with subprocess.Popen(command, env=computer.env, stdin=null, stdout=null, stderr=null) as running:
        while not flag.exists():
            if running.poll() is not None:
                raise TrialError(f"“{path.name}”没有占住（{running.poll()}）")
            time.sleep(0.1)
        try:
            yield
        finally:
            flag.unlink()


def held(computer: Computer) -> None:
    """While a virus scanner holds a program: refused, both programs start, and the next setup makes all of it new."""
    for setup in (computer.setup, computer.older):
        empty(computer)
        expect(computer.install(setup)[0] == 0, f"装好了 {setup.name}")
        if setup is computer.setup:
            new = setup_kills.listing(computer.place)
    versions = {setup_kills.OLDER: setup_kills.listing(computer.place), setup_kills.NEWER: new}
    with holding(computer, computer.place / WINDOW):
        status, said = computer.install(computer.setup)
    expect(status == RUNNING, f"杀毒软件占着 {WINDOW} 时装新版，退出码 {status}：{said}")
    found = setup_kills.standing(computer.place, (PROGRAM, WINDOW), versions)
    expect(found[1] == setup_kills.OLDER, f"两个程序都是完整的：{'、'.join(found)}")
    expect("评议" in computer.run(computer.place / PROGRAM, "--version"), "还能用")
    status, said = computer.install(computer.setup)
    expect(status == 0, f"放开以后再装，装好了（{said or '没有别的话'}）")
    found = setup_kills.standing(computer.place, (PROGRAM, WINDOW), versions)
    expect(set(found) == {setup_kills.NEWER}, "都是新版")


def portable(computer: Computer) -> None:
    """The zip, unpacked on a stick whose name has Chinese and a space."""
    place = computer.drive / "U盘 评议"
    shutil.rmtree(place, ignore_errors=True)
    (package,) = (computer.folder / "out").glob("pingyi-*-windows-x64.zip")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(place)
    (inner,) = place.iterdir()
    print(computer.run(inner / PROGRAM, "selftest", "--json"), flush=True)
    expect(True, f"便携版解压在“{place.name}”里，自检通过")


def killed(computer: Computer, count: int) -> None:
    """Upgrades killed after any part of the time they take: both programs whole, and the next setup mends the rest."""
    empty(computer)
    versions, base = {}, computer.folder / "base"
    for name, setup in ((setup_kills.OLDER, computer.older), (setup_kills.NEWER, computer.setup)):
        began = time.monotonic()
        expect(computer.install(setup)[0] == 0, f"装好了{name}的")
        longest = time.monotonic() - began
        versions[name] = setup_kills.listing(computer.place)
        if name == setup_kills.OLDER:
            shutil.rmtree(base, ignore_errors=True)
            shutil.copytree(computer.place, base)
    # Most of the time goes into unpacking: every second kill waits until the new folder has its name.
    named = computer.place / bundling.INTERNAL
    moments = [(None, longest) if number % 2 else (named, CHANGING) for number in range(count)]
    found = Counter(
        _cut_off(computer, base, versions, after, random.uniform(0, within)) for after, within in moments
    )
    for outcome, times in sorted(found.items()):
        expect(True, f"{outcome}：{times} 次")


def _cut_off(
    computer: Computer,
    base: Path,
    versions: dict[str, setup_kills.Listing],
    after: Path | None,
    seconds: float,
) -> str:
    """Kill the setup so long after it began, or after it made this folder; what then stands, mended by the next setup."""
    shutil.rmtree(computer.place)
    shutil.copytree(base, computer.place)
    null = subprocess.DEVNULL
    command = ["wine", str(computer.setup), "/S"]
    with subprocess.Popen(command, env=computer.env, stdin=null, stdout=null, stderr=null) as running:
        while after is not None and not after.exists() and running.poll() is None:
            time.sleep(0.001)
        time.sleep(seconds)
        was_running = running.poll() is None
        running.send_signal(signal.SIGKILL)
    left = len([*computer.place.glob("_internal-*")])
    found = setup_kills.standing(computer.place, (PROGRAM, WINDOW), versions)
    status, said = computer.install(computer.setup)
    if status or _without_uninstaller(setup_kills.listing(computer.place)) != _without_uninstaller(
        versions[setup_kills.NEWER]
    ):
        raise TrialError(f"强行结束、再装一次以后，还不是新的样子（{status}）：{said}")
    both = "，两版的文件夹都在" if left > 1 else ""
    return f"强行结束后是{'、'.join(sorted(set(found)))}的{both}" if was_running else "已经装完"


def _without_uninstaller(found: setup_kills.Listing) -> setup_kills.Listing:
    return {name: digest for name, digest in found.items() if name != "uninstall.exe"}


TRIALS: tuple[tuple[str, Callable[[Computer], None]], ...] = (
    ("第一次安装", installed),
    ("装在更新的版本上面", over_newer),
    ("升级", upgraded),
    ("换一个文件夹，卸载", elsewhere),
    ("没有空间、只读", no_room),
    ("杀毒软件占着程序", held),
    ("便携版", portable),
)


def main(arguments: list[str]) -> int:
    """Every trial in turn; how many failed."""
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0]).resolve()
    (setup,) = (folder / "out").glob("pingyi-*-setup.exe")
    computer = Computer(folder, wine.prefix(folder), setup, Path(arguments[1]).resolve())
    trials = [*TRIALS]
    if arguments[2:]:
        trials.append(("强行结束", lambda one: killed(one, int(arguments[2]))))
    failed = 0
    for title, trial in trials:
        if trial is no_room and os.geteuid() != 0:
            print(f"{title}：没有试，要 root")
            continue
        print(title, flush=True)
        try:
            trial(computer)
        except (TrialError, setup_kills.HalfError, subprocess.CalledProcessError) as error:
            print(f"  不对：{error}", flush=True)
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
