"""Nothing of the paper's order reaches a block of the disk that is merely given back.

A stack is keyed, sealed and closed on the real desk of the core, and every file that ever lay beside the data file is held
open from the moment it appears: what is in it after it was deleted is what its blocks held then. Where this system lets us
mount a small volume (root, a free loop device), the same is done on one and the raw image is searched.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, batches, stacks
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import replacing, store
from pingyi_desktop.storage.care import copies
from pingyi_desktop.storage.store import Store

PAPERS = [f"{n // 10 + 1}{n % 10 // 3 + 1}{n % 3 + 1}9" * 15 for n in range(30)]
PAPERS.sort(key=lambda cells: cells[::-1], reverse=True)
PEOPLE = [f"党员{chr(0x4E00 + n)}" for n in range(20)]


def kept_in_order(content: bytes, batch_id: str) -> list[int]:
    """Places in the stack of the ballots that can be read with theirs; a sealed one follows its batch's id at once."""
    found = []
    for place, cells in enumerate(PAPERS):
        at = content.find(cells.encode())
        while at >= 0:
            if not content[:at].endswith(batch_id.encode()):
                found.append(place)
            at = content.find(cells.encode(), at + 1)
    return found


def keyed_and_sealed(path: Path) -> str:
    """A stack keyed one ballot a transaction, as at the desk, sealed and compacted; the file is closed."""
    made = make.published_school(path, people=PEOPLE, form_codes=["T-MEM-B"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        (batch,) = batches.listing(session, campaign_id=campaign_id)
    for number, cells in enumerate(PAPERS, 1):
        with made.transaction() as session:
            ballots.save(session, batch_id=batch.id, position=number, cells=cells, committed=True)
    with made.transaction() as session:
        make.sheet(session, batch.id, valid=len(PAPERS))
        make.seal(session, batch_id=batch.id, by=make.BY)
    made.compact()
    made.close()
    return batch.id


class Watch:
    """Holds every file of a folder open from the moment it appears, so that its blocks can be read after it is deleted."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.held = folder, dict[int, tuple[str, int]]()

    def look(self) -> int:
        with os.scandir(self.folder) as found:
            for file in found:
                if (
                    not file.name.endswith(".pingyi")
                    and (inode := file.inode()) not in self.held
                    and file.is_file()
                ):
                    self.held[inode] = file.name, os.open(file, os.O_RDONLY)
        return 0

    def blocks(self) -> dict[str, bytes]:
        """What was in every file that has no name any longer."""
        return {
            f"{number} {name}": os.pread(handle, os.fstat(handle).st_size, 0)
            for number, (name, handle) in enumerate(self.held.values())
            if os.fstat(handle).st_nlink == 0
        }

    def close(self) -> None:
        for _, handle in self.held.values():
            os.close(handle)


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """A look at the folder at every step of every statement of a plain file."""
    seen, bare = Watch(tmp_path), store._bare

    def watched(path: Path, key: bytes | None) -> sqlite3.Connection:
        connection = bare(path, key)
        if key is None:
            connection.set_progress_handler(seen.look, 1)
        return connection

    monkeypatch.setattr(store, "_bare", watched)
    yield seen
    seen.close()


needs_open_files_deleted = pytest.mark.skipif(os.name == "nt", reason="an open file cannot be deleted there")


@needs_open_files_deleted
def test_no_paper_order_is_left_in_what_was_deleted(tmp_path: Path, watch: Watch) -> None:
    batch_id = keyed_and_sealed(tmp_path / "XX.pingyi")
    blocks = watch.blocks()
    assert any("-journal" in name and len(content) > 4096 for name, content in blocks.items())
    assert [name for name, content in blocks.items() if kept_in_order(content, batch_id)] == []
    assert kept_in_order((tmp_path / "XX.pingyi").read_bytes(), batch_id) == []
    assert [file.name for file in tmp_path.iterdir()] == ["XX.pingyi"]


def half_keyed(path: Path) -> Store:
    """A stack of which every ballot was keyed, none sealed; the file is open."""
    made = make.published_school(path, people=PEOPLE, form_codes=["T-MEM-B"])
    with made.transaction() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
    for number, cells in enumerate(PAPERS, 1):
        with made.transaction() as session:
            ballots.save(session, batch_id=batch.id, position=number, cells=cells, committed=True)
    return made


def batch_of(made: Store) -> str:
    with made.reading() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
    return batch.id


@needs_open_files_deleted
@pytest.mark.parametrize("crashed", [False, True])
def test_nor_in_what_other_acts_delete(
    tmp_path: Path, watch: Watch, crashed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack half keyed: its order may stand in the data file and in a backup, never in a block that was given back.

    Neither when the file is opened after a crash, nor when it is closed and a backup, an encryption and a restore find
    the disk full.
    """
    path, saved = tmp_path / "XX.pingyi", tmp_path / "saved.pingyi"
    made = half_keyed(path)
    batch_id = batch_of(made)
    if crashed:  # nobody closed the file, and its last write was interrupted
        journal = path.with_name("XX.pingyi-journal")
        journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + journal.read_bytes()[8:])
        store.open_file(path).close()
    made.close()

    def full(part: Path) -> None:
        watch.look()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(replacing, "_sync", full)
    acts: tuple[Callable[[], object], ...] = (
        lambda: store.backup(path, saved),
        lambda: store.encrypt_file(path, bytes(32), b"{}"),
        lambda: store.restore(shutil.copy(path, saved), path),
    )
    for act in () if crashed else acts:
        with pytest.raises(FileError, match="磁盘已满"):
            act()
        assert len(kept_in_order(path.read_bytes(), batch_id)) >= 29
    assert watch.held
    assert [name for name, content in watch.blocks().items() if kept_in_order(content, batch_id)] == []


@needs_open_files_deleted
def test_an_automatic_backup_never_holds_the_order_of_a_stack_half_keyed(
    tmp_path: Path, watch: Watch
) -> None:
    """Nor does a page of it that held ballots before they moved, nor a block that was given back meanwhile."""
    path = tmp_path / "XX.pingyi"
    made = make.copied(path, half_keyed)
    batch_id = batch_of(made)
    made.close()
    with closing(sqlite3.connect(path)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'correction'").fetchone()[0]
    with path.open(
        "rb+"
    ) as file:  # as SQLite leaves a row that moved: an empty leaf, all but its head is free
        file.seek((page - 1) * 4096 + 1000)
        file.write(PAPERS[0].encode())
    assert len(kept_in_order(path.read_bytes(), batch_id)) >= 30
    assert copies.make(path, None, copies.DAILY, datetime(2026, 3, 2, tzinfo=UTC)) == ()
    (copy,) = copies.found(path)
    assert kept_in_order(copy.path.read_bytes(), batch_id) == []
    assert store.damage(copy.path) == []
    assert [name for name, content in watch.blocks().items() if kept_in_order(content, batch_id)] == []


def test_what_compacting_cuts_off_holds_nothing(tmp_path: Path) -> None:
    """A row that moved to another page leaves a copy that SQLite does not erase; that page is not cut off as it is."""
    path, left, before = tmp_path / "XX.pingyi", b"a copy of a row that moved", list[bytes]()
    made = make.school(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("CREATE TABLE gone (of TEXT)")
        raw.executemany("INSERT INTO gone VALUES (?)", [("x" * 4000,)] * 20)
        raw.execute("CREATE TABLE last (of TEXT)")
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'last'").fetchone()[0]
        raw.execute("DROP TABLE gone")
    with path.open("rb+") as file:  # an empty leaf: all but its head is free
        file.seek((page - 1) * 4096 + 1000)
        file.write(left)
    event.listen(made.engine, "before_cursor_execute", lambda *_: before.append(path.read_bytes()))
    made.compact()
    made.close()
    assert page > path.stat().st_size // 4096
    assert left in before[0]
    assert left not in path.read_bytes()
    for earlier, later in pairwise([*before, path.read_bytes()]):
        assert left not in earlier[len(later) :]


def test_a_crash_s_journal_is_gone_once_the_file_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    make.school(path).close()
    journal = path.with_name("XX.pingyi-journal")
    journal.write_bytes(bytes(512) + PAPERS[0].encode())
    with journal.open("rb") as blocks:
        made = store.open_file(path)
        assert not journal.exists()
        assert PAPERS[0].encode() not in blocks.read()
    made.close()


def test_the_journal_of_a_write_that_goes_on_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    made = make.school(path)
    with made.transaction() as session:
        make.org_member(session, "XX", "吴新来")
        session.flush()
        journal = path.with_name("XX.pingyi-journal")
        before = journal.read_bytes()
        store.open_file(path).close()
        assert journal.read_bytes() == before
    made.close()
    assert not journal.exists()


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A small file system of its own and the image that it lies in."""
    image, folder = tmp_path / "volume.img", tmp_path / "volume"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(24 * 1024 * 1024)
    for command in (
        ["mke2fs", "-q", "-t", "ext4", str(image)],
        ["mount", "-o", "loop", str(image), str(folder)],
    ):
        if shutil.which(command[0]) is None or subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("no small volume can be mounted here")
    try:
        yield folder, image
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def test_no_paper_order_is_left_on_a_whole_volume(volume: tuple[Path, Path]) -> None:
    folder, image = volume
    batch_id = keyed_and_sealed(folder / "XX.pingyi")
    store.backup(folder / "XX.pingyi", folder / "saved.pingyi")
    assert subprocess.run(["umount", str(folder)]).returncode == 0
    content = image.read_bytes()
    assert content.count(PAPERS[0].encode()) >= 2  # the sealed ballots are there, in no order
    assert kept_in_order(content, batch_id) == []


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")
MANY = 100  # times the papers: more than the free pages that every transaction finds


def empty_stack(path: Path) -> str:
    """A data file, closed, whose one batch waits for its ballots; its id."""
    made = make.copied(path, _empty_stack)
    batch_id = batch_of(made)
    made.close()
    return batch_id


def _empty_stack(path: Path) -> Store:
    made = make.published_school(path, people=PEOPLE, form_codes=["T-MEM-B"])
    with made.transaction() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
        make.sheet(session, batch.id, valid=len(PAPERS) * MANY)
    made.compact()  # no page is free
    return made


def spilling(session: Session) -> Session:
    """A session whose changes reach the file at once, as those of any transaction do in its commit."""
    session.connection().exec_driver_sql("PRAGMA cache_size=1")
    return session


def die(path: Path) -> None:
    """Be killed when all that was written is on the disk."""
    os.fsync(os.open(path, os.O_RDWR))
    os.kill(os.getpid(), signal.SIGKILL)


def keys(path: Path) -> None:
    """Key a few ballots and be killed."""
    held = store.open_file(path)
    with held.reading() as session:
        (batch,) = batches.listing(session, campaign_id=make.campaign_of(session))
    with held.transaction() as session:
        spilling(session)
        for number, cells in enumerate(PAPERS * 4, 1):
            ballots.save(session, batch_id=batch.id, position=number, cells=cells, committed=True)
        die(path)


def imports(path: Path) -> None:
    """Import a whole stack, as the command does, and be killed."""
    held = store.open_file(path)
    with held.reading() as session:
        campaign_id = make.campaign_of(session)
        (stack,) = stacks.stacks(session, campaign_id=campaign_id)
        file = stacks.StackFile("票.xlsx", (stacks.Pile(stack, tuple(PAPERS) * MANY),), ())
        plan = stacks.plan_stacks(session, campaign_id=campaign_id, file=file)
    with held.transaction(room=stacks.room(plan)) as session:
        stacks.apply_stacks(
            spilling(session), campaign_id=campaign_id, plan=plan, by=make.BY, reason="已核对"
        )
        die(path)


def killed(act: Callable[[Path], None], path: Path) -> None:
    """Do it in another process that dies of it."""
    child = os.fork()
    if child == 0:
        try:
            act(path)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@needs_fork
@pytest.mark.parametrize("act", [keys, imports])
def test_a_killed_transaction_appended_nothing_and_leaves_nothing(
    tmp_path: Path, act: Callable[[Path], None]
) -> None:
    """Its ballots lay in pages that were free before; those are empty again once the file was opened."""
    path = tmp_path / "XX.pingyi"
    batch_id = empty_stack(path)
    killed(act, path)
    left = path.read_bytes()
    assert len(kept_in_order(left, batch_id)) >= len(PAPERS) - 1  # it was killed when they were in the file
    journal = path.with_name("XX.pingyi-journal").read_bytes()
    before = int.from_bytes(journal[16:20], "big")  # pages, as it was when the transaction began
    assert len(left) == before * 4096
    store.open_file(path).close()
    assert kept_in_order(path.read_bytes(), batch_id) == []
    assert store.damage(path) == []
    assert [file.name for file in tmp_path.iterdir() if "journal" in file.name] == []


@needs_fork
@pytest.mark.parametrize("act", [keys, imports])
def test_no_killed_ballot_is_left_on_a_whole_volume(
    volume: tuple[Path, Path], act: Callable[[Path], None]
) -> None:
    folder, image = volume
    batch_id = empty_stack(folder / "XX.pingyi")
    killed(act, folder / "XX.pingyi")
    store.open_file(folder / "XX.pingyi").close()
    assert subprocess.run(["umount", str(folder)]).returncode == 0
    assert kept_in_order(image.read_bytes(), batch_id) == []


def test_no_idle_connection_is_left_when_compacting_deletes_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows an idle connection holds the journal, and what somebody holds cannot be deleted."""
    made, idle = make.school(tmp_path / "XX.pingyi"), list[int]()
    with made.reading(), made.reading():
        pass
    monkeypatch.setattr(store.saving, "wipe", lambda _: idle.append(made.engine.pool.checkedin()))
    made.compact()
    assert idle == [0]
    monkeypatch.undo()
    made.close()
