"""Whoever can write beside a data file, or hands over a backup, gains nothing: links, foreign, newer and tampered backups."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import make
from pingyi_desktop import paths, saving
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.errors import FileError
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.standing import care, soundness
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.care import contents, copies, diagnosis, salvage
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema_people import OrgType, PartyMember

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
CELLS, NAME = "1239" * 15, "赵秘密"
KEY = bytes(range(32))
needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    where = tmp_path / "一矿" / "矿机关.pingyi"
    make.company(where).close()
    return where


def half_keyed(path: Path) -> None:
    """Somebody's file with a ballot that is keyed and not sealed."""
    people = [f"党员{chr(0x4E00 + n)}" for n in range(20)]
    made = make.published_school(path, people=people, form_codes=["T-MEM-B"])
    with made.transaction() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
        ballots.save(session, batch_id=batch.id, position=1, cells=CELLS, committed=True)
    made.close()


@needs_links
def test_a_link_in_the_place_of_the_backup_folder_gets_no_copy(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "别人的"
    other.mkdir()
    copies.folder(path).symlink_to(other, target_is_directory=True)
    (failed,) = copies.make(path, None, copies.DAILY, NOW)
    assert "是一个链接" in failed
    assert list(other.iterdir()) == []
    victim = other / f"{path.stem}-2026-03-01-080000-每天-1.pingyi"
    victim.write_bytes(b"x")
    assert copies.found(path) == []


@needs_links
def test_a_link_among_the_backups_is_neither_shown_nor_deleted_nor_followed(
    path: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "别人的.pingyi"
    victim.write_bytes(b"somebody's own work")
    folder = copies.folder(path)
    folder.mkdir()
    for day in range(1, copies.NEWEST + 3):
        (folder / f"{path.stem}-2020-01-{day:02}-080000-导入前-1.pingyi").symlink_to(victim)
    copies.make(path, None, copies.IMPORT, NOW)
    assert [one.path.is_symlink() for one in copies.found(path)] == [False]
    assert victim.read_bytes() == b"somebody's own work"


@needs_links
def test_a_link_called_like_what_a_restore_put_aside_costs_nobody_his_ballots(
    path: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "别人的" / "支部.pingyi"
    half_keyed(victim)
    before = victim.read_bytes()
    path.with_name(f"{path.stem}-恢复前-1.pingyi").symlink_to(victim)
    assert copies.kept(path) == []
    assert copies.wash_kept(path, None) == ()
    assert victim.read_bytes() == before
    assert CELLS.encode() in before


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/{stem}-2026-03-01-080000-每天-1.pingyi",
        "..-2026-03-01-080000-每天-1.pingyi",
        "{stem}-2026-03-01-080000-每天-1.pingyi.exe",
        "{stem}-2026-03-01-080000-每天-1\n.pingyi",
        "别的{stem}-2026-03-01-080000-每天-1.pingyi",
    ],
)
def test_a_backup_with_a_name_that_is_not_ours_is_no_backup(path: Path, name: str) -> None:
    copies.folder(path).mkdir()
    (copies.folder(path) / name.format(stem=path.stem).replace("/", "∕")).write_bytes(b"x")
    assert copies.found(path) == []
    assert len(list(copies.folder(path).iterdir())) == 1


@pytest.mark.parametrize(
    "written", [b"../..", b"/x/\x00y", b"/a\nb", b"/" + b"x" * 5000, b"\xff\xfe", b"/no/such"]
)
def test_a_second_drive_that_can_be_none_is_none_or_told(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bytes
) -> None:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "家"))
    (paths.user_data() / "第二备份位置.txt").write_bytes(written)
    place = paths.second_drive()
    assert place is None or place.is_absolute()
    assert len(copies.make(path, None, copies.DAILY, NOW, place)) == (place is not None)
    assert len(copies.found(path, place)) == 1


def test_a_huge_second_drive_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "家"))
    with (paths.user_data() / "第二备份位置.txt").open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of holes
    assert paths.second_drive() is None


def test_the_backup_of_another_unit_is_told_before_and_can_be_taken_back(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "别的.pingyi"
    store.create(other, code="XX", name="别的支部", org_type=OrgType.BRANCH).close()
    found = contents.preview(path, None, other, None)
    assert "这份备份是另一个数据文件的（单位代码 XX，现在的是 QL）。" in found.warnings
    kept = store.restore(other, path)
    assert kept is not None
    assert contents.of_file(path).unit_code == "XX"
    store.restore(kept, path)
    assert contents.of_file(path).unit_code == "QL"


def test_a_newer_backup_is_refused_and_changes_nothing(path: Path, tmp_path: Path) -> None:
    newer, before = tmp_path / "新.pingyi", path.read_bytes()
    shutil.copy(path, newer)
    with closing(sqlite3.connect(newer)) as raw:
        raw.execute(f"PRAGMA user_version={migrations.LATEST + 1}")
    for act in (
        lambda: contents.preview(path, None, newer, None),
        lambda: store.restore(newer, path),
        lambda: salvage.salvage(newer, tmp_path / "抢救.pingyi", by="王办事"),
    ):
        with pytest.raises(FileError, match="由更新的版本建立"):
            act()
    assert path.read_bytes() == before
    assert not (tmp_path / "抢救.pingyi").exists()


def test_a_tampered_backup_is_restored_and_verify_says_so(path: Path, tmp_path: Path) -> None:
    made = make.counted_company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        keys.signer(session, campaign_id=make.campaign_of(session))
    made.close()
    saved = tmp_path / "备份.pingyi"
    store.backup(made.path, saved)
    with closing(sqlite3.connect(saved)) as raw:
        raw.execute("UPDATE item_tally SET c1 = c1 + 1")
        raw.commit()
    store.restore(saved, made.path)
    assert care.contradictions(made.path, None)
    opened = store.open_file(made.path)
    with pytest.raises(soundness.ContradictedError), opened.reading() as session:
        soundness.before_report(session)
    opened.close()


def sealed(path: Path) -> None:
    made = store.create(path, code="QL", name=NAME, org_type=OrgType.BRANCH, key=KEY, key_file=b"wrapped")
    with made.transaction() as session:
        org = session.connection().exec_driver_sql("SELECT id FROM party_organization").scalar()
        session.add_all(
            PartyMember(member_no=f"N{n:05}", name=f"{NAME}{n}", org_id=org, category="FULL")
            for n in range(300)
        )
    made.close()


def readable(folder: Path) -> list[str]:
    """Files below a folder in which the name can be read."""
    return [str(one) for one in folder.rglob("*") if one.is_file() and NAME.encode() in one.read_bytes()]


def test_a_spoilt_encrypted_backup_is_refused_and_what_was_there_stays(tmp_path: Path) -> None:
    path, saved = tmp_path / "密.pingyi", tmp_path / "备份.pingyi"
    sealed(path)
    store.backup(path, saved, KEY)
    content = bytearray(saved.read_bytes())
    content[len(content) // 2 // 4096 * 4096 + 77] ^= 1
    saved.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(FileError):
        store.restore(saved, path, KEY)
    assert path.read_bytes() == before
    assert readable(tmp_path) == []


def test_no_care_of_an_encrypted_file_leaves_a_plain_byte_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backups, a second drive, a restore, salvage watched at every table, the bundle: nothing readable, also in between."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    drive, path, between = tmp_path / "硬盘", tmp_path / "密.pingyi", list[str]()
    drive.mkdir()
    sealed(path)
    assert copies.make(path, KEY, copies.DAILY, NOW, drive) == ()
    saved = copies.found(path, drive)
    assert [cipher.is_encrypted(one.path) for one in saved] == [True, True]
    kept = store.restore(saved[0].path, path, KEY)
    assert kept is not None
    assert cipher.is_encrypted(kept)
    content = bytearray(path.read_bytes())
    content[len(content) // 4096 // 2 * 4096 + 100] ^= 1
    path.write_bytes(content)
    out = tmp_path / "抢救.pingyi"
    salvage.salvage(path, out, KEY, by="王办事", tell=lambda *_: between.extend(readable(tmp_path)))
    assert cipher.is_encrypted(out)
    diagnosis.bundle(path, KEY, version="1", log="")
    assert copies.wash_kept(path, KEY) == ()
    assert (between, readable(tmp_path)) == ([], [])
    with pytest.raises(FileError, match="加密"):
        salvage.salvage(path, tmp_path / "二.pingyi", by="王办事")
    assert not (tmp_path / "二.pingyi").exists()


@pytest.mark.parametrize("where", ["rows", "sync", "put"])
def test_a_full_disk_during_a_salvage_leaves_nothing_and_says_so(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    out, before, real = tmp_path / "抢救.pingyi", path.read_bytes(), store.connected

    def small(file: Path, key: bytes | None = None, *, like: Path | None = None) -> sqlite3.Connection:
        connection = real(file, key, like=like)
        if like is not None:
            connection.execute("PRAGMA page_size=512")
            connection.execute("PRAGMA max_page_count=100")
        return connection

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if where == "rows":
        monkeypatch.setattr(store, "connected", small)
    else:
        home = salvage.replacing if where == "sync" else saving
        monkeypatch.setattr(home, "_sync" if where == "sync" else "put", full)
    with pytest.raises(FileError, match="磁盘已满"):
        salvage.salvage(path, out, by="王办事")
    assert [one.name for one in tmp_path.iterdir()] == ["一矿"]
    assert path.read_bytes() == before


def test_backups_of_days_to_come_do_not_push_out_today_s(path: Path) -> None:
    """A clock that was wrong once, or a planted name: what was made just now is there afterwards."""
    folder = copies.folder(path)
    folder.mkdir()
    for day in range(1, copies.NEWEST + 2):
        (folder / f"{path.stem}-2199-01-{day:02}-080000-每天-1.pingyi").write_bytes(b"x")
    assert copies.make(path, None, copies.DAILY, NOW) == ()
    assert copies.make(path, None, copies.DAILY, NOW + timedelta(hours=1)) == ()
    made = [one.path for one in copies.found(path) if one.at.startswith("2026-03-02")]
    assert [store.damage(one) for one in made] == [[], []]
