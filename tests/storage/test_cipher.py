"""The file encrypted as a whole: everything that holds for a plain file holds for it, and nothing of it can be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import exc
from sqlmodel import select

from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher, pages, store
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema_people import OrgType, PartyMember, PartyOrganization
from pingyi_desktop.storage.store import Store

OLD = Path(__file__).parent.parent / "old_databases"
NAME = "中共青峦公司委员会"
KEY = bytes(range(32))
OTHER = bytes(32)
KEY_FILE = b'{"stands for":"the wrapped key"}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "青峦.pingyi"


@pytest.fixture
def sealed(path: Path) -> Iterator[Store]:
    """An encrypted file, open, as it was made."""
    path.write_bytes(created())
    cipher.write_key_file(path, KEY_FILE)
    made = store.open_file(path, KEY)
    yield made
    made.close()


@cache
def created() -> bytes:
    """An encrypted file, made once: that costs as much as most that is done with it here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "X.pingyi")
        kind = OrgType.COMPANY_COMMITTEE
        store.create(path, code="QL", name=NAME, org_type=kind, key=KEY, key_file=KEY_FILE).close()
        return path.read_bytes()


@pytest.fixture
def plain(path: Path) -> Path:
    """A plain file, closed."""
    store.create(path, code="QL", name=NAME, org_type=OrgType.COMPANY_COMMITTEE).close()
    return path


def name_in(path: Path, key: bytes | None = None) -> str:
    held = store.open_file(path, key)
    try:
        with held.reading() as session:
            return session.exec(select(PartyOrganization.full_name)).one()
    finally:
        held.close()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def rename(opened: Store, name: str) -> None:
    with opened.transaction() as session:
        session.exec(select(PartyOrganization)).one().full_name = name


# --- nothing can be read ----------------------------------------------------------------------------------------


def test_the_bytes_tell_nothing(sealed: Store) -> None:
    with sealed.transaction() as session:
        unit = session.exec(select(PartyOrganization)).one()
        session.add_all(
            PartyMember(member_no=f"{n:05}", name="欧阳锦绣", org_id=unit.id, category="FULL", retired=True)
            for n in range(300)
        )
    sealed.close()
    content = sealed.path.read_bytes()
    assert len(content) > 50_000
    for text in (NAME, "欧阳锦绣", "SQLite format 3", "party_organization", "CREATE TABLE"):
        assert text.encode() not in content
        assert text.encode("utf-16-le") not in content
    assert KEY not in content
    with (
        closing(sqlite3.connect(sealed.path)) as raw,
        pytest.raises(sqlite3.DatabaseError, match="not a database"),
    ):
        raw.execute("SELECT * FROM party_organization")


def test_a_write_that_is_under_way_leaves_no_plain_journal(sealed: Store) -> None:
    with sealed.transaction() as session:
        session.exec(select(PartyOrganization)).one().full_name = "欧阳锦绣"
        session.flush()
        files = {file.name: file.read_bytes() for file in sealed.path.parent.iterdir()}
    assert "青峦.pingyi-journal" in files
    for text in ("欧阳锦绣", NAME):
        assert [name for name, content in files.items() if text.encode() in content] == []


def test_the_right_key_and_only_the_right_key_opens_it(sealed: Store) -> None:
    sealed.close()
    assert name_in(sealed.path, KEY) == NAME
    with pytest.raises(FileError, match=r"与它旁边的密钥文件“青峦\.pingyi\.key”不是一对"):
        store.open_file(sealed.path, OTHER)
    with pytest.raises(FileError, match="是加密的，请先输入口令或恢复码"):
        store.open_file(sealed.path)


def test_without_its_key_file_it_says_what_is_missing(sealed: Store) -> None:
    sealed.close()
    cipher.key_file(sealed.path).unlink()
    for key in (KEY, None):
        with pytest.raises(
            FileError, match=r"缺的是密钥文件“青峦\.pingyi\.key”，请从原来的电脑或备份里把它一起复制过来"
        ):
            store.open_file(sealed.path, key)


def test_an_oversized_key_file_is_not_read(sealed: Store) -> None:
    cipher.key_file(sealed.path).write_bytes(b" " * (cipher.MOST_KEY_FILE + 1))
    with pytest.raises(FileError, match="大得不对"):
        cipher.read_key_file(sealed.path)


def test_an_opened_file_shows_no_key(sealed: Store) -> None:
    assert KEY.hex() not in repr(sealed)
    assert repr(KEY) not in repr(sealed)
    assert KEY.hex() not in repr(sealed.engine.url)


# --- as good as a plain file ------------------------------------------------------------------------------------


PRAGMAS = {
    "foreign_keys": 1,
    "synchronous": 3,
    "journal_mode": "persist",
    "secure_delete": 1,
    "trusted_schema": 0,
    "busy_timeout": 3000,
    "application_id": pages.APPLICATION_ID,
    "user_version": migrations.LATEST,
    "temp_store": 2,
}


def test_pragmas_hold_on_every_connection(sealed: Store) -> None:
    for begin in (sealed.transaction, sealed.reading):
        with begin() as session:
            run = session.connection().exec_driver_sql
            assert {name: run(f"PRAGMA {name}").scalar() for name in PRAGMAS} == PRAGMAS


def test_what_is_temporary_never_reaches_the_disk(sealed: Store) -> None:
    with sealed.reading() as session:
        options = [row[0] for row in session.connection().exec_driver_sql("PRAGMA compile_options")]
    assert "TEMP_STORE=2" in options


def test_sessions_carry_the_data_key(sealed: Store) -> None:
    for begin in (sealed.transaction, sealed.reading):
        with begin() as session:
            assert session.info["data_key"] == KEY


def test_a_transaction_is_all_or_nothing(sealed: Store) -> None:
    def interrupted() -> None:
        with sealed.transaction() as session:
            session.exec(select(PartyOrganization)).one().full_name = "改名"
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert name_in(sealed.path, KEY) == NAME


def test_errors_of_either_database_are_told_alike(sealed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(exc.IntegrityError, match="code_length"), sealed.transaction() as session:
        session.add(PartyOrganization(code="", full_name="甲", short_name="甲", org_type=OrgType.BRANCH))
    with pytest.raises(exc.OperationalError, match="no such table"), sealed.reading() as session:
        session.connection().exec_driver_sql("SELECT * FROM nowhere")
    monkeypatch.setattr(pages, "PRAGMAS", (*pages.PRAGMAS, "PRAGMA busy_timeout=50"))
    again = store.open_file(sealed.path, KEY)
    with sealed.transaction() as session:
        session.exec(select(PartyOrganization)).one()
        with pytest.raises(FileError, match="正被另一个程序使用"):
            rename(again, "同时")
    again.close()


def test_two_windows_of_one_file_take_turns(sealed: Store) -> None:
    again = store.open_file(sealed.path, KEY)
    for turn, opened in enumerate((sealed, again) * 3):
        rename(opened, f"第{turn}次")
    with sealed.reading() as session:
        assert session.exec(select(PartyOrganization.full_name)).one() == "第5次"
    again.close()


def test_it_can_be_compacted(sealed: Store) -> None:
    sealed.compact()
    assert store.damage(sealed.path, KEY) == []
    assert cipher.is_encrypted(sealed.path)


def test_damage_is_told(sealed: Store) -> None:
    assert store.damage(sealed.path, KEY) == []
    sealed.close()
    content = bytearray(sealed.path.read_bytes())
    content[5 * 4096 + 100] ^= 1
    sealed.path.write_bytes(content)
    assert any("损坏" in sentence and "用备份恢复" in sentence for sentence in store.damage(sealed.path, KEY))


def test_a_newer_file_is_refused_untouched(sealed: Store) -> None:
    sealed.close()
    with closing(cipher.connect(sealed.path, KEY)) as raw:
        raw.execute(f"PRAGMA user_version={migrations.LATEST + 1}")
    before = sealed.path.read_bytes()
    with pytest.raises(FileError, match="由更新的版本建立"):
        store.open_file(sealed.path, KEY)
    assert sealed.path.read_bytes() == before


def test_another_programs_encrypted_database_is_refused(path: Path) -> None:
    with closing(cipher.connect(path, KEY)) as raw:
        raw.execute("CREATE TABLE things (name)")
    cipher.write_key_file(path, KEY_FILE)
    with pytest.raises(FileError, match="不是评议数据文件，请选择由本软件建立的文件"):
        store.open_file(path, KEY)


# --- backup and restore -----------------------------------------------------------------------------------------


def test_a_backup_stays_encrypted_and_brings_its_key_file(sealed: Store) -> None:
    out = sealed.path.with_name("备份.pingyi")
    store.backup(sealed.path, out, KEY)
    assert cipher.is_encrypted(out)
    assert cipher.read_key_file(out) == KEY_FILE
    assert NAME.encode() not in out.read_bytes()
    with pytest.raises(FileError, match="备份没有写入"):
        store.backup(sealed.path, out, KEY)
    rename(sealed, "后来改的")
    sealed.close()
    kept = store.restore(out, sealed.path, KEY)
    assert kept is not None
    assert (name_in(sealed.path, KEY), name_in(kept, KEY)) == (NAME, "后来改的")
    assert cipher.read_key_file(kept) == KEY_FILE
    assert names(sealed.path.parent) == sorted(
        f"{name}{ending}"
        for name in ("备份.pingyi", "青峦-恢复前-1.pingyi", "青峦.pingyi")
        for ending in ("", ".key")
    )


def test_a_backup_needs_the_key_and_leaves_nothing_without(sealed: Store) -> None:
    out = sealed.path.with_name("备份.pingyi")
    for key in (None, OTHER):
        with pytest.raises(FileError, match=r"先输入口令|不是一对"):
            store.backup(sealed.path, out, key)
    assert names(sealed.path.parent) == ["青峦.pingyi", "青峦.pingyi.key"]


def test_a_foreign_key_file_is_never_overwritten(sealed: Store) -> None:
    out = sealed.path.with_name("备份.pingyi")
    cipher.key_file(out).write_bytes(b"of another file")
    with pytest.raises(FileError, match=r"已有密钥文件“备份\.pingyi\.key”.*没有改动它"):
        store.backup(sealed.path, out, KEY)
    with pytest.raises(FileError, match="已有密钥文件"):
        store.create(out, code="X", name="甲", org_type=OrgType.BRANCH, key=KEY, key_file=KEY_FILE)
    assert cipher.key_file(out).read_bytes() == b"of another file"
    assert not out.exists()


def test_a_plain_file_gives_way_to_an_encrypted_backup_and_back(sealed: Store, tmp_path: Path) -> None:
    sealed.close()
    other = tmp_path / "别处.pingyi"
    store.create(other, code="QL", name="另一个", org_type=OrgType.BRANCH).close()
    kept = store.restore(sealed.path, other, KEY)
    assert kept is not None
    assert (name_in(other, KEY), name_in(kept)) == (NAME, "另一个")
    again = store.restore(kept, other)
    assert again is not None
    assert (name_in(other), name_in(again, KEY)) == ("另一个", NAME)


def test_a_restore_that_fails_puts_both_files_back(sealed: Store, tmp_path: Path) -> None:
    sealed.close()
    saved = tmp_path / "备份.pingyi"
    store.backup(sealed.path, saved, KEY)
    content = bytearray(saved.read_bytes())
    content[5 * 4096 + 100] ^= 1
    saved.write_bytes(content)
    before = sealed.path.read_bytes()
    with pytest.raises(FileError, match="损坏"):
        store.restore(saved, sealed.path, KEY)
    assert sealed.path.read_bytes() == before
    assert name_in(sealed.path, KEY) == NAME
    assert names(tmp_path) == ["备份.pingyi", "备份.pingyi.key", "青峦.pingyi", "青峦.pingyi.key"]


# --- turning one into the other ---------------------------------------------------------------------------------


def test_a_plain_file_becomes_encrypted_and_plain_again(plain: Path) -> None:
    before = plain.read_bytes()
    store.encrypt_file(plain, KEY, KEY_FILE)
    assert NAME.encode() not in plain.read_bytes()
    assert name_in(plain, KEY) == NAME
    assert store.damage(plain, KEY) == []
    assert names(plain.parent) == ["青峦.pingyi", "青峦.pingyi.key"]
    with pytest.raises(FileError, match="是加密的，没有改动它"):
        store.encrypt_file(plain, KEY, KEY_FILE)
    store.decrypt_file(plain, KEY)
    assert names(plain.parent) == ["青峦.pingyi"]
    assert name_in(plain) == NAME
    with closing(sqlite3.connect(plain)) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (pages.APPLICATION_ID,)
        assert raw.execute("PRAGMA user_version").fetchone() == (migrations.LATEST,)
    assert plain.read_bytes()[:16] == before[:16]
    with pytest.raises(FileError, match="没有加密"):
        store.decrypt_file(plain, KEY)


def test_the_plain_bytes_are_overwritten_where_they_lay(plain: Path, tmp_path: Path) -> None:
    """A second name for the same place on the disk shows what is left there."""
    place = tmp_path / "同一处"
    os.link(plain, place)
    size = plain.stat().st_size
    store.encrypt_file(plain, KEY, KEY_FILE)
    assert place.read_bytes() == bytes(size)


@pytest.mark.parametrize("number", range(1, migrations.LATEST + 1))
def test_every_old_format_opens_encrypted(path: Path, number: int) -> None:
    shutil.copy(OLD / f"v{number}.pingyi", path)
    with closing(sqlite3.connect(path)) as raw:
        people = raw.execute("SELECT name FROM party_member ORDER BY id").fetchall()
    store.encrypt_file(path, KEY, KEY_FILE)
    held = store.open_file(path, KEY)
    with held.reading() as session:
        assert session.exec(select(PartyMember.name).order_by(PartyMember.id)).all() == [
            row[0] for row in people
        ]
        assert session.connection().exec_driver_sql("PRAGMA user_version").scalar() == migrations.LATEST
    held.close()
    assert store.damage(path, KEY) == []
    for kept in path.parent.glob("*升级前备份*.pingyi"):
        assert cipher.is_encrypted(kept)
    assert len(list(path.parent.glob("*升级前备份*.pingyi"))) == (number < migrations.LATEST)


def test_a_plain_file_beside_a_foreign_key_file_says_so(plain: Path) -> None:
    cipher.key_file(plain).write_bytes(b"of another file")
    with pytest.raises(FileError, match=r"没有加密，旁边却有密钥文件.*请把密钥文件移到别处再打开"):
        store.open_file(plain, KEY)
    with pytest.raises(FileError, match=r"已经有密钥文件.*没有改动它"):
        store.encrypt_file(plain, KEY, KEY_FILE)
    cipher.key_file(plain).unlink()
    assert name_in(plain) == NAME


def test_a_full_disk_while_converting_leaves_the_file_as_it_was(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plain.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cipher, "_export", full)
    with pytest.raises(FileError, match="磁盘已满"):
        store.encrypt_file(plain, KEY, KEY_FILE)
    assert plain.read_bytes() == before
    assert names(plain.parent) == ["青峦.pingyi"]


@pytest.mark.parametrize("spoil", ["DELETE FROM data_file", "UPDATE party_organization SET full_name = 'x'"])
def test_a_conversion_that_loses_or_changes_a_row_leaves_the_file_as_it_was(
    plain: Path, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    before, export = plain.read_bytes(), cipher._export

    def losing(source: sqlite3.Connection, part: Path, key: bytes | None) -> None:
        export(source, part, key)
        with closing(cipher._connection(part, key)) as made:
            assert made.execute(spoil).rowcount == 1

    monkeypatch.setattr(cipher, "_export", losing)
    with pytest.raises(FileError, match="转换后核对不一致"):
        store.encrypt_file(plain, KEY, KEY_FILE)
    assert plain.read_bytes() == before
    assert names(plain.parent) == ["青峦.pingyi"]


HOLDS = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("BEGIN IMMEDIATE")
print("holding", flush=True)
sys.stdin.read()
"""


def test_a_file_in_use_is_not_converted(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other program is another process: two SQLite libraries in one process do not see each other's locks."""
    monkeypatch.setattr(cipher, "WAIT", 0.05)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(plain)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"holding"
        with pytest.raises(FileError, match="正被另一个程序使用"):
            store.encrypt_file(plain, KEY, KEY_FILE)
        other.stdin.close()
    assert names(plain.parent) == ["青峦.pingyi"]
    assert name_in(plain) == NAME


def test_a_second_reading_of_an_open_file_does_not_drop_its_locks(sealed: Store) -> None:
    """Closing any handle of a file drops this process's locks on it: nothing may open the file beside SQLCipher."""
    with sealed.transaction() as session:
        session.exec(select(PartyOrganization)).one()
        store.open_file(sealed.path, KEY).close()
        store.damage(sealed.path, KEY)
        script = (
            "import sys; from pathlib import Path\n"
            "from pingyi_desktop.storage import cipher\n"
            "cipher.WAIT = 0.05\n"
            "cipher.connect(Path(sys.argv[1]), bytes(range(32))).execute('BEGIN IMMEDIATE')"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script, str(sealed.path)], capture_output=True, text=True
        )
    assert "database is locked" in ended.stderr


def test_a_stick_without_hard_links_is_converted_too(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    store.encrypt_file(plain, KEY, KEY_FILE)
    assert name_in(plain, KEY) == NAME
    assert names(plain.parent) == ["青峦.pingyi", "青峦.pingyi.key"]


def test_a_cut_between_the_two_renames_of_such_a_stick_is_taken_back(plain: Path) -> None:
    plain.rename(plain.with_name("青峦.pingyi.replaced"))
    assert name_in(plain) == NAME
    assert names(plain.parent) == ["青峦.pingyi"]


def test_a_file_left_over_is_not_wiped_when_it_is_no_remnant_of_a_conversion(plain: Path) -> None:
    left = plain.with_name("青峦.pingyi.replaced")
    shutil.copy(plain, left)
    assert name_in(plain) == NAME
    assert left.exists()


# --- without SQLCipher ------------------------------------------------------------------------------------------


def test_without_the_module_nothing_falls_back_to_plain(
    sealed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed.close()
    before = sealed.path.read_bytes()
    new, plain = tmp_path / "新.pingyi", tmp_path / "明文.pingyi"
    store.create(plain, code="QL", name=NAME, org_type=OrgType.BRANCH).close()
    monkeypatch.setattr(cipher, "_sqlcipher", None)
    attempts: list[Callable[[], object]] = [
        lambda: store.open_file(sealed.path, KEY),
        lambda: store.backup(sealed.path, new, KEY),
        lambda: store.restore(sealed.path, new, KEY),
        lambda: store.create(new, code="X", name="甲", org_type=OrgType.BRANCH, key=KEY, key_file=KEY_FILE),
        lambda: store.encrypt_file(plain, KEY, KEY_FILE),
        lambda: store.decrypt_file(sealed.path, KEY),
    ]
    for attempt in attempts:
        with pytest.raises(FileError, match=r"缺少加密组件（SQLCipher）.*请重新安装本软件"):
            attempt()
    assert sealed.path.read_bytes() == before
    assert names(tmp_path) == ["明文.pingyi", "青峦.pingyi", "青峦.pingyi.key"]
    assert name_in(plain) == NAME


def test_the_program_starts_without_the_module(plain: Path) -> None:
    script = (
        "import sys; sys.modules['sqlcipher3'] = None\n"
        "from pathlib import Path\n"
        "from pingyi_desktop.storage import store\n"
        "with store.open_file(Path(sys.argv[1])).transaction() as session: print(session.info)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(plain)], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "{}", "")
