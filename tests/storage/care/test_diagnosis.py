"""The bundle for whoever maintains the program: enough to help, nothing about people, units, paths or the computer's user."""

from __future__ import annotations

import getpass
import io
import json
import platform
import zipfile
from pathlib import Path

import pytest

import make
from pingyi_desktop import faultlog
from pingyi_desktop.storage.care import copies, diagnosis

LOG = r"""2026-11-28T07:00:00Z pingyi 1.4.0 Python 3.12.1 Linux-6.1-x86_64-with-glibc2.36
Traceback (most recent call last):
  File "C:\Users\赵建国\AppData\Pingyi\pingyi_desktop\gui\work.py", line 12, in _attempt
    value, touched = job("赵建国")
  File "/Users/zhaojianguo/x/y.py", line 3, in job
sqlalchemy.exc.IntegrityError: UNIQUE constraint failed
DETAIL: 赵建国 zhaojianguo
钱秀英
zhaojianguo
KeyError: '赵建国'
2026-11-28T07:00:00Z 赵建国 1.4.0
  File "/Users/pingyi_desktop/赵建国.py", line 3, in 赵建国
PingyiError: 一矿
"""


def test_of_the_log_only_versions_places_and_kinds_of_errors_stay() -> None:
    assert faultlog.scrubbed(LOG).splitlines() == [
        "2026-11-28T07:00:00Z pingyi 1.4.0 Python 3.12.1 Linux-6.1-x86_64-with-glibc2.36",
        "Traceback (most recent call last):",
        '  File "pingyi_desktop/gui/work.py", line 12, in _attempt',
        '  File "…", line 3, in job',
        "sqlalchemy.exc.IntegrityError",
        "KeyError",
        "PingyiError",
    ]


def test_the_log_is_rotated_and_its_parts_are_read_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path))
    monkeypatch.setattr(faultlog, "LIMIT", 100)
    for number in range(6):
        faultlog.append(f"Fault{number}Error: {'赵建国' * 20}")
    assert [one.is_file() for one in faultlog.files()] == [True] * faultlog.KEPT
    assert len(list((tmp_path / "logs").iterdir())) == faultlog.KEPT
    kinds = [line for line in faultlog.without_personal_data().splitlines() if line.startswith("Fault")]
    assert kinds == ["Fault3Error", "Fault4Error", "Fault5Error"]


def test_the_bundle_of_a_file_names_nobody_and_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "赵建国的文件夹"
    path = folder / "一矿党委.pingyi"
    make.published_company(path).close()
    copies.make(path, None, copies.DAILY, copies.datetime(2026, 3, 2, tzinfo=copies.UTC))
    packed = zipfile.ZipFile(
        io.BytesIO(diagnosis.bundle(path, None, version="1", log=faultlog.scrubbed(LOG), contradictions=0))
    )
    told = "".join(packed.read(name).decode() for name in packed.namelist())
    found = json.loads(packed.read("diagnosis.json"))
    assert packed.namelist() == ["diagnosis.json", "log.txt"]
    assert found["file"]["rows"]["party_organization"] == 8
    assert (found["file"]["damage"], found["file"]["automatic_backups"]) == ([], 1)
    forbidden = ["一矿", "青峦", "赵建国", "zhaojianguo", folder.name, *make.NAMES, platform.node()]
    forbidden += [name for name in [getpass.getuser()] if name != "root"]
    assert [one for one in forbidden if one and one in told] == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"\1" * 9000])
def test_a_file_that_cannot_be_opened_still_gives_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "一矿党委.pingyi"
    path.write_bytes(content)
    packed = zipfile.ZipFile(io.BytesIO(diagnosis.bundle(path, None, version="1", log="")))
    told = packed.read("diagnosis.json").decode()
    assert json.loads(told)["file"]["damage"]
    assert "一矿" not in told
