"""Automatic backups: when they are made, what stays, and that none of them ever holds ballots in the order of the paper."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import make
from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.storage import cipher, replacing, store
from pingyi_desktop.storage.care import copies
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
CELLS = "1239" * 15


@pytest.fixture
def path(tmp_path: Path) -> Path:
    where = tmp_path / "矿机关.pingyi"
    make.company(where).close()
    return where


def begun(path: Path) -> tuple[Store, str]:
    """A school's file with a campaign, and its one stack."""
    made = make.published_school(
        path, people=[f"党员{chr(0x4E00 + n)}" for n in range(20)], form_codes=["T-MEM-B"]
    )
    with made.reading() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
    return made, batch.id


def half_keyed(path: Path) -> None:
    """A stack of one ballot that is keyed and not sealed; the file is closed."""
    made, batch_id = begun(path)
    with made.transaction() as session:
        ballots.save(session, batch_id=batch_id, position=1, cells=CELLS, committed=True)
    made.close()


def drafts_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as raw:
        return int(raw.execute("SELECT count(*) FROM draft_ballot").fetchone()[0])


def test_at_most_one_a_day_and_one_before_every_import(path: Path) -> None:
    for hours in (0, 3):
        assert copies.make_daily(path, None, NOW + timedelta(hours=hours)) == ()
    copies.make(path, None, copies.IMPORT, NOW)
    copies.make(path, None, copies.IMPORT, NOW)
    copies.make_daily(path, None, NOW + timedelta(days=1))
    assert [(one.why, one.at[:10]) for one in copies.found(path)] == [
        ("每天", "2026-03-03"),
        ("每天", "2026-03-02"),
        ("导入前", "2026-03-02"),
        ("导入前", "2026-03-02"),
    ]
    again = store.open_file(copies.found(path)[0].path)
    again.close()


def test_ten_of_a_kind_stay_and_the_first_of_each_month() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    names = [f"矿-{begin + timedelta(days=n):%Y-%m-%d}-080000-每天-1.pingyi" for n in range(70)]
    names += [f"矿-2026-01-05-0800{n:02}-导入前-1.pingyi" for n in range(12)]
    gone = copies.surplus([*names, "别人的.pingyi", "矿-手工备份.pingyi"], "2026-04-01")
    left = [name for name in names if name not in gone]
    assert left == [
        "矿-2026-01-01-080000-每天-1.pingyi",
        "矿-2026-02-01-080000-每天-1.pingyi",
        *names[59:70],
        *names[72:],
    ]
    assert names[59] == "矿-2026-03-01-080000-每天-1.pingyi"


def test_what_is_too_old_is_deleted_and_nothing_else(path: Path) -> None:
    folder = copies.folder(path)
    folder.mkdir()
    (folder / "别人的.pingyi").write_bytes(b"x")
    for number in range(12):
        copies.make(path, None, copies.IMPORT, NOW + timedelta(minutes=number))
    assert len(copies.found(path)) == copies.NEWEST
    assert (folder / "别人的.pingyi").read_bytes() == b"x"
    assert not [one for one in folder.iterdir() if one.name.endswith((".part", ".key", "-journal"))]


def test_a_second_drive_gets_one_too_and_a_missing_one_is_told(path: Path, tmp_path: Path) -> None:
    drive = tmp_path / "U盘"
    (failed,) = copies.make_daily(path, None, NOW, drive / "备份")
    assert "没有做成" in failed
    assert "盘没有插上" in failed
    assert len(copies.found(path)) == 1
    (drive / "备份").mkdir(parents=True)
    assert copies.make_daily(path, None, NOW, drive / "备份") == ()
    elsewhere = [one for one in copies.found(path, drive / "备份") if drive in one.path.parents]
    assert len(elsewhere) == 1
    other = tmp_path / "另一处" / path.name
    other.parent.mkdir()
    make.company(other).close()
    assert copies.found(other, drive / "备份") == []


def test_a_backup_that_cannot_be_made_is_told(path: Path) -> None:
    copies.folder(path).write_bytes(b"a file stands where the folder belongs")
    (failed,) = copies.make(path, None, copies.DAILY, NOW)
    assert "自动备份没有做成" in failed


def test_no_backup_holds_ballots_of_a_stack_that_is_not_sealed(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    half_keyed(path)
    assert drafts_in(path) == 1
    copies.make(path, None, copies.DAILY, NOW)
    (copy,) = copies.found(path)
    assert drafts_in(copy.path) == 0
    assert CELLS.encode() in path.read_bytes()
    assert CELLS.encode() not in copy.path.read_bytes()
    assert store.damage(copy.path) == []


def test_nor_does_the_copy_made_before_an_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, next_one = tmp_path / "XX.pingyi", migrations.LATEST + 1
    half_keyed(path)
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, (f"PRAGMA user_version={next_one}",)))
    monkeypatch.setattr(migrations, "LATEST", next_one)
    store.open_file(path).close()
    (copy,) = tmp_path.glob("*升级前备份*")
    assert (drafts_in(path), drafts_in(copy)) == (1, 0)


def test_a_backup_of_one_s_own_hand_holds_everything(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    half_keyed(path)
    store.backup(path, tmp_path / "手工.pingyi")
    assert drafts_in(tmp_path / "手工.pingyi") == 1


def test_a_signed_stack_without_its_ballots_cannot_be_sealed_but_cleared(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    made, batch_id = begun(path)
    with made.transaction() as session:
        ballots.enter_ballots(session, batch_id=batch_id, ballots=[CELLS] * 6, by=make.BY)
        make.sheet(session, batch_id, valid=6)
        signing.waive(session, batch_id=batch_id, reason="票数少", by=make.BY)
        signing.sign(
            session, batch_id=batch_id, tellers=["甲"], scrutineers=["乙"], by=make.BY, reason=make.WHY
        )
    made.close()
    copies.make(path, None, copies.DAILY, NOW)
    restored = store.open_file(copies.found(path)[0].path)
    with pytest.raises(UserError), restored.transaction() as session:
        signing.seal(session, batch_id=batch_id, by=make.BY)
    with restored.transaction() as session:
        signing.reset(session, batch_id=batch_id, reason="从备份恢复", by=make.BY)
    restored.close()


def test_what_a_restore_put_aside_loses_its_ballots_later_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    half_keyed(path)
    copies.make(path, None, copies.DAILY, NOW)
    aside = store.restore(copies.found(path)[0].path, path)
    assert aside is not None
    assert copies.kept(path) == [aside]
    assert drafts_in(aside) == 1
    assert copies.make_daily(path, None, NOW + timedelta(hours=1)) == ()
    assert drafts_in(aside) == 1
    copies.make_daily(path, None, NOW + timedelta(days=1))
    assert drafts_in(aside) == 0
    assert CELLS.encode() not in aside.read_bytes()
    aside.write_bytes(b"broken" * 500)
    (said,) = copies.wash_kept(path, None)
    assert "手工删除" in said


def test_what_a_killed_backup_left_is_wiped_by_the_next(path: Path) -> None:
    folder = copies.folder(path)
    folder.mkdir()
    left = replacing.beside(folder / "矿机关-2026-03-01-080000-每天-1.pingyi", replacing.PART)
    left.write_bytes(b"ballots in order")
    copies.make(path, None, copies.DAILY, NOW)
    assert not left.exists()


def test_the_backups_of_an_encrypted_file_are_encrypted(tmp_path: Path) -> None:
    path, key = tmp_path / "密.pingyi", bytes(range(32))
    store.create(path, code="QL", name="青峦", org_type=OrgType.BRANCH, key=key, key_file=b"wrapped").close()
    for number in range(copies.NEWEST + 1):
        assert copies.make(path, key, copies.IMPORT, NOW + timedelta(minutes=number)) == ()
    listed = copies.found(path)
    assert len(listed) == copies.NEWEST
    assert all(cipher.is_encrypted(one.path) and not cipher.begins_plain(one.path) for one in listed)
    assert len(list(copies.folder(path).iterdir())) == 2 * copies.NEWEST
    with pytest.raises(FileError, match="加密"):
        store.open_file(listed[0].path)
    store.open_file(listed[0].path, key).close()
