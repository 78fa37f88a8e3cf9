"""A file is made, replaced or converted whole or not at all: killed at every step, on a full disk, beside planted links.

What a kill leaves is what lies on the disk at that moment: every act is done once, the folder is copied before each of its
file operations, and from every copy that differs what was under the name opens, the same act again comes to its end,
nothing half-made is left and no secret is readable. ``PINGYI_KILLS`` says how often each is really killed, at a random
moment, besides (default 1 and not every act; 200 with ``installers/dev.py crash``, which tries every act).
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from series import LONG
from sqlmodel import Session, select

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.storage import cipher, replacing, store
from pingyi_desktop.storage.care import copies
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization

KILLS = int(os.environ.get("PINGYI_KILLS", "1"))
EVERY = LONG or KILLS > 1
OLD, NEW = "旧单位委员会", "新单位委员会"
MARK = "升级前备份-v1"
OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(1, 33))
STEPS = ("os.link", "os.rename", "os.remove", "open", "sqlite3.connect")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")


def key_file_of(key: bytes) -> bytes:
    return b'{"wrapped":"' + key.hex()[:8].encode() + b'"}'


def new_file(path: Path, name: str, key: bytes | None) -> None:
    content = b"" if key is None else key_file_of(key)
    store.create(
        path, code="QL", name=name, org_type=OrgType.COMPANY_COMMITTEE, key=key, key_file=content
    ).close()


@cache
def ground(name: str, key: bytes | None) -> bytes:
    """The bytes of a closed file that an act begins with, made once."""
    with tempfile.TemporaryDirectory() as folder:
        new_file(path := Path(folder, "X.pingyi"), name, key)
        return path.read_bytes()


def make(path: Path, name: str, key: bytes | None) -> None:
    path.write_bytes(ground(name, key))
    if key is not None:
        cipher.key_file(path).write_bytes(key_file_of(key))


def name_in(path: Path, keys: tuple[bytes, ...] = (OLD_KEY, NEW_KEY)) -> str:
    """What a file holds, opened with the key that its key file stands for."""
    replacing.settle(path)
    key = None
    if cipher.is_encrypted(path):
        key = next(one for one in keys if key_file_of(one) == cipher.read_key_file(path))
    held = store.open_file(path, key)
    try:
        with held.reading() as session:
            return session.exec(select(PartyOrganization.full_name)).one()
    finally:
        held.close()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@dataclass(frozen=True)
class Act:
    """An act on ``X.pingyi``: what is there before (name and key), and what the act is; ``saved`` is a backup to restore."""

    before: tuple[str, bytes | None] | None
    run: Callable[[Path], object]
    saved: tuple[str, bytes | None] | None = None
    leaves: tuple[str, ...] = ("X.pingyi",)


def create(path: Path) -> None:
    new_file(path, NEW, None)


def create_encrypted(path: Path) -> None:
    new_file(path, NEW, NEW_KEY)


def restore(path: Path) -> None:
    saved = path.with_name("saved.pingyi")
    store.restore(saved, path, NEW_KEY if cipher.is_encrypted(saved) else None)


def backup(path: Path) -> None:
    out = path.with_name("out.pingyi")
    replacing.settle(out)
    if not out.exists():  # the one that was killed came to its end
        store.backup(path, out, OLD_KEY if cipher.is_encrypted(path) else None)


def encrypt(path: Path) -> None:
    replacing.settle(path)
    if not cipher.is_encrypted(path):
        store.encrypt_file(path, NEW_KEY, key_file_of(NEW_KEY))


def decrypt(path: Path) -> None:
    replacing.settle(path)
    if cipher.is_encrypted(path):
        store.decrypt_file(path, OLD_KEY)


def automatic_backup(path: Path) -> None:
    """Whatever an earlier one left half made is gone afterwards, and every backup that is there is whole."""
    key = OLD_KEY if cipher.is_encrypted(path) else None
    if failed := copies.make(path, key, copies.DAILY, datetime(2026, 3, 2, tzinfo=UTC)):
        raise FileError(failed[0])
    found = copies.found(path)
    assert [store.damage(one.path, key) for one in found] == [[]] * len(found)
    assert len(names(copies.folder(path))) == len(found) * (1 if key is None else 2)


PLAIN, SEALED = (OLD, None), (OLD, OLD_KEY)
PLAIN_BACKUP, SEALED_BACKUP = (NEW, None), (NEW, NEW_KEY)
KEYED = ("X.pingyi", "X.pingyi.key")
ACTS = {
    "init": Act(None, create),
    "init --encrypt": Act(None, create_encrypted, leaves=KEYED),
    "backup": Act(PLAIN, backup, leaves=("X.pingyi", "out.pingyi")),
    "backup, encrypted": Act(SEALED, backup, leaves=(*KEYED, "out.pingyi", "out.pingyi.key")),
    "automatic backup": Act(PLAIN, automatic_backup, leaves=("X-自动备份", "X.pingyi")),
    "automatic backup, encrypted": Act(SEALED, automatic_backup, leaves=("X-自动备份", *KEYED)),
    "protect --encrypt": Act(PLAIN, encrypt, leaves=KEYED),
    "unprotect": Act(SEALED, decrypt),
    "restore, nothing there": Act(None, restore, PLAIN_BACKUP),
    "restore encrypted, nothing there": Act(None, restore, SEALED_BACKUP, leaves=KEYED),
    "restore plain over plain": Act(PLAIN, restore, PLAIN_BACKUP),
    "restore encrypted over encrypted": Act(SEALED, restore, SEALED_BACKUP, leaves=KEYED),
    "restore plain over encrypted": Act(SEALED, restore, PLAIN_BACKUP),
    "restore encrypted over plain": Act(PLAIN, restore, SEALED_BACKUP, leaves=KEYED),
}
ALIKE = {
    *("init", "automatic backup", "restore encrypted, nothing there"),
    *("restore plain over plain", "restore encrypted over encrypted"),
}
"""acts whose steps are those of others here, with or without a key file: the long series has them too"""
FEW = [name for name in ACTS if EVERY or name not in ALIKE]
AT_RANDOM = (
    "init --encrypt",
    "automatic backup, encrypted",
    "protect --encrypt",
    "restore encrypted over plain",
)
"""one act of each kind: what a kill leaves is the state before one of the steps, and each of those is tried for itself"""


def lay(folder: Path, act: Act) -> Path:
    folder.mkdir()
    path = folder / "X.pingyi"
    for target, one in ((path, act.before), (folder / "saved.pingyi", act.saved)):
        if one is not None:
            make(target, *one)
    return path


def run_apart(act: Act, path: Path, audit: Callable[[str, object], None] | None = None) -> int:
    """Begin an act in a process of its own, whose number is returned; ``audit`` hears of what it does."""
    child = os.fork()
    if child == 0:  # no return from here
        try:
            if audit is not None:
                sys.addaudithook(audit)
            act.run(path)
        except BaseException:  # noqa: BLE001 - nothing of pytest may run in this process
            os._exit(3)
        os._exit(0)
    return child


def killed(act: Act, path: Path, *, after: float = 0.0) -> bool:
    """Whether an act came to no end that is killed after some seconds (0: never)."""
    child = run_apart(act, path)
    if after:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def copy_of(folder: Path, to: Path) -> None:
    """A copy with everything that a kill leaves: two names of one file are two names of one file there too."""
    first = dict[int, Path]()
    for one in [folder, *sorted(folder.rglob("*"))]:
        target, number = to / one.relative_to(folder), one.lstat().st_ino
        if one.is_dir():
            target.mkdir()
        elif number in first:
            os.link(first[number], target)
        else:
            first[number] = shutil.copy(one, target)


def what_lies(folder: Path) -> bytes:
    """A digest of names, contents, and which names stand for one file."""
    digest, seen = hashlib.sha256(), dict[int, int]()
    for one in sorted(folder.rglob("*")):
        number = seen.setdefault(one.lstat().st_ino, len(seen))
        content = b"" if one.is_dir() else one.read_bytes()
        digest.update(f"{one.relative_to(folder)}\0{number}\0{len(content)}\0".encode() + content)
    return digest.digest()


def stages(act: Act, folder: Path) -> Iterator[Path]:
    """What the disk holds before each file operation of an act and at its end, each state once."""
    path = lay(folder / "whole", act)
    seen, looking = set[bytes](), False

    def audit(event: str, _: object) -> None:
        nonlocal looking
        if event in STEPS and not looking:
            looking = True
            if (state := what_lies(path.parent)) not in seen:
                seen.add(state)
                copy_of(path.parent, folder / str(len(seen)))
            looking = False

    status = os.waitpid(run_apart(act, path, audit), 0)[1]
    assert os.waitstatus_to_exitcode(status) == 0
    yield from (stage / path.name for stage in sorted(folder.iterdir()))


def check(act: Act, path: Path) -> None:
    """What an act must leave that was killed, and what the same act makes of it then."""
    folder = path.parent
    there = "" if act.before is None else name_in(path)
    assert act.before is None or there in {OLD, NEW}  # never without a file under its name, before or after
    done = act.run is restore and there == NEW
    if act.run in (create, create_encrypted) and (replacing.settle(path) or path.exists()):
        assert name_in(path) == NEW  # it came to its end; a second one is refused
        with pytest.raises(FileError, match="已经存在"):
            act.run(path)
    elif not done:
        act.run(path)
    assert name_in(path) == (OLD if act.saved is None and act.before else NEW)
    assert cipher.is_encrypted(path) == ("X.pingyi.key" in act.leaves)
    kept = [name for name in names(folder) if "恢复前" in name]
    if act.run is restore and act.before is not None:
        first = folder / "X-恢复前-1.pingyi"
        assert name_in(first) == OLD
        assert [name.split("恢复前-1")[1] for name in kept] == [
            ".pingyi",
            *([".pingyi.key"] if act.before[1] else []),
        ]
    saved = [name for name in names(folder) if name.startswith("saved")]
    assert names(folder) == sorted([*act.leaves, *kept, *saved])


@needs_fork
@pytest.mark.parametrize("name", FEW)
def test_an_act_killed_at_any_step_is_whole_or_not_there_and_can_be_done_again(
    name: str, tmp_path: Path
) -> None:
    found = list(stages(ACTS[name], tmp_path))
    for path in found:
        check(ACTS[name], path)
    assert len(found) > 4


@needs_fork
@pytest.mark.parametrize("name", ACTS if EVERY else AT_RANDOM)
def test_an_act_killed_at_any_moment(name: str, tmp_path: Path) -> None:
    act, chance = ACTS[name], random.Random(name)
    path = lay(tmp_path / "whole", act)
    began = time.perf_counter()
    assert not killed(act, path)
    lasts = time.perf_counter() - began
    for number in range(KILLS):
        path = lay(tmp_path / str(number), act)
        killed(act, path, after=chance.uniform(0.001, lasts))
        check(act, path)


@needs_fork
def test_a_killed_unprotect_leaves_no_readable_copy_once_the_file_is_opened(tmp_path: Path) -> None:
    """Where it was killed before its one step, the encrypted file is alone again, and the copy's bytes are gone."""
    readable = 0
    for path in stages(ACTS["unprotect"], tmp_path):
        left = [one for one in path.parent.iterdir() if OLD.encode() in one.read_bytes()]
        watched = [one.open("rb") for one in left]
        readable += bool(left) and cipher.is_encrypted(path)
        name_in(path)
        if cipher.is_encrypted(path):
            assert names(path.parent) == list(KEYED)
            assert [file.name for file in watched if OLD.encode() in file.read()] == []
        for file in watched:
            file.close()
    assert readable > 0


# --- what earlier editions left -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending", [".converting", ".part", ".key.part", ".converting-journal", ".part-journal"]
)
def test_what_an_earlier_edition_left_half_made_is_wiped(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "X.pingyi"
    make(path, OLD, OLD_KEY)
    left = path.with_name(path.name + ending)
    left.write_bytes(b"secret" * 1000)
    with left.open("rb") as place:
        assert name_in(path) == OLD
        assert place.read() == bytes(6000)
    assert names(tmp_path) == list(KEYED)


def test_what_the_making_of_copies_left_goes_with_the_next_copy_and_one_that_is_made_now_stays(
    tmp_path: Path,
) -> None:
    """Killed between its last rename and its end, a copy leaves the empty file that told others it was on."""
    path = tmp_path / "X.pingyi"
    make(path, OLD, None)
    left = [tmp_path / f"X-{MARK}-1.pingyi{ending}" for ending in (replacing.PART, replacing.BUSY)]
    names = (
        f"Y-{MARK}-1.pingyi.part",
        f"X-{MARK}-2.pingyi.part",
        f"X-{MARK}-1.mkv.part",
        f"X-{MARK}-1.mkv.busy",
    )
    others = [tmp_path / name for name in names]
    for one in (*left, *others):
        one.touch()
    with saving.alone(tmp_path / f"X-{MARK}-2.pingyi{replacing.BUSY}") as mine:
        assert mine
        assert replacing.unused(path, MARK).name == f"X-{MARK}-1.pingyi"
        assert not any(one.exists() for one in left)
        assert all(one.exists() for one in others)
    copies.folder(path).mkdir()
    left = [copies.folder(path) / one.name for one in left]
    left[1].touch()
    theirs = copies.folder(path) / "film.mkv.part"
    theirs.touch()
    copies.make(path, None, copies.IMPORT, datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert not any(one.exists() for one in left)
    assert theirs.exists()


def test_an_encrypted_backup_goes_back_beside_its_own_key_file_alone(tmp_path: Path) -> None:
    """As an earlier edition left it when it was killed: the key file is in place, the data file is not."""
    path, saved = tmp_path / "X.pingyi", tmp_path / "saved.pingyi"
    make(saved, NEW, NEW_KEY)
    cipher.write_key_file(path, key_file_of(NEW_KEY))
    assert store.restore(saved, path, NEW_KEY) is None
    assert name_in(path) == NEW
    path.unlink()
    cipher.write_key_file(path, key_file_of(OLD_KEY))
    with pytest.raises(FileError, match="可能属于另一个加密文件"):
        store.restore(saved, path, NEW_KEY)
    assert cipher.read_key_file(path) == key_file_of(OLD_KEY)


# --- links and files of others ------------------------------------------------------------------------------------

VICTIM = b"somebody's own work " * 100


@pytest.mark.parametrize("ending", sorted({*replacing.LEFT, replacing.BUSY, replacing.JOURNAL}))
@pytest.mark.parametrize("act", ["open", "encrypt", "restore"])
def test_a_planted_link_is_never_followed(tmp_path: Path, ending: str, act: str) -> None:
    victim, path, saved = tmp_path / "victim", tmp_path / "X.pingyi", tmp_path / "saved.pingyi"
    victim.write_bytes(VICTIM)
    make(path, OLD, None)
    make(saved, NEW, None)
    path.with_name(path.name + ending).symlink_to(victim)
    acts: dict[str, Callable[[], object]] = {
        "open": lambda: store.open_file(path).close(),
        "encrypt": lambda: store.encrypt_file(path, NEW_KEY, key_file_of(NEW_KEY)),
        "restore": lambda: store.restore(saved, path),
    }
    with suppress(FileError):  # the link may be in its way
        acts[act]()
    assert victim.read_bytes() == VICTIM
    assert not victim.is_symlink()


@pytest.mark.parametrize("ending", [replacing.REPLACED, replacing.KEPT])
def test_a_planted_link_never_becomes_the_data_file(tmp_path: Path, ending: str) -> None:
    victim, path = tmp_path / "victim.pingyi", tmp_path / "X.pingyi"
    make(victim, OLD, None)
    planted = path.with_name(path.name + ending)
    planted.symlink_to(victim)
    with pytest.raises(FileError, match="找不到数据文件"):
        store.open_file(path)
    assert planted.is_symlink()
    assert not path.is_symlink()


@pytest.mark.parametrize("ending", sorted({*replacing.LEFT} - {replacing.KEPT, replacing.KEPT_JOURNAL}))
def test_a_planted_second_name_of_a_file_is_taken_away_and_the_file_is_not_overwritten(
    tmp_path: Path, ending: str
) -> None:
    victim, path = tmp_path / "victim", tmp_path / "X.pingyi"
    victim.write_bytes(VICTIM)
    make(path, OLD, None)
    os.link(victim, path.with_name(path.name + ending))
    assert name_in(path) == OLD
    assert victim.read_bytes() == VICTIM


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes another's file")
def test_another_users_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "X.pingyi"
    make(path, OLD, None)
    assert replacing.left(path) == ""
    left = path.with_name("X.pingyi.part")
    left.write_bytes(VICTIM)
    os.chown(left, 12345, 12345)
    assert name_in(path) == OLD
    assert left.read_bytes() == VICTIM
    assert "旁边还留有“X.pingyi.part”，不能清除" in replacing.left(path)
    with pytest.raises(FileError, match="不是本程序写的文件"):
        store.encrypt_file(path, NEW_KEY, key_file_of(NEW_KEY))


def test_a_data_file_that_is_a_link_is_neither_converted_nor_replaced(tmp_path: Path) -> None:
    real, path, saved = tmp_path / "real.pingyi", tmp_path / "X.pingyi", tmp_path / "saved.pingyi"
    make(real, OLD, None)
    make(saved, NEW, None)
    path.symlink_to(real)
    for act in (
        lambda: store.encrypt_file(path, NEW_KEY, key_file_of(NEW_KEY)),
        lambda: store.restore(saved, path),
    ):
        with pytest.raises(FileError, match="请直接选它指向的文件"):
            act()
    assert path.is_symlink()
    assert name_in(real) == OLD


def test_saving_never_follows_a_link_and_clears_what_an_earlier_one_left(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "out.bin"
    victim.write_bytes(VICTIM)
    path.symlink_to(victim)
    (tmp_path / ".out.bin.01234567.tmp").symlink_to(victim)
    left = tmp_path / ".out.bin.89abcdef.tmp"
    left.write_bytes(b"half")
    saving.save(path, b"whole")
    assert victim.read_bytes() == VICTIM
    assert (path.read_bytes(), path.is_symlink()) == (b"whole", False)
    assert not left.exists()


# --- one at a time --------------------------------------------------------------------------------------------------


@needs_fork
def test_two_programs_never_replace_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "X.pingyi"
    make(path, OLD, None)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with replacing.making(path):
            os.write(write, b"x")
            time.sleep(60)
        os._exit(0)
    os.read(read, 1)
    try:
        for act in (lambda: name_in(path), lambda: store.encrypt_file(path, NEW_KEY, b"{}")):
            with pytest.raises(FileError, match="另一个程序正在建立、加密或恢复"):
                act()
        assert path.with_name("X.pingyi.part").exists()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert name_in(path) == OLD
    assert names(tmp_path) == ["X.pingyi"]


COMMITS = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
raw.execute("SELECT count(*) FROM party_organization").fetchone()
print("open", flush=True)
for _ in sys.stdin:
    try:
        raw.execute("UPDATE party_organization SET full_name = 'committed'")
        print("committed", flush=True)
    except sqlite3.DatabaseError as error:
        print(error, flush=True)
"""


@pytest.mark.parametrize("encrypted", [False, True])
def test_nobody_commits_between_the_comparison_and_the_swap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    """The other program is another process; one that had the file open before is told, and never told a commit."""
    path = tmp_path / "X.pingyi"
    make(path, OLD, None)
    with subprocess.Popen(
        [sys.executable, "-c", COMMITS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        said = list[str]()

        def tries() -> None:
            other.stdin.write("\n")
            other.stdin.flush()
            said.append(other.stdout.readline().strip())

        for name in ("put", "sync_folder", "wipe"):
            real = getattr(saving, name)

            def first(*args: object, real: Callable[..., object] = real, **more: object) -> object:
                if any(
                    path.with_name(path.name + aside).exists() for aside in (".part", ".replaced", ".kept")
                ):
                    tries()
                return real(*args, **more)

            monkeypatch.setattr(saving, name, first)
        if encrypted:
            store.encrypt_file(path, NEW_KEY, key_file_of(NEW_KEY))
        else:
            saved = tmp_path / "saved.pingyi"
            make(saved, NEW, None)
            store.restore(saved, path)
        tries()
        other.stdin.close()
    assert len(said) > 2
    assert "committed" not in said


# --- a disk that is full --------------------------------------------------------------------------------------------


def told(act: Callable[[], object]) -> str:
    """The sentence of an act that was refused, "" of one that was done."""
    try:
        act()
    except UserError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", [name for name in FEW if not name.startswith("automatic")])  # has its folder
@pytest.mark.parametrize("where", ["open_new", "put", "_write", "_sync", "_step_aside", "_copy"])
def test_a_full_disk_leaves_what_was_there_and_nothing_half_made(
    name: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = ACTS[name]
    path = lay(tmp_path / "there", act)
    before, reached = {one.name: one.read_bytes() for one in path.parent.iterdir()}, []

    def full(*_: object, **__: object) -> None:
        reached.append(where)
        raise OSError(28, "No space left on device")

    home = next(one for one in (saving, replacing, store) if hasattr(one, where))
    with monkeypatch.context() as patch:
        patch.setattr(home, where, full)
        said = told(lambda: act.run(path))
    assert bool(said) == bool(reached)
    if said:
        assert "盘已满" in said
        assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == before
    if (
        where == "_sync"
    ):  # whatever fails, the folder is as it was: done again it is the act of any other test here
        check(act, path)


def test_a_task_that_cannot_be_taken_up_leaves_no_file(tmp_path: Path) -> None:
    def refuse(_: Session) -> None:
        raise UserError("不行")

    with pytest.raises(UserError, match="不行"):
        store.create(tmp_path / "X.pingyi", code="QL", name=NEW, org_type=OrgType.BRANCH, fill=refuse)
    assert names(tmp_path) == []


# --- long names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bytes_long", [200, 243])
def test_a_long_name_is_backed_up_converted_and_restored(tmp_path: Path, bytes_long: int) -> None:
    stem = "长" * ((bytes_long - 7) // 3)
    path = tmp_path / f"{stem}.pingyi"
    saved = tmp_path / "saved.pingyi"
    make(path, OLD, None)
    store.backup(path, saved)
    store.encrypt_file(path, NEW_KEY, key_file_of(NEW_KEY))
    kept = store.restore(saved, path)
    assert kept is not None
    assert (name_in(path), name_in(kept)) == (OLD, OLD)
    assert cipher.is_encrypted(kept)
    assert [name for name in names(tmp_path) if not name.endswith((".pingyi", ".key"))] == []
