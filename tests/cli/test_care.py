"""The care of a data file on the command line: backups by themselves, a restore that is looked at first."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import make
from pingyi_desktop import cli, faultlog, paths
from pingyi_desktop.storage.care import mounts

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command for a user without settings: exit status, stdout, stderr."""
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "家"))

    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main([str(word) for word in words]), *capsys.readouterr()

    return command


@pytest.fixture
def company(tmp_path: Path) -> Path:
    made = make.company(tmp_path / "公司.pingyi")
    made.close()
    return made.path


def test_backups_are_made_listed_and_put_on_a_second_drive(run: Run, company: Path, tmp_path: Path) -> None:
    assert run("backups", company)[1].startswith("还没有自动备份")
    drive = tmp_path / "移动硬盘"
    drive.mkdir()
    status, out, err = run("backups", company, "--second-drive", drive, "--now", "--json")
    assert (status, err) == (0, "")
    assert [Path(one["path"]).parent.parent for one in json.loads(out)] == [drive, tmp_path]
    assert paths.second_drive() == drive
    drive.rename(tmp_path / "拔走了")
    status, out, err = run("backups", company, "--now")
    assert status == 0
    assert "没有插上" in err
    assert out.count("  每天  ") == 2
    run("backups", company, "--no-second-drive")
    assert paths.second_drive() is None


def test_an_import_makes_one_before_it_changes_anything(run: Run, company: Path, tmp_path: Path) -> None:
    roster = tmp_path / "名册.xlsx"
    assert run("roster", "export", company, roster, "--reason", "核对")[0] == 0
    assert run("roster", "import", company, roster, "--reason", "核对", "--dry-run")[0] == 0
    assert json.loads(run("backups", company, "--json")[1]) == []
    assert run("roster", "import", company, roster, "--reason", "核对")[0] == 0
    assert [one["why"] for one in json.loads(run("backups", company, "--json")[1])] == ["导入前"]


def test_a_restore_is_looked_at_first_and_can_be_undone(run: Run, company: Path, tmp_path: Path) -> None:
    run("backups", company, "--now")
    (saved,) = json.loads(run("backups", company, "--json")[1])
    assert run("operator", "add", company, "李录入")[0] == 0
    before = company.read_bytes()
    status, out, err = run("restore", saved["path"], company, "--dry-run")
    assert status == 0
    assert "恢复后" in out
    assert "操作日志" in err
    assert company.read_bytes() == before
    shown = json.loads(run("restore", saved["path"], company, "--dry-run", "--json")[1])
    assert {"what": "党组织", "now": 8, "then": 8} in shown["changes"]
    kept = json.loads(run("restore", saved["path"], company, "--json")[1])["kept"]
    assert Path(kept).read_bytes() == before
    assert run("restore", kept, company)[0] == 0
    assert "李录入" in run("operator", "list", company)[1]


def test_a_restored_file_of_another_unit_or_that_was_changed_is_told(
    run: Run, company: Path, tmp_path: Path
) -> None:
    other, saved = tmp_path / "别的.pingyi", tmp_path / "备份.pingyi"
    assert run("init", other, "--code", "XX", "--name", "别的支部", "--type", "BRANCH")[0] == 0
    status, _, err = run("restore", other, company)
    assert status == 0
    assert "这份备份是另一个数据文件的（单位代码 XX，现在的是 QL）" in err
    (kept,) = tmp_path.glob("公司-恢复前-1.pingyi")
    assert run("restore", kept, company)[0] == 0
    assert run("backup", company, saved)[0] == 0
    with closing(sqlite3.connect(saved)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE journal_entry SET who = '别人' WHERE seq = 2")
        raw.commit()
    told = json.loads(run("restore", saved, company, "--json")[1])
    assert told["contradictions"]
    assert "恢复出来的文件前后矛盾：操作日志" in run("restore", saved, company)[2]


def test_a_stick_under_another_name_is_found_again_and_said(
    run: Run, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "新盘符"
    moved.mkdir()
    company.rename(moved / company.name)
    monkeypatch.setattr(mounts, "mounted", lambda: [(str(moved), "vfat")])
    status, _, err = run("verify", company)
    assert status == 1
    assert f"有一个同名的在“{moved / company.name}”（单位代码 QL）" in err
    (moved / company.name).write_bytes(b"x")
    assert "（加密的，或看不出是哪个单位的）" in run("verify", company)[2]
    monkeypatch.setattr(mounts, "mounted", list)
    assert "同名的" not in run("verify", company)[2]


def test_a_damaged_file_is_saved_as_far_as_it_can_be(run: Run, company: Path, tmp_path: Path) -> None:
    status, out, err = run("salvage", company, tmp_path / "新.pingyi")
    assert (status, err) == (0, "")
    assert "原来的文件没有改动" in out
    with closing(sqlite3.connect(company)) as raw:
        root = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'party_member'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(company.read_bytes())
    content[(root - 1) * size : root * size] = bytes(size)
    company.write_bytes(content)
    status, out, err = run("salvage", company, tmp_path / "二.pingyi", "--by", "王办事")
    assert status == 1
    assert "“党员”救出 0 条，其余的读不出来。" in err
    assert "优先用备份恢复" in err
    assert "抢救损坏的文件" in run("journal", tmp_path / "二.pingyi")[1]
    assert run("salvage", company, tmp_path / "二.pingyi")[0] == 1


def test_the_bundle_for_the_maintainers(run: Run, company: Path, tmp_path: Path) -> None:
    faultlog.append("RuntimeError: 赵建国")
    assert run("diagnose", company, tmp_path / "诊断.zip")[0] == 0
    packed = zipfile.ZipFile(tmp_path / "诊断.zip")
    assert json.loads(packed.read("diagnosis.json"))["file"]["contradictions"] == 0
    assert packed.read("log.txt").decode().splitlines()[1:] == ["RuntimeError"]


def test_everything_readable_is_exported_with_a_reason(run: Run, company: Path, tmp_path: Path) -> None:
    status, _, err = run("export-all", company, "--out", tmp_path / "全部")
    assert (status, "请写 --reason 原因" in err) == (1, True)
    assert run("export-all", company, "--out", tmp_path / "全部", "--reason", "归档")[0] == 0
    assert sorted(one.suffix for one in (tmp_path / "全部").iterdir()) == [".json", ".xlsx"]
    assert "导出全部数据" in run("journal", company)[1]
