"""What a restore would change: counted in both files, of every format, without touching either."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import store
from pingyi_desktop.storage.care import contents
from pingyi_desktop.storage.schemas.every import LEDGER_TABLES

OLD = Path(__file__).parents[2] / "old_databases"


def test_a_preview_counts_both_and_says_what_becomes_less(tmp_path: Path) -> None:
    path, saved = tmp_path / "QL.pingyi", tmp_path / "备份.pingyi"
    made = make.company(path)
    made.close()
    store.backup(path, saved)
    made = store.open_file(path)
    with made.transaction() as session:
        make.org_member(session, "QL.02.B001", "新来的")
    made.close()
    found = contents.preview(path, None, saved, None)
    people = next(one for one in found.changes if one.what == "党员")
    assert people.now == people.then + 1
    assert found.warnings == ("恢复以后会变少的：党员、操作日志。后来做的要重做；恢复前的文件会留着。",)
    assert contents.preview(path, None, path, None).warnings == ()


def test_rows_of_ledgers_that_a_restore_would_lose_are_told(tmp_path: Path) -> None:
    path, saved = tmp_path / "QL.pingyi", tmp_path / "备份.pingyi"
    make.published_company(path).close()
    store.backup(path, saved)
    made = store.open_file(path)
    with made.transaction() as session:
        about = {"campaign_id": make.campaign_of(session), "org": "QL.01.B003", "today": "", "by": "王"}
        edits.add(session, catalog.ledger("deed"), typed={"title": "修路", "kind": "办实事"}, **about)
    made.close()
    found = contents.preview(path, None, saved, None)
    assert (found.changes[-1].now, found.changes[-1].then) == (1, 0)
    assert found.warnings[0].startswith("恢复以后会变少的：操作日志、台账里的行。")
    assert set(contents.LEDGERS) == {one.__tablename__ for one in LEDGER_TABLES}


def test_a_backup_of_another_file_is_told(tmp_path: Path) -> None:
    make.company(tmp_path / "QL.pingyi").close()
    make.school(tmp_path / "XX.pingyi").close()
    found = contents.preview(tmp_path / "QL.pingyi", None, tmp_path / "XX.pingyi", None)
    assert "另一个数据文件的（单位代码 XX，现在的是 QL）" in found.warnings[0]


def test_a_file_that_is_damaged_or_away_can_still_be_compared_with(tmp_path: Path) -> None:
    make.company(tmp_path / "备份.pingyi").close()
    for name, content in (("坏.pingyi", b"x" * 5000), ("没有.pingyi", None)):
        if content:
            (tmp_path / name).write_bytes(content)
        found = contents.preview(tmp_path / name, None, tmp_path / "备份.pingyi", None)
        assert {one.now for one in found.changes} == {None}
    with pytest.raises(FileError, match="不是评议数据文件"):
        contents.of_file(tmp_path / "坏.pingyi")


@pytest.mark.parametrize("old", sorted(OLD.glob("v*.pingyi")), ids=lambda one: one.stem)
def test_a_backup_of_an_old_format_is_counted_and_not_upgraded(old: Path, tmp_path: Path) -> None:
    copy = tmp_path / "旧.pingyi"
    shutil.copy(old, copy)
    before = copy.read_bytes()
    found = contents.of_file(copy)
    assert found.unit_code == "QL"
    assert found.counts["封存的票批"] >= 1
    assert copy.read_bytes() == before
    assert list(tmp_path.iterdir()) == [copy]
