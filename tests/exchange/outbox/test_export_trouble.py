"""Drives that are full, read-only, pulled out or broken while the program writes to them.

Never a word of success, never a half file, never a file beside it, and what was there before stays as it was.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from series import LONG

import make
from pingyi_desktop import cli, saving
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import store

UNIT = "QL.01"
Trouble = Callable[[Path], AbstractContextManager[None]]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main([str(word) for word in words]), *capsys.readouterr()

    return command


def _ready(tmp_path: Path) -> None:
    def run(*words: object) -> tuple[int, str]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            return cli.main([str(word) for word in words]), out.getvalue()

    made = make.company(tmp_path / "QL.pingyi")
    made.close()
    new = ("--name", "群众评议", "--activity", "创先争优", "--year", 2025)
    assert run("campaign", "new", made.path, *new, "--start", "2025-09-01", "--end", "2025-12-20")[0] == 0
    assert run("campaign", "publish", made.path, "--reason", "已核实")[0] == 0
    status, out = run("assign", made.path, "--out", tmp_path / "任务", "--unit", UNIT, "--json")
    assert status == 0
    (task,) = json.loads(out)
    below = tmp_path / "below.pingyi"
    assert run("open", tmp_path / "任务" / task["file"], "--code", task["code"], "--into", below)[0] == 0
    made = store.open_file(below)
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        for stack in batches.listing(session, campaign_id=campaign_id, own_only=True):
            make.sealed(session, stack.id, ["1" * len(stack.rows)] * 3)
        for meeting in sessions.listing(session, campaign_id=campaign_id):
            if meeting.own:
                make.held(session, meeting.id)
    made.close()


@pytest.fixture
def offices(tmp_path: Path) -> Path:
    """A folder with the company's file and that of one office below, ready to export."""
    make.copied_folder(tmp_path, _ready)
    return tmp_path


@dataclass(frozen=True)
class Job:
    """A command that writes to a drive, and what tells that a file it wrote is whole."""

    words: Callable[[Path, Path], tuple[object, ...]]
    check: Callable[[Path, Path, str], object]
    again: bool = True
    """whether it replaces a file of the same name"""


def _package(path: Path, home: Path, said: str) -> None:
    """It opens, with the key of the office above or with the code that was printed when it was made."""
    code = [] if said.startswith("已导出") else ["--code", json.loads(said)[0]["code"]]
    assert cli.main(["inspect", str(path), *(code or ["--with", str(home / "QL.pingyi")])]) == 0


def report(home: Path, out: Path) -> tuple[object, ...]:
    return "report", home / "QL.pingyi", "R24", "--format", out.suffix[1:], "--out", out


JOBS: dict[str, Job] = {
    "export": Job(lambda home, stick: ("export", home / "below.pingyi", stick), _package),
    "assign": Job(
        lambda home, stick: ("assign", home / "QL.pingyi", "--out", stick, "--unit", UNIT, "--json"), _package
    ),
    "backup": Job(
        lambda home, stick: ("backup", home / "below.pingyi", stick / "备份.pingyi"),
        lambda path, _home, _said: store.damage(path),
        again=False,
    ),
    "report": Job(
        lambda home, stick: report(home, stick / "表.pdf"),
        lambda path, _home, _said: PdfReader(BytesIO(path.read_bytes())).pages[0],
        again=False,
    ),
    "sheet": Job(
        lambda home, stick: report(home, stick / "表.xlsx"),
        lambda path, _home, _said: load_workbook(path),
        again=False,
    ),
    "roster": Job(
        lambda home, stick: (
            "roster",
            "export",
            home / "QL.pingyi",
            stick / "名册.xlsx",
            "--reason",
            "已核实",
        ),
        lambda path, _home, _said: load_workbook(path),
        again=False,
    ),
}


@contextmanager
def full(stick: Path) -> Iterator[None]:
    """The whole drive is taken by other files."""
    other = stick / "照片.jpg"
    other.write_bytes(b"x" * shutil.disk_usage(stick).free)
    yield
    other.unlink()


@contextmanager
def read_only(stick: Path) -> Iterator[None]:
    """The switch at the stick's side."""
    subprocess.run(["mount", "-o", "remount,ro", str(stick)], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", str(stick)], check=True)


@contextmanager
def pulled(stick: Path) -> Iterator[None]:
    """The drive is gone; where it was there is a plain file, so that nobody can make a folder in its place."""
    away = stick.with_name("拔出的U盘")
    stick.rename(away)
    stick.write_bytes(b"")
    yield
    stick.unlink()
    away.rename(stick)


TROUBLES: dict[str, Trouble] = {"full": full, "read-only": read_only, "pulled": pulled}


CASES = [
    pytest.param(
        trouble, name, earlier, id=f"{trouble}-{name}-{'an earlier file' if earlier else 'nothing there'}"
    )
    for number, trouble in enumerate(TROUBLES)
    for place, name in enumerate(JOBS)
    for earlier in (False, True)
    if (name, earlier) != ("assign", True)  # never written over: tests/exchange/outbox/test_handing_out.py
    and (
        LONG or (number + place // 2 + earlier) % 2 == 0
        if name in ("export", "backup")
        else LONG or (number + place + earlier) % 3 == 0
    )
]
"""An export and a backup, which SQLite writes, in every trouble, one where an earlier file lies, one where none does; of
the others, which are saved alike, a third each."""


@pytest.fixture
def stick(tmp_path: Path, trouble: str) -> Iterator[Path]:
    """A drive of its own where the trouble needs one and this machine lets a test mount it."""
    place = tmp_path / "U盘"
    place.mkdir()
    if trouble == "pulled":
        yield place
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small drive needs Linux and root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "照片.jpg"}


@pytest.mark.parametrize(("trouble", "name", "earlier"), CASES)
def test_a_drive_in_trouble(
    offices: Path, stick: Path, run: Command, trouble: str, name: str, earlier: bool
) -> None:
    job, said = JOBS[name], ""
    words = job.words(offices, stick)
    if earlier:
        status, said, err = run(*words)
        assert status == 0, err
        if not job.again:
            (only,) = stick.iterdir()
            only.rename(stick / f"早先的{only.suffix}")
    before = held(stick)
    assert bool(before) == earlier
    with TROUBLES[trouble](stick):
        status, out, err = run(*words)
        left = None if trouble == "pulled" else held(stick)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith("。\n")
    assert "Traceback" not in err
    assert "已导出" not in err
    assert left in (None, before)
    assert held(stick) == before
    for path in stick.iterdir():
        job.check(path, offices, said)
    status, said, err = run(*words)
    assert status == 0, err
    for path in stick.iterdir():
        job.check(path, offices, said)


def test_a_drive_that_reads_back_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worn stick takes what is written and gives back something else."""
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"good")
    read = Path.read_bytes

    def worn(self: Path) -> bytes:
        return read(self)[:-1] if self.suffix == ".tmp" else read(self)

    monkeypatch.setattr(Path, "read_bytes", worn)
    with pytest.raises(FileError, match="盘可能已坏"):
        saving.save(path, b"new")
    monkeypatch.undo()
    assert held(tmp_path) == {"表.xlsx": b"good"}
