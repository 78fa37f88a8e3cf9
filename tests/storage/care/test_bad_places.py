"""Bad places: too little room, names in Chinese with blanks, a read-only stick, a file that a virus scanner holds.

Each is a sentence, and what was there stays as it was. Power cuts are in ``test_killed`` and ``test_replacing``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import make
from pingyi_desktop import cli, faultlog, paths, saving
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.sheets import everything
from pingyi_desktop.standing import care
from pingyi_desktop.storage import pages, store
from pingyi_desktop.storage.care import copies, salvage
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema_people import OrgType

OLD = Path(__file__).parents[2] / "old_databases"
NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
FILE, SAVED = "公司.pingyi", "昨天的备份.pingyi"


def export_all(path: Path) -> None:
    opened = store.open_file(path)
    try:
        with opened.transaction() as session:
            everything.export(session, path.with_name("全部"), by=make.BY, reason="归档")
    finally:
        opened.close()


def automatic(path: Path) -> None:
    for failed in copies.make(path, None, copies.DAILY, NOW):
        raise FileError(failed)


ACTS: dict[str, Callable[[Path], object]] = {
    "backup": lambda path: store.backup(path, path.with_name("手工.pingyi")),
    "automatic backup": automatic,
    "restore": lambda path: store.restore(path.with_name(SAVED), path),
    "upgrade": lambda path: store.open_file(path.with_name("旧.pingyi")),
    "salvage": lambda path: salvage.salvage(path, path.with_name("抢救.pingyi"), by=make.BY),
    "diagnose": lambda path: saving.save(path.with_name("诊断.zip"), care.bundle(path, None)),
    "export-all": export_all,
    "a new file": lambda path: store.create(
        path.with_name("新.pingyi"), code="QL", name="青峦", org_type=OrgType.BRANCH
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A company's file beside its backup and a file of an old format."""
    where = tmp_path / "我的 U 盘" / FILE
    make.company(where).close()
    shutil.copy(where, where.with_name(SAVED))
    shutil.copy(OLD / "v2.pingyi", where.with_name("旧.pingyi"))
    return where


def lying(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("act", ACTS)
def test_a_file_that_a_virus_scanner_holds_is_told_and_nothing_changed(
    path: Path, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lying(path.parent)

    def held(*_: object) -> None:
        raise PermissionError(
            13, "The process cannot access the file because it is being used by another process"
        )

    monkeypatch.setattr(saving, "put", held)
    with pytest.raises(UserError, match="正被 WPS 等程序打开"):
        ACTS[act](path)
    assert lying(path.parent) == before


def test_one_that_is_let_go_after_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = Path.replace, list[int]()

    def held(part: Path, path: Path) -> Path:
        tries.append(1)
        if len(tries) < 3:
            raise PermissionError(13, "in use")
        return real(part, path)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(saving, "_SCANNED", (0.0, 0.0))
    saving.save(tmp_path / "a", b"x")
    assert ((tmp_path / "a").read_bytes(), len(tries)) == (b"x", 3)
    tries.clear()
    monkeypatch.setattr(saving, "_SCANNED", (0.0,))
    with pytest.raises(FileError, match="正被 WPS 等程序打开"):
        saving.save(tmp_path / "b", b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("act", ACTS)
def test_a_disk_that_is_full_at_any_file_is_told_and_nothing_changed(
    path: Path, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lying(path.parent)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "put", full)
    with pytest.raises(UserError, match="盘已满"):
        ACTS[act](path)
    assert lying(path.parent) == before


@pytest.mark.parametrize("number", range(1, migrations.LATEST))
def test_an_upgrade_that_finds_the_disk_full_leaves_yesterday_s_file(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite is told that there is no page more than the file has."""
    path = tmp_path / "旧.pingyi"
    shutil.copy(OLD / f"v{number}.pingyi", path)
    with closing(sqlite3.connect(path)) as raw:
        many = raw.execute("PRAGMA page_count").fetchone()[0]
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(pages, "PRAGMAS", (*pages.PRAGMAS, f"PRAGMA max_page_count={many + 1}"))
        with pytest.raises(FileError, match=r"“旧\.pingyi”所在的磁盘已满，请清出空间后重试"):
            store.open_file(path)
    assert path.read_bytes() == before
    opened = store.open_file(path)
    opened.close()
    assert store.damage(path) == []


@pytest.fixture
def stick(path: Path) -> Iterator[Path]:
    """The same folder, read-only for this process too when it runs as root."""
    if not hasattr(os, "geteuid"):
        pytest.skip("folders have no such permission on this system")
    folder = Path(tempfile.mkdtemp(prefix="只读 U 盘-"))
    for one in path.parent.iterdir():
        shutil.copy(one, folder)
        (folder / one.name).chmod(0o444)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
        yield folder / FILE
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("act", ACTS)
def test_a_read_only_stick_is_told_and_can_be_read(stick: Path, act: str) -> None:
    before = lying(stick.parent)
    with pytest.raises(UserError, match=r"没有权限|只能读、不能写|打不开"):
        ACTS[act](stick)
    assert lying(stick.parent) == before


def test_what_is_on_a_read_only_stick_can_be_looked_at_and_carried_away(stick: Path) -> None:
    target = Path(tempfile.mkdtemp(prefix="本机-"))
    try:
        store.backup(stick, target / "备份.pingyi")
        salvage.salvage(stick, target / "抢救.pingyi", by=make.BY)
        shutil.copy(stick.with_name("旧.pingyi"), target)
        (target / "旧.pingyi").chmod(0o644)
        store.open_file(target / "旧.pingyi").close()
        assert store.damage(stick) == []
        assert store.damage(target / "备份.pingyi") == []
    finally:
        shutil.rmtree(target)


def test_a_user_and_folders_with_chinese_names_and_blanks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every verb of care, settings and log included, for the user 张 三（党办） in a folder full of strange letters."""
    home = tmp_path / "用户" / "张 三（党办）"
    home.mkdir(parents=True)
    for name in ("PINGYI_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(name, str(home))
    assert home in paths.user_data().parents
    folder = home / "我的 文档" / "2026年 ‘评议’ & 100% #1 [新]"
    folder.mkdir(parents=True)
    path = folder / "一矿 党委（新）.pingyi"
    make.company(path).close()
    drive = home / "移动 硬盘"
    drive.mkdir()

    def done(*words: object) -> str:
        assert cli.main([str(word) for word in words]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    done("backups", path, "--second-drive", drive, "--now")
    saved = copies.found(path, paths.second_drive())
    assert len(saved) == 2
    done("restore", saved[0].path, path, "--dry-run")
    done("restore", saved[0].path, path)
    done("salvage", path, folder / "抢救 出来的.pingyi")
    done("diagnose", path, folder / "诊断 包.zip")
    done("export-all", path, "--out", folder / "全部 数据", "--reason", "归档")
    done("verify", path)
    log = faultlog.append("RuntimeError: x")
    assert home in log.parents
