"""The bundle for whoever maintains the program: enough to help, nothing about people, units, paths or the computer's user."""

from __future__ import annotations

import getpass
import io
import json
import platform
import sqlite3
import traceback
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import pytest

import make
from pingyi_desktop import faultlog, paths
from pingyi_desktop.appraisal.batches import operators
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.standing import care
from pingyi_desktop.storage import store
from pingyi_desktop.storage.care import copies, diagnosis
from pingyi_desktop.storage.schema_people import OrgType

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


MARK = "赵标记"
"""a name, a telephone number or a code, as it is planted everywhere"""


def planted(path: Path) -> int:
    """Write the mark into every text and every blob of every row, into names of tables and columns; how many places."""
    made = make.counted_company(path)
    with made.transaction() as session:
        keys.signer(session, campaign_id=make.campaign_of(session))
        operators.add(session, name=f"{MARK}录入", by=MARK)
    made.close()
    places = 0
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        for (table,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for column, kind, is_key in raw.execute(
                "SELECT name, type, pk FROM pragma_table_info(?)", (table,)
            ).fetchall():
                if kind in ("VARCHAR", "BLOB") and not is_key:
                    told = f"CAST('{MARK}13800138000' || rowid AS {'TEXT' if kind == 'VARCHAR' else 'BLOB'})"
                    with suppress(sqlite3.OperationalError):  # a table without row numbers
                        places += raw.execute(f"UPDATE OR IGNORE {table} SET {column} = {told}").rowcount
        raw.execute(f'CREATE TABLE "{MARK}" ("{MARK}" TEXT)')
        raw.execute(f'CREATE VIEW "{MARK}的" AS SELECT 1')
        raw.commit()
    return places


def test_what_is_planted_everywhere_is_nowhere_in_the_bundle_nor_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every text of the file, its name and folders, the user's settings, and in what errors said, through every door."""
    home = tmp_path / f"{MARK}的家"
    monkeypatch.setenv("PINGYI_HOME", str(home))
    path = tmp_path / f"{MARK}的 U 盘" / f"{MARK}一矿.pingyi"
    assert planted(path) > 100
    paths.set_second_drive(tmp_path / f"{MARK}的硬盘")
    copies.make(path, None, copies.DAILY, copies.datetime(2026, 3, 2, tzinfo=copies.UTC))
    for says in (MARK, f"“{MARK}”\n{MARK}", f"Error: {MARK}", f'  File "{MARK}", line 1, in {MARK}'):
        try:
            raise RuntimeError(says)
        except RuntimeError as error:
            error.add_note(f"{MARK} 13800138000 123456")
            faultlog.append(traceback.format_exc())
        faultlog.append(says)
    for text in (path.read_bytes(), b"SQLite format 3\0" + MARK.encode() * 3000, MARK.encode()):
        path.write_bytes(text)
        packed = zipfile.ZipFile(io.BytesIO(care.bundle(path, None)))
        told = "".join(packed.read(name).decode() for name in packed.namelist()) + "".join(packed.namelist())
        found = json.loads(packed.read("diagnosis.json"))["file"]
        assert (MARK in told, "13800138000" in told, "123456" in told) == (False, False, False)
        assert found.get("tables_of_others", 1) == 1
    logs = "".join(one.read_text(encoding="utf-8") for one in faultlog.files() if one.is_file())
    assert "RuntimeError" in logs
    assert (MARK in logs, "13800138000" in logs) == (False, False)


def test_the_bundle_of_an_encrypted_file_needs_its_key_and_holds_none(tmp_path: Path) -> None:
    path, key = tmp_path / "密.pingyi", bytes(range(32))
    store.create(
        path, code="QL", name=f"{MARK}支部", org_type=OrgType.BRANCH, key=key, key_file=b"wrapped-key"
    ).close()
    for given, whole in ((key, True), (None, False), (bytes(32), False)):
        packed = zipfile.ZipFile(io.BytesIO(diagnosis.bundle(path, given, version="1", log="")))
        told = packed.read("diagnosis.json").decode()
        found = json.loads(told)["file"]
        assert found["encrypted"]
        assert ("rows" in found, bool(found["damage"])) == (whole, not whole)
        assert [one for one in (MARK, "wrapped-key", key.hex(), "密.") if one in told] == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"\1" * 9000])
def test_a_file_that_cannot_be_opened_still_gives_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "一矿党委.pingyi"
    path.write_bytes(content)
    packed = zipfile.ZipFile(io.BytesIO(diagnosis.bundle(path, None, version="1", log="")))
    told = packed.read("diagnosis.json").decode()
    assert json.loads(told)["file"]["damage"]
    assert "一矿" not in told
