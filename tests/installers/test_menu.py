"""The script that puts the portable program into the menu: killed at any moment, done again it is whole; data stays.

Of a ``.deb`` nothing runs of ours that changes anything (``preinst`` and ``prerm`` only refuse), and dpkg takes up again
what was cut off; the setup for Windows lays the new program beside the old one and changes them by renaming. This script
is the one that writes. ``PINGYI_KILLS`` says how often it is killed (default 1; 200 with ``installers/dev.py crash``).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

KILLS = int(os.environ.get("PINGYI_KILLS", "1"))
SOURCE = Path(__file__).parents[2] / "installers" / "linux"
needs_sh = pytest.mark.skipif(os.name == "nt" or shutil.which("sh") is None, reason="a script for Linux")
SHARED = ("applications/pingyi.desktop", "mime/packages/pingyi.xml", "icons/hicolor/scalable/apps/pingyi.svg")


@pytest.fixture
def portable(tmp_path: Path) -> Path:
    """The unpacked folder as far as the script looks at it, under a name with blanks and Chinese."""
    folder = tmp_path / "我的 U 盘" / "评议"
    for name in SHARED:
        (folder / "share" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "share" / name).write_text(f'{name}\nExec="@PROGRAM@" %F\n' * 50, encoding="utf-8")
    shutil.copy(SOURCE / "menu.sh", folder)
    (folder / "一矿.pingyi").write_bytes(b"data")
    return folder


def start(folder: Path, home: Path, *words: str) -> subprocess.Popen[bytes]:
    env = {"PATH": os.environ["PATH"], "HOME": str(home)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        ["sh", str(folder / "menu.sh"), *words], env=env, stdout=quiet, stderr=quiet, start_new_session=True
    )


def registered(home: Path) -> dict[str, str]:
    base = home / ".local" / "share"
    return {
        str(one.relative_to(base)): one.read_text(encoding="utf-8")
        for one in base.rglob("*")
        if one.is_file() and str(one.relative_to(base)).removesuffix(".new~") in SHARED
    }


@needs_sh
def test_killed_at_any_moment_and_done_again_the_menu_is_whole(portable: Path, tmp_path: Path) -> None:
    home, chance = tmp_path / "张三", random.Random("menu")
    home.mkdir()
    began = time.perf_counter()
    assert start(portable, home).wait() == 0
    lasts, whole = time.perf_counter() - began, registered(home)
    assert sorted(whole) == sorted(SHARED)
    assert f'Exec="{portable}/pingyi"' in whole[SHARED[0]]
    for number in range(KILLS):
        words = ("remove",) if number % 3 == 2 else ()
        running = start(portable, home, *words)
        time.sleep(chance.uniform(0, lasts))
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        left = {name: text for name, text in registered(home).items() if not name.endswith(".new~")}
        assert left.items() <= whole.items()
        if number % 3 == 1:
            assert start(portable, home, "remove").wait() == 0
            assert registered(home) == {}
        assert start(portable, home).wait() == 0
        assert registered(home) == whole
    assert (portable / "一矿.pingyi").read_bytes() == b"data"
    assert start(portable, home, "remove").wait() == 0
    assert registered(home) == {}


@needs_sh
def test_a_home_that_cannot_be_written_to_is_told(portable: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_bytes(b"a file where the folder belongs")
    said = subprocess.run(
        ["sh", str(portable / "menu.sh")],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
    )
    assert said.returncode == 1
    assert "没有登记" in said.stderr.decode()
