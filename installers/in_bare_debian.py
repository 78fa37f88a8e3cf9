"""From the built .deb to the first ballot, as a secretary does it, in a Debian with nothing in it; scripted.

    sudo python3 installers/in_bare_debian.py FOLDER PACKAGE.deb

FOLDER becomes a Debian 12 (debootstrap) with a bare X server and window manager; pictures of every step are left beside
it. The package is installed with what it asks for; the program tests itself as an ordinary user; then a task file is
opened as a double click opens it (``xdg-open``), its code typed, the meeting and the stack registered, a ballot keyed,
and the data file read again with the command line: one ballot. Needs debootstrap, xdotool and imagemagick outside.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

SUITE, USER, DISPLAY = "bookworm", "secretary", ":77"
DESKTOP = (
    *("xvfb", "openbox", "xdg-utils", "libglib2.0-bin", "shared-mime-info", "desktop-file-utils"),
    *("hicolor-icon-theme", "procps"),
)
ORG, BATCH = "QL.B003", "L2-QL.B003-T-ORG-A-v1-ALL"
PATIENCE = 120
"""seconds that one step may take, on the slowest computer"""


class StuckError(Exception):
    """A step did not come to its end; ``str(error)`` says which."""


def inside(folder: Path, command: str, *, user: str = "root") -> str:
    """Run a shell command in the bare system; what it printed. ``CalledProcessError`` when it fails."""
    words = ["chroot", str(folder), "su", "-", user, "-c", command]
    plain = {"PATH": os.environ["PATH"], "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
    done = subprocess.run(words, env=plain, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def install(folder: Path, package: Path) -> None:
    """The bare system with its desktop, an ordinary user, and the package."""
    if not (folder / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", SUITE, str(folder)], check=True)
    apt = "DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends"
    inside(folder, f"apt-get update -q && {apt} {' '.join(DESKTOP)}")
    shutil.copy2(package, folder / "opt")
    print(
        inside(folder, f"{apt} --reinstall --allow-downgrades /opt/{package.name}").splitlines()[-1],
        flush=True,
    )
    inside(folder, f"id {USER} >/dev/null 2>&1 || useradd -m {USER}")
    inside(folder, "rm -rf ~/up ~/tasks ~/*.pingyi ~/.local", user=USER)


def task(folder: Path) -> tuple[str, str]:
    """The unit above makes a task file, with the command line; its path and code."""
    first, last = (date.today() + timedelta(days=days) for days in (-30, 30))
    commands = (
        "mkdir up && cd up && export PINGYI_HOME=$PWD/home",
        "pingyi init QL.pingyi --code QL --name 中共青峦公司委员会 --type 公司党委",
        f"pingyi org add QL.pingyi --parent QL --code {ORG} --type BRANCH --name 中共青峦公司机关支部委员会",
        f"pingyi campaign new QL.pingyi --name 群众评议 --activity 创先争优 --year {first.year} --start {first} --end {last}",
        "pingyi campaign publish QL.pingyi --reason 已核实 --recovery-out recovery.txt",
        "pingyi assign QL.pingyi --out ~/tasks --json > made.json",
        "cat made.json >&3",
    )
    told = inside(folder, f"exec 3>&1 >/dev/null; {' && '.join(commands)}", user=USER)
    (made,) = json.loads(told)
    return f"/home/{USER}/tasks/{made['file']}", made["code"]


@contextmanager
def desktop(folder: Path) -> Iterator[None]:
    """An X server and a window manager in the bare system, ended with everything they show."""
    proc = folder / "proc"
    subprocess.run(["mount", "-t", "proc", "proc", str(proc)], check=True)
    started = [
        subprocess.Popen(
            ["chroot", "--userspec", f"{USER}:{USER}", str(folder), *words],
            env={"PATH": os.environ["PATH"], "DISPLAY": DISPLAY, "HOME": f"/home/{USER}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for words in (["Xvfb", DISPLAY, "-screen", "0", "1366x768x24"], ["sh", "-c", "sleep 5; exec openbox"])
    ]
    try:
        yield
    finally:
        for one in reversed(started):
            one.terminate()
            one.wait()
        subprocess.run(["umount", "--lazy", str(proc)], check=True)


def x(*words: str) -> str:
    """A tool outside on the display inside; what it printed."""
    env = {**os.environ, "DISPLAY": DISPLAY}
    return subprocess.run(words, env=env, stdout=subprocess.PIPE, check=False).stdout.decode().strip()


class Hands:
    """Types, looks, and waits until what is seen has changed and come to rest."""

    def __init__(self, pictures: Path) -> None:
        self._pictures, self._number, self._seen = pictures, 0, ""
        pictures.mkdir(parents=True, exist_ok=True)

    def look(self, what: str) -> None:
        """Wait until the picture differs from the last one and stands still; keep it under what it shows."""
        path = self._pictures / f"{self._number:02} {what}.png"
        before, since = "", time.monotonic()
        while time.monotonic() - since < PATIENCE:
            x("import", "-window", "root", str(path))
            now = x("identify", "-format", "%#", str(path))
            if now == before and now != self._seen:
                self._seen, self._number = now, self._number + 1
                print(f"{what}", flush=True)
                return
            before = now
            time.sleep(2)
        raise StuckError(what)

    def wait_for(self, title: str) -> None:
        """Wait for a window whose title has this in it."""
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE:
            if x("xdotool", "search", "--onlyvisible", "--name", title):
                return
            time.sleep(1)
        raise StuckError(title)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            x("xdotool", "key", key)
            time.sleep(0.5)

    def fill(self, *numbers: int) -> None:
        """Numbers into the fields of a row, from the one that has the cursor; Return goes on."""
        for number in numbers:
            x("xdotool", "type", str(number))
            self.press("Return")


def first_ballot(folder: Path, pictures: Path, path: str, code: str) -> float:
    """What the secretary does, from the double click to the first ballot; the seconds it took."""
    hands = Hands(pictures)
    began = time.monotonic()
    opened = f"DISPLAY={DISPLAY} XDG_CURRENT_DESKTOP=GNOME xdg-open '{path}' >/dev/null 2>&1 &"
    inside(folder, opened, user=USER)
    hands.wait_for("打开任务文件")
    hands.look("任务文件双击以后")
    x("xdotool", "type", "--delay", "40", code)
    hands.press("Return")
    hands.look("本单位的任务")
    hands.press("Return")
    hands.wait_for("机关")
    hands.look("录入页")
    hands.press("Return")
    hands.look("登记开会人数")
    hands.fill(12, 10, 12, 12, 12)
    hands.press("Return")
    hands.look("开会人数已登记")
    hands.press("Return")
    hands.look("核对单")
    hands.press("shift+Tab")
    hands.fill(12, 10, 10, 0, 0)
    hands.press("Return")
    hands.look("核对单已登记")
    hands.press("Return")
    hands.look("第一张票")
    x("xdotool", "type", "--delay", "150", "11211")
    hands.press("Return")
    hands.look("第一张票录完")
    took = time.monotonic() - began
    hands.press("F9", "ctrl+q")
    return took


def main(arguments: list[str]) -> int:
    """Everything; 0 when one ballot stands in the data file."""
    if len(arguments) != 2 or os.geteuid() != 0:
        print(__doc__, file=sys.stderr)
        return 2
    folder, package = (Path(one).resolve() for one in arguments)
    install(folder, package)
    print(inside(folder, "pingyi selftest", user=USER), end="", flush=True)
    path, code = task(folder)
    with desktop(folder):
        time.sleep(6)
        took = first_ballot(folder, folder.with_name(f"{folder.name}-pictures"), path, code)
    told = json.loads(inside(folder, "pingyi batches ~/*.pingyi --json", user=USER))
    keyed = {one["code"]: one["keyed"] for one in told}
    print(
        f"从双击任务文件到第一张票录完 {took:.0f} 秒（程序代替人按键，含等画面停下来）；数据文件里：{keyed}",
        flush=True,
    )
    return 0 if keyed[BATCH] == 1 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
