"""The set-up script, as a person on a fresh machine meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "installers" / "dev.py"


def dev(*arguments: str, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEV), *arguments]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **extra}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("arguments", [[], ["install"], ["--help"]])
def test_a_wrong_call_is_told_the_right_ones(arguments: list[str], tmp_path: Path):
    done = dev(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    for command in ("run", "window", "test", "bench"):
        assert command in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_the_window_needs_a_display(tmp_path: Path):
    done = dev("window", cwd=tmp_path, DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 1
    assert "没有图形界面" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_script_needs_nothing_but_python(tmp_path: Path):
    """``-I -S``: no third-party package and no package of this tree can be found."""
    command = [sys.executable, "-I", "-S", str(DEV)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
