"""A data file that was moved or renamed is known by what it is; another one of the same name is not taken for it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.care import copies, mounts, moved
from pingyi_desktop.storage.schema_people import OrgType

OLD = Path(__file__).parents[2] / "old_databases"
KEY = bytes(range(32))
NAME = "本单位.pingyi"


@cache
def _built(code: str, key: bytes | None) -> tuple[bytes, moved.Identity]:
    with tempfile.TemporaryDirectory() as folder:
        path, content = Path(folder) / NAME, b"" if key is None else b"{}"
        store.create(
            path, code=code, name="一矿党委", org_type=OrgType.BRANCH, key=key, key_file=content
        ).close()
        return path.read_bytes(), moved.of_open(path, key)


def made(path: Path, code: str, key: bytes | None = None) -> moved.Identity:
    """A unit's data file, built once, and what is known of it after it was open."""
    content, known = _built(code, key)
    path.write_bytes(content)
    if key is not None:
        cipher.write_key_file(path, b"{}")
    return known


@pytest.fixture
def drives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer with the drives 甲, 乙, one on another computer and one in memory, and a user who has a folder."""
    folder = tmp_path / "电脑"
    for name in ("甲", "乙", "网络", "内存", "用户"):
        (folder / name / "评议").mkdir(parents=True)
    kinds = (("甲", "vfat"), ("乙", "vfat"), ("网络", "cifs"), ("内存", "tmpfs"))
    monkeypatch.setattr(mounts, "mounted", lambda: [(str(folder / name), kind) for name, kind in kinds])
    monkeypatch.setenv("HOME", str(folder / "用户"))
    monkeypatch.setenv("USERPROFILE", str(folder / "用户"))
    return folder


PLACES = (
    "甲/评议/改了名.pingyi",
    f"乙/评议/{NAME}",
    "乙/换了夹.pingyi",
    f"乙/2026/{NAME}",
    "用户/桌面/一.pingyi",
)


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
@pytest.mark.parametrize("place", PLACES)
def test_a_file_is_found_wherever_it_went_and_whatever_it_is_called(
    drives: Path, place: str, key: bytes | None
) -> None:
    was, now = drives / "甲" / "评议" / NAME, drives / place
    known = made(was, "QL.01", key)
    made(drives / "乙" / "评议" / "别的单位.pingyi", "QL.02", key)
    assert moved.read(str(known)) == known
    assert known.file_id
    assert bool(known.seal) == (key is not None)
    now.parent.mkdir(exist_ok=True)
    shutil.move(was, now)
    if key is not None:
        shutil.move(cipher.key_file(was), cipher.key_file(now))
        cipher.write_key_file(now, b'{"password":"changed"}')
    assert moved.found_again(was, known) == now


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_another_unit_s_file_of_the_same_name_is_not_taken_for_it(drives: Path, key: bytes | None) -> None:
    was, other = drives / "甲" / "评议" / NAME, drives / "乙" / "评议" / NAME
    known = made(was, "QL.01", key)
    was.unlink()
    made(other, "QL.02", key)
    assert moved.found_again(was, known) is None
    assert moved.found_again(was, None) == other  # nothing is known of it: the caller says so


@pytest.mark.parametrize("place", ["网络", "内存"])
def test_what_lies_on_another_computer_or_on_no_disk_is_not_looked_at(
    drives: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = drives / "甲" / "评议" / NAME
    known = made(was, "QL.01")
    listed, desktop_s = mounts.mounted(), ("/run/user/1000/gvfs", "fuse.gvfsd-fuse")
    monkeypatch.setattr(mounts, "mounted", lambda: [*listed, desktop_s])
    entries = moved._entries

    def looked(folder: Path) -> object:
        assert not str(folder).startswith(desktop_s[0])
        return entries(folder)

    monkeypatch.setattr(moved, "_entries", looked)
    shutil.move(was, drives / place / NAME)
    assert moved.found_again(was, known) is None
    assert moved.found_again(was, None) is None


def test_what_was_put_aside_by_itself_is_not_taken_for_the_file_and_of_copies_it_is_the_last_written(
    drives: Path,
) -> None:
    was = drives / "甲" / "评议" / NAME
    known = made(was, "QL.01")
    (was.parent / f"本单位-{copies.FOLDER}").mkdir()
    aside = (
        "本单位-升级前备份-v4-1.pingyi",
        "本单位-恢复前-12.pingyi",
        f"本单位-{copies.FOLDER}/本单位-2026-01-01.pingyi",
    )
    for name in aside:
        shutil.copy(was, was.parent / name)
    shutil.move(was, drives / "旧.pingyi")
    assert moved.found_again(was, known) is None
    for place, at in (("乙/旧.pingyi", 1000), ("乙/新.pingyi", 3000), (f"乙/评议/{NAME}", 2000)):
        shutil.copy(drives / "旧.pingyi", drives / place)
        os.utime(drives / place, (at, at))
    assert moved.found_again(was, known) == drives / "乙" / "新.pingyi"


def test_so_many_folders_and_files_are_looked_at_and_no_more(
    drives: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was, looked, glanced = drives / "甲" / "评议" / NAME, list[Path](), list[Path]()
    known = made(was, "QL.01")
    was.unlink()
    for number in range(30):
        (drives / "乙" / f"夹{number:02}" / "深").mkdir(parents=True)
        (drives / "乙" / f"夹{number:02}" / "不是.pingyi").write_bytes(b"x")
    entries, glance = moved._entries, moved.glance

    def counting(folder: Path) -> object:
        if (found := entries(folder)) is not None:
            looked.append(folder)
        return found

    monkeypatch.setattr(moved, "_entries", counting)
    monkeypatch.setattr(moved, "glance", lambda path: (glanced.append(path), glance(path))[1])
    assert moved.found_again(was, known) is None
    assert len(looked) == len(set(looked)) > 30
    assert len(glanced) == 30
    looked.clear()
    glanced.clear()
    for step, _ in enumerate(moved.looked_for(was, known), start=1):
        assert len(looked) + len(glanced) == step, "one folder or one file each time"
    assert not [one for one in looked if one.name == "深"], "two folders below a drive is the end"
    for name, most, counted in (("BELOW", 5, glanced), ("FILES", 3, glanced), ("FOLDERS", 4, looked)):
        looked.clear()
        glanced.clear()
        monkeypatch.setattr(moved, name, most)
        assert moved.found_again(was, known) is None
        assert len(counted) == most


def test_a_file_of_which_nothing_is_known_is_looked_for_place_by_place(drives: Path) -> None:
    was = drives / "甲" / "评议" / NAME
    assert len(list(moved.looked_for(was, None))) > len(drives.parts)


@pytest.mark.skipif(os.name != "posix", reason="links need rights there")
def test_a_link_that_leads_nowhere_hides_nothing_that_lies_beside_it(drives: Path) -> None:
    was, now = drives / "甲" / "评议" / NAME, drives / "乙" / "改了名.pingyi"
    known = made(was, "QL.01")
    shutil.move(was, now)
    for name, leads_to in (("圈", "圈"), ("长", "长" * 300), ("无", "没有的")):
        (now.parent / name).symlink_to(leads_to)
    assert moved.found_again(was, known) == now


@pytest.mark.parametrize(
    ("seconds", "year"), [(1e12, 2100), (1.8e19, 2100), (-1e12, 1970), (1_700_000_000, 2023)]
)
def test_a_time_that_no_clock_says_is_no_bug(
    seconds: float, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes a stick writes its times too."""
    monkeypatch.setattr(moved, "_written", lambda _path: seconds)
    said = moved.last_written(Path(NAME))
    assert abs(int(said[:4]) - year) <= 1
    assert copies.moment(seconds).isoformat(" ")[:16] == said


@pytest.mark.parametrize("name", [one.name for one in sorted(OLD.glob("v*.pingyi"))])
def test_a_file_of_every_format_is_known_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    shutil.copy(OLD / name, path)
    journal = path.with_name(f"{name}-journal")
    journal.write_bytes(b"left by a power cut")
    seen = moved.glance(path)
    assert (path.read_bytes(), journal.read_bytes()) == ((OLD / name).read_bytes(), b"left by a power cut")
    assert sorted(one.name for one in tmp_path.iterdir()) == [name, journal.name]
    journal.unlink()
    assert seen.unit_code == "QL"
    assert moved.of_open(path, None) == seen


def hostile(path: Path, what: str) -> None:
    if what == "a folder":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    elif what == "bytes":
        path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    else:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(what)


@pytest.mark.parametrize(
    "what",
    [
        "a folder",
        pytest.param("a pipe", marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")),
        "bytes",
        "CREATE TABLE another(x)",
        "CREATE TABLE data_file(unit_code, file_id)",
        "CREATE VIEW data_file AS SELECT x'00' AS unit_code, 1 AS file_id",
        "CREATE VIEW data_file AS SELECT printf('%.*c', 999999, 'x') AS unit_code, 'x' AS file_id",
        "CREATE VIEW data_file AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000000)"
        " SELECT printf('%d', max(x)) AS unit_code, 'x' AS file_id FROM n",
    ],
)
def test_what_is_planted_on_a_stick_is_nothing_and_costs_nothing(tmp_path: Path, what: str) -> None:
    path = tmp_path / NAME
    hostile(path, what)
    assert moved.glance(path) == moved.Identity()


@pytest.mark.parametrize("written", ["", " ", "QL", "QL  ", "QL a b c", f"QL {'x' * 101} ", "\n \0"])
def test_what_is_no_identity_is_not_read_as_one(written: str) -> None:
    assert moved.read(written) is None
    assert not moved.Identity().is_of(moved.Identity())
