"""From the built .deb to the package for the unit above, as a secretary does it, in a Debian with nothing in it; scripted.

    sudo python3 installers/in_bare_debian.py FOLDER PACKAGE.deb [OLDER.deb]

FOLDER becomes a Debian 12 (debootstrap) with a bare X server and window manager; pictures of every step are left beside
it. The package is installed with what it asks for; the program tests itself as an ordinary user; then a task file is
opened as a double click opens it (``xdg-open``), its code typed, the meeting and the stack registered, a ballot keyed.
The program is closed, the data file opened by a double click, both stacks keyed twice, signed, sealed, and exported; the
unit above takes the package. Every key and click is counted. With OLDER.deb the first ballot is keyed in that version,
and then the package is laid over it: while the program runs (refused), after it, the older one over the newer (refused);
settings, recent files and data are the same before and after, also when the package is removed. Needs debootstrap,
xdotool and imagemagick outside.
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
ORG = "QL.B003"
STACKS = {"T-ORG-A": "11211", "T-MEM-A": "112"}
"""form of a stack → how each of its ballots is keyed"""
SHEET, BALLOTS = (12, 10, 10, 0, 0), 10
"""what stands on the control sheet of a stack, and how many ballots are in it"""
TELLERS, SCRUTINEERS = "王芳 赵强", "李静 周敏"
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
    """The bare system with its desktop, an ordinary user, and the package in place of any other version."""
    if not (folder / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", SUITE, str(folder)], check=True)
    apt = "DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends"
    inside(folder, f"apt-get update -q && {apt} {' '.join(DESKTOP)}")
    shutil.copy2(package, folder / "opt")
    inside(folder, "! dpkg -s pingyi >/dev/null 2>&1 || dpkg -r pingyi")
    print(inside(folder, f"{apt} /opt/{package.name}").splitlines()[-1], flush=True)
    inside(folder, f"id {USER} >/dev/null 2>&1 || useradd -m {USER}")
    inside(folder, "rm -rf ~/up ~/tasks ~/*.pingyi* ~/*-自动备份 ~/.local ~/.config ~/.cache", user=USER)


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


class WrongError(Exception):
    """Something is not as it should be; ``str(error)`` says what."""


class Hands:
    """Types, looks, and waits until what is seen has changed and come to rest; what it did is counted."""

    def __init__(self, pictures: Path) -> None:
        self._pictures, self._number, self._seen = pictures, 0, ""
        self.keys = self.clicks = 0
        shutil.rmtree(pictures, ignore_errors=True)
        pictures.mkdir(parents=True)

    def look(self, what: str) -> None:
        """Wait until the picture differs from the last one and stands still; keep it under what it shows."""
        path = self._pictures / f"{self._number:02} {what}.png"
        before, since = "", time.monotonic()
        while time.monotonic() - since < PATIENCE:
            x("import", "-window", "root", str(path))
            now = x("identify", "-format", "%#", str(path))
            if now == before and now != self._seen:
                self._seen, self._number = now, self._number + 1
                print(f"  {what}", flush=True)
                return
            before = now
            time.sleep(2)
        raise StuckError(what)

    def wait_for(self, title: str, *, there: bool = True) -> None:
        """Wait for a window whose title has this in it, or for its end."""
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE:
            if bool(x("xdotool", "search", "--onlyvisible", "--name", title)) is there:
                return
            time.sleep(1)
        raise StuckError(title)

    def double_click(self, folder: Path, path: str) -> None:
        """What the desktop does when a file is double-clicked."""
        self.clicks += 1
        opened = f"DISPLAY={DISPLAY} XDG_CURRENT_DESKTOP=GNOME xdg-open {path} >/dev/null 2>&1 &"
        inside(folder, opened, user=USER)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.keys += 1
            x("xdotool", "key", key)
            time.sleep(0.5)

    def type(self, text: str, delay: int = 100) -> None:
        """Type a text, Chinese too, as an input method hands it over."""
        self.keys += len(text)
        x("xdotool", "type", "--delay", str(delay), text)

    def fill(self, *numbers: int) -> None:
        """Numbers into the fields of a row, from the one that has the cursor; Return goes on."""
        for number in numbers:
            self.type(str(number))
            self.press("Return")

    def ballots(self, keyed: str, count: int) -> None:
        """Ballots that are all the same, each ended with Return."""
        for _ in range(count):
            self.type(keyed)
            self.press("Return")


def first_ballot(hands: Hands, folder: Path, path: str, code: str) -> None:
    """From the double click on the task file to the first ballot."""
    hands.double_click(folder, f"'{path}'")
    hands.wait_for("打开任务文件")
    hands.look("任务文件双击以后")
    hands.type(code)
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
    _sheet(hands)
    hands.ballots(next(iter(STACKS.values())), 1)
    hands.look("第一张票录完")


def _sheet(hands: Hands) -> None:
    """The control sheet of the stack on the desk, then its paper."""
    hands.fill(*SHEET)
    hands.press("Return")
    hands.look("核对单已登记")
    hands.press("Return")
    hands.look("第一遍")


def to_the_package(hands: Hands, folder: Path) -> None:
    """From the data file with its first ballot to the package for the unit above."""
    hands.double_click(folder, f"/home/{USER}/*.pingyi")
    hands.wait_for("机关")
    hands.look("数据文件双击以后")
    hands.press("Return")
    hands.look("接着录")
    left = BALLOTS - 1
    for number, keyed in enumerate(STACKS.values()):
        if number:
            hands.press("Return")
            hands.look("下一批")
            _sheet(hands)
        hands.ballots(keyed, left)
        _signed_and_sealed(hands, keyed)
        left = BALLOTS
    hands.press("Return")
    hands.look("收发页")
    hands.press("Return")
    hands.look("存到哪里")
    hands.press("Return")
    hands.look("已导出")


def _signed_and_sealed(hands: Hands, keyed: str) -> None:
    """A stack whose first entry is keyed: entered again by the same person, compared, signed, sealed."""
    hands.press("Escape")
    hands.look("第一遍录完")
    hands.press("Return")
    hands.look("第二遍怎么录")
    hands.press("Tab", "Return")
    hands.look("第二遍可以开始")
    hands.press("Return")
    hands.look("没有别人")
    hands.press("Return")
    hands.look("第二遍")
    hands.ballots(keyed, BALLOTS)
    hands.press("Escape")
    hands.look("第二遍录完")
    hands.press("Return")
    hands.look("两遍一样")
    hands.press("Return")
    hands.look("谁签字")
    hands.type(TELLERS, 400)
    hands.press("Tab")
    hands.type(SCRUTINEERS, 400)
    hands.press("Return")
    hands.look("签好了")
    hands.press("Return")
    hands.look("封存以前看一眼")
    hands.press("Return")
    hands.look("已封存")


def close(hands: Hands) -> None:
    """Leave the program, wherever it is."""
    hands.press("F9", "ctrl+q")
    hands.wait_for("机关", there=False)


def refused(folder: Path, package: Path, sentence: str) -> None:
    """What dpkg says when the package cannot be installed now; ``WrongError`` when it installs it."""
    told = inside(folder, f"dpkg -i /opt/{package.name} 2>&1 || true")
    if sentence not in told:
        raise WrongError(f"没有拒绝：{told}")
    print(f"  {next(line for line in told.splitlines() if sentence in line)}", flush=True)


def kept(folder: Path) -> dict[str, str]:
    """Digests of everything in the user's own folder: data, backups, settings, recent files."""
    told = inside(folder, "find ~ -type f ! -name '*.lock' -exec sha256sum {} +", user=USER)
    return {name: digest for digest, _, name in (line.partition("  ") for line in told.splitlines())}


def unchanged(folder: Path, before: dict[str, str], what: str) -> None:
    """``WrongError`` when something in the user's own folder is not as it was."""
    after = kept(folder)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if changed:
        raise WrongError(f"{what}以后不一样了：{changed}")
    print(f"  {what}以后，用户文件夹里 {len(before)} 个文件一个字节没有变", flush=True)


def upgrade(hands: Hands, folder: Path, package: Path, older: Path) -> None:
    """The package over the older one that runs, after it ended, and the older one over the package."""
    shutil.copy2(package, folder / "opt")
    refused(folder, package, "评议正在运行")
    close(hands)
    before = kept(folder)
    was = inside(folder, "pingyi --version", user=USER).strip()
    inside(folder, f"dpkg -i /opt/{package.name}")
    print(f"  {was} 升为 {inside(folder, 'pingyi --version', user=USER).strip()}", flush=True)
    refused(folder, older, "已有更新的版本")
    unchanged(folder, before, "升级")
    left = inside(folder, "ls -d /opt/pingyi/_internal*").split()
    if len(left) != 1:
        raise WrongError(f"旧版的文件夹还在：{left}")


def taken_above(folder: Path) -> None:
    """The unit above takes the package; its figures are what was keyed. ``WrongError`` when they are not."""
    above = "cd up && export PINGYI_HOME=$PWD/home && pingyi"
    inside(folder, f"{above} import QL.pingyi ~/*.pingyi-pack 2>&1", user=USER)
    told = json.loads(inside(folder, f"{above} tally QL.pingyi --json", user=USER))
    counted = {one["form"]: one["figures"]["valid"] for one in told["forms"]}
    if counted != dict.fromkeys(STACKS, BALLOTS):
        raise WrongError(f"上级收到的票数不对：{counted}")
    print(f"  上级导入了数据包，有效票 {counted}", flush=True)


def main(arguments: list[str]) -> int:
    """Everything; 0 when the unit above has both stacks, and removing the package took nothing of the user's."""
    if len(arguments) not in (2, 3) or os.geteuid() != 0:
        print(__doc__, file=sys.stderr)
        return 2
    folder, package, *older = (Path(one).resolve() for one in arguments)
    install(folder, *older or [package])
    path, code = task(folder)
    with desktop(folder):
        time.sleep(6)
        hands = Hands(folder.with_name(f"{folder.name}-pictures"))
        began = time.monotonic()
        first_ballot(hands, folder, path, code)
        tell("从双击任务文件到第一张票录完", hands, began)
        if older:
            upgrade(hands, folder, package, older[0])
        else:
            close(hands)
        began = time.monotonic()
        to_the_package(hands, folder)
        tell("从双击数据文件到导出上报", hands, began)
        close(hands)
    taken_above(folder)
    print(inside(folder, "pingyi selftest", user=USER), end="", flush=True)
    before = kept(folder)
    inside(folder, "dpkg -r pingyi")
    unchanged(folder, before, "卸载")
    return 0


def tell(what: str, hands: Hands, began: float) -> None:
    """How long it took, and what was pressed since the last time this was asked."""
    took = time.monotonic() - began
    print(
        f"{what}：双击 {hands.clicks} 次，按键 {hands.keys} 个，{took:.0f} 秒（程序代替人按键，含等画面停下来）",
        flush=True,
    )
    hands.keys = hands.clicks = 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
