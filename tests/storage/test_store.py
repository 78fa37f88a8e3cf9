"""The data file: schema and migrations agree, pragmas hold, failures leave the file as it was, sentences are clear."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import exc
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session, SQLModel, col, select

import make
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.storage import pages, store, troubles
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_batches import BallotBatch, ItemTally, SealedBallot, SupplementStack
from pingyi_desktop.storage.schema_campaign import (
    AppraisalSession,
    Campaign,
    CampaignForm,
    ReviewGroup,
    VoterCategory,
)
from pingyi_desktop.storage.schema_entry import DraftBallot
from pingyi_desktop.storage.schema_exchange import OwnKey, StoredEnvelope, TrustedKey
from pingyi_desktop.storage.schema_grades import GradeCount, GradeName, MemberGrade
from pingyi_desktop.storage.schema_people import OrgType, PartyMember, PartyOrganization
from pingyi_desktop.storage.schemas import every
from pingyi_desktop.storage.store import Store

OLD = Path(__file__).parent.parent / "old_databases"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "矿机关.pingyi"


@pytest.fixture
def opened(path: Path) -> Iterator[Store]:
    made = store.create(path, code="QL", name="中共青峦公司委员会", org_type=OrgType.COMPANY_COMMITTEE)
    yield made
    made.close()


def shape(sql: str) -> str:
    return re.sub(r'[\s"]+', "", sql)


def own_unit(session: Session) -> PartyOrganization:
    return session.exec(select(PartyOrganization)).one()


# --- what the file is -------------------------------------------------------------------------------------------


def test_the_migrations_make_what_the_schema_says(opened: Store) -> None:
    tables = SQLModel.metadata.sorted_tables
    assert {one.__tablename__ for one in every.LEDGER_TABLES} <= {table.name for table in tables}
    declared = {
        table.name: shape(str(CreateTable(table).compile(dialect=sqlite.dialect()))) for table in tables
    }
    for table in tables:
        for index in table.indexes:
            declared[str(index.name)] = shape(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    with closing(sqlite3.connect(opened.path)) as raw:
        rows = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
        )
        migrated = {name: shape(sql) for name, sql in rows}
        version = raw.execute("PRAGMA user_version").fetchone()[0]
    assert migrated == declared
    assert version == migrations.LATEST == len(migrations.STEPS)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("foreign_keys", 1),
        ("synchronous", 3),
        ("journal_mode", "persist"),
        ("temp_store", 2),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 3000),
        ("application_id", pages.APPLICATION_ID),
    ],
)
def test_pragmas_hold_on_every_connection(opened: Store, pragma: str, value: object) -> None:
    for begin in (opened.transaction, opened.reading):
        with begin() as session:
            assert session.connection().exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_new_file_knows_its_unit(opened: Store) -> None:
    with opened.reading() as session:
        assert session.exec(select(DataFile.unit_code)).one() == "QL"
        assert own_unit(session).full_name == "中共青峦公司委员会"


def test_a_file_is_never_overwritten(opened: Store) -> None:
    before = opened.path.read_bytes()
    with pytest.raises(FileError, match="已经存在"):
        store.create(opened.path, code="X", name="另一个", org_type=OrgType.BRANCH)
    assert opened.path.read_bytes() == before


@pytest.mark.parametrize(
    ("code", "name", "short", "said"),
    [
        (" ", "名称", "", "组织代码应为 1 至 60"),
        ("Q" * 61, "名称", "", "组织代码应为 1 至 60"),
        ("QL", "", "", "全称应为 1 至 100"),
        ("QL", "长" * 41, "", "简称应为 1 至 40"),
        ("QL", "长" * 101, "短", "全称应为 1 至 100"),
    ],
)
def test_a_unit_without_proper_names_makes_no_file(
    path: Path, code: str, name: str, short: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        store.create(path, code=code, name=name, short_name=short, org_type=OrgType.BRANCH)
    assert not path.exists()


# --- transactions -----------------------------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(opened: Store) -> None:
    def interrupted() -> None:
        with opened.transaction() as session:
            own_unit(session).short_name = "改名"
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with opened.transaction() as session:
        assert own_unit(session).short_name == "中共青峦公司委员会"
        own_unit(session).short_name = "青峦党委"
    with opened.reading() as session:
        assert own_unit(session).short_name == "青峦党委"


def test_reading_never_writes(opened: Store) -> None:
    with opened.reading() as session:
        own_unit(session).short_name = "改名"
        session.flush()
    with opened.reading() as session:
        assert own_unit(session).short_name == "中共青峦公司委员会"


def test_a_read_goes_on_beside_an_open_write_in_the_same_thread(opened: Store) -> None:
    with opened.transaction() as writer:
        own_unit(writer).short_name = "青峦党委"
        with opened.reading() as reader:
            assert own_unit(reader).short_name == "中共青峦公司委员会"


def test_two_threads_take_turns(opened: Store) -> None:
    def add(number: int) -> None:
        for turn in range(10):
            with opened.transaction() as session:
                unit = own_unit(session)
                unit.sort_no += 1
                session.add(unit)
                session.add(
                    PartyMember(
                        member_no=f"{number}-{turn}",
                        name=f"张{number}{turn}",
                        org_id=unit.id,
                        category="FULL",
                    )
                )

    threads = [threading.Thread(target=add, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with opened.reading() as session:
        assert own_unit(session).sort_no == 20
        assert len(session.exec(select(PartyMember)).all()) == 20


# --- sentences --------------------------------------------------------------------------------------------------


def test_a_missing_file_is_told_and_not_made(path: Path) -> None:
    for attempt in (store.open_file, store.damage, lambda p: store.backup(p, p.with_suffix(".bak"))):
        with pytest.raises(FileError, match="找不到数据文件"):
            attempt(path)
    assert not path.exists()


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all, only words" * 100, b"SQLite format 3\0" + b"\1" * 200]
)
def test_what_is_no_data_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"“矿机关.pingyi”(不是评议数据文件|已经损坏)"):
        store.open_file(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE things (name)")
    before = path.read_bytes()
    with pytest.raises(FileError, match="不是评议数据文件，请选择由本软件建立的文件"):
        store.open_file(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER a AFTER INSERT ON sealed_ballot BEGIN UPDATE sealed_ballot SET cells = '11111'; END",
        "CREATE VIEW a AS SELECT 1",
        "CREATE TRIGGER journal_entry_is_not_deleted BEFORE DELETE ON journal_entry BEGIN SELECT 1; END",
    ],
)
def test_a_file_that_changes_by_itself_what_is_written_is_refused(opened: Store, planted: str) -> None:
    """A trigger works before the commit is signed: what it makes of a ballot was signed as the program's own."""
    opened.close()
    with closing(sqlite3.connect(opened.path)) as raw:
        raw.execute("DROP TRIGGER journal_entry_is_not_deleted")
        raw.execute(planted)
        raw.commit()
    with pytest.raises(FileError, match=r"“矿机关.pingyi”里被人装进了会自己改动内容的东西"):
        store.open_file(opened.path)


def test_a_newer_file_is_refused_untouched(opened: Store) -> None:
    opened.close()
    with closing(sqlite3.connect(opened.path)) as raw:
        raw.execute(f"PRAGMA user_version={migrations.LATEST + 1}")
    before = opened.path.read_bytes()
    attempts: list[Callable[[], object]] = [
        lambda: store.open_file(opened.path),
        lambda: store.restore(opened.path, opened.path.with_name("b.pingyi")),
    ]
    for attempt in attempts:
        with pytest.raises(FileError, match=r"由更新的版本建立.*请先升级本软件.*没有改动"):
            attempt()
    assert opened.path.read_bytes() == before
    assert list(opened.path.parent.iterdir()) == [opened.path]


@pytest.mark.parametrize("version", [0, 1, migrations.LATEST - 1])
def test_a_file_that_names_a_format_it_is_not_of_is_refused_untouched(opened: Store, version: int) -> None:
    """It was told of as a fault of the program, and each time another copy was left beside it."""
    opened.close()
    with closing(sqlite3.connect(opened.path)) as raw:
        raw.execute(f"PRAGMA user_version={version}")
    before = opened.path.read_bytes()
    with pytest.raises(FileError, match=f"写着是格式 {version}，里面的表却不是，.*没有改动.*用备份恢复"):
        store.open_file(opened.path)
    assert opened.path.read_bytes() == before
    assert list(opened.path.parent.iterdir()) == [opened.path]


def test_a_file_held_by_another_program_is_told(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PRAGMAS", (*pages.PRAGMAS, "PRAGMA busy_timeout=50"))
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0.05))
    again = store.open_file(opened.path)
    with closing(sqlite3.connect(opened.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(FileError, match="正被另一个程序使用，请关闭"), again.transaction():
            pass
        with pytest.raises(FileError, match="正被另一个程序使用"):
            store.backup(opened.path, opened.path.with_name("copy.pingyi"))
    again.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(opened: Store) -> None:
    def fill(session: Session) -> None:
        connection = session.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        session.add(
            StoredEnvelope(
                id="e",
                campaign_id="c",
                type="t",
                unit_code="QL",
                epoch=1,
                revision=1,
                state="CHOSEN",
                raw=b"x" * 1_000_000,
            )
        )
        session.flush()

    with pytest.raises(FileError, match="磁盘已满，请清出空间后重试"), opened.transaction() as session:
        fill(session)
    with opened.reading() as session:
        assert session.exec(select(StoredEnvelope)).all() == []


@pytest.mark.parametrize("wrong", ["SELECT * FROM nowhere", "SELECT nothing FROM data_file", "SELEKT 1"])
def test_our_own_mistakes_in_sql_are_bugs_and_not_told_as_a_disk_at_fault(opened: Store, wrong: str) -> None:
    with pytest.raises(exc.OperationalError, match=r"no such|syntax error"), opened.reading() as session:
        session.connection().exec_driver_sql(wrong)
    with (
        pytest.raises(sqlite3.OperationalError, match=r"no such|syntax error"),
        troubles.told_as_sentences(opened.path),
        closing(sqlite3.connect(opened.path)) as raw,
    ):
        raw.execute(wrong)


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that may be read but not written, for this process too when it runs as root."""
    if not hasattr(os, "geteuid"):
        pytest.skip("folders have no such permission on this system")
    folder = Path(tempfile.mkdtemp(prefix="pingyi-只读-"))
    made = store.create(folder / "a.pingyi", code="QL", name="青峦", org_type=OrgType.COMPANY_COMMITTEE)
    made.close()
    (folder / "a.pingyi").chmod(0o444)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_read_only_folder_is_told(read_only_folder: Path) -> None:
    made = store.open_file(read_only_folder / "a.pingyi")
    with made.reading() as session:
        assert own_unit(session).code == "QL"
    with (
        pytest.raises(FileError, match=r"只能读、不能写.*请.*把文件复制到本机硬盘"),
        made.transaction() as session,
    ):
        own_unit(session).short_name = "改名"
    made.close()
    with pytest.raises(FileError, match=r"“b.pingyi”不能读写（没有权限.*请.*换一个文件夹"):
        store.create(read_only_folder / "b.pingyi", code="QL", name="青峦", org_type=OrgType.BRANCH)
    with pytest.raises(FileError, match=r"没有权限.*换一个文件夹"):
        store.create(read_only_folder / "c" / "b.pingyi", code="QL", name="青峦", org_type=OrgType.BRANCH)


# --- migrations -------------------------------------------------------------------------------------------------


NEXT = migrations.LATEST + 1


def next_format() -> tuple[str, ...]:
    return ("CREATE TABLE added (name VARCHAR NOT NULL)", f"PRAGMA user_version={NEXT}")


def broken_format() -> tuple[str, ...]:
    return (*next_format(), "INSERT INTO nowhere VALUES (1)")


def grow(monkeypatch: pytest.MonkeyPatch, step: Callable[[], tuple[str, ...]]) -> None:
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step()))
    monkeypatch.setattr(migrations, "LATEST", NEXT)


def test_an_upgrade_keeps_a_backup(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.close()
    before = opened.path.read_bytes()
    grow(monkeypatch, next_format)
    upgraded = store.open_file(opened.path)
    with upgraded.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM added").scalar() == 0
        assert own_unit(session).code == "QL"
    upgraded.close()
    (kept,) = opened.path.parent.glob(f"矿机关-升级前备份-v{NEXT - 1}-*.pingyi")
    with closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (migrations.LATEST - 1,)
        assert raw.execute("SELECT code FROM party_organization").fetchall() == [("QL",)]
    assert len(kept.read_bytes()) == len(before)
    store.open_file(opened.path).close()
    assert len(list(opened.path.parent.iterdir())) == 2


def test_a_failing_upgrade_leaves_the_file_as_it_was(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.close()
    before = opened.path.read_bytes()
    grow(monkeypatch, broken_format)
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
            store.open_file(opened.path)
        assert opened.path.read_bytes() == before
    backups = sorted(file.name for file in opened.path.parent.glob("*升级前备份*"))
    assert backups == [f"矿机关-升级前备份-v{NEXT - 1}-1.pingyi", f"矿机关-升级前备份-v{NEXT - 1}-2.pingyi"]
    monkeypatch.undo()
    store.open_file(opened.path).close()


@pytest.mark.parametrize("number", range(1, migrations.LATEST))
def test_an_upgrade_tells_how_far_it_is_and_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(migrations, "OFTEN", 200)
    copy = tmp_path / "旧.pingyi"
    shutil.copy(OLD / f"v{number}.pingyi", copy)
    before, asked = copy.read_bytes(), list[tuple[int, int]]()

    def stop_in_the_middle(done: int, of_all: int) -> bool:
        asked.append((done, of_all))
        return done < of_all // 2

    with pytest.raises(FileError, match="升级已取消，文件没有改动"):
        store.open_file(copy, go_on=stop_in_the_middle)
    assert asked[0][0] < asked[-1][0] < asked[-1][1]
    assert copy.read_bytes() == before
    asked.clear()
    store.open_file(copy, go_on=lambda *told: bool(asked.append(told)) or True).close()
    assert asked[-1][0] > asked[-1][1] // 2


def test_a_stop_at_any_question_leaves_the_file_alone_and_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the copy before it is made, while that is checked, and while tables are made anew."""
    monkeypatch.setattr(migrations, "OFTEN", 300)
    monkeypatch.setattr(pages, "PAGES", 5)
    copy, asked = tmp_path / "旧.pingyi", list[int]()
    shutil.copy(OLD / "v1.pingyi", copy)
    before = copy.read_bytes()
    store.open_file(copy, go_on=lambda done, of_all: bool(asked.append(done)) or done <= of_all).close()
    assert asked == sorted(asked)
    assert asked[0] < migrations.COPYING < asked[-1] <= migrations.WHOLE
    for stop in sorted({0, 1, asked.index(migrations.COPYING), len(asked) // 2, len(asked) - 1}):
        for left in tmp_path.iterdir():
            left.unlink()
        copy.write_bytes(before)
        asked.clear()
        with pytest.raises(FileError, match=r"“旧\.pingyi”的升级已取消，文件没有改动"):
            store.open_file(copy, go_on=lambda *_, last=stop: bool(asked.append(0)) or len(asked) <= last)
        assert copy.read_bytes() == before
        assert [one.name for one in tmp_path.iterdir()] == ["旧.pingyi"]


def test_every_old_format_opens(tmp_path: Path) -> None:
    files = sorted(OLD.glob("v*.pingyi"))
    assert [file.stem for file in files] == [f"v{number}" for number in range(1, migrations.LATEST + 1)]
    for file in files:
        copy = tmp_path / file.name
        shutil.copy(file, copy)
        old = store.open_file(copy)
        with old.reading() as session:
            assert session.exec(select(DataFile.unit_code)).one() == "QL"
            assert len(session.exec(select(PartyOrganization)).all()) >= 3
            assert session.exec(select(PartyMember.name)).first()
            assert session.exec(select(Campaign.status)).one() == "PUBLISHED"
            sealed = session.exec(select(BallotBatch).where(col(BallotBatch.state) == "SEALED")).all()
            assert sealed
            assert session.exec(
                select(SealedBallot.cells).where(SealedBallot.batch_id == sealed[0].id)
            ).first()
        assert store.damage(copy) == []
        old.close()


# --- backup, restore, damage ------------------------------------------------------------------------------------


def test_backup_and_restore(opened: Store) -> None:
    out = opened.path.with_name("备份.pingyi")
    store.backup(opened.path, out)
    with pytest.raises(FileError, match="备份没有写入"):
        store.backup(opened.path, out)
    with opened.transaction() as session:
        own_unit(session).short_name = "后来改的"
    opened.close()
    kept = store.restore(out, opened.path)
    assert kept is not None
    assert kept.name == "矿机关-恢复前-1.pingyi"
    for file, name in ((opened.path, "中共青峦公司委员会"), (kept, "后来改的")):
        again = store.open_file(file)
        with again.reading() as session:
            assert own_unit(session).short_name == name
        again.close()
    assert not list(opened.path.parent.glob("*.part"))


def test_restore_to_a_new_place_keeps_nothing(opened: Store, tmp_path: Path) -> None:
    assert store.restore(opened.path, tmp_path / "另一台.pingyi") is None
    store.open_file(tmp_path / "另一台.pingyi").close()


def test_a_restore_from_garbage_changes_nothing(opened: Store, tmp_path: Path) -> None:
    opened.close()
    before = opened.path.read_bytes()
    bad = tmp_path / "坏备份.pingyi"
    bad.write_bytes(b"garbage" * 1000)
    with pytest.raises(FileError, match=r"“坏备份\.pingyi”不是评议数据文件"):
        store.restore(bad, opened.path)
    assert opened.path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["坏备份.pingyi", "矿机关.pingyi"]


def test_an_interrupted_write_is_not_rolled_into_the_restored_file(opened: Store) -> None:
    opened.close()
    saved = opened.path.with_name("备份.pingyi")
    store.backup(opened.path, saved)
    hot = opened.path.with_name("矿机关.pingyi-journal")
    hot.write_bytes(b"left by a power cut")
    kept = store.restore(saved, opened.path)
    assert kept is not None
    assert not hot.exists()


def test_a_damaged_file_is_told(opened: Store) -> None:
    assert store.damage(opened.path) == []
    with opened.transaction() as session:
        unit = own_unit(session)
        session.add_all(
            PartyMember(member_no=f"{n:05}", name=f"张三{n}", org_id=unit.id, category="FULL")
            for n in range(300)
        )
    opened.close()
    with closing(sqlite3.connect(opened.path)) as raw:
        page = raw.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_party_member_org_id'"
        ).fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(opened.path.read_bytes())
    content[(page - 1) * size : page * size] = bytes(size)
    opened.path.write_bytes(content)
    assert any("损坏" in sentence and "用备份恢复" in sentence for sentence in store.damage(opened.path))


def test_orphans_are_told(opened: Store) -> None:
    opened.close()
    with closing(sqlite3.connect(opened.path)) as raw:
        raw.execute("INSERT INTO sealed_ballot VALUES ('nowhere', '1111', 1)")
        raw.commit()
    assert store.damage(opened.path) == ["有 1 条记录失去所属对象，请用备份恢复。"]


# --- truth is kept by the tables --------------------------------------------------------------------------------

CAMPAIGN = {
    "name": "群众评议", "activity": "创先争优", "period_type": "ANNUAL", "period_year": 2024,
    "start_date": "2024-01-05", "end_date": "2024-01-31", "root_code": "QL", "rule": "{}",
}  # fmt: skip
SESSION = {"campaign_id": "c", "layer": 2, "org_id": "o", "meeting_type": "FORUM"}
BATCH = {"session_id": "s", "form_code": "T-ORG-A", "form_version": 1, "voter_category": "ALL"}
SEALED = {
    **BATCH, "state": "SEALED", "entry_mode": "COUNT", "printed": 12, "issued": 10, "returned": 9, "valid": 7,
    "blank": 1, "void": 1,
}  # fmt: skip
ORG = {
    "code": "QL.01",
    "full_name": "中共一矿委员会",
    "short_name": "一矿党委",
    "org_type": "GRASSROOTS_COMMITTEE",
    "parent_id": "o",
}
MEMBER = {"member_no": "M1", "name": "王五", "org_id": "o", "category": "FULL"}

SOUND: dict[type[SQLModel], dict[str, object]] = {
    PartyOrganization: ORG,
    PartyMember: MEMBER,
    Campaign: CAMPAIGN,
    CampaignForm: {"campaign_id": "c", "code": "T-ORG-B", "document": "{}", "sort_no": 1},
    VoterCategory: {"campaign_id": "c", "code": "B", "name": "先进典型", "sort_no": 1},
    ReviewGroup: {"campaign_id": "c", "number": 2, "name": "第二评议小组"},
    AppraisalSession: SESSION,
    BallotBatch: SEALED,
    DraftBallot: {"batch_id": "b", "position": 2, "cells": "11111", "committed": True},
    SealedBallot: {"batch_id": "b", "cells": "11111", "copies": 3},
    ItemTally: {"batch_id": "b", "target": "", "item": "1"},
    MemberGrade: {"session_id": "s", "form_code": "T-MEM-E", "member_no": "M0", "name": "李四", "final": "QUALIFIED", "state": "TOLD", "decided_by": "BRANCH_COMMITTEE", "decided_on": "2024-01-20", "told_on": "2024-01-21"},
    GradeCount: {"session_id": "s", "form_code": "T-MEM-E", "excellent": 1, "qualified": 2, "basic": 0, "unqualified": 0, "not_rated": 1, "decided_on": "2024-01-20", "source_id": "e"},
    GradeName: {"session_id": "s", "form_code": "T-MEM-E", "member_no": "M0", "name": "李四", "grade": "EXCELLENT", "source_id": "e"},
    SupplementStack: {"batch_id": "b", "closes_on": "2024-01-20", "people": 3, "reason": "夜班"},
    StoredEnvelope: {"id": "e2", "campaign_id": "c", "type": "submission", "unit_code": "QL", "epoch": 1, "revision": 1, "state": "CHOSEN"},
    OwnKey: {"campaign_id": "c", "epoch": 1, "private_key": "k", "public_key": "p"},
    TrustedKey: {"campaign_id": "c", "unit_code": "QL", "epoch": 1, "public_key": "p", "origin": "TASK"},
}  # fmt: skip

BAD: list[tuple[type[SQLModel], dict[str, object], str]] = [
    (MemberGrade, {"final": "GOOD"}, "final_known"),
    (MemberGrade, {"final": None}, "NOT NULL"),
    (MemberGrade, {"state": "PROPOSED"}, "dates_fit_the_state"),
    (MemberGrade, {"told_on": None}, "dates_fit_the_state"),
    (MemberGrade, {"state": "ACKNOWLEDGED"}, "dates_fit_the_state"),
    (MemberGrade, {"told_on": "昨天"}, "told_on_is_date"),
    (MemberGrade, {"decided_by": "我"}, "decided_by_known"),
    (MemberGrade, {"session_id": "nowhere"}, "FOREIGN KEY"),
    (SupplementStack, {"closes_on": "明天"}, "closes_on_is_date"),
    (SupplementStack, {"people": -1}, "people_not_negative"),
    (GradeCount, {"excellent": -1}, "excellent_not_negative"),
    (GradeCount, {"source_id": None}, "NOT NULL"),
    (GradeName, {"grade": "GOOD"}, "grade_known"),
    (PartyOrganization, {"full_name": None}, "NOT NULL"),
    (PartyOrganization, {"code": None}, "NOT NULL"),
    (PartyOrganization, {"code": ""}, "code_length"),
    (PartyOrganization, {"code": "Q" * 61}, "code_length"),
    (PartyOrganization, {"code": "QL"}, "UNIQUE"),
    (PartyOrganization, {"full_name": "长" * 101}, "full_name_length"),
    (PartyOrganization, {"short_name": ""}, "short_name_length"),
    (PartyOrganization, {"short_name": "长" * 41}, "short_name_length"),
    (PartyOrganization, {"org_type": "党委"}, "org_type_known"),
    (PartyOrganization, {"status": "GONE"}, "status_known"),
    (PartyOrganization, {"id": "x", "parent_id": "x"}, "not_own_parent"),
    (PartyOrganization, {"parent_id": "nowhere"}, "FOREIGN KEY"),
    (PartyOrganization, {"declared_member_count": -1}, "declared_member_count_not_negative"),
    (PartyMember, {"name": None}, "NOT NULL"),
    (PartyMember, {"name": "王"}, "name_length"),
    (PartyMember, {"name": "王" * 21}, "name_length"),
    (PartyMember, {"category": "党员"}, "category_known"),
    (PartyMember, {"roster_status": ""}, "roster_status_known"),
    (PartyMember, {"org_id": "nowhere"}, "FOREIGN KEY"),
    (PartyMember, {"org_id": None}, "NOT NULL"),
    (PartyMember, {"member_no": "M0"}, "UNIQUE"),
    (PartyMember, {"name": "李四"}, "UNIQUE"),
    (PartyMember, {"join_date": "2024-02-30"}, "join_date_is_date"),
    (PartyMember, {"join_date": "2024.2.3"}, "join_date_is_date"),
    (PartyMember, {"full_date": "20240203"}, "full_date_is_date"),
    (Campaign, {"name": None}, "NOT NULL"),
    (Campaign, {"start_date": "2024年1月5日"}, "start_date_is_date"),
    (Campaign, {"end_date": "2024-13-01"}, "end_date_is_date"),
    (Campaign, {"end_date": "2024-01-04"}, "starts_before_end"),
    (Campaign, {"status": "OPEN"}, "status_known"),
    (Campaign, {"mode": "test"}, "mode_known"),
    (Campaign, {"status": "PUBLISHED"}, "published_has_definition"),
    (CampaignForm, {"code": "T-ORG-A"}, "UNIQUE"),
    (CampaignForm, {"campaign_id": "nowhere"}, "FOREIGN KEY"),
    (CampaignForm, {"document": None}, "NOT NULL"),
    (VoterCategory, {"code": "ALL"}, "UNIQUE"),
    (ReviewGroup, {"number": 1}, "UNIQUE"),
    (AppraisalSession, {"layer": 3}, "layer_known"),
    (AppraisalSession, {"layer": 1}, "UNIQUE"),
    (AppraisalSession, {"status": "DONE"}, "status_known"),
    (AppraisalSession, {"held_on": "昨天"}, "held_on_is_date"),
    (AppraisalSession, {"expected": -1}, "expected_not_negative"),
    (AppraisalSession, {"members": -1}, "members_not_negative"),
    (AppraisalSession, {"org_id": "nowhere"}, "FOREIGN KEY"),
    (AppraisalSession, {"review_group_id": "nowhere"}, "FOREIGN KEY"),
    (AppraisalSession, {"source_id": "nowhere"}, "FOREIGN KEY"),
    (BallotBatch, {"form_code": "T-MEM-A"}, "UNIQUE"),
    (BallotBatch, {"state": "OPENED"}, "state_known"),
    (BallotBatch, {"entry_mode": "SCAN"}, "entry_mode_known"),
    (BallotBatch, {"printed": -1}, "printed_not_negative"),
    (BallotBatch, {"entry_mode": None}, "sealed_adds_up"),
    (BallotBatch, {"issued": None}, "sealed_adds_up"),
    (BallotBatch, {"returned": None}, "sealed_adds_up"),
    (BallotBatch, {"valid": None}, "sealed_adds_up"),
    (BallotBatch, {"blank": None}, "sealed_adds_up"),
    (BallotBatch, {"void": None}, "sealed_adds_up"),
    (BallotBatch, {"valid": 8}, "sealed_adds_up"),
    (BallotBatch, {"blank": 2}, "sealed_adds_up"),
    (BallotBatch, {"issued": 8}, "sealed_adds_up"),
    (BallotBatch, {"session_id": "nowhere"}, "FOREIGN KEY"),
    (DraftBallot, {"position": 0}, "position_counts_from_one"),
    (DraftBallot, {"position": 1}, "UNIQUE"),
    (DraftBallot, {"cells": None}, "NOT NULL"),
    (SealedBallot, {"copies": 0}, "copies_positive"),
    (SealedBallot, {"batch_id": "nowhere"}, "FOREIGN KEY"),
    (ItemTally, {"c1": -1}, "c1_not_negative"),
    (ItemTally, {"illegible": -1}, "illegible_not_negative"),
    (ItemTally, {"batch_id": "nowhere"}, "FOREIGN KEY"),
    (StoredEnvelope, {"state": "NEW"}, "state_known"),
    (StoredEnvelope, {"id": "e"}, "UNIQUE"),
    (OwnKey, {"epoch": 0}, "epoch_counts_from_one"),
    (TrustedKey, {"epoch": 0}, "epoch_counts_from_one"),
    (TrustedKey, {"origin": None}, "NOT NULL"),
    (DataFile, {"only_row": 2, "unit_code": "B", "created_on": "2024-01-01"}, "only_row_is_one"),
]  # fmt: skip


@pytest.fixture
def peopled(path: Path) -> Iterator[Store]:
    """One sound row of what the rows under test refer to or collide with."""
    made = make.copied(path, _peopled)
    yield made
    made.close()


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same for rows of which none is taken, so that it stays what it is."""
    made = make.copied(tmp_path_factory.mktemp("refusing") / "QL.pingyi", _peopled)
    yield made
    made.close()


def _peopled(path: Path) -> Store:
    made = store.create(path, code="QL", name="中共青峦公司委员会", org_type=OrgType.COMPANY_COMMITTEE)
    with made.transaction() as session:
        session.connection().exec_driver_sql("UPDATE party_organization SET id = 'o'")
        session.add(Campaign(id="c", **CAMPAIGN))
        session.add(
            StoredEnvelope(
                id="e", campaign_id="c", type="task", unit_code="QL", epoch=1, revision=1, state="CHOSEN"
            )
        )
        session.flush()
        session.add(PartyMember(member_no="M0", name="李四", org_id="o", category="FULL"))
        session.add(CampaignForm(campaign_id="c", code="T-ORG-A", document="{}", sort_no=0))
        session.add(VoterCategory(campaign_id="c", code="ALL", name="全体", sort_no=0))
        session.add(ReviewGroup(campaign_id="c", number=1, name="第一评议小组"))
        session.add(AppraisalSession(id="s", **{**SESSION, "layer": 1}))
        session.flush()
        session.add(BallotBatch(id="b", **{**BATCH, "form_code": "T-MEM-A"}))
        session.flush()
        session.add(DraftBallot(batch_id="b", position=1, cells="1", committed=True))
    return made


@pytest.mark.parametrize("table", SOUND, ids=lambda table: table.__name__)
def test_sound_rows_are_taken(peopled: Store, table: type[SQLModel]) -> None:
    with peopled.transaction() as session:
        before = len(session.exec(select(table)).all())
        session.add(table(**SOUND[table]))
        session.flush()
        assert len(session.exec(select(table)).all()) == before + 1


@pytest.mark.parametrize(("table", "change", "said"), BAD)
def test_the_table_refuses(
    refusing: Store, table: type[SQLModel], change: dict[str, object], said: str
) -> None:
    with pytest.raises(exc.IntegrityError, match=said), refusing.transaction() as session:
        session.add(table(**{**SOUND.get(table, {}), **change}))


def test_a_void_session_makes_room_for_a_new_one(peopled: Store) -> None:
    with peopled.transaction() as session:
        session.get_one(AppraisalSession, "s").status = "VOID"
        session.flush()
        session.add(AppraisalSession(**{**SESSION, "layer": 1}))
        session.flush()
        assert [row.status for row in session.exec(select(AppraisalSession))] == ["VOID", "PLANNED"]


def test_a_retired_member_makes_room_for_a_namesake(peopled: Store) -> None:
    with peopled.transaction() as session:
        session.exec(select(PartyMember)).one().retired = True
        session.flush()
        session.add(PartyMember(**{**MEMBER, "name": "李四"}))
        session.flush()
        assert {(row.name, row.retired) for row in session.exec(select(PartyMember))} >= {("李四", False)}


def test_what_is_referred_to_cannot_be_deleted(peopled: Store) -> None:
    with pytest.raises(exc.IntegrityError, match="FOREIGN KEY"), peopled.transaction() as session:
        session.delete(session.get_one(BallotBatch, "b"))


FORBIDDEN = re.compile(
    r"(^|_)(time|at|when|created|updated|stamp|operator|by|who|user|device|seq|serial|order|rowid|voter_name|phone|identity)(_|$)"
)


def test_ballot_tables_have_no_column_for_time_order_or_person() -> None:
    """``draft_ballot.position`` is the one exception: the paper order while a batch is open, gone at the seal."""
    columns = {
        table.name: {column.name for column in table.columns}
        for table in SQLModel.metadata.sorted_tables
        if table.name in {"ballot_batch", "draft_ballot", "sealed_ballot", "item_tally", "batch_target"}
    }
    assert columns["sealed_ballot"] == {"batch_id", "cells", "copies"}
    assert columns["draft_ballot"] == {
        "batch_id", "pass_no", "position", "cells", "committed", "filled", "void_reason", "before",
    }  # fmt: skip
    found = [
        f"{table}.{name}" for table, names in columns.items() for name in names if FORBIDDEN.search(name)
    ]
    assert found == []


def test_ballot_rows_have_no_hidden_order_either(opened: Store) -> None:
    """A table with a rowid would keep the order in which its rows were written."""
    with closing(sqlite3.connect(opened.path)) as raw:
        for table in ("draft_ballot", "sealed_ballot", "item_tally"):
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                raw.execute(f"SELECT rowid FROM {table}")


def test_no_annotation_of_a_table_is_a_text() -> None:
    """SQLModel would have to read each of them at every start."""
    tables = [one.class_ for one in SQLModel._sa_registry.mappers]
    assert len(tables) == len(SQLModel.metadata.tables)
    texts = [
        f"{one}.{name}"
        for one in tables
        for name, kind in vars(one)["__annotations__"].items()
        if isinstance(kind, str)
    ]
    assert texts == []


# --- what the files of a process share -------------------------------------------------------------------------------


def test_a_question_is_put_into_words_once_for_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file answers it for itself; only the text of the statement is common to them."""
    written: list[str] = []
    compile_once = SQLiteCompiler.__init__

    def compiling(self: SQLiteCompiler, *told: object, **named: object) -> None:
        compile_once(self, *told, **named)  # type: ignore[arg-type]
        written.append(str(self))

    monkeypatch.setattr(SQLiteCompiler, "__init__", compiling)
    question = select(PartyOrganization.full_name).where(col(PartyOrganization.code).in_(("甲", "乙", "丙")))
    for name in ("甲", "乙"):
        made = store.create(tmp_path / f"{name}.pingyi", code=name, name=name, org_type=OrgType.BRANCH)
        with made.reading() as session:
            assert session.exec(question).all() == [name]
        made.close()
    assert len([one for one in written if "party_organization.code IN" in one]) == 1
