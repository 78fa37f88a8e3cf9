"""The journal is append-only, chained, and a change behind the program's back is found."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import exc

import make
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    made = make.copied(tmp_path / "a.pingyi", _opened)
    yield made
    made.close()


def _opened(path: Path) -> Store:
    made = store.create(path, code="QL", name="青峦公司党委", org_type=OrgType.COMPANY_COMMITTEE)
    for number in range(1, 5):
        with made.transaction() as session:
            journal.record(
                session, act="登记", subject=f"QL.0{number}", by="王办事", detail={"number": number}
            )
    return made


def test_entries_are_chained(opened: Store) -> None:
    with opened.reading() as session:
        found = journal.lines(session)
        assert [line.seq for line in found] == [4, 3, 2, 1]
        assert found[0].who == "王办事"
        assert json.loads(found[0].detail) == {"number": 4}
        assert journal.broken_at(session) is None
        assert [line.seq for line in journal.lines(session, newest=2)] == [4, 3]


def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    made = store.create(
        tmp_path / "b.pingyi", code="QL", name="青峦公司党委", org_type=OrgType.COMPANY_COMMITTEE
    )
    with made.reading() as session:
        assert journal.broken_at(session) is None
        assert journal.lines(session) == []
    made.close()


def test_a_failed_act_leaves_no_entry(opened: Store) -> None:
    def interrupted() -> None:
        with opened.transaction() as session:
            journal.record(session, act="登记", subject="QL.05", by="王办事")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with opened.reading() as session:
        assert len(journal.lines(session)) == 4


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal_entry SET who = '别人' WHERE seq = 2", "never changed"),
        ("DELETE FROM journal_entry WHERE seq = 4", "never deleted"),
        ("DELETE FROM journal_entry", "never deleted"),
        ("INSERT OR REPLACE INTO journal_entry SELECT seq, at, '别人', act, subject, detail, previous, hash FROM journal_entry WHERE seq = 2", "only appended"),
        ("INSERT INTO journal_entry SELECT 9, at, who, act, subject, detail, previous, hash FROM journal_entry WHERE seq = 2", "only appended"),
    ],
)  # fmt: skip
def test_the_database_refuses_to_rewrite(opened: Store, statement: str, said: str) -> None:
    with pytest.raises(exc.IntegrityError, match=said), opened.transaction() as session:
        session.connection().exec_driver_sql(statement)
    with opened.reading() as session:
        assert journal.broken_at(session) is None


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE journal_entry SET who = '别人' WHERE seq = 2", 2),
        ("UPDATE journal_entry SET at = '2020-01-01T00:00:00Z' WHERE seq = 4", 4),
        ("UPDATE journal_entry SET detail = '{}' WHERE seq = 1", 1),
        ("UPDATE journal_entry SET hash = previous WHERE seq = 3", 3),
        ("DELETE FROM journal_entry WHERE seq = 3", 3),
        ("DELETE FROM journal_entry WHERE seq = 1", 1),
    ],
)
def test_a_change_behind_our_back_is_found(opened: Store, statement: str, first: int) -> None:
    opened.close()
    with closing(sqlite3.connect(opened.path)) as raw:
        raw.execute("DROP TRIGGER journal_entry_is_not_changed")
        raw.execute("DROP TRIGGER journal_entry_is_not_deleted")
        raw.execute(statement)
        raw.commit()
    with opened.reading() as session:
        assert journal.broken_at(session) == first


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock's zone is the computer's there")
def test_people_read_the_time_of_their_own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        lines = [
            journal.Line(1, at, "", "", "", "")
            for at in ("2026-11-28T16:30:05Z", "9999-12-31T23:59:59Z", "昨天")
        ]
        assert [line.local for line in lines] == ["2026-11-29 00:30:05", "9999-12-31T23:59:59Z", "昨天"]
    finally:
        monkeypatch.undo()
        time.tzset()
