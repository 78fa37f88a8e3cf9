"""A damaged file: what can be read goes into a new one, what is lost is told, and nothing that lost something counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import keys, protection
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.care import salvage
from pingyi_desktop.storage.schema_people import OrgType, PartyMember
from pingyi_desktop.storage.store import Store

MANY = 600


def leaves(path: Path, table: str) -> tuple[list[int], int]:
    """The pages of a table's leaves in their order, and the size of a page: its root's children of the lowest level."""
    with closing(sqlite3.connect(path)) as raw:
        root = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    content = path.read_bytes()
    page = content[(root - 1) * size : root * size]
    assert page[0] in (2, 5), "the table has more than one page"
    cells = int.from_bytes(page[3:5], "big")
    starts = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(cells)]
    children = [int.from_bytes(page[start : start + 4], "big") for start in starts]
    return [*children, int.from_bytes(page[8:12], "big")], size


def spoil(path: Path, page: int, size: int) -> None:
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The small company with a campaign and some hundred people in one branch."""
    made = make.copied(tmp_path / "矿.pingyi", _crowded)
    made.close()
    return made.path


def _crowded(path: Path) -> Store:
    made = make.published_company(path)
    with made.transaction() as session:
        keys.signer(session, campaign_id=make.campaign_of(session))
    with made.transaction() as session:
        org = _org(session)
        session.add_all(
            PartyMember(member_no=f"N{n:05}", name=f"党员{n}", org_id=org, category="FULL")
            for n in range(MANY)
        )
    return made


def _org(session: Session) -> str:
    return session.connection().exec_driver_sql("SELECT org_id FROM party_member LIMIT 1").scalar()


def people(file: Path) -> int:
    opened = store.open_file(file)
    with opened.reading() as session:
        many = session.connection().exec_driver_sql("SELECT count(*) FROM party_member").scalar()
    opened.close()
    return many


def of(saved: tuple[salvage.Saved, ...], table: str) -> salvage.Saved:
    return next(one for one in saved if one.table == table)


@pytest.mark.parametrize("holes", [(0,), (3,), (-1,), (2, 5), (0, 3, -1)])
def test_what_lies_before_behind_and_between_the_damage_is_saved(
    path: Path, tmp_path: Path, holes: tuple[int, ...]
) -> None:
    total = people(path)
    pages, size = leaves(path, "party_member")
    for hole in holes:
        spoil(path, pages[hole], size)
    assert store.damage(path)
    before = path.read_bytes()
    saved = salvage.salvage(path, tmp_path / "抢救.pingyi", by="王办事")
    found = of(saved, "party_member")
    assert found.broken
    left = people(tmp_path / "抢救.pingyi")
    assert found.rows == left
    assert total - left <= len(holes) * total / len(pages) * 1.5
    assert left < total
    assert not of(saved, "party_organization").broken
    assert store.damage(tmp_path / "抢救.pingyi") == []
    assert path.read_bytes() == before


def test_a_file_that_lost_something_is_told_by_verify_and_reports_stay_refused(
    path: Path, tmp_path: Path
) -> None:
    pages, size = leaves(path, "party_member")
    spoil(path, pages[1], size)
    salvage.salvage(path, tmp_path / "抢救.pingyi", by="王办事")
    opened = store.open_file(tmp_path / "抢救.pingyi")
    with opened.reading() as session:
        assert any("党员" in one.sentence for one in soundness.full(session))
    with pytest.raises(UserError, match="前后矛盾"), opened.reading() as session:
        soundness.before_export(session)
    opened.close()


def test_a_sound_file_is_saved_whole_and_stays_sound(path: Path, tmp_path: Path) -> None:
    said = list[str]()
    saved = salvage.salvage(
        path, tmp_path / "抢救.pingyi", tell=lambda _done, _all, text: said.append(text), by="王办事"
    )
    assert not [one for one in saved if one.broken or one.left_out]
    assert said[-1] == "抢救完毕"
    opened = store.open_file(tmp_path / "抢救.pingyi")
    with opened.reading() as session:
        assert soundness.full(session) == []
    opened.close()


@pytest.mark.parametrize("with_key", [False, True])
def test_a_sound_file_with_a_password_stays_sound_too(path: Path, tmp_path: Path, *, with_key: bool) -> None:
    """Its journal got an entry that its own key had not signed: verify said for ever that somebody had written there."""
    made, out = protection.fresh("煤矿 2024-abc"), tmp_path / "抢救.pingyi"
    protection.protect(path, made=made, encrypt=False, by="王办事")
    salvage.salvage(path, out, made.data_key if with_key else None, by="王办事")
    opened = protection.open_file(out, lambda _: made.data_key)
    with opened.reading() as session:
        assert soundness.full(session) == []
        assert (journal.lines(session, newest=1)[0].act == "抢救损坏的文件") is with_key
    opened.close()


def test_what_lost_the_row_it_belongs_to_is_left_out(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        gone = raw.execute(
            "SELECT org_id, count(*) FROM party_member GROUP BY 1 ORDER BY 2 LIMIT 1"
        ).fetchone()
        raw.execute("DELETE FROM party_organization WHERE id = ?", gone[:1])
        raw.commit()
    saved = salvage.salvage(path, tmp_path / "抢救.pingyi", by="王办事")
    assert of(saved, "party_member").left_out == gone[1]
    assert store.damage(tmp_path / "抢救.pingyi") == []


def test_an_encrypted_file_is_saved_into_an_encrypted_one(tmp_path: Path) -> None:
    path, key = tmp_path / "密.pingyi", bytes(range(32))
    made = store.create(path, code="QL", name="青峦", org_type=OrgType.BRANCH, key=key, key_file=b"wrapped")
    with made.transaction() as session:
        org = session.connection().exec_driver_sql("SELECT id FROM party_organization").scalar()
        session.add_all(
            PartyMember(member_no=f"N{n:05}", name=f"党员{n}", org_id=org, category="FULL")
            for n in range(MANY)
        )
    made.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle + 100] ^= 1
    path.write_bytes(content)
    out = tmp_path / "抢救.pingyi"
    assert salvage.salvage(path, out, key, by="王办事")
    assert out.with_name("抢救.pingyi.key").read_bytes() == b"wrapped"
    with pytest.raises(FileError, match="加密"):
        store.open_file(out)
    store.open_file(out, key).close()


def test_a_file_without_its_beginning_is_told_and_nothing_is_left(path: Path, tmp_path: Path) -> None:
    spoil(path, 1, 4096)
    with pytest.raises(FileError, match="抢救不出内容"):
        salvage.salvage(path, tmp_path / "抢救.pingyi", by="王办事")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["矿.pingyi"]


def test_it_can_be_stopped_and_never_overwrites(path: Path, tmp_path: Path) -> None:
    def stop(_done: int, _total: int, _text: str) -> None:
        raise UserError("停")

    with pytest.raises(UserError, match="停"):
        salvage.salvage(path, tmp_path / "抢救.pingyi", tell=stop, by="王办事")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["矿.pingyi"]
    with pytest.raises(FileError, match="已经存在"):
        salvage.salvage(path, path, by="王办事")
